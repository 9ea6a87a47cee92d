-- ARGV: clock, worker, claim id, max, lease ms, how long the claim id is remembered, ms. Answers "1" when the worker is
-- asked to empty its hands, the claim's number, this moment, "1" for a suspect, then for each task: id, data, attempts.
local worker, claimId, max, leaseMs, rememberMs = ARGV[2], ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5]), ARGV[6]

evenWhenFull()
rollMinute()
takeBackExpired()
promoteDue()
flush()

local answer = { 0, 0, now, 0 }

local function give(id, data, attempts)
  local length = #answer
  answer[length + 1] = id
  answer[length + 2] = data
  answer[length + 3] = attempts
end

-- What this claim id got the first time, less what is no longer its own; its leases start anew.
local function giveAgain(holder, version, emptyHands)
  if holder ~= worker then return end
  answer[1], answer[2] = emptyHands, version
  local batch = {}
  for _, name in ipairs(call('SMEMBERS', P .. 'h:' .. worker)) do
    if leaseOf(name)[2] == version and tonumber(call('ZSCORE', P .. 'leases', name)) > now then
      for _, entry in ipairs(tasksOf(name)) do
        table.insert(batch, entry)
      end
      into('leases', now + leaseMs, name)
    end
  end
  table.sort(batch, function(a, b)
    if a[2][PRIORITY] ~= b[2][PRIORITY] then return a[2][PRIORITY] < b[2][PRIORITY] end
    return a[2][PLACE] < b[2][PLACE]
  end)
  for _, entry in ipairs(batch) do
    local id, task = entry[1], entry[2]
    if task[SUSPECT] > 0 then answer[4] = 1 end
    give(id, call('HGET', taskKey(id), 'd'), task[ATTEMPTS])
  end
end

-- Takes whole runs out of their lines, and reads of the tasks only what is handed out.
local function takeRuns(runs)
  for _, run in ipairs(runs) do
    local set, kind, import = string.match(run.line, '^(%d+):(%d):(.*)$')
    local priority, count = PRIORITIES[tonumber(kind)], #run.ids
    call('ZREM', P .. 'l:' .. run.line, unpack(run.ids))
    touched[run.line] = { set .. ':' .. kind, import, false }
    Q[priority] = Q[priority] - count
    Q.waiting, Q.active = Q.waiting - count, Q.active + count
    for _, place in ipairs(run.places) do
      tally(place, 's:waiting', -1)
      tally(place, 's:active', 1)
    end
  end
end

local function takeSuspect(id)
  local task = load(id)
  leave(id, task)
  tally(task[PLACE], 's:active', 1)
  Q.active = Q.active + 1
end

local function giveNew()
  local ids, emptyHands, owns, runs = choose(worker, max)
  if owns then
    Q.owner, Q.ownerUntil = worker, now + leaseMs
  elseif owns == false then
    dropOwner(worker)
  end
  local version = 0
  if #ids > 0 then
    version = nextNumber()
    if runs then
      takeRuns(runs)
    else
      takeSuspect(ids[1])
    end
    addLease(string.format('%.0f', version), { worker, version, now, not runs }, ids, now + leaseMs)
  end
  answer[1], answer[2], answer[4] = emptyHands and 1 or 0, version, runs and 0 or 1
  for _, id in ipairs(ids) do
    local values = call('HMGET', P .. 't:' .. id, 'd', 's')
    give(id, values[1], values[2] and select(2, cmsgpack.unpack(values[2])) or 0)
  end
  call('SET', P .. 'c:' .. claimId, cmsgpack.pack(worker, version, answer[1]), 'PX', rememberMs)
end

local known = call('GET', P .. 'c:' .. claimId)
if known then
  giveAgain(cmsgpack.unpack(known))
else
  giveNew()
end
finish()
if call('EXISTS', P .. 'heads:0:0', P .. 'heads:0:1', P .. 'heads:0:2') > 0 then wake() end
return answer
