// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of MODE SENSE and MODE SELECT: pages, block descriptors, what
 * can be changed and above all what cannot.
 */
#include <kunit/test.h>
#include <linux/array_size.h>
#include <linux/string.h>
#include <linux/unaligned.h>

#include "spc_fixture.h"

#define MODE_LIST	192

#define PC_CHANGEABLE	0x40
#define PC_DEFAULT	0x80
#define PC_SAVED	0xc0
#define ALL_PAGES	0x3f

static const u8 caching_on[20] = { 0x08, 0x12, 0x04 };
static const u8 caching_off[20] = { 0x08, 0x12, 0x00 };
static const u8 control_plain[12] = { 0x0a, 0x0a, 0x20, 0x10, 0x00, 0x40 };
static const u8 control_both[12] = { 0x0a, 0x0a, 0x24, 0x10, 0x08, 0x40 };

static const struct {
	u8 code;
	u8 len;
} mode_pages[] = {
	{ 0x01, 12 }, { 0x02, 16 }, { 0x03, 24 }, { 0x04, 24 }, { 0x08, 20 },
	{ 0x0a, 12 }, { 0x1c, 12 },
};

static scst_sense_t sense6(struct kunit *test, u8 bits, u8 page, u8 subpage)
{
	u8 cdb[16] = { MODE_SENSE, bits, page, subpage, 255 };

	return spc_execute(test, scst_mode_sense, cdb);
}

static scst_sense_t sense10(struct kunit *test, u8 bits, u8 page)
{
	u8 cdb[16] = { MODE_SENSE_10, bits, page, [7] = 1, 0 };

	return spc_execute(test, scst_mode_sense, cdb);
}

/* MODE SELECT(6) of one page */
static scst_sense_t select_page(struct kunit *test, const u8 *page, u8 len)
{
	u8 cdb[16] = { MODE_SELECT, 0x10, [4] = 4 + len };
	u8 list[MODE_LIST] = {};

	memcpy(list + 4, page, len);
	return spc_send(test, scst_mode_select, cdb, list, sizeof(list));
}

static void expect_page(struct kunit *test, u8 page, const u8 *want, u8 len)
{
	struct spc *spc = test->priv;

	KUNIT_ASSERT_EQ(test, (__force u32)sense6(test, 0x08, page, 0), 0);
	KUNIT_ASSERT_EQ(test, spc->len, 4 + len);
	KUNIT_EXPECT_MEMEQ(test, spc->data + 4, want, len);
}

static void mode_one_page(struct kunit *test)
{
	struct spc *spc = test->priv;
	unsigned int code, i;
	u32 result;

	for (code = 0; code < ALL_PAGES; code++) {
		result = (__force u32)sense6(test, 0x08, code, 0);
		for (i = 0; i < ARRAY_SIZE(mode_pages); i++)
			if (mode_pages[i].code == code)
				break;
		if (i == ARRAY_SIZE(mode_pages)) {
			KUNIT_EXPECT_EQ_MSG(test, result, (__force u32)
					    SCST_INVALID_FIELD_IN_CDB,
					    "page %02x", code);
			continue;
		}
		KUNIT_ASSERT_EQ_MSG(test, result, 0, "page %02x", code);
		KUNIT_EXPECT_EQ(test, spc->len, 4 + mode_pages[i].len);
		KUNIT_EXPECT_EQ(test, spc->data[0], spc->len - 1);
		KUNIT_EXPECT_EQ(test, spc->data[3], 0);
		KUNIT_EXPECT_EQ(test, spc->data[4], code);
		KUNIT_EXPECT_EQ(test, spc->data[5], mode_pages[i].len - 2);
	}
}

static void mode_contents(struct kunit *test)
{
	static const u8 format[24] = { 0x03, 0x16, [11] = 64, [12] = 0x02,
				       0x00, 0, 1, [20] = 0x40 };
	static const u8 geometry[24] = { 0x04, 0x16, 0x00, 0x01, 0x23, 64,
					 [20] = 0x1c, 0x20 };

	expect_page(test, 0x03, format, sizeof(format));
	expect_page(test, 0x04, geometry, sizeof(geometry));
	expect_page(test, 0x08, caching_on, sizeof(caching_on));
	expect_page(test, 0x0a, control_plain, sizeof(control_plain));
}

static void mode_all_pages(struct kunit *test)
{
	struct spc *spc = test->priv;
	unsigned int i, off = 4 + 8;

	KUNIT_ASSERT_EQ(test, (__force u32)sense6(test, 0, ALL_PAGES, 0xff), 0);
	KUNIT_EXPECT_EQ(test, spc->data[0], spc->len - 1);
	KUNIT_EXPECT_EQ(test, spc->data[2], 0x10);
	KUNIT_EXPECT_EQ(test, spc->data[3], 8);
	KUNIT_EXPECT_EQ(test, get_unaligned_be32(spc->data + 4), SPC_NBLOCKS);
	KUNIT_EXPECT_EQ(test, get_unaligned_be32(spc->data + 8), 512);
	for (i = 0; i < ARRAY_SIZE(mode_pages); i++) {
		KUNIT_ASSERT_EQ(test, spc->data[off], mode_pages[i].code);
		off += mode_pages[i].len;
	}
	KUNIT_EXPECT_EQ(test, off, spc->len);
}

static void mode_header10(struct kunit *test)
{
	struct spc *spc = test->priv;

	KUNIT_ASSERT_EQ(test, (__force u32)sense10(test, 0x08, 0x08), 0);
	KUNIT_EXPECT_EQ(test, spc->len, 8 + 20);
	KUNIT_EXPECT_EQ(test, get_unaligned_be16(spc->data), spc->len - 2);
	KUNIT_EXPECT_EQ(test, get_unaligned_be16(spc->data + 6), 0);

	KUNIT_ASSERT_EQ(test, (__force u32)sense10(test, 0, 0x08), 0);
	KUNIT_EXPECT_EQ(test, spc->data[4], 0);
	KUNIT_EXPECT_EQ(test, get_unaligned_be16(spc->data + 6), 8);

	spc->dev.nblocks = 0x123456789aull;
	KUNIT_ASSERT_EQ(test, (__force u32)sense10(test, 0x10, 0x08), 0);
	KUNIT_EXPECT_EQ(test, spc->len, 8 + 16 + 20);
	KUNIT_EXPECT_EQ(test, spc->data[4], 1);
	KUNIT_EXPECT_EQ(test, get_unaligned_be16(spc->data + 6), 16);
	KUNIT_EXPECT_EQ(test, get_unaligned_be64(spc->data + 8),
			0x123456789aull);
	KUNIT_EXPECT_EQ(test, get_unaligned_be32(spc->data + 20), 512);

	/* four bytes cannot tell the size */
	KUNIT_ASSERT_EQ(test, (__force u32)sense10(test, 0, 0x08), 0);
	KUNIT_EXPECT_EQ(test, get_unaligned_be32(spc->data + 8), 0xffffffff);
}

static void mode_device_param(struct kunit *test)
{
	struct spc *spc = test->priv;

	spc->dev.id.dpofua = false;
	sense6(test, 0x08, 0x08, 0);
	KUNIT_EXPECT_EQ(test, spc->data[2], 0);
	spc->dev.read_only = true;
	sense6(test, 0x08, 0x08, 0);
	KUNIT_EXPECT_EQ(test, spc->data[2], 0x80);
	spc->dev.read_only = false;
	spc->lun.read_only = true;
	sense10(test, 0x08, 0x08);
	KUNIT_EXPECT_EQ(test, spc->data[3], 0x80);
	spc->lun.read_only = false;
	spc->dev.swp = true;
	spc->dev.id.dpofua = true;
	sense10(test, 0x08, 0x08);
	KUNIT_EXPECT_EQ(test, spc->data[3], 0x90);
}

static void mode_changeable(struct kunit *test)
{
	static const u8 control[12] = { 0x0a, 0x0a, 0x04, 0, 0x08 };
	struct spc *spc = test->priv;
	unsigned int i;

	expect_page(test, PC_CHANGEABLE | 0x08, caching_on, sizeof(caching_on));
	expect_page(test, PC_CHANGEABLE | 0x0a, control, sizeof(control));
	spc->dev.id.write_cache_fixed = true;
	expect_page(test, PC_CHANGEABLE | 0x08, caching_off,
		    sizeof(caching_off));
	for (i = 0; i < ARRAY_SIZE(mode_pages); i++) {
		if (mode_pages[i].code == 0x0a)
			continue;
		sense6(test, 0x08, PC_CHANGEABLE | mode_pages[i].code, 0);
		KUNIT_EXPECT_NULL(test, memchr_inv(spc->data + 6, 0,
						   mode_pages[i].len - 2));
	}
}

static void mode_refusals(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, (__force u32)sense6(test, 0, 0x08, 0x01),
			(__force u32)SCST_INVALID_FIELD_IN_CDB);
	KUNIT_EXPECT_EQ(test, (__force u32)sense6(test, 0, ALL_PAGES, 0xfe),
			(__force u32)SCST_INVALID_FIELD_IN_CDB);
	KUNIT_EXPECT_EQ(test, (__force u32)sense6(test, 0, 0x08, 0xff), 0);
	KUNIT_EXPECT_EQ(test, (__force u32)sense6(test, 0, PC_SAVED | 0x08, 0),
			(__force u32)SCST_SAVING_NOT_SUPPORTED);
}

static void mode_cut(struct kunit *test)
{
	u8 cdb[16] = { MODE_SENSE, 0, ALL_PAGES };
	struct spc *spc = test->priv;
	unsigned int len;
	u8 total;

	KUNIT_ASSERT_EQ(test, (__force u32)sense6(test, 0, ALL_PAGES, 0), 0);
	total = spc->len;
	for (len = 1; len < 200; len++) {
		cdb[4] = len;
		KUNIT_ASSERT_EQ(test, (__force u32)
				spc_execute(test, scst_mode_sense, cdb), 0);
		KUNIT_EXPECT_EQ(test, spc->len, min(len, total));
		/* the mode data length is that of all there is */
		KUNIT_EXPECT_EQ(test, spc->data[0], total - 1);
	}
}

static void mode_select_changes(struct kunit *test)
{
	struct spc *spc = test->priv;

	KUNIT_EXPECT_EQ(test, (__force u32)
			select_page(test, caching_off, sizeof(caching_off)), 0);
	KUNIT_EXPECT_FALSE(test, spc->dev.id.write_cache);
	expect_page(test, 0x08, caching_off, sizeof(caching_off));
	expect_page(test, PC_DEFAULT | 0x08, caching_on, sizeof(caching_on));

	KUNIT_EXPECT_EQ(test, (__force u32)
			select_page(test, control_both, sizeof(control_both)),
			0);
	KUNIT_EXPECT_TRUE(test, spc->dev.swp);
	KUNIT_EXPECT_TRUE(test, spc->dev.d_sense);
	expect_page(test, 0x0a, control_both, sizeof(control_both));
	expect_page(test, PC_DEFAULT | 0x0a, control_plain,
		    sizeof(control_plain));

	KUNIT_EXPECT_EQ(test, (__force u32)
			select_page(test, control_plain, sizeof(control_plain)),
			0);
	expect_page(test, 0x0a, control_plain, sizeof(control_plain));
}

static void mode_reset(struct kunit *test)
{
	struct spc *spc = test->priv;

	select_page(test, caching_off, sizeof(caching_off));
	select_page(test, control_both, sizeof(control_both));
	spin_lock(&spc->dev.lock);
	scst_mode_reset_locked(&spc->dev);
	spin_unlock(&spc->dev.lock);
	expect_page(test, 0x08, caching_on, sizeof(caching_on));
	expect_page(test, 0x0a, control_plain, sizeof(control_plain));
}

/* What MODE SENSE says can be sent back, with all pages or one by one */
static void mode_select_echo(struct kunit *test)
{
	u8 cdb10[16] = { MODE_SELECT_10, 0x10 };
	u8 cdb6[16] = { MODE_SELECT, 0x10 };
	struct spc *spc = test->priv;
	u8 list[MODE_LIST];

	KUNIT_ASSERT_EQ(test, (__force u32)sense6(test, 0, ALL_PAGES, 0), 0);
	cdb6[4] = spc->len;
	memcpy(list, spc->data, sizeof(list));
	KUNIT_EXPECT_EQ(test, (__force u32)
			spc_send(test, scst_mode_select, cdb6, list,
				 sizeof(list)), 0);
	KUNIT_ASSERT_EQ(test, (__force u32)sense10(test, 0x10, ALL_PAGES), 0);
	cdb10[8] = spc->len;
	memcpy(list, spc->data, sizeof(list));
	KUNIT_EXPECT_EQ(test, (__force u32)
			spc_send(test, scst_mode_select, cdb10, list,
				 sizeof(list)), 0);
	expect_page(test, 0x08, caching_on, sizeof(caching_on));
	expect_page(test, 0x0a, control_plain, sizeof(control_plain));
}

/* Every bit that is not changeable stays as it is, and says so */
static void mode_select_fixed_bits(struct kunit *test)
{
	struct spc *spc = test->priv;
	unsigned int i, bit;
	u8 now[24], mask[24];
	u32 want;

	for (i = 0; i < ARRAY_SIZE(mode_pages); i++) {
		sense6(test, 0x08, PC_CHANGEABLE | mode_pages[i].code, 0);
		memcpy(mask, spc->data + 4, sizeof(mask));
		for (bit = 16; bit < 8 * mode_pages[i].len; bit++) {
			sense6(test, 0x08, mode_pages[i].code, 0);
			memcpy(now, spc->data + 4, sizeof(now));
			now[bit / 8] ^= 1 << bit % 8;
			want = 0;
			if (!(mask[bit / 8] >> bit % 8 & 1))
				want = (__force u32)SCST_INVALID_FIELD_IN_PARAM;
			KUNIT_EXPECT_EQ_MSG(test, (__force u32)
					    select_page(test, now,
							mode_pages[i].len),
					    want, "page %02x byte %u bit %u",
					    mode_pages[i].code, bit / 8,
					    bit % 8);
		}
	}
}

static void mode_select_write_cache_fixed(struct kunit *test)
{
	struct spc *spc = test->priv;

	spc->dev.id.write_cache_fixed = true;
	KUNIT_EXPECT_EQ(test, (__force u32)
			select_page(test, caching_off, sizeof(caching_off)),
			(__force u32)SCST_INVALID_FIELD_IN_PARAM);
	KUNIT_EXPECT_EQ(test, (__force u32)
			select_page(test, caching_on, sizeof(caching_on)), 0);
	KUNIT_EXPECT_TRUE(test, spc->dev.id.write_cache);
}

struct select_case {
	const char *desc;
	u8 cdb[16];
	u32 sent;
	u8 list[64];
	scst_sense_t sense;
};

static const struct select_case select_cases[] = {
	{ "nothing", { MODE_SELECT, 0x10 }, 0, {}, SCST_GOOD },
	{ "nothing, PF clear", { MODE_SELECT, 0 }, 0, {}, SCST_GOOD },
	{ "header only", { MODE_SELECT, 0x10, [4] = 4 }, 4, {}, SCST_GOOD },
	{ "header(10) only", { MODE_SELECT_10, 0x10, [8] = 8 }, 8, {},
	  SCST_GOOD },
	{ "PF clear", { MODE_SELECT, 0, [4] = 4 }, 4, {},
	  SCST_INVALID_FIELD_IN_CDB },
	{ "SP", { MODE_SELECT, 0x11, [4] = 4 }, 4, {},
	  SCST_INVALID_FIELD_IN_CDB },
	{ "RTD", { MODE_SELECT, 0x12 }, 0, {}, SCST_INVALID_FIELD_IN_CDB },
	{ "short header", { MODE_SELECT, 0x10, [4] = 3 }, 3, {},
	  SCST_PARAM_LIST_LENGTH },
	{ "short header(10)", { MODE_SELECT_10, 0x10, [8] = 7 }, 7, {},
	  SCST_PARAM_LIST_LENGTH },
	{ "too long", { MODE_SELECT_10, 0x10, [7] = 4 }, 1024, {},
	  SCST_PARAM_LIST_LENGTH },
	{ "longest", { MODE_SELECT_10, 0x10, [7] = 0xff, 0xff }, 65535, {},
	  SCST_PARAM_LIST_LENGTH },
	{ "fewer bytes sent than announced",
	  { MODE_SELECT, 0x10, [4] = 24 }, 16,
	  { 0, 0, 0, 0, 0x08, 0x12, 0x04 }, SCST_PARAM_LIST_LENGTH },
	{ "medium type", { MODE_SELECT, 0x10, [4] = 4 }, 4, { 0, 1 },
	  SCST_INVALID_FIELD_IN_PARAM },
	{ "block descriptor past the end", { MODE_SELECT, 0x10, [4] = 11 }, 11,
	  { 0, 0, 0, 8 }, SCST_PARAM_LIST_LENGTH },
	{ "block descriptor of odd length", { MODE_SELECT, 0x10, [4] = 16 },
	  16, { 0, 0, 0, 7, [10] = 2 }, SCST_INVALID_FIELD_IN_PARAM },
	{ "two block descriptors", { MODE_SELECT, 0x10, [4] = 20 }, 20,
	  { 0, 0, 0, 16, [10] = 2, [18] = 2 }, SCST_INVALID_FIELD_IN_PARAM },
	{ "block descriptor as it is", { MODE_SELECT, 0x10, [4] = 12 }, 12,
	  { 0, 0, 0, 8, 0x00, 0x12, 0x34, 0x56, 0, 0, 2, 0 }, SCST_GOOD },
	{ "block descriptor, same size", { MODE_SELECT, 0x10, [4] = 12 }, 12,
	  { 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 2, 0 }, SCST_GOOD },
	{ "block descriptor, full size", { MODE_SELECT, 0x10, [4] = 12 }, 12,
	  { 0, 0, 0, 8, 0xff, 0xff, 0xff, 0xff, 0, 0, 2, 0 }, SCST_GOOD },
	{ "block descriptor, other size", { MODE_SELECT, 0x10, [4] = 12 }, 12,
	  { 0, 0, 0, 8, 0, 0x12, 0x34, 0x57, 0, 0, 2, 0 },
	  SCST_INVALID_FIELD_IN_PARAM },
	{ "block descriptor, other block size",
	  { MODE_SELECT, 0x10, [4] = 12 }, 12,
	  { 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0x10, 0 },
	  SCST_INVALID_FIELD_IN_PARAM },
	{ "long block descriptor", { MODE_SELECT_10, 0x10, [8] = 24 }, 24,
	  { [4] = 1, [7] = 16, [22] = 2 }, SCST_GOOD },
	{ "long block descriptor, LONGLBA clear",
	  { MODE_SELECT_10, 0x10, [8] = 24 }, 24, { [7] = 16, [22] = 2 },
	  SCST_INVALID_FIELD_IN_PARAM },
	{ "short block descriptor, LONGLBA set",
	  { MODE_SELECT_10, 0x10, [8] = 16 }, 16,
	  { [4] = 1, [7] = 8, [14] = 2 }, SCST_INVALID_FIELD_IN_PARAM },
	{ "block descriptor of 64 KiB", { MODE_SELECT_10, 0x10, [8] = 24 }, 24,
	  { [6] = 0xff, 0xff }, SCST_PARAM_LIST_LENGTH },
	{ "half a page header", { MODE_SELECT, 0x10, [4] = 5 }, 5,
	  { 0, 0, 0, 0, 0x08 }, SCST_PARAM_LIST_LENGTH },
	{ "short page", { MODE_SELECT, 0x10, [4] = 23 }, 23,
	  { 0, 0, 0, 0, 0x08, 0x12, 0x04 }, SCST_PARAM_LIST_LENGTH },
	{ "page with a wrong length", { MODE_SELECT, 0x10, [4] = 24 }, 24,
	  { 0, 0, 0, 0, 0x08, 0x10, 0x04 }, SCST_INVALID_FIELD_IN_PARAM },
	{ "page of length zero", { MODE_SELECT, 0x10, [4] = 24 }, 24,
	  { 0, 0, 0, 0, 0x08, 0, 0x04 }, SCST_INVALID_FIELD_IN_PARAM },
	{ "unknown page", { MODE_SELECT, 0x10, [4] = 24 }, 24,
	  { 0, 0, 0, 0, 0x07, 0x12 }, SCST_INVALID_FIELD_IN_PARAM },
	{ "all pages as a page", { MODE_SELECT, 0x10, [4] = 24 }, 24,
	  { 0, 0, 0, 0, 0x3f, 0x12 }, SCST_INVALID_FIELD_IN_PARAM },
	{ "subpage format", { MODE_SELECT, 0x10, [4] = 24 }, 24,
	  { 0, 0, 0, 0, 0x48, 0x12, 0x04 }, SCST_INVALID_FIELD_IN_PARAM },
};

static void select_desc(const struct select_case *c, char *desc)
{
	strscpy(desc, c->desc, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(select, select_cases, select_desc);

static void mode_select_lists(struct kunit *test)
{
	const struct select_case *c = test->param_value;
	u8 *list;

	list = kunit_kzalloc(test, 65536, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, list);
	memcpy(list, c->list, sizeof(c->list));
	KUNIT_EXPECT_EQ(test, (__force u32)
			spc_send(test, scst_mode_select, c->cdb, list, c->sent),
			(__force u32)c->sense);
	expect_page(test, 0x08, caching_on, sizeof(caching_on));
	expect_page(test, 0x0a, control_plain, sizeof(control_plain));
}

/* A bad second page leaves the first one without effect */
static void mode_select_all_or_nothing(struct kunit *test)
{
	u8 cdb[16] = { MODE_SELECT, 0x10, [4] = 4 + 20 + 12 };
	struct spc *spc = test->priv;
	u8 list[MODE_LIST] = {};

	memcpy(list + 4, caching_off, 20);
	memcpy(list + 24, control_both, 12);
	list[24 + 3] = 0;
	KUNIT_EXPECT_EQ(test, (__force u32)
			spc_send(test, scst_mode_select, cdb, list,
				 sizeof(list)),
			(__force u32)SCST_INVALID_FIELD_IN_PARAM);
	KUNIT_EXPECT_TRUE(test, spc->dev.id.write_cache);
	list[24 + 3] = 0x10;
	KUNIT_EXPECT_EQ(test, (__force u32)
			spc_send(test, scst_mode_select, cdb, list,
				 sizeof(list)), 0);
	KUNIT_EXPECT_FALSE(test, spc->dev.id.write_cache);
	KUNIT_EXPECT_TRUE(test, spc->dev.swp);
}

static struct kunit_case scst_mode_cases[] = {
	KUNIT_CASE(mode_one_page),
	KUNIT_CASE(mode_contents),
	KUNIT_CASE(mode_all_pages),
	KUNIT_CASE(mode_header10),
	KUNIT_CASE(mode_device_param),
	KUNIT_CASE(mode_changeable),
	KUNIT_CASE(mode_refusals),
	KUNIT_CASE(mode_cut),
	KUNIT_CASE(mode_select_changes),
	KUNIT_CASE(mode_reset),
	KUNIT_CASE(mode_select_echo),
	KUNIT_CASE(mode_select_fixed_bits),
	KUNIT_CASE(mode_select_write_cache_fixed),
	KUNIT_CASE_PARAM(mode_select_lists, select_gen_params),
	KUNIT_CASE(mode_select_all_or_nothing),
	{}
};

static struct kunit_suite scst_mode_suite = {
	.name = "scst_mode",
	.init = spc_init,
	.test_cases = scst_mode_cases,
};

kunit_test_suite(scst_mode_suite);

MODULE_DESCRIPTION("KUnit tests of SCST mode pages");
MODULE_LICENSE("GPL");
