// SPDX-License-Identifier: GPL-2.0
/*
 * The actions that make the groups what they are to be, in steps: one for the
 * LUNs of a group, some for each name, one for a group that goes.
 */
#include <stdlib.h>
#include <string.h>

#include "plan_priv.h"

/**
 * step_add() - one more step
 * @pl: the plan
 *
 * Return: its number.
 */
size_t step_add(struct planner *pl)
{
	pl->steps = array_grow(pl->steps, &pl->nsteps, sizeof(*pl->steps));
	return pl->nsteps - 1;
}

/* a step exists when it has something to do */
static void put(struct planner *pl, size_t *step, size_t action)
{
	if (*step == NONE)
		*step = step_add(pl);
	ids_add(&pl->steps[*step].actions, action);
}

/* ------------------------------------------------------------------------- */
/* LUNs */

static void put_lun(struct planner *pl, size_t home, enum action_type type,
		    const struct lun *lun)
{
	size_t id = act(pl, type, home, lun->dev), ready;
	struct action *action = action_nr(pl, id);

	action->lun = lun->lun;
	action->read_only = lun->read_only;
	action->line = lun->line;
	action_need(action, pl->homes[home].made);
	if (type != ACT_LUN_DEL) {
		device_usable(pl, lun->dev, &ready);
		action_need(action, ready);
	}
	put(pl, &pl->homes[home].fill, id);
}

/**
 * lun_stays() - is a LUN of a group the same afterwards?
 * @pl: the plan
 * @home: the group
 * @now: its LUN
 *
 * Return: whether it is.
 */
bool lun_stays(const struct planner *pl, size_t home, const struct lun *now)
{
	const struct lun *goal = group_lun(goal_of(pl, home), now->lun);

	return goal && !strcmp(goal->dev, now->dev) &&
	       goal->read_only == now->read_only;
}

/**
 * lun_taken() - which action has taken a LUN away before all steps?
 * @pl: the plan
 * @home: the group
 * @lun: the LUN
 *
 * Return: the action, or NONE.
 */
size_t lun_taken(const struct planner *pl, size_t home, uint32_t lun)
{
	const struct action *action;
	size_t i, id;

	for (i = 0; i < pl->first.n; i++) {
		id = pl->first.id[i];
		action = action_nr(pl, id);
		if (action->type == ACT_LUN_DEL && pl->group_of[id] == home &&
		    action->lun == lun)
			return id;
	}
	return NONE;
}

static void set_lun(struct planner *pl, size_t home, const struct lun *lun)
{
	const struct group *live = pl->homes[home].live;
	const struct lun *now = live ? group_lun(live, lun->lun) : NULL;
	size_t gone;

	if (now && lun_stays(pl, home, now))
		return;
	gone = now ? lun_taken(pl, home, lun->lun) : NONE;
	if (now && gone == NONE) {
		put_lun(pl, home, ACT_LUN_REPLACE, lun);
		device_freed(pl, now->dev, pl->plan->count - 1);
		return;
	}
	put_lun(pl, home, ACT_LUN_ADD, lun);
	action_need(action_nr(pl, pl->plan->count - 1), gone);
}

static void drop_luns(struct planner *pl, size_t home)
{
	const struct group *live = pl->homes[home].live;
	const struct lun *lun;
	struct lun gone;
	size_t i;

	for (i = 0; i < live->nluns; i++) {
		lun = &live->luns[i];
		if (group_lun(goal_of(pl, home), lun->lun) ||
		    lun_taken(pl, home, lun->lun) != NONE)
			continue;
		gone = *lun;
		gone.line = 0;
		put_lun(pl, home, ACT_LUN_DEL, &gone);
		device_freed(pl, lun->dev, pl->plan->count - 1);
	}
}

static void create(struct planner *pl, size_t home)
{
	struct home *h = &pl->homes[home];

	h->made = act(pl, ACT_GROUP_ADD, home, NULL);
	action_nr(pl, h->made)->line = goal_of(pl, home)->line;
	put(pl, &h->fill, h->made);
}

/**
 * step_fill() - the actions after which a group has the LUNs that it is to have
 * @pl: the plan
 * @home: the group
 */
void step_fill(struct planner *pl, size_t home)
{
	const struct home *h = &pl->homes[home];
	const struct group *goal = goal_of(pl, home);
	size_t i;

	if (h->goes && h->live)
		return;
	if (h->live)
		drop_luns(pl, home);
	else
		create(pl, home);
	for (i = 0; i < goal->nluns; i++)
		set_lun(pl, home, &goal->luns[i]);
}

/* ------------------------------------------------------------------------- */
/* Names */

static bool home_has(const struct planner *pl, size_t home, const char *name)
{
	const struct group *live = pl->homes[home].live;

	return live && group_name(live, name);
}

static bool will_have(const struct planner *pl, size_t home, const char *name)
{
	return group_name(goal_of(pl, home), name);
}

static void put_name(struct planner *pl, const struct member *m, size_t *step,
		     enum action_type type, size_t home, size_t to)
{
	size_t id = act(pl, type, home, m->name);

	pl->to_of[id] = to;
	if (type != ACT_NAME_DEL)
		action_nr(pl, id)->line = m->line;
	put(pl, step, id);
}

/*
 * A name that does not count must not begin to in between.  Who waits has his
 * name nowhere else.
 */
static bool is_in_the_way(const struct planner *pl, const struct member *m,
			  size_t home)
{
	if (home == m->from || !home_has(pl, home, m->name))
		return false;
	if (m->via != NONE)
		return true;
	if (pl->homes[home].goes)
		return m->from != m->to && home < m->to;
	return !will_have(pl, home, m->name);
}

static bool comes_later(const struct planner *pl, const struct member *m,
			size_t home)
{
	return home != m->to && will_have(pl, home, m->name) &&
	       (m->via != NONE || !home_has(pl, home, m->name));
}

static void leave(struct planner *pl, struct member *m)
{
	struct home *from = &pl->homes[m->from];

	if (!from->goes) {
		put_name(pl, m, &m->moves, ACT_NAME_DEL, m->from, NONE);
		return;
	}
	/* with all others who have no other place to go to */
	if (from->end == NONE)
		from->end = step_add(pl);
	m->moves = from->end;
}

static void come(struct planner *pl, struct member *m, size_t to)
{
	if (m->from != NONE &&
	    (m->via != NONE || !will_have(pl, m->from, m->name)))
		put_name(pl, m, &m->moves, ACT_NAME_MOVE, m->from, to);
	else
		put_name(pl, m, &m->moves, ACT_NAME_ADD, to, NONE);
}

static void move(struct planner *pl, struct member *m)
{
	if (m->from == m->to)
		return;
	if (m->via != NONE) {
		come(pl, m, m->via);
		put_name(pl, m, &m->enters, ACT_NAME_MOVE, m->via, m->to);
	} else if (m->to != NONE && !home_has(pl, m->to, m->name)) {
		come(pl, m, m->to);
	} else {
		leave(pl, m);
	}
}

static void place_member(struct planner *pl, struct member *m)
{
	size_t i;

	m->before = NONE;
	m->moves = NONE;
	m->enters = NONE;
	m->later = NONE;
	for (i = 0; i < pl->nhomes; i++)
		if (is_in_the_way(pl, m, i))
			put_name(pl, m, &m->before, ACT_NAME_DEL, i, NONE);
	move(pl, m);
	for (i = 0; i < pl->nhomes; i++)
		if (comes_later(pl, m, i))
			put_name(pl, m, &m->later, ACT_NAME_ADD, i, NONE);
}

static void find_member(struct planner *pl, const struct name *name)
{
	struct member *m;
	size_t i;

	for (i = 0; i < pl->nmembers; i++)
		if (!strcmp(pl->members[i].name, name->name))
			return;
	m = array_add(&pl->members, &pl->nmembers, sizeof(*m));
	m->name = name->name;
	m->line = name->line;
	m->from = NONE;
	m->to = NONE;
	m->via = NONE;
	for (i = pl->nhomes; i--;) {
		if (home_has(pl, i, m->name))
			m->from = i;
		if (will_have(pl, i, m->name))
			m->to = i;
	}
}

static void find_members(struct planner *pl)
{
	const struct group *group;
	size_t i, j;

	for (i = 0; i < pl->wanted->ngroups; i++) {
		group = &pl->wanted->groups[i];
		for (j = 0; j < group->nnames; j++)
			find_member(pl, &group->names[j]);
	}
	for (i = 0; i < pl->live->ngroups; i++) {
		group = &pl->live->groups[i];
		for (j = 0; j < group->nnames; j++)
			find_member(pl, &group->names[j]);
	}
}

/* ------------------------------------------------------------------------- */
/* Groups that come and go */

static size_t rename_to(struct planner *pl, size_t home, const char *name)
{
	size_t id = act(pl, ACT_GROUP_RENAME, home, NULL);

	action_nr(pl, id)->to = str_dup(name);
	return id;
}

static size_t chain(struct planner *pl, size_t home, size_t action, size_t last)
{
	action_need(action_nr(pl, action), last);
	put(pl, &pl->homes[home].end, action);
	return action;
}

/* names that the group still has when all have left that have a place to go to */
static bool has_rest(const struct planner *pl, size_t home)
{
	const struct member *m;
	size_t i;

	for (i = 0; i < pl->nmembers; i++) {
		m = &pl->members[i];
		if (m->from == home && m->moves == pl->homes[home].end)
			return true;
	}
	return false;
}

/* sessions that may be in any group by the time it goes */
static bool has_sessions(const struct planner *pl)
{
	size_t i;

	for (i = 0; i < pl->live->ngroups; i++)
		if (pl->live->groups[i].nsessions)
			return true;
	return false;
}

/*
 * Sessions that have a group because of its own name leave it when it gets
 * another one.
 */
static void vanish(struct planner *pl, size_t home)
{
	const struct group *live = pl->homes[home].live;
	char *temp;

	if (!live || !is_target_group(live->name) ||
	    !(has_sessions(pl) || live->nnames))
		return;
	temp = goal_temp_name(pl);
	put(pl, &pl->homes[home].vanishes, rename_to(pl, home, temp));
	free(temp);
}

/*
 * A group with sessions cannot be deleted.  Sessions that have it because of a
 * name leave with the name.
 */
static void end(struct planner *pl, size_t home)
{
	const struct group *live = pl->homes[home].live;
	size_t last = NONE, i;

	if (has_sessions(pl) && has_rest(pl, home))
		last = chain(pl, home, act(pl, ACT_NAME_CLEAR, home, NULL),
			     last);
	last = chain(pl, home, act(pl, ACT_GROUP_DEL, home, NULL), last);
	for (i = 0; live && i < live->nluns; i++)
		device_freed(pl, live->luns[i].dev, last);
}

/**
 * is_temp_home() - does a group have another name than it is to have?
 * @pl: the plan
 * @home: the group
 *
 * Return: whether it does.
 */
bool is_temp_home(const struct planner *pl, size_t home)
{
	return strcmp(pl->homes[home].name, goal_of(pl, home)->name);
}

static void appear(struct planner *pl, size_t home)
{
	struct home *h = &pl->homes[home];
	size_t id;

	if (h->goes || h->live || !is_temp_home(pl, home))
		return;
	id = rename_to(pl, home, goal_of(pl, home)->name);
	action_nr(pl, id)->line = goal_of(pl, home)->line;
	action_need(action_nr(pl, id), h->made);
	put(pl, &h->appears, id);
}

/**
 * steps_begin() - there are no steps yet
 * @pl: the plan
 */
void steps_begin(struct planner *pl)
{
	struct home *home;
	size_t i;

	for (i = 0; i < pl->nhomes; i++) {
		home = &pl->homes[i];
		home->made = NONE;
		home->fill = NONE;
		home->appears = NONE;
		home->vanishes = NONE;
		home->end = NONE;
	}
}

/**
 * steps_make() - make the steps that lead to what the groups are to be
 * @pl: the plan
 */
void steps_make(struct planner *pl)
{
	size_t i;

	if (!pl->members)
		find_members(pl);
	steps_begin(pl);
	for (i = 0; i < pl->nhomes; i++)
		if (!pl->homes[i].live)
			step_fill(pl, i);
	for (i = 0; i < pl->nhomes; i++)
		appear(pl, i);
	for (i = 0; i < pl->nmembers; i++)
		place_member(pl, &pl->members[i]);
	for (i = 0; i < pl->nhomes; i++)
		if (pl->homes[i].live)
			step_fill(pl, i);
	for (i = 0; i < pl->nhomes; i++)
		if (pl->homes[i].goes)
			vanish(pl, i);
	for (i = 0; i < pl->nhomes; i++)
		if (pl->homes[i].goes)
			end(pl, i);
}

/**
 * steps_free() - forget the steps
 * @pl: the plan
 */
void steps_free(struct planner *pl)
{
	size_t i;

	for (i = 0; i < pl->nsteps; i++) {
		ids_free(&pl->steps[i].actions);
		ids_free(&pl->steps[i].after);
		ids_free(&pl->steps[i].needs);
		ids_free(&pl->steps[i].needed);
	}
	free(pl->steps);
	pl->steps = NULL;
	pl->nsteps = 0;
}
