/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The objects of the iSNS client, and the functions of each of its files:
 *
 *   isns.c         connection with the server, nodes, access control
 *   isns_step.c    requests: which is next, what it says, what an answer means
 *   isns_notify.c  requests of the server: state changes and status inquiries
 *   isns_local.c   what this host is to a server: entity and portals
 *   isns_link.c    messages on a TCP connection
 *   isns_pdu.c     encoding
 */
#ifndef SCSTD_ISNS_PRIV_H
#define SCSTD_ISNS_PRIV_H

#include "isns.h"
#include "isns_link.h"
#include "isns_pdu.h"
#include "log.h"
#include "resolve.h"
#include "scstd.h"

#define ISNS_MSG_MAX (1024 * 1024)
#define ISNS_REQUEST_MAX (16 * 1024)
/* as many as there are bits in a set of them */
#define ISNS_PORTALS_MAX 64
#define ISNS_PEERS_MAX 8
#define ISNS_BUCKETS 1024

#define ISNS_ANSWER_MS 10000
#define ISNS_CONNECT_MS 10000
#define ISNS_RESOLVE_MS 10000
#define ISNS_STOP_MS 1000
#define ISNS_BACKOFF_MIN_MS 1000
#define ISNS_BACKOFF_MAX_MS 60000
#define ISNS_REFRESH_MS 30000
#define ISNS_CHANGE_MS 100
/* what we ask for, in seconds; the server may answer with another value */
#define ISNS_PERIOD 120
#define ISNS_ESI_INTERVAL 60

struct isns;

/**
 * struct isns_node - a target, as the server sees it
 * @link: all nodes, in the order of the configuration that brought them
 * @bucket: those with the same hash
 * @name: iSCSI name
 * @alias: or NULL
 * @portals: where it is found, a bit for each of the client's
 * @current: registered during this connection, as it is now
 * @at_server: the server may have it, from this or an earlier connection
 * @gone: has left the configuration, is to be deregistered
 * @batch: part of the request under way
 * @changed: since that request was written
 * @scn: has asked for notifications during this connection
 * @due: its initiators are to be asked for
 * @known: they have been told at least once, @allowed is valid
 * @allowed: names of them, each with its terminating NUL
 * @allowed_len: bytes of that
 */
struct isns_node {
	TAILQ_ENTRY(isns_node) link;
	LIST_ENTRY(isns_node) bucket;
	char name[ISCSI_NAME_MAX + 1];
	char *alias;
	uint64_t portals;
	bool current;
	bool at_server;
	bool gone;
	bool batch;
	bool changed;
	bool scn;
	bool due;
	bool known;
	char *allowed;
	size_t allowed_len;
};

TAILQ_HEAD(isns_node_list, isns_node);
LIST_HEAD(isns_bucket, isns_node);

/**
 * struct isns_peer - connection that the server has opened
 * @entry: all of them, newest first
 * @isns: the client
 * @link: the connection
 */
struct isns_peer {
	LIST_ENTRY(isns_peer) entry;
	struct isns *isns;
	struct isns_link link;
};

LIST_HEAD(isns_peer_list, isns_peer);

/**
 * struct isns_step - a kind of request
 * @function: enum isns_function
 * @build: writes the next one, if there is one
 * @done: takes the answer behind its status; a negative errno ends the
 *	connection
 */
struct isns_step {
	uint16_t function;
	bool (*build)(struct isns *isns, struct isns_msg *msg);
	int (*done)(struct isns *isns, uint32_t status,
		    struct isns_attrs attrs);
};

/**
 * enum isns_state - of the connection
 * @ISNS_WAITING: there is none until the timer expires
 * @ISNS_RESOLVING: the name of the server is being looked up
 * @ISNS_CONNECTING: to one of its addresses
 * @ISNS_UP: requests are possible
 */
enum isns_state {
	ISNS_WAITING,
	ISNS_RESOLVING,
	ISNS_CONNECTING,
	ISNS_UP,
};

/**
 * struct isns - the client
 * @ctx: the daemon
 * @host: of the server
 * @port: likewise
 * @access: the server decides who may log in
 * @state: of the connection
 * @resolve: looks @host up
 * @naddrs: addresses in there
 * @addr: the one that is tried
 * @link: connection with the server
 * @timer: deadline of @state or of the request, or time of the next attempt
 * @refresh: time to renew the registration
 * @change: lets notifications that come in a row cause one query
 * @backoff: time until the next attempt
 * @reported: the log knows that there is no server, or none that is of use
 * @fresh: registered, but the requests that follow are not all answered yet
 * @lasted: the registration was still there when it was to be renewed
 * @refusal: the log knows that we refuse initiators for lack of a list
 * @step: request under way, NULL if there is none
 * @subject: the node that it is about, if it is about one
 * @xid: its transaction ID
 * @stopped: the server has confirmed that we are gone
 * @eid: entity identifier
 * @replace: the next registration replaces what the server has of us
 * @verify: ask whether the server still has us
 * @esi: ask the server to inquire about us
 * @esi_on: @eid is registered like that
 * @esi_seen: it has inquired, so it can reach us
 * @period: of the registration, in seconds; 0 if it has not said
 * @portals: as registered, those of all nodes
 * @nportals: how many
 * @portals_due: they are to be looked at before the next request
 * @local: our end of the connection with the server
 * @nodes: targets
 * @buckets: by name
 * @listener: where the server connects to
 * @rest: accepts again after a shortage
 * @notify_port: its port, 0 if there is none
 * @peers: connections there
 * @npeers: how many
 * @log: budget of messages that the server causes
 * @msg: request or answer that is being written
 */
struct isns {
	struct scstd *ctx;
	char *host;
	uint16_t port;
	bool access;
	enum isns_state state;
	struct resolve resolve;
	int naddrs;
	int addr;
	struct isns_link link;
	struct ev_timer timer;
	struct ev_timer refresh;
	struct ev_timer change;
	unsigned int backoff;
	bool reported;
	bool fresh;
	bool lasted;
	bool refusal;
	const struct isns_step *step;
	struct isns_node *subject;
	uint16_t xid;
	bool stopped;
	char eid[ISNS_TEXT_MAX + 1];
	bool replace;
	bool verify;
	bool esi;
	bool esi_on;
	bool esi_seen;
	uint32_t period;
	struct ipaddr portals[ISNS_PORTALS_MAX];
	int nportals;
	bool portals_due;
	struct ipaddr local;
	struct isns_node_list nodes;
	struct isns_bucket buckets[ISNS_BUCKETS];
	struct ev_io listener;
	struct ev_timer rest;
	uint16_t notify_port;
	struct isns_peer_list peers;
	unsigned int npeers;
	struct log_limit log;
	struct isns_msg msg;
};

/* isns.c */
struct isns_node *isns_node(const struct isns *isns, const char *name);
void isns_node_free(struct isns *isns, struct isns_node *node);
void isns_registered(struct isns *isns);
void isns_replace(struct isns *isns);
void isns_idle(struct isns *isns);
void isns_adopt(struct isns *isns, int fd);
__printf(2, 3)
void isns_log(struct isns *isns, const char *fmt, ...);

/* isns_step.c */
int isns_next(struct isns *isns);
void isns_abandon(struct isns *isns);
bool isns_farewell(struct isns *isns);
int isns_answer(struct isns *isns, const struct isns_hdr *hdr,
		struct isns_attrs attrs);

/* isns_notify.c */
int isns_notify_open(struct isns *isns);
void isns_notify_close(struct isns *isns);
int isns_notify_request(struct isns *isns, struct isns_link *link,
			const struct isns_hdr *hdr, struct isns_attrs attrs);

/* isns_local.c */
void isns_eid(const char *host, const char *machine, uint16_t port, char *eid,
	      size_t len);
void isns_local_eid(const struct scstd *ctx, char *eid, size_t len);
void isns_local_portals(struct isns *isns);

#endif
