/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What to do to get from one configuration to another.
 */
#ifndef SCSTADMIN_PLAN_H
#define SCSTADMIN_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model.h"
#include "report.h"

#define ACTION_NONE SIZE_MAX

enum action_type {
	ACT_LUN_DEL,
	ACT_NAME_DEL,
	ACT_GROUP_DEL,
	ACT_DEV_CLOSE,
	ACT_DEV_OPEN,
	ACT_DEV_T10,
	ACT_DEV_RESYNC,
	ACT_DEV_ASSIGN,
	ACT_GROUP_ADD,
	ACT_GROUP_RENAME,
	ACT_LUN_ADD,
	ACT_LUN_REPLACE,
	ACT_LUN_CLEAR,
	ACT_NAME_MOVE,
	ACT_NAME_ADD,
	ACT_NAME_CLEAR,
	ACT_THREADS,
	ACT_ATTR,
	ACT_COUNT,
};

/**
 * struct action - one change, which is one command to the kernel
 * @type: what
 * @group: group that it is about
 * @name: device, or name of an initiator
 * @to: new name of the group, group to move to, identifier, value
 * @handler: of the device; "object/" that has an attribute, empty for the core
 * @path: of the device
 * @flags: of the device
 * @blocksize: of the device
 * @lun: LUN
 * @read_only: for the group
 * @number: value of a setting
 * @line: in the file that wants it, 0 if it is the absence from the file
 * @needs: actions before it that have to succeed first
 * @nneeds: how many
 * @instead: if it fails or cannot be tried, this one makes it be as before,
 *	and after it @instead->instead; NULL: there is no such one
 * @restores: is also for what @instead has made
 *
 * Strings are copies.
 */
struct action {
	enum action_type type;
	char *group;
	char *name;
	char *to;
	char *handler;
	char *path;
	unsigned int flags;
	uint32_t blocksize;
	uint32_t lun;
	bool read_only;
	uint32_t number;
	unsigned int line;
	size_t *needs;
	size_t nneeds;
	struct action *instead;
	bool restores;
};

/**
 * struct plan - actions in the order in which they are safe
 * @file: of the configuration that is wanted
 * @wanted: that configuration, to which the plan leads; NULL if there is none
 * @force: for plan_make(), when it looks whether that is so
 * @actions: actions
 * @count: how many
 */
struct plan {
	char *file;
	const struct model *wanted;
	bool force;
	struct action *actions;
	size_t count;
};

void plan_make(struct plan *plan, const struct model *live,
	       const struct model *wanted, bool force, struct report *report);
void plan_init(struct plan *plan, const char *file);
struct action *plan_add(struct plan *plan, enum action_type type);
void plan_free(struct plan *plan);
void action_need(struct action *action, size_t other);
void plan_resolve_luns(struct model *wanted, const struct model *live);
void action_format(const struct action *action, const char *template,
		   char *buf, size_t size);
void action_text(const struct action *action, char *buf, size_t size);
const char *action_name(enum action_type type);
bool action_removes(enum action_type type);

#endif
