/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The operations of scstadmin.
 */
#ifndef SCSTADMIN_OPS_H
#define SCSTADMIN_OPS_H

#include "kernel.h"
#include "options.h"
#include "report.h"
#include "show.h"

enum exit_status {
	EXIT_OK = 0,
	EXIT_ERRORS = 1,
	EXIT_USAGE = 2,
	EXIT_NO_KERNEL = 3,
};

/**
 * struct admin - the program
 * @opt: command line
 * @kernel: the kernel
 * @live: what it has, read before the operation
 * @report: messages
 * @shown: messages that have been printed
 * @show: where lists go
 */
struct admin {
	struct options opt;
	struct kernel kernel;
	struct model live;
	struct report report;
	size_t shown;
	struct show show;
};

enum exit_status ops_run(struct admin *admin);

#endif
