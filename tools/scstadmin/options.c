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
	{ "config", NULL, "[file]", OPT_CONFIG, "-force -noprompt",
	  "apply a configuration file, default /etc/scst.conf" },
	{ "check_config", NULL, "[file]", OPT_CHECK_CONFIG, "-force",
	  "show what -config would do" },
	{ "write_config", NULL, "file", OPT_WRITE_CONFIG, NULL,
	  "write what the kernel has into a file, - for stdout" },
	{ "clear_config", NULL, NULL, OPT_CLEAR_CONFIG, "-noprompt",
	  "remove all LUNs, groups and virtual devices" },

	{ "sessions", "list_sessions", NULL, OPT_SESSIONS, NULL,
	  "list sessions" },
	{ "list_handler", NULL, "[handler]", OPT_LIST_HANDLER, NULL,
	  "list device handlers" },
	{ "list_device", NULL, "[device]", OPT_LIST_DEVICE, NULL,
	  "list devices" },
	{ "list_driver", NULL, "[driver]", OPT_LIST_DRIVER, NULL,
	  "list target drivers" },
	{ "list_target", NULL, "[target]", OPT_LIST_TARGET, NULL,
	  "list targets" },
	{ "list_group", NULL, "[group]", OPT_LIST_GROUP, "[-target]",
	  "list groups with their LUNs and initiators" },
	{ "list_scst_attr", NULL, NULL, OPT_LIST_SCST_ATTR, NULL,
	  "show attributes of the core" },
	{ "list_hnd_attr", NULL, "handler", OPT_LIST_HND_ATTR, NULL,
	  "show attributes of a handler" },
	{ "list_dev_attr", NULL, "device", OPT_LIST_DEV_ATTR, NULL,
	  "show attributes of a device" },
	{ "list_drv_attr", NULL, "driver", OPT_LIST_DRV_ATTR, NULL,
	  "show attributes of a target driver" },
	{ "list_tgt_attr", NULL, "target", OPT_LIST_TGT_ATTR, NULL,
	  "show attributes of a target" },
	{ "list_grp_attr", NULL, "group", OPT_LIST_GRP_ATTR, "[-target]",
	  "show attributes of a group" },
	{ "list_lun_attr", NULL, "lun", OPT_LIST_LUN_ATTR, "-group|-target",
	  "show attributes of a LUN" },
	{ "list_init_attr", NULL, "name", OPT_LIST_INIT_ATTR,
	  "-group|-target", "show attributes of an initiator in a group" },
	{ "set_scst_attr", NULL, NULL, OPT_SET_SCST_ATTR, "-attributes",
	  "set threads or trace_level" },
	{ "set_hnd_attr", NULL, "handler", OPT_SET_HND_ATTR, "-attributes",
	  "set trace_level of a handler" },
	{ "set_dev_attr", NULL, "device", OPT_SET_DEV_ATTR, "-attributes",
	  "set t10_dev_id of a virtual disk" },
	{ "set_drv_attr", NULL, "driver", OPT_SET_DRV_ATTR, "-attributes",
	  "set trace_level of a target driver" },

	{ "adddev", "open_dev", "device", OPT_OPEN_DEV,
	  "-handler [-path] [-options] [-blocksize] [-attributes]",
	  "open a virtual device, or give a local one to a handler" },
	{ "resync_dev", NULL, "device", OPT_RESYNC_DEV, "[-handler]",
	  "take over a changed size of the file" },
	{ "RemoveDev", "close_dev", "device", OPT_CLOSE_DEV, "[-handler]",
	  "close a virtual device" },
	{ "SetT10DeviceId", NULL, "id", OPT_SET_T10, "-device [-handler]",
	  "set the T10 identifier of a virtual disk" },

	{ "adduser", "add_init", "name", OPT_ADD_USER, "-group|-target",
	  "put an initiator into a group" },
	{ "MoveUser", "move_init", "name", OPT_MOVE_USER,
	  "-group|-target -to", "move an initiator to another group" },
	{ "RemoveUser", "rem_init", "name", OPT_REMOVE_USER, "-group|-target",
	  "take an initiator out of a group" },
	{ "ClearUsers", "clear_inits", NULL, OPT_CLEAR_USERS,
	  "-group|-target", "take all initiators out of a group" },

	{ "add_group", NULL, "group", OPT_ADD_GROUP, "[-target]",
	  "create a group" },
	{ "RemoveGroup", "rem_group", "group", OPT_REMOVE_GROUP, "[-target]",
	  "delete a group" },
	{ "renamegroup", NULL, "group", OPT_RENAME_GROUP, "-to",
	  "rename a group" },

	{ "assigndev", NULL, "device", OPT_ASSIGN_DEV,
	  "-group|-target [-lun] [-options]", "show a device as a LUN" },
	{ "ReplaceDev", NULL, "device", OPT_REPLACE_DEV,
	  "-group|-target -lun [-options]",
	  "put another device behind a LUN" },
	{ "ReleaseDev", NULL, "device", OPT_RELEASE_DEV,
	  "-group|-target [-lun]", "take a device from a group" },
	{ "add_lun", NULL, "lun", OPT_ADD_LUN,
	  "-device -group|-target [-attributes]", "show a device as a LUN" },
	{ "replace_lun", NULL, "lun", OPT_REPLACE_LUN,
	  "-device -group|-target [-attributes]",
	  "put another device behind a LUN" },
	{ "rem_lun", NULL, "lun", OPT_REM_LUN, "-group|-target",
	  "take a LUN from a group" },
	{ "ClearDevs", "clear_luns", NULL, OPT_CLEAR_LUNS, "-group|-target",
	  "take all LUNs from a group" },

	{ "help", "h", NULL, OPT_HELP, NULL, "print this" },
	{ "version", NULL, NULL, OPT_VERSION, NULL, "print the version" },

	{ "ForceConfig", "force", NULL, OPT_FORCE, NULL,
	  "remove and change, do not only add" },
	{ "noprompt", NULL, NULL, OPT_NOPROMPT, NULL,
	  "do not wait before something is removed" },
	{ "debug", NULL, NULL, OPT_DEBUG, NULL,
	  "print the commands to the kernel, do not execute them" },
	{ "json", NULL, NULL, OPT_JSON, NULL, "print JSON" },
	{ "proc", NULL, "directory", OPT_PROC, NULL,
	  "where the kernel's files are, default /proc/scsi_tgt" },
	{ "handler", NULL, "handler", OPT_HANDLER, NULL, "device handler" },
	{ "path", NULL, "file", OPT_PATH, NULL, "file or block device" },
	{ "options", NULL, "list", OPT_OPTIONS, NULL,
	  "of a device or LUN, with commas between them" },
	{ "blocksize", NULL, "bytes", OPT_BLOCKSIZE, NULL, "of a device" },
	{ "attributes", NULL, "list", OPT_ATTRIBUTES, NULL,
	  "name=value, with commas between them" },
	{ "device", NULL, "device", OPT_DEVICE, NULL, "device" },
	{ "group", NULL, "group", OPT_GROUP, NULL, "group" },
	{ "to", NULL, "group", OPT_TO, NULL, "other group, or new name" },
	{ "lun", NULL, "lun", OPT_LUN, NULL, "number of a LUN" },
	{ "driver", NULL, "driver", OPT_DRIVER, NULL, "target driver" },
	{ "target", NULL, "target", OPT_TARGET, NULL,
	  "target: stands for its group Default_<target>" },
};

const size_t option_table_len = ARRAY_SIZE(option_table);

/* Those of other versions that say or mean nothing here */
#define NO(name, alias, arg, id) { name, alias, arg, id, NULL, NULL }

const struct option_desc option_none[] = {
	NO("enable", NULL, "host", OPT_NO_FC),
	NO("disable", NULL, "host", OPT_NO_FC),
	NO("issue_lip", NULL, "[target]", OPT_NO_FC),
	NO("lip", NULL, NULL, OPT_NO_FC),
	NO("no_lip", NULL, NULL, OPT_NO_FC),
	NO("enable_target", NULL, "target", OPT_NO_TARGET),
	NO("disable_target", NULL, "target", OPT_NO_TARGET),
	NO("add_target", "rem_target", "target", OPT_NO_TARGET),
	NO("add_drv_attr", "rem_drv_attr", "driver", OPT_NO_DRV_ATTR),
	NO("add_tgt_attr", "rem_tgt_attr", "target", OPT_NO_TGT_ATTR),
	NO("set_tgt_attr", NULL, "target", OPT_NO_TGT_ATTR),
	NO("set_grp_attr", NULL, "group", OPT_NO_ATTR),
	NO("set_lun_attr", NULL, "lun", OPT_NO_ATTR),
	NO("set_init_attr", NULL, "name", OPT_NO_ATTR),
	NO("list_dgrp", "list_tgrp", "[group]", OPT_NO_ALUA),
	NO("list_dgrp_attr", "set_dgrp_attr", "group", OPT_NO_ALUA),
	NO("list_tgrp_attr", "set_tgrp_attr", "group", OPT_NO_ALUA),
	NO("list_ttgt_attr", "set_ttgt_attr", "target", OPT_NO_ALUA),
	NO("add_dgrp", "rem_dgrp", "group", OPT_NO_ALUA),
	NO("add_dgrp_dev", "rem_dgrp_dev", "device", OPT_NO_ALUA),
	NO("add_tgrp", "rem_tgrp", "group", OPT_NO_ALUA),
	NO("add_tgrp_tgt", "rem_tgrp_tgt", "target", OPT_NO_ALUA),
	NO("dev_group", "tgt_group", "group", OPT_IGNORED),
	NO("nonkey", "cont_on_err", NULL, OPT_IGNORED),
};

const size_t option_none_len = ARRAY_SIZE(option_none);

/* Those that only some operations have a use for: to ignore them is dangerous */
static const enum option_id special[] = {
	OPT_HANDLER, OPT_PATH, OPT_OPTIONS, OPT_BLOCKSIZE, OPT_ATTRIBUTES,
	OPT_DEVICE, OPT_GROUP, OPT_TO, OPT_LUN, OPT_TARGET,
};

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

/**
 * struct search - an option that is being looked for
 * @wanted: as it was given, without what does not matter
 * @len: of it
 * @found: row that begins like it
 * @name: which name of that row
 * @exact: it is that name
 * @ambiguous: there are several
 */
struct search {
	char wanted[NAME_MAX_LEN];
	size_t len;
	const struct option_desc *found;
	const char *name;
	bool exact;
	bool ambiguous;
};

static void look_at(struct search *search, const struct option_desc *desc,
		    const char *name)
{
	char has[NAME_MAX_LEN];
	bool exact;

	if (!name || search->exact)
		return;
	normalize(name, strlen(name), has);
	exact = !strcmp(search->wanted, has);
	if (!exact && strncmp(search->wanted, has, search->len))
		return;
	search->ambiguous = !exact && (search->ambiguous ||
		(search->found && search->found->id != desc->id));
	search->found = desc;
	search->name = name;
	search->exact = exact;
}

static void find_in(struct search *search, const struct option_desc *table,
		    size_t len)
{
	size_t i;

	for (i = 0; search->len && i < len; i++) {
		look_at(search, &table[i], table[i].name);
		look_at(search, &table[i], table[i].alias);
	}
}

/* Return: the row, or NULL; then it may be that there are several */
static const struct option_desc *find(struct search *search, const char *name,
				      size_t len)
{
	memset(search, 0, sizeof(*search));
	search->len = normalize(name, len, search->wanted);
	find_in(search, option_table, option_table_len);
	find_in(search, option_none, option_none_len);
	return search->ambiguous ? NULL : search->found;
}

static int fail(struct report *report, const char *what, const char *why)
{
	report_at(report, REPORT_ERROR, NULL, 0, "%.200s: %s", what, why);
	return -EINVAL;
}

static int take(struct options *opt, const struct search *search,
		const char *value, const char *word, struct report *report)
{
	const struct option_desc *desc = search->found;

	if (desc->id >= OPT_FIRST_MODIFIER) {
		if (opt->value[desc->id] && desc->arg &&
		    desc->id != OPT_IGNORED)
			return fail(report, word, "is given twice");
		opt->value[desc->id] = value ? value : "";
		return 0;
	}
	if (opt->op != OPT_NONE)
		return fail(report, word, "there can be one operation only");
	opt->op = desc->id;
	opt->desc = desc;
	opt->name = search->name;
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
	struct search search;
	int used = 1;

	if (*word != '-')
		return fail(report, word, "is no option");
	desc = find(&search, name, len);
	if (!desc)
		return fail(report, word, search.ambiguous ?
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
	if (take(opt, &search, value, word, report))
		return -EINVAL;
	return used;
}

static const char *name_of(enum option_id id)
{
	size_t i;

	for (i = 0; i < option_table_len; i++)
		if (option_table[i].id == id)
			return option_table[i].name;
	return "";
}

/* does the text of options that belong to an operation name this one? */
static bool belongs(const char *with, const char *name)
{
	size_t len = strlen(name);

	for (; with && (with = strchr(with, '-')); with++)
		if (!strncmp(with + 1, name, len) &&
		    strspn(with + 1 + len, "abcdefghijklmnopqrstuvwxyz") == 0)
			return true;
	return false;
}

static int check_special(const struct options *opt, struct report *report)
{
	const char *name;
	size_t i;

	if (opt->desc->id >= OPT_NO_FC && opt->desc->id <= OPT_VERSION)
		return 0;
	for (i = 0; i < ARRAY_SIZE(special); i++) {
		name = name_of(special[i]);
		if (!opt->value[special[i]] || belongs(opt->desc->with, name))
			continue;
		report_at(report, REPORT_ERROR, NULL, 0,
			  "-%s has no meaning for -%s", name, opt->name);
		return -EINVAL;
	}
	return 0;
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
	if (opt->op != OPT_NONE)
		return check_special(opt, report);
	report_at(report, REPORT_ERROR, NULL, 0,
		  "nothing to do: which operation?");
	return -EINVAL;
}

static void print_option(FILE *out, const struct option_desc *desc,
			 const char *name)
{
	char left[128];

	if (!name)
		return;
	snprintf(left, sizeof(left), "-%s%s%s%s%s", name,
		 desc->arg ? " " : "", desc->arg ? desc->arg : "",
		 desc->with ? " " : "", desc->with ? desc->with : "");
	fprintf(out, "  %-36s  %s\n", left, desc->help);
}

/**
 * options_usage() - print all options that do something
 * @out: where to
 */
void options_usage(FILE *out)
{
	const struct option_desc *desc;
	size_t i;

	fputs("Usage: scstadmin OPERATION [OPTION]...\n", out);
	for (i = 0; i < option_table_len; i++) {
		desc = &option_table[i];
		if (desc->id == OPT_FIRST_MODIFIER)
			fputs("Options:\n", out);
		print_option(out, desc, desc->name);
		print_option(out, desc, desc->alias);
	}
	fputs("Exit status: 0 success, 1 errors, 2 wrong usage, 3 SCST is not loaded\n",
	      out);
}
