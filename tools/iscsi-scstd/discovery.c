// SPDX-License-Identifier: GPL-2.0
/*
 * Full feature phase of discovery sessions: SendTargets, NOP and logout (RFC
 * 7143 sections 4.3 and 11, appendix C).  They never reach the kernel.
 */
#include <endian.h>
#include <stdio.h>
#include <string.h>

#include "scstd.h"
#include "util.h"

#define DISCOVERY_WINDOW 32
#define DISCOVERY_TTT 1
/* 4,096 targets with long names, at PORTALS_MAX portals each */
#define DISCOVERY_OUT_MAX (8 << 20)
#define DISCOVERY_CHUNK_MAX (256 << 10)
#define PORTAL_GROUP_TAG 1

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

/* the fields that all responses have at the same place */
static void fill_rsp(struct conn *conn, union pdu *pdu, uint8_t opcode)
{
	struct iscsi_text_rsp *rsp = &pdu->text_rsp;
	uint32_t exp = conn->login.exp_cmd_sn;

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

static void add_address(struct conn *conn, const char *host, uint16_t port)
{
	char value[300];

	snprintf(value, sizeof(value), "%s:%u,%u", host, port,
		 PORTAL_GROUP_TAG);
	text_add(&conn->login.out, "TargetAddress", value);
}

/* the addresses at which the daemon can be reached, that in use first */
struct own_portals {
	struct ipaddr list[PORTALS_MAX];
	int n;
};

/*
 * The configuration may know better than the sockets which address an
 * initiator can reach: behind a port forward, or in a container.
 */
static void add_target(struct conn *conn, const struct target *target,
		       const struct own_portals *own)
{
	const struct portal_list *list = &target->portals;
	const struct portal *portal;
	char host[IPADDR_TEXT_MAX];
	int i;

	text_add(&conn->login.out, "TargetName", target->name);
	if (STAILQ_EMPTY(list))
		list = &conn->ctx->conf->portals;
	STAILQ_FOREACH(portal, list, link)
		add_address(conn, portal->host,
			    portal->port ? portal->port : own->list[0].port);
	if (!STAILQ_EMPTY(list))
		return;
	for (i = 0; i < own->n; i++) {
		ipaddr_host(&own->list[i], host, sizeof(host));
		add_address(conn, host, own->list[i].port);
	}
}

static void send_targets(struct conn *conn, const char *which)
{
	struct scstd *ctx = conn->ctx;
	const struct target *target;
	bool all = !strcmp(which, "All");
	struct own_portals own;
	struct ipaddr local;

	conn_local(conn, &local);
	own.n = portals_find(ctx, &local, own.list);
	access_refresh(&ctx->access);
	STAILQ_FOREACH(target, &ctx->conf->targets, link)
		if (target->tid && (all || !strcmp(which, target->name)) &&
		    access_permits(&ctx->access, target->name, &conn->peer_ip) &&
		    isns_allows(ctx, target, conn->login.initiator))
			add_target(conn, target, &own);
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

/* Return: false if the text is malformed */
static bool answer_text(struct conn *conn)
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
	return ok && !login->out.failed;
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
}

static bool text_continues(const struct conn *conn)
{
	return conn->text_active && conn->req.bhs.itt == conn->text_itt &&
	       conn->req.bhs.ttt == htobe32(DISCOVERY_TTT);
}

/*
 * A request with the reserved tag begins an exchange, others go on with it:
 * with more keys, or to get the rest of the answer.
 */
static void text_pdu(struct conn *conn, const uint8_t *data, uint32_t len)
{
	bool more = conn->req.bhs.flags & ISCSI_F_CONTINUE;
	struct login *login = &conn->login;

	if (conn->req.bhs.ttt == htobe32(ISCSI_TAG_NONE)) {
		conn->text_itt = conn->req.bhs.itt;
		conn->text_listed = false;
		text_reset(&login->in);
		text_reset(&login->out);
		login->out_pos = 0;
	} else if (!text_continues(conn)) {
		reject(conn, ISCSI_REJECT_INVALID_FIELD);
		return;
	}
	if (more && (conn->req.bhs.flags & ISCSI_F_FINAL)) {
		reject(conn, ISCSI_REJECT_PROTOCOL);
		return;
	}
	if (login->out_pos == login->out.len) {
		text_reset(&login->out);
		login->out_pos = 0;
		if (text_append(&login->in, data, len) ||
		    (!more && !answer_text(conn))) {
			reject(conn, ISCSI_REJECT_PROTOCOL);
			return;
		}
	}
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
		if (!(conn->req.bhs.opcode & ISCSI_OPF_IMMEDIATE))
			conn->login.exp_cmd_sn = be32toh(conn->req.bhs.sn[0]) + 1;
		requests[i].fn(conn, data, len);
		return;
	}
	/* only text, NOP and logout belong here (RFC 7143 4.3) */
	reject(conn, ISCSI_REJECT_PROTOCOL);
}
