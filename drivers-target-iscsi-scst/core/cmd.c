// SPDX-License-Identifier: GPL-2.0
/*
 * What target drivers and device handlers do with a command, apart from moving
 * it through its states (cmd_state.c).  A command belongs to whoever its state
 * says; no lock is needed here.
 */
#include <linux/export.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/unaligned.h>

#include "core_priv.h"

/* SAM-5 4.7.7: addressing methods, the upper two bits of a LUN */
#define SCST_LUN_METHOD_SHIFT	6
#define SCST_LUN_PERIPHERAL	0
#define SCST_LUN_FLAT		1

/**
 * scst_cmd_init - prepare a command
 * @cmd: command, in the driver's own structure
 * @sess: I_T nexus
 *
 * The driver then fills in the first group of fields.
 *
 * Context: any.
 */
void scst_cmd_init(struct scst_cmd *cmd, struct scst_session *sess)
{
	memset(cmd, 0, offsetof(struct scst_cmd, buf.inline_vec));
	cmd->sess = sess;
	cmd->exp_dir = DMA_NONE;
	cmd->dir = DMA_NONE;
}
EXPORT_SYMBOL_GPL(scst_cmd_init);

/**
 * scst_lun_decode - read an eight byte LUN (SAM-5 4.7.7)
 * @lun: the field
 *
 * Context: any.
 * Return: the number, SCST_LUN_INVALID if it has more than one level or an
 * addressing method that nobody uses.
 */
u32 scst_lun_decode(const u8 *lun)
{
	u8 method = lun[0] >> SCST_LUN_METHOD_SHIFT;

	if (get_unaligned_be16(lun + 2) || get_unaligned_be32(lun + 4))
		return SCST_LUN_INVALID;
	if (method != SCST_LUN_PERIPHERAL && method != SCST_LUN_FLAT)
		return SCST_LUN_INVALID;
	return get_unaligned_be16(lun) & SCST_MAX_LUN;
}
EXPORT_SYMBOL_GPL(scst_lun_decode);

/**
 * scst_lun_encode - write an eight byte LUN
 * @lun: number
 * @dst: eight bytes; peripheral addressing up to 255, flat above
 *
 * Context: any.
 */
void scst_lun_encode(u32 lun, u8 *dst)
{
	memset(dst, 0, 8);
	put_unaligned_be16(lun, dst);
	if (lun > U8_MAX)
		dst[0] |= SCST_LUN_FLAT << SCST_LUN_METHOD_SHIFT;
}
EXPORT_SYMBOL_GPL(scst_lun_encode);

/**
 * scst_cmd_residual - what was not moved
 * @cmd: command, in respond()
 *
 * Context: any.
 * Return: positive: the CDB asked for so many bytes more than the transport
 * expected (overflow); negative: so many expected bytes did not move
 * (underflow); 0.
 */
s64 scst_cmd_residual(const struct scst_cmd *cmd)
{
	u32 moved = cmd->dir == DMA_FROM_DEVICE ? cmd->resp_len : cmd->bufflen;

	if (cmd->data_len > cmd->exp_len && moved == cmd->exp_len)
		return (s64)cmd->data_len - cmd->exp_len;
	return (s64)moved - cmd->exp_len;
}
EXPORT_SYMBOL_GPL(scst_cmd_residual);

/**
 * scst_cmd_set_info - set the INFORMATION field of the sense data to come
 * @cmd: command
 * @info: usually an LBA or an offset
 *
 * Context: any, before scst_cmd_complete().
 */
void scst_cmd_set_info(struct scst_cmd *cmd, u64 info)
{
	cmd->info = info;
	set_bit(SCST_CMDF_INFO, &cmd->flags);
}
EXPORT_SYMBOL_GPL(scst_cmd_set_info);

/**
 * scst_cmd_lost - has the device lost data that this nexus may have written?
 * @cmd: command that would say that all of them are safe
 *
 * What is lost was in a cache that all nexuses share, so all are told, each of
 * them once.  One that begins later is told too if nobody was before: it may be
 * the writer, come back.
 *
 * Context: any.
 * Return: 0, or the negative errno that the handler put into scst_device.lost.
 */
int scst_cmd_lost(struct scst_cmd *cmd)
{
	return errseq_check_and_advance(&cmd->dev->lost, &cmd->lun->lost);
}
EXPORT_SYMBOL_GPL(scst_cmd_lost);

/**
 * scst_cmd_alloc_buf - get a buffer of bufflen bytes from the cache
 * @cmd: command without buffer
 *
 * Context: may sleep.
 * Return: 0, -ENOMEM, -EAGAIN near the limit of the device or of all.
 */
int scst_cmd_alloc_buf(struct scst_cmd *cmd)
{
	return scst_buf_alloc(cmd->lun, &cmd->buf, cmd->bufflen);
}
EXPORT_SYMBOL_GPL(scst_cmd_alloc_buf);

/**
 * scst_cmd_reply - end a command with parameter data
 * @cmd: data-in command in execution
 * @data: all that there is to say
 * @len: its length; what the CDB or the initiator did not ask for is cut off
 *
 * Context: may sleep.
 */
void scst_cmd_reply(struct scst_cmd *cmd, const void *data, u32 len)
{
	cmd->data_len = min(cmd->data_len, len);
	cmd->bufflen = min(cmd->bufflen, cmd->data_len);
	if (cmd->bufflen && !cmd->buf.len && scst_cmd_alloc_buf(cmd)) {
		scst_cmd_complete(cmd, SCST_TASK_SET_FULL);
		return;
	}
	scst_buf_copy_to(&cmd->buf, 0, data, cmd->bufflen);
	cmd->resp_len = cmd->bufflen;
	scst_cmd_complete(cmd, SCST_GOOD);
}
EXPORT_SYMBOL_GPL(scst_cmd_reply);

/**
 * scst_cmd_params - fetch the parameter list of a data-out command
 * @cmd: command in execution
 * @dst: gets it
 * @len: room in @dst
 *
 * Context: any.
 * Return: bytes copied; fewer than the CDB announced if the initiator sent
 * fewer.
 */
u32 scst_cmd_params(const struct scst_cmd *cmd, void *dst, u32 len)
{
	return scst_buf_copy_from(&cmd->buf, 0, dst, min(len, cmd->bufflen));
}
EXPORT_SYMBOL_GPL(scst_cmd_params);

static void scst_cmd_work(struct work_struct *work)
{
	struct scst_cmd *cmd = container_of(work, struct scst_cmd, work);

	cmd->execute(cmd);
}

/**
 * scst_cmd_defer - go on in a worker of the device
 * @cmd: command in execution
 * @fn: called there, may sleep
 *
 * Context: any.
 */
void scst_cmd_defer(struct scst_cmd *cmd, void (*fn)(struct scst_cmd *cmd))
{
	cmd->execute = fn;
	INIT_WORK(&cmd->work, scst_cmd_work);
	queue_work(cmd->dev->wq, &cmd->work);
}
EXPORT_SYMBOL_GPL(scst_cmd_defer);
