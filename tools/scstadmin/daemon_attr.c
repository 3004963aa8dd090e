// SPDX-License-Identifier: GPL-2.0
/*
 * The attributes that today's iSCSI driver and its targets have, and what became
 * of them.  Pure.
 */
#include <stddef.h>
#include <string.h>

#include "daemon_attr.h"
#include "util.h"

static const struct daemon_attr attrs[] = {
	{ false, "enabled", DAEMON_ENABLED, NULL },
	{ false, "IncomingUser#", DAEMON_ACCOUNT, NULL },
	{ false, "OutgoingUser#", DAEMON_ACCOUNT, NULL },
	{ false, "iSNSServer", DAEMON_KEY, NULL },
	{ false, "isns_entity_name", DAEMON_NOTHING, NULL },
	{ false, "internal_portal", DAEMON_NOTHING, NULL },
	{ false, "link_local", DAEMON_NOTHING,
	  "is always off: link-local addresses are not advertised" },
	{ false, "trace_level", DAEMON_NOTHING, "is set with -set_drv_attr" },
	{ true, "enabled", DAEMON_ENABLED, NULL },
	{ true, "IncomingUser#", DAEMON_ACCOUNT, NULL },
	{ true, "OutgoingUser#", DAEMON_ACCOUNT, NULL },
	{ true, "allowed_portal#", DAEMON_NOTHING, NULL },
	{ true, "alias", DAEMON_KEY, NULL },
	{ true, "redirect", DAEMON_KEY, NULL },
	{ true, "QueuedCommands", DAEMON_PARAM, NULL },
	{ true, "MaxSessions", DAEMON_PARAM, NULL },
	{ true, "RspTimeout", DAEMON_PARAM, NULL },
	{ true, "NopInInterval", DAEMON_PARAM, NULL },
	{ true, "NopInTimeout", DAEMON_PARAM, NULL },
	{ true, "InitialR2T", DAEMON_PARAM, NULL },
	{ true, "ImmediateData", DAEMON_PARAM, NULL },
	{ true, "MaxRecvDataSegmentLength", DAEMON_PARAM, NULL },
	{ true, "MaxXmitDataSegmentLength", DAEMON_PARAM, NULL },
	{ true, "MaxBurstLength", DAEMON_PARAM, NULL },
	{ true, "FirstBurstLength", DAEMON_PARAM, NULL },
	{ true, "MaxOutstandingR2T", DAEMON_PARAM, NULL },
	{ true, "HeaderDigest", DAEMON_PARAM, NULL },
	{ true, "DataDigest", DAEMON_PARAM, NULL },
	{ true, "per_portal_acl", DAEMON_NOTHING, NULL },
	{ true, "rel_tgt_id", DAEMON_NOTHING, NULL },
	{ true, "io_grouping_type", DAEMON_NOTHING, NULL },
	{ true, "cpu_mask", DAEMON_NOTHING, NULL },
	{ true, "black_hole", DAEMON_NOTHING, NULL },
	{ true, "addr_method", DAEMON_NOTHING, NULL },
};

static bool is_named(const char *pattern, const char *name)
{
	size_t len = strcspn(pattern, "#");

	if (strncmp(pattern, name, len))
		return false;
	name += len;
	if (pattern[len])
		name += strspn(name, "0123456789");
	return !*name;
}

/**
 * daemon_attr() - find an attribute
 * @of_target: of a target, not of the driver
 * @name: its name, with its number
 *
 * Return: its row or NULL.
 */
const struct daemon_attr *daemon_attr(bool of_target, const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(attrs); i++)
		if (attrs[i].of_target == of_target &&
		    is_named(attrs[i].name, name))
			return &attrs[i];
	return NULL;
}
