// SPDX-License-Identifier: GPL-2.0
/*
 * Test bed: see fake.h.
 */
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fake.h"
#include "isns_priv.h"

#define WAIT_MS 5000

char fake_messages[65536];

static void collect(void *arg, int prio, const char *msg)
{
	size_t len = strlen(fake_messages);

	(void)arg;
	(void)prio;
	snprintf(fake_messages + len, sizeof(fake_messages) - len, "%s\n",
		 msg);
}

void fake_messages_clear(void)
{
	fake_messages[0] = '\0';
}

/* the kernel */

static struct kern_target *find_target(struct fake *fake, uint32_t tid)
{
	int i;

	for (i = 0; i < fake->ntargets; i++)
		if (fake->targets[i].tid == tid)
			return &fake->targets[i];
	return NULL;
}

static int fake_target_new(void *priv, const char *name, uint32_t *tid)
{
	struct fake *fake = priv;
	struct kern_target *target;

	if (fake->target_error)
		return fake->target_error;
	if (fake->new_limit < 0)
		return -ENOSPC;
	if (fake->new_limit && !--fake->new_limit)
		fake->new_limit = -1;
	if (*tid && find_target(fake, *tid))
		return -EEXIST;
	while (!*tid || find_target(fake, *tid))
		++*tid;
	target = &fake->targets[fake->ntargets++];
	memset(target, 0, sizeof(*target));
	target->tid = *tid;
	strcpy(target->name, name);
	return 0;
}

static int fake_target_del(void *priv, uint32_t tid)
{
	struct fake *fake = priv;
	struct kern_target *target = find_target(fake, tid);

	if (!target)
		return -ENOENT;
	if (fake->del_error)
		fake->dying = tid;
	if (fake->del_error)
		return fake->del_error;
	*target = fake->targets[--fake->ntargets];
	return 0;
}

static int fake_target_set(void *priv, uint32_t tid, const uint32_t *session,
			   const uint32_t *target, const char *addresses)
{
	struct fake *fake = priv;
	struct kern_target *found = find_target(fake, tid);

	if (!found)
		return -ENOENT;
	if (fake->set_error && target[TP_MAX_SESSIONS] == fake->set_error_value)
		return fake->set_error;
	/* who sets its parameters wants to keep it after all */
	if (fake->dying == tid)
		fake->dying = 0;
	memcpy(found->session, session, sizeof(found->session));
	memcpy(found->target, target, sizeof(found->target));
	memcpy(fake->set_session, session, sizeof(fake->set_session));
	memcpy(fake->set_target, target, sizeof(fake->set_target));
	if (addresses)
		strcpy(fake->set_addresses, addresses);
	fake->nset++;
	return 0;
}

static int fake_target_get(void *priv, uint32_t tid,
			   struct kern_target *target)
{
	const struct kern_target *found = find_target(priv, tid);

	if (!found)
		return -ENOENT;
	*target = *found;
	return 0;
}

static int fake_target_dump(void *priv, kern_target_fn fn, void *arg)
{
	struct fake *fake = priv;
	int i;

	for (i = 0; i < fake->ntargets; i++)
		fn(arg, &fake->targets[i]);
	return 0;
}

static uint64_t fake_sid(const struct kern_session *session)
{
	uint64_t sid = 0;
	int i;

	for (i = 0; i < ISCSI_ISID_LEN; i++)
		sid = sid << 8 | session->isid[i];
	return sid << 16 | session->tsih;
}

static int fake_session_new(void *priv, struct kern_session *session)
{
	struct fake *fake = priv;
	struct kern_target *target;
	int ret = 0;

	if (fake->nresults) {
		ret = fake->results[0];
		memmove(fake->results, fake->results + 1,
			--fake->nresults * sizeof(int));
	}
	if (ret)
		return ret;
	target = find_target(fake, session->tid);
	if (!target)
		return -ENOENT;
	session->sid = fake_sid(session);
	memcpy(fake->params, session->params, sizeof(fake->params));
	snprintf(fake->user, sizeof(fake->user), "%s",
		 session->user ? session->user : "");
	assert_true(fake->nsessions < FAKE_SESSIONS);
	memcpy(fake->session_params[fake->nsessions], session->params,
	       sizeof(fake->session_params[0]));
	fake->sessions[fake->nsessions] = *session;
	/* what it points to is the caller's */
	fake->sessions[fake->nsessions].params = NULL;
	fake->sessions[fake->nsessions].user = NULL;
	snprintf(fake->sessions[fake->nsessions].peer, KERN_PEER_MAX, "%s",
		 fake->peer);
	fake->sessions[fake->nsessions++].sockfd = dup(session->sockfd);
	target->sessions++;
	return 0;
}

int fake_drop_session(struct fake *fake, int index,
		      struct kern_session *closed)
{
	if (index >= fake->nsessions)
		return -ENOENT;
	*closed = fake->sessions[index];
	if (closed->sockfd > 0)
		close(closed->sockfd);
	fake->sessions[index] = fake->sessions[--fake->nsessions];
	memcpy(fake->session_params[index],
	       fake->session_params[fake->nsessions],
	       sizeof(fake->session_params[0]));
	return 0;
}

static int find_session(const struct fake *fake, uint32_t tid, uint64_t sid)
{
	int i;

	for (i = 0; i < fake->nsessions; i++)
		if (fake->sessions[i].tid == tid &&
		    fake->sessions[i].sid == sid)
			return i;
	return -ENOENT;
}

static void fake_closing(struct ev_timer *timer)
{
	struct fake *fake = container_of(timer, struct fake, closing);
	struct kern_session closed;
	struct kern_target *target;
	int index;

	index = find_session(fake, fake->closing_tid, fake->closing_sid);
	if (index < 0 || fake_drop_session(fake, index, &closed))
		return;
	session_closed(fake->owner, &closed);
	/* the kernel counts it until it has told of its end */
	target = find_target(fake, closed.tid);
	if (target)
		target->sessions--;
}

static int fake_session_del(void *priv, uint32_t tid, uint64_t sid)
{
	struct fake *fake = priv;

	fake->ndeleted++;
	if (find_session(fake, tid, sid) < 0)
		return -ENOENT;
	fake->closing_tid = tid;
	fake->closing_sid = sid;
	if (!fake->stuck)
		ev_timer_set(&fake->owner->loop, &fake->closing, 0);
	return 0;
}

static void show_session(struct fake *fake, int index, kern_session_fn fn,
			 void *arg)
{
	struct kern_session session = fake->sessions[index];

	session.params = fake->session_params[index];
	session.user = *fake->user ? fake->user : NULL;
	fn(arg, &session);
}

static int fake_session_get(void *priv, uint32_t tid, uint64_t sid,
			    kern_session_fn fn, void *arg)
{
	int index = find_session(priv, tid, sid);

	if (index >= 0)
		show_session(priv, index, fn, arg);
	return index < 0 ? index : 0;
}

static int fake_session_dump(void *priv, kern_session_fn fn, void *arg)
{
	struct fake *fake = priv;
	int i;

	for (i = 0; i < fake->nsessions && !fake->dump_error; i++)
		show_session(fake, i, fn, arg);
	return fake->dump_error;
}

static const struct kern_ops fake_ops = {
	.target_new = fake_target_new,
	.target_del = fake_target_del,
	.target_set = fake_target_set,
	.target_get = fake_target_get,
	.target_dump = fake_target_dump,
	.session_new = fake_session_new,
	.session_del = fake_session_del,
	.session_get = fake_session_get,
	.session_dump = fake_session_dump,
};

void fake_close_session(struct fake *fake, int index)
{
	struct kern_session closed;

	assert_int_equal(fake_drop_session(fake, index, &closed), 0);
	session_closed(&fake->ctx, &closed);
}

struct fake *fake_new(void)
{
	struct fake *fake = calloc(1, sizeof(*fake));

	assert_non_null(fake);
	fake_messages_clear();
	log_sink(collect, NULL);
	assert_int_equal(ev_init(&fake->ctx.loop), 0);
	LIST_INIT(&fake->ctx.conns);
	session_table_init(&fake->ctx);
	fake->ctx.kern.ops = &fake_ops;
	fake->ctx.kern.priv = fake;
	fake->ctx.opt.port = ISCSI_PORT;
	fake->peer = "192.0.2.1";
	access_init(&fake->ctx.access, NULL, NULL);
	fake->owner = &fake->ctx;
	fake->closing.cb = fake_closing;
	return fake;
}

void fake_free(struct fake *fake)
{
	struct kern_session closed;

	isns_stop(&fake->ctx);
	admin_close(&fake->ctx);
	listen_close(&fake->ctx);
	conn_close_all(&fake->ctx);
	ev_timer_cancel(&fake->owner->loop, &fake->closing);
	while (!fake_drop_session(fake, 0, &closed))
		;
	session_table_free(&fake->ctx);
	target_fini(&fake->ctx);
	access_fini(&fake->ctx.access);
	ev_fini(&fake->ctx.loop);
	log_sink(NULL, NULL);
	free(fake);
}

void fake_config(struct fake *fake, const char *text)
{
	size_t len = strlen(text);
	struct config *conf;
	char *buf;

	buf = malloc(len + 1);
	assert_non_null(buf);
	memcpy(buf, text, len);
	assert_int_equal(config_parse("test.conf", buf, len, &conf), 0);
	free(buf);
	assert_int_equal(target_apply(&fake->ctx, conf), 0);
}

/* the initiator */

struct client *client_new(struct fake *fake)
{
	struct client *client = calloc(1, sizeof(*client));
	struct ipaddr peer;
	int fds[2];

	assert_non_null(client);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
				    fds), 0);
	assert_int_equal(ipaddr_parse(&peer, fake->peer), 0);
	peer.port = 12345;
	assert_int_equal(conn_new(&fake->ctx, fds[0], &peer), 0);
	client->fake = fake;
	client->fd = fds[1];
	client->req.login_req.opcode = ISCSI_OP_LOGIN_REQ | ISCSI_OPF_IMMEDIATE;
	memcpy(client->req.login_req.isid, "\x00\x02\x3d\x01\x02\x03", 6);
	client->req.login_req.cid = htobe16(7);
	client->req.login_req.itt = htobe32(0x1234);
	client->req.login_req.cmd_sn = htobe32(0x100);
	return client;
}

void client_free(struct client *client)
{
	close(client->fd);
	free(client);
}

void client_raw(struct client *client, const void *data, size_t len)
{
	const char *pos = data;
	ssize_t n;

	while (len) {
		n = send(client->fd, pos, len, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n > 0) {
			pos += n;
			len -= n;
		} else {
			assert_int_equal(errno, EAGAIN);
			client_pump(client, 10);
		}
	}
}

void client_send(struct client *client, const void *data, uint32_t len)
{
	char pad[4] = { 0 };

	iscsi_dsl_put(client->req.bhs.dsl, len);
	client_raw(client, &client->req, ISCSI_BHS_LEN);
	client_raw(client, data, len);
	client_raw(client, pad, iscsi_pad(len));
}

void client_pump(struct client *client, int ms)
{
	assert_int_equal(ev_once(&client->fake->ctx.loop, ms), 0);
}

size_t fake_read(struct fake *fake, int fd, void *buf, size_t len)
{
	uint64_t end = ev_now() + WAIT_MS;
	size_t done = 0;
	ssize_t n;

	while (done < len) {
		n = recv(fd, (char *)buf + done, len - done, MSG_DONTWAIT);
		if (!n || (n < 0 && errno == ECONNRESET))
			break;
		if (n > 0) {
			done += n;
			continue;
		}
		assert_int_equal(errno, EAGAIN);
		assert_true(ev_now() < end);
		assert_int_equal(ev_once(&fake->ctx.loop, 10), 0);
	}
	return done;
}

static size_t client_read(struct client *client, void *buf, size_t len)
{
	return fake_read(client->fake, client->fd, buf, len);
}

void client_recv(struct client *client)
{
	char pad[4];

	assert_int_equal(client_read(client, &client->rsp, ISCSI_BHS_LEN),
			 ISCSI_BHS_LEN);
	client->len = iscsi_dsl_get(client->rsp.bhs.dsl);
	assert_true(client->len < sizeof(client->data));
	assert_int_equal(client_read(client, client->data, client->len),
			 client->len);
	client_read(client, pad, iscsi_pad(client->len));
	client->data[client->len] = '\0';
}

void client_eof(struct client *client)
{
	char byte;

	assert_int_equal(client_read(client, &byte, 1), 0);
}

bool client_has(const struct client *client, const char *pair)
{
	const char *pos = client->data;

	for (; pos < client->data + client->len; pos += strlen(pos) + 1)
		if (!strcmp(pos, pair))
			return true;
	return false;
}

void client_login(struct client *client, uint8_t flags, const char *text,
		  size_t len)
{
	client->req.login_req.flags = flags;
	client_send(client, text, len);
	client_recv(client);
	assert_int_equal(client->rsp.bhs.opcode, ISCSI_OP_LOGIN_RSP);
	assert_int_equal(client->rsp.login_rsp.itt, client->req.login_req.itt);
}

void client_status(struct client *client, int status)
{
	assert_int_equal(client->rsp.login_rsp.status_class << 8 |
			 client->rsp.login_rsp.status_detail, status);
	if (!status)
		return;
	/* an error is the end: no text, no transition, connection closed */
	assert_int_equal(client->rsp.login_rsp.flags & 0xc0, 0);
	assert_int_equal(client->len, 0);
	client_eof(client);
}

void client_login_full(struct client *client, bool discovery)
{
	if (discovery)
		client_login(client, CSG(1) | T_TO(3), TEXT(DISCOVERY_TEXT));
	else
		client_login(client, CSG(1) | T_TO(3), TEXT(NORMAL_TEXT));
	client_status(client, 0);
	assert_int_equal(client->rsp.login_rsp.flags, CSG(1) | T_TO(3));
	assert_int_not_equal(client->rsp.login_rsp.tsih, 0);
}

void fake_play(struct fake *fake, const void *stream, size_t len)
{
	struct client *c = client_new(fake);
	char scratch[4096];
	int i;

	assert_true(send(c->fd, stream, len, MSG_NOSIGNAL) == (ssize_t)len);
	shutdown(c->fd, SHUT_WR);
	for (i = 0; i < 1000 && fake->ctx.nconns; i++) {
		client_pump(c, 10);
		(void)!recv(c->fd, scratch, sizeof(scratch), MSG_DONTWAIT);
	}
	assert_int_equal(fake->ctx.nconns, 0);
	client_free(c);
}

void fake_descriptors_gone(struct fake *fake)
{
	struct rlimit none;
	int lowest = dup(0);

	assert_true(lowest >= 0);
	close(lowest);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &fake->files), 0);
	none = fake->files;
	none.rlim_cur = lowest;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
}

void fake_descriptors_back(struct fake *fake)
{
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &fake->files), 0);
}

void fake_check_rest(struct fake *fake)
{
	uint64_t start;

	/* it tries, and then only its timer can wake it up */
	assert_int_equal(ev_once(&fake->ctx.loop, 1000), 0);
	start = ev_now();
	assert_int_equal(ev_once(&fake->ctx.loop, 100), 0);
	assert_true(ev_now() - start >= 99);
}

void fake_check_params(const uint32_t params[SP_COUNT])
{
	int i;

	for (i = 0; i < SP_COUNT; i++)
		assert_in_range(params[i], key_session(i)->min,
				key_session(i)->max);
}

int fake_isns_server(struct fake *fake)
{
	struct isns *isns = fake->ctx.isns;
	int fds[2];

	/* no attempt of its own */
	ev_timer_cancel(&fake->ctx.loop, &isns->timer);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK |
				    SOCK_CLOEXEC, 0, fds), 0);
	isns_adopt(isns, fds[0]);
	return fds[1];
}

void fake_file(const char *path, const void *text, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, len), len);
	close(fd);
}
