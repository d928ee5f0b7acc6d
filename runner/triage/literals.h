/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The fixed text that a line must hold to matter: one piece of each form of the recogniser table,
 * the most telling one, and the marks that the reader and the framing act upon by themselves.
 */
#ifndef HANGAR_TRIAGE_LITERALS_H
#define HANGAR_TRIAGE_LITERALS_H

#define LITERALS_MAX 1024
#define LITERAL_BYTES 64

struct literals {
	unsigned int count;
	char list[LITERALS_MAX][LITERAL_BYTES]; /* each once; none holds another */
};

void literals_make(struct literals *l);

#endif
