"""The full guard: how nginx with Lua and HAProxy do it, the sessions it knows, and the requests it must refuse."""

import contextlib
import glob
import http.client
import json
import os
import re
import shutil
import socket
import subprocess

from plan import CREDENTIAL, SESSIONS, SMALL, Failed, Unavailable, message, session

# A session is learned from the answer to its create request and kept as long as that says. The ids of a request must be
# the token's. nginx itself refuses a second Authorization with 400.
LUA = """
            access_by_lua_block {
                local credential = ngx.var.http_authorization
                if not credential or credential:sub(1, 7) ~= "Bearer " then return ngx.exit(401) end
                local bound = ngx.shared.sessions:get(credential:sub(8))
                if not bound then return ngx.exit(401) end
                ngx.req.read_body()
                local body = cjson.decode(ngx.req.get_body_data() or "")
                if type(body) ~= "table" then return ngx.exit(400) end
                if type(body.conversationId) ~= "string" or type(body.guestId) ~= "string"
                    or body.conversationId .. "|" .. body.guestId ~= bound then return ngx.exit(403) end
            }"""
LUA_LEARNS = """
            body_filter_by_lua_block {
                local answer = (ngx.ctx.answer or "") .. ngx.arg[1]
                ngx.ctx.answer = answer
                local issued = ngx.arg[2] and ngx.status == 200 and cjson.decode(answer)
                if issued then
                    ngx.shared.sessions:set(issued.guest_token, issued.conversationId .. "|" .. issued.guestId, issued.expiresIn)
                end
            }"""


def lua_modules():
    """The lines that nginx needs to load its Lua module, before and within http."""
    if not shutil.which("nginx"):
        raise Unavailable("nginx is missing (package nginx-light)")
    version = subprocess.run(["nginx", "-V"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, text=True).stdout
    where = re.search(r"--modules-path=(\S+)", version)
    directory = where[1] if where else "/usr/lib/nginx/modules"
    modules = [os.path.join(directory, name) for name in ("ndk_http_module.so", "ngx_http_lua_module.so")]
    if not all(map(os.path.exists, modules)):
        raise Unavailable("nginx's Lua module is missing (package libnginx-mod-http-lua)")
    if not glob.glob("/usr/lib/*/lua/5.1/cjson.so"):
        raise Unavailable("cjson is missing (package lua-cjson)")
    load = "\n".join(f"load_module {module};" for module in modules)
    return load, """lua_shared_dict sessions 16m;
    init_by_lua_block { cjson = require "cjson.safe" }"""


def haproxy_guard(sessions):
    """Rules of a frontend. A session's entry in the map is its conversation, its guest and when it ends, in seconds."""
    # HAProxy looks at an answer's request no more, so what it was is kept in a variable.
    return f"""
    acl creates path /api/v2/guests/identities
    acl guarded path_beg /api/v2/guests/
    acl created var(txn.creates) -m bool
    http-request set-var(txn.creates) bool(true) if creates
    http-request set-var(txn.guarded) bool(true) if guarded !creates
    acl checked var(txn.guarded) -m bool
    http-request deny deny_status 400 if checked {{ req.fhdr_cnt(authorization) gt 1 }}
    http-request set-var(txn.session) http_auth_bearer,map_str({sessions}) if checked
    http-request set-var(txn.now) date
    http-request deny deny_status 401 if checked !{{ var(txn.session),field(3,|),sub(txn.now) gt 0 }}
    http-request wait-for-body time 5s if checked
    http-request set-var(txn.conversation) req.body,json_query('$.conversationId') if checked
    http-request set-var(txn.guest) req.body,json_query('$.guestId') if checked
    http-request deny deny_status 403 if checked !{{ var(txn.session),field(1,|),strcmp(txn.conversation) eq 0 }}
    http-request deny deny_status 403 if checked !{{ var(txn.session),field(2,|),strcmp(txn.guest) eq 0 }}
    http-response wait-for-body time 5s if created
    http-response set-var(txn.lifetime) res.body,json_query('$.expiresIn') if created
    http-response set-map({sessions}) %[res.body,json_query('$.guest_token')] \
%[res.body,json_query('$.conversationId')]|%[res.body,json_query('$.guestId')]|%[date,add(txn.lifetime)] \
if created {{ status 200 }}"""


def fill(server):
    """Creates all sessions through the server, one after the other on one connection, as its clients would."""
    body = b'{"purpose":"chat"}'
    with socket.create_connection(("127.0.0.1", server.port), 10) as connection, connection.makefile("rb") as answers:
        for number in range(1, SESSIONS + 1):
            connection.sendall(f"POST /api/v2/guests/identities?n={number:08d} HTTP/1.1\r\nHost: bench\r\n"
                               f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
            status, length, chunked = answers.readline(), 0, False
            while line := answers.readline().strip().lower():
                if line.startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
                chunked = chunked or line.startswith(b"transfer-encoding:")
            answer = answers.read(length)
            if status.split()[1:2] != [b"200"] or chunked or json.loads(answer)["guest_token"] != session(number)[0]:
                raise Failed(f"create request {number} was answered with {status.decode(errors='replace').strip() or 'nothing'}")


def ask(server, credentials, body, path):
    """One POST; its status, fields and text."""
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)) as connection:
        connection.putrequest("POST", path)
        for credential in credentials:
            connection.putheader("Authorization", credential)
        connection.putheader("Content-Type", "application/json")
        connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body.encode())
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()


def refuses(server):
    """Failed unless the guard refuses what it has to, and lets the same request through without the fault."""
    token, guest, conversation = session(SESSIONS)
    _, other_guest, other_conversation = session(1)
    good = "Bearer " + token
    if (status := ask(server, [good], message(guest, conversation), SMALL)[0]) != 200:
        raise Failed(f"the guard refused a good request with {status}")
    for what, credentials, body in (
            ("an unknown token", [CREDENTIAL], message(guest, conversation)),
            ("no Authorization", [], message(guest, conversation)),
            ("two Authorizations", [good, good], message(guest, conversation)),
            ("another session's conversation", [good], message(guest, other_conversation)),
            ("another session's guest", [good], message(other_guest, conversation))):
        status = ask(server, credentials, body, SMALL)[0]
        if status not in (400, 401, 403):
            raise Failed(f"the guard let {what} pass ({status})")
