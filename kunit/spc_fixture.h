/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A virtual disk, a session and a transport that keeps what it is told: enough
 * to execute the commands that scst_spc_parse() knows, without registering
 * anything.
 */
#ifndef _SCST_SPC_FIXTURE_H
#define _SCST_SPC_FIXTURE_H

#include <kunit/test.h>
#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "../core/core_priv.h"

#define SPC_NBLOCKS	0x123456
#define SPC_DATA_MAX	2048

struct spc {
	struct scst_target tgt;
	struct scst_session sess;
	struct scst_device dev;
	struct scst_lun lun;
	struct scst_cmd cmd;
	unsigned int responses;
	u32 len;
	u8 data[SPC_DATA_MAX];
};

static void spc_respond(struct scst_cmd *cmd)
{
	struct spc *spc = container_of(cmd, struct spc, cmd);

	spc->responses++;
	spc->len = scst_buf_copy_from(&cmd->buf, 0, spc->data,
				      min_t(u32, cmd->resp_len, SPC_DATA_MAX));
}

static const struct scst_tgt_ops spc_ops = {
	.name = "spc_test",
	.protocol = SCSI_PROTOCOL_ISCSI,
	.respond = spc_respond,
};

static struct scst_handler spc_handler = {
	.name = "spc_test",
};

static const struct scst_identity spc_identity = {
	.vendor = "SCST_FIO",
	.product = "disk1",
	.revision = " 100",
	.serial = "1234abcd",
	.t10_id = "disk1-id",
	.naa = 0x3123456789abcdefull,
	.opt_blocks = 2048,
	.max_ws_blocks = 65536,
	.max_unmap_blocks = 0x10000,
	.unmap_granularity = 8,
	.unmap_alignment = 0,
	.phys_exp = 3,
	.thin = true,
	.unmap_zeroes = true,
	.write_cache = true,
	.dpofua = true,
};

static inline int spc_init(struct kunit *test)
{
	struct spc *spc = kunit_kzalloc(test, sizeof(*spc), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, spc);
	spc->tgt.ops = &spc_ops;
	spc->tgt.name = "iqn.2007-05.com.example:disk1";
	spc->tgt.rel_port_id = 0x1234;
	spc->sess.target = &spc->tgt;
	spc->dev.handler = &spc_handler;
	spc->dev.id = spc_identity;
	spc->dev.nblocks = SPC_NBLOCKS;
	spc->dev.block_shift = 9;
	spin_lock_init(&spc->dev.lock);
	INIT_LIST_HEAD(&spc->dev.luns);
	spc->lun.dev = &spc->dev;
	spc->lun.sess = &spc->sess;
	test->priv = spc;
	return 0;
}

/*
 * Execute a command.  @sent bytes of @out arrive, however many the CDB
 * announces.
 */
static inline scst_sense_t spc_send(struct kunit *test,
				    void (*execute)(struct scst_cmd *cmd),
				    const u8 *cdb, const u8 *out, u32 sent)
{
	struct spc *spc = test->priv;
	struct scst_cmd *cmd = &spc->cmd;
	unsigned int before = spc->responses;

	scst_cmd_init(cmd, &spc->sess);
	memcpy(cmd->cdb, cdb, 16);
	cmd->cdb_len = 16;
	KUNIT_ASSERT_EQ(test, (__force u32)scst_cdb_parse(cmd, 9), 0);
	cmd->dev = &spc->dev;
	cmd->lun = &spc->lun;
	cmd->exp_len = cmd->data_len;
	cmd->bufflen = cmd->data_len;
	if (cmd->dir == DMA_TO_DEVICE) {
		cmd->bufflen = min(sent, cmd->data_len);
		KUNIT_ASSERT_EQ(test, scst_cmd_alloc_buf(cmd), 0);
		scst_buf_copy_to(&cmd->buf, 0, out, cmd->bufflen);
	}
	memset(spc->data, 0, sizeof(spc->data));
	execute(cmd);
	KUNIT_ASSERT_EQ(test, spc->responses, before + 1);
	scst_buf_release(cmd->lun, &cmd->buf);
	KUNIT_EXPECT_EQ(test, atomic64_read(&spc->dev.buf_pages), 0);
	return cmd->result;
}

static inline scst_sense_t spc_execute(struct kunit *test,
				       void (*execute)(struct scst_cmd *cmd),
				       const u8 *cdb)
{
	return spc_send(test, execute, cdb, NULL, 0);
}

#endif /* _SCST_SPC_FIXTURE_H */
