// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel's end of netlink as a script: see kern-wire.h.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <linux/genetlink.h>
#include <linux/scst_iscsi.h>
#include <sanitizer/asan_interface.h>

#include "kern-wire.h"

#define PORTID 4711

struct wire wire;

/* making messages */

struct packet *packet_new(struct queue *queue)
{
	struct packet *packet;

	assert_true(queue->n < PACKETS);
	packet = &queue->packets[queue->n++];
	memset(packet, 0, sizeof(*packet));
	return packet;
}

struct nlmsghdr *msg_begin(struct packet *packet, uint16_t type,
			   uint16_t flags)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(packet->data + packet->len);

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = flags;
	nlh->nlmsg_pid = PORTID;
	return nlh;
}

struct nlmsghdr *genl_begin(struct packet *packet, uint16_t flags,
			    uint8_t cmd)
{
	struct nlmsghdr *nlh = msg_begin(packet, FAMILY, flags);
	struct genlmsghdr *hdr;

	hdr = mnl_nlmsg_put_extra_header(nlh, sizeof(*hdr));
	hdr->cmd = cmd;
	return nlh;
}

/* the message is as long as what has been put into it */
void msg_end(struct packet *packet, const struct nlmsghdr *nlh)
{
	packet->len += MNL_ALIGN(nlh->nlmsg_len);
	assert_true((size_t)packet->len <= sizeof(packet->data));
}

void put_error(struct packet *packet, int error, const char *words)
{
	struct nlmsghdr *nlh = msg_begin(packet, NLMSG_ERROR, NLM_F_CAPPED);
	struct nlmsgerr *err;

	err = mnl_nlmsg_put_extra_header(nlh, sizeof(*err));
	err->error = error;
	err->msg.nlmsg_len = sizeof(err->msg);
	if (words) {
		nlh->nlmsg_flags |= NLM_F_ACK_TLVS;
		mnl_attr_put_strz(nlh, NLMSGERR_ATTR_MSG, words);
	}
	msg_end(packet, nlh);
}

void answer_error(int error)
{
	put_error(packet_new(&wire.answers), error, NULL);
}

void answer_errno(int error)
{
	packet_new(&wire.answers)->len = error;
}

void put_done(struct packet *packet, int error)
{
	struct nlmsghdr *nlh = msg_begin(packet, NLMSG_DONE, NLM_F_MULTI);

	*(int *)mnl_nlmsg_put_extra_header(nlh, sizeof(int)) = error;
	msg_end(packet, nlh);
}

void answer_done(int error)
{
	put_done(packet_new(&wire.answers), error);
}

/* what the controller says about the family */
static void answer_family(void)
{
	struct packet *packet = packet_new(&wire.answers);
	struct nlattr *groups, *group;
	struct nlmsghdr *nlh;

	if (!wire.family) {
		put_error(packet, -ENOENT, NULL);
		return;
	}
	nlh = genl_begin(packet, 0, CTRL_CMD_NEWFAMILY);
	nlh->nlmsg_type = GENL_ID_CTRL;
	mnl_attr_put_u16(nlh, CTRL_ATTR_FAMILY_ID, FAMILY);
	groups = mnl_attr_nest_start(nlh, CTRL_ATTR_MCAST_GROUPS);
	group = mnl_attr_nest_start(nlh, 1);
	if (wire.group)
		mnl_attr_put_strz(nlh, CTRL_ATTR_MCAST_GRP_NAME, wire.group);
	if (wire.group_id)
		mnl_attr_put_u32(nlh, CTRL_ATTR_MCAST_GRP_ID, wire.group_id);
	mnl_attr_nest_end(nlh, group);
	/* without an end, and of the wrong size: not the one that is meant */
	group = mnl_attr_nest_start(nlh, 2);
	mnl_attr_put(nlh, CTRL_ATTR_MCAST_GRP_NAME,
		     strlen(SCST_ISCSI_MCGRP_EVENTS), SCST_ISCSI_MCGRP_EVENTS);
	mnl_attr_put_u16(nlh, CTRL_ATTR_MCAST_GRP_ID, 99);
	mnl_attr_nest_end(nlh, group);
	mnl_attr_nest_end(nlh, groups);
	msg_end(packet, nlh);
	put_error(packet, 0, NULL);
}

/* libmnl's sockets */

struct mnl_socket *mnl_socket_open2(int bus, int flags)
{
	struct mnl_socket *nl = calloc(1, sizeof(*nl));

	assert_int_equal(bus, NETLINK_GENERIC);
	assert_non_null(nl);
	if (!wire.sockets_left) {
		free(nl);
		errno = EMFILE;
		return NULL;
	}
	wire.sockets_left--;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0,
				    nl->fds), 0);
	if (flags & SOCK_NONBLOCK)
		wire.events = nl;
	else
		wire.requests = nl;
	return nl;
}

int mnl_socket_bind(struct mnl_socket *nl, unsigned int groups, pid_t pid)
{
	(void)nl;
	assert_int_equal(groups, 0);
	assert_int_equal(pid, MNL_SOCKET_AUTOPID);
	return 0;
}

int mnl_socket_close(struct mnl_socket *nl)
{
	close(nl->fds[0]);
	close(nl->fds[1]);
	if (nl == wire.events)
		wire.events = NULL;
	if (nl == wire.requests)
		wire.requests = NULL;
	free(nl);
	return 0;
}

int mnl_socket_get_fd(const struct mnl_socket *nl)
{
	return nl->fds[0];
}

unsigned int mnl_socket_get_portid(const struct mnl_socket *nl)
{
	(void)nl;
	return PORTID;
}

int mnl_socket_setsockopt(const struct mnl_socket *nl, int type, void *buf,
			  socklen_t len)
{
	if (type != NETLINK_ADD_MEMBERSHIP)
		return 0;
	assert_ptr_equal(nl, wire.events);
	assert_int_equal(len, sizeof(wire.joined));
	memcpy(&wire.joined, buf, len);
	return 0;
}

ssize_t mnl_socket_sendto(const struct mnl_socket *nl, const void *buf,
			  size_t len)
{
	const struct nlmsghdr *nlh = buf;

	assert_ptr_equal(nl, wire.requests);
	assert_true(len <= sizeof(wire.request));
	assert_int_equal(nlh->nlmsg_len, len);
	assert_int_equal(nlh->nlmsg_flags & (NLM_F_REQUEST | NLM_F_ACK),
			 NLM_F_REQUEST | NLM_F_ACK);
	memcpy(wire.request, buf, len);
	if (nlh->nlmsg_type == GENL_ID_CTRL)
		answer_family();
	else
		wire.nrequests++;
	return len;
}

static void unguard(void)
{
	ASAN_UNPOISON_MEMORY_REGION(wire.rest, wire.rest_len);
	wire.rest_len = 0;
}

/* numbers that were never sent, and may not be looked at before guarded() */
static void guard(uint8_t *rest, size_t len)
{
	memset(rest, 0x5a, len);
	if (wire.lax)
		return;
	wire.rest = rest;
	wire.rest_len = len;
	ASAN_POISON_MEMORY_REGION(rest, len);
}

/* the function that has received is over */
int guarded(int ret)
{
	unguard();
	return ret;
}

/* a message that is cut off before its header ends has no number */
static void number(struct packet *packet)
{
	const struct nlmsghdr *request = (struct nlmsghdr *)wire.request;
	uint32_t seq = request->nlmsg_seq - packet->stale;
	struct nlmsghdr *nlh = (struct nlmsghdr *)packet->data;
	int len = packet->len;

	for (; mnl_nlmsg_ok(nlh, len); nlh = mnl_nlmsg_next(nlh, &len))
		nlh->nlmsg_seq = seq;
	if (len >= (int)sizeof(*nlh))
		nlh->nlmsg_seq = seq;
}

ssize_t mnl_socket_recvfrom(const struct mnl_socket *nl, void *buf,
			    size_t size)
{
	struct queue *queue = nl == wire.events ? &wire.news : &wire.answers;
	struct packet *packet = &queue->packets[queue->next];
	size_t len;
	char byte;

	unguard();
	if (nl == wire.events)
		assert_int_equal(read(nl->fds[0], &byte, 1), 1);
	/* nothing is to be waited for in vain */
	assert_true(queue->next < queue->n);
	if (++queue->next == queue->n) {
		queue->next = 0;
		queue->n = 0;
	}
	if (packet->len < 0) {
		errno = -packet->len;
		return -1;
	}
	if (queue == &wire.answers)
		number(packet);
	/* to libmnl, the padding belongs to a message */
	len = MNL_ALIGN(packet->len);
	memcpy(buf, packet->data, len);
	guard((uint8_t *)buf + len, size - len);
	return packet->len;
}
