// SPDX-License-Identifier: GPL-2.0
/*
 * The daemon on the fake kernel driver, for initiators that are somebody
 * else's programs.  Prints the port it listens on, and ends with its standard
 * input.
 */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "fake.h"

static struct evloop *the_loop;

static void stdin_event(struct ev_io *io, uint32_t events)
{
	char buf[64];

	(void)events;
	if (read(io->fd, buf, sizeof(buf)) <= 0)
		ev_stop(the_loop);
}

static int port_of(struct scstd *ctx)
{
	struct sockaddr_in addr;
	socklen_t len = sizeof(addr);

	if (getsockname(ctx->listeners[0].io.fd, (struct sockaddr *)&addr,
			&len))
		return 0;
	return ntohs(addr.sin_port);
}

int main(int argc, char **argv)
{
	struct ev_io in = { .cb = stdin_event, .fd = -1 };
	struct fake *fake = fake_new();
	struct config *conf;
	int ret;

	if (argc != 2)
		return 1;
	log_sink(NULL, NULL);
	if (config_load(argv[1], true, &conf) || target_apply(&fake->ctx, conf))
		return 1;
	fake->ctx.opt.addresses[fake->ctx.opt.naddresses++] = "127.0.0.1";
	fake->ctx.opt.port = 0;
	if (listen_open(&fake->ctx))
		return 1;
	printf("%d\n", port_of(&fake->ctx));
	fflush(stdout);
	the_loop = &fake->ctx.loop;
	ret = ev_add(the_loop, &in, STDIN_FILENO, EPOLLIN);
	if (!ret)
		ret = ev_run(the_loop);
	ev_del(the_loop, &in);
	fake_free(fake);
	return ret ? 1 : 0;
}
