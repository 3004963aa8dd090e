/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Private to proc/: directories and files of /proc/scsi_tgt.
 */
#ifndef _SCST_PROC_PRIV_H
#define _SCST_PROC_PRIV_H

#include "../core/core_priv.h"
#include "cmdline.h"

struct proc_dir_entry;
struct seq_file;
struct scst_proc_dir;
struct scst_proc_node;

#define SCST_PROC_NODES		12	/* files in one directory */

/**
 * struct scst_proc_file - what a file does
 * @name: its name, unless scst_proc_dir_file() is given another one
 * @show: prints it.  Takes scst_mutex itself.
 * @write: executes one line, cleaned; 0 or a negative errno, and then it has
 *	said why.  Optional.
 */
struct scst_proc_file {
	const char *name;
	int (*show)(struct seq_file *m, const struct scst_proc_node *node);
	int (*write)(struct scst_proc_node *node, char *line);
};

/**
 * struct scst_proc_node - one file of one directory
 * @file: what it does
 * @dir: directory
 * @index: for @file's use
 * @writable: mode 0644 instead of 0444
 * @name: file name
 */
struct scst_proc_node {
	const struct scst_proc_file *file;
	struct scst_proc_dir *dir;
	unsigned int index;
	bool writable;
	char name[SCST_MAX_DEV_NAME];
};

struct scst_trace_token {
	const char *name;
	u32 bit;
};

/**
 * struct scst_proc_dir - a directory that comes and goes
 * @parent: directory it is in
 * @pde: NULL until it can be made
 * @live: the object it stands for exists
 * @trace: mask of its trace_level
 * @trace_default: the mask it starts with
 * @tokens: tokens of its own for @trace, may be NULL
 * @entry: in the list of all directories
 * @nr_nodes: files
 * @nodes: files
 * @name: directory name; group, handler or target driver name
 *
 * Everything is under scst_mutex, except that @name and @nodes stay as they are
 * once the directory is visible.
 */
struct scst_proc_dir {
	struct proc_dir_entry *parent;
	struct proc_dir_entry *pde;
	bool live;
	u32 trace;
	u32 trace_default;
	const struct scst_trace_token *tokens;
	struct list_head entry;
	unsigned int nr_nodes;
	struct scst_proc_node nodes[SCST_PROC_NODES];
	char name[];
};

/* dir.c */
extern struct proc_dir_entry *scst_proc_root;
extern struct proc_dir_entry *scst_proc_groups;
struct scst_proc_dir *scst_proc_dir_alloc(struct proc_dir_entry *parent,
					  const char *name);
int scst_proc_dir_file(struct scst_proc_dir *dir,
		       const struct scst_proc_file *file, const char *name,
		       unsigned int index, bool writable);
int scst_proc_dir_make(struct scst_proc_dir *dir);
int scst_proc_dir_add_locked(struct scst_proc_dir *dir);
void scst_proc_dir_del_locked(struct scst_proc_dir *dir);
struct scst_proc_dir *scst_proc_dir_find_locked(struct proc_dir_entry *parent,
						const char *name);
int scst_proc_run(struct scst_proc_node *node, char *line,
		  const struct scst_verb *verbs);
void scst_proc_settle(void);
int scst_proc_dirs_init(void);
void scst_proc_dirs_exit(struct scst_proc_dir *top);

/* scsi_tgt.c */
extern const struct scst_proc_file scst_proc_scsi_tgt;

/* groups.c */
int scst_proc_group_added(struct scst_group *group);
void scst_proc_group_removed(struct scst_group *group);

/* drivers.c */
int scst_proc_handler_added(struct scst_handler *handler);
void scst_proc_handler_removed(struct scst_handler *handler);
int scst_proc_tgt_driver_added(const struct scst_tgt_ops *ops);
void scst_proc_tgt_driver_removed(const struct scst_tgt_ops *ops);

/* misc.c */
extern const struct scst_proc_file scst_proc_help;
extern const struct scst_proc_file scst_proc_version;
extern const struct scst_proc_file scst_proc_sessions;
extern const struct scst_proc_file scst_proc_group_order;
extern const struct scst_proc_file scst_proc_sgv;
extern const struct scst_proc_file scst_proc_threads;

/* trace.c */
extern const struct scst_proc_file scst_proc_trace_level;
void scst_proc_trace_core(struct scst_proc_dir *dir);
void scst_proc_trace_driver(struct scst_proc_dir *dir);

#endif /* _SCST_PROC_PRIV_H */
