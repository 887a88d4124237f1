"""What one QS link holds, and which software programs it.

Source: 3691060c, "QS Link Limits" and "Programming and Compatibility Requirements".
"""

from __future__ import annotations

from collections.abc import Iterator

from dpm_core.model import LINK_DEVICES, LINK_ZONES, SOFTWARE_OLDEST
from dpm_core.plan.findings import Finding, Severity, is_above
from dpm_core.plan.site import Plan


def link_capacity(plan: Plan) -> Iterator[Finding]:
    """The link holds no more devices and no more zones than it may."""
    counted = (
        (plan.device_count, LINK_DEVICES, "link-devices"),
        (plan.zone_count, LINK_ZONES, "link-zones"),
    )
    for count, limit, rule in counted:
        if is_above(count, limit):
            yield Finding(
                severity=Severity.ERROR,
                rule=rule,
                item="the link",
                line=1,
                words=f"it has {plan.device_count} devices, the processor among them, and "
                f"{plan.zone_count} zones; a QS link holds at most {LINK_DEVICES} and "
                f"{LINK_ZONES}",
                figure=f"{count} {limit.unit}",
                limit=str(limit),
                heading=limit.heading,
                advice="Put modules on another link.",
            )


def software(plan: Plan) -> Iterator[Finding]:
    """The processor is programmed by software that knows these modules."""
    processor = plan.processor
    if processor is None or processor.software is None:
        return
    oldest = (int(SOFTWARE_OLDEST.value), 0)
    if processor.software < oldest:
        version = ".".join(str(part) for part in processor.software)
        yield Finding(
            severity=Severity.ERROR,
            rule="software",
            item=processor.name,
            line=processor.line,
            words=f"HomeWorks QS software {version} is older than 12.0, which these modules need",
            figure=version,
            limit="12.0",
            heading=SOFTWARE_OLDEST.heading,
        )
