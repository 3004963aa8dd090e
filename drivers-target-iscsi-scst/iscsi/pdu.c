// SPDX-License-Identifier: GPL-2.0
/*
 * The table of initiator opcodes and the checks of a header that do not need
 * to know the connection.  Pure: no locks, no allocation, no sockets.
 */
#include <kunit/visibility.h>
#include <linux/export.h>
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/unaligned.h>

#include "pdu.h"

static const struct scst_iscsi_pdu_desc scst_iscsi_pdu_table[] = {
	[ISCSI_OP_NOP_OUT] = {
		.flags = SCST_ISCSI_PDUF_KNOWN | SCST_ISCSI_PDUF_CMDSN |
			 SCST_ISCSI_PDUF_DATA,
		.max_data = ISCSI_DSL_MAX,
		.name = "NOP-Out",
	},
	[ISCSI_OP_SCSI_CMD] = {
		.flags = SCST_ISCSI_PDUF_KNOWN | SCST_ISCSI_PDUF_CMDSN |
			 SCST_ISCSI_PDUF_DATA | SCST_ISCSI_PDUF_AHS,
		.max_data = ISCSI_DSL_MAX,
		.name = "SCSI Command",
	},
	[ISCSI_OP_TMF_REQ] = {
		.flags = SCST_ISCSI_PDUF_KNOWN | SCST_ISCSI_PDUF_CMDSN,
		.name = "Task Management Request",
	},
	[ISCSI_OP_LOGIN_REQ] = {
		.flags = SCST_ISCSI_PDUF_KNOWN | SCST_ISCSI_PDUF_DATA,
		.reject = ISCSI_REJECT_PROTOCOL,
		.max_data = ISCSI_DSL_MAX,
		.name = "Login Request",
	},
	[ISCSI_OP_TEXT_REQ] = {
		.flags = SCST_ISCSI_PDUF_KNOWN | SCST_ISCSI_PDUF_CMDSN |
			 SCST_ISCSI_PDUF_DATA,
		.max_data = SCST_ISCSI_TEXT_MAX,
		.name = "Text Request",
	},
	[ISCSI_OP_DATA_OUT] = {
		.flags = SCST_ISCSI_PDUF_KNOWN | SCST_ISCSI_PDUF_DATA,
		.max_data = ISCSI_DSL_MAX,
		.name = "Data-Out",
	},
	[ISCSI_OP_LOGOUT_REQ] = {
		.flags = SCST_ISCSI_PDUF_KNOWN | SCST_ISCSI_PDUF_CMDSN,
		.name = "Logout Request",
	},
	[ISCSI_OP_SNACK] = {
		.flags = SCST_ISCSI_PDUF_KNOWN,
		.reject = ISCSI_REJECT_SNACK,
		.name = "SNACK",
	},
};

static const struct scst_iscsi_pdu_desc scst_iscsi_pdu_unknown = {
	.reject = ISCSI_REJECT_NOT_SUPPORTED,
	.name = "unknown",
};

/**
 * scst_iscsi_pdu_desc - describe an opcode
 * @opcode: without the immediate bit
 *
 * Context: any.
 * Return: its row, never NULL.
 */
const struct scst_iscsi_pdu_desc *scst_iscsi_pdu_desc(u8 opcode)
{
	if (opcode >= ARRAY_SIZE(scst_iscsi_pdu_table) ||
	    !scst_iscsi_pdu_table[opcode].flags)
		return &scst_iscsi_pdu_unknown;
	return &scst_iscsi_pdu_table[opcode];
}
EXPORT_SYMBOL_IF_KUNIT(scst_iscsi_pdu_desc);

/**
 * scst_iscsi_pdu_check - judge a basic header before anything after it is read
 * @bhs: header
 * @max_dsl: our MaxRecvDataSegmentLength
 * @reason: reason for the Reject PDU
 *
 * Context: any.
 * Return: verdict.  A data segment longer than agreed on is fatal: nothing
 * says that the peer counts the way we do.
 */
enum scst_iscsi_verdict scst_iscsi_pdu_check(const struct iscsi_bhs *bhs,
					     u32 max_dsl, u8 *reason)
{
	const struct scst_iscsi_pdu_desc *desc;
	u32 dsl = iscsi_dsl_get(bhs->dsl);

	if (dsl > max_dsl)
		return SCST_ISCSI_PDU_FATAL;

	desc = scst_iscsi_pdu_desc(scst_iscsi_opcode(bhs));
	*reason = desc->reject;
	if (desc->reject)
		return SCST_ISCSI_PDU_REJECT;

	*reason = ISCSI_REJECT_PROTOCOL;
	if (bhs->ahs_len && !(desc->flags & SCST_ISCSI_PDUF_AHS))
		return SCST_ISCSI_PDU_REJECT;
	if (dsl && !(desc->flags & SCST_ISCSI_PDUF_DATA))
		return SCST_ISCSI_PDU_REJECT;
	if (dsl > desc->max_data)
		return SCST_ISCSI_PDU_REJECT;
	/* What is final does not go on (RFC 7143 11.10.2) */
	if (scst_iscsi_opcode(bhs) == ISCSI_OP_TEXT_REQ &&
	    bhs->flags & ISCSI_F_FINAL && bhs->flags & ISCSI_F_CONTINUE)
		return SCST_ISCSI_PDU_REJECT;
	return SCST_ISCSI_PDU_OK;
}
EXPORT_SYMBOL_IF_KUNIT(scst_iscsi_pdu_check);

/**
 * scst_iscsi_ahs_cdb - find the rest of a long CDB
 * @ahs: additional header segments
 * @len: bytes of them
 * @cdb: where the bytes after the first 16 go
 * @room: bytes there
 *
 * A bidirectional read length is skipped, its command is refused elsewhere.
 *
 * Context: any.
 * Return: bytes put into @cdb, or -EINVAL if the segments make no sense or
 * the CDB is too long.
 */
int scst_iscsi_ahs_cdb(const u8 *ahs, unsigned int len, u8 *cdb,
		       unsigned int room)
{
	unsigned int size, cdb_len = 0;

	while (len) {
		if (len < sizeof(struct iscsi_ahs))
			return -EINVAL;
		/* AHSLength counts the byte after the type as well */
		size = get_unaligned_be16(ahs);
		if (!size || size + 3 > len)
			return -EINVAL;
		if (ahs[2] == ISCSI_AHS_EXT_CDB) {
			if (cdb_len || size - 1 > room)
				return -EINVAL;
			cdb_len = size - 1;
			memcpy(cdb, ahs + sizeof(struct iscsi_ahs), cdb_len);
		} else if (ahs[2] != ISCSI_AHS_BIDI_LEN) {
			return -EINVAL;
		}
		size = (size + 3 + 3) & ~3u;
		if (size > len)
			return -EINVAL;
		ahs += size;
		len -= size;
	}
	return cdb_len;
}
EXPORT_SYMBOL_IF_KUNIT(scst_iscsi_ahs_cdb);
