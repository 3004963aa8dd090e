// SPDX-License-Identifier: GPL-2.0
/*
 * Brings the targets of the kernel in line with a configuration.  The kernel
 * may have some already, with sessions, from a daemon before us.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scstd.h"
#include "util.h"

#define REAP_MS 100
#define REAP_AGAIN_MS 1000

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

static struct leaving *leaving_find(struct scstd *ctx, uint32_t tid)
{
	struct leaving *leaving;

	LIST_FOREACH(leaving, &ctx->leaving, link)
		if (leaving->tid == tid)
			return leaving;
	return NULL;
}

static void leaving_drop(struct leaving *leaving)
{
	if (!leaving)
		return;
	LIST_REMOVE(leaving, link);
	free(leaving);
}

static void leaving_add(struct scstd *ctx, uint32_t tid)
{
	struct leaving *leaving = leaving_find(ctx, tid);

	if (!leaving)
		leaving = calloc(1, sizeof(*leaving));
	if (!leaving || leaving->tid)
		return;
	leaving->tid = tid;
	LIST_INSERT_HEAD(&ctx->leaving, leaving, link);
}

/* said once, however many reloads it survives */
static void keep_for_sessions(struct scstd *ctx,
			      const struct kern_target *target)
{
	if (leaving_find(ctx, target->tid))
		return;
	log_warn("target %u %s: not configured, kept for its %u sessions",
		 target->tid, target->name, target->sessions);
	leaving_add(ctx, target->tid);
}

static int drop_target(struct scstd *ctx, const struct kern_target *target)
{
	int ret;

	conn_target_gone(ctx, target->tid);
	ret = ctx->kern.ops->target_del(ctx->kern.priv, target->tid);
	if (ret)
		log_warn("target %u %s: cannot delete it: %s", target->tid,
			 target->name, strerror(-ret));
	else
		log_info("target %u %s: deleted", target->tid, target->name);
	leaving_drop(leaving_find(ctx, target->tid));
	return ret;
}

/*
 * Nobody can log in to a target that the configuration does not have.  Those
 * that still serve somebody stay until that ends: a disk in use is not to
 * vanish because a line has gone from a file.
 */
static void remove_stale(struct scstd *ctx, const struct config *conf,
			 struct found *found)
{
	struct kern_target *target;
	unsigned int i;

	for (i = 0; i < found->n; i++) {
		target = &found->targets[i];
		if (config_target(conf, target->name))
			leaving_drop(leaving_find(ctx, target->tid));
		else if (target->sessions)
			keep_for_sessions(ctx, target);
		else if (!drop_target(ctx, target))
			target->tid = 0;
	}
}

static int make_target(struct scstd *ctx, struct target *target, uint32_t tid)
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

/*
 * The configured addresses of a target, for the kernel to name.  Those that
 * are too many are left out: all that are named lead to it.
 */
static void list_addresses(const struct config *conf,
			   const struct target *target, char *buf, size_t size)
{
	const struct portal_list *list = portals_configured(conf, target);
	const struct portal *portal;
	char port[8];
	size_t len = 0;
	int n;

	buf[0] = '\0';
	STAILQ_FOREACH(portal, list, link) {
		snprintf(port, sizeof(port), "%u", portal->port);
		n = snprintf(buf + len, size - len, "%s%s:%s", len ? " " : "",
			     portal->host, portal->port ? port : "");
		if ((size_t)n >= size - len) {
			buf[len] = '\0';
			return;
		}
		len += n;
	}
}

static int update(struct scstd *ctx, const struct config *conf,
		  const struct target *target)
{
	char addresses[ISCSI_ADDRESSES_MAX + 1];
	int ret;

	list_addresses(conf, target, addresses, sizeof(addresses));
	ret = ctx->kern.ops->target_set(ctx->kern.priv, target->tid,
					target->session, target->target,
					addresses);
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
			ret = make_target(ctx, target, number);
		if (ret)
			return ret;
	}
	STAILQ_FOREACH(target, &conf->targets, link) {
		if (!target->tid)
			ret = make_target(ctx, target, 0);
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
		ret = update(ctx, conf, target);
		if (ret)
			return ret;
	}
	return 0;
}

/* takes back what apply() has done before it failed */
static void undo(struct scstd *ctx, const struct config *conf,
		 const struct found *found)
{
	const struct kern *kern = &ctx->kern;
	struct target *target;

	STAILQ_FOREACH(target, &conf->targets, link)
		if (target->tid && !found_tid(found, target->tid))
			kern->ops->target_del(kern->priv, target->tid);
	if (!ctx->conf)
		return;
	STAILQ_FOREACH(target, &ctx->conf->targets, link)
		if (found_tid(found, target->tid))
			update(ctx, ctx->conf, target);
}

static int dump(struct scstd *ctx, struct found *found)
{
	int ret;

	ret = ctx->kern.ops->target_dump(ctx->kern.priv, found_add, found);
	if (!ret && found->failed)
		ret = -ENOMEM;
	if (ret)
		log_err("cannot read the targets of the kernel: %s",
			strerror(-ret));
	return ret;
}

/**
 * target_apply() - make a configuration the one in force
 * @ctx: the daemon
 * @conf: taken over after success
 *
 * Sessions are not affected, nor are logins in progress, except that they fail
 * in the end if their target has gone.  Without a former configuration the
 * targets that are too many are deleted first, so that their numbers are free;
 * otherwise last, when nothing can go wrong any more.
 *
 * Return: 0 or a negative errno after a message; the former configuration is
 * in force then.
 */
int target_apply(struct scstd *ctx, struct config *conf)
{
	struct found found = { 0 };
	int ret;

	ret = dump(ctx, &found);
	if (ret)
		goto out;
	if (!ctx->conf)
		remove_stale(ctx, conf, &found);
	ret = apply(ctx, conf, &found);
	if (ret) {
		undo(ctx, conf, &found);
		goto out;
	}
	if (ctx->conf)
		remove_stale(ctx, conf, &found);
	config_free(ctx->conf);
	ctx->conf = conf;
	/* of one that is kept, the last session may have ended already */
	target_sessions_changed(ctx);
out:
	free(found.targets);
	return ret;
}

/* Return: true if the kernel has not yet told of the end of a session */
static bool reap(struct scstd *ctx, struct leaving *leaving,
		 const struct found *found)
{
	const struct kern_target *target = found_tid(found, leaving->tid);

	if (target && target->sessions)
		return !session_count(ctx, leaving->tid);
	if (target)
		drop_target(ctx, target);
	else
		leaving_drop(leaving);
	return false;
}

static void reap_all(struct ev_timer *timer)
{
	struct scstd *ctx = container_of(timer, struct scstd, reap);
	struct leaving *leaving, *next;
	struct found found = { 0 };
	bool again = false;
	int ret;

	ret = dump(ctx, &found);
	for (leaving = LIST_FIRST(&ctx->leaving); leaving && !ret;
	     leaving = next) {
		next = LIST_NEXT(leaving, link);
		again |= reap(ctx, leaving, &found);
	}
	free(found.targets);
	if (again)
		ev_timer_set(&ctx->loop, timer, REAP_AGAIN_MS);
}

/**
 * target_sessions_changed() - sessions have ended
 * @ctx: the daemon
 *
 * Targets that were only kept for them are deleted.  That is not done here,
 * because the kernel tells of the end of a session before it forgets it.
 */
void target_sessions_changed(struct scstd *ctx)
{
	ctx->reap.cb = reap_all;
	if (!LIST_EMPTY(&ctx->leaving) && !ctx->reap.armed)
		ev_timer_set(&ctx->loop, &ctx->reap, REAP_MS);
}

/**
 * target_fini() - forget the targets, which stay in the kernel
 * @ctx: the daemon
 */
void target_fini(struct scstd *ctx)
{
	ev_timer_cancel(&ctx->loop, &ctx->reap);
	while (!LIST_EMPTY(&ctx->leaving))
		leaving_drop(LIST_FIRST(&ctx->leaving));
	config_free(ctx->conf);
	ctx->conf = NULL;
}

/**
 * target_kept() - find a target that the kernel keeps for its sessions
 * @ctx: the daemon
 * @name: its name, which no target of the configuration has
 *
 * Return: its number, or 0 if there is none.
 */
uint32_t target_kept(struct scstd *ctx, const char *name)
{
	struct found found = { 0 };
	uint32_t tid = 0;
	unsigned int i;

	dump(ctx, &found);
	for (i = 0; i < found.n; i++)
		if (!strcmp(found.targets[i].name, name))
			tid = found.targets[i].tid;
	free(found.targets);
	return tid;
}

/**
 * target_create() - give the kernel a target of the configuration
 * @ctx: the daemon
 * @target: of the configuration in force; if the kernel has kept it for its
 *	sessions, it is taken over as by a reload
 * @tid: its number, 0 for any one
 *
 * Return: 0 or a negative errno after a message; what the kernel has is what
 * it had before then.
 */
int target_create(struct scstd *ctx, struct target *target, uint32_t tid)
{
	uint32_t kept = target_kept(ctx, target->name);
	int ret = 0;

	target->tid = kept;
	if (!kept)
		ret = make_target(ctx, target, tid);
	if (ret)
		return ret;
	ret = update(ctx, ctx->conf, target);
	if (!ret) {
		leaving_drop(leaving_find(ctx, target->tid));
		return 0;
	}
	if (!kept)
		ctx->kern.ops->target_del(ctx->kern.priv, target->tid);
	target->tid = 0;
	return ret;
}

/**
 * target_remove() - delete a target in the kernel and in the configuration
 * @ctx: the daemon
 * @tid: its number; it need not be of the configuration
 *
 * Return: 0, -EBUSY if it has left the configuration but stays in the kernel
 * until its sessions are closed, -ENOENT without such a target, or another
 * negative errno.
 */
int target_remove(struct scstd *ctx, uint32_t tid)
{
	struct target *target = config_target_tid(ctx->conf, tid);
	int ret;

	conn_target_gone(ctx, tid);
	ret = ctx->kern.ops->target_del(ctx->kern.priv, tid);
	if (ret && ret != -EBUSY)
		return ret;
	log_info("target %u%s%s: %s", tid, target ? " " : "",
		 target ? target->name : "",
		 ret ? "closing its sessions" : "deleted");
	if (ret)
		leaving_add(ctx, tid);
	else
		leaving_drop(leaving_find(ctx, tid));
	if (target)
		config_del_target(ctx->conf, target);
	target_sessions_changed(ctx);
	return ret;
}
