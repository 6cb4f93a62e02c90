"""A measurement in a process of its own, so that its peak memory is its own."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from time import perf_counter
from typing import TypeVar

Result = TypeVar("Result")


def measured(module: str, *arguments: object, times: int = 1, python: str | Path = sys.executable) -> dict[str, float]:
    """Run a module of the benchmarks with arguments, `times` times; return what it printed by `tell`.

    That is seconds, peak_mb and further figures, of the run with the median seconds.
    """
    command = [str(python), "-m", module, *map(str, arguments)]
    runs = [subprocess.run(command, check=True, capture_output=True, text=True).stdout for _ in range(times)]
    return sorted(map(json.loads, runs), key=lambda run: run["seconds"])[times // 2]


def tell(work: Callable[[], Result], figures: Callable[[Result], Mapping[str, float]] = lambda _: {}) -> None:
    """Do the work; print its seconds, the peak memory of this process meanwhile, and figures of its result."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # forget the peak so far, such as of a simulation
    start = perf_counter()
    result = work()
    seconds = perf_counter() - start
    print(json.dumps({"seconds": seconds, "peak_mb": _peak_mb(), **figures(result)}))


def _peak_mb() -> float:
    """Return the peak memory as Linux tells it; getrusage would include the peak of the process that started this."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")) / 1024
