/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Requests of an initiator, on their way from the socket and back.
 * Only io_work of their connection touches them, see the top of conn.c.
 */
#ifndef _SCST_ISCSI_REQUEST_H
#define _SCST_ISCSI_REQUEST_H

#include <linux/bvec.h>
#include <linux/list.h>
#include <linux/llist.h>
#include <linux/uio.h>
#include <scst/iscsi_proto.h>
#include <scst/scst.h>

struct scst_iscsi_conn;

#define SCST_ISCSI_R2TS		4	/* outstanding for one command */

enum scst_iscsi_pdu_kind {
	SCST_ISCSI_KIND_CMD,	/* SCSI command, in struct scst_iscsi_cmd */
	SCST_ISCSI_KIND_READY,	/* the same; all its data has come */
	SCST_ISCSI_KIND_CTL,	/* anything else, in struct scst_iscsi_ctl */
	SCST_ISCSI_KIND_VOID,	/* stands for a CmdSN that was used up */
};

/**
 * struct scst_iscsi_pdu - a received request
 * @entry: in conn->rx.done or conn->ahead
 * @kind: which structure it is in
 * @skip: aborted before its turn came; only its CmdSN counts
 * @bhs: header as received
 */
struct scst_iscsi_pdu {
	struct list_head entry;
	enum scst_iscsi_pdu_kind kind;
	bool skip;
	struct iscsi_bhs bhs;
};

enum scst_iscsi_out_kind {
	SCST_ISCSI_OUT_CMD,
	SCST_ISCSI_OUT_CTL,
};

/**
 * struct scst_iscsi_out - something to send
 * @llist: in conn->finished, from any context
 * @entry: in conn->tx.queue or conn->tx.sending
 * @kind: which structure it is in
 * @end: position in the batch of the byte after its last one
 */
struct scst_iscsi_out {
	union {
		struct llist_node llist;
		struct list_head entry;
	};
	enum scst_iscsi_out_kind kind;
	u32 end;
};

/**
 * struct scst_iscsi_seq - a sequence of Data-Out PDUs that is expected
 * @ttt: target transfer tag, ISCSI_TAG_NONE if unsolicited
 * @off: offset in the buffer
 * @len: bytes
 * @got: bytes that came
 * @data_sn: next DataSN
 * @active: expected
 */
struct scst_iscsi_seq {
	u32 ttt;
	u32 off;
	u32 len;
	u32 got;
	u32 data_sn;
	bool active;
};

/**
 * struct scst_iscsi_cmd - a SCSI command; only io_work touches it
 * @scst: the core's part
 * @conn: connection
 * @pdu: the request
 * @out: the response
 * @slot: index in conn->slots, low half of its target transfer tags
 * @busy: not on the free list
 * @credit: the command window was not yet paid back
 * @imm: its immediate data is still being received
 * @waiting: the core waits for scst_cmd_data_ready()
 * @complete: it was or is about to be told that, no more data is expected
 * @responded: respond() came while data was still to be thrown away
 * @r2t_queued: on conn->r2ts
 * @error: what went wrong with the data
 * @edtl: expected data transfer length
 * @unsol: unsolicited data
 * @r2t: solicited data
 * @nr_r2t: active ones
 * @r2t_sn: next R2TSN
 * @r2t_off: up to where data is solicited
 * @iter: where the next byte goes if it comes in order
 * @iter_off: the offset @iter stands at
 * @unsol_node: in conn->unsol while @unsol is active
 * @r2t_entry: in conn->r2ts
 * @expect_entry: in conn->expected while data is due from the initiator
 * @expect_since: jiffies since when
 * @tx_off: bytes of Data-In that are in a batch
 * @tx_vec: index of the vector that @tx_off lies in
 * @tx_vec_off: offset in it
 * @data_sn: next DataSN
 * @next_free: free list
 */
struct scst_iscsi_cmd {
	struct scst_cmd scst;
	struct scst_iscsi_conn *conn;
	struct scst_iscsi_pdu pdu;
	struct scst_iscsi_out out;
	u16 slot;
	bool busy;
	bool credit;
	bool imm;
	bool waiting;
	bool complete;
	bool responded;
	bool r2t_queued;
	u8 nr_r2t;
	scst_sense_t error;
	u32 edtl;

	u32 tx_off;
	u32 tx_vec;
	u32 tx_vec_off;
	u32 data_sn;

	u32 r2t_sn;
	u32 r2t_off;
	struct scst_iscsi_seq unsol;
	struct scst_iscsi_seq r2t[SCST_ISCSI_R2TS];
	struct iov_iter iter;
	u32 iter_off;
	struct hlist_node unsol_node;
	struct list_head r2t_entry;
	struct list_head expect_entry;
	unsigned long expect_since;
	struct scst_iscsi_cmd *next_free;
};

/* Not on the wire: answer a SCSI command with status BUSY */
#define SCST_ISCSI_REJECT_BUSY	0xff

/* What to do when a control PDU was sent */
enum scst_iscsi_after {
	SCST_ISCSI_AFTER_NOTHING,
	SCST_ISCSI_AFTER_LOGOUT,
	SCST_ISCSI_AFTER_COLD_RESET,
};

/**
 * struct scst_iscsi_ctl - any request but a SCSI command, and its response
 * @conn: connection
 * @pdu: request
 * @out: response
 * @data: data of the request, and of the response if it is an echo or text
 * @req_bytes: bytes of the request in conn->ctl_bytes
 * @reject: why the request is to be rejected, 0 if it is not
 * @never_came: ABORT TASK of a command that has not arrived
 * @rsp: header of the response, without sequence numbers
 * @has_stat: the response takes a StatSN
 * @inl_len: bytes of @inl to send
 * @inl: short data of the response
 * @after: what happens then
 * @tm: task management function
 */
struct scst_iscsi_ctl {
	struct scst_iscsi_conn *conn;
	struct scst_iscsi_pdu pdu;
	struct scst_iscsi_out out;
	struct scst_iscsi_pages data;
	u32 req_bytes;
	u8 reject;
	bool never_came;
	bool has_stat;
	enum scst_iscsi_after after;
	struct iscsi_bhs rsp;
	u8 inl_len;
	u8 inl[ISCSI_BHS_LEN];
	struct scst_tm tm;
};

static inline struct scst_iscsi_cmd *pdu_to_cmd(struct scst_iscsi_pdu *pdu)
{
	return container_of(pdu, struct scst_iscsi_cmd, pdu);
}

static inline struct scst_iscsi_ctl *pdu_to_ctl(struct scst_iscsi_pdu *pdu)
{
	return container_of(pdu, struct scst_iscsi_ctl, pdu);
}

static inline struct scst_iscsi_cmd *out_to_cmd(struct scst_iscsi_out *out)
{
	return container_of(out, struct scst_iscsi_cmd, out);
}

static inline struct scst_iscsi_ctl *out_to_ctl(struct scst_iscsi_out *out)
{
	return container_of(out, struct scst_iscsi_ctl, out);
}

#endif /* _SCST_ISCSI_REQUEST_H */
