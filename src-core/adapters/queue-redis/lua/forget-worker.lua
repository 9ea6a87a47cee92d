-- ARGV: clock, worker.
local worker = ARGV[2]
evenWhenFull()
rollMinute()
call('ZREM', P .. 'seen', worker)
call('HDEL', P .. 'workers', worker)
call('SREM', P .. 'leaving', worker)
dropOwner(worker)
finish()
