-- ARGV: clock, then groups of tasks: how many, import or empty, priority 0-2, most attempts, backoff base and cap in
-- ms, then id and data of each. Answers the time, then one text per task: empty for a new one, else the state of the one
-- that there is and when it was made.
rollMinute()
local answers, count = { now }, 0
local index = 2
while index <= #ARGV do
  local last = index + 4 + 2 * tonumber(ARGV[index])
  local group = groupOf(
    ARGV[index + 1],
    tonumber(ARGV[index + 2]),
    tonumber(ARGV[index + 3]),
    tonumber(ARGV[index + 4]),
    tonumber(ARGV[index + 5])
  )
  for at = index + 6, last + 1, 2 do
    local created, task = enqueueOne(ARGV[at], ARGV[at + 1], group)
    if created then count = count + 1 end
    answers[#answers + 1] = created and '' or string.format('%s %.0f', task[STATE], task[CREATED])
  end
  index = last + 2
end
enqueued(count)
finish()
return answers
