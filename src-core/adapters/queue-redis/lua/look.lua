-- What a waiting worker asks. ARGV: clock, "1" when it took a token off the wake list, "back" when nobody waits there
-- any more and it only gives the token back, then the workers that claim
-- through this handle (none: any with empty hands). Answers whether one of them may claim something, and in how many ms
-- that may change by itself (false: it will not); then whether the token was laid back for somebody else.
local tookToken, givesBack = ARGV[2] ~= '', ARGV[2] == 'back'

local function anyClaims()
  for index = 3, math.max(3, #ARGV) do
    if #choose(ARGV[index] or '', 1) > 0 then return true end
  end
  return false
end

-- A pause is lifted by a write, which lays down a token.
if Q.paused then return { 0, false, 0 } end
local due = nextDue()
if not givesBack and (due == 0 or anyClaims()) then return { 1, false, 0 } end
-- Suspects that are another's become anybody's when that one's time is over.
if Q.suspects > 0 and Q.ownerUntil > now then due = math.min(due or math.huge, Q.ownerUntil - now) end
local forOthers = tookToken
  and call('EXISTS', P .. 'heads:0:0', P .. 'heads:0:1', P .. 'heads:0:2', P .. 'heads:0:s') > 0
if forOthers then wake() end
return { 0, due, forOthers and 1 or 0 }
