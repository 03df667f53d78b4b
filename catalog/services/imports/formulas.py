"""Text that a spreadsheet would run as a formula, made harmless and back again.

Source: OWASP, CSV Injection. A spreadsheet passes over spaces and quotes before the mark, and takes
the full-width forms of East Asia for it.
"""

import re

_MARK = "'"
_DANGEROUS = re.compile("[\\s'\"\ufeff\u200b\u2060]*[=+\\-@|%\t\r\0＝＋－＠]|[\\s'\"]*[\t\r\0]")


def defused(text: str) -> str:
    """Return the text as a spreadsheet shows it and does not run it."""
    return _MARK + text if _DANGEROUS.match(text) else text


def restored(text: str) -> str:
    """Return the text that `defused` was given; any other stays as it is."""
    if text.startswith(_MARK) and _DANGEROUS.match(text[1:]):
        return text[1:]
    return text
