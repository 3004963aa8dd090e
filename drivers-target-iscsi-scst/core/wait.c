// SPDX-License-Identifier: GPL-2.0
/*
 * Waiting, with a deadline, until things are released.
 *
 * The waiter and each thing hold a reference, so whoever is last frees the
 * object: a waiter that gives up leaves no pointer to its stack behind.
 */
#include <linux/jiffies.h>
#include <linux/slab.h>

#include "core_priv.h"

/**
 * scst_wait_alloc - start collecting things to wait for
 *
 * Context: may sleep.
 * Return: the object, to be ended with scst_wait_finish(); NULL without memory.
 */
struct scst_wait *scst_wait_alloc(void)
{
	struct scst_wait *wait = kzalloc(sizeof(*wait), GFP_KERNEL);

	if (!wait)
		return NULL;
	refcount_set(&wait->ref, 1);
	atomic_set(&wait->left, 1);
	init_completion(&wait->done);
	return wait;
}

static void scst_wait_put(struct scst_wait *wait)
{
	if (refcount_dec_and_test(&wait->ref))
		kfree(wait);
}

/**
 * scst_wait_add - wait for one thing more
 * @wait: may be NULL, then nobody waits
 *
 * Context: any.
 */
void scst_wait_add(struct scst_wait *wait)
{
	if (!wait)
		return;
	refcount_inc(&wait->ref);
	atomic_inc(&wait->left);
}

/**
 * scst_wait_done - one of the things is released
 * @wait: as given to scst_wait_add()
 *
 * Context: any.
 */
void scst_wait_done(struct scst_wait *wait)
{
	if (!wait)
		return;
	if (atomic_dec_and_test(&wait->left))
		complete(&wait->done);
	scst_wait_put(wait);
}

/**
 * scst_wait_finish - wait until all things are released
 * @wait: object, gone afterwards
 * @what: for the message if that takes too long
 *
 * What is late is released later all the same; only the caller stops waiting.
 *
 * Context: sleeps, no locks held.
 * Return: 0, -EBUSY after the deadline, -EINTR after a fatal signal.
 */
int scst_wait_finish(struct scst_wait *wait, const char *what)
{
	int ret = 0;
	long left;

	if (!atomic_dec_and_test(&wait->left)) {
		left = wait_for_completion_killable_timeout(&wait->done,
							    SCST_WAIT_SECONDS *
							    HZ);
		if (left < 0)
			ret = -EINTR;
		else if (!left)
			ret = -EBUSY;
	}
	if (ret)
		pr_warn("%s: %d still busy after %d s, they go when they are done\n",
			what, atomic_read(&wait->left), SCST_WAIT_SECONDS);
	scst_wait_put(wait);
	return ret;
}
