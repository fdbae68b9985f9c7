#!/usr/bin/env python3
"""Checks the page's JavaScript, bundles it into maps/assets/merata.js and renews ASSETS.toml.

Needs Node 20 or newer and npm; users of the program need neither, since the bundle is committed.
``--check`` changes nothing and fails when the bundle is not what the sources give.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ASSETS = ROOT / "maps" / "assets"
TOOLS = ROOT / "build" / "js"
PACKAGES = ("esbuild@0.28.2", "typescript@7.0.2", "@types/leaflet@1.9.22")
DECLARED = (
    ("vendor/leaflet.js", "Leaflet 1.9.4 (npm: leaflet)", "BSD-2-Clause", "vendor/LICENSE-leaflet.txt"),
    ("vendor/leaflet.css", "Leaflet 1.9.4 (npm: leaflet)", "BSD-2-Clause", "vendor/LICENSE-leaflet.txt"),
    ("merata.js", "maps/assets/src, bundled by scripts/bundle_assets.py", "Apache-2.0", ""),
    ("merata.css", "written here", "Apache-2.0", ""),
)


def run(*command: str) -> None:
    """Run a tool from the checkout; its failure is ours."""
    subprocess.run(command, cwd=ROOT, check=True)


def tools() -> Path:
    """Folder of the JavaScript tools, installed once below build/."""
    binaries = TOOLS / "node_modules" / ".bin"
    if not (binaries / "esbuild").exists():
        TOOLS.mkdir(parents=True, exist_ok=True)
        (TOOLS / "package.json").write_text('{"private": true}\n', encoding="utf-8")
        flags = ("--no-package-lock", "--no-audit", "--no-fund", "--silent")
        run("npm", "install", "--prefix", str(TOOLS), *flags, *PACKAGES)
    return binaries


def typecheck(binaries: Path) -> None:
    """Strict type check of the sources (their types are written as JSDoc)."""
    copy = TOOLS / "checked"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(ASSETS / "src", copy / "src")
    shutil.copy(ASSETS / "tsconfig.json", copy / "tsconfig.json")
    run(str(binaries / "tsc"), "-p", str(copy))


def bundle(binaries: Path, target: Path) -> None:
    """One plain script from the modules; names stay readable."""
    flags = (
        "--bundle",
        "--format=iife",
        "--target=es2022",
        "--charset=utf8",
        "--legal-comments=none",
        "--log-level=warning",
    )
    banner = f"--banner:js=// Made by scripts/bundle_assets.py from maps/assets/src (sha256 {sources_digest()}): do not edit."
    run(str(binaries / "esbuild"), str(ASSETS / "src" / "main.js"), *flags, banner, f"--outfile={target}")


def sources_digest() -> str:
    """Hash of the modules that go into the bundle, so that a test without Node can see a stale one."""
    digest = hashlib.sha256()
    for path in sorted((ASSETS / "src").glob("*.js")):
        if not path.name.endswith(".test.js"):
            digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def ledger(folder: Path) -> str:
    """Text of ASSETS.toml for the files of a folder."""
    lines = [
        "# What the map page inlines. Made by scripts/bundle_assets.py; the page refuses a file whose sha256 differs."
    ]
    for name, origin, licence, licence_file in DECLARED:
        digest = hashlib.sha256(((folder if name == "merata.js" else ASSETS) / name).read_bytes()).hexdigest()
        lines += ["", "[[asset]]", f'file = "{name}"', f'origin = "{origin}"', f'licence = "{licence}"']
        lines += [f'licence_file = "{licence_file}"'] * bool(licence_file) + [f'sha256 = "{digest}"']
    return "\n".join(lines) + "\n"


def main() -> int:
    """Check, test and bundle; answer with the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; fail when the bundle is stale")
    is_check = parser.parse_args().check
    binaries = tools()
    typecheck(binaries)
    run("node", "--test", *(str(path) for path in sorted((ASSETS / "src").glob("*.test.js"))))
    made = TOOLS / "made"
    made.mkdir(exist_ok=True)
    bundle(binaries, made / "merata.js")
    (made / "ASSETS.toml").write_text(ledger(made), encoding="utf-8")
    stale = [n for n in ("merata.js", "ASSETS.toml") if (made / n).read_bytes() != _bytes(ASSETS / n)]
    if is_check and stale:
        print(
            f"maps/assets: {', '.join(stale)} not made from the sources: run scripts/bundle_assets.py", file=sys.stderr
        )
        return 1
    for name in stale:
        shutil.copy(made / name, ASSETS / name)
    print(f"maps/assets: {', '.join(stale) or 'nothing'} renewed")
    return 0


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""


if __name__ == "__main__":
    sys.exit(main())
