// SPDX-License-Identifier: GPL-2.0
/*
 * Addresses with a port as administrators write them: "host", "host:port",
 * "[v6]", "[v6]:port" or a bare IPv6 address.  Pure.
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <stddef.h>
#include <string.h>

#include "hostport.h"

/**
 * hostport_split() - split the port off an address
 * @word: the address; ends before the port afterwards, brackets stay
 *
 * Return: the text of the port, "" if there is none, NULL if it is malformed.
 */
char *hostport_split(char *word)
{
	char *end = strchr(word, ':');

	if (*word == '[') {
		end = strchr(word, ']');
		if (!end || end == word + 1)
			return NULL;
		end++;
	} else if (!end || strchr(end + 1, ':')) {
		return "";
	}
	if (!*end)
		return "";
	if (*end != ':' || !end[1])
		return NULL;
	*end = '\0';
	return end + 1;
}

static bool ipv6_is_valid(const char *host)
{
	char text[INET6_ADDRSTRLEN + 2], *addr = text;
	size_t len = strlen(host);
	struct in6_addr in6;

	if (len >= sizeof(text))
		return false;
	memcpy(text, host, len + 1);
	/* hostport_split() has found the bracket that belongs to it */
	if (*host == '[') {
		text[len - 1] = '\0';
		addr++;
	}
	return inet_pton(AF_INET6, addr, &in6) == 1;
}

/**
 * hostport_host_is_valid() - could this be a host?
 * @host: what hostport_split() has left
 *
 * Return: true for addresses of both families and for what looks like a name.
 */
bool hostport_host_is_valid(const char *host)
{
	if (strpbrk(host, "[:"))
		return ipv6_is_valid(host);
	if (!*host || strlen(host) > 255)
		return false;
	for (; *host; host++)
		if (!isalnum((unsigned char)*host) && !strchr(".-_", *host))
			return false;
	return true;
}
