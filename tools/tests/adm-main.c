// SPDX-License-Identifier: GPL-2.0
/*
 * The admin tool for tests, which name the socket of their daemon.
 */
#include <stdlib.h>

#include "adm.h"

int main(int argc, char **argv)
{
	const char *socket = getenv("TEST_ADM_SOCKET");

	if (!socket) {
		adm_error("TEST_ADM_SOCKET is not set");
		return ADM_USAGE;
	}
	return adm_run(argc, argv, socket);
}
