-- The way of nearly all looks: nothing is there that anybody may have.
repeat
  if not queueText or queue[PAUSED] or queue[SUSPECTS] > 0 then break end
  if queue[SETS] > 0 and call('EXISTS', P .. 'blind') == 1 then break end
  if queue[WAITING] > 0 and call('EXISTS', P .. 'heads:0:0', P .. 'heads:0:1', P .. 'heads:0:2') > 0 then break end
  local due = math.huge
  if queue[DELAYED] > 0 then due = tonumber(call('ZRANGE', P .. 'due', 0, 0, 'WITHSCORES')[2]) or due end
  if queue[ACTIVE] > 0 then
    due = math.min(due, tonumber(call('ZRANGE', P .. 'leases', 0, 0, 'WITHSCORES')[2]) or due)
  end
  if due <= now then break end
  return { 0, due < math.huge and due - now, 0 }
until true
