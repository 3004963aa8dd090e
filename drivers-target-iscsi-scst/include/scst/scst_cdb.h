/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How CDBs are read: the rows of the table in core/cdb_table.c.
 */
#ifndef _SCST_CDB_H
#define _SCST_CDB_H

#include <linux/bits.h>
#include <linux/types.h>
#include <scst/scst_sense.h>

struct scst_cmd;

enum scst_cdb_xfer {
	SCST_XFER_NONE,		/* no data */
	SCST_XFER_BLOCKS,	/* the length field counts logical blocks */
	SCST_XFER_BYTES,	/* the length field counts bytes */
	SCST_XFER_ONE_BLOCK,	/* always one block (WRITE SAME) */
	SCST_XFER_TWICE,	/* twice the blocks (COMPARE AND WRITE) */
	SCST_XFER_BYTCHK,	/* depends on the BYTCHK field (VERIFY) */
	SCST_XFER_EIGHT,	/* always eight bytes (READ CAPACITY(10)) */
};

/* Operation codes that <scsi/scsi_proto.h> lacks or once spelled differently */
#ifndef RESERVE_6
#define RESERVE_6		0x16
#define RELEASE_6		0x17
#endif
#define SCST_ORWRITE_16		0x8b
#define SCST_PRE_FETCH_16	0x90

/* Bits of scst_cdb_desc.flags */
#define SCST_OPF_WRITES		BIT(0)	/* changes the medium */
#define SCST_OPF_MEDIUM		BIT(1)	/* LBA range is checked against the size */
#define SCST_OPF_SKIP_UA	BIT(2)	/* leaves pending unit attentions alone */
#define SCST_OPF_NO_LUN_OK	BIT(3)	/* answered on an unmapped LUN as well */
#define SCST_OPF_RES_OK		BIT(4)	/* allowed in spite of a reservation */
#define SCST_OPF_SA		BIT(5)	/* has a service action in byte 1 */
#define SCST_OPF_LOCAL		BIT(6)	/* the core executes it for every device */
#define SCST_OPF_LEN0_MAX	BIT(7)	/* length 0 means 256 (READ(6), WRITE(6)) */
#define SCST_OPF_DIR_IN		BIT(8)
#define SCST_OPF_DIR_OUT	BIT(9)
#define SCST_OPF_MODE		BIT(10)	/* sets parameters that all nexuses share */

/**
 * struct scst_cdb_desc - how one CDB is to be read
 * @opcode: operation code
 * @sa: service action (with SCST_OPF_SA)
 * @cdb_len: bytes
 * @lba_off: offset of the LBA field
 * @lba_len: bytes of it; 0 if there is none
 * @len_off: offset of the transfer, allocation or parameter list length
 * @len_len: bytes of it
 * @xfer: what that field counts
 * @flags: SCST_OPF_*
 * @usage: CDB usage data, SPC-5 6.27; also says which reserved bits are refused
 * @name: for messages and traces
 */
struct scst_cdb_desc {
	u8 opcode;
	u8 sa;
	u8 cdb_len;
	u8 lba_off;
	u8 lba_len;
	u8 len_off;
	u8 len_len;
	enum scst_cdb_xfer xfer;
	u32 flags;
	u8 usage[16];
	const char *name;
};

const struct scst_cdb_desc *scst_cdb_lookup(const u8 *cdb, unsigned int len);
scst_sense_t scst_cdb_check_reserved(const struct scst_cmd *cmd);

#endif /* _SCST_CDB_H */
