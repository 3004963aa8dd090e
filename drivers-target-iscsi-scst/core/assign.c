// SPDX-License-Identifier: GPL-2.0
/*
 * Which handler has a local SCSI device.
 *
 * scst_assign_mutex serialises all changes; it is outside scst_mutex, because
 * a handler's attach talks to the device and scst_mutex is never held then.
 */
#include <kunit/visibility.h>
#include <linux/module.h>

#include "core_priv.h"

static DEFINE_MUTEX(scst_assign_mutex);
/* Ordered, and of its own: it waits for devices, and for what scst_mgmt_wq does */
static struct workqueue_struct *scst_assign_wq;

static scst_sense_t scst_none_parse(struct scst_cmd *cmd)
{
	return SCST_LUN_NOT_SUPPORTED;
}

static void scst_none_detach(struct scst_device *dev)
{
}

/* Has the local devices that nobody wants */
struct scst_handler scst_none_handler = {
	.name = "none",
	.type = -1,
	.hidden = true,
	.parse = scst_none_parse,
	.detach = scst_none_detach,
};

static void scst_assign_sync_locked(void)
{
	struct scst_session *sess;
	struct scst_target *tgt;

	list_for_each_entry(tgt, &scst_targets, entry)
		list_for_each_entry(sess, &tgt->sessions, entry)
			scst_session_sync_locked(sess, NULL);
}

/* Take the device away from its sessions until its handler has changed */
static void scst_assign_begin(struct scst_device *dev)
{
	mutex_lock(&scst_mutex);
	dev->busy = true;
	scst_assign_sync_locked();
	mutex_unlock(&scst_mutex);
}

static void scst_assign_end(struct scst_device *dev)
{
	mutex_lock(&scst_mutex);
	dev->busy = false;
	scst_assign_sync_locked();
	mutex_unlock(&scst_mutex);
}

static int scst_assign_attach(struct scst_device *dev,
			      struct scst_handler *handler)
{
	int ret;

	if (!try_module_get(handler->owner))
		return -ENODEV;
	ret = handler->attach(dev);
	/* unloading the handler takes its devices away, it need not be pinned */
	module_put(handler->owner);
	if (ret)
		pr_err("device %s: handler %s refuses it: %d\n", dev->name,
		       handler->name, ret);
	return ret;
}

/* The device is idle; it falls back to "none" on failure */
static int scst_assign_change(struct scst_device *dev,
			      struct scst_handler *handler)
{
	int ret;

	scst_device_detach(dev);
	scst_device_set_handler(dev, &scst_none_handler);
	if (handler == &scst_none_handler)
		return 0;
	ret = scst_assign_attach(dev, handler);
	if (!ret)
		scst_device_set_handler(dev, handler);
	return ret;
}

/* Return: as scst_assign_change(), or -EBUSY: then nothing has changed */
static int scst_assign(struct scst_device *dev, struct scst_handler *handler)
{
	int ret;

	lockdep_assert_held(&scst_assign_mutex);
	if (dev->handler == handler)
		return 0;
	scst_assign_begin(dev);
	ret = scst_device_wait_idle(dev);
	if (!ret)
		ret = scst_assign_change(dev, handler);
	scst_assign_end(dev);
	return ret;
}

static bool scst_handler_takes(const struct scst_handler *handler,
			       const struct scst_device *dev)
{
	return handler->pass && handler->type == dev->type;
}

/**
 * scst_device_assign - give a local SCSI device to a handler
 * @name: H:C:I:L
 * @handler_name: handler
 *
 * Context: sleeps.
 * Return: 0, -EINVAL if one of them is unknown or they do not fit together,
 * -EBUSY if commands take too long, or the error of the handler's attach; then
 * the device has no handler.
 */
int scst_device_assign(const char *name, const char *handler_name)
{
	struct scst_handler *handler;
	struct scst_device *dev;
	int ret = -EINVAL;

	scst_assign_settle();
	mutex_lock(&scst_assign_mutex);
	mutex_lock(&scst_mutex);
	dev = scst_device_find_locked(name);
	handler = scst_handler_find_locked(handler_name);
	if (dev && dev->sdev && handler && scst_handler_takes(handler, dev)) {
		scst_device_get(dev);
		ret = 0;
	}
	mutex_unlock(&scst_mutex);
	if (ret) {
		pr_err("assign: device %s cannot go to handler %s\n", name,
		       handler_name);
	} else {
		ret = scst_assign(dev, handler);
		scst_device_put(dev);
	}
	mutex_unlock(&scst_assign_mutex);
	return ret;
}
EXPORT_SYMBOL_IF_KUNIT(scst_device_assign);

static struct scst_handler *scst_assign_find_handler(struct scst_device *dev)
{
	struct scst_handler *handler, *found = NULL;

	mutex_lock(&scst_mutex);
	/* the administrator or a new handler may have been faster */
	if (!dev->dying && dev->handler == &scst_none_handler) {
		list_for_each_entry(handler, &scst_handlers, entry) {
			if (scst_handler_takes(handler, dev)) {
				found = handler;
				break;
			}
		}
	}
	mutex_unlock(&scst_mutex);
	return found;
}

static void scst_assign_work(struct work_struct *work)
{
	struct scst_device *dev = container_of(work, struct scst_device,
					       assign_work);
	struct scst_handler *handler;

	mutex_lock(&scst_assign_mutex);
	handler = scst_assign_find_handler(dev);
	if (handler)
		scst_assign(dev, handler);
	mutex_unlock(&scst_assign_mutex);
	scst_device_put(dev);
}

/**
 * scst_assign_new_device - give a new local device to a handler of its type
 * @dev: device, just registered
 *
 * A worker does it, in the order of the calls; see scst_assign_settle().
 *
 * Context: any.
 */
void scst_assign_new_device(struct scst_device *dev)
{
	scst_device_get(dev);
	INIT_WORK(&dev->assign_work, scst_assign_work);
	queue_work(scst_assign_wq, &dev->assign_work);
}

/**
 * scst_assign_forget_device - the device goes, so it needs no handler
 * @dev: device, as given to scst_assign_new_device()
 *
 * Context: any.
 */
void scst_assign_forget_device(struct scst_device *dev)
{
	if (cancel_work(&dev->assign_work))
		scst_device_put(dev);
}

/**
 * scst_assign_settle - wait until the local devices that came have handlers
 *
 * For whoever names a device, and means it as it is going to be.
 *
 * Context: sleeps for as long as the devices need to answer, no locks held.
 */
void scst_assign_settle(void)
{
	flush_workqueue(scst_assign_wq);
}

/* The first local device for which @fits; with a reference */
static struct scst_device *
scst_assign_next(const struct scst_handler *owner, int type,
		 struct scst_device *after)
{
	struct scst_device *dev, *found = NULL;
	bool passed = !after;

	mutex_lock(&scst_mutex);
	list_for_each_entry(dev, &scst_devices, entry) {
		if (passed && dev->sdev && dev->handler == owner &&
		    (type < 0 || dev->type == type)) {
			scst_device_get(dev);
			found = dev;
			break;
		}
		passed |= dev == after;
	}
	mutex_unlock(&scst_mutex);
	if (after)
		scst_device_put(after);
	return found;
}

/**
 * scst_assign_new_handler - give a new handler the devices that have none
 * @handler: pass-through handler, just registered
 *
 * Context: sleeps.
 */
void scst_assign_new_handler(struct scst_handler *handler)
{
	struct scst_device *dev = NULL;

	mutex_lock(&scst_assign_mutex);
	while ((dev = scst_assign_next(&scst_none_handler, handler->type, dev)))
		scst_assign(dev, handler);
	mutex_unlock(&scst_assign_mutex);
}

/**
 * scst_assign_drop_handler - take all local devices away from a handler
 * @handler: handler that is being unregistered
 *
 * Context: sleeps until no command uses the handler any more: its code goes
 * away afterwards.
 */
void scst_assign_drop_handler(struct scst_handler *handler)
{
	struct scst_device *dev = NULL;

	mutex_lock(&scst_assign_mutex);
	while ((dev = scst_assign_next(handler, -1, NULL))) {
		scst_assign_begin(dev);
		while (scst_device_wait_idle(dev))
			;
		scst_assign_change(dev, &scst_none_handler);
		scst_assign_end(dev);
		scst_device_put(dev);
	}
	mutex_unlock(&scst_assign_mutex);
}

/**
 * scst_assign_init - prepare for local devices
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int scst_assign_init(void)
{
	scst_assign_wq = alloc_ordered_workqueue("scst_assign", 0);
	return scst_assign_wq ? 0 : -ENOMEM;
}

/**
 * scst_assign_exit - there are no local devices any more
 *
 * Context: sleeps.
 */
void scst_assign_exit(void)
{
	destroy_workqueue(scst_assign_wq);
}
