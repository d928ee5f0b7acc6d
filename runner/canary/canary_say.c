/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the canaries said: a line for each run as it ends, a table or one JSON object at the end. */
#include "canary/canary.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void canary_say_begin(const struct canary *c, bool off, unsigned int run, unsigned int of)
{
	printf("[%u/%u] %s, plant %s%s ...\n", run, of, c->name, c->plant, off ? " off" : "");
	fflush(stdout);
}

static const char *hits_text(long long hits, char *buf, size_t size)
{
	if (hits < 0)
		return "not told";
	snprintf(buf, size, "%lld", hits);
	return buf;
}

void canary_say_end(const struct sighting *s)
{
	char hits[32];

	if (s->found)
		printf("        %s after %.1f s: %s by %s; hits: %s; vmcore: %s\n",
		       verdict_name(s->verdict), s->found_seconds, s->kind, s->watcher,
		       hits_text(s->hits, hits, sizeof(hits)), s->reader[0] ? s->reader : "none");
	else
		printf("        %s after %.1f s; hits: %s; %s\n", verdict_name(s->verdict),
		       s->length_seconds, hits_text(s->hits, hits, sizeof(hits)), s->why);
	fflush(stdout);
}

static int by_number(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

struct times {
	unsigned int runs, good;
	double median, least, most; /* of the runs that found it */
};

static void take_times(struct times *t, const struct canary_runs *runs, bool off)
{
	double found[CANARY_REPEAT_MAX];
	unsigned int n = 0;

	memset(t, 0, sizeof(*t));
	for (unsigned int i = 0; i < runs->count; i++) {
		const struct sighting *s = &runs->list[i];

		if (s->off != off)
			continue;
		t->runs++;
		t->good += sighting_good(s);
		if (s->found && n < CANARY_REPEAT_MAX)
			found[n++] = s->found_seconds;
	}
	if (!n)
		return;
	qsort(found, n, sizeof(*found), by_number);
	t->median = n % 2 ? found[n / 2] : (found[n / 2 - 1] + found[n / 2]) / 2;
	t->least = found[0];
	t->most = found[n - 1];
}

static const struct sighting *first_found(const struct canary_runs *runs)
{
	for (unsigned int i = 0; i < runs->count; i++)
		if (!runs->list[i].off && runs->list[i].found)
			return &runs->list[i];
	return NULL;
}

static void say_row(const struct canary_runs *runs)
{
	const struct sighting *s = first_found(runs);
	const struct sighting *any = s ? s : runs->count ? &runs->list[0] : NULL;
	char hits[32], counts[24] = "-", times[48] = "-";
	struct times on, off;

	take_times(&on, runs, false);
	take_times(&off, runs, true);
	if (on.good)
		snprintf(times, sizeof(times), "%.1f s (%.1f-%.1f)", on.median, on.least, on.most);
	if (off.runs)
		snprintf(counts, sizeof(counts), "%u of %u", off.good, off.runs);
	printf("%-22s %-26s %3u of %-3u %-22s %-12s %-10s %9s  %-6s  %s\n", runs->canary->plant,
	       runs->canary->name, on.good, on.runs, times, s ? s->kind : "-", s ? s->watcher : "-",
	       any ? hits_text(any->hits, hits, sizeof(hits)) : "-",
	       s && s->reader[0] ? s->reader : "-", counts);
}

void canary_say_table(const struct canary_runs *runs, unsigned int count)
{
	printf("\n%-22s %-26s %-10s %-22s %-12s %-10s %9s  %-6s  %s\n", "plant", "scenario",
	       "found", "median (range)", "as", "first by", "hits", "vmcore", "off: clean");
	for (unsigned int i = 0; i < count; i++)
		say_row(&runs[i]);
}

static json_t *json_sighting(const struct sighting *s)
{
	json_t *o = json_pack("{s:s, s:b, s:b, s:f, s:s, s:s, s:s}", "verdict",
			      verdict_name(s->verdict), "plant-on", !s->off, "good",
			      sighting_good(s), "length_seconds", s->length_seconds, "why", s->why,
			      "run", s->dir, "vmcore-reader", s->reader);

	if (o && s->hits >= 0)
		json_object_set_new(o, "hits", json_integer(s->hits));
	if (o && s->found) {
		json_object_set_new(o, "found_seconds", json_real(s->found_seconds));
		json_object_set_new(o, "kind", json_string(s->kind));
		json_object_set_new(o, "watcher", json_string(s->watcher));
	}
	if (o && s->early_watcher[0]) {
		json_object_set_new(o, "early_watcher", json_string(s->early_watcher));
		json_object_set_new(o, "early_seconds", json_real(s->early_seconds));
	}
	if (o && s->kernel_seconds >= 0)
		json_object_set_new(o, "kernel_seconds", json_real(s->kernel_seconds));
	return o;
}

static json_t *json_canary(const struct canary_runs *runs)
{
	json_t *list = json_array(), *o;
	struct times on, off;

	take_times(&on, runs, false);
	take_times(&off, runs, true);
	for (unsigned int i = 0; i < runs->count; i++)
		json_array_append_new(list, json_sighting(&runs->list[i]));
	o = json_pack("{s:s, s:s, s:i, s:i, s:i, s:i, s:o}", "plant", runs->canary->plant,
		      "scenario", runs->canary->name, "runs", on.runs, "found", on.good, "runs_off",
		      off.runs, "clean_off", off.good, "sightings", list);
	if (o && on.good)
		json_object_set_new(o, "median_seconds", json_real(on.median));
	return o;
}

json_t *canary_json(const char *kernel, const struct canary_runs *runs, unsigned int count)
{
	json_t *all = json_array();

	for (unsigned int i = 0; i < count; i++)
		json_array_append_new(all, json_canary(&runs[i]));
	return json_pack("{s:s, s:o}", "kernel", kernel, "canaries", all);
}
