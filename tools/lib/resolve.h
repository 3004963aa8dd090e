/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Addresses of a host, without waiting for the resolver.
 */
#ifndef TOOLS_RESOLVE_H
#define TOOLS_RESOLVE_H

#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

#include "evloop.h"

#define RESOLVE_MAX 8

/**
 * struct resolve - a question to the resolver
 * @loop: where the answer arrives
 * @io: pipe from the helper
 * @pid: the helper, 0 if there is none
 * @done: called once with the number of addresses, or a negative errno
 * @addrs: the answer
 * @len: bytes of it that have arrived
 */
struct resolve {
	struct evloop *loop;
	struct ev_io io;
	pid_t pid;
	void (*done)(struct resolve *resolve, int n);
	struct sockaddr_storage addrs[RESOLVE_MAX];
	size_t len;
};

void resolve_init(struct resolve *resolve, struct evloop *loop,
		  void (*done)(struct resolve *resolve, int n));
int resolve_start(struct resolve *resolve, const char *host, uint16_t port);
void resolve_cancel(struct resolve *resolve);

#endif
