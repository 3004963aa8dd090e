// SPDX-License-Identifier: GPL-2.0
/*
 * FILEIO: a file or block device through the page cache.
 *
 * What the page cache has is answered in the submitter's context: reads send
 * its pages as they are, writes are tried without waiting.  Everything else is
 * left to a worker.  Owns no lock; the file system has its own.  Must not know
 * SCSI beyond the fields of struct scst_cmd.
 */
#include <linux/blkdev.h>
#include <linux/cacheflush.h>
#include <linux/fadvise.h>
#include <linux/falloc.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/highmem.h>
#include <linux/namei.h>
#include <linux/pagemap.h>
#include <linux/shmem_fs.h>
#include <linux/sizes.h>
#include <linux/uio.h>
#include <linux/writeback.h>	/* struct folio_batch */

#include "vdisk.h"

/* Copying more than this would keep the submitter from its other commands */
#define SCST_FILEIO_INLINE_WRITE	SZ_1M

/* Below this writing zeroes costs less than the file system's bookkeeping */
#define SCST_FILEIO_ZERO_RANGE		SZ_64K

/* The one place where an errno of the file system becomes a SCSI status */
static scst_sense_t scst_fileio_sense(int err, bool write)
{
	switch (err) {
	case 0:
		return SCST_GOOD;
	case -ENOSPC:
	case -EDQUOT:
	case -EFBIG:
		return SCST_SPACE_ALLOC_FAILED;
	case -EROFS:
	case -EPERM:
	case -EACCES:
	case -EBADF:
		return SCST_WRITE_PROTECTED;
	case -ENOMEM:
	case -EAGAIN:
	case -EINTR:
		return SCST_BUSY;
	case -EOPNOTSUPP:
		return SCST_INVALID_OPCODE;
	case -ENXIO:
	case -ENODEV:
		return SCST_NOT_READY;
	default:
		return write ? SCST_WRITE_ERROR : SCST_READ_ERROR;
	}
}

/* -------------------------------------------------------------------------
 * Reading without a copy
 */

static void scst_fileio_drop(struct scst_buf *buf)
{
	unsigned int i;

	for (i = 0; i < buf->nr; i++)
		put_page(buf->vec[i].bv_page);
	buf->nr = 0;
	buf->len = 0;
	buf->kind = SCST_BUF_NONE;
}

static void scst_fileio_put_folios(struct folio_batch *batch, unsigned int from)
{
	for (; from < folio_batch_count(batch); from++)
		folio_put(batch->folios[from]);
}

/*
 * A folio that marks the end of the readahead window is left to the file
 * system's read, which starts the next one.  tmpfs uses the bit for reclaim.
 */
static bool scst_fileio_folio_ok(const struct scst_vdisk *vd,
				 struct folio *folio)
{
	if (!folio_test_uptodate(folio))
		return false;
	if (!vd->shmem && folio_test_readahead(folio))
		return false;
	return !folio_contain_hwpoisoned_page(folio);
}

/* Large folios need few vectors.  If they are small make room for them all. */
static bool scst_fileio_room(struct scst_buf *buf, u32 left)
{
	if (likely(buf->nr < buf->max))
		return true;
	return !scst_buf_reserve_vecs(buf, buf->nr + left / PAGE_SIZE + 2);
}

/* Takes over the caller's reference if it succeeds */
static bool scst_fileio_add_folio(struct scst_vdisk *vd, struct scst_buf *buf,
				  struct folio *folio, u64 pos, u32 left)
{
	u64 start = folio_pos(folio);
	size_t off;
	u32 n;

	if (!scst_fileio_folio_ok(vd, folio))
		return false;
	if (pos < start || pos - start >= folio_size(folio))
		return false;
	if (!scst_fileio_room(buf, left))
		return false;
	off = pos - start;
	n = min_t(size_t, left, folio_size(folio) - off);
	if (mapping_writably_mapped(vd->inode->i_mapping))
		flush_dcache_folio(folio);
	folio_mark_accessed(folio);
	bvec_set_folio(&buf->vec[buf->nr++], folio, n, off);
	buf->len += n;
	return true;
}

/*
 * Adds what the page cache has from @pos on, in one go.  Returns true if that
 * is anything: the caller then looks again at what is left.
 */
static bool scst_fileio_add_cached(struct scst_vdisk *vd, struct scst_buf *buf,
				   u64 pos, u32 left)
{
	pgoff_t index = pos >> PAGE_SHIFT;
	pgoff_t last = (pos + left - 1) >> PAGE_SHIFT;
	struct folio_batch batch;
	u32 before = buf->len;
	unsigned int i;

	folio_batch_init(&batch);
	filemap_get_folios_contig(vd->inode->i_mapping, &index, last, &batch);
	for (i = 0; i < folio_batch_count(&batch); i++) {
		if (!scst_fileio_add_folio(vd, buf, batch.folios[i],
					   pos + (buf->len - before),
					   left - (buf->len - before))) {
			scst_fileio_put_folios(&batch, i);
			break;
		}
	}
	return buf->len != before;
}

/*
 * A hole of a tmpfs file has no pages, and reading does not give it any; other
 * file systems put zeroed pages into the page cache.
 */
static bool scst_fileio_add_hole(struct scst_vdisk *vd, struct scst_buf *buf,
				 u64 pos, u32 left)
{
	unsigned long index = pos >> PAGE_SHIFT, first = index;
	unsigned long last = (pos + left - 1) >> PAGE_SHIFT;
	struct bio_vec *vec;
	u64 end = pos + left;

	if (!vd->shmem)
		return false;
	if (xa_find(&vd->inode->i_mapping->i_pages, &index, last, XA_PRESENT)) {
		if (index <= first)
			return false;
		end = min(end, (u64)index << PAGE_SHIFT);
	}
	while (pos < end) {
		if (!scst_fileio_room(buf, end - pos))
			return false;
		vec = &buf->vec[buf->nr];
		pos += scst_vdisk_zeroes_vec(vec, end - pos);
		get_page(vec->bv_page);
		buf->len += vec->bv_len;
		buf->nr++;
	}
	return true;
}

/* Answers a read from the page cache, or leaves the buffer as it was */
static bool scst_fileio_map(struct scst_vdisk *vd, struct scst_cmd *cmd)
{
	struct scst_buf *buf = &cmd->buf;
	u64 pos = scst_cmd_pos(cmd);
	u32 len = cmd->bufflen;

	if (pos + len > i_size_read(vd->inode))
		return false;
	if (scst_buf_reserve_vecs(buf, SCST_INLINE_VECS))
		return false;
	buf->kind = SCST_BUF_REFS;
	while (buf->len < len) {
		u64 at = pos + buf->len;
		u32 left = len - buf->len;

		if (!scst_fileio_add_cached(vd, buf, at, left) &&
		    !scst_fileio_add_hole(vd, buf, at, left)) {
			scst_fileio_drop(buf);
			return false;
		}
	}
	return true;
}

/* -------------------------------------------------------------------------
 * Reading and writing through the file system
 */

/* What lies beyond the end of a file that has shrunk reads as zeroes */
static void scst_fileio_zero_tail(const struct scst_vdisk_io *io, u32 done)
{
	struct iov_iter iter;

	iov_iter_bvec(&iter, ITER_DEST, io->vec, io->nr, io->len);
	iov_iter_advance(&iter, done);
	iov_iter_zero(io->len - done, &iter);
}

static ssize_t scst_fileio_step(struct scst_vdisk *vd,
				const struct scst_vdisk_io *io,
				struct kiocb *kiocb, struct iov_iter *iter)
{
	if (io->write)
		return vfs_iocb_iter_write(vd->file, kiocb, iter);
	return vfs_iocb_iter_read(vd->file, kiocb, iter);
}

/*
 * An error may be that of anybody's data, and of any time since the last call:
 * all of us share one struct file.
 */
static scst_sense_t scst_fileio_flush(struct scst_vdisk *vd, u64 pos, u64 len)
{
	int ret;

	if (vd->nv || vd->dev->read_only)
		return SCST_GOOD;
	ret = vfs_fsync_range(vd->file, pos, pos + len - 1, 1);
	if (unlikely(ret))
		errseq_set(&vd->dev->lost, ret);
	return scst_fileio_sense(ret, true);
}

/* A write that is to be stable is flushed apart: its errors are not the same */
static scst_sense_t scst_fileio_rw(struct scst_vdisk *vd,
				   const struct scst_vdisk_io *io)
{
	unsigned int dir = io->write ? ITER_SOURCE : ITER_DEST;
	struct iov_iter iter;
	struct kiocb kiocb;
	ssize_t ret;
	u32 done;

	init_sync_kiocb(&kiocb, vd->file);
	kiocb.ki_pos = io->pos;
	iov_iter_bvec(&iter, dir, io->vec, io->nr, io->len);
	for (done = 0; done < io->len; done += ret) {
		ret = scst_fileio_step(vd, io, &kiocb, &iter);
		if (ret < 0)
			return scst_fileio_sense(ret, io->write);
		if (!ret)
			break;
	}
	if (done == io->len)
		return io->stable ? scst_fileio_flush(vd, io->pos, io->len) :
				    SCST_GOOD;
	if (io->write)
		return SCST_WRITE_ERROR;
	scst_fileio_zero_tail(io, done);
	return SCST_GOOD;
}

static void scst_fileio_read_work(struct scst_cmd *cmd)
{
	struct scst_vdisk *vd = scst_vdisk_of(cmd);
	struct scst_vdisk_io io = {
		.pos = scst_cmd_pos(cmd), .len = cmd->bufflen,
	};
	scst_sense_t sense = SCST_GOOD;

	if (scst_cmd_aborted(cmd)) {
		scst_cmd_complete(cmd, SCST_TASK_ABORTED);
		return;
	}
	if (scst_cmd_alloc_buf(cmd)) {
		scst_cmd_complete(cmd, SCST_TASK_SET_FULL);
		return;
	}
	io.vec = cmd->buf.vec;
	io.nr = cmd->buf.nr;
	if (scst_vdisk_fua(cmd))
		sense = scst_fileio_flush(vd, io.pos, io.len);
	if (!sense)
		sense = scst_fileio_rw(vd, &io);
	scst_cmd_complete(cmd, sense);
}

static void scst_fileio_read(struct scst_cmd *cmd)
{
	struct scst_vdisk *vd = scst_vdisk_of(cmd);

	if (!cmd->bufflen) {
		scst_cmd_complete(cmd, SCST_GOOD);
		return;
	}
	if (vd->zero_copy && !scst_vdisk_fua(cmd) && scst_fileio_map(vd, cmd)) {
		scst_cmd_complete(cmd, SCST_GOOD);
		return;
	}
	scst_cmd_defer(cmd, scst_fileio_read_work);
}

static void scst_fileio_write_work(struct scst_cmd *cmd)
{
	struct scst_vdisk *vd = scst_vdisk_of(cmd);
	struct scst_vdisk_io io = {
		.write = true,
		.stable = scst_vdisk_stable(vd, cmd),
		.pos = scst_cmd_pos(cmd),
		.len = scst_vdisk_write_len(cmd),
		.vec = cmd->buf.vec,
		.nr = cmd->buf.nr,
	};
	scst_sense_t sense;
	int phase;

	if (scst_cmd_aborted(cmd)) {
		scst_cmd_complete(cmd, SCST_TASK_ABORTED);
		return;
	}
	phase = scst_vdisk_write_begin_wait(&vd->ranges, io.pos, io.len);
	sense = scst_fileio_rw(vd, &io);
	scst_vdisk_write_end(&vd->ranges, phase);
	scst_cmd_complete(cmd, sense);
}

/*
 * May a write be tried here and now?  It must not wait for I/O: not for data to
 * become stable, not for a frozen file system and not for swapped out pages.
 */
static bool scst_fileio_may_try(const struct scst_vdisk *vd,
				const struct scst_cmd *cmd, u32 len)
{
	if (!vd->nowait || len > SCST_FILEIO_INLINE_WRITE)
		return false;
	if (READ_ONCE(vd->inode->i_sb->s_writers.frozen) != SB_UNFROZEN)
		return false;
	if (vd->shmem)
		return !READ_ONCE(SHMEM_I(vd->inode)->swapped);
	return !scst_vdisk_stable(vd, cmd);
}

static bool scst_fileio_try_write(struct scst_vdisk *vd, struct scst_cmd *cmd,
				  u32 len)
{
	struct iov_iter iter;
	struct kiocb kiocb;
	ssize_t ret;
	int phase;

	if (!scst_fileio_may_try(vd, cmd, len))
		return false;
	phase = scst_vdisk_write_begin(&vd->ranges, scst_cmd_pos(cmd), len);
	if (unlikely(phase == SCST_VDISK_NOT_BEGUN))
		return false;
	init_sync_kiocb(&kiocb, vd->file);
	if (!vd->shmem)
		kiocb.ki_flags |= IOCB_NOWAIT;
	kiocb.ki_pos = scst_cmd_pos(cmd);
	iov_iter_bvec(&iter, ITER_SOURCE, cmd->buf.vec, cmd->buf.nr, len);
	ret = vfs_iocb_iter_write(vd->file, &kiocb, &iter);
	scst_vdisk_write_end(&vd->ranges, phase);
	return ret == len;
}

static void scst_fileio_write(struct scst_cmd *cmd)
{
	struct scst_vdisk *vd = scst_vdisk_of(cmd);
	u32 len = scst_vdisk_write_len(cmd);

	if (!len || scst_fileio_try_write(vd, cmd, len))
		scst_cmd_complete(cmd, SCST_GOOD);
	else
		scst_cmd_defer(cmd, scst_fileio_write_work);
}

static void scst_fileio_sync_work(struct scst_cmd *cmd)
{
	struct scst_vdisk *vd = scst_vdisk_of(cmd);
	u64 pos = scst_cmd_pos(cmd);
	u64 len = (u64)cmd->nblocks << cmd->dev->block_shift;

	/* no number of blocks: all up to the end (SBC-4 5.37) */
	if (!len)
		len = LLONG_MAX - pos;
	scst_vdisk_synced(cmd, scst_fileio_flush(vd, pos, len));
}

static void scst_fileio_sync(struct scst_cmd *cmd)
{
	scst_cmd_defer(cmd, scst_fileio_sync_work);
}

/* -------------------------------------------------------------------------
 * Space
 */

static int scst_fileio_punch(struct scst_vdisk *vd, u64 pos, u64 len)
{
	return vfs_fallocate(vd->file,
			     FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
			     pos, len);
}

/* A hint: what the backing store cannot deallocate stays mapped */
static scst_sense_t scst_fileio_unmap(struct scst_vdisk *vd, u64 pos, u64 len)
{
	int ret = scst_fileio_punch(vd, pos, len);

	if (ret == -EOPNOTSUPP || ret == -EINVAL)
		return SCST_GOOD;
	return scst_fileio_sense(ret, true);
}

static scst_sense_t scst_fileio_zero(struct scst_vdisk *vd, u64 pos, u64 len,
				     bool unmap)
{
	int ret = -EOPNOTSUPP;

	if (unmap)
		ret = scst_fileio_punch(vd, pos, len);
	else if (len >= SCST_FILEIO_ZERO_RANGE && vd->file->f_op->fallocate)
		ret = vfs_fallocate(vd->file, FALLOC_FL_ZERO_RANGE |
				    FALLOC_FL_KEEP_SIZE, pos, len);
	if (ret == -EINVAL)
		return SCST_INVALID_OPCODE;
	return scst_fileio_sense(ret, true);
}

static void scst_fileio_readahead(struct scst_vdisk *vd, u64 pos, u64 len)
{
	vfs_fadvise(vd->file, pos, len, POSIX_FADV_WILLNEED);
}

/* Holes end where blocks do: a block with some data in it is mapped */
static bool scst_fileio_extent(struct scst_vdisk *vd, u64 pos, u64 *end)
{
	u64 size = i_size_read(vd->inode);
	u64 block = 1u << vd->dev->block_shift;
	loff_t data, hole;

	*end = size;
	if (!vd->dev->id.thin)
		return true;
	data = vfs_llseek(vd->file, pos, SEEK_DATA);
	if (data == -ENXIO)
		return pos >= size;
	if (data < 0)
		return true;
	if (round_down(data, block) > pos) {
		*end = round_down(data, block);
		return false;
	}
	hole = vfs_llseek(vd->file, data, SEEK_HOLE);
	if (hole > 0)
		*end = min_t(u64, round_up(hole, block), size);
	return true;
}

/* -------------------------------------------------------------------------
 * Opening
 */

/*
 * Only where the page cache is always up to date: not on network and cluster
 * file systems, whose reads check that first.  Those have a lock operation of
 * their own, file systems on a local disk do not.
 */
static bool scst_fileio_zero_copy(const struct scst_vdisk *vd)
{
	const struct file *file = vd->file;

	if (vd->shmem || S_ISBLK(vd->inode->i_mode))
		return true;
	if (IS_DAX(vd->inode))
		return false;
	if (file->f_op->read_iter == generic_file_read_iter)
		return true;
	return vd->inode->i_sb->s_type->fs_flags & FS_REQUIRES_DEV &&
	       !file->f_op->lock;
}

static bool scst_fileio_nowait(const struct scst_vdisk *vd)
{
	const struct file *file = vd->file;

	return vd->shmem || (file->f_mode & FMODE_NOWAIT &&
			     file->f_op->fop_flags & FOP_BUFFER_WASYNC);
}

/*
 * Beyond the end of the file there is nothing to lose, and the answer tells
 * whether the file system can deallocate at all.
 */
static bool scst_fileio_can_punch(struct scst_vdisk *vd)
{
	u64 end = round_up(i_size_read(vd->inode), SZ_64K);

	return vd->file->f_op->fallocate &&
	       !scst_fileio_punch(vd, end, SZ_64K);
}

static void scst_fileio_file_limits(struct scst_vdisk *vd)
{
	struct super_block *sb = vd->inode->i_sb;

	scst_vdisk_set_physical(vd, sb->s_blocksize);
	if (sb->s_bdev)
		vd->dev->id.rotational =
			bdev_get_queue(sb->s_bdev)->limits.features &
			BLK_FEAT_ROTATIONAL;
	if (vd->dev->read_only || !scst_fileio_can_punch(vd))
		return;
	scst_vdisk_set_unmap(vd, sb->s_blocksize, 0);
	vd->dev->id.unmap_zeroes = true;
}

static void scst_fileio_bdev_limits(struct scst_vdisk *vd)
{
	scst_vdisk_set_bdev_limits(vd, vd->bdev);
	if (bdev_write_zeroes_sectors(vd->bdev))
		vd->dev->id.unmap_zeroes = vd->dev->id.thin;
	else
		vd->dev->id.thin = false;
}

/* Opening some kinds of files has side effects, so look before */
static int scst_fileio_mode(const char *path, umode_t *mode)
{
	struct path p;
	int ret;

	ret = kern_path(path, LOOKUP_FOLLOW, &p);
	if (ret) {
		pr_err("%s: cannot be opened: %d\n", path, ret);
		return ret;
	}
	*mode = d_backing_inode(p.dentry)->i_mode;
	path_put(&p);
	if (S_ISREG(*mode) || S_ISBLK(*mode))
		return 0;
	pr_err("%s: is neither a file nor a block device\n", path);
	return -EINVAL;
}

static int scst_fileio_open(struct scst_vdisk *vd, const char *path)
{
	bool ro = vd->dev->read_only;
	int flags = O_LARGEFILE | (ro ? O_RDONLY : O_RDWR);
	umode_t mode;
	int ret;

	ret = scst_fileio_mode(path, &mode);
	if (ret)
		return ret;
	if (S_ISBLK(mode) && !ro)
		flags |= O_EXCL;
	vd->file = filp_open(path, flags | O_NOATIME, 0);
	if (IS_ERR(vd->file)) {
		ret = PTR_ERR(vd->file);
		pr_err("%s: cannot be opened: %d\n", path, ret);
		return ret;
	}
	vd->inode = vd->file->f_mapping->host;
	vd->shmem = shmem_mapping(vd->file->f_mapping);
	vd->zero_copy = scst_fileio_zero_copy(vd);
	vd->nowait = scst_fileio_nowait(vd);
	if (S_ISBLK(vd->inode->i_mode)) {
		vd->bdev = I_BDEV(vd->inode);
		scst_fileio_bdev_limits(vd);
	} else {
		scst_fileio_file_limits(vd);
	}
	return 0;
}

/* In a kernel thread fput() would only queue the rest, and a umount may follow */
static void scst_fileio_close(struct scst_vdisk *vd)
{
	__fput_sync(vd->file);
}

static u64 scst_fileio_size(struct scst_vdisk *vd)
{
	return i_size_read(vd->inode);
}

const struct scst_vdisk_ops scst_fileio_ops = {
	.vendor	= "SCST_FIO",
	.open	= scst_fileio_open,
	.close	= scst_fileio_close,
	.size	= scst_fileio_size,
	.read	= scst_fileio_read,
	.write	= scst_fileio_write,
	.sync	= scst_fileio_sync,
	.rw	= scst_fileio_rw,
	.flush	= scst_fileio_flush,
	.unmap	= scst_fileio_unmap,
	.zero	= scst_fileio_zero,
	.readahead = scst_fileio_readahead,
	.extent	= scst_fileio_extent,
	.own_buf = true,
};
