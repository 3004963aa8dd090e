// SPDX-License-Identifier: GPL-2.0
/*
 * Random damage to valid requests, and requests made of random parts that are
 * valid each, before and after the login: whatever comes, no memory error, no
 * connection left over, no parameter out of its range, and the next initiator
 * is served.  The seed is fixed, so a failure repeats itself.
 */
#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fake.h"
#include "isns_priv.h"

#define ROUNDS 1500
#define TEXT_ROUNDS 20000
#define STREAM_MAX 4096
#define LONG_STREAM_MAX (96 << 10)

static uint32_t seed = 12345;

static uint32_t rnd(uint32_t below)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % below;
}

static const char *pick(const char *const *words, size_t size)
{
	return words[rnd(size / sizeof(*words))];
}

#define PICK(words) pick(words, sizeof(words))

static size_t put_noise(char *buf, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		buf[i] = rnd(256);
	return len;
}

static const char *const text_keys[] = {
	"InitiatorName", "InitiatorAlias", "TargetName", "SessionType",
	"AuthMethod", "CHAP_A", "CHAP_I", "CHAP_C", "CHAP_N", "CHAP_R",
	"HeaderDigest", "DataDigest", "MaxConnections",
	"InitialR2T", "ImmediateData", "MaxRecvDataSegmentLength",
	"MaxBurstLength", "FirstBurstLength", "DefaultTime2Wait",
	"DefaultTime2Retain", "MaxOutstandingR2T", "DataPDUInOrder",
	"DataSequenceInOrder", "ErrorRecoveryLevel", "OFMarker", "IFMarker",
	"OFMarkInt", "IFMarkInt", "TaskReporting", "iSCSIProtocolLevel",
	"SendTargets", "TargetAddress", "X-org.example.key", "",
};

static const char *const text_values[] = {
	"Yes", "No", "yes", "None", "CRC32C", "CRC32C,None", "None,CRC32C",
	",,", "CHAP,None", "CHAP", "Normal", "Discovery", "All", TARGET_NAME,
	INITIATOR_NAME, "RFC3720", "NotUnderstood", "Irrelevant", "Reject",
	"0", "1", "2", "31", "511", "512", "8192", "65536", "262144", "0x200",
	"0X100000", "16777215", "16777216", "4294967296", "-1", "",
	"18446744073709551615", "18446744073709551616", "=", "a=b",
};

/* mostly the word, sometimes up to @max bytes of something else */
static size_t put_word(char *buf, const char *word, uint32_t max)
{
	if (rnd(16))
		return sprintf(buf, "%s", word);
	return put_noise(buf, rnd(max));
}

/* some pairs, not always well-formed; less than 2000 bytes */
static size_t put_text(char *buf)
{
	size_t pos = 0;
	uint32_t n;

	for (n = rnd(16); n; n--) {
		pos += put_word(buf + pos, PICK(text_keys), 70);
		if (rnd(64))
			buf[pos++] = '=';
		pos += put_word(buf + pos, PICK(text_values), 20);
		if (rnd(64))
			buf[pos++] = '\0';
	}
	return pos;
}

static size_t put_pdu(char *stream, size_t pos, union pdu *pdu,
		      const char *data, size_t len)
{
	iscsi_dsl_put(pdu->bhs.dsl, len);
	memcpy(stream + pos, pdu, ISCSI_BHS_LEN);
	memset(stream + pos + ISCSI_BHS_LEN, 0, len + 4);
	memcpy(stream + pos + ISCSI_BHS_LEN, data, len);
	return pos + ISCSI_BHS_LEN + len + iscsi_pad(len);
}

static size_t discovery_stream(char *stream)
{
	union pdu pdu = { 0 };
	size_t pos;

	pdu.login_req.opcode = ISCSI_OP_LOGIN_REQ | ISCSI_OPF_IMMEDIATE;
	pdu.login_req.flags = CSG(0) | T_TO(1);
	pos = put_pdu(stream, 0, &pdu,
		      TEXT(DISCOVERY_TEXT "\0AuthMethod=CHAP,None"));
	pdu.login_req.flags = CSG(1) | T_TO(3);
	pos = put_pdu(stream, pos, &pdu,
		      TEXT("HeaderDigest=CRC32C,None\0InitialR2T=No\0"
			   "MaxRecvDataSegmentLength=65536\0X-a=b"));
	memset(&pdu, 0, sizeof(pdu));
	pdu.text_req.opcode = ISCSI_OP_TEXT_REQ | ISCSI_OPF_IMMEDIATE;
	pdu.text_req.flags = F_BIT;
	pdu.text_req.ttt = UINT32_MAX;
	pos = put_pdu(stream, pos, &pdu, TEXT("SendTargets=All"));
	pdu.nop_out.opcode = ISCSI_OP_NOP_OUT | ISCSI_OPF_IMMEDIATE;
	pos = put_pdu(stream, pos, &pdu, "ping", 4);
	pdu.logout_req.opcode = ISCSI_OP_LOGOUT_REQ | ISCSI_OPF_IMMEDIATE;
	return put_pdu(stream, pos, &pdu, "", 0);
}

static size_t normal_stream(char *stream)
{
	union pdu pdu = { 0 };
	size_t pos;

	pdu.login_req.opcode = ISCSI_OP_LOGIN_REQ | ISCSI_OPF_IMMEDIATE;
	pdu.login_req.flags = CSG(1) | C_BIT;
	pos = put_pdu(stream, 0, &pdu, NORMAL_TEXT, 40);
	pdu.login_req.flags = CSG(1) | T_TO(3);
	return put_pdu(stream, pos, &pdu, NORMAL_TEXT + 40,
		       sizeof(NORMAL_TEXT) - 40);
}

static size_t damage(char *stream, size_t len)
{
	uint32_t n = rnd(4), i;

	for (i = 0; i < n; i++)
		stream[rnd(len)] ^= 1 << rnd(8);
	if (!rnd(4))
		stream[rnd(len)] = rnd(256);
	if (!rnd(8)) {
		i = rnd(len);
		memset(stream + i, rnd(256), rnd(len - i));
	}
	return rnd(4) ? len : rnd(len);
}

static void test_damage(void **state)
{
	struct fake *fake = fake_new();
	struct kern_session closed;
	char stream[STREAM_MAX];
	struct client *c;
	size_t len;
	int i;

	(void)state;
	fake_config(fake, "Target " TARGET_NAME "\n");
	for (i = 0; i < ROUNDS; i++) {
		len = i & 1 ? discovery_stream(stream) : normal_stream(stream);
		len = damage(stream, len);
		fake_play(fake, stream, len);
		while (!fake_drop_session(fake, 0, &closed))
			session_closed(&fake->ctx, &closed);
		fake_messages_clear();
	}
	c = client_new(fake);
	client_login_full(c, false);
	client_free(c);
	fake_free(fake);
}

static void test_noise(void **state)
{
	struct fake *fake = fake_new();
	char stream[STREAM_MAX];
	size_t i, n;

	(void)state;
	fake_config(fake, "Target " TARGET_NAME "\n");
	for (n = 0; n < ROUNDS / 10; n++) {
		for (i = 0; i < sizeof(stream); i++)
			stream[i] = rnd(256);
		/* often enough what is looked at first is right */
		if (rnd(2))
			stream[0] = ISCSI_OP_LOGIN_REQ | ISCSI_OPF_IMMEDIATE;
		if (rnd(2))
			memset(stream + 2, 0, 4);
		fake_play(fake, stream, sizeof(stream));
	}
	fake_free(fake);
}

/* requests of CHAP, with values that are right, or nearly, or not at all */
static size_t put_chap_text(char *text)
{
	static const char *const keys[] = {
		"CHAP_A", "CHAP_I", "CHAP_C", "CHAP_N", "CHAP_R", "AuthMethod",
	};
	static const char *const values[] = {
		"5", "7,5", "8,,x", "255", "256", "joe", "CHAP", "CHAP,None",
		"0x", "0x0", "0x00", "0b", "0bAA==", "0bAAA=", "0bAAAA",
		"0x00112233445566778899aabbccddeeff",
		"0X00112233445566778899AABBCCDDEEFF00",
		"0bABEiM0RVZneImaq7zN3u/w==", "0bABEiM0RVZneImaq7zN3u/w",
	};
	size_t pos = 0;
	uint32_t n;

	for (n = rnd(5); n; n--) {
		pos += put_word(text + pos, PICK(keys), 20);
		if (rnd(64))
			text[pos++] = '=';
		pos += put_word(text + pos, PICK(values), 200);
		if (!rnd(16)) {
			memset(text + pos, 'a', 1100);
			pos += 1100 + rnd(2);
			text[pos - 1] = 'b';
		}
		if (rnd(64))
			text[pos++] = '\0';
	}
	return pos;
}

/* most get through the steps in order, so that each of them is met */
static size_t chap_stream(char *stream)
{
	static const char list[] = "CHAP_A=8,7,6,5";
	static const char last[] =
		"CHAP_N=joe\0CHAP_R=0x00112233445566778899aabbccddeeff\0CHAP_I=1\0CHAP_C=0x00";
	union pdu pdu = { 0 };
	char text[8192];
	size_t pos;

	pdu.login_req.opcode = ISCSI_OP_LOGIN_REQ | ISCSI_OPF_IMMEDIATE;
	pos = put_pdu(stream, 0, &pdu,
		      TEXT(NORMAL_TEXT "\0AuthMethod=CHAP,None"));
	if (rnd(8))
		pos = put_pdu(stream, pos, &pdu, TEXT(list));
	else
		pos = put_pdu(stream, pos, &pdu, text, put_chap_text(text));
	if (rnd(2))
		pdu.login_req.flags = CSG(0) | T_TO(rnd(2) ? 1 : 3);
	if (!rnd(8))
		pos = put_pdu(stream, pos, &pdu, TEXT(last));
	else
		pos = put_pdu(stream, pos, &pdu, text, put_chap_text(text));
	pdu.login_req.flags = CSG(rnd(2)) | T_TO(3);
	return put_pdu(stream, pos, &pdu, text, put_chap_text(text));
}

/* nobody gets in by chance */
static void test_chap(void **state)
{
	char *stream = malloc(LONG_STREAM_MAX);
	struct fake *fake = fake_new();
	int i;

	(void)state;
	assert_non_null(stream);
	fake_config(fake, "Target " TARGET_NAME "\n"
		    "IncomingUser joe password-of-joe\n"
		    "OutgoingUser me password-of-me-2\n");
	for (i = 0; i < 2 * ROUNDS; i++) {
		fake_play(fake, stream, chap_stream(stream));
		assert_int_equal(fake->nsessions, 0);
		fake_messages_clear();
	}
	fake_free(fake);
	free(stream);
}

/* any text at all for the configuration parser */
static void test_config_noise(void **state)
{
	static const char words[][16] = {
		"Target", "iqn.a", "=", "\n", " ", "\t", "#", "Yes", "0x",
		"MaxBurstLength", "4096", "PortalAddress", "[::1]:", ",",
		"HeaderDigest", "CRC32C", "\r", "Alias", "\xff", ":",
	};
	struct config *conf;
	char text[512], *buf;
	size_t len, i, n;

	(void)state;
	log_open("test", 0, 0);
	for (n = 0; n < ROUNDS; n++) {
		len = 0;
		for (i = rnd(20); i; i--) {
			strcpy(text + len, words[rnd(ARRAY_SIZE(words))]);
			len += strlen(text + len);
		}
		if (len && !rnd(4))
			text[rnd(len)] = rnd(256);
		buf = malloc(len + 1);
		assert_non_null(buf);
		memcpy(buf, text, len);
		if (!config_parse("noise", buf, len, &conf))
			config_free(conf);
		free(buf);
	}
}

/* whatever was offered, what is in force is something that the kernel takes */
static void check_nego(struct nego *nego)
{
	const struct key_desc *key;
	int i;

	nego_finish(nego);
	for (i = 0; i < SP_COUNT; i++) {
		key = key_session(i);
		assert_in_range(nego->val[i], key->min, key->max);
		if (key->type == KEY_DIGEST)
			assert_true(nego->val[i] == DIGEST_NONE ||
				    nego->val[i] == DIGEST_CRC32C);
	}
	assert_true(nego->val[SP_FIRST_BURST] <= nego->val[SP_MAX_BURST]);
}

static void random_offer(struct nego *nego)
{
	const struct key_desc *key;
	int i;

	nego_init(nego);
	nego->discovery = !rnd(4);
	for (i = 0; i < SP_COUNT; i++) {
		key = key_session(i);
		if (key->type == KEY_DIGEST)
			nego->local[i] = DIGEST_NONE | rnd(2) * DIGEST_CRC32C;
		else if (rnd(2))
			nego->local[i] = key->min +
					 rnd(key->max - key->min + 1);
	}
}

static void test_text(void **state)
{
	struct text_pair pairs[TEXT_PAIRS_MAX];
	struct text in, out;
	struct nego nego;
	char buf[2048];
	size_t len;
	int i, n, round;

	(void)state;
	for (i = 0; i < TEXT_ROUNDS; i++) {
		text_init(&in, TEXT_IN_MAX);
		text_init(&out, LOGIN_OUT_MAX);
		random_offer(&nego);
		for (round = rnd(3); round >= 0; round--) {
			len = put_text(buf);
			text_reset(&in);
			assert_int_equal(text_append(&in, buf, len), 0);
			n = text_split(&in, pairs, TEXT_PAIRS_MAX);
			if (n < 0 || nego_pairs(&nego, pairs, n, &out))
				break;
			nego_declare(&nego, &out);
		}
		check_nego(&nego);
		/* what we send is text ourselves */
		assert_false(out.failed);
		assert_true(text_split(&out, pairs, TEXT_PAIRS_MAX) >= 0);
		text_free(&in);
		text_free(&out);
	}
}

/* the answer to these takes several responses */
static size_t put_short_keys(char *text)
{
	size_t len = 0;
	int i;

	for (i = 0; i < 1000; i++)
		len += sprintf(text + len, "a=") + 1;
	return len;
}

static size_t put_login(char *stream, size_t pos, union pdu *pdu,
			uint8_t flags)
{
	char text[8192];
	size_t len = 0;

	if (!rnd(64))
		len = put_noise(text, sizeof(text));
	else if (!rnd(8))
		len = put_short_keys(text);
	else if (rnd(2))
		len = put_text(text);
	/* a text that is cut goes on in the next request */
	if (!rnd(4)) {
		flags = (flags & ~T_TO(3)) | C_BIT;
		len = rnd(len + 1);
	}
	if (!rnd(32))
		flags = rnd(256);
	pdu->login_req.flags = flags;
	return put_pdu(stream, pos, pdu, text, len);
}

static size_t put_request(char *stream, size_t pos)
{
	static const uint8_t opcodes[] = {
		ISCSI_OP_NOP_OUT, ISCSI_OP_LOGOUT_REQ, ISCSI_OP_SCSI_CMD,
		ISCSI_OP_LOGIN_REQ,
	};
	static const uint32_t ttts[] = { UINT32_MAX, UINT32_MAX, 1, 0 };
	union pdu pdu = { 0 };
	char text[2048];
	size_t len = 0;

	pdu.text_req.opcode = ISCSI_OP_TEXT_REQ | ISCSI_OPF_IMMEDIATE;
	if (!rnd(8))
		pdu.text_req.opcode = opcodes[rnd(ARRAY_SIZE(opcodes))];
	pdu.text_req.flags = F_BIT;
	if (!rnd(4))
		pdu.text_req.flags = rnd(4) << 6 | rnd(4);
	pdu.text_req.itt = rnd(16) ? 0 : UINT32_MAX;
	pdu.text_req.ttt = htobe32(ttts[rnd(ARRAY_SIZE(ttts))]);
	if (rnd(2))
		len = put_text(text);
	else if (rnd(2))
		len = sprintf(text, "SendTargets=All") + 1;
	return put_pdu(stream, pos, &pdu, text, len);
}

/* several logins in one: mostly in order, so that some get to the end */
static size_t random_stream(char *stream)
{
	union pdu pdu = { 0 };
	int stage = rnd(2);
	size_t pos;
	uint32_t n;

	pdu.login_req.opcode = ISCSI_OP_LOGIN_REQ | ISCSI_OPF_IMMEDIATE;
	pdu.login_req.flags = CSG(stage) | (stage ? 0 : rnd(2) * T_TO(1));
	if (pdu.login_req.flags)
		stage = 1;
	if (rnd(2))
		pos = put_pdu(stream, 0, &pdu, TEXT(NORMAL_TEXT));
	else
		pos = put_pdu(stream, 0, &pdu, TEXT(DISCOVERY_TEXT));
	for (n = rnd(2) * rnd(6); n; n--)
		pos = put_login(stream, pos, &pdu, CSG(stage));
	if (rnd(8)) {
		pdu.login_req.flags = CSG(stage) | T_TO(3);
		pos = put_pdu(stream, pos, &pdu, "", 0);
	}
	for (n = rnd(16); n; n--)
		pos = put_request(stream, pos);
	return pos;
}

static void many_targets(struct fake *fake)
{
	char conf[4096] = "Target " TARGET_NAME "\n";
	size_t len = strlen(conf);
	int i;

	for (i = 0; i < 64; i++)
		len += sprintf(conf + len, "Target iqn.2026-11.org.example:%d\n",
			       i);
	fake_config(fake, conf);
}

static void test_requests(void **state)
{
	static const int results[] = { 0, -EEXIST, -ENOSPC, -EADDRINUSE };
	char *stream = malloc(LONG_STREAM_MAX);
	struct fake *fake = fake_new();
	struct kern_session closed;
	struct client *c;
	int i;

	(void)state;
	assert_non_null(stream);
	many_targets(fake);
	for (i = 0; i < ROUNDS; i++) {
		fake->results[0] = results[rnd(ARRAY_SIZE(results))];
		fake->nresults = 1;
		fake_play(fake, stream, random_stream(stream));
		while (!fake_drop_session(fake, 0, &closed))
			session_closed(&fake->ctx, &closed);
		fake_messages_clear();
	}
	fake->nresults = 0;
	c = client_new(fake);
	client_login_full(c, false);
	client_free(c);
	fake_free(fake);
	free(stream);
}

static void check_config(const struct config *conf)
{
	const struct target *target;
	int i;

	STAILQ_FOREACH(target, &conf->targets, link) {
		fake_check_params(target->session);
		for (i = 0; i < TP_COUNT; i++)
			assert_in_range(target->target[i], key_target(i)->min,
					key_target(i)->max);
	}
}

static size_t put_config_line(char *text, uint32_t number)
{
	static const char *const separators[] = { " ", "=", " = ", "\t", "" };
	static const char *const values[] = {
		"Yes", "No", "0", "1", "2", "512", "1048576", "0x", "010",
		"99999999999", "None", "CRC32C,None", ",", "192.0.2.1",
		"[2001:db8::1]:3260", "2001:db8::1", "[::", "[::1]", "[::1]:",
		"joe secret", "joe", "jim password-of-jim more", "MD5,SHA1",
		"host:0", "host", "# x", "", "192.0.2.1 permanent",
		"[::1]:3261 temporary", "host forever",
	};
	size_t len;

	if (!rnd(4))
		return sprintf(text, "Target iqn.%u\n", number);
	len = sprintf(text, "%s%s%s%s", rnd(8) ? "" : " ",
		      key_table[rnd(key_table_len)].name, PICK(separators),
		      PICK(values));
	if (!rnd(16))
		len += put_noise(text + len, rnd(300));
	text[len++] = '\n';
	return len;
}

/* lines that are right by themselves, in any order */
static void test_config_lines(void **state)
{
	struct fake *fake = fake_new();
	struct config *conf;
	char *text;
	size_t len;
	uint32_t i, n;
	int good = 0;

	(void)state;
	for (i = 0; i < TEXT_ROUNDS; i++) {
		text = malloc(4096);
		assert_non_null(text);
		len = 0;
		for (n = rnd(8); n; n--)
			len += put_config_line(text + len, n);
		/* the room that is promised, and not more */
		text = realloc(text, len + 1);
		assert_non_null(text);
		if (!config_parse("lines", text, len, &conf)) {
			check_config(conf);
			config_free(conf);
			good++;
		}
		free(text);
		fake_messages_clear();
	}
	assert_true(good > TEXT_ROUNDS / 100);
	fake_free(fake);
}

static size_t put_access_line(char *text)
{
	static const char *const targets[] = {
		"ALL", "all", "iqn.a", "IQN.A", "iqn.b", "iqn.*", "#", "",
	};
	static const char *const items[] = {
		"ALL", "10.0.0.1", "10.0.0.0/8", "10.0.0.1/32", "10.0.0.1/33",
		"192.0.2.77/24", "0.0.0.0/0", "2001:db8::1", "[2001:db8::1]",
		"[2001:db8::]/33", "[::ffff:10.0.0.1]/104", "[::]/0", "[::",
		"]", "/", "/8", "[]/8", "[10.0.0.1]", "", "x",
		"1:2:3:4:5:6:7:8/128", "[1:2:3:4:5:6:255.255.255.255]/127",
	};
	static const char *const blanks[] = { " ", "\t", "  ", "", "\r" };
	size_t len = 0;
	uint32_t n;

	len += put_word(text + len, PICK(targets), 300);
	len += sprintf(text + len, "%s", PICK(blanks));
	for (n = rnd(4) + 1; n; n--) {
		len += put_word(text + len, PICK(items), 80);
		len += sprintf(text + len, "%s%s", PICK(blanks),
			       n > 1 ? "," : "");
	}
	text[len++] = '\n';
	return len;
}

/* a second reading of the same text must agree with the first one */
static void check_access(struct access *access, bool refused[4])
{
	static const char *const peers[] = {
		"10.0.0.1", "192.0.2.1", "2001:db8::1", "::1",
	};
	struct ipaddr ip;
	unsigned int i;

	assert_int_equal(access_refresh(access), 0);
	for (i = 0; i < ARRAY_SIZE(peers); i++) {
		assert_int_equal(ipaddr_parse(&ip, peers[i]), 0);
		refused[i] = !access_permits(access, "iqn.a", &ip);
	}
}

/* lines that are right by themselves, and others, in both files */
static void test_access_files(void **state)
{
	char dir[] = "/tmp/scst-test-XXXXXX", deny[64], allow[64];
	struct access access, again;
	struct fake *fake = fake_new();
	bool first[4], second[4];
	char text[8192];
	uint32_t i, n, refused = 0;
	size_t len;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(deny, sizeof(deny), "%s/deny", dir);
	snprintf(allow, sizeof(allow), "%s/allow", dir);
	access_init(&access, allow, deny);
	for (i = 0; i < ROUNDS * 2; i++) {
		len = 0;
		for (n = rnd(6); n; n--)
			len += put_access_line(text + len);
		if (len && !rnd(4))
			len = rnd(len);
		fake_file(rnd(2) ? deny : allow, text, len);
		check_access(&access, first);
		access_init(&again, allow, deny);
		check_access(&again, second);
		access_fini(&again);
		assert_memory_equal(first, second, sizeof(first));
		refused += first[0] + first[1] + first[2] + first[3];
		fake_messages_clear();
	}
	/* neither all nor nothing, or the lines were not worth much */
	assert_in_range(refused, ROUNDS / 10, ROUNDS * 8 - ROUNDS / 10);
	access_fini(&access);
	unlink(deny);
	unlink(allow);
	rmdir(dir);
	fake_free(fake);
}

/* @calm: how seldom something is wrong */
static void put_isns_attr(struct isns_msg *msg, uint32_t calm)
{
	static const uint32_t tags[] = {
		ISNS_TAG_DELIMITER, ISNS_TAG_EID, ISNS_TAG_PERIOD,
		ISNS_TAG_NAME, ISNS_TAG_NAME, ISNS_TAG_NODE_TYPE,
		ISNS_TAG_SCN_BITMAP, 4711, UINT32_MAX,
	};
	static const char *const names[] = {
		TARGET_NAME, INITIATOR_NAME, "iqn.x", "",
	};
	uint32_t tag = tags[rnd(ARRAY_SIZE(tags))];
	char noise[300];

	if (!rnd(8 * calm))
		isns_put_raw(msg, noise, put_noise(noise, rnd(75) * 4));
	else if (tag == ISNS_TAG_DELIMITER || !rnd(8 * calm))
		isns_put_nil(msg, tag);
	else if (tag == ISNS_TAG_NAME || tag == ISNS_TAG_EID)
		isns_put_str(msg, tag,
			     names[rnd(calm > 1 ? 3 : ARRAY_SIZE(names))]);
	else
		isns_put_u32(msg, tag, rnd(4) ? rnd(4) : rnd(UINT32_MAX));
	if (tag == ISNS_TAG_NAME && rnd(4))
		isns_put_u32(msg, ISNS_TAG_NODE_TYPE, rnd(4));
}

/* what a server may say to @req, or on its own, more or less */
static size_t put_isns_msg(struct isns_msg *msg, const struct isns_hdr *req,
			   uint32_t calm)
{
	static const uint16_t functions[] = { ISNS_SCN, ISNS_ESI, 0x000e };
	uint32_t n;

	if (rnd(2 + calm))
		isns_msg_init(msg, req->function | ISNS_RESPONSE, 0, req->xid);
	else
		isns_msg_init(msg, functions[rnd(ARRAY_SIZE(functions))], 0,
			      rnd(65536));
	if (rnd(16 * calm) && (msg->buf[2] & 0x80))
		isns_put_status(msg, rnd(4 * calm) ? 0 : rnd(30));
	if (rnd(2))
		isns_put_nil(msg, ISNS_TAG_DELIMITER);
	for (n = rnd(12); n; n--)
		put_isns_attr(msg, calm);
	isns_msg_finish(msg);
	if (!rnd(4 * calm))
		msg->buf[rnd(rnd(2) ? ISNS_HDR_LEN : msg->len)] = rnd(256);
	return rnd(16 * calm) ? msg->len : rnd(msg->len);
}

static void check_isns(const struct isns *isns)
{
	const struct isns_node *node;
	size_t pos, len;

	assert_true(isns->refresh.armed == (isns->state == ISNS_UP));
	TAILQ_FOREACH(node, &isns->nodes, link) {
		for (pos = 0; pos < node->allowed_len; pos += len + 1) {
			len = strnlen(node->allowed + pos,
				      node->allowed_len - pos);
			assert_in_range(len, 1, ISNS_NAME_MAX);
			assert_true(pos + len < node->allowed_len);
		}
	}
}

/* Return: true if the client has had enough before we have */
static bool isns_session(struct fake *fake, int fd)
{
	static struct isns_msg msg;
	struct isns *isns = fake->ctx.isns;
	uint32_t calm = rnd(2) ? 64 : 1, n;
	struct isns_hdr hdr = { 0 };
	size_t len;
	bool ended;

	for (n = rnd(40); n && isns->state == ISNS_UP; n--) {
		if (recv(fd, msg.buf, sizeof(msg.buf), MSG_DONTWAIT) >=
		    ISNS_HDR_LEN)
			assert_int_equal(isns_hdr_get(msg.buf, &hdr), 0);
		len = put_isns_msg(&msg, &hdr, calm);
		assert_true(send(fd, msg.buf, len, MSG_NOSIGNAL) ==
			    (ssize_t)len);
		if (!rnd(8))
			ev_timer_set(&fake->ctx.loop, &isns->refresh, 0);
		assert_int_equal(ev_once(&fake->ctx.loop, 0), 0);
		assert_int_equal(ev_once(&fake->ctx.loop, 0), 0);
		check_isns(isns);
	}
	ended = isns->state != ISNS_UP;
	close(fd);
	while (isns->state == ISNS_UP)
		assert_int_equal(ev_once(&fake->ctx.loop, 10), 0);
	return ended;
}

/* iSNS replies: whatever they are, the next server is heard */
static void test_isns(void **state)
{
	struct fake *fake = fake_new();
	unsigned int known = 0, ended = 0;
	struct isns *isns;
	int i;

	(void)state;
	fake_config(fake, "iSNSServer 127.0.0.1\niSNSAccessControl Yes\n"
		    "Target " TARGET_NAME "\nTarget iqn.x\n");
	assert_int_equal(isns_start(&fake->ctx), 0);
	isns = fake->ctx.isns;
	for (i = 0; i < ROUNDS; i++) {
		ended += isns_session(fake, fake_isns_server(fake));
		known += TAILQ_FIRST(&isns->nodes)->allowed_len > 0;
		fake_messages_clear();
	}
	assert_true(ended > ROUNDS / 4);
	assert_true(known > ROUNDS / 10);
	fake_free(fake);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_noise),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_requests),
		cmocka_unit_test(test_chap),
		cmocka_unit_test(test_config_noise),
		cmocka_unit_test(test_config_lines),
		cmocka_unit_test(test_access_files),
		cmocka_unit_test(test_isns),
	};

	return cmocka_run_group_tests_name("fuzz", tests, NULL, NULL);
}
