-- ARGV: clock, filter, "retried", "cancelled", "removed" or "prioritised", the new priority 0-2 or nothing, then for each
-- task: place, id. What does not match any more is left as it is. Answers how many were changed.
local verb, priority = ARGV[3], tonumber(ARGV[4])
local removed = {}
evenWhenFull()
rollMinute()

local change = {
  retried = retryOne,
  cancelled = function(id, task)
    move(id, task, 'cancelled')
    save(id, task)
  end,
  removed = function(id, task)
    table.insert(removed, { id, task })
  end,
  -- It keeps its place among those of its new priority.
  prioritised = function(id, task)
    if task[PRIORITY] == priority then return false end
    leave(id, task)
    task[PRIORITY] = priority
    enter(id, task, task[STATE], task[DUE])
    call('HSET', taskKey(id), 'h', cmsgpack.pack(unpack(task, PLACE, BACKOFF_CAP)))
  end,
}

-- Plain documents say no priority.
if priority then told = nil end

local count = 0
for index = 5, #ARGV, 2 do
  local id = ARGV[index + 1]
  local task = load(id)
  if task and task[PLACE] == tonumber(ARGV[index]) and matches(task) then
    if change[verb](id, task) ~= false then count = count + 1 end
  end
end
forget(removed)
if count > 0 then record(verb, count) end
finish()
return count
