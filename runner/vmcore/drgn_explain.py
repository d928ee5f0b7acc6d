# SPDX-License-Identifier: GPL-2.0-or-later
"""The subjects that a dump may tell of, each in a file of its own: facts, with the addresses that prove them.

A subject yields facts and draws no conclusion: hangar judges them, by what it knows of logs, too. A kernel whose
structures are not those that a subject was written for is not guessed at: what is missing is named instead.
"""
import re

from drgn import FaultError

from drgn_clocks import Clocks
from drgn_jbd2 import Journals
from drgn_thp import SplitQueues
from drgn_who import Who
from drgn_zones import Zones

SUBJECTS = (
    ("jbd2-deadlock", Journals),
    ("thp-deferred-split", SplitQueues),
    ("order-refused", Zones),
    ("sched-clock-wrap", Clocks),
)
MISSING = (
    (r"^'(?P<type>.+)' has no member '(?P<name>\w+)'$", "no member {name} in {type}"),
    (r"^(?P<type>\S+ ?\S*) has none of (?P<name>.+)$", "no member {name} in {type}"),
    (r"^could not find '(?P<name>[^']+)'$", "no type {name}"),
    (r"^could not find constant '(?P<name>\w+)'$", "no constant {name}"),
    (r"^'(?P<name>\w+)'$", "no variable {name}"),  # KeyError
)


def missing(error):
    """What the kernel lacks, in words; None: this error is of another kind."""
    for pattern, words in MISSING:
        match = re.match(pattern, str(error))
        if match:
            return words.format(**match.groupdict())
    return None


def one(name, subject, reader, who):
    try:
        return {"subject": name, "facts": subject(reader, who).facts()}
    except FaultError as error:
        return {"subject": name, "unreadable": f"the dump lacks what lies at {error.address:#x}"}
    except (AttributeError, LookupError) as error:
        lacks = missing(error)
        if lacks is None:
            raise
        return {"subject": name, "unreadable": f"cannot be read on this kernel: {lacks}"}


def explain(reader):
    who, found = Who(reader), []
    for name, subject in SUBJECTS:
        told = reader.part(name, lambda n=name, s=subject: one(n, s, reader, who), None)
        if told:
            found.append(told)
    return found
