// SPDX-License-Identifier: GPL-2.0
/*
 * Operations on configuration files.
 */
#include <string.h>

#include "backend.h"
#include "ops_priv.h"
#include "parse.h"
#include "write.h"

#define CONFIG_DEFAULT "/etc/scst.conf"

static const char *config_name(const struct admin *a)
{
	return a->opt.arg ? a->opt.arg : CONFIG_DEFAULT;
}

static int with_config(struct admin *a,
		       int (*fn)(struct admin *a, const struct plan *plan))
{
	struct model wanted;
	struct plan plan;
	int ret;

	ret = parse_file(config_name(a), &wanted, &a->report);
	if (!ret) {
		plan_resolve_luns(&wanted, &a->live);
		backend_check(&wanted);
		backend_identify(&a->live);
		plan_make(&plan, &a->live, &wanted, op_value(a, OPT_FORCE),
			  &a->report);
		ret = fn(a, &plan);
		plan_free(&plan);
	} else if (a->show.json) {
		plan_init(&plan, config_name(a));
		show_plan(&a->show, &a->kernel, &plan, &a->report, NULL);
		plan_free(&plan);
	}
	model_free(&wanted);
	return ret;
}

static int config_plan(struct admin *a, const struct plan *plan)
{
	return op_run_plan(a, plan, true);
}

static int op_config(struct admin *a)
{
	return with_config(a, config_plan);
}

static int check_plan(struct admin *a, const struct plan *plan)
{
	op_messages(a);
	return op_show_plan(a, plan);
}

static int op_check_config(struct admin *a)
{
	return with_config(a, check_plan);
}

static int op_write_config(struct admin *a)
{
	/* what is written there is the output */
	a->show.done = !strcmp(a->opt.arg, "-");
	return write_file(a->opt.arg, &a->live, &a->report);
}

static int op_clear_config(struct admin *a)
{
	struct model nothing;
	struct plan plan;
	int ret;

	model_init(&nothing, "");
	plan_make(&plan, &a->live, &nothing, true, &a->report);
	ret = op_run_plan(a, &plan, true);
	plan_free(&plan);
	model_free(&nothing);
	return ret;
}

static const struct op rows[] = {
	{ OPT_CONFIG, op_config, 0, true },
	{ OPT_CHECK_CONFIG, op_check_config, 0, false },
	{ OPT_WRITE_CONFIG, op_write_config, 0, false },
	{ OPT_CLEAR_CONFIG, op_clear_config, 0, true },
};

const struct op_table config_ops = { rows, ARRAY_SIZE(rows) };
