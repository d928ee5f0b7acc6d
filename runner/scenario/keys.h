/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The language of scenario files as a table: every key of every object with its type, limits,
 * default and one line of help. The loader (reader.c), the JSON Schema (schema.c) and the test of
 * hangar-scenario(5) rest on these rows alone, so a key that is added here is loaded, limited,
 * suggested and described.
 */
#ifndef HANGAR_KEYS_H
#define HANGAR_KEYS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum key_type {               /* in the file -> in the struct */
		KEY_TEXT,     /* text of min..max bytes -> char * */
		KEY_NAME,     /* a name: [a-z0-9][a-z0-9-]*, at most max letters -> char * */
		KEY_WORD,     /* one of .words -> char * */
		KEY_CHOICE,   /* one of .words -> its index, as an enum */
		KEY_EITHER,   /* one of two .words -> bool, true for the second */
		KEY_BYTES,    /* "64M" -> uint64_t */
		KEY_DURATION, /* "30s" -> uint64_t, microseconds */
		KEY_PERCENT,  /* "150%" -> uint64_t */
		KEY_COUNT,    /* whole number -> unsigned int */
		KEY_NUMBER,   /* whole number -> uint64_t */
		KEY_BOOL,     /* true, false -> bool */
		KEY_SWITCH,   /* true, false -> uint64_t 1, 0 (UNSET when not named) */
		KEY_TEXTS,    /* array of texts -> char **, ends with NULL */
		KEY_WORDS,    /* array of .words -> char **, ends with NULL */
		KEY_OBJECT,   /* an object of .object, laid over the struct at .offset */
		KEY_OBJECTS,  /* array of min..max .object -> pointer at .offset, unsigned int at
				 .other */
		KEY_OWN,      /* several forms: .read stores it, .schema describes it */
};

struct reader;
struct object;

struct key {
	const char *name;
	enum key_type type;
	size_t offset; /* of the field in the struct of the object */
	bool required;
	uint64_t min, max;        /* inclusive, in base units; max 0: the type's own limit */
	const char *fallback;     /* as the file would say it; NULL: unset, 0, false or NULL */
	const char *absent;       /* what that means, in words; every row has one of the two, or is
				     required, or a KEY_BOOL */
	const char *const *words; /* ends with NULL */
	const struct object
		*object; /* KEY_OBJECT, KEY_OBJECTS; KEY_OWN: its form as an object, or NULL */
	size_t other;    /* a second field: number of elements, or the flag that a watcher is on */
	int (*read)(struct reader *r, const struct key *k, json_t *value, void *base);
	bool embedded;      /* KEY_OWN: .object lies in the struct itself and takes its defaults */
	const char *schema; /* KEY_OWN: the JSON Schema of the value */
	const char *help;
};

struct object {
	const char *name; /* "group": in messages, in the schema's $defs, in the manual page */
	const struct key *keys; /* ends with a row without name */
	size_t size;            /* of the struct, for arrays */
	/* Rules between keys, after all are read; NULL: none. @value is the object, r->place its
	 * place. */
	int (*check)(struct reader *r, json_t *value, void *base);
	const char *rules; /* the same rules as JSON Schema; NULL: none, or none that it can say */
};

#define KEY_TEXT_MAX 1000 /* bytes of any text without a limit of its own */
#define KEY_NAME_MAX 32   /* four nested group names and their counts must fit in plan_group.path */

extern const struct object scenario_object;
/* Every object of the language, the scenario first; ends with NULL. */
extern const struct object *const all_objects[];

const struct key *key_find(const struct object *o, const char *name); /* or NULL */
const struct object *object_named(const char *name);                  /* or NULL */

/* Objects that rows of several tables share; defined in the keys_*.c that is named. */
extern const struct object needs_object, kernel_object, scratch_object, group_object,
	io_object; /* keys_place.c */
extern const struct object phase_object, run_object, restart_object,
	condition_object;                                                        /* keys_phase.c */
extern const struct object psi_object, usage_object, steps_object, kills_object; /* keys_phase.c */
extern const struct object deadlock_object;                                      /* keys_judge.c */
extern const struct object watch_object, tasks_object, progress_object,
	pressure_object;                                                       /* keys_judge.c */
extern const struct object clock_object, samples_object, plain_watcher_object; /* keys_judge.c */
extern const struct object leak_object;                                        /* keys_judge.c */
extern const struct object trace_object;                                       /* keys_trace.c */
extern const struct object vm_object;                                          /* keys_vm.c */
extern const struct object expect_object, pattern_object, on_match_object;     /* keys_judge.c */

/* The readers of KEY_OWN rows and the rules of objects, in the parse_*.c named. */
int read_ignored(struct reader *r, const struct key *k, json_t *value, void *base); /* value.c */
int read_settings(struct reader *r, const struct key *k, json_t *value,
		  void *base); /* parse_settings.c */
int read_groups(struct reader *r, const struct key *k, json_t *value,
		void *base); /* parse_group.c */
int read_cpuset(struct reader *r, const struct key *k, json_t *value, void *base);
int check_group(struct reader *r, json_t *value, void *base);
int check_io(struct reader *r, json_t *value, void *base);
int read_version(struct reader *r, const struct key *k, json_t *value,
		 void *base); /* parse_needs.c */
int check_needs(struct reader *r, json_t *value, void *base);
int check_vm(struct reader *r, json_t *value, void *base);    /* parse_vm.c */
int check_trace(struct reader *r, json_t *value, void *base); /* parse_trace.c */
int read_scratch_on(struct reader *r, const struct key *k, json_t *value,
		    void *base); /* parse_scratch.c */
int check_scratch(struct reader *r, json_t *value, void *base);
int read_restart(struct reader *r, const struct key *k, json_t *value,
		 void *base); /* parse_run.c */
int read_with(struct reader *r, const struct key *k, json_t *value, void *base);
int check_restart(struct reader *r, json_t *value, void *base);
int check_run(struct reader *r, json_t *value, void *base);
int read_condition(struct reader *r, const struct key *k, json_t *value,
		   void *base); /* parse_condition.c */
int read_share(struct reader *r, const struct key *k, json_t *value, void *base);
int read_usage(struct reader *r, const struct key *k, json_t *value, void *base);
int check_condition(struct reader *r, json_t *value, void *base);
int check_bound(struct reader *r, json_t *value, void *base);
int check_phase(struct reader *r, json_t *value, void *base); /* parse_phase.c */
int read_watch(struct reader *r, const struct key *k, json_t *value,
	       void *base); /* parse_watch.c */
int read_watcher(struct reader *r, const struct key *k, json_t *value, void *base);
int check_pressure(struct reader *r, json_t *value, void *base);
int read_expect(struct reader *r, const struct key *k, json_t *value,
		void *base); /* parse_expect.c */
int read_patterns(struct reader *r, const struct key *k, json_t *value, void *base);
int read_kind(struct reader *r, const struct key *k, json_t *value, void *base);
int check_pattern(struct reader *r, json_t *value, void *base);
int check_scenario(struct reader *r, json_t *value, void *base); /* check.c */

#endif
