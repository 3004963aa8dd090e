/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Test bed of scstadmin: a kernel that is a configuration, with the rules of the
 * real one.
 */
#ifndef TESTS_ADMIN_FAKE_H
#define TESTS_ADMIN_FAKE_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../scstadmin/apply.h"
#include "../scstadmin/kernel.h"
#include "../scstadmin/model.h"
#include "../scstadmin/parse.h"
#include "../scstadmin/plan.h"
#include "../scstadmin/report.h"

/**
 * struct admin_fake - the kernel
 * @kernel: for the program
 * @model: what it has
 * @fail: the call of apply that fails, from 1; 0: none
 * @ignore: the call of apply that succeeds and does nothing, from 1; 0: none
 * @calls: of apply
 */
struct admin_fake {
	struct kernel kernel;
	struct model model;
	unsigned int fail;
	unsigned int ignore;
	unsigned int calls;
};

void admin_fake_init(struct admin_fake *fake);
void admin_fake_config(struct admin_fake *fake, const char *text);
void admin_fake_free(struct admin_fake *fake);
int admin_fake_apply(struct admin_fake *fake, const struct action *action);
void model_copy(struct model *to, const struct model *from);
char *plan_actions_text(const struct plan *plan);
char *report_text(const struct report *report);
void plan_check_same(const struct model *now, const struct model *wanted,
		     bool force);

#endif
