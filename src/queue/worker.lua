-- The beginning of all scripts that workers call: is this the queue that the
-- worker has seen, and how far is it?
local q, out, meta, workers, about = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
-- @include common.lua
local me, lease = ARGV[2], tonumber(ARGV[3])
local BACK, BACK_SUSPECT = '-', '?' -- consumers that hold what was given back
local SENT = 1000 -- added to the state of what may have been sent

local function number(text)
	return tonumber(text or 0)
end

local has = redis.call('HMGET', meta, 'id', 'total', 'bytes', 'grace')
local identity = has[1]
local group = identity and find_group()
if not group then
	return redis.error_reply('GONE the queue is not there')
end
if ARGV[1] ~= '' and ARGV[1] ~= identity then
	return redis.error_reply('GONE it is another queue of that name')
end
-- A key of another type is found before anything is changed.
redis.call('XLEN', out)
redis.call('HLEN', about)
local ends = redis.call('ZSCORE', workers, me)

-- The worker is alive. Nobody was for half a lease: the server was away, or
-- its clock jumped, and then nobody is dead before all had time to call. That
-- time is no longer where the clock was set back.
local function live()
	local last = redis.call('ZREVRANGE', workers, 0, 0, 'WITHSCORES')[2]
	local grace = now + lease / 2
	if last and tonumber(last) < grace or number(has[4]) > grace then
		has[4] = string.format('%.0f', grace)
		redis.call('HSET', meta, 'grace', has[4])
	end
	redis.call('ZADD', workers, now + lease, me)
end

-- Forget a worker that holds nothing.
local function drop(name)
	redis.call('XGROUP', 'DELCONSUMER', q, 'workers', name)
	redis.call('ZREM', workers, name)
	redis.call('HDEL', about, name, name .. ' take', name .. ' finish')
end

local function holds(name)
	return #redis.call('XPENDING', q, 'workers', '-', '+', 1, name) > 0
end

-- The state of input `n`, if the worker holds it; else nil.
local function state_of_mine(n)
	local id = n .. '-0'
	local p = redis.call('XPENDING', q, 'workers', id, id, 1, me)[1]
	return p and p[4]
end

local function is_mine(n)
	return state_of_mine(n) ~= nil
end

-- Give an input to a consumer, with a state.
local function give(id, to, state)
	redis.call('XCLAIM', q, 'workers', to, 0, id,
		'RETRYCOUNT',
		string.format('%.0f', math.min(state, 2 * SENT - 1)), 'JUSTID')
end
