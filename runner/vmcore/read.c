/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The whole reading: header, log, record of the run, then one analyser after the other until an
 * answer holds. What was refused stays in the result with its reason, so that nobody has to wonder
 * why drgn's word is missing.
 */
#include "vmcore/vmcore.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/textfile.h"
#include "base/utf8.h"
#include "outside.h"
#include "vmcore/answer.h"
#include "vmcore/classes.h"
#include "vmcore/header.h"
#include "vmcore/log.h"
#include "vmcore/reader.h"
#include "vmcore/roles.h"
#include "vmcore/debuginfo.h"
#include "vmcore/subject.h"

const struct reader *const readers[] = { &reader_drgn, &reader_crash, &reader_notes, NULL };

struct reading {
	const char *path;
	const char *vmlinux;
	const struct vmcore_facts *facts;
	struct vmcore_header header;
	struct roles *roles;
	char *log;
	json_t *refused;
	json_t *notes; /* ours, added to the analyser's */
	json_t *answer;
	json_t *explanations, *examined;
	const struct reader *by;
};

static void reading_clear(struct reading *r)
{
	vmcore_header_clear(&r->header);
	roles_free(r->roles);
	free(r->log);
	json_decref(r->refused);
	json_decref(r->notes);
	json_decref(r->answer);
	json_decref(r->explanations);
	json_decref(r->examined);
}

static void refuse(struct reading *r, const char *reader, const struct diag *why)
{
	json_array_append_new(r->refused, json_pack("{s:s, s:o}", "reader", reader, "reason",
						    utf8_json(why->message)));
}

static int load_header(struct reading *r, struct diag *d)
{
	_cleanup_close_ int fd = open(r->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct diag why = { 0 };
	int err;

	if (fd < 0)
		return diag_set(d, -errno, "%s cannot be opened: %s", r->path, strerror(errno));
	err = vmcore_header_load(fd, &r->header, &why);
	if (err < 0)
		return diag_set(d, err, "%s: %s", r->path, why.message);
	if (r->header.kind == VMCORE_FLAT)
		return diag_set(d, -EBADMSG,
				"%s: still flattened: `makedumpfile -R` makes a vmcore of it",
				r->path);
	if (!r->header.release[0])
		return diag_set(d, -EBADMSG, "%s: no VMCOREINFO in it says which kernel it is of",
				r->path);
	if (r->facts->release && strcmp(r->facts->release, r->header.release))
		return diag_set(d, -ESTALE, "%s: it is of kernel %s, the run was on %s", r->path,
				r->header.release, r->facts->release);
	return 0;
}

/* The log and the record help; a vmcore is worth reading without them. */
static void load_helpers(struct reading *r)
{
	struct diag why = { 0 };

	if (vmcore_log(r->path, &r->log, &why) < 0) {
		json_array_append_new(r->notes, utf8_json(why.message));
		r->log = strdup("");
	}
	memset(&why, 0, sizeof(why));
	if (r->facts->run_dir && roles_load(r->facts->run_dir, &r->roles, &why) < 0)
		json_array_append_new(r->notes, utf8_json(why.message));
}

static int try_reader(struct reading *r, const struct reader *reader, const char *vmlinux,
		      struct diag *d)
{
	const struct reader_job job = { r->path, vmlinux, &r->header, r->log };
	json_t *answer = NULL;
	int err = reader->read(&job, &answer, d);

	if (!err && reader->needs_vmlinux)
		err = answer_check(answer, &r->header, r->facts, r->roles, d);
	if (err < 0) {
		json_decref(answer);
		return err;
	}
	r->answer = answer;
	r->by = reader;
	return 0;
}

/* 0; 1: by a reader without symbols. */
static int ask_readers(struct reading *r, const char *vmlinux, const struct diag *no_symbols)
{
	int err = -EBADMSG;

	for (size_t i = 0; readers[i]; i++) {
		struct diag why = { 0 };

		if (readers[i]->needs_vmlinux && !vmlinux) {
			refuse(r, readers[i]->name, no_symbols);
			continue;
		}
		err = try_reader(r, readers[i], vmlinux, &why);
		if (!err)
			return readers[i]->needs_vmlinux ? 0 : 1;
		refuse(r, readers[i]->name, &why);
	}
	return err;
}

static json_t *panic_of(const struct reading *r)
{
	const json_t *panicked = json_object_get(r->answer, "panicked");
	char line[512];

	if (json_is_false(panicked) ||
	    !log_panic(r->log, json_is_true(panicked) || !r->header.by_qemu, line, sizeof(line)))
		return json_is_true(panicked)
			       ? json_string("the kernel panicked; its log does not say why")
			       : json_null();
	return utf8_json(line);
}

static void name_cpus(const struct reading *r, json_t *cpus)
{
	json_t *cpu;
	size_t i;

	json_array_foreach (cpus, i, cpu) {
		const struct roles_task t = {
			.pid = (pid_t)json_integer_value(json_object_get(cpu, "pid")),
			.comm = json_string_value(json_object_get(cpu, "comm")),
		};
		char role[256];

		if (t.pid && roles_name(r->roles, &t, role, sizeof(role)))
			json_object_set_new(cpu, "role", utf8_json(role));
	}
}

static json_t *make(const struct reading *r)
{
	const json_t *tasks = json_object_get(r->answer, "tasks");
	json_t *notes = json_object_get(r->answer, "notes");
	json_t *blocked = classes_make(json_object_get(r->answer, "blocked"), r->roles);

	if (!blocked)
		return NULL;
	json_array_extend(notes, r->notes);
	name_cpus(r, json_object_get(r->answer, "cpus"));
	return json_pack(
		"{s:o, s:s, s:O, s:s, s:o, s:o, s:O, s:O, s:o, s:O, s:O, s:O, s:O, s:o, s:O, s:O, "
		"s:O}",
		"vmcore", utf8_json(r->path), "form",
		r->header.kind == VMCORE_ELF ? "elf" : "kdump-compressed", "release",
		json_object_get(r->answer, "release"), "build_id", r->header.build_id, "vmlinux",
		r->vmlinux ? utf8_json(r->vmlinux) : json_null(), "tasks",
		json_is_null(tasks) ? json_null()
				    : json_integer((json_int_t)json_array_size(tasks)),
		"reader", json_object_get(r->answer, "reader"), "refused", r->refused, "panic",
		panic_of(r), "taint", json_object_get(r->answer, "taint"), "explanations",
		r->explanations, "examined", r->examined, "cpus",
		json_object_get(r->answer, "cpus"), "blocked", blocked, "memory",
		json_object_get(r->answer, "memory"), "memcgs",
		json_object_get(r->answer, "memcgs"), "notes", notes);
}

static int store(const struct reading *r, int dir_fd, struct diag *d)
{
	json_t *result = make(r);
	_cleanup_free_ char *text = result ? json_dumps(result, JSON_INDENT(2)) : NULL;
	int err = text ? 0 : -ENOMEM;

	json_decref(result);
	if (!err)
		err = textfile_replace_at(dir_fd, VMCORE_READING_FILE, text, strlen(text));
	if (!err && r->log[0])
		err = textfile_replace_at(dir_fd, VMCORE_DMESG_FILE, r->log, strlen(r->log));
	return err < 0 ? diag_set(d, err, "%s and %s cannot be written: %s", VMCORE_READING_FILE,
				  VMCORE_DMESG_FILE, strerror(-err))
		       : 0;
}

/* The one that was named must fit; without one the usual places are looked through. */
static const char *choose_symbols(struct reading *r, const char *vmlinux, char found[4096],
				  struct diag *why)
{
	if (vmlinux)
		return vmlinux_fits(vmlinux, &r->header, why) < 0 ? NULL : vmlinux;
	return debuginfo_find("", &r->header, found, why) < 0 ? NULL : found;
}

/* "drgn: ...; crash: ..."; once where they say the same. */
static void say_refusals(const struct reading *r, struct diag *d)
{
	const char *before = "";
	char text[700] = "";
	const json_t *one;
	size_t i;

	json_array_foreach (r->refused, i, one) {
		const char *reason = json_string_value(json_object_get(one, "reason"));
		size_t used = strlen(text);

		if (strcmp(reason, before))
			snprintf(text + used, sizeof(text) - used, "%s%s: %s", used ? "; " : "",
				 json_string_value(json_object_get(one, "reader")), reason);
		before = reason;
	}
	diag_set(d, 1, "%s", text);
}

int vmcore_read(const char *path, const char *vmlinux, const struct vmcore_facts *facts,
		int out_dir_fd, struct diag *d)
{
	static const struct vmcore_facts nothing = { 0 };
	_cleanup_(reading_clear) struct reading r = { .path = path,
						      .facts = facts ? facts : &nothing };
	struct diag no_symbols = { 0 };
	char found[4096];
	int err = load_header(&r, d), how;

	if (err < 0)
		return err;
	r.refused = json_array();
	r.notes = json_array();
	load_helpers(&r);
	if (!r.refused || !r.notes || !r.log)
		return diag_set(d, -ENOMEM, "no memory to read %s", path);
	r.vmlinux = choose_symbols(&r, vmlinux, found, &no_symbols);
	how = ask_readers(&r, r.vmlinux, &no_symbols);
	if (how < 0)
		return diag_set(d, how, "%s cannot be read by any means", path);
	if (subjects_judge(json_object_get(r.answer, "subjects"), r.header.release, r.log,
			   &r.explanations, &r.examined) < 0)
		return diag_set(d, -ENOMEM, "no memory to explain %s", path);
	err = store(&r, out_dir_fd, d);
	if (err < 0)
		return err;
	if (how > 0)
		say_refusals(&r, d);
	return how;
}
