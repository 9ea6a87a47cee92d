-- Put before every script. KEYS[1] is what all keys of the queue begin with; ARGV[1] is the tests' clock, or empty.
-- Every other key is in the same slot of a cluster, since the braces around the queue's name are in all of them.
local P, call = KEYS[1], redis.call

local function serverTime()
  local time = call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
local now = tonumber(ARGV[1]) or serverTime()

-- The queue's own state, one packed value: read once and written once by each script, whatever it counts.
local queueText = call('GET', P .. 'queue')
local Q = queueText and cmsgpack.unpack(queueText)
  or {
    place = 0,
    number = 0,
    sets = 0,
    seq = 0,
    minute = 0,
    paused = false,
    owner = false,
    ownerUntil = 0,
    waiting = 0,
    active = 0,
    delayed = 0,
    completed = 0,
    failed = 0,
    cancelled = 0,
    high = 0,
    normal = 0,
    low = 0,
    suspects = 0,
    allEnqueued = 0,
    allCompleted = 0,
    allFailed = 0,
    allCancelled = 0,
    allRetried = 0,
    allStalled = 0,
  }

-- A task is a hash: `s` is the list of these packed by cmsgpack; `d` is kind, catalog and payload as JSON text that Lua
-- never parses, since cjson changes large numbers and empty lists; `e` error, `r` result, `m` timings, `y` history,
-- where there are any, are JSON texts too. What is absent is false, times and numbers are 0.
local STATE, PLACE, PRIORITY, IMPORT, CREATED, MAX_ATTEMPTS, BACKOFF_BASE, BACKOFF_CAP, ATTEMPTS, STALLS =
  1, 2, 3, 4, 5, 6, 7, 8, 9, 10
local SUSPECT, VERSION, SETTLED, WORKER, DUE, CLAIMED, FINISHED, ALONE, BLIND, CODE =
  11, 12, 13, 14, 15, 16, 17, 18, 19, 20

local function taskKey(id)
  return P .. 't:' .. id
end

local function load(id)
  local text = call('HGET', P .. 't:' .. id, 's')
  return text and cmsgpack.unpack(text)
end

local function save(id, task, ...)
  call('HSET', P .. 't:' .. id, 's', cmsgpack.pack(task), ...)
end

-- Numbers of claims and of places in the suspects' list. They follow the clock, so that they also rise where the
-- server lost its last second or all its data: the store refuses what is written under a lower number than before.
local function nextNumber()
  Q.number = math.max(Q.number + 1, now)
  return Q.number
end

-- Called first by every script that writes: the first of a new minute keeps the counts at the end of the last minute in
-- which something was written; the first of all, zeros for the minute before.
local function minuteRow(minute)
  return table.concat({
    minute, Q.allEnqueued, Q.allCompleted, Q.allFailed, Q.allRetried, Q.allStalled, Q.waiting, Q.active, Q.delayed,
  }, ' ')
end

local function rollMinute()
  local minute = math.floor(now / 60000)
  if minute <= Q.minute then return end
  local ended = Q.minute == 0 and minute - 1 or Q.minute
  call('ZADD', P .. 'minutes', ended, minuteRow(ended))
  Q.minute = minute
end
