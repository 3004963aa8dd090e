// SPDX-License-Identifier: GPL-2.0
/*
 * Receiving: a state machine that is fed with whatever has arrived.
 * Runs in io_work only; knows neither sockets nor what the requests mean.
 *
 * scst_iscsi_rx_consume() runs under the socket lock and never executes
 * anything: requests without data, and Data-Out for buffers that exist, are
 * taken as they come, however many there are in one packet, and collected.
 * Everything else stops it at the end of the header (RX_HEADER), so that
 * scst_iscsi_rx() first executes what was collected and then prepares, without
 * the socket lock, where the data is to go.  It goes on like that as long as
 * there is something and the budget lasts, so that answers go out together.
 */
#include <linux/blkdev.h>

#include "iscsi_priv.h"
#include "trace.h"
#include "transport.h"

#define SCST_ISCSI_RX_BUDGET	64	/* PDUs in a row ... */
#define SCST_ISCSI_RX_QUOTA	SZ_1M	/* ... and bytes, or a packet more */

static void scst_iscsi_rx_expect(struct scst_iscsi_rx *rx,
				 enum scst_iscsi_rx_state state, void *dst,
				 u32 len)
{
	rx->state = state;
	rx->dst = dst;
	rx->left = len;
}

static void scst_iscsi_rx_next(struct scst_iscsi_rx *rx)
{
	rx->cmd = NULL;
	rx->seq = NULL;
	rx->ctl = NULL;
	rx->iter = NULL;
	rx->budget--;
	scst_iscsi_rx_expect(rx, SCST_ISCSI_RX_BHS, &rx->bhs, sizeof(rx->bhs));
}

/**
 * scst_iscsi_rx_init - wait for the first PDU
 * @conn: connection
 *
 * Context: before io_work runs.
 */
void scst_iscsi_rx_init(struct scst_iscsi_conn *conn)
{
	const u32 *val = to_session(conn)->params.val;
	struct scst_iscsi_rx *rx = &conn->rx;

	INIT_LIST_HEAD(&rx->done);
	rx->hdgst = val[SCST_ISCSI_HEADER_DIGEST] == SCST_ISCSI_DIGEST_CRC32C;
	rx->ddgst = val[SCST_ISCSI_DATA_DIGEST] == SCST_ISCSI_DIGEST_CRC32C;
	scst_iscsi_rx_next(rx);
}

static void scst_iscsi_rx_done(struct scst_iscsi_rx *rx,
			       struct scst_iscsi_pdu *pdu)
{
	list_add_tail(&pdu->entry, &rx->done);
}

/**
 * scst_iscsi_rx_ready - all data of a command has come
 * @conn: connection
 * @cmd: command; scst_iscsi_cmd_ready() will be called for it
 *
 * Context: io_work.
 */
void scst_iscsi_rx_ready(struct scst_iscsi_conn *conn,
			 struct scst_iscsi_cmd *cmd)
{
	cmd->pdu.kind = SCST_ISCSI_KIND_READY;
	scst_iscsi_rx_done(&conn->rx, &cmd->pdu);
}

/**
 * scst_iscsi_rx_forget - throw away the rest of a command's data
 * @conn: connection
 * @cmd: command that is going away
 *
 * Context: io_work.
 */
void scst_iscsi_rx_forget(struct scst_iscsi_conn *conn,
			  struct scst_iscsi_cmd *cmd)
{
	if (conn->rx.cmd != cmd)
		return;
	conn->rx.cmd = NULL;
	conn->rx.seq = NULL;
	conn->rx.iter = NULL;
}

/* The PDU is here with everything that belongs to it */
static void scst_iscsi_rx_end(struct scst_iscsi_conn *conn)
{
	bool final = conn->rx.bhs.flags & ISCSI_F_FINAL;
	struct scst_iscsi_rx *rx = &conn->rx;

	if (rx->ctl)
		scst_iscsi_rx_done(rx, &rx->ctl->pdu);
	else if (rx->seq)
		scst_iscsi_cmd_data_end(rx->cmd, rx->seq, rx->dsl, final);
	else if (rx->cmd)
		scst_iscsi_cmd_imm_end(rx->cmd);
	scst_iscsi_rx_next(rx);
}

static void scst_iscsi_rx_data_digest(struct scst_iscsi_conn *conn)
{
	struct scst_iscsi_rx *rx = &conn->rx;

	if (rx->digest == scst_iscsi_digest(rx->crc))
		return;
	trace_scst_iscsi_error(to_session(conn)->sid,
			       be32_to_cpu(rx->bhs.itt), "data digest");
	if (rx->ctl) {
		rx->ctl->reject = ISCSI_REJECT_DATA_DIGEST;
	} else if (rx->cmd) {
		scst_iscsi_cmd_fail(rx->cmd, SCST_CRC_ERROR);
		scst_iscsi_reject(conn, &rx->bhs, ISCSI_REJECT_DATA_DIGEST);
	}
}

static void scst_iscsi_rx_after_pad(struct scst_iscsi_conn *conn)
{
	struct scst_iscsi_rx *rx = &conn->rx;

	if (rx->ddgst)
		scst_iscsi_rx_expect(rx, SCST_ISCSI_RX_DDGST, &rx->digest,
				     ISCSI_CRC_LEN);
	else
		scst_iscsi_rx_end(conn);
}

static void scst_iscsi_rx_after_data(struct scst_iscsi_conn *conn)
{
	struct scst_iscsi_rx *rx = &conn->rx;
	u32 pad = iscsi_pad(rx->dsl);

	if (pad)
		scst_iscsi_rx_expect(rx, SCST_ISCSI_RX_PAD, rx->pad, pad);
	else
		scst_iscsi_rx_after_pad(conn);
}

/* The header is dealt with, go on with the data segment */
static void scst_iscsi_rx_data_begin(struct scst_iscsi_conn *conn)
{
	struct scst_iscsi_rx *rx = &conn->rx;

	rx->crc = SCST_ISCSI_CRC_SEED;
	if (rx->dsl)
		scst_iscsi_rx_expect(rx, SCST_ISCSI_RX_DATA, NULL, rx->dsl);
	else
		scst_iscsi_rx_end(conn);
}

static void scst_iscsi_rx_data_out(struct scst_iscsi_conn *conn)
{
	struct scst_iscsi_rx *rx = &conn->rx;
	u32 off = be32_to_cpu(rx->bhs.last[1]);

	rx->seq = scst_iscsi_cmd_data_out(conn, &rx->bhs, &rx->cmd);
	if (rx->seq)
		rx->iter = scst_iscsi_cmd_target(rx->cmd, off, rx->dsl,
						 &rx->room);
	scst_iscsi_rx_data_begin(conn);
}

/* The common case: a command whose data is not in its own PDU */
static bool scst_iscsi_rx_cmd_fast(struct scst_iscsi_conn *conn)
{
	struct scst_iscsi_rx *rx = &conn->rx;
	struct scst_iscsi_cmd *cmd;

	if (rx->dsl || rx->bhs.ahs_len)
		return false;
	cmd = scst_iscsi_cmd_get(conn, scst_iscsi_immediate(&rx->bhs));
	if (unlikely(!cmd))
		return false;
	scst_iscsi_cmd_fill(cmd, &rx->bhs, NULL);
	scst_iscsi_rx_done(rx, &cmd->pdu);
	rx->nr_cmds++;
	scst_iscsi_rx_next(rx);
	return true;
}

/* The header is complete and intact; under the socket lock */
static void scst_iscsi_rx_header_done(struct scst_iscsi_conn *conn)
{
	struct scst_iscsi_rx *rx = &conn->rx;

	trace_scst_iscsi_received(to_session(conn)->sid, &rx->bhs);
	switch (scst_iscsi_opcode(&rx->bhs)) {
	case ISCSI_OP_SCSI_CMD:
		if (scst_iscsi_rx_cmd_fast(conn))
			return;
		break;
	case ISCSI_OP_DATA_OUT:
		/* Its command may be among those not yet submitted */
		if (rx->nr_cmds || rx->bhs.ahs_len)
			break;
		scst_iscsi_rx_data_out(conn);
		return;
	}
	rx->state = SCST_ISCSI_RX_HEADER;
}

static void scst_iscsi_rx_header_digest(struct scst_iscsi_conn *conn)
{
	struct scst_iscsi_rx *rx = &conn->rx;
	u32 crc;

	crc = scst_iscsi_crc(SCST_ISCSI_CRC_SEED, &rx->bhs, sizeof(rx->bhs));
	crc = scst_iscsi_crc(crc, rx->ahs, rx->bhs.ahs_len * 4);
	if (rx->digest == scst_iscsi_digest(crc)) {
		scst_iscsi_rx_header_done(conn);
		return;
	}
	/* Nothing in it can be believed, so the session fails (RFC 7143 7.7) */
	trace_scst_iscsi_error(to_session(conn)->sid, ISCSI_TAG_NONE,
			       "header digest");
	rx->state = SCST_ISCSI_RX_HEADER;
	scst_iscsi_conn_close(conn, EBADMSG);
}

static void scst_iscsi_rx_after_ahs(struct scst_iscsi_conn *conn)
{
	struct scst_iscsi_rx *rx = &conn->rx;

	if (rx->hdgst)
		scst_iscsi_rx_expect(rx, SCST_ISCSI_RX_HDGST, &rx->digest,
				     ISCSI_CRC_LEN);
	else
		scst_iscsi_rx_header_done(conn);
}

static void scst_iscsi_rx_after_bhs(struct scst_iscsi_conn *conn)
{
	struct scst_iscsi_rx *rx = &conn->rx;
	u32 limit = to_session(conn)->params.val[SCST_ISCSI_MAX_RECV_DSL];

	rx->dsl = iscsi_dsl_get(rx->bhs.dsl);
	if (unlikely(rx->dsl > limit)) {
		trace_scst_iscsi_error(to_session(conn)->sid,
				       be32_to_cpu(rx->bhs.itt),
				       "data segment too long");
		rx->state = SCST_ISCSI_RX_HEADER;
		scst_iscsi_conn_close(conn, EPROTO);
		return;
	}
	if (unlikely(rx->bhs.ahs_len))
		scst_iscsi_rx_expect(rx, SCST_ISCSI_RX_AHS, rx->ahs,
				     rx->bhs.ahs_len * 4);
	else
		scst_iscsi_rx_after_ahs(conn);
}

/* A part of the PDU is complete */
static void scst_iscsi_rx_step(struct scst_iscsi_conn *conn)
{
	struct scst_iscsi_rx *rx = &conn->rx;

	switch (rx->state) {
	case SCST_ISCSI_RX_BHS:
		scst_iscsi_rx_after_bhs(conn);
		break;
	case SCST_ISCSI_RX_AHS:
		scst_iscsi_rx_after_ahs(conn);
		break;
	case SCST_ISCSI_RX_HDGST:
		scst_iscsi_rx_header_digest(conn);
		break;
	case SCST_ISCSI_RX_DATA:
		scst_iscsi_rx_after_data(conn);
		break;
	case SCST_ISCSI_RX_PAD:
		if (rx->ddgst)
			rx->crc = scst_iscsi_crc(rx->crc, rx->pad,
						 iscsi_pad(rx->dsl));
		scst_iscsi_rx_after_pad(conn);
		break;
	case SCST_ISCSI_RX_DDGST:
		scst_iscsi_rx_data_digest(conn);
		scst_iscsi_rx_end(conn);
		break;
	case SCST_ISCSI_RX_HEADER:
		break;
	}
}

static int scst_iscsi_rx_data(struct scst_iscsi_rx *rx, void *chunk,
			      unsigned int off, u32 len)
{
	u32 n = min(len, rx->room);

	if (rx->ddgst)
		rx->crc = scst_iscsi_chunk_crc(chunk, off, len, rx->crc);
	if (!rx->iter || !n)
		return 0;
	rx->room -= n;
	return scst_iscsi_chunk_copy_iter(chunk, off, rx->iter, n);
}

static int scst_iscsi_rx_linear(struct scst_iscsi_rx *rx, void *chunk,
				unsigned int off, u32 len)
{
	int ret = scst_iscsi_chunk_copy(chunk, off, rx->dst, len);

	rx->dst += len;
	return ret;
}

static bool scst_iscsi_rx_spent(const struct scst_iscsi_rx *rx)
{
	return rx->budget <= 0 || rx->quota <= 0;
}

/**
 * scst_iscsi_rx_consume - take in what has arrived
 * @conn: connection
 * @chunk: for the scst_iscsi_chunk functions
 * @off: offset of the first byte in it
 * @len: bytes
 *
 * Context: within scst_iscsi_tcp_recv(), under the socket lock.
 * Return: bytes taken; fewer than @len if something has to be done first.
 */
size_t scst_iscsi_rx_consume(struct scst_iscsi_conn *conn, void *chunk,
			     unsigned int off, size_t len)
{
	struct scst_iscsi_rx *rx = &conn->rx;
	size_t used = 0;
	u32 n;
	int ret;

	while (used < len && !scst_iscsi_rx_spent(rx) &&
	       rx->state != SCST_ISCSI_RX_HEADER) {
		n = min_t(size_t, rx->left, len - used);
		if (rx->state == SCST_ISCSI_RX_DATA)
			ret = scst_iscsi_rx_data(rx, chunk, off + used, n);
		else
			ret = scst_iscsi_rx_linear(rx, chunk, off + used, n);
		if (unlikely(ret)) {
			rx->state = SCST_ISCSI_RX_HEADER;
			scst_iscsi_conn_close(conn, -ret);
			break;
		}
		used += n;
		rx->quota -= n;
		rx->left -= n;
		if (!rx->left)
			scst_iscsi_rx_step(conn);
	}
	return used;
}

/* Any request but a SCSI command, or one that is not going to be executed */
static void scst_iscsi_rx_ctl(struct scst_iscsi_conn *conn, u8 reject)
{
	struct scst_iscsi_rx *rx = &conn->rx;
	struct scst_iscsi_ctl *ctl;

	ctl = scst_iscsi_ctl_alloc(conn);
	if (!ctl) {
		scst_iscsi_conn_close(conn, ENOMEM);
		return;
	}
	ctl->pdu.bhs = rx->bhs;
	ctl->reject = reject;
	if (rx->dsl && !reject) {
		if (scst_iscsi_pages_alloc(&ctl->data, rx->dsl)) {
			ctl->reject = ISCSI_REJECT_LONG_OPERATION;
		} else {
			ctl->req_bytes = rx->dsl;
			conn->ctl_bytes += rx->dsl;
			rx->room = rx->dsl;
			rx->iter = &rx->ctl_iter;
			iov_iter_bvec(rx->iter, ITER_DEST, ctl->data.vec,
				      ctl->data.nr, rx->dsl);
		}
	}
	rx->ctl = ctl;
	scst_iscsi_rx_data_begin(conn);
}

/*
 * A command with immediate data is submitted before its data is read, that is
 * when its buffer comes into being.
 */
static void scst_iscsi_rx_cmd(struct scst_iscsi_conn *conn)
{
	struct scst_iscsi_rx *rx = &conn->rx;
	struct scst_iscsi_cmd *cmd;

	cmd = scst_iscsi_cmd_get(conn, scst_iscsi_immediate(&rx->bhs));
	if (!cmd) {
		scst_iscsi_rx_ctl(conn, scst_iscsi_immediate(&rx->bhs) ?
				  ISCSI_REJECT_IMMEDIATE :
				  SCST_ISCSI_REJECT_BUSY);
		return;
	}
	if (scst_iscsi_cmd_fill(cmd, &rx->bhs, rx->ahs)) {
		scst_iscsi_cmd_put(cmd);
		scst_iscsi_rx_ctl(conn, ISCSI_REJECT_INVALID_FIELD);
		return;
	}
	if (rx->dsl)
		rx->cmd = cmd;
	/* May make rx forget the command */
	scst_iscsi_order(conn, &cmd->pdu);
	if (rx->cmd)
		rx->iter = scst_iscsi_cmd_target(rx->cmd, 0, rx->dsl,
						 &rx->room);
	scst_iscsi_rx_data_begin(conn);
}

/* The header needs memory or has to wait for what came before it */
static void scst_iscsi_rx_header(struct scst_iscsi_conn *conn)
{
	u32 limit = to_session(conn)->params.val[SCST_ISCSI_MAX_RECV_DSL];
	struct scst_iscsi_rx *rx = &conn->rx;
	u8 reason;

	switch (scst_iscsi_pdu_check(&rx->bhs, limit, &reason)) {
	case SCST_ISCSI_PDU_FATAL:
		scst_iscsi_conn_close(conn, EPROTO);
		return;
	case SCST_ISCSI_PDU_REJECT:
		trace_scst_iscsi_error(to_session(conn)->sid,
				       be32_to_cpu(rx->bhs.itt), "bad header");
		scst_iscsi_rx_ctl(conn, reason);
		return;
	case SCST_ISCSI_PDU_OK:
		break;
	}
	switch (scst_iscsi_opcode(&rx->bhs)) {
	case ISCSI_OP_SCSI_CMD:
		scst_iscsi_rx_cmd(conn);
		break;
	case ISCSI_OP_DATA_OUT:
		scst_iscsi_rx_data_out(conn);
		break;
	default:
		scst_iscsi_rx_ctl(conn, 0);
		break;
	}
}

/* Execute what was collected, in order */
static void scst_iscsi_rx_process(struct scst_iscsi_conn *conn)
{
	struct scst_iscsi_rx *rx = &conn->rx;
	struct scst_iscsi_pdu *pdu;

	while ((pdu = list_first_entry_or_null(&rx->done,
					       struct scst_iscsi_pdu, entry))) {
		list_del(&pdu->entry);
		if (pdu->kind == SCST_ISCSI_KIND_READY)
			scst_iscsi_cmd_ready(pdu_to_cmd(pdu));
		else
			scst_iscsi_order(conn, pdu);
	}
	rx->nr_cmds = 0;
}

/* Requests that are not answered take memory */
static bool scst_iscsi_rx_room(const struct scst_iscsi_conn *conn)
{
	return conn->state == SCST_ISCSI_FULL_FEATURE &&
	       conn->nr_ctls < SCST_ISCSI_MAX_CTLS &&
	       conn->ctl_bytes < SCST_ISCSI_MAX_CTL_DATA;
}

/**
 * scst_iscsi_rx_pending - would scst_iscsi_rx() do something?
 * @conn: connection
 *
 * It leaves data where it is while there is no room for requests; who makes
 * room has to ask here, because nobody else will call again for that data.
 *
 * Context: io_work.
 * Return: true if it would.
 */
bool scst_iscsi_rx_pending(const struct scst_iscsi_conn *conn)
{
	return test_bit(SCST_ISCSI_CONN_RX, &conn->flags) &&
	       scst_iscsi_rx_room(conn);
}

/* Up to the next header that needs attention, if there is one */
static void scst_iscsi_rx_some(struct scst_iscsi_conn *conn)
{
	struct scst_iscsi_rx *rx = &conn->rx;
	int ret;

	clear_bit(SCST_ISCSI_CONN_RX, &conn->flags);
	ret = scst_iscsi_tcp_recv(conn);
	if (ret > 0) {
		WRITE_ONCE(conn->last_rx, jiffies);
		if (unlikely(!test_bit(SCST_ISCSI_CONN_FFP, &conn->flags)))
			set_bit(SCST_ISCSI_CONN_FFP, &conn->flags);
	} else if (ret < 0 && ret != -EAGAIN) {
		scst_iscsi_conn_close(conn, -ret);
		return;
	}
	scst_iscsi_rx_process(conn);
	if (rx->state != SCST_ISCSI_RX_HEADER && !scst_iscsi_rx_spent(rx))
		return;

	/* Stopped before everything was taken */
	set_bit(SCST_ISCSI_CONN_RX, &conn->flags);
	if (rx->state == SCST_ISCSI_RX_HEADER &&
	    !test_bit(SCST_ISCSI_CONN_CLOSE, &conn->flags)) {
		scst_iscsi_rx_header(conn);
		scst_iscsi_rx_process(conn);
	}
}

/**
 * scst_iscsi_rx - receive and execute, within limits
 * @conn: connection
 *
 * Context: io_work.
 */
void scst_iscsi_rx(struct scst_iscsi_conn *conn)
{
	struct scst_iscsi_rx *rx = &conn->rx;
	struct blk_plug plug;

	/* Commands that come together may be neighbours on the disk */
	blk_start_plug(&plug);
	rx->budget = SCST_ISCSI_RX_BUDGET;
	rx->quota = SCST_ISCSI_RX_QUOTA;
	while (scst_iscsi_rx_pending(conn) && !scst_iscsi_rx_spent(rx) &&
	       !test_bit(SCST_ISCSI_CONN_CLOSE, &conn->flags))
		scst_iscsi_rx_some(conn);
	blk_finish_plug(&plug);
}

/**
 * scst_iscsi_rx_stop - drop what is half received
 * @conn: connection without a socket
 *
 * Context: io_work.
 */
void scst_iscsi_rx_stop(struct scst_iscsi_conn *conn)
{
	struct scst_iscsi_rx *rx = &conn->rx;
	struct scst_iscsi_pdu *pdu, *next;

	if (rx->ctl)
		scst_iscsi_ctl_free(rx->ctl);
	rx->ctl = NULL;
	rx->cmd = NULL;
	rx->seq = NULL;
	rx->iter = NULL;
	list_for_each_entry_safe(pdu, next, &rx->done, entry) {
		list_del(&pdu->entry);
		/* Commands whose data is complete are ended by cmds_stop() */
		if (pdu->kind != SCST_ISCSI_KIND_READY)
			scst_iscsi_pdu_free(pdu);
	}
}
