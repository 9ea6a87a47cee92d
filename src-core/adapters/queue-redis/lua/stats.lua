-- Answers this moment, the queue's state as pairs, failures by code as pairs, when the oldest waiting task was made
-- (false: none waits), and the last quarter of an hour's minutes.

local function lowest(key)
  return tonumber(call('ZRANGE', P .. key, 0, 0, 'WITHSCORES')[2])
end

-- The first of every line is its oldest; suspects, whose lines go by another number, are listed by place too.
local function oldestPlace()
  local oldest
  local function consider(place)
    if place and (not oldest or place < oldest) then oldest = place end
  end
  local sets = call('HKEYS', P .. 'blind')
  table.insert(sets, '0')
  for _, set in ipairs(sets) do
    for kind = 0, 2 do
      consider(lowest('heads:' .. set .. ':' .. kind))
    end
  end
  consider(lowest('held'))
  consider(lowest('suspects'))
  return oldest
end

local function oldestWaiting()
  local place = oldestPlace()
  if not place then return false end
  local id = call('HGET', P .. 'b:' .. math.floor(place / BUCKET), place)
  return load(id)[CREATED]
end

local state = {}
for name, value in pairs(Q) do
  table.insert(state, name)
  table.insert(state, type(value) == 'boolean' and (value and 1 or 0) or value)
end
return { now, state, call('HGETALL', P .. 'failures'), oldestWaiting(), minutesFrom(math.floor(now / 60000) - 15) }
