/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a reader a year later asks first: which kernel, built how, on what, started with which
 * words. The kernel's configuration is named by its digest: two runs on "the same" kernel with
 * another configuration are told apart.
 */
#include "run/manifest_fill.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "manifest.h"

/* Once a run, before anything is limited or locked: two small programs cost less than a library for
 * one sum. */
static const char *const config_commands[] = {
	"[ -r /proc/config.gz ] && zcat /proc/config.gz 2>/dev/null | sha256sum 2>/dev/null",
	"[ -r \"/boot/config-$(uname -r)\" ] && sha256sum 2>/dev/null <\"/boot/config-$(uname "
	"-r)\"",
};

/* "sha256:<64 digits>" of the configuration, or false when it is nowhere to be read. */
static bool config_digest(char *buf, size_t size)
{
	for (size_t i = 0; i < ARRAY_SIZE(config_commands); i++) {
		FILE *pipe = popen(config_commands[i], "re");
		char sum[65] = "";
		int n = pipe ? fscanf(pipe, "%64[0-9a-f]", sum) : 0;

		if (pipe)
			pclose(pipe);
		if (n == 1 && strlen(sum) == 64) {
			snprintf(buf, size, "sha256:%s", sum);
			return true;
		}
	}
	return false;
}

static const char *cgroup_word(enum cgroup_mode mode)
{
	static const char *const words[] = { [CGROUP_NONE] = "none",
					     [CGROUP_V1] = "v1",
					     [CGROUP_V2] = "v2",
					     [CGROUP_HYBRID] = "hybrid" };

	return words[mode];
}

static void fill_host(struct manifest *m, const struct host *h)
{
	m->hostname = h->hostname;
	m->distribution = h->distribution;
	m->kernel = h->release;
	m->kernel_version = h->version;
	m->machine = h->machine;
	m->cmdline = h->cmdline;
	m->cpu_model = h->cpu_model;
	m->cpus = h->cpus;
	m->memory_bytes = h->memory_bytes;
	m->swap_bytes = h->swap_bytes;
	m->page_bytes = h->page_bytes;
	m->cgroup_mode = cgroup_word(h->cgroup);
	m->clocksource = h->clocksource;
	m->boot_id = h->boot_id[0] ? h->boot_id : NULL;
	m->taint = h->taint;
}

int manifest_fill_and_write(const struct session *s, int argc, char **argv)
{
	_cleanup_free_ const char **words = calloc((size_t)argc + 1, sizeof(*words));
	const struct manifest_resumes resumes = {
		.path = s->resume ? s->resume->path : NULL,
		.root = s->resume ? s->resume->root : NULL,
		.attempt = s->resume ? s->resume->attempt : 0,
		.argv = s->resume ? (const char *const *)s->resume->argv : NULL,
	};
	struct manifest m = {
		.id = s->rundir.id,
		.scenario_name = s->scenario->name,
		.scenario_path = s->scenario->path,
		.scenario_about = s->scenario->about,
		.must_reproduce = s->scenario->expect.must_reproduce,
		.seed = s->seed,
		.repeat = s->options.repeat ? s->options.repeat : s->scenario->repeat,
		.argv = words,
		.for_us = s->options.for_us != UNSET ? s->options.for_us : s->scenario->for_us,
		.resumes = s->resume ? &resumes : NULL,
		.began = time(NULL),
	};
	char digest[80];

	if (!words)
		return -ENOMEM;
	for (int i = 0; i < argc; i++)
		words[i] = argv[i];
	fill_host(&m, &s->host);
	if (config_digest(digest, sizeof(digest)))
		m.config_digest = digest;
	return manifest_write(s->rundir.fd, &m);
}
