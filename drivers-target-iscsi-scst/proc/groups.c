// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/scsi_tgt/groups/GROUP/{devices,names}: LUN masking.
 * Reads under scst_mutex.  Looks its group up by the directory's name each
 * time, see the rules in proc.c.
 */
#include <linux/err.h>
#include <linux/seq_file.h>
#include <linux/string.h>

#include "proc_priv.h"

static int scst_proc_devices_show(struct seq_file *m,
				  const struct scst_proc_node *node)
{
	struct scst_group *group;
	struct scst_map *map;

	mutex_lock(&scst_mutex);
	group = scst_group_find_locked(node->dir->name);
	if (group) {
		seq_printf(m, "%-60s%s  %s\n",
			   "Device (host:ch:id:lun or name)", "Virtual lun",
			   "Options");
		list_for_each_entry(map, &group->maps, entry)
			seq_printf(m, "%-60s%4u%12s\n", map->dev->name,
				   map->lun, map->read_only ? "RO" : "");
	}
	mutex_unlock(&scst_mutex);
	return group ? 0 : -ENOENT;
}

/* DEV LUN [READ_ONLY] */
static int scst_proc_lun_args(struct scst_proc_node *node,
			      const struct scst_cmdline *cl, u32 *lun, bool *ro)
{
	if (scst_cmdline_number(cl->argv[1], SCST_MAX_LUN, lun)) {
		pr_err("group %s: device %s: \"%s\" is no LUN from 0 to %u\n",
		       node->dir->name, cl->argv[0], cl->argv[1], SCST_MAX_LUN);
		return -EINVAL;
	}
	*ro = cl->argc > 2;
	if (*ro && strcasecmp(cl->argv[2], "READ_ONLY")) {
		pr_err("group %s: device %s: unknown option \"%s\"\n",
		       node->dir->name, cl->argv[0], cl->argv[2]);
		return -EINVAL;
	}
	return 0;
}

static int scst_proc_lun_add(struct scst_proc_node *node,
			     const struct scst_cmdline *cl)
{
	bool ro;
	u32 lun;
	int ret;

	ret = scst_proc_lun_args(node, cl, &lun, &ro);
	if (ret)
		return ret;
	return scst_group_lun_add(node->dir->name, cl->argv[0], lun, ro);
}

static int scst_proc_lun_replace(struct scst_proc_node *node,
				 const struct scst_cmdline *cl)
{
	bool ro;
	u32 lun;
	int ret;

	ret = scst_proc_lun_args(node, cl, &lun, &ro);
	if (ret)
		return ret;
	return scst_group_lun_replace(node->dir->name, cl->argv[0], lun, ro);
}

/* Whatever follows the device counts only if it is a number */
static int scst_proc_lun_del(struct scst_proc_node *node,
			     const struct scst_cmdline *cl)
{
	u32 lun = SCST_ANY_LUN;

	if (cl->argc > 1)
		scst_cmdline_number(cl->argv[1], SCST_ANY_LUN - 1, &lun);
	return scst_group_lun_del(node->dir->name, cl->argv[0], lun);
}

static int scst_proc_lun_clear(struct scst_proc_node *node,
			       const struct scst_cmdline *cl)
{
	return scst_group_lun_clear(node->dir->name);
}

static const struct scst_verb scst_proc_devices_verbs[] = {
	{ "add", 2, 3, scst_proc_lun_add },
	{ "del", 1, SCST_ARGS_REST, scst_proc_lun_del },
	{ "replace", 2, 3, scst_proc_lun_replace },
	{ "clear", 0, 0, scst_proc_lun_clear },
	{ }
};

static int scst_proc_devices_write(struct scst_proc_node *node, char *line)
{
	return scst_proc_run(node, line, scst_proc_devices_verbs);
}

static const struct scst_proc_file scst_proc_devices = {
	.name = "devices",
	.show = scst_proc_devices_show,
	.write = scst_proc_devices_write,
};

static int scst_proc_names_show(struct seq_file *m,
				const struct scst_proc_node *node)
{
	struct scst_group_name *name;
	struct scst_group *group;

	mutex_lock(&scst_mutex);
	group = scst_group_find_locked(node->dir->name);
	if (group)
		list_for_each_entry(name, &group->names, entry)
			seq_printf(m, "%s\n", name->pattern);
	mutex_unlock(&scst_mutex);
	return group ? 0 : -ENOENT;
}

static int scst_proc_name_add(struct scst_proc_node *node,
			      const struct scst_cmdline *cl)
{
	return scst_group_name_add(node->dir->name, cl->argv[0]);
}

static int scst_proc_name_del(struct scst_proc_node *node,
			      const struct scst_cmdline *cl)
{
	return scst_group_name_del(node->dir->name, cl->argv[0]);
}

static int scst_proc_name_move(struct scst_proc_node *node,
			       const struct scst_cmdline *cl)
{
	return scst_group_name_move(node->dir->name, cl->argv[0], cl->argv[1]);
}

static int scst_proc_name_clear(struct scst_proc_node *node,
				const struct scst_cmdline *cl)
{
	return scst_group_name_clear(node->dir->name);
}

static const struct scst_verb scst_proc_names_verbs[] = {
	{ "add", 1, 1, scst_proc_name_add },
	{ "del", 1, 1, scst_proc_name_del },
	{ "move", 2, 2, scst_proc_name_move },
	{ "clear", 0, 0, scst_proc_name_clear },
	{ }
};

static int scst_proc_names_write(struct scst_proc_node *node, char *line)
{
	return scst_proc_run(node, line, scst_proc_names_verbs);
}

static const struct scst_proc_file scst_proc_names = {
	.name = "names",
	.show = scst_proc_names_show,
	.write = scst_proc_names_write,
};

/**
 * scst_proc_group_added - make the directory of a group
 * @group: group
 *
 * Context: scst_mutex held, may sleep.
 * Return: 0, -EINVAL if the name is none for a directory, -ENOMEM.
 */
int scst_proc_group_added(struct scst_group *group)
{
	struct scst_proc_dir *dir;
	int ret;

	dir = scst_proc_dir_alloc(scst_proc_groups, group->name);
	if (IS_ERR(dir))
		return PTR_ERR(dir);
	scst_proc_dir_file(dir, &scst_proc_devices, NULL, 0, true);
	scst_proc_dir_file(dir, &scst_proc_names, NULL, 0, true);
	ret = scst_proc_dir_add_locked(dir);
	if (!ret)
		group->proc = dir;
	return ret;
}

/**
 * scst_proc_group_removed - the directory of a group goes
 * @group: group
 *
 * Context: scst_mutex held.
 */
void scst_proc_group_removed(struct scst_group *group)
{
	struct scst_proc_dir *dir = group->proc;

	if (!dir)
		return;
	group->proc = NULL;
	scst_proc_dir_del_locked(dir);
}
