// SPDX-License-Identifier: GPL-2.0
/*
 * Collects, splits and writes iSCSI text.  Nothing in it is trusted: lengths
 * are kept beside the data, growth has a bound.  Pure apart from memory.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

/**
 * text_init() - prepare an empty text
 * @text: the text
 * @max: bound of its length
 */
void text_init(struct text *text, size_t max)
{
	memset(text, 0, sizeof(*text));
	text->max = max;
}

/**
 * text_reset() - empty a text, keeping its memory
 * @text: the text
 */
void text_reset(struct text *text)
{
	text->len = 0;
	text->failed = false;
}

/**
 * text_free() - release the memory of a text
 * @text: the text; can be used again
 */
void text_free(struct text *text)
{
	free(text->buf);
	text_init(text, text->max);
}

/**
 * text_append() - add bytes
 * @text: the text
 * @data: the bytes
 * @len: how many
 *
 * Return: 0, -E2BIG if that exceeds the bound, or -ENOMEM.
 */
int text_append(struct text *text, const void *data, size_t len)
{
	size_t cap = text->cap ? text->cap : 1024;
	char *buf;

	/* the bound may have come down below what there is */
	if (len > text->max || text->len > text->max - len) {
		text->failed = true;
		return -E2BIG;
	}
	while (cap < text->len + len)
		cap *= 2;
	if (cap > text->cap) {
		buf = realloc(text->buf, cap);
		if (!buf) {
			text->failed = true;
			return -ENOMEM;
		}
		text->buf = buf;
		text->cap = cap;
	}
	if (len)
		memcpy(text->buf + text->len, data, len);
	text->len += len;
	return 0;
}

/**
 * text_add() - add a pair
 * @text: the text; remembers in @text->failed if it did not fit
 * @key: its key
 * @value: its value
 */
void text_add(struct text *text, const char *key, const char *value)
{
	text_append(text, key, strlen(key));
	text_append(text, "=", 1);
	text_append(text, value, strlen(value) + 1);
}

/**
 * text_add_num() - add a pair with a number
 * @text: the text; remembers in @text->failed if it did not fit
 * @key: its key
 * @value: its value
 */
void text_add_num(struct text *text, const char *key, uint64_t value)
{
	char num[24];

	snprintf(num, sizeof(num), "%llu", (unsigned long long)value);
	text_add(text, key, num);
}

static int split_pair(char *str, struct text_pair *pair)
{
	char *sep = strchr(str, '=');

	if (!sep || sep == str || sep - str > TEXT_KEY_MAX)
		return -EINVAL;
	*sep = '\0';
	pair->key = str;
	pair->value = sep + 1;
	return 0;
}

/**
 * text_split() - find the pairs of a complete text
 * @text: the text, is modified; the pairs point into it
 * @pairs: result
 * @max: room in @pairs
 *
 * Additional NULs between and after pairs are tolerated: some initiators count
 * the padding.
 *
 * Return: number of pairs or -EINVAL if a pair has no '=', no key or a key that
 * is too long, if there is no NUL at the end, or if there are too many pairs.
 */
int text_split(struct text *text, struct text_pair *pairs, size_t max)
{
	char *pos = text->buf;
	char *end = text->buf + text->len;
	size_t n = 0;

	if (!text->len)
		return 0;
	if (end[-1] != '\0')
		return -EINVAL;
	for (; pos < end; pos += strlen(pos) + 1) {
		if (!*pos)
			continue;
		if (n == max || split_pair(pos, &pairs[n]))
			return -EINVAL;
		/* the loop must step over the value */
		pos = (char *)pairs[n++].value;
	}
	return n;
}

/**
 * text_value() - find a pair
 * @pairs: the pairs
 * @n: how many
 * @key: key of the first one that is wanted
 *
 * Return: its value or NULL.
 */
const char *text_value(const struct text_pair *pairs, int n, const char *key)
{
	int i;

	for (i = 0; i < n; i++)
		if (!strcmp(pairs[i].key, key))
			return pairs[i].value;
	return NULL;
}

/**
 * text_item() - take the next item of a list that commas separate
 * @list: moves behind it; NULL after the last one
 * @len: length of the item, maybe 0
 *
 * Return: the item, which has no NUL at its end, or NULL if there is none.
 */
const char *text_item(const char **list, size_t *len)
{
	const char *item = *list;

	if (!item)
		return NULL;
	*len = strcspn(item, ",");
	*list = item[*len] ? item + *len + 1 : NULL;
	return item;
}

/**
 * text_item_is() - compare an item
 * @item: of text_item()
 * @len: its length
 * @word: what it may be
 */
bool text_item_is(const char *item, size_t len, const char *word)
{
	return strlen(word) == len && !memcmp(item, word, len);
}
