// SPDX-License-Identifier: GPL-2.0
/*
 * Binary values in iSCSI text: hexadecimal with 0x, base64 with 0b in front.
 * Strict, and within the room that the caller has.  Pure.
 */
#include <errno.h>
#include <string.h>

#include "binval.h"
#include "strnum.h"

static int decode_hex(const char *str, uint8_t *out, size_t max)
{
	size_t len = strlen(str);
	unsigned int high, low;
	size_t i;

	if (!len || len % 2)
		return -EINVAL;
	if (len / 2 > max)
		return -E2BIG;
	for (i = 0; i < len / 2; i++) {
		high = strnum_digit(str[2 * i]);
		low = strnum_digit(str[2 * i + 1]);
		if (high > 15 || low > 15)
			return -EINVAL;
		out[i] = high << 4 | low;
	}
	return i;
}

static int base64_digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+')
		return 62;
	return c == '/' ? 63 : -1;
}

/* Four digits, of which the last @pad are padding: three bytes less those. */
static int decode_quad(const char *str, int pad, uint8_t *out)
{
	uint32_t bits = 0;
	int i, digit;

	for (i = 0; i < 4; i++) {
		digit = i < 4 - pad ? base64_digit(str[i]) : 0;
		if (digit < 0)
			return -EINVAL;
		bits = bits << 6 | digit;
	}
	/* there is one way only to write a value */
	if (bits & ((1u << 8 * pad) - 1))
		return -EINVAL;
	for (i = 0; i < 3 - pad; i++)
		out[i] = bits >> (16 - 8 * i);
	return 0;
}

static int decode_base64(const char *str, uint8_t *out, size_t max)
{
	size_t len = strlen(str);
	size_t i, bytes;
	int pad;

	if (!len || len % 4)
		return -EINVAL;
	pad = (str[len - 1] == '=') + (str[len - 1] == '=' &&
				       str[len - 2] == '=');
	bytes = len / 4 * 3 - pad;
	if (bytes > max)
		return -E2BIG;
	for (i = 0; i < len; i += 4)
		if (decode_quad(str + i, i + 4 == len ? pad : 0,
				out + i / 4 * 3))
			return -EINVAL;
	return bytes;
}

/**
 * binval_decode() - read a binary value
 * @str: its text
 * @out: the bytes
 * @max: room in @out
 *
 * Return: the number of bytes, at least 1; -EINVAL if @str is neither
 * hexadecimal with an even number of digits nor padded base64; -E2BIG if it
 * does not fit.
 */
int binval_decode(const char *str, uint8_t *out, size_t max)
{
	if (str[0] != '0')
		return -EINVAL;
	if (str[1] == 'x' || str[1] == 'X')
		return decode_hex(str + 2, out, max);
	if (str[1] == 'b' || str[1] == 'B')
		return decode_base64(str + 2, out, max);
	return -EINVAL;
}

/**
 * binval_hex() - write a binary value
 * @data: the bytes
 * @len: how many
 * @str: room for BINVAL_HEX_SIZE(@len)
 */
void binval_hex(const uint8_t *data, size_t len, char *str)
{
	static const char digits[] = "0123456789abcdef";
	size_t i;

	*str++ = '0';
	*str++ = 'x';
	for (i = 0; i < len; i++) {
		*str++ = digits[data[i] >> 4];
		*str++ = digits[data[i] & 15];
	}
	*str = '\0';
}
