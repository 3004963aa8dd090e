// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of what the administrator and initiators choose about a virtual
 * disk: its identity, its mode parameters, its medium; and who is told of a
 * change.
 */
#include <kunit/test.h>
#include <linux/array_size.h>
#include <linux/pagemap.h>
#include <linux/string.h>

#include "vdisk_fixture.h"

#define ATTR_OTHER	"vdisk_other"

/* -------------------------------------------------------------------------
 * Who is told
 */

static void attr_expect_ua(struct kunit *test, struct scst_session *sess,
			   scst_sense_t ua)
{
	struct vdisk_env *e = test->priv;

	vdisk_cdb_begin(e, TEST_UNIT_READY, 6);
	e->vc.cmd.sess = sess;
	KUNIT_EXPECT_EQ_MSG(test, vdisk_run(test, DMA_NONE, 0),
			    (__force u32)ua, "%s", sess->initiator);
}

static void attr_inquiry(struct kunit *test, u8 page)
{
	struct vdisk_env *e = test->priv;

	vdisk_cdb_begin(e, INQUIRY, 6);
	e->vc.cmd.cdb[1] = page ? 0x01 : 0;
	e->vc.cmd.cdb[2] = page;
	e->vc.cmd.cdb[4] = 255;
	KUNIT_ASSERT_EQ(test, vdisk_run(test, DMA_FROM_DEVICE, 255), GOOD);
}

static void attr_expect_t10_id(struct kunit *test, const char *id)
{
	struct vdisk_env *e = test->priv;

	attr_inquiry(test, 0x83);
	/* the first designator: T10 vendor identification, then the id */
	KUNIT_EXPECT_EQ(test, e->in[5] & 0x0f, 1);
	KUNIT_EXPECT_EQ(test, e->in[7], 8 + strlen(id));
	KUNIT_EXPECT_MEMEQ(test, e->in + 16, id, strlen(id));
}

/* All nexuses are told once, and what they then read is the new one */
static void attr_t10_id(struct kunit *test)
{
	char name[] = VDISK_NAME, id[] = "chosen by hand";
	struct scst_vdisk_options opt = { .name = name, .t10_id = id };
	struct vdisk_env *e = test->priv;
	struct scst_session *other;
	u8 serial[16];

	vdisk_open_param(test, 0);
	other = vdisk_session(test);
	attr_inquiry(test, 0x80);
	memcpy(serial, e->in, sizeof(serial));
	attr_expect_t10_id(test, e->vc.cmd.dev->id.t10_id);
	KUNIT_ASSERT_EQ(test, scst_vdisk_set_t10_id(&opt), 0);
	attr_expect_t10_id(test, id);
	attr_expect_ua(test, e->sess, SCST_UA_INQUIRY_CHANGED);
	attr_expect_ua(test, e->sess, SCST_GOOD);
	attr_expect_ua(test, other, SCST_UA_INQUIRY_CHANGED);
	attr_expect_ua(test, other, SCST_GOOD);
	attr_inquiry(test, 0x80);
	KUNIT_EXPECT_MEMEQ(test, serial, e->in, sizeof(serial));
	vdisk_end_session(test, other);
}

/* Another device behind the same LUN, seen by all sessions of the group */
static void attr_replaced(struct kunit *test)
{
	char name[] = ATTR_OTHER;
	struct scst_vdisk_options opt = { .name = name };
	struct vdisk_env *e = test->priv;
	struct scst_session *other;
	char t10_id[65];

	vdisk_open_param(test, 0);
	other = vdisk_session(test);
	attr_inquiry(test, 0x83);
	strscpy(t10_id, e->vc.cmd.dev->id.t10_id, sizeof(t10_id));
	KUNIT_ASSERT_EQ(test, vdisk_open_as(name, &vdisk_null, 0), 0);
	KUNIT_EXPECT_EQ(test, scst_group_lun_replace("Default", VDISK_NAME, 0,
						     false), 0);
	attr_expect_ua(test, e->sess, SCST_GOOD);
	KUNIT_EXPECT_EQ(test, scst_group_lun_replace("Default", ATTR_OTHER, 0,
						     false), 0);
	attr_expect_ua(test, e->sess, SCST_UA_INQUIRY_CHANGED);
	attr_expect_ua(test, e->sess, SCST_UA_LUNS_CHANGED);
	attr_expect_ua(test, e->sess, SCST_GOOD);
	attr_expect_ua(test, other, SCST_UA_INQUIRY_CHANGED);
	attr_expect_t10_id(test, e->vc.cmd.dev->id.t10_id);
	KUNIT_EXPECT_STRNEQ(test, t10_id, e->vc.cmd.dev->id.t10_id);
	attr_inquiry(test, 0);
	KUNIT_EXPECT_MEMEQ(test, e->in + 16, ATTR_OTHER, strlen(ATTR_OTHER));
	vdisk_end_session(test, other);
	KUNIT_EXPECT_EQ(test, scst_vdisk_close(&opt), 0);
}

/* Who loads a medium knows; nobody is told if it was in already */
static void attr_medium(struct kunit *test)
{
	struct vdisk_env *e = test->priv;
	struct scst_session *other;

	vdisk_open_param(test, SCST_VDISK_REMOVABLE);
	other = vdisk_session(test);
	KUNIT_EXPECT_EQ(test, vdisk_cdb4(test, START_STOP, 0x03), GOOD);
	attr_expect_ua(test, other, SCST_GOOD);
	KUNIT_EXPECT_EQ(test, vdisk_cdb4(test, START_STOP, 0x02), GOOD);
	attr_expect_ua(test, other, SCST_NO_MEDIUM);
	KUNIT_EXPECT_EQ(test, vdisk_cdb4(test, START_STOP, 0x03), GOOD);
	attr_expect_ua(test, e->sess, SCST_GOOD);
	attr_expect_ua(test, other, SCST_UA_MEDIUM_CHANGED);
	attr_expect_ua(test, other, SCST_GOOD);
	vdisk_end_session(test, other);
}

/* -------------------------------------------------------------------------
 * Mode parameters
 */

/* MODE SELECT(6) of the caching page */
static u32 attr_set_wce(struct kunit *test, bool wce)
{
	const u8 list[24] = { [4] = 0x08, 0x12, wce ? 0x04 : 0 };
	struct vdisk_env *e = test->priv;

	memcpy(e->out, list, sizeof(list));
	vdisk_cdb_begin(e, MODE_SELECT, 6);
	e->vc.cmd.cdb[1] = 0x10;	/* PF */
	e->vc.cmd.cdb[4] = sizeof(list);
	return vdisk_out(test, sizeof(list));
}

static bool attr_has_fixed_wce(struct kunit *test)
{
	const struct vdisk_backend *b = test->param_value;

	return b->flags & (SCST_VDISK_WRITE_THROUGH | SCST_VDISK_NV_CACHE);
}

/* Only a change is told, and only to those who did not make it */
static void attr_mode(struct kunit *test)
{
	bool fixed = attr_has_fixed_wce(test);
	u32 result = fixed ? BAD_PARAM : GOOD;
	struct vdisk_env *e = test->priv;
	struct scst_session *other;

	vdisk_open_param(test, 0);
	other = vdisk_session(test);
	KUNIT_EXPECT_EQ(test, attr_set_wce(test, !fixed), GOOD);
	attr_expect_ua(test, other, SCST_GOOD);
	KUNIT_EXPECT_EQ(test, attr_set_wce(test, fixed), result);
	attr_expect_ua(test, e->sess, SCST_GOOD);
	if (!fixed)
		attr_expect_ua(test, other, SCST_UA_MODE_CHANGED);
	attr_expect_ua(test, other, SCST_GOOD);
	vdisk_end_session(test, other);
}

/* -------------------------------------------------------------------------
 * When data are stable
 */

enum attr_op {
	ATTR_WRITE,
	ATTR_WRITE_FUA,
	ATTR_READ_FUA,	/* of what was written just before */
	ATTR_SYNC,	/* the same */
	ATTR_NR_OPS,
};

/* What one operation asks of the disk, and whether the page cache has to write */
struct attr_stable {
	unsigned int fuas;
	unsigned int flushes;
	bool dirty;
};

struct attr_caching {
	const char *desc;
	struct vdisk_backend backend;
	u8 wce;		/* of the caching page */
	u8 changeable;
	struct attr_stable want[ATTR_NR_OPS];
};

#define FILEIO_ON(flags)	{ NULL, flags, true }
#define BLOCKIO_ON(flags)	{ NULL, SCST_VDISK_BLOCKIO | (flags), true }

static const struct attr_caching attr_cachings[] = {
	{ "fileio", FILEIO_ON(0), 0x04, 0x04, {
		[ATTR_WRITE] = { 0, 0, true },
		[ATTR_WRITE_FUA] = { 0, 1, false },
		[ATTR_READ_FUA] = { 0, 1, false },
		[ATTR_SYNC] = { 0, 1, false },
	} },
	{ "fileio, write through", FILEIO_ON(SCST_VDISK_WRITE_THROUGH), 0, 0, {
		[ATTR_WRITE] = { 0, 1, false },
		[ATTR_WRITE_FUA] = { 0, 1, false },
		[ATTR_READ_FUA] = { 0, 1, false },
		[ATTR_SYNC] = { 0, 1, false },
	} },
	{ "fileio, NV cache", FILEIO_ON(SCST_VDISK_NV_CACHE), 0, 0, {
		[ATTR_WRITE] = { 0, 0, true },
		[ATTR_WRITE_FUA] = { 0, 0, true },
		[ATTR_READ_FUA] = { 0, 0, true },
		[ATTR_SYNC] = { 0, 0, true },
	} },
	{ "fileio, both", FILEIO_ON(SCST_VDISK_WRITE_THROUGH |
				    SCST_VDISK_NV_CACHE), 0, 0, {
		[ATTR_WRITE] = { 0, 0, true },
		[ATTR_WRITE_FUA] = { 0, 0, true },
		[ATTR_READ_FUA] = { 0, 0, true },
		[ATTR_SYNC] = { 0, 0, true },
	} },
	{ "blockio", BLOCKIO_ON(0), 0x04, 0x04, {
		[ATTR_WRITE_FUA] = { 1, 0 },
		[ATTR_SYNC] = { 0, 1 },
	} },
	{ "blockio, write through", BLOCKIO_ON(SCST_VDISK_WRITE_THROUGH), 0, 0, {
		[ATTR_WRITE] = { 1, 0 },
		[ATTR_WRITE_FUA] = { 1, 0 },
		[ATTR_SYNC] = { 0, 1 },
	} },
	{ "blockio, NV cache", BLOCKIO_ON(SCST_VDISK_NV_CACHE), 0, 0 },
	{ "blockio, both", BLOCKIO_ON(SCST_VDISK_WRITE_THROUGH |
				      SCST_VDISK_NV_CACHE), 0, 0 },
};

static void attr_caching_desc(const struct attr_caching *c, char *desc)
{
	strscpy(desc, c->desc, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(attr_caching, attr_cachings, attr_caching_desc);

/* Byte 2 of the caching page, which has WCE and nothing else */
static u8 attr_caching_page(struct kunit *test, u8 control)
{
	struct vdisk_env *e = test->priv;

	vdisk_cdb_begin(e, MODE_SENSE, 6);
	e->vc.cmd.cdb[1] = 0x08;	/* DBD */
	e->vc.cmd.cdb[2] = control << 6 | 0x08;
	e->vc.cmd.cdb[4] = 255;
	KUNIT_EXPECT_EQ(test, vdisk_run(test, DMA_FROM_DEVICE, 255), GOOD);
	return e->in[6];
}

static struct address_space *attr_mapping(struct kunit *test)
{
	struct vdisk_env *e = test->priv;
	struct scst_vdisk *vd = e->vc.cmd.dev->priv;

	return vd->bdev->bd_mapping;
}

/* All that was written is on the disk, which has forgotten how it came there */
static void attr_settle(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, filemap_write_and_wait(attr_mapping(test)), 0);
	atomic_set(&vdisk_disk.fuas, 0);
	atomic_set(&vdisk_disk.flushes, 0);
}

static void attr_operate(struct kunit *test, enum attr_op op)
{
	struct vdisk_env *e = test->priv;

	if (op == ATTR_READ_FUA || op == ATTR_SYNC)
		vdisk_write(test, 8, 8);
	atomic_set(&vdisk_disk.fuas, 0);
	atomic_set(&vdisk_disk.flushes, 0);
	if (op == ATTR_SYNC) {
		KUNIT_EXPECT_EQ(test, vdisk_sync(test, e->sess, 0), GOOD);
		return;
	}
	vdisk_cdb10(e, op == ATTR_READ_FUA ? READ_10 : WRITE_10,
		    op == ATTR_WRITE ? 0 : 0x08, 8, 8);
	KUNIT_EXPECT_EQ(test, vdisk_run(test, op == ATTR_READ_FUA ?
					DMA_FROM_DEVICE : DMA_TO_DEVICE,
					8 * SECTOR_SIZE), GOOD);
}

static void attr_expect_stable(struct kunit *test, enum attr_op op,
			       const struct attr_stable *want)
{
	bool dirty = mapping_tagged(attr_mapping(test), PAGECACHE_TAG_DIRTY);

	KUNIT_EXPECT_EQ_MSG(test, atomic_read(&vdisk_disk.fuas), want->fuas,
			    "operation %u", op);
	KUNIT_EXPECT_EQ_MSG(test, atomic_read(&vdisk_disk.flushes),
			    want->flushes, "operation %u", op);
	KUNIT_EXPECT_EQ_MSG(test, dirty, want->dirty, "operation %u", op);
}

/* What is said of the cache, and what is done with it */
static void attr_caches(struct kunit *test)
{
	const struct attr_caching *c = test->param_value;
	unsigned int op;

	vdisk_open(test, &c->backend, 0);
	KUNIT_EXPECT_EQ(test, attr_caching_page(test, 0), c->wce);
	KUNIT_EXPECT_EQ(test, attr_caching_page(test, 1), c->changeable);
	KUNIT_EXPECT_EQ(test, attr_caching_page(test, 2), c->wce);
	for (op = 0; op < ATTR_NR_OPS; op++) {
		attr_settle(test);
		attr_operate(test, op);
		attr_expect_stable(test, op, &c->want[op]);
	}
}

/* A cache that is switched off is emptied, and writes do without it */
static void attr_wce_off(struct kunit *test)
{
	static const struct attr_stable off = { 0, 1, false };
	const struct attr_caching *c = test->param_value;

	vdisk_open(test, &c->backend, 0);
	if (!c->changeable) {
		KUNIT_EXPECT_EQ(test, attr_set_wce(test, true), BAD_PARAM);
		KUNIT_EXPECT_EQ(test, attr_caching_page(test, 0), 0);
		return;
	}
	attr_settle(test);
	vdisk_write(test, 8, 8);
	KUNIT_EXPECT_EQ(test, attr_set_wce(test, false), GOOD);
	attr_expect_stable(test, ATTR_NR_OPS, &off);
	KUNIT_EXPECT_EQ(test, attr_caching_page(test, 0), 0);
	attr_settle(test);
	attr_operate(test, ATTR_WRITE);
	attr_expect_stable(test, ATTR_WRITE, &c->want[ATTR_WRITE_FUA]);
	KUNIT_EXPECT_EQ(test, attr_set_wce(test, true), GOOD);
	attr_settle(test);
	attr_operate(test, ATTR_WRITE);
	attr_expect_stable(test, ATTR_WRITE, &c->want[ATTR_WRITE]);
}

/* -------------------------------------------------------------------------
 * Block sizes
 */

static const struct vdisk_backend attr_blocks[] = {
	{ "fileio, 512", 0, true, 9 },
	{ "fileio, 1024", 0, true, 10 },
	{ "fileio, 2048", 0, true, 11 },
	{ "fileio, 4096", 0, true, 12 },
	{ "blockio, 512", SCST_VDISK_BLOCKIO, true, 9 },
	{ "blockio, 1024", SCST_VDISK_BLOCKIO, true, 10 },
	{ "blockio, 2048", SCST_VDISK_BLOCKIO, true, 11 },
	{ "blockio, 4096", SCST_VDISK_BLOCKIO, true, 12 },
};

KUNIT_ARRAY_PARAM(attr_block, attr_blocks, vdisk_backend_desc);

static u32 attr_read(struct kunit *test, u32 lba, u16 n, u32 len)
{
	vdisk_cdb10(test->priv, READ_10, 0, lba, n);
	return vdisk_run(test, DMA_FROM_DEVICE, len);
}

/* What is written is read again, and lies where it should */
static void attr_write_blocks(struct kunit *test, unsigned int shift, u32 lba,
			      u16 n)
{
	struct vdisk_env *e = test->priv;
	u32 len = n << shift;

	vdisk_pattern(e, lba + n);
	vdisk_cdb10(e, WRITE_10, 0, lba, n);
	KUNIT_EXPECT_EQ(test, vdisk_out(test, len), GOOD);
	KUNIT_EXPECT_EQ(test, attr_read(test, lba, n, len), GOOD);
	vdisk_expect_same(test, e->in, e->out, len);
	KUNIT_EXPECT_EQ(test, vdisk_sync(test, e->sess, 0), GOOD);
	vdisk_expect_same(test, vdisk_disk.data + (lba << shift), e->out, len);
}

static void attr_repeat_block(struct kunit *test, unsigned int shift)
{
	struct vdisk_env *e = test->priv;
	u32 size = 1u << shift;

	memset(e->out, 'a', VDISK_BUF);
	vdisk_cdb10(e, WRITE_SAME, 0, 7, 5);
	KUNIT_EXPECT_EQ(test, vdisk_out(test, size), GOOD);
	vdisk_cdb10(e, VERIFY, 0x02, 7, 5);
	KUNIT_EXPECT_EQ(test, vdisk_out(test, 5 * size), GOOD);
	memset(e->out + size, 'b', size);
	vdisk_cdb16(e, COMPARE_AND_WRITE, 0, 8, 0);
	e->vc.cmd.cdb[13] = 1;
	KUNIT_EXPECT_EQ(test, vdisk_out(test, 2 * size), GOOD);
	KUNIT_EXPECT_EQ(test, vdisk_sync(test, e->sess, 0), GOOD);
	KUNIT_EXPECT_NULL(test, memchr_inv(vdisk_disk.data + 7 * size, 'a',
					   size));
	KUNIT_EXPECT_NULL(test, memchr_inv(vdisk_disk.data + 8 * size, 'b',
					   size));
	KUNIT_EXPECT_NULL(test, memchr_inv(vdisk_disk.data + 9 * size, 'a',
					   3 * size));
}

static void attr_block_sizes(struct kunit *test)
{
	const struct vdisk_backend *b = test->param_value;
	u32 size = 1u << b->block_shift, nr = VDISK_SIZE / size;
	struct vdisk_env *e = test->priv;

	vdisk_open(test, b, 0);
	vdisk_cdb10(e, READ_CAPACITY, 0, 0, 0);
	KUNIT_EXPECT_EQ(test, vdisk_run(test, DMA_FROM_DEVICE, 8), GOOD);
	KUNIT_EXPECT_EQ(test, get_unaligned_be32(e->in), nr - 1);
	KUNIT_EXPECT_EQ(test, get_unaligned_be32(e->in + 4), size);
	attr_write_blocks(test, b->block_shift, 0, 1);
	attr_write_blocks(test, b->block_shift, 3, 9);
	attr_write_blocks(test, b->block_shift, 100, 64);
	attr_write_blocks(test, b->block_shift, nr - 5, 5);
	KUNIT_EXPECT_EQ(test, attr_read(test, nr - 5, 6, 6 * size), BAD_LBA);
	KUNIT_EXPECT_EQ(test, attr_read(test, nr, 1, size), BAD_LBA);
	attr_repeat_block(test, b->block_shift);
}

static struct kunit_case attr_cases[] = {
	KUNIT_CASE_PARAM(attr_t10_id, vdisk_backend_gen_params),
	KUNIT_CASE_PARAM(attr_replaced, vdisk_backend_gen_params),
	KUNIT_CASE_PARAM(attr_medium, vdisk_backend_gen_params),
	KUNIT_CASE_PARAM(attr_mode, vdisk_backend_gen_params),
	KUNIT_CASE_PARAM(attr_caches, attr_caching_gen_params),
	KUNIT_CASE_PARAM(attr_wce_off, attr_caching_gen_params),
	KUNIT_CASE_PARAM(attr_block_sizes, attr_block_gen_params),
	{}
};

static struct kunit_suite attr_suite = {
	.name = "scst_vdisk_attr",
	.suite_init = vdisk_suite_init,
	.suite_exit = vdisk_suite_exit,
	.init = vdisk_init,
	.exit = vdisk_exit,
	.test_cases = attr_cases,
};

kunit_test_suite(attr_suite);

MODULE_DESCRIPTION("KUnit tests of the attributes of SCST virtual disks");
MODULE_LICENSE("GPL");
