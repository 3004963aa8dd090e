/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which initiators may use which targets, by address: initiators.deny and
 * initiators.allow.
 */
#ifndef SCSTD_ACCESS_H
#define SCSTD_ACCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "ipaddr.h"

/**
 * struct access_item - an address, a network, or everybody
 * @net: AF_UNSPEC for everybody
 * @prefix: bits of @net that count
 */
struct access_item {
	struct ipaddr net;
	unsigned int prefix;
};

/**
 * struct access_rule - a line
 * @target: name of the target, NULL for all
 * @line: number of the line
 * @broken: part of it could not be understood
 * @items: those that could
 * @nitems: how many
 */
struct access_rule {
	char *target;
	unsigned int line;
	bool broken;
	struct access_item *items;
	unsigned int nitems;
};

/**
 * struct access_file - one of the files, as last read
 * @path: its name; NULL stands for a file that is missing
 * @deny: a match keeps initiators out; otherwise it lets them in
 * @error: 0, -ENOENT, or why the content is not known
 * @id: of the file that was read
 * @settled: it is too old for another change to go without a new time stamp
 * @text: as read
 * @len: of @text
 * @rules: the lines that can decide anything: one for each target, in the
 *	order of the names; the one for all targets is the last
 * @nrules: how many
 * @complaints: messages about this content
 */
struct access_file {
	const char *path;
	bool deny;
	int error;
	struct stat id;
	bool settled;
	char *text;
	size_t len;
	struct access_rule *rules;
	unsigned int nrules;
	unsigned int complaints;
};

struct access {
	struct access_file allow;
	struct access_file deny;
};

void access_init(struct access *access, const char *allow, const char *deny);
void access_fini(struct access *access);
int access_refresh(struct access *access);
bool access_permits(const struct access *access, const char *target,
		    const struct ipaddr *peer);

#endif
