// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the commands of virtual disks: verbs, block sizes and flags,
 * and above all what has to be refused.
 */
#include <kunit/test.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "../handlers/vdisk/options.h"

#define LINE_SIZE	256

struct good_case {
	const char *line;
	enum scst_vdisk_verb verb;
	const char *name;
	const char *path;
	unsigned int block_shift;
	unsigned long flags;
	const char *t10_id;
};

#define OPEN(text, n, p, shift, f) \
	{ .line = (text), .verb = SCST_VDISK_OPEN, .name = (n), .path = (p), \
	  .block_shift = (shift), .flags = (f) }

static const struct good_case good_lines[] = {
	OPEN("open disk1 /images/d1", "disk1", "/images/d1", 9, 0),
	OPEN("open vdisk0 /dev/sdb 512 NV_CACHE", "vdisk0", "/dev/sdb", 9,
	     SCST_VDISK_NV_CACHE),
	OPEN("  open\tvd0 \t /a  4096 ", "vd0", "/a", 12, 0),
	OPEN("open vd0 /a 1024", "vd0", "/a", 10, 0),
	OPEN("open vd0 /a 2048", "vd0", "/a", 11, 0),
	OPEN("open vd0 /a 0x200", "vd0", "/a", 9, 0),
	OPEN("open vd0 /a 010000", "vd0", "/a", 12, 0),
	OPEN("open vd0 /a READ_ONLY", "vd0", "/a", 9, SCST_VDISK_READ_ONLY),
	OPEN("open vd0 /a WRITE_THROUGH READ_ONLY O_DIRECT BLOCKIO REMOVABLE",
	     "vd0", "/a", 9,
	     SCST_VDISK_WRITE_THROUGH | SCST_VDISK_READ_ONLY |
	     SCST_VDISK_O_DIRECT | SCST_VDISK_BLOCKIO | SCST_VDISK_REMOVABLE),
	OPEN("open vd0 /a NV_CACHE NV_CACHE", "vd0", "/a", 9,
	     SCST_VDISK_NV_CACHE),
	OPEN("open vd0 /a NV_CACHEREAD_ONLY", "vd0", "/a", 9,
	     SCST_VDISK_NV_CACHE | SCST_VDISK_READ_ONLY),
	OPEN("open n none NULLIO", "n", "none", 9, SCST_VDISK_NULLIO),
	OPEN("open n none 4096 NULLIO", "n", "none", 12, SCST_VDISK_NULLIO),
	OPEN("open sixteen-letters! /a", "sixteen-letters!", "/a", 9, 0),
	OPEN("open a,b /a,b", "a,b", "/a,b", 9, 0),
	{ .line = "close disk1", .verb = SCST_VDISK_CLOSE, .name = "disk1" },
	{ .line = "close disk1  ", .verb = SCST_VDISK_CLOSE, .name = "disk1" },
	{ .line = "resync_size disk1", .verb = SCST_VDISK_RESYNC_SIZE,
	  .name = "disk1" },
	{ .line = "set_t10_dev_id disk1 some id ",
	  .verb = SCST_VDISK_SET_T10_DEV_ID, .name = "disk1",
	  .t10_id = "some id" },
	{ .line = "set_t10_dev_id d 1234567890123456789012345",
	  .verb = SCST_VDISK_SET_T10_DEV_ID, .name = "d",
	  .t10_id = "1234567890123456789012345" },
	{ .line = "set_t10_dev_id d 12345678901234567890123456789",
	  .verb = SCST_VDISK_SET_T10_DEV_ID, .name = "d",
	  .t10_id = "1234567890123456789012345" },
};

static void good_desc(const struct good_case *c, char *desc)
{
	strscpy(desc, c->line, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(good, good_lines, good_desc);

static void options_good(struct kunit *test)
{
	const struct good_case *c = test->param_value;
	struct scst_vdisk_options opt;
	char line[LINE_SIZE];

	strscpy(line, c->line, sizeof(line));
	KUNIT_ASSERT_NULL(test, scst_vdisk_options_parse(&opt, line));
	KUNIT_EXPECT_EQ(test, opt.verb, c->verb);
	KUNIT_EXPECT_STREQ(test, opt.name, c->name);
	if (c->path) {
		KUNIT_ASSERT_NOT_NULL(test, opt.path);
		KUNIT_EXPECT_STREQ(test, opt.path, c->path);
		KUNIT_EXPECT_EQ(test, opt.block_shift, c->block_shift);
		KUNIT_EXPECT_EQ(test, opt.flags, c->flags);
	}
	if (c->t10_id) {
		KUNIT_ASSERT_NOT_NULL(test, opt.t10_id);
		KUNIT_EXPECT_STREQ(test, opt.t10_id, c->t10_id);
	}
}

struct bad_case {
	const char *line;
	const char *why;	/* a part of the reason */
};

static const struct bad_case bad_lines[] = {
	{ "", "unknown command" },
	{ "   ", "unknown command" },
	{ "OPEN vd0 /a", "unknown command" },
	{ "opener vd0 /a", "unknown command" },
	{ "ope vd0 /a", "unknown command" },
	{ "open\nvd0 /a", "unknown command" },
	{ "open", "name is missing" },
	{ "open  ", "name is missing" },
	{ "open seventeen-letters /a", "longer than 16" },
	{ "open vd0", "file name is missing" },
	{ "open vd0 a", "begin with /" },
	{ "open vd0 none BLOCKIO", "begin with /" },
	{ "open vd0 NULLIO", "begin with /" },
	{ "open vd0 /a 0", "block size has to be" },
	{ "open vd0 /a 256", "block size has to be" },
	{ "open vd0 /a 1536", "block size has to be" },
	{ "open vd0 /a 8192", "block size has to be" },
	{ "open vd0 /a 512k", "not a number" },
	{ "open vd0 /a 512,NV_CACHE", "not a number" },
	{ "open vd0 /a 4294967808", "not a number" },
	{ "open vd0 /a 512 512", "unknown flag" },
	{ "open vd0 /a -512", "unknown flag" },
	{ "open vd0 /a NV_CACHE 512", "unknown flag" },
	{ "open vd0 /a nv_cache", "unknown flag" },
	{ "open vd0 /a NV", "unknown flag" },
	{ "open vd0 /a NV_CACHE,READ_ONLY", "unknown flag" },
	{ "open vd0 /a READ_ONLYX", "unknown flag" },
	{ "open vd0 /a READ_ONLY\n", "unknown flag" },
	{ "open vd0 /a NULLIO BLOCKIO", "exclude each other" },
	{ "close", "name is missing" },
	{ "close vd0 vd1", "too many" },
	{ "resync_size", "name is missing" },
	{ "resync_size vd0 1", "too many" },
	{ "set_t10_dev_id vd0", "identifier is missing" },
	{ "set_t10_dev_id vd0   ", "identifier is missing" },
	{ "set_t10_dev_id vd0 a\tb", "not printable" },
	{ "set_t10_dev_id vd0 \xc3\xa4", "not printable" },
};

static void bad_desc(const struct bad_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "'%s'", c->line);
	strreplace(desc, '\n', '~');
}

KUNIT_ARRAY_PARAM(bad, bad_lines, bad_desc);

static void options_bad(struct kunit *test)
{
	const struct bad_case *c = test->param_value;
	struct scst_vdisk_options opt;
	char line[LINE_SIZE];
	const char *why;

	strscpy(line, c->line, sizeof(line));
	why = scst_vdisk_options_parse(&opt, line);
	KUNIT_ASSERT_NOT_NULL(test, why);
	KUNIT_EXPECT_NOT_NULL_MSG(test, strstr(why, c->why), "said \"%s\"",
				  why);
	KUNIT_EXPECT_NOT_NULL(test, opt.name);
}

struct text_case {
	unsigned long flags;
	const char *text;
};

static const struct text_case texts[] = {
	{ 0, "" },
	{ SCST_VDISK_WRITE_THROUGH, "WT " },
	{ SCST_VDISK_NV_CACHE | SCST_VDISK_READ_ONLY, "NV RO " },
	{ SCST_VDISK_WRITE_THROUGH | SCST_VDISK_NV_CACHE, "NV " },
	{ SCST_VDISK_O_DIRECT, "" },
	{ SCST_VDISK_NULLIO | SCST_VDISK_REMOVABLE, "NIO RM " },
	{ SCST_VDISK_WRITE_THROUGH | SCST_VDISK_READ_ONLY |
	  SCST_VDISK_BLOCKIO | SCST_VDISK_REMOVABLE, "WT RO BIO RM " },
};

static void options_text(struct kunit *test)
{
	char text[32];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		scst_vdisk_flags_text(texts[i].flags, text, sizeof(text));
		KUNIT_EXPECT_STREQ(test, text, texts[i].text);
	}
}

/* What does not fit is cut off, and nothing is written past the end */
static void options_text_small(struct kunit *test)
{
	char text[8] = "xxxxxxx";

	scst_vdisk_flags_text(SCST_VDISK_NV_CACHE | SCST_VDISK_READ_ONLY, text,
			      6);
	KUNIT_EXPECT_STREQ(test, text, "NV RO");
	KUNIT_EXPECT_EQ(test, text[6], 'x');
}

static struct kunit_case scst_vdisk_options_cases[] = {
	KUNIT_CASE_PARAM(options_good, good_gen_params),
	KUNIT_CASE_PARAM(options_bad, bad_gen_params),
	KUNIT_CASE(options_text),
	KUNIT_CASE(options_text_small),
	{}
};

static struct kunit_suite scst_vdisk_options_suite = {
	.name = "scst_vdisk_options",
	.test_cases = scst_vdisk_options_cases,
};

kunit_test_suite(scst_vdisk_options_suite);

MODULE_DESCRIPTION("KUnit tests of the SCST virtual disk commands");
MODULE_LICENSE("GPL");
