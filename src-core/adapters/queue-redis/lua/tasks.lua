-- Moves tasks between states.
local TOTALS = { completed = 'allCompleted', failed = 'allFailed', cancelled = 'allCancelled' }
-- Tasks that one step of maintenance moves at most.
local STEP = 100
-- Tasks that completed, and whether something became claimable that wakes a worker.
local completed, work = {}, false
-- Tasks that were claimed before and changed without a word of their worker: `told` is read by whoever maintains, who says
-- so in their plain documents. Nil where the caller of the script does that itself.
local told = {}

-- Writes what was gathered, so that the lines can be read again.
local function flush()
  flushLeases()
  if #completed > 0 then
    call('RPUSH', P .. 'completed', cmsgpack.pack(now, unpack(completed)))
    completed = {}
  end
  for key, ids in pairs(drops) do
    inPieces('ZREM', P .. key, ids)
  end
  for key, list in pairs(adds) do
    inPieces('ZADD', P .. key, list)
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
    ended[#ended + 1] = id
    endedOf[task[LEASE]] = (endedOf[task[LEASE]] or 0) + 1
  elseif state == 'delayed' then
    out('due', id)
  elseif state ~= 'completed' then
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

-- Into any state but active. `at` is when a delayed task is due.
local function enter(id, task, state, at)
  task[STATE] = state
  if told and state ~= 'completed' and task[VERSION] > 0 then told[#told + 1] = { id, task } end
  Q[state] = Q[state] + 1
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
  elseif state == 'delayed' then
    into('due', at, id)
  else
    setBlind(task, 0)
    task[FINISHED] = now
    -- Completed tasks, which are most, are listed by the batch; trimming looks what is still there.
    if state == 'completed' then
      completed[#completed + 1] = id
    else
      into('fin:' .. state, now, id)
    end
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
  pushEvent(type, ...)
end

-- Four values for each task, in one list.
local function addFact(facts, id, task)
  local length = #facts
  facts[length + 1] = id
  facts[length + 2] = task[IMPORT]
  facts[length + 3] = task[STATE]
  facts[length + 4] = task[STATE] == 'failed' and task[CODE]
end

local function wake()
  if not Q.paused then pushToken() end
end

local function tellOthers()
  local texts = {}
  for _, entry in ipairs(told) do
    local id, task = entry[1], entry[2]
    texts[#texts + 1] = cjson.encode({ id, task[STATE], task[ATTEMPTS], task[WORKER] or '', task[CODE] or '', now })
  end
  -- With nobody to maintain the queue, or after a retry of very many, the list must not grow for ever.
  if #texts > 0 and call('LLEN', P .. 'told') < 100000 then inPieces('RPUSH', P .. 'told', texts) end
end

local function finish()
  flush()
  if told then tellOthers() end
  if work then wake() end
  saveQueue()
end
