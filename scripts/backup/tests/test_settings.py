import json
from pathlib import Path

import pytest

from scripts.backup.faults import WrongSetting
from scripts.backup.settings import connection, from_environment


def test_the_password_comes_from_its_file_and_goes_by_the_environment(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("p@ss/word\n")

    settings = from_environment(
        {
            "PGHOST": "db",
            "PGUSER": "nexus_backup",
            "PGDATABASE": "nexus",
            "BACKUP_DATABASE_PASSWORD_FILE": str(tmp_path / "password"),
        }
    )

    reached = connection(settings, "other")
    assert (reached["PGHOST"], reached["PGUSER"]) == ("db", "nexus_backup")
    assert (reached["PGDATABASE"], reached["PGPASSWORD"]) == ("other", "p@ss/word")
    assert settings.database == "nexus"


def test_a_database_over_tls_is_reached_over_tls() -> None:
    address = "postgresql://b:x%2Fy@pg.example:6432/nexus?sslmode=verify-full&sslrootcert=/ca.pem"

    reached = connection(from_environment({"BACKUP_DATABASE_URL": address}))

    assert (reached["PGPORT"], reached["PGPASSWORD"]) == ("6432", "x/y")
    assert (reached["PGSSLMODE"], reached["PGSSLROOTCERT"]) == ("verify-full", "/ca.pem")


def test_a_set_is_named_for_the_release_that_runs(tmp_path: Path) -> None:
    address = {"BACKUP_DATABASE_URL": "postgresql://b@db/nexus", "RELEASE": "1.0"}
    assert from_environment(address).release == "1.0"

    (tmp_path / ".production").mkdir()
    (tmp_path / ".production/state.json").write_text(json.dumps({"release": "1.2/odd-name"}))

    named = from_environment(address | {"BACKUP_CONFIGURATION_DIR": str(tmp_path)})
    assert named.release == "1.2_odd_name"


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({}, "BACKUP_DATABASE_URL"),
        ({"BACKUP_DATABASE_URL": "mysql://x/y"}, "BACKUP_DATABASE_URL"),
        ({"BACKUP_DATABASE_URL_FILE": "/nowhere"}, "BACKUP_DATABASE_URL_FILE"),
        ({"BACKUP_DATABASE_URL": "postgresql://b@db/nexus", "BACKUP_AT": "25:00"}, "BACKUP_AT"),
        (
            {"BACKUP_DATABASE_URL": "postgresql://b@db/nexus", "BACKUP_PING_URL": "file:///etc"},
            "BACKUP_PING_URL",
        ),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused(given: dict[str, str], named: str) -> None:
    with pytest.raises(WrongSetting, match=named):
        from_environment(given)
