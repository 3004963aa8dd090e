/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A target with two initiators and a device of two LUNs, whose driver and
 * handler do nothing by themselves: each test decides what happens when.
 */
#ifndef _SCST_ENGINE_FIXTURE_H
#define _SCST_ENGINE_FIXTURE_H

#include <kunit/test.h>
#include <linux/blkdev.h>
#include <linux/completion.h>
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
static unsigned int engine_hurried;	/* bits of enum scst_tm_fn */

static inline struct engine_cmd *to_engine_cmd(struct scst_cmd *cmd)
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
	.protocol = SCSI_PROTOCOL_UNSPEC,
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
	if (scst_spc_parse(cmd))
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

static void engine_hurry(struct scst_device *dev, enum scst_tm_fn fn)
{
	engine_hurried |= BIT(fn);
}

static struct scst_handler engine_handler = {
	.name = "engine_test",
	.type = -1,
	.hidden = true,
	.parse = engine_parse,
	.detach = engine_detach,
	.tm = engine_hurry,
	.flush = engine_flush,
};

static inline void engine_released(struct scst_session *sess)
{
	complete(sess->priv);
}

static inline void engine_init_cmd(struct engine_cmd *ec,
				   struct scst_session *sess, u8 opcode,
				   u32 lba, u16 nblocks)
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

static inline void engine_submit(struct engine_cmd *ec,
				 struct scst_session *sess, u8 opcode, u32 lba,
				 u16 nblocks)
{
	engine_init_cmd(ec, sess, opcode, lba, nblocks);
	scst_cmd_submit(&ec->cmd);
}

static inline void engine_submit_attr(struct engine_cmd *ec,
				      struct scst_session *sess,
				      enum scst_attr attr)
{
	engine_init_cmd(ec, sess, READ_10, 0, 1);
	ec->cmd.attr = attr;
	scst_cmd_submit(&ec->cmd);
}

static inline void engine_end(struct engine_cmd *ec)
{
	scst_cmd_complete(&ec->cmd, SCST_GOOD);
	scst_cmd_finish(&ec->cmd);
}

static inline struct engine_cmd *engine_cmds(struct kunit *test,
					     unsigned int nr)
{
	struct engine_cmd *ec = kunit_kcalloc(test, nr, sizeof(*ec),
					      GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, ec);
	return ec;
}

/* The next command of a nexus reports @ua, or is executed if there is none */
static inline void engine_expect_ua(struct kunit *test,
				    struct scst_session *sess, u32 lun,
				    scst_sense_t ua)
{
	struct engine_cmd *ec = engine_cmds(test, 1);

	engine_init_cmd(ec, sess, READ_10, 0, 1);
	ec->cmd.lun_addr = lun;
	scst_cmd_submit(&ec->cmd);
	if (ec->executed)
		engine_end(ec);
	else
		scst_cmd_finish(&ec->cmd);
	KUNIT_EXPECT_EQ(test, ec->responses, 1);
	KUNIT_EXPECT_EQ_MSG(test, (__force u32)ec->cmd.result, (__force u32)ua,
			    "%s, LUN %u", sess->initiator, lun);
}

static inline struct scst_session *engine_session(struct kunit *test,
						  const char *name)
{
	struct engine *e = test->priv;
	struct scst_session *sess;

	sess = scst_session_register(e->tgt, name, &e->released);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, sess);
	/* every new nexus begins with it */
	engine_expect_ua(test, sess, 0, SCST_UA_POWER_ON);
	return sess;
}

static inline void engine_end_session(struct kunit *test,
				      struct scst_session *sess)
{
	struct engine *e = test->priv;

	scst_session_unregister(sess, engine_released);
	KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&e->released,
							  ENGINE_TIMEOUT), 0);
}

static inline int engine_suite_init(struct kunit_suite *suite)
{
	int ret = scst_tgt_driver_register(&engine_ops);

	if (ret)
		return ret;
	ret = scst_handler_register(&engine_handler);
	if (ret)
		scst_tgt_driver_unregister(&engine_ops);
	return ret;
}

static inline void engine_suite_exit(struct kunit_suite *suite)
{
	scst_handler_unregister(&engine_handler);
	scst_tgt_driver_unregister(&engine_ops);
}

static inline int engine_init(struct kunit *test)
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

static inline void engine_exit(struct kunit *test)
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

static inline void engine_tm_submit(struct engine_tm *tm,
				    struct scst_session *sess,
				    enum scst_tm_fn fn, struct engine_cmd *ec)
{
	memset(tm, 0, sizeof(*tm));
	tm->tm.sess = sess;
	tm->tm.fn = fn;
	tm->tm.tag = (unsigned long)ec;
	scst_tm_submit(&tm->tm);
}

/* What the core leaves to its workers is done */
static inline void engine_settle(void)
{
	flush_workqueue(scst_mgmt_wq);
}

#endif /* _SCST_ENGINE_FIXTURE_H */
