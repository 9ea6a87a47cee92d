-- Moves tasks between states. What changes in sorted sets is gathered and written once per key.
local adds, drops, touched, tallies, pausedImports = {}, {}, {}, {}, {}
-- Whether something became claimable that wakes a worker.
local work = false
local PRIORITIES = { [0] = 'high', 'normal', 'low' }
local TOTALS = { completed = 'allCompleted', failed = 'allFailed', cancelled = 'allCancelled' }
-- Places that share a hash from place to id, which also counts what it holds: see `tally`.
local BUCKET = 64
-- Tasks that one step of maintenance moves at most.
local STEP = 250

local function into(key, score, id)
  local list = adds[key]
  if not list then
    list = {}
    adds[key] = list
  end
  list[#list + 1] = score
  list[#list + 1] = id
end

local function out(key, id)
  local list = drops[key]
  if not list then
    list = {}
    drops[key] = list
  end
  list[#list + 1] = id
end

-- A bucket counts its tasks by what they are asked for (`s:<state>`, `i:<import>`, `b:<set of blind workers>`), and
-- `of:<field>` lists the buckets whose count is not 0: so a listing reads only where there is something to find.
local function tally(place, field, by)
  local bucket = math.floor(place / BUCKET)
  local fields = tallies[bucket]
  if not fields then
    fields = {}
    tallies[bucket] = fields
  end
  fields[field] = (fields[field] or 0) + by
end

local function writeTally(bucket, field, by)
  local count = call('HINCRBY', P .. 'b:' .. bucket, field, by)
  if count == by then
    call('ZADD', P .. 'of:' .. field, bucket, bucket)
  elseif count == 0 then
    call('HDEL', P .. 'b:' .. bucket, field)
    call('ZREM', P .. 'of:' .. field, bucket)
  end
end

local function isPaused(import)
  if not import or import == '' then return false end
  if pausedImports[import] == nil then
    pausedImports[import] = call('SISMEMBER', P .. 'paused', import) == 1
  end
  return pausedImports[import]
end

-- Waiting tasks stand in lines: one for each import, priority (or `s` for suspects) and set of workers that cannot see
-- them. `heads:<set>:<kind>` orders the lines of a kind by their first, so that a claim reads only what it takes, and a
-- pause takes an import's lines out of the heads and moves no task.
local function lineOf(task)
  local kind = task[SUSPECT] > 0 and 's' or task[PRIORITY]
  local import = task[IMPORT] or ''
  local line = task[BLIND] .. ':' .. kind .. ':' .. import
  if not touched[line] then touched[line] = { task[BLIND] .. ':' .. kind, import, kind == 's' } end
  return 'l:' .. line
end

local function settleHead(line, heads, import, ofSuspects)
  local first = call('ZRANGE', P .. 'l:' .. line, 0, 0, 'WITHSCORES')[2]
  if first and not isPaused(import) then
    call('ZADD', P .. 'heads:' .. heads, first, import)
    return
  end
  call('ZREM', P .. 'heads:' .. heads, import)
  if first and not ofSuspects then
    call('ZADD', P .. 'held', first, line)
  else
    call('ZREM', P .. 'held', line)
  end
end

-- Writes what was gathered, so that the lines can be read again.
local function flush()
  for key, ids in pairs(drops) do
    call('ZREM', P .. key, unpack(ids))
  end
  for key, list in pairs(adds) do
    call('ZADD', P .. key, unpack(list))
  end
  for bucket, fields in pairs(tallies) do
    for field, by in pairs(fields) do
      if by ~= 0 then writeTally(bucket, field, by) end
    end
  end
  for line, parts in pairs(touched) do
    settleHead(line, parts[1], parts[2], parts[3])
  end
  adds, drops, tallies, touched = {}, {}, {}, {}
end

local function countFailure(code, by)
  if call('HINCRBY', P .. 'failures', code, by) == 0 then call('HDEL', P .. 'failures', code) end
end

local function leave(id, task)
  local state = task[STATE]
  Q[state] = Q[state] - 1
  tally(task[PLACE], 's:' .. state, -1)
  if state == 'waiting' then
    local priority = PRIORITIES[task[PRIORITY]]
    Q[priority] = Q[priority] - 1
    out(lineOf(task), id)
    if task[SUSPECT] > 0 then
      Q.suspects = Q.suspects - 1
      out('suspects', id)
    end
  elseif state == 'active' then
    out('leases', id)
    out('h:' .. task[WORKER], id)
  elseif state == 'delayed' then
    out('due', id)
  else
    out('fin:' .. state, id)
    if state == 'failed' then countFailure(task[CODE], -1) end
  end
end

local function setBlind(task, set)
  if task[BLIND] == set then return end
  if task[BLIND] ~= 0 then tally(task[PLACE], 'b:' .. task[BLIND], -1) end
  if set ~= 0 then tally(task[PLACE], 'b:' .. set, 1) end
  task[BLIND] = set
end

-- `at` is when a delayed task is due, or the lease of an active one runs out.
local function enter(id, task, state, at)
  task[STATE] = state
  Q[state] = Q[state] + 1
  task[ALONE] = state == 'active' and task[SUSPECT] > 0
  task[DUE] = state == 'delayed' and at or 0
  if state == 'waiting' then
    local priority = PRIORITIES[task[PRIORITY]]
    Q[priority] = Q[priority] + 1
    if task[SUSPECT] > 0 then
      Q.suspects = Q.suspects + 1
      into('suspects', task[PLACE], id)
      into(lineOf(task), task[SUSPECT], id)
    else
      into(lineOf(task), task[PLACE], id)
    end
    work = work or (task[BLIND] == 0 and not isPaused(task[IMPORT]))
  elseif state == 'active' then
    into('leases', at, id)
    into('h:' .. task[WORKER], task[VERSION], id)
  elseif state == 'delayed' then
    into('due', at, id)
  else
    setBlind(task, 0)
    task[FINISHED] = now
    into('fin:' .. state, now, id)
    Q[TOTALS[state]] = Q[TOTALS[state]] + 1
    if state == 'failed' then countFailure(task[CODE], 1) end
  end
  tally(task[PLACE], 's:' .. state, 1)
end

local function move(id, task, state, at)
  leave(id, task)
  enter(id, task, state, at)
end

-- Finished tasks, in chunks: their keys are freed apart from the script.
local function forget(list)
  local keys, places = {}, {}
  for _, entry in ipairs(list) do
    local id, task = entry[1], entry[2]
    leave(id, task)
    if task[IMPORT] then tally(task[PLACE], 'i:' .. task[IMPORT], -1) end
    keys[#keys + 1] = taskKey(id)
    local bucket = math.floor(task[PLACE] / BUCKET)
    places[bucket] = places[bucket] or {}
    table.insert(places[bucket], task[PLACE])
  end
  if #keys > 0 then call('UNLINK', unpack(keys)) end
  for bucket, fields in pairs(places) do
    call('HDEL', P .. 'b:' .. bucket, unpack(fields))
  end
end

local function record(type, ...)
  Q.seq = Q.seq + 1
  call('RPUSH', P .. 'events', cmsgpack.pack({ now, type, ... }))
end

-- Four values for each task, in one list.
local function addFact(facts, id, task)
  local length = #facts
  facts[length + 1] = id
  facts[length + 2] = task[IMPORT]
  facts[length + 3] = task[STATE]
  facts[length + 4] = task[STATE] == 'failed' and task[CODE]
end

-- One token wakes one worker; the claim that follows lays down the next one when more is left.
local function wake()
  if not Q.paused and call('LLEN', P .. 'wake') == 0 then call('RPUSH', P .. 'wake', '1') end
end

local function finish()
  flush()
  if work then wake() end
  local text = cmsgpack.pack(Q)
  if text ~= queueText then call('SET', P .. 'queue', text) end
end
