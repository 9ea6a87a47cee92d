-- ARGV: clock, worker, lease ms, then for each task: id, number of its claim. Answers the ids that are not its own.
local worker, leaseMs = ARGV[2], tonumber(ARGV[3])
rollMinute()
takeBackExpired()
flush()
if Q.owner == worker then Q.ownerUntil = now + leaseMs end
local lost = {}
for index = 4, #ARGV, 2 do
  local id = ARGV[index]
  local held = tonumber(call('ZSCORE', P .. 'h:' .. worker, id)) == tonumber(ARGV[index + 1])
  if held and tonumber(call('ZSCORE', P .. 'leases', id)) > now then
    into('leases', now + leaseMs, id)
  else
    lost[#lost + 1] = id
  end
end
finish()
return lost
