"""Who owns a volume: what volumes.sh gives is what the images' folders have.

Docker gives an empty volume the owner and mode of the image's folder at each mount, so that
otherwise what volumes.sh gave would be gone when the first container starts.
"""

import re

from scripts.stack.tests.test_compose import ROOT

GIVEN = re.compile(r"^give (\w+) (\d+) (\d+) (\d+)", re.MULTILINE)
MADE = re.compile(r"install --directory --owner=(\d+) --group=(\d+) --mode=(\d+) ([^\\\n]+)")


def test_the_images_folders_belong_to_whom_volumes_sh_gives_them() -> None:
    given = {
        name: (owner, group, mode)
        for name, owner, group, mode in GIVEN.findall(
            (ROOT / "scripts" / "stack" / "web" / "volumes.sh").read_text()
        )
    }
    made = [
        (folder.rpartition("/")[2], (owner, group, mode))
        for owner, group, mode, folders in MADE.findall((ROOT / "Dockerfile.prod").read_text())
        for folder in folders.split()
    ]

    assert sorted(name for name, _ in made) == [
        "backups",
        "base_backups",
        "media",
        "reports",
        "reports",
        "static",
    ]
    assert [name for name, owner in made if given[name] != owner] == []
