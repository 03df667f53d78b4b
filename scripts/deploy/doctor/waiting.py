"""Who waits for whom, who takes too long, and how many connections are left."""

from scripts.deploy.amounts import span
from scripts.deploy.doctor.questions import Question, Row, finding, shorten
from scripts.deploy.findings import Finding, Level

_LONG_WAIT_S = 10
_LONG_TRANSACTION_S = 600
_ALMOST_ALL = 0.95


def _blocking(row: Row) -> Finding:
    waiters = row["waiters"]
    relation = f" for {row['relation']}" if row["relation"] else ""
    who = f"{row['role']}, {row['application'] or 'no name'}, {row['state']}"
    return finding(
        Level.RED if row["waits_s"] >= _LONG_WAIT_S else Level.AMBER,
        f"Process {row['holder']} ({who}) has {len(waiters)} waiting behind it{relation},"
        f" the longest for {span(row['waits_s'])}: {shorten(row['statement'])}"
        f" holds up {shorten(row['waiting_statement'])}",
        f"Let it end, or end it: SELECT pg_terminate_backend({row['holder']});",
        why="Requests of customers queue behind a lock until they time out.",
    )


def _long_transaction(row: Row) -> Finding:
    name = f"{row['role']}, {row['application'] or 'no name'}, {row['state']}"
    if not row["pid"]:
        advice = f"COMMIT PREPARED or ROLLBACK PREPARED it by its name ({row['application']})."
    elif row["state"].startswith("idle in transaction"):
        advice = (
            "It waits for its client, not for the database: find what forgot to commit, or end it:"
            f" SELECT pg_terminate_backend({row['pid']});"
        )
    else:
        advice = f"Let it end, or cancel it: SELECT pg_cancel_backend({row['pid']});"
    return finding(
        Level.RED if row["age_s"] >= _LONG_TRANSACTION_S else Level.AMBER,
        f"Process {row['pid']} ({name}) is in one transaction for {span(row['age_s'])}:"
        f" {shorten(row['statement'])}",
        advice,
        why="Vacuum can clear nothing that is younger, and its locks stay.",
    )


def _connections(row: Row) -> Finding:
    share = row["used"] / row["allowed"]
    return finding(
        Level.RED if share >= _ALMOST_ALL else Level.AMBER,
        f"{row['used']} of {row['allowed']} connections are taken: {row['holders']}",
        "Lower WEB_CONCURRENCY or WEB_THREADS, or raise max_connections with the memory for it.",
        why="Without a free connection requests are answered with 503.",
    )


def _connection_limit(row: Row) -> Finding:
    more = row["needed"] - row["allowed"]
    return finding(
        Level.AMBER,
        f"{row['role']} may open {row['allowed']} connections; with these settings the shop opens"
        f" up to {row['needed']} during a deploy.",
        f"max_connections = {row['all_together'] + more} in .production/postgres/connections.conf,"
        f" restart db, then ALTER ROLE {row['role']} CONNECTION LIMIT {row['needed']};",
        why="Without a free connection requests are answered with 503.",
    )


QUESTIONS = [
    Question("blocking", _blocking),
    Question("long_transactions", _long_transaction),
    Question("connections", _connections),
    Question("connection_limit", _connection_limit, own_server_only=True),
]
