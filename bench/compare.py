"""Whole-process CPU for each proxied request: Headgate beside nginx and HAProxy. See README.md."""

import argparse
import json
import os
import resource
import sys

from footprint import first_answer, idle
from measure import compare
from plan import HERE, PEERS, TIERS, WORKLOADS, Unavailable, note
from report import environment, noise, summarise, table
from targets import targets
from upstream import workplace


def names(choices):
    def parse(text):
        picked = [name.strip() for name in text.split(",") if name.strip()]
        for name in picked:
            if name not in choices:
                raise argparse.ArgumentTypeError(f"{name} (expected: {', '.join(choices)})")
        return picked
    return parse


def positive(text):
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} (expected: a whole number from 1)")
    return int(text)


def count(text):
    if not text.isdigit() or int(text) > 20000:
        raise argparse.ArgumentTypeError(f"{text} (expected: 0 to 20000)")
    return int(text)


def parse():
    parser = argparse.ArgumentParser(prog="bench/run", description="Compares Headgate with nginx and HAProxy.")
    parser.add_argument("--quick", action="store_true",
                        help="a check that all of it works: 1 round of 2 s, 10 s of warm-up, 500 idle connections, 1 start")
    parser.add_argument("--rounds", type=positive, help="default 5")
    parser.add_argument("--seconds", type=positive, help="of each round (default 5)")
    parser.add_argument("--warmup", type=positive,
                        help="seconds for Headgate with one or two workloads, longer with more (default 30)")
    parser.add_argument("--connections", type=positive, default=64)
    parser.add_argument("--tier", type=names(list(TIERS)), default=list(TIERS), help="of: " + ", ".join(TIERS))
    parser.add_argument("--workload", type=names(list(WORKLOADS)), default=list(WORKLOADS),
                        help="of: " + ", ".join(WORKLOADS) + "; those that a tier does not have are left out")
    parser.add_argument("--only", type=names(PEERS), default=PEERS, help="proxies, of: " + ", ".join(PEERS))
    parser.add_argument("--no-half", dest="half", action="store_false", help="no latencies at half of nginx's throughput")
    parser.add_argument("--idle", type=count, help="idle connections; 0 leaves that part out (default 10000)")
    parser.add_argument("--starts", type=count, help="of each proxy, timed; 0 leaves that part out (default 5)")
    parser.add_argument("--idle-only", action="store_true", help="no load and no starts, only the idle connections")
    options = parser.parse_args()
    for key, usual, quick in (("rounds", 5, 1), ("seconds", 5, 2), ("warmup", 30, 10), ("idle", 10000, 500), ("starts", 5, 1)):
        if getattr(options, key) is None:
            setattr(options, key, quick if options.quick else usual)
    return options


def main():
    options = parse()
    notes = ["quick: this run shows that all of it works; do not quote it"] if options.quick else []
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))

    report = {"environment": environment(options), "rows": [], "idle": [], "starts": [], "targets": [], "notes": notes}
    try:
        with workplace() as (directory, other):
            if not options.idle_only:
                for tier in options.tier:
                    report["rows"] += compare(tier, other, options, directory)
            alone = [peer for peer in options.only if peer in TIERS["plain"] and peer != "haproxy-tcp"]
            for peer in alone if options.starts and not options.idle_only else []:
                note(f"starting {peer}")
                report["starts"].append(first_answer(peer, other, options, directory))
            for peer in alone if options.idle else []:
                # HAProxy wants two open files for each connection it allows.
                most = sys.maxsize if hard == resource.RLIM_INFINITY else max(1, (hard // 2 if peer == "haproxy" else hard) - 1000)
                if most < options.idle:
                    notes.append(f"the limit of {hard} open files allows {most} idle connections only ({peer})")
                note(f"{min(options.idle, most)} idle connections: {peer}")
                report["idle"].append(idle(peer, other, min(options.idle, most), directory))
    except Unavailable as problem:
        print(f"bench/run: the upstream: {problem}", file=sys.stderr)
        return 3

    summarise(report["rows"])
    notes += noise(report["rows"])
    report["targets"] = targets(report)
    write(report)
    return 1 if any((row["problem"] or "").startswith("failed")
                    for row in report["rows"] + report["idle"] + report["starts"]) else 0


def write(report):
    out = os.path.join(HERE, "out")
    os.makedirs(out, exist_ok=True)
    with open(os.path.join(out, "result.json"), "w") as file:
        json.dump(report, file, indent=2)
        file.write("\n")
    text = table(report)
    with open(os.path.join(out, "result.md"), "w") as file:
        file.write(text)
    print(text, end="")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
