"""Starts nginx, HAProxy and Headgate, each doing the work of a tier."""

import os
import resource
import shutil
import subprocess

from guard import LUA, LUA_LEARNS, haproxy_guard, lua_modules
from plan import ORG, ORG_HEADER, PROXY_CORE, ROOT, Unavailable
from process import Server, free_port, write


def certificate(directory):
    """The paths of a P-256 key and its certificate, made once, and of one file with both."""
    key, crt, both = (os.path.join(directory, name) for name in ("bench.key", "bench.crt", "bench.pem"))
    if not os.path.exists(both):
        if not shutil.which("openssl"):
            raise Unavailable("openssl is missing (package openssl)")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                        "-keyout", key, "-out", crt], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
        with open(both + ".part", "w") as whole:
            for part in (crt, key):
                with open(part) as file:
                    whole.write(file.read())
        os.rename(both + ".part", both)
    return key, crt, both


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


def nginx(directory, tier, target, tls, core):
    name = "nginx-lua" if tier == "guard" else "nginx"
    load, lua = lua_modules() if tier == "guard" else ("", "")
    port, tls_port = free_port(), free_port() if tls else None
    log = os.path.join(directory, name + "-access.log")
    headers = "access_log off;" if tier == "plain" else f"""
    log_format line escape=json '{{"time":"$time_iso8601","request_id":"$request_id","method":"$request_method",'
        '"path":"$uri","status":$status,"upstream":"$proxy_host","upstream_status":"$upstream_status",'
        '"bytes_in":$request_length,"bytes_out":$bytes_sent,"duration_s":$request_time,'
        '"upstream_duration_s":"$upstream_response_time","client":"$remote_addr","protocol":"$server_protocol"}}';
    access_log {log} line buffer=64k flush=1s;
    add_header x-request-id $request_id always;"""
    listen = ""
    if tls:
        key, crt, _ = certificate(directory)
        listen = f"""
        listen 127.0.0.1:{tls_port} ssl http2;
        ssl_certificate {crt};
        ssl_certificate_key {key};
        ssl_protocols TLSv1.3;"""
    proxy = f"""
            proxy_pass http://other;
            proxy_http_version 1.1;
            proxy_set_header Connection "";""" + ("" if tier == "plain" else f"""
            proxy_set_header x-request-id $request_id;
            proxy_set_header {ORG_HEADER} {ORG};""")
    guarded = "" if tier != "guard" else f"""
        location /api/v2/guests/ {{{LUA}{proxy}
        }}
        location = /api/v2/guests/identities {{{LUA_LEARNS}{proxy}
        }}"""
    # The default of eight buffers is a little less than the download, which would go through a file then.
    conf = write(directory, name + ".conf", f"""
{load}
{nginx_head(directory, name)}
http {{
    {nginx_paths(directory)}
    keepalive_requests 1000000000;
    {headers}
    {lua}
    upstream other {{
        server 127.0.0.1:{target};
        keepalive 64;
        keepalive_requests 1000000000;
    }}
    server {{
        listen 127.0.0.1:{port};{listen}
        location / {{{proxy}
        }}
        location = /download {{{proxy}
            proxy_buffers 16 8k;
        }}{guarded}
    }}
}}
""")
    server = Server(name, nginx_command(conf), directory, core, port, tls_port).wait_for_port()
    server.access_log = log
    return server


def haproxy(directory, tier, target, mode, tls, core):
    if not shutil.which("haproxy"):
        raise Unavailable("haproxy is missing (package haproxy)")
    port, tls_port = free_port(), free_port() if tls and mode == "http" else None
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
    if tier == "guard":
        headers += haproxy_guard(write(directory, "haproxy-sessions.map", ""))
    bind = "" if not tls_port else f"""
    bind 127.0.0.1:{tls_port} ssl crt {certificate(directory)[2]} alpn h2,http/1.1 ssl-min-ver TLSv1.3"""
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
    bind 127.0.0.1:{port}{bind}{headers}
    default_backend other
backend other
    server other 127.0.0.1:{target}
""")
    server = Server(name, ["haproxy", "-db", "-f", conf], directory, core, port, tls_port).wait_for_port()
    server.access_log = server.log
    return server


def headgate(directory, tier, target, transport, tls, core, env, more):
    name = "headgate-" + transport
    log = os.path.join(directory, name + "-access.log")
    encrypted, guarded = "", ""
    if tls:
        key, crt, _ = certificate(directory)
        encrypted = f"""
  - address: 127.0.0.1:0
    tls: {{certificate: {crt}, key: {key}, minimumVersion: TLSv1.3}}"""
    if tier == "guard":
        guarded = """
  - path: /api/v2/guests/
    upstream: other
    profile: forum-guest"""
    conf = write(directory, name + ".yaml", f"""
listeners:
  - address: 127.0.0.1:0{encrypted}
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
routes:{guarded}
  - path: /
    upstream: other
accessLog:
  path: "{'' if tier == 'plain' else log}"
{more}
""")
    server = Server(name, [os.path.join(ROOT, "headgate"), "run", conf], directory, core, None, 0 if tls else None, env)
    server.wait_for_port(30)
    server.access_log = log
    return server


def start(peer, directory, tier, target, tls=False, core=PROXY_CORE, env=None, more=""):
    """The proxy, for Headgate with more lines of configuration, listening; Unavailable when it does not come up, or runs on another transport than its name says."""
    if peer.startswith("nginx"):
        return nginx(directory, tier, target, tls, core)
    if peer.startswith("haproxy"):
        return haproxy(directory, tier, target, "tcp" if peer == "haproxy-tcp" else "http", tls, core)
    transport = peer.removeprefix("headgate-")
    server = headgate(directory, tier, target, transport, tls, core, env, more)
    if ("anon_inode:[io_uring]" in server.open_files()) != (transport == "io_uring"):
        server.stop()
        raise Unavailable(f"it does not run on {transport}")
    return server
