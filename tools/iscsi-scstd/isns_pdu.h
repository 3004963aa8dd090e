/* SPDX-License-Identifier: GPL-2.0 */
/*
 * iSNS messages on the wire (RFC 4171 sections 5 and 6): pure encoding and
 * decoding.
 */
#ifndef SCSTD_ISNS_PDU_H
#define SCSTD_ISNS_PDU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ISNS_PORT 3205
#define ISNS_VERSION 1
#define ISNS_HDR_LEN 12
#define ISNS_TLV_LEN 8
/* the largest payload that the 16 bits of the length can tell, aligned */
#define ISNS_PAYLOAD_MAX 65532
#define ISNS_NAME_MAX 223
#define ISNS_TEXT_MAX 255
#define ISNS_ADDR_LEN 16

/* RFC 4171 4.1.3; a response has the highest bit set */
enum isns_function {
	ISNS_DEV_ATTR_REG = 0x0001,
	ISNS_DEV_ATTR_QRY = 0x0002,
	ISNS_DEV_DEREG = 0x0004,
	ISNS_SCN_REG = 0x0005,
	ISNS_SCN = 0x0008,
	ISNS_ESI = 0x000d,
	ISNS_RESPONSE = 0x8000,
};

/* RFC 4171 5.1.4, which counts bits from the highest */
#define ISNS_F_CLIENT 0x8000
#define ISNS_F_SERVER 0x4000
#define ISNS_F_AUTH 0x2000
#define ISNS_F_REPLACE 0x1000
#define ISNS_F_LAST 0x0800
#define ISNS_F_FIRST 0x0400

/* RFC 4171 5.4 */
enum isns_status {
	ISNS_OK = 0,
	ISNS_SOURCE_UNKNOWN = 6,
	ISNS_SOURCE_ABSENT = 7,
	ISNS_SOURCE_UNAUTHORIZED = 8,
	ISNS_NO_SUCH_ENTRY = 9,
	ISNS_NOT_SUPPORTED = 15,
	ISNS_ESI_NOT_AVAILABLE = 21,
};

/* RFC 4171 6.1 */
enum isns_tag {
	ISNS_TAG_DELIMITER = 0,
	ISNS_TAG_EID = 1,
	ISNS_TAG_PROTOCOL = 2,
	ISNS_TAG_TIMESTAMP = 4,
	ISNS_TAG_PERIOD = 6,
	ISNS_TAG_PORTAL_ADDR = 16,
	ISNS_TAG_PORTAL_PORT = 17,
	ISNS_TAG_ESI_INTERVAL = 19,
	ISNS_TAG_ESI_PORT = 20,
	ISNS_TAG_SCN_PORT = 23,
	ISNS_TAG_NAME = 32,
	ISNS_TAG_NODE_TYPE = 33,
	ISNS_TAG_ALIAS = 34,
	ISNS_TAG_SCN_BITMAP = 35,
	ISNS_TAG_PG_NAME = 48,
	ISNS_TAG_PG_ADDR = 49,
	ISNS_TAG_PG_PORT = 50,
	ISNS_TAG_PG_TAG = 51,
};

#define ISNS_PROTOCOL_ISCSI 2

/* RFC 4171 6.4.2 */
#define ISNS_NODE_TARGET 0x1
#define ISNS_NODE_INITIATOR 0x2

/* RFC 4171 6.4.4 */
#define ISNS_SCN_UPDATED 0x04
#define ISNS_SCN_ADDED 0x08
#define ISNS_SCN_REMOVED 0x10
#define ISNS_SCN_INITIATORS 0x80

/**
 * struct isns_hdr - header of a PDU, in host order
 * @function: enum isns_function
 * @length: of the payload
 * @flags: ISNS_F_*
 * @xid: transaction ID, the same in request and response
 * @seq: number of the PDU within its message
 */
struct isns_hdr {
	uint16_t function;
	uint16_t length;
	uint16_t flags;
	uint16_t xid;
	uint16_t seq;
};

/**
 * struct isns_msg - a message of one PDU that is being written
 * @buf: header and payload
 * @len: written so far
 * @overflow: something did not fit, the message is useless
 */
struct isns_msg {
	uint8_t buf[ISNS_HDR_LEN + ISNS_PAYLOAD_MAX];
	size_t len;
	bool overflow;
};

/**
 * struct isns_attr - an attribute of a received message
 * @tag: enum isns_tag, or one that we do not know
 * @len: of the value, padding included; a multiple of 4
 * @val: points into the message
 */
struct isns_attr {
	uint32_t tag;
	uint32_t len;
	const uint8_t *val;
};

/**
 * struct isns_attrs - the rest of the attributes of a received message
 * @pos: the next one
 * @left: bytes from there
 */
struct isns_attrs {
	const uint8_t *pos;
	size_t left;
};

void isns_msg_init(struct isns_msg *msg, uint16_t function, uint16_t flags,
		   uint16_t xid);
void isns_msg_finish(struct isns_msg *msg);
void isns_put_status(struct isns_msg *msg, uint32_t status);
void isns_put_raw(struct isns_msg *msg, const void *data, size_t len);
void isns_put_nil(struct isns_msg *msg, uint32_t tag);
void isns_put_u32(struct isns_msg *msg, uint32_t tag, uint32_t val);
void isns_put_str(struct isns_msg *msg, uint32_t tag, const char *str);
void isns_put_addr(struct isns_msg *msg, uint32_t tag, const uint8_t *addr);

int isns_hdr_get(const uint8_t *buf, struct isns_hdr *hdr);
int isns_get_status(struct isns_attrs *attrs, uint32_t *status);
int isns_get_attr(struct isns_attrs *attrs, struct isns_attr *attr);
int isns_attrs_check(struct isns_attrs attrs);
int isns_attr_u32(const struct isns_attr *attr, uint32_t *val);
const char *isns_attr_str(const struct isns_attr *attr, size_t max);

const char *isns_status_text(uint32_t status);

#endif
