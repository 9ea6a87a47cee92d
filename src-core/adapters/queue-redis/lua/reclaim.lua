-- ARGV: clock, worker. Answers how many tasks it held.
local worker = ARGV[2]
evenWhenFull()
rollMinute()
local list = {}
for _, name in ipairs(call('SMEMBERS', P .. 'h:' .. worker)) do
  for _, entry in ipairs(tasksOf(name)) do
    table.insert(list, entry)
  end
end
table.sort(list, function(a, b) return a[2][PLACE] < b[2][PLACE] end)
takeBack(list, 'the worker died while it held the task')
dropOwner(worker)
finish()
return #list
