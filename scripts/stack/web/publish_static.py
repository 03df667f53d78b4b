"""Copies the release's static files to where nginx serves them: publish_static.py [FROM TO].

Files of earlier releases stay, for pages that are open. A file that is there already is left alone,
and a new one appears whole: nginx may be sending it at this moment.
"""

import shutil
import sys
from pathlib import Path


def publish(source: Path, target: Path) -> int:
    """Copy what is missing or differs. Return the number of files copied."""
    copied = 0
    for file in sorted(path for path in source.rglob("*") if path.is_file()):
        there = target / file.relative_to(source)
        if there.is_file() and there.read_bytes() == file.read_bytes():
            continue
        there.parent.mkdir(parents=True, exist_ok=True)
        aside = there.with_name(f".{there.name}.partial")
        shutil.copy2(file, aside)
        aside.replace(there)
        copied += 1
    return copied


if __name__ == "__main__":
    folders = sys.argv[1:] or ["/app/staticfiles", "/srv/static"]
    print(f"{publish(Path(folders[0]), Path(folders[1]))} static files copied")
