"""What a kernel's stacks cannot show: functions that the models name and that it has no symbol for, because they were
inlined (unseen), and those that leave by a jump to another one, which is then on the stack in their place (jumps).

symbols.py KERNEL FILE...: writes both lines into the headers of recorded traces and sleepers again. KERNEL: folder of
the unpacked package, with the file "symbols" that record.sh leaves there.
"""
import functools
import lzma
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
SUFFIX = re.compile(r"(\.(isra|constprop|part|cold)(\.\d+)?)+$|_noprof$")
# The jump at the end of a function that returns through the mitigation of Spectre, and jumps to a pointer.
RETURN, POINTER = "__x86_return_thunk", re.compile(r"^__x86_indirect_thunk_|^__pi_|^__SCT__")
MOST_JUMPS = 4  # one after the other


def plain(name):
    return SUFFIX.sub("", SUFFIX.sub("", name))


def functions_of_models():
    """What `dmstall audit --functions` says of the stacks; table.py keeps the file."""
    return set((HERE / "functions.txt").read_text().split())


class Symbols:
    """Functions of a running kernel: name without suffixes -> [(address, full name, module)]."""

    def __init__(self, lines):
        self.of, self.at, self.modules = {}, {}, {}
        for line in lines:
            parts = line.split()
            if len(parts) < 3 or parts[1] not in "tTwW":
                continue
            module = parts[3].strip("[]") if len(parts) > 3 else ""
            name, address = plain(parts[2]), int(parts[0], 16)
            self.of.setdefault(name, []).append((address, parts[2], module))
            self.at.setdefault(address, parts[2])
            if module:
                self.modules.setdefault(name, module)
        self.addresses = sorted(self.at)


def kernel_image(kernel):
    """The uncompressed vmlinux beside the packaged one."""
    image = kernel / "vmlinux"
    if not image.exists():
        packed = next((kernel / "boot").glob("vmlinuz-*")).read_bytes()
        begin = (packed[0x1F1] + 1) * 512 + int.from_bytes(packed[0x248:0x24C], "little")
        payload = packed[begin:begin + int.from_bytes(packed[0x24C:0x250], "little")]
        if payload.startswith(b"\xfd7zXZ"):
            image.write_bytes(lzma.LZMADecompressor().decompress(payload))
        elif payload.startswith(b"\x28\xb5\x2f\xfd"):
            image.write_bytes(subprocess.run(["zstd", "-dcq"], input=payload[:-4], stdout=subprocess.PIPE,
                                             check=True).stdout)
        else:
            sys.exit("symbols.py: neither xz nor zstd: how is this kernel packed?")
    return image


def disassembly(*arguments):
    return subprocess.run(["objdump", "-d", "--no-show-raw-insn", *map(str, arguments)], check=True,
                          stdout=subprocess.PIPE, text=True).stdout


JUMP = re.compile(r"\tj[a-z]+\s+(?:0x)?([0-9a-f]+)")


class Jumps:
    """Which functions another one ends in. A module is disassembled as a whole, of the kernel only what is asked."""

    def __init__(self, kernel, symbols):
        self.kernel, self.symbols = kernel, symbols

    @functools.lru_cache(maxsize=None)
    def of_module(self, module):
        files = [f for f in self.kernel.rglob("*.ko*") if f.name.split(".ko")[0].replace("-", "_") == module]
        if not files:
            return {}
        object_file = self.kernel / f"{module}.o"
        data = files[0].read_bytes()
        object_file.write_bytes(lzma.decompress(data) if files[0].suffix == ".xz" else data)
        found, function, jump = {}, None, None
        for line in disassembly("-r", object_file).splitlines():
            if header := re.match(r"^[0-9a-f]+ <(.+)>:$", line):
                function, jump = plain(header[1]), None
            elif relocation := re.search(r"R_X86_64_(?:PLT32|PC32)\s+([\w.]+)-0x4$", line):
                if jump and relocation[1] != ".text":
                    found.setdefault(function, set()).add(relocation[1])
                jump = None
            else:
                jump = re.search(r"\tj[a-z]+\s", line)
                inside = re.search(r"\tj[a-z]+\s+[0-9a-f]+ <([\w.]+)>$", line)
                if inside:
                    found.setdefault(function, set()).add(inside[1])
        object_file.unlink()
        return found

    @functools.lru_cache(maxsize=None)
    def of(self, name):
        targets = set()
        for address, _, module in self.symbols.of.get(name, []):
            if module:
                targets |= self.of_module(module).get(name, set())
                continue
            following = next((a for a in self.symbols.addresses if a > address), address + 0x1000)
            text = disassembly(f"--start-address={address:#x}", f"--stop-address={following:#x}",
                               kernel_image(self.kernel))
            targets |= {self.symbols.at[int(t, 16)] for t in JUMP.findall(text) if int(t, 16) in self.symbols.at}
        return {("*" if POINTER.match(t) else plain(t)) for t in targets
                if t != RETURN and not t.startswith(("__pfx_", ".")) and plain(t) != name}

    def closure(self, names):
        """A>B for every name, and for what they jump to."""
        pairs, todo = set(), set(names)
        for _ in range(MOST_JUMPS):
            new = {(a, b) for a in todo for b in self.of(a)}
            pairs |= new
            todo = {b for _, b in new if b != "*"} - {a for a, _ in pairs}
        return sorted(a if b == "*" else f"{a}>{b}" for a, b in pairs)


def header(kernel, symbols):
    names = functions_of_models()
    unseen = sorted(name for name in names if name not in symbols.of)
    jumps = Jumps(kernel, symbols).closure(sorted(names & symbols.of.keys()))
    return [f"# unseen: {', '.join(unseen)}", f"# jumps: {', '.join(jumps)}"]


def main():
    kernel = pathlib.Path(sys.argv[1])
    lines = header(kernel, Symbols((kernel / "symbols").read_text().splitlines()))
    for trace in map(pathlib.Path, sys.argv[2:]):
        old = [line for line in trace.read_text().splitlines() if not line.startswith(("# unseen:", "# jumps:"))]
        at = next((i for i, line in enumerate(old) if not line.startswith("#")), len(old))
        trace.write_text("\n".join(old[:at] + lines + old[at:]) + "\n")


if __name__ == "__main__":
    main()
