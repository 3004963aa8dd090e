// SPDX-License-Identifier: GPL-2.0
/*
 * The command window of a session (RFC 7143 4.2.2), in serial number
 * arithmetic.  Pure: the caller serialises.
 *
 * Every number that is used up closes the window by one, every credit opens it
 * again, so max - exp + 1 plus the numbers without credit is the window size.
 */
#include <kunit/visibility.h>
#include <linux/export.h>
#include <scst/iscsi_proto.h>

#include "cmdsn.h"

/**
 * scst_iscsi_cmdsn_init - start with an open window
 * @w: window
 * @exp: first CmdSN
 * @window: size, at least 1
 *
 * Context: any.
 */
void scst_iscsi_cmdsn_init(struct scst_iscsi_cmdsn *w, u32 exp, u32 window)
{
	w->exp = exp;
	w->max = exp + window - 1;
	w->window = window;
}
EXPORT_SYMBOL_IF_KUNIT(scst_iscsi_cmdsn_init);

/**
 * scst_iscsi_cmdsn_place - where a number lies
 * @w: window
 * @sn: CmdSN of a PDU that is not immediate
 *
 * Context: any.
 * Return: what to do with the PDU.
 */
enum scst_iscsi_cmdsn_place
scst_iscsi_cmdsn_place(const struct scst_iscsi_cmdsn *w, u32 sn)
{
	if (iscsi_sn_after(sn, w->max) || iscsi_sn_before(sn, w->exp))
		return SCST_ISCSI_CMDSN_OUTSIDE;
	if (sn == w->exp)
		return SCST_ISCSI_CMDSN_NEXT;
	return SCST_ISCSI_CMDSN_AHEAD;
}
EXPORT_SYMBOL_IF_KUNIT(scst_iscsi_cmdsn_place);

/**
 * scst_iscsi_cmdsn_advance - the next number was used
 * @w: window
 *
 * Context: any.
 */
void scst_iscsi_cmdsn_advance(struct scst_iscsi_cmdsn *w)
{
	w->exp++;
}
EXPORT_SYMBOL_IF_KUNIT(scst_iscsi_cmdsn_advance);

/**
 * scst_iscsi_cmdsn_credit - a number that was used is paid back
 * @w: window
 *
 * Context: any.
 */
void scst_iscsi_cmdsn_credit(struct scst_iscsi_cmdsn *w)
{
	/* A credit without a debt would make the window grow for ever */
	if (w->max - w->exp + 1 < w->window)
		w->max++;
}
EXPORT_SYMBOL_IF_KUNIT(scst_iscsi_cmdsn_credit);
