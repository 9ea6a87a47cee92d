-- Put before every script. KEYS[1] is what all keys of the queue begin with; ARGV[1] is the tests' clock, or empty.
-- Every other key is in the same slot of a cluster, since the braces around the queue's name are in all of them.
local P, call = KEYS[1], redis.call
local now = tonumber(ARGV[1])
if not now then
  local time = call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end

-- The queue's own state, one value after the other in one key: read once and written once by each script.
local queueText = call('GET', P .. 'queue')
local queue = queueText and { cmsgpack.unpack(queueText) } or {
  0, 0, 0, 0, 0, 0, false, false, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
}
local LAST_PLACE, NUMBER, SETS, SPLITS, SEQ, MINUTE, PAUSED, OWNER, OWNER_UNTIL = 1, 2, 3, 4, 5, 6, 7, 8, 9
local WAITING, ACTIVE, DELAYED, COMPLETED, FAILED, CANCELLED = 10, 11, 12, 13, 14, 15
local HIGH, NORMAL, LOW, SUSPECTS = 16, 17, 18, 19
local ALL_ENQUEUED, ALL_COMPLETED, ALL_FAILED, ALL_CANCELLED, ALL_RETRIED, ALL_STALLED = 20, 21, 22, 23, 24, 25

-- Places that share a hash from place to id, which also counts its tasks by what they are asked for (`s:<state>`,
-- `i:<import>`, `b:<set of blind workers>`). `of:<field>` lists the buckets whose count is not 0: so a listing reads only
-- where there is something to find.
local BUCKET = 64
local function writeTally(bucket, field, by)
  local count = call('HINCRBY', P .. 'b:' .. bucket, field, by)
  if count == by then
    call('ZADD', P .. 'of:' .. field, bucket, bucket)
  elseif count == 0 then
    call('HDEL', P .. 'b:' .. bucket, field)
    call('ZREM', P .. 'of:' .. field, bucket)
  end
end

-- An event as events.ts reads it.
local function pushEvent(...)
  call('RPUSH', P .. 'events', cmsgpack.pack({ now, ... }))
end

-- One token wakes one worker; the claim that follows lays down the next one when more is left.
local function pushToken()
  if call('LLEN', P .. 'wake') == 0 then call('RPUSH', P .. 'wake', '1') end
end
