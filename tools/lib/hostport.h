/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOLS_HOSTPORT_H
#define TOOLS_HOSTPORT_H

#include <stdbool.h>
#include <stdint.h>

char *hostport_split(char *word);
bool hostport_host_is_valid(const char *host);

#endif
