// SPDX-License-Identifier: GPL-2.0
/*
 * Reads iscsi-scstd.conf into a struct config.  All lines are parsed and all
 * errors reported before the result is used: a configuration is taken as a
 * whole or not at all.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "chapalg.h"
#include "conf.h"
#include "config.h"
#include "hostport.h"
#include "ipaddr.h"
#include "isns_pdu.h"
#include "log.h"
#include "strnum.h"
#include "util.h"

/* parse state: where the keys of the next line belong */
struct config_parse {
	struct config *conf;
	struct target *target;
	bool skip;		/* keys of a target that was refused */
};

typedef int (*key_setter)(struct config_parse *parse,
			  const struct key_desc *key,
			  const struct conf_line *line);

static int one_word(const struct conf_line *line, const char **word)
{
	char *rest = line->value;

	*word = conf_word(&rest);
	if (!*word)
		return conf_error(line, "%s: value is missing", line->key);
	if (*rest)
		return conf_error(line, "%s: unexpected '%s' after the value",
				  line->key, rest);
	return 0;
}

static int parse_bool(const struct key_desc *key, const struct conf_line *line,
		      bool *val)
{
	const char *word;
	int ret;

	ret = one_word(line, &word);
	if (ret)
		return ret;
	if (strcmp(word, "Yes") && strcmp(word, "No"))
		return conf_error(line, "%s: '%s' is neither Yes nor No",
				  key->name, word);
	*val = !strcmp(word, "Yes");
	return 0;
}

/* a session or target parameter: one word, but for lists */
static int set_param(struct config_parse *parse, const struct key_desc *key,
		     const struct conf_line *line)
{
	struct target *target = parse->target;
	const char *text = line->value;
	char why[KEY_WHY_MAX];
	int ret;

	if (key->type != KEY_DIGEST) {
		ret = one_word(line, &text);
		if (ret)
			return ret;
	}
	if (!*text)
		return conf_error(line, "%s: value is missing", key->name);
	if (key_parse(key, text, target_param(target, key), why))
		return conf_error(line, "%s: %s", key->name, why);
	return 0;
}

/**
 * target_name_is_valid() - can this be the name of a target?
 * @name: the name
 *
 * It appears in /proc lists, in names of groups and in SendTargets answers: no
 * blanks, nothing that ends a path or a list.
 */
bool target_name_is_valid(const char *name)
{
	if (!*name || strlen(name) > ISCSI_NAME_MAX)
		return false;
	for (; *name; name++)
		if ((unsigned char)*name <= ' ' || *name == 0x7f ||
		    strchr("/,\\\"'", *name))
			return false;
	return true;
}

static bool name_has_format(const char *name)
{
	return !strncmp(name, "iqn.", 4) || !strncmp(name, "eui.", 4) ||
	       !strncmp(name, "naa.", 4);
}

/**
 * config_add_target() - add a target that has the defaults
 * @conf: the configuration
 * @name: valid, and not the name of another one
 *
 * Return: the target or NULL without memory.
 */
struct target *config_add_target(struct config *conf, const char *name)
{
	struct target *target = calloc(1, sizeof(*target));
	int i;

	if (!target)
		return NULL;
	/* target_name_is_valid() has measured it */
	memcpy(target->name, name, strlen(name) + 1);
	STAILQ_INIT(&target->portals);
	accounts_init(&target->accounts);
	for (i = 0; i < SP_COUNT; i++)
		target->session[i] = key_session(i)->def;
	for (i = 0; i < TP_COUNT; i++)
		target->target[i] = key_target(i)->def;
	STAILQ_INSERT_TAIL(&conf->targets, target, link);
	conf->ntargets++;
	return target;
}

static int add_target(struct config_parse *parse, const struct key_desc *key,
		      const struct conf_line *line)
{
	const struct target *other;
	const char *name;
	int ret;

	/* until this line turns out to be right, its keys have no place */
	parse->target = NULL;
	parse->skip = true;
	ret = one_word(line, &name);
	if (ret)
		return ret;
	if (!target_name_is_valid(name))
		return conf_error(line, "%s: '%s' is not an iSCSI name",
				  key->name, name);
	other = config_target_nocase(parse->conf, name);
	if (other && !strcmp(other->name, name))
		return conf_error(line, "%s: '%s' is defined twice", key->name,
				  name);
	if (other)
		return conf_error(line, "%s: '%s' is '%s' but for the case",
				  key->name, name, other->name);
	if (!name_has_format(name))
		log_warn("%s:%u: '%s' does not begin with iqn., eui. or naa.",
			 line->file, line->line, name);
	parse->target = config_add_target(parse->conf, name);
	if (!parse->target)
		return conf_error(line, "out of memory");
	parse->skip = false;
	return 0;
}

static int set_alias(struct config_parse *parse, const struct key_desc *key,
		     const struct conf_line *line)
{
	char *alias = strdup(line->value);

	(void)key;
	if (!alias)
		return conf_error(line, "out of memory");
	free(parse->target->alias);
	parse->target->alias = alias;
	return 0;
}

static struct portal *portal_alloc(const char *host, uint16_t port)
{
	bool bare_v6 = strchr(host, ':') && *host != '[';
	struct portal *portal = calloc(1, sizeof(*portal));

	if (!portal)
		return NULL;
	if (asprintf(&portal->host, bare_v6 ? "[%s]" : "%s", host) < 0) {
		free(portal);
		return NULL;
	}
	portal->port = port;
	return portal;
}

static void portal_free(struct portal *portal)
{
	if (portal)
		free(portal->host);
	free(portal);
}

/* @port: for an address that names none */
static int parse_portal(const struct key_desc *key,
			const struct conf_line *line, char *word,
			uint32_t port, struct portal **portal)
{
	char *text = hostport_split(word);
	struct ipaddr ip;

	if (!text || !hostport_host_is_valid(word))
		return conf_error(line, "%s: '%s' is not an address",
				  key->name, word);
	if (!ipaddr_parse_host(&ip, word) && ipaddr_is_link_local6(&ip))
		return conf_error(line, "%s: '%s' is an address of one link, which nobody can be sent to",
				  key->name, word);
	if (*text && strnum_u32(text, 1, 65535, &port))
		return conf_error(line, "%s: '%s' is not a port", key->name,
				  text);
	*portal = portal_alloc(word, port);
	return *portal ? 0 : conf_error(line, "out of memory");
}

static int add_portal(struct config_parse *parse, const struct key_desc *key,
		      const struct conf_line *line)
{
	struct portal_list *list;
	struct portal *portal;
	const char *word;
	int ret;

	ret = one_word(line, &word);
	if (!ret)
		ret = parse_portal(key, line, (char *)word, 0, &portal);
	if (ret)
		return ret;
	list = parse->target ? &parse->target->portals : &parse->conf->portals;
	STAILQ_INSERT_TAIL(list, portal, link);
	return 0;
}

static int account_error(const struct key_desc *key,
			 const struct conf_line *line, const char *name,
			 int error)
{
	if (error == -EEXIST)
		return conf_error(line, "%s: '%s' is defined twice", key->name,
				  name);
	if (error == -EINVAL)
		return conf_error(line,
				  "%s: name or password is malformed or longer than %d bytes",
				  key->name, ACCOUNT_SECRET_MAX);
	return conf_error(line, "out of memory");
}

/* what is unwise, but was asked for */
static void account_warn(const struct accounts *accounts,
			 const struct key_desc *key,
			 const struct conf_line *line, const char *secret)
{
	if (strlen(secret) < ACCOUNT_SECRET_ADVISED)
		log_warn("%s:%u: %s: the password should have at least %d bytes",
			 line->file, line->line, key->name,
			 ACCOUNT_SECRET_ADVISED);
	if (accounts_share_secret(accounts))
		log_warn("%s:%u: %s: an initiator with the password of the target will be refused",
			 line->file, line->line, key->name);
}

/* no message shows what may be a password, or a part of one */
static int add_account(struct config_parse *parse, const struct key_desc *key,
		       const struct conf_line *line)
{
	struct accounts *accounts = &parse->conf->accounts;
	char *rest = line->value;
	char *name = conf_word(&rest);
	char *secret = name ? conf_word(&rest) : NULL;
	int ret;

	if (!secret)
		return conf_error(line, "%s: needs a name and a password",
				  key->name);
	if (*rest)
		return conf_error(line, "%s: unexpected text after the password",
				  key->name);
	if (parse->target)
		accounts = &parse->target->accounts;
	if (key->index == ACCOUNT_OUTGOING && account_outgoing(accounts))
		log_warn("%s:%u: %s: '%s' replaces the one before",
			 line->file, line->line, key->name, name);
	ret = account_add(accounts, key->index, name, secret);
	if (ret)
		return account_error(key, line, name, ret);
	account_warn(accounts, key, line, secret);
	return 0;
}

static int set_chap_algs(struct config_parse *parse,
			 const struct key_desc *key,
			 const struct conf_line *line)
{
	const struct chap_alg *alg;
	char *word, *rest = line->value;
	uint32_t set = 0;

	if (!*rest)
		return conf_error(line, "%s: value is missing", key->name);
	while ((word = conf_item(&rest)) != NULL) {
		alg = chap_alg_named(word);
		if (!alg)
			return conf_error(line, "%s: '%s' is not an algorithm",
					  key->name, word);
		set |= alg->bit;
	}
	parse->conf->chap_algs = set;
	return 0;
}

static int set_redirect(struct config_parse *parse, const struct key_desc *key,
			const struct conf_line *line)
{
	char *rest = line->value, *word = conf_word(&rest);
	bool permanent = !strcmp(rest, "permanent");
	struct portal *portal;
	struct ipaddr ip;
	int ret;

	if (!word)
		return conf_error(line, "%s: value is missing", key->name);
	if (*rest && !permanent && strcmp(rest, "temporary"))
		return conf_error(line,
				  "%s: '%s' is neither temporary nor permanent",
				  key->name, rest);
	/* RFC 7143 13.8: the port that is meant if none is written */
	ret = parse_portal(key, line, word, ISCSI_PORT, &portal);
	if (ret)
		return ret;
	/* a machine that did not know itself in a name would redirect for ever */
	if (ipaddr_parse_host(&ip, portal->host)) {
		portal_free(portal);
		return conf_error(line, "%s: '%s' is not a numeric address",
				  key->name, word);
	}
	portal_free(parse->target->redirect);
	parse->target->redirect = portal;
	parse->target->redirect_permanent = permanent;
	return 0;
}

static int set_isns_server(struct config_parse *parse,
			   const struct key_desc *key,
			   const struct conf_line *line)
{
	struct config *conf = parse->conf;
	struct portal *portal;
	const char *word;
	int ret;

	ret = one_word(line, &word);
	if (!ret)
		ret = parse_portal(key, line, (char *)word, ISNS_PORT, &portal);
	if (ret)
		return ret;
	if (conf->isns_host) {
		portal_free(portal);
		return conf_error(line, "%s is given twice", key->name);
	}
	/* resolvers want no brackets */
	word = portal->host + strspn(portal->host, "[");
	conf->isns_host = strndup(word, strcspn(word, "]"));
	conf->isns_port = portal->port;
	portal_free(portal);
	return conf->isns_host ? 0 : conf_error(line, "out of memory");
}

static int set_isns_access(struct config_parse *parse,
			   const struct key_desc *key,
			   const struct conf_line *line)
{
	return parse_bool(key, line, &parse->conf->isns_access);
}

/* SCST's own manual promises that such lines of an old ietd.conf do no harm */
static int ignore_key(struct config_parse *parse, const struct key_desc *key,
		      const struct conf_line *line)
{
	(void)parse;
	log_warn("%s:%u: %s is ignored: LUNs belong to the kernel, see scstadmin",
		 line->file, line->line, key->name);
	return 0;
}

static const key_setter setters[] = {
	[KEY_BOOL] = set_param,
	[KEY_NUM] = set_param,
	[KEY_DIGEST] = set_param,
	[KEY_TARGET_NUM] = set_param,
	[KEY_TARGET] = add_target,
	[KEY_ALIAS] = set_alias,
	[KEY_PORTAL] = add_portal,
	[KEY_ACCOUNT] = add_account,
	[KEY_CHAP_ALGS] = set_chap_algs,
	[KEY_REDIRECT] = set_redirect,
	[KEY_ISNS_SERVER] = set_isns_server,
	[KEY_ISNS_ACCESS] = set_isns_access,
	[KEY_IGNORED] = ignore_key,
};

static int config_line(void *arg, const struct conf_line *line)
{
	const struct key_desc *key = key_find(line->key);
	struct config_parse *parse = arg;

	if (!key)
		return conf_error(line, "unknown key '%s'", line->key);
	if (parse->skip && key->type != KEY_TARGET)
		return 0;
	if (!parse->target && !(key->scope & SCOPE_GLOBAL))
		return conf_error(line, "%s belongs behind a Target line",
				  key->name);
	if (parse->target && !(key->scope & SCOPE_TARGET))
		return conf_error(line, "%s belongs before the first Target line",
				  key->name);
	return setters[key->type](parse, key, line);
}

static struct config *config_alloc(void)
{
	struct config *conf = calloc(1, sizeof(*conf));

	if (!conf)
		return NULL;
	STAILQ_INIT(&conf->portals);
	STAILQ_INIT(&conf->targets);
	accounts_init(&conf->accounts);
	conf->chap_algs = CHAP_ALGS_ALL;
	return conf;
}

static void portals_free(struct portal_list *list)
{
	struct portal *portal;

	while ((portal = STAILQ_FIRST(list)) != NULL) {
		STAILQ_REMOVE_HEAD(list, link);
		portal_free(portal);
	}
}

/**
 * config_del_target() - take a target out and release it
 * @conf: the configuration
 * @target: of this configuration
 */
void config_del_target(struct config *conf, struct target *target)
{
	STAILQ_REMOVE(&conf->targets, target, target, link);
	conf->ntargets--;
	portals_free(&target->portals);
	accounts_free(&target->accounts);
	portal_free(target->redirect);
	free(target->alias);
	free(target);
}

/**
 * config_free() - release a configuration
 * @conf: may be NULL
 */
void config_free(struct config *conf)
{
	struct target *target;

	if (!conf)
		return;
	portals_free(&conf->portals);
	accounts_free(&conf->accounts);
	free(conf->isns_host);
	while ((target = STAILQ_FIRST(&conf->targets)) != NULL)
		config_del_target(conf, target);
	free(conf);
}

/**
 * config_target() - find a target
 * @conf: the configuration
 * @name: compared exactly
 *
 * Return: the target or NULL.
 */
struct target *config_target(const struct config *conf, const char *name)
{
	struct target *target;

	STAILQ_FOREACH(target, &conf->targets, link)
		if (!strcmp(target->name, name))
			return target;
	return NULL;
}

/**
 * config_target_nocase() - find a target of the same name to iSNS servers,
 * access files and many initiators
 * @conf: the configuration
 * @name: compared without regard to case (RFC 3722)
 *
 * Return: the target or NULL.
 */
struct target *config_target_nocase(const struct config *conf,
				    const char *name)
{
	struct target *target;

	STAILQ_FOREACH(target, &conf->targets, link)
		if (!strcasecmp(target->name, name))
			return target;
	return NULL;
}

/* what cannot be said about a single line */
static int config_check(const char *file, const struct config *conf)
{
	if (!conf->isns_access || conf->isns_host)
		return 0;
	log_err("%s: iSNSAccessControl is Yes, but there is no iSNSServer",
		file);
	return -EINVAL;
}

/**
 * config_target_tid() - find a target by its number
 * @conf: the configuration
 * @tid: the number in the kernel
 *
 * Return: the target or NULL.
 */
struct target *config_target_tid(const struct config *conf, uint32_t tid)
{
	struct target *target;

	STAILQ_FOREACH(target, &conf->targets, link)
		if (target->tid == tid)
			return target;
	return NULL;
}

/**
 * target_param() - where a target keeps the value of a parameter
 * @target: the target
 * @key: row of a session or target parameter
 */
uint32_t *target_param(struct target *target, const struct key_desc *key)
{
	if (key->type == KEY_TARGET_NUM)
		return &target->target[key->index];
	return &target->session[key->index];
}

/* @parse has a configuration to fill afterwards */
static int parse_begin(struct config_parse *parse)
{
	memset(parse, 0, sizeof(*parse));
	parse->conf = config_alloc();
	if (parse->conf)
		return 0;
	log_err("out of memory");
	return -ENOMEM;
}

/* Return: @ret, or what is wrong with the whole; without it @conf is filled in */
static int parse_end(struct config_parse *parse, const char *file, int ret,
		     struct config **conf)
{
	if (!ret)
		ret = config_check(file, parse->conf);
	if (ret)
		config_free(parse->conf);
	else
		*conf = parse->conf;
	return ret;
}

/**
 * config_parse() - parse the text of a configuration
 * @file: its name, for messages
 * @buf: the text, is modified; has room for one byte more than @len
 * @len: of the text
 * @conf: the result, for config_free()
 *
 * Return: 0 or a negative errno after messages.
 */
int config_parse(const char *file, char *buf, size_t len,
		 struct config **conf)
{
	struct config_parse parse;
	int ret;

	ret = parse_begin(&parse);
	if (ret)
		return ret;
	ret = conf_parse_buf(file, buf, len, config_line, &parse);
	return parse_end(&parse, file, ret, conf);
}

static bool has_secrets(const struct config *conf)
{
	const struct target *target;

	if (accounts_any(&conf->accounts))
		return true;
	STAILQ_FOREACH(target, &conf->targets, link)
		if (accounts_any(&target->accounts))
			return true;
	return false;
}

static void check_mode(const char *file, const struct config *conf)
{
	struct stat st;

	if (has_secrets(conf) && !stat(file, &st) && st.st_mode & 0004)
		log_warn("%s: has passwords, and everybody can read it", file);
}

/**
 * config_load() - read a configuration file
 * @file: its name
 * @may_be_missing: a missing file is an empty configuration
 * @conf: the result, for config_free()
 *
 * Return: 0 or a negative errno after messages.
 */
int config_load(const char *file, bool may_be_missing, struct config **conf)
{
	struct config_parse parse;
	int ret;

	ret = parse_begin(&parse);
	if (ret)
		return ret;
	ret = conf_parse_file(file, config_line, &parse);
	if (ret == -ENOENT)
		log_warn("%s does not exist%s", file,
			 may_be_missing ? ": no targets" : "");
	if (ret == -ENOENT && may_be_missing)
		ret = 0;
	ret = parse_end(&parse, file, ret, conf);
	if (!ret)
		check_mode(file, *conf);
	return ret;
}
