// SPDX-License-Identifier: GPL-2.0
/*
 * An order in which each step comes after those that it waits for.  If there is
 * none, because groups exchange initiators, these get a room to wait in; if that
 * does not help, plan_safe.c makes other steps.
 */
#include <stdlib.h>
#include <string.h>

#include "plan_priv.h"

static bool waits(const struct planner *pl, size_t step, size_t *other)
{
	const struct step *s = &pl->steps[step];
	size_t i;

	for (i = 0; i < s->after.n; i++) {
		if (pl->steps[s->after.id[i]].done)
			continue;
		*other = s->after.id[i];
		return true;
	}
	return false;
}

static size_t next_step(const struct planner *pl)
{
	size_t i, other;

	for (i = 0; i < pl->nsteps; i++)
		if (!pl->steps[i].done && !waits(pl, i, &other))
			return i;
	return NONE;
}

static size_t first_pending(const struct planner *pl)
{
	size_t i = 0;

	while (i < pl->nsteps && pl->steps[i].done)
		i++;
	return i < pl->nsteps ? i : NONE;
}

/* whom this step lets into a group when its LUNs are set by the other one */
static struct member *let_in(const struct planner *pl, size_t step, size_t fill)
{
	struct member *m;
	size_t i;

	for (i = 0; i < pl->nmembers; i++) {
		m = &pl->members[i];
		if (m->moves == step && m->via == NONE && m->to != NONE &&
		    pl->homes[m->to].live && pl->homes[m->to].fill == fill)
			return m;
	}
	return NULL;
}

/* a step of those that wait for each other: whoever goes on long enough ends there */
static size_t find_circle(const struct planner *pl)
{
	size_t step = first_pending(pl), i;

	for (i = 0; i < pl->nsteps; i++)
		waits(pl, step, &step);
	return step;
}

/* somebody who, if he waited elsewhere, would break the circle of steps */
static struct member *find_hurried(const struct planner *pl)
{
	size_t step = find_circle(pl), last, i;
	struct member *m = NULL;

	for (i = 0; i < pl->nsteps && !m; i++) {
		last = step;
		waits(pl, step, &step);
		m = let_in(pl, last, step);
	}
	return m;
}

/* all that come the same way wait together */
static void let_wait(struct planner *pl, const struct member *hurried)
{
	struct member *m;
	size_t i;

	if (pl->homes[hurried->to].room == NONE)
		goal_insert_room(pl, hurried->to);
	for (i = 0; i < pl->nmembers; i++) {
		m = &pl->members[i];
		if (m->from == hurried->from && m->to == hurried->to)
			m->via = pl->homes[m->to].room;
	}
}

static void append(struct ids *to, const struct ids *from)
{
	size_t i;

	for (i = 0; i < from->n; i++)
		ids_add(to, from->id[i]);
}

/* somebody waits elsewhere, or all go the long way */
static void find_way_out(struct planner *pl)
{
	struct member *m = find_hurried(pl);

	if (m)
		let_wait(pl, m);
	else
		pl->safe = true;
}

/* Return: whether there is an order; if not, try again */
static bool sort(struct planner *pl, struct ids *order)
{
	size_t step;

	append(order, &pl->first);
	while (first_pending(pl) != NONE) {
		step = next_step(pl);
		if (step == NONE) {
			find_way_out(pl);
			return false;
		}
		pl->steps[step].done = true;
		append(order, &pl->steps[step].actions);
	}
	append(order, &pl->last);
	return true;
}

/* ------------------------------------------------------------------------- */

static bool has_lun(const struct group *group, const struct action *action)
{
	const struct lun *lun = group ? group_lun(group, action->lun) : NULL;

	return lun && !strcmp(lun->dev, action->name) &&
	       lun->read_only == action->read_only;
}

static bool somebody_has(const struct planner *pl, const struct action *action)
{
	size_t i;

	for (i = 0; i < pl->live->ngroups; i++)
		if (has_lun(&pl->live->groups[i], action))
			return true;
	return false;
}

/*
 * All of a step has to succeed, but for LUNs that nobody has yet: it is no
 * reason to keep initiators out that a group has some LUNs less.
 */
static void find_needed(const struct planner *pl, struct step *step)
{
	const struct action *action;
	size_t i;

	for (i = 0; i < step->actions.n; i++) {
		action = action_nr(pl, step->actions.id[i]);
		if (action->type != ACT_LUN_ADD || somebody_has(pl, action))
			ids_add(&step->needed, step->actions.id[i]);
	}
}

static void add_needs(struct planner *pl, struct step *step)
{
	struct action *action;
	size_t i, j;

	for (i = 0; i < step->after.n; i++)
		append(&step->needs, &pl->steps[step->after.id[i]].needed);
	for (i = 0; i < step->actions.n; i++) {
		action = action_nr(pl, step->actions.id[i]);
		for (j = 0; j < step->needs.n; j++)
			action_need(action, step->needs.id[j]);
	}
}

/* where an action comes to be, in terms of what comes before it */
static void renumber(struct action *action, const size_t *place, size_t here)
{
	size_t i, n = 0;

	for (i = 0; i < action->nneeds; i++)
		if (place[action->needs[i]] < here)
			action->needs[n++] = place[action->needs[i]];
	action->nneeds = n;
}

/* the name of a group, and the action without which it does not have it */
static void set_group(struct planner *pl, struct action *action, char **name,
		      size_t home)
{
	if (home == NONE)
		return;
	str_set(name, pl->homes[home].name);
	action_need(action, pl->homes[home].named);
}

static void set_groups(struct planner *pl, struct action *action, size_t id,
		       size_t here)
{
	struct home *home;

	set_group(pl, action, &action->group, pl->group_of[id]);
	set_group(pl, action, &action->to, pl->to_of[id]);
	if (action->type != ACT_GROUP_RENAME)
		return;
	home = &pl->homes[pl->group_of[id]];
	str_set(&home->name, action->to);
	home->named = here;
}

static void rearrange(struct planner *pl, const struct ids *order)
{
	struct action *sorted = mem_zero(order->n, sizeof(*sorted));
	size_t *place = mem_zero(order->n, sizeof(*place)), i;

	for (i = 0; i < order->n; i++)
		place[order->id[i]] = i;
	for (i = 0; i < order->n; i++) {
		sorted[i] = *action_nr(pl, order->id[i]);
		renumber(&sorted[i], place, i);
		set_groups(pl, &sorted[i], order->id[i], i);
	}
	free(pl->plan->actions);
	pl->plan->actions = sorted;
	free(place);
}

/**
 * order_make() - put the actions of all steps into an order
 * @pl: the plan; the rules are made
 *
 * Return: whether that has been possible; if not, the plan has another group
 * now, with which it has to be made again.
 */
bool order_make(struct planner *pl)
{
	struct ids order = { 0 };
	bool found;
	size_t i;

	found = sort(pl, &order);
	for (i = 0; found && i < pl->nsteps; i++)
		find_needed(pl, &pl->steps[i]);
	for (i = 0; found && i < pl->nsteps; i++)
		add_needs(pl, &pl->steps[i]);
	if (found)
		rearrange(pl, &order);
	ids_free(&order);
	return found;
}
