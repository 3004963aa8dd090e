// SPDX-License-Identifier: GPL-2.0
/*
 * PREVENT ALLOW MEDIUM REMOVAL: which I_T nexuses want the medium to stay.
 * Under scst_device.lock.  Knows nothing of media.
 */
#include <linux/export.h>

#include "core_priv.h"

/**
 * scst_prevent_set - an initiator prevents, or allows, medium removal
 * @cmd: its command
 * @prevent: which of both
 *
 * The prevention ends with the nexus; scst_device.prevent counts them.
 *
 * Context: process context.
 */
void scst_prevent_set(struct scst_cmd *cmd, bool prevent)
{
	struct scst_device *dev = cmd->dev;
	struct scst_lun *lun = cmd->lun;

	spin_lock(&dev->lock);
	if (lun->prevent != prevent) {
		lun->prevent = prevent;
		dev->prevent += prevent ? 1 : -1;
	}
	spin_unlock(&dev->lock);
}
EXPORT_SYMBOL_GPL(scst_prevent_set);

/**
 * scst_prevent_clear - nobody prevents medium removal any more
 * @dev: device that was reset
 *
 * Context: process context.
 */
void scst_prevent_clear(struct scst_device *dev)
{
	struct scst_lun *lun;

	spin_lock(&dev->lock);
	list_for_each_entry(lun, &dev->luns, dev_entry)
		lun->prevent = false;
	dev->prevent = 0;
	spin_unlock(&dev->lock);
}
EXPORT_SYMBOL_GPL(scst_prevent_clear);
