"""What a proxy takes beside requests: memory of idle connections, and time to its first answer."""

import os
import re
import shutil
import socket
import statistics
import subprocess
import time

from measure import PROBLEMS
from peers import start
from plan import BODY, CREDENTIAL, SMALL, Failed, Unavailable, told

REQUEST = f"GET {SMALL} HTTP/1.1\r\nHost: bench\r\nAuthorization: {CREDENTIAL}\r\n\r\n".encode()


def idle(peer, other, count, directory):
    row = {"peer": peer, "connections": count, "problem": None}
    env = dict(os.environ)
    is_headgate = peer.startswith("headgate")
    if is_headgate:
        env["HEADGATE_JAVA_OPTS"] = env.get("HEADGATE_JAVA_OPTS", "") + " -XX:NativeMemoryTracking=summary"
    server, connections = None, []
    try:
        server = start(peer, directory, "plain", other.port, env=env)
        jcmd = find_jcmd(server) if is_headgate else None
        # What the first connections bring in once (classes, buffers, pools) is not theirs.
        for _ in range(3):
            open_idle(server.port, 100, connections)
            close_all(connections)
        before = footprint(server, jcmd)
        open_idle(server.port, count, connections)
        after = footprint(server, jcmd)
        for key in after:
            row[key + "_kib_each"] = (after[key] - before[key]) / count
    except PROBLEMS as problem:
        row["problem"] = told(problem)
    finally:
        close_all(connections)
        if server:
            server.stop()
    return row


def open_idle(port, count, connections):
    """So many connections, each after one request."""
    for _ in range(count):
        connection = socket.create_connection(("127.0.0.1", port), 10)
        connections.append(connection)
        answered(connection, len(connections))


def answered(connection, number):
    connection.sendall(REQUEST)
    answer = b""
    while not answer.endswith(BODY.encode()):
        part = connection.recv(65536)
        if not part:
            raise Failed(f"closed after {number} connections")
        answer += part
    if not answer.startswith(b"HTTP/1.1 200"):
        raise Failed(answer.split(b"\r")[0].decode())


def close_all(connections):
    for connection in connections:
        connection.close()
    connections.clear()


def find_jcmd(server):
    candidate = os.path.join(os.path.dirname(os.readlink(f"/proc/{server.process.pid}/exe")), "jcmd")
    jcmd = candidate if os.path.exists(candidate) else shutil.which("jcmd")
    if not jcmd:
        raise Unavailable("jcmd is missing (package openjdk-17-jdk-headless)")
    return jcmd


def footprint(server, jcmd):
    """KiB: resident, and for a JVM what lives on the heap after a collection and in native buffers."""
    result = {}
    if jcmd:
        def ask(*command):
            return subprocess.run([jcmd, str(server.process.pid), *command], stdout=subprocess.PIPE,
                                  text=True, check=True).stdout
        ask("GC.run")
        histogram = ask("GC.class_histogram")
        result["heap"] = int(re.search(r"^Total\s+\d+\s+(\d+)", histogram, re.M)[1]) / 1024
        native = ask("VM.native_memory", "summary", "scale=KB")
        other = re.search(r"-\s+Other \(reserved=\d+KB, committed=(\d+)KB", native)
        result["direct"] = float(other[1]) if other else 0.0
        result["heap_and_direct"] = result["heap"] + result["direct"]
    result["rss"] = server.memory("VmRSS")
    return result


def first_answer(peer, other, options, directory):
    """Seconds from exec to the end of the first answer, on all cores. The first start, which fills caches, is not counted."""
    row = {"peer": peer, "starts": options.starts, "problem": None}
    times = []
    try:
        for _ in range(options.starts + 1):
            server = start(peer, directory, "plain", other.port, core=None)
            try:
                with socket.create_connection(("127.0.0.1", server.port), 10) as connection:
                    answered(connection, 1)
                times.append(time.monotonic() - server.began)
            finally:
                server.stop()
        times = times[1:]
        row["seconds"] = {"median": statistics.median(times), "min": min(times), "max": max(times)}
    except PROBLEMS as problem:
        row["problem"] = told(problem)
    return row
