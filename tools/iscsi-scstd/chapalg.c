// SPDX-License-Identifier: GPL-2.0
/*
 * Hash algorithms of CHAP.  Pure.
 */
#include <strings.h>

#include "chapalg.h"
#include "util.h"

/*
 * Strongest first.  The numbers are those of IANA's registry "PPP
 * Authentication Algorithms"; open-iscsi and the kernel's own target use the
 * same.  (The 7 that SCST 1.0 had for SHA-1 is SHA-256 to them.)
 */
const struct chap_alg chap_algs[] = {
	{ "SHA3-256", "SHA3256", 8, 0x1, "SHA3-256", 32 },
	{ "SHA-256", "SHA256", 7, 0x2, "SHA2-256", 32 },
	{ "SHA-1", "SHA1", 6, 0x4, "SHA1", 20 },
	{ "MD5", "MD5", 5, 0x8, "MD5", 16 },
};

const unsigned int chap_algs_len = ARRAY_SIZE(chap_algs);

/**
 * chap_alg_named() - look an algorithm up
 * @name: as an administrator writes it, in any case
 *
 * Return: its row or NULL.
 */
const struct chap_alg *chap_alg_named(const char *name)
{
	unsigned int i;

	for (i = 0; i < chap_algs_len; i++)
		if (!strcasecmp(chap_algs[i].name, name) ||
		    !strcasecmp(chap_algs[i].alias, name))
			return &chap_algs[i];
	return NULL;
}
