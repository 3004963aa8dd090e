// SPDX-License-Identifier: GPL-2.0
/*
 * Generic netlink against the family that every kernel has: the controller.
 */
#include <errno.h>
#include <string.h>
#include <linux/genetlink.h>

#include "fake.h"
#include "genl.h"

static int names;
static bool has_ctrl;

static int count_names(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *attr = genl_attr(nlh, CTRL_ATTR_FAMILY_NAME);

	(void)arg;
	assert_non_null(attr);
	names++;
	has_ctrl |= !strcmp(mnl_attr_get_str(attr), "nlctrl");
	return MNL_CB_OK;
}

static void test_controller(void **state)
{
	struct mnl_socket *events;
	struct nlmsghdr *nlh;
	struct genl genl;
	int ret;

	(void)state;
	ret = genl_open(&genl, "nlctrl");
	if (ret == -EPROTONOSUPPORT || ret == -EPERM)
		skip();
	assert_int_equal(ret, 0);
	assert_int_equal(genl.family, GENL_ID_CTRL);
	assert_int_equal(genl_dump(&genl, CTRL_CMD_GETFAMILY, count_names,
				   NULL), 0);
	assert_true(names > 0);
	assert_true(has_ctrl);
	/* an error of the kernel comes back as such */
	nlh = genl_msg(&genl, CTRL_CMD_GETFAMILY, 0);
	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, "no-such-family");
	assert_int_equal(genl_talk(&genl, NULL, NULL), -ENOENT);
	/* and does not disturb what follows */
	nlh = genl_msg(&genl, CTRL_CMD_GETFAMILY, 0);
	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, "nlctrl");
	assert_int_equal(genl_talk(&genl, count_names, NULL), 0);
	assert_int_equal(genl_events_open(&genl, "no-such-group", &events),
			 -ENOENT);
	assert_int_equal(genl_events_open(&genl, "notify", &events), 0);
	mnl_socket_close(events);
	genl_close(&genl);
	genl_close(&genl);
}

static void test_no_family(void **state)
{
	struct genl genl;
	int ret;

	(void)state;
	ret = genl_open(&genl, "no-such-family");
	if (ret == -EPROTONOSUPPORT || ret == -EPERM)
		skip();
	assert_int_equal(ret, -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_controller),
		cmocka_unit_test(test_no_family),
	};

	return cmocka_run_group_tests_name("genl", tests, NULL, NULL);
}
