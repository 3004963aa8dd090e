// SPDX-License-Identifier: GPL-2.0
/*
 * Operations of other versions that have no meaning here, each with what to do
 * instead.
 */
#include <errno.h>

#include "ops_priv.h"

static int op_no_fc(struct admin *a)
{
	return op_fail(a, "-%s: no such target driver: there is none for Fibre Channel",
		       a->opt.name);
}

static int op_no_alua(struct admin *a)
{
	return op_fail(a, "-%s: device groups (ALUA) are not supported yet",
		       a->opt.name);
}

static int op_no_target(struct admin *a)
{
	return op_fail(a, "-%s: targets, their accounts and parameters are in /etc/iscsi-scstd.conf",
		       a->opt.name);
}

static int op_no_attr(struct admin *a)
{
	return op_fail(a, "-%s: there is no attribute that can be set",
		       a->opt.name);
}

static const struct op rows[] = {
	{ OPT_NO_FC, op_no_fc, 0, false },
	{ OPT_NO_ALUA, op_no_alua, 0, false },
	{ OPT_NO_TARGET, op_no_target, 0, false },
	{ OPT_NO_ATTR, op_no_attr, 0, false },
};

const struct op_table none_ops = { rows, ARRAY_SIZE(rows) };
