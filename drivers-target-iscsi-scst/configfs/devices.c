// SPDX-License-Identifier: GPL-2.0
/*
 * /sys/kernel/config/scst/devices/NAME: virtual devices.
 *
 * The attributes are what the handler's open command needs.  Each device has a
 * mutex for them.  Knows no handler: what the words mean is the handler's.
 */
#include <linux/err.h>
#include <linux/kstrtox.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "cfs_priv.h"

/**
 * struct scst_cfs_device - a directory
 * @item: its name is the device's name
 * @lock: protects the rest, and is held while the handler works
 * @handler: handler
 * @path: file or block device
 * @options: flags of the open command, blanks between them
 * @block_size: bytes, 0 for the handler's default
 * @opened: this directory has made the device
 */
struct scst_cfs_device {
	struct config_item item;
	struct mutex lock;	/* all attributes */
	char *handler;
	char *path;
	char *options;
	u32 block_size;
	bool opened;
};

static struct scst_cfs_device *to_scst_cfs_device(struct config_item *item)
{
	return container_of(item, struct scst_cfs_device, item);
}

static const char *scst_cfs_device_name(struct scst_cfs_device *d)
{
	return config_item_name(&d->item);
}

/*
 * It may have come or gone through /proc meanwhile, and is not ours any more
 * once it was gone.  d->lock held.
 */
static bool scst_cfs_device_exists(struct scst_cfs_device *d)
{
	bool ret;

	mutex_lock(&scst_mutex);
	ret = scst_device_find_locked(scst_cfs_device_name(d));
	mutex_unlock(&scst_mutex);
	d->opened &= ret;
	return ret;
}

/* Takes over @line */
static int scst_cfs_device_command(struct scst_cfs_device *d, char *line)
{
	struct scst_handler *handler;
	int ret;

	if (!line)
		return -ENOMEM;
	handler = scst_handler_get(d->handler);
	if (handler && handler->command) {
		ret = handler->command(handler, line);
	} else {
		pr_err("device %s: no handler %s that makes devices\n",
		       scst_cfs_device_name(d), d->handler);
		ret = -EINVAL;
	}
	if (handler)
		module_put(handler->owner);
	kfree(line);
	return ret;
}

static int scst_cfs_device_open(struct scst_cfs_device *d)
{
	char block_size[16] = "";
	int ret;

	if (!*d->path) {
		pr_err("device %s: has no path\n", scst_cfs_device_name(d));
		return -EINVAL;
	}
	if (d->block_size)
		snprintf(block_size, sizeof(block_size), " %u", d->block_size);
	ret = scst_cfs_device_command(d, kasprintf(GFP_KERNEL,
						   "open %s %s%s%s%s",
						   scst_cfs_device_name(d),
						   d->path, block_size,
						   *d->options ? " " : "",
						   d->options));
	if (!ret)
		d->opened = true;
	return ret;
}

static int scst_cfs_device_close(struct scst_cfs_device *d)
{
	d->opened = false;
	return scst_cfs_device_command(d, kasprintf(GFP_KERNEL, "close %s",
						    scst_cfs_device_name(d)));
}

static int scst_cfs_device_enable(struct scst_cfs_device *d, bool on)
{
	bool exists = scst_cfs_device_exists(d);

	if (!on)
		return exists ? scst_cfs_device_close(d) : 0;
	if (!exists)
		return scst_cfs_device_open(d);
	if (d->opened)
		return 0;
	pr_err("device %s: was made elsewhere\n", scst_cfs_device_name(d));
	return -EEXIST;
}

static ssize_t scst_cfs_device_text_show(struct scst_cfs_device *d,
					 char *const *field, char *page)
{
	ssize_t ret;

	mutex_lock(&d->lock);
	ret = sysfs_emit(page, "%s\n", *field);
	mutex_unlock(&d->lock);
	return ret;
}

static ssize_t scst_cfs_device_text_store(struct scst_cfs_device *d,
					  char **field, const char *page,
					  size_t len, bool word)
{
	int ret = -EBUSY;

	mutex_lock(&d->lock);
	if (!scst_cfs_device_exists(d))
		ret = scst_cfs_text_set(field, page, len, word);
	mutex_unlock(&d->lock);
	return ret ? ret : len;
}

static ssize_t scst_cfs_device_handler_show(struct config_item *item,
					    char *page)
{
	struct scst_cfs_device *d = to_scst_cfs_device(item);

	return scst_cfs_device_text_show(d, &d->handler, page);
}

static ssize_t scst_cfs_device_handler_store(struct config_item *item,
					     const char *page, size_t len)
{
	struct scst_cfs_device *d = to_scst_cfs_device(item);

	return scst_cfs_device_text_store(d, &d->handler, page, len, true);
}

CONFIGFS_ATTR(scst_cfs_device_, handler);

static ssize_t scst_cfs_device_path_show(struct config_item *item, char *page)
{
	struct scst_cfs_device *d = to_scst_cfs_device(item);

	return scst_cfs_device_text_show(d, &d->path, page);
}

static ssize_t scst_cfs_device_path_store(struct config_item *item,
					  const char *page, size_t len)
{
	struct scst_cfs_device *d = to_scst_cfs_device(item);

	return scst_cfs_device_text_store(d, &d->path, page, len, true);
}

CONFIGFS_ATTR(scst_cfs_device_, path);

static ssize_t scst_cfs_device_options_show(struct config_item *item,
					    char *page)
{
	struct scst_cfs_device *d = to_scst_cfs_device(item);

	return scst_cfs_device_text_show(d, &d->options, page);
}

static ssize_t scst_cfs_device_options_store(struct config_item *item,
					     const char *page, size_t len)
{
	struct scst_cfs_device *d = to_scst_cfs_device(item);

	return scst_cfs_device_text_store(d, &d->options, page, len, false);
}

CONFIGFS_ATTR(scst_cfs_device_, options);

static ssize_t scst_cfs_device_block_size_show(struct config_item *item,
					       char *page)
{
	return sysfs_emit(page, "%u\n", to_scst_cfs_device(item)->block_size);
}

static ssize_t scst_cfs_device_block_size_store(struct config_item *item,
						const char *page, size_t len)
{
	struct scst_cfs_device *d = to_scst_cfs_device(item);
	u32 size;
	int ret;

	ret = kstrtou32(page, 0, &size);
	if (ret)
		return ret;
	mutex_lock(&d->lock);
	if (scst_cfs_device_exists(d))
		ret = -EBUSY;
	else
		d->block_size = size;
	mutex_unlock(&d->lock);
	return ret ? ret : len;
}

CONFIGFS_ATTR(scst_cfs_device_, block_size);

static ssize_t scst_cfs_device_enable_show(struct config_item *item,
					   char *page)
{
	struct scst_cfs_device *d = to_scst_cfs_device(item);
	bool on;

	mutex_lock(&d->lock);
	on = scst_cfs_device_exists(d);
	mutex_unlock(&d->lock);
	return sysfs_emit(page, "%d\n", on);
}

static ssize_t scst_cfs_device_enable_store(struct config_item *item,
					    const char *page, size_t len)
{
	struct scst_cfs_device *d = to_scst_cfs_device(item);
	bool on;
	int ret;

	ret = kstrtobool(page, &on);
	if (ret)
		return ret;
	mutex_lock(&d->lock);
	ret = scst_cfs_device_enable(d, on);
	mutex_unlock(&d->lock);
	return ret ? ret : len;
}

CONFIGFS_ATTR(scst_cfs_device_, enable);

static struct configfs_attribute *scst_cfs_device_attrs[] = {
	&scst_cfs_device_attr_handler,
	&scst_cfs_device_attr_path,
	&scst_cfs_device_attr_block_size,
	&scst_cfs_device_attr_options,
	&scst_cfs_device_attr_enable,
	NULL,
};

static void scst_cfs_device_release(struct config_item *item)
{
	struct scst_cfs_device *d = to_scst_cfs_device(item);

	kfree(d->handler);
	kfree(d->path);
	kfree(d->options);
	kfree(d);
}

static struct configfs_item_operations scst_cfs_device_item_ops = {
	.release = scst_cfs_device_release,
};

static const struct config_item_type scst_cfs_device_type = {
	.ct_item_ops = &scst_cfs_device_item_ops,
	.ct_attrs = scst_cfs_device_attrs,
	.ct_owner = THIS_MODULE,
};

static struct config_item *scst_cfs_device_make(struct config_group *group,
						const char *name)
{
	struct scst_cfs_device *d;
	int ret;

	if (!scst_cfs_name_valid(name) || strlen(name) >= SCST_MAX_DEV_NAME)
		return ERR_PTR(-EINVAL);
	d = kzalloc(sizeof(*d), GFP_KERNEL);
	if (!d)
		return ERR_PTR(-ENOMEM);
	mutex_init(&d->lock);
	d->handler = kstrdup("vdisk", GFP_KERNEL);
	d->path = kstrdup("", GFP_KERNEL);
	d->options = kstrdup("", GFP_KERNEL);
	ret = scst_cfs_item_init(&d->item, name, &scst_cfs_device_type);
	if (ret || !d->handler || !d->path || !d->options) {
		config_item_put(&d->item);
		return ERR_PTR(-ENOMEM);
	}
	return &d->item;
}

/* rmdir cannot fail here: a device that is slow to close goes when it is done */
static void scst_cfs_device_drop(struct config_group *group,
				 struct config_item *item)
{
	struct scst_cfs_device *d = to_scst_cfs_device(item);

	mutex_lock(&d->lock);
	if (scst_cfs_device_exists(d) && d->opened)
		scst_cfs_device_close(d);
	mutex_unlock(&d->lock);
	config_item_put(item);
}

static struct configfs_group_operations scst_cfs_devices_group_ops = {
	.make_item = scst_cfs_device_make,
	.drop_item = scst_cfs_device_drop,
};

const struct config_item_type scst_cfs_devices_type = {
	.ct_group_ops = &scst_cfs_devices_group_ops,
	.ct_owner = THIS_MODULE,
};
