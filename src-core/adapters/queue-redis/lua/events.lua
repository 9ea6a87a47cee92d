-- ARGV: clock, the last seq that the reader knows or empty, most events. Answers the last seq there is, whether events
-- are missing, and events as lists: seq, then as they were recorded.
local since, most = tonumber(ARGV[2]), tonumber(ARGV[3])
-- What a reader of an empty queue is told to go on from must be where the first event follows.
if not queueText then
  evenWhenFull()
  saveQueue()
end
if not since then return { Q.seq, 0, {} } end
local first = Q.seq - call('LLEN', P .. 'events') + 1
-- A cursor from the future is one of another queue that was here before.
if since > Q.seq or since < first - 1 then return { Q.seq, 1, {} } end
-- An event of a batch names its tasks, so a page of many ends early: it is to take a few ms only.
local STEP, MOST_BYTES = 10, 65536
local from = since + 1 - first
local events, bytes = {}, 0
while #events < most and bytes < MOST_BYTES do
  local start = from + #events
  local texts = call('LRANGE', P .. 'events', start, start + math.min(STEP, most - #events) - 1)
  if #texts == 0 then break end
  for _, text in ipairs(texts) do
    local event = cmsgpack.unpack(text)
    bytes = bytes + #text
    table.insert(event, 1, since + #events + 1)
    events[#events + 1] = event
    if bytes >= MOST_BYTES then break end
  end
end
return { Q.seq, 0, events }
