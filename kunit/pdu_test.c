// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of iSCSI headers: layout, and what is accepted.
 */
#include <kunit/test.h>
#include <linux/string.h>
#include <linux/unaligned.h>

#include "../iscsi/pdu.h"

#define PDU_MAX_DSL	65536

static void pdu_bhs(struct iscsi_bhs *bhs, u8 opcode, u8 ahs_len, u32 dsl)
{
	memset(bhs, 0, sizeof(*bhs));
	bhs->opcode = opcode;
	bhs->ahs_len = ahs_len;
	iscsi_dsl_put(bhs->dsl, dsl);
}

struct pdu_case {
	u8 opcode;
	u8 ahs_len;
	u32 dsl;
	enum scst_iscsi_verdict verdict;
	u8 reason;
	u8 flags;
};

#define OK	SCST_ISCSI_PDU_OK
#define REJECT	SCST_ISCSI_PDU_REJECT
#define FATAL	SCST_ISCSI_PDU_FATAL

static const struct pdu_case pdu_cases[] = {
	{ ISCSI_OP_NOP_OUT, 0, 0, OK },
	{ ISCSI_OP_NOP_OUT, 0, PDU_MAX_DSL, OK },
	{ ISCSI_OP_NOP_OUT, 0, PDU_MAX_DSL + 1, FATAL },
	{ ISCSI_OP_NOP_OUT, 1, 0, REJECT, ISCSI_REJECT_PROTOCOL },
	{ ISCSI_OP_NOP_OUT | ISCSI_OPF_IMMEDIATE, 0, 4, OK },
	{ ISCSI_OP_SCSI_CMD, 0, 0, OK },
	{ ISCSI_OP_SCSI_CMD, 255, 0, OK },
	{ ISCSI_OP_SCSI_CMD, 0, PDU_MAX_DSL, OK },
	{ ISCSI_OP_SCSI_CMD, 0, ISCSI_DSL_MAX, FATAL },
	{ ISCSI_OP_TMF_REQ, 0, 0, OK },
	{ ISCSI_OP_TMF_REQ, 0, 1, REJECT, ISCSI_REJECT_PROTOCOL },
	{ ISCSI_OP_TMF_REQ, 1, 0, REJECT, ISCSI_REJECT_PROTOCOL },
	{ ISCSI_OP_LOGIN_REQ, 0, 0, REJECT, ISCSI_REJECT_PROTOCOL },
	{ ISCSI_OP_LOGIN_REQ, 0, 512, REJECT, ISCSI_REJECT_PROTOCOL },
	{ ISCSI_OP_TEXT_REQ, 0, 0, OK },
	{ ISCSI_OP_TEXT_REQ, 0, 8192, OK },
	{ ISCSI_OP_TEXT_REQ, 0, 8193, REJECT, ISCSI_REJECT_PROTOCOL },
	{ ISCSI_OP_TEXT_REQ, 0, 8, OK, 0, ISCSI_F_FINAL },
	{ ISCSI_OP_TEXT_REQ, 0, 8, OK, 0, ISCSI_F_CONTINUE },
	{ ISCSI_OP_TEXT_REQ, 0, 8, REJECT, ISCSI_REJECT_PROTOCOL,
	  ISCSI_F_FINAL | ISCSI_F_CONTINUE },
	/* the same bits have another meaning here */
	{ ISCSI_OP_SCSI_CMD, 0, 0, OK, 0, ISCSI_F_FINAL | ISCSI_CMD_READ },
	{ ISCSI_OP_DATA_OUT, 0, 0, OK },
	{ ISCSI_OP_DATA_OUT, 0, PDU_MAX_DSL, OK },
	{ ISCSI_OP_DATA_OUT, 0, PDU_MAX_DSL + 4, FATAL },
	{ ISCSI_OP_DATA_OUT, 2, 0, REJECT, ISCSI_REJECT_PROTOCOL },
	{ ISCSI_OP_LOGOUT_REQ, 0, 0, OK },
	{ ISCSI_OP_LOGOUT_REQ, 0, 4, REJECT, ISCSI_REJECT_PROTOCOL },
	{ ISCSI_OP_SNACK, 0, 0, REJECT, ISCSI_REJECT_SNACK },
	/* not of an initiator, or of nobody */
	{ ISCSI_OP_NOP_IN, 0, 0, REJECT, ISCSI_REJECT_NOT_SUPPORTED },
	{ ISCSI_OP_SCSI_RSP, 0, 0, REJECT, ISCSI_REJECT_NOT_SUPPORTED },
	{ ISCSI_OP_REJECT, 0, 48, REJECT, ISCSI_REJECT_NOT_SUPPORTED },
	{ 0x07, 0, 0, REJECT, ISCSI_REJECT_NOT_SUPPORTED },
	{ 0x1c, 0, 0, REJECT, ISCSI_REJECT_NOT_SUPPORTED },
	{ 0x1c, 0, PDU_MAX_DSL + 1, FATAL },
};

static void pdu_check(struct kunit *test)
{
	const struct pdu_case *c;
	struct iscsi_bhs bhs;
	unsigned int i;
	u8 reason;

	for (i = 0; i < ARRAY_SIZE(pdu_cases); i++) {
		c = &pdu_cases[i];
		pdu_bhs(&bhs, c->opcode, c->ahs_len, c->dsl);
		bhs.flags = c->flags;
		reason = 0;
		KUNIT_EXPECT_EQ_MSG(test,
				    scst_iscsi_pdu_check(&bhs, PDU_MAX_DSL,
							 &reason),
				    c->verdict, "case %u", i);
		if (c->verdict == REJECT)
			KUNIT_EXPECT_EQ_MSG(test, reason, c->reason, "case %u",
					    i);
	}
}

/* Whatever the first bytes are, there is a verdict and a description */
static void pdu_every_opcode(struct kunit *test)
{
	const struct scst_iscsi_pdu_desc *desc;
	struct iscsi_bhs bhs;
	unsigned int op;
	u8 reason;

	for (op = 0; op < 256; op++) {
		pdu_bhs(&bhs, op, 0, 0);
		desc = scst_iscsi_pdu_desc(scst_iscsi_opcode(&bhs));
		KUNIT_ASSERT_NOT_NULL(test, desc);
		KUNIT_EXPECT_NOT_NULL(test, desc->name);
		if (scst_iscsi_pdu_check(&bhs, PDU_MAX_DSL, &reason) != OK)
			KUNIT_EXPECT_NE(test, reason, 0);
	}
}

/* The fields lie where RFC 7143 chapter 11 says */
static void pdu_layout(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, offsetof(struct iscsi_bhs, itt), 16);
	KUNIT_EXPECT_EQ(test, offsetof(struct iscsi_bhs, sn), 24);
	KUNIT_EXPECT_EQ(test, offsetof(struct iscsi_scsi_cmd, edtl), 20);
	KUNIT_EXPECT_EQ(test, offsetof(struct iscsi_scsi_cmd, cmd_sn), 24);
	KUNIT_EXPECT_EQ(test, offsetof(struct iscsi_scsi_cmd, cdb), 32);
	KUNIT_EXPECT_EQ(test, offsetof(struct iscsi_scsi_rsp, stat_sn), 24);
	KUNIT_EXPECT_EQ(test, offsetof(struct iscsi_scsi_rsp, exp_data_sn), 36);
	KUNIT_EXPECT_EQ(test, offsetof(struct iscsi_scsi_rsp, residual), 44);
	KUNIT_EXPECT_EQ(test, offsetof(struct iscsi_data_in, data_sn), 36);
	KUNIT_EXPECT_EQ(test, offsetof(struct iscsi_data_in, offset), 40);
	KUNIT_EXPECT_EQ(test, offsetof(struct iscsi_data_in, residual), 44);
	KUNIT_EXPECT_EQ(test, offsetof(struct iscsi_data_out, data_sn), 36);
	KUNIT_EXPECT_EQ(test, offsetof(struct iscsi_data_out, offset), 40);
	KUNIT_EXPECT_EQ(test, offsetof(struct iscsi_r2t, r2t_sn), 36);
	KUNIT_EXPECT_EQ(test, offsetof(struct iscsi_r2t, length), 44);
	KUNIT_EXPECT_EQ(test, offsetof(struct iscsi_tmf_req, ref_cmd_sn), 32);
	KUNIT_EXPECT_EQ(test, offsetof(struct iscsi_async, event), 36);
	KUNIT_EXPECT_EQ(test, offsetof(struct iscsi_async, param3), 42);
	KUNIT_EXPECT_EQ(test, offsetof(struct iscsi_login_req, tsih), 14);
	KUNIT_EXPECT_EQ(test, offsetof(struct iscsi_login_req, cid), 20);
	KUNIT_EXPECT_EQ(test, offsetof(struct iscsi_login_rsp, status_class),
			36);
	KUNIT_EXPECT_EQ(test, offsetof(struct iscsi_logout_req, cid), 20);
	KUNIT_EXPECT_EQ(test, offsetof(struct iscsi_logout_rsp, time2wait), 40);
	KUNIT_EXPECT_EQ(test, offsetof(struct iscsi_reject, data_sn), 36);
}

static void pdu_lengths(struct kunit *test)
{
	u8 dsl[3];

	iscsi_dsl_put(dsl, 0x123456);
	KUNIT_EXPECT_EQ(test, dsl[0], 0x12);
	KUNIT_EXPECT_EQ(test, dsl[2], 0x56);
	KUNIT_EXPECT_EQ(test, iscsi_dsl_get(dsl), 0x123456);
	iscsi_dsl_put(dsl, ISCSI_DSL_MAX);
	KUNIT_EXPECT_EQ(test, iscsi_dsl_get(dsl), ISCSI_DSL_MAX);
	KUNIT_EXPECT_EQ(test, iscsi_pad(0), 0);
	KUNIT_EXPECT_EQ(test, iscsi_pad(1), 3);
	KUNIT_EXPECT_EQ(test, iscsi_pad(3), 1);
	KUNIT_EXPECT_EQ(test, iscsi_pad(4), 0);
}

/* One additional header; returns its size with padding */
static unsigned int pdu_put_ahs(u8 *ahs, u8 type, unsigned int bytes)
{
	unsigned int i;

	memset(ahs, 0xee, 4 + bytes + 3);
	put_unaligned_be16(bytes + 1, ahs);
	ahs[2] = type;
	ahs[3] = 0;
	for (i = 0; i < bytes; i++)
		ahs[4 + i] = 0x10 + i;
	return ALIGN(4 + bytes, 4);
}

static void pdu_long_cdb(struct kunit *test)
{
	u8 ahs[64], cdb[16];
	unsigned int len, i;

	for (i = 1; i <= 16; i++) {
		len = pdu_put_ahs(ahs, ISCSI_AHS_EXT_CDB, i);
		memset(cdb, 0, sizeof(cdb));
		KUNIT_EXPECT_EQ(test, scst_iscsi_ahs_cdb(ahs, len, cdb, 16), i);
		KUNIT_EXPECT_EQ(test, cdb[i - 1], 0x10 + i - 1);
	}
	len = pdu_put_ahs(ahs, ISCSI_AHS_EXT_CDB, 17);
	KUNIT_EXPECT_EQ(test, scst_iscsi_ahs_cdb(ahs, len, cdb, 16), -EINVAL);
}

static void pdu_ahs_sequence(struct kunit *test)
{
	unsigned int len;
	u8 ahs[64], cdb[16];

	len = pdu_put_ahs(ahs, ISCSI_AHS_BIDI_LEN, 4);
	KUNIT_EXPECT_EQ(test, scst_iscsi_ahs_cdb(ahs, len, cdb, 16), 0);
	len += pdu_put_ahs(ahs + len, ISCSI_AHS_EXT_CDB, 16);
	KUNIT_EXPECT_EQ(test, scst_iscsi_ahs_cdb(ahs, len, cdb, 16), 16);
	KUNIT_EXPECT_EQ(test, cdb[15], 0x1f);
	/* two CDBs */
	len += pdu_put_ahs(ahs + len, ISCSI_AHS_EXT_CDB, 4);
	KUNIT_EXPECT_EQ(test, scst_iscsi_ahs_cdb(ahs, len, cdb, 16), -EINVAL);
}

static void pdu_bad_ahs(struct kunit *test)
{
	u8 ahs[64] = {}, cdb[16];
	unsigned int len;

	KUNIT_EXPECT_EQ(test, scst_iscsi_ahs_cdb(ahs, 0, cdb, 16), 0);
	/* no length, no type */
	KUNIT_EXPECT_EQ(test, scst_iscsi_ahs_cdb(ahs, 4, cdb, 16), -EINVAL);
	/* unknown type */
	len = pdu_put_ahs(ahs, 9, 4);
	KUNIT_EXPECT_EQ(test, scst_iscsi_ahs_cdb(ahs, len, cdb, 16), -EINVAL);
	/* longer than what was received */
	len = pdu_put_ahs(ahs, ISCSI_AHS_EXT_CDB, 16);
	KUNIT_EXPECT_EQ(test, scst_iscsi_ahs_cdb(ahs, len - 4, cdb, 16),
			-EINVAL);
	put_unaligned_be16(0xffff, ahs);
	KUNIT_EXPECT_EQ(test, scst_iscsi_ahs_cdb(ahs, len, cdb, 16), -EINVAL);
	/* something is left over */
	len = pdu_put_ahs(ahs, ISCSI_AHS_EXT_CDB, 4);
	memset(ahs + len, 0, 4);
	KUNIT_EXPECT_EQ(test, scst_iscsi_ahs_cdb(ahs, len + 4, cdb, 16),
			-EINVAL);
}

static struct kunit_case pdu_test_cases[] = {
	KUNIT_CASE(pdu_check),
	KUNIT_CASE(pdu_every_opcode),
	KUNIT_CASE(pdu_layout),
	KUNIT_CASE(pdu_lengths),
	KUNIT_CASE(pdu_long_cdb),
	KUNIT_CASE(pdu_ahs_sequence),
	KUNIT_CASE(pdu_bad_ahs),
	{}
};

static struct kunit_suite pdu_suite = {
	.name = "scst_iscsi_pdu",
	.test_cases = pdu_test_cases,
};

kunit_test_suite(pdu_suite);

MODULE_DESCRIPTION("KUnit tests of iSCSI headers");
MODULE_LICENSE("GPL");
