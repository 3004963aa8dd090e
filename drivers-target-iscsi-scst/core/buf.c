// SPDX-License-Identifier: GPL-2.0
/*
 * Owns struct scst_buf: its vectors and moving bytes in and out of it.
 * No locks: a buffer belongs to whoever has the command.
 * Must not know where the pages of SCST_BUF_CACHE come from and go to.
 */
#include <kunit/visibility.h>
#include <linux/export.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uio.h>
#include "core_priv.h"

/**
 * scst_buf_reserve_vecs() - make room for vectors
 * @buf: buffer; vectors in use are kept
 * @max: how many it has to hold
 *
 * Context: Process context, may sleep.
 * Return: 0 or -ENOMEM.
 */
int scst_buf_reserve_vecs(struct scst_buf *buf, unsigned int max)
{
	struct bio_vec *vec;

	if (!buf->vec) {
		buf->vec = buf->inline_vec;
		buf->max = SCST_INLINE_VECS;
	}
	if (likely(max <= buf->max))
		return 0;
	/* freed from any context, so not kvmalloc() */
	vec = kmalloc_array(max, sizeof(*vec), GFP_KERNEL | __GFP_NOWARN);
	if (!vec)
		return -ENOMEM;
	memcpy(vec, buf->vec, buf->nr * sizeof(*vec));
	if (buf->vec != buf->inline_vec)
		kfree(buf->vec);
	buf->vec = vec;
	buf->max = max;
	return 0;
}
EXPORT_SYMBOL_GPL(scst_buf_reserve_vecs);

static u32 scst_buf_iter(const struct scst_buf *buf, u32 off, u32 len,
			 unsigned int direction, struct iov_iter *iter)
{
	if (off >= buf->len)
		return 0;
	iov_iter_bvec(iter, direction, buf->vec, buf->nr, buf->len);
	iov_iter_advance(iter, off);
	return min(len, buf->len - off);
}

/**
 * scst_buf_copy_to() - copy bytes into a buffer
 * @buf: buffer
 * @off: where to begin in @buf
 * @src: bytes
 * @len: how many
 *
 * Context: Any but hard interrupt.
 * Return: bytes copied; fewer than @len if the buffer ends before.
 */
u32 scst_buf_copy_to(struct scst_buf *buf, u32 off, const void *src, u32 len)
{
	struct iov_iter iter;

	len = scst_buf_iter(buf, off, len, ITER_DEST, &iter);
	return len ? copy_to_iter(src, len, &iter) : 0;
}
EXPORT_SYMBOL_GPL(scst_buf_copy_to);

/**
 * scst_buf_copy_from() - copy bytes out of a buffer
 * @buf: buffer
 * @off: where to begin in @buf
 * @dst: gets the bytes
 * @len: how many
 *
 * Context: Any but hard interrupt.
 * Return: bytes copied; fewer than @len if the buffer ends before.
 */
u32 scst_buf_copy_from(const struct scst_buf *buf, u32 off, void *dst, u32 len)
{
	struct iov_iter iter;

	len = scst_buf_iter(buf, off, len, ITER_SOURCE, &iter);
	return len ? copy_from_iter(dst, len, &iter) : 0;
}
EXPORT_SYMBOL_GPL(scst_buf_copy_from);

/**
 * scst_buf_zero() - zero a part of a buffer
 * @buf: buffer
 * @off: where to begin
 * @len: bytes; what is past the end is ignored
 *
 * Context: Any but hard interrupt.
 */
void scst_buf_zero(struct scst_buf *buf, u32 off, u32 len)
{
	struct iov_iter iter;

	len = scst_buf_iter(buf, off, len, ITER_DEST, &iter);
	if (len)
		iov_iter_zero(len, &iter);
}
EXPORT_SYMBOL_GPL(scst_buf_zero);

/**
 * scst_buf_put_refs() - drop the references of an SCST_BUF_REFS buffer
 * @buf: buffer; holds one reference for each vector
 *
 * Context: Any but hard interrupt.
 */
void scst_buf_put_refs(struct scst_buf *buf)
{
	unsigned int i;

	for (i = 0; i < buf->nr; i++)
		put_page(buf->vec[i].bv_page);
}
