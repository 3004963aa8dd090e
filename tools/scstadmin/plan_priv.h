/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A plan in the making, and the functions of each file that makes it:
 *
 *   plan.c         from beginning to end
 *   plan_device.c  what becomes of devices, and the actions for it
 *   plan_goal.c    what the groups are to be: what differs, and what of it may
 *   plan_step.c    the actions for that, in steps
 *   plan_rule.c    which step has to wait for which
 *   plan_order.c   an order in which that is so
 *   plan_safe.c    instead of these three, if there is no such order: longer
 */
#ifndef SCSTADMIN_PLAN_PRIV_H
#define SCSTADMIN_PLAN_PRIV_H

#include "plan.h"

#define FORCE_HINT "-ForceConfig"
#define NONE SIZE_MAX	/* no home, step or action */

/**
 * struct ids - a list of numbers
 * @id: the numbers
 * @n: how many
 */
struct ids {
	size_t *id;
	size_t n;
};

/* What becomes of a device that is wanted */
enum wanted_state {
	WANTED_SAME,		/* is there */
	WANTED_DIFFERENT,	/* is there, and has to stay as it is */
	WANTED_OPEN,		/* will be there */
	WANTED_REOPEN,		/* closed and opened again */
	WANTED_ASSIGN,		/* gets another handler */
	WANTED_T10_ID,		/* gets another T10 identifier */
	WANTED_FAILED,		/* cannot be had */
};

/* What becomes of a device that exists */
enum live_state {
	LIVE_STAYS,
	LIVE_CLOSES_EARLY,	/* it is in the way of one that opens */
	LIVE_CLOSES_LATE,	/* when no LUN has it any more */
};

/**
 * struct home - a group of the kernel, while the plan is carried out
 * @live: what it is; NULL: it is created
 * @name: what it is called now
 * @named: where in the plan the action is that calls it so, NONE: before it
 * @goes: it is deleted
 * @room: group in which some wait until this one has changed, or NONE
 * @made: action that creates it
 * @fill: step in which its LUNs become what they shall be
 * @appears: step in which it gets its name, if it has not had it before
 * @vanishes: step in which it loses the name of a group of a target, if it
 *	has sessions because of that
 * @end: step in which it is deleted
 *
 * What it is to be is in planner->goal, under the same number.  The numbers are
 * the order in which the kernel has the groups: that of their creation.
 */
struct home {
	const struct group *live;
	char *name;
	size_t named;
	bool goes;
	size_t room;
	size_t made;
	size_t fill;
	size_t appears;
	size_t vanishes;
	size_t end;
};

/**
 * struct member - a name, in whichever groups
 * @name: initiator name or pattern
 * @line: in the file
 * @from: home that counts before: the first one that has it; NONE: it has
 *	none, and the group of the target or Default counts
 * @to: likewise afterwards
 * @via: home in between, or NONE
 * @before: step that takes it out of groups where it does not count
 * @moves: step that leads from @from, to @via if there is one, or else to @to
 * @enters: step that leads from @via to @to
 * @later: step that puts it into groups where it will not count
 */
struct member {
	const char *name;
	unsigned int line;
	size_t from;
	size_t to;
	size_t via;
	size_t before;
	size_t moves;
	size_t enters;
	size_t later;
};

/**
 * struct step - actions that are done one after the other
 * @actions: their numbers
 * @after: steps that have to be done first, and without which it is not done
 * @needs: actions that have to succeed first, besides
 * @needed: actions of it without which those that wait for it are not done
 * @done: it has its place
 */
struct step {
	struct ids actions;
	struct ids after;
	struct ids needs;
	struct ids needed;
	bool done;
};

/**
 * struct planner - a plan in the making
 * @plan: the plan
 * @live: what is
 * @wanted: what shall be
 * @report: messages
 * @force: removals are allowed
 * @wrong: @wanted refers to what does not exist
 * @safe: plan_safe.c makes the steps: there is no other order
 * @wdev: state of each wanted device
 * @ready: action after which each wanted device is there
 * @ldev: state of each live device
 * @closed: action that closes each live device
 * @freed: for each live device, actions that take LUNs of it away
 * @homes: groups of the kernel
 * @nhomes: how many
 * @goal: what they are to be
 * @members: names
 * @nmembers: how many
 * @first: actions that come before all steps
 * @steps: steps
 * @nsteps: how many
 * @last: actions that come after all steps
 * @group_of: for each action, the home that its group is, or NONE
 * @to_of: likewise for a group that names move to
 * @nrefs: length of both
 * @temp: number of the last temporary name
 */
struct planner {
	struct plan *plan;
	const struct model *live;
	const struct model *wanted;
	struct report *report;
	bool force;
	bool wrong;
	bool safe;
	enum wanted_state *wdev;
	size_t *ready;
	enum live_state *ldev;
	size_t *closed;
	struct ids *freed;
	struct home *homes;
	size_t nhomes;
	struct model goal;
	struct member *members;
	size_t nmembers;
	struct ids first;
	struct step *steps;
	size_t nsteps;
	struct ids last;
	size_t *group_of;
	size_t *to_of;
	size_t nrefs;
	unsigned int temp;
};

/* plan.c */
__printf(4, 5)
void say(struct planner *pl, enum report_level level, unsigned int line,
	 const char *fmt, ...);
void ids_add(struct ids *ids, size_t id);
void ids_free(struct ids *ids);
size_t act(struct planner *pl, enum action_type type, size_t home,
	   const char *name);
struct action *action_nr(const struct planner *pl, size_t id);
struct group *goal_of(const struct planner *pl, size_t home);

/* plan_device.c */
void devices_judge_wanted(struct planner *pl);
void devices_judge_live(struct planner *pl);
bool device_usable(const struct planner *pl, const char *name, size_t *ready);
void device_freed(struct planner *pl, const char *name, size_t action);
void devices_first(struct planner *pl);
void devices_last(struct planner *pl);

/* plan_goal.c */
void goal_make(struct planner *pl);
void goal_insert_room(struct planner *pl, size_t home);
size_t goal_add_temp(struct planner *pl, size_t home, bool before);
char *goal_temp_name(struct planner *pl);

/* plan_step.c */
void steps_make(struct planner *pl);
void steps_begin(struct planner *pl);
void steps_free(struct planner *pl);
size_t step_add(struct planner *pl);
void step_fill(struct planner *pl, size_t home);
bool is_temp_home(const struct planner *pl, size_t home);
bool lun_stays(const struct planner *pl, size_t home, const struct lun *now);
size_t lun_taken(const struct planner *pl, size_t home, uint32_t lun);

/* plan_rule.c */
void rules_make(struct planner *pl);
void rule_wait(struct planner *pl, size_t step, size_t other);
void rule_wait_luns(struct planner *pl, size_t step, size_t home, size_t fill);

/* plan_safe.c */
void safe_make(struct planner *pl);

/* plan_order.c */
bool order_make(struct planner *pl);

#endif
