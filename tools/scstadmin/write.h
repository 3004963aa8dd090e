/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A configuration into a file.
 */
#ifndef SCSTADMIN_WRITE_H
#define SCSTADMIN_WRITE_H

#include "model.h"
#include "report.h"

int write_text(const struct model *live, const struct model *old, char **text,
	       struct report *report);
int write_file(const char *file, const struct model *live,
	       struct report *report);

#endif
