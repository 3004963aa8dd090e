/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Private to module scst_vdisk: virtual disks and their three backends.
 */
#ifndef _SCST_VDISK_H
#define _SCST_VDISK_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <scst/scst.h>

#include "options.h"

#undef pr_fmt
#define pr_fmt(fmt)	"scst_vdisk: " fmt

struct block_device;
struct file;
struct inode;
struct scst_vdisk;

/* What one command may ask for without data-out of that size */
#define SCST_VDISK_MAX_WRITE_SAME	(64u << 20)	/* bytes */
#define SCST_VDISK_MAX_UNMAP		(512ull << 20)	/* bytes */

/**
 * struct scst_vdisk_io - a transfer that is waited for
 * @write: direction
 * @stable: the data must survive a power failure once it is over
 * @pos: byte on the disk
 * @len: bytes; whole blocks
 * @vec: memory
 * @nr: pieces in @vec
 */
struct scst_vdisk_io {
	bool write;
	bool stable;
	u64 pos;
	u32 len;
	const struct bio_vec *vec;
	unsigned int nr;
};

/**
 * struct scst_vdisk_ops - a backend
 * @vendor: T10 vendor identification
 * @open: open the backing store; fills in what it says about size and limits
 * @close: undo open
 * @size: bytes of the backing store now
 * @read: execute a READ; supplies the buffer if @own_buf
 * @write: execute a WRITE; calls scst_vdisk_write_begin() and
 *	scst_vdisk_write_end() if it keeps what is written
 * @sync: execute a SYNCHRONIZE CACHE that is waited for; ends in
 *	scst_vdisk_synced()
 * @rw: move data and wait for it
 * @flush: make written data stable; if that fails set scst_device.lost
 * @unmap: deallocate; only called if the device is thin
 * @zero: write zeroes, deallocated if @unmap says so; SCST_INVALID_OPCODE if
 *	the backend knows no better way than to write them
 * @readahead: a range will be read soon.  Optional.
 * @extent: is the block at @pos mapped, and up to where is it so?
 * @own_buf: @read supplies the buffer
 * @forgets: nothing that is written is kept, so there is nothing to verify then
 *
 * read, write and sync are called as cmd->execute and do not wait for I/O; the
 * others may, and run in a worker.
 */
struct scst_vdisk_ops {
	const char *vendor;
	int (*open)(struct scst_vdisk *vd, const char *path);
	void (*close)(struct scst_vdisk *vd);
	u64 (*size)(struct scst_vdisk *vd);
	void (*read)(struct scst_cmd *cmd);
	void (*write)(struct scst_cmd *cmd);
	void (*sync)(struct scst_cmd *cmd);
	scst_sense_t (*rw)(struct scst_vdisk *vd,
			   const struct scst_vdisk_io *io);
	scst_sense_t (*flush)(struct scst_vdisk *vd, u64 pos, u64 len);
	scst_sense_t (*unmap)(struct scst_vdisk *vd, u64 pos, u64 len);
	scst_sense_t (*zero)(struct scst_vdisk *vd, u64 pos, u64 len,
			     bool unmap);
	void (*readahead)(struct scst_vdisk *vd, u64 pos, u64 len);
	bool (*extent)(struct scst_vdisk *vd, u64 pos, u64 *end);
	bool own_buf;
	bool forgets;
};

/**
 * struct scst_vdisk_writes - what one CPU has seen of plain writes, by phase
 * @begun: how many began here
 * @ended: how many ended here
 */
struct scst_vdisk_writes {
	unsigned long begun[2];
	unsigned long ended[2];
};

/**
 * struct scst_vdisk_ranges - blocks that a command has for itself
 * @lock: protects the list
 * @held: struct scst_vdisk_range.entry
 * @nr: length of the list, to be looked at without the lock
 * @wait: for whoever wants blocks of a range that is held, or the end of writes
 * @writes: plain writes; they are not in the list
 * @phase: 0 or 1, in which writes are counted that begin now
 * @drain: for whoever changes @phase
 */
struct scst_vdisk_ranges {
	spinlock_t lock;	/* protects @held */
	struct list_head held;
	atomic_t nr;
	wait_queue_head_t wait;
	struct scst_vdisk_writes __percpu *writes;
	unsigned int phase;
	struct mutex drain;	/* protects changes of @phase */
};

struct scst_vdisk_range {
	u64 pos;
	u64 end;
	struct list_head entry;
};

/* Bit numbers of scst_vdisk.state */
enum scst_vdisk_state {
	SCST_VDISK_EJECTED,	/* the medium is out */
};

/**
 * struct scst_vdisk - a virtual disk
 * @dev: device
 * @ops: backend
 * @flags: SCST_VDISK_*
 * @state: enum scst_vdisk_state, atomic bit operations
 * @path: as the administrator wrote it
 * @nv: flushes and FUA are not needed
 * @zero_copy: FILEIO: reads may send pages of the page cache
 * @shmem: FILEIO: the file is on tmpfs
 * @nowait: writes can be tried without waiting
 * @t10_id_set: the T10 identifier is the administrator's; under @dev's lock
 * @file: backing store
 * @inode: FILEIO: whose page cache it is
 * @bdev: block device behind it, if it is one
 * @ranges: blocks that commands have for themselves, and writes under way
 * @flush_work: a flush that nobody waits for
 * @entry: in the list of all, under its mutex
 */
struct scst_vdisk {
	struct scst_device *dev;
	const struct scst_vdisk_ops *ops;
	unsigned long flags;
	unsigned long state;
	char *path;
	bool nv;
	bool zero_copy;
	bool shmem;
	bool nowait;
	bool t10_id_set;
	struct file *file;
	struct inode *inode;
	struct block_device *bdev;
	struct scst_vdisk_ranges ranges;
	struct work_struct flush_work;
	struct list_head entry;
};

static inline struct scst_vdisk *scst_vdisk_of(const struct scst_cmd *cmd)
{
	return cmd->dev->priv;
}

/*
 * FUA is bit 3 of byte 1 in every CDB that has it.  There it is a bit of the
 * LBA in CDBs of 6 bytes, whatever length the transport has for them all, and
 * UNMAP in WRITE SAME.
 */
static inline bool scst_vdisk_fua(const struct scst_cmd *cmd)
{
	return cmd->op->cdb_len > 6 && cmd->op->xfer != SCST_XFER_ONE_BLOCK &&
	       cmd->cdb[1] & BIT(3);
}

/* Does a write have to be stable before its status is sent? */
static inline bool scst_vdisk_stable(const struct scst_vdisk *vd,
				     const struct scst_cmd *cmd)
{
	return !vd->nv && (!vd->dev->id.write_cache || scst_vdisk_fua(cmd));
}

/* Bytes of a write's data that make whole blocks */
static inline u32 scst_vdisk_write_len(const struct scst_cmd *cmd)
{
	return scst_cmd_blocks(cmd) << cmd->dev->block_shift;
}

/* main.c */
extern unsigned int scst_vdisk_id;
extern int scst_vdisk_threads;
extern struct scst_handler scst_vdisk_handler;
extern struct scst_handler scst_vdisk_blk_handler;

/* attach.c */
int scst_vdisk_open(const struct scst_vdisk_options *opt);
int scst_vdisk_close(const struct scst_vdisk_options *opt);
int scst_vdisk_resync_size(const struct scst_vdisk_options *opt);
int scst_vdisk_set_t10_id(const struct scst_vdisk_options *opt);
void scst_vdisk_close_all(void);
void scst_vdisk_detach(struct scst_device *dev);
int scst_vdisk_show(struct scst_handler *handler, struct seq_file *m);
int scst_vdisk_show_t10_ids(struct seq_file *m, void *v);
void scst_vdisk_set_physical(struct scst_vdisk *vd, unsigned int bytes);
void scst_vdisk_set_unmap(struct scst_vdisk *vd, unsigned int granularity,
			  unsigned int alignment);
void scst_vdisk_set_bdev_limits(struct scst_vdisk *vd,
				struct block_device *bdev);
u64 scst_vdisk_naa(unsigned int id, const char *machine, const char *name);

/* ops.c */
scst_sense_t scst_vdisk_parse(struct scst_cmd *cmd);
scst_sense_t scst_vdisk_flush(struct scst_device *dev);
void scst_vdisk_synced(struct scst_cmd *cmd, scst_sense_t sense);
void scst_vdisk_tm(struct scst_device *dev, enum scst_tm_fn fn);

/* medium.c: VERIFY, WRITE AND VERIFY, ORWRITE, COMPARE AND WRITE */
scst_sense_t scst_vdisk_parse_verify(struct scst_cmd *cmd);
scst_sense_t scst_vdisk_parse_write_verify(struct scst_cmd *cmd);
scst_sense_t scst_vdisk_parse_orwrite(struct scst_cmd *cmd);
scst_sense_t scst_vdisk_parse_caw(struct scst_cmd *cmd);

/* unmap.c: UNMAP, WRITE SAME, GET LBA STATUS */
scst_sense_t scst_vdisk_parse_unmap(struct scst_cmd *cmd);
scst_sense_t scst_vdisk_parse_write_same(struct scst_cmd *cmd);
scst_sense_t scst_vdisk_parse_lba_status(struct scst_cmd *cmd);

/* range.c */
#define SCST_VDISK_NOT_BEGUN	(-1)
int scst_vdisk_ranges_init(struct scst_vdisk_ranges *ranges);
void scst_vdisk_ranges_exit(struct scst_vdisk_ranges *ranges);
void scst_vdisk_range_hold(struct scst_vdisk_ranges *ranges,
			   struct scst_vdisk_range *range, u64 pos, u64 len);
void scst_vdisk_range_lock(struct scst_vdisk_ranges *ranges,
			   struct scst_vdisk_range *range, u64 pos, u64 len);
void scst_vdisk_range_unlock(struct scst_vdisk_ranges *ranges,
			     struct scst_vdisk_range *range);
int scst_vdisk_write_begin(struct scst_vdisk_ranges *ranges, u64 pos, u64 len);
int scst_vdisk_write_begin_wait(struct scst_vdisk_ranges *ranges, u64 pos,
				u64 len);
void scst_vdisk_write_end(struct scst_vdisk_ranges *ranges, int phase);

/* scratch.c: memory for what is compared or repeated */
struct scst_vdisk_scratch {
	struct page *page;
	u8 *addr;
	u32 size;
};

bool scst_vdisk_scratch_alloc(struct scst_vdisk_scratch *scratch, u64 len);
void scst_vdisk_scratch_free(struct scst_vdisk_scratch *scratch);
scst_sense_t scst_vdisk_scratch_read(struct scst_vdisk *vd,
				     const struct scst_vdisk_scratch *scratch,
				     u64 pos, u32 len);
scst_sense_t scst_vdisk_scratch_write(struct scst_vdisk *vd,
				      const struct scst_vdisk_scratch *scratch,
				      u64 pos, u32 len, bool stable);
void scst_vdisk_scratch_fill(const struct scst_vdisk_scratch *scratch,
			     const struct scst_buf *buf, u32 block);

/* nullio.c */
extern const struct scst_vdisk_ops scst_nullio_ops;
int scst_vdisk_zeroes_init(void);
void scst_vdisk_zeroes_exit(void);
u32 scst_vdisk_zeroes_vec(struct bio_vec *vec, u64 len);

/* fileio.c */
extern const struct scst_vdisk_ops scst_fileio_ops;

/* blockio.c */
extern const struct scst_vdisk_ops scst_blockio_ops;

#endif /* _SCST_VDISK_H */
