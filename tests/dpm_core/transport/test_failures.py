"""What the operating system's errors mean, in words."""

import errno
import socket
import termios

import pytest

from dpm_core.transport.failures import link_lost, opening_failed, unknown_scheme

pytestmark = pytest.mark.requirement("E3")

DEVICE = "/dev/ttyUSB0"
TCP = "socket://gateway:5000"


@pytest.mark.parametrize(
    ("url", "error", "words"),
    [
        (DEVICE, FileNotFoundError(errno.ENOENT, "x"), "there is no such port"),
        (DEVICE, PermissionError(errno.EACCES, "x"), "this user may not open the port"),
        (DEVICE, OSError(errno.EBUSY, "x"), "another program has the port open"),
        (DEVICE, BlockingIOError(errno.EAGAIN, "x"), "another program has the port open"),
        (DEVICE, OSError(errno.ENOTTY, "x"), "it is not a serial port"),
        (DEVICE, OSError(errno.EIO, "x"), "the port does not answer"),
        (TCP, ConnectionRefusedError(errno.ECONNREFUSED, "x"), "refused the connection"),
        (TCP, OSError(errno.EHOSTUNREACH, "x"), "cannot be reached"),
        (TCP, TimeoutError(errno.ETIMEDOUT, "x"), "does not answer"),
        (TCP, socket.gaierror(socket.EAI_NONAME, "x"), "host name is not known"),
        (TCP, TimeoutError(), "no answer in time"),
        (TCP, OSError(errno.EMFILE, "Too many open files"), "Too many open files"),
        (TCP, ValueError("what is this."), "what is this"),
        (TCP, ValueError(), "ValueError"),
    ],
)
def test_a_failed_opening_is_explained(url: str, error: Exception, words: str) -> None:
    failure = opening_failed(url, error)
    assert words in failure.detail
    assert failure.url == url
    assert failure.__cause__ is error
    assert not failure.detail.endswith(".")


def test_a_cause_that_a_backend_hid_is_found() -> None:
    # pyserial: SerialException without a number, raised while the socket's error is handled
    try:
        try:
            raise ConnectionRefusedError(errno.ECONNREFUSED, "x")
        except OSError as cause:
            raise OSError("Could not open port") from cause
    except OSError as error:
        assert "refused the connection" in opening_failed(TCP, error).detail
    try:
        try:
            raise socket.gaierror(socket.EAI_NONAME, "x")
        except OSError:
            raise OSError("Could not open port")  # noqa: B904  # as pyserial does it
    except OSError as error:
        assert "host name" in opening_failed(TCP, error).detail


@pytest.mark.parametrize(
    ("url", "error", "words"),
    [
        (TCP, None, "the other side closed the connection"),
        (TCP, OSError("socket disconnected"), "the other side closed the connection"),
        ("rfc2217://gateway:1", OSError(errno.EIO, "x"), "the other side closed the connection"),
        ("esphome://proxy", ConnectionError("device rebooted"), "device rebooted"),
        (TCP, ConnectionResetError(errno.ECONNRESET, "x"), "broke off the connection"),
        (TCP, BrokenPipeError(errno.EPIPE, "x"), "broke off the connection"),
        (TCP, TimeoutError(errno.ETIMEDOUT, "x"), "does not answer any more"),
        (DEVICE, OSError(errno.EIO, "x"), "the port is gone"),
        (DEVICE, OSError("device reports readiness but returned no data"), "the port is gone"),
        ("linux:///dev/ttyUSB0", OSError(errno.ENODEV, "x"), "the port is gone"),
        (DEVICE, ValueError("odd"), "odd"),
        ("esphome://proxy", OSError(errno.EIO, "ESPHome went away"), "ESPHome went away"),
    ],
)
def test_a_loss_is_explained(url: str, error: Exception | None, words: str) -> None:
    failure = link_lost(url, error)
    assert words in failure.detail
    assert failure.__cause__ is error


def test_a_number_that_a_backend_hid_is_found() -> None:
    # pyserial: SerialException without a number, its cause termios.error or a socket's error
    hung_up = OSError("Could not configure port")
    hung_up.__context__ = termios.error(errno.ENOTTY, "x")
    assert opening_failed(DEVICE, hung_up).detail == "it is not a serial port"
    reset = OSError("read failed")
    reset.__context__ = ConnectionResetError(errno.ECONNRESET, "x")
    assert "broke off" in link_lost(TCP, reset).detail


def test_words_of_others_lose_the_secrets_in_them() -> None:
    url = "esphome://proxy/?key=hidden"
    failure = opening_failed(url, ValueError(f"cannot use {url}"))
    assert "hidden" not in str(failure)
    assert failure.url == "esphome://proxy/?key=REDACTED"


def test_a_scheme_that_needs_an_extra_names_it() -> None:
    assert "lutron-dpm[esphome]" in unknown_scheme("esphome://proxy")
    assert "tpc://" in unknown_scheme("tpc://gateway:1")
