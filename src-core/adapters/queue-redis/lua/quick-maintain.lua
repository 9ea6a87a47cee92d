-- The way of nearly all maintenance: nothing has run out, is due or old enough to be dropped. Minutes and workers, which
-- are kept for days, are looked at once a minute, by whoever comes first.
repeat
  if not queueText or math.floor(now / 60000) > queue[MINUTE] then break end
  local at = tonumber(call('GET', P .. 'maintained'))
  if not at or at > now or at + 60000 <= now then break end
  if queue[SETS] > 0 and call('EXISTS', P .. 'blind') == 1 then break end
  local due = math.huge
  if queue[DELAYED] > 0 then due = tonumber(call('ZRANGE', P .. 'due', 0, 0, 'WITHSCORES')[2]) or due end
  if queue[ACTIVE] > 0 then
    due = math.min(due, tonumber(call('ZRANGE', P .. 'leases', 0, 0, 'WITHSCORES')[2]) or due)
  end
  if due <= now then break end
  local keepCompletedMs, keepFailedMs, keepFailedMax = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[6])
  local batch = call('LINDEX', P .. 'completed', 0)
  if batch and select(2, cmsgpack.unpack_limit(batch, 1)) <= now - keepCompletedMs then break end
  if queue[CANCELLED] > 0 and call('ZCOUNT', P .. 'fin:cancelled', '-inf', now - keepCompletedMs) > 0 then break end
  if queue[FAILED] > keepFailedMax then break end
  if queue[FAILED] > 0 and call('ZCOUNT', P .. 'fin:failed', '-inf', now - keepFailedMs) > 0 then break end
  if call('LLEN', P .. 'events') > tonumber(ARGV[7]) then break end
  local nothing = queue[PAUSED] or queue[SUSPECTS] == 0
    and (queue[WAITING] == 0 or call('EXISTS', P .. 'heads:0:0', P .. 'heads:0:1', P .. 'heads:0:2') == 0)
  return {
    0, 0, 0, 0, due < math.huge and due - now, call('EXISTS', P .. 'told'),
    call('EXISTS', string.match(P, '{(.*)}')), nothing and 1 or 0,
  }
until true
