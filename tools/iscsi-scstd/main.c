// SPDX-License-Identifier: GPL-2.0
/*
 * Command line, start and end of the daemon.  The only file that calls exit(),
 * by returning from main().
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scstd.h"
#include "sdnotify.h"
#include "strnum.h"
#include "util.h"

#define CONFIG_FILE "/etc/iscsi-scstd.conf"
#define ALLOW_FILE "/etc/initiators.allow"
#define DENY_FILE "/etc/initiators.deny"
#define PID_FILE "/var/run/iscsi-scstd.pid"
#define LOCK_FILE "/var/run/iscsi-scstd.lock"

enum option_result {
	OPTIONS_RUN,
	OPTIONS_EXIT_OK,
	OPTIONS_EXIT_ERROR,
};

static const struct option long_options[] = {
	{ "config", required_argument, NULL, 'c' },
	{ "foreground", no_argument, NULL, 'f' },
	{ "debug", required_argument, NULL, 'd' },
	{ "uid", required_argument, NULL, 'u' },
	{ "gid", required_argument, NULL, 'g' },
	{ "address", required_argument, NULL, 'a' },
	{ "port", required_argument, NULL, 'p' },
	{ "check", no_argument, NULL, 't' },
	{ "version", no_argument, NULL, 'v' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static void usage(FILE *out)
{
	fputs("Usage: " SCSTD_NAME " [OPTION]...\n"
	      "iSCSI target daemon.\n"
	      "  -c, --config=FILE     configuration (" CONFIG_FILE ")\n"
	      "  -f, --foreground      stay in the foreground, log to stderr\n"
	      "  -d, --debug=LEVEL     log debug messages below LEVEL (0)\n"
	      "  -u, --uid=UID         run as this user\n"
	      "  -g, --gid=GID         run as this group\n"
	      "  -a, --address=ADDR[:PORT]\n"
	      "                        listen on this address only (all),\n"
	      "                        can be repeated\n"
	      "  -p, --port=PORT       listen on this port (3260)\n"
	      "  -t, --check           only check the configuration\n"
	      "  -v, --version         print the version\n"
	      "  -h, --help            print this text\n", out);
}

static bool parse_number(const char *name, const char *arg, uint32_t min,
			 uint32_t max, uint32_t *out)
{
	if (!strnum_u32(arg, min, max, out))
		return true;
	fprintf(stderr, SCSTD_NAME ": %s: '%s' is not a number within %u..%u\n",
		name, arg, min, max);
	return false;
}

/* Return: false if the argument of the option is no good */
static bool set_number(struct options *opt, int c, const char *arg)
{
	uint32_t val = 0;

	switch (c) {
	case 'd':
		if (!parse_number("--debug", arg, 0, INT32_MAX, &val))
			return false;
		opt->debug = val;
		return true;
	case 'u':
		opt->set_uid = parse_number("--uid", arg, 0, UINT32_MAX - 1,
					    &opt->uid);
		return opt->set_uid;
	case 'g':
		opt->set_gid = parse_number("--gid", arg, 0, UINT32_MAX - 1,
					    &opt->gid);
		return opt->set_gid;
	default:
		if (!parse_number("--port", arg, 1, 65535, &val))
			return false;
		opt->port = val;
		return true;
	}
}

static bool add_address(struct options *opt, const char *arg)
{
	if (opt->naddresses == LISTEN_MAX) {
		fprintf(stderr, SCSTD_NAME ": --address: more than %d\n",
			LISTEN_MAX);
		return false;
	}
	opt->addresses[opt->naddresses++] = arg;
	return true;
}

static enum option_result set_option(struct options *opt, int c)
{
	switch (c) {
	case 'c':
		opt->config = optarg;
		return OPTIONS_RUN;
	case 'f':
		opt->foreground = true;
		return OPTIONS_RUN;
	case 't':
		opt->check = true;
		return OPTIONS_RUN;
	case 'a':
		return add_address(opt, optarg) ? OPTIONS_RUN :
						  OPTIONS_EXIT_ERROR;
	case 'd':
	case 'u':
	case 'g':
	case 'p':
		return set_number(opt, c, optarg) ? OPTIONS_RUN :
						    OPTIONS_EXIT_ERROR;
	case 'v':
		puts(SCSTD_NAME " version " SCSTD_VERSION);
		return OPTIONS_EXIT_OK;
	case 'h':
		usage(stdout);
		return OPTIONS_EXIT_ERROR;
	default:
		usage(stderr);
		return OPTIONS_EXIT_ERROR;
	}
}

static enum option_result get_options(struct options *opt, int argc,
				      char **argv)
{
	enum option_result result;
	int c;

	while ((c = getopt_long(argc, argv, "c:fd:u:g:a:p:tvh", long_options,
				NULL)) >= 0) {
		result = set_option(opt, c);
		if (result != OPTIONS_RUN)
			return result;
	}
	if (optind == argc)
		return OPTIONS_RUN;
	fprintf(stderr, SCSTD_NAME ": unexpected argument '%s'\n",
		argv[optind]);
	usage(stderr);
	return OPTIONS_EXIT_ERROR;
}

/* Return: the locked file, -EWOULDBLOCK if it is somebody's, or another errno */
static int lock_file(const char *path, int flags, mode_t mode)
{
	int fd, ret;

	fd = open(path, flags | O_CREAT | O_CLOEXEC, mode);
	if (fd < 0)
		return -errno;
	if (!flock(fd, LOCK_EX | LOCK_NB))
		return fd;
	ret = -errno;
	close(fd);
	return ret;
}

/* Return: the locked file, or a negative errno after a message */
static int pid_file_lock(void)
{
	int fd = lock_file(PID_FILE, O_RDWR, 0644);

	if (fd == -EWOULDBLOCK)
		log_err("%s is locked: already running", PID_FILE);
	else if (fd < 0)
		log_err("%s: %s", PID_FILE, strerror(-fd));
	return fd;
}

/*
 * The targets of the kernel are one daemon's, in the foreground or not, and
 * whatever network namespace it is in.  Whoever can open the file can lock it,
 * so nobody else can; it stays, because a new one would be another lock.  Where
 * it cannot be made the admin socket is all that keeps others out.
 *
 * Return: the locked file, -EWOULDBLOCK after a message if there is a daemon,
 * or why there is no lock
 */
static int instance_lock(const struct options *opt)
{
	int fd = opt->lock ? lock_file(opt->lock, O_RDONLY, 0600) : -ENOENT;

	if (fd == -EWOULDBLOCK)
		log_err("another iscsi-scstd is running: it has locked %s",
			opt->lock);
	else if (fd < 0 && opt->lock)
		log_warn("%s: %s: nothing keeps a daemon in another network namespace out",
			 opt->lock, strerror(-fd));
	return fd;
}

static int pid_file_write(int fd)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%d\n", (int)getpid());

	if (ftruncate(fd, 0) || pwrite(fd, text, len, 0) != len)
		return -errno;
	return 0;
}

/* the parent's part: returns when the child listens, or with its failure */
static int wait_for_child(int fd)
{
	char status = EXIT_FAILURE;
	ssize_t n;

	do {
		n = read(fd, &status, 1);
	} while (n < 0 && errno == EINTR);
	return n == 1 ? status : EXIT_FAILURE;
}

/*
 * Return: in the child the descriptor on which to report readiness, a negative
 * errno if there is no child; does not return in the parent otherwise.
 */
static int daemonize(int *parent_status, int pid_fd)
{
	int fds[2], ret;
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC))
		return -errno;
	pid = fork();
	if (pid < 0) {
		ret = -errno;
		close(fds[0]);
		close(fds[1]);
		return ret;
	}
	if (pid) {
		close(fds[1]);
		*parent_status = wait_for_child(fds[0]);
		return -ECHILD;
	}
	close(fds[0]);
	setsid();
	umask(0077);
	ret = pid_file_write(pid_fd);
	if (!ret && chdir("/"))
		ret = -errno;
	if (!ret)
		return fds[1];
	log_err("%s: %s", PID_FILE, strerror(-ret));
	close(fds[1]);
	return ret;
}

/* we listen: let the parent go, and the terminal */
static void detach(const struct options *opt, int ready_fd)
{
	const char ok = EXIT_SUCCESS;
	int null;

	if (ready_fd < 0)
		return;
	log_open(SCSTD_NAME, LOG_TO_SYSLOG, opt->debug);
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null >= 0) {
		dup2(null, STDIN_FILENO);
		dup2(null, STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
		close(null);
	}
	if (write(ready_fd, &ok, 1) < 0)
		log_debug("nobody waits for us to be ready");
	close(ready_fd);
}

static void on_signal(struct evloop *loop, int signo)
{
	if (signo == SIGHUP) {
		reload(container_of(loop, struct scstd, loop));
		return;
	}
	log_info("%s: terminating, running sessions go on", strsignal(signo));
	ev_stop(loop);
}

static int start_signals(struct scstd *ctx)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	signal(SIGPIPE, SIG_IGN);
	return ev_signals(&ctx->loop, &set, on_signal);
}

/*
 * As the user who reads them from now on.  Without its configuration the
 * daemon can go on until it is restarted, without the access rules it would
 * serve nobody.
 */
static int check_files(struct scstd *ctx)
{
	const char *file = ctx->opt.config;

	if (access(file, R_OK) && errno != ENOENT)
		log_warn("%s: %s: SIGHUP will not be able to reload it", file,
			 strerror(errno));
	return access_refresh(&ctx->access);
}

static int serve(struct scstd *ctx, struct config *conf, int ready_fd)
{
	int lock = -1, ret;

	/* before the kernel is touched: it may be another daemon's */
	ret = listen_open(ctx);
	if (!ret)
		lock = instance_lock(&ctx->opt);
	if (lock == -EWOULDBLOCK)
		ret = lock;
	if (!ret)
		ret = admin_open(ctx);
	if (ret) {
		config_free(conf);
		goto out;
	}
	ret = target_apply(ctx, conf);
	if (ret) {
		config_free(conf);
		goto out;
	}
	/* if there is too much going on, they are known a little later */
	ret = session_sync(ctx);
	if (ret && ret != -EINTR)
		goto out;
	ret = isns_start(ctx);
	if (ret)
		goto out;
	ret = priv_drop(&ctx->opt);
	if (ret)
		goto out;
	ret = check_files(ctx);
	if (ret)
		goto out;
	sdnotify("READY=1");
	detach(&ctx->opt, ready_fd);
	log_info("ready, %u targets", ctx->conf->ntargets);
	ret = ev_run(&ctx->loop);
	sdnotify("STOPPING=1");
out:
	isns_stop(ctx);
	admin_close(ctx);
	listen_close(ctx);
	conn_close_all(ctx);
	if (lock >= 0)
		close(lock);
	return ret;
}

static int run(struct scstd *ctx, struct config *conf, int ready_fd)
{
	int ret;

	ret = ev_init(&ctx->loop);
	if (ret)
		goto out_conf;
	ret = start_signals(ctx);
	if (ret)
		goto out_loop;
	priv_protect();
	ret = kern_open(ctx);
	if (ret)
		goto out_loop;
	ret = serve(ctx, conf, ready_fd);
	kern_close(ctx);
	session_table_free(ctx);
	target_fini(ctx);
	access_fini(&ctx->access);
	ev_fini(&ctx->loop);
	return ret;

out_loop:
	ev_fini(&ctx->loop);
out_conf:
	config_free(conf);
	return ret;
}

static int run_daemon(struct scstd *ctx, struct config *conf)
{
	int status = EXIT_FAILURE;
	int pid_fd, ready_fd, ret;

	pid_fd = pid_file_lock();
	if (pid_fd < 0) {
		config_free(conf);
		return EXIT_FAILURE;
	}
	ready_fd = daemonize(&status, pid_fd);
	if (ready_fd < 0) {
		if (ready_fd != -ECHILD)
			log_err("cannot start: %s", strerror(-ready_fd));
		config_free(conf);
		close(pid_fd);
		return status;
	}
	ret = run(ctx, conf, ready_fd);
	/* if we have become another user this is all that we may do to it */
	if (ftruncate(pid_fd, 0))
		log_debug("%s: %s", PID_FILE, strerror(errno));
	unlink(PID_FILE);
	close(pid_fd);
	return ret ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* a daemon changes its directory, but not its mind about the file */
static bool absolute(const char *file, char *buf, size_t len)
{
	char dir[PATH_MAX] = "";

	if (*file != '/' && !getcwd(dir, sizeof(dir)))
		return false;
	return snprintf(buf, len, "%s%s%s", dir, *dir ? "/" : "", file) <
	       (int)len;
}

static int run_foreground(struct scstd *ctx, struct config *conf)
{
	return run(ctx, conf, -1) ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* all that makes a start or a reload fail, as far as files are to blame */
static int run_check(struct scstd *ctx, struct config *conf)
{
	int ret = access_refresh(&ctx->access);

	access_fini(&ctx->access);
	config_free(conf);
	return ret ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* none of our descriptors must get a number that detach() overwrites */
static void reserve_std_fds(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

int main(int argc, char **argv)
{
	struct config *conf = NULL;
	enum option_result result;
	char path[PATH_MAX];
	struct scstd ctx = {
		.opt = {
			.config = CONFIG_FILE,
			.port = ISCSI_PORT,
			.allow = ALLOW_FILE,
			.deny = DENY_FILE,
			.admin_socket = ADM_SOCKET,
			.lock = LOCK_FILE,
		},
	};
	int status, log = LOG_TO_STDERR;

	reserve_std_fds();
	result = get_options(&ctx.opt, argc, argv);
	if (result != OPTIONS_RUN)
		return result == OPTIONS_EXIT_OK ? EXIT_SUCCESS : EXIT_FAILURE;
	if (absolute(ctx.opt.config, path, sizeof(path)))
		ctx.opt.config = path;
	LIST_INIT(&ctx.conns);
	session_table_init(&ctx);
	access_init(&ctx.access, ctx.opt.allow, ctx.opt.deny);
	/* until it listens, a daemon's messages are for its caller, too */
	if (!ctx.opt.foreground && !ctx.opt.check)
		log |= LOG_TO_SYSLOG;
	log_open(SCSTD_NAME, log, ctx.opt.debug);
	if (config_load(ctx.opt.config, true, &conf))
		return EXIT_FAILURE;
	if (ctx.opt.check)
		return run_check(&ctx, conf);
	status = ctx.opt.foreground ? run_foreground(&ctx, conf) :
				      run_daemon(&ctx, conf);
	closelog();
	return status;
}
