-- ARGV[2] is the part of a filter that the packed state can answer, as JSON of strings: states, codes, importId,
-- workerId, and finishedBefore in ms since the epoch, the only number.
local filter = cjson.decode(ARGV[2])

local function setOf(list)
  if not list then return nil end
  local set = {}
  for _, one in ipairs(list) do
    set[one] = true
  end
  return set
end

local wantedStates, wantedCodes = setOf(filter.states), setOf(filter.codes)

local function matches(task)
  return wantedStates[task[STATE]]
    and (not wantedCodes or wantedCodes[task[CODE]])
    and (not filter.importId or task[IMPORT] == filter.importId)
    and (not filter.workerId or task[WORKER] == filter.workerId)
    and (not filter.finishedBefore or (task[FINISHED] > 0 and task[FINISHED] <= filter.finishedBefore))
end
