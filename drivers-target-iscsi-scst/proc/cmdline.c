// SPDX-License-Identifier: GPL-2.0
/*
 * Takes the administrator's command lines apart: words, verbs, numbers.
 * Pure: no locks, no allocation.  Knows no command.
 */
#include <kunit/visibility.h>
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/kstrtox.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "cmdline.h"

/* A newline in the middle of a line is not a separator, see clean() */
static bool scst_cmdline_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* The next word of the line, terminated in place; NULL at its end */
static char *scst_cmdline_word(char **pos)
{
	char *word, *p = *pos;

	while (scst_cmdline_blank(*p))
		p++;
	if (!*p)
		return NULL;
	word = p;
	while (*p && !scst_cmdline_blank(*p))
		p++;
	if (*p)
		*p++ = '\0';
	*pos = p;
	return word;
}

/*
 * As it always was: a verb that takes arguments is a word of its own, one
 * without only has to be what the line begins with ("clear all" works).
 */
static bool scst_cmdline_match(const struct scst_verb *verb, const char *word)
{
	if (verb->max_args)
		return !strcasecmp(word, verb->name);
	return !strncasecmp(word, verb->name, strlen(verb->name));
}

/**
 * scst_cmdline_clean - prepare what was written to a file
 * @line: text; one newline at its end is removed
 *
 * One write is one command, so a newline elsewhere belongs to an argument.  No
 * argument of ours may have one, nor any other control character: names are
 * listed line by line.
 *
 * Context: any.
 * Return: NULL, or what is wrong with the line.
 */
const char *scst_cmdline_clean(char *line)
{
	size_t len = strlen(line);
	size_t i;

	if (len && line[len - 1] == '\n')
		line[--len] = '\0';
	for (i = 0; i < len; i++)
		if (iscntrl((unsigned char)line[i]) && line[i] != '\t')
			return "control character or second line";
	return NULL;
}
EXPORT_SYMBOL_IF_KUNIT(scst_cmdline_clean);

/**
 * scst_cmdline_parse - find the command of a line and its arguments
 * @cl: filled in; points into @line
 * @line: text, modified
 * @verbs: commands of the file
 * @found: the command
 *
 * Context: any.
 * Return: NULL, or what is wrong with the line.
 */
const char *scst_cmdline_parse(struct scst_cmdline *cl, char *line,
			       const struct scst_verb *verbs,
			       const struct scst_verb **found)
{
	const struct scst_verb *verb;
	char *arg;

	cl->argc = 0;
	cl->word = scst_cmdline_word(&line);
	if (!cl->word) {
		cl->word = "";
		return "empty command";
	}
	for (verb = verbs; verb->name; verb++)
		if (scst_cmdline_match(verb, cl->word))
			break;
	if (!verb->name)
		return "unknown command";
	*found = verb;
	if (!verb->max_args)
		return NULL;

	while ((arg = scst_cmdline_word(&line))) {
		if (cl->argc < min_t(unsigned int, verb->max_args,
				     SCST_CMDLINE_ARGS))
			cl->argv[cl->argc++] = arg;
		else if (verb->max_args != SCST_ARGS_REST)
			return "too many arguments";
	}
	return cl->argc < verb->min_args ? "argument missing" : NULL;
}
EXPORT_SYMBOL_IF_KUNIT(scst_cmdline_parse);

/**
 * scst_cmdline_number - convert a word to a number
 * @word: decimal, 0x hexadecimal or 0 octal digits and nothing else
 * @max: largest number that makes sense
 * @value: the number; unchanged on error
 *
 * Context: any.
 * Return: 0, -EINVAL or -ERANGE.
 */
int scst_cmdline_number(const char *word, u32 max, u32 *value)
{
	unsigned int v;
	int ret;

	/* kstrtouint() takes a sign and a newline, too */
	if (!isdigit(word[0]) || strchr(word, '\n'))
		return -EINVAL;
	ret = kstrtouint(word, 0, &v);
	if (ret)
		return ret;
	if (v > max)
		return -ERANGE;
	*value = v;
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(scst_cmdline_number);
