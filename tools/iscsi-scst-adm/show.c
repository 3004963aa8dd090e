// SPDX-License-Identifier: GPL-2.0
/*
 * How answers look: the lines that scripts know, and JSON.
 */
#include <stdlib.h>
#include <string.h>

#include "adm.h"
#include "json.h"
#include "strnum.h"

static uint64_t number(const struct adm_record *record, const char *key)
{
	const char *value = adm_value(record, key);
	uint64_t num = 0;

	if (value)
		strnum_u64(value, UINT64_MAX, &num);
	return num;
}

static const char *text(const struct adm_record *record, const char *key,
			const char *none)
{
	const char *value = adm_value(record, key);

	return value ? value : none;
}

static bool is_target(const struct adm_record *record)
{
	return adm_record_is(record, ADM_REC_TARGET);
}

static bool is_session(const struct adm_record *record)
{
	return adm_record_is(record, ADM_REC_SESSION);
}

/* the list of targets and sessions */

static int compare(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

/* each target in front of its sessions */
static int by_ids(const void *va, const void *vb)
{
	const struct adm_record *a = va, *b = vb;
	int ret;

	ret = compare(number(a, "tid"), number(b, "tid"));
	if (!ret)
		ret = compare(is_session(a), is_session(b));
	if (!ret)
		ret = compare(number(a, "sid"), number(b, "sid"));
	return ret;
}

/* a reading of the kernel that was interrupted shows some a second time */
static bool shown_twice(const struct adm_answer *answer, size_t i)
{
	return i && !by_ids(&answer->records[i - 1], &answer->records[i]);
}

static int widest(const struct adm_answer *answer, const char *what,
		  const char *key)
{
	const struct adm_record *record;
	size_t i, len, max = 0;

	for (i = 0; i < answer->nrecords; i++) {
		record = &answer->records[i];
		if (!adm_record_is(record, what))
			continue;
		len = strlen(text(record, key, "-"));
		if (len > max)
			max = len;
	}
	return max;
}

static void list_lines(const struct adm_answer *answer)
{
	int tid = widest(answer, ADM_REC_TARGET, "tid");
	int name = widest(answer, ADM_REC_TARGET, "name");
	int initiator = widest(answer, ADM_REC_SESSION, "initiator");
	int peer = widest(answer, ADM_REC_SESSION, "peer");
	const struct adm_record *record;
	size_t i;

	for (i = 0; i < answer->nrecords; i++) {
		record = &answer->records[i];
		if (shown_twice(answer, i))
			continue;
		if (is_target(record))
			printf("tid=%-*s name=%-*s sessions=%s\n", tid,
			       text(record, "tid", "-"), name,
			       text(record, "name", "-"),
			       text(record, "sessions", "-"));
		else if (is_session(record))
			printf("  sid=%s initiator=%-*s peer=%-*s user=%s\n",
			       text(record, "sid", "-"), initiator,
			       text(record, "initiator", "-"), peer,
			       text(record, "peer", "-"),
			       text(record, "user", "-"));
	}
}

static void string_member(struct json *json, const struct adm_record *record,
			  const char *key)
{
	const char *value = adm_value(record, key);

	json_key(json, key);
	if (value)
		json_string(json, value);
	else
		json_null(json);
}

static void number_member(struct json *json, const struct adm_record *record,
			  const char *key)
{
	json_key(json, key);
	json_u64(json, number(record, key));
}

static void session_members(struct json *json,
			    const struct adm_record *record)
{
	string_member(json, record, "sid");
	string_member(json, record, "initiator");
	string_member(json, record, "peer");
	string_member(json, record, "user");
	number_member(json, record, "cid");
}

/* Return: index of the first record after the target and its sessions */
static size_t list_target(struct json *json, const struct adm_answer *answer,
			  size_t i)
{
	const struct adm_record *record = &answer->records[i];

	json_object(json);
	number_member(json, record, "tid");
	string_member(json, record, "name");
	json_key(json, "sessions");
	json_array(json);
	for (i++; i < answer->nrecords; i++) {
		record = &answer->records[i];
		if (shown_twice(answer, i))
			continue;
		if (!is_session(record))
			break;
		json_object(json);
		session_members(json, record);
		json_end_object(json);
	}
	json_end_array(json);
	json_end_object(json);
	return i;
}

static void list_json(struct json *json, const struct adm_answer *answer)
{
	size_t i = 0;

	json_object(json);
	json_key(json, "targets");
	json_array(json);
	while (i < answer->nrecords) {
		/* a session whose target came into being after its list */
		if (is_target(&answer->records[i]))
			i = list_target(json, answer, i);
		else
			i++;
	}
	json_end_array(json);
	json_end_object(json);
}

/* one target, session or connection */

static void params_lines(const struct adm_answer *answer)
{
	const struct adm_record *record;
	size_t i;
	int p;

	for (i = 0; i < answer->nrecords; i++) {
		record = &answer->records[i];
		if (!adm_record_is(record, ADM_REC_PARAMETERS))
			continue;
		/* the first pair says what the record is */
		for (p = 1; p < record->npairs; p++)
			printf("%s=%s\n", record->pairs[p].key,
			       record->pairs[p].value);
	}
}

static void param_value(struct json *json, const char *value)
{
	uint64_t num;

	if (!strcmp(value, "Yes") || !strcmp(value, "No"))
		json_bool(json, *value == 'Y');
	else if (!strnum_u64(value, UINT64_MAX, &num))
		json_u64(json, num);
	else
		json_string(json, value);
}

static void params_member(struct json *json, const struct adm_record *record)
{
	int p;

	json_key(json, "parameters");
	json_object(json);
	for (p = 1; p < record->npairs; p++) {
		json_key(json, record->pairs[p].key);
		param_value(json, record->pairs[p].value);
	}
	json_end_object(json);
}

static void object_json(struct json *json, const struct adm_answer *answer)
{
	const struct adm_record *record;
	size_t i;

	json_object(json);
	for (i = 0; i < answer->nrecords; i++) {
		record = &answer->records[i];
		if (is_target(record)) {
			number_member(json, record, "tid");
			/* of a new target, its number is the only news */
			if (adm_value(record, "name")) {
				string_member(json, record, "name");
				number_member(json, record, "sessions");
			}
		} else if (is_session(record)) {
			number_member(json, record, "tid");
			session_members(json, record);
		} else if (adm_record_is(record, ADM_REC_PARAMETERS)) {
			params_member(json, record);
		}
	}
	json_end_object(json);
}

/* accounts */

static void accounts_lines(const struct adm_answer *answer)
{
	const struct adm_record *record;
	const char *password;
	size_t i;

	for (i = 0; i < answer->nrecords; i++) {
		record = &answer->records[i];
		password = adm_value(record, "password");
		printf("%s %s%s%s\n", text(record, "type", "-"),
		       text(record, "name", "-"), password ? " " : "",
		       password ? password : "");
	}
}

static void accounts_json(struct json *json, const struct adm_answer *answer,
			  uint64_t tid)
{
	const struct adm_record *record;
	size_t i;

	json_object(json);
	json_key(json, "tid");
	json_u64(json, tid);
	json_key(json, "accounts");
	json_array(json);
	for (i = 0; i < answer->nrecords; i++) {
		record = &answer->records[i];
		json_object(json);
		string_member(json, record, "type");
		string_member(json, record, "name");
		if (adm_value(record, "password"))
			string_member(json, record, "password");
		json_end_object(json);
	}
	json_end_array(json);
	json_end_object(json);
}

static enum adm_exit show_json(const struct adm_request *req,
			       const struct adm_answer *answer)
{
	struct json json;

	json_init(&json, stdout);
	if (req->view == ADM_VIEW_LIST)
		list_json(&json, answer);
	else if (req->view == ADM_VIEW_ACCOUNTS)
		accounts_json(&json, answer, req->tid);
	else
		object_json(&json, answer);
	if (!json_finish(&json))
		return ADM_OK;
	adm_error("the output could not be written");
	return ADM_REFUSED;
}

/**
 * adm_show() - show an answer on the standard output
 * @req: what it answers
 * @answer: the answer; is sorted
 *
 * Return: ADM_OK, or ADM_REFUSED after a message if it could not be written.
 */
enum adm_exit adm_show(const struct adm_request *req,
		       struct adm_answer *answer)
{
	if (req->view == ADM_VIEW_LIST && answer->nrecords)
		qsort(answer->records, answer->nrecords,
		      sizeof(*answer->records), by_ids);
	if (req->json)
		return show_json(req, answer);
	if (req->view == ADM_VIEW_LIST)
		list_lines(answer);
	else if (req->view == ADM_VIEW_PARAMS)
		params_lines(answer);
	else if (req->view == ADM_VIEW_ACCOUNTS)
		accounts_lines(answer);
	return ADM_OK;
}
