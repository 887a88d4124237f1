"""Take the README's picture of a running `scripts/demo`, in a real browser.

    scripts/demo --port 8123 &
    PYTHON_WITH_PLAYWRIGHT -m scripts.hass.screenshot http://127.0.0.1:8123 docs/images/dashboard.png

Needs Playwright for Python and a Chromium (`--chromium`); neither is needed by anything else here.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from pathlib import Path
from typing import Any, Final

import aiohttp
from playwright.async_api import async_playwright

from .api import OWNER
from .dashboard import URL_PATH

WIDTH: Final = 1180
HEIGHT: Final = 530
"""Of the picture, in CSS pixels."""

FLAGS: Final = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
)  # fmt: skip


async def log_in(url: str) -> dict[str, Any]:
    """Log in as the demo's owner and return what the frontend keeps of it."""
    client_id = f"{url}/"
    async with aiohttp.ClientSession() as session:
        start = {
            "client_id": client_id,
            "handler": ["homeassistant", None],
            "redirect_uri": client_id,
        }
        async with session.post(f"{url}/auth/login_flow", json=start) as answer:
            flow_id = (await answer.json())["flow_id"]
        login = {
            "client_id": client_id,
            "username": OWNER["username"],
            "password": OWNER["password"],
        }
        async with session.post(f"{url}/auth/login_flow/{flow_id}", json=login) as answer:
            code = (await answer.json())["result"]
        form = {"client_id": client_id, "grant_type": "authorization_code", "code": code}
        async with session.post(f"{url}/auth/token", data=form) as answer:
            tokens: dict[str, Any] = await answer.json()
    return {
        **tokens,
        "hassUrl": url,
        "clientId": client_id,
        "expires": int((time.time() + tokens["expires_in"]) * 1000),
    }


async def take(options: argparse.Namespace) -> None:
    """Open the dashboard, logged in, and write its picture."""
    tokens = json.dumps(await log_in(options.url))
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=options.chromium, args=list(FLAGS)
        )
        page = await browser.new_page(
            viewport={"width": options.width, "height": options.height},
            color_scheme="dark" if options.dark else "light",
        )
        # A page of the same origin that does not lead elsewhere by itself.
        await page.goto(f"{options.url}/manifest.json")
        await page.evaluate(
            "tokens => { localStorage.setItem('hassTokens', tokens);"
            " localStorage.setItem('dockedSidebar', '\"auto\"'); }",
            tokens,
        )
        await page.goto(f"{options.url}/{options.path}")
        await page.wait_for_timeout(options.wait_s * 1000)
        await page.screenshot(path=options.picture)
        await browser.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("picture", type=Path)
    parser.add_argument("--path", default=f"{URL_PATH}/panels", help="of the page")
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--width", type=int, default=WIDTH)
    parser.add_argument("--height", type=int, default=HEIGHT)
    parser.add_argument("--wait-s", type=float, default=8.0)
    asyncio.run(take(parser.parse_args()))
