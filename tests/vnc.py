# SPDX-License-Identifier: GPL-2.0-or-later
"""A VNC viewer that looks once: the picture behind a Unix socket, as a binary PPM (RFC 6143)."""
import socket
import struct


def receive(s, count):
    data = b""
    while len(data) < count:
        more = s.recv(count - len(data))
        if not more:
            raise EOFError("the VNC server closed the connection")
        data += more
    return data


def connect(path):
    """Shakes hands without a password; returns the socket, width and height."""
    s = socket.socket(socket.AF_UNIX)
    s.settimeout(20)
    s.connect(path)
    s.sendall(receive(s, 12))  # the version it speaks is ours too
    kinds = receive(s, receive(s, 1)[0])
    if 1 not in kinds:
        raise EOFError(f"the VNC server wants a password: {list(kinds)}")
    s.sendall(b"\x01")
    if receive(s, 4) != bytes(4):
        raise EOFError("the VNC server refuses")
    s.sendall(b"\x01")
    width, height = struct.unpack(">HH16x", receive(s, 20))
    receive(s, *struct.unpack(">I", receive(s, 4)))
    # 32 bits a pixel, little endian, red lowest: R G B and a byte of nothing.
    s.sendall(struct.pack(">B3xBBBBHHHBBB3x", 0, 32, 24, 0, 1, 255, 255, 255, 0, 8, 16))
    s.sendall(struct.pack(">BxHi", 2, 1, 0))  # raw only
    return s, width, height


def picture(path):
    """The whole screen once."""
    s, width, height = connect(path)
    with s:
        s.sendall(struct.pack(">BBHHHH", 3, 0, 0, 0, width, height))
        pixels = bytearray(width * height * 3)
        missing = width * height
        while missing > 0:
            kind = receive(s, 1)[0]
            if kind == 3:  # cut text
                receive(s, *struct.unpack(">3xI", receive(s, 7)))
            if kind != 0:
                continue
            for _ in range(*struct.unpack(">xH", receive(s, 3))):
                x, y, w, h, _ = struct.unpack(">HHHHi", receive(s, 12))
                raw = receive(s, w * h * 4)
                for row in range(h):
                    line = bytearray(w * 3)
                    for part in range(3):
                        line[part::3] = raw[row * w * 4 + part:(row + 1) * w * 4:4]
                    at = ((y + row) * width + x) * 3
                    pixels[at:at + w * 3] = line
                missing -= w * h
    return b"P6 %d %d 255 " % (width, height) + bytes(pixels)
