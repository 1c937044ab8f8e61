-- The beginning of most scripts, behind their keys: the server's time in ms,
-- and the consumer group of the stream `q`.
-- @include meta.lua
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function field(array, name)
	for i = 1, #array, 2 do
		if array[i] == name then return array[i + 1] end
	end
end

-- The consumer group; nil: it was deleted, or the stream was.
local function find_group()
	if redis.call('EXISTS', q) == 0 then return nil end
	for _, group in ipairs(redis.call('XINFO', 'GROUPS', q)) do
		if field(group, 'name') == 'workers' then return group end
	end
end
