/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What of today's targets belongs to iscsi-scstd here.
 */
#ifndef SCSTADMIN_DAEMON_ATTR_H
#define SCSTADMIN_DAEMON_ATTR_H

#include <stdbool.h>

#define DAEMON_CONF "/etc/iscsi-scstd.conf"

enum daemon_kind {
	DAEMON_NOTHING,		/* there is no such thing here */
	DAEMON_KEY,		/* a key of the file */
	DAEMON_PARAM,		/* a parameter, which iscsi-scst-adm knows, too */
	DAEMON_ACCOUNT,		/* likewise an account */
	DAEMON_ENABLED,		/* whether there is the target */
};

/**
 * struct daemon_attr - an attribute of today's iSCSI driver or of its targets
 * @of_target: of which
 * @name: its name, which is the key of the file, too; a '#' at the end stands
 *	for a number or nothing
 * @kind: what it is here
 * @text: why there is nothing, as "it ..."; NULL: no reason
 */
struct daemon_attr {
	bool of_target;
	const char *name;
	enum daemon_kind kind;
	const char *text;
};

const struct daemon_attr *daemon_attr(bool of_target, const char *name);

#endif
