// SPDX-License-Identifier: GPL-2.0
/*
 * trace_level of the core, of each handler and of each target driver.
 * A mask in the directory, under scst_mutex.  Two tokens of the core's switch
 * tracepoints on and off; the others are kept and shown for those who set them.
 */
#include <linux/seq_file.h>
#include <linux/string.h>
#include <linux/trace_events.h>

#include "proc_priv.h"

#define SCST_TRACE_OUT_OF_MEM	0x0100
#define SCST_TRACE_MINOR	0x0200
#define SCST_TRACE_MGMT		0x0400
#define SCST_TRACE_SCSI		0x2000
#define SCST_TRACE_SPECIAL	0x4000

#define SCST_TRACE_CORE		(SCST_TRACE_OUT_OF_MEM | SCST_TRACE_MINOR | \
				 SCST_TRACE_SPECIAL)
#define SCST_TRACE_DRIVER	(SCST_TRACE_CORE | SCST_TRACE_MGMT)

/* The order is the one in which they are shown */
static const struct scst_trace_token scst_trace_tokens[] = {
	{ "out_of_mem", SCST_TRACE_OUT_OF_MEM },
	{ "minor", SCST_TRACE_MINOR },
	{ "sg", 0x0080 },
	{ "mem", 0x0040 },
	{ "buff", 0x0020 },
	{ "entryexit", 0x0010 },
	{ "pid", 0x0008 },
	{ "line", 0x0004 },
	{ "function", 0x0002 },
	{ "debug", 0x0001 },
	{ "special", SCST_TRACE_SPECIAL },
	{ "scsi", SCST_TRACE_SCSI },
	{ "mgmt", SCST_TRACE_MGMT },
	{ "mgmt_minor", 0x0800 },
	{ "mgmt_dbg", 0x1000 },
	{ }
};

static const struct scst_trace_token scst_trace_core_tokens[] = {
	{ "retry", 0x80000000 },
	{ "scsi_serializing", 0x40000000 },
	{ "recv_bot", 0x04000000 },
	{ "send_bot", 0x08000000 },
	{ "recv_top", 0x01000000 },
	{ "send_top", 0x20000000 },
	{ }
};

static const struct scst_trace_token scst_trace_vdisk_tokens[] = {
	{ "order", 0x80000000 },
	{ }
};

static const struct scst_trace_token scst_trace_iscsi_tokens[] = {
	{ "d_read", 0x80000000 },
	{ "d_write", 0x40000000 },
	{ "conn", 0x20000000 },
	{ "conn_dbg", 0x02000000 },
	{ "iov", 0x10000000 },
	{ "pdu", 0x08000000 },
	{ "net_page", 0x04000000 },
	{ }
};

/* Whose trace_level has more tokens than the common ones */
static const struct {
	const char *dir;
	const struct scst_trace_token *tokens;
} scst_trace_local[] = {
	{ "vdisk", scst_trace_vdisk_tokens },
	{ "vcdrom", scst_trace_vdisk_tokens },
	{ "iscsi", scst_trace_iscsi_tokens },
};

/* Tracepoints of the core by token */
static const struct {
	u32 bit;
	const char *event;
} scst_trace_events[] = {
	{ SCST_TRACE_SCSI, "scst_cmd_submit" },
	{ SCST_TRACE_SCSI, "scst_cmd_respond" },
	{ SCST_TRACE_MGMT, "scst_tm_submit" },
	{ SCST_TRACE_MGMT, "scst_tm_done" },
};

static u32 scst_trace_find(const struct scst_trace_token *token,
			   const char *name)
{
	for (; token && token->name; token++)
		if (!strcasecmp(token->name, name))
			return token->bit;
	return 0;
}

/* The bits that mean something in this directory */
static u32 scst_trace_known(const struct scst_proc_dir *dir)
{
	const struct scst_trace_token *token;
	u32 mask = 0;

	for (token = scst_trace_tokens; token->name; token++)
		mask |= token->bit;
	for (token = dir->tokens; token && token->name; token++)
		mask |= token->bit;
	return mask;
}

static void scst_trace_show(struct seq_file *m, u32 mask,
			    const struct scst_trace_token *token, bool *any)
{
	for (; token && token->name; token++) {
		if (!(mask & token->bit))
			continue;
		seq_printf(m, "%s%s", *any ? " | " : "", token->name);
		*any = true;
	}
}

static int scst_proc_trace_show(struct seq_file *m,
				const struct scst_proc_node *node)
{
	bool any = false;
	u32 mask;

	mutex_lock(&scst_mutex);
	mask = node->dir->trace;
	mutex_unlock(&scst_mutex);
	scst_trace_show(m, mask, scst_trace_tokens, &any);
	scst_trace_show(m, mask, node->dir->tokens, &any);
	seq_puts(m, any ? "\n" : "none\n");
	return 0;
}

static void scst_trace_switch(u32 old, u32 new)
{
	unsigned int i;

	if (!IS_ENABLED(CONFIG_EVENT_TRACING))
		return;
	for (i = 0; i < ARRAY_SIZE(scst_trace_events); i++)
		if ((old ^ new) & scst_trace_events[i].bit)
			trace_set_clr_event("scst", scst_trace_events[i].event,
					    !!(new & scst_trace_events[i].bit));
}

/* Set the bits of @set and clear all others but those of @keep */
static int scst_trace_set(struct scst_proc_node *node, u32 keep, u32 set)
{
	struct scst_proc_dir *dir = node->dir;
	u32 old;

	mutex_lock(&scst_mutex);
	old = dir->trace;
	dir->trace = (old & keep) | set;
	if (dir->tokens == scst_trace_core_tokens)
		scst_trace_switch(old, dir->trace);
	mutex_unlock(&scst_mutex);
	return 0;
}

static int scst_trace_all(struct scst_proc_node *node,
			  const struct scst_cmdline *cl)
{
	return scst_trace_set(node, 0, scst_trace_known(node->dir));
}

static int scst_trace_none(struct scst_proc_node *node,
			   const struct scst_cmdline *cl)
{
	return scst_trace_set(node, 0, 0);
}

static int scst_trace_default(struct scst_proc_node *node,
			      const struct scst_cmdline *cl)
{
	return scst_trace_set(node, 0, node->dir->trace_default);
}

static int scst_trace_value(struct scst_proc_node *node,
			    const struct scst_cmdline *cl)
{
	u32 mask;

	if (scst_cmdline_number(cl->argv[0], U32_MAX, &mask)) {
		pr_err("%s/%s: \"%s\" is no mask\n", node->dir->name,
		       node->name, cl->argv[0]);
		return -EINVAL;
	}
	return scst_trace_set(node, 0, mask & scst_trace_known(node->dir));
}

/* The directory's own tokens come first */
static u32 scst_trace_token(struct scst_proc_node *node,
			    const struct scst_cmdline *cl)
{
	u32 bit = scst_trace_find(node->dir->tokens, cl->argv[0]);

	if (!bit)
		bit = scst_trace_find(scst_trace_tokens, cl->argv[0]);
	if (!bit)
		pr_err("%s/%s: unknown token \"%s\"\n", node->dir->name,
		       node->name, cl->argv[0]);
	return bit;
}

static int scst_trace_only(struct scst_proc_node *node,
			   const struct scst_cmdline *cl)
{
	u32 bit = scst_trace_token(node, cl);

	return bit ? scst_trace_set(node, 0, bit) : -EINVAL;
}

static int scst_trace_add(struct scst_proc_node *node,
			  const struct scst_cmdline *cl)
{
	u32 bit = scst_trace_token(node, cl);

	return bit ? scst_trace_set(node, ~0u, bit) : -EINVAL;
}

static int scst_trace_del(struct scst_proc_node *node,
			  const struct scst_cmdline *cl)
{
	u32 bit = scst_trace_token(node, cl);

	return bit ? scst_trace_set(node, ~bit, 0) : -EINVAL;
}

static const struct scst_verb scst_trace_verbs[] = {
	{ "all", 0, 0, scst_trace_all },
	{ "none", 0, 0, scst_trace_none },
	{ "null", 0, 0, scst_trace_none },
	{ "default", 0, 0, scst_trace_default },
	{ "value", 1, 1, scst_trace_value },
	{ "set", 1, 1, scst_trace_only },
	{ "add", 1, 1, scst_trace_add },
	{ "del", 1, 1, scst_trace_del },
	{ }
};

static int scst_proc_trace_write(struct scst_proc_node *node, char *line)
{
	return scst_proc_run(node, line, scst_trace_verbs);
}

const struct scst_proc_file scst_proc_trace_level = {
	.name = "trace_level",
	.show = scst_proc_trace_show,
	.write = scst_proc_trace_write,
};

static void scst_trace_init(struct scst_proc_dir *dir, u32 mask)
{
	dir->trace_default = mask;
	dir->trace = mask;
}

/**
 * scst_proc_trace_core - the mask of the core, at its beginning
 * @dir: top directory
 *
 * Context: @dir is not visible yet.
 */
void scst_proc_trace_core(struct scst_proc_dir *dir)
{
	dir->tokens = scst_trace_core_tokens;
	scst_trace_init(dir, SCST_TRACE_CORE);
}

/**
 * scst_proc_trace_driver - the mask of a handler or target driver
 * @dir: its directory
 *
 * Context: @dir is not visible yet.
 */
void scst_proc_trace_driver(struct scst_proc_dir *dir)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(scst_trace_local); i++)
		if (!strcmp(scst_trace_local[i].dir, dir->name))
			dir->tokens = scst_trace_local[i].tokens;
	scst_trace_init(dir, SCST_TRACE_DRIVER);
}
