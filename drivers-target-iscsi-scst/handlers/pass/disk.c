// SPDX-License-Identifier: GPL-2.0
/*
 * Pass-through of local SCSI disks: the handlers dev_disk and dev_disk_perf.
 * Owns what is special about disks, which is their capacity and how long their
 * commands may take.  No locks.
 */
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/unaligned.h>
#include <scsi/scsi.h>
#include <scsi/scsi_device.h>

#include "pass.h"

#define SCST_DISK_TIMEOUT	60		/* seconds */
#define SCST_DISK_SPIN_UP	(5 * 60)
#define SCST_DISK_WHOLE		(24 * 60 * 60)	/* may go over the whole disk */
#define SCST_DISK_ASK_TIMEOUT	(30 * HZ)
#define SCST_DISK_ASK_RETRIES	3
#define SCST_DISK_CAP16_LEN	32
#define SCST_DISK_MIN_SHIFT	9
#define SCST_DISK_MAX_SHIFT	16
#define SCST_DISK_SANITIZE	0x48

static const struct scst_pass_timeout scst_disk_slow[] = {
	{ START_STOP, SCST_DISK_SPIN_UP },
	{ SYNCHRONIZE_CACHE, SCST_DISK_SPIN_UP },
	{ SYNCHRONIZE_CACHE_16, SCST_DISK_SPIN_UP },
	{ UNMAP, SCST_DISK_SPIN_UP },
	{ WRITE_BUFFER, SCST_DISK_SPIN_UP },	/* firmware */
	{ FORMAT_UNIT, SCST_DISK_WHOLE },
	{ SEND_DIAGNOSTIC, SCST_DISK_WHOLE },
	{ SCST_DISK_SANITIZE, SCST_DISK_WHOLE },
	{ VERIFY, SCST_DISK_WHOLE },
	{ VERIFY_12, SCST_DISK_WHOLE },
	{ VERIFY_16, SCST_DISK_WHOLE },
	{ WRITE_SAME, SCST_DISK_WHOLE },
	{ WRITE_SAME_16, SCST_DISK_WHOLE },
	{ EXTENDED_COPY, SCST_DISK_WHOLE },
	{ }
};

/* Ask the disk; a disk that has news to tell is asked again */
static int scst_disk_ask(struct scsi_device *sdev, const u8 *cdb, u8 *buf,
			 unsigned int len)
{
	struct scsi_failure failure_defs[] = {
		{
			.sense = UNIT_ATTENTION,
			.asc = SCMD_FAILURE_ASC_ANY,
			.ascq = SCMD_FAILURE_ASCQ_ANY,
			.allowed = SCST_DISK_ASK_RETRIES,
			.result = SAM_STAT_CHECK_CONDITION,
		},
		{ }
	};
	struct scsi_failures failures = {
		.failure_definitions = failure_defs,
	};
	const struct scsi_exec_args args = { .failures = &failures };
	int ret;

	ret = scsi_execute_cmd(sdev, cdb, REQ_OP_DRV_IN, buf, len,
			       SCST_DISK_ASK_TIMEOUT, SCST_DISK_ASK_RETRIES,
			       &args);
	return ret > 0 ? -EIO : ret;
}

/* READ CAPACITY(10), and (16) if the disk is too large for that */
static int scst_disk_read_capacity(struct scsi_device *sdev, u8 *buf,
				   u64 *nblocks, u32 *block)
{
	static const u8 cap10[10] = { READ_CAPACITY };
	static const u8 cap16[16] = {
		SERVICE_ACTION_IN_16, SAI_READ_CAPACITY_16,
		[13] = SCST_DISK_CAP16_LEN,
	};
	int ret;

	ret = scst_disk_ask(sdev, cap10, buf, 8);
	if (ret)
		return ret;
	*nblocks = get_unaligned_be32(buf) + 1ull;
	*block = get_unaligned_be32(buf + 4);
	if (*nblocks <= U32_MAX)
		return 0;
	ret = scst_disk_ask(sdev, cap16, buf, SCST_DISK_CAP16_LEN);
	if (ret)
		return ret;
	*nblocks = get_unaligned_be64(buf) + 1;
	*block = get_unaligned_be32(buf + 8);
	return 0;
}

static bool scst_disk_block_ok(u32 block)
{
	return is_power_of_2(block) && ilog2(block) >= SCST_DISK_MIN_SHIFT &&
	       ilog2(block) <= SCST_DISK_MAX_SHIFT;
}

static int scst_disk_capacity(struct scst_device *dev)
{
	u8 *buf = kzalloc(SCST_DISK_CAP16_LEN, GFP_NOIO);
	u64 nblocks = 0;
	u32 block = 0;
	int ret;

	if (!buf)
		return -ENOMEM;
	ret = scst_disk_read_capacity(dev->sdev, buf, &nblocks, &block);
	kfree(buf);
	if (ret) {
		pr_warn_ratelimited("device %s: READ CAPACITY failed: %d\n",
				    dev->name, ret);
		return ret;
	}
	if (!scst_disk_block_ok(block)) {
		pr_warn_ratelimited("device %s: block size %u is not supported\n",
				    dev->name, block);
		/* no block of it can be read until that has changed */
		scst_device_set_capacity(dev, 0);
		return -EINVAL;
	}
	dev->block_shift = ilog2(block);
	scst_device_set_capacity(dev, nblocks);
	return 0;
}

static const struct scst_pass_type scst_disk_type = {
	.timeout = SCST_DISK_TIMEOUT,
	.slow = scst_disk_slow,
	.capacity = scst_disk_capacity,
};

static int scst_disk_attach(struct scst_device *dev)
{
	return scst_pass_attach(dev, &scst_disk_type);
}

/* A read that reads nothing; what is sent must not be somebody's old data */
static void scst_disk_perf_read(struct scst_cmd *cmd)
{
	struct scst_buf *buf = &cmd->buf;
	u32 left = cmd->bufflen, n;

	if (scst_buf_reserve_vecs(buf, DIV_ROUND_UP(left, PAGE_SIZE))) {
		scst_cmd_complete(cmd, SCST_TASK_SET_FULL);
		return;
	}
	buf->kind = SCST_BUF_STATIC;
	buf->len = left;
	for (buf->nr = 0; left; left -= n) {
		n = min(left, PAGE_SIZE);
		bvec_set_page(&buf->vec[buf->nr++], ZERO_PAGE(0), n, 0);
	}
	scst_cmd_complete(cmd, SCST_GOOD);
}

static void scst_disk_perf_write(struct scst_cmd *cmd)
{
	scst_cmd_complete(cmd, SCST_GOOD);
}

/* Everything is asked of the disk but what would take its time */
static scst_sense_t scst_disk_perf_parse(struct scst_cmd *cmd)
{
	if (!scst_pass_is_rw(cmd))
		return scst_pass_parse(cmd);
	if (cmd->dir == DMA_FROM_DEVICE) {
		set_bit(SCST_CMDF_OWN_BUF, &cmd->flags);
		cmd->execute = scst_disk_perf_read;
	} else {
		cmd->execute = scst_disk_perf_write;
	}
	return SCST_GOOD;
}

static struct scst_handler scst_disk_handler = {
	.name = "dev_disk",
	.owner = THIS_MODULE,
	.type = TYPE_DISK,
	.pass = true,
	.attach = scst_disk_attach,
	.detach = scst_pass_detach,
	.parse = scst_pass_parse,
	.tm = scst_pass_tm,
};

static struct scst_handler scst_disk_perf_handler = {
	.name = "dev_disk_perf",
	.owner = THIS_MODULE,
	.type = TYPE_DISK,
	.pass = true,
	.attach = scst_disk_attach,
	.detach = scst_pass_detach,
	.parse = scst_disk_perf_parse,
	.tm = scst_pass_tm,
};

static int __init scst_disk_init(void)
{
	int ret;

	ret = scst_handler_register(&scst_disk_handler);
	if (ret)
		return ret;
	/* second, so that no disk gets it unless the administrator says so */
	ret = scst_handler_register(&scst_disk_perf_handler);
	if (ret)
		scst_handler_unregister(&scst_disk_handler);
	return ret;
}

static void __exit scst_disk_exit(void)
{
	scst_handler_unregister(&scst_disk_perf_handler);
	scst_handler_unregister(&scst_disk_handler);
}

module_init(scst_disk_init);
module_exit(scst_disk_exit);

MODULE_DESCRIPTION("SCST pass-through handler for SCSI disks");
MODULE_LICENSE("GPL");
