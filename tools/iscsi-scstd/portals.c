// SPDX-License-Identifier: GPL-2.0
/*
 * The addresses that discovery names when the configuration names none: the
 * one that the initiator has reached, and the others on which the daemon
 * listens.
 *
 * Only those of the same family, because nothing is known about the
 * initiator's other one.  Addresses of one machine or one link are named to
 * those who have come in by them, and nobody else is of use to these.
 */
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <string.h>

#include "scstd.h"

static bool is_private(const struct ipaddr *ip)
{
	return ipaddr_is_loopback(ip) || ipaddr_is_link_local6(ip);
}

/**
 * portals_add() - add an address, unless it is there or there is no room
 * @list: the addresses
 * @ip: one more
 */
void portals_add(struct portals *list, const struct ipaddr *ip)
{
	int i;

	for (i = 0; i < list->n; i++)
		if (list->addrs[i].port == ip->port &&
		    ipaddr_same_host(&list->addrs[i], ip))
			return;
	if (list->n < list->max)
		list->addrs[list->n++] = *ip;
}

/**
 * portals_add_all() - add what a socket that is not bound to an address has
 * @list: the addresses
 * @any: the socket's, which stands for all of its family
 * @interfaces: addresses of this machine, NULL for none
 */
void portals_add_all(struct portals *list, const struct ipaddr *any,
		     const struct ifaddrs *interfaces)
{
	const struct ifaddrs *ifa;
	struct ipaddr ip;

	for (ifa = interfaces; ifa; ifa = ifa->ifa_next) {
		if (!ifa->ifa_addr || !(ifa->ifa_flags & IFF_UP) ||
		    (ifa->ifa_flags & IFF_LOOPBACK))
			continue;
		ipaddr_from_sockaddr(&ip, ifa->ifa_addr);
		ip.port = any->port;
		if (ip.family == any->family && !is_private(&ip))
			portals_add(list, &ip);
	}
}

/**
 * portals_list() - addresses to name to an initiator
 * @ctx: the daemon
 * @local: the address that the initiator has reached; comes first
 * @interfaces: addresses of this machine
 * @addrs: result, with room for PORTALS_MAX
 *
 * Return: how many there are, at least one.
 */
int portals_list(const struct scstd *ctx, const struct ipaddr *local,
		 const struct ifaddrs *interfaces, struct ipaddr *addrs)
{
	struct portals list = { .addrs = addrs, .max = PORTALS_MAX };
	const struct ipaddr *ip;
	int i;

	portals_add(&list, local);
	if (is_private(local) || local->family == AF_UNSPEC)
		return list.n;
	for (i = 0; i < ctx->nlisteners; i++) {
		ip = &ctx->listeners[i].addr;
		if (ip->family != local->family)
			continue;
		if (ipaddr_is_any(ip))
			portals_add_all(&list, ip, interfaces);
		else if (!is_private(ip))
			portals_add(&list, ip);
	}
	return list.n;
}

/**
 * portals_find() - the same with the interfaces as they are now
 * @ctx: the daemon
 * @local: the address that the initiator has reached; comes first
 * @list: result, with room for PORTALS_MAX
 *
 * Return: how many there are, at least one.
 */
int portals_find(const struct scstd *ctx, const struct ipaddr *local,
		 struct ipaddr *list)
{
	struct ifaddrs *interfaces = NULL;
	int n;

	if (!is_private(local) && getifaddrs(&interfaces))
		log_debug("cannot list addresses: %s", strerror(errno));
	n = portals_list(ctx, local, interfaces, list);
	freeifaddrs(interfaces);
	return n;
}
