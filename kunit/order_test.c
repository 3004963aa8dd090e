// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the order of CmdSN: gaps, what is held behind them, what is
 * dropped, and how task management reaches it.
 */
#include <kunit/test.h>
#include <linux/array_size.h>

#include "iscsi_fixture.h"

#define ORDER_MAX	9
#define ORDER_IMM	0x40	/* an immediate request, with any number */
#define ORDER_END	0x7f
#define ORDER_LUN	5

/* Numbers count from the first one; what is executed is told by its arrival */
struct order_case {
	const char *desc;
	s8 arrive[ORDER_MAX];
	s8 execute[ORDER_MAX];
	u32 used;	/* numbers */
};

#define END	ORDER_END
#define IMM(n)	(ORDER_IMM | (n))

static const struct order_case order_cases[] = {
	{ "in order", { 0, 1, 2, 3, END }, { 0, 1, 2, 3, END }, 4 },
	{ "gap that is filled", { 1, 2, 0, END }, { 2, 0, 1, END }, 3 },
	{ "backwards", { 3, 2, 1, 0, END }, { 3, 2, 1, 0, END }, 4 },
	{ "two gaps", { 1, 3, 4, 0, 2, END }, { 3, 0, 4, 1, 2, END }, 5 },
	{ "gap that stays", { 0, 2, 3, END }, { 0, END }, 1 },
	{ "held twice", { 1, 1, 0, END }, { 2, 0, END }, 2 },
	{ "again", { 0, 0, 1, END }, { 0, 2, END }, 2 },
	{ "before the window", { -1, 0, -3, END }, { 1, END }, 1 },
	{ "behind the window", { 8, 0, 9, END }, { 1, END }, 1 },
	{ "whole window", { 7, 6, 5, 4, 3, 2, 1, 0, END },
	  { 7, 6, 5, 4, 3, 2, 1, 0, END }, 8 },
	{ "immediate", { IMM(0), 0, IMM(1), 1, END }, { 0, 1, 2, 3, END }, 2 },
	{ "immediate passes a gap", { 1, IMM(2), 0, END }, { 1, 2, 0, END },
	  2 },
};

static void order_desc(const struct order_case *c, char *desc)
{
	strscpy(desc, c->desc, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(order, order_cases, order_desc);

/* -------------------------------------------------------------------------
 * Requests; the initiator task tag says which one it is
 */

static void order_ping(struct kunit *test, u8 bits, u32 sn, u32 itt)
{
	struct scst_iscsi_ctl *ctl;

	ctl = iscsi_ctl(test, ISCSI_OP_NOP_OUT | bits, sn, itt);
	scst_iscsi_order(iscsi_conn(test), &ctl->pdu);
}

static struct scst_iscsi_cmd *order_cmd(struct kunit *test, u8 bits, u32 sn,
					u32 itt, u8 lun, u8 flags)
{
	struct iscsi_scsi_cmd req = {
		.opcode = ISCSI_OP_SCSI_CMD | bits,
		.flags = flags,
		.lun = { 0, lun },
		.itt = cpu_to_be32(itt),
		.edtl = cpu_to_be32(512),
		.cmd_sn = cpu_to_be32(sn),
		.cdb = { flags & ISCSI_CMD_WRITE ? WRITE_10 : READ_10,
			 [8] = 1 },
	};
	struct scst_iscsi_cmd *cmd;

	cmd = scst_iscsi_cmd_get(iscsi_conn(test), bits);
	KUNIT_ASSERT_NOT_NULL(test, cmd);
	KUNIT_ASSERT_EQ(test, scst_iscsi_cmd_fill(cmd, (struct iscsi_bhs *)&req,
						  NULL), 0);
	return cmd;
}

static void order_read(struct kunit *test, u8 bits, u32 sn, u32 itt, u8 lun)
{
	struct scst_iscsi_cmd *cmd;

	cmd = order_cmd(test, bits, sn, itt, lun,
			ISCSI_F_FINAL | ISCSI_CMD_READ);
	scst_iscsi_order(iscsi_conn(test), &cmd->pdu);
}

/* Return: the tag of what was executed next, ORDER_END if nothing was */
static u32 order_executed(struct kunit *test)
{
	struct scst_iscsi_out *out = iscsi_sent(test);
	struct scst_iscsi_pdu *pdu;
	u32 itt;

	if (!out)
		return ORDER_END;
	if (out->kind == SCST_ISCSI_OUT_CMD) {
		pdu = &out_to_cmd(out)->pdu;
		KUNIT_EXPECT_EQ(test, (__force u32)out_to_cmd(out)->scst.result,
				(__force u32)SCST_LUN_NOT_SUPPORTED);
		scst_cmd_finish(&out_to_cmd(out)->scst);
	} else {
		pdu = &out_to_ctl(out)->pdu;
	}
	itt = be32_to_cpu(pdu->bhs.itt);
	scst_iscsi_pdu_free(pdu);
	return itt;
}

/* As many numbers were used, and the window is open again */
static void order_expect_used(struct kunit *test, u32 used)
{
	const struct scst_iscsi_cmdsn *w = &iscsi_conn(test)->cmdsn;

	KUNIT_EXPECT_EQ(test, w->exp, ISCSI_FIRST_SN + used);
	KUNIT_EXPECT_EQ(test, w->max, ISCSI_FIRST_SN + used + ISCSI_WINDOW - 1);
}

static void order_expect(struct kunit *test, const s8 *want, u32 used)
{
	unsigned int i = 0;

	do {
		KUNIT_EXPECT_EQ_MSG(test, order_executed(test), want[i],
				    "place %u", i);
	} while (want[i++] != ORDER_END);
	KUNIT_EXPECT_EQ(test, order_executed(test), ORDER_END);
	order_expect_used(test, used);
}

/* -------------------------------------------------------------------------
 * Tests
 */

static void order_arrive(struct kunit *test, s8 number, u32 itt, bool ping)
{
	bool imm = number > 0 && number & ORDER_IMM;
	u8 bits = imm ? ISCSI_OPF_IMMEDIATE : 0;
	u32 sn = ISCSI_FIRST_SN + (imm ? number & ~ORDER_IMM : number);

	if (ping)
		order_ping(test, bits, sn, itt);
	else
		order_read(test, bits, sn, itt, 0);
}

static void order_of(struct kunit *test, bool ping)
{
	const struct order_case *c = test->param_value;
	unsigned int i;

	for (i = 0; c->arrive[i] != ORDER_END; i++)
		order_arrive(test, c->arrive[i], i, ping);
	order_expect(test, c->execute, c->used);
}

static void order_of_pings(struct kunit *test)
{
	order_of(test, true);
}

static void order_of_commands(struct kunit *test)
{
	order_of(test, false);
}

/* A command pays back when it is answered, everything else at once */
static void order_credit(struct kunit *test)
{
	const struct scst_iscsi_cmdsn *w = &iscsi_conn(test)->cmdsn;
	u32 max = w->max;

	order_ping(test, 0, ISCSI_FIRST_SN, 0);
	KUNIT_EXPECT_EQ(test, w->max, max + 1);
	order_read(test, 0, ISCSI_FIRST_SN + 1, 1, 0);
	KUNIT_EXPECT_EQ(test, w->max, max + 1);
	/* the number of an immediate one is not used */
	order_read(test, ISCSI_OPF_IMMEDIATE, ISCSI_FIRST_SN + 2, 2, 0);
	order_expect(test, (const s8[]){ 0, 1, 2, END }, 2);
}

static bool order_abort(struct kunit *test, u32 itt)
{
	return scst_iscsi_order_abort_itt(iscsi_conn(test), cpu_to_be32(itt));
}

/* It is not executed when its turn comes, but its number is used */
static void order_abort_one(struct kunit *test)
{
	order_read(test, 0, ISCSI_FIRST_SN + 1, 1, 0);
	order_read(test, 0, ISCSI_FIRST_SN + 2, 2, 0);
	order_ping(test, 0, ISCSI_FIRST_SN + 3, 3);
	KUNIT_EXPECT_TRUE(test, order_abort(test, 2));
	KUNIT_EXPECT_FALSE(test, order_abort(test, 2));
	KUNIT_EXPECT_FALSE(test, order_abort(test, 7));
	/* not a task */
	KUNIT_EXPECT_FALSE(test, order_abort(test, 3));
	order_read(test, 0, ISCSI_FIRST_SN, 0, 0);
	KUNIT_EXPECT_FALSE(test, order_abort(test, 1));
	order_expect(test, (const s8[]){ 0, 1, 3, END }, 4);
}

static void order_hold_some(struct kunit *test)
{
	order_read(test, 0, ISCSI_FIRST_SN + 1, 1, ORDER_LUN);
	order_read(test, 0, ISCSI_FIRST_SN + 2, 2, 0);
	order_ping(test, 0, ISCSI_FIRST_SN + 3, 3);
	order_read(test, 0, ISCSI_FIRST_SN + 4, 4, ORDER_LUN);
}

static void order_abort_lun(struct kunit *test)
{
	static const u8 lun[8] = { 0, ORDER_LUN };

	order_hold_some(test);
	/* the last one comes after the function */
	scst_iscsi_order_abort_lun(iscsi_conn(test), lun, ISCSI_FIRST_SN + 4);
	order_ping(test, 0, ISCSI_FIRST_SN, 0);
	order_expect(test, (const s8[]){ 0, 2, 3, 4, END }, 5);
}

static void order_abort_all(struct kunit *test)
{
	order_hold_some(test);
	scst_iscsi_order_abort_lun(iscsi_conn(test), NULL, ISCSI_FIRST_SN + 5);
	order_ping(test, 0, ISCSI_FIRST_SN, 0);
	order_expect(test, (const s8[]){ 0, 3, END }, 5);
}

/* A number that will not come does not keep the others waiting */
static void order_void(struct kunit *test)
{
	struct scst_iscsi_conn *conn = iscsi_conn(test);

	order_read(test, 0, ISCSI_FIRST_SN + 1, 1, 0);
	scst_iscsi_order_void(conn, ISCSI_FIRST_SN + 2);
	order_read(test, 0, ISCSI_FIRST_SN + 3, 3, 0);
	scst_iscsi_order_void(conn, ISCSI_FIRST_SN);
	/* too late */
	order_read(test, 0, ISCSI_FIRST_SN + 2, 2, 0);
	scst_iscsi_order_void(conn, ISCSI_FIRST_SN + 2);
	order_expect(test, (const s8[]){ 1, 3, END }, 4);
}

static void order_stop(struct kunit *test)
{
	struct scst_iscsi_conn *conn = iscsi_conn(test);

	order_hold_some(test);
	scst_iscsi_order_void(conn, ISCSI_FIRST_SN + 5);
	KUNIT_EXPECT_EQ(test, conn->nr_busy, 3);
	KUNIT_EXPECT_EQ(test, conn->nr_ctls, 1);
	scst_iscsi_order_stop(conn);
	KUNIT_EXPECT_TRUE(test, list_empty(&conn->ahead));
	KUNIT_EXPECT_EQ(test, conn->nr_busy, 0);
	KUNIT_EXPECT_EQ(test, conn->nr_ctls, 0);
	order_expect(test, (const s8[]){ END }, 0);
}

/* Nobody keeps data for a write whose turn has not come: it is asked for later */
static void order_late_data(struct kunit *test)
{
	struct iscsi_env *e = test->priv;
	struct scst_iscsi_conn *conn = iscsi_conn(test);
	struct scst_iscsi_cmd *cmd;

	e->sess.params.val[SCST_ISCSI_INITIAL_R2T] = 0;
	cmd = order_cmd(test, 0, ISCSI_FIRST_SN + 1, 1, 0, ISCSI_CMD_WRITE);
	KUNIT_EXPECT_TRUE(test, cmd->unsol.active);
	KUNIT_EXPECT_EQ(test, cmd->r2t_off, 512);
	KUNIT_EXPECT_NE(test, conn->data_since, 0);
	scst_iscsi_order(conn, &cmd->pdu);
	KUNIT_EXPECT_FALSE(test, cmd->unsol.active);
	KUNIT_EXPECT_EQ(test, cmd->r2t_off, 0);
	KUNIT_EXPECT_EQ(test, conn->data_since, 0);
	KUNIT_EXPECT_TRUE(test, list_empty(&conn->expected));
}

/* -------------------------------------------------------------------------
 * Task management
 */

static u8 order_tmf(struct kunit *test, u8 code, u8 lun, u32 ref_itt)
{
	struct scst_iscsi_conn *conn = iscsi_conn(test);
	struct iscsi_tmf_req *req;
	struct scst_iscsi_ctl *ctl;
	u8 response;

	/* after all that order_hold_some() holds */
	ctl = iscsi_ctl(test, ISCSI_OP_TMF_REQ | ISCSI_OPF_IMMEDIATE,
			ISCSI_FIRST_SN + 5, 0x55);
	req = (struct iscsi_tmf_req *)&ctl->pdu.bhs;
	req->flags = ISCSI_F_FINAL | code;
	req->lun[1] = lun;
	req->ref_itt = cpu_to_be32(ref_itt);
	req->ref_cmd_sn = cpu_to_be32(ISCSI_FIRST_SN);
	scst_iscsi_order(conn, &ctl->pdu);
	ctl = iscsi_sent_ctl(test);
	KUNIT_EXPECT_EQ(test, ctl->rsp.opcode, ISCSI_OP_TMF_RSP);
	KUNIT_EXPECT_EQ(test, be32_to_cpu(ctl->rsp.itt), 0x55);
	response = ((struct iscsi_tmf_rsp *)&ctl->rsp)->response;
	scst_iscsi_pdu_free(&ctl->pdu);
	return response;
}

struct order_tmf {
	u8 code;
	u8 response;
	s8 left[ORDER_MAX];	/* of what order_hold_some() holds */
};

/* The session has no LUN: only what is held here can be aborted */
static const struct order_tmf order_tmfs[] = {
	{ 0, ISCSI_TMF_RSP_NOT_SUPPORTED, { 0, 1, 2, 3, 4, END } },
	{ ISCSI_TMF_ABORT_TASK, ISCSI_TMF_RSP_COMPLETE, { 0, 1, 2, 3, END } },
	{ ISCSI_TMF_ABORT_TASK_SET, ISCSI_TMF_RSP_NO_LUN, { 0, 2, 3, END } },
	{ ISCSI_TMF_CLEAR_ACA, ISCSI_TMF_RSP_NO_LUN, { 0, 1, 2, 3, 4, END } },
	{ ISCSI_TMF_CLEAR_TASK_SET, ISCSI_TMF_RSP_NO_LUN, { 0, 2, 3, END } },
	{ ISCSI_TMF_LUN_RESET, ISCSI_TMF_RSP_NO_LUN, { 0, 2, 3, END } },
	{ ISCSI_TMF_WARM_RESET, ISCSI_TMF_RSP_COMPLETE, { 0, 3, END } },
	{ ISCSI_TMF_COLD_RESET, ISCSI_TMF_RSP_COMPLETE, { 0, 3, END } },
	{ ISCSI_TMF_REASSIGN, ISCSI_TMF_RSP_NO_REASSIGN,
	  { 0, 1, 2, 3, 4, END } },
	{ ISCSI_TMF_REASSIGN + 1, ISCSI_TMF_RSP_NOT_SUPPORTED,
	  { 0, 1, 2, 3, 4, END } },
	{ ISCSI_TMF_MASK, ISCSI_TMF_RSP_NOT_SUPPORTED,
	  { 0, 1, 2, 3, 4, END } },
};

static void order_tmf_desc(const struct order_tmf *t, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "function %u", t->code);
}

KUNIT_ARRAY_PARAM(order_tmf, order_tmfs, order_tmf_desc);

static void order_tmf_held(struct kunit *test)
{
	const struct order_tmf *t = test->param_value;

	order_hold_some(test);
	KUNIT_EXPECT_EQ(test, order_tmf(test, t->code, ORDER_LUN, 4),
			t->response);
	order_ping(test, 0, ISCSI_FIRST_SN, 0);
	order_expect(test, t->left, 5);
}

static struct kunit_case order_test_cases[] = {
	KUNIT_CASE_PARAM(order_of_pings, order_gen_params),
	KUNIT_CASE_PARAM(order_of_commands, order_gen_params),
	KUNIT_CASE(order_credit),
	KUNIT_CASE(order_abort_one),
	KUNIT_CASE(order_abort_lun),
	KUNIT_CASE(order_abort_all),
	KUNIT_CASE(order_void),
	KUNIT_CASE(order_stop),
	KUNIT_CASE(order_late_data),
	KUNIT_CASE_PARAM(order_tmf_held, order_tmf_gen_params),
	{}
};

static struct kunit_suite order_suite = {
	.name = "scst_iscsi_order",
	.init = iscsi_init,
	.exit = iscsi_exit,
	.test_cases = order_test_cases,
};

kunit_test_suite(order_suite);

MODULE_DESCRIPTION("KUnit tests of the order of iSCSI requests");
MODULE_LICENSE("GPL");
