// SPDX-License-Identifier: GPL-2.0
/*
 * The admin tool and the admin socket: every operation and what it prints, on
 * the fake kernel driver.  The tool runs in a child, the daemon here.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "adm.h"
#include "fake.h"

#define ARGS_MAX 32
#define OUT_MAX 65536
#define SID "0x00023d0102030001"
#define SECRET "twelve-bytes"

static struct fake *fake;
static char name[64];
static char out[OUT_MAX], err[OUT_MAX];
static bool done;

static int setup(void **state)
{
	(void)state;
	fake = fake_new();
	snprintf(name, sizeof(name), "iscsi-scst-test-%d", (int)getpid());
	fake->ctx.opt.admin_socket = name;
	assert_int_equal(admin_open(&fake->ctx), 0);
	fake_config(fake, "Target " TARGET_NAME "\nTarget iqn.b\n");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_free(fake);
	return 0;
}

/* words are separated by one blank */
static int split(char *line, char **argv)
{
	int argc = 0;

	argv[argc++] = "iscsi-scst-adm";
	while ((argv[argc] = strsep(&line, " ")) != NULL)
		if (++argc == ARGS_MAX)
			fail();
	return argc;
}

static void child(const char *line, int fd_out, int fd_err)
{
	char buf[4096], *argv[ARGS_MAX];
	enum adm_exit status;

	snprintf(buf, sizeof(buf), "%s", line);
	dup2(fd_out, STDOUT_FILENO);
	dup2(fd_err, STDERR_FILENO);
	status = adm_run(split(buf, argv), argv, name);
	fflush(NULL);
	_exit(status);
}

/* a full disk, seen before the last line */
static void child_full(const char *line, int fd_out, int fd_err)
{
	(void)fd_out;
	setvbuf(stdout, NULL, _IONBF, 0);
	child(line, open("/dev/full", O_WRONLY | O_CLOEXEC), fd_err);
}

static void ended(struct ev_io *io, uint32_t events)
{
	(void)io;
	(void)events;
	done = true;
}

static void read_back(int fd, char *buf)
{
	ssize_t n = pread(fd, buf, OUT_MAX - 1, 0);

	assert_true(n >= 0);
	buf[n] = '\0';
	close(fd);
}

typedef void (*child_fn)(const char *line, int fd_out, int fd_err);

/* Return: exit status of the tool; its output is in out and err */
static int adm_in(child_fn fn, const char *line)
{
	int fd_out = memfd_create("out", MFD_CLOEXEC);
	int fd_err = memfd_create("err", MFD_CLOEXEC);
	struct ev_io io = { .cb = ended };
	int fds[2], status;
	pid_t pid;

	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	fflush(NULL);
	pid = fork();
	if (!pid)
		fn(line, fd_out, fd_err);
	/* nobody but the child has the other end, so it ends with it */
	close(fds[1]);
	assert_int_equal(ev_add(&fake->ctx.loop, &io, fds[0], EPOLLIN), 0);
	for (done = false; !done;)
		assert_int_equal(ev_once(&fake->ctx.loop, 20000), 0);
	ev_del(&fake->ctx.loop, &io);
	close(fds[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	read_back(fd_out, out);
	read_back(fd_err, err);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int adm(const char *line)
{
	return adm_in(child, line);
}

static void shows(const char *line, const char *wanted)
{
	int status = adm(line);

	assert_string_equal(err, "");
	assert_string_equal(out, wanted);
	assert_int_equal(status, ADM_OK);
}

static void refuses(const char *line, enum adm_exit status,
		    const char *wanted)
{
	char text[1024];

	assert_int_equal(adm(line), status);
	snprintf(text, sizeof(text), "iscsi-scst-adm: %s\n", wanted);
	assert_string_equal(err, text);
	assert_string_equal(out, "");
}

static struct client *log_in(void)
{
	struct client *client = client_new(fake);

	client_login_full(client, false);
	while (fake->ctx.nconns)
		client_pump(client, 1000);
	return client;
}

#define SESSION_DEFAULTS						\
	"InitialR2T=No\nImmediateData=Yes\nMaxConnections=1\n"		\
	"MaxRecvDataSegmentLength=1048576\n"				\
	"MaxXmitDataSegmentLength=1048576\n"				\
	"MaxBurstLength=1048576\nFirstBurstLength=65536\n"		\
	"DefaultTime2Wait=0\nDefaultTime2Retain=0\n"			\
	"MaxOutstandingR2T=32\nDataPDUInOrder=No\n"			\
	"DataSequenceInOrder=No\nErrorRecoveryLevel=0\n"		\
	"HeaderDigest=None\nDataDigest=None\nOFMarker=No\nIFMarker=No\n" \
	"OFMarkInt=Reject\nIFMarkInt=Reject\n"

#define TARGET_DEFAULTS							\
	"QueuedCommands=32\nRspTimeout=90\nNopInInterval=30\n"		\
	"NopInTimeout=30\nMaxSessions=0\n"

static void test_show_target(void **state)
{
	(void)state;
	shows("--op show --tid=1", TARGET_DEFAULTS);
	shows("-o show -t 0x1", TARGET_DEFAULTS);
	shows("--op show --tid=2 --json",
	      "{\n"
	      "  \"tid\": 2,\n"
	      "  \"name\": \"iqn.b\",\n"
	      "  \"sessions\": 0,\n"
	      "  \"parameters\": {\n"
	      "    \"QueuedCommands\": 32,\n"
	      "    \"RspTimeout\": 90,\n"
	      "    \"NopInInterval\": 30,\n"
	      "    \"NopInTimeout\": 30,\n"
	      "    \"MaxSessions\": 0\n"
	      "  }\n"
	      "}\n");
	refuses("--op show --tid=7", ADM_NO_OBJECT, "there is no target 7");
}

static void test_show_defaults(void **state)
{
	(void)state;
	shows("--op show --tid=1 --sid=0", SESSION_DEFAULTS);
	refuses("--op show --tid=7 --sid=0", ADM_NO_OBJECT,
		"there is no target 7");
}

static void test_show_session(void **state)
{
	struct client *client = log_in();

	(void)state;
	/* what the initiator has not offered is not in force */
	shows("--op show --tid=1 --sid=" SID,
	      "InitialR2T=Yes\nImmediateData=Yes\nMaxConnections=1\n"
	      "MaxRecvDataSegmentLength=1048576\n"
	      "MaxXmitDataSegmentLength=8192\n"
	      "MaxBurstLength=262144\nFirstBurstLength=65536\n"
	      "DefaultTime2Wait=2\nDefaultTime2Retain=20\n"
	      "MaxOutstandingR2T=1\nDataPDUInOrder=Yes\n"
	      "DataSequenceInOrder=Yes\nErrorRecoveryLevel=0\n"
	      "HeaderDigest=None\nDataDigest=None\nOFMarker=No\nIFMarker=No\n"
	      "OFMarkInt=Reject\nIFMarkInt=Reject\n");
	assert_int_equal(adm("--op show --tid=1 --json --sid=" SID), ADM_OK);
	assert_non_null(strstr(out, "  \"sid\": \"" SID "\",\n"
			       "  \"initiator\": \"" INITIATOR_NAME "\",\n"
			       "  \"peer\": \"192.0.2.1\",\n"
			       "  \"user\": null,\n"
			       "  \"cid\": 7,\n"
			       "  \"parameters\": {\n"
			       "    \"InitialR2T\": true,\n"));
	assert_non_null(strstr(out, "    \"HeaderDigest\": \"None\",\n"));
	refuses("--op show --tid=1 --sid=5", ADM_NO_OBJECT,
		"target 1 has no session 0x0000000000000005");
	client_free(client);
}

static void test_show_connection(void **state)
{
	struct client *client = log_in();

	(void)state;
	shows("--op show --tid=1 --cid=7 --sid=" SID, "");
	shows("--op show --tid=1 --cid=7 --json --sid=" SID,
	      "{\n"
	      "  \"tid\": 1,\n"
	      "  \"sid\": \"" SID "\",\n"
	      "  \"initiator\": \"" INITIATOR_NAME "\",\n"
	      "  \"peer\": \"192.0.2.1\",\n"
	      "  \"user\": null,\n"
	      "  \"cid\": 7\n"
	      "}\n");
	refuses("--op show --tid=1 --cid=8 --sid=" SID, ADM_NO_OBJECT,
		"session " SID " has no connection 8: its only one is 7");
	client_free(client);
}

static void test_show_all(void **state)
{
	struct client *client = log_in();

	(void)state;
	strcpy(fake->user, "joe");
	shows("--op show",
	      "tid=1 name=" TARGET_NAME " sessions=1\n"
	      "  sid=" SID " initiator=" INITIATOR_NAME
	      " peer=192.0.2.1 user=joe\n"
	      "tid=2 name=iqn.b                        sessions=0\n");
	shows("--op show --json",
	      "{\n"
	      "  \"targets\": [\n"
	      "    {\n"
	      "      \"tid\": 1,\n"
	      "      \"name\": \"" TARGET_NAME "\",\n"
	      "      \"sessions\": [\n"
	      "        {\n"
	      "          \"sid\": \"" SID "\",\n"
	      "          \"initiator\": \"" INITIATOR_NAME "\",\n"
	      "          \"peer\": \"192.0.2.1\",\n"
	      "          \"user\": \"joe\",\n"
	      "          \"cid\": 7\n"
	      "        }\n"
	      "      ]\n"
	      "    },\n"
	      "    {\n"
	      "      \"tid\": 2,\n"
	      "      \"name\": \"iqn.b\",\n"
	      "      \"sessions\": []\n"
	      "    }\n"
	      "  ]\n"
	      "}\n");
	client_free(client);
}

/* more than a socket takes at a time; twice what an interrupted dump shows */
static void test_show_many(void **state)
{
	char text[64], *pos = out;
	int i, n = 0;

	(void)state;
	for (i = fake->ntargets; i < 600; i++) {
		fake->targets[i].tid = 600 - i / 2;
		snprintf(text, sizeof(text), "iqn.%d", i / 2);
		strcpy(fake->targets[i].name, text);
	}
	fake->ntargets = i;
	assert_int_equal(adm("--op show"), ADM_OK);
	for (; (pos = strchr(pos, '\n')) != NULL; pos++)
		n++;
	/* 1 and 2 of the configuration, 299 others */
	assert_int_equal(n, 301);
	assert_non_null(strstr(out, "tid=599 name=iqn.1"));
	fake->ntargets = 2;
}

static void test_new_target(void **state)
{
	const struct target *target;

	(void)state;
	shows("--op new --tid=9 --params Name=iqn.c", "");
	target = config_target(fake->ctx.conf, "iqn.c");
	assert_non_null(target);
	assert_int_equal(target->tid, 9);
	shows("--op show --tid=9", TARGET_DEFAULTS);
	shows("--op show --tid=9 --sid=0", SESSION_DEFAULTS);
	shows("--op new --tid=0 --json --params=Name=iqn.d",
	      "{\n  \"tid\": 3\n}\n");
	shows("--op new --tid=0 --params=name=iqn.e,queuedcommands=64", "");
	assert_int_equal(fake->set_target[TP_QUEUED_COMMANDS], 64);

	refuses("--op new --tid=9 --params=Name=iqn.z", ADM_REFUSED,
		"target 9 is there: iqn.c");
	refuses("--op new --tid=0 --params=Name=iqn.c", ADM_REFUSED,
		"there is a target of the name iqn.c");
	refuses("--op new --tid=0 --params=Name=IQN.C", ADM_REFUSED,
		"there is a target of the name iqn.c");
	refuses("--op new --tid=0 --params=Name=iqn.f,name=iqn.g", ADM_REFUSED,
		"'name' is given twice");
	refuses("--op new --tid=0 --params=Name=a/b", ADM_REFUSED,
		"'a/b' is not an iSCSI name");
	refuses("--op new --tid=0 --params=MaxSessions=1", ADM_REFUSED,
		"a new target needs a name: --params Name=IQN");
	refuses("--op new --tid=0 --params=Name=iqn.f,MaxSessions=x",
		ADM_REFUSED, "MaxSessions: 'x' is not a number");
	fake->target_error = -ENOMEM;
	refuses("--op new --tid=0 --params=Name=iqn.f", ADM_REFUSED,
		"target iqn.f: Cannot allocate memory");
	assert_null(config_target(fake->ctx.conf, "iqn.f"));
}

static void test_delete_target(void **state)
{
	struct client *client = log_in(), *late;

	(void)state;
	shows("--op delete --tid=2", "");
	assert_null(config_target(fake->ctx.conf, "iqn.b"));
	refuses("--op delete --tid=2", ADM_NO_OBJECT, "there is no target 2");
	refuses("--op delete --tid=1", ADM_REFUSED,
		"target 1 has 1 session: log the initiators out, or use --force");
	/* a login that is under way does not come out at the next target 1 */
	late = client_new(fake);
	client_login(late, CSG(0), TEXT(NORMAL_TEXT));
	client_status(late, 0);
	fake->del_error = -EBUSY;
	refuses("--op delete --tid=1 --force", ADM_REFUSED,
		"target 1 takes no new sessions, and is deleted when the old ones are closed");
	fake->del_error = 0;
	shows("--op delete --tid=1 --force", "");
	assert_int_equal(fake->ntargets, 0);
	shows("--op new --tid=1 --params=Name=iqn.other", "");
	client_login(late, CSG(0) | T_TO(3), TEXT("AuthMethod=None"));
	client_status(late, ISCSI_LOGIN_NOT_FOUND);
	client_free(late);
	client_free(client);
}

/* a former daemon's target that only stays for its sessions */
static void test_stale_target(void **state)
{
	(void)state;
	fake->targets[2].tid = 5;
	strcpy(fake->targets[2].name, "iqn.old");
	fake->ntargets = 3;
	refuses("--op update --tid=5 --params=MaxSessions=1", ADM_NO_OBJECT,
		"target 5 iqn.old is no longer configured: it only stays for the sessions that it has");
	shows("--op delete --tid=5", "");
	assert_int_equal(fake->ntargets, 2);
}

static void pump(int n)
{
	while (n--)
		assert_int_equal(ev_once(&fake->ctx.loop, 20), 0);
}

/* as a reload would, if its line were in the file again */
static void test_take_back(void **state)
{
	struct client *client = log_in();

	(void)state;
	fake_config(fake, "Target iqn.b\n");
	assert_int_equal(fake->ntargets, 2);
	refuses("--op new --tid=7 --params=Name=" TARGET_NAME, ADM_REFUSED,
		"target 1 is there for the sessions that it has: " TARGET_NAME);
	/* refused by the kernel, it stays what it was */
	fake->set_error = -EINVAL;
	fake->set_error_value = 7;
	assert_int_equal(adm("--op new --tid=0 --params=MaxSessions=7,Name="
			     TARGET_NAME), ADM_REFUSED);
	assert_int_equal(fake->ntargets, 2);
	shows("--op new --tid=0 --json --params=MaxSessions=3,Name=" TARGET_NAME,
	      "{\n  \"tid\": 1\n}\n");
	assert_int_equal(fake->ntargets, 2);
	assert_int_equal(fake->set_target[TP_MAX_SESSIONS], 3);
	/* and is not deleted with its session any more */
	fake->targets[0].sessions = 0;
	fake_close_session(fake, 0);
	pump(20);
	assert_int_equal(fake->ntargets, 2);
	client_free(client);
}

static bool discovered(const char *pair)
{
	struct client *client = client_new(fake);
	bool found;

	client_login_full(client, true);
	memset(&client->req, 0, sizeof(client->req));
	client->req.text_req.opcode = ISCSI_OP_TEXT_REQ | ISCSI_OPF_IMMEDIATE;
	client->req.text_req.flags = F_BIT;
	client->req.text_req.ttt = UINT32_MAX;
	client_send(client, TEXT("SendTargets=All"));
	client_recv(client);
	found = client_has(client, pair);
	client_free(client);
	return found;
}

/* sessions that take their time: the target has left, and goes with them */
static void test_delete_busy(void **state)
{
	static const char text[] = "Target iqn.b\nMaxSessions 7\n";
	struct client *client = log_in();
	struct config *conf;
	char *buf;
	int i;

	(void)state;
	fake->del_error = -EBUSY;
	refuses("--op delete --tid=1 --force", ADM_REFUSED,
		"target 1 takes no new sessions, and is deleted when the old ones are closed");
	assert_int_equal(fake->dying, 1);
	assert_false(discovered("TargetName=" TARGET_NAME));
	assert_true(discovered("TargetName=iqn.b"));
	/* a reload that fails does not bring it back */
	fake->set_error = -EINVAL;
	fake->set_error_value = 7;
	buf = strdup(text);
	assert_int_equal(config_parse("t", buf, strlen(text), &conf), 0);
	assert_int_equal(target_apply(&fake->ctx, conf), -EINVAL);
	config_free(conf);
	free(buf);
	assert_int_equal(fake->dying, 1);
	fake->del_error = 0;
	fake->targets[0].sessions = 0;
	fake_close_session(fake, 0);
	for (i = 0; i < 100 && fake->ntargets > 1; i++)
		pump(1);
	assert_int_equal(fake->ntargets, 1);
	client_free(client);
}

#define SESSION_PARAMS "HeaderDigest=CRC32C,None,InitialR2T=Yes,MaxBurstLength=4096"

static void test_update(void **state)
{
	const struct target *target = config_target(fake->ctx.conf, "iqn.b");
	int nset = fake->nset;

	(void)state;
	shows("--op update --tid=2 --params=QUEUEDCOMMANDS=64,RspTimeout=0x10,"
	      SESSION_PARAMS, "");
	assert_int_equal(fake->nset, nset + 1);
	assert_int_equal(target->target[TP_QUEUED_COMMANDS], 64);
	assert_int_equal(target->target[TP_RSP_TIMEOUT], 16);
	assert_int_equal(target->session[SP_HEADER_DIGEST],
			 DIGEST_NONE | DIGEST_CRC32C);
	assert_int_equal(target->session[SP_INITIAL_R2T], 1);
	assert_int_equal(target->session[SP_MAX_BURST], 4096);
	/* what was not named stays */
	assert_int_equal(target->target[TP_NOP_IN_INTERVAL], 30);
	assert_int_equal(target->session[SP_FIRST_BURST], 65536);
	assert_int_equal(adm("--op show --tid=2 --sid=0"), ADM_OK);
	assert_non_null(strstr(out, "\nHeaderDigest=CRC32C\nDataDigest=None\n"));
}

static void test_update_refused(void **state)
{
	int nset = fake->nset;

	(void)state;
	refuses("--op update --tid=2 --params=MaxSessions=1,QueuedCommands=0",
		ADM_REFUSED, "QueuedCommands: 0 is not within 1..2048");
	refuses("--op update --tid=2 --params=ErrorRecoveryLevel=1",
		ADM_REFUSED, "ErrorRecoveryLevel: 1 is not within 0..0");
	refuses("--op update --tid=2 --params=IFMarker=Yes", ADM_REFUSED,
		"IFMarker: 'Yes' is not supported");
	refuses("--op update --tid=2 --params=InitialR2T=yes", ADM_REFUSED,
		"InitialR2T: 'yes' is neither Yes nor No");
	refuses("--op update --tid=2 --params=HeaderDigest=CRC32C,", ADM_REFUSED,
		"HeaderDigest: '' is neither None nor CRC32C");
	refuses("--op update --tid=2 --params=MaxSessions=1,maxsessions=2",
		ADM_REFUSED, "'maxsessions' is given twice");
	refuses("--op update --tid=2 --params=Name=iqn.x", ADM_REFUSED,
		"'Name' is not a parameter of a target");
	refuses("--op update --tid=2 --params=Alias=x", ADM_REFUSED,
		"'Alias' is not a parameter of a target");
	refuses("--op update --tid=8 --params=MaxSessions=1", ADM_NO_OBJECT,
		"there is no target 8");
	assert_int_equal(fake->nset, nset);
}

static void test_delete_session(void **state)
{
	struct client *client = log_in();

	(void)state;
	refuses("--op delete --tid=1 --sid=3", ADM_NO_OBJECT,
		"target 1 has no session 0x0000000000000003");
	refuses("--op delete --tid=1 --cid=1 --sid=" SID, ADM_NO_OBJECT,
		"session " SID " has no connection 1: its only one is 7");
	assert_int_equal(fake->nsessions, 1);
	/* it is gone when the command returns */
	shows("--op delete --tid=1 --sid=" SID, "");
	assert_int_equal(fake->nsessions, 0);
	client_free(client);

	client = log_in();
	shows("--op delete --tid=1 --cid=7 --sid=0x00023d0102030002", "");
	assert_int_equal(fake->nsessions, 0);
	client_free(client);
}

static void test_session_stays(void **state)
{
	struct client *client = log_in();

	(void)state;
	fake->stuck = true;
	refuses("--op delete --tid=1 --sid=" SID, ADM_REFUSED,
		"session " SID " of target 1 is still being closed: commands of its are under way");
	client_free(client);
}

static void test_accounts(void **state)
{
	const struct target *target = config_target(fake->ctx.conf, "iqn.b");

	(void)state;
	shows("--op show --user", "");
	shows("--op new --user --params=IncomingUser=joe,Password=" SECRET, "");
	shows("--op new --user --tid=2 --params=IncomingUser=ann,Password=a,1,"
	      SECRET, "");
	shows("--op new --user --tid=2 --params=IncomingUser=bob,Password="
	      SECRET, "");
	shows("--op new --user --tid=2 --params=OutgoingUser=me,Password=x"
	      SECRET, "");
	shows("--op new --user --tid=2 --params=OutgoingUser=us,Password=y"
	      SECRET, "");
	shows("--op show --user", "IncomingUser joe\n");
	shows("--op show --tid=0 --user", "IncomingUser joe\n");
	shows("--op show --tid=2 --user",
	      "IncomingUser ann\nIncomingUser bob\nOutgoingUser us\n");
	shows("--op show --tid=2 --user --params=IncomingUser=ann",
	      "IncomingUser ann a,1," SECRET "\n");
	shows("--op show --tid=2 --user --params=OutgoingUser=us --json",
	      "{\n"
	      "  \"tid\": 2,\n"
	      "  \"accounts\": [\n"
	      "    {\n"
	      "      \"type\": \"OutgoingUser\",\n"
	      "      \"name\": \"us\",\n"
	      "      \"password\": \"y" SECRET "\"\n"
	      "    }\n"
	      "  ]\n"
	      "}\n");
	shows("--op show --user --json",
	      "{\n"
	      "  \"tid\": 0,\n"
	      "  \"accounts\": [\n"
	      "    {\n"
	      "      \"type\": \"IncomingUser\",\n"
	      "      \"name\": \"joe\"\n"
	      "    }\n"
	      "  ]\n"
	      "}\n");
	shows("--op delete --tid=2 --user --params=IncomingUser=ann", "");
	assert_null(account_find(&target->accounts, ACCOUNT_INCOMING, "ann"));
	shows("--op delete --user --params=IncomingUser=joe", "");
	shows("--op show --user", "");
	/* nothing of it gets into the log */
	assert_null(strstr(fake_messages, SECRET));
}

static void test_accounts_refused(void **state)
{
	static const char form[] =
		"an account is IncomingUser=NAME or OutgoingUser=NAME, and Password=PASSWORD";

	(void)state;
	shows("--op new --user --tid=2 --params=IncomingUser=ann,Password="
	      SECRET, "");
	refuses("--op new --user --tid=2 --params=IncomingUser=ann,Password="
		SECRET, ADM_REFUSED, "there is already the IncomingUser ann");
	refuses("--op new --user --tid=2 --params=OutgoingUser=us,Password="
		SECRET, ADM_REFUSED,
		"incoming and outgoing users must not have the same password");
	refuses("--op new --user --tid=2 --params=IncomingUser=x,Password=short",
		ADM_REFUSED, "the password needs at least 12 bytes");
	refuses("--op new --user --tid=2 --params=IncomingUser=x", ADM_REFUSED,
		form);
	refuses("--op new --user --tid=2 --params=Password=" SECRET,
		ADM_REFUSED, form);
	refuses("--op new --user --tid=2 --params=IncomingUser=x,Foo=y",
		ADM_REFUSED, "'Foo' does not belong here");
	refuses("--op new --user --tid=8 --params=IncomingUser=x,Password="
		SECRET, ADM_NO_OBJECT, "there is no target 8");
	refuses("--op delete --user --tid=2 --params=IncomingUser=bob",
		ADM_NO_OBJECT, "there is no IncomingUser bob");
	refuses("--op show --user --tid=2 --params=OutgoingUser=ann",
		ADM_NO_OBJECT, "there is no OutgoingUser ann");
	refuses("--op show --user --tid=2 --params=MaxSessions=1", ADM_REFUSED,
		"'MaxSessions' does not belong here");
}

static void test_command_line(void **state)
{
	(void)state;
	shows("--version", "iscsi-scst-adm version 1.0.0\n");
	assert_int_equal(adm("--help"), ADM_OK);
	assert_non_null(strstr(out, "Usage: iscsi-scst-adm --op OP"));
	refuses("--tid=1", ADM_USAGE,
		"--op is missing: it is one of new, delete, update and show");
	refuses("--op list", ADM_USAGE,
		"--op: 'list' is none of new, delete, update and show");
	refuses("--op delete", ADM_USAGE,
		"--op delete: say which target with --tid");
	refuses("--op new --sid=1 --tid=1", ADM_USAGE,
		"--op new of a session is not supported");
	refuses("--op update --cid=1 --sid=1 --tid=1", ADM_USAGE,
		"--op update of a connection is not supported");
	refuses("--op update --user --tid=1", ADM_USAGE,
		"--op update of an account is not supported");
	refuses("--op show --sid=1", ADM_USAGE,
		"--op show of a session needs --tid");
	refuses("--op delete --tid=1 --cid=1", ADM_USAGE,
		"--op delete of a connection needs --sid");
	refuses("--op update --tid=1", ADM_USAGE,
		"--op update of a target needs --params");
	refuses("--op show --force", ADM_USAGE,
		"--force has no meaning with --op show alone");
	/* accounts come first, whatever else is there */
	refuses("--op show --user --tid=1 --sid=1", ADM_USAGE,
		"--sid has no meaning with --op show of an account");
	refuses("--op show --tid=1x", ADM_USAGE,
		"--tid: '1x' is not a number: decimal, or with 0x hexadecimal as lists show it");
	refuses("--op show --tid=1 --sid=0 --cid=65536", ADM_USAGE,
		"--cid: 65536 is larger than 65535");
	refuses("--op show --tid=1 --tid=2", ADM_USAGE, "--tid is given twice");
	refuses("--op show 1", ADM_USAGE, "unexpected argument '1'");
	refuses("--op update --tid=1 --params=a", ADM_USAGE,
		"--params: 'a' is not of the form KEY=VALUE");
	refuses("--op update --tid=1 --params=None,a=b", ADM_USAGE,
		"--params: 'None' is not of the form KEY=VALUE");
	assert_int_equal(adm("--nonsense"), ADM_USAGE);
}

static void test_no_room(void **state)
{
	(void)state;
	assert_int_equal(adm_in(child_full, "--op show"), ADM_REFUSED);
	assert_string_equal(err,
			    "iscsi-scst-adm: the output could not be written\n");
}

static void test_no_daemon(void **state)
{
	(void)state;
	admin_close(&fake->ctx);
	refuses("--op show", ADM_NO_DAEMON,
		"iscsi-scstd is not running: start it with 'systemctl start iscsi-scst' or '/etc/init.d/iscsi-scst start'");
}

static void test_second_daemon(void **state)
{
	struct scstd other = { .opt.admin_socket = name };

	(void)state;
	assert_int_equal(ev_init(&other.loop), 0);
	assert_int_equal(admin_open(&other), -EADDRINUSE);
	assert_non_null(strstr(fake_messages,
			       "another iscsi-scstd is running: it has the admin socket"));
	ev_fini(&other.loop);
}

/* somebody who is not root has the name of the socket, and would like to know */

static void child_stranger(int ready)
{
	struct sockaddr_un addr;
	socklen_t len = adm_address(&addr, name);
	char buf[256];
	int fd;

	if (setresuid(65534, 65534, 65534))
		_exit(99);
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (bind(fd, (struct sockaddr *)&addr, len) || listen(fd, 8) ||
	    write(ready, "", 1) != 1)
		_exit(98);
	while (recv(accept(fd, NULL, NULL), buf, sizeof(buf), 0) == 0)
		;
	_exit(1);
}

static pid_t stranger_start(void)
{
	int fds[2];
	pid_t pid;
	char byte;

	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	fflush(NULL);
	pid = fork();
	if (!pid)
		child_stranger(fds[1]);
	close(fds[1]);
	assert_int_equal(read(fds[0], &byte, 1), 1);
	close(fds[0]);
	return pid;
}

/* it ends by nothing but this */
static void stranger_end(pid_t pid)
{
	int status;

	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
}

static void test_stranger(void **state)
{
	char wanted[160];
	pid_t pid;

	(void)state;
	if (getuid())
		skip();
	admin_close(&fake->ctx);
	pid = stranger_start();
	snprintf(wanted, sizeof(wanted),
		 "process %d of user 65534 has the socket of iscsi-scstd: nothing was sent to it",
		 (int)pid);
	refuses("--op new --user --params=IncomingUser=joe,Password=" SECRET,
		ADM_NO_DAEMON, wanted);
	stranger_end(pid);
}

/* the daemon serves its initiators all the same, and gets it in the end */
static void test_stranger_first(void **state)
{
	uint64_t end = ev_now() + 20000;
	char wanted[160];
	pid_t pid;

	(void)state;
	if (getuid())
		skip();
	admin_close(&fake->ctx);
	pid = stranger_start();
	assert_int_equal(admin_open(&fake->ctx), 0);
	snprintf(wanted, sizeof(wanted),
		 "admin socket %s: process %d of user 65534 has it", name,
		 (int)pid);
	assert_non_null(strstr(fake_messages, wanted));
	client_free(log_in());
	stranger_end(pid);
	while (!strstr(fake_messages, "is ours now")) {
		assert_int_equal(ev_once(&fake->ctx.loop, 1000), 0);
		assert_true(ev_now() < end);
	}
	shows("--op show --tid=1", TARGET_DEFAULTS);
}

/* the socket without the tool */

static int raw_connect(void)
{
	struct sockaddr_un addr;
	socklen_t len = adm_address(&addr, name);
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	assert_int_equal(connect(fd, (struct sockaddr *)&addr, len), 0);
	return fd;
}

static void raw_status(int fd, const char *request, size_t len, int wanted)
{
	static const char last[] = "record=end";
	uint64_t end = ev_now() + 20000;
	char buf[1024], text[32];
	ssize_t n;

	assert_int_equal(send(fd, request, len, MSG_NOSIGNAL), len);
	do {
		n = recv(fd, buf, sizeof(buf), MSG_DONTWAIT);
		if (n < 0) {
			assert_int_equal(errno, EAGAIN);
			assert_true(ev_now() < end);
			ev_once(&fake->ctx.loop, 1000);
		}
		assert_int_not_equal(n, 0);
	} while (n < 0 || strcmp(buf, last));
	snprintf(text, sizeof(text), "status=%d", wanted);
	assert_string_equal(buf + sizeof(last), text);
	close(fd);
}

#define RAW(request, wanted) \
	raw_status(raw_connect(), request, sizeof(request), wanted)

static void test_protocol(void **state)
{
	static char large[ADM_PACKET_MAX + 1];
	ssize_t n;
	int fd;

	(void)state;
	RAW("op=show\0object=all", 0);
	RAW("", EINVAL);
	RAW("op=show", EINVAL);
	RAW("op", EINVAL);
	RAW("op=show\0object=all\0more=1", EINVAL);
	RAW("op=show\0object=target\0tid=-1", EINVAL);
	RAW("op=show\0object=target\0tid=4294967296", EINVAL);
	RAW("op=show\0object=target", EINVAL);
	RAW("op=show\0object=target\0tid=1\0sid=1", EINVAL);
	RAW("op=update\0object=target\0tid=1\0param==", EINVAL);
	RAW("op=update\0object=account", EOPNOTSUPP);
	/* too long: no answer, and none is read */
	fd = raw_connect();
	assert_int_equal(send(fd, large, sizeof(large), 0), sizeof(large));
	while ((n = recv(fd, large, sizeof(large), MSG_DONTWAIT)) < 0 &&
	       errno == EAGAIN)
		ev_once(&fake->ctx.loop, 1000);
	assert_true(n <= 0);
	close(fd);
}

/* those who say nothing hold their places until they are dropped or leave */
static void test_crowd(void **state)
{
	int fds[8], i;

	(void)state;
	for (i = 0; i < 8; i++) {
		fds[i] = raw_connect();
		ev_once(&fake->ctx.loop, 100);
	}
	/* the ninth waits in the backlog; one leaves, and it is served */
	i = raw_connect();
	close(fds[3]);
	raw_status(i, "op=show\0object=all", 19, 0);
	for (i = 0; i < 8; i++)
		if (i != 3)
			close(fds[i]);
	for (i = 0; i < 8; i++)
		ev_once(&fake->ctx.loop, 10);
}

static void test_no_descriptors(void **state)
{
	int fd = raw_connect();

	(void)state;
	fake_descriptors_gone(fake);
	fake_check_rest(fake);
	fake_descriptors_back(fake);
	raw_status(fd, "op=show\0object=all", 19, 0);
}

static void child_other(int fd, uid_t uid, gid_t gid)
{
	char *argv[4] = { "iscsi-scst-adm", "--op", "show", NULL };
	enum adm_exit status;

	dup2(fd, STDERR_FILENO);
	if (setresgid(gid, gid, gid) || setresuid(uid, uid, uid))
		_exit(99);
	status = adm_run(3, argv, name);
	fflush(NULL);
	_exit(status);
}

static void run_as(uid_t uid, gid_t gid, int wanted)
{
	int fd = memfd_create("err", MFD_CLOEXEC), status;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (!pid)
		child_other(fd, uid, gid);
	while (!waitpid(pid, &status, WNOHANG))
		ev_once(&fake->ctx.loop, 10);
	read_back(fd, err);
	assert_string_equal(err, wanted == ADM_OK ? "" :
			    "iscsi-scst-adm: only root may do this: iscsi-scst-adm must run with user and group id 0\n");
	assert_int_equal(WEXITSTATUS(status), wanted);
}

static void test_not_root(void **state)
{
	(void)state;
	if (getuid() || getgid())
		skip();
	run_as(65534, 65534, ADM_NO_PERMISSION);
	run_as(65534, 0, ADM_NO_PERMISSION);
	run_as(0, 65534, ADM_NO_PERMISSION);
	run_as(0, 0, ADM_OK);
}

/* the manual page and the tables have the same options and exit statuses */

static char *read_manual(void)
{
	FILE *file = fopen(TOOLS_DIR "/man/iscsi-scst-adm.8", "r");
	char *text = calloc(1, OUT_MAX);

	assert_non_null(file);
	assert_non_null(text);
	assert_true(fread(text, 1, OUT_MAX - 1, file) > 0);
	fclose(file);
	return text;
}

static int count(const char *text, const char *what)
{
	int n = 0;

	while ((text = strstr(text, what)) != NULL) {
		n++;
		text++;
	}
	return n;
}

/* the item of an option has both of its forms, in one line */
static void check_item(const char *text, const struct adm_option *opt)
{
	const char *pos, *other;
	char item[160];

	snprintf(item, sizeof(item), "\n.It Fl %c ", opt->letter);
	assert_int_equal(count(text, item), 1);
	pos = strstr(text, item) + 1;
	snprintf(item, sizeof(item), " Fl Fl %s%s", opt->name,
		 opt->arg ? " Ns = Ns Ar " : "\n");
	other = strstr(pos, item);
	if (!other || other > strchr(pos, '\n'))
		fail_msg("-%c is not --%s", opt->letter, opt->name);
}

/* letters of one form of the command line, such as ".Op Fl t Ar tid Op Fl s" */
static void add_letters(const char *pos, const char *end, bool *letters)
{
	while ((pos = strstr(pos, "Fl ")) != NULL && pos < end) {
		pos += strlen("Fl ");
		for (; isalpha((unsigned char)*pos) && !isalpha(pos[1]);
		     pos += strspn(pos + 1, " |") + 1)
			letters[(unsigned char)*pos] = true;
	}
}

/* the forms in the synopsis are possible, and they have all options */
static void test_synopsis(void **state)
{
	char *text = read_manual(), *form, *end;
	bool letters[128] = { false };
	unsigned int i, n = 0;

	(void)state;
	form = strstr(text, "\n.Sh SYNOPSIS\n");
	assert_non_null(form);
	end = strstr(form, "\n.Sh DESCRIPTION\n");
	assert_non_null(end);
	add_letters(form, end, letters);
	/* written in its long form */
	assert_false(letters['o']);
	letters['o'] = strstr(form, "Fl Fl op Ns = Ns ") < end;
	for (i = 0; i < sizeof(letters); i++)
		n += letters[i];
	for (i = 0; i < adm_noptions; i++)
		if (!letters[(unsigned char)adm_options[i].letter])
			fail_msg("-%c is not in the synopsis",
				 adm_options[i].letter);
	assert_int_equal(n, adm_noptions);
	free(text);
}

static void test_manual(void **state)
{
	char *text = read_manual(), item[160];
	unsigned int i;

	(void)state;
	for (i = 0; i < adm_noptions; i++)
		check_item(text, &adm_options[i]);
	/* and none that the tool does not know */
	assert_int_equal(count(text, "\n.It Fl "), adm_noptions);
	for (i = 0; i < adm_nexits; i++) {
		snprintf(item, sizeof(item), "\n.It %d\n%s\n",
			 adm_exits[i].status, adm_exits[i].text);
		assert_non_null(strstr(text, item));
	}
	assert_int_equal(count(text, "\n.It "), adm_noptions + adm_nexits);
	/* the examples are what the other tests have seen */
	assert_non_null(strstr(text, "--tid=1\n" TARGET_DEFAULTS ".Ed\n"));
	assert_non_null(strstr(text, "--sid=0\n" SESSION_DEFAULTS ".Ed\n"));
	free(text);
}

#define UNIT(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT(test_show_target),
		UNIT(test_show_defaults),
		UNIT(test_show_session),
		UNIT(test_show_connection),
		UNIT(test_show_all),
		UNIT(test_show_many),
		UNIT(test_new_target),
		UNIT(test_delete_target),
		UNIT(test_stale_target),
		UNIT(test_take_back),
		UNIT(test_delete_busy),
		UNIT(test_update),
		UNIT(test_update_refused),
		UNIT(test_delete_session),
		UNIT(test_session_stays),
		UNIT(test_accounts),
		UNIT(test_accounts_refused),
		UNIT(test_command_line),
		UNIT(test_no_room),
		UNIT(test_no_daemon),
		UNIT(test_second_daemon),
		UNIT(test_stranger),
		UNIT(test_stranger_first),
		UNIT(test_protocol),
		UNIT(test_crowd),
		UNIT(test_no_descriptors),
		UNIT(test_not_root),
		UNIT(test_manual),
		UNIT(test_synopsis),
	};

	return cmocka_run_group_tests_name("admin", tests, NULL, NULL);
}
