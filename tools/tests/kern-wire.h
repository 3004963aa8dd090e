/* SPDX-License-Identifier: GPL-2.0 */
/*
 * In place of libmnl's sockets: what the kernel is asked, and what it answers, is
 * up to the test.
 */
#ifndef TESTS_KERN_WIRE_H
#define TESTS_KERN_WIRE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <libmnl/libmnl.h>

#include "fake.h"
#include "genl.h"

#define FAMILY 0x20
#define GROUP 7
#define PACKETS 32

/**
 * struct mnl_socket - in place of libmnl's
 * @fds: the second one wakes up who waits for the first one
 */
struct mnl_socket {
	int fds[2];
};

/**
 * struct packet - what one call of mnl_socket_recvfrom() brings
 * @len: bytes in @data, or a negative errno
 * @stale: belongs to a former request
 * @data: messages
 */
struct packet {
	ssize_t len;
	bool stale;
	uint8_t data[4096] __aligned(8);
};

/**
 * struct queue - packets that are to come
 * @packets: in their order
 * @n: how many
 * @next: the one that is read next
 */
struct queue {
	struct packet packets[PACKETS];
	unsigned int n;
	unsigned int next;
};

/**
 * struct wire - the kernel's end
 * @requests: socket that asks
 * @events: socket that listens
 * @answers: to the next request
 * @news: for @events
 * @request: what was asked last
 * @nrequests: how often
 * @family: answers to the question for the family; cleared, there is none
 * @group: named in it
 * @group_id: likewise
 * @joined: the group that was joined
 * @sockets_left: how many can still be opened, -1 for any number
 * @lax: who asks goes on when the answer is there, so its buffer becomes that of
 *	others before guarded() can tell
 * @rest: room behind the last packet, which nobody must look at
 * @rest_len: its length
 */
struct wire {
	struct mnl_socket *requests;
	struct mnl_socket *events;
	struct queue answers;
	struct queue news;
	uint8_t request[GENL_BUF_SIZE] __aligned(8);
	unsigned int nrequests;
	bool family;
	const char *group;
	uint32_t group_id;
	uint32_t joined;
	int sockets_left;
	bool lax;
	void *rest;
	size_t rest_len;
};

extern struct wire wire;

/* a packet that comes last, and messages in it */
struct packet *packet_new(struct queue *queue);
struct nlmsghdr *msg_begin(struct packet *packet, uint16_t type,
			   uint16_t flags);
struct nlmsghdr *genl_begin(struct packet *packet, uint16_t flags,
			    uint8_t cmd);
void msg_end(struct packet *packet, const struct nlmsghdr *nlh);
void put_error(struct packet *packet, int error, const char *words);
void put_done(struct packet *packet, int error);

/* packets that consist of these; of a negative errno: nothing has been received */
void answer_error(int error);
void answer_errno(int error);
void answer_done(int error);

/* the function that has received has returned @ret, and its buffer is gone */
int guarded(int ret);

#endif
