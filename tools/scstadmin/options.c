// SPDX-License-Identifier: GPL-2.0
/*
 * The options of both eras in one table, and the parser: one or two dashes, any
 * case, '-' and '_' within a name ignored, unambiguous abbreviations.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"

#define NAME_MAX_LEN 64

/* scstadmin(8) has the same options, tests/test-scstadmin.c compares */
const struct option_desc option_table[] = {
	{ "config", "[file]", OPT_CONFIG, "-force -noprompt",
	  "apply a configuration file, default /etc/scst.conf" },
	{ "check_config", "[file]", OPT_CHECK_CONFIG, "-force",
	  "show what -config would do" },
	{ "write_config", "file", OPT_WRITE_CONFIG, NULL,
	  "write what the kernel has into a file, - for stdout" },
	{ "clear_config", NULL, OPT_CLEAR_CONFIG, "-noprompt",
	  "remove all LUNs, groups and virtual devices" },

	{ "sessions", NULL, OPT_SESSIONS, NULL, "list sessions" },
	{ "list_sessions", NULL, OPT_SESSIONS, NULL, "list sessions" },
	{ "list_handler", "[handler]", OPT_LIST_HANDLER, NULL,
	  "list device handlers" },
	{ "list_device", "[device]", OPT_LIST_DEVICE, NULL, "list devices" },
	{ "list_driver", "[driver]", OPT_LIST_DRIVER, NULL,
	  "list target drivers" },
	{ "list_target", "[target]", OPT_LIST_TARGET, NULL, "list targets" },
	{ "list_group", "[group]", OPT_LIST_GROUP, NULL,
	  "list groups with their LUNs and initiators" },
	{ "list_scst_attr", NULL, OPT_LIST_SCST_ATTR, NULL,
	  "show attributes of the core" },
	{ "list_hnd_attr", "handler", OPT_LIST_HND_ATTR, NULL,
	  "show attributes of a handler" },
	{ "list_dev_attr", "device", OPT_LIST_DEV_ATTR, NULL,
	  "show attributes of a device" },
	{ "list_drv_attr", "driver", OPT_LIST_DRV_ATTR, NULL,
	  "show attributes of a target driver" },
	{ "list_tgt_attr", "target", OPT_LIST_TGT_ATTR, NULL,
	  "show attributes of a target" },
	{ "list_grp_attr", "group", OPT_LIST_GRP_ATTR, NULL,
	  "show attributes of a group" },
	{ "list_lun_attr", "lun", OPT_LIST_LUN_ATTR, "-group|-target",
	  "show attributes of a LUN" },
	{ "list_init_attr", "name", OPT_LIST_INIT_ATTR, "-group",
	  "show attributes of an initiator in a group" },
	{ "set_scst_attr", NULL, OPT_SET_SCST_ATTR, "-attributes",
	  "set threads or trace_level" },
	{ "set_hnd_attr", "handler", OPT_SET_HND_ATTR, "-attributes",
	  "set trace_level of a handler" },
	{ "set_dev_attr", "device", OPT_SET_DEV_ATTR, "-attributes",
	  "set t10_dev_id of a virtual disk" },
	{ "set_drv_attr", "driver", OPT_SET_DRV_ATTR, "-attributes",
	  "set trace_level of a target driver" },

	{ "adddev", "device", OPT_OPEN_DEV,
	  "-handler -path [-options] [-blocksize]", "open a virtual device" },
	{ "open_dev", "device", OPT_OPEN_DEV, "-handler -attributes",
	  "open a virtual device" },
	{ "resync_dev", "device", OPT_RESYNC_DEV, "[-handler]",
	  "take over a changed size of the file" },
	{ "RemoveDev", "device", OPT_CLOSE_DEV, "[-handler]",
	  "close a virtual device" },
	{ "close_dev", "device", OPT_CLOSE_DEV, "[-handler]",
	  "close a virtual device" },
	{ "SetT10DeviceId", "id", OPT_SET_T10, "-device [-handler]",
	  "set the T10 identifier of a virtual disk" },

	{ "adduser", "name", OPT_ADD_USER, "-group",
	  "put an initiator into a group" },
	{ "add_init", "name", OPT_ADD_USER, "-group",
	  "put an initiator into a group" },
	{ "MoveUser", "name", OPT_MOVE_USER, "-group -to",
	  "move an initiator to another group" },
	{ "move_init", "name", OPT_MOVE_USER, "-group -to",
	  "move an initiator to another group" },
	{ "RemoveUser", "name", OPT_REMOVE_USER, "-group",
	  "take an initiator out of a group" },
	{ "rem_init", "name", OPT_REMOVE_USER, "-group",
	  "take an initiator out of a group" },
	{ "ClearUsers", NULL, OPT_CLEAR_USERS, "-group",
	  "take all initiators out of a group" },
	{ "clear_inits", NULL, OPT_CLEAR_USERS, "-group",
	  "take all initiators out of a group" },

	{ "add_group", "group", OPT_ADD_GROUP, NULL, "create a group" },
	{ "RemoveGroup", "group", OPT_REMOVE_GROUP, NULL, "delete a group" },
	{ "rem_group", "group", OPT_REMOVE_GROUP, NULL, "delete a group" },
	{ "renamegroup", "group", OPT_RENAME_GROUP, "-to", "rename a group" },

	{ "assigndev", "device", OPT_ASSIGN_DEV, "-group [-lun] [-options]",
	  "show a device as a LUN" },
	{ "ReplaceDev", "device", OPT_REPLACE_DEV, "-group -lun [-options]",
	  "put another device behind a LUN" },
	{ "ReleaseDev", "device", OPT_RELEASE_DEV, "-group [-lun]",
	  "take a device from a group" },
	{ "ClearDevs", NULL, OPT_CLEAR_LUNS, "-group",
	  "take all LUNs from a group" },
	{ "add_lun", "lun", OPT_ADD_LUN,
	  "-device -group|-target [-attributes]", "show a device as a LUN" },
	{ "replace_lun", "lun", OPT_REPLACE_LUN,
	  "-device -group|-target [-attributes]",
	  "put another device behind a LUN" },
	{ "rem_lun", "lun", OPT_REM_LUN, "-group|-target",
	  "take a LUN from a group" },
	{ "clear_luns", NULL, OPT_CLEAR_LUNS, "-group|-target",
	  "take all LUNs from a group" },

	{ "enable", "host", OPT_NO_FC, NULL, NULL },
	{ "disable", "host", OPT_NO_FC, NULL, NULL },
	{ "issue_lip", "[target]", OPT_NO_FC, NULL, NULL },
	{ "lip", NULL, OPT_NO_FC, NULL, NULL },
	{ "no_lip", NULL, OPT_NO_FC, NULL, NULL },
	{ "enable_target", "target", OPT_NO_TARGET, NULL, NULL },
	{ "disable_target", "target", OPT_NO_TARGET, NULL, NULL },
	{ "add_target", "target", OPT_NO_TARGET, NULL, NULL },
	{ "rem_target", "target", OPT_NO_TARGET, NULL, NULL },
	{ "add_drv_attr", "driver", OPT_NO_TARGET, NULL, NULL },
	{ "rem_drv_attr", "driver", OPT_NO_TARGET, NULL, NULL },
	{ "add_tgt_attr", "target", OPT_NO_TARGET, NULL, NULL },
	{ "rem_tgt_attr", "target", OPT_NO_TARGET, NULL, NULL },
	{ "set_tgt_attr", "target", OPT_NO_TARGET, NULL, NULL },
	{ "set_grp_attr", "group", OPT_NO_ATTR, NULL, NULL },
	{ "set_lun_attr", "lun", OPT_NO_ATTR, NULL, NULL },
	{ "set_init_attr", "name", OPT_NO_ATTR, NULL, NULL },
	{ "list_dgrp", "[group]", OPT_NO_ALUA, NULL, NULL },
	{ "list_tgrp", "[group]", OPT_NO_ALUA, NULL, NULL },
	{ "list_dgrp_attr", "group", OPT_NO_ALUA, NULL, NULL },
	{ "list_tgrp_attr", "group", OPT_NO_ALUA, NULL, NULL },
	{ "list_ttgt_attr", "target", OPT_NO_ALUA, NULL, NULL },
	{ "set_dgrp_attr", "group", OPT_NO_ALUA, NULL, NULL },
	{ "set_tgrp_attr", "group", OPT_NO_ALUA, NULL, NULL },
	{ "set_ttgt_attr", "target", OPT_NO_ALUA, NULL, NULL },
	{ "add_dgrp", "group", OPT_NO_ALUA, NULL, NULL },
	{ "rem_dgrp", "group", OPT_NO_ALUA, NULL, NULL },
	{ "add_dgrp_dev", "device", OPT_NO_ALUA, NULL, NULL },
	{ "rem_dgrp_dev", "device", OPT_NO_ALUA, NULL, NULL },
	{ "add_tgrp", "group", OPT_NO_ALUA, NULL, NULL },
	{ "rem_tgrp", "group", OPT_NO_ALUA, NULL, NULL },
	{ "add_tgrp_tgt", "target", OPT_NO_ALUA, NULL, NULL },
	{ "rem_tgrp_tgt", "target", OPT_NO_ALUA, NULL, NULL },

	{ "help", NULL, OPT_HELP, NULL, "print this" },
	{ "h", NULL, OPT_HELP, NULL, "print this" },
	{ "version", NULL, OPT_VERSION, NULL, "print the version" },

	{ "ForceConfig", NULL, OPT_FORCE, NULL,
	  "remove and change, do not only add" },
	{ "force", NULL, OPT_FORCE, NULL,
	  "remove and change, do not only add" },
	{ "noprompt", NULL, OPT_NOPROMPT, NULL,
	  "do not wait before something is removed" },
	{ "debug", NULL, OPT_DEBUG, NULL,
	  "print the commands to the kernel, do not execute them" },
	{ "json", NULL, OPT_JSON, NULL, "print JSON" },
	{ "proc", "directory", OPT_PROC, NULL,
	  "where the kernel's files are, default /proc/scsi_tgt" },
	{ "handler", "handler", OPT_HANDLER, NULL, "device handler" },
	{ "path", "file", OPT_PATH, NULL, "file or block device" },
	{ "options", "list", OPT_OPTIONS, NULL,
	  "of a device or LUN, with commas between them" },
	{ "blocksize", "bytes", OPT_BLOCKSIZE, NULL, "of a device" },
	{ "attributes", "list", OPT_ATTRIBUTES, NULL,
	  "name=value, with commas between them" },
	{ "device", "device", OPT_DEVICE, NULL, "device" },
	{ "group", "group", OPT_GROUP, NULL, "group" },
	{ "to", "group", OPT_TO, NULL, "other group, or new name" },
	{ "lun", "lun", OPT_LUN, NULL, "number of a LUN" },
	{ "driver", "driver", OPT_DRIVER, NULL, "target driver" },
	{ "target", "target", OPT_TARGET, NULL,
	  "target: stands for its group Default_<target>" },
	{ "dev_group", "group", OPT_IGNORED, NULL, NULL },
	{ "tgt_group", "group", OPT_IGNORED, NULL, NULL },
	{ "nonkey", NULL, OPT_IGNORED, NULL, NULL },
	{ "cont_on_err", NULL, OPT_IGNORED, NULL, NULL },
};

const size_t option_table_len = ARRAY_SIZE(option_table);

/* Return: length of the name without dashes and underscores, in lower case */
static size_t normalize(const char *name, size_t len, char *out)
{
	size_t n = 0, i;

	for (i = 0; i < len && n < NAME_MAX_LEN - 1; i++)
		if (name[i] != '-' && name[i] != '_')
			out[n++] = tolower((unsigned char)name[i]);
	out[n] = '\0';
	return n;
}

/* Return: the row, or NULL with @ambiguous set or not */
static const struct option_desc *find(const char *name, size_t len,
				      bool *ambiguous)
{
	const struct option_desc *found = NULL;
	char wanted[NAME_MAX_LEN], has[NAME_MAX_LEN];
	size_t n = normalize(name, len, wanted);
	size_t i;

	*ambiguous = false;
	for (i = 0; n && i < option_table_len; i++) {
		normalize(option_table[i].name, strlen(option_table[i].name),
			  has);
		if (!strcmp(wanted, has)) {
			*ambiguous = false;
			return &option_table[i];
		}
		if (strncmp(wanted, has, n))
			continue;
		if (found && found->id != option_table[i].id)
			*ambiguous = true;
		found = &option_table[i];
	}
	return *ambiguous ? NULL : found;
}

static int fail(struct report *report, const char *what, const char *why)
{
	report_at(report, REPORT_ERROR, NULL, 0, "%.200s: %s", what, why);
	return -EINVAL;
}

static int take(struct options *opt, const struct option_desc *desc,
		const char *value, const char *word, struct report *report)
{
	if (desc->id >= OPT_FIRST_MODIFIER) {
		if (opt->value[desc->id] && desc->arg)
			return fail(report, word, "is given twice");
		opt->value[desc->id] = value ? value : "";
		return 0;
	}
	if (opt->op != OPT_NONE)
		return fail(report, word, "there can be one operation only");
	opt->op = desc->id;
	opt->desc = desc;
	opt->arg = value;
	return 0;
}

/* Return: number of words that the option takes, or -EINVAL */
static int parse_one(struct options *opt, int argc, char **argv,
		     struct report *report)
{
	const char *word = argv[0], *name = word + strspn(word, "-");
	size_t len = strcspn(name, "=");
	const char *value = name[len] ? name + len + 1 : NULL;
	const struct option_desc *desc;
	bool ambiguous;
	int used = 1;

	if (*word != '-')
		return fail(report, word, "is no option");
	desc = find(name, len, &ambiguous);
	if (!desc)
		return fail(report, word, ambiguous ?
			    "may mean several options" : "unknown option");
	if (value && !desc->arg)
		return fail(report, word, "takes no argument");
	if (!value && desc->arg && argc > 1 &&
	    (*argv[1] != '-' || !argv[1][1])) {
		value = argv[1];
		used = 2;
	}
	if (!value && desc->arg && *desc->arg != '[')
		return fail(report, word, "its argument is missing");
	if (take(opt, desc, value, word, report))
		return -EINVAL;
	return used;
}

/**
 * options_parse() - parse a command line
 * @opt: result; points into @argv
 * @argc: as of main()
 * @argv: as of main()
 * @report: gets what is wrong
 *
 * Return: 0 or -EINVAL.
 */
int options_parse(struct options *opt, int argc, char **argv,
		  struct report *report)
{
	int i, used;

	memset(opt, 0, sizeof(*opt));
	for (i = 1; i < argc; i += used) {
		used = parse_one(opt, argc - i, argv + i, report);
		if (used < 0)
			return used;
	}
	if (opt->op == OPT_NONE) {
		report_at(report, REPORT_ERROR, NULL, 0,
			  "nothing to do: which operation?");
		return -EINVAL;
	}
	return 0;
}

/**
 * options_usage() - print all options that do something
 * @out: where to
 */
void options_usage(FILE *out)
{
	const struct option_desc *desc;
	char left[128];
	size_t i;

	fputs("Usage: scstadmin OPERATION [OPTION]...\n", out);
	for (i = 0; i < option_table_len; i++) {
		desc = &option_table[i];
		if (!desc->help)
			continue;
		snprintf(left, sizeof(left), "-%s%s%s%s%s", desc->name,
			 desc->arg ? " " : "", desc->arg ? desc->arg : "",
			 desc->with ? " " : "", desc->with ? desc->with : "");
		if (desc->id == OPT_FIRST_MODIFIER && desc[-1].id < desc->id)
			fputs("Options:\n", out);
		fprintf(out, "  %-36s %s\n", left, desc->help);
	}
	fputs("Exit status: 0 success, 1 errors, 2 wrong usage, 3 SCST is not loaded\n",
	      out);
}
