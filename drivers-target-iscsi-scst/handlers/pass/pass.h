/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Pass-through of local SCSI devices: what the handlers for different device
 * types share.
 */
#ifndef _SCST_PASS_H
#define _SCST_PASS_H

#include <scst/scst.h>

#undef pr_fmt
#define pr_fmt(fmt)	"scst_disk: " fmt

/* An operation code that may take longer than the others */
struct scst_pass_timeout {
	u8 opcode;
	unsigned int seconds;
};

/**
 * struct scst_pass_type - what is special about a type of device
 * @timeout: seconds that a command may take; the queue's own timeout counts if
 *	it is longer
 * @slow: the exceptions, ended by an entry with zero seconds
 * @capacity: ask the device how large it is and set nblocks and block_shift.
 *	Sleeps.  0 or a negative errno.
 */
struct scst_pass_type {
	unsigned int timeout;
	const struct scst_pass_timeout *slow;
	int (*capacity)(struct scst_device *dev);
};

int scst_pass_attach(struct scst_device *dev,
		     const struct scst_pass_type *type);
void scst_pass_detach(struct scst_device *dev);
scst_sense_t scst_pass_parse(struct scst_cmd *cmd);
void scst_pass_tm(struct scst_device *dev, enum scst_tm_fn fn);
bool scst_pass_is_rw(const struct scst_cmd *cmd);

#endif /* _SCST_PASS_H */
