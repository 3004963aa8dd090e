// SPDX-License-Identifier: GPL-2.0
/*
 * Writes what is into a file from which it can be made again, in the bracket
 * grammar: it is the one that can express all of /proc/scsi_tgt (today's has no
 * word for the group Default), and every version of SCST reads it.
 *
 * Before anything is written, the text is parsed and compared with what is: a
 * file that would not give the same again is not written.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

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

/* the kernel does not show the identifier; the file that goes may know it */
static const char *known_t10_id(const struct model *old, const char *name)
{
	const struct device *dev = old ? model_device(old, name) : NULL;

	return dev ? dev->t10_id : NULL;
}

static void put_device(FILE *out, const struct device *dev,
		       const struct model *old)
{
	fputs("DEVICE ", out);
	put_escaped(out, dev->name);
	if (handler_makes_devices(dev->handler))
		put_vdisk(out, dev, known_t10_id(old, dev->name));
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
	if (!handler_by_name(handler))
		return;
	fprintf(out, "\n[HANDLER %s]\n", handler);
	if (!strcmp(handler, "vdisk"))
		fputs("#DEVICE <name>,<path>,<options>,<block size>\n", out);
	for (i = first; i < live->ndevices; i++)
		if (!strcmp(live->devices[i].handler, handler))
			put_device(out, &live->devices[i], old);
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

static void put_all(FILE *out, const struct model *live,
		    const struct model *old)
{
	size_t i;

	fputs("# Written by scstadmin, see scst.conf(5)\n", out);
	if (old && old->options)
		fprintf(out, "\n[OPTIONS]\n%s", old->options);
	for (i = 0; i < live->ndevices; i++)
		put_handler(out, live, i, old);
	for (i = 0; i < live->ngroups; i++)
		put_group(out, &live->groups[i]);
	/* an empty configuration has to be recognized, too */
	if (!live->ndevices && live->ngroups == 1)
		fputs("\n[GROUP " GROUP_DEFAULT "]\n", out);
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

static bool old_file(const char *file, struct model *old)
{
	struct report ignored;
	struct stat st;

	if (stat(file, &st) || !S_ISREG(st.st_mode))
		return false;
	report_init(&ignored);
	parse_file(file, old, &ignored);
	report_free(&ignored);
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
	bool replaces = old_file(file, &old);
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
