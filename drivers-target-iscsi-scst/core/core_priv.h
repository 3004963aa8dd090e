/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Private to module scst: types and functions shared by core, proc and
 * configfs, grouped by the .c file that defines them.
 *
 * Lock order: scst_mutex -> scst_device.lock -> scst_lun.lock.
 */
#ifndef _SCST_CORE_PRIV_H
#define _SCST_CORE_PRIV_H

#include <linux/completion.h>
#include <linux/mutex.h>
#include <scst/scst.h>

#undef pr_fmt
#define pr_fmt(fmt)	"scst: " fmt

/*
 * Protects every list of administrative objects: handlers, devices, target
 * drivers, targets, sessions, groups and their contents.  Held for changes and
 * for consistent reading only; nothing waits for I/O under it.
 */
extern struct mutex scst_mutex;
extern struct list_head scst_handlers;		/* struct scst_handler.entry */
extern struct list_head scst_devices;		/* struct scst_device.entry */
extern struct list_head scst_targets;		/* struct scst_target.entry */
extern struct list_head scst_groups;		/* struct scst_group.entry */
extern struct list_head scst_tgt_drivers;	/* struct scst_tgt_driver.entry */

/* For work that must not wait behind I/O: releases, task management */
extern struct workqueue_struct *scst_mgmt_wq;

struct scst_tgt_driver {
	const struct scst_tgt_ops *ops;
	struct list_head entry;
};

/**
 * struct scst_group - a security group; everything under scst_mutex
 * @name: unique
 * @maps: its LUNs, struct scst_map.entry, in order of insertion
 * @by_lun: the same, by LUN
 * @names: initiator name patterns, struct scst_group_name.entry
 * @sessions: bound to it, struct scst_session.group_entry
 * @proc: for the /proc directory
 * @entry: in scst_groups
 */
struct scst_group {
	char *name;
	struct list_head maps;
	struct xarray by_lun;
	struct list_head names;
	struct list_head sessions;
	void *proc;
	struct list_head entry;
};

/* One LUN of a group */
struct scst_map {
	struct scst_device *dev;	/* holds a reference */
	u32 lun;
	bool read_only;
	struct list_head entry;
};

struct scst_group_name {
	struct list_head entry;
	char pattern[];
};

struct scst_ua {
	scst_sense_t sense;
	struct list_head entry;
};

/**
 * struct scst_lun - an I_T_L nexus
 * @sess: session
 * @dev: device; holds a reference
 * @number: LUN
 * @read_only: write protected for this nexus
 * @lost: what it knows of scst_device.lost
 * @buf_pages: buffer pages in use by its commands
 * @ref: one for each command; killed when the LUN goes away
 * @wait: told when everything of the nexus is released
 * @abort_work: tells the handler that the nexus went with its commands
 * @release_work: releases it
 * @rcu: the lookup in scst_lun_get() runs under RCU
 * @lock: protects the fields after it.  Process context only.
 * @cmds: the task set, struct scst_cmd.lun_entry, in order of arrival
 * @deferred: commands in SCST_CMD_ORDER_WAIT, struct scst_cmd.order_entry
 * @uas: pending unit attentions, struct scst_ua.entry
 * @nr_cmds: length of @cmds
 * @nr_special: ORDERED and HEAD OF QUEUE commands in @cmds
 * @nr_hoq: HEAD OF QUEUE commands in @cmds
 * @prevent: this nexus prevents medium removal
 * @dev_entry: in scst_device.luns, under scst_device.lock
 */
struct scst_lun {
	struct scst_session *sess;
	struct scst_device *dev;
	u32 number;
	bool read_only;
	errseq_t lost;
	atomic64_t buf_pages;
	struct percpu_ref ref;
	struct scst_wait *wait;
	struct work_struct abort_work;
	struct work_struct release_work;
	struct rcu_head rcu;

	/* protects the fields below */
	spinlock_t lock;
	struct list_head cmds;
	struct list_head deferred;
	struct list_head uas;
	unsigned int nr_cmds;
	unsigned int nr_special;
	unsigned int nr_hoq;
	bool prevent;

	struct list_head dev_entry;
};

/**
 * struct scst_wait - waiting with a deadline for things to be released
 * @ref: one for the waiter, one for each thing
 * @left: things not yet released
 * @done: all are
 */
struct scst_wait {
	refcount_t ref;
	atomic_t left;
	struct completion done;
};

/**
 * struct scst_face - an administrator's view of the core (/proc, configfs)
 * @group_added: a group was created
 * @group_removed: a group goes
 * @handler_added: a device handler was registered
 * @handler_removed: a device handler goes
 * @tgt_driver_added: a target driver was registered
 * @tgt_driver_removed: a target driver goes
 * @settle: wait until what came or went can be seen
 * @entry: in the list of faces
 *
 * All callbacks are optional, may sleep and are called with scst_mutex held,
 * also for objects that exist when the face registers.  An error from an
 * added callback undoes the addition.
 *
 * Only settle is different: it is called without scst_mutex after objects came
 * or went, and waits until that can be seen.
 */
struct scst_face {
	int (*group_added)(struct scst_group *group);
	void (*group_removed)(struct scst_group *group);
	int (*handler_added)(struct scst_handler *handler);
	void (*handler_removed)(struct scst_handler *handler);
	int (*tgt_driver_added)(const struct scst_tgt_ops *ops);
	void (*tgt_driver_removed)(const struct scst_tgt_ops *ops);
	void (*settle)(void);
	struct list_head entry;
};

/* main.c */
extern unsigned int scst_threads;
int scst_threads_set(int nr);

/* face.c */
int scst_face_register(struct scst_face *face);
void scst_face_unregister(struct scst_face *face);
int scst_faces_group_added(struct scst_group *group);
void scst_faces_group_removed(struct scst_group *group);
int scst_faces_handler_added(struct scst_handler *handler);
void scst_faces_handler_removed(struct scst_handler *handler);
int scst_faces_tgt_driver_added(const struct scst_tgt_ops *ops);
void scst_faces_tgt_driver_removed(const struct scst_tgt_ops *ops);
void scst_faces_settle(void);

/* wait.c */
#define SCST_WAIT_SECONDS	30
struct scst_wait *scst_wait_alloc(void);
void scst_wait_add(struct scst_wait *wait);
void scst_wait_done(struct scst_wait *wait);
int scst_wait_finish(struct scst_wait *wait, const char *what);

/* register.c */
struct scst_handler *scst_handler_find_locked(const char *name);
struct scst_handler *scst_handler_get(const char *name);

/* device.c */
extern struct scst_handler scst_none_handler;
struct scst_device *scst_device_find_locked(const char *name);
void scst_device_get(struct scst_device *dev);
void scst_device_put(struct scst_device *dev);
void scst_device_set_handler(struct scst_device *dev,
			     struct scst_handler *handler);
bool scst_device_usable(const struct scst_device *dev);
void scst_device_detach(struct scst_device *dev);
int scst_device_wait_idle(struct scst_device *dev);
void scst_device_threads_set(unsigned int nr);

/* assign.c: which handler has a local SCSI device */
int scst_device_assign(const char *dev, const char *handler);
int scst_assign_init(void);
void scst_assign_exit(void);
void scst_assign_new_device(struct scst_device *dev);
void scst_assign_forget_device(struct scst_device *dev);
void scst_assign_settle(void);
void scst_assign_new_handler(struct scst_handler *handler);
void scst_assign_drop_handler(struct scst_handler *handler);

/* sdev.c: local SCSI devices, as the SCSI core announces them */
int scst_sdev_init(void);
void scst_sdev_exit(void);

/* group.c: the administrator's verbs; they take scst_mutex themselves */
#define SCST_ANY_LUN	(~0u)
struct scst_group *scst_group_find_locked(const char *name);
int scst_group_add(const char *name);
int scst_group_del(const char *name);
int scst_group_rename(const char *old, const char *new);
int scst_group_lun_add(const char *group, const char *dev, u32 lun, bool ro);
int scst_group_lun_del(const char *group, const char *dev, u32 lun);
int scst_group_lun_replace(const char *group, const char *dev, u32 lun, bool ro);
int scst_group_lun_clear(const char *group);
int scst_group_name_add(const char *group, const char *pattern);
int scst_group_name_del(const char *group, const char *pattern);
int scst_group_name_move(const char *group, const char *pattern,
			 const char *to);
int scst_group_name_clear(const char *group);
struct scst_group *scst_group_for_locked(const struct scst_session *sess);
void scst_groups_drop_device_locked(struct scst_device *dev,
				    struct scst_wait *wait);
int scst_groups_init(void);
void scst_groups_exit(void);

/* match.c: pure */
bool scst_match(const char *pattern, const char *name);

/* lun.c */
struct scst_lun *scst_lun_get(struct scst_session *sess, u32 number);
void scst_lun_put(struct scst_lun *lun);
int scst_lun_create_locked(struct scst_session *sess,
			   const struct scst_map *map, scst_sense_t ua);
void scst_lun_remove_locked(struct scst_lun *lun,
			    const struct scst_session *by,
			    struct scst_wait *wait);

/* session.c */
void scst_session_put_lun(struct scst_session *sess);
unsigned int scst_session_nr_cmds(struct scst_session *sess);
void scst_session_sync_lun_locked(struct scst_session *sess, u32 number,
				  struct scst_wait *wait);
void scst_session_sync_locked(struct scst_session *sess,
			      struct scst_wait *wait);

/* ua.c */
int scst_ua_add(struct scst_lun *lun, scst_sense_t ua);
scst_sense_t scst_ua_take(struct scst_lun *lun);
void scst_ua_drop(struct scst_lun *lun, scst_sense_t ua);
void scst_ua_clear(struct scst_lun *lun);
void scst_session_ua(struct scst_session *sess, scst_sense_t ua);

/* sense.c: pure */
unsigned int scst_sense_build(u8 *buf, unsigned int size, scst_sense_t sense,
			      bool descriptor, const u64 *info);

/* cdb.c: pure */
void scst_cdb_init(void);
const struct scst_cdb_desc *scst_cdb_first(u8 opcode);
scst_sense_t scst_cdb_parse(struct scst_cmd *cmd, u8 block_shift);
/* cdb_table.c: data */
extern const struct scst_cdb_desc scst_cdb_table[];
extern const unsigned int scst_cdb_table_size;

/* order.c: caller holds no locks, but for _locked: scst_lun.lock */
void scst_task_enter(struct scst_cmd *cmd);
bool scst_task_enabled(struct scst_cmd *cmd);
void scst_task_wake_locked(struct scst_cmd *cmd, struct list_head *list);
void scst_task_leave(struct scst_cmd *cmd);

/* cmd_state.c */
void scst_cmd_run(struct scst_cmd *cmd);
void scst_cmd_reorder(struct scst_cmd *cmd);

/* check.c */
scst_sense_t scst_cmd_check(struct scst_cmd *cmd);

/* tmf.c */
void scst_tm_recheck(void);
void scst_tm_recheck_soon(void);
bool scst_lun_abort(struct scst_lun *lun, const struct scst_session *by);
void scst_tm_hurry(struct scst_device *dev, enum scst_tm_fn fn);

/* reserve.c */
bool scst_reserved_against(const struct scst_cmd *cmd);
scst_sense_t scst_reserve_parse(struct scst_cmd *cmd);
void scst_reserve_drop(struct scst_device *dev, const struct scst_lun *lun);

/* local.c: what the core executes for every device */
scst_sense_t scst_local_parse(struct scst_cmd *cmd);
scst_sense_t scst_no_lun_parse(struct scst_cmd *cmd);
void scst_request_sense(struct scst_cmd *cmd);

/* inquiry.c, vpd.c, mode.c, opcodes.c, capacity.c: SPC and SBC services */
#define SCST_VPD_SIZE	1024	/* room for the longest page */
void scst_inquiry(struct scst_cmd *cmd);
void scst_inquiry_no_lun(struct scst_cmd *cmd);
scst_sense_t scst_vpd_build(struct scst_cmd *cmd, u8 page, u8 *buf, u32 *len);
void scst_mode_sense(struct scst_cmd *cmd);
void scst_mode_select(struct scst_cmd *cmd);
void scst_mode_reset_locked(struct scst_device *dev);
void scst_report_opcodes(struct scst_cmd *cmd);
void scst_read_capacity10(struct scst_cmd *cmd);
void scst_read_capacity16(struct scst_cmd *cmd);

/* buf.c, buf_cache.c */
struct scst_buf_stats {
	u64 hits;
	u64 total;
	u64 active_pages;
	u64 cached_pages;
	u64 limit_pages;
	u64 failures;
};

void scst_buf_put_refs(struct scst_buf *buf);
int scst_buf_alloc(struct scst_lun *lun, struct scst_buf *buf, u32 len);
void scst_buf_release(struct scst_lun *lun, struct scst_buf *buf);
void scst_buf_stats_get(struct scst_buf_stats *st);
int scst_buf_cache_init(void);
void scst_buf_cache_exit(void);

/* Faces; each returns 0 when it is configured out */
#ifdef CONFIG_SCST_PROC_FS
int scst_proc_init(void);
void scst_proc_exit(void);
#else
static inline int scst_proc_init(void)
{
	return 0;
}

static inline void scst_proc_exit(void)
{
}
#endif

#ifdef CONFIG_SCST_CONFIGFS
int scst_configfs_init(void);
void scst_configfs_exit(void);
#else
static inline int scst_configfs_init(void)
{
	return 0;
}

static inline void scst_configfs_exit(void)
{
}
#endif

#endif /* _SCST_CORE_PRIV_H */
