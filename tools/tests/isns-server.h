/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The iSNS client against a server that is a script of the test: what the test
 * expects to be sent to it, and what it answers.
 */
#ifndef TESTS_ISNS_SERVER_H
#define TESTS_ISNS_SERVER_H

#include "fake.h"
#include "isns_priv.h"

#define WAIT_MS 5000
#define TARGET_A "iqn.2026-11.org.example:a"
#define TARGET_B "iqn.2026-11.org.example:b"
#define CONF_SERVER "iSNSServer 127.0.0.1:%u\n"
#define CONF_ACCESS "iSNSAccessControl Yes\n"
#define CONF_A "Target " TARGET_A "\n"
#define CONF_B "Target " TARGET_B "\n"

#define ADDR_LOCAL "\0\0\0\0\0\0\0\0\0\0\xff\xff\x7f\0\0\1"
#define ADDR_9 "\0\0\0\0\0\0\0\0\0\0\xff\xff\xc0\0\2\x9"
#define ADDR_10 "\0\0\0\0\0\0\0\0\0\0\xff\xff\xc0\0\2\xa"
#define ADDR_IPV6 "\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\x9"

/**
 * struct server - the server
 * @fake: the daemon, which has it in its configuration
 * @listener: where it listens
 * @port: of @listener
 * @fd: connection of the client, -1 if there is none
 * @hdr: of the last message that has come
 * @buf: that message
 * @attrs: what of it has not been looked at yet
 * @msg: the answer that is being written
 */
struct server {
	struct fake *fake;
	int listener;
	uint16_t port;
	int fd;
	struct isns_hdr hdr;
	uint8_t buf[ISNS_HDR_LEN + 65536];
	struct isns_attrs attrs;
	struct isns_msg msg;
};

void pump(struct server *server);
void set_config(struct server *server, const char *targets);
struct server *server_new(const char *targets);
void server_drop(struct server *server);
void server_free(struct server *server);
void server_accept(struct server *server);
bool server_read(struct server *server, void *buf, size_t len);
void server_expect(struct server *server, uint16_t function);

/* each takes the next attribute of the message */
void expect_str(struct server *server, uint32_t tag, const char *str);
uint32_t expect_u32(struct server *server, uint32_t tag);
void expect_nil(struct server *server, uint32_t tag);
void expect_addr(struct server *server, uint32_t tag, const char *addr);

/* where the daemon listens */
uint16_t server_port(const struct server *server);

/* several attributes; port 0 stands for server_port() */
void expect_portal(struct server *server, const char *addr,
		   uint16_t port);
void expect_group(struct server *server, const char *name,
		  const char *addr, uint16_t port, bool there);
void expect_node(struct server *server, const char *name);

/* goes on behind the next one of these */
void skip_to(struct server *server, uint32_t tag);
void expect_end(struct server *server);

/* of the message that has come */
void answer_begin(struct server *server, uint32_t status);
void answer_send(struct server *server);
void answer(struct server *server, uint32_t status);

/* whole requests; takes a registration: of how many targets? */
int expect_registration(struct server *server, bool replace);
void expect_scn_reg(struct server *server, const char *name);
void expect_query(struct server *server, const char *name);

/* the answer to the question for all nodes */
void query_begin(struct server *server);
void query_add(struct server *server, const char *name, uint32_t type);
void query_answer(struct server *server, const char *name);

/* what the client makes of it */
bool allows(struct server *server, const char *target,
	    const char *initiator);
void until_allowed(struct server *server, const char *initiator,
		   bool allowed);
void until_state(struct server *server, enum isns_state state);

/* does not wait for what takes a while: timers expire at once */
void hurry(struct server *server, struct ev_timer *timer);
void reconnect(struct server *server);
int count_messages(const char *what);
void until_idle(struct server *server);
void refresh(struct server *server);

/* a client that is registered, with the list of one initiator */
struct server *server_ready(void);

/* a server that only wants to see the end */
void end_quickly(struct server *server);

#endif
