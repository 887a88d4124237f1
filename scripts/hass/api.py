"""Home Assistant's HTTP and WebSocket API, as far as a new owner would use it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Final, Self

import aiohttp

CALL_LIMIT_S: Final = 60.0
"""Longest wait for one answer, in seconds (set-up installs the library on the first call)."""

OWNER: Final = {"name": "Owner", "username": "demo", "password": "lutron-dpm"}
"""The account that onboarding creates; on the loopback address only."""


class ApiError(Exception):
    """Home Assistant answered a WebSocket command with an error."""

    def __init__(self, error: Mapping[str, Any]) -> None:
        self.code = error.get("code")
        self.translation_domain = error.get("translation_domain")
        self.translation_key = error.get("translation_key")
        self.placeholders = error.get("translation_placeholders")
        super().__init__(str(error.get("message")))


class HassApi:
    """A logged-in session with one Home Assistant; use it as an async context manager.

    Args:
        url: Base address, without a slash at its end.
        tokens: Tokens of an earlier session, else the caller onboards or logs in.
    """

    def __init__(self, url: str, tokens: Mapping[str, Any] | None = None) -> None:
        self.url = url
        self.tokens: dict[str, Any] = dict(tokens or {})
        self._session: aiohttp.ClientSession
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._reader: asyncio.Task[None] | None = None
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._listeners: dict[int, Callable[[dict[str, Any]], None]] = {}
        self._last_id = 0

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=CALL_LIMIT_S))
        if self.tokens:
            await self.log_in_again()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._close_socket()
        await self._session.close()

    @property
    def client_id(self) -> str:
        """What we call ourselves towards Home Assistant's login."""
        return f"{self.url}/"

    async def onboard(self) -> None:
        """Create the owner, finish all steps of onboarding and keep the HTTP address."""
        answer = await self._json(
            "POST",
            "/api/onboarding/users",
            json={"client_id": self.client_id, "language": "en", **OWNER},
        )
        await self._take_tokens(grant_type="authorization_code", code=answer["auth_code"])
        await self.request("POST", "/api/onboarding/core_config")
        await self.request("POST", "/api/onboarding/analytics")
        await self.request(
            "POST",
            "/api/onboarding/integration",
            json={"client_id": self.client_id, "redirect_uri": self.client_id},
        )
        await self.connect()
        await self.keep_http_address()
        await self.wait_until_running()

    async def log_in_again(self) -> None:
        """Renew the access token and open the WebSocket anew."""
        await self._take_tokens(
            grant_type="refresh_token", refresh_token=self.tokens["refresh_token"]
        )
        await self.connect()
        await self.wait_until_running()

    async def keep_http_address(self) -> None:
        """Make a newer Home Assistant keep the address that its configuration names.

        Without this word it goes back to its default port after five minutes.
        """
        try:
            await self.call("http/config/promote")
        except ApiError as error:
            if error.code != "unknown_command":
                raise

    async def ignore_issues_of(self, domain: str) -> None:
        """Ignore the repair notices of one of Home Assistant's own integrations."""
        for issue in (await self.call("repairs/list_issues"))["issues"]:
            if issue["domain"] == domain:
                await self.call(
                    "repairs/ignore_issue", domain=domain, issue_id=issue["issue_id"], ignore=True
                )

    async def wait_until_running(self) -> None:
        """Return when Home Assistant says that its start is over."""
        async with asyncio.timeout(CALL_LIMIT_S):
            while (await self.call("get_config"))["state"] != "RUNNING":
                await asyncio.sleep(0.25)

    async def connect(self) -> None:
        """Open the WebSocket and log in on it."""
        await self._close_socket()
        self._socket = await self._session.ws_connect(
            f"{self.url}/api/websocket", max_msg_size=0, heartbeat=30
        )
        await self._socket.receive_json()
        await self._socket.send_json({"type": "auth", "access_token": self.tokens["access_token"]})
        answer = await self._socket.receive_json()
        if answer["type"] != "auth_ok":
            raise ApiError({"message": f"login refused: {answer}"})
        self._reader = asyncio.create_task(self._read(self._socket))

    async def call(self, command: str, **fields: Any) -> Any:
        """Send one WebSocket command and return its result; raises `ApiError`."""
        return (await self._send(command, fields))[1]

    async def subscribe_states(
        self, callback: Callable[[str, dict[str, Any] | None], None]
    ) -> None:
        """Tell `callback` every change of state: entity id and the new state."""

        def told(event: dict[str, Any]) -> None:
            callback(event["data"]["entity_id"], event["data"]["new_state"])

        message_id, _ = await self._send("subscribe_events", {"event_type": "state_changed"})
        self._listeners[message_id] = told

    async def act(self, action: str, entity_id: str | list[str], **data: Any) -> None:
        """Perform an action such as `switch.turn_on` on entities; raises `ApiError`."""
        domain, service = action.split(".")
        await self.call(
            "call_service",
            domain=domain,
            service=service,
            service_data=data,
            target={"entity_id": entity_id},
        )

    async def states(self) -> dict[str, dict[str, Any]]:
        """Return every state by its entity id."""
        return {state["entity_id"]: state for state in await self.call("get_states")}

    async def request(self, method: str, path: str, **kwargs: Any) -> tuple[int, Any]:
        """Send one HTTP request with our token; returns status and body (JSON or text)."""
        headers = {"Authorization": f"Bearer {self.tokens['access_token']}"} if self.tokens else {}
        async with self._session.request(
            method, self.url + path, headers=headers, **kwargs
        ) as response:
            if response.content_type == "application/json":
                return response.status, await response.json()
            return response.status, await response.text()

    async def flow(
        self, kind: str, handler: Any, *, more: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Start a flow; kind is `flow`, `options/flow` or `subentries/flow`."""
        return await self._json(
            "POST",
            f"/api/config/config_entries/{kind}",
            json={"handler": handler, **(more or {})},
        )

    async def flow_step(self, kind: str, flow_id: str, user_input: Any) -> dict[str, Any]:
        """Fill in one step of a flow and return what comes next."""
        return await self._json(
            "POST", f"/api/config/config_entries/{kind}/{flow_id}", json=user_input
        )

    async def _json(self, method: str, path: str, **kwargs: Any) -> dict[str, Any]:
        status, body = await self.request(method, path, **kwargs)
        if status not in (200, 201) or not isinstance(body, dict):
            raise ApiError({"code": status, "message": f"{method} {path}: {status} {body}"})
        return body

    async def _take_tokens(self, **form: str) -> None:
        async with self._session.post(
            f"{self.url}/auth/token", data={"client_id": self.client_id, **form}
        ) as response:
            response.raise_for_status()
            self.tokens |= await response.json()

    async def _send(self, command: str, fields: Mapping[str, Any]) -> tuple[int, Any]:
        if self._socket is None:
            raise ApiError({"message": "not connected"})
        self._last_id += 1
        message_id = self._last_id
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._answers[message_id] = answer
        try:
            await self._socket.send_json({"id": message_id, "type": command, **fields})
            message = await asyncio.wait_for(answer, CALL_LIMIT_S)
        finally:
            self._answers.pop(message_id, None)
        if not message["success"]:
            raise ApiError(message["error"])
        return message_id, message["result"]

    async def _read(self, websocket: aiohttp.ClientWebSocketResponse) -> None:
        async for frame in websocket:
            message = frame.json()
            if message["type"] == "event":
                if listener := self._listeners.get(message["id"]):
                    listener(message["event"])
            elif (answer := self._answers.get(message["id"])) and not answer.done():
                answer.set_result(message)
        lost = ApiError({"message": "the WebSocket was closed"})
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(lost)

    async def _close_socket(self) -> None:
        if self._socket is not None:
            await self._socket.close()
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)
        self._socket = self._reader = None
        self._listeners.clear()
