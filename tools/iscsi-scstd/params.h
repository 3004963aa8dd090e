/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The table of all configuration keys and negotiated parameters.
 */
#ifndef SCSTD_PARAMS_H
#define SCSTD_PARAMS_H

#include <stddef.h>
#include <stdint.h>

/* Largest value of the four lengths; the kernel driver has the same limit. */
#define PARAM_LENGTH_MAX (1024 * 1024)

/* Digest algorithms as a set, the numbers are the netlink contract's. */
#define DIGEST_NONE 0x1
#define DIGEST_CRC32C 0x2

/* The order is that of the netlink contract and of all listings. */
enum session_param {
	SP_INITIAL_R2T,
	SP_IMMEDIATE_DATA,
	SP_MAX_CONNECTIONS,
	SP_MAX_RECV_SEGMENT,
	SP_MAX_XMIT_SEGMENT,
	SP_MAX_BURST,
	SP_FIRST_BURST,
	SP_TIME2WAIT,
	SP_TIME2RETAIN,
	SP_MAX_R2T,
	SP_PDU_IN_ORDER,
	SP_SEQUENCE_IN_ORDER,
	SP_ERROR_RECOVERY,
	SP_HEADER_DIGEST,
	SP_DATA_DIGEST,
	SP_OF_MARKER,
	SP_IF_MARKER,
	SP_OF_MARK_INT,
	SP_IF_MARK_INT,
	SP_COUNT
};

enum target_param {
	TP_QUEUED_COMMANDS,
	TP_RSP_TIMEOUT,
	TP_NOP_IN_INTERVAL,
	TP_NOP_IN_TIMEOUT,
	TP_MAX_SESSIONS,
	TP_COUNT
};

enum key_type {
	KEY_BOOL,		/* session parameter: Yes or No */
	KEY_NUM,		/* session parameter: number */
	KEY_DIGEST,		/* session parameter: list of algorithms */
	KEY_TARGET_NUM,		/* target parameter: number */
	KEY_TARGET,		/* opens the scope of a target */
	KEY_ALIAS,
	KEY_PORTAL,
	KEY_ACCOUNT,		/* index: enum account_type */
	KEY_CHAP_ALGS,
	KEY_REDIRECT,
	KEY_ISNS_SERVER,
	KEY_ISNS_ACCESS,
	KEY_IGNORED,		/* of other targets' files, has no meaning */
};

#define SCOPE_GLOBAL 0x1
#define SCOPE_TARGET 0x2

/**
 * struct key_desc - one configuration key
 * @name: as in files and, for session parameters, on the wire
 * @type: how its value is read
 * @scope: where it may be used
 * @index: enum session_param, enum target_param or enum account_type
 * @min: smallest value
 * @max: largest value
 * @def: value if the administrator gives none
 * @rfc: session parameter: value in force if it was not negotiated
 */
struct key_desc {
	const char *name;
	enum key_type type;
	unsigned int scope;
	unsigned int index;
	uint32_t min;
	uint32_t max;
	uint32_t def;
	uint32_t rfc;
};

extern const struct key_desc key_table[];
extern const unsigned int key_table_len;

/* room for the reason why a value is no good */
#define KEY_WHY_MAX 160

const struct key_desc *key_find(const char *name);
const struct key_desc *key_session(enum session_param param);
const struct key_desc *key_target(enum target_param param);
const struct key_desc *key_account(unsigned int type);
int key_parse(const struct key_desc *key, const char *text, uint32_t *val,
	      char *why);
const char *key_text(const struct key_desc *key, uint32_t val, char *buf,
		     size_t len);

#endif
