"""A measurement in a process of its own, so that its peak memory is its own."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter


def measured(module: str, *arguments: object) -> dict[str, float]:
    """Run a module of the benchmarks with arguments; return the seconds and peak_mb that it printed by `tell`."""
    command = [sys.executable, "-m", module, *map(str, arguments)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout))


def tell(work: Callable[[], object]) -> None:
    """Do the work and print its seconds and the peak memory of this process."""
    start = perf_counter()
    work()
    print(json.dumps({"seconds": perf_counter() - start, "peak_mb": _peak_mb()}))


def _peak_mb() -> float:
    """Return the peak memory as Linux tells it; getrusage would include the peak of the process that started this."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")) / 1024
