// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the command engine: states, order, task management, and LUNs
 * that go while they are in use.
 */
#include <kunit/test.h>
#include <linux/array_size.h>
#include <linux/kthread.h>

#include "engine_fixture.h"

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

/* -------------------------------------------------------------------------
 * What each task management function hits
 */

enum engine_task {
	TASK_RUNS,	/* of alice at LUN 0: is executed */
	TASK_WAITS,	/* the same: waits for data */
	TASK_ORDERED,	/* the same: waits for the two before */
	TASK_ELSEWHERE,	/* of alice at LUN 1, which is the same device */
	TASK_BOB_RUNS,
	TASK_BOB_WAITS,
	NR_TASKS,
};

#define TASKS_OF_NEXUS	(BIT(TASK_RUNS) | BIT(TASK_WAITS) | BIT(TASK_ORDERED))
#define ALL_TASKS	(BIT(NR_TASKS) - 1)

static const struct {
	bool bob;
	u32 lun;
	u8 opcode;
	enum scst_attr attr;
} engine_tasks[NR_TASKS] = {
	[TASK_RUNS] = { false, 0, READ_10, SCST_ATTR_SIMPLE },
	[TASK_WAITS] = { false, 0, WRITE_10, SCST_ATTR_SIMPLE },
	[TASK_ORDERED] = { false, 0, READ_10, SCST_ATTR_ORDERED },
	[TASK_ELSEWHERE] = { false, 1, READ_10, SCST_ATTR_SIMPLE },
	[TASK_BOB_RUNS] = { true, 0, READ_10, SCST_ATTR_SIMPLE },
	[TASK_BOB_WAITS] = { true, 0, WRITE_10, SCST_ATTR_SIMPLE },
};

struct engine_tm_case {
	const char *desc;
	enum scst_tm_fn fn;
	unsigned int aborted;	/* bits of enum engine_task */
	scst_sense_t ua;	/* of every nexus afterwards */
};

static const struct engine_tm_case engine_tm_cases[] = {
	{ "ABORT TASK", SCST_TM_ABORT_TASK, BIT(TASK_RUNS), SCST_GOOD },
	{ "ABORT TASK SET", SCST_TM_ABORT_TASK_SET, TASKS_OF_NEXUS, SCST_GOOD },
	/* with TST 001b the task set is that of the nexus (SAM-5 7.5) */
	{ "CLEAR TASK SET", SCST_TM_CLEAR_TASK_SET, TASKS_OF_NEXUS, SCST_GOOD },
	{ "CLEAR ACA", SCST_TM_CLEAR_ACA, 0, SCST_GOOD },
	{ "LUN RESET", SCST_TM_LUN_RESET, ALL_TASKS, SCST_UA_DEVICE_RESET },
	{ "TARGET RESET", SCST_TM_TARGET_RESET, ALL_TASKS,
	  SCST_UA_DEVICE_RESET },
};

static void engine_tm_desc(const struct engine_tm_case *c, char *desc)
{
	strscpy(desc, c->desc, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(engine_tm, engine_tm_cases, engine_tm_desc);

static void engine_submit_task(struct engine *e, struct engine_cmd *ec,
			       enum engine_task task)
{
	engine_init_cmd(ec, engine_tasks[task].bob ? e->bob : e->alice,
			engine_tasks[task].opcode, 0, 1);
	ec->cmd.lun_addr = engine_tasks[task].lun;
	ec->cmd.attr = engine_tasks[task].attr;
	scst_cmd_submit(&ec->cmd);
}

/* Whatever the command waits for comes, but for data that nobody wants */
static void engine_end_task(struct engine_cmd *ec)
{
	struct scst_cmd *cmd = &ec->cmd;

	if (cmd->state == SCST_CMD_DATA_WAIT)
		scst_cmd_data_ready(cmd, scst_cmd_aborted(cmd) ?
					 SCST_TASK_ABORTED : SCST_GOOD);
	if (cmd->state == SCST_CMD_EXEC_WAIT)
		scst_cmd_complete(cmd, SCST_GOOD);
	scst_cmd_finish(cmd);
}

static void engine_check_task(struct kunit *test, struct engine_cmd *ec,
			      enum engine_task task, bool aborted)
{
	bool waits = engine_tasks[task].opcode == WRITE_10;
	bool runs = !waits && task != TASK_ORDERED;
	struct scst_cmd *cmd = &ec->cmd;
	u32 result = 0;

	if (aborted && !runs)
		result = (__force u32)SCST_TASK_ABORTED;
	KUNIT_EXPECT_EQ_MSG(test, scst_cmd_aborted(cmd), aborted, "task %u",
			    task);
	KUNIT_EXPECT_EQ_MSG(test, test_bit(SCST_CMDF_ABORT_TAS, &cmd->flags),
			    aborted && engine_tasks[task].bob, "task %u", task);
	/* the driver is told, maybe twice, to wait for no more data */
	KUNIT_EXPECT_EQ_MSG(test, ec->aborts > 0, aborted && waits, "task %u",
			    task);
	engine_end_task(ec);
	KUNIT_EXPECT_EQ_MSG(test, ec->responses, 1, "task %u", task);
	KUNIT_EXPECT_EQ_MSG(test, !ec->executed, aborted && !runs, "task %u",
			    task);
	KUNIT_EXPECT_EQ_MSG(test, (__force u32)cmd->result, result, "task %u",
			    task);
}

static void engine_expect_uas(struct kunit *test, scst_sense_t ua)
{
	struct engine *e = test->priv;

	engine_expect_ua(test, e->alice, 0, ua);
	engine_expect_ua(test, e->alice, 1, ua);
	engine_expect_ua(test, e->bob, 0, ua);
}

static void engine_tm_hits(struct kunit *test)
{
	struct engine_cmd *ec = engine_cmds(test, NR_TASKS);
	const struct engine_tm_case *c = test->param_value;
	struct engine *e = test->priv;
	struct engine_tm tm;
	unsigned int i;

	engine_expect_ua(test, e->alice, 1, SCST_UA_POWER_ON);
	for (i = 0; i < NR_TASKS; i++)
		engine_submit_task(e, &ec[i], i);
	engine_hurried = 0;
	engine_tm_submit(&tm, e->alice, c->fn, &ec[TASK_RUNS]);
	KUNIT_EXPECT_EQ(test, engine_hurried, c->aborted ? BIT(c->fn) : 0);
	KUNIT_EXPECT_EQ(test, tm.done, c->aborted ? 0 : 1);
	for (i = 0; i < NR_TASKS; i++) {
		if (c->aborted & BIT(i))
			KUNIT_EXPECT_EQ_MSG(test, tm.done, 0, "task %u", i);
		engine_check_task(test, &ec[i], i, c->aborted & BIT(i));
	}
	engine_settle();
	KUNIT_EXPECT_EQ(test, tm.done, 1);
	KUNIT_EXPECT_EQ(test, tm.tm.result, SCST_TM_COMPLETE);
	engine_expect_uas(test, c->ua);
	engine_expect_uas(test, SCST_GOOD);
}

/* Functions that find nothing to abort, or no logical unit at all */
static void engine_tm_nothing(struct kunit *test)
{
	static const enum scst_tm_result results[] = {
		[SCST_TM_ABORT_TASK] = SCST_TM_NO_TASK,
		[SCST_TM_ABORT_TASK_SET] = SCST_TM_COMPLETE,
		[SCST_TM_CLEAR_ACA] = SCST_TM_COMPLETE,
		[SCST_TM_CLEAR_TASK_SET] = SCST_TM_COMPLETE,
		[SCST_TM_LUN_RESET] = SCST_TM_COMPLETE,
		[SCST_TM_TARGET_RESET] = SCST_TM_COMPLETE,
	};
	static const u32 luns[] = { 0, 7, SCST_LUN_INVALID };
	struct engine *e = test->priv;
	enum scst_tm_result result;
	struct engine_tm tm;
	unsigned int fn, i;

	for (fn = 0; fn < ARRAY_SIZE(results); fn++) {
		for (i = 0; i < ARRAY_SIZE(luns); i++) {
			result = results[fn];
			if (luns[i] && fn != SCST_TM_TARGET_RESET)
				result = SCST_TM_NO_LUN;
			memset(&tm, 0, sizeof(tm));
			tm.tm.sess = e->alice;
			tm.tm.fn = fn;
			tm.tm.lun_addr = luns[i];
			scst_tm_submit(&tm.tm);
			KUNIT_EXPECT_EQ(test, tm.done, 1);
			KUNIT_EXPECT_EQ_MSG(test, tm.tm.result, result,
					    "function %u, LUN %u", fn, luns[i]);
		}
	}
}

/* ABORT TASK knows the tasks of its own nexus, whatever tags others use */
static void engine_abort_of_others(struct kunit *test)
{
	static const enum engine_task others[] = {
		TASK_ELSEWHERE, TASK_BOB_RUNS, TASK_BOB_WAITS,
	};
	struct engine_cmd *ec = engine_cmds(test, NR_TASKS);
	struct engine *e = test->priv;
	struct engine_tm tm;
	unsigned int i;

	engine_expect_ua(test, e->alice, 1, SCST_UA_POWER_ON);
	for (i = 0; i < ARRAY_SIZE(others); i++) {
		engine_submit_task(e, &ec[i], others[i]);
		engine_tm_submit(&tm, e->alice, SCST_TM_ABORT_TASK, &ec[i]);
		KUNIT_EXPECT_EQ(test, tm.done, 1);
		KUNIT_EXPECT_EQ(test, tm.tm.result, SCST_TM_NO_TASK);
		engine_check_task(test, &ec[i], others[i], false);
	}
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
	engine_expect_ua(test, e->alice, 0, SCST_UA_POWER_ON);
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
	KUNIT_CASE_PARAM(engine_tm_hits, engine_tm_gen_params),
	KUNIT_CASE(engine_tm_nothing),
	KUNIT_CASE(engine_abort_of_others),
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
