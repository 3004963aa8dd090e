// SPDX-License-Identifier: GPL-2.0
/*
 * Access files: what matches, what is refused when a line cannot be
 * understood, and when a change is seen.
 */
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fake.h"

/**
 * struct bed - two files in a folder of their own
 * @dir: the folder
 * @allow: name of the one
 * @deny: name of the other
 * @access: what is read from them
 * @fake: collects messages, and serves initiators
 */
struct bed {
	char dir[32];
	char allow[64];
	char deny[64];
	struct access access;
	struct fake *fake;
};

static int begin(void **state)
{
	struct bed *bed = calloc(1, sizeof(*bed));

	assert_non_null(bed);
	strcpy(bed->dir, "/tmp/scst-test-XXXXXX");
	assert_non_null(mkdtemp(bed->dir));
	snprintf(bed->allow, sizeof(bed->allow), "%s/allow", bed->dir);
	snprintf(bed->deny, sizeof(bed->deny), "%s/deny", bed->dir);
	bed->fake = fake_new();
	access_init(&bed->access, bed->allow, bed->deny);
	*state = bed;
	return 0;
}

static int finish(void **state)
{
	struct bed *bed = *state;

	access_fini(&bed->access);
	fake_free(bed->fake);
	unlink(bed->allow);
	unlink(bed->deny);
	rmdir(bed->dir);
	free(bed);
	return 0;
}

static void put_len(const char *path, const char *text, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, len), len);
	close(fd);
}

static void put(const char *path, const char *text)
{
	put_len(path, text, strlen(text));
}

static bool permits(struct bed *bed, const char *target, const char *peer)
{
	struct ipaddr ip;

	assert_int_equal(ipaddr_parse(&ip, peer), 0);
	access_refresh(&bed->access);
	return access_permits(&bed->access, target, &ip);
}

/* one deny line, or several, and whom it refuses */
static const struct {
	const char *deny;
	const char *target;
	const char *peer;
	bool refused;
	const char *message;
} cases[] = {
	/* targets */
	{ "ALL ALL\n", "iqn.a", "10.0.0.1", true, NULL },
	{ "all all\n", "iqn.a", "10.0.0.1", true, NULL },
	{ "iqn.a ALL\n", "iqn.a", "10.0.0.1", true, NULL },
	{ "IQN.A ALL\n", "iqn.a", "10.0.0.1", true, NULL },
	{ "iqn.a ALL\n", "iqn.A", "10.0.0.1", true, NULL },
	{ "iqn.b ALL\n", "iqn.a", "10.0.0.1", false, NULL },
	{ "iqn.aa ALL\n", "iqn.a", "10.0.0.1", false, NULL },
	/* separators, ends, comments */
	{ "iqn.a\t10.0.0.1\n", "iqn.a", "10.0.0.1", true, NULL },
	{ "iqn.a \t  10.0.0.1\n", "iqn.a", "10.0.0.1", true, NULL },
	{ "  iqn.a 10.0.0.1\n", "iqn.a", "10.0.0.1", true, NULL },
	{ "iqn.a 10.0.0.1  \t\n", "iqn.a", "10.0.0.1", true, NULL },
	{ "iqn.a 10.0.0.1\r\n", "iqn.a", "10.0.0.1", true, NULL },
	{ "iqn.a 10.0.0.1", "iqn.a", "10.0.0.1", true, NULL },
	{ "iqn.a 10.0.0.2,10.0.0.1\n", "iqn.a", "10.0.0.1", true, NULL },
	{ "iqn.a 10.0.0.2 ,\t 10.0.0.1\x20\n", "iqn.a", "10.0.0.1", true, NULL },
	{ "#iqn.a ALL\n  # iqn.a ALL\n\n \t\n", "iqn.a", "10.0.0.1", false, NULL },
	{ "", "iqn.a", "10.0.0.1", false, NULL },
	{ "\n\n\niqn.a 10.0.0.1\n", "iqn.a", "10.0.0.1", true, NULL },
	/* IPv4 */
	{ "iqn.a 10.0.0.1\n", "iqn.a", "10.0.0.2", false, NULL },
	{ "iqn.a 10.0.0.1/32\n", "iqn.a", "10.0.0.1", true, NULL },
	{ "iqn.a 10.0.0.1/32\n", "iqn.a", "10.0.0.0", false, NULL },
	{ "iqn.a 10.0.0.0/31\n", "iqn.a", "10.0.0.1", true, NULL },
	{ "iqn.a 10.0.0.0/31\n", "iqn.a", "10.0.0.2", false, NULL },
	{ "iqn.a 10.0.0.0/8\n", "iqn.a", "10.255.1.1", true, NULL },
	{ "iqn.a 10.0.0.0/8\n", "iqn.a", "11.0.0.0", false, NULL },
	{ "iqn.a 10.1.2.3/24\n", "iqn.a", "10.1.2.77", true, NULL },
	{ "iqn.a 10.1.2.3/24\n", "iqn.a", "10.1.3.3", false, NULL },
	{ "iqn.a 10.1.2.131/25\n", "iqn.a", "10.1.2.200", true, NULL },
	{ "iqn.a 10.1.2.131/25\n", "iqn.a", "10.1.2.3", false, NULL },
	{ "iqn.a 10.1.2.3/0\n", "iqn.a", "192.0.2.1", true, NULL },
	{ "iqn.a 10.1.2.3/0\n", "iqn.a", "2001:db8::1", false, NULL },
	{ "iqn.a 0.0.0.0/0\n", "iqn.a", "::1", false, NULL },
	/* IPv6 */
	{ "iqn.a 2001:db8::1\n", "iqn.a", "2001:db8::1", true, NULL },
	{ "iqn.a [2001:db8::1]\n", "iqn.a", "2001:db8:0::1", true, NULL },
	{ "iqn.a [2001:DB8::1]\n", "iqn.a", "2001:db8::1", true, NULL },
	{ "iqn.a [2001:db8::1]\n", "iqn.a", "2001:db8::2", false, NULL },
	{ "iqn.a [2001:db8::1]/128\n", "iqn.a", "2001:db8::1", true, NULL },
	{ "iqn.a [2001:db8::1]/128\n", "iqn.a", "2001:db8::", false, NULL },
	{ "iqn.a [2001:db8::77]/64\n", "iqn.a", "2001:db8::1:1", true, NULL },
	{ "iqn.a [2001:db8::77]/64\n", "iqn.a", "2001:db8:0:1::77", false, NULL },
	{ "iqn.a 2001:db8::/33\n", "iqn.a", "2001:db8:7fff::1", true, NULL },
	{ "iqn.a 2001:db8::/33\n", "iqn.a", "2001:db8:8000::1", false, NULL },
	{ "iqn.a [::]/0\n", "iqn.a", "2001:db8::1", true, NULL },
	{ "iqn.a [::]/0\n", "iqn.a", "10.0.0.1", false, NULL },
	/* IPv4 in IPv6 clothes, on either side */
	{ "iqn.a 10.0.0.1\n", "iqn.a", "::ffff:10.0.0.1", true, NULL },
	{ "iqn.a [::ffff:10.0.0.1]\n", "iqn.a", "10.0.0.1", true, NULL },
	{ "iqn.a [::ffff:10.0.0.0]/104\n", "iqn.a", "10.9.9.9", true, NULL },
	{ "iqn.a [::ffff:10.0.0.0]/104\n", "iqn.a", "11.9.9.9", false, NULL },
	{ "iqn.a [::ffff:10.0.0.0]/24\n", "iqn.a", "192.0.2.1", true,
	  "not an address or network" },
	/* only the first line for a target counts */
	{ "iqn.a 10.0.0.1\niqn.a 10.0.0.2\n", "iqn.a", "10.0.0.2", false,
	  "deny:2: is never used, line 1 decides before" },
	{ "iqn.a 10.0.0.1\nIQN.A 10.0.0.2\n", "iqn.a", "10.0.0.2", false,
	  "deny:2: is never used, line 1" },
	{ "iqn.a 10.0.0.1\nALL ALL\n", "iqn.a", "10.0.0.2", false, NULL },
	{ "iqn.a 10.0.0.1\nALL ALL\n", "iqn.b", "10.0.0.2", true, NULL },
	{ "ALL 10.0.0.1\niqn.a ALL\n", "iqn.a", "10.0.0.2", false,
	  "deny:2: is never used, line 1" },
	{ "ALL 10.0.0.1\nALL ALL\n", "iqn.a", "10.0.0.2", false,
	  "deny:2: is never used, line 1" },
	{ "iqn.b ALL\niqn.c ALL\niqn.a 10.0.0.1\n", "iqn.a", "10.0.0.1",
	  true, NULL },
	/* what is not understood refuses */
	{ "iqn.a 10.0.0.256\n", "iqn.a", "192.0.2.1", true,
	  "deny:1: '10.0.0.256' is not an address or network: the line refuses everybody" },
	{ "\niqn.a 10.0.0.1/33\n", "iqn.a", "192.0.2.1", true,
	  "deny:2: '10.0.0.1/33' is not an address" },
	{ "iqn.a ::1/129\n", "iqn.a", "192.0.2.1", true, "not an address" },
	{ "iqn.a 10.0.0.1/\n", "iqn.a", "192.0.2.1", true, "not an address" },
	{ "iqn.a 10.0.0.1/x\n", "iqn.a", "192.0.2.1", true, "not an addr" },
	{ "iqn.a 10.0.0.1/-1\n", "iqn.a", "192.0.2.1", true, "not an addr" },
	{ "iqn.a 10.0.0.1/0x8\n", "iqn.a", "192.0.2.1", true, "not an addr" },
	{ "iqn.a 10.0.0.1/8/8\n", "iqn.a", "192.0.2.1", true, "not an addr" },
	{ "iqn.a 10.0.0.1/99999999999999999999\n", "iqn.a", "192.0.2.1", true,
	  "not an address" },
	{ "iqn.a 10.0.0.1/255.0.0.0\n", "iqn.a", "192.0.2.1", true,
	  "not an address" },
	{ "iqn.a [10.0.0.1]\n", "iqn.a", "192.0.2.1", true, "not an address" },
	{ "iqn.a [::1\n", "iqn.a", "192.0.2.1", true, "not an address" },
	{ "iqn.a ::1]\n", "iqn.a", "192.0.2.1", true, "not an address" },
	{ "iqn.a [\n", "iqn.a", "192.0.2.1", true, "not an address" },
	{ "iqn.a []\n", "iqn.a", "192.0.2.1", true, "not an address" },
	{ "iqn.a 10\n", "iqn.a", "192.0.2.1", true, "not an address" },
	{ "iqn.a host.example.org\n", "iqn.a", "192.0.2.1", true,
	  "not an address" },
	{ "iqn.a 10.0.0.1 10.0.0.2\n", "iqn.a", "192.0.2.1", true,
	  "'10.0.0.1 10.0.0.2' is not an address" },
	{ "iqn.a 10.0.0.1 # why\n", "iqn.a", "192.0.2.1", true, "not an ad" },
	{ "iqn.a 10.0.0.1,\n", "iqn.a", "192.0.2.1", true, "not an address" },
	{ "iqn.a ,10.0.0.1\n", "iqn.a", "192.0.2.1", true, "not an address" },
	{ "iqn.a\n", "iqn.a", "192.0.2.1", true, "'' is not an address" },
	{ "iqn.a oops\n", "iqn.b", "192.0.2.1", false, "not an address" },
	{ "iqn.a 10.0.0.1, oops\n", "iqn.a", "192.0.2.1", true, "'oops' is" },
	{ "iqn.a oops\niqn.a 10.0.0.1\n", "iqn.a", "192.0.2.1", true,
	  "never used" },
	/* a target that is none: nobody knows who was meant */
	{ "iqn.* ALL\n", "iqn.a", "192.0.2.1", true,
	  "deny:1: 'iqn.*' is not a target name" },
	{ "iqn.a,iqn.b 10.0.0.1\n", "iqn.b", "192.0.2.1", true,
	  "is not a target name" },
	{ "iqn.b 10.0.0.1\niqn.? ALL\n", "iqn.b", "192.0.2.1", false,
	  "deny:2: 'iqn.?' is not a target name" },
};

static void test_cases(void **state)
{
	struct bed *bed = *state;
	const char *message;
	bool refused;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		message = cases[i].message;
		fake_messages_clear();
		put(bed->deny, cases[i].deny);
		refused = !permits(bed, cases[i].target, cases[i].peer);
		if (refused != cases[i].refused ||
		    (message && !strstr(fake_messages, message)) ||
		    (!message && strstr(fake_messages, "deny:1")))
			fail_msg("'%s' %s %s: %d, '%s'", cases[i].deny,
				 cases[i].target, cases[i].peer, refused,
				 fake_messages);
	}
}

/* refused if and only if the one matches and the other does not */
static void test_both(void **state)
{
	struct bed *bed = *state;

	assert_true(permits(bed, "iqn.a", "10.0.0.1"));
	put(bed->allow, "iqn.a 10.0.0.1\n");
	assert_true(permits(bed, "iqn.a", "10.0.0.2"));
	put(bed->deny, "ALL ALL\n");
	assert_true(permits(bed, "iqn.a", "10.0.0.1"));
	assert_false(permits(bed, "iqn.a", "10.0.0.2"));
	assert_false(permits(bed, "iqn.b", "10.0.0.1"));
	put(bed->deny, "iqn.b ALL\n");
	assert_true(permits(bed, "iqn.a", "10.0.0.2"));
	assert_false(permits(bed, "iqn.b", "10.0.0.1"));
}

/* what is not understood permits nothing, the rest of the line does */
static void test_broken_allow(void **state)
{
	struct bed *bed = *state;

	put(bed->deny, "ALL ALL\n");
	put(bed->allow, "iqn.a oops, 10.0.0.1\niqn.b oops\nALL 10.0.0.3\n");
	assert_true(permits(bed, "iqn.a", "10.0.0.1"));
	assert_false(permits(bed, "iqn.a", "10.0.0.2"));
	assert_false(permits(bed, "iqn.b", "10.0.0.3"));
	assert_true(permits(bed, "iqn.c", "10.0.0.3"));
	assert_non_null(strstr(fake_messages,
			       "allow:2: 'oops' is not an address or network: it permits nobody"));
	/* to pass over the first line would let the second one permit */
	put(bed->allow, "iqn.? 10.0.0.1\nALL ALL\n");
	assert_false(permits(bed, "iqn.a", "10.0.0.2"));
}

static void test_nul_byte(void **state)
{
	struct bed *bed = *state;

	put_len(bed->deny, "iqn.a 10.\0.0.1\n", 15);
	assert_false(permits(bed, "iqn.b", "10.0.0.9"));
	assert_non_null(strstr(fake_messages, "deny:1: 'iqn.a 10.' is not te"));
	put_len(bed->deny, "\0\n", 2);
	assert_false(permits(bed, "iqn.b", "10.0.0.9"));
	put(bed->deny, "ALL ALL\n");
	put_len(bed->allow, "\0\nALL ALL\n", 10);
	assert_false(permits(bed, "iqn.b", "10.0.0.9"));
}

static void test_long_line(void **state)
{
	struct bed *bed = *state;
	char *text = malloc(1 << 20);
	size_t len;
	int i;

	assert_non_null(text);
	len = sprintf(text, "iqn.a 10.0.0.0");
	for (i = 1; i < 50000; i++)
		len += sprintf(text + len, ", 10.0.%d.%d", i >> 8, i & 255);
	put_len(bed->deny, text, len);
	assert_false(permits(bed, "iqn.a", "10.0.195.79"));
	assert_true(permits(bed, "iqn.a", "10.0.195.80"));
	free(text);
}

static int count(const char *what)
{
	const char *pos = fake_messages;
	int n = 0;

	while ((pos = strstr(pos, what)) != NULL) {
		pos += strlen(what);
		n++;
	}
	return n;
}

/* once for each change of the file, not for each initiator */
static void test_messages(void **state)
{
	struct bed *bed = *state;
	char text[4096] = "";
	int i;

	put(bed->deny, "iqn.a oops\n");
	for (i = 0; i < 10; i++)
		assert_false(permits(bed, "iqn.a", "10.0.0.1"));
	assert_int_equal(count("oops"), 1);
	for (i = 0; i < 100; i++)
		sprintf(text + strlen(text), "iqn.%d oops\n", i);
	put(bed->deny, text);
	assert_false(permits(bed, "iqn.99", "10.0.0.1"));
	assert_in_range(count("oops"), 10, 30);
	assert_int_equal(count("too many problems"), 1);
}

/* a change so soon after the last one that nothing but the content differs */
static void test_same_stamp(void **state)
{
	struct bed *bed = *state;
	char text[] = "iqn.a 10.0.0.0\n";
	int i;

	for (i = 1; i < 10; i++) {
		text[13] = '0' + i;
		text[14] = '\n';
		put(bed->deny, text);
		if (i > 1)
			assert_int_equal(stat(bed->deny, &bed->access.deny.id),
					 0);
		text[14] = '\0';
		assert_false(permits(bed, "iqn.a", text + 6));
		text[13]--;
		assert_true(permits(bed, "iqn.a", text + 6));
	}
}

/* a storm of logins does not read a file that has not changed */
static void test_cached(void **state)
{
	struct bed *bed = *state;
	const char *text;

	put(bed->deny, "iqn.a 10.0.0.1\n");
	assert_false(permits(bed, "iqn.a", "10.0.0.1"));
	/* it cannot be old by itself in a test */
	bed->access.deny.settled = true;
	text = bed->access.deny.text;
	memcpy(bed->access.deny.text, "iqn.a 10.0.0.2\n", 15);
	assert_false(permits(bed, "iqn.a", "10.0.0.1"));
	/* it would have been written over, or replaced */
	assert_ptr_equal(bed->access.deny.text, text);
	assert_memory_equal(bed->access.deny.text, "iqn.a 10.0.0.2\n", 15);
	/* a change of its mode may concern us */
	assert_int_equal(chmod(bed->deny, 0600), 0);
	assert_false(permits(bed, "iqn.a", "10.0.0.1"));
	assert_memory_equal(bed->access.deny.text, "iqn.a 10.0.0.1\n", 15);
	put(bed->deny, "iqn.a 10.0.0.3\n");
	assert_true(permits(bed, "iqn.a", "10.0.0.1"));
	assert_false(permits(bed, "iqn.a", "10.0.0.3"));
	bed->access.deny.settled = true;
	unlink(bed->deny);
	assert_true(permits(bed, "iqn.a", "10.0.0.3"));
	assert_non_null(strstr(fake_messages, "is gone, its rules with it"));
}

static void test_unreadable(void **state)
{
	struct bed *bed = *state;
	int i;

	put(bed->allow, "ALL 10.0.0.1\n");
	assert_int_equal(mkdir(bed->deny, 0755), 0);
	for (i = 0; i < 3; i++) {
		assert_false(permits(bed, "iqn.a", "10.0.0.2"));
		assert_true(permits(bed, "iqn.a", "10.0.0.1"));
	}
	assert_true(access_refresh(&bed->access) < 0);
	assert_int_equal(count("all targets are refused to everybody"), 1);
	rmdir(bed->deny);
	assert_true(permits(bed, "iqn.a", "10.0.0.2"));
	assert_int_equal(access_refresh(&bed->access), 0);
	put(bed->deny, "ALL ALL\n");
	unlink(bed->allow);
	assert_int_equal(mkdir(bed->allow, 0755), 0);
	assert_false(permits(bed, "iqn.a", "10.0.0.1"));
	assert_true(access_refresh(&bed->access) < 0);
	assert_int_equal(count("it permits nobody"), 1);
	rmdir(bed->allow);
	/* a fifo that nobody writes to must not stop the daemon */
	unlink(bed->deny);
	assert_int_equal(mkfifo(bed->deny, 0644), 0);
	assert_false(permits(bed, "iqn.a", "10.0.0.1"));
}

/* the right to read it goes without a change of its content */
static void test_permission(void **state)
{
	struct bed *bed = *state;

	if (!geteuid())
		skip();
	put(bed->deny, "iqn.a 10.0.0.1\n");
	assert_true(permits(bed, "iqn.b", "10.0.0.1"));
	bed->access.deny.settled = true;
	assert_int_equal(chmod(bed->deny, 0), 0);
	assert_false(permits(bed, "iqn.b", "10.0.0.1"));
}

static void test_too_large(void **state)
{
	struct bed *bed = *state;

	put(bed->deny, "");
	assert_int_equal(truncate(bed->deny, 1ll << 40), 0);
	assert_false(permits(bed, "iqn.a", "10.0.0.1"));
	assert_int_equal(access_refresh(&bed->access), -EFBIG);
}

static void serve(struct bed *bed)
{
	access_init(&bed->fake->ctx.access, bed->allow, bed->deny);
	fake_config(bed->fake, "Target " TARGET_NAME "\nTarget iqn.other\n");
}

static int login_status(struct bed *bed)
{
	struct client *c = client_new(bed->fake);
	int status;

	client_login(c, CSG(1) | T_TO(3), TEXT(NORMAL_TEXT));
	status = c->rsp.login_rsp.status_class << 8 |
		 c->rsp.login_rsp.status_detail;
	client_free(c);
	return status;
}

/* an edit is in force with the next login */
static void test_login(void **state)
{
	struct bed *bed = *state;

	serve(bed);
	assert_int_equal(login_status(bed), 0);
	put(bed->deny, TARGET_NAME " 192.0.2.0/24\n");
	assert_int_equal(login_status(bed), ISCSI_LOGIN_NOT_FOUND);
	assert_non_null(strstr(fake_messages, "access rules refuse"));
	put(bed->allow, "ALL 192.0.2.1\n");
	assert_int_equal(login_status(bed), 0);
	bed->fake->peer = "192.0.2.2";
	assert_int_equal(login_status(bed), ISCSI_LOGIN_NOT_FOUND);
	bed->fake->peer = "::ffff:192.0.2.1";
	assert_int_equal(login_status(bed), 0);
	put(bed->deny, "ALL 2001:db8::1\n");
	bed->fake->peer = "2001:db8::1";
	assert_int_equal(login_status(bed), ISCSI_LOGIN_NOT_FOUND);
	/* no session comes of a login that is refused */
	assert_int_equal(bed->fake->nsessions, 3);
}

static bool lists(struct client *c, const char *which, const char *target)
{
	char text[300];

	memset(&c->req, 0, sizeof(c->req));
	c->req.text_req.opcode = ISCSI_OP_TEXT_REQ | ISCSI_OPF_IMMEDIATE;
	c->req.text_req.flags = F_BIT;
	c->req.text_req.ttt = UINT32_MAX;
	client_send(c, text, sprintf(text, "SendTargets=%s", which) + 1);
	client_recv(c);
	sprintf(text, "TargetName=%s", target);
	return client_has(c, text);
}

/* an edit is in force with the next question, in the same session */
static void test_discovery(void **state)
{
	struct bed *bed = *state;
	struct client *c;

	serve(bed);
	c = client_new(bed->fake);
	client_login_full(c, true);
	assert_true(lists(c, "All", TARGET_NAME));
	put(bed->deny, TARGET_NAME " ALL\n");
	assert_false(lists(c, "All", TARGET_NAME));
	assert_true(lists(c, "All", "iqn.other"));
	assert_false(lists(c, TARGET_NAME, TARGET_NAME));
	put(bed->allow, TARGET_NAME " 192.0.2.1\n");
	assert_true(lists(c, TARGET_NAME, TARGET_NAME));
	client_free(c);
}

static void test_example(void **state)
{
	struct bed *bed = *state;

	access_init(&bed->access, TOOLS_DIR "/examples/initiators.allow",
		    TOOLS_DIR "/examples/initiators.deny");
	assert_int_equal(access_refresh(&bed->access), 0);
	assert_true(permits(bed, "iqn.a", "10.0.0.1"));
	assert_null(strstr(fake_messages, "is not"));
	assert_int_equal(bed->access.allow.error, 0);
	assert_int_equal(bed->access.deny.error, 0);
	assert_int_equal(bed->access.allow.nrules, 0);
	assert_int_equal(bed->access.deny.nrules, 0);
}

/* with the lines of the examples in force they do what they say */
static void test_example_lines(void **state)
{
	struct bed *bed = *state;

	put(bed->deny, "ALL ALL\n");
	put(bed->allow,
	    "iqn.2007-05.com.example:storage.disk1 192.0.2.11, 192.0.2.12\n"
	    "ALL 198.51.100.0/24, [2001:db8:1::]/64\n");
	assert_true(permits(bed, "iqn.2007-05.com.example:storage.disk1",
			    "192.0.2.12"));
	assert_false(permits(bed, "iqn.2007-05.com.example:storage.disk1",
			     "198.51.100.1"));
	assert_true(permits(bed, "iqn.2007-05.com.example:storage.disk2",
			    "2001:db8:1::7"));
	assert_int_equal(count("never used"), 0);
}

int main(void)
{
#define TEST(t) cmocka_unit_test_setup_teardown(t, begin, finish)
	const struct CMUnitTest tests[] = {
		TEST(test_cases),
		TEST(test_both),
		TEST(test_broken_allow),
		TEST(test_nul_byte),
		TEST(test_long_line),
		TEST(test_messages),
		TEST(test_same_stamp),
		TEST(test_cached),
		TEST(test_unreadable),
		TEST(test_permission),
		TEST(test_too_large),
		TEST(test_login),
		TEST(test_discovery),
		TEST(test_example),
		TEST(test_example_lines),
	};

	return cmocka_run_group_tests_name("access", tests, NULL, NULL);
}
