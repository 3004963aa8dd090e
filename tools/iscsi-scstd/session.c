// SPDX-License-Identifier: GPL-2.0
/*
 * Sessions that the kernel has: which there are, and how a connection becomes
 * one.  The table follows the kernel: dumped at the start, then kept by what we
 * hand over and by the session-closed events.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "scstd.h"

#define TSIH_TRIES 64
#define REINSTATE_RETRY_MS 500
#define RESYNC_MIN_MS 1000
#define RESYNC_MAX_MS 60000

static struct session_list *session_bucket(struct scstd *ctx, uint16_t tsih)
{
	return &ctx->sessions[tsih % SESSION_BUCKETS];
}

static struct session *session_find(struct scstd *ctx, uint32_t tid,
				    uint64_t sid, uint16_t tsih)
{
	struct session *session;

	LIST_FOREACH(session, session_bucket(ctx, tsih), link)
		if (session->tid == tid && session->sid == sid)
			return session;
	return NULL;
}

static void session_add(struct scstd *ctx, const struct kern_session *from)
{
	struct session *session;

	session = session_find(ctx, from->tid, from->sid, from->tsih);
	if (!session) {
		session = calloc(1, sizeof(*session));
		if (!session)
			return;
		session->tid = from->tid;
		session->sid = from->sid;
		session->tsih = from->tsih;
		memcpy(session->isid, from->isid, sizeof(session->isid));
		session->initiator = strdup(from->initiator);
		LIST_INSERT_HEAD(session_bucket(ctx, from->tsih), session,
				 link);
	}
	session->mark = true;
}

static void session_drop(struct session *session)
{
	LIST_REMOVE(session, link);
	free(session->initiator);
	free(session);
}

/**
 * session_table_init() - prepare an empty table
 * @ctx: the daemon
 */
void session_table_init(struct scstd *ctx)
{
	int i;

	for (i = 0; i < SESSION_BUCKETS; i++)
		LIST_INIT(&ctx->sessions[i]);
}

/* takes out what the last dump has not shown, or everything */
static void session_sweep(struct scstd *ctx, bool all)
{
	struct session *session, *next;
	int i;

	for (i = 0; i < SESSION_BUCKETS; i++) {
		for (session = LIST_FIRST(&ctx->sessions[i]); session;
		     session = next) {
			next = LIST_NEXT(session, link);
			if (all || !session->mark)
				session_drop(session);
		}
	}
}

/**
 * session_table_free() - release the table
 * @ctx: the daemon
 */
void session_table_free(struct scstd *ctx)
{
	ev_timer_cancel(&ctx->loop, &ctx->resync);
	session_sweep(ctx, true);
}

static void session_seen(void *arg, const struct kern_session *session)
{
	session_add(arg, session);
}

static void session_resync(struct ev_timer *timer)
{
	session_sync(container_of(timer, struct scstd, resync));
}

/* sessions that come and go all the time can spoil each reading */
static void session_sync_later(struct scstd *ctx, int error)
{
	if (!ctx->resync_ms)
		log_warn("cannot read the sessions of the kernel, trying again: %s",
			 strerror(-error));
	ctx->resync_ms *= 2;
	if (!ctx->resync_ms)
		ctx->resync_ms = RESYNC_MIN_MS;
	if (ctx->resync_ms > RESYNC_MAX_MS)
		ctx->resync_ms = RESYNC_MAX_MS;
	ctx->resync.cb = session_resync;
	ev_timer_set(&ctx->loop, &ctx->resync, ctx->resync_ms);
}

/**
 * session_sync() - learn from the kernel which sessions there are
 * @ctx: the daemon
 *
 * At the start, and when events have been lost.
 *
 * Return: 0, or a negative errno after a message; it is tried again then, and
 * what was known before still counts.
 */
int session_sync(struct scstd *ctx)
{
	struct session *session;
	int i, ret;

	for (i = 0; i < SESSION_BUCKETS; i++)
		LIST_FOREACH(session, &ctx->sessions[i], link)
			session->mark = false;
	ret = ctx->kern.ops->session_dump(ctx->kern.priv, session_seen, ctx);
	if (ret) {
		session_sync_later(ctx, ret);
	} else {
		ev_timer_cancel(&ctx->loop, &ctx->resync);
		ctx->resync_ms = 0;
		session_sweep(ctx, false);
	}
	target_sessions_changed(ctx);
	return ret;
}

static bool session_same_nexus(const struct kern_session *a,
			       const struct kern_session *b)
{
	return a->tid == b->tid && !memcmp(a->isid, b->isid, ISCSI_ISID_LEN) &&
	       !strcmp(a->initiator, b->initiator);
}

/**
 * session_closed() - the kernel has released a session
 * @ctx: the daemon
 * @closed: the session
 *
 * A connection that waits to replace it goes on at once.
 */
void session_closed(struct scstd *ctx, const struct kern_session *closed)
{
	struct session *session;
	struct conn *conn;

	session = session_find(ctx, closed->tid, closed->sid, closed->tsih);
	if (session)
		session_drop(session);
	log_at(0, "session %016llx of target %u closed: %s",
	       (unsigned long long)closed->sid, closed->tid,
	       closed->reason ? strerror(closed->reason) : "logout");
	admin_session_closed(ctx, closed);
	LIST_FOREACH(conn, &ctx->conns, link)
		if (conn->state == CONN_REINSTATE &&
		    session_same_nexus(&conn->session, closed))
			ev_timer_set(&ctx->loop, &conn->retry, 0);
	target_sessions_changed(ctx);
}

/**
 * session_count() - sessions of a target
 * @ctx: the daemon
 * @tid: number of the target
 */
unsigned int session_count(const struct scstd *ctx, uint32_t tid)
{
	const struct session *session;
	unsigned int n = 0;
	int i;

	for (i = 0; i < SESSION_BUCKETS; i++)
		LIST_FOREACH(session, &ctx->sessions[i], link)
			n += session->tid == tid;
	return n;
}

/**
 * session_check() - judge a login that names a session
 * @conn: the connection; its TSIH is not 0
 *
 * Return: the login status that it deserves: there is one connection to a
 * session, so a second one is too many.
 */
int session_check(struct conn *conn)
{
	const struct login *login = &conn->login;
	const struct session *session;

	LIST_FOREACH(session, session_bucket(conn->ctx, login->tsih), link)
		if (session->tsih == login->tsih &&
		    session->tid == login->tid &&
		    !memcmp(session->isid, login->isid, ISCSI_ISID_LEN) &&
		    session->initiator &&
		    !strcmp(session->initiator, login->initiator))
			return ISCSI_LOGIN_TOO_MANY;
	return ISCSI_LOGIN_NO_SESSION;
}

static bool tsih_in_use(struct scstd *ctx, uint16_t tsih)
{
	const struct session *session;

	LIST_FOREACH(session, session_bucket(ctx, tsih), link)
		if (session->tsih == tsih)
			return true;
	return false;
}

/**
 * session_new_tsih() - choose a TSIH that no session has
 * @ctx: the daemon
 *
 * Return: the TSIH, or 0 if all are in use.
 */
uint16_t session_new_tsih(struct scstd *ctx)
{
	unsigned int i;

	for (i = 0; i <= UINT16_MAX; i++) {
		ctx->last_tsih++;
		if (ctx->last_tsih && !tsih_in_use(ctx, ctx->last_tsih))
			return ctx->last_tsih;
	}
	return 0;
}

static void session_fill(struct conn *conn)
{
	struct kern_session *session = &conn->session;
	struct login *login = &conn->login;

	nego_finish(&login->nego);
	session->tid = login->tid;
	session->cid = login->cid;
	memcpy(session->isid, login->isid, sizeof(session->isid));
	memcpy(session->initiator, login->initiator,
	       sizeof(session->initiator));
	session->user = *login->user ? login->user : NULL;
	session->params = login->nego.val;
	session->sockfd = conn->io.fd;
	session->exp_cmd_sn = login->exp_cmd_sn;
	/* the final login response comes before it */
	session->stat_sn = conn->stat_sn + 1;
}

/* another daemon's sessions may have a TSIH that we do not know of */
static int session_create(struct conn *conn)
{
	const struct kern *kern = &conn->ctx->kern;
	int i, ret = -EADDRINUSE;

	for (i = 0; i < TSIH_TRIES && ret == -EADDRINUSE; i++) {
		conn->session.tsih = session_new_tsih(conn->ctx);
		if (!conn->session.tsih)
			break;
		ret = kern->ops->session_new(kern->priv, &conn->session);
	}
	return ret;
}

static int session_status(int error)
{
	switch (error) {
	case -ENOENT:
		return ISCSI_LOGIN_NOT_FOUND;
	case -EPERM:
		return ISCSI_LOGIN_FORBIDDEN;
	case -ENOSPC:
	case -ENOMEM:
	case -EADDRINUSE:
		return ISCSI_LOGIN_NO_RESOURCES;
	default:
		return ISCSI_LOGIN_TARGET_ERR;
	}
}

/*
 * An older login of the same initiator port that still waits has been given up
 * by now.  If it went on it would end the session of the newer one.
 */
static void session_supersede(struct conn *conn)
{
	struct conn *old;

	LIST_FOREACH(old, &conn->ctx->conns, link)
		if (old != conn && old->state == CONN_REINSTATE &&
		    session_same_nexus(&old->session, &conn->session))
			break;
	if (old)
		conn_free(old);
}

/* a reload during the login may have taken the target away */
static bool session_has_target(const struct conn *conn)
{
	const struct login *login = &conn->login;
	const struct target *target;

	target = config_target(conn->ctx->conf, login->target_name);
	return target && target->tid == login->tid;
}

/**
 * session_start() - the login has succeeded: hand the connection to the kernel
 * @conn: the connection
 *
 * While a session of the same initiator port is being closed (RFC 7143 6.3.5)
 * the connection waits; the deadline of its login bounds that.
 */
void session_start(struct conn *conn)
{
	int ret;

	if (!session_has_target(conn)) {
		login_refuse(conn, ISCSI_LOGIN_NOT_FOUND,
			     "its target has been removed");
		return;
	}
	session_fill(conn);
	if (conn->state != CONN_REINSTATE)
		session_supersede(conn);
	ret = session_create(conn);
	if (ret == -EEXIST) {
		if (conn->state != CONN_REINSTATE)
			conn_log_session(conn, "replaces a session of its own");
		conn_set_state(conn, CONN_REINSTATE);
		ev_timer_set(&conn->ctx->loop, &conn->retry,
			     REINSTATE_RETRY_MS);
		return;
	}
	if (ret) {
		login_refuse(conn, session_status(ret), strerror(-ret));
		return;
	}
	session_add(conn->ctx, &conn->session);
	login_finish(conn);
}
