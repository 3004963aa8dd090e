/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Generic netlink on libmnl: a socket for requests, a socket for events.
 */
#ifndef TOOLS_GENL_H
#define TOOLS_GENL_H

#include <stdint.h>
#include <libmnl/libmnl.h>

#define GENL_BUF_SIZE 8192

/**
 * struct genl - a family and a socket to it
 * @nl: the socket
 * @name: of the family
 * @family: its id
 * @seq: of the last request
 * @msg: the request that is being built
 */
struct genl {
	struct mnl_socket *nl;
	const char *name;
	uint16_t family;
	uint32_t seq;
	char msg[GENL_BUF_SIZE];
};

int genl_open(struct genl *genl, const char *family);
void genl_close(struct genl *genl);
struct nlmsghdr *genl_msg(struct genl *genl, uint8_t cmd, uint16_t flags);
int genl_talk(struct genl *genl, mnl_cb_t cb, void *arg);
int genl_dump(struct genl *genl, uint8_t cmd, mnl_cb_t cb, void *arg);

int genl_events_open(struct genl *genl, const char *group,
		     struct mnl_socket **events);

const struct nlattr *genl_attr(const struct nlmsghdr *nlh, uint16_t type);
int genl_attr_u32(const struct nlmsghdr *nlh, uint16_t type, uint32_t *out);

#endif
