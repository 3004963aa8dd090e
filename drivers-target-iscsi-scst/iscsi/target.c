// SPDX-License-Identifier: GPL-2.0
/*
 * Targets.  Their list and everything in them is under scst_iscsi_mutex, which
 * is never held while something is waited for or the core is called.
 */
#include <linux/jiffies.h>
#include <linux/slab.h>

#include "iscsi_priv.h"

/* Short, because generic netlink holds a lock that others want for as long */
#define SCST_ISCSI_DEL_TIMEOUT	HZ
#define SCST_ISCSI_EXIT_REPORT	(10 * HZ)

LIST_HEAD(scst_iscsi_targets);
unsigned int scst_iscsi_generation = 1;

/* Counted, under the mutex, and woken when a session has been freed */
static unsigned int scst_iscsi_sessions_freed;
static DECLARE_WAIT_QUEUE_HEAD(scst_iscsi_session_gone);

/**
 * scst_iscsi_target_find_locked - find a target
 * @tid: target id
 *
 * Context: scst_iscsi_mutex held.
 * Return: the target or NULL.
 */
struct scst_iscsi_target *scst_iscsi_target_find_locked(u32 tid)
{
	struct scst_iscsi_target *tgt;

	lockdep_assert_held(&scst_iscsi_mutex);
	list_for_each_entry(tgt, &scst_iscsi_targets, entry)
		if (tgt->tid == tid)
			return tgt;
	return NULL;
}

static bool scst_iscsi_target_name_used(const char *name)
{
	struct scst_iscsi_target *tgt;

	list_for_each_entry(tgt, &scst_iscsi_targets, entry)
		if (!strcmp(tgt->name, name))
			return true;
	return false;
}

static u32 scst_iscsi_target_free_tid(void)
{
	u32 tid = 1;

	while (scst_iscsi_target_find_locked(tid))
		tid++;
	return tid;
}

/* Reserve the name and the id; the target takes no sessions yet */
static int scst_iscsi_target_reserve(struct scst_iscsi_target *tgt)
{
	int ret = -EEXIST;

	mutex_lock(&scst_iscsi_mutex);
	if (scst_iscsi_target_name_used(tgt->name) ||
	    (tgt->tid && scst_iscsi_target_find_locked(tgt->tid)))
		goto out_unlock;
	if (!tgt->tid)
		tgt->tid = scst_iscsi_target_free_tid();
	tgt->dying = true;
	list_add(&tgt->entry, &scst_iscsi_targets);
	scst_iscsi_generation++;
	ret = 0;
out_unlock:
	mutex_unlock(&scst_iscsi_mutex);
	return ret;
}

static void scst_iscsi_target_free(struct scst_iscsi_target *tgt)
{
	kfree(tgt->addresses);
	kfree(tgt->name);
	kfree(tgt);
}

/**
 * scst_iscsi_target_add - create a target
 * @tid: its id; 0 chooses one
 * @name: iSCSI name
 *
 * Context: process, may sleep.
 * Return: 0, -EEXIST if the id or the name is taken, or another errno.
 */
int scst_iscsi_target_add(u32 *tid, const char *name)
{
	struct scst_iscsi_target *tgt;
	struct scst_target *core;
	int ret = -ENOMEM;

	tgt = kzalloc(sizeof(*tgt), GFP_KERNEL);
	if (!tgt)
		return -ENOMEM;
	tgt->tid = *tid;
	INIT_LIST_HEAD(&tgt->sessions);
	scst_iscsi_params_init(&tgt->params);
	scst_iscsi_target_params_init(&tgt->tparams);
	tgt->name = kstrdup(name, GFP_KERNEL);
	if (!tgt->name)
		goto out_free;
	ret = scst_iscsi_target_reserve(tgt);
	if (ret)
		goto out_free;
	core = scst_target_register(&scst_iscsi_ops, name, tgt);
	mutex_lock(&scst_iscsi_mutex);
	if (IS_ERR(core)) {
		ret = PTR_ERR(core);
		list_del(&tgt->entry);
		scst_iscsi_generation++;
	} else {
		tgt->core = core;
		tgt->dying = false;
		*tid = tgt->tid;
	}
	mutex_unlock(&scst_iscsi_mutex);
	if (!ret)
		return 0;
out_free:
	scst_iscsi_target_free(tgt);
	return ret;
}

/**
 * scst_iscsi_target_put_session - a session of the target has been freed
 * @tgt: target; may be gone when this returns
 *
 * Context: process, may sleep.
 */
void scst_iscsi_target_put_session(struct scst_iscsi_target *tgt)
{
	mutex_lock(&scst_iscsi_mutex);
	tgt->nr_sessions--;
	WRITE_ONCE(scst_iscsi_sessions_freed, scst_iscsi_sessions_freed + 1);
	mutex_unlock(&scst_iscsi_mutex);
	wake_up_all(&scst_iscsi_session_gone);
}

/* Begin the end of all sessions */
static void scst_iscsi_target_close_locked(struct scst_iscsi_target *tgt)
{
	struct scst_iscsi_session *sess;

	tgt->dying = true;
	list_for_each_entry(sess, &tgt->sessions, entry)
		scst_iscsi_conn_ask_logout(&sess->conn);
}

/* Wait for one more session to be freed; false if that takes too long */
static bool scst_iscsi_wait_freed(unsigned int seen, unsigned long until)
{
	long left = until - jiffies;

	return left > 0 &&
	       wait_event_timeout(scst_iscsi_session_gone,
				  READ_ONCE(scst_iscsi_sessions_freed) != seen,
				  left);
}

/* Take an unused target off the list; -EBUSY if it is used */
static int scst_iscsi_target_take(u32 tid, struct scst_iscsi_target **ret)
{
	struct scst_iscsi_target *tgt;
	int err = 0;

	mutex_lock(&scst_iscsi_mutex);
	tgt = scst_iscsi_target_find_locked(tid);
	if (!tgt)
		err = -ENOENT;
	else if (tgt->nr_sessions || !tgt->core)
		err = -EBUSY;
	if (!err) {
		list_del(&tgt->entry);
		scst_iscsi_generation++;
	}
	mutex_unlock(&scst_iscsi_mutex);
	*ret = tgt;
	return err;
}

/**
 * scst_iscsi_target_del - delete a target
 * @tid: its id
 *
 * Initiators are asked to log out, then their sessions are closed.  That goes
 * on after -EBUSY, and no new sessions are let in: it takes another call to
 * delete the target, or target-set to keep it after all.
 *
 * Context: process, waits for the sessions, but not longer than a second.
 * Return: 0, -ENOENT, or -EBUSY if there still are sessions.
 */
int scst_iscsi_target_del(u32 tid)
{
	unsigned long until = jiffies + SCST_ISCSI_DEL_TIMEOUT;
	struct scst_iscsi_target *tgt;
	unsigned int seen;
	int ret;

	mutex_lock(&scst_iscsi_mutex);
	tgt = scst_iscsi_target_find_locked(tid);
	if (!tgt || !tgt->core) {
		mutex_unlock(&scst_iscsi_mutex);
		return -ENOENT;
	}
	scst_iscsi_target_close_locked(tgt);
	mutex_unlock(&scst_iscsi_mutex);

	do {
		seen = READ_ONCE(scst_iscsi_sessions_freed);
		ret = scst_iscsi_target_take(tid, &tgt);
	} while (ret == -EBUSY && scst_iscsi_wait_freed(seen, until));
	if (ret)
		return ret;
	scst_target_unregister(tgt->core);
	scst_iscsi_target_free(tgt);
	return 0;
}

/* Delete the targets without sessions; true if none is left */
static bool scst_iscsi_targets_reap(void)
{
	struct scst_iscsi_target *tgt, *next;
	LIST_HEAD(idle);
	bool empty;

	mutex_lock(&scst_iscsi_mutex);
	list_for_each_entry_safe(tgt, next, &scst_iscsi_targets, entry)
		if (!tgt->nr_sessions)
			list_move(&tgt->entry, &idle);
	scst_iscsi_generation++;
	empty = list_empty(&scst_iscsi_targets);
	mutex_unlock(&scst_iscsi_mutex);

	list_for_each_entry_safe(tgt, next, &idle, entry) {
		scst_target_unregister(tgt->core);
		scst_iscsi_target_free(tgt);
	}
	return empty;
}

/**
 * scst_iscsi_targets_del_all - delete all targets
 *
 * Peers cannot hold this up.  A backend that does not end its I/O can, because
 * that I/O uses our memory; then this says so from time to time.
 *
 * Context: module exit; nobody creates targets or sessions any more.
 */
void scst_iscsi_targets_del_all(void)
{
	struct scst_iscsi_target *tgt;
	unsigned int seen;

	mutex_lock(&scst_iscsi_mutex);
	list_for_each_entry(tgt, &scst_iscsi_targets, entry)
		scst_iscsi_target_close_locked(tgt);
	mutex_unlock(&scst_iscsi_mutex);

	for (;;) {
		seen = READ_ONCE(scst_iscsi_sessions_freed);
		if (scst_iscsi_targets_reap())
			return;
		if (!scst_iscsi_wait_freed(seen,
					   jiffies + SCST_ISCSI_EXIT_REPORT))
			pr_warn("unload: waiting for commands of open sessions\n");
	}
}
