// SPDX-License-Identifier: GPL-2.0
/*
 * Negotiation of operational parameters as data: one row for each key of RFC
 * 7143 section 13, one function for each kind of key.  Pure.
 */
#include <errno.h>
#include <string.h>

#include "pdu.h"
#include "negotiate.h"
#include "strnum.h"
#include "util.h"

#define PROTOCOL_LEVEL 1		/* RFC 7143 */

struct nego_rule;

typedef int (*nego_fn)(struct nego *nego, const struct nego_rule *rule,
		       const char *value, struct text *out);

/**
 * struct nego_rule - how a key is answered
 * @name: of the key
 * @fn: writes the answer, if one is due
 * @param: enum session_param if @fn uses it
 * @repeatable: may come again, as libiscsi sends it when it has an account:
 *	login.c compares the names, and nobody uses the alias
 * @normal_only: "irrelevant when SessionType=Discovery"
 */
struct nego_rule {
	const char *name;
	nego_fn fn;
	unsigned int param;
	bool repeatable;
	bool normal_only;
};

static uint32_t min_u32(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

static uint32_t max_u32(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

static int answer_reject(struct nego *nego, const struct nego_rule *rule,
			 const char *value, struct text *out)
{
	(void)nego;
	(void)value;
	text_add(out, rule->name, "Reject");
	return 0;
}

static int answer_bool(struct nego *nego, const struct nego_rule *rule,
		       const char *value, struct text *out, bool and)
{
	uint32_t local = nego->local[rule->param];
	uint32_t offer = !strcmp(value, "Yes");

	if (!offer && strcmp(value, "No"))
		return answer_reject(nego, rule, value, out);
	nego->val[rule->param] = and ? local & offer : local | offer;
	text_add(out, rule->name, nego->val[rule->param] ? "Yes" : "No");
	return 0;
}

static int answer_and(struct nego *nego, const struct nego_rule *rule,
		      const char *value, struct text *out)
{
	return answer_bool(nego, rule, value, out, true);
}

static int answer_or(struct nego *nego, const struct nego_rule *rule,
		     const char *value, struct text *out)
{
	return answer_bool(nego, rule, value, out, false);
}

/* an offer out of range means its nearest admissible value */
static int offered_num(const struct nego_rule *rule, const char *value,
		       uint32_t *num)
{
	const struct key_desc *key = key_session(rule->param);
	uint64_t offer;
	int ret;

	ret = strnum_text(value, &offer);
	if (ret == -ERANGE)
		offer = UINT64_MAX;
	else if (ret)
		return ret;
	if (offer > key->max)
		offer = key->max;
	*num = max_u32(offer, key->min);
	return 0;
}

static int answer_num(struct nego *nego, const struct nego_rule *rule,
		      const char *value, struct text *out,
		      uint32_t (*combine)(uint32_t a, uint32_t b))
{
	uint32_t num;

	if (offered_num(rule, value, &num))
		return answer_reject(nego, rule, value, out);
	num = combine(num, nego->local[rule->param]);
	/* RFC 7143 13.14; the rows are ordered so that MaxBurst comes first */
	if (rule->param == SP_FIRST_BURST)
		num = min_u32(num, nego->val[SP_MAX_BURST]);
	nego->val[rule->param] = num;
	text_add_num(out, rule->name, num);
	return 0;
}

static int answer_min(struct nego *nego, const struct nego_rule *rule,
		      const char *value, struct text *out)
{
	return answer_num(nego, rule, value, out, min_u32);
}

static int answer_max(struct nego *nego, const struct nego_rule *rule,
		      const char *value, struct text *out)
{
	return answer_num(nego, rule, value, out, max_u32);
}

/* the first algorithm of the initiator's list that we may use */
static int answer_digest(struct nego *nego, const struct nego_rule *rule,
			 const char *value, struct text *out)
{
	uint32_t local = nego->local[rule->param];
	const char *item, *list = value;
	uint32_t digest = 0;
	size_t len;

	if (nego->discovery)
		local = DIGEST_NONE;
	while (!digest && (item = text_item(&list, &len)) != NULL) {
		if (text_item_is(item, len, "CRC32C"))
			digest = local & DIGEST_CRC32C;
		else if (text_item_is(item, len, "None"))
			digest = DIGEST_NONE;
	}
	if (!digest)
		return answer_reject(nego, rule, value, out);
	nego->val[rule->param] = digest;
	text_add(out, rule->name, digest == DIGEST_NONE ? "None" : "CRC32C");
	return 0;
}

/* obsolete; RFC 7143 13.25 leaves No and Reject, No is what all understand */
static int answer_no(struct nego *nego, const struct nego_rule *rule,
		     const char *value, struct text *out)
{
	(void)nego;
	(void)value;
	text_add(out, rule->name, "No");
	return 0;
}

/* declared by each side: there is no answer, so there is no Reject either */
static int take_segment(struct nego *nego, const struct nego_rule *rule,
			const char *value, struct text *out)
{
	uint64_t num;

	(void)rule;
	(void)out;
	if (strnum_text(value, &num) || num < ISCSI_MIN_SEGMENT ||
	    num > ISCSI_DSL_MAX)
		return ISCSI_LOGIN_INITIATOR_ERR;
	nego->val[SP_MAX_XMIT_SEGMENT] =
		min_u32(num, nego->local[SP_MAX_XMIT_SEGMENT]);
	return 0;
}

static int answer_task_reporting(struct nego *nego,
				 const struct nego_rule *rule,
				 const char *value, struct text *out)
{
	const char *item, *list = value;
	size_t len;

	while ((item = text_item(&list, &len)) != NULL)
		if (text_item_is(item, len, "RFC3720"))
			break;
	if (!item)
		return answer_reject(nego, rule, value, out);
	text_add(out, rule->name, "RFC3720");
	return 0;
}

static int answer_protocol_level(struct nego *nego,
				 const struct nego_rule *rule,
				 const char *value, struct text *out)
{
	uint64_t num;

	if (strnum_text(value, &num) || num > 31)
		return answer_reject(nego, rule, value, out);
	text_add_num(out, rule->name, num < PROTOCOL_LEVEL ? num :
		     PROTOCOL_LEVEL);
	return 0;
}

/* login.c and auth.c use the value; here it only counts as seen */
static int leave_to_login(struct nego *nego, const struct nego_rule *rule,
			  const char *value, struct text *out)
{
	(void)nego;
	(void)rule;
	(void)value;
	(void)out;
	return 0;
}

#define KEY(_name, _fn) { .name = _name, .fn = _fn }
#define NAME_KEY(_name) \
	{ .name = _name, .fn = leave_to_login, .repeatable = true }
#define PARAM_KEY(_name, _fn, _param) \
	{ .name = _name, .fn = _fn, .param = _param }
#define NORMAL_KEY(_name, _fn, _param) \
	{ .name = _name, .fn = _fn, .param = _param, .normal_only = true }

static const struct nego_rule rules[] = {
	NAME_KEY("InitiatorName"),
	NAME_KEY("TargetName"),
	NAME_KEY("SessionType"),
	NAME_KEY("InitiatorAlias"),
	KEY("AuthMethod", leave_to_login),
	KEY("CHAP_A", leave_to_login),
	KEY("CHAP_I", leave_to_login),
	KEY("CHAP_C", leave_to_login),
	KEY("CHAP_N", leave_to_login),
	KEY("CHAP_R", leave_to_login),
	PARAM_KEY("HeaderDigest", answer_digest, SP_HEADER_DIGEST),
	PARAM_KEY("DataDigest", answer_digest, SP_DATA_DIGEST),
	NORMAL_KEY("MaxConnections", answer_min, SP_MAX_CONNECTIONS),
	NORMAL_KEY("InitialR2T", answer_or, SP_INITIAL_R2T),
	NORMAL_KEY("ImmediateData", answer_and, SP_IMMEDIATE_DATA),
	KEY("MaxRecvDataSegmentLength", take_segment),
	NORMAL_KEY("MaxBurstLength", answer_min, SP_MAX_BURST),
	PARAM_KEY("DefaultTime2Wait", answer_max, SP_TIME2WAIT),
	PARAM_KEY("DefaultTime2Retain", answer_min, SP_TIME2RETAIN),
	NORMAL_KEY("MaxOutstandingR2T", answer_min, SP_MAX_R2T),
	NORMAL_KEY("DataPDUInOrder", answer_or, SP_PDU_IN_ORDER),
	NORMAL_KEY("DataSequenceInOrder", answer_or, SP_SEQUENCE_IN_ORDER),
	PARAM_KEY("ErrorRecoveryLevel", answer_min, SP_ERROR_RECOVERY),
	KEY("OFMarker", answer_no),
	KEY("IFMarker", answer_no),
	KEY("OFMarkInt", answer_reject),
	KEY("IFMarkInt", answer_reject),
	NORMAL_KEY("TaskReporting", answer_task_reporting, 0),
	NORMAL_KEY("iSCSIProtocolLevel", answer_protocol_level, 0),
	/* not for an initiator to send, or not during login */
	KEY("TargetAlias", answer_reject),
	KEY("TargetAddress", answer_reject),
	KEY("TargetPortalGroupTag", answer_reject),
	KEY("SendTargets", answer_reject),
	/* last, because its answer depends on MaxBurstLength */
	NORMAL_KEY("FirstBurstLength", answer_min, SP_FIRST_BURST),
};

#define RULE_FIRST_BURST (ARRAY_SIZE(rules) - 1)

static_assert(ARRAY_SIZE(rules) <= 64, "struct nego has a bit for each rule");

static int rule_find(const char *name)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rules); i++)
		if (!strcmp(rules[i].name, name))
			return i;
	return -ENOENT;
}

static int nego_pair(struct nego *nego, const struct nego_rule *rule,
		     const char *value, struct text *out)
{
	uint64_t bit = 1ULL << (rule - rules);

	/* RFC 7143 6.3: a key is negotiated once */
	if (nego->seen & bit && !rule->repeatable)
		return ISCSI_LOGIN_INITIATOR_ERR;
	nego->seen |= bit;
	if (rule->normal_only && nego->discovery) {
		text_add(out, rule->name, "Irrelevant");
		return 0;
	}
	return rule->fn(nego, rule, value, out);
}

/**
 * nego_init() - begin a negotiation
 * @nego: afterwards @local has the defaults of the configuration
 */
void nego_init(struct nego *nego)
{
	int i;

	memset(nego, 0, sizeof(*nego));
	for (i = 0; i < SP_COUNT; i++) {
		nego->local[i] = key_session(i)->def;
		nego->val[i] = key_session(i)->rfc;
	}
}

/**
 * nego_pairs() - answer the keys of one complete text of a login
 * @nego: the negotiation
 * @pairs: the keys
 * @n: how many
 * @out: the answers are added here
 *
 * Return: 0 or a login status.
 */
int nego_pairs(struct nego *nego, const struct text_pair *pairs, int n,
	       struct text *out)
{
	const char *first_burst[2] = { NULL, NULL };
	int i, rule, ret, bursts = 0;

	for (i = 0; i < n; i++) {
		/* an answer, not an offer: it must not be answered again */
		if (!strcmp(pairs[i].value, "NotUnderstood"))
			continue;
		rule = rule_find(pairs[i].key);
		if (rule < 0) {
			text_add(out, pairs[i].key, "NotUnderstood");
			continue;
		}
		if (rule == RULE_FIRST_BURST && bursts < 2) {
			first_burst[bursts++] = pairs[i].value;
			continue;
		}
		ret = nego_pair(nego, &rules[rule], pairs[i].value, out);
		if (ret)
			return ret;
	}
	for (i = 0; i < bursts; i++) {
		ret = nego_pair(nego, &rules[RULE_FIRST_BURST], first_burst[i],
				out);
		if (ret)
			return ret;
	}
	return out->failed ? ISCSI_LOGIN_NO_RESOURCES : 0;
}

/**
 * nego_declare() - declare our receive limit, once
 * @nego: the negotiation, in the operational stage
 * @out: the declaration is added here
 */
void nego_declare(struct nego *nego, struct text *out)
{
	uint32_t local = nego->local[SP_MAX_RECV_SEGMENT];

	if (nego->declared || nego->discovery)
		return;
	nego->declared = true;
	nego->val[SP_MAX_RECV_SEGMENT] = local;
	if (local != key_session(SP_MAX_RECV_SEGMENT)->rfc)
		text_add_num(out, "MaxRecvDataSegmentLength", local);
}

/**
 * nego_finish() - settle what depends on more than one key
 * @nego: the negotiation, at the end of the login
 */
void nego_finish(struct nego *nego)
{
	/* what was not declared is the default, but may be too much for us */
	nego->val[SP_MAX_XMIT_SEGMENT] =
		min_u32(nego->val[SP_MAX_XMIT_SEGMENT],
			nego->local[SP_MAX_XMIT_SEGMENT]);
	/* a limit that was not negotiated may exceed one that was */
	nego->val[SP_FIRST_BURST] = min_u32(nego->val[SP_FIRST_BURST],
					    nego->val[SP_MAX_BURST]);
}

/**
 * nego_full_feature() - answer a key of a text request of the full feature
 * phase
 * @nego: of the login before
 * @pair: any key but SendTargets
 * @out: the answer is added here
 *
 * Only the receive limit may change now.
 */
void nego_full_feature(struct nego *nego, const struct text_pair *pair,
		       struct text *out)
{
	int rule = rule_find(pair->key);

	if (!strcmp(pair->value, "NotUnderstood"))
		return;
	if (rule < 0)
		text_add(out, pair->key, "NotUnderstood");
	else if (rules[rule].fn != take_segment ||
		 take_segment(nego, &rules[rule], pair->value, out))
		text_add(out, pair->key, "Reject");
}
