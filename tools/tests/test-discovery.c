// SPDX-License-Identifier: GPL-2.0
/*
 * Discovery sessions: SendTargets of few and of many targets, addresses, NOP,
 * logout, and what does not belong there.
 */
#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fake.h"

#define TTT_NONE 0xffffffff

static struct fake *begin(void **state, const char *config)
{
	struct fake *fake = fake_new();

	fake_config(fake, config);
	*state = fake;
	return fake;
}

static struct client *login(struct fake *fake)
{
	struct client *c = client_new(fake);

	client_login_full(c, true);
	return c;
}

static void end(struct client *c)
{
	struct fake *fake = c->fake;

	client_free(c);
	fake_free(fake);
}

static void request(struct client *c, uint8_t opcode, uint8_t flags,
		    uint32_t ttt)
{
	memset(&c->req, 0, sizeof(c->req));
	c->req.text_req.opcode = opcode | ISCSI_OPF_IMMEDIATE;
	c->req.text_req.flags = flags;
	c->req.text_req.itt = htobe32(0x42);
	c->req.text_req.ttt = htobe32(ttt);
	c->req.text_req.cmd_sn = htobe32(0x100);
}

static void text(struct client *c, uint8_t flags, uint32_t ttt,
		 const char *data, size_t len)
{
	request(c, ISCSI_OP_TEXT_REQ, flags, ttt);
	client_send(c, data, len);
	client_recv(c);
}

static void expect_final(const struct client *c)
{
	assert_int_equal(c->rsp.bhs.opcode, ISCSI_OP_TEXT_RSP);
	assert_int_equal(c->rsp.text_rsp.flags, F_BIT);
	assert_int_equal(be32toh(c->rsp.text_rsp.ttt), TTT_NONE);
	assert_int_equal(be32toh(c->rsp.text_rsp.itt), 0x42);
}

static void expect_reject(struct client *c, int reason)
{
	assert_int_equal(c->rsp.bhs.opcode, ISCSI_OP_REJECT);
	assert_int_equal(c->rsp.reject.flags, F_BIT);
	assert_int_equal(c->rsp.reject.reason, reason);
	assert_int_equal(c->rsp.reject.tag, UINT32_MAX);
	assert_int_equal(c->len, ISCSI_BHS_LEN);
	assert_memory_equal(c->data, &c->req, ISCSI_BHS_LEN);
}

static const char two_targets[] =
	"Target iqn.2026-11.org.example:a\n"
	"Target iqn.2026-11.org.example:b\n";

static void test_send_targets(void **state)
{
	struct client *c = login(begin(state, two_targets));

	text(c, F_BIT, TTT_NONE, TEXT("SendTargets=All"));
	expect_final(c);
	assert_true(client_has(c, "TargetName=iqn.2026-11.org.example:a"));
	assert_true(client_has(c, "TargetName=iqn.2026-11.org.example:b"));
	assert_int_equal(be32toh(c->rsp.text_rsp.stat_sn), 2);
	assert_int_equal(be32toh(c->rsp.text_rsp.exp_cmd_sn), 0x100);

	text(c, F_BIT, TTT_NONE,
	     TEXT("SendTargets=iqn.2026-11.org.example:b"));
	expect_final(c);
	assert_false(client_has(c, "TargetName=iqn.2026-11.org.example:a"));
	assert_true(client_has(c, "TargetName=iqn.2026-11.org.example:b"));

	text(c, F_BIT, TTT_NONE, TEXT("SendTargets=iqn.unknown"));
	expect_final(c);
	assert_int_equal(c->len, 0);
	text(c, F_BIT, TTT_NONE, TEXT("SendTargets="));
	expect_final(c);
	assert_int_equal(c->len, 0);
	text(c, F_BIT, TTT_NONE, NULL, 0);
	expect_final(c);
	assert_int_equal(c->len, 0);
	text(c, F_BIT, TTT_NONE,
	     TEXT("X-a=1\0SendTargets=All\0ImmediateData=No"));
	expect_final(c);
	assert_true(client_has(c, "X-a=NotUnderstood"));
	assert_true(client_has(c, "ImmediateData=Reject"));
	assert_true(client_has(c, "TargetName=iqn.2026-11.org.example:a"));
	end(c);
}

static void test_cmd_sn(void **state)
{
	struct client *c = login(begin(state, two_targets));

	request(c, ISCSI_OP_TEXT_REQ, F_BIT, TTT_NONE);
	c->req.text_req.opcode = ISCSI_OP_TEXT_REQ;
	client_send(c, TEXT("SendTargets=All"));
	client_recv(c);
	expect_final(c);
	assert_int_equal(be32toh(c->rsp.text_rsp.exp_cmd_sn), 0x101);
	assert_true(be32toh(c->rsp.text_rsp.max_cmd_sn) >= 0x101);
	end(c);
}

static void test_addresses(void **state)
{
	struct fake *fake = begin(state,
		"PortalAddress 198.51.100.1\n"
		"PortalAddress = 198.51.100.2:3261\n"
		"PortalAddress storage.example.org:860\n"
		"PortalAddress 2001:db8::1\n"
		"Target iqn.2026-11.org.example:a\n"
		"Target iqn.2026-11.org.example:b\n"
		"PortalAddress [2001:db8::2]:3262\n");
	struct client *c = login(fake);

	text(c, F_BIT, TTT_NONE,
	     TEXT("SendTargets=iqn.2026-11.org.example:a"));
	assert_true(client_has(c, "TargetAddress=198.51.100.1:3260,1"));
	assert_true(client_has(c, "TargetAddress=198.51.100.2:3261,1"));
	assert_true(client_has(c, "TargetAddress=storage.example.org:860,1"));
	assert_true(client_has(c, "TargetAddress=[2001:db8::1]:3260,1"));
	text(c, F_BIT, TTT_NONE,
	     TEXT("SendTargets=iqn.2026-11.org.example:b"));
	assert_true(client_has(c, "TargetAddress=[2001:db8::2]:3262,1"));
	assert_false(client_has(c, "TargetAddress=198.51.100.1:3260,1"));
	end(c);
}

/* over a real listening socket the local address is named */
static void local_address(void **state, const char *addr, int family)
{
	struct fake *fake = begin(state, two_targets);
	struct sockaddr_storage ss;
	char expected[128];
	struct client *c;
	socklen_t len = sizeof(ss);
	int fd;

	fake->ctx.opt.addresses[fake->ctx.opt.naddresses++] = addr;
	fake->ctx.opt.port = 0;
	if (listen_open(&fake->ctx)) {
		fake_free(fake);
		skip();
	}
	assert_int_equal(getsockname(fake->ctx.listeners[0].io.fd,
				     (struct sockaddr *)&ss, &len), 0);
	fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&ss, len), 0);
	c = client_new(fake);
	close(c->fd);
	c->fd = fd;
	client_login_full(c, true);
	text(c, F_BIT, TTT_NONE, TEXT("SendTargets=All"));
	snprintf(expected, sizeof(expected), family == AF_INET6 ?
		 "TargetAddress=[%s]:%u,1" : "TargetAddress=%s:%u,1", addr,
		 ntohs(((struct sockaddr_in *)&ss)->sin_port));
	assert_true(client_has(c, expected));
	end(c);
}

static void test_local_ipv4(void **state)
{
	local_address(state, "127.0.0.1", AF_INET);
}

static void test_local_ipv6(void **state)
{
	local_address(state, "::1", AF_INET6);
}

static char *many_targets(int n)
{
	char *conf = malloc(n * 64);
	size_t len = 0;
	int i;

	assert_non_null(conf);
	for (i = 0; i < n; i++)
		len += sprintf(conf + len,
			       "Target iqn.2026-11.org.example:disk%d\n", i);
	return conf;
}

static int count_targets(const char *data, size_t len)
{
	const char *pos = data;
	int n = 0;

	for (; pos < data + len; pos += strlen(pos) + 1)
		n += !strncmp(pos, "TargetName=iqn", 14);
	return n;
}

/* 1,000 targets for an initiator that takes 8192 bytes at a time */
static void test_many_targets(void **state)
{
	char *conf = many_targets(1000), *all = calloc(1, 1 << 20);
	struct client *c = login(begin(state, conf));
	size_t total = 0;
	int pdus = 1;

	text(c, F_BIT, TTT_NONE, TEXT("SendTargets=All"));
	while (!(c->rsp.text_rsp.flags & F_BIT)) {
		assert_int_equal(c->rsp.text_rsp.flags, C_BIT);
		assert_int_not_equal(be32toh(c->rsp.text_rsp.ttt), TTT_NONE);
		assert_int_equal(c->len, 8192);
		memcpy(all + total, c->data, c->len);
		total += c->len;
		text(c, F_BIT, be32toh(c->rsp.text_rsp.ttt), NULL, 0);
		pdus++;
	}
	expect_final(c);
	memcpy(all + total, c->data, c->len);
	total += c->len;
	assert_int_equal(count_targets(all, total), 1000);
	assert_true(pdus > 5);
	free(all);
	free(conf);
	end(c);
}

/* one that takes more gets it at once */
static void test_large_segments(void **state)
{
	char *conf = many_targets(1000);
	struct fake *fake = begin(state, conf);
	struct client *c = client_new(fake);

	client_login(c, CSG(1) | T_TO(3),
		     TEXT(DISCOVERY_TEXT "\0MaxRecvDataSegmentLength=262144"));
	client_status(c, 0);
	text(c, F_BIT, TTT_NONE, TEXT("SendTargets=All"));
	expect_final(c);
	assert_int_equal(count_targets(c->data, c->len), 1000);
	free(conf);
	end(c);
}

/* the most that the daemon has to be able to name */
static void test_largest_list(void **state)
{
	char *conf = malloc(4096 * 512), *pos = conf;
	char *all = malloc(8 << 20);
	struct client *c;
	size_t len = 0;
	int i;

	assert_non_null(conf);
	assert_non_null(all);
	for (i = 0; i < 4; i++)
		pos += sprintf(pos, "PortalAddress p%d.%0250d\n", i, i);
	for (i = 0; i < 4096; i++)
		pos += sprintf(pos, "Target iqn.%0219d\n", i);
	c = client_new(begin(state, conf));
	client_login(c, CSG(1) | T_TO(3),
		     TEXT(DISCOVERY_TEXT "\0MaxRecvDataSegmentLength=262144"));
	client_status(c, 0);
	text(c, F_BIT, TTT_NONE, TEXT("SendTargets=All"));
	for (;;) {
		memcpy(all + len, c->data, c->len);
		len += c->len;
		if (c->rsp.text_rsp.flags & F_BIT)
			break;
		text(c, F_BIT, be32toh(c->rsp.text_rsp.ttt), NULL, 0);
	}
	expect_final(c);
	assert_int_equal(count_targets(all, len), 4096);
	free(all);
	free(conf);
	end(c);
}

/* one list in an exchange */
static void test_lists(void **state)
{
	struct client *c = login(begin(state, two_targets));

	text(c, F_BIT, TTT_NONE, TEXT("SendTargets=All\0SendTargets=All"));
	expect_reject(c, ISCSI_REJECT_PROTOCOL);
	text(c, 0, TTT_NONE, TEXT("SendTargets=All"));
	assert_int_equal(count_targets(c->data, c->len), 2);
	text(c, F_BIT, be32toh(c->rsp.text_rsp.ttt), TEXT("SendTargets=All"));
	expect_reject(c, ISCSI_REJECT_PROTOCOL);
	text(c, F_BIT, TTT_NONE, TEXT("SendTargets=All"));
	expect_final(c);
	end(c);
}

/* a list that is never fetched is not made again and again */
static void test_unread(void **state)
{
	char *conf = many_targets(1000);
	struct client *c = login(begin(state, conf));
	int i;

	for (i = 0; i < 5; i++) {
		text(c, F_BIT, TTT_NONE, TEXT("SendTargets=All"));
		assert_int_equal(c->rsp.text_rsp.flags, C_BIT);
	}
	/* nor when there is something else in between */
	text(c, F_BIT, TTT_NONE, NULL, 0);
	expect_reject(c, ISCSI_REJECT_LONG_OPERATION);
	text(c, F_BIT, TTT_NONE, TEXT("SendTargets=All"));
	expect_reject(c, ISCSI_REJECT_LONG_OPERATION);
	free(conf);
	end(c);
}

/* what comes with the question for the rest of a list is not passed over */
static void test_keys_in_between(void **state)
{
	char *conf = many_targets(1000);
	struct client *c = login(begin(state, conf));

	text(c, F_BIT, TTT_NONE, TEXT("SendTargets=All"));
	assert_int_equal(c->rsp.text_rsp.flags, C_BIT);
	text(c, F_BIT, be32toh(c->rsp.text_rsp.ttt), TEXT("X-a=1"));
	expect_reject(c, ISCSI_REJECT_PROTOCOL);
	free(conf);
	end(c);
}

/* 64 sessions do not take 64 times the longest list */
static void test_memory(void **state)
{
	char *conf = malloc(4096 * 512), *pos = conf;
	struct client *clients[DISCOVERY_MAX];
	struct fake *fake;
	size_t sum = 0;
	struct conn *conn;
	int i, refused = 0;

	assert_non_null(conf);
	for (i = 0; i < 4; i++)
		pos += sprintf(pos, "PortalAddress p%d.%0250d\n", i, i);
	for (i = 0; i < 4096; i++)
		pos += sprintf(pos, "Target iqn.%0219d\n", i);
	fake = begin(state, conf);
	fake_messages_clear();
	for (i = 0; i < 20; i++) {
		clients[i] = login(fake);
		text(clients[i], F_BIT, TTT_NONE, TEXT("SendTargets=All"));
		refused += clients[i]->rsp.bhs.opcode == ISCSI_OP_REJECT;
	}
	LIST_FOREACH(conn, &fake->ctx.conns, link)
		sum += conn->login.out.cap;
	assert_in_range(sum, 1 << 20, 64 << 20);
	assert_in_range(refused, 1, 19);
	expect_reject(clients[19], ISCSI_REJECT_LONG_OPERATION);
	assert_non_null(strstr(fake_messages, "no memory for the answer"));
	/* nor if there is an answer already, and no room at all */
	text(clients[19], F_BIT, TTT_NONE, TEXT("X-a=1\0SendTargets=All"));
	expect_reject(clients[19], ISCSI_REJECT_LONG_OPERATION);
	/* the room of one that leaves is for others */
	client_free(clients[0]);
	while (fake->ctx.nconns == 20)
		assert_int_equal(ev_once(&fake->ctx.loop, 1000), 0);
	text(clients[19], F_BIT, TTT_NONE, TEXT("SendTargets=All"));
	assert_int_equal(clients[19]->rsp.text_rsp.flags, C_BIT);
	for (i = 1; i < 20; i++)
		client_free(clients[i]);
	free(conf);
	fake_free(fake);
}

/* it is discarded, so it has not been received */
static void test_reject_cmd_sn(void **state)
{
	struct client *c = login(begin(state, two_targets));

	request(c, ISCSI_OP_TEXT_REQ, F_BIT, TTT_NONE);
	c->req.text_req.opcode = ISCSI_OP_TEXT_REQ;
	client_send(c, TEXT("SendTargets"));
	client_recv(c);
	expect_reject(c, ISCSI_REJECT_PROTOCOL);
	assert_int_equal(be32toh(c->rsp.reject.exp_cmd_sn), 0x100);
	client_send(c, TEXT("SendTargets=All"));
	client_recv(c);
	expect_final(c);
	assert_int_equal(be32toh(c->rsp.text_rsp.exp_cmd_sn), 0x101);
	end(c);
}

/* keys over several requests, F bit only in the last */
static void test_continued_request(void **state)
{
	struct client *c = login(begin(state, two_targets));
	uint32_t ttt;

	text(c, C_BIT, TTT_NONE, "SendTar", 7);
	assert_int_equal(c->rsp.text_rsp.flags, 0);
	assert_int_equal(c->len, 0);
	ttt = be32toh(c->rsp.text_rsp.ttt);
	assert_int_not_equal(ttt, TTT_NONE);
	text(c, F_BIT, ttt, TEXT("gets=All"));
	expect_final(c);
	assert_int_equal(count_targets(c->data, c->len), 2);

	text(c, 0, TTT_NONE, TEXT("SendTargets=All"));
	assert_int_equal(c->rsp.text_rsp.flags, 0);
	assert_int_equal(count_targets(c->data, c->len), 2);
	text(c, F_BIT, be32toh(c->rsp.text_rsp.ttt), NULL, 0);
	expect_final(c);
	assert_int_equal(c->len, 0);
	end(c);
}

static void test_bad_text(void **state)
{
	struct client *c = login(begin(state, two_targets));
	char block[8192];
	int i;

	/* C without data, then with F */
	text(c, C_BIT, TTT_NONE, NULL, 0);
	assert_int_equal(c->rsp.bhs.opcode, ISCSI_OP_TEXT_RSP);
	text(c, F_BIT | C_BIT, TTT_NONE, NULL, 0);
	expect_reject(c, ISCSI_REJECT_PROTOCOL);
	/* a tag of nothing */
	text(c, F_BIT, 0x77, TEXT("SendTargets=All"));
	expect_reject(c, ISCSI_REJECT_INVALID_FIELD);
	/* malformed */
	text(c, F_BIT, TTT_NONE, "SendTargets=All", 15);
	expect_reject(c, ISCSI_REJECT_PROTOCOL);
	text(c, F_BIT, TTT_NONE, TEXT("SendTargets"));
	expect_reject(c, ISCSI_REJECT_PROTOCOL);
	/* endless */
	memset(block, 'x', sizeof(block));
	text(c, C_BIT, TTT_NONE, block, sizeof(block));
	for (i = 0; c->rsp.bhs.opcode == ISCSI_OP_TEXT_RSP; i++)
		text(c, C_BIT, be32toh(c->rsp.text_rsp.ttt), block,
		     sizeof(block));
	assert_int_equal(i, 8);
	expect_reject(c, ISCSI_REJECT_PROTOCOL);
	/* and all is well again */
	text(c, F_BIT, TTT_NONE, TEXT("SendTargets=All"));
	expect_final(c);
	assert_int_equal(count_targets(c->data, c->len), 2);
	end(c);
}

static void test_nop(void **state)
{
	struct client *c = login(begin(state, two_targets));

	request(c, ISCSI_OP_NOP_OUT, F_BIT, TTT_NONE);
	client_send(c, "ping", 4);
	client_recv(c);
	assert_int_equal(c->rsp.bhs.opcode, ISCSI_OP_NOP_IN);
	assert_int_equal(be32toh(c->rsp.nop_in.itt), 0x42);
	assert_int_equal(be32toh(c->rsp.nop_in.ttt), TTT_NONE);
	assert_int_equal(c->len, 4);
	assert_memory_equal(c->data, "ping", 4);
	/* no answer wanted: the next response is that of the logout */
	request(c, ISCSI_OP_NOP_OUT, F_BIT, TTT_NONE);
	c->req.nop_out.itt = UINT32_MAX;
	client_send(c, NULL, 0);
	request(c, ISCSI_OP_LOGOUT_REQ, F_BIT, 0);
	client_send(c, NULL, 0);
	client_recv(c);
	assert_int_equal(c->rsp.bhs.opcode, ISCSI_OP_LOGOUT_RSP);
	end(c);
}

static void logout(struct client *c, uint8_t reason, uint16_t cid)
{
	request(c, ISCSI_OP_LOGOUT_REQ, F_BIT | reason, 0);
	c->req.logout_req.cid = htobe16(cid);
	client_send(c, NULL, 0);
	client_recv(c);
	assert_int_equal(c->rsp.bhs.opcode, ISCSI_OP_LOGOUT_RSP);
}

static void test_logout(void **state)
{
	struct client *c = login(begin(state, two_targets));

	logout(c, ISCSI_LOGOUT_RECOVERY, 7);
	assert_int_equal(c->rsp.logout_rsp.response,
			 ISCSI_LOGOUT_RSP_NO_RECOVERY);
	logout(c, ISCSI_LOGOUT_CONN, 8);
	assert_int_equal(c->rsp.logout_rsp.response, ISCSI_LOGOUT_RSP_NO_CID);
	logout(c, ISCSI_LOGOUT_CONN, 7);
	assert_int_equal(c->rsp.logout_rsp.response, ISCSI_LOGOUT_RSP_CLOSED);
	client_eof(c);
	end(c);
}

static void test_logout_session(void **state)
{
	struct client *c = login(begin(state, two_targets));

	logout(c, ISCSI_LOGOUT_SESSION, 0);
	assert_int_equal(c->rsp.logout_rsp.response, ISCSI_LOGOUT_RSP_CLOSED);
	client_eof(c);
	end(c);
}

/* every other opcode is rejected, whatever it carries */
static void test_other_opcodes(void **state)
{
	struct client *c = login(begin(state, two_targets));
	char data[512] = { 0 };
	int op;

	for (op = 0; op < 0x40; op++) {
		if (op == ISCSI_OP_NOP_OUT || op == ISCSI_OP_TEXT_REQ ||
		    op == ISCSI_OP_LOGOUT_REQ)
			continue;
		request(c, op, F_BIT, 0);
		client_send(c, data, op * 8);
		client_recv(c);
		expect_reject(c, ISCSI_REJECT_PROTOCOL);
	}
	/* additional header segments are skipped */
	request(c, ISCSI_OP_SCSI_CMD, F_BIT, 0);
	c->req.bhs.ahs_len = 255;
	iscsi_dsl_put(c->req.bhs.dsl, 0);
	client_raw(c, &c->req, ISCSI_BHS_LEN);
	for (op = 0; op < 2; op++)
		client_raw(c, data, 510);
	client_recv(c);
	expect_reject(c, ISCSI_REJECT_PROTOCOL);
	end(c);
}

static void test_oversized(void **state)
{
	struct client *c = login(begin(state, two_targets));

	request(c, ISCSI_OP_TEXT_REQ, F_BIT, TTT_NONE);
	iscsi_dsl_put(c->req.bhs.dsl, 8193);
	client_raw(c, &c->req, ISCSI_BHS_LEN);
	client_eof(c);
	end(c);
}

/* whatever the initiator sends, the end of the session stays where it was */
static void test_lifetime(void **state)
{
	struct fake *fake = begin(state, two_targets);
	struct client *c = login(fake);
	struct conn *conn = LIST_FIRST(&fake->ctx.conns);
	uint64_t end_of_life = conn->deadline.when - 1000;

	assert_int_equal(conn->state, CONN_DISCOVERY);
	assert_true(conn->deadline.armed);
	assert_true(conn->deadline.when <= ev_now() + DISCOVERY_TIMEOUT_MS);
	conn->deadline.when = end_of_life;
	text(c, F_BIT, TTT_NONE, TEXT("SendTargets=All"));
	expect_final(c);
	assert_true(conn->deadline.when == end_of_life);
	ev_timer_set(&fake->ctx.loop, &conn->deadline, 1);
	client_eof(c);
	assert_int_equal(fake->ctx.nconns, 0);
	end(c);
}

/* a session too many takes the place of the oldest, and of no other */
static void test_session_limit(void **state)
{
	struct fake *fake = begin(state, two_targets);
	struct client *clients[DISCOVERY_MAX + 1];
	int i;

	for (i = 0; i <= DISCOVERY_MAX; i++)
		clients[i] = login(fake);
	assert_int_equal(fake->ctx.nconns, DISCOVERY_MAX);
	client_eof(clients[0]);
	for (i = 1; i <= DISCOVERY_MAX; i++) {
		text(clients[i], F_BIT, TTT_NONE, TEXT("SendTargets=All"));
		expect_final(clients[i]);
	}
	for (i = 0; i < DISCOVERY_MAX; i++)
		client_free(clients[i]);
	end(clients[DISCOVERY_MAX]);
}

/* another daemon has the port: being reachable by half would be no use */
static void test_port_in_use(void **state)
{
	struct fake *fake = begin(state, two_targets);
	struct sockaddr_in sin = { .sin_family = AF_INET };
	socklen_t len = sizeof(sin);
	int fd;

	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&sin, len), 0);
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&sin, &len), 0);
	fake->ctx.opt.port = ntohs(sin.sin_port);
	assert_int_equal(listen_open(&fake->ctx), -EADDRINUSE);
	assert_non_null(strstr(fake_messages, "cannot listen on 0.0.0.0:"));
	close(fd);
	fake_free(fake);
}

/* an initiator that comes over a real listening socket */
static int late_connection(struct fake *fake)
{
	struct sockaddr_in sin;
	socklen_t len = sizeof(sin);
	int fd;

	fake->ctx.opt.addresses[fake->ctx.opt.naddresses++] = "127.0.0.1";
	fake->ctx.opt.port = 0;
	assert_int_equal(listen_open(&fake->ctx), 0);
	assert_int_equal(getsockname(fake->ctx.listeners[0].io.fd,
				     (struct sockaddr *)&sin, &len), 0);
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&sin, len), 0);
	return fd;
}

static void late_login(struct fake *fake, int fd)
{
	struct client *c = client_new(fake);

	close(c->fd);
	c->fd = fd;
	client_login_full(c, true);
	client_free(c);
}

/* a connection waits until there is a descriptor for it */
static void test_no_descriptors(void **state)
{
	struct fake *fake = begin(state, two_targets);
	int fd = late_connection(fake);

	fake_descriptors_gone(fake);
	fake_check_rest(fake);
	fake_descriptors_back(fake);
	late_login(fake, fd);
	fake_free(fake);
}

/* connections beyond the limit wait until one of ours ends */
static void test_conn_limit(void **state)
{
	struct fake *fake = begin(state, two_targets);
	struct client *clients[CONN_MAX];
	int i, fd;

	for (i = 0; i < CONN_MAX; i++)
		clients[i] = client_new(fake);
	fd = late_connection(fake);
	for (i = 0; i < 5; i++)
		client_pump(clients[0], 10);
	assert_int_equal(fake->ctx.nconns, CONN_MAX);
	for (i = 0; i < CONN_MAX; i++)
		client_free(clients[i]);
	for (i = 0; i < CONN_MAX && fake->ctx.nconns; i++)
		assert_int_equal(ev_once(&fake->ctx.loop, 10), 0);
	late_login(fake, fd);
	fake_free(fake);
}

/* or until those that hold the places have had their time */
static void test_crowded(void **state)
{
	struct fake *fake = begin(state, two_targets);
	struct client *clients[CONN_MAX];
	struct conn *conn;
	int i, fd;

	for (i = 0; i < CONN_MAX; i++)
		clients[i] = client_new(fake);
	fd = late_connection(fake);
	LIST_FOREACH(conn, &fake->ctx.conns, link)
		conn->since -= CROWDED_TIMEOUT_MS;
	/* but a login that has succeeded is not cut off */
	LIST_FIRST(&fake->ctx.conns)->state = CONN_REINSTATE;
	for (i = 0; i < 100 && fake->ctx.nconns == CONN_MAX; i++)
		client_pump(clients[0], 100);
	client_eof(clients[0]);
	late_login(fake, fd);
	assert_non_null(strstr(fake_messages, "dropped 255 that are older"));
	for (i = 0; i < CONN_MAX; i++)
		client_free(clients[i]);
	fake_free(fake);
}

/* the oldest go, though there never are 256 for half a second */
static void test_crowded_by_turns(void **state)
{
	struct fake *fake = begin(state, two_targets);
	struct client *clients[CONN_MAX];
	struct conn *conn;
	uint64_t when;
	int i;

	for (i = 0; i < CONN_MAX; i++)
		clients[i] = client_new(fake);
	assert_true(fake->ctx.crowded.armed);
	/* not within this test, but the next connection does not put it off */
	ev_timer_set(&fake->ctx.loop, &fake->ctx.crowded, 60000);
	when = fake->ctx.crowded.when;
	client_free(clients[0]);
	while (fake->ctx.nconns == CONN_MAX)
		client_pump(clients[1], 10);
	clients[0] = client_new(fake);
	assert_true(fake->ctx.crowded.when == when);
	LIST_FOREACH(conn, &fake->ctx.conns, link)
		conn->since -= CROWDED_TIMEOUT_MS;
	client_free(clients[0]);
	while (fake->ctx.nconns == CONN_MAX)
		client_pump(clients[1], 10);
	ev_timer_set(&fake->ctx.loop, &fake->ctx.crowded, 0);
	client_eof(clients[1]);
	assert_int_equal(fake->ctx.nconns, 0);
	for (i = 1; i < CONN_MAX; i++)
		client_free(clients[i]);
	fake_free(fake);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_send_targets),
		cmocka_unit_test(test_cmd_sn),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_local_ipv4),
		cmocka_unit_test(test_local_ipv6),
		cmocka_unit_test(test_many_targets),
		cmocka_unit_test(test_large_segments),
		cmocka_unit_test(test_largest_list),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_unread),
		cmocka_unit_test(test_keys_in_between),
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_reject_cmd_sn),
		cmocka_unit_test(test_continued_request),
		cmocka_unit_test(test_bad_text),
		cmocka_unit_test(test_nop),
		cmocka_unit_test(test_logout),
		cmocka_unit_test(test_logout_session),
		cmocka_unit_test(test_other_opcodes),
		cmocka_unit_test(test_oversized),
		cmocka_unit_test(test_lifetime),
		cmocka_unit_test(test_session_limit),
		cmocka_unit_test(test_port_in_use),
		cmocka_unit_test(test_no_descriptors),
		cmocka_unit_test(test_conn_limit),
		cmocka_unit_test(test_crowded),
		cmocka_unit_test(test_crowded_by_turns),
	};

	return cmocka_run_group_tests_name("discovery", tests, NULL, NULL);
}
