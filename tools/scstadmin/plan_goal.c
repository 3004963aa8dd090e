// SPDX-License-Identifier: GPL-2.0
/*
 * What the groups are to be: what the file wants, as far as it can be had, and
 * without force as far as it only adds to what is.  All that is different and
 * may not be changed is a warning.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan_priv.h"

/**
 * goal_temp_name() - make a name that no group has, now, later or in between
 * @pl: the plan
 *
 * Return: the name, for free().
 */
char *goal_temp_name(struct planner *pl)
{
	char name[32];

	do {
		snprintf(name, sizeof(name), "TMP_GRP%u", ++pl->temp);
	} while (model_group(pl->live, name) || model_group(pl->wanted, name));
	return str_dup(name);
}

static void group_copy_lun(struct group *group, const struct lun *lun)
{
	group_add_lun(group, lun->lun, lun->dev, lun->read_only)->line =
		lun->line;
}

/* the kernel has, or without @live will have, another group */
static size_t add_home(struct planner *pl, const struct group *live,
		       const char *name)
{
	struct home *home = array_add(&pl->homes, &pl->nhomes, sizeof(*home));
	struct group *goal = array_add(&pl->goal.groups, &pl->goal.ngroups,
				       sizeof(*goal));

	home->live = live;
	home->name = str_dup(name);
	home->room = NONE;
	home->named = NONE;
	goal->name = str_dup(name);
	return pl->nhomes - 1;
}

static void shift(size_t *home, size_t from)
{
	if (*home != NONE && *home >= from)
		++*home;
}

/* without devices that are closed before the group is there */
static bool lasts(const struct planner *pl, const char *name)
{
	const struct device *dev = model_device(pl->live, name);

	return dev && pl->ldev[dev - pl->live->devices] != LIVE_CLOSES_EARLY;
}

/**
 * goal_add_temp() - a temporary group that is like another one
 * @pl: the plan
 * @home: the other group
 * @before: as that is, not as it is to be
 *
 * Return: its number.
 */
size_t goal_add_temp(struct planner *pl, size_t home, bool before)
{
	char *name = goal_temp_name(pl);
	size_t temp = add_home(pl, NULL, name), i;
	const struct group *like = before ? pl->homes[home].live :
					    goal_of(pl, home);

	free(name);
	pl->homes[temp].goes = true;
	for (i = 0; i < like->nluns; i++)
		if (!before || lasts(pl, like->luns[i].dev))
			group_copy_lun(goal_of(pl, temp), &like->luns[i]);
	return temp;
}

/**
 * goal_insert_room() - a group in which some wait for another one
 * @pl: the plan
 * @home: the group that they wait for
 *
 * It is created before all others, so that it counts before them.
 */
void goal_insert_room(struct planner *pl, size_t home)
{
	size_t last = goal_add_temp(pl, home, false), at = pl->live->ngroups;
	struct home room = pl->homes[last];
	struct group goal = *goal_of(pl, last);
	size_t i;

	memmove(&pl->homes[at + 1], &pl->homes[at],
		(last - at) * sizeof(room));
	memmove(goal_of(pl, at + 1), goal_of(pl, at),
		(last - at) * sizeof(goal));
	pl->homes[at] = room;
	*goal_of(pl, at) = goal;
	for (i = 0; i < pl->nhomes; i++)
		shift(&pl->homes[i].room, at);
	for (i = 0; i < pl->nmembers; i++) {
		shift(&pl->members[i].from, at);
		shift(&pl->members[i].to, at);
		shift(&pl->members[i].via, at);
	}
	pl->homes[home].room = at;
}

/* ------------------------------------------------------------------------- */
/* The order of groups */

/*
 * The first group that has to be before this one, and is not.  New ones come
 * last; of the others, the kernel may not say.
 */
static const struct group *misplaced(const struct planner *pl, size_t n,
				     const size_t *place)
{
	const struct group *group = &pl->wanted->groups[n];
	size_t i;

	for (i = 0; i < n; i++)
		if (place[i] > place[n] &&
		    (pl->live->ordered || place[i] >= pl->live->ngroups) &&
		    groups_overlap(&pl->wanted->groups[i], group))
			return &pl->wanted->groups[i];
	return NULL;
}

/*
 * A group that exists, but too early in the kernel's list, is made again behind
 * the others.  Default and the groups of targets cannot be: who is in one of
 * those without having his name there would fall out of it.
 */
static bool made_again(struct planner *pl, size_t n, const size_t *place)
{
	const struct group *group = &pl->wanted->groups[n], *other;
	bool fixed = !strcmp(group->name, GROUP_DEFAULT) ||
		     is_target_group(group->name);

	other = misplaced(pl, n, place);
	if (!other)
		return false;
	if (pl->force && !fixed)
		return true;
	say(pl, REPORT_WARNING, group->line,
	    "names of group %s are matched before those of group %s; %s",
	    group->name, other->name,
	    fixed ? "only its deletion can change that" :
		    FORCE_HINT " changes that");
	return false;
}

static size_t live_place(const struct planner *pl, const char *name)
{
	const struct group *live = model_group(pl->live, name);

	return live ? (size_t)(live - pl->live->groups) : NONE;
}

/* ------------------------------------------------------------------------- */
/* LUNs */

static void copy_lun(struct planner *pl, size_t home, const struct lun *lun)
{
	group_copy_lun(goal_of(pl, home), lun);
}

/* Return: whether the LUN can be had */
static bool is_available(struct planner *pl, const struct group *group,
			 const struct lun *lun)
{
	size_t ready;

	if (device_usable(pl, lun->dev, &ready))
		return true;
	if (model_device(pl->wanted, lun->dev)) {
		say(pl, REPORT_WARNING, lun->line,
		    "LUN %u of group %s is left out: device %s is not available",
		    lun->lun, group->name, lun->dev);
		return false;
	}
	say(pl, REPORT_ERROR, lun->line,
	    "there is no device %s for LUN %u of group %s",
	    lun->dev, lun->lun, group->name);
	pl->wrong = true;
	return false;
}

/*
 * Without force a device does not get a second LUN because its number is
 * another one in the file.
 */
static const struct lun *lun_elsewhere(const struct group *live,
				       const struct group *wanted,
				       const char *dev)
{
	const struct lun *lun;
	size_t i;

	for (i = 0; i < live->nluns; i++) {
		lun = &live->luns[i];
		if (!strcmp(lun->dev, dev) && !group_lun(wanted, lun->lun))
			return lun;
	}
	return NULL;
}

/* without force, a LUN may only come to what is there */
static void add_lun(struct planner *pl, size_t home, const struct group *wanted,
		    const struct lun *lun)
{
	const struct group *live = pl->homes[home].live;
	const struct lun *now = group_lun(live, lun->lun), *other;

	if (now && (strcmp(now->dev, lun->dev) ||
		    now->read_only != lun->read_only)) {
		say(pl, REPORT_WARNING, lun->line,
		    "LUN %u of group %s is %s%s; " FORCE_HINT " changes it",
		    lun->lun, wanted->name, now->dev,
		    now->read_only ? " (READ_ONLY)" : "");
		return;
	}
	if (now)
		return;
	other = lun_elsewhere(live, wanted, lun->dev);
	if (!other)
		copy_lun(pl, home, lun);
	else
		say(pl, REPORT_WARNING, lun->line,
		    "device %s is LUN %u of group %s; " FORCE_HINT
		    " makes it LUN %u", lun->dev, other->lun, wanted->name,
		    lun->lun);
}

/* a LUN that cannot be had stays what it is, if it is something */
static void set_lun(struct planner *pl, size_t home, const struct group *wanted,
		    const struct lun *lun)
{
	const struct group *live = pl->homes[home].live;
	const struct lun *now = live ? group_lun(live, lun->lun) : NULL;

	if (!is_available(pl, wanted, lun)) {
		if (now && pl->force)
			copy_lun(pl, home, now);
	} else if (live && !pl->force) {
		add_lun(pl, home, wanted, lun);
	} else {
		copy_lun(pl, home, lun);
	}
}

static void keep_luns(struct planner *pl, size_t home,
		      const struct group *wanted)
{
	const struct group *live = pl->homes[home].live;
	size_t i;

	for (i = 0; i < live->nluns; i++) {
		copy_lun(pl, home, &live->luns[i]);
		if (wanted && !group_lun(wanted, live->luns[i].lun))
			say(pl, REPORT_WARNING, 0,
			    "LUN %u (%s) of group %s is not in the file; "
			    FORCE_HINT " removes it", live->luns[i].lun,
			    live->luns[i].dev, live->name);
	}
}

/* "You must have LUN 0" (SAM-5 4.6.4: it is where REPORT LUNS goes) */
static void check_lun0(struct planner *pl, const struct group *group)
{
	if (group->nluns && !group_lun(group, 0))
		say(pl, REPORT_WARNING, group->luns[0].line,
		    "group %s has no LUN 0: initiators may find nothing",
		    group->name);
}

static void set_luns(struct planner *pl, size_t home,
		     const struct group *wanted)
{
	size_t i;

	check_lun0(pl, wanted);
	if (pl->homes[home].live && !pl->force)
		keep_luns(pl, home, wanted);
	for (i = 0; i < wanted->nluns; i++)
		set_lun(pl, home, wanted, &wanted->luns[i]);
}

/* ------------------------------------------------------------------------- */
/* Names */

/*
 * A name leaves this live group: it is there, and not wanted there.  The first
 * such group of a name is where a move takes it from.
 */
static bool name_leaves(const struct planner *pl, const struct group *group,
			const char *name)
{
	const struct group *wanted = model_group(pl->wanted, group->name);

	return group_name(group, name) &&
	       !(wanted && group_name(wanted, name));
}

/* likewise, it comes to this wanted group */
static bool name_comes(const struct planner *pl, const struct group *group,
		       const char *name)
{
	const struct group *live = model_group(pl->live, group->name);

	return group_name(group, name) && !(live && group_name(live, name));
}

/* the group that a name would have to leave to come to this one */
static const struct group *name_source(const struct planner *pl,
				       const struct group *group,
				       const char *name)
{
	const struct group *g;
	size_t n = 0, i;

	for (g = pl->wanted->groups; g < group; g++)
		n += name_comes(pl, g, name);
	for (i = 0; i < pl->live->ngroups; i++)
		if (name_leaves(pl, &pl->live->groups[i], name) && !n--)
			return &pl->live->groups[i];
	return NULL;
}

/* does a name that leaves this group go to another one? */
static bool name_moves(const struct planner *pl, const struct group *group,
		       const char *name)
{
	size_t left = 0, come = 0, i;

	for (i = 0; i < pl->wanted->ngroups; i++)
		come += name_comes(pl, &pl->wanted->groups[i], name);
	for (i = 0; &pl->live->groups[i] < group; i++)
		left += name_leaves(pl, &pl->live->groups[i], name);
	return left < come;
}

static void copy_name(struct planner *pl, size_t home, const struct name *name)
{
	group_add_name(goal_of(pl, home), name->name)->line = name->line;
}

static void keep_names(struct planner *pl, size_t home, bool in_file)
{
	const struct group *live = pl->homes[home].live;
	const char *name;
	size_t i;

	for (i = 0; i < live->nnames; i++) {
		copy_name(pl, home, &live->names[i]);
		name = live->names[i].name;
		if (in_file && name_leaves(pl, live, name) &&
		    !name_moves(pl, live, name))
			say(pl, REPORT_WARNING, 0,
			    "initiator %s of group %s is not in the file; "
			    FORCE_HINT " removes it", name, live->name);
	}
}

static void add_name(struct planner *pl, size_t home,
		     const struct group *wanted, const struct name *name)
{
	const struct group *source = name_source(pl, wanted, name->name);

	if (!name_comes(pl, wanted, name->name))
		return;
	if (!source)
		copy_name(pl, home, name);
	else
		say(pl, REPORT_WARNING, name->line,
		    "initiator %s is in group %s; " FORCE_HINT
		    " moves it to group %s", name->name, source->name,
		    wanted->name);
}

static void set_names(struct planner *pl, size_t home,
		      const struct group *wanted)
{
	size_t i;

	if (pl->homes[home].live && !pl->force)
		keep_names(pl, home, true);
	for (i = 0; i < wanted->nnames; i++) {
		if (pl->force)
			copy_name(pl, home, &wanted->names[i]);
		else
			add_name(pl, home, wanted, &wanted->names[i]);
	}
}

/* ------------------------------------------------------------------------- */

static void live_home(struct planner *pl, const struct group *live)
{
	size_t home = add_home(pl, live, live->name);

	if (model_group(pl->wanted, live->name))
		return;
	if (pl->force) {
		pl->homes[home].goes = true;
		return;
	}
	say(pl, REPORT_WARNING, 0,
	    "group %s is not in the file; " FORCE_HINT " deletes it",
	    live->name);
	keep_luns(pl, home, NULL);
	keep_names(pl, home, false);
}

/*
 * A group of a target, Default_*, is found by its name, so it has a temporary
 * one until it is complete; and so has one whose name is still in use.
 */
static size_t new_home(struct planner *pl, const struct group *wanted,
		       size_t place)
{
	size_t home = add_home(pl, NULL, wanted->name);
	bool of_target = is_target_group(wanted->name);

	if (place != NONE)
		pl->homes[place].goes = true;
	else if (!wanted->declared && !of_target)
		say(pl, REPORT_WARNING, wanted->line,
		    "group %s has LUNs, but no [GROUP %s] says who sees them",
		    wanted->name, wanted->name);
	if (place != NONE || of_target) {
		free(pl->homes[home].name);
		pl->homes[home].name = goal_temp_name(pl);
	}
	goal_of(pl, home)->line = wanted->line;
	return home;
}

static void wanted_home(struct planner *pl, size_t n, size_t *place)
{
	const struct group *wanted = &pl->wanted->groups[n];

	place[n] = live_place(pl, wanted->name);
	if (place[n] == NONE || made_again(pl, n, place))
		place[n] = new_home(pl, wanted, place[n]);
	set_luns(pl, place[n], wanted);
	set_names(pl, place[n], wanted);
}

/**
 * goal_make() - find out what the groups are to be
 * @pl: the plan; what becomes of the wanted devices is known
 */
void goal_make(struct planner *pl)
{
	size_t *place = mem_zero(pl->wanted->ngroups, sizeof(*place));
	size_t i;

	for (i = 0; i < pl->live->ngroups; i++)
		live_home(pl, &pl->live->groups[i]);
	for (i = 0; i < pl->wanted->ngroups; i++)
		wanted_home(pl, i, place);
	free(place);
}
