"""What vacuum and indexes need: dead rows, bloat, old transaction ids, broken or idle indexes."""

from scripts.deploy.amounts import size
from scripts.deploy.doctor.questions import Question, Row, finding
from scripts.deploy.findings import Finding, Level

_XID_RED = 1_200_000_000
_SEQUENCE_RED_PERCENT = 80


def _invalid_index(row: Row) -> Finding:
    index = row["index"]
    return finding(
        Level.AMBER,
        f"Index {index} of {row['relation']} is not valid.",
        f"REINDEX INDEX CONCURRENTLY {index}; or DROP INDEX CONCURRENTLY {index};"
        " and run the migration again.",
        why="A CREATE INDEX CONCURRENTLY failed: every write pays for it, no query uses it,"
        " and if it is a unique one, duplicates pass.",
    )


def _dead_rows(row: Row) -> Finding:
    relation, last = row["relation"], row["last_autovacuum"] or "never"
    if row["is_switched_off"]:
        advice = f"ALTER TABLE {relation} RESET (autovacuum_enabled);"
    else:
        advice = (
            "Look for a long transaction above, which holds vacuum up; else"
            f" VACUUM (ANALYZE, VERBOSE) {relation}; says what hinders it."
        )
    return finding(
        Level.AMBER,
        f"{row['share']} % of {relation} are dead rows ({row['dead']} beside {row['live']} live);"
        f" autovacuum came last: {last}.",
        advice,
        why="Every read of the table passes over them.",
    )


def _bloat(row: Row) -> Finding:
    relation = row["relation"]
    return finding(
        Level.AMBER,
        f"{relation} takes {size(row['bytes'])}, about {size(row['wasted'])} more than its rows.",
        f"In a quiet hour, in maintenance mode: VACUUM FULL {relation}; (it locks the table).",
        why="Disk and cache are spent on air that plain vacuum does not give back.",
    )


def _wraparound(row: Row) -> Finding:
    return finding(
        Level.RED if row["age"] >= _XID_RED else Level.AMBER,
        f"Database {row['name']} has rows that are {row['age']} transactions old and not frozen.",
        f"VACUUM (FREEZE) in {row['name']}; first end long transactions and drop idle slots.",
        why="At about 2 100 000 000 PostgreSQL refuses every write.",
    )


def _unused_index(row: Row) -> Finding:
    return finding(
        Level.HINT,
        f"Index {row['index']} ({size(row['bytes'])}) was never used, while others of"
        f" {row['relation']} were {row['scans']} times.",
        "Consider removing it from the model; each write of the table keeps it up.",
    )


def _missing_index(row: Row) -> Finding:
    return finding(
        Level.HINT,
        f"{row['relation']} was read from end to end {row['scans']} times,"
        f" {row['rows_each']} rows each.",
        "EXPLAIN (ANALYZE, BUFFERS) the slow statements on it, and give their filter an index.",
    )


def _unindexed_reference(row: Row) -> Finding:
    return finding(
        Level.HINT,
        f"{row['relation']} refers by ({row['columns']}) and has no index on it ({row['name']}).",
        f"Add an index on ({row['columns']}) to the model.",
        why="To delete what it refers to, the whole table is read.",
    )


def _sequence(row: Row) -> Finding:
    return finding(
        Level.RED if row["share"] >= _SEQUENCE_RED_PERCENT else Level.AMBER,
        f"Sequence {row['sequence']} is at {row['at']} of {row['last_number']} ({row['share']} %).",
        "Plan a migration that makes the column a bigint before the numbers end.",
        why="When they end, every insert into the table fails.",
    )


QUESTIONS = [
    Question("invalid_indexes", _invalid_index),
    Question("dead_rows", _dead_rows),
    Question("bloat", _bloat),
    Question("wraparound", _wraparound),
    Question("sequences", _sequence),
    Question("unused_indexes", _unused_index),
    Question("missing_indexes", _missing_index),
    Question("unindexed_references", _unindexed_reference),
]
