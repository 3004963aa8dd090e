// SPDX-License-Identifier: GPL-2.0
/*
 * Numbers, lines, the configuration file, and the manual page that describes
 * it.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "chapalg.h"
#include "conf.h"
#include "fake.h"
#include "strnum.h"

static void test_numbers(void **state)
{
	static const struct {
		const char *str;
		int ret;
		uint32_t val;
	} cases[] = {
		{ "10", 0, 10 }, { "0x10", 0, 16 }, { "010", 0, 8 },
		{ "0", -ERANGE, 0 }, { "1", 0, 1 }, { "100", 0, 100 },
		{ "101", -ERANGE, 0 }, { "0x65", -ERANGE, 0 },
		{ "", -EINVAL, 0 }, { "-1", -EINVAL, 0 }, { "+1", -EINVAL, 0 },
		{ " 1", -EINVAL, 0 }, { "1 ", -EINVAL, 0 },
		{ "08", -EINVAL, 0 }, { "0x", -EINVAL, 0 },
		{ "0xg", -EINVAL, 0 }, { "1a", -EINVAL, 0 },
		{ "18446744073709551617", -ERANGE, 0 },
		{ "101x", -EINVAL, 0 }, { "18446744073709551617 ", -EINVAL, 0 },
	};
	unsigned int i;
	uint64_t big;
	uint32_t val;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		val = 0;
		assert_int_equal(strnum_u32(cases[i].str, 1, 100, &val),
				 cases[i].ret);
		assert_int_equal(val, cases[i].val);
	}
	assert_int_equal(strnum_u64("18446744073709551615", UINT64_MAX, &big),
			 0);
	assert_true(big == UINT64_MAX);
	assert_int_equal(strnum_u64("18446744073709551616", UINT64_MAX, &big),
			 -ERANGE);
	assert_int_equal(strnum_text("010", &big), 0);
	assert_true(big == 10);
}

static int parse_len(const char *text, size_t len, struct config **conf)
{
	/* exactly the room that is promised, so that ASan sees overruns */
	char *buf = malloc(len + 1);
	int ret;

	assert_non_null(buf);
	memcpy(buf, text, len);
	*conf = NULL;
	ret = config_parse("t", buf, len, conf);
	free(buf);
	return ret;
}

static int parse(const char *text, struct config **conf)
{
	return parse_len(text, strlen(text), conf);
}

static int begin(void **state)
{
	*state = fake_new();
	return 0;
}

static int finish(void **state)
{
	fake_free(*state);
	return 0;
}

static void test_good(void **state)
{
	static const char text[] =
		"# a comment\n"
		"  # another\n"
		"\n"
		"PortalAddress 192.0.2.1\n"
		"PortalAddress 2001:db8::1\n"
		"PortalAddress [2001:db8:1:2:3:4:198.51.100.200]:3261\n"
		"TARGET iqn.2026-11.org.example:one\r\n"
		"\tAlias  some words\x20\n"
		"\tinitialr2t Yes\n"
		"\tImmediateData=No\n"
		"\tMaxBurstLength = 0x10000\n"
		"\tFirstBurstLength\t=8192\n"
		"\tHeaderDigest None,CRC32C\n"
		"\tDataDigest CRC32C , None\n"
		"\tQueuedCommands 128\n"
		"Target = iqn.2026-11.org.example:two\n"
		"Redirect 192.0.2.7 permanent\n"
		"Target iqn.2026-11.org.example:three\n"
		"Redirect 192.0.2.1 permanent\n"
		"Redirect = [2001:db8::7]:3261\n"
		"Target iqn.2026-11.org.example:four\n"
		"MaxSessions 4";	/* no newline at the end */
	const struct target *one, *two, *three, *four;
	const struct portal *portal;
	struct config *conf;

	(void)state;
	assert_int_equal(parse(text, &conf), 0);
	assert_int_equal(conf->ntargets, 4);
	one = config_target(conf, "iqn.2026-11.org.example:one");
	two = config_target(conf, "iqn.2026-11.org.example:two");
	assert_non_null(one);
	assert_non_null(two);
	assert_string_equal(one->alias, "some words");
	assert_int_equal(one->session[SP_INITIAL_R2T], 1);
	assert_int_equal(one->session[SP_IMMEDIATE_DATA], 0);
	assert_int_equal(one->session[SP_MAX_BURST], 65536);
	assert_int_equal(one->session[SP_FIRST_BURST], 8192);
	assert_int_equal(one->session[SP_HEADER_DIGEST], 3);
	assert_int_equal(one->session[SP_DATA_DIGEST], 3);
	assert_int_equal(one->target[TP_QUEUED_COMMANDS], 128);
	assert_string_equal(two->redirect->host, "192.0.2.7");
	assert_int_equal(two->redirect->port, 3260);
	assert_true(two->redirect_permanent);
	three = config_target(conf, "iqn.2026-11.org.example:three");
	assert_string_equal(three->redirect->host, "[2001:db8::7]");
	assert_int_equal(three->redirect->port, 3261);
	assert_false(three->redirect_permanent);
	four = config_target(conf, "iqn.2026-11.org.example:four");
	assert_null(four->redirect);
	assert_int_equal(four->target[TP_MAX_SESSIONS], 4);
	portal = STAILQ_FIRST(&conf->portals);
	assert_string_equal(portal->host, "192.0.2.1");
	assert_int_equal(portal->port, 0);
	portal = STAILQ_NEXT(portal, link);
	assert_string_equal(portal->host, "[2001:db8::1]");
	portal = STAILQ_NEXT(portal, link);
	assert_string_equal(portal->host, "[2001:db8:1:2:3:4:198.51.100.200]");
	assert_int_equal(portal->port, 3261);
	assert_string_equal(fake_messages, "");
	config_free(conf);
}

static void test_isns(void **state)
{
	static const struct {
		const char *text;
		const char *host;
		uint16_t port;
		bool access;
	} cases[] = {
		{ "iSNSServer isns.example.com\n", "isns.example.com", 3205,
		  false },
		{ "isnsserver 192.0.2.1:3206\niSNSAccessControl Yes\n",
		  "192.0.2.1", 3206, true },
		{ "iSNSAccessControl Yes\niSNSServer [2001:db8::1]:3206\n",
		  "2001:db8::1", 3206, true },
		{ "iSNSServer 2001:db8::1\niSNSAccessControl No\n",
		  "2001:db8::1", 3205, false },
		{ "iSNSAccessControl No\n", NULL, 0, false },
	};
	struct config *conf;
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(parse(cases[i].text, &conf), 0);
		if (cases[i].host)
			assert_string_equal(conf->isns_host, cases[i].host);
		else
			assert_null(conf->isns_host);
		assert_int_equal(conf->isns_port, cases[i].port);
		assert_int_equal(conf->isns_access, cases[i].access);
		config_free(conf);
	}
}

static void test_defaults(void **state)
{
	static const uint32_t session[SP_COUNT] = {
		0, 1, 1, 1048576, 1048576, 1048576, 65536, 0, 0, 32, 0, 0, 0,
		DIGEST_NONE, DIGEST_NONE, 0, 0, 2048, 2048,
	};
	static const uint32_t target[TP_COUNT] = { 32, 90, 30, 30, 0 };
	struct config *conf;

	(void)state;
	assert_int_equal(parse("Target iqn.a\n", &conf), 0);
	assert_memory_equal(STAILQ_FIRST(&conf->targets)->session, session,
			    sizeof(session));
	assert_memory_equal(STAILQ_FIRST(&conf->targets)->target, target,
			    sizeof(target));
	config_free(conf);
}

/* lines that the Enterprise Target's files have: a warning for each */
static void test_lun(void **state)
{
	static const char text[] =
		"Target iqn.a\n"
		"Lun 0 Path=/dev/x,Type=fileio\n"
		"\tlun 1 Path=/y , Type=blockio\n"
		"MaxSessions 4\n"
		"Lun\n"
		"Target iqn.a:b\n";
	static const char warning[] =
		" is ignored: LUNs belong to the kernel, see scstadmin\n";
	static const unsigned int lines[] = { 2, 3, 5 };
	char wanted[512] = "";
	struct config *conf;
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(lines); i++)
		sprintf(wanted + strlen(wanted), "t:%u: Lun%s", lines[i],
			warning);
	assert_int_equal(parse(text, &conf), 0);
	assert_string_equal(fake_messages, wanted);
	assert_int_equal(conf->ntargets, 2);
	assert_int_equal(config_target(conf, "iqn.a")->target[TP_MAX_SESSIONS],
			 4);
	config_free(conf);
}

#define TEN "0123456789"

/* what is wrong, and what is said about it */
static const struct {
	const char *text;
	const char *message;
} bad[] = {
	{ "Foo 1\n", "t:1: unknown key 'Foo'" },
	{ "Lun 0 Path=/x\nFoo 1\n", "t:2: unknown key 'Foo'" },
	{ "=x\n", "t:1: line begins with '='" },
	{ "Target\n", "t:1: Target: value is missing" },
	{ "Target iqn.a iqn.b\n", "t:1: Target: unexpected 'iqn.b'" },
	{ "Target iqn.a\nTarget iqn.a\n",
	  "t:2: Target: 'iqn.a' is defined twice" },
	{ "Target iqn.a\nTarget IQN.a\n",
	  "t:2: Target: 'IQN.a' is 'iqn.a' but for the case" },
	{ "Target iqn.a/b\n", "t:1: Target: 'iqn.a/b' is not an iSCSI name" },
	{ "Target iqn.a,b\n", "is not an iSCSI name" },
	{ "InitialR2T Yes\n", "t:1: InitialR2T belongs behind a Target line" },
	{ "Alias x\n", "t:1: Alias belongs behind a Target line" },
	{ "Target iqn.a\nInitialR2T yes\n",
	  "t:2: InitialR2T: 'yes' is neither Yes nor No" },
	{ "Target iqn.a\nInitialR2T\n", "t:2: InitialR2T: value is missing" },
	{ "Target iqn.a\nMaxBurstLength 511\n",
	  "t:2: MaxBurstLength: 511 is not within 512..1048576" },
	{ "Target iqn.a\nMaxBurstLength 1048577\n", "not within" },
	{ "Target iqn.a\nMaxBurstLength 1M\n",
	  "t:2: MaxBurstLength: '1M' is not a number" },
	{ "Target iqn.a\nMaxBurstLength 4096 8192\n", "unexpected '8192'" },
	{ "Target iqn.a\nMaxConnections 2\n", "not within 1..1" },
	{ "Target iqn.a\nErrorRecoveryLevel 1\n", "not within 0..0" },
	{ "Target iqn.a\nOFMarker Yes\n", "t:2: OFMarker: 'Yes' is not supp" },
	{ "Target iqn.a\nHeaderDigest MD5\n",
	  "t:2: HeaderDigest: 'MD5' is neither None nor CRC32C" },
	{ "Target iqn.a\nHeaderDigest None rubbish\n",
	  "t:2: HeaderDigest: 'None rubbish' is neither None nor CRC32C" },
	{ "Target iqn.a\nDataDigest None CRC32C\n",
	  "t:2: DataDigest: 'None CRC32C' is neither None nor CRC32C" },
	{ "Target iqn.a\nHeaderDigest\n", "t:2: HeaderDigest: value is miss" },
	{ "Target iqn.a\nQueuedCommands 0\n", "not within 1..2048" },
	{ "Redirect 192.0.2.1\n", "t:1: Redirect belongs behind a Target" },
	{ "Target iqn.a\nRedirect\n", "t:2: Redirect: value is missing" },
	{ "Target iqn.a\nRedirect 192.0.2.1:0\n", "'0' is not a port" },
	{ "Target iqn.a\nRedirect [::1\n", "'[::1' is not an address" },
	{ "Target iqn.a\nRedirect storage2.example.org\n",
	  "t:2: Redirect: 'storage2.example.org' is not a numeric address" },
	{ "Target iqn.a\nRedirect 192.0.2:3261\n", "not a numeric address" },
	{ "Target iqn.a\nRedirect a forever\n",
	  "t:2: Redirect: 'forever' is neither temporary nor permanent" },
	{ "Target iqn.a\nRedirect a temporary x\n", "is neither temporary" },
	{ "PortalAddress\n", "t:1: PortalAddress: value is missing" },
	{ "PortalAddress 1.2.3.4:0\n", "'0' is not a port" },
	{ "PortalAddress 1.2.3.4:99999\n", "'99999' is not a port" },
	{ "PortalAddress 1.2.3.4:\n", "is not an address" },
	{ "PortalAddress [::1\n", "is not an address" },
	{ "PortalAddress []:3260\n", "is not an address" },
	{ "PortalAddress [::1]x\n", "is not an address" },
	{ "PortalAddress [host]:3260\n", "is not an address" },
	{ "PortalAddress host]\n", "is not an address" },
	{ "PortalAddress a[::1]\n", "is not an address" },
	{ "PortalAddress 2001:db8::1::2\n", "is not an address" },
	{ "PortalAddress fe80::1%eth0\n", "is not an address" },
	{ "PortalAddress [fe80::1]:3260\n",
	  "t:1: PortalAddress: '[fe80::1]' is an address of one link" },
	{ "Target iqn.a\nRedirect febf::1 permanent\n",
	  "t:2: Redirect: 'febf::1' is an address of one link" },
	{ "PortalAddress a,b\n", "is not an address" },
	{ "PortalAddress :3260\n", "is not an address" },
	{ "IncomingUser\n", "t:1: IncomingUser: needs a name and a password" },
	{ "IncomingUser joe\n", "t:1: IncomingUser: needs a name and a pass" },
	{ "OutgoingUser joe\x20\n", "t:1: OutgoingUser: needs a name and a pass" },
	{ "IncomingUser joe first second\n",
	  "t:1: IncomingUser: unexpected text after the password\n" },
	{ "IncomingUser joe " TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN
	  TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN "123456\n",
	  "t:1: IncomingUser: name or password is malformed or longer" },
	{ "IncomingUser jo\033e secretsecret\n", "is malformed or longer" },
	{ "Target iqn.a\nIncomingUser joe secretsecret\n"
	  "IncomingUser joe othersecret2\n",
	  "t:3: IncomingUser: 'joe' is defined twice" },
	{ "CHAPAlgorithms\n", "t:1: CHAPAlgorithms: value is missing" },
	{ "CHAPAlgorithms MD5,SHA-2\n", "'SHA-2' is not an algorithm" },
	{ "CHAPAlgorithms MD5,\n", "'' is not an algorithm" },
	{ "CHAPAlgorithms MD5 SHA-256\n",
	  "t:1: CHAPAlgorithms: 'MD5 SHA-256' is not an algorithm" },
	{ "Target iqn.a\nCHAPAlgorithms MD5\n",
	  "t:2: CHAPAlgorithms belongs before the first Target" },
	{ "iSNSServer\n", "t:1: iSNSServer: value is missing" },
	{ "iSNSServer a b\n", "t:1: iSNSServer: unexpected 'b'" },
	{ "iSNSServer a:0\n", "t:1: iSNSServer: '0' is not a port" },
	{ "iSNSServer [a]\n", "t:1: iSNSServer: '[a]' is not an address" },
	{ "iSNSServer a\niSNSServer b\n", "t:2: iSNSServer is given twice" },
	{ "iSNSServer a\niSNSAccessControl yes\n",
	  "t:2: iSNSAccessControl: 'yes' is neither Yes nor No" },
	{ "iSNSAccessControl Yes\n",
	  "t: iSNSAccessControl is Yes, but there is no iSNSServer" },
	{ "Target iqn.a\niSNSAccessControl No\n",
	  "t:2: iSNSAccessControl belongs before the first Target" },
	{ "Target iqn.a\niSNSServer x\n",
	  "t:2: iSNSServer belongs before the first Target" },
};

static void test_bad(void **state)
{
	struct config *conf;
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		fake_messages_clear();
		assert_int_equal(parse(bad[i].text, &conf), -EINVAL);
		if (!strstr(fake_messages, bad[i].message))
			print_message("got '%s'\n", fake_messages);
		assert_non_null(strstr(fake_messages, bad[i].message));
	}
}

/* all are reported, but not what follows from a refused Target line */
static void test_all_errors(void **state)
{
	struct config *conf;
	char *pos;
	int n = 0;

	(void)state;
	assert_int_equal(parse("A 1\nB 2\nTarget iqn.a\nTarget iqn.a\n"
			       "InitialR2T Yes\nC 3\n", &conf), -EINVAL);
	for (pos = fake_messages; (pos = strchr(pos, '\n')); pos++)
		n++;
	assert_int_equal(n, 4);
	assert_non_null(strstr(fake_messages, "t:6: unknown key 'C'"));
}

static void test_long_line(void **state)
{
	struct config *conf;
	char *text = malloc(CONF_LINE_MAX + 64);

	(void)state;
	assert_non_null(text);
	memset(text, ' ', CONF_LINE_MAX + 64);
	memcpy(text, "Target iqn.a\nAlias ", 19);
	memset(text + 19, 'x', CONF_LINE_MAX - 6);
	/* exactly the limit, then one more */
	assert_int_equal(parse_len(text, 13 + CONF_LINE_MAX, &conf), 0);
	config_free(conf);
	text[13 + CONF_LINE_MAX] = 'x';
	assert_int_equal(parse_len(text, 14 + CONF_LINE_MAX, &conf), -EINVAL);
	assert_non_null(strstr(fake_messages, "t:2: line is longer"));
	free(text);
}

static void test_nul_byte(void **state)
{
	struct config *conf;

	(void)state;
	assert_int_equal(parse_len("Target iqn.a\nAlias a\0b\n", 23, &conf),
			 -EINVAL);
	assert_non_null(strstr(fake_messages, "t:2: line contains a NUL"));
}

static void test_long_name(void **state)
{
	char text[300] = "Target iqn.";
	struct config *conf;

	(void)state;
	memset(text + 11, 'x', 223 - 4);
	assert_int_equal(parse(text, &conf), 0);
	config_free(conf);
	text[11 + 223 - 4] = 'x';
	assert_int_equal(parse(text, &conf), -EINVAL);
}

static void test_odd_name(void **state)
{
	struct config *conf;

	(void)state;
	assert_int_equal(parse("Target storage\n", &conf), 0);
	assert_non_null(strstr(fake_messages, "t:1: 'storage' does not begin"));
	config_free(conf);
}

static void test_files(void **state)
{
	char path[] = "/tmp/scst-test-XXXXXX";
	struct config *conf;
	int fd;

	(void)state;
	assert_int_equal(config_load("/nonexistent/file", true, &conf), 0);
	assert_int_equal(conf->ntargets, 0);
	config_free(conf);
	assert_non_null(strstr(fake_messages, "does not exist: no targets"));
	assert_int_equal(config_load("/nonexistent/file", false, &conf),
			 -ENOENT);
	assert_true(config_load("/tmp", true, &conf) < 0);
	assert_non_null(strstr(fake_messages, "/tmp: "));
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "Target iqn.a\n", 13), 13);
	assert_int_equal(config_load(path, true, &conf), 0);
	assert_int_equal(conf->ntargets, 1);
	config_free(conf);
	close(fd);
	unlink(path);
}

static void test_accounts(void **state)
{
	const struct accounts *global, *target;
	struct config *conf;

	(void)state;
	assert_int_equal(parse("IncomingUser joe secretsecret1\n"
			       "IncomingUser = jim  secret#secret2\x20\n"
			       "outgoinguser me secretsecret3\n"
			       "Target iqn.a\n"
			       "IncomingUser joe secretsecret4\n"
			       "Target iqn.b\n", &conf), 0);
	assert_string_equal(fake_messages, "");
	global = &conf->accounts;
	assert_string_equal(account_find(global, ACCOUNT_INCOMING,
					 "joe")->secret, "secretsecret1");
	assert_string_equal(account_find(global, ACCOUNT_INCOMING,
					 "jim")->secret, "secret#secret2");
	assert_null(account_find(global, ACCOUNT_INCOMING, "me"));
	assert_null(account_find(global, ACCOUNT_INCOMING, "JOE"));
	assert_string_equal(account_outgoing(global)->name, "me");
	target = &config_target(conf, "iqn.a")->accounts;
	assert_string_equal(account_find(target, ACCOUNT_INCOMING,
					 "joe")->secret, "secretsecret4");
	assert_true(accounts_required(target));
	assert_null(account_outgoing(target));
	assert_false(accounts_any(&config_target(conf, "iqn.b")->accounts));

	assert_int_equal(account_remove(&conf->accounts, ACCOUNT_INCOMING,
					"me"), -ENOENT);
	assert_int_equal(account_remove(&conf->accounts, ACCOUNT_INCOMING,
					"joe"), 0);
	assert_int_equal(account_remove(&conf->accounts, ACCOUNT_OUTGOING,
					"me"), 0);
	assert_true(accounts_required(global));
	assert_int_equal(account_remove(&conf->accounts, ACCOUNT_INCOMING,
					"jim"), 0);
	assert_false(accounts_any(global));
	config_free(conf);
}

static void test_account_limits(void **state)
{
	char longest[ACCOUNT_NAME_MAX + 2];
	struct accounts accounts;

	(void)state;
	accounts_init(&accounts);
	memset(longest, 'x', sizeof(longest));
	longest[ACCOUNT_NAME_MAX + 1] = '\0';
	assert_int_equal(account_add(&accounts, ACCOUNT_INCOMING, longest,
				     "secret"), -EINVAL);
	assert_int_equal(account_add(&accounts, ACCOUNT_INCOMING, "a",
				     longest), -EINVAL);
	assert_int_equal(account_add(&accounts, ACCOUNT_INCOMING, "",
				     "secret"), -EINVAL);
	assert_int_equal(account_add(&accounts, ACCOUNT_INCOMING, "a", ""),
			 -EINVAL);
	longest[ACCOUNT_NAME_MAX] = '\0';
	assert_int_equal(account_add(&accounts, ACCOUNT_INCOMING, longest,
				     longest), 0);
	assert_int_equal(account_add(&accounts, ACCOUNT_INCOMING, longest,
				     "other"), -EEXIST);
	accounts_free(&accounts);
	assert_false(accounts_any(&accounts));
}

/* what is said about accounts that are accepted */
static void test_account_warnings(void **state)
{
	static const struct {
		const char *text;
		const char *message;
	} cases[] = {
		{ "IncomingUser joe secret\n",
		  "t:1: IncomingUser: the password should have at least 12" },
		{ "OutgoingUser a secretsecret1\nOutgoingUser b secretsecret2\n",
		  "t:2: OutgoingUser: 'b' replaces the one before" },
		{ "IncomingUser a secretsecret1\nOutgoingUser b secretsecret1\n",
		  "t:2: OutgoingUser: an initiator with the password of" },
		{ "OutgoingUser a secretsecret1\nIncomingUser b secretsecret1\n",
		  "t:2: IncomingUser: an initiator with the password of" },
	};
	struct config *conf;
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		fake_messages_clear();
		assert_int_equal(parse(cases[i].text, &conf), 0);
		assert_non_null(strstr(fake_messages, cases[i].message));
		assert_null(strstr(fake_messages, "secretsecret"));
		config_free(conf);
	}
}

static void test_chap_algs(void **state)
{
	struct config *conf;

	(void)state;
	assert_int_equal(parse("", &conf), 0);
	assert_int_equal(conf->chap_algs, CHAP_ALGS_ALL);
	config_free(conf);
	assert_int_equal(parse("CHAPAlgorithms SHA3-256, sha256\n", &conf), 0);
	assert_int_equal(conf->chap_algs, chap_alg_named("SHA3-256")->bit |
			 chap_alg_named("SHA-256")->bit);
	config_free(conf);
}

static void test_readable_secrets(void **state)
{
	static const char text[] = "Target iqn.a\nIncomingUser a secretsecret\n";
	char path[] = "/tmp/scst-test-XXXXXX";
	struct config *conf;
	int fd;

	(void)state;
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(config_load(path, true, &conf), 0);
	assert_string_equal(fake_messages, "");
	config_free(conf);
	assert_int_equal(fchmod(fd, 0644), 0);
	assert_int_equal(config_load(path, true, &conf), 0);
	assert_non_null(strstr(fake_messages, "everybody can read it"));
	config_free(conf);
	close(fd);
	unlink(path);
}

static void test_example(void **state)
{
	struct config *conf;

	(void)state;
	assert_int_equal(config_load(TOOLS_DIR "/examples/iscsi-scstd.conf",
				     true, &conf), 0);
	assert_true(conf->ntargets >= 1);
	assert_string_equal(fake_messages, "");
	config_free(conf);
}

static char *read_file(const char *path)
{
	FILE *file = fopen(path, "r");
	char *text = calloc(1, 65536);

	assert_non_null(file);
	assert_non_null(text);
	assert_true(fread(text, 1, 65535, file) > 0);
	fclose(file);
	return text;
}

static void default_text(const struct key_desc *key, char *buf, size_t len)
{
	if (key->type == KEY_BOOL)
		snprintf(buf, len, "%s", key->def ? "Yes" : "No");
	else if (key->type == KEY_DIGEST)
		snprintf(buf, len, "None");
	else
		snprintf(buf, len, "%u", key->def);
}

/* what the example shows in comments are the defaults, as it says */
static void test_example_defaults(void **state)
{
	char *text = read_file(TOOLS_DIR "/examples/iscsi-scstd.conf");
	const struct target *target;
	struct config *conf;
	char *pos;
	int i;

	(void)state;
	for (pos = text; (pos = strstr(pos, "\n\t#")) != NULL; pos += 3)
		if (pos[3] != ' ')
			pos[2] = ' ';
	assert_int_equal(parse(text, &conf), 0);
	target = STAILQ_FIRST(&conf->targets);
	assert_non_null(target->alias);
	for (i = 0; i < SP_COUNT; i++)
		assert_int_equal(target->session[i], key_session(i)->def);
	for (i = 0; i < TP_COUNT; i++)
		assert_int_equal(target->target[i], key_target(i)->def);
	config_free(conf);
	free(text);
}

/* the item of a number names its range, wherever its lines are broken */
static void check_range(const struct key_desc *key, const char *item,
			const char *end)
{
	char text[1024], range[64], *pos;

	assert_in_range(end - item, 1, sizeof(text) - 1);
	memcpy(text, item, end - item);
	text[end - item] = '\0';
	while ((pos = strchr(text, '\n')) != NULL)
		*pos = ' ';
	if (key->min == key->max)
		snprintf(range, sizeof(range), "nly %u ", key->min);
	else if (key->min)
		snprintf(range, sizeof(range), "%u to %u", key->min, key->max);
	else
		snprintf(range, sizeof(range), "to %u", key->max);
	if (!strstr(text, range))
		print_message("%s: manual has another range\n", key->name);
	assert_non_null(strstr(text, range));
}

/*
 * The manual page is written by hand; this keeps it honest: each key has an
 * item, ".It Ic Key ...", and the item names the range of a number, and the
 * default if there is one.
 */
static void test_manual(void **state)
{
	char *text = read_file(TOOLS_DIR "/man/iscsi-scstd.conf.5");
	char item[96], def[32], *pos, *end;
	unsigned int i;

	(void)state;
	for (i = 0; i < key_table_len; i++) {
		snprintf(item, sizeof(item), "\n.It Ic %s ",
			 key_table[i].name);
		pos = strstr(text, item);
		if (!pos)
			print_message("%s is not in the manual\n",
				      key_table[i].name);
		assert_non_null(pos);
		if (key_table[i].type > KEY_TARGET_NUM)
			continue;
		default_text(&key_table[i], def, sizeof(def));
		snprintf(item, sizeof(item), "Default: %s.", def);
		end = strstr(pos, "Default: ");
		assert_non_null(end);
		if (strncmp(end, item, strlen(item)))
			print_message("%s: manual has another default\n",
				      key_table[i].name);
		assert_memory_equal(end, item, strlen(item));
		if (key_table[i].type == KEY_NUM ||
		    key_table[i].type == KEY_TARGET_NUM)
			check_range(&key_table[i], pos, end);
	}
	free(text);
}

/* items of a key, or of all with an empty name, before the heading @end */
static unsigned int count_items(const char *text, const char *name,
				const char *end)
{
	const char *stop = strstr(text, end), *pos = text;
	unsigned int n = 0;
	char item[64];

	assert_non_null(stop);
	snprintf(item, sizeof(item), "\n.It Ic %s%s", name, *name ? " " : "");
	while ((pos = strstr(pos, item)) != NULL && pos++ < stop)
		n++;
	return n;
}

/*
 * Each key is where it may be used, once, and nothing else is there.  Target and
 * Lun end or ignore the scope of the global ones: they are with the targets.
 */
static void test_manual_items(void **state)
{
	char *text = read_file(TOOLS_DIR "/man/iscsi-scstd.conf.5");
	const char *targets = strstr(text, "\n.Ss Targets\n");
	unsigned int i, global = 0, target = 0, is_global, is_target;
	const struct key_desc *key;

	(void)state;
	assert_non_null(targets);
	for (i = 0; i < key_table_len; i++) {
		key = &key_table[i];
		is_target = !!(key->scope & SCOPE_TARGET);
		is_global = key->scope & SCOPE_GLOBAL &&
			    key->type != KEY_TARGET && key->type != KEY_IGNORED;
		global += is_global;
		target += is_target;
		if (count_items(text, key->name, "\n.Ss Targets\n") !=
		    is_global ||
		    count_items(targets, key->name, "\n.Sh FILES\n") !=
		    is_target)
			fail_msg("%s: not where it may be used", key->name);
	}
	/* and none that the daemon does not know */
	assert_int_equal(count_items(text, "", "\n.Ss Targets\n"), global);
	assert_int_equal(count_items(targets, "", "\n.Sh FILES\n"), target);
	free(text);
}

/* the algorithms that the item of CHAPAlgorithms names in its first sentence */
static void test_manual_algorithms(void **state)
{
	char *text = read_file(TOOLS_DIR "/man/iscsi-scstd.conf.5");
	char *pos = strstr(text, "\n.It Ic CHAPAlgorithms "), *end, *word;
	unsigned int n = 0;

	(void)state;
	assert_non_null(pos);
	pos = strstr(pos, ":\n") + 1;
	end = strstr(pos, "\nThe first");
	assert_non_null(end);
	*end = '\0';
	while ((pos = strstr(pos, "\n.Ar ")) != NULL) {
		pos += strlen("\n.Ar ");
		word = strndup(pos, strcspn(pos, "\n "));
		assert_non_null(word);
		if (!chap_alg_named(word))
			fail_msg("%s: there is no such algorithm", word);
		free(word);
		n++;
	}
	assert_int_equal(n, chap_algs_len);
	free(text);
}

int main(void)
{
#define TEST(t) cmocka_unit_test_setup_teardown(t, begin, finish)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		TEST(test_good),
		TEST(test_isns),
		TEST(test_defaults),
		TEST(test_lun),
		TEST(test_bad),
		TEST(test_all_errors),
		TEST(test_long_line),
		TEST(test_nul_byte),
		TEST(test_long_name),
		TEST(test_odd_name),
		TEST(test_files),
		TEST(test_accounts),
		TEST(test_account_limits),
		TEST(test_account_warnings),
		TEST(test_chap_algs),
		TEST(test_readable_secrets),
		TEST(test_example),
		TEST(test_example_defaults),
		TEST(test_manual),
		cmocka_unit_test(test_manual_items),
		cmocka_unit_test(test_manual_algorithms),
	};

	return cmocka_run_group_tests_name("conf", tests, NULL, NULL);
}
