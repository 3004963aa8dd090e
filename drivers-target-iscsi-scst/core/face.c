// SPDX-License-Identifier: GPL-2.0
/*
 * The administrator's views of the core (/proc, configfs) and what they are
 * told.  The list of faces is under scst_mutex.  Knows nothing of any view.
 */
#include "core_priv.h"

static LIST_HEAD(scst_faces);

static int scst_face_replay(struct scst_face *face)
{
	struct scst_tgt_driver *driver;
	struct scst_handler *handler;
	struct scst_group *group;
	int ret = 0;

	list_for_each_entry(group, &scst_groups, entry) {
		if (face->group_added)
			ret = face->group_added(group);
		if (ret)
			return ret;
	}
	list_for_each_entry(handler, &scst_handlers, entry) {
		if (face->handler_added)
			ret = face->handler_added(handler);
		if (ret)
			return ret;
	}
	list_for_each_entry(driver, &scst_tgt_drivers, entry) {
		if (face->tgt_driver_added)
			ret = face->tgt_driver_added(driver->ops);
		if (ret)
			return ret;
	}
	return 0;
}

/**
 * scst_face_register - add a view
 * @face: its callbacks; told at once of what exists
 *
 * Context: may sleep, takes scst_mutex.
 * Return: 0 or the error of a callback.
 */
int scst_face_register(struct scst_face *face)
{
	int ret;

	mutex_lock(&scst_mutex);
	ret = scst_face_replay(face);
	if (!ret)
		list_add_tail(&face->entry, &scst_faces);
	mutex_unlock(&scst_mutex);
	return ret;
}

/**
 * scst_face_unregister - remove a view
 * @face: is told nothing any more
 *
 * Context: may sleep, takes scst_mutex.
 */
void scst_face_unregister(struct scst_face *face)
{
	mutex_lock(&scst_mutex);
	list_del(&face->entry);
	mutex_unlock(&scst_mutex);
}

/**
 * scst_faces_group_added - tell all views of a new group
 * @group: the group
 *
 * Context: scst_mutex held.
 * Return: 0, or the first error; then no view has the group.
 */
int scst_faces_group_added(struct scst_group *group)
{
	struct scst_face *face;
	int ret;

	list_for_each_entry(face, &scst_faces, entry) {
		if (!face->group_added)
			continue;
		ret = face->group_added(group);
		if (ret)
			goto out_undo;
	}
	return 0;

out_undo:
	list_for_each_entry_continue_reverse(face, &scst_faces, entry)
		if (face->group_removed)
			face->group_removed(group);
	return ret;
}

/**
 * scst_faces_group_removed - tell all views that a group goes
 * @group: the group
 *
 * Context: scst_mutex held.
 */
void scst_faces_group_removed(struct scst_group *group)
{
	struct scst_face *face;

	list_for_each_entry(face, &scst_faces, entry)
		if (face->group_removed)
			face->group_removed(group);
}

/**
 * scst_faces_handler_added - tell all views of a new handler
 * @handler: the handler
 *
 * Context: scst_mutex held.
 * Return: 0, or the first error; then no view has the handler.
 */
int scst_faces_handler_added(struct scst_handler *handler)
{
	struct scst_face *face;
	int ret;

	list_for_each_entry(face, &scst_faces, entry) {
		if (!face->handler_added)
			continue;
		ret = face->handler_added(handler);
		if (ret)
			goto out_undo;
	}
	return 0;

out_undo:
	list_for_each_entry_continue_reverse(face, &scst_faces, entry)
		if (face->handler_removed)
			face->handler_removed(handler);
	return ret;
}

/**
 * scst_faces_handler_removed - tell all views that a handler goes
 * @handler: the handler
 *
 * Context: scst_mutex held.
 */
void scst_faces_handler_removed(struct scst_handler *handler)
{
	struct scst_face *face;

	list_for_each_entry(face, &scst_faces, entry)
		if (face->handler_removed)
			face->handler_removed(handler);
}

/**
 * scst_faces_tgt_driver_added - tell all views of a new target driver
 * @ops: the driver
 *
 * Context: scst_mutex held.
 * Return: 0, or the first error; then no view has the driver.
 */
int scst_faces_tgt_driver_added(const struct scst_tgt_ops *ops)
{
	struct scst_face *face;
	int ret;

	list_for_each_entry(face, &scst_faces, entry) {
		if (!face->tgt_driver_added)
			continue;
		ret = face->tgt_driver_added(ops);
		if (ret)
			goto out_undo;
	}
	return 0;

out_undo:
	list_for_each_entry_continue_reverse(face, &scst_faces, entry)
		if (face->tgt_driver_removed)
			face->tgt_driver_removed(ops);
	return ret;
}

/**
 * scst_faces_tgt_driver_removed - tell all views that a target driver goes
 * @ops: the driver
 *
 * Context: scst_mutex held.
 */
void scst_faces_tgt_driver_removed(const struct scst_tgt_ops *ops)
{
	struct scst_face *face;

	list_for_each_entry(face, &scst_faces, entry)
		if (face->tgt_driver_removed)
			face->tgt_driver_removed(ops);
}

/**
 * scst_faces_settle - wait until all views show what came or went
 *
 * The list of faces itself only changes while the module starts or stops.
 *
 * Context: sleeps; scst_mutex not held.
 */
void scst_faces_settle(void)
{
	struct scst_face *face;

	list_for_each_entry(face, &scst_faces, entry)
		if (face->settle)
			face->settle();
}
