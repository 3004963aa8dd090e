// SPDX-License-Identifier: GPL-2.0
/*
 * /sys/kernel/config/scst: its root.
 * No lock of its own.  Holds no logic: every action is a verb of the core or a
 * command of a handler.
 */
#include <linux/module.h>
#include <linux/sysfs.h>

#include "cfs_priv.h"

static ssize_t scst_cfs_version_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "%s\n", SCST_VERSION);
}

static ssize_t scst_cfs_threads_show(struct config_item *item, char *page)
{
	unsigned int nr;

	mutex_lock(&scst_mutex);
	nr = scst_threads;
	mutex_unlock(&scst_mutex);
	return sysfs_emit(page, "%u\n", nr);
}

static ssize_t scst_cfs_threads_store(struct config_item *item,
				      const char *page, size_t len)
{
	int nr, ret;

	ret = kstrtoint(page, 0, &nr);
	if (!ret)
		ret = scst_threads_set(nr);
	return ret ? ret : len;
}

CONFIGFS_ATTR_RO(scst_cfs_, version);
CONFIGFS_ATTR(scst_cfs_, threads);

static struct configfs_attribute *scst_cfs_root_attrs[] = {
	&scst_cfs_attr_version,
	&scst_cfs_attr_threads,
	NULL,
};

static const struct config_item_type scst_cfs_root_type = {
	.ct_attrs = scst_cfs_root_attrs,
	.ct_owner = THIS_MODULE,
};

static struct config_group scst_cfs_devices;
static struct config_group scst_cfs_groups;

static struct configfs_subsystem scst_cfs_subsys = {
	.su_group = {
		.cg_item = {
			.ci_namebuf = "scst",
			.ci_type = &scst_cfs_root_type,
		},
	},
};

/**
 * scst_configfs_init - make /sys/kernel/config/scst
 *
 * Context: module initialisation.
 * Return: 0 or a negative errno.
 */
int scst_configfs_init(void)
{
	struct config_group *root = &scst_cfs_subsys.su_group;

	config_group_init(root);
	mutex_init(&scst_cfs_subsys.su_mutex);
	config_group_init_type_name(&scst_cfs_devices, "devices",
				    &scst_cfs_devices_type);
	configfs_add_default_group(&scst_cfs_devices, root);
	config_group_init_type_name(&scst_cfs_groups, "groups",
				    &scst_cfs_groups_type);
	configfs_add_default_group(&scst_cfs_groups, root);
	scst_cfs_default_group_init(&scst_cfs_groups);
	return configfs_register_subsystem(&scst_cfs_subsys);
}

/**
 * scst_configfs_exit - remove /sys/kernel/config/scst
 *
 * Context: module exit; directories that users made keep the module loaded, so
 * there are none.
 */
void scst_configfs_exit(void)
{
	configfs_unregister_subsystem(&scst_cfs_subsys);
}
