-- Mark inputs before they may kill: see queue_script_mark in scripts.h.
-- @include worker.lua
local reply = {identity}

-- The new state follows from the one that the worker was told, not from the
-- one that is there, so that a repeated call marks once.
local function marked(state, what)
	local sent = state >= SENT and SENT or 0
	local deaths = state - sent
	if what == 'alone' then deaths = math.max(3, deaths + 1) end
	if what == 'sent' then sent = SENT end
	if what == 'unsent' then sent = 0 end
	return deaths + sent
end

live()
for i = 4, #ARGV, 3 do
	local state, held = 0, state_of_mine(ARGV[i])
	if held then
		state = marked(tonumber(ARGV[i + 1]), ARGV[i + 2])
		-- A call that comes late unmarks nothing.
		if ARGV[i + 2] == 'alone' then state = math.max(state, held) end
		give(ARGV[i] .. '-0', me, state)
	end
	reply[#reply + 1] = state
end
return reply
