-- ARGV: clock, then for each task: id, data, import or empty, priority 0-2, most attempts, backoff base and cap in ms.
-- Answers one text per task: the state, and "+" before it when the task is new.
rollMinute()
local answers, count = {}, 0
for index = 2, #ARGV, 7 do
  local created, state = enqueueOne(
    ARGV[index],
    ARGV[index + 1],
    ARGV[index + 2],
    tonumber(ARGV[index + 3]),
    tonumber(ARGV[index + 4]),
    tonumber(ARGV[index + 5]),
    tonumber(ARGV[index + 6])
  )
  if created then count = count + 1 end
  answers[#answers + 1] = created and '+' .. state or state
end
enqueued(count)
finish()
return answers
