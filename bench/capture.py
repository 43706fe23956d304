"""CPU for each request with capture on, beside that with capture off. See README.md."""

import argparse
import os
import re
import statistics
import sys

from compare import positive
from measure import PROBLEMS, measure, prepare
from peers import start
from plan import HEADGATES, Failed, note, told
from upstream import workplace

BOUND = 1.10
TIERS = {"headers": "get", "guard": "post"}


def counted(server):
    """Exchanges written, bytes written, exchanges dropped."""
    text = server.metrics()
    return [sum(float(value) for value in re.findall(rf"^headgate_capture_{name}(?:{{.*?}})? (\S+)", text, re.M))
            for name in ("events_total", "bytes_total", "events_dropped_total")]


def compare(peer, tier, other, options, directory):
    workload, servers, rounds = TIERS[tier], {}, {"off": [], "on": []}
    try:
        for way in rounds:
            place = os.path.join(directory, f"{tier}-{peer}-{way}")
            os.mkdir(place)
            captures = os.path.join(place, "captures")
            more = f"capture: {{path: {captures}, rotate: {{size: {options.rotate}}}, keep: 2}}" if way == "on" else ""
            servers[way] = start(peer, place, tier, other.ports[tier], more=more)
            prepare(servers[way], peer, tier, [workload], options)
        written, size, _ = counted(servers["on"])
        for number in range(1, options.rounds + 1):
            note(f"{tier}, {workload}, {peer}: round {number} of {options.rounds}")
            for way in rounds if number % 2 else reversed(rounds):
                rounds[way].append(measure(servers[way], other, tier, workload, options))
        events, bytes_, dropped = counted(servers["on"])
        if events - written < sum(r["requests"] for r in rounds["on"]) * 0.9 and not dropped:
            raise Failed("fewer exchanges in the capture than answers")
        return rounds, (bytes_ - size) / max(1, events - written), dropped
    finally:
        for server in servers.values():
            server.stop()


def main():
    parser = argparse.ArgumentParser(prog="bench/capture", description=__doc__)
    parser.add_argument("--rounds", type=positive, default=5)
    parser.add_argument("--seconds", type=positive, default=8, help="of each round")
    parser.add_argument("--warmup", type=positive, default=30, help="seconds for each (default 30)")
    parser.add_argument("--connections", type=positive, default=64)
    parser.add_argument("--rotate", default="64MiB", help="size of a file (default 64MiB, so that files are compressed meanwhile)")
    parser.add_argument("--tier", nargs="+", choices=TIERS, default=list(TIERS))
    parser.add_argument("--only", nargs="+", choices=HEADGATES, default=HEADGATES)
    options = parser.parse_args()
    options.quick = False
    failed = False
    print("| tier | proxy | off us/request | on us/request | on / off | bytes each | dropped | others on the core |\n"
          "|---|---|--:|--:|--:|--:|--:|--:|")
    with workplace() as (directory, other):
        for tier in options.tier:
            for peer in options.only:
                try:
                    rounds, size, dropped = compare(peer, tier, other, options, directory)
                except PROBLEMS as problem:
                    print(f"| {tier} | {peer} | {told(problem)} | | | | | |", flush=True)
                    failed = True
                    continue
                off, on = ([r["cpu_us"] for r in rounds[way]] for way in ("off", "on"))
                ratios = [b / a for a, b in zip(off, on)]
                ratio = statistics.median(ratios)
                others = max(r["others_on_core"] for way in rounds.values() for r in way)
                failed |= ratio > BOUND or dropped > 0
                print(f"| {tier} | {peer} | {statistics.median(off):.1f} ({min(off):.1f} to {max(off):.1f}) "
                      f"| {statistics.median(on):.1f} ({min(on):.1f} to {max(on):.1f}) "
                      f"| {ratio:.2f} ({min(ratios):.2f} to {max(ratios):.2f}) | {size:.0f} | {dropped:.0f} | {others:.0%} |", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
