// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the vital product data pages of virtual devices (SPC-5 7.7, SBC-4 6.6).
 * No locks: an identity does not change while its device can be reached.
 * Must not know how INQUIRY is executed.
 */
#include <linux/array_size.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/unaligned.h>
#include "core_priv.h"

#define VPD_HEADER		4
#define VPD_SBC_LEN		0x3c
#define VPD_LBP_LEN		4

/* Designation descriptors, SPC-5 7.7.6 */
#define DESIG_HEADER		4
#define DESIG_BINARY		0x01
#define DESIG_ASCII		0x02
#define DESIG_UTF8		0x03
#define DESIG_PIV		0x80
#define DESIG_OF_LUN		0x00
#define DESIG_OF_PORT		0x10
#define DESIG_OF_TARGET		0x20
#define DESIG_T10		0x01
#define DESIG_NAA		0x03
#define DESIG_REL_PORT		0x04
#define DESIG_PORT_GROUP	0x05
#define DESIG_NAME		0x08
#define DESIG_PROTO(protocol)	((protocol) << 4)

#define ISCSI_NAME_MAX		223	/* RFC 7143 4.2.7.1 */
#define ISCSI_PORTAL_GROUP	1
#define TARGET_PORT_GROUP	1

/* Extended INQUIRY data, SPC-5 7.7.7 */
#define EXT_HEADSUP		0x04
#define EXT_ORDSUP		0x02
#define EXT_SIMPSUP		0x01
#define EXT_V_SUP		0x01

#define LIMITS_WSNZ		0x01
#define LIMITS_UGAVALID		0x80000000

#define RATE_NON_ROTATING	1
#define RATE_ROTATING		7200

#define LBP_LBPU		0x80
#define LBP_LBPWS		0x40
#define LBP_LBPWS10		0x20
#define LBP_LBPRZ		0x04
#define LBP_THIN		0x02

/*
 * Append a designation descriptor.  The length is padded to a multiple of four
 * where the type asks for that; @p is zeroed memory.
 */
static u8 *scst_desig_add(u8 *p, u8 code_set, u8 type, const void *data,
			  u8 len, u8 padded)
{
	p[0] = code_set;
	p[1] = type;
	p[3] = padded;
	memcpy(p + DESIG_HEADER, data, len);
	return p + DESIG_HEADER + padded;
}

static u8 *scst_desig_lun(const struct scst_identity *id, u8 *p)
{
	u8 t10[8 + sizeof(id->t10_id)];
	size_t len = strnlen(id->t10_id, sizeof(id->t10_id) - 1);
	u8 naa[8];

	memcpy_and_pad(t10, 8, id->vendor, strlen(id->vendor), ' ');
	memcpy(t10 + 8, id->t10_id, len);
	p = scst_desig_add(p, DESIG_ASCII, DESIG_OF_LUN | DESIG_T10, t10,
			   8 + len, 8 + len);
	if (id->naa) {
		put_unaligned_be64(id->naa, naa);
		p = scst_desig_add(p, DESIG_BINARY, DESIG_OF_LUN | DESIG_NAA,
				   naa, sizeof(naa), sizeof(naa));
	}
	return p;
}

static u8 *scst_desig_port(const struct scst_target *tgt, u8 *p)
{
	u8 id[4] = {}, proto = 0, piv = 0;

	if (tgt->ops->protocol != SCSI_PROTOCOL_UNSPEC) {
		proto = DESIG_PROTO(tgt->ops->protocol);
		piv = DESIG_PIV;
	}

	put_unaligned_be16(tgt->rel_port_id, id + 2);
	p = scst_desig_add(p, proto | DESIG_BINARY,
			   piv | DESIG_OF_PORT | DESIG_REL_PORT, id,
			   sizeof(id), sizeof(id));
	put_unaligned_be16(TARGET_PORT_GROUP, id + 2);
	return scst_desig_add(p, proto | DESIG_BINARY,
			      piv | DESIG_OF_PORT | DESIG_PORT_GROUP, id,
			      sizeof(id), sizeof(id));
}

/* SCSI name strings are terminated and padded with NULs (SPC-5 7.7.6.11) */
static u8 *scst_desig_name(u8 *p, u8 of, const char *name)
{
	size_t len = strlen(name);

	return scst_desig_add(p, DESIG_PROTO(SCSI_PROTOCOL_ISCSI) | DESIG_UTF8,
			      DESIG_PIV | of | DESIG_NAME, name, len,
			      ALIGN(len + 1, 4));
}

static u8 *scst_desig_iscsi(const struct scst_target *tgt, u8 *p)
{
	char port[ISCSI_NAME_MAX + sizeof(",t,0x0001")];

	if (strlen(tgt->name) > ISCSI_NAME_MAX)
		return p;
	scnprintf(port, sizeof(port), "%s,t,0x%04x", tgt->name,
		  ISCSI_PORTAL_GROUP);
	p = scst_desig_name(p, DESIG_OF_PORT, port);
	return scst_desig_name(p, DESIG_OF_TARGET, tgt->name);
}

/* All builders get a zeroed page and return the length of its payload */

static u32 scst_vpd_serial(const struct scst_cmd *cmd, u8 *p)
{
	const struct scst_identity *id = &cmd->dev->id;
	u32 len = strnlen(id->serial, sizeof(id->serial) - 1);

	memcpy(p, id->serial, len);
	return len;
}

static u32 scst_vpd_device_id(const struct scst_cmd *cmd, u8 *p)
{
	const struct scst_target *tgt = cmd->sess->target;
	u8 *start = p;

	p = scst_desig_lun(&cmd->dev->id, p);
	p = scst_desig_port(tgt, p);
	if (tgt->ops->protocol == SCSI_PROTOCOL_ISCSI)
		p = scst_desig_iscsi(tgt, p);
	return p - start;
}

static u32 scst_vpd_ext_inquiry(const struct scst_cmd *cmd, u8 *p)
{
	p[1] = EXT_HEADSUP | EXT_ORDSUP | EXT_SIMPSUP;
	if (cmd->dev->id.write_cache || !cmd->dev->id.write_cache_fixed)
		p[2] = EXT_V_SUP;
	p[9] = SCST_MAX_SENSE;
	return VPD_SBC_LEN;
}

static u32 scst_vpd_limits(const struct scst_cmd *cmd, u8 *p)
{
	const struct scst_identity *id = &cmd->dev->id;

	p[0] = LIMITS_WSNZ;
	if (scst_cdb_first(COMPARE_AND_WRITE))
		p[1] = SCST_MAX_CAW_BLOCKS;
	put_unaligned_be16(1 << id->phys_exp, &p[2]);
	put_unaligned_be32(SCST_MAX_XFER >> cmd->dev->block_shift, &p[4]);
	put_unaligned_be32(id->opt_blocks, &p[8]);
	if (id->max_unmap_blocks) {
		put_unaligned_be32(id->max_unmap_blocks, &p[16]);
		put_unaligned_be32(SCST_MAX_UNMAP_DESCS, &p[20]);
	}
	if (id->max_unmap_blocks && id->unmap_granularity) {
		put_unaligned_be32(id->unmap_granularity, &p[24]);
		put_unaligned_be32(LIMITS_UGAVALID | id->unmap_alignment,
				   &p[28]);
	}
	put_unaligned_be64(id->max_ws_blocks, &p[32]);
	return VPD_SBC_LEN;
}

static u32 scst_vpd_characteristics(const struct scst_cmd *cmd, u8 *p)
{
	put_unaligned_be16(cmd->dev->id.rotational ? RATE_ROTATING :
						     RATE_NON_ROTATING, p);
	return VPD_SBC_LEN;
}

static u32 scst_vpd_provisioning(const struct scst_cmd *cmd, u8 *p)
{
	const struct scst_identity *id = &cmd->dev->id;

	if (id->max_unmap_blocks)
		p[1] = LBP_LBPU | LBP_LBPWS | LBP_LBPWS10;
	if (id->unmap_zeroes)
		p[1] |= LBP_LBPRZ;
	if (id->thin)
		p[2] = LBP_THIN;
	return VPD_LBP_LEN;
}

static u32 scst_vpd_supported(const struct scst_cmd *cmd, u8 *p);

/* In ascending order, as page 00h has to list them */
static const struct scst_vpd_page {
	u8 page;
	bool disk;
	u32 (*build)(const struct scst_cmd *cmd, u8 *p);
} scst_vpd_pages[] = {
	{ 0x00, false, scst_vpd_supported },
	{ 0x80, false, scst_vpd_serial },
	{ 0x83, false, scst_vpd_device_id },
	{ 0x86, false, scst_vpd_ext_inquiry },
	{ 0xb0, true, scst_vpd_limits },
	{ 0xb1, true, scst_vpd_characteristics },
	{ 0xb2, true, scst_vpd_provisioning },
};

static bool scst_vpd_has(const struct scst_cmd *cmd,
			 const struct scst_vpd_page *page)
{
	return !page->disk || cmd->dev->type == TYPE_DISK;
}

static u32 scst_vpd_supported(const struct scst_cmd *cmd, u8 *p)
{
	unsigned int i;
	u32 len = 0;

	for (i = 0; i < ARRAY_SIZE(scst_vpd_pages); i++)
		if (scst_vpd_has(cmd, &scst_vpd_pages[i]))
			p[len++] = scst_vpd_pages[i].page;
	return len;
}

/**
 * scst_vpd_build() - build a vital product data page
 * @cmd: command; its device and session decide on the contents
 * @page: page code
 * @buf: SCST_VPD_SIZE zeroed bytes
 * @len: gets the length of the page
 *
 * Context: Any.
 * Return: SCST_GOOD, or SCST_INVALID_FIELD_IN_CDB if there is no such page.
 */
scst_sense_t scst_vpd_build(struct scst_cmd *cmd, u8 page, u8 *buf, u32 *len)
{
	const struct scst_vpd_page *vpd;
	unsigned int i;
	u32 n;

	for (i = 0; i < ARRAY_SIZE(scst_vpd_pages); i++) {
		vpd = &scst_vpd_pages[i];
		if (vpd->page != page || !scst_vpd_has(cmd, vpd))
			continue;
		buf[0] = cmd->dev->type;
		buf[1] = page;
		n = vpd->build(cmd, buf + VPD_HEADER);
		put_unaligned_be16(n, &buf[2]);
		*len = VPD_HEADER + n;
		return SCST_GOOD;
	}
	return SCST_INVALID_FIELD_IN_CDB;
}
