// SPDX-License-Identifier: GPL-2.0
/*
 * iSNS: what is registered, and when it is told again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "isns-server.h"

/* RFC 4171 5.6.5.1, 6.2.1, 6.2.2, 6.2.6, 6.3.5, 6.3.7 */
static void test_registration(void **state)
{
	struct server *server = server_new(CONF_A "Alias disk a\n" CONF_B);
	struct isns *isns = server->fake->ctx.isns;

	(void)state;
	server_accept(server);
	server_expect(server, ISNS_DEV_ATTR_REG);
	assert_true(server->hdr.flags & ISNS_F_REPLACE);
	expect_str(server, ISNS_TAG_NAME, TARGET_A);
	expect_str(server, ISNS_TAG_EID, isns->eid);
	expect_nil(server, ISNS_TAG_DELIMITER);
	expect_str(server, ISNS_TAG_EID, isns->eid);
	assert_int_equal(expect_u32(server, ISNS_TAG_PROTOCOL), 2);
	assert_int_equal(expect_u32(server, ISNS_TAG_PERIOD), ISNS_PERIOD);
	/* the port that it really has, not the one of the options */
	assert_int_not_equal(server_port(server), 0);
	expect_portal(server, ADDR_LOCAL, 0);
	expect_u32(server, ISNS_TAG_ESI_INTERVAL);
	assert_int_equal(expect_u32(server, ISNS_TAG_ESI_PORT),
			 isns->notify_port);
	assert_int_equal(expect_u32(server, ISNS_TAG_SCN_PORT),
			 isns->notify_port);
	expect_node(server, TARGET_A);
	expect_str(server, ISNS_TAG_ALIAS, "disk a");
	expect_group(server, TARGET_A, ADDR_LOCAL, 0, true);
	expect_node(server, TARGET_B);
	expect_group(server, TARGET_B, ADDR_LOCAL, 0, true);
	expect_end(server);
	/* a shorter period is obeyed */
	answer_begin(server, ISNS_OK);
	isns_put_nil(&server->msg, ISNS_TAG_DELIMITER);
	isns_put_u32(&server->msg, ISNS_TAG_PERIOD, 10);
	isns_put_u32(&server->msg, 4711, 0);
	answer_send(server);
	expect_scn_reg(server, TARGET_A);
	expect_scn_reg(server, TARGET_B);
	assert_in_range(isns->refresh.when, ev_now(), ev_now() + 5000);
	until_idle(server);
	assert_int_equal(count_messages("registered as"), 1);
	end_quickly(server);
}

static void test_many_targets(void **state)
{
	static const char name[] = "iqn.2026-11.org.example:a-target-with-quite-a-long-name";
	struct server *server = server_new("");
	struct scstd *ctx = &server->fake->ctx;
	char *text = malloc(1 << 20);
	int i, n, sum = 0, requests = 0;
	size_t len;

	(void)state;
	assert_non_null(text);
	server_accept(server);
	len = sprintf(text, CONF_SERVER, server->port);
	for (i = 0; i < 1000; i++)
		len += sprintf(text + len, "Target %s-%d\n", name, i);
	fake_config(server->fake, text);
	assert_int_equal(isns_targets_changed(ctx), 0);
	while (sum < 1000) {
		n = expect_registration(server, !requests++);
		assert_in_range(n, 1, 1000);
		sum += n;
	}
	assert_int_equal(sum, 1000);
	assert_true(requests > 1);
	server_expect(server, ISNS_SCN_REG);
	free(text);
	end_quickly(server);
}

static void test_reload(void **state)
{
	struct server *server = server_ready();
	struct scstd *ctx = &server->fake->ctx;

	(void)state;
	set_config(server, CONF_ACCESS CONF_B);
	assert_int_equal(isns_targets_changed(ctx), 0);
	/* the new one first, introduced by one that the server knows */
	server_expect(server, ISNS_DEV_ATTR_REG);
	assert_false(server->hdr.flags & ISNS_F_REPLACE);
	expect_str(server, ISNS_TAG_NAME, TARGET_A);
	answer(server, ISNS_OK);
	server_expect(server, ISNS_DEV_DEREG);
	expect_str(server, ISNS_TAG_NAME, TARGET_A);
	expect_nil(server, ISNS_TAG_DELIMITER);
	expect_str(server, ISNS_TAG_NAME, TARGET_A);
	expect_end(server);
	answer(server, ISNS_OK);
	expect_scn_reg(server, TARGET_B);
	expect_query(server, TARGET_B);
	query_answer(server, NULL);
	/* none left: the entity goes (RFC 4171 5.6.5.4) */
	set_config(server, "");
	assert_int_equal(isns_targets_changed(ctx), 0);
	server_expect(server, ISNS_DEV_DEREG);
	expect_str(server, ISNS_TAG_NAME, TARGET_B);
	expect_nil(server, ISNS_TAG_DELIMITER);
	expect_str(server, ISNS_TAG_EID, ctx->isns->eid);
	expect_end(server);
	answer(server, ISNS_OK);
	/* and comes back with its portals */
	set_config(server, CONF_A);
	assert_int_equal(isns_targets_changed(ctx), 0);
	assert_int_equal(expect_registration(server, false), 1);
	/* no server any more */
	server_expect(server, ISNS_SCN_REG);
	fake_config(server->fake, CONF_A);
	server_drop(server);
	assert_int_equal(isns_targets_changed(ctx), 0);
	assert_null(ctx->isns);
	server_free(server);
}

/* the alias of the next registration, of a single target */
static void expect_alias(struct server *server, const char *alias)
{
	const char *found = NULL;
	struct isns_attr attr;

	server_expect(server, ISNS_DEV_ATTR_REG);
	while (isns_get_attr(&server->attrs, &attr) > 0)
		if (attr.tag == ISNS_TAG_ALIAS)
			found = isns_attr_str(&attr, ISNS_TEXT_MAX);
	assert_non_null(found);
	assert_string_equal(found, alias);
}

/* what changes while a registration is under way is in the next one */
static void test_alias_changes(void **state)
{
	struct server *server = server_new(CONF_A "Alias one\n");

	(void)state;
	server_accept(server);
	expect_alias(server, "one");
	set_config(server, CONF_A "Alias two\n");
	assert_int_equal(isns_targets_changed(&server->fake->ctx), 0);
	answer(server, ISNS_OK);
	expect_alias(server, "two");
	answer(server, ISNS_OK);
	expect_scn_reg(server, TARGET_A);
	end_quickly(server);
}

/* an address of the configuration has the port that somebody listens on */
static void test_portal_address(void **state)
{
	struct server *server = server_new("PortalAddress 192.0.2.9\n"
					   "PortalAddress [2001:db8::9]:4711\n"
					   CONF_A);

	(void)state;
	server_accept(server);
	server_expect(server, ISNS_DEV_ATTR_REG);
	skip_to(server, ISNS_TAG_PERIOD);
	expect_portal(server, ADDR_9, 0);
	skip_to(server, ISNS_TAG_SCN_PORT);
	expect_portal(server, ADDR_IPV6, 4711);
	skip_to(server, ISNS_TAG_SCN_PORT);
	expect_node(server, TARGET_A);
	expect_group(server, TARGET_A, ADDR_9, 0, true);
	expect_group(server, TARGET_A, ADDR_IPV6, 4711, true);
	expect_end(server);
	end_quickly(server);
}

/*
 * Each target is at the portals that discovery names for it, and at no other
 * portal of the entity; names are no addresses, and stand for none.
 */
static void test_target_portals(void **state)
{
	struct server *server = server_new("PortalAddress 192.0.2.9\n"
					   CONF_A
					   "PortalAddress 192.0.2.10:4711\n"
					   "PortalAddress a.name.invalid\n"
					   CONF_B);
	struct scstd *ctx = &server->fake->ctx;

	(void)state;
	server_accept(server);
	server_expect(server, ISNS_DEV_ATTR_REG);
	skip_to(server, ISNS_TAG_PERIOD);
	expect_portal(server, ADDR_10, 4711);
	skip_to(server, ISNS_TAG_SCN_PORT);
	expect_portal(server, ADDR_9, 0);
	skip_to(server, ISNS_TAG_SCN_PORT);
	expect_node(server, TARGET_A);
	expect_group(server, TARGET_A, ADDR_10, 4711, true);
	expect_group(server, TARGET_A, ADDR_9, 0, false);
	expect_node(server, TARGET_B);
	expect_group(server, TARGET_B, ADDR_10, 4711, false);
	expect_group(server, TARGET_B, ADDR_9, 0, true);
	expect_end(server);
	answer(server, ISNS_OK);

	/* it moves to a portal that there is: the rest is as it was */
	server_expect(server, ISNS_SCN_REG);
	set_config(server, "PortalAddress 192.0.2.9\n" CONF_A
		   "PortalAddress 192.0.2.10:4711\n" CONF_B
		   "PortalAddress 192.0.2.10:4711\n"
		   "PortalAddress 192.0.2.9\n");
	assert_int_equal(isns_targets_changed(ctx), 0);
	answer(server, ISNS_OK);
	server_expect(server, ISNS_DEV_ATTR_REG);
	assert_false(server->hdr.flags & ISNS_F_REPLACE);
	skip_to(server, ISNS_TAG_PROTOCOL);
	expect_node(server, TARGET_B);
	expect_group(server, TARGET_B, ADDR_10, 4711, true);
	expect_group(server, TARGET_B, ADDR_9, 0, true);
	expect_end(server);
	answer(server, ISNS_OK);

	/* no line any more: other portals, so all of it is told again */
	server_expect(server, ISNS_SCN_REG);
	answer(server, ISNS_OK);
	set_config(server, CONF_A CONF_B);
	assert_int_equal(isns_targets_changed(ctx), 0);
	server_expect(server, ISNS_DEV_ATTR_REG);
	assert_true(server->hdr.flags & ISNS_F_REPLACE);
	skip_to(server, ISNS_TAG_PERIOD);
	expect_portal(server, ADDR_LOCAL, 0);
	skip_to(server, ISNS_TAG_SCN_PORT);
	expect_node(server, TARGET_A);
	expect_group(server, TARGET_A, ADDR_LOCAL, 0, true);
	expect_node(server, TARGET_B);
	expect_group(server, TARGET_B, ADDR_LOCAL, 0, true);
	expect_end(server);
	end_quickly(server);
}

/* what is valid on a link is not registered, though somebody listens there */
static void test_link_local(void **state)
{
	struct server *server = server_new(CONF_A);
	struct scstd *ctx = &server->fake->ctx;
	static const char *const more[] = { "fe80::10", "2001:db8::9" };
	struct ipaddr *ip;
	unsigned int i;

	(void)state;
	assert_int_equal(ctx->nlisteners, 1);
	for (i = 0; i < ARRAY_SIZE(more); i++) {
		ip = &ctx->listeners[ctx->nlisteners++].addr;
		assert_int_equal(ipaddr_parse(ip, more[i]), 0);
		ip->port = 3260;
	}
	server_accept(server);
	server_expect(server, ISNS_DEV_ATTR_REG);
	skip_to(server, ISNS_TAG_PERIOD);
	expect_portal(server, ADDR_LOCAL, 0);
	skip_to(server, ISNS_TAG_SCN_PORT);
	expect_portal(server, ADDR_IPV6, 3260);
	expect_node(server, TARGET_A);
	expect_group(server, TARGET_A, ADDR_LOCAL, 0, true);
	expect_group(server, TARGET_A, ADDR_IPV6, 3260, true);
	expect_end(server);
	ctx->nlisteners = 1;
	end_quickly(server);
}

/* more portals than there is room for: the first ones, and one line of log */
static void test_many_portals(void **state)
{
	struct server *server = server_new("");
	char text[8192];
	size_t len;
	int i;

	(void)state;
	server_accept(server);
	len = sprintf(text, CONF_SERVER, server->port);
	for (i = 0; i < ISNS_PORTALS_MAX + 2; i++)
		len += sprintf(text + len,
			       "Target iqn.x:%d\nPortalAddress 192.0.2.%d\n", i,
			       i + 1);
	fake_config(server->fake, text);
	for (i = 0; i < 2; i++)
		assert_int_equal(isns_targets_changed(&server->fake->ctx), 0);
	server_expect(server, ISNS_DEV_ATTR_REG);
	assert_int_equal(server->fake->ctx.isns->nportals, ISNS_PORTALS_MAX);
	assert_int_equal(count_messages("no more than 64 portals"), 1);
	end_quickly(server);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_registration),
		cmocka_unit_test(test_many_targets),
		cmocka_unit_test(test_reload),
		cmocka_unit_test(test_alias_changes),
		cmocka_unit_test(test_portal_address),
		cmocka_unit_test(test_target_portals),
		cmocka_unit_test(test_link_local),
		cmocka_unit_test(test_many_portals),
	};

	return cmocka_run_group_tests_name("isnsreg", tests, NULL, NULL);
}
