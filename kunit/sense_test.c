// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of sense data: every byte of both formats.
 */
#include <kunit/test.h>
#include <linux/limits.h>
#include <linux/string.h>

#include "../core/core_priv.h"

#define SENSE_ROOM	20
#define SENSE_GUARD	0xaa

struct sense_case {
	const char *desc;
	scst_sense_t sense;
	bool descriptor;
	bool has_info;
	u64 info;
	unsigned int len;
	u8 bytes[SENSE_ROOM];
};

static const struct sense_case sense_cases[] = {
	{ "fixed", SCST_LBA_OUT_OF_RANGE, false, false, 0, 18,
	  { 0x70, 0, 0x05, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x21, 0 } },
	{ "fixed with ASCQ", SCST_UA_LUNS_CHANGED, false, false, 0, 18,
	  { 0x70, 0, 0x06, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x3f, 0x0e } },
	{ "fixed, no sense", SCST_GOOD, false, false, 0, 18,
	  { 0x70, 0, 0, 0, 0, 0, 0, 10 } },
	{ "fixed with information", SCST_MISCOMPARE, false, true, 0x12345678,
	  18, { 0xf0, 0, 0x0e, 0x12, 0x34, 0x56, 0x78, 10, 0, 0, 0, 0,
		0x1d, 0 } },
	{ "fixed with information zero", SCST_MISCOMPARE, false, true, 0,
	  18, { 0xf0, 0, 0x0e, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x1d, 0 } },
	{ "fixed, largest information", SCST_READ_ERROR, false, true, U32_MAX,
	  18, { 0xf0, 0, 0x03, 0xff, 0xff, 0xff, 0xff, 10, 0, 0, 0, 0,
		0x11, 0 } },
	{ "fixed, information too large", SCST_READ_ERROR, false, true,
	  U32_MAX + 1ull, 18,
	  { 0x70, 0, 0x03, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x11, 0 } },
	{ "descriptor", SCST_WRITE_PROTECTED, true, false, 0, 8,
	  { 0x72, 0x07, 0x27, 0 } },
	{ "descriptor, no sense", SCST_GOOD, true, false, 0, 8, { 0x72 } },
	{ "descriptor with information", SCST_READ_ERROR, true, true,
	  0x123456789abcdef0ull, 20,
	  { 0x72, 0x03, 0x11, 0, 0, 0, 0, 12, 0x00, 0x0a, 0x80, 0,
	    0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde, 0xf0 } },
};

static void sense_desc(const struct sense_case *c, char *desc)
{
	strscpy(desc, c->desc, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(sense, sense_cases, sense_desc);

static void sense_build(struct kunit *test)
{
	const struct sense_case *c = test->param_value;
	u8 buf[SCST_MAX_SENSE];
	unsigned int len;

	memset(buf, SENSE_GUARD, sizeof(buf));
	len = scst_sense_build(buf, sizeof(buf), c->sense, c->descriptor,
			       c->has_info ? &c->info : NULL);
	KUNIT_ASSERT_EQ(test, len, c->len);
	KUNIT_EXPECT_MEMEQ(test, buf, c->bytes, len);
	KUNIT_EXPECT_EQ(test, buf[len], SENSE_GUARD);
}

/* Whatever the room, nothing is written past it */
static void sense_cut(struct kunit *test)
{
	const struct sense_case *c = test->param_value;
	unsigned int room, len;
	u8 buf[SENSE_ROOM + 1];

	for (room = 0; room <= SENSE_ROOM; room++) {
		memset(buf, SENSE_GUARD, sizeof(buf));
		len = scst_sense_build(buf, room, c->sense, c->descriptor,
				       c->has_info ? &c->info : NULL);
		KUNIT_EXPECT_EQ(test, len, min(room, c->len));
		KUNIT_EXPECT_MEMEQ(test, buf, c->bytes, len);
		KUNIT_EXPECT_EQ(test, buf[len], SENSE_GUARD);
	}
}

static struct kunit_case scst_sense_cases[] = {
	KUNIT_CASE_PARAM(sense_build, sense_gen_params),
	KUNIT_CASE_PARAM(sense_cut, sense_gen_params),
	{}
};

static struct kunit_suite scst_sense_suite = {
	.name = "scst_sense",
	.test_cases = scst_sense_cases,
};

kunit_test_suite(scst_sense_suite);

MODULE_DESCRIPTION("KUnit tests of SCST sense data");
MODULE_LICENSE("GPL");
