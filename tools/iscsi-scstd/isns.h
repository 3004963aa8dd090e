/* SPDX-License-Identifier: GPL-2.0 */
/*
 * iSNS client: what the rest of the daemon sees of it.
 */
#ifndef SCSTD_ISNS_H
#define SCSTD_ISNS_H

#include <stdbool.h>

struct scstd;
struct target;

int isns_start(struct scstd *ctx);
void isns_stop(struct scstd *ctx);
int isns_targets_changed(struct scstd *ctx);
bool isns_allows(const struct scstd *ctx, const struct target *target,
		 const char *initiator);

#endif
