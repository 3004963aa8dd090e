// SPDX-License-Identifier: GPL-2.0
/*
 * A kernel for scstadmin: what /proc/scsi_tgt would do, with its errors, on a
 * configuration in memory.
 */
#include <errno.h>

#include "admin-fake.h"

static struct admin_fake *fake_of(struct kernel *kernel)
{
	return container_of(kernel, struct admin_fake, kernel);
}

static void copy_group(struct model *to, const struct group *from)
{
	struct group *group = model_add_group(to, from->name);
	size_t i;

	group->nsessions = from->nsessions;
	group->declared = from->declared;
	for (i = 0; i < from->nluns; i++)
		group_add_lun(group, from->luns[i].lun, from->luns[i].dev,
			      from->luns[i].read_only);
	for (i = 0; i < from->nnames; i++)
		group_add_name(group, from->names[i].name);
}

/* devices and groups */
void model_copy(struct model *to, const struct model *from)
{
	const struct device *dev;
	struct handler *handler;
	struct device *new;
	size_t i;

	for (i = 0; i < from->ndevices; i++) {
		dev = &from->devices[i];
		new = model_add_device(to, dev->name, dev->handler);
		str_set(&new->path, dev->path);
		if (dev->t10_id)
			str_set(&new->t10_id, dev->t10_id);
		new->flags = flags_normal(dev->flags);
		new->blocksize = dev->blocksize;
		if (!strcmp(dev->handler, "vdisk") && !new->blocksize)
			new->blocksize = BLOCKSIZE_DEFAULT;
	}
	for (i = 0; i < from->ngroups; i++)
		copy_group(to, &from->groups[i]);
	for (i = 0; i < from->nhandlers; i++) {
		handler = array_add(&to->handlers, &to->nhandlers,
				    sizeof(*handler));
		handler->name = str_dup(from->handlers[i].name);
		handler->type = str_dup(from->handlers[i].type);
	}
	to->threads = from->threads;
	to->ordered = from->ordered;
	to->shows_t10_ids = from->shows_t10_ids;
}

static int lun_add(struct model *m, const struct action *a)
{
	struct group *group = model_group(m, a->group);

	if (!group || !model_device(m, a->name) || a->lun > LUN_MAX)
		return -EINVAL;
	if (group_lun(group, a->lun))
		return -EEXIST;
	group_add_lun(group, a->lun, a->name, a->read_only);
	return 0;
}

static int lun_replace(struct model *m, const struct action *a)
{
	struct group *group = model_group(m, a->group);
	struct lun *lun = group ? group_lun(group, a->lun) : NULL;

	if (!lun)
		return lun_add(m, a);
	if (!model_device(m, a->name))
		return -EINVAL;
	str_set(&lun->dev, a->name);
	lun->read_only = a->read_only;
	return 0;
}

static int lun_del(struct model *m, const struct action *a)
{
	struct group *group = model_group(m, a->group);
	struct lun *lun = group ? group_lun(group, a->lun) : NULL;

	if (!lun || strcmp(lun->dev, a->name))
		return -EINVAL;
	group_del_lun(group, lun);
	return 0;
}

static int lun_clear(struct model *m, const struct action *a)
{
	struct group *group = model_group(m, a->group);

	while (group && group->nluns)
		group_del_lun(group, group->luns);
	return group ? 0 : -EINVAL;
}

static int name_add(struct model *m, const struct action *a)
{
	struct group *group = model_group(m, a->group);

	if (!group)
		return -EINVAL;
	if (group_name(group, a->name))
		return -EEXIST;
	group_add_name(group, a->name);
	return 0;
}

static int name_del(struct model *m, const struct action *a)
{
	struct group *group = model_group(m, a->group);
	struct name *name = group ? group_name(group, a->name) : NULL;

	if (!name)
		return -EINVAL;
	group_del_name(group, name);
	return 0;
}

static int name_move(struct model *m, const struct action *a)
{
	struct group *from = model_group(m, a->group);
	struct group *to = model_group(m, a->to);
	struct name *name = from ? group_name(from, a->name) : NULL;

	if (!name || !to)
		return -EINVAL;
	if (group_name(to, a->name))
		return -EEXIST;
	group_add_name(to, a->name);
	group_del_name(from, name);
	return 0;
}

/* sessions that are in the group because of a name leave it */
static int name_clear(struct model *m, const struct action *a)
{
	struct group *group = model_group(m, a->group);

	if (!group)
		return -EINVAL;
	while (group->nnames)
		group_del_name(group, group->names);
	if (strncmp(group->name, GROUP_TARGET_PREFIX, 8))
		group->nsessions = 0;
	return 0;
}

static int group_add(struct model *m, const struct action *a)
{
	if (model_group(m, a->group) || check_group_name(a->group))
		return -EINVAL;
	model_add_group(m, a->group);
	return 0;
}

static int group_del(struct model *m, const struct action *a)
{
	struct group *group = model_group(m, a->group);

	if (!group || !strcmp(a->group, GROUP_DEFAULT))
		return -EINVAL;
	if (group->nsessions)
		return -EBUSY;
	model_del_group(m, group);
	return 0;
}

static int group_rename(struct model *m, const struct action *a)
{
	struct group *group = model_group(m, a->group);

	if (!group || !strcmp(a->group, GROUP_DEFAULT) ||
	    model_group(m, a->to))
		return -EINVAL;
	str_set(&group->name, a->to);
	group->nsessions = 0;
	return 0;
}

static int dev_open(struct model *m, const struct action *a)
{
	struct device *dev;

	if (model_device(m, a->name) || !*a->path ||
	    check_path(a->path, a->flags) ||
	    !model_has_handler(m, a->handler))
		return -EINVAL;
	dev = model_add_device(m, a->name, a->handler);
	str_set(&dev->path, a->path);
	dev->flags = flags_normal(a->flags);
	dev->blocksize = a->blocksize ? a->blocksize : BLOCKSIZE_DEFAULT;
	return 0;
}

static int dev_close(struct model *m, const struct action *a)
{
	struct device *dev = model_device(m, a->name);
	size_t i, j;

	if (!dev || !handler_makes_devices(dev->handler))
		return -EINVAL;
	for (i = 0; i < m->ngroups; i++)
		for (j = m->groups[i].nluns; j--;)
			if (!strcmp(m->groups[i].luns[j].dev, a->name))
				group_del_lun(&m->groups[i],
					      &m->groups[i].luns[j]);
	model_del_device(m, dev);
	return 0;
}

static int dev_assign(struct model *m, const struct action *a)
{
	struct device *dev = model_device(m, a->name);

	if (!dev || !device_is_local(a->name) ||
	    !model_has_handler(m, a->handler))
		return -EINVAL;
	str_set(&dev->handler, a->handler);
	return 0;
}

static int dev_t10_id(struct model *m, const struct action *a)
{
	struct device *dev = model_device(m, a->name);

	if (!dev || check_t10_id(a->to))
		return -EINVAL;
	str_set(&dev->t10_id, a->to);
	return 0;
}

static int dev_other(struct model *m, const struct action *a)
{
	return model_device(m, a->name) ? 0 : -EINVAL;
}

static int set_threads(struct model *m, const struct action *a)
{
	m->threads = a->number;
	return 0;
}

static int set_attr(struct model *m, const struct action *a)
{
	(void)m;
	(void)a;
	return 0;
}

static int (*const appliers[ACT_COUNT])(struct model *m,
					const struct action *a) = {
	[ACT_LUN_DEL] = lun_del,
	[ACT_NAME_DEL] = name_del,
	[ACT_GROUP_DEL] = group_del,
	[ACT_DEV_CLOSE] = dev_close,
	[ACT_DEV_OPEN] = dev_open,
	[ACT_DEV_T10] = dev_t10_id,
	[ACT_DEV_RESYNC] = dev_other,
	[ACT_DEV_ASSIGN] = dev_assign,
	[ACT_GROUP_ADD] = group_add,
	[ACT_GROUP_RENAME] = group_rename,
	[ACT_LUN_ADD] = lun_add,
	[ACT_LUN_REPLACE] = lun_replace,
	[ACT_LUN_CLEAR] = lun_clear,
	[ACT_NAME_MOVE] = name_move,
	[ACT_NAME_ADD] = name_add,
	[ACT_NAME_CLEAR] = name_clear,
	[ACT_THREADS] = set_threads,
	[ACT_ATTR] = set_attr,
};

int admin_fake_apply(struct admin_fake *fake, const struct action *action)
{
	if (++fake->calls == fake->fail)
		return -EIO;
	if (fake->calls == fake->ignore)
		return 0;
	return appliers[action->type](&fake->model, action);
}

static int fake_apply(struct kernel *kernel, const struct action *action)
{
	return admin_fake_apply(fake_of(kernel), action);
}

static int fake_read(struct kernel *kernel, struct model *live)
{
	model_copy(live, &fake_of(kernel)->model);
	return 0;
}

static const struct kernel_ops fake_ops = {
	.read = fake_read,
	.apply = fake_apply,
};

static void add_handler(struct model *model, const char *name)
{
	struct handler *handler = array_add(&model->handlers,
					    &model->nhandlers,
					    sizeof(*handler));

	handler->name = str_dup(name);
	handler->type = str_dup("0 - disk");
}

void admin_fake_init(struct admin_fake *fake)
{
	memset(fake, 0, sizeof(*fake));
	fake->kernel.ops = &fake_ops;
	fake->kernel.root = "fake";
	model_init(&fake->model, "fake");
	fake->model.ordered = true;
	fake->model.shows_t10_ids = true;
	add_handler(&fake->model, "vdisk");
	add_handler(&fake->model, "dev_disk");
	add_handler(&fake->model, "new");
}

/* what the kernel has is what this file says */
void admin_fake_config(struct admin_fake *fake, const char *text)
{
	struct report report;
	struct model model;

	report_init(&report);
	assert_int_equal(parse_buf("live", text, strlen(text), &model,
				   &report), 0);
	model.ordered = true;
	model.shows_t10_ids = true;
	model_copy(&fake->model, &model);
	model_free(&model);
	report_free(&report);
}

void admin_fake_free(struct admin_fake *fake)
{
	model_free(&fake->model);
}

/* one line for each action, for free() */
char *plan_actions_text(const struct plan *plan)
{
	char text[1024], *all;
	size_t size, i;
	FILE *out = open_memstream(&all, &size);

	assert_non_null(out);
	for (i = 0; i < plan->count; i++) {
		action_text(&plan->actions[i], text, sizeof(text));
		fprintf(out, "%s\n", text);
	}
	fclose(out);
	return all;
}

/* one line for each message, for free() */
char *report_text(const struct report *report)
{
	const struct report_entry *entry;
	size_t size, i;
	char *all;
	FILE *out = open_memstream(&all, &size);

	assert_non_null(out);
	for (i = 0; i < report->count; i++) {
		entry = &report->entry[i];
		fprintf(out, "%s:%u: %s%s\n", entry->file, entry->line,
			entry->level == REPORT_ERROR ? "" : "warning: ",
			entry->text);
	}
	fclose(out);
	return all;
}

/* nothing is left to do */
void plan_check_same(const struct model *now, const struct model *wanted,
		     bool force)
{
	struct report report;
	struct plan plan;
	char *text;

	report_init(&report);
	plan_make(&plan, now, wanted, force, &report);
	text = plan_actions_text(&plan);
	assert_string_equal(text, "");
	free(text);
	plan_free(&plan);
	report_free(&report);
}
