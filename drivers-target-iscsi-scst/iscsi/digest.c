// SPDX-License-Identifier: GPL-2.0
/*
 * CRC32C digests (RFC 7143 13.1).  Nothing to lock; knows only memory.
 */
#include <kunit/visibility.h>
#include <linux/bvec.h>
#include <linux/crc32c.h>
#include <linux/highmem.h>

#include "iscsi_priv.h"

/**
 * scst_iscsi_crc - go on with a digest
 * @crc: SCST_ISCSI_CRC_SEED or the result for the bytes before
 * @buf: bytes
 * @len: how many
 *
 * Context: any.
 * Return: intermediate value, for scst_iscsi_digest().
 */
u32 scst_iscsi_crc(u32 crc, const void *buf, size_t len)
{
	return crc32c(crc, buf, len);
}
EXPORT_SYMBOL_IF_KUNIT(scst_iscsi_crc);

/**
 * scst_iscsi_crc_bvec - go on with a digest over pages
 * @crc: as for scst_iscsi_crc()
 * @bv: may span several pages
 *
 * Context: any.
 * Return: intermediate value.
 */
u32 scst_iscsi_crc_bvec(u32 crc, const struct bio_vec *bv)
{
	unsigned int off = bv->bv_offset, left = bv->bv_len, n;
	void *p;

	while (left) {
		n = min_t(unsigned int, left, PAGE_SIZE - offset_in_page(off));
		p = kmap_local_page(bv->bv_page + (off >> PAGE_SHIFT));
		crc = crc32c(crc, p + offset_in_page(off), n);
		kunmap_local(p);
		off += n;
		left -= n;
	}
	return crc;
}
EXPORT_SYMBOL_IF_KUNIT(scst_iscsi_crc_bvec);

/**
 * scst_iscsi_digest - a digest as it goes over the wire
 * @crc: result for all bytes
 *
 * Context: any.
 * Return: the digest.
 */
__le32 scst_iscsi_digest(u32 crc)
{
	return cpu_to_le32(~crc);
}
EXPORT_SYMBOL_IF_KUNIT(scst_iscsi_digest);
