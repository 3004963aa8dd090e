// SPDX-License-Identifier: GPL-2.0
/*
 * iSNS messages byte for byte, and what an entity is called.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fake.h"
#include "isns_priv.h"

static void check_msg(struct isns_msg *msg, const void *want, size_t len)
{
	isns_msg_finish(msg);
	assert_false(msg->overflow);
	assert_int_equal(msg->len, len);
	assert_memory_equal(msg->buf, want, len);
}

/* RFC 4171 5.1 (header), 5.3 (TLV), 5.6.3 (delimiter), 6.4 (node) */
static void test_encode(void **state)
{
	static const uint8_t want[] =
		"\x00\x01\x00\x01\x00\x30\x9c\x00\x12\x34\x00\x00"
		/* iSCSI Name, padded to 8 */
		"\x00\x00\x00\x20\x00\x00\x00\x08iqn.a\0\0\0"
		"\x00\x00\x00\x00\x00\x00\x00\x00"
		/* node type: target */
		"\x00\x00\x00\x21\x00\x00\x00\x04\x00\x00\x00\x01"
		/* alias of exactly four bytes with its NUL */
		"\x00\x00\x00\x22\x00\x00\x00\004abc";
	static struct isns_msg msg;

	(void)state;
	isns_msg_init(&msg, ISNS_DEV_ATTR_REG, ISNS_F_REPLACE, 0x1234);
	isns_put_str(&msg, ISNS_TAG_NAME, "iqn.a");
	isns_put_nil(&msg, ISNS_TAG_DELIMITER);
	isns_put_u32(&msg, ISNS_TAG_NODE_TYPE, ISNS_NODE_TARGET);
	isns_put_str(&msg, ISNS_TAG_ALIAS, "abc");
	check_msg(&msg, want, sizeof(want));
}

/* RFC 4171 5.4 (status), 6.3.1 (IPv4 is mapped), 6.3.2 (TCP port) */
static void test_encode_portal(void **state)
{
	static const uint8_t want[] =
		"\x00\x01\x80\x08\x00\x2c\x8c\x00\x00\x07\x00\x00"
		"\x00\x00\x00\x09"
		"\x00\x00\x00\x10\x00\x00\x00\x10"
		"\0\0\0\0\0\0\0\0\0\0\xff\xff\xc0\x00\x02\x01"
		"\x00\x00\x00\x11\x00\x00\x00\x04\x00\x00\x0c\xbc"
		"\x00\x00\x00\x00";
	static const uint8_t addr[ISNS_ADDR_LEN] = {
		[10] = 0xff, 0xff, 192, 0, 2, 1
	};
	static struct isns_msg msg;

	(void)state;
	isns_msg_init(&msg, ISNS_SCN | ISNS_RESPONSE, 0, 7);
	isns_put_status(&msg, ISNS_NO_SUCH_ENTRY);
	isns_put_addr(&msg, ISNS_TAG_PORTAL_ADDR, addr);
	isns_put_u32(&msg, ISNS_TAG_PORTAL_PORT, 3260);
	isns_put_raw(&msg, "\0\0\0\0", 4);
	/* the string above has a NUL of its own behind it */
	check_msg(&msg, want, sizeof(want) - 1);
}

static void test_overflow(void **state)
{
	static struct isns_msg msg;
	char text[400];
	int i;

	(void)state;
	isns_msg_init(&msg, ISNS_SCN, 0, 0);
	for (i = 0; i < 5462; i++)
		isns_put_u32(&msg, 1, i);
	assert_true(msg.overflow);
	assert_in_range(msg.len, ISNS_PAYLOAD_MAX, sizeof(msg.buf));
	/* a long text loses its end, but no half of a character (6.4.3) */
	memset(text, 'x', sizeof(text));
	memcpy(text + ISNS_TEXT_MAX - 1, "\xc3\xa4", 2);
	text[sizeof(text) - 1] = '\0';
	isns_msg_init(&msg, ISNS_SCN, 0, 0);
	isns_put_str(&msg, ISNS_TAG_ALIAS, text);
	assert_int_equal(msg.len, ISNS_HDR_LEN + ISNS_TLV_LEN + 256);
	assert_int_equal(msg.buf[ISNS_HDR_LEN + ISNS_TLV_LEN + 253], 'x');
	assert_int_equal(msg.buf[ISNS_HDR_LEN + ISNS_TLV_LEN + 254], 0);
}

/* decoding */

static void test_header(void **state)
{
	static const struct {
		const char *bytes;
		int ret;
	} cases[] = {
		{ "\0\1\x80\2\0\x10\x4c\0\0\1\0\0", 0 },
		{ "\0\2\x80\2\0\x10\x4c\0\0\1\0\0", -EPROTO },	/* 5.1.1 */
		{ "\0\1\x80\2\0\x11\x4c\0\0\1\0\0", -EPROTO },	/* 5.1.3 */
		{ "\0\1\x80\2\0\x10\x6c\0\0\1\0\0", -EPROTO },	/* 5.5 */
	};
	struct isns_hdr hdr;
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(isns_hdr_get((const uint8_t *)cases[i].bytes,
					      &hdr), cases[i].ret);
	assert_int_equal(isns_hdr_get((const uint8_t *)cases[0].bytes, &hdr),
			 0);
	assert_int_equal(hdr.function, 0x8002);
	assert_int_equal(hdr.length, 16);
	assert_int_equal(hdr.flags,
			 ISNS_F_SERVER | ISNS_F_FIRST | ISNS_F_LAST);
	assert_int_equal(hdr.xid, 1);
}

static int take(const char *bytes, size_t len, struct isns_attr *attr)
{
	/* exactly the room, so that ASan sees overruns */
	uint8_t *copy = malloc(len);
	struct isns_attrs attrs = { copy, len };
	int ret;

	assert_non_null(copy);
	memcpy(copy, bytes, len);
	ret = isns_get_attr(&attrs, attr);
	if (ret > 0 && isns_attr_str(attr, ISNS_NAME_MAX))
		ret = 2;
	free(copy);
	return ret;
}

#define TAKE(s, attr) take(s, sizeof(s) - 1, attr)

static void test_attributes(void **state)
{
	struct isns_attr attr;
	struct isns_attrs none = { NULL, 0 };
	uint32_t val;

	(void)state;
	assert_int_equal(isns_get_attr(&none, &attr), 0);
	assert_int_equal(isns_get_status(&none, &val), -EPROTO);
	assert_int_equal(TAKE("\0\0\0\x20\0\0\0\4abc\0", &attr), 2);
	assert_int_equal(attr.tag, ISNS_TAG_NAME);
	assert_int_equal(attr.len, 4);
	/* header cut, value cut, length not aligned, length immense */
	assert_int_equal(TAKE("\0\0\0\x20\0\0\0", &attr), -EPROTO);
	assert_int_equal(TAKE("\0\0\0\x20\0\0\0\4abc", &attr), -EPROTO);
	assert_int_equal(TAKE("\0\0\0\x20\0\0\0\3abc\0", &attr), -EPROTO);
	assert_int_equal(TAKE("\0\0\0\x20\xff\xff\xff\374abc\0", &attr),
			 -EPROTO);
	/* attributes that are no texts: no end, nothing, more behind the end */
	assert_int_equal(TAKE("\0\0\0\x20\0\0\0\4abcd", &attr), 1);
	assert_int_equal(TAKE("\0\0\0\x20\0\0\0\0", &attr), 1);
	assert_int_equal(TAKE("\0\0\0\x20\0\0\0\4\0\0\0\0", &attr), 1);
	assert_int_equal(TAKE("\0\0\0\x20\0\0\0\4a\0b\0", &attr), 1);
	assert_int_equal(isns_attr_u32(&(struct isns_attr){ 1, 0, NULL },
				       &val), -EPROTO);
	assert_string_equal(isns_status_text(9), "no such entry");
	assert_string_equal(isns_status_text(24), "reserved");
}

/* two hosts of one name, or one that has moved, are not one another */
static void test_eid(void **state)
{
	static const struct {
		const char *host;
		const char *machine;
		uint16_t port;
		const char *eid;
	} cases[] = {
		/* the beginning of the SHA-256 of "iscsi-scstd:" and the id */
		{ "Alpha", "0123456789abcdef0123456789abcdef", 3260,
		  "alpha-1b2edff3db6ade8c:3260" },
		{ "Alpha", "0123456789abcdef0123456789abcdee", 3260,
		  "alpha-c734e3309eea1ce8:3260" },
		{ "alpha.example.org", "0123456789abcdef0123456789abcdef", 3261,
		  "alpha.example.org-1b2edff3db6ade8c:3261" },
	};
	char eid[ISNS_TEXT_MAX + 1];
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		isns_eid(cases[i].host, cases[i].machine, cases[i].port, eid,
			 sizeof(eid));
		assert_string_equal(eid, cases[i].eid);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_encode),
		cmocka_unit_test(test_encode_portal),
		cmocka_unit_test(test_overflow),
		cmocka_unit_test(test_header),
		cmocka_unit_test(test_attributes),
		cmocka_unit_test(test_eid),
	};

	return cmocka_run_group_tests_name("isnspdu", tests, NULL, NULL);
}
