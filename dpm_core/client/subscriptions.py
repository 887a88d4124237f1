"""Who wants to hear of what.

House rule: a subscriber is called by the event loop, not by us, so one that fails harms neither
the link nor the others.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

_Told = TypeVar("_Told")


class Subscriptions(Generic[_Told]):
    """Callbacks, each for everything or for what concerns one subject."""

    __slots__ = ("_subscribers",)

    def __init__(self) -> None:
        self._subscribers: dict[object, tuple[Callable[[_Told], None], object]] = {}

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
        loop = asyncio.get_running_loop()
        for key, (_, wanted) in self._subscribers.items():
            if wanted is None or wanted == subject:
                loop.call_soon(self._call, key, what)

    def _call(self, key: object, what: _Told) -> None:
        subscriber = self._subscribers.get(key)
        if subscriber is not None:
            subscriber[0](what)
