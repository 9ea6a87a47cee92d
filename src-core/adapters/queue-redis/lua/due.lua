-- Delayed tasks whose time has come wait again, at their old place: a step of them. Answers how many.
local function promoteDue()
  local ids = call('ZRANGEBYSCORE', P .. 'due', '-inf', now, 'LIMIT', 0, STEP)
  for _, id in ipairs(ids) do
    local task = load(id)
    move(id, task, 'waiting')
    save(id, task)
  end
  return #ids
end

-- In how many ms the next retry is due or lease runs out, at least 0; false when none will.
local function nextDue()
  local soonest = false
  for _, key in ipairs({ 'due', 'leases' }) do
    local at = tonumber(call('ZRANGE', P .. key, 0, 0, 'WITHSCORES')[2])
    if at and (not soonest or at < soonest) then soonest = at end
  end
  return soonest and math.max(0, soonest - now)
end
