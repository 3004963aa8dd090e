// SPDX-License-Identifier: GPL-2.0
/*
 * Operations that change one thing.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "backend.h"
#include "ops_priv.h"
#include "strnum.h"

/* each "name=value" of -attributes; Return: what @fn returned first, if not 0
 */
static int each_attribute(struct admin *a,
			  int (*fn)(struct admin *a, void *arg,
				    const char *name, const char *value),
			  void *arg)
{
	char *copy = str_dup(op_value(a, OPT_ATTRIBUTES)), *rest = copy;
	char *word, *val;
	int ret = 0;

	while (!ret && (word = strsep(&rest, ","))) {
		val = strchr(word, '=');
		if (!val) {
			ret = op_fail(a,
				      "-attributes: '%.100s' is not name=value",
				      word);
			break;
		}
		*val++ = '\0';
		ret = fn(a, arg, word, val);
	}
	free(copy);
	return ret;
}

static int set_device_attr(struct admin *a, void *arg, const char *name,
			   const char *val)
{
	struct device *dev = arg;
	uint32_t on;
	size_t i;

	for (i = 0; i < device_flags_len; i++) {
		if (!device_flags[i].attr || strcmp(device_flags[i].attr, name))
			continue;
		if (strnum_u32(val, 0, 1, &on))
			return op_fail(a, "%s: '%.100s' is neither 0 nor 1",
				       name, val);
		dev->flags &= ~device_flags[i].flag;
		dev->flags |= on ? device_flags[i].flag : 0;
		return 0;
	}
	if (!strcmp(name, "filename"))
		str_set(&dev->path, val);
	else if (!strcmp(name, "t10_dev_id"))
		str_set(&dev->t10_id, val);
	else if (strcmp(name, "blocksize"))
		return op_fail(a, "unknown attribute '%.100s'", name);
	else if (strnum_u32(val, 0, UINT32_MAX, &dev->blocksize))
		return op_fail(a, "'%.100s' is no block size", val);
	return 0;
}

static int device_options(struct admin *a, struct device *dev)
{
	const char *bad = NULL;

	if (op_value(a, OPT_OPTIONS))
		bad = flags_set(op_value(a, OPT_OPTIONS), ",|+ ", &dev->flags);
	if (bad)
		return op_fail(a, "unknown option '%.*s'",
			       (int)strcspn(bad, ",|+ "), bad);
	if (op_value(a, OPT_PATH))
		str_set(&dev->path, op_value(a, OPT_PATH));
	if (op_value(a, OPT_BLOCKSIZE) &&
	    strnum_u32(op_value(a, OPT_BLOCKSIZE), 0, UINT32_MAX,
		       &dev->blocksize))
		return op_fail(a, "'%.100s' is no block size",
			       op_value(a, OPT_BLOCKSIZE));
	if (op_value(a, OPT_ATTRIBUTES))
		return each_attribute(a, set_device_attr, dev);
	return 0;
}

static int check_device(struct admin *a, struct device *dev)
{
	const char *why = check_device_name(dev->name);

	if (dev->flags & DEV_NULLIO && !*dev->path)
		str_set(&dev->path, "none");
	if (!why)
		why = check_path(dev->path, dev->flags);
	if (!why && dev->blocksize)
		why = check_blocksize(dev->blocksize);
	if (!why && dev->t10_id)
		why = check_t10_id(dev->t10_id);
	if (!why && model_device(&a->live, dev->name))
		why = "the device exists already";
	return why ? op_fail(a, "%s: %s", dev->name, why) : 0;
}

static int open_device(struct admin *a, struct model *wanted)
{
	struct device *dev = &wanted->devices[0];
	struct plan plan;
	int ret;

	ret = device_options(a, dev);
	if (!ret)
		ret = check_device(a, dev);
	if (ret)
		return ret;
	backend_check(wanted);
	plan_make(&plan, &a->live, wanted, false, &a->report);
	/* what the plan would say about all that is there besides */
	report_drop(&a->report, REPORT_WARNING);
	if (a->report.errors) {
		plan_free(&plan);
		return -EINVAL;
	}
	return op_run_one(a, &plan);
}

static int op_open_dev(struct admin *a)
{
	const struct handler_name *handler;
	struct model wanted;
	int ret;

	handler = handler_by_name(op_value(a, OPT_HANDLER));
	if (!handler || !handler_makes_devices(handler->handler))
		return op_fail(a, "handler %s makes no devices",
			       op_value(a, OPT_HANDLER));
	model_init(&wanted, "");
	model_add_device(&wanted, a->opt.arg, handler->handler)->flags =
		handler->flags;
	ret = open_device(a, &wanted);
	model_free(&wanted);
	return ret;
}

/* a virtual device that exists, of the handler that is given if one is */
static const struct device *virtual_device(struct admin *a, const char *name)
{
	const struct device *dev = model_device(&a->live, name);
	const struct handler_name *handler = NULL;

	if (op_value(a, OPT_HANDLER))
		handler = handler_by_name(op_value(a, OPT_HANDLER));
	if (!dev)
		return op_fail(a, "there is no device %s", name), NULL;
	if (!handler_makes_devices(dev->handler))
		return op_fail(a, "%s is not a virtual device", name), NULL;
	if (op_value(a, OPT_HANDLER) &&
	    (!handler || strcmp(handler->handler, dev->handler)))
		return op_fail(a, "device %s has handler %s, not %s", name,
			       dev->handler, op_value(a, OPT_HANDLER)),
		       NULL;
	return dev;
}

static int device_action(struct admin *a, enum action_type type,
			 const char *name, const char *to)
{
	const struct device *dev = virtual_device(a, name);
	struct action *action;
	struct plan plan;

	if (!dev)
		return -EINVAL;
	action = op_one(&plan, type, NULL, name);
	action->handler = str_dup(dev->handler);
	if (to)
		action->to = str_dup(to);
	return op_run_one(a, &plan);
}

static int op_close_dev(struct admin *a)
{
	return device_action(a, ACT_DEV_CLOSE, a->opt.arg, NULL);
}

static int op_resync_dev(struct admin *a)
{
	return device_action(a, ACT_DEV_RESYNC, a->opt.arg, NULL);
}

static int set_t10(struct admin *a, const char *dev, const char *id)
{
	const char *why = check_t10_id(id);

	if (why)
		return op_fail(a, "%s: %s", dev, why);
	return device_action(a, ACT_DEV_T10, dev, id);
}

static int op_set_t10(struct admin *a)
{
	return set_t10(a, op_value(a, OPT_DEVICE), a->opt.arg);
}

static int set_dev_attr(struct admin *a, void *arg, const char *name,
			const char *val)
{
	(void)arg;
	if (strcmp(name, "t10_dev_id"))
		return op_fail(a,
			       "%s of a device cannot be set while it is open: "
			       "change the file and use -config -force",
			       name);
	return set_t10(a, a->opt.arg, val);
}

static int op_set_dev_attr(struct admin *a)
{
	return each_attribute(a, set_dev_attr, NULL);
}

static int set_threads(struct admin *a, const char *val)
{
	struct action *action;
	struct plan plan;
	uint32_t number;

	if (strnum_u32(val, 1, 512, &number))
		return op_fail(a, "'%.100s' is no number from 1 to 512", val);
	action = op_one(&plan, ACT_THREADS, NULL, NULL);
	action->number = number;
	return op_run_one(a, &plan);
}

/* the value is a command: all, none, default, add TOKEN, ... */
static int set_trace_level(struct admin *a, const char *object, const char *val)
{
	int ret;

	if (op_value(a, OPT_DEBUG)) {
		fprintf(a->show.out, "trace_level of %s: %s\n", object, val);
		return 0;
	}
	ret = a->kernel.ops->set(&a->kernel, object, "trace_level", val);
	if (!ret)
		return 0;
	return op_fail(a, "trace_level of %s: '%.100s': %s", object, val,
		       strerror(-ret));
}

static int set_object_attr(struct admin *a, void *arg, const char *name,
			   const char *val)
{
	const char *object = arg;

	if (!strcmp(name, "trace_level"))
		return set_trace_level(a, object, val);
	if (!strcmp(object, "core") && !strcmp(name, "threads"))
		return set_threads(a, val);
	return op_fail(a, "%s has no attribute '%.100s' that can be set",
		       object, name);
}

static int op_set_scst_attr(struct admin *a)
{
	char core[] = "core";

	return each_attribute(a, set_object_attr, core);
}

static int op_set_hnd_attr(struct admin *a)
{
	const struct handler_name *known = handler_by_name(a->opt.arg);
	char *name = str_dup(known ? known->handler : a->opt.arg);
	int ret;

	if (model_has_handler(&a->live, name))
		ret = each_attribute(a, set_object_attr, name);
	else
		ret = op_fail(a, "there is no handler %s", a->opt.arg);
	free(name);
	return ret;
}

static int op_set_drv_attr(struct admin *a)
{
	char *name = str_dup(a->opt.arg);
	int ret;

	if (model_has_driver(&a->live, name))
		ret = each_attribute(a, set_object_attr, name);
	else
		ret = op_fail(a, "there is no target driver %s", name);
	free(name);
	return ret;
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
	if (new &&model_group(&a->live, new))
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
	bool *read_only = arg;
	uint32_t on;

	if (strcmp(name, "read_only"))
		return op_fail(a, "unknown attribute '%.100s'", name);
	if (strnum_u32(val, 0, 1, &on))
		return op_fail(a, "%s: '%.100s' is neither 0 nor 1", name, val);
	*read_only = on;
	return 0;
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
		return each_attribute(a, set_lun_attr, read_only);
	return 0;
}

/* @number: NULL for the next one */
static int lun_action(struct admin *a, enum action_type type, const char *dev,
		      const char *number)
{
	const struct group *group = op_group(a);
	struct action *action;
	struct plan plan;
	uint32_t lun = 0;
	bool read_only;
	size_t i;

	if (!group || lun_options(a, &read_only) ||
	    (number && !op_lun(a, number, &lun)))
		return -EINVAL;
	if (!model_device(&a->live, dev))
		return op_fail(a, "there is no device %s", dev);
	for (i = 0; !number && i < group->nluns; i++)
		if (group->luns[i].lun >= lun)
			lun = group->luns[i].lun + 1;
	if (type == ACT_LUN_ADD && group_lun(group, lun))
		return op_fail(a, "LUN %u of group %s is %s already", lun,
			       group->name, group_lun(group, lun)->dev);
	action = op_one(&plan, type, group->name, dev);
	action->lun = lun;
	action->read_only = read_only;
	return op_run_one(a, &plan);
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
	{ OPT_ADD_USER, op_add_user, 0, true },
	{ OPT_MOVE_USER, op_move_user, WITH(OPT_TO), true },
	{ OPT_REMOVE_USER, op_remove_user, 0, true },
	{ OPT_CLEAR_USERS, op_clear_users, 0, true },
	{ OPT_ADD_GROUP, op_add_group, 0, true },
	{ OPT_REMOVE_GROUP, op_remove_group, 0, true },
	{ OPT_RENAME_GROUP, op_rename_group, WITH(OPT_TO), true },
	{ OPT_ASSIGN_DEV, op_assign_dev, 0, true },
	{ OPT_REPLACE_DEV, op_replace_dev, WITH(OPT_LUN), true },
	{ OPT_RELEASE_DEV, op_release_dev, 0, true },
	{ OPT_ADD_LUN, op_add_lun, WITH(OPT_DEVICE), true },
	{ OPT_REPLACE_LUN, op_replace_lun, WITH(OPT_DEVICE), true },
	{ OPT_REM_LUN, op_rem_lun, 0, true },
	{ OPT_CLEAR_LUNS, op_clear_luns, 0, true },
};

const struct op_table change_ops = { rows, ARRAY_SIZE(rows) };
