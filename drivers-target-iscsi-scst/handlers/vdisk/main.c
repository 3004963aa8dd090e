// SPDX-License-Identifier: GPL-2.0
/*
 * Module scst_vdisk: the handlers, their parameters and commands.
 * Set up at load time, read-only afterwards; no locks.
 * Must not know how a disk works.
 */
#include <linux/module.h>
#include <scsi/scsi_proto.h>

#include "vdisk.h"

#define SCST_VDISK_DEF_THREADS	8

unsigned int scst_vdisk_id;
module_param_named(scst_vdisk_ID, scst_vdisk_id, uint, 0444);
MODULE_PARM_DESC(scst_vdisk_ID,
		 "tells targets apart that export devices of the same name");

int scst_vdisk_threads = SCST_VDISK_DEF_THREADS;
module_param_named(num_threads, scst_vdisk_threads, int, 0444);
MODULE_PARM_DESC(num_threads, "workers for each device");

static int (*const scst_vdisk_commands[])(const struct scst_vdisk_options *) = {
	[SCST_VDISK_OPEN]		= scst_vdisk_open,
	[SCST_VDISK_CLOSE]		= scst_vdisk_close,
	[SCST_VDISK_RESYNC_SIZE]	= scst_vdisk_resync_size,
	[SCST_VDISK_SET_T10_DEV_ID]	= scst_vdisk_set_t10_id,
};

static int scst_vdisk_command(struct scst_handler *handler, char *line)
{
	struct scst_vdisk_options opt;
	const char *why;

	why = scst_vdisk_options_parse(&opt, line);
	if (why) {
		pr_err("%s: %s\n", *opt.name ? opt.name : "vdisk", why);
		return -EINVAL;
	}
	return scst_vdisk_commands[opt.verb](&opt);
}

static const char scst_vdisk_help[] =
	"open NAME PATH [BLOCK_SIZE] [FLAGS] - make a disk of a file or block device\n"
	"     FLAGS: WRITE_THROUGH NV_CACHE READ_ONLY O_DIRECT NULLIO BLOCKIO REMOVABLE\n"
	"close NAME - end it\n"
	"resync_size NAME - take over a changed size of its file\n"
	"set_t10_dev_id NAME ID - change its T10 identifier\n";

static const struct scst_info_file scst_vdisk_files[] = {
	{ "t10_dev_id", scst_vdisk_show_t10_ids },
	{ }
};

struct scst_handler scst_vdisk_handler = {
	.name		= "vdisk",
	.owner		= THIS_MODULE,
	.type		= TYPE_DISK,
	.detach		= scst_vdisk_detach,
	.parse		= scst_vdisk_parse,
	.tm		= scst_vdisk_tm,
	.flush		= scst_vdisk_flush,
	.command	= scst_vdisk_command,
	.show		= scst_vdisk_show,
	.files		= scst_vdisk_files,
	.help		= scst_vdisk_help,
};

/* The devices with BLOCKIO: the same handler under another name */
struct scst_handler scst_vdisk_blk_handler = {
	.name		= "vdisk_blk",
	.owner		= THIS_MODULE,
	.type		= TYPE_DISK,
	.hidden		= true,
	.detach		= scst_vdisk_detach,
	.parse		= scst_vdisk_parse,
	.tm		= scst_vdisk_tm,
	.flush		= scst_vdisk_flush,
};

static int __init scst_vdisk_init(void)
{
	int ret;

	if (scst_vdisk_threads < 1) {
		pr_warn("num_threads has to be positive, using %d\n",
			SCST_VDISK_DEF_THREADS);
		scst_vdisk_threads = SCST_VDISK_DEF_THREADS;
	}
	ret = scst_vdisk_zeroes_init();
	if (ret)
		return ret;
	ret = scst_handler_register(&scst_vdisk_handler);
	if (ret)
		goto out_zeroes;
	ret = scst_handler_register(&scst_vdisk_blk_handler);
	if (ret)
		goto out_handler;
	return 0;

out_handler:
	scst_handler_unregister(&scst_vdisk_handler);
out_zeroes:
	scst_vdisk_zeroes_exit();
	return ret;
}
module_init(scst_vdisk_init);

static void __exit scst_vdisk_exit(void)
{
	scst_vdisk_close_all();
	scst_handler_unregister(&scst_vdisk_blk_handler);
	scst_handler_unregister(&scst_vdisk_handler);
	scst_vdisk_zeroes_exit();
}
module_exit(scst_vdisk_exit);

MODULE_DESCRIPTION("SCST virtual disks on files and block devices");
MODULE_LICENSE("GPL");
