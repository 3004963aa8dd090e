/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Command lines that an administrator writes into /proc/scsi_tgt.
 * Pure: no locks, no allocation, works on the caller's buffer.
 */
#ifndef _SCST_CMDLINE_H
#define _SCST_CMDLINE_H

#include <linux/types.h>

#define SCST_CMDLINE_ARGS	4	/* the most that a command keeps */
#define SCST_ARGS_REST		255	/* surplus arguments are ignored */

struct scst_proc_node;
struct scst_cmdline;

/**
 * struct scst_verb - a command of a file
 * @name: verb, lower case
 * @min_args: fewest arguments
 * @max_args: most arguments, at most SCST_CMDLINE_ARGS, or SCST_ARGS_REST
 * @run: executes it; 0 or a negative errno, and then it has said why
 *
 * Tables end with an entry without a name.
 */
struct scst_verb {
	const char *name;
	u8 min_args;
	u8 max_args;
	int (*run)(struct scst_proc_node *node, const struct scst_cmdline *cl);
};

/**
 * struct scst_cmdline - a command line taken apart
 * @word: its first word; empty if there is none
 * @argc: arguments in @argv
 * @argv: arguments, the verb not counted
 */
struct scst_cmdline {
	const char *word;
	unsigned int argc;
	char *argv[SCST_CMDLINE_ARGS];
};

const char *scst_cmdline_clean(char *line);
const char *scst_cmdline_parse(struct scst_cmdline *cl, char *line,
			       const struct scst_verb *verbs,
			       const struct scst_verb **found);
int scst_cmdline_number(const char *word, u32 max, u32 *value);

#endif /* _SCST_CMDLINE_H */
