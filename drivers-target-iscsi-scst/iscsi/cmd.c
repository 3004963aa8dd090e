// SPDX-License-Identifier: GPL-2.0
/*
 * SCSI commands: from the PDU to the core and back, and the data an initiator
 * sends for them.  Runs in io_work only, except for respond() and abort().
 *
 * Data-Out comes in sequences: one of unsolicited data at most, then one for
 * each R2T.  A command's buffer is complete when no sequence is open and
 * nothing is left to solicit; then scst_cmd_data_ready() is called.  If the
 * core is done with a command before its unsolicited data has come, the
 * response waits until that data was thrown away.
 *
 * An initiator that owes data ties up a buffer.  Commands for which a sequence
 * is open are in conn->expected, the longest waiting one first, and the driver's
 * timer closes the connection when that one has waited for RspTimeout.
 */
#include <kunit/visibility.h>
#include <linux/hash.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "iscsi_priv.h"
#include "trace.h"

static struct kmem_cache *scst_iscsi_cmd_cache;

static struct scst_iscsi_cmd *to_cmd(struct scst_cmd *scst)
{
	return container_of(scst, struct scst_iscsi_cmd, scst);
}

/* -------------------------------------------------------------------------
 * Memory
 */

static struct scst_iscsi_cmd *
scst_iscsi_cmd_alloc(struct scst_iscsi_conn *conn)
{
	struct scst_iscsi_cmd *cmd;

	if (conn->nr_slots == conn->max_slots)
		return NULL;
	cmd = kmem_cache_alloc(scst_iscsi_cmd_cache, GFP_NOIO | __GFP_NOWARN);
	if (!cmd)
		return NULL;
	cmd->conn = conn;
	cmd->slot = conn->nr_slots;
	cmd->out.kind = SCST_ISCSI_OUT_CMD;
	INIT_LIST_HEAD(&cmd->expect_entry);
	conn->slots[conn->nr_slots++] = cmd;
	return cmd;
}

/**
 * scst_iscsi_cmd_get - take a free command
 * @conn: connection
 * @imm: for an immediate command
 *
 * Commands stay with their connection, so this rarely allocates.
 *
 * Context: io_work.
 * Return: the command, or NULL if there are too many or no memory.
 */
struct scst_iscsi_cmd *scst_iscsi_cmd_get(struct scst_iscsi_conn *conn,
					  bool imm)
{
	struct scst_iscsi_cmd *cmd;

	if (unlikely(imm && conn->nr_imm >= SCST_ISCSI_IMM_CMDS))
		return NULL;
	cmd = conn->free_cmds;
	if (likely(cmd)) {
		conn->free_cmds = cmd->next_free;
	} else {
		cmd = scst_iscsi_cmd_alloc(conn);
		if (!cmd)
			return NULL;
	}
	conn->nr_busy++;
	conn->nr_imm += imm;
	cmd->pdu.kind = SCST_ISCSI_KIND_CMD;
	cmd->pdu.skip = false;
	cmd->busy = true;
	cmd->credit = false;
	cmd->imm = false;
	cmd->waiting = false;
	cmd->complete = false;
	cmd->responded = false;
	cmd->r2t_queued = false;
	cmd->unsol.active = false;
	cmd->nr_r2t = 0;
	cmd->r2t_sn = 0;
	cmd->error = SCST_GOOD;
	cmd->tx_off = 0;
	cmd->tx_vec = 0;
	cmd->tx_vec_off = 0;
	cmd->data_sn = 0;
	return cmd;
}
EXPORT_SYMBOL_IF_KUNIT(scst_iscsi_cmd_get);

/* A sequence of data begins or ends: from now on the next one is due, if any */
static void scst_iscsi_cmd_expect(struct scst_iscsi_cmd *cmd)
{
	struct scst_iscsi_conn *conn = cmd->conn;
	struct scst_iscsi_cmd *oldest;

	list_del_init(&cmd->expect_entry);
	if (cmd->imm || cmd->unsol.active || cmd->nr_r2t) {
		cmd->expect_since = jiffies | 1;
		list_add_tail(&cmd->expect_entry, &conn->expected);
	}
	oldest = list_first_entry_or_null(&conn->expected,
					  struct scst_iscsi_cmd, expect_entry);
	WRITE_ONCE(conn->data_since, oldest ? oldest->expect_since : 0);
}

/* No more data of any kind is expected */
static void scst_iscsi_cmd_stop_data(struct scst_iscsi_cmd *cmd)
{
	unsigned int i;

	scst_iscsi_rx_forget(cmd->conn, cmd);
	cmd->imm = false;
	if (cmd->unsol.active) {
		cmd->unsol.active = false;
		hlist_del(&cmd->unsol_node);
	}
	if (cmd->r2t_queued) {
		cmd->r2t_queued = false;
		list_del(&cmd->r2t_entry);
	}
	if (cmd->nr_r2t) {
		cmd->nr_r2t = 0;
		for (i = 0; i < SCST_ISCSI_R2TS; i++)
			cmd->r2t[i].active = false;
	}
	if (!list_empty(&cmd->expect_entry))
		scst_iscsi_cmd_expect(cmd);
}

/**
 * scst_iscsi_cmd_put - give a command back
 * @cmd: command the core does not have (any more)
 *
 * Context: io_work.
 */
void scst_iscsi_cmd_put(struct scst_iscsi_cmd *cmd)
{
	struct scst_iscsi_conn *conn = cmd->conn;

	scst_iscsi_cmd_stop_data(cmd);
	if (cmd->credit)
		scst_iscsi_cmdsn_credit(&conn->cmdsn);
	if (unlikely(scst_iscsi_immediate(&cmd->pdu.bhs)))
		conn->nr_imm--;
	conn->nr_busy--;
	cmd->busy = false;
	cmd->next_free = conn->free_cmds;
	conn->free_cmds = cmd;
}

/**
 * scst_iscsi_cmd_free_all - free the commands of a connection
 * @conn: idle connection
 *
 * Context: process.
 */
void scst_iscsi_cmd_free_all(struct scst_iscsi_conn *conn)
{
	unsigned int i;

	for (i = 0; i < conn->nr_slots; i++)
		kmem_cache_free(scst_iscsi_cmd_cache, conn->slots[i]);
	conn->nr_slots = 0;
	conn->free_cmds = NULL;
}
EXPORT_SYMBOL_IF_KUNIT(scst_iscsi_cmd_free_all);

/**
 * scst_iscsi_cmd_cache_init - prepare for commands
 *
 * Context: module initialisation.
 * Return: 0 or -ENOMEM.
 */
int scst_iscsi_cmd_cache_init(void)
{
	scst_iscsi_cmd_cache = KMEM_CACHE(scst_iscsi_cmd, SLAB_HWCACHE_ALIGN);
	return scst_iscsi_cmd_cache ? 0 : -ENOMEM;
}

/**
 * scst_iscsi_cmd_cache_exit - undo scst_iscsi_cmd_cache_init()
 *
 * Context: module exit.
 */
void scst_iscsi_cmd_cache_exit(void)
{
	kmem_cache_destroy(scst_iscsi_cmd_cache);
}

/* -------------------------------------------------------------------------
 * From the PDU to the core
 */

static struct hlist_head *scst_iscsi_unsol_head(struct scst_iscsi_conn *conn,
						__be32 itt)
{
	return &conn->unsol[hash_32(be32_to_cpu(itt),
				    ilog2(SCST_ISCSI_UNSOL_HASH))];
}

static enum scst_attr scst_iscsi_attr(u8 flags)
{
	switch (flags & ISCSI_CMD_ATTR_MASK) {
	case ISCSI_ATTR_ORDERED:
		return SCST_ATTR_ORDERED;
	case ISCSI_ATTR_HEAD_OF_QUEUE:
		return SCST_ATTR_HEAD_OF_QUEUE;
	case ISCSI_ATTR_ACA:
		return SCST_ATTR_ACA;
	default:
		return SCST_ATTR_SIMPLE;
	}
}

/* What an initiator may send on its own, and what this one announces */
static void scst_iscsi_cmd_fill_write(struct scst_iscsi_cmd *cmd, u32 dsl,
				      bool final)
{
	const u32 *val = to_session(cmd->conn)->params.val;
	u32 first = min(val[SCST_ISCSI_FIRST_BURST], cmd->edtl);
	unsigned int i;

	for (i = 0; i < SCST_ISCSI_R2TS; i++)
		cmd->r2t[i].active = false;
	cmd->iter_off = U32_MAX;
	cmd->r2t_off = dsl;
	if ((dsl && !val[SCST_ISCSI_IMMEDIATE_DATA]) ||
	    (!final && val[SCST_ISCSI_INITIAL_R2T]))
		scst_iscsi_cmd_fail(cmd, SCST_UNEXPECTED_UNSOLICITED);
	else if (dsl > first)
		scst_iscsi_cmd_fail(cmd, SCST_NOT_ENOUGH_UNSOLICITED);
	if (final)
		return;
	cmd->unsol = (struct scst_iscsi_seq) {
		.ttt = ISCSI_TAG_NONE,
		.off = dsl,
		.len = first > dsl ? first - dsl : 0,
		.active = true,
	};
	cmd->r2t_off += cmd->unsol.len;
	hlist_add_head(&cmd->unsol_node,
		       scst_iscsi_unsol_head(cmd->conn, cmd->pdu.bhs.itt));
}

/**
 * scst_iscsi_cmd_fill - set up a command from its PDU
 * @cmd: new command
 * @bhs: SCSI Command PDU
 * @ahs: additional headers, if @bhs announces some
 *
 * Context: io_work.
 * Return: 0, or -EINVAL if the additional headers make no sense.
 */
int scst_iscsi_cmd_fill(struct scst_iscsi_cmd *cmd, const struct iscsi_bhs *bhs,
			const u8 *ahs)
{
	const struct iscsi_scsi_cmd *req = (const struct iscsi_scsi_cmd *)bhs;
	struct scst_cmd *scst = &cmd->scst;
	int ext = 0;

	cmd->pdu.bhs = *bhs;
	cmd->edtl = be32_to_cpu(req->edtl);
	scst_cmd_init(scst, to_session(cmd->conn)->core);
	memcpy(scst->cdb, req->cdb, ISCSI_CDB_LEN);
	if (unlikely(req->ahs_len)) {
		ext = scst_iscsi_ahs_cdb(ahs, req->ahs_len * 4,
					 scst->cdb + ISCSI_CDB_LEN,
					 SCST_MAX_CDB - ISCSI_CDB_LEN);
		if (ext < 0)
			return ext;
	}
	scst->cdb_len = ISCSI_CDB_LEN + ext;
	scst->tag = be32_to_cpu(req->itt);
	scst->lun_addr = scst_lun_decode(req->lun);
	scst->attr = scst_iscsi_attr(req->flags);
	if (req->flags & ISCSI_CMD_WRITE) {
		scst->exp_dir = DMA_TO_DEVICE;
		scst->exp_len = cmd->edtl;
		scst_iscsi_cmd_fill_write(cmd, iscsi_dsl_get(req->dsl),
					  req->flags & ISCSI_F_FINAL);
	} else if (req->flags & ISCSI_CMD_READ) {
		scst->exp_dir = DMA_FROM_DEVICE;
		scst->exp_len = cmd->edtl;
	} else {
		scst->exp_dir = DMA_NONE;
		scst->exp_len = 0;
	}
	cmd->imm = iscsi_dsl_get(req->dsl);
	if (cmd->imm || cmd->unsol.active)
		scst_iscsi_cmd_expect(cmd);
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(scst_iscsi_cmd_fill);

/**
 * scst_iscsi_cmd_submit - hand a command to the core
 * @cmd: filled in; may be gone when this returns, unless its immediate data is
 *	still to come
 *
 * Context: io_work, may sleep.
 */
void scst_iscsi_cmd_submit(struct scst_iscsi_cmd *cmd)
{
	scst_cmd_submit(&cmd->scst);
}

/**
 * scst_iscsi_cmd_late - a command cannot be executed yet
 * @cmd: not submitted
 *
 * There is no buffer for the data that comes with it or after it.  It will be
 * solicited when the turn of the command comes.
 *
 * Context: io_work.
 */
void scst_iscsi_cmd_late(struct scst_iscsi_cmd *cmd)
{
	scst_iscsi_cmd_stop_data(cmd);
	cmd->r2t_off = 0;
}

/* -------------------------------------------------------------------------
 * Data-Out
 */

/**
 * scst_iscsi_cmd_fail - something is wrong with the data of a command
 * @cmd: command
 * @error: what; the first one counts
 *
 * Context: io_work.
 */
void scst_iscsi_cmd_fail(struct scst_iscsi_cmd *cmd, scst_sense_t error)
{
	if (cmd->error == SCST_GOOD)
		cmd->error = error;
}

/* Is there data that was not asked for yet and makes sense to ask for? */
static bool scst_iscsi_cmd_more(const struct scst_iscsi_cmd *cmd)
{
	return cmd->r2t_off < cmd->scst.bufflen && cmd->error == SCST_GOOD;
}

/**
 * scst_iscsi_cmd_wants_r2t - is there data to solicit?
 * @cmd: command on conn->r2ts
 *
 * Context: io_work.
 * Return: true if scst_iscsi_cmd_r2t() would give another one.
 */
bool scst_iscsi_cmd_wants_r2t(const struct scst_iscsi_cmd *cmd)
{
	u32 max = to_session(cmd->conn)->params.val[SCST_ISCSI_MAX_R2T];

	return scst_iscsi_cmd_more(cmd) &&
	       cmd->nr_r2t < min_t(u32, max, SCST_ISCSI_R2TS);
}

/* Go on with a command after something about its data has changed */
static void scst_iscsi_cmd_progress(struct scst_iscsi_cmd *cmd)
{
	struct scst_iscsi_conn *conn = cmd->conn;

	if (cmd->imm || cmd->unsol.active)
		return;
	if (cmd->responded) {
		cmd->responded = false;
		list_add_tail(&cmd->out.entry, &conn->tx.queue);
		return;
	}
	if (!cmd->waiting || cmd->complete)
		return;
	/* RFC 7143 7.8: after an error, too, what was asked for has to come */
	if (!cmd->nr_r2t && !scst_iscsi_cmd_more(cmd)) {
		cmd->complete = true;
		scst_iscsi_cmd_stop_data(cmd);
		scst_iscsi_rx_ready(conn, cmd);
	} else if (scst_iscsi_cmd_wants_r2t(cmd) && !cmd->r2t_queued) {
		cmd->r2t_queued = true;
		list_add_tail(&cmd->r2t_entry, &conn->r2ts);
	}
}

/**
 * scst_iscsi_data_wait - the core wants the data of a write
 * @scst: command, with its buffer
 *
 * Context: within scst_iscsi_cmd_submit().
 */
void scst_iscsi_data_wait(struct scst_cmd *scst)
{
	struct scst_iscsi_cmd *cmd = to_cmd(scst);

	cmd->waiting = true;
	/* Pieces in any order may leave holes, which must not be old memory */
	if (!to_session(cmd->conn)->params.val[SCST_ISCSI_PDU_IN_ORDER])
		scst_buf_zero(&scst->buf, 0, scst->bufflen);
	scst_iscsi_cmd_progress(cmd);
}

/**
 * scst_iscsi_cmd_ready - tell the core that its data is there, or why not
 * @cmd: command; may be gone when this returns
 *
 * Context: io_work, may sleep.
 */
void scst_iscsi_cmd_ready(struct scst_iscsi_cmd *cmd)
{
	cmd->waiting = false;
	scst_cmd_data_ready(&cmd->scst, cmd->error);
}

/**
 * scst_iscsi_cmd_target - where data is to go
 * @cmd: command
 * @off: offset in the buffer
 * @len: bytes that will come
 * @room: how many of them there is room for
 *
 * Context: io_work.
 * Return: iterator, or NULL to throw the data away.
 */
struct iov_iter *scst_iscsi_cmd_target(struct scst_iscsi_cmd *cmd, u32 off,
				       u32 len, u32 *room)
{
	struct scst_buf *buf = &cmd->scst.buf;
	u32 size = cmd->scst.bufflen;

	if (!cmd->waiting || cmd->error != SCST_GOOD || off >= size)
		return NULL;
	*room = min(len, size - off);
	if (cmd->iter_off != off) {
		iov_iter_bvec(&cmd->iter, ITER_DEST, buf->vec, buf->nr, size);
		iov_iter_advance(&cmd->iter, off);
	}
	cmd->iter_off = off + *room;
	return &cmd->iter;
}

static struct scst_iscsi_seq *
scst_iscsi_find_unsol(struct scst_iscsi_conn *conn, __be32 itt,
		      struct scst_iscsi_cmd **ret)
{
	struct scst_iscsi_cmd *cmd;

	hlist_for_each_entry(cmd, scst_iscsi_unsol_head(conn, itt),
			     unsol_node) {
		if (cmd->pdu.bhs.itt == itt) {
			*ret = cmd;
			return &cmd->unsol;
		}
	}
	return NULL;
}

static struct scst_iscsi_seq *
scst_iscsi_find_r2t(struct scst_iscsi_conn *conn, __be32 itt, u32 ttt,
		    struct scst_iscsi_cmd **ret)
{
	struct scst_iscsi_cmd *cmd;
	u16 slot = ttt & 0xffff;
	unsigned int i;

	if (slot >= conn->nr_slots)
		return NULL;
	cmd = conn->slots[slot];
	if (!cmd->busy || !cmd->nr_r2t || cmd->pdu.bhs.itt != itt)
		return NULL;
	for (i = 0; i < SCST_ISCSI_R2TS; i++) {
		if (cmd->r2t[i].active && cmd->r2t[i].ttt == ttt) {
			*ret = cmd;
			return &cmd->r2t[i];
		}
	}
	return NULL;
}

/* RFC 7143 11.7: the header has to fit what was announced or asked for */
static scst_sense_t scst_iscsi_check_data_out(const struct scst_iscsi_cmd *cmd,
					      const struct scst_iscsi_seq *seq,
					      const struct iscsi_data_out *req)
{
	bool ordered = to_session(cmd->conn)->params.val[SCST_ISCSI_PDU_IN_ORDER];
	u32 off = be32_to_cpu(req->offset);
	u32 dsl = iscsi_dsl_get(req->dsl);

	/* A PDU is missing, as after a digest error */
	if (be32_to_cpu(req->data_sn) != seq->data_sn)
		return SCST_CRC_ERROR;
	if (off < seq->off || off - seq->off > seq->len ||
	    dsl > seq->len - (off - seq->off) || dsl > seq->len - seq->got)
		return SCST_NOT_ENOUGH_UNSOLICITED;
	if (ordered && off != seq->off + seq->got)
		return SCST_NOT_ENOUGH_UNSOLICITED;
	return SCST_GOOD;
}

/**
 * scst_iscsi_cmd_data_out - find out what a Data-Out PDU belongs to
 * @conn: connection
 * @bhs: its header
 * @ret: the command
 *
 * Data that nobody expects (any more) is not an error: it may have crossed an
 * abort.
 *
 * Context: io_work.
 * Return: the sequence, or NULL.
 */
struct scst_iscsi_seq *scst_iscsi_cmd_data_out(struct scst_iscsi_conn *conn,
					       const struct iscsi_bhs *bhs,
					       struct scst_iscsi_cmd **ret)
{
	u32 ttt = be32_to_cpu(bhs->ttt);
	struct scst_iscsi_cmd *cmd = NULL;
	struct scst_iscsi_seq *seq;
	scst_sense_t error;

	if (ttt == ISCSI_TAG_NONE)
		seq = scst_iscsi_find_unsol(conn, bhs->itt, &cmd);
	else
		seq = scst_iscsi_find_r2t(conn, bhs->itt, ttt, &cmd);
	if (!seq) {
		trace_scst_iscsi_error(to_session(conn)->sid,
				       be32_to_cpu(bhs->itt),
				       "unexpected Data-Out");
		return NULL;
	}
	error = scst_iscsi_check_data_out(cmd, seq,
					  (const struct iscsi_data_out *)bhs);
	if (error != SCST_GOOD) {
		trace_scst_iscsi_error(to_session(conn)->sid,
				       be32_to_cpu(bhs->itt), "bad Data-Out");
		scst_iscsi_cmd_fail(cmd, error);
	}
	seq->data_sn++;
	*ret = cmd;
	return seq;
}

/**
 * scst_iscsi_cmd_data_end - a Data-Out PDU was received
 * @cmd: command
 * @seq: sequence it belongs to
 * @len: bytes it had
 * @final: it was the last one of the sequence
 *
 * Context: io_work.
 */
void scst_iscsi_cmd_data_end(struct scst_iscsi_cmd *cmd,
			     struct scst_iscsi_seq *seq, u32 len, bool final)
{
	seq->got += len;
	if (!final && seq->got < seq->len)
		return;
	if (seq == &cmd->unsol && !final)
		return;
	if (seq->got != seq->len)
		scst_iscsi_cmd_fail(cmd, SCST_NOT_ENOUGH_UNSOLICITED);
	seq->active = false;
	if (seq == &cmd->unsol)
		hlist_del(&cmd->unsol_node);
	else
		cmd->nr_r2t--;
	scst_iscsi_cmd_expect(cmd);
	scst_iscsi_cmd_progress(cmd);
}

/**
 * scst_iscsi_cmd_imm_end - the immediate data was received
 * @cmd: command
 *
 * Context: io_work.
 */
void scst_iscsi_cmd_imm_end(struct scst_iscsi_cmd *cmd)
{
	cmd->imm = false;
	scst_iscsi_cmd_expect(cmd);
	scst_iscsi_cmd_progress(cmd);
}

static u32 scst_iscsi_new_ttt(struct scst_iscsi_cmd *cmd)
{
	/* Slots are far below 0xffff, so this never is ISCSI_TAG_NONE */
	return (u32)cmd->conn->ttt_gen++ << 16 | cmd->slot;
}

/**
 * scst_iscsi_cmd_r2t - solicit the next piece of data
 * @cmd: command on conn->r2ts
 * @r2t: zeroed header to fill in
 *
 * Context: io_work.
 * Return: false if there is nothing to solicit now.
 */
bool scst_iscsi_cmd_r2t(struct scst_iscsi_cmd *cmd, struct iscsi_r2t *r2t)
{
	u32 burst = to_session(cmd->conn)->params.val[SCST_ISCSI_MAX_BURST];
	struct scst_iscsi_seq *seq = cmd->r2t;

	if (!scst_iscsi_cmd_wants_r2t(cmd))
		return false;
	while (seq->active)
		seq++;
	seq->ttt = scst_iscsi_new_ttt(cmd);
	seq->off = cmd->r2t_off;
	seq->len = min(burst, cmd->scst.bufflen - cmd->r2t_off);
	seq->got = 0;
	seq->data_sn = 0;
	seq->active = true;
	cmd->nr_r2t++;
	cmd->r2t_off += seq->len;
	scst_iscsi_cmd_expect(cmd);

	r2t->opcode = ISCSI_OP_R2T;
	r2t->flags = ISCSI_F_FINAL;
	memcpy(r2t->lun, cmd->pdu.bhs.lun, sizeof(r2t->lun));
	r2t->itt = cmd->pdu.bhs.itt;
	r2t->ttt = cpu_to_be32(seq->ttt);
	r2t->r2t_sn = cpu_to_be32(cmd->r2t_sn++);
	r2t->offset = cpu_to_be32(seq->off);
	r2t->length = cpu_to_be32(seq->len);
	return true;
}

/* -------------------------------------------------------------------------
 * The end
 */

/**
 * scst_iscsi_respond - the core is done with a command
 * @scst: command
 *
 * Context: any, including hard interrupt.
 */
void scst_iscsi_respond(struct scst_cmd *scst)
{
	struct scst_iscsi_cmd *cmd = to_cmd(scst);

	scst_iscsi_conn_queue(cmd->conn, &cmd->out);
}

/**
 * scst_iscsi_cmd_hold_response - does data have to be thrown away first?
 * @cmd: command the core is done with
 *
 * Not if it was aborted: the task management function waits for it.  Data that
 * still comes is then ignored; it cannot be taken for that of a later command
 * with the same tag because it arrives before that command does.
 *
 * Context: io_work.
 * Return: true if the command was noted and is to be left alone.
 */
bool scst_iscsi_cmd_hold_response(struct scst_iscsi_cmd *cmd)
{
	if (likely(!cmd->imm && !cmd->unsol.active))
		return false;
	/* Who aborts it later than this finds it in SCST_CMD_RESPOND_WAIT */
	smp_mb();
	if (scst_cmd_aborted(&cmd->scst) ||
	    cmd->conn->state == SCST_ISCSI_CLOSED) {
		scst_iscsi_cmd_stop_data(cmd);
		return false;
	}
	cmd->responded = true;
	return true;
}

/**
 * scst_iscsi_abort - a command that may wait for data was aborted
 * @scst: command; the core waits for its data, or is done with it
 *
 * The command cannot go away while the core's lock is held, but it may not be
 * touched from here either.
 *
 * Context: under a lock of the core, may not sleep.
 */
void scst_iscsi_abort(struct scst_cmd *scst)
{
	struct scst_iscsi_conn *conn = to_cmd(scst)->conn;

	set_bit(SCST_ISCSI_CONN_ABORTS, &conn->flags);
	scst_iscsi_conn_kick(conn);
}

/* The core waits for data that will not come */
static void scst_iscsi_cmd_give_up(struct scst_iscsi_cmd *cmd)
{
	scst_iscsi_cmd_stop_data(cmd);
	cmd->waiting = false;
	cmd->complete = true;
	scst_cmd_data_ready(&cmd->scst, SCST_TASK_ABORTED);
}

/* The core is done with it, and the initiator will not send its data */
static void scst_iscsi_cmd_unhold(struct scst_iscsi_cmd *cmd)
{
	scst_iscsi_cmd_stop_data(cmd);
	cmd->responded = false;
	list_add_tail(&cmd->out.entry, &cmd->conn->tx.queue);
}

/**
 * scst_iscsi_cmds_aborted - end aborted commands that wait for data
 * @conn: connection
 *
 * Context: io_work, may sleep.
 */
void scst_iscsi_cmds_aborted(struct scst_iscsi_conn *conn)
{
	struct scst_iscsi_cmd *cmd;
	unsigned int i;

	for (i = 0; i < conn->nr_slots; i++) {
		cmd = conn->slots[i];
		if (!cmd->busy)
			continue;
		if (cmd->waiting && scst_cmd_aborted(&cmd->scst))
			scst_iscsi_cmd_give_up(cmd);
		else if (cmd->responded && scst_cmd_aborted(&cmd->scst))
			scst_iscsi_cmd_unhold(cmd);
	}
}

/**
 * scst_iscsi_cmds_stop - end all commands that wait for data
 * @conn: connection without a socket
 *
 * Context: io_work, may sleep.
 */
void scst_iscsi_cmds_stop(struct scst_iscsi_conn *conn)
{
	struct scst_iscsi_cmd *cmd;
	unsigned int i;

	for (i = 0; i < conn->nr_slots; i++) {
		cmd = conn->slots[i];
		if (!cmd->busy)
			continue;
		if (cmd->waiting)
			scst_iscsi_cmd_give_up(cmd);
		else if (cmd->responded)
			scst_iscsi_cmd_unhold(cmd);
	}
}
