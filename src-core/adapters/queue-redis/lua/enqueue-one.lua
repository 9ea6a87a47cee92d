-- Adds tasks, in groups of which only ids and data differ.
local placesOf = {}

local function groupOf(import, priority, maxAttempts, backoffBase, backoffCap)
  import = import ~= '' and import
  local heads = '0:' .. priority
  local line = heads .. ':' .. (import or '')
  touched[line] = { heads, import or '', false }
  return {
    line = 'l:' .. line,
    priority = PRIORITIES[priority],
    import = import and 'i:' .. import,
    head = cmsgpack.pack(priority, import, now, maxAttempts, backoffBase, backoffCap),
    wakes = not isPaused(import),
  }
end

-- False and the task that there is when the id is known.
local function enqueueOne(id, data, group)
  local key = P .. 't:' .. id
  if call('EXISTS', key) == 1 then return false, load(id) end
  local place = Q.place + 1
  Q.place = place
  call('HSET', key, 'd', data, 'h', cmsgpack.pack(place) .. group.head)
  into(group.line, place, id)
  Q.waiting = Q.waiting + 1
  Q[group.priority] = Q[group.priority] + 1
  work = work or group.wakes
  tally(place, 's:waiting', 1)
  if group.import then tally(place, group.import, 1) end
  local bucket = math.floor(place / BUCKET)
  local fields = placesOf[bucket]
  if not fields then
    fields = {}
    placesOf[bucket] = fields
  end
  fields[#fields + 1] = place
  fields[#fields + 1] = id
  return true
end

-- After the last one: their places, and one event for all.
local function enqueued(count)
  for bucket, fields in pairs(placesOf) do
    call('HSET', P .. 'b:' .. bucket, unpack(fields))
  end
  Q.allEnqueued = Q.allEnqueued + count
  if count > 0 then record('enqueued', count) end
end
