"""Runs wrk and h2load on the load core. Each gives the number of requests, the seconds they took, and the latencies in ms."""

import contextlib
import os
import re
import shutil
import subprocess

from plan import (CREDENTIAL, DOWNLOAD, ENCRYPTED, HERE, LOAD_CORE, SESSIONS, SMALL, WORKLOADS, Failed, Unavailable,
                  message, session)
from process import write

# One of h2load's connections begins every so often, so that they do not send all at once ever after.
STAGGER_MS = 7
RATE_KEPT = 0.95


def lacks(workload):
    """What the table says of a workload whose tools are not there; None when they are."""
    if workload in ENCRYPTED and not shutil.which("openssl"):
        return str(Unavailable("openssl is missing (package openssl)"))
    if workload not in WORKLOADS or workload == "h2":
        if not shutil.which("h2load"):
            return str(Unavailable("h2load is missing (package nghttp2-client)"))
    return None


def load(server, tier, workload, seconds, connections):
    if workload == "h2":
        return h2(server, seconds, connections)
    return wrk(server, tier, workload, seconds, connections)


def run(command):
    try:
        return subprocess.run(["taskset", "-c", LOAD_CORE, *command], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, text=True, check=True).stdout
    except subprocess.CalledProcessError as problem:
        raise Failed(f"{command[0]} ended with {problem.returncode}") from problem


def seconds_in(text, before):
    """The time that a tool prints behind such a text."""
    value, unit = re.search(rf"{before} ([\d.]+)(us|ms|s|m)", text).groups()
    return float(value) * {"us": 1e-6, "ms": 1e-3, "s": 1, "m": 60}[unit]


def wrk(server, tier, workload, seconds, connections):
    origin = f"https://127.0.0.1:{server.tls_port}" if workload == "tls" else f"http://127.0.0.1:{server.port}"
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-H", f"Authorization: {CREDENTIAL}",
               "-s", os.path.join(HERE, "load.lua"), origin + (DOWNLOAD if workload == "download" else SMALL), "--", workload]
    text = run(command + ([str(SESSIONS)] if tier == "guard" else []))
    requests = int(re.search(r"(\d+) requests in", text)[1])
    if bad := re.search(r"Non-2xx or 3xx responses: (\d+)", text):
        raise Failed(f"{bad[1]} non-2xx of {requests}")
    if errors := re.search(r"Socket errors: (.*)", text):
        raise Failed(f"socket errors: {errors[1]}")
    if requests == 0:
        raise Failed("no request was answered")
    p50, p99, p999 = (int(us) / 1000 for us in re.search(r"percentiles_us (\d+) (\d+) (\d+)", text).groups())
    return requests, seconds_in(text, "requests in"), {"p50_ms": p50, "p99_ms": p99, "p999_ms": p999}


def h2load(directory, arguments):
    """h2load's own text, and (start, duration) of each request in us; Failed with any that went wrong."""
    log = os.path.join(directory, "h2load.log")
    with contextlib.suppress(FileNotFoundError):
        os.remove(log)  # h2load appends
    text = run(["h2load", "-t1", f"--log-file={log}", *arguments])
    with open(log) as file:
        rows = [tuple(map(int, line.split("\t")[:3])) for line in file]
    if bad := sum(1 for _, status, _ in rows if not 200 <= status < 300):
        raise Failed(f"{bad} non-2xx of {len(rows)}")
    lost = re.search(r"(\d+) failed, (\d+) errored, (\d+) timeout", text)
    if not lost or any(map(int, lost.groups())):
        raise Failed(f"h2load: {lost[0] if lost else 'no summary'}")
    if not rows:
        raise Failed("no request was answered")
    return text, [(begin, duration) for begin, _, duration in rows]


def percentiles(durations):
    """Of a list in us; in ms."""
    found = sorted(durations)
    return {key: found[min(len(found) - 1, int(len(found) * share))] / 1000
            for key, share in (("p50_ms", 0.5), ("p99_ms", 0.99), ("p999_ms", 0.999))}


def h2(server, seconds, connections):
    """As many requests under way as wrk's connections, on few connections with several streams each."""
    streams = min(8, connections)
    text, rows = h2load(os.path.dirname(server.log), [
        f"-c{max(1, connections // streams)}", f"-m{streams}", f"-D{seconds}", "-H", f"authorization: {CREDENTIAL}",
        f"https://127.0.0.1:{server.tls_port}{SMALL}"])
    for expected in ("Application protocol: h2", "TLS Protocol: TLSv1.3"):
        if expected not in text:
            raise Failed(f"not {expected.lower()}")
    return len(rows), seconds_in(text, "finished in"), percentiles([duration for _, duration in rows])


def steady(server, tier, workload, seconds, connections, rate):
    """The latencies at so many requests in a second, whatever the answers take; seconds without the begin and the end."""
    directory = os.path.dirname(server.log)
    ramp = connections * STAGGER_MS / 1000
    arguments = ["--h1", f"-c{connections}", f"-n{int(rate * (seconds + 2 * ramp))}", "-r1", f"--rate-period={STAGGER_MS}ms",
                 f"--rps={rate / connections:.3f}"]
    if tier == "guard":
        token, guest, conversation = session(1)
        credential, body = "Bearer " + token, message(guest, conversation)
    else:
        credential, body = CREDENTIAL, message(*session(1)[1:])
    if workload == "post":
        arguments += ["-d", write(directory, "message.json", body), "-H", "content-type: application/json"]
    _, rows = h2load(directory, [*arguments, "-H", f"authorization: {credential}", f"http://127.0.0.1:{server.port}{SMALL}"])
    begin = min(rows)[0] + ramp * 1e6
    end = max(rows)[0] - ramp * 1e6
    counted = [duration for start, duration in rows if begin <= start < end]
    kept = len(counted) / (end - begin) * 1e6 if counted else 0
    if kept < rate * RATE_KEPT:
        raise Failed(f"{kept:.0f} requests/s of {rate:.0f} at half load")
    return {"rate": rate, "requests_per_s": kept, "requests": len(rows), **percentiles(counted)}
