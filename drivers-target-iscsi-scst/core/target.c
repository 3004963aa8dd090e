// SPDX-License-Identifier: GPL-2.0
/*
 * SCSI target ports of the target drivers.
 * Their list is under scst_mutex.  Knows nothing of transports.
 */
#include <linux/export.h>
#include <linux/slab.h>

#include "core_priv.h"

LIST_HEAD(scst_targets);

/* The lowest relative port identifier that is free; 0 is reserved */
static u16 scst_target_free_port_id(void)
{
	struct scst_target *tgt;
	unsigned int id;
	bool used;

	for (id = 1; id <= U16_MAX; id++) {
		used = false;
		list_for_each_entry(tgt, &scst_targets, entry)
			used |= tgt->rel_port_id == id;
		if (!used)
			return id;
	}
	return 0;
}

/**
 * scst_target_register - add a target port
 * @ops: driver
 * @name: port name (an iqn for iSCSI)
 * @priv: the driver's
 *
 * Context: may sleep, takes scst_mutex.
 * Return: the target or an ERR_PTR.
 */
struct scst_target *scst_target_register(const struct scst_tgt_ops *ops,
					 const char *name, void *priv)
{
	struct scst_target *tgt;

	if (strlen(name) >= SCST_MAX_NAME)
		return ERR_PTR(-EINVAL);
	tgt = kzalloc(sizeof(*tgt), GFP_KERNEL);
	if (!tgt)
		return ERR_PTR(-ENOMEM);
	tgt->name = kstrdup(name, GFP_KERNEL);
	if (!tgt->name) {
		kfree(tgt);
		return ERR_PTR(-ENOMEM);
	}
	tgt->ops = ops;
	tgt->priv = priv;
	INIT_LIST_HEAD(&tgt->sessions);

	mutex_lock(&scst_mutex);
	tgt->rel_port_id = scst_target_free_port_id();
	list_add_tail(&tgt->entry, &scst_targets);
	mutex_unlock(&scst_mutex);
	return tgt;
}
EXPORT_SYMBOL_GPL(scst_target_register);

/**
 * scst_target_unregister - remove a target port
 * @tgt: target; its sessions have been released before
 *
 * Context: may sleep, takes scst_mutex.
 */
void scst_target_unregister(struct scst_target *tgt)
{
	mutex_lock(&scst_mutex);
	WARN_ON_ONCE(!list_empty(&tgt->sessions));
	list_del(&tgt->entry);
	mutex_unlock(&scst_mutex);
	kfree(tgt->name);
	kfree(tgt);
}
EXPORT_SYMBOL_GPL(scst_target_unregister);
