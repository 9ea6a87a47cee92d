-- ARGV: clock, worker, claim id, max, lease ms, how long the claim id is remembered, ms.
local worker, claimId, max, leaseMs, rememberMs = ARGV[2], ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5]), ARGV[6]

rollMinute()
takeBackExpired()
promoteDue()
flush()

local answer = { 0, 0, now }

local function give(id, task, data)
  local length = #answer
  answer[length + 1] = id
  answer[length + 2] = data
  answer[length + 3] = task[IMPORT]
  answer[length + 4] = task[ATTEMPTS]
  answer[length + 5] = task[MAX_ATTEMPTS]
  answer[length + 6] = task[SUSPECT] > 0
end

-- What this claim id got the first time, less what is no longer its own; its leases start anew.
local function giveAgain(holder, version, emptyHands)
  if holder ~= worker then return end
  answer[1], answer[2] = emptyHands, version
  if version == 0 then return end
  local batch = {}
  for _, id in ipairs(call('ZRANGEBYSCORE', P .. 'h:' .. worker, version, version)) do
    if tonumber(call('ZSCORE', P .. 'leases', id)) > now then
      local values = call('HMGET', taskKey(id), 's', 'd')
      table.insert(batch, { id, cmsgpack.unpack(values[1]), values[2] })
      into('leases', now + leaseMs, id)
    end
  end
  table.sort(batch, function(a, b)
    if a[2][PRIORITY] ~= b[2][PRIORITY] then return a[2][PRIORITY] < b[2][PRIORITY] end
    return a[2][PLACE] < b[2][PLACE]
  end)
  for _, entry in ipairs(batch) do
    give(unpack(entry))
  end
end

local function giveNew()
  local ids, emptyHands, owns = choose(worker, max)
  if owns then
    Q.owner, Q.ownerUntil = worker, now + leaseMs
  elseif owns == false then
    dropOwner(worker)
  end
  local version = #ids > 0 and nextNumber() or 0
  answer[1], answer[2] = emptyHands and 1 or 0, version
  for _, id in ipairs(ids) do
    local values = call('HMGET', P .. 't:' .. id, 's', 'd')
    local task = cmsgpack.unpack(values[1])
    leave(id, task)
    task[WORKER], task[VERSION], task[CLAIMED] = worker, version, now
    enter(id, task, 'active', now + leaseMs)
    save(id, task)
    give(id, task, values[2])
  end
  call('SET', P .. 'c:' .. claimId, cmsgpack.pack({ worker, version, answer[1] }), 'PX', rememberMs)
end

local known = call('GET', P .. 'c:' .. claimId)
if known then
  giveAgain(unpack(cmsgpack.unpack(known)))
else
  giveNew()
end
finish()
if call('EXISTS', P .. 'heads:0:0', P .. 'heads:0:1', P .. 'heads:0:2') > 0 then wake() end
return answer
