// SPDX-License-Identifier: GPL-2.0
/*
 * The heart of scstadmin: from what is to what shall be, with the fewest actions
 * and in an order in which nobody sees too much.  Pure: two configurations in, a
 * list of actions and messages out.
 *
 * What does not change is not touched.  The order, and why:
 *
 *  1. LUNs, names and groups that nobody shall have any more go.
 *  2. Devices close that are in the way: of their own new version, or because
 *     a device that is to be opened needs the same file.
 *  3. Devices open.
 *  4. Groups are created and get their LUNs.  A group of a target, Default_*, is
 *     found by its name, so it has a temporary one until it is complete.  A LUN
 *     with another device changes it in one step.
 *  5. Only then names are moved or added, so that no initiator sees a group
 *     that is half-filled, or falls back to another one in between.
 *  6. Groups that had to stay until their names had moved go, and devices that
 *     are not needed any more: no LUN has them now.
 *
 * Without force, only what is missing is added; all else is a warning.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan.h"

#define FORCE_HINT "-ForceConfig"

/* What becomes of a device that is wanted */
enum wanted_state {
	WANTED_SAME,		/* is there */
	WANTED_DIFFERENT,	/* is there, and has to stay as it is */
	WANTED_OPEN,		/* will be there */
	WANTED_REOPEN,		/* closed and opened again */
	WANTED_ASSIGN,		/* gets another handler */
	WANTED_FAILED,		/* cannot be had */
};

/* What becomes of a device that exists */
enum live_state {
	LIVE_STAYS,
	LIVE_CLOSES_EARLY,
	LIVE_CLOSES_LATE,
};

/* What becomes of a group that exists */
enum group_state {
	GROUP_STAYS,
	GROUP_GOES_EARLY,
	GROUP_GOES_LATE,
};

/**
 * struct planner - a plan in the making
 * @plan: the plan
 * @live: what is
 * @wanted: what shall be
 * @report: messages
 * @force: removals are allowed
 * @wdev: state of each wanted device
 * @ready: action after which each wanted device is there, or ACTION_NONE
 * @ldev: state of each live device
 * @closed: action that closes each live device, or ACTION_NONE
 * @lgroup: state of each live group
 * @made: action after which each wanted group takes LUNs
 * @named: action after which each wanted group has its name
 * @temp: number of the last temporary name
 */
struct planner {
	struct plan *plan;
	const struct model *live;
	const struct model *wanted;
	struct report *report;
	bool force;
	enum wanted_state *wdev;
	size_t *ready;
	enum live_state *ldev;
	size_t *closed;
	enum group_state *lgroup;
	size_t *made;
	size_t *named;
	unsigned int temp;
};

#define say(pl, level, line, ...) \
	report_at((pl)->report, level, (pl)->wanted->file, line, __VA_ARGS__)

static struct action *add(struct planner *pl, enum action_type type,
			  const char *group, const char *name)
{
	struct action *action = plan_add(pl->plan, type);

	if (group)
		action->group = str_dup(group);
	if (name)
		action->name = str_dup(name);
	return action;
}

static size_t last(const struct planner *pl)
{
	return pl->plan->count - 1;
}

/* ------------------------------------------------------------------------- */
/* Devices: what is to become of them */

static bool same_path(const struct device *a, const struct device *b)
{
	/* what a disk without medium calls its file has no meaning */
	return a->flags & b->flags & DEV_NULLIO || !strcmp(a->path, b->path);
}

static uint32_t blocksize_of(const struct device *dev)
{
	return dev->blocksize ? dev->blocksize : BLOCKSIZE_DEFAULT;
}

/* what is different, NULL if nothing is */
static const char *difference(const struct device *live,
			      const struct device *wanted)
{
	if (strcmp(live->handler, wanted->handler))
		return "handler";
	if (flags_normal(live->flags) != flags_normal(wanted->flags))
		return "options";
	if (!same_path(live, wanted))
		return "path";
	if (!strcmp(live->handler, "vdisk") &&
	    blocksize_of(live) != blocksize_of(wanted))
		return "block size";
	return NULL;
}

static bool is_assigned(const struct model *model, const char *name)
{
	size_t i, j;

	for (i = 0; i < model->ngroups; i++)
		for (j = 0; j < model->groups[i].nluns; j++)
			if (!strcmp(model->groups[i].luns[j].dev, name))
				return true;
	return false;
}

/* the backend of a device that has to be opened */
static bool backend_missing(struct planner *pl, const struct device *dev)
{
	if (!dev->backend)
		return false;
	say(pl, REPORT_ERROR, dev->line, "device %s: %s", dev->name,
	    dev->backend);
	return true;
}

static enum wanted_state judge_change(struct planner *pl,
				      const struct device *live,
				      const struct device *dev,
				      const char *what)
{
	if (!handler_makes_devices(live->handler)) {
		say(pl, REPORT_ERROR, dev->line,
		    "device %s: the kernel has one of this name with handler %s",
		    dev->name, live->handler);
		return WANTED_DIFFERENT;
	}
	if (!pl->force) {
		say(pl, REPORT_WARNING, dev->line,
		    "device %s: has another %s; " FORCE_HINT
		    " closes it and opens it again", dev->name, what);
		return WANTED_DIFFERENT;
	}
	if (backend_missing(pl, dev))
		return WANTED_DIFFERENT;
	if (is_assigned(pl->live, dev->name))
		say(pl, REPORT_WARNING, dev->line,
		    "device %s: has another %s; initiators lose it for a moment",
		    dev->name, what);
	return WANTED_REOPEN;
}

static enum wanted_state judge_virtual(struct planner *pl,
				       const struct device *live,
				       const struct device *dev)
{
	const char *what;

	if (!live)
		return backend_missing(pl, dev) ? WANTED_FAILED : WANTED_OPEN;
	what = difference(live, dev);
	return what ? judge_change(pl, live, dev, what) : WANTED_SAME;
}

static enum wanted_state judge_local(struct planner *pl,
				     const struct device *live,
				     const struct device *dev)
{
	if (!live) {
		say(pl, REPORT_ERROR, dev->line,
		    "there is no local device %s", dev->name);
		return WANTED_FAILED;
	}
	if (!strcmp(live->handler, dev->handler))
		return WANTED_SAME;
	if (!strcmp(live->handler, "none") || pl->force)
		return WANTED_ASSIGN;
	say(pl, REPORT_WARNING, dev->line,
	    "device %s: has handler %s; " FORCE_HINT " gives it to %s",
	    dev->name, live->handler, dev->handler);
	return WANTED_DIFFERENT;
}

/* the kernel's name of a module for a handler */
static void module_of(const char *handler, char *buf, size_t size)
{
	size_t len;

	if (!strncmp(handler, "dev_", 4))
		handler += 4;
	len = strlen(handler);
	if (len > 5 && !strcmp(handler + len - 5, "_perf"))
		len -= 5;
	snprintf(buf, size, "scst_%.*s", (int)len, handler);
}

/* said once for each handler */
static bool handler_missing(struct planner *pl, const struct device *dev)
{
	char module[64];
	size_t i;

	if (model_has_handler(pl->live, dev->handler))
		return false;
	for (i = 0; i < (size_t)(dev - pl->wanted->devices); i++)
		if (!strcmp(pl->wanted->devices[i].handler, dev->handler))
			return true;
	module_of(dev->handler, module, sizeof(module));
	say(pl, REPORT_ERROR, dev->line,
	    "handler %s is not loaded, its devices are left out: modprobe %s",
	    dev->handler, module);
	return true;
}

static enum wanted_state judge_device(struct planner *pl,
				      const struct device *dev)
{
	const struct device *live = model_device(pl->live, dev->name);

	if (handler_missing(pl, dev))
		return live ? WANTED_DIFFERENT : WANTED_FAILED;
	if (handler_makes_devices(dev->handler))
		return judge_virtual(pl, live, dev);
	return judge_local(pl, live, dev);
}

static bool opens(const struct planner *pl, size_t i)
{
	return pl->wdev[i] == WANTED_OPEN || pl->wdev[i] == WANTED_REOPEN;
}

/* does a device that is to be opened need the file of this one? */
static bool file_needed(const struct planner *pl, const struct device *live)
{
	size_t i;

	for (i = 0; i < pl->wanted->ndevices; i++)
		if (opens(pl, i) && *live->path &&
		    !strcmp(pl->wanted->devices[i].path, live->path))
			return true;
	return false;
}

static enum live_state judge_live_device(struct planner *pl,
					 const struct device *live)
{
	const struct device *dev = model_device(pl->wanted, live->name);

	if (dev)
		return pl->wdev[dev - pl->wanted->devices] == WANTED_REOPEN ?
		       LIVE_CLOSES_EARLY : LIVE_STAYS;
	if (!handler_makes_devices(live->handler) ||
	    is_assigned(pl->wanted, live->name))
		return LIVE_STAYS;
	if (!pl->force) {
		say(pl, REPORT_WARNING, 0,
		    "device %s is not in the file; " FORCE_HINT " closes it",
		    live->name);
		return LIVE_STAYS;
	}
	return file_needed(pl, live) ? LIVE_CLOSES_EARLY : LIVE_CLOSES_LATE;
}

/* Return: whether a LUN can have the device when its turn comes */
static bool device_usable(const struct planner *pl, const char *name,
			  size_t *after)
{
	const struct device *dev = model_device(pl->wanted, name);
	size_t i;

	*after = ACTION_NONE;
	if (!dev)
		return model_device(pl->live, name);
	i = dev - pl->wanted->devices;
	*after = pl->ready[i];
	return pl->wdev[i] != WANTED_FAILED;
}

static enum live_state live_device_state(const struct planner *pl,
					 const char *name)
{
	const struct device *dev = model_device(pl->live, name);

	return dev ? pl->ldev[dev - pl->live->devices] : LIVE_STAYS;
}

/* ------------------------------------------------------------------------- */
/* Names: which of them move */

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

/* the n-th live group that a name leaves */
static const struct group *leaves_nth(const struct planner *pl,
				      const char *name, size_t n)
{
	size_t i;

	for (i = 0; i < pl->live->ngroups; i++)
		if (name_leaves(pl, &pl->live->groups[i], name) && !n--)
			return &pl->live->groups[i];
	return NULL;
}

/* which of the groups that a name comes to is this? */
static size_t comes_index(const struct planner *pl, const struct group *group,
			  const char *name)
{
	const struct group *g;
	size_t n = 0;

	for (g = pl->wanted->groups; g < group; g++)
		n += name_comes(pl, g, name);
	return n;
}

/* where a name comes from, if it does not just appear */
static const struct group *name_source(const struct planner *pl,
				       const struct group *group,
				       const char *name)
{
	return leaves_nth(pl, name, comes_index(pl, group, name));
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

/* ------------------------------------------------------------------------- */
/* Groups: what is to become of them */

static enum group_state judge_group(struct planner *pl,
				    const struct group *group)
{
	size_t i;

	if (model_group(pl->wanted, group->name))
		return GROUP_STAYS;
	if (!pl->force) {
		say(pl, REPORT_WARNING, 0,
		    "group %s is not in the file; " FORCE_HINT " deletes it",
		    group->name);
		return GROUP_STAYS;
	}
	for (i = 0; i < group->nnames; i++)
		if (name_moves(pl, group, group->names[i].name))
			return GROUP_GOES_LATE;
	return GROUP_GOES_EARLY;
}

static void judge(struct planner *pl)
{
	size_t i;

	for (i = 0; i < pl->wanted->ndevices; i++)
		pl->wdev[i] = judge_device(pl, &pl->wanted->devices[i]);
	for (i = 0; i < pl->live->ndevices; i++)
		pl->ldev[i] = judge_live_device(pl, &pl->live->devices[i]);
	for (i = 0; i < pl->live->ngroups; i++)
		pl->lgroup[i] = judge_group(pl, &pl->live->groups[i]);
}

/* a name that nobody has: neither now, nor later, nor in between */
static void temp_name(struct planner *pl, char *buf, size_t size)
{
	do {
		snprintf(buf, size, "TMP_GRP%u", ++pl->temp);
	} while (model_group(pl->live, buf) || model_group(pl->wanted, buf));
}

static bool is_target_group(const char *name)
{
	return !strncmp(name, GROUP_TARGET_PREFIX,
			strlen(GROUP_TARGET_PREFIX));
}

/*
 * A group with sessions cannot be deleted.  Sessions that have it because of a
 * name leave with the name, those that have it because of its own name when it
 * is renamed.
 */
static void delete_group(struct planner *pl, const struct group *group)
{
	const char *name = group->name;
	size_t i, rest = 0;
	char temp[32];

	for (i = 0; i < group->nnames; i++)
		rest += !name_moves(pl, group, group->names[i].name);
	if (rest && group->nsessions)
		add(pl, ACT_NAME_CLEAR, name, NULL);
	if (group->nsessions && is_target_group(name)) {
		temp_name(pl, temp, sizeof(temp));
		add(pl, ACT_GROUP_RENAME, name, NULL)->to = str_dup(temp);
		name = temp;
	}
	add(pl, ACT_GROUP_DEL, name, NULL);
}

static void delete_groups(struct planner *pl, enum group_state state)
{
	size_t i;

	for (i = 0; i < pl->live->ngroups; i++)
		if (pl->lgroup[i] == state)
			delete_group(pl, &pl->live->groups[i]);
}

/* ------------------------------------------------------------------------- */
/* LUNs */

/* Does a LUN that exists go, because of its group or of its device? */
static bool lun_goes(struct planner *pl, const struct group *wanted,
		     const struct lun *live)
{
	const struct lun *lun = group_lun(wanted, live->lun);
	size_t after;

	if (live_device_state(pl, live->dev) == LIVE_CLOSES_EARLY)
		return true;
	if (!pl->force)
		return false;
	return !lun || (strcmp(lun->dev, live->dev) &&
			!device_usable(pl, lun->dev, &after));
}

static void remove_luns(struct planner *pl, const struct group *live)
{
	const struct group *wanted = model_group(pl->wanted, live->name);
	const struct lun *lun;
	size_t i;

	if (!wanted)
		return;
	for (i = 0; i < live->nluns; i++) {
		lun = &live->luns[i];
		if (lun_goes(pl, wanted, lun))
			add(pl, ACT_LUN_DEL, live->name, lun->dev)->lun =
				lun->lun;
		else if (!group_lun(wanted, lun->lun))
			say(pl, REPORT_WARNING, 0,
			    "LUN %u (%s) of group %s is not in the file; "
			    FORCE_HINT " removes it", lun->lun, lun->dev,
			    live->name);
	}
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

/* Return: whether the LUN is to be set up, and how */
static bool lun_wanted(struct planner *pl, const struct group *wanted,
		       const struct lun *lun, enum action_type *type)
{
	const struct group *live = model_group(pl->live, wanted->name);
	const struct lun *now = live ? group_lun(live, lun->lun) : NULL;
	const struct lun *other;

	*type = ACT_LUN_ADD;
	if (!live)
		return true;
	if (!now) {
		other = lun_elsewhere(live, wanted, lun->dev);
		if (pl->force || !other)
			return true;
		say(pl, REPORT_WARNING, lun->line,
		    "device %s is LUN %u of group %s; " FORCE_HINT
		    " makes it LUN %u", lun->dev, other->lun, wanted->name,
		    lun->lun);
		return false;
	}
	if (lun_goes(pl, wanted, now))
		return true;
	if (!strcmp(now->dev, lun->dev) && now->read_only == lun->read_only)
		return false;
	*type = ACT_LUN_REPLACE;
	if (!pl->force)
		say(pl, REPORT_WARNING, lun->line,
		    "LUN %u of group %s is %s%s; " FORCE_HINT " changes it",
		    lun->lun, wanted->name, now->dev,
		    now->read_only ? " (READ_ONLY)" : "");
	return pl->force;
}

static void add_lun(struct planner *pl, const struct group *group,
		    const char *name, const struct lun *lun)
{
	enum action_type type;
	struct action *action;
	size_t after;

	if (!device_usable(pl, lun->dev, &after)) {
		if (model_device(pl->wanted, lun->dev))
			say(pl, REPORT_WARNING, lun->line,
			    "LUN %u of group %s is left out: "
			    "device %s is not available", lun->lun,
			    group->name, lun->dev);
		else
			say(pl, REPORT_ERROR, lun->line,
			    "there is no device %s for LUN %u of group %s",
			    lun->dev, lun->lun, group->name);
		return;
	}
	if (!lun_wanted(pl, group, lun, &type))
		return;
	action = add(pl, type, name, lun->dev);
	action->lun = lun->lun;
	action->read_only = lun->read_only;
	action->line = lun->line;
	action->after[0] = pl->made[group - pl->wanted->groups];
	action->after[1] = after;
}

static void add_group(struct planner *pl, const struct group *group)
{
	size_t n = group - pl->wanted->groups;
	const char *name = group->name;
	struct action *action;
	char temp[32];
	size_t i;

	if (!model_group(pl->live, name)) {
		if (!group->declared && !is_target_group(name))
			say(pl, REPORT_WARNING, group->line,
			    "group %s has LUNs, but no [GROUP %s] says who sees them",
			    name, name);
		if (is_target_group(name) && group->nluns) {
			temp_name(pl, temp, sizeof(temp));
			name = temp;
		}
		add(pl, ACT_GROUP_ADD, name, NULL)->line = group->line;
		pl->made[n] = pl->named[n] = last(pl);
	}
	for (i = 0; i < group->nluns; i++)
		add_lun(pl, group, name, &group->luns[i]);
	if (name == temp) {
		action = add(pl, ACT_GROUP_RENAME, name, NULL);
		action->to = str_dup(group->name);
		action->line = group->line;
		action->after[0] = pl->made[n];
		pl->named[n] = last(pl);
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

/* ------------------------------------------------------------------------- */
/* Names */

static void remove_names(struct planner *pl, const struct group *live)
{
	size_t i;

	if (!model_group(pl->wanted, live->name))
		return;
	for (i = 0; i < live->nnames; i++) {
		const char *name = live->names[i].name;

		if (!name_leaves(pl, live, name) || name_moves(pl, live, name))
			continue;
		if (pl->force)
			add(pl, ACT_NAME_DEL, live->name, name);
		else
			say(pl, REPORT_WARNING, 0,
			    "initiator %s of group %s is not in the file; "
			    FORCE_HINT " removes it", name, live->name);
	}
}

static void add_name(struct planner *pl, const struct group *group,
		     const struct name *name)
{
	const struct group *source;
	struct action *action;

	if (!name_comes(pl, group, name->name))
		return;
	source = name_source(pl, group, name->name);
	if (source && !pl->force) {
		say(pl, REPORT_WARNING, name->line,
		    "initiator %s is in group %s; " FORCE_HINT
		    " moves it to group %s", name->name, source->name,
		    group->name);
		return;
	}
	action = add(pl, source ? ACT_NAME_MOVE : ACT_NAME_ADD,
		     source ? source->name : group->name, name->name);
	if (source)
		action->to = str_dup(group->name);
	action->line = name->line;
	action->after[0] = pl->named[group - pl->wanted->groups];
}

/* ------------------------------------------------------------------------- */
/* Devices: actions */

static void close_devices(struct planner *pl, enum live_state state)
{
	const struct device *dev;
	size_t i;

	for (i = 0; i < pl->live->ndevices; i++) {
		if (pl->ldev[i] != state)
			continue;
		dev = &pl->live->devices[i];
		add(pl, ACT_DEV_CLOSE, NULL, dev->name)->handler =
			str_dup(dev->handler);
		pl->closed[i] = last(pl);
	}
}

static struct action *device_action(struct planner *pl, enum action_type type,
				    const struct device *dev)
{
	struct action *action = add(pl, type, NULL, dev->name);

	action->handler = str_dup(dev->handler);
	action->path = str_dup(dev->path);
	action->flags = dev->flags;
	action->blocksize = dev->blocksize;
	action->line = dev->line;
	return action;
}

static void open_device(struct planner *pl, const struct device *dev)
{
	const struct device *live = model_device(pl->live, dev->name);
	struct action *action = device_action(pl, ACT_DEV_OPEN, dev);
	size_t opened = last(pl);

	if (live)
		action->after[0] = pl->closed[live - pl->live->devices];
	pl->ready[dev - pl->wanted->devices] = opened;
	if (!dev->t10_id)
		return;
	action = device_action(pl, ACT_DEV_T10, dev);
	action->to = str_dup(dev->t10_id);
	action->after[0] = opened;
}

static void open_devices(struct planner *pl)
{
	size_t i;

	for (i = 0; i < pl->wanted->ndevices; i++) {
		if (opens(pl, i))
			open_device(pl, &pl->wanted->devices[i]);
		if (pl->wdev[i] != WANTED_ASSIGN)
			continue;
		device_action(pl, ACT_DEV_ASSIGN, &pl->wanted->devices[i]);
		pl->ready[i] = last(pl);
	}
}

/* ------------------------------------------------------------------------- */

static void set_threads(struct planner *pl)
{
	struct action *action;

	if (!pl->wanted->threads || pl->wanted->threads == pl->live->threads)
		return;
	action = add(pl, ACT_THREADS, NULL, NULL);
	action->number = pl->wanted->threads;
	action->line = pl->wanted->threads_line;
}

static void make_actions(struct planner *pl)
{
	const struct model *live = pl->live, *wanted = pl->wanted;
	size_t i, j;

	for (i = 0; i < live->ngroups; i++)
		remove_luns(pl, &live->groups[i]);
	for (i = 0; i < live->ngroups; i++)
		remove_names(pl, &live->groups[i]);
	delete_groups(pl, GROUP_GOES_EARLY);
	close_devices(pl, LIVE_CLOSES_EARLY);
	open_devices(pl);
	for (i = 0; i < wanted->ngroups; i++) {
		check_lun0(pl, &wanted->groups[i]);
		add_group(pl, &wanted->groups[i]);
	}
	for (i = 0; i < wanted->ngroups; i++)
		for (j = 0; j < wanted->groups[i].nnames; j++)
			add_name(pl, &wanted->groups[i],
				 &wanted->groups[i].names[j]);
	delete_groups(pl, GROUP_GOES_LATE);
	close_devices(pl, LIVE_CLOSES_LATE);
	set_threads(pl);
}

static void *state_array(size_t count, size_t size, int fill)
{
	return memset(mem_zero(count, size), fill, count * size);
}

/**
 * plan_make() - compare two configurations
 * @plan: the actions, for plan_free()
 * @live: what is
 * @wanted: what shall be; plan_resolve_luns() has been called
 * @force: allow to remove and to change, not only to add
 * @report: gets warnings and errors; what an error is about is left out of the
 *	plan, all the rest is in it
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
		.lgroup = state_array(live->ngroups, sizeof(*pl.lgroup), 0),
		.made = state_array(wanted->ngroups, sizeof(size_t), 0xff),
		.named = state_array(wanted->ngroups, sizeof(size_t), 0xff),
	};

	plan_init(plan, wanted->file);
	judge(&pl);
	make_actions(&pl);
	free(pl.wdev);
	free(pl.ready);
	free(pl.ldev);
	free(pl.closed);
	free(pl.lgroup);
	free(pl.made);
	free(pl.named);
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
