/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The text of the files in /proc/scsi_tgt, into a configuration.
 */
#ifndef SCSTADMIN_LIVE_H
#define SCSTADMIN_LIVE_H

#include "model.h"

int live_scsi_tgt(struct model *live, char *text);
int live_vdisk(struct model *live, char *text);
int live_vcdrom(struct model *live, char *text);
int live_t10_ids(struct model *live, char *text);
int live_luns(struct group *group, char *text);
int live_names(struct group *group, char *text);
int live_group_order(struct model *live, char *text);
int live_sessions(struct model *live, char *text);
int live_targets(struct model *live, const char *driver, char *text);

#endif
