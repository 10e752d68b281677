# SPDX-License-Identifier: GPL-2.0-or-later
"""Starts the store daemon in a temporary directory, and kills the processes it consists of."""
import os
import pathlib
import signal
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("DOMUS_XENSTORED", str(ROOT / "build/bin/domus-xenstored"))


def wait_for(what, seconds=10):
    """The first true value of what(), or an error."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = what()
        if value:
            return value
        time.sleep(0.002)
    raise TimeoutError("waited in vain")


def children(pid):
    try:
        return [int(x) for x in
                pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


class Daemon:
    def __init__(self, *options):
        self.directory = tempfile.TemporaryDirectory(prefix="xenstore-test.")
        self.socket = self.directory.name + "/socket"
        self.options = options
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            [PROGRAM, "--foreground", "--no-kernel", "--socket", self.socket,
             "--state-dir", self.directory.name + "/state", *self.options])
        wait_for(lambda: os.path.exists(self.socket))

    def server(self):
        """The serving process."""
        return wait_for(lambda: children(self.process.pid))[0]

    def kill_server(self):
        """Kills the serving process; returns when there is another."""
        old = self.server()
        os.kill(old, signal.SIGKILL)
        wait_for(lambda: [x for x in children(self.process.pid) if x != old])

    def stop(self):
        self.process.terminate()
        self.process.wait(10)

    def close(self):
        self.stop()
        self.directory.cleanup()
