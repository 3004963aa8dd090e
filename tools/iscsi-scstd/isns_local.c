// SPDX-License-Identifier: GPL-2.0
/*
 * What this host is to an iSNS server: the identifier of its entity, and the
 * portals at which initiators find it.
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <ifaddrs.h>
#include <limits.h>
#include <net/if.h>
#include <netinet/in.h>
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

/* Return: false if it is no address of the Internet */
static bool portal_set(struct isns_portal *portal, const struct sockaddr *addr)
{
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)addr;
	const struct sockaddr_in *in = (const struct sockaddr_in *)addr;

	memset(portal, 0, sizeof(*portal));
	if (addr->sa_family == AF_INET) {
		/* mapped into IPv6 (6.3.1) */
		memset(portal->addr + 10, 0xff, 2);
		memcpy(portal->addr + 12, &in->sin_addr, 4);
		portal->port = ntohs(in->sin_port);
	} else if (addr->sa_family == AF_INET6) {
		memcpy(portal->addr, &in6->sin6_addr, ISNS_ADDR_LEN);
		portal->port = ntohs(in6->sin6_port);
	} else {
		return false;
	}
	return true;
}

static bool is_wildcard(const struct isns_portal *portal)
{
	static const uint8_t any4[ISNS_ADDR_LEN] = { [10] = 0xff, 0xff };
	static const uint8_t any6[ISNS_ADDR_LEN];

	return !memcmp(portal->addr, any4, ISNS_ADDR_LEN) ||
	       !memcmp(portal->addr, any6, ISNS_ADDR_LEN);
}

/* means nothing without the name of an interface, which only we know */
static bool is_link_local(const struct isns_portal *portal)
{
	return portal->addr[0] == 0xfe && (portal->addr[1] & 0xc0) == 0x80;
}

/**
 * isns_same_addr() - do two portals have the same address?
 * @a: one
 * @b: the other
 */
bool isns_same_addr(const struct isns_portal *a, const struct isns_portal *b)
{
	return !memcmp(a->addr, b->addr, ISNS_ADDR_LEN);
}

/* list of portals that is being made */
struct portals {
	struct isns_portal *list;
	int max;
	int n;
};

static void portals_add(struct portals *portals, struct isns_portal portal)
{
	int i;

	if (is_link_local(&portal) || portals->n == portals->max)
		return;
	for (i = 0; i < portals->n; i++)
		if (isns_same_addr(&portals->list[i], &portal) &&
		    portals->list[i].port == portal.port)
			return;
	portals->list[portals->n++] = portal;
}

static void add_interfaces(struct portals *portals, int family, uint16_t port)
{
	struct ifaddrs *list, *ifa;
	struct isns_portal portal;

	if (getifaddrs(&list))
		return;
	for (ifa = list; ifa; ifa = ifa->ifa_next) {
		if (!ifa->ifa_addr || ifa->ifa_addr->sa_family != family ||
		    !(ifa->ifa_flags & IFF_UP) ||
		    (ifa->ifa_flags & IFF_LOOPBACK) ||
		    !portal_set(&portal, ifa->ifa_addr))
			continue;
		portal.port = port;
		portals_add(portals, portal);
	}
	freeifaddrs(list);
}

static bool socket_portal(int fd, struct isns_portal *portal, int *family)
{
	struct sockaddr_storage addr;
	socklen_t len = sizeof(addr);

	memset(&addr, 0, sizeof(addr));
	if (getsockname(fd, (struct sockaddr *)&addr, &len))
		return false;
	*family = addr.ss_family;
	return portal_set(portal, (struct sockaddr *)&addr);
}

static void add_listeners(struct portals *portals, const struct scstd *ctx)
{
	struct isns_portal portal;
	int i, family;

	for (i = 0; i < ctx->nlisteners; i++) {
		if (!socket_portal(ctx->listeners[i].io.fd, &portal, &family))
			continue;
		if (is_wildcard(&portal))
			add_interfaces(portals, family, portal.port);
		else
			portals_add(portals, portal);
	}
}

/* an address of the configuration is the one that initiators can reach */
static void add_configured(struct portals *portals, const struct scstd *ctx)
{
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };
	struct sockaddr_in in = { .sin_family = AF_INET };
	const struct portal *conf;
	struct isns_portal portal;
	char host[INET6_ADDRSTRLEN];
	size_t len;

	STAILQ_FOREACH(conf, &ctx->conf->portals, link) {
		len = strlen(conf->host);
		if (inet_pton(AF_INET, conf->host, &in.sin_addr) == 1) {
			portal_set(&portal, (struct sockaddr *)&in);
		} else if (*conf->host == '[' && len - 2 < sizeof(host)) {
			memcpy(host, conf->host + 1, len - 2);
			host[len - 2] = '\0';
			if (inet_pton(AF_INET6, host, &in6.sin6_addr) != 1)
				continue;
			portal_set(&portal, (struct sockaddr *)&in6);
		} else {
			continue;
		}
		portal.port = conf->port ? conf->port :
					   isns_local_port(ctx);
		portals_add(portals, portal);
	}
}

/**
 * isns_local_portals() - portals to register
 * @ctx: the daemon
 * @list: result
 * @max: of @list
 *
 * These are the global PortalAddress lines, as far as they are numbers, or
 * else the addresses that the daemon listens on.
 *
 * Return: how many there are.
 */
int isns_local_portals(const struct scstd *ctx, struct isns_portal *list,
		       int max)
{
	struct portals portals = { .list = list, .max = max };

	add_configured(&portals, ctx);
	if (!portals.n)
		add_listeners(&portals, ctx);
	return portals.n;
}

/**
 * isns_local_portal() - our end of a connection
 * @fd: its socket
 * @portal: result
 *
 * Return: false if it is no connection over the Internet.
 */
bool isns_local_portal(int fd, struct isns_portal *portal)
{
	int family;

	return socket_portal(fd, portal, &family);
}
