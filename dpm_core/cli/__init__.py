"""`dpm`, the command line: one file per job; it prints, the library logs.

House rules: only public names of the library's packages are used here, what a command prints for
programs (`--json`) is documented in docs/cli.md, and click and rich are imported by nothing that
`dpm_core` needs: they come with the extra `lutron-dpm[cli]`.
"""

from __future__ import annotations

__all__: list[str] = []
