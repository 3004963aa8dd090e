// SPDX-License-Identifier: GPL-2.0
/*
 * A TCP connection that carries iSNS messages: PDUs in and out, and messages
 * put together from their PDUs (RFC 4171 5.2).  Knows nothing about what they
 * mean.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "isns_link.h"

/* what may wait for a server that does not read */
#define TX_MAX (256 << 10)
/* so that one server cannot keep the loop busy */
#define READS_MAX 16

/**
 * isns_link_init() - prepare a link that has no connection yet
 * @link: the link
 * @loop: where it is watched
 * @deliver: takes messages
 * @limit: bytes of the longest message that is accepted
 */
void isns_link_init(struct isns_link *link, struct evloop *loop,
		    isns_deliver_fn deliver, size_t limit)
{
	memset(link, 0, sizeof(*link));
	link->loop = loop;
	link->io.fd = -1;
	link->deliver = deliver;
	link->limit = limit;
}

/**
 * isns_link_open() - give a link its connection
 * @link: the link; @link->io.cb is set
 * @fd: non-blocking; belongs to the link after success
 * @events: EPOLLOUT while it connects, EPOLLIN afterwards
 *
 * Return: 0 or a negative errno.
 */
int isns_link_open(struct isns_link *link, int fd, uint32_t events)
{
	return ev_add(link->loop, &link->io, fd, events);
}

/**
 * isns_link_close() - drop the connection and all that is under way
 * @link: the link; may be closed already
 */
void isns_link_close(struct isns_link *link)
{
	int fd = link->io.fd;

	if (fd >= 0) {
		ev_del(link->loop, &link->io);
		close(fd);
	}
	free(link->msg);
	free(link->tx);
	link->msg = NULL;
	link->tx = NULL;
	link->msg_len = 0;
	link->msg_size = 0;
	link->tx_len = 0;
	link->tx_pos = 0;
	link->hdr_len = 0;
	link->pdu_left = 0;
	link->begun = false;
}

static int message_grow(struct isns_link *link, size_t len)
{
	uint8_t *msg;

	if (len > link->limit)
		return -EMSGSIZE;
	if (len <= link->msg_size)
		return 0;
	msg = realloc(link->msg, len);
	if (!msg)
		return -ENOMEM;
	link->msg = msg;
	link->msg_size = len;
	return 0;
}

/* the PDUs of a message follow one another, numbered from 0 (5.1.6, 5.2) */
static int header_take(struct isns_link *link)
{
	struct isns_hdr hdr;

	if (isns_hdr_get(link->hdr, &hdr))
		return -EPROTO;
	if (!link->begun) {
		if (!(hdr.flags & ISNS_F_FIRST) || hdr.seq)
			return -EPROTO;
		link->first = hdr;
		link->begun = true;
		link->msg_len = 0;
	} else if ((hdr.flags & ISNS_F_FIRST) || hdr.seq != link->next_seq ||
		   hdr.function != link->first.function ||
		   hdr.xid != link->first.xid) {
		return -EPROTO;
	}
	link->next_seq = hdr.seq + 1;
	link->last = hdr.flags & ISNS_F_LAST;
	link->pdu_left = hdr.length;
	return message_grow(link, link->msg_len + hdr.length);
}

static int pdu_complete(struct isns_link *link)
{
	struct isns_attrs attrs = { link->msg, link->msg_len };
	int ret;

	link->hdr_len = 0;
	if (!link->last)
		return 0;
	link->begun = false;
	ret = link->deliver(link, &link->first, attrs);
	free(link->msg);
	link->msg = NULL;
	link->msg_size = 0;
	link->msg_len = 0;
	return ret;
}

/* Return: bytes read, 0 if there is nothing for now, or a negative errno */
static ssize_t read_some(struct isns_link *link, void *buf, size_t len)
{
	ssize_t n = recv(link->io.fd, buf, len, MSG_DONTWAIT);

	if (n > 0)
		return n;
	if (!n)
		return -ECONNRESET;
	return errno == EAGAIN || errno == EINTR ? 0 : -errno;
}

static ssize_t read_header(struct isns_link *link)
{
	ssize_t n = read_some(link, link->hdr + link->hdr_len,
			      ISNS_HDR_LEN - link->hdr_len);
	int ret;

	if (n <= 0)
		return n;
	link->hdr_len += n;
	if (link->hdr_len < ISNS_HDR_LEN)
		return n;
	ret = header_take(link);
	if (!ret && !link->pdu_left)
		ret = pdu_complete(link);
	return ret ? ret : n;
}

static ssize_t read_payload(struct isns_link *link)
{
	ssize_t n = read_some(link, link->msg + link->msg_len, link->pdu_left);
	int ret;

	if (n <= 0)
		return n;
	link->msg_len += n;
	link->pdu_left -= n;
	ret = link->pdu_left ? 0 : pdu_complete(link);
	return ret ? ret : n;
}

/**
 * isns_link_receive() - read what there is, and deliver complete messages
 * @link: the link
 *
 * Return: 0, or a negative errno if the link must be closed: -ECONNRESET at
 * the end of the connection, -EPROTO or -EMSGSIZE for what no server may send,
 * or what isns_deliver_fn has returned.
 */
int isns_link_receive(struct isns_link *link)
{
	ssize_t n = 1;
	int i;

	for (i = 0; i < READS_MAX && n > 0; i++)
		n = link->pdu_left ? read_payload(link) : read_header(link);
	return n < 0 ? n : 0;
}

/**
 * isns_link_flush() - send as much as the socket takes
 * @link: the link
 *
 * Return: 0, also if something is left, or a negative errno if the link must
 * be closed.
 */
int isns_link_flush(struct isns_link *link)
{
	ssize_t n;

	while (link->tx_pos < link->tx_len) {
		n = send(link->io.fd, link->tx + link->tx_pos,
			 link->tx_len - link->tx_pos,
			 MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno != EAGAIN)
			return -errno;
		if (n < 0)
			return ev_mod(link->loop, &link->io,
				      EPOLLIN | EPOLLOUT);
		link->tx_pos += n;
	}
	link->tx_len = 0;
	link->tx_pos = 0;
	return ev_mod(link->loop, &link->io, EPOLLIN);
}

/**
 * isns_link_send() - send a message
 * @link: the link
 * @msg: is finished here
 *
 * Return: 0 or a negative errno if the link must be closed.
 */
int isns_link_send(struct isns_link *link, struct isns_msg *msg)
{
	uint8_t *tx;

	isns_msg_finish(msg);
	if (msg->overflow || link->tx_len + msg->len > TX_MAX)
		return -ENOBUFS;
	tx = realloc(link->tx, link->tx_len + msg->len);
	if (!tx)
		return -ENOMEM;
	memcpy(tx + link->tx_len, msg->buf, msg->len);
	link->tx = tx;
	link->tx_len += msg->len;
	return isns_link_flush(link);
}
