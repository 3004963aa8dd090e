// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz target: initiators.deny and initiators.allow.
 *
 * Input: the two, with a form feed between them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fake.h"
#include "fuzz.h"

#define DIR_TEMPLATE "/dev/shm/scst-fuzz-XXXXXX"

static char dir[sizeof(DIR_TEMPLATE)] = DIR_TEMPLATE;
static char deny[sizeof(dir) + 8], allow[sizeof(dir) + 8];

static void forget(void)
{
	unlink(deny);
	unlink(allow);
	rmdir(dir);
}

static void prepare(void)
{
	if (*deny)
		return;
	assert_non_null(mkdtemp(dir));
	snprintf(deny, sizeof(deny), "%s/deny", dir);
	snprintf(allow, sizeof(allow), "%s/allow", dir);
	atexit(forget);
}

static void ask(struct access *access, bool permits[4])
{
	static const char *const peers[] = {
		"10.0.0.1", "192.0.2.1", "2001:db8::1", "::1",
	};
	struct ipaddr ip;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(peers); i++) {
		assert_int_equal(ipaddr_parse(&ip, peers[i]), 0);
		permits[i] = access_permits(access, i & 1 ? "iqn.b" : "iqn.a",
					    &ip);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *text, size_t len)
{
	const uint8_t *end = len ? memchr(text, '\f', len) : NULL;
	size_t first = end ? (size_t)(end - text) : len;
	struct fake *fake = fake_new();
	bool before[4], after[4];
	struct access access;

	prepare();
	fake_file(deny, text, first);
	fake_file(allow, end ? end + 1 : text, end ? len - first - 1 : 0);
	access_init(&access, allow, deny);
	assert_int_equal(access_refresh(&access), 0);
	ask(&access, before);
	/* the same files say the same */
	assert_int_equal(access_refresh(&access), 0);
	ask(&access, after);
	assert_memory_equal(before, after, sizeof(before));
	access_fini(&access);
	fake_free(fake);
	return 0;
}
