// SPDX-License-Identifier: GPL-2.0
/*
 * Requests besides SCSI commands: ping, logout, what is rejected, and what the
 * target sends on its own.  Runs in io_work only.
 */
#include <kunit/visibility.h>
#include <linux/jiffies.h>
#include <linux/slab.h>

#include "iscsi_priv.h"
#include "trace.h"

/**
 * scst_iscsi_ctl_alloc - a new request or message of our own
 * @conn: connection
 *
 * Context: io_work.
 * Return: zeroed, or NULL without memory.
 */
struct scst_iscsi_ctl *scst_iscsi_ctl_alloc(struct scst_iscsi_conn *conn)
{
	struct scst_iscsi_ctl *ctl;

	ctl = kzalloc(sizeof(*ctl), GFP_NOIO | __GFP_NOWARN);
	if (!ctl)
		return NULL;
	ctl->conn = conn;
	ctl->pdu.kind = SCST_ISCSI_KIND_CTL;
	ctl->out.kind = SCST_ISCSI_OUT_CTL;
	conn->nr_ctls++;
	return ctl;
}
EXPORT_SYMBOL_IF_KUNIT(scst_iscsi_ctl_alloc);

/**
 * scst_iscsi_ctl_free - forget a request
 * @ctl: request, in no list
 *
 * Context: io_work.
 */
void scst_iscsi_ctl_free(struct scst_iscsi_ctl *ctl)
{
	struct scst_iscsi_conn *conn = ctl->conn;
	bool held = ctl->tm.sess;

	conn->nr_ctls--;
	conn->ctl_bytes -= ctl->req_bytes;
	scst_iscsi_pages_free(&ctl->data);
	kfree(ctl);
	if (held)
		scst_iscsi_session_put(to_session(conn));
}

static void scst_iscsi_cold_reset(struct scst_iscsi_conn *conn)
{
	struct scst_iscsi_target *tgt = to_session(conn)->tgt;
	struct scst_iscsi_session *sess;

	mutex_lock(&scst_iscsi_mutex);
	list_for_each_entry(sess, &tgt->sessions, entry)
		if (&sess->conn != conn)
			scst_iscsi_conn_close(&sess->conn, ECONNRESET);
	mutex_unlock(&scst_iscsi_mutex);
}

/**
 * scst_iscsi_ctl_sent - the response has been sent
 * @ctl: request; is freed
 *
 * Context: io_work, may sleep.
 */
void scst_iscsi_ctl_sent(struct scst_iscsi_ctl *ctl)
{
	struct scst_iscsi_conn *conn = ctl->conn;
	enum scst_iscsi_after after = ctl->after;

	scst_iscsi_ctl_free(ctl);
	if (after == SCST_ISCSI_AFTER_NOTHING)
		return;
	if (after == SCST_ISCSI_AFTER_COLD_RESET)
		scst_iscsi_cold_reset(conn);
	scst_iscsi_conn_logged_out(conn);
}

/* The response is complete but for its sequence numbers */
static void scst_iscsi_ctl_send(struct scst_iscsi_ctl *ctl)
{
	scst_iscsi_conn_queue(ctl->conn, &ctl->out);
}

/* -------------------------------------------------------------------------
 * Reject
 */

static void scst_iscsi_ctl_reject(struct scst_iscsi_ctl *ctl, u8 reason)
{
	struct iscsi_reject *rsp = (struct iscsi_reject *)&ctl->rsp;

	trace_scst_iscsi_error(to_session(ctl->conn)->sid,
			       be32_to_cpu(ctl->pdu.bhs.itt), "rejected");
	memset(rsp, 0, sizeof(*rsp));
	rsp->opcode = ISCSI_OP_REJECT;
	rsp->flags = ISCSI_F_FINAL;
	rsp->reason = reason;
	rsp->tag = cpu_to_be32(ISCSI_TAG_NONE);
	scst_iscsi_pages_free(&ctl->data);
	memcpy(ctl->inl, &ctl->pdu.bhs, ISCSI_BHS_LEN);
	ctl->inl_len = ISCSI_BHS_LEN;
	ctl->has_stat = true;
	scst_iscsi_ctl_send(ctl);
}

/**
 * scst_iscsi_reject - reject a PDU
 * @conn: connection
 * @bhs: its header
 * @reason: ISCSI_REJECT_*
 *
 * Context: io_work.
 */
void scst_iscsi_reject(struct scst_iscsi_conn *conn,
		       const struct iscsi_bhs *bhs, u8 reason)
{
	struct scst_iscsi_ctl *ctl;

	ctl = scst_iscsi_ctl_alloc(conn);
	if (!ctl) {
		scst_iscsi_conn_close(conn, ENOMEM);
		return;
	}
	ctl->pdu.bhs = *bhs;
	scst_iscsi_ctl_reject(ctl, reason);
}

/* There is no memory for the command: the initiator is to try again */
static void scst_iscsi_ctl_busy(struct scst_iscsi_ctl *ctl)
{
	const struct iscsi_scsi_cmd *req;
	struct iscsi_scsi_rsp *rsp;

	req = (const struct iscsi_scsi_cmd *)&ctl->pdu.bhs;
	rsp = (struct iscsi_scsi_rsp *)&ctl->rsp;
	rsp->opcode = ISCSI_OP_SCSI_RSP;
	rsp->flags = ISCSI_F_FINAL;
	rsp->status = SAM_STAT_BUSY;
	rsp->itt = req->itt;
	if (req->edtl) {
		rsp->flags |= ISCSI_RSP_UNDERFLOW;
		rsp->residual = req->edtl;
	}
	ctl->has_stat = true;
	scst_iscsi_ctl_send(ctl);
}

/* -------------------------------------------------------------------------
 * Ping
 */

/* The initiator's ping is echoed, its answer to ours is noted */
static void scst_iscsi_nop_out(struct scst_iscsi_ctl *ctl)
{
	const struct iscsi_nop_out *req =
		(const struct iscsi_nop_out *)&ctl->pdu.bhs;
	struct iscsi_nop_in *rsp = (struct iscsi_nop_in *)&ctl->rsp;
	struct scst_iscsi_conn *conn = ctl->conn;

	if (be32_to_cpu(req->itt) == ISCSI_TAG_NONE) {
		if (be32_to_cpu(req->ttt) == conn->ping_ttt)
			WRITE_ONCE(conn->ping_sent, 0);
		scst_iscsi_ctl_free(ctl);
		return;
	}
	rsp->opcode = ISCSI_OP_NOP_IN;
	rsp->flags = ISCSI_F_FINAL;
	memcpy(rsp->lun, req->lun, sizeof(rsp->lun));
	rsp->itt = req->itt;
	rsp->ttt = cpu_to_be32(ISCSI_TAG_NONE);
	ctl->has_stat = true;
	scst_iscsi_pages_trim(&ctl->data, conn->tx.max_dsl);
	scst_iscsi_ctl_send(ctl);
}

/**
 * scst_iscsi_send_ping - see whether the initiator is still there
 * @conn: connection
 *
 * Context: io_work.
 */
void scst_iscsi_send_ping(struct scst_iscsi_conn *conn)
{
	struct scst_iscsi_ctl *ctl;
	struct iscsi_nop_in *rsp;

	if (conn->ping_sent)
		return;
	ctl = scst_iscsi_ctl_alloc(conn);
	if (!ctl)
		return;
	conn->ping_ttt = (conn->ping_ttt + 1) & 0x7fffffff;
	rsp = (struct iscsi_nop_in *)&ctl->rsp;
	rsp->opcode = ISCSI_OP_NOP_IN;
	rsp->flags = ISCSI_F_FINAL;
	rsp->itt = cpu_to_be32(ISCSI_TAG_NONE);
	rsp->ttt = cpu_to_be32(conn->ping_ttt);
	WRITE_ONCE(conn->ping_sent, jiffies | 1);
	scst_iscsi_ctl_send(ctl);
}

/**
 * scst_iscsi_send_async_logout - ask the initiator to log out
 * @conn: connection
 *
 * Context: io_work.
 */
void scst_iscsi_send_async_logout(struct scst_iscsi_conn *conn)
{
	struct scst_iscsi_ctl *ctl;
	struct iscsi_async *rsp;

	ctl = scst_iscsi_ctl_alloc(conn);
	if (!ctl)
		return;
	rsp = (struct iscsi_async *)&ctl->rsp;
	rsp->opcode = ISCSI_OP_ASYNC;
	rsp->flags = ISCSI_F_FINAL;
	rsp->tag = cpu_to_be32(ISCSI_TAG_NONE);
	rsp->event = ISCSI_ASYNC_LOGOUT;
	/* Seconds in which the logout has to come */
	rsp->param3 = cpu_to_be16(2);
	ctl->has_stat = true;
	scst_iscsi_ctl_send(ctl);
}

/* -------------------------------------------------------------------------
 * Logout
 */

static u8 scst_iscsi_logout_verdict(struct scst_iscsi_conn *conn,
				    const struct iscsi_logout_req *req)
{
	switch (req->flags & ISCSI_LOGOUT_MASK) {
	case ISCSI_LOGOUT_SESSION:
		return ISCSI_LOGOUT_RSP_CLOSED;
	case ISCSI_LOGOUT_CONN:
		return be16_to_cpu(req->cid) == to_session(conn)->cid ?
		       ISCSI_LOGOUT_RSP_CLOSED : ISCSI_LOGOUT_RSP_NO_CID;
	case ISCSI_LOGOUT_RECOVERY:
		return ISCSI_LOGOUT_RSP_NO_RECOVERY;
	default:
		return ISCSI_LOGOUT_RSP_FAILED;
	}
}

static void scst_iscsi_logout(struct scst_iscsi_ctl *ctl)
{
	struct iscsi_logout_rsp *rsp = (struct iscsi_logout_rsp *)&ctl->rsp;
	const u32 *val = to_session(ctl->conn)->params.val;
	const struct iscsi_logout_req *req;

	req = (const struct iscsi_logout_req *)&ctl->pdu.bhs;
	rsp->opcode = ISCSI_OP_LOGOUT_RSP;
	rsp->flags = ISCSI_F_FINAL;
	rsp->response = scst_iscsi_logout_verdict(ctl->conn, req);
	rsp->itt = req->itt;
	rsp->time2wait = cpu_to_be16(val[SCST_ISCSI_TIME2WAIT]);
	rsp->time2retain = cpu_to_be16(val[SCST_ISCSI_TIME2RETAIN]);
	if (rsp->response == ISCSI_LOGOUT_RSP_CLOSED)
		ctl->after = SCST_ISCSI_AFTER_LOGOUT;
	ctl->has_stat = true;
	scst_iscsi_ctl_send(ctl);
}

/**
 * scst_iscsi_ctl_execute - do what was requested
 * @ctl: request; may be gone when this returns
 *
 * Context: io_work, may sleep.
 * Return: false if it was rejected.
 */
bool scst_iscsi_ctl_execute(struct scst_iscsi_ctl *ctl)
{
	if (unlikely(ctl->reject == SCST_ISCSI_REJECT_BUSY)) {
		scst_iscsi_ctl_busy(ctl);
		return true;
	}
	if (unlikely(ctl->reject)) {
		scst_iscsi_ctl_reject(ctl, ctl->reject);
		return false;
	}
	switch (scst_iscsi_opcode(&ctl->pdu.bhs)) {
	case ISCSI_OP_NOP_OUT:
		scst_iscsi_nop_out(ctl);
		break;
	case ISCSI_OP_TMF_REQ:
		scst_iscsi_tmf(ctl);
		break;
	case ISCSI_OP_TEXT_REQ:
		return scst_iscsi_text(ctl);
	case ISCSI_OP_LOGOUT_REQ:
		scst_iscsi_logout(ctl);
		break;
	default:
		scst_iscsi_ctl_reject(ctl, ISCSI_REJECT_NOT_SUPPORTED);
		return false;
	}
	return true;
}
