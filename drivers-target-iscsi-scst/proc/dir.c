// SPDX-License-Identifier: GPL-2.0
/*
 * Directories of /proc/scsi_tgt, and one read and one write function for all
 * files.  Directories are under scst_mutex.  Knows no command.
 *
 * Directories come and go with the objects of the core, which says so with
 * scst_mutex held.  proc_remove() waits for everybody who is inside a file of
 * the directory, and they in turn may wait for scst_mutex.  Hence the rules:
 *
 *  1. Under scst_mutex a directory is only marked (live = false) and left to
 *     scst_proc_work, which calls proc_remove() with no lock held.
 *  2. A directory is made under scst_mutex at once.  Only if one of the same
 *     name still waits for its removal, the work makes it afterwards.
 *  3. Files know their object by name and look it up under scst_mutex each
 *     time; between the two steps of rule 1 they find nothing, say -ENOENT or
 *     -EINVAL, and are no danger.
 *  4. scst_proc_settle() waits for the work.  So it is called without
 *     scst_mutex, and never on behalf of a write to a file in a directory that
 *     can go away: groups are made and deleted through the top-level file only.
 */
#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/workqueue.h>

#include "proc_priv.h"

#define SCST_PROC_MAX_WRITE	(PAGE_SIZE - 512)

/* Both are set before any file exists */
struct proc_dir_entry *scst_proc_root;
struct proc_dir_entry *scst_proc_groups;

static LIST_HEAD(scst_proc_dirs);		/* scst_mutex */
static struct workqueue_struct *scst_proc_wq;	/* ordered: one remover */

static int scst_proc_show(struct seq_file *m, void *v)
{
	const struct scst_proc_node *node = m->private;

	return node->file->show(m, node);
}

static int scst_proc_open(struct inode *inode, struct file *file)
{
	return single_open(file, scst_proc_show, pde_data(inode));
}

static int scst_proc_line(struct scst_proc_node *node, char *line)
{
	const char *why = scst_cmdline_clean(line);

	if (why) {
		pr_err("%s/%s: %s\n", node->dir->name, node->name, why);
		return -EINVAL;
	}
	return node->file->write(node, line);
}

/*
 * The text ends at the first NUL, and all of it counts as written: scstadmin
 * sends the NUL along.
 */
static ssize_t scst_proc_write(struct file *file, const char __user *ubuf,
			       size_t count, loff_t *ppos)
{
	struct scst_proc_node *node = pde_data(file_inode(file));
	char *line;
	int ret;

	if (!node->file->write)
		return -EIO;
	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (!count) {
		pr_err("%s/%s: empty command\n", node->dir->name, node->name);
		return -EINVAL;
	}
	if (count > SCST_PROC_MAX_WRITE) {
		pr_err("%s/%s: a command may have %lu bytes\n", node->dir->name,
		       node->name, SCST_PROC_MAX_WRITE);
		return -EOVERFLOW;
	}
	line = memdup_user_nul(ubuf, count);
	if (IS_ERR(line))
		return PTR_ERR(line);
	ret = scst_proc_line(node, line);
	kfree(line);
	return ret ? ret : count;
}

static const struct proc_ops scst_proc_ops = {
	.proc_open = scst_proc_open,
	.proc_read = seq_read,
	.proc_write = scst_proc_write,
	.proc_lseek = seq_lseek,
	.proc_release = single_release,
};

/**
 * scst_proc_run - execute a line that consists of a verb and arguments
 * @node: file it was written to
 * @line: text
 * @verbs: commands of the file
 *
 * Context: sleeps.
 * Return: 0, -EINVAL if it is no command, or the command's error.
 */
int scst_proc_run(struct scst_proc_node *node, char *line,
		  const struct scst_verb *verbs)
{
	const struct scst_verb *verb;
	struct scst_cmdline cl;
	const char *why;

	why = scst_cmdline_parse(&cl, line, verbs, &verb);
	if (why) {
		pr_err("%s/%s: %s: \"%s\"\n", node->dir->name, node->name, why,
		       cl.word);
		return -EINVAL;
	}
	return verb->run(node, &cl);
}

/* What proc would only complain about with a stack trace */
static bool scst_proc_name_valid(const char *name)
{
	return *name && strlen(name) < SCST_MAX_NAME && !strchr(name, '/') &&
	       strcmp(name, ".") && strcmp(name, "..");
}

/**
 * scst_proc_dir_alloc - prepare a directory
 * @parent: directory it will be in
 * @name: its name
 *
 * Context: may sleep.
 * Return: the directory, without files, or an ERR_PTR: -EINVAL for a name that
 * no directory can have, -ENOMEM.
 */
struct scst_proc_dir *scst_proc_dir_alloc(struct proc_dir_entry *parent,
					  const char *name)
{
	struct scst_proc_dir *dir;
	size_t len = strlen(name);

	if (!scst_proc_name_valid(name)) {
		pr_err("%s: no name for a directory in /proc\n", name);
		return ERR_PTR(-EINVAL);
	}
	dir = kzalloc(struct_size(dir, name, len + 1), GFP_KERNEL);
	if (!dir)
		return ERR_PTR(-ENOMEM);
	dir->parent = parent;
	INIT_LIST_HEAD(&dir->entry);
	memcpy(dir->name, name, len + 1);
	return dir;
}

/**
 * scst_proc_dir_file - add a file to a directory that is not visible yet
 * @dir: directory
 * @file: what the file does
 * @name: its name; NULL for the one in @file
 * @index: for @file's use
 * @writable: mode 0644 instead of 0444
 *
 * Context: any.
 * Return: 0, -EINVAL for an impossible or used name, -ENOSPC.
 */
int scst_proc_dir_file(struct scst_proc_dir *dir,
		       const struct scst_proc_file *file, const char *name,
		       unsigned int index, bool writable)
{
	struct scst_proc_node *node = &dir->nodes[dir->nr_nodes];
	unsigned int i;

	if (!name)
		name = file->name;
	if (dir->nr_nodes == SCST_PROC_NODES)
		return -ENOSPC;
	if (!scst_proc_name_valid(name) || strlen(name) >= sizeof(node->name))
		return -EINVAL;
	for (i = 0; i < dir->nr_nodes; i++)
		if (!strcmp(dir->nodes[i].name, name))
			return -EINVAL;
	node->file = file;
	node->dir = dir;
	node->index = index;
	node->writable = writable;
	strscpy(node->name, name, sizeof(node->name));
	dir->nr_nodes++;
	return 0;
}

static int scst_proc_dir_fill(struct scst_proc_dir *dir)
{
	struct scst_proc_node *node;
	unsigned int i;

	for (i = 0; i < dir->nr_nodes; i++) {
		node = &dir->nodes[i];
		if (!proc_create_data(node->name, node->writable ? 0644 : 0444,
				      dir->pde, &scst_proc_ops, node))
			return -ENOMEM;
	}
	return 0;
}

/**
 * scst_proc_dir_make - make a directory with its files visible
 * @dir: directory
 *
 * Context: may sleep; scst_mutex held, or nobody else knows it.
 * Return: 0 or -ENOMEM.
 */
int scst_proc_dir_make(struct scst_proc_dir *dir)
{
	int ret = -ENOMEM;

	dir->pde = proc_mkdir(dir->name, dir->parent);
	if (dir->pde)
		ret = scst_proc_dir_fill(dir);
	if (ret)
		pr_err("%s: no memory for its directory in /proc\n", dir->name);
	return ret;
}

/**
 * scst_proc_dir_find_locked - find a directory
 * @parent: directory it is in
 * @name: its name
 *
 * Context: scst_mutex held.
 * Return: the directory of a live object, or NULL.
 */
struct scst_proc_dir *scst_proc_dir_find_locked(struct proc_dir_entry *parent,
						const char *name)
{
	struct scst_proc_dir *dir;

	lockdep_assert_held(&scst_mutex);
	list_for_each_entry(dir, &scst_proc_dirs, entry)
		if (dir->live && dir->parent == parent &&
		    !strcmp(dir->name, name))
			return dir;
	return NULL;
}

/* Does a directory, perhaps a dead one, have the name? */
static bool scst_proc_dir_taken(const struct scst_proc_dir *dir)
{
	const struct scst_proc_dir *other;

	list_for_each_entry(other, &scst_proc_dirs, entry)
		if (other != dir && other->parent == dir->parent &&
		    !strcmp(other->name, dir->name))
			return true;
	return false;
}

static struct scst_proc_dir *scst_proc_dir_dead(void)
{
	struct scst_proc_dir *dir;

	list_for_each_entry(dir, &scst_proc_dirs, entry)
		if (!dir->live)
			return dir;
	return NULL;
}

/* The only place that removes directories, so it may drop the lock for it */
static void scst_proc_work_fn(struct work_struct *work)
{
	struct scst_proc_dir *dir;

	mutex_lock(&scst_mutex);
	while ((dir = scst_proc_dir_dead())) {
		mutex_unlock(&scst_mutex);
		proc_remove(dir->pde);
		mutex_lock(&scst_mutex);
		list_del(&dir->entry);
		kfree(dir);
	}
	list_for_each_entry(dir, &scst_proc_dirs, entry)
		if (!dir->pde)
			scst_proc_dir_make(dir);
	mutex_unlock(&scst_mutex);
}

static DECLARE_WORK(scst_proc_work, scst_proc_work_fn);

/**
 * scst_proc_dir_add_locked - show a directory
 * @dir: directory with its files; not the caller's any more after an error
 *
 * Context: scst_mutex held, may sleep.
 * Return: 0, -EEXIST if there is one of that name, -ENOMEM.
 */
int scst_proc_dir_add_locked(struct scst_proc_dir *dir)
{
	int ret = 0;

	lockdep_assert_held(&scst_mutex);
	if (scst_proc_dir_find_locked(dir->parent, dir->name)) {
		pr_err("%s: /proc has a directory of that name\n", dir->name);
		kfree(dir);
		return -EEXIST;
	}
	dir->live = true;
	list_add_tail(&dir->entry, &scst_proc_dirs);
	if (!scst_proc_dir_taken(dir))
		ret = scst_proc_dir_make(dir);
	if (ret)
		scst_proc_dir_del_locked(dir);
	return ret;
}

/**
 * scst_proc_dir_del_locked - the object of a directory is gone
 * @dir: directory; freed later
 *
 * Context: scst_mutex held.
 */
void scst_proc_dir_del_locked(struct scst_proc_dir *dir)
{
	lockdep_assert_held(&scst_mutex);
	dir->live = false;
	queue_work(scst_proc_wq, &scst_proc_work);
}

/**
 * scst_proc_settle - wait until the directories are as the objects are
 *
 * Context: sleeps; no locks held, and see rule 4 at the top.
 */
void scst_proc_settle(void)
{
	flush_work(&scst_proc_work);
}

/**
 * scst_proc_dirs_init - what directories that come and go need
 *
 * Context: module initialisation.
 * Return: 0 or -ENOMEM.
 */
int scst_proc_dirs_init(void)
{
	scst_proc_wq = alloc_ordered_workqueue("scst_proc", 0);
	return scst_proc_wq ? 0 : -ENOMEM;
}

/**
 * scst_proc_dirs_exit - remove all directories
 * @top: the one that all others are below, and which takes them along
 *
 * Context: module exit, or an initialisation that fails.
 */
void scst_proc_dirs_exit(struct scst_proc_dir *top)
{
	struct scst_proc_dir *dir, *next;

	destroy_workqueue(scst_proc_wq);
	proc_remove(top->pde);
	list_for_each_entry_safe(dir, next, &scst_proc_dirs, entry) {
		list_del(&dir->entry);
		kfree(dir);
	}
	kfree(top);
}
