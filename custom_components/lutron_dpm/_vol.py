"""The schema library under its usual name, for both supported generations of Home Assistant.

At run time it is always `voluptuous`. Newer releases put their own `probatio` behind that name
and name it in their signatures, so only the type checker must look there.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    if sys.version_info >= (3, 14):
        import probatio as vol
    else:
        import voluptuous as vol
else:
    import voluptuous as vol

__all__ = ["vol"]
