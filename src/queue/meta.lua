-- Before anything is changed: are the numbers in the hash `meta` numbers? Others
-- may have written there, and would end the script in its middle.
do
	local names = {'fed', 'total', 'bytes', 'done', 'failed', 'twice',
		'put', 'put_failed', 'grace', 'since', 'holds_now',
		'feeder_until', 'reader_until'}
	local values = redis.call('HMGET', meta, unpack(names))
	for i, name in ipairs(names) do
		local value = values[i]
		if value and (#value > 17 or not value:match('^%-?%d+$')) then
			return redis.error_reply('DAMAGED ' .. name)
		end
	end
end
