// SPDX-License-Identifier: GPL-2.0
/*
 * Owns REPORT SUPPORTED OPERATION CODES and REPORT SUPPORTED TASK MANAGEMENT
 * FUNCTIONS (SPC-5 6.36, 6.37), both generated from the CDB table.
 * No locks: the table is const.
 * Must not know how the commands are executed.
 */
#include <kunit/visibility.h>
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/unaligned.h>
#include "core_priv.h"

#define RSOC_RCTD		0x80
#define RSOC_OPTIONS_MASK	0x07
#define RSOC_LIST_HEADER	4
#define RSOC_DESC_LEN		8
#define RSOC_DESC_CTDP		0x02
#define RSOC_DESC_SERVACTV	0x01
#define RSOC_ONE_HEADER		4
#define RSOC_ONE_CTDP		0x80
#define RSOC_TIMEOUTS_LEN	12
#define RSOC_ONE_MAX		(RSOC_ONE_HEADER + 16 + RSOC_TIMEOUTS_LEN)

enum scst_rsoc_option {
	SCST_RSOC_ALL,		/* everything */
	SCST_RSOC_OPCODE,	/* one operation code without service actions */
	SCST_RSOC_SA,		/* one service action */
	SCST_RSOC_ANY,		/* one of either kind */
};

enum scst_rsoc_support {
	SCST_RSOC_NOT_SUPPORTED	= 1,
	SCST_RSOC_STANDARD	= 3,
};

#define RSTMF_REPD		0x80
#define RSTMF_SHORT_LEN		4
#define RSTMF_LONG_LEN		16
/* ABORT TASK, ABORT TASK SET, CLEAR TASK SET, LOGICAL UNIT and TARGET RESET */
#define RSTMF_FUNCTIONS		0xda

/* A row is offered unless the device lacks what it needs */
static bool scst_rsoc_offers(const struct scst_device *dev,
			     const struct scst_cdb_desc *op)
{
	return op->opcode != UNMAP || dev->id.max_unmap_blocks;
}

/* No timeouts are indicated; only the length is not zero (SPC-5 6.36.4) */
static u32 scst_rsoc_timeouts(u8 *p, bool wanted)
{
	if (!wanted)
		return 0;
	put_unaligned_be16(RSOC_TIMEOUTS_LEN - 2, p);
	return RSOC_TIMEOUTS_LEN;
}

static u32 scst_rsoc_desc(const struct scst_cdb_desc *op, bool timeouts, u8 *p)
{
	p[0] = op->opcode;
	if (op->flags & SCST_OPF_SA) {
		put_unaligned_be16(op->sa, &p[2]);
		p[5] |= RSOC_DESC_SERVACTV;
	}
	if (timeouts)
		p[5] |= RSOC_DESC_CTDP;
	put_unaligned_be16(op->cdb_len, &p[6]);
	return RSOC_DESC_LEN + scst_rsoc_timeouts(p + RSOC_DESC_LEN, timeouts);
}

static void scst_rsoc_all(struct scst_cmd *cmd, bool timeouts)
{
	u32 len = RSOC_LIST_HEADER;
	unsigned int i;
	u8 *buf;

	buf = kcalloc(scst_cdb_table_size + 1,
		      RSOC_DESC_LEN + RSOC_TIMEOUTS_LEN, GFP_KERNEL);
	if (!buf) {
		scst_cmd_complete(cmd, SCST_TASK_SET_FULL);
		return;
	}
	for (i = 0; i < scst_cdb_table_size; i++)
		if (scst_rsoc_offers(cmd->dev, &scst_cdb_table[i]))
			len += scst_rsoc_desc(&scst_cdb_table[i], timeouts,
					      buf + len);
	put_unaligned_be32(len - RSOC_LIST_HEADER, buf);
	scst_cmd_reply(cmd, buf, len);
	kfree(buf);
}

/* All 16 bits of @sa come from the wire; only rows of the table are compared */
static const struct scst_cdb_desc *
scst_rsoc_find_sa(const struct scst_cdb_desc *op, u16 sa)
{
	const struct scst_cdb_desc *end = scst_cdb_table + scst_cdb_table_size;
	u8 opcode = op->opcode;

	for (; op < end && op->opcode == opcode; op++)
		if (op->sa == sa)
			return op;
	return NULL;
}

/* @op is NULL, or the first row for the requested operation code */
static scst_sense_t scst_rsoc_select(const struct scst_cdb_desc **op,
				     enum scst_rsoc_option option, u16 sa)
{
	bool has_sa;

	if (!*op)
		return SCST_GOOD;
	has_sa = (*op)->flags & SCST_OPF_SA;
	if ((option == SCST_RSOC_OPCODE && has_sa) ||
	    (option == SCST_RSOC_SA && !has_sa))
		return SCST_INVALID_FIELD_IN_CDB;
	if (option != SCST_RSOC_OPCODE)
		*op = scst_rsoc_find_sa(*op, sa);
	return SCST_GOOD;
}

static u32 scst_rsoc_one_build(const struct scst_cdb_desc *op, bool timeouts,
			       u8 *buf)
{
	u32 len = RSOC_ONE_HEADER;

	if (!op) {
		buf[1] = SCST_RSOC_NOT_SUPPORTED;
		return len;
	}
	buf[1] = SCST_RSOC_STANDARD;
	if (timeouts)
		buf[1] |= RSOC_ONE_CTDP;
	put_unaligned_be16(op->cdb_len, &buf[2]);
	memcpy(buf + len, op->usage, op->cdb_len);
	len += op->cdb_len;
	return len + scst_rsoc_timeouts(buf + len, timeouts);
}

static void scst_rsoc_one(struct scst_cmd *cmd, enum scst_rsoc_option option,
			  bool timeouts)
{
	const struct scst_cdb_desc *op = scst_cdb_first(cmd->cdb[3]);
	u8 buf[RSOC_ONE_MAX] = {};
	scst_sense_t sense;

	if (op && !scst_rsoc_offers(cmd->dev, op))
		op = NULL;
	sense = scst_rsoc_select(&op, option, get_unaligned_be16(&cmd->cdb[4]));
	if (sense)
		scst_cmd_complete(cmd, sense);
	else
		scst_cmd_reply(cmd, buf,
			       scst_rsoc_one_build(op, timeouts, buf));
}

static void scst_report_tmfs(struct scst_cmd *cmd)
{
	u8 buf[RSTMF_LONG_LEN] = {};
	u32 len = RSTMF_SHORT_LEN;

	buf[0] = RSTMF_FUNCTIONS;
	if (cmd->cdb[2] & RSTMF_REPD) {
		len = RSTMF_LONG_LEN;
		buf[3] = RSTMF_LONG_LEN - 4;
	}
	scst_cmd_reply(cmd, buf, len);
}

/**
 * scst_report_opcodes() - execute MAINTENANCE IN for a virtual device
 * @cmd: REPORT SUPPORTED OPERATION CODES or REPORT SUPPORTED TASK MANAGEMENT
 *	FUNCTIONS
 *
 * Context: Process context, may sleep.
 */
void scst_report_opcodes(struct scst_cmd *cmd)
{
	u8 option = cmd->cdb[2] & RSOC_OPTIONS_MASK;
	bool timeouts = cmd->cdb[2] & RSOC_RCTD;

	if (cmd->op->sa == MI_REPORT_SUPPORTED_TASK_MANAGEMENT_FUNCTIONS)
		scst_report_tmfs(cmd);
	else if (option == SCST_RSOC_ALL)
		scst_rsoc_all(cmd, timeouts);
	else if (option <= SCST_RSOC_ANY)
		scst_rsoc_one(cmd, option, timeouts);
	else
		scst_cmd_complete(cmd, SCST_INVALID_FIELD_IN_CDB);
}
EXPORT_SYMBOL_IF_KUNIT(scst_report_opcodes);
