/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Private header of iscsi-scst-adm: a command line (options.c) becomes a
 * request, the daemon answers it (client.c), the answer is shown (show.c).
 */
#ifndef ADM_H
#define ADM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "admproto.h"
#include "text.h"
#include "util.h"

#define ADM_NAME "iscsi-scst-adm"

/* Exit statuses; the table in options.c and the manual page explain them. */
enum adm_exit {
	ADM_OK = 0,
	ADM_REFUSED = 1,
	ADM_USAGE = 2,
	ADM_NO_DAEMON = 3,
	ADM_NO_OBJECT = 4,
	ADM_NO_PERMISSION = 5,
};

/**
 * struct adm_exit_text - what an exit status means
 * @status: enum adm_exit
 * @text: in the words of the manual page
 */
struct adm_exit_text {
	enum adm_exit status;
	const char *text;
};

/**
 * struct adm_option - an option of the command line
 * @name: long form
 * @letter: short form
 * @arg: name of its argument, NULL without one
 * @help: what it is for
 */
struct adm_option {
	const char *name;
	char letter;
	const char *arg;
	const char *help;
};

extern const struct adm_exit_text adm_exits[];
extern const unsigned int adm_nexits;
extern const struct adm_option adm_options[];
extern const unsigned int adm_noptions;

/**
 * enum adm_view - how an answer is shown
 * @ADM_VIEW_NONE: nothing to see but with --json
 * @ADM_VIEW_LIST: targets and their sessions
 * @ADM_VIEW_PARAMS: parameters, with what they belong to
 * @ADM_VIEW_ACCOUNTS: accounts
 */
enum adm_view {
	ADM_VIEW_NONE,
	ADM_VIEW_LIST,
	ADM_VIEW_PARAMS,
	ADM_VIEW_ACCOUNTS,
};

/**
 * struct adm_request - what the command line asks for
 * @text: the request, in the form of admproto.h
 * @view: how the answer is shown
 * @json: as JSON
 * @tid: of the command line, 0 without one
 */
struct adm_request {
	struct text text;
	enum adm_view view;
	bool json;
	uint64_t tid;
};

/**
 * struct adm_record - a record of the answer
 * @text: its bytes
 * @pairs: what it consists of, the first is the kind of record
 * @npairs: how many
 */
struct adm_record {
	struct text text;
	struct text_pair *pairs;
	int npairs;
};

/**
 * struct adm_answer - the answer of the daemon
 * @records: all but the last one
 * @nrecords: how many
 */
struct adm_answer {
	struct adm_record *records;
	size_t nrecords;
};

/* client.c */
enum adm_exit adm_call(const char *socket, struct adm_request *req,
		       struct adm_answer *answer);
void adm_answer_free(struct adm_answer *answer);
const char *adm_value(const struct adm_record *record, const char *key);
bool adm_record_is(const struct adm_record *record, const char *what);

/* error.c */
__printf(1, 2)
void adm_error(const char *fmt, ...);

/* options.c */
enum adm_exit adm_parse(int argc, char **argv, struct adm_request *req);

/* run.c */
enum adm_exit adm_run(int argc, char **argv, const char *socket);

/* show.c */
enum adm_exit adm_show(const struct adm_request *req,
		       struct adm_answer *answer);

#endif
