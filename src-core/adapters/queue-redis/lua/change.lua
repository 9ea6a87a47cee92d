-- ARGV: clock, filter, "retried", "cancelled" or "removed", then for each task: place, id. What does not match any more
-- is left as it is. Answers how many were changed.
local verb = ARGV[3]
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
