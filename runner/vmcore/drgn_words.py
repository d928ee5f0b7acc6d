# SPDX-License-Identifier: GPL-2.0-or-later
"""Small words that all parts of the reader use."""


def text(value):
    return value.string_().decode("utf-8", "replace")


def member(obj, *names):
    """The first of @names that this kernel has."""
    for name in names:
        try:
            return obj.member_(name)
        except LookupError:
            pass
    raise LookupError(f"{obj.type_.type_name()} has none of {', '.join(names)}")


def cgroup_path(cgroup):
    names, node = [], cgroup.kn
    while node and len(names) < 64:
        names.append(text(node.name))
        node = member(node, "__parent", "parent")
    return "/" + "/".join(reversed([name for name in names if name]))


def release_number(prog):
    """(6, 1) of 6.1.0-50-cloud-amd64."""
    parts = text(prog["init_uts_ns"].name.release).split(".")
    return int(parts[0]), int("".join(c for c in parts[1] if c.isdigit()) or 0)


def nodes(prog):
    """Number and pglist_data of each node; without NUMA there is one."""
    try:
        table = prog["node_data"]
    except KeyError:
        yield 0, prog["contig_page_data"]
        return
    for number in range(table.type_.length):
        if table[number]:
            yield number, table[number][0]
