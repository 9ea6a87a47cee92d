-- The workers that cannot see a task are one of a few sets, by number; 0 is the empty one.

local function contains(workers, worker)
  for _, one in ipairs(workers) do
    if one == worker then return true end
  end
  return false
end

-- Sets that do not hold this worker: it may claim the tasks that are noted with these.
local function visibleSets(worker)
  local sets = { 0 }
  local known = call('HGETALL', P .. 'blind')
  for index = 1, #known, 2 do
    if not contains(cmsgpack.unpack(known[index + 1]), worker) then table.insert(sets, tonumber(known[index])) end
  end
  return sets
end
