// SPDX-License-Identifier: GPL-2.0
/*
 * /sys/kernel/config/scst/groups/GROUP/{luns,initiators}: LUN masking.
 *
 * Directories name objects of the core, they do not own them: the same group
 * can be changed through /proc meanwhile.  Each LUN directory has a mutex.
 */
#include <linux/err.h>
#include <linux/kstrtox.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "cfs_priv.h"

/**
 * struct scst_cfs_group - a directory of a group
 * @group: its name is the group's name
 * @luns: subdirectory
 * @initiators: subdirectory
 * @added: this directory has made the group
 */
struct scst_cfs_group {
	struct config_group group;
	struct config_group luns;
	struct config_group initiators;
	bool added;
};

/**
 * struct scst_cfs_lun - a directory of a LUN
 * @item: in the luns directory of a group
 * @number: LUN
 * @lock: protects the rest
 * @device: device name
 * @read_only: write protected for this group
 * @added: this directory has made the LUN
 */
struct scst_cfs_lun {
	struct config_item item;
	u32 number;
	struct mutex lock;	/* all attributes */
	char *device;
	bool read_only;
	bool added;
};

static struct scst_cfs_lun *to_scst_cfs_lun(struct config_item *item)
{
	return container_of(item, struct scst_cfs_lun, item);
}

/* The name of the group that a luns or initiators directory is in */
static const char *scst_cfs_group_name(const struct config_item *sub)
{
	return config_item_name(sub->ci_parent);
}

/*
 * It may have come or gone through /proc meanwhile, and is not ours any more
 * once it was gone.  l->lock held.
 */
static bool scst_cfs_lun_mapped(struct scst_cfs_lun *l, const char *group_name)
{
	struct scst_map *map = NULL;
	struct scst_group *group;
	bool ret;

	mutex_lock(&scst_mutex);
	group = scst_group_find_locked(group_name);
	if (group)
		map = xa_load(&group->by_lun, l->number);
	ret = map && !strcmp(map->dev->name, l->device);
	mutex_unlock(&scst_mutex);
	l->added &= ret;
	return ret;
}

static int scst_cfs_lun_enable(struct scst_cfs_lun *l, const char *group,
			       bool on)
{
	bool mapped = scst_cfs_lun_mapped(l, group);
	int ret;

	if (on && mapped && l->added)
		return 0;
	if (on) {
		ret = scst_group_lun_add(group, l->device, l->number,
					 l->read_only);
		l->added = !ret;
		return ret;
	}
	l->added = false;
	return mapped ? scst_group_lun_del(group, l->device, l->number) : 0;
}

static ssize_t scst_cfs_lun_device_show(struct config_item *item, char *page)
{
	struct scst_cfs_lun *l = to_scst_cfs_lun(item);
	ssize_t ret;

	mutex_lock(&l->lock);
	ret = sysfs_emit(page, "%s\n", l->device);
	mutex_unlock(&l->lock);
	return ret;
}

static ssize_t scst_cfs_lun_device_store(struct config_item *item,
					 const char *page, size_t len)
{
	struct scst_cfs_lun *l = to_scst_cfs_lun(item);
	int ret = -EBUSY;

	mutex_lock(&l->lock);
	if (!scst_cfs_lun_mapped(l, scst_cfs_group_name(item->ci_parent)))
		ret = scst_cfs_text_set(&l->device, page, len, true);
	mutex_unlock(&l->lock);
	return ret ? ret : len;
}

CONFIGFS_ATTR(scst_cfs_lun_, device);

static ssize_t scst_cfs_lun_read_only_show(struct config_item *item,
					   char *page)
{
	return sysfs_emit(page, "%d\n", to_scst_cfs_lun(item)->read_only);
}

static ssize_t scst_cfs_lun_read_only_store(struct config_item *item,
					    const char *page, size_t len)
{
	struct scst_cfs_lun *l = to_scst_cfs_lun(item);
	bool on;
	int ret;

	ret = kstrtobool(page, &on);
	if (ret)
		return ret;
	mutex_lock(&l->lock);
	if (scst_cfs_lun_mapped(l, scst_cfs_group_name(item->ci_parent)))
		ret = -EBUSY;
	else
		l->read_only = on;
	mutex_unlock(&l->lock);
	return ret ? ret : len;
}

CONFIGFS_ATTR(scst_cfs_lun_, read_only);

static ssize_t scst_cfs_lun_enable_show(struct config_item *item, char *page)
{
	struct scst_cfs_lun *l = to_scst_cfs_lun(item);
	bool on;

	mutex_lock(&l->lock);
	on = scst_cfs_lun_mapped(l, scst_cfs_group_name(item->ci_parent));
	mutex_unlock(&l->lock);
	return sysfs_emit(page, "%d\n", on);
}

static ssize_t scst_cfs_lun_enable_store(struct config_item *item,
					 const char *page, size_t len)
{
	struct scst_cfs_lun *l = to_scst_cfs_lun(item);
	bool on;
	int ret;

	ret = kstrtobool(page, &on);
	if (ret)
		return ret;
	mutex_lock(&l->lock);
	ret = scst_cfs_lun_enable(l, scst_cfs_group_name(item->ci_parent), on);
	mutex_unlock(&l->lock);
	return ret ? ret : len;
}

CONFIGFS_ATTR(scst_cfs_lun_, enable);

static struct configfs_attribute *scst_cfs_lun_attrs[] = {
	&scst_cfs_lun_attr_device,
	&scst_cfs_lun_attr_read_only,
	&scst_cfs_lun_attr_enable,
	NULL,
};

static void scst_cfs_lun_release(struct config_item *item)
{
	struct scst_cfs_lun *l = to_scst_cfs_lun(item);

	kfree(l->device);
	kfree(l);
}

static struct configfs_item_operations scst_cfs_lun_item_ops = {
	.release = scst_cfs_lun_release,
};

static const struct config_item_type scst_cfs_lun_type = {
	.ct_item_ops = &scst_cfs_lun_item_ops,
	.ct_attrs = scst_cfs_lun_attrs,
	.ct_owner = THIS_MODULE,
};

/* One spelling for each number, or two directories would be one LUN */
static int scst_cfs_lun_number(const char *name, u32 *number)
{
	char canonical[12];
	int ret;

	ret = kstrtou32(name, 10, number);
	if (ret)
		return ret;
	snprintf(canonical, sizeof(canonical), "%u", *number);
	if (*number > SCST_MAX_LUN || strcmp(name, canonical))
		return -EINVAL;
	return 0;
}

static struct config_item *scst_cfs_lun_make(struct config_group *luns,
					     const char *name)
{
	struct scst_cfs_lun *l;
	u32 number;
	int ret;

	ret = scst_cfs_lun_number(name, &number);
	if (ret)
		return ERR_PTR(ret);
	l = kzalloc(sizeof(*l), GFP_KERNEL);
	if (!l)
		return ERR_PTR(-ENOMEM);
	l->number = number;
	mutex_init(&l->lock);
	l->device = kstrdup("", GFP_KERNEL);
	ret = scst_cfs_item_init(&l->item, name, &scst_cfs_lun_type);
	if (ret || !l->device) {
		config_item_put(&l->item);
		return ERR_PTR(-ENOMEM);
	}
	return &l->item;
}

static void scst_cfs_lun_drop(struct config_group *luns,
			      struct config_item *item)
{
	const char *group = scst_cfs_group_name(&luns->cg_item);
	struct scst_cfs_lun *l = to_scst_cfs_lun(item);

	mutex_lock(&l->lock);
	if (scst_cfs_lun_mapped(l, group) && l->added)
		scst_cfs_lun_enable(l, group, false);
	mutex_unlock(&l->lock);
	config_item_put(item);
}

static struct configfs_group_operations scst_cfs_luns_group_ops = {
	.make_item = scst_cfs_lun_make,
	.drop_item = scst_cfs_lun_drop,
};

static const struct config_item_type scst_cfs_luns_type = {
	.ct_group_ops = &scst_cfs_luns_group_ops,
	.ct_owner = THIS_MODULE,
};

/* An initiator has nothing but its name */
static void scst_cfs_initiator_release(struct config_item *item)
{
	kfree(item);
}

static struct configfs_item_operations scst_cfs_initiator_item_ops = {
	.release = scst_cfs_initiator_release,
};

static const struct config_item_type scst_cfs_initiator_type = {
	.ct_item_ops = &scst_cfs_initiator_item_ops,
	.ct_owner = THIS_MODULE,
};

static struct config_item *scst_cfs_initiator_make(struct config_group *sub,
						   const char *name)
{
	struct config_item *item;
	int ret;

	if (!scst_cfs_name_valid(name))
		return ERR_PTR(-EINVAL);
	item = kzalloc(sizeof(*item), GFP_KERNEL);
	if (!item)
		return ERR_PTR(-ENOMEM);
	ret = scst_cfs_item_init(item, name, &scst_cfs_initiator_type);
	if (!ret)
		ret = scst_group_name_add(scst_cfs_group_name(&sub->cg_item),
					  name);
	if (ret) {
		config_item_put(item);
		return ERR_PTR(ret);
	}
	return item;
}

static void scst_cfs_initiator_drop(struct config_group *sub,
				    struct config_item *item)
{
	scst_group_name_del(scst_cfs_group_name(&sub->cg_item),
			    config_item_name(item));
	config_item_put(item);
}

static struct configfs_group_operations scst_cfs_initiators_group_ops = {
	.make_item = scst_cfs_initiator_make,
	.drop_item = scst_cfs_initiator_drop,
};

static const struct config_item_type scst_cfs_initiators_type = {
	.ct_group_ops = &scst_cfs_initiators_group_ops,
	.ct_owner = THIS_MODULE,
};

static struct scst_cfs_group *to_scst_cfs_group(struct config_item *item)
{
	return container_of(to_config_group(item), struct scst_cfs_group,
			    group);
}

static void scst_cfs_group_release(struct config_item *item)
{
	kfree(to_scst_cfs_group(item));
}

static struct configfs_item_operations scst_cfs_group_item_ops = {
	.release = scst_cfs_group_release,
};

static const struct config_item_type scst_cfs_group_type = {
	.ct_item_ops = &scst_cfs_group_item_ops,
	.ct_owner = THIS_MODULE,
};

static void scst_cfs_group_fill(struct scst_cfs_group *g)
{
	config_group_init_type_name(&g->luns, "luns", &scst_cfs_luns_type);
	configfs_add_default_group(&g->luns, &g->group);
	config_group_init_type_name(&g->initiators, "initiators",
				    &scst_cfs_initiators_type);
	configfs_add_default_group(&g->initiators, &g->group);
}

static bool scst_cfs_group_exists(const char *name)
{
	bool ret;

	mutex_lock(&scst_mutex);
	ret = scst_group_find_locked(name);
	mutex_unlock(&scst_mutex);
	return ret;
}

/* A group that exists already is joined: /proc or another run made it */
static struct config_group *scst_cfs_group_make(struct config_group *groups,
						const char *name)
{
	struct scst_cfs_group *g;
	int ret;

	if (!scst_cfs_name_valid(name))
		return ERR_PTR(-EINVAL);
	g = kzalloc(sizeof(*g), GFP_KERNEL);
	if (!g)
		return ERR_PTR(-ENOMEM);
	config_group_init(&g->group);
	ret = scst_cfs_item_init(&g->group.cg_item, name,
				 &scst_cfs_group_type);
	if (!ret && !scst_cfs_group_exists(name)) {
		ret = scst_group_add(name);
		g->added = !ret;
		scst_faces_settle();
	}
	if (ret) {
		config_group_put(&g->group);
		return ERR_PTR(ret);
	}
	scst_cfs_group_fill(g);
	return &g->group;
}

/*
 * rmdir cannot fail here.  A group that sessions still use stays, and its
 * directory can be made again.
 */
static void scst_cfs_group_drop(struct config_group *groups,
				struct config_item *item)
{
	struct scst_cfs_group *g = to_scst_cfs_group(item);
	const char *name = config_item_name(item);

	if (g->added && scst_cfs_group_exists(name)) {
		scst_group_del(name);
		scst_faces_settle();
	}
	config_item_put(item);
}

static struct configfs_group_operations scst_cfs_groups_group_ops = {
	.make_group = scst_cfs_group_make,
	.drop_item = scst_cfs_group_drop,
};

const struct config_item_type scst_cfs_groups_type = {
	.ct_group_ops = &scst_cfs_groups_group_ops,
	.ct_owner = THIS_MODULE,
};

/* Default is always there, in the core and here */
static struct scst_cfs_group scst_cfs_default;

static const struct config_item_type scst_cfs_default_type = {
	.ct_owner = THIS_MODULE,
};

/**
 * scst_cfs_default_group_init - prepare the directory of the group Default
 * @groups: directory that it will be in
 *
 * Context: before the subsystem is registered.
 */
void scst_cfs_default_group_init(struct config_group *groups)
{
	config_group_init_type_name(&scst_cfs_default.group, "Default",
				    &scst_cfs_default_type);
	scst_cfs_group_fill(&scst_cfs_default);
	configfs_add_default_group(&scst_cfs_default.group, groups);
}
