"""From a scenario to a machine that has its devices.

prepare.py SCENARIO FOLDER: makes FOLDER/*.img, the disks as they are when the machine starts (verity's trees, parity,
filesystems, bad blocks), FOLDER/qemu.args, one argument a line, FOLDER/build.sh, which makes the other devices in the
machine, and FOLDER/modules, one name a line.
"""
import json
import os
import pathlib
import shlex
import subprocess
import sys

BLOCK = 4096
DISK_MIB = 64
DATA_BLOCKS = 65536  # of verity, where the scenario does not say: as in dmstall
WRITE_ZEROES_KIB = 32  # of a disk: as in dmstall
FILE_MIB = 24  # of a loop device, where its filesystem has room

scenario = json.loads(pathlib.Path(sys.argv[1]).read_text())
folder = pathlib.Path(sys.argv[2])
devices = {device["name"]: device for device in scenario["devices"]}
kernel = scenario.get("kernel", {})
if latency := os.environ.get("LATENCY"):  # DISK MICROSECONDS: where only a slow disk shows what can happen
    devices[latency.split()[0]]["latency_us"] = int(latency.split()[1])
# All that are modelled, so that each machine knows the same symbols.
modules = ["dm-mod", "dm-bufio", "reed_solomon", "sha256_generic", "sha256", "dm-verity", "dm-snapshot", "loop",
           "crc32c_generic", "crc32c-intel", "ext4", "raid0"]
build, arguments = [], []
sectors, paths, images = {}, {}, {}  # of each device: its size, its path in the machine, (image, first byte of it)
used = {}  # of each image: blocks that are given away


def run(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def area(device, blocks):
    """The first block of an area of so many, behind what the device has already."""
    first = used.get(device, 0)
    used[device] = first + blocks
    return first


def needed_mib(name):
    """Where the last segment on the disk ends, or what the verity devices on it need; at least DISK_MIB."""
    most = DISK_MIB
    for device in devices.values():
        for segment in device.get("segments", []):
            if segment["to"] == name:
                most = max(most, segment.get("start_mib", 0) + segment["size_mib"])
        if device["target"] == "verity" and name in below(device):
            most = max(most, device.get("data_blocks", DATA_BLOCKS) * device.get("block_bytes", BLOCK) * 9 // 8 >> 20)
    return most


def disk(name, device):
    image = folder / f"{name}.img"
    size = needed_mib(name)
    image.touch()
    with image.open("r+b") as file:
        file.truncate(size << 20)
    images[name], sectors[name], paths[name] = (image, 0), size << 11, f"/disk/{name}"


def attach(name, device):
    """The disk with its faults: overwritten blocks lie in the image, blocks with errors are qemu's blkdebug. A disk
    whose latency the scenario names completes one request after the other, at that pace."""
    faults = [f for f in scenario.get("faults", []) if isinstance(f, dict) and f.get("device") == name]
    rules = []
    for fault in faults:
        blocks = fault.get("blocks", [0])
        begin = hash_begin.get(name, 0) if fault["fault"] == "hash_block" or fault.get("area") == "hash" else 0
        for block in blocks if isinstance(blocks, list) else []:
            where = block + begin
            if fault["fault"] == "io_error":
                for kind in ("read", "write"):
                    rules.append({"event": "none", "iotype": kind, "errno": 5, "sector": where * 8, "once": False})
            elif fault["fault"] in ("bad_block", "hash_block"):
                with images[name][0].open("r+b") as file:
                    file.seek(where * BLOCK)
                    file.write(b"damaged!" * (BLOCK // 8))
    node = {"driver": "file", "filename": str(images[name][0]), "discard": "unmap", "cache": {"no-flush": True}}
    if rules:
        node = {"driver": "blkdebug", "image": node, "inject-error": rules}
    node = {"driver": "raw", "node-name": name, "file": node, "discard": "unmap"}
    if "latency_us" in device:
        arguments.extend(["-object", f"throttle-group,id={name}-pace,x-iops-total={1000000 // device['latency_us']}"])
        node = {"driver": "throttle", "node-name": f"{name}-slow", "throttle-group": f"{name}-pace",
                "file": {**node, "node-name": f"{name}-raw"}}
        node["node-name"] = name
    cache = "on" if device.get("write_cache", True) else "off"
    zeroes = device.get("write_zeroes_kib", WRITE_ZEROES_KIB)
    limits = f"write-zeroes=on,max-write-zeroes-sectors={zeroes * 2}" if zeroes else "write-zeroes=off"
    limits += "" if device.get("discards", True) else ",discard=off"
    arguments.extend(["-blockdev", json.dumps(node), "-device", f"virtio-blk-pci,drive={name},serial={name},"
                      f"write-cache={cache},rerror=report,werror=report,{limits}"])


def table(name, lines, options=""):
    text = "\n".join(lines)
    build.append(f"device {name} {options} << 'TABLE'\n{text}\nTABLE")
    paths[name] = f"/dev/mapper/{name}"


def linear(name, device):
    lines, at = [], 0
    for segment in device.get("segments") or [{"to": device["to"], "size_mib": sectors[device["to"]] >> 11}]:
        length = segment["size_mib"] << 11
        lines.append(f"{at} {length} linear {paths[segment['to']]} {segment.get('start_mib', 0) << 11}")
        at += length
    if len(lines) == 1:
        images[name] = images.get(device.get("to") or device["segments"][0]["to"])
    sectors[name] = at
    table(name, lines)


def striped(name, device):
    chunk = device.get("chunk_kib", 64) * 2
    stripe = min(sectors[below] for below in device["to"]) // chunk * chunk
    sectors[name] = stripe * len(device["to"])
    below = " ".join(f"{paths[d]} 0" for d in device["to"])
    table(name, [f"0 {sectors[name]} striped {len(device['to'])} {chunk} {below}"])


def md_raid0(name, device):
    """An array without superblocks, so that its members begin with data."""
    sectors[name] = min(sectors[member] for member in device["to"]) * len(device["to"])
    number = sum(path.startswith("/dev/md") for path in paths.values())
    paths[name] = f"/dev/md{number}"
    members = " ".join(paths[member] for member in device["to"])
    build.append(f"mdadm --build {paths[name]} --level=0 --chunk={device.get('chunk_kib', 512)} "
                 f"--raid-devices={len(device['to'])} {members} 2> /dev/null")
    if not device.get("iostats", True):
        build.append(f"echo 0 > /sys/block/md{number}/queue/iostats")


hash_begin = {}


def verity(name, device):
    blocks, size = device.get("data_blocks", DATA_BLOCKS), device.get("block_bytes", BLOCK)
    if not images.get(device["data"]) or not images.get(device["hash"]):
        sys.exit(f"prepare.py: {name}: data and hash tree of a verity device lie on a disk, or on one segment of it")
    image, data_start = images[device["data"]]
    if device["data"] not in used:  # some data: no two blocks are alike
        with image.open("r+b") as file:
            for block in range(blocks):
                file.seek(data_start + block * size)
                file.write(f"block {block}".encode())
        used[device["data"]] = blocks
    tree = folder / f"{name}.tree"
    parity = folder / f"{name}.parity"
    fec = device.get("fec")
    roots = fec.get("roots", 2) if fec else 2
    extra = [f"--fec-device={parity}", f"--fec-roots={roots}"] if fec else []
    for file in (tree, parity):
        file.write_bytes(b"")
    data = folder / f"{name}.data"
    run("dd", f"if={image}", f"of={data}", "bs=1M", f"count={blocks * size}", f"skip={data_start}",
        "iflag=skip_bytes,count_bytes", "conv=sparse", "status=none")
    with data.open("r+b") as file:
        file.truncate(blocks * size)
    said = run("veritysetup", "format", "--no-superblock", "--salt=00112233", "--hash=sha256",
               f"--data-block-size={size}", f"--hash-block-size={size}", f"--data-blocks={blocks}", *extra,
               str(data), str(tree))
    root = next(line.split()[-1] for line in said.splitlines() if line.startswith("Root hash"))
    hash_blocks = tree.stat().st_size // size

    def put(on, what):
        begin = area(on, (what.stat().st_size + size - 1) // size)
        target, start = images[on]
        with target.open("r+b") as file:
            file.seek(start + begin * size)
            file.write(what.read_bytes())
        return begin

    hash_at = put(device["hash"], tree)
    hash_begin[device["hash"]] = hash_at
    options = []
    if device.get("on_corruption", "error") != "error":
        options.append({"ignore": "ignore_corruption", "restart": "restart_on_corruption",
                        "panic": "panic_on_corruption"}[device["on_corruption"]])
    if fec:
        options += ["use_fec_from_device", paths[fec["device"]], "fec_roots", str(roots), "fec_blocks",
                    str(blocks + hash_blocks), "fec_start", str(put(fec["device"], parity))]
    sectors[name] = blocks * size // 512
    images[name] = images[device["data"]]
    words = ["0", sectors[name], "verity", 1, paths[device["data"]], paths[device["hash"]], size, size, blocks,
             hash_at, "sha256", root, "00112233", *([len(options), *options] if options else [])]
    table(name, [" ".join(map(str, words))], "-r")
    data.unlink(), tree.unlink(), parity.unlink()


def snapshot(name, device, target="snapshot"):
    store = "N" if device.get("store") == "transient" else "P"
    sectors[name] = sectors[device["origin"]]
    table(name, [f"0 {sectors[name]} {target} {paths[device['origin']]} {paths[device['cow']]} {store} "
                 f"{device.get('chunk_kib', 16) * 2}"])
    images[name] = images.get(device["origin"])


def snapshot_merge(name, device):
    """The chunks get into the COW device through a snapshot; merging begins when the driver calls merge."""
    snapshot(name, device)
    chunk = device.get("chunk_kib", 16)
    build.append(f"dd if=/dev/urandom of=/dev/mapper/{name} bs={chunk}k count={device.get('allocated_chunks', 16)} "
                 "oflag=direct 2> /dev/null")
    line = (f"0 {sectors[name]} snapshot-merge {paths[device['origin']]} {paths[device['cow']]} P {chunk * 2}")
    build.append(f"merge_{name}() {{ echo '{line}' | dmsetup load {name} && dmsetup suspend {name} && "
                 f"dmsetup resume {name}; }}")


def snapshot_origin(name, device):
    sectors[name] = sectors[device["device"]]
    images[name] = images.get(device["device"])
    table(name, [f"0 {sectors[name]} snapshot-origin {paths[device['device']]}"])


def filesystem(name, device):
    below = device["device"]
    if devices[below]["target"] == "disk":
        run("mkfs.ext4", "-q", "-F", "-b", "4096", "-E", "nodiscard,lazy_itable_init=0,lazy_journal_init=0",
            str(images[below][0]))
    else:
        build.append(f"mkfs.ext4 -q -F -b 4096 -E nodiscard,lazy_itable_init=0,lazy_journal_init=0 {paths[below]}")
    lock = "" if device.get("dioread_nolock", True) else ",dioread_lock"
    build.append(f"mkdir -p /mnt/{name} && mount -t ext4 -o commit=1000{lock} {paths[below]} /mnt/{name}")
    paths[name] = f"/mnt/{name}"


def loop(name, device):
    on = device["file"]
    file = paths[on]
    if devices[on]["target"] == "filesystem":
        file = f"{paths[on]}/{name}.file"
        size = min(FILE_MIB, sectors[devices[on]["device"]] // 2048 // 2)
        build.append(f"dd if=/dev/zero of={file} bs=1M count={size} oflag=direct 2> /dev/null")
        sectors[name] = size << 11
    else:
        sectors[name] = sectors[on]
    direct = "on" if device.get("direct") else "off"
    read_only = "-r" if device.get("read_only") else ""
    build.append(f"losetup {read_only} --direct-io={direct} /dev/{name} {file}")
    paths[name] = f"/dev/{name}"


make = {"disk": disk, "linear": linear, "striped": striped, "md-raid0": md_raid0, "verity": verity,
        "snapshot": snapshot, "snapshot-origin": snapshot_origin, "snapshot-merge": snapshot_merge,
        "filesystem": filesystem, "loop": loop}


def below(device):
    for key in ("to", "data", "hash", "origin", "cow", "device", "file"):
        value = device.get(key, [])
        yield from [value] if isinstance(value, str) else value
    for segment in device.get("segments", []):
        yield segment["to"]
    if "fec" in device:
        yield device["fec"]["device"]


def made(name, done=set()):
    if name in done:
        return
    done.add(name)
    for lower in below(devices[name]):
        made(lower)
    target = devices[name]["target"]
    if target not in make:
        sys.exit(f"prepare.py: {name}: no {target} can be made here, only {', '.join(make)}")
    make[target](name, devices[name])


reserved = kernel.get("reserved_bio_based_ios")
if reserved:
    build.append(f"echo {reserved} > /sys/module/dm_mod/parameters/reserved_bio_based_ios")
for device in devices:
    made(device)
for name, device in devices.items():
    if device["target"] == "disk":
        attach(name, device)

(folder / "qemu.args").write_text("\n".join(arguments) + "\n")
(folder / "build.sh").write_text("\n".join(build) + "\n")
(folder / "modules").write_text("\n".join(dict.fromkeys(modules)) + "\n")
