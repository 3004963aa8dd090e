// SPDX-License-Identifier: GPL-2.0
/*
 * Where iscsi-scst-adm and iscsi-scstd meet.
 */
#include <errno.h>
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

/**
 * adm_peer() - who is at the other end of a connection
 * @fd: the connection
 * @cred: result; of a listener it is who it was when it began to listen
 *
 * Return: 0 or a negative errno.
 */
int adm_peer(int fd, struct ucred *cred)
{
	socklen_t len = sizeof(*cred);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, cred, &len) ? -errno : 0;
}
