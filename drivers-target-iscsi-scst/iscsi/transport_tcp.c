// SPDX-License-Identifier: GPL-2.0
/*
 * TCP sockets: the only file that knows them.
 *
 * The socket's callbacks run in softirq context and do no more than queue
 * io_work; sk_callback_lock keeps them off a connection that has let go of its
 * socket.  Everything else here is called from io_work, except attach and
 * start (netlink handler) and the completion of a burst (any context).
 *
 * A burst is a run of cached pages that is sent under one ubuf_info.  Its
 * completion says that TCP has no more use for the pages: it pays back the
 * connection's account of memory in the network and lets the connection be
 * freed.  It does not say that the pages may be written to; the buffer cache
 * looks at their reference counts for that.
 *
 * SKBFL_ORPHAN_BY_REF forbids memory that user space can write, that is the page
 * cache.  What has some of it is sent like sendfile() does.
 */
#include <linux/net.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <net/ipv6.h>
#include <net/sock.h>
#include <net/tcp.h>

#include "iscsi_priv.h"
#include "trace.h"
#include "transport.h"

#define SCST_ISCSI_BURST_BYTES	(256u << 10)
#define SCST_ISCSI_ZC_LIMIT	(16u << 20)	/* for one connection */

struct scst_iscsi_burst {
	struct ubuf_info ub;
	struct scst_iscsi_conn *conn;
	unsigned int nr;
	u32 bytes;
};

/* The last access to the connection is to make the burst free again */
static void scst_iscsi_burst_complete(struct sk_buff *skb,
				      struct ubuf_info *ub, bool success)
{
	struct scst_iscsi_burst *burst;
	struct scst_iscsi_conn *conn;

	if (!refcount_dec_and_test(&ub->refcnt))
		return;
	burst = container_of(ub, struct scst_iscsi_burst, ub);
	conn = burst->conn;
	trace_scst_iscsi_burst_released(to_session(conn)->sid, burst->bytes);
	/* Pairs with scst_iscsi_tcp_full() */
	if (atomic_sub_return(burst->bytes, &conn->zc_bytes) <
	    SCST_ISCSI_ZC_LIMIT / 2 &&
	    test_and_clear_bit(SCST_ISCSI_CONN_ZC_WAIT, &conn->flags))
		scst_iscsi_conn_kick(conn);
	/* Pairs with scst_iscsi_tcp_idle() */
	smp_mb__before_atomic();
	set_bit(burst->nr, &conn->burst_free);
}

static const struct ubuf_info_ops scst_iscsi_burst_ops = {
	.complete = scst_iscsi_burst_complete,
};

static int scst_iscsi_bursts_alloc(struct scst_iscsi_conn *conn)
{
	unsigned int i;

	conn->bursts = kcalloc(SCST_ISCSI_BURSTS, sizeof(*conn->bursts),
			       GFP_KERNEL);
	if (!conn->bursts)
		return -ENOMEM;
	for (i = 0; i < SCST_ISCSI_BURSTS; i++) {
		conn->bursts[i].conn = conn;
		conn->bursts[i].nr = i;
		conn->bursts[i].ub.ops = &scst_iscsi_burst_ops;
		conn->bursts[i].ub.flags = SKBFL_ZEROCOPY_FRAG |
					   SKBFL_DONT_ORPHAN |
					   SKBFL_ORPHAN_BY_REF;
	}
	conn->burst_free = GENMASK(SCST_ISCSI_BURSTS - 1, 0);
	return 0;
}

static struct scst_iscsi_burst *
scst_iscsi_burst_get(struct scst_iscsi_conn *conn)
{
	struct scst_iscsi_burst *burst = conn->burst;
	unsigned long free;

	if (burst)
		return burst;
	free = READ_ONCE(conn->burst_free);
	if (!free)
		return NULL;
	burst = &conn->bursts[__ffs(free)];
	clear_bit(burst->nr, &conn->burst_free);
	burst->bytes = 0;
	refcount_set(&burst->ub.refcnt, 1);
	conn->burst = burst;
	return burst;
}

/* Nothing more belongs to the current burst */
static void scst_iscsi_tcp_burst_end(struct scst_iscsi_conn *conn)
{
	struct scst_iscsi_burst *burst = conn->burst;

	if (!burst)
		return;
	conn->burst = NULL;
	trace_scst_iscsi_burst_sent(to_session(conn)->sid, burst->bytes);
	net_zcopy_put(&burst->ub);
}

/* Is there too much cache memory in the network already? */
static bool scst_iscsi_tcp_full(struct scst_iscsi_conn *conn)
{
	if (atomic_read(&conn->zc_bytes) < SCST_ISCSI_ZC_LIMIT)
		return false;
	set_bit(SCST_ISCSI_CONN_ZC_WAIT, &conn->flags);
	/* Pairs with scst_iscsi_burst_complete() */
	smp_mb__after_atomic();
	return atomic_read(&conn->zc_bytes) >= SCST_ISCSI_ZC_LIMIT;
}

/**
 * scst_iscsi_tcp_send - hand over as much of a batch as there is room for
 * @conn: connection
 * @iter: the rest of the batch; moves on by what was taken
 * @cache: pages are from the buffer cache or headers, and none from elsewhere
 * @more: another batch follows at once
 *
 * Context: io_work.
 * Return: bytes taken, -EAGAIN if the connection will be kicked when there is
 * room again, another error if the connection is broken.
 */
int scst_iscsi_tcp_send(struct scst_iscsi_conn *conn, struct iov_iter *iter,
			bool cache, bool more)
{
	struct msghdr msg = { .msg_flags = MSG_DONTWAIT | MSG_NOSIGNAL };
	struct scst_iscsi_burst *burst = NULL;
	int ret;

	if (cache) {
		if (scst_iscsi_tcp_full(conn))
			return -EAGAIN;
		burst = scst_iscsi_burst_get(conn);
	}
	if (burst) {
		msg.msg_flags |= MSG_ZEROCOPY;
		msg.msg_ubuf = &burst->ub;
	} else {
		msg.msg_flags |= MSG_SPLICE_PAGES;
	}
	if (more)
		msg.msg_flags |= MSG_MORE;
	msg.msg_iter = *iter;
	ret = sock_sendmsg(conn->sock, &msg);
	*iter = msg.msg_iter;
	if (burst && ret > 0) {
		burst->bytes += ret;
		atomic_add(ret, &conn->zc_bytes);
	}
	/* Also one of an earlier batch, if this one had no use for it */
	if (!more || (burst && burst->bytes >= SCST_ISCSI_BURST_BYTES))
		scst_iscsi_tcp_burst_end(conn);
	return ret;
}

/**
 * scst_iscsi_tcp_push - nothing follows what was sent with "more"
 * @conn: connection
 *
 * Context: io_work.
 */
void scst_iscsi_tcp_push(struct scst_iscsi_conn *conn)
{
	scst_iscsi_tcp_burst_end(conn);
	/* Set already; what counts is that it pushes */
	tcp_sock_set_nodelay(conn->sock->sk);
}

static int scst_iscsi_actor(read_descriptor_t *desc, struct sk_buff *skb,
			    unsigned int off, size_t len)
{
	return scst_iscsi_rx_consume(desc->arg.data, skb, off, len);
}

/**
 * scst_iscsi_tcp_recv - feed what has arrived to scst_iscsi_rx_consume()
 * @conn: connection
 *
 * Context: io_work.
 * Return: bytes consumed or a negative errno.
 */
int scst_iscsi_tcp_recv(struct scst_iscsi_conn *conn)
{
	read_descriptor_t desc = { .arg.data = conn, .count = 1 };
	struct socket *sock = conn->sock;
	int ret;

	lock_sock(sock->sk);
	ret = READ_ONCE(sock->ops)->read_sock(sock->sk, &desc,
					      scst_iscsi_actor);
	release_sock(sock->sk);
	return ret;
}

/**
 * scst_iscsi_chunk_copy - copy received bytes to linear memory
 * @chunk: as given to scst_iscsi_rx_consume()
 * @off: offset in it
 * @dst: destination
 * @len: bytes
 *
 * Context: within scst_iscsi_rx_consume().
 * Return: 0 or a negative errno.
 */
int scst_iscsi_chunk_copy(void *chunk, unsigned int off, void *dst, u32 len)
{
	return skb_copy_bits(chunk, off, dst, len);
}

/**
 * scst_iscsi_chunk_copy_iter - copy received bytes to pages
 * @chunk: as given to scst_iscsi_rx_consume()
 * @off: offset in it
 * @iter: destination, moves on
 * @len: bytes
 *
 * Context: within scst_iscsi_rx_consume().
 * Return: 0 or a negative errno.
 */
int scst_iscsi_chunk_copy_iter(void *chunk, unsigned int off,
			       struct iov_iter *iter, u32 len)
{
	return skb_copy_datagram_iter(chunk, off, iter, len);
}

/**
 * scst_iscsi_chunk_crc - go on with a digest over received bytes
 * @chunk: as given to scst_iscsi_rx_consume()
 * @off: offset in it
 * @len: bytes
 * @crc: result for the bytes before
 *
 * Context: within scst_iscsi_rx_consume().
 * Return: intermediate value.
 */
u32 scst_iscsi_chunk_crc(void *chunk, unsigned int off, u32 len, u32 crc)
{
	struct skb_seq_state st;
	unsigned int pos = 0, n;
	const u8 *data;

	skb_prepare_seq_read(chunk, off, off + len, &st);
	while ((n = skb_seq_read(pos, &data, &st))) {
		/* It gives whole pieces of the packet, even beyond the end */
		n = min(n, len - pos);
		crc = scst_iscsi_crc(crc, data, n);
		pos += n;
	}
	return crc;
}

static void scst_iscsi_data_ready(struct sock *sk)
{
	struct scst_iscsi_conn *conn;

	read_lock_bh(&sk->sk_callback_lock);
	conn = sk->sk_user_data;
	if (likely(conn)) {
		WRITE_ONCE(conn->cpu, READ_ONCE(sk->sk_incoming_cpu));
		/* Who clears the bit reads afterwards, under the socket lock */
		if (!test_bit(SCST_ISCSI_CONN_RX, &conn->flags) &&
		    !test_and_set_bit(SCST_ISCSI_CONN_RX, &conn->flags))
			scst_iscsi_conn_kick(conn);
	}
	read_unlock_bh(&sk->sk_callback_lock);
}

static void scst_iscsi_write_space(struct sock *sk)
{
	struct scst_iscsi_conn *conn;

	read_lock_bh(&sk->sk_callback_lock);
	conn = sk->sk_user_data;
	if (conn && sk_stream_is_writeable(sk)) {
		clear_bit(SOCK_NOSPACE, &sk->sk_socket->flags);
		scst_iscsi_conn_kick(conn);
	}
	read_unlock_bh(&sk->sk_callback_lock);
}

static void scst_iscsi_state_change(struct sock *sk)
{
	struct scst_iscsi_conn *conn;

	read_lock_bh(&sk->sk_callback_lock);
	conn = sk->sk_user_data;
	if (conn && sk->sk_state == TCP_CLOSE) {
		scst_iscsi_conn_close(conn, ECONNRESET);
	} else if (conn && sk->sk_shutdown & RCV_SHUTDOWN) {
		set_bit(SCST_ISCSI_CONN_EOF, &conn->flags);
		scst_iscsi_conn_kick(conn);
	}
	read_unlock_bh(&sk->sk_callback_lock);
}

/* Dotted IPv4 (mapped addresses too) or eight groups of IPv6 */
static u16 scst_iscsi_addr(const struct sockaddr_storage *ss, char *buf,
			   size_t size)
{
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)ss;
	const struct sockaddr_in *in = (const struct sockaddr_in *)ss;

	if (ss->ss_family == AF_INET) {
		scnprintf(buf, size, "%pI4", &in->sin_addr);
		return be16_to_cpu(in->sin_port);
	}
	if (ipv6_addr_v4mapped(&in6->sin6_addr))
		scnprintf(buf, size, "%pI4", &in6->sin6_addr.s6_addr32[3]);
	else
		scnprintf(buf, size, "%pI6", &in6->sin6_addr);
	return be16_to_cpu(in6->sin6_port);
}

static int scst_iscsi_tcp_names(struct scst_iscsi_conn *conn)
{
	struct sockaddr_storage ss;
	int ret;

	ret = kernel_getpeername(conn->sock, (struct sockaddr *)&ss);
	if (ret < 0)
		return ret;
	scst_iscsi_addr(&ss, conn->peer, sizeof(conn->peer));
	ret = kernel_getsockname(conn->sock, (struct sockaddr *)&ss);
	if (ret < 0)
		return ret;
	conn->local_port = scst_iscsi_addr(&ss, conn->local,
					   sizeof(conn->local));
	return 0;
}

static int scst_iscsi_tcp_check(const struct socket *sock)
{
	const struct sock *sk = sock->sk;

	if (sk->sk_family != AF_INET && sk->sk_family != AF_INET6)
		return -EAFNOSUPPORT;
	if (sk->sk_type != SOCK_STREAM || sk->sk_protocol != IPPROTO_TCP ||
	    !READ_ONCE(sock->ops)->read_sock)
		return -EPROTONOSUPPORT;
	return 0;
}

/* Nobody else may use the socket's callbacks, another session least of all */
static int scst_iscsi_tcp_claim(struct scst_iscsi_conn *conn, struct sock *sk)
{
	int ret = -EBUSY;

	write_lock_bh(&sk->sk_callback_lock);
	if (!sk->sk_user_data) {
		sk->sk_user_data = conn;
		ret = 0;
	}
	write_unlock_bh(&sk->sk_callback_lock);
	return ret;
}

/**
 * scst_iscsi_tcp_attach - take over the daemon's socket
 * @conn: connection
 * @fd: file descriptor of the calling process
 *
 * The socket works as before until scst_iscsi_tcp_start(), in case the daemon
 * has to go on with it.
 *
 * Context: the daemon's process, may sleep.
 * Return: 0, -EBUSY if the socket is somebody's already, or another errno.
 */
int scst_iscsi_tcp_attach(struct scst_iscsi_conn *conn, int fd)
{
	struct socket *sock;
	int ret;

	sock = sockfd_lookup(fd, &ret);
	if (!sock)
		return ret;
	ret = scst_iscsi_tcp_check(sock);
	if (ret)
		goto out_put;
	conn->sock = sock;
	ret = scst_iscsi_tcp_names(conn);
	if (ret)
		goto out_put;
	ret = scst_iscsi_bursts_alloc(conn);
	if (ret)
		goto out_put;
	ret = scst_iscsi_tcp_claim(conn, sock->sk);
	if (ret)
		goto out_free;
	conn->cpu = READ_ONCE(sock->sk->sk_incoming_cpu);
	return 0;

out_free:
	scst_iscsi_tcp_free(conn);
out_put:
	conn->sock = NULL;
	sockfd_put(sock);
	return ret;
}

/**
 * scst_iscsi_tcp_start - let the socket's events reach the connection
 * @conn: connection
 * @timeout: seconds without acknowledgment after which the peer is dead
 *
 * Context: process, may sleep.
 * Return: 0, or -ENOTCONN if the peer has gone.
 */
int scst_iscsi_tcp_start(struct scst_iscsi_conn *conn, unsigned int timeout)
{
	struct sock *sk = conn->sock->sk;
	int ret = -ENOTCONN;

	tcp_sock_set_nodelay(sk);
	tcp_sock_set_user_timeout(sk, timeout * MSEC_PER_SEC);
	/* What is closed while data is under way has failed: RST, not FIN */
	sock_no_linger(sk);

	/* A FIN or RST comes before this or finds the new callbacks */
	lock_sock(sk);
	write_lock_bh(&sk->sk_callback_lock);
	if (sk->sk_state == TCP_ESTABLISHED) {
		conn->saved_data_ready = sk->sk_data_ready;
		conn->saved_write_space = sk->sk_write_space;
		conn->saved_state_change = sk->sk_state_change;
		WRITE_ONCE(sk->sk_data_ready, scst_iscsi_data_ready);
		WRITE_ONCE(sk->sk_write_space, scst_iscsi_write_space);
		WRITE_ONCE(sk->sk_state_change, scst_iscsi_state_change);
		ret = 0;
	}
	write_unlock_bh(&sk->sk_callback_lock);
	release_sock(sk);
	return ret;
}

/**
 * scst_iscsi_tcp_detach - let go of the socket
 * @conn: connection
 * @abort: throw away what was not acknowledged yet
 *
 * The daemon may still have its descriptor, so an abort does not rely on the
 * last reference going away.
 *
 * Context: io_work, or a connection that was never started.
 */
void scst_iscsi_tcp_detach(struct scst_iscsi_conn *conn, bool abort)
{
	struct socket *sock = conn->sock;
	struct sock *sk;

	if (!sock)
		return;
	sk = sock->sk;
	write_lock_bh(&sk->sk_callback_lock);
	if (conn->saved_data_ready) {
		WRITE_ONCE(sk->sk_data_ready, conn->saved_data_ready);
		WRITE_ONCE(sk->sk_write_space, conn->saved_write_space);
		WRITE_ONCE(sk->sk_state_change, conn->saved_state_change);
	}
	sk->sk_user_data = NULL;
	write_unlock_bh(&sk->sk_callback_lock);
	scst_iscsi_tcp_burst_end(conn);
	if (abort)
		tcp_abort(sk, ECONNABORTED);
	conn->sock = NULL;
	sockfd_put(sock);
}

/**
 * scst_iscsi_tcp_shutdown - tell the peer that nothing more will be sent
 * @conn: connection
 *
 * Context: io_work.
 */
void scst_iscsi_tcp_shutdown(struct scst_iscsi_conn *conn)
{
	kernel_sock_shutdown(conn->sock, SHUT_WR);
}

/**
 * scst_iscsi_tcp_idle - has TCP let go of all our pages?
 * @conn: connection that has been detached
 *
 * Context: any.
 * Return: true if no completion will touch the connection any more.
 */
bool scst_iscsi_tcp_idle(struct scst_iscsi_conn *conn)
{
	/* Pairs with scst_iscsi_burst_complete() */
	return smp_load_acquire(&conn->burst_free) ==
	       GENMASK(SCST_ISCSI_BURSTS - 1, 0);
}

/**
 * scst_iscsi_tcp_free - free what attach has allocated
 * @conn: idle connection
 *
 * Context: process.
 */
void scst_iscsi_tcp_free(struct scst_iscsi_conn *conn)
{
	kfree(conn->bursts);
	conn->bursts = NULL;
}
