// SPDX-License-Identifier: GPL-2.0
/*
 * scstadmin: configures the SCSI target subsystem.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ops.h"
#include "version.h"

/* the output may be the result, which has to be just that */
static bool is_filter(const struct options *opt)
{
	return opt->op == OPT_WRITE_CONFIG &&
	       (!strcmp(opt->arg, "-") || !strcmp(opt->arg, "/dev/stdout"));
}

static enum exit_status run(struct admin *admin)
{
	const char *root = admin->opt.value[OPT_PROC];
	enum exit_status status;

	if (admin->opt.op == OPT_HELP) {
		options_usage(stdout);
		return EXIT_OK;
	}
	if (admin->opt.op == OPT_VERSION) {
		puts("scstadmin " SCST_TOOLS_VERSION);
		return EXIT_OK;
	}
	admin->kernel.ops = &kernel_proc_ops;
	admin->kernel.root = root ? root : KERNEL_PROC_ROOT;
	admin->kernel.report = &admin->report;
	if (!root && geteuid()) {
		fputs("scstadmin: you have to be root\n", stderr);
		return EXIT_ERRORS;
	}
	model_init(&admin->live, admin->kernel.root);
	status = ops_run(admin);
	model_free(&admin->live);
	if (status == EXIT_OK && !admin->show.json && !is_filter(&admin->opt))
		puts("All done.");
	return status;
}

int main(int argc, char **argv)
{
	struct admin admin = { 0 };
	enum exit_status status;

	report_init(&admin.report);
	if (options_parse(&admin.opt, argc, argv, &admin.report)) {
		report_print(&admin.report, 0);
		fputs("Usage: scstadmin OPERATION [OPTION]...\n"
		      "scstadmin -help lists them\n", stderr);
		status = EXIT_USAGE;
	} else {
		status = run(&admin);
	}
	report_free(&admin.report);
	if (fflush(stdout) || ferror(stdout)) {
		perror("scstadmin: standard output");
		return EXIT_ERRORS;
	}
	return status;
}
