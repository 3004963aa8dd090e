// SPDX-License-Identifier: GPL-2.0
/*
 * The operations: a table of what each needs, and a function that makes a plan
 * of it.  Also a single change is a plan, of one action, so that all of them are
 * shown, executed and verified in one way.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backend.h"
#include "ops.h"
#include "parse.h"
#include "strnum.h"
#include "write.h"

#define CONFIG_DEFAULT "/etc/scst.conf"
#define COUNTDOWN 10

#define WITH(id) (UINT64_C(1) << (id))

struct op {
	enum option_id id;
	int (*run)(struct admin *a);
	uint64_t needs;
	bool writes;
};

__printf(2, 3)
static int fail(struct admin *a, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	report_at(&a->report, REPORT_ERROR, NULL, 0, "%s", text);
	return -EINVAL;
}

static void show_messages(struct admin *a)
{
	fflush(a->show.out);
	report_print(&a->report, a->shown);
	a->shown = a->report.count;
}

static const char *value(const struct admin *a, enum option_id id)
{
	return a->opt.value[id];
}

/* ------------------------------------------------------------------------- */
/* Plans: shown, and carried out */

static void print_commands(struct admin *a, const struct plan *plan)
{
	char text[8192];
	size_t i;

	for (i = 0; i < plan->count; i++) {
		a->kernel.ops->describe(&a->kernel, &plan->actions[i], text,
					sizeof(text));
		fprintf(a->show.out, "%s\n", text);
	}
}

static void print_action(void *arg, const struct plan *plan, size_t i)
{
	struct admin *a = arg;
	char text[4096];

	action_text(&plan->actions[i], text, sizeof(text));
	fprintf(a->show.out, "[%zu/%zu] %s\n", i + 1, plan->count, text);
	fflush(a->show.out);
}

static int show_dry(struct admin *a, const struct plan *plan)
{
	size_t i;

	if (a->show.json) {
		show_plan(&a->show, &a->kernel, plan, &a->report, NULL);
	} else if (value(a, OPT_DEBUG)) {
		print_commands(a, plan);
	} else {
		for (i = 0; i < plan->count; i++)
			print_action(a, plan, i);
		if (plan->count)
			fprintf(a->show.out, "%zu changes to make, %u errors\n",
				plan->count, a->report.errors);
		else
			fprintf(a->show.out, "Nothing to do, %u errors\n",
				a->report.errors);
	}
	return a->report.errors ? -EINVAL : 0;
}

static int execute(struct admin *a, const struct plan *plan, bool talk)
{
	struct outcome outcome;
	int ret;

	ret = apply_plan(&a->kernel, plan, &a->report, &outcome,
			 talk && !a->show.json ? print_action : NULL, a);
	if (a->show.json)
		show_plan(&a->show, &a->kernel, plan, &a->report, &outcome);
	else if (talk)
		fprintf(a->show.out, "%u changes made, %u errors\n",
			outcome.done, a->report.errors);
	outcome_free(&outcome);
	return a->report.errors ? -EINVAL : ret;
}

static bool removes(const struct plan *plan)
{
	size_t i;

	for (i = 0; i < plan->count; i++)
		if (action_removes(plan->actions[i].type))
			return true;
	return false;
}

/* for whoever sits there and may have second thoughts: scripts never wait */
static void countdown(struct admin *a, const struct plan *plan)
{
	int left;

	if (value(a, OPT_NOPROMPT) || a->show.json || !removes(plan) ||
	    !isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return;
	for (left = COUNTDOWN; left; left--) {
		fprintf(a->show.out,
			"\rRemovals begin in %2d seconds, Ctrl-C prevents them ",
			left);
		fflush(a->show.out);
		sleep(1);
	}
	fputc('\n', a->show.out);
}

static int run_plan(struct admin *a, const struct plan *plan, bool talk)
{
	if (value(a, OPT_DEBUG))
		return show_dry(a, plan);
	show_messages(a);
	countdown(a, plan);
	return execute(a, plan, talk);
}

/* ------------------------------------------------------------------------- */
/* Configuration files */

static const char *config_name(const struct admin *a)
{
	return a->opt.arg ? a->opt.arg : CONFIG_DEFAULT;
}

static int with_config(struct admin *a,
		       int (*fn)(struct admin *a, const struct plan *plan))
{
	struct model wanted;
	struct plan plan;
	int ret;

	ret = parse_file(config_name(a), &wanted, &a->report);
	if (!ret) {
		plan_resolve_luns(&wanted, &a->live);
		backend_check(&wanted);
		plan_make(&plan, &a->live, &wanted, value(a, OPT_FORCE),
			  &a->report);
		ret = fn(a, &plan);
		plan_free(&plan);
	} else if (a->show.json) {
		plan_init(&plan, config_name(a));
		show_plan(&a->show, &a->kernel, &plan, &a->report, NULL);
		plan_free(&plan);
	}
	model_free(&wanted);
	return ret;
}

static int config_plan(struct admin *a, const struct plan *plan)
{
	return run_plan(a, plan, true);
}

static int op_config(struct admin *a)
{
	return with_config(a, config_plan);
}

static int check_plan(struct admin *a, const struct plan *plan)
{
	show_messages(a);
	return show_dry(a, plan);
}

static int op_check_config(struct admin *a)
{
	return with_config(a, check_plan);
}

static int op_write_config(struct admin *a)
{
	return write_file(a->opt.arg, &a->live, &a->report);
}

static int op_clear_config(struct admin *a)
{
	struct model nothing;
	struct plan plan;
	int ret;

	model_init(&nothing, "");
	plan_make(&plan, &a->live, &nothing, true, &a->report);
	ret = run_plan(a, &plan, true);
	plan_free(&plan);
	model_free(&nothing);
	return ret;
}

/* ------------------------------------------------------------------------- */
/* Lists */

static int op_sessions(struct admin *a)
{
	show_sessions(&a->show, &a->live);
	return 0;
}

static int op_list_handler(struct admin *a)
{
	const struct handler_name *known;

	known = a->opt.arg ? handler_by_name(a->opt.arg) : NULL;
	if (a->opt.arg &&
	    !model_has_handler(&a->live, known ? known->handler : a->opt.arg))
		return fail(a, "there is no handler %s", a->opt.arg);
	show_handlers(&a->show, &a->live,
		      known ? known->handler : a->opt.arg);
	return 0;
}

static int op_list_device(struct admin *a)
{
	if (a->opt.arg && !model_device(&a->live, a->opt.arg))
		return fail(a, "there is no device %s", a->opt.arg);
	show_devices(&a->show, &a->live, a->opt.arg);
	return 0;
}

static int op_list_driver(struct admin *a)
{
	show_drivers(&a->show, &a->live, a->opt.arg);
	return 0;
}

static int op_list_target(struct admin *a)
{
	show_targets(&a->show, &a->live, a->opt.arg);
	return 0;
}

static int op_list_group(struct admin *a)
{
	if (a->opt.arg && !model_group(&a->live, a->opt.arg))
		return fail(a, "there is no group %s", a->opt.arg);
	show_groups(&a->show, &a->live, a->opt.arg);
	return 0;
}

/* ------------------------------------------------------------------------- */
/* Attributes */

static void attr_row(struct admin *a, const char *object, const char *attr)
{
	char *text;

	if (a->kernel.ops->get(&a->kernel, object, attr, &text))
		return;
	show_cell(&a->show, "%s", attr);
	show_cell(&a->show, "%s", text);
	free(text);
}

static void begin_attrs(struct admin *a)
{
	show_begin(&a->show, "attributes", "Attribute,Value");
}

#define attr_value(a, name, ...) do { \
	show_cell(&(a)->show, "%s", name); \
	show_cell(&(a)->show, __VA_ARGS__); \
} while (0)

static int op_list_scst_attr(struct admin *a)
{
	begin_attrs(a);
	attr_row(a, "core", "version");
	attr_row(a, "core", "threads");
	attr_row(a, "core", "trace_level");
	show_end(&a->show);
	return 0;
}

static bool has_driver(const struct model *live, const char *name)
{
	size_t i;

	for (i = 0; i < live->ndrivers; i++)
		if (!strcmp(live->drivers[i].name, name))
			return true;
	return false;
}

static int op_list_hnd_attr(struct admin *a)
{
	const struct handler_name *known = handler_by_name(a->opt.arg);
	const char *name = known ? known->handler : a->opt.arg;

	if (!model_has_handler(&a->live, name))
		return fail(a, "there is no handler %s", a->opt.arg);
	begin_attrs(a);
	attr_row(a, name, "type");
	attr_row(a, name, "trace_level");
	show_end(&a->show);
	return 0;
}

static int op_list_drv_attr(struct admin *a)
{
	if (!has_driver(&a->live, a->opt.arg))
		return fail(a, "there is no target driver %s", a->opt.arg);
	begin_attrs(a);
	attr_row(a, a->opt.arg, "version");
	attr_row(a, a->opt.arg, "trace_level");
	show_end(&a->show);
	return 0;
}

static int op_list_dev_attr(struct admin *a)
{
	const struct device *dev = model_device(&a->live, a->opt.arg);
	size_t i;

	if (!dev)
		return fail(a, "there is no device %s", a->opt.arg);
	begin_attrs(a);
	attr_value(a, "handler", "%s", dev->handler);
	for (i = 0; *dev->path && i < device_flags_len; i++)
		if (device_flags[i].attr && device_flags[i].abbrev)
			attr_value(a, device_flags[i].attr, "%d",
				   !!(dev->flags & device_flags[i].flag));
	if (*dev->path) {
		attr_value(a, "filename", "%s", dev->path);
		attr_value(a, "blocksize", "%u", dev->blocksize);
		attr_value(a, "size_mb", "%llu",
			   (unsigned long long)dev->size_mb);
	}
	show_end(&a->show);
	return 0;
}

static int op_list_tgt_attr(struct admin *a)
{
	size_t i;

	for (i = 0; i < a->live.ntargets; i++)
		if (!strcmp(a->live.targets[i].name, a->opt.arg))
			break;
	if (i == a->live.ntargets)
		return fail(a, "there is no target %s", a->opt.arg);
	begin_attrs(a);
	attr_value(a, "driver", "%s", a->live.targets[i].driver);
	attr_value(a, "sessions", "%u", a->live.targets[i].nsessions);
	show_end(&a->show);
	return 0;
}

static int op_list_grp_attr(struct admin *a)
{
	const struct group *group = model_group(&a->live, a->opt.arg);

	if (!group)
		return fail(a, "there is no group %s", a->opt.arg);
	begin_attrs(a);
	attr_value(a, "luns", "%zu", group->nluns);
	attr_value(a, "initiators", "%zu", group->nnames);
	attr_value(a, "sessions", "%u", group->nsessions);
	show_end(&a->show);
	return 0;
}

/*
 * The group of an operation: named, or that of a target.
 * Return: NULL after a message.
 */
static struct group *the_group(struct admin *a)
{
	char name[NAME_LEN_MAX + 32];
	struct group *group;

	if (value(a, OPT_GROUP))
		snprintf(name, sizeof(name), "%.255s", value(a, OPT_GROUP));
	else if (value(a, OPT_TARGET))
		snprintf(name, sizeof(name), GROUP_TARGET_PREFIX "%.255s",
			 value(a, OPT_TARGET));
	else
		return fail(a, "-%s needs -group or -target",
			    a->opt.desc->name), NULL;
	group = model_group(&a->live, name);
	if (!group)
		fail(a, "there is no group %s", name);
	return group;
}

static bool the_lun(struct admin *a, const char *text, uint32_t *lun)
{
	if (!strnum_u32(text, 0, LUN_MAX, lun))
		return true;
	fail(a, "'%.100s' is no LUN from 0 to %d", text, LUN_MAX);
	return false;
}

static int op_list_lun_attr(struct admin *a)
{
	const struct group *group = the_group(a);
	const struct lun *lun;
	uint32_t number;

	if (!group || !the_lun(a, a->opt.arg, &number))
		return -EINVAL;
	lun = group_lun(group, number);
	if (!lun)
		return fail(a, "group %s has no LUN %u", group->name, number);
	begin_attrs(a);
	attr_value(a, "device", "%s", lun->dev);
	attr_value(a, "read_only", "%d", lun->read_only);
	show_end(&a->show);
	return 0;
}

static int op_list_init_attr(struct admin *a)
{
	const struct group *group = the_group(a);

	if (!group)
		return -EINVAL;
	if (!group_name(group, a->opt.arg))
		return fail(a, "group %s has no initiator %s", group->name,
			    a->opt.arg);
	begin_attrs(a);
	attr_value(a, "group", "%s", group->name);
	show_end(&a->show);
	return 0;
}

/* ------------------------------------------------------------------------- */
/* Changes: plans of one action */

static int run_one(struct admin *a, struct plan *plan)
{
	int ret = run_plan(a, plan, false);

	plan_free(plan);
	return ret;
}

static struct action *one(struct plan *plan, enum action_type type,
			  const char *group, const char *name)
{
	struct action *action;

	plan_init(plan, "");
	action = plan_add(plan, type);
	if (group)
		action->group = str_dup(group);
	if (name)
		action->name = str_dup(name);
	return action;
}

/* each "name=value" of -attributes; Return: what @fn returned first, if not 0 */
static int each_attribute(struct admin *a,
			  int (*fn)(struct admin *a, void *arg,
				    const char *name, const char *value),
			  void *arg)
{
	char *copy = str_dup(value(a, OPT_ATTRIBUTES)), *rest = copy;
	char *word, *val;
	int ret = 0;

	while (!ret && (word = strsep(&rest, ","))) {
		val = strchr(word, '=');
		if (!val) {
			ret = fail(a, "-attributes: '%.100s' is not name=value",
				   word);
			break;
		}
		*val++ = '\0';
		ret = fn(a, arg, word, val);
	}
	free(copy);
	return ret;
}

static int set_device_attr(struct admin *a, void *arg, const char *name,
			   const char *val)
{
	struct device *dev = arg;
	uint32_t on;
	size_t i;

	for (i = 0; i < device_flags_len; i++) {
		if (!device_flags[i].attr || strcmp(device_flags[i].attr, name))
			continue;
		if (strnum_u32(val, 0, 1, &on))
			return fail(a, "%s: '%.100s' is neither 0 nor 1", name,
				    val);
		dev->flags &= ~device_flags[i].flag;
		dev->flags |= on ? device_flags[i].flag : 0;
		return 0;
	}
	if (!strcmp(name, "filename"))
		str_set(&dev->path, val);
	else if (!strcmp(name, "t10_dev_id"))
		str_set(&dev->t10_id, val);
	else if (strcmp(name, "blocksize"))
		return fail(a, "unknown attribute '%.100s'", name);
	else if (strnum_u32(val, 0, UINT32_MAX, &dev->blocksize))
		return fail(a, "'%.100s' is no block size", val);
	return 0;
}

static int device_options(struct admin *a, struct device *dev)
{
	const char *bad = NULL;

	if (value(a, OPT_OPTIONS))
		bad = flags_set(value(a, OPT_OPTIONS), ",|+ ", &dev->flags);
	if (bad)
		return fail(a, "unknown option '%.*s'",
			    (int)strcspn(bad, ",|+ "), bad);
	if (value(a, OPT_PATH))
		str_set(&dev->path, value(a, OPT_PATH));
	if (value(a, OPT_BLOCKSIZE) &&
	    strnum_u32(value(a, OPT_BLOCKSIZE), 0, UINT32_MAX,
		       &dev->blocksize))
		return fail(a, "'%.100s' is no block size",
			    value(a, OPT_BLOCKSIZE));
	if (value(a, OPT_ATTRIBUTES))
		return each_attribute(a, set_device_attr, dev);
	return 0;
}

static int check_device(struct admin *a, struct device *dev)
{
	const char *why = check_device_name(dev->name);

	if (dev->flags & DEV_NULLIO && !*dev->path)
		str_set(&dev->path, "none");
	if (!why)
		why = check_path(dev->path, dev->flags);
	if (!why && dev->blocksize)
		why = check_blocksize(dev->blocksize);
	if (!why && dev->t10_id)
		why = check_t10_id(dev->t10_id);
	if (!why && model_device(&a->live, dev->name))
		why = "the device exists already";
	return why ? fail(a, "%s: %s", dev->name, why) : 0;
}

static int open_device(struct admin *a, struct model *wanted)
{
	struct device *dev = &wanted->devices[0];
	struct plan plan;
	int ret;

	ret = device_options(a, dev);
	if (!ret)
		ret = check_device(a, dev);
	if (ret)
		return ret;
	backend_check(wanted);
	plan_make(&plan, &a->live, wanted, false, &a->report);
	/* what the plan would say about all that is there besides */
	report_drop(&a->report, REPORT_WARNING);
	if (a->report.errors) {
		plan_free(&plan);
		return -EINVAL;
	}
	return run_one(a, &plan);
}

static int op_open_dev(struct admin *a)
{
	const struct handler_name *handler;
	struct model wanted;
	int ret;

	handler = handler_by_name(value(a, OPT_HANDLER));
	if (!handler || !handler_makes_devices(handler->handler))
		return fail(a, "handler %s makes no devices",
			    value(a, OPT_HANDLER));
	model_init(&wanted, "");
	model_add_device(&wanted, a->opt.arg, handler->handler)->flags =
		handler->flags;
	ret = open_device(a, &wanted);
	model_free(&wanted);
	return ret;
}

/* a virtual device that exists, of the handler that is given if one is */
static const struct device *virtual_device(struct admin *a, const char *name)
{
	const struct device *dev = model_device(&a->live, name);
	const struct handler_name *handler = NULL;

	if (value(a, OPT_HANDLER))
		handler = handler_by_name(value(a, OPT_HANDLER));
	if (!dev)
		return fail(a, "there is no device %s", name), NULL;
	if (!handler_makes_devices(dev->handler))
		return fail(a, "%s is not a virtual device", name), NULL;
	if (value(a, OPT_HANDLER) &&
	    (!handler || strcmp(handler->handler, dev->handler)))
		return fail(a, "device %s has handler %s, not %s", name,
			    dev->handler, value(a, OPT_HANDLER)), NULL;
	return dev;
}

static int device_action(struct admin *a, enum action_type type,
			 const char *name, const char *to)
{
	const struct device *dev = virtual_device(a, name);
	struct action *action;
	struct plan plan;

	if (!dev)
		return -EINVAL;
	action = one(&plan, type, NULL, name);
	action->handler = str_dup(dev->handler);
	if (to)
		action->to = str_dup(to);
	return run_one(a, &plan);
}

static int op_close_dev(struct admin *a)
{
	return device_action(a, ACT_DEV_CLOSE, a->opt.arg, NULL);
}

static int op_resync_dev(struct admin *a)
{
	return device_action(a, ACT_DEV_RESYNC, a->opt.arg, NULL);
}

static int set_t10(struct admin *a, const char *dev, const char *id)
{
	const char *why = check_t10_id(id);

	if (why)
		return fail(a, "%s: %s", dev, why);
	return device_action(a, ACT_DEV_T10, dev, id);
}

static int op_set_t10(struct admin *a)
{
	return set_t10(a, value(a, OPT_DEVICE), a->opt.arg);
}

static int set_dev_attr(struct admin *a, void *arg, const char *name,
			const char *val)
{
	(void)arg;
	if (strcmp(name, "t10_dev_id"))
		return fail(a, "%s of a device cannot be set while it is open: change the file and use -config -force",
			    name);
	return set_t10(a, a->opt.arg, val);
}

static int op_set_dev_attr(struct admin *a)
{
	return each_attribute(a, set_dev_attr, NULL);
}

static int set_threads(struct admin *a, const char *val)
{
	struct action *action;
	struct plan plan;
	uint32_t number;

	if (strnum_u32(val, 1, 512, &number))
		return fail(a, "'%.100s' is no number from 1 to 512", val);
	action = one(&plan, ACT_THREADS, NULL, NULL);
	action->number = number;
	return run_one(a, &plan);
}

/* the value is a command: all, none, default, add TOKEN, ... */
static int set_trace_level(struct admin *a, const char *object,
			   const char *val)
{
	int ret;

	if (value(a, OPT_DEBUG)) {
		fprintf(a->show.out, "trace_level of %s: %s\n", object, val);
		return 0;
	}
	ret = a->kernel.ops->set(&a->kernel, object, "trace_level", val);
	if (!ret)
		return 0;
	return fail(a, "trace_level of %s: '%.100s': %s", object, val,
		    strerror(-ret));
}

static int set_object_attr(struct admin *a, void *arg, const char *name,
			   const char *val)
{
	const char *object = arg;

	if (!strcmp(name, "trace_level"))
		return set_trace_level(a, object, val);
	if (!strcmp(object, "core") && !strcmp(name, "threads"))
		return set_threads(a, val);
	return fail(a, "%s has no attribute '%.100s' that can be set", object,
		    name);
}

static int op_set_scst_attr(struct admin *a)
{
	char core[] = "core";

	return each_attribute(a, set_object_attr, core);
}

static int op_set_hnd_attr(struct admin *a)
{
	const struct handler_name *known = handler_by_name(a->opt.arg);
	char *name = str_dup(known ? known->handler : a->opt.arg);
	int ret;

	if (model_has_handler(&a->live, name))
		ret = each_attribute(a, set_object_attr, name);
	else
		ret = fail(a, "there is no handler %s", a->opt.arg);
	free(name);
	return ret;
}

static int op_set_drv_attr(struct admin *a)
{
	char *name = str_dup(a->opt.arg);
	int ret;

	if (has_driver(&a->live, name))
		ret = each_attribute(a, set_object_attr, name);
	else
		ret = fail(a, "there is no target driver %s", name);
	free(name);
	return ret;
}

static int initiator_action(struct admin *a, enum action_type type)
{
	const struct group *group = the_group(a);
	const char *why = check_initiator(a->opt.arg);
	struct plan plan;

	if (!group)
		return -EINVAL;
	if (why)
		return fail(a, "'%.300s': %s", a->opt.arg, why);
	if (type == ACT_NAME_ADD && group_name(group, a->opt.arg))
		return fail(a, "%s is in group %s already", a->opt.arg,
			    group->name);
	if (type != ACT_NAME_ADD && !group_name(group, a->opt.arg))
		return fail(a, "%s is not in group %s", a->opt.arg,
			    group->name);
	if (type == ACT_NAME_MOVE &&
	    !model_group(&a->live, value(a, OPT_TO)))
		return fail(a, "there is no group %s", value(a, OPT_TO));
	one(&plan, type, group->name, a->opt.arg);
	if (type == ACT_NAME_MOVE)
		plan.actions[0].to = str_dup(value(a, OPT_TO));
	return run_one(a, &plan);
}

static int op_add_user(struct admin *a)
{
	return initiator_action(a, ACT_NAME_ADD);
}

static int op_move_user(struct admin *a)
{
	return initiator_action(a, ACT_NAME_MOVE);
}

static int op_remove_user(struct admin *a)
{
	return initiator_action(a, ACT_NAME_DEL);
}

static int clear_action(struct admin *a, enum action_type type)
{
	const struct group *group = the_group(a);
	struct plan plan;

	if (!group)
		return -EINVAL;
	one(&plan, type, group->name, NULL);
	return run_one(a, &plan);
}

static int op_clear_users(struct admin *a)
{
	return clear_action(a, ACT_NAME_CLEAR);
}

static int op_clear_luns(struct admin *a)
{
	return clear_action(a, ACT_LUN_CLEAR);
}

static int group_action(struct admin *a, enum action_type type,
			const char *to)
{
	const char *new = type == ACT_GROUP_ADD ? a->opt.arg : to;
	const char *why = new ? check_group_name(new) : NULL;
	struct plan plan;

	if (why)
		return fail(a, "'%.300s': %s", new, why);
	if (new && model_group(&a->live, new))
		return fail(a, "group %s exists already", new);
	if (type != ACT_GROUP_ADD && !model_group(&a->live, a->opt.arg))
		return fail(a, "there is no group %s", a->opt.arg);
	if (type != ACT_GROUP_ADD && !strcmp(a->opt.arg, GROUP_DEFAULT))
		return fail(a, "group " GROUP_DEFAULT " has to stay");
	one(&plan, type, a->opt.arg, NULL);
	if (to)
		plan.actions[0].to = str_dup(to);
	return run_one(a, &plan);
}

static int op_add_group(struct admin *a)
{
	return group_action(a, ACT_GROUP_ADD, NULL);
}

static int op_remove_group(struct admin *a)
{
	return group_action(a, ACT_GROUP_DEL, NULL);
}

static int op_rename_group(struct admin *a)
{
	return group_action(a, ACT_GROUP_RENAME, value(a, OPT_TO));
}

static int set_lun_attr(struct admin *a, void *arg, const char *name,
			const char *val)
{
	bool *read_only = arg;
	uint32_t on;

	if (strcmp(name, "read_only"))
		return fail(a, "unknown attribute '%.100s'", name);
	if (strnum_u32(val, 0, 1, &on))
		return fail(a, "%s: '%.100s' is neither 0 nor 1", name, val);
	*read_only = on;
	return 0;
}

static int lun_options(struct admin *a, bool *read_only)
{
	unsigned int flags = 0;

	*read_only = false;
	if (value(a, OPT_OPTIONS) &&
	    (flags_set(value(a, OPT_OPTIONS), ",|+ ", &flags) ||
	     flags & ~DEV_READ_ONLY))
		return fail(a, "'%.100s': a LUN has no option but READ_ONLY",
			    value(a, OPT_OPTIONS));
	*read_only = flags;
	if (value(a, OPT_ATTRIBUTES))
		return each_attribute(a, set_lun_attr, read_only);
	return 0;
}

/* @number: NULL for the next one */
static int lun_action(struct admin *a, enum action_type type, const char *dev,
		      const char *number)
{
	const struct group *group = the_group(a);
	struct action *action;
	struct plan plan;
	uint32_t lun = 0;
	bool read_only;
	size_t i;

	if (!group || lun_options(a, &read_only) ||
	    (number && !the_lun(a, number, &lun)))
		return -EINVAL;
	if (!model_device(&a->live, dev))
		return fail(a, "there is no device %s", dev);
	for (i = 0; !number && i < group->nluns; i++)
		if (group->luns[i].lun >= lun)
			lun = group->luns[i].lun + 1;
	if (type == ACT_LUN_ADD && group_lun(group, lun))
		return fail(a, "LUN %u of group %s is %s already", lun,
			    group->name, group_lun(group, lun)->dev);
	action = one(&plan, type, group->name, dev);
	action->lun = lun;
	action->read_only = read_only;
	return run_one(a, &plan);
}

static int op_assign_dev(struct admin *a)
{
	return lun_action(a, ACT_LUN_ADD, a->opt.arg, value(a, OPT_LUN));
}

static int op_replace_dev(struct admin *a)
{
	return lun_action(a, ACT_LUN_REPLACE, a->opt.arg, value(a, OPT_LUN));
}

static int op_add_lun(struct admin *a)
{
	return lun_action(a, ACT_LUN_ADD, value(a, OPT_DEVICE), a->opt.arg);
}

static int op_replace_lun(struct admin *a)
{
	return lun_action(a, ACT_LUN_REPLACE, value(a, OPT_DEVICE),
			  a->opt.arg);
}

static int del_lun(struct admin *a, const struct group *group,
		   const struct lun *lun)
{
	struct plan plan;

	one(&plan, ACT_LUN_DEL, group->name, lun->dev)->lun = lun->lun;
	return run_one(a, &plan);
}

static int op_rem_lun(struct admin *a)
{
	const struct group *group = the_group(a);
	uint32_t lun;

	if (!group || !the_lun(a, a->opt.arg, &lun))
		return -EINVAL;
	if (!group_lun(group, lun))
		return fail(a, "group %s has no LUN %u", group->name, lun);
	return del_lun(a, group, group_lun(group, lun));
}

static int op_release_dev(struct admin *a)
{
	const struct group *group = the_group(a);
	uint32_t lun = LUN_AUTO;
	size_t i;

	if (!group ||
	    (value(a, OPT_LUN) && !the_lun(a, value(a, OPT_LUN), &lun)))
		return -EINVAL;
	for (i = 0; i < group->nluns; i++)
		if (!strcmp(group->luns[i].dev, a->opt.arg) &&
		    (lun == LUN_AUTO || group->luns[i].lun == lun))
			return del_lun(a, group, &group->luns[i]);
	return fail(a, "group %s has no such LUN of device %s", group->name,
		    a->opt.arg);
}

/* ------------------------------------------------------------------------- */
/* What has no meaning here */

static int op_no_fc(struct admin *a)
{
	return fail(a, "-%s: no such target driver: there is none for Fibre Channel",
		    a->opt.desc->name);
}

static int op_no_alua(struct admin *a)
{
	return fail(a, "-%s: device groups (ALUA) are not supported yet",
		    a->opt.desc->name);
}

static int op_no_target(struct admin *a)
{
	return fail(a, "-%s: targets, their accounts and parameters are in /etc/iscsi-scstd.conf",
		    a->opt.desc->name);
}

static int op_no_attr(struct admin *a)
{
	return fail(a, "-%s: there is no attribute that can be set",
		    a->opt.desc->name);
}

static const struct op ops[] = {
	{ OPT_CONFIG, op_config, 0, true },
	{ OPT_CHECK_CONFIG, op_check_config, 0, false },
	{ OPT_WRITE_CONFIG, op_write_config, 0, false },
	{ OPT_CLEAR_CONFIG, op_clear_config, 0, true },
	{ OPT_SESSIONS, op_sessions, 0, false },
	{ OPT_LIST_HANDLER, op_list_handler, 0, false },
	{ OPT_LIST_DEVICE, op_list_device, 0, false },
	{ OPT_LIST_DRIVER, op_list_driver, 0, false },
	{ OPT_LIST_TARGET, op_list_target, 0, false },
	{ OPT_LIST_GROUP, op_list_group, 0, false },
	{ OPT_LIST_SCST_ATTR, op_list_scst_attr, 0, false },
	{ OPT_LIST_HND_ATTR, op_list_hnd_attr, 0, false },
	{ OPT_LIST_DEV_ATTR, op_list_dev_attr, 0, false },
	{ OPT_LIST_DRV_ATTR, op_list_drv_attr, 0, false },
	{ OPT_LIST_TGT_ATTR, op_list_tgt_attr, 0, false },
	{ OPT_LIST_GRP_ATTR, op_list_grp_attr, 0, false },
	{ OPT_LIST_LUN_ATTR, op_list_lun_attr, 0, false },
	{ OPT_LIST_INIT_ATTR, op_list_init_attr, 0, false },
	{ OPT_SET_SCST_ATTR, op_set_scst_attr, WITH(OPT_ATTRIBUTES), true },
	{ OPT_SET_HND_ATTR, op_set_hnd_attr, WITH(OPT_ATTRIBUTES), true },
	{ OPT_SET_DEV_ATTR, op_set_dev_attr, WITH(OPT_ATTRIBUTES), true },
	{ OPT_SET_DRV_ATTR, op_set_drv_attr, WITH(OPT_ATTRIBUTES), true },
	{ OPT_OPEN_DEV, op_open_dev, WITH(OPT_HANDLER), true },
	{ OPT_RESYNC_DEV, op_resync_dev, 0, true },
	{ OPT_CLOSE_DEV, op_close_dev, 0, true },
	{ OPT_SET_T10, op_set_t10, WITH(OPT_DEVICE), true },
	{ OPT_ADD_USER, op_add_user, 0, true },
	{ OPT_MOVE_USER, op_move_user, WITH(OPT_TO), true },
	{ OPT_REMOVE_USER, op_remove_user, 0, true },
	{ OPT_CLEAR_USERS, op_clear_users, 0, true },
	{ OPT_ADD_GROUP, op_add_group, 0, true },
	{ OPT_REMOVE_GROUP, op_remove_group, 0, true },
	{ OPT_RENAME_GROUP, op_rename_group, WITH(OPT_TO), true },
	{ OPT_ASSIGN_DEV, op_assign_dev, 0, true },
	{ OPT_REPLACE_DEV, op_replace_dev, WITH(OPT_LUN), true },
	{ OPT_RELEASE_DEV, op_release_dev, 0, true },
	{ OPT_ADD_LUN, op_add_lun, WITH(OPT_DEVICE), true },
	{ OPT_REPLACE_LUN, op_replace_lun, WITH(OPT_DEVICE), true },
	{ OPT_REM_LUN, op_rem_lun, 0, true },
	{ OPT_CLEAR_LUNS, op_clear_luns, 0, true },
};

static const struct op unsupported[] = {
	{ OPT_NO_FC, op_no_fc, 0, false },
	{ OPT_NO_ALUA, op_no_alua, 0, false },
	{ OPT_NO_TARGET, op_no_target, 0, false },
	{ OPT_NO_ATTR, op_no_attr, 0, false },
};

static const struct op *find_op(const struct op *table, size_t len,
				enum option_id id)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (table[i].id == id)
			return &table[i];
	return NULL;
}

/* Return: what is missing on the command line, NULL if nothing is */
static const char *missing(const struct admin *a, const struct op *op)
{
	size_t i;

	for (i = 0; i < option_table_len; i++)
		if (op->needs & WITH(option_table[i].id) &&
		    !value(a, option_table[i].id))
			return option_table[i].name;
	return NULL;
}

static enum exit_status load(struct admin *a, const struct op *op)
{
	int ret = 0;

	if (op->writes && !value(a, OPT_DEBUG))
		ret = a->kernel.ops->lock(&a->kernel);
	if (!ret)
		ret = a->kernel.ops->read(&a->kernel, &a->live);
	if (ret == -ENOENT) {
		fail(a, "%s: SCST is not loaded: modprobe scst",
		     a->kernel.root);
		return EXIT_NO_KERNEL;
	}
	if (ret) {
		fail(a, "%s: %s", a->kernel.root, strerror(-ret));
		return EXIT_ERRORS;
	}
	return EXIT_OK;
}

/**
 * ops_run() - do what the command line says
 * @a: the program; @opt and @kernel are set
 *
 * Return: exit status; messages have been printed.
 */
enum exit_status ops_run(struct admin *a)
{
	const struct op *op = find_op(unsupported, ARRAY_SIZE(unsupported),
				      a->opt.op);
	enum exit_status status = EXIT_OK;
	const char *name;

	a->show.out = stdout;
	a->show.json = value(a, OPT_JSON);
	if (!op) {
		op = find_op(ops, ARRAY_SIZE(ops), a->opt.op);
		name = missing(a, op);
		if (name) {
			fail(a, "-%s needs -%s", a->opt.desc->name, name);
			status = EXIT_USAGE;
		} else {
			status = load(a, op);
		}
	}
	if (status == EXIT_OK && (op->run(a) || a->report.errors))
		status = EXIT_ERRORS;
	show_messages(a);
	return status;
}
