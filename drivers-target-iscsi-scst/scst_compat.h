/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Differences between the supported kernels, and the only place for them.
 * Written for the newest one; older ones get the new names.
 */
#ifndef _SCST_COMPAT_H
#define _SCST_COMPAT_H

#include <scsi/scsi_proto.h>

/* 6.18 gave the six byte commands their names */
#ifndef RESERVE_6
#define RESERVE_6	RESERVE
#define RELEASE_6	RELEASE
#endif

#endif /* _SCST_COMPAT_H */
