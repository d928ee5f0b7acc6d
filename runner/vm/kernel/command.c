/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `hangar kernel fetch` and `path`: paths go to stdout, what is being done to stderr. */
#include "vm/kernel/command.h"

#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "base/cleanup.h"
#include "base/utf8.h"
#include "vm/kernel/debian.h"
#include "vm/kernel/kernel.h"

static void tell(void *ctx, const char *line)
{
	fprintf(stderr, "hangar: %s\n", line);
}

static void print_json(const struct kernel *k, const char *headers)
{
	const struct {
		const char *name, *value;
	} rows[] = {
		{ "spec", k->spec },       { "release", k->release }, { "vmlinuz", k->vmlinuz },
		{ "modules", k->modules }, { "config", k->config },   { "vmlinux", k->vmlinux },
		{ "headers", headers },    { "key", k->key },
	};
	json_t *object = json_object();

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		json_object_set_new(object, rows[i].name,
				    rows[i].value[0] ? utf8_json(rows[i].value) : json_null());
	json_dumpf(object, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(object);
}

static void print_text(const struct kernel *k, const char *headers)
{
	const struct {
		const char *name, *value;
	} rows[] = {
		{ "release", k->release }, { "vmlinuz", k->vmlinuz }, { "modules", k->modules },
		{ "config", k->config },   { "vmlinux", k->vmlinux }, { "headers", headers },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].value[0])
			printf("%-8s %s\n", rows[i].name, rows[i].value);
}

static int show(const struct kernel_command *c, struct kernel *k, struct diag *d)
{
	char headers[4096] = "";
	int r = 0;

	if (c->symbols || c->vmlinux)
		r = kernel_symbols(k, c->vmlinux, true, tell, NULL, d);
	else
		kernel_symbols(k, NULL, false, NULL, NULL,
			       NULL); /* what is there already is shown */
	if (r == 0 && c->headers)
		r = kernel_headers(k, tell, NULL, headers, d);
	if (r < 0)
		return r;
	if (c->json)
		print_json(k, headers);
	else
		print_text(k, headers);
	return 0;
}

int kernel_path(const struct kernel_command *c, struct diag *d)
{
	struct kernel k;
	int r = kernel_find(c->spec, tell, NULL, &k, d);

	return r < 0 ? r : show(c, &k, d);
}

int kernel_fetch(const struct kernel_command *c, struct diag *d)
{
	struct kernel k = { 0 };
	int r;

	if (strncmp(c->spec, "debian:", 7) != 0)
		return kernel_path(c, d);
	r = debian_kernel(c->spec, true, tell, NULL, &k, d);
	snprintf(k.spec, sizeof(k.spec), "%s", c->spec);
	return r < 0 ? r : show(c, &k, d);
}
