/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Is the answer the truth? crash 8.0.2 on a 6.1 kernel lists 3 tasks of 79, says nothing, and exits
 * 0: its list of pids is read by an old layout. So an answer must agree with facts that were learnt
 * another way.
 */
#include "vmcore/answer.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/cleanup.h"

#define KTHREADD 2 /* the parent of all kernel threads; nothing ends it */

struct held {
	const json_t *answer;
	const json_t *tasks;
	const struct vmcore_header *header;
	const struct vmcore_facts *facts;
	const struct roles *roles;
};

static bool lists_pid(const json_t *tasks, json_int_t pid)
{
	const json_t *task;
	size_t i;

	json_array_foreach (tasks, i, task)
		if (json_integer_value(json_array_get(task, 0)) == pid)
			return true;
	return false;
}

static int check_release(const struct held *c, struct diag *d)
{
	const char *release = json_string_value(json_object_get(c->answer, "release"));

	if (c->header->release[0] && strcmp(release, c->header->release))
		return diag_set(d, -ESTALE,
				"it says the release is \"%s\", the vmcore's notes say %s", release,
				c->header->release);
	if (c->facts && c->facts->release && strcmp(release, c->facts->release))
		return diag_set(d, -ESTALE, "it says the release is \"%s\", the run was on %s",
				release, c->facts->release);
	return 0;
}

static int check_tasks(const struct held *c, struct diag *d)
{
	size_t count = json_array_size(c->tasks);

	if (!count)
		return diag_set(d, -EBADMSG, "it lists no task at all");
	if (c->facts && count < c->facts->tasks_min)
		return diag_set(d, -EBADMSG, "it lists %zu tasks, %u at least were alive", count,
				c->facts->tasks_min);
	if (!lists_pid(c->tasks, KTHREADD))
		return diag_set(d, -EBADMSG,
				"kthreadd, which lives as long as the kernel, is not "
				"among the %zu tasks that it lists",
				count);
	return 0;
}

static int check_cpus(const struct held *c, struct diag *d)
{
	const json_t *cpus = json_object_get(c->answer, "cpus"), *cpu;
	size_t i, count = json_array_size(cpus);

	if (!count || count < c->header->n_cpus)
		return diag_set(d, -EBADMSG, "it knows of %zu CPUs, %u left notes", count,
				c->header->n_cpus);
	json_array_foreach (cpus, i, cpu) {
		json_int_t pid = json_integer_value(json_object_get(cpu, "pid"));

		if (pid && !lists_pid(c->tasks, pid))
			return diag_set(d, -EBADMSG,
					"a CPU runs task %" JSON_INTEGER_FORMAT
					", which is not among the %zu tasks that it lists",
					pid, json_array_size(c->tasks));
	}
	return 0;
}

/* At the moment of the dump some may just have ended or begun; half of them cannot. */
static int check_run(const struct held *c, struct diag *d)
{
	unsigned int alive = roles_alive(c->roles), found = 0;

	for (unsigned int i = 0; i < alive; i++)
		found += lists_pid(c->tasks, roles_alive_pid(c->roles, i));
	if (roles_exact(c->roles) && found * 2 < alive)
		return diag_set(d, -EBADMSG, "it lists %u of the %u processes that the run had",
				found, alive);
	return 0;
}

int answer_check(const json_t *answer, const struct vmcore_header *h,
		 const struct vmcore_facts *facts, const struct roles *roles, struct diag *d)
{
	static int (*const checks[])(const struct held *, struct diag *) = {
		check_release,
		check_tasks,
		check_cpus,
		check_run,
	};
	const struct held c = { answer, json_object_get(answer, "tasks"), h, facts, roles };
	int err = 0;

	for (size_t i = 0; !err && i < ARRAY_SIZE(checks); i++)
		err = checks[i](&c, d);
	return err;
}
