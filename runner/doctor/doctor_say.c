/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The doctor's report: for people triggers first, then what keeps them from working; JSON for all
 * else. */
#include "base/escape.h"
#include "base/utf8.h"
#include "doctor/doctor.h"

static const char *const marks[] = { "ok", "warn", "BAD", "?" };

static void print_row(const struct doctor_row *r, FILE *to)
{
	fprintf(to, "  %-5s%-22s", marks[r->verdict], r->check->name);
	escape_plain(to, r->found);
	fputc('\n', to);
	if (r->remedy[0] && r->verdict != DOCTOR_GOOD) {
		fprintf(to, "%29s-> ", "");
		escape_plain(to, r->remedy);
		fputc('\n', to);
	}
}

static void print_trigger(const struct doctor_report *r, enum doctor_trigger t, FILE *to)
{
	const struct doctor_row *row = doctor_hindrance(r, t);

	fprintf(to, "  %-22s%s", doctor_trigger_name(t), row ? "no: " : "would work");
	if (row) {
		fprintf(to, "%s: ", row->check->name);
		escape_plain(to, row->found);
	}
	fputc('\n', to);
}

void doctor_print(const struct doctor_report *r, uint32_t wanted, FILE *to)
{
	fputs("Ways to a dump:\n", to);
	for (unsigned int t = 0; t < DOCTOR_TRIGGERS; t++)
		if (wanted & 1u << t)
			print_trigger(r, (enum doctor_trigger)t, to);
	fputs("\nWhat they rest on:\n", to);
	for (unsigned int i = 0; i < r->count; i++)
		if (!r->rows[i].check->triggers || r->rows[i].check->triggers & wanted)
			print_row(&r->rows[i], to);
	fprintf(to, "\nA dump would take about %u s.\n", doctor_dump_seconds(&r->facts));
}

static json_t *row_json(const struct doctor_row *r)
{
	json_t *o = json_object(), *triggers = json_array();

	for (unsigned int t = 0; t < DOCTOR_TRIGGERS; t++)
		if (r->check->triggers & 1u << t)
			json_array_append_new(
				triggers, json_string(doctor_trigger_name((enum doctor_trigger)t)));
	json_object_set_new(o, "name", json_string(r->check->name));
	json_object_set_new(o, "about", json_string(r->check->about));
	json_object_set_new(o, "reads", json_string(r->check->reads));
	json_object_set_new(o, "verdict", json_string(doctor_verdict_name(r->verdict)));
	json_object_set_new(o, "found", utf8_json(r->found));
	if (r->remedy[0])
		json_object_set_new(o, "remedy", utf8_json(r->remedy));
	json_object_set_new(o, "triggers", triggers);
	return o;
}

static json_t *trigger_json(const struct doctor_report *r, enum doctor_trigger t)
{
	const struct doctor_row *row = doctor_hindrance(r, t);
	json_t *o = json_object();

	json_object_set_new(o, "name", json_string(doctor_trigger_name(t)));
	json_object_set_new(o, "works", json_boolean(!row));
	if (row)
		json_object_set_new(o, "hindrance", json_string(row->check->name));
	return o;
}

json_t *doctor_json(const struct doctor_report *r, uint32_t wanted)
{
	json_t *o = json_object(), *triggers = json_array(), *checks = json_array();

	for (unsigned int t = 0; t < DOCTOR_TRIGGERS; t++)
		if (wanted & 1u << t)
			json_array_append_new(triggers, trigger_json(r, (enum doctor_trigger)t));
	for (unsigned int i = 0; i < r->count; i++)
		json_array_append_new(checks, row_json(&r->rows[i]));
	json_object_set_new(o, "triggers", triggers);
	json_object_set_new(o, "checks", checks);
	json_object_set_new(o, "dump_seconds", json_integer(doctor_dump_seconds(&r->facts)));
	return o;
}
