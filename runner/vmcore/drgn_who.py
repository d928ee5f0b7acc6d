# SPDX-License-Identifier: GPL-2.0-or-later
"""Tasks and memory cgroups as the subjects tell of them."""
import drgn
from drgn import FaultError
from drgn.helpers.linux.list import list_for_each_entry
from drgn.helpers.linux.percpu import per_cpu

from drgn_words import cgroup_path, member, release_number, text

STACK_MAX = 48
MEMCG_DEPTH_MAX = 64
WAITERS_MAX = 4096
# arch/x86/include/asm/thread_info.h; a macro, so not in DWARF. 6.18 numbers these bits anew.
TIF_MEMDIE, TIF_MEMDIE_UNTIL = 20, (6, 17)
SIGKILL_BIT = 1 << 8
SIGNAL_GROUP_EXIT = 0x4  # include/linux/sched/signal.h


def address(of):
    """Of a pointer, what it points to; of an object, where it lies."""
    value = of.value_() if of.type_.kind == drgn.TypeKind.POINTER else of.address_
    return f"{value:#x}"


class Who:
    def __init__(self, reader):
        self.reader, self.prog, self.page = reader, reader.prog, reader.page
        self.told = {}
        self.tasks_by_address = None

    def tasks(self):
        if self.tasks_by_address is None:
            self.tasks_by_address = {task.value_(): task for task in self.reader.all_tasks()}
        return self.tasks_by_address

    def hz(self):
        """A macro; but a tick's length is kept in nanoseconds."""
        return round(1000000000 / self.prog["tick_nsec"].value_())

    def age_ms(self, since):
        """Milliseconds since @since, in jiffies."""
        return max(0, self.jiffies_since(since)) * 1000 // self.hz()

    def jiffies_since(self, since):
        now = self.prog["jiffies_64"].value_() & (1 << 64) - 1
        passed = (now - since) & (1 << 64) - 1
        return passed - (1 << 64) if passed >> 63 else passed

    def state(self, task):
        state = self.reader.state(task)
        for bit, letter in ((0x2, "D"), (0x1, "S"), (0x4, "T"), (0x8, "t")):
            if state & bit:
                return letter
        return "X" if state else "R"

    def stack(self, task):
        if task.on_cpu.value_():
            cpu = next(
                (one for one in self.reader.cpus() if one["pid"] == task.pid.value_()), None
            )
            if cpu:
                return cpu["stack"]
        return self.reader.stack_of_task(task)

    # memory cgroups

    def memcg_of(self, task):
        """Whom the task's memory is charged to: its mm's owner's."""
        owner = task
        if task.mm and task.mm.owner:
            owner = task.mm.owner
        css = owner.cgroups.subsys[self.prog.constant("memory_cgrp_id")]
        return drgn.container_of(css, "struct mem_cgroup", "css")

    def counter(self, counter):
        limit = counter.max.value_()
        one = {"usage_bytes": max(0, counter.usage.counter.value_()) * self.page}
        if limit < ((1 << 63) - 1) // self.page:  # PAGE_COUNTER_MAX
            one["limit_bytes"] = limit * self.page
        return one

    def memcg(self, memcg):
        one = {"address": address(memcg), "path": cgroup_path(memcg.css.cgroup)}
        one.update(self.counter(memcg.memory))
        for name in ("under_oom", "oom_lock"):
            try:
                one[name] = int(memcg.member_(name).value_())
            except LookupError:
                pass
        return one

    def memcgs_up(self, memcg):
        """The task's own first, the root last."""
        found = []
        while memcg and len(found) < MEMCG_DEPTH_MAX:
            found.append(self.memcg(memcg))
            css = memcg.css.parent
            memcg = drgn.container_of(css, "struct mem_cgroup", "css") if css else None
        return found

    # tasks

    def oom(self, task):
        """Marks of a victim of the OOM killer; None: it is none."""
        signal = task.signal
        if not signal.oom_mm:
            return None
        marks = {
            "oom_mm": address(signal.oom_mm),
            "thread_flags": f"{task.thread_info.flags.value_():#x}",
            "signal_flags": f"{signal.flags.value_():#x}",
            "exiting": bool(signal.flags.value_() & SIGNAL_GROUP_EXIT),
            "sigkill_pending": bool(task.pending.signal.sig[0].value_() & SIGKILL_BIT),
        }
        if self.reader.is_x86() and release_number(self.prog) <= TIF_MEMDIE_UNTIL:
            marks["tif_memdie"] = bool(task.thread_info.flags.value_() >> TIF_MEMDIE & 1)
        return marks

    def who(self, task):
        key = task.value_()
        if key not in self.told:
            one = {
                "pid": task.pid.value_(),
                "tgid": task.tgid.value_(),
                "comm": text(task.comm),
                "task": address(task),
                "state": self.state(task),
                "on_cpu": bool(task.on_cpu.value_()),
            }
            try:
                one["stack"] = self.stack(task)[:STACK_MAX]
            except Exception:  # pylint: disable=broad-except
                one["stack"] = []  # the reader's own part has said why
            if task.mm:
                one["memcgs"] = self.memcgs_up(self.memcg_of(task))
            marks = self.oom(task)
            if marks:
                one["oom"] = marks
            self.told[key] = one
        return self.told[key]

    # wait queues

    def waiting(self, queue):
        """The tasks on a wait_queue_head; functions that are to be called hang there, too."""
        head, found = member(queue, "head", "task_list"), []
        entries = list_for_each_entry("struct wait_queue_entry", head.address_of_(), "entry")
        for count, entry in enumerate(entries):
            if count == WAITERS_MAX:
                break
            task = self.tasks().get(entry.private.value_())
            if task is not None:
                found.append(task)
        return found

    def per_cpu(self, name, cpu):
        return per_cpu(self.prog[name], cpu)


__all__ = ["Who", "address", "FaultError"]
