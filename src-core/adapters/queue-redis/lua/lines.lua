local PRIORITIES = { [0] = 'high', 'normal', 'low' }
-- Lines in which something changed: their heads are set anew by `flush`.
local touched, pausedImports = {}, {}

local function isPaused(import)
  if not import or import == '' then return false end
  if pausedImports[import] == nil then
    pausedImports[import] = call('SISMEMBER', P .. 'paused', import) == 1
  end
  return pausedImports[import]
end

-- Waiting tasks stand in lines: one for each import, priority (or `s` for suspects) and set of workers that cannot see
-- them. `heads:<set>:<kind>` orders the lines of a kind by their first, so that a claim reads only what it takes, and a
-- pause takes an import's lines out of the heads and moves no task.
local function lineOf(task)
  local kind = task[SUSPECT] > 0 and 's' or task[PRIORITY]
  local import = task[IMPORT] or ''
  local line = task[BLIND] .. ':' .. kind .. ':' .. import
  if not touched[line] then touched[line] = { task[BLIND] .. ':' .. kind, import, kind == 's' } end
  return 'l:' .. line
end

local function settleHead(line, heads, import, ofSuspects)
  local first = call('ZRANGE', P .. 'l:' .. line, 0, 0, 'WITHSCORES')[2]
  if first and not isPaused(import) then
    call('ZADD', P .. 'heads:' .. heads, first, import)
    return
  end
  call('ZREM', P .. 'heads:' .. heads, import)
  if first and not ofSuspects then
    call('ZADD', P .. 'held', first, line)
  else
    call('ZREM', P .. 'held', line)
  end
end
