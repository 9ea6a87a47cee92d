-- ARGV: clock, then for each task that is to run again: id, its data from now on, priority 0-2, most attempts. Those that
-- are in a state that cannot be retried are left as they are. Answers how many were changed.
local RETRYABLE = { failed = true, cancelled = true, delayed = true }
evenWhenFull()
rollMinute()

local count = 0
for index = 2, #ARGV, 4 do
  local id = ARGV[index]
  local task = load(id)
  if task and RETRYABLE[task[STATE]] then
    -- Only a waiting task is counted by its priority.
    task[PRIORITY], task[MAX_ATTEMPTS] = tonumber(ARGV[index + 2]), tonumber(ARGV[index + 3])
    retryOne(id, task)
    call('HSET', taskKey(id), 'd', ARGV[index + 1], 'h', cmsgpack.pack(unpack(task, PLACE, BACKOFF_CAP)))
    count = count + 1
  end
end
if count > 0 then record('retried', count) end
finish()
return count
