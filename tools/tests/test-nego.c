// SPDX-License-Identifier: GPL-2.0
/*
 * Negotiation: every key, both roles of every value.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fake.h"
#include "negotiate.h"

/* one offer: local value (or LOCAL_DEFAULT), what is sent, what comes back */
#define LOCAL_DEFAULT UINT32_MAX
#define NO_PARAM SP_COUNT

struct offer {
	const char *key;
	enum session_param param;
	uint32_t local;
	const char *value;
	const char *answer;	/* NULL: none is due */
	uint32_t result;
};

#define L PARAM_LENGTH_MAX
#define NONE DIGEST_NONE
#define CRC DIGEST_CRC32C
#define BOTH (DIGEST_NONE | DIGEST_CRC32C)

static const struct offer offers[] = {
	/* OR */
	{ "InitialR2T", SP_INITIAL_R2T, 0, "No", "No", 0 },
	{ "InitialR2T", SP_INITIAL_R2T, 0, "Yes", "Yes", 1 },
	{ "InitialR2T", SP_INITIAL_R2T, 1, "No", "Yes", 1 },
	{ "InitialR2T", SP_INITIAL_R2T, 1, "Yes", "Yes", 1 },
	{ "InitialR2T", SP_INITIAL_R2T, 0, "yes", "Reject", 1 },
	{ "InitialR2T", SP_INITIAL_R2T, 0, "", "Reject", 1 },
	{ "DataPDUInOrder", SP_PDU_IN_ORDER, 0, "Yes", "Yes", 1 },
	{ "DataPDUInOrder", SP_PDU_IN_ORDER, 0, "No", "No", 0 },
	{ "DataPDUInOrder", SP_PDU_IN_ORDER, 1, "No", "Yes", 1 },
	{ "DataSequenceInOrder", SP_SEQUENCE_IN_ORDER, 0, "Yes", "Yes", 1 },
	{ "DataSequenceInOrder", SP_SEQUENCE_IN_ORDER, 0, "No", "No", 0 },
	{ "DataSequenceInOrder", SP_SEQUENCE_IN_ORDER, 1, "No", "Yes", 1 },
	/* AND */
	{ "ImmediateData", SP_IMMEDIATE_DATA, 1, "Yes", "Yes", 1 },
	{ "ImmediateData", SP_IMMEDIATE_DATA, 1, "No", "No", 0 },
	{ "ImmediateData", SP_IMMEDIATE_DATA, 0, "Yes", "No", 0 },
	{ "ImmediateData", SP_IMMEDIATE_DATA, 0, "No", "No", 0 },
	{ "ImmediateData", SP_IMMEDIATE_DATA, 1, "1", "Reject", 1 },
	/* minimum */
	{ "MaxConnections", SP_MAX_CONNECTIONS, 1, "1", "1", 1 },
	{ "MaxConnections", SP_MAX_CONNECTIONS, 1, "8", "1", 1 },
	{ "MaxConnections", SP_MAX_CONNECTIONS, 1, "0", "1", 1 },
	{ "MaxBurstLength", SP_MAX_BURST, L, "262144", "262144", 262144 },
	{ "MaxBurstLength", SP_MAX_BURST, L, "16777215", "1048576", L },
	{ "MaxBurstLength", SP_MAX_BURST, 65536, "262144", "65536", 65536 },
	{ "MaxBurstLength", SP_MAX_BURST, L, "100", "512", 512 },
	{ "MaxBurstLength", SP_MAX_BURST, L, "0x10000", "65536", 65536 },
	{ "MaxBurstLength", SP_MAX_BURST, L, "0X200", "512", 512 },
	{ "MaxBurstLength", SP_MAX_BURST, L, "0004096", "4096", 4096 },
	{ "MaxBurstLength", SP_MAX_BURST, L, "99999999999999999999999",
	  "1048576", L },
	{ "MaxBurstLength", SP_MAX_BURST, L, "-1", "Reject", 262144 },
	{ "MaxBurstLength", SP_MAX_BURST, L, "1k", "Reject", 262144 },
	{ "MaxBurstLength", SP_MAX_BURST, L, "", "Reject", 262144 },
	{ "MaxBurstLength", SP_MAX_BURST, L, "0x", "Reject", 262144 },
	{ "MaxBurstLength", SP_MAX_BURST, L, " 4096", "Reject", 262144 },
	{ "FirstBurstLength", SP_FIRST_BURST, LOCAL_DEFAULT, "65536", "65536",
	  65536 },
	{ "FirstBurstLength", SP_FIRST_BURST, LOCAL_DEFAULT, "262144", "65536",
	  65536 },
	{ "FirstBurstLength", SP_FIRST_BURST, L, "1048576", "262144", 262144 },
	{ "FirstBurstLength", SP_FIRST_BURST, L, "1", "512", 512 },
	{ "DefaultTime2Retain", SP_TIME2RETAIN, 0, "20", "0", 0 },
	{ "DefaultTime2Retain", SP_TIME2RETAIN, 30, "20", "20", 20 },
	{ "DefaultTime2Retain", SP_TIME2RETAIN, 3600, "5000", "3600", 3600 },
	{ "MaxOutstandingR2T", SP_MAX_R2T, LOCAL_DEFAULT, "1", "1", 1 },
	{ "MaxOutstandingR2T", SP_MAX_R2T, LOCAL_DEFAULT, "65535", "32", 32 },
	{ "MaxOutstandingR2T", SP_MAX_R2T, LOCAL_DEFAULT, "0", "1", 1 },
	{ "ErrorRecoveryLevel", SP_ERROR_RECOVERY, 0, "2", "0", 0 },
	{ "ErrorRecoveryLevel", SP_ERROR_RECOVERY, 0, "0", "0", 0 },
	/* maximum */
	{ "DefaultTime2Wait", SP_TIME2WAIT, 0, "2", "2", 2 },
	{ "DefaultTime2Wait", SP_TIME2WAIT, 5, "2", "5", 5 },
	{ "DefaultTime2Wait", SP_TIME2WAIT, 0, "4000", "3600", 3600 },
	/* lists */
	{ "HeaderDigest", SP_HEADER_DIGEST, NONE, "None", "None", NONE },
	{ "HeaderDigest", SP_HEADER_DIGEST, NONE, "CRC32C", "Reject", NONE },
	{ "HeaderDigest", SP_HEADER_DIGEST, NONE, "CRC32C,None", "None",
	  NONE },
	{ "HeaderDigest", SP_HEADER_DIGEST, BOTH, "CRC32C,None", "CRC32C",
	  CRC },
	{ "HeaderDigest", SP_HEADER_DIGEST, BOTH, "None,CRC32C", "None",
	  NONE },
	{ "HeaderDigest", SP_HEADER_DIGEST, BOTH, "CRC32C", "CRC32C", CRC },
	{ "HeaderDigest", SP_HEADER_DIGEST, BOTH, "X-foo,CRC32C", "CRC32C",
	  CRC },
	{ "HeaderDigest", SP_HEADER_DIGEST, BOTH, "X-foo", "Reject", NONE },
	{ "HeaderDigest", SP_HEADER_DIGEST, BOTH, "CRC32CC,Non", "Reject",
	  NONE },
	{ "HeaderDigest", SP_HEADER_DIGEST, BOTH, "", "Reject", NONE },
	{ "HeaderDigest", SP_HEADER_DIGEST, BOTH, ",,CRC32C", "CRC32C", CRC },
	{ "DataDigest", SP_DATA_DIGEST, BOTH, "CRC32C,None", "CRC32C", CRC },
	{ "DataDigest", SP_DATA_DIGEST, NONE, "CRC32C,None", "None", NONE },
	/* declared */
	{ "MaxRecvDataSegmentLength", SP_MAX_XMIT_SEGMENT, L, "262144", NULL,
	  262144 },
	{ "MaxRecvDataSegmentLength", SP_MAX_XMIT_SEGMENT, L, "16777215", NULL,
	  L },
	{ "MaxRecvDataSegmentLength", SP_MAX_XMIT_SEGMENT, 4096, "262144", NULL,
	  4096 },
	{ "MaxRecvDataSegmentLength", SP_MAX_XMIT_SEGMENT, L, "512", NULL,
	  512 },
	/* obsolete: RFC 7143 13.25 */
	{ "OFMarker", SP_OF_MARKER, 0, "Yes", "No", 0 },
	{ "IFMarker", SP_IF_MARKER, 0, "Yes", "No", 0 },
	{ "IFMarker", SP_IF_MARKER, 0, "No", "No", 0 },
	{ "OFMarkInt", SP_OF_MARK_INT, 2048, "2048~8192", "Reject", 2048 },
	{ "IFMarkInt", SP_IF_MARK_INT, 2048, "1", "Reject", 2048 },
	/* newer ones */
	{ "TaskReporting", NO_PARAM, 0, "RFC3720", "RFC3720", 0 },
	{ "TaskReporting", NO_PARAM, 0, "FastAbort,ResponseFence,RFC3720",
	  "RFC3720", 0 },
	{ "TaskReporting", NO_PARAM, 0, "FastAbort", "Reject", 0 },
	{ "iSCSIProtocolLevel", NO_PARAM, 0, "2", "1", 0 },
	{ "iSCSIProtocolLevel", NO_PARAM, 0, "1", "1", 0 },
	{ "iSCSIProtocolLevel", NO_PARAM, 0, "0", "0", 0 },
	{ "iSCSIProtocolLevel", NO_PARAM, 0, "32", "Reject", 0 },
	/* not the initiator's, or not now */
	{ "TargetAlias", NO_PARAM, 0, "x", "Reject", 0 },
	{ "TargetAddress", NO_PARAM, 0, "192.0.2.1:3260,1", "Reject", 0 },
	{ "TargetPortalGroupTag", NO_PARAM, 0, "1", "Reject", 0 },
	{ "SendTargets", NO_PARAM, 0, "All", "Reject", 0 },
	/* unknown */
	{ "X-com.example.key", NO_PARAM, 0, "1", "NotUnderstood", 0 },
	{ "X#key", NO_PARAM, 0, "1", "NotUnderstood", 0 },
	{ "MaxXmitDataSegmentLength", NO_PARAM, 0, "1", "NotUnderstood", 0 },
	{ "RDMAExtensions", NO_PARAM, 0, "Yes", "NotUnderstood", 0 },
	{ "initialr2t", NO_PARAM, 0, "Yes", "NotUnderstood", 0 },
	/* answers are not answered */
	{ "TargetPortalGroupTag", NO_PARAM, 0, "NotUnderstood", NULL, 0 },
	{ "X-com.example.key", NO_PARAM, 0, "NotUnderstood", NULL, 0 },
	/* login.c's */
	{ "InitiatorName", NO_PARAM, 0, "iqn.x", NULL, 0 },
	{ "InitiatorAlias", NO_PARAM, 0, "x", NULL, 0 },
	{ "TargetName", NO_PARAM, 0, "iqn.x", NULL, 0 },
	{ "SessionType", NO_PARAM, 0, "Normal", NULL, 0 },
	{ "AuthMethod", NO_PARAM, 0, "None", NULL, 0 },
};

static void check_answer(const struct text *out, const char *key,
			 const char *answer)
{
	char expected[256];
	int len;

	if (!answer) {
		assert_int_equal(out->len, 0);
		return;
	}
	len = snprintf(expected, sizeof(expected), "%s=%s", key, answer);
	assert_int_equal(out->len, len + 1);
	assert_string_equal(out->buf, expected);
}

static void test_offers(void **state)
{
	struct text_pair pair;
	const struct offer *o;
	struct nego nego;
	struct text out;

	(void)state;
	for (o = offers; o < offers + ARRAY_SIZE(offers); o++) {
		text_init(&out, 4096);
		nego_init(&nego);
		if (o->param != NO_PARAM && o->local != LOCAL_DEFAULT)
			nego.local[o->param] = o->local;
		pair = (struct text_pair){ o->key, o->value };
		assert_int_equal(nego_pairs(&nego, &pair, 1, &out), 0);
		check_answer(&out, o->key, o->answer);
		if (o->param != NO_PARAM)
			assert_int_equal(nego.val[o->param], o->result);
		text_free(&out);
	}
}

/* each session parameter that is on the wire has at least two rows above */
static void test_table_is_complete(void **state)
{
	unsigned int i, j, n;

	(void)state;
	for (i = 0; i < SP_COUNT; i++) {
		for (n = 0, j = 0; j < ARRAY_SIZE(offers); j++)
			n += offers[j].param == i;
		if (i != SP_MAX_RECV_SEGMENT)
			assert_true(n >= 1);
	}
}

static void test_defaults(void **state)
{
	struct nego nego;

	(void)state;
	nego_init(&nego);
	nego_finish(&nego);
	/* RFC 7143 section 13, whatever our own defaults are */
	assert_int_equal(nego.val[SP_INITIAL_R2T], 1);
	assert_int_equal(nego.val[SP_IMMEDIATE_DATA], 1);
	assert_int_equal(nego.val[SP_MAX_RECV_SEGMENT], 8192);
	assert_int_equal(nego.val[SP_MAX_XMIT_SEGMENT], 8192);
	assert_int_equal(nego.val[SP_MAX_BURST], 262144);
	assert_int_equal(nego.val[SP_FIRST_BURST], 65536);
	assert_int_equal(nego.val[SP_TIME2WAIT], 2);
	assert_int_equal(nego.val[SP_TIME2RETAIN], 20);
	assert_int_equal(nego.val[SP_MAX_R2T], 1);
	assert_int_equal(nego.val[SP_PDU_IN_ORDER], 1);
	assert_int_equal(nego.val[SP_HEADER_DIGEST], DIGEST_NONE);
	/* but no longer segments than the administrator wants */
	nego_init(&nego);
	nego.local[SP_MAX_XMIT_SEGMENT] = 4096;
	nego_finish(&nego);
	assert_int_equal(nego.val[SP_MAX_XMIT_SEGMENT], 4096);
}

static void test_segment_out_of_range(void **state)
{
	static const char *const bad[] = {
		"511", "0", "16777216", "x", "", "99999999999999999999999",
	};
	struct text_pair pair = { .key = "MaxRecvDataSegmentLength" };
	struct nego nego;
	struct text out;
	unsigned int i;

	(void)state;
	text_init(&out, 4096);
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		nego_init(&nego);
		pair.value = bad[i];
		assert_int_equal(nego_pairs(&nego, &pair, 1, &out),
				 ISCSI_LOGIN_INITIATOR_ERR);
	}
	text_free(&out);
}

static void test_once(void **state)
{
	static const struct text_pair twice[] = {
		{ "ImmediateData", "Yes" }, { "ImmediateData", "Yes" },
	};
	static const struct text_pair bursts[] = {
		{ "FirstBurstLength", "512" }, { "FirstBurstLength", "1024" },
		{ "FirstBurstLength", "2048" },
	};
	struct nego nego;
	struct text out;

	(void)state;
	text_init(&out, 4096);
	nego_init(&nego);
	assert_int_equal(nego_pairs(&nego, twice, 2, &out),
			 ISCSI_LOGIN_INITIATOR_ERR);
	nego_init(&nego);
	assert_int_equal(nego_pairs(&nego, bursts, 3, &out),
			 ISCSI_LOGIN_INITIATOR_ERR);
	/* in different requests, too */
	nego_init(&nego);
	assert_int_equal(nego_pairs(&nego, twice, 1, &out), 0);
	assert_int_equal(nego_pairs(&nego, twice, 1, &out),
			 ISCSI_LOGIN_INITIATOR_ERR);
	text_free(&out);
}

/* FirstBurstLength never exceeds MaxBurstLength, in whatever order */
static void test_bursts(void **state)
{
	static const struct text_pair first_first[] = {
		{ "FirstBurstLength", "65536" }, { "MaxBurstLength", "4096" },
	};
	static const struct text_pair max_only[] = {
		{ "MaxBurstLength", "8192" },
	};
	struct nego nego;
	struct text out;

	(void)state;
	text_init(&out, 4096);
	nego_init(&nego);
	assert_int_equal(nego_pairs(&nego, first_first, 2, &out), 0);
	assert_int_equal(nego.val[SP_FIRST_BURST], 4096);
	nego_init(&nego);
	assert_int_equal(nego_pairs(&nego, max_only, 1, &out), 0);
	nego_finish(&nego);
	assert_int_equal(nego.val[SP_FIRST_BURST], 8192);
	/* in two requests */
	nego_init(&nego);
	assert_int_equal(nego_pairs(&nego, first_first, 1, &out), 0);
	assert_int_equal(nego_pairs(&nego, max_only, 1, &out), 0);
	nego_finish(&nego);
	assert_int_equal(nego.val[SP_FIRST_BURST], 8192);
	text_free(&out);
}

static void test_declare(void **state)
{
	struct nego nego;
	struct text out;

	(void)state;
	text_init(&out, 4096);
	nego_init(&nego);
	nego_declare(&nego, &out);
	check_answer(&out, "MaxRecvDataSegmentLength", "1048576");
	assert_int_equal(nego.val[SP_MAX_RECV_SEGMENT], L);
	/* once */
	text_reset(&out);
	nego_declare(&nego, &out);
	assert_int_equal(out.len, 0);
	/* not if it is the default anyway */
	nego_init(&nego);
	nego.local[SP_MAX_RECV_SEGMENT] = 8192;
	nego_declare(&nego, &out);
	assert_int_equal(out.len, 0);
	text_free(&out);
}

static void test_discovery(void **state)
{
	static const char *const irrelevant[] = {
		"MaxConnections", "InitialR2T", "ImmediateData",
		"MaxBurstLength", "FirstBurstLength", "MaxOutstandingR2T",
		"DataPDUInOrder", "DataSequenceInOrder", "TaskReporting",
		"iSCSIProtocolLevel",
	};
	static const struct text_pair digest = { "HeaderDigest",
						 "CRC32C,None" };
	struct text_pair pair = { .value = "1" };
	struct nego nego;
	struct text out;
	unsigned int i;

	(void)state;
	text_init(&out, 4096);
	nego_init(&nego);
	nego.discovery = true;
	nego.local[SP_HEADER_DIGEST] = BOTH;
	for (i = 0; i < ARRAY_SIZE(irrelevant); i++) {
		text_reset(&out);
		pair.key = irrelevant[i];
		assert_int_equal(nego_pairs(&nego, &pair, 1, &out), 0);
		check_answer(&out, irrelevant[i], "Irrelevant");
	}
	text_reset(&out);
	assert_int_equal(nego_pairs(&nego, &digest, 1, &out), 0);
	check_answer(&out, "HeaderDigest", "None");
	text_free(&out);
}

static void test_full_feature(void **state)
{
	static const struct {
		struct text_pair pair;
		const char *answer;
	} cases[] = {
		{ { "MaxRecvDataSegmentLength", "65536" }, NULL },
		{ { "MaxRecvDataSegmentLength", "1" }, "Reject" },
		{ { "MaxBurstLength", "65536" }, "Reject" },
		{ { "X-foo", "1" }, "NotUnderstood" },
		{ { "X-foo", "NotUnderstood" }, NULL },
	};
	struct nego nego;
	struct text out;
	unsigned int i;

	(void)state;
	text_init(&out, 4096);
	nego_init(&nego);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		text_reset(&out);
		nego_full_feature(&nego, &cases[i].pair, &out);
		check_answer(&out, cases[i].pair.key, cases[i].answer);
	}
	assert_int_equal(nego.val[SP_MAX_XMIT_SEGMENT], 65536);
	text_free(&out);
}

/* an answer that does not fit is an error, not an overflow */
static void test_output_bound(void **state)
{
	static const struct text_pair pair = { "X-key", "value" };
	struct text_pair pairs[100];
	struct nego nego;
	struct text out;
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(pairs); i++)
		pairs[i] = pair;
	text_init(&out, 1000);
	nego_init(&nego);
	/* no fault of the initiator */
	assert_int_equal(nego_pairs(&nego, pairs, 100, &out),
			 ISCSI_LOGIN_NO_RESOURCES);
	assert_true(out.len <= 1000);
	text_free(&out);
}

static int split(const char *data, size_t len)
{
	struct text_pair pairs[4];
	struct text text;
	int ret;

	text_init(&text, TEXT_IN_MAX);
	assert_int_equal(text_append(&text, data, len), 0);
	ret = text_split(&text, pairs, ARRAY_SIZE(pairs));
	text_free(&text);
	return ret;
}

static void test_split(void **state)
{
	char key[80];

	(void)state;
	assert_int_equal(split("", 0), 0);
	assert_int_equal(split(TEXT("A=b")), 1);
	assert_int_equal(split(TEXT("A=b\0C=d")), 2);
	assert_int_equal(split(TEXT("A=")), 1);
	assert_int_equal(split(TEXT("A==")), 1);
	assert_int_equal(split(TEXT("A=b\0\0\0")), 1);
	assert_int_equal(split(TEXT("\0\0A=b")), 1);
	assert_int_equal(split(TEXT("A=1\0A=2\0A=3\0A=4")), 4);
	assert_int_equal(split(TEXT("A=1\0A=2\0A=3\0A=4\0A=5")), -EINVAL);
	assert_int_equal(split("A=b", 3), -EINVAL);
	assert_int_equal(split("=", 1), -EINVAL);
	assert_int_equal(split(TEXT("=b")), -EINVAL);
	assert_int_equal(split(TEXT("Ab")), -EINVAL);
	assert_int_equal(split(TEXT("A=b\0C")), -EINVAL);
	memset(key, 'K', sizeof(key));
	memcpy(key + 63, "=", 2);
	assert_int_equal(split(key, 65), 1);
	memcpy(key + 63, "K=", 3);
	assert_int_equal(split(key, 66), -EINVAL);
}

static void test_text_bound(void **state)
{
	char block[1000] = { 0 };
	struct text text;
	int i;

	(void)state;
	text_init(&text, 2500);
	for (i = 0; i < 2; i++)
		assert_int_equal(text_append(&text, block, 1000), 0);
	assert_int_equal(text_append(&text, block, 1000), -E2BIG);
	assert_int_equal(text_append(&text, block, 500), 0);
	assert_int_equal(text_append(&text, block, 1), -E2BIG);
	text_free(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_offers),
		cmocka_unit_test(test_table_is_complete),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_segment_out_of_range),
		cmocka_unit_test(test_once),
		cmocka_unit_test(test_bursts),
		cmocka_unit_test(test_declare),
		cmocka_unit_test(test_discovery),
		cmocka_unit_test(test_full_feature),
		cmocka_unit_test(test_output_bound),
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_text_bound),
	};

	return cmocka_run_group_tests_name("nego", tests, NULL, NULL);
}
