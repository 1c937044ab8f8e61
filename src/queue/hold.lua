-- Hold origins: see queue_script_hold in scripts.h.
local holds, meta, channel = KEYS[1], KEYS[2], ARGV[1]
-- @include meta.lua
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local has = redis.call('HMGET', meta, 'id', 'holds_now')
local reply = {}

if not has[1] then
	return redis.error_reply('GONE the queue is not there')
end
-- If the clock was set back since the last call, what is left of each hold is
-- what was left then: no hold gets longer than its server has asked for.
local back = math.max(0, tonumber(has[2] or 0) - now)
redis.call('ZREMRANGEBYSCORE', holds, '-inf', now + back)
if back > 0 then
	for _, origin in ipairs(redis.call('ZRANGE', holds, 0, -1)) do
		redis.call('ZINCRBY', holds, -back, origin)
	end
end
redis.call('HSET', meta, 'holds_now', now)
-- Rounded up: no hold is shorter than its server has asked for.
local from = time[1] * 1000 + math.ceil(time[2] / 1000)
for i = 3, #ARGV, 2 do
	local ms = tonumber(ARGV[i + 1])
	local was = redis.call('ZSCORE', holds, ARGV[i])
	if ms > 0 and (not was or tonumber(was) < from + ms) then
		redis.call('ZADD', holds, from + ms, ARGV[i])
		redis.call('PUBLISH', channel,
			string.format('%.0f %s', ms, ARGV[i]))
	end
end
if ARGV[2] == '1' then
	local all = redis.call('ZRANGE', holds, 0, -1, 'WITHSCORES')
	for i = 1, #all, 2 do
		reply[i] = all[i]
		reply[i + 1] = tonumber(all[i + 1]) - now
	end
end
return reply
