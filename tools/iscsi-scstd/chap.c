// SPDX-License-Identifier: GPL-2.0
/*
 * CHAP as an authentication method (RFC 7143 12.1.3).  Owns what happens
 * between AuthMethod=CHAP and the last response.
 *
 * Accounts are looked up in the configuration that is in force at that moment,
 * and nothing here keeps a pointer to one.  Every failure looks the same to
 * the initiator; the log has the reason.
 */
#include <errno.h>
#include <string.h>

#include <openssl/crypto.h>

#include "binval.h"
#include "chap.h"
#include "randbytes.h"
#include "scstd.h"
#include "strnum.h"
#include "util.h"

enum chap_key {
	KEY_A,
	KEY_I,
	KEY_C,
	KEY_N,
	KEY_R,
	KEY_COUNT
};

#define BIT(key) (1u << (key))

static const char *const key_names[KEY_COUNT] = {
	[KEY_A] = "CHAP_A",
	[KEY_I] = "CHAP_I",
	[KEY_C] = "CHAP_C",
	[KEY_N] = "CHAP_N",
	[KEY_R] = "CHAP_R",
};

static int chap_key(const char *name)
{
	int i;

	for (i = 0; i < KEY_COUNT; i++)
		if (!strcmp(key_names[i], name))
			return i;
	return -ENOENT;
}

static enum auth_result chap_fail(struct conn *conn, const char *why)
{
	conn->login.chap.state = CHAP_END;
	conn->login.why = why;
	return AUTH_FAILED;
}

/* Return: the set of keys that are there, or -EINVAL if one is there twice */
static int collect(const struct text_pair *pairs, int n,
		   const char *values[KEY_COUNT])
{
	int i, key, set = 0;

	for (i = 0; i < n; i++) {
		key = chap_key(pairs[i].key);
		if (key < 0)
			continue;
		if (set & BIT(key))
			return -EINVAL;
		set |= BIT(key);
		values[key] = pairs[i].value;
	}
	return set;
}

static enum auth_result begin(struct conn *conn, const char *const *values,
			      struct text *out)
{
	(void)values;
	(void)out;
	conn->login.chap.state = CHAP_OFFER;
	return AUTH_CONTINUE;
}

/* what the administrator allows and libcrypto can do */
static uint32_t algs_usable(const struct config *conf)
{
	uint32_t set = 0;
	unsigned int i;

	for (i = 0; i < chap_algs_len; i++)
		if (conf->chap_algs & chap_algs[i].bit &&
		    chap_alg_works(&chap_algs[i]))
			set |= chap_algs[i].bit;
	return set;
}

/* numbers that we do not know, and what is no number, count for nothing */
static const struct chap_alg *alg_of_item(const char *item, size_t len)
{
	char text[24];
	uint64_t number;

	if (len >= sizeof(text))
		return NULL;
	memcpy(text, item, len);
	text[len] = '\0';
	return strnum_text(text, &number) ? NULL : chap_alg_numbered(number);
}

/* the first algorithm of the initiator's list that may be used here */
static const struct chap_alg *alg_choose(const struct conn *conn,
					 const char *list)
{
	uint32_t usable = algs_usable(conn->ctx->conf);
	const struct chap_alg *alg;
	const char *item;
	size_t len;

	while ((item = text_item(&list, &len)) != NULL) {
		alg = alg_of_item(item, len);
		if (alg && usable & alg->bit)
			return alg;
	}
	return NULL;
}

static int make_challenge(struct chap *chap)
{
	uint8_t bytes[CHAP_CHALLENGE_LEN + 1];

	if (randbytes(bytes, sizeof(bytes)))
		return -EIO;
	chap->id = bytes[0];
	memcpy(chap->challenge, bytes + 1, CHAP_CHALLENGE_LEN);
	return 0;
}

static enum auth_result choose(struct conn *conn, const char *const *values,
			       struct text *out)
{
	char hex[BINVAL_HEX_SIZE(CHAP_CHALLENGE_LEN)];
	struct chap *chap = &conn->login.chap;

	chap->alg = alg_choose(conn, values[KEY_A]);
	if (!chap->alg)
		return chap_fail(conn, "CHAP: no common algorithm");
	if (make_challenge(chap))
		return chap_fail(conn, "CHAP: no random numbers");
	binval_hex(chap->challenge, sizeof(chap->challenge), hex);
	text_add_num(out, "CHAP_A", chap->alg->number);
	text_add_num(out, "CHAP_I", chap->id);
	text_add(out, "CHAP_C", hex);
	chap->state = CHAP_RESPONSE;
	return AUTH_CONTINUE;
}

/* is @response what somebody with this secret answers to our challenge? */
static bool answers(const struct chap *chap, const char *secret,
		    const uint8_t *response)
{
	uint8_t digest[CHAP_DIGEST_MAX];
	bool same;

	if (chap_alg_hash(chap->alg, chap->id, secret, chap->challenge,
			  sizeof(chap->challenge), digest))
		return false;
	same = !CRYPTO_memcmp(digest, response, chap->alg->len);
	OPENSSL_cleanse(digest, sizeof(digest));
	return same;
}

/*
 * A name that has no account is judged like a wrong password, on a secret that
 * nobody has.  Both hashes are computed in any case, so that the time does not
 * tell which names there are.
 */
static const char *verify(const struct chap *chap,
			  const struct accounts *accounts, const char *name,
			  const uint8_t *response)
{
	static const char nobody[] = "0123456789abcdef";
	const struct account *in, *own;
	bool right, reflected;

	in = account_find(accounts, ACCOUNT_INCOMING, name);
	own = account_outgoing(accounts);
	right = answers(chap, in ? in->secret : nobody, response);
	reflected = answers(chap, own ? own->secret : nobody, response);
	if (!in)
		return "CHAP: no such user";
	if (!right)
		return "CHAP: wrong password";
	/* RFC 7143 9.2.1: what we would have answered ourselves is wrong */
	if (own && reflected)
		return "CHAP: user has the password of the target";
	return NULL;
}

/* the other direction: we answer the initiator's challenge */
static const char *respond(const struct chap *chap,
			   const struct accounts *accounts,
			   const char *const *values, struct text *out)
{
	const struct account *own = account_outgoing(accounts);
	uint8_t challenge[CHAP_CHALLENGE_MAX], digest[CHAP_DIGEST_MAX];
	char hex[BINVAL_HEX_SIZE(CHAP_DIGEST_MAX)];
	uint64_t id;
	int len;

	if (!own)
		return "CHAP: mutual, but there is no OutgoingUser";
	if (strnum_text(values[KEY_I], &id) || id > UINT8_MAX)
		return "CHAP: malformed CHAP_I";
	len = binval_decode(values[KEY_C], challenge, sizeof(challenge));
	if (len < 0)
		return "CHAP: malformed or oversized CHAP_C";
	if (len == sizeof(chap->challenge) &&
	    !memcmp(challenge, chap->challenge, len))
		return "CHAP: challenge reflected";
	if (chap_alg_hash(chap->alg, id, own->secret, challenge, len, digest))
		return "CHAP: hash failed";
	binval_hex(digest, chap->alg->len, hex);
	text_add(out, "CHAP_N", own->name);
	text_add(out, "CHAP_R", hex);
	return NULL;
}

static enum auth_result judge(struct conn *conn, const char *const *values,
			      struct text *out)
{
	const struct accounts *accounts = auth_accounts(conn);
	struct login *login = &conn->login;
	uint8_t response[CHAP_DIGEST_MAX];
	const char *why;
	int len;

	if (!accounts)
		return chap_fail(conn, "CHAP: target is gone");
	len = binval_decode(values[KEY_R], response, login->chap.alg->len);
	if (len < 0 || (size_t)len != login->chap.alg->len)
		return chap_fail(conn, "CHAP: malformed CHAP_R");
	if (!values[KEY_I] != !values[KEY_C])
		return chap_fail(conn, "CHAP: CHAP_I and CHAP_C go together");
	/* nothing is said about our secret to whom we do not know */
	why = verify(&login->chap, accounts, values[KEY_N], response);
	if (!why && values[KEY_C])
		why = respond(&login->chap, accounts, values, out);
	if (why)
		return chap_fail(conn, why);
	/* account_find() has found it, so it fits */
	memcpy(login->user, values[KEY_N], strlen(values[KEY_N]) + 1);
	login->chap.state = CHAP_END;
	return AUTH_DONE;
}

/* what each request must have and may have, and who deals with it */
static const struct {
	unsigned int required;
	unsigned int optional;
	enum auth_result (*fn)(struct conn *conn, const char *const *values,
			       struct text *out);
} steps[] = {
	[CHAP_BEGIN] = { 0, 0, begin },
	[CHAP_OFFER] = { BIT(KEY_A), 0, choose },
	[CHAP_RESPONSE] = { BIT(KEY_N) | BIT(KEY_R), BIT(KEY_I) | BIT(KEY_C),
			    judge },
};

/**
 * chap_allowed() - may this connection use CHAP?
 * @conn: the connection, identified
 */
bool chap_allowed(const struct conn *conn)
{
	const struct accounts *accounts = auth_accounts(conn);

	return accounts && accounts_required(accounts);
}

/**
 * chap_step() - digest the keys of one request, add those of the response
 * @conn: the connection, with CHAP agreed on
 * @pairs: keys of the request
 * @n: how many
 * @out: keys of the response are added here
 *
 * Return: how the authentication stands.
 */
enum auth_result chap_step(struct conn *conn, const struct text_pair *pairs,
			   int n, struct text *out)
{
	enum chap_state state = conn->login.chap.state;
	const char *values[KEY_COUNT] = { NULL };
	int set = collect(pairs, n, values);

	if (state >= ARRAY_SIZE(steps))
		return chap_fail(conn, "CHAP: is over");
	if (set < 0)
		return chap_fail(conn, "CHAP: key repeated");
	if (set & ~(steps[state].required | steps[state].optional))
		return chap_fail(conn, "CHAP: key in the wrong step");
	if ((set & steps[state].required) != steps[state].required)
		return chap_fail(conn, "CHAP: key is missing");
	return steps[state].fn(conn, values, out);
}

/**
 * chap_has_keys() - is any key of CHAP among these?
 * @pairs: the keys
 * @n: how many
 */
bool chap_has_keys(const struct text_pair *pairs, int n)
{
	int i;

	for (i = 0; i < n; i++)
		if (chap_key(pairs[i].key) >= 0)
			return true;
	return false;
}
