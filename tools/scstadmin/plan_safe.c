// SPDX-License-Identifier: GPL-2.0
/*
 * An order that there always is, for when plan_rule.c finds none: names of
 * several groups, or those of Default, mean the same initiators in such a way
 * that each waits for another one.  It has many actions, and is right whatever
 * means whom.
 *
 * The kernel asks the groups in the order of their creation, so new ones count
 * after all that are there.  Behind these come, in this order,
 *
 *   rooms   one for each group that stays and is to have names, with the LUNs
 *           that it is to have
 *   new     the groups that are to be created
 *   copies  one for each group that has names, with the LUNs that it has
 *
 * First, rooms and new groups get all names that are to be, from the first group
 * to the last: who has had none is in his group at once, for everybody else an
 * older group counts.  Copies get the names that were, which nobody notices.
 *
 * Then all groups lose their names, from the last to the first: everybody stays
 * where he was until the last one is gone, and then he is where he is to be, or,
 * if no name is to mean him any more, in the copy of the group where he was.
 *
 * Now there is nobody in the groups that stay but who has no name before and
 * afterwards: groups of targets appear, LUNs change, groups of targets vanish.
 *
 * Groups that stay get their names, from the first to the last: who comes leaves
 * a room that is the same.  Rooms go, and copies, from the last to the first: who
 * loses his name there is meant by none, and finds his target's group, or
 * Default, as it is to be.
 *
 * Each action needs all those before it.
 */
#include <stdlib.h>

#include "plan_priv.h"

/**
 * struct safe - such a plan
 * @pl: the plan
 * @homes: how many groups there are besides rooms and copies
 * @room: for each of them its room, or NONE
 * @copy: likewise its copy
 * @solid: the last step that always has an action that is needed
 * @changed: LUNs have changed, of which some may have gone before all steps
 */
struct safe {
	struct planner *pl;
	size_t homes;
	size_t *room;
	size_t *copy;
	size_t solid;
	bool changed;
};

static bool stays(const struct safe *s, size_t home)
{
	return s->pl->homes[home].live && !s->pl->homes[home].goes;
}

static bool is_new(const struct safe *s, size_t home)
{
	return !s->pl->homes[home].live && !s->pl->homes[home].goes;
}

/* one more step, which needs all those before it */
static size_t next(struct safe *s)
{
	size_t step = step_add(s->pl), i;

	for (i = s->solid; i < step; i++)
		rule_wait(s->pl, step, i);
	for (i = 0; s->changed && i < s->homes; i++)
		if (stays(s, i))
			rule_wait_luns(s->pl, step, i, NONE);
	return step;
}

static size_t next_solid(struct safe *s)
{
	s->solid = next(s);
	s->changed = false;
	return s->solid;
}

static size_t one(struct safe *s, enum action_type type, size_t home,
		  const struct name *name)
{
	size_t step = next_solid(s);
	size_t id = act(s->pl, type, home, name ? name->name : NULL);

	if (name)
		action_nr(s->pl, id)->line = name->line;
	ids_add(&s->pl->steps[step].actions, id);
	return id;
}

static void add_names(struct safe *s, size_t home, const struct group *names)
{
	size_t i;

	for (i = 0; home != NONE && i < names->nnames; i++)
		one(s, ACT_NAME_ADD, home, &names->names[i]);
}

static void drop_names(struct safe *s, size_t home)
{
	const struct group *live = s->pl->homes[home].live;
	size_t i;

	for (i = 0; live && i < live->nnames; i++)
		one(s, ACT_NAME_DEL, home, &live->names[i]);
}

/* ------------------------------------------------------------------------- */

static void add_rooms(struct safe *s)
{
	const struct group *live;
	size_t i;

	for (i = 0; i < s->homes; i++) {
		live = s->pl->homes[i].live;
		s->room[i] = stays(s, i) && goal_of(s->pl, i)->nnames ?
			     goal_add_temp(s->pl, i, false) : NONE;
		s->copy[i] = live && live->nnames ?
			     goal_add_temp(s->pl, i, true) : NONE;
	}
}

static void fill(struct safe *s, size_t home, size_t step)
{
	if (home == NONE)
		return;
	s->pl->homes[home].fill = step;
	step_fill(s->pl, home);
}

static void create(struct safe *s)
{
	size_t step = next_solid(s), i;

	for (i = 0; i < s->homes; i++)
		fill(s, s->room[i], step);
	for (i = 0; i < s->homes; i++)
		if (is_new(s, i))
			fill(s, i, step);
	for (i = 0; i < s->homes; i++)
		fill(s, s->copy[i], step);
}

static void exchange_names(struct safe *s)
{
	struct planner *pl = s->pl;
	size_t i;

	for (i = 0; i < s->homes; i++)
		add_names(s, s->room[i], goal_of(pl, i));
	for (i = 0; i < s->homes; i++)
		if (is_new(s, i))
			add_names(s, i, goal_of(pl, i));
	for (i = 0; i < s->homes; i++)
		add_names(s, s->copy[i], pl->homes[i].live);
	for (i = s->homes; i--;)
		drop_names(s, i);
}

static void rename_home(struct safe *s, size_t home, const char *name)
{
	size_t id = one(s, ACT_GROUP_RENAME, home, NULL);
	struct action *action = action_nr(s->pl, id);

	action->to = str_dup(name);
	action->line = goal_of(s->pl, home)->line;
}

static void vanish(struct safe *s, size_t home)
{
	char *name = goal_temp_name(s->pl);

	rename_home(s, home, name);
	free(name);
}

/* what those see who have no name in any group */
static void change_groups(struct safe *s)
{
	struct planner *pl = s->pl;
	size_t i;

	for (i = 0; i < s->homes; i++)
		if (is_new(s, i) && is_target_group(goal_of(pl, i)->name))
			rename_home(s, i, goal_of(pl, i)->name);
	for (i = 0; i < s->homes; i++)
		if (stays(s, i))
			fill(s, i, next(s));
	s->changed = true;
	for (i = 0; i < s->homes; i++)
		if (pl->homes[i].live && pl->homes[i].goes &&
		    is_target_group(pl->homes[i].live->name))
			vanish(s, i);
}

static void delete_group(struct safe *s, size_t home, const struct group *luns)
{
	size_t id = one(s, ACT_GROUP_DEL, home, NULL), i;

	for (i = 0; i < luns->nluns; i++)
		device_freed(s->pl, luns->luns[i].dev, id);
}

static void delete_copy(struct safe *s, size_t copy)
{
	one(s, ACT_NAME_CLEAR, copy, NULL);
	delete_group(s, copy, goal_of(s->pl, copy));
}

/* also of groups that are made again: the old one has the name until it goes */
static void delete_groups(struct safe *s)
{
	struct planner *pl = s->pl;
	size_t i;

	for (i = 0; i < s->homes; i++)
		if (pl->homes[i].live && pl->homes[i].goes)
			delete_group(s, i, pl->homes[i].live);
	for (i = 0; i < s->homes; i++)
		if (is_new(s, i) && !is_target_group(goal_of(pl, i)->name) &&
		    is_temp_home(pl, i))
			rename_home(s, i, goal_of(pl, i)->name);
}

/**
 * safe_make() - make the steps, and what each has to wait for
 * @pl: the plan
 */
void safe_make(struct planner *pl)
{
	struct safe s = { .pl = pl, .homes = pl->nhomes };
	size_t i;

	s.room = mem_zero(s.homes, sizeof(*s.room));
	s.copy = mem_zero(s.homes, sizeof(*s.copy));
	steps_begin(pl);
	add_rooms(&s);
	create(&s);
	exchange_names(&s);
	change_groups(&s);
	for (i = 0; i < s.homes; i++)
		if (stays(&s, i))
			add_names(&s, i, goal_of(pl, i));
	for (i = 0; i < s.homes; i++)
		if (s.room[i] != NONE)
			delete_group(&s, s.room[i], goal_of(pl, s.room[i]));
	for (i = s.homes; i--;)
		if (s.copy[i] != NONE)
			delete_copy(&s, s.copy[i]);
	delete_groups(&s);
	free(s.room);
	free(s.copy);
}
