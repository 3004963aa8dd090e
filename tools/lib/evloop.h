/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Event loop: file descriptors, timers and signals in one thread.
 */
#ifndef TOOLS_EVLOOP_H
#define TOOLS_EVLOOP_H

#include <stdbool.h>
#include <stdint.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/queue.h>

#define EV_BATCH 64
/* before another accept() after ev_is_shortage() */
#define EV_REST_MS 1000

/**
 * struct ev_io - interest in a file descriptor
 * @fd: the descriptor, -1 while not in the loop
 * @cb: called with the epoll events that are pending
 */
struct ev_io {
	int fd;
	void (*cb)(struct ev_io *io, uint32_t events);
};

/**
 * struct ev_timer - one-shot timer
 * @link: the loop's list, soonest first
 * @when: expiry in milliseconds of CLOCK_MONOTONIC
 * @armed: linked in the list of the loop
 * @cb: called once after expiry; may arm the timer again or free it
 */
struct ev_timer {
	TAILQ_ENTRY(ev_timer) link;
	uint64_t when;
	bool armed;
	void (*cb)(struct ev_timer *timer);
};

struct evloop {
	TAILQ_HEAD(ev_timer_head, ev_timer) timers;
	int epfd;
	bool stop;
	struct ev_io timer_io;
	struct ev_io signal_io;
	void (*signal_cb)(struct evloop *loop, int signo);
	/* events of the running epoll_wait(); ev_del() takes entries out */
	struct epoll_event batch[EV_BATCH];
	int batch_len;
};

int ev_init(struct evloop *loop);
void ev_fini(struct evloop *loop);
int ev_once(struct evloop *loop, int ms);
int ev_run(struct evloop *loop);
void ev_stop(struct evloop *loop);

int ev_add(struct evloop *loop, struct ev_io *io, int fd, uint32_t events);
int ev_mod(struct evloop *loop, struct ev_io *io, uint32_t events);
void ev_del(struct evloop *loop, struct ev_io *io);

bool ev_is_shortage(int error);

uint64_t ev_now(void);
void ev_timer_set(struct evloop *loop, struct ev_timer *timer, uint64_t ms);
void ev_timer_cancel(struct evloop *loop, struct ev_timer *timer);

int ev_signals(struct evloop *loop, const sigset_t *set,
	       void (*cb)(struct evloop *loop, int signo));

#endif
