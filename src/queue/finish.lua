-- Record, acknowledge and delete inputs: see queue_script_finish in scripts.h.
-- While memory is short a script may write only if a command that frees some
-- (XACK) was its first to write: so live() comes last.
-- @include worker.lua
local put = KEYS[6]
local seq = me .. ' finish'
local again = redis.call('HGET', about, seq) == ARGV[4]
local bytes, done, failed, twice = 0, 0, 0, 0
local won = {}
redis.call('GETBIT', put, 0)

-- Returns 1 if nobody has finished `n` before.
local function finish(n, ok, records)
	local id = n .. '-0'
	if redis.call('XACK', q, 'workers', id) == 0 then
		twice = twice + 1
		return 0
	end
	redis.call('XDEL', q, id)
	-- A replica that was behind may have brought the input back.
	if redis.call('GETBIT', put, n) == 1 then
		twice = twice + 1
		return 0
	end
	if records ~= '' then
		redis.call('XADD', out, '*', 'n', n, 's', ok, 'r', records)
		bytes = bytes + #records
	end
	done = done + 1
	if ok ~= '1' then failed = failed + 1 end
	return 1
end

local function count(name, by)
	if by > 0 then redis.call('HINCRBY', meta, name, by) end
end

for i = 5, #ARGV, 3 do
	won[#won + 1] = again and -1 or
		finish(ARGV[i], ARGV[i + 1], ARGV[i + 2])
end
if not again then
	redis.call('XACK', q, 'workers', '0-0')
	redis.call('HSET', about, seq, ARGV[4])
	count('bytes', bytes)
	count('done', done)
	count('failed', failed)
	count('twice', twice)
	live()
end
local reply = {identity, redis.call('XLEN', q), field(find_group(), 'pending'),
	tonumber(has[2] or -1), number(has[3]) + bytes}
for _, first in ipairs(won) do reply[#reply + 1] = first end
return reply
