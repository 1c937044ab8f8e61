-- How far it is: see queue_script_status in scripts.h.
local q, out, meta, workers, about = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
-- @include common.lua
local most = tonumber(ARGV[1])
local has = redis.call('HMGET', meta, 'id', 'fed', 'done', 'failed', 'twice',
	'total', 'bytes', 'put', 'put_failed', 'feeder_until', 'feeder_who',
	'reader_until', 'reader_who', 'rules', 'holds_now')

if not has[1] or not find_group() then
	return redis.error_reply('GONE the queue is not there')
end
local held, pending, back = {}, 0, 0
for _, c in ipairs(redis.call('XINFO', 'CONSUMERS', q, 'workers')) do
	local name = field(c, 'name')
	local n = field(c, 'pending')
	held[name] = n
	pending = pending + n
	if name == '-' or name == '?' then back = back + n end
end
local unfinished = redis.call('XLEN', q)
local numbers = {
	'fed', tonumber(has[2] or 0),
	'waiting', math.max(0, unfinished - pending) + back,
	'in_work', pending - back,
	'done', tonumber(has[3] or 0),
	'failed', tonumber(has[4] or 0),
	'twice', tonumber(has[5] or 0),
	'total', tonumber(has[6] or -1),
	'record_bytes', tonumber(has[7] or 0),
	'records', redis.call('XLEN', out),
	'written', tonumber(has[8] or 0),
	'written_failed', tonumber(has[9] or 0)}
local texts = {'rules', has[14] or ''}
if has[10] and tonumber(has[10]) >= now then
	texts[#texts + 1] = 'feeder'
	texts[#texts + 1] = has[11]
end
if has[12] and tonumber(has[12]) >= now then
	texts[#texts + 1] = 'reader'
	texts[#texts + 1] = has[13]
end
local people, holds, rates = {}, {}, {}
local all = redis.call('ZREVRANGE', workers, 0, most - 1, 'WITHSCORES')
for i = 1, #all, 2 do
	people[#people + 1] = all[i]
	people[#people + 1] = tonumber(all[i + 1]) - now
	people[#people + 1] = held[all[i]] or 0
	people[#people + 1] = redis.call('HGET', about, all[i]) or ''
end
-- If the clock was set back, holds last as long as they did before (hold.lua).
local holds_now = math.max(now, tonumber(has[15] or 0))
all = redis.call('ZREVRANGEBYSCORE', KEYS[6], '+inf', holds_now, 'WITHSCORES',
	'LIMIT', 0, most)
for i = 1, #all, 2 do
	holds[#holds + 1] = all[i]
	holds[#holds + 1] = tonumber(all[i + 1]) - holds_now
end
for _, name in ipairs(redis.call('ZRANGE', KEYS[7], 0, most - 1)) do
	local rate = redis.call('HGET', KEYS[8], name) or ''
	local spent, n, p = rate:match('^(%d+) (%d+) (%d+)$')
	if spent then
		rates[#rates + 1] = name
		rates[#rates + 1] = tonumber(n)
		rates[#rates + 1] = tonumber(p)
		rates[#rates + 1] = tonumber(spent)
	end
end
return {numbers, texts, people, holds, rates}
