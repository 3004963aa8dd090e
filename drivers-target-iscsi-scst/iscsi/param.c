// SPDX-License-Identifier: GPL-2.0
/*
 * Names, defaults and limits of the parameters the daemon hands over.
 * Pure: the defaults are those of RFC 7143 chapter 13, the limits are what
 * this driver can do.
 */
#include <kunit/visibility.h>
#include <linux/export.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <uapi/linux/scst_iscsi.h>

#include "param.h"

#define SCST_ISCSI_DIGESTS (SCST_ISCSI_DIGEST_NONE | SCST_ISCSI_DIGEST_CRC32C)

const struct scst_iscsi_param_desc
scst_iscsi_param_table[SCST_ISCSI_NR_PARAMS] = {
	[SCST_ISCSI_INITIAL_R2T] = { "InitialR2T", 1, 0, 1 },
	[SCST_ISCSI_IMMEDIATE_DATA] = { "ImmediateData", 1, 0, 1 },
	[SCST_ISCSI_MAX_CONNECTIONS] = { "MaxConnections", 1, 1, 1 },
	[SCST_ISCSI_MAX_RECV_DSL] = {
		"MaxRecvDataSegmentLength", 8192, 512, SCST_ISCSI_MAX_LEN },
	[SCST_ISCSI_MAX_XMIT_DSL] = {
		"MaxXmitDataSegmentLength", 8192, 512, SCST_ISCSI_MAX_LEN },
	[SCST_ISCSI_MAX_BURST] = {
		"MaxBurstLength", 262144, 512, SCST_ISCSI_MAX_LEN },
	[SCST_ISCSI_FIRST_BURST] = {
		"FirstBurstLength", 65536, 512, SCST_ISCSI_MAX_LEN },
	[SCST_ISCSI_TIME2WAIT] = { "DefaultTime2Wait", 2, 0, 3600 },
	[SCST_ISCSI_TIME2RETAIN] = { "DefaultTime2Retain", 20, 0, 3600 },
	[SCST_ISCSI_MAX_R2T] = { "MaxOutstandingR2T", 1, 1, 65535 },
	[SCST_ISCSI_PDU_IN_ORDER] = { "DataPDUInOrder", 1, 0, 1 },
	[SCST_ISCSI_SEQ_IN_ORDER] = { "DataSequenceInOrder", 1, 0, 1 },
	[SCST_ISCSI_ERL] = { "ErrorRecoveryLevel", 0, 0, 0 },
	[SCST_ISCSI_HEADER_DIGEST] = {
		"HeaderDigest", SCST_ISCSI_DIGEST_NONE, SCST_ISCSI_DIGEST_NONE,
		SCST_ISCSI_DIGESTS },
	[SCST_ISCSI_DATA_DIGEST] = {
		"DataDigest", SCST_ISCSI_DIGEST_NONE, SCST_ISCSI_DIGEST_NONE,
		SCST_ISCSI_DIGESTS },
	[SCST_ISCSI_OF_MARKER] = { "OFMarker", 0, 0, 0 },
	[SCST_ISCSI_IF_MARKER] = { "IFMarker", 0, 0, 0 },
	[SCST_ISCSI_OF_MARK_INT] = { "OFMarkInt", 2048, 1, 65535 },
	[SCST_ISCSI_IF_MARK_INT] = { "IFMarkInt", 2048, 1, 65535 },
};
EXPORT_SYMBOL_IF_KUNIT(scst_iscsi_param_table);

const struct scst_iscsi_param_desc
scst_iscsi_target_param_table[SCST_ISCSI_NR_TARGET_PARAMS] = {
	[SCST_ISCSI_QUEUED_COMMANDS] = { "QueuedCommands", 32, 1, 2048 },
	[SCST_ISCSI_RSP_TIMEOUT] = { "RspTimeout", 90, 2, 65535 },
	[SCST_ISCSI_NOP_IN_INTERVAL] = { "NopInInterval", 30, 0, 65535 },
	[SCST_ISCSI_NOP_IN_TIMEOUT] = { "NopInTimeout", 30, 2, 65535 },
	[SCST_ISCSI_MAX_SESSIONS] = { "MaxSessions", 0, 0, 65535 },
};
EXPORT_SYMBOL_IF_KUNIT(scst_iscsi_target_param_table);

/**
 * scst_iscsi_params_init - the values in force before any negotiation
 * @p: parameters
 *
 * Context: any.
 */
void scst_iscsi_params_init(struct scst_iscsi_params *p)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(p->val); i++)
		p->val[i] = scst_iscsi_param_table[i].dflt;
}
EXPORT_SYMBOL_IF_KUNIT(scst_iscsi_params_init);

/**
 * scst_iscsi_target_params_init - the values in force for a new target
 * @p: parameters
 *
 * Context: any.
 */
void scst_iscsi_target_params_init(struct scst_iscsi_target_params *p)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(p->val); i++)
		p->val[i] = scst_iscsi_target_param_table[i].dflt;
}
EXPORT_SYMBOL_IF_KUNIT(scst_iscsi_target_params_init);

/**
 * scst_iscsi_param_check - is a value within its limits?
 * @desc: parameter
 * @val: value
 *
 * Context: any.
 * Return: 0 or -ERANGE.
 */
int scst_iscsi_param_check(const struct scst_iscsi_param_desc *desc, u32 val)
{
	return val < desc->min || val > desc->max ? -ERANGE : 0;
}
EXPORT_SYMBOL_IF_KUNIT(scst_iscsi_param_check);

static bool scst_iscsi_one_digest(u32 set)
{
	return set == SCST_ISCSI_DIGEST_NONE || set == SCST_ISCSI_DIGEST_CRC32C;
}

/**
 * scst_iscsi_params_negotiated - can a session run with these?
 * @p: parameters, each within its limits
 *
 * Context: any.
 * Return: 0, or -EINVAL if a digest is still a choice.
 */
int scst_iscsi_params_negotiated(const struct scst_iscsi_params *p)
{
	if (!scst_iscsi_one_digest(p->val[SCST_ISCSI_HEADER_DIGEST]) ||
	    !scst_iscsi_one_digest(p->val[SCST_ISCSI_DATA_DIGEST]))
		return -EINVAL;
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(scst_iscsi_params_negotiated);
