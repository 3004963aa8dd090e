/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Binary values in iSCSI text (RFC 7143 6.1).
 */
#ifndef TOOLS_BINVAL_H
#define TOOLS_BINVAL_H

#include <stddef.h>
#include <stdint.h>

/* room for @len bytes in hexadecimal, prefix and NUL included */
#define BINVAL_HEX_SIZE(len) (2 + 2 * (len) + 1)

int binval_decode(const char *str, uint8_t *out, size_t max);
void binval_hex(const uint8_t *data, size_t len, char *str);

#endif
