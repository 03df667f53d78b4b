import json
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from scripts.backup.sets import Set
from scripts.backup.tests.checks import noticed, wait_for
from scripts.backup.tests.installation import Installation, Server, server_with_shop


@pytest.fixture
def own_server() -> Iterator[Server]:
    """A shop's database that the test may change."""
    with server_with_shop() as server:
        with server.connect() as admin:
            admin.execute(f"CREATE ROLE app_{server.token} LOGIN PASSWORD '{server.token}'")
            app = f"app_{server.token}"
            admin.execute(f"REVOKE ALL ON DATABASE {server.database} FROM PUBLIC")
            admin.execute(f"GRANT CONNECT ON DATABASE {server.database} TO {app}")
            admin.execute(f"GRANT CONNECT ON DATABASE {server.database} TO backup_{server.token}")
            admin.execute(f"GRANT SELECT, INSERT ON product TO {app}")
            admin.execute(
                f"ALTER DEFAULT PRIVILEGES FOR ROLE owner_{server.token} IN SCHEMA public "
                f"GRANT SELECT ON TABLES TO {app}"
            )
            admin.execute(f"ALTER ROLE {app} IN DATABASE {server.database} SET lock_timeout = '7s'")
        yield server
        with server.connect("postgres") as admin:
            for name in server.databases():
                admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
            admin.execute(f"DROP ROLE app_{server.token}")


@pytest.fixture
def shop(installation: Installation, own_server: Server) -> Installation:
    """The installation, over the database that may change, with a set of it."""
    for one in installation.sets():
        shutil.rmtree(one.folder)
    shop = Installation(
        installation.folder, installation.environ | {"BACKUP_DATABASE_URL": own_server.backup_url}
    )
    made = shop.backup("run")
    assert made.returncode == 0, made.stderr
    return shop


def psql(server: Server, script: str) -> subprocess.CompletedProcess[str]:
    """Hand a script to PostgreSQL as its superuser, as scripts/deploy.sh restore does."""
    return subprocess.run(
        ["psql", "--no-psqlrc", "--quiet", "--dbname", server.admin_url],
        input=script,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_set_is_restored_beside_the_live_database(shop: Installation, own_server: Server) -> None:
    name = f"beside_{own_server.token}"
    with own_server.connect() as admin:
        admin.execute("DELETE FROM purchase")

    done = shop.backup("restore", "newest", "--to", "database", name)

    assert done.returncode == 0, done.stderr
    with own_server.connect(name) as restored, own_server.connect() as live:
        assert restored.execute("SELECT count(*) FROM purchase").fetchone() == (300,)
        assert live.execute("SELECT count(*) FROM purchase").fetchone() == (0,)


def test_nothing_is_restored_over_a_database_that_is_there(
    shop: Installation, own_server: Server
) -> None:
    with own_server.connect() as admin:
        admin.execute("DELETE FROM purchase WHERE number = 'N-7'")

    live = shop.backup("restore", "newest", "--to", "database", own_server.database)
    other = shop.backup("restore", "newest", "--to", "database", "postgres")

    noticed(live, 14, "live database")
    noticed(other, 14, "nothing is restored over it")
    with own_server.connect() as admin:
        assert admin.execute("SELECT count(*) FROM purchase").fetchone() == (299,)


def test_the_swap_brings_rows_owners_grants_and_settings_and_keeps_the_old(
    shop: Installation, own_server: Server
) -> None:
    with own_server.connect() as admin:
        admin.execute("UPDATE product SET price = 0")
    customer = psycopg.connect(own_server.owner_url, autocommit=True)

    name = f"new_{own_server.token}"
    done = shop.backup("restore", "newest", "--to", "database", name, "--adoption")
    assert done.returncode == 0, done.stderr
    swapped = psql(own_server, done.stdout)

    assert swapped.returncode == 0, swapped.stderr
    old = swapped.stdout.split("kept ")[1].strip()
    with pytest.raises(psycopg.OperationalError):
        customer.execute("SELECT 1")
    with own_server.connect() as live, own_server.connect(old) as before:
        price = "SELECT price FROM product WHERE id = 100"
        assert str(live.execute(price).fetchone()) == "(Decimal('137.00'),)"
        assert str(before.execute(price).fetchone()) == "(Decimal('0.00'),)"
        facts = """
            SELECT array_agg(DISTINCT pg_get_userbyid(relowner)::text) FROM pg_class
            WHERE relnamespace = 'public'::regnamespace
        """
        assert live.execute(facts).fetchone() == ([f"owner_{own_server.token}"],)
        grants = (
            "SELECT relname, relacl FROM pg_class WHERE relacl IS NOT NULL AND relname = 'product'"
        )
        assert live.execute(grants).fetchall() == before.execute(grants).fetchall()
        defaults = "SELECT pg_get_userbyid(defaclrole), defaclacl FROM pg_default_acl"
        assert live.execute(defaults).fetchall() == before.execute(defaults).fetchall() != []
        ours = """
            SELECT datdba, (SELECT array_agg(acl::text ORDER BY acl::text) FROM unnest(datacl) acl)
            FROM pg_database WHERE datname = current_database()
        """
        assert live.execute(ours).fetchall() == before.execute(ours).fetchall()
    app_url = own_server.owner_url.replace("owner_", "app_")
    with psycopg.connect(app_url) as app:
        assert app.execute("SHOW lock_timeout").fetchone() == ("7s",)
        assert app.execute("SELECT count(*) FROM product").fetchone() == (500,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("DELETE FROM product")


def test_a_swap_that_fails_leaves_the_live_database_as_it_was(
    shop: Installation, own_server: Server
) -> None:
    name = f"new_{own_server.token}"
    done = shop.backup("restore", "newest", "--to", "database", name, "--adoption")
    until_the_last_rename, _, _ = done.stdout.rpartition("ALTER DATABASE")
    script = f"{until_the_last_rename}; SELECT 1 / 0;"

    failed = psql(own_server, script)

    assert failed.returncode != 0
    with own_server.connect() as live:
        assert live.execute("SELECT count(*) FROM purchase").fetchone() == (300,)
    again = psql(own_server, done.stdout)
    assert again.returncode == 0, again.stderr


def test_a_restore_that_is_interrupted_leaves_the_live_database_and_nothing_else(
    shop: Installation, own_server: Server
) -> None:
    before = own_server.databases()
    shop.instead_of("pg_restore", 'echo $$ >"$TMPDIR/restoring"; exec sleep 60')
    restore = shop.begin("restore", "newest", "--to", "database", f"half_{own_server.token}")
    wait_for((shop.folder / "restoring").exists)
    assert len(own_server.databases()) == len(before) + 1  # control: it had begun

    restore.send_signal(signal.SIGTERM)
    restore.communicate(timeout=60)

    assert restore.returncode == 143
    assert own_server.databases() == before
    with own_server.connect() as live:
        assert live.execute("SELECT count(*) FROM purchase").fetchone() == (300,)


def test_everything_comes_back_into_an_empty_folder_to_the_byte(
    installation: Installation, proven: Set
) -> None:
    target = installation.folder / "empty-machine"

    done = installation.backup("restore", "newest", "--to", "dir", str(target))

    assert done.returncode == 0, done.stderr
    for saved, restored in (("media", "media"), ("certificates", "certificates")):
        told = subprocess.run(
            ["diff", "-r", installation.folder / saved, target / restored],
            capture_output=True,
            check=False,
        )
        assert (told.returncode, told.stdout) == (0, b"")
    key = target / "certificates/live/shop.example/privkey.pem"
    assert key.is_symlink()
    assert key.stat().st_mode & 0o777 == 0o600
    assert (target / "media/empty").is_dir()
    assert (target / "configuration/.env.prod").read_text() == "SHOP_DOMAIN=shop.example\n"
    roles = (target / "roles.sql").read_text()
    assert "CREATE ROLE" in roles
    assert "PASSWORD" not in roles.replace("NOPASSWORD", "")


def test_lost_files_come_back_to_their_place_and_the_rest_stays(
    installation: Installation, proven: Set
) -> None:
    media = installation.folder / "media"
    picture = media / "products/1/front.jpg"
    saved = picture.read_bytes()
    picture.unlink()
    (media / "empty").rmdir()
    (media / "newer.jpg").write_bytes(b"uploaded since")

    done = installation.backup("restore", "newest", "--to", "place", "--part", "media")

    assert done.returncode == 0, done.stderr
    assert picture.read_bytes() == saved
    assert sorted(path.name for path in media.iterdir()) == [
        "empty",
        "newer.jpg",
        "nothing.txt",
        "products",
    ]


def test_a_file_that_changed_is_not_overwritten(installation: Installation, proven: Set) -> None:
    media = installation.folder / "media"
    (media / "products/1/front.jpg").write_bytes(b"another picture")
    (media / "nothing.txt").unlink()

    done = installation.backup("restore", "newest", "--to", "place", "--part", "media")

    noticed(done, 14, "products/1/front.jpg", "nothing is restored over it")
    assert (media / "products/1/front.jpg").read_bytes() == b"another picture"
    assert not (media / "nothing.txt").exists()


def test_a_drill_is_identical_to_the_byte_and_measured(
    installation: Installation, shop_server: Server, proven: Set
) -> None:
    databases = shop_server.databases()

    done = installation.backup("drill", "--json")

    told = json.loads(done.stdout)
    report = json.loads((installation.folder / "reports/drill.json").read_text())
    assert (told["set"], told["tables"], told["rows"]) == (proven.id, 3, 1100)
    assert told["files"] == 8
    assert 0 < told["rto_seconds"] < 60
    assert 0 < told["rpo_seconds"] < 3600
    assert report["ok"] is True
    assert report["rto_seconds"] == told["rto_seconds"]
    assert shop_server.databases() == databases
    assert sorted(path.name for path in installation.settings.sets.iterdir()) == [
        ".lock",
        proven.id,
    ]


def test_a_drill_that_fails_says_so_in_its_report(installation: Installation, proven: Set) -> None:
    (Path(proven.folder) / "media.tar.age").unlink()

    done = installation.backup("drill")

    noticed(done, 8, "media.tar.age")
    report = json.loads((installation.folder / "reports/drill.json").read_text())
    assert report["ok"] is False
