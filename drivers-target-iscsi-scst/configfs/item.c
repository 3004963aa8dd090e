// SPDX-License-Identifier: GPL-2.0
/*
 * What the directories below /sys/kernel/config/scst share: names and text.
 */
#include <linux/ctype.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "cfs_priv.h"

/**
 * scst_cfs_name_valid - may a directory of ours have this name?
 * @name: name
 *
 * What /proc/scsi_tgt cannot handle is no good here either.
 *
 * Context: any.
 * Return: true if so.
 */
bool scst_cfs_name_valid(const char *name)
{
	const char *p;

	for (p = name; *p; p++)
		if (isspace((unsigned char)*p) || iscntrl((unsigned char)*p))
			return false;
	return *name;
}

/**
 * scst_cfs_item_init - initialise a directory that a user makes
 * @item: directory
 * @name: its name; configfs allocates memory for a long one, and does not tell
 *	if there was none
 * @type: its type
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM; @item has to be put in both cases.
 */
int scst_cfs_item_init(struct config_item *item, const char *name,
		       const struct config_item_type *type)
{
	config_item_init_type_name(item, name, type);
	return config_item_name(item) ? 0 : -ENOMEM;
}

/**
 * scst_cfs_text_set - set an attribute that is text
 * @field: old text, replaced
 * @page: what was written
 * @len: bytes of it
 * @word: it has to be one word
 *
 * Context: may sleep; the owner's lock held.
 * Return: 0, -EINVAL, -ENOMEM.
 */
int scst_cfs_text_set(char **field, const char *page, size_t len, bool word)
{
	char *copy, *text;
	const char *p;
	int ret = 0;

	copy = kmemdup_nul(page, len, GFP_KERNEL);
	if (!copy)
		return -ENOMEM;
	text = strim(copy);
	for (p = text; *p; p++)
		if (iscntrl((unsigned char)*p))
			ret = -EINVAL;
	if (word && *text && !scst_cfs_name_valid(text))
		ret = -EINVAL;
	if (!ret) {
		text = kstrdup(text, GFP_KERNEL);
		if (text) {
			kfree(*field);
			*field = text;
		} else {
			ret = -ENOMEM;
		}
	}
	kfree(copy);
	return ret;
}
