/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The names that dull.c looks up. To add one: a word in dull_names.c, in the table of its reason.
 */
#ifndef HANGAR_KMSG_DULL_H
#define HANGAR_KMSG_DULL_H

struct dull_table {
	const char *reason;
	const char *names; /* words; "name*" stands for all that begin so */
};

extern const struct dull_table dull_everywhere[]; /* ends with an empty one, as all of these */
extern const struct dull_table dull_allocators[]; /* where the caller is to blame */
extern const struct dull_table dull_slabs[];      /* of these, what a spoilt object kills */
extern const struct dull_table dull_feeders[];    /* of data never written, who passed it on */
extern const struct dull_table dull_packets[];    /* of a BUG, the helpers that check a packet */
extern const struct dull_table dull_charges[];    /* the same, of memory groups */
extern const struct dull_table dull_waits[];      /* on behalf of whoever called, in a hung task */
extern const struct dull_table dull_entries[];    /* what runs others: below every stack */
extern const struct dull_table dull_reporters[];  /* of dull_everywhere, who prints */
extern const struct dull_table dull_nowhere[];    /* no place at which a task or CPU is stuck */

#endif
