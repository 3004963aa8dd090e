// SPDX-License-Identifier: GPL-2.0
/*
 * The patterns of initiator names, as the kernel matches them: '*' stands for
 * any characters, '?' for one, and the first '!' inverts what follows.  Pure.
 */
#include <string.h>

#include "model.h"

/*
 * Does @pattern, up to @end, match @name?  With @rest only its beginning, as
 * little of it as possible, and @rest is what follows.  Only the last '*' is
 * tried again: more for an earlier one never helps.
 */
static bool glob(const char *pattern, const char *end, const char *name,
		 const char **rest)
{
	const char *star = NULL, *again = NULL;

	while (pattern < end || (!rest && *name)) {
		if (pattern < end && *pattern == '*') {
			star = ++pattern;
			again = name;
		} else if (pattern < end && *name &&
			   (*pattern == '?' || *pattern == *name)) {
			pattern++;
			name++;
		} else if (star && *again) {
			pattern = star;
			name = ++again;
		} else {
			return false;
		}
	}
	if (rest)
		*rest = name;
	return true;
}

/**
 * name_matches() - is an initiator meant by a name of a group?
 * @pattern: the name in the group
 * @name: of the initiator
 *
 * Return: whether it is.
 */
bool name_matches(const char *pattern, const char *name)
{
	const char *bang = strchr(pattern, '!');
	const char *end = pattern + strlen(pattern);

	if (!bang)
		return glob(pattern, end, name, NULL);
	return glob(pattern, bang, name, &name) &&
	       !glob(bang + 1, end, name, NULL);
}

/* Is there a name that both match?  From the ends, so that one row is enough */
static bool globs_meet(const char *a, const char *b)
{
	bool row[2][NAME_LEN_MAX + 2] = { 0 };
	size_t i, j, n = strlen(b);

	if (n > NAME_LEN_MAX)
		return true;
	for (i = strlen(a) + 1; i--;) {
		bool *now = row[i & 1], *next = row[!(i & 1)];

		for (j = n + 1; j--;) {
			if (a[i] == '*')
				now[j] = next[j] || (b[j] && now[j + 1]);
			else if (b[j] == '*')
				now[j] = now[j + 1] || (a[i] && next[j]);
			else if (!a[i] || !b[j])
				now[j] = a[i] == b[j];
			else
				now[j] = (a[i] == b[j] || a[i] == '?' ||
					  b[j] == '?') && next[j + 1];
		}
	}
	return row[0][0];
}

static bool is_pattern(const char *name)
{
	return strpbrk(name, "*?!");
}

/**
 * names_overlap() - may two names of groups mean the same initiator?
 * @a: one of them
 * @b: the other one
 *
 * Return: whether they may; also if that is hard to say.
 */
bool names_overlap(const char *a, const char *b)
{
	if (!is_pattern(a))
		return name_matches(b, a);
	if (!is_pattern(b))
		return name_matches(a, b);
	return strchr(a, '!') || strchr(b, '!') || globs_meet(a, b);
}

/**
 * groups_overlap() - may names of two groups mean the same initiator?
 * @a: one of them
 * @b: the other one
 *
 * Return: whether they may.
 */
bool groups_overlap(const struct group *a, const struct group *b)
{
	size_t i, j;

	for (i = 0; i < a->nnames; i++)
		for (j = 0; j < b->nnames; j++)
			if (names_overlap(a->names[i].name, b->names[j].name))
				return true;
	return false;
}
