/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Data of requests that are not SCSI commands.
 */
#ifndef _SCST_ISCSI_PAGES_H
#define _SCST_ISCSI_PAGES_H

#include <linux/bvec.h>
#include <linux/types.h>

/**
 * struct scst_iscsi_pages - data of a request outside SCSI buffers
 * @vec: one page each
 * @nr: pages
 * @len: bytes
 */
struct scst_iscsi_pages {
	struct bio_vec *vec;
	unsigned int nr;
	u32 len;
};

int scst_iscsi_pages_alloc(struct scst_iscsi_pages *pages, u32 len);
void scst_iscsi_pages_free(struct scst_iscsi_pages *pages);
void scst_iscsi_pages_trim(struct scst_iscsi_pages *pages, u32 len);
void scst_iscsi_pages_read(const struct scst_iscsi_pages *pages, u8 *dst,
			   u32 len);

#endif /* _SCST_ISCSI_PAGES_H */
