/* SPDX-License-Identifier: GPL-2.0 */
/*
 * iSCSI text: key=value pairs, each ended by a NUL (RFC 7143 6.1).
 */
#ifndef TOOLS_TEXT_H
#define TOOLS_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TEXT_IN_MAX 65536
#define TEXT_PAIRS_MAX 1024
#define TEXT_KEY_MAX 63

/**
 * struct text - a growing buffer of text
 * @buf: its memory
 * @len: bytes in use
 * @cap: bytes allocated
 * @max: bound of @len
 * @failed: an addition did not fit, or there was no memory for it
 */
struct text {
	char *buf;
	size_t len;
	size_t cap;
	size_t max;
	bool failed;
};

struct text_pair {
	const char *key;
	const char *value;
};

void text_init(struct text *text, size_t max);
void text_reset(struct text *text);
void text_free(struct text *text);
int text_append(struct text *text, const void *data, size_t len);
void text_add(struct text *text, const char *key, const char *value);
void text_add_num(struct text *text, const char *key, uint64_t value);
int text_split(struct text *text, struct text_pair *pairs, size_t max);
const char *text_value(const struct text_pair *pairs, int n, const char *key);
const char *text_item(const char **list, size_t *len);
bool text_item_is(const char *item, size_t len, const char *word);

#endif
