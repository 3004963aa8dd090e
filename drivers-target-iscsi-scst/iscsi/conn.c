// SPDX-License-Identifier: GPL-2.0
/*
 * Connections: the one work item that does everything, and their end.
 * Needs no lock, see below; knows neither sockets nor SCSI.
 *
 * Contexts
 * --------
 * io_work owns the connection.  A work item never runs twice at a time, so all
 * fields marked "io_work only" need no lock: receiving, the command window,
 * commands, sending.  Everybody else sets a bit in conn->flags or adds to
 * conn->finished, both without a lock, and kicks io_work:
 *
 *   socket callbacks (softirq)		RX, EOF, CLOSE
 *   respond() and tm_done() of the core (any context)	conn->finished
 *   abort() of the core (under its lock)	ABORTS
 *   the driver's one timer			PING, RETRY, CLOSE
 *   netlink handlers				CLOSE, ASK_LOGOUT
 *
 * When respond() is called from within io_work itself, which is the rule for
 * commands that need not wait, the response goes to the batch directly.
 *
 * io_work sleeps only for memory, the socket lock and the core's parse step;
 * it never waits for the peer, another session or I/O.
 *
 * Lifetime
 * --------
 * session-new creates the session, session_put() of the last reference frees
 * it; between the two:
 *
 * 1. Anybody may ask for the end with scst_iscsi_conn_close(); the first
 *    reason counts.
 * 2. io_work lets go of the socket (from here on no socket callback comes),
 *    drops what it has half received or half sent, ends commands that wait for
 *    data and goes to state CLOSED.  It goes on running: commands that are
 *    still being executed come back through respond() and are finished without
 *    a word.
 * 3. close_work unregisters the core's session, which aborts its commands.
 * 4. The core calls released() when the last of them is finished.  That drops
 *    the session's first reference; each pending task management function has
 *    one, too.
 * 5. release_work waits (by coming back later, not by sleeping) until TCP has
 *    let go of all cached pages, takes the session off its target's list,
 *    waits for those who are about to kick io_work, tells the daemon and
 *    frees it.
 *
 * The target outlives its sessions because it counts them; the module waits
 * for its targets.
 */
#include <linux/jiffies.h>
#include <linux/rcupdate.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>

#include "iscsi_priv.h"
#include "trace.h"
#include "transport.h"

/* Of io_work in a row; each receives and sends a MiB, or a PDU more */
#define SCST_ISCSI_ROUNDS	4
#define SCST_ISCSI_LOGOUT_WAIT	(3 * HZ)	/* for the peer's logout */
#define SCST_ISCSI_FIN_WAIT	(5 * HZ)	/* for the peer's FIN */

/**
 * scst_iscsi_conn_kick - let io_work look at the connection
 * @conn: connection
 *
 * Context: any.
 */
void scst_iscsi_conn_kick(struct scst_iscsi_conn *conn)
{
	int cpu = READ_ONCE(conn->cpu);

	if (unlikely(!test_bit(SCST_ISCSI_CONN_STARTED, &conn->flags)))
		return;
	queue_work_on(cpu < 0 ? WORK_CPU_UNBOUND : cpu, scst_iscsi_wq,
		      &conn->io_work);
}

/**
 * scst_iscsi_conn_close - end the connection and its session
 * @conn: connection
 * @err: positive errno for the daemon, 0 for a logout
 *
 * Context: any.
 */
void scst_iscsi_conn_close(struct scst_iscsi_conn *conn, int err)
{
	if (cmpxchg(&conn->reason, -1, err) != -1)
		return;
	trace_scst_iscsi_close(to_session(conn)->sid, err);
	set_bit(SCST_ISCSI_CONN_CLOSE, &conn->flags);
	scst_iscsi_conn_kick(conn);
}

/**
 * scst_iscsi_conn_ask_logout - ask the initiator to log out, then insist
 * @conn: connection
 *
 * Context: any.
 */
void scst_iscsi_conn_ask_logout(struct scst_iscsi_conn *conn)
{
	set_bit(SCST_ISCSI_CONN_ASK_LOGOUT, &conn->flags);
	scst_iscsi_conn_kick(conn);
}

/* Put something finished into the send queue */
static void scst_iscsi_conn_enqueue(struct scst_iscsi_conn *conn,
				    struct scst_iscsi_out *out)
{
	if (out->kind == SCST_ISCSI_OUT_CMD &&
	    scst_iscsi_cmd_hold_response(out_to_cmd(out)))
		return;
	list_add_tail(&out->entry, &conn->tx.queue);
}

/**
 * scst_iscsi_conn_queue - there is something to send
 * @conn: connection
 * @out: what
 *
 * Context: any, including hard interrupt.
 */
void scst_iscsi_conn_queue(struct scst_iscsi_conn *conn,
			   struct scst_iscsi_out *out)
{
	if (READ_ONCE(conn->owner) == current && in_task()) {
		scst_iscsi_conn_enqueue(conn, out);
		return;
	}
	/*
	 * In the list it may be found by an io_work that runs already, and its
	 * end may be that of the session, which therefore waits for RCU.
	 */
	rcu_read_lock();
	if (llist_add(&out->llist, &conn->finished))
		scst_iscsi_conn_kick(conn);
	rcu_read_unlock();
}

static void scst_iscsi_conn_collect(struct scst_iscsi_conn *conn)
{
	struct scst_iscsi_out *out, *next;
	struct llist_node *list;

	if (llist_empty(&conn->finished))
		return;
	list = llist_reverse_order(llist_del_all(&conn->finished));
	llist_for_each_entry_safe(out, next, list, llist)
		scst_iscsi_conn_enqueue(conn, out);
}

static void scst_iscsi_conn_set_state(struct scst_iscsi_conn *conn,
				      enum scst_iscsi_conn_state state)
{
	trace_scst_iscsi_state(to_session(conn)->sid, state);
	WRITE_ONCE(conn->state, state);
}

/**
 * scst_iscsi_conn_logged_out - the last PDU was sent
 * @conn: connection
 *
 * The peer is expected to close; if it does not it is made to.
 *
 * Context: io_work.
 */
void scst_iscsi_conn_logged_out(struct scst_iscsi_conn *conn)
{
	scst_iscsi_conn_set_state(conn, SCST_ISCSI_LOGGED_OUT);
	WRITE_ONCE(conn->close_at, (jiffies + SCST_ISCSI_FIN_WAIT) | 1);
	scst_iscsi_tcp_shutdown(conn);
}

/* Step 2 of the end */
static void scst_iscsi_conn_stop(struct scst_iscsi_conn *conn)
{
	struct scst_iscsi_session *sess = to_session(conn);

	if (conn->state == SCST_ISCSI_LOGGED_OUT)
		conn->reason = 0;
	scst_iscsi_tcp_detach(conn, true);
	scst_iscsi_conn_set_state(conn, SCST_ISCSI_CLOSED);
	scst_iscsi_rx_stop(conn);
	scst_iscsi_order_stop(conn);
	scst_iscsi_tx_stop(conn);
	scst_iscsi_cmds_stop(conn);
	scst_iscsi_conn_collect(conn);
	scst_iscsi_tx_drop_queue(conn);
	queue_work(scst_iscsi_mgmt_wq, &sess->close_work);
}

static void scst_iscsi_conn_ask(struct scst_iscsi_conn *conn)
{
	if (conn->close_at)
		return;
	/* Before its first PDU the peer may not know that the login is over */
	if (!test_bit(SCST_ISCSI_CONN_FFP, &conn->flags)) {
		scst_iscsi_conn_close(conn, ESHUTDOWN);
		return;
	}
	WRITE_ONCE(conn->close_at, (jiffies + SCST_ISCSI_LOGOUT_WAIT) | 1);
	scst_iscsi_send_async_logout(conn);
}

/* What happens rarely */
static void scst_iscsi_conn_events(struct scst_iscsi_conn *conn)
{
	if (test_and_clear_bit(SCST_ISCSI_CONN_ABORTS, &conn->flags))
		scst_iscsi_cmds_aborted(conn);
	if (conn->state != SCST_ISCSI_FULL_FEATURE)
		return;
	if (test_and_clear_bit(SCST_ISCSI_CONN_ASK_LOGOUT, &conn->flags))
		scst_iscsi_conn_ask(conn);
	if (test_and_clear_bit(SCST_ISCSI_CONN_PING, &conn->flags))
		scst_iscsi_send_ping(conn);
}

#define SCST_ISCSI_CONN_EVENTS (BIT(SCST_ISCSI_CONN_ABORTS) | \
				BIT(SCST_ISCSI_CONN_ASK_LOGOUT) | \
				BIT(SCST_ISCSI_CONN_PING))

/* One turn at everything; true if another one makes sense */
static bool scst_iscsi_conn_round(struct scst_iscsi_conn *conn)
{
	bool more;

	if (unlikely(conn->state == SCST_ISCSI_CLOSED)) {
		scst_iscsi_conn_collect(conn);
		scst_iscsi_tx_drop_queue(conn);
		return false;
	}
	if (unlikely(test_bit(SCST_ISCSI_CONN_CLOSE, &conn->flags))) {
		scst_iscsi_conn_stop(conn);
		return false;
	}

	scst_iscsi_rx(conn);
	if (unlikely(READ_ONCE(conn->flags) & SCST_ISCSI_CONN_EVENTS))
		scst_iscsi_conn_events(conn);
	scst_iscsi_conn_collect(conn);
	more = scst_iscsi_tx(conn);
	/* Its turn is over, or what was sent has made room to receive */
	more |= scst_iscsi_rx_pending(conn);
	if (unlikely(test_bit(SCST_ISCSI_CONN_EOF, &conn->flags)) && !more)
		scst_iscsi_conn_close(conn, ECONNRESET);
	return more;
}

static void scst_iscsi_io_work(struct work_struct *work)
{
	struct scst_iscsi_conn *conn = container_of(work,
						    struct scst_iscsi_conn,
						    io_work);
	int rounds = SCST_ISCSI_ROUNDS;
	unsigned int noio;
	bool more;

	/* Memory must not be reclaimed through a disk that we serve */
	noio = memalloc_noio_save();
	WRITE_ONCE(conn->owner, current);
	do {
		more = scst_iscsi_conn_round(conn);
	} while (more && --rounds);
	WRITE_ONCE(conn->owner, NULL);
	memalloc_noio_restore(noio);
	if (more)
		scst_iscsi_conn_kick(conn);
}

/* Does somebody wait too long for the peer? */
static int scst_iscsi_conn_check(struct scst_iscsi_conn *conn,
				 unsigned long now)
{
	const u32 *tp = to_session(conn)->tparams.val;
	unsigned long since, rsp = tp[SCST_ISCSI_RSP_TIMEOUT] * HZ;

	since = READ_ONCE(conn->close_at);
	if (since && time_after(now, since))
		return -ESHUTDOWN;
	since = READ_ONCE(conn->tx.blocked_since);
	if (since && time_after(now, since + rsp))
		return -ETIMEDOUT;
	since = READ_ONCE(conn->data_since);
	if (since && time_after(now, since + rsp))
		return -ETIMEDOUT;
	since = READ_ONCE(conn->ping_sent);
	if (!since)
		return 0;
	/* Somebody who sends something else is alive, too */
	if (time_after(READ_ONCE(conn->last_rx), since))
		since = READ_ONCE(conn->last_rx);
	if (time_after(now, since + tp[SCST_ISCSI_NOP_IN_TIMEOUT] * HZ))
		return -ETIMEDOUT;
	return 0;
}

/**
 * scst_iscsi_conn_tick - look at the deadlines of a connection
 * @conn: connection
 * @now: jiffies
 *
 * Context: once a second, from the driver's timer.
 */
void scst_iscsi_conn_tick(struct scst_iscsi_conn *conn, unsigned long now)
{
	u32 interval = to_session(conn)->tparams.val[SCST_ISCSI_NOP_IN_INTERVAL];
	int err;

	if (!test_bit(SCST_ISCSI_CONN_STARTED, &conn->flags) ||
	    READ_ONCE(conn->state) == SCST_ISCSI_CLOSED)
		return;
	err = scst_iscsi_conn_check(conn, now);
	if (err) {
		scst_iscsi_conn_close(conn, -err);
		return;
	}
	if (test_and_clear_bit(SCST_ISCSI_CONN_RETRY, &conn->flags))
		scst_iscsi_conn_kick(conn);
	if (interval && test_bit(SCST_ISCSI_CONN_FFP, &conn->flags) &&
	    !READ_ONCE(conn->ping_sent) &&
	    time_after(now, READ_ONCE(conn->last_rx) + interval * HZ)) {
		set_bit(SCST_ISCSI_CONN_PING, &conn->flags);
		scst_iscsi_conn_kick(conn);
	}
}

/**
 * scst_iscsi_conn_init - prepare the connection of a new session
 * @sess: session, zeroed but for its parameters
 * @args: what the daemon said
 *
 * Context: the daemon's process, may sleep.
 * Return: 0 or a negative errno.
 */
int scst_iscsi_conn_init(struct scst_iscsi_session *sess,
			 const struct scst_iscsi_session_args *args)
{
	u32 window = sess->tparams.val[SCST_ISCSI_QUEUED_COMMANDS];
	struct scst_iscsi_conn *conn = &sess->conn;
	int ret;

	INIT_WORK(&conn->io_work, scst_iscsi_io_work);
	init_llist_head(&conn->finished);
	INIT_LIST_HEAD(&conn->ahead);
	INIT_LIST_HEAD(&conn->r2ts);
	INIT_LIST_HEAD(&conn->expected);
	conn->last_rx = jiffies;
	scst_iscsi_cmdsn_init(&conn->cmdsn, args->exp_cmd_sn, window);
	conn->max_slots = window + SCST_ISCSI_SPARE_CMDS;
	conn->slots = kvcalloc(conn->max_slots, sizeof(*conn->slots),
			       GFP_KERNEL);
	if (!conn->slots)
		return -ENOMEM;
	scst_iscsi_rx_init(conn);
	scst_iscsi_tx_init(conn, args->stat_sn);
	ret = scst_iscsi_tcp_attach(conn, args->sockfd);
	if (ret)
		kvfree(conn->slots);
	return ret;
}

/**
 * scst_iscsi_conn_start - let io_work run
 * @conn: connection; if the peer has gone its end begins at once
 *
 * Context: process, may sleep.
 */
void scst_iscsi_conn_start(struct scst_iscsi_conn *conn)
{
	u32 timeout = to_session(conn)->tparams.val[SCST_ISCSI_RSP_TIMEOUT];
	int ret;

	ret = scst_iscsi_tcp_start(conn, timeout);
	if (ret)
		scst_iscsi_conn_close(conn, -ret);
	set_bit(SCST_ISCSI_CONN_RX, &conn->flags);
	/* Kicks were ignored until now, what they were for was noted */
	set_bit(SCST_ISCSI_CONN_STARTED, &conn->flags);
	scst_iscsi_conn_kick(conn);
}

/**
 * scst_iscsi_conn_idle - is there nothing left that would use the connection?
 * @conn: connection in state CLOSED or never started
 *
 * Context: process, may sleep.
 * Return: true if it can be destroyed.
 */
bool scst_iscsi_conn_idle(struct scst_iscsi_conn *conn)
{
	if (!scst_iscsi_tcp_idle(conn))
		return false;
	flush_work(&conn->io_work);
	return !conn->nr_busy && !conn->nr_ctls;
}

/**
 * scst_iscsi_conn_destroy - free what belongs to a connection
 * @conn: idle connection
 *
 * Context: process, may sleep.
 */
void scst_iscsi_conn_destroy(struct scst_iscsi_conn *conn)
{
	scst_iscsi_tcp_detach(conn, false);
	scst_iscsi_tcp_free(conn);
	scst_iscsi_tx_free(conn);
	scst_iscsi_text_forget(conn);
	scst_iscsi_cmd_free_all(conn);
	kvfree(conn->slots);
}
