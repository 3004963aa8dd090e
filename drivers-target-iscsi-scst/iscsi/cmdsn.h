/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The command window of a session (RFC 7143 4.2.2); pure.
 * The caller serialises; knows nothing of commands.
 */
#ifndef _SCST_ISCSI_CMDSN_H
#define _SCST_ISCSI_CMDSN_H

#include <linux/types.h>

/**
 * struct scst_iscsi_cmdsn - command window
 * @exp: ExpCmdSN, the next one to execute
 * @max: MaxCmdSN, the highest one the initiator may send; it never decreases
 * @window: most commands that may be outstanding
 */
struct scst_iscsi_cmdsn {
	u32 exp;
	u32 max;
	u32 window;
};

enum scst_iscsi_cmdsn_place {
	SCST_ISCSI_CMDSN_NEXT,		/* execute it now */
	SCST_ISCSI_CMDSN_AHEAD,		/* inside the window, others come first */
	SCST_ISCSI_CMDSN_OUTSIDE,	/* to be ignored */
};

void scst_iscsi_cmdsn_init(struct scst_iscsi_cmdsn *w, u32 exp, u32 window);
enum scst_iscsi_cmdsn_place
scst_iscsi_cmdsn_place(const struct scst_iscsi_cmdsn *w, u32 sn);
void scst_iscsi_cmdsn_advance(struct scst_iscsi_cmdsn *w);
void scst_iscsi_cmdsn_credit(struct scst_iscsi_cmdsn *w);

#endif /* _SCST_ISCSI_CMDSN_H */
