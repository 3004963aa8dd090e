// SPDX-License-Identifier: GPL-2.0
/*
 * Requests to an iSNS server.  There is no queue: whenever nothing is under
 * way, the first kind of request in the table that finds something to do is
 * sent next, so what changes meanwhile is never forgotten and never asked
 * twice.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "isns_priv.h"
#include "util.h"

/* a thousand targets take several requests of this size */
#define BATCH_LEN (12 << 10)

/* who speaks: a node that the server has, if possible (RFC 4171 5.6.1) */
static struct isns_node *source(const struct isns *isns)
{
	struct isns_node *node, *any = NULL;

	TAILQ_FOREACH(node, &isns->nodes, link) {
		if (node->current)
			return node;
		if (node->at_server && !any)
			any = node;
	}
	return any;
}

static void put_portal(struct isns *isns, struct isns_msg *msg,
		       const struct ipaddr *portal, bool scn, bool esi)
{
	uint8_t addr[ISNS_ADDR_LEN];

	/* mapped into IPv6 (6.3.1) */
	ipaddr_mapped(portal, addr);
	isns_put_addr(msg, ISNS_TAG_PORTAL_ADDR, addr);
	isns_put_u32(msg, ISNS_TAG_PORTAL_PORT, portal->port);
	if (esi) {
		isns_put_u32(msg, ISNS_TAG_ESI_INTERVAL, ISNS_ESI_INTERVAL);
		isns_put_u32(msg, ISNS_TAG_ESI_PORT, isns->notify_port);
	}
	if (scn)
		isns_put_u32(msg, ISNS_TAG_SCN_PORT, isns->notify_port);
}

/*
 * The portal with the address of this connection is the only one that the
 * server certainly reaches.  It deregisters the ones with an ESI port that do
 * not answer, so the others have none.  Behind a port forward none has that
 * address, and it may try them all for notifications.
 */
static void put_portals(struct isns *isns, struct isns_msg *msg)
{
	bool near, any = false;
	int i;

	for (i = 0; i < isns->nportals; i++)
		any |= ipaddr_same_host(&isns->portals[i], &isns->local);
	isns->esi_on = isns->esi && any && isns->notify_port;
	for (i = 0; i < isns->nportals; i++) {
		near = ipaddr_same_host(&isns->portals[i], &isns->local);
		put_portal(isns, msg, &isns->portals[i],
			   isns->notify_port && (near || !any),
			   isns->esi_on && near);
	}
}

/*
 * Portal groups (5.6.5.1, 6.5): without them, the server would take each target
 * to be found at each portal of the entity.  A tag that is empty says that it is
 * not.
 */
static void put_groups(struct isns *isns, struct isns_msg *msg,
		       const struct isns_node *node)
{
	uint8_t addr[ISNS_ADDR_LEN];
	int i;

	for (i = 0; i < isns->nportals; i++) {
		ipaddr_mapped(&isns->portals[i], addr);
		isns_put_str(msg, ISNS_TAG_PG_NAME, node->name);
		isns_put_addr(msg, ISNS_TAG_PG_ADDR, addr);
		isns_put_u32(msg, ISNS_TAG_PG_PORT, isns->portals[i].port);
		if (node->portals & (1ull << i))
			isns_put_u32(msg, ISNS_TAG_PG_TAG, PORTAL_GROUP_TAG);
		else
			isns_put_nil(msg, ISNS_TAG_PG_TAG);
	}
}

static void put_nodes(struct isns *isns, struct isns_msg *msg)
{
	struct isns_node *node;

	TAILQ_FOREACH(node, &isns->nodes, link) {
		if (node->gone || node->current)
			continue;
		if (msg->len > BATCH_LEN)
			break;
		isns_put_str(msg, ISNS_TAG_NAME, node->name);
		isns_put_u32(msg, ISNS_TAG_NODE_TYPE, ISNS_NODE_TARGET);
		if (node->alias)
			isns_put_str(msg, ISNS_TAG_ALIAS, node->alias);
		put_groups(isns, msg, node);
		node->batch = true;
		node->changed = false;
	}
}

static struct isns_node *first_new(const struct isns *isns)
{
	struct isns_node *node;

	TAILQ_FOREACH(node, &isns->nodes, link)
		if (!node->gone && !node->current)
			return node;
	return NULL;
}

static bool any_current(const struct isns *isns)
{
	struct isns_node *node;

	TAILQ_FOREACH(node, &isns->nodes, link)
		if (node->current)
			return true;
	return false;
}

/*
 * DevAttrReg (5.6.5.1): the entity with its portals and as many nodes as fit;
 * then more nodes of the same entity.
 */
static bool register_build(struct isns *isns, struct isns_msg *msg)
{
	struct isns_node *fresh = first_new(isns), *from = source(isns);
	bool more = any_current(isns);

	if (!fresh)
		return false;
	if (!from)
		from = fresh;
	isns_msg_init(msg, ISNS_DEV_ATTR_REG,
		      isns->replace ? ISNS_F_REPLACE : 0, isns->xid);
	isns_put_str(msg, ISNS_TAG_NAME, from->name);
	isns_put_str(msg, ISNS_TAG_EID, isns->eid);
	isns_put_nil(msg, ISNS_TAG_DELIMITER);
	isns_put_str(msg, ISNS_TAG_EID, isns->eid);
	isns_put_u32(msg, ISNS_TAG_PROTOCOL, ISNS_PROTOCOL_ISCSI);
	if (!more) {
		isns_put_u32(msg, ISNS_TAG_PERIOD, ISNS_PERIOD);
		put_portals(isns, msg);
	}
	put_nodes(isns, msg);
	return true;
}

static void register_mark(struct isns *isns)
{
	struct isns_node *node;

	TAILQ_FOREACH(node, &isns->nodes, link) {
		if (!node->batch)
			continue;
		node->current = !node->changed;
		node->at_server = true;
		node->due = true;
	}
}

/* the server may have chosen another period (5.7.5.1) */
static int register_answer(struct isns *isns, struct isns_attrs attrs)
{
	struct isns_attr attr;
	int ret;

	while ((ret = isns_get_attr(&attrs, &attr)) > 0)
		if (attr.tag == ISNS_TAG_PERIOD &&
		    isns_attr_u32(&attr, &isns->period))
			return -EPROTO;
	return ret;
}

static void forget_registration(struct isns *isns)
{
	struct isns_node *node;

	TAILQ_FOREACH(node, &isns->nodes, link) {
		node->current = false;
		node->at_server = false;
		node->scn = false;
	}
}

static int register_done(struct isns *isns, uint32_t status,
			 struct isns_attrs attrs)
{
	int ret;

	/* once: a request with more nodes has no portals, and asks for none */
	if (status == ISNS_ESI_NOT_AVAILABLE && isns->esi_on) {
		isns_log(isns, "server makes no status inquiries");
		isns->esi = false;
		isns->esi_on = false;
		return 0;
	}
	if (status) {
		isns_log(isns, "server refuses the registration: %s",
			 isns_status_text(status));
		/* speak as somebody else the next time */
		forget_registration(isns);
		return -EACCES;
	}
	ret = register_answer(isns, attrs);
	if (ret)
		return ret;
	isns->replace = false;
	register_mark(isns);
	if (!first_new(isns))
		isns_registered(isns);
	return 0;
}

/*
 * DevDereg (5.6.5.4) of nodes that are gone; of the whole entity when none is
 * left, portals included.
 */
static bool dereg_build(struct isns *isns, struct isns_msg *msg)
{
	struct isns_node *node, *from = source(isns);
	bool stays = false, leaves = false;

	TAILQ_FOREACH(node, &isns->nodes, link) {
		stays |= !node->gone;
		leaves |= node->gone && node->at_server;
	}
	if (!leaves)
		return false;
	isns_msg_init(msg, ISNS_DEV_DEREG, 0, isns->xid);
	isns_put_str(msg, ISNS_TAG_NAME, from->name);
	isns_put_nil(msg, ISNS_TAG_DELIMITER);
	if (!stays)
		isns_put_str(msg, ISNS_TAG_EID, isns->eid);
	TAILQ_FOREACH(node, &isns->nodes, link) {
		if (!node->gone || !node->at_server)
			continue;
		if (stays && msg->len > BATCH_LEN)
			break;
		if (stays)
			isns_put_str(msg, ISNS_TAG_NAME, node->name);
		node->batch = true;
	}
	return true;
}

static int dereg_done(struct isns *isns, uint32_t status,
		      struct isns_attrs attrs)
{
	struct isns_node *node, *next;

	(void)attrs;
	if (status)
		isns_log(isns, "server refuses a deregistration: %s",
			 isns_status_text(status));
	for (node = TAILQ_FIRST(&isns->nodes); node; node = next) {
		next = TAILQ_NEXT(node, link);
		if (!node->batch)
			continue;
		node->batch = false;
		node->current = false;
		node->at_server = false;
		node->scn = false;
		if (node->gone)
			isns_node_free(isns, node);
	}
	return 0;
}

/* SCNReg (5.6.5.5): tell us when initiators come or go, or when we do */
static bool scn_build(struct isns *isns, struct isns_msg *msg)
{
	struct isns_node *node;

	if (!isns->notify_port || !isns->nportals)
		return false;
	TAILQ_FOREACH(node, &isns->nodes, link)
		if (node->current && !node->gone && !node->scn)
			break;
	if (!node)
		return false;
	isns->subject = node;
	isns_msg_init(msg, ISNS_SCN_REG, 0, isns->xid);
	isns_put_str(msg, ISNS_TAG_NAME, node->name);
	isns_put_str(msg, ISNS_TAG_NAME, node->name);
	isns_put_nil(msg, ISNS_TAG_DELIMITER);
	isns_put_u32(msg, ISNS_TAG_SCN_BITMAP,
		     ISNS_SCN_INITIATORS | ISNS_SCN_UPDATED | ISNS_SCN_ADDED |
		     ISNS_SCN_REMOVED);
	return true;
}

/* without notifications we find out when we renew the registration */
static int scn_done(struct isns *isns, uint32_t status,
		    struct isns_attrs attrs)
{
	(void)attrs;
	isns->subject->scn = true;
	if (status)
		isns_log(isns, "%s: server gives no notifications: %s",
			 isns->subject->name, isns_status_text(status));
	return 0;
}

/*
 * DevAttrQry of one of our own nodes: renews the registration (6.2.6), and
 * tells whether there still is one.
 */
static bool verify_build(struct isns *isns, struct isns_msg *msg)
{
	struct isns_node *node = source(isns);

	if (!isns->verify || !node)
		return false;
	isns->verify = false;
	isns->subject = node;
	isns_msg_init(msg, ISNS_DEV_ATTR_QRY, 0, isns->xid);
	isns_put_str(msg, ISNS_TAG_NAME, node->name);
	isns_put_str(msg, ISNS_TAG_NAME, node->name);
	isns_put_nil(msg, ISNS_TAG_DELIMITER);
	isns_put_nil(msg, ISNS_TAG_NAME);
	return true;
}

/* what an answer begins with repeats the question (5.7.2) */
static int skip_key(struct isns_attrs *attrs)
{
	struct isns_attr attr;
	int ret;

	do {
		ret = isns_get_attr(attrs, &attr);
	} while (ret > 0 && attr.tag != ISNS_TAG_DELIMITER);
	return ret;
}

/*
 * Anybody can register anything with a server: what cannot be a name is passed
 * over, and takes nothing away from the others.
 *
 * Return: 1 and the next name, 0 if there is none, or -EPROTO
 */
static int next_name(struct isns_attrs *attrs, const char **name)
{
	struct isns_attr attr;
	int ret;

	*name = NULL;
	while (!*name && (ret = isns_get_attr(attrs, &attr)) > 0)
		if (attr.tag == ISNS_TAG_NAME)
			*name = isns_attr_str(&attr, ISNS_NAME_MAX);
	return ret;
}

/* does @name stand among the results? */
static int find_name(struct isns_attrs attrs, const char *name, bool *found)
{
	const char *str;
	int ret;

	*found = false;
	ret = skip_key(&attrs);
	while (ret > 0) {
		ret = next_name(&attrs, &str);
		if (ret > 0)
			*found |= !strcasecmp(str, name);
	}
	return ret;
}

/* a server that has never inquired cannot reach us, and has drawn its conclusion */
static void doubt_esi(struct isns *isns)
{
	if (!isns->esi_on || isns->esi_seen)
		return;
	isns->esi = false;
	log_info("isns: status inquiries do not arrive: registering without");
}

static int verify_done(struct isns *isns, uint32_t status,
		       struct isns_attrs attrs)
{
	bool found = false;
	int ret = 0;

	if (!status)
		ret = find_name(attrs, isns->subject->name, &found);
	if (found && isns->lasted)
		isns->backoff = ISNS_BACKOFF_MIN_MS;
	if (ret || found)
		return ret;
	/* does not say that we are not there */
	if (status && status != ISNS_NO_SUCH_ENTRY &&
	    status != ISNS_SOURCE_UNKNOWN && status != ISNS_SOURCE_ABSENT)
		return -EACCES;
	isns_log(isns, "server has lost the registration: renewing it");
	doubt_esi(isns);
	forget_registration(isns);
	isns->replace = true;
	/* one that it does not keep is not worth another one at once */
	return isns->lasted ? 0 : -EACCES;
}

/*
 * DevAttrQry for all nodes, asked as the target: the server answers with those
 * that share a discovery domain with it (5.6.5.2).  To ask for initiators only
 * would leave out those that are targets as well, because servers compare the
 * type and not its bits.
 */
static bool query_build(struct isns *isns, struct isns_msg *msg)
{
	struct isns_node *node;

	if (!isns->access)
		return false;
	TAILQ_FOREACH(node, &isns->nodes, link)
		if (node->current && node->due && !node->gone)
			break;
	if (!node)
		return false;
	node->due = false;
	isns->subject = node;
	isns_msg_init(msg, ISNS_DEV_ATTR_QRY, 0, isns->xid);
	isns_put_str(msg, ISNS_TAG_NAME, node->name);
	isns_put_nil(msg, ISNS_TAG_NAME);
	isns_put_nil(msg, ISNS_TAG_DELIMITER);
	isns_put_nil(msg, ISNS_TAG_NAME);
	isns_put_nil(msg, ISNS_TAG_NODE_TYPE);
	return true;
}

/* list of names that is being made, never longer than the message */
struct names {
	char *buf;
	size_t len;
};

/* the type behind a name; whoever has none is no initiator */
static int node_type(struct isns_attrs *attrs, uint32_t *type)
{
	struct isns_attrs ahead = *attrs;
	struct isns_attr attr;

	*type = 0;
	if (isns_get_attr(&ahead, &attr) <= 0 ||
	    attr.tag != ISNS_TAG_NODE_TYPE)
		return 0;
	*attrs = ahead;
	return isns_attr_u32(&attr, type);
}

static int take_names(struct isns_attrs attrs, struct names *names)
{
	const char *name;
	uint32_t type;
	int ret;

	if (skip_key(&attrs) < 0)
		return -EPROTO;
	while ((ret = next_name(&attrs, &name)) > 0) {
		if (node_type(&attrs, &type))
			return -EPROTO;
		if (!(type & ISNS_NODE_INITIATOR))
			continue;
		memcpy(names->buf + names->len, name, strlen(name) + 1);
		names->len += strlen(name) + 1;
	}
	return ret;
}

static void set_allowed(struct isns_node *node, const struct names *names)
{
	free(node->allowed);
	node->allowed = names->buf;
	node->allowed_len = names->len;
	node->known = true;
}

static int query_done(struct isns *isns, uint32_t status,
		      struct isns_attrs attrs)
{
	struct isns_node *node = isns->subject;
	struct names names = { 0 };
	int ret = 0;

	/* the former list stays in force */
	if (status == ISNS_SOURCE_UNKNOWN || status == ISNS_SOURCE_ABSENT)
		isns->verify = true;
	if (status && status != ISNS_NO_SUCH_ENTRY) {
		isns_log(isns, "%s: server does not tell its initiators: %s",
			 node->name, isns_status_text(status));
		return 0;
	}
	names.buf = malloc(attrs.left + 1);
	if (!names.buf)
		return -ENOMEM;
	if (!status)
		ret = take_names(attrs, &names);
	if (ret) {
		free(names.buf);
		return ret;
	}
	set_allowed(node, &names);
	isns->refusal = false;
	return 0;
}

static const struct isns_step steps[] = {
	{ ISNS_DEV_ATTR_REG, register_build, register_done },
	{ ISNS_DEV_DEREG, dereg_build, dereg_done },
	{ ISNS_SCN_REG, scn_build, scn_done },
	{ ISNS_DEV_ATTR_QRY, verify_build, verify_done },
	{ ISNS_DEV_ATTR_QRY, query_build, query_done },
};

/**
 * isns_next() - send the next request, if there is one to send
 * @isns: the client; ISNS_UP
 *
 * Return: 0 or a negative errno that ends the connection.
 */
int isns_next(struct isns *isns)
{
	unsigned int i;

	if (isns->step)
		return 0;
	if (isns->portals_due)
		isns_local_portals(isns);
	isns->xid++;
	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		if (!steps[i].build(isns, &isns->msg))
			continue;
		isns->step = &steps[i];
		ev_timer_set(&isns->ctx->loop, &isns->timer, ISNS_ANSWER_MS);
		return isns_link_send(&isns->link, &isns->msg);
	}
	ev_timer_cancel(&isns->ctx->loop, &isns->timer);
	isns_idle(isns);
	return 0;
}

/**
 * isns_abandon() - there will be no answer to the request under way
 * @isns: the client
 */
void isns_abandon(struct isns *isns)
{
	struct isns_node *node;

	isns->step = NULL;
	isns->subject = NULL;
	TAILQ_FOREACH(node, &isns->nodes, link)
		node->batch = false;
}

/**
 * isns_farewell() - send the request that ends the registration
 * @isns: the client; ISNS_UP, with no request under way
 *
 * Return: false if there is no registration, or no way to end it.
 */
bool isns_farewell(struct isns *isns)
{
	struct isns_node *node = source(isns);

	if (!node)
		return false;
	isns->xid++;
	isns_msg_init(&isns->msg, ISNS_DEV_DEREG, 0, isns->xid);
	isns_put_str(&isns->msg, ISNS_TAG_NAME, node->name);
	isns_put_nil(&isns->msg, ISNS_TAG_DELIMITER);
	isns_put_str(&isns->msg, ISNS_TAG_EID, isns->eid);
	return !isns_link_send(&isns->link, &isns->msg);
}

/**
 * isns_answer() - a response has arrived
 * @isns: the client
 * @hdr: its header
 * @attrs: its payload
 *
 * Return: 0 or a negative errno that ends the connection.
 */
int isns_answer(struct isns *isns, const struct isns_hdr *hdr,
		struct isns_attrs attrs)
{
	const struct isns_step *step = isns->step;
	uint32_t status;
	int ret;

	if (!step || hdr->xid != isns->xid ||
	    hdr->function != (step->function | ISNS_RESPONSE) ||
	    isns_get_status(&attrs, &status) || isns_attrs_check(attrs))
		return -EPROTO;
	ret = step->done(isns, status, attrs);
	isns_abandon(isns);
	return ret ? ret : isns_next(isns);
}
