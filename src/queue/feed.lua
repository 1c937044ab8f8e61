-- Put inputs in: see queue_script_feed in scripts.h.
local q, meta, role = KEYS[1], KEYS[2], 'feeder'
-- @include lease.lua
local mode = ARGV[6]
local first, before, after = tonumber(ARGV[7]), ARGV[8], ARGV[9]
local list = redis.call('HMGET', meta, 'fed', 'digest', 'total')
local fed, digest = tonumber(list[1] or 0), list[2] or ''
local total = tonumber(list[3] or -1)

-- Where each input begins among the arguments.
local inputs, at = {}, 10
while ARGV[at] do
	inputs[#inputs + 1] = at
	at = at + 1 + tonumber(ARGV[at])
end
local last = first + #inputs - 1

if ARGV[1] ~= '' and ARGV[1] ~= identity or
	(redis.call('EXISTS', q) == 1 or identity) and not (group and identity)
	then
	return redis.error_reply('GONE the queue is not there')
end
local refusal = taken()
if refusal then return refusal end
if mode == 'leave' then
	end_lease()
	return {identity or '', fed, digest, redis.call('XLEN', q), total, 0}
end
if total >= 0 and last > total or
	(total >= 0 and mode == 'end' and (last ~= total or after ~= digest)) then
	return redis.error_reply(string.format(
		'LIST the queue is complete with %.0f inputs', total))
end
local joins = first == fed + 1
if joins and fed > 0 and before ~= digest or
	last == fed and fed > 0 and after ~= digest then
	return redis.error_reply(string.format(
		'LIST the first %.0f inputs are others', fed))
end

renew_lease()
if not identity then
	identity = string.format('%s-%.0f', ARGV[5]:sub(1, 8), now)
	redis.call('XGROUP', 'CREATE', q, 'workers', '0', 'MKSTREAM')
	redis.call('HSET', meta, 'id', identity, 'fed', 0, 'epoch', ARGV[5],
		'since', 0)
end
if joins and #inputs > 0 then
	for i, from in ipairs(inputs) do
		local said = redis.pcall('XADD', q,
			string.format('%.0f-0', first + i - 1),
			unpack(ARGV, from + 1, from + tonumber(ARGV[from])))
		if type(said) == 'table' then
			if not said.err:find('equal or smaller') then
				return said
			end
			return redis.error_reply(
				'FOREIGN others have added entries')
		end
	end
	fed, digest = last, after
	redis.call('HSET', meta, 'fed', fed, 'digest', digest)
end
if mode == 'end' and fed == last then
	total = fed
	redis.call('HSET', meta, 'total', total)
end
return {identity, fed, digest, redis.call('XLEN', q), total,
	last <= fed and 1 or 0}
