/* SPDX-License-Identifier: GPL-2.0-or-later */
/* FILE frames: where they may go, and into the run directory with them. */
#ifndef HANGAR_RECEIVE_FILE_H
#define HANGAR_RECEIVE_FILE_H

#include "vm/host/receive.h"

enum receive_place { PLACE_GOOD, PLACE_HOSTS /* passed over */, PLACE_FORBIDDEN };

/* May the guest write @path? Pure. */
enum receive_place receive_place(const char *path);

/* One limit for all that was written, the journal too, and for the end of each file; refuses. */
bool receive_has_room(struct receiver *r, const char *path, uint64_t offset, size_t size);
/* One FILE payload: path, NUL, offset, data. */
void receive_file(struct receiver *r, const unsigned char *payload, uint32_t size);
/* The guest's manifest.json: what the host's could not know is taken over into that. */
void receive_manifest(struct receiver *r, const char *text, size_t size, uint64_t offset);
/* Close the file that is open. */
void receive_file_close(struct receiver *r);

/* Count and say, printf-like. */
void receive_refuse(struct receiver *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
