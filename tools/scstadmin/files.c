// SPDX-License-Identifier: GPL-2.0
/*
 * Reading and replacing whole files.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"
#include "model.h"

#define CHUNK 65536

static int read_fd(int fd, size_t max, char **buf, size_t *len)
{
	size_t size = 0;
	ssize_t n;
	char *new;

	*buf = NULL;
	*len = 0;
	for (;;) {
		if (size - *len < 2) {
			new = realloc(*buf, size + CHUNK);
			if (!new)
				return -ENOMEM;
			*buf = new;
			size += CHUNK;
		}
		n = read(fd, *buf + *len, size - *len - 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			break;
		*len += n;
		if (*len > max)
			return -EFBIG;
	}
	(*buf)[*len] = '\0';
	return 0;
}

/**
 * file_read() - read a file
 * @path: its name
 * @max: largest size that is admitted
 * @buf: its text, with a NUL after it, for free()
 * @len: of the text
 *
 * Return: 0 or a negative errno.
 */
int file_read(const char *path, size_t max, char **buf, size_t *len)
{
	int fd, ret;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	ret = read_fd(fd, max, buf, len);
	if (ret) {
		free(*buf);
		*buf = NULL;
	}
	close(fd);
	return ret;
}

static int write_all(int fd, const char *buf, size_t len)
{
	ssize_t n;

	while (len) {
		n = write(fd, buf, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		buf += n;
		len -= n;
	}
	return 0;
}

static int write_plain(const char *path, const char *buf, size_t len)
{
	int fd, ret;

	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	ret = write_all(fd, buf, len);
	if (close(fd) && !ret)
		ret = -errno;
	return ret;
}

/* mode and owner of the file that goes, or what a new file would have */
static int take_over(int fd, const struct stat *old)
{
	mode_t mask;

	if (!old->st_nlink) {
		mask = umask(0);
		umask(mask);
		return fchmod(fd, 0666 & ~mask) ? -errno : 0;
	}
	if (fchown(fd, old->st_uid, old->st_gid) ||
	    fchmod(fd, old->st_mode & 07777))
		return -errno;
	return 0;
}

static int write_temp(char *temp, const char *buf, size_t len,
		      const struct stat *old)
{
	int fd, ret;

	fd = mkostemp(temp, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	ret = take_over(fd, old);
	if (!ret)
		ret = write_all(fd, buf, len);
	if (!ret && fsync(fd))
		ret = -errno;
	if (close(fd) && !ret)
		ret = -errno;
	if (ret)
		unlink(temp);
	return ret;
}

static void sync_dir(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return;
	fsync(fd);
	close(fd);
}

static int replace(const char *path, const char *buf, size_t len,
		   const struct stat *old)
{
	const char *slash = strrchr(path, '/');
	char temp[PATH_MAX + 16], dir[PATH_MAX];
	int ret;

	snprintf(dir, sizeof(dir), "%.*s", slash ? (int)(slash - path + 1) : 1,
		 slash ? path : ".");
	snprintf(temp, sizeof(temp), "%s.XXXXXX", path);
	ret = write_temp(temp, buf, len, old);
	if (ret)
		return ret;
	if (rename(temp, path)) {
		ret = -errno;
		unlink(temp);
		return ret;
	}
	sync_dir(dir);
	return 0;
}

/**
 * file_replace() - write a file
 * @path: its name; what a symbolic link points to is replaced, not the link;
 *	what is no regular file, as /dev/stdout, is just written to
 * @buf: its new text
 * @len: of the text
 *
 * Whenever it is interrupted, there is the old or the new file.
 *
 * Return: 0 or a negative errno.
 */
int file_replace(const char *path, const char *buf, size_t len)
{
	struct stat old = { 0 };
	char *real;
	int ret;

	if (!stat(path, &old) && !S_ISREG(old.st_mode))
		return write_plain(path, buf, len);
	real = realpath(path, NULL);
	if (strlen(real ? real : path) >= PATH_MAX)
		ret = -ENAMETOOLONG;
	else
		ret = replace(real ? real : path, buf, len, &old);
	free(real);
	return ret;
}
