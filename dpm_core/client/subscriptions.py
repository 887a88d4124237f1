"""Who wants to hear of what.

House rule: a subscriber is called by the event loop, not by us, so one that fails harms neither
the link nor the others.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

_Told = TypeVar("_Told")


class Subscriptions(Generic[_Told]):
    """Callbacks, each for everything or for what concerns one subject."""

    __slots__ = ("_subscribers", "_untold")

    def __init__(self) -> None:
        self._subscribers: dict[object, tuple[Callable[[_Told], None], object]] = {}
        self._untold: deque[tuple[object, _Told]] = deque()

    def add(self, callback: Callable[[_Told], None], subject: object = None) -> Callable[[], None]:
        """Call `callback` from now on; the function returned ends that, and may be called twice.

        Args:
            callback: Called from the event loop, in the order of what happened; must not block.
            subject: Only what concerns it; everything if None.
        """
        key = object()
        self._subscribers[key] = (callback, subject)

        def unsubscribe() -> None:
            self._subscribers.pop(key, None)

        return unsubscribe

    def __bool__(self) -> bool:
        return bool(self._subscribers)

    def tell(self, what: _Told, subject: object = None) -> None:
        """Tell everybody whom it concerns, as soon as the loop goes round."""
        untold = self._untold
        was_empty = not untold
        for key, (_, wanted) in self._subscribers.items():
            if wanted is None or wanted == subject:
                untold.append((key, what))
        if was_empty and untold:
            # One call of the loop for all that is told until then: each would cost as much.
            asyncio.get_running_loop().call_soon(self._deliver, untold)

    def _deliver(self, untold: deque[tuple[object, _Told]]) -> None:
        # What is told from here on is for the next turn.
        self._untold = deque()
        for key, what in untold:
            subscriber = self._subscribers.get(key)
            if subscriber is None:
                continue
            try:
                subscriber[0](what)
            except (SystemExit, KeyboardInterrupt):
                raise
            except BaseException as error:  # noqa: BLE001  # as the loop does with what it calls
                asyncio.get_running_loop().call_exception_handler(
                    {"message": f"Exception in subscriber {subscriber[0]!r}", "exception": error}
                )
