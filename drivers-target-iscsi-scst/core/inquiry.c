// SPDX-License-Identifier: GPL-2.0
/*
 * Owns INQUIRY (SPC-5 6.7) of virtual devices and of LUNs that do not exist.
 * No locks: an identity does not change while its device can be reached.
 * Must not know what the vital product data pages contain.
 */
#include <kunit/visibility.h>
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/unaligned.h>
#include "core_priv.h"

#define INQUIRY_EVPD		0x01
#define INQUIRY_STD_LEN		96

#define INQUIRY_NO_LUN		0x7f	/* PQ 011b, device type 1Fh */
#define INQUIRY_RMB		0x80
#define INQUIRY_SPC4		0x06
#define INQUIRY_HISUP		0x10
#define INQUIRY_FORMAT		0x02
#define INQUIRY_MULTIP		0x10
#define INQUIRY_CMDQUE		0x02

/*
 * Version descriptors, SPC-5 table 151.  SPC-4 and SBC-3 are claimed, not their
 * successors, because that is what initiators in the field know.
 */
#define VERSION_SAM5		0x00a0
#define VERSION_ISCSI		0x0960
#define VERSION_SPC4		0x0460
#define VERSION_SBC3		0x04c0

/* Padded with blanks or cut off */
static void scst_inquiry_text(u8 *dst, const char *src, size_t len)
{
	memcpy_and_pad(dst, len, src, strlen(src), ' ');
}

static void scst_inquiry_common(u8 *buf)
{
	buf[2] = INQUIRY_SPC4;
	buf[3] = INQUIRY_HISUP | INQUIRY_FORMAT;
	buf[4] = INQUIRY_STD_LEN - 5;
	buf[7] = INQUIRY_CMDQUE;
}

static void scst_inquiry_versions(const struct scst_cmd *cmd, u8 *p)
{
	put_unaligned_be16(VERSION_SAM5, p);
	p += 2;
	if (cmd->sess->target->ops->protocol == SCSI_PROTOCOL_ISCSI) {
		put_unaligned_be16(VERSION_ISCSI, p);
		p += 2;
	}
	put_unaligned_be16(VERSION_SPC4, p);
	if (cmd->dev->type == TYPE_DISK)
		put_unaligned_be16(VERSION_SBC3, p + 2);
}

static void scst_inquiry_standard(struct scst_cmd *cmd)
{
	const struct scst_device *dev = cmd->dev;
	u8 buf[INQUIRY_STD_LEN] = {};

	buf[0] = dev->type;
	if (dev->id.removable)
		buf[1] = INQUIRY_RMB;
	scst_inquiry_common(buf);
	buf[6] = INQUIRY_MULTIP;
	scst_inquiry_text(&buf[8], dev->id.vendor, 8);
	scst_inquiry_text(&buf[16], dev->id.product, 16);
	scst_inquiry_text(&buf[32], dev->id.revision, 4);
	scst_inquiry_versions(cmd, &buf[58]);
	scst_cmd_reply(cmd, buf, sizeof(buf));
}

static void scst_inquiry_vpd(struct scst_cmd *cmd)
{
	scst_sense_t sense;
	u32 len;
	u8 *buf;

	buf = kzalloc(SCST_VPD_SIZE, GFP_KERNEL);
	if (!buf) {
		scst_cmd_complete(cmd, SCST_TASK_SET_FULL);
		return;
	}
	sense = scst_vpd_build(cmd, cmd->cdb[2], buf, &len);
	if (sense)
		scst_cmd_complete(cmd, sense);
	else
		scst_cmd_reply(cmd, buf, len);
	kfree(buf);
}

/**
 * scst_inquiry() - execute INQUIRY for a virtual device
 * @cmd: command
 *
 * Context: Process context, may sleep.
 */
void scst_inquiry(struct scst_cmd *cmd)
{
	if (cmd->cdb[1] & INQUIRY_EVPD)
		scst_inquiry_vpd(cmd);
	else if (cmd->cdb[2])
		scst_cmd_complete(cmd, SCST_INVALID_FIELD_IN_CDB);
	else
		scst_inquiry_standard(cmd);
}
EXPORT_SYMBOL_IF_KUNIT(scst_inquiry);

/**
 * scst_inquiry_no_lun() - execute INQUIRY for a LUN that does not exist
 * @cmd: command; it has no device
 *
 * Context: Process context, may sleep.
 */
void scst_inquiry_no_lun(struct scst_cmd *cmd)
{
	u8 buf[INQUIRY_STD_LEN] = {};

	if (cmd->cdb[1] & INQUIRY_EVPD || cmd->cdb[2]) {
		scst_cmd_complete(cmd, SCST_INVALID_FIELD_IN_CDB);
		return;
	}
	buf[0] = INQUIRY_NO_LUN;
	scst_inquiry_common(buf);
	scst_inquiry_text(&buf[8], "SCST", 8);
	scst_inquiry_text(&buf[16], "", 16);
	scst_inquiry_text(&buf[32], "", 4);
	scst_cmd_reply(cmd, buf, sizeof(buf));
}
EXPORT_SYMBOL_IF_KUNIT(scst_inquiry_no_lun);
