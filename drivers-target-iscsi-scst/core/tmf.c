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
#include <linux/slab.h>

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

static bool scst_tm_is_reset(const struct scst_tm *tm)
{
	return tm->fn == SCST_TM_LUN_RESET || tm->fn == SCST_TM_TARGET_RESET;
}

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
			scst_task_wake_locked(cmd, &walk->wake);
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
	unsigned int i;

	for (i = 0; i < tm->nr_luns; i++) {
		if (scst_tm_is_reset(tm))
			scst_tm_visit_device(walk, tm->luns[i]->dev, visit);
		else
			visit(walk, tm->luns[i]);
	}
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
	unsigned int i;

	trace_scst_tm_done(tm);
	for (i = 0; i < tm->nr_luns; i++)
		scst_lun_put(tm->luns[i]);
	if (tm->luns != &tm->lun)
		kfree(tm->luns);
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

/* All commands are marked: do what else the function asks for */
static void scst_tm_act(const struct scst_tm *tm, bool found)
{
	unsigned int i;

	for (i = 0; i < tm->nr_luns; i++) {
		if (scst_tm_is_reset(tm))
			scst_tm_reset_device(tm->luns[i]->dev, tm->fn);
		else if (found)
			scst_tm_hurry(tm->luns[i]->dev, tm->fn);
	}
}

static bool scst_tm_get_lun(struct scst_tm *tm)
{
	tm->lun = scst_lun_get(tm->sess, tm->lun_addr);
	tm->luns = &tm->lun;
	tm->nr_luns = tm->lun ? 1 : 0;
	return tm->lun;
}

/* Those that are missed because they come or go right now are not affected */
static bool scst_tm_get_luns(struct scst_tm *tm)
{
	struct scst_lun *lun;
	unsigned int max = 0;
	unsigned long n;

	xa_for_each(&tm->sess->luns, n, lun)
		max++;
	tm->luns = kcalloc(max, sizeof(*tm->luns), GFP_NOIO);
	if (!tm->luns)
		return false;
	xa_for_each(&tm->sess->luns, n, lun) {
		if (tm->nr_luns == max)
			break;
		lun = scst_lun_get(tm->sess, n);
		if (lun)
			tm->luns[tm->nr_luns++] = lun;
	}
	return true;
}

/*
 * The function holds what it works on: what the administrator takes away
 * meanwhile is waited for all the same.
 */
static bool scst_tm_begin(struct scst_tm *tm)
{
	refcount_inc(&tm->sess->nr_luns);
	tm->luns = NULL;
	tm->nr_luns = 0;
	tm->result = SCST_TM_COMPLETE;
	if (tm->fn != SCST_TM_TARGET_RESET && !scst_tm_get_lun(tm))
		tm->result = SCST_TM_NO_LUN;
	if (tm->fn == SCST_TM_TARGET_RESET && !scst_tm_get_luns(tm))
		tm->result = SCST_TM_REJECTED;
	return tm->result == SCST_TM_COMPLETE;
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
	/* NACA is refused, so there is never an ACA to clear */
	if (!scst_tm_begin(tm) || tm->fn == SCST_TM_CLEAR_ACA) {
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
	scst_tm_act(tm, walk.found);

	spin_lock(&scst_tm_lock);
	list_add_tail(&tm->entry, &scst_tms);
	spin_unlock(&scst_tm_lock);
	scst_tm_wake(&walk);
	scst_tm_recheck();
}
EXPORT_SYMBOL_GPL(scst_tm_submit);
