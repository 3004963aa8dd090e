// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/scsi_tgt/scsi_tgt: all devices, and the commands about handlers and
 * groups.  Reads under scst_mutex.  Knows nothing of LUNs.
 */
#include <linux/seq_file.h>

#include "proc_priv.h"

static int scst_proc_scsi_tgt_show(struct seq_file *m,
				   const struct scst_proc_node *node)
{
	struct scst_device *dev;

	seq_printf(m, "%-60s%s\n", "Device (host:ch:id:lun or name)",
		   "Device handler");
	mutex_lock(&scst_mutex);
	list_for_each_entry(dev, &scst_devices, entry)
		seq_printf(m, "%-60s%s\n", dev->name, dev->handler->name);
	mutex_unlock(&scst_mutex);
	return 0;
}

static int scst_proc_assign(struct scst_proc_node *node,
			    const struct scst_cmdline *cl)
{
	return scst_device_assign(cl->argv[0], cl->argv[1]);
}

static int scst_proc_add_group(struct scst_proc_node *node,
			       const struct scst_cmdline *cl)
{
	return scst_group_add(cl->argv[0]);
}

static int scst_proc_del_group(struct scst_proc_node *node,
			       const struct scst_cmdline *cl)
{
	return scst_group_del(cl->argv[0]);
}

static int scst_proc_rename_group(struct scst_proc_node *node,
				  const struct scst_cmdline *cl)
{
	return scst_group_rename(cl->argv[0], cl->argv[1]);
}

static const struct scst_verb scst_proc_scsi_tgt_verbs[] = {
	{ "assign", 2, 2, scst_proc_assign },
	{ "add_group", 1, 1, scst_proc_add_group },
	{ "del_group", 1, 1, scst_proc_del_group },
	{ "rename_group", 2, 2, scst_proc_rename_group },
	{ }
};

static int scst_proc_scsi_tgt_write(struct scst_proc_node *node, char *line)
{
	int ret = scst_proc_run(node, line, scst_proc_scsi_tgt_verbs);

	/* the writer finds the directories changed, this file always stays */
	scst_proc_settle();
	return ret;
}

const struct scst_proc_file scst_proc_scsi_tgt = {
	.name = "scsi_tgt",
	.show = scst_proc_scsi_tgt_show,
	.write = scst_proc_scsi_tgt_write,
};
