"""What only a fresh process can tell: how long an index takes to its first answer, and how much memory it holds.

``python -m benchmarks.processes`` is that process: it imports, opens, asks, and prints what it saw as JSON.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.engines import make_engine
from benchmarks.engines.protocol import QuerySpec

ROOT = Path(__file__).parent.parent
_TIMEOUT = 300


def anonymous_bytes() -> int:
    """Return the memory of this process that is no file (RssAnon): pages mapped from an index can be dropped."""
    for line in Path("/proc/self/status").read_text("ascii").splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) * 1024
    raise OSError("/proc/self/status: has no RssAnon; memory can be measured on Linux only")


def seen_by_processes(name: str, folder: Path, specs: Sequence[QuerySpec], times: int = 3) -> dict[str, Any]:
    """Return the median of what several fresh processes saw; each first asks ``specs[0]``, then all others."""
    seen = [_run(name, folder, specs) for _ in range(times)]
    return {key: median(each[key] for each in seen) for key in seen[0]}


def _run(name: str, folder: Path, specs: Sequence[QuerySpec]) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.processes", name, str(folder)]
    given = json.dumps([asdict(spec) for spec in specs])
    ran = subprocess.run(command, input=given, capture_output=True, text=True, timeout=_TIMEOUT, cwd=ROOT, check=False)
    if ran.returncode:
        raise RuntimeError(f"{' '.join(command)}: exit status {ran.returncode}: {ran.stderr.strip()[-400:]}")
    result: dict[str, float] = json.loads(ran.stdout)
    return result


def spec_of(record: dict[str, Any]) -> QuerySpec:
    """Return a question that was written as JSON."""
    record["terms"], record["excluded"] = tuple(record["terms"]), tuple(record["excluded"])
    record["years"] = None if record["years"] is None else tuple(record["years"])
    return QuerySpec(**record)


def main() -> None:
    """Open an index and ask the questions of standard input."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("engine")
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    specs = [spec_of(record) for record in json.load(sys.stdin)]
    engine = make_engine(options.engine, options.folder)
    imported = anonymous_bytes()
    wall, cpu = time.perf_counter(), time.process_time()
    engine.open()
    engine.search(specs[0])
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    for spec in specs[1:]:
        engine.search(spec)
    held = anonymous_bytes()
    engine.close()
    figures = {"first_wall_ms": 1000 * wall, "first_ms": 1000 * cpu, "bytes": held, "bytes_imported": imported}
    print(json.dumps({key: round(value, 1) for key, value in figures.items()}))


if __name__ == "__main__":
    main()
