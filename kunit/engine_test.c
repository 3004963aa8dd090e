// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the command engine: a target driver and a device handler that
 * do nothing by themselves, so that each test decides what happens when.
 */
#include <kunit/test.h>
#include <linux/blkdev.h>
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/slab.h>
#include <linux/unaligned.h>

#include "../core/core_priv.h"

#define ENGINE_BLOCKS	1000
#define ENGINE_TIMEOUT	(10 * HZ)
#define ENGINE_TARGET	"iqn.2026-11.test:engine"
#define ENGINE_ALICE	"iqn.2026-11.test:alice"
#define ENGINE_BOB	"iqn.2026-11.test:bob"

/* What has happened to a command so far */
struct engine_cmd {
	struct scst_cmd cmd;
	unsigned int data_waits;
	unsigned int aborts;
	unsigned int executed;	/* 0: not yet; else its place in the order */
	unsigned int responses;
};

struct engine_tm {
	struct scst_tm tm;
	unsigned int done;
};

struct engine {
	struct scst_target *tgt;
	struct scst_device *dev;
	struct scst_session *alice;
	struct scst_session *bob;
	struct completion released;
};

static unsigned int engine_clock;
static unsigned int engine_flushes;

static struct engine_cmd *to_engine_cmd(struct scst_cmd *cmd)
{
	return container_of(cmd, struct engine_cmd, cmd);
}

static void engine_data_wait(struct scst_cmd *cmd)
{
	to_engine_cmd(cmd)->data_waits++;
}

static void engine_respond(struct scst_cmd *cmd)
{
	to_engine_cmd(cmd)->responses++;
}

static void engine_abort(struct scst_cmd *cmd)
{
	to_engine_cmd(cmd)->aborts++;
}

static void engine_tm_done(struct scst_tm *tm)
{
	container_of(tm, struct engine_tm, tm)->done++;
}

static const struct scst_tgt_ops engine_ops = {
	.name = "engine_test",
	.data_wait = engine_data_wait,
	.respond = engine_respond,
	.abort = engine_abort,
	.tm_done = engine_tm_done,
};

static void engine_execute(struct scst_cmd *cmd)
{
	to_engine_cmd(cmd)->executed = ++engine_clock;
}

static scst_sense_t engine_parse(struct scst_cmd *cmd)
{
	if (cmd->op->opcode == MODE_SELECT)
		return scst_spc_parse(cmd);
	cmd->execute = engine_execute;
	return SCST_GOOD;
}

static void engine_detach(struct scst_device *dev)
{
}

static scst_sense_t engine_flush(struct scst_device *dev)
{
	engine_flushes++;
	return SCST_WRITE_ERROR;
}

static struct scst_handler engine_handler = {
	.name = "engine_test",
	.type = -1,
	.hidden = true,
	.parse = engine_parse,
	.detach = engine_detach,
	.flush = engine_flush,
};

static void engine_released(struct scst_session *sess)
{
	complete(sess->priv);
}

static void engine_init_cmd(struct engine_cmd *ec, struct scst_session *sess,
			    u8 opcode, u32 lba, u16 nblocks)
{
	struct scst_cmd *cmd = &ec->cmd;

	memset(ec, 0, sizeof(*ec));
	scst_cmd_init(cmd, sess);
	cmd->cdb_len = 10;
	cmd->cdb[0] = opcode;
	put_unaligned_be32(lba, cmd->cdb + 2);
	put_unaligned_be16(nblocks, cmd->cdb + 7);
	cmd->exp_len = nblocks << SECTOR_SHIFT;
	cmd->exp_dir = opcode == WRITE_10 ? DMA_TO_DEVICE : DMA_FROM_DEVICE;
	cmd->tag = (unsigned long)ec;
}

static void engine_submit(struct engine_cmd *ec, struct scst_session *sess,
			  u8 opcode, u32 lba, u16 nblocks)
{
	engine_init_cmd(ec, sess, opcode, lba, nblocks);
	scst_cmd_submit(&ec->cmd);
}

static void engine_submit_attr(struct engine_cmd *ec, struct scst_session *sess,
			       enum scst_attr attr)
{
	engine_init_cmd(ec, sess, READ_10, 0, 1);
	ec->cmd.attr = attr;
	scst_cmd_submit(&ec->cmd);
}

static void engine_end(struct engine_cmd *ec)
{
	scst_cmd_complete(&ec->cmd, SCST_GOOD);
	scst_cmd_finish(&ec->cmd);
}

/* Fetch the power-on unit attention that every new nexus begins with */
static void engine_clear_ua(struct kunit *test, struct scst_session *sess)
{
	struct engine_cmd *ec = kunit_kzalloc(test, sizeof(*ec), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, ec);
	engine_submit(ec, sess, READ_10, 0, 1);
	KUNIT_ASSERT_EQ(test, ec->responses, 1);
	KUNIT_ASSERT_EQ(test, (__force u32)ec->cmd.result,
			(__force u32)SCST_UA_POWER_ON);
	scst_cmd_finish(&ec->cmd);
}

static struct scst_session *engine_session(struct kunit *test, const char *name)
{
	struct engine *e = test->priv;
	struct scst_session *sess;

	sess = scst_session_register(e->tgt, name, &e->released);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, sess);
	engine_clear_ua(test, sess);
	return sess;
}

static void engine_end_session(struct kunit *test, struct scst_session *sess)
{
	struct engine *e = test->priv;

	scst_session_unregister(sess, engine_released);
	KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&e->released,
							  ENGINE_TIMEOUT), 0);
}

static int engine_suite_init(struct kunit_suite *suite)
{
	int ret = scst_tgt_driver_register(&engine_ops);

	if (ret)
		return ret;
	ret = scst_handler_register(&engine_handler);
	if (ret)
		scst_tgt_driver_unregister(&engine_ops);
	return ret;
}

static void engine_suite_exit(struct kunit_suite *suite)
{
	scst_handler_unregister(&engine_handler);
	scst_tgt_driver_unregister(&engine_ops);
}

static int engine_init(struct kunit *test)
{
	struct engine *e = kunit_kzalloc(test, sizeof(*e), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, e);
	test->priv = e;
	init_completion(&e->released);
	e->dev = scst_device_alloc(&engine_handler, "engine0");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, e->dev);
	e->dev->nblocks = ENGINE_BLOCKS;
	KUNIT_ASSERT_EQ(test, scst_device_register(e->dev), 0);
	KUNIT_ASSERT_EQ(test, scst_group_lun_add("Default", "engine0", 0,
						 false), 0);
	KUNIT_ASSERT_EQ(test, scst_group_lun_add("Default", "engine0", 1,
						 true), 0);
	e->tgt = scst_target_register(&engine_ops, ENGINE_TARGET, e);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, e->tgt);
	e->alice = engine_session(test, ENGINE_ALICE);
	e->bob = engine_session(test, ENGINE_BOB);
	return 0;
}

static void engine_exit(struct kunit *test)
{
	struct engine *e = test->priv;

	if (!e)
		return;
	if (e->alice)
		engine_end_session(test, e->alice);
	if (e->bob)
		engine_end_session(test, e->bob);
	scst_target_unregister(e->tgt);
	KUNIT_EXPECT_EQ(test, scst_device_unregister(e->dev), 0);
}

static struct engine_cmd *engine_cmds(struct kunit *test, unsigned int nr)
{
	struct engine_cmd *ec = kunit_kcalloc(test, nr, sizeof(*ec),
					      GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, ec);
	return ec;
}

static void engine_read(struct kunit *test)
{
	struct engine_cmd *ec = engine_cmds(test, 1);
	struct engine *e = test->priv;

	engine_submit(ec, e->alice, READ_10, 10, 4);
	KUNIT_EXPECT_NE(test, ec->executed, 0);
	KUNIT_EXPECT_EQ(test, ec->cmd.lba, 10);
	KUNIT_EXPECT_EQ(test, ec->cmd.buf.len, 4 * SECTOR_SIZE);
	scst_cmd_complete(&ec->cmd, SCST_GOOD);
	KUNIT_EXPECT_EQ(test, ec->responses, 1);
	KUNIT_EXPECT_EQ(test, ec->cmd.status, SAM_STAT_GOOD);
	KUNIT_EXPECT_EQ(test, ec->cmd.resp_len, 4 * SECTOR_SIZE);
	KUNIT_EXPECT_EQ(test, scst_cmd_residual(&ec->cmd), 0);
	scst_cmd_finish(&ec->cmd);
	mutex_lock(&scst_mutex);
	KUNIT_EXPECT_EQ(test, scst_session_nr_cmds(e->alice), 0);
	mutex_unlock(&scst_mutex);
}

static void engine_write(struct kunit *test)
{
	struct engine_cmd *ec = engine_cmds(test, 1);
	struct engine *e = test->priv;

	engine_submit(ec, e->alice, WRITE_10, 0, 2);
	KUNIT_EXPECT_EQ(test, ec->data_waits, 1);
	KUNIT_EXPECT_EQ(test, ec->executed, 0);
	scst_cmd_data_ready(&ec->cmd, SCST_GOOD);
	KUNIT_EXPECT_NE(test, ec->executed, 0);
	engine_end(ec);
	KUNIT_EXPECT_EQ(test, ec->responses, 1);
}

/* Caching page with another WCE, Return: how MODE SELECT ends */
static scst_sense_t engine_set_wce(struct kunit *test, bool wce)
{
	u8 list[24] = { [4] = 0x08, 0x12, wce ? 0x04 : 0 };
	struct engine_cmd *ec = engine_cmds(test, 1);
	struct engine *e = test->priv;

	engine_init_cmd(ec, e->alice, MODE_SELECT, 0, 0);
	ec->cmd.cdb[1] = 0x10;	/* PF */
	ec->cmd.cdb[4] = sizeof(list);
	ec->cmd.exp_len = sizeof(list);
	ec->cmd.exp_dir = DMA_TO_DEVICE;
	scst_cmd_submit(&ec->cmd);
	KUNIT_ASSERT_EQ(test, ec->data_waits, 1);
	scst_buf_copy_to(&ec->cmd.buf, 0, list, sizeof(list));
	scst_cmd_data_ready(&ec->cmd, SCST_GOOD);
	flush_workqueue(e->dev->wq);
	KUNIT_EXPECT_EQ(test, ec->responses, 1);
	scst_cmd_finish(&ec->cmd);
	return ec->cmd.result;
}

/* A cache that is switched off is emptied first, and a failure is told */
static void engine_write_cache_off(struct kunit *test)
{
	struct engine *e = test->priv;

	e->dev->id.write_cache = true;
	engine_flushes = 0;
	KUNIT_EXPECT_EQ(test, (__force u32)engine_set_wce(test, true), 0);
	KUNIT_EXPECT_EQ(test, engine_flushes, 0);
	KUNIT_EXPECT_EQ(test, (__force u32)engine_set_wce(test, false),
			(__force u32)SCST_WRITE_ERROR);
	KUNIT_EXPECT_EQ(test, engine_flushes, 1);
	KUNIT_EXPECT_FALSE(test, e->dev->id.write_cache);
	KUNIT_EXPECT_EQ(test, (__force u32)engine_set_wce(test, false), 0);
	KUNIT_EXPECT_EQ(test, (__force u32)engine_set_wce(test, true), 0);
	KUNIT_EXPECT_EQ(test, engine_flushes, 1);
}

struct engine_refusal {
	const char *desc;
	u32 lun;
	u8 opcode;
	u32 lba;
	u16 nblocks;
	enum dma_data_direction exp_dir;
	scst_sense_t result;
};

static const struct engine_refusal engine_refusals[] = {
	{ "LUN that does not exist", 7, READ_10, 0, 1, DMA_FROM_DEVICE,
	  SCST_LUN_NOT_SUPPORTED },
	{ "LUN that cannot be decoded", SCST_LUN_INVALID, READ_10, 0, 1,
	  DMA_FROM_DEVICE, SCST_LUN_NOT_SUPPORTED },
	{ "begins behind the end", 0, READ_10, ENGINE_BLOCKS + 1, 1,
	  DMA_FROM_DEVICE, SCST_LBA_OUT_OF_RANGE },
	{ "ends behind the end", 0, READ_10, ENGINE_BLOCKS - 1, 2,
	  DMA_FROM_DEVICE, SCST_LBA_OUT_OF_RANGE },
	{ "largest LBA", 0, READ_10, U32_MAX, U16_MAX, DMA_FROM_DEVICE,
	  SCST_LBA_OUT_OF_RANGE },
	{ "write in a read direction", 0, WRITE_10, 0, 1, DMA_FROM_DEVICE,
	  SCST_INVALID_FIELD_IN_CDB },
	{ "write to a read-only LUN", 1, WRITE_10, 0, 1, DMA_TO_DEVICE,
	  SCST_WRITE_PROTECTED },
	{ "MODE SELECT on a read-only LUN", 1, MODE_SELECT, 0, 0, DMA_NONE,
	  SCST_WRITE_PROTECTED },
	{ "unknown operation code", 0, 0xff, 0, 0, DMA_NONE,
	  SCST_INVALID_OPCODE },
};

static void engine_refusal_desc(const struct engine_refusal *r, char *desc)
{
	strscpy(desc, r->desc, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(engine_refusal, engine_refusals, engine_refusal_desc);

static void engine_refuses(struct kunit *test)
{
	const struct engine_refusal *r = test->param_value;
	struct engine_cmd *ec = engine_cmds(test, 2);
	struct engine *e = test->priv;

	/* LUN 1 still has its unit attention */
	engine_init_cmd(&ec[0], e->alice, READ_10, 0, 1);
	ec[0].cmd.lun_addr = 1;
	scst_cmd_submit(&ec[0].cmd);
	scst_cmd_finish(&ec[0].cmd);

	engine_init_cmd(&ec[1], e->alice, r->opcode, r->lba, r->nblocks);
	ec[1].cmd.lun_addr = r->lun;
	ec[1].cmd.exp_dir = r->exp_dir;
	scst_cmd_submit(&ec[1].cmd);
	KUNIT_EXPECT_EQ(test, ec[1].responses, 1);
	KUNIT_EXPECT_EQ(test, ec[1].executed, 0);
	KUNIT_EXPECT_EQ(test, (__force u32)ec[1].cmd.result,
			(__force u32)r->result);
	KUNIT_EXPECT_EQ(test, ec[1].cmd.status, SAM_STAT_CHECK_CONDITION);
	KUNIT_EXPECT_GT(test, ec[1].cmd.sense_len, 0);
	scst_cmd_finish(&ec[1].cmd);
}

static void engine_short_expectation(struct kunit *test)
{
	struct engine_cmd *ec = engine_cmds(test, 1);
	struct engine *e = test->priv;

	engine_init_cmd(ec, e->alice, READ_10, 0, 4);
	ec->cmd.exp_len = SECTOR_SIZE;
	scst_cmd_submit(&ec->cmd);
	KUNIT_EXPECT_EQ(test, ec->cmd.bufflen, SECTOR_SIZE);
	scst_cmd_complete(&ec->cmd, SCST_GOOD);
	KUNIT_EXPECT_EQ(test, scst_cmd_residual(&ec->cmd), 3 * SECTOR_SIZE);
	scst_cmd_finish(&ec->cmd);
}

static void engine_long_expectation(struct kunit *test)
{
	struct engine_cmd *ec = engine_cmds(test, 1);
	struct engine *e = test->priv;

	engine_init_cmd(ec, e->alice, READ_10, 0, 1);
	ec->cmd.exp_len = 3 * SECTOR_SIZE;
	scst_cmd_submit(&ec->cmd);
	KUNIT_EXPECT_EQ(test, ec->cmd.bufflen, SECTOR_SIZE);
	scst_cmd_complete(&ec->cmd, SCST_GOOD);
	KUNIT_EXPECT_EQ(test, scst_cmd_residual(&ec->cmd), -2 * SECTOR_SIZE);
	scst_cmd_finish(&ec->cmd);
}

/* Who announced data-out cannot receive anything */
static void engine_read_as_write(struct kunit *test)
{
	struct engine_cmd *ec = engine_cmds(test, 1);
	struct engine *e = test->priv;

	engine_init_cmd(ec, e->alice, READ_10, 0, 1);
	ec->cmd.exp_dir = DMA_TO_DEVICE;
	scst_cmd_submit(&ec->cmd);
	KUNIT_EXPECT_EQ(test, ec->data_waits, 0);
	KUNIT_EXPECT_EQ(test, ec->cmd.bufflen, 0);
	scst_cmd_complete(&ec->cmd, SCST_GOOD);
	KUNIT_EXPECT_EQ(test, scst_cmd_residual(&ec->cmd), SECTOR_SIZE);
	scst_cmd_finish(&ec->cmd);
}

/* SAM-5 8.8: ORDERED waits for all before, SIMPLE waits for ORDERED */
static void engine_ordered(struct kunit *test)
{
	struct engine_cmd *ec = engine_cmds(test, 4);
	struct engine *e = test->priv;

	engine_submit_attr(&ec[0], e->alice, SCST_ATTR_SIMPLE);
	engine_submit_attr(&ec[1], e->alice, SCST_ATTR_ORDERED);
	engine_submit_attr(&ec[2], e->alice, SCST_ATTR_SIMPLE);
	KUNIT_EXPECT_NE(test, ec[0].executed, 0);
	KUNIT_EXPECT_EQ(test, ec[1].executed, 0);
	KUNIT_EXPECT_EQ(test, ec[2].executed, 0);

	/* another nexus has a task set of its own */
	engine_submit_attr(&ec[3], e->bob, SCST_ATTR_SIMPLE);
	KUNIT_EXPECT_NE(test, ec[3].executed, 0);

	engine_end(&ec[0]);
	KUNIT_EXPECT_NE(test, ec[1].executed, 0);
	KUNIT_EXPECT_EQ(test, ec[2].executed, 0);
	engine_end(&ec[1]);
	KUNIT_EXPECT_NE(test, ec[2].executed, 0);
	engine_end(&ec[2]);
	engine_end(&ec[3]);
}

static void engine_head_of_queue(struct kunit *test)
{
	struct engine_cmd *ec = engine_cmds(test, 4);
	struct engine *e = test->priv;

	engine_submit_attr(&ec[0], e->alice, SCST_ATTR_SIMPLE);
	engine_submit_attr(&ec[1], e->alice, SCST_ATTR_ORDERED);
	engine_submit_attr(&ec[2], e->alice, SCST_ATTR_HEAD_OF_QUEUE);
	KUNIT_EXPECT_NE(test, ec[2].executed, 0);
	KUNIT_EXPECT_EQ(test, ec[1].executed, 0);
	engine_submit_attr(&ec[3], e->alice, SCST_ATTR_SIMPLE);
	KUNIT_EXPECT_EQ(test, ec[3].executed, 0);
	engine_end(&ec[0]);
	/* SAM-5 8.6: it is younger, but ORDERED waits for it all the same */
	KUNIT_EXPECT_EQ(test, ec[1].executed, 0);
	engine_end(&ec[2]);
	KUNIT_EXPECT_NE(test, ec[1].executed, 0);
	KUNIT_EXPECT_EQ(test, ec[3].executed, 0);
	engine_end(&ec[1]);
	KUNIT_EXPECT_NE(test, ec[3].executed, 0);
	engine_end(&ec[3]);
}

static void engine_tm_submit(struct engine_tm *tm, struct scst_session *sess,
			     enum scst_tm_fn fn, struct engine_cmd *ec)
{
	memset(tm, 0, sizeof(*tm));
	tm->tm.sess = sess;
	tm->tm.fn = fn;
	tm->tm.tag = (unsigned long)ec;
	scst_tm_submit(&tm->tm);
}

/* What the core leaves to its workers is done */
static void engine_settle(void)
{
	flush_workqueue(scst_mgmt_wq);
}

static void engine_abort_executing(struct kunit *test)
{
	struct engine_cmd *ec = engine_cmds(test, 1);
	struct engine *e = test->priv;
	struct engine_tm tm;

	engine_submit(ec, e->alice, READ_10, 0, 1);
	engine_tm_submit(&tm, e->alice, SCST_TM_ABORT_TASK, ec);
	KUNIT_EXPECT_EQ(test, tm.done, 0);
	scst_cmd_complete(&ec->cmd, SCST_GOOD);
	KUNIT_EXPECT_EQ(test, tm.done, 0);
	KUNIT_EXPECT_TRUE(test, scst_cmd_aborted(&ec->cmd));
	KUNIT_EXPECT_FALSE(test, test_bit(SCST_CMDF_ABORT_TAS, &ec->cmd.flags));
	scst_cmd_finish(&ec->cmd);
	KUNIT_EXPECT_EQ(test, tm.done, 1);
	KUNIT_EXPECT_EQ(test, tm.tm.result, SCST_TM_COMPLETE);
}

static void engine_abort_data_wait(struct kunit *test)
{
	struct engine_cmd *ec = engine_cmds(test, 1);
	struct engine *e = test->priv;
	struct engine_tm tm;

	engine_submit(ec, e->alice, WRITE_10, 0, 1);
	engine_tm_submit(&tm, e->alice, SCST_TM_ABORT_TASK, ec);
	KUNIT_EXPECT_EQ(test, ec->aborts, 1);
	scst_cmd_data_ready(&ec->cmd, SCST_TASK_ABORTED);
	KUNIT_EXPECT_EQ(test, ec->executed, 0);
	KUNIT_EXPECT_EQ(test, ec->responses, 1);
	scst_cmd_finish(&ec->cmd);
	KUNIT_EXPECT_EQ(test, tm.done, 1);
}

static void engine_abort_deferred(struct kunit *test)
{
	struct engine_cmd *ec = engine_cmds(test, 2);
	struct engine *e = test->priv;
	struct engine_tm tm;

	engine_submit_attr(&ec[0], e->alice, SCST_ATTR_SIMPLE);
	engine_submit_attr(&ec[1], e->alice, SCST_ATTR_ORDERED);
	engine_tm_submit(&tm, e->alice, SCST_TM_ABORT_TASK, &ec[1]);
	KUNIT_EXPECT_EQ(test, ec[1].executed, 0);
	KUNIT_EXPECT_EQ(test, ec[1].responses, 1);
	scst_cmd_finish(&ec[1].cmd);
	KUNIT_EXPECT_EQ(test, tm.done, 1);
	engine_end(&ec[0]);
}

static void engine_abort_unknown(struct kunit *test)
{
	struct engine *e = test->priv;
	struct engine_tm tm;

	engine_tm_submit(&tm, e->alice, SCST_TM_ABORT_TASK, NULL);
	KUNIT_EXPECT_EQ(test, tm.done, 1);
	KUNIT_EXPECT_EQ(test, tm.tm.result, SCST_TM_NO_TASK);
}

static void engine_lun_reset(struct kunit *test)
{
	struct engine_cmd *ec = engine_cmds(test, 3);
	struct engine *e = test->priv;
	struct engine_tm tm;

	engine_submit(&ec[0], e->alice, READ_10, 0, 1);
	engine_submit(&ec[1], e->bob, READ_10, 0, 1);
	engine_tm_submit(&tm, e->alice, SCST_TM_LUN_RESET, NULL);
	KUNIT_EXPECT_TRUE(test, scst_cmd_aborted(&ec[1].cmd));
	scst_cmd_complete(&ec[1].cmd, SCST_GOOD);
	/* her own responses are waited for, not those of others */
	scst_cmd_complete(&ec[0].cmd, SCST_GOOD);
	engine_settle();
	KUNIT_EXPECT_EQ(test, tm.done, 0);
	scst_cmd_finish(&ec[0].cmd);
	engine_settle();
	KUNIT_EXPECT_EQ(test, tm.done, 1);
	scst_cmd_finish(&ec[1].cmd);

	engine_submit(&ec[2], e->bob, READ_10, 0, 1);
	KUNIT_EXPECT_EQ(test, (__force u32)ec[2].cmd.result,
			(__force u32)SCST_UA_DEVICE_RESET);
	scst_cmd_finish(&ec[2].cmd);
}

/* An initiator that does not read keeps nobody waiting */
static void engine_lun_reset_unread(struct kunit *test)
{
	struct engine_cmd *ec = engine_cmds(test, 2);
	struct engine *e = test->priv;
	struct engine_tm tm;

	engine_submit(&ec[0], e->bob, READ_10, 0, 1);
	engine_submit(&ec[1], e->bob, READ_10, 0, 1);
	scst_cmd_complete(&ec[0].cmd, SCST_GOOD);
	engine_tm_submit(&tm, e->alice, SCST_TM_LUN_RESET, NULL);
	/* if it is the data that he does not send, the driver has to know */
	KUNIT_EXPECT_EQ(test, ec[0].aborts, 1);
	KUNIT_EXPECT_EQ(test, ec[1].aborts, 0);
	KUNIT_EXPECT_EQ(test, tm.done, 0);
	scst_cmd_complete(&ec[1].cmd, SCST_GOOD);
	engine_settle();
	KUNIT_EXPECT_EQ(test, tm.done, 1);
	scst_cmd_finish(&ec[0].cmd);
	scst_cmd_finish(&ec[1].cmd);
}

static void engine_reservation(struct kunit *test)
{
	struct engine_cmd *ec = engine_cmds(test, 3);
	struct engine *e = test->priv;

	engine_submit(&ec[0], e->alice, RESERVE_10, 0, 0);
	KUNIT_EXPECT_EQ(test, ec[0].cmd.status, SAM_STAT_GOOD);
	scst_cmd_finish(&ec[0].cmd);

	engine_submit(&ec[1], e->bob, READ_10, 0, 1);
	KUNIT_EXPECT_EQ(test, ec[1].cmd.status, SAM_STAT_RESERVATION_CONFLICT);
	scst_cmd_finish(&ec[1].cmd);

	/* the end of the nexus is the end of its reservation */
	engine_end_session(test, e->alice);
	e->alice = NULL;
	engine_submit(&ec[2], e->bob, READ_10, 0, 1);
	KUNIT_EXPECT_NE(test, ec[2].executed, 0);
	engine_end(&ec[2]);
}

static void engine_reservation_of_lun(struct kunit *test)
{
	struct engine_cmd *ec = engine_cmds(test, 2);
	struct engine *e = test->priv;

	engine_submit(&ec[0], e->alice, RESERVE_10, 0, 0);
	KUNIT_EXPECT_EQ(test, ec[0].cmd.status, SAM_STAT_GOOD);
	scst_cmd_finish(&ec[0].cmd);

	/* another LUN of hers, that shows the same device, has nothing to do */
	KUNIT_EXPECT_EQ(test, scst_group_lun_del("Default", "engine0", 1), 0);
	engine_submit(&ec[1], e->bob, READ_10, 0, 1);
	scst_cmd_finish(&ec[1].cmd);
	engine_submit(&ec[1], e->bob, READ_10, 0, 1);
	KUNIT_EXPECT_EQ(test, ec[1].cmd.status, SAM_STAT_RESERVATION_CONFLICT);
	scst_cmd_finish(&ec[1].cmd);
}

/* RESERVE that the end of the session has just missed */
static void engine_reservation_late(struct kunit *test)
{
	struct engine_cmd *ec = engine_cmds(test, 3);
	struct engine *e = test->priv;

	engine_submit(&ec[0], e->alice, READ_10, 0, 1);
	engine_init_cmd(&ec[1], e->alice, RESERVE_10, 0, 0);
	ec[1].cmd.attr = SCST_ATTR_ORDERED;
	scst_cmd_submit(&ec[1].cmd);
	scst_session_unregister(e->alice, engine_released);
	e->alice = NULL;
	ec[1].cmd.execute(&ec[1].cmd);
	scst_cmd_finish(&ec[1].cmd);
	engine_end(&ec[0]);
	KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&e->released,
							  ENGINE_TIMEOUT), 0);
	engine_submit(&ec[2], e->bob, READ_10, 0, 1);
	KUNIT_EXPECT_NE(test, ec[2].executed, 0);
	if (ec[2].executed)
		engine_end(&ec[2]);
	else
		scst_cmd_finish(&ec[2].cmd);
}

static void engine_capacity(struct kunit *test)
{
	struct engine_cmd *ec = engine_cmds(test, 1);
	struct engine *e = test->priv;

	scst_device_set_capacity(e->dev, ENGINE_BLOCKS * 2);
	engine_submit(ec, e->alice, READ_10, ENGINE_BLOCKS + 5, 1);
	KUNIT_EXPECT_EQ(test, (__force u32)ec->cmd.result,
			(__force u32)SCST_UA_CAPACITY_CHANGED);
	scst_cmd_finish(&ec->cmd);
	engine_submit(ec, e->alice, READ_10, ENGINE_BLOCKS + 5, 1);
	KUNIT_EXPECT_NE(test, ec->executed, 0);
	engine_end(ec);
}

struct engine_deletion {
	struct completion done;
	int ret;
};

static int engine_delete_lun(void *arg)
{
	struct engine_deletion *del = arg;

	del->ret = scst_group_lun_del("Default", "engine0", 0);
	complete(&del->done);
	return 0;
}

/* Until the LUN is gone for new commands */
static void engine_wait_deleted(struct engine_cmd *ec,
				struct scst_session *sess)
{
	do {
		engine_submit(ec, sess, READ_10, 0, 1);
		if (ec->executed)
			engine_end(ec);
		else
			scst_cmd_finish(&ec->cmd);
		cond_resched();
	} while (ec->cmd.result != SCST_LUN_NOT_SUPPORTED);
}

/* Deleting a LUN waits for its own command, and nobody else's */
static void engine_delete_busy_lun(struct kunit *test)
{
	struct engine_cmd *ec = engine_cmds(test, 3);
	struct engine *e = test->priv;
	struct engine_deletion del = {};
	struct task_struct *task;

	init_completion(&del.done);
	engine_submit(&ec[0], e->alice, READ_10, 0, 1);
	task = kthread_run(engine_delete_lun, &del, "engine_delete");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, task);
	/* the LUN is gone for new commands while the old one still runs */
	engine_wait_deleted(&ec[1], e->alice);
	KUNIT_EXPECT_FALSE(test, completion_done(&del.done));
	KUNIT_EXPECT_TRUE(test, test_bit(SCST_CMDF_ABORT_TAS,
					 &ec[0].cmd.flags));
	engine_end(&ec[0]);
	KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&del.done,
							  ENGINE_TIMEOUT), 0);
	KUNIT_EXPECT_EQ(test, del.ret, 0);

	/* the LUN that stays tells of the change */
	engine_init_cmd(&ec[2], e->alice, READ_10, 0, 1);
	ec[2].cmd.lun_addr = 1;
	scst_cmd_submit(&ec[2].cmd);
	KUNIT_EXPECT_EQ(test, (__force u32)ec[2].cmd.result,
			(__force u32)SCST_UA_POWER_ON);
	scst_cmd_finish(&ec[2].cmd);
	engine_init_cmd(&ec[2], e->alice, READ_10, 0, 1);
	ec[2].cmd.lun_addr = 1;
	scst_cmd_submit(&ec[2].cmd);
	KUNIT_EXPECT_EQ(test, (__force u32)ec[2].cmd.result,
			(__force u32)SCST_UA_LUNS_CHANGED);
	scst_cmd_finish(&ec[2].cmd);
}

/* A LUN that goes during a reset is part of it until its commands have ended */
static void engine_target_reset_busy_lun(struct kunit *test)
{
	struct engine_cmd *ec = engine_cmds(test, 3);
	struct engine *e = test->priv;
	struct engine_deletion del = {};
	struct task_struct *task;
	struct engine_tm tm;

	/* no other LUN of hers leads to the device */
	KUNIT_ASSERT_EQ(test, scst_group_lun_del("Default", "engine0", 1), 0);
	engine_submit(&ec[2], e->alice, READ_10, 0, 1);
	KUNIT_ASSERT_EQ(test, (__force u32)ec[2].cmd.result,
			(__force u32)SCST_UA_LUNS_CHANGED);
	scst_cmd_finish(&ec[2].cmd);
	init_completion(&del.done);
	engine_submit(&ec[0], e->alice, READ_10, 0, 1);
	engine_submit(&ec[1], e->alice, READ_10, 0, 1);
	engine_tm_submit(&tm, e->alice, SCST_TM_TARGET_RESET, NULL);
	task = kthread_run(engine_delete_lun, &del, "engine_delete");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, task);
	engine_wait_deleted(&ec[2], e->alice);
	engine_end(&ec[0]);
	engine_settle();
	KUNIT_EXPECT_EQ(test, tm.done, 0);
	engine_end(&ec[1]);
	engine_settle();
	KUNIT_EXPECT_EQ(test, tm.done, 1);
	KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&del.done,
							  ENGINE_TIMEOUT), 0);
	KUNIT_EXPECT_EQ(test, del.ret, 0);
}

/* A session moves as soon as a group claims its name */
static void engine_reassignment(struct kunit *test)
{
	struct engine_cmd *ec = engine_cmds(test, 1);
	struct engine *e = test->priv;

	KUNIT_ASSERT_EQ(test, scst_group_add("engine_empty"), 0);
	KUNIT_ASSERT_EQ(test, scst_group_name_add("engine_empty",
						  "iqn.2026-11.test:al*"), 0);
	engine_submit(ec, e->alice, READ_10, 0, 1);
	KUNIT_EXPECT_EQ(test, (__force u32)ec->cmd.result,
			(__force u32)SCST_LUN_NOT_SUPPORTED);
	scst_cmd_finish(&ec->cmd);
	KUNIT_EXPECT_EQ(test, scst_group_del("engine_empty"), -EBUSY);
	KUNIT_ASSERT_EQ(test, scst_group_name_clear("engine_empty"), 0);
	KUNIT_EXPECT_EQ(test, scst_group_del("engine_empty"), 0);
	engine_clear_ua(test, e->alice);
}

static void engine_end_with_commands(struct kunit *test)
{
	struct engine_cmd *ec = engine_cmds(test, 2);
	struct engine *e = test->priv;

	engine_submit(&ec[0], e->alice, WRITE_10, 0, 1);
	engine_submit(&ec[1], e->alice, READ_10, 0, 1);
	scst_session_unregister(e->alice, engine_released);
	KUNIT_EXPECT_EQ(test, ec[0].aborts, 1);
	KUNIT_EXPECT_FALSE(test, completion_done(&e->released));
	scst_cmd_data_ready(&ec[0].cmd, SCST_TASK_ABORTED);
	scst_cmd_finish(&ec[0].cmd);
	engine_end(&ec[1]);
	KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&e->released,
							  ENGINE_TIMEOUT), 0);
	e->alice = NULL;
}

static struct kunit_case engine_cases[] = {
	KUNIT_CASE(engine_read),
	KUNIT_CASE(engine_write),
	KUNIT_CASE(engine_write_cache_off),
	KUNIT_CASE_PARAM(engine_refuses, engine_refusal_gen_params),
	KUNIT_CASE(engine_short_expectation),
	KUNIT_CASE(engine_long_expectation),
	KUNIT_CASE(engine_read_as_write),
	KUNIT_CASE(engine_ordered),
	KUNIT_CASE(engine_head_of_queue),
	KUNIT_CASE(engine_abort_executing),
	KUNIT_CASE(engine_abort_data_wait),
	KUNIT_CASE(engine_abort_deferred),
	KUNIT_CASE(engine_abort_unknown),
	KUNIT_CASE(engine_lun_reset),
	KUNIT_CASE(engine_lun_reset_unread),
	KUNIT_CASE(engine_reservation),
	KUNIT_CASE(engine_reservation_of_lun),
	KUNIT_CASE(engine_reservation_late),
	KUNIT_CASE(engine_capacity),
	KUNIT_CASE(engine_delete_busy_lun),
	KUNIT_CASE(engine_target_reset_busy_lun),
	KUNIT_CASE(engine_reassignment),
	KUNIT_CASE(engine_end_with_commands),
	{}
};

static struct kunit_suite engine_suite = {
	.name = "scst_engine",
	.suite_init = engine_suite_init,
	.suite_exit = engine_suite_exit,
	.init = engine_init,
	.exit = engine_exit,
	.test_cases = engine_cases,
};

kunit_test_suite(engine_suite);

MODULE_DESCRIPTION("KUnit tests of the SCST command engine");
MODULE_LICENSE("GPL");
