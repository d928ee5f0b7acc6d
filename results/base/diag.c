/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The first refusal wins: what follows an error is usually its echo. */
#include "base/diag.h"

#include <stdarg.h>

__attribute__((format(printf, 4, 0))) static void
fill(struct diag *d, unsigned int line, unsigned int column, const char *fmt, va_list ap)
{
	if (!d || d->message[0])
		return;
	d->line = line;
	d->column = column;
	vsnprintf(d->message, sizeof(d->message), fmt, ap);
}

int diag_set(struct diag *d, int err, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fill(d, 0, 0, fmt, ap);
	va_end(ap);
	return err;
}

int diag_set_at(struct diag *d, int err, unsigned int line, unsigned int column, const char *fmt,
		...)
{
	va_list ap;

	va_start(ap, fmt);
	fill(d, line, column, fmt, ap);
	va_end(ap);
	return err;
}

void diag_print(const struct diag *d, FILE *to)
{
	fputs("hangar: ", to);
	if (d->file[0])
		fprintf(to, "%s:", d->file);
	if (d->line)
		fprintf(to, "%u:%u:", d->line, d->column);
	fprintf(to, "%s%s\n", d->file[0] || d->line ? " " : "",
		d->message[0] ? d->message : "failed without a reason given");
}
