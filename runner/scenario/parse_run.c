/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "run": which program, with what parameters, and what happens when a copy ends. */
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/units.h"
#include "scenario/job.h"
#include "scenario/reader.h"
#include "scenario/scenario.h"
#include "scenario/suggest.h"

#define PARAMS_MAX 64
#define STRESSORS_LISTED 12 /* more do not fit in one message */

int read_restart(struct reader *r, const struct key *k, json_t *value, void *base)
{
	struct restart_spec *to = (void *)((char *)base + k->offset);

	if (json_is_object(value))
		return object_read(r, k->object, value, to);
	return read_word(r, key_find(k->object, "policy"), value, &to->policy);
}

int check_restart(struct reader *r, json_t *value, void *base)
{
	const struct restart_spec *s = base;
	char first[32], most[32];

	if (s->backoff_us > s->backoff_max_us)
		return reader_refuse_key(
			r, "backoff", "\"backoff\" is %s, longer than \"backoff-max\" (%s)",
			units_format_duration(s->backoff_us, first, sizeof(first)),
			units_format_duration(s->backoff_max_us, most, sizeof(most)));
	return 0;
}

/* A parameter's value as the command line writes it, into @buf; NULL: not of a kind that can be. */
static const char *param_text(const json_t *value, char *buf, size_t size)
{
	if (json_is_string(value))
		return json_string_value(value);
	if (json_is_boolean(value))
		return json_is_true(value) ? "true" : "false";
	if (!json_is_integer(value))
		return NULL;
	snprintf(buf, size, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
	return buf;
}

static int read_param(struct reader *r, const char *name, json_t *value, char **to)
{
	char number[32], word[64];
	const char *text = param_text(value, number, sizeof(number));

	if (!text)
		return reader_refuse(r, "must be text, a whole number, true or false, not %s",
				     json_is_real(value) ? "a fraction" : json_kind(value));
	if (!is_name(name, KEY_NAME_MAX))
		return reader_refuse(r, "is no name of a parameter");
	if (strlen(text) > KEY_TEXT_MAX)
		return reader_refuse(r, "is too long: %s", quoted(text, word, sizeof(word)));
	return asprintf(to, "--%s=%s", name, text) < 0 ? reader_refuse_memory(r) : 0;
}

int read_with(struct reader *r, const struct key *k, json_t *value, void *base)
{
	struct run_spec *run = base;
	struct place here;
	const char *name;
	json_t *member;
	size_t n = 0;
	int err;

	if (!json_is_object(value))
		return reader_refuse(r, "must be an object of parameters, not %s",
				     json_kind(value));
	if (json_object_size(value) > PARAMS_MAX)
		return reader_refuse(r, "has %zu parameters; at most %d are allowed",
				     json_object_size(value), PARAMS_MAX);
	run->args = calloc(json_object_size(value) + 1, sizeof(*run->args));
	if (!run->args)
		return reader_refuse_memory(r);
	json_object_foreach (value, name, member) {
		char *arg = NULL;

		place_key(r, &here, name, NULL, member);
		err = read_param(r, name, member, &arg);
		place_up(r);
		if (err < 0)
			return err;
		run->args[n++] = arg;
	}
	return 0;
}

static int check_use(struct reader *r, const struct run_spec *run, const struct stressor_info **ret)
{
	_cleanup_free_ const char **names = NULL;
	char list[320];
	const char *near;

	*ret = catalogue_find(r->catalogue, run->use);
	if (*ret)
		return 0;
	near = catalogue_nearest(r->catalogue, run->use);
	if (near)
		return reader_refuse_key(r, "use", "no stressor \"%s\"; did you mean \"%s\"?",
					 run->use, near);
	names = catalogue_names(r->catalogue);
	if (!names)
		return reader_refuse_memory(r);
	suggest_list(names, STRESSORS_LISTED, list, sizeof(list));
	return reader_refuse_key(r, "use", "no stressor \"%s\"; %s", run->use,
				 list[0] ? list : "hangar stressors lists them");
}

static int check_param(struct reader *r, const struct stressor_info *s, const char *name,
		       json_t *value)
{
	struct diag why = { 0 };
	char number[32];
	const char *text = param_text(value, number, sizeof(number));
	unsigned int line, column;

	if (!catalogue_check_param(s, name, text, &why))
		return 0;
	reader_where(r, &line, &column);
	return diag_set_at(r->diag, -EINVAL, line, column, "%s", why.message);
}

static int check_params(struct reader *r, const struct stressor_info *s, json_t *with)
{
	struct place outer, here;
	const char *name;
	json_t *member;
	int err = 0;

	place_key(r, &outer, "with", NULL, with);
	json_object_foreach (with, name, member) {
		place_key(r, &here, name, NULL, member);
		err = check_param(r, s, name, member);
		place_up(r);
		if (err < 0)
			break;
	}
	place_up(r);
	return err;
}

/* The job must be there now: a run that finds out at three in the morning is a lost night. */
static int check_job(struct reader *r, const struct run_spec *run)
{
	_cleanup_free_ char *path = NULL;
	struct stat st;
	char word[64];

	if (!r->path)
		return 0;
	path = job_path(r->path, run->fio_job);
	if (!path)
		return reader_refuse_memory(r);
	quoted(run->fio_job, word, sizeof(word));
	if (stat(path, &st) < 0)
		return reader_refuse_key(r, "fio",
					 "the fio job %s, looked for beside the scenario, cannot "
					 "be read: %s",
					 word, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return reader_refuse_key(r, "fio", "the fio job %s is no regular file", word);
	return 0;
}

int check_run(struct reader *r, json_t *value, void *base)
{
	const struct stressor_info *stressor;
	struct run_spec *run = base;
	int err;

	reader_where(r, &run->line, &run->column);
	if (!run->args)
		run->args = calloc(1, sizeof(*run->args));
	if (!run->args)
		return reader_refuse_memory(r);
	if (!run->use == !run->fio_job)
		return diag_set_at(
			r->diag, -EINVAL, run->line, run->column,
			"a run has one of \"use\" (a stressor) and \"fio\" (a job file)");
	if (run->fio_job && json_object_get(value, "with"))
		return reader_refuse_key(r, "with",
					 "\"with\" does not go with \"fio\": a job file "
					 "is run as it is");
	if (run->fio_job)
		return check_job(r, run);
	if (!r->catalogue)
		return 0;
	err = check_use(r, run, &stressor);
	return err < 0 ? err : check_params(r, stressor, json_object_get(value, "with"));
}
