// SPDX-License-Identifier: GPL-2.0
/*
 * Hash algorithms of CHAP, computed by libcrypto.  Pure.
 */
#include <errno.h>
#include <string.h>
#include <strings.h>

#include <openssl/evp.h>

#include "chapalg.h"
#include "util.h"

/*
 * Strongest first.  The numbers are those of IANA's registry "PPP
 * Authentication Algorithms"; open-iscsi and the kernel's own target use the
 * same.  (The 7 that SCST 1.0 had for SHA-1 is SHA-256 to them.)
 */
const struct chap_alg chap_algs[] = {
	{ "SHA3-256", "SHA3256", 8, 0x1, "SHA3-256", 32 },
	{ "SHA-256", "SHA256", 7, 0x2, "SHA2-256", 32 },
	{ "SHA-1", "SHA1", 6, 0x4, "SHA1", 20 },
	{ "MD5", "MD5", 5, 0x8, "MD5", 16 },
};

const unsigned int chap_algs_len = ARRAY_SIZE(chap_algs);

/**
 * chap_alg_named() - look an algorithm up
 * @name: as an administrator writes it, in any case
 *
 * Return: its row or NULL.
 */
const struct chap_alg *chap_alg_named(const char *name)
{
	unsigned int i;

	for (i = 0; i < chap_algs_len; i++)
		if (!strcasecmp(chap_algs[i].name, name) ||
		    !strcasecmp(chap_algs[i].alias, name))
			return &chap_algs[i];
	return NULL;
}

/**
 * chap_alg_numbered() - look an algorithm up
 * @number: as in CHAP_A
 *
 * Return: its row or NULL.
 */
const struct chap_alg *chap_alg_numbered(uint64_t number)
{
	unsigned int i;

	for (i = 0; i < chap_algs_len; i++)
		if (chap_algs[i].number == number)
			return &chap_algs[i];
	return NULL;
}

/**
 * chap_alg_works() - does libcrypto have an algorithm?
 * @alg: the algorithm
 *
 * A libcrypto in FIPS mode has no MD5.
 */
bool chap_alg_works(const struct chap_alg *alg)
{
	EVP_MD *md = EVP_MD_fetch(NULL, alg->digest, NULL);

	EVP_MD_free(md);
	return md;
}

static bool hash(EVP_MD_CTX *ctx, const EVP_MD *md, uint8_t id,
		 const char *secret, const uint8_t *challenge, size_t len,
		 uint8_t *digest)
{
	return EVP_DigestInit_ex(ctx, md, NULL) &&
	       EVP_DigestUpdate(ctx, &id, 1) &&
	       EVP_DigestUpdate(ctx, secret, strlen(secret)) &&
	       EVP_DigestUpdate(ctx, challenge, len) &&
	       EVP_DigestFinal_ex(ctx, digest, NULL);
}

/**
 * chap_alg_hash() - compute the response to a challenge (RFC 1994 4.1)
 * @alg: the algorithm
 * @id: identifier of the challenge
 * @secret: of the one who responds
 * @challenge: the challenge
 * @len: its length
 * @digest: the response, @alg->len bytes
 *
 * Return: 0, or -EIO if libcrypto cannot do it.
 */
int chap_alg_hash(const struct chap_alg *alg, uint8_t id, const char *secret,
		  const uint8_t *challenge, size_t len, uint8_t *digest)
{
	EVP_MD *md = EVP_MD_fetch(NULL, alg->digest, NULL);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	int ret = -EIO;

	if (md && ctx && hash(ctx, md, id, secret, challenge, len, digest))
		ret = 0;
	EVP_MD_CTX_free(ctx);
	EVP_MD_free(md);
	return ret;
}
