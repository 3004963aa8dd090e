// SPDX-License-Identifier: GPL-2.0
/*
 * What this host is to an iSNS server: the identifier of its entity, and the
 * portals at which initiators find it.
 */
#include <ctype.h>
#include <errno.h>
#include <ifaddrs.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "isns_priv.h"

#define EID_HASH_LEN 8

/* the port that initiators use if nothing else is said about it */
static uint16_t isns_local_port(const struct scstd *ctx)
{
	return ctx->nlisteners ? ctx->listeners[0].addr.port : ctx->opt.port;
}

/**
 * isns_eid() - identifier of an entity (RFC 4171 6.2.1)
 * @host: name of the host
 * @machine: what tells it from others of that name; is not to be seen by
 *	others, so a hash of it has to do
 * @port: where it serves
 * @eid: result, in the lower case that nameprep asks for
 * @len: of @eid
 *
 * A registration replaces what the server has of the entity, which must be
 * neither that of another host nor of another program on this one.
 */
void isns_eid(const char *host, const char *machine, uint16_t port, char *eid,
	      size_t len)
{
	uint8_t digest[EVP_MAX_MD_SIZE] = { 0 };
	char text[256], hex[2 * EID_HASH_LEN + 1];
	int i, n;

	n = snprintf(text, sizeof(text), SCSTD_NAME ":%s", machine);
	/* should that fail, it does so each time, and leaves name and port */
	EVP_Digest(text, n, digest, NULL, EVP_sha256(), NULL);
	for (i = 0; i < EID_HASH_LEN; i++)
		snprintf(hex + 2 * i, 3, "%02x", digest[i]);
	snprintf(eid, len, "%s-%s:%u", host, hex, port);
	for (; *eid; eid++)
		*eid = tolower((unsigned char)*eid);
}

/* the first line of a file; empty if there is none */
static void first_line(const char *path, char *buf, size_t len)
{
	FILE *file = fopen(path, "re");

	if (!file || !fgets(buf, len, file))
		*buf = '\0';
	buf[strcspn(buf, "\n")] = '\0';
	if (file)
		fclose(file);
}

/**
 * isns_local_eid() - identifier of our entity
 * @ctx: the daemon, which listens
 * @eid: result
 * @len: of @eid
 *
 * Without a machine ID it changes when the host is started again; what the
 * server has under the former one expires.
 */
void isns_local_eid(const struct scstd *ctx, char *eid, size_t len)
{
	char host[HOST_NAME_MAX + 1] = "", machine[64];

	if (gethostname(host, sizeof(host) - 1) || !*host)
		strcpy(host, "localhost");
	first_line("/etc/machine-id", machine, sizeof(machine));
	if (!*machine)
		first_line("/proc/sys/kernel/random/boot_id", machine,
			   sizeof(machine));
	isns_eid(host, machine, isns_local_port(ctx), eid, len);
}

static uint64_t place_bit(int place)
{
	return place < 0 ? 0 : 1ull << place;
}

/* the addresses of targets for which the configuration names none */
static uint64_t add_listening(const struct scstd *ctx, struct portals *list)
{
	struct ipaddr addrs[PORTALS_MAX];
	struct ifaddrs *interfaces = NULL;
	uint64_t set = 0;
	int i, n;

	if (getifaddrs(&interfaces))
		log_debug("cannot list addresses: %s", strerror(errno));
	n = portals_listening(ctx, interfaces, addrs);
	freeifaddrs(interfaces);
	for (i = 0; i < n; i++)
		set |= place_bit(portals_add(list, &addrs[i]));
	return set;
}

/* names are none of the server's: it knows addresses only */
static uint64_t add_configured(const struct scstd *ctx,
			       const struct target *target,
			       struct portals *list)
{
	const struct portal *portal;
	struct ipaddr ip;
	uint64_t set = 0;

	STAILQ_FOREACH(portal, portals_configured(ctx->conf, target), link) {
		if (ipaddr_parse_host(&ip, portal->host))
			continue;
		ip.port = portal->port ? portal->port : isns_local_port(ctx);
		set |= place_bit(portals_add(list, &ip));
	}
	return set;
}

/*
 * A node whose portals are others now is registered again, with its portal
 * groups (5.6.5.1).
 */
static void node_set(struct isns_node *node, uint64_t set)
{
	if (node->portals == set)
		return;
	node->portals = set;
	node->current = false;
}

static void find_portals(struct isns *isns, struct portals *list)
{
	const struct scstd *ctx = isns->ctx;
	const struct target *target;
	struct isns_node *node;
	uint64_t listening = 0, set;
	bool looked = false;

	STAILQ_FOREACH(target, &ctx->conf->targets, link) {
		node = isns_node(isns, target->name);
		if (!node)
			continue;
		set = add_configured(ctx, target, list);
		if (!set && !looked) {
			listening = add_listening(ctx, list);
			looked = true;
		}
		node_set(node, set ? set : listening);
	}
}

/**
 * isns_local_portals() - find out where the targets are
 * @isns: the client, with no request under way; has its portals, and those of
 *	its nodes, as they are now
 *
 * A target is at the addresses that discovery names, as far as these are
 * numbers, or else at those that the daemon listens on.
 */
void isns_local_portals(struct isns *isns)
{
	struct ipaddr addrs[ISNS_PORTALS_MAX];
	struct portals list = { .addrs = addrs, .max = ISNS_PORTALS_MAX };

	isns->portals_due = false;
	/* the entity goes with the last target, and its portals with it */
	if (STAILQ_EMPTY(&isns->ctx->conf->targets))
		return;
	find_portals(isns, &list);
	if (list.n == isns->nportals &&
	    !memcmp(addrs, isns->portals, list.n * sizeof(*addrs)))
		return;
	if (list.n == ISNS_PORTALS_MAX)
		log_warn("isns: no more than %d portals are registered",
			 ISNS_PORTALS_MAX);
	memcpy(isns->portals, addrs, list.n * sizeof(*addrs));
	isns->nportals = list.n;
	isns_replace(isns);
}
