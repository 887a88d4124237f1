"""A HomeWorks QS processor in front of the simulated link: Telnet, its database over HTTP, faults.

What programs may use of it is in `dpm_core.simulator`.
"""

from __future__ import annotations

__all__: list[str] = []
