// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of data buffers: sizes, copying, limits, and that no page is used
 * again while somebody else refers to it.
 */
#include <kunit/test.h>
#include <linux/array_size.h>
#include <linux/mm.h>
#include <linux/page_ref.h>
#include <linux/prandom.h>
#include <linux/string.h>

#include "../core/core_priv.h"

#define BUF_MANY	64
#define BUF_HELD	4
#define BUF_ROUNDS	2000
#define BUF_SEED	0xb0f
#define BUF_COPY	(5 * PAGE_SIZE + 100)

struct buf_fixture {
	struct scst_device dev;
	struct scst_lun lun;
	struct scst_buf bufs[BUF_MANY];
};

static int buf_init(struct kunit *test)
{
	struct buf_fixture *f;

	f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, f);
	f->lun.dev = &f->dev;
	test->priv = f;
	return 0;
}

static u64 buf_active(void)
{
	struct scst_buf_stats st;

	scst_buf_stats_get(&st);
	return st.active_pages;
}

struct size_case {
	const char *desc;
	u32 len;
	unsigned int max_nr;	/* when there are chunks to be had */
};

static const struct size_case size_cases[] = {
	{ "one byte", 1, 1 },
	{ "512 bytes", 512, 1 },
	{ "a page", PAGE_SIZE, 1 },
	{ "a page and a byte", PAGE_SIZE + 1, 2 },
	{ "four pages", 4 * PAGE_SIZE, 4 },
	{ "four pages and a byte", 4 * PAGE_SIZE + 1, 1 },
	{ "a chunk", 8 * PAGE_SIZE, 1 },
	{ "a chunk and a byte", 8 * PAGE_SIZE + 1, 2 },
	{ "32 pages", 32 * PAGE_SIZE, 4 },
	{ "nearly 1 MiB", SZ_1M - 1, SZ_1M / PAGE_SIZE / 8 },
	{ "largest", SCST_MAX_XFER, SCST_MAX_XFER / PAGE_SIZE / 8 },
};

static void size_desc(const struct size_case *c, char *desc)
{
	strscpy(desc, c->desc, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(size, size_cases, size_desc);

static void buf_check(struct kunit *test, const struct scst_buf *buf, u32 len)
{
	unsigned int i;
	u32 sum = 0;

	KUNIT_ASSERT_EQ(test, buf->kind, SCST_BUF_CACHE);
	KUNIT_ASSERT_EQ(test, buf->len, len);
	KUNIT_ASSERT_LE(test, buf->nr, buf->max);
	for (i = 0; i < buf->nr; i++) {
		const struct bio_vec *bv = &buf->vec[i];

		KUNIT_ASSERT_GT(test, bv->bv_len, 0);
		KUNIT_ASSERT_EQ(test, bv->bv_offset, 0);
		KUNIT_ASSERT_EQ(test, page_ref_count(bv->bv_page), 1);
		KUNIT_ASSERT_LE(test, bv->bv_len, page_size(bv->bv_page));
		sum += bv->bv_len;
	}
	KUNIT_ASSERT_EQ(test, sum, len);
}

static void buf_sizes(struct kunit *test)
{
	const struct size_case *c = test->param_value;
	struct buf_fixture *f = test->priv;
	struct scst_buf *buf = &f->bufs[0];
	u64 before = buf_active();
	unsigned int i;

	for (i = 0; i < 2; i++) {
		KUNIT_ASSERT_EQ(test, scst_buf_alloc(&f->lun, buf, c->len), 0);
		buf_check(test, buf, c->len);
		KUNIT_EXPECT_LE(test, buf->nr, DIV_ROUND_UP(c->len, PAGE_SIZE));
		KUNIT_EXPECT_EQ(test, atomic64_read(&f->dev.buf_pages),
				DIV_ROUND_UP(c->len, PAGE_SIZE));
		if (buf->nr > c->max_nr)
			kunit_info(test, "%u vectors for want of chunks",
				   buf->nr);
		scst_buf_release(&f->lun, buf);
		KUNIT_EXPECT_EQ(test, buf->kind, SCST_BUF_NONE);
		KUNIT_EXPECT_NULL(test, buf->vec);
		KUNIT_EXPECT_EQ(test, buf->len, 0);
	}
	KUNIT_EXPECT_EQ(test, atomic64_read(&f->dev.buf_pages), 0);
	KUNIT_EXPECT_EQ(test, buf_active(), before);
}

static void buf_nothing(struct kunit *test)
{
	struct buf_fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, scst_buf_alloc(&f->lun, &f->bufs[0], 0), 0);
	KUNIT_EXPECT_EQ(test, f->bufs[0].kind, SCST_BUF_NONE);
	scst_buf_release(&f->lun, &f->bufs[0]);
	/* commands for LUNs that do not exist have no device */
	KUNIT_EXPECT_EQ(test, scst_buf_alloc(NULL, &f->bufs[0], 96), 0);
	scst_buf_release(NULL, &f->bufs[0]);
}

static void buf_hits(struct kunit *test)
{
	struct buf_fixture *f = test->priv;
	struct scst_buf_stats before, after;
	unsigned int i;

	KUNIT_ASSERT_EQ(test, scst_buf_alloc(&f->lun, &f->bufs[0], 4096), 0);
	scst_buf_release(&f->lun, &f->bufs[0]);
	scst_buf_stats_get(&before);
	for (i = 0; i < 100; i++) {
		KUNIT_ASSERT_EQ(test, scst_buf_alloc(&f->lun, &f->bufs[0],
						     4096), 0);
		scst_buf_release(&f->lun, &f->bufs[0]);
	}
	scst_buf_stats_get(&after);
	KUNIT_EXPECT_EQ(test, after.total - before.total, 100);
	KUNIT_EXPECT_GT(test, after.hits, before.hits);
	KUNIT_EXPECT_GT(test, after.cached_pages, 0);
}

static bool buf_uses(const struct scst_buf *buf, const struct page *page)
{
	unsigned int i;

	for (i = 0; i < buf->nr; i++)
		if (buf->vec[i].bv_page == page)
			return true;
	return false;
}

/* What a socket still has to send may not be given to the next command */
static void buf_busy(struct kunit *test, u32 len)
{
	struct buf_fixture *f = test->priv;
	struct page *held[BUF_HELD];
	unsigned int i, j;

	for (i = 0; i < BUF_HELD; i++) {
		KUNIT_ASSERT_EQ(test, scst_buf_alloc(&f->lun, &f->bufs[0], len),
				0);
		held[i] = f->bufs[0].vec[0].bv_page;
		get_page(held[i]);
		scst_buf_release(&f->lun, &f->bufs[0]);
	}
	for (i = 0; i < BUF_MANY; i++) {
		KUNIT_ASSERT_EQ(test, scst_buf_alloc(&f->lun, &f->bufs[i], len),
				0);
		for (j = 0; j < BUF_HELD; j++)
			KUNIT_EXPECT_FALSE(test, buf_uses(&f->bufs[i],
							  held[j]));
	}
	for (i = 0; i < BUF_MANY; i++)
		scst_buf_release(&f->lun, &f->bufs[i]);
	for (j = 0; j < BUF_HELD; j++)
		put_page(held[j]);
	KUNIT_EXPECT_EQ(test, atomic64_read(&f->dev.buf_pages), 0);
}

static void buf_busy_page(struct kunit *test)
{
	buf_busy(test, PAGE_SIZE);
}

static void buf_busy_chunk(struct kunit *test)
{
	buf_busy(test, 8 * PAGE_SIZE);
}

/* A chunk that somebody has for long does not hold up those behind it */
static void buf_busy_first(struct kunit *test)
{
	struct buf_fixture *f = test->priv;
	struct scst_buf_stats before, after;
	struct page *held[BUF_MANY];
	unsigned int i;

	for (i = 0; i < BUF_MANY; i++) {
		KUNIT_ASSERT_EQ(test, scst_buf_alloc(&f->lun, &f->bufs[i],
						     8 * PAGE_SIZE), 0);
		held[i] = f->bufs[i].vec[0].bv_page;
		get_page(held[i]);
	}
	for (i = 0; i < BUF_MANY; i++)
		scst_buf_release(&f->lun, &f->bufs[i]);
	for (i = 1; i < BUF_MANY; i++)
		put_page(held[i]);
	scst_buf_stats_get(&before);
	for (i = 0; i < BUF_MANY; i++) {
		KUNIT_ASSERT_EQ(test, scst_buf_alloc(&f->lun, &f->bufs[i],
						     8 * PAGE_SIZE), 0);
		KUNIT_EXPECT_FALSE(test, buf_uses(&f->bufs[i], held[0]));
	}
	scst_buf_stats_get(&after);
	KUNIT_EXPECT_GE(test, after.hits - before.hits, BUF_MANY / 2);
	for (i = 0; i < BUF_MANY; i++)
		scst_buf_release(&f->lun, &f->bufs[i]);
	put_page(held[0]);
}

/* More busy pages than the cache keeps: the rest is let go, nothing leaks */
static void buf_busy_many(struct kunit *test)
{
	unsigned int i, nr = 4096;
	struct buf_fixture *f = test->priv;
	struct page **held;

	held = kunit_kcalloc(test, nr, sizeof(*held), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, held);
	for (i = 0; i < nr; i++) {
		KUNIT_ASSERT_EQ(test, scst_buf_alloc(&f->lun, &f->bufs[0],
						     PAGE_SIZE), 0);
		held[i] = f->bufs[0].vec[0].bv_page;
		get_page(held[i]);
		scst_buf_release(&f->lun, &f->bufs[0]);
		KUNIT_ASSERT_GE(test, page_ref_count(held[i]), 1);
	}
	for (i = 0; i < nr; i++)
		put_page(held[i]);
	KUNIT_EXPECT_EQ(test, atomic64_read(&f->dev.buf_pages), 0);
}

static void buf_refs(struct kunit *test)
{
	struct buf_fixture *f = test->priv;
	struct scst_buf *buf = &f->bufs[0];
	struct page *page = alloc_page(GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, page);
	KUNIT_ASSERT_EQ(test, scst_buf_reserve_vecs(buf, 10), 0);
	for (i = 0; i < 10; i++) {
		get_page(page);
		bvec_set_page(&buf->vec[buf->nr++], page, 16, 16 * i);
		buf->len += 16;
	}
	buf->kind = SCST_BUF_REFS;
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 11);
	scst_buf_release(&f->lun, buf);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 1);
	put_page(page);
}

static void buf_reserve(struct kunit *test)
{
	struct buf_fixture *f = test->priv;
	struct scst_buf *buf = &f->bufs[0];
	struct bio_vec *vec;

	KUNIT_ASSERT_EQ(test, scst_buf_reserve_vecs(buf, 1), 0);
	KUNIT_EXPECT_PTR_EQ(test, buf->vec, &buf->inline_vec[0]);
	KUNIT_EXPECT_EQ(test, buf->max, SCST_INLINE_VECS);
	buf->vec[0].bv_len = 0x1234;
	buf->nr = 1;
	KUNIT_ASSERT_EQ(test, scst_buf_reserve_vecs(buf, 100), 0);
	KUNIT_EXPECT_PTR_NE(test, buf->vec, &buf->inline_vec[0]);
	KUNIT_EXPECT_EQ(test, buf->vec[0].bv_len, 0x1234);
	vec = buf->vec;
	KUNIT_ASSERT_EQ(test, scst_buf_reserve_vecs(buf, 50), 0);
	KUNIT_EXPECT_PTR_EQ(test, buf->vec, vec);
	/* a handler that did not need them after all */
	buf->nr = 0;
	KUNIT_ASSERT_EQ(test, scst_buf_alloc(&f->lun, buf, 8 * PAGE_SIZE), 0);
	KUNIT_EXPECT_PTR_EQ(test, buf->vec, vec);
	buf_check(test, buf, 8 * PAGE_SIZE);
	scst_buf_release(&f->lun, buf);
	KUNIT_ASSERT_EQ(test, scst_buf_reserve_vecs(buf, 100), 0);
	buf->kind = SCST_BUF_STATIC;
	scst_buf_release(&f->lun, buf);
	KUNIT_EXPECT_NULL(test, buf->vec);
}

/* Random pieces against a plain array */
static void buf_copy(struct kunit *test)
{
	struct buf_fixture *f = test->priv;
	struct scst_buf *buf = &f->bufs[0];
	u8 *model, *tmp, *got;
	struct rnd_state rnd;
	unsigned int i;
	u32 off, len, want;

	model = kunit_kzalloc(test, BUF_COPY, GFP_KERNEL);
	tmp = kunit_kzalloc(test, BUF_COPY, GFP_KERNEL);
	got = kunit_kzalloc(test, BUF_COPY, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, model);
	KUNIT_ASSERT_NOT_NULL(test, tmp);
	KUNIT_ASSERT_NOT_NULL(test, got);
	KUNIT_ASSERT_EQ(test, scst_buf_alloc(&f->lun, buf, BUF_COPY), 0);
	scst_buf_zero(buf, 0, U32_MAX);
	prandom_seed_state(&rnd, BUF_SEED);
	for (i = 0; i < BUF_ROUNDS; i++) {
		off = prandom_u32_state(&rnd) % (BUF_COPY + 64);
		len = prandom_u32_state(&rnd) % BUF_COPY;
		want = off < BUF_COPY ? min_t(u32, len, BUF_COPY - off) : 0;
		if (i % 8 == 7) {
			scst_buf_zero(buf, off, len);
			if (want)
				memset(model + off, 0, want);
			continue;
		}
		prandom_bytes_state(&rnd, tmp, min_t(u32, len, 256));
		KUNIT_ASSERT_EQ(test, scst_buf_copy_to(buf, off, tmp, len),
				want);
		if (want)
			memcpy(model + off, tmp, want);
		KUNIT_ASSERT_EQ(test, scst_buf_copy_from(buf, off, got, len),
				want);
		KUNIT_ASSERT_EQ(test, memcmp(got, tmp, want), 0);
	}
	KUNIT_EXPECT_EQ(test, scst_buf_copy_from(buf, 0, got, BUF_COPY),
			BUF_COPY);
	KUNIT_EXPECT_EQ(test, memcmp(got, model, BUF_COPY), 0);
	scst_buf_release(&f->lun, buf);
}

static void buf_copy_empty(struct kunit *test)
{
	struct buf_fixture *f = test->priv;
	u8 byte = 0;

	KUNIT_EXPECT_EQ(test, scst_buf_copy_to(&f->bufs[0], 0, &byte, 1), 0);
	KUNIT_EXPECT_EQ(test, scst_buf_copy_from(&f->bufs[0], 0, &byte, 1), 0);
	scst_buf_zero(&f->bufs[0], 0, 1);
}

/* At the limit no more commands are let in; those that are end as usual */
static void buf_dev_limit(struct kunit *test)
{
	struct buf_fixture *f = test->priv;
	struct scst_buf_stats before, after;
	s64 used;

	scst_buf_stats_get(&before);
	used = before.limit_pages;
	KUNIT_ASSERT_EQ(test, scst_buf_alloc(&f->lun, &f->bufs[0], PAGE_SIZE),
			0);
	atomic64_add(used, &f->dev.buf_pages);
	KUNIT_EXPECT_EQ(test, scst_buf_alloc(&f->lun, &f->bufs[1], PAGE_SIZE),
			-EAGAIN);
	KUNIT_EXPECT_EQ(test, f->bufs[1].kind, SCST_BUF_NONE);
	KUNIT_EXPECT_EQ(test, atomic64_read(&f->dev.buf_pages), used + 1);
	scst_buf_stats_get(&after);
	KUNIT_EXPECT_EQ(test, after.failures, before.failures + 1);
	scst_buf_release(&f->lun, &f->bufs[1]);

	atomic64_sub(used, &f->dev.buf_pages);
	KUNIT_EXPECT_EQ(test, scst_buf_alloc(&f->lun, &f->bufs[1], PAGE_SIZE),
			0);
	scst_buf_release(&f->lun, &f->bufs[1]);
	scst_buf_release(&f->lun, &f->bufs[0]);
	KUNIT_EXPECT_EQ(test, atomic64_read(&f->dev.buf_pages), 0);
}

/*
 * How many pages of a device may be in use when a nexus that has @own of them
 * wants one more
 */
static u64 buf_most(struct kunit *test, u64 own)
{
	struct buf_fixture *f = test->priv;
	struct scst_buf_stats st;
	u64 low = 0, high, mid;

	scst_buf_stats_get(&st);
	high = st.limit_pages;
	while (low < high) {
		mid = (low + high + 1) / 2;
		atomic64_set(&f->dev.buf_pages, mid);
		atomic64_set(&f->lun.buf_pages, own);
		if (scst_buf_alloc(&f->lun, &f->bufs[0], PAGE_SIZE))
			high = mid - 1;
		else
			low = mid;
		scst_buf_release(&f->lun, &f->bufs[0]);
		KUNIT_EXPECT_EQ(test, atomic64_read(&f->dev.buf_pages), mid);
		KUNIT_EXPECT_EQ(test, atomic64_read(&f->lun.buf_pages), own);
	}
	return low + 1;
}

/* Near the limit one nexus with much does not keep the others out */
static void buf_nexus_share(struct kunit *test)
{
	u64 limit = buf_most(test, 0);

	KUNIT_ASSERT_GE(test, limit, 64);
	KUNIT_EXPECT_EQ(test, buf_most(test, limit / 16 - 1), limit);
	KUNIT_EXPECT_EQ(test, buf_most(test, limit / 16), limit - limit / 4);
	KUNIT_EXPECT_EQ(test, buf_most(test, limit), limit - limit / 4);
}

/* A large command comes through when the nexus has no other */
static void buf_first_command(struct kunit *test)
{
	struct buf_fixture *f = test->priv;
	u64 limit = buf_most(test, 0);
	u32 len = (limit / 2) << PAGE_SHIFT;

	atomic64_set(&f->dev.buf_pages, limit / 2);
	atomic64_set(&f->lun.buf_pages, 1);
	KUNIT_EXPECT_EQ(test, scst_buf_alloc(&f->lun, &f->bufs[0], len),
			-EAGAIN);
	atomic64_set(&f->lun.buf_pages, 0);
	KUNIT_EXPECT_EQ(test, scst_buf_alloc(&f->lun, &f->bufs[0], len), 0);
	scst_buf_release(&f->lun, &f->bufs[0]);
}

/* Return: buffers that were to be had of that size, after those that there are */
static unsigned int buf_take(struct kunit *test, unsigned int nr, u32 len)
{
	struct buf_fixture *f = test->priv;
	int ret = 0;

	for (; nr < BUF_MANY; nr++) {
		ret = scst_buf_alloc(NULL, &f->bufs[nr], len);
		if (ret)
			break;
	}
	KUNIT_EXPECT_EQ(test, ret, -EAGAIN);
	return nr;
}

/* A device that has used nothing of its own share has to wait for the others */
static void buf_global_limit(struct kunit *test)
{
	struct buf_fixture *f = test->priv;
	struct scst_buf_stats before, after;
	struct scst_buf late = {};
	unsigned int i, nr;

	scst_buf_stats_get(&before);
	nr = buf_take(test, 0, SCST_MAX_XFER);
	/* one more may exceed what is for all, the next one is not let in */
	KUNIT_EXPECT_EQ(test, nr, DIV_ROUND_UP(before.limit_pages -
					       before.limit_pages / 4 -
					       before.active_pages,
					       SCST_MAX_XFER / PAGE_SIZE));
	nr = buf_take(test, nr, before.limit_pages / 16 * PAGE_SIZE);
	scst_buf_stats_get(&after);
	KUNIT_EXPECT_GE(test, after.active_pages, after.limit_pages);
	KUNIT_EXPECT_EQ(test, scst_buf_alloc(&f->lun, &late, 1), -EAGAIN);
	KUNIT_EXPECT_EQ(test, late.kind, SCST_BUF_NONE);
	KUNIT_EXPECT_NULL(test, late.vec);
	KUNIT_EXPECT_EQ(test, atomic64_read(&f->dev.buf_pages), 0);
	scst_buf_stats_get(&after);
	KUNIT_EXPECT_EQ(test, after.failures, before.failures + 3);

	if (nr)
		scst_buf_release(NULL, &f->bufs[--nr]);
	KUNIT_EXPECT_EQ(test, scst_buf_alloc(&f->lun, &late, 1), 0);
	scst_buf_release(&f->lun, &late);
	for (i = 0; i < nr; i++)
		scst_buf_release(NULL, &f->bufs[i]);
	KUNIT_EXPECT_EQ(test, buf_active(), before.active_pages);
}

/* Sizes, references and releases in random order: the books stay right */
static void buf_churn(struct kunit *test)
{
	struct buf_fixture *f = test->priv;
	struct page *held[BUF_MANY] = {};
	u64 before = buf_active();
	struct rnd_state rnd;
	struct scst_buf *buf;
	unsigned int i, n;

	prandom_seed_state(&rnd, BUF_SEED);
	for (i = 0; i < BUF_ROUNDS; i++) {
		n = prandom_u32_state(&rnd) % BUF_MANY;
		buf = &f->bufs[n];
		if (!buf->len) {
			if (held[n])
				put_page(held[n]);
			held[n] = NULL;
			KUNIT_ASSERT_EQ(test, scst_buf_alloc(&f->lun, buf, 1 +
					prandom_u32_state(&rnd) % SZ_128K), 0);
			buf_check(test, buf, buf->len);
			continue;
		}
		if (prandom_u32_state(&rnd) & 1) {
			held[n] = buf->vec[0].bv_page;
			get_page(held[n]);
		}
		scst_buf_release(&f->lun, buf);
	}
	for (n = 0; n < BUF_MANY; n++) {
		scst_buf_release(&f->lun, &f->bufs[n]);
		if (held[n])
			put_page(held[n]);
	}
	KUNIT_EXPECT_EQ(test, atomic64_read(&f->dev.buf_pages), 0);
	KUNIT_EXPECT_EQ(test, buf_active(), before);
}

static struct kunit_case scst_buf_cases[] = {
	KUNIT_CASE_PARAM(buf_sizes, size_gen_params),
	KUNIT_CASE(buf_nothing),
	KUNIT_CASE(buf_hits),
	KUNIT_CASE(buf_busy_page),
	KUNIT_CASE(buf_busy_chunk),
	KUNIT_CASE(buf_busy_first),
	KUNIT_CASE(buf_busy_many),
	KUNIT_CASE(buf_refs),
	KUNIT_CASE(buf_reserve),
	KUNIT_CASE(buf_copy),
	KUNIT_CASE(buf_copy_empty),
	KUNIT_CASE(buf_dev_limit),
	KUNIT_CASE(buf_nexus_share),
	KUNIT_CASE(buf_first_command),
	KUNIT_CASE(buf_global_limit),
	KUNIT_CASE(buf_churn),
	{}
};

static struct kunit_suite scst_buf_suite = {
	.name = "scst_buf",
	.init = buf_init,
	.test_cases = scst_buf_cases,
};

kunit_test_suite(scst_buf_suite);

MODULE_DESCRIPTION("KUnit tests of SCST data buffers");
MODULE_LICENSE("GPL");
