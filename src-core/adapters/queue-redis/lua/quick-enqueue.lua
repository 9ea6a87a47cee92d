-- The way of nearly all batches: new tasks that differ in id and data only, of an import that is not paused. As in
-- quick-claim.lua, nothing is written before that is sure.
repeat
  if not queueText or math.floor(now / 60000) > queue[MINUTE] then break end
  local count, import, kind = tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4])
  if count == 0 or #ARGV ~= 7 + 2 * count then break end
  if import ~= '' and call('SISMEMBER', P .. 'paused', import) == 1 then break end
  local keys, isKnown, isTwice = {}, {}, false
  for n = 1, count do
    local key = P .. 't:' .. ARGV[6 + 2 * n]
    isTwice = isTwice or isKnown[key]
    isKnown[key] = true
    keys[n] = key
  end
  if isTwice or call('EXISTS', unpack(keys)) > 0 then break end

  local head = cmsgpack.pack(kind, import ~= '' and import, now, tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7]))
  local line, inLine, inBucket, place = P .. 'l:0:' .. kind .. ':' .. import, {}, {}, queue[LAST_PLACE]
  local bucket = math.floor((place + 1) / BUCKET)
  for n = 1, count do
    place = place + 1
    local itsBucket = math.floor(place / BUCKET)
    if itsBucket ~= bucket then
      call('HSET', P .. 'b:' .. bucket, unpack(inBucket))
      writeTally(bucket, 's:waiting', #inBucket / 2)
      if import ~= '' then writeTally(bucket, 'i:' .. import, #inBucket / 2) end
      bucket, inBucket = itsBucket, {}
    end
    local id, text = ARGV[6 + 2 * n], string.format('%.0f', place)
    call('HSET', keys[n], 'd', ARGV[7 + 2 * n], 'h', cmsgpack.pack(place) .. head)
    inLine[2 * n - 1], inLine[2 * n] = text, id
    inBucket[#inBucket + 1], inBucket[#inBucket + 2] = text, id
  end
  call('HSET', P .. 'b:' .. bucket, unpack(inBucket))
  writeTally(bucket, 's:waiting', #inBucket / 2)
  if import ~= '' then writeTally(bucket, 'i:' .. import, #inBucket / 2) end

  -- New tasks come last: the line's first is another one only where there was none.
  call('ZADD', line, unpack(inLine))
  if call('ZCARD', line) == count then call('ZADD', P .. 'heads:0:' .. kind, queue[LAST_PLACE] + 1, import) end
  pushEvent('enqueued', count)
  if not queue[PAUSED] then pushToken() end
  queue[LAST_PLACE], queue[SEQ], queue[WAITING] = place, queue[SEQ] + 1, queue[WAITING] + count
  queue[HIGH + kind], queue[ALL_ENQUEUED] = queue[HIGH + kind] + count, queue[ALL_ENQUEUED] + count
  call('SET', P .. 'queue', cmsgpack.pack(unpack(queue)))
  -- No text for any: all are new.
  return { now }
until true
