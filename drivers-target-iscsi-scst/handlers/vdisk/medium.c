// SPDX-License-Identifier: GPL-2.0
/*
 * Commands that look at the data: VERIFY, WRITE AND VERIFY, ORWRITE and COMPARE
 * AND WRITE.  They run in a worker, some of them holding their blocks with
 * scst_vdisk_range_lock().  Must not know how a backend works.
 */
#include <linux/sched.h>

#include "vdisk.h"

/* SBC-4 5.40: what VERIFY compares the medium with */
enum scst_bytchk {
	SCST_BYTCHK_NOTHING,
	SCST_BYTCHK_DATA,
	SCST_BYTCHK_RESERVED,
	SCST_BYTCHK_ONE_BLOCK,
};

static enum scst_bytchk scst_vdisk_bytchk(const struct scst_cmd *cmd)
{
	return (cmd->cdb[1] >> 1) & 3;
}

static u64 scst_vdisk_cdb_len(const struct scst_cmd *cmd)
{
	return (u64)cmd->nblocks << cmd->dev->block_shift;
}

/**
 * struct scst_vdisk_check - a comparison of the medium with data
 * @cmd: command; the data are at the start of its buffer
 * @disk: memory for blocks of the disk
 * @data: memory for data; not used if there are none
 * @bytchk: which data
 * @miss: offset of the first byte that differs
 */
struct scst_vdisk_check {
	struct scst_cmd *cmd;
	struct scst_vdisk_scratch disk;
	struct scst_vdisk_scratch data;
	enum scst_bytchk bytchk;
	u64 miss;
};

static bool scst_vdisk_check_init(struct scst_vdisk_check *check,
				  struct scst_cmd *cmd, u64 len,
				  enum scst_bytchk bytchk)
{
	check->cmd = cmd;
	check->bytchk = bytchk;
	if (!scst_vdisk_scratch_alloc(&check->disk, len))
		return false;
	if (bytchk == SCST_BYTCHK_NOTHING)
		return true;
	if (!scst_vdisk_scratch_alloc(&check->data, len)) {
		scst_vdisk_scratch_free(&check->disk);
		return false;
	}
	if (bytchk == SCST_BYTCHK_ONE_BLOCK)
		scst_vdisk_scratch_fill(&check->data, &cmd->buf,
					1u << cmd->dev->block_shift);
	return true;
}

static void scst_vdisk_check_exit(struct scst_vdisk_check *check)
{
	scst_vdisk_scratch_free(&check->disk);
	if (check->bytchk != SCST_BYTCHK_NOTHING)
		scst_vdisk_scratch_free(&check->data);
}

static u32 scst_vdisk_check_step(const struct scst_vdisk_check *check, u64 left)
{
	u32 step = check->disk.size;

	if (check->bytchk != SCST_BYTCHK_NOTHING)
		step = min(step, check->data.size);
	return min_t(u64, step, left);
}

static scst_sense_t scst_vdisk_check_data(struct scst_vdisk_check *check,
					  u64 off, u32 len)
{
	const u8 *disk = check->disk.addr, *data = check->data.addr;
	u32 i = 0;

	if (check->bytchk == SCST_BYTCHK_NOTHING)
		return SCST_GOOD;
	if (check->bytchk == SCST_BYTCHK_DATA)
		scst_buf_copy_from(&check->cmd->buf, off, check->data.addr,
				   len);
	if (!memcmp(disk, data, len))
		return SCST_GOOD;
	while (disk[i] == data[i])
		i++;
	check->miss = off + i;
	return SCST_MISCOMPARE;
}

static scst_sense_t scst_vdisk_check_run(struct scst_vdisk_check *check,
					 u64 pos, u64 len)
{
	struct scst_vdisk *vd = scst_vdisk_of(check->cmd);
	scst_sense_t sense;
	u64 off;
	u32 n;

	for (off = 0; off < len; off += n) {
		if (scst_cmd_aborted(check->cmd))
			return SCST_TASK_ABORTED;
		n = scst_vdisk_check_step(check, len - off);
		sense = scst_vdisk_scratch_read(vd, &check->disk, pos + off, n);
		if (!sense)
			sense = scst_vdisk_check_data(check, off, n);
		if (sense)
			return sense;
		cond_resched();
	}
	return SCST_GOOD;
}

static scst_sense_t scst_vdisk_compare(struct scst_cmd *cmd, u64 len,
				       enum scst_bytchk bytchk)
{
	struct scst_vdisk_check check = {};
	scst_sense_t sense;

	if (!scst_vdisk_check_init(&check, cmd, len, bytchk))
		return SCST_BUSY;
	sense = scst_vdisk_check_run(&check, scst_cmd_pos(cmd), len);
	scst_vdisk_check_exit(&check);
	return sense;
}

/* -------------------------------------------------------------------------
 * VERIFY, WRITE AND VERIFY
 */

static void scst_vdisk_verify_work(struct scst_cmd *cmd)
{
	scst_cmd_complete(cmd, scst_vdisk_compare(cmd, scst_vdisk_cdb_len(cmd),
						  scst_vdisk_bytchk(cmd)));
}

static void scst_vdisk_verify(struct scst_cmd *cmd)
{
	if (cmd->nblocks)
		scst_cmd_defer(cmd, scst_vdisk_verify_work);
	else
		scst_cmd_complete(cmd, SCST_GOOD);
}

/**
 * scst_vdisk_parse_verify - check a VERIFY
 * @cmd: command
 *
 * Context: process context.
 * Return: SCST_GOOD, or how the command ends.
 */
scst_sense_t scst_vdisk_parse_verify(struct scst_cmd *cmd)
{
	if (scst_vdisk_bytchk(cmd) == SCST_BYTCHK_RESERVED)
		return SCST_INVALID_FIELD_IN_CDB;
	if (cmd->bufflen != cmd->data_len)
		return SCST_INVALID_FIELD_IN_CDB;
	cmd->execute = scst_vdisk_verify;
	return SCST_GOOD;
}

static void scst_vdisk_write_verify_work(struct scst_cmd *cmd)
{
	struct scst_vdisk *vd = scst_vdisk_of(cmd);
	struct scst_vdisk_io io = {
		.write = true,
		.stable = !vd->nv,
		.pos = scst_cmd_pos(cmd),
		.len = scst_vdisk_write_len(cmd),
		.vec = cmd->buf.vec,
		.nr = cmd->buf.nr,
	};
	struct scst_vdisk_range range;
	scst_sense_t sense;

	scst_vdisk_range_lock(&vd->ranges, &range, io.pos, io.len);
	sense = vd->ops->rw(vd, &io);
	if (!sense)
		sense = scst_vdisk_compare(cmd, io.len, scst_vdisk_bytchk(cmd));
	scst_vdisk_range_unlock(&vd->ranges, &range);
	scst_cmd_complete(cmd, sense);
}

static void scst_vdisk_write_verify(struct scst_cmd *cmd)
{
	if (scst_cmd_blocks(cmd))
		scst_cmd_defer(cmd, scst_vdisk_write_verify_work);
	else
		scst_cmd_complete(cmd, SCST_GOOD);
}

/**
 * scst_vdisk_parse_write_verify - check a WRITE AND VERIFY
 * @cmd: command
 *
 * Context: process context.
 * Return: SCST_GOOD, or how the command ends.
 */
scst_sense_t scst_vdisk_parse_write_verify(struct scst_cmd *cmd)
{
	const struct scst_vdisk_ops *ops = scst_vdisk_of(cmd)->ops;

	if (scst_vdisk_bytchk(cmd) > SCST_BYTCHK_DATA)
		return SCST_INVALID_FIELD_IN_CDB;
	cmd->execute = ops->forgets ? ops->write : scst_vdisk_write_verify;
	return SCST_GOOD;
}

/* -------------------------------------------------------------------------
 * ORWRITE
 */

static void scst_vdisk_or(u8 *dst, const u8 *src, u32 len)
{
	u32 i;

	for (i = 0; i < len; i++)
		dst[i] |= src[i];
}

static scst_sense_t scst_vdisk_orwrite_step(struct scst_vdisk_check *check,
					    u64 off, u32 len)
{
	struct scst_cmd *cmd = check->cmd;
	struct scst_vdisk *vd = scst_vdisk_of(cmd);
	u64 pos = scst_cmd_pos(cmd) + off;
	scst_sense_t sense;

	sense = scst_vdisk_scratch_read(vd, &check->disk, pos, len);
	if (sense)
		return sense;
	scst_buf_copy_from(&cmd->buf, off, check->data.addr, len);
	scst_vdisk_or(check->disk.addr, check->data.addr, len);
	return scst_vdisk_scratch_write(vd, &check->disk, pos, len,
					scst_vdisk_stable(vd, cmd));
}

static void scst_vdisk_orwrite_work(struct scst_cmd *cmd)
{
	struct scst_vdisk *vd = scst_vdisk_of(cmd);
	u64 len = scst_vdisk_write_len(cmd), off;
	struct scst_vdisk_check check = {};
	scst_sense_t sense = SCST_GOOD;
	struct scst_vdisk_range range;
	u32 n;

	if (!scst_vdisk_check_init(&check, cmd, len, SCST_BYTCHK_DATA)) {
		scst_cmd_complete(cmd, SCST_BUSY);
		return;
	}
	scst_vdisk_range_lock(&vd->ranges, &range, scst_cmd_pos(cmd), len);
	for (off = 0; off < len && !sense; off += n) {
		n = scst_vdisk_check_step(&check, len - off);
		sense = scst_vdisk_orwrite_step(&check, off, n);
	}
	scst_vdisk_range_unlock(&vd->ranges, &range);
	scst_vdisk_check_exit(&check);
	scst_cmd_complete(cmd, sense);
}

static void scst_vdisk_orwrite(struct scst_cmd *cmd)
{
	if (scst_cmd_blocks(cmd))
		scst_cmd_defer(cmd, scst_vdisk_orwrite_work);
	else
		scst_cmd_complete(cmd, SCST_GOOD);
}

/**
 * scst_vdisk_parse_orwrite - check an ORWRITE
 * @cmd: command
 *
 * Context: process context.
 * Return: SCST_GOOD.
 */
scst_sense_t scst_vdisk_parse_orwrite(struct scst_cmd *cmd)
{
	cmd->execute = scst_vdisk_orwrite;
	return SCST_GOOD;
}

/* -------------------------------------------------------------------------
 * COMPARE AND WRITE
 */

/* The second half of the buffer is what is written */
static scst_sense_t scst_vdisk_caw_write(struct scst_vdisk_check *check,
					 u64 len)
{
	struct scst_cmd *cmd = check->cmd;
	struct scst_vdisk *vd = scst_vdisk_of(cmd);
	bool stable = scst_vdisk_stable(vd, cmd);
	scst_sense_t sense = SCST_GOOD;
	u64 off;
	u32 n;

	for (off = 0; off < len && !sense; off += n) {
		n = scst_vdisk_check_step(check, len - off);
		scst_buf_copy_from(&cmd->buf, len + off, check->data.addr, n);
		sense = scst_vdisk_scratch_write(vd, &check->data,
						 scst_cmd_pos(cmd) + off, n,
						 stable);
	}
	return sense;
}

static void scst_vdisk_caw_work(struct scst_cmd *cmd)
{
	struct scst_vdisk *vd = scst_vdisk_of(cmd);
	u64 pos = scst_cmd_pos(cmd), len = scst_vdisk_cdb_len(cmd);
	struct scst_vdisk_check check = {};
	struct scst_vdisk_range range;
	scst_sense_t sense;

	if (!scst_vdisk_check_init(&check, cmd, len, SCST_BYTCHK_DATA)) {
		scst_cmd_complete(cmd, SCST_BUSY);
		return;
	}
	scst_vdisk_range_lock(&vd->ranges, &range, pos, len);
	sense = scst_vdisk_check_run(&check, pos, len);
	if (!sense)
		sense = scst_vdisk_caw_write(&check, len);
	scst_vdisk_range_unlock(&vd->ranges, &range);
	/* SBC-4 5.3: the offset of the first byte that differs */
	if (sense == SCST_MISCOMPARE)
		scst_cmd_set_info(cmd, check.miss);
	scst_vdisk_check_exit(&check);
	scst_cmd_complete(cmd, sense);
}

static void scst_vdisk_caw(struct scst_cmd *cmd)
{
	if (cmd->nblocks)
		scst_cmd_defer(cmd, scst_vdisk_caw_work);
	else
		scst_cmd_complete(cmd, SCST_GOOD);
}

/**
 * scst_vdisk_parse_caw - check a COMPARE AND WRITE
 * @cmd: command
 *
 * Half of a comparison is worse than none, so the initiator has to send exactly
 * what the CDB announces.
 *
 * Context: process context.
 * Return: SCST_GOOD, or how the command ends.
 */
scst_sense_t scst_vdisk_parse_caw(struct scst_cmd *cmd)
{
	if (cmd->exp_len != cmd->data_len)
		return SCST_INVALID_FIELD_IN_CDB;
	cmd->execute = scst_vdisk_caw;
	return SCST_GOOD;
}
