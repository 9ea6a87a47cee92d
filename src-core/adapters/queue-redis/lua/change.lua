-- ARGV: clock, filter, "retried", "cancelled" or "removed", then for each task: place, id. What does not match any more
-- is left as it is. Answers how many were changed.
local verb = ARGV[3]
local removed = {}
rollMinute()

local change = {
  -- A suspect stays one, also when it failed as WORKER_CRASHED: it has not come to an outcome yet, so its next run is
  -- alone again, with three stalls ahead of it.
  retried = function(id, task)
    leave(id, task)
    setBlind(task, 0)
    if task[CODE] then call('HDEL', taskKey(id), 'e') end
    task[ATTEMPTS], task[STALLS], task[FINISHED], task[CODE] = 0, 0, 0, false
    enter(id, task, 'waiting')
    save(id, task)
  end,
  cancelled = function(id, task)
    move(id, task, 'cancelled')
    save(id, task)
  end,
  removed = function(id, task)
    table.insert(removed, { id, task })
  end,
}

local count = 0
for index = 4, #ARGV, 2 do
  local id = ARGV[index + 1]
  local task = load(id)
  if task and task[PLACE] == tonumber(ARGV[index]) and matches(task) then
    change[verb](id, task)
    count = count + 1
  end
end
forget(removed)
if count > 0 then record(verb, count) end
finish()
return count
