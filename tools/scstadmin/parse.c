// SPDX-License-Identifier: GPL-2.0
/*
 * The configuration file: lines, which of the two grammars it is written in, and
 * the rules that both have in common.  bracket.c and brace.c know the grammars.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "parse.h"
#include "strnum.h"

/**
 * parse_error() - the current line is wrong
 * @p: parser
 * @fmt: what is wrong with it
 */
void parse_error(struct parser *p, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	report_at_va(p->report, REPORT_ERROR, p->model->file, p->line, fmt, ap);
	va_end(ap);
}

/**
 * parse_warning() - the current line is not all that it seems
 * @p: parser
 * @fmt: what there is to know about it
 */
void parse_warning(struct parser *p, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	report_at_va(p->report, REPORT_WARNING, p->model->file, p->line, fmt, ap);
	va_end(ap);
}

static void check(struct parser *p, const char *what, const char *why)
{
	if (why)
		parse_error(p, "%s: %s", what, why);
}

/**
 * parse_device() - a line defines a device
 * @p: parser
 * @name: of the device
 * @handler: its handler
 *
 * Return: the device, until the next one is defined, or NULL after an error.
 */
struct device *parse_device(struct parser *p, const char *name,
			    const struct handler_name *handler)
{
	struct device *dev = model_device(p->model, name);
	const char *why = check_name_for(handler->handler, name);

	if (dev) {
		parse_error(p, "device %s is defined twice, first in line %u",
			    name, dev->line);
		return NULL;
	}
	if (why) {
		check(p, name, why);
		return NULL;
	}
	dev = model_add_device(p->model, name, handler->handler);
	dev->flags = handler->flags;
	dev->line = p->line;
	return dev;
}

/**
 * parse_device_done() - all of a device is known
 * @p: parser, still in the device's line or at its end
 * @dev: the device
 */
void parse_device_done(struct parser *p, struct device *dev)
{
	check(p, dev->name, check_device(dev));
}

/**
 * parse_group() - a line mentions a group
 * @p: parser
 * @name: of the group
 *
 * Return: the group, until the next one is mentioned, or NULL after an error.
 */
struct group *parse_group(struct parser *p, const char *name)
{
	const char *why = check_group_name(name);
	struct group *group;

	if (why) {
		parse_error(p, "'%.300s': %s", name, why);
		return NULL;
	}
	group = model_add_group(p->model, name);
	if (!group->line)
		group->line = p->line;
	return group;
}

/**
 * parse_lun() - a line gives a group a LUN
 * @p: parser
 * @group: group
 * @dev: name of the device
 * @number: of the LUN, or empty for the next free one
 * @read_only: for this group
 */
void parse_lun(struct parser *p, struct group *group, const char *dev,
	       const char *number, bool read_only)
{
	uint32_t lun = LUN_AUTO;
	const struct lun *other;

	if (!*dev) {
		parse_error(p, "the name of the device is missing");
		return;
	}
	if (strlen(dev) > NAME_LEN_MAX || strpbrk(dev, PARSE_BLANKS)) {
		parse_error(p, "'%.300s' is not the name of a device", dev);
		return;
	}
	if (*number && strnum_u32(number, 0, LUN_MAX, &lun)) {
		parse_error(p, "'%s' is no LUN from 0 to %d", number, LUN_MAX);
		return;
	}
	other = lun == LUN_AUTO ? NULL : group_lun(group, lun);
	if (other)
		parse_error(p, "LUN %u of group %s is %s already, by line %u",
			    lun, group->name, other->dev, other->line);
	else
		group_add_lun(group, lun, dev, read_only)->line = p->line;
}

/**
 * parse_name() - a line puts an initiator into a group
 * @p: parser
 * @group: group
 * @name: initiator name or pattern
 */
void parse_name(struct parser *p, struct group *group, const char *name)
{
	const char *why = check_initiator(name);
	const struct name *other;
	size_t i;

	if (why) {
		parse_error(p, "'%.300s': %s", name, why);
		return;
	}
	other = group_name(group, name);
	if (other) {
		parse_warning(p, "%s is said twice, first in line %u", name,
			      other->line);
		return;
	}
	for (i = 0; !p->aside && i < p->model->ngroups; i++) {
		other = group_name(&p->model->groups[i], name);
		if (other)
			parse_warning(p, "%s is in group %s, too, by line %u: the first group of the kernel's list counts",
				      name, p->model->groups[i].name,
				      other->line);
	}
	group_add_name(group, name)->line = p->line;
}

/**
 * parse_threads() - a line says the number of command threads
 * @p: parser
 * @key: what the line calls it
 * @text: number
 */
void parse_threads(struct parser *p, const char *key, const char *text)
{
	uint32_t threads;

	if (strnum_u32(text, 1, THREADS_MAX, &threads)) {
		parse_error(p, "%s: '%s' is no number from 1 to %d", key, text,
			    THREADS_MAX);
		return;
	}
	p->model->threads = threads;
	p->model->threads_line = p->line;
}

/* ------------------------------------------------------------------------- */

static bool is_bracket_line(const char *line, size_t len)
{
	static const char *const words[] = {
		"[OPTIONS", "[HANDLER", "[GROUP", "[ASSIGNMENT", "[TARGETS",
	};
	size_t i, n;

	while (len && strchr(PARSE_BLANKS, *line))
		line++, len--;
	for (i = 0; i < ARRAY_SIZE(words); i++) {
		n = strlen(words[i]);
		if (len > n && !strncmp(line, words[i], n))
			return true;
	}
	return false;
}

/* the grammar of SCST 1 and 2.0 is known by its section headers */
static bool is_bracket(const char *buf, size_t len)
{
	const char *end = buf + len, *eol;

	for (; buf < end; buf = eol + 1) {
		eol = memchr(buf, '\n', end - buf);
		if (!eol)
			eol = end;
		if (is_bracket_line(buf, eol - buf))
			return true;
	}
	return false;
}

static void parse_line(struct parser *p, const char *text, size_t len,
		       void (*fn)(void *arg, char *text), void *arg)
{
	char line[PARSE_LINE_MAX + 1];

	p->line++;
	if (len > PARSE_LINE_MAX) {
		parse_error(p, "the line is longer than %d bytes",
			    PARSE_LINE_MAX);
		return;
	}
	if (memchr(text, '\0', len)) {
		parse_error(p, "the line contains a NUL byte");
		return;
	}
	memcpy(line, text, len);
	line[len] = '\0';
	fn(arg, line);
}

static void parse_lines(struct parser *p, const char *buf, size_t len,
			void (*fn)(void *arg, char *text), void *arg)
{
	const char *end = buf + len, *eol;

	for (; buf < end; buf = eol + 1) {
		eol = memchr(buf, '\n', end - buf);
		if (!eol)
			eol = end;
		parse_line(p, buf, eol - buf, fn, arg);
	}
}

static void one_bracket_line(void *arg, char *text)
{
	bracket_line(arg, text);
}

static void one_brace_line(void *arg, char *text)
{
	brace_line(arg, text);
}

/**
 * parse_buf() - parse the text of a configuration file
 * @file: its name, for messages
 * @buf: the text
 * @len: of the text
 * @model: initialised here; what has been understood, also after errors
 * @report: gets all errors and warnings
 *
 * Return: 0, or -EINVAL after errors.
 */
int parse_buf(const char *file, const char *buf, size_t len,
	      struct model *model, struct report *report)
{
	struct parser parser = { .model = model, .report = report };
	unsigned int errors = report->errors;
	struct bracket *bracket;
	struct brace *brace;

	model_init(model, file);
	if (is_bracket(buf, len)) {
		bracket = bracket_new(&parser);
		parse_lines(&parser, buf, len, one_bracket_line, bracket);
		bracket_free(bracket);
	} else {
		brace = brace_new(&parser);
		parse_lines(&parser, buf, len, one_brace_line, brace);
		brace_free(brace);
	}
	return report->errors == errors ? 0 : -EINVAL;
}

/**
 * parse_file() - parse a configuration file
 * @file: its name
 * @model: initialised here
 * @report: gets all errors and warnings
 *
 * Return: 0, or a negative errno after errors.
 */
int parse_file(const char *file, struct model *model, struct report *report)
{
	size_t len;
	char *buf;
	int ret;

	ret = file_read(file, PARSE_FILE_MAX, &buf, &len);
	if (ret) {
		model_init(model, file);
		report_at(report, REPORT_ERROR, file, 0, "%s", strerror(-ret));
		return ret;
	}
	ret = parse_buf(file, buf, len, model, report);
	free(buf);
	return ret;
}
