// SPDX-License-Identifier: GPL-2.0
/*
 * The socket that iscsi-scst-adm talks to: who may, one request for each
 * connection, records back.  What requests do is adminops.c's business.
 *
 * Everybody can connect to an abstract socket, so those who are not root get
 * their refusal at once and never hold one of the few places.
 */
#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "admin.h"
#include "scstd.h"
#include "strnum.h"

#define ADMIN_CLIENTS_MAX 8
#define ADMIN_TIMEOUT_MS 10000
#define ADMIN_WAIT_MS 5000
#define ADMIN_RETRY_MS 1000
/* 65,535 sessions with the longest names */
#define ADMIN_OUT_MAX (64 << 20)
#define ADMIN_MESSAGE_MAX 512

/**
 * struct admin_client - a run of the tool
 * @link: all of them
 * @ctx: the daemon
 * @io: its connection
 * @deadline: ends it, or its waiting
 * @in: its request
 * @out: records, each behind its length
 * @out_pos: what has been sent
 * @record: where the record that is being written begins
 * @message: why the request has failed
 * @waiting: for the end of a session
 * @tid: its target
 * @sid: its id
 */
struct admin_client {
	LIST_ENTRY(admin_client) link;
	struct scstd *ctx;
	struct ev_io io;
	struct ev_timer deadline;
	struct text in;
	struct text out;
	size_t out_pos;
	size_t record;
	char message[ADMIN_MESSAGE_MAX];
	bool waiting;
	uint32_t tid;
	uint64_t sid;
};

/**
 * struct admin - the socket
 * @ctx: the daemon
 * @io: the socket, not open while a stranger has its name
 * @retry: tries to get it
 * @rest: accepts again after a shortage
 * @clients: connections
 * @nclients: how many
 */
struct admin {
	struct scstd *ctx;
	struct ev_io io;
	struct ev_timer retry;
	struct ev_timer rest;
	LIST_HEAD(, admin_client) clients;
	unsigned int nclients;
};

/* a text may be a password */
static void wipe(struct text *text)
{
	if (text->buf)
		explicit_bzero(text->buf, text->cap);
	text_free(text);
}

static void client_free(struct admin_client *client)
{
	struct admin *admin = client->ctx->admin;
	int fd = client->io.fd;

	ev_del(&client->ctx->loop, &client->io);
	ev_timer_cancel(&client->ctx->loop, &client->deadline);
	close(fd);
	wipe(&client->in);
	wipe(&client->out);
	LIST_REMOVE(client, link);
	free(client);
	if (admin->nclients-- == ADMIN_CLIENTS_MAX)
		ev_mod(&admin->ctx->loop, &admin->io, EPOLLIN);
}

/* Return: false when there is no more to send, or nobody to send it to */
static bool send_record(struct admin_client *client)
{
	struct text *out = &client->out;
	uint32_t len;
	ssize_t n;

	if (client->out_pos == out->len)
		return false;
	memcpy(&len, out->buf + client->out_pos, sizeof(len));
	n = send(client->io.fd, out->buf + client->out_pos + sizeof(len), len,
		 MSG_NOSIGNAL | MSG_DONTWAIT);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	client->out_pos += sizeof(len) + len;
	return true;
}

static void client_write(struct admin_client *client)
{
	size_t before;

	do {
		before = client->out_pos;
		if (!send_record(client)) {
			client_free(client);
			return;
		}
	} while (client->out_pos != before);
}

/* the answer is complete: it goes out from the event loop */
static void client_finish(struct admin_client *client, int error)
{
	struct text *text;

	client->waiting = false;
	if (client->out.failed) {
		error = -ENOBUFS;
		snprintf(client->message, sizeof(client->message),
			 "the answer is too long");
		text_reset(&client->out);
	}
	text = admin_record(client, "end");
	text_add_num(text, "status", -error);
	if (error)
		text_add(text, "message", client->message);
	admin_record_end(client);
	ev_timer_set(&client->ctx->loop, &client->deadline, ADMIN_TIMEOUT_MS);
	ev_mod(&client->ctx->loop, &client->io, EPOLLOUT);
}

/* the event may have been lost: what the kernel has is what counts */
static void ignore_session(void *arg, const struct kern_session *session)
{
	(void)arg;
	(void)session;
}

static void client_waited(struct admin_client *client)
{
	const struct kern *kern = &client->ctx->kern;
	int ret;

	ret = kern->ops->session_get(kern->priv, client->tid, client->sid,
				     ignore_session, NULL);
	if (ret == -ENOENT) {
		client_finish(client, 0);
		return;
	}
	client_finish(client, admin_fail(client, -ETIMEDOUT,
					 "session 0x%016llx of target %u is still being closed: commands of its are under way",
					 (unsigned long long)client->sid,
					 client->tid));
}

static void client_deadline(struct ev_timer *timer)
{
	struct admin_client *client = container_of(timer, struct admin_client,
						   deadline);

	if (client->waiting)
		client_waited(client);
	else
		client_free(client);
}

struct req_field {
	const char *key;
	unsigned int bit;
	uint64_t max;
};

static const struct req_field req_fields[] = {
	{ "tid", ADMIN_TID, UINT32_MAX },
	{ "sid", ADMIN_SID, UINT64_MAX },
	{ "cid", ADMIN_CID, UINT16_MAX },
	{ "force", ADMIN_FORCE, 0 },
};

static int set_number(struct admin_req *req, const struct text_pair *pair)
{
	const struct req_field *field;
	uint64_t num = 0;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(req_fields); i++)
		if (!strcmp(req_fields[i].key, pair->key))
			break;
	if (i == ARRAY_SIZE(req_fields))
		return -EINVAL;
	field = &req_fields[i];
	if (field->max && strnum_u64(pair->value, field->max, &num))
		return -EINVAL;
	req->has |= field->bit;
	if (field->bit == ADMIN_TID)
		req->tid = num;
	else if (field->bit == ADMIN_SID)
		req->sid = num;
	else if (field->bit == ADMIN_CID)
		req->cid = num;
	return 0;
}

static int add_param(struct admin_req *req, const struct text_pair *pair)
{
	struct text_pair *param = &req->params[req->nparams];
	/* of our own buffer */
	char *sep = strchr((char *)pair->value, '=');

	if (!sep || sep == pair->value)
		return -EINVAL;
	*sep = '\0';
	param->key = pair->value;
	param->value = sep + 1;
	req->nparams++;
	req->has |= ADMIN_PARAMS;
	return 0;
}

static int parse_req(struct text *in, struct admin_req *req)
{
	struct text_pair pairs[ADM_PAIRS_MAX];
	int i, n, ret = 0;

	memset(req, 0, sizeof(*req));
	n = text_split(in, pairs, ADM_PAIRS_MAX);
	for (i = 0; i < n && !ret; i++) {
		if (!strcmp(pairs[i].key, "op"))
			req->op = pairs[i].value;
		else if (!strcmp(pairs[i].key, "object"))
			req->object = pairs[i].value;
		else if (!strcmp(pairs[i].key, "param"))
			ret = add_param(req, &pairs[i]);
		else
			ret = set_number(req, &pairs[i]);
	}
	if (n < 0 || !req->op || !req->object)
		return -EINVAL;
	return ret;
}

static void client_request(struct admin_client *client)
{
	struct admin_req req;
	int ret;

	/* nothing but the end of the connection until the answer is there */
	ev_mod(&client->ctx->loop, &client->io, 0);
	ret = parse_req(&client->in, &req);
	if (ret)
		ret = admin_fail(client, ret,
				 "the request is malformed: are iscsi-scst-adm and iscsi-scstd of one version?");
	else
		ret = admin_run(client, &req);
	if (ret != ADMIN_WAIT)
		client_finish(client, ret);
}

static void client_read(struct admin_client *client)
{
	char buf[ADM_PACKET_MAX];
	ssize_t n;

	/* with MSG_TRUNC it is the length of the packet */
	n = recv(client->io.fd, buf, sizeof(buf), MSG_DONTWAIT | MSG_TRUNC);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0 && (size_t)n <= sizeof(buf) &&
	    !text_append(&client->in, buf, n))
		client_request(client);
	else
		client_free(client);
	explicit_bzero(buf, sizeof(buf));
}

static void client_event(struct ev_io *io, uint32_t events)
{
	struct admin_client *client = container_of(io, struct admin_client,
						   io);

	if (client->out.len)
		client_write(client);
	else if (!client->waiting && events & EPOLLIN)
		client_read(client);
	else
		client_free(client);
}

/*
 * A request that is there, or arrives, unread when the socket is closed would
 * turn the answer into a reset.
 */
static void refuse(int fd)
{
	static const char answer[] = "record=end\0status=1\0"
		"message=only root may do this: iscsi-scst-adm must run with user and group id 0";
	char scratch[64];

	shutdown(fd, SHUT_RD);
	while (recv(fd, scratch, sizeof(scratch), MSG_DONTWAIT) > 0)
		;
	send(fd, answer, sizeof(answer), MSG_NOSIGNAL | MSG_DONTWAIT);
	close(fd);
}

static_assert(EPERM == 1, "status in refuse()");

/*
 * The group as well, as SCST's tool has always needed it: root's user ID with
 * the group of somebody else is what a set-user-ID program of his looks like.
 */
static bool peer_is_root(int fd)
{
	struct ucred cred;

	return !adm_peer(fd, &cred) && !cred.uid && !cred.gid;
}

static int client_new(struct admin *admin, int fd)
{
	struct admin_client *client = calloc(1, sizeof(*client));
	struct evloop *loop = &admin->ctx->loop;

	if (!client)
		return -ENOMEM;
	client->ctx = admin->ctx;
	client->io.cb = client_event;
	client->deadline.cb = client_deadline;
	text_init(&client->in, ADM_PACKET_MAX);
	text_init(&client->out, ADMIN_OUT_MAX);
	if (ev_add(loop, &client->io, fd, EPOLLIN)) {
		free(client);
		return -ENOMEM;
	}
	ev_timer_set(loop, &client->deadline, ADMIN_TIMEOUT_MS);
	LIST_INSERT_HEAD(&admin->clients, client, link);
	/* the others wait in the backlog */
	if (++admin->nclients == ADMIN_CLIENTS_MAX)
		ev_mod(loop, &admin->io, 0);
	return 0;
}

static void admin_rested(struct ev_timer *timer)
{
	struct admin *admin = container_of(timer, struct admin, rest);

	if (admin->nclients < ADMIN_CLIENTS_MAX)
		ev_mod(&admin->ctx->loop, &admin->io, EPOLLIN);
}

static void admin_rest(struct admin *admin)
{
	struct evloop *loop = &admin->ctx->loop;

	ev_mod(loop, &admin->io, 0);
	ev_timer_set(loop, &admin->rest, EV_REST_MS);
}

static void admin_event(struct ev_io *io, uint32_t events)
{
	struct admin *admin = container_of(io, struct admin, io);
	int fd;

	(void)events;
	if (admin->nclients >= ADMIN_CLIENTS_MAX)
		return;
	fd = accept4(io->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd < 0) {
		if (ev_is_shortage(errno))
			admin_rest(admin);
		return;
	}
	if (!peer_is_root(fd))
		refuse(fd);
	else if (client_new(admin, fd))
		close(fd);
}

/* Return: the socket or a negative errno */
static int admin_socket(const char *name)
{
	struct sockaddr_un addr;
	socklen_t len = adm_address(&addr, name);
	int fd, ret;

	if (!len)
		return -EINVAL;
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (!bind(fd, (struct sockaddr *)&addr, len) &&
	    !listen(fd, ADMIN_CLIENTS_MAX))
		return fd;
	ret = -errno;
	close(fd);
	return ret;
}

static int admin_listen(struct admin *admin)
{
	struct scstd *ctx = admin->ctx;
	int fd, ret;

	fd = admin_socket(ctx->opt.admin_socket);
	if (fd < 0)
		return fd;
	ret = ev_add(&ctx->loop, &admin->io, fd, EPOLLIN);
	if (ret)
		close(fd);
	return ret;
}

/*
 * Who has the name?  Root's process is another daemon.  Whoever does not
 * listen, or is too busy, is none: daemons do both from the beginning.
 *
 * Return: true after a message if it is a stranger.
 */
static bool stranger_has_it(const char *name)
{
	struct sockaddr_un addr;
	socklen_t len = adm_address(&addr, name);
	struct ucred cred = { 0 };
	bool known;
	int fd;

	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return false;
	known = !connect(fd, (struct sockaddr *)&addr, len) &&
		!adm_peer(fd, &cred);
	close(fd);
	if (known && !cred.uid)
		return false;
	if (known)
		log_warn("admin socket %s: process %d of user %u has it: going on without iscsi-scst-adm",
			 name, (int)cred.pid, cred.uid);
	else
		log_warn("admin socket %s: a process that does not answer has it: going on without iscsi-scst-adm",
			 name);
	return true;
}

/* as another user we would be a stranger to the tool */
static void admin_retry(struct ev_timer *timer)
{
	struct admin *admin = container_of(timer, struct admin, retry);
	struct scstd *ctx = admin->ctx;

	if (geteuid())
		return;
	if (admin_listen(admin))
		ev_timer_set(&ctx->loop, timer, ADMIN_RETRY_MS);
	else
		log_info("admin socket %s: is ours now", ctx->opt.admin_socket);
}

/**
 * admin_open() - listen to the admin tool
 * @ctx: the daemon
 *
 * Anybody can take the name of the socket before us.  That must not keep
 * initiators from their disks, so the daemon then does without it until it is
 * free.  But if it is root's, another daemon has the targets.
 *
 * Return: 0 or a negative errno after a message.
 */
int admin_open(struct scstd *ctx)
{
	struct admin *admin = calloc(1, sizeof(*admin));
	int ret;

	if (!admin)
		return -ENOMEM;
	admin->ctx = ctx;
	admin->io.cb = admin_event;
	admin->io.fd = -1;
	admin->retry.cb = admin_retry;
	admin->rest.cb = admin_rested;
	LIST_INIT(&admin->clients);
	ret = admin_listen(admin);
	if (ret == -EADDRINUSE && stranger_has_it(ctx->opt.admin_socket)) {
		ev_timer_set(&ctx->loop, &admin->retry, ADMIN_RETRY_MS);
		ret = 0;
	}
	if (!ret) {
		ctx->admin = admin;
		return 0;
	}
	free(admin);
	if (ret == -EADDRINUSE)
		log_err("another iscsi-scstd is running: it has the admin socket %s",
			ctx->opt.admin_socket);
	else
		log_err("admin socket %s: %s", ctx->opt.admin_socket,
			strerror(-ret));
	return ret;
}

/**
 * admin_close() - end what admin_open() has begun
 * @ctx: the daemon; may be closed already
 */
void admin_close(struct scstd *ctx)
{
	struct admin_client *client;
	struct admin *admin = ctx->admin;
	int fd;

	if (!admin)
		return;
	while ((client = LIST_FIRST(&admin->clients)) != NULL)
		client_free(client);
	ev_timer_cancel(&ctx->loop, &admin->retry);
	ev_timer_cancel(&ctx->loop, &admin->rest);
	fd = admin->io.fd;
	ev_del(&ctx->loop, &admin->io);
	if (fd >= 0)
		close(fd);
	free(admin);
	ctx->admin = NULL;
}

/**
 * admin_session_closed() - a session has ended: somebody may wait for that
 * @ctx: the daemon
 * @closed: the session
 */
void admin_session_closed(struct scstd *ctx, const struct kern_session *closed)
{
	struct admin_client *client;

	if (!ctx->admin)
		return;
	LIST_FOREACH(client, &ctx->admin->clients, link)
		if (client->waiting && client->tid == closed->tid &&
		    client->sid == closed->sid)
			client_finish(client, 0);
}

/**
 * admin_ctx() - the daemon that a client talks to
 * @client: the client
 */
struct scstd *admin_ctx(const struct admin_client *client)
{
	return client->ctx;
}

/**
 * admin_record() - begin a record of the answer
 * @client: the client; its former record has been ended
 * @what: value of the key record
 *
 * Return: the text, for more pairs; what does not fit turns the whole answer
 * into an error.
 */
struct text *admin_record(struct admin_client *client, const char *what)
{
	uint32_t len = 0;

	client->record = client->out.len;
	text_append(&client->out, &len, sizeof(len));
	text_add(&client->out, "record", what);
	return &client->out;
}

/**
 * admin_record_end() - end a record of the answer
 * @client: the client
 */
void admin_record_end(struct admin_client *client)
{
	uint32_t len;

	if (client->out.failed)
		return;
	len = client->out.len - client->record - sizeof(len);
	memcpy(client->out.buf + client->record, &len, sizeof(len));
}

/**
 * admin_wait() - answer when a session has ended
 * @client: the client
 * @tid: target of the session
 * @sid: its id; the kernel has been told to close it
 *
 * Return: ADMIN_WAIT, the result of the operation.
 */
int admin_wait(struct admin_client *client, uint32_t tid, uint64_t sid)
{
	client->waiting = true;
	client->tid = tid;
	client->sid = sid;
	ev_timer_set(&client->ctx->loop, &client->deadline, ADMIN_WAIT_MS);
	return ADMIN_WAIT;
}

/**
 * admin_fail() - say why an operation has failed
 * @client: the client
 * @error: negative errno
 * @fmt: which object, and what is wrong with it
 *
 * Return: @error, the result of the operation.
 */
int admin_fail(struct admin_client *client, int error, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(client->message, sizeof(client->message), fmt, ap);
	va_end(ap);
	return error;
}
