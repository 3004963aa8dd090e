// SPDX-License-Identifier: GPL-2.0
/*
 * Ranges of blocks that a command has for itself: a read-modify-write command
 * (COMPARE AND WRITE, ORWRITE), or one that changes many blocks.  Commands on
 * other blocks of the disk are not held up.  scst_vdisk_ranges.lock protects
 * the list.  Must not know what is in the blocks.
 *
 * Plain writes are too many for a list, so they are only counted: each CPU
 * counts beginnings and ends, in one of two phases.  Whoever has to know that
 * no older write is under way waits for one phase to be over while new writes
 * are counted in the other.  That is SRCU, which does not do here because on a
 * single CPU its readers may not end in an interrupt.
 *
 * A write that is counted must come to its end without a worker: all of them
 * may be waiting for it.
 */
#include <kunit/visibility.h>
#include <linux/percpu.h>

#include "vdisk.h"

/**
 * scst_vdisk_ranges_init - prepare the table of a disk
 * @ranges: table
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int scst_vdisk_ranges_init(struct scst_vdisk_ranges *ranges)
{
	ranges->writes = alloc_percpu(struct scst_vdisk_writes);
	if (!ranges->writes)
		return -ENOMEM;
	ranges->phase = 0;
	mutex_init(&ranges->drain);
	spin_lock_init(&ranges->lock);
	INIT_LIST_HEAD(&ranges->held);
	atomic_set(&ranges->nr, 0);
	init_waitqueue_head(&ranges->wait);
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(scst_vdisk_ranges_init);

/**
 * scst_vdisk_ranges_exit - free the table of a disk
 * @ranges: table; nothing is held and no write under way
 *
 * Context: may sleep.
 */
void scst_vdisk_ranges_exit(struct scst_vdisk_ranges *ranges)
{
	free_percpu(ranges->writes);
}
EXPORT_SYMBOL_IF_KUNIT(scst_vdisk_ranges_exit);

static bool scst_vdisk_overlaps_locked(const struct scst_vdisk_ranges *ranges,
				       u64 pos, u64 end)
{
	const struct scst_vdisk_range *range;

	lockdep_assert_held(&ranges->lock);
	list_for_each_entry(range, &ranges->held, entry)
		if (pos < range->end && range->pos < end)
			return true;
	return false;
}

static bool scst_vdisk_range_trylock(struct scst_vdisk_ranges *ranges,
				     struct scst_vdisk_range *range)
{
	bool got;

	spin_lock(&ranges->lock);
	got = !scst_vdisk_overlaps_locked(ranges, range->pos, range->end);
	if (got) {
		list_add_tail(&range->entry, &ranges->held);
		atomic_inc(&ranges->nr);
	}
	spin_unlock(&ranges->lock);
	return got;
}

/**
 * scst_vdisk_range_hold - wait until a range is free and take it
 * @ranges: table of the disk
 * @range: filled in; the caller keeps it until it unlocks
 * @pos: first byte
 * @len: bytes
 *
 * Plain writes to it may still be under way.
 *
 * Context: worker; waits for commands that other workers execute.
 */
void scst_vdisk_range_hold(struct scst_vdisk_ranges *ranges,
			   struct scst_vdisk_range *range, u64 pos, u64 len)
{
	range->pos = pos;
	range->end = pos + len;
	wait_event(ranges->wait, scst_vdisk_range_trylock(ranges, range));
}

static bool scst_vdisk_phase_over(const struct scst_vdisk_ranges *ranges,
				  unsigned int phase)
{
	unsigned long begun = 0, ended = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		ended += READ_ONCE(per_cpu_ptr(ranges->writes,
					       cpu)->ended[phase]);
	/* whose end we saw, its beginning we see: pairs with write_end() */
	smp_mb();
	for_each_possible_cpu(cpu)
		begun += READ_ONCE(per_cpu_ptr(ranges->writes,
					       cpu)->begun[phase]);
	return begun == ended;
}

/*
 * Wait for the writes that have begun.  Some may still be in the older phase:
 * they read its number and were slow to count themselves.
 */
static void scst_vdisk_drain(struct scst_vdisk_ranges *ranges)
{
	unsigned int old;

	mutex_lock(&ranges->drain);
	old = ranges->phase;
	/* we see the write or it sees our range: pairs with write_begin() */
	smp_mb();
	wait_event(ranges->wait, scst_vdisk_phase_over(ranges, !old));
	WRITE_ONCE(ranges->phase, !old);
	wait_event(ranges->wait, scst_vdisk_phase_over(ranges, old));
	mutex_unlock(&ranges->drain);
}

/**
 * scst_vdisk_range_lock - take a range, and wait for writes that are under way
 * @ranges: table of the disk
 * @range: filled in; the caller keeps it until it unlocks
 * @pos: first byte
 * @len: bytes
 *
 * Until the range is unlocked nobody else changes its blocks.
 *
 * Context: worker; waits for commands that other workers execute, and for I/O.
 */
void scst_vdisk_range_lock(struct scst_vdisk_ranges *ranges,
			   struct scst_vdisk_range *range, u64 pos, u64 len)
{
	scst_vdisk_range_hold(ranges, range, pos, len);
	scst_vdisk_drain(ranges);
}
EXPORT_SYMBOL_IF_KUNIT(scst_vdisk_range_lock);

/**
 * scst_vdisk_range_unlock - let go of a range
 * @ranges: table of the disk
 * @range: locked
 *
 * Context: process context.
 */
void scst_vdisk_range_unlock(struct scst_vdisk_ranges *ranges,
			     struct scst_vdisk_range *range)
{
	spin_lock(&ranges->lock);
	list_del(&range->entry);
	atomic_dec(&ranges->nr);
	spin_unlock(&ranges->lock);
	wake_up_all(&ranges->wait);
}
EXPORT_SYMBOL_IF_KUNIT(scst_vdisk_range_unlock);

static bool scst_vdisk_range_held(struct scst_vdisk_ranges *ranges, u64 pos,
				  u64 len)
{
	bool held;

	spin_lock(&ranges->lock);
	held = scst_vdisk_overlaps_locked(ranges, pos, pos + len);
	spin_unlock(&ranges->lock);
	return held;
}

/**
 * scst_vdisk_write_begin - a plain write is about to be executed
 * @ranges: table of the disk
 * @pos: first byte
 * @len: bytes
 *
 * Until scst_vdisk_write_end() the write must not depend on a worker that is
 * not executing it yet.
 *
 * Context: process context.
 * Return: what scst_vdisk_write_end() wants to know, or SCST_VDISK_NOT_BEGUN
 * if somebody has some of the blocks.
 */
int scst_vdisk_write_begin(struct scst_vdisk_ranges *ranges, u64 pos, u64 len)
{
	int phase = READ_ONCE(ranges->phase);

	this_cpu_inc(ranges->writes->begun[phase]);
	/* drain() sees the write or we see the range */
	smp_mb();
	if (likely(!atomic_read(&ranges->nr)) ||
	    !scst_vdisk_range_held(ranges, pos, len))
		return phase;
	scst_vdisk_write_end(ranges, phase);
	return SCST_VDISK_NOT_BEGUN;
}
EXPORT_SYMBOL_IF_KUNIT(scst_vdisk_write_begin);

/**
 * scst_vdisk_write_begin_wait - the same, but wait for who has the blocks
 * @ranges: table of the disk
 * @pos: first byte
 * @len: bytes
 *
 * Context: worker; waits for commands that other workers execute.
 * Return: what scst_vdisk_write_end() wants to know.
 */
int scst_vdisk_write_begin_wait(struct scst_vdisk_ranges *ranges, u64 pos,
				u64 len)
{
	int phase;

	do {
		wait_event(ranges->wait,
			   !scst_vdisk_range_held(ranges, pos, len));
		phase = scst_vdisk_write_begin(ranges, pos, len);
	} while (phase == SCST_VDISK_NOT_BEGUN);
	return phase;
}

/**
 * scst_vdisk_write_end - a plain write has been executed
 * @ranges: table of the disk
 * @phase: what scst_vdisk_write_begin() returned
 *
 * Context: any, including hard interrupt, before scst_cmd_complete().
 */
void scst_vdisk_write_end(struct scst_vdisk_ranges *ranges, int phase)
{
	/* whoever sees the end sees what was written, and the beginning */
	smp_mb();
	this_cpu_inc(ranges->writes->ended[phase]);
	if (unlikely(wq_has_sleeper(&ranges->wait)))
		wake_up_all(&ranges->wait);
}
EXPORT_SYMBOL_IF_KUNIT(scst_vdisk_write_end);
