"""A measurement in a process of its own, so that its peak memory is its own."""

import json
import resource
import subprocess
import sys
from collections.abc import Callable
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
    seconds = perf_counter() - start
    print(json.dumps({"seconds": seconds, "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
