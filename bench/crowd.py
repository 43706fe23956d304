"""Latency of normal traffic beside a crowd of idle connections and slow-header attackers. See README.md."""

import argparse
import os
import resource
import socket
import statistics
import sys
import threading
import time

from compare import positive
from footprint import close_all, open_idle
from loads import load
from measure import PROBLEMS, warm_up
from peers import start
from plan import CREDENTIAL, HEADGATES, LOAD_CORE, SMALL, note, told
from upstream import workplace

HEAD = (f"GET {SMALL} HTTP/1.1\r\nHost: bench\r\nAuthorization: {CREDENTIAL}\r\n"
        + "X-Slow: " + "s" * 512 + "\r\n\r\n").encode()


TURNS = 20


class Attackers(threading.Thread):
    """Each sends an octet of a head every second, and comes again when it is cut off."""

    def __init__(self, port, many):
        super().__init__(daemon=True)
        self.port, self.many, self.cut, self.ended = port, many, 0, threading.Event()

    def run(self):
        attacks, turn = {}, 0
        while not self.ended.is_set():
            begin = time.monotonic()
            while len(attacks) < self.many and not self.ended.is_set():
                attack = socket.create_connection(("127.0.0.1", self.port), 10)
                attack.setblocking(False)
                attacks[attack] = 0
            # Each once a second, but not all in one moment.
            turn = (turn + 1) % TURNS
            for attack, sent in list(attacks.items())[turn::TURNS]:
                try:
                    attack.send(HEAD[sent:sent + 1])
                    attacks[attack] = sent + 1
                    if attack.recv(1024):
                        continue
                except BlockingIOError:
                    continue
                except OSError:
                    pass
                self.cut += 1
                attack.close()
                del attacks[attack]
            self.ended.wait(max(0.0, 1 / TURNS - (time.monotonic() - begin)))
        for attack in attacks:
            attack.close()


def rounds(server, options, what):
    """Uncounted first: who has just taken 10,000 connections has a heap to sort out, once."""
    load(server, "plain", "get", options.settle, options.connections)
    found = []
    for _ in range(options.rounds):
        requests, seconds, latency = load(server, "plain", "get", options.seconds, options.connections)
        found.append(latency["p99_ms"])
        note(f"{server.name}, {what}: {requests / seconds:.0f} requests/s, p50 {latency['p50_ms']} ms, p99 {latency['p99_ms']} ms")
    return found


def measure(peer, other, options, directory):
    server, idle, attackers = None, [], None
    try:
        server = start(peer, directory, "plain", other.port)
        warm_up(server, peer, "plain", ["get"], options)
        alone = rounds(server, options, "alone")
        open_idle(server.port, options.idle, idle)
        attackers = Attackers(server.port, options.slow)
        attackers.start()
        crowd = rounds(server, options, "in the crowd")
        return alone, crowd, attackers.cut, server.memory("VmRSS") / 1024
    finally:
        if attackers:
            attackers.ended.set()
            attackers.join()
        close_all(idle)
        if server:
            server.stop()


def main():
    parser = argparse.ArgumentParser(prog="bench/crowd", description=__doc__)
    parser.add_argument("--idle", type=positive, default=10000, help="idle keep-alive connections (default 10000)")
    parser.add_argument("--slow", type=positive, default=200, help="slow-header attackers (default 200)")
    parser.add_argument("--rounds", type=positive, default=5)
    parser.add_argument("--seconds", type=positive, default=5, help="of each round")
    parser.add_argument("--settle", type=positive, default=10, help="seconds of traffic before the rounds, alone and in the crowd (default 10)")
    parser.add_argument("--warmup", type=positive, default=30, help="seconds for Headgate (default 30)")
    parser.add_argument("--connections", type=positive, default=8, help="of the normal traffic (default 8)")
    parser.add_argument("--only", nargs="+", default=HEADGATES)
    options = parser.parse_args()
    options.quick = False
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    # The attackers' own work is the load's, not the proxy's.
    os.sched_setaffinity(0, {int(LOAD_CORE)})
    failed = False
    print("| proxy | p99 alone ms | p99 in the crowd ms | x alone | attackers cut off | resident MiB |\n|---|--:|--:|--:|--:|--:|")
    with workplace() as (directory, other):
        for peer in options.only:
            try:
                alone, crowd, cut, mib = measure(peer, other, options, directory)
            except PROBLEMS as problem:
                print(f"| {peer} | {told(problem)} | | | | |")
                failed = True
                continue
            ratio = statistics.median(crowd) / statistics.median(alone)
            failed |= ratio > 2
            print(f"| {peer} | {statistics.median(alone):.2f} ({min(alone):.2f} to {max(alone):.2f}) "
                  f"| {statistics.median(crowd):.2f} ({min(crowd):.2f} to {max(crowd):.2f}) | {ratio:.2f} | {cut} | {mib:.0f} |")
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
