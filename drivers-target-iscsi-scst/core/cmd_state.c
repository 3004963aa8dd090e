// SPDX-License-Identifier: GPL-2.0
/*
 * The state machine of a command: one enum, one function for each state.
 *
 * A state function either moves the command on and returns true, or hands it
 * to somebody else and returns false; from then on it may not touch the command
 * any more.  Only this file writes scst_cmd.state, but for the hand-over to
 * SCST_CMD_ORDER_WAIT and back, which order.c makes under scst_lun.lock.
 */
#include <linux/export.h>

#include "core_priv.h"
#include "scst_trace.h"

/* The command is over; the transport is told next */
static bool scst_cmd_end(struct scst_cmd *cmd, scst_sense_t result)
{
	cmd->result = result;
	cmd->state = SCST_CMD_RESPOND;
	return true;
}

static bool scst_state_parse(struct scst_cmd *cmd)
{
	scst_sense_t sense;

	cmd->state = SCST_CMD_PARSE;
	sense = scst_cmd_check(cmd);
	if (sense)
		return scst_cmd_end(cmd, sense);
	cmd->state = SCST_CMD_GET_BUF;
	return true;
}

/*
 * Either the abort comes before, and is seen here, or it comes after and finds
 * a command that waits; hence the lock.
 */
static bool scst_cmd_begin_data_wait(struct scst_cmd *cmd)
{
	bool aborted;

	spin_lock(&cmd->lun->lock);
	aborted = scst_cmd_aborted(cmd);
	if (!aborted)
		cmd->state = SCST_CMD_DATA_WAIT;
	spin_unlock(&cmd->lun->lock);
	return !aborted;
}

static bool scst_state_get_buf(struct scst_cmd *cmd)
{
	if (!cmd->bufflen || test_bit(SCST_CMDF_OWN_BUF, &cmd->flags)) {
		cmd->state = SCST_CMD_ORDER;
		return true;
	}
	if (scst_cmd_alloc_buf(cmd))
		return scst_cmd_end(cmd, SCST_TASK_SET_FULL);
	if (cmd->dir == DMA_FROM_DEVICE) {
		cmd->state = SCST_CMD_ORDER;
		return true;
	}
	if (!scst_cmd_begin_data_wait(cmd))
		return scst_cmd_end(cmd, SCST_TASK_ABORTED);
	cmd->sess->target->ops->data_wait(cmd);
	return false;
}

static bool scst_state_order(struct scst_cmd *cmd)
{
	if (scst_cmd_aborted(cmd))
		return scst_cmd_end(cmd, SCST_TASK_ABORTED);
	if (!scst_task_enabled(cmd))
		return false;
	cmd->state = SCST_CMD_EXEC;
	return true;
}

static bool scst_state_exec(struct scst_cmd *cmd)
{
	if (cmd->dir == DMA_FROM_DEVICE)
		cmd->resp_len = cmd->bufflen;
	cmd->state = SCST_CMD_EXEC_WAIT;
	cmd->execute(cmd);
	return false;
}

static void scst_cmd_build_sense(struct scst_cmd *cmd)
{
	const u64 *info = test_bit(SCST_CMDF_INFO, &cmd->flags) ?
			  &cmd->info : NULL;
	bool descriptor = cmd->dev && cmd->dev->d_sense;

	cmd->sense_len = scst_sense_build(cmd->sense, sizeof(cmd->sense),
					  cmd->result, descriptor, info);
}

static bool scst_state_respond(struct scst_cmd *cmd)
{
	if (cmd->result) {
		cmd->status = scst_sense_status(cmd->result);
		cmd->resp_len = 0;
		if (cmd->status == SAM_STAT_CHECK_CONDITION)
			scst_cmd_build_sense(cmd);
	}
	trace_scst_cmd_respond(cmd);
	/* pairs with scst_tm_mark(): the flag is looked at after this */
	smp_store_mb(cmd->state, SCST_CMD_RESPOND_WAIT);
	if (unlikely(test_bit(SCST_CMDF_ABORT_TAS, &cmd->flags)))
		scst_tm_recheck_soon();
	cmd->sess->target->ops->respond(cmd);
	return false;
}

static bool (*const scst_cmd_states[])(struct scst_cmd *cmd) = {
	[SCST_CMD_NEW]		= scst_state_parse,
	[SCST_CMD_GET_BUF]	= scst_state_get_buf,
	[SCST_CMD_ORDER]	= scst_state_order,
	[SCST_CMD_EXEC]		= scst_state_exec,
	[SCST_CMD_RESPOND]	= scst_state_respond,
};

/**
 * scst_cmd_run - move a command on as far as it goes
 * @cmd: command; belongs to somebody else afterwards
 *
 * Context: what the state needs; process context up to SCST_CMD_EXEC.
 */
void scst_cmd_run(struct scst_cmd *cmd)
{
	while (scst_cmd_states[cmd->state](cmd))
		;
}

/**
 * scst_cmd_submit - a command has arrived
 * @cmd: initialized and filled in
 *
 * The driver calls this in the order in which the initiator sent the commands.
 * data_wait() or respond() may be called before it returns.
 *
 * Context: process context, no locks held.  Does not wait for I/O.
 */
void scst_cmd_submit(struct scst_cmd *cmd)
{
	trace_scst_cmd_submit(cmd);
	scst_cmd_run(cmd);
}
EXPORT_SYMBOL_GPL(scst_cmd_submit);

/**
 * scst_cmd_data_ready - all data of a write have arrived
 * @cmd: command in SCST_CMD_DATA_WAIT
 * @error: SCST_GOOD, or why there will be no data
 *
 * Context: process context, no locks held.  Does not wait for I/O.
 */
void scst_cmd_data_ready(struct scst_cmd *cmd, scst_sense_t error)
{
	if (error)
		scst_cmd_end(cmd, error);
	else
		cmd->state = SCST_CMD_ORDER;
	scst_cmd_run(cmd);
}
EXPORT_SYMBOL_GPL(scst_cmd_data_ready);

/**
 * scst_cmd_reorder - look again whether a deferred command may run
 * @cmd: command that scst_task_wake_locked() took off its list
 *
 * Context: process context, no locks held.
 */
void scst_cmd_reorder(struct scst_cmd *cmd)
{
	scst_cmd_run(cmd);
}

/**
 * scst_cmd_complete - a handler has executed a command
 * @cmd: command in execution; not the handler's any more
 * @result: outcome.  With SCST_GOOD a data-in command has resp_len valid bytes
 *	(all of them unless the handler lowered it).
 *
 * Context: any, including hard interrupt.
 */
void scst_cmd_complete(struct scst_cmd *cmd, scst_sense_t result)
{
	scst_cmd_end(cmd, result);
	scst_cmd_run(cmd);
}
EXPORT_SYMBOL_GPL(scst_cmd_complete);

/**
 * scst_cmd_complete_raw - a device has executed a command, as its status says
 * @cmd: command in execution; not the handler's any more
 * @status: SAM status
 * @sense: sense data, may be NULL
 * @len: their length
 *
 * Unlike scst_cmd_complete() a failed command keeps the data it has: resp_len
 * is the handler's.
 *
 * Context: any, including hard interrupt.
 */
void scst_cmd_complete_raw(struct scst_cmd *cmd, u8 status, const u8 *sense,
			   unsigned int len)
{
	cmd->status = status;
	cmd->sense_len = min_t(unsigned int, len, sizeof(cmd->sense));
	if (cmd->sense_len) {
		memcpy(cmd->sense, sense, cmd->sense_len);
		set_bit(SCST_CMDF_RAW_SENSE, &cmd->flags);
	}
	scst_cmd_end(cmd, SCST_GOOD);
	scst_cmd_run(cmd);
}
EXPORT_SYMBOL_GPL(scst_cmd_complete_raw);

/**
 * scst_cmd_finish - the transport has done with a command
 * @cmd: command in SCST_CMD_RESPOND_WAIT; the driver may free it afterwards
 *
 * Context: process context, no locks held.  May run other commands that waited
 * for this one.
 */
void scst_cmd_finish(struct scst_cmd *cmd)
{
	struct scst_lun *lun = cmd->lun;

	cmd->state = SCST_CMD_DONE;
	scst_buf_release(lun, &cmd->buf);
	if (!lun)
		return;
	scst_task_leave(cmd);
	scst_lun_put(lun);
}
EXPORT_SYMBOL_GPL(scst_cmd_finish);
