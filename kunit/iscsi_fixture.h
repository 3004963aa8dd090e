/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A session without a socket, for tests that run as its io_work: requests are
 * put in by hand, and what is to be sent stays in the queue.  It has no LUN, so
 * the core answers every SCSI command at once.
 */
#ifndef _SCST_ISCSI_FIXTURE_H
#define _SCST_ISCSI_FIXTURE_H

#include <kunit/test.h>
#include <linux/list.h>
#include <linux/llist.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/unaligned.h>
#include <linux/xarray.h>

#include "../iscsi/iscsi_priv.h"

#define ISCSI_TARGET	"iqn.2026-11.test:one"
#define ISCSI_WINDOW	8
#define ISCSI_FIRST_SN	0xfffffffeu	/* numbers wrap soon */

struct iscsi_env {
	struct scst_target core_tgt;
	struct scst_session core;
	struct scst_iscsi_target tgt;
	struct scst_iscsi_session sess;
	struct scst_iscsi_cmd *slots[2 * ISCSI_WINDOW];
};

static inline struct scst_iscsi_conn *iscsi_conn(struct kunit *test)
{
	struct iscsi_env *e = test->priv;

	return &e->sess.conn;
}

static inline void iscsi_init_conn(struct iscsi_env *e)
{
	struct scst_iscsi_conn *conn = &e->sess.conn;

	init_llist_head(&conn->finished);
	INIT_LIST_HEAD(&conn->ahead);
	INIT_LIST_HEAD(&conn->r2ts);
	INIT_LIST_HEAD(&conn->expected);
	INIT_LIST_HEAD(&conn->tx.queue);
	scst_iscsi_cmdsn_init(&conn->cmdsn, ISCSI_FIRST_SN, ISCSI_WINDOW);
	conn->slots = e->slots;
	conn->max_slots = ARRAY_SIZE(e->slots);
	conn->tx.max_dsl = ISCSI_DSL_DEFAULT;
	conn->owner = current;
	strscpy(conn->local, "10.0.2.15", sizeof(conn->local));
	conn->local_port = ISCSI_PORT;
}

static inline int iscsi_init(struct kunit *test)
{
	struct iscsi_env *e = kunit_kzalloc(test, sizeof(*e), GFP_KERNEL);
	static char name[] = ISCSI_TARGET;

	KUNIT_ASSERT_NOT_NULL(test, e);
	test->priv = e;
	e->core_tgt.ops = &scst_iscsi_ops;
	e->core.target = &e->core_tgt;
	xa_init(&e->core.luns);
	refcount_set(&e->core.nr_luns, 1);
	e->tgt.name = name;
	e->sess.tgt = &e->tgt;
	e->sess.core = &e->core;
	e->sess.portal_tag = 1;
	refcount_set(&e->sess.ref, 1);
	scst_iscsi_params_init(&e->sess.params);
	iscsi_init_conn(e);
	return 0;
}

/* Everything that came in has been given back */
static inline void iscsi_exit(struct kunit *test)
{
	struct iscsi_env *e = test->priv;
	struct scst_iscsi_conn *conn;

	if (!e)
		return;
	conn = &e->sess.conn;
	scst_iscsi_order_stop(conn);
	KUNIT_EXPECT_TRUE(test, list_empty(&conn->tx.queue));
	KUNIT_EXPECT_TRUE(test, llist_empty(&conn->finished));
	KUNIT_EXPECT_EQ(test, conn->nr_ctls, 0);
	KUNIT_EXPECT_EQ(test, conn->nr_busy, 0);
	KUNIT_EXPECT_EQ(test, conn->nr_imm, 0);
	KUNIT_EXPECT_EQ(test, refcount_read(&e->sess.ref), 1);
	KUNIT_EXPECT_EQ(test, refcount_read(&e->core.nr_luns), 1);
	scst_iscsi_cmd_free_all(conn);
}

/* -------------------------------------------------------------------------
 * Requests and responses
 */

static inline struct scst_iscsi_ctl *iscsi_ctl(struct kunit *test, u8 opcode,
					       u32 sn, u32 itt)
{
	struct scst_iscsi_ctl *ctl = scst_iscsi_ctl_alloc(iscsi_conn(test));

	KUNIT_ASSERT_NOT_NULL(test, ctl);
	ctl->pdu.bhs.opcode = opcode;
	ctl->pdu.bhs.flags = ISCSI_F_FINAL;
	ctl->pdu.bhs.itt = cpu_to_be32(itt);
	ctl->pdu.bhs.sn[0] = cpu_to_be32(sn);
	return ctl;
}

/* What is sent next; NULL if there is nothing */
static inline struct scst_iscsi_out *iscsi_sent(struct kunit *test)
{
	struct scst_iscsi_out *out;

	out = list_first_entry_or_null(&iscsi_conn(test)->tx.queue,
				       struct scst_iscsi_out, entry);
	if (out)
		list_del(&out->entry);
	return out;
}

static inline struct scst_iscsi_ctl *iscsi_sent_ctl(struct kunit *test)
{
	struct scst_iscsi_out *out = iscsi_sent(test);

	KUNIT_ASSERT_NOT_NULL(test, out);
	KUNIT_ASSERT_EQ(test, out->kind, SCST_ISCSI_OUT_CTL);
	return out_to_ctl(out);
}

#endif /* _SCST_ISCSI_FIXTURE_H */
