-- The way of nearly all claims: tasks of one line, in the minute of the last write, with nothing due, run out, suspected
-- or noted as out of sight. It defines nothing, touches each key once and writes nothing before it is sure; what it
-- leaves (`break`) is for the script behind it, which knows every rule and writes the same.
repeat
  if not queueText or queue[PAUSED] or queue[OWNER] or queue[SUSPECTS] > 0 then break end
  if math.floor(now / 60000) > queue[MINUTE] then break end
  if queue[SETS] > 0 and call('EXISTS', P .. 'blind') == 1 then break end
  if queue[DELAYED] > 0 and call('ZCOUNT', P .. 'due', '-inf', now) > 0 then break end
  local worker, claimKey, max, leaseMs = ARGV[2], P .. 'c:' .. ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
  if queue[ACTIVE] > 0 then
    if call('ZCOUNT', P .. 'leases', '-inf', now) > 0 then break end
    -- What was claimed alone stays alone.
    local held = call('SMEMBERS', P .. 'h:' .. worker)
    if #held == 1 and select(4, cmsgpack.unpack(call('HGET', P .. 'lease:' .. held[1], 'r'))) then break end
  end
  if call('EXISTS', claimKey) == 1 then break end

  local kind, heads, line
  for priority = 0, 2 do
    if not line and queue[HIGH + priority] > 0 then
      heads = call('ZRANGE', P .. 'heads:0:' .. priority, 0, 1, 'WITHSCORES')
      if heads[1] then kind, line = priority, P .. 'l:0:' .. priority .. ':' .. heads[1] end
    end
  end
  if not line then
    -- When that may change: the next retry, or the end of a lease.
    local due = queue[DELAYED] > 0 and tonumber(call('ZRANGE', P .. 'due', 0, 0, 'WITHSCORES')[2]) or math.huge
    if queue[ACTIVE] > 0 then
      due = math.min(due, tonumber(call('ZRANGE', P .. 'leases', 0, 0, 'WITHSCORES')[2]) or math.huge)
    end
    call('UNLINK', P .. 'nothing') -- see `evenWhenFull`
    call('SET', claimKey, cmsgpack.pack(worker, 0, 0), 'PX', ARGV[6])
    return { 0, 0, now, 0, due < math.huge and due - now or -1 }
  end

  -- Up to where the next line's turn comes.
  local below = heads[4] and '(' .. heads[4] or '+inf'
  local found = call('ZRANGEBYSCORE', line, '-inf', below, 'WITHSCORES', 'LIMIT', 0, max)
  local count = #found / 2
  local isLast = not heads[4] and (kind == 2 or queue[LOW] == 0) and (kind > 0 or queue[NORMAL] == 0)
  if count < max and not isLast then break end

  local version = math.max(queue[NUMBER] + 1, now)
  local name = string.format('%.0f', version)
  local answer, ids, names, size = { 0, version, now, 0 }, {}, {}, 4
  call('ZREMRANGEBYRANK', line, 0, count - 1)
  local bucket, inBucket = math.floor(found[2] / BUCKET), 0
  for index = 1, 2 * count, 2 do
    local id, place = found[index], found[index + 1]
    local values = call('HMGET', P .. 't:' .. id, 'd', 's')
    answer[size + 1], answer[size + 2] = id, values[1]
    answer[size + 3] = values[2] and select(2, cmsgpack.unpack(values[2])) or 0
    size = size + 3
    ids[#ids + 1] = id
    names[index], names[index + 1] = id, name
    local itsBucket = math.floor(place / BUCKET)
    if itsBucket ~= bucket then
      writeTally(bucket, 's:waiting', -inBucket)
      writeTally(bucket, 's:active', inBucket)
      bucket, inBucket = itsBucket, 0
    end
    inBucket = inBucket + 1
  end
  writeTally(bucket, 's:waiting', -inBucket)
  writeTally(bucket, 's:active', inBucket)

  call('HSET', P .. 'active', unpack(names))
  call('HSET', P .. 'lease:' .. name,
    'r', cmsgpack.pack(worker, version, now, false), 'i', cmsgpack.pack(unpack(ids)), 'n', count)
  call('ZADD', P .. 'leases', now + leaseMs, name)
  call('SADD', P .. 'h:' .. worker, name)
  call('SET', claimKey, cmsgpack.pack(worker, version, 0), 'PX', ARGV[6])
  local first = call('ZRANGE', line, 0, 0, 'WITHSCORES')[2]
  if first then
    call('ZADD', P .. 'heads:0:' .. kind, first, heads[1])
  else
    call('ZREM', P .. 'heads:0:' .. kind, heads[1])
  end
  if first or call('EXISTS', P .. 'heads:0:0', P .. 'heads:0:1', P .. 'heads:0:2') > 0 then pushToken() end

  queue[NUMBER], queue[WAITING], queue[ACTIVE] = version, queue[WAITING] - count, queue[ACTIVE] + count
  queue[HIGH + kind] = queue[HIGH + kind] - count
  call('SET', P .. 'queue', cmsgpack.pack(unpack(queue)))
  return answer
until true
