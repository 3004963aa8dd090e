// SPDX-License-Identifier: GPL-2.0
/*
 * Looks whether the files behind devices can be opened, before a device that
 * works is closed for one that does not.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "backend.h"

static void missing(struct device *dev, const char *why)
{
	char text[512];

	snprintf(text, sizeof(text), "%.400s: %s", dev->path, why);
	str_set(&dev->backend, text);
}

static void check(struct device *dev)
{
	struct stat st;

	if (stat(dev->path, &st))
		missing(dev, strerror(errno));
	else if (!S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode))
		missing(dev, "neither a file nor a block device");
	else if (dev->flags & DEV_BLOCKIO && !S_ISBLK(st.st_mode))
		missing(dev, "BLOCKIO needs a block device");
}

/**
 * backend_check() - find devices whose file cannot be opened
 * @wanted: in its devices, @backend is set
 */
void backend_check(struct model *wanted)
{
	struct device *dev;
	size_t i;

	for (i = 0; i < wanted->ndevices; i++) {
		dev = &wanted->devices[i];
		if (handler_makes_devices(dev->handler) && *dev->path &&
		    !(dev->flags & DEV_NULLIO))
			check(dev);
	}
}
