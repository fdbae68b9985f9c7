"""What all tests share: real layers and a browser where they are to be had."""

from __future__ import annotations

import os
import shutil
import signal
import threading
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared" / "data"


def _missing() -> dict[str, str]:
    missing = {}
    if not (SHARED / "README.md").is_file():
        missing["shared"] = f"real layers are not at {SHARED}"
    if not (shutil.which("chromium") or shutil.which("chromium-browser")):
        missing["browser"] = "Chromium is not installed"
    return missing


def pytest_report_header() -> list[str]:
    """Say loudly what will not be tested here."""
    return [f"NOT TESTED HERE ({mark}): {why}" for mark, why in _missing().items()]


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what cannot run on this machine; under CI that is a failure."""
    for mark, why in _missing().items():
        if item.get_closest_marker(mark):
            if os.environ.get("CI") == "true":
                pytest.fail(f"CI must run this test, but {why}")
            pytest.skip(why)


@pytest.fixture(scope="session", autouse=True)
def _ctrl_c() -> None:
    """Ctrl-C as a terminal gives it: a shell that starts tests in the background lets them ignore it."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder of the real layers."""
    return SHARED
