-- The last end of a minute before `minute` (or the oldest there is), then all after it, then the counts of this moment.
local function minutesFrom(minute)
  local before = call('ZREVRANGEBYSCORE', P .. 'minutes', '(' .. minute, '-inf', 'LIMIT', 0, 1)
  local rows = call('ZRANGEBYSCORE', P .. 'minutes', minute, '+inf')
  if before[1] then table.insert(rows, 1, before[1]) end
  table.insert(rows, minuteRow(Q.minute))
  return rows
end
