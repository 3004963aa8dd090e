// SPDX-License-Identifier: GPL-2.0
/*
 * Task sets and task attributes (SAM-5 8.6 to 8.9).
 *
 * Each I_T_L nexus has a task set of its own (TST 001b in the control mode
 * page), so everything is under scst_lun.lock and nexuses never wait for each
 * other.  Commands with the SIMPLE attribute are only counted as long as no
 * ORDERED or HEAD OF QUEUE command is around.
 */
#include "core_priv.h"

static bool scst_task_special(const struct scst_cmd *cmd)
{
	return cmd->attr == SCST_ATTR_ORDERED ||
	       cmd->attr == SCST_ATTR_HEAD_OF_QUEUE;
}

/**
 * scst_task_enter - a command joins the task set of its LUN
 * @cmd: command, with a LUN
 *
 * Context: process context.
 */
void scst_task_enter(struct scst_cmd *cmd)
{
	struct scst_lun *lun = cmd->lun;

	spin_lock(&lun->lock);
	list_add_tail(&cmd->lun_entry, &lun->cmds);
	lun->nr_cmds++;
	lun->nr_special += scst_task_special(cmd);
	lun->nr_hoq += cmd->attr == SCST_ATTR_HEAD_OF_QUEUE;
	spin_unlock(&lun->lock);
}

/*
 * Does another command keep @cmd from the enabled task state?  ORDERED waits
 * for all that are older, and for HEAD OF QUEUE commands of any age; SIMPLE for
 * what is older and not SIMPLE.
 */
static bool scst_task_blocked(const struct scst_cmd *cmd)
{
	struct scst_lun *lun = cmd->lun;
	struct scst_cmd *older;

	lockdep_assert_held(&lun->lock);
	if (cmd->attr == SCST_ATTR_ORDERED)
		return lun->nr_hoq || !list_is_first(&cmd->lun_entry, &lun->cmds);
	list_for_each_entry(older, &lun->cmds, lun_entry) {
		if (older == cmd)
			return false;
		if (scst_task_special(older))
			return true;
	}
	return false;
}

/**
 * scst_task_wake_locked - take a command off the list of deferred ones
 * @cmd: command in SCST_CMD_ORDER_WAIT
 * @list: gets it, for scst_cmd_reorder()
 *
 * Context: scst_lun.lock held.
 */
void scst_task_wake_locked(struct scst_cmd *cmd, struct list_head *list)
{
	lockdep_assert_held(&cmd->lun->lock);
	cmd->state = SCST_CMD_ORDER;
	list_move_tail(&cmd->order_entry, list);
}

/*
 * Find the deferred commands that may run now.  Behind the first ORDERED or
 * HEAD OF QUEUE command there are none.
 */
static void scst_task_wake_enabled(struct scst_lun *lun, struct list_head *list)
{
	struct scst_cmd *cmd;

	if (list_empty(&lun->deferred))
		return;
	list_for_each_entry(cmd, &lun->cmds, lun_entry) {
		if (cmd->state == SCST_CMD_ORDER_WAIT &&
		    (!scst_task_special(cmd) || !scst_task_blocked(cmd)))
			scst_task_wake_locked(cmd, list);
		if (scst_task_special(cmd))
			return;
	}
}

/**
 * scst_task_enabled - may a command run now?
 * @cmd: command in SCST_CMD_ORDER
 *
 * Context: process context.
 * Return: true if so.  Otherwise the command is in SCST_CMD_ORDER_WAIT and not
 * the caller's any more; scst_task_leave() of another one brings it back.
 */
bool scst_task_enabled(struct scst_cmd *cmd)
{
	struct scst_lun *lun = cmd->lun;
	bool blocked;

	if (!lun || cmd->attr == SCST_ATTR_HEAD_OF_QUEUE)
		return true;
	if (cmd->attr != SCST_ATTR_ORDERED && !READ_ONCE(lun->nr_special))
		return true;

	spin_lock(&lun->lock);
	blocked = !scst_cmd_aborted(cmd) && scst_task_blocked(cmd);
	if (blocked) {
		cmd->state = SCST_CMD_ORDER_WAIT;
		list_add_tail(&cmd->order_entry, &lun->deferred);
	}
	spin_unlock(&lun->lock);
	return !blocked;
}

/**
 * scst_task_leave - a command has ended
 * @cmd: command, with a LUN that the caller still holds
 *
 * Context: process context, no locks held.
 */
void scst_task_leave(struct scst_cmd *cmd)
{
	struct scst_lun *lun = cmd->lun;
	struct scst_cmd *next, *tmp;
	LIST_HEAD(waiting);

	spin_lock(&lun->lock);
	list_del(&cmd->lun_entry);
	lun->nr_cmds--;
	lun->nr_special -= scst_task_special(cmd);
	lun->nr_hoq -= cmd->attr == SCST_ATTR_HEAD_OF_QUEUE;
	scst_task_wake_enabled(lun, &waiting);
	spin_unlock(&lun->lock);

	list_for_each_entry_safe(next, tmp, &waiting, order_entry)
		scst_cmd_reorder(next);
	if (scst_cmd_aborted(cmd))
		scst_tm_recheck();
}
