// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz target: what an initiator may send before the kernel has its connection.
 * The headers are mostly right, so that the text in them is looked at.
 *
 * Input: a byte for the configuration, then PDUs, each of opcode, flags, target
 * transfer tag and data.
 */
#include <endian.h>
#include <string.h>
#include <sys/socket.h>

#include "fake.h"
#include "fuzz.h"

#define STREAM_MAX (96 << 10)
#define DATA_MAX 9000

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

static size_t put_pdu(char *stream, struct input *input)
{
	union pdu pdu = { 0 };
	struct input data;

	pdu.bhs.opcode = input_u8(input);
	pdu.bhs.flags = input_u8(input);
	pdu.text_req.itt = htobe32(0x1234);
	/* the tag of a text request is where a login request has CID and TSIH */
	if ((pdu.bhs.opcode & ~ISCSI_OPF_IMMEDIATE) == ISCSI_OP_LOGIN_REQ)
		pdu.login_req.tsih = htobe16(input_u8(input));
	else
		pdu.text_req.ttt = htobe32((int8_t)input_u8(input));
	data = input_bytes(input, DATA_MAX);
	iscsi_dsl_put(pdu.bhs.dsl, data.len);
	memcpy(stream, &pdu, ISCSI_BHS_LEN);
	memcpy(stream + ISCSI_BHS_LEN, data.data, data.len);
	memset(stream + ISCSI_BHS_LEN + data.len, 0, iscsi_pad(data.len));
	return ISCSI_BHS_LEN + data.len + iscsi_pad(data.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static char stream[STREAM_MAX];
	struct input input = { bytes, len };
	unsigned int i = input_u8(&input) % ARRAY_SIZE(configs);
	bool needs_password = strstr(configs[i], "IncomingUser joe");
	struct fake *fake = fake_new();
	size_t pos = 0;

	fake_config(fake, configs[i]);
	while (input.len && pos + ISCSI_BHS_LEN + DATA_MAX + 4 < sizeof(stream))
		pos += put_pdu(stream + pos, &input);
	fake_play(fake, stream, pos);
	if (needs_password)
		assert_int_equal(fake->nsessions, 0);
	for (i = 0; i < (unsigned int)fake->nsessions; i++)
		fake_check_params(fake->session_params[i]);
	fake_free(fake);
	return 0;
}
