/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Logs whose explanation is known: NAME.log with NAME.explain, in data/logs and data/kmsg. A line
 * of .explain is "= text" (some case's conclusion holds it), "+ text" (some conclusion, paragraph
 * or detail does), "- text" (none does), or a remark behind "#".
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kmsg/line.h"
#include "kmsg_log.h"
#include "triage/cases.h"
#include "triage/explain.h"

struct told_all {
	FILE *conclusions, *all;
};

static void hear(struct told_all *t, struct explanation *e)
{
	char *json = e->details ? json_dumps(e->details, JSON_SORT_KEYS) : NULL;

	fprintf(t->conclusions, "%s\n", e->conclusion);
	fprintf(t->all, "%s\n%s\n%s\n", e->conclusion, e->words ? e->words : "", json ? json : "");
	assert_true(strlen(e->conclusion) + 1 < sizeof(e->conclusion)); /* not cut off */
	free(json);
	explanation_clear(e);
}

static void take(void *ctx, const struct cases_batch *batch)
{
	for (unsigned int i = 0; i < batch->count; i++) {
		const struct triage_case *c = &batch->cases[i];
		const char *release = c->f.release[0] ? c->f.release : batch->release;

		for (unsigned int k = 0; explainers[k]; k++) {
			struct explanation e = { .details = NULL };

			if (!explainers[k]->one || !explainers[k]->takes(c))
				continue;
			if (!explainers[k]->one(c, release, &e)) {
				hear(ctx, &e);
				break;
			}
			explanation_clear(&e);
		}
	}
}

/* Paragraphs are wrapped: blanks of any length count as one. */
static char *squeezed(char *text)
{
	char *to = text;

	for (const char *p = text; *p; p++)
		if ((*p != ' ' && *p != '\n') || to == text || to[-1] != ' ')
			*to++ = *p == '\n' ? ' ' : *p;
	*to = 0;
	return text;
}

static void tell(char *log, char **conclusions, char **all)
{
	struct told_all t;
	size_t a, b;
	struct cases *c = cases_new(take, &t);
	char *save = NULL;
	uint64_t number = 0;

	t.conclusions = open_memstream(conclusions, &a);
	t.all = open_memstream(all, &b);
	for (char *p = strtok_r(log, "\n", &save); p; p = strtok_r(NULL, "\n", &save)) {
		struct kmsg_record rec;

		kmsg_line_parse(p, &rec);
		cases_feed(c, &rec, ++number);
	}
	cases_end(c);
	cases_free(c);
	fclose(t.conclusions);
	fclose(t.all);
	squeezed(*all);
}

static unsigned int check(const char *name, const char *line, const char *conclusions,
			  const char *all)
{
	bool found;

	if (line[0] == '#' || !line[0])
		return 0;
	found = strstr(line[0] == '=' ? conclusions : all, line + 2);
	if (found == (line[0] != '-'))
		return 0;
	fprintf(stderr, "# %s: %s\n# conclusions: %s# all: %s\n", name, line, conclusions, all);
	return 1;
}

static unsigned int one_log(const char *dir, const char *name)
{
	char path[512], *conclusions, *all, *save = NULL, *log, *explain;
	unsigned int failed = 0;

	snprintf(path, sizeof(path), "%s/%.*s.log", dir, (int)(strlen(name) - 8), name);
	log = test_data(path);
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	explain = test_data(path);
	assert_non_null(log);
	assert_non_null(explain);
	tell(log, &conclusions, &all);
	for (char *p = strtok_r(explain, "\n", &save); p; p = strtok_r(NULL, "\n", &save))
		failed += check(name, p, conclusions, all);
	free(log);
	free(explain);
	free(conclusions);
	free(all);
	return failed;
}

static void every_log_is_explained_as_known(void **state)
{
	static const char *const dirs[] = { "logs", "kmsg" };
	unsigned int logs = 0, failed = 0;

	for (size_t i = 0; i < 2; i++) {
		char path[4096];
		const char *data = getenv("HANGAR_TEST_DATA");
		struct dirent *d;
		DIR *dir;

		snprintf(path, sizeof(path), "%s/%s", data ? data : "tests/data", dirs[i]);
		dir = opendir(path);
		assert_non_null(dir);
		while ((d = readdir(dir))) {
			size_t n = strlen(d->d_name);

			if (n <= 8 || strcmp(d->d_name + n - 8, ".explain") != 0)
				continue;
			failed += one_log(dirs[i], d->d_name);
			logs++;
		}
		closedir(dir);
	}
	assert_true(logs > 5);
	assert_int_equal(failed, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(every_log_is_explained_as_known) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
