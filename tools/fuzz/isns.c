// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz target: what an iSNS server may say, to our requests and on its own.
 *
 * Input: messages, each of a kind and the attributes.  An answer has the function
 * and the transaction of our last request, or else it would not be looked at.
 */
#include <sys/socket.h>
#include <unistd.h>

#include "fake.h"
#include "fuzz.h"
#include "isns_priv.h"

static const uint16_t notices[] = { ISNS_SCN, ISNS_ESI, 0x000e, 0x8001 };

static void send_msg(int fd, struct input *input, const struct isns_hdr *req)
{
	static struct isns_msg msg;
	uint8_t kind = input_u8(input);
	struct input attrs;

	if (kind & 4)
		isns_msg_init(&msg, notices[kind & 3], 0, kind);
	else
		isns_msg_init(&msg, req->function | ISNS_RESPONSE, 0, req->xid);
	if (kind & 8)
		isns_put_status(&msg, kind & 16 ? kind >> 5 : 0);
	attrs = input_bytes(input, 4096);
	isns_put_raw(&msg, attrs.data, attrs.len & ~3u);
	isns_msg_finish(&msg);
	/* a client that has had enough is no reason to stop early */
	(void)!send(fd, msg.buf, msg.len, MSG_NOSIGNAL);
}

static void hear(int fd, struct isns_hdr *hdr)
{
	static uint8_t buf[ISNS_MSG_MAX];

	if (recv(fd, buf, sizeof(buf), MSG_DONTWAIT) >= ISNS_HDR_LEN)
		assert_int_equal(isns_hdr_get(buf, hdr), 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct input input = { bytes, len };
	struct fake *fake = fake_new();
	struct isns_hdr hdr = { 0 };
	struct isns *isns;
	int fd;

	fake_config(fake, "iSNSServer 127.0.0.1\niSNSAccessControl Yes\n"
		    "Target " TARGET_NAME "\nTarget iqn.x\n");
	assert_int_equal(isns_start(&fake->ctx), 0);
	isns = fake->ctx.isns;
	fd = fake_isns_server(fake);
	while (input.len && isns->state == ISNS_UP) {
		hear(fd, &hdr);
		send_msg(fd, &input, &hdr);
		assert_int_equal(ev_once(&fake->ctx.loop, 0), 0);
	}
	close(fd);
	while (isns->state == ISNS_UP)
		assert_int_equal(ev_once(&fake->ctx.loop, 10), 0);
	fake_free(fake);
	return 0;
}
