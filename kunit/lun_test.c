// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of what an initiator learns about its LUNs: their numbers on the
 * wire, REPORT LUNS, REQUEST SENSE and INQUIRY with or without a LUN, and the
 * unit attention that says that the inventory has changed.
 */
#include <kunit/test.h>
#include <linux/array_size.h>
#include <linux/string.h>

#include "engine_fixture.h"

#define LUN_ABSENT	7
#define LUN_DATA	256

/* -------------------------------------------------------------------------
 * Eight bytes
 */

struct lun_code {
	const char *desc;
	u8 wire[8];
	u32 lun;
	bool ours;	/* the way in which we write it */
};

static const struct lun_code lun_codes[] = {
	{ "peripheral, first", { 0x00, 0x00 }, 0, true },
	{ "peripheral, last", { 0x00, 0xff }, 255, true },
	/* that is how initiators write it that know no addressing methods */
	{ "peripheral, with bus", { 0x01, 0x00 }, 256, false },
	{ "peripheral, last bus", { 0x3f, 0xff }, 16383, false },
	{ "flat, small", { 0x40, 0x05 }, 5, false },
	{ "flat, first that we write so", { 0x41, 0x00 }, 256, true },
	{ "flat, both bytes", { 0x52, 0x34 }, 0x1234, true },
	{ "flat, last", { 0x7f, 0xff }, 16383, true },
	{ "logical unit addressing", { 0x80, 0x01 }, SCST_LUN_INVALID },
	{ "well known", { 0xc1, 0x01 }, SCST_LUN_INVALID },
	{ "extended flat", { 0xd2, 0x00, 0x01 }, SCST_LUN_INVALID },
	{ "extended, eight bytes", { 0xe2, 0, 0, 0, 0, 0, 0, 1 },
	  SCST_LUN_INVALID },
	{ "not specified", { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff },
	  SCST_LUN_INVALID },
	{ "second level", { 0x00, 0x01, 0x00, 0x01 }, SCST_LUN_INVALID },
	{ "second level, upper byte", { 0x00, 0x01, 0x40 }, SCST_LUN_INVALID },
	{ "third level", { 0x00, 0x01, [5] = 0x01 }, SCST_LUN_INVALID },
	{ "fourth level", { 0x40, 0x01, [7] = 0x01 }, SCST_LUN_INVALID },
};

static void lun_code_desc(const struct lun_code *c, char *desc)
{
	strscpy(desc, c->desc, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(lun_code, lun_codes, lun_code_desc);

static void lun_decodes(struct kunit *test)
{
	const struct lun_code *c = test->param_value;
	u8 wire[8];

	KUNIT_EXPECT_EQ(test, scst_lun_decode(c->wire), c->lun);
	if (!c->ours)
		return;
	memset(wire, 0xee, sizeof(wire));
	scst_lun_encode(c->lun, wire);
	KUNIT_EXPECT_MEMEQ(test, wire, c->wire, sizeof(wire));
}

static void lun_encodes_all(struct kunit *test)
{
	u8 wire[8];
	u32 lun;

	for (lun = 0; lun <= SCST_MAX_LUN; lun++) {
		scst_lun_encode(lun, wire);
		KUNIT_ASSERT_EQ(test, scst_lun_decode(wire), lun);
	}
}

/* -------------------------------------------------------------------------
 * Questions
 */

struct lun_answer {
	scst_sense_t result;
	u32 len;
	u8 data[LUN_DATA];
};

static void lun_ask(struct kunit *test, struct scst_session *sess, u32 lun,
		    const u8 *cdb, struct lun_answer *ans)
{
	struct engine_cmd *ec = engine_cmds(test, 1);
	struct scst_cmd *cmd = &ec->cmd;

	engine_init_cmd(ec, sess, cdb[0], 0, 0);
	memcpy(cmd->cdb, cdb, 16);
	cmd->cdb_len = 16;
	cmd->lun_addr = lun;
	cmd->exp_len = LUN_DATA;
	scst_cmd_submit(cmd);
	KUNIT_EXPECT_EQ(test, ec->responses, 1);
	memset(ans, 0, sizeof(*ans));
	ans->result = cmd->result;
	ans->len = cmd->resp_len;
	scst_buf_copy_from(&cmd->buf, 0, ans->data, ans->len);
	scst_cmd_finish(cmd);
}

static void lun_expect(struct kunit *test, const struct lun_answer *ans,
		       scst_sense_t result, const u8 *want, u32 len)
{
	KUNIT_EXPECT_EQ(test, (__force u32)ans->result, (__force u32)result);
	KUNIT_ASSERT_EQ(test, ans->len, len);
	if (len)
		KUNIT_EXPECT_MEMEQ(test, ans->data, want, len);
}

/* -------------------------------------------------------------------------
 * REPORT LUNS
 */

static const u32 lun_more[] = { 255, 256, 16383 };

static const u8 lun_list[] = {
	0, 0, 0, 40, 0, 0, 0, 0,
	0x00, 0x00, 0, 0, 0, 0, 0, 0,
	0x00, 0x01, 0, 0, 0, 0, 0, 0,
	0x00, 0xff, 0, 0, 0, 0, 0, 0,
	0x41, 0x00, 0, 0, 0, 0, 0, 0,
	0x7f, 0xff, 0, 0, 0, 0, 0, 0,
};

static const u8 lun_no_list[8];

struct lun_report {
	const char *desc;
	u8 select;
	u8 alloc;
	scst_sense_t result;
	const u8 *list;
	u32 len;
};

static const struct lun_report lun_reports[] = {
	{ "logical units", 0, 255, SCST_GOOD, lun_list, sizeof(lun_list) },
	{ "well known", 1, 255, SCST_GOOD, lun_no_list, sizeof(lun_no_list) },
	{ "all", 2, 255, SCST_GOOD, lun_list, sizeof(lun_list) },
	{ "reserved", 3, 255, SCST_INVALID_FIELD_IN_CDB },
	{ "administrative", 0x10, 255, SCST_INVALID_FIELD_IN_CDB },
	{ "subsidiary", 0x12, 255, SCST_INVALID_FIELD_IN_CDB },
	{ "vendor specific", 0xff, 255, SCST_INVALID_FIELD_IN_CDB },
	/* the list length is that of all there is (SPC-5 6.34) */
	{ "shortest", 0, 16, SCST_GOOD, lun_list, 16 },
	{ "half an entry", 2, 28, SCST_GOOD, lun_list, 28 },
	{ "too short", 0, 15, SCST_INVALID_FIELD_IN_CDB },
	{ "nothing", 0, 0, SCST_INVALID_FIELD_IN_CDB },
};

static void lun_report_desc(const struct lun_report *r, char *desc)
{
	strscpy(desc, r->desc, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(lun_report, lun_reports, lun_report_desc);

static void lun_ask_report(struct kunit *test, struct scst_session *sess,
			   u32 lun, u8 select, u8 alloc, struct lun_answer *ans)
{
	u8 cdb[16] = { REPORT_LUNS, 0, select, [9] = alloc };

	lun_ask(test, sess, lun, cdb, ans);
}

/* The answer is the same everywhere, be there a logical unit or not */
static void lun_reported(struct kunit *test)
{
	static const u32 where[] = { 0, 1, 256, LUN_ABSENT, SCST_LUN_INVALID };
	const struct lun_report *r = test->param_value;
	struct engine *e = test->priv;
	struct lun_answer ans;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(lun_more); i++)
		KUNIT_ASSERT_EQ(test, scst_group_lun_add("Default", "engine0",
							 lun_more[i], false),
				0);
	for (i = 0; i < ARRAY_SIZE(where); i++) {
		lun_ask_report(test, e->alice, where[i], r->select, r->alloc,
			       &ans);
		lun_expect(test, &ans, r->result, r->list, r->len);
	}
}

/* An initiator with no LUN at all hears so */
static void lun_none_reported(struct kunit *test)
{
	struct engine *e = test->priv;
	struct lun_answer ans;

	KUNIT_ASSERT_EQ(test, scst_group_lun_clear("Default"), 0);
	lun_ask_report(test, e->alice, 0, 0, 255, &ans);
	lun_expect(test, &ans, SCST_GOOD, lun_no_list, sizeof(lun_no_list));
}

/* Another list says so at each LUN, until it has been read at one of them */
static void lun_list_changed(struct kunit *test)
{
	struct engine *e = test->priv;
	struct lun_answer ans;

	engine_expect_ua(test, e->alice, 1, SCST_UA_POWER_ON);
	engine_expect_ua(test, e->bob, 1, SCST_UA_POWER_ON);
	KUNIT_ASSERT_EQ(test, scst_group_lun_add("Default", "engine0", 5,
						 false), 0);
	engine_expect_ua(test, e->alice, 0, SCST_UA_LUNS_CHANGED);
	engine_expect_ua(test, e->alice, 0, SCST_GOOD);
	engine_expect_ua(test, e->alice, 1, SCST_UA_LUNS_CHANGED);
	engine_expect_ua(test, e->alice, 5, SCST_UA_POWER_ON);
	lun_ask_report(test, e->bob, LUN_ABSENT, 0, 255, &ans);
	KUNIT_EXPECT_EQ(test, ans.len, 8 + 3 * 8);
	engine_expect_ua(test, e->bob, 0, SCST_GOOD);
	engine_expect_ua(test, e->bob, 1, SCST_GOOD);
	/* it tells of the list only */
	engine_expect_ua(test, e->bob, 5, SCST_UA_POWER_ON);
	engine_expect_ua(test, e->bob, 5, SCST_GOOD);

	KUNIT_ASSERT_EQ(test, scst_group_lun_del("Default", "engine0", 5), 0);
	engine_expect_ua(test, e->alice, 0, SCST_UA_LUNS_CHANGED);
	engine_expect_ua(test, e->bob, 1, SCST_UA_LUNS_CHANGED);
}

/* A session that moves to another group: the others hear nothing of it */
static void lun_group_changed(struct kunit *test)
{
	struct engine *e = test->priv;
	struct lun_answer ans;

	KUNIT_ASSERT_EQ(test, scst_group_add("lun_test"), 0);
	KUNIT_ASSERT_EQ(test, scst_group_lun_add("lun_test", "engine0", 0,
						 false), 0);
	KUNIT_ASSERT_EQ(test, scst_group_name_add("lun_test", ENGINE_ALICE), 0);
	engine_expect_ua(test, e->alice, 0, SCST_UA_LUNS_CHANGED);
	engine_expect_ua(test, e->alice, 0, SCST_GOOD);
	lun_ask_report(test, e->alice, 0, 0, 255, &ans);
	KUNIT_EXPECT_EQ(test, ans.len, 8 + 8);
	engine_expect_ua(test, e->bob, 0, SCST_GOOD);
	lun_ask_report(test, e->bob, 0, 0, 255, &ans);
	KUNIT_EXPECT_EQ(test, ans.len, 8 + 2 * 8);

	KUNIT_ASSERT_EQ(test, scst_group_name_clear("lun_test"), 0);
	KUNIT_EXPECT_EQ(test, scst_group_del("lun_test"), 0);
	engine_expect_ua(test, e->alice, 0, SCST_UA_LUNS_CHANGED);
	engine_expect_ua(test, e->alice, 1, SCST_UA_POWER_ON);
}

/* -------------------------------------------------------------------------
 * REQUEST SENSE
 */

struct lun_sense {
	const char *desc;
	u32 lun;
	bool descriptor;
	u8 alloc;
	scst_sense_t pending;
	u8 want[18];
	u32 len;
};

/* A condition that was told in part was told */
static const struct lun_sense lun_senses[] = {
	{ "unit attention", 0, false, 252, SCST_UA_CAPACITY_CHANGED,
	  { 0x70, 0, 0x06, [7] = 10, [12] = 0x2a, 0x09 }, 18 },
	{ "unit attention, descriptor", 0, true, 252, SCST_UA_CAPACITY_CHANGED,
	  { 0x72, 0x06, 0x2a, 0x09 }, 8 },
	{ "unit attention, cut", 0, false, 5, SCST_UA_CAPACITY_CHANGED,
	  { 0x70, 0, 0x06 }, 5 },
	{ "nothing", 0, false, 252, SCST_GOOD, { 0x70, [7] = 10 }, 18 },
	{ "nothing, descriptor", 0, true, 252, SCST_GOOD, { 0x72 }, 8 },
	{ "no LUN", LUN_ABSENT, false, 252, SCST_GOOD,
	  { 0x70, 0, 0x05, [7] = 10, [12] = 0x25 }, 18 },
	{ "no LUN, descriptor", LUN_ABSENT, true, 252, SCST_GOOD,
	  { 0x72, 0x05, 0x25 }, 8 },
	{ "LUN that cannot be decoded", SCST_LUN_INVALID, false, 252, SCST_GOOD,
	  { 0x70, 0, 0x05, [7] = 10, [12] = 0x25 }, 18 },
};

static void lun_sense_desc(const struct lun_sense *s, char *desc)
{
	strscpy(desc, s->desc, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(lun_sense, lun_senses, lun_sense_desc);

static void lun_ask_sense(struct kunit *test, struct scst_session *sess,
			  u32 lun, bool descriptor, u8 alloc,
			  struct lun_answer *ans)
{
	u8 cdb[16] = { REQUEST_SENSE, descriptor, [4] = alloc };

	lun_ask(test, sess, lun, cdb, ans);
}

static void lun_sensed(struct kunit *test)
{
	const struct lun_sense *s = test->param_value;
	struct engine *e = test->priv;
	struct lun_answer ans;

	if (s->pending)
		scst_device_ua(e->dev, s->pending, NULL);
	lun_ask_sense(test, e->alice, s->lun, s->descriptor, s->alloc, &ans);
	lun_expect(test, &ans, SCST_GOOD, s->want, s->len);
	/* told is told, but only to her */
	engine_expect_ua(test, e->alice, 0, SCST_GOOD);
	engine_expect_ua(test, e->bob, 0, s->pending);
}

/* One condition at a time; the format is that of the command, not of D_SENSE */
static void lun_sensed_in_turn(struct kunit *test)
{
	static const u8 second[] = { 0x70, 0, 0x06, 0, 0, 0, 0, 10, 0, 0, 0, 0,
				     0x2a, 0x01, 0, 0, 0, 0 };
	static const u8 first[] = { 0x72, 0x06, 0x29, 0x03, 0, 0, 0, 0 };
	static const u8 none[] = { 0x72, 0, 0, 0, 0, 0, 0, 0 };
	struct engine *e = test->priv;
	struct lun_answer ans;

	e->dev->d_sense = true;
	scst_device_ua(e->dev, SCST_UA_MODE_CHANGED, NULL);
	/* a reset goes first (SAM-5 table 56) */
	scst_device_ua(e->dev, SCST_UA_DEVICE_RESET, NULL);
	lun_ask_sense(test, e->alice, 0, true, 252, &ans);
	lun_expect(test, &ans, SCST_GOOD, first, sizeof(first));
	lun_ask_sense(test, e->alice, 0, false, 252, &ans);
	lun_expect(test, &ans, SCST_GOOD, second, sizeof(second));
	lun_ask_sense(test, e->alice, 0, true, 252, &ans);
	lun_expect(test, &ans, SCST_GOOD, none, sizeof(none));
}

/* -------------------------------------------------------------------------
 * INQUIRY
 */

struct lun_inquiry {
	const char *desc;
	u32 lun;
	u8 evpd;
	u8 page;
	u8 alloc;
	scst_sense_t result;
	u8 first;	/* byte: peripheral qualifier and device type */
	u32 len;
};

static const struct lun_inquiry lun_inquiries[] = {
	{ "disk", 0, 0, 0, 255, SCST_GOOD, 0x00, 96 },
	{ "absent", LUN_ABSENT, 0, 0, 255, SCST_GOOD, 0x7f, 96 },
	{ "absent, cut", LUN_ABSENT, 0, 0, 36, SCST_GOOD, 0x7f, 36 },
	{ "absent, nothing", LUN_ABSENT, 0, 0, 0, SCST_GOOD, 0, 0 },
	{ "not decoded", SCST_LUN_INVALID, 0, 0, 255, SCST_GOOD, 0x7f, 96 },
	{ "absent, VPD", LUN_ABSENT, 1, 0x00, 255, SCST_INVALID_FIELD_IN_CDB },
	{ "absent, VPD 83", LUN_ABSENT, 1, 0x83, 255,
	  SCST_INVALID_FIELD_IN_CDB },
	{ "absent, page without EVPD", LUN_ABSENT, 0, 0x83, 255,
	  SCST_INVALID_FIELD_IN_CDB },
};

static void lun_inquiry_desc(const struct lun_inquiry *q, char *desc)
{
	strscpy(desc, q->desc, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(lun_inquiry, lun_inquiries, lun_inquiry_desc);

/* It neither reports nor clears a unit attention */
static void lun_inquired(struct kunit *test)
{
	const struct lun_inquiry *q = test->param_value;
	u8 cdb[16] = { INQUIRY, q->evpd, q->page, 0, q->alloc };
	struct engine *e = test->priv;
	struct lun_answer ans;

	scst_device_ua(e->dev, SCST_UA_MEDIUM_CHANGED, NULL);
	lun_ask(test, e->alice, q->lun, cdb, &ans);
	KUNIT_EXPECT_EQ(test, (__force u32)ans.result, (__force u32)q->result);
	KUNIT_EXPECT_EQ(test, ans.len, q->len);
	KUNIT_EXPECT_EQ(test, ans.data[0], q->first);
	engine_expect_ua(test, e->alice, 0, SCST_UA_MEDIUM_CHANGED);
}

/* Everything else is refused where there is nothing (SPC-5 4.5.22) */
static void lun_absent(struct kunit *test)
{
	static const u8 opcodes[] = {
		TEST_UNIT_READY, READ_6, MODE_SENSE, READ_CAPACITY, READ_10,
		WRITE_10, RESERVE_10, MAINTENANCE_IN, SERVICE_ACTION_IN_16,
		0xff,
	};
	struct engine *e = test->priv;
	struct lun_answer ans;
	u8 cdb[16] = {};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(opcodes); i++) {
		cdb[0] = opcodes[i];
		lun_ask(test, e->alice, LUN_ABSENT, cdb, &ans);
		KUNIT_EXPECT_EQ_MSG(test, (__force u32)ans.result,
				    (__force u32)SCST_LUN_NOT_SUPPORTED,
				    "opcode %#x", opcodes[i]);
		KUNIT_EXPECT_EQ(test, ans.len, 0);
	}
}

static struct kunit_case lun_cases[] = {
	KUNIT_CASE_PARAM(lun_decodes, lun_code_gen_params),
	KUNIT_CASE(lun_encodes_all),
	KUNIT_CASE_PARAM(lun_reported, lun_report_gen_params),
	KUNIT_CASE(lun_none_reported),
	KUNIT_CASE(lun_list_changed),
	KUNIT_CASE(lun_group_changed),
	KUNIT_CASE_PARAM(lun_sensed, lun_sense_gen_params),
	KUNIT_CASE(lun_sensed_in_turn),
	KUNIT_CASE_PARAM(lun_inquired, lun_inquiry_gen_params),
	KUNIT_CASE(lun_absent),
	{}
};

static struct kunit_suite lun_suite = {
	.name = "scst_lun",
	.suite_init = engine_suite_init,
	.suite_exit = engine_suite_exit,
	.init = engine_init,
	.exit = engine_exit,
	.test_cases = lun_cases,
};

kunit_test_suite(lun_suite);

MODULE_DESCRIPTION("KUnit tests of SCST LUNs");
MODULE_LICENSE("GPL");
