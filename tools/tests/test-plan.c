// SPDX-License-Identifier: GPL-2.0
/*
 * Plans: a table of before, after and expected actions; and random pairs of
 * configurations, for which the plan has to work on the fake kernel without an
 * error, has to lead to what is wanted, and must not touch what stays.
 */
#include <errno.h>

#include "admin-fake.h"

#define ROUNDS 4000

static const struct plan_case {
	const char *what;
	const char *live;
	const char *wanted;
	bool force;
	const char *actions;	/* a line for each */
	const char *messages;	/* one that has to be there; NULL: none at all */
} cases[] = {
	{
		"the howto",
		"",
		"[HANDLER vdisk]\n"
		"#DEVICE <vdisk name>,<device path>,<options>,<block size>\n"
		"DEVICE vdisk0,/dev/md733,NV_CACHE,512\n"
		"DEVICE vdisk1,/dev/md734,NV_CACHE,512\n"
		"[ASSIGNMENT Default]\n"
		"#DEVICE <device name>,<lun>\n"
		"DEVICE vdisk0,0\nDEVICE vdisk1,1\n",
		false,
		"open device vdisk0: /dev/md733 512 NV_CACHE\n"
		"open device vdisk1: /dev/md734 512 NV_CACHE\n"
		"show device vdisk0 as LUN 0 of group Default\n"
		"show device vdisk1 as LUN 1 of group Default\n",
		NULL,
	}, {
		"nothing to do",
		"[HANDLER vdisk]\nDEVICE a,/a,NV_CACHE,512\n"
		"[GROUP g]\nUSER x\n[ASSIGNMENT g]\nDEVICE a,0,READ_ONLY\n",
		"[HANDLER vdisk]\nDEVICE a,/a,NV_CACHE|WRITE_THROUGH|O_DIRECT\n"
		"[GROUP g]\nUSER x\n[ASSIGNMENT g]\nDEVICE a,0,READ_ONLY\n",
		true, "", NULL,
	}, {
		"a group gets its LUNs before its names",
		"[HANDLER vdisk]\nDEVICE a,/a\n",
		"[HANDLER vdisk]\nDEVICE a,/a\n"
		"[GROUP g]\nUSER x\nUSER y\n[ASSIGNMENT g]\nDEVICE a,0\n",
		false,
		"create group g\n"
		"show device a as LUN 0 of group g\n"
		"put initiator x into group g\n"
		"put initiator y into group g\n",
		NULL,
	}, {
		"a group of a target is complete before it has its name",
		"[HANDLER vdisk]\nDEVICE a,/a\n",
		"[HANDLER vdisk]\nDEVICE a,/a\n"
		"[ASSIGNMENT Default_iqn.a]\nDEVICE a,0\n",
		false,
		"create group TMP_GRP1\n"
		"show device a as LUN 0 of group TMP_GRP1\n"
		"call group TMP_GRP1 Default_iqn.a\n",
		NULL,
	}, {
		"without force, differences are warnings",
		"[HANDLER vdisk]\nDEVICE a,/a\nDEVICE b,/b\n"
		"[ASSIGNMENT Default]\nDEVICE a,0\nDEVICE b,1\n"
		"[GROUP g]\nUSER x\n[GROUP h]\n",
		"[HANDLER vdisk]\nDEVICE a,/new\n"
		"[ASSIGNMENT Default]\nDEVICE a,0,READ_ONLY\n[GROUP h]\nUSER x\n",
		false, "",
		"w:2: warning: device a: has another path",
	}, {
		"a LUN that is elsewhere",
		"[HANDLER vdisk]\nDEVICE a,/a\n"
		"[ASSIGNMENT Default]\nDEVICE a,0\n",
		"[HANDLER vdisk]\nDEVICE a,/a\n"
		"[ASSIGNMENT Default]\nDEVICE a,1\n",
		false, "",
		"w:4: warning: device a is LUN 0 of group Default",
	}, {
		"removals come first",
		"[HANDLER vdisk]\nDEVICE a,/a\nDEVICE b,/b\n"
		"[ASSIGNMENT Default]\nDEVICE a,0\nDEVICE b,1\n"
		"[GROUP g]\nUSER x\nUSER y\n[ASSIGNMENT g]\nDEVICE a,0\n"
		"[GROUP gone]\nUSER z\n",
		"[HANDLER vdisk]\nDEVICE a,/a\nDEVICE c,/c\n"
		"[ASSIGNMENT Default]\nDEVICE a,0\nDEVICE c,2\n"
		"[GROUP g]\nUSER x\n[ASSIGNMENT g]\nDEVICE a,0\n",
		true,
		"take LUN 1 (b) from group Default\n"
		"take initiator y out of group g\n"
		"delete group gone\n"
		"open device c: /c\n"
		"show device c as LUN 2 of group Default\n"
		"close device b\n",
		NULL,
	}, {
		"another device behind a LUN, in one step",
		"[HANDLER vdisk]\nDEVICE a,/a\n"
		"[ASSIGNMENT Default]\nDEVICE a,0\n",
		"[HANDLER vdisk]\nDEVICE b,/b\n"
		"[ASSIGNMENT Default]\nDEVICE b,0,READ_ONLY\n",
		true,
		"open device b: /b\n"
		"put device b behind LUN 0 of group Default READ_ONLY\n"
		"close device a\n",
		NULL,
	}, {
		"the same file under another name",
		"[HANDLER vdisk]\nDEVICE a,/a\n"
		"[ASSIGNMENT Default]\nDEVICE a,0\n",
		"[HANDLER vdisk]\nDEVICE b,/a\n"
		"[ASSIGNMENT Default]\nDEVICE b,0\n",
		true,
		"take LUN 0 (a) from group Default\n"
		"close device a\n"
		"open device b: /a\n"
		"show device b as LUN 0 of group Default\n",
		NULL,
	}, {
		"a device that changes",
		"[HANDLER vdisk]\nDEVICE a,/a\nDEVICE b,/b\n"
		"[ASSIGNMENT Default]\nDEVICE a,0\nDEVICE b,1\n",
		"[HANDLER vdisk]\nDEVICE a,/a,READ_ONLY,4096,id 1\nDEVICE b,/b\n"
		"[ASSIGNMENT Default]\nDEVICE a,0\nDEVICE b,1\n",
		true,
		"take LUN 0 (a) from group Default\n"
		"close device a\n"
		"open device a: /a 4096 READ_ONLY\n"
		"set the T10 identifier of device a to 'id 1'\n"
		"show device a as LUN 0 of group Default\n",
		"w:2: warning: device a: has another options; initiators lose",
	}, {
		"an initiator moves when its new group is complete",
		"[HANDLER vdisk]\nDEVICE a,/a\n[GROUP old]\nUSER x\n"
		"[ASSIGNMENT old]\nDEVICE a,0\n",
		"[HANDLER vdisk]\nDEVICE a,/a\n[GROUP new]\nUSER x\n"
		"[ASSIGNMENT new]\nDEVICE a,0\n",
		true,
		"create group new\n"
		"show device a as LUN 0 of group new\n"
		"move initiator x from group old to group new\n"
		"delete group old\n",
		NULL,
	}, {
		"two initiators change places",
		"[GROUP g]\nUSER x\n[GROUP h]\nUSER y\n",
		"[GROUP g]\nUSER y\n[GROUP h]\nUSER x\n",
		true,
		"move initiator y from group h to group g\n"
		"move initiator x from group g to group h\n",
		NULL,
	}, {
		"a device that nobody declares, but that has a LUN, stays",
		"[HANDLER vdisk]\nDEVICE a,/a\n",
		"[ASSIGNMENT Default]\nDEVICE a,0\n",
		true,
		"show device a as LUN 0 of group Default\n",
		NULL,
	}, {
		"local devices",
		"[HANDLER dev_disk]\nDEVICE 1:0:0:0\n",
		"[HANDLER disk]\nDEVICE 1:0:0:0\nDEVICE 2:0:0:0\n"
		"[ASSIGNMENT Default]\nDEVICE 1:0:0:0,0\nDEVICE 2:0:0:0,1\n",
		false,
		"show device 1:0:0:0 as LUN 0 of group Default\n",
		"w:3: there is no local device 2:0:0:0",
	}, {
		"what is said about a LUN without its device",
		"",
		"[ASSIGNMENT Default]\nDEVICE ghost,0\n",
		false, "",
		"w:2: there is no device ghost for LUN 0 of group Default",
	}, {
		"a handler that is not loaded",
		"",
		"[HANDLER tape_perf]\nDEVICE 1:0:0:0\n"
		"[HANDLER vdisk]\nDEVICE a,/a\n",
		false,
		"open device a: /a\n",
		"w:2: handler dev_tape_perf is not loaded, its devices are left out: modprobe scst_tape",
	}, {
		"a group without LUN 0, and without names",
		"[HANDLER vdisk]\nDEVICE a,/a\n",
		"[ASSIGNMENT g]\nDEVICE a,1\n",
		false,
		"create group g\nshow device a as LUN 1 of group g\n",
		"w:2: warning: group g has no LUN 0",
	}, {
		"LUNs without number",
		"[HANDLER vdisk]\nDEVICE a,/a\nDEVICE b,/b\nDEVICE c,/c\n"
		"[ASSIGNMENT Default]\nDEVICE b,3\n",
		"[HANDLER vdisk]\nDEVICE a,/a\nDEVICE b,/b\nDEVICE c,/c\n"
		"[ASSIGNMENT Default]\nDEVICE a,0\nDEVICE b\nDEVICE c\n",
		false,
		"show device a as LUN 0 of group Default\n"
		"show device c as LUN 4 of group Default\n",
		NULL,
	}, {
		"threads",
		"", "threads 5\n", false,
		"set the number of threads to 5\n", NULL,
	},
};

static char *actions_text(const struct plan *plan)
{
	char text[1024], *all;
	size_t size, i;
	FILE *out = open_memstream(&all, &size);

	assert_non_null(out);
	for (i = 0; i < plan->count; i++) {
		action_text(&plan->actions[i], text, sizeof(text));
		fprintf(out, "%s\n", text);
	}
	fclose(out);
	return all;
}

static char *messages_text(const struct report *report)
{
	const struct report_entry *entry;
	size_t size, i;
	char *all;
	FILE *out = open_memstream(&all, &size);

	assert_non_null(out);
	for (i = 0; i < report->count; i++) {
		entry = &report->entry[i];
		fprintf(out, "%s:%u: %s%s\n", entry->file, entry->line,
			entry->level == REPORT_ERROR ? "" : "warning: ",
			entry->text);
	}
	fclose(out);
	return all;
}

static void parse(const char *text, struct model *model, struct report *report)
{
	if (parse_buf("w", text, strlen(text), model, report))
		print_message("%s\n", messages_text(report));
	assert_int_equal(report->errors, 0);
}

static void check_case(const struct plan_case *c)
{
	char *actions, *messages;
	struct admin_fake fake;
	struct outcome outcome;
	struct report report;
	struct model wanted;
	struct plan plan;

	admin_fake_init(&fake);
	admin_fake_config(&fake, c->live);
	report_init(&report);
	parse(c->wanted, &wanted, &report);
	plan_resolve_luns(&wanted, &fake.model);
	plan_make(&plan, &fake.model, &wanted, c->force, &report);
	actions = actions_text(&plan);
	messages = messages_text(&report);
	if (strcmp(actions, c->actions) ||
	    (c->messages ? !strstr(messages, c->messages) : !!*messages))
		print_message("%s:\n%s%s", c->what, actions, messages);
	assert_string_equal(actions, c->actions);
	if (c->messages)
		assert_non_null(strstr(messages, c->messages));
	else
		assert_string_equal(messages, "");
	/* and it works */
	assert_int_equal(apply_plan(&fake.kernel, &plan, &report, &outcome,
				    NULL, NULL), 0);
	assert_int_equal(outcome.done, plan.count);
	outcome_free(&outcome);
	free(actions);
	free(messages);
	plan_free(&plan);
	model_free(&wanted);
	report_free(&report);
	admin_fake_free(&fake);
}

static void test_cases(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		check_case(&cases[i]);
}

/* sessions keep a group from being deleted, so they have to leave first */
static void test_sessions(void **state)
{
	struct admin_fake fake;
	struct report report;
	struct model wanted;
	struct plan plan;
	char *actions;

	(void)state;
	admin_fake_init(&fake);
	admin_fake_config(&fake, "[GROUP Default_iqn.a]\nUSER x\n[GROUP g]\nUSER y\n");
	model_group(&fake.model, "Default_iqn.a")->nsessions = 2;
	model_group(&fake.model, "g")->nsessions = 1;
	report_init(&report);
	parse("", &wanted, &report);
	plan_make(&plan, &fake.model, &wanted, true, &report);
	actions = actions_text(&plan);
	assert_string_equal(actions,
			    "take all initiators out of group Default_iqn.a\n"
			    "call group Default_iqn.a TMP_GRP1\n"
			    "delete group TMP_GRP1\n"
			    "take all initiators out of group g\n"
			    "delete group g\n");
	free(actions);
	plan_free(&plan);
	model_free(&wanted);
	report_free(&report);
	admin_fake_free(&fake);
}

/* a device whose file has gone: an error, and all the rest is in the plan */
static void test_backend(void **state)
{
	struct admin_fake fake;
	struct report report;
	struct model wanted;
	struct plan plan;
	char *text;

	(void)state;
	admin_fake_init(&fake);
	admin_fake_config(&fake, "[HANDLER vdisk]\nDEVICE c,/old\n"
				 "[ASSIGNMENT Default]\nDEVICE c,2\n");
	report_init(&report);
	parse("[HANDLER vdisk]\nDEVICE a,/a\nDEVICE b,/b\nDEVICE c,/new\n"
	      "[ASSIGNMENT Default]\nDEVICE a,0\nDEVICE b,1\nDEVICE c,2\n",
	      &wanted, &report);
	str_set(&wanted.devices[0].backend, "/a: gone");
	str_set(&wanted.devices[2].backend, "/new: gone");
	plan_make(&plan, &fake.model, &wanted, true, &report);
	text = actions_text(&plan);
	assert_string_equal(text, "open device b: /b\n"
			    "show device b as LUN 1 of group Default\n");
	free(text);
	text = messages_text(&report);
	assert_string_equal(text, "w:2: device a: /a: gone\n"
			    "w:4: device c: /new: gone\n"
			    "w:6: warning: LUN 0 of group Default is left out: device a is not available\n");
	free(text);
	plan_free(&plan);
	model_free(&wanted);
	report_free(&report);
	admin_fake_free(&fake);
}

/* what depends on a failed action is left out, the rest is done */
static void test_failure(void **state)
{
	struct admin_fake fake;
	struct outcome outcome;
	struct report report;
	struct model wanted;
	struct plan plan;
	char *text;

	(void)state;
	admin_fake_init(&fake);
	fake.fail = 1;
	report_init(&report);
	parse("[HANDLER vdisk]\nDEVICE a,/a\nDEVICE b,/b\n"
	      "[ASSIGNMENT Default]\nDEVICE a,0\nDEVICE b,1\n",
	      &wanted, &report);
	plan_make(&plan, &fake.model, &wanted, false, &report);
	assert_true(apply_plan(&fake.kernel, &plan, &report, &outcome, NULL,
			       NULL) < 0);
	assert_int_equal(outcome.done, 2);
	assert_int_equal(outcome.failed, 1);
	assert_int_equal(outcome.left_out, 1);
	text = messages_text(&report);
	assert_string_equal(text, "w:2: open device a: /a: Input/output error\n"
			    "w:5: warning: left out after the error: show device a as LUN 0 of group Default\n");
	free(text);
	assert_non_null(group_lun(&fake.model.groups[0], 1));
	outcome_free(&outcome);
	plan_free(&plan);
	model_free(&wanted);
	report_free(&report);
	admin_fake_free(&fake);
}

/* one of each kind, on what ignored_live has */
static const struct action ignored[ACT_COUNT] = {
	[ACT_LUN_DEL] = { .group = "g", .name = "a" },
	[ACT_NAME_DEL] = { .group = "g", .name = "x" },
	[ACT_GROUP_DEL] = { .group = "h" },
	[ACT_DEV_CLOSE] = { .name = "b" },
	[ACT_DEV_OPEN] = { .name = "c", .path = "/c", .handler = "vdisk" },
	[ACT_DEV_T10] = { .name = "a", .to = "id" },
	[ACT_DEV_RESYNC] = { .name = "a" },
	[ACT_DEV_ASSIGN] = { .name = "1:0:0:0", .handler = "dev_disk" },
	[ACT_GROUP_ADD] = { .group = "new" },
	[ACT_GROUP_RENAME] = { .group = "h", .to = "i" },
	[ACT_LUN_ADD] = { .group = "g", .name = "b", .lun = 1 },
	[ACT_LUN_REPLACE] = { .group = "g", .name = "b" },
	[ACT_LUN_CLEAR] = { .group = "g" },
	[ACT_NAME_MOVE] = { .group = "g", .name = "x", .to = "h" },
	[ACT_NAME_ADD] = { .group = "g", .name = "y" },
	[ACT_NAME_CLEAR] = { .group = "g" },
	[ACT_THREADS] = { .number = 7 },
};

static const char ignored_live[] =
	"[HANDLER vdisk]\nDEVICE a,/a\nDEVICE b,/b\n"
	"[HANDLER disk_perf]\nDEVICE 1:0:0:0\n"
	"[GROUP g]\nUSER x\n[ASSIGNMENT g]\nDEVICE a,0\n[GROUP h]\n";

/* the kernel does not show what became of these */
static bool unseen(const struct action *action)
{
	return action->type == ACT_DEV_T10 || action->type == ACT_DEV_RESYNC;
}

static void check_ignored(enum action_type type, bool ignore)
{
	struct action action = ignored[type];
	struct plan plan = { .file = "w", .actions = &action, .count = 1 };
	char text[1024], wanted[2048] = "", *messages;
	struct admin_fake fake;
	struct outcome outcome;
	struct report report;
	bool fails;
	int ret;

	action.type = type;
	action.line = 5;
	action.after[0] = ACTION_NONE;
	action.after[1] = ACTION_NONE;
	fails = ignore && !unseen(&action);
	admin_fake_init(&fake);
	admin_fake_config(&fake, ignored_live);
	fake.ignore = ignore;
	report_init(&report);
	ret = apply_plan(&fake.kernel, &plan, &report, &outcome, NULL, NULL);
	action_text(&action, text, sizeof(text));
	if (fails)
		snprintf(wanted, sizeof(wanted),
			 "w:5: %s: the kernel accepted it, but nothing has changed\n",
			 text);
	messages = messages_text(&report);
	assert_string_equal(messages, wanted);
	assert_int_equal(ret, fails ? -EIO : 0);
	assert_int_equal(outcome.done, !fails);
	assert_int_equal(outcome.failed, fails);
	free(messages);
	outcome_free(&outcome);
	report_free(&report);
	admin_fake_free(&fake);
}

/* a kernel that says yes and does nothing is found out, and no other */
static void test_ignored(void **state)
{
	int type;

	(void)state;
	for (type = 0; type < ACT_COUNT; type++) {
		check_ignored(type, true);
		check_ignored(type, false);
	}
}

static void check_same(const struct model *now, const struct model *wanted,
		       bool force)
{
	struct report report;
	struct plan plan;
	char *text;

	report_init(&report);
	plan_make(&plan, now, wanted, force, &report);
	text = actions_text(&plan);
	assert_string_equal(text, "");
	free(text);
	plan_free(&plan);
	report_free(&report);
}

/* Return: whether it was found out, or -1 if there is no such action */
static int ignore_in_case(const struct plan_case *c, size_t i)
{
	struct admin_fake fake;
	struct outcome outcome;
	struct report report;
	struct model wanted;
	struct plan plan;
	int ret = -1;

	admin_fake_init(&fake);
	admin_fake_config(&fake, c->live);
	fake.ignore = i + 1;
	report_init(&report);
	parse(c->wanted, &wanted, &report);
	plan_resolve_luns(&wanted, &fake.model);
	plan_make(&plan, &fake.model, &wanted, c->force, &report);
	if (i < plan.count) {
		ret = apply_plan(&fake.kernel, &plan, &report, &outcome, NULL,
				 NULL) < 0;
		if (!ret)
			check_same(&fake.model, &wanted, c->force);
		outcome_free(&outcome);
	}
	plan_free(&plan);
	model_free(&wanted);
	report_free(&report);
	admin_fake_free(&fake);
	return ret;
}

/* within a plan, too, success means that the kernel has what is wanted */
static void test_ignored_in_plan(void **state)
{
	unsigned int found_out = 0;
	size_t i, j;
	int ret;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		for (j = 0; (ret = ignore_in_case(&cases[i], j)) >= 0; j++)
			found_out += ret;
	assert_true(found_out > ARRAY_SIZE(cases));
}

/* ------------------------------------------------------------------------- */

static uint32_t seed = 4711;

static uint32_t rnd(uint32_t below)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % below;
}

static void random_group(struct model *model, const char *name)
{
	static const char *const devs[] = { "a", "b", "c", "d", "1:0:0:0" };
	static const char *const names[] = { "x", "y", "z", "*w" };
	struct group *group = model_add_group(model, name);
	size_t i;

	group->declared = true;
	for (i = 0; i < 4; i++)
		if (rnd(2) && model_device(model, devs[i]))
			group_add_lun(group, i + rnd(2) * 4,
				      devs[rnd(8) ? i : 4], !rnd(4));
	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (!rnd(3))
			group_add_name(group, names[i]);
}

static void random_model(struct model *model)
{
	static const char *const groups[] = {
		"g", "h", "Default_iqn.a", "Default_iqn.b", "TMP_GRP1",
	};
	static const char *const paths[] = { "/a", "/b", "/c", "/d" };
	char name[2] = "a";
	struct device *dev;
	size_t i;

	model_add_device(model, "1:0:0:0", "dev_disk");
	for (i = 0; i < 4; i++, name[0]++) {
		if (!rnd(3))
			continue;
		dev = model_add_device(model, name, "vdisk");
		dev->flags = rnd(3) ? 0 : rnd(16);
		dev->blocksize = rnd(4) ? 512 : 4096;
		str_set(&dev->path, paths[rnd(4) ? i : rnd(4)]);
	}
	random_group(model, GROUP_DEFAULT);
	for (i = 0; i < ARRAY_SIZE(groups); i++)
		if (rnd(2))
			random_group(model, groups[i]);
}

static bool reopened(const struct plan *plan, const char *dev)
{
	size_t i;

	for (i = 0; i < plan->count; i++)
		if (plan->actions[i].type == ACT_DEV_CLOSE &&
		    !strcmp(plan->actions[i].name, dev))
			return true;
	return false;
}

/* a LUN that is the same before and after is there all the time */
static void check_untouched(const struct model *live,
			    const struct model *wanted,
			    const struct plan *plan, const struct model *now)
{
	const struct group *before, *after, *group;
	const struct lun *a, *b;
	size_t i, j;

	for (i = 0; i < live->ngroups; i++) {
		before = &live->groups[i];
		after = model_group(wanted, before->name);
		for (j = 0; after && j < before->nluns; j++) {
			a = &before->luns[j];
			b = group_lun(after, a->lun);
			if (!b || strcmp(a->dev, b->dev) ||
			    a->read_only != b->read_only ||
			    reopened(plan, a->dev))
				continue;
			group = model_group(now, before->name);
			assert_non_null(group);
			assert_non_null(group_lun(group, a->lun));
		}
	}
}

/* who gets into a group that is new finds all LUNs there */
static void check_complete(const struct model *live,
			   const struct model *wanted, const struct action *act,
			   const struct model *now)
{
	const char *name = act->type == ACT_NAME_ADD ? act->group : act->to;
	const struct group *group;

	if (act->type != ACT_NAME_ADD && act->type != ACT_NAME_MOVE &&
	    act->type != ACT_GROUP_RENAME)
		return;
	group = model_group(wanted, name);
	if (!group || model_group(live, name))
		return;
	assert_int_equal(model_group(now, name)->nluns, group->nluns);
}

/* what has been done is not taken for ignored, whatever came after it */
static void check_seen(const struct model *before, const struct plan *plan)
{
	struct admin_fake fake;
	struct outcome outcome;
	struct report report;
	char *text;

	admin_fake_init(&fake);
	model_copy(&fake.model, before);
	report_init(&report);
	apply_plan(&fake.kernel, plan, &report, &outcome, NULL, NULL);
	text = messages_text(&report);
	assert_string_equal(text, "");
	free(text);
	outcome_free(&outcome);
	report_free(&report);
	admin_fake_free(&fake);
}

static void run_random(bool force)
{
	struct model wanted, before;
	struct admin_fake fake;
	struct report report;
	struct plan plan;
	size_t i;
	int ret;

	admin_fake_init(&fake);
	random_model(&fake.model);
	model_init(&before, "before");
	model_copy(&before, &fake.model);
	model_init(&wanted, "w");
	random_model(&wanted);
	report_init(&report);
	plan_make(&plan, &before, &wanted, force, &report);
	assert_int_equal(report.errors, 0);
	for (i = 0; i < plan.count; i++) {
		if (!force)
			assert_false(action_removes(plan.actions[i].type));
		ret = admin_fake_apply(&fake, &plan.actions[i]);
		if (ret)
			print_message("action %zu fails\n%s", i,
				      actions_text(&plan));
		assert_int_equal(ret, 0);
		check_untouched(&before, &wanted, &plan, &fake.model);
		check_complete(&before, &wanted, &plan.actions[i],
			       &fake.model);
	}
	if (force)
		check_same(&fake.model, &wanted, true);
	check_seen(&before, &plan);
	plan_free(&plan);
	model_free(&wanted);
	model_free(&before);
	report_free(&report);
	admin_fake_free(&fake);
}

static void test_random(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < ROUNDS; i++)
		run_random(i & 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_sessions),
		cmocka_unit_test(test_backend),
		cmocka_unit_test(test_failure),
		cmocka_unit_test(test_ignored),
		cmocka_unit_test(test_ignored_in_plan),
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}
