-- Jobs of the background worker: waiting past their time, and given up since yesterday.
SELECT
    count(*) FILTER (WHERE status = 'todo' AND coalesce(scheduled_at, '-infinity') <= now())
        AS waiting,
    count(*) FILTER (WHERE status = 'failed' AND EXISTS (
        SELECT FROM procrastinate_events AS event
        WHERE event.job_id = procrastinate_jobs.id AND event.type = 'failed'
            AND event.at > now() - interval '1 day'
    )) AS failed,
    coalesce(extract(epoch FROM now() - min(coalesce(scheduled_at, (
        SELECT min(event.at) FROM procrastinate_events AS event
        WHERE event.job_id = procrastinate_jobs.id
    ))) FILTER (WHERE status = 'todo' AND coalesce(scheduled_at, '-infinity') <= now())), 0)::int
        AS oldest_s
FROM procrastinate_jobs
