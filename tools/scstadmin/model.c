// SPDX-License-Identifier: GPL-2.0
/*
 * Configurations as plain data: containers, look-ups, the tables of handlers
 * and flags, and what names may look like.  Pure but for memory; a program that
 * runs for a moment ends when there is none.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"
#include "util.h"

/* In the order in which the kernel shows them and we write them */
const struct device_flag device_flags[] = {
	{ "WRITE_THROUGH", "WT", "WT", "write_through", DEV_WRITE_THROUGH },
	{ "NV_CACHE", "NV", "NV", "nv_cache", DEV_NV_CACHE },
	{ "READ_ONLY", "RO", "RO", "read_only", DEV_READ_ONLY },
	{ "O_DIRECT", NULL, "DR", "o_direct", DEV_O_DIRECT },
	{ "NULLIO", "NIO", "NIO", NULL, DEV_NULLIO },
	{ "BLOCKIO", "BIO", "BIO", NULL, DEV_BLOCKIO },
	{ "REMOVABLE", "RM", "RM", "removable", DEV_REMOVABLE },
};

const size_t device_flags_len = ARRAY_SIZE(device_flags);

/*
 * Names of both eras, and those of the kernel's list of devices.  "dev_" may be
 * missing.  The kernel decides which handlers there are: these are the ones of
 * which more is known than the name.
 */
const struct handler_name handler_names[] = {
	{ "vdisk", "vdisk", 0, "scst_vdisk" },
	{ "vdisk_fileio", "vdisk", 0, "scst_vdisk" },
	{ "vdisk_blockio", "vdisk", DEV_BLOCKIO, "scst_vdisk" },
	{ "vdisk_nullio", "vdisk", DEV_NULLIO, "scst_vdisk" },
	{ "vdisk_blk", "vdisk", DEV_BLOCKIO, "scst_vdisk" },
	{ "vdisk_null", "vdisk", DEV_NULLIO, "scst_vdisk" },
	{ "vcdrom", "vcdrom", 0, NULL },
	{ "dev_disk", "dev_disk", 0, "scst_disk" },
	{ "dev_disk_perf", "dev_disk_perf", 0, "scst_disk" },
	{ "dev_tape", "dev_tape", 0, NULL },
	{ "dev_tape_perf", "dev_tape_perf", 0, NULL },
	{ "dev_modisk", "dev_modisk", 0, NULL },
	{ "dev_modisk_perf", "dev_modisk_perf", 0, NULL },
	{ "dev_cdrom", "dev_cdrom", 0, NULL },
	{ "dev_changer", "dev_changer", 0, NULL },
	{ "dev_processor", "dev_processor", 0, NULL },
	{ "dev_raid", "dev_raid", 0, NULL },
};

const size_t handler_names_len = ARRAY_SIZE(handler_names);

static void *need(void *memory)
{
	if (!memory) {
		fputs("scstadmin: out of memory\n", stderr);
		exit(1);
	}
	return memory;
}

/**
 * str_dup() - copy a string
 * @str: string
 *
 * Return: the copy; the program ends if there is no memory.
 */
char *str_dup(const char *str)
{
	return need(strdup(str));
}

/**
 * str_set() - replace a string
 * @str: where it is; may be NULL
 * @value: is copied; NULL for none
 */
void str_set(char **str, const char *value)
{
	char *copy = value ? str_dup(value) : NULL;

	free(*str);
	*str = copy;
}

/**
 * mem_zero() - allocate
 * @count: elements
 * @size: of each
 *
 * Return: memory that is zero, also if there are no elements.
 */
void *mem_zero(size_t count, size_t size)
{
	return need(calloc(count ? count : 1, size));
}

/**
 * array_grow() - make room for one more element of an array
 * @elements: the elements
 * @count: how many there are
 * @size: of an element
 *
 * Return: the elements; the new one is the last, and zero.
 */
void *array_grow(void *elements, size_t *count, size_t size)
{
	size_t n = *count;

	/* the capacity is the power of two above the count */
	if (!(n & (n - 1)))
		elements = need(reallocarray(elements, n ? 2 * n : 1, size));
	(*count)++;
	memset((char *)elements + n * size, 0, size);
	return elements;
}

/**
 * array_del() - take an element out of an array
 * @elements: the elements
 * @count: how many there are
 * @size: of an element
 * @index: of the one that goes
 *
 * The memory stays; array_grow() adapts it at the next power of two, to more
 * than the count in any case.
 */
void array_del(void *elements, size_t *count, size_t size, size_t index)
{
	char *element = (char *)elements + index * size;

	(*count)--;
	memmove(element, element + size, (*count - index) * size);
}

/**
 * model_init() - begin with a configuration that has nothing but Default
 * @model: the configuration
 * @file: where it comes from
 */
void model_init(struct model *model, const char *file)
{
	memset(model, 0, sizeof(*model));
	model->file = str_dup(file);
	model_add_group(model, GROUP_DEFAULT);
}

static void device_clear(struct device *dev)
{
	free(dev->name);
	free(dev->handler);
	free(dev->path);
	free(dev->t10_id);
	free(dev->default_t10_id);
	free(dev->backend);
}

static void group_clear(struct group *group)
{
	size_t i;

	for (i = 0; i < group->nluns; i++)
		free(group->luns[i].dev);
	for (i = 0; i < group->nnames; i++)
		free(group->names[i].name);
	free(group->luns);
	free(group->names);
	free(group->name);
}

static void model_free_live(struct model *model)
{
	size_t i;

	for (i = 0; i < model->nhandlers; i++) {
		free(model->handlers[i].name);
		free(model->handlers[i].type);
	}
	for (i = 0; i < model->ndrivers; i++)
		free(model->drivers[i].name);
	for (i = 0; i < model->ntargets; i++) {
		free(model->targets[i].driver);
		free(model->targets[i].name);
	}
	for (i = 0; i < model->nsessions; i++) {
		free(model->sessions[i].driver);
		free(model->sessions[i].initiator);
		free(model->sessions[i].group);
	}
	free(model->handlers);
	free(model->drivers);
	free(model->targets);
	free(model->sessions);
}

/**
 * model_free() - free what a configuration consists of
 * @model: the configuration
 */
void model_free(struct model *model)
{
	size_t i;

	for (i = 0; i < model->ndevices; i++)
		device_clear(&model->devices[i]);
	for (i = 0; i < model->ngroups; i++)
		group_clear(&model->groups[i]);
	free(model->devices);
	free(model->groups);
	model_free_live(model);
	free(model->options);
	free(model->file);
	memset(model, 0, sizeof(*model));
}

/**
 * model_add_device() - add a device
 * @model: configuration
 * @name: of the device; the caller has looked that it is new
 * @handler: the kernel's name
 *
 * Return: the device, until the next one is added or deleted.
 */
struct device *model_add_device(struct model *model, const char *name,
				const char *handler)
{
	struct device *dev = array_add(&model->devices, &model->ndevices,
				       sizeof(*dev));

	dev->name = str_dup(name);
	dev->handler = str_dup(handler);
	dev->path = str_dup("");
	return dev;
}

/**
 * model_del_device() - remove a device
 * @model: configuration
 * @dev: one of its devices
 */
void model_del_device(struct model *model, struct device *dev)
{
	device_clear(dev);
	array_del(model->devices, &model->ndevices, sizeof(*dev),
		  dev - model->devices);
}

/**
 * model_add_group() - add a group, or find it
 * @model: configuration
 * @name: of the group
 *
 * Return: the group, until the next one is added or deleted.
 */
struct group *model_add_group(struct model *model, const char *name)
{
	struct group *group = model_group(model, name);

	if (group)
		return group;
	group = array_add(&model->groups, &model->ngroups, sizeof(*group));
	group->name = str_dup(name);
	return group;
}

/**
 * model_del_group() - remove a group
 * @model: configuration
 * @group: one of its groups
 */
void model_del_group(struct model *model, struct group *group)
{
	group_clear(group);
	array_del(model->groups, &model->ngroups, sizeof(*group),
		  group - model->groups);
}

/**
 * group_add_lun() - add a LUN
 * @group: group
 * @lun: number, or LUN_AUTO
 * @dev: name of the device
 * @read_only: for this group
 *
 * Return: the LUN, until the next one is added or deleted.
 */
struct lun *group_add_lun(struct group *group, uint32_t lun, const char *dev,
			  bool read_only)
{
	struct lun *new = array_add(&group->luns, &group->nluns, sizeof(*new));

	new->lun = lun;
	new->dev = str_dup(dev);
	new->read_only = read_only;
	return new;
}

/**
 * group_del_lun() - remove a LUN
 * @group: group
 * @lun: one of its LUNs
 */
void group_del_lun(struct group *group, struct lun *lun)
{
	free(lun->dev);
	array_del(group->luns, &group->nluns, sizeof(*lun),
		  lun - group->luns);
}

/**
 * group_add_name() - add a name
 * @group: group
 * @name: initiator name or pattern
 *
 * Return: the name, until the next one is added or deleted.
 */
struct name *group_add_name(struct group *group, const char *name)
{
	struct name *new = array_add(&group->names, &group->nnames,
				     sizeof(*new));

	new->name = str_dup(name);
	return new;
}

/**
 * group_del_name() - remove a name
 * @group: group
 * @name: one of its names
 */
void group_del_name(struct group *group, struct name *name)
{
	free(name->name);
	array_del(group->names, &group->nnames, sizeof(*name),
		  name - group->names);
}

/**
 * model_device() - find a device
 * @model: configuration
 * @name: of the device
 *
 * Return: the device or NULL.
 */
struct device *model_device(const struct model *model, const char *name)
{
	size_t i;

	for (i = 0; i < model->ndevices; i++)
		if (!strcmp(model->devices[i].name, name))
			return &model->devices[i];
	return NULL;
}

/**
 * model_group() - find a group
 * @model: configuration
 * @name: of the group
 *
 * Return: the group or NULL.
 */
struct group *model_group(const struct model *model, const char *name)
{
	size_t i;

	for (i = 0; i < model->ngroups; i++)
		if (!strcmp(model->groups[i].name, name))
			return &model->groups[i];
	return NULL;
}

/**
 * model_has_driver() - does the kernel have a target driver?
 * @model: live configuration
 * @name: the kernel's name
 *
 * Return: whether it has.
 */
bool model_has_driver(const struct model *model, const char *name)
{
	size_t i;

	for (i = 0; i < model->ndrivers; i++)
		if (!strcmp(model->drivers[i].name, name))
			return true;
	return false;
}

/**
 * model_has_handler() - does the kernel have a handler?
 * @model: live configuration
 * @name: the kernel's name
 *
 * Return: whether it has.
 */
bool model_has_handler(const struct model *model, const char *name)
{
	size_t i;

	for (i = 0; i < model->nhandlers; i++)
		if (!strcmp(model->handlers[i].name, name))
			return true;
	return false;
}

/**
 * group_lun() - find a LUN
 * @group: group
 * @lun: number
 *
 * Return: the LUN or NULL.
 */
struct lun *group_lun(const struct group *group, uint32_t lun)
{
	size_t i;

	for (i = 0; i < group->nluns; i++)
		if (group->luns[i].lun == lun)
			return &group->luns[i];
	return NULL;
}

/**
 * group_name() - find a name
 * @group: group
 * @name: initiator name or pattern, is compared literally
 *
 * Return: the name or NULL.
 */
struct name *group_name(const struct group *group, const char *name)
{
	size_t i;

	for (i = 0; i < group->nnames; i++)
		if (!strcmp(group->names[i].name, name))
			return &group->names[i];
	return NULL;
}

/**
 * target_group() - the name of the group of a target
 * @target: name of the target
 *
 * Return: the name, for free().
 */
char *target_group(const char *target)
{
	char *name = mem_zero(strlen(target) + sizeof(GROUP_TARGET_PREFIX), 1);

	strcpy(name, GROUP_TARGET_PREFIX);
	strcat(name, target);
	return name;
}

/**
 * is_target_group() - is a group the one of a target?
 * @name: of the group
 *
 * Return: whether it is.
 */
bool is_target_group(const char *name)
{
	return !strncmp(name, GROUP_TARGET_PREFIX,
			strlen(GROUP_TARGET_PREFIX));
}

/**
 * handler_by_name() - find a handler in the table
 * @name: of either era
 *
 * Return: its row or NULL.
 */
const struct handler_name *handler_by_name(const char *name)
{
	size_t i;

	for (i = 0; i < handler_names_len; i++)
		if (!strcmp(handler_names[i].name, name) ||
		    (!strncmp(handler_names[i].name, "dev_", 4) &&
		     !strcmp(handler_names[i].name + 4, name)))
			return &handler_names[i];
	return NULL;
}

/**
 * handler_of() - what is known of a handler
 * @name: of either era, for as long as the result is used
 *
 * Return: its row of the table; one that has nothing but the name, if it is not
 * there.
 */
struct handler_name handler_of(const char *name)
{
	const struct handler_name *known = handler_by_name(name);

	return known ? *known : (struct handler_name){ name, name, 0, NULL };
}

static bool same_word(const char *word, const char *text, size_t len)
{
	return word && strlen(word) == len && !strncasecmp(word, text, len);
}

/**
 * flag_by_name() - find a flag in the table
 * @name: its name or alias in any case
 * @len: length of @name
 *
 * Return: its row or NULL.
 */
const struct device_flag *flag_by_name(const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < device_flags_len; i++)
		if (same_word(device_flags[i].name, name, len) ||
		    same_word(device_flags[i].alias, name, len))
			return &device_flags[i];
	return NULL;
}

/**
 * flags_set() - parse a list of flags
 * @text: words
 * @seps: characters between them
 * @flags: what is found is added
 *
 * Return: NULL, or the first word that is no flag.
 */
const char *flags_set(const char *text, const char *seps, unsigned int *flags)
{
	const struct device_flag *flag;
	size_t len;

	for (text += strspn(text, seps); *text; text += strspn(text, seps)) {
		len = strcspn(text, seps);
		flag = flag_by_name(text, len);
		if (!flag)
			return text;
		*flags |= flag->flag;
		text += len;
	}
	return NULL;
}

/**
 * flags_normal() - what two sets of flags with the same effect have in common
 * @flags: DEV_*
 *
 * Return: the flags that the kernel would show.
 */
unsigned int flags_normal(unsigned int flags)
{
	if (flags & DEV_NV_CACHE)
		flags &= ~DEV_WRITE_THROUGH;
	return flags & ~DEV_O_DIRECT;
}

/**
 * device_is_local() - is this the name of a local SCSI device?
 * @name: name
 *
 * Return: whether it has the form H:C:I:L.
 */
bool device_is_local(const char *name)
{
	int part;
	size_t len;

	for (part = 0; part < 4; part++) {
		len = strspn(name, "0123456789");
		if (!len || name[len] != (part < 3 ? ':' : '\0'))
			return false;
		name += len + 1;
	}
	return true;
}

/**
 * handler_makes_devices() - does a handler have virtual devices?
 * @handler: the kernel's name
 *
 * Return: whether it has.
 */
bool handler_makes_devices(const char *handler)
{
	return !strcmp(handler, "vdisk") || !strcmp(handler, "vcdrom");
}

/**
 * handler_takes_local() - are the devices of a handler local ones?
 * @handler: the kernel's name
 *
 * Return: whether it is known that they are.
 */
bool handler_takes_local(const char *handler)
{
	return handler_by_name(handler) && !handler_makes_devices(handler);
}

static bool has_blank(const char *str)
{
	for (; *str; str++)
		if ((unsigned char)*str <= ' ' || *str == 0x7f)
			return true;
	return false;
}

/**
 * check_device_name() - may a virtual device be called this?
 * @name: name
 *
 * Return: NULL, or what is wrong with it.
 */
const char *check_device_name(const char *name)
{
	if (!*name)
		return "the name of the device is missing";
	if (strlen(name) > VDISK_NAME_MAX)
		return "the name of the device is longer than 16 characters";
	if (has_blank(name))
		return "the name of the device contains blanks";
	if (device_is_local(name))
		return "the name of the device is one of a local SCSI device";
	return NULL;
}

/* what nobody here makes may have any name that is one word */
static const char *check_word(const char *name)
{
	if (!*name)
		return "the name of the device is missing";
	if (strlen(name) > NAME_LEN_MAX)
		return "the name of the device is longer than 255 characters";
	return has_blank(name) ? "the name of the device contains blanks" :
				 NULL;
}

/**
 * check_name_for() - may a device of a handler be called this?
 * @handler: the kernel's name
 * @name: name
 *
 * Return: NULL, or what is wrong with it.
 */
const char *check_name_for(const char *handler, const char *name)
{
	if (handler_makes_devices(handler))
		return check_device_name(name);
	if (!handler_takes_local(handler))
		return check_word(name);
	return device_is_local(name) ? NULL :
	       "handlers of local devices have H:C:I:L";
}

/**
 * check_device() - can there be such a device?
 * @dev: device, of which all is known; what may be missing is filled in
 *
 * Return: NULL, or what is wrong with it.
 */
const char *check_device(struct device *dev)
{
	const char *why = check_name_for(dev->handler, dev->name);

	if (!handler_makes_devices(dev->handler))
		return why;
	/* the kernel wants any word */
	if (dev->flags & DEV_NULLIO && !*dev->path)
		str_set(&dev->path, "none");
	/* a drive may be empty */
	if (!why && (*dev->path || strcmp(dev->handler, "vcdrom")))
		why = check_path(dev->path, dev->flags);
	if (!why && dev->blocksize)
		why = check_blocksize(dev->blocksize);
	return why || !dev->t10_id ? why : check_t10_id(dev->t10_id);
}

/**
 * check_path() - can the kernel be told this path?
 * @path: path
 * @flags: of the device
 *
 * Return: NULL, or what is wrong with it.
 */
const char *check_path(const char *path, unsigned int flags)
{
	if (flags & DEV_NULLIO && flags & DEV_BLOCKIO)
		return "NULLIO and BLOCKIO exclude each other";
	if (!(flags & DEV_NULLIO) && !*path)
		return "the path of the device is missing";
	if (!(flags & DEV_NULLIO) && *path != '/')
		return "the path of the device does not begin with '/'";
	if (has_blank(path))
		return "the path of the device contains blanks";
	if (strlen(path) > 3000)
		return "the path of the device is longer than 3000 characters";
	return NULL;
}

/**
 * check_blocksize() - is this a block size?
 * @blocksize: in bytes
 *
 * Return: NULL, or what is wrong with it.
 */
const char *check_blocksize(uint32_t blocksize)
{
	if (blocksize < 512 || blocksize > 4096 ||
	    blocksize & (blocksize - 1))
		return "the block size is none of 512, 1024, 2048 and 4096";
	return NULL;
}

/**
 * check_group_name() - may a group be called this?
 * @name: name
 *
 * Return: NULL, or what is wrong with it.
 */
const char *check_group_name(const char *name)
{
	if (!*name)
		return "the name of the group is missing";
	if (strlen(name) > NAME_LEN_MAX)
		return "the name of the group is longer than 255 characters";
	if (has_blank(name) || strchr(name, '/') || !strcmp(name, ".") ||
	    !strcmp(name, ".."))
		return "the name of the group has blanks or slashes";
	return NULL;
}

/**
 * check_initiator() - can this be the name of initiators?
 * @name: name or pattern
 *
 * Return: NULL, or what is wrong with it.
 */
const char *check_initiator(const char *name)
{
	if (!*name)
		return "the name of the initiator is missing";
	if (strlen(name) > NAME_LEN_MAX)
		return "the name of the initiator is longer than 255 characters";
	if (has_blank(name))
		return "the name of the initiator contains blanks";
	return NULL;
}

/**
 * check_t10_id() - can this be a T10 identifier?
 * @id: identifier
 *
 * Return: NULL, or what is wrong with it.
 */
const char *check_t10_id(const char *id)
{
	size_t i;

	if (!*id)
		return "the T10 identifier is missing";
	if (strlen(id) > T10_ID_MAX)
		return "the T10 identifier is longer than 25 characters";
	for (i = 0; id[i]; i++)
		if (id[i] < ' ' || id[i] > '~')
			return "the T10 identifier is not printable ASCII";
	/* the kernel takes them away */
	if (id[0] == ' ' || id[i - 1] == ' ')
		return "the T10 identifier begins or ends with a blank";
	return NULL;
}
