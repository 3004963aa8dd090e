// SPDX-License-Identifier: GPL-2.0
/*
 * Where the daemon listens, and which addresses discovery names.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fake.h"
#include "hostport.h"

static int begin(void **state)
{
	*state = fake_new();
	return 0;
}

static int finish(void **state)
{
	fake_free(*state);
	return 0;
}

static const struct {
	const char *text;
	const char *host;
	const char *port;
} words[] = {
	{ "192.0.2.1", "192.0.2.1", "" },
	{ "192.0.2.1:3261", "192.0.2.1", "3261" },
	{ "host:3261", "host", "3261" },
	{ "::1", "::1", "" },
	{ "2001:db8::1", "2001:db8::1", "" },
	{ "[::1]", "[::1]", "" },
	{ "[::1]:3261", "[::1]", "3261" },
	{ "[::1", NULL, NULL },
	{ "[::1]3261", NULL, NULL },
	{ "[::1]:", NULL, NULL },
	{ "[]:1", NULL, NULL },
	{ "host:", NULL, NULL },
};

static void test_hostport(void **state)
{
	char word[64], *port;
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(words); i++) {
		strcpy(word, words[i].text);
		port = hostport_split(word);
		if (!words[i].host) {
			assert_null(port);
			continue;
		}
		assert_non_null(port);
		assert_string_equal(port, words[i].port);
		assert_string_equal(word, words[i].host);
	}
}

/* interfaces of a machine with about everything */
static const struct {
	const char *addr;
	unsigned int flags;
} machine[] = {
	{ "127.0.0.1", IFF_UP | IFF_LOOPBACK },
	{ "192.0.2.10", IFF_UP },
	{ "198.51.100.10", IFF_UP },
	{ "203.0.113.10", 0 },
	{ "10.9.9.9", IFF_UP | IFF_LOOPBACK },
	{ "::1", IFF_UP | IFF_LOOPBACK },
	{ "fe80::10", IFF_UP },
	{ "2001:db8::10", IFF_UP },
	{ "2001:db8:1::10", IFF_UP },
};

static void put_sockaddr(struct sockaddr_storage *ss, const char *text)
{
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)ss;
	struct sockaddr_in *in = (struct sockaddr_in *)ss;

	memset(ss, 0, sizeof(*ss));
	ss->ss_family = strchr(text, ':') ? AF_INET6 : AF_INET;
	if (ss->ss_family == AF_INET6)
		inet_pton(AF_INET6, text, &in6->sin6_addr);
	else
		inet_pton(AF_INET, text, &in->sin_addr);
}

/* @listeners, @local and the result are addresses with blanks between them */
static const struct {
	const char *listeners;
	const char *local;
	const char *expected;
} lists[] = {
	/* everywhere */
	{ "0.0.0.0:3260 [::]:3260", "192.0.2.10:3260",
	  "192.0.2.10:3260 198.51.100.10:3260" },
	{ "0.0.0.0:3260 [::]:3260", "198.51.100.10:3260",
	  "198.51.100.10:3260 192.0.2.10:3260" },
	{ "0.0.0.0:3260 [::]:3260", "[2001:db8:1::10]:3260",
	  "[2001:db8:1::10]:3260 [2001:db8::10]:3260" },
	{ "0.0.0.0:3260 [::]:3260", "127.0.0.1:3260", "127.0.0.1:3260" },
	{ "0.0.0.0:3260 [::]:3260", "127.0.0.2:3260", "127.0.0.2:3260" },
	{ "0.0.0.0:3260 [::]:3260", "[::1]:3260", "[::1]:3260" },
	{ "0.0.0.0:3260 [::]:3260", "[fe80::10]:3260", "[fe80::10]:3260" },
	/* an address that came later than the list of interfaces */
	{ "0.0.0.0:3260", "192.0.2.99:3260",
	  "192.0.2.99:3260 192.0.2.10:3260 198.51.100.10:3260" },
	/* as told */
	{ "192.0.2.10:3260", "192.0.2.10:3260", "192.0.2.10:3260" },
	{ "192.0.2.10:3260 198.51.100.10:3261 [2001:db8::10]:3260",
	  "198.51.100.10:3261", "198.51.100.10:3261 192.0.2.10:3260" },
	{ "192.0.2.10:3260 192.0.2.10:3261", "192.0.2.10:3261",
	  "192.0.2.10:3261 192.0.2.10:3260" },
	{ "127.0.0.1:3260 192.0.2.10:3260", "192.0.2.10:3260",
	  "192.0.2.10:3260" },
	{ "127.0.0.1:3260 192.0.2.10:3260", "127.0.0.1:3260",
	  "127.0.0.1:3260" },
	{ "[fe80::10]:3260 [2001:db8::10]:3260", "[2001:db8::10]:3260",
	  "[2001:db8::10]:3260" },
	{ "0.0.0.0:3261 192.0.2.10:3260", "192.0.2.10:3260",
	  "192.0.2.10:3260 192.0.2.10:3261 198.51.100.10:3261" },
};

/* the same machine, for those who have not connected to it */
static const struct {
	const char *listeners;
	const char *expected;
} everybody[] = {
	{ "0.0.0.0:3260 [::]:3260",
	  "192.0.2.10:3260 198.51.100.10:3260 [2001:db8::10]:3260 [2001:db8:1::10]:3260" },
	{ "[fe80::10]:3260 [2001:db8::10]:3260", "[2001:db8::10]:3260" },
	{ "[fe80::10]:3260", "" },
	{ "127.0.0.1:3260 192.0.2.10:3261", "127.0.0.1:3260 192.0.2.10:3261" },
	{ "0.0.0.0:3260 192.0.2.10:3260",
	  "192.0.2.10:3260 198.51.100.10:3260" },
};

static void put_addr(struct ipaddr *ip, char *word)
{
	char *port = hostport_split(word);

	assert_non_null(port);
	assert_int_equal(ipaddr_parse_host(ip, word), 0);
	ip->port = atoi(port);
}

static void put_listeners(struct scstd *ctx, const char *text)
{
	char buf[256], *rest = buf, *word;

	snprintf(buf, sizeof(buf), "%s", text);
	ctx->nlisteners = 0;
	while ((word = strsep(&rest, " ")) != NULL)
		put_addr(&ctx->listeners[ctx->nlisteners++].addr, word);
}

/**
 * struct interfaces - what getifaddrs() would say about the machine
 * @ss: addresses
 * @ifa: the list; the last one has no address, as tunnels may
 */
struct interfaces {
	struct sockaddr_storage ss[ARRAY_SIZE(machine)];
	struct ifaddrs ifa[ARRAY_SIZE(machine) + 1];
};

static void put_interfaces(struct interfaces *all)
{
	unsigned int i;

	memset(all, 0, sizeof(*all));
	for (i = 0; i < ARRAY_SIZE(machine); i++) {
		put_sockaddr(&all->ss[i], machine[i].addr);
		all->ifa[i].ifa_addr = (struct sockaddr *)&all->ss[i];
		all->ifa[i].ifa_flags = machine[i].flags;
		all->ifa[i].ifa_next = &all->ifa[i + 1];
	}
	all->ifa[i].ifa_flags = IFF_UP;
}

static void expect_list(const struct ipaddr *list, int n, const char *expected)
{
	char buf[1024] = "", word[64];
	int i;

	for (i = 0; i < n; i++) {
		ipaddr_text(&list[i], word, sizeof(word));
		sprintf(buf + strlen(buf), "%s%s", i ? " " : "", word);
	}
	assert_string_equal(buf, expected);
}

static void test_lists(void **state)
{
	struct ipaddr list[PORTALS_MAX], local;
	struct fake *fake = *state;
	struct interfaces all;
	char word[64];
	unsigned int i;
	int n;

	put_interfaces(&all);
	for (i = 0; i < ARRAY_SIZE(lists); i++) {
		put_listeners(&fake->ctx, lists[i].listeners);
		strcpy(word, lists[i].local);
		put_addr(&local, word);
		n = portals_list(&fake->ctx, &local, all.ifa, list);
		expect_list(list, n, lists[i].expected);
	}
	fake->ctx.nlisteners = 0;
}

static void test_everybody(void **state)
{
	struct ipaddr list[PORTALS_MAX];
	struct fake *fake = *state;
	struct interfaces all;
	unsigned int i;
	int n;

	put_interfaces(&all);
	for (i = 0; i < ARRAY_SIZE(everybody); i++) {
		put_listeners(&fake->ctx, everybody[i].listeners);
		n = portals_listening(&fake->ctx, all.ifa, list);
		expect_list(list, n, everybody[i].expected);
	}
	fake->ctx.nlisteners = 0;
}

/* more addresses than are named */
static void test_many(void **state)
{
	struct ifaddrs ifa[PORTALS_MAX * 2] = { 0 };
	struct sockaddr_in in[PORTALS_MAX * 2];
	struct ipaddr list[PORTALS_MAX], local;
	struct fake *fake = *state;
	char word[] = "192.0.2.1:3260";
	int i;

	memset(in, 0, sizeof(in));
	for (i = 0; i < PORTALS_MAX * 2; i++) {
		in[i].sin_family = AF_INET;
		in[i].sin_addr.s_addr = htonl(0xc0000201 + i);
		ifa[i].ifa_addr = (struct sockaddr *)&in[i];
		ifa[i].ifa_flags = IFF_UP;
		ifa[i].ifa_next = i ? &ifa[i - 1] : NULL;
	}
	put_listeners(&fake->ctx, "0.0.0.0:3260");
	put_addr(&local, word);
	assert_int_equal(portals_list(&fake->ctx, &local, &ifa[i - 1], list),
			 PORTALS_MAX);
	assert_true(ipaddr_same_host(&list[0], &local));
	fake->ctx.nlisteners = 0;
}

static int listen_on(struct fake *fake, const char *a, const char *b)
{
	struct options *opt = &fake->ctx.opt;
	int ret;

	opt->naddresses = 0;
	opt->addresses[opt->naddresses++] = a;
	if (b)
		opt->addresses[opt->naddresses++] = b;
	opt->port = 0;
	ret = listen_open(&fake->ctx);
	if (ret)
		listen_close(&fake->ctx);
	return ret;
}

static void test_listen(void **state)
{
	struct fake *fake = *state;
	char used[64];

	assert_int_equal(listen_on(fake, "127.0.0.1", "127.0.0.2"), 0);
	assert_int_equal(fake->ctx.nlisteners, 2);
	assert_int_not_equal(fake->ctx.listeners[0].addr.port, 0);
	ipaddr_text(&fake->ctx.listeners[1].addr, used, sizeof(used));
	assert_int_equal(strncmp(used, "127.0.0.2:", 10), 0);
	listen_close(&fake->ctx);

	/* an address may have a port of its own */
	assert_int_equal(listen_on(fake, "127.0.0.1", used), 0);
	assert_int_equal(fake->ctx.nlisteners, 2);
	ipaddr_text(&fake->ctx.listeners[1].addr, used, sizeof(used));
	assert_int_equal(strncmp(used, "127.0.0.2:", 10), 0);
	listen_close(&fake->ctx);

	/* one that cannot be had is no reason to do without it */
	assert_int_not_equal(listen_on(fake, "127.0.0.1", "192.0.2.1"), 0);
	assert_int_not_equal(listen_on(fake, "127.0.0.1", "127.0.0.1:x"), 0);
	assert_int_not_equal(listen_on(fake, "127.0.0.1:0", NULL), 0);
	assert_int_not_equal(listen_on(fake, "[::1", NULL), 0);
	assert_int_not_equal(listen_on(fake, "no.such.host.invalid", NULL),
			     0);
	assert_int_equal(listen_on(fake, "127.0.0.1", NULL), 0);
	ipaddr_text(&fake->ctx.listeners[0].addr, used, sizeof(used));
	fake->ctx.opt.addresses[0] = used;
	assert_int_equal(listen_open(&fake->ctx), -EADDRINUSE);
}

static void test_listen_ipv6(void **state)
{
	struct fake *fake = *state;
	char used[64];

	if (listen_on(fake, "::1", NULL))
		skip();
	ipaddr_text(&fake->ctx.listeners[0].addr, used, sizeof(used));
	listen_close(&fake->ctx);
	assert_int_equal(listen_on(fake, "[::1]", used), 0);
	assert_int_equal(fake->ctx.nlisteners, 2);
}

static void test_listen_too_many(void **state)
{
	struct fake *fake = *state;
	int i;

	for (i = 0; i < LISTEN_MAX; i++)
		fake->ctx.opt.addresses[i] = "127.0.0.1";
	fake->ctx.opt.naddresses = LISTEN_MAX;
	fake->ctx.opt.port = 0;
	assert_int_equal(listen_open(&fake->ctx), 0);
	assert_int_equal(fake->ctx.nlisteners, LISTEN_MAX);
	assert_int_equal(listen_open(&fake->ctx), -E2BIG);
}

int main(void)
{
#define TEST(t) cmocka_unit_test_setup_teardown(t, begin, finish)
	const struct CMUnitTest tests[] = {
		TEST(test_hostport),
		TEST(test_lists),
		TEST(test_everybody),
		TEST(test_many),
		TEST(test_listen),
		TEST(test_listen_ipv6),
		TEST(test_listen_too_many),
	};

	return cmocka_run_group_tests_name("portals", tests, NULL, NULL);
}
