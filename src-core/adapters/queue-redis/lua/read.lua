-- ARGV: clock, ids. Answers for each (false: no such task): id, data, error, result, timings, history, then its state
-- as base.lua lists it.
local answer = {}
for index = 2, #ARGV do
  local id = ARGV[index]
  local values = call('HMGET', taskKey(id), 's', 'd', 'e', 'r', 'm', 'y')
  local row = false
  if values[1] then
    row = { id, values[2], values[3], values[4], values[5], values[6] }
    for _, value in ipairs(cmsgpack.unpack(values[1])) do
      table.insert(row, value == true and 1 or value)
    end
  end
  answer[index - 1] = row
end
return answer
