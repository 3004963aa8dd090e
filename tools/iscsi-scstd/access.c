// SPDX-License-Identifier: GPL-2.0
/*
 * Restrictions by address: the deny and allow files.
 *
 * Both are looked at before each use, so that an edit applies at once; they are
 * only read again if they have changed.  Whatever is not understood or cannot
 * be read makes the answer stricter: an unknown part of the deny file refuses,
 * one of the allow file permits nothing.
 *
 * The first line for a target is the only one that counts, as it always was.
 * So there is at most one rule for a name, and none behind the first that is
 * for all targets.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "access.h"
#include "conf.h"
#include "log.h"
#include "pdu.h"
#include "strnum.h"
#include "util.h"

#define ACCESS_FILE_MAX (16 << 20)
#define COMPLAINTS_MAX 20
/* the coarsest time stamps of file systems in use */
#define SETTLED_NS 2000000000ll
#define BLANKS " \t\r\v\f"

__printf(3, 4)
static void complain(struct access_file *file, unsigned int line,
		     const char *fmt, ...)
{
	char reason[512];
	va_list ap;

	if (++file->complaints > COMPLAINTS_MAX)
		return;
	va_start(ap, fmt);
	vsnprintf(reason, sizeof(reason), fmt, ap);
	va_end(ap);
	log_warn("%s:%u: %s", file->path, line, reason);
	if (file->complaints == COMPLAINTS_MAX)
		log_warn("%s: too many problems, no more are shown",
			 file->path);
}

static void complain_broken(struct access_file *file, unsigned int line,
			    const char *text, const char *what)
{
	complain(file, line, "'%.100s' is not %s: %s", text, what,
		 file->deny ? "the line refuses everybody" :
			      "it permits nobody");
}

/* Return: @text without blanks at both ends */
static char *trim(char *text)
{
	char *end;

	text += strspn(text, BLANKS);
	end = text + strlen(text);
	while (end > text && strchr(BLANKS, end[-1]))
		*--end = '\0';
	return text;
}

/* a network of IPv4-mapped addresses is one of IPv4, as its addresses are */
static int parse_prefix(const char *text, bool mapped,
			struct access_item *item)
{
	unsigned int hidden = mapped ? 96 : 0;
	uint64_t prefix;

	if (!*text || text[strspn(text, "0123456789")] ||
	    strnum_text(text, &prefix) || prefix < hidden ||
	    prefix - hidden > ipaddr_bits(&item->net))
		return -EINVAL;
	item->prefix = prefix - hidden;
	return 0;
}

static int parse_item(char *text, struct access_item *item)
{
	char *prefix = strchr(text, '/');

	memset(item, 0, sizeof(*item));
	if (!strcasecmp(text, "ALL"))
		return 0;
	if (prefix)
		*prefix++ = '\0';
	if (ipaddr_parse_host(&item->net, text))
		return -EINVAL;
	item->prefix = ipaddr_bits(&item->net);
	if (!prefix)
		return 0;
	return parse_prefix(prefix, item->net.family == AF_INET &&
			    strchr(text, ':'), item);
}

/* room for one more; the size is that of the next power of two */
static void *grow(void *array, unsigned int n, size_t size)
{
	if (n & (n - 1))
		return array;
	return realloc(array, (n ? 2 * (size_t)n : 1) * size);
}

static int add_item(struct access_rule *rule, const struct access_item *item)
{
	struct access_item *more = grow(rule->items, rule->nitems,
					sizeof(*more));

	if (!more)
		return -ENOMEM;
	rule->items = more;
	rule->items[rule->nitems++] = *item;
	return 0;
}

static int parse_items(struct access_file *file, struct access_rule *rule,
		       char *list)
{
	struct access_item item;
	char *text, shown[101];
	int ret = 0;

	while (!ret && (text = strsep(&list, ",")) != NULL) {
		text = trim(text);
		snprintf(shown, sizeof(shown), "%.100s", text);
		if (!parse_item(text, &item)) {
			ret = add_item(rule, &item);
			continue;
		}
		rule->broken = true;
		complain_broken(file, rule->line, shown,
				"an address or network");
	}
	return ret;
}

static int add_rule(struct access_file *file, const struct access_rule *rule)
{
	struct access_rule *more = grow(file->rules, file->nrules,
					sizeof(*more));

	if (!more)
		return -ENOMEM;
	file->rules = more;
	file->rules[file->nrules++] = *rule;
	return 0;
}

/*
 * Whom a line with an unreadable target was to keep out, or to let in, is not
 * known: it decides for all.  To pass over it might let the next line permit
 * what this one was to prevent.
 */
static int parse_target(struct access_file *file, struct access_rule *rule,
			const char *target)
{
	if (!strcasecmp(target, "ALL"))
		return 0;
	if (strlen(target) > ISCSI_NAME_MAX || strpbrk(target, "*?/,\\\"'")) {
		complain_broken(file, rule->line, target, "a target name");
		rule->broken = true;
		return 0;
	}
	rule->target = strdup(target);
	return rule->target ? 0 : -ENOMEM;
}

static void free_rule(struct access_rule *rule)
{
	free(rule->target);
	free(rule->items);
}

static int parse_rule(struct access_file *file, struct access_rule *rule,
		      char *text)
{
	char *list = text + strcspn(text, BLANKS);
	int ret;

	if (*list)
		*list++ = '\0';
	list = trim(list);
	ret = parse_target(file, rule, text);
	if (!ret && (rule->target || !rule->broken))
		ret = parse_items(file, rule, list);
	return ret ? ret : add_rule(file, rule);
}

static int parse_line(struct access_file *file, unsigned int number,
		      char *line, size_t len)
{
	struct access_rule rule = { .line = number };
	char *text;
	int ret;

	if (memchr(line, '\0', len)) {
		complain_broken(file, number, line, "text");
		rule.broken = true;
		return add_rule(file, &rule);
	}
	text = trim(line);
	if (!*text || *text == '#')
		return 0;
	ret = parse_rule(file, &rule, text);
	if (ret)
		free_rule(&rule);
	return ret;
}

/* by name, the one for all targets last, and then as in the file */
static int compare_rules(const void *a, const void *b)
{
	const struct access_rule *x = a, *y = b;
	int order;

	if (!x->target || !y->target)
		order = !x->target - !y->target;
	else
		order = strcasecmp(x->target, y->target);
	return order ? order : (x->line > y->line) - (x->line < y->line);
}

/* Return: the rule that decides before @rule can, or NULL */
static const struct access_rule *shadow_of(const struct access_rule *rule,
					   const struct access_rule *former,
					   const struct access_rule *all)
{
	if (all && all->line < rule->line)
		return all;
	if (former && rule->target && former->target &&
	    !strcasecmp(former->target, rule->target))
		return former;
	return NULL;
}

/* sorts the rules, and takes those out that can never decide anything */
static void order_rules(struct access_file *file)
{
	const struct access_rule *shadow, *former = NULL;
	struct access_rule *rules = file->rules;
	struct access_rule *all = NULL;
	struct access_rule first;
	unsigned int i, n = 0;

	if (!file->nrules)
		return;
	qsort(rules, file->nrules, sizeof(*rules), compare_rules);
	for (i = file->nrules; i && !rules[i - 1].target; i--)
		all = &rules[i - 1];
	if (all) {
		/* it moves while the array is packed */
		first = *all;
		all = &first;
	}
	for (i = 0; i < file->nrules; i++) {
		shadow = shadow_of(&rules[i], former, all);
		if (shadow) {
			complain(file, rules[i].line,
				 "is never used, line %u decides before",
				 shadow->line);
			free_rule(&rules[i]);
			continue;
		}
		rules[n] = rules[i];
		former = &rules[n++];
	}
	file->nrules = n;
}

static void drop_rules(struct access_file *file)
{
	while (file->nrules)
		free_rule(&file->rules[--file->nrules]);
	free(file->rules);
	file->rules = NULL;
}

static int parse_text(struct access_file *file)
{
	char *copy = malloc(file->len + 1);
	char *pos = copy, *end, *eol;
	unsigned int line = 0;
	int ret = 0;

	if (!copy)
		return -ENOMEM;
	memcpy(copy, file->text, file->len);
	end = copy + file->len;
	file->complaints = 0;
	while (!ret && pos < end) {
		eol = memchr(pos, '\n', end - pos);
		if (!eol)
			eol = end;
		*eol = '\0';
		ret = parse_line(file, ++line, pos, eol - pos);
		pos = eol + 1;
	}
	free(copy);
	if (!ret)
		order_rules(file);
	return ret;
}

/* takes over @text */
static int use_text(struct access_file *file, char *text, size_t len)
{
	int ret;

	if (!file->error && file->text && len == file->len &&
	    !memcmp(text, file->text, len)) {
		free(text);
		return 0;
	}
	drop_rules(file);
	free(file->text);
	file->text = text;
	file->len = len;
	ret = parse_text(file);
	if (!ret)
		log_info("%s: read, rules for %u targets", file->path,
			 file->nrules);
	return ret;
}

static int64_t stamp_ns(const struct timespec *ts)
{
	return ts->tv_sec * 1000000000ll + ts->tv_nsec;
}

static bool has_settled(const struct stat *st)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return stamp_ns(&now) - stamp_ns(&st->st_mtim) >= SETTLED_NS &&
	       stamp_ns(&now) - stamp_ns(&st->st_ctim) >= SETTLED_NS;
}

static int read_file(struct access_file *file, int fd)
{
	char *text;
	ssize_t n;

	/* before the content: what is written meanwhile has a later stamp */
	if (fstat(fd, &file->id))
		return -errno;
	file->settled = has_settled(&file->id);
	if (!S_ISREG(file->id.st_mode))
		return -EINVAL;
	if (file->id.st_size > ACCESS_FILE_MAX)
		return -EFBIG;
	text = malloc(file->id.st_size + 1);
	if (!text)
		return -ENOMEM;
	n = conf_read(fd, text, file->id.st_size);
	if (n < 0) {
		free(text);
		return n;
	}
	return use_text(file, text, n);
}

static int open_file(struct access_file *file)
{
	int fd, ret;

	fd = open(file->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return -errno;
	ret = read_file(file, fd);
	close(fd);
	return ret;
}

/* Return: true if the file that was read is still the one that is there */
static bool is_current(const struct access_file *file)
{
	const struct stat *old = &file->id;
	struct stat st;

	return !file->error && file->settled && !stat(file->path, &st) &&
	       st.st_dev == old->st_dev && st.st_ino == old->st_ino &&
	       st.st_size == old->st_size &&
	       stamp_ns(&st.st_mtim) == stamp_ns(&old->st_mtim) &&
	       /* the right to read it may have gone */
	       stamp_ns(&st.st_ctim) == stamp_ns(&old->st_ctim);
}

static void report_error(const struct access_file *file, int former)
{
	if (!file->error || file->error == former)
		return;
	if (file->error != -ENOENT)
		log_err("%s: %s: %s", file->path, strerror(-file->error),
			file->deny ? "all targets are refused to everybody" :
				     "it permits nobody");
	else if (!former)
		log_info("%s: is gone, its rules with it", file->path);
}

static int refresh(struct access_file *file)
{
	int former = file->error;

	if (!file->path || is_current(file))
		return 0;
	file->error = open_file(file);
	report_error(file, former);
	if (file->error) {
		drop_rules(file);
		free(file->text);
		file->text = NULL;
	}
	return file->error == -ENOENT ? 0 : file->error;
}

/**
 * access_init() - prepare for the first access_refresh()
 * @access: the rules
 * @allow: name of the file with those to let in, NULL for none
 * @deny: name of the file with those to keep out, NULL for none
 */
void access_init(struct access *access, const char *allow, const char *deny)
{
	memset(access, 0, sizeof(*access));
	access->allow.path = allow;
	access->allow.error = -ENOENT;
	access->deny.path = deny;
	access->deny.error = -ENOENT;
	access->deny.deny = true;
}

static void fini(struct access_file *file)
{
	drop_rules(file);
	free(file->text);
	file->text = NULL;
}

/**
 * access_fini() - release the rules
 * @access: the rules; access_init() is due before they are used again
 */
void access_fini(struct access *access)
{
	fini(&access->allow);
	fini(&access->deny);
}

/**
 * access_refresh() - read the files again if they have changed
 * @access: the rules
 *
 * To be called before each group of access_permits().  Messages are about
 * changes, so peers cannot cause any.
 *
 * Return: 0, or a negative errno, after a message, if there is a file that
 * cannot be read.  The rules are usable in any case, but stricter then.
 */
int access_refresh(struct access *access)
{
	int deny = refresh(&access->deny);
	int allow = refresh(&access->allow);

	return deny ? deny : allow;
}

static int compare_name(const void *name, const void *rule)
{
	return strcasecmp(name, ((const struct access_rule *)rule)->target);
}

static const struct access_rule *find_rule(const struct access_file *file,
					   const char *target)
{
	const struct access_rule *rule = NULL, *all = NULL;
	unsigned int n = file->nrules;

	if (n && !file->rules[n - 1].target)
		all = &file->rules[--n];
	if (n)
		rule = bsearch(target, file->rules, n, sizeof(*rule),
			       compare_name);
	return rule ? rule : all;
}

static bool item_matches(const struct access_item *item,
			 const struct ipaddr *peer)
{
	return item->net.family == AF_UNSPEC ||
	       ipaddr_in_net(peer, &item->net, item->prefix);
}

static bool file_matches(const struct access_file *file, const char *target,
			 const struct ipaddr *peer)
{
	const struct access_rule *rule;
	unsigned int i;

	if (file->error)
		return file->deny && file->error != -ENOENT;
	rule = find_rule(file, target);
	if (!rule)
		return false;
	if (rule->broken && file->deny)
		return true;
	for (i = 0; i < rule->nitems; i++)
		if (item_matches(&rule->items[i], peer))
			return true;
	return false;
}

/**
 * access_permits() - may an initiator use a target?
 * @access: the rules, refreshed
 * @target: name of the target
 * @peer: address of the initiator
 *
 * Return: false if the deny file has it and the allow file does not.
 */
bool access_permits(const struct access *access, const char *target,
		    const struct ipaddr *peer)
{
	return !file_matches(&access->deny, target, peer) ||
	       file_matches(&access->allow, target, peer);
}
