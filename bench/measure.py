"""Probes, warms up and measures the proxies of a tier, round by round."""

import contextlib
import http.client
import json
import os
import re
import ssl
import statistics
import subprocess
import time

from guard import ask, fill, refuses
from loads import lacks, load, steady
from peers import start
from plan import (CREDENTIAL, DOWNLOAD, ENCRYPTED, HALF, NGINX, ORG, PROXY_CORE, TIERS, WORKLOADS, Failed, Unavailable, measures,
                  message, note, session, told)
from process import busy_seconds
from upstream import requests as upstream_requests

# What a round may raise without ending the run.
PROBLEMS = (Unavailable, Failed, OSError, http.client.HTTPException, subprocess.SubprocessError, ValueError)


def probe(server, tier, workload="get"):
    """One request that shows the other end's view of the headers; Failed when one was altered."""
    credential = CREDENTIAL
    if tier == "guard":
        token, guest, conversation = session(1)
        credential = "Bearer " + token
        status, headers, text = ask(server, [credential], message(guest, conversation), "/api/v2/guests/probe")
    else:
        status, headers, text = look(server, workload, "/probe")
        if workload == "download" and (length := len(look(server, workload, DOWNLOAD)[2])) != 64 * 1024:
            raise Failed(f"the download had {length} bytes")
    if status != 200:
        raise Failed(f"probe got {status}")
    seen = json.loads(text)
    if seen["authorization"] != credential:
        raise Failed("Authorization altered")
    if tier != "plain":
        if seen["org"] != ORG:
            raise Failed("org header altered")
        if not seen["request_id"] or headers.get_all("x-request-id") != [seen["request_id"]]:
            raise Failed("x-request-id not the same on both sides")


def look(server, workload, path):
    headers = {"Authorization": CREDENTIAL}
    if workload == "tls":
        connection = http.client.HTTPSConnection("127.0.0.1", server.tls_port, timeout=10, context=ssl._create_unverified_context())
    else:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    if workload == "connect":
        headers["Connection"] = "close"
    with contextlib.closing(connection):
        connection.connect()
        if workload == "tls" and connection.sock.version() != "TLSv1.3":
            raise Failed(f"not TLS 1.3 but {connection.sock.version()}")
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        if workload == "connect" and server.name != "haproxy-tcp" and not answer.will_close:
            raise Failed("the connection stays open")
        return answer.status, answer.headers, answer.read()


def warm_up(server, peer, tier, workloads, options):
    if not peer.startswith("headgate"):
        for workload in workloads:
            load(server, tier, workload, 1, options.connections)
        return
    # All workloads in turn, so that none is measured with code compiled for another one only.
    seconds = options.warmup * (1 if options.quick else max(1, len(workloads) / 2))
    begin, done = time.monotonic(), dict.fromkeys(workloads, 0)
    while time.monotonic() - begin < seconds or not all(done.values()):
        cold = [workload for workload in workloads if done[workload] < 400000 / min(2, len(workloads))]
        if not cold:
            break
        for workload in cold:
            done[workload] += load(server, tier, workload, 1 if options.quick else 2, options.connections)[0]


def log_size(server):
    return os.path.getsize(server.access_log) if os.path.exists(server.access_log) else 0


def measure(server, other, tier, workload, options):
    before_log = log_size(server)
    forwarded = upstream_requests(other)
    user, system = server.cpu()
    begin, busy = time.monotonic(), busy_seconds(PROXY_CORE)
    requests, seconds, latency = load(server, tier, workload, options.seconds, options.connections)
    elapsed, busy = time.monotonic() - begin, busy_seconds(PROXY_CORE) - busy
    user_after, system_after = server.cpu()
    after(server, other, tier, workload, requests, forwarded, before_log)
    user, system = user_after - user, system_after - system
    return {"cpu_us": (user + system) / requests * 1e6, "user_us": user / requests * 1e6,
            "system_us": system / requests * 1e6, "requests_per_s": requests / seconds, "requests": requests,
            "core": (user + system) / elapsed, "others_on_core": max(0.0, busy - user - system) / elapsed, **latency}


def after(server, other, tier, workload, requests, forwarded, before_log):
    """Failed unless all requests went through, whole, and were logged."""
    if upstream_requests(other) - forwarded < requests:
        raise Failed("fewer requests at the other end than answers")
    probe(server, tier, workload)
    if tier != "plain":
        grown = log_size(server) - before_log
        if grown < requests * 50:
            raise Failed(f"access log grew by {grown} bytes in {requests} requests")
    if server.admin and altered(server.metrics()):
        raise Failed("headgate_authorization_checks_total counts altered credentials")


def altered(metrics):
    return any(float(value) != 0 for value in
               re.findall(r'^headgate_authorization_checks_total\{[^}]*outcome="altered"[^}]*\} (\S+)', metrics, re.M))


def half_load(server, other, tier, options, rate):
    """As measure, at a rate that does not depend on the answers."""
    before_log, forwarded = log_size(server), upstream_requests(other)
    found = steady(server, tier, HALF[tier], options.seconds, options.connections, rate)
    after(server, other, tier, HALF[tier], found["requests"], forwarded, before_log)
    return found


def compare(tier, other, options, directory):
    """The rows of a tier, those of half load among them."""
    servers, rows = {}, {}
    workloads = [workload for workload in options.workload if tier in WORKLOADS[workload]]
    for peer in (p for p in TIERS[tier] if p in options.only):
        for workload in (w for w in workloads if measures(peer, w)):
            rows[peer, workload] = {"tier": tier, "workload": workload, "peer": peer, "rounds": [], "problem": lacks(workload)}
    try:
        for peer in dict.fromkeys(peer for peer, _ in rows):
            mine = [workload for (kind, workload), row in rows.items() if kind == peer and not row["problem"]]
            try:
                if mine:
                    servers[peer] = start(peer, directory, tier, other.ports[tier], any(w in ENCRYPTED for w in mine))
                    prepare(servers[peer], peer, tier, mine, options)
            except PROBLEMS as problem:
                drop(servers, rows, peer, problem)
        for workload in workloads:
            rounds(f"{tier}, {workload}", servers, rows, workload, options,
                   lambda server: measure(server, other, tier, workload, options))
        if options.half and HALF[tier] in workloads:
            halves(tier, other, servers, rows, options)
        for peer in list(servers) if tier == "guard" else []:
            try:
                refuses(servers[peer])
            except PROBLEMS as problem:
                drop(servers, rows, peer, problem)
    finally:
        for server in servers.values():
            server.stop()
    return list(rows.values())


def prepare(server, peer, tier, workloads, options):
    if tier == "guard":
        note(f"{tier}: {peer} learns its sessions")
        fill(server)
        refuses(server)
    probe(server, tier)
    note(f"{tier}: warming up {peer}")
    warm_up(server, peer, tier, workloads, options)


def rounds(what, servers, rows, workload, options, one):
    """Each proxy's round in turn; one that fails takes no further part in this workload, and in none once it has ended."""
    for number in range(1, options.rounds + 1):
        note(f"{what}: round {number} of {options.rounds}")
        for peer in list(servers):
            row = rows.get((peer, workload))
            if not row or row["problem"]:
                continue
            try:
                row["rounds"].append(one(servers[peer]))
            except PROBLEMS as problem:
                note(f"{peer}: {told(problem)}")
                row["problem"], row["rounds"] = told(problem), []
                if servers[peer].process.poll() is not None:
                    drop(servers, rows, peer, Failed(f"it ended: {servers[peer].last_words()}"))
    for peer, server in servers.items():
        if (peer, workload) in rows:
            rows[peer, workload]["peak_rss_kib"] = server.memory("VmHWM")


def halves(tier, other, servers, rows, options):
    """Rows for half of nginx's throughput in this run, the same rate for all."""
    full = rows.get((NGINX[tier], HALF[tier]))
    name = f"half {HALF[tier]}"
    for peer in dict.fromkeys(peer for peer, _ in rows if peer != "haproxy-tcp"):
        problem = lacks(name) or (None if peer in servers else rows[peer, HALF[tier]]["problem"])
        rows[peer, name] = {"tier": tier, "workload": name, "peer": peer, "rounds": [], "problem": problem}
    if not full or not full["rounds"]:
        for row in (row for row in rows.values() if row["workload"] == name):
            row["problem"] = row["problem"] or f"not measured: it takes the throughput of {NGINX[tier]}"
        return
    rate = statistics.median(r["requests_per_s"] for r in full["rounds"]) / 2
    rounds(f"{tier}, {name} at {rate:.0f} requests/s", servers, rows, name, options,
           lambda server: half_load(server, other, tier, options, rate))


def drop(servers, rows, peer, problem):
    if peer in servers:
        servers.pop(peer).stop()
    note(f"{peer}: {told(problem)}")
    for (row_peer, _), row in rows.items():
        if row_peer == peer:
            row["problem"] = told(problem)
            row["rounds"] = []
