// SPDX-License-Identifier: GPL-2.0
/*
 * /sys/kernel/config/scst: its root, and what its nodes share.
 * No lock of its own.  Holds no logic: every action is a verb of the core or a
 * command of a handler.
 */
#include <linux/ctype.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "cfs_priv.h"

/**
 * scst_cfs_name_valid - may a directory of ours have this name?
 * @name: name
 *
 * What /proc/scsi_tgt cannot handle is no good here either.
 *
 * Context: any.
 * Return: true if so.
 */
bool scst_cfs_name_valid(const char *name)
{
	const char *p;

	for (p = name; *p; p++)
		if (isspace((unsigned char)*p) || iscntrl((unsigned char)*p))
			return false;
	return *name;
}

/**
 * scst_cfs_item_init - initialise a directory that a user makes
 * @item: directory
 * @name: its name; configfs allocates memory for a long one, and does not tell
 *	if there was none
 * @type: its type
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM; @item has to be put in both cases.
 */
int scst_cfs_item_init(struct config_item *item, const char *name,
		       const struct config_item_type *type)
{
	config_item_init_type_name(item, name, type);
	return config_item_name(item) ? 0 : -ENOMEM;
}

/**
 * scst_cfs_text_set - set an attribute that is text
 * @field: old text, replaced
 * @page: what was written
 * @len: bytes of it
 * @word: it has to be one word
 *
 * Context: may sleep; the owner's lock held.
 * Return: 0, -EINVAL, -ENOMEM.
 */
int scst_cfs_text_set(char **field, const char *page, size_t len, bool word)
{
	char *copy, *text;
	const char *p;
	int ret = 0;

	copy = kmemdup_nul(page, len, GFP_KERNEL);
	if (!copy)
		return -ENOMEM;
	text = strim(copy);
	for (p = text; *p; p++)
		if (iscntrl((unsigned char)*p))
			ret = -EINVAL;
	if (word && *text && !scst_cfs_name_valid(text))
		ret = -EINVAL;
	if (!ret) {
		text = kstrdup(text, GFP_KERNEL);
		if (text) {
			kfree(*field);
			*field = text;
		} else {
			ret = -ENOMEM;
		}
	}
	kfree(copy);
	return ret;
}

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
