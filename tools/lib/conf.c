// SPDX-License-Identifier: GPL-2.0
/*
 * Lexer of "key value" configuration files.  Knows lines, comments, keys and
 * values; what a key means is its caller's business.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf.h"
#include "log.h"

#define CONF_FILE_MAX (64 << 20)
#define CONF_ERRORS_MAX 50
#define CONF_BLANKS " \t\r\v\f"

/**
 * conf_error() - report what is wrong with a line
 * @line: the line
 * @fmt: reason
 *
 * Return: -EINVAL, for the caller to pass on.
 */
int conf_error(const struct conf_line *line, const char *fmt, ...)
{
	char reason[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(reason, sizeof(reason), fmt, ap);
	va_end(ap);
	log_err("%s:%u: %s", line->file, line->line, reason);
	return -EINVAL;
}

/**
 * conf_word() - split the next word off a value
 * @rest: moves behind the word and the blanks after it
 *
 * Return: the word, or NULL if there is none.
 */
char *conf_word(char **rest)
{
	char *word = *rest + strspn(*rest, CONF_BLANKS);
	char *end;

	if (!*word)
		return NULL;
	end = word + strcspn(word, CONF_BLANKS);
	if (*end)
		*end++ = '\0';
	*rest = end + strspn(end, CONF_BLANKS);
	return word;
}

/**
 * conf_item() - split the next item off a list that commas separate
 * @rest: moves behind the item and its comma; NULL after the last one
 *
 * Return: the item without blanks around it, maybe empty, or NULL if there is
 * none.
 */
char *conf_item(char **rest)
{
	char *item = strsep(rest, ","), *end;

	if (!item)
		return NULL;
	item += strspn(item, CONF_BLANKS);
	end = item + strlen(item);
	while (end > item && strchr(CONF_BLANKS, end[-1]))
		*--end = '\0';
	return item;
}

/* key and value are separated by blanks, by '=', or by both */
static void conf_split(struct conf_line *line, char *text)
{
	char *p = text + strcspn(text, CONF_BLANKS "=");
	char *end = text + strlen(text);
	char *value;

	value = p + strspn(p, CONF_BLANKS);
	if (*value == '=')
		value++;
	value += strspn(value, CONF_BLANKS);
	*p = '\0';
	while (end > value && strchr(CONF_BLANKS, end[-1]))
		*--end = '\0';
	line->key = text;
	line->value = value;
}

static int conf_parse_line(struct conf_line *line, char *text, size_t len,
			   conf_fn fn, void *arg)
{
	if (len > CONF_LINE_MAX)
		return conf_error(line, "line is longer than %d bytes",
				  CONF_LINE_MAX);
	if (memchr(text, '\0', len))
		return conf_error(line, "line contains a NUL byte");
	text[len] = '\0';
	text += strspn(text, CONF_BLANKS);
	if (!*text || *text == '#')
		return 0;
	conf_split(line, text);
	if (!*line->key)
		return conf_error(line, "line begins with '='");
	return fn(arg, line);
}

/**
 * conf_parse_buf() - parse the text of a configuration file
 * @file: its name, for messages
 * @buf: the text, is modified; has room for one byte more than @len
 * @len: of the text
 * @fn: called for each line; reports its errors with conf_error()
 * @arg: for @fn
 *
 * Errors do not end the parse, so that all of them are reported at once.
 *
 * Return: 0, or -EINVAL if there was any error.
 */
int conf_parse_buf(const char *file, char *buf, size_t len, conf_fn fn,
		   void *arg)
{
	struct conf_line line = { .file = file };
	char *end = buf + len;
	int errors = 0;
	char *eol;

	while (buf < end) {
		line.line++;
		eol = memchr(buf, '\n', end - buf);
		if (!eol)
			eol = end;
		if (conf_parse_line(&line, buf, eol - buf, fn, arg) &&
		    ++errors == CONF_ERRORS_MAX) {
			log_err("%s: too many errors", file);
			break;
		}
		buf = eol + 1;
	}
	return errors ? -EINVAL : 0;
}

/**
 * conf_read() - read a file to its end
 * @fd: the file
 * @buf: result
 * @len: of @buf; what is beyond is left
 *
 * Return: bytes read, or a negative errno.
 */
ssize_t conf_read(int fd, char *buf, size_t len)
{
	size_t done = 0;
	ssize_t n;

	while (done < len) {
		n = read(fd, buf + done, len - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			break;
		done += n;
	}
	return done;
}

static int conf_load(int fd, const char *file, conf_fn fn, void *arg)
{
	struct stat st;
	ssize_t ret;
	char *buf;

	if (fstat(fd, &st))
		return -errno;
	if (!S_ISREG(st.st_mode)) {
		log_err("%s: not a regular file", file);
		return -EINVAL;
	}
	if (st.st_size > CONF_FILE_MAX)
		return -EFBIG;
	buf = malloc(st.st_size + 1);
	if (!buf)
		return -ENOMEM;
	ret = conf_read(fd, buf, st.st_size);
	if (ret >= 0)
		ret = conf_parse_buf(file, buf, ret, fn, arg);
	/* there may have been passwords in it */
	explicit_bzero(buf, st.st_size + 1);
	free(buf);
	return ret;
}

/**
 * conf_parse_file() - parse a configuration file
 * @file: its name
 * @fn: called for each line; reports its errors with conf_error()
 * @arg: for @fn
 *
 * Return: 0, -ENOENT if there is no file, or another negative errno after a
 * message.
 */
int conf_parse_file(const char *file, conf_fn fn, void *arg)
{
	int fd, ret;

	fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0) {
		ret = -errno;
		if (ret != -ENOENT)
			log_err("%s: %s", file, strerror(-ret));
		return ret;
	}
	ret = conf_load(fd, file, fn, arg);
	if (ret && ret != -EINVAL)
		log_err("%s: %s", file, strerror(-ret));
	close(fd);
	return ret;
}
