// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel by way of /proc/scsi_tgt: which file shows what, and which command
 * to which file does what.  One write is one command.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"
#include "kernel.h"
#include "live.h"
#include "strnum.h"

#define PROC_FILE_MAX (64 << 20)
#define COMMAND_MAX 3584	/* PAGE_SIZE - 512, the kernel's limit */

/* templates of action_format() */
static const struct {
	const char *file;
	const char *command;
} commands[ACT_COUNT] = {
	[ACT_LUN_DEL] = { "groups/%g/devices", "del %n %l" },
	[ACT_NAME_DEL] = { "groups/%g/names", "del %n" },
	[ACT_GROUP_DEL] = { "scsi_tgt", "del_group %g" },
	[ACT_DEV_CLOSE] = { "%h/%h", "close %n" },
	[ACT_DEV_OPEN] = { "%h/%h", "open %n %p%b%f" },
	[ACT_DEV_T10] = { "%h/%h", "set_t10_dev_id %n %t" },
	[ACT_DEV_RESYNC] = { "%h/%h", "resync_size %n" },
	[ACT_DEV_ASSIGN] = { "scsi_tgt", "assign %n %h" },
	[ACT_GROUP_ADD] = { "scsi_tgt", "add_group %g" },
	[ACT_GROUP_RENAME] = { "scsi_tgt", "rename_group %g %t" },
	[ACT_LUN_ADD] = { "groups/%g/devices", "add %n %l%r" },
	[ACT_LUN_REPLACE] = { "groups/%g/devices", "replace %n %l%r" },
	[ACT_LUN_CLEAR] = { "groups/%g/devices", "clear" },
	[ACT_NAME_MOVE] = { "groups/%g/names", "move %n %t" },
	[ACT_NAME_ADD] = { "groups/%g/names", "add %n" },
	[ACT_NAME_CLEAR] = { "groups/%g/names", "clear" },
	[ACT_THREADS] = { "threads", "%d" },
	[ACT_ATTR] = { "%h%n", "%t" },
};

static int path_of(const struct kernel *kernel, const char *file, char *path)
{
	int n = snprintf(path, PATH_MAX, "%s/%s", kernel->root, file);

	return n < PATH_MAX ? 0 : -ENAMETOOLONG;
}

static int read_text(const struct kernel *kernel, const char *file, char **text)
{
	char path[PATH_MAX];
	size_t len;
	int ret;

	ret = path_of(kernel, file, path);
	if (!ret)
		ret = file_read(path, PROC_FILE_MAX, text, &len);
	return ret;
}

static int write_command(const struct kernel *kernel, const char *file,
			 const char *command)
{
	char path[PATH_MAX], line[COMMAND_MAX + 2];
	int fd, len, ret;
	ssize_t n;

	ret = path_of(kernel, file, path);
	if (ret)
		return ret;
	len = snprintf(line, sizeof(line), "%s\n", command);
	if (len > COMMAND_MAX)
		return -EOVERFLOW;
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = write(fd, line, len);
	ret = n == len ? 0 : n < 0 ? -errno : -EIO;
	close(fd);
	return ret;
}

/* Return: 0, or -EINVAL after a message if a line of the file is wrong */
static int check_line(const struct kernel *kernel, const char *file, int line)
{
	if (!line)
		return 0;
	report_at(kernel->report, REPORT_ERROR, NULL, 0,
		  "%s/%s:%d: is not understood", kernel->root, file, line);
	return -EINVAL;
}

static int read_file(struct kernel *kernel, struct model *live,
		     const char *file,
		     int (*parse)(struct model *live, char *text))
{
	char *text;
	int ret;

	ret = read_text(kernel, file, &text);
	if (ret)
		return ret;
	ret = check_line(kernel, file, parse(live, text));
	free(text);
	return ret;
}

/* Return: 0, also if there is no such file */
static int read_optional(struct kernel *kernel, struct model *live,
			 const char *file,
			 int (*parse)(struct model *live, char *text))
{
	int ret = read_file(kernel, live, file, parse);

	return ret == -ENOENT ? 0 : ret;
}

static int is_entry(const struct dirent *entry)
{
	return strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..");
}

static int each_entry(struct kernel *kernel, const char *dir,
		      int (*fn)(struct kernel *kernel, struct model *live,
				const char *name), struct model *live)
{
	struct dirent **entries;
	char path[PATH_MAX];
	int i, n, ret;

	ret = path_of(kernel, dir, path);
	if (ret)
		return ret;
	n = scandir(path, &entries, is_entry, alphasort);
	if (n < 0)
		return -errno;
	for (i = 0; i < n; i++) {
		if (!ret)
			ret = fn(kernel, live, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	return ret;
}

static int read_group_file(struct kernel *kernel, struct group *group,
			   const char *file,
			   int (*parse)(struct group *group, char *text))
{
	char name[PATH_MAX], *text;
	int ret;

	snprintf(name, sizeof(name), "groups/%s/%s", group->name, file);
	ret = read_text(kernel, name, &text);
	if (ret)
		return ret;
	ret = check_line(kernel, name, parse(group, text));
	free(text);
	return ret;
}

static int read_group(struct kernel *kernel, struct model *live,
		      const char *name)
{
	struct group *group = model_add_group(live, name);
	int ret;

	ret = read_group_file(kernel, group, "devices", live_luns);
	if (!ret)
		ret = read_group_file(kernel, group, "names", live_names);
	/* it was deleted while we were reading */
	if (ret == -ENOENT && strcmp(name, GROUP_DEFAULT)) {
		model_del_group(live, group);
		ret = 0;
	}
	return ret;
}

static void add_handler(struct model *live, const char *name, char *type)
{
	struct handler *handler = array_add(&live->handlers, &live->nhandlers,
					    sizeof(*handler));

	type[strcspn(type, "\n")] = '\0';
	handler->name = str_dup(name);
	handler->type = str_dup(type);
}

/*
 * A directory with a file "type" is that of a handler, one with "session" that
 * of a target driver; all others are of no interest here.
 */
static int read_dir(struct kernel *kernel, struct model *live,
		    const char *name)
{
	char file[PATH_MAX], *text;
	int ret;

	snprintf(file, sizeof(file), "%s/type", name);
	if (!read_text(kernel, file, &text)) {
		add_handler(live, name, text);
		free(text);
		return 0;
	}
	snprintf(file, sizeof(file), "%s/session", name);
	if (read_text(kernel, file, &text))
		return 0;
	array_add(&live->drivers, &live->ndrivers,
		  sizeof(*live->drivers))->name = str_dup(name);
	ret = check_line(kernel, file, live_targets(live, name, text));
	free(text);
	return ret;
}

static int read_threads(struct model *live, char *text)
{
	text[strcspn(text, "\n")] = '\0';
	return strnum_u32(text, 0, UINT32_MAX, &live->threads) ? 1 : 0;
}

static const struct {
	const char *file;
	int (*parse)(struct model *live, char *text);
} files[] = {
	{ "group_order", live_group_order },
	{ "vdisk/vdisk", live_vdisk },
	{ "vdisk/t10_dev_id", live_t10_ids },
	{ "vcdrom/vcdrom", live_vcdrom },
	{ "sessions", live_sessions },
	{ "threads", read_threads },
};

static int proc_read(struct kernel *kernel, struct model *live)
{
	size_t i;
	int ret;

	ret = read_file(kernel, live, "scsi_tgt", live_scsi_tgt);
	if (!ret)
		ret = each_entry(kernel, "groups", read_group, live);
	if (!ret)
		ret = each_entry(kernel, "", read_dir, live);
	for (i = 0; !ret && i < ARRAY_SIZE(files); i++)
		ret = read_optional(kernel, live, files[i].file,
				    files[i].parse);
	return ret;
}

static int proc_apply(struct kernel *kernel, const struct action *action)
{
	char file[PATH_MAX], command[COMMAND_MAX + 1];

	action_format(action, commands[action->type].file, file, sizeof(file));
	action_format(action, commands[action->type].command, command,
		      sizeof(command));
	return write_command(kernel, file, command);
}

static void proc_describe(struct kernel *kernel, const struct action *action,
			  char *buf, size_t size)
{
	char file[PATH_MAX], command[COMMAND_MAX + 1];

	action_format(action, commands[action->type].file, file, sizeof(file));
	action_format(action, commands[action->type].command, command,
		      sizeof(command));
	snprintf(buf, size, "echo \"%s\" >%s/%s", command, kernel->root, file);
}

/* attributes of the core are in the top directory */
static int attr_file(const char *object, const char *attr, char *file)
{
	if (strchr(object, '/') || strchr(attr, '/'))
		return -EINVAL;
	if (!strcmp(object, "core"))
		snprintf(file, PATH_MAX, "%s", attr);
	else
		snprintf(file, PATH_MAX, "%s/%s", object, attr);
	return 0;
}

static int proc_get(struct kernel *kernel, const char *object,
		    const char *attr, char **value)
{
	char file[PATH_MAX];
	int ret = attr_file(object, attr, file);

	if (!ret)
		ret = read_text(kernel, file, value);
	if (!ret)
		(*value)[strcspn(*value, "\n")] = '\0';
	return ret;
}

/* on the file itself: it goes with the process, and needs no directory */
static int proc_lock(struct kernel *kernel)
{
	char path[PATH_MAX];
	int fd, ret;

	ret = path_of(kernel, "scsi_tgt", path);
	if (ret)
		return ret;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	return flock(fd, LOCK_EX) ? -errno : 0;
}

const struct kernel_ops kernel_proc_ops = {
	.read = proc_read,
	.apply = proc_apply,
	.describe = proc_describe,
	.get = proc_get,
	.lock = proc_lock,
};
