// SPDX-License-Identifier: GPL-2.0
/*
 * Targets and sessions of the kernel: what a start, or a restart, makes of
 * them.
 */
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

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
	assert_string_equal(fake->set_addresses, "");
	fake_free(fake);
}

static void test_addresses(void **state)
{
	struct fake *fake = fake_new();
	char text[4096] = "Target iqn.a\n";
	int i, n = strlen(text);

	(void)state;
	fake_config(fake, "PortalAddress forward:3333\nPortalAddress [fd00::1]\n"
		    "Target iqn.a\n");
	assert_string_equal(fake->set_addresses, "forward:3333 [fd00::1]:");
	fake_config(fake, "PortalAddress forward\n"
		    "Target iqn.a\nPortalAddress own:1\n");
	assert_string_equal(fake->set_addresses, "own:1");
	/* what fits: ten of "address-N:", and 76 whose N has two digits */
	for (i = 0; i < 100; i++)
		n += sprintf(text + n, "PortalAddress address-%d\n", i);
	fake_config(fake, text);
	assert_string_equal(strrchr(fake->set_addresses, ' '), " address-85:");
	fake_config(fake, "Target iqn.a\n");
	assert_string_equal(fake->set_addresses, "");
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
	assert_null(strstr(fake_messages, "iqn.gone: cannot"));
	assert_null(strstr(fake_messages, "kept for"));
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

/* sessions that cannot be read are read later, and less and less often */
static void test_session_sync_fails(void **state)
{
	struct fake *fake = fake_new();
	struct ev_timer *timer = &fake->ctx.resync;
	uint64_t end = ev_now() + 20000;
	int i;

	(void)state;
	fake_config(fake, "Target iqn.a\n");
	kernel_session(fake, 1, 1);
	fake->dump_error = -EINTR;
	assert_int_equal(session_sync(&fake->ctx), -EINTR);
	assert_int_equal(session_count(&fake->ctx, 1), 0);
	for (i = 0; i < 10; i++) {
		assert_true(timer->armed);
		ev_timer_set(&fake->ctx.loop, timer, 0);
		while (timer->when <= ev_now())
			assert_int_equal(ev_once(&fake->ctx.loop, 10), 0);
	}
	assert_in_range(timer->when - ev_now(), 50000, 60000);
	fake->dump_error = 0;
	ev_timer_set(&fake->ctx.loop, timer, 0);
	while (!session_count(&fake->ctx, 1)) {
		assert_int_equal(ev_once(&fake->ctx.loop, 10), 0);
		assert_true(ev_now() < end);
	}
	assert_false(timer->armed);
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

/**
 * struct bed - a daemon with a configuration file
 * @fake: the daemon
 * @path: the file
 */
struct bed {
	struct fake *fake;
	char path[64];
};

static void put(struct bed *bed, const char *text)
{
	int fd = open(bed->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
		      0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static int begin(void **state)
{
	struct bed *bed = calloc(1, sizeof(*bed));
	int fd;

	assert_non_null(bed);
	bed->fake = fake_new();
	strcpy(bed->path, "/tmp/scst-test-XXXXXX");
	fd = mkstemp(bed->path);
	assert_true(fd >= 0);
	close(fd);
	bed->fake->ctx.opt.config = bed->path;
	fake_config(bed->fake, "Target " TARGET_NAME "\nTarget iqn.b\n");
	*state = bed;
	return 0;
}

static int finish(void **state)
{
	struct bed *bed = *state;

	unlink(bed->path);
	fake_free(bed->fake);
	free(bed);
	return 0;
}

static bool in_kernel(const struct fake *fake, const char *name)
{
	int i;

	for (i = 0; i < fake->ntargets; i++)
		if (!strcmp(fake->targets[i].name, name))
			return true;
	return false;
}

static void test_reload(void **state)
{
	struct bed *bed = *state;
	struct fake *fake = bed->fake;

	put(bed, "Target iqn.new\nTarget " TARGET_NAME "\nMaxSessions 9\n");
	assert_int_equal(reload(&fake->ctx), 0);
	assert_non_null(strstr(fake_messages, "applied, 2 targets"));
	/* numbers stay, also those of targets that have other places now */
	assert_int_equal(tid_of(fake, TARGET_NAME), 1);
	assert_int_equal(tid_of(fake, "iqn.new"), 3);
	assert_int_equal(fake->set_target[TP_MAX_SESSIONS], 9);
	assert_false(in_kernel(fake, "iqn.b"));
	assert_int_equal(fake->ntargets, 2);
}

static void expect_unchanged(struct bed *bed, const char *message)
{
	struct fake *fake = bed->fake;

	assert_int_not_equal(reload(&fake->ctx), 0);
	assert_non_null(strstr(fake_messages, message));
	assert_non_null(strstr(fake_messages,
			       "not applied, the former configuration stays"));
	assert_int_equal(tid_of(fake, TARGET_NAME), 1);
	assert_int_equal(tid_of(fake, "iqn.b"), 2);
	assert_null(config_target(fake->ctx.conf, "iqn.c"));
	assert_int_equal(fake->ntargets, 2);
	assert_true(in_kernel(fake, "iqn.b"));
}

static void test_reload_syntax(void **state)
{
	struct bed *bed = *state;

	put(bed, "Target iqn.c\nMaxSessions many\n");
	expect_unchanged(bed, ":2: MaxSessions: 'many' is not a number");
}

static void test_reload_missing(void **state)
{
	struct bed *bed = *state;

	unlink(bed->path);
	expect_unchanged(bed, "does not exist");
}

/* the kernel takes the first new target and refuses the second */
static void test_reload_kernel(void **state)
{
	struct bed *bed = *state;

	bed->fake->new_limit = 1;
	put(bed, "Target " TARGET_NAME "\nMaxSessions 9\n"
	    "Target iqn.c\nTarget iqn.d\n");
	expect_unchanged(bed, "iqn.c: cannot create it");
	/* what had been set has been set back */
	assert_int_equal(bed->fake->set_target[TP_MAX_SESSIONS], 0);
}

/* parameters are refused: those that were taken are given back */
static void test_reload_parameters(void **state)
{
	struct bed *bed = *state;

	bed->fake->set_error = -EINVAL;
	bed->fake->set_error_value = 7;
	put(bed, "Target " TARGET_NAME "\nMaxSessions 9\n"
	    "Target iqn.b\nTarget iqn.c\nMaxSessions 7\n");
	expect_unchanged(bed, "iqn.c: cannot set its parameters");
	assert_int_equal(bed->fake->set_target[TP_MAX_SESSIONS], 0);
}

static int status_of_login(struct fake *fake)
{
	struct client *c = client_new(fake);
	int status;

	client_login(c, CSG(1) | T_TO(3), TEXT(NORMAL_TEXT));
	status = c->rsp.login_rsp.status_class << 8 |
		 c->rsp.login_rsp.status_detail;
	client_free(c);
	return status;
}

static void pump(struct fake *fake, int n)
{
	while (n--)
		assert_int_equal(ev_once(&fake->ctx.loop, 20), 0);
}

/* sessions outlive the target's line; the target outlives it, too */
static void test_reload_removed(void **state)
{
	struct bed *bed = *state;
	struct fake *fake = bed->fake;
	struct client *c = client_new(fake);
	int i;

	client_login_full(c, false);
	fake->targets[0].sessions = 1;
	put(bed, "Target iqn.b\n");
	assert_int_equal(reload(&fake->ctx), 0);
	assert_non_null(strstr(fake_messages, "kept for its 1 sessions"));
	assert_true(in_kernel(fake, TARGET_NAME));
	assert_int_equal(status_of_login(fake), ISCSI_LOGIN_NOT_FOUND);
	/* said once */
	fake_messages_clear();
	assert_int_equal(reload(&fake->ctx), 0);
	assert_null(strstr(fake_messages, "kept for"));
	/* the kernel tells of the end before it forgets the session */
	fake_close_session(fake, 0);
	pump(fake, 10);
	assert_true(in_kernel(fake, TARGET_NAME));
	fake->targets[0].sessions = 0;
	for (i = 0; i < 100 && in_kernel(fake, TARGET_NAME); i++)
		pump(fake, 1);
	assert_false(in_kernel(fake, TARGET_NAME));
	assert_true(in_kernel(fake, "iqn.b"));
	client_free(c);
}

/* the reload comes when the last event has been, and the kernel still counts */
static void test_reload_after_close(void **state)
{
	struct bed *bed = *state;
	struct fake *fake = bed->fake;
	struct client *c = client_new(fake);
	int i;

	client_login_full(c, false);
	fake_close_session(fake, 0);
	put(bed, "Target iqn.b\n");
	assert_int_equal(reload(&fake->ctx), 0);
	assert_true(in_kernel(fake, TARGET_NAME));
	fake->targets[0].sessions = 0;
	for (i = 0; i < 100 && in_kernel(fake, TARGET_NAME); i++)
		pump(fake, 1);
	assert_false(in_kernel(fake, TARGET_NAME));
	client_free(c);
}

static void test_reload_comes_back(void **state)
{
	struct bed *bed = *state;
	struct fake *fake = bed->fake;
	struct client *c = client_new(fake);

	client_login_full(c, false);
	fake->targets[0].sessions = 1;
	put(bed, "Target iqn.b\n");
	assert_int_equal(reload(&fake->ctx), 0);
	put(bed, "Target iqn.b\nTarget " TARGET_NAME "\n");
	assert_int_equal(reload(&fake->ctx), 0);
	assert_int_equal(tid_of(fake, TARGET_NAME), 1);
	fake->targets[0].sessions = 0;
	fake_close_session(fake, 0);
	pump(fake, 10);
	assert_true(in_kernel(fake, TARGET_NAME));
	assert_int_equal(status_of_login(fake), 0);
	client_free(c);
}

/* a login that is under way goes on, with or without its target */
static void login_during_reload(struct bed *bed, const char *text, int status)
{
	struct client *c = client_new(bed->fake);

	client_login(c, CSG(0) | T_TO(1),
		     TEXT(NORMAL_TEXT "\0AuthMethod=None"));
	client_status(c, 0);
	put(bed, text);
	assert_int_equal(reload(&bed->fake->ctx), 0);
	client_login(c, CSG(1) | T_TO(3), TEXT("ImmediateData=No"));
	client_status(c, status);
	client_free(c);
}

static void test_reload_during_login(void **state)
{
	struct bed *bed = *state;

	login_during_reload(bed, "Target iqn.b\nTarget " TARGET_NAME "\n", 0);
	assert_int_equal(bed->fake->nsessions, 1);
	bed->fake->targets[0].sessions = 1;
	login_during_reload(bed, "Target iqn.b\n", ISCSI_LOGIN_NOT_FOUND);
	assert_int_equal(bed->fake->nsessions, 1);
}

/* the service manager hears when it begins and how it ends */
static void test_reload_notify(void **state)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	struct bed *bed = *state;
	char buf[256] = "";
	int fd;

	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s.sock", bed->path);
	assert_int_equal(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	setenv("NOTIFY_SOCKET", addr.sun_path, 1);
	put(bed, "Target iqn.b\n");
	assert_int_equal(reload(&bed->fake->ctx), 0);
	assert_true(recv(fd, buf, sizeof(buf) - 1, MSG_DONTWAIT) > 0);
	assert_int_equal(strncmp(buf, "RELOADING=1\nMONOTONIC_USEC=", 27), 0);
	assert_true(atoll(buf + 27) / 1000 <= (long long)ev_now());
	assert_true(atoll(buf + 27) / 1000 > (long long)ev_now() - 60000);
	memset(buf, 0, sizeof(buf));
	assert_true(recv(fd, buf, sizeof(buf) - 1, MSG_DONTWAIT) > 0);
	assert_int_equal(strncmp(buf, "READY=1\n", 8), 0);
	put(bed, "oops\n");
	assert_int_not_equal(reload(&bed->fake->ctx), 0);
	assert_true(recv(fd, buf, sizeof(buf) - 1, MSG_DONTWAIT) > 0);
	assert_true(recv(fd, buf, sizeof(buf) - 1, MSG_DONTWAIT) > 0);
	assert_non_null(strstr(buf, "STATUS=Configuration has errors"));
	unsetenv("NOTIFY_SOCKET");
	unlink(addr.sun_path);
	close(fd);
}

int main(void)
{
#define TEST(t) cmocka_unit_test_setup_teardown(t, begin, finish)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_create),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_restart),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_shown_twice),
		cmocka_unit_test(test_failure),
		cmocka_unit_test(test_no_targets),
		cmocka_unit_test(test_session_sync),
		cmocka_unit_test(test_session_sync_fails),
		cmocka_unit_test(test_takeover),
		TEST(test_reload),
		TEST(test_reload_syntax),
		TEST(test_reload_missing),
		TEST(test_reload_kernel),
		TEST(test_reload_parameters),
		TEST(test_reload_removed),
		TEST(test_reload_after_close),
		TEST(test_reload_comes_back),
		TEST(test_reload_during_login),
		TEST(test_reload_notify),
	};

	return cmocka_run_group_tests_name("target", tests, NULL, NULL);
}
