-- Take one place in each of several windows, or none in any of them.
--
-- KEYS: a list per claim with the times (in ms, newest first) at which places in it were taken.
-- ARGV: quota, window (in ms), places wanted (1, or 0 to look only), first and longest delay (in ms,
-- or 0) per claim. Answers with 1 or 0 for taken, then per claim the places taken and the ms until
-- one is free.
--
-- Where there are delays, a full window is no end: one more place is free when the first delay has
-- passed since the newest was taken, then after twice as long, four times, up to the longest.
--
-- Time is this server's, so that all workers of all hosts count by one clock.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local is_taken = 1
local claims = {}

local function free_at(key, claim)
  local delay = math.min(claim.longest, claim.first * 2 ^ (claim.used - claim.quota))
  return redis.call('LINDEX', key, 0) + delay
end

for number, key in ipairs(KEYS) do
  local claim = {
    quota = tonumber(ARGV[5 * number - 4]),
    window = tonumber(ARGV[5 * number - 3]),
    wanted = tonumber(ARGV[5 * number - 2]),
    first = tonumber(ARGV[5 * number - 1]),
    longest = tonumber(ARGV[5 * number]),
  }
  local oldest = redis.call('LINDEX', key, -1)
  while oldest and tonumber(oldest) <= now - claim.window do
    redis.call('RPOP', key)
    oldest = redis.call('LINDEX', key, -1)
  end
  claim.used = redis.call('LLEN', key)
  if claim.wanted > 0 and claim.used + claim.wanted > claim.quota then
    if claim.longest == 0 or now < free_at(key, claim) then
      is_taken = 0
    end
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
  answer[2 * number] = claim.used
  -- Usually the oldest; more have to leave first where a quota was lowered since.
  local leaving = redis.call('LINDEX', key, -math.max(claim.used - claim.quota + 1, 1))
  local free = leaving and leaving + claim.window or now
  if claim.longest > 0 and claim.used >= claim.quota then
    free = free_at(key, claim)
  end
  answer[2 * number + 1] = math.max(math.ceil(free - now), 0)
end
return answer
