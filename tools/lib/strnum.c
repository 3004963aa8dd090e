// SPDX-License-Identifier: GPL-2.0
/*
 * The strict number parsers: the whole string is the number, no sign, no
 * blanks, no silent overflow.  Pure.
 */
#include <errno.h>
#include <stdbool.h>

#include "strnum.h"

/**
 * strnum_digit() - value of a hexadecimal digit
 * @c: the digit, in any case
 *
 * Return: 0 to 15, or 16 if it is none.
 */
unsigned int strnum_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return 16;
}

static int parse_digits(const char *str, unsigned int base, uint64_t max,
			uint64_t *out)
{
	bool large = false;
	uint64_t val = 0;
	unsigned int d;

	if (!*str)
		return -EINVAL;
	for (; *str; str++) {
		d = strnum_digit(*str);
		if (d >= base)
			return -EINVAL;
		large = large || d > max || val > (max - d) / base;
		if (!large)
			val = val * base + d;
	}
	/* not before it is known to be a number at all */
	if (large)
		return -ERANGE;
	*out = val;
	return 0;
}

static bool has_hex_prefix(const char *str)
{
	return str[0] == '0' && (str[1] == 'x' || str[1] == 'X');
}

/**
 * strnum_u64() - parse what an administrator wrote
 * @str: decimal, 0x hexadecimal or 0 octal
 * @max: largest admissible value
 * @out: result
 *
 * Return: 0, -EINVAL if it is no number, -ERANGE if it is too large.
 */
int strnum_u64(const char *str, uint64_t max, uint64_t *out)
{
	if (has_hex_prefix(str))
		return parse_digits(str + 2, 16, max, out);
	if (str[0] == '0' && str[1])
		return parse_digits(str + 1, 8, max, out);
	return parse_digits(str, 10, max, out);
}

/**
 * strnum_u32() - parse what an administrator wrote, within a range
 * @str: decimal, 0x hexadecimal or 0 octal
 * @min: smallest admissible value
 * @max: largest admissible value
 * @out: result
 *
 * Return: 0, -EINVAL if it is no number, -ERANGE if it is out of range.
 */
int strnum_u32(const char *str, uint32_t min, uint32_t max, uint32_t *out)
{
	uint64_t val;
	int ret;

	ret = strnum_u64(str, max, &val);
	if (ret)
		return ret;
	if (val < min)
		return -ERANGE;
	*out = val;
	return 0;
}

/**
 * strnum_text() - parse a numerical value of iSCSI text (RFC 7143 6.1)
 * @str: decimal or 0x hexadecimal; a leading zero does not mean octal
 * @out: result
 *
 * Return: 0, -EINVAL if it is no number, -ERANGE beyond 64 bits.
 */
int strnum_text(const char *str, uint64_t *out)
{
	if (has_hex_prefix(str))
		return parse_digits(str + 2, 16, UINT64_MAX, out);
	return parse_digits(str, 10, UINT64_MAX, out);
}
