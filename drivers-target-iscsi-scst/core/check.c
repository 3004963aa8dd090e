// SPDX-License-Identifier: GPL-2.0
/*
 * Everything that is checked before a command may do anything: the LUN, the
 * CDB, lengths and direction against what the transport expects, unit
 * attentions, reservations and write protection.  Nothing that came over the
 * wire is used before it has passed here.
 */
#include <linux/minmax.h>
#include <linux/string.h>
#include <scsi/scsi_proto.h>

#include "core_priv.h"

#define SCST_NO_LUN_BLOCK_SHIFT	9

static bool scst_op_has(const struct scst_cmd *cmd, u32 flag)
{
	return cmd->op && cmd->op->flags & flag;
}

/*
 * The CDB says what moves, the transport says what it expects to move; the
 * smaller length wins.  An initiator that announced data-out can receive
 * nothing: its read moves no bytes, and the residual tells.  A write without
 * data would be acknowledged and lost, so that is refused.
 */
static scst_sense_t scst_check_expected(struct scst_cmd *cmd)
{
	if (cmd->exp_dir != DMA_NONE && cmd->exp_len &&
	    cmd->dir != DMA_NONE && cmd->exp_dir != cmd->dir) {
		if (cmd->dir == DMA_TO_DEVICE)
			return SCST_INVALID_FIELD_IN_CDB;
		cmd->exp_len = 0;
	}
	cmd->bufflen = min(cmd->data_len, cmd->exp_len);
	return SCST_GOOD;
}

static scst_sense_t scst_check_range(const struct scst_cmd *cmd)
{
	u64 capacity = READ_ONCE(cmd->dev->nblocks);

	if (cmd->lba > capacity || cmd->nblocks > capacity - cmd->lba)
		return SCST_LBA_OUT_OF_RANGE;
	return SCST_GOOD;
}

static scst_sense_t scst_check_unit_attention(struct scst_cmd *cmd)
{
	if (scst_op_has(cmd, SCST_OPF_SKIP_UA))
		return SCST_GOOD;
	return scst_ua_take(cmd->lun);
}

/*
 * Operation codes outside the CDB table that leave the medium alone, whatever
 * the rest of the CDB says.  The direction tells nothing: it is what the
 * initiator claims, and FORMAT UNIT needs no data at all.
 */
static const u8 scst_harmless_ops[] = {
	0x1c,	/* RECEIVE DIAGNOSTIC RESULTS */
	0x37,	/* READ DEFECT DATA(10) */
	0x3c,	/* READ BUFFER(10) */
	0x3e,	/* READ LONG(10) */
	0x4d,	/* LOG SENSE */
	0x8c,	/* READ ATTRIBUTE */
	0x9b,	/* READ BUFFER(16) */
	0xa2,	/* SECURITY PROTOCOL IN */
	0xab,	/* SERVICE ACTION IN(12) */
	0xb7,	/* READ DEFECT DATA(12) */
	MAINTENANCE_IN,
	SERVICE_ACTION_IN_16,
};

/*
 * Operation codes that no device gets to see.  All initiators are one to it,
 * so persistent reservations would keep nobody out; and a copy manager knows
 * nothing of LUN masking: it would reach disks that the initiator does not see.
 */
static const u8 scst_never_passed[] = {
	0x18,	/* COPY */
	0x39,	/* COMPARE */
	0x3a,	/* COPY AND VERIFY */
	PERSISTENT_RESERVE_IN,
	PERSISTENT_RESERVE_OUT,
	0x83,	/* THIRD-PARTY COPY OUT */
	0x84,	/* THIRD-PARTY COPY IN */
};

static bool scst_op_may_write(const struct scst_cmd *cmd)
{
	if (cmd->op)
		return cmd->op->flags & SCST_OPF_WRITES;
	return !memchr(scst_harmless_ops, cmd->cdb[0],
		       sizeof(scst_harmless_ops));
}

/*
 * Mode parameters are those of all nexuses, so who may only read may not change
 * them either.  If it is the device that is protected they are not: SWP could
 * never be switched off.
 */
static bool scst_check_protected(const struct scst_cmd *cmd)
{
	if (cmd->lun->read_only && scst_op_has(cmd, SCST_OPF_MODE))
		return true;
	return scst_op_may_write(cmd) &&
	       (cmd->lun->read_only || cmd->dev->read_only || cmd->dev->swp);
}

/* A pass-through device may know opcodes that the table does not */
static scst_sense_t scst_check_cdb(struct scst_cmd *cmd)
{
	scst_sense_t sense = scst_cdb_parse(cmd, cmd->dev->block_shift);

	if (cmd->op || !cmd->dev->handler->pass)
		return sense;
	if (memchr(scst_never_passed, cmd->cdb[0], sizeof(scst_never_passed)))
		return SCST_INVALID_OPCODE;
	cmd->dir = cmd->exp_dir;
	cmd->data_len = min(cmd->exp_len, SCST_MAX_XFER);
	return SCST_GOOD;
}

static scst_sense_t scst_check_handler(struct scst_cmd *cmd)
{
	if (scst_op_has(cmd, SCST_OPF_LOCAL))
		return scst_local_parse(cmd);
	return cmd->dev->handler->parse(cmd);
}

static scst_sense_t scst_check_no_lun(struct scst_cmd *cmd)
{
	scst_sense_t sense = scst_cdb_parse(cmd, SCST_NO_LUN_BLOCK_SHIFT);

	if (!cmd->op || !(cmd->op->flags & SCST_OPF_NO_LUN_OK))
		return SCST_LUN_NOT_SUPPORTED;
	if (!sense)
		sense = scst_check_expected(cmd);
	if (sense)
		return sense;
	return scst_no_lun_parse(cmd);
}

/**
 * scst_cmd_check - decide whether and how a command is executed
 * @cmd: new command
 *
 * Sets everything from @lun to @execute in struct scst_cmd.
 *
 * Context: process context.
 * Return: SCST_GOOD, or how the command ends.
 */
scst_sense_t scst_cmd_check(struct scst_cmd *cmd)
{
	scst_sense_t sense, ua;

	cmd->lun = scst_lun_get(cmd->sess, cmd->lun_addr);
	if (!cmd->lun)
		return scst_check_no_lun(cmd);
	cmd->dev = cmd->lun->dev;
	scst_task_enter(cmd);

	sense = scst_check_cdb(cmd);
	ua = scst_check_unit_attention(cmd);
	if (ua)
		return ua;
	if (sense)
		return sense;
	sense = scst_check_expected(cmd);
	if (sense)
		return sense;
	if (scst_reserved_against(cmd))
		return SCST_RESERVATION_CONFLICT;
	if (scst_check_protected(cmd))
		return SCST_WRITE_PROTECTED;
	if (scst_op_has(cmd, SCST_OPF_MEDIUM)) {
		sense = scst_check_range(cmd);
		if (sense)
			return sense;
	}
	return scst_check_handler(cmd);
}
