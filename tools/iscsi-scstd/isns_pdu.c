// SPDX-License-Identifier: GPL-2.0
/*
 * iSNS messages on the wire.  What is read here comes from a server that is
 * not trusted: nothing is returned that has not been measured against the
 * bytes that are there.
 */
#include <endian.h>
#include <errno.h>
#include <string.h>

#include "isns_pdu.h"
#include "util.h"

static uint16_t get16(const uint8_t *buf)
{
	return buf[0] << 8 | buf[1];
}

static uint32_t get32(const uint8_t *buf)
{
	return (uint32_t)get16(buf) << 16 | get16(buf + 2);
}

static void put16(uint8_t *buf, uint16_t val)
{
	buf[0] = val >> 8;
	buf[1] = val;
}

static void put32(uint8_t *buf, uint32_t val)
{
	put16(buf, val >> 16);
	put16(buf + 2, val);
}

/**
 * isns_msg_init() - begin a message of one PDU (RFC 4171 5.1)
 * @msg: the message
 * @function: enum isns_function
 * @flags: ISNS_F_REPLACE or 0
 * @xid: transaction ID
 */
void isns_msg_init(struct isns_msg *msg, uint16_t function, uint16_t flags,
		   uint16_t xid)
{
	put16(msg->buf, ISNS_VERSION);
	put16(msg->buf + 2, function);
	put16(msg->buf + 4, 0);
	put16(msg->buf + 6, flags | ISNS_F_CLIENT | ISNS_F_FIRST | ISNS_F_LAST);
	put16(msg->buf + 8, xid);
	put16(msg->buf + 10, 0);
	msg->len = ISNS_HDR_LEN;
	msg->overflow = false;
}

/**
 * isns_msg_finish() - write the length of the payload into the header
 * @msg: the message; it can go on afterwards, and be finished again
 */
void isns_msg_finish(struct isns_msg *msg)
{
	put16(msg->buf + 4, msg->len - ISNS_HDR_LEN);
}

/* room for @len bytes and their padding, which is zero; NULL on overflow */
static uint8_t *reserve(struct isns_msg *msg, size_t len)
{
	size_t padded = (len + 3) & ~(size_t)3;
	uint8_t *pos = msg->buf + msg->len;

	if (len > sizeof(msg->buf) || padded > sizeof(msg->buf) - msg->len)
		msg->overflow = true;
	if (msg->overflow)
		return NULL;
	memset(pos, 0, padded);
	msg->len += padded;
	return pos;
}

/**
 * isns_put_status() - status code, the first field of a response (5.4)
 * @msg: the message
 * @status: enum isns_status
 */
void isns_put_status(struct isns_msg *msg, uint32_t status)
{
	uint8_t *pos = reserve(msg, 4);

	if (pos)
		put32(pos, status);
}

/**
 * isns_put_raw() - attributes that are encoded already
 * @msg: the message
 * @data: the attributes
 * @len: a multiple of 4
 */
void isns_put_raw(struct isns_msg *msg, const void *data, size_t len)
{
	uint8_t *pos = reserve(msg, len);

	if (pos && len)
		memcpy(pos, data, len);
}

static void put_attr(struct isns_msg *msg, uint32_t tag, const void *val,
		     size_t len)
{
	uint8_t *pos = reserve(msg, ISNS_TLV_LEN + len);

	if (!pos)
		return;
	put32(pos, tag);
	/* the length counts the padding (5.3.1) */
	put32(pos + 4, (len + 3) & ~(size_t)3);
	if (len)
		memcpy(pos + ISNS_TLV_LEN, val, len);
}

/**
 * isns_put_nil() - an attribute without value
 * @msg: the message
 * @tag: ISNS_TAG_DELIMITER, or what a query asks for
 */
void isns_put_nil(struct isns_msg *msg, uint32_t tag)
{
	put_attr(msg, tag, NULL, 0);
}

/**
 * isns_put_u32() - an attribute that is a number
 * @msg: the message
 * @tag: of the attribute
 * @val: its value
 */
void isns_put_u32(struct isns_msg *msg, uint32_t tag, uint32_t val)
{
	uint8_t buf[4];

	put32(buf, val);
	put_attr(msg, tag, buf, sizeof(buf));
}

/* texts are cut in front of a character of UTF-8, not within it */
static size_t text_len(const char *str)
{
	size_t len = strnlen(str, ISNS_TEXT_MAX + 1);

	if (len <= ISNS_TEXT_MAX)
		return len;
	len = ISNS_TEXT_MAX;
	while (len && (str[len] & 0xc0) == 0x80)
		len--;
	return len;
}

/**
 * isns_put_str() - an attribute that is a text
 * @msg: the message
 * @tag: of the attribute
 * @str: its value; what is longer than ISNS_TEXT_MAX is cut
 */
void isns_put_str(struct isns_msg *msg, uint32_t tag, const char *str)
{
	char buf[ISNS_TEXT_MAX + 1];
	size_t len = text_len(str);

	memcpy(buf, str, len);
	buf[len] = '\0';
	put_attr(msg, tag, buf, len + 1);
}

/**
 * isns_put_addr() - an attribute that is an address (6.3.1)
 * @msg: the message
 * @tag: of the attribute
 * @addr: ISNS_ADDR_LEN bytes, IPv4 is mapped
 */
void isns_put_addr(struct isns_msg *msg, uint32_t tag, const uint8_t *addr)
{
	put_attr(msg, tag, addr, ISNS_ADDR_LEN);
}

/**
 * isns_hdr_get() - read the header of a PDU (RFC 4171 5.1)
 * @buf: ISNS_HDR_LEN bytes
 * @hdr: result
 *
 * Authentication blocks are for multicast messages (5.5), so a PDU that has
 * one is not for us.
 *
 * Return: 0, or -EPROTO if no PDU can begin like this.
 */
int isns_hdr_get(const uint8_t *buf, struct isns_hdr *hdr)
{
	hdr->function = get16(buf + 2);
	hdr->length = get16(buf + 4);
	hdr->flags = get16(buf + 6);
	hdr->xid = get16(buf + 8);
	hdr->seq = get16(buf + 10);
	if (get16(buf) != ISNS_VERSION || hdr->length % 4 ||
	    (hdr->flags & ISNS_F_AUTH))
		return -EPROTO;
	return 0;
}

/**
 * isns_get_status() - take the status code of a response (5.4)
 * @attrs: its payload; what follows afterwards
 * @status: result
 *
 * Return: 0 or -EPROTO.
 */
int isns_get_status(struct isns_attrs *attrs, uint32_t *status)
{
	if (attrs->left < 4)
		return -EPROTO;
	*status = get32(attrs->pos);
	attrs->pos += 4;
	attrs->left -= 4;
	return 0;
}

/**
 * isns_get_attr() - take the next attribute (5.3)
 * @attrs: the attributes
 * @attr: result
 *
 * Return: 1, 0 at the end, or -EPROTO if it is no attribute, or exceeds the
 * message.
 */
int isns_get_attr(struct isns_attrs *attrs, struct isns_attr *attr)
{
	if (!attrs->left)
		return 0;
	if (attrs->left < ISNS_TLV_LEN)
		return -EPROTO;
	attr->tag = get32(attrs->pos);
	attr->len = get32(attrs->pos + 4);
	attr->val = attrs->pos + ISNS_TLV_LEN;
	if (attr->len % 4 || attr->len > attrs->left - ISNS_TLV_LEN)
		return -EPROTO;
	attrs->pos += ISNS_TLV_LEN + attr->len;
	attrs->left -= ISNS_TLV_LEN + attr->len;
	return 1;
}

/**
 * isns_attrs_check() - is all of this attributes?
 * @attrs: the attributes
 *
 * Return: 0 or -EPROTO.
 */
int isns_attrs_check(struct isns_attrs attrs)
{
	struct isns_attr attr;
	int ret;

	do {
		ret = isns_get_attr(&attrs, &attr);
	} while (ret > 0);
	return ret;
}

/**
 * isns_attr_u32() - value of an attribute that is a number
 * @attr: the attribute
 * @val: result
 *
 * Return: 0 or -EPROTO.
 */
int isns_attr_u32(const struct isns_attr *attr, uint32_t *val)
{
	if (attr->len != 4)
		return -EPROTO;
	*val = get32(attr->val);
	return 0;
}

/**
 * isns_attr_str() - value of an attribute that is a text
 * @attr: the attribute
 * @max: length of the longest one that is taken
 *
 * Return: the text, or NULL if it has no end, no bytes or more than @max, or
 * if anything but zeroes follows it.
 */
const char *isns_attr_str(const struct isns_attr *attr, size_t max)
{
	size_t len = strnlen((const char *)attr->val, attr->len);
	size_t i;

	if (!len || len == attr->len || len > max)
		return NULL;
	for (i = len; i < attr->len; i++)
		if (attr->val[i])
			return NULL;
	return (const char *)attr->val;
}

/**
 * isns_status_text() - status code for humans
 * @status: of a response
 */
const char *isns_status_text(uint32_t status)
{
	static const char *const texts[] = {
		"successful", "unknown error", "message format error",
		"invalid registration", "reserved", "invalid query",
		"source unknown", "source absent", "source unauthorized",
		"no such entry", "version not supported", "internal error",
		"busy", "option not understood", "invalid update",
		"message not supported", "SCN event rejected",
		"SCN registration rejected", "attribute not implemented",
		"domain ID not available", "domain ID not allocated",
		"ESI not available", "invalid deregistration",
		"registration feature not supported",
	};

	return status < ARRAY_SIZE(texts) ? texts[status] : "reserved";
}
