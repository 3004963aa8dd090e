/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is shown: tables for people, JSON for programs.
 */
#ifndef SCSTADMIN_SHOW_H
#define SCSTADMIN_SHOW_H

#include "apply.h"
#include "kernel.h"
#include "model.h"
#include "plan.h"
#include "report.h"

#define SHOW_COLUMNS_MAX 6

/**
 * struct show - a list that is being made
 * @out: where to
 * @json: JSON instead of a table
 * @done: there is a document; there must be one
 * @name: of the list
 * @columns: names of the columns; a name with '#' in front is a number
 * @ncolumns: how many
 * @cells: of all rows
 * @ncells: how many
 */
struct show {
	FILE *out;
	bool json;
	bool done;
	const char *name;
	const char *columns[SHOW_COLUMNS_MAX];
	size_t ncolumns;
	struct name *cells;
	size_t ncells;
};

void show_begin(struct show *show, const char *name, const char *columns);
__printf(2, 3)
void show_cell(struct show *show, const char *fmt, ...);
void show_end(struct show *show);

void show_sessions(struct show *show, const struct model *live);
void show_handlers(struct show *show, const struct model *live,
		   const char *only);
void show_devices(struct show *show, const struct model *live,
		  const char *only);
void show_drivers(struct show *show, const struct model *live,
		  const char *only);
void show_targets(struct show *show, const struct model *live,
		  const char *only);
void show_groups(struct show *show, const struct model *live,
		 const char *only);
void show_plan(struct show *show, struct kernel *kernel,
	       const struct plan *plan, const struct report *report,
	       const struct outcome *outcome);

#endif
