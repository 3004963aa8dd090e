/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The PDUs that the daemon reads and writes, and limits of names.
 */
#ifndef SCSTD_PDU_H
#define SCSTD_PDU_H

#include <stdint.h>
#include <scst/iscsi_proto.h>

#define ISCSI_ISID_LEN 6
#define ISCSI_NAME_MAX 223
#define ISCSI_ADDRESSES_MAX 1024
#define ISCSI_MIN_SEGMENT 512
/* all portals are in one group (RFC 7143 13.9) */
#define PORTAL_GROUP_TAG 1

/* one header, by what it may be */
union pdu {
	struct iscsi_bhs bhs;
	struct iscsi_login_req login_req;
	struct iscsi_login_rsp login_rsp;
	struct iscsi_text_req text_req;
	struct iscsi_text_rsp text_rsp;
	struct iscsi_logout_req logout_req;
	struct iscsi_logout_rsp logout_rsp;
	struct iscsi_nop_out nop_out;
	struct iscsi_nop_in nop_in;
	struct iscsi_reject reject;
};

#endif
