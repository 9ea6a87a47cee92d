-- ARGV: clock, filter, ids. Answers for each that matches: place, id, data.
local answer = {}
for index = 3, #ARGV do
  local values = call('HMGET', taskKey(ARGV[index]), 's', 'd')
  local task = values[1] and cmsgpack.unpack(values[1])
  if task and matches(task) then
    table.insert(answer, task[PLACE])
    table.insert(answer, ARGV[index])
    table.insert(answer, values[2])
  end
end
return answer
