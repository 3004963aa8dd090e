// SPDX-License-Identifier: GPL-2.0
/*
 * Module iscsi_scst: registration with the core, workers and the one timer.
 */
#include <kunit/visibility.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/netdevice.h>

#include "iscsi_priv.h"
#define CREATE_TRACE_POINTS
#include "trace.h"

/* Protects the lists of targets and of their sessions */
DEFINE_MUTEX(scst_iscsi_mutex);

struct workqueue_struct *scst_iscsi_wq;
struct workqueue_struct *scst_iscsi_mgmt_wq;

const struct scst_tgt_ops scst_iscsi_ops = {
	.name = "iscsi",
	.owner = THIS_MODULE,
	.protocol = SCSI_PROTOCOL_ISCSI,
	.files = scst_iscsi_files,
	.data_wait = scst_iscsi_data_wait,
	.respond = scst_iscsi_respond,
	.abort = scst_iscsi_abort,
	.tm_done = scst_iscsi_tm_done,
};
EXPORT_SYMBOL_IF_KUNIT(scst_iscsi_ops);

static void scst_iscsi_tick(struct work_struct *work);
static DECLARE_DELAYED_WORK(scst_iscsi_tick_work, scst_iscsi_tick);

/* All deadlines of all connections are in seconds, so one timer is enough */
static void scst_iscsi_tick(struct work_struct *work)
{
	struct scst_iscsi_session *sess;
	struct scst_iscsi_target *tgt;
	unsigned long now = jiffies;

	mutex_lock(&scst_iscsi_mutex);
	list_for_each_entry(tgt, &scst_iscsi_targets, entry)
		list_for_each_entry(sess, &tgt->sessions, entry)
			scst_iscsi_conn_tick(&sess->conn, now);
	mutex_unlock(&scst_iscsi_mutex);
	queue_delayed_work(scst_iscsi_mgmt_wq, &scst_iscsi_tick_work,
			   round_jiffies_relative(HZ));
}

static int scst_iscsi_workers_init(void)
{
	/*
	 * A connection works where its packets arrive.  Without WQ_HIGHPRI:
	 * a worker that takes the CPU from whoever has just sent it a command
	 * finds that one command, each time.
	 */
	scst_iscsi_wq = alloc_workqueue("scst_iscsi",
					WQ_MEM_RECLAIM | WQ_PERCPU, 0);
	if (!scst_iscsi_wq)
		return -ENOMEM;
	scst_iscsi_mgmt_wq = alloc_workqueue("scst_iscsi_mgmt",
					     WQ_MEM_RECLAIM | WQ_UNBOUND, 0);
	if (!scst_iscsi_mgmt_wq) {
		destroy_workqueue(scst_iscsi_wq);
		return -ENOMEM;
	}
	return 0;
}

static void scst_iscsi_workers_exit(void)
{
	destroy_workqueue(scst_iscsi_mgmt_wq);
	destroy_workqueue(scst_iscsi_wq);
}

static int __init scst_iscsi_init(void)
{
	int ret;

	ret = scst_iscsi_cmd_cache_init();
	if (ret)
		return ret;
	ret = scst_iscsi_workers_init();
	if (ret)
		goto out_cache;
	ret = scst_tgt_driver_register(&scst_iscsi_ops);
	if (ret)
		goto out_workers;
	ret = scst_iscsi_netlink_init();
	if (ret)
		goto out_driver;
	queue_delayed_work(scst_iscsi_mgmt_wq, &scst_iscsi_tick_work, HZ);
	return 0;

out_driver:
	scst_tgt_driver_unregister(&scst_iscsi_ops);
out_workers:
	scst_iscsi_workers_exit();
out_cache:
	scst_iscsi_cmd_cache_exit();
	return ret;
}

static void __exit scst_iscsi_exit(void)
{
	/* First no new sessions, then none at all */
	scst_iscsi_netlink_stop();
	scst_iscsi_targets_del_all();
	scst_iscsi_netlink_exit();
	cancel_delayed_work_sync(&scst_iscsi_tick_work);
	scst_tgt_driver_unregister(&scst_iscsi_ops);
	scst_iscsi_workers_exit();
	/* The completion of the last burst may still be returning */
	synchronize_net();
	scst_iscsi_cmd_cache_exit();
}

module_init(scst_iscsi_init);
module_exit(scst_iscsi_exit);
MODULE_DESCRIPTION("iSCSI target driver for SCST");
MODULE_VERSION(SCST_VERSION);
MODULE_LICENSE("GPL");
