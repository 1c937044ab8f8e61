-- Take inputs: see queue_script_take in scripts.h.
-- @include worker.lua
local seq = tonumber(ARGV[4])
local room, suspects = tonumber(ARGV[5]), tonumber(ARGV[6])
local bytes = tonumber(ARGV[8]) -- of inputs; the last one may take more
local got = {}

local function kind_of(state)
	if state >= SENT then return 'sent' end
	if state >= 4 then return 'poison' end
	return state >= 2 and 'suspect' or 'fresh'
end

-- Only what a feeder puts in has a number up to `fed`. Anything else, such as
-- what somebody adds by hand, could not be finished, so it goes.
local fed = tonumber(redis.call('HGET', meta, 'fed') or '') or 2 ^ 31
local function add(id, state, kind, fields)
	local n = tonumber(id:match('^(%d+)%-0$') or 0)
	state = math.min(state, 2 * SENT - 1)
	for _, field in ipairs(fields) do bytes = bytes - #field end
	if n >= 1 and n <= fed then
		got[#got + 1] = {id:match('^%d+'), state, kind, fields}
		return
	end
	redis.call('XACK', q, 'workers', id)
	redis.call('XDEL', q, id)
	got[#got + 1] = {id, 0, 'foreign', {}}
end

-- Tell what is known of an entry of XPENDING.
local function tell(p)
	local entry = redis.call('XRANGE', q, p[1], p[1])[1]
	add(p[1], p[4], entry and kind_of(p[4]) or 'lost',
		entry and entry[2] or {})
end

-- Take up to `most` inputs of a consumer over. Returns how many were.
local function take_over(name, most, least_state)
	if most <= 0 then return 0 end
	local theirs = redis.call('XPENDING', q, 'workers', '-', '+', most, name)
	for i, p in ipairs(theirs) do
		if bytes <= 0 then return i - 1 end
		local id, state = p[1], math.max(p[4], least_state)
		local entry = redis.call('XRANGE', q, id, id)[1]
		if entry then
			give(id, me, state)
			add(id, state, kind_of(state), entry[2])
		else -- XCLAIM would forget it: it stays until it is finished
			add(id, state, 'lost', {})
		end
	end
	return #theirs
end

-- Take over what workers hold whose lease has ended.
local function take_from_dead()
	if now < number(has[4]) then return end
	-- A clock that was set back would keep them alive for long.
	for _, name in ipairs(redis.call('ZRANGEBYSCORE', workers,
		now + lease + 1, '+inf')) do
		redis.call('ZADD', workers, now + lease, name)
	end
	for _, name in ipairs(redis.call('ZRANGEBYSCORE', workers, '-inf',
		'(' .. string.format('%.0f', now), 'LIMIT', 0, 64)) do
		if suspects <= 0 or bytes <= 0 then return end
		if not holds(name) then
			drop(name)
		else
			suspects = suspects - take_over(name, suspects, 2)
		end
	end
end

-- Take new ones, a few at first, as they may be large. What has no room in the
-- answer goes to whoever asks next.
local function take_new()
	local some = 4
	while room > 0 and bytes > 0 do
		local new = redis.call('XREADGROUP', 'GROUP', 'workers', me,
			'COUNT', math.min(some, room), 'STREAMS', q, '>')
		for _, entry in ipairs(new and new[1][2] or {}) do
			if bytes > 0 then
				add(entry[1], 1, 'fresh', entry[2])
			else
				give(entry[1], BACK, 1)
			end
		end
		if not new or #new[1][2] < some then return end
		room, some = room - some, 2 * some
	end
end

-- The answer to this call was lost: what it took is told again.
local function tell_again(taken)
	for n in taken:gmatch('%d+') do
		local id = n .. '-0'
		local p = redis.call('XPENDING', q, 'workers', id, id, 1, me)[1]
		if p then tell(p) end
	end
end

-- The caller holds nothing that it knows of. What is with it all the same was
-- done, and a replica that became the server had not heard of that.
local function tell_forgotten()
	for _, p in ipairs(redis.call('XPENDING', q, 'workers', '-', '+', 64,
		me)) do
		if bytes <= 0 then return end
		tell(p)
	end
end

local function take_all()
	if ARGV[9] == '1' then tell_forgotten() end
	suspects = suspects - take_over(BACK_SUSPECT, suspects, 2)
	take_from_dead()
	room = room - take_over(BACK, room, 1)
	if number(has[3]) < tonumber(ARGV[7]) then take_new() end
	local taken = {string.format('%.0f', seq)}
	for _, input in ipairs(got) do
		if input[3] ~= 'foreign' then taken[#taken + 1] = input[1] end
	end
	redis.call('HSET', about, me .. ' take', table.concat(taken, ' '))
end

live()
-- A call of before the last one comes late, after it was made again: whoever
-- made it does not wait for it any more, and would not know what it took.
local last, taken = (redis.call('HGET', about, me .. ' take') or '0')
	:match('^(%d+)(.*)$')
local again = tonumber(last) == seq
if again then
	tell_again(taken)
elseif tonumber(last) < seq then
	take_all()
end
local reply = {identity, again and 1 or 0, redis.call('XLEN', q),
	field(find_group(), 'pending'), tonumber(has[2] or -1),
	number(has[3])}
for _, input in ipairs(got) do
	reply[#reply + 1] = input[1]
	reply[#reply + 1] = input[2]
	reply[#reply + 1] = input[3]
	reply[#reply + 1] = input[4]
end
return reply
