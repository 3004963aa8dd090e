// SPDX-License-Identifier: GPL-2.0
/*
 * Plans for random pairs of configurations: each has to work on the fake kernel
 * without an error, has to lead to what is wanted, and after each of its actions
 * nobody sees what he must not see, or has lost what stays.
 */
#include "admin-fake.h"

#define ROUNDS 12000

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
	char *actions = plan_actions_text(&w->plan);

	print_message("%s", actions);
	free(actions);
	if (report) {
		actions = report_text(report);
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
		plan_check_same(&w.fake.model, &wanted, true);
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
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests_name("random plans", tests, NULL, NULL);
}
