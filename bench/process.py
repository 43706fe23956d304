"""A process tree with a listening port, and what it takes of the machine."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import time
import urllib.request

from plan import Unavailable

TICK = os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def write(directory, name, text):
    path = os.path.join(directory, name)
    with open(path, "w") as file:
        file.write(text.lstrip())
    return path


def busy_seconds(core):
    """What has run on the core, interrupts and time stolen by the hypervisor included."""
    with open("/proc/stat") as stat:
        fields = [int(n) for n in re.search(rf"^cpu{core} (.*)", stat.read(), re.M)[1].split()]
    return (sum(fields[:8]) - fields[3] - fields[4]) / TICK


class Server:
    """A process tree that listens. With port None the ports are those that Headgate prints; core None is all of them."""

    def __init__(self, name, command, directory, core, port=None, tls_port=None, env=None):
        self.name, self.port, self.tls_port, self.admin = name, port, tls_port, None
        self.access_log = None
        self.err = os.path.join(directory, name + ".err")
        self.log = os.path.join(directory, name + ".log")
        with open(self.log, "wb") as out, open(self.err, "wb") as err:
            self.began = time.monotonic()
            try:
                self.process = subprocess.Popen(
                    ["taskset", "-c", core, *command] if core else command,
                    stdin=subprocess.DEVNULL, stdout=out, stderr=err, cwd=directory, env=env)
            except OSError as problem:
                raise Unavailable(str(problem)) from problem

    def wait_for_port(self, seconds=20):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.process.poll() is not None:
                break
            if self.port is None:
                self.read_ports()
            else:
                with contextlib.suppress(OSError):
                    socket.create_connection(("127.0.0.1", self.port), 1).close()
                    return self
            time.sleep(0.005)
        self.stop()
        raise Unavailable(self.last_words())

    def last_words(self):
        with open(self.err, errors="replace") as err:
            last = [line for line in err.read().splitlines() if line.strip()][-1:] or ["no message"]
        return last[0].strip()[:120]

    def read_ports(self):
        """All of them are there once the admin port and the plain one are; the admin's line comes last or first."""
        with open(self.err, errors="replace") as err:
            text = err.read()
        admin = re.search(r"headgate: admin on http://127\.0\.0\.1:(\d+)", text)
        encrypted = re.search(r"headgate: listening on https://127\.0\.0\.1:(\d+)", text)
        plain = re.search(r"headgate: listening on http://127\.0\.0\.1:(\d+)", text)
        if admin and plain and (encrypted or self.tls_port is None):
            self.admin, self.port = int(admin[1]), int(plain[1])
            self.tls_port = int(encrypted[1]) if encrypted else None

    def pids(self):
        parents = {}
        for entry in filter(str.isdigit, os.listdir("/proc")):
            with contextlib.suppress(OSError), open(f"/proc/{entry}/stat") as stat:
                parents[int(entry)] = int(stat.read().rpartition(")")[2].split()[1])
        found = [self.process.pid]
        for pid in found:
            found += [child for child, parent in parents.items() if parent == pid]
        return found

    def cpu(self):
        """User and system seconds of all its processes."""
        user = system = 0
        for pid in self.pids():
            with open(f"/proc/{pid}/stat") as stat:
                fields = stat.read().rpartition(")")[2].split()
            user += int(fields[11])
            system += int(fields[12])
        return user / TICK, system / TICK

    def memory(self, key):
        """KiB in /proc/PID/status, all its processes together."""
        total = 0
        for pid in self.pids():
            with open(f"/proc/{pid}/status") as status:
                if value := re.search(rf"^{key}:\s+(\d+) kB", status.read(), re.M):
                    total += int(value[1])
        return total

    def open_files(self):
        found = set()
        for entry in os.listdir(f"/proc/{self.process.pid}/fd"):
            with contextlib.suppress(OSError):
                found.add(os.readlink(f"/proc/{self.process.pid}/fd/{entry}"))
        return found

    def metrics(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.admin}/metrics", timeout=10) as answer:
            return answer.read().decode()

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
