"""A folder in which the commands of the guides are run."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

EXAMPLE_ADDRESS = "http://127.0.0.1:8000"


@dataclass(frozen=True)
class Workshop:
    """The parts of the repository from which clients are made."""

    folder: Path
    mypy_cache: Path

    def commands(self, guide: str, section: str) -> str:
        """Return the commands that a section of a guide tells the reader to type."""
        text = (self.folder / "docs" / guide).read_text()
        block = rf"^## {section}\n.*?^```sh\n(.*?)^```"
        (found,) = re.findall(block, text, re.DOTALL | re.MULTILINE)
        return str(found)

    def run(
        self, commands: str, base_url: str = EXAMPLE_ADDRESS
    ) -> subprocess.CompletedProcess[str]:
        """Type commands as a reader would, against the shop that is up."""
        tools = Path(sys.executable).parent
        return subprocess.run(
            ["/bin/bash", "-euo", "pipefail", "-c", commands.replace(EXAMPLE_ADDRESS, base_url)],
            cwd=self.folder,
            env={
                **os.environ,
                "PATH": f"{tools}:{os.environ['PATH']}",
                "MYPY_CACHE_DIR": str(self.mypy_cache),
            },
            capture_output=True,
            text=True,
            check=False,
        )

    def replace(self, file: str, old: str, new: str) -> None:
        """Change each occurrence of a text in a file. There must be one."""
        text = (self.folder / file).read_text()
        assert old in text, old
        (self.folder / file).write_text(text.replace(old, new))
