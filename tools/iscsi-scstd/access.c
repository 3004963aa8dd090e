// SPDX-License-Identifier: GPL-2.0
/*
 * Restrictions by address: the deny and allow files.
 *
 * Nothing evaluates them yet.  A deny file with a rule in it means that some
 * initiators must be kept out, so the daemon does not start with one.  (An
 * allow file only makes exceptions from the deny file.)
 */
#include <errno.h>

#include "conf.h"
#include "scstd.h"

static int deny_rule(void *arg, const struct conf_line *line)
{
	(void)arg;
	return conf_error(line,
			  "access rules are not supported by this version; refusing to start without the restriction");
}

/**
 * access_check() - are there rules that we would have to ignore?
 * @deny_file: list of initiators to keep out; may be missing
 *
 * Return: 0 if there are none, or a negative errno after a message.
 */
int access_check(const char *deny_file)
{
	int ret = conf_parse_file(deny_file, deny_rule, NULL);

	return ret == -ENOENT ? 0 : ret;
}
