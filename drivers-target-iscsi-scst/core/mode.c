// SPDX-License-Identifier: GPL-2.0
/*
 * Owns MODE SENSE, MODE SELECT and the mode pages of virtual disks (SPC-5 7.5,
 * SBC-4 6.5).  WCE, SWP and D_SENSE, the only bits that can be changed, are
 * under scst_device.lock.
 * Must not know what handlers make of these bits.
 */
#include <kunit/visibility.h>
#include <linux/array_size.h>
#include <linux/minmax.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/unaligned.h>
#include "core_priv.h"

/* CDB */
#define MODE_LLBAA		0x10
#define MODE_DBD		0x08
#define MODE_PF			0x10
#define MODE_RTD		0x02
#define MODE_SP			0x01
#define MODE_ALL_PAGES		0x3f
#define MODE_ALL_SUBPAGES	0xff

enum scst_mode_pc {
	SCST_MODE_CURRENT,
	SCST_MODE_CHANGEABLE,
	SCST_MODE_DEFAULT,
	SCST_MODE_SAVED,
};

/* Parameter list */
#define MODE_HEADER6		4
#define MODE_HEADER10		8
#define MODE_WP			0x80
#define MODE_DPOFUA		0x10
#define MODE_LONGLBA		0x01
#define MODE_BD_SHORT		8
#define MODE_BD_LONG		16
#define MODE_PAGE_HEADER	2
#define MODE_PAGE_CODE		0x3f
#define MODE_PAGE_SPF		0x40
#define MODE_PAGE_MAX		24

/* Header, a block descriptor and all pages are 144 bytes */
#define MODE_LIST_MAX		192

/* Page bits */
#define CACHING_WCE		0x04
#define CONTROL_TST_NEXUS	0x20	/* a task set for each I_T nexus */
#define CONTROL_D_SENSE		0x04
#define CONTROL_QALG		0x10	/* unrestricted reordering */
#define CONTROL_SWP		0x08
#define CONTROL_TAS		0x40

/* Made-up geometry for the obsolete pages 03h and 04h */
#define MODE_SECTORS		64
#define MODE_HEADS		64
#define MODE_RPM		7200
#define MODE_MAX_CYLINDERS	0xffffff

/* Everything that can be changed */
struct scst_mode_bits {
	bool wce;
	bool swp;
	bool d_sense;
};

static void scst_mode_fill_format(const struct scst_device *dev,
				  const struct scst_mode_bits *bits, u8 *p)
{
	put_unaligned_be16(MODE_SECTORS, &p[10]);
	put_unaligned_be16(1u << dev->block_shift, &p[12]);
}

static void scst_mode_fill_geometry(const struct scst_device *dev,
				    const struct scst_mode_bits *bits, u8 *p)
{
	u64 cylinders = READ_ONCE(dev->nblocks) / (MODE_SECTORS * MODE_HEADS);

	put_unaligned_be24(min_t(u64, cylinders, MODE_MAX_CYLINDERS), &p[2]);
	p[5] = MODE_HEADS;
	put_unaligned_be16(MODE_RPM, &p[20]);
}

static void scst_mode_fill_caching(const struct scst_device *dev,
				   const struct scst_mode_bits *bits, u8 *p)
{
	if (bits->wce)
		p[2] |= CACHING_WCE;
}

static void scst_mode_read_caching(const u8 *p, struct scst_mode_bits *bits)
{
	bits->wce = p[2] & CACHING_WCE;
}

static void scst_mode_fill_control(const struct scst_device *dev,
				   const struct scst_mode_bits *bits, u8 *p)
{
	if (bits->d_sense)
		p[2] |= CONTROL_D_SENSE;
	if (bits->swp)
		p[4] |= CONTROL_SWP;
}

static void scst_mode_read_control(const u8 *p, struct scst_mode_bits *bits)
{
	bits->d_sense = p[2] & CONTROL_D_SENSE;
	bits->swp = p[4] & CONTROL_SWP;
}

/*
 * init: page code, page length and what is the same for all devices
 * fill: adds what is not; optional
 * read: takes over the changeable bits, for pages that have some
 */
static const struct scst_mode_page {
	u8 init[MODE_PAGE_MAX];
	void (*fill)(const struct scst_device *dev,
		     const struct scst_mode_bits *bits, u8 *p);
	void (*read)(const u8 *p, struct scst_mode_bits *bits);
} scst_mode_pages[] = {
	/* read-write error recovery: AWRE, ARRE */
	{ .init = { 0x01, 0x0a, 0xc0 } },
	/* disconnect-reconnect */
	{ .init = { 0x02, 0x0e } },
	/* format device: interleave 1, hard sectors */
	{ .init = { 0x03, 0x16, [15] = 0x01, [20] = 0x40 },
	  .fill = scst_mode_fill_format },
	/* rigid disk geometry */
	{ .init = { 0x04, 0x16 }, .fill = scst_mode_fill_geometry },
	{ .init = { 0x08, 0x12 },
	  .fill = scst_mode_fill_caching, .read = scst_mode_read_caching },
	{ .init = { 0x0a, 0x0a, CONTROL_TST_NEXUS, CONTROL_QALG,
		    [5] = CONTROL_TAS },
	  .fill = scst_mode_fill_control, .read = scst_mode_read_control },
	/* informational exceptions control: DEXCPT */
	{ .init = { 0x1c, 0x0a, 0x08 } },
};

static unsigned int scst_mode_page_len(const struct scst_mode_page *page)
{
	return MODE_PAGE_HEADER + page->init[1];
}

static void scst_mode_bits_get(struct scst_device *dev,
			       struct scst_mode_bits *bits)
{
	spin_lock(&dev->lock);
	bits->wce = dev->id.write_cache;
	bits->swp = dev->swp;
	bits->d_sense = dev->d_sense;
	spin_unlock(&dev->lock);
}

/* Return: true if that changes anything */
static bool scst_mode_bits_set_locked(struct scst_device *dev,
				      const struct scst_mode_bits *bits)
{
	bool changed = false;

	lockdep_assert_held(&dev->lock);
	if (dev->id.write_cache != bits->wce) {
		WRITE_ONCE(dev->id.write_cache, bits->wce);
		dev->wce_flipped = !dev->wce_flipped;
		changed = true;
	}
	if (dev->swp != bits->swp || dev->d_sense != bits->d_sense) {
		WRITE_ONCE(dev->swp, bits->swp);
		WRITE_ONCE(dev->d_sense, bits->d_sense);
		changed = true;
	}
	return changed;
}

static void scst_mode_page_fill(const struct scst_device *dev,
				const struct scst_mode_page *page,
				const struct scst_mode_bits *bits, u8 *p)
{
	memcpy(p, page->init, scst_mode_page_len(page));
	if (page->fill)
		page->fill(dev, bits, p);
}

/* What can be changed is what differs between all bits off and all bits on */
static void scst_mode_page_mask(const struct scst_device *dev,
				const struct scst_mode_page *page, u8 *mask)
{
	struct scst_mode_bits off = {}, on = { true, true, true };
	u8 p[MODE_PAGE_MAX];
	unsigned int i;

	if (dev->id.write_cache_fixed)
		on.wce = false;
	scst_mode_page_fill(dev, page, &off, p);
	scst_mode_page_fill(dev, page, &on, mask);
	for (i = MODE_PAGE_HEADER; i < scst_mode_page_len(page); i++)
		mask[i] ^= p[i];
}

static void scst_mode_defaults(const struct scst_device *dev,
			       struct scst_mode_bits *bits)
{
	bits->wce = dev->id.write_cache != dev->wce_flipped;
	bits->swp = false;
	bits->d_sense = false;
}

static unsigned int scst_mode_page_build(struct scst_device *dev,
					 const struct scst_mode_page *page,
					 enum scst_mode_pc pc, u8 *p)
{
	struct scst_mode_bits bits;

	if (pc == SCST_MODE_CHANGEABLE) {
		scst_mode_page_mask(dev, page, p);
		return scst_mode_page_len(page);
	}
	if (pc == SCST_MODE_DEFAULT)
		scst_mode_defaults(dev, &bits);
	else
		scst_mode_bits_get(dev, &bits);
	scst_mode_page_fill(dev, page, &bits, p);
	return scst_mode_page_len(page);
}

static unsigned int scst_mode_block_desc(const struct scst_device *dev,
					 bool longlba, u8 *p)
{
	u64 nblocks = READ_ONCE(dev->nblocks);

	if (longlba) {
		put_unaligned_be64(nblocks, &p[0]);
		put_unaligned_be32(1u << dev->block_shift, &p[12]);
		return MODE_BD_LONG;
	}
	put_unaligned_be32(min_t(u64, nblocks, U32_MAX), &p[0]);
	put_unaligned_be24(1u << dev->block_shift, &p[5]);
	return MODE_BD_SHORT;
}

static u8 scst_mode_device_param(const struct scst_cmd *cmd)
{
	const struct scst_device *dev = cmd->dev;
	u8 param = 0;

	if (dev->read_only || cmd->lun->read_only || READ_ONCE(dev->swp))
		param |= MODE_WP;
	if (dev->id.dpofua)
		param |= MODE_DPOFUA;
	return param;
}

static bool scst_mode_is_10(const struct scst_cmd *cmd)
{
	return cmd->cdb[0] == MODE_SENSE_10 || cmd->cdb[0] == MODE_SELECT_10;
}

/* @len: length of everything, @bd_len: of the block descriptor */
static void scst_mode_header(const struct scst_cmd *cmd, u8 *buf,
			     unsigned int len, unsigned int bd_len)
{
	if (!scst_mode_is_10(cmd)) {
		buf[0] = len - 1;
		buf[2] = scst_mode_device_param(cmd);
		buf[3] = bd_len;
		return;
	}
	put_unaligned_be16(len - 2, &buf[0]);
	buf[3] = scst_mode_device_param(cmd);
	buf[4] = bd_len == MODE_BD_LONG ? MODE_LONGLBA : 0;
	put_unaligned_be16(bd_len, &buf[6]);
}

/* Return: bytes of the pages asked for, 0 if there is no such page */
static unsigned int scst_mode_sense_pages(const struct scst_cmd *cmd, u8 *p)
{
	enum scst_mode_pc pc = cmd->cdb[2] >> 6;
	u8 code = cmd->cdb[2] & MODE_PAGE_CODE;
	unsigned int i, len = 0;

	for (i = 0; i < ARRAY_SIZE(scst_mode_pages); i++)
		if (code == MODE_ALL_PAGES ||
		    code == scst_mode_pages[i].init[0])
			len += scst_mode_page_build(cmd->dev,
						    &scst_mode_pages[i], pc,
						    p + len);
	return len;
}

static scst_sense_t scst_mode_sense_check(const struct scst_cmd *cmd)
{
	if (cmd->cdb[3] && cmd->cdb[3] != MODE_ALL_SUBPAGES)
		return SCST_INVALID_FIELD_IN_CDB;
	if (cmd->cdb[2] >> 6 == SCST_MODE_SAVED)
		return SCST_SAVING_NOT_SUPPORTED;
	return SCST_GOOD;
}

/**
 * scst_mode_sense() - execute MODE SENSE(6) or (10) for a virtual disk
 * @cmd: command
 *
 * Context: Process context, may sleep.
 */
void scst_mode_sense(struct scst_cmd *cmd)
{
	scst_sense_t sense = scst_mode_sense_check(cmd);
	bool is_10 = scst_mode_is_10(cmd);
	unsigned int bd_len = 0, pages;
	u8 buf[MODE_LIST_MAX] = {};
	unsigned int len;

	if (sense) {
		scst_cmd_complete(cmd, sense);
		return;
	}
	len = is_10 ? MODE_HEADER10 : MODE_HEADER6;
	if (!(cmd->cdb[1] & MODE_DBD))
		bd_len = scst_mode_block_desc(cmd->dev, is_10 &&
					      cmd->cdb[1] & MODE_LLBAA,
					      buf + len);
	len += bd_len;
	pages = scst_mode_sense_pages(cmd, buf + len);
	if (!pages) {
		scst_cmd_complete(cmd, SCST_INVALID_FIELD_IN_CDB);
		return;
	}
	len += pages;
	scst_mode_header(cmd, buf, len, bd_len);
	scst_cmd_reply(cmd, buf, len);
}
EXPORT_SYMBOL_IF_KUNIT(scst_mode_sense);

/* The block descriptor may only say what is so anyway (0: keep the size) */
static scst_sense_t scst_mode_check_block_desc(const struct scst_device *dev,
					       bool longlba, const u8 *p)
{
	u8 now[MODE_BD_LONG] = {};
	unsigned int len, nr_len;

	len = scst_mode_block_desc(dev, longlba, now);
	nr_len = longlba ? 8 : 4;
	if (memcmp(p + nr_len, now + nr_len, len - nr_len))
		return SCST_INVALID_FIELD_IN_PARAM;
	if (memchr_inv(p, 0, nr_len) && memchr_inv(p, 0xff, nr_len) &&
	    memcmp(p, now, nr_len))
		return SCST_INVALID_FIELD_IN_PARAM;
	return SCST_GOOD;
}

/* Return: offset of the first page, or negative with @sense set */
static int scst_mode_select_header(const struct scst_cmd *cmd, const u8 *buf,
				   unsigned int len, scst_sense_t *sense)
{
	unsigned int hdr = MODE_HEADER6, bd_len, bd_want = MODE_BD_SHORT;
	bool is_10 = scst_mode_is_10(cmd), longlba = false;

	*sense = SCST_PARAM_LIST_LENGTH;
	if (is_10)
		hdr = MODE_HEADER10;
	if (len < hdr)
		return -EINVAL;
	bd_len = is_10 ? get_unaligned_be16(&buf[6]) : buf[3];
	if (is_10 && buf[4] & MODE_LONGLBA) {
		longlba = true;
		bd_want = MODE_BD_LONG;
	}
	if (bd_len > len - hdr)
		return -EINVAL;
	*sense = SCST_INVALID_FIELD_IN_PARAM;
	/* the medium type */
	if (buf[is_10 ? 2 : 1])
		return -EINVAL;
	if (!bd_len)
		return hdr;
	if (bd_len != bd_want)
		return -EINVAL;
	*sense = scst_mode_check_block_desc(cmd->dev, longlba, buf + hdr);
	return *sense ? -EINVAL : hdr + bd_len;
}

static const struct scst_mode_page *scst_mode_page_find(u8 code)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(scst_mode_pages); i++)
		if (scst_mode_pages[i].init[0] == code)
			return &scst_mode_pages[i];
	return NULL;
}

/* @p: one page, @left: bytes from there to the end; adds its changes to @bits */
static scst_sense_t scst_mode_select_page(const struct scst_device *dev,
					  const u8 *p, unsigned int left,
					  struct scst_mode_bits *bits)
{
	u8 now[MODE_PAGE_MAX], mask[MODE_PAGE_MAX];
	const struct scst_mode_page *page;
	unsigned int i, len;

	if (left < MODE_PAGE_HEADER)
		return SCST_PARAM_LIST_LENGTH;
	page = scst_mode_page_find(p[0] & MODE_PAGE_CODE);
	if (!page || p[0] & MODE_PAGE_SPF || p[1] != page->init[1])
		return SCST_INVALID_FIELD_IN_PARAM;
	len = scst_mode_page_len(page);
	if (left < len)
		return SCST_PARAM_LIST_LENGTH;

	scst_mode_page_fill(dev, page, bits, now);
	scst_mode_page_mask(dev, page, mask);
	for (i = MODE_PAGE_HEADER; i < len; i++)
		if ((p[i] ^ now[i]) & ~mask[i])
			return SCST_INVALID_FIELD_IN_PARAM;
	if (page->read)
		page->read(p, bits);
	return SCST_GOOD;
}

static scst_sense_t scst_mode_select_list(const struct scst_cmd *cmd,
					  const u8 *buf, unsigned int len,
					  struct scst_mode_bits *bits)
{
	scst_sense_t sense;
	int off;

	off = scst_mode_select_header(cmd, buf, len, &sense);
	if (off < 0)
		return sense;
	while (off < len) {
		sense = scst_mode_select_page(cmd->dev, buf + off, len - off,
					      bits);
		if (sense)
			return sense;
		off += MODE_PAGE_HEADER + buf[off + 1];
	}
	return SCST_GOOD;
}

static scst_sense_t scst_mode_select_parse(const struct scst_cmd *cmd,
					   struct scst_mode_bits *bits)
{
	u8 buf[MODE_LIST_MAX];

	if (cmd->cdb[1] & (MODE_SP | MODE_RTD))
		return SCST_INVALID_FIELD_IN_CDB;
	if (!cmd->data_len)
		return SCST_GOOD;
	/* without PF the pages have a vendor specific format */
	if (!(cmd->cdb[1] & MODE_PF))
		return SCST_INVALID_FIELD_IN_CDB;
	if (cmd->data_len > sizeof(buf) ||
	    scst_cmd_params(cmd, buf, sizeof(buf)) < cmd->data_len)
		return SCST_PARAM_LIST_LENGTH;
	return scst_mode_select_list(cmd, buf, cmd->data_len, bits);
}

static void scst_mode_flush(struct scst_cmd *cmd)
{
	scst_cmd_complete(cmd, cmd->dev->handler->flush(cmd->dev));
}

/**
 * scst_mode_select() - execute MODE SELECT(6) or (10) for a virtual disk
 * @cmd: command
 *
 * All pages are checked before anything is changed.  Who switches the write
 * cache off is told so only when what was in it is stable.
 *
 * Context: Process context, may sleep; takes scst_device.lock.
 */
void scst_mode_select(struct scst_cmd *cmd)
{
	struct scst_device *dev = cmd->dev;
	struct scst_mode_bits bits;
	bool changed, wce_was;
	scst_sense_t sense;

	scst_mode_bits_get(dev, &bits);
	sense = scst_mode_select_parse(cmd, &bits);
	if (sense) {
		scst_cmd_complete(cmd, sense);
		return;
	}
	spin_lock(&dev->lock);
	wce_was = dev->id.write_cache;
	changed = scst_mode_bits_set_locked(dev, &bits);
	spin_unlock(&dev->lock);
	if (changed)
		scst_device_ua(dev, SCST_UA_MODE_CHANGED, cmd->sess);
	if (wce_was && !bits.wce && dev->handler->flush)
		scst_cmd_defer(cmd, scst_mode_flush);
	else
		scst_cmd_complete(cmd, SCST_GOOD);
}
EXPORT_SYMBOL_IF_KUNIT(scst_mode_select);

/**
 * scst_mode_reset_locked() - go back to the default mode parameters
 * @dev: device that is being reset
 *
 * Context: Caller holds scst_device.lock.
 */
void scst_mode_reset_locked(struct scst_device *dev)
{
	struct scst_mode_bits bits;

	scst_mode_defaults(dev, &bits);
	scst_mode_bits_set_locked(dev, &bits);
}
EXPORT_SYMBOL_IF_KUNIT(scst_mode_reset_locked);
