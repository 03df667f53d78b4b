"""What the shop's code leaves alone, and the cryptography it does use."""

import ast
import re
from collections.abc import Iterator

from ecommerce_backend.tests.refusals import ROOT
from ecommerce_backend.tests.source_code import APPS, shop_code

REPORT = ROOT / "docs" / "SECURITY_AUDIT_REPORT.md"
# Run code, start processes, build objects or SQL out of text, or pass markup on unescaped.
CALLS = {
    *("eval", "exec", "compile", "__import__", "os.system", "os.popen", "mark_safe", "RawSQL"),
    *("Template", "engine.from_string", "input"),
}
METHODS = {"extra", "raw", "from_string"}
MODULES = {
    *("pickle", "marshal", "shelve", "yaml", "subprocess", "xml", "lxml", "ftplib", "telnetlib"),
    *("random", "jinja2", "ldap", "memcache", "pylibmc"),
}
CRYPTOGRAPHY = {"hashlib", "hmac", "secrets", "jwt", "signing", "cryptography", "nacl", "ssl"}
CRYPTOGRAPHY |= {"salted_hmac"}


def trees() -> Iterator[tuple[str, ast.Module]]:
    """Return the code that serves requests: not the demo, the scripts or the start."""
    for path, tree in shop_code().items():
        if path.startswith(APPS) and "/demo/" not in path:
            yield path, tree


def imports(tree: ast.Module) -> set[str]:
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(str(node.module).partition(".")[0])
            if node.module in {"django.core", "django.utils.crypto"}:
                names |= {alias.name for alias in node.names}
    return names


def calls(tree: ast.Module) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def suspects(name: str, tree: ast.Module) -> list[str]:
    found = [f"{name}: {module}" for module in sorted(imports(tree) & MODULES)]
    for call in calls(tree):
        called = ast.unparse(call.func)
        method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        is_template = method == "format" and not isinstance(call.func.value, ast.Constant)  # type: ignore[attr-defined]
        if called in CALLS or method in METHODS or is_template:
            found.append(f"{name}:{call.lineno}: {called}")
        if any(word.arg == "follow_redirects" for word in call.keywords):
            found.append(f"{name}:{call.lineno}: follow_redirects")
    return found


def test_no_input_can_become_code_a_process_markup_or_a_query() -> None:
    found = [each for name, tree in trees() for each in suspects(name, tree)]

    assert [re.sub(r":\d+:", ":", each) for each in found] == [
        # How long to wait before another try: nobody gains by guessing it.
        "ecommerce_backend/common/transactions.py: random",
        # Pictures are decoded in a process of their own: a fixed program, given numbers and bytes.
        "ecommerce_backend/imaging/sandbox.py: subprocess",
        # A fixed text with parameters: bounds of prices, where price lists hold.
        "catalog/services/storefront/listing.py: RawSQL",
    ]


def test_the_search_for_dangerous_functions_finds_them() -> None:
    code = (
        "import pickle\nfrom subprocess import run\neval(x)\nrows.extra(where=[x])\n"
        "wish.format(user=user)\nhttpx.get(url, follow_redirects=True)\n'{}'.format(x)\n"
    )

    assert suspects("here", ast.parse(code)) == [
        "here: pickle",
        "here: subprocess",
        "here:3: eval",
        "here:4: rows.extra",
        "here:5: wish.format",
        "here:6: follow_redirects",
    ]


def test_the_hashes_in_use_are_those_of_the_inventory() -> None:
    used = {
        node.attr
        for _, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "hashlib"
    }

    assert used == {"sha256"}
    assert "SHA-256" in inventory()


def test_each_use_of_cryptography_is_in_the_inventory() -> None:
    used = {name for name, tree in trees() if imports(tree) & CRYPTOGRAPHY}

    assert set(re.findall(r"`([a-z_/]+\.py)`", inventory())) == used


def inventory() -> str:
    """Return the section of the report that lists keys and algorithms."""
    return REPORT.read_text().partition("## Cryptography\n")[2].partition("\n## ")[0]
