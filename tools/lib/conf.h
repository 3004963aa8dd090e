/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Lines of "key value" configuration files.
 */
#ifndef TOOLS_CONF_H
#define TOOLS_CONF_H

#include <stddef.h>
#include <sys/types.h>

#include "util.h"

#define CONF_LINE_MAX 4096

/**
 * struct conf_line - one line that is neither empty nor a comment
 * @file: name of the file
 * @line: number of the line, from 1
 * @key: first word
 * @value: the rest without blanks around it, maybe empty
 */
struct conf_line {
	const char *file;
	unsigned int line;
	char *key;
	char *value;
};

typedef int (*conf_fn)(void *arg, const struct conf_line *line);

ssize_t conf_read(int fd, char *buf, size_t len);
int conf_parse_file(const char *file, conf_fn fn, void *arg);
int conf_parse_buf(const char *file, char *buf, size_t len, conf_fn fn,
		   void *arg);
char *conf_word(char **rest);
char *conf_item(char **rest);

__printf(2, 3)
int conf_error(const struct conf_line *line, const char *fmt, ...);

#endif
