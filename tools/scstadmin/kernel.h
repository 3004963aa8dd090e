/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The way to the kernel.  All of scstadmin reaches it through these.
 */
#ifndef SCSTADMIN_KERNEL_H
#define SCSTADMIN_KERNEL_H

#include "model.h"
#include "plan.h"

struct kernel;

/**
 * struct kernel_ops - one of the kernel's interfaces
 * @read: fill in a configuration that model_init() has begun; negative errno
 * @apply: execute one action; negative errno
 * @describe: what @apply would do, for people
 * @get: read an attribute of "core", a handler or a target driver into a string
 *	for free(); negative errno, -ENOENT if there is none of this name
 * @lock: keep other instances away until the program ends
 */
struct kernel_ops {
	int (*read)(struct kernel *kernel, struct model *live);
	int (*apply)(struct kernel *kernel, const struct action *action);
	void (*describe)(struct kernel *kernel, const struct action *action,
			 char *buf, size_t size);
	int (*get)(struct kernel *kernel, const char *object, const char *attr,
		   char **value);
	int (*lock)(struct kernel *kernel);
};

/**
 * struct kernel - the kernel
 * @ops: how to reach it
 * @root: where its files are
 * @report: gets what is wrong with them
 */
struct kernel {
	const struct kernel_ops *ops;
	const char *root;
	struct report *report;
};

extern const struct kernel_ops kernel_proc_ops;

#define KERNEL_PROC_ROOT "/proc/scsi_tgt"

#endif
