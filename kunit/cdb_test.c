// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the CDB table and of what is decoded by it.  A row without a
 * case here is a failure.
 */
#include <kunit/test.h>
#include <linux/array_size.h>
#include <linux/bits.h>
#include <linux/limits.h>
#include <linux/prandom.h>
#include <linux/string.h>

#include "../core/core_priv.h"

#define CDB_SHIFT	9
#define CDB_BLOCK	BIT(CDB_SHIFT)
#define CDB_FUZZ_ROUNDS	20000
#define CDB_FUZZ_SEED	0x5c57

#define IN	DMA_FROM_DEVICE
#define OUT	DMA_TO_DEVICE
#define NONE	DMA_NONE

struct cdb_case {
	const char *desc;
	u8 cdb[16];
	u64 lba;
	u32 nblocks;
	u32 data_len;
	enum dma_data_direction dir;
};

static const struct cdb_case cdb_good[] = {
	{ "TEST UNIT READY", { 0x00 }, 0, 0, 0, NONE },
	{ "REQUEST SENSE", { 0x03, 0, 0, 0, 252 }, 0, 0, 252, IN },
	{ "READ(6)", { 0x08, 0x1f, 0xff, 0xff, 1 }, 0x1fffff, 1, CDB_BLOCK,
	  IN },
	{ "READ(6) of 256 blocks", { 0x08, 0, 0, 2, 0 }, 2, 256,
	  256 * CDB_BLOCK, IN },
	{ "READ(6), LUN bits of SCSI-2", { 0x08, 0xe0, 0, 2, 1 }, 2, 1,
	  CDB_BLOCK, IN },
	{ "WRITE(6)", { 0x0a, 0, 1, 2, 3 }, 0x102, 3, 3 * CDB_BLOCK, OUT },
	{ "WRITE(6) of 256 blocks", { 0x0a }, 0, 256, 256 * CDB_BLOCK, OUT },
	{ "INQUIRY", { 0x12, 0, 0, 0x01, 0x02 }, 0, 0, 0x102, IN },
	{ "INQUIRY for nothing", { 0x12 }, 0, 0, 0, NONE },
	{ "MODE SELECT(6)", { 0x15, 0x10, 0, 0, 24 }, 0, 0, 24, OUT },
	{ "RESERVE(6)", { 0x16 }, 0, 0, 0, NONE },
	{ "RELEASE(6)", { 0x17 }, 0, 0, 0, NONE },
	{ "MODE SENSE(6)", { 0x1a, 0, 0x3f, 0, 255 }, 0, 0, 255, IN },
	{ "START STOP UNIT", { 0x1b, 0, 0, 0, 1 }, 0, 0, 0, NONE },
	{ "PREVENT ALLOW MEDIUM REMOVAL", { 0x1e, 0, 0, 0, 1 }, 0, 0, 0,
	  NONE },
	{ "READ CAPACITY(10)", { 0x25 }, 0, 0, 8, IN },
	{ "READ CAPACITY(10) with PMI", { 0x25, 0, 1, 2, 3, 4, 0, 0, 1 },
	  0x01020304, 0, 8, IN },
	{ "READ(10)", { 0x28, 0, 1, 2, 3, 4, 0, 0, 8 }, 0x01020304, 8,
	  8 * CDB_BLOCK, IN },
	{ "READ(10) of nothing", { 0x28, 0, 1, 2, 3, 4 }, 0x01020304, 0, 0,
	  NONE },
	{ "READ(10), largest", { 0x28, 0, 0xff, 0xff, 0xff, 0xff, 0, 0xff,
				 0xff }, U32_MAX, U16_MAX,
	  U16_MAX * CDB_BLOCK, IN },
	{ "WRITE(10)", { 0x2a, 0x08, 0, 0, 0, 9, 0, 1, 0 }, 9, 256,
	  256 * CDB_BLOCK, OUT },
	{ "WRITE AND VERIFY(10)", { 0x2e, 0x02, 0, 0, 0, 9, 0, 0, 2 }, 9, 2,
	  2 * CDB_BLOCK, OUT },
	{ "VERIFY(10)", { 0x2f, 0, 0, 0, 0, 9, 0, 0, 7 }, 9, 7, 0, NONE },
	{ "VERIFY(10), BYTCHK 1", { 0x2f, 0x02, 0, 0, 0, 9, 0, 0, 7 }, 9, 7,
	  7 * CDB_BLOCK, OUT },
	{ "VERIFY(10), BYTCHK 3", { 0x2f, 0x06, 0, 0, 0, 9, 0, 0, 7 }, 9, 7,
	  CDB_BLOCK, OUT },
	{ "VERIFY(10), BYTCHK 3, nothing", { 0x2f, 0x06 }, 0, 0, 0, NONE },
	{ "PRE-FETCH(10)", { 0x34, 0x02, 0, 0, 0, 5, 0, 0xff, 0xff }, 5,
	  U16_MAX, 0, NONE },
	{ "SYNCHRONIZE CACHE(10)", { 0x35, 0, 0, 0, 0, 5, 0, 0, 6 }, 5, 6, 0,
	  NONE },
	{ "WRITE SAME(10)", { 0x41, 0x08, 0, 0, 0, 5, 0, 0xff, 0xff }, 5,
	  U16_MAX, CDB_BLOCK, OUT },
	{ "UNMAP", { 0x42, 0, 0, 0, 0, 0, 0, 0, 24 }, 0, 0, 24, OUT },
	{ "MODE SELECT(10)", { 0x55, 0x10, 0, 0, 0, 0, 0, 0x01, 0x00 }, 0, 0,
	  256, OUT },
	{ "RESERVE(10)", { 0x56 }, 0, 0, 0, NONE },
	{ "RELEASE(10)", { 0x57 }, 0, 0, 0, NONE },
	{ "MODE SENSE(10)", { 0x5a, 0, 0x3f, 0, 0, 0, 0, 0xff, 0xff }, 0, 0,
	  U16_MAX, IN },
	{ "READ(16)", { 0x88, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 9 },
	  0x0102030405060708ull, 9, 9 * CDB_BLOCK, IN },
	{ "READ(16), largest transfer", { 0x88, 0, 0, 0, 0, 0, 0, 0, 0, 0,
					  0, 0x02, 0, 0 },
	  0, SCST_MAX_XFER / CDB_BLOCK, SCST_MAX_XFER, IN },
	{ "READ(16), largest LBA", { 0x88, 0, 0xff, 0xff, 0xff, 0xff, 0xff,
				     0xff, 0xff, 0xff, 0, 0, 0, 1 },
	  U64_MAX, 1, CDB_BLOCK, IN },
	{ "COMPARE AND WRITE", { 0x89, 0, 0, 0, 0, 0, 0, 0, 0, 3,
				 0, 0, 0, 255 },
	  3, 255, 510 * CDB_BLOCK, OUT },
	{ "WRITE(16)", { 0x8a, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2 },
	  1ull << 32, 2, 2 * CDB_BLOCK, OUT },
	{ "ORWRITE(16)", { 0x8b, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 2 },
	  3, 2, 2 * CDB_BLOCK, OUT },
	{ "WRITE AND VERIFY(16)", { 0x8e, 0, 0, 0, 0, 0, 0, 0, 0, 3,
				    0, 0, 0, 2 },
	  3, 2, 2 * CDB_BLOCK, OUT },
	{ "VERIFY(16)", { 0x8f, 0, 0, 0, 0, 0, 0, 0, 0, 3,
			  0xff, 0xff, 0xff, 0xff },
	  3, U32_MAX, 0, NONE },
	{ "VERIFY(16), BYTCHK 3", { 0x8f, 0x06, 0, 0, 0, 0, 0, 0, 0, 3,
				    0xff, 0xff, 0xff, 0xff },
	  3, U32_MAX, CDB_BLOCK, OUT },
	{ "PRE-FETCH(16)", { 0x90, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 1, 0, 2 },
	  3, 0x10002, 0, NONE },
	{ "SYNCHRONIZE CACHE(16)", { 0x91, 0, 0, 0, 0, 0, 0, 0, 0, 3,
				     0, 0, 0, 2 },
	  3, 2, 0, NONE },
	{ "WRITE SAME(16)", { 0x93, 0x08, 0, 0, 0, 0, 0, 0, 0, 3,
			      0xff, 0xff, 0xff, 0xff },
	  3, U32_MAX, CDB_BLOCK, OUT },
	{ "WRITE SAME(16), NDOB", { 0x93, 0x01, 0, 0, 0, 0, 0, 0, 0, 3,
				    0, 0, 0, 2 },
	  3, 2, 0, NONE },
	{ "READ CAPACITY(16)", { 0x9e, 0x10, 0, 0, 0, 0, 0, 0, 0, 0,
				 0, 0, 0, 32 },
	  0, 0, 32, IN },
	{ "GET LBA STATUS", { 0x9e, 0x12, 0, 0, 0, 0, 0, 0, 0, 7,
			      0, 0, 0, 24 },
	  7, 0, 24, IN },
	{ "REPORT LUNS", { 0xa0, 0, 0, 0, 0, 0, 0, 0, 0x10, 0 }, 0, 0, 4096,
	  IN },
	{ "REPORT LUNS, no limit", { 0xa0, 0, 0, 0, 0, 0,
				     0xff, 0xff, 0xff, 0xff }, 0, 0,
	  SCST_MAX_XFER, IN },
	{ "REPORT SUPPORTED OPERATION CODES",
	  { 0xa3, 0x0c, 0, 0, 0, 0, 0, 0, 0x02, 0 }, 0, 0, 512, IN },
	{ "REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS",
	  { 0xa3, 0x0d, 0, 0, 0, 0, 0, 0, 0, 16 }, 0, 0, 16, IN },
	{ "READ(12)", { 0xa8, 0, 0, 0, 0, 3, 0, 0, 0, 4 }, 3, 4,
	  4 * CDB_BLOCK, IN },
	{ "WRITE(12)", { 0xaa, 0, 0, 0, 0, 3, 0, 0, 1, 0 }, 3, 256,
	  256 * CDB_BLOCK, OUT },
	{ "WRITE AND VERIFY(12)", { 0xae, 0, 0, 0, 0, 3, 0, 0, 0, 4 }, 3, 4,
	  4 * CDB_BLOCK, OUT },
	{ "VERIFY(12)", { 0xaf, 0x02, 0, 0, 0, 3, 0, 0, 0, 4 }, 3, 4,
	  4 * CDB_BLOCK, OUT },
};

struct cdb_bad_case {
	const char *desc;
	u8 cdb_len;
	u8 cdb[16];
	bool known;		/* the row is found nevertheless */
	scst_sense_t sense;
};

static const struct cdb_bad_case cdb_bad[] = {
	{ "no CDB at all", 0, { 0 }, false, SCST_INVALID_OPCODE },
	{ "FORMAT UNIT", 6, { 0x04 }, false, SCST_INVALID_OPCODE },
	{ "vendor specific", 16, { 0xc0 }, false, SCST_INVALID_OPCODE },
	{ "last operation code", 16, { 0xff }, false, SCST_INVALID_OPCODE },
	{ "variable length CDB", 16, { 0x7f, 0, 0, 0, 0, 0, 0, 0x18, 0, 9 },
	  false, SCST_INVALID_OPCODE },
	{ "unknown service action", 16, { 0x9e, 0x1f }, false,
	  SCST_INVALID_FIELD_IN_CDB },
	{ "service action between two known", 16, { 0x9e, 0x11 }, false,
	  SCST_INVALID_FIELD_IN_CDB },
	{ "service action zero", 12, { 0xa3, 0x00 }, false,
	  SCST_INVALID_FIELD_IN_CDB },
	{ "no room for the service action", 1, { 0x9e, 0x10 }, false,
	  SCST_INVALID_FIELD_IN_CDB },
	{ "short 6 byte CDB", 5, { 0x12 }, true, SCST_INVALID_FIELD_IN_CDB },
	{ "short 10 byte CDB", 6, { 0x28 }, true, SCST_INVALID_FIELD_IN_CDB },
	{ "short 12 byte CDB", 10, { 0xa8 }, true, SCST_INVALID_FIELD_IN_CDB },
	{ "short 16 byte CDB", 12, { 0x88 }, true, SCST_INVALID_FIELD_IN_CDB },
	{ "NACA in a 6 byte CDB", 16, { 0x00, 0, 0, 0, 0, 0x04 }, true,
	  SCST_INVALID_FIELD_IN_CDB },
	{ "NACA in a 10 byte CDB", 10, { 0x28, [9] = 0x04 }, true,
	  SCST_INVALID_FIELD_IN_CDB },
	{ "NACA in a 16 byte CDB", 16, { 0x88, [15] = 0x04 }, true,
	  SCST_INVALID_FIELD_IN_CDB },
	{ "BYTCHK 2", 10, { 0x2f, 0x04, 0, 0, 0, 0, 0, 0, 1 }, true,
	  SCST_INVALID_FIELD_IN_CDB },
	{ "one block more than can be moved", 16,
	  { 0x88, [11] = 0x02, [13] = 0x01 }, true,
	  SCST_INVALID_FIELD_IN_CDB },
	{ "as many blocks as there are numbers", 16,
	  { 0x8a, [10] = 0xff, 0xff, 0xff, 0xff }, true,
	  SCST_INVALID_FIELD_IN_CDB },
	{ "blocks whose bytes are a multiple of 2^32", 16,
	  { 0x8a, [10] = 0x00, 0x80, 0x00, 0x00 }, true,
	  SCST_INVALID_FIELD_IN_CDB },
	{ "too much to compare", 16,
	  { 0x8f, 0x02, [10] = 0xff, 0xff, 0xff, 0xff }, true,
	  SCST_INVALID_FIELD_IN_CDB },
};

static void cdb_good_desc(const struct cdb_case *c, char *desc)
{
	strscpy(desc, c->desc, KUNIT_PARAM_DESC_SIZE);
}

static void cdb_bad_desc(const struct cdb_bad_case *c, char *desc)
{
	strscpy(desc, c->desc, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(cdb_good, cdb_good, cdb_good_desc);
KUNIT_ARRAY_PARAM(cdb_bad, cdb_bad, cdb_bad_desc);

static struct scst_cmd *cdb_cmd(struct kunit *test)
{
	struct scst_cmd *cmd = kunit_kzalloc(test, sizeof(*cmd), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, cmd);
	return cmd;
}

static void cdb_decodes(struct kunit *test)
{
	const struct cdb_case *c = test->param_value;
	struct scst_cmd *cmd = cdb_cmd(test);

	/* iSCSI has room for 16 bytes, and garbage may follow */
	memset(cmd->cdb, 0xff, sizeof(cmd->cdb));
	memcpy(cmd->cdb, c->cdb, sizeof(c->cdb));
	cmd->cdb_len = sizeof(c->cdb);
	KUNIT_ASSERT_EQ(test, (__force u32)scst_cdb_parse(cmd, CDB_SHIFT), 0);
	KUNIT_ASSERT_NOT_NULL(test, cmd->op);
	KUNIT_EXPECT_PTR_EQ(test, cmd->op, scst_cdb_lookup(c->cdb, 16));
	KUNIT_EXPECT_EQ(test, strncmp(c->desc, cmd->op->name,
				      strlen(cmd->op->name)), 0);
	KUNIT_EXPECT_EQ(test, cmd->lba, c->lba);
	KUNIT_EXPECT_EQ(test, cmd->nblocks, c->nblocks);
	KUNIT_EXPECT_EQ(test, cmd->data_len, c->data_len);
	KUNIT_EXPECT_EQ(test, cmd->dir, c->dir);

	/* exactly as many bytes as the CDB has are enough */
	cmd->cdb_len = cmd->op->cdb_len;
	KUNIT_EXPECT_EQ(test, (__force u32)scst_cdb_parse(cmd, CDB_SHIFT), 0);
}

static void cdb_refuses(struct kunit *test)
{
	const struct cdb_bad_case *c = test->param_value;
	struct scst_cmd *cmd = cdb_cmd(test);

	memcpy(cmd->cdb, c->cdb, sizeof(c->cdb));
	cmd->cdb_len = c->cdb_len;
	KUNIT_EXPECT_EQ(test, (__force u32)scst_cdb_parse(cmd, CDB_SHIFT),
			(__force u32)c->sense);
	KUNIT_EXPECT_EQ(test, !!cmd->op, c->known);
	KUNIT_EXPECT_EQ(test, cmd->data_len, 0);
	KUNIT_EXPECT_EQ(test, cmd->dir, NONE);
}

static bool cdb_row_has_case(const struct scst_cdb_desc *op)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cdb_good); i++)
		if (scst_cdb_lookup(cdb_good[i].cdb, 16) == op)
			return true;
	return false;
}

static void cdb_check_row(struct kunit *test, const struct scst_cdb_desc *op)
{
	u8 cdb[16] = { op->opcode, op->sa };
	unsigned int i;

	KUNIT_EXPECT_PTR_EQ_MSG(test, scst_cdb_lookup(cdb, 16), op, "%s",
				op->name);
	KUNIT_EXPECT_TRUE_MSG(test, op->cdb_len == 6 || op->cdb_len == 10 ||
			      op->cdb_len == 12 || op->cdb_len == 16, "%s",
			      op->name);
	KUNIT_EXPECT_LT_MSG(test, op->lba_off + op->lba_len, op->cdb_len, "%s",
			    op->name);
	KUNIT_EXPECT_LT_MSG(test, op->len_off + op->len_len, op->cdb_len, "%s",
			    op->name);
	KUNIT_EXPECT_EQ_MSG(test, op->usage[0], op->opcode, "%s", op->name);
	if (op->flags & SCST_OPF_SA)
		KUNIT_EXPECT_EQ_MSG(test, op->usage[1] & 0x1f, op->sa, "%s",
				    op->name);
	else
		KUNIT_EXPECT_EQ_MSG(test, op->sa, 0, "%s", op->name);
	/* control byte, and the filling after it */
	KUNIT_EXPECT_EQ_MSG(test, op->usage[op->cdb_len - 1], 0, "%s",
			    op->name);
	for (i = op->cdb_len; i < sizeof(op->usage); i++)
		KUNIT_EXPECT_EQ_MSG(test, op->usage[i], 0xff, "%s", op->name);
	/* every bit of the fields counts */
	for (i = 0; i < op->len_len; i++)
		KUNIT_EXPECT_EQ_MSG(test, op->usage[op->len_off + i], 0xff,
				    "%s", op->name);
	for (i = op->flags & SCST_OPF_LEN0_MAX ? 1 : 0; i < op->lba_len; i++)
		KUNIT_EXPECT_EQ_MSG(test, op->usage[op->lba_off + i], 0xff,
				    "%s", op->name);
	KUNIT_EXPECT_TRUE_MSG(test, cdb_row_has_case(op), "%s: no case here",
			      op->name);
}

static void cdb_rows(struct kunit *test)
{
	const struct scst_cdb_desc *op, *prev = NULL;
	unsigned int i;

	for (i = 0; i < scst_cdb_table_size; i++) {
		op = &scst_cdb_table[i];
		cdb_check_row(test, op);
		if (prev)
			KUNIT_EXPECT_LT_MSG(test, prev->opcode << 8 | prev->sa,
					    op->opcode << 8 | op->sa, "%s",
					    op->name);
		prev = op;
	}
	KUNIT_EXPECT_NULL(test, scst_cdb_lookup((const u8 []){ 0 }, 0));
}

/* All bits one by one: the table knows it, or the CDB is refused */
static void cdb_reserved(struct kunit *test)
{
	struct scst_cmd *cmd = cdb_cmd(test);
	const struct scst_cdb_desc *op;
	unsigned int i, bit;
	bool refused;

	for (i = 0; i < scst_cdb_table_size; i++) {
		op = &scst_cdb_table[i];
		cmd->op = op;
		for (bit = 8; bit < 8 * op->cdb_len; bit++) {
			memset(cmd->cdb, 0xff, sizeof(cmd->cdb));
			memset(cmd->cdb, 0, op->cdb_len);
			cmd->cdb[0] = op->opcode;
			cmd->cdb[1] = op->sa;
			cmd->cdb[bit / 8] |= 1 << bit % 8;
			refused = (__force u32)scst_cdb_check_reserved(cmd);
			KUNIT_EXPECT_EQ_MSG(test, refused,
					    !(op->usage[bit / 8] >> bit % 8 & 1),
					    "%s: byte %u bit %u", op->name,
					    bit / 8, bit % 8);
		}
	}
}

/* Whatever comes: what is said about it is consistent */
static void cdb_fuzz(struct kunit *test)
{
	struct scst_cmd *cmd = cdb_cmd(test);
	struct rnd_state rnd;
	scst_sense_t sense;
	unsigned int i;

	prandom_seed_state(&rnd, CDB_FUZZ_SEED);
	for (i = 0; i < CDB_FUZZ_ROUNDS; i++) {
		prandom_bytes_state(&rnd, cmd->cdb, sizeof(cmd->cdb));
		if (i & 1)
			cmd->cdb[0] = scst_cdb_table[prandom_u32_state(&rnd) %
						     scst_cdb_table_size].opcode;
		cmd->cdb_len = prandom_u32_state(&rnd) % (SCST_MAX_CDB + 1);
		sense = scst_cdb_parse(cmd, 9 + i % 4);
		KUNIT_ASSERT_LE(test, cmd->data_len, SCST_MAX_XFER);
		KUNIT_ASSERT_EQ(test, !cmd->data_len, cmd->dir == NONE);
		if (!sense)
			KUNIT_ASSERT_NOT_NULL(test, cmd->op);
		else
			KUNIT_ASSERT_EQ(test, cmd->data_len, 0);
	}
}

static struct kunit_case scst_cdb_cases[] = {
	KUNIT_CASE_PARAM(cdb_decodes, cdb_good_gen_params),
	KUNIT_CASE_PARAM(cdb_refuses, cdb_bad_gen_params),
	KUNIT_CASE(cdb_rows),
	KUNIT_CASE(cdb_reserved),
	KUNIT_CASE(cdb_fuzz),
	{}
};

static struct kunit_suite scst_cdb_suite = {
	.name = "scst_cdb",
	.test_cases = scst_cdb_cases,
};

kunit_test_suite(scst_cdb_suite);

MODULE_DESCRIPTION("KUnit tests of the SCST CDB table");
MODULE_LICENSE("GPL");
