// SPDX-License-Identifier: GPL-2.0
/*
 * Local SCSI devices, as the SCSI core announces and withdraws them.
 * Owns the link between a struct scsi_device and its struct scst_device.
 */
#include <linux/device.h>
#include <scsi/scsi_device.h>
#include <scsi/scsi_driver.h>
#include <scsi/scsi_host.h>

#include "core_priv.h"

static int scst_sdev_add(struct device *cdev)
{
	struct scsi_device *sdev = to_scsi_device(cdev->parent);
	char name[SCST_MAX_DEV_NAME];
	struct scst_device *dev;
	int ret;

	snprintf(name, sizeof(name), "%u:%u:%u:%llu", sdev->host->host_no,
		 sdev->channel, sdev->id, sdev->lun);
	dev = scst_device_alloc(&scst_none_handler, name);
	if (IS_ERR(dev))
		return PTR_ERR(dev);
	/* a device reference only: the HBA's module stays unloadable */
	get_device(&sdev->sdev_gendev);
	dev->sdev = sdev;
	dev->type = sdev->type;
	ret = scst_device_register(dev);
	if (ret) {
		scst_device_free(dev);
		return ret;
	}
	/* later: all SCSI devices that come or go wait for this function */
	scst_assign_new_device(dev);
	return 0;
}

static void scst_sdev_remove(struct device *cdev)
{
	struct scsi_device *sdev = to_scsi_device(cdev->parent);
	struct scst_device *dev, *found = NULL;

	mutex_lock(&scst_mutex);
	list_for_each_entry(dev, &scst_devices, entry)
		if (dev->sdev == sdev)
			found = dev;
	mutex_unlock(&scst_mutex);
	if (!found)
		return;
	scst_assign_forget_device(found);
	scst_device_unregister(found);
}

static struct class_interface scst_sdev_interface = {
	.add_dev = scst_sdev_add,
	.remove_dev = scst_sdev_remove,
};

/**
 * scst_sdev_init - start following local SCSI devices
 *
 * Context: sleeps.
 * Return: 0 or a negative errno.
 */
int scst_sdev_init(void)
{
	return scsi_register_interface(&scst_sdev_interface);
}

/**
 * scst_sdev_exit - stop, and forget all local devices
 *
 * Context: sleeps.
 */
void scst_sdev_exit(void)
{
	scsi_unregister_interface(&scst_sdev_interface);
}
