/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The line of a register dump that says where the CPU was. Pure. */
#ifndef HANGAR_KMSG_PC_H
#define HANGAR_KMSG_PC_H

#include "kmsg/frames.h"

enum pc_line {
	PC_NONE,    /* another line */
	PC_NOWHERE, /* such a line, but in user space, or without a symbol */
	PC_KNOWN,   /* *ret is filled */
};

/**
 * pc_parse - an instruction pointer of any architecture
 * "RIP: 0010:func+0x1/0x2", "RIP: 0010:[<..>]  [<..>] func+0x1/0x2", "EIP is at func+0x1/0x2",
 * "IP: [<..>] func+0x1/0x2", "pc : func+0x1/0x2", "PC is at func+0x1/0x2", "NIP [c00..]
 * func+0x1/0x2", "Krnl PSW : 0704.. 0000.. (func+0x1/0x2)", "epc : func+0x1/0x2", "era: 9000..
 * func+0x1/0x2"
 */
enum pc_line pc_parse(const char *text, struct frame *ret);

#endif
