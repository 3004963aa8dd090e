// SPDX-License-Identifier: GPL-2.0
/*
 * The commands that every virtual device has (SPC-5) and the capacity (SBC-4):
 * which function executes which operation code.
 */
#include <linux/export.h>

#include "core_priv.h"

static void scst_test_unit_ready(struct scst_cmd *cmd)
{
	scst_cmd_complete(cmd, SCST_GOOD);
}

struct scst_spc_op {
	u8 opcode;
	u8 sa;			/* with SCST_OPF_SA in the CDB table */
	void (*execute)(struct scst_cmd *cmd);
};

static const struct scst_spc_op scst_spc_ops[] = {
	{ TEST_UNIT_READY, 0, scst_test_unit_ready },
	{ REQUEST_SENSE, 0, scst_request_sense },
	{ INQUIRY, 0, scst_inquiry },
	{ MODE_SELECT, 0, scst_mode_select },
	{ MODE_SENSE, 0, scst_mode_sense },
	{ READ_CAPACITY, 0, scst_read_capacity10 },
	{ MODE_SELECT_10, 0, scst_mode_select },
	{ MODE_SENSE_10, 0, scst_mode_sense },
	{ SERVICE_ACTION_IN_16, SAI_READ_CAPACITY_16, scst_read_capacity16 },
	{ MAINTENANCE_IN, MI_REPORT_SUPPORTED_OPERATION_CODES,
	  scst_report_opcodes },
	{ MAINTENANCE_IN, MI_REPORT_SUPPORTED_TASK_MANAGEMENT_FUNCTIONS,
	  scst_report_opcodes },
};

/**
 * scst_spc_parse - choose how a command that all virtual devices have is
 * executed
 * @cmd: parsed command
 *
 * Context: any.
 * Return: SCST_GOOD, or SCST_INVALID_OPCODE if it is not one of them.
 */
scst_sense_t scst_spc_parse(struct scst_cmd *cmd)
{
	const struct scst_spc_op *op;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(scst_spc_ops); i++) {
		op = &scst_spc_ops[i];
		if (op->opcode != cmd->op->opcode)
			continue;
		if (cmd->op->flags & SCST_OPF_SA && op->sa != cmd->op->sa)
			continue;
		cmd->execute = op->execute;
		if (cmd->dir == DMA_FROM_DEVICE)
			set_bit(SCST_CMDF_OWN_BUF, &cmd->flags);
		return SCST_GOOD;
	}
	return SCST_INVALID_OPCODE;
}
EXPORT_SYMBOL_GPL(scst_spc_parse);
