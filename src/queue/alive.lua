-- A sign of life: see queue_script_alive in scripts.h.
-- @include worker.lua
local says, rules = ARGV[4], ARGV[5]

-- Workers that died before they took anything, or after all was finished.
local function drop_idle()
	for _, name in ipairs(redis.call('ZRANGEBYSCORE', workers, '-inf',
		'(' .. string.format('%.0f', now), 'LIMIT', 0, 16)) do
		if name ~= me and not holds(name) then drop(name) end
	end
end

-- Consumers that hold inputs and are no workers, as somebody has deleted that
-- key, get a lease that will end.
local function adopt()
	if field(group, 'consumers') <= redis.call('ZCARD', workers) then
		return
	end
	for _, c in ipairs(redis.call('XINFO', 'CONSUMERS', q, 'workers')) do
		local name = field(c, 'name')
		if name ~= BACK and name ~= BACK_SUSPECT then
			redis.call('ZADD', workers, 'NX', now + lease, name)
		end
	end
end

if rules ~= '' then
	local others = redis.call('ZCOUNT', workers, now, '+inf')
	if ends and tonumber(ends) >= now then others = others - 1 end
	local theirs = redis.call('HGET', meta, 'rules')
	if theirs and theirs ~= rules and others > 0 then
		return redis.error_reply('RULES ' .. theirs)
	end
	if theirs ~= rules then redis.call('HSET', meta, 'rules', rules) end
end
live()
if says ~= '' then redis.call('HSET', about, me, says:sub(1, 4096)) end
drop_idle()
adopt()
local counts = redis.call('HMGET', meta, 'fed', 'done', 'failed')
local dead = ARGV[1] ~= '' and (not ends or tonumber(ends) < now)
return {identity, redis.call('XLEN', q), field(group, 'pending'),
	tonumber(has[2] or -1), number(has[3]), number(counts[1]),
	number(counts[2]), number(counts[3]),
	redis.call('ZCOUNT', workers, now, '+inf'), dead and 1 or 0}
