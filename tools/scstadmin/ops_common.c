// SPDX-License-Identifier: GPL-2.0
/*
 * What the operations have in common: what they say, what the command line
 * names, and plans, which are shown, carried out and verified.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ops_priv.h"
#include "strnum.h"

#define COUNTDOWN 10

/**
 * op_fail() - an operation cannot be carried out
 * @a: the program
 * @fmt: why, as for printf()
 *
 * Return: -EINVAL.
 */
int op_fail(struct admin *a, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	report_at(&a->report, REPORT_ERROR, NULL, 0, "%s", text);
	return -EINVAL;
}

/**
 * op_messages() - print what there is to say and has not been said
 * @a: the program
 */
void op_messages(struct admin *a)
{
	fflush(a->show.out);
	report_print(&a->report, a->shown);
	a->shown = a->report.count;
}

/**
 * op_value() - argument of an option
 * @a: the program
 * @id: the option
 *
 * Return: the argument, or NULL if the option is not on the command line.
 */
const char *op_value(const struct admin *a, enum option_id id)
{
	return a->opt.value[id];
}

static void print_commands(struct admin *a, const struct plan *plan)
{
	char text[8192];
	size_t i;

	for (i = 0; i < plan->count; i++) {
		a->kernel.ops->describe(&a->kernel, &plan->actions[i], text,
					sizeof(text));
		fprintf(a->show.out, "%s\n", text);
	}
}

static void print_action(void *arg, const struct plan *plan, size_t i)
{
	struct admin *a = arg;
	char text[4096];

	action_text(&plan->actions[i], text, sizeof(text));
	fprintf(a->show.out, "[%zu/%zu] %s\n", i + 1, plan->count, text);
	fflush(a->show.out);
}

/**
 * op_show_plan() - say what would be done
 * @a: the program
 * @plan: for the kernel as it is
 *
 * Return: 0, or -EINVAL if there are errors.
 */
int op_show_plan(struct admin *a, const struct plan *plan)
{
	size_t i;

	if (a->show.json) {
		show_plan(&a->show, &a->kernel, plan, &a->report, NULL);
	} else if (op_value(a, OPT_DEBUG)) {
		print_commands(a, plan);
	} else {
		for (i = 0; i < plan->count; i++)
			print_action(a, plan, i);
		if (plan->count)
			fprintf(a->show.out, "%zu changes to make, %u errors\n",
				plan->count, a->report.errors);
		else
			fprintf(a->show.out, "Nothing to do, %u errors\n",
				a->report.errors);
	}
	return a->report.errors ? -EINVAL : 0;
}

static int execute(struct admin *a, const struct plan *plan, bool talk)
{
	struct outcome outcome;
	int ret;

	ret = apply_plan(&a->kernel, plan, &a->report, &outcome,
			 talk && !a->show.json ? print_action : NULL, a);
	if (a->show.json)
		show_plan(&a->show, &a->kernel, plan, &a->report, &outcome);
	else if (talk)
		fprintf(a->show.out, "%u changes made, %u errors\n",
			outcome.done, a->report.errors);
	outcome_free(&outcome);
	return a->report.errors ? -EINVAL : ret;
}

static bool removes(const struct plan *plan)
{
	size_t i;

	for (i = 0; i < plan->count; i++)
		if (action_removes(plan->actions[i].type))
			return true;
	return false;
}

/* for whoever sits there and may have second thoughts: scripts never wait */
static void countdown(struct admin *a, const struct plan *plan)
{
	int left;

	if (op_value(a, OPT_NOPROMPT) || a->show.json || !removes(plan) ||
	    !isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return;
	for (left = COUNTDOWN; left; left--) {
		fprintf(a->show.out,
			"\rRemovals begin in %2d seconds, Ctrl-C prevents them ",
			left);
		fflush(a->show.out);
		sleep(1);
	}
	fputc('\n', a->show.out);
}

/**
 * op_run_plan() - do it, unless this is a dry run
 * @a: the program
 * @plan: for the kernel as it is
 * @talk: say what is being done
 *
 * Return: 0 or a negative errno; there are messages.
 */
int op_run_plan(struct admin *a, const struct plan *plan, bool talk)
{
	if (op_value(a, OPT_DEBUG))
		return op_show_plan(a, plan);
	op_messages(a);
	countdown(a, plan);
	return execute(a, plan, talk);
}

/**
 * op_run_one() - do one thing, silently, and forget the plan
 * @a: the program
 * @plan: what op_one() has begun
 *
 * Return: like op_run_plan().
 */
int op_run_one(struct admin *a, struct plan *plan)
{
	int ret = op_run_plan(a, plan, false);

	plan_free(plan);
	return ret;
}

/**
 * op_one() - begin a plan of one action
 * @plan: to be initialised
 * @type: of the action
 * @group: in which, or NULL
 * @name: of what, or NULL
 *
 * Return: the action, for what else it needs.
 */
struct action *op_one(struct plan *plan, enum action_type type,
		      const char *group, const char *name)
{
	struct action *action;

	plan_init(plan, "");
	action = plan_add(plan, type);
	if (group)
		action->group = str_dup(group);
	if (name)
		action->name = str_dup(name);
	return action;
}

/**
 * op_group_name() - the name of the group that -group or -target means
 * @a: the program
 *
 * Return: the name, for free().
 */
char *op_group_name(const struct admin *a)
{
	const char *group = op_value(a, OPT_GROUP);

	return group ? str_dup(group) : target_group(op_value(a, OPT_TARGET));
}

/**
 * op_group() - the group that -group or -target means
 * @a: the program
 *
 * Return: the group, or NULL after a message.
 */
struct group *op_group(struct admin *a)
{
	char *name = op_group_name(a);
	struct group *group = model_group(&a->live, name);

	if (!group)
		op_fail(a, "there is no group %s", name);
	free(name);
	return group;
}

/* the next "name=value": what has no '=' belongs to the value before it */
static char *next_attribute(char **rest)
{
	char *word = *rest, *end = word;

	while (end && (end = strchr(end, ','))) {
		if (memchr(end + 1, '=', strcspn(end + 1, ",")))
			break;
		end++;
	}
	if (end)
		*end++ = '\0';
	*rest = end;
	return word;
}

/**
 * op_each_attribute() - go through what -attributes says
 * @a: the program
 * @fn: called for each; ends it if it does not return 0
 * @arg: for @fn
 *
 * Return: what @fn has returned, or -EINVAL after a message.
 */
int op_each_attribute(struct admin *a,
		      int (*fn)(struct admin *a, void *arg, const char *name,
				const char *value), void *arg)
{
	char *copy = str_dup(op_value(a, OPT_ATTRIBUTES)), *rest = copy;
	char *word, *val;
	int ret = 0;

	while (!ret && rest) {
		word = next_attribute(&rest);
		val = strchr(word, '=');
		if (val) {
			*val++ = '\0';
			ret = fn(a, arg, word, val);
		} else {
			ret = op_fail(a,
				      "-attributes: '%.100s' is not name=value",
				      word);
		}
	}
	free(copy);
	return ret;
}

/**
 * op_lun() - a LUN on the command line
 * @a: the program
 * @text: the number
 * @lun: where it goes
 *
 * Return: false after a message.
 */
bool op_lun(struct admin *a, const char *text, uint32_t *lun)
{
	if (!strnum_u32(text, 0, LUN_MAX, lun))
		return true;
	op_fail(a, "'%.100s' is no LUN from 0 to %d", text, LUN_MAX);
	return false;
}
