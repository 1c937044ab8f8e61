-- Put inputs in: see queue_script_feed in scripts.h.
local q, meta = KEYS[1], KEYS[2]
local token, who, lease, mode = ARGV[2], ARGV[3], tonumber(ARGV[4]), ARGV[6]
local first, before, after = tonumber(ARGV[7]), ARGV[8], ARGV[9]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local has = redis.call('HMGET', meta, 'id', 'fed', 'digest', 'total', 'feeder',
	'feeder_who', 'feeder_until')
local identity, fed, digest = has[1], tonumber(has[2] or 0), has[3] or ''
local total = tonumber(has[4] or -1)
local there = redis.call('EXISTS', q) == 1
local whole = there and redis.call('XINFO', 'GROUPS', q)[1]
redis.call('XLEN', q)

-- Where each input begins among the arguments.
local inputs, at = {}, 10
while ARGV[at] do
	inputs[#inputs + 1] = at
	at = at + 1 + tonumber(ARGV[at])
end
local last = first + #inputs - 1

if ARGV[1] ~= '' and ARGV[1] ~= identity or there ~= not not identity or
	there and not whole then
	return redis.error_reply('GONE the queue is not there')
end
local ends = tonumber(has[7] or '') or 0
if ends > now + lease then -- the clock was set back
	ends = now + lease
	redis.call('HSET', meta, 'feeder_until', ends)
end
if has[5] and has[5] ~= token and ends >= now then
	return redis.error_reply(string.format('TAKEN %.0f %s %s',
		ends - now, has[5], has[6] or '?'))
end
if mode == 'leave' then
	redis.call('HDEL', meta, 'feeder', 'feeder_who', 'feeder_until')
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

redis.call('HSET', meta, 'feeder', token, 'feeder_who', who,
	'feeder_until', now + lease)
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
