// SPDX-License-Identifier: GPL-2.0
/*
 * Writes what is into a file from which it can be made again, in the bracket
 * grammar: it is the one that can express all of /proc/scsi_tgt (today's has no
 * word for the group Default).  Earlier versions of SCST read it, but for what
 * they did not have: backslashes before '#' and ',', and THREADS.
 *
 * Before anything is written, the text is parsed and compared with what is: a
 * file that would not give the same again is not written.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"
#include "parse.h"
#include "plan.h"
#include "write.h"

static void put_escaped(FILE *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '#' || *text == ',')
			fputc('\\', out);
		fputc(*text, out);
	}
}

static void put_vdisk(FILE *out, const struct device *dev, const char *t10_id)
{
	const char *sep = "";
	size_t i;

	fputc(',', out);
	put_escaped(out, dev->path);
	fputc(',', out);
	for (i = 0; i < device_flags_len; i++) {
		if (!(dev->flags & device_flags[i].flag))
			continue;
		fprintf(out, "%s%s", sep, device_flags[i].name);
		sep = "|";
	}
	if (dev->blocksize)
		fprintf(out, ",%u", dev->blocksize);
	else if (t10_id)
		fputc(',', out);
	if (t10_id) {
		fputc(',', out);
		put_escaped(out, t10_id);
	}
}

/* a kernel that does not show it: the file that goes may know it */
static const char *doubtful_t10_id(const struct device *dev,
				   const struct model *live,
				   const struct model *old)
{
	if (live->shows_t10_ids || !old || !handler_makes_devices(dev->handler))
		return NULL;
	dev = model_device(old, dev->name);
	return dev && dev->t10_id && !check_t10_id(dev->t10_id) ? dev->t10_id :
								   NULL;
}

static void put_device(FILE *out, const struct device *dev,
		       const struct model *live, const struct model *old)
{
	fputs("DEVICE ", out);
	put_escaped(out, dev->name);
	if (handler_makes_devices(dev->handler))
		put_vdisk(out, dev, dev->t10_id ? dev->t10_id :
			  doubtful_t10_id(dev, live, old));
	fputc('\n', out);
}

/* once for each handler, with all of its devices */
static void put_handler(FILE *out, const struct model *live, size_t first,
			const struct model *old)
{
	const char *handler = live->devices[first].handler;
	size_t i;

	for (i = 0; i < first; i++)
		if (!strcmp(live->devices[i].handler, handler))
			return;
	if (!strcmp(handler, "none"))
		return;
	fputs("\n[HANDLER ", out);
	put_escaped(out, handler);
	fputs("]\n", out);
	if (!strcmp(handler, "vdisk"))
		fputs("#DEVICE <name>,<path>,<options>,<block size>,<T10 identifier>\n",
		      out);
	for (i = first; i < live->ndevices; i++)
		if (!strcmp(live->devices[i].handler, handler))
			put_device(out, &live->devices[i], live, old);
}

static void put_group(FILE *out, const struct group *group)
{
	size_t i;

	if (strcmp(group->name, GROUP_DEFAULT) || group->nnames) {
		fputs("\n[GROUP ", out);
		put_escaped(out, group->name);
		fputs("]\n", out);
	}
	for (i = 0; i < group->nnames; i++) {
		fputs("USER ", out);
		put_escaped(out, group->names[i].name);
		fputc('\n', out);
	}
	if (!group->nluns)
		return;
	fputs("\n[ASSIGNMENT ", out);
	put_escaped(out, group->name);
	fputs("]\n#DEVICE <device>,<lun>[,READ_ONLY]\n", out);
	for (i = 0; i < group->nluns; i++) {
		fputs("DEVICE ", out);
		put_escaped(out, group->luns[i].dev);
		fprintf(out, ",%u%s\n", group->luns[i].lun,
			group->luns[i].read_only ? ",READ_ONLY" : "");
	}
}

/* what the kernel does not say, the file that goes may know: who counts first */
static void put_groups(FILE *out, const struct model *live,
		       const struct model *old)
{
	bool *done = mem_zero(live->ngroups, sizeof(*done));
	const struct group *group;
	size_t i;

	for (i = 0; !live->ordered && old && i < old->ngroups; i++) {
		group = model_group(live, old->groups[i].name);
		if (!group)
			continue;
		put_group(out, group);
		done[group - live->groups] = true;
	}
	for (i = 0; i < live->ngroups; i++)
		if (!done[i])
			put_group(out, &live->groups[i]);
	free(done);
}

/* one for each processor is what the kernel has without being told */
static bool has_threads(const struct model *live, const struct model *old)
{
	return live->threads && ((old && old->threads) ||
		live->threads != (uint32_t)sysconf(_SC_NPROCESSORS_ONLN));
}

static void put_options(FILE *out, const struct model *live,
			const struct model *old)
{
	bool has_old = old && old->options;

	if (!has_old && !has_threads(live, old))
		return;
	fprintf(out, "\n[OPTIONS]\n%s", has_old ? old->options : "");
	if (has_threads(live, old))
		fprintf(out, "THREADS %u\n", live->threads);
}

static void put_all(FILE *out, const struct model *live,
		    const struct model *old)
{
	size_t i;

	fputs("# Written by scstadmin, see scst.conf(5)\n", out);
	put_options(out, live, old);
	for (i = 0; i < live->ndevices; i++)
		put_handler(out, live, i, old);
	put_groups(out, live, old);
	/* an empty configuration has to be recognized, too */
	if (!live->ndevices && live->ngroups == 1)
		fputs("\n[GROUP " GROUP_DEFAULT "]\n", out);
}

/* ------------------------------------------------------------------------- */
/* What the kernel does not show */

static void doubt_order(const struct model *live, struct report *report)
{
	size_t i, j;

	for (i = 0; !live->ordered && i < live->ngroups; i++)
		for (j = 0; j < i; j++)
			if (groups_overlap(&live->groups[j], &live->groups[i]))
				report_at(report, REPORT_WARNING, NULL, 0,
					  "groups %s and %s have names that may mean the same initiator, and the kernel does not say which one counts: look at their order in the file",
					  live->groups[j].name,
					  live->groups[i].name);
}

static void doubt_ids(const struct model *live, const struct model *old,
		      struct report *report)
{
	const char *id;
	size_t i;

	for (i = 0; i < live->ndevices; i++) {
		id = doubtful_t10_id(&live->devices[i], live, old);
		if (id)
			report_at(report, REPORT_WARNING, NULL, 0,
				  "device %s: the T10 identifier '%s' is the one of the old file, the kernel does not show it",
				  live->devices[i].name, id);
	}
}

/* what the file would change must be nothing, whatever is allowed */
static int check(const struct model *live, const char *text,
		 struct report *report)
{
	struct report findings;
	struct model model;
	struct plan plan;
	char what[4096];
	size_t i;
	int ret;

	report_init(&findings);
	ret = parse_buf("new file", text, strlen(text), &model, &findings);
	if (ret && findings.count)
		report_at(report, REPORT_ERROR, NULL, 0,
			  "what the kernel has cannot be written: %s",
			  findings.entry[0].text);
	plan_make(&plan, live, &model, true, &findings);
	for (i = 0; !ret && i < plan.count; i++) {
		action_text(&plan.actions[i], what, sizeof(what));
		report_at(report, REPORT_ERROR, NULL, 0,
			  "what the kernel has cannot be written, the file would %s",
			  what);
	}
	if (plan.count)
		ret = -EINVAL;
	plan_free(&plan);
	model_free(&model);
	report_free(&findings);
	return ret;
}

/**
 * write_text() - make the text of a file
 * @live: what is to be written
 * @old: the file that it replaces: its options and T10 identifiers are kept;
 *	NULL if there is none
 * @text: result, for free()
 * @report: gets what is wrong
 *
 * Return: 0, -EINVAL if the text would not give the same configuration again,
 * or -ENOMEM.
 */
int write_text(const struct model *live, const struct model *old, char **text,
	       struct report *report)
{
	size_t size;
	FILE *out;
	int ret;

	*text = NULL;
	out = open_memstream(text, &size);
	if (!out)
		return -ENOMEM;
	put_all(out, live, old);
	doubt_order(live, report);
	doubt_ids(live, old, report);
	if (fclose(out)) {
		free(*text);
		*text = NULL;
		return -ENOMEM;
	}
	ret = check(live, *text, report);
	if (ret) {
		free(*text);
		*text = NULL;
	}
	return ret;
}

/* of a file with errors, what is right is still worth keeping */
static bool old_file(const char *file, struct model *old,
		     struct report *report)
{
	struct report errors;
	struct stat st;

	if (stat(file, &st) || !S_ISREG(st.st_mode))
		return false;
	report_init(&errors);
	if (parse_file(file, old, &errors))
		report_at(report, REPORT_WARNING, file, errors.entry[0].line,
			  "the old file has errors, of its options and T10 identifiers only those without are kept: %s",
			  errors.entry[0].text);
	report_free(&errors);
	return true;
}

/**
 * write_file() - write a configuration file
 * @file: its name; "-" is the standard output
 * @live: what is to be written
 * @report: gets what is wrong
 *
 * Return: 0 or a negative errno after a message; the old file is still there
 * then.
 */
int write_file(const char *file, const struct model *live,
	       struct report *report)
{
	struct model old;
	bool replaces = old_file(file, &old, report);
	char *text;
	int ret;

	ret = write_text(live, replaces ? &old : NULL, &text, report);
	if (replaces)
		model_free(&old);
	if (ret)
		return ret;
	if (!strcmp(file, "-"))
		ret = fputs(text, stdout) < 0 ? -EIO : 0;
	else
		ret = file_replace(file, text, strlen(text));
	if (ret)
		report_at(report, REPORT_ERROR, file, 0, "%s", strerror(-ret));
	free(text);
	return ret;
}
