// SPDX-License-Identifier: GPL-2.0
/*
 * The command line of a virtual disk: verbs, block size and flags.
 * Pure: no locks, no allocation; the result points into the caller's line.
 * Must not know what the commands do.
 */
#include <kunit/visibility.h>
#include <linux/array_size.h>
#include <linux/ctype.h>
#include <linux/kernel.h>
#include <linux/kstrtox.h>
#include <linux/log2.h>
#include <linux/string.h>

#include "options.h"

#define SCST_VDISK_MIN_BLOCK	512
#define SCST_VDISK_MAX_BLOCK	4096

/**
 * struct scst_vdisk_flag - a flag of a device
 * @name: as written
 * @abbrev: as shown; NULL if it is not
 * @flag: SCST_VDISK_*
 */
struct scst_vdisk_flag {
	const char *name;
	const char *abbrev;
	unsigned long flag;
};

/* In the order in which they are shown */
static const struct scst_vdisk_flag scst_vdisk_flags[] = {
	{ "WRITE_THROUGH", "WT", SCST_VDISK_WRITE_THROUGH },
	{ "NV_CACHE", "NV", SCST_VDISK_NV_CACHE },
	{ "READ_ONLY", "RO", SCST_VDISK_READ_ONLY },
	{ "O_DIRECT", NULL, SCST_VDISK_O_DIRECT },
	{ "NULLIO", "NIO", SCST_VDISK_NULLIO },
	{ "BLOCKIO", "BIO", SCST_VDISK_BLOCKIO },
	{ "REMOVABLE", "RM", SCST_VDISK_REMOVABLE },
};

static bool scst_vdisk_blank(char c)
{
	return c == ' ' || c == '\t';
}

static char *scst_vdisk_skip(char *p)
{
	while (scst_vdisk_blank(*p))
		p++;
	return p;
}

/* Cuts the next word off; an empty one at the end of the line */
static char *scst_vdisk_word(char **line)
{
	char *word = scst_vdisk_skip(*line);
	char *p = word;

	while (*p && !scst_vdisk_blank(*p))
		p++;
	if (*p)
		*p++ = '\0';
	*line = p;
	return word;
}

static const char *scst_vdisk_end(char *line)
{
	return *scst_vdisk_skip(line) ? "too many arguments" : NULL;
}

static const char *scst_vdisk_block_size(struct scst_vdisk_options *opt,
					 char **line)
{
	unsigned int size;

	*line = scst_vdisk_skip(*line);
	if (!isdigit(**line))
		return NULL;
	if (kstrtouint(scst_vdisk_word(line), 0, &size))
		return "the block size is not a number";
	if (size < SCST_VDISK_MIN_BLOCK || size > SCST_VDISK_MAX_BLOCK ||
	    !is_power_of_2(size))
		return "the block size has to be 512, 1024, 2048 or 4096";
	opt->block_shift = ilog2(size);
	return NULL;
}

/*
 * A flag is recognized by its prefix, and what follows it is read as the next
 * flag: blanks between them are customary, not needed.
 */
static const char *scst_vdisk_open_flags(struct scst_vdisk_options *opt,
					 char *p)
{
	unsigned int i;
	size_t len;

	for (p = scst_vdisk_skip(p); *p; p = scst_vdisk_skip(p)) {
		for (i = 0; i < ARRAY_SIZE(scst_vdisk_flags); i++) {
			len = strlen(scst_vdisk_flags[i].name);
			if (!strncmp(p, scst_vdisk_flags[i].name, len))
				break;
		}
		if (i == ARRAY_SIZE(scst_vdisk_flags))
			return "unknown flag";
		opt->flags |= scst_vdisk_flags[i].flag;
		p += len;
	}
	return NULL;
}

static const char *scst_vdisk_parse_open(struct scst_vdisk_options *opt,
					 char *line)
{
	const char *why;

	opt->path = scst_vdisk_word(&line);
	if (!*opt->path)
		return "the file name is missing";
	why = scst_vdisk_block_size(opt, &line);
	if (!why)
		why = scst_vdisk_open_flags(opt, line);
	if (why)
		return why;
	if (opt->flags & SCST_VDISK_NULLIO) {
		if (opt->flags & SCST_VDISK_BLOCKIO)
			return "NULLIO and BLOCKIO exclude each other";
		return NULL;
	}
	return *opt->path == '/' ? NULL : "the file name has to begin with /";
}

static const char *scst_vdisk_parse_t10_id(struct scst_vdisk_options *opt,
					   char *line)
{
	size_t len, i;

	opt->t10_id = scst_vdisk_skip(line);
	len = strlen(opt->t10_id);
	while (len && scst_vdisk_blank(opt->t10_id[len - 1]))
		len--;
	if (!len)
		return "the identifier is missing";
	/* its code set is ASCII (SPC-5 7.7.6.2) */
	for (i = 0; i < len; i++)
		if (!isascii(opt->t10_id[i]) || !isprint(opt->t10_id[i]))
			return "the identifier is not printable ASCII";
	if (len > SCST_VDISK_MAX_T10_ID)
		len = SCST_VDISK_MAX_T10_ID;
	opt->t10_id[len] = '\0';
	return NULL;
}

static const char *scst_vdisk_parse_none(struct scst_vdisk_options *opt,
					 char *line)
{
	return scst_vdisk_end(line);
}

struct scst_vdisk_verb_desc {
	const char *name;
	const char *(*parse)(struct scst_vdisk_options *opt, char *line);
};

static const struct scst_vdisk_verb_desc scst_vdisk_verbs[] = {
	[SCST_VDISK_OPEN]	= { "open", scst_vdisk_parse_open },
	[SCST_VDISK_CLOSE]	= { "close", scst_vdisk_parse_none },
	[SCST_VDISK_RESYNC_SIZE] = { "resync_size", scst_vdisk_parse_none },
	[SCST_VDISK_SET_T10_DEV_ID] = {
		"set_t10_dev_id", scst_vdisk_parse_t10_id
	},
};

/**
 * scst_vdisk_options_parse - take a command apart
 * @opt: result, points into @line
 * @line: command without newline, is changed
 *
 * Context: any.
 * Return: NULL, or what is wrong with the command.
 */
const char *scst_vdisk_options_parse(struct scst_vdisk_options *opt,
				     char *line)
{
	const char *verb = scst_vdisk_word(&line);
	unsigned int i;

	memset(opt, 0, sizeof(*opt));
	opt->name = line;
	opt->block_shift = ilog2(SCST_VDISK_MIN_BLOCK);
	for (i = 0; i < ARRAY_SIZE(scst_vdisk_verbs); i++)
		if (!strcmp(verb, scst_vdisk_verbs[i].name))
			break;
	if (i == ARRAY_SIZE(scst_vdisk_verbs)) {
		*line = '\0';
		return "unknown command";
	}
	opt->verb = i;
	opt->name = scst_vdisk_word(&line);
	if (!*opt->name)
		return "the device name is missing";
	if (strlen(opt->name) > SCST_VDISK_MAX_NAME)
		return "the device name is longer than 16 characters";
	return scst_vdisk_verbs[i].parse(opt, line);
}
EXPORT_SYMBOL_IF_KUNIT(scst_vdisk_options_parse);

/**
 * scst_vdisk_flags_text - what the table of devices shows as options
 * @flags: SCST_VDISK_*
 * @text: gets the abbreviations, each followed by a blank
 * @size: room in @text
 *
 * Context: any.
 */
void scst_vdisk_flags_text(unsigned long flags, char *text, size_t size)
{
	const struct scst_vdisk_flag *flag;
	unsigned int i;
	size_t len = 0;

	if (flags & SCST_VDISK_NV_CACHE)
		flags &= ~SCST_VDISK_WRITE_THROUGH;
	*text = '\0';
	for (i = 0; i < ARRAY_SIZE(scst_vdisk_flags); i++) {
		flag = &scst_vdisk_flags[i];
		if (flag->abbrev && flags & flag->flag)
			len += scnprintf(text + len, size - len, "%s ",
					 flag->abbrev);
	}
}
EXPORT_SYMBOL_IF_KUNIT(scst_vdisk_flags_text);
