#!/usr/bin/env python3
"""Prints the table of this folder: one row per case, one column per way of sharing, from the files and a run of each.

Usage: table.py PROGRAM. P = progress, D = deadlock, S = stall, - = no file; a letter in brackets is what the file
expects where the run found something else. Cells with several sub-cases show each letter once with its count.
"""
import collections
import json
import pathlib
import subprocess
import sys

VARIANTS = ["stock", "shared-page", "shared-client", "shared-both"]
LETTER = {"PROGRESS": "P", "DEADLOCK": "**D**", "STALL": "S"}


def cell_of(stem):
    for variant in sorted(VARIANTS, key=len, reverse=True):
        at = stem.find("-" + variant)
        if at >= 0:
            return stem[:at], variant
    raise SystemExit(f"{stem}: no variant in the name")


def main():
    folder = pathlib.Path(__file__).resolve().parent
    files = sorted(folder.glob("*.json"))
    command = [sys.argv[1], "run", "--format", "json", *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = {pathlib.Path(run["file"]).stem: run["verdict"] for run in json.loads(done.stdout)["runs"]}
    rows = collections.defaultdict(lambda: collections.defaultdict(collections.Counter))
    for file in files:
        expected = json.loads(file.read_text())["expect"]["verdict"]
        row, variant = cell_of(file.stem)
        verdict = found[file.stem]
        text = LETTER.get(verdict, verdict)
        if verdict != expected:
            text += f" ({LETTER[expected]})"
        rows[row][variant][text] += 1
    print("| case | " + " | ".join(VARIANTS) + " |")
    print("|---|" + "---|" * len(VARIANTS))
    for row in sorted(rows):
        cells = []
        for variant in VARIANTS:
            counts = rows[row][variant]
            cells.append(", ".join(text + (f" ×{n}" if n > 1 else "") for text, n in sorted(counts.items())) or "–")
        print(f"| {row} | " + " | ".join(cells) + " |")


main()
