// SPDX-License-Identifier: GPL-2.0
/*
 * Random bytes that nobody can guess.
 */
#include <errno.h>
#include <sys/random.h>
#include <sys/types.h>

#include "randbytes.h"

/**
 * randbytes() - get random bytes
 * @buf: result
 * @len: of @buf, at most 256: what is this little never comes in parts, nor is
 *	it interrupted
 *
 * Return: 0 or -EIO.
 */
int randbytes(void *buf, size_t len)
{
	return getrandom(buf, len, 0) == (ssize_t)len ? 0 : -EIO;
}
