// SPDX-License-Identifier: GPL-2.0
/*
 * Module scst: start, stop and the few things that everybody shares.
 * Knows the order in which the parts come up, and nothing of their insides.
 */
#include <kunit/visibility.h>
#include <linux/cpumask.h>
#include <linux/module.h>

#include "core_priv.h"

DEFINE_MUTEX(scst_mutex);	/* all administrative objects, see core_priv.h */
EXPORT_SYMBOL_IF_KUNIT(scst_mutex);

struct workqueue_struct *scst_mgmt_wq;
EXPORT_SYMBOL_IF_KUNIT(scst_mgmt_wq);

/* How many workers a device may have; scst_mutex */
unsigned int scst_threads;
module_param(scst_threads, uint, 0444);
MODULE_PARM_DESC(scst_threads, "Command threads (default: one for each CPU)");

#define SCST_MAX_THREADS	512

/**
 * scst_threads_set - change the number of command threads
 * @nr: new number
 *
 * Context: may sleep, takes scst_mutex.
 * Return: 0, -EINVAL if @nr is not a sensible number.
 */
int scst_threads_set(int nr)
{
	if (nr <= 0 || nr > SCST_MAX_THREADS) {
		pr_err("threads: %d is not between 1 and %d\n", nr,
		       SCST_MAX_THREADS);
		return -EINVAL;
	}
	mutex_lock(&scst_mutex);
	scst_threads = nr;
	scst_device_threads_set(nr);
	mutex_unlock(&scst_mutex);
	return 0;
}

static int __init scst_init(void)
{
	int ret;

	if (!scst_threads || scst_threads > SCST_MAX_THREADS)
		scst_threads = num_online_cpus();

	scst_mgmt_wq = alloc_workqueue("scst_mgmt", WQ_UNBOUND | WQ_MEM_RECLAIM,
				       0);
	if (!scst_mgmt_wq)
		return -ENOMEM;
	scst_cdb_init();
	ret = scst_assign_init();
	if (ret)
		goto out_wq;
	ret = scst_buf_cache_init();
	if (ret)
		goto out_assign;
	ret = scst_groups_init();
	if (ret)
		goto out_buf;
	ret = scst_proc_init();
	if (ret)
		goto out_groups;
	ret = scst_configfs_init();
	if (ret)
		goto out_proc;
	ret = scst_sdev_init();
	if (ret)
		goto out_configfs;
	return 0;

out_configfs:
	scst_configfs_exit();
out_proc:
	scst_proc_exit();
out_groups:
	scst_groups_exit();
out_buf:
	scst_buf_cache_exit();
out_assign:
	scst_assign_exit();
out_wq:
	destroy_workqueue(scst_mgmt_wq);
	return ret;
}

static void __exit scst_exit(void)
{
	scst_sdev_exit();
	scst_configfs_exit();
	scst_proc_exit();
	scst_groups_exit();
	scst_assign_exit();
	/* releases of LUNs and devices run here, and RCU may still queue one */
	rcu_barrier();
	destroy_workqueue(scst_mgmt_wq);
	scst_buf_cache_exit();
}

module_init(scst_init);
module_exit(scst_exit);
MODULE_DESCRIPTION("SCSI target core");
MODULE_LICENSE("GPL");
MODULE_VERSION(SCST_VERSION);
