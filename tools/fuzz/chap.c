// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz target: what an initiator may send that has an account.  This target
 * knows the challenge, because nothing is random in it, and answers it, so that
 * inputs get behind the authentication: to the negotiation of parameters, and to
 * our own answer in mutual CHAP.
 *
 * Input: a byte for the configuration; a byte of HOW_*; the challenge of the
 * initiator; text that goes with the response; then PDUs.
 */
#include <stdio.h>

#include "binval.h"
#include "chapalg.h"
#include "initiator.h"
#include "randbytes.h"

#define PASSWORD "password-of-joe"
#define OWN_PASSWORD "password-of-me-2"
#define ACCOUNTS "IncomingUser joe " PASSWORD "\nOutgoingUser me " \
	OWN_PASSWORD "\n"
#define CHALLENGE_MAX 200
#define MORE_MAX 4096

/* lowest bits: the algorithm */
#define HOW_ALG 0x03
#define HOW_MUTUAL 0x04
#define HOW_DISCOVERY 0x08
#define HOW_TRANSIT 0x10
#define HOW_FULL_FEATURE 0x20
#define HOW_WRONG 0x40

/* @mutual: the target can prove who it is; @serves: it does not redirect */
static const struct {
	const char *text;
	bool mutual;
	bool serves;
} configs[] = {
	{ ACCOUNTS "Target " TARGET_NAME "\n" ACCOUNTS, true, true },
	{ "IncomingUser joe " PASSWORD "\nTarget " TARGET_NAME
	  "\nIncomingUser joe " PASSWORD "\nMaxSessions 1\n", false, true },
	{ ACCOUNTS "Target " TARGET_NAME "\n" ACCOUNTS
	  "HeaderDigest CRC32C,None\nDataDigest CRC32C,None\nInitialR2T Yes\n"
	  "ImmediateData No\nMaxBurstLength 1024\nFirstBurstLength 512\n"
	  "MaxRecvDataSegmentLength 512\nDefaultTime2Wait 3600\n", true, true },
	{ ACCOUNTS "Target " TARGET_NAME "\n" ACCOUNTS
	  "Redirect [2001:db8::1]:3261 temporary\n", true, false },
};

/* a text that is being written; never longer than its parts together */
struct words {
	char buf[MORE_MAX + 2048];
	size_t len;
};

static void put(struct words *words, const char *key, const char *value)
{
	words->len += sprintf(words->buf + words->len, "%s=%s", key, value) + 1;
}

static void put_hex(struct words *words, const char *key, const uint8_t *bytes,
		    size_t len)
{
	char hex[BINVAL_HEX_SIZE(CHALLENGE_MAX)];

	binval_hex(bytes, len, hex);
	put(words, key, hex);
}

static size_t put_login(char *stream, uint8_t flags, const void *text,
			size_t len)
{
	union pdu pdu = { 0 };

	pdu.login_req.opcode = ISCSI_OP_LOGIN_REQ | ISCSI_OPF_IMMEDIATE;
	pdu.login_req.flags = flags;
	pdu.login_req.itt = htobe32(0x1234);
	return put_pdu(stream, &pdu, text, len);
}

static void put_response(struct words *words, const struct chap_alg *alg,
			 bool wrong)
{
	uint8_t bytes[CHAP_CHALLENGE_LEN + 1], digest[CHAP_DIGEST_MAX];

	assert_int_equal(randbytes(bytes, sizeof(bytes)), 0);
	assert_int_equal(chap_alg_hash(alg, bytes[0], PASSWORD, bytes + 1,
				       CHAP_CHALLENGE_LEN, digest), 0);
	digest[0] ^= wrong;
	put(words, "CHAP_N", "joe");
	put_hex(words, "CHAP_R", digest, alg->len);
}

static uint8_t login_flags(uint8_t how)
{
	if (!(how & HOW_TRANSIT))
		return CSG(0);
	return CSG(0) | T_TO(how & HOW_FULL_FEATURE ? 3 : 1);
}

/* the security stage; what is wrong in it comes from the input */
static size_t put_security(char *stream, uint8_t how,
			   const struct input *challenge,
			   const struct input *more)
{
	unsigned int i = (how & HOW_ALG) % chap_algs_len;
	const struct chap_alg *alg = &chap_algs[i];
	struct words words = { .len = 0 };
	char number[16];
	size_t pos;

	if (how & HOW_DISCOVERY)
		pos = put_login(stream, CSG(0),
				TEXT(DISCOVERY_TEXT "\0AuthMethod=CHAP"));
	else
		pos = put_login(stream, CSG(0),
				TEXT(NORMAL_TEXT "\0AuthMethod=CHAP"));
	snprintf(number, sizeof(number), "%u", (unsigned int)alg->number);
	put(&words, "CHAP_A", number);
	pos += put_login(stream + pos, CSG(0), words.buf, words.len);
	words.len = 0;
	put_response(&words, alg, how & HOW_WRONG);
	if (how & HOW_MUTUAL) {
		put(&words, "CHAP_I", "7");
		put_hex(&words, "CHAP_C", challenge->data, challenge->len);
	}
	memcpy(words.buf + words.len, more->data, more->len);
	return pos + put_login(stream + pos, login_flags(how), words.buf,
			       words.len + more->len);
}

/* with nothing else in the input, the right answer must be enough */
static bool gets_in(unsigned int i, uint8_t how, const struct input *challenge,
		    const struct input *more, const struct input *rest)
{
	if (more->len || rest->len || !configs[i].serves ||
	    how & (HOW_WRONG | HOW_DISCOVERY) ||
	    login_flags(how) != (CSG(0) | T_TO(3)))
		return false;
	return !(how & HOW_MUTUAL) ||
	       (configs[i].mutual && challenge->len &&
		challenge->len != CHAP_CHALLENGE_LEN);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static char stream[STREAM_MAX];
	struct input input = { bytes, len }, challenge, more;
	unsigned int i = input_u8(&input) % ARRAY_SIZE(configs);
	uint8_t how = input_u8(&input);
	struct fake *fake = fake_new();
	bool in;
	size_t pos;
	int k;

	challenge = input_bytes(&input, CHALLENGE_MAX);
	more = input_bytes(&input, MORE_MAX);
	in = gets_in(i, how, &challenge, &more, &input);
	fake_config(fake, configs[i].text);
	pos = put_security(stream, how, &challenge, &more);
	pos = input_pdus(&input, stream, pos);
	fake_play(fake, stream, pos);
	assert_true(!in || fake->nsessions == 1);
	assert_true(!(how & HOW_WRONG) || !fake->nsessions);
	for (k = 0; k < fake->nsessions; k++) {
		assert_string_equal(fake->user, "joe");
		fake_check_params(fake->session_params[k]);
	}
	fake_free(fake);
	return 0;
}
