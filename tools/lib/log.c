// SPDX-License-Identifier: GPL-2.0
/*
 * Messages.  The destination is the only process-wide state besides syslog's
 * own: set once by main() before anything is logged.
 */
#include <stdarg.h>
#include <stdio.h>
#include <sys/time.h>
#include <time.h>

#include "log.h"

#define LOG_INTERVAL_MS 5000
#define LOG_BURST 10

static struct {
	unsigned int where;
	int level;
	void (*sink)(void *arg, int prio, const char *msg);
	void *sink_arg;
} dest = { .where = LOG_TO_STDERR };

/**
 * log_open() - choose the destination
 * @ident: name of the program
 * @where: LOG_TO_SYSLOG, LOG_TO_STDERR or both
 * @level: debug messages of a level below this one are shown
 */
void log_open(const char *ident, unsigned int where, int level)
{
	dest.where = where;
	dest.level = level;
	if (where & LOG_TO_SYSLOG)
		openlog(ident, LOG_PID | LOG_NDELAY, LOG_DAEMON);
}

/**
 * log_sink() - hand messages to a function instead
 * @sink: NULL switches back
 * @arg: for @sink
 */
void log_sink(void (*sink)(void *arg, int prio, const char *msg), void *arg)
{
	dest.sink = sink;
	dest.sink_arg = arg;
}

static void log_stderr(const char *msg)
{
	struct timeval tv;
	char stamp[32];
	struct tm tm;

	gettimeofday(&tv, NULL);
	localtime_r(&tv.tv_sec, &tm);
	strftime(stamp, sizeof(stamp), "%Y-%m-%d %H:%M:%S", &tm);
	fprintf(stderr, "%s.%03d: %s\n", stamp, (int)(tv.tv_usec / 1000), msg);
}

__printf(2, 0)
static void log_va(int prio, const char *fmt, va_list ap)
{
	char msg[1024];

	vsnprintf(msg, sizeof(msg), fmt, ap);
	if (dest.sink) {
		dest.sink(dest.sink_arg, prio, msg);
		return;
	}
	if (dest.where & LOG_TO_STDERR)
		log_stderr(msg);
	if (dest.where & LOG_TO_SYSLOG)
		syslog(prio, "%s", msg);
}

/**
 * log_msg() - write a message
 * @prio: of syslog
 * @fmt: without newline, the object first
 */
void log_msg(int prio, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_va(prio, fmt, ap);
	va_end(ap);
}

/**
 * log_at() - write a debug message
 * @level: shown if below the level of log_open()
 * @fmt: without newline, the object first
 */
void log_at(int level, const char *fmt, ...)
{
	va_list ap;

	if (level >= dest.level)
		return;
	va_start(ap, fmt);
	log_va(LOG_DEBUG, fmt, ap);
	va_end(ap);
}

/**
 * log_allow() - may a message that a peer has caused be written?
 * @limit: budget of this kind of message
 * @now: ev_now()
 *
 * Announces at the start of an interval what the former one has dropped.
 *
 * Return: true if the message fits the budget.
 */
bool log_allow(struct log_limit *limit, uint64_t now)
{
	if (!limit->count || now - limit->start >= LOG_INTERVAL_MS) {
		if (limit->count > LOG_BURST)
			log_warn("%u similar messages suppressed",
				 limit->count - LOG_BURST);
		limit->start = now;
		limit->count = 0;
	}
	return ++limit->count <= LOG_BURST;
}
