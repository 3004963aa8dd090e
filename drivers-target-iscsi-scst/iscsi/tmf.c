// SPDX-License-Identifier: GPL-2.0
/*
 * Task management (RFC 7143 11.5 and 11.6).  Runs in io_work, except for
 * tm_done(), which comes from a worker of the core.
 *
 * The core knows the commands that were submitted; those that wait for a gap
 * in the CmdSN to close are aborted here.
 */
#include <linux/kernel.h>

#include "iscsi_priv.h"

struct scst_iscsi_tmf_fn {
	enum scst_tm_fn fn;
	bool known;
	bool lun;		/* works on a logical unit */
};

static const struct scst_iscsi_tmf_fn scst_iscsi_tmf_fns[] = {
	[ISCSI_TMF_ABORT_TASK] = { SCST_TM_ABORT_TASK, true, true },
	[ISCSI_TMF_ABORT_TASK_SET] = { SCST_TM_ABORT_TASK_SET, true, true },
	[ISCSI_TMF_CLEAR_ACA] = { SCST_TM_CLEAR_ACA, true, true },
	[ISCSI_TMF_CLEAR_TASK_SET] = { SCST_TM_CLEAR_TASK_SET, true, true },
	[ISCSI_TMF_LUN_RESET] = { SCST_TM_LUN_RESET, true, true },
	[ISCSI_TMF_WARM_RESET] = { SCST_TM_TARGET_RESET, true, false },
	[ISCSI_TMF_COLD_RESET] = { SCST_TM_TARGET_RESET, true, false },
};

static const u8 scst_iscsi_tmf_rsp[] = {
	[SCST_TM_COMPLETE] = ISCSI_TMF_RSP_COMPLETE,
	[SCST_TM_NO_TASK] = ISCSI_TMF_RSP_NO_TASK,
	[SCST_TM_NO_LUN] = ISCSI_TMF_RSP_NO_LUN,
	[SCST_TM_REJECTED] = ISCSI_TMF_RSP_REJECTED,
};

static const struct iscsi_tmf_req *
scst_iscsi_tmf_req(const struct scst_iscsi_ctl *ctl)
{
	return (const struct iscsi_tmf_req *)&ctl->pdu.bhs;
}

static u8 scst_iscsi_tmf_code(const struct scst_iscsi_ctl *ctl)
{
	return ctl->pdu.bhs.flags & ISCSI_TMF_MASK;
}

/* May be called by a worker of the core */
static void scst_iscsi_tmf_respond(struct scst_iscsi_ctl *ctl, u8 response)
{
	struct iscsi_tmf_rsp *rsp = (struct iscsi_tmf_rsp *)&ctl->rsp;

	rsp->opcode = ISCSI_OP_TMF_RSP;
	rsp->flags = ISCSI_F_FINAL;
	rsp->response = response;
	rsp->itt = ctl->pdu.bhs.itt;
	ctl->has_stat = true;
	if (scst_iscsi_tmf_code(ctl) == ISCSI_TMF_COLD_RESET &&
	    response == ISCSI_TMF_RSP_COMPLETE)
		ctl->after = SCST_ISCSI_AFTER_COLD_RESET;
	scst_iscsi_conn_queue(ctl->conn, &ctl->out);
}

/**
 * scst_iscsi_tm_done - the core is done with a function
 * @tm: function
 *
 * Context: process.
 */
void scst_iscsi_tm_done(struct scst_tm *tm)
{
	struct scst_iscsi_ctl *ctl = container_of(tm, struct scst_iscsi_ctl,
						  tm);
	u8 response = scst_iscsi_tmf_rsp[tm->result];

	/* RFC 7143 11.6.1: a task that never arrived counts as aborted */
	if (tm->result == SCST_TM_NO_TASK && ctl->never_came)
		response = ISCSI_TMF_RSP_COMPLETE;
	scst_iscsi_tmf_respond(ctl, response);
}

/*
 * ABORT TASK of a command that was sent but has not arrived: its CmdSN is
 * taken as received, so that it will be ignored if it comes after all.
 */
static bool scst_iscsi_tmf_never_came(struct scst_iscsi_ctl *ctl)
{
	const struct iscsi_tmf_req *req = scst_iscsi_tmf_req(ctl);
	struct scst_iscsi_cmdsn *w = &ctl->conn->cmdsn;
	u32 sn = be32_to_cpu(req->ref_cmd_sn);

	return scst_iscsi_cmdsn_place(w, sn) != SCST_ISCSI_CMDSN_OUTSIDE &&
	       iscsi_sn_before(sn, be32_to_cpu(req->cmd_sn));
}

/*
 * Commands that are over but wait for data to throw away are told apart from
 * the others only by us; the initiator does not send that data any more.
 */
static void scst_iscsi_tmf_submit(struct scst_iscsi_ctl *ctl)
{
	struct scst_iscsi_conn *conn = ctl->conn;

	set_bit(SCST_ISCSI_CONN_ABORTS, &conn->flags);
	scst_tm_submit(&ctl->tm);
}

static void scst_iscsi_tmf_abort_task(struct scst_iscsi_ctl *ctl)
{
	const struct iscsi_tmf_req *req = scst_iscsi_tmf_req(ctl);
	struct scst_iscsi_conn *conn = ctl->conn;

	if (scst_iscsi_order_abort_itt(conn, req->ref_itt)) {
		scst_iscsi_tmf_respond(ctl, ISCSI_TMF_RSP_COMPLETE);
		return;
	}
	ctl->never_came = scst_iscsi_tmf_never_came(ctl);
	if (ctl->never_came)
		scst_iscsi_order_void(conn, be32_to_cpu(req->ref_cmd_sn));
	scst_iscsi_tmf_submit(ctl);
}

/**
 * scst_iscsi_tmf - execute a task management request
 * @ctl: request; may be gone when this returns
 *
 * Context: io_work, may sleep.
 */
void scst_iscsi_tmf(struct scst_iscsi_ctl *ctl)
{
	struct scst_iscsi_session *sess = to_session(ctl->conn);
	const struct iscsi_tmf_req *req = scst_iscsi_tmf_req(ctl);
	u8 code = scst_iscsi_tmf_code(ctl);
	const struct scst_iscsi_tmf_fn *fn;

	if (code == ISCSI_TMF_REASSIGN) {
		scst_iscsi_tmf_respond(ctl, ISCSI_TMF_RSP_NO_REASSIGN);
		return;
	}
	if (code >= ARRAY_SIZE(scst_iscsi_tmf_fns) ||
	    !scst_iscsi_tmf_fns[code].known) {
		scst_iscsi_tmf_respond(ctl, ISCSI_TMF_RSP_NOT_SUPPORTED);
		return;
	}
	fn = &scst_iscsi_tmf_fns[code];
	/* Dropped by scst_iscsi_ctl_free() */
	scst_iscsi_session_get(sess);
	ctl->tm.sess = sess->core;
	ctl->tm.fn = fn->fn;
	ctl->tm.lun_addr = fn->lun ? scst_lun_decode(req->lun) : 0;
	ctl->tm.tag = be32_to_cpu(req->ref_itt);
	if (fn->fn == SCST_TM_ABORT_TASK) {
		scst_iscsi_tmf_abort_task(ctl);
		return;
	}
	if (fn->fn != SCST_TM_CLEAR_ACA)
		scst_iscsi_order_abort_lun(ctl->conn,
					   fn->lun ? req->lun : NULL,
					   be32_to_cpu(req->cmd_sn));
	scst_iscsi_tmf_submit(ctl);
}
