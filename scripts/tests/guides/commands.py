"""Whether a command of a guide is one that would be understood. Nothing is run here."""

import contextlib
import importlib.util
import io
import os
import re
import shlex
from collections.abc import Iterator

from django.core.management import get_commands, load_command_class

from scripts.deploy.__main__ import found, parser_of
from scripts.tests.guides.markdown import ROOT

# What may be run by a test, on whatever machine that is: it reads, or touches the test's own data.
_HARMLESS = {"check_invariants", "migrate_safe", "check"}
_WRAPPERS = {"sudo", "exec", "env", "nice", "time"}


def commands(text: str) -> Iterator[list[str]]:
    """Return each simple command of a piece of shell, as words."""
    for line in re.sub(r"\\\n\s*", " ", text).splitlines():
        lexer = shlex.shlex(line, posix=True, punctuation_chars=";&|")
        lexer.whitespace_split = True
        lexer.commenters = "#"
        words: list[str] = []
        for token in lexer:
            if set(token) <= set(";&|"):
                if words:
                    yield words
                words = []
            else:
                words.append(token)
        if words:
            yield words


def is_harmless(words: list[str]) -> bool:
    """Tell whether a test may run this command anywhere."""
    if words[0] == "scripts/deploy.sh":
        return "--help" in words
    return words[0] == "scripts/manage.sh" and words[1] in _HARMLESS


def is_name_alone(words: list[str]) -> bool:
    """Tell whether it only names a command of deploy.sh, such as `scripts/deploy.sh firewall`."""
    return words[:-1] == ["scripts/deploy.sh"] and words[-1] in found()


def complaint(words: list[str]) -> str | None:
    """Return what is wrong with a command of ours; None when all is well or it is not ours."""
    words = _bare(words)
    program, arguments = words[0], words[1:]
    if program.startswith(("scripts/", "./scripts/", ".ci/")):
        return _script(program.removeprefix("./"), arguments)
    if re.fullmatch(r"(\S*/)?python3?", program) and arguments:
        return _python(arguments)
    if program in {"manage.py", "./manage.py"}:
        return _management(arguments)
    for position, word in enumerate(arguments):  # docker compose … exec web-blue python manage.py …
        if word == "manage.py":
            return _management(arguments[position + 1 :])
    return None


def _bare(words: list[str]) -> list[str]:
    """Return a command without `sudo` and without variables set for it."""
    for position, word in enumerate(words):
        if word not in _WRAPPERS and not re.match(r"[A-Z_][A-Z0-9_]*=", word):
            return words[position:]
    return words


def _script(path: str, arguments: list[str]) -> str | None:
    file = ROOT / path
    if "/node_modules/" in path:
        return None  # npm brings it
    if not file.is_file():
        return f"{path} is not there"
    if path.endswith(".sh") and not os.access(file, os.X_OK):
        return f"{path} cannot be executed"
    if path == "scripts/deploy.sh" and arguments:
        return _parsed(parser_of(found()).parse_args, arguments)
    if path == "scripts/manage.sh":
        return _management(arguments)
    return _options(_sources_of(path), arguments)


def _python(arguments: list[str]) -> str | None:
    if arguments[0] == "-m" and arguments[1].startswith(("scripts.", "ecommerce_backend.")):
        if importlib.util.find_spec(arguments[1]) is None:
            return f"there is no module {arguments[1]}"
        return _options(_sources_of(arguments[1].replace(".", "/")), arguments[2:])
    if arguments[0].endswith("manage.py"):
        return _management(arguments[1:])
    if arguments[0].startswith("scripts/"):
        return _script(arguments[0], arguments[1:])
    return None


def _management(arguments: list[str]) -> str | None:
    if not arguments:
        return None
    name = arguments[0]
    if name not in get_commands():
        return f"there is no management command {name}"
    command = load_command_class(str(get_commands()[name]), name)
    parser = command.create_parser("manage.py", name)
    parser.called_from_command_line = True  # else it raises instead of exiting
    return _parsed(parser.parse_args, arguments[1:])


def _parsed(parse: object, arguments: list[str]) -> str | None:
    assert callable(parse)
    said = io.StringIO()
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
        try:
            parse([_stand_in(word) for word in arguments])
        except SystemExit as ended:
            return said.getvalue().strip().splitlines()[-1] if ended.code else None
    return None


def _stand_in(word: str) -> str:
    """Return something that a parser takes for what the reader puts there."""
    return "1" if word in {"…", "N", "SECONDS"} else word.replace("…", "x")


def _sources_of(path: str) -> str:
    """Return the text of a script and of the modules of its name, where its options are named."""
    stem = path.removesuffix(".sh").removesuffix(".py").removesuffix("_test")
    files = [ROOT / path, *ROOT.glob(f"{stem}*.py"), *ROOT.glob(f"{stem}/**/*.py")]
    return "\n".join(file.read_text(encoding="utf-8") for file in files if file.is_file())


def _options(sources: str, arguments: list[str]) -> str | None:
    if "pytest" in sources:
        return None  # takes whatever pytest takes
    for word in arguments:
        option = word.partition("=")[0]
        if re.fullmatch(r"--[a-z][a-z-]+", option) and option not in sources:
            return f"{option} is not an option of it"
    return None
