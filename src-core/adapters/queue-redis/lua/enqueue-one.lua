-- Adds one task; false and its state when the id is known.
local placesOf = {}

local function enqueueOne(id, data, import, priority, maxAttempts, backoffBase, backoffCap)
  local known = load(id)
  if known then return false, known[STATE] end
  Q.place = Q.place + 1
  local place = Q.place
  local task = {
    'waiting', place, priority, import ~= '' and import, now, maxAttempts, backoffBase, backoffCap, 0, 0,
    0, 0, 0, false, 0, 0, 0, false, 0, false,
  }
  enter(id, task, 'waiting')
  save(id, task, 'd', data)
  if task[IMPORT] then tally(place, 'i:' .. import, 1) end
  local bucket = math.floor(place / BUCKET)
  local fields = placesOf[bucket]
  if not fields then
    fields = {}
    placesOf[bucket] = fields
  end
  fields[#fields + 1] = place
  fields[#fields + 1] = id
  return true, 'waiting', task
end

-- After the last one: their places, and one event for all.
local function enqueued(count)
  for bucket, fields in pairs(placesOf) do
    call('HSET', P .. 'b:' .. bucket, unpack(fields))
  end
  Q.allEnqueued = Q.allEnqueued + count
  if count > 0 then record('enqueued', count) end
end
