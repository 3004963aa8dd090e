/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Test bed: the daemon's context on a kernel driver that is a few arrays, and
 * an initiator that is a socket pair.
 */
#ifndef TESTS_FAKE_H
#define TESTS_FAKE_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <sys/resource.h>
#include <cmocka.h>

#include "scstd.h"
#include "util.h"

#define FAKE_TARGETS 5000
#define FAKE_SESSIONS 64
#define TARGET_NAME "iqn.2026-11.org.example:disk"
#define INITIATOR_NAME "iqn.1993-08.org.debian:01:abc"

/**
 * struct fake - the test bed
 * @ctx: the daemon
 * @targets: what the kernel has
 * @ntargets: how many
 * @sessions: what the kernel has; sockfd is a copy of the connection
 * @nsessions: how many
 * @session_params: of each of them
 * @params: of the last session
 * @user: CHAP user of the last session, empty if it has none
 * @results: errors for the next calls of session_new
 * @nresults: how many
 * @target_error: result of all target calls
 * @new_limit: so many more targets can be created, 0 for any number
 * @set_error: result of target_set for the value below
 * @set_error_value: of MaxSessions
 * @set_session: parameters of the last target_set
 * @set_target: likewise
 * @set_addresses: likewise
 * @nset: calls of target_set
 * @ndeleted: calls of session_del
 * @peer: address of the initiators to come
 * @dump_error: result of session_dump, which shows nothing then
 * @del_error: result of target_del
 * @dying: the target whose deletion has begun and not ended
 * @owner: the daemon that is told about sessions that end, @ctx by default
 * @closing: ends the session that session_del has named
 * @closing_tid: its target
 * @closing_sid: its id
 * @stuck: session_del has no effect
 * @files: limit of descriptors while there are none
 */
struct fake {
	struct scstd ctx;
	struct kern_target targets[FAKE_TARGETS];
	int ntargets;
	struct kern_session sessions[FAKE_SESSIONS];
	uint32_t session_params[FAKE_SESSIONS][SP_COUNT];
	int nsessions;
	uint32_t params[SP_COUNT];
	char user[ACCOUNT_NAME_MAX + 1];
	int results[8];
	int nresults;
	int target_error;
	int new_limit;
	int set_error;
	uint32_t set_error_value;
	uint32_t set_session[SP_COUNT];
	uint32_t set_target[TP_COUNT];
	char set_addresses[ISCSI_ADDRESSES_MAX + 1];
	int nset;
	int ndeleted;
	const char *peer;
	int dump_error;
	int del_error;
	uint32_t dying;
	struct scstd *owner;
	struct ev_timer closing;
	uint32_t closing_tid;
	uint64_t closing_sid;
	bool stuck;
	struct rlimit files;
};

struct fake *fake_new(void);
void fake_free(struct fake *fake);
void fake_config(struct fake *fake, const char *text);
void fake_close_session(struct fake *fake, int index);
int fake_drop_session(struct fake *fake, int index,
		      struct kern_session *closed);

/* what the daemon sends; less than @len at the end of the connection */
size_t fake_read(struct fake *fake, int fd, void *buf, size_t len);

/* a connection that sends @stream and ends; the daemon has no reason to wait */
void fake_play(struct fake *fake, const void *stream, size_t len);

/* begin with a server that is a socket pair; its end, non-blocking, is the result */
int fake_isns_server(struct fake *fake);

/* a file of exactly that */
void fake_file(const char *path, const void *text, size_t len);

/* no descriptor is left until fake_descriptors_back() */
void fake_descriptors_gone(struct fake *fake);
void fake_descriptors_back(struct fake *fake);

/* somebody waits to be accepted, and there is no descriptor: the loop must sleep */
void fake_check_rest(struct fake *fake);

/* each within what its key allows */
void fake_check_params(const uint32_t params[SP_COUNT]);

/* messages are collected here instead of being shown */
extern char fake_messages[65536];
void fake_messages_clear(void);

/**
 * struct client - an initiator
 * @fake: the daemon that it talks to
 * @fd: its end of the connection
 * @req: template of requests
 * @rsp: last response
 * @data: its data segment
 * @len: of @data
 */
struct client {
	struct fake *fake;
	int fd;
	union pdu req;
	union pdu rsp;
	char data[1 << 20];
	uint32_t len;
};

struct client *client_new(struct fake *fake);
void client_free(struct client *client);
void client_send(struct client *client, const void *data, uint32_t len);
void client_raw(struct client *client, const void *data, size_t len);
void client_recv(struct client *client);
void client_eof(struct client *client);
bool client_has(const struct client *client, const char *pair);
void client_pump(struct client *client, int ms);

/* text written as one string literal with \0 between the pairs */
#define TEXT(s) (s), sizeof(s)
void client_login(struct client *client, uint8_t flags, const char *text,
		  size_t len);
void client_login_full(struct client *client, bool discovery);
void client_status(struct client *client, int status);

#define CSG(stage) ((stage) << 2)
#define T_TO(stage) (0x80 | (stage))
#define C_BIT 0x40
#define F_BIT 0x80
#define NORMAL_TEXT "InitiatorName=" INITIATOR_NAME "\0" \
	"TargetName=" TARGET_NAME "\0SessionType=Normal"
#define DISCOVERY_TEXT "InitiatorName=" INITIATOR_NAME "\0" \
	"SessionType=Discovery"

#endif
