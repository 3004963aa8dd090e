// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz target: the daemon's configuration, and the reload of another one.
 *
 * Input: the two, with a form feed between them.
 */
#include <stdlib.h>
#include <string.h>

#include "fake.h"
#include "fuzz.h"

/* the parser gets the room that it is promised, and not more */
static struct config *parse(const uint8_t *text, size_t len)
{
	struct config *conf = NULL;
	struct target *target;
	char *buf = malloc(len + 1);

	assert_non_null(buf);
	memcpy(buf, text, len);
	if (!config_parse("fuzz", buf, len, &conf)) {
		STAILQ_FOREACH(target, &conf->targets, link)
			fake_check_params(target->session);
	}
	free(buf);
	return conf;
}

int LLVMFuzzerTestOneInput(const uint8_t *text, size_t len)
{
	const uint8_t *end = len ? memchr(text, '\f', len) : NULL;
	struct fake *fake = fake_new();
	struct config *conf;
	size_t first = end ? (size_t)(end - text) : len;

	conf = parse(text, first);
	if (conf && target_apply(&fake->ctx, conf))
		config_free(conf);
	conf = end ? parse(end + 1, len - first - 1) : NULL;
	if (conf && target_apply(&fake->ctx, conf))
		config_free(conf);
	fake_free(fake);
	return 0;
}
