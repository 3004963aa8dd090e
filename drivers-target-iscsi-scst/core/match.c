// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the pattern language of initiator names in security groups.
 * Pure: no locks, no state.
 * Must not know groups or sessions.
 */
#include <kunit/visibility.h>
#include <linux/string.h>
#include "core_priv.h"

/*
 * Match @plen bytes of @pattern against @name, '*' and '?' being wild.  With
 * @used the pattern may end before the name does: as early as possible, and
 * @used tells where.  Only the last '*' is ever tried again: a longer run for
 * an earlier one cannot help.  So the time is at most the product of both
 * lengths.
 */
static bool scst_glob(const char *pattern, size_t plen, const char *name,
		      size_t *used)
{
	size_t p = 0, n = 0, star_p = 0, star_n = 0;
	bool star = false;

	for (;;) {
		if (p == plen && (used || !name[n]))
			break;
		if (p < plen && pattern[p] == '*') {
			star = true;
			star_p = ++p;
			star_n = n;
			continue;
		}
		if (p < plen && name[n] &&
		    (pattern[p] == '?' || pattern[p] == name[n])) {
			p++;
			n++;
			continue;
		}
		if (!star || !name[star_n])
			return false;
		p = star_p;
		n = ++star_n;
	}
	if (used)
		*used = n;
	return true;
}

/**
 * scst_match() - does a name match a pattern of a security group
 * @pattern: '*' stands for any run of characters, '?' for exactly one; the
 *	first '!' inverts the result of matching what follows it, later ones are
 *	ordinary characters; case matters
 * @name: initiator name
 *
 * Context: Any.
 * Return: true if all of @name matches.
 */
bool scst_match(const char *pattern, const char *name)
{
	const char *bang = strchr(pattern, '!');
	size_t used;

	if (!bang)
		return scst_glob(pattern, strlen(pattern), name, NULL);
	if (!scst_glob(pattern, bang - pattern, name, &used))
		return false;
	return !scst_glob(bang + 1, strlen(bang + 1), name + used, NULL);
}
EXPORT_SYMBOL_IF_KUNIT(scst_match);
