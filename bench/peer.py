"""The peer of BG/NBD: the default fit of `lifetimes` 0.11.3, in the environment of requirements-peers.lock.

It is archived, and its datasets fail on current set-ups; the fitters work, and nothing else of it is imported.
"""

import sys

from lifetimes import BetaGeoFitter

from bench.processes import tell
from bench.simulated import customers

if __name__ == "__main__":
    history = customers(int(sys.argv[1]), int(sys.argv[2]))
    tell(lambda: BetaGeoFitter().fit(*history), lambda fitted: fitted.params_.to_dict())
