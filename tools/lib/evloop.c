// SPDX-License-Identifier: GPL-2.0
/*
 * Event loop on epoll, with one timerfd for all timers and one signalfd.
 *
 * Everything runs in one thread: a callback is never interrupted by another
 * one, and may remove and free any ev_io or ev_timer, its own included.  What
 * makes that safe is that ev_del() also forgets the events that epoll_wait()
 * has already returned, and that nothing is touched after a callback.
 */
#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>

#include "evloop.h"
#include "util.h"

/**
 * ev_now() - milliseconds of the clock that timers run on
 */
uint64_t ev_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static int ev_ctl(struct evloop *loop, int op, struct ev_io *io,
		  uint32_t events)
{
	struct epoll_event ev = { .events = events, .data.ptr = io };

	return epoll_ctl(loop->epfd, op, io->fd, &ev) ? -errno : 0;
}

/**
 * ev_add() - watch a file descriptor
 * @loop: the loop
 * @io: with its callback set; not in the loop yet
 * @fd: stays owned by the caller
 * @events: EPOLLIN and so on
 *
 * Return: 0 or a negative errno.
 */
int ev_add(struct evloop *loop, struct ev_io *io, int fd, uint32_t events)
{
	int ret;

	io->fd = fd;
	ret = ev_ctl(loop, EPOLL_CTL_ADD, io, events);
	if (ret)
		io->fd = -1;
	return ret;
}

/**
 * ev_mod() - change the events that are waited for
 * @loop: the loop
 * @io: in the loop
 * @events: EPOLLIN and so on; 0 leaves errors and hang-up
 *
 * Return: 0 or a negative errno.
 */
int ev_mod(struct evloop *loop, struct ev_io *io, uint32_t events)
{
	return ev_ctl(loop, EPOLL_CTL_MOD, io, events);
}

/**
 * ev_is_shortage() - has accept() failed for want of descriptors or memory?
 * @error: its errno
 *
 * The connection stays in the backlog then, so that to try again at once would
 * use up all the time there is.
 */
bool ev_is_shortage(int error)
{
	return error == EMFILE || error == ENFILE || error == ENOBUFS ||
	       error == ENOMEM;
}

/**
 * ev_del() - forget a file descriptor
 * @loop: the loop
 * @io: may be out of the loop already
 */
void ev_del(struct evloop *loop, struct ev_io *io)
{
	int i;

	if (io->fd < 0)
		return;
	epoll_ctl(loop->epfd, EPOLL_CTL_DEL, io->fd, NULL);
	io->fd = -1;
	for (i = 0; i < loop->batch_len; i++)
		if (loop->batch[i].data.ptr == io)
			loop->batch[i].data.ptr = NULL;
}

static void ev_timer_program(struct evloop *loop)
{
	struct ev_timer *first = TAILQ_FIRST(&loop->timers);
	struct itimerspec its = { 0 };

	if (first) {
		its.it_value.tv_sec = first->when / 1000;
		its.it_value.tv_nsec = first->when % 1000 * 1000000;
	}
	timerfd_settime(loop->timer_io.fd, TFD_TIMER_ABSTIME, &its, NULL);
}

/**
 * ev_timer_set() - arm a timer, or move its expiry
 * @loop: the loop
 * @timer: with its callback set
 * @ms: from now
 */
void ev_timer_set(struct evloop *loop, struct ev_timer *timer, uint64_t ms)
{
	struct ev_timer *pos;

	if (timer->armed)
		TAILQ_REMOVE(&loop->timers, timer, link);
	timer->when = ev_now() + ms;
	timer->armed = true;
	/* most timers of a kind have the same length: search from the end */
	TAILQ_FOREACH_REVERSE(pos, &loop->timers, ev_timer_head, link)
		if (pos->when <= timer->when)
			break;
	if (pos)
		TAILQ_INSERT_AFTER(&loop->timers, pos, timer, link);
	else
		TAILQ_INSERT_HEAD(&loop->timers, timer, link);
	ev_timer_program(loop);
}

/**
 * ev_timer_cancel() - disarm a timer
 * @loop: the loop
 * @timer: may be disarmed already
 */
void ev_timer_cancel(struct evloop *loop, struct ev_timer *timer)
{
	if (!timer->armed)
		return;
	TAILQ_REMOVE(&loop->timers, timer, link);
	timer->armed = false;
	ev_timer_program(loop);
}

static void ev_timer_fired(struct ev_io *io, uint32_t events)
{
	struct evloop *loop = container_of(io, struct evloop, timer_io);
	uint64_t now = ev_now();
	struct ev_timer *timer;
	uint64_t count;

	(void)events;
	if (read(io->fd, &count, sizeof(count)) < 0)
		return;
	while ((timer = TAILQ_FIRST(&loop->timers)) && timer->when <= now) {
		TAILQ_REMOVE(&loop->timers, timer, link);
		timer->armed = false;
		timer->cb(timer);
	}
	ev_timer_program(loop);
}

static void ev_signal_fired(struct ev_io *io, uint32_t events)
{
	struct evloop *loop = container_of(io, struct evloop, signal_io);
	struct signalfd_siginfo info;

	(void)events;
	while (read(io->fd, &info, sizeof(info)) == sizeof(info))
		loop->signal_cb(loop, info.ssi_signo);
}

/**
 * ev_signals() - receive signals through the loop
 * @loop: the loop
 * @set: signals; they are blocked for the process
 * @cb: called with the loop and the number of the signal
 *
 * Return: 0 or a negative errno.
 */
int ev_signals(struct evloop *loop, const sigset_t *set,
	       void (*cb)(struct evloop *loop, int signo))
{
	int fd, ret;

	if (sigprocmask(SIG_BLOCK, set, NULL))
		return -errno;
	fd = signalfd(-1, set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (fd < 0)
		return -errno;
	loop->signal_cb = cb;
	ret = ev_add(loop, &loop->signal_io, fd, EPOLLIN);
	if (ret)
		close(fd);
	return ret;
}

/**
 * ev_init() - prepare a loop
 * @loop: the loop
 *
 * Return: 0 or a negative errno; ev_fini() is due only after success.
 */
int ev_init(struct evloop *loop)
{
	int fd, ret;

	memset(loop, 0, sizeof(*loop));
	TAILQ_INIT(&loop->timers);
	loop->timer_io.cb = ev_timer_fired;
	loop->timer_io.fd = -1;
	loop->signal_io.cb = ev_signal_fired;
	loop->signal_io.fd = -1;
	loop->epfd = epoll_create1(EPOLL_CLOEXEC);
	if (loop->epfd < 0)
		return -errno;
	fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (fd < 0) {
		ret = -errno;
		goto out_close;
	}
	ret = ev_add(loop, &loop->timer_io, fd, EPOLLIN);
	if (!ret)
		return 0;
	close(fd);
out_close:
	close(loop->epfd);
	return ret;
}

static void ev_close(struct evloop *loop, struct ev_io *io)
{
	int fd = io->fd;

	ev_del(loop, io);
	if (fd >= 0)
		close(fd);
}

/**
 * ev_fini() - release what ev_init() and ev_signals() made
 * @loop: the loop
 */
void ev_fini(struct evloop *loop)
{
	ev_close(loop, &loop->timer_io);
	ev_close(loop, &loop->signal_io);
	close(loop->epfd);
}

/**
 * ev_stop() - let ev_run() return after the current callback
 * @loop: the loop
 */
void ev_stop(struct evloop *loop)
{
	loop->stop = true;
}

/**
 * ev_once() - wait for events and dispatch them
 * @loop: the loop
 * @ms: longest wait, -1 without limit
 *
 * Return: 0, also if there was nothing, or a negative errno of epoll_wait().
 */
int ev_once(struct evloop *loop, int ms)
{
	struct ev_io *io;
	int i, n;

	n = epoll_wait(loop->epfd, loop->batch, EV_BATCH, ms);
	if (n < 0)
		return errno == EINTR ? 0 : -errno;
	loop->batch_len = n;
	for (i = 0; i < n && !loop->stop; i++) {
		io = loop->batch[i].data.ptr;
		if (io)
			io->cb(io, loop->batch[i].events);
	}
	loop->batch_len = 0;
	return 0;
}

/**
 * ev_run() - dispatch events until ev_stop()
 * @loop: the loop
 *
 * Return: 0 or a negative errno of epoll_wait().
 */
int ev_run(struct evloop *loop)
{
	int ret = 0;

	loop->stop = false;
	while (!loop->stop && !ret)
		ret = ev_once(loop, -1);
	return ret;
}
