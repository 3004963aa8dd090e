// SPDX-License-Identifier: GPL-2.0
/*
 * The daemon: a request goes to its socket, the records of the answer come
 * back.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "adm.h"
#include "strnum.h"

/* longer than the daemon waits for the end of a session */
#define ANSWER_TIMEOUT_S 15

/**
 * adm_value() - find a value in a record
 * @record: the record
 * @key: the key
 *
 * Return: the value or NULL.
 */
const char *adm_value(const struct adm_record *record, const char *key)
{
	int i;

	for (i = 0; i < record->npairs; i++)
		if (!strcmp(record->pairs[i].key, key))
			return record->pairs[i].value;
	return NULL;
}

/**
 * adm_record_is() - is a record of this kind?
 * @record: the record
 * @what: one of ADM_REC_*
 */
bool adm_record_is(const struct adm_record *record, const char *what)
{
	const char *kind = adm_value(record, "record");

	return kind && !strcmp(kind, what);
}

static void record_free(struct adm_record *record)
{
	text_free(&record->text);
	free(record->pairs);
}

/**
 * adm_answer_free() - release an answer
 * @answer: may be empty
 */
void adm_answer_free(struct adm_answer *answer)
{
	size_t i;

	for (i = 0; i < answer->nrecords; i++)
		record_free(&answer->records[i]);
	free(answer->records);
	memset(answer, 0, sizeof(*answer));
}

static enum adm_exit no_memory(void)
{
	adm_error("out of memory");
	return ADM_REFUSED;
}

static enum adm_exit no_answer(int error)
{
	if (!error)
		adm_error("iscsi-scstd has ended without an answer: its log says why");
	else if (error == EAGAIN)
		adm_error("iscsi-scstd does not answer: its log may say why");
	else
		adm_error("iscsi-scstd does not answer: %s", strerror(error));
	return ADM_NO_DAEMON;
}

/* requests have passwords: they are for a daemon that root has started */
static enum adm_exit check_peer(int fd)
{
	struct ucred cred;
	int ret = adm_peer(fd, &cred);

	if (ret)
		return no_answer(-ret);
	if (!cred.uid)
		return ADM_OK;
	adm_error("process %d of user %u has the socket of iscsi-scstd: nothing was sent to it",
		  (int)cred.pid, cred.uid);
	return ADM_NO_DAEMON;
}

static enum adm_exit open_socket(const char *name, int *fd)
{
	const struct timeval timeout = { .tv_sec = ANSWER_TIMEOUT_S };
	struct sockaddr_un addr;
	socklen_t len = adm_address(&addr, name);
	enum adm_exit status = ADM_NO_DAEMON;

	*fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (*fd < 0)
		return no_answer(errno);
	setsockopt(*fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
	setsockopt(*fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
	if (!connect(*fd, (struct sockaddr *)&addr, len))
		status = check_peer(*fd);
	else if (errno == ECONNREFUSED || errno == ENOENT)
		adm_error("iscsi-scstd is not running: start it with 'systemctl start iscsi-scst' or '/etc/init.d/iscsi-scst start'");
	else
		no_answer(errno);
	if (status != ADM_OK)
		close(*fd);
	return status;
}

/* Return: the record, at the end of @answer, or NULL without memory */
static struct adm_record *add_record(struct adm_answer *answer,
				     const void *buf, size_t len)
{
	struct text_pair pairs[ADM_PAIRS_MAX];
	struct adm_record *record;
	int n;

	record = realloc(answer->records,
			 (answer->nrecords + 1) * sizeof(*record));
	if (!record)
		return NULL;
	answer->records = record;
	record += answer->nrecords++;
	memset(record, 0, sizeof(*record));
	text_init(&record->text, ADM_PACKET_MAX);
	if (text_append(&record->text, buf, len))
		return NULL;
	n = text_split(&record->text, pairs, ADM_PAIRS_MAX);
	record->npairs = n;
	if (n <= 0)
		return record;
	record->pairs = malloc(n * sizeof(*pairs));
	if (record->pairs)
		memcpy(record->pairs, pairs, n * sizeof(*pairs));
	return record->pairs ? record : NULL;
}

static enum adm_exit exit_of(uint32_t error)
{
	switch (error) {
	case 0:
		return ADM_OK;
	case ENOENT:
		return ADM_NO_OBJECT;
	case EPERM:
	case EACCES:
		return ADM_NO_PERMISSION;
	default:
		return ADM_REFUSED;
	}
}

/* the last record; it is no part of what is shown */
static enum adm_exit finish(struct adm_answer *answer,
			    const struct adm_record *last, const char *status)
{
	const char *message = adm_value(last, "message");
	uint32_t error = EPROTO;
	enum adm_exit result;

	strnum_u32(status, 0, INT32_MAX, &error);
	if (error)
		adm_error("%s", message ? message : strerror(error));
	result = exit_of(error);
	record_free(&answer->records[--answer->nrecords]);
	return result;
}

static enum adm_exit receive(int fd, struct adm_answer *answer)
{
	struct adm_record *record;
	static char buf[ADM_PACKET_MAX];
	const char *status;
	ssize_t n;

	for (;;) {
		n = recv(fd, buf, sizeof(buf), 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return no_answer(n ? errno : 0);
		record = add_record(answer, buf, n);
		explicit_bzero(buf, n);
		if (!record)
			return no_memory();
		if (record->npairs < 0)
			return no_answer(EPROTO);
		status = adm_value(record, "status");
		if (status)
			return finish(answer, record, status);
	}
}

/**
 * adm_call() - let the daemon do something
 * @socket: name of its socket
 * @req: the request
 * @answer: the answer, for adm_answer_free() in any case
 *
 * Return: the exit status, after a message if it is not ADM_OK.
 */
enum adm_exit adm_call(const char *socket, struct adm_request *req,
		       struct adm_answer *answer)
{
	enum adm_exit status;
	int fd;

	status = open_socket(socket, &fd);
	if (status != ADM_OK)
		return status;
	/* whom the daemon refuses it does not listen to: EPIPE */
	if (send(fd, req->text.buf, req->text.len, MSG_NOSIGNAL) < 0 &&
	    errno != EPIPE)
		status = no_answer(errno);
	else
		status = receive(fd, answer);
	close(fd);
	return status;
}
