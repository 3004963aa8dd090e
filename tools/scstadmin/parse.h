/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The configuration file, in both grammars, into a configuration.
 */
#ifndef SCSTADMIN_PARSE_H
#define SCSTADMIN_PARSE_H

#include <stddef.h>

#include "model.h"
#include "report.h"

#define PARSE_LINE_MAX 4096
#define PARSE_FILE_MAX (64 << 20)
#define PARSE_BLANKS " \t\r\v\f"

int parse_file(const char *file, struct model *model, struct report *report);
int parse_buf(const char *file, const char *buf, size_t len,
	      struct model *model, struct report *report);

/**
 * struct parser - where the parser of a file is
 * @model: what has been found
 * @report: messages
 * @line: number of the current line
 * @aside: what is parsed is compared only
 */
struct parser {
	struct model *model;
	struct report *report;
	unsigned int line;
	bool aside;
};

/* between the files of the parser */

__printf(2, 3)
void parse_error(struct parser *p, const char *fmt, ...);
__printf(2, 3)
void parse_warning(struct parser *p, const char *fmt, ...);
struct device *parse_device(struct parser *p, const char *name,
			    const struct handler_name *handler);
void parse_device_done(struct parser *p, struct device *dev);
struct group *parse_group(struct parser *p, const char *name);
void parse_lun(struct parser *p, struct group *group, const char *dev,
	       const char *number, bool read_only);
void parse_name(struct parser *p, struct group *group, const char *name);
void parse_threads(struct parser *p, const char *key, const char *text);

struct bracket;
void bracket_line(struct bracket *bracket, char *text);
const char *bracket_word(size_t i);
struct bracket *bracket_new(struct parser *p);
void bracket_free(struct bracket *bracket);

struct brace;
void brace_line(struct brace *brace, char *text);
const char *brace_word(size_t i);
struct brace *brace_new(struct parser *p);
void brace_free(struct brace *brace);

#endif
