// SPDX-License-Identifier: GPL-2.0
/*
 * Operations that show something.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ops_priv.h"

static int op_sessions(struct admin *a)
{
	show_sessions(&a->show, &a->live);
	return 0;
}

static int op_list_handler(struct admin *a)
{
	const char *name = a->opt.arg ? handler_of(a->opt.arg).handler : NULL;

	if (name && !model_has_handler(&a->live, name))
		return op_fail(a, "there is no handler %s", a->opt.arg);
	show_handlers(&a->show, &a->live, name);
	return 0;
}

static int op_list_device(struct admin *a)
{
	if (a->opt.arg && !model_device(&a->live, a->opt.arg))
		return op_fail(a, "there is no device %s", a->opt.arg);
	show_devices(&a->show, &a->live, a->opt.arg);
	return 0;
}

static int op_list_driver(struct admin *a)
{
	if (a->opt.arg && !model_has_driver(&a->live, a->opt.arg))
		return op_fail(a, "there is no target driver %s", a->opt.arg);
	show_drivers(&a->show, &a->live, a->opt.arg);
	return 0;
}

static const struct target *find_target(struct admin *a, const char *name)
{
	size_t i;

	for (i = 0; i < a->live.ntargets; i++)
		if (!strcmp(a->live.targets[i].name, name))
			return &a->live.targets[i];
	op_fail(a, "there is no target %s", name);
	return NULL;
}

static int op_list_target(struct admin *a)
{
	if (a->opt.arg && !find_target(a, a->opt.arg))
		return -EINVAL;
	show_targets(&a->show, &a->live, a->opt.arg);
	return 0;
}

/* groups are there for all targets; -target is only not to be a wrong one */
static int op_list_group(struct admin *a)
{
	const char *target = op_value(a, OPT_TARGET);

	if (target && !find_target(a, target))
		return -EINVAL;
	if (a->opt.arg && !model_group(&a->live, a->opt.arg))
		return op_fail(a, "there is no group %s", a->opt.arg);
	show_groups(&a->show, &a->live, a->opt.arg);
	return 0;
}

static void attr_row(struct admin *a, const char *object, const char *attr)
{
	char *text;

	if (a->kernel.ops->get(&a->kernel, object, attr, &text))
		return;
	show_cell(&a->show, "%s", attr);
	show_cell(&a->show, "%s", text);
	free(text);
}

static void begin_attrs(struct admin *a)
{
	show_begin(&a->show, "attributes", "Attribute,Value");
}

/* Return: the list, for the cell of its value */
static struct show *attr(struct admin *a, const char *name)
{
	show_cell(&a->show, "%s", name);
	return &a->show;
}

static int op_list_scst_attr(struct admin *a)
{
	begin_attrs(a);
	attr_row(a, "core", "version");
	attr_row(a, "core", "threads");
	attr_row(a, "core", "trace_level");
	show_end(&a->show);
	return 0;
}

static int op_list_hnd_attr(struct admin *a)
{
	const char *name = handler_of(a->opt.arg).handler;

	if (!model_has_handler(&a->live, name))
		return op_fail(a, "there is no handler %s", a->opt.arg);
	begin_attrs(a);
	attr_row(a, name, "type");
	attr_row(a, name, "trace_level");
	show_end(&a->show);
	return 0;
}

static int op_list_drv_attr(struct admin *a)
{
	if (!model_has_driver(&a->live, a->opt.arg))
		return op_fail(a, "there is no target driver %s", a->opt.arg);
	begin_attrs(a);
	attr_row(a, a->opt.arg, "version");
	attr_row(a, a->opt.arg, "trace_level");
	show_end(&a->show);
	return 0;
}

static int op_list_dev_attr(struct admin *a)
{
	const struct device *dev = model_device(&a->live, a->opt.arg);
	size_t i;

	if (!dev)
		return op_fail(a, "there is no device %s", a->opt.arg);
	begin_attrs(a);
	show_cell(attr(a, "handler"), "%s", dev->handler);
	for (i = 0; *dev->path && i < device_flags_len; i++)
		if (device_flags[i].attr && device_flags[i].abbrev)
			show_cell(attr(a, device_flags[i].attr), "%d",
				  !!(dev->flags & device_flags[i].flag));
	if (*dev->path) {
		show_cell(attr(a, "filename"), "%s", dev->path);
		show_cell(attr(a, "blocksize"), "%u", dev->blocksize);
		show_cell(attr(a, "size_mb"), "%llu",
			  (unsigned long long)dev->size_mb);
	}
	if (dev->t10_id || dev->default_t10_id)
		show_cell(attr(a, "t10_dev_id"), "%s", dev->t10_id ?
			  dev->t10_id : dev->default_t10_id);
	show_end(&a->show);
	return 0;
}

static int op_list_tgt_attr(struct admin *a)
{
	const struct target *target = find_target(a, a->opt.arg);

	if (!target)
		return -EINVAL;
	begin_attrs(a);
	show_cell(attr(a, "driver"), "%s", target->driver);
	show_cell(attr(a, "sessions"), "%u", target->nsessions);
	show_end(&a->show);
	return 0;
}

static int op_list_grp_attr(struct admin *a)
{
	const struct group *group = model_group(&a->live, a->opt.arg);

	if (!group)
		return op_fail(a, "there is no group %s", a->opt.arg);
	begin_attrs(a);
	show_cell(attr(a, "luns"), "%zu", group->nluns);
	show_cell(attr(a, "initiators"), "%zu", group->nnames);
	show_cell(attr(a, "sessions"), "%u", group->nsessions);
	show_end(&a->show);
	return 0;
}

static int op_list_lun_attr(struct admin *a)
{
	const struct group *group = op_group(a);
	const struct lun *lun;
	uint32_t number;

	if (!group || !op_lun(a, a->opt.arg, &number))
		return -EINVAL;
	lun = group_lun(group, number);
	if (!lun)
		return op_fail(a, "group %s has no LUN %u", group->name,
			       number);
	begin_attrs(a);
	show_cell(attr(a, "device"), "%s", lun->dev);
	show_cell(attr(a, "read_only"), "%d", lun->read_only);
	show_end(&a->show);
	return 0;
}

static int op_list_init_attr(struct admin *a)
{
	const struct group *group = op_group(a);

	if (!group)
		return -EINVAL;
	if (!group_name(group, a->opt.arg))
		return op_fail(a, "group %s has no initiator %s", group->name,
			       a->opt.arg);
	begin_attrs(a);
	show_cell(attr(a, "group"), "%s", group->name);
	show_end(&a->show);
	return 0;
}

static const struct op rows[] = {
	{ OPT_SESSIONS, op_sessions, 0, false },
	{ OPT_LIST_HANDLER, op_list_handler, 0, false },
	{ OPT_LIST_DEVICE, op_list_device, 0, false },
	{ OPT_LIST_DRIVER, op_list_driver, 0, false },
	{ OPT_LIST_TARGET, op_list_target, 0, false },
	{ OPT_LIST_GROUP, op_list_group, 0, false },
	{ OPT_LIST_SCST_ATTR, op_list_scst_attr, 0, false },
	{ OPT_LIST_HND_ATTR, op_list_hnd_attr, 0, false },
	{ OPT_LIST_DEV_ATTR, op_list_dev_attr, 0, false },
	{ OPT_LIST_DRV_ATTR, op_list_drv_attr, 0, false },
	{ OPT_LIST_TGT_ATTR, op_list_tgt_attr, 0, false },
	{ OPT_LIST_GRP_ATTR, op_list_grp_attr, 0, false },
	{ OPT_LIST_LUN_ATTR, op_list_lun_attr, WITH_GROUP, false },
	{ OPT_LIST_INIT_ATTR, op_list_init_attr, WITH_GROUP, false },
};

const struct op_table list_ops = { rows, ARRAY_SIZE(rows) };
