// SPDX-License-Identifier: GPL-2.0
/*
 * The admin tool of iscsi-scstd.
 */
#include "adm.h"

int main(int argc, char **argv)
{
	return adm_run(argc, argv, ADM_SOCKET);
}
