// SPDX-License-Identifier: GPL-2.0
/*
 * Generic netlink requests, dumps and events on libmnl.
 *
 * A request waits for its acknowledgment: the kernel works on it while we are
 * in send(), so the answer is there when send() returns.  The receive timeout
 * is only a guard.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <linux/genetlink.h>

#include "genl.h"
#include "log.h"
#include "util.h"

#define GENL_TIMEOUT_S 60
#define GENL_DUMP_TRIES 10

struct genl_family {
	uint16_t id;
	const char *group;
	uint32_t group_id;
};

/**
 * genl_attr() - find an attribute of a message
 * @nlh: generic netlink message
 * @type: of the attribute
 *
 * Return: the first such attribute or NULL.
 */
const struct nlattr *genl_attr(const struct nlmsghdr *nlh, uint16_t type)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr))
		if (mnl_attr_get_type(attr) == type)
			return attr;
	return NULL;
}

/**
 * genl_attr_u32() - read a number out of a message
 * @nlh: generic netlink message
 * @type: of the attribute
 * @out: its value, untouched if there is none
 *
 * Return: 0 or -ENOENT.
 */
int genl_attr_u32(const struct nlmsghdr *nlh, uint16_t type, uint32_t *out)
{
	const struct nlattr *attr = genl_attr(nlh, type);

	if (!attr || mnl_attr_validate(attr, MNL_TYPE_U32) < 0)
		return -ENOENT;
	*out = mnl_attr_get_u32(attr);
	return 0;
}

/**
 * genl_msg() - begin a request
 * @genl: whose message buffer is used
 * @cmd: of the family
 * @flags: besides NLM_F_REQUEST and NLM_F_ACK
 *
 * Return: the message, to which attributes can be added.
 */
struct nlmsghdr *genl_msg(struct genl *genl, uint8_t cmd, uint16_t flags)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(genl->msg);
	struct genlmsghdr *hdr;

	nlh->nlmsg_type = genl->family;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
	nlh->nlmsg_seq = ++genl->seq;
	hdr = mnl_nlmsg_put_extra_header(nlh, sizeof(*hdr));
	hdr->cmd = cmd;
	hdr->version = 1;
	return nlh;
}

/* the kernel may say in words what it did not like */
static void genl_log_ext_ack(const struct genl *genl,
			     const struct nlmsghdr *nlh)
{
	const struct nlmsgerr *err = mnl_nlmsg_get_payload(nlh);
	size_t off = sizeof(*err);
	const struct nlattr *attr;

	if (nlh->nlmsg_type != NLMSG_ERROR ||
	    mnl_nlmsg_get_payload_len(nlh) < sizeof(*err) || !err->error ||
	    !(nlh->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED))
		off += err->msg.nlmsg_len - sizeof(struct nlmsghdr);
	if (mnl_nlmsg_get_payload_len(nlh) <= off)
		return;
	mnl_attr_for_each(attr, nlh, off)
		if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_MSG &&
		    mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) >= 0)
			log_at(0, "%s: %s", genl->name,
			       mnl_attr_get_str(attr));
}

/**
 * genl_talk() - send the message of genl_msg() and wait for the answer
 * @genl: the socket
 * @cb: called for each message of the answer; may be NULL
 * @arg: for @cb
 *
 * Return: 0 or a negative errno, the kernel's or our own.
 */
int genl_talk(struct genl *genl, mnl_cb_t cb, void *arg)
{
	uint32_t portid = mnl_socket_get_portid(genl->nl);
	struct nlmsghdr *nlh = (struct nlmsghdr *)genl->msg;
	char buf[GENL_BUF_SIZE * 4] __aligned(8);
	struct nlmsghdr *reply = (struct nlmsghdr *)buf;
	ssize_t len;
	int ret;

	if (mnl_socket_sendto(genl->nl, nlh, nlh->nlmsg_len) < 0)
		return -errno;
	do {
		len = mnl_socket_recvfrom(genl->nl, buf, sizeof(buf));
		ret = MNL_CB_OK;
		if (len < 0 && errno == EINTR)
			continue;
		if (len < 0)
			return errno == EAGAIN ? -ETIMEDOUT : -errno;
		/* rest of an interrupted dump, or of a request given up */
		if (len < (ssize_t)sizeof(*reply) ||
		    reply->nlmsg_seq != genl->seq)
			continue;
		ret = mnl_cb_run(buf, len, genl->seq, portid, cb, arg);
		if (ret < 0) {
			ret = -errno;
			genl_log_ext_ack(genl, reply);
		}
	} while (ret == MNL_CB_OK);
	return ret < 0 ? ret : 0;
}

/**
 * genl_dump() - ask for all objects of a kind
 * @genl: the socket
 * @cmd: of the family
 * @cb: called for each object; sees some again if the dump was interrupted
 * @arg: for @cb
 *
 * Return: 0 or a negative errno.
 */
int genl_dump(struct genl *genl, uint8_t cmd, mnl_cb_t cb, void *arg)
{
	int ret = 0, tries;

	for (tries = 0; tries < GENL_DUMP_TRIES; tries++) {
		genl_msg(genl, cmd, NLM_F_DUMP);
		ret = genl_talk(genl, cb, arg);
		/* libmnl's word for NLM_F_DUMP_INTR */
		if (ret != -EINTR)
			break;
	}
	return ret;
}

static bool attr_is(const struct nlattr *attr, uint16_t type,
		    enum mnl_attr_data_type data)
{
	return mnl_attr_get_type(attr) == type &&
	       mnl_attr_validate(attr, data) >= 0;
}

static void genl_find_group(const struct nlattr *groups,
			    struct genl_family *family)
{
	const struct nlattr *group, *attr;
	const char *name;
	uint32_t id;

	mnl_attr_for_each_nested(group, groups) {
		name = NULL;
		id = 0;
		mnl_attr_for_each_nested(attr, group) {
			if (attr_is(attr, CTRL_ATTR_MCAST_GRP_NAME,
				    MNL_TYPE_NUL_STRING))
				name = mnl_attr_get_str(attr);
			if (attr_is(attr, CTRL_ATTR_MCAST_GRP_ID, MNL_TYPE_U32))
				id = mnl_attr_get_u32(attr);
		}
		if (name && family->group && !strcmp(name, family->group))
			family->group_id = id;
	}
}

static int genl_family_cb(const struct nlmsghdr *nlh, void *arg)
{
	struct genl_family *family = arg;
	const struct nlattr *attr;

	attr = genl_attr(nlh, CTRL_ATTR_FAMILY_ID);
	if (attr && mnl_attr_validate(attr, MNL_TYPE_U16) >= 0)
		family->id = mnl_attr_get_u16(attr);
	attr = genl_attr(nlh, CTRL_ATTR_MCAST_GROUPS);
	if (attr)
		genl_find_group(attr, family);
	return MNL_CB_OK;
}

static int genl_resolve(struct genl *genl, struct genl_family *family)
{
	struct nlmsghdr *nlh;
	int ret;

	genl->family = GENL_ID_CTRL;
	nlh = genl_msg(genl, CTRL_CMD_GETFAMILY, 0);
	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, genl->name);
	ret = genl_talk(genl, genl_family_cb, family);
	genl->family = family->id;
	if (!ret && !family->id)
		ret = -ENOENT;
	return ret;
}

static struct mnl_socket *genl_socket(int flags)
{
	struct mnl_socket *nl = mnl_socket_open2(NETLINK_GENERIC,
						 SOCK_CLOEXEC | flags);

	if (!nl)
		return NULL;
	if (!mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID))
		return nl;
	mnl_socket_close(nl);
	return NULL;
}

/**
 * genl_open() - open a socket to a family
 * @genl: is initialised
 * @family: name of the family
 *
 * Return: 0 or a negative errno; -ENOENT if there is no such family.
 */
int genl_open(struct genl *genl, const char *family)
{
	const struct timeval timeout = { .tv_sec = GENL_TIMEOUT_S };
	struct genl_family info = { 0 };
	int one = 1, fd, ret;

	memset(genl, 0, sizeof(*genl));
	genl->name = family;
	genl->nl = genl_socket(0);
	if (!genl->nl)
		return -errno;
	fd = mnl_socket_get_fd(genl->nl);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
	/* without these, errors only come without words */
	mnl_socket_setsockopt(genl->nl, NETLINK_EXT_ACK, &one, sizeof(one));
	mnl_socket_setsockopt(genl->nl, NETLINK_CAP_ACK, &one, sizeof(one));
	ret = genl_resolve(genl, &info);
	if (ret)
		genl_close(genl);
	return ret;
}

/**
 * genl_close() - close a socket of genl_open()
 * @genl: may be closed already
 */
void genl_close(struct genl *genl)
{
	if (genl->nl)
		mnl_socket_close(genl->nl);
	genl->nl = NULL;
}

/**
 * genl_events_open() - subscribe to a multicast group of the family
 * @genl: open
 * @group: name of the group
 * @events: non-blocking socket, owned by the caller
 *
 * Return: 0 or a negative errno.
 */
int genl_events_open(struct genl *genl, const char *group,
		     struct mnl_socket **events)
{
	struct genl_family info = { .group = group };
	struct mnl_socket *nl;
	int ret;

	ret = genl_resolve(genl, &info);
	if (ret)
		return ret;
	if (!info.group_id)
		return -ENOENT;
	nl = genl_socket(SOCK_NONBLOCK);
	if (!nl)
		return -errno;
	if (mnl_socket_setsockopt(nl, NETLINK_ADD_MEMBERSHIP, &info.group_id,
				  sizeof(info.group_id))) {
		ret = -errno;
		mnl_socket_close(nl);
		return ret;
	}
	*events = nl;
	return 0;
}
