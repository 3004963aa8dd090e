// SPDX-License-Identifier: GPL-2.0
/*
 * Text requests in full feature phase (RFC 7143 11.10 and 13): what is left to
 * ask for when everything has been negotiated.  Runs in io_work only.
 *
 * An exchange may have several requests: keys that go on in the next one are
 * collected in conn->text, and what they declare is in force when it ends well.
 */
#include <linux/kstrtox.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "iscsi_priv.h"

/**
 * struct scst_iscsi_answer - text of the response
 * @buf: text, keys ended by NUL
 * @len: bytes
 * @size: room
 */
struct scst_iscsi_answer {
	char *buf;
	unsigned int len;
	unsigned int size;
};

static __printf(2, 3) int scst_iscsi_answer_add(struct scst_iscsi_answer *ans,
						const char *fmt, ...)
{
	unsigned int room = ans->size - ans->len;
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(ans->buf + ans->len, room, fmt, args);
	va_end(args);
	if (n >= room)
		return -ENOSPC;
	ans->len += n + 1;
	return 0;
}

static int scst_iscsi_own_address(struct scst_iscsi_conn *conn,
				  struct scst_iscsi_answer *ans)
{
	bool v6 = strchr(conn->local, ':');

	return scst_iscsi_answer_add(ans, "TargetAddress=%s%s%s:%u,%u",
				     v6 ? "[" : "", conn->local, v6 ? "]" : "",
				     conn->local_port,
				     to_session(conn)->portal_tag);
}

/* Behind a port forward only the administrator knows what can be reached */
static int scst_iscsi_addresses_locked(struct scst_iscsi_conn *conn,
				       struct scst_iscsi_answer *ans)
{
	struct scst_iscsi_session *sess = to_session(conn);
	const char *pos = sess->tgt->addresses;
	char port[8];
	int len, ret = 0;

	if (!pos || !*pos)
		return scst_iscsi_own_address(conn, ans);
	snprintf(port, sizeof(port), "%u", conn->local_port);
	for (; *pos && !ret; pos += len + strspn(pos + len, " ")) {
		len = strcspn(pos, " ");
		ret = scst_iscsi_answer_add(ans, "TargetAddress=%.*s%s,%u",
					    len, pos,
					    len && pos[len - 1] == ':' ? port : "",
					    sess->portal_tag);
	}
	return ret;
}

/* A normal session may ask for its own target only */
static int scst_iscsi_send_targets(struct scst_iscsi_conn *conn,
				   const char *value,
				   struct scst_iscsi_answer *ans)
{
	struct scst_iscsi_session *sess = to_session(conn);
	int ret;

	if (!strcmp(value, "All"))
		return scst_iscsi_answer_add(ans, "SendTargets=Reject");
	if (*value && strcmp(value, sess->tgt->name))
		return 0;
	ret = scst_iscsi_answer_add(ans, "TargetName=%s", sess->tgt->name);
	if (ret)
		return ret;
	mutex_lock(&scst_iscsi_mutex);
	ret = scst_iscsi_addresses_locked(conn, ans);
	mutex_unlock(&scst_iscsi_mutex);
	return ret;
}

/* The initiator's own limit may change in any exchange; it needs no answer */
static int scst_iscsi_declare_dsl(struct scst_iscsi_conn *conn,
				  const char *value,
				  struct scst_iscsi_answer *ans)
{
	u32 len;

	if (kstrtou32(value, 0, &len) || len < 512 || len > ISCSI_DSL_MAX)
		return scst_iscsi_answer_add(ans,
					"MaxRecvDataSegmentLength=Reject");
	conn->text.max_dsl = min(len, SCST_ISCSI_MAX_LEN);
	return 0;
}

static int scst_iscsi_ignore(struct scst_iscsi_conn *conn, const char *value,
			     struct scst_iscsi_answer *ans)
{
	return 0;
}

static const struct {
	const char *key;
	int (*fn)(struct scst_iscsi_conn *conn, const char *value,
		  struct scst_iscsi_answer *ans);
} scst_iscsi_keys[] = {
	{ "SendTargets", scst_iscsi_send_targets },
	{ "MaxRecvDataSegmentLength", scst_iscsi_declare_dsl },
	{ "InitiatorAlias", scst_iscsi_ignore },
};

/* Negotiated at login only */
static bool scst_iscsi_leading_only(const char *key)
{
	unsigned int i;

	for (i = 0; i < SCST_ISCSI_NR_PARAMS; i++)
		if (!strcmp(key, scst_iscsi_param_table[i].name))
			return true;
	return false;
}

static int scst_iscsi_text_key(struct scst_iscsi_conn *conn, char *key,
			       struct scst_iscsi_answer *ans)
{
	char *value = strchr(key, '=');
	unsigned int i;

	if (!value || value == key || value - key > 63)
		return -EINVAL;
	*value++ = '\0';
	for (i = 0; i < ARRAY_SIZE(scst_iscsi_keys); i++)
		if (!strcmp(key, scst_iscsi_keys[i].key))
			return scst_iscsi_keys[i].fn(conn, value, ans);
	return scst_iscsi_answer_add(ans, "%s=%s", key,
				     scst_iscsi_leading_only(key) ?
				     "Reject" : "NotUnderstood");
}

/* All keys that have come are complete */
static int scst_iscsi_text_keys(struct scst_iscsi_conn *conn,
				struct scst_iscsi_answer *ans)
{
	char *key = conn->text.buf, *end = key + conn->text.len, *next;
	int ret;

	conn->text.len = 0;
	for (; key < end; key = next) {
		next = key + strlen(key) + 1;
		if (!*key)
			continue;
		ret = scst_iscsi_text_key(conn, key, ans);
		if (ret)
			return ret;
	}
	return 0;
}

static int scst_iscsi_text_answer(struct scst_iscsi_ctl *ctl)
{
	struct scst_iscsi_answer ans = {
		.size = min_t(u32, ctl->conn->tx.max_dsl, PAGE_SIZE),
	};
	int ret;

	ret = scst_iscsi_pages_alloc(&ctl->data, PAGE_SIZE);
	if (ret)
		return ret;
	ans.buf = page_address(ctl->data.vec[0].bv_page);
	ret = scst_iscsi_text_keys(ctl->conn, &ans);
	scst_iscsi_pages_trim(&ctl->data, ans.len);
	return ret;
}

/* Keep what has come, with a NUL of our own after its last byte */
static int scst_iscsi_text_collect(struct scst_iscsi_text *text,
				   const struct scst_iscsi_pages *data)
{
	char *buf;

	if (data->len > SCST_ISCSI_TEXT_MAX - text->len)
		return -ENOSPC;
	buf = krealloc(text->buf, text->len + data->len + 1, GFP_NOIO);
	if (!buf)
		return -ENOMEM;
	text->buf = buf;
	scst_iscsi_pages_read(data, buf + text->len, data->len);
	text->len += data->len;
	buf[text->len] = '\0';
	return 0;
}

/**
 * scst_iscsi_text_forget - no text exchange is going on
 * @conn: connection
 *
 * Context: io_work, or a connection that is idle.
 */
void scst_iscsi_text_forget(struct scst_iscsi_conn *conn)
{
	kfree(conn->text.buf);
	memset(&conn->text, 0, sizeof(conn->text));
}

/* RFC 7143 11.10.4: who names no tag of ours begins a new exchange */
static int scst_iscsi_text_run(struct scst_iscsi_ctl *ctl)
{
	struct scst_iscsi_text *text = &ctl->conn->text;
	const struct iscsi_bhs *bhs = &ctl->pdu.bhs;
	u32 ttt = be32_to_cpu(bhs->ttt);
	int ret;

	if (ttt == ISCSI_TAG_NONE)
		scst_iscsi_text_forget(ctl->conn);
	else if (!ttt || ttt != text->ttt || bhs->itt != text->itt)
		return -EINVAL;
	ret = scst_iscsi_text_collect(text, &ctl->data);
	scst_iscsi_pages_free(&ctl->data);
	/* The answer to a part is empty (RFC 7143 6.2) */
	if (ret || bhs->flags & ISCSI_F_CONTINUE)
		return ret;
	return scst_iscsi_text_answer(ctl);
}

/* The exchange goes on, or what was declared in it is in force now */
static u32 scst_iscsi_text_ttt(struct scst_iscsi_conn *conn,
			       const struct iscsi_bhs *bhs)
{
	struct scst_iscsi_text *text = &conn->text;

	if (bhs->flags & ISCSI_F_FINAL) {
		if (text->max_dsl)
			conn->tx.max_dsl = text->max_dsl;
		scst_iscsi_text_forget(conn);
		return ISCSI_TAG_NONE;
	}
	text->itt = bhs->itt;
	if (!text->ttt)
		text->ttt = BIT(16) | conn->ttt_gen++;
	return text->ttt;
}

/**
 * scst_iscsi_text - answer a text request
 * @ctl: request
 *
 * Context: io_work, may sleep.
 * Return: false if it was rejected.
 */
bool scst_iscsi_text(struct scst_iscsi_ctl *ctl)
{
	struct iscsi_text_rsp *rsp = (struct iscsi_text_rsp *)&ctl->rsp;
	const struct iscsi_bhs *bhs = &ctl->pdu.bhs;
	int ret;

	ret = scst_iscsi_text_run(ctl);
	if (ret) {
		/* RFC 7143 7.12: nothing of the exchange remains */
		scst_iscsi_text_forget(ctl->conn);
		ctl->reject = ret == -EINVAL ? ISCSI_REJECT_PROTOCOL :
					       ISCSI_REJECT_LONG_OPERATION;
		return scst_iscsi_ctl_execute(ctl);
	}
	rsp->opcode = ISCSI_OP_TEXT_RSP;
	rsp->flags = bhs->flags & ISCSI_F_FINAL;
	memcpy(rsp->lun, bhs->lun, sizeof(rsp->lun));
	rsp->itt = bhs->itt;
	rsp->ttt = cpu_to_be32(scst_iscsi_text_ttt(ctl->conn, bhs));
	ctl->has_stat = true;
	scst_iscsi_conn_queue(ctl->conn, &ctl->out);
	return true;
}
