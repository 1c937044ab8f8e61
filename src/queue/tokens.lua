-- N starts in ANY window of P over all workers: see queue_script_tokens in
-- scripts.h.
--
-- A rate owns N tokens. Some are free; the others are with workers (a grant),
-- or were used (a bucket of those that become free at one moment). All rates
-- share the keys, so that one that nobody asks for any more is cleared away by
-- who asks for another:
--
--     rates   a rate, when all of it is over (us)
--     tokens  in the order of their bytes, with score 0: RATE\0WHEN\0MEMBER,
--             a grant or bucket and when it is free; RATE\1WHEN\0WORKER, who
--             asks and until when that counts
--     grants  RATE            "tokens that are not free, N, P"
--             RATE\0MEMBER    "how many tokens that is, WHEN"
--             RATE\1WORKER    WHEN
--             \0seq, \0now    of all rates: last grant, time of the last call
local rates, tokens, grants, meta = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
-- @include meta.lua
local rate, N = ARGV[1], tonumber(ARGV[2])
local P, L = tonumber(ARGV[3]), tonumber(ARGV[4])
local want, worker, epoch = tonumber(ARGV[5]), ARGV[6], ARGV[7]
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local WIDTH = 17 -- of a WHEN, so that bytes sort as numbers do

local function stamp(moment)
	return string.format('%0' .. WIDTH .. '.0f', moment)
end

-- Members of `name` up to `to` (not with it) whose names begin with `kind`.
local function range(name, kind, to, most)
	return redis.call('ZRANGEBYLEX', tokens, '[' .. name .. kind,
		'(' .. name .. to, 'LIMIT', 0, most)
end

-- Remove a member of the sorted set and its field. Returns the field's value.
local function remove(name, member)
	local kind = member:sub(#name + 1, #name + 1)
	local key = name .. kind .. member:sub(#name + WIDTH + 3)
	local value = redis.call('HGET', grants, key)
	redis.call('HDEL', grants, key)
	redis.call('ZREM', tokens, member)
	return value
end

-- Another server, or a clock that was stepped: what is out is not known, so
-- nothing is granted before all of it must be over.
local has = redis.call('HMGET', meta, 'id', 'epoch', 'since')
if not has[1] then
	return redis.error_reply('GONE the queue is not there')
end
local since = tonumber(has[3] or 0)
local seen = tonumber(redis.call('HGET', grants, '\0now') or 0)
local stepped = epoch:sub(1, 1) == '!'
if stepped then epoch = epoch:sub(2) end
if stepped or has[2] ~= epoch or now < seen - 1000 then
	redis.call('DEL', rates, tokens, grants)
	since = now
	redis.call('HSET', meta, 'epoch', epoch, 'since',
		string.format('%.0f', since))
end
local quiet = since > 0 and math.max(0, since + P + L - now) or 0

local state = redis.call('HGET', grants, rate)
local spent = state and tonumber(state:match('^%S+')) or 0
local over = now

local function put(member, moment, n)
	local field = rate .. '\0' .. member
	local was = redis.call('HGET', grants, field)
	if was then n = n + tonumber(was:match('^%S+')) end
	redis.call('HSET', grants, field,
		string.format('%.0f %s', n, stamp(moment)))
	redis.call('ZADD', tokens, 0,
		rate .. '\0' .. stamp(moment) .. '\0' .. member)
	over = math.max(over, moment)
end

local function free_what_is_due()
	for _, m in ipairs(range(rate, '\0', '\0' .. stamp(now + 1), 1000)) do
		local value = remove(rate, m)
		if value then spent = spent - tonumber(value:match('^%S+')) end
	end
end

-- Of tokens that were used, the free moment is rounded up.
local grain = math.max(1, math.floor(P / 200))
local function put_used(n, age)
	local free = math.ceil((now - math.max(0, age) + P) / grain) * grain
	if free <= now then return false end
	put('b' .. string.format('%.0f', free), free, n)
	return true
end

-- The report about one grant, which begins at argument `i`; returns where the
-- next one does. What is reported of more than there was is not believed.
local function take_report(i)
	local field = rate .. '\0' .. ARGV[i]
	local value = redis.call('HGET', grants, field) or '0 '
	local out, moment = value:match('^(%S+) (%S*)$')
	local left = tonumber(out)
	local unused = tonumber(ARGV[i + 1])
	if unused > 0 and unused <= left then
		left = left - unused
		spent = spent - unused
	end
	i = i + 2
	while ARGV[i] and ARGV[i] ~= '' do
		local used, age = tonumber(ARGV[i]), tonumber(ARGV[i + 1])
		if used > 0 and used <= left then
			left = left - used
			if not put_used(used, age) then spent = spent - used end
		end
		i = i + 2
	end
	if moment == '' then return i + 1 end
	if left == 0 then
		remove(rate, rate .. '\0' .. moment .. '\0' ..
			field:sub(#rate + 2))
	else
		redis.call('HSET', grants, field,
			string.format('%.0f %s', left, moment))
	end
	return i + 1
end

-- Note that the worker asks. Returns how many do.
local function count_askers()
	local field = rate .. '\1' .. worker
	local was = redis.call('HGET', grants, field)
	local until_then = now + math.max(2 * P, 2000000)
	if was then
		redis.call('ZREM', tokens,
			rate .. '\1' .. was .. '\0' .. worker)
	end
	redis.call('HSET', grants, field, stamp(until_then))
	redis.call('ZADD', tokens, 0,
		rate .. '\1' .. stamp(until_then) .. '\0' .. worker)
	over = math.max(over, until_then)
	for _, m in ipairs(range(rate, '\1', '\1' .. stamp(now), 100)) do
		remove(rate, m)
	end
	return redis.call('ZLEXCOUNT', tokens, '[' .. rate .. '\1',
		'(' .. rate .. '\2')
end

-- Clear rates away that nobody has asked for until all of them was over.
local function clear_old()
	for _, name in ipairs(redis.call('ZRANGEBYSCORE', rates, '-inf',
		'(' .. string.format('%.0f', now), 'LIMIT', 0, 8)) do
		local members = name ~= rate and range(name, '\0', '\2', 100)
		for _, m in ipairs(members or {}) do remove(name, m) end
		if members and #members < 100 then
			redis.call('HDEL', grants, name)
			redis.call('ZREM', rates, name)
		end
	end
end

free_what_is_due()
local i = 8
while ARGV[i] do i = take_report(i) end

local grant, granted, wait = '', 0, 0
if want > 0 then
	local share = math.ceil((N - spent) / count_askers())
	if quiet == 0 then granted = math.min(want, N - spent, share) end
	if granted > 0 then
		grant = string.format('%.0f.%.0f', now,
			redis.call('HINCRBY', grants, '\0seq', 1))
		put(grant, now + L + P, granted)
		spent = spent + granted
	end
	if quiet > 0 then
		wait = quiet
	elseif granted < want and spent >= N then
		local first = range(rate, '\0', '\1', 1)[1]
		local free = first and tonumber(first:sub(#rate + 2,
			#rate + 1 + WIDTH))
		wait = free and math.max(0, free - now) or 0
	end
end
redis.call('HSET', grants, '\0now', string.format('%.0f', now))
if state or want > 0 then
	redis.call('HSET', grants, rate,
		string.format('%.0f %.0f %.0f', spent, N, P))
	redis.call('ZADD', rates, 'GT', string.format('%.0f', over), rate)
end
clear_old()
return {grant, granted, wait, string.format('%.0f', now)}
