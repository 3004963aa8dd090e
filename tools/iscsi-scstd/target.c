// SPDX-License-Identifier: GPL-2.0
/*
 * Brings the targets of the kernel in line with a configuration.  The kernel
 * may have some already, with sessions, from a daemon before us.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "scstd.h"

/* the targets of the kernel, as dumped */
struct found {
	struct kern_target *targets;
	unsigned int n;
	bool failed;
};

static struct kern_target *found_tid(const struct found *found, uint32_t tid)
{
	unsigned int i;

	for (i = 0; i < found->n; i++)
		if (found->targets[i].tid == tid)
			return &found->targets[i];
	return NULL;
}

/* an interrupted dump begins again, and shows some a second time */
static void found_add(void *arg, const struct kern_target *target)
{
	struct found *found = arg;
	struct kern_target *more = found_tid(found, target->tid);

	if (more) {
		*more = *target;
		return;
	}
	more = realloc(found->targets, (found->n + 1) * sizeof(*more));
	if (!more) {
		found->failed = true;
		return;
	}
	more[found->n++] = *target;
	found->targets = more;
}

/*
 * Nobody can log in to a target that the configuration does not have.  Those
 * that still serve somebody stay until that ends.
 */
static void remove_stale(struct scstd *ctx, const struct config *conf,
			 struct found *found)
{
	struct kern_target *target;
	unsigned int i;
	int ret;

	for (i = 0; i < found->n; i++) {
		target = &found->targets[i];
		if (config_target(conf, target->name))
			continue;
		if (target->sessions) {
			log_warn("target %u %s: not configured, kept for its %u sessions",
				 target->tid, target->name, target->sessions);
			continue;
		}
		ret = ctx->kern.ops->target_del(ctx->kern.priv, target->tid);
		if (ret)
			log_warn("target %u %s: cannot delete it: %s",
				 target->tid, target->name, strerror(-ret));
		else
			target->tid = 0;
	}
}

static int create(struct scstd *ctx, struct target *target, uint32_t tid)
{
	int ret;

	ret = ctx->kern.ops->target_new(ctx->kern.priv, target->name, &tid);
	if (ret) {
		log_err("target %s: cannot create it: %s", target->name,
			strerror(-ret));
		return ret;
	}
	target->tid = tid;
	log_info("target %u %s: created", tid, target->name);
	return 0;
}

static int update(struct scstd *ctx, const struct target *target)
{
	int ret;

	ret = ctx->kern.ops->target_set(ctx->kern.priv, target->tid,
					target->session, target->target);
	if (ret)
		log_err("target %u %s: cannot set its parameters: %s",
			target->tid, target->name, strerror(-ret));
	return ret;
}

static void adopt(struct config *conf, const struct found *found)
{
	struct target *target;
	unsigned int i;

	for (i = 0; i < found->n; i++) {
		target = config_target(conf, found->targets[i].name);
		if (target)
			target->tid = found->targets[i].tid;
	}
}

/*
 * New targets are numbered 1, 2, 3.. in file order.  Those whose number is
 * taken get any other one, but not before the rest have theirs.
 */
static int create_missing(struct scstd *ctx, struct config *conf,
			  const struct found *found)
{
	struct target *target;
	uint32_t number = 0;
	int ret = 0;

	STAILQ_FOREACH(target, &conf->targets, link) {
		number++;
		if (!target->tid && !found_tid(found, number))
			ret = create(ctx, target, number);
		if (ret)
			return ret;
	}
	STAILQ_FOREACH(target, &conf->targets, link) {
		if (!target->tid)
			ret = create(ctx, target, 0);
		if (ret)
			return ret;
	}
	return 0;
}

static int apply(struct scstd *ctx, struct config *conf,
		 const struct found *found)
{
	struct target *target;
	int ret;

	adopt(conf, found);
	ret = create_missing(ctx, conf, found);
	if (ret)
		return ret;
	STAILQ_FOREACH(target, &conf->targets, link) {
		ret = update(ctx, target);
		if (ret)
			return ret;
	}
	return 0;
}

/**
 * target_apply() - make a configuration the one in force
 * @ctx: the daemon
 * @conf: taken over after success
 *
 * Return: 0 or a negative errno after a message; the former configuration is
 * in force then.
 */
int target_apply(struct scstd *ctx, struct config *conf)
{
	struct found found = { 0 };
	int ret;

	ret = ctx->kern.ops->target_dump(ctx->kern.priv, found_add, &found);
	if (!ret && found.failed)
		ret = -ENOMEM;
	if (ret) {
		log_err("cannot read the targets of the kernel: %s",
			strerror(-ret));
		goto out;
	}
	remove_stale(ctx, conf, &found);
	ret = apply(ctx, conf, &found);
	if (ret)
		goto out;
	config_free(ctx->conf);
	ctx->conf = conf;
out:
	free(found.targets);
	return ret;
}
