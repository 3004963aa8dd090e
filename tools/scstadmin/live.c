// SPDX-License-Identifier: GPL-2.0
/*
 * Parsers of what the files in /proc/scsi_tgt show; tests/golden has examples.
 * Columns are found by their blanks, so that both layouts of "devices" (with
 * "Virtual lun" and with "LUN") are understood.  Pure.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "conf.h"
#include "live.h"
#include "strnum.h"

/* the next line of a text, terminated in place; NULL at the end */
static char *next_line(char **text)
{
	char *line = *text;
	char *end;

	if (!*line)
		return NULL;
	end = strchr(line, '\n');
	if (end)
		*end++ = '\0';
	else
		end = line + strlen(line);
	*text = end;
	return line;
}

/* Return: 0, or the number of the first line that is not understood */
static int each_line(char *text, bool header,
		     int (*fn)(void *arg, char *line), void *arg)
{
	int number = 1;
	char *line;

	if (header && !next_line(&text))
		return number;
	for (number += header; (line = next_line(&text)); number++)
		if (fn(arg, line))
			return number;
	return 0;
}

static int device_row(void *arg, char *line)
{
	char *name = conf_word(&line), *handler = conf_word(&line);
	const struct handler_name *known;
	struct device *dev;

	if (!name || !handler)
		return -EINVAL;
	known = handler_by_name(handler);
	dev = model_add_device(arg, name, known ? known->handler : handler);
	dev->flags = known ? known->flags : 0;
	return 0;
}

/**
 * live_scsi_tgt() - parse the list of devices
 * @live: gets the devices
 * @text: of scsi_tgt, modified
 *
 * Return: 0, or the number of the first line that is not understood.
 */
int live_scsi_tgt(struct model *live, char *text)
{
	return each_line(text, true, device_row, live);
}

static unsigned int flag_by_abbrev(const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < device_flags_len; i++)
		if (device_flags[i].abbrev &&
		    strlen(device_flags[i].abbrev) == len &&
		    !memcmp(device_flags[i].abbrev, text, len))
			return device_flags[i].flag;
	return 0;
}

/* abbreviations, then the path, which may be anything */
static void vdisk_options(struct device *dev, const char *text)
{
	unsigned int flag;
	size_t len;

	while (*text) {
		len = strcspn(text, " ");
		flag = flag_by_abbrev(text, len);
		if (!flag || !text[len])
			break;
		dev->flags |= flag;
		text += len + strspn(text + len, " ");
	}
	str_set(&dev->path, text);
}

/* it may have been opened since the list of devices was read */
static struct device *row_device(struct model *live, const char *name,
				 const char *handler)
{
	struct device *dev = model_device(live, name);

	return dev ? dev : model_add_device(live, name, handler);
}

static int vdisk_row(void *arg, char *line)
{
	char *name = conf_word(&line), *size = conf_word(&line);
	char *blocksize = conf_word(&line);
	struct device *dev;

	if (!blocksize)
		return -EINVAL;
	dev = row_device(arg, name, "vdisk");
	if (strnum_u64(size, UINT64_MAX, &dev->size_mb) ||
	    strnum_u32(blocksize, 1, UINT32_MAX, &dev->blocksize))
		return -EINVAL;
	vdisk_options(dev, line);
	return 0;
}

/**
 * live_vdisk() - parse the list of virtual disks
 * @live: has the devices, gets the details
 * @text: of vdisk/vdisk, modified
 *
 * Return: 0, or the number of the first line that is not understood.
 */
int live_vdisk(struct model *live, char *text)
{
	return each_line(text, true, vdisk_row, live);
}

/* the identifier is the rest of the line, blanks and all */
static int t10_id_row(void *arg, char *line)
{
	char *name = conf_word(&line), *origin = conf_word(&line);
	struct device *dev;

	if (!origin || !*line)
		return -EINVAL;
	dev = row_device(arg, name, "vdisk");
	if (!strcmp(origin, "set"))
		str_set(&dev->t10_id, line);
	else
		str_set(&dev->default_t10_id, line);
	return 0;
}

/**
 * live_t10_ids() - parse the T10 identifiers of the virtual disks
 * @live: has the devices, gets their identifiers
 * @text: of vdisk/t10_dev_id, modified
 *
 * Return: 0, or the number of the first line that is not understood.
 */
int live_t10_ids(struct model *live, char *text)
{
	live->shows_t10_ids = true;
	return each_line(text, true, t10_id_row, live);
}

static int vcdrom_row(void *arg, char *line)
{
	char *name = conf_word(&line), *size = conf_word(&line);
	struct device *dev;

	if (!size)
		return -EINVAL;
	dev = row_device(arg, name, "vcdrom");
	if (strnum_u64(size, UINT64_MAX, &dev->size_mb))
		return -EINVAL;
	str_set(&dev->path, *line == '/' ? line : "");
	return 0;
}

/**
 * live_vcdrom() - parse the list of virtual CD-ROM drives
 * @live: has the devices, gets the details
 * @text: of vcdrom/vcdrom, modified
 *
 * Return: 0, or the number of the first line that is not understood.
 */
int live_vcdrom(struct model *live, char *text)
{
	return each_line(text, true, vcdrom_row, live);
}

static int lun_row(void *arg, char *line)
{
	char *dev = conf_word(&line), *number = conf_word(&line);
	char *option = conf_word(&line);
	uint32_t lun;

	if (!number || strnum_u32(number, 0, LUN_MAX, &lun))
		return -EINVAL;
	group_add_lun(arg, lun, dev, option && !strcmp(option, "RO"));
	return 0;
}

/**
 * live_luns() - parse the LUNs of a group
 * @group: gets them
 * @text: of groups/GROUP/devices, modified
 *
 * Return: 0, or the number of the first line that is not understood.
 */
int live_luns(struct group *group, char *text)
{
	return each_line(text, true, lun_row, group);
}

static int name_row(void *arg, char *line)
{
	if (*line)
		group_add_name(arg, line);
	return 0;
}

/**
 * live_names() - parse the names of a group
 * @group: gets them
 * @text: of groups/GROUP/names, modified
 *
 * Return: 0, or the number of the first line that is not understood.
 */
int live_names(struct group *group, char *text)
{
	return each_line(text, false, name_row, group);
}

struct order {
	struct model *live;
	size_t n;
};

/* the group goes to the next place, all others that have none yet behind it */
static int order_row(void *arg, char *line)
{
	struct order *order = arg;
	struct group *groups = order->live->groups, *found, group;
	size_t i;

	found = model_group(order->live, line);
	if (!found || found < groups + order->n)
		return 0;
	group = *found;
	for (i = found - groups; i > order->n; i--)
		groups[i] = groups[i - 1];
	groups[order->n++] = group;
	return 0;
}

/**
 * live_group_order() - parse the order in which the names of groups are matched
 * @live: has the groups, which get into this order
 * @text: of group_order, modified
 *
 * Return: 0.
 */
int live_group_order(struct model *live, char *text)
{
	struct order order = { .live = live };

	live->ordered = true;
	return each_line(text, false, order_row, &order);
}

static int session_row(void *arg, char *line)
{
	char *driver = conf_word(&line), *initiator = conf_word(&line);
	char *group_name = conf_word(&line), *commands = conf_word(&line);
	struct model *live = arg;
	struct session *sess;
	struct group *group;
	uint64_t count;

	if (!commands || strnum_u64(commands, UINT64_MAX, &count))
		return -EINVAL;
	sess = array_add(&live->sessions, &live->nsessions, sizeof(*sess));
	sess->driver = str_dup(driver);
	sess->initiator = str_dup(initiator);
	sess->group = str_dup(group_name);
	sess->commands = count;
	group = model_group(live, group_name);
	if (group)
		group->nsessions++;
	return 0;
}

/**
 * live_sessions() - parse the list of sessions
 * @live: has the groups, gets the sessions
 * @text: of sessions, modified
 *
 * Return: 0, or the number of the first line that is not understood.
 */
int live_sessions(struct model *live, char *text)
{
	return each_line(text, true, session_row, live);
}

struct target_rows {
	struct model *live;
	const char *driver;
};

static int target_row(void *arg, char *line)
{
	struct target_rows *rows = arg;
	struct model *live = rows->live;
	struct target *target;
	char *name;

	if (!strncmp(line, "\tsid:", 5) && live->ntargets)
		live->targets[live->ntargets - 1].nsessions++;
	if (strncmp(line, "tid:", 4))
		return 0;
	name = strstr(line, " name:");
	if (!name)
		return -EINVAL;
	target = array_add(&live->targets, &live->ntargets, sizeof(*target));
	target->driver = str_dup(rows->driver);
	target->name = str_dup(name + 6);
	target->number = strtoul(line + 4, NULL, 10);
	return 0;
}

/**
 * live_targets() - parse the targets of a target driver
 * @live: gets them
 * @driver: name of the driver
 * @text: of iscsi/session, modified
 *
 * Return: 0, or the number of the first line that is not understood.
 */
int live_targets(struct model *live, const char *driver, char *text)
{
	struct target_rows rows = { .live = live, .driver = driver };

	return each_line(text, false, target_row, &rows);
}
