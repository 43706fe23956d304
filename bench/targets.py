"""What Headgate is to reach, and whether it did in this run."""

from plan import HEADGATES

# The figure, its tier and workload, the peer that its median ratio is to, and the bound.
RATIOS = [
    ("CPU", "plain", "get", "nginx", 0.75),
    ("CPU", "plain", "get", "haproxy", 0.80),
    ("CPU", "plain", "post", "nginx", 0.75),
    ("CPU", "plain", "post", "haproxy", 0.80),
    ("CPU", "headers", "get", "nginx", 0.72),
    ("CPU", "headers", "post", "nginx", 0.72),
    ("CPU", "guard", "post", "nginx-lua", 0.50),
    ("CPU", "guard", "post", "haproxy", 0.60),
    ("CPU", "plain", "tls", "nginx", 1.0),
    ("CPU", "plain", "connect", "nginx", 1.1),
    ("p99", "plain", "half get", "nginx", 1.0),
    ("p99", "headers", "half get", "nginx", 1.0),
    ("p99", "guard", "half post", "nginx-lua", 1.0),
]
IDLE_KIB, START_SECONDS = 6.0, 0.7
KEYS = {"CPU": "cpu_us", "p99": "p99_ms"}


def targets(report):
    """One record for each target and Headgate: the value, or None and why; floor is what haproxy-tcp took, where it takes part."""
    rows = {(row["tier"], row["workload"], row["peer"]): row for row in report["rows"]}
    idle = {row["peer"]: row for row in report["idle"]}
    starts = {row["peer"]: row for row in report["starts"]}
    found = []
    for figure, tier, workload, reference, bound in RATIOS:
        for peer in HEADGATES:
            row = rows.get((tier, workload, peer))
            against = rows.get((tier, workload, reference))
            why = row and row["problem"] or against and against["problem"]
            found.append(record(f"{figure}, {tier} {workload}, x {reference}", bound, peer, ratio(row, reference, figure), why,
                                ratio(rows.get((tier, workload, "haproxy-tcp")), reference, figure)))
    for peer in HEADGATES:
        row = idle.get(peer, {})
        found.append(record("heap and direct memory of an idle connection, KiB", IDLE_KIB, peer,
                            row.get("heap_and_direct_kib_each"), row.get("problem")))
    for peer in HEADGATES:
        row = starts.get(peer, {})
        found.append(record("start to first answer, s", START_SECONDS, peer, row.get("seconds", {}).get("median"), row.get("problem")))
    return found


def ratio(row, reference, figure):
    found = row and row.get("ratios", {}).get(reference, {}).get(KEYS[figure])
    return found and found["median"]


def record(target, bound, peer, value, why, floor=None):
    result = "not measured" if value is None else "met" if value <= bound else "not met"
    return {"target": target, "bound": bound, "peer": peer, "value": value, "result": result,
            "why": (why or "left out of this run") if value is None else None, "floor": floor}
