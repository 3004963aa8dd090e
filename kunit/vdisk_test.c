// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the backends of virtual disks: what has to be on the disk after
 * each command.
 */
#include <kunit/test.h>
#include <linux/array_size.h>
#include <linux/string.h>

#include "vdisk_fixture.h"

static void vdisk_read_write(struct kunit *test)
{
	static const u16 sizes[] = { 1, 7, 8, 9, 33, 256, 511 };
	struct vdisk_env *e = test->priv;
	unsigned int i;
	u32 len;

	vdisk_open_param(test, 0);
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		len = sizes[i] * SECTOR_SIZE;
		vdisk_pattern(e, i);
		vdisk_write(test, 3 * i, sizes[i]);
		vdisk_read(test, 3 * i, sizes[i]);
		vdisk_expect_same(test, e->in, e->out, len);
		vdisk_write(test, VDISK_BLOCKS - sizes[i], sizes[i]);
		vdisk_read(test, VDISK_BLOCKS - sizes[i], sizes[i]);
		vdisk_expect_same(test, e->in, e->out, len);
	}
}

/* What is in the page cache is not copied; nothing is left of it afterwards */
static void vdisk_zero_copy(struct kunit *test)
{
	const struct vdisk_backend *b = test->param_value;
	enum scst_buf_kind kind = SCST_BUF_REFS;
	struct vdisk_env *e = test->priv;
	unsigned int i;

	/* it has no page cache, so its data are always its own */
	if (b->flags & SCST_VDISK_BLOCKIO)
		kind = SCST_BUF_CACHE;
	vdisk_open_param(test, 0);
	/* whole pages: what is up to date only in parts is copied */
	vdisk_fill(test, 'a', 128, 256);
	vdisk_expect(test, 'a', 128, 256);
	KUNIT_EXPECT_EQ(test, e->kind, kind);
	vdisk_expect(test, 'a', 133, 9);
	KUNIT_EXPECT_EQ(test, e->kind, kind);
	/* a hole: it stays one on tmpfs; others read it, and ahead, first */
	for (i = 0; i < 3; i++)
		vdisk_expect(test, 0, 1001, 300);
	KUNIT_EXPECT_EQ(test, e->kind, kind);
	/* data and hole */
	vdisk_expect(test, 0, 384, 400);
	vdisk_read(test, 379, 400);
	KUNIT_EXPECT_NULL(test, memchr_inv(e->in, 'a', 5 * 512));
	KUNIT_EXPECT_NULL(test, memchr_inv(e->in + 5 * 512, 0, 395 * 512));
}

/* FUA and DPO, nothing at all, and what is refused */
static void vdisk_cdbs(struct kunit *test)
{
	struct vdisk_env *e = test->priv;

	vdisk_open_param(test, 0);
	vdisk_pattern(e, 1);
	vdisk_cdb16(e, WRITE_16, 0x18, 64, 2);
	KUNIT_EXPECT_EQ(test, vdisk_out(test, 1024), GOOD);
	vdisk_cdb16(e, READ_16, 0x18, 64, 2);
	KUNIT_EXPECT_EQ(test, vdisk_run(test, DMA_FROM_DEVICE, 1024), GOOD);
	vdisk_expect_same(test, e->in, e->out, 1024);
	vdisk_cdb10(e, READ_10, 0, 5, 0);
	KUNIT_EXPECT_EQ(test, vdisk_run(test, DMA_FROM_DEVICE, 0), GOOD);
	vdisk_cdb10(e, WRITE_10, 0, 5, 0);
	KUNIT_EXPECT_EQ(test, vdisk_out(test, 0), GOOD);
	vdisk_cdb10(e, READ_10, 0, 5, 4);
	KUNIT_EXPECT_EQ(test, vdisk_run(test, DMA_FROM_DEVICE, 0), GOOD);
	vdisk_cdb10(e, READ_10, 0x20, 5, 1);
	KUNIT_EXPECT_EQ(test, vdisk_run(test, DMA_FROM_DEVICE, 512), BAD_CDB);
	vdisk_cdb10(e, READ_10, 0, VDISK_BLOCKS, 1);
	KUNIT_EXPECT_EQ(test, vdisk_run(test, DMA_FROM_DEVICE, 512), BAD_LBA);
}

static void vdisk_cdb6(struct vdisk_env *e, u8 opcode, u32 lba, u8 n)
{
	vdisk_cdb_begin(e, opcode, 6);
	put_unaligned_be24(lba, &e->vc.cmd.cdb[1]);
	e->vc.cmd.cdb[4] = n;
}

/* 21 bits of LBA, and 0 blocks are 256 */
static void vdisk_six(struct kunit *test)
{
	static const struct {
		u32 lba;
		u8 n;
		u16 blocks;
	} cases[] = {
		{ 0, 1, 1 }, { 3, 9, 9 }, { 0x1234, 255, 255 }, { 7, 0, 256 },
		{ VDISK_BLOCKS - 256, 0, 256 },
	};
	struct vdisk_env *e = test->priv;
	unsigned int i;
	u32 len;

	vdisk_open_param(test, 0);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		len = cases[i].blocks * SECTOR_SIZE;
		vdisk_pattern(e, i);
		vdisk_cdb6(e, WRITE_6, cases[i].lba, cases[i].n);
		KUNIT_EXPECT_EQ(test, vdisk_out(test, len), GOOD);
		vdisk_cdb6(e, READ_6, cases[i].lba, cases[i].n);
		KUNIT_EXPECT_EQ(test, vdisk_run(test, DMA_FROM_DEVICE, len),
				GOOD);
		vdisk_expect_same(test, e->in, e->out, len);
		/* it is where the longer CDBs find it */
		memset(e->in, 0, len);
		vdisk_read(test, cases[i].lba, cases[i].blocks);
		vdisk_expect_same(test, e->in, e->out, len);
	}
	vdisk_cdb6(e, WRITE_6, VDISK_BLOCKS - 255, 0);
	KUNIT_EXPECT_EQ(test, vdisk_out(test, 256 * SECTOR_SIZE), BAD_LBA);
	vdisk_cdb6(e, WRITE_6, 0x1fffff, 1);
	KUNIT_EXPECT_EQ(test, vdisk_out(test, SECTOR_SIZE), BAD_LBA);
}

/* Bit 3 of byte 1, in a CDB as iSCSI brings it: always 16 bytes */
static void vdisk_fua(struct kunit *test)
{
	struct vdisk_env *e = test->priv;
	struct scst_cmd *cmd = &e->vc.cmd;
	static const struct {
		u8 opcode;
		bool fua;
	} cases[] = {
		{ READ_6, false }, { WRITE_6, false }, { WRITE_SAME, false },
		{ WRITE_SAME_16, false }, { READ_10, true }, { WRITE_12, true },
		{ WRITE_16, true }, { COMPARE_AND_WRITE, true },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		vdisk_cdb_begin(e, cases[i].opcode, 16);
		cmd->cdb[1] = BIT(3);
		cmd->op = scst_cdb_lookup(cmd->cdb, cmd->cdb_len);
		KUNIT_ASSERT_NOT_NULL(test, cmd->op);
		KUNIT_EXPECT_EQ_MSG(test, scst_vdisk_fua(cmd), cases[i].fua,
				    "%#x", cases[i].opcode);
		cmd->cdb[1] = 0;
		KUNIT_EXPECT_FALSE(test, scst_vdisk_fua(cmd));
	}
}

/* An initiator that expects less than the CDB says */
static void vdisk_short(struct kunit *test)
{
	struct vdisk_env *e = test->priv;

	vdisk_open_param(test, 0);
	vdisk_fill(test, 'a', 0, 4);
	memset(e->out, 'b', VDISK_BUF);
	vdisk_cdb10(e, WRITE_10, 0, 0, 4);
	KUNIT_EXPECT_EQ(test, vdisk_out(test, 700), GOOD);
	vdisk_expect(test, 'b', 0, 1);
	vdisk_expect(test, 'a', 1, 3);
	vdisk_cdb10(e, READ_10, 0, 0, 4);
	KUNIT_EXPECT_EQ(test, vdisk_run(test, DMA_FROM_DEVICE, 700), GOOD);
	KUNIT_EXPECT_EQ(test, e->vc.cmd.resp_len, 700);
	KUNIT_EXPECT_NULL(test, memchr_inv(e->in, 'b', 512));
	KUNIT_EXPECT_NULL(test, memchr_inv(e->in + 512, 'a', 188));
	KUNIT_EXPECT_EQ(test, e->in[700], 0xee);
}

static void vdisk_caches(struct kunit *test)
{
	struct vdisk_env *e = test->priv;

	vdisk_open_param(test, 0);
	vdisk_fill(test, 'a', 0, 8);
	vdisk_cdb10(e, SYNCHRONIZE_CACHE, 0, 0, 0);
	KUNIT_EXPECT_EQ(test, vdisk_run(test, DMA_NONE, 0), GOOD);
	vdisk_cdb16(e, SYNCHRONIZE_CACHE_16, 0, 2, 3);
	KUNIT_EXPECT_EQ(test, vdisk_run(test, DMA_NONE, 0), GOOD);
	vdisk_cdb10(e, SYNCHRONIZE_CACHE, 0x02, 0, 0);
	KUNIT_EXPECT_EQ(test, vdisk_run(test, DMA_NONE, 0), GOOD);
	vdisk_cdb10(e, PRE_FETCH, 0, 0, 8);
	KUNIT_EXPECT_EQ(test, vdisk_run(test, DMA_NONE, 0), GOOD);
	vdisk_cdb16(e, SCST_PRE_FETCH_16, 0x02, 0, 0);
	KUNIT_EXPECT_EQ(test, vdisk_run(test, DMA_NONE, 0), GOOD);
	vdisk_cdb10(e, PRE_FETCH, 0, VDISK_BLOCKS, 8);
	KUNIT_EXPECT_EQ(test, vdisk_run(test, DMA_NONE, 0), BAD_LBA);
}

static void vdisk_verify(struct kunit *test)
{
	struct vdisk_env *e = test->priv;

	vdisk_open_param(test, 0);
	vdisk_fill(test, 'a', 0, 400);
	vdisk_cdb10(e, VERIFY, 0, 0, 400);
	KUNIT_EXPECT_EQ(test, vdisk_run(test, DMA_NONE, 0), GOOD);
	vdisk_cdb10(e, VERIFY, 0x02, 0, 400);
	KUNIT_EXPECT_EQ(test, vdisk_out(test, 400 * 512), GOOD);
	vdisk_cdb10(e, VERIFY, 0x06, 0, 400);
	KUNIT_EXPECT_EQ(test, vdisk_out(test, 512), GOOD);
	e->out[399 * 512 + 511] = 'b';
	vdisk_cdb10(e, VERIFY, 0x02, 0, 400);
	KUNIT_EXPECT_EQ(test, vdisk_out(test, 400 * 512), DIFFERENT);
	e->out[1] = 'b';
	vdisk_cdb10(e, VERIFY, 0x06, 0, 400);
	KUNIT_EXPECT_EQ(test, vdisk_out(test, 512), DIFFERENT);
	vdisk_cdb10(e, VERIFY, 0x04, 0, 1);
	KUNIT_EXPECT_EQ(test, vdisk_out(test, 512), BAD_CDB);

	vdisk_pattern(e, 9);
	vdisk_cdb10(e, WRITE_VERIFY, 0x02, 5, 300);
	KUNIT_EXPECT_EQ(test, vdisk_out(test, 300 * 512), GOOD);
	vdisk_read(test, 5, 300);
	vdisk_expect_same(test, e->in, e->out, 300 * 512);
}

static u32 vdisk_caw(struct kunit *test, u64 lba, u8 n, u32 len)
{
	struct vdisk_env *e = test->priv;

	vdisk_cdb16(e, COMPARE_AND_WRITE, 0, lba, 0);
	e->vc.cmd.cdb[13] = n;
	return vdisk_out(test, len);
}

static void vdisk_compare_and_write(struct kunit *test)
{
	struct vdisk_env *e = test->priv;

	vdisk_open_param(test, 0);
	vdisk_fill(test, 'a', 10, 255);
	memset(e->out + 255 * 512, 'b', VDISK_BUF - 255 * 512);
	KUNIT_EXPECT_EQ(test, vdisk_caw(test, 10, 255, 510 * 512), GOOD);
	vdisk_expect(test, 'b', 10, 255);
	memset(e->out, 'b', VDISK_BUF);
	e->out[2 * 512 + 27] = 'x';
	KUNIT_EXPECT_EQ(test, vdisk_caw(test, 10, 3, 6 * 512), DIFFERENT);
	KUNIT_EXPECT_EQ(test, e->vc.cmd.info, 2 * 512 + 27);
	vdisk_expect(test, 'b', 10, 255);
	KUNIT_EXPECT_EQ(test, vdisk_caw(test, 10, 1, 4 * 512), BAD_CDB);
	KUNIT_EXPECT_EQ(test, vdisk_caw(test, 10, 3, 4 * 512), BAD_CDB);
	KUNIT_EXPECT_EQ(test, vdisk_caw(test, VDISK_BLOCKS, 1, 1024), BAD_LBA);
	KUNIT_EXPECT_EQ(test, vdisk_caw(test, 10, 0, 0), GOOD);
}

static void vdisk_orwrite(struct kunit *test)
{
	struct vdisk_env *e = test->priv;

	vdisk_open_param(test, 0);
	vdisk_fill(test, 0x55, 1, 300);
	memset(e->out, 0x0f, VDISK_BUF);
	vdisk_cdb16(e, SCST_ORWRITE_16, 0, 1, 299);
	KUNIT_EXPECT_EQ(test, vdisk_out(test, 299 * 512), GOOD);
	vdisk_expect(test, 0x5f, 1, 299);
	vdisk_expect(test, 0x55, 300, 1);
}

static void vdisk_write_same(struct kunit *test)
{
	struct vdisk_env *e = test->priv;

	vdisk_open_param(test, 0);
	vdisk_fill(test, 'a', 0, 500);
	memset(e->out, 'b', VDISK_BUF);
	vdisk_cdb10(e, WRITE_SAME, 0, 1, 400);
	KUNIT_EXPECT_EQ(test, vdisk_out(test, 512), GOOD);
	vdisk_expect(test, 'a', 0, 1);
	vdisk_expect(test, 'b', 1, 400);
	vdisk_expect(test, 'a', 401, 99);
	memset(e->out, 0, VDISK_BUF);
	vdisk_cdb16(e, WRITE_SAME_16, 0, 3, 300);
	KUNIT_EXPECT_EQ(test, vdisk_out(test, 512), GOOD);
	vdisk_expect(test, 0, 3, 300);
	vdisk_expect(test, 'b', 303, 98);
	vdisk_cdb16(e, WRITE_SAME_16, 0x01, 303, 98);
	KUNIT_EXPECT_EQ(test, vdisk_run(test, DMA_NONE, 0), GOOD);
	vdisk_expect(test, 0, 303, 98);
	vdisk_cdb10(e, WRITE_SAME, 0, 1, 0);
	KUNIT_EXPECT_EQ(test, vdisk_out(test, 512), BAD_CDB);
	vdisk_cdb10(e, WRITE_SAME, 0, 1, 1);
	KUNIT_EXPECT_EQ(test, vdisk_out(test, 1024), BAD_CDB);
	vdisk_cdb10(e, WRITE_SAME, 0, 1, 1);
	KUNIT_EXPECT_EQ(test, vdisk_out(test, 256), BAD_CDB);
	vdisk_cdb10(e, WRITE_SAME, 0x10, 1, 1);
	KUNIT_EXPECT_EQ(test, vdisk_out(test, 512), BAD_CDB);
}

static u32 vdisk_unmap(struct kunit *test, u64 lba, u32 n, u16 desc_len,
		       u16 len)
{
	struct vdisk_env *e = test->priv;

	memset(e->out, 0, 256);
	put_unaligned_be16(desc_len + 6, e->out);
	put_unaligned_be16(desc_len, e->out + 2);
	put_unaligned_be64(lba, e->out + 8);
	put_unaligned_be32(n, e->out + 16);
	vdisk_cdb10(e, UNMAP, 0, 0, len);
	return vdisk_out(test, len);
}

static void vdisk_unmaps(struct kunit *test)
{
	struct vdisk_env *e = test->priv;

	vdisk_open_param(test, 0);
	vdisk_fill(test, 'a', 0, 500);
	KUNIT_EXPECT_EQ(test, vdisk_unmap(test, 0, 0, 16, 24), GOOD);
	KUNIT_EXPECT_EQ(test, vdisk_unmap(test, 16, 129, 16, 24), GOOD);
	/* not all disks promise it, ours does */
	vdisk_expect(test, 0, 16, 129);
	vdisk_expect(test, 'a', 0, 16);
	vdisk_expect(test, 'a', 145, 300);
	/* the list is cut off before its descriptor: nothing to do */
	KUNIT_EXPECT_EQ(test, vdisk_unmap(test, 0, 16, 16, 16), GOOD);
	KUNIT_EXPECT_EQ(test, vdisk_unmap(test, 0, 16, 8, 24), GOOD);
	vdisk_expect(test, 'a', 0, 16);
	KUNIT_EXPECT_EQ(test, vdisk_unmap(test, 0, 16, 16, 7), BAD_LENGTH);
	KUNIT_EXPECT_EQ(test, vdisk_unmap(test, 0, 16, 16, 0), GOOD);
	KUNIT_EXPECT_EQ(test, vdisk_unmap(test, U64_MAX, 2, 16, 24), BAD_LBA);
	KUNIT_EXPECT_EQ(test, vdisk_unmap(test, 1, U32_MAX, 16, 24), BAD_LBA);
	KUNIT_EXPECT_EQ(test, vdisk_unmap(test, VDISK_BLOCKS, 1, 16, 24),
			BAD_LBA);
	KUNIT_EXPECT_EQ(test, vdisk_unmap(test, VDISK_BLOCKS, 0, 16, 24), GOOD);
	vdisk_unmap(test, 0, 0, 257 * 16, 8 + 257 * 16);
	KUNIT_EXPECT_EQ(test, (__force u32)e->vc.cmd.result, BAD_PARAM);
}

/* WRITE SAME with UNMAP has to leave zeroes, and data if they are not zeroes */
static void vdisk_unmap_same(struct kunit *test)
{
	struct vdisk_env *e = test->priv;

	vdisk_open_param(test, 0);
	vdisk_fill(test, 'a', 0, 500);
	memset(e->out, 0, VDISK_BUF);
	vdisk_cdb10(e, WRITE_SAME, 0x08, 5, 200);
	KUNIT_EXPECT_EQ(test, vdisk_out(test, 512), GOOD);
	vdisk_expect(test, 0, 5, 200);
	vdisk_expect(test, 'a', 0, 5);
	vdisk_expect(test, 'a', 205, 200);
	memset(e->out, 'c', VDISK_BUF);
	vdisk_cdb16(e, WRITE_SAME_16, 0x08, 7, 9);
	KUNIT_EXPECT_EQ(test, vdisk_out(test, 512), GOOD);
	vdisk_expect(test, 'c', 7, 9);
}

static void vdisk_lba_status(struct kunit *test)
{
	struct vdisk_env *e = test->priv;

	vdisk_open_param(test, 0);
	vdisk_fill(test, 'a', 0, 64);
	vdisk_cdb16(e, SERVICE_ACTION_IN_16, SAI_GET_LBA_STATUS, 3, 24);
	KUNIT_EXPECT_EQ(test, vdisk_run(test, DMA_FROM_DEVICE, 24), GOOD);
	KUNIT_EXPECT_EQ(test, get_unaligned_be32(e->in), 20);
	KUNIT_EXPECT_EQ(test, get_unaligned_be64(e->in + 8), 3);
	KUNIT_EXPECT_GE(test, get_unaligned_be32(e->in + 16), 61);
	KUNIT_EXPECT_EQ(test, e->in[20], 0);
	vdisk_cdb16(e, SERVICE_ACTION_IN_16, SAI_GET_LBA_STATUS, VDISK_BLOCKS,
		    24);
	KUNIT_EXPECT_EQ(test, vdisk_run(test, DMA_FROM_DEVICE, 24), BAD_LBA);
}

static void vdisk_removable(struct kunit *test)
{
	vdisk_open_param(test, SCST_VDISK_REMOVABLE);
	KUNIT_EXPECT_EQ(test, vdisk_cdb4(test, ALLOW_MEDIUM_REMOVAL, 1), GOOD);
	KUNIT_EXPECT_EQ(test, vdisk_cdb4(test, START_STOP, 0x02),
			(__force u32)SCST_MEDIUM_REMOVAL_PREVENTED);
	KUNIT_EXPECT_EQ(test, vdisk_cdb4(test, ALLOW_MEDIUM_REMOVAL, 0), GOOD);
	KUNIT_EXPECT_EQ(test, vdisk_cdb4(test, START_STOP, 0), GOOD);
	KUNIT_EXPECT_EQ(test, vdisk_cdb4(test, START_STOP, 0x32), GOOD);
	KUNIT_EXPECT_EQ(test, vdisk_cdb4(test, TEST_UNIT_READY, 0), GOOD);
	KUNIT_EXPECT_EQ(test, vdisk_cdb4(test, START_STOP, 0x02), GOOD);
	KUNIT_EXPECT_EQ(test, vdisk_cdb4(test, TEST_UNIT_READY, 0), NO_MEDIUM);
	vdisk_cdb10(test->priv, READ_10, 0, 0, 1);
	KUNIT_EXPECT_EQ(test, vdisk_run(test, DMA_FROM_DEVICE, 512), NO_MEDIUM);
	KUNIT_EXPECT_EQ(test, vdisk_cdb4(test, START_STOP, 0x03), GOOD);
	KUNIT_EXPECT_EQ(test, vdisk_cdb4(test, TEST_UNIT_READY, 0), GOOD);
}

static void vdisk_read_only(struct kunit *test)
{
	vdisk_open_param(test, SCST_VDISK_READ_ONLY);
	vdisk_read(test, 0, 8);
	vdisk_cdb10(test->priv, WRITE_10, 0, 0, 1);
	KUNIT_EXPECT_EQ(test, vdisk_out(test, 512),
			(__force u32)SCST_WRITE_PROTECTED);
	vdisk_cdb10(test->priv, SYNCHRONIZE_CACHE, 0, 0, 0);
	KUNIT_EXPECT_EQ(test, vdisk_run(test, DMA_NONE, 0), GOOD);
	KUNIT_EXPECT_EQ(test, vdisk_cdb4(test, START_STOP, 0x02), BAD_CDB);
}

static void vdisk_nullio(struct kunit *test)
{
	struct vdisk_env *e = test->priv;

	vdisk_open(test, &vdisk_null, 0);
	vdisk_fill(test, 'a', 0, 500);
	vdisk_expect(test, 0, 0, 500);
	KUNIT_EXPECT_EQ(test, e->kind, SCST_BUF_STATIC);
	memset(e->out, 0, VDISK_BUF);
	vdisk_cdb10(e, VERIFY, 0x02, 0, 400);
	KUNIT_EXPECT_EQ(test, vdisk_out(test, 400 * 512), GOOD);
	vdisk_cdb10(e, WRITE_SAME, 0, 1, 400);
	KUNIT_EXPECT_EQ(test, vdisk_out(test, 512), GOOD);
	vdisk_cdb10(e, SYNCHRONIZE_CACHE, 0, 0, 0);
	KUNIT_EXPECT_EQ(test, vdisk_run(test, DMA_NONE, 0), GOOD);
	KUNIT_EXPECT_EQ(test, vdisk_unmap(test, 0, 1, 16, 24),
			(__force u32)SCST_INVALID_OPCODE);
}

/* The CRC-32 of these names is the same, and so would be the serial number */
static void vdisk_serial(struct kunit *test)
{
	char first[] = "plumless", second[] = "buckeroo";
	struct scst_vdisk_options opt = { .name = first };

	KUNIT_ASSERT_EQ(test, vdisk_open_as(first, &vdisk_null, 0), 0);
	KUNIT_EXPECT_EQ(test, vdisk_open_as(second, &vdisk_null, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, scst_vdisk_close(&opt), 0);
	opt.name = second;
	KUNIT_EXPECT_EQ(test, vdisk_open_as(second, &vdisk_null, 0), 0);
	KUNIT_EXPECT_EQ(test, scst_vdisk_close(&opt), 0);
}

/* The same whenever it is asked for, different where the disk may be another */
static void vdisk_naa(struct kunit *test)
{
	u64 naa = scst_vdisk_naa(0, "machine", "disk0");
	u64 chosen = scst_vdisk_naa(5, "machine", "disk0");

	KUNIT_EXPECT_EQ(test, naa >> 60, 3);
	KUNIT_EXPECT_EQ(test, scst_vdisk_naa(0, "machine", "disk0"), naa);
	KUNIT_EXPECT_NE(test, scst_vdisk_naa(0, "another", "disk0"), naa);
	KUNIT_EXPECT_NE(test, scst_vdisk_naa(0, "machine", "disk1"), naa);
	KUNIT_EXPECT_NE(test, chosen, naa);
	KUNIT_EXPECT_EQ(test, scst_vdisk_naa(5, "another", "disk0"), chosen);
	KUNIT_EXPECT_EQ(test, scst_vdisk_naa(5, NULL, "disk0"), chosen);
	KUNIT_EXPECT_NE(test, scst_vdisk_naa(0x10000005, NULL, "disk0"),
			chosen);
	KUNIT_EXPECT_EQ(test, scst_vdisk_naa(0, NULL, "disk0"), 0);
}

struct vdisk_locker {
	struct scst_vdisk_ranges ranges;
	struct scst_vdisk_range range;
	struct work_struct work;
	struct completion done;
};

static void vdisk_lock_work(struct work_struct *work)
{
	struct vdisk_locker *l = container_of(work, struct vdisk_locker, work);

	scst_vdisk_range_lock(&l->ranges, &l->range, 1000, 100);
	complete(&l->done);
}

static int vdisk_begin(struct vdisk_locker *l, u64 pos)
{
	return scst_vdisk_write_begin(&l->ranges, pos, 10);
}

/* A locked range is free of older writes; new ones elsewhere do not matter */
static void vdisk_range(struct kunit *test)
{
	struct vdisk_locker *l = kunit_kzalloc(test, sizeof(*l), GFP_KERNEL);
	unsigned long end = jiffies + VDISK_TIMEOUT;
	int older, newer;

	KUNIT_ASSERT_NOT_NULL(test, l);
	KUNIT_ASSERT_EQ(test, scst_vdisk_ranges_init(&l->ranges), 0);
	INIT_WORK(&l->work, vdisk_lock_work);
	init_completion(&l->done);

	older = vdisk_begin(l, 1090);
	KUNIT_EXPECT_NE(test, older, SCST_VDISK_NOT_BEGUN);
	schedule_work(&l->work);
	while (!READ_ONCE(l->ranges.phase) && time_before(jiffies, end))
		cond_resched();
	KUNIT_EXPECT_EQ(test, vdisk_begin(l, 1090), SCST_VDISK_NOT_BEGUN);
	newer = vdisk_begin(l, 1100);
	KUNIT_EXPECT_NE(test, newer, SCST_VDISK_NOT_BEGUN);
	KUNIT_EXPECT_FALSE(test, completion_done(&l->done));
	scst_vdisk_write_end(&l->ranges, older);
	KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&l->done,
							  VDISK_TIMEOUT), 0);
	KUNIT_EXPECT_EQ(test, vdisk_begin(l, 991), SCST_VDISK_NOT_BEGUN);
	scst_vdisk_write_end(&l->ranges, newer);
	scst_vdisk_range_unlock(&l->ranges, &l->range);
	newer = vdisk_begin(l, 991);
	KUNIT_EXPECT_NE(test, newer, SCST_VDISK_NOT_BEGUN);
	scst_vdisk_write_end(&l->ranges, newer);
	flush_work(&l->work);
	scst_vdisk_ranges_exit(&l->ranges);
}

/* Each nexus hears once that data were lost, whatever others have heard */
static void vdisk_lost(struct kunit *test)
{
	u32 lost = (__force u32)SCST_WRITES_LOST;
	struct vdisk_env *e = test->priv;
	struct scst_session *other;

	vdisk_open_param(test, 0);
	other = vdisk_session(test);
	KUNIT_EXPECT_EQ(test, vdisk_sync(test, e->sess, 0), GOOD);
	errseq_set(&e->vc.cmd.dev->lost, -EIO);
	/* this one does not make other data stable */
	vdisk_cdb10(e, WRITE_10, 0x08, 0, 8);
	KUNIT_EXPECT_EQ(test, vdisk_out(test, 8 * 512), GOOD);
	KUNIT_EXPECT_EQ(test, vdisk_sync(test, e->sess, 0), lost);
	KUNIT_EXPECT_EQ(test, vdisk_sync(test, e->sess, 0), GOOD);
	KUNIT_EXPECT_EQ(test, vdisk_sync(test, other, 0x02), lost);
	KUNIT_EXPECT_EQ(test, vdisk_sync(test, other, 0), GOOD);
	vdisk_end_session(test, other);

	other = vdisk_session(test);
	KUNIT_EXPECT_EQ(test, vdisk_sync(test, other, 0), GOOD);
	vdisk_end_session(test, other);
	/* nobody was told before it came back */
	errseq_set(&e->vc.cmd.dev->lost, -EIO);
	other = vdisk_session(test);
	KUNIT_EXPECT_EQ(test, vdisk_sync(test, other, 0), lost);
	vdisk_end_session(test, other);
}

static struct kunit_case scst_vdisk_cases[] = {
	KUNIT_CASE_PARAM(vdisk_read_write, vdisk_backend_gen_params),
	KUNIT_CASE_PARAM(vdisk_zero_copy, vdisk_backend_gen_params),
	KUNIT_CASE_PARAM(vdisk_cdbs, vdisk_backend_gen_params),
	KUNIT_CASE_PARAM(vdisk_six, vdisk_backend_gen_params),
	KUNIT_CASE_PARAM(vdisk_short, vdisk_backend_gen_params),
	KUNIT_CASE_PARAM(vdisk_caches, vdisk_backend_gen_params),
	KUNIT_CASE_PARAM(vdisk_verify, vdisk_backend_gen_params),
	KUNIT_CASE_PARAM(vdisk_compare_and_write, vdisk_backend_gen_params),
	KUNIT_CASE_PARAM(vdisk_orwrite, vdisk_backend_gen_params),
	KUNIT_CASE_PARAM(vdisk_write_same, vdisk_backend_gen_params),
	KUNIT_CASE_PARAM(vdisk_unmaps, vdisk_backend_gen_params),
	KUNIT_CASE_PARAM(vdisk_unmap_same, vdisk_backend_gen_params),
	KUNIT_CASE_PARAM(vdisk_lba_status, vdisk_backend_gen_params),
	KUNIT_CASE_PARAM(vdisk_removable, vdisk_backend_gen_params),
	KUNIT_CASE_PARAM(vdisk_read_only, vdisk_backend_gen_params),
	KUNIT_CASE_PARAM(vdisk_lost, vdisk_backend_gen_params),
	KUNIT_CASE(vdisk_fua),
	KUNIT_CASE(vdisk_range),
	KUNIT_CASE(vdisk_serial),
	KUNIT_CASE(vdisk_naa),
	KUNIT_CASE(vdisk_nullio),
	{}
};

static struct kunit_suite scst_vdisk_suite = {
	.name = "scst_vdisk",
	.suite_init = vdisk_suite_init,
	.suite_exit = vdisk_suite_exit,
	.init = vdisk_init,
	.exit = vdisk_exit,
	.test_cases = scst_vdisk_cases,
};

kunit_test_suite(scst_vdisk_suite);

MODULE_DESCRIPTION("KUnit tests of the SCST virtual disks");
MODULE_LICENSE("GPL");
