"""What the library logs, on standard error, when the person asks for it with `--verbose`."""

from __future__ import annotations


def start_logging(verbosity: int) -> None:
    """Log to standard error: nothing at 0, what happens at 1, every octet at 2.

    At 0 the library's warnings are left out, too: a command says in its one line what went wrong.
    """
    import logging

    logger = logging.getLogger("dpm_core")
    if not verbosity:
        if not logger.handlers:
            logger.addHandler(logging.NullHandler())
        return
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)-7s %(message)s"))
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG if verbosity > 1 else logging.INFO)
