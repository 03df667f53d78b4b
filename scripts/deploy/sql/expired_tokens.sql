-- Refresh tokens that the nightly job should have removed two days ago or more.
SELECT count(*) AS expired
FROM users_refreshtoken
WHERE expires_at < now() - interval '2 days'
HAVING count(*) > 0
