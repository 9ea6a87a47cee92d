-- ARGV: clock, filter, a place, most buckets, most tasks, "1" to answer the data too. Looks at the newest tasks before
-- that place.
-- Answers the place to go on before (0: there are no more), then for each that matches, newest first: place, id, data.
local before, most, mostTasks, withData = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5]), ARGV[6] == '1'

-- The highest numbers of buckets in which there is something of what is wanted.
local function buckets()
  local indexes = {}
  if filter.importId then
    indexes[1] = 'of:i:' .. filter.importId
  else
    for state in pairs(wantedStates) do
      table.insert(indexes, 'of:s:' .. state)
    end
  end
  local top = string.format('%.0f', math.floor((before - 1) / BUCKET))
  local known, numbers = {}, {}
  for _, index in ipairs(indexes) do
    for _, text in ipairs(call('ZREVRANGEBYSCORE', P .. index, top, '-inf', 'LIMIT', 0, most + 1)) do
      if not known[text] then table.insert(numbers, tonumber(text)) end
      known[text] = true
    end
  end
  table.sort(numbers, function(a, b) return a > b end)
  return numbers
end

local function idsIn(bucket)
  local fields = call('HGETALL', P .. 'b:' .. bucket)
  local entries = {}
  for index = 1, #fields, 2 do
    local place = tonumber(fields[index])
    if place and place < before then table.insert(entries, { place, fields[index + 1] }) end
  end
  table.sort(entries, function(a, b) return a[1] > b[1] end)
  return entries
end

local numbers = buckets()
local last = math.min(most, #numbers)
local answer = { #numbers > last and numbers[last] * BUCKET or 0 }
for index = 1, last do
  for _, entry in ipairs(idsIn(numbers[index])) do
    local place, id = entry[1], entry[2]
    if matches(load(id)) then
      table.insert(answer, place)
      table.insert(answer, id)
      table.insert(answer, withData and call('HGET', taskKey(id), 'd'))
      if #answer > 3 * mostTasks then
        answer[1] = place
        return answer
      end
    end
  end
end
return answer
