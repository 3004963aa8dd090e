// SPDX-License-Identifier: GPL-2.0
/*
 * Executes commands by passing them on to a local SCSI device, and owns them
 * while they are there.  struct scst_pass_dev.lock protects the lists of a
 * device; it is taken in hard interrupts.  Must not know device types.
 *
 * Order: what a nexus submits reaches the device in the order of submission, as
 * far as scsi_exec_req_fifo() promises.  That takes two things.  A command goes
 * to the device in the context that submits it, and not by way of a worker that
 * another one may overtake.  And once a command had to wait for a tag, all
 * later ones queue up behind it until a single worker has submitted them.
 *
 * The device is not claimed: sd and other local users go on using it, and see
 * this host's commands as commands of one more user.
 */
#include <linux/blk-mq.h>
#include <linux/gfp.h>
#include <linux/math.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/timer.h>
#include <scsi/scsi_cmnd.h>
#include <scsi/scsi_device.h>
#include <scsi/scsi_eh.h>
#include <scsi/scsi_host.h>

#include "pass.h"

#define SCST_PASS_BOUNCE_MAX	SZ_1M
#define SCST_PASS_ABORT_AGAIN	HZ
#define SCST_PASS_PROTECT	0xe0	/* RDPROTECT, WRPROTECT, VRPROTECT */
#define SCST_PASS_CDB_LUN	0xe0	/* where SCSI-2 had the LUN */

/**
 * struct scst_pass_dev - a device and the commands that it has
 * @dev: device
 * @type: what is special about it
 * @lock: protects the fields after it, in any context
 * @inflight: struct scst_pass_req.entry, at the SCSI midlayer
 * @waiting: struct scst_pass_req.entry, no tag was free
 * @draining: the worker submits what is, or was, in @waiting
 * @work: the worker
 * @abort_timer: runs while aborted commands are in @inflight
 */
struct scst_pass_dev {
	struct scst_device *dev;
	const struct scst_pass_type *type;

	/* protects the fields below */
	spinlock_t lock;
	struct list_head inflight;
	struct list_head waiting;
	bool draining;
	struct work_struct work;
	struct timer_list abort_timer;
};

/**
 * struct scst_pass_news - something that other nexuses have to be told
 * @asc: additional sense code
 * @ascq: its qualifier, -1 for any
 * @tell: establish the same unit attention condition for them
 * @capacity: the device may have another capacity now
 */
struct scst_pass_news {
	u8 asc;
	s16 ascq;
	bool tell;
	bool capacity;
};

/**
 * struct scst_pass_req - a command on its way through a device
 * @er: the request; its offset and len are the part that is being executed
 * @entry: in one of the lists of struct scst_pass_dev
 * @bounce: replaces the buffer of the command if it has a page
 * @len: bytes that the device is to move, in all parts together
 * @moved: bytes that it has moved
 * @block_shift: log2 of the block size that the command was decoded with
 * @error: why the device did not execute the command
 * @ua: unit attention that the device has reported
 * @news: what to do about it
 */
struct scst_pass_req {
	struct scsi_exec_req er;
	struct list_head entry;
	struct bio_vec bounce;
	u32 len;
	u32 moved;
	u8 block_shift;
	scst_sense_t error;
	scst_sense_t ua;
	const struct scst_pass_news *news;
};

static struct scst_pass_req *scst_pass_req(struct scst_cmd *cmd)
{
	BUILD_BUG_ON(sizeof(struct scst_pass_req) > SCST_CMD_HPRIV);
	return (void *)cmd->hpriv;
}

static struct scst_cmd *scst_pass_cmd(struct scst_pass_req *req)
{
	return container_of((void *)req, struct scst_cmd, hpriv);
}

/* -------------------------------------------------------------------------
 * Parts and buffers
 */

/**
 * scst_pass_is_rw - does a command move data from or to consecutive blocks?
 * @cmd: parsed command
 *
 * Such a command can be replaced by several shorter ones.
 *
 * Context: any.
 * Return: true if so.
 */
bool scst_pass_is_rw(const struct scst_cmd *cmd)
{
	return cmd->op && cmd->op->xfer == SCST_XFER_BLOCKS &&
	       cmd->op->flags & SCST_OPF_MEDIUM;
}

static void scst_pass_set_field(u8 *field, u8 len, u64 value)
{
	for (; len; len--, value >>= 8)
		field[len - 1] = value;
}

static void scst_pass_buffer(struct scst_pass_req *req)
{
	const struct scst_cmd *cmd = scst_pass_cmd(req);

	if (req->bounce.bv_page) {
		req->er.bvec = &req->bounce;
		req->er.nr_bvec = 1;
	} else {
		req->er.bvec = cmd->buf.vec;
		req->er.nr_bvec = cmd->buf.nr;
	}
}

/*
 * How much of what is left may fit the limits of the queue.  An estimate: the
 * block layer has the last word.
 */
static u32 scst_pass_fit(const struct scst_pass_req *req,
			 const struct request_queue *q)
{
	u32 segs = queue_max_segments(q);
	u32 seg_size = min(queue_max_segment_size(q), SCST_MAX_XFER);
	u32 max = min(queue_max_hw_sectors(q), SCST_MAX_XFER >> SECTOR_SHIFT);
	struct bvec_iter iter = { .bi_size = req->len };
	u32 block = 1u << req->block_shift;
	u32 fit = 0, need, bytes;

	bvec_iter_advance(req->er.bvec, &iter, req->moved);
	iter.bi_size = min(iter.bi_size, max << SECTOR_SHIFT);
	while (iter.bi_size) {
		bytes = mp_bvec_iter_len(req->er.bvec, iter);
		need = DIV_ROUND_UP(bytes, seg_size);
		if (need > segs) {
			fit += segs * seg_size;
			break;
		}
		segs -= need;
		fit += bytes;
		bvec_iter_advance(req->er.bvec, &iter, bytes);
	}
	return max(round_down(fit, block), block);
}

static void scst_pass_set_part(struct scst_pass_req *req, u32 len)
{
	struct scst_cmd *cmd = scst_pass_cmd(req);
	const struct scst_cdb_desc *op = cmd->op;

	req->er.offset = req->moved;
	req->er.len = len;
	if (!scst_pass_is_rw(cmd))
		return;
	scst_pass_set_field(cmd->cdb + op->lba_off, op->lba_len,
			    cmd->lba + (req->moved >> req->block_shift));
	scst_pass_set_field(cmd->cdb + op->len_off, op->len_len,
			    len >> req->block_shift);
}

/* For what cannot be split, and for more than the initiator has room for */
static int scst_pass_bounce(struct scst_pass_req *req)
{
	const struct scst_cmd *cmd = scst_pass_cmd(req);
	void *mem;

	if (req->len > SCST_PASS_BOUNCE_MAX)
		return -EREMOTEIO;
	mem = alloc_pages_exact(req->len, GFP_NOIO | __GFP_NOWARN | __GFP_ZERO);
	if (!mem)
		return -ENOMEM;
	if (cmd->dir == DMA_TO_DEVICE)
		scst_buf_copy_from(&cmd->buf, 0, mem, req->len);
	bvec_set_virt(&req->bounce, mem, req->len);
	scst_pass_buffer(req);
	return 0;
}

static void scst_pass_unbounce(struct scst_pass_req *req)
{
	struct scst_cmd *cmd = scst_pass_cmd(req);
	void *mem;

	if (!req->bounce.bv_page)
		return;
	mem = bvec_virt(&req->bounce);
	if (cmd->dir == DMA_FROM_DEVICE)
		scst_buf_copy_to(&cmd->buf, 0, mem,
				 min(req->moved, cmd->bufflen));
	free_pages_exact(mem, req->len);
}

/* -------------------------------------------------------------------------
 * The end
 */

/* What the midlayer and the driver have to say, as a target would say it */
static const scst_sense_t scst_pass_host_errors[] = {
	[DID_NO_CONNECT]		= SCST_NOT_READY,
	[DID_BUS_BUSY]			= SCST_BUSY,
	/* logical unit communication time-out */
	[DID_TIME_OUT]			= SCST_CHECK(ABORTED_COMMAND, 0x08, 0x01),
	[DID_BAD_TARGET]		= SCST_NOT_READY,
	/* logical unit communication failure */
	[DID_ABORT]			= SCST_CHECK(ABORTED_COMMAND, 0x08, 0x00),
	[DID_RESET]			= SCST_CHECK(ABORTED_COMMAND, 0x08, 0x00),
	/* SCSI parity error */
	[DID_PARITY]			= SCST_CHECK(ABORTED_COMMAND, 0x47, 0x00),
	[DID_SOFT_ERROR]		= SCST_BUSY,
	[DID_IMM_RETRY]			= SCST_BUSY,
	[DID_REQUEUE]			= SCST_BUSY,
	[DID_TRANSPORT_DISRUPTED]	= SCST_BUSY,
	[DID_TRANSPORT_FAILFAST]	= SCST_NOT_READY,
	[DID_TRANSPORT_MARGINAL]	= SCST_BUSY,
};

static scst_sense_t scst_pass_host_error(u8 host)
{
	if (host < ARRAY_SIZE(scst_pass_host_errors) &&
	    scst_pass_host_errors[host])
		return scst_pass_host_errors[host];
	return SCST_INTERNAL_FAILURE;
}

/* Why a command could not be submitted */
static scst_sense_t scst_pass_error(int err)
{
	switch (err) {
	case -ENOMEM:
		return SCST_BUSY;
	case -EINVAL:
	case -EREMOTEIO:
		/* larger than the host takes, and cannot be split */
		return SCST_INVALID_FIELD_IN_CDB;
	default:
		return SCST_NOT_READY;
	}
}

static void scst_pass_fail(struct scst_pass_req *req, scst_sense_t sense)
{
	struct scst_cmd *cmd = scst_pass_cmd(req);

	scst_pass_unbounce(req);
	/* what an earlier part had to say does not matter any more */
	cmd->sense_len = 0;
	scst_cmd_complete(cmd, sense);
}

/* The device reports these once, but all nexuses of ours have to know */
static const struct scst_pass_news scst_pass_news[] = {
	{ 0x28, -1, true, true },	/* medium may have changed */
	{ 0x29, -1, true, false },	/* power on, reset */
	{ 0x2a, 0x09, false, true },	/* capacity has changed */
	{ 0x2a, -1, true, false },	/* parameters changed */
	{ 0x3f, -1, true, false },	/* operating conditions changed */
};

/*
 * The device sees one initiator, so it does not tell the others what one of
 * them has changed.
 */
struct scst_pass_change {
	u8 opcode;
	struct scst_pass_news news;
};

static const struct scst_pass_change scst_pass_changes[] = {
	{ FORMAT_UNIT, { 0x2a, 0x01, true, true } },
	{ MODE_SELECT, { 0x2a, 0x01, true, true } },
	{ MODE_SELECT_10, { 0x2a, 0x01, true, true } },
	{ LOG_SELECT, { 0x2a, 0x02, true, false } },
};

static const struct scst_pass_news *
scst_pass_find_news(const struct scsi_sense_hdr *hdr)
{
	const struct scst_pass_news *news = scst_pass_news;
	const struct scst_pass_news *end = news + ARRAY_SIZE(scst_pass_news);

	for (; news < end; news++)
		if (news->asc == hdr->asc &&
		    (news->ascq < 0 || news->ascq == hdr->ascq))
			return news;
	return NULL;
}

static const struct scst_pass_news *scst_pass_find_change(u8 opcode)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(scst_pass_changes); i++)
		if (scst_pass_changes[i].opcode == opcode)
			return &scst_pass_changes[i].news;
	return NULL;
}

/* Keep what the device says until the command ends */
static void scst_pass_keep(struct scst_cmd *cmd, const struct scsi_cmnd *scmd,
			   u8 status, const struct scsi_sense_hdr *hdr)
{
	cmd->status = status;
	cmd->sense_len = 0;
	if (scsi_sense_valid(hdr)) {
		cmd->sense_len = min_t(u32, scmd->sense_len, SCST_MAX_SENSE);
		memcpy(cmd->sense, scmd->sense_buffer, cmd->sense_len);
	}
}

/* What was kept is where the core copies it to, hence the detour */
static void scst_pass_complete(struct scst_cmd *cmd)
{
	u8 sense[SCST_MAX_SENSE];

	memcpy(sense, cmd->sense, cmd->sense_len);
	scst_cmd_complete_raw(cmd, cmd->status, sense, cmd->sense_len);
}

/* Tell others first, so that they know before the initiator does */
static void scst_pass_tell(struct scst_cmd *cmd)
{
	struct scst_pass_req *req = scst_pass_req(cmd);
	struct scst_pass_dev *pd = cmd->dev->priv;

	if (req->news->capacity)
		pd->type->capacity(cmd->dev);
	if (req->news->tell)
		scst_device_ua(cmd->dev, req->ua, cmd->sess);
}

/* The outcome is known; hand it over to the core */
static void scst_pass_finish(struct scst_cmd *cmd)
{
	struct scst_pass_req *req = scst_pass_req(cmd);

	if (req->error) {
		scst_pass_fail(req, req->error);
		return;
	}
	scst_pass_unbounce(req);
	if (cmd->dir == DMA_FROM_DEVICE)
		cmd->resp_len = min(req->moved, cmd->bufflen);
	if (req->news)
		scst_pass_tell(cmd);
	scst_pass_complete(cmd);
}

/*
 * In a worker if there is more to do than a hard interrupt should: others have
 * to be told, or data to be copied.
 */
static void scst_pass_end(struct scst_pass_req *req)
{
	struct scst_cmd *cmd = scst_pass_cmd(req);

	if (unlikely(req->news || req->bounce.bv_page))
		scst_cmd_defer(cmd, scst_pass_finish);
	else
		scst_pass_finish(cmd);
}

static void scst_pass_next(struct scst_cmd *cmd);

/* A deferred error is another command's, and this one was not executed */
static bool scst_pass_recovered(const struct scsi_sense_hdr *hdr)
{
	return scsi_sense_valid(hdr) && !scsi_sense_is_deferred(hdr) &&
	       hdr->sense_key <= RECOVERED_ERROR;
}

/*
 * How many bytes have moved.  Not all drivers count when a command fails, and
 * what has not been written must not be sent to anybody.
 */
static u32 scst_pass_count(const struct scst_pass_req *req,
			   const struct scsi_cmnd *scmd, u8 status,
			   const struct scsi_sense_hdr *hdr)
{
	bool failed = status != SAM_STAT_GOOD &&
		      status != SAM_STAT_CONDITION_MET &&
		      !scst_pass_recovered(hdr);

	if (failed && !scmd->resid_len)
		return 0;
	return req->er.len - min(scmd->resid_len, req->er.len);
}

static const struct scst_pass_news *
scst_pass_any_news(struct scst_pass_req *req, u8 status,
		   const struct scsi_sense_hdr *hdr)
{
	const struct scst_pass_news *news;

	if (scsi_sense_valid(hdr) && hdr->sense_key == UNIT_ATTENTION) {
		req->ua = SCST_CHECK(UNIT_ATTENTION, hdr->asc, hdr->ascq);
		return scst_pass_find_news(hdr);
	}
	if (status != SAM_STAT_GOOD)
		return NULL;
	news = scst_pass_find_change(scst_pass_cmd(req)->cdb[0]);
	if (news)
		req->ua = SCST_CHECK(UNIT_ATTENTION, news->asc, news->ascq);
	return news;
}

/*
 * Has the device done all of a part?  An initiator takes a recovered error for
 * success, so that is no reason to leave out what remains of the command.
 */
static bool scst_pass_part_done(const struct scsi_cmnd *scmd, u8 status,
				const struct scsi_sense_hdr *hdr)
{
	return !scmd->resid_len &&
	       (status == SAM_STAT_GOOD || scst_pass_recovered(hdr));
}

static void scst_pass_unlist(struct scst_pass_dev *pd,
			     struct scst_pass_req *req)
{
	unsigned long flags;

	spin_lock_irqsave(&pd->lock, flags);
	list_del(&req->entry);
	spin_unlock_irqrestore(&pd->lock, flags);
}

/* Return: SCST_GOOD if it is the device that says how the command ended */
static scst_sense_t scst_pass_outcome(const struct scsi_cmnd *scmd, u8 status,
				      struct scsi_sense_hdr *hdr)
{
	u8 host = host_byte(scmd->result);

	if (host != DID_OK)
		return scst_pass_host_error(host);
	if (status == SAM_STAT_CHECK_CONDITION &&
	    !scsi_command_normalize_sense(scmd, hdr))
		return SCST_INTERNAL_FAILURE;
	return SCST_GOOD;
}

/* The device has done with a part.  Any context. */
static void scst_pass_done(struct scsi_exec_req *er, struct scsi_cmnd *scmd)
{
	struct scst_pass_req *req = container_of(er, struct scst_pass_req, er);
	struct scst_cmd *cmd = scst_pass_cmd(req);
	u8 status = get_status_byte(scmd);
	struct scsi_sense_hdr hdr = {};

	scst_pass_unlist(cmd->dev->priv, req);
	req->error = scst_pass_outcome(scmd, status, &hdr);
	if (req->error) {
		scst_pass_end(req);
		return;
	}
	req->moved += scst_pass_count(req, scmd, status, &hdr);
	/* an earlier part may have something to say where this one has not */
	if (status != SAM_STAT_GOOD || !cmd->sense_len)
		scst_pass_keep(cmd, scmd, status, &hdr);
	if (scst_pass_part_done(scmd, status, &hdr) && req->moved < req->len) {
		scst_cmd_defer(cmd, scst_pass_next);
		return;
	}
	req->news = scst_pass_any_news(req, status, &hdr);
	scst_pass_end(req);
}

/* -------------------------------------------------------------------------
 * The beginning
 */

/* Submit the part that is set up; it is the device's if this returns 0 */
static int scst_pass_queue(struct scst_pass_req *req,
			   blk_mq_req_flags_t req_flags)
{
	struct scst_cmd *cmd = scst_pass_cmd(req);
	struct scst_pass_dev *pd = cmd->dev->priv;
	int ret;

	req->er.req_flags = req_flags;
	req->er.rq = NULL;
	spin_lock_irq(&pd->lock);
	list_add_tail(&req->entry, &pd->inflight);
	/* scst_pass_tm() may have come too early to see it */
	if (unlikely(scst_cmd_aborted(cmd)))
		mod_timer(&pd->abort_timer, jiffies + SCST_PASS_ABORT_AGAIN);
	spin_unlock_irq(&pd->lock);

	ret = scsi_exec_req_fifo(cmd->dev->sdev, &req->er);
	if (ret)
		scst_pass_unlist(pd, req);
	return ret;
}

/*
 * Submit what is left, or as much of it as the device takes at once: less and
 * less, then as one piece of memory.
 */
static int scst_pass_submit(struct scst_pass_req *req,
			    blk_mq_req_flags_t req_flags)
{
	struct scst_cmd *cmd = scst_pass_cmd(req);
	u32 block = 1u << req->block_shift;
	u32 len = req->len - req->moved;
	int ret;

	if (scst_pass_is_rw(cmd) && len)
		len = scst_pass_fit(req, cmd->dev->sdev->request_queue);
	for (;;) {
		scst_pass_set_part(req, len);
		ret = scst_pass_queue(req, req_flags);
		if (ret != -EINVAL && ret != -EREMOTEIO)
			return ret;
		if (scst_pass_is_rw(cmd) && len > block) {
			len = max(round_down(len / 2, block), block);
			continue;
		}
		if (!len || req->moved || req->bounce.bv_page)
			return ret;
		ret = scst_pass_bounce(req);
		if (ret)
			return ret;
	}
}

/* In a worker, so it may wait for a tag */
static void scst_pass_continue(struct scst_pass_req *req)
{
	int ret;

	if (scst_cmd_aborted(scst_pass_cmd(req))) {
		scst_pass_fail(req, SCST_TASK_ABORTED);
		return;
	}
	ret = scst_pass_submit(req, 0);
	if (ret)
		scst_pass_fail(req, scst_pass_error(ret));
}

static void scst_pass_next(struct scst_cmd *cmd)
{
	scst_pass_continue(scst_pass_req(cmd));
}

static struct scst_pass_req *scst_pass_pop(struct scst_pass_dev *pd)
{
	struct scst_pass_req *req;

	spin_lock_irq(&pd->lock);
	req = list_first_entry_or_null(&pd->waiting, struct scst_pass_req,
				       entry);
	if (req)
		list_del(&req->entry);
	else
		pd->draining = false;
	spin_unlock_irq(&pd->lock);
	return req;
}

static void scst_pass_drain(struct work_struct *work)
{
	struct scst_pass_dev *pd = container_of(work, struct scst_pass_dev,
						work);
	struct scst_pass_req *req;

	while ((req = scst_pass_pop(pd)))
		scst_pass_continue(req);
}

/* Queue up; the worker is started if nobody waits yet */
static void scst_pass_wait(struct scst_pass_dev *pd, struct scst_pass_req *req)
{
	spin_lock_irq(&pd->lock);
	if (req->er.at_head)
		list_add(&req->entry, &pd->waiting);
	else
		list_add_tail(&req->entry, &pd->waiting);
	/* still locked: without it a reset may end the command, and then all */
	if (!pd->draining)
		queue_work(pd->dev->wq, &pd->work);
	pd->draining = true;
	spin_unlock_irq(&pd->lock);
}

static void scst_pass_execute(struct scst_cmd *cmd)
{
	struct scst_pass_req *req = scst_pass_req(cmd);
	struct scst_pass_dev *pd = cmd->dev->priv;
	int ret = 0;

	scst_pass_buffer(req);
	/* these often return less than was asked for, and not all LLDs count */
	if (cmd->dir == DMA_FROM_DEVICE && !scst_pass_is_rw(cmd))
		scst_buf_zero(&cmd->buf, 0, cmd->buf.len);
	if (req->len > cmd->buf.len)
		ret = scst_pass_bounce(req);
	if (!ret && READ_ONCE(pd->draining) && !req->er.at_head)
		ret = -EAGAIN;
	if (!ret)
		ret = scst_pass_submit(req, BLK_MQ_REQ_NOWAIT);
	if (ret == -EAGAIN)
		scst_pass_wait(pd, req);
	else if (ret)
		scst_pass_fail(req, scst_pass_error(ret));
}

/* -------------------------------------------------------------------------
 * What is passed on
 */

/* Old initiators have the LUN in byte 1 of these, where it means nothing here */
static const u8 scst_pass_scsi2_ops[] = {
	TEST_UNIT_READY, REQUEST_SENSE, READ_6, WRITE_6, INQUIRY, MODE_SELECT,
	MODE_SENSE, START_STOP, ALLOW_MEDIUM_REMOVAL, READ_CAPACITY,
	SYNCHRONIZE_CACHE,
};

static bool scst_pass_has_scsi2_lun(u8 opcode)
{
	return memchr(scst_pass_scsi2_ops, opcode, sizeof(scst_pass_scsi2_ops));
}

/* Protection information would be more data than anybody has counted */
static bool scst_pass_protected(const struct scst_cmd *cmd)
{
	const struct scst_cdb_desc *op = cmd->op;

	return op && op->flags & SCST_OPF_MEDIUM && op->cdb_len > 6 &&
	       op->xfer != SCST_XFER_NONE && op->xfer != SCST_XFER_BYTES &&
	       cmd->cdb[1] & SCST_PASS_PROTECT;
}

/*
 * The initiator expects less than its CDB asks for.  The device must not move
 * more than there is room for, so the CDB is adjusted where that has a meaning,
 * and reads get a larger buffer otherwise.
 */
static scst_sense_t scst_pass_shorten(struct scst_cmd *cmd,
				      struct scst_pass_req *req)
{
	const struct scst_cdb_desc *op = cmd->op;
	bool in = cmd->dir == DMA_FROM_DEVICE;
	u32 block = 1u << req->block_shift;

	if (scst_pass_is_rw(cmd)) {
		req->len = in ? round_up(cmd->bufflen, block) :
				round_down(cmd->bufflen, block);
		return SCST_GOOD;
	}
	if (!in)
		return SCST_INVALID_FIELD_IN_CDB;
	if (op->xfer == SCST_XFER_BYTES) {
		req->len = cmd->bufflen;
		scst_pass_set_field(cmd->cdb + op->len_off, op->len_len,
				    req->len);
	}
	return SCST_GOOD;
}

static void scst_pass_nothing(struct scst_cmd *cmd)
{
	scst_cmd_complete(cmd, SCST_GOOD);
}

/* The transport's CDBs are of fixed length, and an LLD may not take them all */
static unsigned int scst_pass_cdb_len(const struct scst_cmd *cmd)
{
	unsigned int len = cmd->cdb_len;

	if (cmd->op)
		return cmd->op->cdb_len;
	/* the two last groups are vendor specific, and of any length */
	if (cmd->cdb[0] >> 5 < 6)
		len = scsi_command_size(cmd->cdb);
	return min3(len, (unsigned int)cmd->cdb_len, SCST_MAX_CDB);
}

static unsigned int scst_pass_cmd_timeout(const struct scst_cmd *cmd)
{
	const struct scst_pass_dev *pd = cmd->dev->priv;
	const struct scst_pass_timeout *slow;
	unsigned int seconds = pd->type->timeout;

	for (slow = pd->type->slow; slow->seconds; slow++)
		if (slow->opcode == cmd->cdb[0])
			seconds = slow->seconds;
	return max(seconds * HZ, cmd->dev->sdev->request_queue->rq_timeout);
}

/**
 * scst_pass_parse - parse of the pass-through handlers
 * @cmd: command
 *
 * Context: may sleep.
 * Return: SCST_GOOD or why the command is refused.
 */
scst_sense_t scst_pass_parse(struct scst_cmd *cmd)
{
	struct scst_pass_req *req = scst_pass_req(cmd);
	scst_sense_t sense;

	memset(req, 0, sizeof(*req));
	if (scst_pass_has_scsi2_lun(cmd->cdb[0]))
		cmd->cdb[1] &= ~SCST_PASS_CDB_LUN;
	if (scst_pass_protected(cmd) || cmd->dir == DMA_BIDIRECTIONAL)
		return SCST_INVALID_FIELD_IN_CDB;
	req->er.cdb = cmd->cdb;
	req->er.cdb_len = scst_pass_cdb_len(cmd);
	if (req->er.cdb_len > cmd->dev->sdev->host->max_cmd_len)
		return SCST_INVALID_OPCODE;

	req->block_shift = cmd->dev->block_shift;
	req->len = cmd->data_len;
	if (cmd->bufflen < cmd->data_len) {
		sense = scst_pass_shorten(cmd, req);
		if (sense)
			return sense;
	}
	cmd->execute = scst_pass_execute;
	/* zero blocks: READ(6) and WRITE(6) cannot even say that */
	if (scst_pass_is_rw(cmd) && !req->len)
		cmd->execute = scst_pass_nothing;

	req->er.opf = cmd->dir == DMA_TO_DEVICE ? REQ_OP_DRV_OUT :
						  REQ_OP_DRV_IN;
	req->er.timeout = scst_pass_cmd_timeout(cmd);
	req->er.at_head = cmd->attr == SCST_ATTR_HEAD_OF_QUEUE;
	req->er.done = scst_pass_done;
	return SCST_GOOD;
}

/* -------------------------------------------------------------------------
 * Devices
 */

/*
 * Let the error handler end the aborted commands.  It cannot see those that are
 * still queued in the midlayer, hence the timer.
 */
static void scst_pass_abort(struct scst_pass_dev *pd)
{
	struct scst_pass_req *req;
	bool again = false;
	struct request *rq;

	lockdep_assert_held(&pd->lock);
	list_for_each_entry(req, &pd->inflight, entry) {
		if (!scst_cmd_aborted(scst_pass_cmd(req)))
			continue;
		again = true;
		rq = READ_ONCE(req->er.rq);
		/* done() has to take the lock first, so it still exists */
		if (rq)
			blk_abort_request(rq);
	}
	if (again)
		mod_timer(&pd->abort_timer, jiffies + SCST_PASS_ABORT_AGAIN);
}

static void scst_pass_abort_again(struct timer_list *timer)
{
	struct scst_pass_dev *pd = container_of(timer, struct scst_pass_dev,
						abort_timer);
	unsigned long flags;

	spin_lock_irqsave(&pd->lock, flags);
	scst_pass_abort(pd);
	spin_unlock_irqrestore(&pd->lock, flags);
}

/**
 * scst_pass_tm - a task management function has aborted commands
 * @dev: device
 * @fn: function
 *
 * Lets the SCSI error handler end the aborted commands that the device has, as
 * if their time were up.  It aborts them one by one, and resets the logical
 * unit, and more, if that does not help.  So what belongs to local users of the
 * device is spared as long as possible, and every step has a time limit.
 *
 * Context: process context, no locks held.
 */
void scst_pass_tm(struct scst_device *dev, enum scst_tm_fn fn)
{
	struct scst_pass_dev *pd = dev->priv;
	struct scst_pass_req *req, *next;
	LIST_HEAD(aborted);

	spin_lock_irq(&pd->lock);
	list_for_each_entry_safe(req, next, &pd->waiting, entry)
		if (scst_cmd_aborted(scst_pass_cmd(req)))
			list_move_tail(&req->entry, &aborted);
	scst_pass_abort(pd);
	spin_unlock_irq(&pd->lock);

	list_for_each_entry_safe(req, next, &aborted, entry)
		scst_pass_fail(req, SCST_TASK_ABORTED);
}

/**
 * scst_pass_attach - take over a device
 * @dev: device
 * @type: what is special about it
 *
 * Context: sleeps.
 * Return: 0 or a negative errno.
 */
int scst_pass_attach(struct scst_device *dev,
		     const struct scst_pass_type *type)
{
	struct scst_pass_dev *pd;
	int ret;

	ret = type->capacity(dev);
	if (ret)
		return ret;
	pd = kzalloc(sizeof(*pd), GFP_KERNEL);
	if (!pd)
		return -ENOMEM;
	pd->dev = dev;
	pd->type = type;
	spin_lock_init(&pd->lock);
	INIT_LIST_HEAD(&pd->inflight);
	INIT_LIST_HEAD(&pd->waiting);
	INIT_WORK(&pd->work, scst_pass_drain);
	timer_setup(&pd->abort_timer, scst_pass_abort_again, 0);
	dev->priv = pd;
	return 0;
}

/**
 * scst_pass_detach - give a device back
 * @dev: device without commands
 *
 * Context: sleeps.
 */
void scst_pass_detach(struct scst_device *dev)
{
	struct scst_pass_dev *pd = dev->priv;

	/* the last command may have ended inside the worker */
	flush_work(&pd->work);
	timer_shutdown_sync(&pd->abort_timer);
	dev->priv = NULL;
	kfree(pd);
}
