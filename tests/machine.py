# SPDX-License-Identifier: GPL-2.0-or-later
"""An emulated machine that a test watches: its serial line, its QMP monitor, its end."""
import json
import os
import re
import select
import signal
import socket
import struct
import subprocess
import sys
import time
import zlib


# Colours, cursor movements, bracketed paste, window titles.
ESCAPE = re.compile(rb"\x1b(\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)|[()][0-9A-B]|[=>c78])")


class Gone(Exception):
    """The machine did not do what was waited for; says what, and shows the end of its output."""


class Machine:
    """Runs a QEMU command whose serial line is stdio. `log` gets all that it prints."""

    def __init__(self, command, log, qmp_path=None):
        self.log = open(log, "wb", buffering=0)
        self.text = ""
        self.rest = b""
        self.mark = 0  # what was waited for lies before this offset
        self.qmp_path = qmp_path
        # The command may be a script that starts QEMU: its group ends with it, and with us.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by a signal"))
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, bufsize=0,
                                        start_new_session=True)
        self.open = True

    def read(self, seconds):
        """Takes in what the machine printed; waits at most that long for the first byte."""
        out = self.process.stdout
        if not self.open or not select.select([out], [], [], max(0, seconds))[0]:
            return
        data = os.read(out.fileno(), 65536)
        if not data:
            self.open = False
        self.log.write(data)
        data = self.rest + data
        # An escape sequence may be cut in two by the read.
        cut = data.rfind(b"\x1b")
        whole = cut < 0 or ESCAPE.match(data, cut) or len(data) - cut > 64 or not self.open
        self.rest = b"" if whole else data[cut:]
        data = ESCAPE.sub(b"", data if whole else data[:cut])
        self.text += data.decode("utf-8", "replace").replace("\r", "")

    def wait(self, pattern, seconds, what=None):
        """Waits until the pattern stands in the output after the last match; returns the match."""
        end = time.monotonic() + seconds
        while True:
            match = re.compile(pattern, re.M).search(self.text, self.mark)
            if match:
                self.mark = match.end()
                return match
            if not self.open or time.monotonic() > end:
                why = "the machine ended" if not self.open else f"nothing within {seconds} s"
                raise Gone(f"waited for {what or pattern!r}: {why}; the end of its output:\n"
                           + self.text[-1500:])
            self.read(min(1.0, max(0.0, end - time.monotonic())))

    def send(self, text):
        self.process.stdin.write(text.encode())
        self.process.stdin.flush()

    def shell(self, command, seconds=60):
        """Runs a command in the shell at the serial line; returns its output and exit code."""
        # The words are split in the echo, so only what the shell prints matches.
        self.send(f"echo BE''GIN; {{ {command}; }}; printf '\\nEN%s %s\\n' D $?\n")
        self.wait(r"^BEGIN\n", seconds, f"the start of `{command}`")
        start = self.mark
        match = self.wait(r"^END (\d+)$", seconds, f"the end of `{command}`")
        return self.text[start:match.start()].strip(), int(match.group(1))

    def ended(self, seconds):
        """Waits for QEMU to exit by itself; returns its exit code."""
        end = time.monotonic() + seconds
        while self.open and time.monotonic() < end:
            self.read(1.0)
        try:
            return self.process.wait(timeout=max(1.0, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            raise Gone(f"the machine did not end within {seconds} s; the end of its output:\n"
                       + self.text[-1500:]) from None

    def stop(self):
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
        self.log.close()

    def qmp(self, command, **arguments):
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(20)
            s.connect(self.qmp_path)
            stream = s.makefile("rw")
            json.loads(stream.readline())
            for request in ({"execute": "qmp_capabilities"},
                            {"execute": command, "arguments": arguments}):
                stream.write(json.dumps(request) + "\n")
                stream.flush()
                answer = json.loads(stream.readline())
                while "event" in answer:
                    answer = json.loads(stream.readline())
                if "error" in answer:
                    raise Gone(f"{request['execute']}: {answer['error']['desc']}")
            return answer["return"]

    def screenshot(self, path):
        """A picture of the emulated screen as PNG; returns (width, height, distinct colours)."""
        ppm = path + ".ppm"
        self.qmp("screendump", filename=os.path.abspath(ppm))
        with open(ppm, "rb") as f:
            data = f.read()
        os.unlink(ppm)
        return write_png(path, data)


def write_png(path, ppm):
    """Writes a binary PPM (P6, 8 bits) as PNG."""
    header = re.match(rb"P6\s+(\d+)\s+(\d+)\s+255\s", ppm)
    width, height = int(header.group(1)), int(header.group(2))
    pixels = ppm[header.end():]
    rows = b"".join(b"\0" + pixels[y * width * 3:(y + 1) * width * 3] for y in range(height))

    def chunk(kind, body):
        return (struct.pack(">I", len(body)) + kind + body
                + struct.pack(">I", zlib.crc32(kind + body)))

    with open(path, "wb") as f:
        f.write(b"\x89PNG\r\n\x1a\n"
                + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
                + chunk(b"IDAT", zlib.compress(rows, 6)) + chunk(b"IEND", b""))
    colours = {pixels[i:i + 3] for i in range(0, len(pixels), 3)}
    return width, height, len(colours)
