-- Take one place in each of several windows, or none in any of them.
--
-- KEYS: a list per claim with the times (in ms, newest first) at which places in it were taken.
-- ARGV: quota, window (in ms) and places wanted (1, or 0 to look only) per claim.
-- Answers with 1 or 0 for taken, then per claim the places taken and the ms until one is free.
--
-- Time is this server's, so that all workers of all hosts count by one clock.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local is_taken = 1
local claims = {}

for number, key in ipairs(KEYS) do
  local claim = {
    quota = tonumber(ARGV[3 * number - 2]),
    window = tonumber(ARGV[3 * number - 1]),
    wanted = tonumber(ARGV[3 * number]),
  }
  local oldest = redis.call('LINDEX', key, -1)
  while oldest and tonumber(oldest) <= now - claim.window do
    redis.call('RPOP', key)
    oldest = redis.call('LINDEX', key, -1)
  end
  claim.used = redis.call('LLEN', key)
  if claim.wanted > 0 and claim.used + claim.wanted > claim.quota then
    is_taken = 0
  end
  claims[number] = claim
end

local answer = {is_taken}
for number, key in ipairs(KEYS) do
  local claim = claims[number]
  if is_taken == 1 and claim.wanted > 0 then
    redis.call('LPUSH', key, string.format('%.0f', now))
    redis.call('PEXPIRE', key, claim.window)
    claim.used = claim.used + 1
  end
  -- Usually the oldest; more have to leave first where a quota was lowered since.
  local leaving = redis.call('LINDEX', key, -math.max(claim.used - claim.quota + 1, 1))
  answer[2 * number] = claim.used
  answer[2 * number + 1] = leaving and leaving + claim.window - now or 0
end
return answer
