// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the command lines of /proc/scsi_tgt: words, verbs, numbers and
 * above all what has to be refused.
 */
#include <kunit/test.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/string.h>

#include "../proc/cmdline.h"

/* A table with every kind of verb that the files have */
static const struct scst_verb verbs[] = {
	{ "add", 2, 3, NULL },
	{ "add_group", 1, 1, NULL },
	{ "del", 1, SCST_ARGS_REST, NULL },
	{ "move", 2, 2, NULL },
	{ "clear", 0, 0, NULL },
	{ "none", 0, 0, NULL },
	{ }
};

struct line_case {
	const char *line;
	const char *verb;	/* NULL: has to be refused */
	unsigned int argc;
	const char *argv[SCST_CMDLINE_ARGS];
};

static const struct line_case good_lines[] = {
	{ "add vd0 0", "add", 2, { "vd0", "0" } },
	{ "ADD vd0 0", "add", 2, { "vd0", "0" } },
	{ "Add vd0 0 READ_ONLY", "add", 3, { "vd0", "0", "READ_ONLY" } },
	{ "  add \t vd0\t0  ", "add", 2, { "vd0", "0" } },
	{ "add 1:0:0:0 0", "add", 2, { "1:0:0:0", "0" } },
	{ "add_group Default_iqn.2007-05.com.example:storage", "add_group", 1,
	  { "Default_iqn.2007-05.com.example:storage" } },
	{ "ADD_GROUP MixedCase", "add_group", 1, { "MixedCase" } },
	{ "del vd0", "del", 1, { "vd0" } },
	{ "del 4:0:0:8 0", "del", 2, { "4:0:0:8", "0" } },
	{ "del a b c d", "del", 4, { "a", "b", "c", "d" } },
	{ "del a b c d e f g", "del", 4, { "a", "b", "c", "d" } },
	{ "move iqn.x G", "move", 2, { "iqn.x", "G" } },
	{ "clear", "clear", 0, {} },
	{ "CLEAR", "clear", 0, {} },
	{ "clear all of it", "clear", 0, {} },
	{ "cleared", "clear", 0, {} },
	{ " none ", "none", 0, {} },
	{ "move \xc3\xa4 \xc3\xbf", "move", 2, { "\xc3\xa4", "\xc3\xbf" } },
};

static const struct line_case bad_lines[] = {
	{ "" },
	{ " " },
	{ "\t \t" },
	{ "a" },
	{ "ad vd0 0" },
	{ "addd vd0 0" },
	{ "add" },
	{ "add " },
	{ "add vd0" },
	{ "add vd0 " },
	{ "add vd0 0 READ_ONLY more" },
	{ "add_" },
	{ "add_group" },
	{ "add_group a b" },
	{ "add_groups a" },
	{ "add-group a" },
	{ "del" },
	{ "del\t" },
	{ "delete vd0" },
	{ "move a" },
	{ "move a b c" },
	{ "mov a b" },
	{ "clea" },
	{ "nope" },
	{ "-add vd0 0" },
	{ "add,vd0,0" },
	{ "\xc3\xbf" },
	{ "%s%s%s%n" },
};

static void line_desc(const struct line_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "\"%s\"", c->line);
}

KUNIT_ARRAY_PARAM(good, good_lines, line_desc);
KUNIT_ARRAY_PARAM(bad, bad_lines, line_desc);

static void cmdline_good(struct kunit *test)
{
	const struct line_case *c = test->param_value;
	const struct scst_verb *verb = NULL;
	struct scst_cmdline cl;
	unsigned int i;
	char *line;

	line = kunit_kzalloc(test, strlen(c->line) + 1, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, line);
	memcpy(line, c->line, strlen(c->line));
	KUNIT_ASSERT_NULL(test, scst_cmdline_parse(&cl, line, verbs, &verb));
	KUNIT_ASSERT_NOT_NULL(test, verb);
	KUNIT_EXPECT_STREQ(test, verb->name, c->verb);
	KUNIT_ASSERT_EQ(test, cl.argc, c->argc);
	for (i = 0; i < c->argc; i++)
		KUNIT_EXPECT_STREQ(test, cl.argv[i], c->argv[i]);
}

static void cmdline_bad(struct kunit *test)
{
	const struct line_case *c = test->param_value;
	const struct scst_verb *verb = NULL;
	struct scst_cmdline cl;
	char *line;

	line = kunit_kzalloc(test, strlen(c->line) + 1, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, line);
	memcpy(line, c->line, strlen(c->line));
	KUNIT_EXPECT_NOT_NULL(test,
			      scst_cmdline_parse(&cl, line, verbs, &verb));
	/* for the message */
	KUNIT_EXPECT_NOT_NULL(test, cl.word);
}

/* The longest line there is, as words of one letter and as one word */
static void cmdline_long(struct kunit *test)
{
	const unsigned int size = PAGE_SIZE - 512;
	const struct scst_verb *verb = NULL;
	struct scst_cmdline cl;
	unsigned int i;
	char *line;

	line = kunit_kzalloc(test, size + 1, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, line);
	for (i = 0; i < size; i++)
		line[i] = i % 2 ? ' ' : 'x';
	memcpy(line, "del", 3);
	KUNIT_EXPECT_NULL(test, scst_cmdline_clean(line));
	KUNIT_EXPECT_NULL(test, scst_cmdline_parse(&cl, line, verbs, &verb));
	KUNIT_EXPECT_EQ(test, cl.argc, SCST_CMDLINE_ARGS);

	memset(line, 'x', size);
	KUNIT_EXPECT_NULL(test, scst_cmdline_clean(line));
	KUNIT_EXPECT_NOT_NULL(test,
			      scst_cmdline_parse(&cl, line, verbs, &verb));
	memcpy(line, "del ", 4);
	KUNIT_EXPECT_NULL(test, scst_cmdline_parse(&cl, line, verbs, &verb));
	KUNIT_EXPECT_EQ(test, strlen(cl.argv[0]), size - 4);
}

struct clean_case {
	const char *line;
	const char *cleaned;	/* NULL: has to be refused */
};

static const struct clean_case clean_lines[] = {
	{ "", "" },
	{ "\n", "" },
	{ "clear", "clear" },
	{ "clear\n", "clear" },
	{ "a\tb\x20\n", "a\tb " },
	{ "\xc3\xa4\n", "\xc3\xa4" },
	{ "clear\n\n", NULL },
	{ "\n\n", NULL },
	{ "\nclear", NULL },
	{ "add a\nadd b\n", NULL },
	{ "clear\r\n", NULL },
	{ "clear\r", NULL },
	{ "a\x01", NULL },
	{ "a\x1b[2J", NULL },
	{ "a\x7f", NULL },
	{ "\v", NULL },
	{ "\f", NULL },
};

static void clean_desc(const struct clean_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%zu bytes \"%*pE\"",
		 strlen(c->line), (int)strlen(c->line), c->line);
}

KUNIT_ARRAY_PARAM(clean, clean_lines, clean_desc);

static void cmdline_clean(struct kunit *test)
{
	const struct clean_case *c = test->param_value;
	char line[32];

	strscpy(line, c->line);
	if (c->cleaned) {
		KUNIT_EXPECT_NULL(test, scst_cmdline_clean(line));
		KUNIT_EXPECT_STREQ(test, line, c->cleaned);
	} else {
		KUNIT_EXPECT_NOT_NULL(test, scst_cmdline_clean(line));
	}
}

struct number_case {
	const char *word;
	u32 max;
	int ret;
	u32 value;
};

static const struct number_case numbers[] = {
	{ "0", 16383, 0, 0 },
	{ "1", 16383, 0, 1 },
	{ "16383", 16383, 0, 16383 },
	{ "0x10", 16383, 0, 16 },
	{ "0X3fff", 16383, 0, 16383 },
	{ "010", 16383, 0, 8 },
	{ "00", 16383, 0, 0 },
	{ "4294967295", U32_MAX, 0, U32_MAX },
	{ "0xffffffff", U32_MAX, 0, U32_MAX },
	{ "0", 0, 0, 0 },
	{ "16384", 16383, -ERANGE },
	{ "1", 0, -ERANGE },
	{ "4294967296", U32_MAX, -ERANGE },
	{ "99999999999999999999999999", U32_MAX, -ERANGE },
	{ "", 16383, -EINVAL },
	{ " 1", 16383, -EINVAL },
	{ "1 ", 16383, -EINVAL },
	{ "+1", 16383, -EINVAL },
	{ "-1", 16383, -EINVAL },
	{ "-0", 16383, -EINVAL },
	{ "1\n", 16383, -EINVAL },
	{ "08", 16383, -EINVAL },
	{ "0x", 16383, -EINVAL },
	{ "0xg", 16383, -EINVAL },
	{ "1x", 16383, -EINVAL },
	{ "1,", 16383, -EINVAL },
	{ "1.0", 16383, -EINVAL },
	{ "1e3", 16383, -EINVAL },
	{ "0b1", 16383, -EINVAL },
	{ "x", 16383, -EINVAL },
	{ "ff", 16383, -EINVAL },
	{ "\xc2\xb2", 16383, -EINVAL },
};

static void number_desc(const struct number_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "\"%*pE\" up to %u",
		 (int)strlen(c->word), c->word, c->max);
}

KUNIT_ARRAY_PARAM(number, numbers, number_desc);

static void cmdline_number(struct kunit *test)
{
	const struct number_case *c = test->param_value;
	const u32 untouched = 0xdeadbeef;
	u32 value = untouched;

	KUNIT_EXPECT_EQ(test, scst_cmdline_number(c->word, c->max, &value),
			c->ret);
	KUNIT_EXPECT_EQ(test, value, c->ret ? untouched : c->value);
}

static struct kunit_case scst_cmdline_cases[] = {
	KUNIT_CASE_PARAM(cmdline_good, good_gen_params),
	KUNIT_CASE_PARAM(cmdline_bad, bad_gen_params),
	KUNIT_CASE(cmdline_long),
	KUNIT_CASE_PARAM(cmdline_clean, clean_gen_params),
	KUNIT_CASE_PARAM(cmdline_number, number_gen_params),
	{}
};

static struct kunit_suite scst_cmdline_suite = {
	.name = "scst_cmdline",
	.test_cases = scst_cmdline_cases,
};

kunit_test_suite(scst_cmdline_suite);

MODULE_DESCRIPTION("KUnit tests of the SCST command lines");
MODULE_LICENSE("GPL");
