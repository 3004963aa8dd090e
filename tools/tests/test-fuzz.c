// SPDX-License-Identifier: GPL-2.0
/*
 * Random damage to valid requests, before and after the login: whatever comes,
 * no memory error, no connection left over, and the next initiator is served.
 * The seed is fixed, so a failure repeats itself.
 */
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "fake.h"

#define ROUNDS 1500
#define STREAM_MAX 4096

static uint32_t seed = 12345;

static uint32_t rnd(uint32_t below)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % below;
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

static void play(struct fake *fake, const char *stream, size_t len)
{
	struct client *c = client_new(fake);
	char scratch[4096];
	ssize_t n = 1;
	int i;

	assert_true(send(c->fd, stream, len, MSG_NOSIGNAL) == (ssize_t)len);
	shutdown(c->fd, SHUT_WR);
	for (i = 0; i < 1000 && fake->ctx.nconns; i++) {
		client_pump(c, 10);
		n = recv(c->fd, scratch, sizeof(scratch), MSG_DONTWAIT);
	}
	(void)n;
	assert_int_equal(fake->ctx.nconns, 0);
	client_free(c);
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
		play(fake, stream, len);
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
		play(fake, stream, sizeof(stream));
	}
	fake_free(fake);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_noise),
		cmocka_unit_test(test_config_noise),
	};

	return cmocka_run_group_tests_name("fuzz", tests, NULL, NULL);
}
