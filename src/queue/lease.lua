-- The beginning of the scripts that one process at a time may call, the feeder
-- or the reader, behind their keys and what it is (`role`): it has a lease.
-- @include common.lua
local token, who, lease = ARGV[2], ARGV[3], tonumber(ARGV[4])
local WHO, UNTIL = role .. '_who', role .. '_until'
local has = redis.call('HMGET', meta, 'id', role, WHO, UNTIL)
local identity = has[1]
local group = find_group()

-- Who has the lease, if that is another process: an error; else nil.
local function taken()
	local ends = tonumber(has[4] or '') or 0
	if ends > now + lease then -- the clock was set back
		ends = now + lease
		redis.call('HSET', meta, UNTIL, ends)
	end
	if has[2] and has[2] ~= token and ends >= now then
		return redis.error_reply(string.format('TAKEN %.0f %s %s',
			ends - now, has[2], has[3] or '?'))
	end
end

local function renew_lease()
	redis.call('HSET', meta, role, token, WHO, who, UNTIL, now + lease)
end

local function end_lease()
	redis.call('HDEL', meta, role, WHO, UNTIL)
end
