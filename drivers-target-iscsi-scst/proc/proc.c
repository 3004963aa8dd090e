// SPDX-License-Identifier: GPL-2.0
/*
 * The top of /proc/scsi_tgt: which files it has, and what the core tells about
 * its objects.
 */
#include <linux/proc_fs.h>
#include <linux/slab.h>

#include "proc_priv.h"

static struct scst_proc_dir *scst_proc_top;	/* set once */

static struct scst_face scst_proc_face = {
	.group_added = scst_proc_group_added,
	.group_removed = scst_proc_group_removed,
	.handler_added = scst_proc_handler_added,
	.handler_removed = scst_proc_handler_removed,
	.tgt_driver_added = scst_proc_tgt_driver_added,
	.tgt_driver_removed = scst_proc_tgt_driver_removed,
	.settle = scst_proc_settle,
};

static const struct {
	const struct scst_proc_file *file;
	bool writable;
} scst_proc_top_files[] = {
	{ &scst_proc_scsi_tgt, true },
	{ &scst_proc_help, false },
	{ &scst_proc_version, false },
	{ &scst_proc_sessions, false },
	{ &scst_proc_group_order, false },
	{ &scst_proc_sgv, false },
	{ &scst_proc_threads, true },
	{ &scst_proc_trace_level, true },
};

static int scst_proc_top_make(struct scst_proc_dir *top)
{
	unsigned int i;
	int ret;

	scst_proc_trace_core(top);
	for (i = 0; i < ARRAY_SIZE(scst_proc_top_files); i++) {
		ret = scst_proc_dir_file(top, scst_proc_top_files[i].file, NULL,
					 0, scst_proc_top_files[i].writable);
		if (ret)
			return ret;
	}
	ret = scst_proc_dir_make(top);
	if (ret)
		return ret;
	scst_proc_root = top->pde;
	scst_proc_groups = proc_mkdir("groups", scst_proc_root);
	return scst_proc_groups ? 0 : -ENOMEM;
}

/**
 * scst_proc_init - make /proc/scsi_tgt
 *
 * Context: module initialisation.
 * Return: 0 or a negative errno.
 */
int scst_proc_init(void)
{
	int ret;

	scst_proc_top = scst_proc_dir_alloc(NULL, "scsi_tgt");
	if (IS_ERR(scst_proc_top))
		return PTR_ERR(scst_proc_top);
	ret = scst_proc_dirs_init();
	if (ret) {
		kfree(scst_proc_top);
		return ret;
	}
	ret = scst_proc_top_make(scst_proc_top);
	if (!ret)
		ret = scst_face_register(&scst_proc_face);
	if (ret)
		scst_proc_dirs_exit(scst_proc_top);
	return ret;
}

/**
 * scst_proc_exit - remove /proc/scsi_tgt
 *
 * Context: module exit; there are no handlers and target drivers any more.
 */
void scst_proc_exit(void)
{
	scst_face_unregister(&scst_proc_face);
	scst_proc_dirs_exit(scst_proc_top);
}
