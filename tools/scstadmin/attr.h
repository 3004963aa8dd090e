/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Attributes of devices and LUNs, which blocks in braces and -attributes have in
 * common.
 */
#ifndef SCSTADMIN_ATTR_H
#define SCSTADMIN_ATTR_H

#include "model.h"

int attr_bool(const char *value, bool *on, const char **why);
const char *attr_device_name(size_t i);
int attr_set_device(struct device *dev, const char *name, const char *value,
		    const char **why);
int attr_set_lun(bool *read_only, const char *name, const char *value,
		 const char **why);

#endif
