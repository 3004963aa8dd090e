/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A configuration as plain data: what a file wants, or what the kernel has.
 */
#ifndef SCSTADMIN_MODEL_H
#define SCSTADMIN_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NAME_LEN_MAX 255	/* groups, initiators, local devices */
#define VDISK_NAME_MAX 16
#define LUN_MAX 16383
#define LUN_AUTO UINT32_MAX	/* the next free one */
#define T10_ID_MAX 25
#define THREADS_MAX 512
#define BLOCKSIZE_DEFAULT 512
#define GROUP_DEFAULT "Default"
#define GROUP_TARGET_PREFIX "Default_"

/* Flags of a virtual device */
enum device_flags {
	DEV_WRITE_THROUGH	= 0x01,
	DEV_NV_CACHE		= 0x02,
	DEV_READ_ONLY		= 0x04,
	DEV_O_DIRECT		= 0x08,
	DEV_NULLIO		= 0x10,
	DEV_BLOCKIO		= 0x20,
	DEV_REMOVABLE		= 0x40,
};

/**
 * struct device_flag - a row of the table of flags
 * @name: in files and for the kernel
 * @abbrev: in the kernel's list; NULL if it is not shown there
 * @alias: also accepted in files
 * @attr: as attribute of the brace grammar; NULL if the handler says it
 * @flag: DEV_*
 */
struct device_flag {
	const char *name;
	const char *abbrev;
	const char *alias;
	const char *attr;
	unsigned int flag;
};

/**
 * struct handler_name - a row of the table of handlers
 * @name: in files and on the command line
 * @handler: the kernel's directory for it
 * @flags: what the name says about its devices
 * @module: the kernel module that has it; NULL if this version has none
 */
struct handler_name {
	const char *name;
	const char *handler;
	unsigned int flags;
	const char *module;
};

/**
 * struct file_id - which file or block device it is, whatever its name
 * @known: the rest means something
 * @dev: where the file is; the block device
 * @ino: which one; 0 for a block device
 */
struct file_id {
	bool known;
	uint64_t dev;
	uint64_t ino;
};

/**
 * struct device - a device
 * @name: its name, or H:C:I:L
 * @handler: the kernel's name, "none" without
 * @path: backing file; empty for local devices
 * @t10_id: identifier that is to be set, or was; NULL for the kernel's own
 * @default_t10_id: the kernel's own, as it shows it
 * @backend: why @path cannot be opened; NULL if nothing is known against it
 * @file: what @path is
 * @flags: DEV_*
 * @blocksize: in bytes; 0 for local devices
 * @size_mb: what the kernel shows
 * @line: in the file
 */
struct device {
	char *name;
	char *handler;
	char *path;
	char *t10_id;
	char *default_t10_id;
	char *backend;
	struct file_id file;
	unsigned int flags;
	uint32_t blocksize;
	uint64_t size_mb;
	unsigned int line;
};

/**
 * struct lun - what a group shows under a LUN
 * @lun: number, or LUN_AUTO
 * @dev: name of the device
 * @read_only: for this group
 * @line: in the file
 */
struct lun {
	uint32_t lun;
	char *dev;
	bool read_only;
	unsigned int line;
};

/**
 * struct name - whose group it is
 * @name: initiator name or pattern
 * @line: in the file
 */
struct name {
	char *name;
	unsigned int line;
};

/**
 * struct group - a security group
 * @name: its name
 * @luns: in the order of file or kernel
 * @nluns: how many
 * @names: likewise
 * @nnames: how many
 * @nsessions: sessions that are in it
 * @declared: the file declares it rather than only assigning to it
 * @line: in the file, where it is first mentioned
 */
struct group {
	char *name;
	struct lun *luns;
	size_t nluns;
	struct name *names;
	size_t nnames;
	unsigned int nsessions;
	bool declared;
	unsigned int line;
};

/**
 * struct target - a target
 * @driver: target driver
 * @name: its name
 * @number: of the driver
 * @nsessions: sessions that it has
 */
struct target {
	char *driver;
	char *name;
	unsigned int number;
	unsigned int nsessions;
};

/**
 * struct session - a session
 * @driver: target driver
 * @initiator: its name
 * @group: where it is
 * @commands: in flight
 */
struct session {
	char *driver;
	char *initiator;
	char *group;
	uint64_t commands;
};

/**
 * struct handler - a device handler that the kernel has
 * @name: its name
 * @type: SCSI type of its devices, and a description
 */
struct handler {
	char *name;
	char *type;
};

/**
 * struct model - a configuration
 * @file: where it comes from
 * @devices: devices
 * @ndevices: how many
 * @groups: groups; the first one is Default
 * @ngroups: how many
 * @ordered: they are in the order in which names are matched
 * @shows_t10_ids: the T10 identifiers of the devices are known
 * @handlers: what the kernel has
 * @nhandlers: how many
 * @drivers: names of the target drivers that the kernel has
 * @ndrivers: how many
 * @targets: what the kernel has
 * @ntargets: how many
 * @sessions: what the kernel has
 * @nsessions: how many
 * @threads: command threads, 0 if the file does not say
 * @threads_line: in the file
 * @options: text of the section [OPTIONS], without its header; NULL if none
 */
struct model {
	char *file;
	struct device *devices;
	size_t ndevices;
	struct group *groups;
	size_t ngroups;
	bool ordered;
	bool shows_t10_ids;
	struct handler *handlers;
	size_t nhandlers;
	struct name *drivers;
	size_t ndrivers;
	struct target *targets;
	size_t ntargets;
	struct session *sessions;
	size_t nsessions;
	uint32_t threads;
	unsigned int threads_line;
	char *options;
};

extern const struct device_flag device_flags[];
extern const size_t device_flags_len;
extern const struct handler_name handler_names[];
extern const size_t handler_names_len;

char *str_dup(const char *str);
void str_set(char **str, const char *value);
void *mem_zero(size_t count, size_t size);
void *array_grow(void *elements, size_t *count, size_t size);
void array_del(void *elements, size_t *count, size_t size, size_t index);

/* the new element, zeroed, of an array that @array points to */
#define array_add(array, count, size)                            \
	({                                                       \
		typeof(array) _array = (array);                  \
		size_t *_count = (count);                        \
								 \
		*_array = array_grow(*_array, _count, (size));   \
		*_array + *_count - 1;                           \
	})

void model_init(struct model *model, const char *file);
void model_free(struct model *model);
struct device *model_add_device(struct model *model, const char *name,
				const char *handler);
void model_del_device(struct model *model, struct device *dev);
struct group *model_add_group(struct model *model, const char *name);
void model_del_group(struct model *model, struct group *group);
struct lun *group_add_lun(struct group *group, uint32_t lun, const char *dev,
			  bool read_only);
void group_del_lun(struct group *group, struct lun *lun);
struct name *group_add_name(struct group *group, const char *name);
void group_del_name(struct group *group, struct name *name);

struct device *model_device(const struct model *model, const char *name);
struct group *model_group(const struct model *model, const char *name);
bool model_has_driver(const struct model *model, const char *name);
bool model_has_handler(const struct model *model, const char *name);
struct lun *group_lun(const struct group *group, uint32_t lun);
struct name *group_name(const struct group *group, const char *name);

char *target_group(const char *target);
bool is_target_group(const char *name);
const struct handler_name *handler_by_name(const char *name);
struct handler_name handler_of(const char *name);
const struct device_flag *flag_by_name(const char *name, size_t len);
const char *flags_set(const char *text, const char *seps, unsigned int *flags);
unsigned int flags_normal(unsigned int flags);
bool device_is_local(const char *name);
bool name_matches(const char *pattern, const char *name);
bool names_overlap(const char *a, const char *b);
bool groups_overlap(const struct group *a, const struct group *b);
bool handler_makes_devices(const char *handler);
bool handler_takes_local(const char *handler);

const char *check_device(struct device *dev);
const char *check_device_name(const char *name);
const char *check_name_for(const char *handler, const char *name);
const char *check_path(const char *path, unsigned int flags);
const char *check_blocksize(uint32_t blocksize);
const char *check_group_name(const char *name);
const char *check_initiator(const char *name);
const char *check_t10_id(const char *id);

#endif
