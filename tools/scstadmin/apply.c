// SPDX-License-Identifier: GPL-2.0
/*
 * Carries a plan out: one command after the other, what depends on a failed one
 * is left out, all the rest is done.  Then the kernel is read again, and must be
 * what the plan was to lead to.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "apply.h"

/* Return: whether what an action needs is there */
static bool can_do(const struct plan *plan, size_t i,
		   const struct outcome *outcome)
{
	const struct action *action = &plan->actions[i];
	enum action_result result;
	size_t j;

	for (j = 0; j < action->nneeds; j++) {
		result = outcome->results[action->needs[j]];
		if (result != RESULT_DONE &&
		    !(result == RESULT_REVERTED && action->restores))
			return false;
	}
	return true;
}

static const char *reason(int error)
{
	if (error == -EINVAL)
		return "the kernel refuses it, its log says why";
	if (error == -EBUSY)
		return "sessions or commands still use it";
	return strerror(-error);
}

/*
 * The kernel has taken it away already, and only waits for the end of commands
 * that were on their way.
 */
static bool goes_later(const struct action *action, int ret)
{
	return ret == -EBUSY &&
	       (action->type == ACT_LUN_DEL || action->type == ACT_LUN_CLEAR ||
		action->type == ACT_LUN_REPLACE ||
		action->type == ACT_DEV_CLOSE);
}

static void done(const struct plan *plan, size_t i, int ret, const char *text,
		 struct report *report, struct outcome *outcome)
{
	outcome->results[i] = RESULT_DONE;
	outcome->done++;
	if (ret)
		report_at(report, REPORT_WARNING, plan->file,
			  plan->actions[i].line,
			  "%s: commands go on after 30 s", text);
}

static void failed(const struct plan *plan, size_t i, int ret, const char *text,
		   struct report *report, struct outcome *outcome)
{
	outcome->results[i] = RESULT_FAILED;
	outcome->failed++;
	report_at(report, REPORT_ERROR, plan->file, plan->actions[i].line,
		  "%s: %s", text, reason(ret));
}

static void left_out(const struct plan *plan, size_t i, const char *text,
		     struct report *report, struct outcome *outcome)
{
	outcome->results[i] = RESULT_LEFT_OUT;
	outcome->left_out++;
	report_at(report, REPORT_WARNING, plan->file, plan->actions[i].line,
		  "left out after the error: %s", text);
}

static bool same(const char *a, const char *b)
{
	return a && b && !strcmp(a, b);
}

/* has the device that was to be opened again been closed? */
static bool is_closed(const struct plan *plan, size_t i,
		      const struct outcome *outcome)
{
	const struct action *action = &plan->actions[i], *other;
	size_t j;

	for (j = 0; j < action->nneeds; j++) {
		other = &plan->actions[action->needs[j]];
		if (other->type == ACT_DEV_CLOSE &&
		    same(other->name, action->name))
			return outcome->results[action->needs[j]] ==
			       RESULT_DONE;
	}
	return false;
}

static void revert(struct kernel *kernel, const struct plan *plan, size_t i,
		   struct report *report, struct outcome *outcome)
{
	const struct action *instead = plan->actions[i].instead;
	bool closed = is_closed(plan, i, outcome);
	char text[4096];
	int ret = 0;

	for (; instead && !ret; instead = instead->instead) {
		action_text(instead, text, sizeof(text));
		if (closed)
			ret = kernel->ops->apply(kernel, instead);
		if (!ret)
			outcome->results[i] = RESULT_REVERTED;
		report_at(report, ret ? REPORT_ERROR : REPORT_WARNING,
			  plan->file, plan->actions[i].line,
			  ret ? "%s: %s" : "as before: %s", text, reason(ret));
	}
}

static void apply_one(struct kernel *kernel, const struct plan *plan, size_t i,
		      struct report *report, struct outcome *outcome)
{
	const struct action *action = &plan->actions[i];
	char text[4096];
	int ret;

	action_text(action, text, sizeof(text));
	if (!can_do(plan, i, outcome)) {
		left_out(plan, i, text, report, outcome);
		revert(kernel, plan, i, report, outcome);
		return;
	}
	ret = kernel->ops->apply(kernel, action);
	if (!ret || goes_later(action, ret)) {
		done(plan, i, ret, text, report, outcome);
		return;
	}
	failed(plan, i, ret, text, report, outcome);
	revert(kernel, plan, i, report, outcome);
}

static bool has_lun(const struct group *group, const struct action *action)
{
	const struct lun *lun = group ? group_lun(group, action->lun) : NULL;

	return lun && !strcmp(lun->dev, action->name);
}

static bool lun_is(const struct group *group, const struct action *action)
{
	return has_lun(group, action) &&
	       group_lun(group, action->lun)->read_only == action->read_only;
}

static bool device_is(const struct device *dev, const struct action *action)
{
	return dev && !strcmp(dev->handler, action->handler) &&
	       flags_normal(dev->flags) == flags_normal(action->flags) &&
	       (action->flags & DEV_NULLIO ||
		!strcmp(dev->path, action->path));
}

/**
 * action_holds() - can the effect of an action be seen?
 * @action: the action
 * @live: what is, afterwards
 *
 * Return: whether it can, or there is nothing to be seen of it.
 */
bool action_holds(const struct action *action, const struct model *live)
{
	const struct group *group = action->group ?
		model_group(live, action->group) : NULL;
	const struct device *dev = action->name ?
		model_device(live, action->name) : NULL;

	switch (action->type) {
	case ACT_LUN_ADD:
	case ACT_LUN_REPLACE:
		return lun_is(group, action);
	case ACT_LUN_DEL:
		return !has_lun(group, action);
	case ACT_LUN_CLEAR:
		return !group || !group->nluns;
	case ACT_NAME_ADD:
		return group && group_name(group, action->name);
	case ACT_NAME_MOVE:
		group = model_group(live, action->to);
		return group && group_name(group, action->name);
	case ACT_NAME_DEL:
		return !group || !group_name(group, action->name);
	case ACT_NAME_CLEAR:
		return !group || !group->nnames;
	case ACT_GROUP_ADD:
		return group;
	case ACT_GROUP_DEL:
		return !group;
	case ACT_GROUP_RENAME:
		return !group && model_group(live, action->to);
	case ACT_DEV_OPEN:
		return device_is(dev, action);
	case ACT_DEV_CLOSE:
		return !dev;
	case ACT_DEV_ASSIGN:
		return dev && !strcmp(dev->handler, action->handler);
	case ACT_DEV_T10:
		return !live->shows_t10_ids ||
		       (dev && same(dev->t10_id, action->to));
	case ACT_THREADS:
		return live->threads == action->number;
	default:
		return true;
	}
}

static void not_done(const struct plan *plan, size_t i, struct report *report,
		     struct outcome *outcome)
{
	char text[4096];

	action_text(&plan->actions[i], text, sizeof(text));
	report_at(report, REPORT_ERROR, plan->file, plan->actions[i].line,
		  "%s: the kernel accepted it, but nothing has changed", text);
	outcome->results[i] = RESULT_FAILED;
	outcome->done--;
	outcome->failed++;
}

/* actions that lead to nothing but their effect */
static void verify_actions(const struct model *live, const struct plan *plan,
			   struct report *report, struct outcome *outcome)
{
	size_t i;

	for (i = 0; i < plan->count; i++)
		if (outcome->results[i] == RESULT_DONE &&
		    !action_holds(&plan->actions[i], live))
			not_done(plan, i, report, outcome);
}

/* the action that should have made another one unnecessary */
static size_t find_done(const struct plan *plan, const struct outcome *outcome,
			const struct action *action)
{
	char text[4096], other[4096];
	size_t i;

	action_text(action, text, sizeof(text));
	for (i = 0; i < plan->count; i++) {
		if (outcome->results[i] != RESULT_DONE)
			continue;
		action_text(&plan->actions[i], other, sizeof(other));
		if (!strcmp(text, other))
			return i;
	}
	return ACTION_NONE;
}

/* nothing has failed, so nothing must be left to do */
static void verify_rest(const struct plan *rest, const struct plan *plan,
			struct report *report, struct outcome *outcome)
{
	char text[4096];
	size_t i, n;

	for (i = 0; i < rest->count; i++) {
		n = find_done(plan, outcome, &rest->actions[i]);
		if (n != ACTION_NONE) {
			not_done(plan, n, report, outcome);
			continue;
		}
		action_text(&rest->actions[i], text, sizeof(text));
		report_at(report, REPORT_ERROR, plan->file,
			  rest->actions[i].line,
			  "the kernel accepted all, but there is still to do: %s",
			  text);
		outcome->failed++;
	}
}

static void verify_wanted(const struct model *live, const struct plan *plan,
			  struct report *report, struct outcome *outcome)
{
	struct report ignored;
	struct plan rest;

	if (outcome->failed || outcome->left_out)
		return;
	report_init(&ignored);
	plan_make(&rest, live, plan->wanted, plan->force, &ignored);
	verify_rest(&rest, plan, report, outcome);
	plan_free(&rest);
	report_free(&ignored);
}

static int verify(struct kernel *kernel, const struct plan *plan,
		  struct report *report, struct outcome *outcome)
{
	struct model live;
	int ret;

	model_init(&live, kernel->root);
	ret = kernel->ops->read(kernel, &live);
	if (ret)
		report_at(report, REPORT_ERROR, kernel->root, 0,
			  "cannot be read: %s", strerror(-ret));
	else if (plan->wanted)
		verify_wanted(&live, plan, report, outcome);
	else
		verify_actions(&live, plan, report, outcome);
	model_free(&live);
	return ret;
}

/**
 * apply_plan() - carry a plan out
 * @kernel: the kernel
 * @plan: the plan
 * @report: gets what fails
 * @outcome: what became of the actions, for outcome_free()
 * @progress: called before each action, or NULL
 * @arg: for @progress
 *
 * Return: 0 if all actions succeeded, else a negative errno after a message.
 */
int apply_plan(struct kernel *kernel, const struct plan *plan,
	       struct report *report, struct outcome *outcome,
	       apply_progress_fn progress, void *arg)
{
	size_t i;
	int ret = 0;

	memset(outcome, 0, sizeof(*outcome));
	outcome->results = mem_zero(plan->count, sizeof(*outcome->results));
	for (i = 0; i < plan->count; i++) {
		if (progress)
			progress(arg, plan, i);
		apply_one(kernel, plan, i, report, outcome);
	}
	if (plan->count)
		ret = verify(kernel, plan, report, outcome);
	return outcome->failed ? -EIO : ret;
}

/**
 * outcome_free() - free what an outcome consists of
 * @outcome: the outcome
 */
void outcome_free(struct outcome *outcome)
{
	free(outcome->results);
	memset(outcome, 0, sizeof(*outcome));
}
