/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Private header of the daemon: the one context struct, the objects that hang
 * off it, and the functions of each file.
 *
 * A connection is accepted (listen.c), reads and writes PDUs (conn.c), goes
 * through the login (login.c, auth.c, negotiate.c) and then either stays as a
 * discovery session (discovery.c) or is handed to the kernel (session.c).
 * Everything runs in the event loop.  It waits for the kernel to acknowledge a
 * netlink request, which takes a second at most to delete a target, for local
 * files, for syslog, and for an iSNS server to take our farewell, a second as
 * well; but never for an initiator.
 */
#ifndef SCSTD_H
#define SCSTD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>
#include <sys/socket.h>

#include "access.h"
#include "admin.h"
#include "auth.h"
#include "chap.h"
#include "config.h"
#include "evloop.h"
#include "ipaddr.h"
#include "isns.h"
#include "pdu.h"
#include "kern.h"
#include "log.h"
#include "negotiate.h"
#include "text.h"
#include "util.h"
#include "version.h"

#define SCSTD_NAME "iscsi-scstd"
#define SCSTD_VERSION SCST_TOOLS_VERSION

#define LISTEN_MAX 8
#define LISTEN_BACKLOG 256
#define CONN_MAX 256
#define LOGIN_TIMEOUT_MS 30000
#define DISCOVERY_MAX (CONN_MAX / 4)
#define DISCOVERY_TIMEOUT_MS 60000
#define CROWDED_TIMEOUT_MS 5000
#define LINGER_MS 2000
#define PORTALS_MAX 16
#define LOGIN_OUT_MAX (128 << 10)

struct conn;
struct ifaddrs;

/**
 * struct login - a login in progress
 * @started: the first request has been accepted, the next fields are valid
 * @isid: of the initiator
 * @tsih: of the request; 0 asks for a new session
 * @cid: connection id
 * @exp_cmd_sn: of the next command; after that of the first request it moves
 *	only in discovery sessions
 * @stage: current enum iscsi_stage
 * @next_stage: where the last request wants to go, if @transit
 * @transit: the last request had the T bit
 * @identified: names and session type are known
 * @discovery: session type
 * @initiator: its name
 * @target_name: what it asks for; empty in discovery
 * @tid: number of that target
 * @queued: its command window
 * @auth: method in use, NULL before one is chosen
 * @authenticated: the security stage may be left
 * @chap: CHAP under way
 * @user: CHAP user, empty without CHAP
 * @why: what exactly is wrong, for the log; NULL if the status says it all
 * @nego: operational parameters
 * @in: text collected from requests
 * @out: text for responses
 * @out_pos: how much of it has been sent
 */
struct login {
	bool started;
	uint8_t isid[ISCSI_ISID_LEN];
	uint16_t tsih;
	uint16_t cid;
	uint32_t exp_cmd_sn;
	uint8_t stage;
	uint8_t next_stage;
	bool transit;
	bool identified;
	bool discovery;
	char initiator[ISCSI_NAME_MAX + 1];
	char target_name[ISCSI_NAME_MAX + 1];
	uint32_t tid;
	uint32_t queued;
	const struct auth_method *auth;
	bool authenticated;
	struct chap chap;
	char user[ACCOUNT_NAME_MAX + 1];
	const char *why;
	struct nego nego;
	struct text in;
	struct text out;
	size_t out_pos;
};

/**
 * enum conn_state - what a connection is doing
 * @CONN_LOGIN: login phase
 * @CONN_REINSTATE: the kernel is closing the session we replace
 * @CONN_HANDOVER: the kernel has the session, our last response is under way
 * @CONN_DISCOVERY: full feature phase of a discovery session
 * @CONN_CLOSING: sends what there is, then waits for the peer to close
 */
enum conn_state {
	CONN_LOGIN,
	CONN_REINSTATE,
	CONN_HANDOVER,
	CONN_DISCOVERY,
	CONN_CLOSING,
};

/**
 * struct conn - a connection in the hands of the daemon
 * @link: all connections, newest first
 * @ctx: the daemon
 * @io: its socket
 * @since: when it was accepted, in ms
 * @deadline: ends the current phase
 * @retry: asks the kernel again in CONN_REINSTATE
 * @state: what it is doing
 * @peer_ip: address of the initiator
 * @peer: the same as text
 * @stat_sn: of the next response
 * @req: header of the request
 * @rx_len: bytes of it, or of header and data, that have arrived
 * @rx_need: bytes that make the request complete
 * @data: AHS, data and padding of the request
 * @tx: response under way
 * @tx_len: its length
 * @tx_pos: how much of it has been sent
 * @login: login state; stays valid in discovery sessions
 * @text_itt: discovery: tag of the text request under way
 * @text_active: discovery: there is one
 * @text_listed: discovery: it has had its list of targets
 * @text_unread: discovery: answers that were not fetched to their end
 * @session: CONN_HANDOVER: what the kernel has made
 */
struct conn {
	LIST_ENTRY(conn) link;
	struct scstd *ctx;
	struct ev_io io;
	uint64_t since;
	struct ev_timer deadline;
	struct ev_timer retry;
	enum conn_state state;
	struct ipaddr peer_ip;
	char peer[IPADDR_TEXT_MAX];
	uint32_t stat_sn;
	/* receive */
	union pdu req;
	uint32_t rx_len;
	uint32_t rx_need;
	uint8_t data[ISCSI_AHS_MAX + ISCSI_DSL_DEFAULT];
	/* transmit */
	uint8_t *tx;
	size_t tx_len;
	size_t tx_pos;
	/* protocol */
	struct login login;
	uint32_t text_itt;
	bool text_active;
	bool text_listed;
	unsigned int text_unread;
	struct kern_session session;
};

LIST_HEAD(conn_list, conn);

/**
 * struct session - a session that the kernel has
 * @link: bucket of the table
 * @tid: of its target
 * @sid: session id
 * @tsih: unique among all sessions
 * @isid: of the initiator
 * @initiator: its name
 * @mark: seen in the dump that is running
 */
struct session {
	LIST_ENTRY(session) link;
	uint32_t tid;
	uint64_t sid;
	uint16_t tsih;
	uint8_t isid[ISCSI_ISID_LEN];
	char *initiator;
	bool mark;
};

#define SESSION_BUCKETS 1024

LIST_HEAD(session_list, session);

/**
 * struct leaving - a target that is deleted when its last session has gone
 * @link: all of them
 * @tid: its number; the configuration does not have it any more
 */
struct leaving {
	LIST_ENTRY(leaving) link;
	uint32_t tid;
};

LIST_HEAD(leaving_list, leaving);

/**
 * struct listener - a listening socket
 * @ctx: the daemon
 * @io: the socket
 * @addr: where it listens
 */
struct listener {
	struct scstd *ctx;
	struct ev_io io;
	struct ipaddr addr;
};

/**
 * struct options - command line
 * @config: configuration file
 * @foreground: stay in the foreground
 * @check: only see whether the files are good
 * @debug: debug level
 * @uid: user to become
 * @gid: group to become
 * @set_uid: @uid was given
 * @set_gid: @gid was given
 * @addresses: where to listen, each maybe with a port
 * @naddresses: how many; none stands for everywhere
 * @port: where to listen if the address does not say
 * @allow: access rules, NULL for none
 * @deny: likewise
 * @admin_socket: name of the admin socket; only tests change it
 * @lock: file that the only daemon locks; only tests change it
 */
struct options {
	const char *config;
	bool foreground;
	bool check;
	int debug;
	uint32_t uid;
	uint32_t gid;
	bool set_uid;
	bool set_gid;
	const char *addresses[LISTEN_MAX];
	int naddresses;
	uint16_t port;
	const char *allow;
	const char *deny;
	const char *admin_socket;
	const char *lock;
};

/**
 * struct scstd - the daemon
 * @loop: event loop
 * @opt: command line
 * @conf: configuration in force
 * @access: who may use which target
 * @kern: the kernel driver
 * @listeners: listening sockets
 * @nlisteners: how many
 * @paused: no connections are accepted for the time being
 * @resume: accepts again after a shortage
 * @conns: connections that are ours
 * @nconns: how many
 * @crowded: makes room while there are as many as there can be
 * @sessions: sessions of the kernel, by TSIH
 * @resync: reads them again, when that has failed
 * @resync_ms: time until it does
 * @last_tsih: chosen last
 * @leaving: targets that wait for their sessions to end
 * @reap: looks whether they have
 * @admin: socket of the admin tool
 * @peer_log: budget of messages that anybody can cause
 * @session_log: of those about initiators that have logged in
 * @isns: iSNS client, NULL without a server
 */
struct scstd {
	struct evloop loop;
	struct options opt;
	struct config *conf;
	struct access access;
	struct kern kern;
	struct listener listeners[LISTEN_MAX];
	int nlisteners;
	bool paused;
	struct ev_timer resume;
	struct conn_list conns;
	unsigned int nconns;
	struct ev_timer crowded;
	struct session_list sessions[SESSION_BUCKETS];
	struct ev_timer resync;
	unsigned int resync_ms;
	uint16_t last_tsih;
	struct leaving_list leaving;
	struct ev_timer reap;
	struct admin *admin;
	struct log_limit peer_log;
	struct log_limit session_log;
	struct isns *isns;
};

/**
 * struct portals - a list of addresses that is being made
 * @addrs: the addresses, none of them twice
 * @max: how many there can be
 * @n: how many there are
 */
struct portals {
	struct ipaddr *addrs;
	int max;
	int n;
};

/* conn.c */
int conn_new(struct scstd *ctx, int fd, const struct ipaddr *peer);
void conn_free(struct conn *conn);
void conn_close_all(struct scstd *ctx);
void conn_target_gone(struct scstd *ctx, uint32_t tid);
int conn_send(struct conn *conn, const union pdu *rsp, const void *data,
	      uint32_t len);
void conn_shutdown(struct conn *conn);
void conn_local(const struct conn *conn, struct ipaddr *ip);
void conn_set_state(struct conn *conn, enum conn_state state);
__printf(2, 3)
void conn_log(struct conn *conn, const char *fmt, ...);
__printf(2, 3)
void conn_log_session(struct conn *conn, const char *fmt, ...);

/* discovery.c */
bool discovery_accepts(struct conn *conn);
void discovery_start(struct conn *conn);
void discovery_pdu(struct conn *conn);

/* listen.c */
int listen_open(struct scstd *ctx);
void listen_close(struct scstd *ctx);
void listen_update(struct scstd *ctx);

/* login.c */
void login_init(struct conn *conn);
void login_fini(struct conn *conn);
bool login_accepts(struct conn *conn);
void login_pdu(struct conn *conn);
void login_finish(struct conn *conn);
void login_refuse(struct conn *conn, int status, const char *why);

/* portals.c */
const struct portal_list *portals_configured(const struct config *conf,
					     const struct target *target);
int portals_add(struct portals *list, const struct ipaddr *ip);
int portals_listening(const struct scstd *ctx,
		      const struct ifaddrs *interfaces, struct ipaddr *addrs);
int portals_list(const struct scstd *ctx, const struct ipaddr *local,
		 const struct ifaddrs *interfaces, struct ipaddr *addrs);
int portals_find(const struct scstd *ctx, const struct ipaddr *local,
		 struct ipaddr *list);

/* priv.c */
void priv_protect(void);
int priv_drop(const struct options *opt);

/* reload.c */
int reload(struct scstd *ctx);

/* session.c */
void session_table_init(struct scstd *ctx);
void session_table_free(struct scstd *ctx);
int session_sync(struct scstd *ctx);
void session_closed(struct scstd *ctx, const struct kern_session *closed);
int session_check(struct conn *conn);
uint16_t session_new_tsih(struct scstd *ctx);
unsigned int session_count(const struct scstd *ctx, uint32_t tid);
void session_start(struct conn *conn);

/* target.c */
int target_apply(struct scstd *ctx, struct config *conf);
void target_sessions_changed(struct scstd *ctx);
void target_fini(struct scstd *ctx);
uint32_t target_kept(struct scstd *ctx, const char *name);
int target_create(struct scstd *ctx, struct target *target, uint32_t tid);
int target_remove(struct scstd *ctx, uint32_t tid);

#endif
