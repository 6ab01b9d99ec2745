#include "analysis/cli/help/subjects.hpp"

namespace dmstall::analysis {

const std::vector<Subject>& subjects() {
  static const std::vector<Subject> all = {
      {"circle", "how a stack of devices comes to a stop for ever",
       R"(A mempool keeps a few elements in reserve. When the allocator refuses, whoever
needs one takes it from there; when the reserve is empty, he sleeps until
somebody gives an element back.

A bio holds an element of every level that it has passed. That is safe while
each level has pools of its own: the lowest bio can go on, it completes, and
what it gives back wakes the next one.

In a circle, he who would have to give sleeps himself:

  thread A   holds the last element of pool 1, sleeps for pool 2
  thread B   holds the last element of pool 2, sleeps for pool 1

Ways into one: two levels draw from one pool (dmstall help sharing); a request
takes several elements one by one; the worker that would give is occupied by
one who waits; a lock is held across the wait.

A report names the circle: the pools, who holds them since which step, who
would have to give. `dmstall run --steps FILE` walks into it step by step.

Try: dmstall run scenarios/tutorial/01-opposite-orders.json
)"},
      {"memory", "which allocations succeed, and when memory comes back",
       R"("memory" says what the allocator does. A pool asks it first and uses its
reserve only when it refuses.

  adversary   any allocation may fail at any time (the default)
  exhausted   every allocation fails; writeback frees pages, if it completes
  plentiful   every allocation succeeds
  accounted   pages are counted, see: dmstall help pressure

"fails" names single pools that are refused, such as "*.recheck_pool".
"recovers_after_s" says that memory comes back: what was a deadlock until then
and ends there is a STALL. "unpooled" is about allocations on the I/O path that
have no pool behind them, "threads" about creating kernel threads.

A PROGRESS under "adversary" holds for every course that memory can take. One
under "plentiful" says nothing about pressure.
)"},
      {"pressure", "counted pages: where memory shortage comes from",
       R"(Memory gets short because it is dirty: to free a page the kernel must write it,
and writing it needs memory on the way down the stack. That is the loop in which
a reserve must be large enough.

With "allocator": "accounted" every page is free, clean, dirty, under writeback,
of a pool, of an application, or unreclaimable. Nobody types in when memory
fails: an allocation succeeds in a timed run when free pages are above the
watermark of its taker, or when reclaim finds clean ones.

  total_mib, clean_mib, dirty_mib    what there is at the start
  min_free_kib, dirty_ratio_percent  the kernel's own limits
  hog                                takes all memory until it is killed

Buffered writes are throttled above the dirty limits; kswapd, writeback and
swap_out come and go with the pressure. Search and proof let any allocation
fail at any time instead, which covers every course of the pages, and say so.

Try: dmstall help memory.hog
)"},
      {"faults", "what may be wrong on the disks",
       R"(Faults are physical: something is wrong with blocks of a disk, and which level
notices follows from the stack and the modes of its devices.

  bad_block         every read of the block is bad, for everyone
  late_corruption   the first read is good, later ones are bad
  buffer_rewritten  the application rewrites its buffer of direct I/O in flight
  hash_block        a block of a hash tree is bad: EIO, and no second read
  io_error          the device returns an error
  hash_mismatch     forced at one device, by no physical cause

"faults": "any" is the default: the search and the proof let each read be bad or
good as is worst. [] is none. A list names devices, areas and blocks, and how
many requests a fault hits at most.

Faults matter because error paths take memory: verity reads a block that does
not match again, into a page and through a client of its own.

Try: dmstall help faults.blocks, dmstall compare --vary faults='[],any' FILE
)"},
      {"sharing", "which devices draw from one pool",
       R"(In the kernel most pools belong to a device, some to the whole machine. A patch
that makes one pool serve all devices saves memory and can be fatal: a bio that
holds an element at one level waits for the same pool one level below.

  "sharing": { "verity.recheck_pool": "module" }    one for all verity devices
  "sharing": { "verity.io_client": { "group": "g", "devices": ["a", "b"] } }
  "sharing": "SRC"                                  a preset, see below

Presets: device (nothing is shared), SR (verity's page for a second read), SC
(its dm_io client), SRC or module (both), SB (also the client of dm-bufio).

`dmstall show --sharing FILE` says which pool serves which level and in which
order the waits go. `dmstall compare --vary sharing=device,module FILE` puts
both side by side, with the bytes that sharing saves. `dmstall size` looks for
a size from which on a shared pool is safe; there need not be one.
)"},
      {"kinds", "what sorts of deadlock there are, as kind=... and expect.kind name them",
       R"(circle         several threads, each holds what the next one waits for
self           a thread waits for what only itself could do
too_small      one request wants more than a pool has; a larger pool helps
empty_reserve  nothing is in reserve, and the allocator refuses; who waits does
               so for nobody
lost_wakeup    nobody is left who would signal, or give, what is waited for
order          turns are taken in another order than they come

The same stack can have several. `dmstall run --circles FILE` goes on after the
first one.

Try: dmstall run scenarios/tutorial/02-two-from-one-pool.json
)"},
      {"engines", "search, proof and run in time: what each of them shows",
       R"(Three engines read one description of what the threads take, hold and wait for.

  prove     no schedule at all: shows for any number of requests that nobody
            can be stuck for ever, and writes a certificate that `verify` checks
  explore   all schedules of a few requests: finds the least that gets stuck,
            with the steps that lead there
  simulate  one run in time with its seed: throughput, latency, pages

Without --engine dmstall tries a proof, then a search, with a timed run beside
either. What they say is put together into one verdict; if they contradict each
other, there is none (exit code 21).

A proof and an exhausted search rest on the same models. What those leave out is
listed in every report; `dmstall show FILE` gives it in full.
)"},
  };
  return all;
}

}  // namespace dmstall::analysis
