/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the fuzz targets have in common: an input is a few small numbers and
 * strings of bytes, taken one after the other.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* the name by which libFuzzer, AFL and replay.c know a target */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/**
 * struct input - the rest of an input
 * @data: next byte
 * @len: how many there are
 */
struct input {
	const uint8_t *data;
	size_t len;
};

/* 0 at the end */
static inline uint8_t input_u8(struct input *input)
{
	if (!input->len)
		return 0;
	input->len--;
	return *input->data++;
}

static inline uint16_t input_u16(struct input *input)
{
	uint16_t high = input_u8(input);

	return high << 8 | input_u8(input);
}

/* up to @max bytes; the number of them comes first */
static inline struct input input_bytes(struct input *input, uint16_t max)
{
	uint16_t len = input_u16(input);
	struct input part = { .data = input->data };

	part.len = len < max ? len : max;
	if (part.len > input->len)
		part.len = input->len;
	input->data += part.len;
	input->len -= part.len;
	return part;
}

#endif
