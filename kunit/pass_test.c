// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of dev_disk: the whole way from a transport to a disk and back.
 * The disk belongs to a host adapter that takes little at a time, notes what it
 * gets and can be told how to fail.
 */
#include <kunit/test.h>
#include <linux/blk-mq.h>
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/scatterlist.h>
#include <linux/sizes.h>
#include <linux/unaligned.h>
#include <linux/vmalloc.h>
#include <scsi/scsi_cmnd.h>
#include <scsi/scsi_device.h>
#include <scsi/scsi_host.h>

#include "../core/core_priv.h"

#define DISK_BLOCKS	2048
#define DISK_MAX_SEGS	8
#define DISK_MAX_BLOCKS	64
#define DISK_TAGS	16
#define DISK_LOG	256
#define DISK_VENDOR_IN	0xc0
#define DISK_LOG_SENSE	0x4d
#define DISK_SANITIZE	0x48
#define DISK_COPY_OUT	0x83
#define PASS_TIMEOUT	(20 * HZ)
#define PASS_TARGET	"iqn.2026-11.test:pass"
#define PASS_ALICE	"iqn.2026-11.test:alice"
#define PASS_BOB	"iqn.2026-11.test:bob"
#define PASS_LUN	0
#define PASS_LUN_RO	1

/* How the next command for the medium ends */
enum disk_mood {
	DISK_WELL,
	DISK_SENSE,		/* with disk.sense */
	DISK_RECOVERED,		/* the same, but it is executed */
	DISK_UNCOUNTED,		/* all are good, nobody says how much moved */
	DISK_HANG,		/* this and all others: not before an abort */
	DISK_NO_CONNECT,	/* the transport is gone */
};

struct disk {
	spinlock_t lock;	/* protects everything */
	enum disk_mood mood;
	scst_sense_t sense;
	u32 nblocks;
	u8 last[SCST_MAX_CDB];	/* CDB */
	u32 lba[DISK_LOG];	/* of the reads and writes */
	u32 len[DISK_LOG];
	unsigned int nr;
	u8 *medium;
};

static struct Scsi_Host *disk_host;
static struct scsi_device *disk_sdev;
static struct disk *disk;
static char disk_name[SCST_MAX_DEV_NAME];

/* -------------------------------------------------------------------------
 * The disk
 */

static void disk_reply(struct scsi_cmnd *scmd, const void *data, u32 len)
{
	u32 n = sg_copy_from_buffer(scsi_sglist(scmd), scsi_sg_count(scmd),
				    data, min(len, scsi_bufflen(scmd)));

	if (disk->mood != DISK_UNCOUNTED)
		scsi_set_resid(scmd, scsi_bufflen(scmd) - n);
}

static void disk_refuse(struct scsi_cmnd *scmd, u8 asc)
{
	scsi_build_sense(scmd, 0, ILLEGAL_REQUEST, asc, 0);
}

static void disk_inquiry(struct scsi_cmnd *scmd)
{
	u8 inq[96] = { TYPE_DISK, 0, 6, 2, sizeof(inq) - 5 };

	if (scmd->cmnd[1] & 1) {
		disk_refuse(scmd, 0x24);
		return;
	}
	memcpy(inq + 8, "LINUX   PASS TEST       0001", 28);
	disk_reply(scmd, inq, min_t(u32, sizeof(inq), scmd->cmnd[4]));
}

static void disk_capacity(struct scsi_cmnd *scmd)
{
	u8 cap[8];

	put_unaligned_be32(disk->nblocks - 1, cap);
	put_unaligned_be32(SECTOR_SIZE, cap + 4);
	disk_reply(scmd, cap, sizeof(cap));
}

static void disk_rw(struct scsi_cmnd *scmd, u32 lba, u32 nr, bool write)
{
	u8 *pos = disk->medium + (lba << SECTOR_SHIFT);
	u32 len = nr << SECTOR_SHIFT;

	if (lba + nr > DISK_BLOCKS || len != scsi_bufflen(scmd)) {
		disk_refuse(scmd, 0x24);
		return;
	}
	if (disk->nr < DISK_LOG) {
		disk->lba[disk->nr] = lba;
		disk->len[disk->nr++] = nr;
	}
	if (write)
		sg_copy_to_buffer(scsi_sglist(scmd), scsi_sg_count(scmd), pos,
				  len);
	else
		disk_reply(scmd, pos, len);
}

static void disk_medium(struct scsi_cmnd *scmd)
{
	const u8 *cdb = scmd->cmnd;
	u32 lba = get_unaligned_be32(cdb + 2);
	u32 nr = get_unaligned_be16(cdb + 7);

	if (cdb[0] == READ_6 || cdb[0] == WRITE_6) {
		lba = get_unaligned_be24(cdb + 1);
		nr = cdb[4] ?: 256;
	}
	disk_rw(scmd, lba, nr, cdb[0] == WRITE_6 || cdb[0] == WRITE_10);
}

static void disk_execute(struct scsi_cmnd *scmd)
{
	switch (scmd->cmnd[0]) {
	case INQUIRY:
		disk_inquiry(scmd);
		break;
	case READ_CAPACITY:
		disk_capacity(scmd);
		break;
	case READ_6:
	case WRITE_6:
	case READ_10:
	case WRITE_10:
		disk_medium(scmd);
		break;
	case DISK_VENDOR_IN:
	case DISK_LOG_SENSE:
		disk_reply(scmd, "vendor", 6);
		break;
	case TEST_UNIT_READY:
	case MODE_SELECT:
		break;
	default:
		disk_refuse(scmd, 0x20);
	}
}

/* Return: false if the command hangs */
static bool disk_moody(struct scsi_cmnd *scmd)
{
	enum disk_mood mood = disk->mood;

	if (mood == DISK_HANG)
		return false;
	if (mood != DISK_UNCOUNTED)
		disk->mood = DISK_WELL;
	if (mood == DISK_RECOVERED)
		disk_execute(scmd);
	if (mood == DISK_SENSE || mood == DISK_RECOVERED)
		scsi_build_sense(scmd, 0, scst_sense_key(disk->sense),
				 scst_sense_asc(disk->sense),
				 scst_sense_ascq(disk->sense));
	if (mood == DISK_NO_CONNECT)
		set_host_byte(scmd, DID_NO_CONNECT);
	return true;
}

/* Asked by the midlayer and the core, which are not to see moods */
static bool disk_is_query(u8 opcode)
{
	return opcode == INQUIRY || opcode == READ_CAPACITY;
}

static typeof(((struct scsi_host_template *)NULL)->queuecommand(NULL, NULL))
disk_queuecommand(struct Scsi_Host *host, struct scsi_cmnd *scmd)
{
	unsigned long flags;
	bool ends = true;

	scmd->result = 0;
	spin_lock_irqsave(&disk->lock, flags);
	memset(disk->last, 0, sizeof(disk->last));
	memcpy(disk->last, scmd->cmnd, scmd->cmd_len);
	if (!disk_is_query(scmd->cmnd[0]))
		ends = disk_moody(scmd);
	if (ends && !scmd->result)
		disk_execute(scmd);
	spin_unlock_irqrestore(&disk->lock, flags);
	if (ends)
		scsi_done(scmd);
	return 0;
}

static int disk_eh_abort(struct scsi_cmnd *scmd)
{
	return SUCCESS;
}

static const struct scsi_host_template disk_template = {
	.module = THIS_MODULE,
	.name = "scst_pass_test",
	.proc_name = "scst_pass_test",
	.queuecommand = disk_queuecommand,
	.eh_abort_handler = disk_eh_abort,
	.can_queue = DISK_TAGS,
	.cmd_per_lun = DISK_TAGS,
	.this_id = -1,
	.sg_tablesize = DISK_MAX_SEGS,
	.max_sectors = DISK_MAX_BLOCKS,
	.dma_boundary = ~0UL,
};

/* -------------------------------------------------------------------------
 * The transport
 */

struct pass_cmd {
	struct scst_cmd cmd;
	struct completion done;
	struct completion wants_data;
};

struct pass_tm {
	struct scst_tm tm;
	struct completion done;
};

struct pass {
	struct scst_target *tgt;
	struct scst_session *alice;
	struct scst_session *bob;
	struct completion released;
};

static void pass_data_wait(struct scst_cmd *cmd)
{
	complete(&container_of(cmd, struct pass_cmd, cmd)->wants_data);
}

static void pass_respond(struct scst_cmd *cmd)
{
	complete(&container_of(cmd, struct pass_cmd, cmd)->done);
}

static void pass_abort(struct scst_cmd *cmd)
{
}

static void pass_tm_done(struct scst_tm *tm)
{
	complete(&container_of(tm, struct pass_tm, tm)->done);
}

static const struct scst_tgt_ops pass_ops = {
	.name = "pass_test",
	.protocol = SCSI_PROTOCOL_UNSPEC,
	.data_wait = pass_data_wait,
	.respond = pass_respond,
	.abort = pass_abort,
	.tm_done = pass_tm_done,
};

static void pass_released(struct scst_session *sess)
{
	complete(sess->priv);
}

static struct pass_cmd *pass_cmds(struct kunit *test, unsigned int nr)
{
	struct pass_cmd *pc = kunit_kcalloc(test, nr, sizeof(*pc), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, pc);
	return pc;
}

static void pass_init_cmd(struct pass_cmd *pc, struct scst_session *sess,
			  u8 opcode, u32 exp_len, enum dma_data_direction dir)
{
	memset(pc, 0, sizeof(*pc));
	init_completion(&pc->done);
	init_completion(&pc->wants_data);
	scst_cmd_init(&pc->cmd, sess);
	pc->cmd.lun_addr = PASS_LUN;
	pc->cmd.cdb_len = 16;
	pc->cmd.cdb[0] = opcode;
	pc->cmd.exp_len = exp_len;
	pc->cmd.exp_dir = dir;
	pc->cmd.tag = (unsigned long)pc;
}

static void pass_init_rw(struct pass_cmd *pc, struct scst_session *sess,
			 u8 opcode, u32 lba, u32 nr)
{
	u8 *cdb = pc->cmd.cdb;

	pass_init_cmd(pc, sess, opcode, nr << SECTOR_SHIFT,
		      opcode == WRITE_10 ? DMA_TO_DEVICE : DMA_FROM_DEVICE);
	if (opcode == READ_6) {
		put_unaligned_be24(lba, cdb + 1);
		cdb[4] = nr;
		return;
	}
	put_unaligned_be32(lba, cdb + 2);
	put_unaligned_be16(nr, cdb + 7);
}

static void pass_wait(struct kunit *test, struct pass_cmd *pc)
{
	unsigned long left = wait_for_completion_timeout(&pc->done,
							 PASS_TIMEOUT);

	KUNIT_ASSERT_NE_MSG(test, left, 0, "no response");
}

/* The status, or what the sense data say */
static scst_sense_t pass_outcome(const struct pass_cmd *pc)
{
	const u8 *sense = pc->cmd.sense;

	if (pc->cmd.status != SAM_STAT_CHECK_CONDITION)
		return SCST_STATUS(pc->cmd.status);
	if ((sense[0] & 0x7f) != 0x70)
		return SCST_CHECK(0xf, 0xff, 0xff);
	return SCST_CHECK(sense[2] & 0xf, sense[12], sense[13]);
}

static void expect_outcome(struct kunit *test, const struct pass_cmd *pc,
			   scst_sense_t wanted)
{
	KUNIT_EXPECT_EQ(test, (__force u32)pass_outcome(pc),
			(__force u32)wanted);
}

static void pass_run(struct kunit *test, struct pass_cmd *pc)
{
	scst_cmd_submit(&pc->cmd);
	pass_wait(test, pc);
}

/* A command without data, for what its outcome tells */
static scst_sense_t pass_probe(struct kunit *test, struct scst_session *sess)
{
	struct pass_cmd *pc = pass_cmds(test, 1);
	scst_sense_t outcome;

	pass_init_cmd(pc, sess, TEST_UNIT_READY, 0, DMA_NONE);
	pass_run(test, pc);
	outcome = pass_outcome(pc);
	scst_cmd_finish(&pc->cmd);
	return outcome;
}

static void expect_probe(struct kunit *test, struct scst_session *sess,
			 scst_sense_t wanted)
{
	KUNIT_EXPECT_EQ(test, (__force u32)pass_probe(test, sess),
			(__force u32)wanted);
}

/* Byte @pos of the medium when it is filled with something */
static u8 pattern(u32 pos)
{
	return pos ^ pos >> 8 ^ pos >> 16;
}

static void expect_pattern(struct kunit *test, struct pass_cmd *pc, u32 pos)
{
	u32 i, bad = 0;
	u8 *data;

	data = kunit_kzalloc(test, pc->cmd.resp_len ?: 1, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, data);
	scst_buf_copy_from(&pc->cmd.buf, 0, data, pc->cmd.resp_len);
	for (i = 0; i < pc->cmd.resp_len; i++)
		bad += data[i] != pattern(pos + i);
	KUNIT_EXPECT_EQ_MSG(test, bad, 0, "of %u bytes", pc->cmd.resp_len);
}

/* The parts that reached the disk are @nr blocks from @lba on, in order */
static void expect_parts(struct kunit *test, u32 lba, u32 nr)
{
	u32 i, end = lba;

	for (i = 0; i < disk->nr; i++) {
		KUNIT_EXPECT_EQ(test, disk->lba[i], end);
		KUNIT_EXPECT_LE(test, disk->len[i], DISK_MAX_BLOCKS);
		end += disk->len[i];
	}
	KUNIT_EXPECT_EQ(test, end, lba + nr);
}

/* -------------------------------------------------------------------------
 * Set-up
 */

static int pass_suite_init(struct kunit_suite *suite)
{
	int ret = -ENOMEM;
	u32 i;

	disk_host = scsi_host_alloc(&disk_template, sizeof(struct disk));
	if (!disk_host)
		return -ENOMEM;
	disk = shost_priv(disk_host);
	spin_lock_init(&disk->lock);
	disk->nblocks = DISK_BLOCKS;
	disk->medium = vmalloc(DISK_BLOCKS << SECTOR_SHIFT);
	if (!disk->medium)
		goto put_host;
	for (i = 0; i < DISK_BLOCKS << SECTOR_SHIFT; i++)
		disk->medium[i] = pattern(i);
	disk_host->nr_hw_queues = 1;
	disk_host->max_cmd_len = 16;
	ret = scsi_add_host(disk_host, NULL);
	if (ret)
		goto free_medium;
	disk_sdev = __scsi_add_device(disk_host, 0, 0, 0, NULL);
	ret = PTR_ERR_OR_ZERO(disk_sdev);
	if (ret)
		goto remove_host;
	snprintf(disk_name, sizeof(disk_name), "%u:0:0:0", disk_host->host_no);
	ret = scst_group_lun_add("Default", disk_name, PASS_LUN, false);
	if (!ret)
		ret = scst_group_lun_add("Default", disk_name, PASS_LUN_RO,
					 true);
	if (!ret)
		ret = scst_tgt_driver_register(&pass_ops);
	if (!ret)
		return 0;
	scsi_device_put(disk_sdev);
remove_host:
	scsi_remove_host(disk_host);
free_medium:
	vfree(disk->medium);
put_host:
	scsi_host_put(disk_host);
	disk_host = NULL;
	return ret;
}

static void pass_suite_exit(struct kunit_suite *suite)
{
	if (!disk_host)
		return;
	scst_tgt_driver_unregister(&pass_ops);
	scsi_device_put(disk_sdev);
	scsi_remove_host(disk_host);
	vfree(disk->medium);
	scsi_host_put(disk_host);
}

static struct scst_session *pass_session(struct kunit *test, const char *name)
{
	struct pass *p = test->priv;
	struct scst_session *sess;

	sess = scst_session_register(p->tgt, name, &p->released);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, sess);
	expect_probe(test, sess, SCST_UA_POWER_ON);
	return sess;
}

static int pass_init(struct kunit *test)
{
	struct pass *p = kunit_kzalloc(test, sizeof(*p), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, p);
	init_completion(&p->released);
	p->tgt = scst_target_register(&pass_ops, PASS_TARGET, p);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, p->tgt);
	test->priv = p;
	p->alice = pass_session(test, PASS_ALICE);
	p->bob = pass_session(test, PASS_BOB);
	disk->nr = 0;
	disk->mood = DISK_WELL;
	return 0;
}

static void pass_end_session(struct kunit *test, struct scst_session *sess)
{
	struct pass *p = test->priv;
	unsigned long left;

	if (!sess)
		return;
	scst_session_unregister(sess, pass_released);
	left = wait_for_completion_timeout(&p->released, PASS_TIMEOUT);
	KUNIT_EXPECT_NE(test, left, 0);
}

static void pass_exit(struct kunit *test)
{
	struct pass *p = test->priv;

	if (!p)
		return;
	pass_end_session(test, p->alice);
	pass_end_session(test, p->bob);
	scst_target_unregister(p->tgt);
}

/* -------------------------------------------------------------------------
 * Tests
 */

/* A disk that appears goes to dev_disk without being asked */
static void pass_attach(struct kunit *test)
{
	struct pass_cmd *pc = pass_cmds(test, 1);
	struct pass *p = test->priv;
	struct scst_device *dev;

	pass_init_cmd(pc, p->alice, TEST_UNIT_READY, 0, DMA_NONE);
	pass_run(test, pc);
	expect_outcome(test, pc, SCST_GOOD);
	dev = pc->cmd.dev;
	KUNIT_ASSERT_NOT_NULL(test, dev);
	KUNIT_EXPECT_STREQ(test, dev->name, disk_name);
	KUNIT_EXPECT_STREQ(test, dev->handler->name, "dev_disk");
	KUNIT_EXPECT_EQ(test, dev->nblocks, DISK_BLOCKS);
	KUNIT_EXPECT_EQ(test, dev->block_shift, SECTOR_SHIFT);
	scst_cmd_finish(&pc->cmd);
}

static void pass_read(struct kunit *test)
{
	struct pass_cmd *pc = pass_cmds(test, 1);
	struct pass *p = test->priv;

	pass_init_rw(pc, p->alice, READ_10, 17, 3);
	pass_run(test, pc);
	expect_outcome(test, pc, SCST_GOOD);
	KUNIT_EXPECT_EQ(test, pc->cmd.resp_len, 3 * SECTOR_SIZE);
	expect_pattern(test, pc, 17 * SECTOR_SIZE);
	scst_cmd_finish(&pc->cmd);
	expect_parts(test, 17, 3);
}

/* More than the host takes at once, in bytes and in segments */
static void pass_read_large(struct kunit *test)
{
	struct pass_cmd *pc = pass_cmds(test, 1);
	struct pass *p = test->priv;

	pass_init_rw(pc, p->alice, READ_10, 3, 1001);
	pass_run(test, pc);
	expect_outcome(test, pc, SCST_GOOD);
	KUNIT_EXPECT_EQ(test, pc->cmd.resp_len, 1001 * SECTOR_SIZE);
	expect_pattern(test, pc, 3 * SECTOR_SIZE);
	scst_cmd_finish(&pc->cmd);
	KUNIT_EXPECT_GE(test, disk->nr, 1001 / DISK_MAX_BLOCKS);
	expect_parts(test, 3, 1001);
}

/* 256 blocks, of which the CDB says 0 */
static void pass_read6(struct kunit *test)
{
	struct pass_cmd *pc = pass_cmds(test, 1);
	struct pass *p = test->priv;

	pass_init_rw(pc, p->alice, READ_6, 5, 256);
	pass_run(test, pc);
	expect_outcome(test, pc, SCST_GOOD);
	expect_pattern(test, pc, 5 * SECTOR_SIZE);
	scst_cmd_finish(&pc->cmd);
	expect_parts(test, 5, 256);
}

static void pass_write_300(struct kunit *test, scst_sense_t wanted)
{
	u32 i, bad = 0, pos = 100 * SECTOR_SIZE, len = 300 * SECTOR_SIZE;
	struct pass_cmd *pc = pass_cmds(test, 1);
	struct pass *p = test->priv;
	unsigned long left;
	u8 byte;

	memset(disk->medium + pos, 0, len);
	pass_init_rw(pc, p->alice, WRITE_10, 100, 300);
	scst_cmd_submit(&pc->cmd);
	left = wait_for_completion_timeout(&pc->wants_data, PASS_TIMEOUT);
	KUNIT_ASSERT_NE(test, left, 0);
	for (i = 0; i < len; i++) {
		byte = pattern(pos + i);
		scst_buf_copy_to(&pc->cmd.buf, i, &byte, 1);
	}
	scst_cmd_data_ready(&pc->cmd, SCST_GOOD);
	pass_wait(test, pc);
	expect_outcome(test, pc, wanted);
	scst_cmd_finish(&pc->cmd);
	expect_parts(test, 100, 300);
	for (i = 0; i < DISK_BLOCKS << SECTOR_SHIFT; i++)
		bad += disk->medium[i] != pattern(i);
	KUNIT_EXPECT_EQ(test, bad, 0);
}

static void pass_write_large(struct kunit *test)
{
	pass_write_300(test, SCST_GOOD);
}

/* Initiators take it for success, so nothing may be left out */
static void pass_write_recovered(struct kunit *test)
{
	/* recovered data with error correction applied */
	disk->sense = SCST_CHECK(RECOVERED_ERROR, 0x18, 0x00);
	disk->mood = DISK_RECOVERED;
	pass_write_300(test, disk->sense);
}

/* Many times more commands than tags: those that wait do not lose their place */
static void pass_order(struct kunit *test)
{
	struct pass_cmd *pc = pass_cmds(test, DISK_LOG);
	struct pass *p = test->priv;
	u32 i;

	blk_mq_quiesce_queue(disk_sdev->request_queue);
	for (i = 0; i < DISK_LOG; i++) {
		pass_init_rw(&pc[i], p->alice, READ_10, i, 1);
		scst_cmd_submit(&pc[i].cmd);
	}
	KUNIT_EXPECT_EQ(test, disk->nr, 0);
	blk_mq_unquiesce_queue(disk_sdev->request_queue);
	for (i = 0; i < DISK_LOG; i++) {
		pass_wait(test, &pc[i]);
		expect_outcome(test, &pc[i], SCST_GOOD);
		expect_pattern(test, &pc[i], i * SECTOR_SIZE);
		scst_cmd_finish(&pc[i].cmd);
	}
	KUNIT_EXPECT_EQ(test, disk->nr, DISK_LOG);
	for (i = 0; i < DISK_LOG; i++)
		KUNIT_EXPECT_EQ(test, disk->lba[i], i);
}

struct pass_short_case {
	const char *desc;
	u8 opcode;
	u32 exp_len;
	u32 resp_len;
	s64 residual;
	u8 cdb[10];	/* as the disk has to see it */
};

static const struct pass_short_case pass_short_cases[] = {
	{ "one of two blocks", READ_10, 512, 512, 512,
	  { READ_10, 0, 0, 0, 0, 0, 0, 0, 1, 0 } },
	{ "part of a block", READ_10, 700, 700, 324,
	  { READ_10, 0, 0, 0, 0, 0, 0, 0, 2, 0 } },
	{ "allocation length", INQUIRY, 36, 36, 60,
	  { INQUIRY, 0, 0, 0, 36, 0 } },
	{ "more than there is", INQUIRY, 255, 96, -159,
	  { INQUIRY, 0, 0, 0, 96, 0 } },
	{ "fixed length", READ_CAPACITY, 4, 4, 4,
	  { READ_CAPACITY } },
};

static void pass_short_desc(const struct pass_short_case *c, char *desc)
{
	strscpy(desc, c->desc, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(pass_short, pass_short_cases, pass_short_desc);

/* The initiator expects another length than its CDB asks for */
static void pass_expected(struct kunit *test)
{
	const struct pass_short_case *c = test->param_value;
	struct pass_cmd *pc = pass_cmds(test, 1);
	struct pass *p = test->priv;

	pass_init_cmd(pc, p->alice, c->opcode, c->exp_len, DMA_FROM_DEVICE);
	if (c->opcode == READ_10)
		pc->cmd.cdb[8] = 2;
	if (c->opcode == INQUIRY)
		pc->cmd.cdb[4] = 96;
	pass_run(test, pc);
	expect_outcome(test, pc, SCST_GOOD);
	KUNIT_EXPECT_EQ(test, pc->cmd.resp_len, c->resp_len);
	KUNIT_EXPECT_EQ(test, scst_cmd_residual(&pc->cmd), c->residual);
	KUNIT_EXPECT_MEMEQ(test, disk->last, c->cdb, sizeof(c->cdb));
	if (c->opcode == READ_10)
		expect_pattern(test, pc, 0);
	scst_cmd_finish(&pc->cmd);
}

/* No row in the table: the transport says what moves */
static void pass_unknown_opcode(struct kunit *test)
{
	struct pass_cmd *pc = pass_cmds(test, 1);
	struct pass *p = test->priv;
	char data[6];

	pass_init_cmd(pc, p->alice, DISK_VENDOR_IN, 64, DMA_FROM_DEVICE);
	pass_run(test, pc);
	expect_outcome(test, pc, SCST_GOOD);
	KUNIT_EXPECT_EQ(test, pc->cmd.resp_len, sizeof(data));
	scst_buf_copy_from(&pc->cmd.buf, 0, data, sizeof(data));
	KUNIT_EXPECT_MEMEQ(test, data, "vendor", sizeof(data));
	scst_cmd_finish(&pc->cmd);
}

/* A driver that counts nothing does not make us send what we have in memory */
static void pass_old_memory(struct kunit *test)
{
	struct pass_cmd *pc = pass_cmds(test, 2);
	struct pass *p = test->priv;
	u8 data[64] = {};

	pass_init_rw(&pc[0], p->alice, READ_10, 0, 1);
	pass_run(test, &pc[0]);
	scst_cmd_finish(&pc[0].cmd);
	disk->mood = DISK_UNCOUNTED;
	pass_init_cmd(&pc[1], p->alice, DISK_VENDOR_IN, sizeof(data),
		      DMA_FROM_DEVICE);
	pass_run(test, &pc[1]);
	expect_outcome(test, &pc[1], SCST_GOOD);
	KUNIT_EXPECT_EQ(test, pc[1].cmd.resp_len, sizeof(data));
	scst_buf_copy_from(&pc[1].cmd.buf, 0, data, sizeof(data));
	KUNIT_EXPECT_MEMEQ(test, data, "vendor", 6);
	KUNIT_EXPECT_NULL(test, memchr_inv(data + 6, 0, sizeof(data) - 6));
	scst_cmd_finish(&pc[1].cmd);
}

struct pass_opcode_case {
	const char *desc;
	u32 lun;
	u8 opcode;
	scst_sense_t result;
	bool seen;	/* by the disk */
};

static const struct pass_opcode_case pass_opcode_cases[] = {
	{ "FORMAT UNIT", PASS_LUN, FORMAT_UNIT, SCST_INVALID_OPCODE, true },
	{ "LOG SENSE", PASS_LUN, DISK_LOG_SENSE, SCST_GOOD, true },
	{ "reservations are not the disk's", PASS_LUN, PERSISTENT_RESERVE_IN,
	  SCST_INVALID_OPCODE, false },
	{ "neither to write", PASS_LUN, PERSISTENT_RESERVE_OUT,
	  SCST_INVALID_OPCODE, false },
	{ "nor copies past LUN masking", PASS_LUN, DISK_COPY_OUT,
	  SCST_INVALID_OPCODE, false },
	{ "read-only: LOG SENSE", PASS_LUN_RO, DISK_LOG_SENSE, SCST_GOOD, true },
	{ "read-only: FORMAT UNIT", PASS_LUN_RO, FORMAT_UNIT,
	  SCST_WRITE_PROTECTED, false },
	{ "read-only: SANITIZE", PASS_LUN_RO, DISK_SANITIZE,
	  SCST_WRITE_PROTECTED, false },
	{ "read-only: WRITE(32)", PASS_LUN_RO, VARIABLE_LENGTH_CMD,
	  SCST_WRITE_PROTECTED, false },
	{ "read-only: vendor's", PASS_LUN_RO, DISK_VENDOR_IN,
	  SCST_WRITE_PROTECTED, false },
};

static void pass_opcode_desc(const struct pass_opcode_case *c, char *desc)
{
	strscpy(desc, c->desc, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(pass_opcode, pass_opcode_cases, pass_opcode_desc);

/*
 * No row in the table, and the initiator says that it wants to read.  That
 * tells nothing of what the command does.
 */
static void pass_opcodes(struct kunit *test)
{
	const struct pass_opcode_case *c = test->param_value;
	struct pass_cmd *pc = pass_cmds(test, 2);
	struct pass *p = test->priv;

	/* the read-only LUN still has its unit attention */
	pass_init_cmd(&pc[0], p->alice, TEST_UNIT_READY, 0, DMA_NONE);
	pc[0].cmd.lun_addr = c->lun;
	pass_run(test, &pc[0]);
	scst_cmd_finish(&pc[0].cmd);

	pass_init_cmd(&pc[1], p->alice, c->opcode, 64, DMA_FROM_DEVICE);
	pc[1].cmd.lun_addr = c->lun;
	pass_run(test, &pc[1]);
	expect_outcome(test, &pc[1], c->result);
	KUNIT_EXPECT_EQ(test, disk->last[0] == c->opcode, c->seen);
	scst_cmd_finish(&pc[1].cmd);
}

static void pass_protection(struct kunit *test)
{
	struct pass_cmd *pc = pass_cmds(test, 1);
	struct pass *p = test->priv;

	pass_init_rw(pc, p->alice, READ_10, 0, 1);
	pc->cmd.cdb[1] = 0x20;
	pass_run(test, pc);
	expect_outcome(test, pc, SCST_INVALID_FIELD_IN_CDB);
	scst_cmd_finish(&pc->cmd);
	KUNIT_EXPECT_EQ(test, disk->nr, 0);
}

/* What the disk did not read is not sent, though nobody counted it */
static void pass_sense(struct kunit *test)
{
	struct pass_cmd *pc = pass_cmds(test, 1);
	struct pass *p = test->priv;

	disk->sense = SCST_READ_ERROR;
	disk->mood = DISK_SENSE;
	pass_init_rw(pc, p->alice, READ_10, 0, 2);
	pass_run(test, pc);
	expect_outcome(test, pc, SCST_READ_ERROR);
	KUNIT_EXPECT_EQ(test, pc->cmd.resp_len, 0);
	scst_cmd_finish(&pc->cmd);
	expect_probe(test, p->bob, SCST_GOOD);
}

static void pass_no_connection(struct kunit *test)
{
	struct pass_cmd *pc = pass_cmds(test, 1);
	struct pass *p = test->priv;

	disk->mood = DISK_NO_CONNECT;
	pass_init_rw(pc, p->alice, READ_10, 0, 2);
	pass_run(test, pc);
	expect_outcome(test, pc, SCST_NOT_READY);
	KUNIT_EXPECT_EQ(test, pc->cmd.resp_len, 0);
	scst_cmd_finish(&pc->cmd);
}

/* The disk tells one of us, we tell all */
static void pass_unit_attention(struct kunit *test)
{
	struct pass *p = test->priv;

	disk->sense = SCST_UA_DEVICE_RESET;
	disk->mood = DISK_SENSE;
	expect_probe(test, p->alice, SCST_UA_DEVICE_RESET);
	expect_probe(test, p->bob, SCST_UA_DEVICE_RESET);
	expect_probe(test, p->alice, SCST_GOOD);
	expect_probe(test, p->bob, SCST_GOOD);
}

static void pass_capacity_changed(struct kunit *test)
{
	struct pass_cmd *pc = pass_cmds(test, 2);
	struct pass *p = test->priv;

	disk->nblocks = DISK_BLOCKS / 2;
	disk->sense = SCST_UA_CAPACITY_CHANGED;
	disk->mood = DISK_SENSE;
	expect_probe(test, p->alice, SCST_UA_CAPACITY_CHANGED);
	expect_probe(test, p->bob, SCST_UA_CAPACITY_CHANGED);
	expect_probe(test, p->bob, SCST_GOOD);
	pass_init_rw(&pc[0], p->bob, READ_10, DISK_BLOCKS / 2, 1);
	pass_run(test, &pc[0]);
	expect_outcome(test, &pc[0], SCST_LBA_OUT_OF_RANGE);
	scst_cmd_finish(&pc[0].cmd);

	disk->nblocks = DISK_BLOCKS;
	disk->mood = DISK_SENSE;
	expect_probe(test, p->bob, SCST_UA_CAPACITY_CHANGED);
	pass_probe(test, p->bob);
	pass_init_rw(&pc[1], p->bob, READ_10, DISK_BLOCKS / 2, 1);
	pass_run(test, &pc[1]);
	expect_outcome(test, &pc[1], SCST_GOOD);
	scst_cmd_finish(&pc[1].cmd);
}

/* What one initiator changes is news to the others only */
static void pass_mode_select(struct kunit *test)
{
	struct pass_cmd *pc = pass_cmds(test, 1);
	struct pass *p = test->priv;

	pass_init_cmd(pc, p->alice, MODE_SELECT, 4, DMA_TO_DEVICE);
	pc->cmd.cdb[1] = 0x10;
	pc->cmd.cdb[4] = 4;
	scst_cmd_submit(&pc->cmd);
	wait_for_completion(&pc->wants_data);
	scst_cmd_data_ready(&pc->cmd, SCST_GOOD);
	pass_wait(test, pc);
	expect_outcome(test, pc, SCST_GOOD);
	scst_cmd_finish(&pc->cmd);
	expect_probe(test, p->alice, SCST_GOOD);
	expect_probe(test, p->bob, SCST_UA_MODE_CHANGED);
	expect_probe(test, p->bob, SCST_GOOD);
}

/* A reset ends what hangs in the disk, and what waits for a tag behind it */
static void pass_lun_reset(struct kunit *test)
{
	struct pass_cmd *pc = pass_cmds(test, 1 + 4 * DISK_TAGS);
	struct pass_tm *tm = kunit_kzalloc(test, sizeof(*tm), GFP_KERNEL);
	struct pass *p = test->priv;
	unsigned long left;
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, tm);
	init_completion(&tm->done);
	disk->mood = DISK_HANG;
	for (i = 0; i < 1 + 4 * DISK_TAGS; i++) {
		pass_init_rw(&pc[i], p->alice, READ_10, i, 1);
		scst_cmd_submit(&pc[i].cmd);
	}
	KUNIT_EXPECT_FALSE(test, completion_done(&pc[0].done));

	tm->tm.sess = p->bob;
	tm->tm.fn = SCST_TM_LUN_RESET;
	tm->tm.lun_addr = PASS_LUN;
	scst_tm_submit(&tm->tm);
	for (i = 0; i < 1 + 4 * DISK_TAGS; i++) {
		pass_wait(test, &pc[i]);
		scst_cmd_finish(&pc[i].cmd);
	}
	left = wait_for_completion_timeout(&tm->done, PASS_TIMEOUT);
	KUNIT_ASSERT_NE(test, left, 0);
	KUNIT_EXPECT_EQ(test, tm->tm.result, SCST_TM_COMPLETE);
	disk->mood = DISK_WELL;
	expect_probe(test, p->alice, SCST_UA_DEVICE_RESET);
	expect_probe(test, p->alice, SCST_GOOD);
}

/* What hangs in the disk ends as well when only that command is aborted */
static void pass_abort_task(struct kunit *test)
{
	struct pass_tm *tm = kunit_kzalloc(test, sizeof(*tm), GFP_KERNEL);
	struct pass_cmd *pc = pass_cmds(test, 1);
	struct pass *p = test->priv;

	KUNIT_ASSERT_NOT_NULL(test, tm);
	init_completion(&tm->done);
	disk->mood = DISK_HANG;
	pass_init_rw(pc, p->alice, READ_10, 0, 1);
	scst_cmd_submit(&pc->cmd);

	tm->tm.sess = p->alice;
	tm->tm.fn = SCST_TM_ABORT_TASK;
	tm->tm.lun_addr = PASS_LUN;
	tm->tm.tag = pc->cmd.tag;
	scst_tm_submit(&tm->tm);
	pass_wait(test, pc);
	scst_cmd_finish(&pc->cmd);
	KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&tm->done,
							  PASS_TIMEOUT), 0);
	KUNIT_EXPECT_EQ(test, tm->tm.result, SCST_TM_COMPLETE);
}

/* ... or when its session ends */
static void pass_end_session_hanging(struct kunit *test)
{
	struct pass_cmd *pc = pass_cmds(test, 1);
	struct pass *p = test->priv;

	disk->mood = DISK_HANG;
	pass_init_rw(pc, p->alice, READ_10, 0, 1);
	scst_cmd_submit(&pc->cmd);
	scst_session_unregister(p->alice, pass_released);
	p->alice = NULL;
	pass_wait(test, pc);
	scst_cmd_finish(&pc->cmd);
	KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&p->released,
							  PASS_TIMEOUT), 0);
}

/* Reads of dev_disk_perf never reach the disk, and never show old memory */
static void pass_perf(struct kunit *test)
{
	struct pass_cmd *pc = pass_cmds(test, 1);
	struct pass *p = test->priv;
	u8 byte = 0xff;

	KUNIT_ASSERT_EQ(test, scst_device_assign(disk_name, "dev_disk_perf"), 0);
	/* the LUN was away while its handler changed */
	expect_probe(test, p->alice, SCST_UA_POWER_ON);
	expect_probe(test, p->alice, SCST_UA_LUNS_CHANGED);
	pass_init_rw(pc, p->alice, READ_10, 0, 100);
	pass_run(test, pc);
	expect_outcome(test, pc, SCST_GOOD);
	KUNIT_EXPECT_EQ(test, pc->cmd.resp_len, 100 * SECTOR_SIZE);
	scst_buf_copy_from(&pc->cmd.buf, 100 * SECTOR_SIZE - 1, &byte, 1);
	KUNIT_EXPECT_EQ(test, byte, 0);
	scst_cmd_finish(&pc->cmd);
	KUNIT_EXPECT_EQ(test, disk->nr, 0);
	KUNIT_EXPECT_EQ(test, scst_device_assign(disk_name, "dev_disk"), 0);
}

struct pass_assignment {
	struct completion done;
	int ret;
};

static int pass_assign_perf(void *arg)
{
	struct pass_assignment *as = arg;

	as->ret = scst_device_assign(disk_name, "dev_disk_perf");
	complete(&as->done);
	return 0;
}

/* The handler stays as long as a command has it, even one of a dead session */
static void pass_assign_waits(struct kunit *test)
{
	struct pass_cmd *pc = pass_cmds(test, 1);
	struct pass *p = test->priv;
	struct pass_assignment as = {};
	struct task_struct *task;

	init_completion(&as.done);
	pass_init_rw(pc, p->alice, READ_10, 0, 1);
	pass_run(test, pc);
	reinit_completion(&p->released);
	scst_session_unregister(p->alice, pass_released);
	p->alice = NULL;
	task = kthread_run(pass_assign_perf, &as, "pass_assign");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, task);
	KUNIT_EXPECT_EQ(test, wait_for_completion_timeout(&as.done, HZ / 10),
			0);
	scst_cmd_finish(&pc->cmd);
	KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&as.done,
							  PASS_TIMEOUT), 0);
	KUNIT_EXPECT_EQ(test, as.ret, 0);
	wait_for_completion(&p->released);
	KUNIT_EXPECT_EQ(test, scst_device_assign(disk_name, "dev_disk"), 0);
}

static struct kunit_case pass_cases[] = {
	KUNIT_CASE(pass_attach),
	KUNIT_CASE(pass_read),
	KUNIT_CASE(pass_read_large),
	KUNIT_CASE(pass_read6),
	KUNIT_CASE(pass_write_large),
	KUNIT_CASE(pass_write_recovered),
	KUNIT_CASE(pass_order),
	KUNIT_CASE_PARAM(pass_expected, pass_short_gen_params),
	KUNIT_CASE(pass_unknown_opcode),
	KUNIT_CASE(pass_old_memory),
	KUNIT_CASE_PARAM(pass_opcodes, pass_opcode_gen_params),
	KUNIT_CASE(pass_protection),
	KUNIT_CASE(pass_sense),
	KUNIT_CASE(pass_no_connection),
	KUNIT_CASE(pass_unit_attention),
	KUNIT_CASE(pass_capacity_changed),
	KUNIT_CASE(pass_mode_select),
	KUNIT_CASE(pass_lun_reset),
	KUNIT_CASE(pass_abort_task),
	KUNIT_CASE(pass_end_session_hanging),
	KUNIT_CASE(pass_perf),
	KUNIT_CASE(pass_assign_waits),
	{}
};

static struct kunit_suite pass_suite = {
	.name = "scst_pass",
	.suite_init = pass_suite_init,
	.suite_exit = pass_suite_exit,
	.init = pass_init,
	.exit = pass_exit,
	.test_cases = pass_cases,
};

kunit_test_suite(pass_suite);

MODULE_DESCRIPTION("KUnit tests of the SCST pass-through handler");
MODULE_LICENSE("GPL");
