"""plants.md from the runs that plants.py measured: medians, ranges, and whether the goals were met."""
import os
import statistics
import subprocess

from guest_runs import machine

NEVER = float("inf")
FAST = 4  # the best line's time from which on hangar has to be twice as fast
QUICK = 2  # seconds in which ext4-oom is to freeze
LOOK = 1  # tasks are looked at each second, so that freezes are told apart no closer than that
SAME = 0.2  # and messages, between loads of one median, not closer than this share


def name_of(entry):
    outside = f" (outside: {entry['beside']})" if "beside" in entry else ""
    return f"stress-ng {entry['line']}" + outside + (" (not as root)" if "as" in entry else "")


def is_found(row):
    """What was told of without the planted path was no planted bug."""
    return "told" in row and row["hits"] > 0


def seconds(value, cap):
    return f"> {cap} s" if value == NEVER else f"{value:.1f} s"


def times(rows, key):
    return sorted(row[key] if is_found(row) else NEVER for row in rows)


def median(rows, key):
    """Of all runs: what was not found took for ever. Of an even number the later one of the middle two."""
    return times(rows, key)[len(rows) // 2] if rows else NEVER


def middle(rows, key):
    """The median in words. Runs that ended with something else than the plant say nothing of the time after that."""
    value, cap = median(rows, key), rows[0]["cap"]
    ended = sorted(row["length"] for row in rows if not is_found(row) and "told" in row)
    return f"not in {ended[len(ended) // 2]:.0f} s" if value == NEVER and len(ended) > len(rows) / 2 else seconds(value, cap)


def range_of(rows, key):
    values, cap = times(rows, key), rows[0]["cap"]
    if values[0] == NEVER:
        return ""
    first, last = seconds(values[0], cap), seconds(values[-1], cap)
    return first if first == last else f"{first.removesuffix(' s')} to {last}"


def rate(rows):
    return f"{statistics.median(60 * row['hits'] / row['hits_in'] if row['hits_in'] > 0 else 0 for row in rows):.0f}"


def commonest(words):
    return ", ".join(sorted(set(words), key=words.count, reverse=True)[:2])


def seen_as(rows):
    words = commonest([f"{row['kind']} by {row['watcher']}" for row in rows if is_found(row)])
    astray = sorted(row["told"] for row in rows if "told" in row and not is_found(row))
    if not astray:
        return words
    return f"{words}{'; ' if words else ''}{len(astray)} told at {astray[len(astray) // 2]:.1f} s, but not by the planted path"


def slower(ours, best):
    return ours - best > max(SAME * best, LOOK / 2)


def goal(plant, rows, rivals):
    """What the row of hangar's own load says of it."""
    ours, late = median(rows, "fault"), sum(time > QUICK for time in times(rows, "fault"))
    best = min([median(rows, "fault") for rows in rivals] or [NEVER])
    if not rivals and ours < NEVER:
        return "found; no line was measured"
    words = []
    if ours == NEVER:
        words.append("not found")
    elif slower(ours, best):
        words.append("slower than the best line")
    elif FAST < best < NEVER and ours > best / 2:
        words.append("over half of the best line's time")
    if plant == "ext4-oom" and ours > QUICK:
        words.append(f"over {QUICK} s")
    if words:
        return "no: " + ", ".join(words)
    return f"by the median; over {QUICK} s in {late} of {len(rows)}" if plant == "ext4-oom" and late else "yes"


def heading(*columns):
    return [f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]


def row_of(plant, load, rows, verdict):
    return (f"| {plant} | {'**hangar**' if load == 'hangar' else f'`{load}`'} | {sum(map(is_found, rows))} of {len(rows)} "
            f"| {middle(rows, 'fault')} | {range_of(rows, 'fault')} | {middle(rows, 'told')} "
            f"| {rate(rows)} | {seen_as(rows)} | {verdict} |")


def loads_of(plant, rows, known):
    mine = [row for row in rows if row["plant"] == plant and "verdict" in row]
    names = ["hangar"] + [name_of(entry) for entry in known[plant.partition(":")[0]]["lines"]]
    return {name: ran for name in names if (ran := [row for row in mine if row["load"] == name])}


def table_of(plants, rows, known):
    lines = heading("plant", "load", "found", "fault after", "range", "told after", "hits/min", "seen as", "goal met")
    for plant in plants:
        loads = loads_of(plant, [row for row in rows if row["part"] == "loads"], known)
        rivals = [ran for load, ran in loads.items() if load != "hangar"]
        lines += [row_of(plant, load, ran, goal(plant, ran, rivals) if load == "hangar" else "")
                  for load, ran in loads.items()]
    return lines


def controls_of(plants, rows, known):
    lines = heading("plant", "load", "runs", "told of, though the plant was off", "verdicts")
    for plant in plants:
        for load, ran in loads_of(plant, [row for row in rows if row["part"] == "control"], known).items():
            told = sum("told" in row for row in ran)
            lines.append(f"| {plant} | `{load}` | {len(ran)} | {told} | {commonest([row['verdict'] for row in ran])} |")
    return lines


def messages_of(rows):
    lines = heading("run", "fault after", "told after, as", "from the fault to hangar's finding", "to the kernel's message")
    for number, row in enumerate((row for row in rows if row["part"] == "message" and "fault" in row), 1):
        fault, told, length = row["fault"], row["told"], row["length"]
        kernel = f"{row['message'] - fault:.1f} s" if row["message"] is not None else f"none in {length - fault:.0f} s"
        lines.append(f"| {number} | {fault:.1f} s | {told:.1f} s, {row['kind']} | {told - fault:.1f} s | {kernel} |")
    return lines


def first_line(*argv):
    try:
        return subprocess.run(argv, capture_output=True, text=True, check=True).stdout.splitlines()[0].strip()
    except (OSError, subprocess.CalledProcessError, IndexError):
        return f"{argv[0]}: unknown"


def programs():
    rival = first_line("stress-ng", "--version").partition(" (")[0]
    return f"{rival}; " + first_line(os.environ.get("HANGAR", "hangar"), "--version")


def write(path, rows, known, note):
    plants = sorted({row["plant"] for row in rows}, key=lambda name: ([*known].index(name.partition(":")[0]), name))
    dates = sorted(row["at"] for row in rows)
    hows = [f"- {plant}: `{name_of(entry)}`: {entry['how']}." for plant in known for entry in known[plant]["lines"]]
    hows += [f"- {plant}: {about['none']}." for plant, about in known.items() if "none" in about]
    text = HEAD.format(machine=machine(), programs=programs(), first=dates[0], last=dates[-1], look=LOOK / 2, same=int(100 * SAME))
    text += f"{note}\n\n" if note else ""
    text += "\n".join(table_of(plants, rows, known)) + "\n" + LINES + "\n".join(hows) + "\n"
    if any(row["part"] == "control" for row in rows):
        text += CONTROL + "\n".join(controls_of(plants, rows, known)) + "\n"
    if any(row["part"] == "message" for row in rows):
        text += MESSAGE + "\n".join(messages_of(rows)) + "\n"
    path.write_text(text)


HEAD = """# How fast the planted bugs are found

Made by `tests/bench/plants.py --write` and made again by it (`--results FILE` goes on where it stopped; `--plant NAME`
for one; `--help`). Machine:
{machine} {programs}. Measured {first} to {last}.

Each run is a throwaway guest of the planted kernel (`tests/kernels/build`), set up as its scenario says; memory, disk,
swap, limits, sysctls, tracing and watchers are the same for all loads of a plant, only the load differs. A stress-ng line
runs once in each group that the scenario's own load runs in, and is started again like it when it is killed. A run ends
with its finding, or after its cap.

"fault after" runs from the begin of the load to what the finding says of its begin (a deadlock: the last time that its
members moved; a message: when it was printed), "told after" to the finding itself. A run counts as found only if the
planted path was taken (hits): what is told of without it may come with the plant off, too (see the controls). Where fewer
than half of the runs found it, the median is given as over the cap. Tasks are looked at each second, so that no freeze is
dated closer than that; for all loads of ext4-oom a task is stuck after 12 s here, not 30. sched-clock-wrap is timed from the wrap, which comes at a fixed uptime. "hits/min" is how often the planted path was taken,
up to the end of the run: for ext4-oom most are the frozen task's own, which tries again and again. The goal: found, never
slower than the best line (but for what cannot be told apart: {look} s of a freeze, {same} % else), at most half of its time
where that exceeds 4 s; ext4-oom within 2 s.

"""
CONTROL = """
## Controls: the same loads with the plant off

What the plant makes a kernel thread do is done for it (order5-nofs: it asks all the same). A load whose finding comes here
as well exhausts the machine, and has not found the planted bug.

"""
LINES = """
## Where the lines are from

"""
MESSAGE = """
## From the deadlock to the finding, and to the kernel's own message

The same scenario of ext4-oom, going on after its finding, with `kernel.hung_task_timeout_secs` at 20
(`plants.py --part message`).

"""
