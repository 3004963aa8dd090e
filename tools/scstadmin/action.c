// SPDX-License-Identifier: GPL-2.0
/*
 * Actions as data and as text: what a plan consists of, how it is shown, and
 * the templates with which commands to the kernel are made of it.  Pure.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan.h"

static const struct {
	const char *name;
	bool removes;
	const char *text;
} action_types[ACT_COUNT] = {
	[ACT_LUN_DEL] = { "lun-del", true, "take LUN %l (%n) from group %g" },
	[ACT_NAME_DEL] = { "name-del", true,
			   "take initiator %n out of group %g" },
	[ACT_GROUP_DEL] = { "group-del", true, "delete group %g" },
	[ACT_DEV_CLOSE] = { "device-close", true, "close device %n" },
	[ACT_DEV_OPEN] = { "device-open", false, "open device %n: %p%b%f" },
	[ACT_DEV_T10] = { "device-t10-id", false,
			  "set the T10 identifier of device %n to '%t'" },
	[ACT_DEV_RESYNC] = { "device-resync", false,
			     "read the size of device %n again" },
	[ACT_DEV_ASSIGN] = { "device-assign", false,
			     "give device %n to handler %h" },
	[ACT_GROUP_ADD] = { "group-add", false, "create group %g" },
	[ACT_GROUP_RENAME] = { "group-rename", false, "call group %g %t" },
	[ACT_LUN_ADD] = { "lun-add", false,
			  "show device %n as LUN %l of group %g%r" },
	[ACT_LUN_REPLACE] = { "lun-replace", false,
			      "put device %n behind LUN %l of group %g%r" },
	[ACT_LUN_CLEAR] = { "lun-clear", true, "take all LUNs from group %g" },
	[ACT_NAME_MOVE] = { "name-move", false,
			    "move initiator %n from group %g to group %t" },
	[ACT_NAME_ADD] = { "name-add", false, "put initiator %n into group %g" },
	[ACT_NAME_CLEAR] = { "name-clear", true,
			     "take all initiators out of group %g" },
	[ACT_THREADS] = { "threads", false, "set the number of threads to %d" },
	[ACT_ATTR] = { "attribute", false, "set %h%n to '%t'" },
};

/**
 * plan_init() - begin an empty plan
 * @plan: the plan
 * @file: of the configuration that is wanted
 */
void plan_init(struct plan *plan, const char *file)
{
	memset(plan, 0, sizeof(*plan));
	plan->file = str_dup(file);
}

/**
 * plan_add() - append an action
 * @plan: the plan
 * @type: what to do
 *
 * Return: the action, to be filled in before the next one is added.
 */
struct action *plan_add(struct plan *plan, enum action_type type)
{
	struct action *action = array_add(&plan->actions, &plan->count,
					  sizeof(*action));

	action->type = type;
	return action;
}

/**
 * action_need() - an action is for nothing without another one
 * @action: the action
 * @other: number of the other one, or ACTION_NONE
 */
void action_need(struct action *action, size_t other)
{
	size_t i;

	if (other == ACTION_NONE)
		return;
	for (i = 0; i < action->nneeds; i++)
		if (action->needs[i] == other)
			return;
	*array_add(&action->needs, &action->nneeds, sizeof(other)) = other;
}

static void action_clear(struct action *action)
{
	if (action->instead)
		action_clear(action->instead);
	free(action->instead);
	free(action->needs);
	free(action->group);
	free(action->name);
	free(action->to);
	free(action->handler);
	free(action->path);
}

/**
 * plan_free() - free what a plan consists of
 * @plan: the plan
 */
void plan_free(struct plan *plan)
{
	size_t i;

	for (i = 0; i < plan->count; i++)
		action_clear(&plan->actions[i]);
	free(plan->actions);
	free(plan->file);
	memset(plan, 0, sizeof(*plan));
}

/**
 * action_name() - short name of a kind of action
 * @type: kind
 *
 * Return: the name.
 */
const char *action_name(enum action_type type)
{
	return action_types[type].name;
}

/**
 * action_removes() - does an action take something away?
 * @type: kind
 *
 * Return: whether it does.
 */
bool action_removes(enum action_type type)
{
	return action_types[type].removes;
}

static const char *or_empty(const char *str)
{
	return str ? str : "";
}

static void put_flags(FILE *out, unsigned int flags)
{
	size_t i;

	for (i = 0; i < device_flags_len; i++)
		if (flags & device_flags[i].flag)
			fprintf(out, " %s", device_flags[i].name);
}

static void put_field(FILE *out, const struct action *action, char field)
{
	switch (field) {
	case 'g':
		fputs(or_empty(action->group), out);
		break;
	case 'n':
		fputs(or_empty(action->name), out);
		break;
	case 't':
		fputs(or_empty(action->to), out);
		break;
	case 'h':
		fputs(or_empty(action->handler), out);
		break;
	case 'p':
		fputs(or_empty(action->path), out);
		break;
	case 'l':
		fprintf(out, "%u", action->lun);
		break;
	case 'd':
		fprintf(out, "%u", action->number);
		break;
	case 'r':
		fputs(action->read_only ? " READ_ONLY" : "", out);
		break;
	case 'b':
		if (action->blocksize)
			fprintf(out, " %u", action->blocksize);
		break;
	case 'f':
		put_flags(out, action->flags);
		break;
	default:
		fputc(field, out);
	}
}

/**
 * action_format() - fill in a template
 * @action: the action
 * @template: text; %g is the group, %n the device or initiator, %t the new name
 *	or place, %h the handler, %p the path, %l the LUN, %d a number; %r, %b and
 *	%f are access, block size and flags with a blank before each
 * @buf: result
 * @size: room in @buf
 */
void action_format(const struct action *action, const char *template,
		   char *buf, size_t size)
{
	FILE *out = fmemopen(buf, size, "w");

	*buf = '\0';
	if (!out)
		return;
	for (; *template; template++) {
		if (*template == '%' && template[1])
			put_field(out, action, *++template);
		else
			fputc(*template, out);
	}
	fclose(out);
	buf[size - 1] = '\0';
}

/**
 * action_text() - say what an action does
 * @action: the action
 * @buf: result
 * @size: room in @buf
 */
void action_text(const struct action *action, char *buf, size_t size)
{
	action_format(action, action_types[action->type].text, buf, size);
}
