/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A virtual disk on a file or a block device of the test's own, and a target
 * driver that sends it one command at a time.
 */
#ifndef _SCST_VDISK_FIXTURE_H
#define _SCST_VDISK_FIXTURE_H

#include <kunit/test.h>
#include <linux/bio.h>
#include <linux/blkdev.h>
#include <linux/completion.h>
#include <linux/dcache.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/unaligned.h>
#include <linux/vmalloc.h>

#include "../core/core_priv.h"
#include "../handlers/vdisk/vdisk.h"

#define VDISK_SIZE	SZ_4M
#define VDISK_BLOCKS	(VDISK_SIZE / SECTOR_SIZE)
#define VDISK_BUF	SZ_256K
#define VDISK_TIMEOUT	(10 * HZ)
#define VDISK_NAME	"vdisk_test"
#define VDISK_FILE	"/scst_vdisk_test"
#define VDISK_NODE	"scst_vdisk_disk"	/* in the root directory */

/* One command and its data */
struct vdisk_cmd {
	struct scst_cmd cmd;
	struct completion done;
	u8 *data;
};

struct vdisk_env {
	struct scst_target *tgt;
	struct scst_session *sess;
	struct completion released;
	struct vdisk_cmd vc;
	u8 *out;	/* what is written */
	u8 *in;		/* what was read */
	enum scst_buf_kind kind;	/* of the last command's buffer */
	bool opened;
};

static inline struct vdisk_cmd *to_vdisk_cmd(struct scst_cmd *cmd)
{
	return container_of(cmd, struct vdisk_cmd, cmd);
}

static void vdisk_data_wait(struct scst_cmd *cmd)
{
	scst_buf_copy_to(&cmd->buf, 0, to_vdisk_cmd(cmd)->data, cmd->bufflen);
	scst_cmd_data_ready(cmd, SCST_GOOD);
}

static void vdisk_respond(struct scst_cmd *cmd)
{
	complete(&to_vdisk_cmd(cmd)->done);
}

static void vdisk_abort(struct scst_cmd *cmd)
{
}

static void vdisk_tm_done(struct scst_tm *tm)
{
}

static const struct scst_tgt_ops vdisk_ops = {
	.name = "vdisk_test",
	.protocol = SCSI_PROTOCOL_UNSPEC,
	.data_wait = vdisk_data_wait,
	.respond = vdisk_respond,
	.abort = vdisk_abort,
	.tm_done = vdisk_tm_done,
};

static inline void vdisk_released(struct scst_session *sess)
{
	complete(sess->priv);
}

/* -------------------------------------------------------------------------
 * Commands
 */

static inline void vdisk_cdb_begin(struct vdisk_env *e, u8 opcode, u8 len)
{
	struct scst_cmd *cmd = &e->vc.cmd;

	memset(&e->vc, 0, sizeof(e->vc));
	scst_cmd_init(cmd, e->sess);
	init_completion(&e->vc.done);
	cmd->cdb[0] = opcode;
	cmd->cdb_len = len;
}

static inline void vdisk_cdb10(struct vdisk_env *e, u8 opcode, u8 bits,
			       u32 lba, u16 n)
{
	vdisk_cdb_begin(e, opcode, 10);
	e->vc.cmd.cdb[1] = bits;
	put_unaligned_be32(lba, &e->vc.cmd.cdb[2]);
	put_unaligned_be16(n, &e->vc.cmd.cdb[7]);
}

static inline void vdisk_cdb16(struct vdisk_env *e, u8 opcode, u8 bits,
			       u64 lba, u32 n)
{
	vdisk_cdb_begin(e, opcode, 16);
	e->vc.cmd.cdb[1] = bits;
	put_unaligned_be64(lba, &e->vc.cmd.cdb[2]);
	put_unaligned_be32(n, &e->vc.cmd.cdb[10]);
}

static inline u32 vdisk_run(struct kunit *test, enum dma_data_direction dir,
			    u32 len)
{
	struct vdisk_env *e = test->priv;
	struct scst_cmd *cmd = &e->vc.cmd;
	u32 result;

	cmd->exp_dir = len ? dir : DMA_NONE;
	cmd->exp_len = len;
	e->vc.data = e->out;
	scst_cmd_submit(cmd);
	KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&e->vc.done,
							  VDISK_TIMEOUT), 0);
	if (dir == DMA_FROM_DEVICE && !cmd->result) {
		memset(e->in, 0xee, VDISK_BUF);
		scst_buf_copy_from(&cmd->buf, 0, e->in, cmd->resp_len);
	}
	result = (__force u32)cmd->result;
	e->kind = cmd->buf.kind;
	scst_cmd_finish(cmd);
	return result;
}

#define GOOD		((__force u32)SCST_GOOD)
#define BAD_CDB		((__force u32)SCST_INVALID_FIELD_IN_CDB)
#define BAD_PARAM	((__force u32)SCST_INVALID_FIELD_IN_PARAM)
#define BAD_LENGTH	((__force u32)SCST_PARAM_LIST_LENGTH)
#define BAD_LBA		((__force u32)SCST_LBA_OUT_OF_RANGE)
#define DIFFERENT	((__force u32)SCST_MISCOMPARE)
#define NO_MEDIUM	((__force u32)SCST_NO_MEDIUM)

static inline u32 vdisk_out(struct kunit *test, u32 len)
{
	return vdisk_run(test, DMA_TO_DEVICE, len);
}

static inline void vdisk_write(struct kunit *test, u32 lba, u16 n)
{
	vdisk_cdb10(test->priv, WRITE_10, 0, lba, n);
	KUNIT_ASSERT_EQ(test, vdisk_out(test, n * SECTOR_SIZE), GOOD);
}

static inline void vdisk_read(struct kunit *test, u32 lba, u16 n)
{
	vdisk_cdb10(test->priv, READ_10, 0, lba, n);
	KUNIT_ASSERT_EQ(test, vdisk_run(test, DMA_FROM_DEVICE, n * SECTOR_SIZE),
			GOOD);
}

/* Bytes that tell where they belong */
static inline void vdisk_pattern(struct vdisk_env *e, u8 seed)
{
	u32 i;

	for (i = 0; i < VDISK_BUF; i++)
		e->out[i] = seed + i + i / SECTOR_SIZE * 3;
}

static inline void vdisk_fill(struct kunit *test, u8 byte, u32 lba, u16 n)
{
	struct vdisk_env *e = test->priv;

	memset(e->out, byte, VDISK_BUF);
	vdisk_write(test, lba, n);
}

/* Do all @n blocks from @lba on hold nothing but @byte? */
static inline void vdisk_expect(struct kunit *test, u8 byte, u32 lba, u16 n)
{
	struct vdisk_env *e = test->priv;

	vdisk_read(test, lba, n);
	KUNIT_EXPECT_NULL(test, memchr_inv(e->in, byte, n * SECTOR_SIZE));
}

/* Up to where they are the same: a dump of all would take longer than the test */
static inline void vdisk_expect_same(struct kunit *test, const u8 *got,
				     const u8 *want, u32 len)
{
	u32 i = 0;

	while (i < len && got[i] == want[i])
		i++;
	KUNIT_EXPECT_EQ(test, i, len);
}

static inline u32 vdisk_cdb4(struct kunit *test, u8 opcode, u8 byte4)
{
	struct vdisk_env *e = test->priv;

	vdisk_cdb_begin(e, opcode, 6);
	e->vc.cmd.cdb[4] = byte4;
	return vdisk_run(test, DMA_NONE, 0);
}

/* -------------------------------------------------------------------------
 * A block device in memory, with a write cache in name only: what counts is how
 * often it is asked to empty it
 */

struct vdisk_disk {
	struct gendisk *gd;
	struct dentry *node;
	u8 *data;
	atomic_t fuas;
	atomic_t flushes;
};

static struct vdisk_disk vdisk_disk;

static inline void vdisk_disk_copy(struct bio *bio, u8 *pos)
{
	bool write = op_is_write(bio_op(bio));
	struct bvec_iter iter;
	struct bio_vec bv;

	bio_for_each_segment(bv, bio, iter) {
		if (write)
			memcpy_from_bvec(pos, &bv);
		else
			memcpy_to_bvec(&bv, pos);
		pos += bv.bv_len;
	}
}

static void vdisk_disk_submit(struct bio *bio)
{
	u8 *pos = vdisk_disk.data + (bio->bi_iter.bi_sector << SECTOR_SHIFT);
	u32 len = bio->bi_iter.bi_size;

	if (bio->bi_opf & REQ_PREFLUSH)
		atomic_inc(&vdisk_disk.flushes);
	if (bio->bi_opf & REQ_FUA)
		atomic_inc(&vdisk_disk.fuas);
	if (bio_op(bio) == REQ_OP_DISCARD ||
	    bio_op(bio) == REQ_OP_WRITE_ZEROES)
		memset(pos, 0, len);
	else
		vdisk_disk_copy(bio, pos);
	bio_endio(bio);
}

static const struct block_device_operations vdisk_disk_ops = {
	.owner = THIS_MODULE,
	.submit_bio = vdisk_disk_submit,
};

/*
 * Both operations are those of a file system in memory, which need nothing of
 * what vfs_mknod() and vfs_unlink() add and each kernel writes in another way.
 */
static inline int vdisk_node_add(struct vdisk_disk *d)
{
	struct inode *dir;
	struct path root;
	int ret;

	ret = kern_path("/", 0, &root);
	if (ret)
		return ret;
	dir = d_inode(root.dentry);
	ret = -ENOMEM;
	inode_lock(dir);
	d->node = d_alloc_name(root.dentry, VDISK_NODE);
	if (d->node) {
		d_add(d->node, NULL);
		ret = dir->i_op->mknod(&nop_mnt_idmap, dir, d->node,
				       S_IFBLK | 0600, disk_devt(d->gd));
		if (ret)
			dput(d->node);
	}
	inode_unlock(dir);
	path_put(&root);
	return ret;
}

static inline void vdisk_node_del(struct vdisk_disk *d)
{
	struct inode *dir = d_inode(d->node->d_parent);

	inode_lock(dir);
	dir->i_op->unlink(dir, d->node);
	d_drop(d->node);
	inode_unlock(dir);
	dput(d->node);
}

static inline int vdisk_disk_alloc(struct vdisk_disk *d)
{
	struct queue_limits lim = {
		.features = BLK_FEAT_WRITE_CACHE | BLK_FEAT_FUA |
			    BLK_FEAT_NOWAIT,
		.discard_granularity = SECTOR_SIZE,
		.max_hw_discard_sectors = VDISK_BLOCKS,
		.max_write_zeroes_sectors = VDISK_BLOCKS,
	};

	d->gd = blk_alloc_disk(&lim, NUMA_NO_NODE);
	if (IS_ERR(d->gd))
		return PTR_ERR(d->gd);
	d->gd->fops = &vdisk_disk_ops;
	d->gd->flags |= GENHD_FL_NO_PART;
	strscpy(d->gd->disk_name, "vdisk_test", DISK_NAME_LEN);
	set_capacity(d->gd, VDISK_BLOCKS);
	return 0;
}

static inline int vdisk_disk_add(struct vdisk_disk *d)
{
	int ret;

	d->data = vzalloc(VDISK_SIZE);
	if (!d->data)
		return -ENOMEM;
	ret = vdisk_disk_alloc(d);
	if (ret)
		goto out_free;
	ret = add_disk(d->gd);
	if (ret)
		goto out_disk;
	ret = vdisk_node_add(d);
	if (!ret)
		return 0;
	del_gendisk(d->gd);
out_disk:
	put_disk(d->gd);
out_free:
	vfree(d->data);
	return ret;
}

static inline void vdisk_disk_del(struct vdisk_disk *d)
{
	vdisk_node_del(d);
	del_gendisk(d->gd);
	put_disk(d->gd);
	vfree(d->data);
}

/* -------------------------------------------------------------------------
 * Set-up
 */

/* FILEIO is on a file unless it says otherwise, with blocks of 512 bytes */
struct vdisk_backend {
	const char *name;
	unsigned long flags;
	bool disk;
	unsigned int block_shift;
};

static const struct vdisk_backend vdisk_backends[] = {
	{ "fileio", 0 },
	{ "fileio, write through", SCST_VDISK_WRITE_THROUGH },
	{ "fileio, NV cache", SCST_VDISK_NV_CACHE },
	{ "fileio, block device", 0, true },
	{ "blockio", SCST_VDISK_BLOCKIO, true },
	{ "blockio, write through",
	  SCST_VDISK_BLOCKIO | SCST_VDISK_WRITE_THROUGH, true },
	{ "blockio, NV cache", SCST_VDISK_BLOCKIO | SCST_VDISK_NV_CACHE, true },
};

static inline void vdisk_backend_desc(const struct vdisk_backend *b,
				      char *desc)
{
	strscpy(desc, b->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(vdisk_backend, vdisk_backends, vdisk_backend_desc);

static const struct vdisk_backend vdisk_null = {
	.flags = SCST_VDISK_NULLIO,
};

static inline int vdisk_make_file(void)
{
	struct file *f = filp_open(VDISK_FILE, O_CREAT | O_TRUNC | O_RDWR, 0600);
	loff_t pos = VDISK_SIZE - 1;
	ssize_t ret;

	if (IS_ERR(f))
		return PTR_ERR(f);
	ret = kernel_write(f, "", 1, &pos);
	fput(f);
	return ret == 1 ? 0 : -EIO;
}

static inline int vdisk_open_as(char *name, const struct vdisk_backend *b,
				unsigned long more)
{
	char file[] = VDISK_FILE, node[] = "/" VDISK_NODE, none[] = "none";
	struct scst_vdisk_options opt = {
		.verb = SCST_VDISK_OPEN, .name = name,
		.path = b->disk ? node : file,
		.block_shift = b->block_shift ?: SECTOR_SHIFT,
		.flags = b->flags | more,
	};

	if (b->flags & SCST_VDISK_NULLIO)
		opt.path = none;
	return scst_vdisk_open(&opt);
}

static inline void vdisk_open(struct kunit *test, const struct vdisk_backend *b,
			      unsigned long more)
{
	struct vdisk_env *e = test->priv;
	char name[] = VDISK_NAME;

	memset(vdisk_disk.data, 0, VDISK_SIZE);
	KUNIT_ASSERT_EQ(test, vdisk_make_file(), 0);
	KUNIT_ASSERT_EQ(test, vdisk_open_as(name, b, more), 0);
	e->opened = true;
	KUNIT_ASSERT_EQ(test, scst_group_lun_add("Default", VDISK_NAME, 0,
						 false), 0);
	e->tgt = scst_target_register(&vdisk_ops, "vdisk_test", NULL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, e->tgt);
	e->sess = scst_session_register(e->tgt, "initiator", &e->released);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, e->sess);
	vdisk_cdb_begin(e, TEST_UNIT_READY, 6);
	KUNIT_ASSERT_EQ(test, vdisk_run(test, DMA_NONE, 0),
			(__force u32)SCST_UA_POWER_ON);
}

static inline void vdisk_open_param(struct kunit *test, unsigned long more)
{
	vdisk_open(test, test->param_value, more);
}

static inline int vdisk_init(struct kunit *test)
{
	struct vdisk_env *e = kunit_kzalloc(test, sizeof(*e), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, e);
	init_completion(&e->released);
	e->out = kunit_kzalloc(test, VDISK_BUF, GFP_KERNEL);
	e->in = kunit_kzalloc(test, VDISK_BUF, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, e->out);
	KUNIT_ASSERT_NOT_NULL(test, e->in);
	test->priv = e;
	return 0;
}

static inline void vdisk_exit(struct kunit *test)
{
	char name[] = VDISK_NAME;
	struct scst_vdisk_options opt = { .name = name };
	struct vdisk_env *e = test->priv;

	if (e && !IS_ERR_OR_NULL(e->sess)) {
		scst_session_unregister(e->sess, vdisk_released);
		KUNIT_EXPECT_NE(test,
				wait_for_completion_timeout(&e->released,
							    VDISK_TIMEOUT), 0);
	}
	if (e && !IS_ERR_OR_NULL(e->tgt))
		scst_target_unregister(e->tgt);
	if (e && e->opened)
		KUNIT_EXPECT_EQ(test, scst_vdisk_close(&opt), 0);
	/* who closes a disk may want to remove what it is made of */
	KUNIT_EXPECT_EQ(test, disk_openers(vdisk_disk.gd), 0);
}

static inline int vdisk_suite_init(struct kunit_suite *suite)
{
	int ret = vdisk_disk_add(&vdisk_disk);

	if (ret)
		return ret;
	ret = scst_tgt_driver_register(&vdisk_ops);
	if (ret)
		vdisk_disk_del(&vdisk_disk);
	return ret;
}

static inline void vdisk_suite_exit(struct kunit_suite *suite)
{
	scst_tgt_driver_unregister(&vdisk_ops);
	vdisk_disk_del(&vdisk_disk);
}

/* -------------------------------------------------------------------------
 * Another nexus
 */

static inline u32 vdisk_sync(struct kunit *test, struct scst_session *sess,
			     u8 bits)
{
	struct vdisk_env *e = test->priv;

	vdisk_cdb10(e, SYNCHRONIZE_CACHE, bits, 0, 0);
	e->vc.cmd.sess = sess;
	return vdisk_run(test, DMA_NONE, 0);
}

static inline struct scst_session *vdisk_session(struct kunit *test)
{
	struct vdisk_env *e = test->priv;
	struct scst_session *sess;

	sess = scst_session_register(e->tgt, "another", &e->released);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, sess);
	KUNIT_EXPECT_EQ(test, vdisk_sync(test, sess, 0),
			(__force u32)SCST_UA_POWER_ON);
	return sess;
}

static inline void vdisk_end_session(struct kunit *test,
				     struct scst_session *sess)
{
	struct vdisk_env *e = test->priv;

	scst_session_unregister(sess, vdisk_released);
	KUNIT_EXPECT_NE(test, wait_for_completion_timeout(&e->released,
							  VDISK_TIMEOUT), 0);
}

#endif /* _SCST_VDISK_FIXTURE_H */
