// SPDX-License-Identifier: GPL-2.0
/*
 * Lists of CHAP accounts.  Owns the only lasting copies of the secrets, and
 * wipes them; knows neither files nor connections.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "account.h"

/**
 * accounts_init() - prepare an empty set
 * @accounts: the set
 */
void accounts_init(struct accounts *accounts)
{
	int i;

	for (i = 0; i < ACCOUNT_TYPES; i++)
		STAILQ_INIT(&accounts->list[i]);
}

static void account_free(struct account *account)
{
	if (account->secret)
		explicit_bzero(account->secret, strlen(account->secret));
	free(account->secret);
	free(account->name);
	free(account);
}

static void list_free(struct account_list *list)
{
	struct account *account;

	while ((account = STAILQ_FIRST(list)) != NULL) {
		STAILQ_REMOVE_HEAD(list, link);
		account_free(account);
	}
}

/**
 * accounts_free() - remove all accounts
 * @accounts: the set; can be used again
 */
void accounts_free(struct accounts *accounts)
{
	int i;

	for (i = 0; i < ACCOUNT_TYPES; i++)
		list_free(&accounts->list[i]);
}

/*
 * Names get into /proc lists, patterns of security groups and messages, so
 * they have neither blanks nor control characters.  Secrets may have anything
 * that a file can spell.
 */
static bool name_is_valid(const char *name)
{
	size_t i;

	for (i = 0; name[i]; i++)
		if ((unsigned char)name[i] <= ' ' || name[i] == 0x7f)
			return false;
	return i && i <= ACCOUNT_NAME_MAX;
}

static bool secret_is_valid(const char *secret)
{
	return *secret && strlen(secret) <= ACCOUNT_SECRET_MAX;
}

static struct account *account_alloc(const char *name, const char *secret)
{
	struct account *account = calloc(1, sizeof(*account));

	if (!account)
		return NULL;
	account->name = strdup(name);
	account->secret = strdup(secret);
	if (account->name && account->secret)
		return account;
	account_free(account);
	return NULL;
}

/**
 * account_add() - add an account
 * @accounts: the set
 * @type: incoming or outgoing; the latter replaces the one that is there
 * @name: user name, of printable characters without blanks
 * @secret: its secret
 *
 * Return: 0, -EINVAL if name or secret are empty, too long or malformed,
 * -EEXIST if there is an incoming account of this name, or -ENOMEM.
 */
int account_add(struct accounts *accounts, enum account_type type,
		const char *name, const char *secret)
{
	struct account *account;

	if (!name_is_valid(name) || !secret_is_valid(secret))
		return -EINVAL;
	if (type == ACCOUNT_INCOMING && account_find(accounts, type, name))
		return -EEXIST;
	account = account_alloc(name, secret);
	if (!account)
		return -ENOMEM;
	if (type == ACCOUNT_OUTGOING)
		list_free(&accounts->list[type]);
	STAILQ_INSERT_TAIL(&accounts->list[type], account, link);
	return 0;
}

static struct account *find(const struct accounts *accounts,
			    enum account_type type, const char *name)
{
	struct account *account;

	STAILQ_FOREACH(account, &accounts->list[type], link)
		if (!strcmp(account->name, name))
			return account;
	return NULL;
}

/**
 * account_remove() - remove an account
 * @accounts: the set
 * @type: incoming or outgoing
 * @name: user name
 *
 * Return: 0 or -ENOENT.
 */
int account_remove(struct accounts *accounts, enum account_type type,
		   const char *name)
{
	struct account *account = find(accounts, type, name);

	if (!account)
		return -ENOENT;
	STAILQ_REMOVE(&accounts->list[type], account, account, link);
	account_free(account);
	return 0;
}

/**
 * account_find() - look an account up
 * @accounts: the set
 * @type: incoming or outgoing
 * @name: user name, compared exactly
 *
 * Return: the account, as long as the set is not changed, or NULL.
 */
const struct account *account_find(const struct accounts *accounts,
				   enum account_type type, const char *name)
{
	return find(accounts, type, name);
}

/**
 * account_outgoing() - the account that the target identifies itself with
 * @accounts: the set
 *
 * Return: the account, as long as the set is not changed, or NULL.
 */
const struct account *account_outgoing(const struct accounts *accounts)
{
	return STAILQ_FIRST(&accounts->list[ACCOUNT_OUTGOING]);
}

/**
 * accounts_any() - are there any?
 * @accounts: the set
 */
bool accounts_any(const struct accounts *accounts)
{
	return accounts_required(accounts) || account_outgoing(accounts);
}

/**
 * accounts_required() - must initiators prove who they are?
 * @accounts: of the scope that they log in to
 */
bool accounts_required(const struct accounts *accounts)
{
	return !STAILQ_EMPTY(&accounts->list[ACCOUNT_INCOMING]);
}

/**
 * accounts_have_secret() - is this the secret of any account?
 * @accounts: the set
 * @type: of the accounts that are looked at
 * @secret: the secret
 */
bool accounts_have_secret(const struct accounts *accounts,
			  enum account_type type, const char *secret)
{
	const struct account *account;

	STAILQ_FOREACH(account, &accounts->list[type], link)
		if (!strcmp(account->secret, secret))
			return true;
	return false;
}

/**
 * accounts_share_secret() - is one secret used in both directions?
 * @accounts: the set
 *
 * RFC 7143 9.2.1 forbids that: whoever knows the secret of an initiator could
 * pretend to be the target.  Logins with such an account fail.
 */
bool accounts_share_secret(const struct accounts *accounts)
{
	const struct account *out = account_outgoing(accounts);

	return out && accounts_have_secret(accounts, ACCOUNT_INCOMING,
					   out->secret);
}
