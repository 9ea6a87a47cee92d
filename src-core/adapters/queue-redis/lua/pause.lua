-- ARGV: clock, "1" to pause or "0" to go on, import or empty for the whole queue.
local paused, import = ARGV[2] == '1', ARGV[3]
evenWhenFull()
rollMinute()

local function pauseQueue()
  if Q.paused == paused then return false end
  Q.paused = paused
  return true
end

-- No task is moved: the import's lines leave the heads or come back to them.
local function pauseImport()
  if call(paused and 'SADD' or 'SREM', P .. 'paused', import) == 0 then return false end
  local sets = call('HKEYS', P .. 'blind')
  table.insert(sets, '0')
  for _, set in ipairs(sets) do
    for _, kind in ipairs({ '0', '1', '2', 's' }) do
      local line = set .. ':' .. kind .. ':' .. import
      call('ZREM', P .. 'held', line)
      touched[line] = { set .. ':' .. kind, import, kind == 's' }
    end
  end
  return true
end

local changed
if import == '' then
  changed = pauseQueue()
else
  changed = pauseImport()
end
if changed then
  record(paused and 'paused' or 'resumed', import ~= '' and import)
  work = not paused
end
finish()
