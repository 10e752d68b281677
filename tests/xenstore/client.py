# SPDX-License-Identifier: GPL-2.0-or-later
"""A client of the store protocol over a Unix socket, for tests."""
import collections
import socket
import struct

(CONTROL, DIRECTORY, READ, GET_PERMS, WATCH, UNWATCH, TRANSACTION_START, TRANSACTION_END, INTRODUCE,
 RELEASE, GET_DOMAIN_PATH, WRITE, MKDIR, RM, SET_PERMS, WATCH_EVENT, ERROR, IS_DOMAIN_INTRODUCED,
 RESUME, SET_TARGET) = range(20)
RESET_WATCHES, DIRECTORY_PART = 21, 22


class StoreError(Exception):
    """The store answered with an error; str() is its name."""


class Client:
    """One connection. Events that come between replies are kept in `events`."""

    def __init__(self, path, timeout=20):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(timeout)
        self.socket.connect(path)
        self.buffer = b""
        self.request_id = 0
        self.events = collections.deque()

    def close(self):
        self.socket.close()

    def _receive(self, size):
        while len(self.buffer) < size:
            data = self.socket.recv(65536)
            if not data:
                raise ConnectionError("the store closed the connection")
            self.buffer += data
        data, self.buffer = self.buffer[:size], self.buffer[size:]
        return data

    def message(self):
        """The next message: (type, request id, transaction, payload)."""
        kind, request_id, transaction, size = struct.unpack("<IIII", self._receive(16))
        return kind, request_id, transaction, self._receive(size)

    def send(self, kind, payload=b"", transaction=0):
        self.request_id += 1
        self.socket.sendall(struct.pack("<IIII", kind, self.request_id, transaction, len(payload)) +
                            payload)
        return self.request_id

    def reply(self, kind, request_id, transaction=0):
        while True:
            got, got_id, got_transaction, payload = self.message()
            if got == WATCH_EVENT:
                self.events.append(tuple(payload.split(b"\0")[:2]))
                continue
            assert got_id == request_id, f"reply to {got_id}, not to {request_id}"
            assert got_transaction == transaction
            if got == ERROR:
                raise StoreError(payload.rstrip(b"\0").decode())
            assert got == kind, f"a reply of type {got}, not {kind}"
            return payload

    def call(self, kind, payload=b"", transaction=0):
        return self.reply(kind, self.send(kind, payload, transaction), transaction)

    def read(self, path, t=0):
        return self.call(READ, path + b"\0", t)

    def write(self, path, value, t=0):
        self.call(WRITE, path + b"\0" + value, t)

    def mkdir(self, path, t=0):
        self.call(MKDIR, path + b"\0", t)

    def rm(self, path, t=0):
        self.call(RM, path + b"\0", t)

    def directory(self, path, t=0):
        return self.call(DIRECTORY, path + b"\0", t).split(b"\0")[:-1]

    def watch(self, path, token, *rest):
        self.call(WATCH, b"".join(x + b"\0" for x in (path, token, *rest)))

    def unwatch(self, path, token):
        self.call(UNWATCH, path + b"\0" + token + b"\0")

    def start(self):
        return int(self.call(TRANSACTION_START, b"\0").rstrip(b"\0"))

    def end(self, t, commit=True):
        self.call(TRANSACTION_END, b"T\0" if commit else b"F\0", t)

    def event(self):
        """The next event: (path, token). Waits for it."""
        while not self.events:
            kind, _, _, payload = self.message()
            assert kind == WATCH_EVENT, "a reply that nobody asked for"
            self.events.append(tuple(payload.split(b"\0")[:2]))
        return self.events.popleft()
