/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the daemon wants of the kernel driver.  kern.c speaks netlink; the unit
 * tests put their own functions here.
 */
#ifndef SCSTD_KERN_H
#define SCSTD_KERN_H

#include <stdint.h>

#include "pdu.h"
#include "params.h"

struct scstd;

/* an IPv6 address with a zone */
#define KERN_PEER_MAX 64

/**
 * struct kern_target - a target that the kernel has
 * @tid: its number
 * @name: its name
 * @sessions: how many sessions it has
 * @session: defaults of its sessions, by enum session_param
 * @target: its parameters, by enum target_param
 */
struct kern_target {
	uint32_t tid;
	char name[ISCSI_NAME_MAX + 1];
	uint32_t sessions;
	uint32_t session[SP_COUNT];
	uint32_t target[TP_COUNT];
};

/**
 * struct kern_session - a session that the kernel has, or is to have
 * @tid: of its target
 * @tsih: chosen by the daemon, never 0
 * @cid: connection id
 * @isid: of the initiator
 * @sid: answered by the kernel
 * @initiator: iSCSI name
 * @user: CHAP user or NULL; what the kernel shows is valid during the callback
 * @peer: address of the initiator, without port; from the kernel only
 * @params: negotiated parameters, by enum session_param; what the kernel shows
 *	is valid during the callback, the session-closed event has none
 * @sockfd: the connection; session_new only
 * @exp_cmd_sn: of the first full feature command; session_new only
 * @stat_sn: of the first full feature response; session_new only
 * @reason: errno that ended it; session-closed event only
 */
struct kern_session {
	uint32_t tid;
	uint16_t tsih;
	uint16_t cid;
	uint8_t isid[ISCSI_ISID_LEN];
	uint64_t sid;
	char initiator[ISCSI_NAME_MAX + 1];
	const char *user;
	char peer[KERN_PEER_MAX];
	const uint32_t *params;
	int sockfd;
	uint32_t exp_cmd_sn;
	uint32_t stat_sn;
	uint32_t reason;
};

typedef void (*kern_target_fn)(void *arg, const struct kern_target *target);
typedef void (*kern_session_fn)(void *arg, const struct kern_session *session);

/**
 * struct kern_ops - requests; each returns 0 or a negative errno
 * @target_new: tid 0 lets the kernel choose; it is answered in any case
 * @target_del: closes what the target has
 * @target_set: all parameters of a target, and the addresses that SendTargets
 *	names in its sessions; NULL leaves these as they are
 * @target_get: reads a target, -ENOENT if there is none
 * @target_dump: calls back for each target
 * @session_new: hands a connection over
 * @session_del: ends a session
 * @session_get: calls back for a session, -ENOENT if there is none
 * @session_dump: calls back for each session
 *
 * The @priv argument is that of struct kern.
 */
struct kern_ops {
	int (*target_new)(void *priv, const char *name, uint32_t *tid);
	int (*target_del)(void *priv, uint32_t tid);
	int (*target_set)(void *priv, uint32_t tid, const uint32_t *session,
			  const uint32_t *target, const char *addresses);
	int (*target_get)(void *priv, uint32_t tid,
			  struct kern_target *target);
	int (*target_dump)(void *priv, kern_target_fn fn, void *arg);
	int (*session_new)(void *priv, struct kern_session *session);
	int (*session_del)(void *priv, uint32_t tid, uint64_t sid);
	int (*session_get)(void *priv, uint32_t tid, uint64_t sid,
			   kern_session_fn fn, void *arg);
	int (*session_dump)(void *priv, kern_session_fn fn, void *arg);
};

struct kern {
	const struct kern_ops *ops;
	void *priv;
};

int kern_open(struct scstd *ctx);
void kern_close(struct scstd *ctx);

#endif
