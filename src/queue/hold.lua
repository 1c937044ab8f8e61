-- Hold origins: see queue_script_hold in scripts.h.
local holds, channel = KEYS[1], ARGV[1]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local reply = {}

if not redis.call('HGET', KEYS[2], 'id') then
	return redis.error_reply('GONE the queue is not there')
end
redis.call('ZREMRANGEBYSCORE', holds, '-inf', now)
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
