// SPDX-License-Identifier: GPL-2.0
/*
 * Attributes of devices and LUNs, which blocks in braces and -attributes have in
 * common.  Pure.
 */
#include <errno.h>
#include <string.h>

#include "attr.h"
#include "strnum.h"
#include "util.h"

/**
 * attr_bool() - parse on or off
 * @value: text
 * @on: result
 * @why: what is wrong with it
 *
 * Return: 0 or -EINVAL.
 */
int attr_bool(const char *value, bool *on, const char **why)
{
	static const char *const words[] = {
		"0", "1", "no", "yes", "false", "true", "off", "on",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(words); i++) {
		if (strcasecmp(value, words[i]))
			continue;
		*on = i % 2;
		return 0;
	}
	*why = "neither 0 nor 1";
	return -EINVAL;
}

static int set_flag(struct device *dev, const struct device_flag *flag,
		    const char *value, const char **why)
{
	bool on;

	if (attr_bool(value, &on, why))
		return -EINVAL;
	dev->flags &= ~flag->flag;
	dev->flags |= on ? flag->flag : 0;
	return 0;
}

static const char *set_path(struct device *dev, const char *value)
{
	str_set(&dev->path, value);
	return NULL;
}

static const char *set_blocksize(struct device *dev, const char *value)
{
	uint32_t blocksize;
	const char *why;

	if (strnum_u32(value, 0, UINT32_MAX, &blocksize))
		return "no block size";
	why = check_blocksize(blocksize);
	if (!why)
		dev->blocksize = blocksize;
	return why;
}

static const char *set_t10_id(struct device *dev, const char *value)
{
	const char *why = check_t10_id(value);

	if (!why)
		str_set(&dev->t10_id, value);
	return why;
}

static const struct {
	const char *name;
	const char *(*set)(struct device *dev, const char *value);
} attrs[] = {
	{ "filename", set_path },
	{ "blocksize", set_blocksize },
	{ "t10_dev_id", set_t10_id },
};

static int set_other(struct device *dev, const char *name, const char *value,
		     const char **why)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(attrs); i++) {
		if (strcmp(attrs[i].name, name))
			continue;
		*why = attrs[i].set(dev, value);
		return *why ? -EINVAL : 0;
	}
	return -ENOENT;
}

/**
 * attr_device_name() - one attribute of devices after the other
 * @i: from 0
 *
 * Return: its name, NULL after the last one.
 */
const char *attr_device_name(size_t i)
{
	size_t j;

	for (j = 0; j < device_flags_len; j++)
		if (device_flags[j].attr && !i--)
			return device_flags[j].attr;
	return i < ARRAY_SIZE(attrs) ? attrs[i].name : NULL;
}

/**
 * attr_set_device() - set an attribute of a device
 * @dev: device
 * @name: of the attribute
 * @value: text
 * @why: what is wrong with it
 *
 * Return: 0, -EINVAL with @why, or -ENOENT if there is no such attribute.
 */
int attr_set_device(struct device *dev, const char *name, const char *value,
		    const char **why)
{
	size_t i;

	for (i = 0; i < device_flags_len; i++)
		if (device_flags[i].attr && !strcmp(device_flags[i].attr, name))
			return set_flag(dev, &device_flags[i], value, why);
	return set_other(dev, name, value, why);
}

/**
 * attr_set_lun() - set an attribute of a LUN
 * @read_only: what it is about
 * @name: of the attribute
 * @value: text
 * @why: what is wrong with it
 *
 * Return: 0, -EINVAL with @why, or -ENOENT if there is no such attribute.
 */
int attr_set_lun(bool *read_only, const char *name, const char *value,
		 const char **why)
{
	if (strcmp(name, "read_only"))
		return -ENOENT;
	return attr_bool(value, read_only, why);
}
