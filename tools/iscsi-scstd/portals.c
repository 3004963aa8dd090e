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

static int add(struct ipaddr *list, int n, const struct ipaddr *ip)
{
	int i;

	if (n == PORTALS_MAX || is_private(ip) || ip->family != list->family)
		return n;
	for (i = 0; i < n; i++)
		if (list[i].port == ip->port &&
		    ipaddr_same_host(&list[i], ip))
			return n;
	list[n] = *ip;
	return n + 1;
}

/* a socket that is not bound to an address listens on those of interfaces */
static int add_interfaces(struct ipaddr *list, int n, uint16_t port,
			  const struct ifaddrs *ifa)
{
	struct ipaddr ip;

	for (; ifa; ifa = ifa->ifa_next) {
		if (!ifa->ifa_addr || !(ifa->ifa_flags & IFF_UP) ||
		    (ifa->ifa_flags & IFF_LOOPBACK))
			continue;
		ipaddr_from_sockaddr(&ip, ifa->ifa_addr);
		ip.port = port;
		n = add(list, n, &ip);
	}
	return n;
}

/**
 * portals_list() - addresses to name to an initiator
 * @ctx: the daemon
 * @local: the address that the initiator has reached; comes first
 * @interfaces: addresses of this machine
 * @list: result, with room for PORTALS_MAX
 *
 * Return: how many there are, at least one.
 */
int portals_list(const struct scstd *ctx, const struct ipaddr *local,
		 const struct ifaddrs *interfaces, struct ipaddr *list)
{
	const struct listener *listener;
	int i, n = 1;

	list[0] = *local;
	if (is_private(local) || local->family == AF_UNSPEC)
		return n;
	for (i = 0; i < ctx->nlisteners; i++) {
		listener = &ctx->listeners[i];
		if (listener->addr.family != local->family)
			continue;
		if (ipaddr_is_any(&listener->addr))
			n = add_interfaces(list, n, listener->addr.port,
					   interfaces);
		else
			n = add(list, n, &listener->addr);
	}
	return n;
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
