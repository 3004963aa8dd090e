/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The seam between the protocol and what carries it.  transport_tcp.c is the
 * only file that knows sockets, and it knows no PDUs.
 */
#ifndef _SCST_ISCSI_TRANSPORT_H
#define _SCST_ISCSI_TRANSPORT_H

#include <linux/types.h>

struct iov_iter;
struct scst_iscsi_conn;

int scst_iscsi_tcp_attach(struct scst_iscsi_conn *conn, int fd);
int scst_iscsi_tcp_start(struct scst_iscsi_conn *conn, unsigned int timeout);
void scst_iscsi_tcp_detach(struct scst_iscsi_conn *conn, bool abort);
void scst_iscsi_tcp_shutdown(struct scst_iscsi_conn *conn);
bool scst_iscsi_tcp_idle(struct scst_iscsi_conn *conn);
void scst_iscsi_tcp_free(struct scst_iscsi_conn *conn);
int scst_iscsi_tcp_recv(struct scst_iscsi_conn *conn);
int scst_iscsi_tcp_send(struct scst_iscsi_conn *conn, struct iov_iter *iter,
			bool cache, bool more);
void scst_iscsi_tcp_push(struct scst_iscsi_conn *conn);
int scst_iscsi_chunk_copy(void *chunk, unsigned int off, void *dst, u32 len);
int scst_iscsi_chunk_copy_iter(void *chunk, unsigned int off,
			       struct iov_iter *iter, u32 len);
u32 scst_iscsi_chunk_crc(void *chunk, unsigned int off, u32 len, u32 crc);

#endif /* _SCST_ISCSI_TRANSPORT_H */
