"""Set up, demo, test and check a checkout: what the Makefile calls, for any system with Python ≥ 3.11."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
CONSTRAINTS = ROOT / "constraints.txt"


def _run(*command: str | Path, check: bool = True) -> int:
    done = subprocess.run([str(part) for part in command], cwd=ROOT, check=False)
    if check and done.returncode:
        sys.exit(done.returncode)
    return done.returncode


def _stamp(extra: str) -> str:
    """Changes when what must be installed changes."""
    text = (ROOT / "pyproject.toml").read_bytes() + CONSTRAINTS.read_bytes() + extra.encode() + sys.version.encode()
    return hashlib.sha256(text).hexdigest()


def setup(extra: str = "") -> None:
    """Make `.venv` and install Merata into it with the pinned versions; nothing when that is done already."""
    stamp = VENV / f".merata-{extra or 'run'}"
    if PYTHON.exists() and stamp.exists() and stamp.read_text(encoding="ascii") == _stamp(extra):
        return
    started = time.perf_counter()
    if not PYTHON.exists():
        print("Making .venv …", flush=True)
        venv.create(VENV, with_pip=True)
    target = f".[{extra}]" if extra else "."
    install = ["install", "--quiet", "-c", CONSTRAINTS, "-e", target]
    if (
        _run(
            PYTHON,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "-c",
            CONSTRAINTS,
            "uv",
            check=False,
        )
        == 0
    ):
        print(f"Installing {target} …", flush=True)
        _run(PYTHON, "-m", "uv", "pip", *install, "--python", PYTHON)
        # uv leaves bytecode to the first import; where Python may not write it that would be every import
        packages = sysconfig.get_path("purelib", vars={"base": str(VENV), "platbase": str(VENV)})
        _run(PYTHON, "-m", "compileall", "-qq", "-j", "0", "-x", r"[\\/]tests[\\/]", packages, "planner", check=False)
    else:
        print(f"Installing {target} with pip (uv is not to be had) …", flush=True)
        _run(PYTHON, "-m", "pip", *install, "--disable-pip-version-check")
    stamp.write_text(_stamp(extra), encoding="ascii")
    print(f"Installed in {time.perf_counter() - started:.0f} s", flush=True)


def demo() -> None:
    """Plan the embedded region and say which files to open."""
    setup()
    _run(PYTHON, "-m", "planner", "demo")


def test(*arguments: str) -> None:
    """Run the whole test suite."""
    setup("test")
    workers = str(min(4, os.cpu_count() or 1))
    _run(PYTHON, "-m", "pytest", "-n", workers, "--dist", "loadfile", *arguments)


def check(*arguments: str) -> None:
    """Run the gates: format, lint, imports, types, JavaScript."""
    setup("test")
    bash = shutil.which("bash") or "bash"
    _run(bash, ROOT / "scripts" / "check", *arguments)


def bench(*arguments: str) -> None:
    """Run every benchmark and print its table."""
    setup("test")
    for script in sorted((ROOT / "scripts" / "bench").glob("*.py")):
        _run(PYTHON, script, *arguments)


COMMANDS = {"setup": setup, "demo": demo, "test": test, "check": check, "bench": bench}


def main() -> None:
    """Call the command named on the command line."""
    if sys.version_info < (3, 11):  # noqa: UP036 this file runs under whatever Python the user has
        sys.exit(f"Merata needs Python 3.11 or newer; this is {sys.version.split()[0]}")
    if len(sys.argv) < 2 or sys.argv[1] not in COMMANDS:
        sys.exit(f"usage: python scripts/dev.py {{{','.join(COMMANDS)}}}")
    COMMANDS[sys.argv[1]](*sys.argv[2:])


if __name__ == "__main__":
    main()
