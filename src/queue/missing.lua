-- Inputs without a record: see queue_script_missing in scripts.h. Bit n of the
-- map is input n.
local meta, put = KEYS[1], KEYS[2]
-- @include meta.lua
local n, most = tonumber(ARGV[1]), tonumber(ARGV[2])
local fed = tonumber(redis.call('HGET', meta, 'fed') or 0)
local reply = {}

while n <= fed and #reply < most do
	if n % 8 == 0 then -- skip whole bytes of inputs that have one
		local clear = redis.call('BITPOS', put, 0, n / 8)
		if clear > n then n = clear end
	end
	if n <= fed and redis.call('GETBIT', put, n) == 0 then
		reply[#reply + 1] = n
	end
	n = n + 1
end
return reply
