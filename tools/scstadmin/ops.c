// SPDX-License-Identifier: GPL-2.0
/*
 * Which operation the command line asks for, and whether there is all that it
 * needs.
 */
#include <errno.h>
#include <string.h>

#include "ops_priv.h"

static const struct op *find_op(const struct op_table *table, enum option_id id)
{
	size_t i;

	for (i = 0; i < table->len; i++)
		if (table->rows[i].id == id)
			return &table->rows[i];
	return NULL;
}

/* what the command line is not without */
static const struct op *find_any(enum option_id id)
{
	static const struct op_table *const tables[] = {
		&config_ops,
		&list_ops,
		&change_ops,
	};
	const struct op *op = NULL;
	size_t i;

	for (i = 0; !op && i < ARRAY_SIZE(tables); i++)
		op = find_op(tables[i], id);
	return op;
}

/* Return: what is missing on the command line, NULL if nothing is */
static const char *missing(const struct admin *a, const struct op *op)
{
	size_t i;

	if (op->needs & WITH_GROUP && !op_value(a, OPT_GROUP) &&
	    !op_value(a, OPT_TARGET))
		return "group or -target";
	for (i = 0; i < option_table_len; i++)
		if (option_table[i].id >= OPT_FIRST_MODIFIER &&
		    op->needs & WITH(option_table[i].id) &&
		    !op_value(a, option_table[i].id))
			return option_table[i].name;
	return NULL;
}

/* iSCSI is there even before its module is loaded */
static enum exit_status check_driver(struct admin *a)
{
	const char *driver = op_value(a, OPT_DRIVER);

	if (!driver || !strcmp(driver, "iscsi") ||
	    model_has_driver(&a->live, driver))
		return EXIT_OK;
	op_fail(a, "there is no target driver %s", driver);
	return EXIT_ERRORS;
}

static enum exit_status load(struct admin *a, const struct op *op)
{
	int ret = 0;

	if (op->writes && !op_value(a, OPT_DEBUG))
		ret = a->kernel.ops->lock(&a->kernel);
	if (!ret)
		ret = a->kernel.ops->read(&a->kernel, &a->live);
	if (ret == -ENOENT) {
		op_fail(a, "%s: SCST is not loaded: modprobe scst",
			a->kernel.root);
		return EXIT_NO_KERNEL;
	}
	if (ret && !a->report.errors)
		op_fail(a, "%s: %s", a->kernel.root, strerror(-ret));
	return ret ? EXIT_ERRORS : check_driver(a);
}

/* who expects JSON gets it, whatever happens */
static void no_plan(struct admin *a)
{
	struct plan plan;

	plan_init(&plan, "");
	show_plan(&a->show, &a->kernel, &plan, &a->report, NULL);
	plan_free(&plan);
}

static enum exit_status run(struct admin *a)
{
	const struct op *op = find_op(&none_ops, a->opt.op);
	enum exit_status status = EXIT_OK;
	const char *name = NULL;

	if (!op) {
		op = find_any(a->opt.op);
		name = missing(a, op);
		if (!name)
			status = load(a, op);
	}
	if (name) {
		op_fail(a, "-%s needs -%s", a->opt.name, name);
		return EXIT_USAGE;
	}
	if (status == EXIT_OK && (op->run(a) || a->report.errors))
		status = EXIT_ERRORS;
	return status;
}

/**
 * ops_run() - do what the command line says
 * @a: the program; @opt and @kernel are set
 *
 * Return: exit status; messages have been printed.
 */
enum exit_status ops_run(struct admin *a)
{
	enum exit_status status;

	a->show.out = stdout;
	a->show.json = op_value(a, OPT_JSON);
	status = run(a);
	if (a->show.json && !a->show.done)
		no_plan(a);
	op_messages(a);
	return status;
}
