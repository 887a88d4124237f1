"""Write the plans of docs/plan.md, run its commands, write what they printed, and draw its pictures.

    python docs/plan_examples.py

A remark `<!-- file: NAME -->` before a block of `yaml` makes the block that file; each line that
begins with `$ ` in a block of `console` is run as in docs/cli_examples.py, in the order of the page.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from cli_examples import BLOCK, Shell, run_blocks, shell

import dpm_core
from dpm_core.plan import check_plan, draw_plan, read_plan

DOCS = Path(__file__).parent
PAGE = DOCS / "plan.md"
IMAGES = DOCS / "images"
EXAMPLES = Path(dpm_core.__file__).parents[1] / "examples"
PICTURES = {"panel-utility.svg": "plan-panel.svg", "link.svg": "plan-link.svg"}

PART = re.compile(
    rf"<!-- file: (?P<name>\S+) -->\n```yaml\n(?P<plan>.*?)```|{BLOCK.pattern}", re.DOTALL
)


def run_page(page: str, opened: Shell) -> tuple[str, str]:
    """Return the page with the outputs of its commands, and the plan that it ended with."""

    def part(found: re.Match[str]) -> str:
        if found["name"] is None:
            return run_blocks(found[0], opened)[0]
        opened.run(f"printf %s {shlex.quote(found['plan'])} > {found['name']}")
        return found[0]

    opened.run(f"ln -s {shlex.quote(str(EXAMPLES))} examples")
    written = PART.sub(part, page)
    return written, opened.run("cat home.yaml")


def main() -> None:
    """Write the page and the pictures."""
    with shell() as opened:
        page, text = run_page(PAGE.read_text(), opened)
    PAGE.write_text(page)
    plan = read_plan(text, "home.yaml")
    drawn = draw_plan(plan, check_plan(plan))
    IMAGES.mkdir(exist_ok=True)
    for name, image in PICTURES.items():
        (IMAGES / image).write_text(drawn[name])


if __name__ == "__main__":
    main()
