-- What the scripts that know every rule stand on, behind the quick ways through the common cases.
-- The numbers of events begin with the clock, a hundred a ms, which no queue's events overtake: a cursor from before the
-- server lost all its data is below those that it still has, and its reader is told so, however many have come since.
local Q = {
  place = queue[LAST_PLACE],
  number = queue[NUMBER],
  sets = queue[SETS],
  splits = queue[SPLITS],
  seq = queueText and queue[SEQ] or now * 100,
  minute = queue[MINUTE],
  paused = queue[PAUSED],
  owner = queue[OWNER],
  ownerUntil = queue[OWNER_UNTIL],
  waiting = queue[WAITING],
  active = queue[ACTIVE],
  delayed = queue[DELAYED],
  completed = queue[COMPLETED],
  failed = queue[FAILED],
  cancelled = queue[CANCELLED],
  high = queue[HIGH],
  normal = queue[NORMAL],
  low = queue[LOW],
  suspects = queue[SUSPECTS],
  allEnqueued = queue[ALL_ENQUEUED],
  allCompleted = queue[ALL_COMPLETED],
  allFailed = queue[ALL_FAILED],
  allCancelled = queue[ALL_CANCELLED],
  allRetried = queue[ALL_RETRIED],
  allStalled = queue[ALL_STALLED],
}

local function saveQueue()
  local text = cmsgpack.pack(
    Q.place, Q.number, Q.sets, Q.splits, Q.seq, Q.minute, Q.paused, Q.owner, Q.ownerUntil, Q.waiting, Q.active,
    Q.delayed, Q.completed, Q.failed, Q.cancelled, Q.high, Q.normal, Q.low, Q.suspects, Q.allEnqueued,
    Q.allCompleted, Q.allFailed, Q.allCancelled, Q.allRetried, Q.allStalled
  )
  if text ~= queueText then call('SET', P .. 'queue', text) end
end

-- A task is a hash. `d` is what only JavaScript reads, as JSON text: cjson would change large numbers and empty lists.
-- `h` is what never changes and `s` what does, packed one value after the other, so that both are read as one list; a
-- task that nothing has happened to has no `s`. `e` error, `y` history and `r` result and
-- timings, with a newline between them, are JSON texts too. What is absent is false, times and numbers are 0.
local PLACE, PRIORITY, IMPORT, CREATED, MAX_ATTEMPTS, BACKOFF_BASE, BACKOFF_CAP = 1, 2, 3, 4, 5, 6, 7
local STATE, ATTEMPTS, STALLS, SUSPECT, VERSION, SETTLED, WORKER, DUE, CLAIMED, FINISHED, BLIND, CODE =
  8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19
local FRESH = cmsgpack.pack('waiting', 0, 0, 0, 0, 0, false, 0, 0, 0, 0, false)
-- Only while it is active, and not packed: the name of its lease, and whether it was claimed alone.
local LEASE, ALONE = 20, 21

local function taskKey(id)
  return P .. 't:' .. id
end

-- What a claim holds until one deadline. `lease:<name>` knows in `r` its worker, its number, when it was claimed and
-- whether alone, in `i` the ids, in `n` how many of them are still active. `active` names the lease of every active
-- task, which is all that a claim writes of a task.
local leases = {}

local function leaseOf(name)
  if not leases[name] then leases[name] = { cmsgpack.unpack(call('HGET', P .. 'lease:' .. name, 'r')) } end
  return leases[name]
end

local function unpackTask(head, state, leaseName)
  local task = { cmsgpack.unpack(head .. (state or FRESH)) }
  if leaseName then
    local lease = leaseOf(leaseName)
    task[STATE], task[LEASE] = 'active', leaseName
    task[WORKER], task[VERSION], task[CLAIMED], task[ALONE] = lease[1], lease[2], lease[3], lease[4]
  end
  return task
end

local function load(id)
  local values = call('HMGET', P .. 't:' .. id, 'h', 's')
  return values[1] and unpackTask(values[1], values[2], call('HGET', P .. 'active', id))
end

local function save(id, task, ...)
  call('HSET', P .. 't:' .. id, 's', cmsgpack.pack(unpack(task, STATE, CODE)), ...)
end

-- Numbers of claims and of places in the suspects' list. They follow the clock, so that they also rise where the
-- server lost its last second or all its data: the store refuses what is written under a lower number than before.
local function nextNumber()
  Q.number = math.max(Q.number + 1, now)
  return Q.number
end

local function minuteRow(minute)
  return table.concat({
    minute, Q.allEnqueued, Q.allCompleted, Q.allFailed, Q.allRetried, Q.allStalled, Q.waiting, Q.active, Q.delayed,
  }, ' ')
end

-- Called before anything else by the scripts that end, give back or drop tasks. A server whose memory is full refuses a
-- script whose first write may take more, and lets it go on where the first one cannot; so only new tasks are refused,
-- and a full queue can become smaller.
local function evenWhenFull()
  call('UNLINK', P .. 'nothing')
end

-- Called first by every script that writes: the first of a new minute keeps the counts at the end of the last minute in
-- which something was written; the first of all, zeros for the minute before.
local function rollMinute()
  local minute = math.floor(now / 60000)
  if minute <= Q.minute then return end
  local ended = Q.minute == 0 and minute - 1 or Q.minute
  call('ZADD', P .. 'minutes', ended, minuteRow(ended))
  Q.minute = minute
end
