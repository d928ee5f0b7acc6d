/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The journal is the protocol: the guest says what it does in the same lines that a reader finds a
 * year later, and whoever follows needs no second language.
 */
#include "vm/host/story.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"

static const char *text_of(const json_t *line, const char *key)
{
	const char *text = json_string_value(json_object_get(line, key));

	return text ? text : "";
}

static enum story_step take_finding(struct story *s, const json_t *line, char *say, size_t size)
{
	const char *judged = text_of(line, "judged");
	enum finding_judged j = JUDGED_NOTE;
	json_int_t said = json_integer_value(json_object_get(line, "kernel_us"));

	if (said > 0 && (uint64_t)said > s->told_us)
		s->told_us = (uint64_t)said;
	if (json_object_get(line, "more_of") || finding_judged_parse(judged, &j) < 0 ||
	    j == JUDGED_NOTE || j == JUDGED_ALLOWED)
		return STORY_QUIET;
	s->faults++;
	snprintf(say, size, "%s %s, noticed by %s: %.160s", judged, text_of(line, "kind"),
		 text_of(line, "watcher"), text_of(line, "text"));
	return STORY_FINDING;
}

static enum story_step take_phase(struct story *s, const json_t *line, char *say, size_t size)
{
	snprintf(s->phase, sizeof(s->phase), "%s", text_of(line, "phase"));
	snprintf(say, size, "phase %s", s->phase);
	return STORY_PHASE;
}

static enum story_step take_trigger(struct story *s, const json_t *line, char *say, size_t size)
{
	if (strcmp(text_of(line, "name"), "vm") != 0)
		return STORY_QUIET;
	s->asked = !strcmp(text_of(line, "result"), "asked");
	return s->asked ? STORY_ASKED : STORY_QUIET;
}

static enum story_step take_verdict(struct story *s, const json_t *line, char *say, size_t size)
{
	if (verdict_parse(text_of(line, "verdict"), &s->verdict) < 0)
		return STORY_QUIET;
	s->ended = true;
	snprintf(s->reason, sizeof(s->reason), "%s", text_of(line, "reason"));
	return STORY_ENDED;
}

static enum story_step take_begin(struct story *s, const json_t *line, char *say, size_t size)
{
	s->began = true;
	snprintf(say, size, "%s, seed %lld", text_of(line, "name"),
		 (long long)json_integer_value(json_object_get(line, "seed")));
	return STORY_BEGAN;
}

static enum story_step take_armed(struct story *s, const json_t *line, char *say, size_t size)
{
	s->armed = true;
	return STORY_QUIET;
}

static enum story_step take_spawn(struct story *s, const json_t *line, char *say, size_t size)
{
	s->alive++;
	return STORY_QUIET;
}

static enum story_step take_exit(struct story *s, const json_t *line, char *say, size_t size)
{
	s->alive -= s->alive > 0;
	return STORY_QUIET;
}

static const struct {
	const char *event;
	enum story_step (*take)(struct story *s, const json_t *line, char *say, size_t size);
} events[] = {
	{ "run-begin", take_begin }, { "armed", take_armed },     { "phase-begin", take_phase },
	{ "spawn", take_spawn },     { "exit", take_exit },       { "finding", take_finding },
	{ "trigger", take_trigger }, { "verdict", take_verdict },
};

static void decref(json_t **j)
{
	json_decref(*j);
}

enum story_step story_line(struct story *s, const char *text, size_t size, char *ret_say,
			   size_t say_size)
{
	_cleanup_(decref) json_t *line = json_loadb(text, size, 0, NULL);
	const char *event = text_of(line, "event");

	ret_say[0] = '\0';
	s->lines++;
	if (!json_is_object(line))
		return STORY_QUIET;
	s->t = json_number_value(json_object_get(line, "t"));
	for (size_t i = 0; i < ARRAY_SIZE(events); i++)
		if (!strcmp(events[i].event, event))
			return events[i].take(s, line, ret_say, say_size);
	return STORY_QUIET;
}
