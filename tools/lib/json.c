// SPDX-License-Identifier: GPL-2.0
/*
 * The JSON writer: commas, indentation and escapes are its business, so that
 * callers cannot get them wrong.  What it writes is pure ASCII unless a string
 * holds valid UTF-8; a byte that does not belong to a valid sequence becomes
 * U+FFFD.
 */
#include <assert.h>
#include <errno.h>
#include <string.h>

#include "json.h"
#include "util.h"

/**
 * json_init() - begin a document
 * @json: the document
 * @out: where to
 */
void json_init(struct json *json, FILE *out)
{
	memset(json, 0, sizeof(*json));
	json->out = out;
}

/**
 * json_finish() - end a document; everything in it is closed
 * @json: the document
 *
 * Return: 0 or -EIO if it could not be written.
 */
int json_finish(struct json *json)
{
	assert(!json->depth && !json->keyed);
	fputc('\n', json->out);
	if (fflush(json->out) || ferror(json->out))
		return -EIO;
	return 0;
}

static void new_line(struct json *json)
{
	fprintf(json->out, "\n%*s", 2 * (int)json->depth, "");
}

/* what separates a value or a key from what is before it */
static void separate(struct json *json)
{
	uint64_t level = UINT64_C(1) << json->depth;

	if (json->keyed) {
		json->keyed = false;
		return;
	}
	if (!json->depth)
		return;
	if (json->filled & level)
		fputc(',', json->out);
	json->filled |= level;
	new_line(json);
}

static void begin(struct json *json, char c)
{
	separate(json);
	assert(json->depth < JSON_DEPTH_MAX);
	fputc(c, json->out);
	json->depth++;
	json->filled &= ~(UINT64_C(1) << json->depth);
}

static void end(struct json *json, char c)
{
	bool filled = json->filled & UINT64_C(1) << json->depth;

	assert(json->depth && !json->keyed);
	json->depth--;
	if (filled)
		new_line(json);
	fputc(c, json->out);
}

/**
 * json_object() - open an object, as a value
 * @json: the document
 */
void json_object(struct json *json)
{
	begin(json, '{');
}

/**
 * json_end_object() - close the innermost object
 * @json: the document
 */
void json_end_object(struct json *json)
{
	end(json, '}');
}

/**
 * json_array() - open an array, as a value
 * @json: the document
 */
void json_array(struct json *json)
{
	begin(json, '[');
}

/**
 * json_end_array() - close the innermost array
 * @json: the document
 */
void json_end_array(struct json *json)
{
	end(json, ']');
}

/*
 * Return: bytes of the UTF-8 sequence at @s, 0 if it is none (RFC 3629: no
 * overlong form, no surrogate, nothing beyond U+10FFFF).
 */
static unsigned int utf8_len(const unsigned char *s)
{
	static const struct {
		unsigned char first, last, min, max, len;
	} forms[] = {
		{ 0x00, 0x7f, 0x00, 0xff, 1 },
		{ 0xc2, 0xdf, 0x80, 0xbf, 2 },
		{ 0xe0, 0xe0, 0xa0, 0xbf, 3 },
		{ 0xe1, 0xec, 0x80, 0xbf, 3 },
		{ 0xed, 0xed, 0x80, 0x9f, 3 },
		{ 0xee, 0xef, 0x80, 0xbf, 3 },
		{ 0xf0, 0xf0, 0x90, 0xbf, 4 },
		{ 0xf1, 0xf3, 0x80, 0xbf, 4 },
		{ 0xf4, 0xf4, 0x80, 0x8f, 4 },
	};
	unsigned int i, n;

	for (i = 0; i < ARRAY_SIZE(forms); i++)
		if (*s >= forms[i].first && *s <= forms[i].last)
			break;
	if (i == ARRAY_SIZE(forms))
		return 0;
	/* the terminator of the string ends a sequence that is cut off */
	for (n = 1; n < forms[i].len; n++)
		if (s[n] < (n == 1 ? forms[i].min : 0x80) ||
		    s[n] > (n == 1 ? forms[i].max : 0xbf))
			return 0;
	return forms[i].len;
}

/* Return: bytes of @s that have been written */
static unsigned int write_char(FILE *out, const unsigned char *s)
{
	static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
	const char *pos = strchr(from, *s);
	unsigned int len = utf8_len(s);

	if (pos)
		fprintf(out, "\\%c", to[pos - from]);
	else if (!len)
		fputs("\\ufffd", out);
	else if (*s < ' ' || *s == 0x7f)
		fprintf(out, "\\u%04x", *s);
	else
		fwrite(s, 1, len, out);
	return len ? len : 1;
}

static void write_string(FILE *out, const char *value)
{
	const unsigned char *s = (const unsigned char *)value;

	fputc('"', out);
	while (*s)
		s += write_char(out, s);
	fputc('"', out);
}

/**
 * json_key() - name the next member of the innermost object
 * @json: the document
 * @key: the name
 */
void json_key(struct json *json, const char *key)
{
	assert(json->depth && !json->keyed);
	separate(json);
	write_string(json->out, key);
	fputs(": ", json->out);
	json->keyed = true;
}

/**
 * json_string() - write a string
 * @json: the document
 * @value: any bytes
 */
void json_string(struct json *json, const char *value)
{
	separate(json);
	write_string(json->out, value);
}

/**
 * json_u64() - write a number
 * @json: the document
 * @value: readers that have only doubles lose what is above 2^53
 */
void json_u64(struct json *json, uint64_t value)
{
	separate(json);
	fprintf(json->out, "%llu", (unsigned long long)value);
}

/**
 * json_bool() - write true or false
 * @json: the document
 * @value: which
 */
void json_bool(struct json *json, bool value)
{
	separate(json);
	fputs(value ? "true" : "false", json->out);
}

/**
 * json_null() - write null
 * @json: the document
 */
void json_null(struct json *json)
{
	separate(json);
	fputs("null", json->out);
}
