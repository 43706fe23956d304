"""Medians and ratios of the rounds, the warnings about noise, and the tables."""

import contextlib
import datetime
import os
import platform
import re
import statistics
import subprocess

from plan import HEADGATES, NGINX, PROXY_CORE, ROOT

FIGURES = ("cpu_us", "user_us", "system_us", "requests_per_s", "core", "others_on_core", "p50_ms", "p99_ms", "p999_ms")
COMPARED = ("cpu_us", "p99_ms")


def spread(values):
    return {"median": statistics.median(values), "min": min(values), "max": max(values)}


def summarise(rows):
    """Adds medians to the rows, and ratios to nginx, as the tier has it, and HAProxy in the same round."""
    by_name = {(row["tier"], row["workload"], row["peer"]): row for row in rows}
    for row in rows:
        rounds = row["rounds"]
        if row["problem"] or not rounds:
            row["problem"] = row["problem"] or "failed: no round"
            continue
        for key in FIGURES:
            if values := [r[key] for r in rounds if r.get(key) is not None]:
                row[key] = spread(values)
        row["ratios"] = {}
        for reference in (NGINX[row["tier"]], "haproxy"):
            against = by_name.get((row["tier"], row["workload"], reference))
            if not against or against["problem"] or len(against["rounds"]) != len(rounds):
                continue
            row["ratios"][reference] = {
                key: spread([r[key] / a[key] for r, a in zip(rounds, against["rounds"])])
                for key in COMPARED if all(key in r and a.get(key) for r, a in zip(rounds, against["rounds"]))}


def environment(options):
    def version(*command):
        with contextlib.suppress(OSError):
            run = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            return run.stdout.strip().splitlines()[0] if run.stdout.strip() else "unknown"
        return f"{os.path.basename(command[0])} missing"
    with open("/proc/cpuinfo") as cpuinfo:
        model = re.search(r"^model name\s*: (.*)", cpuinfo.read(), re.M)
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        "kernel": platform.release(), "cpu": model[1] if model else platform.machine(), "cores": os.cpu_count(),
        "nginx": version("nginx", "-v").removeprefix("nginx version: "), "haproxy": version("haproxy", "-v"),
        "headgate": version(os.path.join(ROOT, "headgate"), "--version"),
        "rounds": options.rounds, "seconds": options.seconds, "connections": options.connections,
    }


def cell(values, digits):
    return f"{values['median']:.{digits}f} ({values['min']:.{digits}f} to {values['max']:.{digits}f})" if values else "-"


def middle(values, digits):
    return f"{values['median']:.{digits}f}" if values else "-"


def three(row):
    return " / ".join(middle(row.get(key), 2) for key in ("p50_ms", "p99_ms", "p999_ms"))


def section(columns, names, rows, cells):
    """A table: columns that name a row, then its figures, or what is wrong in the first of them."""
    lines = ["", "| " + " | ".join(columns) + " |", "|" + "---|" * len(names) + "--:|" * (len(columns) - len(names))]
    for row in rows:
        empty = [""] * (len(columns) - len(names) - 1)
        figures = [row["problem"].replace("|", "/"), *empty] if row["problem"] else cells(row)
        lines.append("| " + " | ".join([*(str(row[name]) for name in names), *figures]) + " |")
    return lines if rows else []


def full_load(row):
    ratios = [row["ratios"].get(reference, {}).get("cpu_us") for reference in (NGINX[row["tier"]], "haproxy")]
    return [cell(row["cpu_us"], 1), *(cell(ratio, 2) for ratio in ratios),
            f"{middle(row['user_us'], 1)} / {middle(row['system_us'], 1)}", middle(row["requests_per_s"], 0), three(row),
            f"{row['peak_rss_kib'] / 1024:.0f}"]


def half_load(row):
    ratios = [row["ratios"].get(reference, {}).get("p99_ms") for reference in (NGINX[row["tier"]], "haproxy")]
    return [middle(row["requests_per_s"], 0), three(row), *(cell(ratio, 2) for ratio in ratios)]


def idle_memory(row):
    return [f"{row[key]:.2f}" if key in row else "-" for key in
            ("heap_and_direct_kib_each", "heap_kib_each", "direct_kib_each", "rss_kib_each")]


def table(report):
    env = report["environment"]
    lines = [f"{env['date']}, {env['cpu']}, {env['cores']} cores, kernel {env['kernel']}; {env['nginx']}; {env['haproxy']}; "
             f"{env['headgate']}. {env['rounds']} interleaved rounds of {env['seconds']} s, {env['connections']} connections; "
             "medians, with the lowest and the highest round. In the tier guard, x nginx is x nginx-lua."]
    half = [row for row in report["rows"] if row["workload"].startswith("half ")]
    lines += section(["tier", "workload", "proxy", "CPU us/request", "x nginx", "x haproxy", "user / system us", "requests/s",
                      "p50 / p99 / p99.9 ms", "peak MiB"], ["tier", "workload", "peer"],
                     [row for row in report["rows"] if row not in half], full_load)
    lines += section(["tier", "workload", "proxy", "requests/s", "p50 / p99 / p99.9 ms", "p99 x nginx", "p99 x haproxy"],
                     ["tier", "workload", "peer"], half, half_load)
    lines += section(["idle keep-alive connections", "number", "heap and direct KiB each", "heap", "direct", "resident KiB each"],
                     ["peer", "connections"], report["idle"], idle_memory)
    lines += section(["proxy", "starts", "start to first answer s"], ["peer", "starts"], report["starts"],
                     lambda row: [cell(row["seconds"], 3)])
    by_target = {}
    for record in report["targets"]:
        by_target.setdefault((record["target"], record["bound"]), {})[record["peer"]] = record
    lines += ["", "| target | at most | " + " | ".join(HEADGATES) + " | haproxy-tcp, the floor |",
              "|---|--:|" + "--:|" * (len(HEADGATES) + 1)]
    for (target, bound), records in by_target.items():
        floor = records[HEADGATES[0]]["floor"]
        lines.append(f"| {target} | {bound:.2f} | " + " | ".join(verdict(records[peer]) for peer in HEADGATES)
                     + f" | {f'{floor:.2f}' if floor else '-'} |")
    lines.append("| bytes allocated for a plain request | 2048 |" + " not measured (JMH does) |" * len(HEADGATES) + " - |")
    if report["notes"]:
        lines += [""] + [f"- {text}" for text in report["notes"]]
    return "\n".join(lines) + "\n"


def verdict(record):
    if record["value"] is None:
        return f"not measured ({record['why'].replace('|', '/')})"
    return f"{record['value']:.2f} {record['result']}"


def noise(rows):
    measured = [row for row in rows if not row["problem"] and "cpu_us" in row]
    for row in measured:
        if row["peer"] == NGINX[row["tier"]] and row["cpu_us"]["max"] > row["cpu_us"]["min"] * 1.2:
            yield (f"noisy: {row['peer']}'s own rounds differ by {row['cpu_us']['max'] / row['cpu_us']['min'] - 1:.0%} "
                   f"({row['tier']}, {row['workload']}); do not quote this run")
    loud = [row for row in measured if row["others_on_core"]["median"] > 0.1]
    if loud:
        worst = max(loud, key=lambda row: row["others_on_core"]["median"])
        yield (f"noisy: other processes took more than a tenth of core {PROXY_CORE} in {len(loud)} of {len(measured)} rows, "
               f"{worst['others_on_core']['median']:.0%} beside {worst['peer']} ({worst['tier']}, {worst['workload']}); "
               "do not quote this run")
