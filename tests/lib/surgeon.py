# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs a reader of dumps on a memory that was operated on: the marks of a known bug, in the dump of a sound kernel.

usage: python3 surgeon.py OPERATION[,OPERATION...] [-I] [-B] .../drgn_reader.py
$HANGAR_DRGN_PYTHON then names a script that runs this with the first argument given.
The dump itself is not changed: words of its memory are overlaid. So each script has a positive on every kernel.
"""
import importlib
import json
import os
import sys

import drgn
from drgn import Object, offsetof, sizeof
from drgn.helpers.linux.cpumask import for_each_online_cpu
from drgn.helpers.linux.list import list_for_each_entry
from drgn.helpers.linux.percpu import per_cpu

WRAP = 1 << 54
POISON1 = 0xDEAD000000000100
# In a hole of the address space of every x86-64 kernel: nothing of the dump lies there.
NOWHERE = 0xFFFFFEFF00000000


class Surgeon:
    def __init__(self, prog):
        self.prog, self.free, self.kept = prog, NOWHERE, []

    def overlay(self, address, data):
        self.kept.append(data)
        self.prog.add_memory_segment(
            address, len(data), lambda _a, count, offset, _p, d=data: d[offset : offset + count], False
        )

    def put(self, obj, value):
        """A number into a scalar member."""
        self.overlay(obj.address_, (value & (1 << 8 * sizeof(obj)) - 1).to_bytes(sizeof(obj), "little"))

    def new(self, type_name, **members):
        """An object that was not there, zeros but for @members."""
        kind = self.prog.type(type_name)
        address, self.free = self.free, self.free + 4096
        raw = bytearray(sizeof(kind))
        for name, value in members.items():
            member = Object(self.prog, kind, address=address).member_(name)
            at, size = member.address_ - address, sizeof(member)
            raw[at : at + size] = (value & (1 << 8 * size) - 1).to_bytes(size, "little")
        self.overlay(address, bytes(raw))
        return Object(self.prog, kind, address=address)

    def tasks(self):
        first = self.prog["init_task"].address_of_()
        for leader in list_for_each_entry("struct task_struct", first.tasks.address_of_(), "tasks"):
            head = leader.signal.thread_head.address_of_()
            yield from list_for_each_entry("struct task_struct", head, "thread_node")

    def root(self):
        return self.prog["root_mem_cgroup"]

    # operations

    def split_count(self):
        """Three huge pages were taken off the node's queue that hung elsewhere."""
        node = self.prog["node_data"][0][0]
        self.put(node.deferred_split_queue.split_queue_len, -3)

    def split_poison(self):
        self.put(self.root().deferred_split_queue.split_queue.next, POISON1)

    def split_null(self):
        self.put(self.root().deferred_split_queue.split_queue.prev, 0)

    def split_foreign(self):
        """A page of the node's queue, of somebody, hangs on the root's; it has no charge."""
        page = self.prog.type("struct page")
        address, self.free = self.free, self.free + 4096
        self.overlay(address, bytes(4 * sizeof(page)))
        head = Object(self.prog, page, address=address)
        queue = self.root().deferred_split_queue.split_queue
        entry = address + self.entry_offset()
        self.put(queue.next, entry)
        self.put(queue.prev, entry)
        self.overlay(entry, 2 * queue.address_.to_bytes(8, "little"))
        self.put(head.flags, 1 << self.prog.constant("PG_head").value_())

    def entry_offset(self):
        try:
            folio = self.prog.type("struct folio")
            if folio.has_member("_deferred_list"):
                return offsetof(folio, "_deferred_list")
        except LookupError:
            pass
        page = self.prog.type("struct page")
        return 2 * sizeof(page) + offsetof(page, "deferred_list")

    def zone_crumbs(self):
        """All that is free is in single pages."""
        index = self.prog.constant("NR_FREE_PAGES").value_()
        for zone in self.zones():
            for order, area in enumerate(zone.free_area):
                self.put(area.nr_free, 0 if order else max(0, zone.vm_stat[index].counter.value_()))

    def zones(self):
        try:
            node = self.prog["node_data"][0][0]
        except KeyError:  # without NUMA
            node = self.prog["contig_page_data"]
        return node.node_zones

    def clock_wrap(self):
        for cpu in for_each_online_cpu(self.prog):
            clock = per_cpu(self.prog["runqueues"], cpu).clock
            self.put(per_cpu(self.prog["watchdog_touch_ts"], cpu), clock.value_() >> 30)
            self.put(clock, clock.value_() - WRAP)

    def journal(self):
        for sb in list_for_each_entry(
            "struct super_block", self.prog["super_blocks"].address_of_(), "s_list"
        ):
            if sb.s_type.name.string_() == b"ext4":
                return drgn.cast("struct ext4_sb_info *", sb.s_fs_info).s_journal
        raise SystemExit("no ext4 in this dump")

    def waiter(self, queue, task):
        """@task sleeps on @queue, alone."""
        head = queue.head
        entry = self.new("struct wait_queue_entry", private=task.value_())
        self.put(head.next, entry.entry.address_)
        self.put(head.prev, entry.entry.address_)
        self.overlay(entry.entry.address_, 2 * head.address_.to_bytes(8, "little"))

    def stuck_handle(self):
        """The commit waits for a handle of the first stressor, which is 40 s old."""
        journal = self.journal()
        owner = next(t for t in self.tasks() if t.mm and t.comm.string_().startswith(b"fsync-writer"))
        hz = round(1000000000 / self.prog["tick_nsec"].value_())
        now = self.prog["jiffies_64"].value_()
        transaction = self.new("struct transaction_s", t_tid=77, t_start=now - 41 * hz)
        self.put(transaction.t_state, 1)  # T_LOCKED
        self.put(transaction.t_updates.counter, 1)
        self.put(journal.j_running_transaction, transaction.address_)
        handle = self.new(
            "struct jbd2_journal_handle", h_transaction=transaction.address_, h_ref=1,
            h_start_jiffies=now - 40 * hz,
        )
        self.put(owner.journal_info, handle.address_)
        self.waiter(journal.j_wait_updates, journal.j_task)
        return owner, journal

    def victim(self):
        """And the owner's group is at its limit, with a victim of the OOM killer that waits for that commit."""
        owner, journal = self.stuck_handle()
        css = owner.cgroups.subsys[self.prog.constant("memory_cgrp_id")]
        memcg = drgn.container_of(css, "struct mem_cgroup", "css")
        self.put(memcg.memory.max, memcg.memory.usage.counter.value_())
        victim = next(
            t for t in self.tasks()
            if t.comm.string_().startswith(b"fsync-writer") and t.value_() != owner.value_()
        )
        self.put(victim.signal.oom_mm, victim.mm.value_())
        self.waiter(journal.j_wait_done_commit, victim)


def main():
    operations, script = sys.argv[1], sys.argv[-1]
    sys.path.insert(0, os.path.dirname(os.path.abspath(script)))
    reader = importlib.import_module("drgn_reader")

    class Operated(reader.Reader):
        def __init__(self, request):
            super().__init__(request)
            surgeon = Surgeon(self.prog)
            for operation in operations.split(","):
                getattr(surgeon, operation.replace("-", "_"))()

    json.dump(Operated(json.load(sys.stdin)).answer(), sys.stdout)


if __name__ == "__main__":
    main()
