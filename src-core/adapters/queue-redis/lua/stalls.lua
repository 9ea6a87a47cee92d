-- Lonely stalls after which a task is taken for what kills the workers.
local FATAL_STALLS = 3
local KEPT_ATTEMPTS = 10

-- The history's text with one more run in it, a line of JSON for each; the newest ten are kept.
local function withAttempt(id, worker, errorText, timings)
  local attempt = string.format('{"at":%.0f,"workerId":', now) .. cjson.encode(worker) .. ',"error":' .. errorText
  attempt = attempt .. (timings == '' and '}' or ',"timings":' .. timings .. '}')
  local history = call('HGET', taskKey(id), 'y')
  if not history then return attempt end
  local _, breaks = string.gsub(history, '\n', '')
  if breaks + 1 >= KEPT_ATTEMPTS then history = string.sub(history, string.find(history, '\n', 1, true) + 1) end
  return history .. '\n' .. attempt
end

-- One worker at a time empties its hands for the suspects; this one will not any more.
local function dropOwner(worker)
  if Q.owner ~= worker then return end
  Q.owner = false
  Q.ownerUntil = 0
end

-- `list` holds { id, task } in the order in which they become suspects.
local function takeBack(list, message)
  if #list == 0 then return end

  local function stall(id, task)
    local lost = '{"code":"WORKER_LOST","message":"' .. message .. '","retryable":true}'
    local history = withAttempt(id, task[WORKER], lost, '')
    local alone = task[ALONE]
    leave(id, task)
    if alone then task[STALLS] = task[STALLS] + 1 end
    -- The back of the list: so that workers which die for other reasons hit many suspects once, not one three times.
    task[SUSPECT] = nextNumber()
    if alone and task[STALLS] >= FATAL_STALLS then
      task[CODE] = 'WORKER_CRASHED'
      enter(id, task, 'failed')
      save(id, task, 'y', history, 'e', '{"code":"WORKER_CRASHED","message":"its worker died or froze ' .. task[STALLS]
        .. ' times while it held nothing but this task","retryable":false}')
    else
      enter(id, task, 'waiting')
      save(id, task, 'y', history)
    end
  end

  local workers, facts = {}, {}
  for _, entry in ipairs(list) do
    local id, task = entry[1], entry[2]
    local worker = task[WORKER]
    stall(id, task)
    if not facts[worker] then
      facts[worker] = {}
      table.insert(workers, worker)
    end
    addFact(facts[worker], id, task)
  end
  for _, worker in ipairs(workers) do
    record('stalled', worker, facts[worker])
  end
  Q.allStalled = Q.allStalled + #list
end

-- Takes back a step of the leases that have run out. Answers how many tasks.
local function takeBackExpired()
  local names = call('ZRANGEBYSCORE', P .. 'leases', '-inf', now, 'WITHSCORES', 'LIMIT', 0, STEP)
  local list = {}
  for index = 1, #names, 2 do
    if #list >= STEP then break end
    for _, entry in ipairs(tasksOf(names[index])) do
      entry[3] = tonumber(names[index + 1])
      table.insert(list, entry)
    end
  end
  table.sort(list, function(a, b)
    if a[3] ~= b[3] then return a[3] < b[3] end
    return a[2][PLACE] < b[2][PLACE]
  end)
  takeBack(list, 'the worker did not renew its lease')
  return #list
end
