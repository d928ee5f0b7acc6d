/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Written once, before anything on the machine is changed: whatever happens later, the run
 * directory says which kernel it happened on.
 */
#include "manifest.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/textfile.h"
#include "base/utf8.h"
#include "rundir.h"

static int set(json_t *o, const char *key, json_t *value)
{
	return json_object_set_new(o, key, value);
}

static int set_text(json_t *o, const char *key, const char *text)
{
	return text ? set(o, key, utf8_json(text)) : 0;
}

static int set_number(json_t *o, const char *key, uint64_t value)
{
	return set(o, key, json_integer((json_int_t)value));
}

static int set_seed(json_t *o, uint64_t seed)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, seed);
	return set_text(o, "seed", text);
}

static int set_began(json_t *o, time_t began)
{
	struct tm tm;
	char text[32];

	gmtime_r(&began, &tm);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
	return set_text(o, "began", text) | set_number(o, "began_unix", (uint64_t)began);
}

static json_t *make_argv(const char *const *argv)
{
	json_t *array = json_array();

	for (; argv && *argv; argv++)
		json_array_append_new(array, utf8_json(*argv));
	return array;
}

static json_t *make_scenario(const struct manifest *m)
{
	json_t *o = json_object();

	set_text(o, "name", m->scenario_name);
	set_text(o, "path", m->scenario_path);
	set_text(o, "about", m->scenario_about);
	return o;
}

static json_t *make_resumes(const struct manifest_resumes *r)
{
	json_t *o = json_object();

	set_text(o, "path", r->path);
	set_text(o, "root", r->root);
	set_number(o, "attempt", r->attempt);
	set(o, "argv", make_argv(r->argv));
	return o;
}

static json_t *make_host(const struct manifest *m)
{
	json_t *o = json_object();

	set_text(o, "name", m->hostname);
	set_text(o, "distribution", m->distribution);
	set_text(o, "kernel", m->kernel);
	set_text(o, "version", m->kernel_version);
	set_text(o, "machine", m->machine);
	set_text(o, "cmdline", m->cmdline);
	set_text(o, "config_digest", m->config_digest);
	set_text(o, "cpu", m->cpu_model);
	set_number(o, "cpus", m->cpus);
	set_number(o, "memory_bytes", m->memory_bytes);
	set_number(o, "swap_bytes", m->swap_bytes);
	set_number(o, "page_bytes", m->page_bytes);
	set_text(o, "cgroup", m->cgroup_mode);
	set_text(o, "clocksource", m->clocksource);
	set_text(o, "boot_id", m->boot_id);
	set_number(o, "taint", m->taint);
	return o;
}

static json_t *make_manifest(const struct manifest *m)
{
	json_t *o = json_object();
	int failed = set_number(o, "layout", RUNDIR_VERSION);

	failed |= set_text(o, "hangar", HANGAR_VERSION);
	failed |= set_text(o, "id", m->id);
	failed |= set(o, "scenario", make_scenario(m));
	failed |= set(o, "must_reproduce", json_boolean(m->must_reproduce));
	failed |= set_seed(o, m->seed);
	failed |= set_number(o, "repeat", m->repeat);
	failed |= set(o, "argv", make_argv(m->argv));
	if (m->for_us && m->for_us != UINT64_MAX)
		failed |= set_number(o, "for_us", m->for_us);
	if (m->resumes)
		failed |= set(o, "resumes", make_resumes(m->resumes));
	failed |= set_began(o, m->began);
	failed |= set(o, "host", make_host(m));
	if (failed) {
		json_decref(o);
		return NULL;
	}
	return o;
}

int manifest_write(int dirfd, const struct manifest *m)
{
	json_t *o = make_manifest(m);
	_cleanup_free_ char *text = o ? json_dumps(o, JSON_INDENT(2)) : NULL;

	json_decref(o);
	if (!text)
		return -ENOMEM;
	return textfile_replace_at(dirfd, RUNDIR_MANIFEST, text, strlen(text));
}
