// SPDX-License-Identifier: GPL-2.0
/*
 * What the user is told when something is wrong.
 */
#include <stdarg.h>

#include "adm.h"

/**
 * adm_error() - tell the user what is wrong
 * @fmt: a sentence, without newline
 */
void adm_error(const char *fmt, ...)
{
	va_list ap;

	fputs(ADM_NAME ": ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}
