// SPDX-License-Identifier: GPL-2.0
/*
 * Security groups: which initiators see which devices under which LUNs.
 * Everything is under scst_mutex.  The verbs here are the only logic; /proc and
 * configfs call them.
 */
#include <kunit/visibility.h>
#include <linux/slab.h>

#include "core_priv.h"

#define SCST_DEFAULT_GROUP	"Default"

LIST_HEAD(scst_groups);

/**
 * scst_group_find_locked - find a group
 * @name: its name
 *
 * Context: scst_mutex held.
 * Return: the group or NULL.
 */
struct scst_group *scst_group_find_locked(const char *name)
{
	struct scst_group *group;

	lockdep_assert_held(&scst_mutex);
	list_for_each_entry(group, &scst_groups, entry)
		if (!strcmp(group->name, name))
			return group;
	return NULL;
}

static struct scst_group_name *scst_group_name_find(struct scst_group *group,
						    const char *pattern)
{
	struct scst_group_name *name;

	list_for_each_entry(name, &group->names, entry)
		if (!strcmp(name->pattern, pattern))
			return name;
	return NULL;
}

static bool scst_group_matches(const struct scst_group *group,
			       const char *initiator)
{
	struct scst_group_name *name;

	list_for_each_entry(name, &group->names, entry)
		if (scst_match(name->pattern, initiator))
			return true;
	return false;
}

/* Is this the group "Default_<target>"? */
static bool scst_group_is_of_target(const struct scst_group *group,
				    const char *target)
{
	size_t len = strlen(SCST_DEFAULT_GROUP);

	return !strncmp(group->name, SCST_DEFAULT_GROUP, len) &&
	       group->name[len] == '_' &&
	       !strcmp(group->name + len + 1, target);
}

/**
 * scst_group_for_locked - which group does a session belong to?
 * @sess: session
 *
 * The first group with a matching name, else the group of the target, else
 * Default.  An empty group wins all the same.
 *
 * Context: scst_mutex held.
 * Return: the group, never NULL.
 */
struct scst_group *scst_group_for_locked(const struct scst_session *sess)
{
	struct scst_group *group;

	lockdep_assert_held(&scst_mutex);
	list_for_each_entry(group, &scst_groups, entry)
		if (scst_group_matches(group, sess->initiator))
			return group;
	list_for_each_entry(group, &scst_groups, entry)
		if (scst_group_is_of_target(group, sess->target->name))
			return group;
	return scst_group_find_locked(SCST_DEFAULT_GROUP);
}

/* Names or groups changed: move the sessions that belong elsewhere now */
static void scst_groups_reassign(void)
{
	struct scst_session *sess;
	struct scst_target *tgt;
	struct scst_group *group;

	list_for_each_entry(tgt, &scst_targets, entry) {
		list_for_each_entry(sess, &tgt->sessions, entry) {
			group = scst_group_for_locked(sess);
			if (group == sess->group)
				continue;
			pr_info("session %s: moves from group %s to %s\n",
				sess->initiator, sess->group->name,
				group->name);
			list_move_tail(&sess->group_entry, &group->sessions);
			sess->group = group;
			scst_session_sync_locked(sess, NULL);
		}
	}
}

static void scst_group_sync_lun(struct scst_group *group, u32 lun,
				struct scst_wait *wait)
{
	struct scst_session *sess;

	list_for_each_entry(sess, &group->sessions, group_entry)
		scst_session_sync_lun_locked(sess, lun, wait);
}

static struct scst_group *scst_group_alloc(const char *name)
{
	struct scst_group *group;

	group = kzalloc(sizeof(*group), GFP_KERNEL);
	if (!group)
		return NULL;
	group->name = kstrdup(name, GFP_KERNEL);
	if (!group->name) {
		kfree(group);
		return NULL;
	}
	INIT_LIST_HEAD(&group->maps);
	INIT_LIST_HEAD(&group->names);
	INIT_LIST_HEAD(&group->sessions);
	xa_init(&group->by_lun);
	return group;
}

static bool scst_group_name_valid(const char *name)
{
	return *name && strlen(name) < SCST_MAX_NAME && !strchr(name, '/') &&
	       strcmp(name, ".") && strcmp(name, "..");
}

static int scst_group_add_locked(const char *name)
{
	struct scst_group *group;
	int ret;

	if (scst_group_find_locked(name))
		return -EINVAL;
	group = scst_group_alloc(name);
	if (!group)
		return -ENOMEM;
	list_add_tail(&group->entry, &scst_groups);
	ret = scst_faces_group_added(group);
	if (ret) {
		list_del(&group->entry);
		kfree(group->name);
		kfree(group);
		return ret;
	}
	scst_groups_reassign();
	return 0;
}

/**
 * scst_group_add - create a group
 * @name: its name
 *
 * Context: may sleep, takes scst_mutex.
 * Return: 0, -EINVAL for a bad or existing name, -ENOMEM.
 */
int scst_group_add(const char *name)
{
	int ret = -EINVAL;

	if (scst_group_name_valid(name)) {
		mutex_lock(&scst_mutex);
		ret = scst_group_add_locked(name);
		mutex_unlock(&scst_mutex);
	}
	if (ret)
		pr_err("group %s: cannot be added: %d\n", name, ret);
	return ret;
}
EXPORT_SYMBOL_IF_KUNIT(scst_group_add);

static void scst_map_free(struct scst_group *group, struct scst_map *map)
{
	list_del(&map->entry);
	xa_erase(&group->by_lun, map->lun);
	scst_device_put(map->dev);
	kfree(map);
}

static void scst_group_free(struct scst_group *group)
{
	struct scst_group_name *name, *next_name;
	struct scst_map *map, *next_map;

	list_for_each_entry_safe(map, next_map, &group->maps, entry)
		scst_map_free(group, map);
	list_for_each_entry_safe(name, next_name, &group->names, entry)
		kfree(name);
	xa_destroy(&group->by_lun);
	list_del(&group->entry);
	kfree(group->name);
	kfree(group);
}

static int scst_group_del_locked(const char *name)
{
	struct scst_group *group = scst_group_find_locked(name);

	if (!group || !strcmp(name, SCST_DEFAULT_GROUP))
		return -EINVAL;
	if (!list_empty(&group->sessions))
		return -EBUSY;
	scst_faces_group_removed(group);
	scst_group_free(group);
	return 0;
}

/**
 * scst_group_del - delete a group with its LUNs and names
 * @name: its name
 *
 * Context: may sleep, takes scst_mutex.
 * Return: 0, -EINVAL if it is unknown or Default, -EBUSY if it has sessions.
 */
int scst_group_del(const char *name)
{
	int ret;

	mutex_lock(&scst_mutex);
	ret = scst_group_del_locked(name);
	mutex_unlock(&scst_mutex);
	if (ret)
		pr_err("group %s: cannot be deleted: %d\n", name, ret);
	return ret;
}
EXPORT_SYMBOL_IF_KUNIT(scst_group_del);

static int scst_group_rename_locked(const char *old, const char *new)
{
	struct scst_group *group = scst_group_find_locked(old);
	char *old_name, *new_name;
	int ret;

	if (!group || !strcmp(old, SCST_DEFAULT_GROUP) ||
	    !scst_group_name_valid(new) || scst_group_find_locked(new))
		return -EINVAL;
	new_name = kstrdup(new, GFP_KERNEL);
	if (!new_name)
		return -ENOMEM;

	scst_faces_group_removed(group);
	old_name = group->name;
	group->name = new_name;
	ret = scst_faces_group_added(group);
	if (ret) {
		/* out of memory: what the face cannot show it cannot show */
		pr_err("group %s: is not visible any more: %d\n", new, ret);
	}
	kfree(old_name);
	scst_groups_reassign();
	return ret;
}

/**
 * scst_group_rename - rename a group
 * @old: its name
 * @new: its name afterwards
 *
 * Context: may sleep, takes scst_mutex.
 * Return: 0, -EINVAL if one of the names will not do, -ENOMEM.
 */
int scst_group_rename(const char *old, const char *new)
{
	int ret;

	mutex_lock(&scst_mutex);
	ret = scst_group_rename_locked(old, new);
	mutex_unlock(&scst_mutex);
	if (ret)
		pr_err("group %s: cannot be renamed to %s: %d\n", old, new,
		       ret);
	return ret;
}

static int scst_map_add(struct scst_group *group, struct scst_device *dev,
			u32 lun, bool ro)
{
	struct scst_map *map;
	int ret;

	if (lun > SCST_MAX_LUN)
		return -EINVAL;
	if (xa_load(&group->by_lun, lun))
		return -EEXIST;
	map = kzalloc(sizeof(*map), GFP_KERNEL);
	if (!map)
		return -ENOMEM;
	map->dev = dev;
	map->lun = lun;
	map->read_only = ro;
	ret = xa_insert(&group->by_lun, lun, map, GFP_KERNEL);
	if (ret) {
		kfree(map);
		return ret;
	}
	scst_device_get(dev);
	list_add_tail(&map->entry, &group->maps);
	scst_group_sync_lun(group, lun, NULL);
	return 0;
}

/**
 * scst_group_lun_add - give a group a LUN
 * @group_name: group
 * @dev_name: device
 * @lun: LUN
 * @ro: write protected for this group
 *
 * Sessions of the group have it at once.
 *
 * Context: sleeps, takes scst_mutex.
 * Return: 0, -EINVAL if something is unknown, -EEXIST if the LUN is in use,
 * -ENOMEM.
 */
int scst_group_lun_add(const char *group_name, const char *dev_name, u32 lun,
		       bool ro)
{
	struct scst_device *dev;
	struct scst_group *group;
	int ret = -EINVAL;

	scst_assign_settle();
	mutex_lock(&scst_mutex);
	group = scst_group_find_locked(group_name);
	dev = scst_device_find_locked(dev_name);
	if (group && dev)
		ret = scst_map_add(group, dev, lun, ro);
	mutex_unlock(&scst_mutex);
	if (ret)
		pr_err("group %s: device %s cannot be LUN %u: %d\n",
		       group_name, dev_name, lun, ret);
	return ret;
}
EXPORT_SYMBOL_IF_KUNIT(scst_group_lun_add);

static struct scst_map *scst_map_find(struct scst_group *group,
				      const struct scst_device *dev, u32 lun)
{
	struct scst_map *map;

	list_for_each_entry(map, &group->maps, entry)
		if (map->dev == dev && (lun == SCST_ANY_LUN || map->lun == lun))
			return map;
	return NULL;
}

/**
 * scst_group_lun_del - take a LUN away from a group
 * @group_name: group
 * @dev_name: device
 * @lun: LUN, or SCST_ANY_LUN for the first one that has the device
 *
 * Waits, with a deadline, for the commands of this LUN and for no other.
 *
 * Context: sleeps, takes scst_mutex.
 * Return: 0, -EINVAL if there is no such LUN, -EBUSY if its commands take too
 * long; it is gone from the group then, too.
 */
int scst_group_lun_del(const char *group_name, const char *dev_name, u32 lun)
{
	struct scst_map *map = NULL;
	struct scst_device *dev;
	struct scst_group *group;
	struct scst_wait *wait;
	u32 number;

	wait = scst_wait_alloc();
	if (!wait)
		return -ENOMEM;
	mutex_lock(&scst_mutex);
	group = scst_group_find_locked(group_name);
	dev = scst_device_find_locked(dev_name);
	if (group && dev)
		map = scst_map_find(group, dev, lun);
	if (map) {
		number = map->lun;
		scst_map_free(group, map);
		scst_group_sync_lun(group, number, wait);
	}
	mutex_unlock(&scst_mutex);

	if (!map) {
		pr_err("group %s: has no such LUN of device %s\n", group_name,
		       dev_name);
		kfree(wait);
		return -EINVAL;
	}
	return scst_wait_finish(wait, dev_name);
}
EXPORT_SYMBOL_IF_KUNIT(scst_group_lun_del);

/**
 * scst_group_lun_replace - put another device behind a LUN
 * @group_name: group
 * @dev_name: device
 * @lun: LUN; added if the group does not have it
 * @ro: write protected for this group
 *
 * Context: sleeps, takes scst_mutex.
 * Return: as scst_group_lun_add() and scst_group_lun_del().
 */
int scst_group_lun_replace(const char *group_name, const char *dev_name,
			   u32 lun, bool ro)
{
	struct scst_device *dev;
	struct scst_group *group;
	struct scst_wait *wait;
	struct scst_map *map;
	int ret = -EINVAL;

	wait = scst_wait_alloc();
	if (!wait)
		return -ENOMEM;
	scst_assign_settle();
	mutex_lock(&scst_mutex);
	group = scst_group_find_locked(group_name);
	dev = scst_device_find_locked(dev_name);
	map = group ? xa_load(&group->by_lun, lun) : NULL;
	if (dev && map) {
		scst_device_get(dev);
		scst_device_put(map->dev);
		map->dev = dev;
		map->read_only = ro;
		scst_group_sync_lun(group, lun, wait);
		ret = 0;
	} else if (dev && group) {
		ret = scst_map_add(group, dev, lun, ro);
	}
	mutex_unlock(&scst_mutex);
	if (ret) {
		pr_err("group %s: device %s cannot be LUN %u: %d\n",
		       group_name, dev_name, lun, ret);
		kfree(wait);
		return ret;
	}
	return scst_wait_finish(wait, dev_name);
}
EXPORT_SYMBOL_IF_KUNIT(scst_group_lun_replace);

/**
 * scst_group_lun_clear - take all LUNs away from a group
 * @group_name: group
 *
 * Context: sleeps, takes scst_mutex.
 * Return: 0, -EINVAL if the group is unknown, -EBUSY if commands take too long.
 */
int scst_group_lun_clear(const char *group_name)
{
	struct scst_map *map, *next;
	struct scst_group *group;
	struct scst_session *sess;
	struct scst_wait *wait;

	wait = scst_wait_alloc();
	if (!wait)
		return -ENOMEM;
	mutex_lock(&scst_mutex);
	group = scst_group_find_locked(group_name);
	if (group) {
		list_for_each_entry_safe(map, next, &group->maps, entry)
			scst_map_free(group, map);
		list_for_each_entry(sess, &group->sessions, group_entry)
			scst_session_sync_locked(sess, wait);
	}
	mutex_unlock(&scst_mutex);
	if (!group) {
		pr_err("group %s: does not exist\n", group_name);
		kfree(wait);
		return -EINVAL;
	}
	return scst_wait_finish(wait, group_name);
}
EXPORT_SYMBOL_IF_KUNIT(scst_group_lun_clear);

static int scst_group_name_insert(struct scst_group *group,
				  const char *pattern)
{
	size_t size = strlen(pattern) + 1;
	struct scst_group_name *name;

	if (size <= 1 || size > SCST_MAX_NAME)
		return -EINVAL;
	if (scst_group_name_find(group, pattern))
		return -EEXIST;
	name = kmalloc(struct_size(name, pattern, size), GFP_KERNEL);
	if (!name)
		return -ENOMEM;
	memcpy(name->pattern, pattern, size);
	list_add_tail(&name->entry, &group->names);
	return 0;
}

/**
 * scst_group_name_add - let initiators into a group
 * @group_name: group
 * @pattern: initiator name, may have wildcards
 *
 * Context: may sleep, takes scst_mutex.
 * Return: 0, -EINVAL if the group is unknown or the name will not do, -EEXIST,
 * -ENOMEM.
 */
int scst_group_name_add(const char *group_name, const char *pattern)
{
	struct scst_group *group;
	int ret = -EINVAL;

	mutex_lock(&scst_mutex);
	group = scst_group_find_locked(group_name);
	if (group)
		ret = scst_group_name_insert(group, pattern);
	if (!ret)
		scst_groups_reassign();
	mutex_unlock(&scst_mutex);
	if (ret)
		pr_err("group %s: name %s cannot be added: %d\n", group_name,
		       pattern, ret);
	return ret;
}
EXPORT_SYMBOL_IF_KUNIT(scst_group_name_add);

/**
 * scst_group_name_del - remove a name from a group
 * @group_name: group
 * @pattern: as it was added
 *
 * Context: may sleep, takes scst_mutex.
 * Return: 0, -EINVAL if the group does not have it.
 */
int scst_group_name_del(const char *group_name, const char *pattern)
{
	struct scst_group_name *name = NULL;
	struct scst_group *group;

	mutex_lock(&scst_mutex);
	group = scst_group_find_locked(group_name);
	if (group)
		name = scst_group_name_find(group, pattern);
	if (name) {
		list_del(&name->entry);
		kfree(name);
		scst_groups_reassign();
	}
	mutex_unlock(&scst_mutex);
	if (!name)
		pr_err("group %s: has no name %s\n", group_name, pattern);
	return name ? 0 : -EINVAL;
}

/**
 * scst_group_name_move - move a name to another group
 * @group_name: group that has it
 * @pattern: as it was added
 * @to: group that gets it
 *
 * Context: may sleep, takes scst_mutex.
 * Return: 0, -EINVAL if something is unknown, -EEXIST if @to has it already.
 */
int scst_group_name_move(const char *group_name, const char *pattern,
			 const char *to)
{
	struct scst_group_name *name = NULL;
	struct scst_group *group, *dst;
	int ret = -EINVAL;

	mutex_lock(&scst_mutex);
	group = scst_group_find_locked(group_name);
	dst = scst_group_find_locked(to);
	if (group && dst)
		name = scst_group_name_find(group, pattern);
	if (name && scst_group_name_find(dst, pattern)) {
		ret = -EEXIST;
	} else if (name) {
		list_move_tail(&name->entry, &dst->names);
		scst_groups_reassign();
		ret = 0;
	}
	mutex_unlock(&scst_mutex);
	if (ret)
		pr_err("group %s: name %s cannot be moved to %s: %d\n",
		       group_name, pattern, to, ret);
	return ret;
}

/**
 * scst_group_name_clear - remove all names from a group
 * @group_name: group
 *
 * Context: may sleep, takes scst_mutex.
 * Return: 0, -EINVAL if the group is unknown.
 */
int scst_group_name_clear(const char *group_name)
{
	struct scst_group_name *name, *next;
	struct scst_group *group;

	mutex_lock(&scst_mutex);
	group = scst_group_find_locked(group_name);
	if (group) {
		list_for_each_entry_safe(name, next, &group->names, entry) {
			list_del(&name->entry);
			kfree(name);
		}
		scst_groups_reassign();
	}
	mutex_unlock(&scst_mutex);
	if (!group)
		pr_err("group %s: does not exist\n", group_name);
	return group ? 0 : -EINVAL;
}
EXPORT_SYMBOL_IF_KUNIT(scst_group_name_clear);

/**
 * scst_groups_drop_device_locked - a device goes away: no group has it any more
 * @dev: device
 * @wait: told when the LUNs of sessions are released, or NULL
 *
 * Context: scst_mutex held.
 */
void scst_groups_drop_device_locked(struct scst_device *dev,
				    struct scst_wait *wait)
{
	struct scst_map *map, *next;
	struct scst_group *group;
	u32 lun;

	list_for_each_entry(group, &scst_groups, entry) {
		list_for_each_entry_safe(map, next, &group->maps, entry) {
			if (map->dev != dev)
				continue;
			lun = map->lun;
			scst_map_free(group, map);
			scst_group_sync_lun(group, lun, wait);
		}
	}
}

/**
 * scst_groups_init - create the group Default
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int scst_groups_init(void)
{
	return scst_group_add(SCST_DEFAULT_GROUP);
}

/**
 * scst_groups_exit - free all groups; there are no sessions any more
 *
 * Context: may sleep.
 */
void scst_groups_exit(void)
{
	struct scst_group *group, *next;

	mutex_lock(&scst_mutex);
	list_for_each_entry_safe(group, next, &scst_groups, entry)
		scst_group_free(group);
	mutex_unlock(&scst_mutex);
}
