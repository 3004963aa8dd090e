// SPDX-License-Identifier: GPL-2.0
/*
 * Sessions (I_T nexuses) and keeping their LUNs in step with their group.
 * Everything administrative is under scst_mutex.
 *
 * Lifetime: nr_luns counts the LUNs that are not yet released, the pending
 * task management functions, and one for the registration.  The last one frees
 * the session from a worker, so ending a session never waits.
 */
#include <kunit/visibility.h>
#include <linux/export.h>
#include <linux/slab.h>

#include "core_priv.h"

/**
 * scst_session_nr_cmds - commands in flight
 * @sess: session
 *
 * Context: scst_mutex held.
 * Return: their number.
 */
unsigned int scst_session_nr_cmds(struct scst_session *sess)
{
	struct scst_lun *lun;
	unsigned int nr = 0;
	unsigned long n;

	xa_for_each(&sess->luns, n, lun)
		nr += READ_ONCE(lun->nr_cmds);
	return nr;
}
EXPORT_SYMBOL_IF_KUNIT(scst_session_nr_cmds);

static bool scst_session_lun_fits(const struct scst_lun *lun,
				  const struct scst_map *map)
{
	return map && map->dev == lun->dev &&
	       map->read_only == lun->read_only &&
	       scst_device_usable(lun->dev);
}

/* Returns true if the inventory of the session changed */
static bool scst_session_sync_one(struct scst_session *sess, u32 number,
				  struct scst_wait *wait)
{
	struct scst_map *map = xa_load(&sess->group->by_lun, number);
	struct scst_lun *lun = xa_load(&sess->luns, number);
	scst_sense_t ua = SCST_UA_POWER_ON;
	bool changed = false;

	if (lun && scst_session_lun_fits(lun, map))
		return false;
	if (lun) {
		scst_lun_remove_locked(lun, NULL, wait);
		ua = SCST_UA_INQUIRY_CHANGED;
		changed = true;
	}
	if (!map || !scst_device_usable(map->dev))
		return changed;
	if (scst_lun_create_locked(sess, map, ua)) {
		pr_err("session %s: no memory for LUN %u\n", sess->initiator,
		       number);
		return changed;
	}
	return true;
}

/**
 * scst_session_sync_lun_locked - follow a change of one LUN of the group
 * @sess: session
 * @number: LUN
 * @wait: told when a removed LUN is released, or NULL
 *
 * Context: scst_mutex held, may sleep.
 */
void scst_session_sync_lun_locked(struct scst_session *sess, u32 number,
				  struct scst_wait *wait)
{
	lockdep_assert_held(&scst_mutex);
	if (scst_session_sync_one(sess, number, wait))
		scst_session_ua(sess, SCST_UA_LUNS_CHANGED);
}

/**
 * scst_session_sync_locked - follow any change of the group or its devices
 * @sess: session
 * @wait: told when removed LUNs are released, or NULL
 *
 * LUNs that stay the same are left alone.
 *
 * Context: scst_mutex held, may sleep.
 */
void scst_session_sync_locked(struct scst_session *sess,
			      struct scst_wait *wait)
{
	bool changed = false;
	struct scst_map *map;
	struct scst_lun *lun;
	unsigned long n;

	lockdep_assert_held(&scst_mutex);
	xa_for_each(&sess->luns, n, lun)
		changed |= scst_session_sync_one(sess, n, wait);
	list_for_each_entry(map, &sess->group->maps, entry)
		if (!xa_load(&sess->luns, map->lun))
			changed |= scst_session_sync_one(sess, map->lun, wait);
	if (changed)
		scst_session_ua(sess, SCST_UA_LUNS_CHANGED);
}

static void scst_session_free(struct scst_session *sess)
{
	xa_destroy(&sess->luns);
	kfree(sess->initiator);
	kfree(sess);
}

static void scst_session_release_work(struct work_struct *work)
{
	struct scst_session *sess = container_of(work, struct scst_session,
						 work);

	sess->released(sess);
	scst_session_free(sess);
}

/**
 * scst_session_put_lun - a LUN of the session, or its registration, is gone
 * @sess: session, freed by a worker after the last one
 *
 * Context: any.
 */
void scst_session_put_lun(struct scst_session *sess)
{
	if (refcount_dec_and_test(&sess->nr_luns))
		queue_work(scst_mgmt_wq, &sess->work);
}

/**
 * scst_session_register - begin an I_T nexus
 * @tgt: target port
 * @initiator: initiator name as the security groups match it
 * @priv: the driver's
 *
 * Context: may sleep, takes scst_mutex.
 * Return: the session with its LUNs, or an ERR_PTR.
 */
struct scst_session *scst_session_register(struct scst_target *tgt,
					   const char *initiator, void *priv)
{
	struct scst_session *sess;
	struct scst_map *map;

	sess = kzalloc(sizeof(*sess), GFP_KERNEL);
	if (!sess)
		return ERR_PTR(-ENOMEM);
	sess->initiator = kstrdup(initiator, GFP_KERNEL);
	if (!sess->initiator) {
		kfree(sess);
		return ERR_PTR(-ENOMEM);
	}
	sess->target = tgt;
	sess->priv = priv;
	xa_init(&sess->luns);
	refcount_set(&sess->nr_luns, 1);
	INIT_WORK(&sess->work, scst_session_release_work);

	mutex_lock(&scst_mutex);
	sess->group = scst_group_for_locked(sess);
	list_add_tail(&sess->group_entry, &sess->group->sessions);
	list_add_tail(&sess->entry, &tgt->sessions);
	list_for_each_entry(map, &sess->group->maps, entry)
		scst_session_sync_one(sess, map->lun, NULL);
	/* whom a target lets in may come and go as he likes */
	pr_info_ratelimited("session %s: security group %s\n", initiator,
			    sess->group->name);
	mutex_unlock(&scst_mutex);
	return sess;
}
EXPORT_SYMBOL_GPL(scst_session_register);

/**
 * scst_session_unregister - end an I_T nexus
 * @sess: session; the driver submits no more commands
 * @released: called by a worker when nothing of the session is left; the
 *	session is freed when it returns
 *
 * All its commands are aborted; the driver still gets respond() for each and
 * has to finish it.
 *
 * Context: may sleep, takes scst_mutex.
 */
void scst_session_unregister(struct scst_session *sess,
			     void (*released)(struct scst_session *sess))
{
	struct scst_lun *lun;
	unsigned long n;

	mutex_lock(&scst_mutex);
	sess->released = released;
	sess->closing = true;
	list_del(&sess->entry);
	list_del(&sess->group_entry);
	xa_for_each(&sess->luns, n, lun)
		scst_lun_remove_locked(lun, sess, NULL);
	mutex_unlock(&scst_mutex);
	scst_session_put_lun(sess);
}
EXPORT_SYMBOL_GPL(scst_session_unregister);
