// SPDX-License-Identifier: GPL-2.0
/*
 * Stands in for iscsi-scstd/kern.c, so that main() runs without a kernel.
 */
#include "fake.h"

int kern_open(struct scstd *ctx)
{
	struct fake *fake = fake_new();

	log_sink(NULL, NULL);
	ctx->kern = fake->ctx.kern;
	return 0;
}

void kern_close(struct scstd *ctx)
{
	fake_free(ctx->kern.priv);
}
