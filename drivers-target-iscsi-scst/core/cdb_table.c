// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the table of commands for block devices (SPC-5, SBC-4).
 * Data only, const; sorted by operation code, then by service action.
 * Must not know how commands are executed.
 *
 * A row is a promise: REPORT SUPPORTED OPERATION CODES is generated from here.
 * Bytes of usage data past the end of the CDB are 0xff, so that a whole 16 byte
 * field can be compared at once.
 */
#include <kunit/visibility.h>
#include <linux/array_size.h>
#include <linux/bits.h>
#include <scsi/scsi_proto.h>
#include "core_priv.h"

#define USAGE6(...)	{ __VA_ARGS__, [6 ... 15] = 0xff }
#define USAGE10(...)	{ __VA_ARGS__, [10 ... 15] = 0xff }
#define USAGE12(...)	{ __VA_ARGS__, [12 ... 15] = 0xff }
#define USAGE16(...)	{ __VA_ARGS__ }

#define GROUP		0x3f

/* LBA, group number and transfer length where most commands have them */
#define USAGE_RW10(opcode, bits)					\
	{ opcode, bits, [2 ... 5] = 0xff, [6] = GROUP, [7 ... 8] = 0xff, \
	  [10 ... 15] = 0xff }
#define USAGE_RW12(opcode, bits)					\
	{ opcode, bits, [2 ... 9] = 0xff, [10] = GROUP, [12 ... 15] = 0xff }
#define USAGE_RW16(opcode, bits)					\
	{ opcode, bits, [2 ... 13] = 0xff, [14] = GROUP }

/*
 * Byte 1.  The protection fields (bits 7 to 5) are left out: without protection
 * information nothing but zero is valid there.  FUA_NV (bit 1) is obsolete, but
 * SBC-3 initiators may set it.
 */
#define READ_BITS	0x1e	/* DPO, FUA, RARC, FUA_NV */
#define WRITE_BITS	0x1a	/* DPO, FUA, FUA_NV */
#define WRVERIFY_BITS	0x12	/* DPO, BYTCHK */
#define VERIFY_BITS	0x16	/* DPO, BYTCHK */
#define SYNC_BITS	0x06	/* SYNC_NV, IMMED */
#define PREFETCH_BITS	0x02	/* IMMED */

#define MEDIUM_IN	(SCST_OPF_MEDIUM | SCST_OPF_DIR_IN)
#define MEDIUM_OUT	(SCST_OPF_MEDIUM | SCST_OPF_DIR_OUT)
#define MEDIUM_WRITE	(MEDIUM_OUT | SCST_OPF_WRITES)
#define RESERVATION	(SCST_OPF_LOCAL | SCST_OPF_RES_OK)
#define INFORMATION	(SCST_OPF_DIR_IN | SCST_OPF_RES_OK | \
			 SCST_OPF_SKIP_UA | SCST_OPF_NO_LUN_OK)

const struct scst_cdb_desc scst_cdb_table[] = {
	{
		.opcode = TEST_UNIT_READY, .cdb_len = 6,
		.usage = USAGE6(TEST_UNIT_READY, 0, 0, 0, 0, 0),
		.name = "TEST UNIT READY",
	},
	{
		.opcode = REQUEST_SENSE, .cdb_len = 6,
		.len_off = 4, .len_len = 1, .xfer = SCST_XFER_BYTES,
		.flags = INFORMATION,
		.usage = USAGE6(REQUEST_SENSE, 0x01, 0, 0, 0xff, 0),
		.name = "REQUEST SENSE",
	},
	{
		.opcode = READ_6, .cdb_len = 6,
		.lba_off = 1, .lba_len = 3, .len_off = 4, .len_len = 1,
		.xfer = SCST_XFER_BLOCKS,
		.flags = MEDIUM_IN | SCST_OPF_LEN0_MAX,
		.usage = USAGE6(READ_6, 0x1f, 0xff, 0xff, 0xff, 0),
		.name = "READ(6)",
	},
	{
		.opcode = WRITE_6, .cdb_len = 6,
		.lba_off = 1, .lba_len = 3, .len_off = 4, .len_len = 1,
		.xfer = SCST_XFER_BLOCKS,
		.flags = MEDIUM_WRITE | SCST_OPF_LEN0_MAX,
		.usage = USAGE6(WRITE_6, 0x1f, 0xff, 0xff, 0xff, 0),
		.name = "WRITE(6)",
	},
	{
		.opcode = INQUIRY, .cdb_len = 6,
		.len_off = 3, .len_len = 2, .xfer = SCST_XFER_BYTES,
		.flags = INFORMATION,
		.usage = USAGE6(INQUIRY, 0x01, 0xff, 0xff, 0xff, 0),
		.name = "INQUIRY",
	},
	{
		.opcode = MODE_SELECT, .cdb_len = 6,
		.len_off = 4, .len_len = 1, .xfer = SCST_XFER_BYTES,
		.flags = SCST_OPF_MODE | SCST_OPF_DIR_OUT,
		.usage = USAGE6(MODE_SELECT, 0x11, 0, 0, 0xff, 0),
		.name = "MODE SELECT(6)",
	},
	{
		.opcode = RESERVE_6, .cdb_len = 6,
		.flags = RESERVATION,
		.usage = USAGE6(RESERVE_6, 0, 0, 0, 0, 0),
		.name = "RESERVE(6)",
	},
	{
		.opcode = RELEASE_6, .cdb_len = 6,
		.flags = RESERVATION,
		.usage = USAGE6(RELEASE_6, 0, 0, 0, 0, 0),
		.name = "RELEASE(6)",
	},
	{
		.opcode = MODE_SENSE, .cdb_len = 6,
		.len_off = 4, .len_len = 1, .xfer = SCST_XFER_BYTES,
		.flags = SCST_OPF_DIR_IN,
		.usage = USAGE6(MODE_SENSE, 0x08, 0xff, 0xff, 0xff, 0),
		.name = "MODE SENSE(6)",
	},
	{
		.opcode = START_STOP, .cdb_len = 6,
		.usage = USAGE6(START_STOP, 0x01, 0, 0x0f, 0xf7, 0),
		.name = "START STOP UNIT",
	},
	{
		.opcode = ALLOW_MEDIUM_REMOVAL, .cdb_len = 6,
		.usage = USAGE6(ALLOW_MEDIUM_REMOVAL, 0, 0, 0, 0x03, 0),
		.name = "PREVENT ALLOW MEDIUM REMOVAL",
	},
	{
		/* LBA and PMI are obsolete, but SBC-2 initiators may use them */
		.opcode = READ_CAPACITY, .cdb_len = 10,
		.lba_off = 2, .lba_len = 4, .xfer = SCST_XFER_EIGHT,
		.flags = SCST_OPF_DIR_IN | SCST_OPF_RES_OK,
		.usage = USAGE10(READ_CAPACITY, 0, 0xff, 0xff, 0xff, 0xff,
				 0, 0, 0x01, 0),
		.name = "READ CAPACITY(10)",
	},
	{
		.opcode = READ_10, .cdb_len = 10,
		.lba_off = 2, .lba_len = 4, .len_off = 7, .len_len = 2,
		.xfer = SCST_XFER_BLOCKS, .flags = MEDIUM_IN,
		.usage = USAGE_RW10(READ_10, READ_BITS),
		.name = "READ(10)",
	},
	{
		.opcode = WRITE_10, .cdb_len = 10,
		.lba_off = 2, .lba_len = 4, .len_off = 7, .len_len = 2,
		.xfer = SCST_XFER_BLOCKS, .flags = MEDIUM_WRITE,
		.usage = USAGE_RW10(WRITE_10, WRITE_BITS),
		.name = "WRITE(10)",
	},
	{
		.opcode = WRITE_VERIFY, .cdb_len = 10,
		.lba_off = 2, .lba_len = 4, .len_off = 7, .len_len = 2,
		.xfer = SCST_XFER_BLOCKS, .flags = MEDIUM_WRITE,
		.usage = USAGE_RW10(WRITE_VERIFY, WRVERIFY_BITS),
		.name = "WRITE AND VERIFY(10)",
	},
	{
		.opcode = VERIFY, .cdb_len = 10,
		.lba_off = 2, .lba_len = 4, .len_off = 7, .len_len = 2,
		.xfer = SCST_XFER_BYTCHK, .flags = MEDIUM_OUT,
		.usage = USAGE_RW10(VERIFY, VERIFY_BITS),
		.name = "VERIFY(10)",
	},
	{
		.opcode = PRE_FETCH, .cdb_len = 10,
		.lba_off = 2, .lba_len = 4, .len_off = 7, .len_len = 2,
		.flags = SCST_OPF_MEDIUM,
		.usage = USAGE_RW10(PRE_FETCH, PREFETCH_BITS),
		.name = "PRE-FETCH(10)",
	},
	{
		.opcode = SYNCHRONIZE_CACHE, .cdb_len = 10,
		.lba_off = 2, .lba_len = 4, .len_off = 7, .len_len = 2,
		.flags = SCST_OPF_MEDIUM,
		.usage = USAGE_RW10(SYNCHRONIZE_CACHE, SYNC_BITS),
		.name = "SYNCHRONIZE CACHE(10)",
	},
	{
		.opcode = WRITE_SAME, .cdb_len = 10,
		.lba_off = 2, .lba_len = 4, .len_off = 7, .len_len = 2,
		.xfer = SCST_XFER_ONE_BLOCK, .flags = MEDIUM_WRITE,
		.usage = USAGE_RW10(WRITE_SAME, 0x08),
		.name = "WRITE SAME(10)",
	},
	{
		.opcode = UNMAP, .cdb_len = 10,
		.len_off = 7, .len_len = 2, .xfer = SCST_XFER_BYTES,
		.flags = SCST_OPF_WRITES | SCST_OPF_DIR_OUT,
		.usage = USAGE10(UNMAP, 0, 0, 0, 0, 0, GROUP, 0xff, 0xff, 0),
		.name = "UNMAP",
	},
	{
		.opcode = MODE_SELECT_10, .cdb_len = 10,
		.len_off = 7, .len_len = 2, .xfer = SCST_XFER_BYTES,
		.flags = SCST_OPF_MODE | SCST_OPF_DIR_OUT,
		.usage = USAGE10(MODE_SELECT_10, 0x11, 0, 0, 0, 0, 0,
				 0xff, 0xff, 0),
		.name = "MODE SELECT(10)",
	},
	{
		.opcode = RESERVE_10, .cdb_len = 10,
		.flags = RESERVATION,
		.usage = USAGE10(RESERVE_10, 0, 0, 0, 0, 0, 0, 0, 0, 0),
		.name = "RESERVE(10)",
	},
	{
		.opcode = RELEASE_10, .cdb_len = 10,
		.flags = RESERVATION,
		.usage = USAGE10(RELEASE_10, 0, 0, 0, 0, 0, 0, 0, 0, 0),
		.name = "RELEASE(10)",
	},
	{
		.opcode = MODE_SENSE_10, .cdb_len = 10,
		.len_off = 7, .len_len = 2, .xfer = SCST_XFER_BYTES,
		.flags = SCST_OPF_DIR_IN,
		.usage = USAGE10(MODE_SENSE_10, 0x18, 0xff, 0xff, 0, 0, 0,
				 0xff, 0xff, 0),
		.name = "MODE SENSE(10)",
	},
	{
		.opcode = READ_16, .cdb_len = 16,
		.lba_off = 2, .lba_len = 8, .len_off = 10, .len_len = 4,
		.xfer = SCST_XFER_BLOCKS, .flags = MEDIUM_IN,
		.usage = USAGE_RW16(READ_16, READ_BITS),
		.name = "READ(16)",
	},
	{
		.opcode = COMPARE_AND_WRITE, .cdb_len = 16,
		.lba_off = 2, .lba_len = 8, .len_off = 13, .len_len = 1,
		.xfer = SCST_XFER_TWICE, .flags = MEDIUM_WRITE,
		.usage = USAGE16(COMPARE_AND_WRITE, WRITE_BITS, [2 ... 9] = 0xff,
				 [13] = 0xff, GROUP, 0),
		.name = "COMPARE AND WRITE",
	},
	{
		.opcode = WRITE_16, .cdb_len = 16,
		.lba_off = 2, .lba_len = 8, .len_off = 10, .len_len = 4,
		.xfer = SCST_XFER_BLOCKS, .flags = MEDIUM_WRITE,
		.usage = USAGE_RW16(WRITE_16, WRITE_BITS),
		.name = "WRITE(16)",
	},
	{
		.opcode = SCST_ORWRITE_16, .cdb_len = 16,
		.lba_off = 2, .lba_len = 8, .len_off = 10, .len_len = 4,
		.xfer = SCST_XFER_BLOCKS, .flags = MEDIUM_WRITE,
		.usage = USAGE_RW16(SCST_ORWRITE_16, WRITE_BITS),
		.name = "ORWRITE(16)",
	},
	{
		.opcode = WRITE_VERIFY_16, .cdb_len = 16,
		.lba_off = 2, .lba_len = 8, .len_off = 10, .len_len = 4,
		.xfer = SCST_XFER_BLOCKS, .flags = MEDIUM_WRITE,
		.usage = USAGE_RW16(WRITE_VERIFY_16, WRVERIFY_BITS),
		.name = "WRITE AND VERIFY(16)",
	},
	{
		.opcode = VERIFY_16, .cdb_len = 16,
		.lba_off = 2, .lba_len = 8, .len_off = 10, .len_len = 4,
		.xfer = SCST_XFER_BYTCHK, .flags = MEDIUM_OUT,
		.usage = USAGE_RW16(VERIFY_16, VERIFY_BITS),
		.name = "VERIFY(16)",
	},
	{
		.opcode = SCST_PRE_FETCH_16, .cdb_len = 16,
		.lba_off = 2, .lba_len = 8, .len_off = 10, .len_len = 4,
		.flags = SCST_OPF_MEDIUM,
		.usage = USAGE_RW16(SCST_PRE_FETCH_16, PREFETCH_BITS),
		.name = "PRE-FETCH(16)",
	},
	{
		.opcode = SYNCHRONIZE_CACHE_16, .cdb_len = 16,
		.lba_off = 2, .lba_len = 8, .len_off = 10, .len_len = 4,
		.flags = SCST_OPF_MEDIUM,
		.usage = USAGE_RW16(SYNCHRONIZE_CACHE_16, SYNC_BITS),
		.name = "SYNCHRONIZE CACHE(16)",
	},
	{
		/* bit 0 of byte 1 is NDOB */
		.opcode = WRITE_SAME_16, .cdb_len = 16,
		.lba_off = 2, .lba_len = 8, .len_off = 10, .len_len = 4,
		.xfer = SCST_XFER_ONE_BLOCK, .flags = MEDIUM_WRITE,
		.usage = USAGE_RW16(WRITE_SAME_16, 0x09),
		.name = "WRITE SAME(16)",
	},
	{
		.opcode = SERVICE_ACTION_IN_16, .sa = SAI_READ_CAPACITY_16,
		.cdb_len = 16, .lba_off = 2, .lba_len = 8,
		.len_off = 10, .len_len = 4, .xfer = SCST_XFER_BYTES,
		.flags = SCST_OPF_SA | SCST_OPF_DIR_IN | SCST_OPF_RES_OK,
		.usage = USAGE16(SERVICE_ACTION_IN_16, SAI_READ_CAPACITY_16,
				 [2 ... 13] = 0xff, 0x01, 0),
		.name = "READ CAPACITY(16)",
	},
	{
		.opcode = SERVICE_ACTION_IN_16, .sa = SAI_GET_LBA_STATUS,
		.cdb_len = 16, .lba_off = 2, .lba_len = 8,
		.len_off = 10, .len_len = 4, .xfer = SCST_XFER_BYTES,
		.flags = SCST_OPF_SA | MEDIUM_IN,
		.usage = USAGE16(SERVICE_ACTION_IN_16, SAI_GET_LBA_STATUS,
				 [2 ... 13] = 0xff, 0, 0),
		.name = "GET LBA STATUS",
	},
	{
		.opcode = REPORT_LUNS, .cdb_len = 12,
		.len_off = 6, .len_len = 4, .xfer = SCST_XFER_BYTES,
		.flags = INFORMATION | SCST_OPF_LOCAL,
		.usage = USAGE12(REPORT_LUNS, 0, 0xff, 0, 0, 0, [6 ... 9] = 0xff, 0, 0),
		.name = "REPORT LUNS",
	},
	{
		.opcode = MAINTENANCE_IN, .sa = MI_REPORT_SUPPORTED_OPERATION_CODES,
		.cdb_len = 12,
		.len_off = 6, .len_len = 4, .xfer = SCST_XFER_BYTES,
		.flags = SCST_OPF_SA | SCST_OPF_DIR_IN | SCST_OPF_RES_OK,
		.usage = USAGE12(MAINTENANCE_IN,
				 MI_REPORT_SUPPORTED_OPERATION_CODES,
				 0x87, 0xff, 0xff, 0xff, [6 ... 9] = 0xff, 0, 0),
		.name = "REPORT SUPPORTED OPERATION CODES",
	},
	{
		.opcode = MAINTENANCE_IN,
		.sa = MI_REPORT_SUPPORTED_TASK_MANAGEMENT_FUNCTIONS,
		.cdb_len = 12,
		.len_off = 6, .len_len = 4, .xfer = SCST_XFER_BYTES,
		.flags = SCST_OPF_SA | SCST_OPF_DIR_IN | SCST_OPF_RES_OK,
		.usage = USAGE12(MAINTENANCE_IN,
				 MI_REPORT_SUPPORTED_TASK_MANAGEMENT_FUNCTIONS,
				 0x80, 0, 0, 0, [6 ... 9] = 0xff, 0, 0),
		.name = "REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS",
	},
	{
		.opcode = READ_12, .cdb_len = 12,
		.lba_off = 2, .lba_len = 4, .len_off = 6, .len_len = 4,
		.xfer = SCST_XFER_BLOCKS, .flags = MEDIUM_IN,
		.usage = USAGE_RW12(READ_12, READ_BITS),
		.name = "READ(12)",
	},
	{
		.opcode = WRITE_12, .cdb_len = 12,
		.lba_off = 2, .lba_len = 4, .len_off = 6, .len_len = 4,
		.xfer = SCST_XFER_BLOCKS, .flags = MEDIUM_WRITE,
		.usage = USAGE_RW12(WRITE_12, WRITE_BITS),
		.name = "WRITE(12)",
	},
	{
		.opcode = WRITE_VERIFY_12, .cdb_len = 12,
		.lba_off = 2, .lba_len = 4, .len_off = 6, .len_len = 4,
		.xfer = SCST_XFER_BLOCKS, .flags = MEDIUM_WRITE,
		.usage = USAGE_RW12(WRITE_VERIFY_12, WRVERIFY_BITS),
		.name = "WRITE AND VERIFY(12)",
	},
	{
		.opcode = VERIFY_12, .cdb_len = 12,
		.lba_off = 2, .lba_len = 4, .len_off = 6, .len_len = 4,
		.xfer = SCST_XFER_BYTCHK, .flags = MEDIUM_OUT,
		.usage = USAGE_RW12(VERIFY_12, VERIFY_BITS),
		.name = "VERIFY(12)",
	},
};
EXPORT_SYMBOL_IF_KUNIT(scst_cdb_table);

const unsigned int scst_cdb_table_size = ARRAY_SIZE(scst_cdb_table);
EXPORT_SYMBOL_IF_KUNIT(scst_cdb_table_size);
