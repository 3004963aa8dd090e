// SPDX-License-Identifier: GPL-2.0
/*
 * Carries a plan out: one command after the other, what depends on a failed one
 * is left out, all the rest is done.  Then the kernel is read again, and each
 * action whose effect was to last has to be seen.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "apply.h"

static bool failed(const struct outcome *outcome, size_t i)
{
	return i != ACTION_NONE && outcome->results[i] != RESULT_DONE;
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

static void apply_one(struct kernel *kernel, const struct plan *plan, size_t i,
		      struct report *report, struct outcome *outcome)
{
	const struct action *action = &plan->actions[i];
	char text[4096];
	int ret;

	action_text(action, text, sizeof(text));
	if (failed(outcome, action->after[0]) ||
	    failed(outcome, action->after[1])) {
		outcome->results[i] = RESULT_LEFT_OUT;
		outcome->left_out++;
		report_at(report, REPORT_WARNING, plan->file, action->line,
			  "left out after the error: %s", text);
		return;
	}
	ret = kernel->ops->apply(kernel, action);
	if (!ret || goes_later(action, ret)) {
		outcome->results[i] = RESULT_DONE;
		outcome->done++;
		if (ret)
			report_at(report, REPORT_WARNING, plan->file,
				  action->line, "%s: commands go on after 30 s",
				  text);
		return;
	}
	outcome->results[i] = RESULT_FAILED;
	outcome->failed++;
	report_at(report, REPORT_ERROR, plan->file, action->line, "%s: %s",
		  text, reason(ret));
}

static bool lun_is(const struct group *group, const struct action *action)
{
	const struct lun *lun = group ? group_lun(group, action->lun) : NULL;

	return lun && !strcmp(lun->dev, action->name) &&
	       lun->read_only == action->read_only;
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
		return !lun_is(group, action);
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
		return dev;
	case ACT_DEV_CLOSE:
		return !dev;
	case ACT_DEV_ASSIGN:
		return dev && !strcmp(dev->handler, action->handler);
	case ACT_THREADS:
		return live->threads == action->number;
	default:
		return true;
	}
}

static bool same(const char *a, const char *b)
{
	return a && b && !strcmp(a, b);
}

/* Return: what later actions have made of a group's name */
static char *last_name(const struct plan *plan, size_t i, char *group)
{
	const struct action *later;

	while (++i < plan->count) {
		later = &plan->actions[i];
		if (!same(later->group, group))
			continue;
		if (later->type == ACT_GROUP_DEL)
			break;
		if (later->type == ACT_GROUP_RENAME)
			group = later->to;
	}
	return group;
}

/* Return: an action, with the names under which its effect is to be looked for */
static struct action as_it_is_now(const struct plan *plan, size_t i)
{
	struct action action = plan->actions[i];

	if (action.type != ACT_GROUP_RENAME && action.type != ACT_GROUP_DEL)
		action.group = last_name(plan, i, action.group);
	if (action.type == ACT_NAME_MOVE)
		action.to = last_name(plan, i, action.to);
	return action;
}

/* is what an action did undone by a later one? */
static bool superseded(const struct plan *plan, size_t i)
{
	const struct action *action = &plan->actions[i], *later;
	size_t j;

	for (j = i + 1; j < plan->count; j++) {
		later = &plan->actions[j];
		if (action->type == ACT_GROUP_RENAME &&
		    later->type == ACT_GROUP_RENAME &&
		    same(later->group, action->to))
			return true;
		if (action->type == ACT_LUN_DEL &&
		    later->type == ACT_LUN_ADD &&
		    same(later->group, action->group) &&
		    later->lun == action->lun)
			return true;
		if (action->type == ACT_DEV_CLOSE &&
		    later->type == ACT_DEV_OPEN &&
		    same(later->name, action->name))
			return true;
		if (later->type == ACT_GROUP_DEL &&
		    (same(later->group, action->to)))
			return true;
	}
	return false;
}

static int verify(struct kernel *kernel, const struct plan *plan,
		  struct report *report, struct outcome *outcome)
{
	struct action action;
	struct model live;
	char text[4096];
	size_t i;
	int ret;

	model_init(&live, kernel->root);
	ret = kernel->ops->read(kernel, &live);
	for (i = 0; !ret && i < plan->count; i++) {
		action = as_it_is_now(plan, i);
		if (outcome->results[i] != RESULT_DONE ||
		    action_holds(&action, &live) ||
		    superseded(plan, i))
			continue;
		action_text(&plan->actions[i], text, sizeof(text));
		report_at(report, REPORT_ERROR, plan->file,
			  plan->actions[i].line,
			  "%s: the kernel accepted it, but nothing has changed",
			  text);
		outcome->results[i] = RESULT_FAILED;
		outcome->done--;
		outcome->failed++;
	}
	if (ret)
		report_at(report, REPORT_ERROR, kernel->root, 0,
			  "cannot be read: %s", strerror(-ret));
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
