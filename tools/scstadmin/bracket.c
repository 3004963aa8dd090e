// SPDX-License-Identifier: GPL-2.0
/*
 * The grammar of SCST 1 and 2.0: sections [WORD ARGUMENT], and in them lines of
 * a keyword and a value.
 *
 * Addition: \# and \, stand for characters that otherwise begin a comment or
 * separate fields, so that every name that the kernel takes can be written.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attr.h"
#include "parse.h"

#define FIELDS_MAX 5

struct bracket_section;

/**
 * struct bracket - state of the parser
 * @p: what both grammars share
 * @section: where we are; NULL before the first one and after a bad one
 * @ignored: lines are ignored and that has been said
 * @handler: of a section [HANDLER]
 * @handler_name: as the file calls it
 * @group: name of the group of a section [GROUP] or [ASSIGNMENT]
 */
struct bracket {
	struct parser *p;
	const struct bracket_section *section;
	bool ignored;
	struct handler_name handler;
	char *handler_name;
	char *group;
};

/**
 * struct bracket_section - a row of the table of sections
 * @word: first word of the header
 * @need_arg: the header has an argument
 * @key: keyword of the lines; NULL: any
 * @begin: called for the header; false: lines of the section are ignored
 * @line: called for the value of a line
 */
struct bracket_section {
	const char *word;
	bool need_arg;
	const char *key;
	bool (*begin)(struct bracket *b, const char *arg);
	void (*line)(struct bracket *b, char *key, char *value);
};

/* Return: what ends at the first one of @stop that has no backslash before it */
static char *cut(char *text, char stop)
{
	for (; *text; text++) {
		if (*text == '\\' && (text[1] == '#' || text[1] == ','))
			text++;
		else if (*text == stop)
			break;
	}
	if (!*text)
		return NULL;
	*text = '\0';
	return text + 1;
}

static char *trim(char *text)
{
	char *end;

	text += strspn(text, PARSE_BLANKS);
	end = text + strlen(text);
	while (end > text && strchr(PARSE_BLANKS, end[-1]))
		*--end = '\0';
	return text;
}

static char *unescape(char *text)
{
	char *to = text, *from = text;

	while (*from) {
		if (*from == '\\' && (from[1] == '#' || from[1] == ','))
			from++;
		*to++ = *from++;
	}
	*to = '\0';
	return text;
}

/* Return: number of fields; those that are missing are empty */
static unsigned int split(char *value, char *field[FIELDS_MAX + 1])
{
	static char empty[1];
	unsigned int n = 0, i;
	char *rest = value;

	for (i = 0; i <= FIELDS_MAX; i++)
		field[i] = empty;
	while (rest && n <= FIELDS_MAX) {
		value = rest;
		rest = cut(value, ',');
		field[n++] = unescape(trim(value));
	}
	return n;
}

static void keep_option(struct model *model, const char *key,
			const char *value)
{
	char *old = model->options, *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return;
	fprintf(out, "%s%s %s\n", old ? old : "", key, value);
	fclose(out);
	free(old);
	model->options = text;
}

static void options_line(struct bracket *b, char *key, char *value)
{
	static const char *const bools[] = {
		"1", "0", "YES", "NO", "TRUE", "FALSE",
	};
	size_t i;

	if (!strcmp(key, "THREADS")) {
		parse_threads(b->p, key, value);
		return;
	}
	for (i = 0; i < ARRAY_SIZE(bools); i++)
		if (!strcasecmp(value, bools[i]))
			break;
	if (i == ARRAY_SIZE(bools)) {
		parse_error(b->p, "%s: '%s' is neither YES nor NO", key, value);
		return;
	}
	if (!strcmp(key, "ISSUE_LIP") && i % 2 == 0)
		parse_warning(b->p, "ISSUE_LIP has no effect: there is no Fibre Channel target driver");
	else if (strcmp(key, "KEEP_CONFIG") && strcmp(key, "ISSUE_LIP"))
		parse_warning(b->p, "unknown option %s", key);
	keep_option(b->p->model, key, value);
}

static bool handler_begin(struct bracket *b, const char *arg)
{
	str_set(&b->handler_name, arg);
	b->handler = handler_of(b->handler_name);
	return true;
}

static void set_field(struct bracket *b, struct device *dev, const char *attr,
		      const char *value)
{
	const char *why;

	if (*value && attr_set_device(dev, attr, value, &why))
		parse_error(b->p, "%s: '%s': %s", dev->name, value, why);
}

static void device_fields(struct bracket *b, struct device *dev,
			  char *field[FIELDS_MAX + 1])
{
	const char *bad = flags_set(field[2], "|+ \t", &dev->flags);

	if (bad)
		parse_error(b->p, "%s: unknown option '%.*s'", dev->name,
			    (int)strcspn(bad, "|+ \t"), bad);
	str_set(&dev->path, field[1]);
	set_field(b, dev, "blocksize", field[3]);
	set_field(b, dev, "t10_dev_id", field[4]);
	parse_device_done(b->p, dev);
}

/* what else a line says of a device of any other handler is not for us */
static void handler_line(struct bracket *b, char *key, char *value)
{
	char *field[FIELDS_MAX + 1];
	unsigned int n = split(value, field);
	struct device *dev;

	(void)key;
	if (n > FIELDS_MAX && handler_by_name(b->handler.handler)) {
		parse_error(b->p, "%s: unexpected '%s' after the T10 identifier",
			    field[0], field[FIELDS_MAX]);
		return;
	}
	dev = parse_device(b->p, field[0], &b->handler);
	if (!dev)
		return;
	if (handler_makes_devices(dev->handler))
		device_fields(b, dev, field);
	else if (n > 1 && handler_takes_local(dev->handler))
		parse_error(b->p, "%s: a local device has neither path nor options",
			    field[0]);
}

static bool group_begin(struct bracket *b, const char *arg)
{
	struct group *group = parse_group(b->p, arg);

	str_set(&b->group, arg);
	return group;
}

static bool declare_begin(struct bracket *b, const char *arg)
{
	if (!group_begin(b, arg))
		return false;
	model_group(b->p->model, arg)->declared = true;
	return true;
}

static void group_line(struct bracket *b, char *key, char *value)
{
	(void)key;
	parse_name(b->p, model_group(b->p->model, b->group), unescape(value));
}

static void assign_line(struct bracket *b, char *key, char *value)
{
	char *field[FIELDS_MAX + 1];
	unsigned int n = split(value, field);
	unsigned int flags = 0;
	const char *bad;

	(void)key;
	bad = flags_set(field[2], "|+ \t", &flags);
	if (n > 3)
		parse_error(b->p, "unexpected '%s'", field[3]);
	else if (bad || flags & ~DEV_READ_ONLY)
		parse_error(b->p, "'%s': a LUN has no option but READ_ONLY",
			    field[2]);
	else
		parse_lun(b->p, model_group(b->p->model, b->group), field[0],
			  field[1], flags & DEV_READ_ONLY);
}

static bool targets_begin(struct bracket *b, const char *arg)
{
	if (!strcmp(arg, "enable") || !strcmp(arg, "disable"))
		return true;
	parse_error(b->p, "[TARGETS %s]: neither enable nor disable", arg);
	return false;
}

static void targets_line(struct bracket *b, char *key, char *value)
{
	(void)key;
	parse_warning(b->p, "HOST %s has no effect: there is no Fibre Channel target driver",
		      value);
}

static const struct bracket_section sections[] = {
	{ "OPTIONS", false, NULL, NULL, options_line },
	{ "HANDLER", true, "DEVICE", handler_begin, handler_line },
	{ "GROUP", true, "USER", declare_begin, group_line },
	{ "ASSIGNMENT", true, "DEVICE", group_begin, assign_line },
	{ "TARGETS", true, "HOST", targets_begin, targets_line },
};

static const struct bracket_section *find_section(const char *word)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sections); i++)
		if (!strcmp(sections[i].word, word))
			return &sections[i];
	return NULL;
}

/* "[WORD ARGUMENT]", the closing bracket is cut off */
static void header(struct bracket *b, char *text)
{
	char *arg = text + strcspn(text, PARSE_BLANKS);
	const struct bracket_section *section;

	if (*arg)
		*arg++ = '\0';
	arg = unescape(trim(arg));
	section = find_section(text);
	b->section = NULL;
	b->ignored = true;
	if (!section)
		parse_error(b->p, "unknown section [%s]", text);
	else if (section->need_arg && !*arg)
		parse_error(b->p, "[%s] does not say which", text);
	else if (!section->need_arg && *arg)
		parse_error(b->p, "[%s]: unexpected '%s'", text, arg);
	else if (!section->begin || section->begin(b, arg))
		b->section = section;
}

static void value_line(struct bracket *b, char *text)
{
	char *value = text + strcspn(text, PARSE_BLANKS);
	const struct bracket_section *section = b->section;

	if (*value)
		*value++ = '\0';
	value = trim(value);
	if (!section) {
		if (!b->ignored)
			parse_warning(b->p, "lines before the first section are ignored");
		b->ignored = true;
	} else if (section->key && strcmp(section->key, text)) {
		parse_error(b->p, "'%s' where [%s] has only %s", text,
			    section->word, section->key);
	} else if (!*value) {
		parse_error(b->p, "%s: the value is missing", text);
	} else {
		section->line(b, text, value);
	}
}

/**
 * bracket_line() - parse a line
 * @b: state
 * @text: the line, modified
 */
void bracket_line(struct bracket *b, char *text)
{
	size_t len;

	cut(text, '#');
	text = trim(text);
	len = strlen(text);
	if (!len)
		return;
	if (*text != '[') {
		value_line(b, text);
	} else if (text[len - 1] != ']') {
		parse_error(b->p, "']' is missing");
		b->section = NULL;
		b->ignored = true;
	} else {
		text[len - 1] = '\0';
		header(b, trim(text + 1));
	}
}

/**
 * bracket_word() - one kind of section after the other
 * @i: from 0
 *
 * Return: its word, NULL after the last one.
 */
const char *bracket_word(size_t i)
{
	return i < ARRAY_SIZE(sections) ? sections[i].word : NULL;
}

/**
 * bracket_new() - begin a file
 * @p: parser
 *
 * Return: state for bracket_line().
 */
struct bracket *bracket_new(struct parser *p)
{
	struct bracket *b = mem_zero(1, sizeof(*b));

	b->p = p;
	return b;
}

/**
 * bracket_free() - end a file
 * @b: state
 */
void bracket_free(struct bracket *b)
{
	free(b->handler_name);
	free(b->group);
	free(b);
}
