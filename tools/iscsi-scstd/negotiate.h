/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Negotiation of operational parameters, target side (RFC 7143 sections 6.2
 * and 13).
 */
#ifndef SCSTD_NEGOTIATE_H
#define SCSTD_NEGOTIATE_H

#include <stdbool.h>
#include <stdint.h>

#include "params.h"
#include "text.h"

/**
 * struct nego - negotiation of one login
 * @discovery: session type
 * @local: what we offer, by enum session_param
 * @val: what is in force, by enum session_param; RFC defaults at first
 * @seen: keys that the initiator has sent, by row of the rule table
 * @declared: our MaxRecvDataSegmentLength has been sent
 */
struct nego {
	bool discovery;
	uint32_t local[SP_COUNT];
	uint32_t val[SP_COUNT];
	uint64_t seen;
	bool declared;
};

void nego_init(struct nego *nego);
int nego_pairs(struct nego *nego, const struct text_pair *pairs, int n,
	       struct text *out);
void nego_declare(struct nego *nego, struct text *out);
void nego_finish(struct nego *nego);
void nego_full_feature(struct nego *nego, const struct text_pair *pair,
		       struct text *out);

#endif
