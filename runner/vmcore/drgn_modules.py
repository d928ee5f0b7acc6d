# SPDX-License-Identifier: GPL-2.0-or-later
"""Functions of modules, by the symbol tables that the dump itself holds: drgn wants files for them."""
from drgn import FaultError
from drgn.helpers.linux.list import list_for_each_entry

from drgn_words import text


class Modules:
    def __init__(self, prog):
        self.found = []
        for module in list_for_each_entry("struct module", prog["modules"].address_of_(), "list"):
            try:
                base, size = self.text_of(prog, module)
                self.found.append((base, size, text(module.name), module))
            except (LookupError, FaultError):
                continue
        self.symbols = {}

    @staticmethod
    def text_of(prog, module):
        try:  # since 6.4
            memory = module.member_("mem")[prog.constant("MOD_TEXT")]
            return memory.base.value_(), memory.size.value_()
        except LookupError:
            return module.core_layout.base.value_(), module.core_layout.text_size.value_()

    def load(self, module):
        table, symbols = module.kallsyms, []
        for i in range(min(table.num_symtab.value_(), 100000)):
            symbol = table.symtab[i]
            if symbol.st_size and symbol.st_shndx:
                name = table.strtab + symbol.st_name
                symbols.append((symbol.st_value.value_(), symbol.st_size.value_(), text(name)))
        return symbols

    def name(self, pc):
        for base, size, name, module in self.found:
            if base <= pc < base + size:
                if name not in self.symbols:
                    try:
                        self.symbols[name] = self.load(module)
                    except (LookupError, FaultError):
                        self.symbols[name] = []
                for start, length, symbol in self.symbols[name]:
                    if start <= pc < start + length:
                        return f"{symbol}+{pc - start:#x} [{name}]"
                return f"{pc:#x} [{name}]"
        return None
