"""How a client of a processor behaves: every time limit, and what may be inferred.

House rule: a time limit of this client is a field here, in seconds, and nowhere else; those of
the session are in `dpm_core.protocol.lip.LipSessionSettings`, those of the transport in
`dpm_core.transport.TransportSettings`. docs/processor.md lists them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from dpm_core.errors import UnsupportedSetting
from dpm_core.protocol.lip import LipSessionSettings
from dpm_core.transport import ReconnectPolicy


def _after_refusal() -> ReconnectPolicy:
    return ReconnectPolicy(first_delay_s=60.0, max_delay_s=900.0, factor=2.0, jitter=0.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessorSettings:
    """What a client of a processor infers, and how long it waits.

    Raises:
        UnsupportedSetting: A value out of its range; the error names the setting.
    """

    session: LipSessionSettings = field(default_factory=LipSessionSettings)
    """Spacing of commands, waits and heartbeat of the session."""

    reconnect: ReconnectPolicy = field(default_factory=ReconnectPolicy)
    """Distances between attempts while the processor is away; at most 1 s, for ever."""

    refused: ReconnectPolicy = field(default_factory=_after_refusal)
    """Distances between attempts after it refused the login, or another program ended session
    after session: many wrong logins lock a processor. Source: integration-protocol.md 1.2, 6; the
    numbers are decided here."""

    not_ready_delay_s: float = 5.0
    """Distance between attempts while it answers but takes no session: safe mode, another prompt.
    In seconds. Decided here."""

    wake_s: float = 1.0
    """At a serial line: after so long without a word the user is named as if he had been asked for,
    in seconds, because nobody heard that. Decided here."""

    first_word_s: float = 15.0
    """By Telnet: a new connection on which nothing is said for so long is a dead one, where the one
    before was spoken on within half of that, in seconds. Decided here: 20 s at most for a
    connection that hangs. Any other one may take `login_wait_s`."""

    infer_override: bool = False
    """Whether manual override is inferred where no contact tells of it. A module that was told to
    switch a zone, and still tells another level when asked after `confirm_limit_s`, is then taken
    to be in manual override until one of its zones moves or a command is confirmed; a module that
    did as it was told is taken not to be. Source: integration-protocol.md 3.3: inferred."""

    command_limit_s: float = 15.0
    """Longest call to one module, in seconds. Decided here: as for a link."""

    report_wait_s: float = 0.25
    """Where levels are pushed: wait this long for one after a command before asking, in seconds.
    Decided here."""

    confirm_limit_s: float = 2.0
    """A zone that tells another level this long after its command has not done it, in seconds.
    Decided here: a processor hears its modules within half a second."""

    ask_again_s: float = 0.3
    """Distance of the questions while a zone tells another level, in seconds. Decided here."""

    poll_s: float = 30.0
    """Each output is asked for its level this often, in seconds, because levels may never be
    pushed; never more than one question every `poll_gap_s`. Source: integration-protocol.md 6."""

    poll_gap_s: float = 0.1
    """Shortest distance between two such questions, in seconds. Decided here: half of what a
    processor takes, so that commands find it free."""

    after_button_s: float = 0.7
    """How long after a wallstation's button all outputs are asked, in seconds.
    Source: integration-protocol.md 6."""

    project_poll_s: float = 60.0
    """The date of the project is asked this often, in seconds. Source: integration-protocol.md 6."""

    silent_bus_after: int = 3
    """So many questions in a row without an answer, while the session lives, are a silent bus.
    Decided here."""

    short_session_s: float = 10.0
    """A session that the processor ends sooner than this after the login is a short one, in
    seconds. Decided here."""

    short_sessions: int = 3
    """So many short sessions in a row mean that another program uses the login. Decided here."""

    transfer_s: float = 900.0
    """So long after the processor ended a session its absence is taken for a transfer, in seconds.
    Source: integration-protocol.md 6: over 10 minutes were seen."""

    def __post_init__(self) -> None:
        """Check every value once, on creation."""
        for name in (
            "not_ready_delay_s",
            "wake_s",
            "first_word_s",
            "command_limit_s",
            "report_wait_s",
            "confirm_limit_s",
            "ask_again_s",
            "poll_s",
            "poll_gap_s",
            "after_button_s",
            "project_poll_s",
            "short_session_s",
            "transfer_s",
        ):
            value = getattr(self, name)
            if not (math.isfinite(value) and 0 < value <= 3600):
                raise UnsupportedSetting(name, value, "more than 0 to 3600 seconds")
        for name in ("silent_bus_after", "short_sessions"):
            value = getattr(self, name)
            if not 1 <= value <= 1000:
                raise UnsupportedSetting(name, value, "1 to 1000")
        if self.reconnect.max_delay_s > 1.0:
            raise UnsupportedSetting(
                "reconnect", self.reconnect.max_delay_s, "attempts at most 1 second apart"
            )
