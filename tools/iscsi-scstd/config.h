/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The configuration in memory: as parsed, and then changed by the admin tool.
 */
#ifndef SCSTD_CONFIG_H
#define SCSTD_CONFIG_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "account.h"
#include "pdu.h"
#include "params.h"

/**
 * struct portal - an address to name in discovery
 * @link: configuration order
 * @host: name or address, IPv6 in brackets
 * @port: 0 stands for the port that the initiator has used
 */
struct portal {
	STAILQ_ENTRY(portal) link;
	char *host;
	uint16_t port;
};

STAILQ_HEAD(portal_list, portal);

/**
 * struct target - a target of the configuration
 * @link: configuration order
 * @name: iSCSI name
 * @alias: for the iSNS server
 * @session: parameters by enum session_param
 * @target: parameters by enum target_param
 * @portals: override those of the configuration if there are any
 * @accounts: CHAP accounts
 * @redirect: where initiators are sent instead, NULL if nowhere; has a port
 * @redirect_permanent: they are to remember it
 * @tid: number in the kernel, set by target_apply(), 0 before
 */
struct target {
	STAILQ_ENTRY(target) link;
	char name[ISCSI_NAME_MAX + 1];
	char *alias;
	uint32_t session[SP_COUNT];
	uint32_t target[TP_COUNT];
	struct portal_list portals;
	struct accounts accounts;
	struct portal *redirect;
	bool redirect_permanent;
	uint32_t tid;
};

STAILQ_HEAD(target_list, target);

/**
 * struct config - a configuration
 * @portals: to name in discovery
 * @accounts: CHAP accounts of discovery sessions
 * @chap_algs: hash algorithms that CHAP may use, a set of bits
 * @isns_host: name or address of the iSNS server, without brackets; NULL if
 *	there is none
 * @isns_port: its port
 * @isns_access: it decides who may see and use the targets
 * @targets: in the order of the file
 * @ntargets: how many
 */
struct config {
	struct portal_list portals;
	struct accounts accounts;
	uint32_t chap_algs;
	char *isns_host;
	uint16_t isns_port;
	bool isns_access;
	struct target_list targets;
	unsigned int ntargets;
};

int config_load(const char *file, bool may_be_missing, struct config **conf);
int config_parse(const char *file, char *buf, size_t len,
		 struct config **conf);
void config_free(struct config *conf);
struct target *config_target(const struct config *conf, const char *name);
struct target *config_target_nocase(const struct config *conf,
				    const char *name);
struct target *config_target_tid(const struct config *conf, uint32_t tid);
struct target *config_add_target(struct config *conf, const char *name);
void config_del_target(struct config *conf, struct target *target);
uint32_t *target_param(struct target *target, const struct key_desc *key);
bool target_name_is_valid(const char *name);

#endif
