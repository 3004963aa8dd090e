// SPDX-License-Identifier: GPL-2.0
/*
 * iSNS client (RFC 4171): registers the targets with a name server, and lets
 * in those initiators that it lists, if the administrator says so.
 *
 * Owns the connection with the server, and a copy of the names of the targets:
 * the configuration can be replaced at any time.  The server is not trusted:
 * a message that is malformed, or a registration that it refuses or loses at
 * once, ends the connection, and the next attempt waits longer each time.
 */
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "isns_priv.h"
#include "util.h"

/**
 * isns_log() - message about something that the server does
 * @isns: the client, with the budget of such messages
 * @fmt: without newline
 */
void isns_log(struct isns *isns, const char *fmt, ...)
{
	char msg[512];
	va_list ap;

	if (!log_allow(&isns->log, ev_now()))
		return;
	va_start(ap, fmt);
	vsnprintf(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	log_warn("isns: %s:%u: %s", isns->host, isns->port, msg);
}

/* nodes */

/* iSCSI names do not differ in case (RFC 3722) */
static struct isns_bucket *bucket(const struct isns *isns, const char *name)
{
	uint32_t hash = 2166136261u;

	for (; *name; name++)
		hash = (hash ^ (*name | 0x20)) * 16777619u;
	return (struct isns_bucket *)&isns->buckets[hash % ISNS_BUCKETS];
}

/**
 * isns_node() - find a target
 * @isns: the client
 * @name: its name
 *
 * Return: the node or NULL.
 */
struct isns_node *isns_node(const struct isns *isns, const char *name)
{
	struct isns_node *node;

	LIST_FOREACH(node, bucket(isns, name), bucket)
		if (!strcasecmp(node->name, name))
			return node;
	return NULL;
}

/**
 * isns_node_free() - forget a target
 * @isns: the client
 * @node: not part of a request
 */
void isns_node_free(struct isns *isns, struct isns_node *node)
{
	TAILQ_REMOVE(&isns->nodes, node, link);
	LIST_REMOVE(node, bucket);
	free(node->alias);
	free(node->allowed);
	free(node);
}

static struct isns_node *node_new(struct isns *isns, const char *name)
{
	struct isns_node *node = calloc(1, sizeof(*node));

	if (!node)
		return NULL;
	snprintf(node->name, sizeof(node->name), "%s", name);
	TAILQ_INSERT_TAIL(&isns->nodes, node, link);
	LIST_INSERT_HEAD(bucket(isns, name), node, bucket);
	return node;
}

static bool same_alias(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static int node_take(struct isns *isns, const struct target *target)
{
	const char *alias = target->alias && *target->alias ? target->alias :
							      NULL;
	struct isns_node *node = isns_node(isns, target->name);

	if (!node)
		node = node_new(isns, target->name);
	if (!node)
		return -ENOMEM;
	node->gone = false;
	if (same_alias(node->alias, alias))
		return 0;
	node->current = false;
	node->changed = true;
	free(node->alias);
	node->alias = alias ? strdup(alias) : NULL;
	return alias && !node->alias ? -ENOMEM : 0;
}

/* those that the server has never had need no farewell */
static void nodes_prune(struct isns *isns)
{
	struct isns_node *node, *next;

	for (node = TAILQ_FIRST(&isns->nodes); node; node = next) {
		next = TAILQ_NEXT(node, link);
		if (node->gone && !node->at_server && !node->batch)
			isns_node_free(isns, node);
	}
}

static int nodes_take(struct isns *isns)
{
	const struct target *target;
	struct isns_node *node;
	int ret = 0;

	TAILQ_FOREACH(node, &isns->nodes, link)
		node->gone = true;
	STAILQ_FOREACH(target, &isns->ctx->conf->targets, link)
		if (!ret)
			ret = node_take(isns, target);
	nodes_prune(isns);
	return ret;
}

static void nodes_reset(struct isns *isns)
{
	struct isns_node *node;

	TAILQ_FOREACH(node, &isns->nodes, link) {
		node->current = false;
		node->scn = false;
	}
}

/* the connection */

static void disconnect(struct isns *isns)
{
	struct evloop *loop = &isns->ctx->loop;

	resolve_cancel(&isns->resolve);
	isns_link_close(&isns->link);
	ev_timer_cancel(loop, &isns->timer);
	ev_timer_cancel(loop, &isns->refresh);
	ev_timer_cancel(loop, &isns->change);
	isns_abandon(isns);
	nodes_reset(isns);
	nodes_prune(isns);
	isns->state = ISNS_WAITING;
}

/* only the first of a row of failures is worth a message */
static void fail(struct isns *isns, const char *why)
{
	disconnect(isns);
	if (!isns->reported)
		log_warn("isns: %s:%u: %s, trying again", isns->host,
			 isns->port, why);
	isns->reported = true;
	ev_timer_set(&isns->ctx->loop, &isns->timer, isns->backoff);
	isns->backoff *= 2;
	if (isns->backoff > ISNS_BACKOFF_MAX_MS)
		isns->backoff = ISNS_BACKOFF_MAX_MS;
}

static void fail_errno(struct isns *isns, int error)
{
	if (error == -EPROTO)
		fail(isns, "malformed message");
	else if (error == -ECONNRESET)
		fail(isns, "connection closed");
	else if (error == -EACCES)
		fail(isns, "not registered");
	else
		fail(isns, strerror(-error));
}

static void go_on(struct isns *isns)
{
	int ret = isns->state == ISNS_UP ? isns_next(isns) : 0;

	if (ret)
		fail_errno(isns, ret);
}

/* at the latest after half of the time that the server gives us */
static unsigned int refresh_ms(const struct isns *isns)
{
	if (isns->period < 2)
		return isns->period ? 500 : ISNS_REFRESH_MS;
	if (isns->period / 2 < ISNS_REFRESH_MS / 1000)
		return isns->period / 2 * 1000;
	return ISNS_REFRESH_MS;
}

/**
 * isns_registered() - the server has all targets
 * @isns: the client
 */
void isns_registered(struct isns *isns)
{
	isns->fresh = true;
	isns->lasted = false;
	ev_timer_set(&isns->ctx->loop, &isns->refresh, refresh_ms(isns));
}

/**
 * isns_idle() - there is nothing to send
 * @isns: the client
 *
 * If that is the end of a registration, the next failure is news again.  The
 * pause after it does not get shorter before the registration has lasted: a
 * server that takes it and then errs would be asked without a pause for ever.
 */
void isns_idle(struct isns *isns)
{
	const struct isns_node *node;
	unsigned int n = 0;

	if (!isns->fresh)
		return;
	TAILQ_FOREACH(node, &isns->nodes, link)
		n += node->current;
	log_info("isns: %s:%u: %u targets and %d portals are registered as %s",
		 isns->host, isns->port, n, isns->nportals, isns->eid);
	isns->fresh = false;
	isns->reported = false;
}

/**
 * isns_replace() - what the server has of us is no longer true
 * @isns: the client, with no request under way
 */
void isns_replace(struct isns *isns)
{
	isns->replace = true;
	nodes_reset(isns);
}

static void refresh_expired(struct ev_timer *timer)
{
	struct isns *isns = container_of(timer, struct isns, refresh);
	struct isns_node *node;

	isns->lasted = true;
	isns->verify = true;
	TAILQ_FOREACH(node, &isns->nodes, link)
		node->due = true;
	/* addresses come and go without anybody telling us */
	isns->portals_due = true;
	ev_timer_set(&isns->ctx->loop, &isns->refresh, refresh_ms(isns));
	go_on(isns);
}

static void change_expired(struct ev_timer *timer)
{
	go_on(container_of(timer, struct isns, change));
}

static void connected(struct isns *isns)
{
	isns->state = ISNS_UP;
	ev_timer_cancel(&isns->ctx->loop, &isns->timer);
	ev_mod(&isns->ctx->loop, &isns->link.io, EPOLLIN);
	ipaddr_of_socket(&isns->local, isns->link.io.fd, false);
	isns->fresh = false;
	isns->lasted = false;
	isns->verify = false;
	isns->period = 0;
	isns->portals_due = true;
	ev_timer_set(&isns->ctx->loop, &isns->refresh, ISNS_REFRESH_MS);
	go_on(isns);
}

static socklen_t addr_len(const struct sockaddr_storage *addr)
{
	return addr->ss_family == AF_INET ? sizeof(struct sockaddr_in) :
					    sizeof(struct sockaddr_in6);
}

/* Return: 0 if a connection with this address is under way */
static int connect_to(struct isns *isns, const struct sockaddr_storage *addr)
{
	int fd, ret, on = 1;

	fd = socket(addr->ss_family,
		    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	ret = 0;
	if (connect(fd, (const struct sockaddr *)addr, addr_len(addr)) &&
	    errno != EINPROGRESS)
		ret = -errno;
	if (!ret)
		ret = isns_link_open(&isns->link, fd, EPOLLOUT);
	if (ret)
		close(fd);
	return ret;
}

static void connect_next(struct isns *isns, int error)
{
	for (; isns->addr < isns->naddrs; isns->addr++) {
		error = connect_to(isns, &isns->resolve.addrs[isns->addr]);
		if (error)
			continue;
		isns->state = ISNS_CONNECTING;
		ev_timer_set(&isns->ctx->loop, &isns->timer, ISNS_CONNECT_MS);
		return;
	}
	fail_errno(isns, error);
}

static void connect_failed(struct isns *isns, int error)
{
	isns_link_close(&isns->link);
	isns->addr++;
	connect_next(isns, error);
}

static void resolved(struct resolve *resolve, int n)
{
	struct isns *isns = container_of(resolve, struct isns, resolve);

	if (n <= 0) {
		fail(isns, "no address");
		return;
	}
	isns->naddrs = n;
	isns->addr = 0;
	connect_next(isns, -EADDRNOTAVAIL);
}

static void attempt(struct isns *isns)
{
	int n = resolve_start(&isns->resolve, isns->host, isns->port);

	if (n) {
		resolved(&isns->resolve, n);
		return;
	}
	isns->state = ISNS_RESOLVING;
	ev_timer_set(&isns->ctx->loop, &isns->timer, ISNS_RESOLVE_MS);
}

static void timer_expired(struct ev_timer *timer)
{
	struct isns *isns = container_of(timer, struct isns, timer);

	switch (isns->state) {
	case ISNS_WAITING:
		attempt(isns);
		break;
	case ISNS_RESOLVING:
		fail(isns, "the resolver does not answer");
		break;
	case ISNS_CONNECTING:
		connect_failed(isns, -ETIMEDOUT);
		break;
	case ISNS_UP:
		fail(isns, "no answer");
		break;
	}
}

static void link_event(struct ev_io *io, uint32_t events)
{
	struct isns *isns = container_of(io, struct isns, link.io);
	socklen_t len = sizeof(int);
	int ret = 0;

	if (isns->state == ISNS_CONNECTING) {
		if (getsockopt(io->fd, SOL_SOCKET, SO_ERROR, &ret, &len))
			ret = errno;
		if (ret)
			connect_failed(isns, -ret);
		else
			connected(isns);
		return;
	}
	if (events & EPOLLOUT)
		ret = isns_link_flush(&isns->link);
	if (!ret && (events & ~EPOLLOUT))
		ret = isns_link_receive(&isns->link);
	if (ret)
		fail_errno(isns, ret);
}

static int deliver(struct isns_link *link, const struct isns_hdr *hdr,
		   struct isns_attrs attrs)
{
	struct isns *isns = container_of(link, struct isns, link);

	if (hdr->function & ISNS_RESPONSE)
		return isns_answer(isns, hdr, attrs);
	/* servers may use a connection that there is (5.6.5.8) */
	return isns_notify_request(isns, link, hdr, attrs);
}

/**
 * isns_adopt() - begin with a connection that exists already
 * @isns: the client; waits for its next attempt
 * @fd: non-blocking, for a test; belongs to the client
 */
void isns_adopt(struct isns *isns, int fd)
{
	if (isns_link_open(&isns->link, fd, EPOLLIN))
		close(fd);
	else
		connected(isns);
}

/* start and end */

static struct isns *client_new(struct scstd *ctx)
{
	struct isns *isns = calloc(1, sizeof(*isns));
	int i;

	if (!isns)
		return NULL;
	isns->ctx = ctx;
	isns->host = strdup(ctx->conf->isns_host);
	isns->port = ctx->conf->isns_port;
	isns->access = ctx->conf->isns_access;
	isns->backoff = ISNS_BACKOFF_MIN_MS;
	isns->replace = true;
	isns->esi = true;
	isns->timer.cb = timer_expired;
	isns->refresh.cb = refresh_expired;
	isns->change.cb = change_expired;
	isns_link_init(&isns->link, &ctx->loop, deliver, ISNS_MSG_MAX);
	isns->link.io.cb = link_event;
	resolve_init(&isns->resolve, &ctx->loop, resolved);
	isns_local_eid(ctx, isns->eid, sizeof(isns->eid));
	isns->listener.fd = -1;
	LIST_INIT(&isns->peers);
	TAILQ_INIT(&isns->nodes);
	for (i = 0; i < ISNS_BUCKETS; i++)
		LIST_INIT(&isns->buckets[i]);
	return isns;
}

static void client_free(struct isns *isns)
{
	struct isns_node *node;

	isns_notify_close(isns);
	disconnect(isns);
	while ((node = TAILQ_FIRST(&isns->nodes)) != NULL)
		isns_node_free(isns, node);
	free(isns->host);
	free(isns);
}

/**
 * isns_start() - begin to talk to the server of the configuration
 * @ctx: the daemon, which listens already; has no client
 *
 * Does not wait for the server: names are looked up and connections made while
 * the loop runs.
 *
 * Return: 0, also without a server to talk to, or a negative errno after a
 * message.
 */
int isns_start(struct scstd *ctx)
{
	struct isns *isns;

	if (!ctx->conf->isns_host)
		return 0;
	isns = client_new(ctx);
	if (!isns || !isns->host || nodes_take(isns)) {
		log_err("isns: out of memory");
		if (isns)
			client_free(isns);
		return -ENOMEM;
	}
	ctx->isns = isns;
	if (isns_notify_open(isns))
		log_warn("isns: no port for state change notifications");
	/* from the loop, so that a failure is none of our caller's */
	ev_timer_set(&ctx->loop, &isns->timer, 0);
	return 0;
}

/* in place of deliver(): nothing but the answer to our farewell counts */
static int deliver_last(struct isns_link *link, const struct isns_hdr *hdr,
			struct isns_attrs attrs)
{
	struct isns *isns = container_of(link, struct isns, link);

	(void)attrs;
	if (hdr->function == (ISNS_DEV_DEREG | ISNS_RESPONSE) &&
	    hdr->xid == isns->xid)
		isns->stopped = true;
	return 0;
}

/* the loop no longer runs, or must not run anybody else's events */
static void wait_stopped(struct isns *isns)
{
	struct pollfd pfd = { .fd = isns->link.io.fd };
	uint64_t now = ev_now(), end = now + ISNS_STOP_MS;
	int ret = 0;

	isns->link.deliver = deliver_last;
	while (!ret && !isns->stopped && now < end) {
		pfd.events = POLLIN | (isns->link.tx_len ? POLLOUT : 0);
		if (poll(&pfd, 1, end - now) > 0)
			ret = isns_link_flush(&isns->link);
		/* says so itself if there is nothing */
		if (!ret)
			ret = isns_link_receive(&isns->link);
		now = ev_now();
	}
}

/**
 * isns_stop() - deregister, and end the client
 * @ctx: the daemon; may have no client
 *
 * Takes at most a second.
 */
void isns_stop(struct scstd *ctx)
{
	struct isns *isns = ctx->isns;

	if (!isns)
		return;
	if (isns->state == ISNS_UP && isns_farewell(isns))
		wait_stopped(isns);
	ctx->isns = NULL;
	client_free(isns);
}

static bool same_server(const struct isns *isns, const struct config *conf)
{
	if (!isns || !conf->isns_host)
		return !isns && !conf->isns_host;
	return isns->port == conf->isns_port &&
	       !strcmp(isns->host, conf->isns_host);
}

/**
 * isns_targets_changed() - another configuration, or another list of targets,
 * is in force
 * @ctx: the daemon
 *
 * Registers targets that are new, and deregisters those that are gone.  If the
 * server is another one, this takes as long as isns_stop().
 *
 * Return: 0 or a negative errno after a message.
 */
int isns_targets_changed(struct scstd *ctx)
{
	int ret;

	if (!same_server(ctx->isns, ctx->conf)) {
		isns_stop(ctx);
		return isns_start(ctx);
	}
	if (!ctx->isns)
		return 0;
	ctx->isns->access = ctx->conf->isns_access;
	ret = nodes_take(ctx->isns);
	if (ret)
		log_err("isns: out of memory");
	ctx->isns->portals_due = true;
	go_on(ctx->isns);
	return ret;
}

/* access control */

static bool listed(const struct isns_node *node, const char *initiator)
{
	const char *pos = node->allowed, *end = pos + node->allowed_len;

	for (; pos < end; pos += strlen(pos) + 1)
		if (!strcasecmp(pos, initiator))
			return true;
	return false;
}

/**
 * isns_allows() - may an initiator see and use a target?
 * @ctx: the daemon
 * @target: the target
 * @initiator: its name
 *
 * Without iSNSAccessControl everybody may.  With it, the server's last list
 * counts, also while the server cannot be reached; if there never was one,
 * nobody may.
 */
bool isns_allows(const struct scstd *ctx, const struct target *target,
		 const char *initiator)
{
	struct isns *isns = ctx->isns;
	const struct isns_node *node;

	if (!ctx->conf->isns_access)
		return true;
	node = isns ? isns_node(isns, target->name) : NULL;
	if (node && node->known)
		return listed(node, initiator);
	if (isns && !isns->refusal) {
		log_warn("isns: %s: the server has not told its initiators yet: refusing all",
			 target->name);
		isns->refusal = true;
	}
	return false;
}
