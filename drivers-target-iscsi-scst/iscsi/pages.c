// SPDX-License-Identifier: GPL-2.0
/*
 * Data of requests that are not SCSI commands, in pages that can be received
 * into and sent from.  Belongs to its request, so there is nothing to lock.
 */
#include <kunit/visibility.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "pages.h"

/**
 * scst_iscsi_pages_free - free the data of a request
 * @pages: may be empty
 *
 * Context: any.
 */
void scst_iscsi_pages_free(struct scst_iscsi_pages *pages)
{
	unsigned int i;

	for (i = 0; i < pages->nr; i++)
		put_page(pages->vec[i].bv_page);
	kfree(pages->vec);
	memset(pages, 0, sizeof(*pages));
}

/**
 * scst_iscsi_pages_alloc - memory for the data of a request
 * @pages: empty
 * @len: bytes
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int scst_iscsi_pages_alloc(struct scst_iscsi_pages *pages, u32 len)
{
	unsigned int max = DIV_ROUND_UP(len, PAGE_SIZE), n;
	struct page *page;
	u32 left = len;

	pages->vec = kcalloc(max, sizeof(*pages->vec), GFP_NOIO);
	if (!pages->vec)
		return -ENOMEM;
	pages->len = len;
	while (left) {
		page = alloc_page(GFP_NOIO | __GFP_NOWARN);
		if (!page) {
			scst_iscsi_pages_free(pages);
			return -ENOMEM;
		}
		n = min_t(u32, left, PAGE_SIZE);
		bvec_set_page(&pages->vec[pages->nr++], page, n, 0);
		left -= n;
	}
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(scst_iscsi_pages_alloc);

/**
 * scst_iscsi_pages_trim - cut the data of a request
 * @pages: data
 * @len: bytes to keep
 *
 * Context: any.
 */
void scst_iscsi_pages_trim(struct scst_iscsi_pages *pages, u32 len)
{
	struct bio_vec *last;

	if (pages->len <= len)
		return;
	while (pages->nr) {
		last = &pages->vec[pages->nr - 1];
		if (pages->len - last->bv_len < len)
			break;
		pages->len -= last->bv_len;
		put_page(last->bv_page);
		pages->nr--;
	}
	if (!pages->nr)
		return;
	last->bv_len -= pages->len - len;
	pages->len = len;
}

/**
 * scst_iscsi_pages_read - copy the data of a request
 * @pages: data
 * @dst: destination
 * @len: bytes, at most @pages->len
 *
 * Context: any.
 */
void scst_iscsi_pages_read(const struct scst_iscsi_pages *pages, u8 *dst,
			   u32 len)
{
	unsigned int i, n;

	for (i = 0; i < pages->nr && len; i++) {
		n = min(len, pages->vec[i].bv_len);
		memcpy_from_page(dst, pages->vec[i].bv_page, 0, n);
		dst += n;
		len -= n;
	}
}
