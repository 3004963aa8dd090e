// SPDX-License-Identifier: GPL-2.0
/*
 * Commands that the core executes for every device, because only it knows the
 * answer: REPORT LUNS, RESERVE, RELEASE and whatever addresses no LUN.
 */
#include <linux/slab.h>
#include <linux/unaligned.h>

#include "core_priv.h"

/* SPC-5 table 239: SELECT REPORT */
enum scst_select_report {
	SCST_REPORT_LOGICAL	= 0,	/* all but well known logical units */
	SCST_REPORT_WELL_KNOWN	= 1,
	SCST_REPORT_ALL		= 2,
};

#define SCST_REPORT_LUNS_HDR	8
#define SCST_REPORT_LUNS_MIN	16	/* SPC-5: smallest allocation length */
#define SCST_LUN_SIZE		8

static u32 scst_report_luns_fill(struct scst_session *sess, u8 *buf, u32 room)
{
	u32 len = SCST_REPORT_LUNS_HDR;
	struct scst_lun *lun;
	unsigned long n;

	rcu_read_lock();
	xa_for_each(&sess->luns, n, lun) {
		if (len + SCST_LUN_SIZE > room)
			break;
		scst_lun_encode(n, buf + len);
		len += SCST_LUN_SIZE;
	}
	rcu_read_unlock();
	return len;
}

static u32 scst_report_luns_room(struct scst_session *sess)
{
	u32 room = SCST_REPORT_LUNS_HDR;
	struct scst_lun *lun;
	unsigned long n;

	rcu_read_lock();
	xa_for_each(&sess->luns, n, lun)
		room += SCST_LUN_SIZE;
	rcu_read_unlock();
	return room;
}

/*
 * The initiator is about to know the inventory (SPC-5 6.34).  This comes before
 * looking at it: what changes meanwhile has to be told again.
 */
static void scst_report_luns_seen(struct scst_session *sess)
{
	struct scst_lun *lun;
	unsigned long n;

	rcu_read_lock();
	xa_for_each(&sess->luns, n, lun)
		scst_ua_drop(lun, SCST_UA_LUNS_CHANGED);
	rcu_read_unlock();
}

static void scst_report_luns(struct scst_cmd *cmd)
{
	u32 len = SCST_REPORT_LUNS_HDR, room;
	u8 *buf;

	scst_report_luns_seen(cmd->sess);
	room = scst_report_luns_room(cmd->sess);
	buf = kvzalloc(room, GFP_KERNEL);
	if (!buf) {
		scst_cmd_complete(cmd, SCST_TASK_SET_FULL);
		return;
	}
	if (cmd->cdb[2] != SCST_REPORT_WELL_KNOWN)
		len = scst_report_luns_fill(cmd->sess, buf, room);
	put_unaligned_be32(len - SCST_REPORT_LUNS_HDR, buf);
	scst_cmd_reply(cmd, buf, len);
	kvfree(buf);
}

static scst_sense_t scst_report_luns_parse(struct scst_cmd *cmd)
{
	if (cmd->cdb[2] > SCST_REPORT_ALL ||
	    cmd->data_len < SCST_REPORT_LUNS_MIN)
		return SCST_INVALID_FIELD_IN_CDB;
	cmd->execute = scst_report_luns;
	return SCST_GOOD;
}

#define SCST_REQUEST_SENSE_DESC	0x01

/**
 * scst_request_sense - REQUEST SENSE (SPC-5 6.41)
 * @cmd: command; without a LUN it is told so in the parameter data
 *
 * Context: may sleep.
 */
void scst_request_sense(struct scst_cmd *cmd)
{
	scst_sense_t sense = SCST_CHECK(NO_SENSE, 0, 0);
	bool descriptor = cmd->cdb[1] & SCST_REQUEST_SENSE_DESC;
	u8 buf[SCST_MAX_SENSE];
	scst_sense_t ua;
	u32 len;

	if (cmd->lun) {
		ua = scst_ua_take(cmd->lun);
		if (ua)
			sense = ua;
	} else {
		sense = SCST_LUN_NOT_SUPPORTED;
	}
	len = scst_sense_build(buf, sizeof(buf), sense, descriptor, NULL);
	scst_cmd_reply(cmd, buf, len);
}

/**
 * scst_local_parse - choose how a command of the core's own is executed
 * @cmd: command whose row has SCST_OPF_LOCAL
 *
 * Context: any.
 * Return: SCST_GOOD or why it is refused.
 */
scst_sense_t scst_local_parse(struct scst_cmd *cmd)
{
	set_bit(SCST_CMDF_OWN_BUF, &cmd->flags);
	if (cmd->cdb[0] == REPORT_LUNS)
		return scst_report_luns_parse(cmd);
	return scst_reserve_parse(cmd);
}

/**
 * scst_no_lun_parse - choose what to say about a LUN that does not exist
 * @cmd: command whose row has SCST_OPF_NO_LUN_OK
 *
 * SAM-5 5.11, SPC-5 4.5.22
 *
 * Context: any.
 * Return: SCST_GOOD or why it is refused.
 */
scst_sense_t scst_no_lun_parse(struct scst_cmd *cmd)
{
	set_bit(SCST_CMDF_OWN_BUF, &cmd->flags);
	switch (cmd->cdb[0]) {
	case INQUIRY:
		cmd->execute = scst_inquiry_no_lun;
		return SCST_GOOD;
	case REQUEST_SENSE:
		cmd->execute = scst_request_sense;
		return SCST_GOOD;
	case REPORT_LUNS:
		return scst_report_luns_parse(cmd);
	default:
		return SCST_LUN_NOT_SUPPORTED;
	}
}
