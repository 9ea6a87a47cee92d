-- ARGV: clock, a name of this call, then for each line from the head of the plain list on: SHA-1 of the line, error (JSON)
-- or empty, an id made for it, then as in enqueue. What is at the head and is what was read is taken off the list and
-- added in one go, so no death in between loses or doubles a line; from the first that differs on, others were faster.
-- Answers the time, how many lines were taken, how many of them named a task that is open, ids of those that failed.
local list = string.match(P, '{(.*)}:$')

-- Sent again after a lost answer: equal lines may be next.
if call('GET', P .. 'intake') == ARGV[2] then return { now, 0, 0, {} } end
rollMinute()

local OPEN = { waiting = true, active = true, delayed = true }
local created, repeats, refused, isRefused = 0, 0, {}, {}

-- A finished task that is pushed again is run anew.
local function add(id, data, ...)
  local known = load(id)
  if known and not OPEN[known[STATE]] then forget({ { id, known } }) end
  if enqueueOne(id, data, groupOf(...)) then
    created = created + 1
  else
    repeats = repeats + 1
  end
end

local function refuse(id, made, error, data, ...)
  if load(id) then id = made end
  if not enqueueOne(id, data, groupOf(...)) then return end
  created = created + 1
  table.insert(refused, { id, error })
  isRefused[id] = true
end

-- What was read is what is there, up to the first line that differs.
local lines = call('LRANGE', list, 0, (#ARGV - 2) / 10 - 1)
local taken = 0
for index = 3, #ARGV, 10 do
  local line = lines[taken + 1]
  if not line or redis.sha1hex(line) ~= ARGV[index] then break end
  local error, made, id, data, import = unpack(ARGV, index + 1, index + 5)
  -- Corrects a line before it, which fails at the end of this call: the next call runs it anew.
  if error == '' and isRefused[id] then break end
  taken = taken + 1
  local priority, attempts, base, cap =
    tonumber(ARGV[index + 6]), tonumber(ARGV[index + 7]), tonumber(ARGV[index + 8]), tonumber(ARGV[index + 9])
  if error == '' then
    add(id, data, import, priority, attempts, base, cap)
  else
    refuse(id, made, error, data, import, priority, attempts, base, cap)
  end
end
if taken == 0 then return { now, 0, 0, {} } end
call('LTRIM', list, taken, -1)
call('SET', P .. 'intake', ARGV[2], 'EX', 600)
enqueued(created)

-- They were in line for a moment, as every new task is: the lines are written before they leave them.
flush()
local facts, failed = {}, {}
for _, entry in ipairs(refused) do
  local id, task = entry[1], load(entry[1])
  leave(id, task)
  task[CODE] = 'INVALID_INPUT'
  enter(id, task, 'failed')
  save(id, task, 'e', entry[2])
  addFact(facts, id, task)
  table.insert(failed, id)
end
if #facts > 0 then record('settled', 'queue', facts) end
finish()
return { now, taken, repeats, failed }
