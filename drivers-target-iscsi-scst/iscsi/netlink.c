// SPDX-License-Identifier: GPL-2.0
/*
 * The daemon's side of the driver: generic netlink family scst-iscsi.
 *
 * Handlers run in the daemon's process and in parallel.  They hold
 * scst_iscsi_mutex only to look something up; target-del is the one that
 * waits, for a second at most.  Contract: Documentation/netlink/specs.
 */
#include <linux/module.h>
#include <linux/slab.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>

#include "generated/netlink.h"
#include "iscsi_priv.h"

/* The module is about to go: no new targets and sessions */
static bool scst_iscsi_stopped;
static DECLARE_RWSEM(scst_iscsi_stop_sem);

static int scst_iscsi_nl_enter(void)
{
	down_read(&scst_iscsi_stop_sem);
	if (!scst_iscsi_stopped)
		return 0;
	up_read(&scst_iscsi_stop_sem);
	return -ESHUTDOWN;
}

static void scst_iscsi_nl_leave(void)
{
	up_read(&scst_iscsi_stop_sem);
}

/* -------------------------------------------------------------------------
 * Parameters; attribute n is parameter n - 1
 */

static_assert((int)SCST_ISCSI_A_PARAMS_MAX == SCST_ISCSI_NR_PARAMS);
static_assert((int)SCST_ISCSI_A_TARGET_PARAMS_MAX ==
	      SCST_ISCSI_NR_TARGET_PARAMS);

struct scst_iscsi_nl_table {
	const struct scst_iscsi_param_desc *desc;
	const struct nla_policy *policy;
	unsigned int nr;
};

static const struct scst_iscsi_nl_table scst_iscsi_nl_params = {
	.desc = scst_iscsi_param_table,
	.policy = scst_iscsi_params_nl_policy,
	.nr = SCST_ISCSI_NR_PARAMS,
};

static const struct scst_iscsi_nl_table scst_iscsi_nl_target_params = {
	.desc = scst_iscsi_target_param_table,
	.policy = scst_iscsi_target_params_nl_policy,
	.nr = SCST_ISCSI_NR_TARGET_PARAMS,
};

/* Change @val by what the nest @attr contains */
static int scst_iscsi_nl_parse(const struct scst_iscsi_nl_table *table,
			       const struct nlattr *attr, u32 *val,
			       struct netlink_ext_ack *extack)
{
	struct nlattr *tb[SCST_ISCSI_NR_PARAMS + 1];
	unsigned int i;
	u32 new;
	int ret;

	if (!attr)
		return 0;
	ret = nla_parse_nested(tb, table->nr, attr, table->policy, extack);
	if (ret)
		return ret;
	for (i = 0; i < table->nr; i++) {
		if (!tb[i + 1])
			continue;
		new = nla_get_u32(tb[i + 1]);
		if (scst_iscsi_param_check(&table->desc[i], new)) {
			NL_SET_ERR_MSG_ATTR_FMT(extack, tb[i + 1],
						"%s must be %u to %u",
						table->desc[i].name,
						table->desc[i].min,
						table->desc[i].max);
			return -EINVAL;
		}
		val[i] = new;
	}
	return 0;
}

static int scst_iscsi_nl_put(struct sk_buff *msg, int attr, const u32 *val,
			     unsigned int nr)
{
	struct nlattr *nest = nla_nest_start(msg, attr);
	unsigned int i;

	if (!nest)
		return -EMSGSIZE;
	for (i = 0; i < nr; i++)
		if (nla_put_u32(msg, i + 1, val[i]))
			return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

/* -------------------------------------------------------------------------
 * Replies
 */

static struct sk_buff *scst_iscsi_nl_reply(struct genl_info *info, void **hdr)
{
	struct sk_buff *msg = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);

	if (!msg)
		return NULL;
	*hdr = genlmsg_iput(msg, info);
	if (!*hdr) {
		nlmsg_free(msg);
		return NULL;
	}
	return msg;
}

static int scst_iscsi_nl_send(struct sk_buff *msg, void *hdr,
			      struct genl_info *info, int ret)
{
	if (ret) {
		nlmsg_free(msg);
		return ret;
	}
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
}

static int scst_iscsi_nl_put_u64(struct sk_buff *msg, int attr, u64 val)
{
	return nla_put(msg, attr, sizeof(val), &val);
}

static int scst_iscsi_nl_put_target(struct sk_buff *msg,
				    const struct scst_iscsi_target *tgt)
{
	if (nla_put_u32(msg, SCST_ISCSI_A_TARGET_TID, tgt->tid) ||
	    nla_put_string(msg, SCST_ISCSI_A_TARGET_NAME, tgt->name) ||
	    scst_iscsi_nl_put(msg, SCST_ISCSI_A_TARGET_PARAMS,
			      tgt->params.val, SCST_ISCSI_NR_PARAMS) ||
	    scst_iscsi_nl_put(msg, SCST_ISCSI_A_TARGET_TARGET_PARAMS,
			      tgt->tparams.val, SCST_ISCSI_NR_TARGET_PARAMS) ||
	    nla_put_u32(msg, SCST_ISCSI_A_TARGET_SESSIONS, tgt->nr_sessions))
		return -EMSGSIZE;
	return 0;
}

static int scst_iscsi_nl_put_ids(struct sk_buff *msg,
				 const struct scst_iscsi_session *sess)
{
	if (nla_put_u32(msg, SCST_ISCSI_A_SESSION_TID, sess->tgt->tid) ||
	    scst_iscsi_nl_put_u64(msg, SCST_ISCSI_A_SESSION_SID, sess->sid) ||
	    nla_put_string(msg, SCST_ISCSI_A_SESSION_INITIATOR_NAME,
			   sess->initiator) ||
	    nla_put(msg, SCST_ISCSI_A_SESSION_ISID, sizeof(sess->isid),
		    sess->isid) ||
	    nla_put_u16(msg, SCST_ISCSI_A_SESSION_TSIH, sess->tsih))
		return -EMSGSIZE;
	return 0;
}

static int scst_iscsi_nl_put_session(struct sk_buff *msg,
				     const struct scst_iscsi_session *sess)
{
	if (scst_iscsi_nl_put_ids(msg, sess) ||
	    nla_put_u16(msg, SCST_ISCSI_A_SESSION_CID, sess->cid) ||
	    scst_iscsi_nl_put(msg, SCST_ISCSI_A_SESSION_PARAMS,
			      sess->params.val, SCST_ISCSI_NR_PARAMS) ||
	    nla_put_string(msg, SCST_ISCSI_A_SESSION_PEER, sess->conn.peer) ||
	    (sess->user &&
	     nla_put_string(msg, SCST_ISCSI_A_SESSION_USER_NAME, sess->user)))
		return -EMSGSIZE;
	return 0;
}

/* -------------------------------------------------------------------------
 * Targets
 */

/**
 * scst_iscsi_nl_target_new_doit - target-new
 * @skb: request
 * @info: its attributes
 *
 * Context: process.
 * Return: 0 or a negative errno.
 */
int scst_iscsi_nl_target_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *attr = info->attrs[SCST_ISCSI_A_TARGET_TID];
	u32 tid = attr ? nla_get_u32(attr) : 0;
	struct sk_buff *msg;
	const char *name;
	void *hdr;
	int ret;

	if (GENL_REQ_ATTR_CHECK(info, SCST_ISCSI_A_TARGET_NAME))
		return -EINVAL;
	name = nla_data(info->attrs[SCST_ISCSI_A_TARGET_NAME]);
	if (!*name)
		return -EINVAL;
	msg = scst_iscsi_nl_reply(info, &hdr);
	if (!msg)
		return -ENOMEM;
	ret = scst_iscsi_nl_enter();
	if (!ret) {
		ret = scst_iscsi_target_add(&tid, name);
		scst_iscsi_nl_leave();
	}
	if (!ret)
		ret = nla_put_u32(msg, SCST_ISCSI_A_TARGET_TID, tid);
	return scst_iscsi_nl_send(msg, hdr, info, ret);
}

/**
 * scst_iscsi_nl_target_del_doit - target-del
 * @skb: request
 * @info: its attributes
 *
 * Context: process, waits for sessions to end.
 * Return: 0 or a negative errno.
 */
int scst_iscsi_nl_target_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	u32 tid;

	if (GENL_REQ_ATTR_CHECK(info, SCST_ISCSI_A_TARGET_TID))
		return -EINVAL;
	tid = nla_get_u32(info->attrs[SCST_ISCSI_A_TARGET_TID]);
	return scst_iscsi_target_del(tid);
}

/* The old addresses come back in exchange for the new ones, if there are any */
static int scst_iscsi_nl_target_set_locked(struct genl_info *info,
					   char **addresses)
{
	struct nlattr **tb = info->attrs;
	u32 tid = nla_get_u32(tb[SCST_ISCSI_A_TARGET_TID]);
	struct scst_iscsi_target_params tparams;
	struct scst_iscsi_params params;
	struct scst_iscsi_target *tgt;
	int ret;

	tgt = scst_iscsi_target_find_locked(tid);
	if (!tgt)
		return -ENOENT;
	params = tgt->params;
	tparams = tgt->tparams;
	ret = scst_iscsi_nl_parse(&scst_iscsi_nl_params,
				  tb[SCST_ISCSI_A_TARGET_PARAMS], params.val,
				  info->extack);
	if (ret)
		return ret;
	ret = scst_iscsi_nl_parse(&scst_iscsi_nl_target_params,
				  tb[SCST_ISCSI_A_TARGET_TARGET_PARAMS],
				  tparams.val, info->extack);
	if (ret)
		return ret;
	tgt->params = params;
	tgt->tparams = tparams;
	if (*addresses)
		swap(tgt->addresses, *addresses);
	if (tgt->core)
		tgt->dying = false;
	return 0;
}

/**
 * scst_iscsi_nl_target_set_doit - target-set
 * @skb: request
 * @info: its attributes
 *
 * Who sets a target's parameters wants it to be used, even if its deletion has
 * begun.
 *
 * Context: process.
 * Return: 0 or a negative errno.
 */
int scst_iscsi_nl_target_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *attr = info->attrs[SCST_ISCSI_A_TARGET_ADDRESSES];
	char *addresses = NULL;
	int ret;

	if (GENL_REQ_ATTR_CHECK(info, SCST_ISCSI_A_TARGET_TID))
		return -EINVAL;
	if (attr) {
		addresses = nla_strdup(attr, GFP_KERNEL);
		if (!addresses)
			return -ENOMEM;
	}
	mutex_lock(&scst_iscsi_mutex);
	ret = scst_iscsi_nl_target_set_locked(info, &addresses);
	mutex_unlock(&scst_iscsi_mutex);
	kfree(addresses);
	return ret;
}

/**
 * scst_iscsi_nl_target_get_doit - target-get of one target
 * @skb: request
 * @info: its attributes
 *
 * Context: process.
 * Return: 0 or a negative errno.
 */
int scst_iscsi_nl_target_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct scst_iscsi_target *tgt;
	struct sk_buff *msg;
	void *hdr;
	u32 tid;
	int ret;

	if (GENL_REQ_ATTR_CHECK(info, SCST_ISCSI_A_TARGET_TID))
		return -EINVAL;
	tid = nla_get_u32(info->attrs[SCST_ISCSI_A_TARGET_TID]);
	msg = scst_iscsi_nl_reply(info, &hdr);
	if (!msg)
		return -ENOMEM;
	mutex_lock(&scst_iscsi_mutex);
	tgt = scst_iscsi_target_find_locked(tid);
	ret = tgt ? scst_iscsi_nl_put_target(msg, tgt) : -ENOENT;
	mutex_unlock(&scst_iscsi_mutex);
	return scst_iscsi_nl_send(msg, hdr, info, ret);
}

/*
 * The position in a dump is a number.  If the lists change between two parts of
 * it, something may be missing, and user space is told to ask again.
 */
static void *scst_iscsi_nl_dump_begin(struct sk_buff *skb,
				      struct netlink_callback *cb, u8 cmd)
{
	void *hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid,
				cb->nlh->nlmsg_seq, &scst_iscsi_nl_family,
				NLM_F_MULTI, cmd);

	if (hdr)
		genl_dump_check_consistent(cb, hdr);
	return hdr;
}

static int scst_iscsi_nl_dump_target(struct sk_buff *skb,
				     struct netlink_callback *cb,
				     const struct scst_iscsi_target *tgt)
{
	void *hdr = scst_iscsi_nl_dump_begin(skb, cb,
					     SCST_ISCSI_CMD_TARGET_GET);

	if (!hdr)
		return -EMSGSIZE;
	if (scst_iscsi_nl_put_target(skb, tgt)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

/**
 * scst_iscsi_nl_target_get_dumpit - target-get of all targets
 * @skb: reply
 * @cb: position
 *
 * New targets go to the head of the list, so the position counts from its end.
 *
 * Context: process.
 * Return: bytes, 0 at the end, or a negative errno.
 */
int scst_iscsi_nl_target_get_dumpit(struct sk_buff *skb,
				    struct netlink_callback *cb)
{
	struct scst_iscsi_target *tgt;
	long pos = 0;

	mutex_lock(&scst_iscsi_mutex);
	cb->seq = scst_iscsi_generation;
	list_for_each_entry_reverse(tgt, &scst_iscsi_targets, entry) {
		if (pos++ < cb->args[0])
			continue;
		if (scst_iscsi_nl_dump_target(skb, cb, tgt))
			break;
		cb->args[0] = pos;
	}
	mutex_unlock(&scst_iscsi_mutex);
	return skb->len;
}

/* -------------------------------------------------------------------------
 * Sessions
 */

static const u32 scst_iscsi_session_required[] = {
	SCST_ISCSI_A_SESSION_TID,
	SCST_ISCSI_A_SESSION_INITIATOR_NAME,
	SCST_ISCSI_A_SESSION_ISID,
	SCST_ISCSI_A_SESSION_TSIH,
	SCST_ISCSI_A_SESSION_CID,
	SCST_ISCSI_A_SESSION_SOCKFD,
	SCST_ISCSI_A_SESSION_EXP_CMD_SN,
	SCST_ISCSI_A_SESSION_STAT_SN,
};

static int scst_iscsi_nl_session_args(struct genl_info *info,
				      struct scst_iscsi_session_args *args)
{
	struct nlattr **tb = info->attrs;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(scst_iscsi_session_required); i++)
		if (GENL_REQ_ATTR_CHECK(info, scst_iscsi_session_required[i]))
			return -EINVAL;
	args->tid = nla_get_u32(tb[SCST_ISCSI_A_SESSION_TID]);
	args->initiator = nla_data(tb[SCST_ISCSI_A_SESSION_INITIATOR_NAME]);
	if (tb[SCST_ISCSI_A_SESSION_USER_NAME])
		args->user = nla_data(tb[SCST_ISCSI_A_SESSION_USER_NAME]);
	if (args->user && !*args->user)
		args->user = NULL;
	args->isid = nla_data(tb[SCST_ISCSI_A_SESSION_ISID]);
	args->tsih = nla_get_u16(tb[SCST_ISCSI_A_SESSION_TSIH]);
	args->cid = nla_get_u16(tb[SCST_ISCSI_A_SESSION_CID]);
	args->sockfd = nla_get_s32(tb[SCST_ISCSI_A_SESSION_SOCKFD]);
	args->exp_cmd_sn = nla_get_u32(tb[SCST_ISCSI_A_SESSION_EXP_CMD_SN]);
	args->stat_sn = nla_get_u32(tb[SCST_ISCSI_A_SESSION_STAT_SN]);
	args->portal_tag = 1;
	if (tb[SCST_ISCSI_A_SESSION_PORTAL_TAG])
		args->portal_tag =
			nla_get_u16(tb[SCST_ISCSI_A_SESSION_PORTAL_TAG]);
	args->net = genl_info_net(info);
	/* USER@NAME is how groups know a user: a name must not look like that */
	if (!args->tsih || !*args->initiator || strchr(args->initiator, '@'))
		return -EINVAL;
	return 0;
}

static int scst_iscsi_nl_session_params(struct genl_info *info,
					struct scst_iscsi_params *params)
{
	int ret;

	scst_iscsi_params_init(params);
	ret = scst_iscsi_nl_parse(&scst_iscsi_nl_params,
				  info->attrs[SCST_ISCSI_A_SESSION_PARAMS],
				  params->val, info->extack);
	if (ret)
		return ret;
	ret = scst_iscsi_params_negotiated(params);
	if (ret)
		GENL_SET_ERR_MSG(info, "digests are not negotiated");
	return ret;
}

/**
 * scst_iscsi_nl_session_new_doit - session-new
 * @skb: request
 * @info: its attributes
 *
 * Context: process.
 * Return: 0 or a negative errno.
 */
int scst_iscsi_nl_session_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct scst_iscsi_session_args args = {};
	struct scst_iscsi_params params;
	struct sk_buff *msg;
	void *hdr;
	u64 sid;
	int ret;

	ret = scst_iscsi_nl_session_args(info, &args);
	if (ret)
		return ret;
	ret = scst_iscsi_nl_session_params(info, &params);
	if (ret)
		return ret;
	args.params = &params;
	msg = scst_iscsi_nl_reply(info, &hdr);
	if (!msg)
		return -ENOMEM;
	ret = scst_iscsi_nl_enter();
	if (!ret) {
		ret = scst_iscsi_session_add(&args, &sid);
		scst_iscsi_nl_leave();
	}
	if (!ret)
		ret = scst_iscsi_nl_put_u64(msg, SCST_ISCSI_A_SESSION_SID, sid);
	return scst_iscsi_nl_send(msg, hdr, info, ret);
}

static struct scst_iscsi_session *
scst_iscsi_nl_find_session(struct genl_info *info)
{
	u64 sid = nla_get_u64(info->attrs[SCST_ISCSI_A_SESSION_SID]);
	u32 tid = nla_get_u32(info->attrs[SCST_ISCSI_A_SESSION_TID]);
	struct scst_iscsi_target *tgt;

	tgt = scst_iscsi_target_find_locked(tid);
	return tgt ? scst_iscsi_session_find_locked(tgt, sid) : NULL;
}

static int scst_iscsi_nl_session_ids(struct genl_info *info)
{
	if (GENL_REQ_ATTR_CHECK(info, SCST_ISCSI_A_SESSION_TID) ||
	    GENL_REQ_ATTR_CHECK(info, SCST_ISCSI_A_SESSION_SID))
		return -EINVAL;
	return 0;
}

/**
 * scst_iscsi_nl_session_del_doit - session-del
 * @skb: request
 * @info: its attributes
 *
 * Context: process.
 * Return: 0 or a negative errno.
 */
int scst_iscsi_nl_session_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct scst_iscsi_session *sess;
	int ret;

	ret = scst_iscsi_nl_session_ids(info);
	if (ret)
		return ret;
	mutex_lock(&scst_iscsi_mutex);
	sess = scst_iscsi_nl_find_session(info);
	if (sess)
		scst_iscsi_conn_close(&sess->conn, ECONNABORTED);
	mutex_unlock(&scst_iscsi_mutex);
	return sess ? 0 : -ENOENT;
}

/**
 * scst_iscsi_nl_session_get_doit - session-get of one session
 * @skb: request
 * @info: its attributes
 *
 * Context: process.
 * Return: 0 or a negative errno.
 */
int scst_iscsi_nl_session_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct scst_iscsi_session *sess;
	struct sk_buff *msg;
	void *hdr;
	int ret;

	ret = scst_iscsi_nl_session_ids(info);
	if (ret)
		return ret;
	msg = scst_iscsi_nl_reply(info, &hdr);
	if (!msg)
		return -ENOMEM;
	mutex_lock(&scst_iscsi_mutex);
	sess = scst_iscsi_nl_find_session(info);
	ret = sess ? scst_iscsi_nl_put_session(msg, sess) : -ENOENT;
	mutex_unlock(&scst_iscsi_mutex);
	return scst_iscsi_nl_send(msg, hdr, info, ret);
}

static int scst_iscsi_nl_dump_session(struct sk_buff *skb,
				      struct netlink_callback *cb,
				      const struct scst_iscsi_session *sess)
{
	void *hdr = scst_iscsi_nl_dump_begin(skb, cb,
					     SCST_ISCSI_CMD_SESSION_GET);

	if (!hdr)
		return -EMSGSIZE;
	if (scst_iscsi_nl_put_session(skb, sess)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

/**
 * scst_iscsi_nl_session_get_dumpit - session-get of all sessions
 * @skb: reply
 * @cb: position
 *
 * Context: process.
 * Return: bytes, 0 at the end, or a negative errno.
 */
int scst_iscsi_nl_session_get_dumpit(struct sk_buff *skb,
				     struct netlink_callback *cb)
{
	struct scst_iscsi_session *sess;
	struct scst_iscsi_target *tgt;
	long pos = 0;

	mutex_lock(&scst_iscsi_mutex);
	cb->seq = scst_iscsi_generation;
	list_for_each_entry_reverse(tgt, &scst_iscsi_targets, entry) {
		list_for_each_entry(sess, &tgt->sessions, entry) {
			if (pos++ < cb->args[0])
				continue;
			if (scst_iscsi_nl_dump_session(skb, cb, sess))
				goto out_unlock;
			cb->args[0] = pos;
		}
	}
out_unlock:
	mutex_unlock(&scst_iscsi_mutex);
	return skb->len;
}

static struct sk_buff *
scst_iscsi_nl_closed(const struct scst_iscsi_session *sess)
{
	struct sk_buff *msg = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	void *hdr;

	if (!msg)
		return NULL;
	hdr = genlmsg_put(msg, 0, 0, &scst_iscsi_nl_family, 0,
			  SCST_ISCSI_CMD_SESSION_CLOSED);
	if (!hdr || scst_iscsi_nl_put_ids(msg, sess) ||
	    nla_put_u32(msg, SCST_ISCSI_A_SESSION_REASON,
			sess->conn.reason)) {
		nlmsg_free(msg);
		return NULL;
	}
	genlmsg_end(msg, hdr);
	return msg;
}

/**
 * scst_iscsi_event_closed - tell the daemon that a session has ended
 * @sess: session
 *
 * Context: process, may sleep.
 */
void scst_iscsi_event_closed(const struct scst_iscsi_session *sess)
{
	struct sk_buff *msg = scst_iscsi_nl_closed(sess);

	if (!msg) {
		/* the daemon reads all sessions again if it missed an event */
		genl_set_err(&scst_iscsi_nl_family, sess->net, 0,
			     SCST_ISCSI_NLGRP_EVENTS, -ENOBUFS);
		return;
	}
	genlmsg_multicast_netns(&scst_iscsi_nl_family, sess->net, msg, 0,
				SCST_ISCSI_NLGRP_EVENTS, GFP_KERNEL);
}

/* As generated, but for the flags, which the generator does not know */
static const struct genl_multicast_group scst_iscsi_nl_groups[] = {
	[SCST_ISCSI_NLGRP_EVENTS] = {
		.name = SCST_ISCSI_MCGRP_EVENTS,
		.flags = GENL_MCAST_CAP_NET_ADMIN,
	},
};

/**
 * scst_iscsi_netlink_init - answer requests from now on
 *
 * Context: module initialisation.
 * Return: 0 or a negative errno.
 */
int __init scst_iscsi_netlink_init(void)
{
	/* Names of initiators are for those who may administrate */
	scst_iscsi_nl_family.mcgrps = scst_iscsi_nl_groups;
	scst_iscsi_nl_family.n_mcgrps = ARRAY_SIZE(scst_iscsi_nl_groups);
	return genl_register_family(&scst_iscsi_nl_family);
}

/**
 * scst_iscsi_netlink_stop - no new targets and sessions from now on
 *
 * Context: module exit.
 */
void scst_iscsi_netlink_stop(void)
{
	down_write(&scst_iscsi_stop_sem);
	scst_iscsi_stopped = true;
	up_write(&scst_iscsi_stop_sem);
}

/**
 * scst_iscsi_netlink_exit - no requests and no events from now on
 *
 * Context: module exit, after the last session.
 */
void scst_iscsi_netlink_exit(void)
{
	genl_unregister_family(&scst_iscsi_nl_family);
}

/* the daemon asks for the family, the kernel loads the module */
MODULE_ALIAS_GENL_FAMILY(SCST_ISCSI_FAMILY_NAME);
