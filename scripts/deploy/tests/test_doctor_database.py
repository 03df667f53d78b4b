import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
import pytest

from scripts.deploy.doctor.database import QUESTIONS, examine
from scripts.deploy.doctor.psql import Psql
from scripts.deploy.doctor.questions import Question, Thresholds, shorten
from scripts.deploy.findings import Finding, Level
from scripts.deploy.tests.postgres import Postgres, closed_port, durable_postgres, eventually

EAGER = Thresholds(
    wait_s=0.2,
    transaction_s=0.3,
    dead_rows=100,
    bloat_bytes=1_000_000,
    index_scans=20,
    index_bytes=8192,
    seq_scans=10,
    seq_rows=500,
    reference_rows=100,
    slow_ms=20,
    slow_calls=3,
)
# What every bare test server has beside a shop's: none of the shop's tables.
TABLES = """
CREATE TABLE users_refreshtoken (id bigserial PRIMARY KEY, expires_at timestamptz NOT NULL);
CREATE TABLE stock (id bigserial PRIMARY KEY, sku text NOT NULL, on_hand int NOT NULL);
INSERT INTO stock (sku, on_hand) SELECT 'sku-' || n, n % 7 FROM generate_series(1, 2000) AS n;
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with durable_postgres() as postgres:
        yield postgres


@pytest.fixture
def postgres(server: Postgres) -> Iterator[Postgres]:
    """The server with a shop's stock and nothing wrong."""
    with server.connect() as connection:
        connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        connection.execute("CREATE EXTENSION pg_stat_statements")
        connection.execute(TABLES)
        connection.execute("VACUUM ANALYZE")
        connection.execute("SELECT pg_stat_statements_reset()")
        yield server
        connection.execute("DROP TABLE IF EXISTS users_refreshtoken, stock CASCADE")


def checks_of(found: list[Finding]) -> list[str]:
    return [finding.check for finding in found]


def one(found: list[Finding], check: str) -> Finding:
    assert checks_of(found) == [f"database.{check}"], found
    return found[0]


def look(postgres: Postgres) -> list[Finding]:
    return examine(postgres.psql(), thresholds=EAGER)


@contextmanager
def waiting_statement(postgres: Postgres, statement: str, name: str) -> Iterator[None]:
    """Run a statement that has to wait, on a thread of its own, until the block ends."""
    connection = postgres.connect(name=name)

    def run() -> None:
        with suppress(psycopg.Error):
            connection.execute(statement)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        with postgres.connect() as other:
            query = (
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s"
            )
            other.execute(query, [name])
        thread.join()
        connection.close()


def waits_of(postgres: Postgres) -> list[Any]:
    with postgres.connect() as connection:
        return connection.execute(
            "SELECT pid FROM pg_locks WHERE NOT granted"
            " AND clock_timestamp() - waitstart > interval '0.3 s'"
        ).fetchall()


def test_a_healthy_database_gives_no_finding(postgres: Postgres) -> None:
    assert look(postgres) == []


def test_with_the_usual_thresholds_a_healthy_database_gives_none_either(
    postgres: Postgres,
) -> None:
    assert examine(postgres.psql(), thresholds=Thresholds()) == []


def test_a_chain_of_locks_is_told_by_its_head(postgres: Postgres) -> None:
    update = "UPDATE stock SET on_hand = 0 WHERE sku = 'sku-1'"
    with postgres.connect(name="a careless hand") as holder:
        holder.execute("BEGIN")
        holder.execute(update)
        with (
            waiting_statement(postgres, "ALTER TABLE stock ADD COLUMN note text", "migration"),
            waiting_statement(postgres, "SELECT count(*) FROM stock", "visitor"),
        ):
            eventually(lambda: len(waits_of(postgres)) == 2)
            found = examine(postgres.psql(), thresholds=Thresholds(wait_s=0.2))

        finding = one(found, "blocking")
        assert finding.level is Level.AMBER
        assert f"Process {holder.info.backend_pid} (postgres, a careless hand" in finding.what
        assert "has 2 waiting behind it for stock" in finding.what
        assert "sku-1" not in finding.what
        assert f"pg_terminate_backend({holder.info.backend_pid})" in finding.advice
    assert look(postgres) == []


def test_a_transaction_left_open_is_found(postgres: Postgres) -> None:
    with postgres.connect(name="forgetful") as open_one:
        open_one.execute("BEGIN")
        open_one.execute("SELECT 1")
        pid = open_one.info.backend_pid
        eventually(lambda: "database.long_transactions" in checks_of(look(postgres)))

        finding = one(look(postgres), "long_transactions")
        assert f"Process {pid} (postgres, forgetful, idle in transaction)" in finding.what
        assert "forgot to commit" in finding.advice
        assert examine(postgres.psql(), thresholds=Thresholds()) == []


def test_an_index_whose_concurrent_building_failed_is_found(postgres: Postgres) -> None:
    with postgres.connect() as connection:
        connection.execute("INSERT INTO stock (sku, on_hand) VALUES ('sku-1', 1)")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("CREATE UNIQUE INDEX CONCURRENTLY one_sku ON stock (sku)")

        finding = one(look(postgres), "invalid_indexes")
        assert finding.what == "Index one_sku of stock is not valid."
        assert "REINDEX INDEX CONCURRENTLY one_sku" in finding.advice

        connection.execute("DROP INDEX one_sku")
    assert look(postgres) == []


def test_dead_rows_that_nothing_clears_are_found(postgres: Postgres) -> None:
    with postgres.connect() as connection:
        connection.execute("ALTER TABLE stock SET (autovacuum_enabled = false)")
        for _ in range(3):
            connection.execute("UPDATE stock SET on_hand = on_hand + 1")
        connection.execute("SELECT pg_stat_force_next_flush()")
        eventually(lambda: "database.dead_rows" in checks_of(look(postgres)))

        finding = one([f for f in look(postgres) if f.level > Level.HINT], "dead_rows")
        assert "% of stock are dead rows (6000 beside " in finding.what
        assert finding.advice == "ALTER TABLE stock RESET (autovacuum_enabled);"

        connection.execute("VACUUM (ANALYZE) stock")
        connection.execute("SELECT pg_stat_force_next_flush()")
        eventually(lambda: "database.dead_rows" not in checks_of(look(postgres)))


def test_a_table_that_is_mostly_air_is_found(postgres: Postgres) -> None:
    with postgres.connect() as connection:
        connection.execute(
            "INSERT INTO stock (sku, on_hand) SELECT 'x', 1 FROM generate_series(1, 90000)"
        )
        connection.execute("DELETE FROM stock WHERE id BETWEEN 2000 AND 91900")
        connection.execute("VACUUM (ANALYZE) stock")

        finding = one([f for f in look(postgres) if f.level > Level.HINT], "bloat")
        assert finding.what.startswith("stock takes ")
        assert "VACUUM FULL stock" in finding.advice

        connection.execute("VACUUM (FULL, ANALYZE) stock")
    assert "database.bloat" not in checks_of(look(postgres))


def test_a_slow_statement_is_found_without_its_values(postgres: Postgres) -> None:
    with postgres.connect() as connection:
        for _ in range(3):
            connection.execute("SELECT pg_sleep(0.03), 'ada@shop.example'")

    finding = one(look(postgres), "slow_statements")
    assert "over 3 calls" in finding.what
    assert "SELECT pg_sleep($?), $?" in finding.what
    assert "ada" not in finding.what


def test_what_the_backup_and_migrations_take_is_not_called_slow(postgres: Postgres) -> None:
    with postgres.connect() as connection:
        for number in range(3):
            connection.execute(f"CREATE TABLE copy_{number} AS SELECT pg_sleep(0.03)::text")
            connection.execute(f"DROP TABLE copy_{number}")

    assert look(postgres) == []


def test_connections_near_their_limit_are_told_with_who_has_them(postgres: Postgres) -> None:
    # 200 less the 3 that only superusers get.
    held = [postgres.connect() for _ in range(5)]
    try:
        found = examine(postgres.psql(), thresholds=Thresholds(connection_share=0.02))
        finding = one(found, "connections")
        assert "of 197 connections are taken: postgres" in finding.what
    finally:
        for connection in held:
            connection.close()


def test_a_role_that_may_open_less_than_the_settings_ask_for_is_told(postgres: Postgres) -> None:
    with postgres.connect() as connection:
        connection.execute("CREATE ROLE nexus_app LOGIN CONNECTION LIMIT 62")
        try:
            assert examine(postgres.psql(), thresholds=Thresholds()) == []
            found = examine(postgres.psql(), thresholds=Thresholds(app_connections=70))
        finally:
            connection.execute("DROP ROLE nexus_app")

    finding = one(found, "connection_limit")
    assert "may open 62 connections; with these settings the shop opens up to 70" in finding.what
    assert "max_connections = 208 " in finding.advice  # 200 here, and 8 more
    assert finding.advice.endswith("ALTER ROLE nexus_app CONNECTION LIMIT 70;")


def test_a_setting_that_loses_orders_is_red_wherever_it_was_made(postgres: Postgres) -> None:
    with postgres.connect() as connection:
        connection.execute("ALTER SYSTEM SET synchronous_commit = off")
        connection.execute("SELECT pg_reload_conf()")
        connection.execute("CREATE ROLE hasty")
        connection.execute("ALTER ROLE hasty SET synchronous_commit = local")
        eventually(lambda: len(look(postgres)) == 2)
        try:
            overridden, server = look(postgres)
            assert [overridden.level, server.level] == [Level.RED, Level.RED]
            assert overridden.what == (
                "synchronous_commit is local for hasty in every database; it must be on."
            )
            assert server.what == "synchronous_commit is off for the server; it must be on."
        finally:
            connection.execute("DROP ROLE hasty")
            connection.execute("ALTER SYSTEM RESET synchronous_commit")
            connection.execute("SELECT pg_reload_conf()")
    eventually(lambda: look(postgres) == [])


def test_an_archive_that_fails_is_red(postgres: Postgres) -> None:
    with postgres.connect() as connection:
        connection.execute("ALTER SYSTEM SET archive_command = 'false'")
        connection.execute("SELECT pg_reload_conf()")

        def has_failed() -> bool:
            # A segment with nothing in it is not archived, nor is the new command read at once.
            connection.execute("SELECT pg_logical_emit_message(true, 'shop', 'sold')")
            connection.execute("SELECT pg_switch_wal()")
            return "database.wal_archive" in checks_of(look(postgres))

        try:
            eventually(has_failed)
            finding = one(look(postgres), "wal_archive")
            assert finding.level is Level.RED
            assert finding.what.startswith("Archiving 0000")
        finally:
            connection.execute("ALTER SYSTEM SET archive_command = 'true'")
            connection.execute("SELECT pg_reload_conf()")
    eventually(lambda: look(postgres) == [])


def test_an_idle_slot_is_found_once_it_holds_back_much(postgres: Postgres) -> None:
    with postgres.connect() as connection:
        connection.execute("SELECT pg_create_physical_replication_slot('gone', true)")
        connection.execute("UPDATE stock SET on_hand = 1")
        try:
            assert look(postgres) == []
            found = examine(postgres.psql(), thresholds=Thresholds(lag_bytes=1000))
            finding = one(found, "replication")
            assert finding.what.startswith("Slot gone is idle (reserved)")
        finally:
            connection.execute("SELECT pg_drop_replication_slot('gone')")


def test_weak_roles_are_red(postgres: Postgres) -> None:
    with postgres.connect() as connection:
        connection.execute("SET password_encryption = 'md5'")
        connection.execute("CREATE ROLE old_fashioned LOGIN PASSWORD 'x'")
        connection.execute("CREATE ROLE second_root LOGIN SUPERUSER")
        try:
            assert [f.what for f in look(postgres)] == [
                "The password of old_fashioned is kept as MD5.",
                "second_root is a superuser who can sign in.",
            ]
        finally:
            connection.execute("DROP ROLE old_fashioned")
            connection.execute("DROP ROLE second_root")


def test_a_sequence_that_ends_before_its_bigint_is_found_by_its_column(postgres: Postgres) -> None:
    with postgres.connect() as connection:
        connection.execute("CREATE TABLE small (id int GENERATED BY DEFAULT AS IDENTITY)")
        connection.execute("CREATE TABLE odd (id int)")
        connection.execute("CREATE SEQUENCE wide AS bigint OWNED BY odd.id")
        connection.execute("SELECT setval('small_id_seq', 1500000000), setval('wide', 1900000000)")
        try:
            assert [(f.level, f.what) for f in look(postgres)] == [
                (Level.RED, "Sequence public.wide is at 1900000000 of 2147483647 (88 %)."),
                (
                    Level.AMBER,
                    "Sequence public.small_id_seq is at 1500000000 of 2147483647 (70 %).",
                ),
            ]
        finally:
            connection.execute("DROP TABLE small, odd")


def test_indexes_that_nobody_uses_or_somebody_lacks_are_hints(postgres: Postgres) -> None:
    with postgres.connect() as connection:
        connection.execute("CREATE INDEX idle ON stock (on_hand)")
        connection.execute("CREATE TABLE line (id bigserial, stock_id bigint REFERENCES stock)")
        connection.execute("INSERT INTO line (stock_id) SELECT 1 FROM generate_series(1, 1000)")
        connection.execute("ANALYZE line")
        for _ in range(25):
            connection.execute("SELECT on_hand FROM stock WHERE id = 5")
            connection.execute("SELECT count(*) FROM line WHERE stock_id = 7")
        connection.execute("SELECT pg_stat_force_next_flush()")
        eventually(lambda: len(look(postgres)) == 3)

        unused, missing, unindexed = look(postgres)
        assert {unused.level, missing.level, unindexed.level} == {Level.HINT}
        assert unused.what.startswith("Index idle (")
        assert missing.what == "line was read from end to end 25 times, 1000 rows each."
        assert unindexed.what == (
            "line refers by (stock_id) and has no index on it (line_stock_id_fkey)."
        )
        connection.execute("CREATE INDEX ON line (stock_id)")
        assert "database.unindexed_references" not in checks_of(look(postgres))
        connection.execute("DROP TABLE line")


def test_tokens_that_the_nightly_job_left_are_found(postgres: Postgres) -> None:
    with postgres.connect() as connection:
        connection.execute(
            "INSERT INTO users_refreshtoken (expires_at) VALUES (now() - interval '3 days'),"
            " (now() - interval '1 day'), (now())"
        )
    assert one(look(postgres), "expired_tokens").what == (
        "1 refresh tokens expired more than two days ago and are still there."
    )


def test_a_database_without_the_extension_is_told_how_to_get_it(postgres: Postgres) -> None:
    with postgres.connect() as connection:
        connection.execute("DROP EXTENSION pg_stat_statements")

    finding = one(look(postgres), "slow_statements")
    assert finding.advice.startswith("CREATE EXTENSION pg_stat_statements;")


def test_statements_are_read_where_the_extension_is(postgres: Postgres) -> None:
    elsewhere = f"{postgres.url.rpartition('/')[0]}/postgres"
    with postgres.connect() as shop, psycopg.connect(elsewhere, autocommit=True) as connection:
        shop.execute("DROP EXTENSION pg_stat_statements")
        connection.execute("CREATE EXTENSION pg_stat_statements")
        try:
            for _ in range(3):
                shop.execute("SELECT pg_sleep(0.03), 'of the shop'")
                connection.execute("SELECT pg_sleep(0.03), 'not of the shop', 2")

            assert one(look(postgres), "slow_statements").what.endswith("SELECT pg_sleep($?), $?")
        finally:
            connection.execute("DROP EXTENSION pg_stat_statements")


def test_a_database_that_does_not_answer_is_red(postgres: Postgres) -> None:
    url = f"postgresql://postgres@127.0.0.1:{closed_port()}/nexus"
    psql = Psql(command=[postgres.psql().command[0], url])

    finding = one(examine(psql, thresholds=EAGER), "connection")

    assert finding.level is Level.RED
    assert "Connection refused" in finding.what


class _Vandal(Question):
    def statement(self) -> str:
        return "SELECT setval('stock_id_seq', 1)"


def test_asking_cannot_change_the_database(postgres: Postgres) -> None:
    vandal = _Vandal("vandal", QUESTIONS[0].judge)

    answer = postgres.psql().ask([vandal], {})["vandal"]

    assert answer.error == "cannot execute setval() in a read-only transaction"


def test_a_statement_is_shown_without_values_and_on_one_line() -> None:
    assert shorten(
        "SELECT *\n  FROM users_user\n WHERE email = 'o''hara@x.example' AND id = 42"
    ) == ("SELECT * FROM users_user WHERE email = ? AND id = ?")
    assert shorten("UPDATE t SET note = 'cut off in the mid") == "UPDATE t SET note = ?"
    assert len(shorten("SELECT " + "a, " * 100)) == 120
