// SPDX-License-Identifier: GPL-2.0
/*
 * scstadmin without a kernel: both grammars with each of their errors, what
 * /proc shows (tests/golden), the round trip of files, options, manual pages;
 * and random text for the parser.
 */
#include <errno.h>
#include <unistd.h>

#include "../scstadmin/attr.h"
#include "../scstadmin/backend.h"
#include "../scstadmin/files.h"
#include "../scstadmin/live.h"
#include "../scstadmin/options.h"
#include "../scstadmin/write.h"
#include "admin-fake.h"

#define GOLDEN TOOLS_DIR "/../tests/golden/"
#define ROUNDS 20000

static struct report report;

/* exactly the room that is promised, so that ASan sees overruns */
static int parse_len(const char *text, size_t len, struct model *model)
{
	char *buf = malloc(len ? len : 1);
	int ret;

	assert_non_null(buf);
	memcpy(buf, text, len);
	report_free(&report);
	ret = parse_buf("t", buf, len, model, &report);
	free(buf);
	return ret;
}

static int parse(const char *text, struct model *model)
{
	return parse_len(text, strlen(text), model);
}

static char *messages(void)
{
	static char text[65536];
	size_t len = 0, i;

	text[0] = '\0';
	for (i = 0; i < report.count && len < sizeof(text) - 2048; i++)
		len += sprintf(text + len, "%s:%u: %s%s\n",
			       report.entry[i].file, report.entry[i].line,
			       report.entry[i].level == REPORT_ERROR ? "" :
			       "warning: ", report.entry[i].text);
	return text;
}

static void test_bracket(void **state)
{
	struct device *dev;
	struct group *group;
	struct model m;

	(void)state;
	assert_int_equal(parse("# a comment\r\n"
		"[OPTIONS]\nKEEP_CONFIG true\n"
		"  [HANDLER vdisk]  # another\r\n"
		"DEVICE a , /dev/x , nv|WT + REMOVABLE , 0x1000 , id 1\n"
		"DEVICE b,/y\nDEVICE c,,NULLIO\nDEVICE d,/z,,4096\n"
		"[HANDLER disk]\nDEVICE 1:0:0:3\n"
		"[GROUP g]\nUSER iqn.a:*\n[GROUP e]\n"
		"[ASSIGNMENT g]\nDEVICE a,0\nDEVICE 1:0:0:3,0x10,ro\n"
		"DEVICE b\n[GROUP g]\nUSER a\\#b", &m), 0);
	assert_string_equal(messages(), "");
	assert_string_equal(m.options, "KEEP_CONFIG true\n");
	dev = model_device(&m, "a");
	assert_string_equal(dev->path, "/dev/x");
	assert_int_equal(dev->flags,
			 DEV_NV_CACHE | DEV_WRITE_THROUGH | DEV_REMOVABLE);
	assert_int_equal(dev->blocksize, 4096);
	assert_string_equal(dev->t10_id, "id 1");
	assert_int_equal(dev->line, 5);
	assert_int_equal(model_device(&m, "b")->blocksize, 0);
	assert_string_equal(model_device(&m, "c")->path, "none");
	assert_int_equal(model_device(&m, "d")->blocksize, 4096);
	assert_string_equal(model_device(&m, "1:0:0:3")->handler, "dev_disk");
	group = model_group(&m, "g");
	assert_int_equal(group->nluns, 3);
	assert_true(group_lun(group, 16)->read_only);
	assert_int_equal(group->luns[2].lun, LUN_AUTO);
	assert_int_equal(group->nnames, 2);
	assert_string_equal(group->names[1].name, "a#b");
	assert_non_null(model_group(&m, "e"));
	model_free(&m);
}

static void test_brace(void **state)
{
	struct device *dev;
	struct group *group;
	struct model m;

	(void)state;
	assert_int_equal(parse("# comment\nthreads 4\n"
		"HANDLER vdisk_fileio { DEVICE disk { filename /x } }\n"
		"HANDLER vdisk_blockio {\n\tDEVICE blk {\n"
		"\t\tfilename \"/dev/y\"  # comment\n\t\tread_only 1\n"
		"\t\tnv_cache 0\n\t\tblocksize 4096\n"
		"\t\tt10_dev_id \"a b\"\n\t}\n}\r\n"
		"HANDLER vdisk_nullio {\n\tDEVICE nul\n}\n"
		"TARGET_DRIVER iscsi {\n\tenabled 1\n"
		"\tTARGET iqn.a {\n\t\tenabled 1\n\t\tLUN 0 disk\n"
		"\t\tLUN 1 blk {\n\t\t\tread_only 1\n\t\t}\n"
		"\t\tGROUP g {\n\t\t\tLUN 5 disk\n"
		"\t\t\tINITIATOR iqn.b\\*\n\t\t}\n\t\tLUN 2 nul\n\t}\n"
		"\tTARGET iqn.empty\n}", &m), 0);
	/* there are two targets */
	assert_string_equal(messages(), "t:24: warning: a group is one of all targets here: initiators of group g see its LUNs on every target\n");
	assert_int_equal(m.threads, 4);
	assert_string_equal(model_device(&m, "disk")->path, "/x");
	dev = model_device(&m, "blk");
	assert_int_equal(dev->flags, DEV_BLOCKIO | DEV_READ_ONLY);
	assert_string_equal(dev->path, "/dev/y");
	assert_string_equal(dev->t10_id, "a b");
	assert_int_equal(model_device(&m, "nul")->flags, DEV_NULLIO);
	group = model_group(&m, "Default_iqn.a");
	assert_int_equal(group->nluns, 3);
	assert_true(group_lun(group, 1)->read_only);
	group = model_group(&m, "g");
	assert_int_equal(group->nluns, 1);
	assert_string_equal(group->names[0].name, "iqn.b*");
	/* whoever has no LUNs must not fall back to those of Default */
	assert_non_null(model_group(&m, "Default_iqn.empty"));
	model_free(&m);
}

#define H "[HANDLER vdisk]\n"
#define A "[ASSIGNMENT g]\n"
#define D "HANDLER vdisk_fileio {\nDEVICE d {\n"
#define E " has no effect here: it belongs into /etc/iscsi-scstd.conf, "
#define T "TARGET_DRIVER iscsi {\nTARGET i {\n"

/* what is wrong, and what is said about it; warnings are no errors */
static const struct {
	const char *text;
	const char *message;
} bad[] = {
	{ "foo x\n" H, "t:1: warning: lines before" },
	{ H "[FOO x]\n", "t:2: unknown section [FOO]" },
	{ "[HANDLER]\n", "t:1: [HANDLER] does not say which" },
	{ "[HANDLER vdisk\n", "t:1: ']' is missing" },
	{ "[HANDLER foo]\nDEVICE a b\n", "t:2: a b: the name of the device contains" },
	{ "[HANDLER foo]\nDEVICE a\nDEVICE a\n", "t:3: device a is defined twice" },
	{ H "USER x\n", "t:2: 'USER' where [HANDLER] has only DEVICE" },
	{ H "DEVICE\n", "t:2: DEVICE: the value is missing" },
	{ H "DEVICE a\n", "t:2: a: the path of the device is missing" },
	{ H "DEVICE a,b\n", "t:2: a: the path of the device does not begin" },
	{ H "DEVICE a,/b c\n", "the path of the device contains blanks" },
	{ H "DEVICE ,/b\n", "the name of the device is missing" },
	{ H "DEVICE abcdefghijklmnopq,/b\n", "longer than 16 characters" },
	{ H "DEVICE a b,/b\n", "the name of the device contains blanks" },
	{ H "DEVICE 1:2:3:4,/b\n", "is one of a local SCSI device" },
	{ H "DEVICE a,/b,FOO\n", "t:2: a: unknown option 'FOO'" },
	{ H "DEVICE a,/b,BLOCK_IO\n", "unknown option 'BLOCK_IO'" },
	{ H "DEVICE a,/b,NULLIO|BLOCKIO\n", "exclude each other" },
	{ H "DEVICE a,/b,,1536\n", "t:2: a: '1536': the block size is none of" },
	{ H "DEVICE a,/b,,x\n", "t:2: a: 'x': no block size" },
	{ H "DEVICE a,/b,,512,abcdefghijklmnopqrstuvwxyz\n", "longer than 25" },
	{ H "DEVICE a,/b,,512,id,x\n", "unexpected 'x'" },
	{ H "DEVICE a,/b\nDEVICE a,/c\n", "t:3: device a is defined twice, first in line 2" },
	{ "[HANDLER disk]\nDEVICE a\n", "t:2: a: handlers of local devices" },
	{ "[HANDLER disk]\nDEVICE 1:0:0:0,/x\n", "has neither path nor" },
	{ "[GROUP a/b]\n", "t:1: 'a/b': the name of the group has" },
	{ "[GROUP g]\nUSER a b\n", "t:2: 'a b': the name of the initiator" },
	{ "[GROUP g]\nUSER a\n[GROUP h]\nUSER a\n",
	  "t:4: warning: a is in group g, too, by line 2" },
	{ "[GROUP g]\nUSER a\nUSER a\n", "t:3: warning: a is said twice" },
	{ A "DEVICE a,16384\n", "t:2: '16384' is no LUN from 0 to 16383" },
	{ A "DEVICE a,-1\n", "t:2: '-1' is no LUN" },
	{ A "DEVICE a,0\nDEVICE b,0\n", "t:3: LUN 0 of group g is a already, by line 2" },
	{ A "DEVICE a,0\nDEVICE a,0\n", "t:3: LUN 0 of group g is a already" },
	{ A "DEVICE a,0,NV\n", "a LUN has no option but READ_ONLY" },
	{ A "DEVICE a,0,RO,x\n", "unexpected 'x'" },
	{ A "DEVICE ,0\n", "the name of the device is missing" },
	{ "[OPTIONS]\nKEEP_CONFIG maybe\n" H, "t:2: KEEP_CONFIG: 'maybe' is neither" },
	{ "[OPTIONS]\nFOO 1\n" H, "t:2: warning: unknown option FOO" },
	{ "[OPTIONS]\nISSUE_LIP YES\n" H, "ISSUE_LIP has no effect" },
	{ "[TARGETS enable]\nHOST host3\n", "t:2: warning: HOST host3 has no" },
	{ "[TARGETS foo]\n", "t:1: [TARGETS foo]: neither enable nor" },
	{ "foo bar\n", "t:1: unknown attribute 'foo'" },
	{ "foo\n", "t:1: foo: the value is missing" },
	{ "foo a b c\n", "t:1: foo: unexpected 'b'" },
	{ "threads 0\n", "t:1: threads: '0' is no number from 1 to 512" },
	{ "setup_id 1\n", "t:1: warning: setup_id has no effect here: it is" },
	{ "{\n}\n", "t:1: unexpected '{'" },
	{ "}\n", "t:1: '}' without '{'" },
	{ D, "t:2: '}' is missing: the block of line 2 is still open" },
	{ "HANDLER foo {\nDEVICE x {\ny\n}\n}\n", "t:3: y: the value is missing" },
	{ "HANDLER foo {\nDEVICE x {\ny z\n", "t:3: '}' is missing" },
	{ "HANDLER { }\n", "t:1: HANDLER: the name is missing" },
	{ "HANDLER vdisk_fileio {\nfoo 1\n}\n", "t:2: unknown attribute" },
	{ D "foo 1\n}\n}\n", "t:3: unknown attribute 'foo'" },
	{ D "filename /x\nrotational 0\n}\n}\n", "t:4: warning: rotational has no effect" },
	{ D "filename /x\nread_only maybe\n}\n}\n", "t:4: read_only: 'maybe': neither" },
	{ D "filename x\n}\n}\n", "t:4: d: the path of the device does not" },
	{ D "filename \"/x\n}\n}\n", "t:3: the closing '\"' is missing" },
	{ "HANDLER vdisk_fileio {\nDEVICE d\n}\n", "t:2: d: the path of the device is missing" },
	{ "TARGET_DRIVER qla2x00t {\nTARGET x { LUN 0 a }\n}\n",
	  "t:1: warning: there is no target driver qla2x00t" },
	{ "TARGET_DRIVER iscsi {\nIncomingUser \"a b\"\n}\n",
	  "t:2: warning: IncomingUser" E "before" },
	{ T "IncomingUser \"a b\"\n}\n}\n",
	  "t:3: warning: IncomingUser" E "for target i" },
	{ T "allowed_portal 1.*\n}\n}\n", "t:3: warning: allowed_portal has no effect" },
	{ T "allowed_portal12 1.*\n}\n}\n",
	  "t:3: warning: allowed_portal12 has no effect" },
	{ T "IncomingUser1 \"a b\"\n}\n}\n",
	  "t:3: warning: IncomingUser1" E "for target i" },
	{ T "alias1 a\n}\n}\n", "t:3: unknown attribute 'alias1'" },
	{ T "IncomingUserx \"a b\"\n}\n}\n", "t:3: unknown attribute" },
	{ T "enabled 0\n}\n}\n", "t:3: warning: 'enabled 0' has no effect" },
	{ T "per_portal_acl 1\n}\n}\n", "t:3: warning: per_portal_acl has no" },
	{ T "foo 1\n}\n}\n", "t:3: unknown attribute 'foo'" },
	{ T "LUN x d\n}\n}\n", "t:3: 'x' is no LUN" },
	{ T "LUN 0 d {\nfoo 1\n}\n}\n}\n", "t:4: unknown attribute 'foo'" },
	{ T "GROUP g {\n}\nGROUP g {\nLUN 0 d\n}\n}\n}\n",
	  "t:5: group g is not the one of line 3: a group is one of all targets" },
	{ T "GROUP g {\n}\n}\nTARGET j {\nGROUP g {\nINITIATOR x\n}\n}\n}\n",
	  "t:7: group g is not the one of line 3: a group is one of all targets" },
	{ T "GROUP g {\nLUN 0 d\nINITIATOR x\n}\n}\n"
	  "TARGET j {\nGROUP g {\nLUN 0 e\nINITIATOR x\n}\n}\n}\n",
	  "give this one another name; if an initiator shall be in both of" },
	{ T "GROUP g {\nLUN 0 d\n", "'}' is missing" },
	{ T "GROUP g\nLUN 0 d\n}\n}\n", "t:3: GROUP: '{' is missing" },
	{ T "GROUP g {\n}\n}\nTARGET j {\n}\n}\n",
	  "t:3: warning: a group is one of all targets here" },
	{ T "LUN 0 d\nLUN 0 d {\nread_only 1\n}\n}\n}\n",
	  "t:4: LUN 0 of group Default_i is d already" },
	{ T "IncomingUser joe secret\n}\n}\n",
	  "t:3: IncomingUser: name and secret need double quotes" },
	{ D "filename /x#1\n}\n}\n", "t:3: '#' within a word" },
	{ "HANDLER dev_disk {\nDEVICE 1:0:0:0 {\nread_only 1\n}\n}\n",
	  "t:3: 1:0:0:0: a local device has no attribute 'read_only'" },
	{ "HANDLER dev_disk {\nDEVICE 1:0:0:0 {\nfilename /x\n}\n}\n",
	  "t:3: 1:0:0:0: a local device has no attribute 'filename'" },
	{ "[OPTIONS]\nTHREADS 0\n", "t:2: THREADS: '0' is no number from 1 to 512" },
	{ "[OPTIONS foo]\nKEEP_CONFIG YES\n", "t:1: [OPTIONS]: unexpected 'foo'" },
	{ T "GROUP g {\nINITIATOR x {\ny z\n}\n}\n}\n}\n", "t:5: unknown attribute 'y'" },
	{ "DEVICE_GROUP g {\nDEVICE a\nTARGET_GROUP t {\nstate active\n}\n}\n",
	  "t:1: warning: DEVICE_GROUP g: device groups (ALUA) are not" },
	{ "a { b { c { d { e { f { g { h { i { } } } } } } } } }\n",
	  "t:1: a: the value is missing" },
};

static void test_bad(void **state)
{
	struct model m;
	size_t i;
	int ret;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		ret = parse(bad[i].text, &m);
		if (!strstr(messages(), bad[i].message))
			print_message("%s: got %s", bad[i].text, messages());
		assert_non_null(strstr(messages(), bad[i].message));
		assert_int_equal(ret, report.errors ? -EINVAL : 0);
		if (!strstr(bad[i].message, "warning") && !report.warnings)
			assert_int_equal(ret, -EINVAL);
		model_free(&m);
	}
}

/* the kernel decides which handlers there are: what is theirs is not looked at */
static void test_handlers(void **state)
{
	static const char *const files[] = {
		"[HANDLER foo]\nDEVICE t,a,b|c,d,e,f,g\n[HANDLER bar]\n",
		"HANDLER foo {\nx 1\nDEVICE t {\nfilename y\nz 1\n}\n}\n"
		"HANDLER bar {\n}\n",
	};
	struct model m;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(files); i++) {
		assert_int_equal(parse(files[i], &m), 0);
		assert_string_equal(messages(), "");
		assert_int_equal(m.ndevices, 1);
		assert_string_equal(m.devices[0].name, "t");
		assert_string_equal(m.devices[0].handler, "foo");
		assert_string_equal(m.devices[0].path, "");
		model_free(&m);
	}
}

/* a group that is the same for several targets */
static void test_again(void **state)
{
	struct model m;

	(void)state;
	assert_int_equal(parse(T "GROUP g {\nLUN 0 d\nLUN 1 e\nINITIATOR x\n}\n}\n"
			       "TARGET j {\nGROUP g {\nINITIATOR x\nLUN 1 e\n"
			       "LUN 0 d\n}\nLUN 7 d\n}\n}\n", &m), 0);
	assert_int_equal(m.ngroups, 4);
	assert_int_equal(model_group(&m, "g")->nluns, 2);
	assert_int_equal(model_group(&m, "Default_j")->nluns, 1);
	assert_int_equal(report.warnings, 1);
	model_free(&m);
}

/* warnings do not hide errors, and what is dropped is not lost */
static void test_reports(void **state)
{
	int i;

	(void)state;
	report_free(&report);
	for (i = 0; i < 2 * REPORT_MAX; i++)
		report_at(&report, REPORT_WARNING, NULL, 0, "w");
	report_at(&report, REPORT_ERROR, NULL, 0, "the error");
	assert_string_equal(report.entry[REPORT_MAX].text, "the error");
	report_drop(&report, REPORT_WARNING);
	assert_int_equal(report.count, 1);
	assert_int_equal(report.warnings, 0);
	assert_int_equal(report.lost[REPORT_WARNING], 0);
	report_at(&report, REPORT_WARNING, NULL, 0, "w");
	assert_int_equal(report.count, 2);
}

static void test_long(void **state)
{
	size_t size = PARSE_LINE_MAX + 64;
	char *text = malloc(size);
	struct model m;

	(void)state;
	assert_non_null(text);
	memset(text, ' ', size);
	memcpy(text, "[GROUP g]\n", 10);
	assert_int_equal(parse_len(text, 10 + PARSE_LINE_MAX, &m), 0);
	model_free(&m);
	assert_int_equal(parse_len(text, 11 + PARSE_LINE_MAX, &m), -EINVAL);
	assert_non_null(strstr(messages(), "t:2: the line is longer than"));
	model_free(&m);
	text[12] = '\0';
	assert_int_equal(parse_len(text, 14, &m), -EINVAL);
	assert_non_null(strstr(messages(), "t:2: the line contains a NUL"));
	model_free(&m);
	free(text);
}

/* a file of errors is bounded, and one of lines is read to its end */
static void test_many(void **state)
{
	char *text = malloc(20 * 10000);
	size_t len = 0, i;
	struct model m;

	(void)state;
	assert_non_null(text);
	for (i = 0; i < 10000; i++)
		len += sprintf(text + len, "foo %zu\n", i);
	assert_int_equal(parse(text, &m), -EINVAL);
	assert_int_equal(report.errors, 10000);
	assert_int_equal(report.count, REPORT_MAX);
	model_free(&m);
	len = sprintf(text, A);
	for (i = 0; i < 5000; i++)
		len += sprintf(text + len, "DEVICE d%zu,%zu\n", i, i);
	assert_int_equal(parse(text, &m), 0);
	assert_int_equal(model_group(&m, "g")->nluns, 5000);
	model_free(&m);
	free(text);
}

static char *golden(const char *name)
{
	char path[4096], *text;
	size_t len;

	snprintf(path, sizeof(path), GOLDEN "%s", name);
	assert_int_equal(file_read(path, 1 << 20, &text, &len), 0);
	return text;
}

static void read_golden(struct model *live)
{
	char *text[6] = {
		golden("scsi_tgt"), golden("vdisk"), golden("devices"),
		golden("names"), golden("sessions"), golden("t10_dev_id"),
	};
	size_t i;

	model_init(live, "golden");
	assert_int_equal(live_scsi_tgt(live, text[0]), 0);
	assert_int_equal(live_vdisk(live, text[1]), 0);
	assert_int_equal(live_luns(live->groups, text[2]), 0);
	assert_int_equal(live_names(live->groups, text[3]), 0);
	assert_int_equal(live_sessions(live, text[4]), 0);
	assert_int_equal(live_t10_ids(live, text[5]), 0);
	for (i = 0; i < ARRAY_SIZE(text); i++)
		free(text[i]);
}

static void test_live(void **state)
{
	static const char later[] =
		"Device (host:ch:id:lun or name)                             LUN          Options\n"
		"a                                                           7            RO\n";
	char *text = str_dup(later);
	struct device *dev;
	struct model m;

	(void)state;
	read_golden(&m);
	assert_int_equal(m.ndevices, 5);
	assert_string_equal(model_device(&m, "1:0:0:0")->handler, "none");
	dev = model_device(&m, "gold1");
	assert_string_equal(dev->path, "/tmp/scst-golden/gold1");
	assert_int_equal(dev->flags, DEV_NV_CACHE | DEV_READ_ONLY);
	assert_int_equal(dev->blocksize, 4096);
	assert_int_equal(dev->size_mb, 8);
	assert_string_equal(dev->t10_id, "an id, with  blanks");
	assert_null(dev->default_t10_id);
	assert_string_equal(model_device(&m, "gold2")->path, "none");
	dev = model_device(&m, "gold0");
	assert_null(dev->t10_id);
	assert_string_equal(dev->default_t10_id + 8, "-gold0");
	assert_true(m.shows_t10_ids);
	assert_int_equal(m.groups[0].nluns, 4);
	assert_true(group_lun(&m.groups[0], 1)->read_only);
	assert_string_equal(group_lun(&m.groups[0], 16383)->dev, "0:0:0:0");
	assert_int_equal(m.groups[0].nnames, 4);
	assert_int_equal(m.groups[0].nsessions, 1);
	assert_string_equal(m.sessions[0].initiator,
			    "iqn.1993-08.org.debian:01:scst-test");
	/* the layout of later versions */
	assert_int_equal(live_luns(&m.groups[0], text), 0);
	assert_true(m.groups[0].luns[4].read_only);
	free(text);
	text = str_dup("tid:2 name:iqn.b\n\tsid:1 initiator:x (reinstating no)\n"
		       "\t\tcid:0 ip:1.2.3.4 state:x hd:none dd:none\n"
		       "tid:1 name:iqn.a\n");
	assert_int_equal(live_targets(&m, "iscsi", text), 0);
	assert_int_equal(m.ntargets, 2);
	assert_int_equal(m.targets[0].nsessions, 1);
	assert_string_equal(m.targets[1].name, "iqn.a");
	free(text);
	text = str_dup("header\nbroken\n");
	/* which line it is */
	assert_int_equal(live_luns(&m.groups[0], text), 2);
	free(text);
	model_free(&m);
}

static void test_group_order(void **state)
{
	static const char *const names[] = {
		"Default", "z", ".hidden", "a", "new",
	};
	char *text = str_dup("Default\nz\ngone\n.hidden\na\n");
	struct model m;
	size_t i;

	(void)state;
	model_init(&m, "order");
	model_add_group(&m, ".hidden");
	model_add_group(&m, "a");
	model_add_group(&m, "new");
	model_add_group(&m, "z");
	assert_false(m.ordered);
	assert_int_equal(live_group_order(&m, text), 0);
	assert_true(m.ordered);
	for (i = 0; i < ARRAY_SIZE(names); i++)
		assert_string_equal(m.groups[i].name, names[i]);
	free(text);
	model_free(&m);
}

static void test_match(void **state)
{
	static const struct {
		const char *pattern;
		const char *name;
		bool matches;
	} cases[] = {
		{ "iqn.a", "iqn.a", true }, { "iqn.a", "iqn.A", false },
		{ "iqn.*", "iqn.", true }, { "*:b*", "a:x:bc", true },
		{ "a*b*c", "abbxc", true }, { "a*b*c", "acb", false },
		{ "a?c", "abc", true }, { "a?c", "ac", false },
		{ "!a", "b", true }, { "!a", "a", false },
		{ "a!*b", "axb", false }, { "a!*b", "axc", true },
		{ "**", "", true }, { "", "a", false },
	};
	static const struct {
		const char *a;
		const char *b;
		bool overlap;
	} pairs[] = {
		{ "a", "a", true }, { "a", "b", false }, { "a*", "ab", true },
		{ "a*", "*b", true }, { "a*", "b*", false },
		{ "a?", "?b", true }, { "a?", "a", false },
		{ "a*c", "ab*", true }, { "a*c", "a*d", false },
		{ "*", "*", true }, { "!a", "a", false }, { "!a", "b", true },
		{ "*a*a*a*b", "a*a*a*c", false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(name_matches(cases[i].pattern, cases[i].name),
				 cases[i].matches);
	for (i = 0; i < ARRAY_SIZE(pairs); i++) {
		assert_int_equal(names_overlap(pairs[i].a, pairs[i].b),
				 pairs[i].overlap);
		assert_int_equal(names_overlap(pairs[i].b, pairs[i].a),
				 pairs[i].overlap);
	}
}

static void write_temp(char *path, off_t size)
{
	int fd;

	strcpy(path, "/tmp/scst-test-XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, size), 0);
	close(fd);
}

/* what the kernel would refuse is known before */
static void test_backend(void **state)
{
	char small[32], good[32], link_name[40], text[512];
	struct model m;

	(void)state;
	write_temp(small, 511);
	write_temp(good, 4096);
	snprintf(link_name, sizeof(link_name), "%s.link", good);
	assert_int_equal(symlink(good, link_name), 0);
	snprintf(text, sizeof(text), H "DEVICE s,%s\nDEVICE g,%s,,4096\n"
		 "DEVICE l,%s,RO\nDEVICE b,%s,BLOCKIO\nDEVICE n,/nonexistent\n"
		 "DEVICE d,/tmp\nDEVICE z,/dev/null\n",
		 small, good, link_name, good);
	assert_int_equal(parse(text, &m), 0);
	backend_check(&m);
	assert_non_null(strstr(m.devices[0].backend, "smaller than one block"));
	assert_null(m.devices[1].backend);
	assert_null(m.devices[2].backend);
	assert_int_equal(m.devices[1].file.ino, m.devices[2].file.ino);
	assert_non_null(strstr(m.devices[3].backend, "needs a block device"));
	assert_non_null(strstr(m.devices[4].backend, "No such file"));
	assert_non_null(strstr(m.devices[5].backend, "neither a file"));
	assert_non_null(strstr(m.devices[6].backend, "neither a file"));
	model_free(&m);
	unlink(link_name);
	unlink(good);
	unlink(small);
}

static void test_write(void **state)
{
	struct admin_fake fake;
	struct model old;
	char *text;

	(void)state;
	report_free(&report);
	admin_fake_init(&fake);
	admin_fake_config(&fake, H "DEVICE a,/a\\,b\\#c,NV_CACHE,512\n"
			  "DEVICE n,none,NULLIO,512,an id\\, with \\#\n"
			  "[HANDLER new]\nDEVICE u\n"
			  "[GROUP e]\n[GROUP g\\#1]\nUSER x\\#y\nUSER z,1\n"
			  "[ASSIGNMENT g\\#1]\nDEVICE a,7,READ_ONLY\n");
	fake.model.threads = 7;
	fake.model.shows_t10_ids = false;
	/* of a file with an error the rest is worth keeping */
	assert_int_equal(parse("[OPTIONS]\nKEEP_CONFIG YES\nISSUE_LIP maybe\n"
			       "THREADS 9\n" H "DEVICE a,/old,,512,the id\n",
			       &old), -EINVAL);
	report_free(&report);
	assert_int_equal(write_text(&fake.model, &old, &text, &report), 0);
	assert_non_null(strstr(text, "[HANDLER new]\nDEVICE u\n"));
	assert_non_null(strstr(text, "[OPTIONS]\nKEEP_CONFIG YES\nTHREADS 7\n"));
	assert_non_null(strstr(messages(),
			       "device a: the T10 identifier 'the id' is the one of the old file"));
	assert_non_null(strstr(text, "DEVICE a,/a\\,b\\#c,NV_CACHE,512,the id\n"));
	free(text);
	/* what the kernel does show counts more */
	fake.model.shows_t10_ids = true;
	report_free(&report);
	assert_int_equal(write_text(&fake.model, &old, &text, &report), 0);
	assert_string_equal(messages(), "");
	assert_non_null(strstr(text, "DEVICE a,/a\\,b\\#c,NV_CACHE,512\n"));
	assert_non_null(strstr(text, ",NULLIO,512,an id\\, with \\#\n"));
	free(text);
	/* what cannot be said is not written */
	str_set(&fake.model.devices[0].path, "/a\\");
	str_set(&fake.model.groups[1].name, "two words");
	assert_int_equal(write_text(&fake.model, NULL, &text, &report),
			 -EINVAL);
	assert_null(text);
	assert_true(report.errors > 0);
	model_free(&old);
	admin_fake_free(&fake);
}

/* the order of groups is part of the configuration */
static void test_write_order(void **state)
{
	struct admin_fake fake;
	struct model old;
	char *text;

	(void)state;
	report_free(&report);
	admin_fake_init(&fake);
	admin_fake_config(&fake, "[GROUP db]\nUSER db1\n[GROUP all]\nUSER *\n");
	assert_int_equal(write_text(&fake.model, NULL, &text, &report), 0);
	assert_true(strstr(text, "[GROUP db]") < strstr(text, "[GROUP all]"));
	assert_string_equal(messages(), "");
	free(text);
	/* if the kernel does not say, the old file may know */
	fake.model.ordered = false;
	assert_int_equal(parse("[GROUP all]\n[GROUP gone]\n[GROUP db]\n", &old),
			 0);
	assert_int_equal(write_text(&fake.model, &old, &text, &report), 0);
	assert_true(strstr(text, "[GROUP db]") > strstr(text, "[GROUP all]"));
	assert_non_null(strstr(messages(),
			       "warning: groups db and all have names that may mean the same"));
	free(text);
	model_free(&old);
	admin_fake_free(&fake);
}

static void test_replace(void **state)
{
	char dir[] = "/tmp/scst-test-XXXXXX", path[64], link[64], *text;
	size_t len;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/file", dir);
	snprintf(link, sizeof(link), "%s/link", dir);
	assert_int_equal(symlink("file", link), 0);
	assert_int_equal(file_replace(path, "one", 3), 0);
	assert_int_equal(file_replace(link, "two", 3), 0);
	assert_int_equal(file_read(path, 100, &text, &len), 0);
	assert_string_equal(text, "two");
	free(text);
	assert_int_equal(file_read(path, 2, &text, &len), -EFBIG);
	assert_int_equal(readlink(link, path + 40, 8), 4);
	assert_true(file_replace("/nonexistent/file", "x", 1) < 0);
	unlink(link);
	unlink(path);
	assert_int_equal(rmdir(dir), 0);
}

/* ------------------------------------------------------------------------- */

static int options(struct options *opt, const char *line)
{
	static char copy[512];
	char *argv[16], *rest = copy;
	int argc = 0;

	snprintf(copy, sizeof(copy), "scstadmin%s%s", *line ? " " : "", line);
	while (argc < 16 && (argv[argc] = strsep(&rest, " ")))
		argc++;
	report_free(&report);
	return options_parse(opt, argc, argv, &report);
}

static void test_options(void **state)
{
	static const struct {
		const char *line;
		enum option_id op;
		const char *arg;
	} good[] = {
		{ "-config", OPT_CONFIG, NULL },
		{ "-config f", OPT_CONFIG, "f" },
		{ "--check-config=f", OPT_CHECK_CONFIG, "f" },
		{ "-checkConfig f", OPT_CHECK_CONFIG, "f" },
		{ "-WriteConfig f", OPT_WRITE_CONFIG, "f" },
		{ "-WRITE_CONFIG f", OPT_WRITE_CONFIG, "f" },
		{ "-write -", OPT_WRITE_CONFIG, "-" },
		{ "-resync d", OPT_RESYNC_DEV, "d" },
		{ "-assign d -group g", OPT_ASSIGN_DEV, "d" },
		{ "-help", OPT_HELP, NULL }, { "-h", OPT_HELP, NULL },
		{ "-issue_lip", OPT_NO_FC, NULL },
		{ "-add_dgrp_dev x -dev_group d -tgt_group t", OPT_NO_ALUA,
		  "x" },
		{ "-add_lun 0 -driver iscsi -target t -device d", OPT_ADD_LUN,
		  "0" },
	};
	static const struct {
		const char *line;
		const char *message;
	} wrong[] = {
		{ "", "nothing to do" },
		{ "-group g", "nothing to do" },
		{ "config", "config: is no option" },
		{ "-", "-: unknown option" },
		{ "-foo", "-foo: unknown option" },
		{ "-remove x", "-remove: may mean several options" },
		{ "-adddev", "-adddev: its argument is missing" },
		{ "-adddev -handler x", "-adddev: its argument is missing" },
		{ "-sessions -config", "one operation only" },
		{ "-sessions -lun 1 -lun 2", "-lun: is given twice" },
		{ "-sessions=x", "takes no argument" },
		{ "-clear_config -group g", "-group has no meaning for -clear_config" },
		{ "-open_dev a -handler vdisk -lun 0", "-lun has no meaning for -open_dev" },
	};
	struct options opt;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(good); i++) {
		assert_int_equal(options(&opt, good[i].line), 0);
		assert_int_equal(opt.op, good[i].op);
		if (good[i].arg)
			assert_string_equal(opt.arg, good[i].arg);
		else
			assert_null(opt.arg);
	}
	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		assert_int_equal(options(&opt, wrong[i].line), -EINVAL);
		if (!strstr(messages(), wrong[i].message))
			print_message("%s: %s", wrong[i].line, messages());
		assert_non_null(strstr(messages(), wrong[i].message));
	}
	assert_int_equal(options(&opt, "-Config --FORCE_config -no-prompt"),
			 0);
	assert_non_null(opt.value[OPT_FORCE]);
	assert_non_null(opt.value[OPT_NOPROMPT]);
}

static char *read_page(const char *path)
{
	size_t len;
	char *text;

	assert_int_equal(file_read(path, 1 << 20, &text, &len), 0);
	return text;
}

static bool is_name(const char *has, const char *name, size_t len)
{
	return has && strlen(has) == len && !memcmp(has, name, len);
}

static bool in_table(const struct option_desc *table, size_t rows,
		     const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < rows; i++)
		if (is_name(table[i].name, name, len) ||
		    is_name(table[i].alias, name, len))
			return true;
	return false;
}

static void find_item(const char *text, const char *name, const char *arg)
{
	const char *pos;
	char item[96];
	int n;

	n = snprintf(item, sizeof(item), "\n.It Fl %s", name);
	for (pos = text; (pos = strstr(pos, item)); pos++)
		if (pos[n] == '\n' || pos[n] == ' ')
			break;
	if (!pos)
		print_message("%s is not in the manual\n", name);
	assert_non_null(pos);
	if (!arg)
		return;
	snprintf(item, sizeof(item), "Ar %s", arg + (*arg == '['));
	item[strcspn(item, "]")] = '\0';
	assert_non_null(strstr(pos, item));
	assert_true(strstr(pos, item) < strchr(pos + 1, '\n'));
}

static void find_items(const char *text, const struct option_desc *table,
		       size_t rows)
{
	size_t i;

	for (i = 0; i < rows; i++) {
		find_item(text, table[i].name, table[i].arg);
		if (table[i].alias)
			find_item(text, table[i].alias, table[i].arg);
	}
}

/* names of manuals and programs: letters, digits, '-' and '_' */
static size_t word_len(const char *text)
{
	return strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");
}

/* as a word of its own */
static bool has_word(const char *text, const char *word)
{
	size_t len = strlen(word);
	const char *pos;

	for (pos = text; (pos = strstr(pos, word)); pos += len)
		if (word_len(pos) == len && (pos == text || !word_len(pos - 1)))
			return true;
	print_message("%s is not in the manual\n", word);
	return false;
}

/* each argument of the lines that begin with a macro */
static void each_argument(const char *text, const char *macro,
			  bool (*known)(const char *word))
{
	char word[64];
	const char *pos, *end;
	size_t len;

	for (pos = text; (pos = strstr(pos, macro)); ) {
		pos += strlen(macro);
		for (end = strchr(pos, '\n'); pos < end; pos += len + 1) {
			len = strcspn(pos, "\n ");
			if (!word_len(pos))
				continue;
			snprintf(word, sizeof(word), "%.*s", (int)len, pos);
			if (!known(word))
				fail_msg("there is no %s", word);
		}
	}
}

static bool is_option(const char *word)
{
	return in_table(option_table, option_table_len, word, strlen(word)) ||
	       in_table(option_none, option_none_len, word, strlen(word));
}

static bool is_attribute(const char *word)
{
	struct device dev = { 0 };
	const char *why;
	int ret = attr_set_device(&dev, word, "1", &why);

	free(dev.path);
	free(dev.t10_id);
	return ret != -ENOENT || !strcmp(word, "threads") ||
	       !strcmp(word, "trace_level");
}

/* what an option is used with is an option, too */
static void test_companions(void **state)
{
	const char *with;
	char name[64];
	size_t i;

	(void)state;
	for (i = 0; i < option_table_len; i++) {
		with = option_table[i].with;
		for (; with && (with = strchr(with, '-')); with++) {
			snprintf(name, sizeof(name), "%.*s",
				 (int)word_len(with + 1), with + 1);
			if (!is_option(name))
				fail_msg("-%s is no option", name);
		}
	}
}

/* each option has its item, ".It Fl name", and there is no other one */
static void test_manual(void **state)
{
	char *text = read_page(TOOLS_DIR "/man/scstadmin.8"), *pos;
	size_t len;

	(void)state;
	find_items(text, option_table, option_table_len);
	find_items(text, option_none, option_none_len);
	for (pos = text; (pos = strstr(pos, "\n.It Fl ")); pos++) {
		len = strcspn(pos + 8, "\n ");
		if (in_table(option_table, option_table_len, pos + 8, len) ||
		    in_table(option_none, option_none_len, pos + 8, len))
			continue;
		fail_msg("%.*s is no option", (int)len, pos + 8);
	}
	each_argument(text, "\n.Fl ", is_option);
	each_argument(text, "\n.Cm ", is_attribute);
	free(text);
}

static bool is_file_word(const char *word)
{
	char line[128];
	struct model m;

	snprintf(line, sizeof(line), "[OPTIONS]\n%s 1\n", word);
	parse(line, &m);
	model_free(&m);
	return is_attribute(word) || !strstr(messages(), "unknown option");
}

/* words that only a handler, a section or a flag can be */
static void check_words(const char *text)
{
	const char *pos;
	char word[64];
	size_t len;

	for (pos = text; *pos; pos += len ? len : 1) {
		len = word_len(pos);
		snprintf(word, sizeof(word), "%.*s", (int)len, pos);
		if ((!strncmp(word, "vdisk_", 6) ||
		     (!strncmp(word, "dev_", 4) && word[4])) &&
		    !handler_by_name(word))
			fail_msg("there is no handler %s", word);
	}
	for (pos = text; (pos = strstr(pos, "Sy [")); pos++) {
		snprintf(word, sizeof(word), "%.*s", (int)word_len(pos + 4),
			 pos + 4);
		for (len = 0; bracket_word(len); len++)
			if (!strcmp(bracket_word(len), word))
				break;
		if (!bracket_word(len))
			fail_msg("there is no section %s", word);
	}
}

static void check_flag(const char *item)
{
	const struct device_flag *flag = flag_by_name(item, word_len(item));
	const char *alias = item + word_len(item) + 3;

	if (!flag || strlen(flag->name) != word_len(item) ||
	    strlen(flag->alias) != word_len(alias) ||
	    flag_by_name(alias, word_len(alias)) != flag)
		fail_msg("there is no flag %.20s", item);
}

/* examples are right */
static void check_examples(const char *text)
{
	const char *begin = text, *end;
	struct model m;
	unsigned int n;

	for (n = 0; (begin = strstr(begin, "\n.Bd ")); n++) {
		begin = strchr(begin + 1, '\n') + 1;
		end = strstr(begin, ".Ed\n");
		parse_len(begin, end - begin, &m);
		assert_string_equal(messages(), "");
		model_free(&m);
	}
	assert_int_equal(n, 2);
}

/* likewise the file: handlers, flags, sections, statements, attributes */
static void test_manual_file(void **state)
{
	char *text = read_page(TOOLS_DIR "/man/scst.conf.5");
	const char *pos;
	char item[64];
	size_t i;

	(void)state;
	for (i = 0; i < device_flags_len; i++) {
		snprintf(item, sizeof(item), ".It %s", device_flags[i].name);
		assert_non_null(strstr(text, item));
	}
	for (i = 0; i < handler_names_len; i++) {
		if (!strcmp(handler_names[i].name, "vdisk_blk") ||
		    !strcmp(handler_names[i].name, "vdisk_null"))
			continue;
		if (!strstr(text, handler_names[i].name))
			print_message("%s is not in the manual\n",
				      handler_names[i].name);
		assert_non_null(strstr(text, handler_names[i].name));
	}
	for (i = 0; attr_device_name(i); i++)
		assert_true(has_word(text, attr_device_name(i)));
	for (i = 0; bracket_word(i); i++)
		assert_true(has_word(text, bracket_word(i)));
	for (i = 0; brace_word(i); i++)
		assert_true(has_word(text, brace_word(i)));
	each_argument(text, "\n.Cm ", is_file_word);
	check_words(text);
	pos = strstr(text, ".Ss Options of virtual disks");
	for (; (pos = strstr(pos, "\n.It ")); pos++)
		if (pos[5] >= 'A' && pos[5] <= 'Z' && pos[6] <= 'Z')
			check_flag(pos + 5);
	check_examples(text);
	free(text);
}

/* copied as it is it exports nothing, and what is commented out is right, too */
static void test_example(void **state)
{
	char *text = read_page(TOOLS_DIR "/examples/scst.conf"), *p;
	struct model m;

	(void)state;
	assert_int_equal(parse(text, &m), 0);
	assert_string_equal(messages(), "");
	assert_int_equal(m.ndevices, 0);
	model_free(&m);
	for (p = text; *p; p++)
		if (*p == '#' && p[1] != ' ' && (p == text || p[-1] == '\n'))
			*p = ' ';
	assert_int_equal(parse(text, &m), 0);
	assert_string_equal(messages(), "");
	assert_true(m.ndevices > 1);
	model_free(&m);
	free(text);
	assert_int_equal(parse_file("/nonexistent/file", &m, &report),
			 -ENOENT);
	model_free(&m);
}

/* ------------------------------------------------------------------------- */

static uint32_t seed = 12345;

static uint32_t rnd(uint32_t below)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % below;
}

static size_t put_words(char *text)
{
	static const char words[][24] = {
		"[HANDLER vdisk]\n", "[GROUP g]\n", "[ASSIGNMENT g]\n",
		"[OPTIONS]\n", "[TARGETS enable]\n", "DEVICE ", "USER ", "a",
		"b", ",", "/x", "|", "NV_CACHE", "READ_ONLY", "512", "0", "1",
		"\n", "\n", " ", "\t", "#", "\\", "\r", "\xff", "\"", "{", "}",
		" {\n", "}\n", "}\n", "HANDLER vdisk_fileio", "filename /x\n",
		"TARGET_DRIVER iscsi", "TARGET ", "GROUP ", "INITIATOR ",
		"LUN 0 a\n", "LUN 1 b", "read_only 1\n", "DEVICE_GROUP x",
		"enabled 1\n", "KEEP_CONFIG YES\n", "blocksize 4096\n", "]",
		"HOST host3\n", "HANDLER scst_user", "[", "1:0:0:0", "[HANDLER disk]\n", "threads 2\n",
	};
	size_t len = 0, n;

	for (n = rnd(40); n; n--)
		len += sprintf(text + len, "%s",
			       words[rnd(ARRAY_SIZE(words))]);
	if (len && !rnd(4))
		text[rnd(len)] = rnd(256);
	return len;
}

/* what is accepted can be made, written, and is the same then */
static void use(struct model *wanted)
{
	struct admin_fake fake;
	struct outcome outcome;
	struct plan plan;
	char *text;

	admin_fake_init(&fake);
	if (model_device(wanted, "1:0:0:0"))
		model_add_device(&fake.model, "1:0:0:0", "none");
	plan_resolve_luns(wanted, &fake.model);
	plan_make(&plan, &fake.model, wanted, true, &report);
	assert_int_equal(apply_plan(&fake.kernel, &plan, &report, &outcome,
				    NULL, NULL), 0);
	outcome_free(&outcome);
	plan_free(&plan);
	if (!write_text(&fake.model, wanted, &text, &report))
		free(text);
	else
		fail_msg("cannot be written: %s", messages());
	admin_fake_free(&fake);
}

static void test_fuzz(void **state)
{
	unsigned int good = 0, i;
	char text[2048];
	struct model m;
	size_t len;

	(void)state;
	for (i = 0; i < ROUNDS; i++) {
		len = put_words(text);
		if (!parse_len(text, len, &m)) {
			use(&m);
			good++;
		}
		model_free(&m);
	}
	assert_true(good > ROUNDS / 100);
}

static int finish(void **state)
{
	(void)state;
	report_free(&report);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bracket),
		cmocka_unit_test(test_brace),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_live),
		cmocka_unit_test(test_write),
		cmocka_unit_test(test_write_order),
		cmocka_unit_test(test_group_order),
		cmocka_unit_test(test_match),
		cmocka_unit_test(test_backend),
		cmocka_unit_test(test_handlers),
		cmocka_unit_test(test_again),
		cmocka_unit_test(test_reports),
		cmocka_unit_test(test_replace),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_companions),
		cmocka_unit_test(test_manual),
		cmocka_unit_test(test_manual_file),
		cmocka_unit_test(test_example),
		cmocka_unit_test(test_fuzz),
	};

	return cmocka_run_group_tests_name("scstadmin", tests, NULL, finish);
}
