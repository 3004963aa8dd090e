// SPDX-License-Identifier: GPL-2.0
/*
 * Login phase over a socket pair: stages, statuses, malformed PDUs, and the
 * hand-over to the kernel.
 */
#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fake.h"

struct bed {
	struct fake *fake;
	struct client *client;
};

static int setup(void **state)
{
	struct bed *bed = calloc(1, sizeof(*bed));

	assert_non_null(bed);
	bed->fake = fake_new();
	fake_config(bed->fake, "Target " TARGET_NAME "\nQueuedCommands 16\n");
	bed->client = client_new(bed->fake);
	*state = bed;
	return 0;
}

static int teardown(void **state)
{
	struct bed *bed = *state;

	client_free(bed->client);
	fake_free(bed->fake);
	free(bed);
	return 0;
}

static struct client *client_of(void **state)
{
	return ((struct bed *)*state)->client;
}

static struct fake *fake_of(void **state)
{
	return ((struct bed *)*state)->fake;
}

/* as open-iscsi does it: security, operational, full feature */
static void test_three_stages(void **state)
{
	struct client *c = client_of(state);
	struct fake *fake = fake_of(state);

	client_login(c, CSG(0) | T_TO(1),
		     TEXT(NORMAL_TEXT "\0InitiatorAlias=host\0AuthMethod=None"));
	client_status(c, 0);
	assert_int_equal(c->rsp.login_rsp.flags, CSG(0) | T_TO(1));
	assert_true(client_has(c, "AuthMethod=None"));
	assert_true(client_has(c, "TargetPortalGroupTag=1"));
	assert_int_equal(c->rsp.login_rsp.tsih, 0);
	assert_int_equal(be32toh(c->rsp.login_rsp.stat_sn), 1);
	assert_int_equal(be32toh(c->rsp.login_rsp.exp_cmd_sn), 0x100);

	client_login(c, CSG(1) | T_TO(3),
		     TEXT("HeaderDigest=None\0DataDigest=None\0"
			  "DefaultTime2Wait=2\0DefaultTime2Retain=0\0"
			  "IFMarker=No\0OFMarker=No\0ErrorRecoveryLevel=0\0"
			  "InitialR2T=No\0ImmediateData=Yes\0"
			  "MaxBurstLength=16776192\0FirstBurstLength=262144\0"
			  "MaxOutstandingR2T=1\0MaxConnections=1\0"
			  "DataPDUInOrder=Yes\0DataSequenceInOrder=Yes\0"
			  "MaxRecvDataSegmentLength=262144"));
	client_status(c, 0);
	assert_int_equal(c->rsp.login_rsp.flags, CSG(1) | T_TO(3));
	assert_int_equal(be16toh(c->rsp.login_rsp.tsih), 1);
	assert_int_equal(be32toh(c->rsp.login_rsp.stat_sn), 2);
	assert_int_equal(be32toh(c->rsp.login_rsp.exp_cmd_sn), 0x100);
	assert_int_equal(be32toh(c->rsp.login_rsp.max_cmd_sn), 0x10f);
	assert_true(client_has(c, "MaxRecvDataSegmentLength=1048576"));
	assert_true(client_has(c, "InitialR2T=No"));
	assert_true(client_has(c, "FirstBurstLength=65536"));
	assert_true(client_has(c, "MaxBurstLength=1048576"));

	assert_int_equal(fake->nsessions, 1);
	assert_int_equal(fake->sessions[0].tid, 1);
	assert_int_equal(fake->sessions[0].cid, 7);
	assert_int_equal(fake->sessions[0].tsih, 1);
	assert_int_equal(fake->sessions[0].exp_cmd_sn, 0x100);
	assert_int_equal(fake->sessions[0].stat_sn, 3);
	assert_memory_equal(fake->sessions[0].isid, c->req.login_req.isid, 6);
	assert_string_equal(fake->sessions[0].initiator, INITIATOR_NAME);
	assert_int_equal(fake->params[SP_INITIAL_R2T], 0);
	assert_int_equal(fake->params[SP_MAX_RECV_SEGMENT], 1 << 20);
	assert_int_equal(fake->params[SP_MAX_XMIT_SEGMENT], 262144);
	assert_int_equal(fake->params[SP_FIRST_BURST], 65536);
	assert_int_equal(fake->params[SP_TIME2WAIT], 2);
	/* the daemon is done with the connection, the kernel's copy lives */
	assert_int_equal(fake->ctx.nconns, 0);
	assert_int_equal(send(fake->sessions[0].sockfd, "x", 1, 0), 1);
}

static void test_without_security(void **state)
{
	struct client *c = client_of(state);

	client_login_full(c, false);
	assert_int_equal(fake_of(state)->nsessions, 1);
}

static void test_security_to_full_feature(void **state)
{
	struct client *c = client_of(state);
	struct fake *fake = fake_of(state);

	client_login(c, CSG(0) | T_TO(3),
		     TEXT(NORMAL_TEXT "\0AuthMethod=CHAP,None"));
	client_status(c, 0);
	assert_int_equal(c->rsp.login_rsp.flags, CSG(0) | T_TO(3));
	/* nothing was declared: the defaults are in force */
	assert_false(client_has(c, "MaxRecvDataSegmentLength=1048576"));
	assert_int_equal(fake->params[SP_MAX_RECV_SEGMENT], 8192);
	assert_int_equal(fake->params[SP_MAX_XMIT_SEGMENT], 8192);
	assert_int_equal(fake->params[SP_INITIAL_R2T], 1);
}

/* libiscsi with an account, where none is wanted */
static void test_names_again(void **state)
{
	struct client *c = client_of(state);

	client_login(c, CSG(0) | T_TO(1),
		     TEXT(NORMAL_TEXT
			  "\0InitiatorAlias=host\0AuthMethod=CHAP,None"));
	client_status(c, 0);
	client_login(c, CSG(1) | T_TO(3),
		     TEXT(NORMAL_TEXT "\0InitiatorAlias=host"));
	client_status(c, 0);
	assert_int_equal(fake_of(state)->nsessions, 1);
}

/* more than RFC 3722 allows, but initiators have such names */
static void test_odd_names(void **state)
{
	static const struct {
		const char *text;
		size_t len;
	} cases[] = {
		{ TEXT("InitiatorName=iqn.2026-11.org.example:UPPER_case\0"
		       "TargetName=" TARGET_NAME) },
		{ TEXT("InitiatorName=iqn.2026-11.org.example:h\xc3\xb6st\0"
		       "TargetName=" TARGET_NAME) },
	};
	struct client *c;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		c = client_new(fake_of(state));
		client_login(c, CSG(1) | T_TO(3), cases[i].text, cases[i].len);
		client_status(c, 0);
		client_free(c);
	}
	assert_int_equal(fake_of(state)->nsessions, ARRAY_SIZE(cases));
}

/* and not another name than the one that has been judged */
static void test_other_names_later(void **state)
{
	static const struct {
		const char *text;
		size_t len;
	} cases[] = {
		{ TEXT("InitiatorName=iqn.x") }, { TEXT("TargetName=iqn.x") },
		{ TEXT("SessionType=Discovery") }, { TEXT("InitiatorName=") },
	};
	struct client *c;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		c = client_new(fake_of(state));
		client_login(c, CSG(0) | T_TO(1),
			     TEXT(NORMAL_TEXT "\0AuthMethod=None"));
		client_status(c, 0);
		client_login(c, CSG(1) | T_TO(3), cases[i].text, cases[i].len);
		client_status(c, ISCSI_LOGIN_INITIATOR_ERR);
		client_free(c);
	}
}

static void test_without_transit(void **state)
{
	struct client *c = client_of(state);

	client_login(c, CSG(0), TEXT(NORMAL_TEXT "\0AuthMethod=None"));
	client_status(c, 0);
	assert_int_equal(c->rsp.login_rsp.flags, CSG(0));
	client_login(c, CSG(0) | T_TO(1), NULL, 0);
	client_status(c, 0);
	assert_int_equal(c->rsp.login_rsp.flags, CSG(0) | T_TO(1));
	client_login(c, CSG(1), NULL, 0);
	client_status(c, 0);
	client_login(c, CSG(1) | T_TO(3), NULL, 0);
	client_status(c, 0);
	assert_int_equal(be32toh(c->rsp.login_rsp.stat_sn), 4);
	assert_int_equal(fake_of(state)->nsessions, 1);
}

/* what follows the last login request is the kernel's */
static void test_reads_no_further(void **state)
{
	struct client *c = client_of(state);
	char buf[64];

	c->req.login_req.flags = CSG(1) | T_TO(3);
	client_send(c, TEXT(NORMAL_TEXT));
	client_raw(c, "first command", 13);
	client_recv(c);
	client_status(c, 0);
	assert_int_equal(fake_of(state)->nsessions, 1);
	assert_int_equal(recv(fake_of(state)->sessions[0].sockfd, buf,
			      sizeof(buf), MSG_DONTWAIT), 13);
	assert_memory_equal(buf, "first command", 13);
}

static void test_byte_by_byte(void **state)
{
	struct client *c = client_of(state);
	char pdu[ISCSI_BHS_LEN + 256] = { 0 };
	size_t i, len = sizeof(NORMAL_TEXT);

	c->req.login_req.flags = CSG(1) | T_TO(3);
	iscsi_dsl_put(c->req.bhs.dsl, len);
	memcpy(pdu, &c->req, ISCSI_BHS_LEN);
	memcpy(pdu + ISCSI_BHS_LEN, NORMAL_TEXT, len);
	for (i = 0; i < ISCSI_BHS_LEN + len + iscsi_pad(len); i++) {
		client_raw(c, pdu + i, 1);
		client_pump(c, 0);
	}
	client_recv(c);
	client_status(c, 0);
	assert_int_equal(fake_of(state)->nsessions, 1);
}

/* keys may be cut anywhere */
static void test_continued_request(void **state)
{
	struct client *c = client_of(state);

	client_login(c, CSG(1) | C_BIT, "InitiatorName=iqn.1993-08.org.", 30);
	client_status(c, 0);
	assert_int_equal(c->rsp.login_rsp.flags, CSG(1));
	assert_int_equal(c->len, 0);
	client_login(c, CSG(1) | C_BIT, "debian:01:abc\0TargetNa", 22);
	client_status(c, 0);
	client_login(c, CSG(1) | T_TO(3), TEXT("me=" TARGET_NAME));
	client_status(c, 0);
	assert_int_equal(fake_of(state)->nsessions, 1);
	assert_string_equal(fake_of(state)->sessions[0].initiator,
			    INITIATOR_NAME);
}

static void test_continued_request_bound(void **state)
{
	struct client *c = client_of(state);
	char block[8192];
	int i;

	memset(block, 'x', sizeof(block));
	for (i = 0; i < TEXT_IN_MAX / 8192; i++) {
		client_login(c, CSG(1) | C_BIT, block, sizeof(block));
		client_status(c, 0);
	}
	client_login(c, CSG(1) | C_BIT, block, sizeof(block));
	client_status(c, ISCSI_LOGIN_INITIATOR_ERR);
}

/* an answer longer than 8192 bytes takes several responses */
static void test_continued_response(void **state)
{
	struct client *c = client_of(state);
	char text[8192] = NORMAL_TEXT;
	size_t total = 0, len = sizeof(NORMAL_TEXT);
	int i;

	for (i = 0; i < 900; i++)
		len += sprintf(text + len, "X-%03d=1", i) + 1;
	client_login(c, CSG(1) | T_TO(3), text, len);
	for (i = 0; c->rsp.login_rsp.flags & C_BIT; i++) {
		assert_int_equal(c->rsp.login_rsp.flags, CSG(1) | C_BIT);
		assert_int_equal(c->len, 8192);
		assert_int_equal(fake_of(state)->nsessions, 0);
		total += c->len;
		client_login(c, CSG(1) | T_TO(3), NULL, 0);
		client_status(c, 0);
	}
	assert_int_equal(i, 2);
	total += c->len;
	assert_int_equal(total, 900 * strlen("X-000=NotUnderstood+") +
			 sizeof("TargetPortalGroupTag=1") +
			 sizeof("MaxRecvDataSegmentLength=1048576"));
	assert_int_equal(c->rsp.login_rsp.flags, CSG(1) | T_TO(3));
	assert_int_equal(fake_of(state)->nsessions, 1);
}

static void test_data_during_continued_response(void **state)
{
	struct client *c = client_of(state);
	char text[8192] = NORMAL_TEXT;
	size_t len = sizeof(NORMAL_TEXT);
	int i;

	for (i = 0; i < 900; i++)
		len += sprintf(text + len, "X-%03d=1", i) + 1;
	client_login(c, CSG(1), text, len);
	assert_int_equal(c->rsp.login_rsp.flags, CSG(1) | C_BIT);
	client_login(c, CSG(1), TEXT("ImmediateData=Yes"));
	client_status(c, ISCSI_LOGIN_INITIATOR_ERR);
}

/* a key has no more than 63 bytes (RFC 7143 6.1) */
#define LONG_KEY "X-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

/* requests that are answered with a status at once */
static const struct {
	const char *what;
	uint8_t flags;
	const char *text;
	size_t len;
	int status;
} refusals[] = {
	{ "no name", CSG(1) | T_TO(3), TEXT("TargetName=" TARGET_NAME),
	  ISCSI_LOGIN_MISSING_PARAM },
	{ "no text", CSG(1) | T_TO(3), NULL, 0, ISCSI_LOGIN_MISSING_PARAM },
	{ "no target", CSG(1) | T_TO(3), TEXT("InitiatorName=iqn.x"),
	  ISCSI_LOGIN_MISSING_PARAM },
	{ "unknown target", CSG(1) | T_TO(3),
	  TEXT("InitiatorName=iqn.x\0TargetName=iqn.2026-11.org.example:no"),
	  ISCSI_LOGIN_NOT_FOUND },
	{ "other case", CSG(1) | T_TO(3),
	  TEXT("InitiatorName=iqn.x\0TargetName=IQN.2026-11.org.example:disk"),
	  ISCSI_LOGIN_NOT_FOUND },
	{ "target name with a blank", CSG(1) | T_TO(3),
	  TEXT("InitiatorName=iqn.x\0TargetName=a b"), ISCSI_LOGIN_NOT_FOUND },
	{ "session type", CSG(1) | T_TO(3),
	  TEXT(NORMAL_TEXT "x"), ISCSI_LOGIN_BAD_TYPE },
	{ "empty name", CSG(1) | T_TO(3),
	  TEXT("InitiatorName=\0TargetName=" TARGET_NAME),
	  ISCSI_LOGIN_INITIATOR_ERR },
	{ "name with a blank", CSG(1) | T_TO(3),
	  TEXT("InitiatorName=iqn x\0TargetName=" TARGET_NAME),
	  ISCSI_LOGIN_INITIATOR_ERR },
	{ "name with a C1 control", CSG(1) | T_TO(3),
	  TEXT("InitiatorName=iqn\xc2\x9bm\0TargetName=" TARGET_NAME),
	  ISCSI_LOGIN_INITIATOR_ERR },
	/* security groups would take it for joe, who has proved who he is */
	{ "name of an account", CSG(1) | T_TO(3),
	  TEXT("InitiatorName=joe@iqn.x\0TargetName=" TARGET_NAME),
	  ISCSI_LOGIN_INITIATOR_ERR },
	{ "name with a slash", CSG(1) | T_TO(3),
	  TEXT("InitiatorName=iqn.x/y\0TargetName=" TARGET_NAME),
	  ISCSI_LOGIN_INITIATOR_ERR },
	{ "name of an account, discovery", CSG(1) | T_TO(3),
	  TEXT("InitiatorName=joe@iqn.x\0SessionType=Discovery"),
	  ISCSI_LOGIN_INITIATOR_ERR },
	{ "CHAP only", CSG(0) | T_TO(1), TEXT(NORMAL_TEXT "\0AuthMethod=CHAP"),
	  ISCSI_LOGIN_AUTH_FAILED },
	{ "odd methods", CSG(0) | T_TO(1),
	  TEXT(NORMAL_TEXT "\0AuthMethod=,None ,none,"),
	  ISCSI_LOGIN_AUTH_FAILED },
	{ "key twice", CSG(1) | T_TO(3),
	  TEXT(NORMAL_TEXT "\0InitiatorName=iqn.x"),
	  ISCSI_LOGIN_INITIATOR_ERR },
	{ "no '='", CSG(1) | T_TO(3), TEXT(NORMAL_TEXT "\0ImmediateData"),
	  ISCSI_LOGIN_INITIATOR_ERR },
	{ "no key", CSG(1) | T_TO(3), TEXT(NORMAL_TEXT "\0=Yes"),
	  ISCSI_LOGIN_INITIATOR_ERR },
	{ "long key", CSG(1) | T_TO(3),
	  TEXT(NORMAL_TEXT "\0" LONG_KEY "=1"), ISCSI_LOGIN_INITIATOR_ERR },
	{ "no NUL", CSG(1) | T_TO(3), NORMAL_TEXT, sizeof(NORMAL_TEXT) - 1,
	  ISCSI_LOGIN_INITIATOR_ERR },
	{ "segment length", CSG(1) | T_TO(3),
	  TEXT(NORMAL_TEXT "\0MaxRecvDataSegmentLength=1"),
	  ISCSI_LOGIN_INITIATOR_ERR },
	{ "stage 2", CSG(2), TEXT(NORMAL_TEXT), ISCSI_LOGIN_INITIATOR_ERR },
	{ "stage 3", CSG(3), TEXT(NORMAL_TEXT), ISCSI_LOGIN_INITIATOR_ERR },
	{ "to the same stage", CSG(1) | T_TO(1), TEXT(NORMAL_TEXT),
	  ISCSI_LOGIN_INITIATOR_ERR },
	{ "back", CSG(1) | T_TO(0), TEXT(NORMAL_TEXT),
	  ISCSI_LOGIN_INITIATOR_ERR },
	{ "to stage 2", CSG(0) | T_TO(2), TEXT(NORMAL_TEXT),
	  ISCSI_LOGIN_INITIATOR_ERR },
	{ "T and C", CSG(1) | T_TO(3) | C_BIT, TEXT(NORMAL_TEXT),
	  ISCSI_LOGIN_INITIATOR_ERR },
};

static void test_refusals(void **state)
{
	struct fake *fake = fake_of(state);
	struct client *c;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(refusals); i++) {
		c = client_new(fake);
		client_login(c, refusals[i].flags, refusals[i].text,
			     refusals[i].len);
		if ((c->rsp.login_rsp.status_class << 8 |
		     c->rsp.login_rsp.status_detail) != refusals[i].status)
			print_message("case '%s'\n", refusals[i].what);
		client_status(c, refusals[i].status);
		client_free(c);
	}
	assert_int_equal(fake->nsessions, 0);
}

static void test_name_lengths(void **state)
{
	struct client *c = client_of(state);
	char text[1024] = "InitiatorName=";
	size_t len;

	memset(text + 14, 'i', 223);
	len = 14 + 223 + 1;
	memcpy(text + len, TEXT("TargetName=" TARGET_NAME));
	client_login(c, CSG(1) | T_TO(3), text,
		     len + sizeof("TargetName=" TARGET_NAME));
	client_status(c, 0);
	assert_int_equal(strlen(fake_of(state)->sessions[0].initiator), 223);
}

static void test_name_too_long(void **state)
{
	struct client *c = client_of(state);
	char text[1024] = "InitiatorName=";

	memset(text + 14, 'i', 224);
	client_login(c, CSG(1) | T_TO(3), text, 14 + 224 + 1);
	client_status(c, ISCSI_LOGIN_INITIATOR_ERR);
}

/* 8192 bytes without a terminator, and a single key of that size */
static void test_full_segment(void **state)
{
	struct client *c = client_of(state);
	char text[8192];

	memset(text, 'A', sizeof(text));
	client_login(c, CSG(1) | T_TO(3), text, sizeof(text));
	client_status(c, ISCSI_LOGIN_INITIATOR_ERR);
}

static void test_long_unknown_value(void **state)
{
	struct client *c = client_of(state);
	char text[8192] = NORMAL_TEXT "\0X-long=";
	size_t pos = sizeof(NORMAL_TEXT "\0X-long=") - 1;

	memset(text + pos, 'v', sizeof(text) - pos - 1);
	text[8191] = '\0';
	client_login(c, CSG(1) | T_TO(3), text, sizeof(text));
	client_status(c, 0);
	assert_true(client_has(c, "X-long=NotUnderstood"));
}

static void test_too_many_keys(void **state)
{
	struct client *c = client_of(state);
	char text[8190];
	size_t i;

	for (i = 0; i < sizeof(text); i++)
		text[i] = "A=\0"[i % 3];
	client_login(c, CSG(1) | T_TO(3), text, sizeof(text));
	client_status(c, ISCSI_LOGIN_INITIATOR_ERR);
}

static void test_oversized_segment(void **state)
{
	struct client *c = client_of(state);

	c->req.login_req.flags = CSG(1) | T_TO(3);
	iscsi_dsl_put(c->req.bhs.dsl, 8193);
	client_raw(c, &c->req, ISCSI_BHS_LEN);
	/* judged by the header alone */
	client_recv(c);
	client_status(c, ISCSI_LOGIN_INITIATOR_ERR);
}

static void test_ahs(void **state)
{
	struct client *c = client_of(state);

	c->req.login_req.ahs_len = 1;
	client_login(c, CSG(1) | T_TO(3), TEXT(NORMAL_TEXT));
	client_status(c, ISCSI_LOGIN_INITIATOR_ERR);
}

static void test_version(void **state)
{
	struct client *c = client_of(state);

	c->req.login_req.version_min = 1;
	c->req.login_req.version_max = 1;
	client_login(c, CSG(1) | T_TO(3), TEXT(NORMAL_TEXT));
	client_status(c, ISCSI_LOGIN_BAD_VERSION);
	client_free(c);

	c = client_new(fake_of(state));
	((struct bed *)*state)->client = c;
	c->req.login_req.version_max = 5;
	client_login_full(c, false);
	assert_int_equal(c->rsp.login_rsp.version_active, 0);
}

/* RFC 7143 6.3: no answer to what comes before the login .. */
static void test_other_pdu_first(void **state)
{
	struct client *c = client_of(state);

	c->req.bhs.opcode = ISCSI_OP_NOP_OUT | ISCSI_OPF_IMMEDIATE;
	client_send(c, NULL, 0);
	client_eof(c);
}

/* .. and a status to what comes within it */
static void test_other_pdu_later(void **state)
{
	struct client *c = client_of(state);

	client_login(c, CSG(0), TEXT(NORMAL_TEXT));
	client_status(c, 0);
	c->req.bhs.opcode = ISCSI_OP_SCSI_CMD;
	client_send(c, NULL, 0);
	client_recv(c);
	assert_int_equal(c->rsp.bhs.opcode, ISCSI_OP_LOGIN_RSP);
	client_status(c, ISCSI_LOGIN_INVALID);
}

static void test_garbage(void **state)
{
	struct client *c = client_of(state);

	client_raw(c, "GET / HTTP/1.1\r\nHost: example.org\r\n"
		   "Connection: close\r\n\r\n", 56);
	client_eof(c);
}

static void test_identity_changes(void **state)
{
	struct fake *fake = fake_of(state);
	struct client *c;
	int i;

	for (i = 0; i < 4; i++) {
		c = client_new(fake);
		client_login(c, CSG(0), TEXT(NORMAL_TEXT));
		client_status(c, 0);
		if (i == 0)
			c->req.login_req.isid[5] ^= 1;
		if (i == 1)
			c->req.login_req.cid ^= htobe16(1);
		if (i == 2)
			c->req.login_req.tsih = htobe16(1);
		/* and a stage that is not the current one */
		client_login(c, (i == 3 ? CSG(1) : CSG(0)), NULL, 0);
		client_status(c, ISCSI_LOGIN_INITIATOR_ERR);
		client_free(c);
	}
}

static void test_tsih(void **state)
{
	struct fake *fake = fake_of(state);
	struct client *c = client_of(state);
	uint16_t tsih;

	client_login_full(c, false);
	tsih = c->rsp.login_rsp.tsih;
	client_free(c);

	/* a second connection of the session that exists */
	c = client_new(fake);
	c->req.login_req.tsih = tsih;
	client_login(c, CSG(1) | T_TO(3), TEXT(NORMAL_TEXT));
	client_status(c, ISCSI_LOGIN_TOO_MANY);
	client_free(c);

	/* one that does not exist */
	c = client_new(fake);
	c->req.login_req.tsih = tsih ^ htobe16(0x10);
	client_login(c, CSG(1) | T_TO(3), TEXT(NORMAL_TEXT));
	client_status(c, ISCSI_LOGIN_NO_SESSION);
	client_free(c);

	/* one that has ended */
	fake_close_session(fake, 0);
	c = client_new(fake);
	c->req.login_req.tsih = tsih;
	client_login(c, CSG(1) | T_TO(3), TEXT(NORMAL_TEXT));
	client_status(c, ISCSI_LOGIN_NO_SESSION);
	client_free(c);

	/* discovery sessions are never continued */
	c = client_new(fake);
	((struct bed *)*state)->client = c;
	c->req.login_req.tsih = tsih;
	client_login(c, CSG(1) | T_TO(3), TEXT(DISCOVERY_TEXT));
	client_status(c, ISCSI_LOGIN_NO_SESSION);
}

/* who has not said who he is does not learn which sessions there are */
static void test_tsih_first(void **state)
{
	struct fake *fake = fake_of(state);
	struct client *c = client_of(state);
	uint16_t tsih;
	int i;

	client_login_full(c, false);
	tsih = c->rsp.login_rsp.tsih;
	fake_config(fake, "Target " TARGET_NAME "\n"
		    "IncomingUser joe twelve-bytes\n");
	for (i = 0; i < 2; i++) {
		c = client_new(fake);
		c->req.login_req.tsih = i ? tsih ^ htobe16(0x10) : tsih;
		client_login(c, CSG(0),
			     TEXT(NORMAL_TEXT "\0AuthMethod=CHAP"));
		client_status(c, 0);
		client_login(c, CSG(0), TEXT("CHAP_A=5"));
		client_status(c, 0);
		client_login(c, CSG(0) | T_TO(1),
			     TEXT("CHAP_N=joe\0CHAP_R=0x00112233445566778899aabbccddeeff"));
		client_status(c, ISCSI_LOGIN_AUTH_FAILED);
		client_free(c);
	}
}

static const struct {
	int error;
	int status;
} kernel_errors[] = {
	{ -ENOENT, ISCSI_LOGIN_NOT_FOUND },
	{ -ENOSPC, ISCSI_LOGIN_NO_RESOURCES },
	{ -ENOMEM, ISCSI_LOGIN_NO_RESOURCES },
	{ -EPERM, ISCSI_LOGIN_FORBIDDEN },
	{ -EINVAL, ISCSI_LOGIN_TARGET_ERR },
	{ -ETIMEDOUT, ISCSI_LOGIN_TARGET_ERR },
};

static void test_kernel_errors(void **state)
{
	struct fake *fake = fake_of(state);
	struct client *c;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(kernel_errors); i++) {
		c = client_new(fake);
		fake->results[0] = kernel_errors[i].error;
		fake->nresults = 1;
		client_login(c, CSG(1) | T_TO(3), TEXT(NORMAL_TEXT));
		client_status(c, kernel_errors[i].status);
		client_free(c);
	}
	assert_int_equal(fake->nsessions, 0);
}

static void test_tsih_taken(void **state)
{
	struct fake *fake = fake_of(state);
	struct client *c = client_of(state);

	fake->results[0] = -EADDRINUSE;
	fake->results[1] = -EADDRINUSE;
	fake->nresults = 2;
	client_login_full(c, false);
	assert_int_equal(be16toh(c->rsp.login_rsp.tsih), 3);
}

static void wait_for_state(struct client *c, enum conn_state state)
{
	struct conn *conn;
	int i;

	for (i = 0; i < 100; i++) {
		conn = LIST_FIRST(&c->fake->ctx.conns);
		if (conn && conn->state == state)
			return;
		client_pump(c, 10);
	}
	fail();
}

static void start_reinstatement(struct client *c)
{
	c->fake->results[0] = -EEXIST;
	c->fake->nresults = 1;
	c->req.login_req.flags = CSG(1) | T_TO(3);
	client_send(c, TEXT(NORMAL_TEXT));
	wait_for_state(c, CONN_REINSTATE);
}

/* the event lets the new session in at once */
static void test_reinstatement_event(void **state)
{
	struct fake *fake = fake_of(state);
	struct client *old = client_of(state);
	struct client *c = client_new(fake);
	uint64_t begin;

	client_login_full(old, false);
	start_reinstatement(c);
	begin = ev_now();
	fake_close_session(fake, 0);
	client_recv(c);
	client_status(c, 0);
	assert_true(ev_now() - begin < 400);
	assert_int_equal(fake->nsessions, 1);
	client_free(c);
}

/* the end of another session is none of its business */
static void test_reinstatement_other(void **state)
{
	struct kern_session other = { .tid = 1, .sid = 4711, .tsih = 99 };
	struct fake *fake = fake_of(state);
	struct client *c = client_of(state);
	struct conn *conn;
	uint64_t when;

	fake->results[0] = -EEXIST;
	fake->nresults = 1;
	c->req.login_req.flags = CSG(1) | T_TO(3);
	client_send(c, TEXT(NORMAL_TEXT));
	wait_for_state(c, CONN_REINSTATE);
	conn = LIST_FIRST(&fake->ctx.conns);
	when = conn->retry.when;
	strcpy(other.initiator, "iqn.x");
	memcpy(other.isid, conn->session.isid, sizeof(other.isid));
	session_closed(&fake->ctx, &other);
	assert_true(conn->retry.when == when);
	strcpy(other.initiator, INITIATOR_NAME);
	session_closed(&fake->ctx, &other);
	client_recv(c);
	client_status(c, 0);
}

/* of two logins of an initiator port only the newer one goes on */
static void test_reinstatement_twice(void **state)
{
	struct fake *fake = fake_of(state);
	struct client *old = client_of(state);
	struct client *c, *other;

	start_reinstatement(old);
	/* another port is none of its business */
	other = client_new(fake);
	other->req.login_req.isid[5]++;
	client_login_full(other, false);
	wait_for_state(old, CONN_REINSTATE);
	c = client_new(fake);
	client_login_full(c, false);
	client_eof(old);
	assert_int_equal(fake->nsessions, 2);
	assert_int_equal(fake->ctx.nconns, 0);
	client_free(other);
	client_free(c);
}

/* without an event there is a retry */
static void test_reinstatement_retry(void **state)
{
	struct client *c = client_of(state);

	start_reinstatement(c);
	client_recv(c);
	client_status(c, 0);
	assert_int_equal(fake_of(state)->nsessions, 1);
}

static void test_reinstatement_deadline(void **state)
{
	struct fake *fake = fake_of(state);
	struct client *c = client_of(state);
	struct conn *conn;

	start_reinstatement(c);
	conn = LIST_FIRST(&fake->ctx.conns);
	ev_timer_cancel(&fake->ctx.loop, &conn->retry);
	ev_timer_set(&fake->ctx.loop, &conn->deadline, 1);
	client_recv(c);
	client_status(c, ISCSI_LOGIN_UNAVAILABLE);
}

static void test_reinstatement_peer_gone(void **state)
{
	struct fake *fake = fake_of(state);
	struct client *c = client_of(state);
	int i;

	start_reinstatement(c);
	shutdown(c->fd, SHUT_RDWR);
	for (i = 0; i < 100 && fake->ctx.nconns; i++)
		client_pump(c, 10);
	assert_int_equal(fake->ctx.nconns, 0);
	assert_int_equal(fake->nsessions, 0);
}

/* the initiator never sees the response: the session has to go again */
static void test_lost_at_handover(void **state)
{
	struct fake *fake = fake_of(state);
	struct client *c = client_of(state);
	int i;

	c->req.login_req.flags = CSG(1) | T_TO(3);
	client_send(c, TEXT(NORMAL_TEXT));
	shutdown(c->fd, SHUT_RDWR);
	for (i = 0; i < 100 && fake->ctx.nconns; i++)
		client_pump(c, 10);
	assert_int_equal(fake->ctx.nconns, 0);
	assert_int_equal(fake->nsessions, fake->ndeleted);
}

static void test_login_deadline(void **state)
{
	struct fake *fake = fake_of(state);
	struct client *c = client_of(state);
	struct conn *conn = LIST_FIRST(&fake->ctx.conns);

	assert_true(conn->deadline.armed);
	assert_true(conn->deadline.when <= ev_now() + LOGIN_TIMEOUT_MS);
	client_login(c, CSG(0), TEXT(NORMAL_TEXT));
	client_status(c, 0);
	/* progress does not prolong it */
	assert_true(conn->deadline.when <= ev_now() + LOGIN_TIMEOUT_MS);
	ev_timer_set(&fake->ctx.loop, &conn->deadline, 1);
	client_eof(c);
	assert_non_null(strstr(fake_messages, "login timed out"));
}

static void test_disconnects(void **state)
{
	struct fake *fake = fake_of(state);
	char pdu[ISCSI_BHS_LEN + 256] = { 0 };
	size_t cut, len = ISCSI_BHS_LEN + sizeof(NORMAL_TEXT);
	struct client *c;
	int i;

	for (cut = 0; cut < len; cut += 7) {
		c = client_new(fake);
		c->req.login_req.flags = CSG(0);
		iscsi_dsl_put(c->req.bhs.dsl, sizeof(NORMAL_TEXT));
		memcpy(pdu, &c->req, ISCSI_BHS_LEN);
		memcpy(pdu + ISCSI_BHS_LEN, TEXT(NORMAL_TEXT));
		client_raw(c, pdu, cut);
		shutdown(c->fd, SHUT_WR);
		for (i = 0; i < 100 && fake->ctx.nconns > 1; i++)
			client_pump(c, 10);
		assert_int_equal(fake->ctx.nconns, 1);
		client_free(c);
	}
}

/* a peer that reads nothing makes us buffer one response, no more */
static void test_peer_floods(void **state)
{
	struct client *c = client_of(state);
	ssize_t n;
	int i;

	c->req.login_req.flags = CSG(1) | C_BIT;
	iscsi_dsl_put(c->req.bhs.dsl, 0);
	for (i = 0; i < 20000; i++) {
		n = send(c->fd, &c->req, ISCSI_BHS_LEN,
			 MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n != ISCSI_BHS_LEN)
			break;
		client_pump(c, 0);
	}
	assert_true(i < 20000);
}

static void test_log_is_limited(void **state)
{
	struct fake *fake = fake_of(state);
	struct client *c;
	char *pos;
	int i, n = 0;

	for (i = 0; i < 100; i++) {
		c = client_new(fake);
		client_login(c, CSG(1) | T_TO(3), NULL, 0);
		client_status(c, ISCSI_LOGIN_MISSING_PARAM);
		client_free(c);
	}
	for (pos = fake_messages; (pos = strstr(pos, "refused")); pos++)
		n++;
	assert_true(n > 0 && n <= 20);
	/* who is let in is not hidden by those who are not */
	client_login_full(client_of(state), false);
	assert_non_null(strstr(fake_messages, "established"));
}

/* the answer to the first request, and what it says */
static void expect_redirect(struct client *c, int status, const char *address)
{
	client_login(c, CSG(1) | T_TO(3), TEXT(NORMAL_TEXT));
	assert_int_equal(c->rsp.login_rsp.status_class << 8 |
			 c->rsp.login_rsp.status_detail, status);
	/* RFC 7143 11.13: no transition, and 13.8: nothing but the address */
	assert_int_equal(c->rsp.login_rsp.flags & 0xc0, 0);
	assert_int_equal(c->rsp.login_rsp.tsih, 0);
	assert_int_equal(c->len, strlen(address) + 1);
	assert_string_equal(c->data, address);
	client_eof(c);
	assert_int_equal(c->fake->nsessions, 0);
}

static void test_redirect_temporary(void **state)
{
	fake_config(fake_of(state), "Target " TARGET_NAME "\n"
		    "Redirect 192.0.2.7\n");
	expect_redirect(client_of(state), ISCSI_LOGIN_MOVED_TEMP,
			"TargetAddress=192.0.2.7:3260");
}

static void test_redirect_permanent(void **state)
{
	fake_config(fake_of(state), "Target " TARGET_NAME "\n"
		    "Redirect 2001:db8::7 permanent\n");
	expect_redirect(client_of(state), ISCSI_LOGIN_MOVED_PERM,
			"TargetAddress=[2001:db8::7]:3260");
}

/* it is another target's, and discovery has none */
static void test_redirect_others(void **state)
{
	struct fake *fake = fake_of(state);
	struct client *c;

	fake_config(fake, "Target iqn.a\nRedirect 192.0.2.7\nTarget "
		    TARGET_NAME "\n");
	c = client_new(fake);
	client_login_full(c, true);
	client_free(c);
	client_login_full(client_of(state), false);
}

/* who comes by the address itself has arrived */
static void test_redirect_here(void **state)
{
	struct fake *fake = fake_of(state);
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);
	struct client *c;
	char text[256];

	fake->ctx.opt.addresses[fake->ctx.opt.naddresses++] = "127.0.0.1";
	fake->ctx.opt.port = 0;
	assert_int_equal(listen_open(&fake->ctx), 0);
	snprintf(text, sizeof(text), "Target %s\nRedirect 127.0.0.1:%u\n",
		 TARGET_NAME, fake->ctx.listeners[0].addr.port);
	fake_config(fake, text);
	assert_int_equal(getsockname(fake->ctx.listeners[0].io.fd,
				     (struct sockaddr *)&ss, &len), 0);
	c = client_new(fake);
	close(c->fd);
	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(c->fd, (struct sockaddr *)&ss, len), 0);
	client_login_full(c, false);
	client_free(c);
}

int main(void)
{
#define TEST(t) cmocka_unit_test_setup_teardown(t, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_three_stages),
		TEST(test_without_security),
		TEST(test_security_to_full_feature),
		TEST(test_names_again),
		TEST(test_odd_names),
		TEST(test_other_names_later),
		TEST(test_without_transit),
		TEST(test_reads_no_further),
		TEST(test_byte_by_byte),
		TEST(test_continued_request),
		TEST(test_continued_request_bound),
		TEST(test_continued_response),
		TEST(test_data_during_continued_response),
		TEST(test_refusals),
		TEST(test_name_lengths),
		TEST(test_name_too_long),
		TEST(test_full_segment),
		TEST(test_long_unknown_value),
		TEST(test_too_many_keys),
		TEST(test_oversized_segment),
		TEST(test_ahs),
		TEST(test_version),
		TEST(test_other_pdu_first),
		TEST(test_other_pdu_later),
		TEST(test_garbage),
		TEST(test_identity_changes),
		TEST(test_tsih),
		TEST(test_tsih_first),
		TEST(test_kernel_errors),
		TEST(test_tsih_taken),
		TEST(test_reinstatement_event),
		TEST(test_reinstatement_other),
		TEST(test_reinstatement_twice),
		TEST(test_reinstatement_retry),
		TEST(test_reinstatement_deadline),
		TEST(test_reinstatement_peer_gone),
		TEST(test_lost_at_handover),
		TEST(test_login_deadline),
		TEST(test_disconnects),
		TEST(test_peer_floods),
		TEST(test_log_is_limited),
		TEST(test_redirect_temporary),
		TEST(test_redirect_permanent),
		TEST(test_redirect_others),
		TEST(test_redirect_here),
	};

	return cmocka_run_group_tests_name("login", tests, NULL, NULL);
}
