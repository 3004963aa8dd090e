// SPDX-License-Identifier: GPL-2.0
/*
 * RESERVE and RELEASE (SPC-2 7.21, 7.22): one holder for each device.
 * The holder is under scst_device.lock; it is never looked into, only compared.
 */
#include "../scst_compat.h"
#include "core_priv.h"

/* Third party reservations and extents went away with SPC-3 */
#define SCST_RESERVE_3RDPTY	0x10
#define SCST_RESERVE_LONGID	0x02
#define SCST_RESERVE_EXTENT	0x01

/**
 * scst_reserved_against - does somebody else's reservation stop this command?
 * @cmd: parsed command
 *
 * Context: process context.
 * Return: true for RESERVATION CONFLICT.
 */
bool scst_reserved_against(const struct scst_cmd *cmd)
{
	const struct scst_lun *holder = READ_ONCE(cmd->dev->res.holder);

	if (likely(!holder) || holder == cmd->lun)
		return false;
	return !cmd->op || !(cmd->op->flags & SCST_OPF_RES_OK);
}

static void scst_reserve_exec(struct scst_cmd *cmd)
{
	struct scst_device *dev = cmd->dev;
	bool ours;

	spin_lock(&dev->lock);
	if (!dev->res.holder)
		WRITE_ONCE(dev->res.holder, cmd->lun);
	ours = dev->res.holder == cmd->lun;
	spin_unlock(&dev->lock);
	scst_cmd_complete(cmd, ours ? SCST_GOOD : SCST_RESERVATION_CONFLICT);
}

static void scst_release_exec(struct scst_cmd *cmd)
{
	scst_reserve_drop(cmd->dev, cmd->lun);
	scst_cmd_complete(cmd, SCST_GOOD);
}

/**
 * scst_reserve_parse - choose how RESERVE or RELEASE is executed
 * @cmd: command
 *
 * Context: any.
 * Return: SCST_GOOD or why it is refused.
 */
scst_sense_t scst_reserve_parse(struct scst_cmd *cmd)
{
	u8 refused = SCST_RESERVE_3RDPTY | SCST_RESERVE_EXTENT;
	u8 opcode = cmd->cdb[0];

	if (opcode == RESERVE_10 || opcode == RELEASE_10)
		refused |= SCST_RESERVE_LONGID;
	if (cmd->cdb[1] & refused)
		return SCST_INVALID_FIELD_IN_CDB;
	if (opcode == RESERVE_6 || opcode == RESERVE_10)
		cmd->execute = scst_reserve_exec;
	else
		cmd->execute = scst_release_exec;
	return SCST_GOOD;
}

/**
 * scst_reserve_drop - end a reservation
 * @dev: device
 * @lun: only if this nexus holds it; NULL for whoever does
 *
 * Context: process context.
 */
void scst_reserve_drop(struct scst_device *dev, const struct scst_lun *lun)
{
	spin_lock(&dev->lock);
	if (!lun || dev->res.holder == lun)
		WRITE_ONCE(dev->res.holder, NULL);
	spin_unlock(&dev->lock);
}
