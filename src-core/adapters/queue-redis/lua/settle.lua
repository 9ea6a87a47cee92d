-- ARGV: clock, worker, ms until an unseen task comes back, ms of silence after which a worker is not live, then for each
-- settlement: id, number of the claim, outcome, code, text of the error or result, timings, a number in [0, 1).
-- Answers this moment, then for each: whether it was accepted, the state (false: no such task), attempts, code.
local worker, unseenRetryMs, lostAfterMs = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
rollMinute()
takeBackExpired()
flush()

-- The run came to an end of its own, though not a good one: the task does not kill its worker, so it is no suspect.
local function fails(id, task, code, text)
  task[CODE] = code
  enter(id, task, 'failed')
  return 'e', text
end

local function retries(id, task, code, text, random)
  if task[ATTEMPTS] >= task[MAX_ATTEMPTS] then return fails(id, task, code, text) end
  Q.allRetried = Q.allRetried + 1
  task[CODE], task[STALLS] = code, 0
  local full = math.min(task[BACKOFF_CAP], task[BACKOFF_BASE] * 2 ^ math.max(0, task[ATTEMPTS] - 1))
  enter(id, task, 'delayed', now + math.floor(full / 2 + full / 2 * random + 0.5))
  return 'e', text
end

local function unseen(id, task)
  local set = setWith(task[BLIND], worker)
  if nobodySees(set, lostAfterMs) then return fails(id, task, 'NO_WORKER_SEES_IT', NO_WORKER_SEES_IT) end
  setBlind(task, set)
  enter(id, task, 'delayed', now + unseenRetryMs)
end

-- Answers the fields of the task's hash that change beside its packed state.
local function conclude(id, task, outcome, code, text, timings, random)
  if outcome == 'release' then
    enter(id, task, 'waiting')
    return
  end
  if outcome == 'unseen' then return unseen(id, task) end
  task[SUSPECT] = 0
  if outcome == 'done' then
    if task[CODE] then call('HDEL', taskKey(id), 'e') end
    task[CODE] = false
    enter(id, task, 'completed')
    return 'r', text
  end
  task[ATTEMPTS] = task[ATTEMPTS] + 1
  local history = withAttempt(id, worker, text, timings)
  if outcome == 'dead' then
    fails(id, task, code, text)
  else
    retries(id, task, code, text, random)
  end
  return 'e', text, 'y', history
end

local facts, answers = {}, { now }

local function settle(id, version, ...)
  local task = load(id)
  if not task then return false, false, 0, false end
  -- A worker that did not hear the answer asks again.
  if version > 0 and task[SETTLED] == version then return true, task end
  local isHolder = task[STATE] == 'active' and task[VERSION] == version and task[WORKER] == worker
  if not isHolder or tonumber(call('ZSCORE', P .. 'leases', id)) <= now then return false, task end
  leave(id, task)
  task[SETTLED] = version
  local timings = select(4, ...)
  if timings == '' then
    call('HDEL', taskKey(id), 'm')
    save(id, task, conclude(id, task, ...))
  else
    save(id, task, 'm', timings, conclude(id, task, ...))
  end
  addFact(facts, id, task)
  return true, task
end

for index = 5, #ARGV, 7 do
  local accepted, task = settle(
    ARGV[index],
    tonumber(ARGV[index + 1]),
    ARGV[index + 2],
    ARGV[index + 3],
    ARGV[index + 4],
    ARGV[index + 5],
    tonumber(ARGV[index + 6])
  )
  local length = #answers
  answers[length + 1] = accepted and 1 or 0
  answers[length + 2] = task and task[STATE]
  answers[length + 3] = task and task[ATTEMPTS]
  answers[length + 4] = task and task[CODE]
end
if #facts > 0 then record('settled', worker, facts) end
finish()
return answers
