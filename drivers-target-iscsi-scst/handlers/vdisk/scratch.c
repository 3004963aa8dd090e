// SPDX-License-Identifier: GPL-2.0
/*
 * Memory for commands that compare, combine or repeat blocks: one piece, used
 * again and again, instead of as much as the command covers.
 * Each belongs to one command in a worker; no locks.
 */
#include <linux/gfp.h>
#include <linux/mm.h>

#include "vdisk.h"

#define SCST_VDISK_SCRATCH	(128u << 10)

/**
 * scst_vdisk_scratch_alloc - get memory
 * @scratch: gets it
 * @len: bytes the command covers; no more is needed
 *
 * Context: may sleep.
 * Return: false without memory.
 */
bool scst_vdisk_scratch_alloc(struct scst_vdisk_scratch *scratch, u64 len)
{
	int order = get_order(clamp_t(u64, len, 1, SCST_VDISK_SCRATCH));
	gfp_t gfp = GFP_NOIO | __GFP_NOWARN | __GFP_NORETRY | __GFP_COMP;

	for (; order > 0; order--) {
		scratch->page = alloc_pages(gfp, order);
		if (scratch->page)
			break;
	}
	if (!order)
		scratch->page = alloc_page(GFP_NOIO);
	if (!scratch->page)
		return false;
	scratch->addr = page_address(scratch->page);
	scratch->size = PAGE_SIZE << order;
	return true;
}

/**
 * scst_vdisk_scratch_free - give memory back
 * @scratch: memory
 *
 * Context: any.
 */
void scst_vdisk_scratch_free(struct scst_vdisk_scratch *scratch)
{
	__free_pages(scratch->page, get_order(scratch->size));
}

static scst_sense_t scst_vdisk_scratch_rw(struct scst_vdisk *vd,
					  const struct scst_vdisk_scratch *s,
					  struct scst_vdisk_io *io)
{
	struct bio_vec vec;

	bvec_set_page(&vec, s->page, io->len, 0);
	io->vec = &vec;
	io->nr = 1;
	return vd->ops->rw(vd, io);
}

/**
 * scst_vdisk_scratch_read - read blocks
 * @vd: disk
 * @scratch: memory
 * @pos: byte on the disk
 * @len: bytes, no more than @scratch has
 *
 * Context: worker.
 * Return: outcome.
 */
scst_sense_t scst_vdisk_scratch_read(struct scst_vdisk *vd,
				     const struct scst_vdisk_scratch *scratch,
				     u64 pos, u32 len)
{
	struct scst_vdisk_io io = { .pos = pos, .len = len };

	return scst_vdisk_scratch_rw(vd, scratch, &io);
}

/**
 * scst_vdisk_scratch_write - write blocks
 * @vd: disk
 * @scratch: memory
 * @pos: byte on the disk
 * @len: bytes, no more than @scratch has
 * @stable: they have to survive a power failure
 *
 * Context: worker.
 * Return: outcome.
 */
scst_sense_t scst_vdisk_scratch_write(struct scst_vdisk *vd,
				      const struct scst_vdisk_scratch *scratch,
				      u64 pos, u32 len, bool stable)
{
	struct scst_vdisk_io io = {
		.write = true, .stable = stable, .pos = pos, .len = len,
	};

	return scst_vdisk_scratch_rw(vd, scratch, &io);
}

/**
 * scst_vdisk_scratch_fill - repeat one block
 * @scratch: memory, filled with copies
 * @buf: its first @block bytes are the block; NULL for zeroes
 * @block: block size
 *
 * Context: any.
 */
void scst_vdisk_scratch_fill(const struct scst_vdisk_scratch *scratch,
			     const struct scst_buf *buf, u32 block)
{
	u32 off;

	if (!buf) {
		memset(scratch->addr, 0, scratch->size);
		return;
	}
	scst_buf_copy_from(buf, 0, scratch->addr, block);
	for (off = block; off < scratch->size; off += block)
		memcpy(scratch->addr + off, scratch->addr, block);
}
