-- Who waits for a lock longer than a second, and who stands at the head of that queue.
WITH RECURSIVE waits AS (
    SELECT pid AS waiter, unnest(pg_blocking_pids(pid)) AS holder
    FROM pg_stat_activity
    WHERE wait_event_type = 'Lock'
), chains AS (
    SELECT waiter, holder, 1 AS depth FROM waits
    UNION  -- and not UNION ALL: two that wait for each other would go round for ever
    SELECT chains.waiter, waits.holder, chains.depth + 1
    FROM chains JOIN waits ON waits.waiter = chains.holder
    WHERE chains.depth < 50
), heads AS (
    SELECT DISTINCT waiter, holder FROM chains
    WHERE holder NOT IN (SELECT waiter FROM waits)
)
SELECT
    holder.pid AS holder,
    coalesce(holder.application_name, '') AS application,
    coalesce(holder.usename, '') AS role,
    coalesce(holder.state, '') AS state,
    extract(epoch FROM clock_timestamp() - holder.xact_start)::int AS transaction_s,
    left(holder.query, 500) AS statement,
    array_agg(waiter.pid ORDER BY waiter.pid) AS waiters,
    max(extract(epoch FROM clock_timestamp() - lock.waitstart))::int AS waits_s,
    left(min(waiter.query), 500) AS waiting_statement,
    min(lock.relation::regclass::text) AS relation
FROM heads
JOIN pg_stat_activity AS holder ON holder.pid = heads.holder
JOIN pg_stat_activity AS waiter ON waiter.pid = heads.waiter
JOIN pg_locks AS lock ON lock.pid = heads.waiter AND NOT lock.granted
WHERE clock_timestamp() - lock.waitstart > :'wait_s'::float8 * interval '1 second'
GROUP BY holder.pid, holder.application_name, holder.usename, holder.state,
    holder.xact_start, holder.query
ORDER BY max(clock_timestamp() - lock.waitstart) DESC
