// SPDX-License-Identifier: GPL-2.0
/*
 * The portals of a target: those that the configuration names, or else the
 * addresses on which the daemon listens.  Discovery, the kernel and the iSNS
 * server are told the same.
 *
 * Of the latter, discovery names the one that the initiator has reached and
 * others of its family, because nothing is known about the initiator's other
 * one.  Addresses of one machine or one link are named to those who have come
 * in by them, and nobody else is of use to these.
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
 * portals_configured() - the addresses that the configuration names for a target
 * @conf: the configuration
 * @target: of the configuration
 *
 * Return: the list, which is empty if it names none.
 */
const struct portal_list *portals_configured(const struct config *conf,
					     const struct target *target)
{
	return STAILQ_EMPTY(&target->portals) ? &conf->portals :
						&target->portals;
}

/**
 * portals_add() - add an address, unless it is there
 * @list: the addresses
 * @ip: one more
 *
 * Return: its place in the list, or -ENOSPC.
 */
int portals_add(struct portals *list, const struct ipaddr *ip)
{
	int i;

	for (i = 0; i < list->n; i++)
		if (list->addrs[i].port == ip->port &&
		    ipaddr_same_host(&list->addrs[i], ip))
			return i;
	if (list->n == list->max)
		return -ENOSPC;
	list->addrs[list->n] = *ip;
	return list->n++;
}

/* what a socket has that is not bound to an address */
static void add_interfaces(struct portals *list, const struct ipaddr *any,
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

static void add_listener(struct portals *list, const struct ipaddr *ip,
			 const struct ifaddrs *interfaces)
{
	if (ipaddr_is_any(ip))
		add_interfaces(list, ip, interfaces);
	else if (!ipaddr_is_link_local6(ip))
		portals_add(list, ip);
}

/**
 * portals_listening() - addresses on which the daemon listens, for everybody
 * @ctx: the daemon
 * @interfaces: addresses of this machine
 * @addrs: result, with room for PORTALS_MAX
 *
 * What is valid on one link means nothing without the name of an interface,
 * which only we know.  An address of this machine is there if the daemon was
 * told to listen on it.
 *
 * Return: how many there are.
 */
int portals_listening(const struct scstd *ctx,
		      const struct ifaddrs *interfaces, struct ipaddr *addrs)
{
	struct portals list = { .addrs = addrs, .max = PORTALS_MAX };
	int i;

	for (i = 0; i < ctx->nlisteners; i++)
		add_listener(&list, &ctx->listeners[i].addr, interfaces);
	return list.n;
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
		if (ip->family == local->family && !ipaddr_is_loopback(ip))
			add_listener(&list, ip, interfaces);
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
