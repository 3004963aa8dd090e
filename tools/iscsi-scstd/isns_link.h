/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A TCP connection that carries iSNS messages.
 */
#ifndef SCSTD_ISNS_LINK_H
#define SCSTD_ISNS_LINK_H

#include "evloop.h"
#include "isns_pdu.h"

struct isns_link;

/**
 * typedef isns_deliver_fn - a message has arrived
 * @link: where
 * @hdr: of its first PDU
 * @attrs: its whole payload, valid during the call
 *
 * Must not close the link.
 *
 * Return: 0, or a negative errno that ends the link.
 */
typedef int (*isns_deliver_fn)(struct isns_link *link,
			       const struct isns_hdr *hdr,
			       struct isns_attrs attrs);

/**
 * struct isns_link - connection with a server
 * @loop: where it is watched
 * @io: its socket, which it owns
 * @deliver: takes messages
 * @limit: bytes of the longest message that is accepted
 * @hdr: header that is being received
 * @hdr_len: bytes of it
 * @first: header of the message's first PDU
 * @begun: a message is under way
 * @next_seq: number of the PDU that must come
 * @last: the PDU under way is the last one
 * @msg: payload received, of all PDUs of the message
 * @msg_len: bytes of it
 * @msg_size: allocated
 * @pdu_left: bytes that are missing of the PDU under way
 * @tx: what is to be sent
 * @tx_len: bytes of it
 * @tx_pos: sent already
 */
struct isns_link {
	struct evloop *loop;
	struct ev_io io;
	isns_deliver_fn deliver;
	size_t limit;
	uint8_t hdr[ISNS_HDR_LEN];
	size_t hdr_len;
	struct isns_hdr first;
	bool begun;
	uint16_t next_seq;
	bool last;
	uint8_t *msg;
	size_t msg_len;
	size_t msg_size;
	size_t pdu_left;
	uint8_t *tx;
	size_t tx_len;
	size_t tx_pos;
};

void isns_link_init(struct isns_link *link, struct evloop *loop,
		    isns_deliver_fn deliver, size_t limit);
int isns_link_open(struct isns_link *link, int fd, uint32_t events);
void isns_link_close(struct isns_link *link);
int isns_link_receive(struct isns_link *link);
int isns_link_send(struct isns_link *link, struct isns_msg *msg);
int isns_link_flush(struct isns_link *link);

#endif
