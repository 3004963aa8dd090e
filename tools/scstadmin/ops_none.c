// SPDX-License-Identifier: GPL-2.0
/*
 * Operations of other versions that are not for this program, each with what to
 * do instead: as a command that can be taken as it is, and as what has to be in
 * which file, so that it lasts.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attr.h"
#include "daemon_attr.h"
#include "ops_priv.h"

static int op_no_fc(struct admin *a)
{
	return op_fail(a, "-%s: no such target driver: there is none for Fibre Channel",
		       a->opt.name);
}

static int op_no_alua(struct admin *a)
{
	return op_fail(a, "-%s: device groups (ALUA) are not supported yet",
		       a->opt.name);
}

static int op_no_attr(struct admin *a)
{
	return op_fail(a, "-%s: there is no attribute that can be set",
		       a->opt.name);
}

/* ------------------------------------------------------------------------- */
/* Targets: they are iscsi-scstd's */

/**
 * struct subject - what would be changed
 * @target: name of the target; NULL: the driver
 * @key: attribute, without its number
 * @value: of it
 */
struct subject {
	const char *target;
	char key[64];
	const char *value;
};

/**
 * struct reply - a row of the table of replies
 * @of_target: of a target, not of the driver
 * @kind: of the attribute; DAEMON_ENABLED: the target itself
 * @removes: it is taken away
 * @command: arguments of iscsi-scst-adm, NULL if it cannot do that
 * @file: what has to be in the file
 *
 * In texts, %t is the target, %i its number, %k the key, %v the value and %u the
 * name in it, without the secret.
 */
struct reply {
	bool of_target;
	enum daemon_kind kind;
	bool removes;
	const char *command;
	const char *file;
};

#define OF_TARGET " below 'Target %t'"
#define GLOBAL " before the first 'Target'"
#define ACCOUNT "%k=%u,Password=PASSWORD"

static const struct reply replies[] = {
	{ true, DAEMON_ENABLED, false, "--op new --tid=0 --params Name=%t",
	  "'Target %t'" },
	{ true, DAEMON_ENABLED, true, "--op delete --tid=%i",
	  "no 'Target %t'" },
	{ true, DAEMON_PARAM, false, "--op update --tid=%i --params %k=%v",
	  "'%k %v'" OF_TARGET },
	{ true, DAEMON_PARAM, true, NULL, "no '%k'" OF_TARGET },
	{ true, DAEMON_ACCOUNT, false,
	  "--op new --user --tid=%i --params " ACCOUNT,
	  "'%k %u PASSWORD'" OF_TARGET },
	{ true, DAEMON_ACCOUNT, true,
	  "--op delete --user --tid=%i --params %k=%u",
	  "no '%k %u'" OF_TARGET },
	{ true, DAEMON_KEY, false, NULL, "'%k'" OF_TARGET },
	{ true, DAEMON_KEY, true, NULL, "no '%k'" OF_TARGET },
	{ false, DAEMON_ENABLED, false, NULL,
	  "the targets, and iscsi-scstd has to run" },
	{ false, DAEMON_ENABLED, true, NULL,
	  "no targets, or iscsi-scstd must not run" },
	{ false, DAEMON_ACCOUNT, false, "--op new --user --params " ACCOUNT,
	  "'%k %u PASSWORD'" GLOBAL },
	{ false, DAEMON_ACCOUNT, true, "--op delete --user --params %k=%u",
	  "no '%k %u'" GLOBAL },
	{ false, DAEMON_KEY, false, NULL, "'%k'" GLOBAL },
	{ false, DAEMON_KEY, true, NULL, "no '%k'" GLOBAL },
};

static const struct reply *find_reply(bool of_target, enum daemon_kind kind,
				      bool removes)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(replies); i++)
		if (replies[i].of_target == of_target &&
		    replies[i].kind == kind && replies[i].removes == removes)
			return &replies[i];
	return NULL;
}

static bool is_plain(char c)
{
	return isalnum((unsigned char)c) || strchr(".,:=_+@/-", c);
}

/* the shell must not find anything in it */
static void put_word(FILE *out, const char *word, size_t len)
{
	bool quote = false;
	size_t i;

	for (i = 0; i < len; i++)
		quote |= !is_plain(word[i]);
	fputs(quote ? "\"" : "", out);
	for (i = 0; i < len; i++)
		fprintf(out, "%s%c", strchr("\"$`\\", word[i]) ? "\\" : "",
			word[i]);
	fputs(quote ? "\"" : "", out);
}

static void put_number(FILE *out, const struct admin *a, const char *target)
{
	size_t i;

	for (i = 0; i < a->live.ntargets; i++)
		if (!strcmp(a->live.targets[i].driver, "iscsi") &&
		    !strcmp(a->live.targets[i].name, target))
			break;
	if (i < a->live.ntargets)
		fprintf(out, "%u", a->live.targets[i].number);
	else
		fputs("NUMBER", out);
}

static void put_field(FILE *out, const struct admin *a, const struct subject *s,
		      char field)
{
	switch (field) {
	case 't':
		put_word(out, s->target, strlen(s->target));
		break;
	case 'i':
		put_number(out, a, s->target);
		break;
	case 'k':
		fputs(s->key, out);
		break;
	case 'v':
		put_word(out, s->value, strlen(s->value));
		break;
	case 'u':
		put_word(out, s->value, strcspn(s->value, " \t"));
		break;
	default:
		break;
	}
}

static void put_text(FILE *out, const struct admin *a, const struct subject *s,
		     const char *text)
{
	for (; *text; text++) {
		if (*text == '%')
			put_field(out, a, s, *++text);
		else
			fputc(*text, out);
	}
}

static int say_reply(struct admin *a, const struct subject *s,
		     const struct reply *reply)
{
	char text[1024] = "";
	FILE *out = fmemopen(text, sizeof(text) - 1, "w");

	if (!out)
		return op_fail(a, "%s", strerror(errno));
	if (reply->command) {
		fputs("'iscsi-scst-adm ", out);
		put_text(out, a, s, reply->command);
		fputs("' does it at once, and to last it has to be in ", out);
	} else {
		fputs("this is said in ", out);
	}
	fputs(DAEMON_CONF ": ", out);
	put_text(out, a, s, reply->file);
	fclose(out);
	return op_fail(a, "-%s: targets are iscsi-scstd's: %s", a->opt.name,
		       text);
}

static bool takes_away(const struct admin *a, const struct daemon_attr *attr,
		       const char *value)
{
	const char *why;
	bool on = true;

	if (attr->kind != DAEMON_ENABLED)
		return a->opt.name[0] == 'r';
	return !attr_bool(value, &on, &why) && !on;
}

/**
 * op_daemon_attr() - an attribute is not ours to be changed
 * @a: the program
 * @target: whose it is, NULL for the driver
 * @name: of the attribute
 * @value: of it
 *
 * Return: -EINVAL after a message, or -ENOENT if there is no such attribute.
 */
int op_daemon_attr(struct admin *a, const char *target, const char *name,
		   const char *value)
{
	const struct daemon_attr *attr = daemon_attr(target, name);
	struct subject s = { .target = target, .value = value };

	if (!attr)
		return -ENOENT;
	if (attr->kind == DAEMON_NOTHING)
		return attr->text ?
			op_fail(a, "-%s: %s %s", a->opt.name, name, attr->text) :
			op_fail(a, "-%s: %s has no effect here", a->opt.name,
				name);
	snprintf(s.key, sizeof(s.key), "%.*s", (int)strcspn(attr->name, "#"),
		 attr->name);
	return say_reply(a, &s, find_reply(target, attr->kind,
					   takes_away(a, attr, value)));
}

/* each has its reply: they all have to be done */
static int one_attribute(struct admin *a, void *arg, const char *name,
			 const char *value)
{
	const struct subject *s = arg;

	if (op_daemon_attr(a, s->target, name, value) == -ENOENT)
		op_fail(a, "-%s: unknown attribute '%.100s'", a->opt.name,
			name);
	return 0;
}

/* the numbers of targets are of use, but not what there is to say about them */
static void know_targets(struct admin *a)
{
	struct report ignored;

	report_init(&ignored);
	a->kernel.report = &ignored;
	a->kernel.ops->read(&a->kernel, &a->live);
	a->kernel.report = &a->report;
	report_free(&ignored);
}

static int no_attributes(struct admin *a, const char *target)
{
	struct subject s = { .target = target };

	if (!op_value(a, OPT_ATTRIBUTES))
		return op_fail(a, "-%s: targets, their accounts and parameters are iscsi-scstd's: see iscsi-scst-adm(8) and "
			       DAEMON_CONF, a->opt.name);
	know_targets(a);
	op_each_attribute(a, one_attribute, &s);
	return -EINVAL;
}

static bool is_iscsi(struct admin *a, const char *driver)
{
	if (!driver || !strcmp(driver, "iscsi"))
		return true;
	op_fail(a, "there is no target driver %s", driver);
	return false;
}

static int op_no_target(struct admin *a)
{
	struct subject s = { .target = a->opt.arg };
	bool removes = a->opt.name[0] == 'r' || a->opt.name[0] == 'd';

	if (!is_iscsi(a, op_value(a, OPT_DRIVER)))
		return -EINVAL;
	know_targets(a);
	return say_reply(a, &s, find_reply(true, DAEMON_ENABLED, removes));
}

static int op_no_tgt_attr(struct admin *a)
{
	return is_iscsi(a, op_value(a, OPT_DRIVER)) ?
	       no_attributes(a, a->opt.arg) : -EINVAL;
}

static int op_no_drv_attr(struct admin *a)
{
	return is_iscsi(a, a->opt.arg) ? no_attributes(a, NULL) : -EINVAL;
}

static const struct op rows[] = {
	{ OPT_NO_FC, op_no_fc, 0, false },
	{ OPT_NO_ALUA, op_no_alua, 0, false },
	{ OPT_NO_TARGET, op_no_target, 0, false },
	{ OPT_NO_TGT_ATTR, op_no_tgt_attr, 0, false },
	{ OPT_NO_DRV_ATTR, op_no_drv_attr, 0, false },
	{ OPT_NO_ATTR, op_no_attr, 0, false },
};

const struct op_table none_ops = { rows, ARRAY_SIZE(rows) };
