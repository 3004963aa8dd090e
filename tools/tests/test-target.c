// SPDX-License-Identifier: GPL-2.0
/*
 * Targets and sessions of the kernel: what a start, or a restart, makes of
 * them.
 */
#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fake.h"

static void kernel_target(struct fake *fake, uint32_t tid, const char *name,
			  uint32_t sessions)
{
	struct kern_target *target = &fake->targets[fake->ntargets++];

	target->tid = tid;
	strcpy(target->name, name);
	target->sessions = sessions;
}

static struct kern_session *kernel_session(struct fake *fake, uint32_t tid,
					   uint16_t tsih)
{
	struct kern_session *s = &fake->sessions[fake->nsessions++];

	s->tid = tid;
	s->tsih = tsih;
	s->sid = 0xabc00000 + tsih;
	strcpy(s->initiator, INITIATOR_NAME);
	return s;
}

static uint32_t tid_of(struct fake *fake, const char *name)
{
	const struct target *target = config_target(fake->ctx.conf, name);

	assert_non_null(target);
	return target->tid;
}

static void test_create(void **state)
{
	struct fake *fake = fake_new();

	(void)state;
	fake_config(fake, "Target iqn.a\nTarget iqn.b\nQueuedCommands 7\n"
		    "Target iqn.c\nMaxSessions 3\nInitialR2T Yes\n");
	assert_int_equal(fake->ntargets, 3);
	/* numbered in file order */
	assert_int_equal(tid_of(fake, "iqn.a"), 1);
	assert_int_equal(tid_of(fake, "iqn.b"), 2);
	assert_int_equal(tid_of(fake, "iqn.c"), 3);
	assert_int_equal(fake->nset, 3);
	assert_int_equal(fake->set_target[TP_MAX_SESSIONS], 3);
	assert_int_equal(fake->set_target[TP_QUEUED_COMMANDS], 32);
	assert_int_equal(fake->set_session[SP_INITIAL_R2T], 1);
	fake_free(fake);
}

static void test_restart(void **state)
{
	struct fake *fake = fake_new();

	(void)state;
	kernel_target(fake, 5, "iqn.b", 2);
	kernel_target(fake, 1, "iqn.gone", 0);
	kernel_target(fake, 3, "iqn.busy", 1);
	fake_config(fake, "Target iqn.a\nTarget iqn.b\nTarget iqn.c\n");
	/* kept with its number */
	assert_int_equal(tid_of(fake, "iqn.b"), 5);
	/* the number of the deleted one is free, that of the busy one is not */
	assert_int_equal(tid_of(fake, "iqn.a"), 1);
	assert_int_not_equal(tid_of(fake, "iqn.c"), 3);
	assert_int_equal(fake->ntargets, 4);
	assert_int_equal(fake->nset, 3);
	assert_non_null(strstr(fake_messages,
			       "iqn.busy: not configured, kept for its 1"));
	fake_free(fake);
}

/* a number that is taken is no reason to take that of the next one */
static void test_numbers(void **state)
{
	struct fake *fake = fake_new();

	(void)state;
	kernel_target(fake, 1, "iqn.busy", 1);
	fake_config(fake, "Target iqn.a\nTarget iqn.b\nTarget iqn.c\n");
	assert_int_equal(tid_of(fake, "iqn.a"), 4);
	assert_int_equal(tid_of(fake, "iqn.b"), 2);
	assert_int_equal(tid_of(fake, "iqn.c"), 3);
	fake_free(fake);
}

/* a dump that was interrupted shows a target twice: it is deleted once */
static void test_shown_twice(void **state)
{
	struct fake *fake = fake_new();

	(void)state;
	kernel_target(fake, 1, "iqn.gone", 1);
	kernel_target(fake, 1, "iqn.gone", 0);
	fake_config(fake, "");
	assert_null(strstr(fake_messages, "iqn.gone"));
	fake_free(fake);
}

/* a configuration that cannot be applied leaves the former one in force */
static void test_failure(void **state)
{
	struct fake *fake = fake_new();
	char text[] = "Target iqn.b\n";
	struct config *conf, *former;

	(void)state;
	fake_config(fake, "Target iqn.a\n");
	former = fake->ctx.conf;
	assert_int_equal(config_parse("x", text, strlen(text), &conf), 0);
	fake->target_error = -ENOMEM;
	assert_int_equal(target_apply(&fake->ctx, conf), -ENOMEM);
	assert_ptr_equal(fake->ctx.conf, former);
	config_free(conf);
	fake_free(fake);
}

static void test_no_targets(void **state)
{
	struct fake *fake = fake_new();

	(void)state;
	fake_config(fake, "");
	assert_int_equal(fake->ntargets, 0);
	fake_free(fake);
}

static void test_session_sync(void **state)
{
	struct fake *fake = fake_new();
	struct kern_session closed;

	(void)state;
	fake_config(fake, "Target iqn.a\n");
	kernel_session(fake, 1, 1);
	kernel_session(fake, 1, 2);
	kernel_session(fake, 1, 1025);
	assert_int_equal(session_sync(&fake->ctx), 0);
	/* a new one gets what is free */
	assert_int_equal(session_new_tsih(&fake->ctx), 3);
	/* events were lost: the next dump knows */
	assert_int_equal(fake_drop_session(fake, 0, &closed), 0);
	assert_int_equal(session_sync(&fake->ctx), 0);
	fake->ctx.last_tsih = UINT16_MAX;
	assert_int_equal(session_new_tsih(&fake->ctx), 1);
	assert_int_equal(session_new_tsih(&fake->ctx), 3);
	/* of a session nobody knows */
	closed.tid = 9;
	session_closed(&fake->ctx, &closed);
	fake_free(fake);
}

/* sessions of a former daemon are known by their TSIH */
static void test_takeover(void **state)
{
	struct fake *fake = fake_new();
	struct kern_session *s;
	struct client *c;

	(void)state;
	kernel_target(fake, 1, TARGET_NAME, 1);
	s = kernel_session(fake, 1, 77);
	memcpy(s->isid, "\x00\x02\x3d\x01\x02\x03", 6);
	fake_config(fake, "Target " TARGET_NAME "\n");
	assert_int_equal(session_sync(&fake->ctx), 0);
	c = client_new(fake);
	c->req.login_req.tsih = htobe16(77);
	client_login(c, CSG(1) | T_TO(3), TEXT(NORMAL_TEXT));
	client_status(c, ISCSI_LOGIN_TOO_MANY);
	client_free(c);
	fake_free(fake);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_create),
		cmocka_unit_test(test_restart),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_shown_twice),
		cmocka_unit_test(test_failure),
		cmocka_unit_test(test_no_targets),
		cmocka_unit_test(test_session_sync),
		cmocka_unit_test(test_takeover),
	};

	return cmocka_run_group_tests_name("target", tests, NULL, NULL);
}
