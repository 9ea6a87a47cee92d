-- ARGV: clock, ms that completed, failed tasks, minutes and workers are kept, most failed tasks, most events, ms of
-- silence after which a worker is not live. One step of everything. Answers how many were promoted, taken back and
-- trimmed, whether there may be more to do, and when the next thing is due (false: nothing is).
local keepCompletedMs, keepFailedMs = tonumber(ARGV[2]), tonumber(ARGV[3])
local keepMinutesMs, keepWorkersMs = tonumber(ARGV[4]), tonumber(ARGV[5])
local keepFailedMax, keepEvents, lostAfterMs = tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
evenWhenFull()
rollMinute()
local reclaimed, promoted, trimmed = takeBackExpired(), promoteDue(), 0
local more = reclaimed >= STEP or promoted == STEP
flush()

-- A worker may have died after the last of a set was noted: fails a step of what no live worker sees.
local function failUnseen(set)
  local facts = {}
  for _, bucket in ipairs(call('ZRANGE', P .. 'of:b:' .. set, 0, 3)) do
    local fields = call('HGETALL', P .. 'b:' .. bucket)
    for index = 1, #fields, 2 do
      local id = tonumber(fields[index]) and fields[index + 1]
      local task = id and load(id)
      if task and task[BLIND] == set and task[STATE] ~= 'active' then
        leave(id, task)
        task[CODE] = 'NO_WORKER_SEES_IT'
        enter(id, task, 'failed')
        save(id, task, 'e', NO_WORKER_SEES_IT)
        addFact(facts, id, task)
      end
    end
  end
  if #facts == 0 then return end
  record('settled', 'queue', facts)
  more = true
end

local function lookAtSets()
  for _, text in ipairs(call('HKEYS', P .. 'blind')) do
    local set = tonumber(text)
    if call('EXISTS', P .. 'of:b:' .. set) == 0 then
      forgetSet(set)
    elseif nobodySees(set, lostAfterMs) then
      failUnseen(set)
    end
  end
  flush()
end

local function drop(ids)
  local list = {}
  for _, id in ipairs(ids) do
    table.insert(list, { id, load(id) })
  end
  forget(list)
  flush()
  trimmed = trimmed + #ids
  more = more or #ids == STEP
end

local function dropFinished(state, keepMs)
  drop(call('ZRANGEBYSCORE', P .. 'fin:' .. state, '-inf', string.format('%.0f', now - keepMs), 'LIMIT', 0, STEP))
end

-- A task of an old batch may have been removed meanwhile, and its id may have been used again.
local function dropCompleted()
  local list, known = {}, {}
  while #list < STEP do
    local batch = call('LINDEX', P .. 'completed', 0)
    local entries = batch and { cmsgpack.unpack(batch) }
    if not entries or entries[1] > now - keepCompletedMs then break end
    for index = 2, #entries do
      local id = entries[index]
      local task = not known[id] and load(id)
      if task and task[STATE] == 'completed' and task[FINISHED] <= entries[1] then table.insert(list, { id, task }) end
      known[id] = true
    end
    call('LPOP', P .. 'completed')
  end
  forget(list)
  flush()
  trimmed = trimmed + #list
  more = more or #list >= STEP
end

local function dropEvents()
  local over = math.min(STEP, call('LLEN', P .. 'events') - keepEvents)
  if over <= 0 then return end
  call('LTRIM', P .. 'events', over, -1)
  trimmed = trimmed + over
  more = more or over == STEP
end

local function dropWorkers()
  local last = string.format('%.0f', now - keepWorkersMs)
  local silent = call('ZRANGEBYSCORE', P .. 'seen', '-inf', last, 'LIMIT', 0, STEP)
  if #silent == 0 then return end
  call('ZREM', P .. 'seen', unpack(silent))
  call('SREM', P .. 'leaving', unpack(silent))
  call('HDEL', P .. 'workers', unpack(silent))
end

lookAtSets()
dropCompleted()
dropFinished('cancelled', keepCompletedMs)
dropFinished('failed', keepFailedMs)
if Q.failed > keepFailedMax then
  drop(call('ZRANGE', P .. 'fin:failed', 0, math.min(STEP, Q.failed - keepFailedMax) - 1))
end
dropEvents()
trimmed = trimmed + call('ZREMRANGEBYSCORE', P .. 'minutes', '-inf', '(' .. math.floor((now - keepMinutesMs) / 60000))
dropWorkers()
call('SET', P .. 'maintained', string.format('%.0f', now))
finish()
return {
  promoted, reclaimed, trimmed, more and 1 or 0, nextDue(), call('EXISTS', P .. 'told'),
  call('EXISTS', string.match(P, '{(.*)}')), 0,
}
