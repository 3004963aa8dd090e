// SPDX-License-Identifier: GPL-2.0
/*
 * Chooses the authentication method and runs it.  A method is a row of the
 * table.
 */
#include <string.h>

#include "chap.h"
#include "scstd.h"
#include "util.h"

static bool none_allowed(const struct conn *conn)
{
	return !auth_required(conn);
}

static enum auth_result none_step(struct conn *conn,
				  const struct text_pair *pairs, int n,
				  struct text *out)
{
	(void)out;
	if (!chap_has_keys(pairs, n))
		return AUTH_DONE;
	conn->login.why = "keys of CHAP without CHAP";
	return AUTH_FAILED;
}

static const struct auth_method methods[] = {
	{ .name = "None", .allowed = none_allowed, .step = none_step },
	{ .name = "CHAP", .allowed = chap_allowed, .step = chap_step },
};

/**
 * auth_accounts() - the accounts that count for a connection
 * @conn: the connection, identified
 *
 * Looked up again each time: the configuration may be replaced between two
 * requests of a login.
 *
 * Return: those of its target, or of discovery; NULL if the target is gone.
 */
const struct accounts *auth_accounts(const struct conn *conn)
{
	const struct config *conf = conn->ctx->conf;
	const struct target *target;

	if (conn->login.discovery)
		return &conf->accounts;
	target = config_target(conf, conn->login.target_name);
	return target ? &target->accounts : NULL;
}

/**
 * auth_required() - must the initiator prove who it is?
 * @conn: its connection, identified
 */
bool auth_required(const struct conn *conn)
{
	const struct accounts *accounts = auth_accounts(conn);

	return !accounts || accounts_required(accounts);
}

static const struct auth_method *method_find(const char *name, size_t len)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(methods); i++)
		if (text_item_is(name, len, methods[i].name))
			return &methods[i];
	return NULL;
}

/* the first method of the initiator's list that this connection may use */
static const struct auth_method *method_choose(const struct conn *conn,
					       const char *list)
{
	const struct auth_method *method;
	bool allowed[ARRAY_SIZE(methods)];
	const char *item;
	unsigned int i;
	size_t len;

	/* not for each of the items, of which there may be thousands */
	for (i = 0; i < ARRAY_SIZE(methods); i++)
		allowed[i] = methods[i].allowed(conn);
	while ((item = text_item(&list, &len)) != NULL) {
		method = method_find(item, len);
		if (method && allowed[method - methods])
			return method;
	}
	return NULL;
}

/**
 * auth_step() - security stage of a login
 * @conn: the connection, identified
 * @pairs: keys of the request
 * @n: how many
 * @out: keys of the response are added here
 *
 * Return: how the authentication stands.
 */
enum auth_result auth_step(struct conn *conn, const struct text_pair *pairs,
			   int n, struct text *out)
{
	const char *list = text_value(pairs, n, "AuthMethod");
	struct login *login = &conn->login;

	if (list) {
		/* RFC 7143 6.3: a key is negotiated once */
		if (login->auth) {
			login->why = "AuthMethod repeated";
			return AUTH_FAILED;
		}
		login->auth = method_choose(conn, list);
		text_add(out, "AuthMethod",
			 login->auth ? login->auth->name : "Reject");
		if (!login->auth) {
			login->why = "no common authentication method";
			return AUTH_FAILED;
		}
	}
	if (login->auth)
		return login->auth->step(conn, pairs, n, out);
	if (!auth_required(conn))
		return none_step(conn, pairs, n, out);
	if (!login->transit && !chap_has_keys(pairs, n))
		return AUTH_CONTINUE;
	login->why = "no authentication method offered";
	return AUTH_FAILED;
}
