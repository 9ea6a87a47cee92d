-- A suspect stays one, also when it failed as WORKER_CRASHED: it has not come to an outcome yet, so its next run is
-- alone again, with three stalls ahead of it.
local function retryOne(id, task)
  leave(id, task)
  setBlind(task, 0)
  if task[CODE] then call('HDEL', taskKey(id), 'e') end
  task[ATTEMPTS], task[STALLS], task[FINISHED], task[CODE] = 0, 0, 0, false
  enter(id, task, 'waiting')
  save(id, task)
end
