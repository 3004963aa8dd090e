// SPDX-License-Identifier: GPL-2.0
/*
 * Looks at the files behind devices, before a device that works is closed for one
 * that does not: what the kernel would refuse, and which are the same.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <linux/fs.h>

#include "backend.h"

static void missing(struct device *dev, const char *why)
{
	char text[512];

	snprintf(text, sizeof(text), "%.400s: %s", dev->path, why);
	str_set(&dev->backend, text);
}

static uint32_t blocksize_of(const struct device *dev)
{
	return dev->blocksize ? dev->blocksize : BLOCKSIZE_DEFAULT;
}

static void check_size(struct device *dev, uint64_t size)
{
	if (size < blocksize_of(dev))
		missing(dev, "smaller than one block");
}

static void check_block(struct device *dev)
{
	int fd = open(dev->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	int logical = 0;
	uint64_t size;

	if (fd < 0) {
		missing(dev, strerror(errno));
		return;
	}
	if (!ioctl(fd, BLKGETSIZE64, &size))
		check_size(dev, size);
	if (dev->flags & DEV_BLOCKIO && !ioctl(fd, BLKSSZGET, &logical) &&
	    (uint32_t)logical > blocksize_of(dev))
		missing(dev, "its blocks are larger, BLOCKIO cannot divide them");
	close(fd);
}

static void identify(struct device *dev, const struct stat *st)
{
	bool block = S_ISBLK(st->st_mode);

	dev->file.known = true;
	dev->file.dev = block ? st->st_rdev : st->st_dev;
	dev->file.ino = block ? 0 : st->st_ino;
}

static void check(struct device *dev)
{
	struct stat st;

	if (stat(dev->path, &st)) {
		missing(dev, strerror(errno));
		return;
	}
	identify(dev, &st);
	if (S_ISBLK(st.st_mode))
		check_block(dev);
	else if (!S_ISREG(st.st_mode))
		missing(dev, "neither a file nor a block device");
	else if (dev->flags & DEV_BLOCKIO)
		missing(dev, "BLOCKIO needs a block device");
	else if (!strcmp(dev->handler, "vdisk"))
		check_size(dev, st.st_size);
}

static bool has_file(const struct device *dev)
{
	return handler_makes_devices(dev->handler) && *dev->path == '/' &&
	       !(dev->flags & DEV_NULLIO);
}

/**
 * backend_check() - find devices whose file cannot be opened
 * @wanted: in its devices, @backend and @file are set
 */
void backend_check(struct model *wanted)
{
	size_t i;

	for (i = 0; i < wanted->ndevices; i++)
		if (has_file(&wanted->devices[i]))
			check(&wanted->devices[i]);
}

/**
 * backend_identify() - find out which files devices have
 * @live: in its devices, @file is set
 */
void backend_identify(struct model *live)
{
	struct device *dev;
	struct stat st;
	size_t i;

	for (i = 0; i < live->ndevices; i++) {
		dev = &live->devices[i];
		if (has_file(dev) && !stat(dev->path, &st))
			identify(dev, &st);
	}
}
