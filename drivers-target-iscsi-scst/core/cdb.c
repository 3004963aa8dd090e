// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the decoding of CDBs by means of the table in cdb_table.c.
 * Pure: no locks; the index is written once, before anybody reads it.
 * Must not know the capacity of a device nor what a transport expects.
 */
#include <kunit/visibility.h>
#include <linux/build_bug.h>
#include <linux/export.h>
#include <linux/unaligned.h>
#include "core_priv.h"

#define CDB_SA_MASK		0x1f
#define CDB_CONTROL_NACA	0x04
#define CDB_READ6_LBA_MASK	0x1fffff
#define CDB_NDOB		0x01
#define CDB_BYTCHK(cdb)		((cdb)[1] >> 1 & 3)

enum scst_bytchk {
	SCST_BYTCHK_NONE,	/* nothing is compared */
	SCST_BYTCHK_ALL,	/* with as much data as there are blocks */
	SCST_BYTCHK_RESERVED,
	SCST_BYTCHK_ONE,	/* every block with the same one */
};

/* Number of the first row for an operation code, plus one */
static u8 scst_cdb_index[256] __ro_after_init;

/**
 * scst_cdb_init() - prepare the lookup of operation codes
 *
 * Context: Module initialisation.
 */
void __init scst_cdb_init(void)
{
	unsigned int i = scst_cdb_table_size;

	while (i--)
		scst_cdb_index[scst_cdb_table[i].opcode] = i + 1;
}

/**
 * scst_cdb_first() - find the first row for an operation code
 * @opcode: operation code
 *
 * Rows for other service actions of the same operation code follow it.
 *
 * Context: Any.
 * Return: the row, NULL if there is none.
 */
const struct scst_cdb_desc *scst_cdb_first(u8 opcode)
{
	u8 i = scst_cdb_index[opcode];

	return i ? &scst_cdb_table[i - 1] : NULL;
}
EXPORT_SYMBOL_IF_KUNIT(scst_cdb_first);

/* @op: first row for the operation code in @cdb */
static const struct scst_cdb_desc *
scst_cdb_find_sa(const struct scst_cdb_desc *op, const u8 *cdb,
		 unsigned int len)
{
	const struct scst_cdb_desc *end = scst_cdb_table + scst_cdb_table_size;

	if (!(op->flags & SCST_OPF_SA))
		return op;
	if (len < 2)
		return NULL;
	for (; op < end && op->opcode == cdb[0]; op++)
		if (op->sa == (cdb[1] & CDB_SA_MASK))
			return op;
	return NULL;
}

/**
 * scst_cdb_lookup() - find the row of the CDB table for a CDB
 * @cdb: command descriptor block
 * @len: valid bytes of @cdb
 *
 * Context: Any.
 * Return: the row, NULL if the table does not know the operation code or the
 * service action.
 */
const struct scst_cdb_desc *scst_cdb_lookup(const u8 *cdb, unsigned int len)
{
	const struct scst_cdb_desc *op;

	if (!len)
		return NULL;
	op = scst_cdb_first(cdb[0]);
	return op ? scst_cdb_find_sa(op, cdb, len) : NULL;
}
EXPORT_SYMBOL_GPL(scst_cdb_lookup);

static u64 scst_cdb_field(const u8 *p, u8 len)
{
	switch (len) {
	case 1:
		return *p;
	case 2:
		return get_unaligned_be16(p);
	case 3:
		return get_unaligned_be24(p);
	case 4:
		return get_unaligned_be32(p);
	case 8:
		return get_unaligned_be64(p);
	default:
		return 0;
	}
}

static scst_sense_t scst_cdb_bytchk_len(const u8 *cdb, u8 block_shift, u32 n,
					u64 *bytes)
{
	switch (CDB_BYTCHK(cdb)) {
	case SCST_BYTCHK_NONE:
		return SCST_GOOD;
	case SCST_BYTCHK_ALL:
		*bytes = (u64)n << block_shift;
		return SCST_GOOD;
	case SCST_BYTCHK_ONE:
		*bytes = n ? 1ull << block_shift : 0;
		return SCST_GOOD;
	default:
		return SCST_INVALID_FIELD_IN_CDB;
	}
}

/* @n: value of the length field */
static scst_sense_t scst_cdb_data_len(struct scst_cmd *cmd, u8 block_shift,
				      u32 n, u64 *bytes)
{
	const struct scst_cdb_desc *op = cmd->op;

	*bytes = 0;
	switch (op->xfer) {
	case SCST_XFER_BLOCKS:
		cmd->nblocks = n;
		*bytes = (u64)n << block_shift;
		return SCST_GOOD;
	case SCST_XFER_BYTES:
		*bytes = n;
		/* an allocation length is a limit, not a demand */
		if (op->flags & SCST_OPF_DIR_IN && n > SCST_MAX_XFER)
			*bytes = SCST_MAX_XFER;
		return SCST_GOOD;
	case SCST_XFER_NONE:
		cmd->nblocks = n;
		return SCST_GOOD;
	case SCST_XFER_ONE_BLOCK:
		cmd->nblocks = n;
		if (!(cmd->cdb[1] & op->usage[1] & CDB_NDOB))
			*bytes = 1ull << block_shift;
		return SCST_GOOD;
	case SCST_XFER_TWICE:
		cmd->nblocks = n;
		*bytes = (u64)n * 2 << block_shift;
		return SCST_GOOD;
	case SCST_XFER_BYTCHK:
		cmd->nblocks = n;
		return scst_cdb_bytchk_len(cmd->cdb, block_shift, n, bytes);
	case SCST_XFER_EIGHT:
		*bytes = 8;
		return SCST_GOOD;
	}
	return SCST_INVALID_FIELD_IN_CDB;
}

static scst_sense_t scst_cdb_find_op(struct scst_cmd *cmd)
{
	const struct scst_cdb_desc *op;

	cmd->op = NULL;
	if (!cmd->cdb_len)
		return SCST_INVALID_OPCODE;
	op = scst_cdb_first(cmd->cdb[0]);
	if (!op)
		return SCST_INVALID_OPCODE;
	cmd->op = scst_cdb_find_sa(op, cmd->cdb, cmd->cdb_len);
	return cmd->op ? SCST_GOOD : SCST_INVALID_FIELD_IN_CDB;
}

/**
 * scst_cdb_parse() - decode the CDB of a command
 * @cmd: command; op, lba, nblocks, data_len and dir are set
 * @block_shift: log2 of the logical block size of its device
 *
 * Neither the capacity nor the expected transfer length are looked at.  A
 * command without data has direction DMA_NONE, whatever its operation code.
 *
 * Context: Any.
 * Return: SCST_GOOD; SCST_INVALID_OPCODE with a NULL op for an operation code
 * that the table does not know, SCST_INVALID_FIELD_IN_CDB (with a NULL op if it
 * is the service action) for anything wrong in a known one.
 */
scst_sense_t scst_cdb_parse(struct scst_cmd *cmd, u8 block_shift)
{
	const struct scst_cdb_desc *op;
	const u8 *cdb = cmd->cdb;
	scst_sense_t sense;
	u64 bytes;
	u32 n;

	cmd->lba = 0;
	cmd->nblocks = 0;
	cmd->data_len = 0;
	cmd->dir = DMA_NONE;
	sense = scst_cdb_find_op(cmd);
	if (sense)
		return sense;
	op = cmd->op;
	if (cmd->cdb_len < op->cdb_len ||
	    cdb[op->cdb_len - 1] & CDB_CONTROL_NACA)
		return SCST_INVALID_FIELD_IN_CDB;

	cmd->lba = scst_cdb_field(cdb + op->lba_off, op->lba_len);
	n = scst_cdb_field(cdb + op->len_off, op->len_len);
	if (op->flags & SCST_OPF_LEN0_MAX) {
		cmd->lba &= CDB_READ6_LBA_MASK;
		n = n ?: 256;
	}
	sense = scst_cdb_data_len(cmd, block_shift, n, &bytes);
	if (sense)
		return sense;
	if (bytes > SCST_MAX_XFER)
		return SCST_INVALID_FIELD_IN_CDB;
	cmd->data_len = bytes;
	if (bytes)
		cmd->dir = op->flags & SCST_OPF_DIR_IN ? DMA_FROM_DEVICE :
							 DMA_TO_DEVICE;
	return SCST_GOOD;
}
EXPORT_SYMBOL_IF_KUNIT(scst_cdb_parse);

/**
 * scst_cdb_check_reserved() - refuse bits that the table does not know
 * @cmd: command with a known operation code
 *
 * For devices whose commands we execute ourselves; the protection fields are
 * among these bits.
 *
 * Context: Any.
 * Return: SCST_GOOD or SCST_INVALID_FIELD_IN_CDB.
 */
scst_sense_t scst_cdb_check_reserved(const struct scst_cmd *cmd)
{
	const u8 *usage = cmd->op->usage;
	const u8 *cdb = cmd->cdb;
	u64 bad;

	/* usage data is filled up with ones, so garbage after the CDB is fine */
	BUILD_BUG_ON(sizeof(cmd->op->usage) != 16 || SCST_MAX_CDB < 16);
	bad = get_unaligned((const u64 *)cdb) &
	      ~get_unaligned((const u64 *)usage);
	bad |= get_unaligned((const u64 *)(cdb + 8)) &
	       ~get_unaligned((const u64 *)(usage + 8));
	return bad ? SCST_INVALID_FIELD_IN_CDB : SCST_GOOD;
}
EXPORT_SYMBOL_GPL(scst_cdb_check_reserved);
