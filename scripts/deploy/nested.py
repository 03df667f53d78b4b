"""One command calls another: the lock is held already, and the journal gets one line."""

from scripts.deploy.outcome import Code, Stop
from scripts.deploy.site import Site


def call(site: Site, *arguments: str, hint: str = "") -> int:
    """Run a command as the terminal would and return its exit code.

    Raises Stop when that is neither 0 nor 10 (amber).
    """
    from scripts.deploy.__main__ import found, parser_of  # noqa: PLC0415 – it imports commands

    known = found()
    options = parser_of(known).parse_args(arguments)
    code = known[options.command].run(site, options)
    if code not in {Code.DONE, Code.AMBER}:
        refused = Code.REFUSED if arguments[0] == "preflight" else Code.FAILED
        raise Stop(f"{' '.join(arguments)} ended with code {code}", refused, hint=hint)
    return code


def exists(name: str) -> bool:
    """Tell whether there is a command of this name."""
    from scripts.deploy.__main__ import found  # noqa: PLC0415

    return name in found()
