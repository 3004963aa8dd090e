// SPDX-License-Identifier: GPL-2.0
/*
 * Owns READ CAPACITY(10) and (16) of virtual devices (SBC-4 5.20, 5.21).
 * No locks: the capacity is one word that is read once.
 * Must not know how a device changes its size.
 */
#include <kunit/visibility.h>
#include <linux/compiler.h>
#include <linux/minmax.h>
#include <linux/unaligned.h>
#include "core_priv.h"

#define CAPACITY10_LEN		8
#define CAPACITY16_LEN		32
#define CAPACITY_PMI		0x01
#define CAPACITY_LBPME		0x80
#define CAPACITY_LBPRZ		0x40

/* Both fields are obsolete; only PMI allows an LBA (SBC-2 5.10) */
static scst_sense_t scst_capacity_check(const struct scst_cmd *cmd, u8 pmi,
					u64 nblocks)
{
	if (cmd->lba && !(pmi & CAPACITY_PMI))
		return SCST_INVALID_FIELD_IN_CDB;
	return nblocks ? SCST_GOOD : SCST_NO_MEDIUM;
}

/**
 * scst_read_capacity10() - execute READ CAPACITY(10) for a virtual device
 * @cmd: command
 *
 * Context: Process context, may sleep.
 */
void scst_read_capacity10(struct scst_cmd *cmd)
{
	u64 nblocks = READ_ONCE(cmd->dev->nblocks);
	u8 buf[CAPACITY10_LEN];
	scst_sense_t sense;

	sense = scst_capacity_check(cmd, cmd->cdb[8], nblocks);
	if (sense) {
		scst_cmd_complete(cmd, sense);
		return;
	}
	put_unaligned_be32(min_t(u64, nblocks - 1, U32_MAX), &buf[0]);
	put_unaligned_be32(1u << cmd->dev->block_shift, &buf[4]);
	scst_cmd_reply(cmd, buf, sizeof(buf));
}
EXPORT_SYMBOL_IF_KUNIT(scst_read_capacity10);

/**
 * scst_read_capacity16() - execute READ CAPACITY(16) for a virtual device
 * @cmd: command
 *
 * Context: Process context, may sleep.
 */
void scst_read_capacity16(struct scst_cmd *cmd)
{
	u64 nblocks = READ_ONCE(cmd->dev->nblocks);
	const struct scst_identity *id = &cmd->dev->id;
	u8 buf[CAPACITY16_LEN] = {};
	scst_sense_t sense;

	sense = scst_capacity_check(cmd, cmd->cdb[14], nblocks);
	if (sense) {
		scst_cmd_complete(cmd, sense);
		return;
	}
	put_unaligned_be64(nblocks - 1, &buf[0]);
	put_unaligned_be32(1u << cmd->dev->block_shift, &buf[8]);
	buf[13] = id->phys_exp & 0x0f;
	/* LBA 0 begins a physical block, so LOWEST ALIGNED LBA stays 0 */
	if (id->thin)
		buf[14] |= CAPACITY_LBPME;
	if (id->unmap_zeroes)
		buf[14] |= CAPACITY_LBPRZ;
	scst_cmd_reply(cmd, buf, sizeof(buf));
}
EXPORT_SYMBOL_IF_KUNIT(scst_read_capacity16);
