/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Private to configfs/: the nodes below /sys/kernel/config/scst.
 */
#ifndef _SCST_CFS_PRIV_H
#define _SCST_CFS_PRIV_H

#include <linux/configfs.h>

#include "../core/core_priv.h"

/* item.c */
int scst_cfs_text_set(char **field, const char *page, size_t len, bool word);
bool scst_cfs_name_valid(const char *name);
int scst_cfs_item_init(struct config_item *item, const char *name,
		       const struct config_item_type *type);

/* devices.c */
extern const struct config_item_type scst_cfs_devices_type;

/* groups.c */
extern const struct config_item_type scst_cfs_groups_type;
void scst_cfs_default_group_init(struct config_group *groups);

#endif /* _SCST_CFS_PRIV_H */
