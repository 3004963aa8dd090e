/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whole files: read, and written so that there is always the old or the new one.
 */
#ifndef SCSTADMIN_FILES_H
#define SCSTADMIN_FILES_H

#include <stddef.h>

int file_read(const char *path, size_t max, char **buf, size_t *len);
int file_replace(const char *path, const char *buf, size_t len);

#endif
