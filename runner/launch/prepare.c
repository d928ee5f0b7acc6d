/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * argv comes from the plan; the environment is the runner's own with our variables added, so that
 * PATH, locale and a sanitizer's options reach the stressors; the output file is appended to, since
 * a copy lives many times.
 */
#include "launch/prepare.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "launch/slots_map.h"

extern char **environ;

/* HANGAR_SLOTS_FD, HANGAR_SLOT, HANGAR_PARENT, HANGAR_RUN */
#define OWN_VARIABLES 4
#define DEFAULT_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/* Like execvp() would, but once. */
static int find_program(const char *name, char *buf, size_t size)
{
	const char *path = getenv("PATH");

	if (strchr(name, '/')) {
		int err = path_format(buf, size, "%s", name);

		return err ? err : access(buf, X_OK) < 0 ? -errno : 0;
	}
	for (path = path ? path : DEFAULT_PATH; *path; path += *path == ':') {
		size_t len = strcspn(path, ":");

		if (len && !path_format(buf, size, "%.*s/%s", (int)len, path, name) &&
		    !access(buf, X_OK))
			return 0;
		path += len;
	}
	return -ENOENT;
}

static bool is_own(const char *variable)
{
	static const char *const own[] = { SLOTS_ENV_FD, SLOTS_ENV_INDEX, SLOTS_ENV_PARENT,
					   UNDO_ENV_RUN };

	for (size_t i = 0; i < ARRAY_SIZE(own); i++) {
		size_t len = strlen(own[i]);

		if (!strncmp(variable, own[i], len) && variable[len] == '=')
			return true;
	}
	return false;
}

/* Keep @text in l->strings at @at, or fail. */
static char *keep(struct launcher *l, unsigned int at, char *text)
{
	l->strings[at] = text;
	return text;
}

static char *variable(const char *name, const char *value)
{
	char *text = NULL;

	return asprintf(&text, "%s=%s", name, value) < 0 ? NULL : text;
}

static char *number_variable(const char *name, unsigned int value)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", value);
	return variable(name, text);
}

/* Variables that all copies share, at the front of l->strings; then one of its own and the program
 * for each copy. */
static int make_strings(struct launcher *l, const struct rundir *dir)
{
	const unsigned int n = l->plan->n_launches;

	l->strings = calloc(OWN_VARIABLES + 2 * (size_t)n, sizeof(char *));
	if (!l->strings)
		return -ENOMEM;
	if (!keep(l, 0, number_variable(SLOTS_ENV_FD, (unsigned int)l->slots_fd)) ||
	    !keep(l, 1, number_variable(SLOTS_ENV_PARENT, (unsigned int)getpid())) ||
	    !keep(l, 2, variable(UNDO_ENV_RUN, dir->id)))
		return -ENOMEM;
	for (unsigned int i = 0; i < n; i++)
		if (!keep(l, OWN_VARIABLES + 2 * i,
			  number_variable(SLOTS_ENV_INDEX, l->plan->launches[i].slot)))
			return -ENOMEM;
	return 0;
}

static char **make_environ(const struct launcher *l, unsigned int index)
{
	unsigned int n = 0, at = 0;
	char **envp;

	while (environ && environ[n])
		n++;
	envp = calloc((size_t)n + OWN_VARIABLES + 1, sizeof(char *));
	if (!envp)
		return NULL;
	for (unsigned int i = 0; i < n; i++)
		if (!is_own(environ[i]))
			envp[at++] = environ[i];
	for (unsigned int i = 0; i < 3; i++)
		envp[at++] = l->strings[i];
	envp[at] = l->strings[OWN_VARIABLES + 2 * index];
	return envp;
}

static int open_output(const struct rundir *dir, const char *name)
{
	int fd = openat(dir->fd, name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);

	return fd < 0 ? -errno : fd;
}

/* Where fio is told to leave its JSON. */
static const char *result_of(const struct plan_launch *launch)
{
	static const char option[] = "--output=";

	for (char **arg = launch->argv; launch->is_fio && *arg; arg++)
		if (!strncmp(*arg, option, strlen(option)))
			return *arg + strlen(option);
	return NULL;
}

static int prepare_one(struct launcher *l, unsigned int index, const struct rundir *dir,
		       struct diag *d)
{
	const struct plan_launch *launch = &l->plan->launches[index];
	struct child_spec *s = &l->specs[index];
	char program[PATH_MAX];
	int err = find_program(launch->argv[0], program, sizeof(program));

	if (err)
		return diag_set(d, err, "%s: cannot run %s: %s", launch->name, launch->argv[0],
				strerror(-err));
	s->program = keep(l, OWN_VARIABLES + 2 * index + 1, strdup(program));
	s->argv = launch->argv;
	s->result = result_of(launch);
	s->oom_protected = launch->oom_protected;
	s->envp = make_environ(l, index);
	s->node = &l->tree->nodes[launch->group];
	if (!s->program || !s->envp)
		return -ENOMEM;
	s->out_fd = open_output(dir, launch->out);
	if (s->out_fd < 0)
		return diag_set(d, s->out_fd, "cannot make %s/%s: %s", dir->path, launch->out,
				strerror(-s->out_fd));
	return 0;
}

int prepare_specs(struct launcher *l, const struct rundir *dir, struct diag *d)
{
	int err = make_strings(l, dir);

	l->specs = calloc(l->plan->n_launches + 1, sizeof(*l->specs));
	if (!l->specs)
		return -ENOMEM;
	for (unsigned int i = 0; i < l->plan->n_launches; i++)
		l->specs[i].out_fd = -1;
	for (unsigned int i = 0; !err && i < l->plan->n_launches; i++)
		err = prepare_one(l, i, dir, d);
	return err;
}

void prepare_close_fds(struct launcher *l)
{
	for (unsigned int i = 0; l->specs && i < l->plan->n_launches; i++)
		l->specs[i].out_fd = close_fd(l->specs[i].out_fd);
	l->common.null_fd = close_fd(l->common.null_fd);
	l->common.cwd_fd = close_fd(l->common.cwd_fd);
}

static void free_environ(char *const *envp)
{
	void *p;

	memcpy(&p, &envp, sizeof(p)); /* the children's view of it is const */
	free(p);
}

void prepare_clear(struct launcher *l)
{
	prepare_close_fds(l);
	for (unsigned int i = 0; l->specs && i < l->plan->n_launches; i++)
		free_environ(l->specs[i].envp);
	free(take_ptr(l->specs));
	for (size_t i = 0; l->strings && i < OWN_VARIABLES + 2 * (size_t)l->plan->n_launches; i++)
		free(l->strings[i]);
	free(take_ptr(l->strings));
}

/* A refusal shows soon enough, as EMFILE with the name of the file. */
void prepare_file_limit(unsigned int more, struct rlimit *ret_before)
{
	struct rlimit before, want;

	*ret_before = (struct rlimit){ 0 };
	if (getrlimit(RLIMIT_NOFILE, &before) < 0 || before.rlim_cur >= more)
		return;
	want.rlim_cur = more;
	want.rlim_max = before.rlim_max < more ? more : before.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &want) < 0) {
		want.rlim_cur = want.rlim_max = before.rlim_max;
		if (setrlimit(RLIMIT_NOFILE, &want) < 0)
			return;
	}
	*ret_before = before;
}
