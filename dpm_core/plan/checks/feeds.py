"""The mains: which feed a module is on, how much the feed carries, how loads return.

A feed behind a GFI or an AFCI is allowed, so nothing is said of one.

Source: 3691060c, "Power", "Output Zone Ratings" and "Wiring: Mains and Output Zones".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from dpm_core.model import ADVICE_DELTA, FEED_CHAIN_MAX_A, Figure
from dpm_core.plan.findings import Finding, Severity, is_above, is_below, said
from dpm_core.plan.planned_module import Neutrals
from dpm_core.plan.site import Feed, Plan, Supply

POWER: Final = "Power"


def feed_current(plan: Plan) -> Iterator[Finding]:
    """No feed carries more than its modules may take, one alone or a chain."""
    for feed in plan.feeds:
        current_a = sum(plan.current_a(module) for module in feed.modules)
        limit = _most(feed)
        if not is_above(current_a, limit):
            continue
        chain = ", ".join(module.id for module in feed.modules)
        whose = "the modules fed through one another" if len(feed.modules) > 1 else "the module"
        yield Finding(
            severity=Severity.ERROR,
            rule="feed-current",
            item=f"feed {feed.id}",
            line=feed.line,
            words=f"{whose} ({chain}) may take {limit} in all, and the loads draw "
            f"{said(current_a, 'A')}",
            figure=said(current_a, "A"),
            limit=str(limit),
            heading=limit.heading,
            advice="Give one of them a feed of its own." if len(feed.modules) > 1 else "",
        )


def _most(feed: Feed) -> Figure:
    return FEED_CHAIN_MAX_A if len(feed.modules) > 1 else feed.modules[0].ratings.feed_max


def feed_voltage(plan: Plan) -> Iterator[Finding]:
    """Every feed has the voltage and the frequency that its modules are made for."""
    for feed in plan.feeds:
        for module in feed.modules:
            ratings = module.ratings
            lowest, highest = ratings.voltage_min_v, ratings.voltage_max_v
            allowed = str(lowest) if lowest == highest else f"{lowest.value:g} to {highest}"
            if is_below(feed.volts, lowest) or is_above(feed.volts, highest):
                yield Finding(
                    severity=Severity.ERROR,
                    rule="feed-voltage",
                    item=f"feed {feed.id}",
                    line=feed.line,
                    words=f"module {module.id} ({ratings.model}) is made for {allowed}, and the "
                    f"feed has {said(feed.volts, 'V')}",
                    figure=said(feed.volts, "V"),
                    limit=allowed,
                    heading=lowest.heading,
                )
            if feed.hertz not in ratings.frequencies_hz:
                hertz = " or ".join(str(frequency) for frequency in ratings.frequencies_hz)
                yield Finding(
                    severity=Severity.ERROR,
                    rule="feed-frequency",
                    item=f"feed {feed.id}",
                    line=feed.line,
                    words=f"module {module.id} ({ratings.model}) is made for {hertz} Hz, and the "
                    f"feed has {said(feed.hertz, 'Hz')}",
                    figure=said(feed.hertz, "Hz"),
                    limit=f"{hertz} Hz",
                    heading=lowest.heading,
                )


def single_feed(plan: Plan) -> Iterator[Finding]:
    """Every module is on one feed."""
    for module in plan.modules:
        feeds = [feed for feed in plan.feeds if module in feed.modules]
        if len(feeds) > 1:
            yield Finding(
                severity=Severity.ERROR,
                rule="single-feed",
                item=f"module {module.id}",
                line=module.line,
                words=f"it is on {len(feeds)} feeds "
                f"({', '.join(feed.id for feed in feeds)}), and has a single input feed",
                figure=f"{len(feeds)} feeds",
                limit="1 feed",
                heading=POWER,
            )
        elif plan.feeds and not feeds:
            yield Finding(
                severity=Severity.WARNING,
                rule="single-feed",
                item=f"module {module.id}",
                line=module.line,
                words="the plan has feeds, and this module is on none",
                heading=POWER,
            )


def delta(plan: Plan) -> Iterator[Finding]:
    """An ungrounded delta feed is a case for Lutron."""
    for feed in plan.feeds:
        if feed.supply is Supply.UNGROUNDED_DELTA:
            yield Finding(
                severity=Severity.WARNING,
                rule="delta",
                item=f"feed {feed.id}",
                line=feed.line,
                words="it comes from an ungrounded delta",
                heading=POWER,
                advice=f"For such a feed, {ADVICE_DELTA}.",
            )


def neutrals(plan: Plan) -> Iterator[Finding]:
    """Every load circuit has a neutral of its own."""
    for module in plan.modules:
        if module.neutrals is Neutrals.COMMON:
            yield Finding(
                severity=Severity.WARNING,
                rule="neutral",
                item=f"module {module.id}",
                line=module.line,
                words="its load circuits share a neutral, which is not recommended",
                heading="Output Zone Ratings",
                advice="Run a separate neutral for each load circuit.",
            )
