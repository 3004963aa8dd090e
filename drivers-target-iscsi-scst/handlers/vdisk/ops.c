// SPDX-License-Identifier: GPL-2.0
/*
 * Which function of a virtual disk executes which command, and the commands
 * that need only a few lines.  A command belongs to one function at a time, so
 * there are no locks.  Must not know how a backend works.
 */
#include <linux/array_size.h>
#include <scsi/scsi_proto.h>

#include "vdisk.h"

#define SCST_CDB_IMMED		BIT(1)	/* SYNCHRONIZE CACHE, PRE-FETCH */

/* START STOP UNIT, SBC-4 5.30 */
#define SCST_SSU_START		BIT(0)
#define SCST_SSU_LOEJ		BIT(1)
#define SCST_SSU_NO_FLUSH	BIT(2)
#define SCST_SSU_POWER		0xf0

#define SCST_PREVENT_MASK	0x03

static void scst_vdisk_good(struct scst_cmd *cmd)
{
	scst_cmd_complete(cmd, SCST_GOOD);
}

/* -------------------------------------------------------------------------
 * READ and WRITE
 */

static scst_sense_t scst_vdisk_parse_read(struct scst_cmd *cmd)
{
	const struct scst_vdisk_ops *ops = scst_vdisk_of(cmd)->ops;

	cmd->execute = ops->read;
	if (ops->own_buf)
		set_bit(SCST_CMDF_OWN_BUF, &cmd->flags);
	return SCST_GOOD;
}

static scst_sense_t scst_vdisk_parse_write(struct scst_cmd *cmd)
{
	cmd->execute = scst_vdisk_of(cmd)->ops->write;
	return SCST_GOOD;
}

/* -------------------------------------------------------------------------
 * Caches
 */

/**
 * scst_vdisk_synced - end a command that makes written data stable
 * @cmd: command
 * @sense: whether it did
 *
 * An error of the backing store is reported once, to whoever asks first.  If
 * that was another command, this one cannot call its nexus's data safe either.
 * Initiators repeat a command that ends with MEDIUM ERROR, and would be told
 * that all is well; so the sense data are other ones.
 *
 * Context: any, including hard interrupt.
 */
void scst_vdisk_synced(struct scst_cmd *cmd, scst_sense_t sense)
{
	scst_cmd_complete(cmd, scst_cmd_lost(cmd) ? SCST_WRITES_LOST : sense);
}

/**
 * scst_vdisk_flush - make everything that was written stable
 * @dev: disk
 *
 * Context: sleeps.
 * Return: SCST_GOOD or SCST_WRITE_ERROR.
 */
scst_sense_t scst_vdisk_flush(struct scst_device *dev)
{
	struct scst_vdisk *vd = dev->priv;

	return vd->ops->flush(vd, 0, vd->ops->size(vd));
}

static void scst_vdisk_sync_immed(struct scst_cmd *cmd)
{
	queue_work(cmd->dev->wq, &scst_vdisk_of(cmd)->flush_work);
	scst_vdisk_synced(cmd, SCST_GOOD);
}

static void scst_vdisk_sync_nothing(struct scst_cmd *cmd)
{
	scst_vdisk_synced(cmd, SCST_GOOD);
}

static scst_sense_t scst_vdisk_parse_sync(struct scst_cmd *cmd)
{
	struct scst_vdisk *vd = scst_vdisk_of(cmd);

	if (vd->nv || cmd->dev->read_only)
		cmd->execute = scst_vdisk_sync_nothing;
	else if (cmd->cdb[1] & SCST_CDB_IMMED)
		cmd->execute = scst_vdisk_sync_immed;
	else
		cmd->execute = vd->ops->sync;
	return SCST_GOOD;
}

static void scst_vdisk_prefetch_work(struct scst_cmd *cmd)
{
	struct scst_vdisk *vd = scst_vdisk_of(cmd);
	u64 len = (u64)cmd->nblocks << cmd->dev->block_shift;
	u64 pos = scst_cmd_pos(cmd);

	/* no number of blocks: all up to the end (SBC-4 5.13) */
	if (!len)
		len = (cmd->dev->nblocks << cmd->dev->block_shift) - pos;
	vd->ops->readahead(vd, pos, len);
	scst_cmd_complete(cmd, SCST_GOOD);
}

static void scst_vdisk_prefetch(struct scst_cmd *cmd)
{
	scst_cmd_defer(cmd, scst_vdisk_prefetch_work);
}

/*
 * The answer is GOOD: CONDITION MET would promise that the cache has room for
 * all of the blocks, and the page cache promises nothing (SBC-4 5.13).
 */
static scst_sense_t scst_vdisk_parse_prefetch(struct scst_cmd *cmd)
{
	if (scst_vdisk_of(cmd)->ops->readahead)
		cmd->execute = scst_vdisk_prefetch;
	else
		cmd->execute = scst_vdisk_good;
	return SCST_GOOD;
}

/* -------------------------------------------------------------------------
 * Removable media
 */

static void scst_vdisk_stop_work(struct scst_cmd *cmd)
{
	struct scst_vdisk *vd = scst_vdisk_of(cmd);
	scst_sense_t sense = SCST_GOOD;

	if (!(cmd->cdb[4] & SCST_SSU_NO_FLUSH))
		sense = scst_vdisk_flush(cmd->dev);
	if (!sense && cmd->cdb[4] & SCST_SSU_LOEJ)
		set_bit(SCST_VDISK_EJECTED, &vd->state);
	scst_vdisk_synced(cmd, sense);
}

static void scst_vdisk_stop(struct scst_cmd *cmd)
{
	if (cmd->cdb[4] & SCST_SSU_LOEJ && READ_ONCE(cmd->dev->prevent))
		scst_cmd_complete(cmd, SCST_MEDIUM_REMOVAL_PREVENTED);
	else
		scst_cmd_defer(cmd, scst_vdisk_stop_work);
}

static void scst_vdisk_load(struct scst_cmd *cmd)
{
	struct scst_vdisk *vd = scst_vdisk_of(cmd);

	if (test_and_clear_bit(SCST_VDISK_EJECTED, &vd->state))
		scst_device_ua(cmd->dev, SCST_UA_MEDIUM_CHANGED, cmd->sess);
	scst_cmd_complete(cmd, SCST_GOOD);
}

/*
 * Power conditions are accepted and have no effect: there is no motor.  They
 * make LOEJ and START invalid, so nothing is ejected (SBC-4 table 108).
 */
static scst_sense_t scst_vdisk_parse_start_stop(struct scst_cmd *cmd)
{
	u8 bits = cmd->cdb[4];

	cmd->execute = scst_vdisk_good;
	if (bits & SCST_SSU_POWER)
		return SCST_GOOD;
	if (bits & SCST_SSU_LOEJ && !cmd->dev->id.removable)
		return SCST_INVALID_FIELD_IN_CDB;
	if (!(bits & SCST_SSU_START))
		cmd->execute = scst_vdisk_stop;
	else if (bits & SCST_SSU_LOEJ)
		cmd->execute = scst_vdisk_load;
	return SCST_GOOD;
}

static void scst_vdisk_prevent(struct scst_cmd *cmd)
{
	scst_prevent_set(cmd, cmd->cdb[4] & SCST_PREVENT_MASK);
	scst_cmd_complete(cmd, SCST_GOOD);
}

static scst_sense_t scst_vdisk_parse_prevent(struct scst_cmd *cmd)
{
	/* 10b and 11b are obsolete (SPC-5 6.18) */
	if ((cmd->cdb[4] & SCST_PREVENT_MASK) > 1)
		return SCST_INVALID_FIELD_IN_CDB;
	cmd->execute = scst_vdisk_prevent;
	return SCST_GOOD;
}

/**
 * scst_vdisk_tm - a task management function has affected a disk
 * @dev: its device
 * @fn: function
 *
 * A reset makes the medium removable again (SPC-5 6.18).
 *
 * Context: process context.
 */
void scst_vdisk_tm(struct scst_device *dev, enum scst_tm_fn fn)
{
	if (fn == SCST_TM_LUN_RESET || fn == SCST_TM_TARGET_RESET)
		scst_prevent_clear(dev);
}

/* -------------------------------------------------------------------------
 * Dispatch
 */

static scst_sense_t scst_vdisk_parse_sa_in(struct scst_cmd *cmd)
{
	if (cmd->op->sa == SAI_GET_LBA_STATUS)
		return scst_vdisk_parse_lba_status(cmd);
	return scst_spc_parse(cmd);
}

/* What is not here is SPC's, or nobody's */
static scst_sense_t (*const scst_vdisk_parsers[])(struct scst_cmd *cmd) = {
	[READ_6]		= scst_vdisk_parse_read,
	[READ_10]		= scst_vdisk_parse_read,
	[READ_12]		= scst_vdisk_parse_read,
	[READ_16]		= scst_vdisk_parse_read,
	[WRITE_6]		= scst_vdisk_parse_write,
	[WRITE_10]		= scst_vdisk_parse_write,
	[WRITE_12]		= scst_vdisk_parse_write,
	[WRITE_16]		= scst_vdisk_parse_write,
	[WRITE_VERIFY]		= scst_vdisk_parse_write_verify,
	[WRITE_VERIFY_12]	= scst_vdisk_parse_write_verify,
	[WRITE_VERIFY_16]	= scst_vdisk_parse_write_verify,
	[VERIFY]		= scst_vdisk_parse_verify,
	[VERIFY_12]		= scst_vdisk_parse_verify,
	[VERIFY_16]		= scst_vdisk_parse_verify,
	[SCST_ORWRITE_16]	= scst_vdisk_parse_orwrite,
	[COMPARE_AND_WRITE]	= scst_vdisk_parse_caw,
	[WRITE_SAME]		= scst_vdisk_parse_write_same,
	[WRITE_SAME_16]		= scst_vdisk_parse_write_same,
	[UNMAP]			= scst_vdisk_parse_unmap,
	[SYNCHRONIZE_CACHE]	= scst_vdisk_parse_sync,
	[SYNCHRONIZE_CACHE_16]	= scst_vdisk_parse_sync,
	[PRE_FETCH]		= scst_vdisk_parse_prefetch,
	[SCST_PRE_FETCH_16]	= scst_vdisk_parse_prefetch,
	[START_STOP]		= scst_vdisk_parse_start_stop,
	[ALLOW_MEDIUM_REMOVAL]	= scst_vdisk_parse_prevent,
	[SERVICE_ACTION_IN_16]	= scst_vdisk_parse_sa_in,
};

/* Everything that says something of the medium, not only of the drive */
static bool scst_vdisk_needs_medium(const struct scst_cmd *cmd)
{
	return cmd->op->flags & (SCST_OPF_MEDIUM | SCST_OPF_WRITES) ||
	       cmd->op->opcode == TEST_UNIT_READY ||
	       cmd->op->opcode == READ_CAPACITY ||
	       cmd->op->opcode == SERVICE_ACTION_IN_16;
}

/**
 * scst_vdisk_parse - choose how a command is executed
 * @cmd: decoded and checked by the core
 *
 * Context: process context.
 * Return: SCST_GOOD, or how the command ends.
 */
scst_sense_t scst_vdisk_parse(struct scst_cmd *cmd)
{
	scst_sense_t (*parser)(struct scst_cmd *cmd) = NULL;
	scst_sense_t sense = scst_cdb_check_reserved(cmd);
	u8 opcode = cmd->op->opcode;

	if (unlikely(test_bit(SCST_VDISK_EJECTED, &scst_vdisk_of(cmd)->state)) &&
	    scst_vdisk_needs_medium(cmd))
		return SCST_NO_MEDIUM;
	if (sense)
		return sense;
	if (opcode < ARRAY_SIZE(scst_vdisk_parsers))
		parser = scst_vdisk_parsers[opcode];
	return parser ? parser(cmd) : scst_spc_parse(cmd);
}
