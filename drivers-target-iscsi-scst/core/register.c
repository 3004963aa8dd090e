// SPDX-License-Identifier: GPL-2.0
/*
 * Registration of device handlers and target drivers.
 * Their lists are under scst_mutex.  Knows nothing of what they do.
 */
#include <linux/export.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/wait_bit.h>

#include "core_priv.h"

/* How often unregistering says what it waits for */
#define SCST_UNREGISTER_REPORT	(30 * HZ)

LIST_HEAD(scst_handlers);
LIST_HEAD(scst_tgt_drivers);

/**
 * scst_handler_find_locked - find a handler by name
 * @name: as shown in /proc/scsi_tgt/scsi_tgt
 *
 * Context: scst_mutex held.
 * Return: the handler or NULL.
 */
struct scst_handler *scst_handler_find_locked(const char *name)
{
	struct scst_handler *handler;

	lockdep_assert_held(&scst_mutex);
	list_for_each_entry(handler, &scst_handlers, entry)
		if (!strcmp(handler->name, name))
			return handler;
	return NULL;
}

/**
 * scst_handler_get - find a handler and keep its module loaded
 * @name: as shown in /proc/scsi_tgt/scsi_tgt
 *
 * Context: may sleep, takes scst_mutex.
 * Return: the handler, to be given back with module_put() of its owner, or
 * NULL.
 */
struct scst_handler *scst_handler_get(const char *name)
{
	struct scst_handler *handler;

	mutex_lock(&scst_mutex);
	handler = scst_handler_find_locked(name);
	if (handler && !try_module_get(handler->owner))
		handler = NULL;
	mutex_unlock(&scst_mutex);
	return handler;
}

/**
 * scst_handler_register - make a device handler known
 * @handler: static; stays registered until scst_handler_unregister()
 *
 * A pass-through handler is given every local SCSI device of its type that has
 * none yet.
 *
 * Context: may sleep.
 * Return: 0, -EINVAL without the mandatory callbacks, -EEXIST if the name is
 * taken, -ENOMEM.
 */
int scst_handler_register(struct scst_handler *handler)
{
	int ret;

	if (!handler->name || !handler->parse || !handler->detach ||
	    (handler->pass && !handler->attach)) {
		pr_err("handler %s: mandatory callbacks are missing\n",
		       handler->name);
		return -EINVAL;
	}

	mutex_lock(&scst_mutex);
	ret = -EEXIST;
	if (scst_handler_find_locked(handler->name))
		goto out_unlock;
	list_add_tail(&handler->entry, &scst_handlers);
	ret = scst_faces_handler_added(handler);
	if (ret)
		list_del(&handler->entry);
out_unlock:
	mutex_unlock(&scst_mutex);
	scst_faces_settle();
	if (ret) {
		pr_err("handler %s: cannot be registered: %d\n",
		       handler->name, ret);
		return ret;
	}
	if (handler->pass)
		scst_assign_new_handler(handler);
	return 0;
}
EXPORT_SYMBOL_GPL(scst_handler_register);

/**
 * scst_handler_unregister - forget a device handler
 * @handler: handler
 *
 * Local SCSI devices go back to "none".  The handler has unregistered its
 * virtual devices before.
 *
 * Context: sleeps until no command uses the handler any more.
 */
void scst_handler_unregister(struct scst_handler *handler)
{
	mutex_lock(&scst_mutex);
	list_del(&handler->entry);
	scst_faces_handler_removed(handler);
	mutex_unlock(&scst_mutex);
	scst_faces_settle();
	if (handler->pass)
		scst_assign_drop_handler(handler);
	while (!wait_var_event_timeout(&handler->nr_devices,
				       !atomic_read(&handler->nr_devices),
				       SCST_UNREGISTER_REPORT))
		pr_warn("handler %s: waiting for commands of %d devices\n",
			handler->name, atomic_read(&handler->nr_devices));
}
EXPORT_SYMBOL_GPL(scst_handler_unregister);

/**
 * scst_tgt_driver_register - make a target driver known
 * @ops: static; stays registered until scst_tgt_driver_unregister()
 *
 * Context: may sleep.
 * Return: 0, -EINVAL without the mandatory callbacks, -ENOMEM.
 */
int scst_tgt_driver_register(const struct scst_tgt_ops *ops)
{
	struct scst_tgt_driver *driver;
	int ret;

	if (!ops->name || !ops->data_wait || !ops->respond || !ops->abort ||
	    !ops->tm_done) {
		pr_err("target driver %s: mandatory callbacks are missing\n",
		       ops->name);
		return -EINVAL;
	}
	driver = kzalloc(sizeof(*driver), GFP_KERNEL);
	if (!driver)
		return -ENOMEM;
	driver->ops = ops;

	mutex_lock(&scst_mutex);
	list_add_tail(&driver->entry, &scst_tgt_drivers);
	ret = scst_faces_tgt_driver_added(ops);
	if (ret)
		list_del(&driver->entry);
	mutex_unlock(&scst_mutex);
	scst_faces_settle();
	if (ret)
		kfree(driver);
	return ret;
}
EXPORT_SYMBOL_GPL(scst_tgt_driver_register);

/**
 * scst_tgt_driver_unregister - forget a target driver
 * @ops: driver; it has no targets any more
 *
 * Context: may sleep.
 */
void scst_tgt_driver_unregister(const struct scst_tgt_ops *ops)
{
	struct scst_tgt_driver *driver, *next;

	mutex_lock(&scst_mutex);
	list_for_each_entry_safe(driver, next, &scst_tgt_drivers, entry) {
		if (driver->ops != ops)
			continue;
		list_del(&driver->entry);
		scst_faces_tgt_driver_removed(ops);
		kfree(driver);
	}
	mutex_unlock(&scst_mutex);
	scst_faces_settle();
}
EXPORT_SYMBOL_GPL(scst_tgt_driver_unregister);
