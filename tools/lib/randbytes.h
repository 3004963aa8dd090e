/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Random bytes; a file of its own, so that fuzz targets can have others.
 */
#ifndef TOOLS_RANDBYTES_H
#define TOOLS_RANDBYTES_H

#include <stddef.h>

int randbytes(void *buf, size_t len);

#endif
