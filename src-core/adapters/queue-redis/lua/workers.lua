-- Answers this moment, then for each worker: when it was seen, its status as JSON.
local answer = { now }
local seen = call('ZRANGE', P .. 'seen', 0, -1, 'WITHSCORES')
for index = 1, #seen, 2 do
  table.insert(answer, tonumber(seen[index + 1]))
  table.insert(answer, call('HGET', P .. 'workers', seen[index]))
end
return answer
