// SPDX-License-Identifier: GPL-2.0
/*
 * Requests that an iSNS server sends: state change notifications and entity
 * status inquiries (RFC 4171 5.6.5.8, 5.6.5.13), on connections that it opens
 * or on ours.  An address proves little, so all that a notification does is to
 * let us ask the server that we know.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "isns_priv.h"
#include "util.h"

#define BACKLOG 8

static void peer_free(struct isns_peer *peer)
{
	isns_link_close(&peer->link);
	LIST_REMOVE(peer, entry);
	peer->isns->npeers--;
	free(peer);
}

static int peer_deliver(struct isns_link *link, const struct isns_hdr *hdr,
			struct isns_attrs attrs)
{
	struct isns_peer *peer = container_of(link, struct isns_peer, link);

	return isns_notify_request(peer->isns, link, hdr, attrs);
}

static void peer_event(struct ev_io *io, uint32_t events)
{
	struct isns_peer *peer = container_of(io, struct isns_peer, link.io);
	int ret = 0;

	if (events & EPOLLOUT)
		ret = isns_link_flush(&peer->link);
	if (!ret && (events & ~EPOLLOUT))
		ret = isns_link_receive(&peer->link);
	if (ret == -EPROTO || ret == -EMSGSIZE)
		isns_log(peer->isns, "malformed notification");
	if (ret)
		peer_free(peer);
}

/*
 * One of the addresses of the server's name, or this machine: a server that
 * runs here may use any address of it.
 */
static bool is_server(const struct isns *isns, int fd)
{
	struct ipaddr peer, ip;
	int i;

	ipaddr_of_socket(&peer, fd, true);
	ipaddr_of_socket(&ip, fd, false);
	if (ipaddr_same_host(&peer, &ip))
		return true;
	for (i = 0; i < isns->naddrs; i++) {
		ipaddr_from_sockaddr(&ip, (const struct sockaddr *)
				     &isns->resolve.addrs[i]);
		if (ipaddr_same_host(&peer, &ip))
			return true;
	}
	return false;
}

/* servers keep their connections, forgotten ones must not take all the places */
static void make_room(struct isns *isns)
{
	struct isns_peer *peer, *oldest = NULL;

	if (isns->npeers < ISNS_PEERS_MAX)
		return;
	LIST_FOREACH(peer, &isns->peers, entry)
		oldest = peer;
	peer_free(oldest);
}

static int peer_new(struct isns *isns, int fd)
{
	struct isns_peer *peer;
	int ret;

	make_room(isns);
	peer = calloc(1, sizeof(*peer));
	if (!peer)
		return -ENOMEM;
	peer->isns = isns;
	isns_link_init(&peer->link, &isns->ctx->loop, peer_deliver,
		       ISNS_REQUEST_MAX);
	peer->link.io.cb = peer_event;
	ret = isns_link_open(&peer->link, fd, EPOLLIN);
	if (ret) {
		free(peer);
		return ret;
	}
	LIST_INSERT_HEAD(&isns->peers, peer, entry);
	isns->npeers++;
	return 0;
}

static void listener_rested(struct ev_timer *timer)
{
	struct isns *isns = container_of(timer, struct isns, rest);

	ev_mod(&isns->ctx->loop, &isns->listener, EPOLLIN);
}

static void listener_rest(struct isns *isns)
{
	struct evloop *loop = &isns->ctx->loop;

	ev_mod(loop, &isns->listener, 0);
	ev_timer_set(loop, &isns->rest, EV_REST_MS);
}

static void listener_event(struct ev_io *io, uint32_t events)
{
	struct isns *isns = container_of(io, struct isns, listener);
	int fd;

	(void)events;
	fd = accept4(io->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd < 0 && ev_is_shortage(errno))
		listener_rest(isns);
	if (fd >= 0 && (!is_server(isns, fd) || peer_new(isns, fd)))
		close(fd);
}

/* IPv6 that takes IPv4, too, or IPv4 alone where there is no IPv6 */
static int listener_socket(void)
{
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };
	struct sockaddr_in in = { .sin_family = AF_INET };
	int fd, off = 0;

	fd = socket(AF_INET6, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd >= 0 &&
	    !setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off)) &&
	    !bind(fd, (struct sockaddr *)&in6, sizeof(in6)))
		return fd;
	if (fd >= 0)
		close(fd);
	fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd >= 0 && !bind(fd, (struct sockaddr *)&in, sizeof(in)))
		return fd;
	if (fd >= 0)
		close(fd);
	return -EADDRNOTAVAIL;
}

/**
 * isns_notify_open() - listen on a port that the server will be told
 * @isns: the client
 *
 * Return: 0 or a negative errno; notifications then have to do without.
 */
int isns_notify_open(struct isns *isns)
{
	struct ipaddr ip;
	int fd, ret;

	isns->listener.fd = -1;
	isns->listener.cb = listener_event;
	isns->rest.cb = listener_rested;
	fd = listener_socket();
	if (fd < 0)
		return fd;
	ret = listen(fd, BACKLOG) ? -errno : 0;
	if (!ret)
		ret = ev_add(&isns->ctx->loop, &isns->listener, fd, EPOLLIN);
	if (ret) {
		close(fd);
		return ret;
	}
	ipaddr_of_socket(&ip, fd, false);
	isns->notify_port = ip.port;
	return 0;
}

/**
 * isns_notify_close() - end all of that
 * @isns: the client
 */
void isns_notify_close(struct isns *isns)
{
	int fd = isns->listener.fd;

	while (!LIST_EMPTY(&isns->peers))
		peer_free(LIST_FIRST(&isns->peers));
	ev_timer_cancel(&isns->ctx->loop, &isns->rest);
	if (fd < 0)
		return;
	ev_del(&isns->ctx->loop, &isns->listener);
	close(fd);
	isns->notify_port = 0;
}

/* something has changed for @node: ask, but not for each of many changes */
static void node_changed(struct isns *isns, struct isns_node *node)
{
	node->due = true;
	if (!isns->change.armed)
		ev_timer_set(&isns->ctx->loop, &isns->change, ISNS_CHANGE_MS);
}

/*
 * The first name is who is told, all others are who has changed.  If that is
 * one of ours, somebody else may have removed it.
 */
static int scn_take(struct isns *isns, struct isns_attrs attrs,
		    struct isns_attr *dest)
{
	struct isns_node *node;
	struct isns_attr attr;
	const char *name;
	int ret;

	dest->tag = ISNS_TAG_DELIMITER;
	while ((ret = isns_get_attr(&attrs, &attr)) > 0) {
		if (attr.tag != ISNS_TAG_NAME)
			continue;
		name = isns_attr_str(&attr, ISNS_NAME_MAX);
		node = name ? isns_node(isns, name) : NULL;
		if (dest->tag == ISNS_TAG_NAME && node)
			isns->verify = true;
		if (name && dest->tag != ISNS_TAG_NAME)
			*dest = attr;
		if (node)
			node_changed(isns, node);
	}
	return dest->tag == ISNS_TAG_NAME ? ret : -EPROTO;
}

/* answered with who has received it (5.7.5.8) */
static int scn_request(struct isns *isns, struct isns_link *link,
		       const struct isns_hdr *hdr, struct isns_attrs attrs)
{
	struct isns_attr dest;
	int ret = scn_take(isns, attrs, &dest);

	if (ret)
		return ret;
	log_debug("isns: state change notification");
	isns_msg_init(&isns->msg, hdr->function | ISNS_RESPONSE, 0, hdr->xid);
	isns_put_status(&isns->msg, ISNS_OK);
	isns_put_raw(&isns->msg, dest.val - ISNS_TLV_LEN,
		     ISNS_TLV_LEN + dest.len);
	return isns_link_send(link, &isns->msg);
}

/* answered with the attributes that it has (5.7.5.13) */
static int esi_request(struct isns *isns, struct isns_link *link,
		       const struct isns_hdr *hdr, struct isns_attrs attrs)
{
	if (isns_attrs_check(attrs))
		return -EPROTO;
	if (!isns->esi_seen)
		log_debug("isns: status inquiries arrive");
	isns->esi_seen = true;
	isns_msg_init(&isns->msg, hdr->function | ISNS_RESPONSE, 0, hdr->xid);
	isns_put_status(&isns->msg, ISNS_OK);
	isns_put_raw(&isns->msg, attrs.pos, attrs.left);
	return isns_link_send(link, &isns->msg);
}

static int unknown_request(struct isns *isns, struct isns_link *link,
			   const struct isns_hdr *hdr)
{
	isns_msg_init(&isns->msg, hdr->function | ISNS_RESPONSE, 0, hdr->xid);
	isns_put_status(&isns->msg, ISNS_NOT_SUPPORTED);
	return isns_link_send(link, &isns->msg);
}

/**
 * isns_notify_request() - a request of the server has arrived
 * @isns: the client
 * @link: where; the answer goes there, too
 * @hdr: its header
 * @attrs: its payload
 *
 * Return: 0 or a negative errno that ends the link.
 */
int isns_notify_request(struct isns *isns, struct isns_link *link,
			const struct isns_hdr *hdr, struct isns_attrs attrs)
{
	/* nobody has been asked anything on a connection that is not ours */
	if (hdr->function & ISNS_RESPONSE)
		return -EPROTO;
	if (hdr->function == ISNS_SCN)
		return scn_request(isns, link, hdr, attrs);
	if (hdr->function == ISNS_ESI)
		return esi_request(isns, link, hdr, attrs);
	return unknown_request(isns, link, hdr);
}
