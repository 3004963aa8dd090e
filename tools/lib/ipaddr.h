/* SPDX-License-Identifier: GPL-2.0 */
/*
 * IP addresses and networks in one shape for both families.
 */
#ifndef TOOLS_IPADDR_H
#define TOOLS_IPADDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#define IPADDR_TEXT_MAX 64

/**
 * struct ipaddr - an address, with a port where there is one
 * @family: AF_INET, AF_INET6, or AF_UNSPEC for anything else
 * @addr: in network order; IPv4 uses the first four bytes
 * @port: in host order, 0 for none
 */
struct ipaddr {
	sa_family_t family;
	uint8_t addr[16];
	uint16_t port;
};

void ipaddr_of_socket(struct ipaddr *ip, int fd, bool peer);
void ipaddr_mapped(const struct ipaddr *ip, uint8_t *addr);
void ipaddr_from_sockaddr(struct ipaddr *ip, const struct sockaddr *addr);
int ipaddr_parse(struct ipaddr *ip, const char *text);
int ipaddr_parse_host(struct ipaddr *ip, const char *host);
unsigned int ipaddr_bits(const struct ipaddr *ip);
bool ipaddr_same_host(const struct ipaddr *a, const struct ipaddr *b);
bool ipaddr_in_net(const struct ipaddr *ip, const struct ipaddr *net,
		   unsigned int prefix);
bool ipaddr_is_any(const struct ipaddr *ip);
bool ipaddr_is_loopback(const struct ipaddr *ip);
bool ipaddr_is_link_local6(const struct ipaddr *ip);
void ipaddr_host(const struct ipaddr *ip, char *buf, size_t len);
void ipaddr_text(const struct ipaddr *ip, char *buf, size_t len);

#endif
