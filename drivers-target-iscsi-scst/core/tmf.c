// SPDX-License-Identifier: GPL-2.0
/*
 * Task management functions (SAM-5 chapter 7).
 *
 * A function marks the commands it is meant for, hurries those that wait for
 * something, and is complete when none of the marked ones can change anything
 * any more, and none of its own nexus can be answered any more.  The answers to
 * other nexuses are not waited for: how fast their initiators read is none of
 * this one's business.  Pending functions are in one list under scst_tm_lock;
 * it is looked at only when an aborted command has been executed or has ended.
 *
 * Lock order: scst_tm_lock -> scst_device.lock -> scst_lun.lock.
 */
#include <linux/export.h>

#include "core_priv.h"
#include "scst_trace.h"

static DEFINE_SPINLOCK(scst_tm_lock);
static LIST_HEAD(scst_tms);

/* What a walk over commands looks for and what it has found */
struct scst_tm_walk {
	const struct scst_tm *tm;
	const struct scst_session *by;	/* tells own from foreign commands */
	struct list_head wake;		/* commands in SCST_CMD_ORDER_WAIT */
	unsigned int found;
};

typedef void scst_tm_visit_fn(struct scst_tm_walk *walk, struct scst_lun *lun);

static bool scst_tm_hits(const struct scst_tm_walk *walk,
			 const struct scst_cmd *cmd)
{
	return !walk->tm || walk->tm->fn != SCST_TM_ABORT_TASK ||
	       cmd->tag == walk->tm->tag;
}

static void scst_tm_mark(struct scst_tm_walk *walk, struct scst_cmd *cmd)
{
	enum scst_cmd_state state;

	if (walk->by != cmd->sess)
		set_bit(SCST_CMDF_ABORT_TAS, &cmd->flags);
	set_bit(SCST_CMDF_ABORTED, &cmd->flags);
	/* pairs with scst_state_respond(): one of us sees what the other did */
	smp_mb__after_atomic();
	walk->found++;
	state = READ_ONCE(cmd->state);
	if (state == SCST_CMD_DATA_WAIT || state == SCST_CMD_RESPOND_WAIT)
		cmd->sess->target->ops->abort(cmd);
}

static void scst_tm_abort_lun(struct scst_tm_walk *walk, struct scst_lun *lun)
{
	struct scst_cmd *cmd, *next;

	spin_lock(&lun->lock);
	list_for_each_entry(cmd, &lun->cmds, lun_entry)
		if (scst_tm_hits(walk, cmd))
			scst_tm_mark(walk, cmd);
	list_for_each_entry_safe(cmd, next, &lun->deferred, order_entry)
		if (scst_cmd_aborted(cmd))
			list_move_tail(&cmd->order_entry, &walk->wake);
	spin_unlock(&lun->lock);
}

static bool scst_tm_waits_for(const struct scst_tm_walk *walk,
			      const struct scst_cmd *cmd)
{
	if (!scst_cmd_aborted(cmd) || !scst_tm_hits(walk, cmd))
		return false;
	return cmd->sess == walk->tm->sess ||
	       READ_ONCE(cmd->state) < SCST_CMD_RESPOND_WAIT;
}

static void scst_tm_count_lun(struct scst_tm_walk *walk, struct scst_lun *lun)
{
	struct scst_cmd *cmd;

	spin_lock(&lun->lock);
	list_for_each_entry(cmd, &lun->cmds, lun_entry)
		walk->found += scst_tm_waits_for(walk, cmd);
	spin_unlock(&lun->lock);
}

static void scst_tm_visit_device(struct scst_tm_walk *walk,
				 struct scst_device *dev,
				 scst_tm_visit_fn *visit)
{
	struct scst_lun *lun;

	spin_lock(&dev->lock);
	list_for_each_entry(lun, &dev->luns, dev_entry)
		visit(walk, lun);
	spin_unlock(&dev->lock);
}

/* Visit every nexus that the function of walk->tm is about */
static void scst_tm_visit(struct scst_tm_walk *walk, scst_tm_visit_fn *visit)
{
	const struct scst_tm *tm = walk->tm;
	struct scst_lun *lun;
	unsigned long n;

	if (tm->fn == SCST_TM_LUN_RESET) {
		scst_tm_visit_device(walk, tm->lun->dev, visit);
		return;
	}
	if (tm->lun) {
		visit(walk, tm->lun);
		return;
	}
	rcu_read_lock();
	xa_for_each(&tm->sess->luns, n, lun) {
		if (!percpu_ref_tryget_live(&lun->ref))
			continue;
		if (tm->fn == SCST_TM_TARGET_RESET)
			scst_tm_visit_device(walk, lun->dev, visit);
		else
			visit(walk, lun);
		scst_lun_put(lun);
	}
	rcu_read_unlock();
}

/* The aborted ones among the deferred commands end without having run */
static void scst_tm_wake(struct scst_tm_walk *walk)
{
	struct scst_cmd *cmd, *next;

	list_for_each_entry_safe(cmd, next, &walk->wake, order_entry)
		scst_cmd_reorder(cmd);
}

static bool scst_tm_is_over(const struct scst_tm *tm)
{
	struct scst_tm_walk walk = { .tm = tm };

	scst_tm_visit(&walk, scst_tm_count_lun);
	return !walk.found;
}

static void scst_tm_end(struct scst_tm *tm)
{
	struct scst_session *sess = tm->sess;

	trace_scst_tm_done(tm);
	if (tm->lun)
		scst_lun_put(tm->lun);
	sess->target->ops->tm_done(tm);
	scst_session_put_lun(sess);
}

/**
 * scst_tm_recheck - less is left to wait for: is a function complete now?
 *
 * Context: process context, no locks held.
 */
void scst_tm_recheck(void)
{
	struct scst_tm *tm, *next;
	LIST_HEAD(over);

	spin_lock(&scst_tm_lock);
	list_for_each_entry_safe(tm, next, &scst_tms, entry)
		if (scst_tm_is_over(tm))
			list_move_tail(&tm->entry, &over);
	spin_unlock(&scst_tm_lock);

	list_for_each_entry_safe(tm, next, &over, entry)
		scst_tm_end(tm);
}

static void scst_tm_recheck_work(struct work_struct *work)
{
	scst_tm_recheck();
}

static DECLARE_WORK(scst_tm_work, scst_tm_recheck_work);

/**
 * scst_tm_recheck_soon - scst_tm_recheck() in a worker
 *
 * Context: any.
 */
void scst_tm_recheck_soon(void)
{
	queue_work(scst_mgmt_wq, &scst_tm_work);
}

/**
 * scst_lun_abort - abort all commands of a nexus
 * @lun: nexus
 * @by: session on whose behalf; commands of others end with TASK ABORTED
 *
 * Context: process context; scst_mutex may be held.
 * Return: true if there were any; then scst_tm_hurry() is for the caller to do.
 */
bool scst_lun_abort(struct scst_lun *lun, const struct scst_session *by)
{
	struct scst_tm_walk walk = { .by = by };

	INIT_LIST_HEAD(&walk.wake);
	scst_tm_abort_lun(&walk, lun);
	scst_tm_wake(&walk);
	return walk.found;
}

/**
 * scst_tm_hurry - tell the handler that commands of a device were aborted
 * @dev: device, with a LUN that the caller holds: so the handler stays
 * @fn: function that aborted them
 *
 * Context: may sleep, no locks held.
 */
void scst_tm_hurry(struct scst_device *dev, enum scst_tm_fn fn)
{
	if (dev->handler->tm)
		dev->handler->tm(dev, fn);
}

/* SAM-5 6.3.3: logical unit reset */
static void scst_tm_reset_device(struct scst_device *dev, enum scst_tm_fn fn)
{
	scst_reserve_drop(dev, NULL);
	spin_lock(&dev->lock);
	scst_mode_reset_locked(dev);
	spin_unlock(&dev->lock);
	scst_device_ua(dev, SCST_UA_DEVICE_RESET, NULL);
	scst_tm_hurry(dev, fn);
}

static void scst_tm_reset(struct scst_tm *tm)
{
	struct scst_lun *lun;
	unsigned long n;

	if (tm->fn == SCST_TM_LUN_RESET) {
		scst_tm_reset_device(tm->lun->dev, tm->fn);
		return;
	}
	for (n = 0; n <= SCST_MAX_LUN; n++) {
		lun = xa_find(&tm->sess->luns, &n, SCST_MAX_LUN, XA_PRESENT);
		if (!lun)
			return;
		lun = scst_lun_get(tm->sess, n);
		if (!lun)
			continue;
		scst_tm_reset_device(lun->dev, tm->fn);
		scst_lun_put(lun);
	}
}

static bool scst_tm_needs_lun(const struct scst_tm *tm)
{
	return tm->fn != SCST_TM_TARGET_RESET && tm->fn != SCST_TM_NEXUS_LOSS;
}

/**
 * scst_tm_submit - a task management request has arrived
 * @tm: request, filled in; the driver's again when its tm_done is called, which
 *	may happen before this returns
 *
 * Context: process context, no locks held.  Does not wait.
 */
void scst_tm_submit(struct scst_tm *tm)
{
	struct scst_tm_walk walk = { .tm = tm, .by = tm->sess };

	trace_scst_tm_submit(tm);
	refcount_inc(&tm->sess->nr_luns);
	tm->lun = NULL;
	tm->result = SCST_TM_COMPLETE;
	if (scst_tm_needs_lun(tm)) {
		tm->lun = scst_lun_get(tm->sess, tm->lun_addr);
		if (!tm->lun) {
			tm->result = SCST_TM_NO_LUN;
			scst_tm_end(tm);
			return;
		}
	}
	if (tm->fn == SCST_TM_CLEAR_ACA) {
		/* NACA is refused, so there is never an ACA to clear */
		scst_tm_end(tm);
		return;
	}

	INIT_LIST_HEAD(&walk.wake);
	scst_tm_visit(&walk, scst_tm_abort_lun);
	if (tm->fn == SCST_TM_ABORT_TASK && !walk.found) {
		tm->result = SCST_TM_NO_TASK;
		scst_tm_end(tm);
		return;
	}
	if (tm->fn == SCST_TM_LUN_RESET || tm->fn == SCST_TM_TARGET_RESET)
		scst_tm_reset(tm);
	else if (walk.found && tm->lun)
		scst_tm_hurry(tm->lun->dev, tm->fn);

	spin_lock(&scst_tm_lock);
	list_add_tail(&tm->entry, &scst_tms);
	spin_unlock(&scst_tm_lock);
	scst_tm_wake(&walk);
	scst_tm_recheck();
}
EXPORT_SYMBOL_GPL(scst_tm_submit);
