"""The QS link's protocol: octets to messages and back, without input or output.

House rule: nothing here waits, opens anything or reads a clock; the caller passes `now`.
"""

from __future__ import annotations
