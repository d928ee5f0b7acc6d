# SPDX-License-Identifier: GPL-2.0-or-later
"""The queues of huge pages that wait to be split: one a node, one a memory cgroup, each with a lock and a count.

A huge page belongs on the queue of the memory cgroup that it is charged to, else on its node's; whoever takes it off
takes that queue's lock. So an entry whose page is charged elsewhere is one that will be taken off under a wrong
lock, and a count below zero tells of pages that were taken off a queue on which they did not hang.
"""
from drgn import FaultError, Object, offsetof, sizeof

from drgn_list import Walk
from drgn_memory import Memory
from drgn_thp_crash import Crash
from drgn_who import address
from drgn_words import cgroup_path, nodes

PAGES_TOLD = 16
MEMCGS_MAX = 65536
# Low bits of memcg_data say what it points to: include/linux/memcontrol.h, memcg_data_flags
MEMCG_DATA_FLAGS = 7


class Queue:
    def __init__(self, queue, kind, name, memcg=0):
        self.queue, self.kind, self.name, self.memcg = queue, kind, name, memcg
        self.at = queue.address_

    def facts(self):
        length = self.queue.split_queue_len.value_()
        return {
            "of": self.kind,
            "name": self.name,
            "memcg": f"{self.memcg:#x}",
            "address": f"{self.at:#x}",
            "length": length - (1 << 64) if length >> 63 else length,
            "locked": bool(self.queue.split_queue_lock.rlock.raw_lock.val.counter.value_()),
        }


class SplitQueues:
    def __init__(self, reader, who):
        self.reader, self.prog, self.who = reader, reader.prog, who
        self.page_type = self.prog.type("struct page")
        self.entry_offset = self.find_entry_offset()
        self.head_bit = self.prog.constant("PG_head")
        self.queues = []

    def find_entry_offset(self):
        """Of the list entry within a huge page's struct pages: the third one's, by whatever name."""
        folio = None
        try:
            folio = self.prog.type("struct folio")
        except LookupError:
            pass
        if folio is not None and folio.has_member("_deferred_list"):
            return offsetof(folio, "_deferred_list")
        return 2 * sizeof(self.page_type) + offsetof(self.page_type, "deferred_list")

    def find_queues(self):
        for number, pgdat in nodes(self.prog):
            self.queues.append(Queue(pgdat.deferred_split_queue, "node", str(number)))
        root = self.prog["root_mem_cgroup"]
        if not root:
            return
        memory = Memory(self.reader)
        self.add_memcg(root.css)
        for count, css in enumerate(memory.children(root.css)):
            if count == MEMCGS_MAX:
                raise ValueError("the list of memory cgroups has no end")
            self.add_memcg(css)

    def add_memcg(self, css):
        at = css.address_ if css.address_ is not None else css.value_()
        memcg = Object(
            self.prog,
            "struct mem_cgroup",
            address=at - offsetof(self.prog.type("struct mem_cgroup"), "css"),
        )
        path = cgroup_path(memcg.css.cgroup) or "/"
        self.queues.append(Queue(memcg.deferred_split_queue, "memcg", path, memcg.address_))

    # pages

    def page(self, at):
        return Object(self.prog, self.page_type, address=at)

    def charged_to(self, page):
        try:
            return page.memcg_data.value_() & ~MEMCG_DATA_FLAGS
        except AttributeError:
            return page.mem_cgroup.value_()  # before 5.11

    def words(self, at, pages=3):
        """The struct pages themselves, as they lie there."""
        raw = self.prog.read(at, pages * sizeof(self.page_type))
        return [f"{int.from_bytes(raw[i : i + 8], 'little'):#x}" for i in range(0, len(raw), 8)]

    def where_charged(self, memcg):
        """(the queue whose lock a free of the page would take, its name); None: that is no memory cgroup known."""
        for queue in self.queues:
            if queue.kind == "memcg" if memcg else queue.kind == "node":
                if queue.memcg == memcg:
                    return queue
        return None

    def folio(self, entry, queue):
        """What hangs at @entry of @queue, and what is wrong with it."""
        at = entry - self.entry_offset
        page = self.page(at)
        memcg = self.charged_to(page)
        belongs = self.where_charged(memcg)
        one = {
            "page": f"{at:#x}",
            "entry": f"{entry:#x}",
            "references": page._refcount.counter.value_(),  # pylint: disable=protected-access
            "head": bool(page.flags.value_() >> self.head_bit & 1),
            "charged_to": f"{memcg:#x}",
        }
        if belongs is not None:
            one["belongs_on"] = f"{belongs.at:#x}"
            one["belongs_on_name"] = f"{belongs.kind} {belongs.name}"
        one["problem"] = None
        if not one["head"]:
            one["problem"] = "freed"
        elif belongs is not None and queue is not None and belongs.at != queue.at:
            # Nodes share what is not charged
            if not (queue.kind == "node" and belongs.kind == "node"):
                one["problem"] = "foreign"
        if one["problem"]:
            one["struct_pages"] = self.words(at)
        return one

    def folio_or_none(self, entry, queue):
        """None where a broken list leads to what is no struct page at all."""
        try:
            return self.folio(entry, queue) if self.is_page(entry - self.entry_offset) else None
        except FaultError:
            return None

    def is_page(self, at):
        if not self.reader.is_x86():
            return True
        offset = at - self.prog["vmemmap_base"].value_()
        return offset >= 0 and offset % sizeof(self.page_type) == 0

    # queues

    def told(self, queue):
        one = queue.facts()
        head = queue.at + offsetof(self.prog.type("struct deferred_split"), "split_queue")
        walk = Walk(self.prog, head)
        one["entries"] = len(walk.entries)
        one["broken"] = [dict(b, folio=self.folio_or_none(b["entry_at"], queue)) for b in walk.broken]
        for broken in one["broken"]:
            if broken.pop("entry_at") == head:
                broken["folio"] = None
        bad = (self.folio_or_none(entry, queue) for entry in walk.entries)
        one["bad"] = [folio for folio in bad if folio and folio["problem"]][:PAGES_TOLD]
        return one

    @staticmethod
    def worth_telling(one):
        return one["entries"] or one["length"] or one["broken"] or one["locked"] or one["of"] == "node"

    def facts(self):
        self.find_queues()
        told = [self.told(queue) for queue in self.queues]
        return {
            "queues": [one for one in told if self.worth_telling(one)],
            "queues_walked": len(told),
            "crash": Crash(self).facts(),
        }


__all__ = ["SplitQueues", "address"]
