/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "NAME[:N][,NAME[:N]...]": the bugs that a planted kernel (tests/kernels) is to switch on; "none"
 * for no bug at all. */
#ifndef HANGAR_PLANTS_H
#define HANGAR_PLANTS_H

/* Why @list cannot be given to a kernel as "plant=@list": what follows "which ..."; NULL: it can.
 * Whether the kernel has these plants is another question (vm/kernel/plants.h). Pure. */
const char *plants_refuse(const char *list);

#endif
