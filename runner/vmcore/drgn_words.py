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
