// SPDX-License-Identifier: GPL-2.0
/*
 * Login phase, target side (RFC 7143 sections 6 and 11.12/11.13): stages,
 * identification, and what each Login Request is answered with.
 *
 * Every way out is a login status; login_refuse() is the only place where one
 * other than success goes onto the wire.
 */
#include <ctype.h>
#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "scstd.h"
#include "util.h"

/**
 * login_init() - prepare a connection for its login
 * @conn: the connection
 */
void login_init(struct conn *conn)
{
	struct login *login = &conn->login;

	text_init(&login->in, TEXT_IN_MAX);
	text_init(&login->out, LOGIN_OUT_MAX);
	nego_init(&login->nego);
	conn->stat_sn = 1;
}

/**
 * login_fini() - release what a login has allocated
 * @conn: the connection
 */
void login_fini(struct conn *conn)
{
	text_free(&conn->login.in);
	text_free(&conn->login.out);
}

static void login_header(struct conn *conn, union pdu *pdu)
{
	struct iscsi_login_rsp *rsp = &pdu->login_rsp;
	const struct iscsi_login_req *req = &conn->req.login_req;
	const struct login *login = &conn->login;

	memset(pdu, 0, sizeof(*pdu));
	rsp->opcode = ISCSI_OP_LOGIN_RSP;
	rsp->flags = login->stage << 2;
	memcpy(rsp->isid, req->isid, sizeof(rsp->isid));
	rsp->tsih = htobe16(login->tsih);
	rsp->itt = req->itt;
	rsp->stat_sn = htobe32(conn->stat_sn++);
	rsp->exp_cmd_sn = htobe32(login->exp_cmd_sn);
	rsp->max_cmd_sn = htobe32(login->exp_cmd_sn);
}

/* the last response of a login that leads to no session */
static void login_end(struct conn *conn, int status, const char *data,
		      size_t len)
{
	union pdu rsp;

	login_header(conn, &rsp);
	rsp.login_rsp.status_class = status >> 8;
	rsp.login_rsp.status_detail = status;
	conn_set_state(conn, CONN_CLOSING);
	conn_send(conn, &rsp, data, len);
}

/**
 * login_refuse() - answer with an error status and close
 * @conn: the connection, with a Login Request in its header buffer
 * @status: enum iscsi_login_status
 * @why: for the log
 */
void login_refuse(struct conn *conn, int status, const char *why)
{
	conn_log(conn, "login refused (0x%04x): %s", status, why);
	login_end(conn, status, NULL, 0);
}

/**
 * login_accepts() - judge the header of a PDU of the login phase
 * @conn: the connection
 *
 * Return: true if the rest is to be read; false if the connection is being
 * closed or has been freed.
 */
bool login_accepts(struct conn *conn)
{
	const struct iscsi_bhs *bhs = &conn->req.bhs;

	if ((bhs->opcode & ISCSI_OP_MASK) != ISCSI_OP_LOGIN_REQ) {
		/* RFC 7143 6.3: the first PDU deserves no answer */
		if (!conn->login.started)
			conn_free(conn);
		else
			login_refuse(conn, ISCSI_LOGIN_INVALID,
				     "not a Login Request");
		return false;
	}
	if (bhs->ahs_len || iscsi_dsl_get(bhs->dsl) > ISCSI_DSL_DEFAULT) {
		login_refuse(conn, ISCSI_LOGIN_INITIATOR_ERR,
			     "oversized Login Request");
		return false;
	}
	return true;
}

static int login_first(struct conn *conn)
{
	const struct iscsi_login_req *req = &conn->req.login_req;
	struct login *login = &conn->login;

	login->started = true;
	memcpy(login->isid, req->isid, sizeof(login->isid));
	login->tsih = be16toh(req->tsih);
	login->cid = be16toh(req->cid);
	login->exp_cmd_sn = be32toh(req->cmd_sn);
	login->stage = ISCSI_LOGIN_CSG(req->flags);
	return 0;
}

static int login_same(const struct conn *conn)
{
	const struct iscsi_login_req *req = &conn->req.login_req;
	const struct login *login = &conn->login;

	if (memcmp(login->isid, req->isid, sizeof(login->isid)) ||
	    login->tsih != be16toh(req->tsih) ||
	    login->cid != be16toh(req->cid))
		return ISCSI_LOGIN_INITIATOR_ERR;
	return 0;
}

/* stage, transit and continue bits (RFC 7143 11.12.1 to 11.12.3) */
static int login_flags(struct conn *conn)
{
	const struct iscsi_login_req *req = &conn->req.login_req;
	struct login *login = &conn->login;
	unsigned int csg = ISCSI_LOGIN_CSG(req->flags);
	unsigned int nsg = ISCSI_LOGIN_NSG(req->flags);

	if (csg != login->stage || csg > ISCSI_STAGE_OPERATIONAL)
		return ISCSI_LOGIN_INITIATOR_ERR;
	login->transit = req->flags & ISCSI_LOGIN_TRANSIT;
	if (!login->transit)
		return 0;
	if (req->flags & ISCSI_F_CONTINUE)
		return ISCSI_LOGIN_INITIATOR_ERR;
	if (nsg <= csg || (nsg != ISCSI_STAGE_OPERATIONAL &&
			   nsg != ISCSI_STAGE_FULL_FEATURE))
		return ISCSI_LOGIN_INITIATOR_ERR;
	login->next_stage = nsg;
	return 0;
}

static int login_check(struct conn *conn)
{
	int status;

	if (conn->req.login_req.version_min)
		return ISCSI_LOGIN_BAD_VERSION;
	status = conn->login.started ? login_same(conn) : login_first(conn);
	return status ? status : login_flags(conn);
}

/* control characters that a terminal obeys: C0, DEL, and C1 in UTF-8 */
static bool is_control(const char *str)
{
	const unsigned char *c = (const unsigned char *)str;

	return c[0] < ' ' || c[0] == 0x7f ||
	       (c[0] == 0xc2 && c[1] >= 0x80 && c[1] < 0xa0);
}

/* what ends up in messages: printable, without blanks */
static bool is_printable(const char *str)
{
	return *str != ' ' && !is_control(str);
}

/*
 * RFC 3722 6.2, besides upper case and '_', which initiators use.  A '@' above
 * all must not pass: USER@NAME is what security groups call somebody who has
 * proved by CHAP to be USER.
 */
static bool is_name_char(const char *str)
{
	unsigned char c = *str;

	return c >= 0x80 ? !is_control(str) :
			   isalnum(c) || strchr("-.:_", c);
}

static bool login_name(char *to, const char *name,
		       bool (*may_have)(const char *str))
{
	size_t i;

	for (i = 0; name[i] && i < ISCSI_NAME_MAX; i++) {
		if (!may_have(&name[i]))
			return false;
		to[i] = name[i];
	}
	to[i] = '\0';
	return i && !name[i];
}

static int login_find_target(struct conn *conn, const char *name)
{
	struct login *login = &conn->login;
	const struct target *target;

	if (!name)
		return ISCSI_LOGIN_MISSING_PARAM;
	if (!login_name(login->target_name, name, is_printable))
		return ISCSI_LOGIN_NOT_FOUND;
	target = config_target(conn->ctx->conf, name);
	if (!target || !target->tid ||
	    !isns_allows(conn->ctx, target, login->initiator))
		return ISCSI_LOGIN_NOT_FOUND;
	access_refresh(&conn->ctx->access);
	if (!access_permits(&conn->ctx->access, name, &conn->peer_ip)) {
		login->why = "access rules refuse this target to its address";
		return ISCSI_LOGIN_NOT_FOUND;
	}
	login->tid = target->tid;
	login->queued = target->target[TP_QUEUED_COMMANDS];
	memcpy(login->nego.local, target->session, sizeof(target->session));
	text_add_num(&login->out, "TargetPortalGroupTag", PORTAL_GROUP_TAG);
	return 0;
}

/* who wants what: settled by the first text */
static int login_identify(struct conn *conn, const struct text_pair *pairs,
			  int n)
{
	const char *initiator = text_value(pairs, n, "InitiatorName");
	const char *target = text_value(pairs, n, "TargetName");
	const char *type = text_value(pairs, n, "SessionType");
	struct login *login = &conn->login;

	if (!initiator)
		return ISCSI_LOGIN_MISSING_PARAM;
	if (!login_name(login->initiator, initiator, is_name_char)) {
		login->initiator[0] = '\0';
		login->why = "InitiatorName is no iSCSI name";
		return ISCSI_LOGIN_INITIATOR_ERR;
	}
	login->identified = true;
	login->discovery = type && !strcmp(type, "Discovery");
	if (type && !login->discovery && strcmp(type, "Normal"))
		return ISCSI_LOGIN_BAD_TYPE;
	login->nego.discovery = login->discovery;
	login->queued = key_target(TP_QUEUED_COMMANDS)->def;
	if (login->discovery)
		return login->tsih ? ISCSI_LOGIN_NO_SESSION : 0;
	return login_find_target(conn, target);
}

/*
 * Some initiators name themselves again in the next stage: libiscsi does, when
 * it has an account and the target wants none.  It must be the same name.
 */
static bool login_same_names(const struct login *login,
			     const struct text_pair *pairs, int n)
{
	const struct {
		const char *key;
		const char *value;
	} names[] = {
		{ "InitiatorName", login->initiator },
		{ "TargetName", login->discovery ? NULL : login->target_name },
		{ "SessionType", login->discovery ? "Discovery" : "Normal" },
	};
	unsigned int j;
	int i;

	for (i = 0; i < n; i++)
		for (j = 0; j < ARRAY_SIZE(names); j++)
			if (!strcmp(pairs[i].key, names[j].key) &&
			    names[j].value &&
			    strcmp(pairs[i].value, names[j].value))
				return false;
	return true;
}

/* who has come by the address itself is not to be sent there again */
static bool is_local_portal(const struct conn *conn,
			    const struct portal *portal)
{
	struct ipaddr local, ip;

	conn_local(conn, &local);
	return portal->port == local.port &&
	       !ipaddr_parse_host(&ip, portal->host) &&
	       ipaddr_same_host(&ip, &local);
}

/*
 * RFC 7143 11.13.5 leaves it open when an initiator is sent elsewhere.  Where
 * accounts are configured, only those learn of the place who have one.
 *
 * Return: 0 if the login goes on here, or the status to send it away with
 */
static int login_moved(struct conn *conn)
{
	struct login *login = &conn->login;
	const struct target *target;

	if (login->discovery || (auth_required(conn) && !login->authenticated))
		return 0;
	target = config_target(conn->ctx->conf, login->target_name);
	if (!target || !target->redirect ||
	    is_local_portal(conn, target->redirect))
		return 0;
	return target->redirect_permanent ? ISCSI_LOGIN_MOVED_PERM :
					    ISCSI_LOGIN_MOVED_TEMP;
}

/* RFC 7143 13.8: no portal group tag in a redirection */
static void login_redirect(struct conn *conn, int status)
{
	struct login *login = &conn->login;
	const struct portal *portal;
	char value[300];

	portal = config_target(conn->ctx->conf, login->target_name)->redirect;
	snprintf(value, sizeof(value), "%s:%u", portal->host, portal->port);
	conn_log(conn, "login to %s redirected to %s", login->target_name,
		 value);
	text_reset(&login->out);
	text_add(&login->out, "TargetAddress", value);
	if (login->out.failed)
		login_refuse(conn, ISCSI_LOGIN_NO_RESOURCES, "out of memory");
	else
		login_end(conn, status, login->out.buf, login->out.len);
}

static int login_security(struct conn *conn, const struct text_pair *pairs,
			  int n)
{
	struct login *login = &conn->login;
	enum auth_result result;

	if ((login->authenticated || login->stage == ISCSI_STAGE_OPERATIONAL) &&
	    chap_has_keys(pairs, n)) {
		login->why = "keys of CHAP without CHAP";
		return ISCSI_LOGIN_INITIATOR_ERR;
	}
	if (login->stage == ISCSI_STAGE_OPERATIONAL) {
		if (!login->authenticated && auth_required(conn)) {
			login->why = "authentication skipped";
			return ISCSI_LOGIN_AUTH_FAILED;
		}
		login->authenticated = true;
		if (text_value(pairs, n, "AuthMethod"))
			text_add(&login->out, "AuthMethod", "Reject");
		return 0;
	}
	if (login->authenticated)
		return 0;
	result = auth_step(conn, pairs, n, &login->out);
	login->authenticated = result == AUTH_DONE;
	return result == AUTH_FAILED ? ISCSI_LOGIN_AUTH_FAILED : 0;
}

/*
 * A complete text has arrived.  Operational keys are answered in the security
 * stage, too: RFC 7143 wants them in their own stage, but nothing depends on
 * it, and initiators that go from security to full feature send them there.
 */
static int login_text(struct conn *conn)
{
	struct text_pair pairs[TEXT_PAIRS_MAX];
	struct login *login = &conn->login;
	int n, status;

	n = text_split(&login->in, pairs, TEXT_PAIRS_MAX);
	if (n < 0)
		return ISCSI_LOGIN_INITIATOR_ERR;
	if (!login->identified) {
		status = login_identify(conn, pairs, n);
		if (!status)
			status = login_moved(conn);
		if (status)
			return status;
	}
	if (!login_same_names(login, pairs, n))
		return ISCSI_LOGIN_INITIATOR_ERR;
	status = login_security(conn, pairs, n);
	/* which sessions there are is nothing for strangers */
	if (!status && login->authenticated && login->tsih)
		status = session_check(conn);
	if (!status)
		status = login_moved(conn);
	if (status)
		return status;
	status = nego_pairs(&login->nego, pairs, n, &login->out);
	if (status)
		return status;
	if (login->stage == ISCSI_STAGE_OPERATIONAL)
		nego_declare(&login->nego, &login->out);
	return login->out.failed ? ISCSI_LOGIN_NO_RESOURCES : 0;
}

/* Return: 0 if there is text to answer or to go on with, or a status */
static int login_take(struct conn *conn)
{
	uint32_t len = iscsi_dsl_get(conn->req.bhs.dsl);
	bool more = conn->req.bhs.flags & ISCSI_F_CONTINUE;
	struct login *login = &conn->login;
	int ret;

	if (login->out_pos < login->out.len) {
		/* asks for the rest of our answer, and for nothing else */
		return len || more ? ISCSI_LOGIN_INITIATOR_ERR : 0;
	}
	text_reset(&login->out);
	login->out_pos = 0;
	ret = text_append(&login->in, conn->data, len);
	if (ret)
		return ret == -ENOMEM ? ISCSI_LOGIN_NO_RESOURCES :
					ISCSI_LOGIN_INITIATOR_ERR;
	if (more)
		return 0;
	ret = login_text(conn);
	text_reset(&login->in);
	return ret;
}

/* the next part of the answer, and with its last part the transition */
static void login_respond(struct conn *conn)
{
	struct login *login = &conn->login;
	size_t left = login->out.len - login->out_pos;
	union pdu rsp;
	const char *data = NULL;
	size_t len = left;

	if (left > ISCSI_DSL_DEFAULT)
		len = ISCSI_DSL_DEFAULT;
	login_header(conn, &rsp);
	if (left > len) {
		rsp.login_rsp.flags |= ISCSI_F_CONTINUE;
	} else if (login->transit && login->authenticated) {
		rsp.login_rsp.flags |= ISCSI_LOGIN_TRANSIT | login->next_stage;
		login->stage = login->next_stage;
	}
	if (login->stage == ISCSI_STAGE_FULL_FEATURE) {
		rsp.login_rsp.tsih = htobe16(conn->session.tsih);
		rsp.login_rsp.max_cmd_sn = htobe32(login->exp_cmd_sn + login->queued - 1);
	}
	if (len)
		data = login->out.buf + login->out_pos;
	login->out_pos += len;
	conn_send(conn, &rsp, data, len);
}

/* would the response that is due complete the login? */
static bool login_is_final(const struct conn *conn)
{
	const struct login *login = &conn->login;

	return login->transit && login->authenticated &&
	       login->next_stage == ISCSI_STAGE_FULL_FEATURE &&
	       login->out.len - login->out_pos <= ISCSI_DSL_DEFAULT;
}

/**
 * login_finish() - the session exists: send the final response
 * @conn: the connection; its session has a TSIH
 */
void login_finish(struct conn *conn)
{
	conn_set_state(conn, conn->login.discovery ? CONN_DISCOVERY :
						     CONN_HANDOVER);
	login_respond(conn);
	if (conn->login.discovery)
		discovery_start(conn);
}

static const char *login_reason(const struct conn *conn, int status)
{
	static const struct {
		int status;
		const char *reason;
	} reasons[] = {
		{ ISCSI_LOGIN_AUTH_FAILED, "authentication failed" },
		{ ISCSI_LOGIN_NOT_FOUND, "no such target" },
		{ ISCSI_LOGIN_BAD_VERSION, "unsupported version" },
		{ ISCSI_LOGIN_TOO_MANY, "one connection per session" },
		{ ISCSI_LOGIN_MISSING_PARAM, "a required key is missing" },
		{ ISCSI_LOGIN_BAD_TYPE, "unknown session type" },
		{ ISCSI_LOGIN_NO_SESSION, "no session has this TSIH" },
		{ ISCSI_LOGIN_NO_RESOURCES, "out of resources" },
	};
	unsigned int i;

	if (conn->login.why)
		return conn->login.why;
	for (i = 0; i < ARRAY_SIZE(reasons); i++)
		if (reasons[i].status == status)
			return reasons[i].reason;
	return "protocol error";
}

/**
 * login_pdu() - a Login Request has arrived
 * @conn: the connection
 */
void login_pdu(struct conn *conn)
{
	int status = login_check(conn);

	if (!status)
		status = login_take(conn);
	if (status == ISCSI_LOGIN_MOVED_TEMP ||
	    status == ISCSI_LOGIN_MOVED_PERM) {
		login_redirect(conn, status);
	} else if (status) {
		login_refuse(conn, status, login_reason(conn, status));
	} else if (!login_is_final(conn)) {
		login_respond(conn);
	} else if (conn->login.discovery) {
		conn->session.tsih = session_new_tsih(conn->ctx);
		login_finish(conn);
	} else {
		session_start(conn);
	}
}
