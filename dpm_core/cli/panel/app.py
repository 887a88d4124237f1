"""The live panel: every module of a link as a face in the terminal, for keyboard and mouse.

House rule: maps keys and clicks to the client and to hands, and shows what comes back. It never
shows what was asked for, only what the module says.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime
from time import monotonic
from typing import TYPE_CHECKING, Any, ClassVar, Final

from textual.app import App
from textual.binding import Binding, BindingType
from textual.containers import ItemGrid, VerticalScroll
from textual.css.query import NoMatches
from textual.widgets import Footer, Header, Input, RichLog

from dpm_core.cli.event_words import event_words
from dpm_core.cli.panel.faceplate import Faceplate, Part, Shown
from dpm_core.client import ConnectionState, ModuleChanged
from dpm_core.errors import DpmError
from dpm_core.model import CcoType, ContactState

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult

    from dpm_core.cli.panel.hands import Hands
    from dpm_core.client import ClientEvent, DpmClient
    from dpm_core.model import SerialNumber

LOOK_EVERY_S: Final = 0.5
"""How often the units on the screen are looked at, in seconds. Decided here."""

BLINK_EVERY_S: Final = 0.1
"""How often what blinks is drawn, in seconds: the shortest flash is 0.1 s (docs/model.md)."""

FACE_WIDTH: Final = 50
"""Columns that a face needs for four zone names. Decided here."""


class PanelApp(App[None]):
    """The modules of a link.

    Args:
        client: Connected.
        link: What the link is called.
        hands: Who stands before simulated modules; None where nobody does.
        is_still: Let nothing blink.
    """

    TITLE = "dpm panel"
    CSS_PATH = "panel.tcss"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1,2,3,4", "zone", "Zone button", key_display="1-4"),
        Binding("c", "part('cco')", "CCO"),
        Binding("i", "identify", "Identify"),
        Binding("b", "hand", "By hand/link"),
        Binding("o", "part('cci')", "CCI"),
        Binding("p", "part('power')", "Mains"),
        Binding("f", "fault", "Fault"),
        Binding("left", "app.focus_previous", "Move", show=False),
        Binding("right", "app.focus_next", "Move", show=False),
        Binding("up", "module(-1)", "Module before", show=False),
        Binding("down", "module(1)", "Next module", show=False),
        Binding("q,ctrl+c", "quit", "Quit", priority=True, key_display="q"),
    ]

    def __init__(
        self,
        client: DpmClient,
        link: str,
        hands: Hands | None = None,
        *,
        is_still: bool = False,
    ) -> None:
        super().__init__()
        self._client = client
        self._link = link
        self._hands = hands
        self._is_still = is_still
        self._is_by_hand = False
        self._units: dict[str, Mapping[str, Any]] = {}
        self._faces: dict[str, tuple[SerialNumber, Faceplate]] = {}
        self._stop_hearing: Callable[[], None] | None = None

    # --- what is on the screen --------------------------------------------------------------

    def compose(self) -> ComposeResult:
        """Put the faces under each other, and what happens below them."""
        yield Header()
        with VerticalScroll(id="faces", can_focus=False):
            yield ItemGrid(min_column_width=FACE_WIDTH, id="grid")
        yield Input(placeholder="fault, such as lose:0.01; empty: all well again", id="fault")
        yield RichLog(id="log", markup=False, wrap=True, max_lines=500, auto_scroll=True)
        yield Footer()

    async def on_mount(self) -> None:
        """Show what is known, and listen from now on."""
        self.query_one("#fault").display = False
        self.query_one("#log").can_focus = False
        await self._add_faces()
        self._stop_hearing = self._client.subscribe(self._heard)
        if self._hands is not None:
            await self._look()
            self.set_interval(LOOK_EVERY_S, self._look)
        if not self._is_still:
            self.set_interval(BLINK_EVERY_S, self._blink)
        self._say_how()
        parts = self.query(Part)
        if parts:
            parts.first().focus()

    def on_unmount(self) -> None:
        """Listen no more."""
        if self._stop_hearing is not None:
            self._stop_hearing()

    async def _add_faces(self) -> None:
        grid = self.query_one("#grid")
        for serial in sorted(self._client.modules):
            if str(serial) not in self._faces:
                face = Faceplate(str(serial), has_hands=self._hands is not None)
                self._faces[str(serial)] = (serial, face)
                await grid.mount(face)
                self._draw(str(serial))

    def _draw(self, key: str) -> None:
        serial, face = self._faces[key]
        now = None if self._is_still else monotonic()
        face.show(Shown(self._client.modules[serial], self._units.get(key), now))

    def _blink(self) -> None:
        for key, (_, face) in self._faces.items():
            if face.blinks and self._is_visible(face):
                self._draw(key)

    def _is_visible(self, face: Faceplate) -> bool:
        return face.region.overlaps(self.query_one("#faces").region)

    async def _look(self) -> None:
        """Look at the units that are on the screen: their LEDs, their contacts, their mains."""
        assert self._hands is not None
        for key, (serial, face) in tuple(self._faces.items()):
            if key in self._units and not self._is_visible(face):
                continue
            try:
                unit = await self._hands.look(serial)
            except DpmError:
                # Said when somebody presses; a panel that looks twice a second says it once.
                self._units.pop(key, None)
                continue
            if unit != self._units.get(key):
                self._units[key] = unit
                self._draw(key)

    def _say_how(self) -> None:
        connection = self._client.connection
        how = [self._link]
        if connection is not ConnectionState.CONNECTED:
            how.append(f"connection {connection.value}".upper())
        if self._client.is_listening_only:
            how.append("listen only")
        if self._hands is not None:
            how.append("buttons: on the unit" if self._is_by_hand else "buttons: over the link")
        self.sub_title = " · ".join(how)

    # --- what happens -----------------------------------------------------------------------

    def _heard(self, event: ClientEvent) -> None:
        key = str(getattr(event, "serial", ""))
        if isinstance(event, ModuleChanged):
            if key in self._faces:
                self._draw(key)
            else:
                self.call_later(self._add_faces)
            return
        self._say_how()
        words = event_words(event)
        if words is not None:
            self._say(words)

    def _say(self, words: str) -> None:
        now = datetime.now().astimezone()
        self.query_one(RichLog).write(f"{now:%H:%M:%S}  {words}")

    # --- what people do ---------------------------------------------------------------------

    def on_part_pressed(self, event: Part.Pressed) -> None:
        """Do what a part is for."""
        face = next(node for node in event.part.ancestors if isinstance(node, Faceplate))
        serial, _ = self._faces[face.key]
        kind, _, zone = (event.part.name or "").partition("_")
        if kind == "zone":
            self._do(self._press_zone(serial, int(zone)))
        elif kind == "cco":
            self._do(self._press_cco(serial))
        elif kind == "cci":
            self._do(self._move_cci(serial, face.key))
        else:
            self._do(self._switch_mains(serial, face.key))

    async def _press_zone(self, serial: SerialNumber, zone: int) -> None:
        if self._is_by_hand and self._hands is not None:
            await self._hands.press_button(serial, zone)
        else:
            await self._client.toggle_zone(serial, zone)

    async def _press_cco(self, serial: SerialNumber) -> None:
        view = self._client.modules[serial]
        if view.cco_type is not CcoType.MAINTAINED:
            await self._client.pulse_cco(serial)
        elif view.cco_closed:
            await self._client.open_cco(serial)
        else:
            await self._client.close_cco(serial)

    async def _move_cci(self, serial: SerialNumber, key: str) -> None:
        assert self._hands is not None
        is_open = ContactState(self._units[key]["cci"]) is ContactState.OPEN
        contact = ContactState.CLOSED if is_open else ContactState.OPEN
        await self._hands.move_cci(serial, contact)
        await self._look()

    async def _switch_mains(self, serial: SerialNumber, key: str) -> None:
        assert self._hands is not None
        await self._hands.set_power(serial, is_on=not self._units[key]["powered"])
        await self._look()

    def _do(self, what: Awaitable[None]) -> None:
        async def doing() -> None:
            try:
                await what
            except DpmError as error:
                self._say(str(error))
                self.notify(str(error), severity="error", markup=False)

        self.run_worker(doing())

    # --- keys -------------------------------------------------------------------------------

    def _face(self) -> Faceplate | None:
        """Return the face that has the focus."""
        if self.focused is None:
            return None
        return next((node for node in self.focused.ancestors if isinstance(node, Faceplate)), None)

    def on_key(self, event: events.Key) -> None:
        """Take 1 to 4 for the zone buttons of the face that has the focus."""
        face = self._face()
        if face is not None and event.key in ("1", "2", "3", "4"):
            face.part(f"zone_{event.key}").focus().action_press()

    def action_zone(self) -> None:
        """Stand for the keys 1 to 4 in the footer; `on_key()` knows which it was."""

    def action_part(self, name: str) -> None:
        """Press a part of the face that has the focus."""
        face = self._face()
        if face is not None:
            face.part(name).focus().action_press()

    def action_identify(self) -> None:
        """Let the module that has the focus flash its LEDs."""
        face = self._face()
        if face is not None:
            self._do(self._client.identify(self._faces[face.key][0]))

    def action_hand(self) -> None:
        """Change between pressing the buttons on the unit and switching over the link."""
        self._is_by_hand = not self._is_by_hand
        self._say_how()

    def action_module(self, step: int) -> None:
        """Go to the same part of another module."""
        face, faces = self._face(), [face for _, face in self._faces.values()]
        if face is None or self.focused is None:
            return
        there = faces[(faces.index(face) + step) % len(faces)]
        there.part(self.focused.name or "zone_1").focus()

    def action_fault(self) -> None:
        """Ask what is to be wrong with the link."""
        box = self.query_one("#fault", Input)
        box.display = True
        box.focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Let that be wrong with the link."""
        event.input.display = False
        event.input.clear()
        self._focus_first()
        self._do(self._set_fault(event.value.strip()))

    async def _set_fault(self, words: str) -> None:
        assert self._hands is not None
        await self._hands.set_fault(words)
        faults: Iterable[str] = await self._hands.faults()
        self._say(f"Wrong with the link: {', '.join(faults) or 'nothing'}.")

    def _focus_first(self) -> None:
        try:
            self.query(Part).first().focus()
        except NoMatches:
            return

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave out what only hands can do where there are none."""
        if self._hands is not None:
            return True
        return action not in ("hand", "fault") and (action, parameters) not in (
            ("part", ("cci",)),
            ("part", ("power",)),
        )
