"""The other end: an nginx that answers from memory, and 418 whenever a header did not arrive as it was sent."""

import contextlib
import json
import os
import re
import shutil
import tempfile
import urllib.request

from peers import nginx_command, nginx_head, nginx_paths
from plan import BODY, CONVERSATION, CREDENTIAL, GUEST, LOAD_CORE, ORG, TOKEN
from process import Server, free_port, write


@contextlib.contextmanager
def workplace():
    """A directory for all processes of a run, and the other end, which runs; afterwards both are gone."""
    directory = tempfile.mkdtemp(prefix="headgate-bench-")
    os.chmod(directory, 0o755)  # nginx's worker is another user
    other = None
    try:
        other = upstream(directory)
        yield directory, other
    finally:
        if other:
            other.stop()
        shutil.rmtree(directory, ignore_errors=True)


def upstream(directory):
    """Its port is for the tier plain, .ports has those of all."""
    ports = {tier: free_port() for tier in ("plain", "headers", "guard")}
    echo = json.dumps({"authorization": "$http_authorization", "request_id": "$http_x_request_id",
                       "org": "$http_x_genesys_cloud_id", "length": "$http_content_length"})
    issued = json.dumps({"guest_token": TOKEN.format("$arg_n"), "guestId": GUEST.format("$arg_n"),
                         "conversationId": CONVERSATION.format("$arg_n"), "expiresIn": 86400, "scope": "guest:chat guest:chat:write"})
    token = re.escape(TOKEN).replace(r"\{\}", "[0-9]+")
    servers = "".join(f"""
    server {{
        listen 127.0.0.1:{port};
        set $intact ${tier};
        set $kib "{BODY}";
        location = /probe {{ return 200 '{echo}'; }}
        location = /api/v2/guests/probe {{ return 200 '{echo}'; }}
        location = /requests {{ stub_status; }}
        location = /api/v2/guests/identities {{
            default_type application/json;
            return 200 '{issued}';
        }}
        location = /download {{
            if ($intact = 0) {{ return 418; }}
            return 200 "{'$kib' * 64}";
        }}
        location / {{
            if ($intact = 0) {{ return 418; }}
            return 200 "{BODY}";
        }}
    }}""" for tier, port in ports.items())
    conf = write(directory, "upstream.conf", f"""
{nginx_head(directory, "upstream")}
http {{
    {nginx_paths(directory)}
    access_log off;
    keepalive_requests 1000000000;
    default_type text/plain;
    map_hash_bucket_size 256;
    map "$http_authorization" $plain {{ default 0; "~^{CREDENTIAL}$" 1; }}
    map "$http_authorization" $issued {{ default 0; "~^Bearer {token}$" 1; }}
    map "$plain $http_x_genesys_cloud_id $http_x_request_id" $headers {{ default 0; "~^1 {ORG} [0-9a-f-]+$" 1; }}
    map "$issued $http_x_genesys_cloud_id $http_x_request_id" $guard {{ default 0; "~^1 {ORG} [0-9a-f-]+$" 1; }}
{servers}
}}
""")
    server = Server("upstream", nginx_command(conf), directory, LOAD_CORE, ports["plain"]).wait_for_port()
    server.ports = ports
    return server


def requests(server):
    """How many it has had, that of this question included."""
    with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/requests", timeout=10) as answer:
        return int(answer.read().split()[9])
