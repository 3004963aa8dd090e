// SPDX-License-Identifier: GPL-2.0
/*
 * Unit attention conditions (SAM-5 5.14), a short queue for each nexus.
 * The queue is under scst_lun.lock; each condition is in it at most once.
 */
#include <linux/slab.h>

#include "core_priv.h"

static struct scst_ua *scst_ua_find(struct scst_lun *lun, scst_sense_t sense)
{
	struct scst_ua *ua;

	list_for_each_entry(ua, &lun->uas, entry)
		if (ua->sense == sense)
			return ua;
	return NULL;
}

/* A reset tells more than whatever came before it (SAM-5 table 56) */
static bool scst_ua_supersedes(scst_sense_t sense)
{
	return scst_sense_asc(sense) == 0x29;
}

/**
 * scst_ua_add - establish a unit attention condition
 * @lun: nexus
 * @ua: condition
 *
 * Context: any but hard interrupt; may be called with scst_device.lock held.
 * Return: 0, also if the condition exists already, or -ENOMEM.
 */
int scst_ua_add(struct scst_lun *lun, scst_sense_t ua)
{
	struct scst_ua *new = kmalloc(sizeof(*new), GFP_ATOMIC);

	if (!new)
		return -ENOMEM;
	new->sense = ua;
	spin_lock(&lun->lock);
	if (!scst_ua_find(lun, ua)) {
		if (scst_ua_supersedes(ua))
			list_add(&new->entry, &lun->uas);
		else
			list_add_tail(&new->entry, &lun->uas);
		new = NULL;
	}
	spin_unlock(&lun->lock);
	kfree(new);
	return 0;
}

/**
 * scst_ua_take - report the oldest unit attention condition
 * @lun: nexus
 *
 * Context: process context.
 * Return: the condition, which is cleared, or SCST_GOOD.
 */
scst_sense_t scst_ua_take(struct scst_lun *lun)
{
	scst_sense_t sense = SCST_GOOD;
	struct scst_ua *ua;

	if (list_empty_careful(&lun->uas))
		return SCST_GOOD;
	spin_lock(&lun->lock);
	ua = list_first_entry_or_null(&lun->uas, struct scst_ua, entry);
	if (ua) {
		list_del(&ua->entry);
		sense = ua->sense;
	}
	spin_unlock(&lun->lock);
	kfree(ua);
	return sense;
}

/**
 * scst_ua_drop - clear one condition, if it is there
 * @lun: nexus
 * @sense: condition
 *
 * Context: process context.
 */
void scst_ua_drop(struct scst_lun *lun, scst_sense_t sense)
{
	struct scst_ua *ua;

	spin_lock(&lun->lock);
	ua = scst_ua_find(lun, sense);
	if (ua)
		list_del(&ua->entry);
	spin_unlock(&lun->lock);
	kfree(ua);
}

/**
 * scst_ua_clear - forget all conditions of a nexus that goes away
 * @lun: nexus
 *
 * Context: process context.
 */
void scst_ua_clear(struct scst_lun *lun)
{
	while (scst_ua_take(lun))
		;
}

/**
 * scst_device_ua - establish a condition for the nexuses of a device
 * @dev: device
 * @ua: condition
 * @except: session that is not told, or NULL
 *
 * Without memory a nexus is not told; the condition is lost, as it would be
 * with a power cycle.
 *
 * Context: process context.
 */
void scst_device_ua(struct scst_device *dev, scst_sense_t ua,
		    const struct scst_session *except)
{
	struct scst_lun *lun;

	spin_lock(&dev->lock);
	list_for_each_entry(lun, &dev->luns, dev_entry)
		if (lun->sess != except)
			scst_ua_add(lun, ua);
	spin_unlock(&dev->lock);
}
EXPORT_SYMBOL_GPL(scst_device_ua);

/**
 * scst_session_ua - establish a condition for all LUNs of a session
 * @sess: session
 * @ua: condition
 *
 * Context: scst_mutex held.
 */
void scst_session_ua(struct scst_session *sess, scst_sense_t ua)
{
	struct scst_lun *lun;
	unsigned long n;

	xa_for_each(&sess->luns, n, lun)
		scst_ua_add(lun, ua);
}
