"""From what tests/uml/pressure.cpp prints to the stacks of those who sleep, one line for each, as in a trace.

sleepers.py RELEASE VERSION SCENARIO KERNEL < console. KERNEL: folder of the unpacked package, with the file "symbols"
that record.sh leaves there.
"""
import pathlib
import re
import sys

import events
import symbols


def main():
    release, version, scenario, kernel = sys.argv[1:5]
    said = sys.stdin.read().splitlines()
    outcome = [line.removeprefix("OUTCOME ") for line in said if line.startswith("OUTCOME ")]
    if not outcome:
        sys.exit("the machine ended without an outcome:\n" + "\n".join(said[-20:]))
    known = symbols.Symbols((pathlib.Path(kernel) / "symbols").read_text().splitlines())
    found = {}
    for line in said:
        stack = re.match(r"^\s*(\d+) × ([^:]+): (.*)$", line)
        if not stack:
            continue
        number, thread, frames = int(stack[1]), stack[2], [symbols.plain(f) for f in stack[3].split(" < ")]
        if thread == "drain" or "do_mirror" in frames or "__do_sys_pause" in frames:  # refusal.sh; who has finished
            continue
        frames = [f for f in frames if f not in events.ENDS and f not in events.SLEEPING]
        if thread != "worker" and not events.on_path(frames, known.modules):
            continue
        name = f"task:{thread}" if thread == "worker" else events.cut(thread)
        key = (" < ".join(frames), name)
        found[key] = found.get(key, 0) + number
    print("# dmstall-sleepers 1")
    print(f"# kernel: {version}\n# release: {release}\n# scenario: {scenario}\n# outcome: {outcome[0]}")
    print("\n".join(symbols.header(pathlib.Path(kernel), known)))
    for (chain, thread), number in sorted(found.items()):
        print(f"{number} sleep {thread} | {chain}")


if __name__ == "__main__":
    main()
