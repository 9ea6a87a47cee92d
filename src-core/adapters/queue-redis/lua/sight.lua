local function workersOf(set)
  return set == 0 and {} or cmsgpack.unpack(call('HGET', P .. 'blind', set))
end

-- The set with one worker more.
local function setWith(set, worker)
  local workers = workersOf(set)
  if contains(workers, worker) then return set end
  table.insert(workers, worker)
  table.sort(workers)
  local text = cmsgpack.pack(workers)
  local known = call('HGET', P .. 'blindids', text)
  if known then return tonumber(known) end
  Q.sets = Q.sets + 1
  call('HSET', P .. 'blind', Q.sets, text)
  call('HSET', P .. 'blindids', text, Q.sets)
  return Q.sets
end

local function forgetSet(set)
  call('HDEL', P .. 'blindids', call('HGET', P .. 'blind', set))
  call('HDEL', P .. 'blind', set)
end

-- Whether every live worker is in the set. Without any live worker none has said so: then nobody sees is not known.
local function nobodySees(set, lostAfterMs)
  local workers = workersOf(set)
  local someLive = false
  local since = string.format('(%.0f', now - lostAfterMs)
  for _, worker in ipairs(call('ZRANGEBYSCORE', P .. 'seen', since, '+inf')) do
    if call('SISMEMBER', P .. 'leaving', worker) == 0 then
      if not contains(workers, worker) then return false end
      someLive = true
    end
  end
  return someLive
end

local NO_WORKER_SEES_IT =
  '{"code":"NO_WORKER_SEES_IT","message":"no live worker can reach the folder of this file","retryable":false}'
