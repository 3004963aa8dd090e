// SPDX-License-Identifier: GPL-2.0
/*
 * What becomes of devices, and the actions for it: those that are in the way of
 * one that opens close first, of all others the LUNs go before they do.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan_priv.h"

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
	/* the kernel has no other way back to its own one */
	if (live->t10_id && !wanted->t10_id)
		return "T10 identifier";
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

static enum wanted_state handler_differs(struct planner *pl,
					 const struct device *live,
					 const struct device *dev)
{
	say(pl, REPORT_ERROR, dev->line,
	    "device %s: the kernel has one of this name with handler %s",
	    dev->name, live->handler);
	return WANTED_DIFFERENT;
}

static enum wanted_state judge_change(struct planner *pl,
				      const struct device *live,
				      const struct device *dev,
				      const char *what)
{
	if (!handler_makes_devices(live->handler))
		return handler_differs(pl, live, dev);
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

static bool same_t10_id(const struct device *live, const struct device *wanted)
{
	return !wanted->t10_id ||
	       (live->t10_id && !strcmp(live->t10_id, wanted->t10_id));
}

/* it is who the device is, for those who have it */
static enum wanted_state judge_t10_id(struct planner *pl,
				      const struct device *live,
				      const struct device *dev)
{
	if (!pl->live->shows_t10_ids || same_t10_id(live, dev))
		return WANTED_SAME;
	if (!is_assigned(pl->live, dev->name))
		return WANTED_T10_ID;
	if (!pl->force) {
		say(pl, REPORT_WARNING, dev->line,
		    "device %s: has another T10 identifier; " FORCE_HINT
		    " sets '%s'", dev->name, dev->t10_id);
		return WANTED_DIFFERENT;
	}
	say(pl, REPORT_WARNING, dev->line,
	    "device %s: gets the T10 identifier '%s'; initiators may take it for another disk",
	    dev->name, dev->t10_id);
	return WANTED_T10_ID;
}

static enum wanted_state judge_virtual(struct planner *pl,
				       const struct device *live,
				       const struct device *dev)
{
	const char *what;

	if (!live)
		return backend_missing(pl, dev) ? WANTED_FAILED : WANTED_OPEN;
	what = difference(live, dev);
	return what ? judge_change(pl, live, dev, what) :
		      judge_t10_id(pl, live, dev);
}

static enum wanted_state judge_assign(struct planner *pl,
				      const struct device *live,
				      const struct device *dev)
{
	if (strcmp(live->handler, "none") && is_assigned(pl->live, dev->name))
		say(pl, REPORT_WARNING, dev->line,
		    "device %s: has handler %s; initiators lose it for a moment",
		    dev->name, live->handler);
	return WANTED_ASSIGN;
}

static enum wanted_state local_missing(struct planner *pl,
				       const struct device *dev)
{
	if (device_is_local(dev->name))
		say(pl, REPORT_ERROR, dev->line,
		    "there is no local device %s", dev->name);
	else
		say(pl, REPORT_ERROR, dev->line,
		    "there is no device %s: handler %s has to make it itself",
		    dev->name, dev->handler);
	return WANTED_FAILED;
}

static enum wanted_state judge_local(struct planner *pl,
				     const struct device *live,
				     const struct device *dev)
{
	if (!live)
		return local_missing(pl, dev);
	if (!strcmp(live->handler, dev->handler))
		return WANTED_SAME;
	if (!device_is_local(dev->name))
		return handler_differs(pl, live, dev);
	if (!strcmp(live->handler, "none") || pl->force)
		return judge_assign(pl, live, dev);
	say(pl, REPORT_WARNING, dev->line,
	    "device %s: has handler %s; " FORCE_HINT " gives it to %s",
	    dev->name, live->handler, dev->handler);
	return WANTED_DIFFERENT;
}

static void say_handler_missing(struct planner *pl, const struct device *dev)
{
	const struct handler_name *known = handler_by_name(dev->handler);

	if (!known)
		say(pl, REPORT_ERROR, dev->line,
		    "handler %s is not in this kernel, its devices are left out: load the module that has it, or remove them from the file",
		    dev->handler);
	else if (known->module)
		say(pl, REPORT_ERROR, dev->line,
		    "handler %s is not loaded, its devices stay as they are: modprobe %s",
		    dev->handler, known->module);
	else
		say(pl, REPORT_ERROR, dev->line,
		    "this version has no handler %s: its devices are left out",
		    dev->handler);
}

/* said once for each handler */
static bool handler_missing(struct planner *pl, const struct device *dev)
{
	size_t i;

	if (model_has_handler(pl->live, dev->handler))
		return false;
	for (i = 0; i < (size_t)(dev - pl->wanted->devices); i++)
		if (!strcmp(pl->wanted->devices[i].handler, dev->handler))
			return true;
	say_handler_missing(pl, dev);
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

static bool same_file(const struct device *a, const struct device *b)
{
	if (!*a->path || !*b->path || (a->flags | b->flags) & DEV_NULLIO)
		return false;
	if (!a->file.known || !b->file.known)
		return !strcmp(a->path, b->path);
	return a->file.dev == b->file.dev && a->file.ino == b->file.ino;
}

static bool only_reads(const struct device *dev)
{
	return dev->flags & DEV_READ_ONLY || !strcmp(dev->handler, "vcdrom");
}

/* each of two devices on one file destroys what the other one caches */
static void refuse_shared(struct planner *pl, const struct device *dev,
			  const struct device *other, bool opens_now)
{
	if (!same_file(dev, other) || (only_reads(dev) && only_reads(other)))
		return;
	say(pl, opens_now ? REPORT_ERROR : REPORT_WARNING, dev->line,
	    "device %s: %s is the file of device %s, too, and not READ_ONLY",
	    dev->name, dev->path, other->name);
	pl->wrong |= opens_now;
}

static void check_shared(struct planner *pl, size_t i)
{
	size_t j;

	for (j = 0; j < i; j++)
		refuse_shared(pl, &pl->wanted->devices[i],
			      &pl->wanted->devices[j],
			      opens(pl, i) || opens(pl, j));
}

/**
 * devices_judge_wanted() - find out what becomes of devices that are wanted
 * @pl: the plan
 */
void devices_judge_wanted(struct planner *pl)
{
	size_t i;

	for (i = 0; i < pl->wanted->ndevices; i++) {
		pl->wdev[i] = judge_device(pl, &pl->wanted->devices[i]);
		check_shared(pl, i);
	}
}

/* does a device that is to be opened need the file of this one? */
static bool file_needed(const struct planner *pl, const struct device *live)
{
	size_t i;

	for (i = 0; i < pl->wanted->ndevices; i++)
		if (opens(pl, i) && same_file(live, &pl->wanted->devices[i]))
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
	if (file_needed(pl, live))
		return LIVE_CLOSES_EARLY;
	/* a LUN may keep it, because another device is not available */
	return is_assigned(&pl->goal, live->name) ? LIVE_STAYS :
						    LIVE_CLOSES_LATE;
}

/**
 * devices_judge_live() - find out what becomes of devices that exist
 * @pl: the plan; the groups are known
 */
void devices_judge_live(struct planner *pl)
{
	const struct device *live;
	size_t i, j;

	for (i = 0; i < pl->live->ndevices; i++) {
		live = &pl->live->devices[i];
		pl->ldev[i] = judge_live_device(pl, live);
		if (pl->ldev[i] != LIVE_STAYS ||
		    model_device(pl->wanted, live->name))
			continue;
		for (j = 0; j < pl->wanted->ndevices; j++)
			if (opens(pl, j))
				refuse_shared(pl, &pl->wanted->devices[j],
					      live, true);
	}
}

/**
 * device_usable() - can a LUN have a device, when its turn comes?
 * @pl: the plan
 * @name: of the device
 * @ready: action after which it can, or NONE
 *
 * Return: whether it can.
 */
bool device_usable(const struct planner *pl, const char *name, size_t *ready)
{
	const struct device *dev = model_device(pl->wanted, name);
	size_t i;

	*ready = NONE;
	if (!dev)
		return model_device(pl->live, name);
	i = dev - pl->wanted->devices;
	*ready = pl->ready[i];
	return pl->wdev[i] != WANTED_FAILED;
}

static bool device_reopens(const struct planner *pl, const char *name)
{
	const struct device *dev = model_device(pl->wanted, name);

	return dev && pl->wdev[dev - pl->wanted->devices] == WANTED_REOPEN;
}

static enum live_state device_state(const struct planner *pl,
				    const char *name)
{
	const struct device *dev = model_device(pl->live, name);

	return dev ? pl->ldev[dev - pl->live->devices] : LIVE_STAYS;
}

/**
 * device_freed() - an action takes a LUN of a device away
 * @pl: the plan
 * @name: of the device that has it until then
 * @action: number of the action
 */
void device_freed(struct planner *pl, const char *name, size_t action)
{
	const struct device *dev = model_device(pl->live, name);

	if (dev)
		ids_add(&pl->freed[dev - pl->live->devices], action);
}

/* ------------------------------------------------------------------------- */
/* Actions */

static size_t lun_action(struct planner *pl, enum action_type type, size_t home,
			 const struct lun *lun)
{
	size_t id = act(pl, type, home, lun->dev);

	action_nr(pl, id)->lun = lun->lun;
	action_nr(pl, id)->read_only = lun->read_only;
	return id;
}

/* a group that goes needs none: closing the device does it */
static void take_luns(struct planner *pl, size_t home)
{
	const struct group *live = pl->homes[home].live;
	size_t i, id;

	for (i = 0; live && !pl->homes[home].goes && i < live->nluns; i++) {
		if (device_state(pl, live->luns[i].dev) != LIVE_CLOSES_EARLY)
			continue;
		id = lun_action(pl, ACT_LUN_DEL, home, &live->luns[i]);
		device_freed(pl, live->luns[i].dev, id);
		ids_add(&pl->first, id);
	}
}

static void close_device(struct planner *pl, size_t i, struct ids *list)
{
	const struct device *dev = &pl->live->devices[i];
	size_t id = act(pl, ACT_DEV_CLOSE, NONE, dev->name), j;

	action_nr(pl, id)->handler = str_dup(dev->handler);
	for (j = 0; j < pl->freed[i].n; j++)
		action_need(action_nr(pl, id), pl->freed[i].id[j]);
	pl->closed[i] = id;
	ids_add(list, id);
}

static void close_devices(struct planner *pl, enum live_state state,
			  struct ids *list)
{
	size_t i;

	for (i = 0; i < pl->live->ndevices; i++)
		if (pl->ldev[i] == state)
			close_device(pl, i, list);
}

static void describe(struct action *action, const struct device *dev)
{
	action->handler = str_dup(dev->handler);
	action->path = str_dup(dev->path);
	action->flags = dev->flags;
	action->blocksize = dev->blocksize;
	action->line = dev->line;
}

static size_t device_action(struct planner *pl, enum action_type type,
			    const struct device *dev)
{
	size_t id = act(pl, type, NONE, dev->name);

	describe(action_nr(pl, id), dev);
	ids_add(&pl->first, id);
	return id;
}

/* the file may be that of another device that closes for it */
static void need_closed(struct planner *pl, struct action *action,
			const struct device *dev)
{
	size_t i;

	for (i = 0; i < pl->live->ndevices; i++)
		if (same_file(&pl->live->devices[i], dev))
			action_need(action, pl->closed[i]);
}

/* an action that makes a device be as it is now */
static struct action *as_before(enum action_type type, const struct device *live)
{
	struct action *action = mem_zero(1, sizeof(*action));

	action->type = type;
	action->name = str_dup(live->name);
	describe(action, live);
	return action;
}

static size_t name_device(struct planner *pl, const struct device *dev)
{
	size_t id = device_action(pl, ACT_DEV_T10, dev);

	action_nr(pl, id)->to = str_dup(dev->t10_id);
	return id;
}

static void open_device(struct planner *pl, const struct device *dev)
{
	const struct device *live = model_device(pl->live, dev->name);
	size_t id = device_action(pl, ACT_DEV_OPEN, dev);
	struct action *action = action_nr(pl, id), *instead;

	need_closed(pl, action, dev);
	if (live) {
		action_need(action, pl->closed[live - pl->live->devices]);
		instead = as_before(ACT_DEV_OPEN, live);
		action->instead = instead;
		if (live->t10_id) {
			instead->instead = as_before(ACT_DEV_T10, live);
			instead->instead->to = str_dup(live->t10_id);
		}
	}
	pl->ready[dev - pl->wanted->devices] = id;
	if (dev->t10_id)
		action_need(action_nr(pl, name_device(pl, dev)), id);
}

static void open_devices(struct planner *pl)
{
	const struct device *dev;
	size_t i;

	for (i = 0; i < pl->wanted->ndevices; i++) {
		dev = &pl->wanted->devices[i];
		if (opens(pl, i))
			open_device(pl, dev);
		else if (pl->wdev[i] == WANTED_ASSIGN)
			pl->ready[i] = device_action(pl, ACT_DEV_ASSIGN, dev);
		else if (pl->wdev[i] == WANTED_T10_ID)
			pl->ready[i] = name_device(pl, dev);
	}
}

/* the LUN that take_luns() has taken, as it was */
static void restore_lun(struct planner *pl, size_t home, size_t del)
{
	const struct lun *lun = group_lun(pl->homes[home].live,
					  action_nr(pl, del)->lun);
	size_t ready, id;

	if (!lun_stays(pl, home, lun) || !device_reopens(pl, lun->dev))
		return;
	device_usable(pl, lun->dev, &ready);
	id = lun_action(pl, ACT_LUN_ADD, home, lun);
	action_nr(pl, id)->restores = true;
	action_nr(pl, id)->line =
		group_lun(goal_of(pl, home), lun->lun)->line;
	action_need(action_nr(pl, id), del);
	action_need(action_nr(pl, id), ready);
	ids_add(&pl->first, id);
}

/**
 * devices_first() - the actions with which devices close and open
 * @pl: the plan
 */
void devices_first(struct planner *pl)
{
	size_t taken, i;

	for (i = 0; i < pl->nhomes; i++)
		take_luns(pl, i);
	taken = pl->first.n;
	close_devices(pl, LIVE_CLOSES_EARLY, &pl->first);
	open_devices(pl);
	for (i = 0; i < taken; i++)
		restore_lun(pl, pl->group_of[pl->first.id[i]],
			    pl->first.id[i]);
}

/**
 * devices_last() - the actions that close devices that nobody has any more
 * @pl: the plan; all actions that take LUNs away are known
 */
void devices_last(struct planner *pl)
{
	close_devices(pl, LIVE_CLOSES_LATE, &pl->last);
}
