/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Session and target parameters: names and limits; pure.
 */
#ifndef _SCST_ISCSI_PARAM_H
#define _SCST_ISCSI_PARAM_H

#include <linux/sizes.h>
#include <linux/types.h>

#define SCST_ISCSI_MAX_LEN	SZ_1M	/* of segments and bursts */

/* Order of the netlink attributes and of what administrators see */
enum scst_iscsi_param {
	SCST_ISCSI_INITIAL_R2T,
	SCST_ISCSI_IMMEDIATE_DATA,
	SCST_ISCSI_MAX_CONNECTIONS,
	SCST_ISCSI_MAX_RECV_DSL,
	SCST_ISCSI_MAX_XMIT_DSL,
	SCST_ISCSI_MAX_BURST,
	SCST_ISCSI_FIRST_BURST,
	SCST_ISCSI_TIME2WAIT,
	SCST_ISCSI_TIME2RETAIN,
	SCST_ISCSI_MAX_R2T,
	SCST_ISCSI_PDU_IN_ORDER,
	SCST_ISCSI_SEQ_IN_ORDER,
	SCST_ISCSI_ERL,
	SCST_ISCSI_HEADER_DIGEST,
	SCST_ISCSI_DATA_DIGEST,
	SCST_ISCSI_OF_MARKER,
	SCST_ISCSI_IF_MARKER,
	SCST_ISCSI_OF_MARK_INT,
	SCST_ISCSI_IF_MARK_INT,
	SCST_ISCSI_NR_PARAMS,
};

enum scst_iscsi_target_param {
	SCST_ISCSI_QUEUED_COMMANDS,
	SCST_ISCSI_RSP_TIMEOUT,
	SCST_ISCSI_NOP_IN_INTERVAL,
	SCST_ISCSI_NOP_IN_TIMEOUT,
	SCST_ISCSI_MAX_SESSIONS,
	SCST_ISCSI_NR_TARGET_PARAMS,
};

/**
 * struct scst_iscsi_param_desc - limits of one parameter
 * @name: key
 * @dflt: value in force until somebody says something else
 * @min: smallest value
 * @max: largest value
 */
struct scst_iscsi_param_desc {
	const char *name;
	u32 dflt;
	u32 min;
	u32 max;
};

struct scst_iscsi_params {
	u32 val[SCST_ISCSI_NR_PARAMS];
};

struct scst_iscsi_target_params {
	u32 val[SCST_ISCSI_NR_TARGET_PARAMS];
};

extern const struct scst_iscsi_param_desc
	scst_iscsi_param_table[SCST_ISCSI_NR_PARAMS];
extern const struct scst_iscsi_param_desc
	scst_iscsi_target_param_table[SCST_ISCSI_NR_TARGET_PARAMS];

void scst_iscsi_params_init(struct scst_iscsi_params *p);
void scst_iscsi_target_params_init(struct scst_iscsi_target_params *p);
int scst_iscsi_param_check(const struct scst_iscsi_param_desc *desc, u32 val);
int scst_iscsi_params_negotiated(const struct scst_iscsi_params *p);

#endif /* _SCST_ISCSI_PARAM_H */
