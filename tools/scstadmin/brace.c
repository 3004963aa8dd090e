// SPDX-License-Identifier: GPL-2.0
/*
 * Today's grammar: statements of words, blocks in braces.  What it says about
 * targets becomes security groups, which is what /proc/scsi_tgt has:
 *
 *  - the LUNs of a TARGET are those of the group Default_TARGET, which exists
 *    even if there are none, so that nobody falls back to the group Default;
 *  - a GROUP is a security group.  There it is one of all targets.
 *
 * What belongs into another file is said, never dropped.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "attr.h"
#include "daemon_attr.h"
#include "parse.h"

#define WORDS_MAX 8
#define DEPTH_MAX 8
#define ASIDE "\n"	/* no group is called this */

enum block {
	BLOCK_TOP,
	BLOCK_HANDLER,
	BLOCK_DEVICE,
	BLOCK_DRIVER,
	BLOCK_TARGET,
	BLOCK_GROUP,
	BLOCK_LUN,
	BLOCK_INITIATOR,
	BLOCK_SKIP,
};

/**
 * struct brace - state of the parser
 * @p: what both grammars share
 * @block: the blocks that are open
 * @line: where they were opened
 * @depth: index of the innermost one
 * @too_deep: blocks that are open beyond DEPTH_MAX
 * @words: of the statement
 * @nwords: how many
 * @opens: what a '{' after the statement would open
 * @handler: of the HANDLER block
 * @handler_name: as the file calls it
 * @driver: of the TARGET_DRIVER block
 * @target: of the TARGET block
 * @group: of the GROUP block, or of the target
 * @device: name of the device of the DEVICE block
 * @lun: number of the LUN of the LUN block
 * @again: name of a group that is defined once more, NULL if it is the first
 *	time
 * @targets: how many TARGET statements there have been
 */
struct brace {
	struct parser *p;
	enum block block[DEPTH_MAX];
	unsigned int line[DEPTH_MAX];
	unsigned int depth;
	unsigned int too_deep;
	char *words[WORDS_MAX];
	unsigned int nwords;
	enum block opens;
	struct handler_name handler;
	char *handler_name;
	char *driver;
	char *target;
	char *group;
	char *device;
	uint32_t lun;
	char *again;
	unsigned int targets;
};

/**
 * struct statement - a row of the table of statements
 * @in: block that it may be in
 * @word: first word; NULL: any, it is an attribute
 * @min: fewest words
 * @max: most words
 * @opens: block that may follow
 * @run: called with its words; false: the block that follows is skipped
 */
struct statement {
	enum block in;
	const char *word;
	unsigned int min;
	unsigned int max;
	enum block opens;
	bool (*run)(struct brace *b);
};

static struct group *this_group(struct brace *b)
{
	return model_group(b->p->model, b->group);
}

/* ------------------------------------------------------------------------- */
/* Attributes that have no place here: where they have one, or that they do not */

static const struct hint {
	enum block in;
	const char *name;
	const char *text;
} hints[] = {
	{ BLOCK_TOP, "setup_id",
	  "is the parameter scst_vdisk_ID of the module scst_vdisk" },
	{ BLOCK_TOP, "trace_level", "is set with -set_scst_attr" },
	{ BLOCK_TOP, "max_tasklet_cmd", NULL },
	{ BLOCK_TOP, "poll_us", NULL },
	{ BLOCK_TOP, "suspend", NULL },
	{ BLOCK_TOP, "force_global_sgv_pool", NULL },
	{ BLOCK_HANDLER, "trace_level", "is set with -set_hnd_attr" },
	{ BLOCK_DEVICE, "active", NULL },
	{ BLOCK_DEVICE, "async", NULL },
	{ BLOCK_DEVICE, "bind_alua_state", NULL },
	{ BLOCK_DEVICE, "cluster_mode", NULL },
	{ BLOCK_DEVICE, "dif_filename", NULL },
	{ BLOCK_DEVICE, "dif_mode", NULL },
	{ BLOCK_DEVICE, "dif_static_app_tag", NULL },
	{ BLOCK_DEVICE, "dif_type", NULL },
	{ BLOCK_DEVICE, "dummy", NULL },
	{ BLOCK_DEVICE, "expl_alua", NULL },
	{ BLOCK_DEVICE, "lb_per_pb_exp", NULL },
	{ BLOCK_DEVICE, "naa_id", NULL },
	{ BLOCK_DEVICE, "numa_node_id", NULL },
	{ BLOCK_DEVICE, "prod_id", NULL },
	{ BLOCK_DEVICE, "prod_rev_lvl", NULL },
	{ BLOCK_DEVICE, "pr_file_name", NULL },
	{ BLOCK_DEVICE, "rotational", NULL },
	{ BLOCK_DEVICE, "size", NULL },
	{ BLOCK_DEVICE, "size_mb", NULL },
	{ BLOCK_DEVICE, "thin_provisioned", NULL },
	{ BLOCK_DEVICE, "threads_num", NULL },
	{ BLOCK_DEVICE, "threads_pool_type", NULL },
	{ BLOCK_DEVICE, "tst", NULL },
	{ BLOCK_DEVICE, "usn", NULL },
	{ BLOCK_DEVICE, "vend_specific_id", NULL },
	{ BLOCK_DEVICE, "scsi_device_name", NULL },
	{ BLOCK_DEVICE, "t10_vend_id", NULL },
	{ BLOCK_GROUP, "addr_method", NULL },
	{ BLOCK_GROUP, "black_hole", NULL },
	{ BLOCK_GROUP, "cpu_mask", NULL },
	{ BLOCK_GROUP, "io_grouping_type", NULL },
};

static bool attribute_elsewhere(struct brace *b, enum block in)
{
	const char *name = b->words[0];
	const struct hint *hint;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(hints); i++)
		if (hints[i].in == in && !strcmp(hints[i].name, name))
			break;
	if (i == ARRAY_SIZE(hints)) {
		parse_error(b->p, "unknown attribute '%s'", name);
		return false;
	}
	hint = &hints[i];
	if (!hint->text)
		parse_warning(b->p, "%s has no effect", name);
	else
		parse_warning(b->p, "%s has no effect here: it %s", name,
			      hint->text);
	return true;
}

static bool top_attribute(struct brace *b)
{
	if (strcmp(b->words[0], "threads"))
		return attribute_elsewhere(b, BLOCK_TOP);
	parse_threads(b->p, b->words[0], b->words[1]);
	return true;
}

/* of handlers that nobody here knows, attributes may have any name */
static bool handler_attribute(struct brace *b)
{
	return !handler_by_name(b->handler.handler) ||
	       attribute_elsewhere(b, BLOCK_HANDLER);
}

static void bad_value(struct brace *b, const char *why)
{
	parse_error(b->p, "%s: '%s': %s", b->words[0], b->words[1], why);
}

static bool device_attribute(struct brace *b)
{
	struct device *dev = model_device(b->p->model, b->device);
	const char *why;
	int ret;

	if (!handler_by_name(dev->handler))
		return true;
	ret = attr_set_device(dev, b->words[0], b->words[1], &why);
	if (ret == -ENOENT)
		return attribute_elsewhere(b, BLOCK_DEVICE);
	if (!handler_makes_devices(dev->handler))
		parse_error(b->p, "%s: a local device has no attribute '%s'",
			    dev->name, b->words[0]);
	else if (ret)
		bad_value(b, why);
	return true;
}

/* targets of iscsi-scstd are on while it runs, so only "off" is worth a word */
static bool enabled_attribute(struct brace *b)
{
	const char *why;
	bool on = true;

	if (attr_bool(b->words[1], &on, &why))
		bad_value(b, why);
	else if (!on)
		parse_warning(b->p, "'enabled 0' has no effect here: remove the target from "
			      DAEMON_CONF);
	return true;
}

static bool daemon_attribute(struct brace *b, const char *target)
{
	const char *name = b->words[0];
	const struct daemon_attr *attr = daemon_attr(target, name);

	if (!attr)
		parse_error(b->p, "unknown attribute '%s'", name);
	else if (attr->kind == DAEMON_NOTHING && attr->text)
		parse_warning(b->p, "%s has no effect here: it %s", name,
			      attr->text);
	else if (attr->kind == DAEMON_NOTHING)
		parse_warning(b->p, "%s has no effect", name);
	else
		parse_warning(b->p, "%s has no effect here: it belongs into "
			      DAEMON_CONF ", %s%s", name,
			      target ? "for target " : "before the first Target",
			      target ? target : "");
	return attr;
}

static bool driver_attribute(struct brace *b)
{
	return daemon_attribute(b, NULL);
}

static bool target_attribute(struct brace *b)
{
	return daemon_attribute(b, b->target);
}

static bool group_attribute(struct brace *b)
{
	return attribute_elsewhere(b, BLOCK_GROUP);
}

static bool lun_attribute(struct brace *b)
{
	struct lun *lun = group_lun(this_group(b), b->lun);
	const char *why;
	int ret = attr_set_lun(&lun->read_only, b->words[0], b->words[1], &why);

	if (ret == -ENOENT)
		parse_error(b->p, "unknown attribute '%s'", b->words[0]);
	else if (ret)
		bad_value(b, why);
	return !ret;
}

static bool initiator_attribute(struct brace *b)
{
	parse_error(b->p, "unknown attribute '%s'", b->words[0]);
	return false;
}

/* ------------------------------------------------------------------------- */
/* Statements that open blocks */

static bool handler_statement(struct brace *b)
{
	str_set(&b->handler_name, b->words[1]);
	b->handler = handler_of(b->handler_name);
	return true;
}

static bool device_statement(struct brace *b)
{
	struct device *dev = parse_device(b->p, b->words[1], &b->handler);

	if (!dev)
		return false;
	str_set(&b->device, dev->name);
	return true;
}

static bool driver_statement(struct brace *b)
{
	str_set(&b->driver, b->words[1]);
	if (!strcmp(b->driver, "iscsi"))
		return true;
	parse_warning(b->p, "there is no target driver %s: its block is left out",
		      b->driver);
	return false;
}

static bool target_statement(struct brace *b)
{
	if (strlen(b->words[1]) > NAME_LEN_MAX - strlen(GROUP_TARGET_PREFIX)) {
		parse_error(b->p, "the name of the target is too long");
		return false;
	}
	b->targets++;
	str_set(&b->target, b->words[1]);
	free(b->group);
	b->group = target_group(b->target);
	return parse_group(b->p, b->group);
}

static bool hw_target_statement(struct brace *b)
{
	parse_warning(b->p, "HW_TARGET has no effect: iSCSI has none");
	return true;
}

/*
 * A security group does not belong to a target, so it may be in several, as long
 * as it is the same in all of them.  The copies are parsed aside.
 *
 * Other names, such as TARGET:GROUP, would not make them groups of targets: the
 * kernel has nothing but the name of the initiator to find one by, so that one
 * that is in two of them would see the LUNs of the first on both targets.
 */
static bool group_again(struct brace *b, const struct group *group)
{
	str_set(&b->again, group->name);
	b->p->aside = true;
	model_add_group(b->p->model, ASIDE)->line = b->p->line;
	str_set(&b->group, ASIDE);
	return true;
}

static bool group_statement(struct brace *b)
{
	struct group *group = model_group(b->p->model, b->words[1]);

	if (group && group->declared)
		return group_again(b, group);
	group = parse_group(b->p, b->words[1]);
	if (!group)
		return false;
	group->declared = true;
	str_set(&b->group, group->name);
	return true;
}

static bool same_groups(const struct group *a, const struct group *b)
{
	const struct lun *lun;
	size_t i;

	if (a->nluns != b->nluns || a->nnames != b->nnames)
		return false;
	for (i = 0; i < a->nluns; i++) {
		lun = group_lun(b, a->luns[i].lun);
		if (!lun || strcmp(lun->dev, a->luns[i].dev) ||
		    lun->read_only != a->luns[i].read_only)
			return false;
	}
	for (i = 0; i < a->nnames; i++)
		if (!group_name(b, a->names[i].name))
			return false;
	return true;
}

static void end_again(struct brace *b)
{
	struct group *copy = model_group(b->p->model, ASIDE);
	struct group *group = model_group(b->p->model, b->again);

	if (!same_groups(group, copy))
		report_at(b->p->report, REPORT_ERROR, b->p->model->file,
			  copy->line,
			  "group %s is not the one of line %u: a group is one of all targets here, so give this one another name; if an initiator shall be in both of them, see scst.conf(5)",
			  group->name, group->line);
	model_del_group(b->p->model, copy);
	b->p->aside = false;
	str_set(&b->again, NULL);
}

static bool lun_statement(struct brace *b)
{
	struct group *group = this_group(b);
	size_t before = group->nluns;

	parse_lun(b->p, group, b->words[2], b->words[1], false);
	if (group->nluns == before)
		return false;
	b->lun = group->luns[before].lun;
	return true;
}

static bool initiator_statement(struct brace *b)
{
	parse_name(b->p, this_group(b), b->words[1]);
	return true;
}

static bool device_group_statement(struct brace *b)
{
	parse_warning(b->p, "DEVICE_GROUP %s: device groups (ALUA) are not supported yet, the block is left out",
		      b->words[1]);
	return false;
}

static bool skipped_statement(struct brace *b)
{
	(void)b;
	return false;
}

static const struct statement statements[] = {
	{ BLOCK_TOP, "HANDLER", 2, 2, BLOCK_HANDLER, handler_statement },
	{ BLOCK_TOP, "TARGET_DRIVER", 2, 2, BLOCK_DRIVER, driver_statement },
	{ BLOCK_TOP, "DEVICE_GROUP", 2, 2, BLOCK_SKIP,
	  device_group_statement },
	{ BLOCK_TOP, NULL, 2, 2, BLOCK_TOP, top_attribute },
	{ BLOCK_HANDLER, "DEVICE", 2, 2, BLOCK_DEVICE, device_statement },
	{ BLOCK_HANDLER, NULL, 2, 2, BLOCK_TOP, handler_attribute },
	{ BLOCK_DEVICE, NULL, 2, 2, BLOCK_TOP, device_attribute },
	{ BLOCK_DRIVER, "TARGET", 2, 2, BLOCK_TARGET, target_statement },
	{ BLOCK_DRIVER, "enabled", 2, 2, BLOCK_TOP, enabled_attribute },
	{ BLOCK_DRIVER, NULL, 2, 2, BLOCK_TOP, driver_attribute },
	{ BLOCK_TARGET, "HW_TARGET", 1, 1, BLOCK_TOP, hw_target_statement },
	{ BLOCK_TARGET, "LUN", 3, 3, BLOCK_LUN, lun_statement },
	{ BLOCK_TARGET, "GROUP", 2, 2, BLOCK_GROUP, group_statement },
	{ BLOCK_TARGET, "enabled", 2, 2, BLOCK_TOP, enabled_attribute },
	{ BLOCK_TARGET, NULL, 2, 2, BLOCK_TOP, target_attribute },
	{ BLOCK_GROUP, "LUN", 3, 3, BLOCK_LUN, lun_statement },
	{ BLOCK_GROUP, "INITIATOR", 2, 2, BLOCK_INITIATOR,
	  initiator_statement },
	{ BLOCK_GROUP, NULL, 2, 2, BLOCK_TOP, group_attribute },
	{ BLOCK_LUN, NULL, 2, 2, BLOCK_TOP, lun_attribute },
	{ BLOCK_INITIATOR, NULL, 2, 2, BLOCK_TOP, initiator_attribute },
	{ BLOCK_SKIP, NULL, 1, WORDS_MAX, BLOCK_SKIP, skipped_statement },
};

static const struct statement *find_statement(enum block in, const char *word)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(statements); i++)
		if (statements[i].in == in &&
		    (!statements[i].word || !strcmp(statements[i].word, word)))
			break;
	/* each kind of block has a row for any word */
	return &statements[i];
}

/* what follows the name of an account is its secret */
static void too_many(struct brace *b, const struct statement *st)
{
	if (strstr(b->words[0], "User"))
		parse_error(b->p, "%s: name and secret need double quotes around them",
			    b->words[0]);
	else
		parse_error(b->p, "%s: unexpected '%s'", b->words[0],
			    b->words[st->max]);
}

/* Return: block that may follow; BLOCK_TOP: none */
static enum block run_statement(struct brace *b)
{
	const struct statement *st = find_statement(b->block[b->depth],
						    b->words[0]);

	if (b->nwords < st->min)
		parse_error(b->p, "%s: %s is missing", b->words[0],
			    st->word ? "the name" : "the value");
	else if (b->nwords > st->max)
		too_many(b, st);
	else if (st->run(b))
		return st->opens;
	else
		return BLOCK_SKIP;
	return BLOCK_SKIP;
}

static void end_statement(struct brace *b)
{
	unsigned int i;

	if (!b->nwords)
		return;
	b->opens = run_statement(b);
	for (i = 0; i < b->nwords; i++)
		free(b->words[i]);
	b->nwords = 0;
}

static void end_device(struct brace *b)
{
	struct device *dev;

	dev = b->device ? model_device(b->p->model, b->device) : NULL;
	if (dev)
		parse_device_done(b->p, dev);
	str_set(&b->device, NULL);
}

static void leave_group(struct brace *b)
{
	if (b->again)
		end_again(b);
	free(b->group);
	b->group = target_group(b->target);
}

/* a statement without a block is followed by something else than a '{' */
static void end_line(struct brace *b)
{
	bool had = b->nwords;

	end_statement(b);
	if (had && b->opens == BLOCK_DEVICE)
		end_device(b);
	if (!had || b->opens != BLOCK_GROUP)
		return;
	/* what follows must not become the group's */
	parse_error(b->p, "GROUP: '{' is missing at the end of the line");
	leave_group(b);
}

static void open_block(struct brace *b)
{
	bool had = b->nwords;

	end_statement(b);
	if (!had || b->opens == BLOCK_TOP) {
		parse_error(b->p, "unexpected '{'");
		b->opens = BLOCK_SKIP;
	}
	if (b->depth + 1 == DEPTH_MAX) {
		b->too_deep++;
		return;
	}
	b->block[++b->depth] = b->opens;
	b->line[b->depth] = b->p->line;
}

static void close_block(struct brace *b)
{
	end_line(b);
	if (b->too_deep) {
		b->too_deep--;
		return;
	}
	if (!b->depth) {
		parse_error(b->p, "'}' without '{'");
		return;
	}
	if (b->block[b->depth] == BLOCK_DEVICE)
		end_device(b);
	else if (b->block[b->depth] == BLOCK_GROUP)
		leave_group(b);
	b->depth--;
}

static void add_word(struct brace *b, const char *word)
{
	if (b->nwords < WORDS_MAX)
		b->words[b->nwords++] = str_dup(word);
	else
		parse_error(b->p, "%s: too many words", b->words[0]);
}

/*
 * The next word, without quotes and backslashes, into @word.
 * Return: what follows it.
 */
static char *take_word(struct brace *b, char *text, char *word)
{
	bool quoted = false, hash = false;

	for (; *text; text++) {
		if (*text == '\\' && text[1]) {
			*word++ = *++text;
			continue;
		}
		if (!quoted && strchr(PARSE_BLANKS, *text))
			break;
		if (*text == '"')
			quoted = !quoted;
		else
			*word++ = *text;
		hash |= !quoted && *text == '#';
	}
	*word = '\0';
	if (quoted)
		parse_error(b->p, "the closing '\"' is missing");
	if (hash)
		parse_error(b->p, "'#' within a word: it needs a backslash, or a blank before a comment");
	return text;
}

static bool is_brace(const char *text, char c)
{
	return *text == c && (!text[1] || strchr(PARSE_BLANKS "#{}", text[1]));
}

/**
 * brace_line() - parse a line
 * @b: state
 * @text: the line, modified
 */
void brace_line(struct brace *b, char *text)
{
	char word[PARSE_LINE_MAX + 1];

	for (;;) {
		text += strspn(text, PARSE_BLANKS);
		if (!*text || *text == '#')
			break;
		if (is_brace(text, '{')) {
			open_block(b);
			text++;
		} else if (is_brace(text, '}')) {
			close_block(b);
			text++;
		} else {
			text = take_word(b, text, word);
			add_word(b, word);
		}
	}
	end_line(b);
}

/**
 * brace_word() - the word of one statement after the other
 * @i: from 0
 *
 * Return: the word, which others may have, too; NULL after the last one.
 */
const char *brace_word(size_t i)
{
	size_t j;

	for (j = 0; j < ARRAY_SIZE(statements); j++)
		if (statements[j].word && !i--)
			return statements[j].word;
	return NULL;
}

/**
 * brace_new() - begin a file
 * @p: parser
 *
 * Return: state for brace_line().
 */
struct brace *brace_new(struct parser *p)
{
	struct brace *b = mem_zero(1, sizeof(*b));

	b->p = p;
	return b;
}

/* whoever expects a group to be of a target has to be told, once there are more */
static void warn_groups(struct brace *b)
{
	const struct model *model = b->p->model;
	const struct group *group;
	size_t i;

	for (i = 0; b->targets > 1 && i < model->ngroups; i++) {
		group = &model->groups[i];
		if (group->declared)
			report_at(b->p->report, REPORT_WARNING, model->file,
				  group->line,
				  "a group is one of all targets here: initiators of group %s see its LUNs on every target",
				  group->name);
	}
}

/**
 * brace_free() - end a file
 * @b: state
 */
void brace_free(struct brace *b)
{
	if (b->depth)
		parse_error(b->p, "'}' is missing: the block of line %u is still open",
			    b->line[b->depth]);
	if (b->again)
		end_again(b);
	warn_groups(b);
	free(b->handler_name);
	free(b->driver);
	free(b->target);
	free(b->group);
	free(b->device);
	free(b->again);
	free(b);
}
