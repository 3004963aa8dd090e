/* SPDX-License-Identifier: GPL-2.0 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM scst

#if !defined(_SCST_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _SCST_TRACE_H

#include <linux/tracepoint.h>
#include <scst/scst.h>

TRACE_EVENT(scst_cmd_submit,
	TP_PROTO(const struct scst_cmd *cmd),
	TP_ARGS(cmd),
	TP_STRUCT__entry(
		__field(u64, tag)
		__field(u32, lun)
		__field(u32, exp_len)
		__field(u8, opcode)
		__field(u8, attr)
	),
	TP_fast_assign(
		__entry->tag = cmd->tag;
		__entry->lun = cmd->lun_addr;
		__entry->exp_len = cmd->exp_len;
		__entry->opcode = cmd->cdb[0];
		__entry->attr = cmd->attr;
	),
	TP_printk("tag=%llu lun=%u opcode=0x%02x attr=%u exp_len=%u",
		  __entry->tag, __entry->lun, __entry->opcode, __entry->attr,
		  __entry->exp_len)
);

TRACE_EVENT(scst_cmd_respond,
	TP_PROTO(const struct scst_cmd *cmd),
	TP_ARGS(cmd),
	TP_STRUCT__entry(
		__field(u64, tag)
		__field(u32, lun)
		__field(u32, resp_len)
		__field(u32, result)
		__field(u8, opcode)
		__field(u8, status)
		__field(bool, aborted)
	),
	TP_fast_assign(
		__entry->tag = cmd->tag;
		__entry->lun = cmd->lun_addr;
		__entry->resp_len = cmd->resp_len;
		__entry->result = (__force u32)cmd->result;
		__entry->opcode = cmd->cdb[0];
		__entry->status = cmd->status;
		__entry->aborted = scst_cmd_aborted(cmd);
	),
	TP_printk("tag=%llu lun=%u opcode=0x%02x status=0x%02x sense=0x%06x resp_len=%u aborted=%d",
		  __entry->tag, __entry->lun, __entry->opcode, __entry->status,
		  __entry->result & 0xffffff, __entry->resp_len,
		  __entry->aborted)
);

DECLARE_EVENT_CLASS(scst_tm,
	TP_PROTO(const struct scst_tm *tm),
	TP_ARGS(tm),
	TP_STRUCT__entry(
		__field(u64, tag)
		__field(u32, lun)
		__field(int, fn)
		__field(int, result)
	),
	TP_fast_assign(
		__entry->tag = tm->tag;
		__entry->lun = tm->lun_addr;
		__entry->fn = tm->fn;
		__entry->result = tm->result;
	),
	TP_printk("fn=%d lun=%u tag=%llu result=%d", __entry->fn, __entry->lun,
		  __entry->tag, __entry->result)
);

DEFINE_EVENT(scst_tm, scst_tm_submit,
	TP_PROTO(const struct scst_tm *tm), TP_ARGS(tm));

DEFINE_EVENT(scst_tm, scst_tm_done,
	TP_PROTO(const struct scst_tm *tm), TP_ARGS(tm));

#endif /* _SCST_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE scst_trace
#include <trace/define_trace.h>
