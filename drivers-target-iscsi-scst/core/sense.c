// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the layout of sense data (SPC-5 4.4).
 * Pure: no locks, no state.
 * Must not know commands, devices or transports.
 */
#include <kunit/visibility.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/unaligned.h>
#include "core_priv.h"

#define SENSE_FIXED_CURRENT	0x70
#define SENSE_DESC_CURRENT	0x72
#define SENSE_FIXED_VALID	0x80
#define SENSE_FIXED_LEN		18
#define SENSE_DESC_LEN		8
#define SENSE_INFO_DESC_LEN	12
#define SENSE_INFO_DESC_VALID	0x80

/* SPC-5 4.4.3 */
static unsigned int scst_sense_fixed(u8 *buf, scst_sense_t sense,
				     const u64 *info)
{
	buf[0] = SENSE_FIXED_CURRENT;
	buf[2] = scst_sense_key(sense);
	buf[7] = SENSE_FIXED_LEN - 8;
	buf[12] = scst_sense_asc(sense);
	buf[13] = scst_sense_ascq(sense);
	/* a value that needs more than four bytes is not reported at all */
	if (info && *info <= U32_MAX) {
		buf[0] |= SENSE_FIXED_VALID;
		put_unaligned_be32(*info, &buf[3]);
	}
	return SENSE_FIXED_LEN;
}

/* SPC-5 4.4.2, with the information descriptor of 4.4.2.2 */
static unsigned int scst_sense_desc(u8 *buf, scst_sense_t sense,
				    const u64 *info)
{
	buf[0] = SENSE_DESC_CURRENT;
	buf[1] = scst_sense_key(sense);
	buf[2] = scst_sense_asc(sense);
	buf[3] = scst_sense_ascq(sense);
	if (!info)
		return SENSE_DESC_LEN;
	buf[7] = SENSE_INFO_DESC_LEN;
	buf[9] = SENSE_INFO_DESC_LEN - 2;
	buf[10] = SENSE_INFO_DESC_VALID;
	put_unaligned_be64(*info, &buf[12]);
	return SENSE_DESC_LEN + SENSE_INFO_DESC_LEN;
}

/**
 * scst_sense_build() - lay out sense data
 * @buf: destination
 * @size: its size; what does not fit is cut off
 * @sense: sense key, ASC and ASCQ; SCST_GOOD gives NO SENSE
 * @descriptor: descriptor format instead of fixed format
 * @info: INFORMATION field, NULL if there is none
 *
 * Context: Any.
 * Return: bytes written to @buf.
 */
unsigned int scst_sense_build(u8 *buf, unsigned int size, scst_sense_t sense,
			      bool descriptor, const u64 *info)
{
	u8 tmp[SENSE_DESC_LEN + SENSE_INFO_DESC_LEN] = {};
	unsigned int len;

	if (descriptor)
		len = scst_sense_desc(tmp, sense, info);
	else
		len = scst_sense_fixed(tmp, sense, info);
	len = min(len, size);
	memcpy(buf, tmp, len);
	return len;
}
EXPORT_SYMBOL_IF_KUNIT(scst_sense_build);
