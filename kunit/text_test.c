// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of text requests in full feature phase: each key, what is refused
 * and how, and the limits of the answer.
 */
#include <kunit/test.h>
#include <linux/array_size.h>

#include "iscsi_fixture.h"

#define TEXT_ITT	0x12345678u
#define TEXT_MAX	8192

#define OWN_NAME	"TargetName=" ISCSI_TARGET "\0"
#define OWN_TARGET	OWN_NAME "TargetAddress=10.0.2.15:3260,1\0"
#define KEY_63		"X-123456789012345678901234567890123456789012345678901234567890a"

struct text {
	const char *s;
	u32 len;
};

/* NULs are part of it, but for the last one */
#define TEXT(lit)	((struct text){ lit, sizeof(lit) - 1 })

struct text_case {
	const char *desc;
	struct text in;
	struct text out;
	u8 reject;
};

static const struct text_case text_cases[] = {
	{ "nothing", TEXT(""), TEXT("") },
	{ "own target", TEXT("SendTargets=" ISCSI_TARGET "\0"),
	  TEXT(OWN_TARGET) },
	{ "no target", TEXT("SendTargets=\0"), TEXT(OWN_TARGET) },
	{ "another target", TEXT("SendTargets=iqn.2026-11.test:two\0"),
	  TEXT("") },
	{ "part of its name", TEXT("SendTargets=iqn.2026-11.test:on\0"),
	  TEXT("") },
	{ "all targets", TEXT("SendTargets=All\0"),
	  TEXT("SendTargets=Reject\0") },
	{ "alias", TEXT("InitiatorAlias=somebody\0"), TEXT("") },
	{ "only while logging in",
	  TEXT("InitialR2T=Yes\0MaxBurstLength=4096\0HeaderDigest=CRC32C\0"),
	  TEXT("InitialR2T=Reject\0MaxBurstLength=Reject\0HeaderDigest=Reject\0") },
	{ "unknown", TEXT("X-com.example.key=1\0"),
	  TEXT("X-com.example.key=NotUnderstood\0") },
	{ "keys are case sensitive", TEXT("sendtargets=All\0"),
	  TEXT("sendtargets=NotUnderstood\0") },
	{ "several", TEXT("X-a=1\0SendTargets=\0ErrorRecoveryLevel=0\0"),
	  TEXT("X-a=NotUnderstood\0" OWN_TARGET "ErrorRecoveryLevel=Reject\0") },
	{ "no value", TEXT("X-a=\0"), TEXT("X-a=NotUnderstood\0") },
	{ "two equal signs", TEXT("X-a=b=c\0"), TEXT("X-a=NotUnderstood\0") },
	{ "not ended", TEXT("X-a=1"), TEXT("X-a=NotUnderstood\0") },
	{ "padded", TEXT("\0\0X-a=1\0\0\0"), TEXT("X-a=NotUnderstood\0") },
	{ "longest key", TEXT(KEY_63 "=1\0"),
	  TEXT(KEY_63 "=NotUnderstood\0") },
	{ "key too long", TEXT(KEY_63 "b=1\0"), TEXT(""),
	  ISCSI_REJECT_PROTOCOL },
	{ "no equal sign", TEXT("SendTargets\0"), TEXT(""),
	  ISCSI_REJECT_PROTOCOL },
	{ "no key", TEXT("=All\0"), TEXT(""), ISCSI_REJECT_PROTOCOL },
	{ "second one is bad", TEXT("SendTargets=\0X-a\0"), TEXT(""),
	  ISCSI_REJECT_PROTOCOL },
};

static void text_desc(const struct text_case *c, char *desc)
{
	strscpy(desc, c->desc, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(text, text_cases, text_desc);

static void text_fill(struct kunit *test, struct scst_iscsi_ctl *ctl,
		      struct text text)
{
	unsigned int i;
	u32 off = 0;

	if (!text.len)
		return;
	KUNIT_ASSERT_EQ(test, scst_iscsi_pages_alloc(&ctl->data, text.len), 0);
	for (i = 0; i < ctl->data.nr; i++) {
		memcpy(page_address(ctl->data.vec[i].bv_page), text.s + off,
		       ctl->data.vec[i].bv_len);
		off += ctl->data.vec[i].bv_len;
	}
}

/* Go on with the exchange @ttt, return: the response */
static struct scst_iscsi_ctl *text_go_on(struct kunit *test, u8 flags, u32 ttt,
					 struct text text)
{
	struct scst_iscsi_conn *conn = iscsi_conn(test);
	struct scst_iscsi_ctl *ctl;

	ctl = iscsi_ctl(test, ISCSI_OP_TEXT_REQ, conn->cmdsn.exp, TEXT_ITT);
	ctl->pdu.bhs.flags = flags;
	ctl->pdu.bhs.lun[1] = 5;
	ctl->pdu.bhs.ttt = cpu_to_be32(ttt);
	text_fill(test, ctl, text);
	scst_iscsi_order(conn, &ctl->pdu);
	return iscsi_sent_ctl(test);
}

/* Send @text with these flags, return: the response */
static struct scst_iscsi_ctl *text_send(struct kunit *test, u8 flags,
					struct text text)
{
	return text_go_on(test, flags, ISCSI_TAG_NONE, text);
}

static void text_expect(struct kunit *test, const struct scst_iscsi_ctl *ctl,
			struct text want)
{
	const struct iscsi_text_rsp *rsp =
		(const struct iscsi_text_rsp *)&ctl->rsp;

	KUNIT_EXPECT_EQ(test, rsp->opcode, ISCSI_OP_TEXT_RSP);
	KUNIT_EXPECT_TRUE(test, ctl->has_stat);
	KUNIT_EXPECT_EQ(test, be32_to_cpu(rsp->itt), TEXT_ITT);
	KUNIT_EXPECT_EQ(test, rsp->lun[1], 5);
	KUNIT_ASSERT_EQ(test, ctl->data.len, want.len);
	if (want.len)
		KUNIT_EXPECT_MEMEQ(test, (const char *)
				   page_address(ctl->data.vec[0].bv_page),
				   want.s, want.len);
}

static void text_expect_reject(struct kunit *test,
			       const struct scst_iscsi_ctl *ctl, u8 reason)
{
	const struct iscsi_reject *rsp = (const struct iscsi_reject *)&ctl->rsp;

	KUNIT_EXPECT_EQ(test, rsp->opcode, ISCSI_OP_REJECT);
	KUNIT_EXPECT_EQ(test, rsp->reason, reason);
	KUNIT_EXPECT_EQ(test, be32_to_cpu(rsp->tag), ISCSI_TAG_NONE);
	KUNIT_EXPECT_EQ(test, ctl->data.len, 0);
	/* with the header that was wrong */
	KUNIT_EXPECT_EQ(test, ctl->inl_len, ISCSI_BHS_LEN);
	KUNIT_EXPECT_MEMEQ(test, ctl->inl, (const u8 *)&ctl->pdu.bhs,
			   ISCSI_BHS_LEN);
}

static void text_answers(struct kunit *test)
{
	const struct text_case *c = test->param_value;
	struct scst_iscsi_ctl *ctl;

	ctl = text_send(test, ISCSI_F_FINAL, c->in);
	if (c->reject)
		text_expect_reject(test, ctl, c->reject);
	else
		text_expect(test, ctl, c->out);
	scst_iscsi_pdu_free(&ctl->pdu);
}

struct text_address {
	const char *desc;
	const char *local;
	const char *configured;
	struct text out;
};

static const struct text_address text_addresses[] = {
	{ "of the socket", "10.0.2.15", NULL, TEXT(OWN_TARGET) },
	{ "nothing configured", "10.0.2.15", "", TEXT(OWN_TARGET) },
	{ "of the socket, IPv6", "2001:db8::5", NULL,
	  TEXT(OWN_NAME "TargetAddress=[2001:db8::5]:3260,1\0") },
	{ "configured", "10.0.2.15", "192.0.2.1:3261",
	  TEXT(OWN_NAME "TargetAddress=192.0.2.1:3261,1\0") },
	{ "the port is that of the socket", "10.0.2.15", "target.example.com:",
	  TEXT(OWN_NAME "TargetAddress=target.example.com:3260,1\0") },
	{ "several", "2001:db8::5",
	  "192.0.2.1:3261 [2001:db8::1]:  storage:860",
	  TEXT(OWN_NAME "TargetAddress=192.0.2.1:3261,1\0"
	       "TargetAddress=[2001:db8::1]:3260,1\0"
	       "TargetAddress=storage:860,1\0") },
};

static void text_address_desc(const struct text_address *a, char *desc)
{
	strscpy(desc, a->desc, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(text_address, text_addresses, text_address_desc);

static void text_target_address(struct kunit *test)
{
	const struct text_address *a = test->param_value;
	struct iscsi_env *e = test->priv;
	struct scst_iscsi_ctl *ctl;
	char addresses[64];

	strscpy(e->sess.conn.local, a->local, sizeof(e->sess.conn.local));
	if (a->configured) {
		strscpy(addresses, a->configured, sizeof(addresses));
		e->tgt.addresses = addresses;
	}
	ctl = text_send(test, ISCSI_F_FINAL, TEXT("SendTargets=\0"));
	text_expect(test, ctl, a->out);
	scst_iscsi_pdu_free(&ctl->pdu);
}

struct text_limit {
	const char *value;
	u32 max_dsl;	/* 0: refused */
};

static const struct text_limit text_limits[] = {
	{ "512", 512 },
	{ "8191", 8191 },
	{ "0x1000", 4096 },
	{ "1048576", SCST_ISCSI_MAX_LEN },
	{ "16777215", SCST_ISCSI_MAX_LEN },
	{ "511", 0 },
	{ "16777216", 0 },
	{ "4294967808", 0 },
	{ "-512", 0 },
	{ "512 ", 0 },
	{ "512,1024", 0 },
	{ "None", 0 },
	{ "", 0 },
};

/* A declaration needs no answer and holds from then on (RFC 7143 13.12) */
static void text_max_recv(struct kunit *test)
{
	const struct text refusal = TEXT("MaxRecvDataSegmentLength=Reject\0");
	struct scst_iscsi_conn *conn = iscsi_conn(test);
	struct scst_iscsi_ctl *ctl;
	const struct text_limit *l;
	unsigned int i, n;
	char text[64];

	for (i = 0; i < ARRAY_SIZE(text_limits); i++) {
		l = &text_limits[i];
		conn->tx.max_dsl = 1000;
		n = scnprintf(text, sizeof(text), "MaxRecvDataSegmentLength=%s",
			      l->value);
		ctl = text_send(test, ISCSI_F_FINAL,
				(struct text){ text, n + 1 });
		text_expect(test, ctl, l->max_dsl ? TEXT("") : refusal);
		KUNIT_EXPECT_EQ_MSG(test, conn->tx.max_dsl,
				    l->max_dsl ?: 1000, "%s", l->value);
		scst_iscsi_pdu_free(&ctl->pdu);
	}
}

/* An answer is one PDU: what does not fit is refused as a whole */
static void text_long_answer(struct kunit *test)
{
	struct scst_iscsi_conn *conn = iscsi_conn(test);
	char *text = kunit_kzalloc(test, TEXT_MAX, GFP_KERNEL);
	struct scst_iscsi_ctl *ctl;
	unsigned int i;
	u32 len = 0;

	KUNIT_ASSERT_NOT_NULL(test, text);
	/* 32 answers "X-nnn=NotUnderstood", 20 bytes each */
	for (i = 100; i < 132; i++)
		len += scnprintf(text + len, TEXT_MAX - len, "X-%u=", i) + 1;
	for (i = 0; i < 2; i++) {
		conn->tx.max_dsl = 32 * 20 - i;
		ctl = text_send(test, ISCSI_F_FINAL, (struct text){ text, len });
		if (i)
			text_expect_reject(test, ctl,
					   ISCSI_REJECT_LONG_OPERATION);
		else
			KUNIT_EXPECT_EQ(test, ctl->data.len, 32 * 20);
		scst_iscsi_pdu_free(&ctl->pdu);
	}
}

/* A request of several pages with keys that cross their ends */
static void text_long_request(struct kunit *test)
{
	char *text = kunit_kzalloc(test, TEXT_MAX, GFP_KERNEL);
	struct scst_iscsi_ctl *ctl;

	KUNIT_ASSERT_NOT_NULL(test, text);
	memset(text, 'v', TEXT_MAX);
	memcpy(text, "InitiatorAlias=", 15);
	memcpy(text + PAGE_SIZE - 4, "\0X-a=1", 7);
	memcpy(text + PAGE_SIZE + 3, "InitiatorAlias=", 15);
	ctl = text_send(test, ISCSI_F_FINAL, (struct text){ text, TEXT_MAX });
	text_expect(test, ctl, TEXT("X-a=NotUnderstood\0"));
	scst_iscsi_pdu_free(&ctl->pdu);
}

struct text_part {
	u8 flags;
	struct text in;
	struct text out;
};

/* RFC 7143 11.10 and 11.11: flags and tag of the answers, keys in two parts */
static void text_sequences(struct kunit *test)
{
	static const struct text_part parts[] = {
		{ 0, TEXT("X-a=1\0"), TEXT("X-a=NotUnderstood\0") },
		{ ISCSI_F_CONTINUE, TEXT("X-b=1\0X-"), TEXT("") },
		{ ISCSI_F_FINAL, TEXT("c=1\0"),
		  TEXT("X-b=NotUnderstood\0X-c=NotUnderstood\0") },
	};
	const struct iscsi_text_rsp *rsp;
	u32 ttt = ISCSI_TAG_NONE;
	struct scst_iscsi_ctl *ctl;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(parts); i++) {
		ctl = text_go_on(test, parts[i].flags, ttt, parts[i].in);
		rsp = (const struct iscsi_text_rsp *)&ctl->rsp;
		text_expect(test, ctl, parts[i].out);
		KUNIT_EXPECT_EQ(test, rsp->flags,
				parts[i].flags & ISCSI_F_FINAL);
		KUNIT_EXPECT_EQ(test, rsp->ttt == cpu_to_be32(ISCSI_TAG_NONE),
				!!(parts[i].flags & ISCSI_F_FINAL));
		ttt = be32_to_cpu(rsp->ttt);
		scst_iscsi_pdu_free(&ctl->pdu);
	}
}

/* An exchange that is not there, and one that has ended */
static void text_stray(struct kunit *test)
{
	struct scst_iscsi_ctl *ctl;
	u32 ttt;

	ctl = text_go_on(test, ISCSI_F_FINAL, 0x77, TEXT("X-a=1\0"));
	text_expect_reject(test, ctl, ISCSI_REJECT_PROTOCOL);
	scst_iscsi_pdu_free(&ctl->pdu);
	ctl = text_send(test, 0, TEXT("X-a=1\0"));
	ttt = be32_to_cpu(((struct iscsi_text_rsp *)&ctl->rsp)->ttt);
	scst_iscsi_pdu_free(&ctl->pdu);
	ctl = text_send(test, ISCSI_F_FINAL, TEXT("X-a=1\0"));
	text_expect(test, ctl, TEXT("X-a=NotUnderstood\0"));
	scst_iscsi_pdu_free(&ctl->pdu);
	ctl = text_go_on(test, ISCSI_F_FINAL, ttt, TEXT("X-a=1\0"));
	text_expect_reject(test, ctl, ISCSI_REJECT_PROTOCOL);
	scst_iscsi_pdu_free(&ctl->pdu);
}

static struct kunit_case text_test_cases[] = {
	KUNIT_CASE_PARAM(text_answers, text_gen_params),
	KUNIT_CASE_PARAM(text_target_address, text_address_gen_params),
	KUNIT_CASE(text_max_recv),
	KUNIT_CASE(text_long_answer),
	KUNIT_CASE(text_long_request),
	KUNIT_CASE(text_sequences),
	KUNIT_CASE(text_stray),
	{}
};

static struct kunit_suite text_suite = {
	.name = "scst_iscsi_text",
	.init = iscsi_init,
	.exit = iscsi_exit,
	.test_cases = text_test_cases,
};

kunit_test_suite(text_suite);

MODULE_DESCRIPTION("KUnit tests of iSCSI text requests");
MODULE_LICENSE("GPL");
