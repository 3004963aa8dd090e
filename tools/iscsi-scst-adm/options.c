// SPDX-License-Identifier: GPL-2.0
/*
 * The command line: the tables of options, operations and exit statuses, and
 * how a command line becomes a request.
 */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "adm.h"
#include "strnum.h"
#include "version.h"

#define OPTIONS_MAX 16

const struct adm_exit_text adm_exits[] = {
	{ ADM_OK, "success" },
	{ ADM_REFUSED, "the daemon or the kernel refused the operation" },
	{ ADM_USAGE, "the command line is wrong" },
	{ ADM_NO_DAEMON, "iscsi-scstd is not running or does not answer" },
	{ ADM_NO_OBJECT,
	  "there is no such target, session, connection or account" },
	{ ADM_NO_PERMISSION, "only root may do this" },
};

const unsigned int adm_nexits = ARRAY_SIZE(adm_exits);

const struct adm_option adm_options[] = {
	{ "op", 'o', "OP", "new, delete, update or show" },
	{ "tid", 't', "ID", "target; 0 lets the kernel choose a new one" },
	{ "sid", 's', "ID", "session; 0 for the target's defaults" },
	{ "cid", 'c', "ID", "connection" },
	{ "params", 'p', "KEY=VALUE,...", "parameters or accounts" },
	{ "user", 'u', NULL, "accounts, without --tid those of discovery" },
	{ "force", 'f', NULL, "delete a target that has sessions" },
	{ "json", 'j', NULL, "show as JSON" },
	{ "version", 'v', NULL, "print the version" },
	{ "help", 'h', NULL, "print this text" },
};

const unsigned int adm_noptions = ARRAY_SIZE(adm_options);

/* what a command line has, by letters of the options */
struct cmdline {
	bool given[128];
	const char *op;
	char *params;
	uint64_t tid;
	uint64_t sid;
	uint64_t cid;
};

/**
 * struct adm_op - a form of the command line
 * @op: argument of --op
 * @object: what it is about, by the options that are given
 * @needs: letters of options that must be given
 * @may: letters of those that may be given
 * @view: how the answer is shown
 */
struct adm_op {
	const char *op;
	const char *object;
	const char *needs;
	const char *may;
	enum adm_view view;
};

static const struct adm_op adm_ops[] = {
	{ "show", "all", "", "j", ADM_VIEW_LIST },
	{ "new", "target", "tp", "j", ADM_VIEW_NONE },
	{ "delete", "target", "t", "f", ADM_VIEW_NONE },
	{ "update", "target", "tp", "", ADM_VIEW_NONE },
	{ "show", "target", "t", "j", ADM_VIEW_PARAMS },
	{ "delete", "session", "ts", "", ADM_VIEW_NONE },
	{ "show", "session", "ts", "j", ADM_VIEW_PARAMS },
	{ "delete", "connection", "tsc", "", ADM_VIEW_NONE },
	{ "show", "connection", "tsc", "j", ADM_VIEW_NONE },
	{ "new", "account", "up", "t", ADM_VIEW_NONE },
	{ "delete", "account", "up", "t", ADM_VIEW_NONE },
	{ "show", "account", "u", "tpj", ADM_VIEW_ACCOUNTS },
};

static const struct adm_option *option_of(int letter)
{
	unsigned int i;

	for (i = 0; i < adm_noptions; i++)
		if (adm_options[i].letter == letter)
			return &adm_options[i];
	return NULL;
}

static void usage(FILE *out)
{
	const struct adm_option *opt;
	char form[40];
	unsigned int i;

	fputs("Usage: " ADM_NAME " --op OP [OPTION]...\n"
	      "Changes and shows the running state of iscsi-scstd, never a file.\n\n",
	      out);
	for (i = 0; i < adm_noptions; i++) {
		opt = &adm_options[i];
		snprintf(form, sizeof(form), "--%s%s%s", opt->name,
			 opt->arg ? "=" : "", opt->arg ? opt->arg : "");
		fprintf(out, "  -%c, %-24s %s\n", opt->letter, form, opt->help);
	}
	fputs("\nExit status:\n", out);
	for (i = 0; i < adm_nexits; i++)
		fprintf(out, "  %d  %s\n", adm_exits[i].status,
			adm_exits[i].text);
	fputs("\nThe manual page iscsi-scst-adm(8) has all operations and examples.\n",
	      out);
}

/* Return: the table for getopt_long() and, in @letters, for the short forms */
static const struct option *getopt_table(char *letters)
{
	static struct option table[OPTIONS_MAX];
	const struct adm_option *opt;
	unsigned int i;

	for (i = 0; i < adm_noptions; i++) {
		opt = &adm_options[i];
		table[i].name = opt->name;
		table[i].has_arg = opt->arg ? required_argument : no_argument;
		table[i].val = opt->letter;
		*letters++ = opt->letter;
		if (opt->arg)
			*letters++ = ':';
	}
	*letters = '\0';
	return table;
}

static bool set_id(int letter, const char *arg, uint64_t max, uint64_t *id)
{
	int ret = strnum_u64(arg, max, id);

	if (!ret)
		return true;
	if (ret == -ERANGE)
		adm_error("--%s: %s is larger than %llu",
			  option_of(letter)->name, arg,
			  (unsigned long long)max);
	else
		adm_error("--%s: '%s' is not a number: decimal, or with 0x hexadecimal as lists show it",
			  option_of(letter)->name, arg);
	return false;
}

static bool set_option(struct cmdline *cmd, int letter, char *arg)
{
	if (cmd->given[letter] && arg) {
		adm_error("--%s is given twice", option_of(letter)->name);
		return false;
	}
	cmd->given[letter] = true;
	switch (letter) {
	case 'o':
		cmd->op = arg;
		return true;
	case 'p':
		cmd->params = arg;
		return true;
	case 't':
		return set_id(letter, arg, UINT32_MAX, &cmd->tid);
	case 's':
		return set_id(letter, arg, UINT64_MAX, &cmd->sid);
	case 'c':
		return set_id(letter, arg, UINT16_MAX, &cmd->cid);
	default:
		return true;
	}
}

static bool get_options(struct cmdline *cmd, int argc, char **argv)
{
	char letters[2 * OPTIONS_MAX + 1];
	const struct option *table = getopt_table(letters);
	int c;

	optind = 1;
	while ((c = getopt_long(argc, argv, letters, table, NULL)) >= 0) {
		if (!option_of(c)) {
			fputs("Try '" ADM_NAME " --help'.\n", stderr);
			return false;
		}
		if (!set_option(cmd, c, optarg))
			return false;
	}
	if (optind == argc)
		return true;
	adm_error("unexpected argument '%s'", argv[optind]);
	return false;
}

/* what is named most closely; accounts come before all */
static const char *object_of(const struct cmdline *cmd)
{
	static const struct {
		char letter;
		const char *object;
	} objects[] = {
		{ 'u', "account" },
		{ 'c', "connection" },
		{ 's', "session" },
		{ 't', "target" },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(objects); i++)
		if (cmd->given[(int)objects[i].letter])
			return objects[i].object;
	return "all";
}

static const char *article(const char *object)
{
	return *object == 'a' ? "an" : "a";
}

/* Return: the form, or NULL after a message */
static const struct adm_op *find_op(const struct cmdline *cmd)
{
	const char *object = object_of(cmd);
	bool op_known = false;
	unsigned int i;

	if (!cmd->op) {
		adm_error("--op is missing: it is one of new, delete, update and show");
		return NULL;
	}
	for (i = 0; i < ARRAY_SIZE(adm_ops); i++) {
		if (strcmp(adm_ops[i].op, cmd->op))
			continue;
		op_known = true;
		if (!strcmp(adm_ops[i].object, object))
			return &adm_ops[i];
	}
	if (!op_known)
		adm_error("--op: '%s' is none of new, delete, update and show",
			  cmd->op);
	else if (!strcmp(object, "all"))
		adm_error("--op %s: say which target with --tid", cmd->op);
	else
		adm_error("--op %s of %s %s is not supported", cmd->op,
			  article(object), object);
	return NULL;
}

/* Return: false after a message if the option must be there or must not */
static bool op_accepts_option(const struct adm_op *op,
			      const struct cmdline *cmd,
			      const struct adm_option *opt)
{
	bool given = cmd->given[(int)opt->letter];
	bool needed = strchr(op->needs, opt->letter);

	if (opt->letter == 'o' || given == needed ||
	    (given && strchr(op->may, opt->letter)))
		return true;
	if (needed)
		adm_error("--op %s of %s %s needs --%s", op->op,
			  article(op->object), op->object, opt->name);
	else if (!strcmp(op->object, "all"))
		adm_error("--%s has no meaning with --op %s alone", opt->name,
			  op->op);
	else
		adm_error("--%s has no meaning with --op %s of %s %s",
			  opt->name, op->op, article(op->object), op->object);
	return false;
}

static bool op_accepts(const struct adm_op *op, const struct cmdline *cmd)
{
	unsigned int i;

	for (i = 0; i < adm_noptions; i++)
		if (!op_accepts_option(op, cmd, &adm_options[i]))
			return false;
	return true;
}

/*
 * A list of digests has commas like the list that it is in: what has no '='
 * belongs to the value before it.
 */
static bool add_params(struct text *text, char *params)
{
	char *next, *end;

	if (!params)
		return true;
	while (params) {
		end = params + strcspn(params, ",");
		while (*end && !memchr(end + 1, '=', strcspn(end + 1, ",")))
			end += 1 + strcspn(end + 1, ",");
		next = *end ? end + 1 : NULL;
		*end = '\0';
		if (!strchr(params, '=') || *params == '=') {
			adm_error("--params: '%s' is not of the form KEY=VALUE",
				  params);
			return false;
		}
		text_add(text, "param", params);
		params = next;
	}
	return true;
}

static bool make_request(struct adm_request *req, const struct adm_op *op,
			 const struct cmdline *cmd)
{
	struct text *text = &req->text;

	req->view = op->view;
	req->json = cmd->given['j'];
	req->tid = cmd->tid;
	text_add(text, "op", op->op);
	text_add(text, "object", op->object);
	if (cmd->given['t'])
		text_add_num(text, "tid", cmd->tid);
	if (cmd->given['s'])
		text_add_num(text, "sid", cmd->sid);
	if (cmd->given['c'])
		text_add_num(text, "cid", cmd->cid);
	if (cmd->given['f'])
		text_add(text, "force", "");
	if (!add_params(text, cmd->params))
		return false;
	if (text->failed)
		adm_error("--params is too long");
	return !text->failed;
}

/**
 * adm_parse() - make a request of a command line
 * @argc: as of main()
 * @argv: as of main(); is modified
 * @req: the request; empty after help and version
 *
 * Return: ADM_OK, or ADM_USAGE after a message.
 */
enum adm_exit adm_parse(int argc, char **argv, struct adm_request *req)
{
	const struct adm_op *op;
	struct cmdline cmd = { 0 };

	if (!get_options(&cmd, argc, argv))
		return ADM_USAGE;
	if (cmd.given['h']) {
		usage(stdout);
		return ADM_OK;
	}
	if (cmd.given['v']) {
		puts(ADM_NAME " version " SCST_TOOLS_VERSION);
		return ADM_OK;
	}
	op = find_op(&cmd);
	if (!op || !op_accepts(op, &cmd) || !make_request(req, op, &cmd))
		return ADM_USAGE;
	return ADM_OK;
}
