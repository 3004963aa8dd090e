// SPDX-License-Identifier: GPL-2.0
/*
 * Operations that change one thing.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attr.h"
#include "backend.h"
#include "ops_priv.h"
#include "strnum.h"

static int attr_fail(struct admin *a, int ret, const char *name,
		     const char *val, const char *why)
{
	if (ret == -ENOENT)
		return op_fail(a, "unknown attribute '%.100s'", name);
	return ret ? op_fail(a, "%s: '%.100s': %s", name, val, why) : 0;
}

static int set_device_attr(struct admin *a, void *arg, const char *name,
			   const char *val)
{
	const char *why;
	int ret = attr_set_device(arg, name, val, &why);

	return attr_fail(a, ret, name, val, why);
}

static int device_options(struct admin *a, struct device *dev)
{
	const char *size = op_value(a, OPT_BLOCKSIZE), *bad = NULL;

	if (op_value(a, OPT_OPTIONS))
		bad = flags_set(op_value(a, OPT_OPTIONS), ",|+ ", &dev->flags);
	if (bad)
		return op_fail(a, "unknown option '%.*s'",
			       (int)strcspn(bad, ",|+ "), bad);
	if (op_value(a, OPT_PATH))
		str_set(&dev->path, op_value(a, OPT_PATH));
	if (size && set_device_attr(a, dev, "blocksize", size))
		return -EINVAL;
	if (op_value(a, OPT_ATTRIBUTES))
		return op_each_attribute(a, set_device_attr, dev);
	return 0;
}

static int check_new(struct admin *a, struct device *dev)
{
	const char *why = check_device(dev);

	if (!why && model_device(&a->live, dev->name))
		why = "the device exists already";
	return why ? op_fail(a, "%s: %s", dev->name, why) : 0;
}

static int run_or_forget(struct admin *a, struct plan *plan, int ret)
{
	if (!ret)
		return op_run_one(a, plan);
	plan_free(plan);
	return ret;
}

/* what there is in @wanted comes to what is there */
static int add_wanted(struct admin *a, const struct model *wanted)
{
	struct plan plan;

	plan_make(&plan, &a->live, wanted, false, &a->report);
	/* what the plan would say about all that is there besides */
	report_drop(&a->report, REPORT_WARNING);
	return run_or_forget(a, &plan, a->report.errors ? -EINVAL : 0);
}

static int open_device(struct admin *a, struct model *wanted)
{
	struct device *dev = &wanted->devices[0];
	int ret;

	ret = device_options(a, dev);
	if (!ret)
		ret = check_new(a, dev);
	if (ret)
		return ret;
	backend_check(wanted);
	backend_identify(&a->live);
	return add_wanted(a, wanted);
}

static int open_virtual(struct admin *a, const struct handler_name *handler)
{
	struct model wanted;
	int ret;

	model_init(&wanted, "");
	model_add_device(&wanted, a->opt.arg, handler->handler)->flags =
		handler->flags;
	ret = open_device(a, &wanted);
	model_free(&wanted);
	return ret;
}

/* a local device is not opened, but given to the handler */
static int assign_local(struct admin *a, const char *handler)
{
	const struct device *dev = model_device(&a->live, a->opt.arg);
	struct plan plan;

	if (!model_has_handler(&a->live, handler))
		return op_fail(a, "handler %s is not in the kernel", handler);
	if (!device_is_local(a->opt.arg))
		return op_fail(a, "handler %s makes no devices, it takes local ones: H:C:I:L",
			       handler);
	if (!dev)
		return op_fail(a, "there is no local device %s", a->opt.arg);
	if (!strcmp(dev->handler, handler))
		return op_fail(a, "device %s has handler %s already", dev->name,
			       handler);
	op_one(&plan, ACT_DEV_ASSIGN, NULL, dev->name)->handler =
		str_dup(handler);
	return op_run_one(a, &plan);
}

static int op_open_dev(struct admin *a)
{
	struct handler_name handler = handler_of(op_value(a, OPT_HANDLER));

	if (handler_makes_devices(handler.handler))
		return open_virtual(a, &handler);
	return assign_local(a, handler.handler);
}

/* a virtual device that exists, of the handler that is given if one is */
static const struct device *virtual_device(struct admin *a, const char *name)
{
	const struct device *dev = model_device(&a->live, name);
	const char *handler = op_value(a, OPT_HANDLER);

	if (!dev)
		return op_fail(a, "there is no device %s", name), NULL;
	if (!handler_makes_devices(dev->handler))
		return op_fail(a, "%s is not a virtual device", name), NULL;
	if (handler && strcmp(handler_of(handler).handler, dev->handler))
		return op_fail(a, "device %s has handler %s, not %s", name,
			       dev->handler, handler), NULL;
	return dev;
}

static int add_device_action(struct admin *a, struct plan *plan,
			     enum action_type type, const char *name,
			     const char *to)
{
	const struct device *dev = virtual_device(a, name);
	struct action *action;

	if (!dev)
		return -EINVAL;
	action = plan_add(plan, type);
	action->name = str_dup(name);
	action->handler = str_dup(dev->handler);
	if (to)
		action->to = str_dup(to);
	return 0;
}

static int device_action(struct admin *a, enum action_type type,
			 const char *name, const char *to)
{
	struct plan plan;

	plan_init(&plan, "");
	return run_or_forget(a, &plan,
			     add_device_action(a, &plan, type, name, to));
}

static int op_close_dev(struct admin *a)
{
	return device_action(a, ACT_DEV_CLOSE, a->opt.arg, NULL);
}

static int op_resync_dev(struct admin *a)
{
	return device_action(a, ACT_DEV_RESYNC, a->opt.arg, NULL);
}

static int op_set_t10(struct admin *a)
{
	const char *why = check_t10_id(a->opt.arg);

	if (why)
		return op_fail(a, "%s: %s", op_value(a, OPT_DEVICE), why);
	return device_action(a, ACT_DEV_T10, op_value(a, OPT_DEVICE),
			     a->opt.arg);
}

static int set_dev_attr(struct admin *a, void *arg, const char *name,
			const char *val)
{
	const char *why = check_t10_id(val);

	if (strcmp(name, "t10_dev_id"))
		return op_fail(a,
			       "%s of a device cannot be set while it is open: change the file and use -config -force",
			       name);
	if (why)
		return op_fail(a, "%s: %s", a->opt.arg, why);
	return add_device_action(a, arg, ACT_DEV_T10, a->opt.arg, val);
}

static int op_set_dev_attr(struct admin *a)
{
	struct plan plan;

	plan_init(&plan, "");
	return run_or_forget(a, &plan, op_each_attribute(a, set_dev_attr, &plan));
}

static int add_threads(struct admin *a, struct plan *plan, const char *val)
{
	uint32_t number;

	if (strnum_u32(val, 1, THREADS_MAX, &number))
		return op_fail(a, "'%.100s' is no number from 1 to %d", val,
			       THREADS_MAX);
	plan_add(plan, ACT_THREADS)->number = number;
	return 0;
}

/**
 * struct object - what has attributes
 * @name: of a handler or target driver; empty for the core
 * @plan: gets the actions that set them
 */
struct object {
	const char *name;
	struct plan plan;
};

/* the value is a command: all, none, default, add TOKEN, ... */
static void add_trace_level(struct object *object, const char *val)
{
	struct action *action = plan_add(&object->plan, ACT_ATTR);
	char path[NAME_LEN_MAX + 2];

	snprintf(path, sizeof(path), "%.255s%s", object->name,
		 *object->name ? "/" : "");
	action->handler = str_dup(path);
	action->name = str_dup("trace_level");
	action->to = str_dup(val);
}

static int set_object_attr(struct admin *a, void *arg, const char *name,
			   const char *val)
{
	struct object *object = arg;
	int ret;

	if (!*object->name && !strcmp(name, "threads"))
		return add_threads(a, &object->plan, val);
	if (!strcmp(name, "trace_level")) {
		add_trace_level(object, val);
		return 0;
	}
	ret = strcmp(object->name, "iscsi") ? -ENOENT :
	      op_daemon_attr(a, NULL, name, val);
	return ret != -ENOENT ? ret :
	       op_fail(a, "%s has no attribute '%.100s' that can be set",
		       *object->name ? object->name : "the core", name);
}

static int set_attrs(struct admin *a, const char *name)
{
	struct object object = { .name = name };

	plan_init(&object.plan, "");
	return run_or_forget(a, &object.plan,
			     op_each_attribute(a, set_object_attr, &object));
}

static int op_set_scst_attr(struct admin *a)
{
	return set_attrs(a, "");
}

static int op_set_hnd_attr(struct admin *a)
{
	const char *name = handler_of(a->opt.arg).handler;

	if (!model_has_handler(&a->live, name))
		return op_fail(a, "there is no handler %s", a->opt.arg);
	return set_attrs(a, name);
}

static int op_set_drv_attr(struct admin *a)
{
	if (!model_has_driver(&a->live, a->opt.arg))
		return op_fail(a, "there is no target driver %s", a->opt.arg);
	return set_attrs(a, a->opt.arg);
}

static int initiator_action(struct admin *a, enum action_type type)
{
	const struct group *group = op_group(a);
	const char *why = check_initiator(a->opt.arg);
	struct plan plan;

	if (!group)
		return -EINVAL;
	if (why)
		return op_fail(a, "'%.300s': %s", a->opt.arg, why);
	if (type == ACT_NAME_ADD && group_name(group, a->opt.arg))
		return op_fail(a, "%s is in group %s already", a->opt.arg,
			       group->name);
	if (type != ACT_NAME_ADD && !group_name(group, a->opt.arg))
		return op_fail(a, "%s is not in group %s", a->opt.arg,
			       group->name);
	if (type == ACT_NAME_MOVE &&
	    !model_group(&a->live, op_value(a, OPT_TO)))
		return op_fail(a, "there is no group %s", op_value(a, OPT_TO));
	op_one(&plan, type, group->name, a->opt.arg);
	if (type == ACT_NAME_MOVE)
		plan.actions[0].to = str_dup(op_value(a, OPT_TO));
	return op_run_one(a, &plan);
}

static int op_add_user(struct admin *a)
{
	return initiator_action(a, ACT_NAME_ADD);
}

static int op_move_user(struct admin *a)
{
	return initiator_action(a, ACT_NAME_MOVE);
}

static int op_remove_user(struct admin *a)
{
	return initiator_action(a, ACT_NAME_DEL);
}

static int clear_action(struct admin *a, enum action_type type)
{
	const struct group *group = op_group(a);
	struct plan plan;

	if (!group)
		return -EINVAL;
	op_one(&plan, type, group->name, NULL);
	return op_run_one(a, &plan);
}

static int op_clear_users(struct admin *a)
{
	return clear_action(a, ACT_NAME_CLEAR);
}

static int op_clear_luns(struct admin *a)
{
	return clear_action(a, ACT_LUN_CLEAR);
}

static int group_action(struct admin *a, enum action_type type, const char *to)
{
	const char *new = type == ACT_GROUP_ADD ? a->opt.arg : to;
	const char *why = new ? check_group_name(new) : NULL;
	struct plan plan;

	if (why)
		return op_fail(a, "'%.300s': %s", new, why);
	if (new && model_group(&a->live, new))
		return op_fail(a, "group %s exists already", new);
	if (type != ACT_GROUP_ADD && !model_group(&a->live, a->opt.arg))
		return op_fail(a, "there is no group %s", a->opt.arg);
	if (type != ACT_GROUP_ADD && !strcmp(a->opt.arg, GROUP_DEFAULT))
		return op_fail(a, "group " GROUP_DEFAULT " has to stay");
	op_one(&plan, type, a->opt.arg, NULL);
	if (to)
		plan.actions[0].to = str_dup(to);
	return op_run_one(a, &plan);
}

static int op_add_group(struct admin *a)
{
	return group_action(a, ACT_GROUP_ADD, NULL);
}

static int op_remove_group(struct admin *a)
{
	return group_action(a, ACT_GROUP_DEL, NULL);
}

static int op_rename_group(struct admin *a)
{
	return group_action(a, ACT_GROUP_RENAME, op_value(a, OPT_TO));
}

static int set_lun_attr(struct admin *a, void *arg, const char *name,
			const char *val)
{
	const char *why;
	int ret = attr_set_lun(arg, name, val, &why);

	return attr_fail(a, ret, name, val, why);
}

static int lun_options(struct admin *a, bool *read_only)
{
	unsigned int flags = 0;

	*read_only = false;
	if (op_value(a, OPT_OPTIONS) &&
	    (flags_set(op_value(a, OPT_OPTIONS), ",|+ ", &flags) ||
	     flags & ~DEV_READ_ONLY))
		return op_fail(a, "'%.100s': a LUN has no option but READ_ONLY",
			       op_value(a, OPT_OPTIONS));
	*read_only = flags;
	if (op_value(a, OPT_ATTRIBUTES))
		return op_each_attribute(a, set_lun_attr, read_only);
	return 0;
}

static uint32_t next_lun(const struct group *group)
{
	uint32_t next = 0;
	size_t i;

	for (i = 0; group && i < group->nluns; i++)
		if (group->luns[i].lun >= next)
			next = group->luns[i].lun + 1;
	return next;
}

/* the group of a target is made when it gets its first LUN */
static int first_lun(struct admin *a, const struct lun *lun)
{
	char *name = op_group_name(a);
	struct model wanted;
	int ret;

	model_init(&wanted, "");
	group_add_lun(model_add_group(&wanted, name), lun->lun, lun->dev,
		      lun->read_only);
	ret = add_wanted(a, &wanted);
	model_free(&wanted);
	free(name);
	return ret;
}

/* with -target alone there may be no group yet */
static bool may_make_group(const struct admin *a)
{
	char *name = op_group_name(a);
	bool may = !op_value(a, OPT_GROUP) && !model_group(&a->live, name);

	free(name);
	return may;
}

static int change_lun(struct admin *a, enum action_type type,
		      const struct group *group, const struct lun *new)
{
	uint32_t lun = new->lun;
	struct action *action;
	struct plan plan;

	if (type == ACT_LUN_ADD && group_lun(group, lun))
		return op_fail(a, "LUN %u of group %s is %s already", lun,
			       group->name, group_lun(group, lun)->dev);
	action = op_one(&plan, type, group->name, new->dev);
	action->lun = lun;
	action->read_only = new->read_only;
	return op_run_one(a, &plan);
}

/* @number: NULL for the next one */
static int lun_action(struct admin *a, enum action_type type, const char *dev,
		      const char *number)
{
	bool make = type == ACT_LUN_ADD && may_make_group(a);
	const struct group *group = make ? NULL : op_group(a);
	struct lun lun = { .lun = next_lun(group), .dev = (char *)dev };

	if ((!group && !make) || lun_options(a, &lun.read_only) ||
	    (number && !op_lun(a, number, &lun.lun)))
		return -EINVAL;
	if (!model_device(&a->live, dev))
		return op_fail(a, "there is no device %s", dev);
	return make ? first_lun(a, &lun) : change_lun(a, type, group, &lun);
}

static int op_assign_dev(struct admin *a)
{
	return lun_action(a, ACT_LUN_ADD, a->opt.arg, op_value(a, OPT_LUN));
}

static int op_replace_dev(struct admin *a)
{
	return lun_action(a, ACT_LUN_REPLACE, a->opt.arg, op_value(a, OPT_LUN));
}

static int op_add_lun(struct admin *a)
{
	return lun_action(a, ACT_LUN_ADD, op_value(a, OPT_DEVICE), a->opt.arg);
}

static int op_replace_lun(struct admin *a)
{
	return lun_action(a, ACT_LUN_REPLACE, op_value(a, OPT_DEVICE),
			  a->opt.arg);
}

static int del_lun(struct admin *a, const struct group *group,
		   const struct lun *lun)
{
	struct plan plan;

	op_one(&plan, ACT_LUN_DEL, group->name, lun->dev)->lun = lun->lun;
	return op_run_one(a, &plan);
}

static int op_rem_lun(struct admin *a)
{
	const struct group *group = op_group(a);
	uint32_t lun;

	if (!group || !op_lun(a, a->opt.arg, &lun))
		return -EINVAL;
	if (!group_lun(group, lun))
		return op_fail(a, "group %s has no LUN %u", group->name, lun);
	return del_lun(a, group, group_lun(group, lun));
}

static int op_release_dev(struct admin *a)
{
	const struct group *group = op_group(a);
	uint32_t lun = LUN_AUTO;
	size_t i;

	if (!group ||
	    (op_value(a, OPT_LUN) && !op_lun(a, op_value(a, OPT_LUN), &lun)))
		return -EINVAL;
	for (i = 0; i < group->nluns; i++)
		if (!strcmp(group->luns[i].dev, a->opt.arg) &&
		    (lun == LUN_AUTO || group->luns[i].lun == lun))
			return del_lun(a, group, &group->luns[i]);
	return op_fail(a, "group %s has no such LUN of device %s", group->name,
		       a->opt.arg);
}

static const struct op rows[] = {
	{ OPT_SET_SCST_ATTR, op_set_scst_attr, WITH(OPT_ATTRIBUTES), true },
	{ OPT_SET_HND_ATTR, op_set_hnd_attr, WITH(OPT_ATTRIBUTES), true },
	{ OPT_SET_DEV_ATTR, op_set_dev_attr, WITH(OPT_ATTRIBUTES), true },
	{ OPT_SET_DRV_ATTR, op_set_drv_attr, WITH(OPT_ATTRIBUTES), true },
	{ OPT_OPEN_DEV, op_open_dev, WITH(OPT_HANDLER), true },
	{ OPT_RESYNC_DEV, op_resync_dev, 0, true },
	{ OPT_CLOSE_DEV, op_close_dev, 0, true },
	{ OPT_SET_T10, op_set_t10, WITH(OPT_DEVICE), true },
	{ OPT_ADD_USER, op_add_user, WITH_GROUP, true },
	{ OPT_MOVE_USER, op_move_user, WITH_GROUP | WITH(OPT_TO), true },
	{ OPT_REMOVE_USER, op_remove_user, WITH_GROUP, true },
	{ OPT_CLEAR_USERS, op_clear_users, WITH_GROUP, true },
	{ OPT_ADD_GROUP, op_add_group, 0, true },
	{ OPT_REMOVE_GROUP, op_remove_group, 0, true },
	{ OPT_RENAME_GROUP, op_rename_group, WITH(OPT_TO), true },
	{ OPT_ASSIGN_DEV, op_assign_dev, WITH_GROUP, true },
	{ OPT_REPLACE_DEV, op_replace_dev, WITH_GROUP | WITH(OPT_LUN), true },
	{ OPT_RELEASE_DEV, op_release_dev, WITH_GROUP, true },
	{ OPT_ADD_LUN, op_add_lun, WITH_GROUP | WITH(OPT_DEVICE), true },
	{ OPT_REPLACE_LUN, op_replace_lun, WITH_GROUP | WITH(OPT_DEVICE),
	  true },
	{ OPT_REM_LUN, op_rem_lun, WITH_GROUP, true },
	{ OPT_CLEAR_LUNS, op_clear_luns, WITH_GROUP, true },
};

const struct op_table change_ops = { rows, ARRAY_SIZE(rows) };
