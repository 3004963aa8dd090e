/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a received PDU header may look like; pure.
 * No locks, no allocation; knows nothing of connections.
 */
#ifndef _SCST_ISCSI_PDU_H
#define _SCST_ISCSI_PDU_H

#include <linux/types.h>
#include <scst/iscsi_proto.h>

#define SCST_ISCSI_TEXT_MAX	8192	/* bytes of keys */

/* Verdict on a header */
enum scst_iscsi_verdict {
	SCST_ISCSI_PDU_OK,
	SCST_ISCSI_PDU_REJECT,	/* well framed, but must not be executed */
	SCST_ISCSI_PDU_FATAL,	/* the stream cannot be trusted any more */
};

/* Bits of scst_iscsi_pdu_desc.flags */
#define SCST_ISCSI_PDUF_KNOWN	BIT(0)
#define SCST_ISCSI_PDUF_CMDSN	BIT(1)	/* carries a CmdSN */
#define SCST_ISCSI_PDUF_DATA	BIT(2)	/* may have a data segment */
#define SCST_ISCSI_PDUF_AHS	BIT(3)	/* may have additional headers */

/**
 * struct scst_iscsi_pdu_desc - one initiator opcode in full feature phase
 * @flags: SCST_ISCSI_PDUF_*
 * @reject: reason to give for opcodes that are never executed, else 0
 * @max_data: upper limit of the data segment besides the negotiated one
 * @name: for traces
 */
struct scst_iscsi_pdu_desc {
	u8 flags;
	u8 reject;
	u32 max_data;
	const char *name;
};

const struct scst_iscsi_pdu_desc *scst_iscsi_pdu_desc(u8 opcode);
enum scst_iscsi_verdict scst_iscsi_pdu_check(const struct iscsi_bhs *bhs,
					     u32 max_dsl, u8 *reason);
int scst_iscsi_ahs_cdb(const u8 *ahs, unsigned int len, u8 *cdb,
		       unsigned int room);

static inline u8 scst_iscsi_opcode(const struct iscsi_bhs *bhs)
{
	return bhs->opcode & ISCSI_OP_MASK;
}

static inline bool scst_iscsi_immediate(const struct iscsi_bhs *bhs)
{
	return bhs->opcode & ISCSI_OPF_IMMEDIATE;
}

#endif /* _SCST_ISCSI_PDU_H */
