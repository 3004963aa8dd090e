/* SPDX-License-Identifier: GPL-2.0 */
/*
 * CHAP, the authenticating side and, for mutual CHAP, the authenticated one
 * (RFC 7143 12.1.3, RFC 1994).
 */
#ifndef SCSTD_CHAP_H
#define SCSTD_CHAP_H

#include <stdint.h>

#include "auth.h"
#include "chapalg.h"

/* not shorter than any digest */
#define CHAP_CHALLENGE_LEN 32
/* RFC 7143 12.1.3 */
#define CHAP_CHALLENGE_MAX 1024

/**
 * enum chap_state - what the next request must bring
 * @CHAP_BEGIN: nothing, it is the one that has offered CHAP
 * @CHAP_OFFER: a list of algorithms
 * @CHAP_RESPONSE: name and response, and a challenge for mutual CHAP
 * @CHAP_END: nothing any more
 */
enum chap_state {
	CHAP_BEGIN,
	CHAP_OFFER,
	CHAP_RESPONSE,
	CHAP_END,
};

/**
 * struct chap - CHAP of one login
 * @state: what comes next
 * @alg: the algorithm agreed on
 * @id: identifier of our challenge
 * @challenge: our challenge
 */
struct chap {
	enum chap_state state;
	const struct chap_alg *alg;
	uint8_t id;
	uint8_t challenge[CHAP_CHALLENGE_LEN];
};

bool chap_allowed(const struct conn *conn);
enum auth_result chap_step(struct conn *conn, const struct text_pair *pairs,
			   int n, struct text *out);
bool chap_has_keys(const struct text_pair *pairs, int n);

#endif
