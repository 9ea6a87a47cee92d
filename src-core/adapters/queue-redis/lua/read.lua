-- ARGV: clock, ids. Answers for each (false: no such task): id, data, error, result and timings, history, then the
-- values of the task as base.lua lists them.
local answer = {}
for index = 2, #ARGV do
  local id = ARGV[index]
  local task = load(id)
  if task then
    local values = call('HMGET', taskKey(id), 'd', 'e', 'r', 'y')
    answer[index - 1] = { id, values[1], values[2], values[3], values[4], unpack(task, PLACE, CODE) }
  else
    answer[index - 1] = false
  end
end
return answer
