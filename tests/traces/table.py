"""The table of TABLE.md: what explains the recorded events, and which steps of the models were seen.

table.py PROGRAM: prints the text between the marks of TABLE.md. `table.py PROGRAM --write` puts it there, and writes
functions.txt, which `table.py PROGRAM --functions` prints: the functions that the models of all stacks name, which
symbols.py looks up in a kernel.
"""
import collections
import glob
import json
import os
import subprocess
import sys

here = os.path.dirname(os.path.abspath(__file__))
releases = ["6.1", "6.12"]
begin, end = "<!-- table -->\n", "<!-- /table -->"


def audit(program):
    files = sorted(glob.glob(os.path.join(here, "6.*", "*.trace")))
    run = subprocess.run([program, "audit", "--format", "json"] + files, capture_output=True, text=True)
    if run.returncode not in (0, 1):
        sys.exit(run.stderr)
    return json.loads(run.stdout)


def functions(program):
    names = set()
    of = sorted(glob.glob(os.path.join(here, "stacks", "*.json")))
    for script in sorted(glob.glob(os.path.join(here, "refusal", "*.sh"))):
        finding = os.path.basename(script)[: -len(".sh")]
        of.append(os.path.join(here, "..", "..", "scenarios", "findings", finding + ".json"))
    for release in releases:
        run = subprocess.run([program, "audit", "--functions", "--release", release] + of, capture_output=True,
                             text=True, check=True)
        names |= set(run.stdout.split())
    return "".join(name + "\n" for name in sorted(names))


def name_of(trace):
    """The stack, and what was driven."""
    stack = os.path.basename(trace["scenario"])[: -len(".json")]
    return stack, os.path.basename(trace["file"])[len(stack) + 1 : -len(".trace")]


def events(document):
    rows = collections.defaultdict(dict)
    for trace in document["traces"]:
        rows[name_of(trace)][trace["release"]] = trace["counts"]
    yield "| stack | operation | events | steps | ledger | outside | unexplained |"
    yield "|---|---|--:|--:|--:|--:|--:|"
    for (stack, operation), by_release in sorted(rows.items()):
        cells = []
        for key in ("events", "by_steps", "by_omissions", "outside", "unexplained"):
            cells.append(" / ".join(str(by_release[r][key]) if r in by_release else "-" for r in releases))
        yield "| " + " | ".join([stack, operation.replace("_", " ")] + cells) + " |"
    total = document["counts"]
    yield ""
    yield (f"In all: {total['events']} distinct events, {total['by_steps']} by steps, {total['by_omissions']} by the "
           f"ledger, {total['outside']} outside the I/O path, {total['unexplained']} unexplained.")


def steps(document):
    known = collections.defaultdict(dict)  # by target and step: what is known of it
    for model in document["models"]:
        release = model["kernel"].split()[0]
        for step in model["steps"]:
            if not step["can_be_shown"]:
                continue
            for target in step["targets"]:
                if target == "workload":
                    continue
                at = known[target].setdefault((release, step["step"], step["functions"]), dict(step, seen=0))
                at["seen"] += step["seen"]
                if len(step["when"]) < len(at["when"]):
                    at["when"], at["flow"] = step["when"], step["flow"]
                at["in_shortage"] = at["in_shortage"] and step["in_shortage"]
    yield "| target | release | steps | seen | not seen | of these in a shortage of memory | seen of the others |"
    yield "|---|---|--:|--:|--:|--:|--:|"
    every = collections.Counter()
    for target in sorted(known):
        for release in releases:
            of = [s for (r, _, _), s in known[target].items() if r == release]
            if not of:
                continue
            count = collections.Counter(
                all=len(of),
                seen=sum(s["seen"] > 0 for s in of),
                shortage=sum(s["seen"] == 0 and s["in_shortage"] for s in of),
            )
            every += count
            yield row([target, release], count)
    yield row(["all", ""], every)
    yield ""
    unseen = collections.defaultdict(set)
    for target in known:
        for (release, what, functions), step in known[target].items():
            if step["seen"] == 0:
                reason = step.get("no_recording", {"why": "", "condition": "NO REASON"})
                when = "; ".join(step["when"][-2:]) or "in " + step["flow"]
                unseen[(target, what, functions, when, reason["why"], reason["condition"])].add(release)
    yield "Steps that no trace shows, what a request meets last before it comes to them, and why no trace does:"
    yield ""
    yield "| target | step | functions | release | when | why | |"
    yield "|---|---|---|---|---|---|---|"
    for (target, what, functions, when, why, condition), on in sorted(unseen.items()):
        cells = [target, what, f"`{functions}`", " and ".join(sorted(on)), when, why, condition]
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def row(head, count):
    others = count["all"] - count["shortage"]
    share = f"{100 * count['seen'] // others} %" if others else ""
    cells = [count["all"], count["seen"], count["all"] - count["seen"], count["shortage"], share]
    return "| " + " | ".join(head + [str(c) for c in cells]) + " |"


def main():
    if "--functions" in sys.argv:
        sys.stdout.write(functions(sys.argv[1]))
        return
    document = audit(sys.argv[1])
    text = "\n".join(["Figures of 6.1 / 6.12.", "", *events(document), "", *steps(document)]) + "\n"
    if "--write" not in sys.argv:
        sys.stdout.write(text)
        return
    path = os.path.join(here, "TABLE.md")
    with open(path, encoding="utf-8") as stream:
        old = stream.read()
    with open(path, "w", encoding="utf-8") as stream:
        stream.write(old[: old.index(begin) + len(begin)] + text + old[old.index(end) :])
    with open(os.path.join(here, "functions.txt"), "w", encoding="utf-8") as stream:
        stream.write(functions(sys.argv[1]))


main()
