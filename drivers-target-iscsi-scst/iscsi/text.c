// SPDX-License-Identifier: GPL-2.0
/*
 * Text requests in full feature phase (RFC 7143 11.10 and 13): what is left to
 * ask for when everything has been negotiated.  Runs in io_work only.
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

/* The initiator's own limit may change at any time; it needs no answer */
static int scst_iscsi_declare_dsl(struct scst_iscsi_conn *conn,
				  const char *value,
				  struct scst_iscsi_answer *ans)
{
	u32 len;

	if (kstrtou32(value, 0, &len) || len < 512 || len > ISCSI_DSL_MAX)
		return scst_iscsi_answer_add(ans,
					"MaxRecvDataSegmentLength=Reject");
	conn->tx.max_dsl = min(len, SCST_ISCSI_MAX_LEN);
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

/* @text has a NUL of our own after its last byte */
static int scst_iscsi_text_answer(struct scst_iscsi_conn *conn, char *text,
				  u32 len, struct scst_iscsi_answer *ans)
{
	char *end = text + len, *next;
	int ret;

	for (; text < end; text = next) {
		next = text + strlen(text) + 1;
		if (!*text)
			continue;
		ret = scst_iscsi_text_key(conn, text, ans);
		if (ret)
			return ret;
	}
	return 0;
}

static int scst_iscsi_text_run(struct scst_iscsi_ctl *ctl)
{
	struct scst_iscsi_conn *conn = ctl->conn;
	struct scst_iscsi_answer ans = {
		.size = min_t(u32, conn->tx.max_dsl, PAGE_SIZE),
	};
	u32 len = ctl->data.len;
	char *text;
	int ret;

	text = kzalloc(len + 1, GFP_NOIO);
	if (!text)
		return -ENOMEM;
	scst_iscsi_pages_read(&ctl->data, text, len);
	scst_iscsi_pages_free(&ctl->data);
	ret = scst_iscsi_pages_alloc(&ctl->data, PAGE_SIZE);
	if (ret)
		goto out_free;
	ans.buf = page_address(ctl->data.vec[0].bv_page);
	ret = scst_iscsi_text_answer(conn, text, len, &ans);
	scst_iscsi_pages_trim(&ctl->data, ans.len);
out_free:
	kfree(text);
	return ret;
}

static u8 scst_iscsi_text_verdict(const struct scst_iscsi_ctl *ctl)
{
	/* Our answers fit into one PDU, so there is nothing to continue */
	if (ctl->pdu.bhs.flags & ISCSI_F_CONTINUE)
		return ISCSI_REJECT_NOT_SUPPORTED;
	return 0;
}

/**
 * scst_iscsi_text - answer a text request
 * @ctl: request
 *
 * Context: io_work, may sleep.
 */
void scst_iscsi_text(struct scst_iscsi_ctl *ctl)
{
	struct iscsi_text_rsp *rsp = (struct iscsi_text_rsp *)&ctl->rsp;
	bool final = ctl->pdu.bhs.flags & ISCSI_F_FINAL;
	u8 reason = scst_iscsi_text_verdict(ctl);
	int ret;

	if (!reason) {
		ret = scst_iscsi_text_run(ctl);
		if (ret)
			reason = ret == -EINVAL ? ISCSI_REJECT_PROTOCOL :
						  ISCSI_REJECT_LONG_OPERATION;
	}
	if (reason) {
		ctl->reject = reason;
		scst_iscsi_ctl_execute(ctl);
		return;
	}
	rsp->opcode = ISCSI_OP_TEXT_RSP;
	rsp->flags = final ? ISCSI_F_FINAL : 0;
	memcpy(rsp->lun, ctl->pdu.bhs.lun, sizeof(rsp->lun));
	rsp->itt = ctl->pdu.bhs.itt;
	/* The initiator has more to say: the tag only has to be valid */
	rsp->ttt = final ? cpu_to_be32(ISCSI_TAG_NONE) : ctl->pdu.bhs.itt;
	ctl->has_stat = true;
	scst_iscsi_conn_queue(ctl->conn, &ctl->out);
}
