"""nbformat, loaded without the grammar of international web addresses that its JSON validator would compile.

That grammar (rfc3987-syntax) costs 1.6 s of CPU in every process that imports nbformat; a notebook's schema asks for no
such address, and the validator leaves the check out when the package cannot be imported.
"""

import sys

_MISSING = "rfc3987_syntax" not in sys.modules
if _MISSING:
    sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]  # makes its import fail, which is provided for
import nbformat  # noqa: E402

if _MISSING:
    del sys.modules["rfc3987_syntax"]

__all__ = ["nbformat"]
