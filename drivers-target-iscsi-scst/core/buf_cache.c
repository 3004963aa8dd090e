// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the pages of SCST_BUF_CACHE buffers: per-CPU caches and the limits.
 * A cache is under its own lock; process context only.
 * Must not know what the data are.
 *
 * Pages come in two sizes, single ones and chunks (compound pages) that keep
 * the vectors of large buffers few.  A socket may still refer to a page when
 * its command is over: such a page waits in a queue.  It is used again when the
 * reference count says that we are alone with it, whatever completion may have
 * been reported before.
 */
#include <kunit/visibility.h>
#include <linux/array_size.h>
#include <linux/atomic.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/page_ref.h>
#include <linux/percpu.h>
#include <linux/pfn.h>
#include <linux/shrinker.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include "core_priv.h"

static unsigned int scst_max_cmd_mem;
module_param(scst_max_cmd_mem, uint, 0444);
MODULE_PARM_DESC(scst_max_cmd_mem,
		 "Memory for data of commands, MB (default: a quarter of all)");

static unsigned int scst_max_dev_cmd_mem;
module_param(scst_max_dev_cmd_mem, uint, 0444);
MODULE_PARM_DESC(scst_max_dev_cmd_mem,
		 "The same for one device, MB (default: 2/5 of scst_max_cmd_mem)");

#define PAGES_PER_MB		(SZ_1M >> PAGE_SHIFT)

/*
 * More bytes than fit in the inline vectors begin with a chunk.  It may be
 * too large by less than half of its size.
 */
#define CHUNK_ORDER		3
#define CHUNK_MIN		(SCST_INLINE_VECS * PAGE_SIZE)

/*
 * Mostly the oldest page is the first to be free again.  One that somebody has
 * for long goes to the end of the queue, lest the others wait for it.
 */
#define BUSY_TRIES		2u

/* The last part of a limit, and how much a nexus may have that uses it */
#define LEFT_SHARE		4
#define LITTLE_SHARE		16

/* Differences that CPUs may keep to themselves, pages */
#define ACTIVE_BATCH_MAX	256
#define ACTIVE_BATCH_SHARE	16	/* of the limit, all CPUs together */

/**
 * struct scst_page_cache - cached pages of one size
 * @size: bytes of one
 * @nr_idle: number of pages in @idle
 * @max_idle: room in @idle
 * @head: number of the first page in @busy
 * @tail: number of the next page in @busy; both count on and on
 * @max_busy: room in @busy, a power of two
 * @idle: stack of pages that are ours alone
 * @busy: queue of pages that somebody referred to when they came
 */
struct scst_page_cache {
	u32 size;
	unsigned int nr_idle;
	unsigned int max_idle;
	unsigned int head;
	unsigned int tail;
	unsigned int max_busy;
	struct page **idle;
	struct page **busy;
};

enum scst_page_size {
	SCST_PAGE_SINGLE,
	SCST_PAGE_CHUNK,
	SCST_PAGE_SIZES,
};

static const struct {
	unsigned int order;
	unsigned int max_idle;
	unsigned int max_busy;
} scst_page_sizes[SCST_PAGE_SIZES] = {
	[SCST_PAGE_SINGLE] = { 0, 256, 1024 },
	[SCST_PAGE_CHUNK] = { CHUNK_ORDER, 64, 256 },
};

/**
 * struct scst_buf_cpu - what one CPU keeps
 * @lock: protects everything here
 * @active: pages that commands took here, less those given back here; moved to
 *	scst_buf_active from time to time
 * @total: buffers
 * @misses: buffers that did not come completely from the cache
 * @cache: cached pages
 */
struct scst_buf_cpu {
	spinlock_t lock;	/* for all fields below */
	long active;
	u64 total;
	u64 misses;
	struct scst_page_cache cache[SCST_PAGE_SIZES];
};

static DEFINE_PER_CPU_ALIGNED(struct scst_buf_cpu, scst_buf_cpus);

/* Pages in use by commands; CPUs may each be off by scst_buf_batch */
static atomic_long_t scst_buf_active;
static atomic64_t scst_buf_failures;
static struct shrinker *scst_buf_shrinker;

/* Set at initialisation, in pages */
static unsigned long scst_buf_limit __ro_after_init;
static unsigned long scst_buf_dev_limit __ro_after_init;
static long scst_buf_batch __ro_after_init;

/*
 * Nobody else can find the page, so a count of one cannot rise again.  What
 * the other holder read was read before it dropped its reference; our writes
 * come after this test by control dependency.
 */
static bool scst_page_is_ours(struct page *page)
{
	return page_ref_count(page) == 1;
}

static struct page *scst_cache_pop(struct scst_page_cache *cache)
{
	unsigned int tries = min(cache->tail - cache->head, BUSY_TRIES);
	struct page *page;

	if (cache->nr_idle)
		return cache->idle[--cache->nr_idle];
	while (tries--) {
		page = cache->busy[cache->head++ & (cache->max_busy - 1)];
		if (scst_page_is_ours(page))
			return page;
		cache->busy[cache->tail++ & (cache->max_busy - 1)] = page;
	}
	return NULL;
}

/* Return: false if there is no room; the page is still the caller's then */
static bool scst_cache_push(struct scst_page_cache *cache, struct page *page)
{
	if (scst_page_is_ours(page)) {
		if (cache->nr_idle == cache->max_idle)
			return false;
		cache->idle[cache->nr_idle++] = page;
		return true;
	}
	if (cache->tail - cache->head == cache->max_busy)
		return false;
	cache->busy[cache->tail++ & (cache->max_busy - 1)] = page;
	return true;
}

static unsigned long scst_cache_pages(const struct scst_page_cache *cache)
{
	unsigned int nr = READ_ONCE(cache->nr_idle) +
			  READ_ONCE(cache->tail) - READ_ONCE(cache->head);

	return (unsigned long)nr * (cache->size >> PAGE_SHIFT);
}

/* A chunk is a compound page, so dropping our reference is always enough */
static unsigned long scst_cache_free(struct scst_page_cache *cache,
				     unsigned long nr)
{
	unsigned long freed = 0;

	while (freed < nr && cache->nr_idle) {
		put_page(cache->idle[--cache->nr_idle]);
		freed += cache->size >> PAGE_SHIFT;
	}
	while (freed < nr && cache->head != cache->tail) {
		put_page(cache->busy[cache->head++ & (cache->max_busy - 1)]);
		freed += cache->size >> PAGE_SHIFT;
	}
	return freed;
}

/* @cpu: its lock is held */
static void scst_buf_count(struct scst_buf_cpu *cpu, long pages)
{
	cpu->active += pages;
	if (likely(abs(cpu->active) < scst_buf_batch))
		return;
	atomic_long_add(cpu->active, &scst_buf_active);
	cpu->active = 0;
}

/*
 * What is left near the limit is for nexuses that have little: one that asks for
 * more than it takes must not keep the others out.  The first command of a
 * nexus may exceed everything, because a limit below the size of a single one
 * must not stop it for ever.
 */
static bool scst_buf_fits(unsigned long used, unsigned long limit,
			  unsigned long own, unsigned long pages)
{
	unsigned long common = limit - limit / LEFT_SHARE;

	if (likely(used + pages <= common))
		return true;
	if (own + pages <= limit / LITTLE_SHARE)
		return used < limit;
	return !own && used < common;
}

static void scst_buf_uncharge(struct scst_lun *lun, unsigned long pages)
{
	if (!lun)
		return;
	atomic64_sub(pages, &lun->dev->buf_pages);
	atomic64_sub(pages, &lun->buf_pages);
}

static bool scst_buf_charge(struct scst_lun *lun, unsigned long pages)
{
	/* it may be a bit below zero, see scst_buf_count() */
	long active = max(atomic_long_read(&scst_buf_active), 0L);
	unsigned long own = 0, dev = 0;

	if (lun) {
		own = atomic64_add_return(pages, &lun->buf_pages) - pages;
		dev = atomic64_add_return(pages, &lun->dev->buf_pages) - pages;
	}
	if (scst_buf_fits(active, scst_buf_limit, own, pages) &&
	    scst_buf_fits(dev, scst_buf_dev_limit, own, pages))
		return true;
	scst_buf_uncharge(lun, pages);
	return false;
}

static enum scst_page_size scst_page_size_for(u32 left)
{
	return left > CHUNK_MIN ? SCST_PAGE_CHUNK : SCST_PAGE_SINGLE;
}

static unsigned int scst_buf_nr_vecs(u32 len)
{
	unsigned int nr = len / (PAGE_SIZE << CHUNK_ORDER);

	len %= PAGE_SIZE << CHUNK_ORDER;
	return nr + (len > CHUNK_MIN ? 1 : PFN_UP(len));
}

/* The local variables save stores; this is the path of every command */
static void scst_buf_fill_cached(struct scst_buf *buf, u32 len,
				 unsigned long pages)
{
	struct scst_buf_cpu *cpu = raw_cpu_ptr(&scst_buf_cpus);
	struct bio_vec *bv = buf->vec;
	struct scst_page_cache *cache;
	struct page *page;
	u32 left = len, n;

	spin_lock(&cpu->lock);
	scst_buf_count(cpu, pages);
	cpu->total++;
	do {
		cache = &cpu->cache[scst_page_size_for(left)];
		page = scst_cache_pop(cache);
		if (unlikely(!page))
			break;
		n = min(left, cache->size);
		bvec_set_page(bv++, page, n, 0);
		left -= n;
	} while (left);
	if (unlikely(left))
		cpu->misses++;
	spin_unlock(&cpu->lock);
	buf->nr = bv - buf->vec;
	buf->len = len - left;
}

/* Rather fail the command than disturb others for its sake */
static struct page *scst_page_alloc(enum scst_page_size size)
{
	if (size == SCST_PAGE_CHUNK)
		return alloc_pages((GFP_KERNEL & ~__GFP_DIRECT_RECLAIM) |
				   __GFP_COMP | __GFP_NORETRY | __GFP_NOWARN,
				   CHUNK_ORDER);
	return alloc_page(GFP_KERNEL | __GFP_RETRY_MAYFAIL | __GFP_NOWARN);
}

/* Where there are no chunks, single pages take their place */
static int scst_buf_fill_new(struct scst_buf *buf, u32 len)
{
	enum scst_page_size size;
	struct page *page;
	u32 left;
	int ret;

	while (buf->len < len) {
		left = len - buf->len;
		size = scst_page_size_for(left);
		page = scst_page_alloc(size);
		if (!page && size != SCST_PAGE_SINGLE) {
			size = SCST_PAGE_SINGLE;
			ret = scst_buf_reserve_vecs(buf, buf->nr +
							 PFN_UP(left));
			if (ret)
				return ret;
			page = scst_page_alloc(size);
		}
		if (!page)
			return -ENOMEM;
		left = min_t(u32, left,
			     PAGE_SIZE << scst_page_sizes[size].order);
		bvec_set_page(&buf->vec[buf->nr++], page, left, 0);
		buf->len += left;
	}
	return 0;
}

/**
 * scst_buf_alloc() - give a buffer its memory
 * @lun: nexus that it counts for, may be NULL
 * @buf: empty buffer; vectors that were reserved for it are used
 * @len: bytes
 *
 * The memory is not zeroed.
 *
 * Context: Process context, may sleep.
 * Return: 0, -ENOMEM, or -EAGAIN if it does not fit below a limit.
 */
int scst_buf_alloc(struct scst_lun *lun, struct scst_buf *buf, u32 len)
{
	unsigned int nr = scst_buf_nr_vecs(len);
	unsigned long pages = PFN_UP(len);
	int ret;

	if (!len)
		return 0;
	if (likely(!buf->vec)) {
		buf->vec = buf->inline_vec;
		buf->max = SCST_INLINE_VECS;
	}
	if (nr > buf->max) {
		ret = scst_buf_reserve_vecs(buf, nr);
		if (ret)
			goto out_failed;
	}
	ret = -EAGAIN;
	if (unlikely(!scst_buf_charge(lun, pages)))
		goto out_failed;
	buf->kind = SCST_BUF_CACHE;
	scst_buf_fill_cached(buf, len, pages);
	if (likely(buf->len == len))
		return 0;
	ret = scst_buf_fill_new(buf, len);
	if (!ret)
		return 0;
	/* give back all that was charged */
	buf->len = len;
out_failed:
	atomic64_inc(&scst_buf_failures);
	scst_buf_release(lun, buf);
	return ret;
}
EXPORT_SYMBOL_IF_KUNIT(scst_buf_alloc);

/* Pages that the cache does not keep are moved to the front of the vectors */
static void scst_buf_give_back(struct scst_lun *lun, struct scst_buf *buf)
{
	struct scst_buf_cpu *cpu = raw_cpu_ptr(&scst_buf_cpus);
	struct bio_vec *bv = buf->vec, *end = bv + buf->nr;
	struct bio_vec *left = bv;
	long pages = PFN_UP(buf->len);
	enum scst_page_size size;

	scst_buf_uncharge(lun, pages);
	spin_lock(&cpu->lock);
	scst_buf_count(cpu, -pages);
	for (; bv < end; bv++) {
		size = PageHead(bv->bv_page) ? SCST_PAGE_CHUNK :
					       SCST_PAGE_SINGLE;
		if (unlikely(!scst_cache_push(&cpu->cache[size], bv->bv_page)))
			*left++ = *bv;
	}
	spin_unlock(&cpu->lock);
	while (left > buf->vec)
		put_page((--left)->bv_page);
}

/**
 * scst_buf_release() - take the memory of a buffer
 * @lun: nexus it was allocated for, may be NULL
 * @buf: buffer; empty afterwards
 *
 * Context: Process context.
 */
void scst_buf_release(struct scst_lun *lun, struct scst_buf *buf)
{
	if (buf->kind == SCST_BUF_CACHE)
		scst_buf_give_back(lun, buf);
	else if (buf->kind == SCST_BUF_REFS)
		scst_buf_put_refs(buf);
	if (unlikely(buf->vec != buf->inline_vec))
		kfree(buf->vec);
	buf->vec = NULL;
	buf->nr = 0;
	buf->max = 0;
	buf->len = 0;
	buf->kind = SCST_BUF_NONE;
}
EXPORT_SYMBOL_IF_KUNIT(scst_buf_release);

static unsigned long scst_buf_cached(void)
{
	unsigned long pages = 0;
	unsigned int i;
	int cpu;

	for_each_possible_cpu(cpu)
		for (i = 0; i < SCST_PAGE_SIZES; i++)
			pages += scst_cache_pages(&per_cpu(scst_buf_cpus,
							   cpu).cache[i]);
	return pages;
}

/**
 * scst_buf_stats_get() - read the statistics of the buffer cache
 * @st: gets them
 *
 * Context: Process context.
 */
void scst_buf_stats_get(struct scst_buf_stats *st)
{
	long active = atomic_long_read(&scst_buf_active);
	struct scst_buf_cpu *c;
	int cpu;

	memset(st, 0, sizeof(*st));
	for_each_possible_cpu(cpu) {
		c = &per_cpu(scst_buf_cpus, cpu);
		spin_lock(&c->lock);
		active += c->active;
		st->hits += c->total - c->misses;
		st->total += c->total;
		spin_unlock(&c->lock);
	}
	st->active_pages = max(active, 0);
	st->cached_pages = scst_buf_cached();
	st->limit_pages = scst_buf_limit;
	st->failures = atomic64_read(&scst_buf_failures);
}
EXPORT_SYMBOL_IF_KUNIT(scst_buf_stats_get);

static unsigned long scst_buf_shrink_count(struct shrinker *shrinker,
					   struct shrink_control *sc)
{
	return scst_buf_cached() ?: SHRINK_EMPTY;
}

static unsigned long scst_buf_cpu_free(int cpu, unsigned long nr)
{
	struct scst_buf_cpu *c = &per_cpu(scst_buf_cpus, cpu);
	unsigned long freed = 0;
	unsigned int i;

	spin_lock(&c->lock);
	for (i = 0; i < SCST_PAGE_SIZES && freed < nr; i++)
		freed += scst_cache_free(&c->cache[i], nr - freed);
	spin_unlock(&c->lock);
	return freed;
}

static unsigned long scst_buf_shrink_scan(struct shrinker *shrinker,
					  struct shrink_control *sc)
{
	unsigned long freed = 0;
	int cpu;

	for_each_possible_cpu(cpu) {
		freed += scst_buf_cpu_free(cpu, sc->nr_to_scan - freed);
		if (freed >= sc->nr_to_scan)
			break;
	}
	return freed ?: SHRINK_STOP;
}

static int __init scst_buf_cpu_init(int cpu)
{
	struct scst_buf_cpu *c = &per_cpu(scst_buf_cpus, cpu);
	struct scst_page_cache *cache;
	unsigned int i;

	spin_lock_init(&c->lock);
	for (i = 0; i < SCST_PAGE_SIZES; i++) {
		cache = &c->cache[i];
		cache->size = PAGE_SIZE << scst_page_sizes[i].order;
		cache->max_idle = scst_page_sizes[i].max_idle;
		cache->max_busy = scst_page_sizes[i].max_busy;
		cache->idle = kcalloc_node(cache->max_idle,
					   sizeof(*cache->idle), GFP_KERNEL,
					   cpu_to_node(cpu));
		cache->busy = kcalloc_node(cache->max_busy,
					   sizeof(*cache->busy), GFP_KERNEL,
					   cpu_to_node(cpu));
		if (!cache->idle || !cache->busy)
			return -ENOMEM;
	}
	return 0;
}

static void scst_buf_cpu_exit(int cpu)
{
	struct scst_buf_cpu *c = &per_cpu(scst_buf_cpus, cpu);
	unsigned int i;

	for (i = 0; i < SCST_PAGE_SIZES; i++) {
		scst_cache_free(&c->cache[i], ULONG_MAX);
		kfree(c->cache[i].idle);
		kfree(c->cache[i].busy);
	}
}

static void __init scst_buf_limits_init(void)
{
	unsigned long ram = (totalram_pages() - totalhigh_pages()) /
			    PAGES_PER_MB;
	unsigned int max = max(ram / 4, 1ul);

	if (!scst_max_cmd_mem)
		scst_max_cmd_mem = max;
	if (!scst_max_dev_cmd_mem)
		scst_max_dev_cmd_mem = max_t(u64, 1,
					     (u64)scst_max_cmd_mem * 2 / 5);
	if (scst_max_dev_cmd_mem > scst_max_cmd_mem) {
		pr_warn("scst_max_dev_cmd_mem: %u is more than scst_max_cmd_mem, using %u\n",
			scst_max_dev_cmd_mem, scst_max_cmd_mem);
		scst_max_dev_cmd_mem = scst_max_cmd_mem;
	}
	scst_buf_limit = (unsigned long)scst_max_cmd_mem * PAGES_PER_MB;
	scst_buf_dev_limit = (unsigned long)scst_max_dev_cmd_mem * PAGES_PER_MB;
	scst_buf_batch = clamp(scst_buf_limit /
			       (ACTIVE_BATCH_SHARE * num_possible_cpus()),
			       1ul, (unsigned long)ACTIVE_BATCH_MAX);
}

/**
 * scst_buf_cache_init() - prepare the buffer cache
 *
 * Context: Module initialisation.
 * Return: 0 or -ENOMEM.
 */
int __init scst_buf_cache_init(void)
{
	int cpu;

	scst_buf_limits_init();
	for_each_possible_cpu(cpu)
		if (scst_buf_cpu_init(cpu))
			goto out_cpus;
	scst_buf_shrinker = shrinker_alloc(0, "scst-buf");
	if (!scst_buf_shrinker)
		goto out_cpus;
	scst_buf_shrinker->count_objects = scst_buf_shrink_count;
	scst_buf_shrinker->scan_objects = scst_buf_shrink_scan;
	shrinker_register(scst_buf_shrinker);
	return 0;

out_cpus:
	for_each_possible_cpu(cpu)
		scst_buf_cpu_exit(cpu);
	return -ENOMEM;
}

/**
 * scst_buf_cache_exit() - free everything
 *
 * All buffers have been released.
 *
 * Context: Process context, may sleep.
 */
void scst_buf_cache_exit(void)
{
	struct scst_buf_stats st;
	int cpu;

	scst_buf_stats_get(&st);
	WARN_ON_ONCE(st.active_pages);
	shrinker_free(scst_buf_shrinker);
	for_each_possible_cpu(cpu)
		scst_buf_cpu_exit(cpu);
}
