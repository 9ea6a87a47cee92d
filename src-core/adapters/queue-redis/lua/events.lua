-- ARGV: clock, the last seq that the reader knows or empty, most events. Answers the last seq there is, whether events
-- are missing, and events as lists: seq, then as they were recorded.
local since, most = tonumber(ARGV[2]), tonumber(ARGV[3])
if not since then return { Q.seq, 0, {} } end
local first = Q.seq - call('LLEN', P .. 'events') + 1
-- A cursor from the future is one of another queue that was here before.
if since > Q.seq or since < first - 1 then return { Q.seq, 1, {} } end
local from = since + 1 - first
local events = {}
for offset, text in ipairs(call('LRANGE', P .. 'events', from, from + most - 1)) do
  local event = cmsgpack.unpack(text)
  table.insert(event, 1, since + offset)
  events[offset] = event
end
return { Q.seq, 0, events }
