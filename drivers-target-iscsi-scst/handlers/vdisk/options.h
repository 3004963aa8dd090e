/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Commands that an administrator writes into /proc/scsi_tgt/vdisk/vdisk.
 * Pure: no locks, no allocation, works on the caller's buffer.
 */
#ifndef _SCST_VDISK_OPTIONS_H
#define _SCST_VDISK_OPTIONS_H

#include <linux/bits.h>
#include <linux/types.h>

#define SCST_VDISK_MAX_NAME	16
#define SCST_VDISK_MAX_T10_ID	25

/* Flags of a device */
#define SCST_VDISK_WRITE_THROUGH	BIT(0)
#define SCST_VDISK_NV_CACHE		BIT(1)
#define SCST_VDISK_READ_ONLY		BIT(2)
#define SCST_VDISK_O_DIRECT		BIT(3)	/* accepted, without effect */
#define SCST_VDISK_NULLIO		BIT(4)
#define SCST_VDISK_BLOCKIO		BIT(5)
#define SCST_VDISK_REMOVABLE		BIT(6)

enum scst_vdisk_verb {
	SCST_VDISK_OPEN,
	SCST_VDISK_CLOSE,
	SCST_VDISK_RESYNC_SIZE,
	SCST_VDISK_SET_T10_DEV_ID,
	SCST_VDISK_NR_VERBS,
};

/**
 * struct scst_vdisk_options - a command taken apart
 * @verb: what to do
 * @name: device
 * @path: backing file (open)
 * @block_shift: log2 of the logical block size (open)
 * @flags: SCST_VDISK_* (open)
 * @t10_id: new identifier, cut to SCST_VDISK_MAX_T10_ID (set_t10_dev_id)
 */
struct scst_vdisk_options {
	enum scst_vdisk_verb verb;
	char *name;
	char *path;
	unsigned int block_shift;
	unsigned long flags;
	char *t10_id;
};

const char *scst_vdisk_options_parse(struct scst_vdisk_options *opt,
				     char *line);
void scst_vdisk_flags_text(unsigned long flags, char *text, size_t size);

#endif /* _SCST_VDISK_OPTIONS_H */
