// SPDX-License-Identifier: GPL-2.0
/*
 * Stands in for iscsi-scstd/kern.c, so that main() runs without a kernel.  The
 * admin socket and the lock must not be those of a real daemon, nor of another
 * test.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "fake.h"

int kern_open(struct scstd *ctx)
{
	static char name[64];
	struct fake *fake = fake_new();

	log_sink(NULL, NULL);
	ctx->kern = fake->ctx.kern;
	fake->owner = ctx;
	ctx->opt.lock = getenv("TEST_LOCK_FILE");
	ctx->opt.admin_socket = getenv("TEST_ADM_SOCKET");
	if (ctx->opt.admin_socket)
		return 0;
	snprintf(name, sizeof(name), "iscsi-scstd-test-%d", (int)getpid());
	ctx->opt.admin_socket = name;
	return 0;
}

void kern_close(struct scstd *ctx)
{
	fake_free(ctx->kern.priv);
}
