"""The whole shop, as Django makes it, backed up and brought back where there is nothing."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from scripts.backup.tests.installation import ROOT, Installation, Server, install
from scripts.embedded import POSTGRES_BIN, Servers

ROLES = """
    CREATE ROLE nexus_owner LOGIN CREATEDB PASSWORD 'owner';
    CREATE ROLE nexus_app LOGIN PASSWORD 'app';
    CREATE ROLE nexus_backup LOGIN CREATEDB REPLICATION PASSWORD 'backup' IN ROLE pg_read_all_data;
    ALTER DATABASE nexus OWNER TO nexus_owner;
    REVOKE ALL ON DATABASE nexus FROM PUBLIC;
    GRANT CONNECT ON DATABASE nexus TO nexus_app, nexus_backup;
"""
GRANTS = """
    GRANT USAGE ON SCHEMA public TO nexus_app;
    ALTER DEFAULT PRIVILEGES FOR ROLE nexus_owner IN SCHEMA public
        GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO nexus_app;
    ALTER DEFAULT PRIVILEGES FOR ROLE nexus_owner IN SCHEMA public
        GRANT USAGE, SELECT ON SEQUENCES TO nexus_app;
"""
SMOKE = """
import django
django.setup()
from django.test import Client
shop = Client(headers={"host": "127.0.0.1:8000"})
products = shop.get("/api/v1/products/")
assert products.status_code == 200, products.content
assert products.json()["results"], "no products"
assert shop.get("/health/ready/").status_code == 200
print("smoke", len(products.json()["results"]))
"""


def manage(url: str, *arguments: str, settings: str = "settings") -> str:
    """Run manage.py, or with -c a script, over this database."""
    command = list(arguments) if arguments[0] == "-c" else ["manage.py", *arguments]
    done = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=os.environ
        | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": f"ecommerce_backend.{settings}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def machines(folder: Path) -> Iterator[tuple[str, str]]:
    """Two servers, of the machine that is lost and of the new one."""
    with (
        Servers(folder / "old", owner="test", only=["postgres"]) as old,
        Servers(folder / "new", owner="test", only=["postgres"]) as new,
    ):
        urls = old.environment()["DATABASE_URL"], new.environment()["DATABASE_URL"]
        for url in urls:
            with psycopg.connect(url, autocommit=True) as admin:
                admin.execute(ROLES)
        with psycopg.connect(urls[0], autocommit=True) as admin:
            admin.execute(GRANTS)
        yield urls


def as_role(url: str, role: str) -> str:
    _, _, place = url.rpartition("@")
    return f"postgresql://nexus_{role}:{role}@{place}"


def test_the_shop_comes_back_on_an_empty_machine(machines: tuple[str, str], folder: Path) -> None:
    old, new = machines
    manage(as_role(old, "owner"), "migrate", "--verbosity=0")
    seed = ["scripts/seed_database.py", "--scale", "0.02", "--admin-password", "a-long-passphrase"]
    subprocess.run(
        [sys.executable, *seed],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": as_role(old, "owner")},
        check=True,
        capture_output=True,
    )
    lost = install(folder / "lost", Server(old, "unused"))
    lost = Installation(lost.folder, lost.environ | {"BACKUP_DATABASE_URL": as_role(old, "backup")})
    made = lost.backup("run")
    assert made.returncode == 0, made.stderr
    [saved] = lost.sets()

    # All that is left: the set, and the key.
    fresh = install(folder / "fresh", Server(new, "unused"))
    fresh = Installation(
        fresh.folder,
        fresh.environ
        | {
            "BACKUP_DATABASE_URL": as_role(new, "backup"),
            "BACKUP_AGE_IDENTITY_FILE": str(lost.folder / "identity.txt"),
            "BACKUP_MEDIA_DIR": str(folder / "new-media"),
            "BACKUP_CERTIFICATES_DIR": str(folder / "new-certificates"),
            "BACKUP_CONFIGURATION_DIR": str(folder / "new-checkout"),
        },
    )
    taken = fresh.backup("import", str(saved.folder))
    files = fresh.backup(
        *["restore", saved.id, "--to", "place", "--part", "media", "--part", "certificates"],
        *["--part", "configuration"],
    )
    restored = fresh.backup("restore", saved.id, "--to", "database", "back", "--adoption")
    for done in (taken, files, restored):
        assert done.returncode == 0, done.stderr
    swapped = subprocess.run(
        [POSTGRES_BIN / "psql", "--no-psqlrc", "--quiet", "--dbname", new],
        input=restored.stdout,
        capture_output=True,
        text=True,
        check=False,
    )
    assert swapped.returncode == 0, swapped.stderr

    told = manage(as_role(new, "app"), "check", "--database", "default")
    assert "no issues" in told
    manage(as_role(new, "owner"), "migrate", "--check")
    assert "smoke" in manage(as_role(new, "app"), "-c", SMOKE, settings="settings_test")
    for name, place in (
        ("media", "new-media"),
        ("certificates", "new-certificates"),
        ("checkout/.production/state.json", "new-checkout/.production/state.json"),
        ("checkout/.env.prod", "new-checkout/.env.prod"),
    ):
        subprocess.run(["diff", "-r", lost.folder / name, folder / place], check=True)
    same = Installation(
        fresh.folder, fresh.environ | {"BACKUP_MEDIA_DIR": str(folder / "new-media")}
    )
    compared = same.backup("verify", saved.id)
    assert compared.returncode == 0, compared.stderr
