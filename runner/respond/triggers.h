/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each trigger is a file of its own. */
#ifndef HANGAR_RESPOND_TRIGGERS_H
#define HANGAR_RESPOND_TRIGGERS_H

#include "respond/respond.h"

extern const struct trigger_ops trigger_none, trigger_vm, trigger_sysrq_c, trigger_watchdog;

/* Room for the vm trigger's limit in tests: how long it waits for the host. */
extern uint64_t trigger_vm_patience_us;

#endif
