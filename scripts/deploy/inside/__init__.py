"""Programs that run inside the shop's containers, with the Python that is there.

They are handed to `python -c`, so that they fit every release; each is a file that imports nothing
of this package.
"""

from pathlib import Path

_FOLDER = Path(__file__).parent


def program(name: str) -> str:
    """Return the text of one of the programs."""
    return (_FOLDER / f"{name}.py").read_text(encoding="utf-8")
