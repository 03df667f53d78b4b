"""A database that lost its customers, goods or orders is faithfully dumped, and no backup."""

import json
from collections.abc import Iterator

import pytest

from scripts.backup import losses
from scripts.backup.sets import Set
from scripts.backup.tests.checks import content, noticed, wait_for
from scripts.backup.tests.installation import Installation, Server, server_with_shop
from scripts.deploy.findings import Level
from scripts.deploy.status import reports

ROWS = {"users_user": 10, "catalog_product": 20, "orders_order": 40}


@pytest.fixture
def own_server() -> Iterator[Server]:
    """A shop's database that has the tables of a real one, and may lose them."""
    with server_with_shop() as server:
        with server.connect() as admin:
            admin.execute(f"SET ROLE owner_{server.token}")
            for table, rows in ROWS.items():
                admin.execute(f"CREATE TABLE {table} AS SELECT generate_series(1, {rows}) id")
        yield server


@pytest.fixture
def shop(installation: Installation, own_server: Server) -> Installation:
    """The installation over that database, with a proven set of it."""
    shop = Installation(
        installation.folder, installation.environ | {"BACKUP_DATABASE_URL": own_server.backup_url}
    )
    assert "verified: " in next_set(shop)
    return shop


def next_set(shop: Installation, *options: str) -> str:
    """Make a set; in the second of another one there cannot be a further one."""

    def made() -> str:
        done = shop.backup("run", *options)
        return "" if done.returncode == 5 else done.stdout + done.stderr

    return wait_for(made)


def execute(server: Server, statement: str) -> None:
    with server.connect() as admin:
        admin.execute(statement)


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("DELETE FROM orders_order", "orders_order from 40 rows to 0"),
        ("DELETE FROM users_user WHERE id > 4", "users_user from 10 rows to 4"),
        ("DROP TABLE catalog_product", "catalog_product from 20 rows to 0"),
    ],
)
def test_a_database_that_lost_most_of_its_rows_makes_no_backup(
    shop: Installation, own_server: Server, statement: str, words: str
) -> None:
    before = {one.id: content(one) for one in shop.sets()}
    newest = shop.sets()[-1]
    execute(own_server, statement)

    done = wait_for(lambda: (run := shop.backup("run")).returncode != 5 and run)

    assert done
    noticed(done, 17, words, newest.id, "--accept-loss")
    assert {one.id: content(one) for one in shop.sets()} == before
    assert not list(shop.settings.sets.glob("*.partial"))
    report = json.loads((shop.folder / "reports/backup.json").read_text())
    assert (report["set"], report["verified_at"]) == (newest.id, newest.verified_at)
    part = reports.backup(report)
    assert part.level is Level.RED
    assert words in part.text


def test_without_the_look_it_would_be_a_backup_like_any_other(
    shop: Installation, own_server: Server
) -> None:
    execute(own_server, "DELETE FROM users_user; DELETE FROM orders_order")

    assert "verified: " in next_set(shop, "--accept-loss")


def test_what_shrinks_by_half_or_grows_is_a_backup(shop: Installation, own_server: Server) -> None:
    execute(own_server, "DELETE FROM users_user WHERE id > 5; INSERT INTO orders_order VALUES (41)")

    assert "verified: " in next_set(shop)


def test_a_loss_that_was_accepted_is_what_the_next_one_is_held_against(
    shop: Installation, own_server: Server
) -> None:
    execute(own_server, "DELETE FROM orders_order WHERE id > 8")
    assert "verified: " in next_set(shop, "--accept-loss")

    accepted = shop.sets()[-1].manifest()
    assert accepted["losses_accepted"] == ["orders_order from 40 rows to 8"]
    assert "verified: " in next_set(shop)
    assert "losses_accepted" not in shop.sets()[-1].manifest()


def test_a_first_set_is_held_against_nothing() -> None:
    assert losses.found({}, {"users_user": 1}) == []
    assert losses.found({"users_user": 1}, {}) == ["users_user from 1 rows to 0"]


def test_a_preview_says_what_a_swap_would_take_away(shop: Installation, own_server: Server) -> None:
    small = _set_of_an_empty_shop(shop, own_server)

    careful = shop.backup("preview", small.id)
    live_again = shop.backup("preview", shop.sets()[-2].id)
    down = shop.backup("preview", BACKUP_DATABASE_URL="postgresql://nobody:x@127.0.0.1:1/shop")

    assert careful.stdout.splitlines() == [
        f"{small.id} has of rows: users_user 0, catalog_product 20, orders_order 40",
        "CAREFUL: a swap would bring users_user from 10 rows to 0.",
    ]
    assert "CAREFUL" not in live_again.stdout
    assert "users_user 10, catalog_product 20, orders_order 40" in live_again.stdout
    assert down.stdout.splitlines()[1].startswith("The live database does not answer")


def _set_of_an_empty_shop(shop: Installation, server: Server) -> Set:
    execute(server, "CREATE TABLE kept AS SELECT * FROM users_user; DELETE FROM users_user")
    assert "verified: " in next_set(shop, "--accept-loss")
    execute(server, "INSERT INTO users_user SELECT * FROM kept; DROP TABLE kept")
    return shop.sets()[-1]
