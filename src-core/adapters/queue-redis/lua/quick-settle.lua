-- The way of nearly all settlements: all are done, by the worker that holds them, and nothing had ever happened to the
-- tasks before they were claimed. As in quick-claim.lua, nothing is written before that is sure.
repeat
  if not queueText or math.floor(now / 60000) > queue[MINUTE] then break end
  if call('ZCOUNT', P .. 'leases', '-inf', now) > 0 then break end
  local worker, ids, versions, texts, isKnown = ARGV[2], {}, {}, {}, {}
  local index, count, isCommon = 5, 0, #ARGV > 4
  while isCommon and index <= #ARGV do
    isCommon = ARGV[index] == 'done'
    if not isCommon then break end
    local version, last = tonumber(ARGV[index + 1]), index + 2 + 2 * tonumber(ARGV[index + 2])
    for at = index + 3, last, 2 do
      local id = ARGV[at]
      isCommon = isCommon and not isKnown[id]
      isKnown[id] = true
      count = count + 1
      ids[count], versions[count], texts[count] = id, version, ARGV[at + 1]
    end
    index = last + 1
  end
  if not isCommon then break end

  -- Of each lease: how many of its tasks are settled here, and the state that all of them come to.
  local names, counts, states = call('HMGET', P .. 'active', unpack(ids)), {}, {}
  local places, facts = {}, {}
  for n = 1, count do
    local name = names[n]
    if name and not states[name] then
      local holder, version, claimedAt = cmsgpack.unpack(call('HGET', P .. 'lease:' .. name, 'r'))
      counts[name] = 0
      states[name] = holder == worker
        and { version, cmsgpack.pack('completed', 0, 0, 0, version, version, worker, 0, claimedAt, now, 0, false) }
    end
    isCommon = name and states[name] and states[name][1] == versions[n]
    if not isCommon then break end
    local values = call('HMGET', P .. 't:' .. ids[n], 'h', 's')
    isCommon = not values[2]
    if not isCommon then break end
    local _, place, _, import = cmsgpack.unpack_limit(values[1], 3)
    counts[name] = counts[name] + 1
    places[n] = place
    facts[4 * n - 3], facts[4 * n - 2], facts[4 * n - 1], facts[4 * n] = ids[n], import, 'completed', false
  end
  if not isCommon then break end

  call('HDEL', P .. 'active', unpack(ids))
  for name, settled in pairs(counts) do
    if call('HINCRBY', P .. 'lease:' .. name, 'n', -settled) <= 0 then
      call('SREM', P .. 'h:' .. worker, name)
      call('ZREM', P .. 'leases', name)
      call('UNLINK', P .. 'lease:' .. name)
    end
  end
  local bucket, inBucket = math.floor(places[1] / BUCKET), 0
  for n = 1, count do
    call('HSET', P .. 't:' .. ids[n], 's', states[names[n]][2], 'r', texts[n])
    local itsBucket = math.floor(places[n] / BUCKET)
    if itsBucket ~= bucket then
      writeTally(bucket, 's:active', -inBucket)
      writeTally(bucket, 's:completed', inBucket)
      bucket, inBucket = itsBucket, 0
    end
    inBucket = inBucket + 1
  end
  writeTally(bucket, 's:active', -inBucket)
  writeTally(bucket, 's:completed', inBucket)
  call('RPUSH', P .. 'completed', cmsgpack.pack(now, unpack(ids)))
  pushEvent('settled', worker, facts)

  queue[SEQ], queue[ACTIVE] = queue[SEQ] + 1, queue[ACTIVE] - count
  queue[COMPLETED], queue[ALL_COMPLETED] = queue[COMPLETED] + count, queue[ALL_COMPLETED] + count
  call('SET', P .. 'queue', cmsgpack.pack(unpack(queue)))
  -- No text for any: all were accepted, and completed at the first attempt.
  return { now }
until true
