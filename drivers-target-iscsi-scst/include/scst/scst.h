/* SPDX-License-Identifier: GPL-2.0 */
/*
 * SCST: the interface between the protocol-neutral core, device handlers and
 * target drivers (SCSI transport protocols).
 *
 * A target driver owns targets and sessions (I_T nexuses) and feeds commands
 * in.  A device handler owns devices and executes commands.  The core sits
 * between the two: LUN masking, parsing, task sets, task management, unit
 * attentions, reservations and buffers.
 */
#ifndef _SCST_SCST_H
#define _SCST_SCST_H

#include <linux/bvec.h>
#include <linux/dma-direction.h>
#include <linux/errseq.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/llist.h>
#include <linux/percpu-refcount.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>
#include <scsi/scsi_proto.h>
#include <scst/scst_cdb.h>
#include <scst/scst_sense.h>

struct module;
struct seq_file;
struct scsi_device;
struct scst_cmd;
struct scst_device;
struct scst_group;
struct scst_handler;
struct scst_lun;
struct scst_session;
struct scst_target;
struct scst_tgt_ops;
struct scst_tm;
struct scst_wait;

#define SCST_VERSION		"1.0.0"
#define SCST_MAX_NAME		256	/* target, initiator and group names */
#define SCST_MAX_DEV_NAME	64	/* device names, "H:C:I:L" included */
#define SCST_MAX_LUN		16383	/* SAM-5 flat space addressing */
#define SCST_MAX_CDB		32
#define SCST_MAX_SENSE		96
#define SCST_MAX_XFER		(64u << 20)	/* bytes one command may move */
#define SCST_MAX_UNMAP_DESCS	256	/* block descriptors of one UNMAP */
#define SCST_MAX_CAW_BLOCKS	255	/* COMPARE AND WRITE has one length byte */
#define SCST_CMD_HPRIV		272	/* bytes a handler may use per command */
#define SCST_INLINE_VECS	4

/* -------------------------------------------------------------------------
 * Data buffers
 */

/*
 * What to do with the pages of a buffer when the command is over.
 *
 * SCST_BUF_CACHE: private pages of the buffer cache, returned to it once
 *	nobody else (a socket, say) refers to them
 * SCST_BUF_REFS: pages that belong to somebody else (the page cache); one
 *	reference for each vector is dropped
 * SCST_BUF_STATIC: memory that outlives the command; nothing to do
 */
enum scst_buf_kind {
	SCST_BUF_NONE,
	SCST_BUF_CACHE,
	SCST_BUF_REFS,
	SCST_BUF_STATIC,
};

/**
 * struct scst_buf - the data of one command
 * @vec: the pieces; one piece may span several physically contiguous pages
 * @nr: pieces in use
 * @max: room in @vec
 * @len: bytes in all pieces together
 * @kind: who owns the pages
 * @inline_vec: storage for small buffers; stays last
 */
struct scst_buf {
	struct bio_vec *vec;
	unsigned int nr;
	unsigned int max;
	unsigned int len;
	enum scst_buf_kind kind;
	struct bio_vec inline_vec[SCST_INLINE_VECS];
};

int scst_buf_reserve_vecs(struct scst_buf *buf, unsigned int max);
u32 scst_buf_copy_to(struct scst_buf *buf, u32 off, const void *src, u32 len);
u32 scst_buf_copy_from(const struct scst_buf *buf, u32 off, void *dst, u32 len);
void scst_buf_zero(struct scst_buf *buf, u32 off, u32 len);

/* -------------------------------------------------------------------------
 * Commands
 */

/* SAM-5 8.9: task attributes */
enum scst_attr {
	SCST_ATTR_SIMPLE,
	SCST_ATTR_ORDERED,
	SCST_ATTR_HEAD_OF_QUEUE,
	SCST_ATTR_ACA,
};

/*
 * The one state of a command; core/cmd_state.c has a function for each.  States
 * whose name ends in WAIT are left only when somebody calls back in.
 */
enum scst_cmd_state {
	SCST_CMD_NEW,		/* transport fills it in */
	SCST_CMD_PARSE,		/* LUN, CDB, direction, lengths, permissions */
	SCST_CMD_GET_BUF,	/* buffer for the data */
	SCST_CMD_DATA_WAIT,	/* transport receives: scst_cmd_data_ready() */
	SCST_CMD_ORDER,		/* task attributes */
	SCST_CMD_ORDER_WAIT,	/* an older command has to end first */
	SCST_CMD_EXEC,		/* calls execute */
	SCST_CMD_EXEC_WAIT,	/* handler works: scst_cmd_complete() */
	SCST_CMD_RESPOND,	/* calls the transport's respond */
	SCST_CMD_RESPOND_WAIT,	/* transport sends: scst_cmd_finish() */
	SCST_CMD_DONE,
};

/* Facts about a command, bit numbers of scst_cmd.flags; they never go back. */
enum scst_cmd_flag {
	SCST_CMDF_ABORTED,	/* a task management function hit it */
	SCST_CMDF_ABORT_TAS,	/* aborted by another nexus: tell with TASK ABORTED */
	SCST_CMDF_OWN_BUF,	/* the handler supplies the read buffer itself */
	SCST_CMDF_INFO,		/* @info is valid and goes into the sense data */
	SCST_CMDF_RAW_SENSE,	/* @sense was filled in by the device itself */
};

/**
 * struct scst_cmd - a SCSI command
 *
 * Embedded in the target driver's own command structure.  The driver calls
 * scst_cmd_init(), fills in the first group of fields and calls
 * scst_cmd_submit().
 *
 * @sess: I_T nexus it came from
 * @tag: the transport's task tag, for ABORT TASK
 * @lun_addr: logical unit number as decoded by scst_lun_decode()
 * @exp_len: expected data transfer length, bytes
 * @exp_dir: expected direction; DMA_NONE if the transport does not say
 * @attr: task attribute
 * @cdb_len: valid bytes of @cdb
 * @cdb: command descriptor block
 *
 * @state: only core/cmd_state.c writes it
 * @dir: direction decoded from the CDB
 * @flags: enum scst_cmd_flag, atomic bit operations
 * @op: row of the CDB table; NULL for opcodes it does not know
 * @lun: the I_T_L nexus; holds a reference until the command is finished
 * @dev: its device
 * @lba: logical block address decoded from the CDB
 * @nblocks: blocks decoded from the CDB (0 if the CDB has none)
 * @data_len: bytes that the CDB asks to move
 * @bufflen: bytes that do move: the smaller of @data_len and @exp_len
 * @execute: chosen by the handler's parse; ends in scst_cmd_complete()
 *
 * @result: outcome
 * @resp_len: valid bytes of @buf to send to the initiator (data-in only)
 * @info: INFORMATION field of the sense data (with SCST_CMDF_INFO)
 * @status: SAM status byte for the transport; valid from respond() on
 * @sense_len: bytes of @sense to send; 0 if there are none
 *
 * @lun_entry: in the LUN's task list, in order of arrival
 * @order_entry: in the LUN's list of deferred commands
 * @work: for whoever has to continue in a worker
 * @buf: the data; its inline_vec is not zeroed
 * @hpriv: the handler's, from parse to scst_cmd_complete(); not zeroed
 * @sense: sense data; not zeroed
 */
struct scst_cmd {
	struct scst_session *sess;
	u64 tag;
	u32 lun_addr;
	u32 exp_len;
	enum dma_data_direction exp_dir;
	enum scst_attr attr;
	u8 cdb_len;
	u8 cdb[SCST_MAX_CDB];

	enum scst_cmd_state state;
	enum dma_data_direction dir;
	unsigned long flags;
	const struct scst_cdb_desc *op;
	struct scst_lun *lun;
	struct scst_device *dev;
	u64 lba;
	u32 nblocks;
	u32 data_len;
	u32 bufflen;
	void (*execute)(struct scst_cmd *cmd);

	scst_sense_t result;
	u32 resp_len;
	u64 info;
	u8 status;
	u8 sense_len;

	struct list_head lun_entry;
	struct list_head order_entry;
	struct work_struct work;
	struct scst_buf buf;

	/* not zeroed by scst_cmd_init(), like buf.inline_vec before */
	u8 hpriv[SCST_CMD_HPRIV] __aligned(8);
	u8 sense[SCST_MAX_SENSE];
};

static inline bool scst_cmd_aborted(const struct scst_cmd *cmd)
{
	return test_bit(SCST_CMDF_ABORTED, &cmd->flags);
}

/* For target drivers; see the kernel-doc in core/cmd.c and core/cmd_state.c */
void scst_cmd_init(struct scst_cmd *cmd, struct scst_session *sess);
void scst_cmd_submit(struct scst_cmd *cmd);
void scst_cmd_data_ready(struct scst_cmd *cmd, scst_sense_t error);
void scst_cmd_finish(struct scst_cmd *cmd);
s64 scst_cmd_residual(const struct scst_cmd *cmd);
u32 scst_lun_decode(const u8 *lun);
void scst_lun_encode(u32 lun, u8 *dst);
#define SCST_LUN_INVALID	(~0u)

/* For device handlers */
void scst_cmd_complete(struct scst_cmd *cmd, scst_sense_t result);
void scst_cmd_complete_raw(struct scst_cmd *cmd, u8 status, const u8 *sense,
			   unsigned int sense_len);
void scst_cmd_set_info(struct scst_cmd *cmd, u64 info);
int scst_cmd_lost(struct scst_cmd *cmd);
int scst_cmd_alloc_buf(struct scst_cmd *cmd);
void scst_cmd_reply(struct scst_cmd *cmd, const void *data, u32 len);
u32 scst_cmd_params(const struct scst_cmd *cmd, void *dst, u32 len);
void scst_cmd_defer(struct scst_cmd *cmd, void (*fn)(struct scst_cmd *cmd));

/* -------------------------------------------------------------------------
 * Task management (SAM-5 chapter 7)
 */

enum scst_tm_fn {
	SCST_TM_ABORT_TASK,
	SCST_TM_ABORT_TASK_SET,
	SCST_TM_CLEAR_ACA,
	SCST_TM_CLEAR_TASK_SET,
	SCST_TM_LUN_RESET,
	SCST_TM_TARGET_RESET,
	SCST_TM_NEXUS_LOSS,	/* for handlers: the core ends a nexus by itself */
};

enum scst_tm_result {
	SCST_TM_COMPLETE,
	SCST_TM_NO_TASK,
	SCST_TM_NO_LUN,
	SCST_TM_REJECTED,
};

/**
 * struct scst_tm - a task management request
 *
 * Embedded in the target driver's structure, and owned by the core from
 * scst_tm_submit() until the driver's tm_done is called.
 *
 * @sess: I_T nexus
 * @fn: function
 * @lun_addr: logical unit, where the function has one
 * @tag: task to abort (SCST_TM_ABORT_TASK)
 * @result: outcome, valid in tm_done
 * @luns: LUNs it works on, with references; the core's
 * @nr_luns: their number
 * @lun: storage for one
 * @entry: in the core's list of pending functions
 */
struct scst_tm {
	struct scst_session *sess;
	enum scst_tm_fn fn;
	u32 lun_addr;
	u64 tag;
	enum scst_tm_result result;
	struct scst_lun **luns;
	unsigned int nr_luns;
	struct scst_lun *lun;
	struct list_head entry;
};

void scst_tm_submit(struct scst_tm *tm);

/* -------------------------------------------------------------------------
 * Target drivers
 */

/* A read-only file of a driver's or handler's own under /proc/scsi_tgt */
struct scst_info_file {
	const char *name;
	int (*show)(struct seq_file *m, void *v);
};

/**
 * struct scst_tgt_ops - a target driver
 * @name: template name, the driver's directory under /proc/scsi_tgt
 * @owner: module
 * @protocol: what its ports speak, SCSI_PROTOCOL_UNSPEC if that has no number
 *	(SPC-5 7.6.1); INQUIRY data depend on it
 * @files: its read-only files there, ended by an entry without a name
 * @data_wait: the command is a write, its buffer of @bufflen bytes is ready;
 *	receive into it and call scst_cmd_data_ready().  Called from
 *	scst_cmd_submit() in the submitter's context.
 * @respond: the command is over: send data and status, then call
 *	scst_cmd_finish().  Any context, including hard interrupt, and possibly
 *	from within scst_cmd_submit() or scst_cmd_data_ready(); may not sleep.
 *	Aborted commands come here too; unless SCST_CMDF_ABORT_TAS is set
 *	nothing is sent for them.
 * @abort: a command in SCST_CMD_DATA_WAIT or SCST_CMD_RESPOND_WAIT was aborted:
 *	do not wait for the initiator's data any more, and call
 *	scst_cmd_data_ready() or scst_cmd_finish() soon, from another context.
 *	A response that only waits to be sent may be left alone.  Called under
 *	a spinlock, may not sleep, and may come just before data_wait or
 *	respond for the same command, or while scst_cmd_finish() runs.
 * @tm_done: a task management function has ended.  Process context, no locks.
 */
struct scst_tgt_ops {
	const char *name;
	struct module *owner;
	enum scsi_protocol protocol;
	const struct scst_info_file *files;
	void (*data_wait)(struct scst_cmd *cmd);
	void (*respond)(struct scst_cmd *cmd);
	void (*abort)(struct scst_cmd *cmd);
	void (*tm_done)(struct scst_tm *tm);
};

/**
 * struct scst_target - a SCSI target port of a driver
 * @ops: driver
 * @name: port name; "Default_" + name is its default security group
 * @priv: the driver's
 * @rel_port_id: relative target port identifier (SPC-5 7.7.6.1)
 * @entry: in the list of all targets, under scst_mutex
 * @sessions: of this target, under scst_mutex
 */
struct scst_target {
	const struct scst_tgt_ops *ops;
	char *name;
	void *priv;
	u16 rel_port_id;
	struct list_head entry;
	struct list_head sessions;
};

/**
 * struct scst_session - an I_T nexus
 * @target: target port
 * @initiator: initiator name as the security groups match it
 * @priv: the driver's
 * @group: security group, under scst_mutex
 * @luns: LUN number to struct scst_lun; read under RCU, written under scst_mutex
 * @closing: unregistration has begun
 * @entry: in the target's list
 * @group_entry: in the group's list
 * @work: releases the session
 * @released: the driver is told with it
 * @nr_luns: LUNs not yet released, pending task management functions and the
 *	registration
 */
struct scst_session {
	struct scst_target *target;
	char *initiator;
	void *priv;
	struct scst_group *group;
	struct xarray luns;
	bool closing;
	struct list_head entry;
	struct list_head group_entry;
	struct work_struct work;
	void (*released)(struct scst_session *sess);
	refcount_t nr_luns;
};

int scst_tgt_driver_register(const struct scst_tgt_ops *ops);
void scst_tgt_driver_unregister(const struct scst_tgt_ops *ops);
struct scst_target *scst_target_register(const struct scst_tgt_ops *ops,
					 const char *name, void *priv);
void scst_target_unregister(struct scst_target *tgt);
struct scst_session *scst_session_register(struct scst_target *tgt,
					   const char *initiator, void *priv);
void scst_session_unregister(struct scst_session *sess,
			     void (*released)(struct scst_session *sess));

/* -------------------------------------------------------------------------
 * Devices and handlers
 */

/* SPC-2 reservation, under scst_device.lock */
struct scst_reservation {
	struct scst_lun *holder;
};

/**
 * struct scst_identity - what INQUIRY, VPD and mode pages say of a virtual device
 * @vendor: T10 vendor identification, blank padded by the core
 * @product: product identification
 * @revision: product revision level
 * @serial: unit serial number (VPD 80h)
 * @t10_id: vendor specific part of the T10 designator (VPD 83h)
 * @naa: NAA locally assigned designator, 0 for none
 * @opt_blocks: optimal transfer length in blocks, 0 for no hint
 * @max_ws_blocks: maximum WRITE SAME length in blocks
 * @max_unmap_blocks: maximum UNMAP LBA count, 0: no UNMAP
 * @unmap_granularity: optimal unmap granularity in blocks
 * @unmap_alignment: unmap granularity alignment in blocks
 * @phys_exp: logical blocks per physical block exponent
 * @rotational: spinning disk
 * @thin: logical block provisioning: thin provisioned
 * @unmap_zeroes: unmapped blocks read as zeroes (LBPRZ)
 * @removable: RMB
 * @write_cache: WCE; cleared if write data is stable before status
 * @write_cache_fixed: WCE cannot be changed by MODE SELECT
 * @dpofua: DPO and FUA are honoured
 */
struct scst_identity {
	char vendor[9];
	char product[17];
	char revision[5];
	char serial[33];
	char t10_id[65];
	u64 naa;
	u32 opt_blocks;
	u32 max_ws_blocks;
	u32 max_unmap_blocks;
	u32 unmap_granularity;
	u32 unmap_alignment;
	u8 phys_exp;
	bool rotational;
	bool thin;
	bool unmap_zeroes;
	bool removable;
	bool write_cache;
	bool write_cache_fixed;
	bool dpofua;
};

/**
 * struct scst_device - a logical unit's backend
 * @name: unique; "H:C:I:L" for local SCSI devices
 * @handler: who executes; never NULL, the "none" handler refuses everything
 * @priv: the handler's
 * @sdev: local SCSI device, NULL for virtual ones
 * @type: peripheral device type (SPC-5 table 150)
 * @block_shift: log2 of the logical block size in bytes
 * @nblocks: capacity in logical blocks; changed with scst_device_set_capacity()
 * @read_only: write protected for everybody
 * @id: identity of a virtual device
 * @ref: one for each LUN, command-independent work and the registration
 * @lock: protects the fields after it
 * @luns: all struct scst_lun of this device, by dev_entry
 * @res: SPC-2 reservation
 * @prevent: initiators that prevent medium removal
 * @swp: software write protect (control mode page)
 * @d_sense: sense data in descriptor format (control mode page)
 * @wce_flipped: id.write_cache is the opposite of what the handler set
 * @wq: workers for what would block
 * @entry: in the list of all devices, under scst_mutex
 * @wait: told when the last reference is gone
 * @assign_work: gives a new local device to a handler
 * @release_work: frees the device
 * @dying: unregistered, gives no new LUNs
 * @busy: its handler is being changed, gives no LUNs
 * @buf_pages: buffer pages in use by its commands
 * @lost: data of writes that had been reported as good were lost; each nexus
 *	is told once, see scst_cmd_lost()
 */
struct scst_device {
	char name[SCST_MAX_DEV_NAME];
	struct scst_handler *handler;
	void *priv;
	struct scsi_device *sdev;
	u8 type;
	u8 block_shift;
	bool read_only;
	bool dying;
	bool busy;
	u64 nblocks;
	struct scst_identity id;
	struct kref ref;

	spinlock_t lock;	/* protects what follows, up to wce_flipped */
	struct list_head luns;
	struct scst_reservation res;
	unsigned int prevent;
	u8 swp;
	u8 d_sense;
	bool wce_flipped;

	struct workqueue_struct *wq;
	struct list_head entry;
	struct scst_wait *wait;
	struct work_struct assign_work;
	struct work_struct release_work;
	atomic64_t buf_pages;	/* in use by commands of this device */
	errseq_t lost;
};

/**
 * struct scst_handler - a device handler
 * @name: as shown in /proc/scsi_tgt/scsi_tgt
 * @owner: module
 * @type: peripheral device type it takes, -1 for any
 * @pass: true if it takes local SCSI devices (dev_disk)
 * @hidden: has no directory of its own under /proc/scsi_tgt
 * @attach: take over @dev (pass-through only).  May sleep.
 * @detach: the last reference is gone, free what is the handler's.  May sleep.
 * @parse: check the decoded CDB further and set cmd->execute, and
 *	SCST_CMDF_OWN_BUF if execute supplies the data-in buffer.  May sleep, but
 *	not wait for I/O.
 * @tm: a task management function, or the end of a nexus (SCST_TM_NEXUS_LOSS),
 *	has aborted commands of @dev: speed up their end if that is possible.
 *	Comes with every reset, even if there were none.  Optional, may sleep.
 * @flush: make all that has been written to a virtual device stable: its write
 *	cache has been switched off (SBC-4 6.5.6).  Optional, sleeps.
 * @command: one line from the administrator, without newline; 0 or a negative
 *	errno.  May sleep and may change @line.  Optional.
 * @show: prints the handler's table of devices.  Optional.
 * @files: its other read-only files, ended by an entry without a name.  Optional.
 * @help: text of its help file
 * @entry: in the list of all handlers, under scst_mutex
 * @nr_devices: devices that use it; the core's
 */
struct scst_handler {
	const char *name;
	struct module *owner;
	int type;
	bool pass;
	bool hidden;
	int (*attach)(struct scst_device *dev);
	void (*detach)(struct scst_device *dev);
	scst_sense_t (*parse)(struct scst_cmd *cmd);
	void (*tm)(struct scst_device *dev, enum scst_tm_fn fn);
	scst_sense_t (*flush)(struct scst_device *dev);
	int (*command)(struct scst_handler *handler, char *line);
	int (*show)(struct scst_handler *handler, struct seq_file *m);
	const struct scst_info_file *files;
	const char *help;
	struct list_head entry;
	atomic_t nr_devices;
};

int scst_handler_register(struct scst_handler *handler);
void scst_handler_unregister(struct scst_handler *handler);

/* Virtual devices: the handler allocates, fills in and registers */
struct scst_device *scst_device_alloc(struct scst_handler *handler,
				      const char *name);
void scst_device_free(struct scst_device *dev);
int scst_device_register(struct scst_device *dev);
int scst_device_unregister(struct scst_device *dev);
void scst_device_set_capacity(struct scst_device *dev, u64 nblocks);
void scst_device_ua(struct scst_device *dev, scst_sense_t ua,
		    const struct scst_session *except);

/* SPC services for virtual devices: sets cmd->execute or says why not */
scst_sense_t scst_spc_parse(struct scst_cmd *cmd);

/* PREVENT ALLOW MEDIUM REMOVAL; scst_device.prevent says how many prevent it */
void scst_prevent_set(struct scst_cmd *cmd, bool prevent);
void scst_prevent_clear(struct scst_device *dev);

/* bytes of one command's data that make whole blocks */
static inline u32 scst_cmd_blocks(const struct scst_cmd *cmd)
{
	return cmd->bufflen >> cmd->dev->block_shift;
}

static inline u64 scst_cmd_pos(const struct scst_cmd *cmd)
{
	return cmd->lba << cmd->dev->block_shift;
}

#endif /* _SCST_SCST_H */
