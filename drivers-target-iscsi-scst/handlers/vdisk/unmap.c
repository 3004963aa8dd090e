// SPDX-License-Identifier: GPL-2.0
/*
 * UNMAP, WRITE SAME and GET LBA STATUS.  They run in a worker, and those that
 * change blocks hold them with scst_vdisk_range_hold(); no locks of their own.
 * Nothing of a parameter list is used before it has been checked.
 * Must not know how a backend works.
 */
#include <linux/sched.h>
#include <linux/unaligned.h>

#include "vdisk.h"

static u64 scst_vdisk_bytes(const struct scst_cmd *cmd, u64 blocks)
{
	return blocks << cmd->dev->block_shift;
}

/* -------------------------------------------------------------------------
 * UNMAP, SBC-4 5.38
 */

#define SCST_UNMAP_HEADER	8
#define SCST_UNMAP_DESC		16

struct scst_unmap_desc {
	u64 lba;
	u32 nblocks;
};

static bool scst_unmap_desc_get(const struct scst_cmd *cmd, unsigned int i,
				struct scst_unmap_desc *desc)
{
	u8 raw[SCST_UNMAP_DESC];
	u32 off = SCST_UNMAP_HEADER + i * SCST_UNMAP_DESC;

	if (scst_buf_copy_from(&cmd->buf, off, raw, sizeof(raw)) != sizeof(raw))
		return false;
	desc->lba = get_unaligned_be64(raw);
	desc->nblocks = get_unaligned_be32(raw + 8);
	return true;
}

/* A descriptor that the list cuts off is not there */
static unsigned int scst_unmap_count(const struct scst_cmd *cmd)
{
	u8 header[SCST_UNMAP_HEADER];
	u32 len;

	scst_cmd_params(cmd, header, sizeof(header));
	len = min_t(u32, get_unaligned_be16(header + 2),
		    cmd->bufflen - SCST_UNMAP_HEADER);
	return len / SCST_UNMAP_DESC;
}

static scst_sense_t scst_unmap_one(struct scst_cmd *cmd,
				   const struct scst_unmap_desc *desc)
{
	u64 len = scst_vdisk_bytes(cmd, desc->nblocks);
	u64 pos = scst_vdisk_bytes(cmd, desc->lba);
	struct scst_vdisk *vd = scst_vdisk_of(cmd);
	struct scst_vdisk_range range;
	scst_sense_t sense;

	scst_vdisk_range_hold(&vd->ranges, &range, pos, len);
	sense = vd->ops->unmap(vd, pos, len);
	scst_vdisk_range_unlock(&vd->ranges, &range);
	return sense;
}

/* The whole list is checked before anything is unmapped */
static scst_sense_t scst_unmap_check(const struct scst_cmd *cmd,
				     unsigned int count)
{
	u64 capacity = READ_ONCE(cmd->dev->nblocks), total = 0;
	struct scst_unmap_desc desc;
	unsigned int i;

	if (count > SCST_MAX_UNMAP_DESCS)
		return SCST_INVALID_FIELD_IN_PARAM;
	for (i = 0; i < count; i++) {
		if (!scst_unmap_desc_get(cmd, i, &desc))
			return SCST_PARAM_LIST_LENGTH;
		if (desc.lba > capacity || desc.nblocks > capacity - desc.lba)
			return SCST_LBA_OUT_OF_RANGE;
		total += desc.nblocks;
	}
	if (total > cmd->dev->id.max_unmap_blocks)
		return SCST_INVALID_FIELD_IN_PARAM;
	return SCST_GOOD;
}

static scst_sense_t scst_unmap_run(struct scst_cmd *cmd)
{
	unsigned int i, count = scst_unmap_count(cmd);
	struct scst_unmap_desc desc;
	scst_sense_t sense = scst_unmap_check(cmd, count);

	for (i = 0; i < count && !sense; i++) {
		if (!scst_unmap_desc_get(cmd, i, &desc) || !desc.nblocks)
			continue;
		if (scst_cmd_aborted(cmd))
			return SCST_TASK_ABORTED;
		sense = scst_unmap_one(cmd, &desc);
		cond_resched();
	}
	return sense;
}

static void scst_unmap_work(struct scst_cmd *cmd)
{
	scst_cmd_complete(cmd, scst_unmap_run(cmd));
}

static void scst_unmap(struct scst_cmd *cmd)
{
	if (cmd->bufflen)
		scst_cmd_defer(cmd, scst_unmap_work);
	else
		scst_cmd_complete(cmd, SCST_GOOD);
}

/**
 * scst_vdisk_parse_unmap - check an UNMAP
 * @cmd: command
 *
 * Context: process context.
 * Return: SCST_GOOD, or how the command ends.
 */
scst_sense_t scst_vdisk_parse_unmap(struct scst_cmd *cmd)
{
	if (!cmd->dev->id.thin)
		return SCST_INVALID_OPCODE;
	if (cmd->data_len && cmd->bufflen < SCST_UNMAP_HEADER)
		return SCST_PARAM_LIST_LENGTH;
	cmd->execute = scst_unmap;
	return SCST_GOOD;
}

/* -------------------------------------------------------------------------
 * WRITE SAME, SBC-4 5.51
 */

#define SCST_WS_NDOB	BIT(0)
#define SCST_WS_UNMAP	BIT(3)

static bool scst_ws_has(const struct scst_cmd *cmd, u8 bit)
{
	return cmd->cdb[1] & bit;
}

static bool scst_ws_is_zero(const struct scst_cmd *cmd,
			    const struct scst_vdisk_scratch *scratch)
{
	return scst_ws_has(cmd, SCST_WS_NDOB) ||
	       !memchr_inv(scratch->addr, 0, 1u << cmd->dev->block_shift);
}

static scst_sense_t scst_ws_repeat(struct scst_cmd *cmd,
				   const struct scst_vdisk_scratch *scratch,
				   u64 pos, u64 len)
{
	struct scst_vdisk *vd = scst_vdisk_of(cmd);
	bool stable = scst_vdisk_stable(vd, cmd);
	scst_sense_t sense = SCST_GOOD;
	u64 off;
	u32 n;

	for (off = 0; off < len && !sense; off += n) {
		if (scst_cmd_aborted(cmd))
			return SCST_TASK_ABORTED;
		n = min_t(u64, len - off, scratch->size);
		sense = scst_vdisk_scratch_write(vd, scratch, pos + off, n,
						 stable);
		cond_resched();
	}
	return sense;
}

static scst_sense_t scst_ws_run(struct scst_cmd *cmd,
				const struct scst_vdisk_scratch *scratch,
				u64 pos, u64 len)
{
	struct scst_vdisk *vd = scst_vdisk_of(cmd);
	scst_sense_t sense = SCST_INVALID_OPCODE;

	scst_vdisk_scratch_fill(scratch,
				scst_ws_has(cmd, SCST_WS_NDOB) ? NULL :
				&cmd->buf, 1u << cmd->dev->block_shift);
	if (scst_ws_is_zero(cmd, scratch))
		sense = vd->ops->zero(vd, pos, len,
				      scst_ws_has(cmd, SCST_WS_UNMAP));
	if (sense == SCST_INVALID_OPCODE)
		return scst_ws_repeat(cmd, scratch, pos, len);
	if (!sense && scst_vdisk_stable(vd, cmd))
		sense = vd->ops->flush(vd, pos, len);
	return sense;
}

static void scst_ws_work(struct scst_cmd *cmd)
{
	u64 len = scst_vdisk_bytes(cmd, cmd->nblocks);
	struct scst_vdisk *vd = scst_vdisk_of(cmd);
	u64 pos = scst_cmd_pos(cmd);
	struct scst_vdisk_scratch scratch;
	struct scst_vdisk_range range;
	scst_sense_t sense;

	if (!scst_vdisk_scratch_alloc(&scratch, len)) {
		scst_cmd_complete(cmd, SCST_BUSY);
		return;
	}
	scst_vdisk_range_hold(&vd->ranges, &range, pos, len);
	sense = scst_ws_run(cmd, &scratch, pos, len);
	scst_vdisk_range_unlock(&vd->ranges, &range);
	scst_vdisk_scratch_free(&scratch);
	scst_cmd_complete(cmd, sense);
}

static void scst_ws(struct scst_cmd *cmd)
{
	scst_cmd_defer(cmd, scst_ws_work);
}

/**
 * scst_vdisk_parse_write_same - check a WRITE SAME
 * @cmd: command
 *
 * Context: process context.
 * Return: SCST_GOOD, or how the command ends.
 */
scst_sense_t scst_vdisk_parse_write_same(struct scst_cmd *cmd)
{
	const struct scst_identity *id = &cmd->dev->id;

	if (scst_ws_has(cmd, SCST_WS_UNMAP) && !id->thin)
		return SCST_INVALID_FIELD_IN_CDB;
	/* without a number it would be up to the end; VPD B0h says WSNZ */
	if (!cmd->nblocks || cmd->nblocks > id->max_ws_blocks)
		return SCST_INVALID_FIELD_IN_CDB;
	/* one block, neither more nor less */
	if (cmd->exp_len != cmd->data_len)
		return SCST_INVALID_FIELD_IN_CDB;
	cmd->execute = scst_ws;
	return SCST_GOOD;
}

/* -------------------------------------------------------------------------
 * GET LBA STATUS, SBC-4 5.7
 */

#define SCST_LBA_STATUS_HEADER	8
#define SCST_LBA_STATUS_DESC	16
#define SCST_LBA_STATUS_MAX	16	/* descriptors in one answer */

#define SCST_LBA_MAPPED		0
#define SCST_LBA_DEALLOCATED	1

/* Returns the block after the extent that it describes */
static u64 scst_lba_status_one(struct scst_cmd *cmd, u64 lba, u8 *dst)
{
	struct scst_vdisk *vd = scst_vdisk_of(cmd);
	u64 capacity = READ_ONCE(cmd->dev->nblocks);
	u64 end;
	bool mapped;
	u32 n;

	mapped = vd->ops->extent(vd, scst_vdisk_bytes(cmd, lba), &end);
	end = max(min(end >> cmd->dev->block_shift, capacity), lba + 1);
	n = min_t(u64, end - lba, U32_MAX);
	put_unaligned_be64(lba, dst);
	put_unaligned_be32(n, dst + 8);
	dst[12] = mapped ? SCST_LBA_MAPPED : SCST_LBA_DEALLOCATED;
	return lba + n;
}

static void scst_lba_status_work(struct scst_cmd *cmd)
{
	u8 data[SCST_LBA_STATUS_HEADER +
		SCST_LBA_STATUS_MAX * SCST_LBA_STATUS_DESC] = {};
	u32 len = SCST_LBA_STATUS_HEADER;
	u64 lba = cmd->lba;

	do {
		lba = scst_lba_status_one(cmd, lba, data + len);
		len += SCST_LBA_STATUS_DESC;
	} while (lba < READ_ONCE(cmd->dev->nblocks) &&
		 len + SCST_LBA_STATUS_DESC <= sizeof(data) &&
		 len + SCST_LBA_STATUS_DESC <= cmd->bufflen);
	put_unaligned_be32(len - 4, data);
	scst_cmd_reply(cmd, data, len);
}

static void scst_lba_status(struct scst_cmd *cmd)
{
	scst_cmd_defer(cmd, scst_lba_status_work);
}

/**
 * scst_vdisk_parse_lba_status - check a GET LBA STATUS
 * @cmd: command
 *
 * Context: process context.
 * Return: SCST_GOOD, or how the command ends.
 */
scst_sense_t scst_vdisk_parse_lba_status(struct scst_cmd *cmd)
{
	if (cmd->lba >= READ_ONCE(cmd->dev->nblocks))
		return SCST_LBA_OUT_OF_RANGE;
	set_bit(SCST_CMDF_OWN_BUF, &cmd->flags);
	cmd->execute = scst_lba_status;
	return SCST_GOOD;
}
