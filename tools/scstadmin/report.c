// SPDX-License-Identifier: GPL-2.0
/*
 * Collects messages, so that tests can look at them and JSON can contain them.
 * Bounded: a file of nothing but errors does not fill the memory.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"
#include "report.h"

/**
 * report_init() - begin without messages
 * @report: the report
 */
void report_init(struct report *report)
{
	memset(report, 0, sizeof(*report));
}

/**
 * report_free() - forget all messages
 * @report: the report
 */
void report_free(struct report *report)
{
	size_t i;

	for (i = 0; i < report->count; i++) {
		free(report->entry[i].file);
		free(report->entry[i].text);
	}
	free(report->entry);
	report_init(report);
}

/**
 * report_at_va() - add a message
 * @report: the report
 * @level: how bad it is
 * @file: name of the file, or NULL
 * @line: line in it, or 0
 * @fmt: what is wrong, without newline
 * @ap: its arguments
 */
void report_at_va(struct report *report, enum report_level level,
		  const char *file, unsigned int line, const char *fmt,
		  va_list ap)
{
	struct report_entry *entry;
	char text[1024];

	report->errors += level == REPORT_ERROR;
	report->warnings += level == REPORT_WARNING;
	/* each level has its own room: warnings must not hide errors */
	if (report->kept[level] == REPORT_MAX) {
		report->lost[level]++;
		return;
	}
	report->kept[level]++;
	vsnprintf(text, sizeof(text), fmt, ap);
	entry = array_add(&report->entry, &report->count, sizeof(*entry));
	entry->level = level;
	entry->file = str_dup(file ? file : "");
	entry->line = line;
	entry->text = str_dup(text);
}

/**
 * report_at() - add a message
 * @report: the report
 * @level: how bad it is
 * @file: name of the file, or NULL
 * @line: line in it, or 0
 * @fmt: what is wrong, without newline
 */
void report_at(struct report *report, enum report_level level,
	       const char *file, unsigned int line, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	report_at_va(report, level, file, line, fmt, ap);
	va_end(ap);
}

/**
 * report_drop() - forget the messages of a level
 * @report: the report
 * @level: level, not REPORT_ERROR
 */
void report_drop(struct report *report, enum report_level level)
{
	size_t i, n = 0;

	for (i = 0; i < report->count; i++) {
		if (report->entry[i].level != level) {
			report->entry[n++] = report->entry[i];
			continue;
		}
		free(report->entry[i].file);
		free(report->entry[i].text);
	}
	report->count = n;
	report->kept[level] = 0;
	report->lost[level] = 0;
	if (level == REPORT_WARNING)
		report->warnings = 0;
}

/**
 * report_level_name() - the word for a level
 * @level: level
 *
 * Return: "error" or "warning".
 */
const char *report_level_name(enum report_level level)
{
	static const char *const names[] = { "error", "warning" };

	return names[level];
}

/**
 * report_print() - show messages on the standard error output
 * @report: the report
 * @from: number of the first message to show
 */
void report_print(const struct report *report, size_t from)
{
	const struct report_entry *entry;
	size_t i;

	for (i = from; i < report->count; i++) {
		entry = &report->entry[i];
		if (*entry->file && entry->line)
			fprintf(stderr, "%s:%u: ", entry->file, entry->line);
		else
			fprintf(stderr, "%s: ",
				*entry->file ? entry->file : "scstadmin");
		if (entry->level != REPORT_ERROR)
			fprintf(stderr, "%s: ",
				report_level_name(entry->level));
		fprintf(stderr, "%s\n", entry->text);
	}
	for (i = 0; i < REPORT_LEVELS; i++)
		if (report->lost[i])
			fprintf(stderr, "scstadmin: %zu more %ss\n",
				report->lost[i], report_level_name(i));
}
