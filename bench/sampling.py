"""Samples a Headgate's CPU time under load by Java Flight Recorder, and says for what it was."""

import argparse
import collections
import os
import re
import subprocess
import sys
import threading

from compare import positive
from footprint import find_jcmd
from measure import PROBLEMS, measure, prepare
from peers import start
from plan import HEADGATES, TIERS, WORKLOADS, ENCRYPTED, Failed, Unavailable, note, told
from upstream import workplace

SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<configuration version="2.0">
  <event name="jdk.CPUTimeSample">
    <setting name="enabled">true</setting>
    <setting name="throttle">1ms</setting>
    <setting name="stackTrace">true</setting>
  </event>
</configuration>
"""

# The first frame, from the innermost on, that one of these begins decides; what calls are for comes before who calls.
PARTS = [
    ("system calls: writing", ("io.netty.channel.unix.FileDescriptor.write", "io.netty.channel.unix.Socket.send")),
    ("system calls: reading", ("io.netty.channel.unix.Socket.recv", "io.netty.channel.unix.FileDescriptor.read")),
    ("system calls: waiting for events", ("io.netty.channel.epoll.Native.epollWait", "io.netty.channel.uring.Native.ioUringEnter")),
    ("system calls: opening and closing connections",
     ("io.netty.channel.unix.FileDescriptor.close", "io.netty.channel.unix.Socket.", "io.netty.channel.epoll.Native.epollCtl",
      "io.netty.channel.epoll.LinuxSocket.")),
    ("TLS", ("io.netty.handler.ssl.", "io.netty.internal.tcnative.")),
    ("HTTP/2 (Netty's codec)", ("io.netty.handler.codec.http2.",)),
    ("heads: reading", ("dev.headgate.netty.HeadReader", "dev.headgate.http.HeadParser", "dev.headgate.http.HeadScanner",
                        "dev.headgate.http.StreamFields", "dev.headgate.http.PathReading", "dev.headgate.http.Framing")),
    ("heads: rewriting", ("dev.headgate.gate.HeadRewriter",)),
    ("proof of Authorization", ("dev.headgate.netty.AuthorizationProof",)),
    ("ids in JSON, path and query", ("dev.headgate.gate.PresentedIds", "dev.headgate.profile.JsonSelection")),
    ("credential and its fingerprint", ("dev.headgate.session.Credential", "dev.headgate.session.KeyedHash")),
    ("session store", ("dev.headgate.session.",)),
    ("gate: the rules", ("dev.headgate.gate.",)),
    ("record, metrics, recent exchanges, access log", ("dev.headgate.observe.", "dev.headgate.app.Server", "dev.headgate.netty.ExchangeRecord")),
    ("exchange and forwarding", ("dev.headgate.",)),
    ("Netty: buffers", ("io.netty.buffer.",)),
    ("Netty: channels and pipelines", ("io.netty.",)),
]
LOOP = re.compile(r"multiThreadIoEv|IoEventLoop")


def part(frames):
    """Netty's frames count for the Headgate code that calls them only where they are neither system calls, TLS nor the codec."""
    outer = None
    for frame in frames:
        for name, prefixes in PARTS:
            if frame.startswith(prefixes):
                if name.startswith("Netty"):
                    outer = outer or name
                    break
                return outer or name
    return outer or "other"


def samples(recording, jfr):
    """How many samples each part has, and each thread that is no event loop."""
    text = subprocess.run([jfr, "print", "--events", "jdk.CPUTimeSample", "--stack-depth", "64", recording],
                          stdout=subprocess.PIPE, text=True, check=True).stdout
    parts = collections.Counter()
    for event in text.split("jdk.CPUTimeSample {")[1:]:
        thread = re.search(r'eventThread = "([^"]*)"', event)
        stack = re.search(r"stackTrace = \[\n(.*?)\n\s*\]", event, re.S)
        if not thread or not LOOP.search(thread[1]):
            parts["other threads of Java"] += 1
        else:
            parts[part([line.strip() for line in stack[1].split("\n")] if stack else [])] += 1
    if not parts:
        raise Failed("no samples")
    return parts


def threads(server):
    """Milliseconds of CPU time of each thread, by its name."""
    found = collections.Counter()
    tasks = f"/proc/{server.process.pid}/task"
    for task in os.listdir(tasks):
        try:
            with open(f"{tasks}/{task}/schedstat") as times, open(f"{tasks}/{task}/comm") as name:
                found[name.read().strip()] += int(times.read().split()[0]) / 1e6
        except OSError:
            pass
    return found


def profile(options, directory, other):
    server = start(options.peer, directory, options.tier, other.ports[options.tier], options.workload in ENCRYPTED)
    try:
        jcmd = find_jcmd(server)
        settings, recording = os.path.join(directory, "profile.jfc"), os.path.join(directory, "profile.jfr")
        with open(settings, "w") as file:
            file.write(SETTINGS)
        prepare(server, options.peer, options.tier, [options.workload], options)

        def ask(*command):
            answer = subprocess.run([jcmd, str(server.process.pid), *command], stdout=subprocess.PIPE, text=True, check=True).stdout
            if "Error" in answer or "could not" in answer.lower():
                raise Unavailable("this JVM does not sample CPU time (JDK 25 does)")
        ask("JFR.start", "name=bench", f"settings={settings}", f"filename={recording}")
        before = threads(server)
        result = measure(server, other, options.tier, options.workload, options)
        after = threads(server)
        ask("JFR.stop", "name=bench")
        after.subtract(before)
        return result, samples(recording, os.path.join(os.path.dirname(jcmd), "jfr")), after
    finally:
        server.stop()


def main():
    parser = argparse.ArgumentParser(prog="bench/profile", description=__doc__)
    parser.add_argument("--tier", choices=TIERS, default="plain")
    parser.add_argument("--workload", choices=WORKLOADS, default="get")
    parser.add_argument("--peer", choices=HEADGATES, default=HEADGATES[0])
    parser.add_argument("--seconds", type=positive, default=8)
    parser.add_argument("--warmup", type=positive, default=30, help="seconds (default 30)")
    parser.add_argument("--connections", type=positive, default=64)
    options = parser.parse_args()
    options.quick = False
    if options.tier not in WORKLOADS[options.workload]:
        parser.error(f"--workload {options.workload}: not in the tier {options.tier}")
    try:
        with workplace() as (directory, other):
            result, parts, by_thread = profile(options, directory, other)
    except PROBLEMS as problem:
        note(told(problem))
        return 3 if isinstance(problem, Unavailable) else 1
    total, all_threads = sum(parts.values()), sum(by_thread.values())
    loops = sum(ms for name, ms in by_thread.items() if LOOP.search(name))
    print(f"{options.tier}, {options.workload}, {options.peer}: {result['cpu_us']:.1f} us/request, "
          f"{result['requests_per_s']:.0f} requests/s, {total} samples. Event loops took {100 * loops / all_threads:.0f} % of the CPU time.\n")
    print("| share % | us/request | for |\n|--:|--:|---|")
    for name, count in parts.most_common():
        share = count / total * loops / all_threads
        print(f"| {100 * share:.1f} | {share * result['cpu_us']:.2f} | {name} |")
    for name, ms in by_thread.most_common():
        if not LOOP.search(name) and ms / all_threads > 0.001:
            print(f"| {100 * ms / all_threads:.1f} | {ms / all_threads * result['cpu_us']:.2f} | thread {name} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
