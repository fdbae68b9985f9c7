"""Write the sha256 and size of every file of ``data/`` into ``data/catalog.toml``; complain of files without an entry.

Only the ``sha256`` and ``n_bytes`` lines change; all else in the catalogue is written by hand.

    python scripts/refresh_catalog.py [--check]
"""

from __future__ import annotations

import argparse
import hashlib
import re
import sys
import tomllib
from pathlib import Path

DATA = Path(__file__).resolve().parents[1] / "data"
WITHOUT_ENTRY = ("catalog.toml", "README.md")


def refreshed(text: str, folder: Path) -> tuple[str, list[str]]:
    """The catalogue with fresh sums, and what is wrong with it.

    Parameters
    ----------
    text
        The catalogue; each entry names its file in ``path``, relative to ``folder``.
    folder
        The data folder.
    """
    entries = tomllib.loads(text)
    faults = []
    known = set()
    for key, entry in entries.items():
        path = folder / str(entry["path"])
        known.add(path)
        if not path.is_file():
            faults.append(f"[{key}] names {entry['path']}, which is not there")
            continue
        content = path.read_bytes()
        head, body = text.split(f"[{key}]\n", 1)
        body = re.sub(
            r'^sha256 = ".*"$', f'sha256 = "{hashlib.sha256(content).hexdigest()}"', body, count=1, flags=re.MULTILINE
        )
        body = re.sub(r"^n_bytes = \d+$", f"n_bytes = {len(content)}", body, count=1, flags=re.MULTILINE)
        text = f"{head}[{key}]\n{body}"
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name not in WITHOUT_ENTRY)
    faults.extend(f"{path.relative_to(folder)} has no entry" for path in files if path not in known)
    return text, faults


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 if something would change")
    chosen = parser.parse_args()
    catalog = DATA / "catalog.toml"
    before = catalog.read_text(encoding="utf-8")
    after, wrong = refreshed(before, DATA)
    for fault in wrong:
        print(fault)
    if not chosen.check:
        catalog.write_text(after, encoding="utf-8")
    sys.exit(1 if wrong or (chosen.check and after != before) else 0)
