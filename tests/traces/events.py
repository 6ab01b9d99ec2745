"""From the log of a recorded machine to traces: distinct events, each with its callers and how often it was seen.

events.py LOG RELEASE SCENARIO FOLDER KERNEL: writes FOLDER/NAME-OPERATION.trace for each operation of the log; NAME is
that of the scenario's file. KERNEL: folder of the unpacked kernel package.
"""
import collections
import pathlib
import re
import sys

import symbols

# Frames of the tracing itself, and those that every stack of the kind has.
TRACING = re.compile(r"^(kprobe_|kprobes?$|aggr_pre_handler|opt_pre_handler|optimized_callback|do_int3|exc_int3|"
                     r"asm_exc_int3|trace_event_|event_triggers_|__traceiter_|stacktrace_|__ftrace_trace_stack|"
                     r"ftrace_|arch_ftrace_|trace_kprobe|__probestub_)")
ENDS = {"worker_thread", "process_one_work", "ret_from_fork", "ret_from_fork_asm", "kthread", "do_syscall_64",
        "entry_SYSCALL_64_after_hwframe", "x64_sys_call"}
SLEEPING = {"__schedule", "schedule", "schedule_timeout", "preempt_schedule_common", "__cond_resched"}
INTERRUPTED = re.compile(r"^(asm_common_interrupt|asm_sysvec_\w+|asm_exc_page_fault|asm_exc_\w+)$")
HANDLER = {"__do_softirq", "handle_softirqs", "__handle_irq_event_percpu"}  # what comes before them is no caller
# Modules whose functions make an event one of the I/O path, and functions of the kernel itself that do.
MODULES = re.compile(r"^(dm_|md_mod$|raid0$|loop$|ext4$|jbd2$|reed_solomon$|virtio_blk$)")
PATH = re.compile(r"^(submit_bio|bio_|__bio_|blk_|__blk_|blkdev_|__blkdev|iomap_|mpage_|wb_workfn|do_writepages|"
                  r"submit_bh|swap_readpage|__swap_writepage|__swap_read|swap_read_folio|swap_writepage|filemap_|"
                  r"generic_perform_write|create_worker)")
# Opening, closing and setting up are not I/O of the stack; neither is memory of the recording task itself.
OUTSIDE = {"path_openat", "do_sys_openat2", "do_filp_open", "exit_mm", "begin_new_exec", "load_elf_binary", "do_exit",
           "copy_process", "ksys_mmap_pgoff", "vfs_statx", "handle_mm_fault", "proc_reg_read", "anon_pipe_write"}
# A command of dmsetup makes devices, with much memory of its own: of that, only where it waits for a snapshot.
COMMANDS = {"ctl_ioctl", "dm_ctl_ioctl"}
SWAPS = {"do_swap_page", "swapin_readahead"}  # a page fault that is I/O of the stack
OUTSIDE_CALLERS = {"bdev_release", "blkdev_put", "blkdev_llseek", "__gup_longterm_locked"}
ALLOCATORS = re.compile(r"^(__?kmalloc\w*|kmem_cache_alloc\w*|__kmem_cache_alloc\w*|slab_\w+|___slab_alloc|"
                        r"__slab_alloc\w*|new_slab|allocate_slab|alloc_slab_page|__alloc_pages\w*|alloc_pages\w*|"
                        r"get_zeroed_page|__get_free_pages|folio_alloc\w*|__folio_alloc\w*|kmalloc\w*|kvmalloc\w*|"
                        r"__kvmalloc\w*|mempool_\w+|get_page_from_freelist|alloc_frozen\w*|__page_cache_alloc|"
                        r"filemap_alloc_folio)$")
BITS = ["DMA", "HIGHMEM", "DMA32", "MOVABLE", "RECLAIMABLE", "HIGH", "IO", "FS", "ZERO", "ATOMIC", "DIRECT_RECLAIM",
        "KSWAPD_RECLAIM", "WRITE", "NOWARN", "RETRY_MAYFAIL", "NOFAIL", "NORETRY", "MEMALLOC", "COMP", "NOMEMALLOC",
        "HARDWALL", "THISNODE", "ACCOUNT"]
RECLAIM, IO, FS = 0xC00, 0x40, 0x80


def gfp_name(bits):
    """GFP_KERNEL, GFP_NOFS, GFP_NOIO, GFP_NOWAIT, 0, and the flags beside it."""
    name, rest = "0", bits
    for known, value in (("GFP_KERNEL", RECLAIM | IO | FS), ("GFP_NOFS", RECLAIM | IO), ("GFP_NOIO", RECLAIM),
                         ("GFP_NOWAIT", 0x800)):
        if bits & value == value:
            name, rest = known, bits & ~value
            break
    flags = [f"__GFP_{flag}" for i, flag in enumerate(BITS) if rest & (1 << i)]
    return "|".join(([] if name == "0" and flags else [name]) + flags)


def named_gfp(text):
    """The flags as a tracepoint prints them, in the order of BITS."""
    words = [word for word in text.split("|") if word]
    value = 0
    for word in words:
        known = {"GFP_KERNEL": 0xCC0, "GFP_NOFS": 0xC40, "GFP_NOIO": 0xC00, "GFP_NOWAIT": 0x800, "GFP_USER": 0x100CC0,
                 "GFP_HIGHUSER": 0x100CC2, "GFP_HIGHUSER_MOVABLE": 0x100CCA, "GFP_KERNEL_ACCOUNT": 0x400CC0,
                 "GFP_ATOMIC": 0x820, "GFP_TRANSHUGE_LIGHT": 0, "__GFP_RECLAIM": RECLAIM}
        bare = word.removeprefix("__GFP_")
        if word in known:
            value |= known[word]
        elif bare in BITS:
            value |= 1 << BITS.index(bare)
        elif word.startswith("0x"):
            value |= int(word, 16)
    return gfp_name(value)


def symbol(word):
    """Of "fs_bio_set+0x28 [module]": fs_bio_set; of an address: nothing."""
    return "" if word.startswith("0x") or word.startswith("(") else word.split("+")[0]


def cut(comm):
    return re.sub(r"\d+", "N", comm)


def on_path(frames, modules):
    return any(PATH.match(frame) or MODULES.match(modules.get(frame, "")) for frame in frames)


class Log:
    """Reads the lines of one operation."""

    HEAD = re.compile(r"^\s*(.+)-(\d+)\s+\[(\d+)\]\s+(\S+)\s+[\d.]+: (.*)$")

    def __init__(self, modules):
        self.modules = modules
        self.count = collections.Counter()
        self.pending = {}  # (thread, context): the event that waits for its stack
        self.reading = None
        self.frames = []
        self.queue_of_work, self.queue_of_function, self.running = {}, {}, {}

    def thread(self, comm, pid, context):
        if context == "irq":
            return "irq"
        if context == "softirq":
            return "softirq"
        if comm.startswith("kworker"):
            queue = self.running.get(pid)
            return f"kworker:{cut(queue)}" if queue else "kworker"
        if comm in self.kernel_threads or "/" in comm or comm.startswith(("jbd2", "kswapd", "ksoftirqd")):
            return cut(comm)
        return f"task:{cut(comm)}"

    kernel_threads = {"kcompactd0", "kauditd", "khungtaskd"}

    def line(self, text):
        if text.startswith(" => ") or text.startswith("=> "):
            self.frames.append(text.split("=> ")[1].split(" ")[0].strip())
            return
        head = self.HEAD.match(text)
        if not head:
            return
        self.close()
        comm, pid, _, flags, what = head.groups()
        context = "irq" if flags[2] in "hH" else "softirq" if flags[2] == "s" else "task"
        key = (pid, context)
        if what.startswith("<stack trace>"):
            self.reading, self.frames = self.pending.pop(key, None), []
            return
        self.reading = None
        name, _, rest = what.partition(": ")
        fields = dict(re.findall(r"(\w+)=(\S+)", rest))
        if name == "workqueue_queue_work":
            self.queue_of_work[fields.get("struct", rest)] = fields.get("workqueue", "")
            self.queue_of_function[fields["function"]] = fields.get("workqueue", "")
        if name == "workqueue_execute_start":
            work = re.search(r"work struct (\S+?):? function (\S+)", rest)
            queue = self.queue_of_work.get(work[1]) or self.queue_of_function.get(work[2], "")
            self.running[pid] = queue
            function = symbols.plain(work[2].split("+")[0])
            if on_path([function], self.modules) or self.modules.get(function):
                self.count[("run", "", function, self.thread(comm, pid, context), function)] += 1
            return
        if name == "workqueue_execute_end":
            self.running.pop(pid, None)
        self.pending[key] = (name, fields, self.thread(comm, pid, context))

    def close(self):
        if not self.reading:
            return
        name, fields, thread = self.reading
        self.reading = None
        frames = []
        for raw in self.frames:
            frame = symbols.plain(raw)
            if frame.startswith("0x") or TRACING.match(frame) or frame in ENDS:
                continue
            if INTERRUPTED.match(frame) and frame != "asm_exc_page_fault":
                break
            if frame in HANDLER and thread in ("softirq", "irq"):
                break
            frames.append(frame)
        kind, gfp, what = name, "", ""
        if name == "sched_switch":
            kind = "sleep"
            frames = [f for f in frames if f not in SLEEPING]
        elif name in ("take", "give"):
            what = symbol(fields.get("pool", "")) or symbol(fields.get("alloc", ""))
            gfp = gfp_name(int(fields["gfp"], 16)) if name == "take" else ""
        elif name == "bio":
            what, gfp = symbol(fields.get("set", "")), gfp_name(int(fields["gfp"], 16))
        elif name.startswith("lock_"):
            kind = "lock"
        elif name.startswith("alloc_"):
            kind, gfp = "alloc", gfp_name(int(fields["gfp"], 16))
        elif name in ("kmalloc", "kmalloc_node", "kmem_cache_alloc", "kmem_cache_alloc_node", "mm_page_alloc"):
            kind, gfp = "alloc", named_gfp(fields.get("gfp_flags", ""))
            # The tracepoint stands in the allocator; who called it counts, and a slab that grows is no second event.
            inner = [i for i, frame in enumerate(frames) if ALLOCATORS.match(frame)]
            last = -1
            while last + 1 in inner:
                last += 1
            within = frames[:last + 1]
            if any(frame.startswith("mempool_") for frame in within):
                return
            if name == "mm_page_alloc" and any(f in ("allocate_slab", "new_slab", "___slab_alloc") for f in within):
                return
            if "DIRECT_RECLAIM" not in gfp and not re.search(r"GFP_(KERNEL|NOFS|NOIO)", gfp):
                # May not sleep: of interest where the modelled code itself asks.
                if not frames[last + 1:] or not MODULES.match(self.modules.get(frames[last + 1], "")):
                    return
                kind = "try"
            caller = within[-1] if within else name
            what = {"mm_page_alloc": "pages", "kmalloc": "kmalloc", "kmalloc_node": "kmalloc"}.get(name, "slab")
            frames = ([caller] if within else []) + frames[last + 1:]
        elif name == "workqueue_queue_work":
            kind, what = "queue", symbols.plain(fields["function"])
            if what == "vmpressure_work_fn":
                return
        if not frames or not on_path(frames + [what], self.modules):
            return
        if any(frame in OUTSIDE for frame in frames) and not any(frame in SWAPS for frame in frames):
            return
        if len(frames) > 1 and frames[1] in OUTSIDE_CALLERS:
            return
        if any(frame in COMMANDS for frame in frames):
            if kind not in ("sleep", "lock") or not any(self.modules.get(f) == "dm_snapshot" for f in frames[:3]):
                return
        self.count[(kind, gfp, what, thread, " < ".join(frames))] += 1


def main():
    log, release, scenario, folder, kernel = sys.argv[1:6]
    stack = pathlib.Path(scenario).stem
    log, folder, kernel = pathlib.Path(log), pathlib.Path(folder), pathlib.Path(kernel)
    version, operations, symbol_lines, current = "", {}, [], None
    with log.open(errors="replace") as lines:
        for line in lines:
            line = line.rstrip("\n")
            if line.startswith("KERNEL "):
                version = line.split()[1]
            elif line.startswith("OPERATION "):
                current = operations.setdefault(line.split(None, 1)[1], [])
            elif line == "SYMBOLS":
                current = symbol_lines
            elif line == "END":
                break
            elif current is not None:
                current.append(line)
    if not symbol_lines:
        sys.exit("the machine ended too early: no symbols in its log")
    (kernel / "symbols").write_text("\n".join(symbol_lines) + "\n")
    known = symbols.Symbols(symbol_lines)
    folder.mkdir(parents=True, exist_ok=True)
    header = symbols.header(kernel, known)
    for operation, lines in operations.items():
        trace = Log(known.modules)
        for line in lines:
            trace.line(line)
        trace.close()
        out = ["# dmstall-trace 1", f"# kernel: {version}", f"# release: {release}",
               f"# scenario: {scenario}", f"# operation: {operation}", *header]
        order = sorted(trace.count.items(), key=lambda item: (item[0][0], item[0][4], item[0][3], item[0]))
        for (kind, gfp, what, thread, chain), number in order:
            words = [str(number), kind] + ([f"gfp={gfp}"] if gfp else []) + ([f"what={what}"] if what else [])
            out.append(" ".join(words + [thread, "|", chain]))
        (folder / f"{stack}-{operation}.trace").write_text("\n".join(out) + "\n")
        print(f"{folder / stack}-{operation}.trace: {len(trace.count)} events of {len(lines)} lines",
              file=sys.stderr)


if __name__ == "__main__":
    main()
