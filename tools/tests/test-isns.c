// SPDX-License-Identifier: GPL-2.0
/*
 * iSNS: who may log in, what goes wrong, requests of the server, and messages in
 * any number of pieces.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "isns-server.h"

static void test_refresh(void **state)
{
	struct server *server = server_ready();
	struct isns *isns = server->fake->ctx.isns;

	(void)state;
	hurry(server, &isns->refresh);
	server_expect(server, ISNS_DEV_ATTR_QRY);
	expect_str(server, ISNS_TAG_NAME, TARGET_A);
	expect_str(server, ISNS_TAG_NAME, TARGET_A);
	expect_nil(server, ISNS_TAG_DELIMITER);
	expect_nil(server, ISNS_TAG_NAME);
	expect_end(server);
	answer_begin(server, ISNS_OK);
	isns_put_str(&server->msg, ISNS_TAG_NAME, TARGET_A);
	isns_put_nil(&server->msg, ISNS_TAG_DELIMITER);
	isns_put_str(&server->msg, ISNS_TAG_NAME, TARGET_A);
	answer_send(server);
	/* the list is asked for again, too */
	expect_query(server, TARGET_A);
	query_answer(server, "iqn.x:two");
	until_allowed(server, "iqn.x:two", true);
	assert_false(allows(server, TARGET_A, "iqn.x:one"));
	/* RFC 4171 6.3.4: it has dropped us; no inquiry ever came */
	hurry(server, &isns->refresh);
	server_expect(server, ISNS_DEV_ATTR_QRY);
	answer(server, ISNS_NO_SUCH_ENTRY);
	assert_int_equal(expect_registration(server, true), 1);
	assert_false(isns->esi_on);
	/* the list stays in force while that goes on */
	assert_true(allows(server, TARGET_A, "iqn.x:two"));
	end_quickly(server);
}

static void test_access(void **state)
{
	struct server *server = server_new(CONF_ACCESS CONF_A CONF_B);
	struct client *c;

	(void)state;
	/* nothing known: nobody, and one line about it */
	assert_false(allows(server, TARGET_A, "iqn.x:one"));
	assert_false(allows(server, TARGET_B, "iqn.x:one"));
	assert_non_null(strstr(fake_messages, TARGET_A ": the server has not"));
	assert_null(strstr(fake_messages, TARGET_B ": the server has not"));
	server_accept(server);
	expect_registration(server, true);
	expect_scn_reg(server, TARGET_A);
	expect_scn_reg(server, TARGET_B);
	expect_query(server, TARGET_A);
	query_begin(server);
	isns_put_str(&server->msg, ISNS_TAG_NAME, "iqn.x:untyped");
	isns_put_u32(&server->msg, 4711, ISNS_NODE_INITIATOR);
	query_add(server, "iqn.x:both",
		  ISNS_NODE_INITIATOR | ISNS_NODE_TARGET);
	query_add(server, "iqn.x:target", ISNS_NODE_TARGET);
	query_add(server, INITIATOR_NAME, ISNS_NODE_INITIATOR);
	answer_send(server);
	until_allowed(server, INITIATOR_NAME, true);
	assert_false(allows(server, TARGET_A, "iqn.x:untyped"));
	assert_true(allows(server, TARGET_A, "IQN.X:Both"));
	assert_false(allows(server, TARGET_A, "iqn.x:target"));
	assert_false(allows(server, TARGET_A, "iqn.x:bot"));
	assert_false(allows(server, TARGET_B, INITIATOR_NAME));
	expect_query(server, TARGET_B);
	answer(server, ISNS_NO_SUCH_ENTRY);

	/* discovery and login go by it */
	c = client_new(server->fake);
	client_login_full(c, true);
	memset(&c->req, 0, sizeof(c->req));
	c->req.text_req.opcode = ISCSI_OP_TEXT_REQ | ISCSI_OPF_IMMEDIATE;
	c->req.text_req.flags = F_BIT;
	c->req.text_req.ttt = UINT32_MAX;
	client_send(c, TEXT("SendTargets=All"));
	client_recv(c);
	assert_true(client_has(c, "TargetName=" TARGET_A));
	assert_false(client_has(c, "TargetName=" TARGET_B));
	client_free(c);
	c = client_new(server->fake);
	client_login(c, CSG(1) | T_TO(3),
		     TEXT("InitiatorName=" INITIATOR_NAME
			  "\0TargetName=" TARGET_B));
	client_status(c, ISCSI_LOGIN_NOT_FOUND);
	client_free(c);
	c = client_new(server->fake);
	client_login(c, CSG(1) | T_TO(3),
		     TEXT("InitiatorName=" INITIATOR_NAME
			  "\0TargetName=" TARGET_A));
	client_status(c, 0);
	client_free(c);
	end_quickly(server);
}

/* SIGHUP switches it for targets that stay: the list comes, and goes */
static void test_access_switched(void **state)
{
	struct server *server = server_new(CONF_A);
	struct scstd *ctx = &server->fake->ctx;

	(void)state;
	server_accept(server);
	expect_registration(server, true);
	expect_scn_reg(server, TARGET_A);
	until_idle(server);
	assert_true(allows(server, TARGET_A, "iqn.x:one"));
	set_config(server, CONF_ACCESS CONF_A);
	assert_int_equal(isns_targets_changed(ctx), 0);
	/* nobody, until the server has told */
	assert_false(allows(server, TARGET_A, "iqn.x:one"));
	expect_query(server, TARGET_A);
	query_answer(server, "iqn.x:one");
	until_allowed(server, "iqn.x:one", true);
	assert_false(allows(server, TARGET_A, "iqn.x:two"));
	set_config(server, CONF_A);
	assert_int_equal(isns_targets_changed(ctx), 0);
	assert_true(allows(server, TARGET_A, "iqn.x:two"));
	refresh(server);
	until_idle(server);
	/* the former list counts until there is another one */
	set_config(server, CONF_ACCESS CONF_A);
	assert_int_equal(isns_targets_changed(ctx), 0);
	assert_true(allows(server, TARGET_A, "iqn.x:one"));
	assert_false(allows(server, TARGET_A, "iqn.x:two"));
	expect_query(server, TARGET_A);
	query_answer(server, "iqn.x:two");
	until_allowed(server, "iqn.x:two", true);
	assert_false(allows(server, TARGET_A, "iqn.x:one"));
	end_quickly(server);
}

/* the last list counts, until the server has given another one */
static void test_server_gone(void **state)
{
	struct server *server = server_ready();
	struct isns *isns = server->fake->ctx.isns;

	(void)state;
	server_drop(server);
	until_state(server, ISNS_WAITING);
	assert_true(allows(server, TARGET_A, "iqn.x:one"));
	assert_false(allows(server, TARGET_A, "iqn.x:two"));
	assert_int_equal(isns->backoff, 2000);
	hurry(server, &isns->timer);
	server_accept(server);
	assert_int_equal(expect_registration(server, false), 1);
	expect_scn_reg(server, TARGET_A);
	expect_query(server, TARGET_A);
	assert_true(allows(server, TARGET_A, "iqn.x:one"));
	/* not an answer to the question: no change */
	answer(server, 11);
	until_idle(server);
	/* it may be gone again at once: only time shows that it is not */
	assert_int_equal(isns->backoff, 2000);
	refresh(server);
	expect_query(server, TARGET_A);
	assert_int_equal(isns->backoff, ISNS_BACKOFF_MIN_MS);
	assert_true(allows(server, TARGET_A, "iqn.x:one"));
	end_quickly(server);
}

/* a server that errs after the registration, each time: no storm, no flood */
static void test_server_errs(void **state)
{
	struct server *server = server_new(CONF_ACCESS CONF_A);
	struct isns *isns = server->fake->ctx.isns;
	unsigned int wait;

	(void)state;
	server_accept(server);
	for (wait = 2000; wait < ISNS_BACKOFF_MAX_MS; wait *= 2) {
		expect_registration(server, wait == 2000);
		expect_scn_reg(server, TARGET_A);
		expect_query(server, TARGET_A);
		/* half an attribute */
		answer_begin(server, ISNS_OK);
		isns_put_raw(&server->msg, "\0\0\0\x20", 4);
		answer_send(server);
		until_state(server, ISNS_WAITING);
		assert_int_equal(isns->backoff, wait);
		server_drop(server);
		reconnect(server);
	}
	assert_int_equal(count_messages("trying again"), 1);
	assert_int_equal(count_messages("are registered as"), 0);
	end_quickly(server);
}

/*
 * A server that takes the registration and then does not know us: to register
 * again at once would go on as fast as it answers.
 */
static void test_lost_at_once(void **state)
{
	struct server *server = server_new(CONF_ACCESS CONF_A);
	struct isns *isns = server->fake->ctx.isns;
	unsigned int wait;

	(void)state;
	server_accept(server);
	for (wait = 2000; wait < 16000; wait *= 2) {
		assert_int_equal(expect_registration(server, true), 1);
		expect_scn_reg(server, TARGET_A);
		expect_query(server, TARGET_A);
		answer(server, ISNS_SOURCE_UNKNOWN);
		server_expect(server, ISNS_DEV_ATTR_QRY);
		answer(server, ISNS_NO_SUCH_ENTRY);
		until_state(server, ISNS_WAITING);
		assert_int_equal(isns->backoff, wait);
		server_drop(server);
		reconnect(server);
	}
	assert_int_equal(count_messages("trying again"), 1);
	end_quickly(server);
}

/* RFC 4171 6.3.4: no inquiries, it says, to a request that asks for none */
static void test_esi_refused_late(void **state)
{
	struct server *server = server_ready();
	struct isns *isns = server->fake->ctx.isns;
	int i;

	(void)state;
	assert_true(isns->esi_on);
	set_config(server, CONF_ACCESS CONF_A CONF_B);
	assert_int_equal(isns_targets_changed(&server->fake->ctx), 0);
	for (i = 0; i < 2; i++) {
		server_expect(server, ISNS_DEV_ATTR_REG);
		answer(server, ISNS_ESI_NOT_AVAILABLE);
	}
	until_state(server, ISNS_WAITING);
	end_quickly(server);
}

/* a name that is none takes nothing away from the others */
static void test_unusable_names(void **state)
{
	struct server *server = server_new(CONF_ACCESS CONF_A);
	char name[ISNS_NAME_MAX + 2];

	(void)state;
	memset(name, 'x', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	server_accept(server);
	expect_registration(server, true);
	expect_scn_reg(server, TARGET_A);
	expect_query(server, TARGET_A);
	query_begin(server);
	query_add(server, name, ISNS_NODE_INITIATOR);
	isns_put_raw(&server->msg, "\0\0\0\x20\0\0\0\4abcd", 12);
	isns_put_nil(&server->msg, ISNS_TAG_NAME);
	isns_put_u32(&server->msg, ISNS_TAG_NODE_TYPE, ISNS_NODE_INITIATOR);
	query_add(server, "iqn.x:one", ISNS_NODE_INITIATOR);
	answer_send(server);
	until_allowed(server, "iqn.x:one", true);
	assert_false(allows(server, TARGET_A, name));
	assert_false(allows(server, TARGET_A, "abcd"));
	/* and among those that have changed */
	isns_msg_init(&server->msg, ISNS_SCN, 0, 99);
	isns_put_str(&server->msg, ISNS_TAG_NAME, TARGET_A);
	isns_put_str(&server->msg, ISNS_TAG_NAME, name);
	answer_send(server);
	server_expect(server, ISNS_SCN | ISNS_RESPONSE);
	expect_query(server, TARGET_A);
	end_quickly(server);
}

/* nobody listens: one line, and longer and longer between the attempts */
static void test_backoff(void **state)
{
	struct server *server = server_new(CONF_A);
	struct isns *isns = server->fake->ctx.isns;
	static const unsigned int waits[] = {
		2000, 4000, 8000, 16000, 32000, 60000, 60000,
	};
	unsigned int i;
	char *pos;

	(void)state;
	close(server->listener);
	server->listener = -1;
	for (i = 0; i < ARRAY_SIZE(waits); i++) {
		hurry(server, &isns->timer);
		while (isns->backoff != waits[i] ||
		       isns->state != ISNS_WAITING ||
		       isns->timer.when <= ev_now())
			pump(server);
		assert_in_range(isns->timer.when - ev_now(), waits[i] / 2 - 500,
				60000);
	}
	pos = strstr(fake_messages, "trying again");
	assert_non_null(pos);
	assert_null(strstr(pos + 1, "trying again"));
	server_free(server);
}

/* whatever is malformed ends the connection, and changes nothing else */
static void test_malformed(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
	} cases[] = {
#define BYTES(s) { s, sizeof(s) - 1 }
		/* version, length, flags, sequence */
		BYTES("\0\2\x80\2\0\4\x4c\0\0\0\0\0\0\0\0\0"),
		BYTES("\0\1\x80\2\0\3\x4c\0\0\0\0\0\0\0\0\0"),
		BYTES("\0\1\x80\2\0\4\x48\0\0\0\0\0\0\0\0\0"),
		BYTES("\0\1\x80\2\0\4\x4c\0\0\0\0\1\0\0\0\0"),
		/* no status, half an attribute, wrong transaction */
		BYTES("\0\1\x80\2\0\0\x4c\0\xff\xff\0\0"),
		BYTES("\0\1\x80\2\0\x8\x4c\0\xff\xff\0\0\0\0\0\0\0\0\0\x20"),
		BYTES("\0\1\x80\2\0\4\x4c\0\0\1\0\0\0\0\0\0"),
		BYTES("\0\1\x80\1\0\4\x4c\0\xff\xff\0\0\0\0\0\0"),
		/* second PDU of another message */
		BYTES("\0\1\x80\2\0\4\x44\0\xff\xff\0\0\0\0\0\0"
		      "\0\1\x80\3\0\0\x48\0\xff\xff\0\1"),
	};
	struct server *server = server_ready();
	struct isns *isns = server->fake->ctx.isns;
	uint8_t bytes[64];
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		hurry(server, &isns->refresh);
		server_expect(server, ISNS_DEV_ATTR_QRY);
		answer_begin(server, ISNS_OK);
		isns_put_nil(&server->msg, ISNS_TAG_DELIMITER);
		isns_put_str(&server->msg, ISNS_TAG_NAME, TARGET_A);
		answer_send(server);
		expect_query(server, TARGET_A);
		memcpy(bytes, cases[i].bytes, cases[i].len);
		/* the transaction that is waited for */
		if (bytes[8] == 0xff) {
			bytes[8] = server->hdr.xid >> 8;
			bytes[9] = server->hdr.xid;
		}
		if (cases[i].len > 26 && bytes[25] == 0xff)
			memcpy(bytes + 24, bytes + 8, 2);
		assert_int_equal(send(server->fd, bytes, cases[i].len, 0),
				 cases[i].len);
		until_state(server, ISNS_WAITING);
		assert_int_equal(count_messages("malformed message"), i + 1);
		assert_true(allows(server, TARGET_A, "iqn.x:one"));
		server_drop(server);
		reconnect(server);
		expect_registration(server, false);
		expect_scn_reg(server, TARGET_A);
		expect_query(server, TARGET_A);
		query_answer(server, "iqn.x:one");
		while (isns->step)
			pump(server);
	}
	end_quickly(server);
}

/* one message in PDUs of four bytes (RFC 4171 5.2), sent byte by byte */
static void test_segments(void **state)
{
	struct server *server = server_new(CONF_ACCESS CONF_A);
	uint8_t pdu[ISNS_HDR_LEN + 4];
	size_t pos, i, n;

	(void)state;
	server_accept(server);
	expect_registration(server, true);
	expect_scn_reg(server, TARGET_A);
	expect_query(server, TARGET_A);
	query_begin(server);
	query_add(server, "iqn.x:one", ISNS_NODE_INITIATOR);
	isns_msg_finish(&server->msg);
	n = (server->msg.len - ISNS_HDR_LEN) / 4;
	for (i = 0; i < n; i++) {
		memcpy(pdu, server->msg.buf, ISNS_HDR_LEN);
		pdu[5] = 4;
		pdu[4] = 0;
		pdu[6] = 0x40 | (i ? 0 : 0x04) | (i == n - 1 ? 0x08 : 0);
		pdu[11] = i;
		memcpy(pdu + ISNS_HDR_LEN,
		       server->msg.buf + ISNS_HDR_LEN + 4 * i, 4);
		for (pos = 0; pos < sizeof(pdu); pos++) {
			assert_int_equal(send(server->fd, pdu + pos, 1, 0), 1);
			pump(server);
		}
	}
	until_allowed(server, "iqn.x:one", true);
	end_quickly(server);
}

/* a message without end is cut off */
static void test_endless(void **state)
{
	static uint8_t pdu[ISNS_HDR_LEN + 65532] =
		"\0\1\x80\2\xff\xfc\x44\0";
	struct server *server = server_ready();
	struct isns *isns = server->fake->ctx.isns;
	size_t pos = 0, pdus = 0;
	ssize_t n;

	(void)state;
	while (isns->state == ISNS_UP) {
		n = send(server->fd, pdu + pos, sizeof(pdu) - pos,
			 MSG_DONTWAIT | MSG_NOSIGNAL);
		pos += n > 0 ? n : 0;
		if (pos == sizeof(pdu)) {
			pos = 0;
			pdu[6] = 0x40;
			pdu[11] = ++pdus;
		}
		assert_in_range(pdus, 0, 200);
		pump(server);
	}
	assert_int_equal(count_messages("Message too long"), 1);
	assert_in_range(pdus, 16, 200);
	end_quickly(server);
}

/* requests of the server, on our connection or on one that it opens */

static void scn_begin(struct server *server, const char *dest)
{
	isns_msg_init(&server->msg, ISNS_SCN, 0, 99);
	isns_put_str(&server->msg, ISNS_TAG_NAME, dest);
	isns_put_u32(&server->msg, ISNS_TAG_TIMESTAMP, 0);
	isns_put_u32(&server->msg, ISNS_TAG_SCN_BITMAP, ISNS_SCN_ADDED);
	isns_put_str(&server->msg, ISNS_TAG_NAME, "iqn.x:two");
}

static void expect_scn_rsp(struct server *server)
{
	server_expect(server, ISNS_SCN | ISNS_RESPONSE);
	assert_int_equal(server->hdr.xid, 99);
	expect_str(server, ISNS_TAG_NAME, TARGET_A);
	expect_end(server);
}

/* @from: address of the one who connects */
static int connect_from(struct server *server, uint32_t from)
{
	struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(from),
	};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	addr.sin_port = htons(server->fake->ctx.isns->notify_port);
	assert_int_equal(connect(fd, (struct sockaddr *)&addr, sizeof(addr)),
			 0);
	return fd;
}

static int notify_connect(struct server *server)
{
	return connect_from(server, INADDR_LOOPBACK);
}

/* RFC 4171 5.6.5.8, 5.7.5.8 */
static void test_scn(void **state)
{
	struct server *server = server_ready();
	int fd = server->fd, i;

	(void)state;
	for (i = 0; i < 2; i++) {
		/* first on the client's connection, then on another one */
		server->fd = i ? notify_connect(server) : fd;
		scn_begin(server, TARGET_A);
		answer_send(server);
		expect_scn_rsp(server);
		if (i)
			server_drop(server);
		server->fd = fd;
		expect_query(server, TARGET_A);
		query_answer(server, i ? "iqn.x:three" : "iqn.x:two");
		until_allowed(server, i ? "iqn.x:three" : "iqn.x:two", true);
	}
	assert_false(allows(server, TARGET_A, "iqn.x:two"));
	end_quickly(server);
}

/* RFC 4171 5.7.5.13: what was asked comes back */
static void test_esi(void **state)
{
	struct server *server = server_ready();
	struct isns *isns = server->fake->ctx.isns;
	int fd = server->fd;
	uint32_t status;
	uint8_t rsp[256];

	(void)state;
	server->fd = notify_connect(server);
	isns_msg_init(&server->msg, ISNS_ESI, 0, 5);
	isns_put_raw(&server->msg, "\0\0\0\4\0\0\0\x8\0\0\0\0\1\2\3\4", 16);
	isns_put_str(&server->msg, ISNS_TAG_EID, isns->eid);
	answer_send(server);
	assert_true(server_read(server, rsp, server->msg.len + 4));
	assert_memory_equal(rsp, "\0\1\x80\x0d", 4);
	status = rsp[12] | rsp[13] | rsp[14] | rsp[15];
	assert_int_equal(status, 0);
	assert_memory_equal(rsp + 16, server->msg.buf + ISNS_HDR_LEN,
			    server->msg.len - ISNS_HDR_LEN);
	assert_true(isns->esi_seen);
	/* what we do not know is refused, and the connection stays */
	isns_msg_init(&server->msg, 0x000e, 0, 6);
	answer_send(server);
	assert_true(server_read(server, rsp, 16));
	assert_int_equal(rsp[15], ISNS_NOT_SUPPORTED);
	/* but a response that nobody waits for ends it */
	isns_msg_init(&server->msg, 0x8002, 0, 6);
	answer_send(server);
	assert_false(server_read(server, rsp, 1));
	assert_int_equal(count_messages("malformed notification"), 1);
	server_drop(server);
	server->fd = fd;
	end_quickly(server);
}

/* only the server is listened to, and only it can take a place */
static void test_stranger(void **state)
{
	struct server *server = server_ready();
	int fd = server->fd;
	char byte;

	(void)state;
	server->fd = connect_from(server, INADDR_LOOPBACK + 1);
	assert_false(server_read(server, &byte, 1));
	assert_int_equal(server->fake->ctx.isns->npeers, 0);
	server_drop(server);
	server->fd = fd;
	end_quickly(server);
}

/* the oldest connections of a server that forgets its own make room */
static void test_peers(void **state)
{
	struct server *server = server_ready();
	struct isns *isns = server->fake->ctx.isns;
	int fds[ISNS_PEERS_MAX + 3], fd = server->fd;
	uint64_t end = ev_now() + WAIT_MS;
	unsigned int i;
	char byte;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(fds); i++) {
		fds[i] = notify_connect(server);
		pump(server);
	}
	for (i = 0; i < 3; i++) {
		server->fd = fds[i];
		assert_false(server_read(server, &byte, 1));
	}
	while (isns->npeers < ISNS_PEERS_MAX) {
		pump(server);
		assert_true(ev_now() < end);
	}
	/* the last one is served */
	server->fd = fds[ARRAY_SIZE(fds) - 1];
	scn_begin(server, TARGET_A);
	answer_send(server);
	expect_scn_rsp(server);
	for (i = 0; i < ARRAY_SIZE(fds); i++)
		close(fds[i]);
	server->fd = fd;
	end_quickly(server);
}

static void test_no_descriptors(void **state)
{
	struct server *server = server_ready();
	int fd = server->fd;

	(void)state;
	server->fd = notify_connect(server);
	fake_descriptors_gone(server->fake);
	fake_check_rest(server->fake);
	fake_descriptors_back(server->fake);
	scn_begin(server, TARGET_A);
	answer_send(server);
	expect_scn_rsp(server);
	server_drop(server);
	server->fd = fd;
	end_quickly(server);
}

static void test_no_answer(void **state)
{
	struct server *server = server_new(CONF_A);
	struct isns *isns = server->fake->ctx.isns;

	(void)state;
	server_accept(server);
	server_expect(server, ISNS_DEV_ATTR_REG);
	assert_in_range(isns->timer.when, ev_now(), ev_now() + ISNS_ANSWER_MS);
	hurry(server, &isns->timer);
	until_state(server, ISNS_WAITING);
	assert_non_null(strstr(fake_messages, "no answer, trying again"));
	server_drop(server);
	/* refused, because it thinks that we are somebody else */
	reconnect(server);
	server_expect(server, ISNS_DEV_ATTR_REG);
	answer(server, ISNS_SOURCE_UNAUTHORIZED);
	until_state(server, ISNS_WAITING);
	assert_non_null(strstr(fake_messages, "source unauthorized"));
	server_drop(server);
	/* RFC 4171 6.3.4: no inquiries, then without */
	reconnect(server);
	server_expect(server, ISNS_DEV_ATTR_REG);
	assert_true(isns->esi_on);
	answer(server, ISNS_ESI_NOT_AVAILABLE);
	assert_int_equal(expect_registration(server, true), 1);
	assert_false(isns->esi_on);
	expect_scn_reg(server, TARGET_A);
	end_quickly(server);
}

/* the farewell is sent, whatever was under way; and nobody waits for long */
static void test_stop(void **state)
{
	struct server *server = server_ready();
	char eid[ISNS_TEXT_MAX + 1];
	uint64_t start;

	(void)state;
	strcpy(eid, server->fake->ctx.isns->eid);
	hurry(server, &server->fake->ctx.isns->refresh);
	server_expect(server, ISNS_DEV_ATTR_QRY);
	start = ev_now();
	isns_stop(&server->fake->ctx);
	assert_in_range(ev_now() - start, ISNS_STOP_MS - 100,
			ISNS_STOP_MS + 1000);
	assert_null(server->fake->ctx.isns);
	server_expect(server, ISNS_DEV_DEREG);
	expect_str(server, ISNS_TAG_NAME, TARGET_A);
	expect_nil(server, ISNS_TAG_DELIMITER);
	expect_str(server, ISNS_TAG_EID, eid);
	expect_end(server);
	isns_stop(&server->fake->ctx);
	server_free(server);
}

/* a name takes another process, and none that outlives us */
static void test_name(void **state)
{
	struct server *server = server_new(CONF_A);
	struct scstd *ctx = &server->fake->ctx;
	char text[256];

	(void)state;
	isns_stop(ctx);
	snprintf(text, sizeof(text), "iSNSServer localhost:%u\n" CONF_A,
		 server->port);
	fake_config(server->fake, text);
	assert_int_equal(isns_start(ctx), 0);
	server_accept(server);
	assert_int_equal(expect_registration(server, true), 1);
	server_drop(server);
	/* stopped in the middle of the question */
	isns_stop(ctx);
	fake_config(server->fake, "iSNSServer no.such.invalid\n" CONF_A);
	assert_int_equal(isns_start(ctx), 0);
	until_state(server, ISNS_RESOLVING);
	assert_true(ctx->isns->resolve.pid > 0);
	isns_stop(ctx);
	assert_null(ctx->isns);
	server_free(server);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refresh),
		cmocka_unit_test(test_access),
		cmocka_unit_test(test_access_switched),
		cmocka_unit_test(test_server_gone),
		cmocka_unit_test(test_server_errs),
		cmocka_unit_test(test_lost_at_once),
		cmocka_unit_test(test_esi_refused_late),
		cmocka_unit_test(test_unusable_names),
		cmocka_unit_test(test_backoff),
		cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_segments),
		cmocka_unit_test(test_endless),
		cmocka_unit_test(test_scn),
		cmocka_unit_test(test_esi),
		cmocka_unit_test(test_stranger),
		cmocka_unit_test(test_peers),
		cmocka_unit_test(test_no_descriptors),
		cmocka_unit_test(test_no_answer),
		cmocka_unit_test(test_stop),
		cmocka_unit_test(test_name),
	};

	return cmocka_run_group_tests_name("isns", tests, NULL, NULL);
}
