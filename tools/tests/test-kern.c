// SPDX-License-Identifier: GPL-2.0
/*
 * kern.c on sockets that are a script of this test: what the kernel is asked,
 * and what is made of answers that are whole, in parts, odd or cut off.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/genetlink.h>
#include <linux/scst_iscsi.h>

#include "kern-wire.h"

#define NAME_A "iqn.2026-11.org.example:a"

/* the daemon */

static void wire_reset(void)
{
	memset(&wire, 0, sizeof(wire));
	wire.sockets_left = -1;
	wire.lax = true;
}

/*
 * The requests; each is guarded(), and gets whatever the test has prepared as
 * its answer.
 */
static const struct kern_ops *ops;
static void *priv;

static int begin(void **state)
{
	struct fake *fake = fake_new();
	int ret;

	wire_reset();
	wire.family = true;
	wire.group = SCST_ISCSI_MCGRP_EVENTS;
	wire.group_id = GROUP;
	*state = fake;
	/* what the kernel says in words is for who looks for it */
	log_open("test", LOG_TO_STDERR, 1);
	ret = kern_open(&fake->ctx);
	ops = fake->ctx.kern.ops;
	priv = fake->ctx.kern.priv;
	wire.lax = false;
	return ret;
}

static int finish(void **state)
{
	struct fake *fake = *state;

	kern_close(&fake->ctx);
	fake_free(fake);
	/* all that was to come has come */
	return wire.events || wire.requests || wire.answers.n || wire.news.n;
}

static void tell(struct fake *fake)
{
	assert_int_equal(send(wire.events->fds[1], "", 1, 0), 1);
	assert_int_equal(guarded(ev_once(&fake->ctx.loop, 0)), 0);
	assert_int_equal(wire.news.n, 0);
}

/* what was asked */

static void expect_request(uint8_t cmd, uint16_t flags)
{
	const struct nlmsghdr *nlh = (struct nlmsghdr *)wire.request;
	const struct genlmsghdr *hdr = mnl_nlmsg_get_payload(nlh);

	assert_int_equal(nlh->nlmsg_type, FAMILY);
	assert_int_equal(hdr->cmd, cmd);
	assert_int_equal(nlh->nlmsg_flags,
			 NLM_F_REQUEST | NLM_F_ACK | flags);
}

static const struct nlattr *request_attr(uint16_t type)
{
	const struct nlattr *attr;

	attr = genl_attr((struct nlmsghdr *)wire.request, type);
	assert_non_null(attr);
	return attr;
}

static void expect_u32(uint16_t type, uint32_t val)
{
	const struct nlattr *attr = request_attr(type);

	assert_true(mnl_attr_validate(attr, MNL_TYPE_U32) >= 0);
	assert_int_equal(mnl_attr_get_u32(attr), val);
}

static void expect_u16(uint16_t type, uint16_t val)
{
	const struct nlattr *attr = request_attr(type);

	assert_true(mnl_attr_validate(attr, MNL_TYPE_U16) >= 0);
	assert_int_equal(mnl_attr_get_u16(attr), val);
}

static void expect_u64(uint16_t type, uint64_t val)
{
	const struct nlattr *attr = request_attr(type);

	assert_true(mnl_attr_validate(attr, MNL_TYPE_U64) >= 0);
	assert_true(mnl_attr_get_u64(attr) == val);
}

static void expect_str(uint16_t type, const char *str)
{
	const struct nlattr *attr = request_attr(type);

	assert_true(mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) >= 0);
	assert_string_equal(mnl_attr_get_str(attr), str);
}

/* numbers from @first on, in the order of the parameters */
static void expect_params(uint16_t type, uint32_t first, unsigned int n)
{
	const struct nlattr *attr;
	unsigned int i = 0;

	mnl_attr_for_each_nested(attr, request_attr(type)) {
		assert_int_equal(mnl_attr_get_type(attr), i + 1);
		assert_int_equal(mnl_attr_get_u32(attr), first + i);
		i++;
	}
	assert_int_equal(i, n);
}

static void fill(uint32_t *params, uint32_t first, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		params[i] = first + i;
}

static void put_params(struct nlmsghdr *nlh, uint16_t type, uint32_t first,
		       unsigned int n)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, type);
	unsigned int i;

	for (i = 0; i < n; i++)
		mnl_attr_put_u32(nlh, i + 1, first + i);
	mnl_attr_nest_end(nlh, nest);
}

static void test_target_requests(void **state)
{
	uint32_t session[SP_COUNT], target[TP_COUNT], tid = 0;
	struct packet *packet;
	struct nlmsghdr *nlh;

	(void)state;
	packet = packet_new(&wire.answers);
	nlh = genl_begin(packet, 0, SCST_ISCSI_CMD_TARGET_NEW);
	mnl_attr_put_u32(nlh, SCST_ISCSI_A_TARGET_TID, 7);
	msg_end(packet, nlh);
	answer_error(0);
	assert_int_equal(guarded(ops->target_new(priv, NAME_A, &tid)), 0);
	assert_int_equal(tid, 7);
	expect_request(SCST_ISCSI_CMD_TARGET_NEW, 0);
	expect_u32(SCST_ISCSI_A_TARGET_TID, 0);
	expect_str(SCST_ISCSI_A_TARGET_NAME, NAME_A);

	fill(session, 1000, SP_COUNT);
	fill(target, 2000, TP_COUNT);
	answer_error(0);
	assert_int_equal(guarded(ops->target_set(priv, 7, session, target,
						 "192.0.2.1:")), 0);
	expect_request(SCST_ISCSI_CMD_TARGET_SET, 0);
	expect_u32(SCST_ISCSI_A_TARGET_TID, 7);
	expect_params(SCST_ISCSI_A_TARGET_PARAMS, 1000, SP_COUNT);
	expect_params(SCST_ISCSI_A_TARGET_TARGET_PARAMS, 2000, TP_COUNT);
	expect_str(SCST_ISCSI_A_TARGET_ADDRESSES, "192.0.2.1:");
	answer_error(0);
	assert_int_equal(guarded(ops->target_set(priv, 7, session, target,
						 NULL)), 0);
	assert_null(genl_attr((struct nlmsghdr *)wire.request,
			      SCST_ISCSI_A_TARGET_ADDRESSES));

	answer_error(0);
	assert_int_equal(guarded(ops->target_del(priv, 7)), 0);
	expect_request(SCST_ISCSI_CMD_TARGET_DEL, 0);
	expect_u32(SCST_ISCSI_A_TARGET_TID, 7);
}

static void put_sid(struct nlmsghdr *nlh)
{
	mnl_attr_put_u64(nlh, SCST_ISCSI_A_SESSION_SID, 0x0123456789abcdef);
}

static void test_session_requests(void **state)
{
	uint32_t params[SP_COUNT];
	struct kern_session session = {
		.tid = 7, .tsih = 0x1234, .cid = 0x5678, .params = params,
		.isid = { 1, 2, 3, 4, 5, 6 }, .initiator = INITIATOR_NAME,
		.user = "joe", .sockfd = 42, .exp_cmd_sn = 3, .stat_sn = 9,
	};
	const struct nlattr *attr;
	struct packet *packet;
	struct nlmsghdr *nlh;

	(void)state;
	fill(params, 3000, SP_COUNT);
	packet = packet_new(&wire.answers);
	nlh = genl_begin(packet, 0, SCST_ISCSI_CMD_SESSION_NEW);
	put_sid(nlh);
	msg_end(packet, nlh);
	put_error(packet, 0, NULL);
	assert_int_equal(guarded(ops->session_new(priv, &session)), 0);
	assert_true(session.sid == 0x0123456789abcdef);
	expect_request(SCST_ISCSI_CMD_SESSION_NEW, 0);
	expect_u32(SCST_ISCSI_A_SESSION_TID, 7);
	expect_str(SCST_ISCSI_A_SESSION_INITIATOR_NAME, INITIATOR_NAME);
	expect_str(SCST_ISCSI_A_SESSION_USER_NAME, "joe");
	attr = request_attr(SCST_ISCSI_A_SESSION_ISID);
	assert_memory_equal(mnl_attr_get_payload(attr), session.isid,
			    ISCSI_ISID_LEN);
	expect_u16(SCST_ISCSI_A_SESSION_TSIH, 0x1234);
	expect_u16(SCST_ISCSI_A_SESSION_CID, 0x5678);
	expect_params(SCST_ISCSI_A_SESSION_PARAMS, 3000, SP_COUNT);
	expect_u32(SCST_ISCSI_A_SESSION_SOCKFD, 42);
	expect_u32(SCST_ISCSI_A_SESSION_EXP_CMD_SN, 3);
	expect_u32(SCST_ISCSI_A_SESSION_STAT_SN, 9);
	expect_u16(SCST_ISCSI_A_SESSION_PORTAL_TAG, PORTAL_GROUP_TAG);

	/* nobody, and an answer that is none */
	session.user = NULL;
	session.sid = 1;
	packet = packet_new(&wire.answers);
	nlh = genl_begin(packet, 0, SCST_ISCSI_CMD_SESSION_NEW);
	mnl_attr_put_u32(nlh, SCST_ISCSI_A_SESSION_SID, 2);
	msg_end(packet, nlh);
	answer_error(0);
	assert_int_equal(guarded(ops->session_new(priv, &session)), 0);
	assert_true(session.sid == 1);
	assert_null(genl_attr((struct nlmsghdr *)wire.request,
			      SCST_ISCSI_A_SESSION_USER_NAME));

	session.sid = 0x0123456789abcdef;
	answer_error(0);
	assert_int_equal(guarded(ops->session_del(priv, 7, session.sid)), 0);
	expect_request(SCST_ISCSI_CMD_SESSION_DEL, 0);
	expect_u32(SCST_ISCSI_A_SESSION_TID, 7);
	expect_u64(SCST_ISCSI_A_SESSION_SID, 0x0123456789abcdef);
}

/* each changes a target that is whole: how, and what comes out */

static void whole(struct nlmsghdr *nlh)
{
	mnl_attr_put_u32(nlh, SCST_ISCSI_A_TARGET_TID, 7);
	mnl_attr_put_strz(nlh, SCST_ISCSI_A_TARGET_NAME, NAME_A);
	mnl_attr_put_u32(nlh, SCST_ISCSI_A_TARGET_SESSIONS, 3);
	put_params(nlh, SCST_ISCSI_A_TARGET_PARAMS, 1000, SP_COUNT);
	put_params(nlh, SCST_ISCSI_A_TARGET_TARGET_PARAMS, 2000, TP_COUNT);
}

static void nothing(struct nlmsghdr *nlh)
{
	(void)nlh;
}

static void unknown(struct nlmsghdr *nlh)
{
	mnl_attr_put_u32(nlh, 200, 1);
	whole(nlh);
	mnl_attr_put_strz(nlh, 0, "0");
	mnl_attr_put(nlh, 300, 0, NULL);
}

static void wrong_sizes(struct nlmsghdr *nlh)
{
	mnl_attr_put_u16(nlh, SCST_ISCSI_A_TARGET_TID, 7);
	mnl_attr_put_strz(nlh, SCST_ISCSI_A_TARGET_NAME, "");
	mnl_attr_put_u64(nlh, SCST_ISCSI_A_TARGET_SESSIONS, 3);
	mnl_attr_put(nlh, SCST_ISCSI_A_TARGET_PARAMS, 0, NULL);
	mnl_attr_put(nlh, SCST_ISCSI_A_TARGET_TARGET_PARAMS, 2, "\1\2");
}

static void no_name(struct nlmsghdr *nlh)
{
	mnl_attr_put(nlh, SCST_ISCSI_A_TARGET_NAME, 0, NULL);
}

/* as long as it may be, and no end to it */
static void long_name(struct nlmsghdr *nlh)
{
	char name[ISCSI_NAME_MAX + 100];

	memset(name, 'x', sizeof(name));
	mnl_attr_put(nlh, SCST_ISCSI_A_TARGET_NAME, sizeof(name), name);
}

/* the last bytes of the message */
static void endless_name(struct nlmsghdr *nlh)
{
	mnl_attr_put(nlh, SCST_ISCSI_A_TARGET_NAME, 4, "abcd");
}

static void odd_params(struct nlmsghdr *nlh)
{
	struct nlattr *nest;

	nest = mnl_attr_nest_start(nlh, SCST_ISCSI_A_TARGET_PARAMS);
	mnl_attr_put_u32(nlh, 0, 1);
	mnl_attr_put_u32(nlh, SP_COUNT + 1, 2);
	mnl_attr_put_u32(nlh, 0x3fff, 3);
	mnl_attr_put_u16(nlh, 1, 4);
	mnl_attr_put(nlh, 2, 0, NULL);
	mnl_attr_put_u32(nlh, SP_COUNT, 5);
	mnl_attr_nest_end(nlh, nest);
}

/* an attribute in it says that it is longer than what it is in */
static void torn_params(struct nlmsghdr *nlh)
{
	struct nlattr *nest, *attr;

	nest = mnl_attr_nest_start(nlh, SCST_ISCSI_A_TARGET_PARAMS);
	mnl_attr_put_u32(nlh, 1, 1);
	attr = mnl_nlmsg_get_payload_tail(nlh);
	mnl_attr_put_u32(nlh, 2, 2);
	attr->nla_len = 400;
	mnl_attr_nest_end(nlh, nest);
}

/* likewise, of the message */
static void torn(struct nlmsghdr *nlh)
{
	struct nlattr *attr;

	mnl_attr_put_u32(nlh, SCST_ISCSI_A_TARGET_TID, 7);
	attr = mnl_nlmsg_get_payload_tail(nlh);
	mnl_attr_put_u32(nlh, SCST_ISCSI_A_TARGET_SESSIONS, 3);
	attr->nla_len = 400;
}

#define LAST (SP_COUNT - 1)

/* @first and @last: parameters of the session; @name_len is that of the name */
static const struct {
	const char *what;
	void (*put)(struct nlmsghdr *nlh);
	uint32_t tid;
	size_t name_len;
	uint32_t sessions;
	uint32_t first;
	uint32_t last;
	uint32_t target;
} targets[] = {
	{ "whole", whole, 7, sizeof(NAME_A) - 1, 3, 1000, 1000 + LAST, 2000 },
	{ "unknown attributes", unknown, 7, sizeof(NAME_A) - 1, 3, 1000,
	  1000 + LAST, 2000 },
	{ "nothing", nothing, 0, 0, 0, 0, 0, 0 },
	{ "of the wrong size", wrong_sizes, 0, 0, 0, 0, 0, 0 },
	{ "empty name", no_name, 0, 0, 0, 0, 0, 0 },
	{ "name too long", long_name, 0, ISCSI_NAME_MAX, 0, 0, 0, 0 },
	{ "name without end", endless_name, 0, 4, 0, 0, 0, 0 },
	{ "odd parameters", odd_params, 0, 0, 0, 0, 5, 0 },
	{ "torn parameters", torn_params, 0, 0, 0, 1, 0, 0 },
	{ "torn", torn, 7, 0, 0, 0, 0, 0 },
};

static void expect_target(const struct kern_target *target, unsigned int i)
{
	if (target->tid != targets[i].tid ||
	    strlen(target->name) != targets[i].name_len ||
	    target->sessions != targets[i].sessions ||
	    target->session[0] != targets[i].first ||
	    target->session[LAST] != targets[i].last ||
	    target->target[0] != targets[i].target)
		fail_msg("%s: tid %u, name '%s', %u sessions, %u, %u, %u",
			 targets[i].what, target->tid, target->name,
			 target->sessions, target->session[0],
			 target->session[LAST], target->target[0]);
}

static void test_targets(void **state)
{
	struct kern_target target;
	struct packet *packet;
	struct nlmsghdr *nlh;
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(targets); i++) {
		/* what was there before does not show through */
		memset(&target, 0x77, sizeof(target));
		packet = packet_new(&wire.answers);
		nlh = genl_begin(packet, 0, SCST_ISCSI_CMD_TARGET_GET);
		targets[i].put(nlh);
		msg_end(packet, nlh);
		answer_error(0);
		assert_int_equal(guarded(ops->target_get(priv, 7, &target)), 0);
		expect_request(SCST_ISCSI_CMD_TARGET_GET, 0);
		expect_u32(SCST_ISCSI_A_TARGET_TID, 7);
		expect_target(&target, i);
	}
}

/* a message of which only a part has come is none: at each byte */
static void test_cut_off(void **state)
{
	struct kern_target target;
	struct packet *packet;
	struct nlmsghdr *nlh;
	ssize_t len, full;

	(void)state;
	for (len = full = 1; len <= full; len++) {
		memset(&target, 0, sizeof(target));
		packet = packet_new(&wire.answers);
		nlh = genl_begin(packet, 0, SCST_ISCSI_CMD_TARGET_GET);
		whole(nlh);
		msg_end(packet, nlh);
		full = packet->len;
		packet->len = len;
		answer_error(0);
		assert_int_equal(guarded(ops->target_get(priv, 7, &target)), 0);
		assert_int_equal(target.tid, len == full ? 7 : 0);
	}
}

/* a header that says that the message is shorter than it is */
static void test_short_messages(void **state)
{
	struct kern_target target;
	struct packet *packet;
	struct nlmsghdr *nlh;
	uint32_t len, full;

	(void)state;
	for (len = full = 0; len <= full; len++) {
		packet = packet_new(&wire.answers);
		nlh = genl_begin(packet, 0, SCST_ISCSI_CMD_TARGET_GET);
		whole(nlh);
		full = nlh->nlmsg_len;
		msg_end(packet, nlh);
		nlh->nlmsg_len = len;
		/* what follows it is not a message */
		packet->len = len > sizeof(*nlh) ? len : sizeof(*nlh);
		answer_error(0);
		guarded(ops->target_get(priv, 7, &target));
	}
	assert_int_equal(target.tid, 7);
	assert_string_equal(target.name, NAME_A);
}

static int call_target_new(void)
{
	uint32_t tid = 0;

	return guarded(ops->target_new(priv, NAME_A, &tid));
}

static int call_target_del(void)
{
	return guarded(ops->target_del(priv, 7));
}

static int call_target_set(void)
{
	uint32_t params[SP_COUNT] = { 0 };

	return guarded(ops->target_set(priv, 7, params, params, NULL));
}

static int call_target_get(void)
{
	struct kern_target target;

	return guarded(ops->target_get(priv, 7, &target));
}

static void never_target(void *arg, const struct kern_target *target)
{
	(void)arg;
	(void)target;
	fail_msg("there is no target");
}

static void never_session(void *arg, const struct kern_session *session)
{
	(void)arg;
	(void)session;
	fail_msg("there is no session");
}

static int call_target_dump(void)
{
	return guarded(ops->target_dump(priv, never_target, NULL));
}

static int call_session_new(void)
{
	uint32_t params[SP_COUNT] = { 0 };
	struct kern_session session = { .params = params };

	return guarded(ops->session_new(priv, &session));
}

static int call_session_del(void)
{
	return guarded(ops->session_del(priv, 7, 1));
}

static int call_session_get(void)
{
	return guarded(ops->session_get(priv, 7, 1, never_session, NULL));
}

static int call_session_dump(void)
{
	return guarded(ops->session_dump(priv, never_session, NULL));
}

static int (*const calls[])(void) = {
	call_target_new, call_target_del, call_target_set, call_target_get,
	call_target_dump, call_session_new, call_session_del, call_session_get,
	call_session_dump,
};

/* whatever is asked, the kernel's error comes back, and its words are said */
static void test_errors(void **state)
{
	unsigned int i;

	(void)state;
	static_assert(ARRAY_SIZE(calls) * sizeof(void *) ==
		      sizeof(struct kern_ops), "a call for each request");
	for (i = 0; i < ARRAY_SIZE(calls); i++) {
		fake_messages_clear();
		answer_error(-EBUSY);
		assert_int_equal(calls[i](), -EBUSY);
		assert_string_equal(fake_messages, "");
		put_error(packet_new(&wire.answers), -ENOENT, "no such thing");
		assert_int_equal(calls[i](), -ENOENT);
		assert_string_equal(fake_messages,
				    SCST_ISCSI_FAMILY_NAME ": no such thing\n");
		/* our own ones */
		answer_errno(-EAGAIN);
		assert_int_equal(calls[i](), -ETIMEDOUT);
		answer_errno(-ENOBUFS);
		assert_int_equal(calls[i](), -ENOBUFS);
		answer_errno(-EINTR);
		answer_error(-EPERM);
		assert_int_equal(calls[i](), -EPERM);
	}
}

/* an error that is cut off, or has words that are none */
static void test_odd_errors(void **state)
{
	struct packet *packet;
	struct nlmsghdr *nlh;
	struct nlmsgerr *err;
	ssize_t len, full;

	(void)state;
	for (len = full = 1; len <= full; len++) {
		packet = packet_new(&wire.answers);
		put_error(packet, -ENOENT, "words");
		full = packet->len;
		packet->len = len;
		nlh = (struct nlmsghdr *)packet->data;
		if (len >= (ssize_t)sizeof(*nlh))
			nlh->nlmsg_len = len;
		else
			answer_error(-ENOENT);
		assert_in_range(-guarded(ops->target_del(priv, 7)), 1, 4095);
	}
	packet = packet_new(&wire.answers);
	nlh = msg_begin(packet, NLMSG_ERROR, NLM_F_CAPPED | NLM_F_ACK_TLVS);
	err = mnl_nlmsg_put_extra_header(nlh, sizeof(*err));
	err->error = -ENOENT;
	mnl_attr_put(nlh, NLMSGERR_ATTR_MSG, 4, "abcd");
	msg_end(packet, nlh);
	fake_messages_clear();
	assert_int_equal(guarded(ops->target_del(priv, 7)), -ENOENT);
	assert_string_equal(fake_messages, "");
	/* with the request, which says that it is shorter than a header */
	packet = packet_new(&wire.answers);
	put_error(packet, -ENOENT, "words");
	nlh = (struct nlmsghdr *)packet->data;
	nlh->nlmsg_flags &= ~NLM_F_CAPPED;
	((struct nlmsgerr *)mnl_nlmsg_get_payload(nlh))->msg.nlmsg_len = 3;
	assert_int_equal(guarded(ops->target_del(priv, 7)), -ENOENT);
	packet = packet_new(&wire.answers);
	put_error(packet, -ENOENT, "words");
	nlh = (struct nlmsghdr *)packet->data;
	nlh->nlmsg_flags &= ~NLM_F_CAPPED;
	((struct nlmsgerr *)mnl_nlmsg_get_payload(nlh))->msg.nlmsg_len = 9999;
	assert_int_equal(guarded(ops->target_del(priv, 7)), -ENOENT);
}

/* dumps */

struct seen {
	unsigned int n;
	uint64_t sids[8];
	char user[16];
	uint32_t param;
};

static void see_session(void *arg, const struct kern_session *session)
{
	struct seen *seen = arg;

	assert_in_range(seen->n, 0, 7);
	seen->sids[seen->n++] = session->sid;
	snprintf(seen->user, sizeof(seen->user), "%s",
		 session->user ? session->user : "nobody");
	seen->param = session->params[LAST];
	assert_int_equal(session->tid, 7);
	assert_int_equal(session->tsih, session->sid & 0xffff);
	assert_string_equal(session->initiator, INITIATOR_NAME);
	assert_string_equal(session->peer, "192.0.2.1");
	assert_memory_equal(session->isid, "\1\2\3\4\5\6", ISCSI_ISID_LEN);
}

static int dump_sessions(struct seen *seen)
{
	return guarded(ops->session_dump(priv, see_session, seen));
}

static void fill_session(struct nlmsghdr *nlh, uint64_t sid)
{
	mnl_attr_put_u32(nlh, SCST_ISCSI_A_SESSION_TID, 7);
	mnl_attr_put_u64(nlh, SCST_ISCSI_A_SESSION_SID, sid);
	mnl_attr_put_strz(nlh, SCST_ISCSI_A_SESSION_INITIATOR_NAME,
			  INITIATOR_NAME);
	mnl_attr_put_strz(nlh, SCST_ISCSI_A_SESSION_PEER, "192.0.2.1");
	mnl_attr_put(nlh, SCST_ISCSI_A_SESSION_ISID, 6, "\1\2\3\4\5\6");
	mnl_attr_put_u16(nlh, SCST_ISCSI_A_SESSION_TSIH, sid);
}

static void put_session(struct packet *packet, uint64_t sid, uint16_t flags)
{
	struct nlmsghdr *nlh;

	nlh = genl_begin(packet, NLM_F_MULTI | flags,
			 SCST_ISCSI_CMD_SESSION_GET);
	fill_session(nlh, sid);
	if (sid & 1)
		mnl_attr_put_strz(nlh, SCST_ISCSI_A_SESSION_USER_NAME, "joe");
	put_params(nlh, SCST_ISCSI_A_SESSION_PARAMS, sid, SP_COUNT);
	msg_end(packet, nlh);
}

static void test_multipart(void **state)
{
	struct seen seen = { 0 };
	struct packet *packet;

	(void)state;
	/* two in a packet, one in the next, and the end by itself */
	packet = packet_new(&wire.answers);
	put_session(packet, 1, 0);
	put_session(packet, 2, 0);
	put_session(packet_new(&wire.answers), 3, 0);
	answer_done(0);
	assert_int_equal(dump_sessions(&seen), 0);
	expect_request(SCST_ISCSI_CMD_SESSION_GET, NLM_F_DUMP);
	assert_int_equal(seen.n, 3);
	assert_int_equal(seen.sids[2], 3);
	assert_string_equal(seen.user, "joe");
	assert_int_equal(seen.param, 3 + LAST);

	/* none; and the end in the packet of the last one */
	answer_done(0);
	assert_int_equal(call_session_dump(), 0);
	seen.n = 0;
	packet = packet_new(&wire.answers);
	put_session(packet, 4, 0);
	put_done(packet, 0);
	assert_int_equal(dump_sessions(&seen), 0);
	assert_int_equal(seen.n, 1);
	assert_string_equal(seen.user, "nobody");

	/* one only, as the answer of session_get */
	seen.n = 0;
	put_session(packet_new(&wire.answers), 5, 0);
	answer_error(0);
	assert_int_equal(guarded(ops->session_get(priv, 7, 5, see_session,
						  &seen)), 0);
	expect_request(SCST_ISCSI_CMD_SESSION_GET, 0);
	expect_u64(SCST_ISCSI_A_SESSION_SID, 5);
	assert_int_equal(seen.n, 1);

	/* the rest of an answer that was given up comes first */
	seen.n = 0;
	packet = packet_new(&wire.answers);
	put_session(packet, 6, 0);
	packet->stale = true;
	packet = packet_new(&wire.answers);
	put_done(packet, 0);
	packet->stale = true;
	put_session(packet_new(&wire.answers), 7, 0);
	answer_done(0);
	assert_int_equal(dump_sessions(&seen), 0);
	assert_int_equal(seen.n, 1);
	assert_int_equal(seen.sids[0], 7);
}

static void see_nothing(void *arg, const struct kern_session *session)
{
	static const struct kern_session none = { .tid = 0 };
	struct kern_session copy = *session;
	unsigned int *seen = arg, i;

	++*seen;
	assert_null(session->user);
	for (i = 0; i < SP_COUNT; i++)
		assert_int_equal(session->params[i], 0);
	copy.params = NULL;
	assert_memory_equal(&copy, &none, sizeof(none));
}

static void odd_session(struct nlmsghdr *nlh)
{
	mnl_attr_put_u16(nlh, SCST_ISCSI_A_SESSION_TID, 7);
	mnl_attr_put_u32(nlh, SCST_ISCSI_A_SESSION_SID, 1);
	mnl_attr_put(nlh, SCST_ISCSI_A_SESSION_INITIATOR_NAME, 0, NULL);
	mnl_attr_put_strz(nlh, SCST_ISCSI_A_SESSION_USER_NAME, "");
	mnl_attr_put(nlh, SCST_ISCSI_A_SESSION_ISID, 5, "\1\2\3\4\5");
	mnl_attr_put_u32(nlh, SCST_ISCSI_A_SESSION_TSIH, 1);
	mnl_attr_put_u8(nlh, SCST_ISCSI_A_SESSION_CID, 1);
	mnl_attr_put_u64(nlh, SCST_ISCSI_A_SESSION_REASON, 1);
	mnl_attr_put_strz(nlh, SCST_ISCSI_A_SESSION_PARAMS, "");
}

/* what is missing, or of the wrong size, is not there */
static void test_odd_sessions(void **state)
{
	struct packet *packet;
	struct nlmsghdr *nlh;
	unsigned int seen = 0, i;

	(void)state;
	for (i = 0; i < 2; i++) {
		packet = packet_new(&wire.answers);
		nlh = genl_begin(packet, 0, SCST_ISCSI_CMD_SESSION_GET);
		if (i)
			odd_session(nlh);
		msg_end(packet, nlh);
		answer_error(0);
		assert_int_equal(guarded(ops->session_get(priv, 7, 1,
							  see_nothing, &seen)),
				 0);
	}
	assert_int_equal(seen, 2);
}

/* what the kernel shows while it changes is read again, but not for ever */
static void test_interrupted(void **state)
{
	struct seen seen = { 0 };
	unsigned int before;
	int i;

	(void)state;
	put_session(packet_new(&wire.answers), 1, NLM_F_DUMP_INTR);
	put_session(packet_new(&wire.answers), 2, 0);
	answer_done(0);
	before = wire.nrequests;
	assert_int_equal(dump_sessions(&seen), 0);
	assert_int_equal(wire.nrequests, before + 2);
	assert_int_equal(seen.sids[seen.n - 1], 2);

	for (i = 0; i < 10; i++)
		put_session(packet_new(&wire.answers), 1, NLM_F_DUMP_INTR);
	before = wire.nrequests;
	seen.n = 0;
	assert_int_equal(dump_sessions(&seen), -EINTR);
	assert_int_equal(wire.nrequests, before + 10);

	/* an error behind what has been shown */
	seen.n = 0;
	put_session(packet_new(&wire.answers), 1, 0);
	answer_error(-ENOMEM);
	assert_int_equal(dump_sessions(&seen), -ENOMEM);
	assert_int_equal(seen.n, 1);
}

/* events */

static void put_closed(struct packet *packet, uint64_t sid)
{
	struct nlmsghdr *nlh;

	nlh = genl_begin(packet, 0, SCST_ISCSI_CMD_SESSION_CLOSED);
	fill_session(nlh, sid);
	msg_end(packet, nlh);
}

/* three sessions, of which the daemon is told because events were lost */
static void know_sessions(struct fake *fake)
{
	struct packet *packet = packet_new(&wire.answers);

	put_session(packet, 1, 0);
	put_session(packet, 2, 0);
	put_session(packet, 3, 0);
	put_done(packet, 0);
	wire.lax = true;
	assert_int_equal(session_sync(&fake->ctx), 0);
	wire.lax = false;
	assert_int_equal(session_count(&fake->ctx, 7), 3);
}

static void test_events(void **state)
{
	struct fake *fake = *state;
	struct packet *packet;
	struct nlmsghdr *nlh;

	assert_int_equal(wire.joined, GROUP);
	know_sessions(fake);
	/* of another family, another command, and nothing at all */
	packet = packet_new(&wire.news);
	put_closed(packet, 1);
	((struct nlmsghdr *)packet->data)->nlmsg_type = FAMILY + 1;
	tell(fake);
	packet = packet_new(&wire.news);
	nlh = genl_begin(packet, 0, SCST_ISCSI_CMD_SESSION_NEW);
	fill_session(nlh, 1);
	msg_end(packet, nlh);
	tell(fake);
	packet_new(&wire.news);
	tell(fake);
	packet_new(&wire.news)->len = -EAGAIN;
	tell(fake);
	/* one that no session has */
	put_closed(packet_new(&wire.news), 4);
	tell(fake);
	assert_int_equal(session_count(&fake->ctx, 7), 3);
	/* two at a time */
	packet = packet_new(&wire.news);
	put_closed(packet, 3);
	put_closed(packet, 1);
	tell(fake);
	assert_int_equal(session_count(&fake->ctx, 7), 1);
}

static void test_odd_events(void **state)
{
	struct fake *fake = *state;
	struct packet *packet;
	struct nlmsghdr *nlh;
	ssize_t len, full;
	int i;

	know_sessions(fake);
	/* cut off, and with a header that agrees or not */
	for (i = 0; i < 2; i++) {
		for (len = full = 1; len < full || full == 1; len++) {
			packet = packet_new(&wire.news);
			put_closed(packet, 1);
			full = packet->len;
			packet->len = len;
			nlh = (struct nlmsghdr *)packet->data;
			if (i && len >= (ssize_t)sizeof(*nlh) &&
			    len < full - 8)
				nlh->nlmsg_len = len;
			tell(fake);
		}
	}
	assert_int_equal(session_count(&fake->ctx, 7), 3);
	/* without an attribute it is nobody's */
	packet = packet_new(&wire.news);
	nlh = genl_begin(packet, 0, SCST_ISCSI_CMD_SESSION_CLOSED);
	mnl_attr_put_u32(nlh, SCST_ISCSI_A_SESSION_TID, 7);
	mnl_attr_put_u32(nlh, SCST_ISCSI_A_SESSION_SID, 1);
	mnl_attr_put_u32(nlh, SCST_ISCSI_A_SESSION_TSIH, 1);
	mnl_attr_put(nlh, SCST_ISCSI_A_SESSION_ISID, 5, "\1\2\3\4\5");
	msg_end(packet, nlh);
	tell(fake);
	assert_int_equal(session_count(&fake->ctx, 7), 3);
}

/* too many at a time: the kernel says so, and is asked what there is */
static void test_lost_events(void **state)
{
	struct fake *fake = *state;

	know_sessions(fake);
	wire.lax = true;
	packet_new(&wire.news)->len = -ENOBUFS;
	put_session(packet_new(&wire.answers), 2, 0);
	answer_done(0);
	tell(fake);
	assert_int_equal(session_count(&fake->ctx, 7), 1);
	/* an answer with an error changes nothing, and is asked for again */
	packet_new(&wire.news)->len = -ENOBUFS;
	answer_error(-ENOMEM);
	tell(fake);
	assert_int_equal(session_count(&fake->ctx, 7), 1);
	assert_true(fake->ctx.resync.armed);
}

/* no driver, or one that is not what it was */

static void expect_no_open(struct fake *fake, int error, const char *why)
{
	struct kern before = fake->ctx.kern;

	fake_messages_clear();
	assert_int_equal(kern_open(&fake->ctx), error);
	assert_non_null(strstr(fake_messages, why));
	assert_null(wire.events);
	assert_null(wire.requests);
	assert_ptr_equal(fake->ctx.kern.ops, before.ops);
}

static void test_open(void **state)
{
	struct fake *fake = fake_new();

	(void)state;
	wire_reset();
	expect_no_open(fake, -ENOENT, "is the module iscsi-scst loaded?");
	wire.family = true;
	expect_no_open(fake, -ENOENT, "cannot subscribe to events");
	wire.group = SCST_ISCSI_MCGRP_EVENTS;
	expect_no_open(fake, -ENOENT, "cannot subscribe to events");
	wire.group_id = GROUP;
	wire.group = "others";
	expect_no_open(fake, -ENOENT, "cannot subscribe to events");
	wire.group = SCST_ISCSI_MCGRP_EVENTS;
	wire.sockets_left = 0;
	expect_no_open(fake, -EMFILE, "cannot talk to the iSCSI target driver");
	wire.sockets_left = 1;
	expect_no_open(fake, -EMFILE, "cannot subscribe to events");
	fake_free(fake);
}

int main(void)
{
#define TEST(t) cmocka_unit_test_setup_teardown(t, begin, finish)
	const struct CMUnitTest tests[] = {
		TEST(test_target_requests),
		TEST(test_session_requests),
		TEST(test_targets),
		TEST(test_cut_off),
		TEST(test_short_messages),
		TEST(test_errors),
		TEST(test_odd_errors),
		TEST(test_multipart),
		TEST(test_odd_sessions),
		TEST(test_interrupted),
		TEST(test_events),
		TEST(test_odd_events),
		TEST(test_lost_events),
		cmocka_unit_test(test_open),
	};

	return cmocka_run_group_tests_name("kern", tests, NULL, NULL);
}
