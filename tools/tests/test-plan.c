// SPDX-License-Identifier: GPL-2.0
/*
 * Plans: a table of before, after and expected actions; and random pairs of
 * configurations, for which the plan has to work on the fake kernel without an
 * error, has to lead to what is wanted, and must not touch what stays.
 */
#include <errno.h>

#include "admin-fake.h"

#define ROUNDS 12000

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
		"who goes back to Default finds it as it shall be",
		"[HANDLER vdisk]\nDEVICE a,/a\nDEVICE b,/b\n"
		"[ASSIGNMENT Default]\nDEVICE a,0\nDEVICE b,1\n"
		"[GROUP g]\nUSER x\nUSER y\n[ASSIGNMENT g]\nDEVICE a,0\n"
		"[GROUP gone]\nUSER z\n",
		"[HANDLER vdisk]\nDEVICE a,/a\nDEVICE c,/c\n"
		"[ASSIGNMENT Default]\nDEVICE a,0\nDEVICE c,2\n"
		"[GROUP g]\nUSER x\n[ASSIGNMENT g]\nDEVICE a,0\n",
		true,
		"open device c: /c\n"
		"take LUN 1 (b) from group Default\n"
		"show device c as LUN 2 of group Default\n"
		"take initiator y out of group g\n"
		"delete group gone\n"
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
		"a T10 identifier of a device that nobody has",
		"[HANDLER vdisk]\nDEVICE a,/a\nDEVICE b,/b,,512,b\n",
		"[HANDLER vdisk]\nDEVICE a,/a,,512,id\nDEVICE b,/b,,512,b\n"
		"[ASSIGNMENT Default]\nDEVICE a,0\n",
		false,
		"set the T10 identifier of device a to 'id'\n"
		"show device a as LUN 0 of group Default\n",
		NULL,
	}, {
		"a T10 identifier that initiators know stays",
		"[HANDLER vdisk]\nDEVICE a,/a,,512,1\nDEVICE b,/b,,512,2\n"
		"[ASSIGNMENT Default]\nDEVICE a,0\nDEVICE b,1\n",
		"[HANDLER vdisk]\nDEVICE a,/a,,512,3\nDEVICE b,/b\n"
		"[ASSIGNMENT Default]\nDEVICE a,0\nDEVICE b,1\n",
		false,
		"",
		"w:2: warning: device a: has another T10 identifier; -ForceConfig sets '3'\n"
		"w:3: warning: device b: has another T10 identifier; -ForceConfig closes it and opens it again\n",
	}, {
		"unless it must not",
		"[HANDLER vdisk]\nDEVICE a,/a,,512,1\nDEVICE b,/b,,512,2\n"
		"[ASSIGNMENT Default]\nDEVICE a,0\n",
		"[HANDLER vdisk]\nDEVICE a,/a,,512,3\nDEVICE b,/b\n"
		"[ASSIGNMENT Default]\nDEVICE a,0\n",
		true,
		"close device b\n"
		"set the T10 identifier of device a to '3'\n"
		"open device b: /b\n",
		"w:2: warning: device a: gets the T10 identifier '3'; initiators may take it for another disk\n",
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
		"a host that leaves Default does not see what others get there",
		"[HANDLER vdisk]\nDEVICE a,/a\nDEVICE b,/b\n"
		"[ASSIGNMENT Default]\nDEVICE a,0\n",
		"[HANDLER vdisk]\nDEVICE a,/a\nDEVICE b,/b\n"
		"[GROUP h]\nUSER x\n[ASSIGNMENT h]\nDEVICE a,0\n"
		"[ASSIGNMENT Default]\nDEVICE b,0\n",
		true,
		"create group h\n"
		"show device a as LUN 0 of group h\n"
		"put initiator x into group h\n"
		"put device b behind LUN 0 of group Default\n",
		NULL,
	}, {
		"nothing is taken from a host that only changes its group",
		"[HANDLER vdisk]\nDEVICE a,/a\n"
		"[GROUP g]\nUSER x\n[ASSIGNMENT g]\nDEVICE a,0\n",
		"[HANDLER vdisk]\nDEVICE a,/a\n[GROUP g]\n"
		"[GROUP h]\nUSER x\n[ASSIGNMENT h]\nDEVICE a,0\n",
		true,
		"create group h\n"
		"show device a as LUN 0 of group h\n"
		"move initiator x from group g to group h\n"
		"take LUN 0 (a) from group g\n",
		NULL,
	}, {
		"two groups change places: one host waits",
		"[HANDLER vdisk]\nDEVICE a,/a\nDEVICE b,/b\n"
		"[GROUP g]\nUSER x\n[ASSIGNMENT g]\nDEVICE a,0\n"
		"[GROUP h]\nUSER y\n[ASSIGNMENT h]\nDEVICE b,0\n",
		"[HANDLER vdisk]\nDEVICE a,/a\nDEVICE b,/b\n"
		"[GROUP g]\nUSER y\n[ASSIGNMENT g]\nDEVICE b,0\n"
		"[GROUP h]\nUSER x\n[ASSIGNMENT h]\nDEVICE a,0\n",
		true,
		"create group TMP_GRP1\n"
		"show device b as LUN 0 of group TMP_GRP1\n"
		"move initiator y from group h to group TMP_GRP1\n"
		"put device a behind LUN 0 of group h\n"
		"move initiator x from group g to group h\n"
		"put device b behind LUN 0 of group g\n"
		"move initiator y from group TMP_GRP1 to group g\n"
		"delete group TMP_GRP1\n",
		NULL,
	}, {
		"a name takes the place of another one that means the same host",
		"[GROUP g]\nUSER iqn.a*\n",
		"[GROUP g]\nUSER iqn.a1\n",
		true,
		"put initiator iqn.a1 into group g\n"
		"take initiator iqn.a* out of group g\n",
		NULL,
	}, {
		"likewise, but those who leave must not see what comes",
		"[HANDLER vdisk]\nDEVICE a,/a\n[GROUP g]\nUSER iqn.a*\n",
		"[HANDLER vdisk]\nDEVICE a,/a\n[GROUP g]\nUSER iqn.a1\n"
		"[ASSIGNMENT g]\nDEVICE a,0\n",
		true,
		"create group TMP_GRP1\n"
		"show device a as LUN 0 of group TMP_GRP1\n"
		"put initiator iqn.a1 into group TMP_GRP1\n"
		"take initiator iqn.a* out of group g\n"
		"show device a as LUN 0 of group g\n"
		"move initiator iqn.a1 from group TMP_GRP1 to group g\n"
		"delete group TMP_GRP1\n",
		NULL,
	}, {
		"each waits for another one: all names go the long way",
		"[HANDLER vdisk]\nDEVICE a,/a\nDEVICE b,/b\nDEVICE c,/c\nDEVICE d,/d\n"
		"[GROUP Default]\nUSER x*\n[ASSIGNMENT Default]\nDEVICE a,0\n"
		"[GROUP g]\nUSER *1\n[ASSIGNMENT g]\nDEVICE c,0\n",
		"[HANDLER vdisk]\nDEVICE a,/a\nDEVICE b,/b\nDEVICE c,/c\nDEVICE d,/d\n"
		"[GROUP h]\nUSER x*\n[ASSIGNMENT h]\nDEVICE d,0\n"
		"[ASSIGNMENT Default]\nDEVICE b,0\n",
		true,
		"create group h\n"
		"show device d as LUN 0 of group h\n"
		"create group TMP_GRP1\n"
		"show device a as LUN 0 of group TMP_GRP1\n"
		"create group TMP_GRP2\n"
		"show device c as LUN 0 of group TMP_GRP2\n"
		"put initiator x* into group h\n"
		"put initiator x* into group TMP_GRP1\n"
		"put initiator *1 into group TMP_GRP2\n"
		"take initiator *1 out of group g\n"
		"take initiator x* out of group Default\n"
		"put device b behind LUN 0 of group Default\n"
		"take all initiators out of group TMP_GRP2\n"
		"delete group TMP_GRP2\n"
		"take all initiators out of group TMP_GRP1\n"
		"delete group TMP_GRP1\n"
		"delete group g\n",
		NULL,
	}, {
		"a group that has to come before another one",
		"[GROUP all]\nUSER *\n",
		"[GROUP db]\nUSER db1\n[GROUP all]\nUSER *\n",
		true,
		"create group db\n"
		"create group TMP_GRP1\n"
		"put initiator db1 into group db\n"
		"move initiator * from group all to group TMP_GRP1\n"
		"delete group all\n"
		"call group TMP_GRP1 all\n",
		NULL,
	}, {
		"likewise, without force",
		"[GROUP all]\nUSER *\n",
		"[GROUP db]\nUSER db1\n[GROUP all]\nUSER *\n",
		false,
		"create group db\n"
		"put initiator db1 into group db\n",
		"w:3: warning: names of group all are matched before those of group db; -ForceConfig",
	}, {
		"the order of groups that have nothing in common is of no interest",
		"[GROUP g]\nUSER a*\n[GROUP h]\nUSER b*\n",
		"[GROUP h]\nUSER b*\n[GROUP g]\nUSER a*\n",
		true, "", NULL,
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
		"w:2: this version has no handler dev_tape_perf: its devices are left out",
	}, {
		"a handler that nobody here has heard of, without devices",
		"",
		"HANDLER scst_user {\n}\n"
		"HANDLER vdisk_fileio {\nDEVICE a {\nfilename /a\n}\n}\n",
		false,
		"open device a: /a\n",
		NULL,
	}, {
		"with devices: all that needs them is left out",
		"[HANDLER vdisk]\nDEVICE b,/b\n"
		"[ASSIGNMENT Default]\nDEVICE b,1\n",
		"HANDLER scst_user {\nDEVICE u {\nfoo 1\n}\nDEVICE b\n}\n"
		"HANDLER vdisk_fileio {\nDEVICE a {\nfilename /a\n}\n}\n"
		"TARGET_DRIVER iscsi {\nTARGET i {\nGROUP g {\n"
		"LUN 0 a\nLUN 2 u\n}\n}\n}\n",
		false,
		"open device a: /a\n"
		"create group TMP_GRP1\n"
		"create group g\n"
		"show device a as LUN 0 of group g\n"
		"call group TMP_GRP1 Default_i\n",
		"w:2: handler scst_user is not in this kernel, its devices are left out",
	}, {
		"one that the kernel has: what it has made, and what it may have",
		"[HANDLER new]\nDEVICE u\nDEVICE 1:0:0:0\nDEVICE 3:0:0:0\n"
		"[HANDLER vdisk]\nDEVICE b,/b\n",
		"[HANDLER new]\nDEVICE u,x\nDEVICE 1:0:0:0\n"
		"DEVICE v,x\nDEVICE 2:0:0:0\n"
		"[HANDLER disk]\nDEVICE 3:0:0:0\n[HANDLER vdisk]\nDEVICE b,/b\n"
		"[ASSIGNMENT Default]\nDEVICE u,0\nDEVICE v,1\n",
		true,
		"give device 3:0:0:0 to handler dev_disk\n"
		"show device u as LUN 0 of group Default\n",
		"w:4: there is no device v: handler new has to make it itself",
	}, {
		"a device that would have to change between such handlers",
		"[HANDLER new]\nDEVICE u\n[HANDLER vdisk]\nDEVICE b,/b\n",
		"[HANDLER new]\nDEVICE b\n[HANDLER vdisk]\nDEVICE u,/u\n",
		true, "",
		"w:2: device b: the kernel has one of this name with handler vdisk",
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
			    "call group Default_iqn.a TMP_GRP1\n"
			    "take all initiators out of group TMP_GRP1\n"
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

/* fake kernel with @live; @wanted as far as it gets when call @fail fails */
static char *apply_failing(struct admin_fake *fake, const char *live,
			   const char *text, unsigned int fail)
{
	struct outcome outcome;
	struct report report;
	struct model wanted;
	struct plan plan;
	char *messages;

	admin_fake_init(fake);
	admin_fake_config(fake, live);
	fake->fail = fail;
	report_init(&report);
	parse(text, &wanted, &report);
	plan_make(&plan, &fake->model, &wanted, true, &report);
	assert_true(apply_plan(&fake->kernel, &plan, &report, &outcome, NULL,
			       NULL) < 0);
	messages = messages_text(&report);
	outcome_free(&outcome);
	plan_free(&plan);
	model_free(&wanted);
	report_free(&report);
	return messages;
}

/* a device that cannot be opened again is what it was, as are its LUNs */
static void test_reopen(void **state)
{
	static const char live[] =
		"[HANDLER vdisk]\nDEVICE a,/a,NV_CACHE,512,its id\n"
		"[ASSIGNMENT Default]\nDEVICE a,3,READ_ONLY\n";
	static const char wanted[] = "[HANDLER vdisk]\nDEVICE a,/b\n"
		"[ASSIGNMENT Default]\nDEVICE a,3,READ_ONLY\n"
		"[GROUP g]\nUSER x\n[ASSIGNMENT g]\nDEVICE a,0\n";
	struct admin_fake fake;
	unsigned int fail;
	char *messages;

	(void)state;
	/* its LUN goes, it closes, and cannot be opened */
	for (fail = 1; fail <= 3; fail++) {
		messages = apply_failing(&fake, live, wanted, fail);
		assert_string_equal(fake.model.devices[0].path, "/a");
		assert_int_equal(fake.model.devices[0].flags, DEV_NV_CACHE);
		assert_string_equal(fake.model.devices[0].t10_id, "its id");
		assert_true(group_lun(&fake.model.groups[0], 3)->read_only);
		/* nobody else gets to see what is not what he shall see */
		assert_int_equal(model_group(&fake.model, "g")->nluns, 0);
		assert_non_null(strstr(messages, "as before: open device a: /a"));
		free(messages);
		admin_fake_free(&fake);
	}
}

/* who could not leave does not lose, or see, anything */
static void test_stays(void **state)
{
	struct admin_fake fake;
	char *messages;

	(void)state;
	messages = apply_failing(&fake, "[HANDLER vdisk]\nDEVICE a,/a\n"
				 "[GROUP g]\nUSER x\n[ASSIGNMENT g]\nDEVICE a,0\n",
				 "[HANDLER vdisk]\nDEVICE b,/b\n[GROUP h]\nUSER x\n"
				 "[ASSIGNMENT h]\nDEVICE b,0\n", 4);
	assert_non_null(strstr(messages, "w:4: move initiator x from group g to group h: Input"));
	assert_non_null(strstr(messages, "left out after the error: delete group g"));
	assert_non_null(strstr(messages, "left out after the error: close device a"));
	assert_non_null(group_lun(model_group(&fake.model, "g"), 0));
	free(messages);
	admin_fake_free(&fake);
}

/* a plan that refers to what there is not changes nothing */
static void test_wrong(void **state)
{
	static const struct {
		const char *wanted;
		const char *message;
	} wrong[] = {
		{ "[HANDLER vdisk]\nDEVICE a,/a\nDEVICE b,/b\n"
		  "[ASSIGNMENT Default]\nDEVICE typo,0\nDEVICE b,1\n",
		  "w:5: there is no device typo" },
		{ "[HANDLER vdisk]\nDEVICE a,/a\nDEVICE b,/a\n",
		  "w:3: device b: /a is the file of device a, too" },
		{ "[HANDLER vdisk]\nDEVICE b,/a\n[ASSIGNMENT Default]\nDEVICE a,0\n",
		  "w:2: device b: /a is the file of device a, too" },
	};
	struct admin_fake fake;
	struct report report;
	struct model wanted;
	struct plan plan;
	char *text;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		admin_fake_init(&fake);
		admin_fake_config(&fake, "[HANDLER vdisk]\nDEVICE a,/a\n"
				  "[ASSIGNMENT Default]\nDEVICE a,0\n");
		report_init(&report);
		parse(wrong[i].wanted, &wanted, &report);
		plan_make(&plan, &fake.model, &wanted, true, &report);
		text = messages_text(&report);
		if (!strstr(text, wrong[i].message))
			print_message("%s", text);
		assert_non_null(strstr(text, wrong[i].message));
		assert_int_equal(plan.count, 0);
		free(text);
		plan_free(&plan);
		model_free(&wanted);
		report_free(&report);
		admin_fake_free(&fake);
	}
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
	[ACT_ATTR] = { .handler = "", .name = "trace_level", .to = "none" },
};

static const char ignored_live[] =
	"[HANDLER vdisk]\nDEVICE a,/a\nDEVICE b,/b\n"
	"[HANDLER disk_perf]\nDEVICE 1:0:0:0\n"
	"[GROUP g]\nUSER x\n[ASSIGNMENT g]\nDEVICE a,0\n[GROUP h]\n";

/* the kernel does not show what became of these */
static bool unseen(const struct action *action)
{
	return action->type == ACT_DEV_RESYNC || action->type == ACT_ATTR;
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

/* seldom where those without name are, too: most do without */
static void random_names(struct group *group)
{
	static const char *const names[] = { "x", "y", "z", "*w", "?" };
	size_t i;

	if (!strncmp(group->name, GROUP_DEFAULT, 7) && rnd(3))
		return;
	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (!rnd(i == 4 ? 12 : 3))
			group_add_name(group, names[i]);
}

static void random_group(struct model *model, const char *name)
{
	static const char *const devs[] = { "a", "b", "c", "d", "1:0:0:0" };
	struct group *group = model_add_group(model, name);
	size_t i;

	group->declared = true;
	for (i = 0; i < 4; i++)
		if (rnd(2) && model_device(model, devs[i]))
			group_add_lun(group, i + rnd(2) * 4,
				      devs[rnd(8) ? i : 4], !rnd(4));
	random_names(group);
}

static void random_devices(struct model *model)
{
	static const char *const paths[] = { "/a", "/b", "/c", "/d" };
	char name[2] = "a";
	size_t i, shift = rnd(3) ? 0 : rnd(4);
	struct device *dev;

	model_add_device(model, "1:0:0:0", "dev_disk");
	for (i = 0; i < 4; i++, name[0]++) {
		if (!rnd(3))
			continue;
		dev = model_add_device(model, name, "vdisk");
		dev->flags = rnd(5) ? 0 : rnd(16);
		dev->blocksize = rnd(6) ? 512 : 4096;
		str_set(&dev->path, paths[(i + shift) % 4]);
		if (!rnd(4))
			str_set(&dev->t10_id, rnd(2) ? "1" : "2");
	}
}

/* the groups come in any order, but for Default */
static void random_model(struct model *model)
{
	static const char *const groups[] = {
		"g", "h", "Default_iqn.a", "Default_iqn.b", "TMP_GRP1",
	};
	size_t n = ARRAY_SIZE(groups), i = rnd(n), step = 1 + rnd(n - 1), left;

	random_devices(model);
	random_group(model, GROUP_DEFAULT);
	for (left = n; left; left--, i = (i + step) % n)
		if (rnd(2))
			random_group(model, groups[i]);
}

/* Everybody who may be there: initiators, each on each target */
static const char *const initiators[] = { "x", "y", "z", "v", "aw" };
static const char *const targets[] = { "iqn.a", "iqn.b", "iqn.c" };

/* as the kernel finds it */
static struct group *group_for(const struct model *model,
			       const char *initiator, const char *target)
{
	struct group *group;
	char name[32];
	size_t i, j;

	for (i = 0; i < model->ngroups; i++) {
		group = &model->groups[i];
		for (j = 0; j < group->nnames; j++)
			if (name_matches(group->names[j].name, initiator))
				return group;
	}
	snprintf(name, sizeof(name), "Default_%s", target);
	group = model_group(model, name);
	return group ? group : model_group(model, GROUP_DEFAULT);
}

static void each_seat(void (*fn)(void *arg, const char *initiator,
				 const char *target), void *arg)
{
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(initiators); i++)
		for (j = 0; j < ARRAY_SIZE(targets); j++)
			fn(arg, initiators[i], targets[j]);
}

static void sit_down(void *arg, const char *initiator, const char *target)
{
	group_for(arg, initiator, target)->nsessions++;
}

static void count_sessions(struct model *model)
{
	size_t i;

	for (i = 0; i < model->ngroups; i++)
		model->groups[i].nsessions = 0;
	each_seat(sit_down, model);
}

/**
 * struct watch - a fake kernel, looked at after each action
 * @fake: the kernel
 * @before: what it had
 * @after: what it is to have
 * @plan: how
 * @ops: @fake's, with the looking
 */
struct watch {
	struct admin_fake fake;
	struct model before;
	struct model after;
	struct plan plan;
	struct kernel_ops ops;
};

static bool same_lun(const struct lun *a, const struct lun *b)
{
	return a && b && !strcmp(a->dev, b->dev) &&
	       a->read_only == b->read_only;
}

static bool closes(const struct plan *plan, const char *dev)
{
	size_t i;

	for (i = 0; i < plan->count; i++)
		if (plan->actions[i].type == ACT_DEV_CLOSE &&
		    !strcmp(plan->actions[i].name, dev))
			return true;
	return false;
}

static void dump(const char *what, const struct model *model)
{
	const struct group *group;
	size_t i, j;

	print_message("%s:\n", what);
	for (i = 0; i < model->ngroups; i++) {
		group = &model->groups[i];
		print_message(" %s:", group->name);
		for (j = 0; j < group->nluns; j++)
			print_message(" %u=%s%s", group->luns[j].lun,
				      group->luns[j].dev,
				      group->luns[j].read_only ? "(RO)" : "");
		for (j = 0; j < group->nnames; j++)
			print_message(" %s", group->names[j].name);
		print_message("\n");
	}
}

static void show(const struct watch *w, const struct report *report)
{
	char *actions = actions_text(&w->plan);

	print_message("%s", actions);
	free(actions);
	if (report) {
		actions = messages_text(report);
		print_message("%s", actions);
		free(actions);
	}
	dump("before", &w->before);
	dump("after", &w->after);
	dump("now", &w->fake.model);
}

static void complain(const struct watch *w, const char *what, const char *who,
		     const char *target, const struct lun *lun)
{
	print_message("after %u actions %s at %s %s LUN %u %s:\n",
		      w->fake.calls, who, target, what, lun->lun, lun->dev);
	show(w, NULL);
	fail();
}

/*
 * At no time does anybody see what he sees neither before nor after, and what he
 * sees before and after he sees all the time.
 */
static void look(void *arg, const char *who, const char *target)
{
	const struct watch *w = arg;
	const struct group *before = group_for(&w->before, who, target);
	const struct group *after = group_for(&w->after, who, target);
	const struct group *now = group_for(&w->fake.model, who, target);
	const struct lun *lun, *b, *a;
	size_t i;

	for (i = 0; i < now->nluns; i++) {
		lun = &now->luns[i];
		if (!same_lun(lun, group_lun(before, lun->lun)) &&
		    !same_lun(lun, group_lun(after, lun->lun)))
			complain(w, "sees", who, target, lun);
	}
	for (i = 0; i < before->nluns; i++) {
		b = &before->luns[i];
		a = group_lun(after, b->lun);
		if (same_lun(a, b) && !closes(&w->plan, b->dev) &&
		    !same_lun(group_lun(now, b->lun), b))
			complain(w, "has lost", who, target, b);
	}
}

static int watched_apply(struct kernel *kernel, const struct action *action)
{
	struct admin_fake *fake = container_of(kernel, struct admin_fake,
					       kernel);
	struct watch *w = container_of(fake, struct watch, fake);
	int ret = admin_fake_apply(fake, action);

	count_sessions(&fake->model);
	each_seat(look, w);
	return ret;
}

static void copy(struct model *to, const struct model *from)
{
	model_init(to, from->file);
	model_copy(to, from);
}

/* where the plan leads to, when nobody looks and nothing fails */
static void outlook(struct watch *w)
{
	struct admin_fake fake = { 0 };
	size_t i;

	copy(&fake.model, &w->before);
	for (i = 0; i < w->plan.count; i++) {
		if (admin_fake_apply(&fake, &w->plan.actions[i])) {
			print_message("action %zu fails\n", i + 1);
			w->after = fake.model;
			show(w, NULL);
			fail();
		}
		count_sessions(&fake.model);
	}
	w->after = fake.model;
}

static unsigned int long_ways;

static bool creates(const struct plan *plan, const char *group)
{
	size_t i;

	for (i = 0; i < plan->count; i++)
		if (plan->actions[i].type == ACT_GROUP_ADD &&
		    !strcmp(plan->actions[i].group, group))
			return true;
	return false;
}

/* Return: whether all names pass through temporary groups */
static bool is_long_way(const struct plan *plan)
{
	size_t i;

	for (i = 0; i < plan->count; i++)
		if (plan->actions[i].type == ACT_NAME_CLEAR &&
		    creates(plan, plan->actions[i].group))
			return true;
	return false;
}

static void watch_plan(struct watch *w, const struct model *wanted, bool force,
		       unsigned int fails)
{
	struct outcome outcome;
	struct report report;

	copy(&w->before, &w->fake.model);
	report_init(&report);
	plan_make(&w->plan, &w->before, wanted, force, &report);
	/* without force, a device may stay that has the file of a new one */
	assert_true(!report.errors || (!force && !w->plan.count));
	outlook(w);
	w->fake.calls = 0;
	w->fake.fail = fails && w->plan.count ? 1 + rnd(w->plan.count) : 0;
	w->ops = *w->fake.kernel.ops;
	w->ops.apply = watched_apply;
	long_ways += is_long_way(&w->plan);
	w->fake.kernel.ops = &w->ops;
	apply_plan(&w->fake.kernel, &w->plan, &report, &outcome, NULL, NULL);
	count_sessions(&w->fake.model);
	if (outcome.failed != !!w->fake.fail)
		show(w, &report);
	assert_int_equal(outcome.failed, !!w->fake.fail);
	outcome_free(&outcome);
	report_free(&report);
	plan_free(&w->plan);
	model_free(&w->before);
	model_free(&w->after);
}

static void run_random(bool force, bool fails)
{
	struct model wanted;
	struct watch w = { 0 };

	admin_fake_init(&w.fake);
	random_model(&w.fake.model);
	count_sessions(&w.fake.model);
	model_init(&wanted, "w");
	random_model(&wanted);
	watch_plan(&w, &wanted, force, fails);
	if (force && fails)
		watch_plan(&w, &wanted, true, false);
	if (force)
		check_same(&w.fake.model, &wanted, true);
	model_free(&wanted);
	admin_fake_free(&w.fake);
}

static void test_random(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < ROUNDS; i++)
		run_random(i & 1, i & 2);
	/* some, but only those that have to */
	print_message("%u plans go the long way\n", long_ways);
	assert_in_range(long_ways, 1, ROUNDS / 10);
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
		cmocka_unit_test(test_reopen),
		cmocka_unit_test(test_stays),
		cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}
