// SPDX-License-Identifier: GPL-2.0
/*
 * Full feature phase of discovery sessions: SendTargets, NOP and logout (RFC
 * 7143 sections 4.3 and 11, appendix C).  They never reach the kernel.
 */
#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "scstd.h"
#include "util.h"

#define DISCOVERY_WINDOW 32
#define DISCOVERY_TTT 1
/* 4,096 targets with long names, at PORTALS_MAX portals each */
#define DISCOVERY_OUT_MAX (8 << 20)
/* of all sessions; the memory of the daemon is locked */
#define DISCOVERY_TOTAL_MAX (64 << 20)
/* lists that a session may leave unread, for others */
#define DISCOVERY_UNREAD_MAX 4
#define DISCOVERY_CHUNK_MAX (256 << 10)

/**
 * discovery_accepts() - judge the header of a PDU of a discovery session
 * @conn: the connection
 *
 * Return: true if the rest is to be read; false if the connection is gone.
 */
bool discovery_accepts(struct conn *conn)
{
	/* we have declared no other limit than the default */
	if (iscsi_dsl_get(conn->req.bhs.dsl) <= ISCSI_DSL_DEFAULT)
		return true;
	conn_free(conn);
	return false;
}

/* anybody can have a discovery session: they must not take all the places */
static void limit_sessions(struct conn *newest)
{
	struct conn *conn, *oldest = NULL;
	unsigned int n = 1;

	LIST_FOREACH(conn, &newest->ctx->conns, link) {
		if (conn == newest || conn->state != CONN_DISCOVERY)
			continue;
		oldest = conn;
		n++;
	}
	if (n > DISCOVERY_MAX)
		conn_free(oldest);
}

/**
 * discovery_start() - the login of a discovery session is complete
 * @conn: the connection; the oldest one may have to make room for it
 */
void discovery_start(struct conn *conn)
{
	struct login *login = &conn->login;

	text_free(&login->in);
	text_free(&login->out);
	text_init(&login->out, DISCOVERY_OUT_MAX);
	login->out_pos = 0;
	limit_sessions(conn);
}

/*
 * The fields that all responses have at the same place.  A request that is
 * rejected is discarded, so its number is still to come.
 */
static void fill_rsp(struct conn *conn, union pdu *pdu, uint8_t opcode)
{
	struct iscsi_text_rsp *rsp = &pdu->text_rsp;
	uint32_t exp;

	if (opcode != ISCSI_OP_REJECT &&
	    !(conn->req.bhs.opcode & ISCSI_OPF_IMMEDIATE))
		conn->login.exp_cmd_sn = be32toh(conn->req.bhs.sn[0]) + 1;
	exp = conn->login.exp_cmd_sn;
	memset(pdu, 0, sizeof(*pdu));
	rsp->opcode = opcode;
	rsp->flags = ISCSI_F_FINAL;
	rsp->itt = conn->req.bhs.itt;
	rsp->stat_sn = htobe32(conn->stat_sn++);
	rsp->exp_cmd_sn = htobe32(exp);
	rsp->max_cmd_sn = htobe32(exp + DISCOVERY_WINDOW - 1);
}

static void reject(struct conn *conn, uint8_t reason)
{
	union pdu rsp;

	conn->text_active = false;
	fill_rsp(conn, &rsp, ISCSI_OP_REJECT);
	rsp.reject.reason = reason;
	rsp.reject.tag = htobe32(ISCSI_TAG_NONE);
	conn_send(conn, &rsp, &conn->req.bhs, ISCSI_BHS_LEN);
}

static void add_address(struct text *text, const char *host, uint16_t port)
{
	char value[300];

	snprintf(value, sizeof(value), "%s:%u,%u", host, port,
		 PORTAL_GROUP_TAG);
	text_add(text, "TargetAddress", value);
}

/* @port: for those that have none */
static void add_portals(struct text *text, const struct portal_list *list,
			uint16_t port)
{
	const struct portal *portal;

	STAILQ_FOREACH(portal, list, link)
		add_address(text, portal->host,
			    portal->port ? portal->port : port);
}

/*
 * The addresses of targets for which the configuration names none.  It may
 * know better than the sockets which one an initiator can reach: behind a port
 * forward, or in a container.
 */
static void add_common(struct text *text, const struct scstd *ctx,
		       const struct ipaddr *local)
{
	struct ipaddr own[PORTALS_MAX];
	char host[IPADDR_TEXT_MAX];
	int i, n;

	n = portals_find(ctx, local, own);
	for (i = 0; i < n; i++) {
		ipaddr_host(&own[i], host, sizeof(host));
		add_address(text, host, own[i].port);
	}
}

static bool is_named(struct conn *conn, const struct target *target,
		     const char *which)
{
	struct scstd *ctx = conn->ctx;

	return target->tid &&
	       (!strcmp(which, "All") || !strcmp(which, target->name)) &&
	       access_permits(&ctx->access, target->name, &conn->peer_ip) &&
	       isns_allows(ctx, target, conn->login.initiator);
}

/* what the answers of all others leave */
static size_t room_for(const struct conn *conn)
{
	size_t left = DISCOVERY_TOTAL_MAX;
	const struct conn *other;

	LIST_FOREACH(other, &conn->ctx->conns, link)
		if (other != conn && other->state == CONN_DISCOVERY)
			left -= other->login.out.cap < left ?
				other->login.out.cap : left;
	return left < DISCOVERY_OUT_MAX ? left : DISCOVERY_OUT_MAX;
}

static void send_targets(struct conn *conn, const char *which)
{
	struct text common, *out = &conn->login.out;
	struct scstd *ctx = conn->ctx;
	const struct portal_list *portals;
	const struct target *target;
	struct ipaddr local;

	conn_local(conn, &local);
	text_init(&common, DISCOVERY_OUT_MAX);
	/* no target is without addresses if there are some for all */
	if (STAILQ_EMPTY(&ctx->conf->portals))
		add_common(&common, ctx, &local);
	out->max = room_for(conn);
	access_refresh(&ctx->access);
	STAILQ_FOREACH(target, &ctx->conf->targets, link) {
		if (!is_named(conn, target, which))
			continue;
		text_add(out, "TargetName", target->name);
		portals = portals_configured(ctx->conf, target);
		if (STAILQ_EMPTY(portals))
			text_append(out, common.buf, common.len);
		else
			add_portals(out, portals, local.port);
	}
	out->failed |= common.failed;
	text_free(&common);
}

/*
 * A list of targets is much longer than its request: one in an exchange is all
 * that RFC 7143 appendix C knows.
 *
 * Return: false if this is one too many.
 */
static bool answer_pair(struct conn *conn, const struct text_pair *pair)
{
	struct login *login = &conn->login;

	if (strcmp(pair->key, "SendTargets")) {
		nego_full_feature(&login->nego, pair, &login->out);
		return true;
	}
	if (conn->text_listed)
		return false;
	conn->text_listed = true;
	send_targets(conn, pair->value);
	return true;
}

/* the room that it had is not that of the next one */
static void drop_answer(struct login *login)
{
	text_free(&login->out);
	login->out.max = DISCOVERY_OUT_MAX;
	login->out_pos = 0;
}

/* Return: 0, or the reason to reject the request */
static uint8_t answer_text(struct conn *conn)
{
	struct text_pair pairs[TEXT_PAIRS_MAX];
	struct login *login = &conn->login;
	bool ok;
	int i, n;

	n = text_split(&login->in, pairs, TEXT_PAIRS_MAX);
	ok = n >= 0;
	for (i = 0; i < n && ok; i++)
		ok = answer_pair(conn, &pairs[i]);
	text_reset(&login->in);
	if (!ok)
		return ISCSI_REJECT_PROTOCOL;
	if (!login->out.failed)
		return 0;
	conn_log(conn, "discovery: no memory for the answer");
	drop_answer(login);
	return ISCSI_REJECT_LONG_OPERATION;
}

/* the next part of the answer; the last one ends the exchange if it may */
static void respond_text(struct conn *conn)
{
	uint32_t max = conn->login.nego.val[SP_MAX_XMIT_SEGMENT];
	struct login *login = &conn->login;
	size_t len = login->out.len - login->out_pos;
	bool final = conn->req.bhs.flags & ISCSI_F_FINAL;
	const char *data = NULL;
	union pdu rsp;

	if (max > DISCOVERY_CHUNK_MAX)
		max = DISCOVERY_CHUNK_MAX;
	fill_rsp(conn, &rsp, ISCSI_OP_TEXT_RSP);
	rsp.text_rsp.flags = final ? ISCSI_F_FINAL : 0;
	if (len > max) {
		len = max;
		rsp.text_rsp.flags = ISCSI_F_CONTINUE;
	}
	conn->text_active = !(rsp.text_rsp.flags & ISCSI_F_FINAL);
	rsp.text_rsp.ttt = htobe32(conn->text_active ? DISCOVERY_TTT :
					      ISCSI_TAG_NONE);
	if (len)
		data = login->out.buf + login->out_pos;
	login->out_pos += len;
	conn_send(conn, &rsp, data, len);
	/* it is a copy that is sent: others may need the room */
	if (login->out_pos == login->out.len)
		drop_answer(login);
}

static bool text_continues(const struct conn *conn)
{
	return conn->text_active && conn->req.bhs.itt == conn->text_itt &&
	       conn->req.bhs.ttt == htobe32(DISCOVERY_TTT);
}

/*
 * To make a list is much more work than to ask for it, so one that is not
 * fetched to its end is not made again and again.
 *
 * Return: 0, or the reason to reject the request
 */
static uint8_t begin_text(struct conn *conn)
{
	struct login *login = &conn->login;

	if (login->out_pos < login->out.len &&
	    ++conn->text_unread > DISCOVERY_UNREAD_MAX)
		return ISCSI_REJECT_LONG_OPERATION;
	conn->text_itt = conn->req.bhs.itt;
	conn->text_listed = false;
	text_reset(&login->in);
	drop_answer(login);
	return 0;
}

/* Return: 0 if there is an answer, or the reason to reject the request */
static uint8_t take_text(struct conn *conn, const uint8_t *data, uint32_t len)
{
	bool more = conn->req.bhs.flags & ISCSI_F_CONTINUE;
	struct login *login = &conn->login;

	if (more && (conn->req.bhs.flags & ISCSI_F_FINAL))
		return ISCSI_REJECT_PROTOCOL;
	/* asks for the rest of our answer, and for nothing else */
	if (login->out_pos < login->out.len)
		return len || more ? ISCSI_REJECT_PROTOCOL : 0;
	switch (text_append(&login->in, data, len)) {
	case 0:
		return more ? 0 : answer_text(conn);
	case -ENOMEM:
		return ISCSI_REJECT_LONG_OPERATION;
	default:
		return ISCSI_REJECT_PROTOCOL;
	}
}

/*
 * A request with the reserved tag begins an exchange, others go on with it:
 * with more keys, or to get the rest of the answer.
 */
static void text_pdu(struct conn *conn, const uint8_t *data, uint32_t len)
{
	uint8_t reason = 0;

	if (conn->req.bhs.ttt == htobe32(ISCSI_TAG_NONE))
		reason = begin_text(conn);
	else if (!text_continues(conn))
		reason = ISCSI_REJECT_INVALID_FIELD;
	if (!reason)
		reason = take_text(conn, data, len);
	if (reason)
		reject(conn, reason);
	else
		respond_text(conn);
}

static void nop_pdu(struct conn *conn, const uint8_t *data, uint32_t len)
{
	uint32_t max = conn->login.nego.val[SP_MAX_XMIT_SEGMENT];
	union pdu rsp;

	if (conn->req.bhs.itt == htobe32(ISCSI_TAG_NONE))
		return;
	fill_rsp(conn, &rsp, ISCSI_OP_NOP_IN);
	memcpy(rsp.nop_in.lun, conn->req.bhs.lun, sizeof(rsp.nop_in.lun));
	rsp.nop_in.ttt = htobe32(ISCSI_TAG_NONE);
	conn_send(conn, &rsp, data, len < max ? len : max);
}

static uint8_t logout_check(const struct conn *conn)
{
	const struct iscsi_logout_req *req = &conn->req.logout_req;

	switch (req->flags & ISCSI_LOGOUT_MASK) {
	case ISCSI_LOGOUT_SESSION:
		return ISCSI_LOGOUT_RSP_CLOSED;
	case ISCSI_LOGOUT_CONN:
		return be16toh(req->cid) == conn->login.cid ?
		       ISCSI_LOGOUT_RSP_CLOSED : ISCSI_LOGOUT_RSP_NO_CID;
	default:
		return ISCSI_LOGOUT_RSP_NO_RECOVERY;
	}
}

static void logout_pdu(struct conn *conn, const uint8_t *data, uint32_t len)
{
	union pdu rsp;

	(void)data;
	(void)len;
	fill_rsp(conn, &rsp, ISCSI_OP_LOGOUT_RSP);
	rsp.logout_rsp.response = logout_check(conn);
	conn_send(conn, &rsp, NULL, 0);
	if (rsp.logout_rsp.response == ISCSI_LOGOUT_RSP_CLOSED)
		conn_shutdown(conn);
}

static const struct {
	uint8_t opcode;
	void (*fn)(struct conn *conn, const uint8_t *data, uint32_t len);
} requests[] = {
	{ ISCSI_OP_NOP_OUT, nop_pdu },
	{ ISCSI_OP_TEXT_REQ, text_pdu },
	{ ISCSI_OP_LOGOUT_REQ, logout_pdu },
};

/**
 * discovery_pdu() - a PDU of a discovery session has arrived
 * @conn: the connection
 */
void discovery_pdu(struct conn *conn)
{
	const uint8_t *data = conn->data + conn->req.bhs.ahs_len * 4;
	uint32_t len = iscsi_dsl_get(conn->req.bhs.dsl);
	uint8_t opcode = conn->req.bhs.opcode & ISCSI_OP_MASK;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(requests); i++) {
		if (requests[i].opcode != opcode)
			continue;
		requests[i].fn(conn, data, len);
		return;
	}
	/* only text, NOP and logout belong here (RFC 7143 4.3) */
	reject(conn, ISCSI_REJECT_PROTOCOL);
}
