import ast
import re
from collections.abc import Iterator

from ecommerce_backend.tests.refusals import ROOT
from ecommerce_backend.tests.source_code import shop_code

GUIDE = (ROOT / "docs" / "configuration.md").read_text()
NAME = re.compile(r"[A-Z][A-Z0-9_]*")
READERS = {"env", "env_mail", "env_addresses", "env_limits"}


def names_read_by(tree: ast.Module) -> Iterator[str]:
    readers = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and str(node.module).rpartition(".")[2] in READERS
        for alias in node.names
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in readers:
            found = node.args
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and is_environment(node.func.value)
        ):
            found = node.args[:1]
        elif isinstance(node, ast.Subscript) and is_environment(node.value):
            found = [node.slice]
        elif isinstance(node, ast.Compare) and is_environment(node.comparators[0]):
            found = [node.left]
        else:
            continue
        for argument in found:
            if isinstance(argument, ast.Constant) and NAME.fullmatch(str(argument.value)):
                yield str(argument.value)


def is_environment(node: ast.expr) -> bool:
    return ast.unparse(node) in {"os.environ", "environment"}


def read_by_python() -> set[str]:
    return {name for tree in shop_code().values() for name in names_read_by(tree)}


def read_by_shell() -> set[str]:
    scripts = [*(ROOT / "scripts").glob("*.sh"), ROOT / ".ci" / "run"]
    return {
        name for path in scripts for name in re.findall(r"\$\{([A-Z_]+):[-?]", path.read_text())
    }


BY_DEPLOY = {
    "NEXUS_IMAGE",
    "NEXUS_BACKUP_IMAGE",
    "WEB_BLUE_ADDRESS",
    "WEB_GREEN_ADDRESS",
    "EDGE_RANGE",
}


def read_by_compose() -> set[str]:
    """Return what an operator may set for the stack; images and addresses come from deploy.sh."""
    text = (ROOT / "docker-compose.production.yml").read_text()
    return set(re.findall(r"\$\{([A-Z0-9_]+)", text)) - BY_DEPLOY


def described() -> list[str]:
    rows = [line.split("|")[1] for line in GUIDE.splitlines() if line.startswith("| `")]
    return [name for row in rows for name in re.findall(r"`([A-Z0-9_]+)`", row)]


# What every program of the system knows; no operator sets them for the shop.
OF_THE_SYSTEM = {"PATH", "HOME", "TMPDIR", "SSH_CONNECTION"}


def test_the_guide_names_each_variable_once_and_no_other() -> None:
    assert sorted(described()) == sorted(
        (read_by_python() | read_by_shell() | read_by_compose()) - OF_THE_SYSTEM
    )


def test_the_scan_of_the_code_sees_every_way_to_read_a_variable() -> None:
    tree = ast.parse(
        "from ecommerce_backend.env import given, switch\n"
        "given('A_ONE')\n"
        "switch('B_TWO', default=True)\n"
        "os.environ.get('C_THREE', 'D')\n"
        "os.environ['E_FIVE']\n"
        "'F_SIX' in os.environ\n"
        "environment.get('G_SEVEN')\n"
        "print('H_EIGHT')\n"
    )

    assert set(names_read_by(tree)) == {
        *("A_ONE", "B_TWO", "C_THREE", "E_FIVE", "F_SIX", "G_SEVEN"),
    }
