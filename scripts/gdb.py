# SPDX-License-Identifier: GPL-2.0-or-later
"""Teaches gdb the hypervisor's structures: source it, or start gdb with -x scripts/gdb.py.

Prints frame numbers, frames, spinlocks, domains and vcpus in one line each, and adds the commands
`domains` (all of them, with their vcpus) and `frame-of N` (an entry of the frame table).
"""
import gdb
import gdb.printing

TYPES = {0: "none", 1: "L1", 2: "L2", 3: "L3", 4: "L4", 5: "segdesc", 7: "writable"}
PINNED, VALIDATED, PARTIAL = 1 << 59, 1 << 58, 1 << 57
ALLOCATED, XENHEAP, IO = 1 << 63, 1 << 62, 1 << 60
COUNT = 0xffffffff
PAUSED = ("blocked", "down", "in reset")


def owner_of(frame):
    owner = frame["owner"]
    return f"d{int(owner['id'])}" if int(owner) else "nobody"


class Number:
    """mfn_t and gfn_t: the number alone."""

    def __init__(self, value):
        self.value = value

    def to_string(self):
        return f"{self.value.type.unqualified()} {int(self.value['n']):#x}"


class Frame:
    def __init__(self, value):
        self.value = value

    def to_string(self):
        refs, word = int(self.value["refs"]), int(self.value["type"])
        text = f"frame of {owner_of(self.value)}: {refs & COUNT} refs"
        text += "".join(f" {name}" for bit, name in
                        ((ALLOCATED, "allocated"), (XENHEAP, "ours"), (IO, "device")) if refs & bit)
        text += f", {word & COUNT} as {TYPES.get(word >> 60 & 7, '?')}"
        text += "".join(f" {name}" for bit, name in
                        ((PINNED, "pinned"), (VALIDATED, "validated")) if word & bit)
        return text + (f" partial: {word >> 32 & 0x3ff} entries" if word & PARTIAL else "")


class Spinlock:
    def __init__(self, value):
        self.value = value

    def to_string(self):
        head, tail = int(self.value["head"]), int(self.value["tail"])
        waiting = (tail - head & 0xffff) - 1
        return "free" if head == tail else f"held, {waiting} waiting"


class Vcpu:
    def __init__(self, value):
        self.value = value

    def to_string(self):
        v = self.value
        flags = int(v["pause_flags"])
        why = [name for bit, name in enumerate(PAUSED) if flags >> bit & 1]
        if int(v["pause_count"]):
            why.append(f"paused {int(v['pause_count'])} times")
        state = "runs" if bool(v["is_running"]) else ", ".join(why) or "wants to run"
        return f"d{int(v['domain']['id'])}v{int(v['id'])} on CPU {int(v['cpu'])}: {state}"


class Domain:
    def __init__(self, value):
        self.value = value

    def to_string(self):
        d = self.value
        text = f"d{int(d['id'])}: {int(d['tot_pages'])} of {int(d['max_pages'])} pages, "
        text += f"{int(d['max_vcpus'])} vcpus at most, {int(d['refs'])} refs, {d['state']}"
        return text + (f", shut down ({int(d['shutdown_code'])})" if bool(d["is_shut_down"]) else "")


class Domains(gdb.Command):
    """All domains, each with its vcpus."""

    def __init__(self):
        super().__init__("domains", gdb.COMMAND_DATA)

    def invoke(self, _argument, _from_tty):
        kind = gdb.lookup_type("struct domain")
        offset = next(f.bitpos // 8 for f in kind.fields() if f.name == "link")
        head = gdb.parse_and_eval("&'domain.c'::domains")
        link = head["next"]
        while link != head:
            d = gdb.Value(int(link) - offset).cast(kind.pointer())
            print(Domain(d.dereference()).to_string())
            for i in range(int(d["max_vcpus"])):
                if int(d["vcpus"][i]):
                    print("   ", Vcpu(d["vcpus"][i].dereference()).to_string())
            link = link["next"]


class FrameOf(gdb.Command):
    """frame-of N: the entry of machine frame N in the frame table."""

    def __init__(self):
        super().__init__("frame-of", gdb.COMMAND_DATA)

    def invoke(self, argument, _from_tty):
        number = int(gdb.parse_and_eval(argument))
        print(f"{number:#x}: " + Frame(gdb.parse_and_eval("frame_table")[number]).to_string())


def printers():
    collection = gdb.printing.RegexpCollectionPrettyPrinter("domus")
    for name, kind in (("mfn_t", Number), ("gfn_t", Number), ("frame", Frame), ("spinlock", Spinlock),
                       ("vcpu", Vcpu), ("domain", Domain)):
        collection.add_printer(name, f"^{name}$", kind)
    return collection


gdb.printing.register_pretty_printer(gdb.current_objfile(), printers(), replace=True)
Domains()
FrameOf()
