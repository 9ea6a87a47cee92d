-- ARGV: clock, worker, lease ms, then for each task: id, number of its claim. Answers the ids that are not its own.
local worker, leaseMs = ARGV[2], tonumber(ARGV[3])
evenWhenFull()
rollMinute()
takeBackExpired()
flush()
if Q.owner == worker then Q.ownerUntil = now + leaseMs end

-- The tasks asked for, by lease.
local asked, lost = {}, {}
for index = 4, #ARGV, 2 do
  local id = ARGV[index]
  local name = call('HGET', P .. 'active', id)
  local lease = name and leaseOf(name)
  local isOwn = lease and lease[1] == worker and lease[2] == tonumber(ARGV[index + 1])
  if isOwn and tonumber(call('ZSCORE', P .. 'leases', name)) > now then
    asked[name] = asked[name] or { ids = {}, known = {} }
    if not asked[name].known[id] then table.insert(asked[name].ids, id) end
    asked[name].known[id] = true
  else
    lost[#lost + 1] = id
  end
end

-- A lease of which only some are asked for is split.
for name, part in pairs(asked) do
  if #part.ids == tonumber(call('HGET', P .. 'lease:' .. name, 'n')) then
    call('ZADD', P .. 'leases', now + leaseMs, name)
  else
    Q.splits = Q.splits + 1
    local lease = leaseOf(name)
    addLease(string.format('%.0f/%.0f', lease[2], Q.splits), lease, part.ids, now + leaseMs)
    takeFromLease(name, #part.ids)
  end
end
finish()
return lost
