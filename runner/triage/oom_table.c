/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of candidates. Its columns changed with nearly every release, but its header names
 * them: so a row is read by the header above it. The last column, the name, may hold blanks.
 */
#include <string.h>

#include "base/cleanup.h"
#include "triage/oom_story.h"
#include "triage/scan_text.h"

enum column {
	COLUMN_OTHER,
	COLUMN_TGID,
	COLUMN_VM,
	COLUMN_RSS,
	COLUMN_PTES, /* pages of page tables */
	COLUMN_PGTABLES,
	COLUMN_SWAP,
	COLUMN_ADJ,
	COLUMN_OLD_ADJ,
};

static const struct {
	const char *name;
	enum column what;
} known[] = {
	{ "tgid", COLUMN_TGID },       { "total_vm", COLUMN_VM },
	{ "rss", COLUMN_RSS },         { "nr_ptes", COLUMN_PTES },
	{ "swapents", COLUMN_SWAP },   { "pgtables_bytes", COLUMN_PGTABLES },
	{ "oom_adj", COLUMN_OLD_ADJ }, { "oom_score_adj", COLUMN_ADJ },
};

/* "[ pid ]" or "[  pid  ]" */
static const char *behind_bracket(const char *line)
{
	line += strspn(line, " ");
	if (*line != '[')
		return NULL;
	line = strchr(line, ']');
	return line ? line + 1 : NULL;
}

static enum column column_of(const char *word, size_t len)
{
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (strlen(known[i].name) == len && !strncmp(known[i].name, word, len))
			return known[i].what;
	return COLUMN_OTHER;
}

bool oom_columns_parse(const char *line, struct oom_columns *ret)
{
	const char *p = behind_bracket(line);
	const char *pid = strstr(line, "pid");

	if (!p || !pid || pid > p)
		return false;
	ret->count = 0;
	while (ret->count < OOM_COLUMNS_MAX) {
		size_t len;

		p += strspn(p, " ");
		len = strcspn(p, " ");
		if (!len || !strncmp(p, "name", len))
			break;
		ret->what[ret->count++] = (unsigned char)column_of(p, len);
		p += len;
	}
	return ret->count >= 4 && scan_starts(p, "name");
}

static const char *take_column(const char *p, enum column what, struct oom_row *ret)
{
	uint64_t value;
	int number;

	if (what == COLUMN_ADJ || what == COLUMN_OLD_ADJ) {
		p = scan_int(p, &number);
		if (!p)
			return NULL;
		ret->spared |= number == (what == COLUMN_ADJ ? -1000 : -17);
		if (what == COLUMN_ADJ)
			ret->adj = number;
		return p;
	}
	if (what == COLUMN_TGID)
		return scan_int(p, &ret->tgid);
	p += strspn(p, " ");
	p = scan_u64(p + (*p == '-'), &value); /* counters may go below zero for a moment */
	if (!p)
		return NULL;
	if (what == COLUMN_VM)
		ret->vm = value;
	else if (what == COLUMN_RSS)
		ret->rss = value;
	else if (what == COLUMN_PGTABLES)
		ret->pgtables_bytes = value;
	else if (what == COLUMN_PTES)
		ret->pgtables_bytes = value > UINT64_MAX / 4096 ? UINT64_MAX - 1 : value * 4096;
	else if (what == COLUMN_SWAP)
		ret->swapents = value;
	return p;
}

bool oom_row_parse(const char *line, const struct oom_columns *columns, struct oom_row *ret)
{
	const char *p = behind_bracket(line);

	*ret = (struct oom_row){ .rss = 0,
				 .vm = OOM_NO_NUMBER,
				 .pgtables_bytes = OOM_NO_NUMBER,
				 .swapents = OOM_NO_NUMBER };
	if (!p || !columns->count || !scan_int(line + strspn(line, " ") + 1, &ret->pid))
		return false;
	for (unsigned int i = 0; p && i < columns->count; i++)
		p = take_column(p, (enum column)columns->what[i], ret);
	if (!p)
		return false;
	p += strspn(p, " ");
	scan_copy(ret->name, sizeof(ret->name), p, strlen(p));
	return true;
}

bool oom_table_find(const struct report_text *t, int pid, struct oom_row *ret)
{
	struct oom_columns columns = { 0 };

	for (unsigned int i = 0; i < t->count; i++)
		if (!oom_columns_parse(t->lines[i], &columns)) {
			if (columns.count && oom_row_parse(t->lines[i], &columns, ret) &&
			    ret->pid == pid)
				return true;
		}
	return false;
}
