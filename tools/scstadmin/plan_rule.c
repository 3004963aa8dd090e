// SPDX-License-Identifier: GPL-2.0
/*
 * Which step has to wait for which.  The rule for whoever changes his group: it
 * has what it shall have when he comes, and what it had until he has left.
 *
 * Who has no name in any group is in the group of his target or in Default, and
 * nobody knows where: for him, all of these count.
 */
#include <string.h>

#include "plan_priv.h"

/**
 * rule_wait() - a step comes after another one
 * @pl: the plan
 * @step: the step, or NONE
 * @other: the other one, or NONE
 */
void rule_wait(struct planner *pl, size_t step, size_t other)
{
	struct ids *after;
	size_t i;

	if (step == NONE || other == NONE || step == other)
		return;
	after = &pl->steps[step].after;
	for (i = 0; i < after->n; i++)
		if (after->id[i] == other)
			return;
	ids_add(after, other);
}

/* may a group be that of initiators without a name? */
static bool is_fallback(const struct planner *pl, size_t home)
{
	const char *name = goal_of(pl, home)->name;

	return !strcmp(name, GROUP_DEFAULT) || is_target_group(name);
}

/* the step after which such a group is what it shall be */
static size_t settled(const struct planner *pl, size_t home)
{
	const struct home *h = &pl->homes[home];

	if (h->goes)
		return h->vanishes != NONE ? h->vanishes : h->end;
	return h->live ? h->fill : h->appears;
}

/**
 * rule_wait_luns() - a step comes when a group has its LUNs
 * @pl: the plan
 * @step: the step, or NONE
 * @home: the group
 * @fill: step in which it gets them, or NONE
 *
 * Those that were to go before all steps have to be gone, too.
 */
void rule_wait_luns(struct planner *pl, size_t step, size_t home, size_t fill)
{
	const struct group *live = pl->homes[home].live;
	size_t i, id;

	rule_wait(pl, step, fill);
	for (i = 0; step != NONE && live && i < live->nluns; i++) {
		id = lun_taken(pl, home, live->luns[i].lun);
		if (id != NONE && !lun_stays(pl, home, &live->luns[i]))
			ids_add(&pl->steps[step].needs, id);
	}
}

/* is there any such group but this one, before or afterwards? */
static bool other_fallback(const struct planner *pl, size_t home, bool before)
{
	const struct home *h;
	size_t i;

	for (i = 0; i < pl->nhomes; i++) {
		h = &pl->homes[i];
		if (i != home && is_fallback(pl, i) &&
		    (before ? !!h->live : !h->goes))
			return true;
	}
	return false;
}

/* whoever only gets or loses a name in the group where he is all the time */
static bool stays(const struct planner *pl, size_t from, size_t to)
{
	if (from == NONE)
		return to == 0 && !other_fallback(pl, 0, true);
	return from == 0 && to == NONE && !other_fallback(pl, 0, false);
}

static void comes_to(struct planner *pl, size_t step, size_t to, size_t from)
{
	size_t i;

	if (to != NONE) {
		if (!stays(pl, from, to))
			rule_wait_luns(pl, step, to, pl->homes[to].fill);
		return;
	}
	for (i = 0; i < pl->nhomes; i++)
		if (i != from && is_fallback(pl, i))
			rule_wait_luns(pl, step, i, settled(pl, i));
}

static void leaves(struct planner *pl, size_t step, size_t from, size_t to)
{
	size_t i;

	if (from != NONE) {
		if (!stays(pl, from, to))
			rule_wait(pl, pl->homes[from].fill, step);
		rule_wait(pl, pl->homes[from].end, step);
		return;
	}
	for (i = 0; i < pl->nhomes; i++)
		if (i != to && is_fallback(pl, i))
			rule_wait(pl, settled(pl, i), step);
}

/* ------------------------------------------------------------------------- */
/* One name */

static void member_rules(struct planner *pl, const struct member *m)
{
	size_t arrives = m->enters != NONE ? m->enters : m->moves, i;

	rule_wait(pl, m->moves, m->before);
	rule_wait(pl, m->enters, m->moves);
	rule_wait(pl, m->later, arrives != NONE ? arrives : m->before);
	for (i = 0; i < pl->nhomes; i++) {
		if (pl->homes[i].goes)
			rule_wait(pl, pl->homes[i].end, m->before);
		else if (!pl->homes[i].live)
			rule_wait(pl, m->later, pl->homes[i].made == NONE ?
				 NONE : pl->homes[i].fill);
	}
	if (m->moves == NONE)
		return;
	comes_to(pl, m->moves, m->via != NONE ? m->via : m->to, m->from);
	leaves(pl, m->moves, m->from, m->to);
	if (m->via == NONE)
		return;
	comes_to(pl, m->enters, m->to, m->via);
	rule_wait(pl, pl->homes[m->via].end, m->enters);
}

/* ------------------------------------------------------------------------- */
/* Two names that may mean the same initiator: the first group has him */

#define STOPS_MAX 3

/**
 * struct path - the way of a name
 * @home: where it is, one after the other
 * @step: that leads there
 * @n: how many there are after the first one
 */
struct path {
	size_t home[STOPS_MAX];
	size_t step[STOPS_MAX];
	size_t n;
};

static struct path path_of(const struct member *m)
{
	struct path path = { .home = { m->from }, .step = { NONE } };

	if (m->via != NONE) {
		path.home[++path.n] = m->via;
		path.step[path.n] = m->moves;
		path.home[++path.n] = m->to;
		path.step[path.n] = m->enters;
	} else if (m->moves != NONE) {
		path.home[++path.n] = m->to;
		path.step[path.n] = m->moves;
	}
	return path;
}

/**
 * struct pair - two names, and the groups of an initiator that both mean
 * @a: way of the one
 * @b: way of the other one
 * @from: his group before
 * @to: his group afterwards
 * @reach: a good order: where @b is when @a goes on from each of its stops
 */
struct pair {
	struct path a;
	struct path b;
	size_t from;
	size_t to;
	size_t reach[STOPS_MAX];
};

static size_t group_at(const struct pair *p, size_t i, size_t j)
{
	return p->a.home[i] < p->b.home[j] ? p->a.home[i] : p->b.home[j];
}

static bool is_room(const struct planner *pl, size_t home, size_t of)
{
	return home != NONE && of != NONE && pl->homes[of].room == home;
}

/*
 * A name that has not moved yet holds him where he was, one that has arrived
 * where he will be: only then the group is what it was, or what it will be.
 */
static bool holds(const struct path *path, size_t i, size_t home, bool before)
{
	return i == (before ? 0 : path->n) && path->home[i] == home;
}

/* whenever the one is here, and the other one there, he must be where he may */
static bool is_good(const struct planner *pl, const struct pair *p, size_t i,
		    size_t j)
{
	size_t home = group_at(p, i, j);

	return (home == p->from && (holds(&p->a, i, home, true) ||
				    holds(&p->b, j, home, true))) ||
	       (home == p->to && (holds(&p->a, i, home, false) ||
				  holds(&p->b, j, home, false))) ||
	       is_room(pl, home, p->to);
}

static bool find_order(const struct planner *pl, struct pair *p, size_t i,
		       size_t j)
{
	if (!is_good(pl, p, i, j))
		return false;
	p->reach[i] = j;
	if (i == p->a.n && j == p->b.n)
		return true;
	if (i < p->a.n && find_order(pl, p, i + 1, j))
		return true;
	if (j == p->b.n)
		return false;
	return find_order(pl, p, i, j + 1);
}

/* go around what is not good on the same side as the order that was found */
static void avoid(struct planner *pl, const struct pair *p, size_t i, size_t j)
{
	if (is_good(pl, p, i, j))
		return;
	if (p->reach[i] < j)
		rule_wait(pl, p->b.step[j], p->a.step[i + 1]);
	else
		rule_wait(pl, p->a.step[i], p->b.step[j + 1]);
}

/* a name that stays has him before or afterwards, the other one the other time */
static void stays_rules(struct planner *pl, const struct pair *p,
			const struct path *moves, size_t stays)
{
	size_t last = p->from, home, i;

	for (i = 1; i <= moves->n && p->from != p->to; i++) {
		home = moves->home[i] < stays ? moves->home[i] : stays;
		if (home == stays && stays == p->to && last != home)
			comes_to(pl, moves->step[i], stays, p->from);
		if (last == stays && stays == p->from && last != home)
			leaves(pl, moves->step[i], stays, p->to);
		last = home;
	}
}

/* a name that moves: where he was or will be may be because of the other one */
static void moves_rules(struct planner *pl, const struct pair *p,
			const struct path *moves)
{
	if (!moves->n || p->from == p->to)
		return;
	if (moves->home[0] == p->from)
		leaves(pl, moves->step[1], p->from, p->to);
	if (moves->home[moves->n] == p->to)
		comes_to(pl, moves->step[moves->n], p->to, p->from);
}

static void pair_rules(struct planner *pl, const struct member *a,
		       const struct member *b)
{
	struct pair p = { .a = path_of(a), .b = path_of(b) };
	size_t i, j;

	p.from = group_at(&p, 0, 0);
	p.to = group_at(&p, p.a.n, p.b.n);
	if (!find_order(pl, &p, 0, 0)) {
		pl->safe = true;
		return;
	}
	for (i = 0; i <= p.a.n; i++)
		for (j = 0; j <= p.b.n; j++)
			avoid(pl, &p, i, j);
	moves_rules(pl, &p, &p.a);
	moves_rules(pl, &p, &p.b);
	if (!p.a.n)
		stays_rules(pl, &p, &p.b, p.a.home[0]);
	if (!p.b.n)
		stays_rules(pl, &p, &p.a, p.b.home[0]);
}

static bool counts(const struct member *m)
{
	return m->from != NONE || m->to != NONE;
}

static void overlap_rules(struct planner *pl)
{
	const struct member *a, *b;
	size_t i, j;

	for (i = 0; i < pl->nmembers; i++) {
		a = &pl->members[i];
		for (j = 0; j < i && counts(a); j++) {
			b = &pl->members[j];
			if (counts(b) && a->moves != b->moves &&
			    names_overlap(a->name, b->name))
				pair_rules(pl, a, b);
		}
	}
}

/* ------------------------------------------------------------------------- */
/* Groups of targets, and those that are made again */

static void appear_rules(struct planner *pl, size_t home)
{
	const struct home *h = &pl->homes[home];
	const char *name = goal_of(pl, home)->name;
	size_t i;

	rule_wait(pl, h->appears, h->fill);
	if (is_fallback(pl, home))
		rule_wait(pl, pl->homes[0].fill, h->appears);
	for (i = 0; i < home; i++)
		if (pl->homes[i].goes && !strcmp(goal_of(pl, i)->name, name))
			rule_wait(pl, h->appears, pl->homes[i].end);
}

static void end_rules(struct planner *pl, size_t home)
{
	rule_wait(pl, pl->homes[home].end, pl->homes[home].vanishes);
	if (is_fallback(pl, home))
		rule_wait_luns(pl, settled(pl, home), 0, pl->homes[0].fill);
}

/**
 * rules_make() - find out which step has to wait for which
 * @pl: the plan
 */
void rules_make(struct planner *pl)
{
	size_t i;

	for (i = 0; i < pl->nmembers; i++)
		member_rules(pl, &pl->members[i]);
	overlap_rules(pl);
	for (i = 0; i < pl->nhomes; i++) {
		if (pl->homes[i].goes)
			end_rules(pl, i);
		else if (!pl->homes[i].live)
			appear_rules(pl, i);
	}
}
