-- ARGV: clock, worker, its status as JSON, "1" when it is draining or has stopped. Answers this moment.
local worker, status, leaving = ARGV[2], ARGV[3], ARGV[4] == '1'
evenWhenFull()
rollMinute()
call('ZADD', P .. 'seen', now, worker)
call('HSET', P .. 'workers', worker, status)
call(leaving and 'SADD' or 'SREM', P .. 'leaving', worker)
if leaving then dropOwner(worker) end
finish()
return now
