// SPDX-License-Identifier: GPL-2.0
/*
 * The resolver's helper, with a resolver that does not answer.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "fake.h"
#include "resolve.h"

#define WAIT_MS 5000

/* stands in front of that of the C library */
int getaddrinfo(const char *host, const char *service,
		const struct addrinfo *hints, struct addrinfo **list)
{
	typeof(getaddrinfo) *real = dlsym(RTLD_NEXT, "getaddrinfo");

	while (!strcmp(host, "slow") && !(hints->ai_flags & AI_NUMERICHOST))
		pause();
	return real(host, service, hints, list);
}

static void answered(struct resolve *resolve, int n)
{
	(void)resolve;
	(void)n;
	fail();
}

static bool at_end(int fd)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	char byte;

	return poll(&pfd, 1, WAIT_MS) == 1 && !recv(fd, &byte, 1, 0);
}

/* what the daemon closes is closed, also while a name is looked up */
static void test_descriptors(void **state)
{
	struct resolve resolve;
	struct evloop loop;
	int fds[2], high;

	(void)state;
	assert_int_equal(ev_init(&loop), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
				    fds), 0);
	/* behind the helper's pipe, the first is before it */
	high = fcntl(fds[0], F_DUPFD_CLOEXEC, 100);
	assert_true(high >= 100);
	resolve_init(&resolve, &loop, answered);
	assert_int_equal(resolve_start(&resolve, "slow", 1), 0);
	close(fds[0]);
	close(high);
	assert_true(at_end(fds[1]));
	assert_true(resolve.pid > 0);
	resolve_cancel(&resolve);
	assert_int_equal(resolve.pid, 0);
	close(fds[1]);
	ev_fini(&loop);
}

static void test_number(void **state)
{
	struct resolve resolve;
	struct evloop loop;

	(void)state;
	assert_int_equal(ev_init(&loop), 0);
	resolve_init(&resolve, &loop, answered);
	assert_int_equal(resolve_start(&resolve, "192.0.2.1", 3205), 1);
	assert_int_equal(resolve.addrs[0].ss_family, AF_INET);
	assert_int_equal(resolve.pid, 0);
	ev_fini(&loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_descriptors),
		cmocka_unit_test(test_number),
	};

	return cmocka_run_group_tests_name("resolve", tests, NULL, NULL);
}
