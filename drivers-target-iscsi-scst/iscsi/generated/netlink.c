// SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/scst-iscsi.yaml */
/* YNL-GEN kernel source */
/* To regenerate run: tools/net/ynl/ynl-regen.sh */

#include <net/netlink.h>
#include <net/genetlink.h>

#include "netlink.h"

#include <uapi/linux/scst_iscsi.h>

/* Common nested types */
const struct nla_policy scst_iscsi_params_nl_policy[SCST_ISCSI_A_PARAMS_IF_MARK_INT + 1] = {
	[SCST_ISCSI_A_PARAMS_INITIAL_R2T] = { .type = NLA_U32, },
	[SCST_ISCSI_A_PARAMS_IMMEDIATE_DATA] = { .type = NLA_U32, },
	[SCST_ISCSI_A_PARAMS_MAX_CONNECTIONS] = { .type = NLA_U32, },
	[SCST_ISCSI_A_PARAMS_MAX_RECV_DATA_SEGMENT_LENGTH] = { .type = NLA_U32, },
	[SCST_ISCSI_A_PARAMS_MAX_XMIT_DATA_SEGMENT_LENGTH] = { .type = NLA_U32, },
	[SCST_ISCSI_A_PARAMS_MAX_BURST_LENGTH] = { .type = NLA_U32, },
	[SCST_ISCSI_A_PARAMS_FIRST_BURST_LENGTH] = { .type = NLA_U32, },
	[SCST_ISCSI_A_PARAMS_DEFAULT_TIME2WAIT] = { .type = NLA_U32, },
	[SCST_ISCSI_A_PARAMS_DEFAULT_TIME2RETAIN] = { .type = NLA_U32, },
	[SCST_ISCSI_A_PARAMS_MAX_OUTSTANDING_R2T] = { .type = NLA_U32, },
	[SCST_ISCSI_A_PARAMS_DATA_PDU_IN_ORDER] = { .type = NLA_U32, },
	[SCST_ISCSI_A_PARAMS_DATA_SEQUENCE_IN_ORDER] = { .type = NLA_U32, },
	[SCST_ISCSI_A_PARAMS_ERROR_RECOVERY_LEVEL] = { .type = NLA_U32, },
	[SCST_ISCSI_A_PARAMS_HEADER_DIGEST] = NLA_POLICY_MASK(NLA_U32, 0x3),
	[SCST_ISCSI_A_PARAMS_DATA_DIGEST] = NLA_POLICY_MASK(NLA_U32, 0x3),
	[SCST_ISCSI_A_PARAMS_OF_MARKER] = { .type = NLA_U32, },
	[SCST_ISCSI_A_PARAMS_IF_MARKER] = { .type = NLA_U32, },
	[SCST_ISCSI_A_PARAMS_OF_MARK_INT] = { .type = NLA_U32, },
	[SCST_ISCSI_A_PARAMS_IF_MARK_INT] = { .type = NLA_U32, },
};

const struct nla_policy scst_iscsi_target_params_nl_policy[SCST_ISCSI_A_TARGET_PARAMS_MAX_SESSIONS + 1] = {
	[SCST_ISCSI_A_TARGET_PARAMS_QUEUED_COMMANDS] = { .type = NLA_U32, },
	[SCST_ISCSI_A_TARGET_PARAMS_RSP_TIMEOUT] = { .type = NLA_U32, },
	[SCST_ISCSI_A_TARGET_PARAMS_NOP_IN_INTERVAL] = { .type = NLA_U32, },
	[SCST_ISCSI_A_TARGET_PARAMS_NOP_IN_TIMEOUT] = { .type = NLA_U32, },
	[SCST_ISCSI_A_TARGET_PARAMS_MAX_SESSIONS] = { .type = NLA_U32, },
};

/* SCST_ISCSI_CMD_TARGET_NEW - do */
static const struct nla_policy scst_iscsi_target_new_nl_policy[SCST_ISCSI_A_TARGET_NAME + 1] = {
	[SCST_ISCSI_A_TARGET_TID] = { .type = NLA_U32, },
	[SCST_ISCSI_A_TARGET_NAME] = { .type = NLA_NUL_STRING, .len = SCST_ISCSI_NAME_LEN, },
};

/* SCST_ISCSI_CMD_TARGET_DEL - do */
static const struct nla_policy scst_iscsi_target_del_nl_policy[SCST_ISCSI_A_TARGET_TID + 1] = {
	[SCST_ISCSI_A_TARGET_TID] = { .type = NLA_U32, },
};

/* SCST_ISCSI_CMD_TARGET_SET - do */
static const struct nla_policy scst_iscsi_target_set_nl_policy[SCST_ISCSI_A_TARGET_ADDRESSES + 1] = {
	[SCST_ISCSI_A_TARGET_TID] = { .type = NLA_U32, },
	[SCST_ISCSI_A_TARGET_PARAMS] = NLA_POLICY_NESTED(scst_iscsi_params_nl_policy),
	[SCST_ISCSI_A_TARGET_TARGET_PARAMS] = NLA_POLICY_NESTED(scst_iscsi_target_params_nl_policy),
	[SCST_ISCSI_A_TARGET_ADDRESSES] = { .type = NLA_NUL_STRING, .len = SCST_ISCSI_ADDRESSES_LEN, },
};

/* SCST_ISCSI_CMD_TARGET_GET - do */
static const struct nla_policy scst_iscsi_target_get_nl_policy[SCST_ISCSI_A_TARGET_TID + 1] = {
	[SCST_ISCSI_A_TARGET_TID] = { .type = NLA_U32, },
};

/* SCST_ISCSI_CMD_SESSION_NEW - do */
static const struct nla_policy scst_iscsi_session_new_nl_policy[SCST_ISCSI_A_SESSION_PORTAL_TAG + 1] = {
	[SCST_ISCSI_A_SESSION_TID] = { .type = NLA_U32, },
	[SCST_ISCSI_A_SESSION_INITIATOR_NAME] = { .type = NLA_NUL_STRING, .len = SCST_ISCSI_NAME_LEN, },
	[SCST_ISCSI_A_SESSION_USER_NAME] = { .type = NLA_NUL_STRING, .len = 255, },
	[SCST_ISCSI_A_SESSION_ISID] = NLA_POLICY_EXACT_LEN(SCST_ISCSI_ISID_LEN),
	[SCST_ISCSI_A_SESSION_TSIH] = { .type = NLA_U16, },
	[SCST_ISCSI_A_SESSION_CID] = { .type = NLA_U16, },
	[SCST_ISCSI_A_SESSION_PARAMS] = NLA_POLICY_NESTED(scst_iscsi_params_nl_policy),
	[SCST_ISCSI_A_SESSION_SOCKFD] = { .type = NLA_S32, },
	[SCST_ISCSI_A_SESSION_EXP_CMD_SN] = { .type = NLA_U32, },
	[SCST_ISCSI_A_SESSION_STAT_SN] = { .type = NLA_U32, },
	[SCST_ISCSI_A_SESSION_PORTAL_TAG] = { .type = NLA_U16, },
};

/* SCST_ISCSI_CMD_SESSION_DEL - do */
static const struct nla_policy scst_iscsi_session_del_nl_policy[SCST_ISCSI_A_SESSION_SID + 1] = {
	[SCST_ISCSI_A_SESSION_TID] = { .type = NLA_U32, },
	[SCST_ISCSI_A_SESSION_SID] = { .type = NLA_U64, },
};

/* SCST_ISCSI_CMD_SESSION_GET - do */
static const struct nla_policy scst_iscsi_session_get_nl_policy[SCST_ISCSI_A_SESSION_SID + 1] = {
	[SCST_ISCSI_A_SESSION_TID] = { .type = NLA_U32, },
	[SCST_ISCSI_A_SESSION_SID] = { .type = NLA_U64, },
};

/* Ops table for scst_iscsi */
static const struct genl_split_ops scst_iscsi_nl_ops[] = {
	{
		.cmd		= SCST_ISCSI_CMD_TARGET_NEW,
		.doit		= scst_iscsi_nl_target_new_doit,
		.policy		= scst_iscsi_target_new_nl_policy,
		.maxattr	= SCST_ISCSI_A_TARGET_NAME,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= SCST_ISCSI_CMD_TARGET_DEL,
		.doit		= scst_iscsi_nl_target_del_doit,
		.policy		= scst_iscsi_target_del_nl_policy,
		.maxattr	= SCST_ISCSI_A_TARGET_TID,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= SCST_ISCSI_CMD_TARGET_SET,
		.doit		= scst_iscsi_nl_target_set_doit,
		.policy		= scst_iscsi_target_set_nl_policy,
		.maxattr	= SCST_ISCSI_A_TARGET_ADDRESSES,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= SCST_ISCSI_CMD_TARGET_GET,
		.doit		= scst_iscsi_nl_target_get_doit,
		.policy		= scst_iscsi_target_get_nl_policy,
		.maxattr	= SCST_ISCSI_A_TARGET_TID,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd	= SCST_ISCSI_CMD_TARGET_GET,
		.dumpit	= scst_iscsi_nl_target_get_dumpit,
		.flags	= GENL_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= SCST_ISCSI_CMD_SESSION_NEW,
		.doit		= scst_iscsi_nl_session_new_doit,
		.policy		= scst_iscsi_session_new_nl_policy,
		.maxattr	= SCST_ISCSI_A_SESSION_PORTAL_TAG,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= SCST_ISCSI_CMD_SESSION_DEL,
		.doit		= scst_iscsi_nl_session_del_doit,
		.policy		= scst_iscsi_session_del_nl_policy,
		.maxattr	= SCST_ISCSI_A_SESSION_SID,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= SCST_ISCSI_CMD_SESSION_GET,
		.doit		= scst_iscsi_nl_session_get_doit,
		.policy		= scst_iscsi_session_get_nl_policy,
		.maxattr	= SCST_ISCSI_A_SESSION_SID,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd	= SCST_ISCSI_CMD_SESSION_GET,
		.dumpit	= scst_iscsi_nl_session_get_dumpit,
		.flags	= GENL_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
};

static const struct genl_multicast_group scst_iscsi_nl_mcgrps[] = {
	[SCST_ISCSI_NLGRP_EVENTS] = { "events", },
};

struct genl_family scst_iscsi_nl_family __ro_after_init = {
	.name		= SCST_ISCSI_FAMILY_NAME,
	.version	= SCST_ISCSI_FAMILY_VERSION,
	.netnsok	= true,
	.parallel_ops	= true,
	.module		= THIS_MODULE,
	.split_ops	= scst_iscsi_nl_ops,
	.n_split_ops	= ARRAY_SIZE(scst_iscsi_nl_ops),
	.mcgrps		= scst_iscsi_nl_mcgrps,
	.n_mcgrps	= ARRAY_SIZE(scst_iscsi_nl_mcgrps),
};
