// SPDX-License-Identifier: GPL-2.0
/*
 * Listening sockets.  At most CONN_MAX connections are in our hands at a time;
 * further ones wait in the backlog until a login ends, times out, or has to make
 * room (see conn.c).
 */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hostport.h"
#include "scstd.h"
#include "strnum.h"
#include "util.h"

static void set_events(struct scstd *ctx, uint32_t events)
{
	int i;

	for (i = 0; i < ctx->nlisteners; i++)
		ev_mod(&ctx->loop, &ctx->listeners[i].io, events);
}

/**
 * listen_update() - the number of connections has changed
 * @ctx: the daemon
 */
void listen_update(struct scstd *ctx)
{
	bool full = ctx->nconns >= CONN_MAX;

	if (full == ctx->paused || ctx->resume.armed)
		return;
	ctx->paused = full;
	set_events(ctx, full ? 0 : EPOLLIN);
}

static void listen_resume(struct ev_timer *timer)
{
	struct scstd *ctx = container_of(timer, struct scstd, resume);

	ctx->paused = true;
	listen_update(ctx);
}

/* out of file descriptors or memory: trying at once again would spin */
static void listen_rest(struct scstd *ctx, int error)
{
	if (log_allow(&ctx->peer_log, ev_now()))
		log_warn("cannot accept connections: %s", strerror(error));
	ctx->paused = true;
	set_events(ctx, 0);
	ev_timer_set(&ctx->loop, &ctx->resume, EV_REST_MS);
}

static void listen_event(struct ev_io *io, uint32_t events)
{
	struct listener *listener = container_of(io, struct listener, io);
	struct scstd *ctx = listener->ctx;
	struct sockaddr_storage addr;
	socklen_t len = sizeof(addr);
	struct ipaddr peer;
	int fd;

	(void)events;
	if (ctx->paused)
		return;
	fd = accept4(io->fd, (struct sockaddr *)&addr, &len,
		     SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd < 0) {
		if (ev_is_shortage(errno))
			listen_rest(ctx, errno);
		return;
	}
	ipaddr_from_sockaddr(&peer, (struct sockaddr *)&addr);
	if (conn_new(ctx, fd, &peer))
		close(fd);
}

static void set_option(int fd, int level, int name, int value)
{
	setsockopt(fd, level, name, &value, sizeof(value));
}

static int listen_socket(const struct addrinfo *ai)
{
	int fd, ret;

	fd = socket(ai->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
		    ai->ai_protocol);
	if (fd < 0)
		return -errno;
	set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	if (ai->ai_family == AF_INET6)
		set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
	/* inherited by the connections, which find dead initiators by it */
	set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
	set_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, 50);
	set_option(fd, IPPROTO_TCP, TCP_KEEPINTVL, 3);
	set_option(fd, IPPROTO_TCP, TCP_KEEPCNT, 2);
	set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
	if (!bind(fd, ai->ai_addr, ai->ai_addrlen) &&
	    !listen(fd, LISTEN_BACKLOG))
		return fd;
	ret = -errno;
	close(fd);
	return ret;
}

static int listen_add(struct scstd *ctx, const struct addrinfo *ai)
{
	struct listener *listener = &ctx->listeners[ctx->nlisteners];
	char text[IPADDR_TEXT_MAX];
	int fd, ret;

	ipaddr_from_sockaddr(&listener->addr, ai->ai_addr);
	ipaddr_text(&listener->addr, text, sizeof(text));
	fd = listen_socket(ai);
	if (fd < 0) {
		log_warn("cannot listen on %s: %s", text, strerror(-fd));
		return fd;
	}
	listener->ctx = ctx;
	listener->io.cb = listen_event;
	ret = ev_add(&ctx->loop, &listener->io, fd, EPOLLIN);
	if (ret) {
		log_warn("cannot listen on %s: %s", text, strerror(-ret));
		close(fd);
		return ret;
	}
	/* with port 0 the kernel has chosen one */
	ipaddr_of_socket(&listener->addr, fd, false);
	ctx->nlisteners++;
	log_info("listening on %s", text);
	return 0;
}

/* the resolver may name an address more than once */
static bool listed_before(const struct addrinfo *list,
			  const struct addrinfo *ai)
{
	for (; list != ai; list = list->ai_next)
		if (list->ai_addrlen == ai->ai_addrlen &&
		    !memcmp(list->ai_addr, ai->ai_addr, ai->ai_addrlen))
			return true;
	return false;
}

/*
 * A host may do without IPv6, or without one of the addresses of a name.  But
 * an address that is in use is another daemon's, and the targets are, too.
 */
static int listen_all(struct scstd *ctx, const struct addrinfo *list,
		      const char *what)
{
	const struct addrinfo *ai;
	int ret, n = 0;

	for (ai = list; ai; ai = ai->ai_next) {
		if (listed_before(list, ai))
			continue;
		if (ctx->nlisteners == LISTEN_MAX) {
			log_err("address %s: more than %d sockets", what,
				LISTEN_MAX);
			return -E2BIG;
		}
		ret = listen_add(ctx, ai);
		if (ret == -EADDRINUSE)
			return ret;
		n += !ret;
	}
	if (n)
		return 0;
	log_err("address %s: cannot listen there", what);
	return -EADDRNOTAVAIL;
}

static int listen_resolve(struct scstd *ctx, const char *host,
			  const char *port)
{
	const struct addrinfo hints = {
		.ai_family = AF_UNSPEC,
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_PASSIVE | AI_NUMERICSERV,
	};
	const char *what = host ? host : "*";
	struct addrinfo *list;
	int ret;

	ret = getaddrinfo(host, port, &hints, &list);
	if (ret) {
		log_err("address %s: %s", what, gai_strerror(ret));
		return -EADDRNOTAVAIL;
	}
	ret = listen_all(ctx, list, what);
	freeaddrinfo(list);
	return ret;
}

/* an address of the options: "host", "host:port", IPv6 maybe in brackets */
static int listen_option(struct scstd *ctx, const char *option,
			 const char *default_port)
{
	char *word = strdup(option), *host = word, *port;
	uint32_t number;
	int ret = -EINVAL;

	if (!word)
		return -ENOMEM;
	port = hostport_split(word);
	if (!port || (*port && strnum_u32(port, 1, 65535, &number))) {
		log_err("address %s: not an address", option);
	} else {
		if (*host == '[') {
			host[strlen(host) - 1] = '\0';
			host++;
		}
		ret = listen_resolve(ctx, host, *port ? port : default_port);
	}
	free(word);
	return ret;
}

/**
 * listen_open() - listen on every address that the options name
 * @ctx: the daemon
 *
 * Return: 0 if each of them has a socket, and none is in use, or a negative
 * errno after a message; listen_close() is due in any case.
 */
int listen_open(struct scstd *ctx)
{
	const struct options *opt = &ctx->opt;
	char port[8];
	int i, ret = 0;

	ctx->resume.cb = listen_resume;
	snprintf(port, sizeof(port), "%u", opt->port);
	if (!opt->naddresses)
		return listen_resolve(ctx, NULL, port);
	for (i = 0; i < opt->naddresses && !ret; i++)
		ret = listen_option(ctx, opt->addresses[i], port);
	return ret;
}

/**
 * listen_close() - accept no more connections
 * @ctx: the daemon
 */
void listen_close(struct scstd *ctx)
{
	int fd;

	ev_timer_cancel(&ctx->loop, &ctx->resume);
	while (ctx->nlisteners) {
		ctx->nlisteners--;
		fd = ctx->listeners[ctx->nlisteners].io.fd;
		ev_del(&ctx->loop, &ctx->listeners[ctx->nlisteners].io);
		close(fd);
	}
}
