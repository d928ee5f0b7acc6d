/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A job as JSON, member by member from one table, so that both directions agree. */
#include "vm/guest/job.h"

#include <errno.h>
#include <jansson.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "scenario/where.h"

static const char *const kind_words[] = { "probe", "run", "capture", NULL };
static const char *const cgroup_words[] = { "v2", "v1", NULL };

enum type { WORD, TEXT, FLAG, NUMBER, TIME, LIST };

static const struct member {
	const char *name;
	enum type type;
	size_t offset, size;
	const char *const *words;
	const char *must; /* what it must be, for the user */
} members[] = {
#define MEMBER(name, type, words, must)                                                            \
	{                                                                                          \
#name, type, offsetof(struct job, name), sizeof(((struct job *)0)->name), words,   \
			must                                                                       \
	}
	MEMBER(kind, WORD, kind_words, "\"probe\", \"run\" or \"capture\""),
	MEMBER(cgroup, WORD, cgroup_words, "\"v1\" or \"v2\""),
	MEMBER(hostname, TEXT, NULL, "a text of at most 63 bytes"),
	MEMBER(kdump, FLAG, NULL, "true or false"),
	MEMBER(kdump_first, FLAG, NULL, "true or false"),
	MEMBER(capture_cmdline, TEXT, NULL, "a text of at most 511 bytes"),
	MEMBER(doctor, FLAG, NULL, "true or false"),
	MEMBER(nmi_panics, FLAG, NULL, "true or false"),
	MEMBER(watchdog, FLAG, NULL, "true or false"),
	MEMBER(dump_level, NUMBER, NULL, "a number from 0 to 31"),
	MEMBER(clock_us, TIME, NULL, "a number of microseconds"),
	MEMBER(run_args, LIST, NULL, "an array of texts"),
	MEMBER(sysctls, LIST, NULL, "an array of texts"),
#undef MEMBER
};

#define DUMP_LEVEL_MAX 31 /* makedumpfile(8): five bits */

static const void *at_const(const struct job *j, const struct member *m)
{
	return (const char *)j + m->offset;
}

static void *at(struct job *j, const struct member *m)
{
	return (char *)j + m->offset;
}

static json_t *list_json(char *const *list)
{
	json_t *array = json_array();

	for (; array && list && *list; list++)
		if (json_array_append_new(array, json_string(*list)) < 0) {
			json_decref(array);
			return NULL;
		}
	return array;
}

/* enum job_kind and enum job_cgroup are read and written as int: both have no negative value */
static json_t *member_json(const struct job *j, const struct member *m)
{
	const void *from = at_const(j, m);

	switch (m->type) {
	case WORD:
		return json_string(m->words[*(const int *)from]);
	case TEXT:
		return json_string(from);
	case FLAG:
		return json_boolean(*(const bool *)from);
	case NUMBER:
		return json_integer(*(const unsigned int *)from);
	case TIME:
		return json_integer((json_int_t) * (const uint64_t *)from);
	case LIST:
		return list_json(*(char *const *const *)from);
	}
	return NULL;
}

int job_write(const struct job *j, char **ret_text)
{
	json_t *all = json_object();
	char *text;

	for (size_t i = 0; i < ARRAY_SIZE(members) && all; i++)
		if (json_object_set_new(all, members[i].name, member_json(j, &members[i])) < 0) {
			json_decref(all);
			all = NULL;
		}
	text = all ? json_dumps(all, JSON_INDENT(1)) : NULL;
	json_decref(all);
	if (!text)
		return -ENOMEM;
	*ret_text = text;
	return 0;
}

static int read_word(const struct member *m, const char *word, int *ret)
{
	for (int i = 0; word && m->words[i]; i++)
		if (strcmp(m->words[i], word) == 0) {
			*ret = i;
			return 0;
		}
	return -EINVAL;
}

static int read_text(const struct member *m, const json_t *value, char *ret)
{
	const char *text = json_string_value(value);

	if (!text || strlen(text) >= m->size || strlen(text) != json_string_length(value))
		return -EINVAL;
	strcpy(ret, text);
	return 0;
}

static int read_list(const json_t *value, char ***ret)
{
	size_t n = json_array_size(value);
	char **list;

	if (!json_is_array(value))
		return -EINVAL;
	list = calloc(n + 1, sizeof(*list));
	if (!list)
		return -ENOMEM;
	*ret = list; /* job_clear() frees what there is */
	for (size_t i = 0; i < n; i++) {
		const char *text = json_string_value(json_array_get(value, i));

		if (!text)
			return -EINVAL;
		list[i] = strdup(text);
		if (!list[i])
			return -ENOMEM;
	}
	return 0;
}

static int read_number(const json_t *value, json_int_t max, json_int_t *ret)
{
	*ret = json_integer_value(value);
	return json_is_integer(value) && *ret >= 0 && *ret <= max ? 0 : -EINVAL;
}

static int read_member(struct job *j, const struct member *m, const json_t *value)
{
	json_int_t number = 0;
	int err = 0;

	switch (m->type) {
	case WORD:
		return read_word(m, json_string_value(value), at(j, m));
	case TEXT:
		return read_text(m, value, at(j, m));
	case FLAG:
		*(bool *)at(j, m) = json_is_true(value);
		return json_is_boolean(value) ? 0 : -EINVAL;
	case NUMBER:
		err = read_number(value, DUMP_LEVEL_MAX, &number);
		*(unsigned int *)at(j, m) = (unsigned int)number;
		return err;
	case TIME:
		err = read_number(value, INT64_MAX, &number);
		*(uint64_t *)at(j, m) = (uint64_t)number;
		return err;
	case LIST:
		return read_list(value, at(j, m));
	}
	return -EINVAL;
}

static const struct member *member_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(members); i++)
		if (strcmp(members[i].name, name) == 0)
			return &members[i];
	return NULL;
}

struct text {
	const char *text;
	size_t size;
};

static int refuse(const struct text *t, const char *name, enum where_what what, struct diag *d)
{
	const struct where_step step = { .key = name };
	const struct member *m = member_of(name);
	unsigned int line = 0, column = 0;

	where_find(t->text, t->size, &step, 1, what, &line, &column);
	if (!m)
		return diag_set_at(d, -EINVAL, line, column, "\"%s\" is no member of a job", name);
	return diag_set_at(d, -EINVAL, line, column, "\"%s\" must be %s", name, m->must);
}

static int read_members(struct job *j, json_t *all, const struct text *t, struct diag *d)
{
	const char *name;
	json_t *value;

	json_object_foreach (all, name, value) {
		const struct member *m = member_of(name);
		int err = m ? read_member(j, m, value) : -EINVAL;

		if (err == -EINVAL)
			return refuse(t, name, m ? WHERE_VALUE : WHERE_KEY, d);
		if (err)
			return diag_set(d, err, "no memory for the job");
	}
	return 0;
}

int job_read(const char *text, size_t size, struct job *ret, struct diag *d)
{
	const struct text t = { text, size };
	struct job j = { 0 };
	json_error_t error;
	json_t *all = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
	int err = 0;

	if (!all)
		return diag_set_at(d, -EINVAL, error.line > 0 ? (unsigned int)error.line : 0,
				   error.column > 0 ? (unsigned int)error.column : 0, "%s",
				   error.text);
	if (!json_is_object(all))
		err = diag_set_at(d, -EINVAL, 1, 1, "a job is a JSON object");
	else if (!json_object_get(all, "kind"))
		err = diag_set_at(d, -EINVAL, 1, 1, "a job must have a \"kind\"");
	if (!err)
		err = read_members(&j, all, &t, d);
	json_decref(all);
	if (err)
		job_clear(&j);
	else
		*ret = j;
	return err;
}

static void free_list(char **list)
{
	for (char **s = list; s && *s; s++)
		free(*s);
	free(list);
}

void job_clear(struct job *j)
{
	free_list(j->run_args);
	free_list(j->sysctls);
	*j = (struct job){ 0 };
}
