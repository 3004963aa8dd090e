// SPDX-License-Identifier: GPL-2.0
/*
 * Logs in and out as often as asked, with libiscsi: logins COUNT PROCESSES URL...
 *
 * A URL without a target is for discovery; with an account in it, CHAP is used.
 * Each process is an initiator of its own and goes through the ways in which
 * a session can end, one after the other: logout, a connection that is dropped
 * with the session open, one that is dropped before the login, one within it,
 * and a login that has to be refused; all of them with one URL, and then with
 * the next.  Exits with 1 if one of them went otherwise.
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

static bool is_discovery(const struct iscsi_url *url)
{
	return !url->target[0];
}

/* with an answer to the question that the session is for */
static bool discover(struct iscsi_context *iscsi, const struct iscsi_url *url)
{
	struct iscsi_discovery_address *found;

	if (iscsi_connect_sync(iscsi, url->portal) || iscsi_login_sync(iscsi))
		return false;
	found = iscsi_discovery_sync(iscsi);
	if (!found)
		return false;
	iscsi_free_discovery_data(iscsi, found);
	return true;
}

static bool log_in(struct iscsi_context *iscsi, const struct iscsi_url *url)
{
	if (is_discovery(url))
		return discover(iscsi, url);
	return !iscsi_full_connect_sync(iscsi, url->portal, url->lun);
}

static bool end_normally(struct iscsi_context *iscsi,
			 const struct iscsi_url *url, enum ending ending)
{
	if (!log_in(iscsi, url))
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

/* for a wrong password, or for a target that is not there */
static bool refused(struct iscsi_context *iscsi, const struct iscsi_url *url)
{
	char name[MAX_STRING_SIZE + 8];

	snprintf(name, sizeof(name), "%s.no", url->target);
	if (url->user[0])
		iscsi_set_initiator_username_pwd(iscsi, url->user,
						 "another password");
	else
		iscsi_set_targetname(iscsi, name);
	if (!log_in(iscsi, url))
		return true;
	return complain(iscsi, "a login with something wrong was accepted");
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

static struct iscsi_url *parse(struct iscsi_context *iscsi, const char *text)
{
	static const char scheme[] = "iscsi://";

	if (strchr(text + strlen(scheme), '/'))
		return iscsi_parse_full_url(iscsi, text);
	return iscsi_parse_portal_url(iscsi, text);
}

static void prepare(struct iscsi_context *iscsi, const struct iscsi_url *url)
{
	if (is_discovery(url))
		iscsi_set_session_type(iscsi, ISCSI_SESSION_DISCOVERY);
	else
		iscsi_set_session_type(iscsi, ISCSI_SESSION_NORMAL);
	if (!is_discovery(url))
		iscsi_set_targetname(iscsi, url->target);
	iscsi_set_noautoreconnect(iscsi, 1);
	iscsi_set_timeout(iscsi, TIMEOUT_S);
	if (url->user[0])
		iscsi_set_initiator_username_pwd(iscsi, url->user, url->passwd);
	if (url->target_user[0])
		iscsi_set_target_username_pwd(iscsi, url->target_user,
					      url->target_passwd);
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
	url = parse(iscsi, text);
	if (!url) {
		complain(iscsi, "url");
		iscsi_destroy_context(iscsi);
		return false;
	}
	prepare(iscsi, url);
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

static int worker(char *const *urls, int nurls, int me, long count)
{
	long i, failed = 0;

	for (i = 0; i < count && failed < 5; i++)
		failed += !one_login(urls[i / ENDINGS % nurls], me,
				     i % ENDINGS);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	long count, workers, i;
	int status, ret = 0;

	if (argc < 4) {
		fprintf(stderr, "usage: logins COUNT PROCESSES URL...\n");
		return EXIT_FAILURE;
	}
	count = strtol(argv[1], NULL, 10);
	workers = strtol(argv[2], NULL, 10);
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
			_exit(worker(argv + 3, argc - 3, i + 1,
				     count / workers));
	}
	while (wait(&status) > 0)
		if (status)
			ret = EXIT_FAILURE;
	return ret;
}
