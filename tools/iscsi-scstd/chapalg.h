/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Hash algorithms of CHAP.
 */
#ifndef SCSTD_CHAPALG_H
#define SCSTD_CHAPALG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* of the longest digest */
#define CHAP_DIGEST_MAX 32

/**
 * struct chap_alg - an algorithm
 * @name: in the configuration
 * @alias: as other programs write it
 * @number: in CHAP_A
 * @bit: in sets of algorithms
 * @digest: name in libcrypto
 * @len: length of a response
 */
struct chap_alg {
	const char *name;
	const char *alias;
	uint8_t number;
	uint32_t bit;
	const char *digest;
	size_t len;
};

extern const struct chap_alg chap_algs[];
extern const unsigned int chap_algs_len;

#define CHAP_ALGS_ALL 0xf

const struct chap_alg *chap_alg_named(const char *name);
const struct chap_alg *chap_alg_numbered(uint64_t number);
bool chap_alg_works(const struct chap_alg *alg);
int chap_alg_hash(const struct chap_alg *alg, uint8_t id, const char *secret,
		  const uint8_t *challenge, size_t len, uint8_t *digest);

#endif
