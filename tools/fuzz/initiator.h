/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PDUs of an initiator as a part of an input: each is opcode, flags, target
 * transfer tag and data.
 */
#ifndef FUZZ_INITIATOR_H
#define FUZZ_INITIATOR_H

#include <endian.h>
#include <string.h>

#include "fake.h"
#include "fuzz.h"

#define STREAM_MAX (96 << 10)
#define DATA_MAX 9000

/* Return: its length */
static inline size_t put_pdu(char *stream, union pdu *pdu, const void *data,
			     size_t len)
{
	iscsi_dsl_put(pdu->bhs.dsl, len);
	memcpy(stream, pdu, ISCSI_BHS_LEN);
	memcpy(stream + ISCSI_BHS_LEN, data, len);
	memset(stream + ISCSI_BHS_LEN + len, 0, iscsi_pad(len));
	return ISCSI_BHS_LEN + len + iscsi_pad(len);
}

static inline size_t input_pdu(struct input *input, char *stream)
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
	return put_pdu(stream, &pdu, data.data, data.len);
}

/*
 * All PDUs that are left, as far as there is room in a stream of STREAM_MAX.
 * Return: where the stream ends
 */
static inline size_t input_pdus(struct input *input, char *stream, size_t pos)
{
	while (input->len && pos + ISCSI_BHS_LEN + DATA_MAX + 4 < STREAM_MAX)
		pos += input_pdu(input, stream + pos);
	return pos;
}

#endif
