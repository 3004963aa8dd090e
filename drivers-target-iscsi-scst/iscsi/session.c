// SPDX-License-Identifier: GPL-2.0
/*
 * Sessions: created by the daemon, freed by their last reference.
 * The list of a target is under scst_iscsi_mutex; lifetimes see conn.c.
 */
#include <linux/mm.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/unaligned.h>
#include <net/net_namespace.h>

#include "iscsi_priv.h"

#define SCST_ISCSI_RELEASE_POLL	(HZ / 50 + 1)

/**
 * scst_iscsi_session_find_locked - find a session
 * @tgt: target
 * @sid: session id
 *
 * Context: scst_iscsi_mutex held.
 * Return: the session or NULL.
 */
struct scst_iscsi_session *
scst_iscsi_session_find_locked(const struct scst_iscsi_target *tgt, u64 sid)
{
	struct scst_iscsi_session *sess;

	lockdep_assert_held(&scst_iscsi_mutex);
	list_for_each_entry(sess, &tgt->sessions, entry)
		if (sess->sid == sid)
			return sess;
	return NULL;
}

static void scst_iscsi_session_free(struct scst_iscsi_session *sess)
{
	if (sess->net)
		put_net(sess->net);
	kfree(sess->initiator);
	kfree(sess->user);
	kvfree(sess);
}

/* Step 5 of the end, see conn.c */
static void scst_iscsi_session_release(struct work_struct *work)
{
	struct scst_iscsi_session *sess = container_of(to_delayed_work(work),
			struct scst_iscsi_session, release_work);
	struct scst_iscsi_target *tgt = sess->tgt;

	if (!scst_iscsi_conn_idle(&sess->conn)) {
		queue_delayed_work(scst_iscsi_mgmt_wq, &sess->release_work,
				   SCST_ISCSI_RELEASE_POLL);
		return;
	}
	mutex_lock(&scst_iscsi_mutex);
	list_del(&sess->entry);
	scst_iscsi_generation++;
	mutex_unlock(&scst_iscsi_mutex);
	/*
	 * The timer and netlink handlers may have kicked it until now, and
	 * scst_iscsi_conn_queue() may be about to.  When many sessions end,
	 * their workers share the grace periods.
	 */
	synchronize_rcu();
	cancel_work_sync(&sess->conn.io_work);
	scst_iscsi_conn_destroy(&sess->conn);
	scst_iscsi_event_closed(sess);
	scst_iscsi_session_free(sess);
	scst_iscsi_target_put_session(tgt);
}

/**
 * scst_iscsi_session_get - take a reference
 * @sess: session
 *
 * Context: any, somebody else has a reference.
 */
void scst_iscsi_session_get(struct scst_iscsi_session *sess)
{
	refcount_inc(&sess->ref);
}

/**
 * scst_iscsi_session_put - drop a reference
 * @sess: session; the last one lets a worker free it
 *
 * Context: any.
 */
void scst_iscsi_session_put(struct scst_iscsi_session *sess)
{
	if (refcount_dec_and_test(&sess->ref))
		queue_delayed_work(scst_iscsi_mgmt_wq, &sess->release_work, 0);
}

static void scst_iscsi_session_released(struct scst_session *core)
{
	struct scst_iscsi_session *sess = core->priv;

	sess->core = NULL;
	scst_iscsi_session_put(sess);
}

/* Step 3 of the end: all commands are aborted */
static void scst_iscsi_session_close_core(struct work_struct *work)
{
	struct scst_iscsi_session *sess = container_of(work,
			struct scst_iscsi_session, close_work);

	scst_session_unregister(sess->core, scst_iscsi_session_released);
}

static struct scst_iscsi_session *
scst_iscsi_session_alloc(const struct scst_iscsi_session_args *args)
{
	struct scst_iscsi_session *sess;

	sess = kvzalloc(sizeof(*sess), GFP_KERNEL);
	if (!sess)
		return NULL;
	sess->initiator = kstrdup(args->initiator, GFP_KERNEL);
	if (args->user)
		sess->user = kstrdup(args->user, GFP_KERNEL);
	if (!sess->initiator || (args->user && !sess->user)) {
		scst_iscsi_session_free(sess);
		return NULL;
	}
	memcpy(sess->isid, args->isid, sizeof(sess->isid));
	sess->tsih = args->tsih;
	sess->cid = args->cid;
	sess->portal_tag = args->portal_tag;
	sess->sid = get_unaligned_be48(sess->isid) << 16 | sess->tsih;
	sess->params = *args->params;
	sess->conn.reason = -1;
	refcount_set(&sess->ref, 1);
	INIT_WORK(&sess->close_work, scst_iscsi_session_close_core);
	INIT_DELAYED_WORK(&sess->release_work, scst_iscsi_session_release);
	sess->net = get_net(args->net);
	return sess;
}

/*
 * RFC 7143 6.3.5: a login with the same name and ISID ends the old session.
 * Anybody can claim these two, so a user does not end what another one has.
 */
static int scst_iscsi_session_collide(struct scst_iscsi_target *tgt,
				      const struct scst_iscsi_session *sess)
{
	struct scst_iscsi_session *pos;

	list_for_each_entry(pos, &tgt->sessions, entry) {
		if (!memcmp(pos->isid, sess->isid, sizeof(pos->isid)) &&
		    !strcmp(pos->initiator, sess->initiator)) {
			if (pos->user && sess->user &&
			    strcmp(pos->user, sess->user))
				return -EPERM;
			WRITE_ONCE(pos->reinstated, true);
			scst_iscsi_conn_close(&pos->conn, ECONNRESET);
			return -EEXIST;
		}
	}
	list_for_each_entry(pos, &tgt->sessions, entry)
		if (pos->tsih == sess->tsih)
			return -EADDRINUSE;
	return 0;
}

/* Put the session on its target's list */
static int scst_iscsi_session_enter(struct scst_iscsi_session *sess, u32 tid)
{
	struct scst_iscsi_target *tgt;
	u32 max;
	int ret;

	mutex_lock(&scst_iscsi_mutex);
	ret = -ENOENT;
	tgt = scst_iscsi_target_find_locked(tid);
	if (!tgt || tgt->dying)
		goto out_unlock;
	ret = scst_iscsi_session_collide(tgt, sess);
	if (ret)
		goto out_unlock;
	ret = -ENOSPC;
	/*
	 * Those in the list, not nr_sessions: when the daemon hears that a
	 * session was closed there has to be room for the next one.
	 */
	max = tgt->tparams.val[SCST_ISCSI_MAX_SESSIONS];
	if (max && list_count_nodes(&tgt->sessions) >= max)
		goto out_unlock;
	ret = 0;
	sess->tgt = tgt;
	sess->tparams = tgt->tparams;
	tgt->nr_sessions++;
	list_add_tail(&sess->entry, &tgt->sessions);
	scst_iscsi_generation++;
out_unlock:
	mutex_unlock(&scst_iscsi_mutex);
	return ret;
}

static void scst_iscsi_session_leave(struct scst_iscsi_session *sess)
{
	mutex_lock(&scst_iscsi_mutex);
	list_del(&sess->entry);
	scst_iscsi_generation++;
	mutex_unlock(&scst_iscsi_mutex);
	scst_iscsi_target_put_session(sess->tgt);
}

/* The name that security groups match, RFC name or user@name */
static struct scst_session *
scst_iscsi_session_register(struct scst_iscsi_session *sess)
{
	struct scst_session *core;
	char *name;

	if (!sess->user)
		return scst_session_register(sess->tgt->core, sess->initiator,
					     sess);
	name = kasprintf(GFP_KERNEL, "%s@%s", sess->user, sess->initiator);
	if (!name)
		return ERR_PTR(-ENOMEM);
	core = scst_session_register(sess->tgt->core, name, sess);
	kfree(name);
	return core;
}

/**
 * scst_iscsi_session_add - create a session
 * @args: what the daemon says
 * @sid: its id
 *
 * Context: the daemon's process, may sleep.
 * Return: 0 or an errno as documented for session-new.
 */
int scst_iscsi_session_add(const struct scst_iscsi_session_args *args,
			   u64 *sid)
{
	struct scst_iscsi_session *sess;
	struct scst_session *core;
	int ret;

	sess = scst_iscsi_session_alloc(args);
	if (!sess)
		return -ENOMEM;
	ret = scst_iscsi_session_enter(sess, args->tid);
	if (ret)
		goto out_free;
	ret = scst_iscsi_conn_init(sess, args);
	if (ret)
		goto out_leave;
	core = scst_iscsi_session_register(sess);
	if (IS_ERR(core)) {
		ret = PTR_ERR(core);
		goto out_destroy;
	}
	sess->core = core;
	*sid = sess->sid;
	/* As soon as it has started it may end */
	scst_iscsi_session_get(sess);
	scst_iscsi_conn_start(&sess->conn);
	scst_iscsi_session_put(sess);
	return 0;

out_destroy:
	scst_iscsi_conn_destroy(&sess->conn);
out_leave:
	scst_iscsi_session_leave(sess);
out_free:
	scst_iscsi_session_free(sess);
	return ret;
}
