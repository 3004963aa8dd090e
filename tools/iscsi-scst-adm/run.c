// SPDX-License-Identifier: GPL-2.0
/*
 * One run of the tool, from the command line to the exit status.
 */
#include "adm.h"

/**
 * adm_run() - do what a command line says
 * @argc: as of main()
 * @argv: as of main()
 * @socket: name of the daemon's socket
 *
 * Return: the exit status.
 */
enum adm_exit adm_run(int argc, char **argv, const char *socket)
{
	struct adm_answer answer = { 0 };
	struct adm_request req = { 0 };
	enum adm_exit status;

	text_init(&req.text, ADM_PACKET_MAX);
	status = adm_parse(argc, argv, &req);
	/* help and version ask nobody */
	if (status == ADM_OK && req.text.len) {
		status = adm_call(socket, &req, &answer);
		if (status == ADM_OK)
			status = adm_show(&req, &answer);
	}
	adm_answer_free(&answer);
	text_free(&req.text);
	/* what has failed before is no matter of the last part any more */
	if ((fflush(stdout) || ferror(stdout)) && status == ADM_OK) {
		adm_error("the output could not be written");
		status = ADM_REFUSED;
	}
	return status;
}
