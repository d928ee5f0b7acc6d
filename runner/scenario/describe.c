/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A stressor folder may hold anything: a script that never ends, a program of another version. So
 * the answer is bounded in time and size, the child is always reaped, and the shape is checked once
 * here so that nobody has to check it again.
 */
#include "scenario/describe.h"

#include <string.h>

#include "base/cleanup.h"
#include "program/program.h"
#include "scenario/param.h"

static int refuse_answer(int err, const struct program_end *end, const struct diag *why,
			 struct diag *d)
{
	if (err == -ETIMEDOUT)
		return diag_set(d, err, "did not answer --describe in time");
	if (err == -EFBIG)
		return diag_set(d, err, "says more than %u bytes to --describe",
				DESCRIBE_BYTES_MAX);
	if (err == -ECHILD)
		return diag_set(d, -EPROTO, "does not understand --describe (status 0x%x)",
				(unsigned int)end->status);
	return diag_set(d, err, "cannot be asked: %s", why->message);
}

static int parse_answer(const char *text, size_t size, json_t **ret, struct diag *d)
{
	json_error_t error;
	json_t *j = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
	int err;

	if (!j)
		return diag_set(d, -EPROTO, "answers --describe with no JSON: %s", error.text);
	err = describe_check(j, d);
	if (err < 0) {
		json_decref(j);
		return err;
	}
	*ret = j;
	return 0;
}

int describe_ask(const char *program, uint64_t timeout_us, json_t **ret, struct diag *d)
{
	const char *argv[] = { program, "--describe", NULL };
	const struct program ask = { .argv = argv,
				     .timeout_us = timeout_us,
				     .output_max = DESCRIBE_BYTES_MAX };
	_cleanup_(program_end_clear) struct program_end end = { 0 };
	struct diag why = { 0 };
	int err = program_run(&ask, &end, &why);

	return err ? refuse_answer(err, &end, &why, d)
		   : parse_answer(end.output, end.output_size, ret, d);
}

static int check_param(const json_t *p, struct diag *d)
{
	const char *name = json_string_value(json_object_get(p, "name"));
	const char *kind = json_string_value(json_object_get(p, "kind"));
	json_t *fallback = json_object_get(p, "default");

	if (!name || !*name)
		return diag_set(d, -EPROTO, "describes a parameter without a name");
	if (!kind || !param_kind_known(kind))
		return diag_set(d, -EPROTO, "describes --%s as of unknown kind \"%s\"", name,
				kind ? kind : "");
	if (fallback && !json_is_string(fallback) && !json_is_null(fallback))
		return diag_set(d, -EPROTO, "describes --%s with a default that is no text", name);
	return 0;
}

int describe_check(const json_t *j, struct diag *d)
{
	static const char *const texts[] = { "name", "about", "step", NULL };
	json_t *params = json_object_get(j, "params"), *param;
	size_t i;
	int err;

	for (const char *const *t = texts; *t; t++)
		if (!json_is_string(json_object_get(j, *t)))
			return diag_set(d, -EPROTO, "describes itself without \"%s\"", *t);
	if (!json_is_array(params))
		return diag_set(d, -EPROTO, "describes itself without \"params\"");
	json_array_foreach (params, i, param) {
		err = check_param(param, d);
		if (err < 0)
			return err;
	}
	return 0;
}
