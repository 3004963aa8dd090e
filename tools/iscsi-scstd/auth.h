/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Authentication methods of the security stage (RFC 7143 section 12).
 */
#ifndef SCSTD_AUTH_H
#define SCSTD_AUTH_H

#include <stdbool.h>

#include "account.h"
#include "text.h"

struct conn;

/**
 * enum auth_result - where an authentication stands
 * @AUTH_CONTINUE: the initiator has to send more
 * @AUTH_DONE: the initiator is who it says
 * @AUTH_FAILED: it is not
 */
enum auth_result {
	AUTH_CONTINUE,
	AUTH_DONE,
	AUTH_FAILED,
};

/**
 * struct auth_method - a method that can be negotiated
 * @name: value of AuthMethod
 * @allowed: may this connection use it?
 * @step: digest the keys of one request, add those of the response
 */
struct auth_method {
	const char *name;
	bool (*allowed)(const struct conn *conn);
	enum auth_result (*step)(struct conn *conn,
				 const struct text_pair *pairs, int n,
				 struct text *out);
};

const struct accounts *auth_accounts(const struct conn *conn);
bool auth_required(const struct conn *conn);
enum auth_result auth_step(struct conn *conn, const struct text_pair *pairs,
			   int n, struct text *out);

#endif
