/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The main() of every stressor: options, slot, set-up, start line, work, clean-up, one line of
 * summary. The order is the contract: nothing is done to the machine before the start line but the
 * set-up, so that all copies of a phase begin together, and DONE is said only when the files are
 * gone.
 */
#include "stressor.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/units.h"
#include "crew.h"
#include "describe.h"
#include "params.h"
#include "say.h"

enum wish { WISH_RUN, WISH_HELP, WISH_DESCRIBE, WISH_VERSION };

struct options {
	enum wish wish;
	struct crew_limits limits;
	bool seeded;
};

static int set_seconds(const char *text, struct options *o, struct diag *diag)
{
	char with_unit[64];

	snprintf(with_unit, sizeof(with_unit), "%s%ss", *text == '.' ? "0" : "", text);
	if (strlen(text) > 32 || units_parse_duration(with_unit, &o->limits.seconds_us))
		return diag_set(diag, -EINVAL, "--seconds=%s: a number of seconds is due", text);
	return 0;
}

static int set_count(const char *name, const char *text, uint64_t *to, struct diag *diag)
{
	if (units_parse_count(text, to))
		return diag_set(diag, -EINVAL, "--%s=%s: a whole number is due", name, text);
	return 0;
}

static int set_option(const struct stressor *s, const char *name, size_t len, const char *value,
		      struct options *o, struct diag *diag)
{
	const struct param *p = params_find(s->params, name, len);

	if (p)
		return param_set(p, value, diag);
	if (len == 7 && memcmp(name, "seconds", len) == 0)
		return set_seconds(value, o, diag);
	if (len == 5 && memcmp(name, "steps", len) == 0)
		return set_count("steps", value, &o->limits.steps, diag);
	if (len == 4 && memcmp(name, "seed", len) == 0) {
		o->seeded = true;
		return set_count("seed", value, &o->limits.seed, diag);
	}
	return diag_set(diag, -EINVAL, "no parameter --%.*s; --help lists them", (int)len, name);
}

static bool is_wish(const char *arg, struct options *o)
{
	if (strcmp(arg, "--help") == 0 || strcmp(arg, "-h") == 0)
		o->wish = WISH_HELP;
	else if (strcmp(arg, "--describe") == 0)
		o->wish = WISH_DESCRIBE;
	else if (strcmp(arg, "--version") == 0)
		o->wish = WISH_VERSION;
	else
		return false;
	return true;
}

/* "--name=value" or "--name value". */
static int read_options(const struct stressor *s, int argc, char **argv, struct options *o,
			struct diag *diag)
{
	for (int i = 1; i < argc; i++) {
		const char *name, *value;
		size_t len;
		int err;

		if (is_wish(argv[i], o))
			continue;
		if (strncmp(argv[i], "--", 2) != 0 || !argv[i][2])
			return diag_set(diag, -EINVAL, "'%s' is no --name=value", argv[i]);
		name = argv[i] + 2;
		len = strcspn(name, "=");
		value = name[len] ? name + len + 1 : argv[i + 1];
		if (!value)
			return diag_set(diag, -EINVAL, "%s: a value is due", argv[i]);
		i += !name[len];
		err = set_option(s, name, len, value, o, diag);
		if (err)
			return err;
	}
	return 0;
}

static int check_required(const struct stressor *s, struct diag *diag)
{
	for (const struct param *p = s->params; p->name; p++)
		if (!p->fallback && (p->kind == PARAM_PATH || p->kind == PARAM_TEXT) &&
		    !*(const char **)p->to)
			return diag_set(diag, -EINVAL, "--%s is required: %s", p->name, p->about);
	return 0;
}

/* The runner's seed, else the user's, else one from the clock; the summary names it. */
static void choose_seed(const struct place *place, struct options *o)
{
	if (!place->alone && place->slot->seed)
		o->limits.seed = place->slot->seed;
	else if (!o->seeded)
		o->limits.seed = now_us() & 0xffffffff;
}

static void summarize(const struct stressor *s, const struct options *o, const struct slot *slot,
		      const struct crew_result *r)
{
	double seconds = (double)r->elapsed_us / 1e6;
	char bytes[32];

	printf("%s: %" PRIu64 " steps in %.3f s, %.1f steps/s, slowest %.3f ms, pressure %" PRIu64
	       ", bytes %s, seed %" PRIu64 ", choices %016" PRIx64,
	       s->name, slot->steps, seconds, seconds > 0 ? (double)slot->steps / seconds : 0.0,
	       (double)slot->slowest_us / 1e3, slot->pressure,
	       units_format_bytes(slot->bytes, bytes, sizeof(bytes)), o->limits.seed, r->choices);
	for (int i = 0; s->aux && s->aux[i]; i++)
		printf(", %s %" PRIu64, s->aux[i], slot->aux[i]);
	putchar('\n');
	fflush(stdout);
}

static bool cannot_run_here(int err)
{
	/* pressure that never gave way: the limits leave no room even to begin */
	return (err < 0 && stressor_is_pressure(-err)) || err == -ENOSYS || err == -EOPNOTSUPP ||
	       err == -EPERM || err == -EACCES || err == -EROFS;
}

static int code_of(int err, bool prepared)
{
	if (!prepared && cannot_run_here(err))
		return STRESSOR_EXIT_SKIP;
	return err ? STRESSOR_EXIT_FAILED : 0;
}

static int run(const struct stressor *s, struct options *o, const struct place *place)
{
	struct crew_result result = { 0 };
	bool prepared;
	int err;

	choose_seed(place, o);
	crew_init(s, place, &o->limits);
	err = crew_prepare();
	prepared = !err;
	if (prepared && place_start_line(place, crew_stopping)) {
		crew_work(&result);
		err = result.err;
	}
	crew_finish();
	if (prepared)
		summarize(s, o, place->slot, &result);
	place_say(place, SLOT_DONE);
	return code_of(err, prepared);
}

static int refused(const struct diag *diag, int code)
{
	stressor_say("%s", diag->message);
	return code;
}

int stressor_main(int argc, char **argv, const struct stressor *s)
{
	struct options o = { 0 };
	struct diag diag = { 0 };
	struct place place;

	say_name(s->name);
	if (params_set_defaults(s->params, &diag) || read_options(s, argc, argv, &o, &diag))
		return refused(&diag, STRESSOR_EXIT_USAGE);
	switch (o.wish) {
	case WISH_HELP:
		describe_help(s, stdout);
		return 0;
	case WISH_DESCRIBE:
		describe_json(s, stdout);
		return 0;
	case WISH_VERSION:
		printf("%s (hangar) %s\n", s->name, HANGAR_VERSION);
		return 0;
	case WISH_RUN:
		break;
	}
	if (check_required(s, &diag))
		return refused(&diag, STRESSOR_EXIT_USAGE);
	if (place_find(&place, &diag))
		return refused(&diag, STRESSOR_EXIT_FAILED);
	place_follow_parent(&place);
	return run(s, &o, &place);
}
