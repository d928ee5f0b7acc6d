/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sentences first: what the counters mean stands here, the counters themselves in
 * evidence/deltas.txt and in result.json.
 */
#include "page_evidence.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/escape.h"
#include "event.h"
#include "page.h"
#include "planted.h"
#include "say.h"

#define DELTAS_SHOWN 6
#define SENTENCES_SHOWN 12
#define WORDS_SHOWN 24

void page_plants(const struct record *r, FILE *to)
{
	json_t *list = planted_list(r), *plant;
	size_t i;

	if (json_array_size(list))
		page_title(to, "Planted in this kernel");
	json_array_foreach (list, i, plant) {
		fputs("  ", to);
		escape_plain(to, event_text(plant, "name"));
		fprintf(to, ": its path was taken %llu times\n",
			(unsigned long long)event_number(plant, "hits"));
	}
	json_decref(list);
}

static void sentences(const json_t *event, FILE *to)
{
	const json_t *sentence;
	size_t i;

	json_array_foreach (json_object_get(event, "sentences"), i, sentence) {
		const char *text = json_string_value(sentence);

		if (!text || i >= SENTENCES_SHOWN)
			continue;
		fputs("        ", to);
		escape_plain(to, text);
		fputc('\n', to);
	}
}

void page_deltas(const struct record *r, FILE *to)
{
	json_t *list = say_events(r, "deltas"), *event;
	size_t i;

	if (json_array_size(list))
		page_title(to, "Memory around the findings");
	json_array_foreach (list, i, event) {
		if (i == DELTAS_SHOWN)
			break;
		fprintf(to, "  #%-4llu from %.1f s to %.1f s",
			(unsigned long long)event_number(event, "finding"),
			event_seconds(event, "from"), event_seconds(event, "to"));
		fprintf(to, ", %zu counters moved\n",
			json_object_size(json_object_get(event, "moved")));
		sentences(event, to);
	}
	if (json_array_size(list) > DELTAS_SHOWN)
		fprintf(to, "  and %zu more: see evidence/deltas.txt\n",
			json_array_size(list) - DELTAS_SHOWN);
	json_decref(list);
}

static void words(FILE *to, const char *label, const json_t *list)
{
	const json_t *word;
	size_t i;

	if (!json_array_size(list))
		return;
	fprintf(to, "  %-10s", label);
	json_array_foreach (list, i, word) {
		if (i >= WORDS_SHOWN || !json_string_value(word))
			continue;
		fputs(i ? ", " : " ", to);
		escape_plain(to, json_string_value(word));
	}
	if (json_array_size(list) > WORDS_SHOWN)
		fprintf(to, " and %zu more", json_array_size(list) - WORDS_SHOWN);
	fputc('\n', to);
}

static void each(FILE *to, const char *label, const json_t *list)
{
	const json_t *line;
	size_t i;

	json_array_foreach (list, i, line)
		page_field(to, label, json_is_string(line) ? json_string_value(line) : "");
}

static void one_trace(const json_t *event, FILE *to)
{
	char text[160];

	page_join(to, event_text(event, "result"), event_text(event, "file"),
		  event_text(event, "file")[0] ? ": " : "", event_text(event, "detail"));
	words(to, "probed", json_object_get(event, "probes"));
	words(to, "functions", json_object_get(event, "functions"));
	words(to, "missing", json_object_get(event, "missing"));
	words(to, "counted", json_object_get(event, "counted"));
	each(to, "compaction", json_object_get(event, "compaction"));
	if (!json_object_get(event, "entries"))
		return;
	snprintf(text, sizeof(text), "%llu events; %llu older ones were overrun, %llu dropped",
		 (unsigned long long)event_number(event, "entries"),
		 (unsigned long long)event_number(event, "overrun"),
		 (unsigned long long)event_number(event, "dropped"));
	page_field(to, "buffer", text);
}

void page_trace(const struct record *r, FILE *to)
{
	json_t *list = say_events(r, "trace"), *event;
	size_t i;

	if (json_array_size(list))
		page_title(to, "Trace");
	json_array_foreach (list, i, event)
		one_trace(event, to);
	json_decref(list);
}
