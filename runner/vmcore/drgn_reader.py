#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads a vmcore with drgn for hangar: a request as JSON on standard input, the answer as JSON on standard output.

It goes by the kernel's structures alone, not by what the notes say, and by as few of drgn's helpers as it can: they
know the kernels of their own year. Each part stands for itself: one that fails leaves a note, the others go on.
What is said here is checked by hangar before anybody believes it.

request: {"vmcore", "vmlinux", "qemu": bool, "registers": [{"pid", "regs": [hexadecimal; 27]}]}
"""
import json
import os
import sys

import drgn
from drgn import FaultError, Object
from drgn.helpers.linux.cpumask import for_each_online_cpu, for_each_possible_cpu
from drgn.helpers.linux.list import list_for_each_entry
from drgn.helpers.linux.percpu import per_cpu, per_cpu_ptr

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # python3 -I leaves it out
# pylint: disable=wrong-import-position
from drgn_explain import explain
from drgn_memory import Memory
from drgn_modules import Modules
from drgn_orc import Orc
from drgn_words import cgroup_path, member, text

# include/linux/sched.h; macros are not in DWARF, and these have not moved since 4.14
TASK_UNINTERRUPTIBLE = 0x2
TASK_NOLOAD = 0x400
TASKS_MAX = 4 << 20  # as many as there are pids
BLOCKED_MAX = 8192
FRAMES_MAX = 64
# Of the 27 registers in struct elf_prstatus of x86-64: those of struct pt_regs, and two of them.
PT_REGS, RBP, RIP, CS, RSP = 21, 4, 16, 17, 19
# Where a kernel stack begins: drgn came to its end.
BOTTOMS = ("entry_", "asm_", "ret_from_fork", "secondary_startup", "start_secondary", "start_kernel", "x86_64_start")


class Reader:
    def __init__(self, request):
        self.request = request
        self.notes = []
        self.prog = drgn.Program()
        self.prog.set_core_dump(request["vmcore"])
        try:
            self.prog.load_debug_info([request["vmlinux"]])
        except drgn.MissingDebugInfoError:
            pass  # of modules; that vmlinux fits, hangar has seen by its build-id
        self.page = self.prog["PAGE_SIZE"].value_()
        self.start, self.end = self.prog.symbol("_stext").address, self.prog.symbol("_etext").address
        self.modules = None
        self.told_cpus = None
        self.orc = self.part("ORC tables", lambda: Orc(self.prog), None) if self.is_x86() else None

    def is_x86(self):
        return self.prog.platform.arch == drgn.Architecture.X86_64

    def part(self, name, function, otherwise):
        try:
            return function()
        except Exception as error:  # pylint: disable=broad-except
            self.notes.append(f"{name}: {type(error).__name__}: {error}"[:300])
            return otherwise

    # tasks

    def all_tasks(self):
        """By the list of processes and each one's list of threads, which every kernel has."""
        first = self.prog["init_task"].address_of_()
        count = 0
        for leader in list_for_each_entry("struct task_struct", first.tasks.address_of_(), "tasks"):
            head = leader.signal.thread_head.address_of_()
            for task in list_for_each_entry("struct task_struct", head, "thread_node"):
                count += 1
                if count > TASKS_MAX:
                    raise ValueError("the list of tasks has no end")
                yield task

    @staticmethod
    def state(task):
        return member(task, "__state", "state").value_()

    def is_blocked(self, task):
        """As ps says D: uninterruptible, but not the kernel threads that idle so."""
        state = self.state(task)
        return bool(state & TASK_UNINTERRUPTIBLE) and not state & TASK_NOLOAD

    def cgroup_of(self, task):
        css = task.cgroups.subsys[self.prog.constant("memory_cgrp_id")]
        return cgroup_path(css.cgroup)

    def blocked_task(self, task):
        one = {"pid": task.pid.value_(), "tgid": task.tgid.value_(), "comm": text(task.comm)}
        one["stack"] = self.part(f"the stack of {one['pid']}", lambda: self.stack_of_task(task), [])
        try:
            one["ppid"] = task.real_parent.tgid.value_()
            one["cgroup"] = self.cgroup_of(task)
        except (LookupError, FaultError):
            pass
        return one

    def tasks(self):
        every, blocked = [], []
        for task in self.all_tasks():
            pid = task.pid.value_()
            every.append([pid, task.tgid.value_(), text(task.comm)])
            if len(blocked) < BLOCKED_MAX and self.is_blocked(task):
                blocked.append(self.blocked_task(task))
        return every, blocked

    # stacks

    def frame(self, frame):
        name = None
        try:
            name = frame.name
        except (AttributeError, LookupError):
            pass
        try:
            pc = frame.pc
        except LookupError:
            return name
        try:
            source = frame.source()
            if name and source[0]:
                return f"{name} ({source[0]}:{source[1]})"
        except LookupError:
            pass
        return self.address(pc, name)

    def address(self, pc, name=None, called=False):
        try:
            symbol = self.prog.symbol(pc - called)
            return f"{symbol.name}+{pc - symbol.address:#x}"
        except LookupError:
            pass
        if self.modules is None:
            self.modules = Modules(self.prog)
        return self.modules.name(pc) or name or f"{pc:#x}"

    def drgn_stack(self, of):
        """Functions, those that were inlined too, with file and line."""
        lines = []
        for frame in self.prog.stack_trace(of):
            try:
                if frame.pc < 1 << 63:
                    break
            except LookupError:
                pass
            line = self.frame(frame)
            if line:
                lines.append(line)
            if len(lines) == FRAMES_MAX:
                break
        return lines

    def stack(self, of, orc_walk):
        """By drgn; what it cannot walk to the end, by the dump's own tables where they lead further."""
        failure, lines = None, []
        try:
            lines = self.drgn_stack(of)
        except Exception as error:  # pylint: disable=broad-except
            failure = error
        # below start_kernel() lies the boot code, some of it without a name
        if len(lines) > 1 and lines[-1].startswith("0x") and lines[-2].startswith(BOTTOMS):
            lines.pop()
        if lines and lines[-1].startswith(BOTTOMS):
            return lines
        if self.orc is None:
            if failure:
                raise failure
            return lines
        found, ended = orc_walk()
        if ended or len(found) > len(lines):
            # a return address may lie behind the end of its function, which does not return
            return [self.address(pc, called=i > 0) for i, pc in enumerate(found[:FRAMES_MAX])]
        return lines

    def stack_of_task(self, task):
        return self.stack(task, lambda: self.orc.of_task(task))

    def pt_regs(self, regs):
        raw = b"".join(n.to_bytes(8, "little") for n in regs[:PT_REGS])
        return Object.from_bytes_(self.prog, "struct pt_regs", raw)

    def stack_by_registers(self, regs):
        pt_regs = self.pt_regs(regs)
        return self.stack(pt_regs, lambda: self.orc.of_registers(regs[RIP], regs[RSP], regs[RBP]))

    # CPUs

    def saved_registers(self, cpu):
        """What the kernel itself wrote down when it crashed: struct elf_prstatus behind a note's header."""
        note = per_cpu_ptr(self.prog["crash_notes"], cpu)
        raw = self.prog.read(note.value_(), 12 + 8 + 336)
        if int.from_bytes(raw[0:4], "little") != 5 or int.from_bytes(raw[4:8], "little") != 336:
            return None
        regs = raw[20 + 112 : 20 + 112 + 27 * 8]
        return [int.from_bytes(regs[i : i + 8], "little") for i in range(0, len(regs), 8)]

    def noted_registers(self, cpu):
        """QEMU counts CPUs from 1 where a kernel names the task."""
        for one in self.request["registers"]:
            if one["pid"] == cpu + 1:
                return [int(n, 16) for n in one["regs"]]
        return None

    def registers(self, cpu):
        if not self.is_x86():
            return None
        if self.request["qemu"]:
            return self.noted_registers(cpu)
        return self.saved_registers(cpu)

    def cpu(self, cpu):
        task = per_cpu(self.prog["runqueues"], cpu).curr
        one = {"cpu": cpu, "comm": text(task.comm), "pid": task.pid.value_(), "stack": []}
        regs = self.part(f"the registers of CPU {cpu}", lambda: self.registers(cpu), None)
        if regs is None:
            self.notes.append(f"CPU {cpu} left no registers: its stack is that of its last switch of tasks")
            stack = lambda: self.stack_of_task(task)
        elif regs[CS] & 3:
            one["mode"] = "user"
            return one
        else:
            one["mode"] = "kernel"
            stack = lambda: self.stack_by_registers(regs)
        one["stack"] = self.part(f"the stack of CPU {cpu}", stack, [])
        return one

    def running_cpus(self):
        """A panic stops the other CPUs, and with that they are no longer online; for hotplug they still are."""
        cpus = set(for_each_online_cpu(self.prog))
        if self.part("panic", self.panicked, False):
            online = self.prog.constant("CPUHP_ONLINE").value_()
            for cpu in for_each_possible_cpu(self.prog):
                if per_cpu(self.prog["cpuhp_state"], cpu).state.value_() == online:
                    cpus.add(cpu)
        return sorted(cpus)

    def cpus(self):
        if self.told_cpus is None:
            self.told_cpus = [self.cpu(cpu) for cpu in self.running_cpus()]
        return self.told_cpus

    def trace_of_cpu(self, cpu):
        """drgn's own frames, whose variables can be asked for; None: it left no registers."""
        regs = self.registers(cpu)
        return self.prog.stack_trace(self.pt_regs(regs)) if regs else None

    # the whole

    def panicked(self):
        return self.prog["panic_cpu"].counter.value_() >= 0

    def answer(self):
        every, blocked = self.tasks()
        memory = Memory(self)
        return {
            "reader": f"drgn {drgn.__version__}" if hasattr(drgn, "__version__") else "drgn",
            "release": text(self.prog["init_uts_ns"].name.release),
            "tasks": every,
            "blocked": blocked,
            "cpus": self.cpus(),
            "panicked": self.part("panic", self.panicked, None),
            "taint": self.part("taint", lambda: self.prog["tainted_mask"].value_(), None),
            "memory": self.part("memory", memory.memory, {}),
            "memcgs": self.part("memory cgroups", memory.memcgs, []),
            "subjects": explain(self),
            "notes": self.notes,
        }


def main():
    answer = Reader(json.load(sys.stdin)).answer()
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
