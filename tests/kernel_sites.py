#!/usr/bin/env python3
"""Where the kernel files that the models stand for take memory and make pools.

    tests/kernel_sites.py LINUX            prints the sites of every listed file, one a line
    tests/kernel_sites.py LINUX --check    compares them with tests/ledger/sites, and looks for the functions that the
                                           ledger of omissions names; 1 if something differs

LINUX is an unpacked source tree of the release that the models follow (Debian: linux-source-6.1). A line holds the
function, what it calls, the flags (GFP_… of an allocation, WQ_… of a workqueue, the name of a variable where the caller
says) and how often. The data files of tests/ledger/sites add what became of it in the models.
"""

import collections
import pathlib
import re
import sys

TESTS = pathlib.Path(__file__).resolve().parent
MODELS = TESTS.parent / "models"
SITES = TESTS / "ledger" / "sites"

CALLS = re.compile(
    r"\b((?:mempool_(?:init(?!ialized)|create|alloc)\w*|bioset_init|bioset_integrity_create|dm_io_client_create"
    r"|dm_kcopyd_client_create|dm_bufio_client_create|alloc_workqueue|alloc_ordered_workqueue"
    r"|create_singlethread_workqueue|kmem_cache_create\w*|KMEM_CACHE|kmem_cache_z?alloc\w*"
    r"|bio_alloc(?!_cache|_rescue)\w*|bio_kmalloc|bio_integrity_alloc|bio_crypt_ctx_alloc"
    r"|blk_next_bio|bio_split(?!_alignment)\w*|bio_clone_(?!blkg)\w+"
    r"|kv?[mzc]alloc\w*|kmemdup\w*|kstrdup\w*|kasprintf|v[mz]alloc(?!_to_page)\w*|__vmalloc\w*|alloc_pages?\w*"
    r"|__get_free_pages?|get_zeroed_page|folio_alloc\w*|alloc_percpu\w*|__alloc_skb|alloc_skb\w*|ida_alloc\w*"
    r"|idr_alloc\w*|kthread_create_on_node|kthread_run|alloc_buffer_head|alloc_page_buffers|alloc_pl"
    r"|jbd2_alloc\w*))\s*\("
)
FLAGS = re.compile(r"\b(?:__)?GFP_\w+|\bWQ_\w+")
ATTRIBUTES = {"__attribute__", "__acquires", "__releases", "__must_hold", "__aligned", "__printf"}


def without_comments(text: str) -> str:
    """Comments, strings and preprocessor lines become blanks; lines stay where they are."""
    pattern = re.compile(r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])+'", re.S)
    text = pattern.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)
    kept, continued = [], False
    for line in text.split("\n"):
        directive = continued or line.lstrip().startswith("#")
        continued = directive and line.endswith("\\")
        kept.append("" if directive else line)
    return "\n".join(kept)


def functions(text: str):
    """(name, body) of each function; what stands outside has no name and does not count."""
    depth, start, header = 0, 0, 0
    name = None
    for at, char in enumerate(text):
        if char == "{":
            if depth == 0:
                head = text[header:at]
                names = [n for n in re.findall(r"([A-Za-z_]\w*)\s*\(", head) if n not in ATTRIBUTES]
                name = None if "=" in head or not names else names[0]
                start = at
            depth += 1
        elif char == "}":
            depth = max(0, depth - 1)
            if depth == 0:
                if name:
                    yield name, text[start:at]
                header = at + 1
        elif char == ";" and depth == 0:
            header = at + 1


def arguments(body: str, opening: int) -> str:
    depth = 0
    for at in range(opening, len(body)):
        depth += {"(": 1, ")": -1}.get(body[at], 0)
        if depth == 0:
            return body[opening + 1 : at]
    return body[opening + 1 :]


def flags_of(call: str, inside: str) -> str:
    named = FLAGS.findall(inside)
    if named:
        return " | ".join(dict.fromkeys(named))
    for word in re.findall(r"\b\w*(?:gfp|flags)\w*\b", inside):
        return word
    return "-"


def sites(path: pathlib.Path) -> collections.Counter:
    found = collections.Counter()
    for name, body in functions(without_comments(path.read_text(errors="replace"))):
        for match in CALLS.finditer(body):
            inside = arguments(body, match.end() - 1)
            found[(name, match.group(1), flags_of(match.group(1), inside))] += 1
    return found


def listed() -> dict:
    """Kernel file -> its data file."""
    return {str(path.relative_to(SITES))[: -len(".tsv")]: path for path in sorted(SITES.rglob("*.tsv"))}


def known(path: pathlib.Path) -> collections.Counter:
    rows = collections.Counter()
    for line in path.read_text().splitlines():
        if line and not line.startswith("#"):
            function, call, flags, times = line.split("\t")[:4]
            rows[(function, call, flags)] += int(times)
    return rows


def named_places() -> list:
    """(file of the models, "drivers/md/dm.c:alloc_io, alloc_tio") for each entry of the ledger."""
    places = []
    for path in sorted([*MODELS.glob("kernel/omissions/*.cpp"), *MODELS.glob("targets/*.cpp")]):
        text = re.sub(r'"\s*\n\s*"', "", path.read_text())
        entries = re.findall(r'\{"[a-z0-9-]+\.[a-z0-9-]+",\s*"([^"]+)",\s*"([^"]+)"', text)
        places += [(path.name, place) for place, what in entries if not what.startswith("6.12: ")]  # not in Linux 6.1
    return places


def missing_functions(linux: pathlib.Path) -> int:
    missing, looked_for = 0, 0
    for model, place in named_places():
        for group in place.split("; "):
            name, _, names = group.partition(":")
            for kernel_file in name.split(", "):
                path = linux / kernel_file
                text = path.read_text(errors="replace") if path.is_file() else ""
                looked_for += 1
                gone = [one for one in names.split(", ") if one and not re.search(rf"\b{one}\b", text)]
                if gone or not path.exists():
                    missing += 1
                    print(f"{model}: {kernel_file} has no {', '.join(gone) or 'such file'}")
    if looked_for < 100:
        print(f"only {looked_for} places of the ledger were found")
        missing += 1
    return missing


def main() -> int:
    if len(sys.argv) not in (2, 3) or (len(sys.argv) == 3 and sys.argv[2] != "--check"):
        print(__doc__.strip(), file=sys.stderr)
        return 64
    linux = pathlib.Path(sys.argv[1])
    differences = missing_functions(linux) if len(sys.argv) == 3 else 0
    for kernel_file, path in listed().items():
        found = sites(linux / kernel_file)
        if len(sys.argv) == 2:
            for (function, call, flags), times in found.items():
                print(f"{kernel_file}\t{function}\t{call}\t{flags}\t{times}")
            continue
        rows = known(path)
        for row in sorted(set(found) | set(rows)):
            if found[row] != rows[row]:
                differences += 1
                print(f"{kernel_file}: {' '.join(row)}: {found[row]} in the source, {rows[row]} in {path.name}")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
