// SPDX-License-Identifier: GPL-2.0
/*
 * BLOCKIO: bios straight to a block device, past the page cache.
 *
 * A command becomes one bio that is part of it, or as many as its buffer needs;
 * the last one to end completes it, in whatever context that is.  No locks.
 * Must not know SCSI beyond the fields of struct scst_cmd.
 */
#include <linux/bio.h>
#include <linux/blkdev.h>
#include <linux/completion.h>
#include <linux/file.h>

#include "vdisk.h"

/**
 * struct scst_blockio_req - bios that belong together
 * @cmd: whose they are; NULL if somebody waits
 * @done: for whoever waits
 * @pending: bios that have not ended, and one for the submitter
 * @status: an error of one of them
 * @phase: of a plain write that has begun, or SCST_VDISK_NOT_BEGUN
 * @write: direction
 * @bio: the only one, if one is enough
 */
struct scst_blockio_req {
	struct scst_cmd *cmd;
	struct completion *done;
	atomic_t pending;
	blk_status_t status;
	int phase;
	bool write;
	struct bio bio;
};

/* The one place where a status of the block layer becomes a SCSI status */
static scst_sense_t scst_blockio_sense(blk_status_t status, bool write)
{
	switch (status) {
	case BLK_STS_OK:
		return SCST_GOOD;
	case BLK_STS_NOSPC:
		return SCST_SPACE_ALLOC_FAILED;
	case BLK_STS_RESOURCE:
	case BLK_STS_DEV_RESOURCE:
	case BLK_STS_AGAIN:
		return SCST_BUSY;
	case BLK_STS_RESV_CONFLICT:
		return SCST_RESERVATION_CONFLICT;
	case BLK_STS_NOTSUPP:
		return SCST_INVALID_OPCODE;
	case BLK_STS_OFFLINE:
	case BLK_STS_TRANSPORT:
		return SCST_NOT_READY;
	case BLK_STS_TARGET:
	case BLK_STS_PROTECTION:
		return SCST_INTERNAL_FAILURE;
	default:
		return write ? SCST_WRITE_ERROR : SCST_READ_ERROR;
	}
}

static scst_sense_t scst_blockio_errno_sense(int err)
{
	return scst_blockio_sense(errno_to_blk_status(err), true);
}

static void scst_blockio_resubmit(struct scst_cmd *cmd);

static void scst_blockio_req_put(struct scst_blockio_req *req)
{
	struct scst_cmd *cmd = req->cmd;

	if (!atomic_dec_and_test(&req->pending))
		return;
	if (req->phase != SCST_VDISK_NOT_BEGUN)
		scst_vdisk_write_end(&scst_vdisk_of(cmd)->ranges, req->phase);
	if (!cmd)
		complete(req->done);
	else if (req->status == BLK_STS_AGAIN)
		scst_cmd_defer(cmd, scst_blockio_resubmit);
	else
		scst_cmd_complete(cmd, scst_blockio_sense(req->status,
							  req->write));
}

static void scst_blockio_end_io(struct bio *bio)
{
	struct scst_blockio_req *req = bio->bi_private;

	if (bio->bi_status)
		WRITE_ONCE(req->status, bio->bi_status);
	if (bio == &req->bio)
		bio_uninit(bio);
	else
		bio_put(bio);
	scst_blockio_req_put(req);
}

static void scst_blockio_set(struct scst_blockio_req *req, struct bio *bio,
			     u64 pos)
{
	bio->bi_iter.bi_sector = pos >> SECTOR_SHIFT;
	bio->bi_end_io = scst_blockio_end_io;
	bio->bi_private = req;
	atomic_inc(&req->pending);
}

static struct bio *scst_blockio_bio(struct scst_blockio_req *req,
				    struct block_device *bdev,
				    unsigned int nr, blk_opf_t opf, u64 pos)
{
	struct bio *bio = bio_alloc(bdev, bio_max_segs(nr), opf, GFP_NOIO);

	scst_blockio_set(req, bio, pos);
	return bio;
}

/* The bio uses the vectors of the buffer, as a clone does */
static void scst_blockio_submit_one(struct scst_blockio_req *req,
				    struct block_device *bdev, blk_opf_t opf,
				    const struct scst_vdisk_io *io)
{
	struct bio *bio = &req->bio;

	bio_init(bio, bdev, (struct bio_vec *)io->vec, io->nr, opf);
	bio->bi_vcnt = io->nr;
	bio->bi_iter.bi_size = io->len;
	scst_blockio_set(req, bio, io->pos);
	submit_bio(bio);
}

/*
 * Pieces of a buffer begin and end at page boundaries, but for the end of the
 * last one: a read that the initiator cut short within a block has the rest of
 * the page to end on.
 */
static struct bio_vec scst_blockio_piece(const struct scst_vdisk_io *io,
					 struct bvec_iter iter, u32 pad)
{
	struct bio_vec bv = mp_bvec_iter_bvec(io->vec, iter);

	if (bv.bv_len == iter.bi_size)
		bv.bv_len += pad;
	return bv;
}

static void scst_blockio_submit_many(struct scst_blockio_req *req,
				     struct block_device *bdev, blk_opf_t opf,
				     const struct scst_vdisk_io *io, u32 pad)
{
	struct bvec_iter iter = { .bi_size = io->len };
	struct blk_plug plug;
	struct bio_vec bv;
	struct bio *bio;
	u64 pos;

	blk_start_plug(&plug);
	while (iter.bi_size) {
		pos = io->pos + io->len - iter.bi_size;
		bio = scst_blockio_bio(req, bdev, io->nr - iter.bi_idx, opf,
				       pos);
		do {
			bv = scst_blockio_piece(io, iter, pad);
			if (!bio_add_page(bio, bv.bv_page, bv.bv_len,
					  bv.bv_offset))
				break;
			bvec_iter_advance(io->vec, &iter,
					  min(bv.bv_len, iter.bi_size));
		} while (iter.bi_size);
		submit_bio(bio);
	}
	blk_finish_plug(&plug);
}

static void scst_blockio_submit(struct scst_blockio_req *req,
				struct block_device *bdev, blk_opf_t opf,
				const struct scst_vdisk_io *io)
{
	u32 pad = -io->len & (bdev_logical_block_size(bdev) - 1);

	req->status = BLK_STS_OK;
	req->write = io->write;
	atomic_set(&req->pending, 1);
	if (likely(!pad && io->nr <= BIO_MAX_VECS))
		scst_blockio_submit_one(req, bdev, opf, io);
	else
		scst_blockio_submit_many(req, bdev, opf, io, pad);
	scst_blockio_req_put(req);
}

static blk_opf_t scst_blockio_opf(bool write, bool stable)
{
	if (!write)
		return REQ_OP_READ;
	return REQ_OP_WRITE | REQ_SYNC | REQ_IDLE | (stable ? REQ_FUA : 0);
}

/* @req->phase: set by the caller */
static void scst_blockio_start(struct scst_cmd *cmd, blk_opf_t flags)
{
	struct scst_blockio_req *req = (void *)cmd->hpriv;
	struct scst_vdisk *vd = scst_vdisk_of(cmd);
	struct scst_vdisk_io io = {
		.write = cmd->dir == DMA_TO_DEVICE,
		.pos = scst_cmd_pos(cmd),
		.len = cmd->bufflen,
		.vec = cmd->buf.vec,
		.nr = cmd->buf.nr,
	};

	BUILD_BUG_ON(sizeof(*req) > SCST_CMD_HPRIV);
	if (io.write) {
		io.len = scst_vdisk_write_len(cmd);
		io.stable = scst_vdisk_stable(vd, cmd);
	}
	req->cmd = cmd;
	scst_blockio_submit(req, vd->bdev,
			    scst_blockio_opf(io.write, io.stable) | flags, &io);
}

/* The first attempt did not want to wait for a free request; a worker may */
static void scst_blockio_resubmit(struct scst_cmd *cmd)
{
	struct scst_blockio_req *req = (void *)cmd->hpriv;
	struct scst_vdisk *vd = scst_vdisk_of(cmd);
	u32 len;

	if (scst_cmd_aborted(cmd)) {
		scst_cmd_complete(cmd, SCST_TASK_ABORTED);
		return;
	}
	req->phase = SCST_VDISK_NOT_BEGUN;
	if (cmd->dir == DMA_TO_DEVICE) {
		len = scst_vdisk_write_len(cmd);
		req->phase = scst_vdisk_write_begin_wait(&vd->ranges,
							 scst_cmd_pos(cmd),
							 len);
	}
	scst_blockio_start(cmd, 0);
}

/*
 * Can the command be submitted without waiting?  A bio that has to be split is
 * refused then, so those go to a worker at once.  The first piece of a buffer
 * is as large as any.
 */
static bool scst_blockio_may_try(const struct scst_vdisk *vd,
				 const struct scst_cmd *cmd)
{
	struct request_queue *q = bdev_get_queue(vd->bdev);

	return vd->nowait &&
	       cmd->bufflen <= (u64)queue_max_sectors(q) << SECTOR_SHIFT &&
	       cmd->buf.nr <= queue_max_segments(q) &&
	       cmd->buf.vec[0].bv_len <= queue_max_segment_size(q);
}

/* Return: false if it would have to wait */
static bool scst_blockio_try(struct scst_cmd *cmd)
{
	struct scst_blockio_req *req = (void *)cmd->hpriv;
	struct scst_vdisk *vd = scst_vdisk_of(cmd);

	if (!scst_blockio_may_try(vd, cmd))
		return false;
	req->phase = SCST_VDISK_NOT_BEGUN;
	if (cmd->dir == DMA_TO_DEVICE) {
		req->phase = scst_vdisk_write_begin(&vd->ranges,
						    scst_cmd_pos(cmd),
						    scst_vdisk_write_len(cmd));
		if (req->phase == SCST_VDISK_NOT_BEGUN)
			return false;
	}
	scst_blockio_start(cmd, REQ_NOWAIT);
	return true;
}

static void scst_blockio_execute(struct scst_cmd *cmd)
{
	if (!scst_cmd_blocks(cmd) && !(cmd->bufflen &&
				       cmd->dir == DMA_FROM_DEVICE))
		scst_cmd_complete(cmd, SCST_GOOD);
	else if (!scst_blockio_try(cmd))
		scst_cmd_defer(cmd, scst_blockio_resubmit);
}

static scst_sense_t scst_blockio_rw(struct scst_vdisk *vd,
				    const struct scst_vdisk_io *io)
{
	DECLARE_COMPLETION_ONSTACK(done);
	struct scst_blockio_req req = {
		.done = &done, .phase = SCST_VDISK_NOT_BEGUN,
	};

	scst_blockio_submit(&req, vd->bdev,
			    scst_blockio_opf(io->write, io->stable), io);
	wait_for_completion_io(&done);
	return scst_blockio_sense(req.status, io->write);
}

/* What the device had in its cache may be lost, whoever wrote it */
static scst_sense_t scst_blockio_flushed(struct scst_vdisk *vd,
					 blk_status_t status)
{
	if (unlikely(status))
		errseq_set(&vd->dev->lost, blk_status_to_errno(status));
	return scst_blockio_sense(status, true);
}

static scst_sense_t scst_blockio_flush(struct scst_vdisk *vd, u64 pos, u64 len)
{
	int ret;

	if (vd->nv || vd->dev->read_only)
		return SCST_GOOD;
	ret = blkdev_issue_flush(vd->bdev);
	return scst_blockio_flushed(vd, errno_to_blk_status(ret));
}

static void scst_blockio_sync_work(struct scst_cmd *cmd)
{
	scst_vdisk_synced(cmd, scst_blockio_flush(scst_vdisk_of(cmd), 0, 0));
}

static void scst_blockio_sync_end(struct bio *bio)
{
	struct scst_cmd *cmd = bio->bi_private;
	blk_status_t status = bio->bi_status;

	bio_put(bio);
	if (status == BLK_STS_AGAIN)
		scst_cmd_defer(cmd, scst_blockio_sync_work);
	else
		scst_vdisk_synced(cmd, scst_blockio_flushed(scst_vdisk_of(cmd),
							    status));
}

/* A flush is one bio without data; it never has to be split */
static void scst_blockio_sync(struct scst_cmd *cmd)
{
	struct scst_vdisk *vd = scst_vdisk_of(cmd);
	struct bio *bio;

	if (!vd->nowait) {
		scst_cmd_defer(cmd, scst_blockio_sync_work);
		return;
	}
	bio = bio_alloc(vd->bdev, 0, REQ_OP_WRITE | REQ_PREFLUSH | REQ_NOWAIT,
			GFP_NOIO);
	bio->bi_end_io = scst_blockio_sync_end;
	bio->bi_private = cmd;
	submit_bio(bio);
}

static scst_sense_t scst_blockio_unmap(struct scst_vdisk *vd, u64 pos, u64 len)
{
	int ret = blkdev_issue_discard(vd->bdev, pos >> SECTOR_SHIFT,
				       len >> SECTOR_SHIFT, GFP_NOIO);

	/* a hint: what the device cannot deallocate stays mapped */
	if (ret == -EOPNOTSUPP)
		return SCST_GOOD;
	return scst_blockio_errno_sense(ret);
}

static scst_sense_t scst_blockio_zero(struct scst_vdisk *vd, u64 pos, u64 len,
				      bool unmap)
{
	int ret = blkdev_issue_zeroout(vd->bdev, pos >> SECTOR_SHIFT,
				       len >> SECTOR_SHIFT, GFP_NOIO,
				       unmap ? 0 : BLKDEV_ZERO_NOUNMAP);

	return scst_blockio_errno_sense(ret);
}

static bool scst_blockio_extent(struct scst_vdisk *vd, u64 pos, u64 *end)
{
	*end = bdev_nr_bytes(vd->bdev);
	return true;
}

static int scst_blockio_open(struct scst_vdisk *vd, const char *path)
{
	unsigned int block = 1u << vd->dev->block_shift;
	blk_mode_t mode = BLK_OPEN_READ;
	int ret;

	if (!vd->dev->read_only)
		mode |= BLK_OPEN_WRITE;
	vd->file = bdev_file_open_by_path(path, mode,
					  vd->dev->read_only ? NULL : vd, NULL);
	if (IS_ERR(vd->file)) {
		ret = PTR_ERR(vd->file);
		if (ret == -ENOTBLK) {
			ret = -EINVAL;
			pr_err("%s: is not a block device\n", path);
		} else {
			pr_err("%s: cannot be opened: %d\n", path, ret);
		}
		return ret;
	}
	vd->bdev = file_bdev(vd->file);
	if (bdev_logical_block_size(vd->bdev) > block) {
		pr_err("%s: has blocks of %u bytes, BLOCKIO cannot make %u of them\n",
		       path, bdev_logical_block_size(vd->bdev), block);
		bdev_fput(vd->file);
		return -EINVAL;
	}
	vd->nowait = bdev_nowait(vd->bdev);
	scst_vdisk_set_bdev_limits(vd, vd->bdev);
	return 0;
}

/* As in FILEIO: the device may be stopped or removed as soon as this returns */
static void scst_blockio_close(struct scst_vdisk *vd)
{
	__fput_sync(vd->file);
}

static u64 scst_blockio_size(struct scst_vdisk *vd)
{
	return bdev_nr_bytes(vd->bdev);
}

const struct scst_vdisk_ops scst_blockio_ops = {
	.vendor	= "SCST_BIO",
	.open	= scst_blockio_open,
	.close	= scst_blockio_close,
	.size	= scst_blockio_size,
	.read	= scst_blockio_execute,
	.write	= scst_blockio_execute,
	.sync	= scst_blockio_sync,
	.rw	= scst_blockio_rw,
	.flush	= scst_blockio_flush,
	.unmap	= scst_blockio_unmap,
	.zero	= scst_blockio_zero,
	.extent	= scst_blockio_extent,
};
