// SPDX-License-Identifier: GPL-2.0
/*
 * The table of all configuration keys and negotiated parameters, and how the
 * value of a parameter is spelled.  Pure; the manual page is checked against
 * the table.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "account.h"
#include "params.h"
#include "strnum.h"
#include "util.h"

#define SESSION(_name, _type, _index, _min, _max, _def, _rfc)		\
	{ .name = #_name, .type = _type, .scope = SCOPE_TARGET,		\
	  .index = _index, .min = _min, .max = _max, .def = _def,	\
	  .rfc = _rfc }
#define TARGET(_name, _index, _min, _max, _def)				\
	{ .name = #_name, .type = KEY_TARGET_NUM, .scope = SCOPE_TARGET, \
	  .index = _index, .min = _min, .max = _max, .def = _def }
#define OTHER(_name, _type, _scope)					\
	{ .name = #_name, .type = _type, .scope = _scope }
#define ACCOUNT(_name, _index)						\
	{ .name = #_name, .type = KEY_ACCOUNT, .index = _index,		\
	  .scope = SCOPE_GLOBAL | SCOPE_TARGET }

#define L PARAM_LENGTH_MAX

const struct key_desc key_table[] = {
	/* session parameters, at the positions of enum session_param */
	SESSION(InitialR2T, KEY_BOOL, SP_INITIAL_R2T, 0, 1, 0, 1),
	SESSION(ImmediateData, KEY_BOOL, SP_IMMEDIATE_DATA, 0, 1, 1, 1),
	SESSION(MaxConnections, KEY_NUM, SP_MAX_CONNECTIONS, 1, 1, 1, 1),
	SESSION(MaxRecvDataSegmentLength, KEY_NUM, SP_MAX_RECV_SEGMENT,
		512, L, L, 8192),
	SESSION(MaxXmitDataSegmentLength, KEY_NUM, SP_MAX_XMIT_SEGMENT,
		512, L, L, 8192),
	SESSION(MaxBurstLength, KEY_NUM, SP_MAX_BURST, 512, L, L, 262144),
	SESSION(FirstBurstLength, KEY_NUM, SP_FIRST_BURST,
		512, L, 65536, 65536),
	SESSION(DefaultTime2Wait, KEY_NUM, SP_TIME2WAIT, 0, 3600, 0, 2),
	SESSION(DefaultTime2Retain, KEY_NUM, SP_TIME2RETAIN, 0, 3600, 0, 20),
	SESSION(MaxOutstandingR2T, KEY_NUM, SP_MAX_R2T, 1, 65535, 32, 1),
	SESSION(DataPDUInOrder, KEY_BOOL, SP_PDU_IN_ORDER, 0, 1, 0, 1),
	SESSION(DataSequenceInOrder, KEY_BOOL, SP_SEQUENCE_IN_ORDER,
		0, 1, 0, 1),
	SESSION(ErrorRecoveryLevel, KEY_NUM, SP_ERROR_RECOVERY, 0, 0, 0, 0),
	SESSION(HeaderDigest, KEY_DIGEST, SP_HEADER_DIGEST,
		DIGEST_NONE, DIGEST_NONE | DIGEST_CRC32C,
		DIGEST_NONE, DIGEST_NONE),
	SESSION(DataDigest, KEY_DIGEST, SP_DATA_DIGEST,
		DIGEST_NONE, DIGEST_NONE | DIGEST_CRC32C,
		DIGEST_NONE, DIGEST_NONE),
	SESSION(OFMarker, KEY_BOOL, SP_OF_MARKER, 0, 0, 0, 0),
	SESSION(IFMarker, KEY_BOOL, SP_IF_MARKER, 0, 0, 0, 0),
	SESSION(OFMarkInt, KEY_NUM, SP_OF_MARK_INT, 1, 65535, 2048, 2048),
	SESSION(IFMarkInt, KEY_NUM, SP_IF_MARK_INT, 1, 65535, 2048, 2048),

	/* target parameters, in the order of enum target_param */
	TARGET(QueuedCommands, TP_QUEUED_COMMANDS, 1, 2048, 32),
	TARGET(RspTimeout, TP_RSP_TIMEOUT, 2, 65535, 90),
	TARGET(NopInInterval, TP_NOP_IN_INTERVAL, 0, 65535, 30),
	TARGET(NopInTimeout, TP_NOP_IN_TIMEOUT, 2, 65535, 30),
	TARGET(MaxSessions, TP_MAX_SESSIONS, 0, 65535, 0),

	OTHER(Target, KEY_TARGET, SCOPE_GLOBAL | SCOPE_TARGET),
	OTHER(Alias, KEY_ALIAS, SCOPE_TARGET),
	OTHER(PortalAddress, KEY_PORTAL, SCOPE_GLOBAL | SCOPE_TARGET),
	ACCOUNT(IncomingUser, ACCOUNT_INCOMING),
	ACCOUNT(OutgoingUser, ACCOUNT_OUTGOING),
	OTHER(CHAPAlgorithms, KEY_CHAP_ALGS, SCOPE_GLOBAL),
	OTHER(Redirect, KEY_REDIRECT, SCOPE_TARGET),
	OTHER(iSNSServer, KEY_ISNS_SERVER, SCOPE_GLOBAL),
	OTHER(iSNSAccessControl, KEY_ISNS_ACCESS, SCOPE_GLOBAL),
	OTHER(Lun, KEY_IGNORED, SCOPE_GLOBAL | SCOPE_TARGET),
};

const unsigned int key_table_len = ARRAY_SIZE(key_table);

/**
 * key_find() - look a configuration key up
 * @name: in any case
 *
 * Return: its row or NULL.
 */
const struct key_desc *key_find(const char *name)
{
	unsigned int i;

	for (i = 0; i < key_table_len; i++)
		if (!strcasecmp(key_table[i].name, name))
			return &key_table[i];
	return NULL;
}

/**
 * key_session() - row of a session parameter
 * @param: the parameter
 */
const struct key_desc *key_session(enum session_param param)
{
	return &key_table[param];
}

/**
 * key_target() - row of a target parameter
 * @param: the parameter
 */
const struct key_desc *key_target(enum target_param param)
{
	return &key_table[SP_COUNT + param];
}

/**
 * key_account() - row of a type of account
 * @type: enum account_type
 */
const struct key_desc *key_account(unsigned int type)
{
	const struct key_desc *key = key_table;

	while (key->type != KEY_ACCOUNT || key->index != type)
		key++;
	return key;
}

static int parse_bool(const struct key_desc *key, const char *text,
		      uint32_t *val, char *why)
{
	if (strcmp(text, "Yes") && strcmp(text, "No")) {
		snprintf(why, KEY_WHY_MAX, "'%.64s' is neither Yes nor No",
			 text);
		return -EINVAL;
	}
	*val = !strcmp(text, "Yes");
	if (*val >= key->min && *val <= key->max)
		return 0;
	snprintf(why, KEY_WHY_MAX, "'%s' is not supported", text);
	return -ERANGE;
}

static int parse_num(const struct key_desc *key, const char *text,
		     uint32_t *val, char *why)
{
	int ret = strnum_u32(text, key->min, key->max, val);

	if (ret == -ERANGE)
		snprintf(why, KEY_WHY_MAX, "%.64s is not within %u..%u", text,
			 key->min, key->max);
	else if (ret)
		snprintf(why, KEY_WHY_MAX, "'%.64s' is not a number", text);
	return ret;
}

static bool word_is(const char *word, size_t len, const char *wanted)
{
	return len == strlen(wanted) && !memcmp(word, wanted, len);
}

/* a list with commas, blanks around its words do not count */
static int parse_digest(const char *text, uint32_t *val, char *why)
{
	uint32_t set = DIGEST_NONE;
	const char *end;
	size_t len;

	for (;; text = end + 1) {
		end = text + strcspn(text, ",");
		text += strspn(text, " \t");
		len = text < end ? end - text : 0;
		while (len && strchr(" \t", text[len - 1]))
			len--;
		if (word_is(text, len, "CRC32C")) {
			set |= DIGEST_CRC32C;
		} else if (!word_is(text, len, "None")) {
			snprintf(why, KEY_WHY_MAX,
				 "'%.*s' is neither None nor CRC32C",
				 len < 64 ? (int)len : 64, text);
			return -EINVAL;
		}
		if (!*end)
			break;
	}
	*val = set;
	return 0;
}

/**
 * key_parse() - read the value of a session or target parameter
 * @key: its row
 * @text: what the administrator wrote
 * @val: the value
 * @why: reason why it is no good, of KEY_WHY_MAX bytes
 *
 * Return: 0, -EINVAL if it is malformed, -ERANGE if it is out of bounds.
 */
int key_parse(const struct key_desc *key, const char *text, uint32_t *val,
	      char *why)
{
	switch (key->type) {
	case KEY_BOOL:
		return parse_bool(key, text, val, why);
	case KEY_DIGEST:
		return parse_digest(text, val, why);
	default:
		return parse_num(key, text, val, why);
	}
}

/**
 * key_text() - spell the value of a session or target parameter
 * @key: its row
 * @val: the value
 * @buf: may hold the result
 * @len: of @buf, 16 is enough
 *
 * A choice of digests that has CRC32C is spelled by that: None is in all of
 * them.  Marker intervals are what the answer to an offer would be, as there
 * are no markers (RFC 7143 13.25).
 *
 * Return: the text.
 */
const char *key_text(const struct key_desc *key, uint32_t val, char *buf,
		     size_t len)
{
	if (key->type == KEY_BOOL)
		return val ? "Yes" : "No";
	if (key->type == KEY_DIGEST)
		return val & DIGEST_CRC32C ? "CRC32C" : "None";
	if (key == key_session(SP_OF_MARK_INT) ||
	    key == key_session(SP_IF_MARK_INT))
		return "Reject";
	snprintf(buf, len, "%u", val);
	return buf;
}
