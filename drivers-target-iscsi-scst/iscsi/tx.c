// SPDX-License-Identifier: GPL-2.0
/*
 * Sending: everything that is ready goes out in one batch.
 * Runs in io_work only; knows no sockets.
 *
 * A batch is one array of vectors: headers, data, padding and digests of many
 * PDUs.  Headers lie one after the other in pages that are never written
 * twice, so nothing is copied and nothing has to wait for an acknowledgment:
 * TCP takes its own references to all pages.  A command is therefore finished
 * as soon as TCP has taken its last byte.
 *
 * The next batch is built when all of the last one was taken.  Sequence
 * numbers are assigned while building, which is the order of sending.
 */
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "iscsi_priv.h"
#include "trace.h"
#include "transport.h"

#define SCST_ISCSI_BATCH_BYTES	SZ_1M	/* no PDU begins beyond */
#define SCST_ISCSI_ZEROCOPY	SZ_32K		/* cached bytes worth a ubuf */
/* Padding and data digest, for which there must be room in the header page */
#define SCST_ISCSI_TAIL		8

/* Where a PDU began, to take it back if it does not fit */
struct scst_iscsi_mark {
	unsigned int nr;
	unsigned int last_len;
	unsigned int nr_drop;
	u32 bytes;
	u32 tx_vec;
	u32 tx_vec_off;
};

/**
 * scst_iscsi_tx_init - prepare for sending
 * @conn: connection
 * @stat_sn: first StatSN
 *
 * Context: before io_work runs.
 */
void scst_iscsi_tx_init(struct scst_iscsi_conn *conn, u32 stat_sn)
{
	const u32 *val = to_session(conn)->params.val;
	struct scst_iscsi_tx *tx = &conn->tx;

	INIT_LIST_HEAD(&tx->queue);
	INIT_LIST_HEAD(&tx->sending);
	tx->stat_sn = stat_sn;
	tx->max_dsl = val[SCST_ISCSI_MAX_XMIT_DSL];
	tx->hdgst = val[SCST_ISCSI_HEADER_DIGEST] == SCST_ISCSI_DIGEST_CRC32C;
	tx->ddgst = val[SCST_ISCSI_DATA_DIGEST] == SCST_ISCSI_DIGEST_CRC32C;
}

/* -------------------------------------------------------------------------
 * Building a batch
 */

static void scst_iscsi_tx_mark(const struct scst_iscsi_tx *tx,
			       const struct scst_iscsi_cmd *cmd,
			       struct scst_iscsi_mark *mark)
{
	mark->nr = tx->nr;
	mark->last_len = tx->nr ? tx->vec[tx->nr - 1].bv_len : 0;
	mark->nr_drop = tx->nr_drop;
	mark->bytes = tx->bytes;
	mark->tx_vec = cmd->tx_vec;
	mark->tx_vec_off = cmd->tx_vec_off;
}

/* Pages that were added to the drop list since are private copies */
static void scst_iscsi_tx_rewind(struct scst_iscsi_tx *tx,
				 struct scst_iscsi_cmd *cmd,
				 const struct scst_iscsi_mark *mark)
{
	tx->nr = mark->nr;
	if (tx->nr)
		tx->vec[tx->nr - 1].bv_len = mark->last_len;
	tx->bytes = mark->bytes;
	while (tx->nr_drop > mark->nr_drop)
		put_page(tx->drop[--tx->nr_drop]);
	cmd->tx_vec = mark->tx_vec;
	cmd->tx_vec_off = mark->tx_vec_off;
}

static bool scst_iscsi_tx_full(const struct scst_iscsi_tx *tx)
{
	/* A header, a piece of data and a tail, each in a page of its own */
	return tx->nr + 3 > SCST_ISCSI_TX_VECS ||
	       tx->nr_drop + 2 > SCST_ISCSI_TX_VECS ||
	       tx->bytes >= SCST_ISCSI_BATCH_BYTES;
}

/* Memory for @len bytes that are sent next; there must be a vector left */
static void *scst_iscsi_tx_put(struct scst_iscsi_tx *tx, unsigned int len)
{
	struct bio_vec *bv = tx->nr ? &tx->vec[tx->nr - 1] : NULL;
	void *p = page_address(tx->page) + tx->page_off;

	if (bv && bv->bv_page == tx->page &&
	    bv->bv_offset + bv->bv_len == tx->page_off)
		bv->bv_len += len;
	else
		bvec_set_page(&tx->vec[tx->nr++], tx->page, len, tx->page_off);
	tx->page_off += len;
	tx->bytes += len;
	return p;
}

/* Make sure that a header with up to @len bytes of data has room */
static int scst_iscsi_tx_room(struct scst_iscsi_tx *tx, unsigned int len)
{
	struct page *page;

	len += ISCSI_BHS_LEN + ISCSI_CRC_LEN + SCST_ISCSI_TAIL;
	/* Padding on its own, of data that lies elsewhere, leaves it crooked */
	tx->page_off = ALIGN(tx->page_off, 4);
	if (tx->page && tx->page_off + len <= PAGE_SIZE)
		return 0;
	page = alloc_page(GFP_NOIO | __GFP_NOWARN);
	if (!page)
		return -ENOMEM;
	/* The batch needs the old one until it was taken */
	if (tx->page)
		tx->drop[tx->nr_drop++] = tx->page;
	tx->page = page;
	tx->page_off = 0;
	return 0;
}

/* Sequence numbers and digest: the header is complete then */
static void scst_iscsi_tx_seal(struct scst_iscsi_conn *conn,
			       struct iscsi_bhs *bhs, u32 dsl)
{
	struct scst_iscsi_tx *tx = &conn->tx;
	__le32 *digest = (__le32 *)(bhs + 1);
	u32 crc;

	iscsi_dsl_put(bhs->dsl, dsl);
	bhs->sn[1] = cpu_to_be32(conn->cmdsn.exp);
	bhs->sn[2] = cpu_to_be32(conn->cmdsn.max);
	if (tx->hdgst) {
		crc = scst_iscsi_crc(SCST_ISCSI_CRC_SEED, bhs, sizeof(*bhs));
		*digest = scst_iscsi_digest(crc);
	}
	trace_scst_iscsi_sent(to_session(conn)->sid, bhs);
}

/* Room was made before, and aligned */
static void *scst_iscsi_tx_header(struct scst_iscsi_tx *tx)
{
	void *bhs = scst_iscsi_tx_put(tx, ISCSI_BHS_LEN +
				      (tx->hdgst ? ISCSI_CRC_LEN : 0));

	memset(bhs, 0, ISCSI_BHS_LEN);
	return bhs;
}

/* Padding and digest after a data segment of @len bytes */
static void scst_iscsi_tx_tail(struct scst_iscsi_tx *tx, u32 len, u32 crc)
{
	unsigned int pad = iscsi_pad(len), n = pad;
	__le32 digest;
	u8 *p;

	if (tx->ddgst)
		n += ISCSI_CRC_LEN;
	if (!n)
		return;
	p = scst_iscsi_tx_put(tx, n);
	memset(p, 0, pad);
	if (!tx->ddgst)
		return;
	digest = scst_iscsi_digest(scst_iscsi_crc(crc, p, pad));
	memcpy(p + pad, &digest, sizeof(digest));
}

/* Short data, copied behind the header */
static void scst_iscsi_tx_inline(struct scst_iscsi_tx *tx, const void *data,
				 unsigned int len)
{
	u8 *p = scst_iscsi_tx_put(tx, len);

	memcpy(p, data, len);
	scst_iscsi_tx_tail(tx, len, scst_iscsi_crc(SCST_ISCSI_CRC_SEED, p, len));
}

static void scst_iscsi_tx_page(struct scst_iscsi_tx *tx, struct page *page,
			       unsigned int len, unsigned int off)
{
	bvec_set_page(&tx->vec[tx->nr++], page, len, off);
	tx->bytes += len;
}

/*
 * Pages of the page cache may be written to at any time.  A digest that is
 * sent with them would be wrong then, so it is made of a copy.
 */
static int scst_iscsi_tx_copy(struct scst_iscsi_tx *tx,
			      const struct bio_vec *bv, u32 off, u32 *len)
{
	unsigned int pos = bv->bv_offset + off;
	struct page *copy, *page = bv->bv_page + (pos >> PAGE_SHIFT);

	if (tx->nr_drop + 2 > SCST_ISCSI_TX_VECS)
		return -ENOSPC;
	copy = alloc_page(GFP_NOIO | __GFP_NOWARN);
	if (!copy)
		return -ENOMEM;
	tx->drop[tx->nr_drop++] = copy;
	pos = offset_in_page(pos);
	*len = min_t(u32, *len, PAGE_SIZE - pos);
	memcpy_page(copy, 0, page, pos, *len);
	scst_iscsi_tx_page(tx, copy, *len, 0);
	return 0;
}

/* One piece of a command's buffer, up to @len bytes; the last vector is kept */
static int scst_iscsi_tx_piece(struct scst_iscsi_tx *tx,
			       struct scst_iscsi_cmd *cmd, u32 *len, u32 *crc)
{
	struct scst_buf *buf = &cmd->scst.buf;
	struct bio_vec *bv = &buf->vec[cmd->tx_vec];
	int ret = 0;

	if (tx->nr + 2 > SCST_ISCSI_TX_VECS)
		return -ENOSPC;
	*len = min(*len, bv->bv_len - cmd->tx_vec_off);
	if (tx->ddgst && buf->kind == SCST_BUF_REFS)
		ret = scst_iscsi_tx_copy(tx, bv, cmd->tx_vec_off, len);
	else
		scst_iscsi_tx_page(tx, bv->bv_page, *len,
				   bv->bv_offset + cmd->tx_vec_off);
	if (ret)
		return ret;
	if (tx->ddgst)
		*crc = scst_iscsi_crc_bvec(*crc, &tx->vec[tx->nr - 1]);
	cmd->tx_vec_off += *len;
	if (cmd->tx_vec_off == bv->bv_len) {
		cmd->tx_vec_off = 0;
		cmd->tx_vec++;
	}
	return 0;
}

/* A data segment of @want bytes, or of fewer if there is not enough room */
static int scst_iscsi_tx_segment(struct scst_iscsi_tx *tx,
				 struct scst_iscsi_cmd *cmd, u32 want, u32 *got)
{
	u32 crc = SCST_ISCSI_CRC_SEED, len, sum = 0;
	int ret = 0;

	while (sum < want) {
		len = want - sum;
		ret = scst_iscsi_tx_piece(tx, cmd, &len, &crc);
		if (ret)
			break;
		sum += len;
	}
	*got = sum;
	if (!sum)
		return ret;
	scst_iscsi_tx_tail(tx, sum, crc);
	return sum == want ? 0 : ret;
}

/* The status may ride in the last Data-In if it needs no sense data */
static bool scst_iscsi_status_rides(const struct scst_cmd *scst)
{
	return scst->status == SAM_STAT_GOOD && !scst->sense_len &&
	       scst->resp_len;
}

static void scst_iscsi_residual(const struct scst_cmd *scst, u8 *flags,
				__be32 *residual)
{
	s64 resid = scst_cmd_residual(scst);

	if (likely(!resid))
		return;
	if (resid > 0) {
		*flags |= ISCSI_RSP_OVERFLOW;
		*residual = cpu_to_be32(resid);
	} else {
		*flags |= ISCSI_RSP_UNDERFLOW;
		*residual = cpu_to_be32(-resid);
	}
}

/* The response is on its way: the initiator may send another command */
static void scst_iscsi_tx_pay_back(struct scst_iscsi_cmd *cmd)
{
	if (!cmd->credit)
		return;
	cmd->credit = false;
	scst_iscsi_cmdsn_credit(&cmd->conn->cmdsn);
}

static void scst_iscsi_fill_data_in(struct scst_iscsi_cmd *cmd,
				    struct iscsi_data_in *rsp, u32 len,
				    bool end_of_burst)
{
	struct scst_iscsi_conn *conn = cmd->conn;
	struct scst_cmd *scst = &cmd->scst;

	rsp->opcode = ISCSI_OP_DATA_IN;
	rsp->itt = cmd->pdu.bhs.itt;
	rsp->ttt = cpu_to_be32(ISCSI_TAG_NONE);
	rsp->data_sn = cpu_to_be32(cmd->data_sn++);
	rsp->offset = cpu_to_be32(cmd->tx_off);
	cmd->tx_off += len;
	if (cmd->tx_off < scst->resp_len) {
		if (end_of_burst)
			rsp->flags = ISCSI_F_FINAL;
	} else if (scst_iscsi_status_rides(scst)) {
		rsp->flags = ISCSI_F_FINAL | ISCSI_DATA_IN_STATUS;
		rsp->status = scst->status;
		rsp->stat_sn = cpu_to_be32(conn->tx.stat_sn++);
		scst_iscsi_residual(scst, &rsp->flags, &rsp->residual);
		scst_iscsi_tx_pay_back(cmd);
	} else {
		rsp->flags = ISCSI_F_FINAL;
	}
	scst_iscsi_tx_seal(conn, (struct iscsi_bhs *)rsp, len);
}

/* One Data-In PDU; -ENOSPC if it should go into the next batch */
static int scst_iscsi_tx_data_in(struct scst_iscsi_cmd *cmd)
{
	u32 burst = to_session(cmd->conn)->params.val[SCST_ISCSI_MAX_BURST];
	u32 left = cmd->scst.resp_len - cmd->tx_off, len, got;
	struct scst_iscsi_tx *tx = &cmd->conn->tx;
	struct scst_iscsi_mark mark;
	struct iscsi_data_in *rsp;
	int ret;

	if (scst_iscsi_tx_full(tx))
		return -ENOSPC;
	ret = scst_iscsi_tx_room(tx, 0);
	if (ret)
		return ret;
	burst -= cmd->tx_off % burst;
	len = min3(left, burst, tx->max_dsl);
	scst_iscsi_tx_mark(tx, cmd, &mark);
	rsp = scst_iscsi_tx_header(tx);
	ret = scst_iscsi_tx_segment(tx, cmd, len, &got);
	/* A batch of its own has as much room as there is */
	if (ret && (ret != -ENOSPC || mark.nr || !got)) {
		scst_iscsi_tx_rewind(tx, cmd, &mark);
		return ret;
	}
	if (cmd->scst.buf.kind == SCST_BUF_CACHE)
		tx->cache += got;
	tx->refs |= cmd->scst.buf.kind == SCST_BUF_REFS;
	scst_iscsi_fill_data_in(cmd, rsp, got, got == burst);
	return 0;
}

/* A SCSI Response PDU */
static int scst_iscsi_tx_status(struct scst_iscsi_cmd *cmd)
{
	struct scst_iscsi_conn *conn = cmd->conn;
	struct scst_iscsi_tx *tx = &conn->tx;
	struct scst_cmd *scst = &cmd->scst;
	u8 sense[2 + SCST_MAX_SENSE];
	struct iscsi_scsi_rsp *rsp;
	u32 dsl = 0;
	int ret;

	if (scst_iscsi_tx_full(tx))
		return -ENOSPC;
	ret = scst_iscsi_tx_room(tx, sizeof(sense));
	if (ret)
		return ret;
	rsp = scst_iscsi_tx_header(tx);
	rsp->opcode = ISCSI_OP_SCSI_RSP;
	rsp->flags = ISCSI_F_FINAL;
	rsp->response = ISCSI_RSP_COMPLETED;
	rsp->status = scst->status;
	rsp->itt = cmd->pdu.bhs.itt;
	rsp->stat_sn = cpu_to_be32(tx->stat_sn++);
	rsp->exp_data_sn = cpu_to_be32(cmd->data_sn + cmd->r2t_sn);
	scst_iscsi_residual(scst, &rsp->flags, &rsp->residual);
	scst_iscsi_tx_pay_back(cmd);
	if (scst->sense_len) {
		sense[0] = 0;
		sense[1] = scst->sense_len;
		memcpy(sense + 2, scst->sense, scst->sense_len);
		dsl = 2 + scst->sense_len;
	}
	scst_iscsi_tx_seal(conn, (struct iscsi_bhs *)rsp, dsl);
	if (dsl)
		scst_iscsi_tx_inline(tx, sense, dsl);
	return 0;
}

static void scst_iscsi_tx_finish(struct scst_iscsi_cmd *cmd)
{
	scst_cmd_finish(&cmd->scst);
	scst_iscsi_cmd_put(cmd);
}

/* The response to a command, or a part of it */
static int scst_iscsi_tx_cmd(struct scst_iscsi_conn *conn,
			     struct scst_iscsi_cmd *cmd)
{
	struct scst_cmd *scst = &cmd->scst;
	int ret;

	/* Aborted commands get no response, unless somebody else did it */
	if (unlikely(scst_cmd_aborted(scst)) && !cmd->data_sn &&
	    !test_bit(SCST_CMDF_ABORT_TAS, &scst->flags)) {
		list_del(&cmd->out.entry);
		scst_iscsi_tx_finish(cmd);
		return 0;
	}
	while (cmd->tx_off < scst->resp_len) {
		ret = scst_iscsi_tx_data_in(cmd);
		if (ret)
			return ret;
	}
	if (!scst_iscsi_status_rides(scst)) {
		ret = scst_iscsi_tx_status(cmd);
		if (ret)
			return ret;
	}
	cmd->out.end = conn->tx.bytes;
	list_move_tail(&cmd->out.entry, &conn->tx.sending);
	return 0;
}

/* Everything that is not the response to a command */
static int scst_iscsi_tx_ctl(struct scst_iscsi_conn *conn,
			     struct scst_iscsi_ctl *ctl)
{
	struct scst_iscsi_tx *tx = &conn->tx;
	u32 crc = SCST_ISCSI_CRC_SEED, len = ctl->inl_len ?: ctl->data.len;
	struct iscsi_bhs *bhs;
	unsigned int i;
	int ret;

	if (scst_iscsi_tx_full(tx) ||
	    tx->nr + ctl->data.nr + 2 > SCST_ISCSI_TX_VECS)
		return -ENOSPC;
	ret = scst_iscsi_tx_room(tx, ctl->inl_len);
	if (ret)
		return ret;
	bhs = scst_iscsi_tx_header(tx);
	*bhs = ctl->rsp;
	bhs->sn[0] = cpu_to_be32(tx->stat_sn);
	if (ctl->has_stat)
		tx->stat_sn++;
	scst_iscsi_tx_seal(conn, bhs, len);
	if (ctl->inl_len) {
		scst_iscsi_tx_inline(tx, ctl->inl, ctl->inl_len);
	} else if (len) {
		for (i = 0; i < ctl->data.nr; i++) {
			scst_iscsi_tx_page(tx, ctl->data.vec[i].bv_page,
					   ctl->data.vec[i].bv_len, 0);
			if (tx->ddgst)
				crc = scst_iscsi_crc_bvec(crc,
							  &ctl->data.vec[i]);
		}
		scst_iscsi_tx_tail(tx, len, crc);
	}
	ctl->out.end = tx->bytes;
	list_move_tail(&ctl->out.entry, &tx->sending);
	/* Nothing may follow the response to a logout */
	return ctl->after == SCST_ISCSI_AFTER_NOTHING ? 0 : -ESHUTDOWN;
}

static int scst_iscsi_tx_r2t(struct scst_iscsi_cmd *cmd)
{
	struct scst_iscsi_conn *conn = cmd->conn;
	struct scst_iscsi_tx *tx = &conn->tx;
	struct iscsi_r2t *r2t;
	int ret;

	while (scst_iscsi_cmd_wants_r2t(cmd)) {
		if (scst_iscsi_tx_full(tx))
			return -ENOSPC;
		ret = scst_iscsi_tx_room(tx, 0);
		if (ret)
			return ret;
		r2t = scst_iscsi_tx_header(tx);
		scst_iscsi_cmd_r2t(cmd, r2t);
		r2t->stat_sn = cpu_to_be32(tx->stat_sn);
		scst_iscsi_tx_seal(conn, (struct iscsi_bhs *)r2t, 0);
	}
	cmd->r2t_queued = false;
	list_del(&cmd->r2t_entry);
	return 0;
}

static int scst_iscsi_tx_build_one(struct scst_iscsi_conn *conn)
{
	struct scst_iscsi_out *out;
	struct scst_iscsi_cmd *cmd;

	cmd = list_first_entry_or_null(&conn->r2ts, struct scst_iscsi_cmd,
				       r2t_entry);
	if (cmd)
		return scst_iscsi_tx_r2t(cmd);
	out = list_first_entry_or_null(&conn->tx.queue, struct scst_iscsi_out,
				       entry);
	if (!out)
		return -ENODATA;
	if (out->kind == SCST_ISCSI_OUT_CMD)
		return scst_iscsi_tx_cmd(conn, out_to_cmd(out));
	return scst_iscsi_tx_ctl(conn, out_to_ctl(out));
}

static void scst_iscsi_tx_drop_pages(struct scst_iscsi_tx *tx)
{
	while (tx->nr_drop)
		put_page(tx->drop[--tx->nr_drop]);
}

static void scst_iscsi_tx_build(struct scst_iscsi_conn *conn)
{
	struct scst_iscsi_tx *tx = &conn->tx;
	bool corked = tx->more;
	int ret;

	scst_iscsi_tx_drop_pages(tx);
	tx->nr = 0;
	tx->bytes = 0;
	tx->sent = 0;
	tx->cache = 0;
	tx->refs = false;
	do {
		ret = scst_iscsi_tx_build_one(conn);
	} while (!ret);
	if (ret == -ENOMEM)
		set_bit(SCST_ISCSI_CONN_RETRY, &conn->flags);
	tx->more = ret == -ENOSPC;
	/* What should have followed was aborted, or there is no memory for it */
	if (unlikely(corked && !tx->bytes))
		scst_iscsi_tcp_push(conn);
	iov_iter_bvec(&tx->iter, ITER_SOURCE, tx->vec, tx->nr, tx->bytes);
}

/* -------------------------------------------------------------------------
 * Sending a batch
 */

/* Finish whose last byte was taken */
static void scst_iscsi_tx_retire(struct scst_iscsi_conn *conn)
{
	struct scst_iscsi_tx *tx = &conn->tx;
	struct scst_iscsi_out *out;

	while ((out = list_first_entry_or_null(&tx->sending,
					       struct scst_iscsi_out, entry))) {
		if (out->end > tx->sent)
			return;
		list_del(&out->entry);
		if (out->kind == SCST_ISCSI_OUT_CMD)
			scst_iscsi_tx_finish(out_to_cmd(out));
		else
			scst_iscsi_ctl_sent(out_to_ctl(out));
	}
}

static void scst_iscsi_tx_blocked(struct scst_iscsi_tx *tx)
{
	if (!tx->blocked_since)
		WRITE_ONCE(tx->blocked_since, jiffies | 1);
}

/* Send the batch; true if all of it was taken */
static bool scst_iscsi_tx_send(struct scst_iscsi_conn *conn)
{
	struct scst_iscsi_tx *tx = &conn->tx;
	bool zerocopy = tx->cache >= SCST_ISCSI_ZEROCOPY && !tx->refs;
	int ret;

	ret = scst_iscsi_tcp_send(conn, &tx->iter, zerocopy, tx->more);
	if (ret == -EAGAIN) {
		scst_iscsi_tx_blocked(tx);
		return false;
	}
	if (ret == -ENOMEM || ret == -ENOBUFS) {
		scst_iscsi_tx_blocked(tx);
		set_bit(SCST_ISCSI_CONN_RETRY, &conn->flags);
		return false;
	}
	if (ret <= 0) {
		scst_iscsi_conn_close(conn, ret ? -ret : EPIPE);
		return false;
	}
	tx->sent += ret;
	/* A trickle is no progress: the batch as a whole has a deadline */
	if (tx->sent < tx->bytes) {
		scst_iscsi_tx_blocked(tx);
		scst_iscsi_tx_retire(conn);
		return false;
	}
	WRITE_ONCE(tx->blocked_since, 0);
	scst_iscsi_tx_drop_pages(tx);
	scst_iscsi_tx_retire(conn);
	return true;
}

/**
 * scst_iscsi_tx - send what is ready, or a batch of it
 * @conn: connection
 *
 * Context: io_work.
 * Return: true if there is more that could be sent now.
 */
bool scst_iscsi_tx(struct scst_iscsi_conn *conn)
{
	struct scst_iscsi_tx *tx = &conn->tx;

	if (tx->sent == tx->bytes) {
		if (unlikely(conn->state != SCST_ISCSI_FULL_FEATURE)) {
			scst_iscsi_tx_drop_queue(conn);
			return false;
		}
		scst_iscsi_tx_build(conn);
		if (!tx->bytes)
			return false;
	}
	return scst_iscsi_tx_send(conn) &&
	       (tx->more || !list_empty(&tx->queue) ||
		!list_empty(&conn->r2ts));
}

/**
 * scst_iscsi_tx_drop_queue - finish what would have been sent
 * @conn: connection on which nothing is sent any more
 *
 * Context: io_work.
 */
void scst_iscsi_tx_drop_queue(struct scst_iscsi_conn *conn)
{
	struct scst_iscsi_out *out;

	while ((out = list_first_entry_or_null(&conn->tx.queue,
					       struct scst_iscsi_out, entry))) {
		list_del(&out->entry);
		if (out->kind == SCST_ISCSI_OUT_CMD)
			scst_iscsi_tx_finish(out_to_cmd(out));
		else
			scst_iscsi_ctl_free(out_to_ctl(out));
	}
}

/**
 * scst_iscsi_tx_stop - drop what is half sent
 * @conn: connection without a socket
 *
 * Context: io_work.
 */
void scst_iscsi_tx_stop(struct scst_iscsi_conn *conn)
{
	struct scst_iscsi_tx *tx = &conn->tx;

	list_splice_tail_init(&tx->sending, &tx->queue);
	tx->sent = 0;
	tx->bytes = 0;
	scst_iscsi_tx_drop_pages(tx);
	scst_iscsi_tx_drop_queue(conn);
}

/**
 * scst_iscsi_tx_free - free what is left
 * @conn: idle connection
 *
 * Context: process.
 */
void scst_iscsi_tx_free(struct scst_iscsi_conn *conn)
{
	if (conn->tx.page)
		put_page(conn->tx.page);
	conn->tx.page = NULL;
}
