-- Tasks that are not active any more, and how many of each lease.
local ended, endedOf = {}, {}

-- Makes tasks active until `deadline`. A lease is what claim.lua and extend.lua say: worker, number, time, alone.
local function addLease(name, lease, ids, deadline)
  local names = {}
  for index, id in ipairs(ids) do
    names[2 * index - 1] = id
    names[2 * index] = name
  end
  call('HSET', P .. 'active', unpack(names))
  call('HSET', P .. 'lease:' .. name, 'r', cmsgpack.pack(unpack(lease)), 'i', cmsgpack.pack(unpack(ids)), 'n', #ids)
  call('ZADD', P .. 'leases', deadline, name)
  call('SADD', P .. 'h:' .. lease[1], name)
  leases[name] = lease
end

local function takeFromLease(name, count)
  if call('HINCRBY', P .. 'lease:' .. name, 'n', -count) > 0 then return end
  call('SREM', P .. 'h:' .. leaseOf(name)[1], name)
  call('ZREM', P .. 'leases', name)
  call('UNLINK', P .. 'lease:' .. name)
end

-- Of a lease, those that are still active: ids and tasks.
local function tasksOf(name)
  local list = {}
  for _, id in ipairs({ cmsgpack.unpack(call('HGET', P .. 'lease:' .. name, 'i')) }) do
    if call('HGET', P .. 'active', id) == name then table.insert(list, { id, load(id) }) end
  end
  return list
end

local function flushLeases()
  if #ended == 0 then return end
  inPieces('HDEL', P .. 'active', ended)
  for name, count in pairs(endedOf) do
    takeFromLease(name, count)
  end
  ended, endedOf = {}, {}
end
