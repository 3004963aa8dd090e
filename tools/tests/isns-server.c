// SPDX-License-Identifier: GPL-2.0
/*
 * An iSNS server that is a script: see isns-server.h.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "isns-server.h"

void pump(struct server *server)
{
	assert_int_equal(ev_once(&server->fake->ctx.loop, 10), 0);
}

void set_config(struct server *server, const char *targets)
{
	char text[4096];

	snprintf(text, sizeof(text), CONF_SERVER "%s", server->port, targets);
	fake_config(server->fake, text);
}

struct server *server_new(const char *targets)
{
	struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	struct server *server = calloc(1, sizeof(*server));
	socklen_t len = sizeof(addr);

	assert_non_null(server);
	server->fake = fake_new();
	server->fd = -1;
	server->listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	assert_true(server->listener >= 0);
	assert_int_equal(bind(server->listener, (struct sockaddr *)&addr, len),
			 0);
	assert_int_equal(listen(server->listener, 8), 0);
	assert_int_equal(getsockname(server->listener,
				     (struct sockaddr *)&addr, &len), 0);
	server->port = ntohs(addr.sin_port);
	server->fake->ctx.opt.addresses[0] = "127.0.0.1";
	server->fake->ctx.opt.naddresses = 1;
	server->fake->ctx.opt.port = 0;
	assert_int_equal(listen_open(&server->fake->ctx), 0);
	set_config(server, targets);
	assert_int_equal(isns_start(&server->fake->ctx), 0);
	return server;
}

void server_drop(struct server *server)
{
	close(server->fd);
	server->fd = -1;
}

void server_free(struct server *server)
{
	if (server->fd >= 0)
		server_drop(server);
	close(server->listener);
	fake_free(server->fake);
	free(server);
}

void server_accept(struct server *server)
{
	uint64_t end = ev_now() + WAIT_MS;

	do {
		pump(server);
		server->fd = accept(server->listener, NULL, NULL);
		assert_true(ev_now() < end);
	} while (server->fd < 0);
}

/* Return: false at the end of the connection */
bool server_read(struct server *server, void *buf, size_t len)
{
	return fake_read(server->fake, server->fd, buf, len) == len;
}

/* the next message; of a response, what follows status 0 */
void server_expect(struct server *server, uint16_t function)
{
	uint32_t status = 0;

	assert_true(server_read(server, server->buf, ISNS_HDR_LEN));
	assert_int_equal(isns_hdr_get(server->buf, &server->hdr), 0);
	assert_int_equal(server->hdr.function, function);
	assert_int_equal(server->hdr.flags & ~ISNS_F_REPLACE,
			 ISNS_F_CLIENT | ISNS_F_FIRST | ISNS_F_LAST);
	server->attrs.pos = server->buf + ISNS_HDR_LEN;
	server->attrs.left = server->hdr.length;
	assert_true(server_read(server, server->buf + ISNS_HDR_LEN,
				server->hdr.length));
	if (function & ISNS_RESPONSE)
		assert_int_equal(isns_get_status(&server->attrs, &status), 0);
	assert_int_equal(status, ISNS_OK);
	assert_int_equal(isns_attrs_check(server->attrs), 0);
}

/* the next attribute is a text */
void expect_str(struct server *server, uint32_t tag, const char *str)
{
	struct isns_attr attr;

	assert_int_equal(isns_get_attr(&server->attrs, &attr), 1);
	assert_int_equal(attr.tag, tag);
	assert_string_equal(isns_attr_str(&attr, ISNS_TEXT_MAX), str);
}

uint32_t expect_u32(struct server *server, uint32_t tag)
{
	struct isns_attr attr;
	uint32_t val;

	assert_int_equal(isns_get_attr(&server->attrs, &attr), 1);
	assert_int_equal(attr.tag, tag);
	assert_int_equal(isns_attr_u32(&attr, &val), 0);
	return val;
}

void expect_nil(struct server *server, uint32_t tag)
{
	struct isns_attr attr;

	assert_int_equal(isns_get_attr(&server->attrs, &attr), 1);
	assert_int_equal(attr.tag, tag);
	assert_int_equal(attr.len, 0);
}

void expect_addr(struct server *server, uint32_t tag, const char *addr)
{
	struct isns_attr attr;

	assert_int_equal(isns_get_attr(&server->attrs, &attr), 1);
	assert_int_equal(attr.tag, tag);
	assert_int_equal(attr.len, ISNS_ADDR_LEN);
	assert_memory_equal(attr.val, addr, ISNS_ADDR_LEN);
}

uint16_t server_port(const struct server *server)
{
	return server->fake->ctx.listeners[0].addr.port;
}

/* the next portal, behind whatever the one before has; its attributes follow */
void expect_portal(struct server *server, const char *addr,
		   uint16_t port)
{
	expect_addr(server, ISNS_TAG_PORTAL_ADDR, addr);
	assert_int_equal(expect_u32(server, ISNS_TAG_PORTAL_PORT),
			 port ? port : server_port(server));
}

/* a portal group: is the target to be found at this portal? */
void expect_group(struct server *server, const char *name,
		  const char *addr, uint16_t port, bool there)
{
	expect_str(server, ISNS_TAG_PG_NAME, name);
	expect_addr(server, ISNS_TAG_PG_ADDR, addr);
	assert_int_equal(expect_u32(server, ISNS_TAG_PG_PORT),
			 port ? port : server_port(server));
	if (there)
		assert_int_equal(expect_u32(server, ISNS_TAG_PG_TAG),
				 PORTAL_GROUP_TAG);
	else
		expect_nil(server, ISNS_TAG_PG_TAG);
}

void expect_node(struct server *server, const char *name)
{
	expect_str(server, ISNS_TAG_NAME, name);
	assert_int_equal(expect_u32(server, ISNS_TAG_NODE_TYPE), 1);
}

/* goes on behind the next one of these */
void skip_to(struct server *server, uint32_t tag)
{
	struct isns_attr attr;

	do {
		assert_int_equal(isns_get_attr(&server->attrs, &attr), 1);
	} while (attr.tag != tag);
}

void expect_end(struct server *server)
{
	assert_int_equal(server->attrs.left, 0);
}

void answer_begin(struct server *server, uint32_t status)
{
	isns_msg_init(&server->msg, server->hdr.function | ISNS_RESPONSE, 0,
		      server->hdr.xid);
	isns_put_status(&server->msg, status);
}

void answer_send(struct server *server)
{
	isns_msg_finish(&server->msg);
	assert_true(send(server->fd, server->msg.buf, server->msg.len,
			 MSG_NOSIGNAL) == (ssize_t)server->msg.len);
}

void answer(struct server *server, uint32_t status)
{
	answer_begin(server, status);
	answer_send(server);
}

/* takes a registration; with how many targets? */
int expect_registration(struct server *server, bool replace)
{
	struct isns_attr attr;
	int n = 0;

	server_expect(server, ISNS_DEV_ATTR_REG);
	assert_int_equal(!!(server->hdr.flags & ISNS_F_REPLACE), replace);
	while (isns_get_attr(&server->attrs, &attr) > 0)
		n += attr.tag == ISNS_TAG_NODE_TYPE;
	answer(server, ISNS_OK);
	return n;
}

void expect_scn_reg(struct server *server, const char *name)
{
	server_expect(server, ISNS_SCN_REG);
	expect_str(server, ISNS_TAG_NAME, name);
	expect_str(server, ISNS_TAG_NAME, name);
	expect_nil(server, ISNS_TAG_DELIMITER);
	assert_int_equal(expect_u32(server, ISNS_TAG_SCN_BITMAP), 0x9c);
	expect_end(server);
	answer(server, ISNS_OK);
}

/* the question for all nodes, asked as @name */
void expect_query(struct server *server, const char *name)
{
	server_expect(server, ISNS_DEV_ATTR_QRY);
	expect_str(server, ISNS_TAG_NAME, name);
	expect_nil(server, ISNS_TAG_NAME);
	expect_nil(server, ISNS_TAG_DELIMITER);
	expect_nil(server, ISNS_TAG_NAME);
	expect_nil(server, ISNS_TAG_NODE_TYPE);
	expect_end(server);
}

void query_begin(struct server *server)
{
	answer_begin(server, ISNS_OK);
	isns_put_nil(&server->msg, ISNS_TAG_NAME);
	isns_put_nil(&server->msg, ISNS_TAG_DELIMITER);
}

void query_add(struct server *server, const char *name, uint32_t type)
{
	isns_put_str(&server->msg, ISNS_TAG_NAME, name);
	isns_put_u32(&server->msg, ISNS_TAG_NODE_TYPE, type);
}

void query_answer(struct server *server, const char *name)
{
	query_begin(server);
	if (name)
		query_add(server, name, ISNS_NODE_INITIATOR);
	answer_send(server);
}

bool allows(struct server *server, const char *target,
	    const char *initiator)
{
	struct scstd *ctx = &server->fake->ctx;

	return isns_allows(ctx, config_target(ctx->conf, target), initiator);
}

/* until the client has seen what was sent to it */
void until_allowed(struct server *server, const char *initiator,
		   bool allowed)
{
	uint64_t end = ev_now() + WAIT_MS;

	while (allows(server, TARGET_A, initiator) != allowed) {
		pump(server);
		assert_true(ev_now() < end);
	}
}

void until_state(struct server *server, enum isns_state state)
{
	uint64_t end = ev_now() + WAIT_MS;

	while (server->fake->ctx.isns->state != state) {
		pump(server);
		assert_true(ev_now() < end);
	}
}

/* does not wait for what takes a while: timers expire at once */
void hurry(struct server *server, struct ev_timer *timer)
{
	assert_true(timer->armed);
	ev_timer_set(&server->fake->ctx.loop, timer, 0);
}

void reconnect(struct server *server)
{
	until_state(server, ISNS_WAITING);
	hurry(server, &server->fake->ctx.isns->timer);
	server_accept(server);
}

int count_messages(const char *what)
{
	const char *pos = fake_messages;
	int n = 0;

	for (; (pos = strstr(pos, what)) != NULL; pos++)
		n++;
	return n;
}

void until_idle(struct server *server)
{
	uint64_t end = ev_now() + WAIT_MS;

	while (server->fake->ctx.isns->step) {
		pump(server);
		assert_true(ev_now() < end);
	}
}

/* the renewal of a registration that the server still has */
void refresh(struct server *server)
{
	hurry(server, &server->fake->ctx.isns->refresh);
	server_expect(server, ISNS_DEV_ATTR_QRY);
	answer_begin(server, ISNS_OK);
	isns_put_str(&server->msg, ISNS_TAG_NAME, TARGET_A);
	isns_put_nil(&server->msg, ISNS_TAG_DELIMITER);
	isns_put_str(&server->msg, ISNS_TAG_NAME, TARGET_A);
	answer_send(server);
}

/* a client that is registered, with the list of one initiator */
struct server *server_ready(void)
{
	struct server *server = server_new(CONF_ACCESS CONF_A);

	server_accept(server);
	assert_int_equal(expect_registration(server, true), 1);
	expect_scn_reg(server, TARGET_A);
	expect_query(server, TARGET_A);
	query_answer(server, "iqn.x:one");
	until_allowed(server, "iqn.x:one", true);
	return server;
}

/* a server that only wants to see the end */
void end_quickly(struct server *server)
{
	server_drop(server);
	server_free(server);
}
