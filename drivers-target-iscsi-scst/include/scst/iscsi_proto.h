/* SPDX-License-Identifier: GPL-2.0 */
/*
 * iSCSI on the wire (RFC 7143): headers, opcodes and reason codes.
 *
 * Shared by the target driver (full feature phase) and its daemon (login), so
 * it must compile in user space too.  Knows nothing of either.
 */
#ifndef _SCST_ISCSI_PROTO_H
#define _SCST_ISCSI_PROTO_H

#include <linux/types.h>
#ifdef __KERNEL__
#include <linux/build_bug.h>
#else
#include <assert.h>
#endif

#define ISCSI_PORT		3260
#define ISCSI_BHS_LEN		48
#define ISCSI_AHS_MAX		(255 * 4)
#define ISCSI_CRC_LEN		4
#define ISCSI_CDB_LEN		16	/* bytes of a CDB in the basic header */
#define ISCSI_TAG_NONE		0xffffffffu
#define ISCSI_DSL_MAX		0xffffffu
#define ISCSI_DSL_DEFAULT	8192u	/* MaxRecvDataSegmentLength, login too */

/* First byte */
#define ISCSI_OPF_IMMEDIATE	0x40
#define ISCSI_OP_MASK		0x3f

/* Initiator opcodes */
#define ISCSI_OP_NOP_OUT	0x00
#define ISCSI_OP_SCSI_CMD	0x01
#define ISCSI_OP_TMF_REQ	0x02
#define ISCSI_OP_LOGIN_REQ	0x03
#define ISCSI_OP_TEXT_REQ	0x04
#define ISCSI_OP_DATA_OUT	0x05
#define ISCSI_OP_LOGOUT_REQ	0x06
#define ISCSI_OP_SNACK		0x10
#define ISCSI_OP_INITIATOR_MAX	0x1f

/* Target opcodes */
#define ISCSI_OP_NOP_IN		0x20
#define ISCSI_OP_SCSI_RSP	0x21
#define ISCSI_OP_TMF_RSP	0x22
#define ISCSI_OP_LOGIN_RSP	0x23
#define ISCSI_OP_TEXT_RSP	0x24
#define ISCSI_OP_DATA_IN	0x25
#define ISCSI_OP_LOGOUT_RSP	0x26
#define ISCSI_OP_R2T		0x31
#define ISCSI_OP_ASYNC		0x32
#define ISCSI_OP_REJECT		0x3f

/* Second byte; F and C are the same in all PDUs that have them */
#define ISCSI_F_FINAL		0x80
#define ISCSI_F_CONTINUE	0x40

/* What all headers have in common */
struct iscsi_bhs {
	__u8	opcode;
	__u8	flags;
	__u8	specific[2];
	__u8	ahs_len;		/* 4 byte words */
	__u8	dsl[3];			/* DataSegmentLength */
	__u8	lun[8];
	__be32	itt;
	__be32	ttt;
	__be32	sn[3];
	__be32	last[3];
};

static_assert(sizeof(struct iscsi_bhs) == ISCSI_BHS_LEN, "iscsi_bhs");

#define ISCSI_CMD_READ		0x40
#define ISCSI_CMD_WRITE		0x20
#define ISCSI_CMD_ATTR_MASK	0x07

#define ISCSI_ATTR_UNTAGGED	0
#define ISCSI_ATTR_SIMPLE	1
#define ISCSI_ATTR_ORDERED	2
#define ISCSI_ATTR_HEAD_OF_QUEUE 3
#define ISCSI_ATTR_ACA		4

struct iscsi_scsi_cmd {
	__u8	opcode;
	__u8	flags;
	__u8	reserved[2];
	__u8	ahs_len;
	__u8	dsl[3];
	__u8	lun[8];
	__be32	itt;
	__be32	edtl;			/* expected data transfer length */
	__be32	cmd_sn;
	__be32	exp_stat_sn;
	__u8	cdb[ISCSI_CDB_LEN];
};

static_assert(sizeof(struct iscsi_scsi_cmd) == ISCSI_BHS_LEN, "iscsi_scsi_cmd");

#define ISCSI_AHS_EXT_CDB	1
#define ISCSI_AHS_BIDI_LEN	2

struct iscsi_ahs {
	__be16	len;			/* bytes after the type */
	__u8	type;
	__u8	specific;
	__u8	data[];
};

static_assert(sizeof(struct iscsi_ahs) == 4, "iscsi_ahs");

#define ISCSI_RSP_BIDI_OVERFLOW	0x10
#define ISCSI_RSP_BIDI_UNDERFLOW 0x08
#define ISCSI_RSP_OVERFLOW	0x04
#define ISCSI_RSP_UNDERFLOW	0x02

#define ISCSI_RSP_COMPLETED	0x00
#define ISCSI_RSP_TARGET_FAILURE 0x01

struct iscsi_scsi_rsp {
	__u8	opcode;
	__u8	flags;
	__u8	response;
	__u8	status;
	__u8	ahs_len;
	__u8	dsl[3];
	__u8	reserved[8];
	__be32	itt;
	__be32	snack_tag;
	__be32	stat_sn;
	__be32	exp_cmd_sn;
	__be32	max_cmd_sn;
	__be32	exp_data_sn;
	__be32	bidi_residual;
	__be32	residual;
};

static_assert(sizeof(struct iscsi_scsi_rsp) == ISCSI_BHS_LEN, "iscsi_scsi_rsp");

#define ISCSI_DATA_IN_ACK	0x40
#define ISCSI_DATA_IN_OVERFLOW	0x04
#define ISCSI_DATA_IN_UNDERFLOW	0x02
#define ISCSI_DATA_IN_STATUS	0x01

struct iscsi_data_in {
	__u8	opcode;
	__u8	flags;
	__u8	reserved;
	__u8	status;
	__u8	ahs_len;
	__u8	dsl[3];
	__u8	lun[8];
	__be32	itt;
	__be32	ttt;
	__be32	stat_sn;
	__be32	exp_cmd_sn;
	__be32	max_cmd_sn;
	__be32	data_sn;
	__be32	offset;
	__be32	residual;
};

static_assert(sizeof(struct iscsi_data_in) == ISCSI_BHS_LEN, "iscsi_data_in");

struct iscsi_data_out {
	__u8	opcode;
	__u8	flags;
	__u8	reserved[2];
	__u8	ahs_len;
	__u8	dsl[3];
	__u8	lun[8];
	__be32	itt;
	__be32	ttt;
	__be32	reserved2;
	__be32	exp_stat_sn;
	__be32	reserved3;
	__be32	data_sn;
	__be32	offset;
	__be32	reserved4;
};

static_assert(sizeof(struct iscsi_data_out) == ISCSI_BHS_LEN, "iscsi_data_out");

struct iscsi_r2t {
	__u8	opcode;
	__u8	flags;
	__u8	reserved[2];
	__u8	ahs_len;
	__u8	dsl[3];
	__u8	lun[8];
	__be32	itt;
	__be32	ttt;
	__be32	stat_sn;
	__be32	exp_cmd_sn;
	__be32	max_cmd_sn;
	__be32	r2t_sn;
	__be32	offset;
	__be32	length;
};

static_assert(sizeof(struct iscsi_r2t) == ISCSI_BHS_LEN, "iscsi_r2t");

#define ISCSI_TMF_MASK		0x7f
#define ISCSI_TMF_ABORT_TASK	1
#define ISCSI_TMF_ABORT_TASK_SET 2
#define ISCSI_TMF_CLEAR_ACA	3
#define ISCSI_TMF_CLEAR_TASK_SET 4
#define ISCSI_TMF_LUN_RESET	5
#define ISCSI_TMF_WARM_RESET	6
#define ISCSI_TMF_COLD_RESET	7
#define ISCSI_TMF_REASSIGN	8

struct iscsi_tmf_req {
	__u8	opcode;
	__u8	flags;
	__u8	reserved[2];
	__u8	ahs_len;
	__u8	dsl[3];
	__u8	lun[8];
	__be32	itt;
	__be32	ref_itt;
	__be32	cmd_sn;
	__be32	exp_stat_sn;
	__be32	ref_cmd_sn;
	__be32	exp_data_sn;
	__be32	reserved2[2];
};

static_assert(sizeof(struct iscsi_tmf_req) == ISCSI_BHS_LEN, "iscsi_tmf_req");

#define ISCSI_TMF_RSP_COMPLETE	0
#define ISCSI_TMF_RSP_NO_TASK	1
#define ISCSI_TMF_RSP_NO_LUN	2
#define ISCSI_TMF_RSP_ALLEGIANT	3
#define ISCSI_TMF_RSP_NO_REASSIGN 4
#define ISCSI_TMF_RSP_NOT_SUPPORTED 5
#define ISCSI_TMF_RSP_NOT_AUTHORIZED 6
#define ISCSI_TMF_RSP_REJECTED	255

struct iscsi_tmf_rsp {
	__u8	opcode;
	__u8	flags;
	__u8	response;
	__u8	reserved;
	__u8	ahs_len;
	__u8	dsl[3];
	__u8	reserved2[8];
	__be32	itt;
	__be32	reserved3;
	__be32	stat_sn;
	__be32	exp_cmd_sn;
	__be32	max_cmd_sn;
	__be32	reserved4[3];
};

static_assert(sizeof(struct iscsi_tmf_rsp) == ISCSI_BHS_LEN, "iscsi_tmf_rsp");

#define ISCSI_ASYNC_SCSI	0
#define ISCSI_ASYNC_LOGOUT	1
#define ISCSI_ASYNC_DROP_CONN	2
#define ISCSI_ASYNC_DROP_SESSION 3
#define ISCSI_ASYNC_NEGOTIATE	4

struct iscsi_async {
	__u8	opcode;
	__u8	flags;
	__u8	reserved[2];
	__u8	ahs_len;
	__u8	dsl[3];
	__u8	lun[8];
	__be32	tag;			/* always ISCSI_TAG_NONE */
	__be32	reserved2;
	__be32	stat_sn;
	__be32	exp_cmd_sn;
	__be32	max_cmd_sn;
	__u8	event;
	__u8	vendor_code;
	__be16	param1;
	__be16	param2;
	__be16	param3;
	__be32	reserved3;
};

static_assert(sizeof(struct iscsi_async) == ISCSI_BHS_LEN, "iscsi_async");

struct iscsi_text_req {
	__u8	opcode;
	__u8	flags;
	__u8	reserved[2];
	__u8	ahs_len;
	__u8	dsl[3];
	__u8	lun[8];
	__be32	itt;
	__be32	ttt;
	__be32	cmd_sn;
	__be32	exp_stat_sn;
	__be32	reserved2[4];
};

static_assert(sizeof(struct iscsi_text_req) == ISCSI_BHS_LEN, "iscsi_text_req");

struct iscsi_text_rsp {
	__u8	opcode;
	__u8	flags;
	__u8	reserved[2];
	__u8	ahs_len;
	__u8	dsl[3];
	__u8	lun[8];
	__be32	itt;
	__be32	ttt;
	__be32	stat_sn;
	__be32	exp_cmd_sn;
	__be32	max_cmd_sn;
	__be32	reserved2[3];
};

static_assert(sizeof(struct iscsi_text_rsp) == ISCSI_BHS_LEN, "iscsi_text_rsp");

/* Stages of the login phase, CSG and NSG */
#define ISCSI_STAGE_SECURITY	0
#define ISCSI_STAGE_OPERATIONAL	1
#define ISCSI_STAGE_FULL_FEATURE 3

#define ISCSI_LOGIN_TRANSIT	0x80
#define ISCSI_LOGIN_CONTINUE	0x40
#define ISCSI_LOGIN_CSG(flags)	(((flags) >> 2) & 3)
#define ISCSI_LOGIN_NSG(flags)	((flags) & 3)

struct iscsi_login_req {
	__u8	opcode;
	__u8	flags;
	__u8	version_max;
	__u8	version_min;
	__u8	ahs_len;
	__u8	dsl[3];
	__u8	isid[6];
	__be16	tsih;
	__be32	itt;
	__be16	cid;
	__be16	reserved;
	__be32	cmd_sn;
	__be32	exp_stat_sn;
	__be32	reserved2[4];
};

static_assert(sizeof(struct iscsi_login_req) == ISCSI_BHS_LEN,
	      "iscsi_login_req");

struct iscsi_login_rsp {
	__u8	opcode;
	__u8	flags;
	__u8	version_max;
	__u8	version_active;
	__u8	ahs_len;
	__u8	dsl[3];
	__u8	isid[6];
	__be16	tsih;
	__be32	itt;
	__be32	reserved;
	__be32	stat_sn;
	__be32	exp_cmd_sn;
	__be32	max_cmd_sn;
	__u8	status_class;
	__u8	status_detail;
	__be16	reserved2;
	__be32	reserved3[2];
};

static_assert(sizeof(struct iscsi_login_rsp) == ISCSI_BHS_LEN,
	      "iscsi_login_rsp");

/* Login status: class in the high byte, detail in the low one */
#define ISCSI_LOGIN_SUCCESS	0x0000
#define ISCSI_LOGIN_MOVED_TEMP	0x0101
#define ISCSI_LOGIN_MOVED_PERM	0x0102
#define ISCSI_LOGIN_INITIATOR_ERR 0x0200
#define ISCSI_LOGIN_AUTH_FAILED	0x0201
#define ISCSI_LOGIN_FORBIDDEN	0x0202
#define ISCSI_LOGIN_NOT_FOUND	0x0203
#define ISCSI_LOGIN_REMOVED	0x0204
#define ISCSI_LOGIN_BAD_VERSION	0x0205
#define ISCSI_LOGIN_TOO_MANY	0x0206
#define ISCSI_LOGIN_MISSING_PARAM 0x0207
#define ISCSI_LOGIN_CANT_INCLUDE 0x0208
#define ISCSI_LOGIN_BAD_TYPE	0x0209
#define ISCSI_LOGIN_NO_SESSION	0x020a
#define ISCSI_LOGIN_INVALID	0x020b
#define ISCSI_LOGIN_TARGET_ERR	0x0300
#define ISCSI_LOGIN_UNAVAILABLE	0x0301
#define ISCSI_LOGIN_NO_RESOURCES 0x0302

#define ISCSI_LOGOUT_MASK	0x7f
#define ISCSI_LOGOUT_SESSION	0
#define ISCSI_LOGOUT_CONN	1
#define ISCSI_LOGOUT_RECOVERY	2

struct iscsi_logout_req {
	__u8	opcode;
	__u8	flags;
	__u8	reserved[2];
	__u8	ahs_len;
	__u8	dsl[3];
	__u8	reserved2[8];
	__be32	itt;
	__be16	cid;
	__be16	reserved3;
	__be32	cmd_sn;
	__be32	exp_stat_sn;
	__be32	reserved4[4];
};

static_assert(sizeof(struct iscsi_logout_req) == ISCSI_BHS_LEN,
	      "iscsi_logout_req");

#define ISCSI_LOGOUT_RSP_CLOSED	0
#define ISCSI_LOGOUT_RSP_NO_CID	1
#define ISCSI_LOGOUT_RSP_NO_RECOVERY 2
#define ISCSI_LOGOUT_RSP_FAILED	3

struct iscsi_logout_rsp {
	__u8	opcode;
	__u8	flags;
	__u8	response;
	__u8	reserved;
	__u8	ahs_len;
	__u8	dsl[3];
	__u8	reserved2[8];
	__be32	itt;
	__be32	reserved3;
	__be32	stat_sn;
	__be32	exp_cmd_sn;
	__be32	max_cmd_sn;
	__be32	reserved4;
	__be16	time2wait;
	__be16	time2retain;
	__be32	reserved5;
};

static_assert(sizeof(struct iscsi_logout_rsp) == ISCSI_BHS_LEN,
	      "iscsi_logout_rsp");

#define ISCSI_REJECT_DATA_DIGEST	0x02
#define ISCSI_REJECT_SNACK		0x03
#define ISCSI_REJECT_PROTOCOL		0x04
#define ISCSI_REJECT_NOT_SUPPORTED	0x05
#define ISCSI_REJECT_IMMEDIATE		0x06
#define ISCSI_REJECT_TASK_IN_PROGRESS	0x07
#define ISCSI_REJECT_INVALID_DATA_ACK	0x08
#define ISCSI_REJECT_INVALID_FIELD	0x09
#define ISCSI_REJECT_LONG_OPERATION	0x0a
#define ISCSI_REJECT_WAITING_LOGOUT	0x0c

struct iscsi_reject {
	__u8	opcode;
	__u8	flags;
	__u8	reason;
	__u8	reserved;
	__u8	ahs_len;
	__u8	dsl[3];
	__u8	reserved2[8];
	__be32	tag;			/* always ISCSI_TAG_NONE */
	__be32	reserved3;
	__be32	stat_sn;
	__be32	exp_cmd_sn;
	__be32	max_cmd_sn;
	__be32	data_sn;
	__be32	reserved4[2];
};

static_assert(sizeof(struct iscsi_reject) == ISCSI_BHS_LEN, "iscsi_reject");

struct iscsi_nop_out {
	__u8	opcode;
	__u8	flags;
	__u8	reserved[2];
	__u8	ahs_len;
	__u8	dsl[3];
	__u8	lun[8];
	__be32	itt;
	__be32	ttt;
	__be32	cmd_sn;
	__be32	exp_stat_sn;
	__be32	reserved2[4];
};

static_assert(sizeof(struct iscsi_nop_out) == ISCSI_BHS_LEN, "iscsi_nop_out");

struct iscsi_nop_in {
	__u8	opcode;
	__u8	flags;
	__u8	reserved[2];
	__u8	ahs_len;
	__u8	dsl[3];
	__u8	lun[8];
	__be32	itt;
	__be32	ttt;
	__be32	stat_sn;
	__be32	exp_cmd_sn;
	__be32	max_cmd_sn;
	__be32	reserved2[3];
};

static_assert(sizeof(struct iscsi_nop_in) == ISCSI_BHS_LEN, "iscsi_nop_in");

static inline __u32 iscsi_dsl_get(const __u8 *dsl)
{
	return (__u32)dsl[0] << 16 | (__u32)dsl[1] << 8 | dsl[2];
}

static inline void iscsi_dsl_put(__u8 *dsl, __u32 len)
{
	dsl[0] = len >> 16 & 0xff;
	dsl[1] = len >> 8 & 0xff;
	dsl[2] = len & 0xff;
}

/* Bytes that follow @len bytes so that the next thing is 4-byte aligned */
static inline __u32 iscsi_pad(__u32 len)
{
	return -len & 3;
}

/* Serial number arithmetic (RFC 1982, RFC 7143 4.2.2) */
static inline int iscsi_sn_before(__u32 a, __u32 b)
{
	return (__s32)(a - b) < 0;
}

static inline int iscsi_sn_after(__u32 a, __u32 b)
{
	return iscsi_sn_before(b, a);
}

#endif /* _SCST_ISCSI_PROTO_H */
