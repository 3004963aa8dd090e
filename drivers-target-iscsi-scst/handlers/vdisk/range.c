// SPDX-License-Identifier: GPL-2.0
/*
 * Ranges of blocks that a read-modify-write command (COMPARE AND WRITE, ORWRITE)
 * has for itself.  Commands on other blocks of the disk are not held up.
 * scst_vdisk_ranges.lock protects the list.  Must not know what is in the
 * blocks.
 */
#include "vdisk.h"

/**
 * scst_vdisk_ranges_init - prepare the table of a disk
 * @ranges: table
 *
 * Context: any.
 */
void scst_vdisk_ranges_init(struct scst_vdisk_ranges *ranges)
{
	spin_lock_init(&ranges->lock);
	INIT_LIST_HEAD(&ranges->held);
	atomic_set(&ranges->nr, 0);
	init_waitqueue_head(&ranges->wait);
}

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
 * scst_vdisk_range_lock - wait until a range is free and take it
 * @ranges: table of the disk
 * @range: filled in; the caller keeps it until it unlocks
 * @pos: first byte
 * @len: bytes
 *
 * Context: worker; waits for commands that other workers execute.
 */
void scst_vdisk_range_lock(struct scst_vdisk_ranges *ranges,
			   struct scst_vdisk_range *range, u64 pos, u64 len)
{
	range->pos = pos;
	range->end = pos + len;
	wait_event(ranges->wait, scst_vdisk_range_trylock(ranges, range));
}

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

/**
 * scst_vdisk_range_held - has anybody locked some of these blocks?
 * @ranges: table of the disk
 * @pos: first byte
 * @len: bytes
 *
 * Context: process context.
 * Return: true if so.
 */
bool scst_vdisk_range_held(struct scst_vdisk_ranges *ranges, u64 pos, u64 len)
{
	bool held;

	spin_lock(&ranges->lock);
	held = scst_vdisk_overlaps_locked(ranges, pos, pos + len);
	spin_unlock(&ranges->lock);
	return held;
}

/**
 * scst_vdisk_range_wait - wait until nobody holds any of these blocks
 * @ranges: table of the disk
 * @pos: first byte
 * @len: bytes
 *
 * Context: worker; waits for commands that other workers execute.
 */
void scst_vdisk_range_wait(struct scst_vdisk_ranges *ranges, u64 pos, u64 len)
{
	wait_event(ranges->wait, !scst_vdisk_range_held(ranges, pos, len));
}
