// SPDX-License-Identifier: GPL-2.0
/*
 * CHAP: hashes and encodings by known values, then whole logins over a socket
 * pair, right and wrong in every step.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "binval.h"
#include "fake.h"

#define USER "joe"
#define SECRET "incoming-secret-1"
#define OWN "target"
#define OWN_SECRET "outgoing-secret-2"
#define ACCOUNTS "IncomingUser " USER " " SECRET "\n" \
	"IncomingUser jim another-secret-3\n" \
	"OutgoingUser " OWN " " OWN_SECRET "\n"
#define TARGET_CONF "Target " TARGET_NAME "\n"

#define NORMAL_CHAP TEXT(NORMAL_TEXT "\0AuthMethod=CHAP,None")
#define DISCOVERY_CHAP TEXT(DISCOVERY_TEXT "\0AuthMethod=CHAP,None")

/* a login under way, as the initiator sees it */
struct peer {
	struct fake *fake;
	struct client *client;
	const struct chap_alg *alg;
	uint8_t id;
	uint8_t challenge[CHAP_CHALLENGE_MAX];
	int challenge_len;
};

static int setup(void **state)
{
	struct peer *peer = calloc(1, sizeof(*peer));

	assert_non_null(peer);
	peer->fake = fake_new();
	fake_config(peer->fake, TARGET_CONF ACCOUNTS);
	peer->client = client_new(peer->fake);
	*state = peer;
	return 0;
}

static int teardown(void **state)
{
	struct peer *peer = *state;

	/* whatever happens, nobody reads a secret in the log */
	assert_null(strstr(fake_messages, "secret"));
	client_free(peer->client);
	fake_free(peer->fake);
	free(peer);
	return 0;
}

static void renew(struct peer *peer)
{
	client_free(peer->client);
	peer->client = client_new(peer->fake);
}

static void login(struct peer *peer, uint8_t flags, const char *text,
		  size_t len)
{
	client_login(peer->client, flags, text, len);
}

static const char *value(const struct peer *peer, const char *key)
{
	const char *pos = peer->client->data;
	size_t len = strlen(key);

	for (; pos < peer->client->data + peer->client->len;
	     pos += strlen(pos) + 1)
		if (!strncmp(pos, key, len) && pos[len] == '=')
			return pos + len + 1;
	return NULL;
}

/* the first two requests; what the target chose is kept */
static void challenge(struct peer *peer, bool discovery, const char *algs)
{
	uint64_t number, id;
	char text[256];
	int len;

	if (discovery)
		login(peer, CSG(0), DISCOVERY_CHAP);
	else
		login(peer, CSG(0), NORMAL_CHAP);
	client_status(peer->client, 0);
	assert_string_equal(value(peer, "AuthMethod"), "CHAP");
	assert_null(value(peer, "CHAP_A"));
	len = snprintf(text, sizeof(text), "CHAP_A=%s", algs);
	login(peer, CSG(0), text, len + 1);
	client_status(peer->client, 0);
	assert_int_equal(peer->client->rsp.login_rsp.flags, CSG(0));
	number = strtoull(value(peer, "CHAP_A"), NULL, 10);
	peer->alg = chap_alg_numbered(number);
	assert_non_null(peer->alg);
	id = strtoull(value(peer, "CHAP_I"), NULL, 10);
	assert_in_range(id, 0, 255);
	peer->id = id;
	peer->challenge_len = binval_decode(value(peer, "CHAP_C"),
					    peer->challenge,
					    sizeof(peer->challenge));
	assert_true(peer->challenge_len >= (int)peer->alg->len);
}

static void response_text(const struct peer *peer, const char *secret,
			  bool base64, char *text)
{
	uint8_t digest[CHAP_DIGEST_MAX];

	assert_int_equal(chap_alg_hash(peer->alg, peer->id, secret,
				       peer->challenge, peer->challenge_len,
				       digest), 0);
	if (!base64) {
		binval_hex(digest, peer->alg->len, text);
		return;
	}
	strcpy(text, "0b");
	EVP_EncodeBlock((uint8_t *)text + 2, digest, peer->alg->len);
}

/* the third request; @extra is the rest of its text, NUL-separated */
static void answer(struct peer *peer, const char *user, const char *response,
		   const char *extra, size_t extra_len)
{
	char *text = malloc(8192);
	int len;

	assert_non_null(text);
	len = snprintf(text, 4096, "CHAP_N=%s%cCHAP_R=%s", user, 0, response);
	assert_in_range(len, 1, 4095);
	len++;
	if (extra_len)
		memcpy(text + len, extra, extra_len);
	login(peer, CSG(0) | T_TO(1), text, len + extra_len);
	free(text);
}

static void answer_right(struct peer *peer, const char *extra,
			 size_t extra_len)
{
	char response[256];

	response_text(peer, SECRET, false, response);
	answer(peer, USER, response, extra, extra_len);
}

static void expect_in(struct peer *peer)
{
	client_status(peer->client, 0);
	assert_int_equal(peer->client->rsp.login_rsp.flags, CSG(0) | T_TO(1));
}

static void expect_refused(struct peer *peer)
{
	client_status(peer->client, ISCSI_LOGIN_AUTH_FAILED);
	assert_int_equal(peer->fake->nsessions, 0);
}

/*
 * RFC 1994 4.1: hash(identifier, secret, challenge).  Computed with Python:
 * hashlib.new(name, bytes([id]) + secret + challenge).hexdigest()
 */
static void test_vectors(void **state)
{
	static const struct {
		const char *alg;
		const char *brief;	/* 42, "secretsecret", 16 to 47 */
		const char *longest;	/* 255, 255 times p, i % 251 */
	} cases[] = {
		{ "MD5", "0xda42802fed770a9146e21ff7cf2fbe52",
		  "0xb77f6ca4be94f48fc98da869710b7287" },
		{ "SHA-1", "0xd0eb715ced8c72368be14cbe7384d5c949e062dc",
		  "0x662d1f98968114fd756c91c51a6b59c71c23c6f7" },
		{ "SHA-256",
		  "0xd80433c1e82d1b90ef82fdcf49a7d54d11b6dfe259aa31737f969c7e3339693b",
		  "0x3fcfaf5281236a89f75f35486577175afa803284b6ad2e0f04c53046cafdab76" },
		{ "SHA3-256",
		  "0xaffb59048320d49231bcdfd6be794bf543d338244bdea10f55842d5129f2eaca",
		  "0x4ca3419af05aff51f97203a59e465d62166f6e821974f16049a12806bf8f9dd5" },
	};
	uint8_t brief[32], longest[1024], digest[CHAP_DIGEST_MAX];
	const struct chap_alg *alg;
	char hex[BINVAL_HEX_SIZE(CHAP_DIGEST_MAX)], secret[256];
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(brief); i++)
		brief[i] = 16 + i;
	for (i = 0; i < sizeof(longest); i++)
		longest[i] = i % 251;
	memset(secret, 'p', 255);
	secret[255] = '\0';
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		alg = chap_alg_named(cases[i].alg);
		assert_int_equal(chap_alg_hash(alg, 42, "secretsecret", brief,
					       sizeof(brief), digest), 0);
		binval_hex(digest, alg->len, hex);
		assert_string_equal(hex, cases[i].brief);
		assert_int_equal(chap_alg_hash(alg, 255, secret, longest,
					       sizeof(longest), digest), 0);
		binval_hex(digest, alg->len, hex);
		assert_string_equal(hex, cases[i].longest);
	}
}

/* numbers of IANA's registry "PPP Authentication Algorithms" */
static void test_algorithms(void **state)
{
	uint32_t set = 0;
	unsigned int i;

	(void)state;
	assert_ptr_equal(chap_alg_numbered(5), chap_alg_named("MD5"));
	assert_ptr_equal(chap_alg_numbered(6), chap_alg_named("SHA1"));
	assert_ptr_equal(chap_alg_numbered(7), chap_alg_named("sha-256"));
	assert_ptr_equal(chap_alg_numbered(8), chap_alg_named("SHA3-256"));
	assert_null(chap_alg_numbered(9));
	assert_null(chap_alg_numbered(5 + (1ULL << 32)));
	for (i = 0; i < chap_algs_len; i++) {
		assert_true(chap_alg_works(&chap_algs[i]));
		assert_true(chap_algs[i].len <= CHAP_DIGEST_MAX);
		assert_true(chap_algs[i].len <= CHAP_CHALLENGE_LEN);
		set |= chap_algs[i].bit;
	}
	assert_int_equal(set, CHAP_ALGS_ALL);
}

static void test_binary_values(void **state)
{
	static const struct {
		const char *str;
		int len;
		const char *bytes;
	} cases[] = {
		{ "0x00", 1, "\0" }, { "0XaBfF", 2, "\xab\xff" },
		{ "0x0123456789", 5, "\x01\x23\x45\x67\x89" },
		{ "0bZg==", 1, "f" }, { "0BZm8=", 2, "fo" },
		{ "0bZm9v", 3, "foo" }, { "0bZm9vYmFy", 6, "foobar" },
		{ "0b+/+/", 3, "\xfb\xff\xbf" },
		{ "", -EINVAL, NULL }, { "0", -EINVAL, NULL },
		{ "0x", -EINVAL, NULL }, { "0b", -EINVAL, NULL },
		{ "00", -EINVAL, NULL }, { "ab", -EINVAL, NULL },
		{ "x0", -EINVAL, NULL }, { "0x0", -EINVAL, NULL },
		{ "0x0g", -EINVAL, NULL }, { "0xg0", -EINVAL, NULL },
		{ "0x 0", -EINVAL, NULL }, { "0x-1", -EINVAL, NULL },
		{ "0x0\xe9", -EINVAL, NULL },
		{ "0bZ", -EINVAL, NULL }, { "0bZg", -EINVAL, NULL },
		{ "0bZg=", -EINVAL, NULL }, { "0bZ===", -EINVAL, NULL },
		{ "0b====", -EINVAL, NULL }, { "0bZm9v====", -EINVAL, NULL },
		{ "0bZg==Zg==", -EINVAL, NULL }, { "0bZ=9v", -EINVAL, NULL },
		{ "0bZm9v\n", -EINVAL, NULL }, { "0bZm9 ", -EINVAL, NULL },
		/* bits that nothing has */
		{ "0bZh==", -EINVAL, NULL }, { "0bZm9=", -EINVAL, NULL },
		{ "0x00010203040506", -E2BIG, NULL },
		{ "0bAAECAwQFBg==", -E2BIG, NULL },
	};
	uint8_t *out = malloc(6);	/* ASan watches its end */
	unsigned int i;

	(void)state;
	assert_non_null(out);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		if (binval_decode(cases[i].str, out, 6) != cases[i].len)
			print_message("case '%s'\n", cases[i].str);
		assert_int_equal(binval_decode(cases[i].str, out, 6),
				 cases[i].len);
		if (cases[i].len > 0)
			assert_memory_equal(out, cases[i].bytes, cases[i].len);
	}
	free(out);
}

static void test_one_way(void **state)
{
	struct peer *peer = *state;
	char response[256], list[8];
	unsigned int i;

	for (i = 0; i < 2 * chap_algs_len; i++) {
		snprintf(list, sizeof(list), "%u", chap_algs[i / 2].number);
		challenge(peer, false, list);
		assert_ptr_equal(peer->alg, &chap_algs[i / 2]);
		response_text(peer, SECRET, i & 1, response);
		answer(peer, USER, response, NULL, 0);
		expect_in(peer);
		/* not asked for, not told */
		assert_null(value(peer, "CHAP_N"));
		assert_null(value(peer, "CHAP_R"));
		login(peer, CSG(1) | T_TO(3), NULL, 0);
		client_status(peer->client, 0);
		assert_int_equal(peer->fake->nsessions, 1);
		assert_string_equal(peer->fake->user, USER);
		assert_string_equal(peer->fake->sessions[0].initiator,
				    INITIATOR_NAME);
		fake_close_session(peer->fake, 0);
		renew(peer);
	}
}

/* the stage may end with the login, too, and without a hurry */
static void test_to_full_feature(void **state)
{
	struct peer *peer = *state;
	char text[256] = "CHAP_N=" USER "\0CHAP_R=";
	size_t len = sizeof("CHAP_N=" USER "\0CHAP_R=") - 1;

	challenge(peer, false, "5");
	response_text(peer, SECRET, false, text + len);
	login(peer, CSG(0), text, len + strlen(text + len) + 1);
	client_status(peer->client, 0);
	assert_int_equal(peer->client->rsp.login_rsp.flags, CSG(0));
	login(peer, CSG(0) | T_TO(3), NULL, 0);
	client_status(peer->client, 0);
	assert_int_equal(peer->client->rsp.login_rsp.flags, CSG(0) | T_TO(3));
	assert_string_equal(peer->fake->user, USER);
}

/* a response cut into two requests */
static void test_continued(void **state)
{
	struct peer *peer = *state;
	char text[256] = "CHAP_N=" USER "\0CHAP_R=";
	size_t len = sizeof("CHAP_N=" USER "\0CHAP_R=") - 1;

	challenge(peer, false, "8");
	response_text(peer, SECRET, false, text + len);
	login(peer, CSG(0) | C_BIT, text, 10);
	client_status(peer->client, 0);
	login(peer, CSG(0) | T_TO(1), text + 10,
	      len + strlen(text + len) + 1 - 10);
	expect_in(peer);
}

static const struct {
	const char *conf;
	const char *list;
	const char *chosen;	/* NULL: refused */
} lists[] = {
	{ "", "5,6,7,8", "MD5" },
	{ "", "8,7,6,5", "SHA3-256" },
	{ "", "7", "SHA-256" },
	{ "", "0x7", "SHA-256" },
	{ "", "1,x,,99999999999999999999,000000000000000000000000005,6",
	  "SHA-1" },
	{ "", "", NULL },
	{ "", ",", NULL },
	{ "", "9", NULL },
	{ "", "55", NULL },
	{ "", "5x", NULL },
	{ "", "MD5", NULL },
	{ "CHAPAlgorithms SHA3-256,SHA-256,SHA-1\n", "5", NULL },
	{ "CHAPAlgorithms SHA3-256,SHA-256,SHA-1\n", "5,6", "SHA-1" },
	{ "CHAPAlgorithms SHA3-256\n", "5,6,7,8", "SHA3-256" },
	{ "CHAPAlgorithms MD5\n", "8,7,6", NULL },
};

static void test_lists(void **state)
{
	struct peer *peer = *state;
	char conf[512], text[128];
	unsigned int i;
	int len;

	for (i = 0; i < ARRAY_SIZE(lists); i++) {
		snprintf(conf, sizeof(conf), "%s" TARGET_CONF ACCOUNTS,
			 lists[i].conf);
		fake_config(peer->fake, conf);
		if (lists[i].chosen) {
			challenge(peer, false, lists[i].list);
			assert_ptr_equal(peer->alg,
					 chap_alg_named(lists[i].chosen));
		} else {
			len = snprintf(text, sizeof(text), "CHAP_A=%s",
				       lists[i].list);
			login(peer, CSG(0), NORMAL_CHAP);
			login(peer, CSG(0), text, len + 1);
			expect_refused(peer);
		}
		renew(peer);
	}
}

static const struct {
	const char *user;
	const char *secret;
	const char *reason;
} wrong_accounts[] = {
	{ USER, "incoming-secret-2", "wrong password" },
	{ USER, "", "wrong password" },
	{ USER, OWN_SECRET, "wrong password" },
	{ USER, "another-secret-3", "wrong password" },
	{ "jim", SECRET, "wrong password" },
	{ "JOE", SECRET, "no such user" },
	{ "joe ", SECRET, "no such user" },
	{ "", SECRET, "no such user" },
	{ OWN, OWN_SECRET, "no such user" },
	/* what an unknown name is compared with lets nobody in */
	{ "nobody", "0123456789abcdef", "no such user" },
};

static void test_wrong_accounts(void **state)
{
	struct peer *peer = *state;
	char response[256];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(wrong_accounts); i++) {
		fake_messages_clear();
		peer->fake->ctx.peer_log.count = 0;
		challenge(peer, false, "7,5");
		response_text(peer, wrong_accounts[i].secret, false, response);
		answer(peer, wrong_accounts[i].user, response, NULL, 0);
		expect_refused(peer);
		assert_non_null(strstr(fake_messages,
				       wrong_accounts[i].reason));
		renew(peer);
	}
}

static void test_long_user(void **state)
{
	struct peer *peer = *state;
	char user[2048], response[256];

	memset(user, 'u', sizeof(user));
	user[sizeof(user) - 1] = '\0';
	challenge(peer, false, "7");
	response_text(peer, SECRET, false, response);
	answer(peer, user, response, NULL, 0);
	expect_refused(peer);
}

/* the longest name that can be configured */
static void test_longest_user(void **state)
{
	char conf[1024], user[ACCOUNT_NAME_MAX + 1], response[256];
	struct peer *peer = *state;

	memset(user, 'u', sizeof(user));
	user[ACCOUNT_NAME_MAX] = '\0';
	snprintf(conf, sizeof(conf), TARGET_CONF "IncomingUser %s " SECRET "\n",
		 user);
	fake_config(peer->fake, conf);
	challenge(peer, false, "7");
	response_text(peer, SECRET, false, response);
	answer(peer, user, response, NULL, 0);
	expect_in(peer);
	login(peer, CSG(1) | T_TO(3), NULL, 0);
	client_status(peer->client, 0);
	assert_string_equal(peer->fake->user, user);
}

static void test_malformed_response(void **state)
{
	static const char *const responses[] = {
		"", "0x", "0b", "0x00", "joe", "0x0", "0bAAAA", "NotUnderstood",
		"Reject", "00112233445566778899aabbccddeeff",
		/* one byte less, one more, one digit less */
		"0x00112233445566778899aabbccddee",
		"0x00112233445566778899aabbccddeeff00",
		"0x00112233445566778899aabbccddeef",
		"0b//////////////////////////////////////////",
	};
	struct peer *peer = *state;
	char text[4000];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(responses); i++) {
		challenge(peer, false, "5");
		answer(peer, USER, responses[i], NULL, 0);
		expect_refused(peer);
		renew(peer);
	}
	/* the right one with something behind it */
	challenge(peer, false, "5");
	response_text(peer, SECRET, false, text);
	strcat(text, "00");
	answer(peer, USER, text, NULL, 0);
	expect_refused(peer);
	renew(peer);
	challenge(peer, false, "5");
	memset(text, 'f', sizeof(text));
	memcpy(text, "0x", 2);
	text[sizeof(text) - 1] = '\0';
	answer(peer, USER, text, NULL, 0);
	expect_refused(peer);
}

/* an old response is no answer to a new challenge */
static void test_replay(void **state)
{
	struct peer *peer = *state;
	char response[256];

	challenge(peer, false, "5");
	response_text(peer, SECRET, false, response);
	renew(peer);
	challenge(peer, false, "5");
	answer(peer, USER, response, NULL, 0);
	expect_refused(peer);
}

static void test_fresh_challenges(void **state)
{
	static uint8_t seen[500][CHAP_CHALLENGE_LEN];
	struct peer *peer = *state;
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(seen); i++) {
		challenge(peer, false, "5");
		assert_int_equal(peer->challenge_len, CHAP_CHALLENGE_LEN);
		memcpy(seen[i], peer->challenge, CHAP_CHALLENGE_LEN);
		for (j = 0; j < i; j++)
			assert_memory_not_equal(seen[j], seen[i],
						CHAP_CHALLENGE_LEN);
		renew(peer);
	}
}

/* requests in security stage, the last of which is refused */
#define RESPONSE "CHAP_N=joe\0CHAP_R=0x00112233445566778899aabbccddeeff"
static const struct {
	const char *what;
	int status;
	unsigned int n;
	struct {
		const char *text;
		size_t len;
	} requests[3];
} wrong_steps[] = {
	{ "list together with the method", ISCSI_LOGIN_AUTH_FAILED, 1,
	  { { TEXT(NORMAL_TEXT "\0AuthMethod=CHAP\0CHAP_A=5") } } },
	{ "response together with the method", ISCSI_LOGIN_AUTH_FAILED, 1,
	  { { TEXT(NORMAL_TEXT "\0AuthMethod=CHAP\0" RESPONSE) } } },
	{ "list without a method", ISCSI_LOGIN_AUTH_FAILED, 1,
	  { { TEXT(NORMAL_TEXT "\0CHAP_A=5") } } },
	{ "nothing instead of the list", ISCSI_LOGIN_AUTH_FAILED, 2,
	  { { NORMAL_CHAP }, { NULL, 0 } } },
	{ "response instead of the list", ISCSI_LOGIN_AUTH_FAILED, 2,
	  { { NORMAL_CHAP }, { TEXT(RESPONSE) } } },
	{ "response with the list", ISCSI_LOGIN_AUTH_FAILED, 2,
	  { { NORMAL_CHAP }, { TEXT("CHAP_A=5\0" RESPONSE) } } },
	{ "challenge with the list", ISCSI_LOGIN_AUTH_FAILED, 2,
	  { { NORMAL_CHAP }, { TEXT("CHAP_A=5\0CHAP_I=1\0CHAP_C=0x00") } } },
	{ "two lists", ISCSI_LOGIN_AUTH_FAILED, 2,
	  { { NORMAL_CHAP }, { TEXT("CHAP_A=5\0CHAP_A=6") } } },
	{ "two lists one after the other", ISCSI_LOGIN_AUTH_FAILED, 3,
	  { { NORMAL_CHAP }, { TEXT("CHAP_A=5") }, { TEXT("CHAP_A=5") } } },
	{ "response and list", ISCSI_LOGIN_AUTH_FAILED, 3,
	  { { NORMAL_CHAP }, { TEXT("CHAP_A=5") },
	    { TEXT(RESPONSE "\0CHAP_A=5") } } },
	{ "nothing instead of the response", ISCSI_LOGIN_AUTH_FAILED, 3,
	  { { NORMAL_CHAP }, { TEXT("CHAP_A=5") }, { NULL, 0 } } },
	{ "response without a name", ISCSI_LOGIN_AUTH_FAILED, 3,
	  { { NORMAL_CHAP }, { TEXT("CHAP_A=5") },
	    { TEXT("CHAP_R=0x00112233445566778899aabbccddeeff") } } },
	{ "name without a response", ISCSI_LOGIN_AUTH_FAILED, 3,
	  { { NORMAL_CHAP }, { TEXT("CHAP_A=5") }, { TEXT("CHAP_N=joe") } } },
	{ "challenge before the response", ISCSI_LOGIN_AUTH_FAILED, 3,
	  { { NORMAL_CHAP }, { TEXT("CHAP_A=5") },
	    { TEXT("CHAP_I=1\0CHAP_C=0x00") } } },
	{ "two names", ISCSI_LOGIN_AUTH_FAILED, 3,
	  { { NORMAL_CHAP }, { TEXT("CHAP_A=5") },
	    { TEXT(RESPONSE "\0CHAP_N=jim") } } },
	{ "a second method", ISCSI_LOGIN_AUTH_FAILED, 2,
	  { { NORMAL_CHAP }, { TEXT("AuthMethod=None") } } },
	{ "a second method later", ISCSI_LOGIN_AUTH_FAILED, 3,
	  { { NORMAL_CHAP }, { TEXT("CHAP_A=5") },
	    { TEXT("AuthMethod=CHAP") } } },
	{ "no method that we have", ISCSI_LOGIN_AUTH_FAILED, 1,
	  { { TEXT(NORMAL_TEXT "\0AuthMethod=KRB5,SRP,None") } } },
	{ "None only", ISCSI_LOGIN_AUTH_FAILED, 1,
	  { { TEXT(NORMAL_TEXT "\0AuthMethod=None") } } },
	{ "two methods in one request", ISCSI_LOGIN_INITIATOR_ERR, 1,
	  { { TEXT(NORMAL_TEXT "\0AuthMethod=CHAP\0AuthMethod=None") } } },
};

static void test_wrong_steps(void **state)
{
	struct peer *peer = *state;
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(wrong_steps); i++) {
		for (j = 0; j < wrong_steps[i].n; j++) {
			if (j)
				client_status(peer->client, 0);
			login(peer, CSG(0), wrong_steps[i].requests[j].text,
			      wrong_steps[i].requests[j].len);
		}
		if (!peer->client->rsp.login_rsp.status_class)
			print_message("case '%s'\n", wrong_steps[i].what);
		client_status(peer->client, wrong_steps[i].status);
		assert_int_equal(peer->fake->nsessions, 0);
		renew(peer);
	}
}

/* wanting to leave the stage before the proof helps nobody */
static void test_hurry(void **state)
{
	struct peer *peer = *state;

	login(peer, CSG(0) | T_TO(3), NORMAL_CHAP);
	client_status(peer->client, 0);
	assert_int_equal(peer->client->rsp.login_rsp.flags, CSG(0));
	login(peer, CSG(0) | T_TO(3), TEXT("CHAP_A=7"));
	client_status(peer->client, 0);
	assert_int_equal(peer->client->rsp.login_rsp.flags, CSG(0));
	login(peer, CSG(1) | T_TO(3), NULL, 0);
	client_status(peer->client, ISCSI_LOGIN_INITIATOR_ERR);
	assert_int_equal(peer->fake->nsessions, 0);
	renew(peer);
	/* no method offered at all */
	login(peer, CSG(0) | T_TO(1), TEXT(NORMAL_TEXT));
	expect_refused(peer);
}

static void test_skipped_stage(void **state)
{
	struct peer *peer = *state;

	login(peer, CSG(1) | T_TO(3), TEXT(NORMAL_TEXT));
	expect_refused(peer);
	renew(peer);
	/* an account of the target means nothing to discovery */
	client_login_full(peer->client, true);
	renew(peer);
	fake_config(peer->fake, ACCOUNTS TARGET_CONF);
	login(peer, CSG(1) | T_TO(3), TEXT(DISCOVERY_TEXT));
	expect_refused(peer);
	renew(peer);
	/* and the other way round */
	client_login_full(peer->client, false);
	assert_string_equal(peer->fake->user, "");
}

static void test_not_required(void **state)
{
	struct peer *peer = *state;

	/* an outgoing account alone asks nobody for anything */
	fake_config(peer->fake, TARGET_CONF "OutgoingUser " OWN " " OWN_SECRET);
	login(peer, CSG(0) | T_TO(1), NORMAL_CHAP);
	expect_in(peer);
	assert_string_equal(value(peer, "AuthMethod"), "None");
	login(peer, CSG(1), TEXT("CHAP_A=5"));
	client_status(peer->client, ISCSI_LOGIN_INITIATOR_ERR);
	renew(peer);
	login(peer, CSG(0), TEXT(NORMAL_TEXT "\0AuthMethod=CHAP"));
	expect_refused(peer);
	renew(peer);
	login(peer, CSG(0), TEXT(NORMAL_TEXT "\0AuthMethod=None\0CHAP_A=5"));
	expect_refused(peer);
}

static void test_after_success(void **state)
{
	struct peer *peer = *state;

	challenge(peer, false, "5");
	answer_right(peer, NULL, 0);
	expect_in(peer);
	login(peer, CSG(1) | T_TO(3), TEXT("CHAP_N=jim\0CHAP_R=0x00"));
	client_status(peer->client, ISCSI_LOGIN_INITIATOR_ERR);
	assert_int_equal(peer->fake->nsessions, 0);
}

/* the target's own proof, checked as an initiator does */
static void expect_proof(struct peer *peer, uint8_t id, const uint8_t *bytes,
			 size_t len)
{
	char hex[BINVAL_HEX_SIZE(CHAP_DIGEST_MAX)];
	uint8_t digest[CHAP_DIGEST_MAX];

	expect_in(peer);
	assert_int_equal(chap_alg_hash(peer->alg, id, OWN_SECRET, bytes, len,
				       digest), 0);
	binval_hex(digest, peer->alg->len, hex);
	assert_string_equal(value(peer, "CHAP_N"), OWN);
	assert_string_equal(value(peer, "CHAP_R"), hex);
}

static void test_mutual(void **state)
{
	struct peer *peer = *state;
	unsigned int i;
	char list[8];

	for (i = 0; i < 2 * chap_algs_len; i++) {
		snprintf(list, sizeof(list), "%u", chap_algs[i / 2].number);
		challenge(peer, false, list);
		if (i & 1)
			answer_right(peer, TEXT("CHAP_I=0x2a\0CHAP_C=0bZm9v"));
		else
			answer_right(peer, TEXT("CHAP_C=0x666f6f\0CHAP_I=42"));
		expect_proof(peer, 42, (const uint8_t *)"foo", 3);
		renew(peer);
	}
}

/* no initiator at hand knows more than MD5 here, so this stands for others */
static void discover(struct peer *peer, const char *algs, const char *user,
		     const char *secret, bool mutual)
{
	char response[256];

	renew(peer);
	challenge(peer, true, algs);
	response_text(peer, secret, false, response);
	if (mutual)
		answer(peer, user, response, TEXT("CHAP_I=0\0CHAP_C=0x00"));
	else
		answer(peer, user, response, NULL, 0);
}

static void test_discovery(void **state)
{
	struct peer *peer = *state;
	unsigned int i;
	char list[8];

	fake_config(peer->fake, ACCOUNTS TARGET_CONF
		    "IncomingUser jack secret-of-the-target\n");
	for (i = 0; i < chap_algs_len; i++) {
		snprintf(list, sizeof(list), "%u", chap_algs[i].number);
		discover(peer, list, USER, "another-secret-3", false);
		expect_refused(peer);
		discover(peer, list, "nobody", SECRET, false);
		expect_refused(peer);
		discover(peer, list, "jack", "secret-of-the-target", false);
		expect_refused(peer);
		discover(peer, list, USER, SECRET, false);
		assert_ptr_equal(peer->alg, &chap_algs[i]);
		expect_in(peer);
		discover(peer, list, USER, SECRET, true);
		expect_proof(peer, 0, (const uint8_t *)"", 1);
		login(peer, CSG(1) | T_TO(3), NULL, 0);
		client_status(peer->client, 0);
		assert_int_equal(LIST_FIRST(&peer->fake->ctx.conns)->state,
				 CONN_DISCOVERY);
	}
	discover(peer, "8,5", USER, SECRET, false);
	assert_int_equal(peer->alg->number, 8);
}

/* where a target has gone is for those only who have an account */
static void test_redirect(void **state)
{
	struct peer *peer = *state;
	char response[256];

	fake_config(peer->fake, TARGET_CONF "Redirect 192.0.2.7\n" ACCOUNTS);
	challenge(peer, false, "7");
	response_text(peer, "another-secret-3", false, response);
	answer(peer, USER, response, NULL, 0);
	expect_refused(peer);
	assert_null(value(peer, "TargetAddress"));
	renew(peer);
	challenge(peer, false, "7");
	answer_right(peer, NULL, 0);
	assert_int_equal(peer->client->rsp.login_rsp.status_class, 1);
	assert_string_equal(value(peer, "TargetAddress"), "192.0.2.7:3260");
}

/* 1024 bytes are the largest challenge */
static void test_challenge_sizes(void **state)
{
	struct peer *peer = *state;
	uint8_t bytes[1025] = { 0 };
	char extra[16 + BINVAL_HEX_SIZE(1025)] = "CHAP_I=9\0CHAP_C=";
	size_t pos = sizeof("CHAP_I=9\0CHAP_C=") - 1;

	binval_hex(bytes, 1024, extra + pos);
	challenge(peer, false, "6");
	answer_right(peer, extra, pos + BINVAL_HEX_SIZE(1024));
	expect_proof(peer, 9, bytes, 1024);
	renew(peer);
	binval_hex(bytes, 1025, extra + pos);
	challenge(peer, false, "6");
	answer_right(peer, extra, pos + BINVAL_HEX_SIZE(1025));
	expect_refused(peer);
}

static void test_mutual_malformed(void **state)
{
	static const struct {
		const char *text;
		size_t len;
	} cases[] = {
		{ TEXT("CHAP_I=1") }, { TEXT("CHAP_C=0x00") },
		{ TEXT("CHAP_I=256\0CHAP_C=0x00") },
		{ TEXT("CHAP_I=-1\0CHAP_C=0x00") },
		{ TEXT("CHAP_I=\0CHAP_C=0x00") },
		{ TEXT("CHAP_I=1\0CHAP_C=") },
		{ TEXT("CHAP_I=1\0CHAP_C=0x") },
		{ TEXT("CHAP_I=1\0CHAP_C=0x0") },
		{ TEXT("CHAP_I=1\0CHAP_C=0xzz") },
		{ TEXT("CHAP_I=1\0CHAP_C=0bAA==AA") },
		{ TEXT("CHAP_I=1\0CHAP_C=foo") },
		{ TEXT("CHAP_I=1\0CHAP_I=2\0CHAP_C=0x00") },
		{ TEXT("CHAP_I=1\0CHAP_C=0x00\0CHAP_C=0x00") },
	};
	struct peer *peer = *state;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		challenge(peer, false, "5");
		answer_right(peer, cases[i].text, cases[i].len);
		expect_refused(peer);
		renew(peer);
	}
}

/* our secret is not used for somebody whom we do not know */
static void test_mutual_wrong_password(void **state)
{
	struct peer *peer = *state;
	char response[256];

	challenge(peer, false, "5");
	response_text(peer, "wrong", false, response);
	answer(peer, USER, response, TEXT("CHAP_I=1\0CHAP_C=0x00"));
	expect_refused(peer);
	assert_non_null(strstr(fake_messages, "wrong password"));
}

static void test_mutual_without_account(void **state)
{
	struct peer *peer = *state;

	fake_config(peer->fake,
		    TARGET_CONF "IncomingUser " USER " " SECRET "\n");
	challenge(peer, false, "5");
	answer_right(peer, TEXT("CHAP_I=1\0CHAP_C=0x00"));
	expect_refused(peer);
	assert_non_null(strstr(fake_messages, "no OutgoingUser"));
}

/* RFC 7143 12.1.3: our own challenge must not come back .. */
static void test_reflected_challenge(void **state)
{
	char extra[16 + BINVAL_HEX_SIZE(CHAP_CHALLENGE_LEN)] =
		"CHAP_I=1\0CHAP_C=";
	size_t pos = sizeof("CHAP_I=1\0CHAP_C=") - 1;
	struct peer *peer = *state;

	challenge(peer, false, "8");
	binval_hex(peer->challenge, peer->challenge_len, extra + pos);
	answer_right(peer, extra, sizeof(extra));
	expect_refused(peer);
	assert_non_null(strstr(fake_messages, "reflected"));
}

/* .. and 9.2.1: nor may a response be what we would have answered */
static void test_reflected_secret(void **state)
{
	struct peer *peer = *state;

	fake_config(peer->fake, TARGET_CONF "IncomingUser " USER " " SECRET
		    "\nOutgoingUser " OWN " " SECRET "\n");
	challenge(peer, false, "7");
	answer_right(peer, NULL, 0);
	expect_refused(peer);
	assert_non_null(strstr(fake_messages, "has the password of the target"));
}

/* what counts is the configuration that is in force at that moment */
static void test_configuration_replaced(void **state)
{
	struct peer *peer = *state;
	char response[256];

	challenge(peer, false, "5");
	fake_config(peer->fake, TARGET_CONF "IncomingUser " USER " new-one-here\n");
	response_text(peer, "new-one-here", false, response);
	answer(peer, USER, response, NULL, 0);
	expect_in(peer);
	renew(peer);

	challenge(peer, false, "5");
	fake_config(peer->fake, TARGET_CONF);
	response_text(peer, "new-one-here", false, response);
	answer(peer, USER, response, NULL, 0);
	expect_refused(peer);
	renew(peer);

	fake_config(peer->fake, TARGET_CONF ACCOUNTS);
	challenge(peer, false, "5");
	fake_config(peer->fake, "Target iqn.2026-11.org.example:other\n");
	answer_right(peer, NULL, 0);
	expect_refused(peer);
	renew(peer);

	fake_config(peer->fake, TARGET_CONF ACCOUNTS);
	login(peer, CSG(0), TEXT(NORMAL_TEXT));
	client_status(peer->client, 0);
	fake_config(peer->fake, "Target iqn.2026-11.org.example:other\n");
	login(peer, CSG(0), TEXT("AuthMethod=CHAP,None"));
	expect_refused(peer);
}

int main(void)
{
#define TEST(t) cmocka_unit_test_setup_teardown(t, setup, teardown)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_algorithms),
		cmocka_unit_test(test_binary_values),
		TEST(test_one_way),
		TEST(test_to_full_feature),
		TEST(test_continued),
		TEST(test_lists),
		TEST(test_wrong_accounts),
		TEST(test_long_user),
		TEST(test_longest_user),
		TEST(test_malformed_response),
		TEST(test_replay),
		TEST(test_fresh_challenges),
		TEST(test_wrong_steps),
		TEST(test_hurry),
		TEST(test_skipped_stage),
		TEST(test_not_required),
		TEST(test_after_success),
		TEST(test_mutual),
		TEST(test_discovery),
		TEST(test_redirect),
		TEST(test_challenge_sizes),
		TEST(test_mutual_malformed),
		TEST(test_mutual_wrong_password),
		TEST(test_mutual_without_account),
		TEST(test_reflected_challenge),
		TEST(test_reflected_secret),
		TEST(test_configuration_replaced),
	};

	return cmocka_run_group_tests_name("chap", tests, NULL, NULL);
}
