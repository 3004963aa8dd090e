/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Carrying a plan out.
 */
#ifndef SCSTADMIN_APPLY_H
#define SCSTADMIN_APPLY_H

#include "kernel.h"
#include "plan.h"
#include "report.h"

enum action_result {
	RESULT_PENDING,
	RESULT_DONE,
	RESULT_FAILED,
	RESULT_LEFT_OUT,
	RESULT_REVERTED,	/* has failed, what it was about is as before */
};

/**
 * struct outcome - what became of a plan
 * @results: of each action
 * @done: actions that succeeded
 * @failed: actions that did not
 * @left_out: actions that were not tried because of another one's failure
 */
struct outcome {
	enum action_result *results;
	unsigned int done;
	unsigned int failed;
	unsigned int left_out;
};

typedef void (*apply_progress_fn)(void *arg, const struct plan *plan, size_t i);

int apply_plan(struct kernel *kernel, const struct plan *plan,
	       struct report *report, struct outcome *outcome,
	       apply_progress_fn progress, void *arg);
void outcome_free(struct outcome *outcome);
bool action_holds(const struct action *action, const struct model *live);

#endif
