import json
import stat
from datetime import UTC, datetime

from scripts.backup.sets import Set
from scripts.backup.tests.installation import Installation


def test_a_set_says_what_it_holds_and_that_it_was_proven(
    installation: Installation, proven: Set
) -> None:
    manifest = json.loads((proven.folder / "manifest.json").read_text())

    assert sorted(path.name for path in proven.folder.iterdir()) == [
        "certificates.tar.age",
        "configuration.tar.age",
        "database.dump.age",
        "index.json.age",
        "manifest.json",
        "media.tar.age",
        "roles.sql.age",
    ]
    assert {name: told["rows"] for name, told in manifest["database"]["tables"].items()} == {
        "public.ledger": 300,
        "public.product": 500,
        "public.purchase": 300,
    }
    assert manifest["database"]["sequences_after"]["public.invoice_number"] == 7
    assert manifest["trees"]["media"] == {"files": 3, "bytes": 280_006}
    assert manifest["certificates"] == ["shop.example"]
    assert manifest["release"] == "1.4.0_rc1"
    assert manifest["revision"] == "c0ffee" * 6 + "c0ff"
    assert manifest["postgresql"].startswith("18.")
    assert datetime.fromisoformat(manifest["verified_at"]) <= datetime.now(UTC)
    assert "/" in manifest["wal_lsn"]


def test_nothing_of_the_shop_can_be_read_in_a_set(installation: Installation, proven: Set) -> None:
    content = b"".join(path.read_bytes() for path in proven.folder.iterdir())

    assert b"picturepicture" not in content
    assert b"SHOP_DOMAIN" not in content
    assert b"CREATE TABLE" not in content
    assert "Größe".encode() not in content  # control: it is a customer's file name and a product's
    assert "Größe" in " ".join(path.name for path in installation.folder.rglob("*"))
    assert stat.S_IMODE(proven.folder.stat().st_mode) == 0o700


def test_the_key_of_the_backups_is_not_inside_what_it_opens(
    installation: Installation, proven: Set
) -> None:
    target = installation.folder / "out"

    done = installation.backup(
        "restore", proven.id, "--to", "dir", str(target), "--part", "configuration"
    )

    assert done.returncode == 0, done.stderr
    assert sorted(
        str(path.relative_to(target / "configuration"))
        for path in target.rglob("*")
        if path.is_file()
    ) == [".env.prod", ".production/secrets/django_secret_key", ".production/state.json"]


def test_the_list_tells_proven_sets_from_others(installation: Installation, proven: Set) -> None:
    manifest = json.loads((proven.folder / "manifest.json").read_text())
    unproven = proven.folder.with_name("20200101T000000Z-old")
    unproven.mkdir()
    (unproven / "manifest.json").write_text(json.dumps({"id": unproven.name, "verified_at": None}))

    told = json.loads(installation.backup("list", "--json").stdout)

    assert [(one["id"], one["verified_at"]) for one in told] == [
        (unproven.name, None),
        (proven.id, manifest["verified_at"]),
    ]
    assert "NOT VERIFIED" in installation.backup("list").stdout


def test_the_report_of_a_good_backup(installation: Installation, proven: Set) -> None:
    report = json.loads((installation.folder / "reports/backup.json").read_text())

    assert report["set"] == proven.id
    assert report["error"] is None
    assert report["verified_at"] == proven.verified_at
    assert report["bytes"] == sum(path.stat().st_size for path in proven.folder.glob("*.age"))
    assert report["wal_archived_at"] is None
