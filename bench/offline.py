#!/usr/bin/env python3
"""Writes a capture of many exchanges: a sample conversation, again and again with other ids."""

import json
import sys

START = 1_795_622_400_000_000  # microseconds since the epoch
ORGANIZATION = "0c1d2e3f-0000-4000-8000-000000000001"


def stamp(micros):
    seconds, rest = divmod(micros, 1_000_000)
    days, second = divmod(seconds, 86_400)
    # 2026-11-25 is day 20782 since the epoch; the sample never lasts for more than a few days.
    day = 25 + days - 20_782
    return f"2026-11-{day:02d}T{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}.{rest:06d}Z"


def line(method, target, authorization, body, status, answer, verdict="allow", reason=None):
    fields = [["Host", "edge.test"], ["User-Agent", "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0"],
              ["Accept", "application/json"], ["X-Genesys-Cloud-Id", ORGANIZATION]]
    if authorization:
        fields.append(["Authorization", authorization])
    if body:
        fields += [["Content-Type", "application/json"], ["Content-Length", str(len(body))]]
    response = [["Content-Type", "application/json"], ["x-request-id", "@REQUEST@"]]
    if reason:
        response.append(["x-headgate-reason", reason])
    return json.dumps({
        "version": 1, "time": "@TIME@", "request_id": "@REQUEST@", "client": "127.0.0.1", "protocol": "HTTP/1.1",
        "scheme": "http", "route": "/api/v2/guests/", "profile": "forum-guest", "upstream": "genesys",
        "verdict": verdict, "reason": reason, "token": None, "session": None,
        "request": {"method": method, "target": target, "version": "HTTP/1.1", "fields": fields,
                    "body": {"text": body} if body else None, "trailers": []},
        "response": {"status": status, "fields": response, "body": {"text": answer} if answer else None},
        "aborted": None, "timings": {"total_us": 800, "upstream_us": 700, "added_us": 40}},
        separators=(",", ":"))


def conversation():
    create = "/api/v2/guests/identities"
    messages = "/api/v2/guests/messages"
    token, guest, chat = "{{token:@A@}}", "{{id:@B@}}", "{{id:@C@}}"
    bearer = "Bearer " + token
    issued = ('{"guest_token":"%s","guestId":"%s","conversationId":"%s","expiresIn":900,"scope":"guest:chat guest:chat:write"}'
              % (token, guest, chat))
    text = '{"guestId":"%s","conversationId":"%s","text":"How can I change my order? It was placed yesterday."}'
    mine = text % (guest, chat)
    other = text % ("{{id:" + "f" * 32 + "}}", chat)
    refusal = '{"message":"refused","code":"%s","status":%d}'
    lines = [line("POST", create, None, '{"purpose":"chat","name":"Ada"}', 200, issued)]
    for _ in range(3):
        lines.append(line("POST", messages, bearer, mine, 200, '{"id":"m"}'))
        lines.append(line("GET", messages + "?conversationId=" + chat, bearer, None, 200, "[]"))
    lines.append(line("POST", messages, bearer, other, 403, refusal % ("session.guest", 403), "deny", "session.guest"))
    lines.append(line("POST", messages, None, mine, 401, refusal % ("auth.missing", 401), "deny", "auth.missing"))
    lines.append(line("POST", messages, "[REDACTED]", mine, 401, refusal % ("auth.placeholder", 401), "deny",
                      "auth.placeholder"))
    return lines


def main():
    path, count = sys.argv[1], int(sys.argv[2])
    sample = conversation()
    with open(path, "w", encoding="ascii") as out:
        for i in range(0, count, len(sample)):
            a, b, c = f"{i:032x}", f"{i + 1:032x}", f"{i + 2:032x}"
            for j, one in enumerate(sample[:count - i]):
                # A conversation for each millisecond.
                out.write(one.replace("@TIME@", stamp(START + i * 100 + j * 100)).replace("@REQUEST@", f"r{i + j:031x}")
                          .replace("@A@", a).replace("@B@", b).replace("@C@", c) + "\n")


if __name__ == "__main__":
    main()
