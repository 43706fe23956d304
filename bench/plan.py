"""What is compared: the proxies, the tiers with their workloads, and what every request carries."""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
PROXY_CORE, LOAD_CORE = "0", "1"

CREDENTIAL = "Bearer bench-0123456789abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ORG_HEADER, ORG = "X-Genesys-Cloud-Id", "bench-org"
BODY = "x" * 1024
SMALL, DOWNLOAD = "/api/v2/guests/messages", "/download"

# Session n has a token and two ids that differ in eight digits from those of the others; load.lua has the same.
SESSIONS = 10000
TOKEN = "bench-{}-0123456789abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOP"
GUEST = "{}-7d0a-4b8e-9c55-0d6c5f1f7a10"
CONVERSATION = "{}-1f7a-4c3b-8d2e-5f0c1e527d0a"

PEERS = ["nginx", "nginx-lua", "haproxy", "haproxy-tcp", "headgate-epoll", "headgate-io_uring"]
HEADGATES = [peer for peer in PEERS if peer.startswith("headgate")]
TIERS = {
    "plain": ["nginx", "haproxy", "haproxy-tcp", *HEADGATES],
    "headers": ["nginx", "haproxy", *HEADGATES],
    "guard": ["nginx-lua", "haproxy", *HEADGATES],
}
WORKLOADS = {
    "get": ["plain", "headers"],
    "post": ["plain", "headers", "guard"],
    "download": ["plain"],
    "connect": ["plain"],
    "tls": ["plain"],
    "h2": ["plain"],
}
# The workload of a tier that is also sent at half of nginx's throughput.
HALF = {"plain": "get", "headers": "get", "guard": "post"}
# nginx as it has to be in the tier to do the same work.
NGINX = {"plain": "nginx", "headers": "nginx", "guard": "nginx-lua"}
ENCRYPTED = ("tls", "h2")


class Unavailable(Exception):
    """The peer cannot be measured here; the text says why."""

    def __init__(self, why):
        super().__init__(f"not available: {why}")


class Failed(Exception):
    """The peer answered, but not as it must."""

    def __init__(self, how):
        super().__init__(f"failed: {how}")


def note(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


def told(problem):
    """What the table says of an exception."""
    if isinstance(problem, (Unavailable, Failed)):
        return str(problem)
    return f"failed: {type(problem).__name__}: {problem}"


def measures(peer, workload):
    """Who copies bytes without reading them cannot take TLS away."""
    return peer != "haproxy-tcp" or workload not in ENCRYPTED


def session(number):
    """Its token, guest and conversation."""
    digits = f"{number:08d}"
    return TOKEN.format(digits), GUEST.format(digits), CONVERSATION.format(digits)


def message(guest, conversation):
    """A guest's message of 300 bytes."""
    head = f'{{"conversationId":"{conversation}","guestId":"{guest}","type":"text","language":"en-us","text":"'
    return head + "x" * (300 - len(head) - 2) + '"}'
