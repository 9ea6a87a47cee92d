-- ARGV: clock, filter, ids. Answers for each that matches: place, id, data.
local answer = {}
for index = 3, #ARGV do
  local task = load(ARGV[index])
  if task and matches(task) then
    table.insert(answer, task[PLACE])
    table.insert(answer, ARGV[index])
    table.insert(answer, call('HGET', taskKey(ARGV[index]), 'd'))
  end
end
return answer
