/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The guest may read nothing any more: a word that finds no room is lost, never waited for. */
#include "vm/host/answer.h"

#include <errno.h>
#include <string.h>

#include "wire.h"

int answer(struct outside *o, enum receive_port port, const char *word)
{
	int fd = port == RECEIVE_JOURNAL ? o->machine.journal_fd : o->machine.files_fd;
	int err = fd < 0 ? -EPIPE
			 : wire_send(fd, WIRE_DO, ++o->answers[port], word, (uint32_t)strlen(word));

	journal_note(o->journal, "told the guest: %s%s%s", word, err < 0 ? ": " : "",
		     err < 0 ? strerror(-err) : "");
	return err;
}
