/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Private to module iscsi_scst: objects and prototypes, grouped by .c file.
 *
 * Lifetimes, contexts and who may touch which field: see the top of conn.c.
 * Lock order: scst_iscsi_mutex before everything else; no function of the core
 * is called with it held.
 */
#ifndef _SCST_ISCSI_PRIV_H
#define _SCST_ISCSI_PRIV_H

#include <linux/bvec.h>
#include <linux/list.h>
#include <linux/llist.h>
#include <linux/mutex.h>
#include <linux/refcount.h>
#include <linux/sizes.h>
#include <linux/uio.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <scst/iscsi_proto.h>
#include <scst/scst.h>
#include <uapi/linux/scst_iscsi.h>

#include "cmdsn.h"
#include "pages.h"
#include "param.h"
#include "pdu.h"
#include "request.h"

struct net;
struct page;
struct seq_file;
struct socket;
struct scst_iscsi_cmd;
struct scst_iscsi_conn;
struct scst_iscsi_session;

#define SCST_ISCSI_IMM_CMDS	16	/* immediate commands of a session */
#define SCST_ISCSI_SPARE_CMDS	64	/* commands beyond the window */
#define SCST_ISCSI_UNSOL_HASH	16
#define SCST_ISCSI_MAX_CTLS	64	/* control PDUs of a connection ... */
#define SCST_ISCSI_MAX_CTL_DATA	SZ_1M	/* ... and their data */

/*
 * One data segment of the largest length in single pages, not aligned, with
 * header, padding and digest, and as much again as makes a batch worthwhile.
 */
#define SCST_ISCSI_TX_VECS	(SCST_ISCSI_MAX_LEN / 4096 + 32)
#define SCST_ISCSI_BURSTS	16

/* -------------------------------------------------------------------------
 * Connections
 */

enum scst_iscsi_rx_state {
	SCST_ISCSI_RX_BHS,
	SCST_ISCSI_RX_AHS,
	SCST_ISCSI_RX_HDGST,
	SCST_ISCSI_RX_HEADER,	/* complete, waits for scst_iscsi_rx_header() */
	SCST_ISCSI_RX_DATA,
	SCST_ISCSI_RX_PAD,
	SCST_ISCSI_RX_DDGST,
};

/**
 * struct scst_iscsi_rx - the PDU that is being received
 * @state: part of it
 * @left: bytes missing of this part
 * @dst: where they go, if that is linear
 * @hdgst: header digests are on
 * @ddgst: data digests are on
 * @dsl: bytes of the data segment
 * @cmd: command the data is for
 * @seq: sequence a Data-Out PDU belongs to
 * @ctl: control request the data is for
 * @iter: where the data goes; NULL throws it away
 * @room: bytes that @iter takes, the rest is thrown away
 * @crc: of the data so far
 * @nr_cmds: commands in @done that are not yet submitted
 * @budget: PDUs until somebody else has his turn
 * @quota: the same in bytes
 * @done: complete, struct scst_iscsi_pdu.entry
 * @ctl_iter: what @iter points to for control requests
 * @digest: as received
 * @pad: as received
 * @bhs: as received
 * @ahs: as received
 */
struct scst_iscsi_rx {
	enum scst_iscsi_rx_state state;
	u32 left;
	u8 *dst;
	bool hdgst;
	bool ddgst;
	u32 dsl;
	struct scst_iscsi_cmd *cmd;
	struct scst_iscsi_seq *seq;
	struct scst_iscsi_ctl *ctl;
	struct iov_iter *iter;
	u32 room;
	u32 crc;
	unsigned int nr_cmds;
	int budget;
	int quota;
	struct list_head done;
	struct iov_iter ctl_iter;
	__le32 digest;
	u8 pad[4];
	struct iscsi_bhs bhs;
	u8 ahs[ISCSI_AHS_MAX];
};

struct scst_iscsi_burst;

/**
 * struct scst_iscsi_tx - the batch that is being sent
 * @queue: what has something to send, struct scst_iscsi_out.entry
 * @sending: whose last byte is in the batch
 * @max_dsl: the initiator's MaxRecvDataSegmentLength
 * @hdgst: header digests are on
 * @ddgst: data digests are on
 * @stat_sn: next StatSN
 * @nr: vectors of the batch
 * @bytes: bytes of the batch
 * @sent: bytes of it that TCP has
 * @cache: bytes of it that are in pages of the buffer cache
 * @refs: it has pages that belong to somebody else
 * @more: it had no room for what comes next, so another batch follows
 * @iter: the rest of it
 * @page: headers go there
 * @page_off: offset of the next header
 * @nr_drop: pages to release after the batch
 * @blocked_since: jiffies since the socket has no room for the batch, or 0
 * @vec: the batch
 * @drop: pages to release after the batch
 */
struct scst_iscsi_tx {
	struct list_head queue;
	struct list_head sending;
	u32 max_dsl;
	bool hdgst;
	bool ddgst;
	bool refs;
	bool more;
	u32 stat_sn;
	unsigned int nr;
	u32 bytes;
	u32 cache;
	u32 sent;
	struct iov_iter iter;
	struct page *page;
	unsigned int page_off;
	unsigned int nr_drop;
	unsigned long blocked_since;
	struct bio_vec vec[SCST_ISCSI_TX_VECS];
	struct page *drop[SCST_ISCSI_TX_VECS];
};

/**
 * struct scst_iscsi_text - the text exchange that is going on
 * @buf: keys that are not complete yet
 * @len: bytes of them
 * @max_dsl: the initiator's new MaxRecvDataSegmentLength, 0 if none
 * @ttt: our tag, 0 if no exchange is going on
 * @itt: the initiator's tag
 */
struct scst_iscsi_text {
	char *buf;
	u32 len;
	u32 max_dsl;
	u32 ttt;
	__be32 itt;
};

/* Bits of scst_iscsi_conn.flags */
enum scst_iscsi_conn_flag {
	SCST_ISCSI_CONN_STARTED,	/* io_work may run */
	SCST_ISCSI_CONN_RX,		/* there may be something to receive */
	SCST_ISCSI_CONN_EOF,		/* the peer sends no more */
	SCST_ISCSI_CONN_ABORTS,		/* commands that wait were aborted */
	SCST_ISCSI_CONN_CLOSE,		/* to be closed */
	SCST_ISCSI_CONN_PING,		/* send a NOP-In */
	SCST_ISCSI_CONN_ASK_LOGOUT,	/* send an asynchronous message */
	SCST_ISCSI_CONN_ZC_WAIT,	/* too much cache memory in the network */
	SCST_ISCSI_CONN_RETRY,		/* an allocation failed */
	SCST_ISCSI_CONN_FFP,		/* a full feature PDU was received */
};

enum scst_iscsi_conn_state {
	SCST_ISCSI_FULL_FEATURE,
	SCST_ISCSI_LOGGED_OUT,		/* logout answered, peer closes */
	SCST_ISCSI_CLOSED,		/* socket gone, commands are ended */
};

struct scst_iscsi_conn {
	struct work_struct io_work;
	struct task_struct *owner;	/* runs io_work */
	unsigned long flags;
	struct llist_head finished;	/* struct scst_iscsi_out.llist */
	int cpu;
	int reason;			/* errno, set with CONN_CLOSE */

	/* io_work only, readers use READ_ONCE() */
	enum scst_iscsi_conn_state state;
	unsigned long last_rx;
	unsigned long ping_sent;	/* jiffies, 0: none outstanding */
	unsigned long close_at;		/* jiffies, 0: never */
	unsigned long data_since;	/* jiffies, oldest of @expected, or 0 */

	/* io_work only */
	struct scst_iscsi_cmdsn cmdsn;
	struct list_head ahead;		/* CmdSN gap before them */
	struct list_head r2ts;		/* struct scst_iscsi_cmd.r2t_entry */
	struct list_head expected;	/* .expect_entry, oldest first */
	struct scst_iscsi_cmd *free_cmds;
	struct scst_iscsi_cmd **slots;
	unsigned int nr_slots;		/* allocated */
	unsigned int max_slots;
	unsigned int nr_busy;
	unsigned int nr_imm;
	unsigned int nr_ctls;
	u32 ctl_bytes;
	u32 ping_ttt;
	u16 ttt_gen;
	struct hlist_head unsol[SCST_ISCSI_UNSOL_HASH];
	struct scst_iscsi_rx rx;
	struct scst_iscsi_tx tx;
	struct scst_iscsi_text text;

	/* transport_tcp.c */
	struct socket *sock;
	void (*saved_data_ready)(struct sock *sk);
	void (*saved_write_space)(struct sock *sk);
	void (*saved_state_change)(struct sock *sk);
	struct scst_iscsi_burst *bursts;
	struct scst_iscsi_burst *burst;	/* being filled */
	unsigned long burst_free;	/* bitmap */
	atomic_t zc_bytes;		/* cache memory in the network */
	char peer[48];
	char local[48];
	u16 local_port;
};

/**
 * struct scst_iscsi_session - an I_T nexus with its one connection
 * @tgt: target; cannot go away before
 * @core: the core's object; NULL after released()
 * @sid: ISID and TSIH
 * @initiator: iSCSI name
 * @user: CHAP user or NULL
 * @isid: initiator session id
 * @tsih: target session identifying handle
 * @cid: connection id
 * @portal_tag: portal group tag
 * @reinstated: a new login of the same initiator port closed it
 * @params: as negotiated
 * @tparams: of the target when the session began
 * @ref: one for the core's session, one for each task management function
 * @net: network namespace of the daemon, for events
 * @close_work: leaves the core
 * @release_work: frees everything
 * @entry: in the target's list, under scst_iscsi_mutex
 * @conn: connection
 */
struct scst_iscsi_session {
	struct scst_iscsi_target *tgt;
	struct scst_session *core;
	u64 sid;
	char *initiator;
	char *user;
	u8 isid[6];
	u16 tsih;
	u16 cid;
	u16 portal_tag;
	bool reinstated;
	struct scst_iscsi_params params;
	struct scst_iscsi_target_params tparams;
	refcount_t ref;
	struct net *net;
	struct work_struct close_work;
	struct delayed_work release_work;
	struct list_head entry;
	struct scst_iscsi_conn conn;
};

static inline struct scst_iscsi_session *
to_session(struct scst_iscsi_conn *conn)
{
	return container_of(conn, struct scst_iscsi_session, conn);
}

/**
 * struct scst_iscsi_target - a target; everything under scst_iscsi_mutex
 * @core: the core's object; set before the target is in the list
 * @tid: target id
 * @name: iSCSI name
 * @dying: takes no new sessions; being created or deleted
 * @nr_sessions: sessions that are not yet freed
 * @params: defaults for new sessions
 * @tparams: parameters that are not negotiated
 * @addresses: for SendTargets, as in target-set; NULL or empty if unknown
 * @sessions: struct scst_iscsi_session.entry
 * @entry: in scst_iscsi_targets
 */
struct scst_iscsi_target {
	struct scst_target *core;
	u32 tid;
	char *name;
	bool dying;
	unsigned int nr_sessions;
	struct scst_iscsi_params params;
	struct scst_iscsi_target_params tparams;
	char *addresses;
	struct list_head sessions;
	struct list_head entry;
};

/* main.c */
extern struct mutex scst_iscsi_mutex;
extern struct workqueue_struct *scst_iscsi_wq;		/* io_work */
extern struct workqueue_struct *scst_iscsi_mgmt_wq;	/* ends of sessions */
extern const struct scst_tgt_ops scst_iscsi_ops;

/* target.c */
extern struct list_head scst_iscsi_targets;
extern unsigned int scst_iscsi_generation;	/* of these lists */
struct scst_iscsi_target *scst_iscsi_target_find_locked(u32 tid);
int scst_iscsi_target_add(u32 *tid, const char *name);
int scst_iscsi_target_del(u32 tid);
void scst_iscsi_target_put_session(struct scst_iscsi_target *tgt);
void scst_iscsi_targets_del_all(void);

/* session.c */
struct scst_iscsi_session_args {
	u32 tid;
	const char *initiator;
	const char *user;
	const u8 *isid;
	u16 tsih;
	u16 cid;
	u16 portal_tag;
	int sockfd;
	u32 exp_cmd_sn;
	u32 stat_sn;
	struct net *net;
	const struct scst_iscsi_params *params;
};

int scst_iscsi_session_add(const struct scst_iscsi_session_args *args,
			   u64 *sid);
struct scst_iscsi_session *
scst_iscsi_session_find_locked(const struct scst_iscsi_target *tgt, u64 sid);
void scst_iscsi_session_get(struct scst_iscsi_session *sess);
void scst_iscsi_session_put(struct scst_iscsi_session *sess);

/* conn.c */
int scst_iscsi_conn_init(struct scst_iscsi_session *sess,
			 const struct scst_iscsi_session_args *args);
void scst_iscsi_conn_start(struct scst_iscsi_conn *conn);
bool scst_iscsi_conn_idle(struct scst_iscsi_conn *conn);
void scst_iscsi_conn_destroy(struct scst_iscsi_conn *conn);
void scst_iscsi_conn_close(struct scst_iscsi_conn *conn, int err);
void scst_iscsi_conn_kick(struct scst_iscsi_conn *conn);
void scst_iscsi_conn_queue(struct scst_iscsi_conn *conn,
			   struct scst_iscsi_out *out);
void scst_iscsi_conn_logged_out(struct scst_iscsi_conn *conn);
void scst_iscsi_conn_tick(struct scst_iscsi_conn *conn, unsigned long now);
void scst_iscsi_conn_ask_logout(struct scst_iscsi_conn *conn);

/* rx.c */
void scst_iscsi_rx_init(struct scst_iscsi_conn *conn);
void scst_iscsi_rx(struct scst_iscsi_conn *conn);
bool scst_iscsi_rx_pending(const struct scst_iscsi_conn *conn);
size_t scst_iscsi_rx_consume(struct scst_iscsi_conn *conn, void *chunk,
			     unsigned int off, size_t len);
void scst_iscsi_rx_forget(struct scst_iscsi_conn *conn,
			  struct scst_iscsi_cmd *cmd);
void scst_iscsi_rx_stop(struct scst_iscsi_conn *conn);
void scst_iscsi_rx_ready(struct scst_iscsi_conn *conn,
			 struct scst_iscsi_cmd *cmd);

/* tx.c */
void scst_iscsi_tx_init(struct scst_iscsi_conn *conn, u32 stat_sn);
void scst_iscsi_tx_free(struct scst_iscsi_conn *conn);
bool scst_iscsi_tx(struct scst_iscsi_conn *conn);
void scst_iscsi_tx_stop(struct scst_iscsi_conn *conn);
void scst_iscsi_tx_drop_queue(struct scst_iscsi_conn *conn);

/* cmd.c */
struct scst_iscsi_cmd *scst_iscsi_cmd_get(struct scst_iscsi_conn *conn,
					  bool imm);
void scst_iscsi_cmd_put(struct scst_iscsi_cmd *cmd);
int scst_iscsi_cmd_fill(struct scst_iscsi_cmd *cmd, const struct iscsi_bhs *bhs,
			const u8 *ahs);
void scst_iscsi_cmd_submit(struct scst_iscsi_cmd *cmd);
void scst_iscsi_cmd_late(struct scst_iscsi_cmd *cmd);
struct iov_iter *scst_iscsi_cmd_target(struct scst_iscsi_cmd *cmd, u32 off,
				       u32 len, u32 *room);
struct scst_iscsi_seq *scst_iscsi_cmd_data_out(struct scst_iscsi_conn *conn,
					       const struct iscsi_bhs *bhs,
					       struct scst_iscsi_cmd **cmd);
void scst_iscsi_cmd_data_end(struct scst_iscsi_cmd *cmd,
			     struct scst_iscsi_seq *seq, u32 len, bool final);
void scst_iscsi_cmd_imm_end(struct scst_iscsi_cmd *cmd);
void scst_iscsi_cmd_fail(struct scst_iscsi_cmd *cmd, scst_sense_t error);
bool scst_iscsi_cmd_r2t(struct scst_iscsi_cmd *cmd, struct iscsi_r2t *r2t);
bool scst_iscsi_cmd_wants_r2t(const struct scst_iscsi_cmd *cmd);
void scst_iscsi_cmd_ready(struct scst_iscsi_cmd *cmd);
bool scst_iscsi_cmd_hold_response(struct scst_iscsi_cmd *cmd);
void scst_iscsi_cmds_aborted(struct scst_iscsi_conn *conn);
void scst_iscsi_cmds_stop(struct scst_iscsi_conn *conn);
void scst_iscsi_data_wait(struct scst_cmd *scst);
void scst_iscsi_respond(struct scst_cmd *scst);
void scst_iscsi_abort(struct scst_cmd *scst);
int scst_iscsi_cmd_cache_init(void);
void scst_iscsi_cmd_cache_exit(void);
void scst_iscsi_cmd_free_all(struct scst_iscsi_conn *conn);

/* order.c: execution in the order of CmdSN */
void scst_iscsi_pdu_free(struct scst_iscsi_pdu *pdu);
void scst_iscsi_order(struct scst_iscsi_conn *conn, struct scst_iscsi_pdu *pdu);
void scst_iscsi_order_void(struct scst_iscsi_conn *conn, u32 sn);
bool scst_iscsi_order_abort_itt(struct scst_iscsi_conn *conn, __be32 itt);
void scst_iscsi_order_abort_lun(struct scst_iscsi_conn *conn, const u8 *lun,
				u32 sn);
void scst_iscsi_order_stop(struct scst_iscsi_conn *conn);

/* control.c */
struct scst_iscsi_ctl *scst_iscsi_ctl_alloc(struct scst_iscsi_conn *conn);
void scst_iscsi_ctl_free(struct scst_iscsi_ctl *ctl);
bool scst_iscsi_ctl_execute(struct scst_iscsi_ctl *ctl);
void scst_iscsi_ctl_sent(struct scst_iscsi_ctl *ctl);
void scst_iscsi_reject(struct scst_iscsi_conn *conn,
		       const struct iscsi_bhs *bhs, u8 reason);
void scst_iscsi_send_ping(struct scst_iscsi_conn *conn);
void scst_iscsi_send_async_logout(struct scst_iscsi_conn *conn);

/* text.c */
bool scst_iscsi_text(struct scst_iscsi_ctl *ctl);
void scst_iscsi_text_forget(struct scst_iscsi_conn *conn);

/* tmf.c */
void scst_iscsi_tmf(struct scst_iscsi_ctl *ctl);
void scst_iscsi_tm_done(struct scst_tm *tm);

/* digest.c */
__le32 scst_iscsi_digest(u32 crc);
u32 scst_iscsi_crc(u32 crc, const void *buf, size_t len);
u32 scst_iscsi_crc_bvec(u32 crc, const struct bio_vec *bv);
#define SCST_ISCSI_CRC_SEED	(~0u)

/* netlink.c */
int scst_iscsi_netlink_init(void);
void scst_iscsi_netlink_stop(void);
void scst_iscsi_netlink_exit(void);
void scst_iscsi_event_closed(const struct scst_iscsi_session *sess);

/* proc.c */
extern const struct scst_info_file scst_iscsi_files[];

#endif /* _SCST_ISCSI_PRIV_H */
