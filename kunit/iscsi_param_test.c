// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the iSCSI parameter tables.
 */
#include <kunit/test.h>
#include <uapi/linux/scst_iscsi.h>

#include "../iscsi/param.h"

static void param_check_table(struct kunit *test,
			      const struct scst_iscsi_param_desc *table,
			      unsigned int nr)
{
	const struct scst_iscsi_param_desc *d;
	unsigned int i;

	for (i = 0; i < nr; i++) {
		d = &table[i];
		KUNIT_ASSERT_NOT_NULL_MSG(test, d->name, "row %u", i);
		KUNIT_EXPECT_LE_MSG(test, d->min, d->max, "%s", d->name);
		KUNIT_EXPECT_EQ_MSG(test, scst_iscsi_param_check(d, d->dflt), 0,
				    "%s", d->name);
		KUNIT_EXPECT_EQ(test, scst_iscsi_param_check(d, d->min), 0);
		KUNIT_EXPECT_EQ(test, scst_iscsi_param_check(d, d->max), 0);
		KUNIT_EXPECT_EQ(test, scst_iscsi_param_check(d, d->max + 1),
				-ERANGE);
		if (d->min)
			KUNIT_EXPECT_EQ(test,
					scst_iscsi_param_check(d, d->min - 1),
					-ERANGE);
	}
}

static void param_tables(struct kunit *test)
{
	param_check_table(test, scst_iscsi_param_table, SCST_ISCSI_NR_PARAMS);
	param_check_table(test, scst_iscsi_target_param_table,
			  SCST_ISCSI_NR_TARGET_PARAMS);
}

/* RFC 7143 chapter 13: what holds if a key was never negotiated */
static void param_rfc_defaults(struct kunit *test)
{
	struct scst_iscsi_params p;

	scst_iscsi_params_init(&p);
	KUNIT_EXPECT_EQ(test, p.val[SCST_ISCSI_INITIAL_R2T], 1);
	KUNIT_EXPECT_EQ(test, p.val[SCST_ISCSI_IMMEDIATE_DATA], 1);
	KUNIT_EXPECT_EQ(test, p.val[SCST_ISCSI_MAX_CONNECTIONS], 1);
	KUNIT_EXPECT_EQ(test, p.val[SCST_ISCSI_MAX_RECV_DSL], 8192);
	KUNIT_EXPECT_EQ(test, p.val[SCST_ISCSI_MAX_XMIT_DSL], 8192);
	KUNIT_EXPECT_EQ(test, p.val[SCST_ISCSI_MAX_BURST], 262144);
	KUNIT_EXPECT_EQ(test, p.val[SCST_ISCSI_FIRST_BURST], 65536);
	KUNIT_EXPECT_EQ(test, p.val[SCST_ISCSI_TIME2WAIT], 2);
	KUNIT_EXPECT_EQ(test, p.val[SCST_ISCSI_TIME2RETAIN], 20);
	KUNIT_EXPECT_EQ(test, p.val[SCST_ISCSI_MAX_R2T], 1);
	KUNIT_EXPECT_EQ(test, p.val[SCST_ISCSI_PDU_IN_ORDER], 1);
	KUNIT_EXPECT_EQ(test, p.val[SCST_ISCSI_SEQ_IN_ORDER], 1);
	KUNIT_EXPECT_EQ(test, p.val[SCST_ISCSI_ERL], 0);
	KUNIT_EXPECT_EQ(test, p.val[SCST_ISCSI_HEADER_DIGEST],
			(u32)SCST_ISCSI_DIGEST_NONE);
	KUNIT_EXPECT_EQ(test, p.val[SCST_ISCSI_DATA_DIGEST],
			(u32)SCST_ISCSI_DIGEST_NONE);
	KUNIT_EXPECT_EQ(test, scst_iscsi_params_negotiated(&p), 0);
}

static void param_target_defaults(struct kunit *test)
{
	struct scst_iscsi_target_params p;

	scst_iscsi_target_params_init(&p);
	KUNIT_EXPECT_EQ(test, p.val[SCST_ISCSI_QUEUED_COMMANDS], 32);
	KUNIT_EXPECT_EQ(test, p.val[SCST_ISCSI_RSP_TIMEOUT], 90);
	KUNIT_EXPECT_EQ(test, p.val[SCST_ISCSI_NOP_IN_INTERVAL], 30);
	KUNIT_EXPECT_EQ(test, p.val[SCST_ISCSI_NOP_IN_TIMEOUT], 30);
	KUNIT_EXPECT_EQ(test, p.val[SCST_ISCSI_MAX_SESSIONS], 0);
}

static void param_one_digest(struct kunit *test)
{
	struct scst_iscsi_params p;

	scst_iscsi_params_init(&p);
	p.val[SCST_ISCSI_HEADER_DIGEST] = SCST_ISCSI_DIGEST_CRC32C;
	p.val[SCST_ISCSI_DATA_DIGEST] = SCST_ISCSI_DIGEST_CRC32C;
	KUNIT_EXPECT_EQ(test, scst_iscsi_params_negotiated(&p), 0);
	p.val[SCST_ISCSI_DATA_DIGEST] |= SCST_ISCSI_DIGEST_NONE;
	KUNIT_EXPECT_EQ(test, scst_iscsi_params_negotiated(&p), -EINVAL);
	p.val[SCST_ISCSI_DATA_DIGEST] = SCST_ISCSI_DIGEST_NONE;
	p.val[SCST_ISCSI_HEADER_DIGEST] = 0;
	KUNIT_EXPECT_EQ(test, scst_iscsi_params_negotiated(&p), -EINVAL);
}

static struct kunit_case param_test_cases[] = {
	KUNIT_CASE(param_tables),
	KUNIT_CASE(param_rfc_defaults),
	KUNIT_CASE(param_target_defaults),
	KUNIT_CASE(param_one_digest),
	{}
};

static struct kunit_suite param_suite = {
	.name = "scst_iscsi_param",
	.test_cases = param_test_cases,
};

kunit_test_suite(param_suite);

MODULE_DESCRIPTION("KUnit tests of the iSCSI parameters");
MODULE_LICENSE("GPL");
