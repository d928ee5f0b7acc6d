/* SPDX-License-Identifier: GPL-2.0-or-later */
/* HELLO, BEAT and END: JSON objects of the guest's, read without trust. */
#ifndef HANGAR_RECEIVE_WORDS_H
#define HANGAR_RECEIVE_WORDS_H

#include "vm/host/receive.h"

void receive_words(struct receiver *r, enum receive_port port, const struct wire_frame *f,
		   uint64_t now);

#endif
