// SPDX-License-Identifier: GPL-2.0
/*
 * Lists.  One list is rows of cells under names of columns; whether that becomes
 * a table or JSON is decided here, so that both always have the same contents.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "show.h"

/**
 * show_begin() - begin a list
 * @show: @out and @json are set
 * @name: of the list
 * @columns: names of the columns with commas between them
 */
void show_begin(struct show *show, const char *name, const char *columns)
{
	char *copy = str_dup(columns), *word, *rest = copy;

	show->name = name;
	show->ncolumns = 0;
	while ((word = strsep(&rest, ",")) &&
	       show->ncolumns < SHOW_COLUMNS_MAX)
		show->columns[show->ncolumns++] = str_dup(word);
	free(copy);
}

/**
 * show_cell() - add the next cell, from left to right
 * @show: the list
 * @fmt: its text
 */
void show_cell(struct show *show, const char *fmt, ...)
{
	struct name *cell = array_add(&show->cells, &show->ncells,
				      sizeof(*cell));
	char text[4096];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	cell->name = str_dup(text);
}

static bool is_number(const struct show *show, size_t column)
{
	return *show->columns[column] == '#';
}

static const char *column_name(const struct show *show, size_t column)
{
	return show->columns[column] + is_number(show, column);
}

/* "Command Count" becomes "command_count" */
static void json_name(struct json *json, const char *name)
{
	char key[64];
	size_t i;

	for (i = 0; name[i] && i < sizeof(key) - 1; i++)
		key[i] = name[i] == ' ' ? '_' : name[i] | 0x20;
	key[i] = '\0';
	json_key(json, key);
}

static void end_json(struct show *show)
{
	struct json json;
	size_t i, column;

	show->done = true;
	json_init(&json, show->out);
	json_object(&json);
	json_key(&json, show->name);
	json_array(&json);
	for (i = 0; i < show->ncells; i++) {
		column = i % show->ncolumns;
		if (!column)
			json_object(&json);
		json_name(&json, column_name(show, column));
		if (is_number(show, column))
			json_u64(&json, strtoull(show->cells[i].name, NULL,
						 10));
		else
			json_string(&json, show->cells[i].name);
		if (column == show->ncolumns - 1)
			json_end_object(&json);
	}
	json_end_array(&json);
	json_end_object(&json);
	json_finish(&json);
}

static size_t width_of(const struct show *show, size_t column)
{
	size_t width = strlen(column_name(show, column)), len, i;

	for (i = column; i < show->ncells; i += show->ncolumns) {
		len = strlen(show->cells[i].name);
		if (len > width)
			width = len;
	}
	return width;
}

static void end_table(struct show *show)
{
	size_t width[SHOW_COLUMNS_MAX];
	size_t i, n = show->ncolumns;

	for (i = 0; i < n; i++) {
		width[i] = i == n - 1 ? 0 : width_of(show, i);
		fprintf(show->out, "%-*s%s", (int)width[i],
			column_name(show, i), i == n - 1 ? "\n" : "  ");
	}
	for (i = 0; i < show->ncells; i++)
		fprintf(show->out, "%-*s%s", (int)width[i % n],
			show->cells[i].name, i % n == n - 1 ? "\n" : "  ");
}

/**
 * show_end() - print the list
 * @show: the list
 */
void show_end(struct show *show)
{
	size_t i;

	if (show->json)
		end_json(show);
	else
		end_table(show);
	for (i = 0; i < show->ncells; i++)
		free(show->cells[i].name);
	for (i = 0; i < show->ncolumns; i++)
		free((char *)show->columns[i]);
	free(show->cells);
	show->cells = NULL;
	show->ncells = 0;
}

/**
 * show_sessions() - list sessions
 * @show: where to
 * @live: what is
 */
void show_sessions(struct show *show, const struct model *live)
{
	const struct session *sess;
	size_t i;

	show_begin(show, "sessions",
		   "Target Name,Initiator Name,Group Name,#Command Count");
	if (!show->json)
		fputs("Target Name\tInitiator Name\tGroup Name\tCommand Count\n",
		      show->out);
	for (i = 0; i < live->nsessions; i++) {
		sess = &live->sessions[i];
		if (!show->json) {
			/* always was separated by tabs */
			fprintf(show->out, "%s\t%s\t%s\t%llu\n", sess->driver,
				sess->initiator, sess->group,
				(unsigned long long)sess->commands);
			continue;
		}
		show_cell(show, "%s", sess->driver);
		show_cell(show, "%s", sess->initiator);
		show_cell(show, "%s", sess->group);
		show_cell(show, "%llu", (unsigned long long)sess->commands);
	}
	if (show->json)
		show_end(show);
	for (i = 0; !show->json && i < show->ncolumns; i++)
		free((char *)show->columns[i]);
}

static bool is_wanted(const char *name, const char *only)
{
	return !only || !strcmp(name, only);
}

/**
 * show_handlers() - list device handlers
 * @show: where to
 * @live: what is
 * @only: name of one, or NULL
 */
void show_handlers(struct show *show, const struct model *live,
		   const char *only)
{
	size_t i;

	show_begin(show, "handlers", "Handler,Type");
	for (i = 0; i < live->nhandlers; i++) {
		if (!is_wanted(live->handlers[i].name, only))
			continue;
		show_cell(show, "%s", live->handlers[i].name);
		show_cell(show, "%s", live->handlers[i].type);
	}
	show_end(show);
}

static void flags_cell(struct show *show, unsigned int flags)
{
	char text[128] = "";
	size_t i;

	for (i = 0; i < device_flags_len; i++) {
		if (!(flags & device_flags[i].flag))
			continue;
		if (*text)
			strcat(text, "|");
		strcat(text, device_flags[i].name);
	}
	show_cell(show, "%s", text);
}

/**
 * show_devices() - list devices
 * @show: where to
 * @live: what is
 * @only: name of one, or NULL
 */
void show_devices(struct show *show, const struct model *live,
		  const char *only)
{
	const struct device *dev;
	size_t i;

	show_begin(show, "devices",
		   "Device,Handler,#Size MB,#Block Size,Options,Path");
	for (i = 0; i < live->ndevices; i++) {
		dev = &live->devices[i];
		if (!is_wanted(dev->name, only))
			continue;
		show_cell(show, "%s", dev->name);
		show_cell(show, "%s", dev->handler);
		show_cell(show, "%llu", (unsigned long long)dev->size_mb);
		show_cell(show, "%u", dev->blocksize);
		flags_cell(show, dev->flags);
		show_cell(show, "%s", dev->path);
	}
	show_end(show);
}

/**
 * show_drivers() - list target drivers
 * @show: where to
 * @live: what is
 * @only: name of one, or NULL
 */
void show_drivers(struct show *show, const struct model *live,
		  const char *only)
{
	size_t i;

	show_begin(show, "drivers", "Driver");
	for (i = 0; i < live->ndrivers; i++)
		if (is_wanted(live->drivers[i].name, only))
			show_cell(show, "%s", live->drivers[i].name);
	show_end(show);
}

/**
 * show_targets() - list targets
 * @show: where to
 * @live: what is
 * @only: name of one, or NULL
 */
void show_targets(struct show *show, const struct model *live,
		  const char *only)
{
	size_t i;

	show_begin(show, "targets", "Driver,#Sessions,Target");
	for (i = 0; i < live->ntargets; i++) {
		if (!is_wanted(live->targets[i].name, only))
			continue;
		show_cell(show, "%s", live->targets[i].driver);
		show_cell(show, "%u", live->targets[i].nsessions);
		show_cell(show, "%s", live->targets[i].name);
	}
	show_end(show);
}

static void group_json(struct json *json, const struct group *group)
{
	size_t i;

	json_object(json);
	json_key(json, "group");
	json_string(json, group->name);
	json_key(json, "sessions");
	json_u64(json, group->nsessions);
	json_key(json, "luns");
	json_array(json);
	for (i = 0; i < group->nluns; i++) {
		json_object(json);
		json_key(json, "lun");
		json_u64(json, group->luns[i].lun);
		json_key(json, "device");
		json_string(json, group->luns[i].dev);
		json_key(json, "read_only");
		json_bool(json, group->luns[i].read_only);
		json_end_object(json);
	}
	json_end_array(json);
	json_key(json, "initiators");
	json_array(json);
	for (i = 0; i < group->nnames; i++)
		json_string(json, group->names[i].name);
	json_end_array(json);
	json_end_object(json);
}

static void group_table(FILE *out, const struct group *group)
{
	const struct lun *lun;
	size_t i;

	fprintf(out, "%s: %u session%s\n", group->name, group->nsessions,
		group->nsessions == 1 ? "" : "s");
	for (i = 0; i < group->nluns; i++) {
		lun = &group->luns[i];
		fprintf(out, "  LUN %-5u  %s%s\n", lun->lun, lun->dev,
			lun->read_only ? " READ_ONLY" : "");
	}
	for (i = 0; i < group->nnames; i++)
		fprintf(out, "  Initiator  %s\n", group->names[i].name);
}

/**
 * show_groups() - list groups with their LUNs and names
 * @show: where to
 * @live: what is
 * @only: name of one, or NULL
 */
void show_groups(struct show *show, const struct model *live, const char *only)
{
	struct json json;
	size_t i;

	json_init(&json, show->out);
	if (show->json) {
		show->done = true;
		json_object(&json);
		json_key(&json, "groups");
		json_array(&json);
	}
	for (i = 0; i < live->ngroups; i++) {
		if (!is_wanted(live->groups[i].name, only))
			continue;
		if (show->json)
			group_json(&json, &live->groups[i]);
		else
			group_table(show->out, &live->groups[i]);
	}
	if (show->json) {
		json_end_array(&json);
		json_end_object(&json);
		json_finish(&json);
	}
}

/* ------------------------------------------------------------------------- */

static void string_member(struct json *json, const char *key,
			  const char *value)
{
	json_key(json, key);
	json_string(json, value);
}

static void number_member(struct json *json, const char *key, uint64_t value)
{
	json_key(json, key);
	json_u64(json, value);
}

static void action_json(struct json *json, struct kernel *kernel,
			const struct plan *plan, size_t i,
			const struct outcome *outcome)
{
	static const char *const results[] = {
		[RESULT_PENDING] = "pending",
		[RESULT_DONE] = "done",
		[RESULT_FAILED] = "failed",
		[RESULT_LEFT_OUT] = "left-out",
		[RESULT_REVERTED] = "reverted",
	};
	const struct action *action = &plan->actions[i];
	char text[8192];

	json_object(json);
	string_member(json, "action", action_name(action->type));
	action_text(action, text, sizeof(text));
	string_member(json, "text", text);
	kernel->ops->describe(kernel, action, text, sizeof(text));
	string_member(json, "command", text);
	json_key(json, "removes");
	json_bool(json, action_removes(action->type));
	if (action->line)
		number_member(json, "line", action->line);
	if (outcome)
		string_member(json, "result", results[outcome->results[i]]);
	json_end_object(json);
}

static void message_json(struct json *json, const struct report_entry *entry)
{
	json_object(json);
	string_member(json, "level", report_level_name(entry->level));
	string_member(json, "file", entry->file);
	number_member(json, "line", entry->line);
	string_member(json, "text", entry->text);
	json_end_object(json);
}

/**
 * show_plan() - print a plan, or what became of it, as JSON
 * @show: where to
 * @kernel: for the commands
 * @plan: the plan
 * @report: messages about it
 * @outcome: what became of it, or NULL
 */
void show_plan(struct show *show, struct kernel *kernel,
	       const struct plan *plan, const struct report *report,
	       const struct outcome *outcome)
{
	struct json json;
	size_t i;

	show->done = true;
	json_init(&json, show->out);
	json_object(&json);
	string_member(&json, "file", plan->file);
	number_member(&json, "changes", plan->count);
	if (outcome) {
		number_member(&json, "done", outcome->done);
		number_member(&json, "failed", outcome->failed);
		number_member(&json, "left_out", outcome->left_out);
	}
	number_member(&json, "errors", report->errors);
	number_member(&json, "warnings", report->warnings);
	json_key(&json, "actions");
	json_array(&json);
	for (i = 0; i < plan->count; i++)
		action_json(&json, kernel, plan, i, outcome);
	json_end_array(&json);
	json_key(&json, "messages");
	json_array(&json);
	for (i = 0; i < report->count; i++)
		message_json(&json, &report->entry[i]);
	json_end_array(&json);
	json_end_object(&json);
	json_finish(&json);
}
