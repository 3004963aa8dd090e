// SPDX-License-Identifier: GPL-2.0
/*
 * Addresses of a host.  getaddrinfo() can wait for a name server for minutes,
 * and the ways around that are either another library or not in every C
 * library.  So a short-lived process asks, and writes the answer to a pipe;
 * numbers need no resolver and take no process.
 */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "resolve.h"
#include "util.h"

/* Return: how many addresses there are, or a negative errno */
static int lookup(const char *host, uint16_t port, int flags,
		  struct sockaddr_storage *addrs)
{
	const struct addrinfo hints = {
		.ai_family = AF_UNSPEC,
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICSERV | flags,
	};
	struct addrinfo *list, *ai;
	char service[8];
	int n = 0;

	snprintf(service, sizeof(service), "%u", port);
	if (getaddrinfo(host, service, &hints, &list))
		return -ENOENT;
	memset(addrs, 0, RESOLVE_MAX * sizeof(*addrs));
	for (ai = list; ai && n < RESOLVE_MAX; ai = ai->ai_next)
		if (ai->ai_addrlen <= sizeof(*addrs))
			memcpy(&addrs[n++], ai->ai_addr, ai->ai_addrlen);
	freeaddrinfo(list);
	return n;
}

/*
 * A connection that the parent closes would not end while the helper has it,
 * too.  Where the kernel does not know the call, there is nothing but to wait.
 */
static void close_others(int fd)
{
	if (fd > STDERR_FILENO + 1)
		close_range(STDERR_FILENO + 1, fd - 1, 0);
	close_range(fd + 1, ~0U, 0);
}

/* nobody wants to know any more when the parent is gone */
static void __noreturn helper(int fd, pid_t parent, const char *host,
			      uint16_t port)
{
	struct sockaddr_storage addrs[RESOLVE_MAX];
	int n = 0;

	close_others(fd);
	if (!prctl(PR_SET_PDEATHSIG, SIGKILL) && getppid() == parent)
		n = lookup(host, port, 0, addrs);
	if (n > 0 && write(fd, addrs, n * sizeof(*addrs)) < 0)
		_exit(1);
	_exit(0);
}

static void reap(struct resolve *resolve)
{
	int fd = resolve->io.fd;

	if (!resolve->pid)
		return;
	ev_del(resolve->loop, &resolve->io);
	close(fd);
	kill(resolve->pid, SIGKILL);
	while (waitpid(resolve->pid, NULL, 0) < 0 && errno == EINTR)
		;
	resolve->pid = 0;
}

static void answer_event(struct ev_io *io, uint32_t events)
{
	struct resolve *resolve = container_of(io, struct resolve, io);
	size_t room = sizeof(resolve->addrs) - resolve->len;
	ssize_t n;

	(void)events;
	n = read(io->fd, (char *)resolve->addrs + resolve->len, room);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0)
		resolve->len += n;
	if (n > 0 && resolve->len < sizeof(resolve->addrs))
		return;
	reap(resolve);
	n = resolve->len / sizeof(resolve->addrs[0]);
	resolve->done(resolve, n ? n : -ENOENT);
}

/**
 * resolve_init() - prepare
 * @resolve: the question
 * @loop: where the answer arrives
 * @done: called with the answer, unless that is the result of resolve_start()
 */
void resolve_init(struct resolve *resolve, struct evloop *loop,
		  void (*done)(struct resolve *resolve, int n))
{
	memset(resolve, 0, sizeof(*resolve));
	resolve->loop = loop;
	resolve->io.fd = -1;
	resolve->io.cb = answer_event;
	resolve->done = done;
}

/**
 * resolve_start() - ask for the addresses of a host
 * @resolve: no question is under way
 * @host: name, or address without brackets
 * @port: for the addresses
 *
 * Return: the number of addresses if the host is a number, 0 if the answer
 * will be given to @resolve->done, or a negative errno.
 */
int resolve_start(struct resolve *resolve, const char *host, uint16_t port)
{
	pid_t parent = getpid();
	int fds[2], ret;

	ret = lookup(host, port, AI_NUMERICHOST, resolve->addrs);
	if (ret > 0)
		return ret;
	if (pipe2(fds, O_CLOEXEC))
		return -errno;
	resolve->len = 0;
	resolve->pid = fork();
	if (!resolve->pid)
		helper(fds[1], parent, host, port);
	ret = -errno;
	close(fds[1]);
	if (resolve->pid > 0) {
		fcntl(fds[0], F_SETFL, O_NONBLOCK);
		ret = ev_add(resolve->loop, &resolve->io, fds[0], EPOLLIN);
		if (!ret)
			return 0;
		kill(resolve->pid, SIGKILL);
		waitpid(resolve->pid, NULL, 0);
	}
	resolve->pid = 0;
	close(fds[0]);
	return ret;
}

/**
 * resolve_cancel() - do without the answer
 * @resolve: the question; there may be none
 */
void resolve_cancel(struct resolve *resolve)
{
	reap(resolve);
}
