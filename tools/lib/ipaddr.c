// SPDX-License-Identifier: GPL-2.0
/*
 * IP addresses and networks.  An IPv4-mapped IPv6 address is IPv4 from the
 * moment it comes in here, so that nobody else has to think of it.  Pure, but for
 * ipaddr_of_socket().
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "ipaddr.h"

#define MAPPED_BITS 96

static void from_in6(struct ipaddr *ip, const struct in6_addr *in6)
{
	if (IN6_IS_ADDR_V4MAPPED(in6)) {
		ip->family = AF_INET;
		memcpy(ip->addr, in6->s6_addr + MAPPED_BITS / 8, 4);
		return;
	}
	ip->family = AF_INET6;
	memcpy(ip->addr, in6->s6_addr, sizeof(ip->addr));
}

/**
 * ipaddr_from_sockaddr() - take an address out of a socket address
 * @ip: result; AF_UNSPEC if it is of no IP family
 * @addr: the socket address
 */
void ipaddr_from_sockaddr(struct ipaddr *ip, const struct sockaddr *addr)
{
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)addr;
	const struct sockaddr_in *in = (const struct sockaddr_in *)addr;

	memset(ip, 0, sizeof(*ip));
	if (addr->sa_family == AF_INET) {
		ip->family = AF_INET;
		memcpy(ip->addr, &in->sin_addr, 4);
		ip->port = ntohs(in->sin_port);
	} else if (addr->sa_family == AF_INET6) {
		from_in6(ip, &in6->sin6_addr);
		ip->port = ntohs(in6->sin6_port);
	}
}

/**
 * ipaddr_of_socket() - an end of a socket
 * @ip: result; AF_UNSPEC if it has no address of an IP family
 * @fd: the socket
 * @peer: the other end, or else ours
 */
void ipaddr_of_socket(struct ipaddr *ip, int fd, bool peer)
{
	struct sockaddr_storage ss;
	struct sockaddr *addr = (struct sockaddr *)&ss;
	socklen_t len = sizeof(ss);

	memset(&ss, 0, sizeof(ss));
	if (peer ? getpeername(fd, addr, &len) : getsockname(fd, addr, &len))
		ss.ss_family = AF_UNSPEC;
	ipaddr_from_sockaddr(ip, addr);
}

/**
 * ipaddr_mapped() - an address for those who know IPv6 only
 * @ip: the address
 * @addr: result of 16 bytes, in network order; IPv4 is mapped
 */
void ipaddr_mapped(const struct ipaddr *ip, uint8_t *addr)
{
	memcpy(addr, ip->addr, sizeof(ip->addr));
	if (ip->family != AF_INET)
		return;
	memset(addr, 0, sizeof(ip->addr));
	memset(addr + 10, 0xff, 2);
	memcpy(addr + MAPPED_BITS / 8, ip->addr, 4);
}

/**
 * ipaddr_parse() - parse a numeric address
 * @ip: result
 * @text: four decimal numbers, or IPv6 without brackets and zone
 *
 * Return: 0, or -EINVAL if it is neither.
 */
int ipaddr_parse(struct ipaddr *ip, const char *text)
{
	struct in6_addr in6;

	memset(ip, 0, sizeof(*ip));
	if (inet_pton(AF_INET, text, ip->addr) == 1) {
		ip->family = AF_INET;
		return 0;
	}
	if (inet_pton(AF_INET6, text, &in6) != 1)
		return -EINVAL;
	from_in6(ip, &in6);
	return 0;
}

/**
 * ipaddr_parse_host() - parse a numeric address as it is in a host:port
 * @ip: result
 * @host: the same, IPv6 with or without brackets
 *
 * Return: 0, or -EINVAL if it is none.
 */
int ipaddr_parse_host(struct ipaddr *ip, const char *host)
{
	char text[INET6_ADDRSTRLEN];
	size_t len = strlen(host);

	if (*host != '[')
		return ipaddr_parse(ip, host);
	if (len < 2 || len - 2 >= sizeof(text) || host[len - 1] != ']' ||
	    !strchr(host, ':'))
		return -EINVAL;
	memcpy(text, host + 1, len - 2);
	text[len - 2] = '\0';
	return ipaddr_parse(ip, text);
}

/**
 * ipaddr_bits() - length of an address
 * @ip: the address
 *
 * Return: 32 or 128; 0 without a family.
 */
unsigned int ipaddr_bits(const struct ipaddr *ip)
{
	if (ip->family == AF_INET)
		return 32;
	return ip->family == AF_INET6 ? 128 : 0;
}

/**
 * ipaddr_same_host() - compare without the port
 * @a: an address
 * @b: another one
 */
bool ipaddr_same_host(const struct ipaddr *a, const struct ipaddr *b)
{
	return a->family == b->family &&
	       !memcmp(a->addr, b->addr, ipaddr_bits(a) / 8);
}

/**
 * ipaddr_in_net() - does a network contain an address?
 * @ip: the address
 * @net: the network, with any bits behind the prefix
 * @prefix: its length, at most that of an address
 */
bool ipaddr_in_net(const struct ipaddr *ip, const struct ipaddr *net,
		   unsigned int prefix)
{
	unsigned int bytes = prefix / 8, bits = prefix % 8;

	if (ip->family != net->family || ip->family == AF_UNSPEC ||
	    memcmp(ip->addr, net->addr, bytes))
		return false;
	return !bits ||
	       !((ip->addr[bytes] ^ net->addr[bytes]) >> (8 - bits));
}

/**
 * ipaddr_is_any() - does it stand for all addresses of its family?
 * @ip: the address
 */
bool ipaddr_is_any(const struct ipaddr *ip)
{
	static const struct ipaddr any;

	return ip->family != AF_UNSPEC &&
	       !memcmp(ip->addr, any.addr, ipaddr_bits(ip) / 8);
}

/**
 * ipaddr_is_loopback() - can only this machine reach it?
 * @ip: the address
 */
bool ipaddr_is_loopback(const struct ipaddr *ip)
{
	static const struct ipaddr one = {
		.family = AF_INET6, .addr = { [15] = 1 },
	};

	return ip->family == AF_INET ? ip->addr[0] == 127 :
				       ipaddr_same_host(ip, &one);
}

/**
 * ipaddr_is_link_local6() - is it an IPv6 address of one link only?
 * @ip: the address
 */
bool ipaddr_is_link_local6(const struct ipaddr *ip)
{
	return ip->family == AF_INET6 && ip->addr[0] == 0xfe &&
	       (ip->addr[1] & 0xc0) == 0x80;
}

/**
 * ipaddr_host() - write an address without its port
 * @ip: the address
 * @buf: result, IPv6 in brackets, "?" without a family
 * @len: of @buf, IPADDR_TEXT_MAX is enough
 */
void ipaddr_host(const struct ipaddr *ip, char *buf, size_t len)
{
	char host[INET6_ADDRSTRLEN] = "?";

	if (ip->family != AF_UNSPEC)
		inet_ntop(ip->family, ip->addr, host, sizeof(host));
	snprintf(buf, len, ip->family == AF_INET6 ? "[%s]" : "%s", host);
}

/**
 * ipaddr_text() - write an address as host:port
 * @ip: the address
 * @buf: result, "?" without a family
 * @len: of @buf, IPADDR_TEXT_MAX is enough
 */
void ipaddr_text(const struct ipaddr *ip, char *buf, size_t len)
{
	char host[IPADDR_TEXT_MAX];

	ipaddr_host(ip, host, sizeof(host));
	if (ip->family == AF_UNSPEC)
		snprintf(buf, len, "%s", host);
	else
		snprintf(buf, len, "%s:%u", host, ip->port);
}
