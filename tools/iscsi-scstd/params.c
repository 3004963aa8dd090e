// SPDX-License-Identifier: GPL-2.0
/*
 * The table of all configuration keys and negotiated parameters.  Pure data;
 * the manual page is checked against it.
 */
#include <strings.h>

#include "account.h"
#include "params.h"
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
