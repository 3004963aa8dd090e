// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/scsi_tgt/HANDLER and /proc/scsi_tgt/TARGET_DRIVER.
 *
 * A file finds its handler or driver by name under scst_mutex and pins the
 * module before it calls in, without scst_mutex: what it calls has locks of its
 * own, under which it calls the core.
 */
#include <linux/err.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "proc_priv.h"

/* Peripheral device types that handlers are made for (SPC-5 table 150) */
static const char *const scst_proc_types[] = {
	[0x00] = "Direct access block device",
	[0x01] = "Sequential access device",
	[0x03] = "Processor device",
	[0x05] = "CD/DVD device",
	[0x07] = "Optical memory device",
	[0x08] = "Medium changer device",
	[0x0c] = "Storage array controller device",
};

static int scst_proc_handler_show(struct seq_file *m,
				  const struct scst_proc_node *node)
{
	struct scst_handler *handler = scst_handler_get(node->dir->name);
	int ret = 0;

	if (!handler)
		return -ENOENT;
	if (handler->show)
		ret = handler->show(handler, m);
	module_put(handler->owner);
	return ret;
}

static int scst_proc_handler_write(struct scst_proc_node *node, char *line)
{
	struct scst_handler *handler = scst_handler_get(node->dir->name);
	int ret;

	if (!handler)
		return -ENOENT;
	if (handler->command) {
		ret = handler->command(handler, line);
	} else {
		/* the error code is part of the interface */
		pr_err("handler %s: takes no commands\n", handler->name);
		ret = -ENOSYS;
	}
	module_put(handler->owner);
	return ret;
}

static const struct scst_proc_file scst_proc_handler = {
	.show = scst_proc_handler_show,
	.write = scst_proc_handler_write,
};

static int scst_proc_type_show(struct seq_file *m,
			       const struct scst_proc_node *node)
{
	struct scst_handler *handler = scst_handler_get(node->dir->name);
	const char *text = NULL;

	if (!handler)
		return -ENOENT;
	if (handler->type < (int)ARRAY_SIZE(scst_proc_types))
		text = scst_proc_types[handler->type];
	seq_printf(m, "%d - %s\n", handler->type, text ? text : "unknown");
	module_put(handler->owner);
	return 0;
}

static const struct scst_proc_file scst_proc_type = {
	.name = "type",
	.show = scst_proc_type_show,
};

static int scst_proc_handler_help_show(struct seq_file *m,
				       const struct scst_proc_node *node)
{
	struct scst_handler *handler = scst_handler_get(node->dir->name);

	if (!handler)
		return -ENOENT;
	seq_puts(m, handler->help);
	module_put(handler->owner);
	return 0;
}

static const struct scst_proc_file scst_proc_handler_help = {
	.name = "help",
	.show = scst_proc_handler_help_show,
};

static int scst_proc_handler_info_show(struct seq_file *m,
				       const struct scst_proc_node *node)
{
	struct scst_handler *handler = scst_handler_get(node->dir->name);
	int ret;

	if (!handler)
		return -ENOENT;
	ret = handler->files[node->index].show(m, NULL);
	module_put(handler->owner);
	return ret;
}

static const struct scst_proc_file scst_proc_handler_info = {
	.show = scst_proc_handler_info_show,
};

/* The files that the owner of a directory has besides */
static int scst_proc_info_files(struct scst_proc_dir *dir,
				const struct scst_proc_file *file,
				const struct scst_info_file *info)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; !ret && info && info[i].name; i++)
		ret = scst_proc_dir_file(dir, file, info[i].name, i, false);
	return ret;
}

static int scst_proc_handler_files(struct scst_proc_dir *dir,
				   const struct scst_handler *handler)
{
	int ret = 0;

	if (handler->type >= 0)
		ret = scst_proc_dir_file(dir, &scst_proc_type, NULL, 0, false);
	if (!ret)
		ret = scst_proc_dir_file(dir, &scst_proc_trace_level, NULL, 0,
					 true);
	if (!ret && (handler->command || handler->show))
		ret = scst_proc_dir_file(dir, &scst_proc_handler, handler->name,
					 0, handler->command);
	if (!ret && handler->help)
		ret = scst_proc_dir_file(dir, &scst_proc_handler_help, NULL, 0,
					 false);
	if (!ret)
		ret = scst_proc_info_files(dir, &scst_proc_handler_info,
					   handler->files);
	return ret;
}

/**
 * scst_proc_handler_added - make the directory of a handler
 * @handler: handler
 *
 * Context: scst_mutex held, may sleep.
 * Return: 0, -EINVAL, -ENOSPC, -EEXIST, -ENOMEM.
 */
int scst_proc_handler_added(struct scst_handler *handler)
{
	struct scst_proc_dir *dir;
	int ret;

	if (handler->hidden)
		return 0;
	dir = scst_proc_dir_alloc(scst_proc_root, handler->name);
	if (IS_ERR(dir))
		return PTR_ERR(dir);
	scst_proc_trace_driver(dir);
	ret = scst_proc_handler_files(dir, handler);
	if (ret) {
		kfree(dir);
		return ret;
	}
	return scst_proc_dir_add_locked(dir);
}

static void scst_proc_driver_dir_del(const char *name)
{
	struct scst_proc_dir *dir;

	dir = scst_proc_dir_find_locked(scst_proc_root, name);
	if (dir)
		scst_proc_dir_del_locked(dir);
}

/**
 * scst_proc_handler_removed - the directory of a handler goes
 * @handler: handler
 *
 * Context: scst_mutex held.
 */
void scst_proc_handler_removed(struct scst_handler *handler)
{
	if (!handler->hidden)
		scst_proc_driver_dir_del(handler->name);
}

/* The target driver of the directory, its module pinned, or NULL */
static const struct scst_tgt_ops *
scst_proc_driver_get(const struct scst_proc_node *node)
{
	const struct scst_tgt_ops *ops = NULL;
	struct scst_tgt_driver *driver;

	mutex_lock(&scst_mutex);
	list_for_each_entry(driver, &scst_tgt_drivers, entry)
		if (!strcmp(driver->ops->name, node->dir->name))
			ops = driver->ops;
	if (ops && !try_module_get(ops->owner))
		ops = NULL;
	mutex_unlock(&scst_mutex);
	return ops;
}

static int scst_proc_driver_show(struct seq_file *m,
				 const struct scst_proc_node *node)
{
	const struct scst_tgt_ops *ops = scst_proc_driver_get(node);
	int ret;

	if (!ops)
		return -ENOENT;
	ret = ops->files[node->index].show(m, NULL);
	module_put(ops->owner);
	return ret;
}

static int scst_proc_driver_write(struct scst_proc_node *node, char *line)
{
	pr_err("target driver %s: %s takes no commands\n", node->dir->name,
	       node->name);
	return -ENOSYS;	/* the error code is part of the interface */
}

static const struct scst_proc_file scst_proc_driver_file = {
	.show = scst_proc_driver_show,
	.write = scst_proc_driver_write,
};

static int scst_proc_driver_files(struct scst_proc_dir *dir,
				  const struct scst_tgt_ops *ops)
{
	int ret;

	ret = scst_proc_dir_file(dir, &scst_proc_trace_level, NULL, 0, true);
	if (!ret)
		ret = scst_proc_info_files(dir, &scst_proc_driver_file,
					   ops->files);
	return ret;
}

/**
 * scst_proc_tgt_driver_added - make the directory of a target driver
 * @ops: driver
 *
 * Context: scst_mutex held, may sleep.
 * Return: 0, -EINVAL, -ENOSPC, -EEXIST, -ENOMEM.
 */
int scst_proc_tgt_driver_added(const struct scst_tgt_ops *ops)
{
	struct scst_proc_dir *dir;
	int ret;

	dir = scst_proc_dir_alloc(scst_proc_root, ops->name);
	if (IS_ERR(dir))
		return PTR_ERR(dir);
	scst_proc_trace_driver(dir);
	ret = scst_proc_driver_files(dir, ops);
	if (ret) {
		kfree(dir);
		return ret;
	}
	return scst_proc_dir_add_locked(dir);
}

/**
 * scst_proc_tgt_driver_removed - the directory of a target driver goes
 * @ops: driver
 *
 * Context: scst_mutex held.
 */
void scst_proc_tgt_driver_removed(const struct scst_tgt_ops *ops)
{
	scst_proc_driver_dir_del(ops->name);
}
