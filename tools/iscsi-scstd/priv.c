// SPDX-License-Identifier: GPL-2.0
/*
 * Standing of the process: what it needs because disks depend on it, and what
 * it gives up when it becomes another user.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <string.h>
#include <unistd.h>
#include <linux/capability.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "scstd.h"

#ifndef PR_SET_IO_FLUSHER
#define PR_SET_IO_FLUSHER 57
#endif

#define OOM_SCORE_ADJ "-1000"

static void protect_from_oom(void)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, OOM_SCORE_ADJ, strlen(OOM_SCORE_ADJ)) < 0)
		log_warn("cannot set oom_score_adj: %s", strerror(errno));
	if (fd >= 0)
		close(fd);
}

/* without the limit lifted, allocations would fail after priv_drop() */
static int lock_memory(void)
{
	const struct rlimit unlimited = { RLIM_INFINITY, RLIM_INFINITY };

	if (setrlimit(RLIMIT_MEMLOCK, &unlimited) ||
	    mlockall(MCL_CURRENT | MCL_FUTURE))
		return -errno;
	return 0;
}

/**
 * priv_protect() - stay able to run while memory is short
 *
 * An initiator on this machine may have to log in again before it can write
 * out the very pages that we would wait for.  Each step is best effort: a
 * container may not allow it.
 */
void priv_protect(void)
{
	protect_from_oom();
	if (prctl(PR_SET_IO_FLUSHER, 1, 0, 0, 0))
		log_warn("cannot become an I/O flusher: %s", strerror(errno));
	if (lock_memory())
		log_warn("cannot lock memory: %s", strerror(errno));
}

/* netlink requests of the driver ask for CAP_NET_ADMIN */
static int keep_net_admin(void)
{
	struct __user_cap_header_struct hdr = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2] = {
		{ .effective = 1 << CAP_NET_ADMIN,
		  .permitted = 1 << CAP_NET_ADMIN },
	};

	return syscall(SYS_capset, &hdr, data) ? -errno : 0;
}

static int drop_group(const struct options *opt)
{
	if (opt->set_gid && setgid(opt->gid))
		return -errno;
	if (setgroups(0, NULL))
		return -errno;
	return 0;
}

static int drop_user(const struct options *opt)
{
	if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) || setuid(opt->uid))
		return -errno;
	return opt->uid ? keep_net_admin() : 0;
}

/**
 * priv_drop() - become the user and the group of the options
 * @opt: the options
 *
 * Return: 0 or a negative errno after a message; going on would mean to run
 * with more rights than asked for.
 */
int priv_drop(const struct options *opt)
{
	int ret = 0;

	if (!opt->set_uid && !opt->set_gid)
		return 0;
	ret = drop_group(opt);
	if (!ret && opt->set_uid)
		ret = drop_user(opt);
	if (ret)
		log_err("cannot give up privileges: %s", strerror(-ret));
	return ret;
}
