// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of initiator name patterns.
 */
#include <kunit/test.h>
#include <linux/string.h>

#include "../core/core_priv.h"

#define MATCH_LONG	255

struct match_case {
	const char *pattern;
	const char *name;
	bool match;
};

static const struct match_case match_cases[] = {
	/* plain names */
	{ "iqn.a", "iqn.a", true },
	{ "iqn.a", "iqn.A", false },
	{ "iqn.a", "iqn.ab", false },
	{ "iqn.ab", "iqn.a", false },
	{ "", "", true },
	{ "", "a", false },
	{ "a", "", false },
	{ "iqn.2007-05.com.example:x", "iqn.2007-05.com.example:x", true },
	{ "[a]", "a", false },
	{ "\\*", "*", false },
	/* one character */
	{ "?", "a", true },
	{ "?", "", false },
	{ "?", "ab", false },
	{ "a?c", "abc", true },
	{ "a?c", "ac", false },
	{ "a?", "a", false },
	{ "??", "ab", true },
	{ "?", "?", true },
	/* runs */
	{ "*", "", true },
	{ "*", "anything", true },
	{ "**", "", true },
	{ "a*", "a", true },
	{ "a*", "ab", true },
	{ "a*", "ba", false },
	{ "*a", "a", true },
	{ "*a", "ba", true },
	{ "*a", "ab", false },
	{ "*a", "aab", false },
	{ "*ab", "aab", true },
	{ "a*c", "ac", true },
	{ "a*c", "abbbc", true },
	{ "a*c", "abbbcd", false },
	{ "*b*", "abc", true },
	{ "*b*", "ac", false },
	{ "*?", "", false },
	{ "*?", "a", true },
	{ "?*?", "a", false },
	{ "?*?", "ab", true },
	{ "a*b*c", "a-b-b-c", true },
	{ "a*b*c", "a-c-b", false },
	{ "*abab", "abaabab", true },
	{ "iqn.*:disk?", "iqn.2007-05.com.example:disk1", true },
	{ "*@iqn.x", "user@iqn.x", true },
	{ "21:00:00:?b:*", "21:00:00:1b:32:10:d4:5e", true },
	/* inversion */
	{ "!", "", false },
	{ "!", "a", true },
	{ "!a", "a", false },
	{ "!a", "b", true },
	{ "!a", "ab", true },
	{ "!a", "", true },
	{ "!*", "", false },
	{ "!*", "a", false },
	{ "!*disk*", "iqn.disk1", false },
	{ "!*disk*", "iqn.tape1", true },
	{ "ab!c", "abc", false },
	{ "ab!c", "abd", true },
	{ "ab!c", "ab", true },
	{ "ab!c", "axd", false },
	{ "ab!c", "a", false },
	{ "a?!c", "abc", false },
	{ "a?!c", "abd", true },
	{ "a?!c", "a", false },
	{ "a*!", "a", false },
	{ "a*!", "ab", true },
	{ "*!a", "a", false },
	{ "*!a", "ba", true },
	{ "*:!x", "iqn:x", false },
	{ "*:!x", "iqn:y", true },
	{ "*:!x", "iqn", false },
	/* only the first one inverts */
	{ "!!", "!", false },
	{ "!!", "a", true },
	{ "!a!", "a!", false },
	{ "!a!", "a", true },
	{ "a!b!c", "ab!c", false },
	{ "a!b!c", "abc", true },
};

static void match_desc(const struct match_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "\"%s\" and \"%s\"", c->pattern,
		 c->name);
}

KUNIT_ARRAY_PARAM(match, match_cases, match_desc);

static void match_table(struct kunit *test)
{
	const struct match_case *c = test->param_value;

	KUNIT_EXPECT_EQ(test, scst_match(c->pattern, c->name), c->match);
}

/* A matcher that tries all ways to spread the '*' would never come back */
static void match_hard(struct kunit *test)
{
	char *pattern = kunit_kzalloc(test, MATCH_LONG + 1, GFP_KERNEL);
	char *name = kunit_kzalloc(test, MATCH_LONG + 1, GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, pattern);
	KUNIT_ASSERT_NOT_NULL(test, name);
	memset(name, 'a', MATCH_LONG);
	for (i = 0; i < MATCH_LONG - 1; i += 2)
		memcpy(pattern + i, "*a", 2);
	KUNIT_EXPECT_TRUE(test, scst_match(pattern, name));
	pattern[MATCH_LONG - 1] = 'b';
	KUNIT_EXPECT_FALSE(test, scst_match(pattern, name));
	memset(pattern, '*', MATCH_LONG);
	KUNIT_EXPECT_TRUE(test, scst_match(pattern, name));
}

/* The same by brute force: one level of recursion for each character */
static bool match_slow(const char *p, const char *n)
{
	if (!*p)
		return !*n;
	if (*p == '*')
		return match_slow(p + 1, n) ||
		       (*n && match_slow(p, n + 1));
	return *n && (*p == '?' || *p == *n) && match_slow(p + 1, n + 1);
}

/* All patterns and names of up to four characters from a small alphabet */
static void match_all_small(struct kunit *test)
{
	static const char letters[] = "ab?*";
	unsigned int p, n, i, bad = 0;
	char pattern[5] = {}, name[4] = {};

	for (p = 0; p < 256; p++) {
		for (i = 0; i < 4; i++)
			pattern[i] = letters[p >> 2 * i & 3];
		for (n = 0; n < 8 * 4; n++) {
			memset(name, 0, sizeof(name));
			for (i = 0; i < n / 8; i++)
				name[i] = letters[n >> i & 1];
			bad += scst_match(pattern, name) !=
			       match_slow(pattern, name);
		}
	}
	KUNIT_EXPECT_EQ(test, bad, 0);
}

static struct kunit_case scst_match_cases[] = {
	KUNIT_CASE_PARAM(match_table, match_gen_params),
	KUNIT_CASE(match_hard),
	KUNIT_CASE(match_all_small),
	{}
};

static struct kunit_suite scst_match_suite = {
	.name = "scst_match",
	.test_cases = scst_match_cases,
};

kunit_test_suite(scst_match_suite);

MODULE_DESCRIPTION("KUnit tests of SCST initiator name patterns");
MODULE_LICENSE("GPL");
