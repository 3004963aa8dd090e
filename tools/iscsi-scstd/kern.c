// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel driver over generic netlink, as
 * Documentation/netlink/specs/scst-iscsi.yaml describes it.
 */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <linux/genetlink.h>
#include <linux/scst_iscsi.h>

#include "genl.h"
#include "scstd.h"
#include "util.h"

/* both enums of parameters are the attributes in their order, less one */
static_assert((int)SCST_ISCSI_A_PARAMS_MAX == (int)SP_COUNT,
	      "session parameters");
static_assert(SP_FIRST_BURST + 1 == SCST_ISCSI_A_PARAMS_FIRST_BURST_LENGTH,
	      "order of session parameters");
static_assert(SP_DATA_DIGEST + 1 == SCST_ISCSI_A_PARAMS_DATA_DIGEST,
	      "order of session parameters");
static_assert((int)SCST_ISCSI_A_TARGET_PARAMS_MAX == (int)TP_COUNT,
	      "target parameters");
static_assert(SCST_ISCSI_DIGEST_NONE == DIGEST_NONE, "digest");
static_assert(SCST_ISCSI_DIGEST_CRC32C == DIGEST_CRC32C, "digest");
static_assert(SCST_ISCSI_NAME_LEN == ISCSI_NAME_MAX, "name");
static_assert(SCST_ISCSI_ADDRESSES_LEN == ISCSI_ADDRESSES_MAX, "addresses");
static_assert(SCST_ISCSI_ISID_LEN == ISCSI_ISID_LEN, "ISID");

/**
 * struct kern_nl - netlink side of struct kern
 * @ctx: the daemon
 * @genl: requests
 * @events: multicast group
 * @io: of @events in the event loop
 */
struct kern_nl {
	struct scstd *ctx;
	struct genl genl;
	struct mnl_socket *events;
	struct ev_io io;
};

/* a callback of a dump, with its argument */
struct dump {
	kern_target_fn target;
	kern_session_fn session;
	void *arg;
};

static void put_params(struct nlmsghdr *nlh, uint16_t type,
		       const uint32_t *params, int n)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, type);
	int i;

	for (i = 0; i < n; i++)
		mnl_attr_put_u32(nlh, i + 1, params[i]);
	mnl_attr_nest_end(nlh, nest);
}

static void get_params(const struct nlmsghdr *nlh, uint16_t type,
		       uint32_t *params, unsigned int n)
{
	const struct nlattr *nest = genl_attr(nlh, type);
	const struct nlattr *attr;
	unsigned int index;

	if (!nest)
		return;
	mnl_attr_for_each_nested(attr, nest) {
		/* type 0 wraps around to what is out of bounds, too */
		index = mnl_attr_get_type(attr) - 1;
		if (index < n && mnl_attr_validate(attr, MNL_TYPE_U32) >= 0)
			params[index] = mnl_attr_get_u32(attr);
	}
}

/* strings are bounded by the contract, but the kernel is not us */
static void get_string(const struct nlmsghdr *nlh, uint16_t type, char *buf,
		       size_t max)
{
	const struct nlattr *attr = genl_attr(nlh, type);
	size_t len;

	if (!attr)
		return;
	len = strnlen(mnl_attr_get_str(attr), mnl_attr_get_payload_len(attr));
	if (len > max - 1)
		len = max - 1;
	memcpy(buf, mnl_attr_get_str(attr), len);
	buf[len] = '\0';
}

static int target_new_cb(const struct nlmsghdr *nlh, void *arg)
{
	genl_attr_u32(nlh, SCST_ISCSI_A_TARGET_TID, arg);
	return MNL_CB_OK;
}

static int target_new(void *priv, const char *name, uint32_t *tid)
{
	struct kern_nl *nl = priv;
	struct nlmsghdr *nlh;

	nlh = genl_msg(&nl->genl, SCST_ISCSI_CMD_TARGET_NEW, 0);
	mnl_attr_put_u32(nlh, SCST_ISCSI_A_TARGET_TID, *tid);
	mnl_attr_put_strz(nlh, SCST_ISCSI_A_TARGET_NAME, name);
	return genl_talk(&nl->genl, target_new_cb, tid);
}

static int target_del(void *priv, uint32_t tid)
{
	struct kern_nl *nl = priv;
	struct nlmsghdr *nlh;

	nlh = genl_msg(&nl->genl, SCST_ISCSI_CMD_TARGET_DEL, 0);
	mnl_attr_put_u32(nlh, SCST_ISCSI_A_TARGET_TID, tid);
	return genl_talk(&nl->genl, NULL, NULL);
}

static int target_set(void *priv, uint32_t tid, const uint32_t *session,
		      const uint32_t *target, const char *addresses)
{
	struct kern_nl *nl = priv;
	struct nlmsghdr *nlh;

	nlh = genl_msg(&nl->genl, SCST_ISCSI_CMD_TARGET_SET, 0);
	mnl_attr_put_u32(nlh, SCST_ISCSI_A_TARGET_TID, tid);
	put_params(nlh, SCST_ISCSI_A_TARGET_PARAMS, session, SP_COUNT);
	put_params(nlh, SCST_ISCSI_A_TARGET_TARGET_PARAMS, target, TP_COUNT);
	if (addresses)
		mnl_attr_put_strz(nlh, SCST_ISCSI_A_TARGET_ADDRESSES,
				  addresses);
	return genl_talk(&nl->genl, NULL, NULL);
}

static int get_target(const struct nlmsghdr *nlh, void *arg)
{
	struct kern_target *target = arg;

	memset(target, 0, sizeof(*target));
	genl_attr_u32(nlh, SCST_ISCSI_A_TARGET_TID, &target->tid);
	get_string(nlh, SCST_ISCSI_A_TARGET_NAME, target->name,
		   sizeof(target->name));
	genl_attr_u32(nlh, SCST_ISCSI_A_TARGET_SESSIONS, &target->sessions);
	get_params(nlh, SCST_ISCSI_A_TARGET_PARAMS, target->session,
		   SP_COUNT);
	get_params(nlh, SCST_ISCSI_A_TARGET_TARGET_PARAMS, target->target,
		   TP_COUNT);
	return MNL_CB_OK;
}

static int target_get(void *priv, uint32_t tid, struct kern_target *target)
{
	struct kern_nl *nl = priv;
	struct nlmsghdr *nlh;

	nlh = genl_msg(&nl->genl, SCST_ISCSI_CMD_TARGET_GET, 0);
	mnl_attr_put_u32(nlh, SCST_ISCSI_A_TARGET_TID, tid);
	return genl_talk(&nl->genl, get_target, target);
}

static int target_cb(const struct nlmsghdr *nlh, void *arg)
{
	struct kern_target target;
	struct dump *dump = arg;

	get_target(nlh, &target);
	dump->target(dump->arg, &target);
	return MNL_CB_OK;
}

static int target_dump(void *priv, kern_target_fn fn, void *arg)
{
	struct dump dump = { .target = fn, .arg = arg };
	struct kern_nl *nl = priv;

	return genl_dump(&nl->genl, SCST_ISCSI_CMD_TARGET_GET, target_cb,
			 &dump);
}

static int session_new_cb(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *attr = genl_attr(nlh, SCST_ISCSI_A_SESSION_SID);
	struct kern_session *session = arg;

	if (attr && mnl_attr_validate(attr, MNL_TYPE_U64) >= 0)
		session->sid = mnl_attr_get_u64(attr);
	return MNL_CB_OK;
}

static int session_new(void *priv, struct kern_session *session)
{
	struct kern_nl *nl = priv;
	struct nlmsghdr *nlh;

	nlh = genl_msg(&nl->genl, SCST_ISCSI_CMD_SESSION_NEW, 0);
	mnl_attr_put_u32(nlh, SCST_ISCSI_A_SESSION_TID, session->tid);
	mnl_attr_put_strz(nlh, SCST_ISCSI_A_SESSION_INITIATOR_NAME,
			  session->initiator);
	if (session->user)
		mnl_attr_put_strz(nlh, SCST_ISCSI_A_SESSION_USER_NAME,
				  session->user);
	mnl_attr_put(nlh, SCST_ISCSI_A_SESSION_ISID, ISCSI_ISID_LEN,
		     session->isid);
	mnl_attr_put_u16(nlh, SCST_ISCSI_A_SESSION_TSIH, session->tsih);
	mnl_attr_put_u16(nlh, SCST_ISCSI_A_SESSION_CID, session->cid);
	put_params(nlh, SCST_ISCSI_A_SESSION_PARAMS, session->params,
		   SP_COUNT);
	mnl_attr_put_u32(nlh, SCST_ISCSI_A_SESSION_SOCKFD, session->sockfd);
	mnl_attr_put_u32(nlh, SCST_ISCSI_A_SESSION_EXP_CMD_SN,
			 session->exp_cmd_sn);
	mnl_attr_put_u32(nlh, SCST_ISCSI_A_SESSION_STAT_SN, session->stat_sn);
	mnl_attr_put_u16(nlh, SCST_ISCSI_A_SESSION_PORTAL_TAG,
			 PORTAL_GROUP_TAG);
	return genl_talk(&nl->genl, session_new_cb, session);
}

static int session_del(void *priv, uint32_t tid, uint64_t sid)
{
	struct kern_nl *nl = priv;
	struct nlmsghdr *nlh;

	nlh = genl_msg(&nl->genl, SCST_ISCSI_CMD_SESSION_DEL, 0);
	mnl_attr_put_u32(nlh, SCST_ISCSI_A_SESSION_TID, tid);
	mnl_attr_put_u64(nlh, SCST_ISCSI_A_SESSION_SID, sid);
	return genl_talk(&nl->genl, NULL, NULL);
}

static void get_session(const struct nlmsghdr *nlh,
			struct kern_session *session)
{
	const struct nlattr *attr;

	memset(session, 0, sizeof(*session));
	genl_attr_u32(nlh, SCST_ISCSI_A_SESSION_TID, &session->tid);
	genl_attr_u32(nlh, SCST_ISCSI_A_SESSION_REASON, &session->reason);
	get_string(nlh, SCST_ISCSI_A_SESSION_INITIATOR_NAME,
		   session->initiator, sizeof(session->initiator));
	get_string(nlh, SCST_ISCSI_A_SESSION_PEER, session->peer,
		   sizeof(session->peer));
	attr = genl_attr(nlh, SCST_ISCSI_A_SESSION_SID);
	if (attr && mnl_attr_validate(attr, MNL_TYPE_U64) >= 0)
		session->sid = mnl_attr_get_u64(attr);
	attr = genl_attr(nlh, SCST_ISCSI_A_SESSION_TSIH);
	if (attr && mnl_attr_validate(attr, MNL_TYPE_U16) >= 0)
		session->tsih = mnl_attr_get_u16(attr);
	attr = genl_attr(nlh, SCST_ISCSI_A_SESSION_CID);
	if (attr && mnl_attr_validate(attr, MNL_TYPE_U16) >= 0)
		session->cid = mnl_attr_get_u16(attr);
	attr = genl_attr(nlh, SCST_ISCSI_A_SESSION_ISID);
	if (attr && mnl_attr_get_payload_len(attr) == ISCSI_ISID_LEN)
		memcpy(session->isid, mnl_attr_get_payload(attr),
		       ISCSI_ISID_LEN);
}

static int session_cb(const struct nlmsghdr *nlh, void *arg)
{
	char user[ACCOUNT_NAME_MAX + 1] = "";
	uint32_t params[SP_COUNT] = { 0 };
	struct kern_session session;
	struct dump *dump = arg;

	get_session(nlh, &session);
	get_string(nlh, SCST_ISCSI_A_SESSION_USER_NAME, user, sizeof(user));
	session.user = *user ? user : NULL;
	get_params(nlh, SCST_ISCSI_A_SESSION_PARAMS, params, SP_COUNT);
	session.params = params;
	dump->session(dump->arg, &session);
	return MNL_CB_OK;
}

static int session_get(void *priv, uint32_t tid, uint64_t sid,
		       kern_session_fn fn, void *arg)
{
	struct dump dump = { .session = fn, .arg = arg };
	struct kern_nl *nl = priv;
	struct nlmsghdr *nlh;

	nlh = genl_msg(&nl->genl, SCST_ISCSI_CMD_SESSION_GET, 0);
	mnl_attr_put_u32(nlh, SCST_ISCSI_A_SESSION_TID, tid);
	mnl_attr_put_u64(nlh, SCST_ISCSI_A_SESSION_SID, sid);
	return genl_talk(&nl->genl, session_cb, &dump);
}

static int session_dump(void *priv, kern_session_fn fn, void *arg)
{
	struct dump dump = { .session = fn, .arg = arg };
	struct kern_nl *nl = priv;

	return genl_dump(&nl->genl, SCST_ISCSI_CMD_SESSION_GET, session_cb,
			 &dump);
}

static const struct kern_ops kern_nl_ops = {
	.target_new = target_new,
	.target_del = target_del,
	.target_set = target_set,
	.target_get = target_get,
	.target_dump = target_dump,
	.session_new = session_new,
	.session_del = session_del,
	.session_get = session_get,
	.session_dump = session_dump,
};

static int event_cb(const struct nlmsghdr *nlh, void *arg)
{
	const struct genlmsghdr *hdr = mnl_nlmsg_get_payload(nlh);
	struct kern_session session;
	struct kern_nl *nl = arg;

	if (nlh->nlmsg_type != nl->genl.family ||
	    mnl_nlmsg_get_payload_len(nlh) < sizeof(*hdr) ||
	    hdr->cmd != SCST_ISCSI_CMD_SESSION_CLOSED)
		return MNL_CB_OK;
	get_session(nlh, &session);
	session_closed(nl->ctx, &session);
	return MNL_CB_OK;
}

static void kern_event(struct ev_io *io, uint32_t events)
{
	struct kern_nl *nl = container_of(io, struct kern_nl, io);
	char buf[GENL_BUF_SIZE] __aligned(8);
	ssize_t len;

	(void)events;
	len = mnl_socket_recvfrom(nl->events, buf, sizeof(buf));
	if (len > 0)
		mnl_cb_run(buf, len, 0, 0, event_cb, nl);
	else if (len < 0 && errno == ENOBUFS)
		session_sync(nl->ctx);
}

static int kern_subscribe(struct kern_nl *nl)
{
	struct evloop *loop = &nl->ctx->loop;
	int ret;

	ret = genl_events_open(&nl->genl, SCST_ISCSI_MCGRP_EVENTS,
			       &nl->events);
	if (ret)
		return ret;
	nl->io.cb = kern_event;
	ret = ev_add(loop, &nl->io, mnl_socket_get_fd(nl->events), EPOLLIN);
	if (ret)
		mnl_socket_close(nl->events);
	return ret;
}

/**
 * kern_open() - connect to the kernel driver
 * @ctx: the daemon; its @kern is filled in
 *
 * Return: 0 or a negative errno after a message.
 */
int kern_open(struct scstd *ctx)
{
	struct kern_nl *nl = calloc(1, sizeof(*nl));
	int ret;

	if (!nl)
		return -ENOMEM;
	nl->ctx = ctx;
	nl->io.fd = -1;
	ret = genl_open(&nl->genl, SCST_ISCSI_FAMILY_NAME);
	if (ret == -ENOENT)
		log_err("the iSCSI target driver is not there: is the module iscsi-scst loaded?");
	else if (ret)
		log_err("cannot talk to the iSCSI target driver: %s",
			strerror(-ret));
	if (ret)
		goto out_free;
	ret = kern_subscribe(nl);
	if (ret) {
		log_err("cannot subscribe to events of the iSCSI target driver: %s",
			strerror(-ret));
		goto out_close;
	}
	ctx->kern.ops = &kern_nl_ops;
	ctx->kern.priv = nl;
	return 0;

out_close:
	genl_close(&nl->genl);
out_free:
	free(nl);
	return ret;
}

/**
 * kern_close() - end what kern_open() has begun
 * @ctx: the daemon
 */
void kern_close(struct scstd *ctx)
{
	struct kern_nl *nl = ctx->kern.priv;

	ev_del(&ctx->loop, &nl->io);
	mnl_socket_close(nl->events);
	genl_close(&nl->genl);
	free(nl);
	ctx->kern.priv = NULL;
}
