// SPDX-License-Identifier: GPL-2.0
/*
 * Where iscsi-scst-adm and iscsi-scstd meet.
 */
#include <string.h>

#include "admproto.h"

/**
 * adm_address() - address of the admin socket
 * @addr: result
 * @name: in the abstract namespace, ADM_SOCKET but for tests
 *
 * Return: length of the address, 0 if the name is empty or too long.
 */
socklen_t adm_address(struct sockaddr_un *addr, const char *name)
{
	size_t len = strlen(name);

	if (!len || len >= sizeof(addr->sun_path))
		return 0;
	memset(addr, 0, sizeof(*addr));
	addr->sun_family = AF_UNIX;
	/* a leading NUL, and none at the end */
	memcpy(addr->sun_path + 1, name, len);
	return offsetof(struct sockaddr_un, sun_path) + 1 + len;
}
