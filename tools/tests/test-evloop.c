// SPDX-License-Identifier: GPL-2.0
/*
 * Event loop, message budget and service notification.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "fake.h"
#include "sdnotify.h"

static int fired[8];
static int nfired;
static struct evloop *the_loop;

struct numbered {
	struct ev_timer timer;
	int number;
};

static void note(struct ev_timer *timer)
{
	fired[nfired++] = container_of(timer, struct numbered, timer)->number;
}

static void pump_until(struct evloop *loop, int n)
{
	uint64_t end = ev_now() + 5000;

	while (nfired < n && ev_now() < end)
		assert_int_equal(ev_once(loop, 50), 0);
	assert_int_equal(nfired, n);
}

static void test_timer_order(void **state)
{
	struct numbered t[4];
	struct evloop loop;
	int i;

	(void)state;
	nfired = 0;
	assert_int_equal(ev_init(&loop), 0);
	for (i = 0; i < 4; i++)
		t[i] = (struct numbered){ { .cb = note }, i };
	ev_timer_set(&loop, &t[2].timer, 30);
	ev_timer_set(&loop, &t[0].timer, 5);
	ev_timer_set(&loop, &t[3].timer, 1);
	ev_timer_set(&loop, &t[1].timer, 10);
	/* moved, and cancelled */
	ev_timer_set(&loop, &t[0].timer, 20);
	ev_timer_cancel(&loop, &t[3].timer);
	ev_timer_cancel(&loop, &t[3].timer);
	pump_until(&loop, 3);
	assert_int_equal(fired[0], 1);
	assert_int_equal(fired[1], 0);
	assert_int_equal(fired[2], 2);
	assert_true(TAILQ_EMPTY(&loop.timers));
	ev_fini(&loop);
}

static struct ev_io pair[2];

/* whichever comes first removes the other one */
static void read_and_remove(struct ev_io *io, uint32_t events)
{
	char c;

	(void)events;
	assert_int_equal(read(io->fd, &c, 1), 1);
	nfired++;
	ev_del(the_loop, io == &pair[0] ? &pair[1] : &pair[0]);
}

static void test_removal_within_batch(void **state)
{
	struct evloop loop;
	int fds[2][2], i;

	(void)state;
	nfired = 0;
	assert_int_equal(ev_init(&loop), 0);
	the_loop = &loop;
	for (i = 0; i < 2; i++) {
		assert_int_equal(pipe(fds[i]), 0);
		assert_int_equal(write(fds[i][1], "x", 1), 1);
		pair[i].cb = read_and_remove;
		assert_int_equal(ev_add(&loop, &pair[i], fds[i][0], EPOLLIN),
				 0);
	}
	assert_int_equal(ev_once(&loop, 1000), 0);
	assert_int_equal(nfired, 1);
	assert_true((pair[0].fd < 0) != (pair[1].fd < 0));
	for (i = 0; i < 2; i++) {
		ev_del(&loop, &pair[i]);
		close(fds[i][0]);
		close(fds[i][1]);
	}
	ev_fini(&loop);
}

static void on_signal(struct evloop *loop, int signo)
{
	assert_int_equal(signo, SIGUSR1);
	nfired++;
	ev_stop(loop);
}

static void test_signal(void **state)
{
	struct evloop loop;
	sigset_t set;

	(void)state;
	nfired = 0;
	assert_int_equal(ev_init(&loop), 0);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	assert_int_equal(ev_signals(&loop, &set, on_signal), 0);
	kill(getpid(), SIGUSR1);
	assert_int_equal(ev_run(&loop), 0);
	assert_int_equal(nfired, 1);
	ev_fini(&loop);
}

static int messages;

static void count_message(void *arg, int prio, const char *msg)
{
	(void)arg;
	(void)prio;
	(void)msg;
	messages++;
}

static void test_log_limit(void **state)
{
	struct log_limit limit = { 0 };
	int i, allowed = 0;

	(void)state;
	messages = 0;
	log_sink(count_message, NULL);
	for (i = 0; i < 1000; i++)
		allowed += log_allow(&limit, 100 + i);
	assert_int_equal(allowed, 10);
	assert_int_equal(messages, 0);
	/* the next interval begins with an account of the last one */
	assert_true(log_allow(&limit, 10000));
	assert_int_equal(messages, 1);
	log_debug("not at level 0");
	assert_int_equal(messages, 1);
	log_sink(NULL, NULL);
}

static void notify_socket(const char *path, const char *env)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	size_t len = strlen(path);
	char buf[64] = { 0 };
	int fd;

	memcpy(addr.sun_path, path, len);
	if (*path == '@')
		addr.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&addr,
			      offsetof(struct sockaddr_un, sun_path) + len), 0);
	setenv("NOTIFY_SOCKET", env, 1);
	assert_int_equal(sdnotify("READY=1"), 0);
	assert_int_equal(recv(fd, buf, sizeof(buf), MSG_DONTWAIT), 7);
	assert_string_equal(buf, "READY=1");
	close(fd);
	unsetenv("NOTIFY_SOCKET");
}

static void test_sdnotify(void **state)
{
	char path[64];

	(void)state;
	unsetenv("NOTIFY_SOCKET");
	assert_int_equal(sdnotify("READY=1"), 0);
	snprintf(path, sizeof(path), "@scst-test-%d", (int)getpid());
	notify_socket(path, path);
	snprintf(path, sizeof(path), "/tmp/scst-test-%d", (int)getpid());
	notify_socket(path, path);
	unlink(path);
	setenv("NOTIFY_SOCKET", "relative", 1);
	assert_int_not_equal(sdnotify("READY=1"), 0);
	unsetenv("NOTIFY_SOCKET");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_timer_order),
		cmocka_unit_test(test_removal_within_batch),
		cmocka_unit_test(test_signal),
		cmocka_unit_test(test_log_limit),
		cmocka_unit_test(test_sdnotify),
	};

	return cmocka_run_group_tests_name("evloop", tests, NULL, NULL);
}
