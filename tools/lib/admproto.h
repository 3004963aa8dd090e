/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What iscsi-scst-adm and iscsi-scstd say to each other.  Private to the two:
 * both are of one release.
 *
 * The tool connects, sends one request and reads records until one has a
 * status.  Request and records are packets of a SOCK_SEQPACKET socket; each is
 * a list of key=value strings that end with a NUL.
 *
 * Keys of a request: op, object, tid, sid, cid (decimal), force (empty), and
 * any number of param, whose value is a key=value string again.
 *
 * Records have a key record that says what they are about; the last one has
 * status, an errno or 0, and message if it is not 0.
 *
 * Everybody can have a name in the abstract namespace, and connect to one, so
 * each looks at the other.  The tool must have the user and the group ID 0 when it
 * connects; the daemon must have had the user ID when it began to listen, and can
 * be anybody since then.
 */
#ifndef TOOLS_ADMPROTO_H
#define TOOLS_ADMPROTO_H

#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

#define ADM_SOCKET "ISCSI_SCST_ADM"

/* a request, or a record of the answer */
#define ADM_PACKET_MAX 65536
#define ADM_PAIRS_MAX 256

#define ADM_REC_TARGET "target"
#define ADM_REC_SESSION "session"
#define ADM_REC_PARAMETERS "parameters"
#define ADM_REC_ACCOUNT "account"

int adm_peer(int fd, struct ucred *cred);
socklen_t adm_address(struct sockaddr_un *addr, const char *name);

#endif
