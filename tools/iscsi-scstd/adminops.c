// SPDX-License-Identifier: GPL-2.0
/*
 * What the admin tool can do: the table of operations and their functions.
 * They change the running state only, never a file.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "admin.h"
#include "scstd.h"

typedef int (*admin_fn)(struct admin_client *client,
			const struct admin_req *req);

/**
 * struct admin_op - an operation
 * @op: what to do
 * @object: with what
 * @needs: ADMIN_* that it needs
 * @may: ADMIN_* that it can have besides
 * @fn: does it; returns 0, ADMIN_WAIT or the result of admin_fail()
 */
struct admin_op {
	const char *op;
	const char *object;
	unsigned int needs;
	unsigned int may;
	admin_fn fn;
};

static const struct kern *kern_of(const struct admin_client *client)
{
	return &admin_ctx(client)->kern;
}

static int no_target(struct admin_client *client, int error, uint32_t tid)
{
	if (error == -ENOENT)
		return admin_fail(client, error, "there is no target %u", tid);
	return admin_fail(client, error, "target %u: %s", tid,
			  strerror(-error));
}

/* what is changed must be of the configuration, and not only of the kernel */
static struct target *find_target(struct admin_client *client, uint32_t tid)
{
	struct scstd *ctx = admin_ctx(client);
	struct target *target = config_target_tid(ctx->conf, tid);
	struct kern_target old;

	if (target && tid)
		return target;
	if (tid && !ctx->kern.ops->target_get(ctx->kern.priv, tid, &old))
		admin_fail(client, -ENOENT,
			   "target %u %s is no longer configured: it only stays for the sessions that it has",
			   tid, old.name);
	else
		no_target(client, -ENOENT, tid);
	return NULL;
}

/* parameters */

static bool key_is_param(const struct key_desc *key)
{
	return key && key->type <= KEY_TARGET_NUM;
}

static bool given_before(const struct admin_req *req, int index)
{
	int i;

	for (i = 0; i < index; i++)
		if (!strcasecmp(req->params[i].key, req->params[index].key))
			return true;
	return false;
}

/* all of them or none: nothing is changed before all values are known to be good */
static int parse_params(struct admin_client *client,
			const struct admin_req *req, struct target *values)
{
	const struct text_pair *param;
	const struct key_desc *key;
	char why[KEY_WHY_MAX];
	int i;

	for (i = 0; i < req->nparams; i++) {
		param = &req->params[i];
		if (given_before(req, i))
			return admin_fail(client, -EINVAL,
					  "'%s' is given twice", param->key);
		if (!strcasecmp(param->key, "Name") &&
		    !strcmp(req->op, "new"))
			continue;
		key = key_find(param->key);
		if (!key_is_param(key))
			return admin_fail(client, -EINVAL,
					  "'%s' is not a parameter of a target",
					  param->key);
		if (key_parse(key, param->value, target_param(values, key),
			      why))
			return admin_fail(client, -EINVAL, "%s: %s", key->name,
					  why);
	}
	return 0;
}

static int set_params(struct admin_client *client, struct target *target,
		      const struct target *values)
{
	const struct kern *kern = kern_of(client);
	int ret;

	ret = kern->ops->target_set(kern->priv, target->tid, values->session,
				    values->target, NULL);
	if (ret)
		return no_target(client, ret, target->tid);
	memcpy(target->session, values->session, sizeof(target->session));
	memcpy(target->target, values->target, sizeof(target->target));
	return 0;
}

/* targets */

static const char *param_value(const struct admin_req *req, const char *key)
{
	int i;

	for (i = 0; i < req->nparams; i++)
		if (!strcasecmp(req->params[i].key, key))
			return req->params[i].value;
	return NULL;
}

static int check_new(struct admin_client *client, const struct admin_req *req,
		     const char *name)
{
	struct scstd *ctx = admin_ctx(client);
	const struct target *same;
	struct kern_target old;
	uint32_t kept;

	if (!name)
		return admin_fail(client, -EINVAL,
				  "a new target needs a name: --params Name=IQN");
	if (!target_name_is_valid(name))
		return admin_fail(client, -EINVAL, "'%s' is not an iSCSI name",
				  name);
	same = config_target_nocase(ctx->conf, name);
	if (same)
		return admin_fail(client, -EEXIST,
				  "there is a target of the name %s",
				  same->name);
	kept = target_kept(ctx, name);
	if (kept && req->tid && req->tid != kept)
		return admin_fail(client, -EEXIST,
				  "target %u is there for the sessions that it has: %s",
				  kept, name);
	if (!kept && req->tid &&
	    !ctx->kern.ops->target_get(ctx->kern.priv, req->tid, &old))
		return admin_fail(client, -EEXIST, "target %u is there: %s",
				  req->tid, old.name);
	return 0;
}

static int target_new(struct admin_client *client,
		      const struct admin_req *req)
{
	const char *name = param_value(req, "Name");
	struct scstd *ctx = admin_ctx(client);
	struct target *target;
	int ret;

	ret = check_new(client, req, name);
	if (ret)
		return ret;
	target = config_add_target(ctx->conf, name);
	if (!target)
		return admin_fail(client, -ENOMEM, "out of memory");
	ret = parse_params(client, req, target);
	if (!ret) {
		ret = target_create(ctx, target, req->tid);
		if (ret)
			admin_fail(client, ret, "target %s: %s", name,
				   strerror(-ret));
	}
	if (ret) {
		config_del_target(ctx->conf, target);
		return ret;
	}
	isns_targets_changed(ctx);
	text_add_num(admin_record(client, ADM_REC_TARGET), "tid", target->tid);
	admin_record_end(client);
	return 0;
}

static int target_update(struct admin_client *client,
			 const struct admin_req *req)
{
	struct target *target = find_target(client, req->tid);
	struct target values;
	int ret;

	if (!target)
		return -ENOENT;
	values = *target;
	ret = parse_params(client, req, &values);
	if (!ret)
		ret = set_params(client, target, &values);
	if (!ret)
		log_info("target %u %s: parameters changed by the administrator",
			 target->tid, target->name);
	return ret;
}

static int target_delete(struct admin_client *client,
			 const struct admin_req *req)
{
	const struct kern *kern = kern_of(client);
	struct kern_target old;
	unsigned int sessions;
	int ret;

	ret = kern->ops->target_get(kern->priv, req->tid, &old);
	if (ret)
		return no_target(client, ret, req->tid);
	/* the kernel also counts those that it has just told the end of */
	sessions = session_count(admin_ctx(client), req->tid);
	if (sessions && !(req->has & ADMIN_FORCE))
		return admin_fail(client, -EBUSY,
				  "target %u has %u %s: log the initiators out, or use --force",
				  req->tid, sessions,
				  sessions == 1 ? "session" : "sessions");
	ret = target_remove(admin_ctx(client), req->tid);
	if (ret && ret != -EBUSY)
		return no_target(client, ret, req->tid);
	isns_targets_changed(admin_ctx(client));
	if (!ret)
		return 0;
	return admin_fail(client, ret,
			  "target %u takes no new sessions, and is deleted when the old ones are closed",
			  req->tid);
}

static void target_record(struct admin_client *client,
			  const struct kern_target *target)
{
	struct text *text = admin_record(client, ADM_REC_TARGET);

	text_add_num(text, "tid", target->tid);
	text_add(text, "name", target->name);
	text_add_num(text, "sessions", target->sessions);
	admin_record_end(client);
}

static void param_pair(struct text *text, const struct key_desc *key,
		       uint32_t val)
{
	char buf[16];

	text_add(text, key->name, key_text(key, val, buf, sizeof(buf)));
}

static void session_params_record(struct admin_client *client,
				  const uint32_t *params)
{
	struct text *text = admin_record(client, ADM_REC_PARAMETERS);
	int i;

	for (i = 0; i < SP_COUNT; i++)
		param_pair(text, key_session(i), params[i]);
	admin_record_end(client);
}

static int target_show(struct admin_client *client,
		       const struct admin_req *req)
{
	const struct kern *kern = kern_of(client);
	struct kern_target target;
	struct text *text;
	int i, ret;

	ret = kern->ops->target_get(kern->priv, req->tid, &target);
	if (ret)
		return no_target(client, ret, req->tid);
	target_record(client, &target);
	text = admin_record(client, ADM_REC_PARAMETERS);
	for (i = 0; i < TP_COUNT; i++)
		param_pair(text, key_target(i), target.target[i]);
	admin_record_end(client);
	return 0;
}

static void session_record(struct admin_client *client,
			   const struct kern_session *session)
{
	struct text *text = admin_record(client, ADM_REC_SESSION);
	char sid[24];

	snprintf(sid, sizeof(sid), "0x%016llx",
		 (unsigned long long)session->sid);
	text_add_num(text, "tid", session->tid);
	text_add(text, "sid", sid);
	text_add(text, "initiator", session->initiator);
	text_add(text, "peer", session->peer);
	if (session->user)
		text_add(text, "user", session->user);
	text_add_num(text, "cid", session->cid);
	admin_record_end(client);
}

static void show_target(void *arg, const struct kern_target *target)
{
	target_record(arg, target);
}

static void show_session(void *arg, const struct kern_session *session)
{
	session_record(arg, session);
}

static int all_show(struct admin_client *client, const struct admin_req *req)
{
	const struct kern *kern = kern_of(client);
	int ret;

	(void)req;
	ret = kern->ops->target_dump(kern->priv, show_target, client);
	if (!ret)
		ret = kern->ops->session_dump(kern->priv, show_session,
					      client);
	if (ret)
		return admin_fail(client, ret,
				  "cannot read targets and sessions of the kernel: %s",
				  strerror(-ret));
	return 0;
}

/* sessions and their connections */

static int no_session(struct admin_client *client, int error,
		      const struct admin_req *req)
{
	return admin_fail(client, error, error == -ENOENT ?
			  "target %u has no session 0x%016llx" :
			  "target %u, session 0x%016llx: the kernel refuses that",
			  req->tid, (unsigned long long)req->sid);
}

static int defaults_show(struct admin_client *client, uint32_t tid)
{
	const struct kern *kern = kern_of(client);
	struct kern_target target;
	int ret;

	ret = kern->ops->target_get(kern->priv, tid, &target);
	if (ret)
		return no_target(client, ret, tid);
	target_record(client, &target);
	session_params_record(client, target.session);
	return 0;
}

static void show_session_params(void *arg, const struct kern_session *session)
{
	session_record(arg, session);
	session_params_record(arg, session->params);
}

static int session_show(struct admin_client *client,
			const struct admin_req *req)
{
	const struct kern *kern = kern_of(client);
	int ret;

	if (!req->sid)
		return defaults_show(client, req->tid);
	ret = kern->ops->session_get(kern->priv, req->tid, req->sid,
				     show_session_params, client);
	return ret ? no_session(client, ret, req) : 0;
}

static int session_delete(struct admin_client *client,
			  const struct admin_req *req)
{
	const struct kern *kern = kern_of(client);
	int ret;

	ret = kern->ops->session_del(kern->priv, req->tid, req->sid);
	if (ret)
		return no_session(client, ret, req);
	log_info("session %016llx of target %u: closed by the administrator",
		 (unsigned long long)req->sid, req->tid);
	return admin_wait(client, req->tid, req->sid);
}

static void get_cid(void *arg, const struct kern_session *session)
{
	*(int *)arg = session->cid;
}

static int check_cid(struct admin_client *client, const struct admin_req *req)
{
	const struct kern *kern = kern_of(client);
	int cid = -1;
	int ret;

	ret = kern->ops->session_get(kern->priv, req->tid, req->sid, get_cid,
				     &cid);
	if (ret)
		return no_session(client, ret, req);
	if (cid != req->cid)
		return admin_fail(client, -ENOENT,
				  "session 0x%016llx has no connection %u: its only one is %d",
				  (unsigned long long)req->sid, req->cid, cid);
	return 0;
}

static int connection_show(struct admin_client *client,
			   const struct admin_req *req)
{
	const struct kern *kern = kern_of(client);
	int ret = check_cid(client, req);

	if (ret)
		return ret;
	ret = kern->ops->session_get(kern->priv, req->tid, req->sid,
				     show_session, client);
	return ret ? no_session(client, ret, req) : 0;
}

/* a session has one connection, and ends with it */
static int connection_delete(struct admin_client *client,
			     const struct admin_req *req)
{
	int ret = check_cid(client, req);

	return ret ? ret : session_delete(client, req);
}

/* accounts */

static struct accounts *find_accounts(struct admin_client *client,
				      const struct admin_req *req)
{
	struct target *target;

	if (!req->tid)
		return &admin_ctx(client)->conf->accounts;
	target = find_target(client, req->tid);
	return target ? &target->accounts : NULL;
}

/* IncomingUser=NAME or OutgoingUser=NAME, and Password=PW if it is for a new one */
static const struct key_desc *account_param(struct admin_client *client,
					    const struct admin_req *req,
					    const char **name,
					    const char **secret)
{
	const struct key_desc *key, *found = NULL;
	const struct text_pair *param;
	int i;

	for (i = 0; i < req->nparams; i++) {
		param = &req->params[i];
		key = key_find(param->key);
		if (key && key->type == KEY_ACCOUNT && !found) {
			found = key;
			*name = param->value;
		} else if (secret && !*secret &&
			   !strcasecmp(param->key, "Password")) {
			*secret = param->value;
		} else {
			/* the value may be a part of a password */
			admin_fail(client, -EINVAL,
				   "'%.64s' does not belong here", param->key);
			return NULL;
		}
	}
	if (!found || (secret && !*secret)) {
		if (secret)
			admin_fail(client, -EINVAL,
				   "an account is IncomingUser=NAME or OutgoingUser=NAME, and Password=PASSWORD");
		else
			admin_fail(client, -EINVAL,
				   "an account is named by IncomingUser=NAME or OutgoingUser=NAME");
		return NULL;
	}
	return found;
}

static void log_account(const struct admin_req *req,
			const struct key_desc *key, const char *name,
			const char *what)
{
	if (req->tid)
		log_info("target %u: %s %s %s by the administrator", req->tid,
			 key->name, name, what);
	else
		log_info("discovery: %s %s %s by the administrator", key->name,
			 name, what);
}

static void account_record(struct admin_client *client,
			   enum account_type type,
			   const struct account *account, bool secret)
{
	struct text *text = admin_record(client, ADM_REC_ACCOUNT);

	text_add(text, "type", key_account(type)->name);
	text_add(text, "name", account->name);
	if (secret)
		text_add(text, "password", account->secret);
	admin_record_end(client);
}

static int no_account(struct admin_client *client, const struct key_desc *key,
		      const char *name)
{
	return admin_fail(client, -ENOENT, "there is no %s %s", key->name,
			  name);
}

static int account_show_one(struct admin_client *client,
			    const struct admin_req *req,
			    const struct accounts *accounts)
{
	const struct account *account;
	const struct key_desc *key;
	const char *name = NULL;

	key = account_param(client, req, &name, NULL);
	if (!key)
		return -EINVAL;
	account = account_find(accounts, key->index, name);
	if (!account)
		return no_account(client, key, name);
	account_record(client, key->index, account, true);
	return 0;
}

static int account_show(struct admin_client *client,
			const struct admin_req *req)
{
	struct accounts *accounts = find_accounts(client, req);
	const struct account *account;
	int type;

	if (!accounts)
		return -ENOENT;
	if (req->has & ADMIN_PARAMS)
		return account_show_one(client, req, accounts);
	for (type = 0; type < ACCOUNT_TYPES; type++)
		STAILQ_FOREACH(account, &accounts->list[type], link)
			account_record(client, type, account, false);
	return 0;
}

/* RFC 7143 9.2.1: one secret must not serve both directions */
static int check_secret(struct admin_client *client,
			const struct accounts *accounts, unsigned int type,
			const char *secret)
{
	enum account_type other = type == ACCOUNT_INCOMING ? ACCOUNT_OUTGOING :
							     ACCOUNT_INCOMING;

	if (strlen(secret) < ACCOUNT_SECRET_ADVISED)
		return admin_fail(client, -EINVAL,
				  "the password needs at least %d bytes",
				  ACCOUNT_SECRET_ADVISED);
	if (accounts_have_secret(accounts, other, secret))
		return admin_fail(client, -EINVAL,
				  "incoming and outgoing users must not have the same password");
	return 0;
}

static int account_new(struct admin_client *client,
		       const struct admin_req *req)
{
	struct accounts *accounts = find_accounts(client, req);
	const char *name = NULL, *secret = NULL;
	const struct key_desc *key;
	int ret;

	if (!accounts)
		return -ENOENT;
	key = account_param(client, req, &name, &secret);
	if (!key)
		return -EINVAL;
	ret = check_secret(client, accounts, key->index, secret);
	if (ret)
		return ret;
	ret = account_add(accounts, key->index, name, secret);
	if (ret == -EEXIST)
		return admin_fail(client, ret, "there is already the %s %s", key->name,
				  name);
	if (ret == -EINVAL)
		return admin_fail(client, ret,
				  "name or password are malformed or longer than %d bytes",
				  ACCOUNT_SECRET_MAX);
	if (ret)
		return admin_fail(client, ret, "out of memory");
	log_account(req, key, name, "added");
	return 0;
}

static int account_delete(struct admin_client *client,
			  const struct admin_req *req)
{
	struct accounts *accounts = find_accounts(client, req);
	const struct key_desc *key;
	const char *name = NULL;

	if (!accounts)
		return -ENOENT;
	key = account_param(client, req, &name, NULL);
	if (!key)
		return -EINVAL;
	if (account_remove(accounts, key->index, name))
		return no_account(client, key, name);
	log_account(req, key, name, "removed");
	return 0;
}

#define SESSION_IDS (ADMIN_TID | ADMIN_SID)
#define CONNECTION_IDS (SESSION_IDS | ADMIN_CID)

static const struct admin_op admin_ops[] = {
	{ "show", "all", 0, 0, all_show },
	{ "new", "target", ADMIN_TID | ADMIN_PARAMS, 0, target_new },
	{ "delete", "target", ADMIN_TID, ADMIN_FORCE, target_delete },
	{ "update", "target", ADMIN_TID | ADMIN_PARAMS, 0, target_update },
	{ "show", "target", ADMIN_TID, 0, target_show },
	{ "delete", "session", SESSION_IDS, 0, session_delete },
	{ "show", "session", SESSION_IDS, 0, session_show },
	{ "delete", "connection", CONNECTION_IDS, 0, connection_delete },
	{ "show", "connection", CONNECTION_IDS, 0, connection_show },
	{ "new", "account", ADMIN_PARAMS, ADMIN_TID, account_new },
	{ "delete", "account", ADMIN_PARAMS, ADMIN_TID, account_delete },
	{ "show", "account", 0, ADMIN_TID | ADMIN_PARAMS, account_show },
};

/**
 * admin_run() - do what a request asks for
 * @client: gets the records of the answer, and the reason of a failure
 * @req: the request
 *
 * Return: 0, ADMIN_WAIT, or a negative errno; -EOPNOTSUPP if there is no such
 * operation.
 */
int admin_run(struct admin_client *client, const struct admin_req *req)
{
	const struct admin_op *op;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(admin_ops); i++) {
		op = &admin_ops[i];
		if (strcmp(op->op, req->op) || strcmp(op->object, req->object))
			continue;
		if ((req->has & op->needs) != op->needs ||
		    req->has & ~(op->needs | op->may))
			return admin_fail(client, -EINVAL,
					  "the request has too few or too many of tid, sid, cid, param and force");
		return op->fn(client, req);
	}
	return admin_fail(client, -EOPNOTSUPP, "%s %s is not supported",
			  req->op, req->object);
}
