// SPDX-License-Identifier: GPL-2.0
/*
 * Devices: their list, lifetime and capacity.
 * The list is under scst_mutex; struct scst_device says which lock protects
 * what else.  Knows nothing of commands.
 */
#include <linux/export.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/wait_bit.h>
#include <scsi/scsi_device.h>

#include "core_priv.h"

LIST_HEAD(scst_devices);

/**
 * scst_device_find_locked - find a device by name
 * @name: device name
 *
 * Context: scst_mutex held.
 * Return: the device, no reference taken, or NULL.
 */
struct scst_device *scst_device_find_locked(const char *name)
{
	struct scst_device *dev;

	lockdep_assert_held(&scst_mutex);
	list_for_each_entry(dev, &scst_devices, entry)
		if (!strcmp(dev->name, name))
			return dev;
	return NULL;
}

/**
 * scst_device_get - take a reference
 * @dev: device
 *
 * Context: any.
 */
void scst_device_get(struct scst_device *dev)
{
	kref_get(&dev->ref);
}

/**
 * scst_device_detach - take a device away from its handler
 * @dev: device without LUNs of sessions
 *
 * Context: sleeps.
 */
void scst_device_detach(struct scst_device *dev)
{
	/* the last command may have ended inside a worker */
	flush_workqueue(dev->wq);
	dev->handler->detach(dev);
}

static bool scst_device_idle(struct scst_device *dev)
{
	bool idle;

	spin_lock(&dev->lock);
	idle = list_empty(&dev->luns);
	spin_unlock(&dev->lock);
	return idle;
}

/**
 * scst_device_wait_idle - wait until no command uses a device
 * @dev: device that gives no new LUNs
 *
 * LUNs that went away at any time before count, too: what matters is not who
 * took them away but that their commands may still be inside the handler.
 *
 * Context: sleeps, no locks but scst_assign_mutex held.
 * Return: 0, -EBUSY after the deadline.
 */
int scst_device_wait_idle(struct scst_device *dev)
{
	if (wait_var_event_timeout(&dev->luns, scst_device_idle(dev),
				   SCST_WAIT_SECONDS * HZ))
		return 0;
	pr_warn("device %s: still busy after %d s\n", dev->name,
		SCST_WAIT_SECONDS);
	return -EBUSY;
}

/* Destroys the workqueue, so it cannot run where the last put happens */
static void scst_device_release_work(struct work_struct *work)
{
	struct scst_device *dev = container_of(work, struct scst_device,
					       release_work);
	struct scst_wait *wait = dev->wait;

	scst_device_detach(dev);
	scst_device_free(dev);
	scst_wait_done(wait);
}

static void scst_device_release(struct kref *ref)
{
	struct scst_device *dev = container_of(ref, struct scst_device, ref);

	INIT_WORK(&dev->release_work, scst_device_release_work);
	queue_work(scst_mgmt_wq, &dev->release_work);
}

/**
 * scst_device_put - drop a reference
 * @dev: device; detached and freed by a worker after the last one
 *
 * Context: any.
 */
void scst_device_put(struct scst_device *dev)
{
	kref_put(&dev->ref, scst_device_release);
}

/**
 * scst_device_usable - can LUNs of this device take commands?
 * @dev: device
 *
 * Context: scst_mutex held.
 * Return: true if so.
 */
bool scst_device_usable(const struct scst_device *dev)
{
	return !dev->dying && !dev->busy && dev->handler != &scst_none_handler;
}

/**
 * scst_device_set_handler - note which handler a device uses
 * @dev: device, new or not used by any command
 * @handler: handler, NULL when the device is freed
 *
 * scst_handler_unregister() waits until no device uses its handler.
 *
 * Context: any.
 */
void scst_device_set_handler(struct scst_device *dev,
			     struct scst_handler *handler)
{
	struct scst_handler *old = dev->handler;

	dev->handler = handler;
	if (handler)
		atomic_inc(&handler->nr_devices);
	if (old && atomic_dec_and_test(&old->nr_devices))
		wake_up_var(&old->nr_devices);
}

/**
 * scst_device_alloc - allocate a device
 * @handler: handler
 * @name: unique name, without blanks
 *
 * The caller fills in capacity, type and identity and registers it.
 *
 * Context: may sleep.
 * Return: the device or an ERR_PTR.
 */
struct scst_device *scst_device_alloc(struct scst_handler *handler,
				      const char *name)
{
	struct scst_device *dev;

	if (!*name || strlen(name) >= SCST_MAX_DEV_NAME)
		return ERR_PTR(-EINVAL);
	dev = kzalloc(sizeof(*dev), GFP_KERNEL);
	if (!dev)
		return ERR_PTR(-ENOMEM);
	dev->wq = alloc_workqueue("scst/%s", WQ_UNBOUND | WQ_MEM_RECLAIM,
				  scst_threads, name);
	if (!dev->wq) {
		kfree(dev);
		return ERR_PTR(-ENOMEM);
	}
	strscpy(dev->name, name, sizeof(dev->name));
	scst_device_set_handler(dev, handler);
	dev->block_shift = SECTOR_SHIFT;
	kref_init(&dev->ref);
	spin_lock_init(&dev->lock);
	INIT_LIST_HEAD(&dev->luns);
	INIT_LIST_HEAD(&dev->entry);
	return dev;
}
EXPORT_SYMBOL_GPL(scst_device_alloc);

/**
 * scst_device_free - free a device that was never registered
 * @dev: device
 *
 * Context: sleeps.
 */
void scst_device_free(struct scst_device *dev)
{
	destroy_workqueue(dev->wq);
	scst_device_set_handler(dev, NULL);
	if (dev->sdev)
		put_device(&dev->sdev->sdev_gendev);
	kfree(dev);
}
EXPORT_SYMBOL_GPL(scst_device_free);

/**
 * scst_device_register - make a device known
 * @dev: device, filled in
 *
 * Context: may sleep, takes scst_mutex.
 * Return: 0 or -EEXIST.
 */
int scst_device_register(struct scst_device *dev)
{
	int ret = 0;

	mutex_lock(&scst_mutex);
	if (scst_device_find_locked(dev->name))
		ret = -EEXIST;
	else
		list_add_tail(&dev->entry, &scst_devices);
	mutex_unlock(&scst_mutex);
	if (ret)
		pr_err("device %s: the name is taken\n", dev->name);
	return ret;
}
EXPORT_SYMBOL_GPL(scst_device_register);

/**
 * scst_device_unregister - forget a device
 * @dev: device; the caller's reference to it ends here
 *
 * It leaves all groups and sessions.  Commands that it still executes are
 * waited for; when they take too long the caller gets -EBUSY, and the handler's
 * detach is called once they are done.
 *
 * Context: sleeps.
 * Return: 0, -EBUSY or -EINTR.
 */
int scst_device_unregister(struct scst_device *dev)
{
	char name[SCST_MAX_DEV_NAME];
	struct scst_wait *wait;

	wait = scst_wait_alloc();
	strscpy(name, dev->name, sizeof(name));

	mutex_lock(&scst_mutex);
	dev->dying = true;
	list_del_init(&dev->entry);
	dev->wait = wait;
	scst_wait_add(wait);
	scst_groups_drop_device_locked(dev, NULL);
	mutex_unlock(&scst_mutex);

	scst_device_put(dev);
	return wait ? scst_wait_finish(wait, name) : 0;
}
EXPORT_SYMBOL_GPL(scst_device_unregister);

/**
 * scst_device_set_capacity - the size of a device has changed
 * @dev: device
 * @nblocks: new capacity, logical blocks
 *
 * Every nexus is told with CAPACITY DATA HAS CHANGED (SBC-4 4.7.2).
 *
 * Context: process context.
 */
void scst_device_set_capacity(struct scst_device *dev, u64 nblocks)
{
	u64 old = dev->nblocks;

	WRITE_ONCE(dev->nblocks, nblocks);
	if (old != nblocks)
		scst_device_ua(dev, SCST_UA_CAPACITY_CHANGED, NULL);
}
EXPORT_SYMBOL_GPL(scst_device_set_capacity);

/**
 * scst_device_threads_set - apply a changed number of threads
 * @nr: workers that each device may have
 *
 * Context: scst_mutex held, sleeps.
 */
void scst_device_threads_set(unsigned int nr)
{
	struct scst_device *dev;

	list_for_each_entry(dev, &scst_devices, entry)
		workqueue_set_max_active(dev->wq, nr);
}
