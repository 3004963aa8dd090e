// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz target: what an initiator may send before the kernel has its connection.
 * The headers are mostly right, so that the text in them is looked at.
 *
 * Input: a byte for the configuration, then PDUs.
 */
#include <string.h>

#include "fake.h"
#include "initiator.h"

static const char *const configs[] = {
	"Target " TARGET_NAME "\nTarget iqn.2026-11.org.example:other\n",
	"Target " TARGET_NAME "\nIncomingUser joe password-of-joe\n"
	"OutgoingUser me password-of-me-2\n",
	"CHAPAlgorithms SHA3-256,SHA-256\n"
	"IncomingUser joe password-of-joe\n"
	"Target " TARGET_NAME "\nHeaderDigest CRC32C\n"
	"IncomingUser joe password-of-joe\n",
	"Target " TARGET_NAME "\nRedirect [2001:db8::1]:3261 temporary\n",
};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static char stream[STREAM_MAX];
	struct input input = { bytes, len };
	unsigned int i = input_u8(&input) % ARRAY_SIZE(configs);
	bool needs_password = strstr(configs[i], "IncomingUser joe");
	struct fake *fake = fake_new();
	size_t pos;

	fake_config(fake, configs[i]);
	pos = input_pdus(&input, stream, 0);
	fake_play(fake, stream, pos);
	if (needs_password)
		assert_int_equal(fake->nsessions, 0);
	for (i = 0; i < (unsigned int)fake->nsessions; i++)
		fake_check_params(fake->session_params[i]);
	fake_free(fake);
	return 0;
}
