/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How a command ended, as one typed value.
 *
 * The value is the data: SAM status, sense key, ASC and ASCQ packed in 32 bits,
 * so a reason can be stored, compared and returned, and there is no second
 * table to keep in step.  Zero is GOOD.  Sparse refuses an errno in its place.
 */
#ifndef _SCST_SENSE_H
#define _SCST_SENSE_H

#include <linux/types.h>
#include <scsi/scsi_proto.h>

typedef u32 __bitwise scst_sense_t;

#define SCST_STATUS(status) \
	((__force scst_sense_t)((u32)(status) << 24))
#define SCST_CHECK(key, asc, ascq) \
	((__force scst_sense_t)((u32)SAM_STAT_CHECK_CONDITION << 24 | \
				(key) << 16 | (asc) << 8 | (ascq)))

#define SCST_GOOD			((__force scst_sense_t)0)

/* Plain statuses (SAM-5 5.3.1) */
#define SCST_BUSY			SCST_STATUS(SAM_STAT_BUSY)
#define SCST_RESERVATION_CONFLICT	SCST_STATUS(SAM_STAT_RESERVATION_CONFLICT)
#define SCST_TASK_SET_FULL		SCST_STATUS(SAM_STAT_TASK_SET_FULL)
#define SCST_TASK_ABORTED		SCST_STATUS(SAM_STAT_TASK_ABORTED)
#define SCST_CONDITION_MET		SCST_STATUS(SAM_STAT_CONDITION_MET)

/* NOT READY */
#define SCST_NOT_READY			SCST_CHECK(NOT_READY, 0x04, 0x00)
#define SCST_NOT_READY_INIT_CMD		SCST_CHECK(NOT_READY, 0x04, 0x02)
#define SCST_NO_MEDIUM			SCST_CHECK(NOT_READY, 0x3a, 0x00)

/* MEDIUM ERROR */
#define SCST_READ_ERROR			SCST_CHECK(MEDIUM_ERROR, 0x11, 0x00)
#define SCST_WRITE_ERROR		SCST_CHECK(MEDIUM_ERROR, 0x0c, 0x00)

/* HARDWARE ERROR */
#define SCST_WRITES_LOST		SCST_CHECK(HARDWARE_ERROR, 0x0c, 0x00)
#define SCST_INTERNAL_FAILURE		SCST_CHECK(HARDWARE_ERROR, 0x44, 0x00)

/* ILLEGAL REQUEST */
#define SCST_PARAM_LIST_LENGTH		SCST_CHECK(ILLEGAL_REQUEST, 0x1a, 0x00)
#define SCST_INVALID_OPCODE		SCST_CHECK(ILLEGAL_REQUEST, 0x20, 0x00)
#define SCST_LBA_OUT_OF_RANGE		SCST_CHECK(ILLEGAL_REQUEST, 0x21, 0x00)
#define SCST_INVALID_FIELD_IN_CDB	SCST_CHECK(ILLEGAL_REQUEST, 0x24, 0x00)
#define SCST_LUN_NOT_SUPPORTED		SCST_CHECK(ILLEGAL_REQUEST, 0x25, 0x00)
#define SCST_INVALID_FIELD_IN_PARAM	SCST_CHECK(ILLEGAL_REQUEST, 0x26, 0x00)
#define SCST_INVALID_RELEASE		SCST_CHECK(ILLEGAL_REQUEST, 0x26, 0x04)
#define SCST_SAVING_NOT_SUPPORTED	SCST_CHECK(ILLEGAL_REQUEST, 0x39, 0x00)
#define SCST_MEDIUM_REMOVAL_PREVENTED	SCST_CHECK(ILLEGAL_REQUEST, 0x53, 0x02)

/* UNIT ATTENTION */
#define SCST_UA_MEDIUM_CHANGED		SCST_CHECK(UNIT_ATTENTION, 0x28, 0x00)
#define SCST_UA_POWER_ON		SCST_CHECK(UNIT_ATTENTION, 0x29, 0x00)
#define SCST_UA_DEVICE_RESET		SCST_CHECK(UNIT_ATTENTION, 0x29, 0x03)
#define SCST_UA_NEXUS_LOSS		SCST_CHECK(UNIT_ATTENTION, 0x29, 0x07)
#define SCST_UA_MODE_CHANGED		SCST_CHECK(UNIT_ATTENTION, 0x2a, 0x01)
#define SCST_UA_RES_RELEASED		SCST_CHECK(UNIT_ATTENTION, 0x2a, 0x04)
#define SCST_UA_CAPACITY_CHANGED	SCST_CHECK(UNIT_ATTENTION, 0x2a, 0x09)
#define SCST_UA_COMMANDS_CLEARED	SCST_CHECK(UNIT_ATTENTION, 0x2f, 0x00)
#define SCST_UA_INQUIRY_CHANGED		SCST_CHECK(UNIT_ATTENTION, 0x3f, 0x03)
#define SCST_UA_LUNS_CHANGED		SCST_CHECK(UNIT_ATTENTION, 0x3f, 0x0e)

/* DATA PROTECT */
#define SCST_WRITE_PROTECTED		SCST_CHECK(DATA_PROTECT, 0x27, 0x00)
#define SCST_SPACE_ALLOC_FAILED		SCST_CHECK(DATA_PROTECT, 0x27, 0x07)

/* ABORTED COMMAND */
#define SCST_ABORTED_BY_TARGET		SCST_CHECK(ABORTED_COMMAND, 0x4b, 0x00)
#define SCST_CRC_ERROR			SCST_CHECK(ABORTED_COMMAND, 0x47, 0x05)
#define SCST_UNEXPECTED_UNSOLICITED	SCST_CHECK(ABORTED_COMMAND, 0x0c, 0x0c)
#define SCST_NOT_ENOUGH_UNSOLICITED	SCST_CHECK(ABORTED_COMMAND, 0x0c, 0x0d)

/* MISCOMPARE */
#define SCST_MISCOMPARE			SCST_CHECK(MISCOMPARE, 0x1d, 0x00)

static inline u8 scst_sense_status(scst_sense_t s)
{
	return (__force u32)s >> 24;
}

static inline u8 scst_sense_key(scst_sense_t s)
{
	return (__force u32)s >> 16;
}

static inline u8 scst_sense_asc(scst_sense_t s)
{
	return (__force u32)s >> 8;
}

static inline u8 scst_sense_ascq(scst_sense_t s)
{
	return (__force u32)s;
}

static inline bool scst_sense_is_ua(scst_sense_t s)
{
	return scst_sense_status(s) == SAM_STAT_CHECK_CONDITION &&
	       scst_sense_key(s) == UNIT_ATTENTION;
}

#endif /* _SCST_SENSE_H */
