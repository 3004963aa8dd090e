// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the iSCSI command window.
 */
#include <kunit/test.h>

#include <scst/iscsi_proto.h>

#include "../iscsi/cmdsn.h"

struct cmdsn_case {
	u32 exp;
	u32 window;
	u32 sn;
	enum scst_iscsi_cmdsn_place place;
};

#define NEXT	SCST_ISCSI_CMDSN_NEXT
#define AHEAD	SCST_ISCSI_CMDSN_AHEAD
#define OUTSIDE	SCST_ISCSI_CMDSN_OUTSIDE

static const struct cmdsn_case cmdsn_cases[] = {
	{ 1, 32, 1, NEXT },
	{ 1, 32, 2, AHEAD },
	{ 1, 32, 32, AHEAD },
	{ 1, 32, 33, OUTSIDE },
	{ 1, 32, 0, OUTSIDE },
	{ 100, 1, 100, NEXT },
	{ 100, 1, 101, OUTSIDE },
	{ 100, 1, 99, OUTSIDE },
	/* around the wrap */
	{ 0xfffffff0, 32, 0xfffffff0, NEXT },
	{ 0xfffffff0, 32, 0xffffffff, AHEAD },
	{ 0xfffffff0, 32, 0, AHEAD },
	{ 0xfffffff0, 32, 15, AHEAD },
	{ 0xfffffff0, 32, 16, OUTSIDE },
	{ 0xfffffff0, 32, 0xffffffef, OUTSIDE },
	{ 0, 2048, 0xffffffff, OUTSIDE },
	{ 0xffffffff, 2048, 0, AHEAD },
	/* half the number space away */
	{ 0, 32, 0x7fffffff, OUTSIDE },
	{ 0, 32, 0x80000001, OUTSIDE },
	{ 0x80000000, 32, 0, OUTSIDE },
	{ 0x80000000, 32, 1, OUTSIDE },
};

static void cmdsn_place(struct kunit *test)
{
	const struct cmdsn_case *c;
	struct scst_iscsi_cmdsn w;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cmdsn_cases); i++) {
		c = &cmdsn_cases[i];
		scst_iscsi_cmdsn_init(&w, c->exp, c->window);
		KUNIT_EXPECT_EQ_MSG(test, scst_iscsi_cmdsn_place(&w, c->sn),
				    c->place, "case %u", i);
	}
}

static void cmdsn_arithmetic(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, iscsi_sn_before(1, 2));
	KUNIT_EXPECT_FALSE(test, iscsi_sn_before(2, 2));
	KUNIT_EXPECT_TRUE(test, iscsi_sn_before(0xffffffff, 0));
	KUNIT_EXPECT_TRUE(test, iscsi_sn_after(0, 0xffffffff));
	KUNIT_EXPECT_FALSE(test, iscsi_sn_after(0xffffffff, 0));
}

/* The window closes with every command and opens with every response */
static void cmdsn_closes(struct kunit *test)
{
	struct scst_iscsi_cmdsn w;
	u32 sn;

	scst_iscsi_cmdsn_init(&w, 0xfffffffe, 4);
	for (sn = 0xfffffffe; sn != 2; sn++) {
		KUNIT_ASSERT_EQ(test, scst_iscsi_cmdsn_place(&w, sn), NEXT);
		scst_iscsi_cmdsn_advance(&w);
		KUNIT_EXPECT_EQ(test, w.max, 1);
	}
	/* closed: ExpCmdSN is MaxCmdSN + 1 (RFC 7143 4.2.2.1) */
	KUNIT_EXPECT_EQ(test, w.exp, w.max + 1);
	KUNIT_EXPECT_EQ(test, scst_iscsi_cmdsn_place(&w, 2), OUTSIDE);
	scst_iscsi_cmdsn_credit(&w);
	KUNIT_EXPECT_EQ(test, scst_iscsi_cmdsn_place(&w, 2), NEXT);
	KUNIT_EXPECT_EQ(test, scst_iscsi_cmdsn_place(&w, 3), OUTSIDE);
}

static void cmdsn_never_decreases(struct kunit *test)
{
	struct scst_iscsi_cmdsn w;
	u32 i, max, debts = 0;

	scst_iscsi_cmdsn_init(&w, 0xffffff00, 8);
	max = w.max;
	for (i = 0; i < 10000; i++) {
		if (i * 2654435761u & 0x10000 && debts < 8) {
			scst_iscsi_cmdsn_advance(&w);
			debts++;
		} else if (debts) {
			scst_iscsi_cmdsn_credit(&w);
			debts--;
		}
		KUNIT_ASSERT_FALSE(test, iscsi_sn_before(w.max, max));
		KUNIT_ASSERT_EQ(test, w.max - w.exp + 1 + debts, 8);
		max = w.max;
	}
}

static void cmdsn_credit_without_debt(struct kunit *test)
{
	struct scst_iscsi_cmdsn w;

	scst_iscsi_cmdsn_init(&w, 10, 8);
	scst_iscsi_cmdsn_credit(&w);
	KUNIT_EXPECT_EQ(test, w.max, 17);
}

static struct kunit_case cmdsn_test_cases[] = {
	KUNIT_CASE(cmdsn_place),
	KUNIT_CASE(cmdsn_arithmetic),
	KUNIT_CASE(cmdsn_closes),
	KUNIT_CASE(cmdsn_never_decreases),
	KUNIT_CASE(cmdsn_credit_without_debt),
	{}
};

static struct kunit_suite cmdsn_suite = {
	.name = "scst_iscsi_cmdsn",
	.test_cases = cmdsn_test_cases,
};

kunit_test_suite(cmdsn_suite);

MODULE_DESCRIPTION("KUnit tests of the iSCSI command window");
MODULE_LICENSE("GPL");
