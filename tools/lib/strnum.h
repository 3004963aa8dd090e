/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOLS_STRNUM_H
#define TOOLS_STRNUM_H

#include <stdint.h>

unsigned int strnum_digit(char c);
int strnum_u64(const char *str, uint64_t max, uint64_t *out);
int strnum_u32(const char *str, uint32_t min, uint32_t max, uint32_t *out);
int strnum_text(const char *str, uint64_t *out);

#endif
