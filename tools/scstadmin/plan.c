// SPDX-License-Identifier: GPL-2.0
/*
 * The heart of scstadmin: from what is to what shall be, with few actions and in
 * an order in which nobody sees too much.  Pure: two configurations in, a list
 * of actions and messages out.
 *
 * Whatever happens, and also after an action that fails, an initiator sees no
 * LUN but those that it has before or afterwards, and a LUN that is the same
 * before and afterwards it has all the time.  The exceptions are devices that
 * have to be opened again.  So
 *
 *  - devices close that are in the way of one that opens; devices open;
 *  - an initiator comes to a group when that has the LUNs that it shall have,
 *    and leaves a group before its LUNs change.  Where both cannot be, because
 *    groups exchange initiators, these wait in a temporary group;
 *  - a group goes when all have left it, a device when no LUN has it any more.
 *
 * Where names mean the same initiators in circles, plan_safe.c has an order.
 *
 * Without force, only what is missing is added; all else is a warning.
 */
#include <stdlib.h>
#include <string.h>

#include "plan_priv.h"

/**
 * say() - add a message about the wanted configuration
 * @pl: planner
 * @level: how bad it is
 * @line: line in its file, or 0
 * @fmt: what is wrong, without newline
 */
void say(struct planner *pl, enum report_level level, unsigned int line,
	 const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	report_at_va(pl->report, level, pl->wanted->file, line, fmt, ap);
	va_end(ap);
}

/**
 * ids_add() - append to a list
 * @ids: the list
 * @id: a number
 */
void ids_add(struct ids *ids, size_t id)
{
	*array_add(&ids->id, &ids->n, sizeof(id)) = id;
}

/**
 * ids_free() - make a list empty
 * @ids: the list
 */
void ids_free(struct ids *ids)
{
	free(ids->id);
	memset(ids, 0, sizeof(*ids));
}

/**
 * act() - one more action
 * @pl: the plan
 * @type: of the action
 * @home: group that it is about, or NONE
 * @name: device or initiator, or NULL
 *
 * Groups get their names when the order is known: they may change.
 *
 * Return: its number.
 */
size_t act(struct planner *pl, enum action_type type, size_t home,
	   const char *name)
{
	struct action *action = plan_add(pl->plan, type);
	size_t n = pl->nrefs;

	if (name)
		action->name = str_dup(name);
	*array_add(&pl->group_of, &pl->nrefs, sizeof(home)) = home;
	*array_add(&pl->to_of, &n, sizeof(home)) = NONE;
	return pl->plan->count - 1;
}

/**
 * action_nr() - an action of the plan
 * @pl: the plan
 * @id: its number
 *
 * Return: the action, until there is one more.
 */
struct action *action_nr(const struct planner *pl, size_t id)
{
	return &pl->plan->actions[id];
}

/**
 * goal_of() - what a group is to be
 * @pl: the plan
 * @home: number of the group
 *
 * Return: that, until there is one more group.
 */
struct group *goal_of(const struct planner *pl, size_t home)
{
	return &pl->goal.groups[home];
}

static void set_threads(struct planner *pl)
{
	struct action *action;
	size_t id;

	if (!pl->wanted->threads || pl->wanted->threads == pl->live->threads)
		return;
	id = act(pl, ACT_THREADS, NONE, NULL);
	action = action_nr(pl, id);
	action->number = pl->wanted->threads;
	action->line = pl->wanted->threads_line;
	ids_add(&pl->last, id);
}

static void *state_array(size_t count, size_t size, int fill)
{
	return memset(mem_zero(count, size), fill, count * size);
}

/* all actions, in any order */
static void forget_actions(struct planner *pl)
{
	char *file = str_dup(pl->wanted->file);
	size_t i;

	plan_free(pl->plan);
	plan_init(pl->plan, file);
	free(file);
	steps_free(pl);
	ids_free(&pl->first);
	ids_free(&pl->last);
	for (i = 0; i < pl->live->ndevices; i++)
		ids_free(&pl->freed[i]);
	pl->nrefs = 0;
}

/* Return: false if it has to be done again, another way */
static bool make_actions(struct planner *pl)
{
	bool safe = pl->safe;

	devices_first(pl);
	if (pl->safe) {
		safe_make(pl);
	} else {
		steps_make(pl);
		rules_make(pl);
	}
	devices_last(pl);
	set_threads(pl);
	return pl->safe == safe;
}

static void planner_free(struct planner *pl)
{
	size_t i;

	for (i = 0; i < pl->nhomes; i++)
		free(pl->homes[i].name);
	free(pl->homes);
	model_free(&pl->goal);
	steps_free(pl);
	free(pl->members);
	ids_free(&pl->first);
	ids_free(&pl->last);
	for (i = 0; i < pl->live->ndevices; i++)
		ids_free(&pl->freed[i]);
	free(pl->freed);
	free(pl->wdev);
	free(pl->ready);
	free(pl->ldev);
	free(pl->closed);
	free(pl->group_of);
	free(pl->to_of);
}

static void judge(struct planner *pl)
{
	devices_judge_wanted(pl);
	goal_make(pl);
	devices_judge_live(pl);
}

/**
 * plan_make() - compare two configurations
 * @plan: the actions, for plan_free()
 * @live: what is
 * @wanted: what shall be, for as long as the plan is used; plan_resolve_luns()
 *	has been called
 * @force: allow to remove and to change, not only to add
 * @report: gets warnings and errors; after an error that is one of the file the
 *	plan is empty, what cannot be had is left out of it
 */
void plan_make(struct plan *plan, const struct model *live,
	       const struct model *wanted, bool force, struct report *report)
{
	struct planner pl = {
		.plan = plan,
		.live = live,
		.wanted = wanted,
		.report = report,
		.force = force,
		.wdev = state_array(wanted->ndevices, sizeof(*pl.wdev), 0),
		.ready = state_array(wanted->ndevices, sizeof(size_t), 0xff),
		.ldev = state_array(live->ndevices, sizeof(*pl.ldev), 0),
		.closed = state_array(live->ndevices, sizeof(size_t), 0xff),
		.freed = mem_zero(live->ndevices, sizeof(*pl.freed)),
	};

	plan_init(plan, wanted->file);
	judge(&pl);
	while (!pl.wrong) {
		forget_actions(&pl);
		if (make_actions(&pl) && order_make(&pl))
			break;
	}
	planner_free(&pl);
	plan->wanted = wanted;
	plan->force = force;
}

/* a LUN that the device has, and that the file gives to nobody else */
static const struct lun *present_lun(const struct group *wanted,
				     const struct group *live,
				     const char *dev)
{
	size_t i;

	for (i = 0; live && i < live->nluns; i++)
		if (!strcmp(live->luns[i].dev, dev) &&
		    !group_lun(wanted, live->luns[i].lun))
			return &live->luns[i];
	return NULL;
}

static uint32_t next_lun(const struct group *group, uint32_t next)
{
	size_t i;

	for (i = 0; group && i < group->nluns; i++)
		if (group->luns[i].lun != LUN_AUTO &&
		    group->luns[i].lun >= next)
			next = group->luns[i].lun + 1;
	return next;
}

/**
 * plan_resolve_luns() - give numbers to LUNs that have none
 * @wanted: its LUNs are changed; one that gets no number is dropped by nobody,
 *	the kernel refuses it
 * @live: what is
 *
 * A device keeps the LUN that it has; else it gets the one after the highest.
 */
void plan_resolve_luns(struct model *wanted, const struct model *live)
{
	const struct group *now;
	const struct lun *present;
	struct group *group;
	size_t i, j;

	for (i = 0; i < wanted->ngroups; i++) {
		group = &wanted->groups[i];
		now = model_group(live, group->name);
		for (j = 0; j < group->nluns; j++) {
			if (group->luns[j].lun != LUN_AUTO)
				continue;
			present = present_lun(group, now, group->luns[j].dev);
			group->luns[j].lun = present ? present->lun :
				next_lun(now, next_lun(group, 0));
		}
	}
}
