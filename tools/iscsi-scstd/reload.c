// SPDX-License-Identifier: GPL-2.0
/*
 * Reads the configuration again while the daemon runs.  It is taken as a whole
 * or not at all.
 */
#include <stdio.h>
#include <time.h>

#include "scstd.h"
#include "sdnotify.h"

static void notify_begin(void)
{
	struct timespec now;
	char state[64];

	clock_gettime(CLOCK_MONOTONIC, &now);
	snprintf(state, sizeof(state), "RELOADING=1\nMONOTONIC_USEC=%lld",
		 now.tv_sec * 1000000ll + now.tv_nsec / 1000);
	sdnotify(state);
}

/**
 * reload() - bring the targets in line with the configuration file
 * @ctx: the daemon
 *
 * Without the file there would be no target left, so that is an error here,
 * other than at the start.
 *
 * Return: 0, or a negative errno after a message: then the former
 * configuration stays in force.
 */
int reload(struct scstd *ctx)
{
	const char *file = ctx->opt.config;
	struct config *conf;
	int ret;

	notify_begin();
	ret = config_load(file, false, &conf);
	if (!ret) {
		ret = target_apply(ctx, conf);
		if (ret)
			config_free(conf);
		else	/* says itself what is wrong */
			isns_targets_changed(ctx);
	}
	if (ret)
		log_err("%s: not applied, the former configuration stays in force",
			file);
	else
		log_info("%s: applied, %u targets", file, ctx->conf->ntargets);
	sdnotify(ret ? "READY=1\nSTATUS=Configuration has errors, the former one is in force" :
		       "READY=1\nSTATUS=Configuration is in force");
	return ret;
}
