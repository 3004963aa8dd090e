// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of iSCSI digests, with the examples of RFC 7143 appendix A.4.
 */
#include <kunit/test.h>
#include <linux/bvec.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "../iscsi/iscsi_priv.h"

#define DIGEST_ORDER	2
#define DIGEST_BYTES	(PAGE_SIZE << DIGEST_ORDER)

struct digest_case {
	const char *desc;
	u8 data[48];
	u32 len;
	u8 wire[4];
};

static const struct digest_case digest_cases[] = {
	{ "zeroes", {}, 32, { 0xaa, 0x36, 0x91, 0x8a } },
	{ "ones", { [0 ... 31] = 0xff }, 32, { 0x43, 0xab, 0xa8, 0x62 } },
	{ "incrementing",
	  { 0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07,
	    0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f,
	    0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17,
	    0x18, 0x19, 0x1a, 0x1b, 0x1c, 0x1d, 0x1e, 0x1f },
	  32, { 0x4e, 0x79, 0xdd, 0x46 } },
	{ "decrementing",
	  { 0x1f, 0x1e, 0x1d, 0x1c, 0x1b, 0x1a, 0x19, 0x18,
	    0x17, 0x16, 0x15, 0x14, 0x13, 0x12, 0x11, 0x10,
	    0x0f, 0x0e, 0x0d, 0x0c, 0x0b, 0x0a, 0x09, 0x08,
	    0x07, 0x06, 0x05, 0x04, 0x03, 0x02, 0x01, 0x00 },
	  32, { 0x5c, 0xdb, 0x3f, 0x11 } },
	{ "READ(10)",
	  { 0x01, 0xc0, [16] = 0x14, [22] = 0x04, [27] = 0x14, [31] = 0x18,
	    [32] = 0x28, [40] = 0x02 },
	  48, { 0x56, 0x3a, 0x96, 0xd9 } },
};

static void digest_desc(const struct digest_case *c, char *desc)
{
	strscpy(desc, c->desc, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(digest, digest_cases, digest_desc);

static void digest_expect(struct kunit *test, u32 crc, const u8 *wire)
{
	__le32 digest = scst_iscsi_digest(crc);

	KUNIT_EXPECT_MEMEQ(test, (const u8 *)&digest, wire, sizeof(digest));
}

/* In one piece, and in two of all sizes: a header and what follows it */
static void digest_pieces(struct kunit *test)
{
	const struct digest_case *c = test->param_value;
	u32 crc, cut;

	for (cut = 0; cut <= c->len; cut++) {
		crc = scst_iscsi_crc(SCST_ISCSI_CRC_SEED, c->data, cut);
		crc = scst_iscsi_crc(crc, c->data + cut, c->len - cut);
		digest_expect(test, crc, c->wire);
	}
}

static struct page *digest_pages(struct kunit *test)
{
	struct page *page = alloc_pages(GFP_KERNEL | __GFP_COMP, DIGEST_ORDER);

	KUNIT_ASSERT_NOT_NULL(test, page);
	memset(page_address(page), 0xee, DIGEST_BYTES);
	return page;
}

/* Anywhere in a folio, across the ends of its pages as well */
static void digest_offsets(struct kunit *test)
{
	const struct digest_case *c = test->param_value;
	struct page *page = digest_pages(test);
	struct bio_vec bv;
	u32 off, crc;

	for (off = 0; off + c->len <= DIGEST_BYTES; off += 13) {
		memcpy(page_address(page) + off, c->data, c->len);
		bvec_set_page(&bv, page, c->len, off);
		crc = scst_iscsi_crc_bvec(SCST_ISCSI_CRC_SEED, &bv);
		digest_expect(test, crc, c->wire);
		memset(page_address(page) + off, 0xee, c->len);
	}
	__free_pages(page, DIGEST_ORDER);
}

/* More than two pages in one vector are what the same bytes are elsewhere */
static void digest_long(struct kunit *test)
{
	static const u32 lens[] = { 1, 4095, 4096, 4097, 9000, 16384 - 100 };
	struct page *page = digest_pages(test);
	u8 *p = page_address(page);
	struct bio_vec bv;
	unsigned int i;
	u32 crc, want;

	for (i = 0; i < DIGEST_BYTES; i++)
		p[i] = i + (i >> 8) * 7;
	for (i = 0; i < ARRAY_SIZE(lens); i++) {
		bvec_set_page(&bv, page, lens[i], 100);
		want = scst_iscsi_crc(SCST_ISCSI_CRC_SEED, p + 100, lens[i]);
		crc = scst_iscsi_crc_bvec(SCST_ISCSI_CRC_SEED, &bv);
		KUNIT_EXPECT_EQ_MSG(test, crc, want, "%u bytes", lens[i]);
	}
	__free_pages(page, DIGEST_ORDER);
}

/* Padding bytes count (RFC 7143 11.1): "zeroes" is 29 of them and three more */
static void digest_padding(struct kunit *test)
{
	static const u8 wire[] = { 0xaa, 0x36, 0x91, 0x8a }, zeroes[32];
	struct page *page = digest_pages(test);
	struct bio_vec bv;
	u32 len, crc;

	for (len = 29; len <= 32; len++) {
		memset(page_address(page) + PAGE_SIZE - 16, 0, len);
		bvec_set_page(&bv, page, len, PAGE_SIZE - 16);
		crc = scst_iscsi_crc_bvec(SCST_ISCSI_CRC_SEED, &bv);
		crc = scst_iscsi_crc(crc, zeroes, iscsi_pad(len));
		digest_expect(test, crc, wire);
	}
	__free_pages(page, DIGEST_ORDER);
}

static struct kunit_case digest_test_cases[] = {
	KUNIT_CASE_PARAM(digest_pieces, digest_gen_params),
	KUNIT_CASE_PARAM(digest_offsets, digest_gen_params),
	KUNIT_CASE(digest_long),
	KUNIT_CASE(digest_padding),
	{}
};

static struct kunit_suite digest_suite = {
	.name = "scst_iscsi_digest",
	.test_cases = digest_test_cases,
};

kunit_test_suite(digest_suite);

MODULE_DESCRIPTION("KUnit tests of iSCSI digests");
MODULE_LICENSE("GPL");
