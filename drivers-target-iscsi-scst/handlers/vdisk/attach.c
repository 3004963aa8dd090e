// SPDX-License-Identifier: GPL-2.0
/*
 * The life of a virtual disk: open, close, change, show.
 *
 * scst_vdisk_command_mutex makes commands wait for each other;
 * scst_vdisk_list_mutex protects the list, and nothing else is locked under it.
 * Must not know how a backend works.
 */
#include <kunit/visibility.h>
#include <linux/blkdev.h>
#include <linux/crc32.h>
#include <linux/dmi.h>
#include <linux/log2.h>
#include <linux/mutex.h>
#include <linux/seq_file.h>
#include <linux/siphash.h>
#include <linux/slab.h>
#include <linux/uuid.h>

#include "vdisk.h"

#define SCST_VDISK_REVISION	" 100"
#define SCST_VDISK_NAA_LOCAL	(0x3ull << 60)	/* SPC-5 7.7.6.6.5 */
#define SCST_VDISK_MAX_PHYSICAL	65536

static DEFINE_MUTEX(scst_vdisk_command_mutex);
static DEFINE_MUTEX(scst_vdisk_list_mutex);
static LIST_HEAD(scst_vdisks);	/* struct scst_vdisk.entry */

static struct scst_vdisk *scst_vdisk_find(const char *name)
{
	struct scst_vdisk *vd, *found = NULL;

	lockdep_assert_held(&scst_vdisk_command_mutex);
	mutex_lock(&scst_vdisk_list_mutex);
	list_for_each_entry(vd, &scst_vdisks, entry) {
		if (!strcmp(vd->dev->name, name)) {
			found = vd;
			break;
		}
	}
	mutex_unlock(&scst_vdisk_list_mutex);
	if (!found)
		pr_err("%s: there is no such device\n", name);
	return found;
}

static bool scst_vdisk_exists(const char *name)
{
	const struct scst_vdisk *vd;
	bool found = false;

	mutex_lock(&scst_vdisk_list_mutex);
	list_for_each_entry(vd, &scst_vdisks, entry)
		found |= !strcmp(vd->dev->name, name);
	mutex_unlock(&scst_vdisk_list_mutex);
	return found;
}

/* It has 32 bits that come from the name, and two names may share them */
static bool scst_vdisk_serial_taken(const struct scst_device *dev)
{
	const struct scst_vdisk *vd;
	const char *owner = NULL;

	lockdep_assert_held(&scst_vdisk_command_mutex);
	mutex_lock(&scst_vdisk_list_mutex);
	list_for_each_entry(vd, &scst_vdisks, entry)
		if (!strcmp(vd->dev->id.serial, dev->id.serial))
			owner = vd->dev->name;
	if (owner)
		pr_err("%s: has the serial number of %s, choose another name\n",
		       dev->name, owner);
	mutex_unlock(&scst_vdisk_list_mutex);
	return owner;
}

static void scst_vdisk_add(struct scst_vdisk *vd)
{
	mutex_lock(&scst_vdisk_list_mutex);
	list_add_tail(&vd->entry, &scst_vdisks);
	mutex_unlock(&scst_vdisk_list_mutex);
}

static void scst_vdisk_del(struct scst_vdisk *vd)
{
	mutex_lock(&scst_vdisk_list_mutex);
	list_del(&vd->entry);
	mutex_unlock(&scst_vdisk_list_mutex);
}

/* -------------------------------------------------------------------------
 * What the backends know about their storage
 */

/**
 * scst_vdisk_set_physical - the block size that the backing store likes
 * @vd: disk
 * @bytes: size, a power of two
 *
 * Context: any, before registration.
 */
void scst_vdisk_set_physical(struct scst_vdisk *vd, unsigned int bytes)
{
	unsigned int block = 1u << vd->dev->block_shift;

	bytes = clamp_t(unsigned int, bytes, block, SCST_VDISK_MAX_PHYSICAL);
	vd->dev->id.phys_exp = ilog2(bytes) - vd->dev->block_shift;
}

/**
 * scst_vdisk_set_unmap - blocks of the disk can be deallocated
 * @vd: disk
 * @granularity: bytes that are deallocated together
 * @alignment: offset of the first such unit, bytes
 *
 * Context: any, before registration.
 */
void scst_vdisk_set_unmap(struct scst_vdisk *vd, unsigned int granularity,
			  unsigned int alignment)
{
	struct scst_identity *id = &vd->dev->id;
	unsigned int shift = vd->dev->block_shift;

	id->thin = true;
	id->max_unmap_blocks = SCST_VDISK_MAX_UNMAP >> shift;
	id->unmap_granularity = max(granularity >> shift, 1u);
	id->unmap_alignment = alignment >> shift;
}

/**
 * scst_vdisk_set_bdev_limits - take over the limits of a block device
 * @vd: disk
 * @bdev: backing store
 *
 * Context: any, before registration.
 */
void scst_vdisk_set_bdev_limits(struct scst_vdisk *vd,
				struct block_device *bdev)
{
	const struct queue_limits *lim = &bdev_get_queue(bdev)->limits;
	struct scst_identity *id = &vd->dev->id;

	id->rotational = lim->features & BLK_FEAT_ROTATIONAL;
	id->opt_blocks = bdev_io_opt(bdev) >> vd->dev->block_shift;
	scst_vdisk_set_physical(vd, bdev_physical_block_size(bdev));
	if (!vd->dev->read_only && bdev_max_discard_sectors(bdev))
		scst_vdisk_set_unmap(vd, bdev_discard_granularity(bdev),
				     bdev_discard_alignment(bdev));
}

/* -------------------------------------------------------------------------
 * Identity
 */

/**
 * scst_vdisk_naa - an NAA locally assigned designator
 * @id: what tells targets apart, 0 if the administrator did not say
 * @machine: tells machines apart if @id does not; NULL if it is not known
 * @name: of the disk
 *
 * Initiators prefer this designator to all others, so it has to differ where
 * two targets export disks of the same name and nobody set the parameter: what
 * looks equal becomes one multipath device.  Rather none than such a one.
 *
 * Context: any.
 * Return: the designator, always the same for the same arguments; 0 for none.
 */
u64 scst_vdisk_naa(unsigned int id, const char *machine, const char *name)
{
	static const siphash_key_t key = { { 0, 0 } };
	char text[SCST_MAX_DEV_NAME + UUID_STRING_LEN + 2];
	int len;

	if (id)
		len = scnprintf(text, sizeof(text), "%x/%s", id, name);
	else if (machine)
		len = scnprintf(text, sizeof(text), "%s/%s", machine, name);
	else
		return 0;
	return SCST_VDISK_NAA_LOCAL | siphash(text, len, &key) >> 4;
}
EXPORT_SYMBOL_IF_KUNIT(scst_vdisk_naa);

/*
 * The serial number is the hexadecimal form of 64 bits: the module parameter
 * and the CRC-32 of the name, as Ethernet and zlib compute it.  It is the same
 * after each restart, and on every target that exports the same name with the
 * same parameter.
 */
static void scst_vdisk_fill_identity(struct scst_vdisk *vd)
{
	struct scst_identity *id = &vd->dev->id;
	const char *name = vd->dev->name;
	u64 num;

	num = (u64)scst_vdisk_id << 32 | (u32)~crc32(~0, name, strlen(name));
	strscpy(id->vendor, vd->ops->vendor, sizeof(id->vendor));
	strscpy(id->product, name, sizeof(id->product));
	strscpy(id->revision, SCST_VDISK_REVISION, sizeof(id->revision));
	snprintf(id->serial, sizeof(id->serial), "%llx", num);
	scnprintf(id->t10_id, sizeof(id->t10_id), "%llx-%s", num, name);
	id->naa = scst_vdisk_naa(scst_vdisk_id,
				 dmi_get_system_info(DMI_PRODUCT_UUID), name);
	id->max_ws_blocks = SCST_VDISK_MAX_WRITE_SAME >> vd->dev->block_shift;
	id->removable = vd->flags & SCST_VDISK_REMOVABLE;
	id->write_cache_fixed = vd->flags & (SCST_VDISK_NV_CACHE |
					     SCST_VDISK_WRITE_THROUGH);
	id->write_cache = !id->write_cache_fixed;
	id->dpofua = true;
}

/* -------------------------------------------------------------------------
 * Open and close
 */

static void scst_vdisk_flush_work(struct work_struct *work)
{
	struct scst_vdisk *vd = container_of(work, struct scst_vdisk,
					     flush_work);

	/* an error is told to the next command that asks */
	scst_vdisk_flush(vd->dev);
}

static const struct scst_vdisk_ops *scst_vdisk_choose(unsigned long flags)
{
	if (flags & SCST_VDISK_NULLIO)
		return &scst_nullio_ops;
	if (flags & SCST_VDISK_BLOCKIO)
		return &scst_blockio_ops;
	return &scst_fileio_ops;
}

static void scst_vdisk_free(struct scst_vdisk *vd)
{
	scst_vdisk_ranges_exit(&vd->ranges);
	kfree(vd->path);
	kfree(vd);
}

static struct scst_vdisk *scst_vdisk_alloc(const struct scst_vdisk_options *opt)
{
	struct scst_vdisk *vd = kzalloc(sizeof(*vd), GFP_KERNEL);

	if (!vd)
		return NULL;
	vd->path = kstrdup(opt->path, GFP_KERNEL);
	if (!vd->path || scst_vdisk_ranges_init(&vd->ranges)) {
		kfree(vd->path);
		kfree(vd);
		return NULL;
	}
	vd->flags = opt->flags;
	vd->nv = opt->flags & SCST_VDISK_NV_CACHE;
	vd->ops = scst_vdisk_choose(opt->flags);
	INIT_WORK(&vd->flush_work, scst_vdisk_flush_work);
	return vd;
}

static struct scst_device *
scst_vdisk_alloc_device(struct scst_vdisk *vd,
			const struct scst_vdisk_options *opt)
{
	struct scst_handler *handler = &scst_vdisk_handler;
	struct scst_device *dev;

	if (opt->flags & SCST_VDISK_BLOCKIO)
		handler = &scst_vdisk_blk_handler;
	dev = scst_device_alloc(handler, opt->name);
	if (IS_ERR(dev))
		return dev;
	workqueue_set_max_active(dev->wq, scst_vdisk_threads);
	dev->priv = vd;
	dev->type = TYPE_DISK;
	dev->block_shift = opt->block_shift;
	dev->read_only = opt->flags & SCST_VDISK_READ_ONLY;
	vd->dev = dev;
	return dev;
}

static int scst_vdisk_fill_size(struct scst_vdisk *vd)
{
	vd->dev->nblocks = vd->ops->size(vd) >> vd->dev->block_shift;
	if (vd->dev->nblocks)
		return 0;
	pr_err("%s: %s is smaller than one block\n", vd->dev->name, vd->path);
	return -EINVAL;
}

/* The name is free among virtual disks, but may be that of something else */
static int scst_vdisk_register(struct scst_vdisk *vd)
{
	int ret;

	scst_vdisk_add(vd);
	ret = scst_device_register(vd->dev);
	if (ret)
		scst_vdisk_del(vd);
	return ret == -EEXIST ? -EINVAL : ret;
}

static int scst_vdisk_open_locked(const struct scst_vdisk_options *opt)
{
	struct scst_device *dev;
	struct scst_vdisk *vd;
	int ret;

	vd = scst_vdisk_alloc(opt);
	if (!vd)
		return -ENOMEM;
	dev = scst_vdisk_alloc_device(vd, opt);
	ret = PTR_ERR_OR_ZERO(dev);
	if (ret)
		goto out_free;
	scst_vdisk_fill_identity(vd);
	ret = -EINVAL;
	if (scst_vdisk_serial_taken(dev))
		goto out_free_device;
	ret = vd->ops->open(vd, opt->path);
	if (ret)
		goto out_free_device;
	ret = scst_vdisk_fill_size(vd);
	if (ret)
		goto out_close;
	ret = scst_vdisk_register(vd);
	if (ret)
		goto out_close;
	return 0;

out_close:
	vd->ops->close(vd);
out_free_device:
	scst_device_free(dev);
out_free:
	scst_vdisk_free(vd);
	return ret;
}

/**
 * scst_vdisk_open - make a virtual disk
 * @opt: what the administrator wants
 *
 * Context: sleeps.
 * Return: 0, -EINVAL if the name or the serial number is taken or the backing
 * store is of the wrong kind, the error of opening it, -ENOMEM.
 */
int scst_vdisk_open(const struct scst_vdisk_options *opt)
{
	int ret = -EINVAL;

	if (opt->flags & SCST_VDISK_O_DIRECT)
		pr_info("%s: O_DIRECT is ignored, use BLOCKIO or fileio_tgt\n",
			opt->name);
	mutex_lock(&scst_vdisk_command_mutex);
	if (scst_vdisk_exists(opt->name))
		pr_err("%s: the name is taken\n", opt->name);
	else
		ret = scst_vdisk_open_locked(opt);
	mutex_unlock(&scst_vdisk_command_mutex);
	return ret;
}
EXPORT_SYMBOL_IF_KUNIT(scst_vdisk_open);

/**
 * scst_vdisk_close - end a virtual disk
 * @opt: which one
 *
 * Context: sleeps until its commands are done.
 * Return: 0, -EINVAL if there is none, -EBUSY or -EINTR if it will go later.
 */
int scst_vdisk_close(const struct scst_vdisk_options *opt)
{
	struct scst_vdisk *vd;

	mutex_lock(&scst_vdisk_command_mutex);
	vd = scst_vdisk_find(opt->name);
	if (vd)
		scst_vdisk_del(vd);
	mutex_unlock(&scst_vdisk_command_mutex);
	return vd ? scst_device_unregister(vd->dev) : -EINVAL;
}
EXPORT_SYMBOL_IF_KUNIT(scst_vdisk_close);

/**
 * scst_vdisk_close_all - end all virtual disks
 *
 * Context: sleeps; module exit, so no command can come any more.
 */
void scst_vdisk_close_all(void)
{
	struct scst_vdisk *vd, *next;

	list_for_each_entry_safe(vd, next, &scst_vdisks, entry) {
		list_del(&vd->entry);
		scst_device_unregister(vd->dev);
	}
}

/**
 * scst_vdisk_detach - free what belongs to a device
 * @dev: device; nothing refers to it any more
 *
 * Context: sleeps.
 */
void scst_vdisk_detach(struct scst_device *dev)
{
	struct scst_vdisk *vd = dev->priv;

	flush_work(&vd->flush_work);
	vd->ops->close(vd);
	scst_vdisk_free(vd);
}

/* -------------------------------------------------------------------------
 * Changing and showing
 */

static int scst_vdisk_resync_locked(struct scst_vdisk *vd)
{
	u64 nblocks = vd->ops->size(vd) >> vd->dev->block_shift;

	if (!nblocks) {
		pr_err("%s: %s is smaller than one block now\n",
		       vd->dev->name, vd->path);
		return -EINVAL;
	}
	scst_device_set_capacity(vd->dev, nblocks);
	return 0;
}

/**
 * scst_vdisk_resync_size - the backing store has got another size
 * @opt: which disk
 *
 * Context: sleeps.
 * Return: 0 or -EINVAL.
 */
int scst_vdisk_resync_size(const struct scst_vdisk_options *opt)
{
	struct scst_vdisk *vd;
	int ret = -EINVAL;

	mutex_lock(&scst_vdisk_command_mutex);
	vd = scst_vdisk_find(opt->name);
	if (vd)
		ret = scst_vdisk_resync_locked(vd);
	mutex_unlock(&scst_vdisk_command_mutex);
	return ret;
}

/**
 * scst_vdisk_set_t10_id - change the T10 vendor identification designator
 * @opt: which disk, and to what
 *
 * Context: sleeps.
 * Return: 0 or -EINVAL.
 */
int scst_vdisk_set_t10_id(const struct scst_vdisk_options *opt)
{
	struct scst_device *dev;
	struct scst_vdisk *vd;

	mutex_lock(&scst_vdisk_command_mutex);
	vd = scst_vdisk_find(opt->name);
	if (vd) {
		dev = vd->dev;
		spin_lock(&dev->lock);
		strscpy(dev->id.t10_id, opt->t10_id, sizeof(dev->id.t10_id));
		vd->t10_id_set = true;
		spin_unlock(&dev->lock);
		scst_device_ua(dev, SCST_UA_INQUIRY_CHANGED, NULL);
	}
	mutex_unlock(&scst_vdisk_command_mutex);
	return vd ? 0 : -EINVAL;
}
EXPORT_SYMBOL_IF_KUNIT(scst_vdisk_set_t10_id);

static void scst_vdisk_show_one(struct seq_file *m, const struct scst_vdisk *vd)
{
	const struct scst_device *dev = vd->dev;
	u32 mib = READ_ONCE(dev->nblocks) >> (20 - dev->block_shift);
	/* "RM " has always been counted as four characters */
	int width = vd->flags & SCST_VDISK_REMOVABLE ? 15 : 16;
	char text[32];

	scst_vdisk_flags_text(vd->flags, text, sizeof(text));
	seq_printf(m, "%-17s %-11u %-12u%-*s%s\n", dev->name, mib,
		   1u << dev->block_shift, width, text, vd->path);
}

/**
 * scst_vdisk_show - print the table of virtual disks
 * @handler: whose table
 * @m: file
 *
 * Context: sleeps.
 * Return: 0.
 */
int scst_vdisk_show(struct scst_handler *handler, struct seq_file *m)
{
	const struct scst_vdisk *vd;

	seq_printf(m, "%-17s %-11s %-11s %-15s %s\n", "Name", "Size(MB)",
		   "Block size", "Options", "File name");
	mutex_lock(&scst_vdisk_list_mutex);
	list_for_each_entry(vd, &scst_vdisks, entry)
		scst_vdisk_show_one(m, vd);
	mutex_unlock(&scst_vdisk_list_mutex);
	return 0;
}

static void scst_vdisk_show_t10_id(struct seq_file *m, struct scst_vdisk *vd)
{
	char id[sizeof(vd->dev->id.t10_id)];
	bool set;

	spin_lock(&vd->dev->lock);
	strscpy(id, vd->dev->id.t10_id, sizeof(id));
	set = vd->t10_id_set;
	spin_unlock(&vd->dev->lock);
	seq_printf(m, "%-17s %-7s %s\n", vd->dev->name,
		   set ? "set" : "default", id);
}

/**
 * scst_vdisk_show_t10_ids - print the T10 identifiers of the virtual disks
 * @m: file
 * @v: unused
 *
 * In a file of its own: the columns of the other one are an interface.
 *
 * Context: sleeps.
 * Return: 0.
 */
int scst_vdisk_show_t10_ids(struct seq_file *m, void *v)
{
	struct scst_vdisk *vd;

	seq_printf(m, "%-17s %-7s %s\n", "Name", "Origin", "T10 device id");
	mutex_lock(&scst_vdisk_list_mutex);
	list_for_each_entry(vd, &scst_vdisks, entry)
		scst_vdisk_show_t10_id(m, vd);
	mutex_unlock(&scst_vdisk_list_mutex);
	return 0;
}
