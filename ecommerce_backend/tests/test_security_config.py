"""Every key of security_config is read by something, and says why it is as it is."""

import ast
import io
import tokenize
from functools import cache
from typing import Any

import corsheaders.conf
import pytest
from django.conf import global_settings, settings
from rest_framework_simplejwt.settings import DEFAULTS as SIMPLE_JWT_DEFAULTS

from ecommerce_backend.tests.refusals import ROOT
from ecommerce_backend.tests.source_code import shop_code

SOURCE = (ROOT / "ecommerce_backend" / "security_config.py").read_text()
LINES = SOURCE.splitlines()


def keys() -> dict[str, tuple[int, int]]:
    """Return the public names and the first and last line of each."""
    found = {}
    for node in ast.parse(SOURCE).body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        if isinstance(node, ast.AnnAssign):
            targets = [node.target]
        for target in targets:
            if isinstance(target, ast.Name) and target.id.isupper() and target.id[0] != "_":
                found[target.id] = (node.lineno, node.end_lineno or node.lineno)
    return found


def commented_lines(source: str) -> set[int]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {token.start[0] for token in tokens if token.type == tokenize.COMMENT}


@cache
def read_by_our_code() -> set[str]:
    """Return the settings that our code takes from django.conf."""
    return {
        node.attr
        for tree in shop_code().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "settings"
    }


def known_to_packages() -> set[str]:
    return {
        *(name for name in dir(global_settings) if name.isupper()),
        *(name for name in dir(corsheaders.conf.Settings) if name.isupper()),
        "SIMPLE_JWT",
    }


@pytest.mark.parametrize("name", keys())
def test_each_key_is_read_by_something(name: str) -> None:
    assert name in known_to_packages() | read_by_our_code()


@pytest.mark.parametrize("name", keys())
def test_each_key_says_why(name: str) -> None:
    first, last = keys()[name]

    assert commented_lines(SOURCE) & set(range(first - 1, last + 1)), (
        f"{name} has no comment on its line or right above"
    )


def test_a_comment_above_belongs_to_one_key() -> None:
    spans = sorted(keys().values())

    # The line above a key that ends with a comment of the key before it says nothing about it.
    for name, (first, last) in keys().items():
        above_is_a_key = any(start <= first - 1 <= end for start, end in spans)
        own = commented_lines(SOURCE) & set(range(first, last + 1))
        assert own or not above_is_a_key, f"{name} borrows the comment of the key above"


def test_the_keys_of_the_tokens_are_keys_of_the_package() -> None:
    assert settings.SIMPLE_JWT.keys() <= SIMPLE_JWT_DEFAULTS.keys()


def test_settings_take_all_keys_over() -> None:
    wrong = [name for name in keys() if not hasattr(settings, name)]

    assert wrong == []


def test_a_key_that_nothing_reads_would_be_found() -> None:
    made_up: dict[str, Any] = {"SECURE_MOON_PHASE": True}

    assert not made_up.keys() & (known_to_packages() | read_by_our_code())
    assert {"BASE_URL", "RATE_LIMITS", "SECURE_CSP"} <= read_by_our_code()
    assert len(keys()) >= 45
