// SPDX-License-Identifier: GPL-2.0
/*
 * The files of this driver under /proc/scsi_tgt/iscsi.
 * Reads under scst_iscsi_mutex; the formats are interfaces.
 */
#include <linux/seq_file.h>
#include <linux/string_choices.h>

#include "iscsi_priv.h"

static const char *scst_iscsi_digest_name(u32 digest)
{
	switch (digest) {
	case SCST_ISCSI_DIGEST_NONE:
		return "none";
	case SCST_ISCSI_DIGEST_CRC32C:
		return "crc32c";
	default:
		return "unknown";
	}
}

/* The words have a blank of their own at the end, except for "closing" */
static const char *scst_iscsi_state_words(struct scst_iscsi_conn *conn)
{
	if (test_bit(SCST_ISCSI_CONN_CLOSE, &conn->flags) ||
	    READ_ONCE(conn->state) != SCST_ISCSI_FULL_FEATURE)
		return "closing";
	if (READ_ONCE(conn->tx.blocked_since))
		return "space_waiting ";
	if (!llist_empty(&conn->finished))
		return "in_write_list ";
	if (READ_ONCE(conn->owner))
		return "read_processing ";
	if (work_pending(&conn->io_work))
		return "in_read_list ";
	return "established idle ";
}

static void scst_iscsi_show_conn(struct seq_file *m,
				 struct scst_iscsi_session *sess)
{
	const u32 *val = sess->params.val;
	const char *peer = sess->conn.peer;
	bool v6 = strchr(peer, ':');

	seq_printf(m, "\t\tcid:%u ip:%s%s%s state:%s hd:%s dd:%s\n", sess->cid,
		   v6 ? "[" : "", peer, v6 ? "]" : "",
		   scst_iscsi_state_words(&sess->conn),
		   scst_iscsi_digest_name(val[SCST_ISCSI_HEADER_DIGEST]),
		   scst_iscsi_digest_name(val[SCST_ISCSI_DATA_DIGEST]));
}

static int scst_iscsi_show_session(struct seq_file *m, void *v)
{
	struct scst_iscsi_session *sess;
	struct scst_iscsi_target *tgt;

	mutex_lock(&scst_iscsi_mutex);
	list_for_each_entry(tgt, &scst_iscsi_targets, entry) {
		seq_printf(m, "tid:%u name:%s\n", tgt->tid, tgt->name);
		list_for_each_entry(sess, &tgt->sessions, entry) {
			seq_printf(m, "\tsid:%llx initiator:%s (reinstating %s)\n",
				   sess->sid, sess->initiator,
				   str_yes_no(READ_ONCE(sess->reinstated)));
			scst_iscsi_show_conn(m, sess);
		}
	}
	mutex_unlock(&scst_iscsi_mutex);
	return 0;
}

static int scst_iscsi_show_version(struct seq_file *m, void *v)
{
	seq_puts(m, SCST_VERSION "\n");
	return 0;
}

const struct scst_info_file scst_iscsi_files[] = {
	{ "session", scst_iscsi_show_session },
	{ "version", scst_iscsi_show_version },
	{ }
};
