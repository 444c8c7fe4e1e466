"""
Downloads a file again and again, for some time, and drops what it gets.

In Python, because Node cannot receive without copying: with MSG_TRUNC the kernel drops the bytes itself, and with a low
water mark it wakes us once a MiB. A reader that copied would be slower than nginx, and make all fast servers look equal.

python3 receive.py PORT TARGET SIZE CONNECTIONS SECONDS
"""

import json
import os
import socket
import sys
import threading
import time

PORT, SIZE, CONNECTIONS, SECONDS = (int(sys.argv[n]) for n in (1, 3, 4, 5))
TARGET = sys.argv[2]
REQUEST = f"GET {TARGET} HTTP/1.1\r\nHost: 127.0.0.1:{PORT}\r\n\r\n".encode()
PORTION = 4 * 1024 * 1024
LOW_WATER = 1024 * 1024

counts = [0] * CONNECTIONS
failures = []


def head_of(connection):
    """A byte at a time: what comes behind it is counted, not read."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        byte = connection.recv(1)
        if not byte:
            raise ConnectionError("the server closed the connection")
        head += byte
    return head.decode("latin-1").lower()


def wake_at(connection, count):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, count)


def receive(index):
    connection = socket.create_connection(("127.0.0.1", PORT))
    nowhere = bytearray(PORTION)
    while True:
        wake_at(connection, 1)
        connection.sendall(REQUEST)
        head = head_of(connection)
        if not head.startswith("http/1.1 200 ") or f"\r\ncontent-length: {SIZE}\r\n" not in head:
            raise ConnectionError(f"an answer began with {head[:60]!r}")
        left = SIZE
        wake_at(connection, LOW_WATER)
        while left > 0:
            # The kernel may count the mark anew after it has taken a part, and of the rest it would then never tell.
            if left < 2 * LOW_WATER:
                wake_at(connection, 1)
            count = connection.recv_into(nowhere, min(left, PORTION), socket.MSG_TRUNC)
            if count == 0:
                raise ConnectionError("the server closed the connection")
            left -= count
            counts[index] += count


def receive_or_tell(index):
    try:
        receive(index)
    except OSError as error:
        failures.append(str(error))


began = time.monotonic()
for index in range(CONNECTIONS):
    threading.Thread(target=receive_or_tell, args=(index,), daemon=True).start()
time.sleep(SECONDS)
print(json.dumps({"bytes": sum(counts), "seconds": time.monotonic() - began, "failures": failures}), flush=True)
os._exit(0)
