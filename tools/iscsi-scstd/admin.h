/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The admin socket: between its protocol (admin.c) and what can be done with
 * it (adminops.c).
 */
#ifndef SCSTD_ADMIN_H
#define SCSTD_ADMIN_H

#include <stdbool.h>
#include <stdint.h>

#include "admproto.h"
#include "text.h"
#include "util.h"

struct scstd;
struct admin_client;
struct kern_session;

/* bits of what a request has */
#define ADMIN_TID 0x1
#define ADMIN_SID 0x2
#define ADMIN_CID 0x4
#define ADMIN_PARAMS 0x8
#define ADMIN_FORCE 0x10

/**
 * struct admin_req - a request
 * @op: what to do
 * @object: with what
 * @has: ADMIN_* of the following
 * @tid: target id
 * @sid: session id
 * @cid: connection id
 * @params: keys and values
 * @nparams: how many
 */
struct admin_req {
	const char *op;
	const char *object;
	unsigned int has;
	uint32_t tid;
	uint64_t sid;
	uint16_t cid;
	struct text_pair params[ADM_PAIRS_MAX];
	int nparams;
};

/* the answer comes when the session has been closed */
#define ADMIN_WAIT 1

/* admin.c */
int admin_open(struct scstd *ctx);
void admin_close(struct scstd *ctx);
void admin_session_closed(struct scstd *ctx, const struct kern_session *closed);

struct scstd *admin_ctx(const struct admin_client *client);
struct text *admin_record(struct admin_client *client, const char *what);
void admin_record_end(struct admin_client *client);
int admin_wait(struct admin_client *client, uint32_t tid, uint64_t sid);
__printf(3, 4)
int admin_fail(struct admin_client *client, int error, const char *fmt, ...);

/* adminops.c */
int admin_run(struct admin_client *client, const struct admin_req *req);

#endif
