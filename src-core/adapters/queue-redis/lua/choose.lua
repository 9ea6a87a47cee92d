-- What a claim would take now. Reads only, in time that depends on `max`, not on how many tasks wait or are held.

local function holding(worker)
  local names = call('SMEMBERS', P .. 'h:' .. worker)
  -- What was claimed alone stays alone, so it is all that its worker holds.
  return #names > 0, #names == 1 and leaseOf(names[1])[4]
end

local function firstSuspect(sets)
  if Q.suspects == 0 then return nil end
  local line, least
  for _, set in ipairs(sets) do
    local head = call('ZRANGE', P .. 'heads:' .. set .. ':s', 0, 0, 'WITHSCORES')
    local at = tonumber(head[2])
    if at and (not least or at < least) then
      line, least = set .. ':s:' .. head[1], at
    end
  end
  return line and call('ZRANGE', P .. 'l:' .. line, 0, 0)[1]
end

-- Of all lines of a kind, those whose first come first: no more of them than tasks are wanted.
local function linesOf(sets, kind, want)
  local lines = {}
  for _, set in ipairs(sets) do
    local heads = call('ZRANGE', P .. 'heads:' .. set .. ':' .. kind, 0, want - 1, 'WITHSCORES')
    for index = 1, #heads, 2 do
      table.insert(lines, { set .. ':' .. kind .. ':' .. heads[index], tonumber(heads[index + 1]) })
    end
  end
  return lines
end

-- Merges the lines of a kind by place: as long a run as possible from the line whose turn it is. Adds ids to `ids`, and
-- to `runs` the line, the ids and places of each run.
local function takeFromLines(lines, want, ids, runs)
  while #ids < want and #lines > 0 do
    table.sort(lines, function(a, b) return a[2] < b[2] end)
    local line, other = lines[1], lines[2]
    local below = other and '(' .. other[2] or '+inf'
    local found = call('ZRANGEBYSCORE', P .. 'l:' .. line[1], line[2], below, 'WITHSCORES', 'LIMIT', 0, want - #ids)
    local run = { line = line[1], ids = {}, places = {} }
    for index = 1, #found, 2 do
      ids[#ids + 1] = found[index]
      run.ids[#run.ids + 1] = found[index]
      run.places[#run.places + 1] = found[index + 1]
    end
    table.insert(runs, run)
    local after = other
      and call('ZRANGEBYSCORE', P .. 'l:' .. line[1], other[2], '+inf', 'WITHSCORES', 'LIMIT', 0, 1)[2]
    line[2] = tonumber(after)
    if not line[2] then table.remove(lines, 1) end
  end
end

-- The ids, whether the worker is asked to empty its hands, whether it owns the suspects (true: it is or becomes the one
-- who takes them; false: it was, and gives that up; nil: as it was), and from which lines: none for a suspect.
local function choose(worker, max)
  if Q.paused then return {}, false, nil, {} end
  local isOwner = Q.owner == worker
  local free = not Q.owner or isOwner or Q.ownerUntil <= now
  local holds, alone = holding(worker)
  if alone then return {}, true, free or nil, {} end
  local sets = visibleSets(worker)
  local suspect = firstSuspect(sets)
  if suspect and free then
    if holds then return {}, true, true, {} end
    return { suspect }, false, true, nil
  end
  local ids, runs = {}, {}
  for kind = 0, 2 do
    if #ids < max and Q[PRIORITIES[kind]] > 0 then
      local taken = {}
      takeFromLines(linesOf(sets, kind, max - #ids), max - #ids, taken, runs)
      for _, id in ipairs(taken) do
        ids[#ids + 1] = id
      end
    end
  end
  -- Nothing left that it can see: whoever can may have the rest.
  if isOwner and not suspect then return ids, false, false, runs end
  return ids, false, nil, runs
end
