"""Passwords of PostgreSQL's roles, changed on a server that checks them."""

from collections.abc import Iterator

import psycopg
import pytest

from scripts.deploy.outcome import Stop
from scripts.deploy.rotation import roles, running
from scripts.deploy.rotation.recipes import Rotation
from scripts.deploy.site import Site
from scripts.deploy.tests.postgres import Postgres, durable_postgres
from scripts.deploy.tests.rotations import Processes, rotation_that_stops, value


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with durable_postgres() as postgres:
        yield postgres


@pytest.fixture
def database(server: Postgres, secrets_site: Site) -> Iterator[Postgres]:
    """A server with the shop's roles, whose passwords are those of the installation."""
    with server.connect() as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        connection.execute(
            "CREATE ROLE nexus_app LOGIN CONNECTION LIMIT 62;"
            "ALTER ROLE nexus_app SET statement_timeout = '5s';"
            "CREATE ROLE nexus_owner LOGIN; CREATE ROLE nexus_backup LOGIN;"
            "CREATE TABLE stock (on_hand int); GRANT SELECT ON stock TO nexus_app"
        )
        for role in ("app", "owner", "backup"):
            password = value(secrets_site, f"db_{role}_password")
            roles.set_password(server.psql(), f"nexus_{role}", password)
        yield server
        connection.execute("DROP TABLE stock")
        for role in ("nexus_app_bridge", "nexus_app", "nexus_owner", "nexus_backup"):
            connection.execute(f"DROP ROLE IF EXISTS {role}")


def can_connect(server: Postgres, url: str) -> bool:
    """Tell whether a process with this URL can open a connection and read stock."""
    here = server.url.rpartition("@")[2]
    try:
        with psycopg.connect(url.rpartition("@")[0] + "@" + here) as connection:
            connection.execute("SELECT on_hand FROM stock")
            shown = connection.execute("SHOW statement_timeout").fetchone()
    except psycopg.OperationalError:
        return False
    return shown == ("5s",)


def test_while_the_password_changes_both_colours_can_open_connections(
    database: Postgres, secrets_site: Site
) -> None:
    stack = Processes(secrets_site, database.psql())
    seen = []
    stack.when_both_run = lambda old, new: seen.append(
        [can_connect(database, process.secrets["database_url"]) for process in (old, new)]
    )
    first = value(secrets_site, "database_url")

    running.rotate(secrets_site, Rotation(secrets_site, stack, "db_app_password"))

    assert seen == [[True, True], [True, True]]
    assert can_connect(database, value(secrets_site, "database_url"))
    assert not can_connect(database, first)
    with database.connect() as connection:
        bridges = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = 'nexus_app_bridge'")
        assert bridges.fetchone() is None


def test_a_password_that_is_simply_set_shuts_the_running_colour_out(
    database: Postgres, secrets_site: Site
) -> None:
    """The control: what the second role is for."""
    stack = Processes(secrets_site, database.psql())
    roles.set_password(database.psql(), "nexus_app", "another-3kF8sLq0ZtYw7VbN1xRc5MgHd")

    assert not can_connect(database, stack.shops[-1].secrets["database_url"])


@pytest.mark.parametrize("at", range(9))
def test_a_change_of_the_password_that_was_stopped_anywhere_shuts_nobody_out(
    at: int, database: Postgres, secrets_site: Site
) -> None:
    stack = Processes(secrets_site, database.psql())

    rotation = rotation_that_stops(secrets_site, stack, "db_app_password", at=at)
    with pytest.raises(Stop, match="the power went"):
        running.rotate(secrets_site, rotation)

    assert can_connect(database, stack.shops[-1].secrets["database_url"])

    running.rotate(secrets_site, Rotation(secrets_site, stack, "db_app_password"))

    assert can_connect(database, value(secrets_site, "database_url"))
    assert stack.shops[-1].secrets["database_url"] == value(secrets_site, "database_url")


@pytest.mark.parametrize(
    ("name", "role"), [("db_owner_password", "nexus_owner"), ("db_backup_password", "nexus_backup")]
)
def test_the_other_roles_get_their_password_too(
    name: str, role: str, database: Postgres, secrets_site: Site
) -> None:
    stack = Processes(secrets_site, database.psql())
    place = database.url.rpartition("@")[2]
    old = value(secrets_site, name)

    running.rotate(secrets_site, Rotation(secrets_site, stack, name))

    psycopg.connect(f"postgresql://{role}:{value(secrets_site, name)}@{place}").close()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(f"postgresql://{role}:{old}@{place}")


def test_the_backups_password_waits_for_a_backup_to_end(
    database: Postgres, secrets_site: Site
) -> None:
    stack = Processes(secrets_site, database.psql())
    password = value(secrets_site, "db_backup_password")
    place = database.url.rpartition("@")[2]

    with psycopg.connect(f"postgresql://nexus_backup:{password}@{place}"):
        with pytest.raises(Stop, match="a backup is under way"):
            running.rotate(secrets_site, Rotation(secrets_site, stack, "db_backup_password"))
        assert value(secrets_site, "db_backup_password") == password


def test_no_password_is_sent_to_the_server(database: Postgres, secrets_site: Site) -> None:
    """PostgreSQL may write statements into its log and its statistics."""
    stack = Processes(secrets_site, database.psql())

    running.rotate(secrets_site, Rotation(secrets_site, stack, "db_owner_password"))

    with database.connect() as connection:
        statements = connection.execute("SELECT string_agg(query, ' ') FROM pg_stat_statements")
        (text,) = statements.fetchone() or ("",)
    assert "ALTER ROLE nexus_owner PASSWORD" in text
    assert value(secrets_site, "db_owner_password") not in text
