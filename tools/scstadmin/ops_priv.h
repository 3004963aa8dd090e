/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The operations, and the functions of each of their files:
 *
 *   ops.c          which operation it is, and whether it can be carried out
 *   ops_config.c   files
 *   ops_list.c     lists
 *   ops_change.c   single changes
 *   ops_none.c     what has no meaning here
 *   ops_common.c   what they share
 */
#ifndef SCSTADMIN_OPS_PRIV_H
#define SCSTADMIN_OPS_PRIV_H

#include "apply.h"
#include "ops.h"

#define WITH_GROUP UINT64_C(1)	/* -group or -target */
#define WITH(id) (UINT64_C(2) << ((id) - OPT_FIRST_MODIFIER))

_Static_assert(OPT_COUNT - OPT_FIRST_MODIFIER < 64,
	       "modifiers have to have a bit each");

/**
 * struct op - an operation
 * @id: its option
 * @run: carries it out; 0, or a negative errno after a message
 * @needs: WITH() of each option that must be there, too
 * @writes: it changes the kernel
 */
struct op {
	enum option_id id;
	int (*run)(struct admin *a);
	uint64_t needs;
	bool writes;
};

/**
 * struct op_table - the operations of a file
 * @rows: one each
 * @len: how many
 */
struct op_table {
	const struct op *rows;
	size_t len;
};

extern const struct op_table config_ops;
extern const struct op_table list_ops;
extern const struct op_table change_ops;
extern const struct op_table none_ops;

__printf(2, 3)
int op_fail(struct admin *a, const char *fmt, ...);
void op_messages(struct admin *a);
const char *op_value(const struct admin *a, enum option_id id);

int op_each_attribute(struct admin *a,
		      int (*fn)(struct admin *a, void *arg, const char *name,
				const char *value), void *arg);
int op_daemon_attr(struct admin *a, const char *target, const char *name,
		   const char *value);

char *op_group_name(const struct admin *a);
struct group *op_group(struct admin *a);
bool op_lun(struct admin *a, const char *text, uint32_t *lun);

int op_show_plan(struct admin *a, const struct plan *plan);
int op_run_plan(struct admin *a, const struct plan *plan, bool talk);
struct action *op_one(struct plan *plan, enum action_type type,
		      const char *group, const char *name);
int op_run_one(struct admin *a, struct plan *plan);

#endif
