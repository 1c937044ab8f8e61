-- Give inputs back, and leave: see queue_script_back in scripts.h.
-- @include worker.lua
local given = 0

for i = 4, #ARGV, 2 do
	if is_mine(ARGV[i]) then
		local state = tonumber(ARGV[i + 1])
		give(ARGV[i] .. '-0', state >= 2 and BACK_SUSPECT or BACK, state)
		given = given + 1
	end
end
if lease > 0 then
	live()
elseif holds(me) then
	redis.call('ZADD', workers, 'XX', now - 1, me)
else
	drop(me)
end
return {identity, given}
