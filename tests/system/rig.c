/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See rig.h. Stressors are shell commands here: what is tested is what is around them. */
#include "rig.h"

struct rig rig;

static char shell[] = "/bin/sh", command_flag[] = "-c";

int rig_open(void **state)
{
	memset(&rig, 0, sizeof(rig));
	strcpy(rig.state_home, "/tmp/hangar-system-XXXXXX");
	if (!mkdtemp(rig.state_home))
		return 1;
	setenv("HANGAR_STATE_HOME", rig.state_home, 1);
	if (rundir_create(&rig.dir, NULL, "system-test") || undo_open(&rig.dir, &rig.undo))
		return 1;
	rig.host.root_user = true;
	rig.host.cgroup = CGROUP_V1;
	rig.host.page_bytes = (uint64_t)sysconf(_SC_PAGESIZE);
	rig.plan.groups = rig.groups;
	rig.plan.launches = rig.launches;
	rig.plan.scenario = &rig.scenario;
	snprintf(rig.plan.scratch_dir, sizeof(rig.plan.scratch_dir), "%s", rig.dir.path);
	rig_group("outside", -1);
	rig.groups[0].from = NULL;
	return 0;
}

int rig_close(void **state)
{
	char command[256];
	struct diag d = { 0 };
	int left = 0;

	if (rig.l)
		rig_stop();
	rig.l = launcher_close(rig.l);
	if (cgroup_tree_remove(rig.tree, 5000000, &d)) {
		print_error("%s\n", d.message);
		left++;
	}
	rig.tree = cgroup_tree_free(rig.tree);
	if (rig.undo)
		left += undo_all(rig.undo, NULL);
	rig.undo = undo_close(rig.undo);
	rundir_clear(&rig.dir);
	snprintf(command, sizeof(command), "rm -rf --one-file-system '%s'", rig.state_home);
	return left || system(command);
}

struct group_spec *rig_group(const char *path, int parent)
{
	unsigned int i = rig.plan.n_groups++;
	struct group_spec *spec = &rig.specs[i];

	for (int k = 0; k < KNOB_COUNT; k++)
		spec->knobs[k] = UNSET;
	snprintf(rig.groups[i].path, sizeof(rig.groups[i].path), "%s", path);
	rig.groups[i].parent = parent;
	rig.groups[i].from = spec;
	return spec;
}

void rig_add(unsigned int group, const char *command)
{
	unsigned int i = rig.plan.n_launches++;
	struct plan_launch *launch = &rig.launches[i];

	rig.argv[i][0] = shell;
	rig.argv[i][1] = command_flag;
	memcpy(&rig.argv[i][2], &command, sizeof(command));
	/* Not a fio job, but like it: no steps, no start line. */
	*launch = (struct plan_launch){
		.slot = i, .group = group, .argv = rig.argv[i], .from = &rig.run, .is_fio = true
	};
	snprintf(launch->name, sizeof(launch->name), "sh#%u", i);
	snprintf(launch->out, sizeof(launch->out), "out/%03u-sh.log", i);
}

void rig_make_groups(void)
{
	struct diag d = { 0 };

	if (cgroup_tree_make(&rig.plan, &rig.host, rig.dir.id, rig.undo, &rig.tree, &d))
		fail_msg("%s", d.message);
}

void rig_launch(void)
{
	struct diag d = { 0 };

	if (launcher_open(&rig.plan, rig.tree, &rig.dir, NULL, &rig.l, &d) ||
	    launcher_spawn_phase(rig.l, 0, &d))
		fail_msg("%s", d.message);
}

static void count_exit(void *ctx, unsigned int index, enum exit_kind kind)
{
	rig.exits[kind]++;
}

static bool busy(void)
{
	for (unsigned int i = 0; i < rig.plan.n_launches; i++)
		if (rig.l->copies[i].state == COPY_ALIVE || rig.l->copies[i].state == COPY_BACKOFF)
			return true;
	return false;
}

void rig_run_out(void)
{
	const uint64_t until = now_us() + 30000000;

	do {
		usleep(2000);
		launcher_reap(rig.l, now_us(), count_exit, NULL);
		launcher_tick(rig.l, now_us());
	} while (busy() && now_us() < until);
	assert_false(busy());
}

void rig_stop(void)
{
	const uint64_t until = now_us() + 10000000;

	launcher_stop(rig.l, -1);
	while (!launcher_escalate(rig.l, -1, 0, now_us()) && now_us() < until) {
		usleep(10000);
		launcher_reap(rig.l, now_us(), count_exit, NULL);
	}
}

const char *rig_read(const char *path)
{
	static char text[8192];

	if (textfile_read_at(AT_FDCWD, path, text, sizeof(text)) < 0)
		return "(unreadable)";
	return text;
}

const char *rig_knob(unsigned int group, const char *controller, const char *file)
{
	char path[1024];

	snprintf(path, sizeof(path), "/sys/fs/cgroup/%s/hangar/%s/%s/%s", controller, rig.dir.id,
		 rig.groups[group].path, file);
	return rig_read(path);
}

bool rig_exists(const char *path)
{
	return access(path, F_OK) == 0;
}
