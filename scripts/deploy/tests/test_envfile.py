from pathlib import Path

import pytest

from scripts.deploy import envfile
from scripts.deploy.outcome import Code, Stop

# What each line says; Compose itself is asked the same in
# scripts/tests/stack/test_settings_file.py.
READ_ALIKE = {
    "PLAIN=shop.example": ("PLAIN", "shop.example"),
    "EMPTY=": ("EMPTY", ""),
    "BLANKS=two words ": ("BLANKS", "two words"),
    "COMMENT=value # not this": ("COMMENT", "value"),
    "NO_COMMENT=value#this": ("NO_COMMENT", "value#this"),
    "EQUALS=a=b=c": ("EQUALS", "a=b=c"),
    "SINGLE='a $literal # text'": ("SINGLE", "a $literal # text"),
    'DOUBLE="two words" # comment': ("DOUBLE", "two words"),
    "COMMAND=`id`": ("COMMAND", "`id`"),
    "COMMA=a,b;c|d&e": ("COMMA", "a,b;c|d&e"),
    "COLON=127.0.0.1:8443": ("COLON", "127.0.0.1:8443"),
    "  INDENTED=yes": ("INDENTED", "yes"),
    "UNICODE=Müller & Söhne": ("UNICODE", "Müller & Söhne"),
}
REFUSED = {
    "export KEY=value": "'export KEY' is not a name",
    "key=value": "'key' is not a name",
    "KEY: value": "is not KEY=value",
    "KEY": "is not KEY=value",
    "KEY =value": "'KEY ' is not a name",
    "KEY= value": "has a blank after the equals sign",
    "KEY=$HOME": "has a $",
    'KEY="${HOME}"': "has a $",
    "KEY=a\\nb": "has a backslash",
    'KEY="a\\"b"': "has a backslash",
    "KEY='open": "the quotation mark is not closed",
    "KEY='a'b": "the quotation mark is not closed",
    "KEY=it's": "has a quotation mark in the middle",
    "KEY=value\r": "holds an invisible character",
    "KEY=a\x00b": "holds an invisible character",
    "\ufeffKEY=value": "holds an invisible character",
}


@pytest.mark.parametrize("line", READ_ALIKE)
def test_a_line_is_read_and_never_evaluated(line: str, tmp_path: Path) -> None:
    file = tmp_path / ".env.prod"
    file.write_text(f"# comment\n\n{line}\n")

    assert envfile.read(file) == dict([READ_ALIKE[line]])


@pytest.mark.parametrize("line", REFUSED)
def test_an_odd_line_is_refused_by_its_number(line: str, tmp_path: Path) -> None:
    file = tmp_path / ".env.prod"
    file.write_bytes(f"FIRST=1\n\n{line}\n".encode())

    with pytest.raises(Stop) as stop:
        envfile.read(file)

    assert stop.value.message.startswith(f".env.prod, line 3: {REFUSED[line]}")
    assert stop.value.code == Code.REFUSED


def test_a_key_that_is_set_twice_is_refused(tmp_path: Path) -> None:
    file = tmp_path / ".env.prod"
    file.write_text("KEY=1\nOTHER=2\nKEY=1\n")

    with pytest.raises(Stop, match="line 3: KEY is set a second time"):
        envfile.read(file)


def test_a_missing_file_says_what_makes_it(tmp_path: Path) -> None:
    with pytest.raises(Stop, match=r"\.env\.prod is missing") as stop:
        envfile.read(tmp_path / ".env.prod")

    assert stop.value.hint == "scripts/deploy.sh init makes it"
