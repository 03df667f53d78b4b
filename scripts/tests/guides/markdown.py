"""The guides as a reader has them: blocks of commands, commands in a sentence, links."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent.parent.parent
_FENCE = re.compile(r"^```(\S*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_MARK = re.compile(r"<!-- (run by|not runnable here): ([^\n]+) -->\n\Z")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_CODE = re.compile(r"`([^`\n]+)`")


class Block(NamedTuple):
    """A fenced block of commands, and what a comment above it says about running them."""

    guide: str
    line: int
    text: str
    mark: str | None
    reason: str

    def __str__(self) -> str:
        return f"{self.guide}:{self.line}"


def guides() -> list[Path]:
    """Return everything that tells a person what to type."""
    found = [ROOT / "README.md", ROOT / "SECURITY.md", *ROOT.glob("docs/*.md")]
    of_scripts = (path for path in ROOT.glob("scripts/**/README.md") if _is_ours(path))
    return sorted([*found, *ROOT.glob("nginx/*.md"), *of_scripts])


def _is_ours(path: Path) -> bool:
    return "node_modules" not in path.parts


def pages() -> list[Path]:
    """Return the guides, and the decisions and the changelog, which have links but no commands."""
    return [*guides(), ROOT / "CHANGELOG.md", *sorted(ROOT.glob("docs/adr/*.md"))]


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def blocks(path: Path) -> Iterator[Block]:
    text = path.read_text(encoding="utf-8")
    for fence in _FENCE.finditer(text):
        if fence[1] in {"sh", "bash", "shell", "console"}:
            mark = _MARK.search(text[: fence.start()])
            yield Block(
                name_of(path),
                text.count("\n", 0, fence.start()) + 2,
                fence[2],
                mark[1] if mark else None,
                mark[2].strip() if mark else "",
            )


def commands_in_sentences(path: Path) -> Iterator[str]:
    """Return what stands in backticks and is a command of ours, not only the name of a script."""
    prose = _FENCE.sub("", path.read_text(encoding="utf-8"))
    for code in _CODE.findall(prose):
        if re.match(r"(scripts/(deploy|manage)\.sh|manage\.py|python -m scripts\.) ?\S*", code):
            yield code


def scripts_in(path: Path) -> set[str]:
    """Return each file of scripts/ that a page names, wherever it stands."""
    text = path.read_text(encoding="utf-8")
    return set(re.findall(r"(?<![\w/.-])(scripts/[\w/.-]+\.(?:sh|py))\b", text))


def links(path: Path) -> list[str]:
    """Return where a page leads to inside the repository."""
    prose = _CODE.sub("", _FENCE.sub("", path.read_text(encoding="utf-8")))
    return [target for target in _LINK.findall(prose) if "://" not in target and ":" not in target]


def anchors(path: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    prose = _FENCE.sub("", path.read_text(encoding="utf-8"))
    found: dict[str, int] = {}
    names = set()
    for heading in re.findall(r"^#{1,6} (.+)$", prose, re.MULTILINE):
        plain = re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", heading).lower()
        name = re.sub(r"[^\w\- ]", "", plain).strip().replace(" ", "-")
        names.add(f"{name}-{found[name]}" if name in found else name)
        found[name] = found.get(name, 0) + 1
    return names
