// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of what the administrator and initiators choose about a virtual
 * disk: its identity, its mode parameters, its medium; and who is told of a
 * change.
 */
#include <kunit/test.h>
#include <linux/array_size.h>
#include <linux/string.h>

#include "vdisk_fixture.h"

#define ATTR_OTHER	"vdisk_other"

/* -------------------------------------------------------------------------
 * Who is told
 */

static void attr_expect_ua(struct kunit *test, struct scst_session *sess,
			   scst_sense_t ua)
{
	struct vdisk_env *e = test->priv;

	vdisk_cdb_begin(e, TEST_UNIT_READY, 6);
	e->vc.cmd.sess = sess;
	KUNIT_EXPECT_EQ_MSG(test, vdisk_run(test, DMA_NONE, 0),
			    (__force u32)ua, "%s", sess->initiator);
}

static void attr_inquiry(struct kunit *test, u8 page)
{
	struct vdisk_env *e = test->priv;

	vdisk_cdb_begin(e, INQUIRY, 6);
	e->vc.cmd.cdb[1] = page ? 0x01 : 0;
	e->vc.cmd.cdb[2] = page;
	e->vc.cmd.cdb[4] = 255;
	KUNIT_ASSERT_EQ(test, vdisk_run(test, DMA_FROM_DEVICE, 255), GOOD);
}

static void attr_expect_t10_id(struct kunit *test, const char *id)
{
	struct vdisk_env *e = test->priv;

	attr_inquiry(test, 0x83);
	/* the first designator: T10 vendor identification, then the id */
	KUNIT_EXPECT_EQ(test, e->in[5] & 0x0f, 1);
	KUNIT_EXPECT_EQ(test, e->in[7], 8 + strlen(id));
	KUNIT_EXPECT_MEMEQ(test, e->in + 16, id, strlen(id));
}

/* All nexuses are told once, and what they then read is the new one */
static void attr_t10_id(struct kunit *test)
{
	char name[] = VDISK_NAME, id[] = "chosen by hand";
	struct scst_vdisk_options opt = { .name = name, .t10_id = id };
	struct vdisk_env *e = test->priv;
	struct scst_session *other;
	u8 serial[16];

	vdisk_open_param(test, 0);
	other = vdisk_session(test);
	attr_inquiry(test, 0x80);
	memcpy(serial, e->in, sizeof(serial));
	attr_expect_t10_id(test, e->vc.cmd.dev->id.t10_id);
	KUNIT_ASSERT_EQ(test, scst_vdisk_set_t10_id(&opt), 0);
	attr_expect_t10_id(test, id);
	attr_expect_ua(test, e->sess, SCST_UA_INQUIRY_CHANGED);
	attr_expect_ua(test, e->sess, SCST_GOOD);
	attr_expect_ua(test, other, SCST_UA_INQUIRY_CHANGED);
	attr_expect_ua(test, other, SCST_GOOD);
	attr_inquiry(test, 0x80);
	KUNIT_EXPECT_MEMEQ(test, serial, e->in, sizeof(serial));
	vdisk_end_session(test, other);
}

/* Another device behind the same LUN, seen by all sessions of the group */
static void attr_replaced(struct kunit *test)
{
	char name[] = ATTR_OTHER;
	struct scst_vdisk_options opt = { .name = name };
	struct vdisk_env *e = test->priv;
	struct scst_session *other;
	char t10_id[65];

	vdisk_open_param(test, 0);
	other = vdisk_session(test);
	attr_inquiry(test, 0x83);
	strscpy(t10_id, e->vc.cmd.dev->id.t10_id, sizeof(t10_id));
	KUNIT_ASSERT_EQ(test, vdisk_open_as(name, &vdisk_null, 0), 0);
	KUNIT_EXPECT_EQ(test, scst_group_lun_replace("Default", VDISK_NAME, 0,
						     false), 0);
	attr_expect_ua(test, e->sess, SCST_GOOD);
	KUNIT_EXPECT_EQ(test, scst_group_lun_replace("Default", ATTR_OTHER, 0,
						     false), 0);
	attr_expect_ua(test, e->sess, SCST_UA_INQUIRY_CHANGED);
	attr_expect_ua(test, e->sess, SCST_UA_LUNS_CHANGED);
	attr_expect_ua(test, e->sess, SCST_GOOD);
	attr_expect_ua(test, other, SCST_UA_INQUIRY_CHANGED);
	attr_expect_t10_id(test, e->vc.cmd.dev->id.t10_id);
	KUNIT_EXPECT_STRNEQ(test, t10_id, e->vc.cmd.dev->id.t10_id);
	attr_inquiry(test, 0);
	KUNIT_EXPECT_MEMEQ(test, e->in + 16, ATTR_OTHER, strlen(ATTR_OTHER));
	vdisk_end_session(test, other);
	KUNIT_EXPECT_EQ(test, scst_vdisk_close(&opt), 0);
}

/* Who loads a medium knows; nobody is told if it was in already */
static void attr_medium(struct kunit *test)
{
	struct vdisk_env *e = test->priv;
	struct scst_session *other;

	vdisk_open_param(test, SCST_VDISK_REMOVABLE);
	other = vdisk_session(test);
	KUNIT_EXPECT_EQ(test, vdisk_cdb4(test, START_STOP, 0x03), GOOD);
	attr_expect_ua(test, other, SCST_GOOD);
	KUNIT_EXPECT_EQ(test, vdisk_cdb4(test, START_STOP, 0x02), GOOD);
	attr_expect_ua(test, other, SCST_NO_MEDIUM);
	KUNIT_EXPECT_EQ(test, vdisk_cdb4(test, START_STOP, 0x03), GOOD);
	attr_expect_ua(test, e->sess, SCST_GOOD);
	attr_expect_ua(test, other, SCST_UA_MEDIUM_CHANGED);
	attr_expect_ua(test, other, SCST_GOOD);
	vdisk_end_session(test, other);
}

/* -------------------------------------------------------------------------
 * Mode parameters
 */

/* MODE SELECT(6) of the caching page */
static u32 attr_set_wce(struct kunit *test, bool wce)
{
	const u8 list[24] = { [4] = 0x08, 0x12, wce ? 0x04 : 0 };
	struct vdisk_env *e = test->priv;

	memcpy(e->out, list, sizeof(list));
	vdisk_cdb_begin(e, MODE_SELECT, 6);
	e->vc.cmd.cdb[1] = 0x10;	/* PF */
	e->vc.cmd.cdb[4] = sizeof(list);
	return vdisk_out(test, sizeof(list));
}

static bool attr_has_fixed_wce(struct kunit *test)
{
	const struct vdisk_backend *b = test->param_value;

	return b->flags & (SCST_VDISK_WRITE_THROUGH | SCST_VDISK_NV_CACHE);
}

/* Only a change is told, and only to those who did not make it */
static void attr_mode(struct kunit *test)
{
	bool fixed = attr_has_fixed_wce(test);
	u32 result = fixed ? BAD_PARAM : GOOD;
	struct vdisk_env *e = test->priv;
	struct scst_session *other;

	vdisk_open_param(test, 0);
	other = vdisk_session(test);
	KUNIT_EXPECT_EQ(test, attr_set_wce(test, !fixed), GOOD);
	attr_expect_ua(test, other, SCST_GOOD);
	KUNIT_EXPECT_EQ(test, attr_set_wce(test, fixed), result);
	attr_expect_ua(test, e->sess, SCST_GOOD);
	if (!fixed)
		attr_expect_ua(test, other, SCST_UA_MODE_CHANGED);
	attr_expect_ua(test, other, SCST_GOOD);
	vdisk_end_session(test, other);
}

static struct kunit_case attr_cases[] = {
	KUNIT_CASE_PARAM(attr_t10_id, vdisk_backend_gen_params),
	KUNIT_CASE_PARAM(attr_replaced, vdisk_backend_gen_params),
	KUNIT_CASE_PARAM(attr_medium, vdisk_backend_gen_params),
	KUNIT_CASE_PARAM(attr_mode, vdisk_backend_gen_params),
	{}
};

static struct kunit_suite attr_suite = {
	.name = "scst_vdisk_attr",
	.suite_init = vdisk_suite_init,
	.suite_exit = vdisk_suite_exit,
	.init = vdisk_init,
	.exit = vdisk_exit,
	.test_cases = attr_cases,
};

kunit_test_suite(attr_suite);

MODULE_DESCRIPTION("KUnit tests of the attributes of SCST virtual disks");
MODULE_LICENSE("GPL");
