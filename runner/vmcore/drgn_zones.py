# SPDX-License-Identifier: GPL-2.0-or-later
"""Memory zones in the figures, and under the names, of a Mem-Info: what the allocator's watermark test reckons with."""
from drgn import FaultError
from drgn.helpers.linux.list import list_for_each

from drgn_words import nodes, text

# One letter each, as show_free_areas() prints them. ISOLATE and CMA exist by configuration.
LETTERS = {
    "MIGRATE_UNMOVABLE": "U",
    "MIGRATE_MOVABLE": "M",
    "MIGRATE_RECLAIMABLE": "E",
    "MIGRATE_HIGHATOMIC": "H",
    "MIGRATE_CMA": "C",
    "MIGRATE_ISOLATE": "I",
}


class Zones:
    def __init__(self, reader, _who):
        self.reader, self.prog, self.page = reader, reader.prog, reader.page
        self.letters = {}
        for name, letter in LETTERS.items():
            try:
                self.letters[self.prog.constant(name).value_()] = letter
            except LookupError:
                pass

    def stat(self, zone, name):
        try:
            index = self.prog.constant(name)
        except LookupError:
            return None
        return max(0, zone.vm_stat[index].counter.value_())

    def types(self, area):
        """Letters of the types whose list is not empty."""
        return "".join(
            letter
            for index, letter in sorted(self.letters.items())
            if index < area.free_list.type_.length and self.filled(area.free_list[index])
        )

    @staticmethod
    def filled(head):
        return head.next.value_() != head.address_

    def listed(self, zone):
        """Blocks that the lists themselves hold: the proof of nr_free."""
        count = [0] * len(zone.free_area)
        for order, area in enumerate(zone.free_area):
            for index in range(area.free_list.type_.length):
                try:
                    limit = area.nr_free.value_() + 1
                    for _ in list_for_each(area.free_list[index].address_of_()):
                        count[order] += 1
                        if count[order] > limit:
                            break
                except FaultError:
                    return None
        return count

    def zone(self, node, zone):
        boost = 0
        try:
            boost = zone.watermark_boost.value_()
        except AttributeError:
            pass
        marks = zone.member_("_watermark")
        one = {
            "node": node,
            "name": text(zone.name),
            "address": f"{zone.address_:#x}",
            "free_pages": self.stat(zone, "NR_FREE_PAGES"),
            "managed_pages": zone.managed_pages.counter.value_(),
            "present_pages": zone.present_pages.value_(),
            "blocks": [area.nr_free.value_() for area in zone.free_area],
            "types": [self.types(area) for area in zone.free_area],
            "reserve_pages": [pages.value_() for pages in zone.lowmem_reserve],
            "reserved_highatomic_pages": zone.nr_reserved_highatomic.value_(),
        }
        for key, name in (("min", "WMARK_MIN"), ("low", "WMARK_LOW"), ("high", "WMARK_HIGH")):
            one[f"{key}_pages"] = marks[self.prog.constant(name).value_()].value_() + boost
        cma = self.stat(zone, "NR_FREE_CMA_PAGES")
        if cma is not None:
            one["free_cma_pages"] = cma
        listed = self.listed(zone)
        if listed is not None:
            one["listed_blocks"] = listed
        return one

    def facts(self):
        found = []
        for node, pgdat in nodes(self.prog):
            for zone in pgdat.node_zones:
                if zone.present_pages.value_():
                    found.append(self.zone(node, zone))
        return {"page_bytes": self.page, "zones": found}
