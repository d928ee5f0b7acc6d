/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One row a subject. What a script says of a subject that no row knows is dropped. */
#include "vmcore/subject.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/utf8.h"
#include "event.h"

static const struct subject_ops *const subjects[] = {
	&subject_jbd2,
	&subject_thp,
	&subject_zones,
	&subject_clocks,
};

static const struct subject_ops *known(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(subjects); i++)
		if (!strcmp(subjects[i]->name, name))
			return subjects[i];
	return NULL;
}

int subjects_take(const json_t *from, json_t **ret, struct diag *d)
{
	const json_t *all = json_object_get(from, "subjects"), *one;
	json_t *taken = json_array();
	size_t i;

	if (all && !json_is_array(all)) {
		json_decref(taken);
		return diag_set(d, -EBADMSG, "its answer has no proper \"subjects\"");
	}
	json_array_foreach (all, i, one) {
		json_t *facts = json_object_get(one, "facts");
		json_t *unreadable = json_object_get(one, "unreadable");
		const char *name = event_text(one, "subject");

		if (!known(name))
			continue;
		if (json_is_object(facts)) {
			json_array_append_new(
				taken, json_pack("{s:s, s:O}", "subject", name, "facts", facts));
		} else if (json_is_string(unreadable)) {
			json_array_append_new(taken, json_pack("{s:s, s:O}", "subject", name,
							       "unreadable", unreadable));
		} else {
			json_decref(taken);
			return diag_set(d, -EBADMSG,
					"its answer has no proper subject at place %zu", i);
		}
	}
	*ret = taken;
	return 0;
}

static int judge(const struct subject_ops *ops, json_t *one, const char *release, const char *log,
		 json_t *explanations, json_t *examined)
{
	const char *name = ops->name;
	const struct subject_dump dump = { json_object_get(one, "facts"), release, log };
	char says[SUBJECT_SENTENCE] = "";

	if (!dump.facts)
		return json_array_append_new(examined,
					     json_pack("{s:s, s:s, s:O}", "subject", name, "state",
						       "unreadable", "why",
						       json_object_get(one, "unreadable")));
	if (ops->judge(&dump, says))
		return json_array_append_new(
			explanations, json_pack("{s:s, s:o, s:O}", "subject", name, "sentence",
						utf8_json(says), "facts", dump.facts));
	return json_array_append_new(examined, json_pack("{s:s, s:s, s:o, s:O}", "subject", name,
							 "state", "nothing-to-say", "why",
							 utf8_json(says), "facts", dump.facts));
}

int subjects_judge(const json_t *list, const char *release, const char *log,
		   json_t **ret_explanations, json_t **ret_examined)
{
	json_t *explanations = json_array(), *examined = json_array(), *one;
	int err = 0;
	size_t i;

	json_array_foreach (list, i, one) {
		const struct subject_ops *ops = known(event_text(one, "subject"));

		if (!err && ops)
			err = judge(ops, one, release, log, explanations, examined);
	}
	if (err < 0) {
		json_decref(explanations);
		json_decref(examined);
		return -ENOMEM;
	}
	*ret_explanations = explanations;
	*ret_examined = examined;
	return 0;
}

void saying_add(struct saying *s, const char *format, ...)
{
	size_t room = SUBJECT_SENTENCE - s->used;
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(s->buf + s->used, room, format, args);
	va_end(args);
	if (n > 0)
		s->used += (size_t)n < room ? (size_t)n : room - 1;
}

bool subject_u64(const json_t *of, const char *key, uint64_t *ret)
{
	const char *text = event_text(of, key);
	uint64_t value;
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	value = strtoull(text, &end, strncmp(text, "0x", 2) ? 10 : 16);
	if (*end || errno)
		return false;
	*ret = value;
	return true;
}

const char *subject_who(const json_t *task, char *buf, size_t size)
{
	snprintf(buf, size, "%.40s (%" PRIu64 ")", event_text(task, "comm"),
		 event_number(task, "pid"));
	return buf;
}

const char *subject_mib(uint64_t bytes, char *buf, size_t size)
{
	snprintf(buf, size, "%.1f MiB", (double)bytes / (1 << 20));
	return buf;
}
