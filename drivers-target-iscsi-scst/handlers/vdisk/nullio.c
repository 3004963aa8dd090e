// SPDX-License-Identifier: GPL-2.0
/*
 * NULLIO: a disk of zeroes that forgets what is written to it, for measuring
 * everything else.  Owns the zeroes of this module, which never change, so
 * there is no lock.  Must not sleep.
 */
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/uio.h>

#include "vdisk.h"

#define SCST_NULLIO_SIZE	(1536ull << 30)
#define SCST_ZEROES_ORDER	8

/* Set at module load */
static struct folio *scst_vdisk_zeroes;

/**
 * scst_vdisk_zeroes_init - get the zeroes, in as large a piece as possible
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int scst_vdisk_zeroes_init(void)
{
	gfp_t gfp = GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN | __GFP_NORETRY;
	int order;

	for (order = SCST_ZEROES_ORDER; order >= 0; order--) {
		scst_vdisk_zeroes = folio_alloc(gfp, order);
		if (scst_vdisk_zeroes)
			return 0;
	}
	return -ENOMEM;
}

/**
 * scst_vdisk_zeroes_exit - let go of the zeroes
 *
 * A socket may hold references to them for some time still.
 *
 * Context: any.
 */
void scst_vdisk_zeroes_exit(void)
{
	folio_put(scst_vdisk_zeroes);
}

/**
 * scst_vdisk_zeroes_vec - describe zeroes
 * @vec: gets them; no reference is taken
 * @len: how many are wanted
 *
 * Context: any.
 * Return: how many there are.
 */
u32 scst_vdisk_zeroes_vec(struct bio_vec *vec, u64 len)
{
	u32 n = min_t(u64, len, folio_size(scst_vdisk_zeroes));

	bvec_set_folio(vec, scst_vdisk_zeroes, n, 0);
	return n;
}

static int scst_nullio_open(struct scst_vdisk *vd, const char *path)
{
	return 0;
}

static void scst_nullio_close(struct scst_vdisk *vd)
{
}

static u64 scst_nullio_size(struct scst_vdisk *vd)
{
	return SCST_NULLIO_SIZE;
}

static void scst_nullio_read(struct scst_cmd *cmd)
{
	u32 max = DIV_ROUND_UP(cmd->bufflen, folio_size(scst_vdisk_zeroes));
	struct scst_buf *buf = &cmd->buf;
	u32 left = cmd->bufflen;

	if (scst_buf_reserve_vecs(buf, max)) {
		scst_cmd_complete(cmd, SCST_TASK_SET_FULL);
		return;
	}
	buf->kind = SCST_BUF_STATIC;
	buf->len = cmd->bufflen;
	for (buf->nr = 0; left; buf->nr++)
		left -= scst_vdisk_zeroes_vec(&buf->vec[buf->nr], left);
	scst_cmd_complete(cmd, SCST_GOOD);
}

static void scst_nullio_nop(struct scst_cmd *cmd)
{
	scst_cmd_complete(cmd, SCST_GOOD);
}

static scst_sense_t scst_nullio_rw(struct scst_vdisk *vd,
				   const struct scst_vdisk_io *io)
{
	struct iov_iter iter;

	if (io->write)
		return SCST_GOOD;
	/* not memzero_bvec(), which knows only vectors of one page */
	iov_iter_bvec(&iter, ITER_DEST, io->vec, io->nr, io->len);
	iov_iter_zero(io->len, &iter);
	return SCST_GOOD;
}

static scst_sense_t scst_nullio_flush(struct scst_vdisk *vd, u64 pos, u64 len)
{
	return SCST_GOOD;
}

static scst_sense_t scst_nullio_zero(struct scst_vdisk *vd, u64 pos, u64 len,
				     bool unmap)
{
	return SCST_GOOD;
}

static bool scst_nullio_extent(struct scst_vdisk *vd, u64 pos, u64 *end)
{
	*end = SCST_NULLIO_SIZE;
	return true;
}

const struct scst_vdisk_ops scst_nullio_ops = {
	.vendor	= "SCST_FIO",
	.open	= scst_nullio_open,
	.close	= scst_nullio_close,
	.size	= scst_nullio_size,
	.read	= scst_nullio_read,
	.write	= scst_nullio_nop,
	.sync	= scst_nullio_nop,
	.rw	= scst_nullio_rw,
	.flush	= scst_nullio_flush,
	.unmap	= scst_nullio_flush,
	.zero	= scst_nullio_zero,
	.extent	= scst_nullio_extent,
	.own_buf = true,
	.forgets = true,
};
