/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Writes JSON (RFC 8259), indented by two blanks for each level.
 */
#ifndef TOOLS_JSON_H
#define TOOLS_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define JSON_DEPTH_MAX 32

/**
 * struct json - a document that is being written
 * @out: where to
 * @depth: objects and arrays that are open
 * @filled: bit n: level n has a member already
 * @keyed: a key has been written, its value is due
 */
struct json {
	FILE *out;
	unsigned int depth;
	uint64_t filled;
	bool keyed;
};

void json_init(struct json *json, FILE *out);
int json_finish(struct json *json);

void json_object(struct json *json);
void json_end_object(struct json *json);
void json_array(struct json *json);
void json_end_array(struct json *json);
void json_key(struct json *json, const char *key);

void json_string(struct json *json, const char *value);
void json_u64(struct json *json, uint64_t value);
void json_bool(struct json *json, bool value);
void json_null(struct json *json);

#endif
