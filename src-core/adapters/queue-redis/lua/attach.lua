-- ARGV: clock, a fingerprint as JSON, after which silence a worker counts as lost, ms, "1" when it had been attached
-- before. Answers the one that the queue has: this one when it had none, or when it is new and no task is open and no
-- worker alive, so that nothing could end up in the wrong store.
local isNew = ARGV[4] ~= '1'

local function isIdle()
  if Q.waiting + Q.active + Q.delayed > 0 then return false end
  for _, worker in ipairs(call('ZRANGEBYSCORE', P .. 'seen', '(' .. now - tonumber(ARGV[3]), '+inf')) do
    local status = cjson.decode(call('HGET', P .. 'workers', worker))
    if status.state ~= 'stopped' then return false end
  end
  return true
end

local known = call('GET', P .. 'fingerprint')
if known and not (isNew and isIdle()) then return known end
call('SET', P .. 'fingerprint', ARGV[2])
return ARGV[2]
