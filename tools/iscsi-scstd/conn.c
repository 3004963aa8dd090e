// SPDX-License-Identifier: GPL-2.0
/*
 * Connections while they are the daemon's: reads one PDU at a time, writes one
 * response at a time, and holds every phase to a deadline.
 *
 * Never reads beyond the PDU it is in: what follows the last login request is
 * the kernel's.  While a response is under way nothing is read, so a peer that
 * does not read cannot make us buffer.  No deadline moves with what the peer
 * sends, and while all places are taken those who have had theirs for long make
 * room: nobody can keep others out for good.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "scstd.h"
#include "util.h"

#define CROWDED_CHECK_MS 500

__printf(3, 0)
static void conn_log_va(struct conn *conn, struct log_limit *limit,
			const char *fmt, va_list ap)
{
	const char *name = conn->login.initiator;
	char msg[512];

	if (!log_allow(limit, ev_now()))
		return;
	vsnprintf(msg, sizeof(msg), fmt, ap);
	log_info("%s%s%s%s: %s", conn->peer, *name ? " (" : "", name,
		 *name ? ")" : "", msg);
}

/**
 * conn_log() - say something about a connection, within the budget of all peers
 * @conn: the connection
 * @fmt: what to say
 */
void conn_log(struct conn *conn, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	conn_log_va(conn, &conn->ctx->peer_log, fmt, ap);
	va_end(ap);
}

/**
 * conn_log_session() - say something about a login that has succeeded
 * @conn: the connection
 * @fmt: what to say; those who are refused do not use up its budget
 */
void conn_log_session(struct conn *conn, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	conn_log_va(conn, &conn->ctx->session_log, fmt, ap);
	va_end(ap);
}

/* a session whose initiator never learnt of it is of no use */
static void conn_abandon_session(struct conn *conn)
{
	const struct kern *kern = &conn->ctx->kern;

	conn_log(conn, "connection lost at the end of the login");
	kern->ops->session_del(kern->priv, conn->session.tid,
			       conn->session.sid);
}

/**
 * conn_free() - close a connection, or our copy of one the kernel has
 * @conn: the connection
 */
void conn_free(struct conn *conn)
{
	struct scstd *ctx = conn->ctx;
	int fd = conn->io.fd;

	if (conn->state == CONN_HANDOVER && conn->tx)
		conn_abandon_session(conn);
	ev_del(&ctx->loop, &conn->io);
	ev_timer_cancel(&ctx->loop, &conn->deadline);
	ev_timer_cancel(&ctx->loop, &conn->retry);
	close(fd);
	login_fini(conn);
	LIST_REMOVE(conn, link);
	ctx->nconns--;
	free(conn->tx);
	free(conn);
	listen_update(ctx);
}

/**
 * conn_close_all() - give all connections up that are ours
 * @ctx: the daemon
 */
void conn_close_all(struct scstd *ctx)
{
	struct conn *conn;

	while ((conn = LIST_FIRST(&ctx->conns)) != NULL)
		conn_free(conn);
}

/**
 * conn_target_gone() - a target is deleted: no login in progress may end there
 * @ctx: the daemon
 * @tid: number of the target; the next one that gets it is another one, to
 *	which nobody has authenticated
 *
 * The initiators get the answer that such a target deserves.
 */
void conn_target_gone(struct scstd *ctx, uint32_t tid)
{
	struct conn *conn;

	LIST_FOREACH(conn, &ctx->conns, link)
		if (conn->login.tid == tid)
			conn->login.tid = 0;
}

/**
 * conn_set_state() - enter a phase
 * @conn: the connection
 * @state: the phase; its deadline begins if it has one of its own
 */
void conn_set_state(struct conn *conn, enum conn_state state)
{
	struct evloop *loop = &conn->ctx->loop;

	conn->state = state;
	if (state != CONN_REINSTATE)
		ev_timer_cancel(loop, &conn->retry);
	if (state == CONN_REINSTATE)
		ev_mod(loop, &conn->io, EPOLLRDHUP);
	if (state == CONN_DISCOVERY)
		ev_timer_set(loop, &conn->deadline, DISCOVERY_TIMEOUT_MS);
	if (state == CONN_CLOSING)
		ev_timer_set(loop, &conn->deadline, LINGER_MS);
}

static void conn_deadline(struct ev_timer *timer)
{
	struct conn *conn = container_of(timer, struct conn, deadline);

	if (conn->state == CONN_REINSTATE) {
		login_refuse(conn, ISCSI_LOGIN_UNAVAILABLE,
			     "former session is still being closed");
		return;
	}
	if (conn->state == CONN_LOGIN)
		conn_log(conn, "login timed out");
	conn_free(conn);
}

/* the kernel has a session, or is to have one: such a login is as good as done */
static bool conn_has_session(const struct conn *conn)
{
	return conn->state == CONN_HANDOVER || conn->state == CONN_REINSTATE;
}

static unsigned int conn_drop_old(struct scstd *ctx, uint64_t now)
{
	struct conn *conn, *next;
	unsigned int n = 0;

	for (conn = LIST_FIRST(&ctx->conns); conn; conn = next) {
		next = LIST_NEXT(conn, link);
		if (now - conn->since < CROWDED_TIMEOUT_MS ||
		    conn_has_session(conn))
			continue;
		conn_free(conn);
		n++;
	}
	return n;
}

static void conn_crowded(struct ev_timer *timer)
{
	struct scstd *ctx = container_of(timer, struct scstd, crowded);
	uint64_t now = ev_now();
	unsigned int n;

	/* all places have been taken since, maybe by turns: so they are scarce */
	n = conn_drop_old(ctx, now);
	if (n && log_allow(&ctx->peer_log, now))
		log_warn("too many connections: dropped %u that are older than %u seconds",
			 n, CROWDED_TIMEOUT_MS / 1000);
	if (ctx->nconns == CONN_MAX)
		ev_timer_set(&ctx->loop, timer, CROWDED_CHECK_MS);
}

static void conn_retry(struct ev_timer *timer)
{
	session_start(container_of(timer, struct conn, retry));
}

/**
 * conn_send() - begin to send a response
 * @conn: the connection; no other response is under way
 * @rsp: header; the length of the data segment is filled in here
 * @data: data segment
 * @len: of @data
 *
 * Nothing is written before control is back in the event loop, so the
 * connection stays valid.
 *
 * Return: 0, or -ENOMEM: then the event loop closes the connection.
 */
int conn_send(struct conn *conn, const union pdu *rsp, const void *data,
	      uint32_t len)
{
	size_t total = ISCSI_BHS_LEN + len + iscsi_pad(len);

	conn->tx_len = 0;
	conn->tx_pos = 0;
	ev_mod(&conn->ctx->loop, &conn->io, EPOLLOUT);
	conn->tx = calloc(1, total);
	if (!conn->tx) {
		shutdown(conn->io.fd, SHUT_RDWR);
		return -ENOMEM;
	}
	conn->tx_len = total;
	memcpy(conn->tx, rsp, ISCSI_BHS_LEN);
	iscsi_dsl_put(conn->tx + offsetof(struct iscsi_bhs, dsl), len);
	if (len)
		memcpy(conn->tx + ISCSI_BHS_LEN, data, len);
	return 0;
}

/* the response is out: what comes next? */
static void conn_sent(struct conn *conn)
{
	free(conn->tx);
	conn->tx = NULL;
	if (conn->state == CONN_HANDOVER) {
		conn_log_session(conn,
				 "session %016llx of target %u established",
				 (unsigned long long)conn->session.sid,
				 conn->session.tid);
		conn_free(conn);
		return;
	}
	if (conn->state == CONN_CLOSING)
		shutdown(conn->io.fd, SHUT_WR);
	ev_mod(&conn->ctx->loop, &conn->io, EPOLLIN);
}

static void conn_write(struct conn *conn)
{
	ssize_t n;

	n = send(conn->io.fd, conn->tx + conn->tx_pos,
		 conn->tx_len - conn->tx_pos, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n < 0) {
		conn_free(conn);
		return;
	}
	conn->tx_pos += n;
	if (conn->tx_pos == conn->tx_len)
		conn_sent(conn);
}

/* nothing but the end of the connection is of interest now */
static void conn_drain(struct conn *conn)
{
	char scratch[4096];
	ssize_t n;

	n = recv(conn->io.fd, scratch, sizeof(scratch), MSG_DONTWAIT);
	if (!n || (n < 0 && errno != EAGAIN && errno != EINTR))
		conn_free(conn);
}

/* Return: bytes read, 0 for none at present, negative if the peer is gone */
static ssize_t conn_recv(struct conn *conn)
{
	void *buf = (uint8_t *)&conn->req + conn->rx_len;
	size_t len = ISCSI_BHS_LEN - conn->rx_len;
	ssize_t n;

	if (conn->rx_len >= ISCSI_BHS_LEN) {
		buf = conn->data + conn->rx_len - ISCSI_BHS_LEN;
		len = conn->rx_need - conn->rx_len;
	}
	n = recv(conn->io.fd, buf, len, MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	return n > 0 ? n : -ECONNRESET;
}

/*
 * The header is complete: decide about the rest before reading it.  Both
 * lengths have bounds that the buffer has room for.
 */
static bool conn_header(struct conn *conn)
{
	const struct iscsi_bhs *bhs = &conn->req.bhs;
	uint32_t len = iscsi_dsl_get(bhs->dsl);
	bool ok;

	if (conn->state == CONN_DISCOVERY)
		ok = discovery_accepts(conn);
	else
		ok = login_accepts(conn);
	if (ok)
		conn->rx_need = ISCSI_BHS_LEN + bhs->ahs_len * 4 + len +
				iscsi_pad(len);
	return ok;
}

static void conn_pdu(struct conn *conn)
{
	conn->rx_len = 0;
	conn->rx_need = ISCSI_BHS_LEN;
	if (conn->state == CONN_DISCOVERY)
		discovery_pdu(conn);
	else
		login_pdu(conn);
}

static void conn_read(struct conn *conn)
{
	ssize_t n;

	do {
		n = conn_recv(conn);
		if (n < 0) {
			conn_free(conn);
			return;
		}
		if (!n)
			return;
		conn->rx_len += n;
		if (conn->rx_len == ISCSI_BHS_LEN && !conn_header(conn))
			return;
	} while (conn->rx_len < conn->rx_need);
	conn_pdu(conn);
}

static void conn_event(struct ev_io *io, uint32_t events)
{
	struct conn *conn = container_of(io, struct conn, io);

	(void)events;
	if (conn->tx)
		conn_write(conn);
	else if (conn->state == CONN_CLOSING)
		conn_drain(conn);
	else if (conn->state == CONN_LOGIN || conn->state == CONN_DISCOVERY)
		conn_read(conn);
	else
		conn_free(conn);
}

/**
 * conn_shutdown() - close a connection as soon as its response is out
 * @conn: the connection
 *
 * Reads to the end first: closing a socket that has unread data would send a
 * reset, and the peer might lose our response to it.
 */
void conn_shutdown(struct conn *conn)
{
	conn_set_state(conn, CONN_CLOSING);
	if (!conn->tx)
		shutdown(conn->io.fd, SHUT_WR);
}

/**
 * conn_local() - where the initiator has reached us
 * @conn: the connection
 * @ip: result; has a port in any case
 */
void conn_local(const struct conn *conn, struct ipaddr *ip)
{
	ipaddr_of_socket(ip, conn->io.fd, false);
	if (!ip->port)
		ip->port = conn->ctx->opt.port;
}

/**
 * conn_new() - begin with an accepted connection
 * @ctx: the daemon
 * @fd: the socket; ours after success
 * @peer: address of the initiator, with its port
 *
 * Return: 0 or a negative errno.
 */
int conn_new(struct scstd *ctx, int fd, const struct ipaddr *peer)
{
	struct conn *conn = calloc(1, sizeof(*conn));
	int ret;

	if (!conn)
		return -ENOMEM;
	conn->ctx = ctx;
	conn->since = ev_now();
	conn->io.cb = conn_event;
	conn->deadline.cb = conn_deadline;
	conn->retry.cb = conn_retry;
	conn->rx_need = ISCSI_BHS_LEN;
	conn->peer_ip = *peer;
	ipaddr_text(peer, conn->peer, sizeof(conn->peer));
	ret = ev_add(&ctx->loop, &conn->io, fd, EPOLLIN);
	if (ret) {
		free(conn);
		return ret;
	}
	login_init(conn);
	LIST_INSERT_HEAD(&ctx->conns, conn, link);
	ctx->nconns++;
	ev_timer_set(&ctx->loop, &conn->deadline, LOGIN_TIMEOUT_MS);
	ctx->crowded.cb = conn_crowded;
	if (ctx->nconns == CONN_MAX && !ctx->crowded.armed)
		ev_timer_set(&ctx->loop, &ctx->crowded, CROWDED_CHECK_MS);
	listen_update(ctx);
	return 0;
}
