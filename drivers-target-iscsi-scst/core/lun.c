// SPDX-License-Identifier: GPL-2.0
/*
 * LUNs of sessions (I_T_L nexuses): lookup, creation, removal.
 *
 * A command holds a percpu reference.  Removal takes the LUN out of the
 * session, kills the reference, and nobody waits: whatever was running ends,
 * the last reference releases the nexus.  Nothing else is ever suspended.
 */
#include <linux/slab.h>
#include <linux/wait_bit.h>

#include "core_priv.h"

/**
 * scst_lun_get - find a LUN for a command
 * @sess: session
 * @number: LUN
 *
 * Context: any.
 * Return: the LUN with a reference, or NULL.
 */
struct scst_lun *scst_lun_get(struct scst_session *sess, u32 number)
{
	struct scst_lun *lun;

	rcu_read_lock();
	lun = xa_load(&sess->luns, number);
	if (lun && !percpu_ref_tryget_live(&lun->ref))
		lun = NULL;
	rcu_read_unlock();
	return lun;
}

/**
 * scst_lun_put - drop the reference of a command
 * @lun: LUN
 *
 * Context: any.
 */
void scst_lun_put(struct scst_lun *lun)
{
	percpu_ref_put(&lun->ref);
}

static void scst_lun_abort_work(struct work_struct *work)
{
	struct scst_lun *lun = container_of(work, struct scst_lun, abort_work);

	scst_tm_hurry(lun->dev, SCST_TM_NEXUS_LOSS);
	scst_lun_put(lun);
}

static void scst_lun_release_work(struct work_struct *work)
{
	struct scst_lun *lun = container_of(work, struct scst_lun,
					    release_work);
	struct scst_session *sess = lun->sess;
	struct scst_device *dev = lun->dev;
	struct scst_wait *wait = lun->wait;

	/* a RESERVE that was under way may have come after the removal */
	scst_reserve_drop(dev, lun);
	spin_lock(&dev->lock);
	list_del(&lun->dev_entry);
	if (lun->prevent)
		dev->prevent--;
	spin_unlock(&dev->lock);
	wake_up_var(&dev->luns);
	scst_ua_clear(lun);
	percpu_ref_exit(&lun->ref);
	kfree_rcu(lun, rcu);
	scst_device_put(dev);
	scst_wait_done(wait);
	scst_session_put_lun(sess);
}

static void scst_lun_release(struct percpu_ref *ref)
{
	struct scst_lun *lun = container_of(ref, struct scst_lun, ref);

	queue_work(scst_mgmt_wq, &lun->release_work);
}

/**
 * scst_lun_create_locked - give a session a LUN
 * @sess: session
 * @map: what its group says
 * @ua: first unit attention; SCST_UA_POWER_ON for a new nexus (SAM-5 5.14)
 *
 * Context: scst_mutex held, may sleep.
 * Return: 0 or -ENOMEM.
 */
int scst_lun_create_locked(struct scst_session *sess,
			   const struct scst_map *map, scst_sense_t ua)
{
	struct scst_lun *lun;
	int ret = -ENOMEM;

	lockdep_assert_held(&scst_mutex);
	lun = kzalloc(sizeof(*lun), GFP_KERNEL);
	if (!lun)
		return -ENOMEM;
	lun->sess = sess;
	lun->dev = map->dev;
	lun->number = map->lun;
	lun->read_only = map->read_only;
	lun->lost = errseq_sample(&map->dev->lost);
	spin_lock_init(&lun->lock);
	INIT_LIST_HEAD(&lun->cmds);
	INIT_LIST_HEAD(&lun->deferred);
	INIT_LIST_HEAD(&lun->uas);
	INIT_WORK(&lun->abort_work, scst_lun_abort_work);
	INIT_WORK(&lun->release_work, scst_lun_release_work);
	if (percpu_ref_init(&lun->ref, scst_lun_release, 0, GFP_KERNEL))
		goto out_free;
	if (scst_ua_add(lun, ua))
		goto out_ref;
	ret = xa_insert(&sess->luns, lun->number, lun, GFP_KERNEL);
	if (ret)
		goto out_ua;

	scst_device_get(lun->dev);
	refcount_inc(&sess->nr_luns);
	spin_lock(&lun->dev->lock);
	list_add_tail(&lun->dev_entry, &lun->dev->luns);
	spin_unlock(&lun->dev->lock);
	return 0;

out_ua:
	scst_ua_clear(lun);
out_ref:
	percpu_ref_exit(&lun->ref);
out_free:
	kfree(lun);
	return ret;
}

/**
 * scst_lun_remove_locked - take a LUN away from its session
 * @lun: LUN
 * @by: its session if that ends, otherwise NULL: then commands that run end with
 *	TASK ABORTED or, if they cannot be stopped any more, as usual
 * @wait: told when everything of it is released, or NULL
 *
 * Context: scst_mutex held.
 */
void scst_lun_remove_locked(struct scst_lun *lun,
			    const struct scst_session *by,
			    struct scst_wait *wait)
{
	lockdep_assert_held(&scst_mutex);
	xa_erase(&lun->sess->luns, lun->number);
	lun->wait = wait;
	scst_wait_add(wait);
	if (scst_lun_abort(lun, by)) {
		/* the handler may sleep, and scst_mutex is held */
		percpu_ref_get(&lun->ref);
		queue_work(scst_mgmt_wq, &lun->abort_work);
	}
	scst_reserve_drop(lun->dev, lun);
	percpu_ref_kill(&lun->ref);
}
