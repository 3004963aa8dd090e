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

static void add_listeners(struct portals *list, const struct scstd *ctx)
{
	struct ifaddrs *interfaces = NULL;
	const struct ipaddr *ip;
	int i;

	if (getifaddrs(&interfaces))
		log_debug("cannot list addresses: %s", strerror(errno));
	for (i = 0; i < ctx->nlisteners; i++) {
		ip = &ctx->listeners[i].addr;
		if (ipaddr_is_any(ip))
			portals_add_all(list, ip, interfaces);
		else if (!ipaddr_is_link_local6(ip))
			portals_add(list, ip);
	}
	freeifaddrs(interfaces);
}

/* an address of the configuration is the one that initiators can reach */
static void add_configured(struct portals *list, const struct scstd *ctx)
{
	const struct portal *conf;
	struct ipaddr ip;

	STAILQ_FOREACH(conf, &ctx->conf->portals, link) {
		if (ipaddr_parse_host(&ip, conf->host))
			continue;
		ip.port = conf->port ? conf->port : isns_local_port(ctx);
		portals_add(list, &ip);
	}
}

/**
 * isns_local_portals() - portals to register
 * @ctx: the daemon
 * @addrs: result
 * @max: of @addrs
 *
 * These are the global PortalAddress lines, as far as they are numbers, or
 * else the addresses that the daemon listens on.  What is valid on a link only
 * means nothing without the name of an interface, which only we know.
 *
 * Return: how many there are.
 */
int isns_local_portals(const struct scstd *ctx, struct ipaddr *addrs, int max)
{
	struct portals list = { .addrs = addrs, .max = max };

	add_configured(&list, ctx);
	if (!list.n)
		add_listeners(&list, ctx);
	return list.n;
}
