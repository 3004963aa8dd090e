// SPDX-License-Identifier: GPL-2.0
/*
 * Each key of the configuration, set to another value than its default, on its
 * whole way: from the text of the file to the answer that an initiator gets, or
 * to the kernel.  A key that has no row here fails the test.
 */
#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "binval.h"
#include "chapalg.h"
#include "fake.h"
#include "isns_priv.h"

#define ACCOUNT "joe password-of-joe"
#define OWN_ACCOUNT "me password-of-me-2"

/**
 * struct row - a key and what shows that its value counts
 * @key: its name
 * @value: as in the file
 * @above: what must stand above the target besides
 * @below: likewise, below it
 * @offer: session parameter: what the initiator sends
 * @answer: session parameter: what it gets, NULL if there is no answer
 * @kernel: session parameter: what the session has in the kernel
 * @check: of all others but target parameters: the configuration is in force
 */
struct row {
	const char *key;
	const char *value;
	const char *above;
	const char *below;
	const char *offer;
	const char *answer;
	uint32_t kernel;
	void (*check)(struct fake *fake);
};

/* the target is the last one of the file */
static void configure(struct fake *fake, const struct row *row)
{
	const struct key_desc *key = key_find(row->key);
	bool global = key->scope == SCOPE_GLOBAL;
	char text[1024], line[256];

	snprintf(line, sizeof(line), "%s %s\n", row->key, row->value);
	snprintf(text, sizeof(text), "%s%sTarget " TARGET_NAME "\n%s%s",
		 row->above ? row->above : "", global ? line : "",
		 row->below ? row->below : "", global ? "" : line);
	fake_config(fake, text);
}

static struct client *log_in(struct fake *fake, const char *pair)
{
	struct client *c = client_new(fake);
	char text[1024];
	size_t len = sizeof(NORMAL_TEXT);

	memcpy(text, NORMAL_TEXT, len);
	if (pair)
		len += sprintf(text + len, "%s", pair) + 1;
	client_login(c, CSG(1) | T_TO(3), text, len);
	return c;
}

static void expect_status(struct fake *fake, int status)
{
	struct client *c = log_in(fake, NULL);

	client_status(c, status);
	client_free(c);
}

/* CHAP up to the first answer of the target */
static struct client *begin_chap(struct fake *fake, const char *algs)
{
	struct client *c = client_new(fake);

	client_login(c, CSG(0), TEXT(NORMAL_TEXT "\0AuthMethod=CHAP"));
	client_status(c, 0);
	client_login(c, CSG(0), algs, strlen(algs) + 1);
	client_status(c, 0);
	return c;
}

static const char *value_of(const struct client *c, const char *key)
{
	const char *pos = c->data;
	size_t len = strlen(key);

	for (; pos < c->data + c->len; pos += strlen(pos) + 1)
		if (!strncmp(pos, key, len) && pos[len] == '=')
			return pos + len + 1;
	fail_msg("no %s in the answer", key);
	return NULL;
}

/* answers the challenge as joe, and asks for the same */
static struct client *log_in_as_joe(struct fake *fake)
{
	uint8_t challenge[CHAP_CHALLENGE_LEN], digest[CHAP_DIGEST_MAX];
	const struct chap_alg *alg = chap_alg_numbered(7);
	struct client *c = begin_chap(fake, "CHAP_A=7");
	char hex[BINVAL_HEX_SIZE(CHAP_DIGEST_MAX)], text[512];
	size_t len;

	assert_int_equal(binval_decode(value_of(c, "CHAP_C"), challenge,
				       sizeof(challenge)), sizeof(challenge));
	assert_int_equal(chap_alg_hash(alg, atoi(value_of(c, "CHAP_I")),
				       "password-of-joe", challenge,
				       sizeof(challenge), digest), 0);
	binval_hex(digest, alg->len, hex);
	len = sprintf(text, "CHAP_N=joe%cCHAP_R=%s%cCHAP_I=7%cCHAP_C=0x0123",
		      0, hex, 0, 0);
	client_login(c, CSG(0) | T_TO(3), text, len + 1);
	return c;
}

static void check_target(struct fake *fake)
{
	assert_int_equal(fake->ntargets, 2);
	assert_string_equal(fake->targets[1].name, "iqn.x:another");
}

/* what the iSNS server is told, as bytes */
static bool isns_is_told(struct fake *fake, const char *what)
{
	static char buf[65536];
	bool told;
	ssize_t n;
	int fd;

	assert_int_equal(isns_start(&fake->ctx), 0);
	fd = fake_isns_server(fake);
	n = recv(fd, buf, sizeof(buf), 0);
	assert_true(n > 0);
	told = memmem(buf, n, what, strlen(what) + 1);
	close(fd);
	return told;
}

static void check_alias(struct fake *fake)
{
	assert_true(isns_is_told(fake, "third disk"));
}

static void check_isns_server(struct fake *fake)
{
	assert_true(isns_is_told(fake, TARGET_NAME));
	assert_string_equal(fake->ctx.isns->host, "192.0.2.8");
	assert_int_equal(fake->ctx.isns->port, 4711);
}

/* it has not told who may: nobody may */
static void check_isns_access(struct fake *fake)
{
	assert_int_equal(isns_start(&fake->ctx), 0);
	expect_status(fake, ISCSI_LOGIN_NOT_FOUND);
}

static void check_portal(struct fake *fake)
{
	assert_string_equal(fake->set_addresses, "192.0.2.7:4711");
}

static void check_incoming(struct fake *fake)
{
	expect_status(fake, ISCSI_LOGIN_AUTH_FAILED);
}

static void check_outgoing(struct fake *fake)
{
	struct client *c = log_in_as_joe(fake);

	client_status(c, 0);
	assert_true(client_has(c, "CHAP_N=me"));
	assert_string_equal(fake->user, "joe");
	client_free(c);
}

static void check_chap_algs(struct fake *fake)
{
	struct client *c = begin_chap(fake, "CHAP_A=5,7");

	assert_true(client_has(c, "CHAP_A=7"));
	client_free(c);
}

static void check_redirect(struct fake *fake)
{
	struct client *c = log_in(fake, NULL);

	assert_int_equal(c->rsp.login_rsp.status_class << 8 |
			 c->rsp.login_rsp.status_detail,
			 ISCSI_LOGIN_MOVED_PERM);
	assert_true(client_has(c, "TargetAddress=192.0.2.9:4711"));
	client_free(c);
}

static void check_lun(struct fake *fake)
{
	assert_non_null(strstr(fake_messages, "Lun is ignored"));
	expect_status(fake, 0);
}

#define CRC DIGEST_CRC32C

static const struct row rows[] = {
	{ "InitialR2T", "Yes", .offer = "InitialR2T=No",
	  .answer = "InitialR2T=Yes", .kernel = 1 },
	{ "ImmediateData", "No", .offer = "ImmediateData=Yes",
	  .answer = "ImmediateData=No", .kernel = 0 },
	{ "MaxConnections", "1", .offer = "MaxConnections=2",
	  .answer = "MaxConnections=1", .kernel = 1 },
	/* declared */
	{ "MaxRecvDataSegmentLength", "4096",
	  .answer = "MaxRecvDataSegmentLength=4096", .kernel = 4096 },
	/* no key of the standard: it limits what the initiator declares */
	{ "MaxXmitDataSegmentLength", "4096",
	  .offer = "MaxRecvDataSegmentLength=65536", .kernel = 4096 },
	{ "MaxBurstLength", "8192", .offer = "MaxBurstLength=262144",
	  .answer = "MaxBurstLength=8192", .kernel = 8192 },
	{ "FirstBurstLength", "1024", .offer = "FirstBurstLength=65536",
	  .answer = "FirstBurstLength=1024", .kernel = 1024 },
	{ "DefaultTime2Wait", "7", .offer = "DefaultTime2Wait=2",
	  .answer = "DefaultTime2Wait=7", .kernel = 7 },
	{ "DefaultTime2Retain", "30", .offer = "DefaultTime2Retain=3000",
	  .answer = "DefaultTime2Retain=30", .kernel = 30 },
	{ "MaxOutstandingR2T", "5", .offer = "MaxOutstandingR2T=64",
	  .answer = "MaxOutstandingR2T=5", .kernel = 5 },
	{ "DataPDUInOrder", "Yes", .offer = "DataPDUInOrder=No",
	  .answer = "DataPDUInOrder=Yes", .kernel = 1 },
	{ "DataSequenceInOrder", "Yes", .offer = "DataSequenceInOrder=No",
	  .answer = "DataSequenceInOrder=Yes", .kernel = 1 },
	{ "ErrorRecoveryLevel", "0", .offer = "ErrorRecoveryLevel=2",
	  .answer = "ErrorRecoveryLevel=0", .kernel = 0 },
	{ "HeaderDigest", "CRC32C", .offer = "HeaderDigest=CRC32C,None",
	  .answer = "HeaderDigest=CRC32C", .kernel = CRC },
	{ "DataDigest", "CRC32C,None", .offer = "DataDigest=CRC32C,None",
	  .answer = "DataDigest=CRC32C", .kernel = CRC },
	{ "OFMarker", "No", .offer = "OFMarker=Yes", .answer = "OFMarker=No",
	  .kernel = 0 },
	{ "IFMarker", "No", .offer = "IFMarker=Yes", .answer = "IFMarker=No",
	  .kernel = 0 },
	/* kept for listings only */
	{ "OFMarkInt", "4096", .offer = "OFMarkInt=4096~8192",
	  .answer = "OFMarkInt=Reject", .kernel = 2048 },
	{ "IFMarkInt", "4096", .offer = "IFMarkInt=4096~8192",
	  .answer = "IFMarkInt=Reject", .kernel = 2048 },

	{ .key = "QueuedCommands", .value = "7" },
	{ .key = "RspTimeout", .value = "11" },
	{ .key = "NopInInterval", .value = "13" },
	{ .key = "NopInTimeout", .value = "17" },
	{ .key = "MaxSessions", .value = "19" },

	{ "Target", "iqn.x:another", .check = check_target },
	{ "Alias", "third disk", .above = "iSNSServer 192.0.2.8\n",
	  .check = check_alias },
	{ "PortalAddress", "192.0.2.7:4711", .check = check_portal },
	{ "IncomingUser", ACCOUNT, .check = check_incoming },
	{ "OutgoingUser", OWN_ACCOUNT, .below = "IncomingUser " ACCOUNT "\n",
	  .check = check_outgoing },
	{ "CHAPAlgorithms", "SHA-256", .below = "IncomingUser " ACCOUNT "\n",
	  .check = check_chap_algs },
	{ "Redirect", "192.0.2.9:4711 permanent", .check = check_redirect },
	{ "iSNSServer", "192.0.2.8:4711", .check = check_isns_server },
	{ "iSNSAccessControl", "Yes", .above = "iSNSServer 192.0.2.8\n",
	  .check = check_isns_access },
	{ "Lun", "0 Path=/dev/null", .check = check_lun },
};

static const struct row *row_of(const struct key_desc *key)
{
	const struct row *found = NULL;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		if (strcmp(rows[i].key, key->name))
			continue;
		assert_null(found);
		found = &rows[i];
	}
	if (!found)
		fail_msg("%s: no row says what shows that its value counts",
			 key->name);
	return found;
}

static void test_all_keys(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < key_table_len; i++)
		row_of(&key_table[i]);
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		if (!key_find(rows[i].key))
			fail_msg("%s: there is no such key", rows[i].key);
}

/* a value that is the default shows nothing, unless there is no other one */
static uint32_t parsed(const struct key_desc *key, const struct row *row)
{
	char why[KEY_WHY_MAX];
	uint32_t val;

	assert_int_equal(key_parse(key, row->value, &val, why), 0);
	if (val == key->def && key->min < key->max)
		fail_msg("%s: %s is the default", key->name, row->value);
	return val;
}

/* Return: true if the answer and the kernel's value are those of the row */
static bool negotiates(struct fake *fake, enum session_param param,
		       const struct row *row)
{
	struct client *c = log_in(fake, row->offer);
	bool answered;

	client_status(c, 0);
	answered = !row->answer || client_has(c, row->answer);
	client_free(c);
	return answered && fake->params[param] == row->kernel;
}

static void check_session_key(enum session_param param)
{
	const struct key_desc *key = key_session(param);
	const struct row *row = row_of(key);
	struct fake *fake = fake_new();

	fake_config(fake, "Target " TARGET_NAME "\n");
	/* markers are all the same whatever is configured */
	if (key->min < key->max && param < SP_OF_MARKER &&
	    negotiates(fake, param, row))
		fail_msg("%s: the row says what the default does", key->name);
	configure(fake, row);
	assert_int_equal(fake->set_session[param], parsed(key, row));
	if (!negotiates(fake, param, row))
		fail_msg("%s: not negotiated, or the kernel has %u", key->name,
			 fake->params[param]);
	fake_free(fake);
}

static void test_session_keys(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < SP_COUNT; i++)
		check_session_key(i);
}

static void check_target_key(enum target_param param)
{
	const struct key_desc *key = key_target(param);
	const struct row *row = row_of(key);
	struct fake *fake = fake_new();
	int i;

	configure(fake, row);
	for (i = 0; i < TP_COUNT; i++)
		if (i != (int)param)
			assert_int_equal(fake->set_target[i],
					 key_target(i)->def);
	assert_int_equal(fake->set_target[param], parsed(key, row));
	fake_free(fake);
}

static void test_target_keys(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < TP_COUNT; i++)
		check_target_key(i);
}

/* the one target parameter that an initiator sees: its window */
static void test_window(void **state)
{
	struct fake *fake = fake_new();
	struct client *c;

	(void)state;
	configure(fake, row_of(key_target(TP_QUEUED_COMMANDS)));
	c = log_in(fake, NULL);
	assert_int_equal(be32toh(c->rsp.login_rsp.max_cmd_sn) -
			 be32toh(c->rsp.login_rsp.exp_cmd_sn), 7 - 1);
	client_free(c);
	fake_free(fake);
}

static void test_other_keys(void **state)
{
	const struct row *row;
	struct fake *fake;
	unsigned int i;

	(void)state;
	for (i = SP_COUNT + TP_COUNT; i < key_table_len; i++) {
		row = row_of(&key_table[i]);
		assert_non_null(row->check);
		fake = fake_new();
		configure(fake, row);
		row->check(fake);
		fake_free(fake);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_keys),
		cmocka_unit_test(test_session_keys),
		cmocka_unit_test(test_target_keys),
		cmocka_unit_test(test_window),
		cmocka_unit_test(test_other_keys),
	};

	return cmocka_run_group_tests_name("keys", tests, NULL, NULL);
}
