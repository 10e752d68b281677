# SPDX-License-Identifier: GPL-2.0-or-later
"""A Debian under a hypervisor: how the boot tests start it, log in at its serial line, end it."""
import argparse
import os
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, "tests"))
from machine import Gone, Machine  # noqa: E402

LOGS = os.path.join(TOP, "build/test-logs/boot")


def expect(what, got, want):
    print(f"{what}: {got!r}", flush=True)
    if got != want:
        raise Gone(f"{what} should be {want!r}")


def options(name):
    parser = argparse.ArgumentParser()
    parser.add_argument("--uefi", action="store_true")
    parser.add_argument("--bios", dest="uefi", action="store_false")
    parser.add_argument("--hypervisor", default=os.environ.get("HYPERVISOR", "domus"))
    parser.add_argument("--smp", default="2")
    parser.add_argument("--memory", default="2048")
    parser.add_argument("--limit", type=int, default=480, help="seconds from kernel to login")
    parser.add_argument("--name", default=name)
    parser.add_argument("qemu", nargs="*")
    args = parser.parse_args()
    args.name = args.name or ("dom0-uefi" if args.uefi else "dom0-bios")
    return args


def start(args, *qemu):
    image = os.path.join(TOP, "build/image", os.environ.get("KERNEL", "linux-image-amd64"))
    os.makedirs(LOGS, exist_ok=True)
    qmp = f"/tmp/domus-qmp-{os.getpid()}.sock"
    command = [os.path.join(TOP, "dom0/image/qemu"), "--uefi" if args.uefi else "--bios",
               "--iso", f"{image}/boot-{args.hypervisor}.iso", "--disk", f"{image}/root.img",
               "--headless", "--snapshot", "--serial", "stdio", "--qmp", qmp,
               "--smp", args.smp, "--memory", args.memory, "--", *qemu, *args.qemu]
    return Machine(command, os.path.join(LOGS, args.name + ".serial"), qmp)


def stop(machine):
    machine.stop()
    if os.path.exists(machine.qmp_path):
        os.unlink(machine.qmp_path)


def log_in(machine, args):
    """From power-on to a quiet shell at the serial line, with pictures of the screen on the way."""
    shot = os.path.join(LOGS, args.name)
    machine.wait(r"GNU GRUB(.|\n)*executed automatically", 90, "GRUB's menu")
    machine.screenshot(shot + "-grub.png")
    if args.hypervisor == "domus":
        machine.wait(r"Domus, a hypervisor", 120, "a line of the hypervisor")
    elif args.hypervisor == "xen":
        machine.wait(r"\(XEN\) Xen version", 120, "a line of the hypervisor")
    if args.hypervisor != "none":
        print("hypervisor: speaks", flush=True)
    machine.wait(r"Linux version (\S+)", 180, "the first line of the kernel")
    print("kernel: speaks", flush=True)
    # The kernel has not taken the screen yet: what stands there is the hypervisor's.
    machine.screenshot(shot + "-hypervisor.png")
    machine.wait(r"domus login: ", args.limit, "the login at the serial line")
    machine.send("root\n")
    machine.wait(r"root@domus:~# ", 120, "a shell")
    machine.shell("stty cols 200; PS1=; dmesg -n 4")
    # The screen's login may come later than the one at the serial line.
    machine.shell("for i in $(seq 60); do pgrep -t tty1 getty >/dev/null && break; sleep 1; done", 120)
    print("picture (width, height, colours):", machine.screenshot(shot + "-login.png"))


def processors(machine):
    one = "/sys/devices/system/cpu/cpu1/online"
    for turn in range(2):
        expect(f"CPU 1 down ({turn})", machine.shell(f"echo 0 >{one} && nproc"), ("1", 0))
        expect(f"CPU 1 up ({turn})", machine.shell(f"echo 1 >{one} && taskset -c 1 nproc && nproc"),
               ("1\n2", 0))


def balloon(machine):
    memory = "/sys/devices/system/xen_memory/xen_memory0"
    start = int(machine.shell(f"cat {memory}/info/current_kb")[0])
    for what, target in (("down", start - 65536), ("up", start)):
        text, _ = machine.shell(
            f"echo {target} >{memory}/target_kb; for i in $(seq 60); do "
            f"[ $(cat {memory}/info/current_kb) = {target} ] && break; sleep 1; done; "
            f"cat {memory}/info/current_kb", 120)
        expect(f"balloon {what}", text, str(target))


def power_off(machine):
    machine.send("systemctl poweroff\n")
    expect("QEMU's exit code", machine.ended(180), 0)


def run(args, look, *qemu):
    """Boots, calls look(machine, args) in the shell, powers off; returns the exit code of a test."""
    machine = start(args, *qemu)
    try:
        log_in(machine, args)
        look(machine, args)
        machine.screenshot(os.path.join(LOGS, args.name + "-end.png"))
        power_off(machine)
    except Gone as gone:
        print(gone)
        return 1
    finally:
        stop(machine)
    return 0
