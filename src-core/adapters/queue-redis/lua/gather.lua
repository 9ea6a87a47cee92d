-- What a script changes is gathered here and written once per key, by `flush` in tasks.lua.
local adds, drops, tallies = {}, {}, {}
-- Arguments that Lua passes to a command at once; even, for pairs.
local MOST_ARGUMENTS = 4000

local function inPieces(command, key, list)
  for from = 1, #list, MOST_ARGUMENTS do
    call(command, key, unpack(list, from, math.min(#list, from + MOST_ARGUMENTS - 1)))
  end
end

local function into(key, score, id)
  local list = adds[key]
  if not list then
    list = {}
    adds[key] = list
  end
  list[#list + 1] = score
  list[#list + 1] = id
end

local function out(key, id)
  local list = drops[key]
  if not list then
    list = {}
    drops[key] = list
  end
  list[#list + 1] = id
end

-- See `writeTally` in front.lua.
local function tally(place, field, by)
  local bucket = math.floor(place / BUCKET)
  local fields = tallies[bucket]
  if not fields then
    fields = {}
    tallies[bucket] = fields
  end
  fields[field] = (fields[field] or 0) + by
end
