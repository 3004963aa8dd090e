/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Messages: to syslog, to stderr with time stamps, or to a test.
 */
#ifndef TOOLS_LOG_H
#define TOOLS_LOG_H

#include <stdbool.h>
#include <stdint.h>
#include <syslog.h>

#include "util.h"

#define LOG_TO_SYSLOG 0x1
#define LOG_TO_STDERR 0x2

void log_open(const char *ident, unsigned int where, int level);
void log_sink(void (*sink)(void *arg, int prio, const char *msg), void *arg);

__printf(2, 3)
void log_msg(int prio, const char *fmt, ...);
__printf(2, 3)
void log_at(int level, const char *fmt, ...);

#define log_err(...) log_msg(LOG_ERR, __VA_ARGS__)
#define log_warn(...) log_msg(LOG_WARNING, __VA_ARGS__)
#define log_info(...) log_msg(LOG_INFO, __VA_ARGS__)
#define log_debug(...) log_at(0, __VA_ARGS__)

/**
 * struct log_limit - budget for messages that a peer can cause
 * @start: when the current interval began, in ms
 * @count: messages in this interval, dropped ones included
 */
struct log_limit {
	uint64_t start;
	unsigned int count;
};

bool log_allow(struct log_limit *limit, uint64_t now);

#endif
