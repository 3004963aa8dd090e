// SPDX-License-Identifier: GPL-2.0
/*
 * Plans: a table of before, after and expected actions, and what becomes of them
 * when actions fail.
 */
#include <errno.h>

#include "admin-fake.h"

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

static void parse(const char *text, struct model *model, struct report *report)
{
	if (parse_buf("w", text, strlen(text), model, report))
		print_message("%s\n", report_text(report));
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
	actions = plan_actions_text(&plan);
	messages = report_text(&report);
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
	actions = plan_actions_text(&plan);
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
	text = plan_actions_text(&plan);
	assert_string_equal(text, "open device b: /b\n"
			    "show device b as LUN 1 of group Default\n");
	free(text);
	text = report_text(&report);
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
	messages = report_text(&report);
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
		text = report_text(&report);
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
	text = report_text(&report);
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
	messages = report_text(&report);
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
			plan_check_same(&fake.model, &wanted, c->force);
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
	};

	return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}
