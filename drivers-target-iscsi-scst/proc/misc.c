// SPDX-License-Identifier: GPL-2.0
/*
 * The small files of /proc/scsi_tgt: help, version, sessions, group_order, sgv,
 * threads.
 * Reads under scst_mutex.  Knows nothing of directories.
 */
#include <linux/mm.h>
#include <linux/seq_file.h>
#include <linux/string.h>

#include "proc_priv.h"

static const char scst_proc_help_text[] =
"Each write to a file is one command.  Words are separated by blanks.\n"
"\n"
"scsi_tgt\n"
"	assign H:C:I:L HANDLER    give a local SCSI device to a handler\n"
"	add_group GROUP           create a security group\n"
"	del_group GROUP           delete a group that no session uses\n"
"	rename_group OLD NEW      rename a group\n"
"\n"
"groups/GROUP/devices\n"
"	add DEVICE LUN [READ_ONLY]      show a device under a LUN\n"
"	replace DEVICE LUN [READ_ONLY]  put another device under a LUN\n"
"	del DEVICE [LUN]                take a device away\n"
"	clear                           take all devices away\n"
"	DEVICE is H:C:I:L or the name of a virtual device.  Each group needs\n"
"	a LUN 0.\n"
"\n"
"groups/GROUP/names\n"
"	add NAME                  initiators of this name belong to the group\n"
"	del NAME                  they no longer do\n"
"	move NAME GROUP           they belong to another group\n"
"	clear                     forget all names\n"
"	In a name * stands for any characters, ? for one, and ! inverts the\n"
"	rest.\n"
"\n"
"threads\n"
"	NUMBER                    command threads that a device may have\n"
"\n"
"trace_level, HANDLER/trace_level, TARGET_DRIVER/trace_level\n"
"	all | none | default | value MASK\n"
"	set TOKEN | add TOKEN | del TOKEN\n"
"	TOKEN is out_of_mem, minor, sg, mem, buff, entryexit, pid, line,\n"
"	function, debug, special, scsi, mgmt, mgmt_minor or mgmt_dbg;\n"
"	for the core also retry, scsi_serializing, recv_bot, send_bot,\n"
"	recv_top or send_top.\n"
"\n"
"HANDLER/help tells the commands of a handler.\n"
"\n";

static int scst_proc_help_show(struct seq_file *m,
			       const struct scst_proc_node *node)
{
	seq_puts(m, scst_proc_help_text);
	return 0;
}

const struct scst_proc_file scst_proc_help = {
	.name = "help",
	.show = scst_proc_help_show,
};

static int scst_proc_version_show(struct seq_file *m,
				  const struct scst_proc_node *node)
{
	seq_puts(m, SCST_VERSION "\n");
	return 0;
}

const struct scst_proc_file scst_proc_version = {
	.name = "version",
	.show = scst_proc_version_show,
};

static void scst_proc_group_sessions(struct seq_file *m,
				     const struct scst_group *group)
{
	struct scst_session *sess;

	list_for_each_entry(sess, &group->sessions, group_entry)
		seq_printf(m, "%-20s %-45s %-35s %-15u\n",
			   sess->target->ops->name, sess->initiator,
			   group->name, scst_session_nr_cmds(sess));
}

static int scst_proc_sessions_show(struct seq_file *m,
				   const struct scst_proc_node *node)
{
	struct scst_group *group;

	seq_printf(m, "%-20s %-45s %-35s %-15s\n", "Target name",
		   "Initiator name", "Group name", "Command Count");
	mutex_lock(&scst_mutex);
	list_for_each_entry(group, &scst_groups, entry)
		scst_proc_group_sessions(m, group);
	mutex_unlock(&scst_mutex);
	return 0;
}

const struct scst_proc_file scst_proc_sessions = {
	.name = "sessions",
	.show = scst_proc_sessions_show,
};

/* A session belongs to the first group that matches; readdir() sorts by name */
static int scst_proc_group_order_show(struct seq_file *m,
				      const struct scst_proc_node *node)
{
	struct scst_group *group;

	mutex_lock(&scst_mutex);
	list_for_each_entry(group, &scst_groups, entry)
		seq_printf(m, "%s\n", group->name);
	mutex_unlock(&scst_mutex);
	return 0;
}

const struct scst_proc_file scst_proc_group_order = {
	.name = "group_order",
	.show = scst_proc_group_order_show,
};

/*
 * There is one pool, and it neither merges pages nor sorts them by the size of
 * the buffers: those columns are 0 and the lines for single sizes absent.
 */
static int scst_proc_sgv_show(struct seq_file *m,
			      const struct scst_proc_node *node)
{
	struct scst_buf_stats st;

	scst_buf_stats_get(&st);
	seq_printf(m, "%-42s %llu/%llu\n", "Inactive/active pages",
		   st.cached_pages, st.active_pages);
	seq_printf(m, "%-42s %llu/%llu\n", "Hi/lo watermarks [pages]",
		   st.limit_pages, st.limit_pages);
	seq_printf(m, "%-42s %u/%llu\n\n", "Hi watermark releases/failures",
		   0, st.failures);
	seq_printf(m, "%-30s %-11s %-11s %-11s %-11s", "Name", "Hit", "Total",
		   "% merged", "Cached");
	seq_printf(m, "\n%-30s %-11llu %-11llu %-11u %llu/%llu (P/O)\n", "sgv",
		   st.hits, st.total, 0, st.cached_pages, st.cached_pages);
	seq_printf(m, "  %-40s %u/%u\n", "big/other", 0, 0);
	seq_printf(m, "\n%-42s %-11u\n", "other", 0);
	return 0;
}

const struct scst_proc_file scst_proc_sgv = {
	.name = "sgv",
	.show = scst_proc_sgv_show,
};

static int scst_proc_threads_show(struct seq_file *m,
				  const struct scst_proc_node *node)
{
	mutex_lock(&scst_mutex);
	seq_printf(m, "%u\n", scst_threads);
	mutex_unlock(&scst_mutex);
	return 0;
}

static int scst_proc_threads_write(struct scst_proc_node *node, char *line)
{
	u32 nr;

	line = strim(line);
	if (scst_cmdline_number(line, INT_MAX, &nr)) {
		pr_err("threads: \"%s\" is no number\n", line);
		return -EINVAL;
	}
	return scst_threads_set(nr);
}

const struct scst_proc_file scst_proc_threads = {
	.name = "threads",
	.show = scst_proc_threads_show,
	.write = scst_proc_threads_write,
};
