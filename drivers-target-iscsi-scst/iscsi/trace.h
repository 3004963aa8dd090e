/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tracepoints: PDUs in both directions, states of connections, and what peers
 * do wrong.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM scst_iscsi

#if !defined(_SCST_ISCSI_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _SCST_ISCSI_TRACE_H

#include <linux/tracepoint.h>
#include <scst/iscsi_proto.h>

#define show_scst_iscsi_opcode(op)				\
	__print_symbolic(op,					\
		{ ISCSI_OP_NOP_OUT,	"NOP_OUT" },		\
		{ ISCSI_OP_SCSI_CMD,	"SCSI_CMD" },		\
		{ ISCSI_OP_TMF_REQ,	"TMF_REQ" },		\
		{ ISCSI_OP_LOGIN_REQ,	"LOGIN_REQ" },		\
		{ ISCSI_OP_TEXT_REQ,	"TEXT_REQ" },		\
		{ ISCSI_OP_DATA_OUT,	"DATA_OUT" },		\
		{ ISCSI_OP_LOGOUT_REQ,	"LOGOUT_REQ" },		\
		{ ISCSI_OP_SNACK,	"SNACK" },		\
		{ ISCSI_OP_NOP_IN,	"NOP_IN" },		\
		{ ISCSI_OP_SCSI_RSP,	"SCSI_RSP" },		\
		{ ISCSI_OP_TMF_RSP,	"TMF_RSP" },		\
		{ ISCSI_OP_TEXT_RSP,	"TEXT_RSP" },		\
		{ ISCSI_OP_DATA_IN,	"DATA_IN" },		\
		{ ISCSI_OP_LOGOUT_RSP,	"LOGOUT_RSP" },		\
		{ ISCSI_OP_R2T,		"R2T" },		\
		{ ISCSI_OP_ASYNC,	"ASYNC" },		\
		{ ISCSI_OP_REJECT,	"REJECT" })

DECLARE_EVENT_CLASS(scst_iscsi_pdu,
	TP_PROTO(u64 sid, const struct iscsi_bhs *bhs),
	TP_ARGS(sid, bhs),
	TP_STRUCT__entry(
		__field(u64, sid)
		__field(u8, opcode)
		__field(u8, flags)
		__field(u32, dsl)
		__field(u32, itt)
		__field(u32, ttt)
		__field(u32, sn0)
		__field(u32, sn1)
		__field(u32, sn2)
	),
	TP_fast_assign(
		__entry->sid = sid;
		__entry->opcode = bhs->opcode & ISCSI_OP_MASK;
		__entry->flags = bhs->flags;
		__entry->dsl = iscsi_dsl_get(bhs->dsl);
		__entry->itt = be32_to_cpu(bhs->itt);
		__entry->ttt = be32_to_cpu(bhs->ttt);
		__entry->sn0 = be32_to_cpu(bhs->sn[0]);
		__entry->sn1 = be32_to_cpu(bhs->sn[1]);
		__entry->sn2 = be32_to_cpu(bhs->sn[2]);
	),
	TP_printk("sid=%llx %s flags=%02x dsl=%u itt=%08x ttt=%08x sn=%u/%u/%u",
		  __entry->sid, show_scst_iscsi_opcode(__entry->opcode),
		  __entry->flags, __entry->dsl, __entry->itt, __entry->ttt,
		  __entry->sn0, __entry->sn1, __entry->sn2)
);

DEFINE_EVENT(scst_iscsi_pdu, scst_iscsi_received,
	TP_PROTO(u64 sid, const struct iscsi_bhs *bhs),
	TP_ARGS(sid, bhs)
);

DEFINE_EVENT(scst_iscsi_pdu, scst_iscsi_sent,
	TP_PROTO(u64 sid, const struct iscsi_bhs *bhs),
	TP_ARGS(sid, bhs)
);

TRACE_EVENT(scst_iscsi_close,
	TP_PROTO(u64 sid, int reason),
	TP_ARGS(sid, reason),
	TP_STRUCT__entry(
		__field(u64, sid)
		__field(int, reason)
	),
	TP_fast_assign(
		__entry->sid = sid;
		__entry->reason = reason;
	),
	TP_printk("sid=%llx reason=%d", __entry->sid, __entry->reason)
);

TRACE_EVENT(scst_iscsi_state,
	TP_PROTO(u64 sid, int state),
	TP_ARGS(sid, state),
	TP_STRUCT__entry(
		__field(u64, sid)
		__field(int, state)
	),
	TP_fast_assign(
		__entry->sid = sid;
		__entry->state = state;
	),
	TP_printk("sid=%llx state=%d", __entry->sid, __entry->state)
);

/* A burst of cached pages: what was handed to TCP without a copy, ... */
DECLARE_EVENT_CLASS(scst_iscsi_burst,
	TP_PROTO(u64 sid, u32 bytes),
	TP_ARGS(sid, bytes),
	TP_STRUCT__entry(
		__field(u64, sid)
		__field(u32, bytes)
	),
	TP_fast_assign(
		__entry->sid = sid;
		__entry->bytes = bytes;
	),
	TP_printk("sid=%llx bytes=%u", __entry->sid, __entry->bytes)
);

DEFINE_EVENT(scst_iscsi_burst, scst_iscsi_burst_sent,
	TP_PROTO(u64 sid, u32 bytes),
	TP_ARGS(sid, bytes)
);

/* ... and what it has let go of since */
DEFINE_EVENT(scst_iscsi_burst, scst_iscsi_burst_released,
	TP_PROTO(u64 sid, u32 bytes),
	TP_ARGS(sid, bytes)
);

/* The peer has sent something that it should not have */
TRACE_EVENT(scst_iscsi_error,
	TP_PROTO(u64 sid, u32 itt, const char *what),
	TP_ARGS(sid, itt, what),
	TP_STRUCT__entry(
		__field(u64, sid)
		__field(u32, itt)
		__string(what, what)
	),
	TP_fast_assign(
		__entry->sid = sid;
		__entry->itt = itt;
		__assign_str(what);
	),
	TP_printk("sid=%llx itt=%08x %s", __entry->sid, __entry->itt,
		  __get_str(what))
);

#endif /* _SCST_ISCSI_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
