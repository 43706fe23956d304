"""Whole-process CPU for each proxied request: Headgate beside nginx and HAProxy. See README.md."""

import argparse
import contextlib
import datetime
import http.client
import json
import os
import platform
import re
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
PROXY_CORE, LOAD_CORE = "0", "1"
TICK = os.sysconf("SC_CLK_TCK")
CREDENTIAL = "Bearer bench-0123456789abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ORG_HEADER, ORG = "X-Genesys-Cloud-Id", "bench-org"
BODY = "x" * 1024
PEERS = ["nginx", "haproxy", "haproxy-tcp", "headgate-epoll", "headgate-io_uring"]
TIERS = {"plain": PEERS, "headers": [p for p in PEERS if p != "haproxy-tcp"]}
WORKLOADS = ["get", "post"]


def note(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Unavailable(Exception):
    """The peer cannot be measured here; the text says why."""


class Failed(Exception):
    """The peer answered, but not as it must."""


class Server:
    """A process tree with one listening port."""

    def __init__(self, name, command, directory, core, port=None, env=None):
        self.name, self.port, self.admin = name, port, None
        self.err = os.path.join(directory, name + ".err")
        self.log = os.path.join(directory, name + ".log")
        with open(self.log, "wb") as out, open(self.err, "wb") as err:
            self.process = subprocess.Popen(
                ["taskset", "-c", core, *command],
                stdin=subprocess.DEVNULL, stdout=out, stderr=err, cwd=directory, env=env)

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
            time.sleep(0.05)
        with open(self.err, errors="replace") as err:
            last = [line for line in err.read().splitlines() if line.strip()][-1:] or ["no message"]
        self.stop()
        raise Unavailable(f"not available: {last[0].strip()[:120]}")

    def read_ports(self):
        with open(self.err, errors="replace") as err:
            text = err.read()
        if admin := re.search(r"headgate: admin on http://127\.0\.0\.1:(\d+)", text):
            self.admin = int(admin[1])
        if listening := re.search(r"headgate: listening on http://127\.0\.0\.1:(\d+)", text):
            self.port = int(listening[1]) if admin else None

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

    def metrics(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.admin}/metrics", timeout=10) as answer:
            return answer.read().decode()

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


# ---- the other end: answers 418 whenever a header did not arrive as it was sent

def upstream(directory):
    port, strict = free_port(), free_port()
    echo = json.dumps({"authorization": "$http_authorization", "request_id": "$http_x_request_id",
                       "org": "$http_x_genesys_cloud_id", "length": "$http_content_length"})
    locations = f"""
            location = /probe {{ return 200 '{echo}'; }}
            location = /requests {{ stub_status; }}
            location / {{
                if ($intact = 0) {{ return 418; }}
                return 200 "{BODY}";
            }}"""
    conf = write(directory, "upstream.conf", f"""
{nginx_head(directory, "upstream")}
http {{
    {nginx_paths(directory)}
    access_log off;
    keepalive_requests 1000000000;
    default_type text/plain;
    map_hash_bucket_size 256;
    map "$http_authorization" $credential {{ default 0; "~^{CREDENTIAL}$" 1; }}
    map "$credential $http_x_genesys_cloud_id $http_x_request_id" $all {{ default 0; "~^1 {ORG} [0-9a-f-]+$" 1; }}
    server {{
        listen 127.0.0.1:{port};
        set $intact $credential;
        {locations}
    }}
    server {{
        listen 127.0.0.1:{strict};
        set $intact $all;
        {locations}
    }}
}}
""")
    server = Server("upstream", nginx_command(conf), directory, LOAD_CORE, port).wait_for_port()
    server.strict = strict
    return server


def upstream_requests(server):
    with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/requests", timeout=10) as answer:
        return int(answer.read().split()[9])


# ---- the peers

def write(directory, name, text):
    path = os.path.join(directory, name)
    with open(path, "w") as file:
        file.write(text.lstrip())
    return path


def nginx_head(directory, name):
    return f"""
daemon off;
worker_processes 1;
worker_rlimit_nofile 65536;
pid {directory}/{name}.pid;
error_log {directory}/{name}.error warn;
events {{ worker_connections 32768; }}"""


def nginx_paths(directory):
    return "\n    ".join(f"{kind}_temp_path {directory}/{kind};"
                         for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))


def nginx_command(conf):
    return ["nginx", "-e", "stderr", "-c", conf]


def nginx(directory, tier, target):
    port = free_port()
    log = os.path.join(directory, "nginx-access.log")
    headers = "access_log off;" if tier == "plain" else f"""
    log_format line escape=json '{{"time":"$time_iso8601","request_id":"$request_id","method":"$request_method",'
        '"path":"$uri","status":$status,"upstream":"$proxy_host","upstream_status":"$upstream_status",'
        '"bytes_in":$request_length,"bytes_out":$bytes_sent,"duration_s":$request_time,'
        '"upstream_duration_s":"$upstream_response_time","client":"$remote_addr","protocol":"$server_protocol"}}';
    access_log {log} line buffer=64k flush=1s;
    add_header x-request-id $request_id always;"""
    set_headers = "" if tier == "plain" else f"""
            proxy_set_header x-request-id $request_id;
            proxy_set_header {ORG_HEADER} {ORG};"""
    conf = write(directory, "nginx.conf", f"""
{nginx_head(directory, "nginx")}
http {{
    {nginx_paths(directory)}
    keepalive_requests 1000000000;
    {headers}
    upstream other {{
        server 127.0.0.1:{target};
        keepalive 64;
        keepalive_requests 1000000000;
    }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://other;
            proxy_http_version 1.1;
            proxy_set_header Connection "";{set_headers}
        }}
    }}
}}
""")
    server = Server("nginx", nginx_command(conf), directory, PROXY_CORE, port).wait_for_port()
    server.access_log = log
    return server


def haproxy(directory, tier, target, mode="http"):
    port = free_port()
    name = "haproxy" if mode == "http" else "haproxy-tcp"
    http_defaults = "option http-keep-alive\n    http-reuse always" if mode == "http" else ""
    headers = "" if tier == "plain" else f"""
    log stdout format raw local0
    log-format '{{"time":"%Ts.%ms","request_id":"%ID","method":"%HM","path":"%HP","status":%ST,"upstream":"%b",\
"bytes_in":%U,"bytes_out":%B,"duration_ms":%Ta,"upstream_duration_ms":%Tr,"client":"%ci","protocol":"%HV"}}'
    unique-id-format %[uuid()]
    http-request set-header x-request-id %[unique-id]
    http-request set-header {ORG_HEADER} {ORG}
    http-response set-header x-request-id %[unique-id]"""
    conf = write(directory, name + ".cfg", f"""
global
    nbthread 1
    maxconn {min(20000, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 2 - 100)}
defaults
    mode {mode}
    timeout connect 5s
    timeout client 75s
    timeout server 75s
    {http_defaults}
frontend front
    bind 127.0.0.1:{port}{headers}
    default_backend other
backend other
    server other 127.0.0.1:{target}
""")
    server = Server(name, ["haproxy", "-db", "-f", conf], directory, PROXY_CORE, port).wait_for_port()
    server.access_log = server.log
    return server


def headgate(directory, tier, target, transport, env=None):
    name = "headgate-" + transport
    log = os.path.join(directory, name + "-access.log")
    conf = write(directory, name + ".yaml", f"""
listeners:
  - address: 127.0.0.1:0
admin:
  address: 127.0.0.1:0
server:
  threads: 1
  transport: {transport}
upstreams:
  other:
    url: http://127.0.0.1:{target}
organization:
  header: {ORG_HEADER}
  id: {ORG}
forwarded:
  write: none
routes:
  - path: /
    upstream: other
accessLog:
  path: "{'' if tier == 'plain' else log}"
""")
    server = Server(name, [os.path.join(ROOT, "headgate"), "run", conf], directory, PROXY_CORE, env=env).wait_for_port(30)
    server.access_log = log
    rings = "anon_inode:[io_uring]" in open_files(server.process.pid)
    if rings != (transport == "io_uring"):
        server.stop()
        raise Unavailable(f"not available: it does not run on {transport}")
    return server


def open_files(pid):
    found = set()
    for entry in os.listdir(f"/proc/{pid}/fd"):
        with contextlib.suppress(OSError):
            found.add(os.readlink(f"/proc/{pid}/fd/{entry}"))
    return found


def start(peer, directory, tier, target, env=None):
    if peer == "nginx":
        return nginx(directory, tier, target)
    if peer.startswith("haproxy"):
        return haproxy(directory, tier, target, "tcp" if peer == "haproxy-tcp" else "http")
    return headgate(directory, tier, target, peer.removeprefix("headgate-"), env)


# ---- one measurement

def probe(server, tier):
    """One request that shows the other end's view of the headers; Failed when one was altered."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    with contextlib.closing(connection):
        connection.request("GET", "/probe", headers={"Authorization": CREDENTIAL})
        answer = connection.getresponse()
        text = answer.read()
    if answer.status != 200:
        raise Failed(f"failed: probe got {answer.status}")
    seen = json.loads(text)
    if seen["authorization"] != CREDENTIAL:
        raise Failed("failed: Authorization altered")
    if tier == "headers":
        if seen["org"] != ORG:
            raise Failed("failed: org header altered")
        if not seen["request_id"] or answer.headers.get_all("x-request-id") != [seen["request_id"]]:
            raise Failed("failed: x-request-id not the same on both sides")


def wrk(server, workload, seconds, connections, check=True):
    command = ["taskset", "-c", LOAD_CORE, "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency",
               "-H", f"Authorization: {CREDENTIAL}"]
    if workload == "post":
        command += ["-s", os.path.join(HERE, "post.lua")]
    command.append(f"http://127.0.0.1:{server.port}/api/v2/guests/messages")
    text = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, check=True).stdout
    requests = int(re.search(r"(\d+) requests in", text)[1])
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    errors = re.search(r"Socket errors: (.*)", text)
    if check and bad:
        raise Failed(f"failed: {bad[1]} non-2xx of {requests}")
    if check and errors:
        raise Failed(f"failed: socket errors: {errors[1]}")
    if check and requests == 0:
        raise Failed("failed: no request was answered")
    latency = {}
    for key, label in (("p50_ms", "50%"), ("p99_ms", "99%")):
        value = re.search(rf"^\s+{label}\s+([\d.]+)(us|ms|s)", text, re.M)
        latency[key] = float(value[1]) * {"us": 0.001, "ms": 1, "s": 1000}[value[2]] if value else None
    return requests, latency


def warm_up(server, peer, options):
    if not peer.startswith("headgate"):
        for workload in options.workload:
            wrk(server, workload, 1, options.connections)
        return
    # Both workloads in turn, so that neither is measured with code compiled for the other one only.
    begin, done, step = time.monotonic(), 0, 2
    while time.monotonic() - begin < options.warmup and done < 400000 or done < 1000:
        for workload in options.workload:
            done += wrk(server, workload, step, options.connections)[0]


def busy_seconds(core):
    """What has run on the core, interrupts and time stolen by the hypervisor included."""
    with open("/proc/stat") as stat:
        fields = [int(n) for n in re.search(rf"^cpu{core} (.*)", stat.read(), re.M)[1].split()]
    return (sum(fields[:8]) - fields[3] - fields[4]) / TICK


def measure(server, other, tier, workload, options):
    before_log = os.path.getsize(server.access_log) if os.path.exists(server.access_log) else 0
    forwarded = upstream_requests(other)
    user, system = server.cpu()
    begin, busy = time.monotonic(), busy_seconds(PROXY_CORE)
    requests, latency = wrk(server, workload, options.seconds, options.connections)
    elapsed, busy = time.monotonic() - begin, busy_seconds(PROXY_CORE) - busy
    user_after, system_after = server.cpu()
    if upstream_requests(other) - forwarded < requests:
        raise Failed("failed: fewer requests at the other end than answers")
    probe(server, tier)
    if tier == "headers":
        grown = (os.path.getsize(server.access_log) if os.path.exists(server.access_log) else 0) - before_log
        if grown < requests * 50:
            raise Failed(f"failed: access log grew by {grown} bytes in {requests} requests")
    if server.admin and altered(server.metrics()):
        raise Failed("failed: headgate_authorization_checks_total counts altered credentials")
    user, system = user_after - user, system_after - system
    return {"cpu_us": (user + system) / requests * 1e6, "user_us": user / requests * 1e6,
            "system_us": system / requests * 1e6, "requests_per_s": requests / elapsed, "requests": requests,
            "core": (user + system) / elapsed, "others_on_core": max(0.0, busy - user - system) / elapsed, **latency}


def altered(metrics):
    return any(float(value) != 0 for value in
               re.findall(r'^headgate_authorization_checks_total\{[^}]*outcome="altered"[^}]*\} (\S+)', metrics, re.M))


def compare(tier, other, options, directory):
    target = other.strict if tier == "headers" else other.port
    servers, rows = {}, {}
    try:
        for peer in (p for p in TIERS[tier] if p in options.only):
            for workload in options.workload:
                rows[peer, workload] = {"tier": tier, "workload": workload, "peer": peer, "rounds": [], "problem": None}
            try:
                servers[peer] = start(peer, directory, tier, target)
                probe(servers[peer], tier)
                note(f"{tier}: warming up {peer}")
                warm_up(servers[peer], peer, options)
            except (Unavailable, Failed, OSError, http.client.HTTPException, ValueError) as problem:
                drop(servers, rows, peer, problem)
        for workload in options.workload:
            for round_number in range(1, options.rounds + 1):
                note(f"{tier}, {workload}: round {round_number} of {options.rounds}")
                for peer in list(servers):
                    try:
                        rows[peer, workload]["rounds"].append(measure(servers[peer], other, tier, workload, options))
                    except (Failed, OSError, http.client.HTTPException, ValueError) as problem:
                        drop(servers, rows, peer, problem)
            for peer, server in servers.items():
                rows[peer, workload]["peak_rss_kib"] = server.memory("VmHWM")
    finally:
        for server in servers.values():
            server.stop()
    return [summarise(row, rows.get(("nginx", row["workload"]))) for row in rows.values()]


def drop(servers, rows, peer, problem):
    if peer in servers:
        servers.pop(peer).stop()
    text = str(problem) if isinstance(problem, (Unavailable, Failed)) else f"failed: {type(problem).__name__}: {problem}"
    note(f"{peer}: {text}")
    for (row_peer, _), row in rows.items():
        if row_peer == peer:
            row["problem"] = text
            row["rounds"] = []


def summarise(row, nginx_row):
    rounds = row["rounds"]
    if row["problem"] or not rounds:
        row["problem"] = row["problem"] or "failed: no round"
        return row
    for key in ("cpu_us", "user_us", "system_us", "requests_per_s", "core", "others_on_core", "p50_ms", "p99_ms"):
        values = [r[key] for r in rounds if r[key] is not None]
        if values:
            row[key] = {"median": statistics.median(values), "min": min(values), "max": max(values)}
    if nginx_row and not nginx_row["problem"] and len(nginx_row["rounds"]) == len(rounds):
        ratios = [r["cpu_us"] / n["cpu_us"] for r, n in zip(rounds, nginx_row["rounds"])]
        row["ratio_to_nginx"] = {"median": statistics.median(ratios), "min": min(ratios), "max": max(ratios)}
    return row


# ---- idle connections

def idle(peer, other, options, directory):
    row = {"peer": peer, "connections": options.idle, "problem": None}
    env = dict(os.environ)
    is_headgate = peer.startswith("headgate")
    if is_headgate:
        env["HEADGATE_JAVA_OPTS"] = env.get("HEADGATE_JAVA_OPTS", "") + " -XX:NativeMemoryTracking=summary"
    server, connections = None, []
    try:
        server = start(peer, directory, "plain", other.port, env)
        jcmd = find_jcmd(server) if is_headgate else None
        # What the first connections bring in once (classes, buffers, pools) is not theirs.
        for _ in range(3):
            open_idle(server.port, 100, connections)
            close_all(connections)
        before = footprint(server, jcmd)
        open_idle(server.port, options.idle, connections)
        after = footprint(server, jcmd)
        for key in after:
            row[key + "_kib_each"] = (after[key] - before[key]) / options.idle
    except (Unavailable, Failed, OSError, subprocess.CalledProcessError, ValueError) as problem:
        row["problem"] = str(problem) if isinstance(problem, (Unavailable, Failed)) else f"failed: {type(problem).__name__}: {problem}"
    finally:
        close_all(connections)
        if server:
            server.stop()
    return row


def open_idle(port, count, connections):
    request = (f"GET /api/v2/guests/messages HTTP/1.1\r\nHost: bench\r\nAuthorization: {CREDENTIAL}\r\n\r\n").encode()
    for _ in range(count):
        connection = socket.create_connection(("127.0.0.1", port), 10)
        connections.append(connection)
        connection.sendall(request)
        answer = b""
        while not answer.endswith(BODY.encode()):
            part = connection.recv(65536)
            if not part:
                raise Failed(f"failed: closed after {len(connections)} connections")
            answer += part
        if not answer.startswith(b"HTTP/1.1 200"):
            raise Failed(f"failed: {answer.split(bytes([13]))[0].decode()}")


def close_all(connections):
    for connection in connections:
        connection.close()
    connections.clear()


def find_jcmd(server):
    candidate = os.path.join(os.path.dirname(os.readlink(f"/proc/{server.process.pid}/exe")), "jcmd")
    jcmd = candidate if os.path.exists(candidate) else shutil.which("jcmd")
    if not jcmd:
        raise Unavailable("not available: jcmd is missing (package openjdk-17-jdk-headless)")
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


# ---- the report

def environment(options):
    def version(*command):
        with contextlib.suppress(OSError):
            run = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            return run.stdout.strip().splitlines()[0] if run.stdout.strip() else "unknown"
        return "missing"
    with open("/proc/cpuinfo") as cpuinfo:
        model = re.search(r"^model name\s*: (.*)", cpuinfo.read(), re.M)
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        "kernel": platform.release(), "cpu": model[1] if model else platform.machine(), "cores": os.cpu_count(),
        "nginx": version("nginx", "-v").removeprefix("nginx version: "), "haproxy": version("haproxy", "-v"),
        "headgate": version(os.path.join(ROOT, "headgate"), "--version"),
        "rounds": options.rounds, "seconds": options.seconds, "connections": options.connections,
    }


def cell(values, digits, suffix=""):
    return f"{values['median']:.{digits}f} ({values['min']:.{digits}f} to {values['max']:.{digits}f}){suffix}" if values else "-"


def middle(values, digits):
    return f"{values['median']:.{digits}f}" if values else "-"


def table(report):
    env = report["environment"]
    lines = [f"{env['date']}, {env['cpu']}, {env['cores']} cores, kernel {env['kernel']}; {env['nginx']}; {env['haproxy']}; "
             f"{env['headgate']}. {env['rounds']} interleaved rounds of {env['seconds']} s, {env['connections']} connections; "
             "medians, with the lowest and the highest round.", ""]
    if report["rows"]:
        lines += ["| tier | workload | proxy | CPU us/request | x nginx | user / system us | requests/s | p50 / p99 ms | peak MiB |",
                  "|---|---|---|--:|--:|--:|--:|--:|--:|"]
    for row in report["rows"]:
        begin = f"| {row['tier']} | {row['workload']} | {row['peer']} |"
        if row["problem"]:
            lines.append(f"{begin} {row['problem'].replace('|', '/')} | | | | | |")
            continue
        lines.append(f"{begin} {cell(row['cpu_us'], 1)} | {cell(row.get('ratio_to_nginx'), 2)} | "
                     f"{middle(row['user_us'], 1)} / {middle(row['system_us'], 1)} | {middle(row['requests_per_s'], 0)} | "
                     f"{middle(row.get('p50_ms'), 2)} / {middle(row.get('p99_ms'), 2)} | {row['peak_rss_kib'] / 1024:.0f} |")
    if report["idle"]:
        lines += ["", "| idle keep-alive connections | number | heap and direct KiB each | heap | direct | resident KiB each |",
                  "|---|--:|--:|--:|--:|--:|"]
    for row in report["idle"]:
        if row["problem"]:
            lines.append(f"| {row['peer']} | {row['connections']} | {row['problem'].replace('|', '/')} | | | |")
            continue
        figures = " | ".join(f"{row[key]:.2f}" if key in row else "-" for key in
                             ("heap_and_direct_kib_each", "heap_kib_each", "direct_kib_each", "rss_kib_each"))
        lines.append(f"| {row['peer']} | {row['connections']} | {figures} |")
    if report["notes"]:
        lines += [""] + [f"- {text}" for text in report["notes"]]
    return "\n".join(lines) + "\n"


def noise(rows):
    for row in rows:
        if row["problem"]:
            continue
        if row["peer"] == "nginx" and row["cpu_us"]["max"] > row["cpu_us"]["min"] * 1.2:
            yield (f"noisy: nginx's own rounds differ by {row['cpu_us']['max'] / row['cpu_us']['min'] - 1:.0%} "
                   f"({row['tier']}, {row['workload']}); do not quote this run")
        if row["others_on_core"]["median"] > 0.1:
            yield (f"noisy: other processes took {row['others_on_core']['median']:.0%} of core {PROXY_CORE} beside "
                   f"{row['peer']} ({row['tier']}, {row['workload']}); do not quote this run")


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


def main():
    parser = argparse.ArgumentParser(prog="bench/run", description="Compares Headgate with nginx and HAProxy.")
    parser.add_argument("--rounds", type=positive, default=5)
    parser.add_argument("--seconds", type=positive, default=5, help="of each round")
    parser.add_argument("--warmup", type=positive, default=30, help="seconds for Headgate, or 400,000 requests (default 30)")
    parser.add_argument("--connections", type=positive, default=64)
    parser.add_argument("--tier", type=names(list(TIERS)), default=list(TIERS))
    parser.add_argument("--workload", type=names(WORKLOADS), default=WORKLOADS)
    parser.add_argument("--only", type=names(PEERS), default=PEERS, help="proxies, of: " + ", ".join(PEERS))
    parser.add_argument("--idle", type=count, default=5000, help="idle connections; 0 leaves that part out (default 5000)")
    parser.add_argument("--idle-only", action="store_true", help="no load, only the idle connections")
    options = parser.parse_args()

    notes = []
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    # HAProxy wants two for each connection it allows.
    if hard != resource.RLIM_INFINITY and hard // 2 - 1000 < options.idle:
        options.idle = max(hard // 2 - 1000, 1)
        notes.append(f"the limit of {hard} open files allows {options.idle} idle connections only")

    report = {"environment": environment(options), "rows": [], "idle": [], "notes": notes}
    directory = tempfile.mkdtemp(prefix="headgate-bench-")
    os.chmod(directory, 0o755)  # nginx's worker is another user
    other = None
    try:
        other = upstream(directory)
        if not options.idle_only:
            for tier in options.tier:
                report["rows"] += compare(tier, other, options, directory)
        for peer in (p for p in options.only if options.idle and p != "haproxy-tcp"):
            note(f"{options.idle} idle connections: {peer}")
            report["idle"].append(idle(peer, other, options, directory))
    finally:
        if other:
            other.stop()
        shutil.rmtree(directory, ignore_errors=True)

    notes += noise(report["rows"])
    out = os.path.join(HERE, "out")
    os.makedirs(out, exist_ok=True)
    with open(os.path.join(out, "result.json"), "w") as file:
        json.dump(report, file, indent=2)
        file.write("\n")
    text = table(report)
    with open(os.path.join(out, "result.md"), "w") as file:
        file.write(text)
    print(text, end="")
    return 1 if any((row["problem"] or "").startswith("failed") for row in report["rows"] + report["idle"]) else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
