-- Remove what was written, and read on: see queue_script_results in scripts.h.
-- XDEL comes first: then the rest may write though memory is short, which the
-- reader is there to end.
local q, out, meta, put = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local role = 'reader'
-- @include lease.lua
local after, most, most_bytes = ARGV[5], tonumber(ARGV[6]), tonumber(ARGV[7])

if not identity or ARGV[1] ~= '' and ARGV[1] ~= identity or not group then
	return redis.error_reply('GONE the queue is not there')
end
local refusal = taken()
if refusal then return refusal end
redis.call('XLEN', out)
redis.call('GETBIT', put, 0)

redis.call('XDEL', out, '0-0')
local bytes, written, failed = 0, 0, 0
for i = 10, #ARGV, 4 do
	local id, n, size, ok = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]
	if redis.call('XDEL', out, id) == 1 then bytes = bytes + size end
	if ok ~= '2' and redis.call('SETBIT', put, n, 1) == 0 then
		written = written + 1
		if ok == '0' then failed = failed + 1 end
	end
end
local function count(name, by)
	if by ~= 0 then redis.call('HINCRBY', meta, name, by) end
end
count('bytes', -bytes)
count('put', written)
count('put_failed', failed)
if ARGV[9] ~= '' then redis.call('HSET', meta, 'place', ARGV[9]) end
if ARGV[8] == '1' then end_lease() else renew_lease() end

local counts = redis.call('HMGET', meta, 'fed', 'total', 'put', 'put_failed',
	'place')
local reply = {identity, tonumber(counts[1] or 0) or 0, tonumber(counts[2] or -1),
	redis.call('XLEN', q), field(group, 'pending'), tonumber(counts[3] or 0),
	tonumber(counts[4] or 0), redis.call('XLEN', out), counts[5] or ''}
-- Is there a record of that input? What no worker has added, so that it has no
-- such number, counts as put out: it is removed.
local function is_put(fields)
	local n = fields[1] == 'n' and tonumber(fields[2]) or 0
	if n < 1 or n > reply[2] or n % 1 ~= 0 then return 1 end
	return redis.call('GETBIT', put, string.format('%.0f', n))
end

-- A few at a time, since each may hold 64 MiB.
while most > 0 and most_bytes > 0 do
	local entries = redis.call('XRANGE', out, '(' .. after, '+',
		'COUNT', math.min(most, 16))
	for _, entry in ipairs(entries) do
		local fields = entry[2]
		after = entry[1]
		reply[#reply + 1] = after
		reply[#reply + 1] = is_put(fields)
		reply[#reply + 1] = fields
		most = most - 1
		most_bytes = most_bytes - #(fields[6] or '')
		if most_bytes <= 0 then break end
	end
	if #entries == 0 then break end
end
return reply
