/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The command line of scstadmin.
 */
#ifndef SCSTADMIN_OPTIONS_H
#define SCSTADMIN_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "report.h"

/* what is done, then how */
enum option_id {
	OPT_NONE,
	OPT_CONFIG,
	OPT_CHECK_CONFIG,
	OPT_WRITE_CONFIG,
	OPT_CLEAR_CONFIG,
	OPT_SESSIONS,
	OPT_LIST_HANDLER,
	OPT_LIST_DEVICE,
	OPT_LIST_DRIVER,
	OPT_LIST_TARGET,
	OPT_LIST_GROUP,
	OPT_LIST_SCST_ATTR,
	OPT_LIST_HND_ATTR,
	OPT_LIST_DEV_ATTR,
	OPT_LIST_DRV_ATTR,
	OPT_LIST_TGT_ATTR,
	OPT_LIST_GRP_ATTR,
	OPT_LIST_LUN_ATTR,
	OPT_LIST_INIT_ATTR,
	OPT_SET_SCST_ATTR,
	OPT_SET_HND_ATTR,
	OPT_SET_DEV_ATTR,
	OPT_SET_DRV_ATTR,
	OPT_OPEN_DEV,
	OPT_RESYNC_DEV,
	OPT_CLOSE_DEV,
	OPT_SET_T10,
	OPT_ADD_USER,
	OPT_MOVE_USER,
	OPT_REMOVE_USER,
	OPT_CLEAR_USERS,
	OPT_ADD_GROUP,
	OPT_REMOVE_GROUP,
	OPT_RENAME_GROUP,
	OPT_ASSIGN_DEV,
	OPT_REPLACE_DEV,
	OPT_RELEASE_DEV,
	OPT_ADD_LUN,
	OPT_REPLACE_LUN,
	OPT_REM_LUN,
	OPT_CLEAR_LUNS,
	OPT_NO_FC,
	OPT_NO_ALUA,
	OPT_NO_TARGET,
	OPT_NO_TGT_ATTR,
	OPT_NO_DRV_ATTR,
	OPT_NO_ATTR,
	OPT_HELP,
	OPT_VERSION,
	OPT_FIRST_MODIFIER,
	OPT_FORCE = OPT_FIRST_MODIFIER,
	OPT_NOPROMPT,
	OPT_DEBUG,
	OPT_JSON,
	OPT_PROC,
	OPT_HANDLER,
	OPT_PATH,
	OPT_OPTIONS,
	OPT_BLOCKSIZE,
	OPT_ATTRIBUTES,
	OPT_DEVICE,
	OPT_GROUP,
	OPT_TO,
	OPT_LUN,
	OPT_DRIVER,
	OPT_TARGET,
	OPT_IGNORED,
	OPT_COUNT,
};

/**
 * struct option_desc - a row of the table of options
 * @name: case, '-' and '_' do not matter when it is given
 * @alias: its other name, or NULL
 * @arg: its argument, in brackets if it may be missing; NULL: none
 * @id: what it means
 * @with: options that belong to it, as text; others of their kind are refused
 * @help: one line about it
 */
struct option_desc {
	const char *name;
	const char *alias;
	const char *arg;
	enum option_id id;
	const char *with;
	const char *help;
};

/**
 * struct options - a command line
 * @op: what to do
 * @desc: the option that says so
 * @name: what it was called
 * @arg: its argument; NULL: none
 * @value: of modifiers; "" for those without argument; NULL: not given
 */
struct options {
	enum option_id op;
	const struct option_desc *desc;
	const char *name;
	const char *arg;
	const char *value[OPT_COUNT];
};

extern const struct option_desc option_table[];
extern const size_t option_table_len;
extern const struct option_desc option_none[];
extern const size_t option_none_len;

int options_parse(struct options *opt, int argc, char **argv,
		  struct report *report);
void options_usage(FILE *out);

#endif
