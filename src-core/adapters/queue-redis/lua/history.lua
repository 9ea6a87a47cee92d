-- ARGV: clock, from and to in ms, minutes a step, most steps. Answers the first and the end minute, and the rows.
local from, to, step, most = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local finish = math.floor(math.min(to, now) / 60000) + 1
local start = math.max(math.floor(from / 60000), finish - most * step)
return { start, finish, minutesFrom(start) }
