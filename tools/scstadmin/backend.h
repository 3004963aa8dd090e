/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The files behind devices.
 */
#ifndef SCSTADMIN_BACKEND_H
#define SCSTADMIN_BACKEND_H

#include "model.h"

void backend_check(struct model *wanted);
void backend_identify(struct model *live);

#endif
