-- ARGV: clock, worker. Answers how many tasks it held.
local worker = ARGV[2]
rollMinute()
local list = {}
for _, id in ipairs(call('ZRANGE', P .. 'h:' .. worker, 0, -1)) do
  table.insert(list, { id, load(id) })
end
table.sort(list, function(a, b) return a[2][PLACE] < b[2][PLACE] end)
takeBack(list, 'the worker died while it held the task')
dropOwner(worker)
finish()
return #list
