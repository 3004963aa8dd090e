/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What there is to say about a configuration: errors and warnings, each
 * with file and line where it has one.
 */
#ifndef SCSTADMIN_REPORT_H
#define SCSTADMIN_REPORT_H

#include <stdarg.h>
#include <stddef.h>

#include "util.h"

#define REPORT_MAX 1000

enum report_level {
	REPORT_ERROR,
	REPORT_WARNING,
	REPORT_LEVELS,
};

/**
 * struct report_entry - one message
 * @level: how bad it is
 * @file: name of the file; empty without one
 * @line: line in it; 0 without one
 * @text: what is wrong
 */
struct report_entry {
	enum report_level level;
	char *file;
	unsigned int line;
	char *text;
};

/**
 * struct report - messages in the order in which they came
 * @entry: the first REPORT_MAX of each level
 * @count: how many are in @entry
 * @kept: of each level
 * @lost: how many of each level are not in @entry
 * @errors: errors among all of them
 * @warnings: warnings among all of them
 */
struct report {
	struct report_entry *entry;
	size_t count;
	size_t kept[REPORT_LEVELS];
	size_t lost[REPORT_LEVELS];
	unsigned int errors;
	unsigned int warnings;
};

void report_init(struct report *report);
void report_free(struct report *report);
__printf(5, 6)
void report_at(struct report *report, enum report_level level,
	       const char *file, unsigned int line, const char *fmt, ...);
void report_at_va(struct report *report, enum report_level level,
		  const char *file, unsigned int line, const char *fmt,
		  va_list ap);
void report_drop(struct report *report, enum report_level level);
const char *report_level_name(enum report_level level);
void report_print(const struct report *report, size_t from);

#endif
