"""What keeps acknowledged orders: settings that must hold, archive, replicas, checksums."""

from scripts.deploy.amounts import size, span
from scripts.deploy.doctor.questions import Question, Row, finding, shorten
from scripts.deploy.findings import Finding, Level


def _setting(row: Row) -> Finding:
    if row["place"] == "the server":
        advice = (
            f"Set {row['name']} = {row['wanted']} in scripts/stack/postgres/postgresql.conf, look"
            " for an override by ALTER SYSTEM, and restart db."
        )
        if row["name"] == "data_checksums":
            advice = "Stop db and run pg_checksums --enable over its data folder."
    else:
        advice = f"ALTER ROLE … or ALTER DATABASE … RESET {row['name']}; ({row['place']})"
    return finding(
        Level.RED,
        f"{row['name']} is {row['value']} for {row['place']}; it must be {row['wanted']}.",
        advice,
        why="Orders that were confirmed can be lost or damaged, or passwords be read.",
    )


def _archive_mode(_row: Row) -> Finding:
    return finding(
        Level.AMBER,
        "The write-ahead log is not archived (archive_mode is off).",
        "Set archive_mode = on and archive_command in postgresql.conf, and restart db.",
        why="After a loss of the disk only the last backup comes back, not the hours since.",
    )


def _wal_archive(row: Row) -> Finding:
    return finding(
        Level.RED,
        f"Archiving {row['segment']} fails since {row['last_failed']} ({row['failures']} failures);"
        f" the last that worked: {row['last_archived']}.",
        "Look at the log of db for the error of archive_command: space, mode or owner of the"
        " archive's volume.",
        why="The log piles up until the disk is full, and point-in-time recovery ends here.",
    )


def _replication(row: Row) -> Finding:
    if row["kind"] == "slot":
        return finding(
            Level.RED if row["state"] in {"lost", "unreserved"} else Level.AMBER,
            f"Slot {row['name']} is idle ({row['state']}) and holds back {size(row['bytes'] or 0)}"
            " of write-ahead log.",
            f"Bring its replica back, or SELECT pg_drop_replication_slot('{row['name']}');",
            why="The log grows until the disk is full.",
        )
    return finding(
        Level.AMBER,
        f"Replica {row['name']} ({row['state']}) is {span(row['lag_s'])} and"
        f" {size(row['bytes'] or 0)} behind.",
        "Look at the replica's load, disk and network; reads go to the primary meanwhile.",
    )


def _password(row: Row) -> Finding:
    if row["problem"] == "md5":
        what = f"The password of {row['role']} is kept as MD5."
        advice = f"scripts/deploy.sh secrets rotate, or ALTER ROLE {row['role']} PASSWORD …"
    else:
        what = f"{row['role']} is a superuser who can sign in."
        advice = f"ALTER ROLE {row['role']} NOSUPERUSER;"
    return finding(Level.RED, what, advice)


def _corruption(row: Row) -> Finding:
    return finding(
        Level.RED,
        f"{row['failures']} pages of {row['name']} had a wrong checksum, the last at"
        f" {row['last_failure']}.",
        "Take a backup to another disk now, check the disk (smartctl, dmesg), restore elsewhere.",
        why="The disk or the memory loses what was written.",
    )


def _collation(row: Row) -> Finding:
    return finding(
        Level.AMBER,
        f"Database {row['name']} was built with collation version {row['built']}, the server now"
        f" has {row['actual']}.",
        f"REINDEX DATABASE CONCURRENTLY {row['name']}; then"
        f" ALTER DATABASE {row['name']} REFRESH COLLATION VERSION;",
        why="An index in another order misses rows, and unique ones let duplicates pass.",
    )


def _slow_statement(row: Row) -> Finding:
    return finding(
        Level.AMBER,
        f"{row['mean_ms']:.0f} ms on average over {row['calls']} calls, {row['share']} % of all"
        f" time: {shorten(row['statement'])}",
        "EXPLAIN (ANALYZE, BUFFERS) it; after a repair, SELECT"
        f" pg_stat_statements_reset(0, 0, {row['id']});",
        why="The shop ends statements after five seconds.",
    )


def _expired_tokens(row: Row) -> Finding:
    return finding(
        Level.AMBER,
        f"{row['expired']} refresh tokens expired more than two days ago and are still there.",
        "The nightly job users.purge_sessions did not run: look at the logs of scheduler, worker.",
        why="The table grows with every sign-in.",
    )


QUESTIONS = [
    Question("settings", _setting),
    Question("archive_mode", _archive_mode, own_server_only=True),
    Question("wal_archive", _wal_archive, own_server_only=True),
    Question("replication", _replication, own_server_only=True),
    Question("passwords", _password, own_server_only=True),
    Question("corruption", _corruption),
    Question("collations", _collation),
    Question("slow_statements", _slow_statement, view="pg_stat_statements"),
    Question("expired_tokens", _expired_tokens),
]
