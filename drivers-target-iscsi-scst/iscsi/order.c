// SPDX-License-Identifier: GPL-2.0
/*
 * Executing requests in the order of their CmdSN (RFC 7143 4.2.2.1).
 * Runs in io_work only; knows nothing of what the requests mean.
 *
 * One connection delivers in order, so a gap means that the initiator left a
 * number out.  What comes after the gap is held until it is filled; data of
 * commands that have to wait is not kept but solicited again.
 */
#include <kunit/visibility.h>
#include <linux/slab.h>

#include "iscsi_priv.h"
#include "trace.h"

static u32 scst_iscsi_pdu_sn(const struct scst_iscsi_pdu *pdu)
{
	return be32_to_cpu(pdu->bhs.sn[0]);
}

/**
 * scst_iscsi_pdu_free - forget a request that was not executed
 * @pdu: request, in no list
 *
 * Context: io_work.
 */
void scst_iscsi_pdu_free(struct scst_iscsi_pdu *pdu)
{
	switch (pdu->kind) {
	case SCST_ISCSI_KIND_CMD:
	case SCST_ISCSI_KIND_READY:
		scst_iscsi_cmd_put(pdu_to_cmd(pdu));
		break;
	case SCST_ISCSI_KIND_CTL:
		scst_iscsi_ctl_free(pdu_to_ctl(pdu));
		break;
	case SCST_ISCSI_KIND_VOID:
		kfree(pdu);
		break;
	}
}
EXPORT_SYMBOL_IF_KUNIT(scst_iscsi_pdu_free);

/* False if it was rejected */
static bool scst_iscsi_pdu_execute(struct scst_iscsi_pdu *pdu)
{
	if (!pdu->skip && pdu->kind == SCST_ISCSI_KIND_CTL)
		return scst_iscsi_ctl_execute(pdu_to_ctl(pdu));
	if (!pdu->skip && pdu->kind == SCST_ISCSI_KIND_CMD)
		scst_iscsi_cmd_submit(pdu_to_cmd(pdu));
	else
		scst_iscsi_pdu_free(pdu);
	return true;
}

/*
 * It is the turn of this one.  Commands pay back when they are answered,
 * everything else at once; what is rejected after all does not use up its
 * number (RFC 7143 7.3).
 */
static void scst_iscsi_order_next(struct scst_iscsi_conn *conn,
				  struct scst_iscsi_pdu *pdu)
{
	if (pdu->kind == SCST_ISCSI_KIND_CMD) {
		pdu_to_cmd(pdu)->credit = true;
		scst_iscsi_cmdsn_advance(&conn->cmdsn);
		scst_iscsi_pdu_execute(pdu);
	} else if (scst_iscsi_pdu_execute(pdu)) {
		scst_iscsi_cmdsn_advance(&conn->cmdsn);
		scst_iscsi_cmdsn_credit(&conn->cmdsn);
	}
}

static void scst_iscsi_order_release(struct scst_iscsi_conn *conn)
{
	struct scst_iscsi_pdu *pdu;

	while ((pdu = list_first_entry_or_null(&conn->ahead,
					       struct scst_iscsi_pdu, entry))) {
		if (scst_iscsi_pdu_sn(pdu) != conn->cmdsn.exp)
			return;
		list_del(&pdu->entry);
		scst_iscsi_order_next(conn, pdu);
	}
}

/* Keep it for later; false if its number is taken */
static bool scst_iscsi_order_hold(struct scst_iscsi_conn *conn,
				  struct scst_iscsi_pdu *pdu)
{
	u32 sn = scst_iscsi_pdu_sn(pdu);
	struct scst_iscsi_pdu *pos;

	list_for_each_entry_reverse(pos, &conn->ahead, entry) {
		if (scst_iscsi_pdu_sn(pos) == sn)
			return false;
		if (iscsi_sn_before(scst_iscsi_pdu_sn(pos), sn))
			break;
	}
	list_add(&pdu->entry, &pos->entry);
	if (pdu->kind == SCST_ISCSI_KIND_CMD)
		scst_iscsi_cmd_late(pdu_to_cmd(pdu));
	return true;
}

/* RFC 7143 7.3: what is rejected does not use up its CmdSN */
static bool scst_iscsi_pdu_rejected(struct scst_iscsi_pdu *pdu)
{
	return pdu->kind == SCST_ISCSI_KIND_CTL &&
	       pdu_to_ctl(pdu)->reject &&
	       pdu_to_ctl(pdu)->reject != SCST_ISCSI_REJECT_BUSY;
}

/**
 * scst_iscsi_order - execute a request when its turn comes
 * @conn: connection
 * @pdu: request, in no list; may be gone when this returns
 *
 * Context: io_work, may sleep.
 */
void scst_iscsi_order(struct scst_iscsi_conn *conn, struct scst_iscsi_pdu *pdu)
{
	const struct scst_iscsi_pdu_desc *desc;

	desc = scst_iscsi_pdu_desc(scst_iscsi_opcode(&pdu->bhs));
	if (scst_iscsi_immediate(&pdu->bhs) ||
	    !(desc->flags & SCST_ISCSI_PDUF_CMDSN) ||
	    scst_iscsi_pdu_rejected(pdu)) {
		scst_iscsi_pdu_execute(pdu);
		return;
	}
	switch (scst_iscsi_cmdsn_place(&conn->cmdsn, scst_iscsi_pdu_sn(pdu))) {
	case SCST_ISCSI_CMDSN_NEXT:
		scst_iscsi_order_next(conn, pdu);
		if (unlikely(!list_empty(&conn->ahead)))
			scst_iscsi_order_release(conn);
		return;
	case SCST_ISCSI_CMDSN_AHEAD:
		if (scst_iscsi_order_hold(conn, pdu))
			return;
		break;
	case SCST_ISCSI_CMDSN_OUTSIDE:
		break;
	}
	trace_scst_iscsi_error(to_session(conn)->sid,
			       be32_to_cpu(pdu->bhs.itt), "CmdSN");
	scst_iscsi_pdu_free(pdu);
}
EXPORT_SYMBOL_IF_KUNIT(scst_iscsi_order);

/**
 * scst_iscsi_order_void - take a number that will never be used as used
 * @conn: connection
 * @sn: CmdSN
 *
 * Context: io_work, may sleep.
 */
void scst_iscsi_order_void(struct scst_iscsi_conn *conn, u32 sn)
{
	struct scst_iscsi_pdu *pdu;

	pdu = kzalloc(sizeof(*pdu), GFP_NOIO);
	if (!pdu)
		return;
	pdu->kind = SCST_ISCSI_KIND_VOID;
	pdu->bhs.opcode = ISCSI_OP_NOP_OUT;
	pdu->bhs.sn[0] = cpu_to_be32(sn);
	scst_iscsi_order(conn, pdu);
}
EXPORT_SYMBOL_IF_KUNIT(scst_iscsi_order_void);

/**
 * scst_iscsi_order_abort_itt - abort a command whose turn has not come
 * @conn: connection
 * @itt: its initiator task tag
 *
 * Context: io_work.
 * Return: true if there was one.
 */
bool scst_iscsi_order_abort_itt(struct scst_iscsi_conn *conn, __be32 itt)
{
	struct scst_iscsi_pdu *pdu;

	list_for_each_entry(pdu, &conn->ahead, entry) {
		if (pdu->kind == SCST_ISCSI_KIND_CMD && !pdu->skip &&
		    pdu->bhs.itt == itt) {
			pdu->skip = true;
			return true;
		}
	}
	return false;
}
EXPORT_SYMBOL_IF_KUNIT(scst_iscsi_order_abort_itt);

/**
 * scst_iscsi_order_abort_lun - abort commands whose turn has not come
 * @conn: connection
 * @lun: of this logical unit; NULL: of all
 * @sn: those with a CmdSN before this one
 *
 * Context: io_work.
 */
void scst_iscsi_order_abort_lun(struct scst_iscsi_conn *conn, const u8 *lun,
				u32 sn)
{
	struct scst_iscsi_pdu *pdu;

	list_for_each_entry(pdu, &conn->ahead, entry)
		if (pdu->kind == SCST_ISCSI_KIND_CMD &&
		    iscsi_sn_before(scst_iscsi_pdu_sn(pdu), sn) &&
		    (!lun || !memcmp(lun, pdu->bhs.lun, sizeof(pdu->bhs.lun))))
			pdu->skip = true;
}
EXPORT_SYMBOL_IF_KUNIT(scst_iscsi_order_abort_lun);

/**
 * scst_iscsi_order_stop - drop what waits for its turn
 * @conn: connection without a socket
 *
 * Context: io_work.
 */
void scst_iscsi_order_stop(struct scst_iscsi_conn *conn)
{
	struct scst_iscsi_pdu *pdu, *next;

	list_for_each_entry_safe(pdu, next, &conn->ahead, entry) {
		list_del(&pdu->entry);
		scst_iscsi_pdu_free(pdu);
	}
}
EXPORT_SYMBOL_IF_KUNIT(scst_iscsi_order_stop);
