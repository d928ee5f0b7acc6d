/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The triggers that there are, and which of them a run takes. To add one: its .c with an ops at the
 * end, a line here. */
#include "respond/triggers.h"

#include <errno.h>
#include <string.h>

const struct trigger_ops *const triggers[] = { &trigger_none, &trigger_vm, &trigger_sysrq_c,
					       &trigger_watchdog, NULL };

/* What --arm alone means: kdump by sysrq-c needs no hardware and leaves the kernel's whole memory.
 */
static const struct trigger_ops *const usual = &trigger_sysrq_c;

static bool is_armable(const struct trigger_ops *t)
{
	return t->harms;
}

static int find_armable(const char *name, const struct trigger_ops **ret, struct diag *d)
{
	char all[128] = "";

	for (unsigned int i = 0; triggers[i]; i++) {
		if (!is_armable(triggers[i]))
			continue;
		if (!strcmp(triggers[i]->name, name)) {
			*ret = triggers[i];
			return 0;
		}
		snprintf(all + strlen(all), sizeof(all) - strlen(all), "%s%s", all[0] ? ", " : "",
			 triggers[i]->name);
	}
	return diag_set(d, -EINVAL, "--arm=%s: no such trigger; there are: %s", name, all);
}

static bool asks_for_vmcore(const struct on_match_spec *spec)
{
	return spec->dump && !strcmp(spec->dump, "vmcore");
}

int trigger_choose(const struct on_match_spec *spec, const struct respond_options *o,
		   const struct trigger_ops **ret, struct diag *d)
{
	*ret = &trigger_none;
	if (o->arm && o->wire_fd >= 0)
		return diag_set(
			d, -EINVAL,
			"--arm and --wire exclude each other: a guest is crashed from outside");
	if (o->arm && !asks_for_vmcore(spec))
		return diag_set(
			d, -EINVAL,
			"--arm: this scenario takes no dump; add \"dump\": \"vmcore\" to its "
			"\"on-match\", or leave --arm out");
	if (o->arm && *o->arm)
		return find_armable(o->arm, ret, d);
	if (o->arm)
		*ret = usual;
	else if (o->wire_fd >= 0)
		*ret = &trigger_vm;
	return 0;
}

int trigger_check_arm(const struct on_match_spec *spec, const struct host *host,
		      const struct respond_options *o, struct diag *d)
{
	const struct watch_ctx ctx = { .host = host };
	const struct trigger_ops *t;
	struct diag why = { 0 };
	int err = trigger_choose(spec, o, &t, d);

	if (err < 0 || !t->harms || !t->check(&ctx, o, &why))
		return err;
	return diag_set(d, 1, "--arm: trigger %s would not work: %s", t->name, why.message);
}
