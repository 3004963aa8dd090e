// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of what a virtual disk says about itself: INQUIRY and the VPD
 * pages, capacity, supported commands and task management functions.
 */
#include <kunit/test.h>
#include <linux/array_size.h>
#include <linux/string.h>
#include <linux/unaligned.h>

#include "spc_fixture.h"

#define VPD_HEADER	4
#define RSOC_HEADER	4

static scst_sense_t vpd_get(struct kunit *test, u8 page)
{
	u8 cdb[16] = { INQUIRY, 1, page, 0x08, 0 };

	return spc_execute(test, scst_inquiry, cdb);
}

static void vpd_expect(struct kunit *test, u8 page, const u8 *want, u32 len)
{
	struct spc *spc = test->priv;

	KUNIT_ASSERT_EQ(test, (__force u32)vpd_get(test, page), 0);
	KUNIT_ASSERT_EQ(test, spc->len, len);
	KUNIT_EXPECT_MEMEQ(test, spc->data, want, len);
}

static void inquiry_standard(struct kunit *test)
{
	static const u8 cdb[16] = { INQUIRY, 0, 0, 0, 255 };
	static const u8 want[96] = {
		0x00, 0x00, 0x06, 0x12, 91, 0, 0x10, 0x02,
		'S', 'C', 'S', 'T', '_', 'F', 'I', 'O',
		'd', 'i', 's', 'k', '1', ' ', ' ', ' ',
		' ', ' ', ' ', ' ', ' ', ' ', ' ', ' ',
		' ', '1', '0', '0',
		[58] = 0x00, 0xa0, 0x09, 0x60, 0x04, 0x60, 0x04, 0xc0,
	};
	struct spc *spc = test->priv;

	KUNIT_ASSERT_EQ(test, (__force u32)spc_execute(test, scst_inquiry, cdb),
			0);
	KUNIT_ASSERT_EQ(test, spc->len, sizeof(want));
	KUNIT_EXPECT_MEMEQ(test, spc->data, want, sizeof(want));

	spc->dev.id.removable = true;
	spc_execute(test, scst_inquiry, cdb);
	KUNIT_EXPECT_EQ(test, spc->data[1], 0x80);
}

static void inquiry_cut(struct kunit *test)
{
	u8 cdb[16] = { INQUIRY };
	struct spc *spc = test->priv;
	unsigned int len;

	for (len = 0; len < 100; len++) {
		cdb[4] = len;
		KUNIT_ASSERT_EQ(test, (__force u32)
				spc_execute(test, scst_inquiry, cdb), 0);
		KUNIT_ASSERT_EQ(test, spc->len, min(len, 96));
	}
}

static void inquiry_page_without_evpd(struct kunit *test)
{
	static const u8 cdb[16] = { INQUIRY, 0, 0x80, 0, 255 };
	struct spc *spc = test->priv;

	KUNIT_EXPECT_EQ(test, (__force u32)spc_execute(test, scst_inquiry, cdb),
			(__force u32)SCST_INVALID_FIELD_IN_CDB);
	KUNIT_EXPECT_EQ(test, spc->len, 0);
}

static void inquiry_no_lun(struct kunit *test)
{
	static const u8 cdb[16] = { INQUIRY, 0, 0, 0, 255 };
	struct spc *spc = test->priv;

	KUNIT_ASSERT_EQ(test, (__force u32)
			spc_execute(test, scst_inquiry_no_lun, cdb), 0);
	KUNIT_EXPECT_EQ(test, spc->len, 96);
	KUNIT_EXPECT_EQ(test, spc->data[0], 0x7f);
	KUNIT_EXPECT_EQ(test, spc->data[2], 0x06);
	KUNIT_EXPECT_EQ(test, spc->data[4], 91);
}

static void vpd_unknown(struct kunit *test)
{
	static const u8 known[] = { 0x00, 0x80, 0x83, 0x86, 0xb0, 0xb1, 0xb2 };
	unsigned int page, expect;

	for (page = 0; page < 256; page++) {
		expect = (__force u32)SCST_INVALID_FIELD_IN_CDB;
		if (memchr(known, page, sizeof(known)))
			expect = 0;
		KUNIT_EXPECT_EQ_MSG(test, (__force u32)vpd_get(test, page),
				    expect, "page %02x", page);
	}
}

static void vpd_supported(struct kunit *test)
{
	static const u8 disk[] = {
		0, 0x00, 0, 7, 0x00, 0x80, 0x83, 0x86, 0xb0, 0xb1, 0xb2,
	};
	static const u8 tape[] = { 1, 0x00, 0, 4, 0x00, 0x80, 0x83, 0x86 };
	struct spc *spc = test->priv;

	vpd_expect(test, 0x00, disk, sizeof(disk));
	spc->dev.type = TYPE_TAPE;
	vpd_expect(test, 0x00, tape, sizeof(tape));
	KUNIT_EXPECT_EQ(test, (__force u32)vpd_get(test, 0xb0),
			(__force u32)SCST_INVALID_FIELD_IN_CDB);
}

static void vpd_serial(struct kunit *test)
{
	static const u8 want[] = {
		0, 0x80, 0, 8, '1', '2', '3', '4', 'a', 'b', 'c', 'd',
	};

	vpd_expect(test, 0x80, want, sizeof(want));
}

static const u8 vpd_lun_ids[] = {
	/* T10 vendor identification */
	0x02, 0x01, 0, 16, 'S', 'C', 'S', 'T', '_', 'F', 'I', 'O',
	'd', 'i', 's', 'k', '1', '-', 'i', 'd',
	/* NAA */
	0x01, 0x03, 0, 8, 0x31, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef,
};

static const u8 vpd_iscsi_ids[] = {
	/* relative target port, target port group */
	0x51, 0x94, 0, 4, 0, 0, 0x12, 0x34,
	0x51, 0x95, 0, 4, 0, 0, 0x00, 0x01,
	/* target port name: 38 bytes and the padding */
	0x53, 0x98, 0, 40,
	'i', 'q', 'n', '.', '2', '0', '0', '7', '-', '0', '5', '.',
	'c', 'o', 'm', '.', 'e', 'x', 'a', 'm', 'p', 'l', 'e', ':',
	'd', 'i', 's', 'k', '1', ',', 't', ',', '0', 'x', '0', '0',
	'0', '1', 0, 0,
	/* target device name: 29 bytes and the padding */
	0x53, 0xa8, 0, 32,
	'i', 'q', 'n', '.', '2', '0', '0', '7', '-', '0', '5', '.',
	'c', 'o', 'm', '.', 'e', 'x', 'a', 'm', 'p', 'l', 'e', ':',
	'd', 'i', 's', 'k', '1', 0, 0, 0,
};

static void vpd_device_id(struct kunit *test)
{
	struct spc *spc = test->priv;
	const u8 *p = spc->data;

	KUNIT_ASSERT_EQ(test, (__force u32)vpd_get(test, 0x83), 0);
	KUNIT_ASSERT_EQ(test, spc->len, VPD_HEADER + sizeof(vpd_lun_ids) +
			sizeof(vpd_iscsi_ids));
	KUNIT_EXPECT_EQ(test, get_unaligned_be16(p + 2), spc->len - VPD_HEADER);
	p += VPD_HEADER;
	KUNIT_EXPECT_MEMEQ(test, p, vpd_lun_ids, sizeof(vpd_lun_ids));
	p += sizeof(vpd_lun_ids);
	KUNIT_EXPECT_MEMEQ(test, p, vpd_iscsi_ids, sizeof(vpd_iscsi_ids));
}

/* Names of any length give a page whose designators fill it exactly */
static void vpd_device_id_names(struct kunit *test)
{
	char *name = kunit_kzalloc(test, SCST_MAX_NAME, GFP_KERNEL);
	struct spc *spc = test->priv;
	unsigned int len, off;

	KUNIT_ASSERT_NOT_NULL(test, name);
	memset(spc->dev.id.t10_id, 'x', sizeof(spc->dev.id.t10_id) - 1);
	spc->tgt.name = name;
	for (len = 0; len < SCST_MAX_NAME; len++) {
		memset(name, 'n', len);
		KUNIT_ASSERT_EQ(test, (__force u32)vpd_get(test, 0x83), 0);
		for (off = VPD_HEADER; off < spc->len;) {
			if ((spc->data[off + 1] & 0x0f) == 8)
				KUNIT_ASSERT_EQ(test, spc->data[off + 3] % 4,
						0);
			off += 4 + spc->data[off + 3];
		}
		KUNIT_ASSERT_EQ(test, off, spc->len);
		KUNIT_ASSERT_LE(test, spc->len, SCST_VPD_SIZE);
	}
}

static void vpd_other_transport(struct kunit *test)
{
	static const struct scst_tgt_ops other = {
		.name = "other",
		.protocol = SCSI_PROTOCOL_UNSPEC,
		.respond = spc_respond,
	};
	static const u8 ports[] = {
		0x01, 0x14, 0, 4, 0, 0, 0x12, 0x34,
		0x01, 0x15, 0, 4, 0, 0, 0x00, 0x01,
	};
	struct spc *spc = test->priv;

	spc->tgt.ops = &other;
	spc->dev.id.naa = 0;
	KUNIT_ASSERT_EQ(test, (__force u32)vpd_get(test, 0x83), 0);
	KUNIT_ASSERT_EQ(test, spc->len, VPD_HEADER + 20 + sizeof(ports));
	KUNIT_EXPECT_MEMEQ(test, spc->data + VPD_HEADER + 20, ports,
			   sizeof(ports));
}

static void vpd_ext_inquiry(struct kunit *test)
{
	static const u8 want[64] = {
		0, 0x86, 0, 0x3c, 0, 0x07, 0x01, [13] = SCST_MAX_SENSE,
	};

	vpd_expect(test, 0x86, want, sizeof(want));
}

static void vpd_limits(struct kunit *test)
{
	static const u8 want[64] = {
		0, 0xb0, 0, 0x3c, 0x01, 255, 0, 8,
		0x00, 0x02, 0x00, 0x00, 0, 0, 0x08, 0, 0, 0, 0, 0,
		0, 0x01, 0, 0, 0, 0, 0x01, 0x00, 0, 0, 0, 8, 0x80, 0, 0, 0,
		0, 0, 0, 0, 0, 0x01, 0, 0,
	};
	struct spc *spc = test->priv;

	vpd_expect(test, 0xb0, want, sizeof(want));

	spc->dev.id.max_unmap_blocks = 0;
	KUNIT_ASSERT_EQ(test, (__force u32)vpd_get(test, 0xb0), 0);
	KUNIT_EXPECT_NULL(test, memchr_inv(spc->data + 20, 0, 16));
}

static void vpd_characteristics(struct kunit *test)
{
	struct spc *spc = test->priv;
	u8 want[64] = { 0, 0xb1, 0, 0x3c, 0, 1 };

	vpd_expect(test, 0xb1, want, sizeof(want));
	spc->dev.id.rotational = true;
	put_unaligned_be16(7200, want + 4);
	vpd_expect(test, 0xb1, want, sizeof(want));
}

static void vpd_provisioning(struct kunit *test)
{
	static const u8 thin[] = { 0, 0xb2, 0, 4, 0, 0xe4, 0x02, 0 };
	static const u8 thick[] = { 0, 0xb2, 0, 4, 0, 0, 0, 0 };
	struct spc *spc = test->priv;

	vpd_expect(test, 0xb2, thin, sizeof(thin));
	spc->dev.id.thin = false;
	spc->dev.id.unmap_zeroes = false;
	spc->dev.id.max_unmap_blocks = 0;
	vpd_expect(test, 0xb2, thick, sizeof(thick));
}

struct capacity_case {
	const char *desc;
	u64 nblocks;
	u32 last10;
};

static const struct capacity_case capacity_cases[] = {
	{ "one block", 1, 0 },
	{ "some", 0x123456, 0x123455 },
	{ "last that (10) can tell", 0xffffffffull, 0xfffffffe },
	{ "first that it cannot", 0x100000000ull, 0xffffffff },
	{ "much more", 1ull << 50, 0xffffffff },
};

static void capacity_desc(const struct capacity_case *c, char *desc)
{
	strscpy(desc, c->desc, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(capacity, capacity_cases, capacity_desc);

static void capacity(struct kunit *test)
{
	static const u8 cdb16[16] = { SERVICE_ACTION_IN_16,
				      SAI_READ_CAPACITY_16, [13] = 255 };
	static const u8 cdb10[16] = { READ_CAPACITY };
	const struct capacity_case *c = test->param_value;
	struct spc *spc = test->priv;

	spc->dev.nblocks = c->nblocks;
	spc->dev.block_shift = 12;
	KUNIT_ASSERT_EQ(test, (__force u32)
			spc_execute(test, scst_read_capacity10, cdb10), 0);
	KUNIT_ASSERT_EQ(test, spc->len, 8);
	KUNIT_EXPECT_EQ(test, get_unaligned_be32(spc->data), c->last10);
	KUNIT_EXPECT_EQ(test, get_unaligned_be32(spc->data + 4), 4096);

	KUNIT_ASSERT_EQ(test, (__force u32)
			spc_execute(test, scst_read_capacity16, cdb16), 0);
	KUNIT_ASSERT_EQ(test, spc->len, 32);
	KUNIT_EXPECT_EQ(test, get_unaligned_be64(spc->data), c->nblocks - 1);
	KUNIT_EXPECT_EQ(test, get_unaligned_be32(spc->data + 8), 4096);
	KUNIT_EXPECT_EQ(test, spc->data[12], 0);
	KUNIT_EXPECT_EQ(test, spc->data[13], 3);
	KUNIT_EXPECT_EQ(test, spc->data[14], 0xc0);
	KUNIT_EXPECT_NULL(test, memchr_inv(spc->data + 15, 0, 17));
}

static void capacity_pmi(struct kunit *test)
{
	u8 cdb16[16] = { SERVICE_ACTION_IN_16, SAI_READ_CAPACITY_16,
			 [9] = 1, [13] = 32 };
	u8 cdb10[16] = { READ_CAPACITY, [5] = 1 };
	struct spc *spc = test->priv;

	KUNIT_EXPECT_EQ(test, (__force u32)
			spc_execute(test, scst_read_capacity10, cdb10),
			(__force u32)SCST_INVALID_FIELD_IN_CDB);
	KUNIT_EXPECT_EQ(test, (__force u32)
			spc_execute(test, scst_read_capacity16, cdb16),
			(__force u32)SCST_INVALID_FIELD_IN_CDB);
	cdb10[8] = 1;
	cdb16[14] = 1;
	KUNIT_EXPECT_EQ(test, (__force u32)
			spc_execute(test, scst_read_capacity10, cdb10), 0);
	KUNIT_EXPECT_EQ(test, (__force u32)
			spc_execute(test, scst_read_capacity16, cdb16), 0);
	spc->dev.nblocks = 0;
	KUNIT_EXPECT_EQ(test, (__force u32)
			spc_execute(test, scst_read_capacity10, cdb10),
			(__force u32)SCST_NO_MEDIUM);
}

static scst_sense_t rsoc(struct kunit *test, u8 option, u8 opcode, u16 sa)
{
	u8 cdb[16] = { MAINTENANCE_IN, MI_REPORT_SUPPORTED_OPERATION_CODES,
		       option, opcode, sa >> 8, sa, 0, 0, 0x08, 0 };

	return spc_execute(test, scst_report_opcodes, cdb);
}

static void rsoc_all(struct kunit *test)
{
	const struct scst_cdb_desc *op = scst_cdb_table;
	struct spc *spc = test->priv;
	const u8 *p = spc->data + RSOC_HEADER;
	bool sa;

	KUNIT_ASSERT_EQ(test, (__force u32)rsoc(test, 0, 0, 0), 0);
	KUNIT_ASSERT_EQ(test, spc->len, RSOC_HEADER + 8 * scst_cdb_table_size);
	KUNIT_EXPECT_EQ(test, get_unaligned_be32(spc->data),
			spc->len - RSOC_HEADER);
	for (; op < scst_cdb_table + scst_cdb_table_size; op++, p += 8) {
		sa = op->flags & SCST_OPF_SA;
		KUNIT_EXPECT_EQ(test, p[0], op->opcode);
		KUNIT_EXPECT_EQ(test, get_unaligned_be16(p + 2),
				sa ? op->sa : 0);
		KUNIT_EXPECT_EQ(test, p[5], sa);
		KUNIT_EXPECT_EQ(test, get_unaligned_be16(p + 6), op->cdb_len);
	}
}

static void rsoc_all_timeouts(struct kunit *test)
{
	struct spc *spc = test->priv;
	unsigned int off;

	KUNIT_ASSERT_EQ(test, (__force u32)rsoc(test, 0x80, 0, 0), 0);
	KUNIT_ASSERT_EQ(test, spc->len, RSOC_HEADER + 20 * scst_cdb_table_size);
	for (off = RSOC_HEADER; off < spc->len; off += 20) {
		KUNIT_EXPECT_EQ(test, spc->data[off + 5] & 2, 2);
		KUNIT_EXPECT_EQ(test, get_unaligned_be16(spc->data + off + 8),
				10);
	}
}

static void rsoc_one(struct kunit *test)
{
	const struct scst_cdb_desc *op = scst_cdb_table;
	struct spc *spc = test->priv;
	u32 want;

	for (; op < scst_cdb_table + scst_cdb_table_size; op++) {
		bool sa = op->flags & SCST_OPF_SA;

		want = sa ? (__force u32)SCST_INVALID_FIELD_IN_CDB : 0;
		KUNIT_EXPECT_EQ_MSG(test, (__force u32)
				    rsoc(test, 1, op->opcode, op->sa), want,
				    "%s", op->name);
		want = sa ? 0 : (__force u32)SCST_INVALID_FIELD_IN_CDB;
		KUNIT_EXPECT_EQ_MSG(test, (__force u32)
				    rsoc(test, 2, op->opcode, op->sa), want,
				    "%s", op->name);
		KUNIT_ASSERT_EQ_MSG(test, (__force u32)
				    rsoc(test, 3, op->opcode, op->sa), 0,
				    "%s", op->name);
		KUNIT_ASSERT_EQ(test, spc->len, 4 + op->cdb_len);
		KUNIT_EXPECT_EQ(test, spc->data[1], 3);
		KUNIT_EXPECT_EQ(test, get_unaligned_be16(spc->data + 2),
				op->cdb_len);
		KUNIT_EXPECT_MEMEQ(test, spc->data + 4, op->usage, op->cdb_len);

		rsoc(test, 0x83, op->opcode, op->sa);
		KUNIT_ASSERT_EQ(test, spc->len, 4 + op->cdb_len + 12);
		KUNIT_EXPECT_EQ(test, spc->data[1], 0x83);
		KUNIT_EXPECT_EQ(test, spc->data[4 + op->cdb_len + 1], 10);
	}
}

static void rsoc_none(struct kunit *test)
{
	static const u8 want[] = { 0, 1, 0, 0 };
	struct spc *spc = test->priv;
	unsigned int option;

	for (option = 1; option <= 3; option++) {
		KUNIT_ASSERT_EQ(test, (__force u32)rsoc(test, option, 0x04, 0),
				0);
		KUNIT_ASSERT_EQ(test, spc->len, sizeof(want));
		KUNIT_EXPECT_MEMEQ(test, spc->data, want, sizeof(want));
	}
	for (option = 4; option <= 7; option++)
		KUNIT_EXPECT_EQ(test, (__force u32)rsoc(test, option, 0, 0),
				(__force u32)SCST_INVALID_FIELD_IN_CDB);
	/* not on this device */
	spc->dev.id.max_unmap_blocks = 0;
	KUNIT_ASSERT_EQ(test, (__force u32)rsoc(test, 1, UNMAP, 0), 0);
	KUNIT_EXPECT_EQ(test, spc->data[1], 1);
	KUNIT_ASSERT_EQ(test, (__force u32)rsoc(test, 0, 0, 0), 0);
	KUNIT_EXPECT_EQ(test, spc->len,
			RSOC_HEADER + 8 * (scst_cdb_table_size - 1));
}

/* Service actions have 16 bits on the wire (CVE-2024-42416) */
static void rsoc_service_actions(struct kunit *test)
{
	static const u8 opcodes[] = { 0x00, 0x3c, SERVICE_ACTION_IN_16,
				      MAINTENANCE_IN, 0xff };
	struct spc *spc = test->priv;
	unsigned int i, sa, found = 0;

	for (i = 0; i < ARRAY_SIZE(opcodes); i++)
		for (sa = 0; sa <= U16_MAX; sa += sa < 64 ? 1 : 31) {
			rsoc(test, 3, opcodes[i], sa);
			if (opcodes[i] != 0x00 && spc->data[1] == 3)
				found++;
		}
	KUNIT_EXPECT_EQ(test, found, 4);
}

static void rstmf(struct kunit *test)
{
	u8 cdb[16] = { MAINTENANCE_IN,
		       MI_REPORT_SUPPORTED_TASK_MANAGEMENT_FUNCTIONS,
		       [9] = 255 };
	static const u8 want[16] = { 0xda, 0, 0, 12 };
	struct spc *spc = test->priv;

	KUNIT_ASSERT_EQ(test, (__force u32)
			spc_execute(test, scst_report_opcodes, cdb), 0);
	KUNIT_ASSERT_EQ(test, spc->len, 4);
	KUNIT_EXPECT_EQ(test, get_unaligned_be32(spc->data), 0xda000000);
	cdb[2] = 0x80;
	KUNIT_ASSERT_EQ(test, (__force u32)
			spc_execute(test, scst_report_opcodes, cdb), 0);
	KUNIT_ASSERT_EQ(test, spc->len, sizeof(want));
	KUNIT_EXPECT_MEMEQ(test, spc->data, want, sizeof(want));
}

static struct kunit_case scst_vpd_cases[] = {
	KUNIT_CASE(inquiry_standard),
	KUNIT_CASE(inquiry_cut),
	KUNIT_CASE(inquiry_page_without_evpd),
	KUNIT_CASE(inquiry_no_lun),
	KUNIT_CASE(vpd_unknown),
	KUNIT_CASE(vpd_supported),
	KUNIT_CASE(vpd_serial),
	KUNIT_CASE(vpd_device_id),
	KUNIT_CASE(vpd_device_id_names),
	KUNIT_CASE(vpd_other_transport),
	KUNIT_CASE(vpd_ext_inquiry),
	KUNIT_CASE(vpd_limits),
	KUNIT_CASE(vpd_characteristics),
	KUNIT_CASE(vpd_provisioning),
	KUNIT_CASE_PARAM(capacity, capacity_gen_params),
	KUNIT_CASE(capacity_pmi),
	KUNIT_CASE(rsoc_all),
	KUNIT_CASE(rsoc_all_timeouts),
	KUNIT_CASE(rsoc_one),
	KUNIT_CASE(rsoc_none),
	KUNIT_CASE(rsoc_service_actions),
	KUNIT_CASE(rstmf),
	{}
};

static struct kunit_suite scst_vpd_suite = {
	.name = "scst_vpd",
	.init = spc_init,
	.test_cases = scst_vpd_cases,
};

kunit_test_suite(scst_vpd_suite);

MODULE_DESCRIPTION("KUnit tests of the identity of SCST devices");
MODULE_LICENSE("GPL");
