import { strict as assert } from 'node:assert';
import type { Redis } from 'ioredis';

/**
 * Counts anew, task by task, what the queue's buckets say of their tasks, and which buckets `of:<what>` lists. Answers
 * what is not so. It knows the keys and the packed values as base.lua and front.lua describe them.
 */
const AUDIT = `
local P, call = KEYS[1], redis.call
local wrong, listed, tasks = {}, {}, 0

local function keysOf(kind)
  local pattern = string.gsub(P, '([%*%?%[%]\\\\])', '\\\\%1') .. kind .. '*'
  return call('KEYS', pattern)
end

local function complain(...)
  table.insert(wrong, string.format(...))
end

for _, key in ipairs(keysOf('of:')) do
  local field = string.sub(key, #P + 4)
  for _, bucket in ipairs(call('ZRANGE', key, 0, -1)) do
    listed[bucket .. ' ' .. field] = true
  end
end

local function count(fields, place, id)
  local texts = call('HMGET', P .. 't:' .. id, 'h', 's')
  if not texts[1] then return complain('place %s has no task %s', place, id) end
  local head, state = { cmsgpack.unpack(texts[1]) }, texts[2] and { cmsgpack.unpack(texts[2]) } or { 'waiting' }
  if head[1] ~= tonumber(place) then complain('%s is at %s, not %s', id, head[1], place) end
  local isActive = call('HEXISTS', P .. 'active', id) == 1
  local function one(field)
    fields[field] = (fields[field] or 0) + 1
  end
  one('s:' .. (isActive and 'active' or state[1]))
  if head[3] then one('i:' .. head[3]) end
  if (state[11] or 0) ~= 0 then one('b:' .. state[11]) end
  tasks = tasks + 1
end

for _, key in ipairs(keysOf('b:')) do
  local bucket = string.sub(key, #P + 3)
  local said, counted = {}, {}
  local pairsOf = call('HGETALL', key)
  for index = 1, #pairsOf, 2 do
    local field, value = pairsOf[index], pairsOf[index + 1]
    if tonumber(field) then count(counted, field, value) else said[field] = tonumber(value) end
  end
  for field, number in pairs(said) do
    if counted[field] ~= number then
      complain('bucket %s says %d of %s, it has %d', bucket, number, field, counted[field] or 0)
    end
  end
  for field, number in pairs(counted) do
    if not said[field] then complain('bucket %s does not say that it has %d of %s', bucket, number, field) end
    if not listed[bucket .. ' ' .. field] then complain('of:%s does not list bucket %s', field, bucket) end
    listed[bucket .. ' ' .. field] = nil
  end
end
for left in pairs(listed) do
  complain('listed, and empty: %s', left)
end
local all = #keysOf('t:')
if all ~= tasks then complain('%d tasks, of which %d are in a bucket', all, tasks) end
table.sort(wrong)
return wrong`;

/** Throws where a bucket of the queue says anything else than what its tasks are. */
export async function auditBuckets(client: Redis, queue: string): Promise<void> {
  assert.deepEqual(await client.eval(AUDIT, 1, `imagefleet:{${queue}}:`), []);
}
