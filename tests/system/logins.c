// SPDX-License-Identifier: GPL-2.0
/*
 * Logs in and out as often as asked, with libiscsi: logins URL COUNT PROCESSES
 *
 * Each process is an initiator of its own and goes through the ways in which
 * a session can end, one after the other: logout, a connection that is dropped
 * with the session open, one that is dropped before the login, one within it,
 * and a login that has to be refused.  Exits with 1 if one of them went
 * otherwise.
 */
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <iscsi/iscsi.h>
#include <iscsi/scsi-lowlevel.h>

#define TIMEOUT_S 60

enum ending { LOGOUT, DROP, DROP_EARLY, DROP_WITHIN, REFUSED, ENDINGS };

static bool complain(struct iscsi_context *iscsi, const char *what)
{
	fprintf(stderr, "%s: %s\n", what, iscsi_get_error(iscsi));
	return false;
}

static bool end_normally(struct iscsi_context *iscsi,
			 const struct iscsi_url *url, enum ending ending)
{
	if (iscsi_full_connect_sync(iscsi, url->portal, url->lun))
		return complain(iscsi, "login");
	if (ending == LOGOUT && iscsi_logout_sync(iscsi))
		return complain(iscsi, "logout");
	return true;
}

/* outlives the request, which ends with the context */
static bool logged_in;

static void login_done(struct iscsi_context *iscsi, int status, void *data,
		       void *arg)
{
	(void)iscsi;
	(void)data;
	(void)arg;
	logged_in = status == SCSI_STATUS_GOOD;
}

/*
 * With an account, needed or not, libiscsi asks twice: about security and about
 * parameters.  When the first answer has been read, the target waits for the
 * second request.
 */
static bool drop_within(struct iscsi_context *iscsi,
			const struct iscsi_url *url)
{
	struct pollfd pfd;

	logged_in = false;
	if (!url->user[0])
		iscsi_set_initiator_username_pwd(iscsi, "any", "password");
	if (iscsi_connect_sync(iscsi, url->portal))
		return complain(iscsi, "connect");
	if (iscsi_login_async(iscsi, login_done, NULL))
		return complain(iscsi, "login");
	do {
		pfd.fd = iscsi_get_fd(iscsi);
		pfd.events = iscsi_which_events(iscsi);
		if (poll(&pfd, 1, TIMEOUT_S * 1000) <= 0)
			return complain(iscsi, "no answer to the first request");
		if (iscsi_service(iscsi, pfd.revents))
			return complain(iscsi, "first request");
	} while (!(pfd.revents & POLLIN));
	return !logged_in || complain(iscsi, "one request was enough");
}

static bool refused(struct iscsi_context *iscsi, const struct iscsi_url *url)
{
	char name[MAX_STRING_SIZE + 8];

	snprintf(name, sizeof(name), "%s.no", url->target);
	iscsi_set_targetname(iscsi, name);
	if (iscsi_full_connect_sync(iscsi, url->portal, url->lun))
		return true;
	return complain(iscsi, "a target that is not there took a login");
}

static bool run(struct iscsi_context *iscsi, const struct iscsi_url *url,
		enum ending ending)
{
	switch (ending) {
	case DROP_EARLY:
		if (iscsi_connect_sync(iscsi, url->portal))
			return complain(iscsi, "connect");
		return true;
	case DROP_WITHIN:
		return drop_within(iscsi, url);
	case REFUSED:
		return refused(iscsi, url);
	default:
		return end_normally(iscsi, url, ending);
	}
}

static bool one_login(const char *text, int me, enum ending ending)
{
	struct iscsi_context *iscsi;
	struct iscsi_url *url;
	char name[64];
	bool ok;

	snprintf(name, sizeof(name), "iqn.2026-11.org.example:logins-%d", me);
	iscsi = iscsi_create_context(name);
	if (!iscsi)
		return false;
	url = iscsi_parse_full_url(iscsi, text);
	if (!url) {
		complain(iscsi, "url");
		iscsi_destroy_context(iscsi);
		return false;
	}
	iscsi_set_targetname(iscsi, url->target);
	iscsi_set_session_type(iscsi, ISCSI_SESSION_NORMAL);
	iscsi_set_noautoreconnect(iscsi, 1);
	iscsi_set_timeout(iscsi, TIMEOUT_S);
	if (url->user[0])
		iscsi_set_initiator_username_pwd(iscsi, url->user, url->passwd);
	/*
	 * the same port of the initiator each time: the next login of a
	 * dropped session reinstates it
	 */
	iscsi_set_isid_random(iscsi, me, 0);
	ok = run(iscsi, url, ending);
	iscsi_destroy_url(url);
	iscsi_destroy_context(iscsi);
	return ok;
}

static int worker(const char *url, int me, long count)
{
	long i, failed = 0;

	for (i = 0; i < count && failed < 5; i++)
		failed += !one_login(url, me, i % ENDINGS);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	long count, workers, i;
	int status, ret = 0;

	if (argc != 4) {
		fprintf(stderr, "usage: logins URL COUNT PROCESSES\n");
		return EXIT_FAILURE;
	}
	count = strtol(argv[2], NULL, 10);
	workers = strtol(argv[3], NULL, 10);
	if (count < 1 || workers < 1)
		return EXIT_FAILURE;
	for (i = 0; i < workers; i++) {
		pid_t pid = fork();

		if (pid < 0) {
			perror("fork");
			ret = EXIT_FAILURE;
			break;
		}
		if (!pid)
			_exit(worker(argv[1], i + 1, count / workers));
	}
	while (wait(&status) > 0)
		if (status)
			ret = EXIT_FAILURE;
	return ret;
}
