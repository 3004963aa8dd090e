/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/scst-iscsi.yaml */
/* YNL-GEN kernel header */
/* To regenerate run: tools/net/ynl/ynl-regen.sh */

#ifndef _LINUX_SCST_ISCSI_GEN_H
#define _LINUX_SCST_ISCSI_GEN_H

#include <net/netlink.h>
#include <net/genetlink.h>

#include <uapi/linux/scst_iscsi.h>

/* Common nested types */
extern const struct nla_policy scst_iscsi_params_nl_policy[SCST_ISCSI_A_PARAMS_IF_MARK_INT + 1];
extern const struct nla_policy scst_iscsi_target_params_nl_policy[SCST_ISCSI_A_TARGET_PARAMS_MAX_SESSIONS + 1];

int scst_iscsi_nl_target_new_doit(struct sk_buff *skb, struct genl_info *info);
int scst_iscsi_nl_target_del_doit(struct sk_buff *skb, struct genl_info *info);
int scst_iscsi_nl_target_set_doit(struct sk_buff *skb, struct genl_info *info);
int scst_iscsi_nl_target_get_doit(struct sk_buff *skb, struct genl_info *info);
int scst_iscsi_nl_target_get_dumpit(struct sk_buff *skb,
				    struct netlink_callback *cb);
int scst_iscsi_nl_session_new_doit(struct sk_buff *skb, struct genl_info *info);
int scst_iscsi_nl_session_del_doit(struct sk_buff *skb, struct genl_info *info);
int scst_iscsi_nl_session_get_doit(struct sk_buff *skb, struct genl_info *info);
int scst_iscsi_nl_session_get_dumpit(struct sk_buff *skb,
				     struct netlink_callback *cb);

enum {
	SCST_ISCSI_NLGRP_EVENTS,
};

extern struct genl_family scst_iscsi_nl_family;

#endif /* _LINUX_SCST_ISCSI_GEN_H */
