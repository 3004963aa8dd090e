/* SPDX-License-Identifier: GPL-2.0 */
/*
 * CHAP accounts of one scope: a target, or all discovery sessions.
 */
#ifndef SCSTD_ACCOUNT_H
#define SCSTD_ACCOUNT_H

#include <stdbool.h>
#include <sys/queue.h>

/* the kernel driver takes no longer user name */
#define ACCOUNT_NAME_MAX 255
#define ACCOUNT_SECRET_MAX 255
/* RFC 7143 9.2.1: 96 bits, where nothing else protects the connection */
#define ACCOUNT_SECRET_ADVISED 12

/**
 * enum account_type - who proves to know the secret
 * @ACCOUNT_INCOMING: the initiator; any number of accounts
 * @ACCOUNT_OUTGOING: the target; one account
 * @ACCOUNT_TYPES: how many types there are
 */
enum account_type {
	ACCOUNT_INCOMING,
	ACCOUNT_OUTGOING,
	ACCOUNT_TYPES
};

/**
 * struct account - a name and its secret
 * @link: configuration order
 * @name: user name
 * @secret: password, wiped when it is freed
 */
struct account {
	STAILQ_ENTRY(account) link;
	char *name;
	char *secret;
};

STAILQ_HEAD(account_list, account);

/**
 * struct accounts - the accounts of a scope
 * @list: by type, each in configuration order
 */
struct accounts {
	struct account_list list[ACCOUNT_TYPES];
};

void accounts_init(struct accounts *accounts);
void accounts_free(struct accounts *accounts);
int account_add(struct accounts *accounts, enum account_type type,
		const char *name, const char *secret);
int account_remove(struct accounts *accounts, enum account_type type,
		   const char *name);
const struct account *account_find(const struct accounts *accounts,
				   enum account_type type, const char *name);
const struct account *account_outgoing(const struct accounts *accounts);
bool accounts_any(const struct accounts *accounts);
bool accounts_required(const struct accounts *accounts);
bool accounts_have_secret(const struct accounts *accounts,
			  enum account_type type, const char *secret);
bool accounts_share_secret(const struct accounts *accounts);

#endif
