# SPDX-License-Identifier: GPL-2.0-or-later
"""Memory as a whole, and by memory cgroups."""
from drgn import container_of
from drgn.helpers.linux.list import list_for_each_entry

from drgn_words import cgroup_path, member

MEMCGS_MAX = 4096


class Memory:
    def __init__(self, reader):
        self.reader, self.prog, self.page = reader, reader.prog, reader.page

    def counter(self, array, name):
        try:
            index = self.prog.constant(name)
        except LookupError:
            return None
        return max(0, member(self.prog[array][index], "counter").value_()) * self.page

    def memory(self):
        rows = {
            "free_bytes": ("vm_zone_stat", "NR_FREE_PAGES"),
            "anon_bytes": ("vm_node_stat", "NR_ANON_MAPPED"),
            "file_bytes": ("vm_node_stat", "NR_FILE_PAGES"),
            "shmem_bytes": ("vm_node_stat", "NR_SHMEM"),
            "dirty_bytes": ("vm_node_stat", "NR_FILE_DIRTY"),
            "writeback_bytes": ("vm_node_stat", "NR_WRITEBACK"),
            "slab_reclaimable_bytes": ("vm_node_stat", "NR_SLAB_RECLAIMABLE_B"),
            "slab_unreclaimable_bytes": ("vm_node_stat", "NR_SLAB_UNRECLAIMABLE_B"),
            "page_table_bytes": ("vm_node_stat", "NR_PAGETABLE"),
        }
        memory = {"total_bytes": self.prog["_totalram_pages"].counter.value_() * self.page}
        for key, (array, name) in rows.items():
            value = self.reader.part(key, lambda a=array, n=name: self.counter(a, n), None)
            if value is not None:
                memory[key] = value
        memory.update(self.reader.part("swap", self.swap, {}))
        return memory

    def swap(self):
        return {
            "swap_total_bytes": self.prog["total_swap_pages"].value_() * self.page,
            "swap_free_bytes": max(0, self.prog["nr_swap_pages"].counter.value_()) * self.page,
        }

    def children(self, css):
        for child in list_for_each_entry(
            "struct cgroup_subsys_state", css.children.address_of_(), "sibling"
        ):
            yield child
            yield from self.children(child)

    def memcg(self, css):
        memcg = container_of(css, "struct mem_cgroup", "css")
        limit = memcg.memory.max.value_()
        one = {
            "path": cgroup_path(css.cgroup),
            "usage_bytes": max(0, memcg.memory.usage.counter.value_()) * self.page,
            # PAGE_COUNTER_MAX is LONG_MAX / PAGE_SIZE
            "limit_bytes": None if limit >= ((1 << 63) - 1) // self.page else limit * self.page,
        }
        try:
            one["failcnt"] = memcg.memory.failcnt.value_()
        except AttributeError:
            pass
        try:
            kills = memcg.memory_events[self.prog.constant("MEMCG_OOM_KILL")].counter
            one["oom_kills"] = max(0, kills.value_())
        except (AttributeError, LookupError):
            pass
        return one

    def memcgs(self):
        found = []
        root = self.prog["root_mem_cgroup"]
        if not root:
            return found
        for css in self.children(root.css):
            if len(found) == MEMCGS_MAX:
                self.reader.notes.append(f"only the first {MEMCGS_MAX} memory cgroups are listed")
                break
            found.append(self.memcg(css))
        return found
