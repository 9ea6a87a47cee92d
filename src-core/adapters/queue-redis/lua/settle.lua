-- ARGV: clock, worker, ms until an unseen task comes back, ms of silence after which a worker is not live, then either
-- "done", number of the claim, how many, and of each: id, texts; or another outcome, number of the claim, id, texts,
-- and for `retry` and `dead`: code, error, a number in [0, 1). Texts are the result (or nothing) and the timings (or
-- nothing) with a newline between them. Answers this moment, then for each: "+" when it was accepted, else "-", and
-- unless there is no such task: state, attempts and code with spaces between them.
local worker, unseenRetryMs, lostAfterMs = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
evenWhenFull()
rollMinute()
takeBackExpired()
flush()
-- Of these the worker is told by the answer.
local toldBefore = told
told = nil

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
local function conclude(id, task, outcome, timings, code, text, random)
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
    return
  end
  task[ATTEMPTS] = task[ATTEMPTS] + 1
  local history = withAttempt(id, worker, text, string.sub(timings, 2))
  if outcome == 'dead' then
    fails(id, task, code, text)
  else
    retries(id, task, code, text, random)
  end
  return 'e', text, 'y', history
end

local facts, answers = {}, { now }

local function answer(accepted, task)
  local text = accepted and '+' or '-'
  if task then text = text .. task[STATE] .. ' ' .. task[ATTEMPTS] .. ' ' .. (task[CODE] or '') end
  answers[#answers + 1] = text
end

-- Whether a lease is this worker's, of this claim, and has not run out.
local held = {}
local function holds(name, version)
  if held[name] == nil then
    local lease = leaseOf(name)
    held[name] = lease[1] == worker and lease[2] == version and tonumber(call('ZSCORE', P .. 'leases', name)) > now
  end
  return held[name]
end

local function settleHeld(id, name, head, state, outcome, texts, ...)
  local task = unpackTask(head, state, name)
  leave(id, task)
  task[SETTLED] = task[VERSION]
  save(id, task, 'r', texts, conclude(id, task, outcome, texts, ...))
  addFact(facts, id, task)
  answer(true, task)
end

local settled = {}
local function settle(id, version, outcome, texts, ...)
  -- The same task twice in one batch: what was gathered is written first.
  if settled[id] then flush() end
  local name = call('HGET', P .. 'active', id)
  if not name or not holds(name, version) then
    local task = load(id)
    -- A worker that did not hear the answer asks again.
    return answer(task and version > 0 and task[SETTLED] == version, task)
  end
  settled[id] = true
  local values = call('HMGET', P .. 't:' .. id, 'h', 's')
  settleHeld(id, name, values[1], values[2], outcome, texts, ...)
end

local index = 5
while index <= #ARGV do
  local outcome, version = ARGV[index], tonumber(ARGV[index + 1])
  held = {}
  if outcome == 'done' then
    local last = index + 2 + 2 * tonumber(ARGV[index + 2])
    for at = index + 3, last, 2 do
      settle(ARGV[at], version, outcome, ARGV[at + 1])
    end
    index = last + 1
  elseif outcome == 'retry' or outcome == 'dead' then
    local code, text, random = ARGV[index + 4], ARGV[index + 5], tonumber(ARGV[index + 6])
    settle(ARGV[index + 2], version, outcome, ARGV[index + 3], code, text, random)
    index = index + 7
  else
    settle(ARGV[index + 2], version, outcome, ARGV[index + 3])
    index = index + 4
  end
end
if #facts > 0 then record('settled', worker, facts) end
told = toldBefore
finish()
return answers
